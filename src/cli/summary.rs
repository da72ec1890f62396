//! What a run found, for standard error: at most twenty lines of eighty columns, after the notes.

use super::terminal::{tell, tell_in_colour};
use crate::io::profiles::ReadProfiles;
use crate::io::result_tables::PAGE;
use crate::matching::Share;
use crate::report::counted;
use crate::report::messages::{Language, Messages, unmarked};
use crate::report::page::{Tally, verdict};
use crate::run::PartTarget;
use crate::settings::StatusSettings;
use anstyle::AnsiColor;
use std::io::{self, IsTerminal};
use std::path::Path;

/// On a terminal at most so many notes are told: the page and the manifest hold all.
const NOTES: usize = 8;

/// Tells the notes of a run.
pub fn tell_notes(notes: &[String]) {
    let most = if io::stderr().is_terminal() { NOTES } else { usize::MAX };
    notes.iter().take(most).for_each(|note| tell(format!("note: {note}")));
    let more = notes.len().saturating_sub(most);
    if more > 0 {
        tell(format!("note: {more} more notes are in {PAGE} and in manifest.json"));
    }
}

/// Tells how many have what, the surest first; `one` and `many` are what they are called.
pub fn tell_tally(tally: &Tally, one: &str, many: &str, limits: &StatusSettings) {
    let messages = Messages::of(Language::English);
    for (word, count) in tally.surest() {
        let called = if count == 1 { one } else { many };
        let meaning = unmarked(&verdict(&messages, word, limits));
        tell_in_colour(
            format!("{count:>8} {called:<8}  "),
            format!("{word:<17}"),
            colour(word),
            format!("  {meaning}").trim_end(),
        );
    }
}

/// What was set aside of the profiles, if anything.
pub fn note_on_rejected(profiles: &ReadProfiles) -> Option<String> {
    let rejected = profiles.rejected.len();
    let told = || counted(rejected, "cell or row was", "cells or rows were");
    (rejected > 0).then(|| format!("note: {} read and not used: see rejected.csv", told()))
}

/// Tells where to read on.
pub fn tell_where(out: &Path) {
    tell(format!("results in {}", out.display()));
    tell(format!("read next: {}", out.join(PAGE).display()));
}

/// Tells which part of what was done, and what comes next.
pub fn tell_part(share: Share, what: &str, target: &PartTarget) {
    tell(format!("part {share} of {what} in {}", target.path.display()));
    tell("once all parts are done: filia merge FILES --out DIR");
}

fn colour(word: &str) -> Option<AnsiColor> {
    match word {
        "established" => Some(AnsiColor::Green),
        "probable" => Some(AnsiColor::Cyan),
        "disputed" => Some(AnsiColor::Yellow),
        _ => None,
    }
}

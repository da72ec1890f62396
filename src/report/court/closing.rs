//! Sections 12 and 13: limits, software and hashes.

use super::content::{CourtReport, Subject};
use super::document::{Block, Grid, Section};
use super::words::data;
use crate::inheritance::Relationship;
use crate::report::messages::{Messages, ltr};

/// 12. What the numbers do not say.
pub fn limits(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("limits", messages.say("limits-heading"));
    let [relatives, transposed, court] = match report.subject {
        Subject::Child(..) => ["limit-relatives", "limit-transposed", "limit-court"],
        _ => ["limit-relatives-body", "limit-transposed-body", "limit-court-body"],
    };
    let is_linked = match report.subject {
        Subject::Child(_, relationship) => relationship != Relationship::Parent,
        _ => !report.run.settings.linkage.is_used,
    };
    let linked = is_linked.then_some("limit-linked");
    let keys = ["limit-propositions", relatives].into_iter().chain(linked);
    let keys = keys.chain(["limit-population", "limit-laboratory", transposed, court]);
    section.list(keys.map(|key| messages.say(key)).collect());
    section
}

/// 13. What computed it, and the files that it rests on.
pub fn software(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("software", messages.say("software-heading"));
    let run = &report.run;
    let values = [("version", data(&run.version)), ("now", data(env!("CARGO_PKG_VERSION")))];
    section.say(messages.tell("software-version", &values));
    section.say(messages.say("software-decimals"));
    let columns = ["file-path", "file-sha256-now"].map(|key| (messages.say(key), false)).to_vec();
    let mut table = Grid::new(messages.say("results-caption"), columns);
    table.rows = run.results.iter().map(|(name, sha256)| vec![ltr(name), ltr(sha256)]).collect();
    section.add(Block::Table(table));
    if !run.notes.is_empty() {
        section.say(messages.say("notes-explained"));
        section.list(run.notes.iter().map(|note| ltr(note)).collect());
    }
    section
}

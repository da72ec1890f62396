//! Sections 12 and 13: limits, software and hashes.

use super::content::CourtReport;
use super::document::{Block, Grid, Section};
use super::messages::{Messages, ltr};
use super::words::data;
use crate::inheritance::Relationship;

/// 12. What the numbers do not say.
pub fn limits(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("limits", messages.say("limits-heading"));
    let mut lines = vec![messages.say("limit-propositions"), messages.say("limit-relatives")];
    if report.relationship != Relationship::Parent {
        lines.push(messages.say("limit-linked"));
    }
    let others = ["limit-population", "limit-laboratory", "limit-transposed", "limit-court"];
    lines.extend(others.map(|key| messages.say(key)));
    section.add(Block::List(lines));
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
        section.add(Block::List(run.notes.iter().map(|note| ltr(note)).collect()));
    }
    section
}

//! Section 10: what else could be.

use super::content::{Comparison, CourtReport, OtherIdentity, Others, Question};
use super::document::{Block, Grid, Section};
use super::numbers;
use super::words::{data, flag, ids, relation, words};
use crate::inheritance::Relationship;
use crate::report::messages::{Messages, ltr};

/// So many other persons are listed; the tables hold all.
const LISTED: usize = 20;

/// 10. What else the two could be to each other, or who else the body could be.
pub fn others(report: &CourtReport, messages: &Messages) -> Section {
    let [heading, explained] = match report.subject.is_identification() {
        false => ["others-heading", "others-explained"],
        true => ["identities-heading", "identities-explained"],
    };
    let mut section = Section::new("others", messages.say(heading));
    section.say(messages.say(explained));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        match &comparison.others {
            Others::Relationships(scored) => add_relationships(&mut section, comparison, scored, messages),
            Others::Identities(others) => add_identities(&mut section, &comparison.question, others, messages),
        }
        let flags = comparison.found.as_ref().map_or(&[][..], |found| &found.flags[..]);
        if !flags.is_empty() {
            section.say(messages.say("flags-explained"));
            section.list(flags.iter().map(|one| flag(messages, one)).collect());
        }
    }
    section
}

/// The relationships with their LRs; of a run whose profiles are gone the best-supported one.
fn add_relationships(
    section: &mut Section,
    comparison: &Comparison,
    scored: &[(Relationship, f64)],
    messages: &Messages,
) {
    if !scored.is_empty() {
        section.add(Block::Table(relationships(&comparison.question, scored, messages)));
    } else if let Some((best, log10_lr)) = comparison.found.as_ref().and_then(|found| found.best) {
        let relation = words(relation(messages, best));
        let values = [("relationship", relation), ("log", data(numbers::log10_lr(log10_lr)))];
        section.say(messages.tell("best-relationship", &values));
    }
}

fn relationships(question: &Question, scored: &[(Relationship, f64)], messages: &Messages) -> Grid {
    let columns = vec![
        (messages.say("relationship"), false),
        (messages.say("lr-against-unrelated"), true),
        (messages.say("log-lr"), true),
    ];
    let mut table = Grid::new(messages.tell("others-caption", &ids(question)), columns);
    for (one, log10_lr) in scored {
        let numbers = [numbers::ratio(*log10_lr), numbers::log10_lr(*log10_lr)].map(|number| ltr(&number));
        table.rows.push(std::iter::once(relation(messages, *one)).chain(numbers).collect());
    }
    table
}

fn add_identities(section: &mut Section, question: &Question, others: &[OtherIdentity], messages: &Messages) {
    if others.is_empty() {
        section.say(messages.say("identities-none"));
        return;
    }
    let columns = [("part-body", false), ("missing-person", false), ("family", false), ("log-lr", true)];
    let columns = columns.into_iter().chain([("posterior-column", true)]);
    let columns = columns.map(|(key, is_number)| (messages.say(key), is_number)).collect();
    let mut table = Grid::new(messages.tell("identities-caption", &ids(question)), columns);
    let none = || "–".to_owned();
    for other in others.iter().take(LISTED) {
        let mut row = [&other.body, &other.missing, &other.family].map(|id| ltr(id)).to_vec();
        row.push(other.log10_lr.map_or_else(none, |log10_lr| ltr(&numbers::log10_lr(log10_lr))));
        row.push(other.posterior.map_or_else(none, |posterior| numbers::probability(messages, posterior)));
        table.rows.push(row);
    }
    section.add(Block::Table(table));
    if others.len() > LISTED {
        let values = [("count", data(others.len() - LISTED)), ("files", data("pairwise.csv, posterior.csv"))];
        section.say(messages.tell("identities-more", &values));
    }
}

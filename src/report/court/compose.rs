//! The document of a court report: its result in short, then its sections.

use super::basis::basis;
use super::closing::{limits, software};
use super::content::{Comparison, CourtReport, Question, Status, Subject};
use super::document::{Block, Document, Section};
use super::genotypes::{genotypes, said_together};
use super::left_out::left_out;
use super::numbers;
use super::others::others;
use super::sections::{asked, items, propositions_of};
use super::weight::{comparisons, prior, uncertainty, verbal_equivalent, weight_of};
use super::words::{data, ids, jointly, status, words};
use crate::report::messages::{Language, Messages};

/// A report in the words of a language.
pub fn compose(report: &CourtReport, language: Language) -> Document {
    let messages = &Messages::of(language);
    let make = [
        asked,
        items,
        propositions_of,
        genotypes,
        basis,
        left_out,
        uncertainty,
        prior,
        comparisons,
        others,
        verbal_equivalent,
        limits,
        software,
    ];
    let sections = make.iter().map(|make| make(report, messages));
    Document {
        language,
        title: messages.say("title"),
        subtitle: messages.tell(subtitle(&report.subject), &[("id", data(report.subject.id()))]),
        sections: std::iter::once(result(report, messages)).chain(sections).collect(),
    }
}

fn subtitle(subject: &Subject) -> &'static str {
    match subject {
        Subject::Child(..) => "subtitle-child",
        Subject::Body(_) => "subtitle-body",
        Subject::Family(_) => "subtitle-family",
    }
}

/// The result in short, before all sections.
fn result(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("result", messages.say("result-heading"));
    if report.comparisons.is_empty() {
        let key = match &report.subject {
            Subject::Child(..) => "result-nobody",
            Subject::Body(_) => "result-nobody-missing",
            Subject::Family(_) => "result-no-body",
        };
        section.say(messages.tell(key, &[("id", data(report.subject.id()))]));
    }
    for comparison in &report.comparisons {
        let Some(log10_lr) = comparison.log10_lr() else { continue };
        section.say(weight_of(messages, comparison, log10_lr));
        if let Some(status) = &comparison.status {
            section.say(said_of_place(messages, comparison, status));
        }
    }
    if let (Some(together), Subject::Family(_)) = (&report.together, &report.subject) {
        section.say(format!("{} {}", jointly(messages, &together.of)[1], said_together(messages, together)));
    }
    if !report.without.is_empty() {
        section.say(messages.tell("result-without", &[("missing", data(report.without.join(", ")))]));
    }
    if let Err(reason) = &report.basis {
        section.add(Block::Notice(messages.tell("inputs-changed", &[("reason", data(reason))])));
    }
    if !report.run.lacks.is_empty() {
        section.add(Block::Notice(messages.tell("run-lacks", &[("tables", data(report.run.lacks.join(", ")))])));
    }
    section
}

/// What the run says of the place that a candidate would have, or of who a body is.
fn said_of_place(messages: &Messages, comparison: &Comparison, said: &Status) -> String {
    let [with, without] = match &comparison.question {
        Question::Kinship { .. } => ["status-with", "status-without"],
        Question::Identity { .. } => ["status-body-with", "status-body-without"],
    };
    let mut values = ids(&comparison.question);
    values.push(("status", words(status(messages, &said.word))));
    match &said.named {
        Some((named, probability)) => {
            values.push(("named", data(named)));
            values.push(("probability", words(numbers::probability(messages, *probability))));
            messages.tell(with, &values)
        }
        None => messages.tell(without, &values),
    }
}

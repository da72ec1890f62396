//! The document of a court report: its result in short, then its sections.

use super::basis::basis;
use super::closing::{limits, software};
use super::content::{Comparison, CourtReport};
use super::document::{Block, Document, Section};
use super::left_out::left_out;
use super::messages::{Language, Messages};
use super::numbers;
use super::sections::{asked, genotypes, items, propositions_of};
use super::weight::{comparisons, other_relationships, prior, uncertainty, verbal_equivalent, weight_of};
use super::words::{data, status, words};

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
        other_relationships,
        verbal_equivalent,
        limits,
        software,
    ];
    let sections = make.iter().map(|make| make(report, messages));
    Document {
        language,
        title: messages.say("title"),
        subtitle: messages.tell("subtitle", &[("child", data(&report.child))]),
        sections: std::iter::once(result(report, messages)).chain(sections).collect(),
    }
}

/// The result in short, before all sections.
fn result(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("result", messages.say("result-heading"));
    if report.comparisons.is_empty() {
        section.say(messages.tell("result-nobody", &[("child", data(&report.child))]));
    }
    for comparison in &report.comparisons {
        let Some(log10_lr) = comparison.log10_lr() else { continue };
        section.say(weight_of(report, messages, comparison, log10_lr));
        if let Some((word, probability)) = &comparison.status {
            section.say(said_of_place(messages, comparison, word, *probability));
        }
    }
    if let Err(reason) = &report.basis {
        section.add(Block::Notice(messages.tell("inputs-changed", &[("reason", data(reason))])));
    }
    if !report.run.lacks.is_empty() {
        section.add(Block::Notice(messages.tell("run-lacks", &[("tables", data(report.run.lacks.join(", ")))])));
    }
    section
}

/// What the run says of the place that a candidate would have.
fn said_of_place(messages: &Messages, comparison: &Comparison, word: &str, probability: Option<f64>) -> String {
    let word = ("status", words(status(messages, word)));
    match probability {
        Some(probability) => {
            let probability = words(numbers::probability(messages, probability));
            let candidate = data(&comparison.candidate);
            messages.tell("status-with", &[word, ("probability", probability), ("candidate", candidate)])
        }
        None => messages.tell("status-without", &[word]),
    }
}

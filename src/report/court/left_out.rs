//! Section 6: what was left out and why, and what contradicts the first proposition.

use super::content::{Basis, Comparison, Contradicted, CourtReport, Evidence, FamilyFound, Question, RejectedCell};
use super::document::{Block, Grid, Section};
use super::numbers;
use super::words::data;
use crate::report::messages::{Messages, Value, ltr};

/// 6. Loci left out and why; inconsistencies.
pub fn left_out(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("left-out", messages.say("left-out-heading"));
    if let Ok(Basis { unused, .. }) = &report.basis
        && !unused.is_empty()
    {
        section.say(messages.tell("left-out-no-frequencies", &[("loci", data(unused.join(", ")))]));
    }
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        let compared = match &comparison.question {
            Question::Kinship { .. } => "loci-compared",
            Question::Identity { .. } => "loci-compared-body",
        };
        let compared = |count| messages.tell(compared, &[("count", Value::Count(count))]);
        if let Some(evidence) = &comparison.evidence {
            section.say(compared(evidence.loci_compared));
            section.list(untyped(evidence, messages));
        } else if let Some(found) = &comparison.found {
            section.say(compared(found.loci_compared));
        }
        section.list(inconsistent(comparison, messages));
        if let Some(family) = comparison.found.as_ref().and_then(|found| found.family.as_ref()) {
            section.list(of_family(family, messages));
        }
    }
    if report.rejected.is_empty() {
        section.say(messages.say("rejected-none"));
        return section;
    }
    let columns = ["rejected-sample", "rejected-locus", "rejected-value", "rejected-reason"];
    let columns = columns.map(|key| (messages.say(key), false)).to_vec();
    let mut table = Grid::new(messages.say("rejected-caption"), columns);
    let row = |cell: &RejectedCell| [&cell.sample, &cell.locus, &cell.value, &cell.reason].map(|text| ltr(text));
    table.rows = report.rejected.iter().map(|cell| row(cell).to_vec()).collect();
    section.add(Block::Table(table));
    section
}

/// What is not typed, by person.
fn untyped(evidence: &Evidence, messages: &Messages) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, (id, _)) in evidence.people.iter().enumerate() {
        for (mark, key) in [("-", "loci-without-result"), ("(3+)", "loci-set-aside")] {
            let loci = evidence.loci.iter().filter(|locus| locus.calls[at].split(" + ").all(|call| call == mark));
            let named: Vec<&str> = loci.map(|locus| locus.locus.as_str()).collect();
            if !named.is_empty() {
                lines.push(messages.tell(key, &[("sample", data(id)), ("loci", data(named.join(", ")))]));
            }
        }
    }
    lines
}

/// Whether the relatives fit together, and where they are not used.
fn of_family(family: &FamilyFound, messages: &Messages) -> Vec<String> {
    let mut lines = Vec::new();
    if !family.unused.is_empty() {
        lines.push(messages.tell("left-out-of-family", &[("loci", data(family.unused.join(", ")))]));
    }
    lines.push(match &family.contradiction {
        None => messages.say("family-fits"),
        Some(Contradicted { loci, person, is_mutation }) => {
            let values = [("loci", data(loci.join(", "))), ("person", data(person))];
            messages.tell(if *is_mutation { "family-mutation" } else { "family-contradiction" }, &values)
        }
    });
    lines
}

fn inconsistent(comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let of_evidence = comparison.evidence.as_ref().map(|evidence| {
        let loci = evidence.loci.iter().filter(|locus| locus.is_inconsistent);
        loci.map(|locus| (locus.locus.clone(), locus.steps)).collect::<Vec<_>>()
    });
    let of_tables = || comparison.found.iter().flat_map(|found| &found.inconsistent).map(|locus| (locus.clone(), None));
    let loci = of_evidence.unwrap_or_else(|| of_tables().collect());
    if loci.is_empty() {
        return vec![messages.say("inconsistent-none")];
    }
    let line = |(locus, steps): (String, Option<f64>)| match steps {
        Some(steps) => {
            messages.tell("inconsistent-steps", &[("locus", data(locus)), ("steps", data(numbers::plain(steps)))])
        }
        None => messages.tell("inconsistent", &[("locus", data(locus))]),
    };
    loci.into_iter().map(line).collect()
}

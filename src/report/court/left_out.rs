//! Section 6: what was left out and why, and what contradicts the first proposition.

use super::content::{Basis, Comparison, CourtReport, Evidence};
use super::document::{Block, Grid, Section};
use super::messages::{Messages, Value, ltr};
use super::numbers;
use super::words::data;

/// 6. Loci left out and why; inconsistencies.
pub fn left_out(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("left-out", messages.say("left-out-heading"));
    if let Ok(Basis { unused, .. }) = &report.basis
        && !unused.is_empty()
    {
        section.say(messages.tell("left-out-no-frequencies", &[("loci", data(unused.join(", ")))]));
    }
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        if let Some(evidence) = &comparison.evidence {
            section.add(Block::List(untyped(report, comparison, evidence, messages)));
        } else if let Some(found) = &comparison.found {
            section.say(messages.tell("loci-compared", &[("count", Value::Count(found.loci_compared))]));
        }
        section.add(Block::List(inconsistent(comparison, messages)));
    }
    if report.rejected.is_empty() {
        section.say(messages.say("rejected-none"));
        return section;
    }
    let columns = ["rejected-sample", "rejected-locus", "rejected-value", "rejected-reason"];
    let columns = columns.map(|key| (messages.say(key), false)).to_vec();
    let mut table = Grid::new(messages.say("rejected-caption"), columns);
    let row = |cell: &super::content::RejectedCell| {
        [&cell.sample, &cell.locus, &cell.value, &cell.reason].map(|text| ltr(text))
    };
    table.rows = report.rejected.iter().map(|cell| row(cell).to_vec()).collect();
    section.add(Block::Table(table));
    section
}

/// What is not typed, by person; how many loci count.
fn untyped(report: &CourtReport, comparison: &Comparison, evidence: &Evidence, messages: &Messages) -> Vec<String> {
    let loci = &evidence.explanation.loci;
    let is_call = |call: &str| call != "-" && call != "(3+)";
    let compared = loci.iter().filter(|locus| is_call(&locus.child) && is_call(&locus.candidate)).count();
    let mut lines = vec![messages.tell("loci-compared", &[("count", Value::Count(compared as u64))])];
    type Shown = fn(&crate::matching::LocusExplanation) -> &str;
    let people: [(&str, Shown); 2] =
        [(&report.child, |locus| &locus.child), (&comparison.candidate, |locus| &locus.candidate)];
    for (id, shown) in people {
        for (mark, key) in [("-", "loci-without-result"), ("(3+)", "loci-set-aside")] {
            let named: Vec<&str> =
                loci.iter().filter(|locus| shown(locus) == mark).map(|locus| locus.locus.as_str()).collect();
            if !named.is_empty() {
                lines.push(messages.tell(key, &[("sample", data(id)), ("loci", data(named.join(", ")))]));
            }
        }
    }
    lines
}

fn inconsistent(comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let of_evidence = comparison.evidence.as_ref().map(|evidence| {
        let loci = evidence.explanation.loci.iter().filter(|locus| locus.inconsistent);
        loci.map(|locus| (locus.locus.clone(), locus.steps_needed)).collect::<Vec<_>>()
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

//! Sections 7 to 11: uncertainty, prior and posterior, the number of comparisons, other relationships, the verbal equivalent.

use super::content::{Comparison, CourtReport, Evidence};
use super::document::{Block, Grid, Section};
use super::messages::{Messages, Value, ltr};
use super::numbers;
use super::words::{data, flag, propositions, relation, strength, words};
use crate::inheritance::Relationship;

/// Prior probabilities whose posteriors are given.
const PRIORS: [f64; 3] = [0.1, 0.5, 0.9];

/// Where the words of the scale are from.
const GUIDELINE: &str = "ENFSI guideline for evaluative reporting in forensic science, version 3.0, 2015";

/// How many times more probable the DNA is under one proposition than under the other, and how strong the scale calls that.
pub fn weight_of(report: &CourtReport, messages: &Messages, comparison: &Comparison, log10_lr: f64) -> String {
    let [first, second] = propositions(messages, &report.child, comparison, report.relationship);
    if log10_lr == f64::NEG_INFINITY {
        return messages.tell("weight-impossible", &[("first", words(first)), ("second", words(second))]);
    }
    let (first, second) = if log10_lr >= 0.0 { (first, second) } else { (second, first) };
    let values = [
        ("ratio", data(numbers::ratio(log10_lr.abs()))),
        ("log", data(numbers::log10_lr(log10_lr))),
        ("first", words(first)),
        ("second", words(second)),
        ("strength", words(strength(messages, log10_lr))),
    ];
    messages.tell("weight", &values)
}

/// 7. How far the LR is certain, and what it would be otherwise.
pub fn uncertainty(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("uncertainty", messages.say("uncertainty-heading"));
    section.say(messages.say("uncertainty-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        match comparison.found.as_ref().and_then(|found| found.interval) {
            Some((low, high)) => {
                let values = [("low", data(numbers::log10_lr(low))), ("high", data(numbers::log10_lr(high)))];
                section.say(messages.tell("interval", &values));
            }
            None => section.say(messages.say("interval-none")),
        }
        match (&comparison.evidence, &report.basis) {
            (Some(evidence), Ok(basis)) => {
                let tables: Vec<&str> = basis.tables.iter().map(|table| table.name.as_str()).collect();
                section.add(Block::Table(sensitivity(evidence, &tables, comparison, messages)));
            }
            _ => section.add(Block::Notice(messages.say("sensitivity-not-shown"))),
        }
    }
    section
}

fn sensitivity(evidence: &Evidence, tables: &[&str], comparison: &Comparison, messages: &Messages) -> Grid {
    let mut columns = vec![(messages.say("theta"), false)];
    columns.extend(tables.iter().map(|table| (messages.tell("log-lr-under", &[("table", data(table))]), true)));
    let caption = messages.tell("sensitivity-caption", &[("candidate", data(&comparison.candidate))]);
    let mut table = Grid::new(caption, columns);
    for under in &evidence.sensitivity {
        let theta = numbers::plain(under.theta);
        let mut row = vec![match under.is_of_run {
            true => messages.tell("theta-of-run", &[("theta", data(theta))]),
            false => ltr(&theta),
        }];
        row.extend(under.log10_lr.iter().map(|log10_lr| ltr(&numbers::log10_lr(*log10_lr))));
        table.rows.push(row);
    }
    table
}

/// 8. From the LR to a probability, and what it takes for that.
pub fn prior(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("prior", messages.say("prior-heading"));
    section.say(messages.say("prior-explained"));
    let settings = &report.run.settings.prior;
    section.say(match report.relationship {
        Relationship::Parent => messages.tell("prior-in-list", &[("prior", data(numbers::plain(settings.in_list)))]),
        _ => messages.say("prior-other"),
    });
    if report.run.settings.prior == crate::settings::PriorSettings::default() {
        section.say(messages.say("prior-default"));
    }
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        section.add(Block::List(posteriors(comparison, messages)));
        if let Some(log10_lr) = comparison.log10_lr() {
            section.add(Block::Table(by_prior(comparison, log10_lr, messages)));
        }
    }
    if let Some(posterior) = report.couple.as_ref().and_then(|couple| couple.posterior) {
        section.add(Block::Heading(messages.say("couple-heading")));
        section
            .say(messages.tell("posterior-couple", &[("posterior", words(numbers::probability(messages, posterior)))]));
    }
    section
}

fn posteriors(comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let Some(found) = &comparison.found else { return vec![messages.say("posterior-none")] };
    let probability = |number: f64| ("posterior", words(numbers::probability(messages, number)));
    let mut lines = Vec::new();
    lines.extend(found.posterior.map(|number| messages.tell("posterior-child", &[probability(number)])));
    lines.extend(found.posterior_case.map(|number| messages.tell("posterior-case", &[probability(number)])));
    let other = found.other.as_ref();
    lines.extend(other.map(|(number, _)| messages.tell("posterior-other", &[probability(*number)])));
    lines
}

/// The posterior of one candidate alone: prior odds times LR.
fn by_prior(comparison: &Comparison, log10_lr: f64, messages: &Messages) -> Grid {
    let columns = ["prior-column", "posterior-column"].map(|key| (messages.say(key), true)).to_vec();
    let caption = messages.tell("prior-caption", &[("candidate", data(&comparison.candidate))]);
    let mut table = Grid::new(caption, columns);
    let row = |prior: f64| vec![ltr(&prior.to_string()), numbers::probability(messages, posterior(prior, log10_lr))];
    table.rows = PRIORS.map(row).to_vec();
    table
}

/// prior × LR / (prior × LR + 1 − prior).
fn posterior(prior: f64, log10_lr: f64) -> f64 {
    1.0 / (1.0 + (1.0 - prior) / prior * 10_f64.powf(-log10_lr))
}

/// 9. How many were compared, and how many would score as high by chance.
pub fn comparisons(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("comparisons", messages.say("comparisons-heading"));
    let values = [
        ("children", data(numbers::whole(report.run.children))),
        ("candidates", data(numbers::whole(report.run.candidates))),
        ("pairs", data(numbers::whole(report.run.pairs))),
    ];
    section.say(messages.tell("comparisons-run", &values));
    section.say(messages.say("comparisons-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        section.add(Block::List(leads(report, comparison, messages)));
    }
    section
}

fn leads(report: &CourtReport, comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let compared = comparison.evidence.as_ref().map_or(report.run.candidates, |evidence| evidence.compared);
    let mut lines = vec![messages.tell("compared", &[("count", Value::Count(compared))])];
    if let Some(found) = &comparison.found {
        lines.push(messages.tell("rank", &[("rank", data(found.rank))]));
        let expected = |number: f64| [("expected", data(numbers::significant(number, 2)))];
        lines.extend(found.false_leads.map(|number| messages.tell("false-leads", &expected(number))));
    }
    if let Some(log10_lr) = comparison.log10_lr().filter(|log10_lr| *log10_lr > 0.0) {
        let most = (compared as f64).log10() - log10_lr;
        lines.push(messages.tell("false-leads-at-most", &[("expected", data(numbers::ratio(most)))]));
    }
    lines
}

/// 10. What else the two could be to each other.
pub fn other_relationships(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("others", messages.say("others-heading"));
    section.say(messages.say("others-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        match (&comparison.evidence, &comparison.found) {
            (Some(evidence), _) => section.add(Block::Table(relationships(evidence, comparison, messages))),
            (None, Some(found)) => {
                if let Some((best, log10_lr)) = found.best {
                    let relation = words(relation(messages, best));
                    let values = [("relationship", relation), ("log", data(numbers::log10_lr(log10_lr)))];
                    section.say(messages.tell("best-relationship", &values));
                }
            }
            (None, None) => {}
        }
        let flags = comparison.found.as_ref().map_or(&[][..], |found| &found.flags[..]);
        if !flags.is_empty() {
            section.say(messages.say("flags-explained"));
            section.add(Block::List(flags.iter().map(|one| flag(messages, one)).collect()));
        }
    }
    section
}

fn relationships(evidence: &Evidence, comparison: &Comparison, messages: &Messages) -> Grid {
    let columns = vec![
        (messages.say("relationship"), false),
        (messages.say("lr-against-unrelated"), true),
        (messages.say("log-lr"), true),
    ];
    let caption = messages.tell("others-caption", &[("candidate", data(&comparison.candidate))]);
    let mut table = Grid::new(caption, columns);
    let explanation = &evidence.explanation;
    for (one, log10_lr) in explanation.relationships.iter().zip(&explanation.total_log10_lr) {
        let numbers = [numbers::ratio(*log10_lr), numbers::log10_lr(*log10_lr)].map(|number| ltr(&number));
        table.rows.push(std::iter::once(relation(messages, *one)).chain(numbers).collect());
    }
    table
}

/// 11. The LR in words, with the scale.
pub fn verbal_equivalent(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("verbal", messages.say("verbal-heading"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        if let Some(log10_lr) = comparison.log10_lr() {
            section.say(weight_of(report, messages, comparison, log10_lr));
        }
    }
    section.say(messages.tell("verbal-scale", &[("guideline", data(GUIDELINE))]));
    let columns = vec![(messages.say("scale-lr"), true), (messages.say("scale-words"), false)];
    let mut table = Grid::new(messages.say("scale-caption"), columns);
    let steps: [(&str, f64); 7] = [
        ("1 – 2", 0.1),
        ("2 – 10", 0.5),
        ("10 – 100", 1.5),
        ("100 – 1000", 2.5),
        ("1000 – 10\u{202f}000", 3.5),
        ("10\u{202f}000 – 1\u{202f}000\u{202f}000", 5.0),
        ("≥ 1\u{202f}000\u{202f}000", 7.0),
    ];
    table.rows = steps.map(|(range, at)| vec![ltr(range), super::words::strength(messages, at)]).to_vec();
    section.add(Block::Table(table));
    section
}

#[cfg(test)]
mod tests {
    use super::posterior;

    #[test]
    fn posteriors_by_hand() {
        assert!((posterior(0.5, 2.0) - 100.0 / 101.0).abs() < 1e-12);
        assert!((posterior(0.1, 1.0) - 1.0 / 1.9).abs() < 1e-12);
        assert_eq!((posterior(0.9, f64::NEG_INFINITY), posterior(0.1, f64::INFINITY)), (0.0, 1.0));
    }
}

//! Sections 7 to 9 and 11: uncertainty, prior and posterior, the number of comparisons, the verbal equivalent.

use super::content::{Comparison, CourtReport, Evidence, FamilyFound, Posterior, Subject};
use super::document::{Block, Grid, Section};
use super::numbers;
use super::words::{data, ids, jointly, propositions, strength, words};
use crate::inheritance::Relationship;
use crate::report::messages::{Messages, Value, ltr};
use crate::settings::{AssignmentPrior, PriorSettings};

/// Prior probabilities whose posteriors are given.
const PRIORS: [f64; 3] = [0.1, 0.5, 0.9];

/// Where the words of the scale are from.
const GUIDELINE: &str = "ENFSI guideline for evaluative reporting in forensic science, version 3.0, 2015";

/// How many times more probable the DNA is under one proposition than under the other, and how strong the scale calls that.
pub fn weight_of(messages: &Messages, comparison: &Comparison, log10_lr: f64) -> String {
    let [first, second] = propositions(messages, &comparison.question);
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
        section.add(Block::Heading(ltr(&comparison.question.name())));
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
                if evidence.sensitivity.iter().flat_map(|under| &under.log10_lr).any(Option::is_none) {
                    section.say(messages.say("sensitivity-out-of-reach"));
                }
            }
            _ => section.add(Block::Notice(messages.say("sensitivity-not-shown"))),
        }
    }
    section
}

fn sensitivity(evidence: &Evidence, tables: &[&str], comparison: &Comparison, messages: &Messages) -> Grid {
    let mut columns = vec![(messages.say("theta"), false)];
    columns.extend(tables.iter().map(|table| (messages.tell("log-lr-under", &[("table", data(table))]), true)));
    let caption = messages.tell("sensitivity-caption", &[("pair", data(comparison.question.name()))]);
    let mut table = Grid::new(caption, columns);
    for under in &evidence.sensitivity {
        let theta = numbers::plain(under.theta);
        let mut row = vec![match under.is_of_run {
            true => messages.tell("theta-of-run", &[("theta", data(theta))]),
            false => ltr(&theta),
        }];
        let shown =
            |log10_lr: &Option<f64>| log10_lr.map_or_else(|| "–".to_owned(), |log| ltr(&numbers::log10_lr(log)));
        row.extend(under.log10_lr.iter().map(shown));
        table.rows.push(row);
    }
    table
}

/// 8. From the LR to a probability, and what it takes for that.
pub fn prior(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("prior", messages.say("prior-heading"));
    let is_identification = report.subject.is_identification();
    section.say(messages.say(if is_identification { "prior-explained-body" } else { "prior-explained" }));
    let settings = &report.run.settings.prior;
    section.say(prior_of_run(&report.subject, settings, messages));
    if *settings == PriorSettings::default() {
        section.say(messages.say("prior-default"));
    }
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        section.list(posteriors(comparison, messages));
        if let Some(log10_lr) = comparison.log10_lr() {
            section.add(Block::Table(by_prior(comparison, log10_lr, messages)));
        }
    }
    if let Some(together) = &report.together
        && let Some(posterior) = together.posterior
    {
        section.add(Block::Heading(jointly(messages, &together.of)[0].clone()));
        let values = [("posterior", words(numbers::probability(messages, posterior)))];
        section.say(messages.tell("posterior-together", &values));
    }
    section
}

/// The prior probabilities that the run took.
fn prior_of_run(subject: &Subject, settings: &PriorSettings, messages: &Messages) -> String {
    let number = |number: f64| [("prior", data(numbers::plain(number)))];
    match (subject, settings.assignments) {
        (Subject::Child(_, Relationship::Parent), _) => messages.tell("prior-in-list", &number(settings.in_list)),
        (Subject::Child(..), _) => messages.say("prior-other"),
        (_, AssignmentPrior::ByBody) => messages.tell("prior-by-body", &number(settings.identified)),
        (_, AssignmentPrior::Flat) => messages.say("prior-flat"),
    }
}

fn posteriors(comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let found = comparison.found.as_ref().filter(|found| !found.posteriors.is_empty());
    let Some(found) = found else { return vec![messages.say("posterior-none")] };
    let line = |&(of, probability): &(Posterior, f64)| {
        let mut values = ids(&comparison.question);
        values.push(("posterior", words(numbers::probability(messages, probability))));
        messages.tell(
            match of {
                Posterior::OfChild => "posterior-child",
                Posterior::OfCase => "posterior-case",
                Posterior::Other => "posterior-other",
                Posterior::Identity => "posterior-identity",
                Posterior::OfFamily => "posterior-family",
                Posterior::Nobody => "posterior-nobody",
            },
            &values,
        )
    };
    let sampled = found.standard_error.filter(|error| *error > 0.0);
    let sampled =
        sampled.map(|error| messages.tell("posterior-sampled", &[("error", data(numbers::significant(error, 2)))]));
    found.posteriors.iter().map(line).chain(sampled).collect()
}

/// The posterior of one candidate alone: prior odds times LR.
fn by_prior(comparison: &Comparison, log10_lr: f64, messages: &Messages) -> Grid {
    let columns = ["prior-column", "posterior-column"].map(|key| (messages.say(key), true)).to_vec();
    let caption = messages.tell("prior-caption", &[("pair", data(comparison.question.name()))]);
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
    let count = |name: &'static str| (name, data(numbers::whole(report.run.count(name))));
    let pairs = ("pairs", data(numbers::whole(report.run.pairs)));
    section.say(match report.subject {
        Subject::Child(..) => messages.tell("comparisons-run", &[count("children"), count("candidates"), pairs]),
        _ => messages.tell("comparisons-bodies", &[count("bodies"), count("missing"), count("families"), pairs]),
    });
    section.say(messages.say("comparisons-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        section.list(leads(report, comparison, messages));
    }
    section
}

fn leads(report: &CourtReport, comparison: &Comparison, messages: &Messages) -> Vec<String> {
    let (key, all) = match report.subject {
        Subject::Child(..) => ("compared", "candidates"),
        Subject::Body(_) => ("compared-missing", "missing"),
        Subject::Family(_) => ("compared-bodies", "bodies"),
    };
    let compared = comparison.evidence.as_ref().map_or(report.run.count(all), |evidence| evidence.compared);
    let mut lines = vec![messages.tell(key, &[("count", Value::Count(compared))])];
    if let Some(found) = &comparison.found {
        lines.extend(found.rank.map(|rank| messages.tell("rank", &[("rank", data(rank))])));
        let expected = |number: f64| [("expected", data(numbers::significant(number, 2)))];
        lines.extend(found.false_leads.map(|number| messages.tell("false-leads", &expected(number))));
        lines.extend(found.family.as_ref().and_then(|family| of_relatives(family, messages)));
    }
    if let Some(log10_lr) = comparison.log10_lr().filter(|log10_lr| *log10_lr > 0.0) {
        let most = (compared as f64).log10() - log10_lr;
        let key = if report.subject.is_identification() { "false-identities" } else { "false-leads-at-most" };
        lines.push(messages.tell(key, &[("expected", data(numbers::ratio(most)))]));
    }
    lines
}

/// What these relatives can do.
fn of_relatives(family: &FamilyFound, messages: &Messages) -> Option<String> {
    let (exclusion, expected) = (family.exclusion?, family.expected_log10_lr?);
    let exclusion = ("exclusion", words(numbers::probability(messages, exclusion)));
    Some(messages.tell("power-of-family", &[exclusion, ("log", data(numbers::log10_lr(expected)))]))
}

/// 11. The LR in words, with the scale.
pub fn verbal_equivalent(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("verbal", messages.say("verbal-heading"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        if let Some(log10_lr) = comparison.log10_lr() {
            section.say(weight_of(messages, comparison, log10_lr));
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
    table.rows = steps.map(|(range, at)| vec![ltr(range), strength(messages, at)]).to_vec();
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

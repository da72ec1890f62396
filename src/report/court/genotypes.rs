//! Section 4: genotypes, the LR of each locus and combined, formulas to be checked by hand.

use super::content::{Comparison, CourtReport, Evidence, Part, Question, Together};
use super::document::{Block, Grid, Section};
use super::formulas::written;
use super::numbers;
use super::words::{data, ids, jointly, part};
use crate::report::messages::{Messages, Value, ltr};

/// The genotypes of so many people stand beside the LRs; more are shown in tables of their own.
const BESIDE: usize = 4;

/// So many people stand in one of these.
const IN_A_TABLE: usize = 6;

/// 4. Genotypes, the LR of each locus and combined, and formulas to be checked by hand.
pub fn genotypes(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("genotypes", messages.say("genotypes-heading"));
    section.say(messages.say("genotypes-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.question.name())));
        match &comparison.evidence {
            Some(evidence) => add_evidence(&mut section, comparison, evidence, messages),
            None => {
                section.add(Block::Notice(messages.say("genotypes-not-shown")));
                if let Some(log10_lr) = comparison.log10_lr() {
                    section.say(messages.tell("combined", &combined(log10_lr)));
                }
            }
        }
    }
    if let Some(together) = &report.together {
        section.add(Block::Heading(jointly(messages, &together.of)[0].clone()));
        section.say(said_together(messages, together));
    }
    section
}

/// The LR of several questions at once.
pub fn said_together(messages: &Messages, together: &Together) -> String {
    messages.tell("combined-together", &combined(together.log10_lr))
}

fn combined(log10_lr: f64) -> [(&'static str, Value); 2] {
    [("ratio", data(numbers::ratio(log10_lr))), ("log", data(numbers::log10_lr(log10_lr)))]
}

fn add_evidence(section: &mut Section, comparison: &Comparison, evidence: &Evidence, messages: &Messages) {
    let beside = if evidence.people.len() > BESIDE { 1 } else { evidence.people.len() };
    section.add(Block::Table(lr_table(comparison, evidence, beside, messages)));
    let total = evidence.log10_lr;
    section.say(messages.tell("combined", &combined(total)));
    match comparison.is_confirmed() {
        Some(true) => section.say(messages.say("confirmed")),
        Some(false) => {
            let stored = data(numbers::log10_lr(comparison.log10_lr().unwrap_or(f64::NAN)));
            let values = [("stored", stored), ("again", data(numbers::log10_lr(total)))];
            section.add(Block::Notice(messages.tell("not-confirmed", &values)));
        }
        None => {}
    }
    for first in (beside..evidence.people.len()).step_by(IN_A_TABLE) {
        let last = (first + IN_A_TABLE).min(evidence.people.len());
        section.add(Block::Table(genotype_table(evidence, first..last, messages)));
    }
    add_formulas(section, evidence, messages);
}

/// The heading of the column of a person: of the only one of this part the part.
fn heading(evidence: &Evidence, at: usize, messages: &Messages) -> (String, bool) {
    let (id, own) = &evidence.people[at];
    let is_only = evidence.people.iter().filter(|(_, other)| other == own).count() == 1 && *own != Part::Relative;
    (if is_only { part(messages, *own) } else { ltr(id) }, false)
}

/// The LR of each locus beside the genotypes of the first so many people.
fn lr_table(comparison: &Comparison, evidence: &Evidence, beside: usize, messages: &Messages) -> Grid {
    let mut columns = vec![(messages.say("locus"), false)];
    columns.extend((0..beside).map(|at| heading(evidence, at, messages)));
    columns.extend(["lr", "log-lr"].map(|key| (messages.say(key), true)));
    let caption = match comparison.question {
        Question::Kinship { .. } => "genotypes-caption",
        Question::Identity { .. } => "genotypes-caption-body",
    };
    let mut table = Grid::new(messages.tell(caption, &ids(&comparison.question)), columns);
    let numbers = |log10_lr: f64| [ltr(&numbers::ratio(log10_lr)), ltr(&numbers::log10_lr(log10_lr))];
    for locus in &evidence.loci {
        let mut row = vec![ltr(&locus.locus)];
        row.extend(locus.calls.iter().take(beside).map(|call| ltr(call)));
        row.extend(numbers(locus.log10_lr));
        table.rows.push(row);
    }
    let mut row = vec![messages.say("all-loci")];
    row.resize(table.columns.len() - 2, String::new());
    row.extend(numbers(evidence.log10_lr));
    table.total = Some(row);
    table
}

/// The genotypes of these people.
fn genotype_table(evidence: &Evidence, people: std::ops::Range<usize>, messages: &Messages) -> Grid {
    let mut columns = vec![(messages.say("locus"), false)];
    columns.extend(people.clone().map(|at| heading(evidence, at, messages)));
    let mut table = Grid::new(messages.say("genotypes-of-others"), columns);
    for locus in &evidence.loci {
        let calls = locus.calls[people.clone()].iter().map(|call| ltr(call));
        table.rows.push(std::iter::once(ltr(&locus.locus)).chain(calls).collect());
    }
    table
}

fn add_formulas(section: &mut Section, evidence: &Evidence, messages: &Messages) {
    let forms = evidence.loci.iter().filter_map(|locus| Some((locus.locus.as_str(), locus.formula.as_ref()?)));
    let forms: Vec<_> = forms.collect();
    if forms.is_empty() {
        section.say(messages.say("formulas-none"));
        return;
    }
    section.add(Block::Heading(messages.say("formulas-heading")));
    let letters = [("t", data("T(x)")), ("k", data("K(x)")), ("q", data("q(x)")), ("second", data("q(x | y)"))];
    section.say(messages.tell("formulas-explained", &letters));
    if forms.iter().any(|(_, form)| form.theta > 0.0) {
        let formula = ltr("q(x) = (n θ + (1 − θ) p(x)) / (1 + (m − 1) θ)");
        let values = [("p", data("p(x)")), ("source", data("Balding & Nichols 1994"))];
        section.say(messages.tell("formulas-theta", &values));
        section.add(Block::Formula(vec![formula]));
    }
    for (locus, form) in forms {
        let mut lines = written(form);
        if let Some(first) = lines.first_mut() {
            *first = format!("{}: {first}", ltr(locus));
        }
        section.add(Block::Formula(lines));
    }
}

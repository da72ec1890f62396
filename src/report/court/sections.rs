//! Sections 1 to 4: what was asked, the items, the propositions, the genotypes with the LR of each locus.

use super::content::{Comparison, CourtReport, Evidence, Item};
use super::document::{Block, Figure, Grid, Section};
use super::drawings::{Shown, drawings};
use super::formulas::written;
use super::messages::{Messages, Value, ltr};
use super::numbers;
use super::words::{data, file_state, part, propositions, role, sex, words};
use crate::profile::Sex;

/// 1. What was asked, and by whom.
pub fn asked(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("asked", messages.say("asked-heading"));
    let details = &report.details;
    let field = |key: &str, text: &Option<String>| (messages.say(key), text.as_deref().map(ltr));
    section.add(Block::Fields(vec![
        field("asked-reference", &details.reference),
        field("asked-by", &details.asked_by),
        field("asked-question", &details.question),
        field("asked-laboratory", &details.laboratory),
        field("asked-author", &details.author),
        field("asked-reader", &details.reader),
        (messages.say("asked-signatures"), None),
    ]));
    section
}

/// 2. The items and their integrity.
pub fn items(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("items", messages.say("items-heading"));
    let columns = ["item-sample", "item-part", "item-sex", "item-place", "item-custody", "item-kit", "item-collected"];
    let mut table = Grid::new(messages.say("items-caption"), columns.map(|key| (messages.say(key), false)).to_vec());
    table.rows = report.items.iter().map(|item| item_row(report, messages, item)).collect();
    section.add(Block::Table(table));
    let strangers = report.details.items.keys().filter(|id| report.items.iter().all(|item| item.id != **id));
    let strangers: Vec<&str> = strangers.map(String::as_str).collect();
    if !strangers.is_empty() {
        section.add(Block::Notice(messages.tell("items-not-here", &[("items", data(strangers.join(", ")))])));
    }
    let columns = ["file-role", "file-path", "file-sha256", "file-state"].map(|key| (messages.say(key), false));
    let mut table = Grid::new(messages.say("files-caption"), columns.to_vec());
    table.rows = report
        .run
        .inputs
        .iter()
        .map(|file| {
            vec![role(messages, &file.role), ltr(&file.path), ltr(&file.sha256), file_state(messages, file.state)]
        })
        .collect();
    section.add(Block::Table(table));
    section.say(messages.say("files-explained"));
    section
}

fn item_row(report: &CourtReport, messages: &Messages, item: &Item) -> Vec<String> {
    let details = report.details.items.get(&item.id);
    let text = |text: Option<&String>| text.map_or_else(String::new, |text| ltr(text));
    let place =
        |(file, line): &(String, u64)| messages.tell("item-line", &[("file", data(file)), ("line", data(line))]);
    vec![
        ltr(&item.id),
        part(messages, item.part),
        item.sex.map_or_else(String::new, |word| sex(messages, word)),
        item.place.as_ref().map_or_else(String::new, place),
        text(details.and_then(|details| details.custody_id.as_ref())),
        text(details.and_then(|details| details.kit.as_ref())),
        text(details.and_then(|details| details.collected.as_ref())),
    ]
}

/// 3. The propositions, in words and as pedigrees.
pub fn propositions_of(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("propositions", messages.say("propositions-heading"));
    section.say(messages.say("propositions-explained"));
    for comparison in &report.comparisons {
        let [first, second] = propositions(messages, &report.child, comparison, report.relationship);
        let named = |key: &str, text: String| messages.tell(key, &[("proposition", words(text))]);
        let named = [named("proposition-first", first), named("proposition-second", second)];
        section.add(Block::Heading(ltr(&comparison.candidate)));
        section.add(Block::List(named.to_vec()));
        let known = known_parent(comparison);
        if let Some(known) = known {
            section.say(messages.tell("proposition-known", &[("known", data(known)), ("child", data(&report.child))]));
        }
        let shown = Shown {
            child: (&report.child, child_sex(report)),
            candidate: (&comparison.candidate, comparison.place),
            known,
            relationship: report.relationship,
        };
        if let Ok(drawn) = drawings(shown) {
            let figures = named.into_iter().zip(drawn).map(|(caption, drawing)| Figure { caption, drawing });
            section.add(Block::Drawings(figures.collect()));
        }
    }
    if let Some(couple) = &report.couple {
        let values =
            [("child", data(&report.child)), ("father", data(&couple.father)), ("mother", data(&couple.mother))];
        section.add(Block::Heading(messages.say("couple-heading")));
        section.say(messages.tell("couple-propositions", &values));
    }
    section.say(messages.say("drawing-explained"));
    section
}

fn known_parent(comparison: &Comparison) -> Option<&str> {
    comparison.evidence.as_ref()?.explanation.known_parent.as_deref()
}

fn child_sex(report: &CourtReport) -> Sex {
    match report.items.first().and_then(|item| item.sex) {
        Some("male") => Sex::Male,
        Some("female") => Sex::Female,
        _ => Sex::Unknown,
    }
}

/// 4. Genotypes, the LR of each locus and combined, and formulas to be checked by hand.
pub fn genotypes(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("genotypes", messages.say("genotypes-heading"));
    section.say(messages.say("genotypes-explained"));
    for comparison in &report.comparisons {
        section.add(Block::Heading(ltr(&comparison.candidate)));
        match &comparison.evidence {
            Some(evidence) => add_evidence(&mut section, report, comparison, evidence, messages),
            None => {
                section.add(Block::Notice(messages.say("genotypes-not-shown")));
                if let Some(log10_lr) = comparison.log10_lr() {
                    section.say(messages.tell("combined", &combined(log10_lr)));
                }
            }
        }
    }
    if let Some(couple) = &report.couple {
        section.add(Block::Heading(messages.say("couple-heading")));
        section.say(messages.tell("combined-couple", &combined(couple.log10_lr)));
    }
    section
}

fn combined(log10_lr: f64) -> [(&'static str, Value); 2] {
    [("ratio", data(numbers::ratio(log10_lr))), ("log", data(numbers::log10_lr(log10_lr)))]
}

fn add_evidence(
    section: &mut Section,
    report: &CourtReport,
    comparison: &Comparison,
    evidence: &Evidence,
    messages: &Messages,
) {
    let explanation = &evidence.explanation;
    let mut columns = vec![(messages.say("locus"), false), (messages.say("part-child"), false)];
    columns.extend(explanation.known_parent.as_ref().map(|_| (messages.say("part-known-parent"), false)));
    columns.push((messages.say("part-candidate"), false));
    columns.extend(["lr", "log-lr"].map(|key| (messages.say(key), true)));
    let values = [("child", data(&report.child)), ("candidate", data(&comparison.candidate))];
    let mut table = Grid::new(messages.tell("genotypes-caption", &values), columns);
    for locus in &explanation.loci {
        let mut row = vec![ltr(&locus.locus), ltr(&locus.child)];
        row.extend(locus.known_parent.as_deref().map(ltr));
        row.push(ltr(&locus.candidate));
        row.extend([ltr(&numbers::ratio(locus.log10_lr[0])), ltr(&numbers::log10_lr(locus.log10_lr[0]))]);
        table.rows.push(row);
    }
    let total = explanation.total_log10_lr[0];
    let mut row = vec![messages.say("all-loci")];
    row.resize(table.columns.len() - 2, String::new());
    row.extend([ltr(&numbers::ratio(total)), ltr(&numbers::log10_lr(total))]);
    table.total = Some(row);
    section.add(Block::Table(table));
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
    add_formulas(section, evidence, messages);
}

fn add_formulas(section: &mut Section, evidence: &Evidence, messages: &Messages) {
    let written: Vec<(&str, Vec<String>)> = evidence
        .explanation
        .loci
        .iter()
        .zip(&evidence.formulas)
        .filter_map(|(locus, form)| Some((locus.locus.as_str(), written(form.as_ref()?))))
        .collect();
    if written.is_empty() {
        section.say(messages.say("formulas-none"));
        return;
    }
    section.add(Block::Heading(messages.say("formulas-heading")));
    let letters = [("t", data("T(x)")), ("k", data("K(x)")), ("q", data("q(x)")), ("second", data("q(x | y)"))];
    section.say(messages.tell("formulas-explained", &letters));
    if evidence.formulas.iter().flatten().any(|form| form.theta > 0.0) {
        let formula = ltr("q(x) = (n θ + (1 − θ) p(x)) / (1 + (m − 1) θ)");
        let values = [("p", data("p(x)")), ("source", data("Balding & Nichols 1994"))];
        section.say(messages.tell("formulas-theta", &values));
        section.add(Block::Formula(vec![formula]));
    }
    for (locus, mut lines) in written {
        if let Some(first) = lines.first_mut() {
            *first = format!("{}: {first}", ltr(locus));
        }
        section.add(Block::Formula(lines));
    }
}

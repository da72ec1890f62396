//! Section 5: what the likelihood ratios rest on.

use super::content::{Basis, CourtReport, Evidence, RaisedAllele};
use super::document::{Block, Grid, Section};
use super::numbers;
use super::words::data;
use crate::inheritance::MutationModel;
use crate::report::messages::{Messages, ltr};
use crate::settings::LinkedPairs;

/// 5. Frequencies, theta, mutation, silent alleles, drop-out, linkage.
pub fn basis(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("basis", messages.say("basis-heading"));
    if report.run.has_markers {
        section.say(messages.say("basis-markers"));
    }
    section.add(Block::Fields(basis_fields(report, messages)));
    if let Ok(basis) = &report.basis {
        section.add(Block::Table(locus_table(basis, messages)));
    }
    section.say(messages.say("basis-mutation-explained"));
    for comparison in &report.comparisons {
        if let Some(evidence) = &comparison.evidence {
            add_raised(&mut section, &comparison.question.name(), evidence, messages);
        }
    }
    if report.run.settings.linkage.is_used && !report.subject.is_identification() {
        section.say(messages.say("linkage-not-in-search"));
    }
    section
}

/// The alleles of one comparison that count with more than their table has.
fn add_raised(section: &mut Section, name: &str, evidence: &Evidence, messages: &Messages) {
    let values = [("pair", data(name))];
    if evidence.raised.is_empty() {
        section.say(messages.tell("raised-none", &values));
        return;
    }
    let columns = [("raised-locus", false), ("raised-allele", false), ("raised-counted", true), ("raised-used", true)];
    let columns = columns.map(|(key, is_number)| (messages.say(key), is_number)).to_vec();
    let mut table = Grid::new(messages.tell("raised-caption", &values), columns);
    let row = |one: &RaisedAllele| {
        let counted = match one.counted {
            0.0 => messages.say("raised-not-listed"),
            counted => ltr(&numbers::significant(counted, 4)),
        };
        vec![ltr(&one.locus), ltr(&one.allele), counted, ltr(&numbers::significant(one.used, 4))]
    };
    table.rows = evidence.raised.iter().map(row).collect();
    section.add(Block::Table(table));
}

fn basis_fields(report: &CourtReport, messages: &Messages) -> Vec<(String, Option<String>)> {
    let settings = &report.run.settings;
    let field = |key: &str, text: String| (messages.say(key), Some(text));
    let number = |number: f64| ltr(&numbers::plain(number));
    let mut fields = Vec::new();
    if !report.run.has_markers {
        let source = |name: &String| {
            let of_basis = report.basis.as_ref().ok();
            let used = of_basis.and_then(|basis| basis.tables.iter().find(|table| table.name == *name)?.source);
            used.map_or_else(|| ltr(name), |source| format!("{} ({})", ltr(name), ltr(source)))
        };
        let tables: Vec<String> = settings.population.tables.iter().map(source).collect();
        fields.push(field("basis-tables", tables.join("; ")));
        fields.push(field("basis-theta", number(settings.population.theta)));
        let mutation = &settings.mutation;
        let model = match mutation.model {
            MutationModel::None => messages.say("mutation-none"),
            model => ltr(serde_json::to_value(model).ok().as_ref().and_then(|name| name.as_str()).unwrap_or("?")),
        };
        fields.push(field("basis-mutation", model));
        if mutation.model == MutationModel::Stepwise {
            fields.push(field("basis-mutation-range", number(mutation.range)));
            fields.push(field("basis-mutation-rate2", number(mutation.rate2)));
        }
        fields.push(field("basis-silent", number(settings.observation.silent_frequency)));
    }
    fields.push(field("basis-minimum", ltr(&settings.population.minimum_frequency.to_string())));
    fields.push(field("basis-drop-out", drop_out(report, messages)));
    fields.push(field("basis-drop-in", number(settings.observation.drop_in)));
    let linkage = match (settings.linkage.is_used, &settings.linkage.pairs) {
        (true, LinkedPairs::File(path)) => ltr(path),
        (true, _) if report.subject.is_identification() => messages.say("linkage-together"),
        _ => messages.say("linkage-independent"),
    };
    fields.push(field("basis-linkage", linkage));
    fields
}

/// The drop-out probabilities of the roles, where any is above 0.
fn drop_out(report: &CourtReport, messages: &Messages) -> String {
    let value = serde_json::to_value(report.run.settings.observation.drop_out).unwrap_or_default();
    let number = |value: &serde_json::Value| value.as_f64().map(numbers::plain);
    let by_role = value.as_object().into_iter().flatten();
    let by_role = by_role.filter_map(|(role, value)| Some((role, number(value)?))).filter(|(_, shown)| shown != "0");
    let by_role: Vec<String> = by_role.map(|(role, shown)| ltr(&format!("{role} {shown}"))).collect();
    match (number(&value), by_role.is_empty()) {
        (Some(one), _) => ltr(&one),
        (None, true) => messages.say("drop-out-none"),
        (None, false) => by_role.join("; "),
    }
}

fn locus_table(basis: &Basis, messages: &Messages) -> Grid {
    let mut columns = vec![(messages.say("locus"), false)];
    columns.extend(basis.tables.iter().map(|table| (messages.tell("people", &[("table", data(&table.name))]), true)));
    columns.extend(["rate-father", "rate-mother"].map(|key| (messages.say(key), true)));
    let mut table = Grid::new(messages.say("loci-caption"), columns);
    for locus in &basis.loci {
        let people = locus
            .people
            .iter()
            .map(|people| people.map_or_else(|| "–".to_owned(), |people| ltr(&numbers::plain(people))));
        let rate = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| ltr(&numbers::plain(rate)));
        let mut row = vec![ltr(&locus.locus)];
        row.extend(people);
        row.extend([rate(locus.rates.map(|rates| rates.male)), rate(locus.rates.map(|rates| rates.female))]);
        table.rows.push(row);
    }
    table
}

//! The tables of `filia match`.

use super::{probability_in_words, significant};
use crate::inference::verbal;
use crate::io::safe_csv::SafeCsvWriter;
use crate::matching::one_person::DirectMatches;
use crate::matching::{Candidacy, Case, ChildStatus, Couple, Flag, OtherRelative, PlaceStatus, Status};
use crate::profile::SampleIndex;
use rayon::prelude::*;
use std::io::Write;

/// Rows that are put into words together.
const ROWS_AT_ONCE: usize = 1024;

/// Such batches that wait to be written.
const BATCHES_AT_ONCE: usize = 64;

const MATCH_COLUMNS: [&str; 18] = [
    "child_id",
    "rank",
    "candidate_id",
    "candidate_role",
    "candidate_sex",
    "relationship",
    "log10_lr",
    "posterior",
    "loci_compared",
    "loci_inconsistent",
    "inconsistent_loci",
    "best_relationship",
    "best_relationship_log10_lr",
    "verbal",
    "flags",
    "posterior_other",
    "other_relationship",
    "log10_lr_against_best_rival",
];

const COUPLE_COLUMNS: [&str; 17] = [
    "child_id",
    "rank",
    "father_id",
    "mother_id",
    "log10_lr",
    "log10_lr_father",
    "log10_lr_mother",
    "posterior",
    "loci_compared",
    "loci_inconsistent",
    "father_posterior_other",
    "mother_posterior_other",
    "father_best_relationship",
    "father_best_relationship_log10_lr",
    "mother_best_relationship",
    "mother_best_relationship_log10_lr",
    "flags",
];

/// Writes `matches.csv`: where several frequency tables were given with the columns `log10_lr_<table>` and `posterior_<table>`
/// for each; and with what the settings ask for beyond that.
///
/// # Errors
/// As the writer beneath.
pub fn write_matches(writer: impl Write, case: &Case<'_>, candidacies: &[Candidacy]) -> csv::Result<()> {
    let several = case.models.populations.len() > 1;
    let mut table = SafeCsvWriter::new(writer);
    let mut header: Vec<String> = MATCH_COLUMNS.map(str::to_owned).into();
    header.extend(of_each_table(case, "log10_lr"));
    header.extend(of_each_table(case, "posterior"));
    let asked_for = &case.settings.search;
    let intervals = case.settings.reports_intervals();
    header.extend(["log10_lr_low", "log10_lr_high"].into_iter().filter(|_| intervals).map(str::to_owned));
    header.extend(asked_for.expected_false_leads.then(|| "expected_false_leads".to_owned()));
    table.write_row(header)?;
    let row = |candidacy: &Candidacy| {
        let mut row = match_row(case, candidacy);
        let by_table = candidacy.by_population.iter().chain(&candidacy.posterior_by_population);
        row.extend(by_table.filter(|_| several).map(|&number| significant(number)));
        row.extend(candidacy.interval.iter().flat_map(|interval| [interval.low, interval.high]).map(significant));
        row.extend(
            asked_for
                .expected_false_leads
                .then(|| candidacy.expected_false_leads.map_or_else(String::new, significant)),
        );
        row
    };
    let mut writer = table.finish()?;
    let text = |candidacies: &[Candidacy]| {
        let mut table = SafeCsvWriter::new(Vec::new());
        candidacies.iter().try_for_each(|candidacy| table.write_row(row(candidacy)))?;
        Ok(table.finish()?)
    };
    for candidacies in candidacies.chunks(ROWS_AT_ONCE * BATCHES_AT_ONCE) {
        let texts: csv::Result<Vec<Vec<u8>>> = candidacies.par_chunks(ROWS_AT_ONCE).map(text).collect();
        texts?.iter().try_for_each(|text| writer.write_all(text))?;
    }
    writer.flush()?;
    Ok(())
}

/// The names of a column that each of several frequency tables has.
fn of_each_table<'a>(case: &'a Case<'_>, column: &'a str) -> impl Iterator<Item = String> + 'a {
    let several = case.models.populations.len() > 1;
    case.models
        .populations
        .iter()
        .filter(move |_| several)
        .map(move |population| format!("{column}_{}", population.name))
}

/// The likeliest kind of another relative; empty where there is none.
fn kind(other: OtherRelative) -> String {
    other.kind.map_or_else(String::new, |kind| kind.to_string())
}

fn joined(flags: &[Flag]) -> String {
    flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

fn match_row(case: &Case<'_>, candidacy: &Candidacy) -> Vec<String> {
    let panel = case.panel;
    let assessment = &candidacy.assessment;
    let loci: Vec<_> = assessment.inconsistent.iter().map(|&locus| panel.loci()[locus].as_str()).collect();
    vec![
        panel.full_id(candidacy.child).into_owned(),
        candidacy.rank.to_string(),
        panel.full_id(candidacy.candidate).into_owned(),
        role(case, candidacy.candidate),
        panel.sex(candidacy.candidate).to_string(),
        case.settings.search.relationship.to_string(),
        significant(candidacy.log10_lr),
        significant(candidacy.posterior),
        assessment.loci_compared.to_string(),
        loci.len().to_string(),
        loci.join(";"),
        assessment.best.to_string(),
        significant(assessment.best_log10_lr),
        verbal(candidacy.log10_lr),
        joined(&assessment.flags),
        significant(candidacy.other.probability),
        kind(candidacy.other),
        significant(assessment.over_best_rival),
    ]
}

/// The sample's role; `candidate` where its file does not say.
fn role(case: &Case<'_>, sample: SampleIndex) -> String {
    case.panel.role(sample).map_or_else(|| "candidate".to_owned(), |role| role.to_string())
}

/// Writes `couples.csv`.
///
/// # Errors
/// As the writer beneath.
pub fn write_couples(writer: impl Write, case: &Case<'_>, couples: &[Couple]) -> csv::Result<()> {
    let mut table = SafeCsvWriter::new(writer);
    let mut header: Vec<String> = COUPLE_COLUMNS.map(str::to_owned).into();
    header.extend(of_each_table(case, "log10_lr"));
    header.extend(of_each_table(case, "posterior"));
    table.write_row(header)?;
    for couple in couples {
        table.write_row(couple_row(case, couple))?;
    }
    table.finish()?;
    Ok(())
}

fn couple_row(case: &Case<'_>, couple: &Couple) -> Vec<String> {
    let [father, mother] = couple.best;
    let mut row = vec![
        case.panel.full_id(couple.child).into_owned(),
        couple.rank.to_string(),
        case.panel.full_id(couple.father).into_owned(),
        case.panel.full_id(couple.mother).into_owned(),
        significant(couple.log10_lr),
        significant(couple.log10_lr_father),
        significant(couple.log10_lr_mother),
        significant(couple.posterior),
        couple.loci_compared.to_string(),
        couple.loci_inconsistent.to_string(),
        significant(couple.other[0].probability),
        significant(couple.other[1].probability),
        father.0.to_string(),
        significant(father.1),
        mother.0.to_string(),
        significant(mother.1),
        joined(&couple.flags),
    ];
    if case.models.populations.len() > 1 {
        let by_table = couple.by_population.iter().chain(&couple.posterior_by_population);
        row.extend(by_table.map(|&number| significant(number)));
    }
    row
}

/// Writes `status.csv`: for each child in one word what is known of its father and of its mother.
///
/// # Errors
/// As the writer beneath.
pub fn write_status(writer: impl Write, case: &Case<'_>, children: &[ChildStatus]) -> csv::Result<()> {
    let mut table = SafeCsvWriter::new(writer);
    table.write_row([
        "child_id",
        "father_status",
        "father_id",
        "mother_status",
        "mother_id",
        "reason",
        "father_posterior",
        "father_none",
        "mother_posterior",
        "mother_none",
    ])?;
    let id =
        |person: Option<SampleIndex>| person.map_or_else(String::new, |person| case.panel.full_id(person).into_owned());
    for child in children {
        let [father, mother] = &child.places;
        let probability = |number: Option<f64>| number.map_or_else(String::new, significant);
        let best = |place: &PlaceStatus| probability(place.persons.first().map(|&(_, posterior)| posterior));
        table.write_row([
            case.panel.full_id(child.child).as_ref(),
            &father.status.to_string(),
            &id(father.person),
            &mother.status.to_string(),
            &id(mother.person),
            &[("father", father), ("mother", mother)].map(|(word, place)| reason(case, word, place)).join("; "),
            &best(father),
            &probability(father.none),
            &best(mother),
            &probability(mother.none),
        ])?;
    }
    table.finish()?;
    Ok(())
}

/// A status in a few words: who is likeliest, and how likely nobody is.
fn reason(case: &Case<'_>, word: &str, place: &PlaceStatus) -> String {
    match place.status {
        Status::Stated => return format!("{word}: named by the child's row"),
        Status::NotAsked => return format!("{word}: nobody was compared"),
        _ => {}
    }
    let of_person = |&(person, posterior): &(SampleIndex, f64)| {
        format!("{} {}", case.panel.full_id(person), probability_in_words(posterior))
    };
    let none = place.none.map(|none| format!("nobody of the lists {}", probability_in_words(none)));
    let all: Vec<_> = place.persons.iter().map(of_person).chain(none).collect();
    format!("{word}: {}", all.join(", "))
}

/// Writes `direct_matches.csv`: the pairs of samples that are one person.
///
/// # Errors
/// As the writer beneath.
pub fn write_direct_matches(writer: impl Write, case: &Case<'_>, direct: &DirectMatches) -> csv::Result<()> {
    let mut table = SafeCsvWriter::new(writer);
    table.write_row(["sample_a", "sample_b", "log10_lr", "loci_compared", "loci_different", "contradiction"])?;
    for pair in &direct.pairs {
        table.write_row([
            case.panel.full_id(pair.first).as_ref(),
            case.panel.full_id(pair.second).as_ref(),
            &significant(pair.log10_lr),
            &pair.loci_compared.to_string(),
            &pair.loci_different.to_string(),
            &pair.contradiction.columns(),
        ])?;
    }
    table.finish()?;
    Ok(())
}

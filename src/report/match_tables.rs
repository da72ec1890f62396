//! The tables of `filia match`.

use super::significant;
use crate::inference::verbal;
use crate::io::safe_csv::SafeCsvWriter;
use crate::matching::one_person::DirectMatches;
use crate::matching::{Candidacy, Case, Couple};
use crate::profile::SampleIndex;
use rayon::prelude::*;
use std::io::Write;

/// Rows that are put into words together.
const ROWS_AT_ONCE: usize = 1024;

/// Such batches that wait to be written.
const BATCHES_AT_ONCE: usize = 64;

const MATCH_COLUMNS: [&str; 15] = [
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
];

/// Writes `matches.csv`: the columns of the contract; where several frequency tables were given one column
/// `log10_lr_<table>` for each; and what the settings ask for beyond that.
///
/// # Errors
/// As the writer beneath.
pub fn write_matches(writer: impl Write, case: &Case<'_>, candidacies: &[Candidacy]) -> csv::Result<()> {
    let populations = &case.models.populations;
    let several = populations.len() > 1;
    let mut table = SafeCsvWriter::new(writer);
    let mut header: Vec<String> = MATCH_COLUMNS.map(str::to_owned).into();
    header.extend(populations.iter().filter(|_| several).map(|population| format!("log10_lr_{}", population.name)));
    let asked_for = &case.settings.search;
    let intervals = case.settings.reports_intervals();
    header.extend(["log10_lr_low", "log10_lr_high"].into_iter().filter(|_| intervals).map(str::to_owned));
    header.extend(asked_for.expected_false_leads.then(|| "expected_false_leads".to_owned()));
    table.write_row(header)?;
    let row = |candidacy: &Candidacy| {
        let mut row = match_row(case, candidacy);
        row.extend(candidacy.by_population.iter().filter(|_| several).map(|&log10_lr| significant(log10_lr)));
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

fn match_row(case: &Case<'_>, candidacy: &Candidacy) -> Vec<String> {
    let panel = case.panel;
    let assessment = &candidacy.assessment;
    let loci: Vec<_> = assessment.inconsistent.iter().map(|&locus| panel.loci()[locus].as_str()).collect();
    let flags: Vec<_> = assessment.flags.iter().map(ToString::to_string).collect();
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
        flags.join(";"),
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
    table.write_row([
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
    ])?;
    for couple in couples {
        table.write_row([
            case.panel.full_id(couple.child).as_ref(),
            &couple.rank.to_string(),
            case.panel.full_id(couple.father).as_ref(),
            case.panel.full_id(couple.mother).as_ref(),
            &significant(couple.log10_lr),
            &significant(couple.log10_lr_father),
            &significant(couple.log10_lr_mother),
            &significant(couple.posterior),
            &couple.loci_compared.to_string(),
            &couple.loci_inconsistent.to_string(),
        ])?;
    }
    table.finish()?;
    Ok(())
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

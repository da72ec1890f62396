//! Sample reports of the ForenSeq Universal Analysis Software (sheets `Autosomal STRs`, `X STRs`, …): one person a workbook.
//!
//! Above stand `Sample`, `Gender` (since 2026 `Biological Sex`) and what the program thinks of the sample; the genotypes are the block
//! below the cells `Locus`, `Genotype`, to the first row without a locus. Whatever stands beside or below it is evidence, not read.

use super::specimens::{FieldNames, Specimen, SpecimenLocus};
use crate::{
    io::workbook::SEPARATOR,
    profile::{Sample, Sex},
};

pub(super) const FIELDS: FieldNames = FieldNames { id: "Sample", locus: "Locus", allele: "Genotype" };

/// A report.
pub(super) struct UasReport {
    /// The sample with its genotypes; lines are rows of the sheet.
    pub specimen: Specimen,
    /// What the program says against taking it for one person's.
    pub warning: Option<String>,
}

/// The report that the text of a sheet holds, where it is one.
pub(super) fn report_of(text: &[u8]) -> Option<UasReport> {
    let text = String::from_utf8_lossy(text);
    let rows: Vec<Vec<&str>> =
        text.lines().map(|row| row.split(char::from(SEPARATOR)).map(str::trim).collect()).collect();
    let is_report = rows.first()?.first()?.ends_with("Report");
    let header = rows.iter().position(|row| row.starts_with(&["Locus", "Genotype"])).filter(|_| is_report)?;
    let find = |names: &[&str]| rows[..header].iter().position(|row| names.contains(&row[0]));
    let value = |names: &[&str]| find(names).and_then(|row| rows[row].get(1).copied()).unwrap_or_default();
    let sex = match value(&["Gender", "Biological Sex"]) {
        "XY" => Sex::Male,
        "XX" => Sex::Female,
        _ => Sex::Unknown,
    };
    let line = find(&["Sample"])? as u64 + 1;
    let block = rows.iter().enumerate().skip(header + 1).take_while(|(_, row)| !row[0].is_empty());
    let locus = |(at, row): (usize, &Vec<&str>)| {
        let genotype = row.get(1).copied().unwrap_or_default();
        SpecimenLocus {
            line: at as u64 + 1,
            name: row[0].to_owned(),
            alleles: genotype.split(',').map(str::to_owned).collect(),
        }
    };
    let sample = Sample { id: value(&["Sample"]).to_owned(), sex, ..Sample::default() };
    let verdict = [("Single Source", "Pass"), ("Contributor Status", "Single-Source")];
    let against = verdict.into_iter().find(|&(name, good)| !["", good].contains(&value(&[name])));
    let warning = against.map(|(name, _)| format!("the report says `{name}`: {}", value(&[name])));
    Some(UasReport { specimen: Specimen { line, sample, loci: block.map(locus).collect() }, warning })
}

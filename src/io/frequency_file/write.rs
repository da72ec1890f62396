//! Frequency tables out, in the two layouts that are read. Numbers are written in full: what is read back is equal.

use crate::io::safe_csv::SafeCsvWriter;
use crate::population::{FrequencyTable, LocusFrequencies};
use std::{collections::BTreeSet, io::Write};

/// The layouts that are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// One row a locus and allele
    Long,
    /// Alleles in rows, loci in columns, people in a row `N`
    Wide,
}

/// Writes tables as CSV, each with its population where there are several (long layout only; the wide one holds the
/// first table).
///
/// # Errors
/// What the target refuses.
pub fn write_table(tables: &[(Option<String>, FrequencyTable)], layout: Layout, target: impl Write) -> csv::Result<()> {
    let mut writer = SafeCsvWriter::new(target);
    match (layout, tables) {
        (Layout::Wide, [(_, table), ..]) => write_wide(table, &mut writer)?,
        _ => write_long(tables, &mut writer)?,
    }
    writer.finish()?;
    Ok(())
}

fn write_long(tables: &[(Option<String>, FrequencyTable)], writer: &mut SafeCsvWriter<impl Write>) -> csv::Result<()> {
    let with_population = tables.iter().any(|(population, _)| population.is_some());
    let population_column = |cell: &str| with_population.then(|| cell.to_owned());
    let header = ["locus", "allele", "frequency", "count", "n_alleles"].map(str::to_owned);
    writer.write_row(population_column("population").into_iter().chain(header))?;
    for (population, table) in tables {
        let population = population_column(population.as_deref().unwrap_or_default());
        for locus in &table.loci {
            for &(allele, frequency) in &locus.frequencies {
                let (count, total) = counts(locus, frequency);
                let cells = [locus.locus.to_string(), allele.to_string(), frequency.to_string(), count, total];
                writer.write_row(population.clone().into_iter().chain(cells))?;
            }
        }
    }
    Ok(())
}

/// The count of an allele, where it is a whole number, and the number of alleles; blank where not known.
fn counts(locus: &LocusFrequencies, frequency: f64) -> (String, String) {
    let Some(people) = locus.people else { return Default::default() };
    let count = frequency * 2.0 * people;
    let whole = (count - count.round()).abs() < 1e-6;
    (if whole { count.round().to_string() } else { String::new() }, (2.0 * people).to_string())
}

fn write_wide(table: &FrequencyTable, writer: &mut SafeCsvWriter<impl Write>) -> csv::Result<()> {
    let names = table.loci.iter().map(|locus| locus.locus.to_string());
    writer.write_row(std::iter::once("Allele".to_owned()).chain(names))?;
    let alleles: BTreeSet<_> = table.loci.iter().flat_map(|locus| &locus.frequencies).map(|entry| entry.0).collect();
    for allele in alleles {
        let frequencies = table.loci.iter().map(|locus| match locus.frequency(allele) {
            0.0 => String::new(),
            frequency => frequency.to_string(),
        });
        writer.write_row(std::iter::once(allele.to_string()).chain(frequencies))?;
    }
    if table.loci.iter().any(|locus| locus.people.is_some()) {
        let people = table.loci.iter().map(|locus| locus.people.map(|people| people.to_string()).unwrap_or_default());
        writer.write_row(std::iter::once("N".to_owned()).chain(people))?;
    }
    Ok(())
}

//! Recombination fractions between loci that share a chromosome.

use super::source::Inputs;
use super::table_file::{TableError, TextTable};
use crate::profile::LocusName;
use crate::settings::{LinkedPair, LinkedPairs};
use std::path::Path;

/// The published fractions that come with the program (`data/recombination.csv`, with sources).
const BUNDLED: &str = include_str!("../../data/recombination.csv");

const EXPECTED: &str = "the columns locus_a, locus_b, recombination";

/// Two loci on one chromosome.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkedLoci {
    /// The loci.
    pub loci: [LocusName; 2],
    /// Recombination fraction, the same for both sexes, in [0, 0.5].
    pub recombination: f64,
    /// Where it was published.
    pub source: String,
}

/// The bundled table.
///
/// # Errors
/// None, unless the table in the program is broken.
pub fn bundled_recombination() -> Result<Vec<LinkedLoci>, TableError> {
    parse_recombination("bundled recombination fractions", BUNDLED)
}

/// The pairs that the settings name.
///
/// # Errors
/// A file that cannot be read or is no such table.
pub fn load_recombination(pairs: &LinkedPairs, inputs: &Inputs) -> Result<Vec<LinkedLoci>, TableError> {
    match pairs {
        LinkedPairs::Bundled => bundled_recombination(),
        LinkedPairs::File(path) => parse_table(&TextTable::read(Path::new(path), EXPECTED, inputs)?),
        LinkedPairs::List(pairs) => {
            let linked = |pair: &LinkedPair| LinkedLoci {
                loci: pair.loci.each_ref().map(|locus| LocusName::new(locus)),
                recombination: pair.rho,
                source: "settings".to_owned(),
            };
            Ok(pairs.iter().map(linked).collect())
        }
    }
}

/// Reads a table with the columns `locus_a`, `locus_b`, `recombination` and, if present, `source`.
///
/// # Errors
/// A missing column, a fraction outside 0 to 0.5.
pub fn parse_recombination(name: &str, text: &str) -> Result<Vec<LinkedLoci>, TableError> {
    parse_table(&TextTable::parse(name, text, EXPECTED)?)
}

fn parse_table(table: &TextTable) -> Result<Vec<LinkedLoci>, TableError> {
    let header = &table.rows[0];
    let column = |column: &str| {
        table.column(&[column]).ok_or_else(|| table.row_error(header.line, header.cells.join(","), EXPECTED))
    };
    let columns = [column("locus_a")?, column("locus_b")?, column("recombination")?];
    let source = table.column(&["source"]);
    let rows = table.rows[1..].iter().map(|row| {
        let recombination = row.cell(columns[2]).parse().ok().filter(|fraction| (0.0..=0.5).contains(fraction));
        Ok(LinkedLoci {
            loci: [LocusName::new(row.cell(columns[0])), LocusName::new(row.cell(columns[1]))],
            recombination: recombination
                .ok_or_else(|| table.cell_error(row, columns[2], "a recombination fraction from 0 to 0.5"))?,
            source: source.map_or_else(String::new, |column| row.cell(column).to_owned()),
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_fractions_follow_the_map_function() {
        let linked = bundled_recombination().unwrap();
        assert_eq!(linked.len(), 7);
        assert_eq!(linked[0].loci, ["VWA", "D12S391"].map(LocusName::new));
        let text = TextTable::parse("", BUNDLED, "").unwrap();
        for (row, linked) in text.rows[1..].iter().zip(&linked) {
            let morgans = row.cell(2).parse::<f64>().unwrap() / 100.0;
            assert!((0.5 * (2.0 * morgans).tanh() - linked.recombination).abs() < 6e-4, "{row:?}");
        }
    }

    #[test]
    fn a_fraction_out_of_range_is_refused_by_line() {
        let refused = parse_recombination("r.csv", "locus_a,locus_b,recombination\nA,B,0.7\n").unwrap_err().to_string();
        assert!(refused.contains("r.csv, line 2") && refused.contains("0.7"), "{refused}");
    }
}

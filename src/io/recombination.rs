//! Recombination fractions between loci that share a chromosome.

use super::source::Inputs;
use super::table_file::{TableError, TextRow, TextTable};
use crate::profile::LocusName;
use crate::settings::{LinkedPair, LinkedPairs};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// The published fractions that come with the program (`data/recombination.csv`, with sources).
const BUNDLED: &str = include_str!("../../data/recombination.csv");

const EXPECTED: &str = "the columns locus_a, locus_b, recombination, or a map: marker, chromosome, cM";
const FRACTION: &str = "a recombination fraction from 0 to 0.5 (a percentage is to be divided by 100; centimorgans go into a column `cM` in place of \
                        `recombination`)";
const CENTIMORGANS: &str = "a distance of at least 0 in centimorgans";

const LOCI: [[&str; 3]; 2] = [["locus_a", "locus_1", "marker_1"], ["locus_b", "locus_2", "marker_2"]];
const RECOMBINATION: [&str; 4] = ["recombination", "recombination_fraction", "rho", "rf"];
const DISTANCE: [&str; 4] = ["cM", "centimorgans", "centimorgan", "genetic_position"];
const MARKER: [&str; 3] = ["marker", "locus", "name"];
const CHROMOSOME: [&str; 3] = ["chr", "chromosome", "chrom"];

/// Loci of a map that recombine at least this often count as independent.
const AS_GOOD_AS_FREE: f64 = 0.49;

/// Two loci on one chromosome.
#[derive(Clone, PartialEq, Debug)]
pub struct LinkedLoci {
    /// The loci.
    pub loci: [LocusName; 2],
    /// Recombination fraction, the same for both sexes, in [0, 0.5].
    pub recombination: f64,
    /// Whether it was computed from a distance in centimorgans.
    pub is_from_distance: bool,
}

/// The recombination fraction of two loci so many centimorgans apart: tanh(2d)/2, d in morgans (Kosambi 1944,
/// doi:10.1111/j.1469-1809.1943.tb02321.x).
pub fn kosambi(centimorgans: f64) -> f64 {
    0.5 * (2.0 * centimorgans / 100.0).tanh()
}

/// The bundled table.
///
/// # Errors
/// None, unless the table in the program is broken.
pub fn bundled_recombination() -> Result<Vec<LinkedLoci>, TableError> {
    parse_recombination("bundled recombination fractions", BUNDLED, &[])
}

/// The pairs that the settings name. Of a map, those of `loci` that follow each other on a chromosome.
///
/// # Errors
/// A file that cannot be read or is no such table.
pub fn load_recombination(
    pairs: &LinkedPairs,
    loci: &[LocusName],
    inputs: &Inputs,
) -> Result<Vec<LinkedLoci>, TableError> {
    match pairs {
        LinkedPairs::Bundled => bundled_recombination(),
        LinkedPairs::File(path) => parse_table(&TextTable::read(Path::new(path), EXPECTED, inputs)?, loci),
        LinkedPairs::List(pairs) => {
            let linked = |pair: &LinkedPair| LinkedLoci {
                loci: pair.loci.each_ref().map(|locus| LocusName::new(locus)),
                recombination: pair.rho,
                is_from_distance: false,
            };
            Ok(pairs.iter().map(linked).collect())
        }
    }
}

/// Reads a table of pairs (`locus_a`, `locus_b`, and `recombination` or `cM`) or a map (`marker`, `chromosome`, `cM`), of which
/// the loci in use are paired with their neighbours.
///
/// # Errors
/// A missing column, a fraction outside 0 to 0.5, a negative distance; a locus twice in a map.
pub fn parse_recombination(name: &str, text: &str, loci: &[LocusName]) -> Result<Vec<LinkedLoci>, TableError> {
    parse_table(&TextTable::parse(name, text, EXPECTED)?, loci)
}

fn parse_table(table: &TextTable, loci: &[LocusName]) -> Result<Vec<LinkedLoci>, TableError> {
    let columns = LOCI.each_ref().map(|names| table.column(names));
    let distance = table.column(&DISTANCE);
    match (columns, table.column(&RECOMBINATION), distance) {
        ([Some(one), Some(other)], Some(column), _) => {
            read_pairs(table, [one, other], |row| fraction(table, row, column))
        }
        ([Some(one), Some(other)], None, Some(column)) => {
            read_pairs(table, [one, other], |row| Ok((kosambi(centimorgans(table, row, column)?), true)))
        }
        (_, _, Some(distance)) => match (table.column(&MARKER), table.column(&CHROMOSOME)) {
            (Some(marker), Some(chromosome)) => read_map(table, [marker, chromosome, distance], loci),
            _ => Err(unknown_layout(table)),
        },
        _ => Err(unknown_layout(table)),
    }
}

fn unknown_layout(table: &TextTable) -> TableError {
    let header = &table.rows[0];
    table.row_error(header.line, header.cells.join(","), EXPECTED)
}

fn fraction(table: &TextTable, row: &TextRow, column: usize) -> Result<(f64, bool), TableError> {
    let fraction = table.number(row, column, 0.0..=0.5, FRACTION)?;
    Ok((fraction.ok_or_else(|| table.cell_error(row, column, FRACTION))?, false))
}

fn centimorgans(table: &TextTable, row: &TextRow, column: usize) -> Result<f64, TableError> {
    let distance = table.number(row, column, 0.0..=f64::MAX, CENTIMORGANS)?;
    distance.ok_or_else(|| table.cell_error(row, column, CENTIMORGANS))
}

/// Pairs in two columns (0-based); `recombination_of` a row tells the fraction and whether it comes from a distance.
fn read_pairs(
    table: &TextTable,
    loci: [usize; 2],
    recombination_of: impl Fn(&TextRow) -> Result<(f64, bool), TableError>,
) -> Result<Vec<LinkedLoci>, TableError> {
    let rows = table.rows[1..].iter().map(|row| {
        if let Some(&blank) = loci.iter().find(|&&column| row.cell(column).is_empty()) {
            return Err(table.cell_error(row, blank, "the name of a locus"));
        }
        let (recombination, is_from_distance) = recombination_of(row)?;
        Ok(LinkedLoci { loci: loci.map(|column| LocusName::new(row.cell(column))), recombination, is_from_distance })
    });
    rows.collect()
}

/// A map of loci: of those in use, each with the next on its chromosome (columns 0-based: marker, chromosome, position in
/// centimorgans).
fn read_map(
    table: &TextTable,
    [marker, chromosome, position]: [usize; 3],
    loci: &[LocusName],
) -> Result<Vec<LinkedLoci>, TableError> {
    let mut seen = HashSet::new();
    let mut chromosomes: BTreeMap<String, Vec<(f64, LocusName)>> = BTreeMap::new();
    for row in &table.rows[1..] {
        if let Some(&blank) = [marker, chromosome].iter().find(|&&column| row.cell(column).is_empty()) {
            return Err(table.cell_error(row, blank, "a name"));
        }
        let locus = LocusName::new(row.cell(marker));
        if !seen.insert(locus.clone()) {
            return Err(table.cell_error(row, marker, "each locus once"));
        }
        let position = centimorgans(table, row, position)?;
        if loci.contains(&locus) {
            let name = row.cell(chromosome).to_lowercase();
            let name = name.trim_start_matches("chr").trim_start_matches('0').to_owned();
            chromosomes.entry(name).or_default().push((position, locus));
        }
    }
    let mut linked = Vec::new();
    for mut on_one in chromosomes.into_values() {
        on_one.sort_by(|left, right| left.0.total_cmp(&right.0).then_with(|| left.1.cmp(&right.1)));
        for pair in on_one.windows(2) {
            let recombination = kosambi(pair[1].0 - pair[0].0);
            if recombination < AS_GOOD_AS_FREE {
                let loci = [pair[0].1.clone(), pair[1].1.clone()];
                linked.push(LinkedLoci { loci, recombination, is_from_distance: true });
            }
        }
    }
    Ok(linked)
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
        let refused =
            parse_recombination("r.csv", "locus_a,locus_b,recombination\nA,B,0.7\n", &[]).unwrap_err().to_string();
        assert!(refused.contains("r.csv, line 2") && refused.contains("0.7"), "{refused}");
    }

    fn loci(names: &[&str]) -> Vec<LocusName> {
        names.iter().map(|name| LocusName::new(name)).collect()
    }

    #[test]
    fn decimal_commas_and_centimorgans() {
        let comma = parse_recombination("r.csv", "locus_a;locus_b;recombination\nvWA;D12S391;0,117\n", &[]).unwrap();
        assert_eq!((comma[0].recombination, comma[0].is_from_distance), (0.117, false));
        let distance = parse_recombination("r.csv", "locus_a;locus_b;cM\nvWA;D12S391;11,9\n", &[]).unwrap();
        // tanh(0.238) / 2 = 0.2336057784 / 2
        assert!((distance[0].recombination - 0.116_802_889).abs() < 1e-8, "{distance:?}");
        let in_centimorgans =
            parse_recombination("r.csv", "locus_a,locus_b,recombination\nvWA,D12S391,11.7\n", &[]).unwrap_err();
        assert!(in_centimorgans.to_string().contains("centimorgans go into a column `cM`"), "{in_centimorgans}");
    }

    #[test]
    fn a_map_links_neighbours_among_the_loci_in_use() {
        let map = "Marker,Chr,cM\nvWA,12,10.2\nD5S818,chr5,130\nD12S391,12,22.1\nCSF1PO,5,157.76\nTPOX,2,1\nD2S441,2,89\nD2S1338,2,225\n";
        let linked =
            parse_recombination("m.csv", map, &loci(&["D12S391", "vWA", "CSF1PO", "TPOX", "D2S1338"])).unwrap();
        assert_eq!(linked.len(), 1, "D5S818 is not in use, and TPOX is far from D2S1338");
        assert_eq!(linked[0].loci.to_vec(), loci(&["vWA", "D12S391"]));
        assert!((linked[0].recombination - 0.5 * (0.238_f64).tanh()).abs() < 1e-12);
        // Through a locus that is not in use, its neighbours are neighbours.
        let map = "Marker;Chr;cM\nA;7;10\nB;7;20\nC;7;40\n";
        let linked = parse_recombination("m.csv", map, &loci(&["A", "C"])).unwrap();
        assert!((linked[0].recombination - 0.5 * (0.6_f64).tanh()).abs() < 1e-12);
        let twice = parse_recombination("m.csv", "Marker,Chr,cM\nA,7,1\na,7,2\n", &[]).unwrap_err().to_string();
        assert!(twice.contains("line 3") && twice.contains("each locus once"), "{twice}");
    }
}

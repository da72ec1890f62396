//! Mutation rates: bundled, from a file (`locus,female,male` or `locus,rate`, optionally `source`), or one pair for all loci.
//!
//! The row `default` holds the rates of loci that have no row; without it they get the bundled default.

use super::source::Inputs;
use super::table_file::{TableError, TextRow, TextTable};
use crate::inheritance::rates::{BUNDLED_RATES, EXPECTED_RATE, HIGHEST_RATE, LocusRates, MutationRates, ParentalRates};
use crate::profile::LocusName;
use crate::settings::RatesSource;
use std::{collections::BTreeMap, path::Path};

const EXPECTED: &str = "mutation rates: a header `locus,female,male` and a row for each locus";
const DEFAULT_ROW: &str = "default";

/// The mutation rates that the settings ask for.
///
/// # Errors
/// A file that cannot be read or is no table of rates; a locus in two rows.
pub fn load_rates(source: &RatesSource, inputs: &Inputs) -> Result<MutationRates, TableError> {
    match source {
        RatesSource::Bundled => bundled_rates(),
        RatesSource::File(path) => {
            let text = TextTable::read(Path::new(path), EXPECTED, inputs)?;
            read_rates(&text, Some(bundled_rates()?.default_rates().clone()))
        }
        &RatesSource::Pair { female, male } => Ok(MutationRates::uniform(ParentalRates { female, male })),
    }
}

fn bundled_rates() -> Result<MutationRates, TableError> {
    read_rates(&TextTable::parse("bundled mutation rates", BUNDLED_RATES, EXPECTED)?, None)
}

fn read_rates(text: &TextTable, fallback: Option<LocusRates>) -> Result<MutationRates, TableError> {
    let header = text.rows[0].line;
    let column = |names: &[&str]| {
        let missing = || text.row_error(header, format!("no column `{}`", names[0]), EXPECTED);
        text.column(names).ok_or_else(missing)
    };
    let locus = column(&["locus", "marker", "system"])?;
    let female = column(&["female", "maternal", "mother", "rate"])?;
    let male = column(&["male", "paternal", "father", "rate"])?;
    let source = text.column(&["source"]);
    let mut by_locus = BTreeMap::new();
    let mut default = fallback;
    for row in &text.rows[1..] {
        let rates = ParentalRates { female: rate(text, row, female)?, male: rate(text, row, male)? };
        let source = source.map(|column| row.cell(column)).filter(|cell| !cell.is_empty());
        let entry = LocusRates { rates, source: source.unwrap_or(&text.path).to_owned() };
        if row.cell(locus).is_empty() {
            return Err(text.cell_error(row, locus, "the name of a locus"));
        } else if row.cell(locus).eq_ignore_ascii_case(DEFAULT_ROW) {
            default = Some(entry);
        } else if by_locus.insert(LocusName::new(row.cell(locus)), entry).is_some() {
            return Err(text.cell_error(row, locus, "each locus once"));
        }
    }
    let default = default.ok_or_else(|| text.row_error(header, "no row `default`", EXPECTED))?;
    Ok(MutationRates::new(by_locus, default))
}

fn rate(text: &TextTable, row: &TextRow, column: usize) -> Result<f64, TableError> {
    let number = text.number(row, column, 0.0..=HIGHEST_RATE, EXPECTED_RATE)?;
    number.ok_or_else(|| text.cell_error(row, column, EXPECTED_RATE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<MutationRates, TableError> {
        let fallback = bundled_rates()?.default_rates().clone();
        read_rates(&TextTable::parse("r.csv", text, EXPECTED)?, Some(fallback))
    }

    #[test]
    fn bundled_rates_are_plausible_and_have_sources() {
        let rates = bundled_rates().unwrap();
        assert!(rates.by_locus().count() >= 18);
        for (locus, entry) in rates.by_locus() {
            let ParentalRates { female, male } = entry.rates;
            assert!(female > 0.0 && female < 0.01 && male > 0.0 && male < 0.01, "{locus}");
            assert!(!entry.source.is_empty(), "{locus}");
        }
    }

    #[test]
    fn a_file_of_rates() {
        let rates = parse("locus;female;male\nTH01;0,0001;0,0002\ndefault;0,001;0,003\n").unwrap();
        assert_eq!(rates.of(&LocusName::new("TH01")).rates, ParentalRates { female: 1e-4, male: 2e-4 });
        assert_eq!(rates.of(&LocusName::new("FGA")).rates, ParentalRates { female: 1e-3, male: 3e-3 });
        let loci = [LocusName::new("TH01"), LocusName::new("FGA")];
        let note = rates.note(&loci).unwrap();
        assert_eq!(note, "no mutation rates of their own for FGA: female 0.001, male 0.003 used (r.csv)");
        assert_eq!(rates.note(&loci[..1]), None);
    }

    #[test]
    fn loci_without_a_row_get_the_bundled_default() {
        let bundled = bundled_rates().unwrap();
        let rates = parse("locus,female,male\nTH01,0.0001,0.0002\n").unwrap();
        assert_eq!(rates.of(&LocusName::new("FGA")), bundled.default_rates());
    }

    #[test]
    fn one_pair_for_all() {
        let rates = load_rates(&RatesSource::Pair { female: 0.0005, male: 0.002 }, &Inputs::default()).unwrap();
        assert_eq!(rates.of(&LocusName::new("FGA")).rates.male, 0.002);
        assert_eq!(rates.note(&[LocusName::new("FGA")]), None);
    }

    #[test]
    fn messages_name_the_place() {
        let percent = "a mutation rate from 0 to 0.05, as a fraction of meioses (rates in percent are to be divided by 100: \
                       0.17 % is 0.0017)";
        for (text, expected) in [
            (
                "locus;female;male\nTH01;0,05;0,17\n",
                &format!("r.csv, line 2, column 3 (male): found `0,17`, expected {percent}"),
            ),
            (
                "locus,female,male\nTH01,,0\n",
                &format!("r.csv, line 2, column 2 (female): found ``, expected {percent}"),
            ),
            (
                "locus,female,male\nTH01,0,0\nTH01,0,0\n",
                &"r.csv, line 3, column 1 (locus): found `TH01`, expected each locus once".to_owned(),
            ),
            (
                "locus,value\nTH01,0\n",
                &"r.csv, line 1: found no column `female`, expected mutation rates: a header `locus,female,male` and \
                  a row for each locus"
                    .to_owned(),
            ),
        ] {
            assert_eq!(&parse(text).unwrap_err().to_string(), expected);
        }
        let missing =
            load_rates(&RatesSource::File("no/rates.csv".to_owned()), &Inputs::default()).unwrap_err().to_string();
        assert!(missing.starts_with("cannot read no/rates.csv: "), "{missing}");
    }
}

//! What a comma in a locus cell means: it stands between two alleles (`13,14`), or is decimal (`9,3`).
//!
//! Decided from the first rows where one of them has a decimal point, else from the whole file.
//!
//! In a file whose cells are separated by commas, or that has decimal points, it stands between alleles. Where each allele has its own
//! cell it is decimal. In other files (`;` or tab) it can be both (`6,9,3`), and each cell is read by what its locus can show:
//!
//! 1. The ways to read the cell as one or two alleles are listed; a decimal is 1, 2 or 3 (bases of an incomplete repeat).
//! 2. The only one whose alleles the locus is known to show is taken: alleles of the bundled tables, and those that the file shows at
//!    this locus in cells that can be read in one way only.
//! 3. Where no way is known, the only one is taken whose alleles lie in the range of the locus.
//! 4. Anything else is ambiguous: listed, and not guessed.

use crate::{
    io::frequency_file::parse_table,
    population::bundled::BUNDLED_TABLES,
    profile::{Allele, LocusName},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

/// What a comma in a locus cell means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comma {
    /// Stands between two alleles (`13,14`).
    BetweenAlleles,
    /// Decimal (`9,3` is 9.3).
    Decimal,
    /// Both, by what the locus can show.
    Either,
}

/// What a locus can show.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LocusShows {
    /// Alleles of the bundled tables and of the file's certain cells.
    known: BTreeSet<Allele>,
    /// Least and greatest number of whole repeats; `None` where nothing is known of the locus.
    range: Option<(u16, u16)>,
}

/// The alleles of every locus in the bundled tables.
static TABLES: LazyLock<HashMap<LocusName, BTreeSet<Allele>>> = LazyLock::new(|| {
    let mut alleles: HashMap<LocusName, BTreeSet<Allele>> = HashMap::new();
    for table in BUNDLED_TABLES.iter().filter_map(|table| parse_table(table.name, table.text).ok()) {
        for locus in &table.loci {
            alleles.entry(locus.locus.clone()).or_default().extend(locus.frequencies.iter().map(|entry| entry.0));
        }
    }
    alleles
});

/// Whole repeats of the loci in forensic use without a bundled table: from 4 to 60.
const USUAL_RANGE: (u16, u16) = (4, 60);
/// Repeats below and above the alleles of the tables within which others have been reported.
const BELOW: u16 = 2;
const ABOVE: u16 = 4;
/// A microvariant of a locus of which nothing is known has at least so many whole repeats.
const FEWEST_REPEATS: u16 = 4;

impl LocusShows {
    /// What is known of a locus before its cells are looked at.
    pub fn of(locus: &LocusName) -> Self {
        let known = TABLES.get(locus).cloned().unwrap_or_default();
        let whole = |allele: Option<&Allele>| allele.and_then(|allele| allele.tenths()).map(|tenths| tenths / 10);
        let range = match (whole(known.first()), whole(known.last())) {
            (Some(least), Some(greatest)) => Some((least.saturating_sub(BELOW), greatest + ABOVE)),
            _ => locus.is_known().then_some(USUAL_RANGE),
        };
        Self { known, range }
    }

    fn knows(&self, allele: Allele) -> bool {
        self.known.contains(&allele)
    }

    fn allows(&self, allele: Allele) -> bool {
        match (allele.tenths(), self.range) {
            (Some(tenths), Some((least, greatest))) => (least..=greatest).contains(&(tenths / 10)),
            (Some(tenths), None) => tenths % 10 == 0 || tenths / 10 >= FEWEST_REPEATS,
            (None, _) => true,
        }
    }
}

/// The commas of one file.
#[derive(Clone, Debug)]
pub struct Commas {
    /// What they mean where a cell holds all alleles of a locus.
    pub in_one_cell: Comma,
    shows: HashMap<LocusName, Arc<LocusShows>>,
}

impl Commas {
    /// Commas between alleles.
    pub fn between_alleles() -> Self {
        Self { in_one_cell: Comma::BetweenAlleles, shows: HashMap::new() }
    }

    /// Finds out from the cells of a file that is not separated by commas: each cell that holds all alleles of its locus, as often as one
    /// likes and in any order.
    pub fn of_cells<'c>(cells: impl Iterator<Item = (&'c LocusName, &'c str)>) -> Self {
        let mut points = false;
        let mut shows: HashMap<LocusName, (LocusShows, BTreeSet<Allele>)> = HashMap::new();
        for (locus, cell) in cells {
            points |= holds_point(cell);
            if !shows.contains_key(locus) {
                shows.insert(locus.clone(), (LocusShows::of(locus), BTreeSet::new()));
            }
            if let Some((before, certain)) = shows.get_mut(locus) {
                certain.extend(certain_alleles(cell, before));
            }
        }
        let in_one_cell = if points { Comma::BetweenAlleles } else { Comma::Either };
        let with_certain = |(locus, (mut shows, certain)): (LocusName, (LocusShows, BTreeSet<Allele>))| {
            shows.known.extend(certain);
            (locus, Arc::new(shows))
        };
        Self { in_one_cell, shows: shows.into_iter().map(with_certain).collect() }
    }

    /// Whether commas stand between alleles whatever other cells hold; those that then show the impossible are listed.
    pub fn are_decided(&self) -> bool {
        self.in_one_cell == Comma::BetweenAlleles
    }

    /// What a locus can show.
    pub fn shows(&self, locus: &LocusName) -> Arc<LocusShows> {
        self.shows.get(locus).cloned().unwrap_or_else(|| Arc::new(LocusShows::of(locus)))
    }
}

/// Whether a decimal point stands in the cell (`9.3`).
fn holds_point(cell: &str) -> bool {
    cell.as_bytes().windows(3).any(|three| three[1] == b'.' && three[0].is_ascii_digit() && three[2].is_ascii_digit())
}

/// The alleles of a cell that can be read in one way only.
fn certain_alleles(cell: &str, shows: &LocusShows) -> Vec<Allele> {
    let parts: Vec<&str> = cell.split(',').map(str::trim).collect();
    let parsed: Option<Vec<Allele>> = parts.iter().map(|part| part.parse().ok()).collect();
    match parsed {
        Some(alleles) if ways_to_read(&parts, shows).len() == 1 => alleles,
        _ => Vec::new(),
    }
}

/// Parts between commas beyond which nobody wrote one or two alleles.
const MOST_PARTS: usize = 6;

/// The texts of alleles in each way to read these parts of a cell: the first with no decimal comma.
fn ways_to_read(parts: &[&str], shows: &LocusShows) -> Vec<Vec<String>> {
    if parts.len() > MOST_PARTS {
        return vec![parts.iter().map(|&part| part.to_owned()).collect()];
    }
    let Some((&first, rest)) = parts.split_first() else { return vec![Vec::new()] };
    let with = |text: &str, rest: &[&str]| {
        let ways = ways_to_read(rest, shows).into_iter();
        ways.map(|way| std::iter::once(text.to_owned()).chain(way).collect()).collect::<Vec<_>>()
    };
    let mut ways = with(first, rest);
    let is_whole = !first.is_empty() && first.len() <= 2 && first.bytes().all(|byte| byte.is_ascii_digit());
    if let (true, Some((second, rest))) = (is_whole, rest.split_first()) {
        let decimal = format!("{first}.{second}");
        // Pentanucleotides have four incomplete repeats; few of them are seen.
        let is_decimal = match *second {
            "1" | "2" | "3" => true,
            "4" => decimal.parse().is_ok_and(|allele| shows.knows(allele)),
            _ => false,
        };
        if is_decimal {
            ways.extend(with(&decimal, rest));
        }
    }
    ways
}

/// The alleles of one way to read a cell.
fn alleles_of(way: &[String]) -> impl Iterator<Item = Allele> {
    way.iter().filter_map(|text| text.parse::<Allele>().ok()).filter(|allele| allele.tenths() != Some(0))
}

/// The texts of the alleles between the commas of a cell; `None` where the cell can be read in several ways, and nothing says which is
/// meant.
///
/// Where the file's commas stand between alleles, a cell that shows so what its locus cannot show, and could with a decimal comma, is
/// ambiguous too.
pub fn split_at_commas(cell: &str, comma: Comma, shows: &LocusShows) -> Option<Vec<String>> {
    let parts: Vec<&str> = cell.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let ways = ways_to_read(&parts, shows);
    let plain = || ways[0].clone();
    let knows = |way: &&Vec<String>| alleles_of(way).all(|allele| shows.knows(allele));
    let allows = |way: &&Vec<String>| alleles_of(way).all(|allele| shows.allows(allele));
    let fits = |way: &&Vec<String>| alleles_of(way).count() <= 2;
    if ways.len() == 1 {
        let is_padded = comma == Comma::Either && holds_padded_decimal(&parts, shows);
        return (!is_padded).then(plain);
    }
    let fitting: Vec<&Vec<String>> = ways.iter().filter(fits).collect();
    if comma == Comma::BetweenAlleles {
        let misfit =
            if fits(&&ways[0]) { !knows(&&ways[0]) && fitting.iter().any(knows) } else { fitting.iter().any(allows) };
        return if misfit { None } else { Some(plain()) };
    }
    let only = |ways: Vec<&Vec<String>>| (ways.len() == 1).then(|| ways[0].clone());
    if fitting.is_empty() {
        return Some(plain());
    }
    let known: Vec<_> = fitting.iter().copied().filter(|way| knows(way)).collect();
    match known.len() {
        0 if fitting.len() == 1 => Some(fitting[0].clone()),
        0 => only(fitting.into_iter().filter(|way| allows(way)).collect()),
        _ => only(known),
    }
}

/// Whether a pair shows what the locus cannot show, and could be one allele with two decimals (`9,30` for 9.3 at TH01).
fn holds_padded_decimal(parts: &[&str], shows: &LocusShows) -> bool {
    let [whole, decimals @ ("10" | "20" | "30")] = parts else { return false };
    let is_out = decimals.parse::<Allele>().is_ok_and(|allele| shows.range.is_some() && !shows.allows(allele));
    is_out && format!("{whole}.{decimals}").parse::<Allele>().is_ok_and(|allele| shows.knows(allele))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(locus: &str, cell: &str, comma: Comma) -> Option<String> {
        split_at_commas(cell, comma, &LocusShows::of(&LocusName::new(locus))).map(|texts| texts.join(" "))
    }

    #[test]
    fn either_is_read_by_what_the_locus_can_show() {
        for (locus, cell, expected) in [
            ("D3S1358", "15,17", Some("15 17")),
            ("TH01", "6,9,3", Some("6 9.3")),
            ("TH01", "9,3", Some("9.3")),
            ("TH01", "9,3,10", Some("9.3 10")),
            ("TH01", "9,3,9,3", Some("9.3 9.3")),
            ("TH01", "9,30", None),
            ("D21S11", "30,31,2", Some("30 31.2")),
            ("D21S11", "31,2", Some("31.2")),
            ("D21S11", "31,2,32,2", Some("31.2 32.2")),
            ("Penta D", "2,2,9", Some("2.2 9")),
            ("Penta D", "2,2", Some("2.2")),
            ("Penta D", "2,2,3,2", Some("2.2 3.2")),
            ("Penta D", "9,12", Some("9 12")),
            ("Penta D", "13,4", Some("13.4")),
            ("Penta D", "3,3", None),
            ("SE33", "18,25,2", Some("18 25.2")),
            ("vWA", "16,1", Some("16.1")),
            ("TH01", "9,3,OL", Some("9.3 OL")),
            ("L1", "9,3", None),
            ("L1", "2,1", Some("2 1")),
            ("L1", "9,3,10", Some("9.3 10")),
        ] {
            assert_eq!(read(locus, cell, Comma::Either).as_deref(), expected, "{locus} {cell}");
        }
    }

    #[test]
    fn a_comma_between_alleles_that_shows_the_impossible_is_listed() {
        for (locus, cell, expected) in [
            ("TH01", "6,7", Some("6 7")),
            ("TH01", "9,3", None),
            ("TH01", "6,9,3", None),
            ("Penta D", "2,2,9", None),
            ("D3S1358", "14,15,16", Some("14 15 16")),
            ("D3S1358", "13,13,0", Some("13 13 0")),
            ("L1", "2,1", Some("2 1")),
            ("L1", "9,3", Some("9 3")),
        ] {
            assert_eq!(read(locus, cell, Comma::BetweenAlleles).as_deref(), expected, "{locus} {cell}");
        }
    }

    #[test]
    fn what_the_file_shows_decides_for_a_locus_without_a_table() {
        let mut shows = LocusShows::of(&LocusName::new("L1"));
        let certain = ["9,8", "3"].map(|cell| certain_alleles(cell, &shows)).concat();
        shows.known.extend(certain);
        assert_eq!(split_at_commas("9,3", Comma::Either, &shows), Some(vec!["9".into(), "3".into()]));
        assert!(certain_alleles("9,3", &shows).is_empty());
    }
}

//! Alleles that cannot be meant: which a locus can have at all, by the published ranges and the tables in use.

use crate::profile::{Allele, AlleleKind, LocusName};
use std::{collections::HashMap, sync::LazyLock};

/// What was published of a locus (`data/locus_ranges.csv`, with sources).
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PublishedLocus {
    /// Bases in one repeat.
    pub repeat_bases: u16,
    /// The shortest and the longest allele, in tenths of a repeat.
    pub range: Option<(u16, u16)>,
}

/// Why an allele cannot be meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Implausible {
    /// Far shorter or longer than any that was published or is in the tables: that range.
    OutOfRange(Allele, Allele),
    /// More spare bases than a repeat has: its length.
    SpareBases(u16),
    /// A number, a letter or bases where all that the tables have is of this other kind.
    OfOtherKind(AlleleKind),
}

/// How far outside the published range an allele may still lie, in tenths of a repeat.
const BEYOND_PUBLISHED: u16 = 30;
/// The same beyond the alleles of the tables, where no range was published.
const BEYOND_TABLES: u16 = 100;

static PUBLISHED: LazyLock<HashMap<LocusName, PublishedLocus>> = LazyLock::new(|| {
    let text = include_str!("../../data/locus_ranges.csv");
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows = reader.records().flatten().filter_map(|row| {
        let tenths = |column: usize| row.get(column)?.parse::<Allele>().ok()?.tenths();
        let repeat_bases = row.get(1)?.parse().ok()?;
        let published = PublishedLocus { repeat_bases, range: tenths(2).zip(tenths(3)) };
        Some((LocusName::new(row.get(0)?), published))
    });
    rows.collect()
});

/// What was published of this locus.
pub fn published(locus: &LocusName) -> Option<PublishedLocus> {
    PUBLISHED.get(locus).copied()
}

/// Which alleles one locus can have.
#[derive(Clone, Debug)]
pub struct PlausibleAlleles {
    known: Vec<Allele>,
    published: Option<PublishedLocus>,
}

impl PlausibleAlleles {
    /// Those of this locus, given the alleles that the tables in use list there.
    pub fn new(locus: &LocusName, mut known: Vec<Allele>) -> Self {
        known.sort_unstable();
        Self { known, published: published(locus) }
    }

    /// Why this allele cannot be meant; `None` where it can. One that a table lists can always.
    pub fn fault(&self, allele: Allele) -> Option<Implausible> {
        if self.known.binary_search(&allele).is_ok() {
            return None;
        }
        let kind = self.known.first().map(|known| known.kind());
        let other = kind.filter(|kind| self.known.iter().all(|known| known.kind() == *kind) && *kind != allele.kind());
        let (None, Some(tenths)) = (other, allele.tenths()) else { return other.map(Implausible::OfOtherKind) };
        if let Some(published) = self.published
            && tenths % 10 >= published.repeat_bases
        {
            return Some(Implausible::SpareBases(published.repeat_bases));
        }
        let (shortest, longest, beyond) = self.range()?;
        let fits = (shortest.saturating_sub(beyond)..=longest + beyond).contains(&tenths);
        let ends = Allele::from_tenths(shortest).zip(Allele::from_tenths(longest));
        ends.filter(|_| !fits).map(|(shortest, longest)| Implausible::OutOfRange(shortest, longest))
    }

    /// The shortest and the longest allele, and how far beyond them others may lie, in tenths.
    fn range(&self) -> Option<(u16, u16, u16)> {
        let mut numbers = self.known.iter().filter_map(|known| known.tenths());
        match self.published.and_then(|published| published.range) {
            Some((shortest, longest)) => Some((shortest, longest, BEYOND_PUBLISHED)),
            None => numbers.next().map(|first| (first, numbers.next_back().unwrap_or(first), BEYOND_TABLES)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::bundled::BUNDLED_TABLES;

    fn allele(text: &str) -> Allele {
        text.parse().unwrap()
    }

    fn fault(locus: &str, known: &[&str], seen: &str) -> Option<Implausible> {
        let known = known.iter().map(|text| allele(text)).collect();
        PlausibleAlleles::new(&LocusName::new(locus), known).fault(allele(seen))
    }

    #[test]
    fn slips_and_codes_are_told_from_rare_alleles() {
        let out_of = |shortest, longest| Some(Implausible::OutOfRange(allele(shortest), allele(longest)));
        for (locus, known, seen, expected) in [
            ("FGA", &["22"][..], "99", out_of("12.2", "51.2")),
            ("FGA", &["22"], "50.2", None),
            ("FGA", &["22"], "54", None),
            ("D5S818", &["11"], "12.7", Some(Implausible::SpareBases(4))),
            ("D5S818", &["11"], "12.3", None),
            ("D5S818", &["11"], "99", out_of("4", "18")),
            ("D22S1045", &["11"], "11.3", Some(Implausible::SpareBases(3))),
            ("D22S1045", &["11"], "11.2", None),
            ("Penta E", &["11"], "19.4", None),
            ("Penta E", &["11"], "19.5", Some(Implausible::SpareBases(5))),
            ("D5S818", &["12.7"], "12.7", None),
            ("my locus", &["8", "14"], "24", None),
            ("my locus", &["8", "14"], "99", out_of("8", "14")),
            ("my locus", &[], "99", None),
            ("rs1490413", &["A", "G"], "1", Some(Implausible::OfOtherKind(AlleleKind::Letter))),
            ("rs1490413", &["A", "G"], "C", None),
            ("rs1490413", &["1", "2"], "A", Some(Implausible::OfOtherKind(AlleleKind::Number))),
            ("TH01", &["6", "A"], "7", None),
            ("mh01KK-001", &["AC", "AT"], "A", Some(Implausible::OfOtherKind(AlleleKind::Bases))),
            ("mh01KK-001", &["AC", "AT"], "GT", None),
            ("rs3841948", &["A", "AT"], "G", None),
        ] {
            assert_eq!(fault(locus, known, seen), expected, "{locus} {seen}");
        }
    }

    #[test]
    fn every_published_allele_lies_in_its_range() {
        assert_eq!(PUBLISHED.len(), include_str!("../../data/locus_ranges.csv").lines().count() - 8);
        for table in BUNDLED_TABLES {
            for line in table.text.lines().filter(|line| !line.starts_with('#')).skip(1) {
                let mut cells = line.split(',');
                let (locus, seen) = (cells.next().unwrap(), cells.next().unwrap());
                let range = published(&LocusName::new(locus)).and_then(|published| published.range).unwrap();
                let tenths = allele(seen).tenths().unwrap();
                assert!((range.0..=range.1).contains(&tenths), "{locus} {seen}");
                assert_eq!(fault(locus, &[], seen), None, "{locus} {seen}");
            }
        }
    }
}

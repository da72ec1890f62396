//! Which columns of a wide table hold one call of a locus together.
//!
//! Decided from the first rows where they leave no doubt, else from the whole file.
//!
//! A locus that stands twice in the header was typed with two kits, or has a column for each of its alleles. The cells tell: a column
//! of a typing shows two alleles in most of its cells, a column of one allele never does.
//!
//! - Columns side by side (`vWA_1,vWA_2`; `vWA,vWA`; `vWA` and a blank header) belong together, and so do columns anywhere whose
//!   headers are numbered (`vWA_1 … vWA_2`). A number that comes again begins another typing.
//! - Single columns of one name that stand apart (`vWA … vWA`, `vWA … vWA.1`) belong together as well.
//! - Columns whose headers name different kits (`vWA_GF … vWA_PP16`) never belong together: each kit is a typing of its own.
//! - Where more of their cells hold two alleles than rows hold one and another one, each such column is a typing of its own. Columns of
//!   one name are decided together.
//! - Where columns of one name hold single alleles only, but other loci of the file show two alleles in a cell and fewer than three rows
//!   differ, nobody can tell: the columns are read as typings, and a locus at which they differ is listed.

use super::header::{LocusColumn, LocusColumns, Sign};
use crate::{
    io::{
        dates::is_date,
        delimited::{Record, decode},
    },
    profile::LocusName,
};
use std::ops::Range;

/// The columns of one locus, by typing.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusTypings {
    /// The locus.
    pub locus: LocusName,
    /// The columns (0-based) of all typings, one after the other.
    pub columns: Vec<usize>,
    /// Which of these columns each typing has: one with all alleles, or one an allele.
    pub typings: Vec<Range<usize>>,
    /// Whether it cannot be told if the columns are typings or alleles.
    pub undecided: bool,
}

/// Rows that differ, from which on single alleles in columns of one name are two alleles of a locus: as calls of two typings that were
/// all homozygous they would contradict each other again and again.
const ENOUGH_DIFFERING: usize = 3;

/// Rows that speak for one reading of a group's columns, with none that speaks against it, from which on later rows that do are taken
/// for what contradicts it.
const CLEAR: usize = 20;

/// Columns that hold one typing, unless their cells show that each holds one.
#[derive(Clone, Debug)]
struct OneTyping {
    locus: usize,
    columns: Vec<usize>,
    /// Whether the headers are one name, with no sign of alleles.
    same_name: bool,
}

/// What the cells of a group show.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct ShownAlleles {
    /// Cells with two alleles.
    pairs: usize,
    /// Rows with one allele in each filled cell, and not the same.
    differing: usize,
}

impl ShownAlleles {
    fn add(self, other: Self) -> Self {
        Self { pairs: self.pairs + other.pairs, differing: self.differing + other.differing }
    }

    fn shows_typings(self) -> bool {
        self.pairs > self.differing
    }

    fn is_clear(self) -> bool {
        (self.pairs >= CLEAR && self.differing == 0) || (self.differing >= CLEAR && self.pairs == 0)
    }
}

/// The groups of some loci, and the columns that belong to each locus once their cells are known.
#[derive(Clone, Debug)]
pub struct TypingColumns {
    loci: Vec<LocusName>,
    groups: Vec<OneTyping>,
}

/// What the rows of a file show of the groups.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TypingEvidence {
    /// In the order of the groups.
    seen: Vec<ShownAlleles>,
    /// Cells with two alleles in groups of a single column.
    single_pairs: usize,
}

impl TypingEvidence {
    /// Adds what other rows show.
    pub fn join(&mut self, other: Self) {
        self.seen.resize(self.seen.len().max(other.seen.len()), ShownAlleles::default());
        self.seen.iter_mut().zip(&other.seen).for_each(|(seen, more)| *seen = seen.add(*more));
        self.single_pairs += other.single_pairs;
    }
}

impl TypingColumns {
    /// The groups of these loci.
    pub fn new(loci: &[LocusColumns]) -> Self {
        let groups = (0..loci.len()).flat_map(|locus| groups_of(locus, &loci[locus])).collect();
        Self { loci: loci.iter().map(|columns| columns.locus.clone()).collect(), groups }
    }

    fn several(&self) -> impl Iterator<Item = (usize, &OneTyping)> {
        self.groups.iter().enumerate().filter(|(_, group)| group.columns.len() > 1)
    }

    /// Takes note of one row, where there is anything to decide.
    pub fn look_at(&self, record: &Record<'_>, evidence: &mut TypingEvidence) {
        if self.several().next().is_none() {
            return;
        }
        evidence.seen.resize(self.groups.len(), ShownAlleles::default());
        for (group, seen) in self.groups.iter().zip(&mut evidence.seen) {
            evidence.single_pairs += group.look_at(record, seen);
        }
    }

    /// Whether the rows leave no doubt.
    pub fn are_decided(&self, evidence: &TypingEvidence) -> bool {
        self.several().all(|(at, _)| evidence.seen.get(at).is_some_and(|seen| seen.is_clear()))
    }

    /// Decides from these rows.
    pub fn settle(&self, evidence: &TypingEvidence) -> Vec<LocusTypings> {
        let seen = |at: usize| evidence.seen.get(at).copied().unwrap_or_default();
        let pooled = [false, true].map(|same_name| {
            let alike = self.several().filter(|(_, group)| group.same_name == same_name);
            alike.fold(ShownAlleles::default(), |sum, (at, _)| sum.add(seen(at)))
        });
        let mut settled: Vec<LocusTypings> = self.loci.iter().map(LocusTypings::new).collect();
        for (at, group) in self.groups.iter().enumerate() {
            let alike = pooled[usize::from(group.same_name)];
            let are_typings = seen(at).shows_typings() || alike.shows_typings();
            let undecided = !are_typings
                && group.same_name
                && (1..ENOUGH_DIFFERING).contains(&alike.differing)
                && seen(at).differing > 0
                && evidence.single_pairs > 0;
            let locus = &mut settled[group.locus];
            locus.undecided |= undecided;
            if are_typings || undecided {
                group.columns.chunks(1).for_each(|column| locus.add(column));
            } else {
                locus.add(&group.columns);
            }
        }
        settled
    }
}

impl LocusTypings {
    fn new(locus: &LocusName) -> Self {
        Self { locus: locus.clone(), columns: Vec::new(), typings: Vec::new(), undecided: false }
    }

    fn add(&mut self, columns: &[usize]) {
        let start = self.columns.len();
        self.columns.extend_from_slice(columns);
        self.typings.push(start..self.columns.len());
    }

    /// The columns of each typing.
    pub fn columns_by_typing(&self) -> impl Iterator<Item = &[usize]> {
        self.typings.iter().map(|typing| &self.columns[typing.clone()])
    }
}

impl OneTyping {
    /// Takes note of one row. Returns the cells with two alleles where the group has a single column.
    fn look_at(&self, record: &Record<'_>, seen: &mut ShownAlleles) -> usize {
        let cells = self.columns.iter().map(|&at| decode(record.cell(at)));
        let texts: Vec<_> = cells.filter(|cell| !crate::io::missing::is_missing(cell)).collect();
        let pairs = texts.iter().filter(|cell| holds_two(cell)).count();
        if self.columns.len() == 1 {
            return pairs;
        }
        seen.pairs += pairs;
        let differ = texts.windows(2).any(|two| two[0].trim() != two[1].trim());
        seen.differing += usize::from(pairs == 0 && differ);
        0
    }
}

/// Whether the cell certainly holds two alleles.
pub fn holds_two(cell: &str) -> bool {
    let cell = cell.trim();
    let is_letter = |byte: u8| matches!(byte.to_ascii_uppercase(), b'X' | b'Y' | b'A' | b'C' | b'G' | b'T');
    let letters = cell.len() == 2 && cell.bytes().all(is_letter);
    let separates = |symbol: char| matches!(symbol, '/' | ';' | '|' | '-') || symbol.is_whitespace();
    let parts: Vec<&str> = cell.split(|symbol| separates(symbol) || symbol == ',').map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [] | [_] => letters,
        // A microvariant may be all that a comma stands for.
        [_, second] => (cell.contains(separates) || !matches!(second, "0" | "1" | "2" | "3")) && !is_date(cell),
        _ => !is_date(cell),
    }
}

/// The groups of one locus, kit by kit.
fn groups_of(locus: usize, columns: &LocusColumns) -> Vec<OneTyping> {
    let mut kits: Vec<Option<&str>> = Vec::new();
    for column in &columns.columns {
        if !kits.contains(&column.kit.as_deref()) {
            kits.push(column.kit.as_deref());
        }
    }
    let of_kit = |kit: Option<&str>| {
        let columns = columns.columns.iter().filter(|column| column.kit.as_deref() == kit);
        columns.cloned().collect::<Vec<_>>()
    };
    kits.into_iter().flat_map(|kit| groups_of_kit(locus, &of_kit(kit))).collect()
}

/// The groups of one locus and kit: columns side by side, and all single columns together.
fn groups_of_kit(locus: usize, columns: &[LocusColumn]) -> Vec<OneTyping> {
    let group = |columns: Vec<usize>, same_name| OneTyping { locus, columns, same_name };
    let signs: Vec<&String> = columns
        .iter()
        .filter_map(|column| match &column.sign {
            Sign::Mark(mark) => Some(mark),
            Sign::None | Sign::Blank => None,
        })
        .collect();
    let distinct = (1..signs.len()).all(|at| !signs[..at].contains(&signs[at]));
    if signs.len() == columns.len() && distinct {
        return vec![group(columns.iter().map(|column| column.at).collect(), false)];
    }
    let mut segments: Vec<Vec<usize>> = Vec::new();
    for (number, column) in columns.iter().enumerate() {
        let is_next = number > 0 && columns[number - 1].at + 1 == column.at;
        let repeats = |&at: &usize| matches!(column.sign, Sign::Mark(_)) && columns[at].sign == column.sign;
        match segments.last_mut() {
            Some(segment) if is_next && !segment.iter().any(repeats) => segment.push(number),
            _ => segments.push(vec![number]),
        }
    }
    let places = |segment: &[usize]| segment.iter().map(|&number| columns[number].at).collect::<Vec<_>>();
    let is_plain = |segment: &[usize]| {
        segment.iter().filter(|&&number| columns[number].sign == Sign::None).count() > 0
            && segment.iter().all(|&number| columns[number].sign != Sign::Blank)
    };
    let (several, single): (Vec<_>, Vec<_>) = segments.into_iter().partition(|segment| segment.len() > 1);
    let mut groups: Vec<OneTyping> = several.iter().map(|segment| group(places(segment), is_plain(segment))).collect();
    let single: Vec<usize> = single.concat();
    if !single.is_empty() {
        groups.push(group(places(&single), is_plain(&single)));
    }
    groups
}

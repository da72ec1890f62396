//! What the rows of a table show of how it is meant: which columns are typings or alleles, what commas are, what letters stand for
//! the sexes, and how long rows are. Rows can be looked at in any order and in parts that are joined.
//!
//! Where the first rows leave something open the whole file is looked at before any of it is read.

use super::{
    commas::{Comma, Commas},
    header::{FileColumns, HeaderNames, TableLayout},
    layout::{RowLayout, single_cells},
    metadata::Field,
    sex_letters::SexLetters,
    typings::{LocusTypings, TypingColumns, TypingEvidence},
};
use crate::{
    io::delimited::{Chunk, Record, decode},
    profile::LocusName,
};
use std::collections::{BTreeSet, HashMap};

/// Distinct cells of one place beyond which no more are kept: a locus has some thousand at most.
const MOST_CELLS: usize = 1 << 16;

/// What is looked for in the rows of a table.
pub struct Survey<'a> {
    columns: &'a FileColumns,
    names: &'a HeaderNames,
    separator: u8,
    loci: TypingColumns,
    amelogenin: TypingColumns,
    sexes: Vec<usize>,
}

/// What rows show.
#[derive(Default)]
pub struct RowEvidence {
    loci: TypingEvidence,
    amelogenin: TypingEvidence,
    /// In the order of the sex columns.
    sexes: Vec<SexLetters>,
    /// Cells that may hold all alleles of a locus, by what tells the locus.
    cells: HashMap<CellLocus, BTreeSet<Box<[u8]>>>,
    /// Cells of the shortest row.
    shortest: Option<usize>,
}

/// What tells the locus of a cell.
#[derive(Clone, PartialEq, Eq, Hash)]
enum CellLocus {
    /// Its column (0-based).
    Column(usize),
    /// The marker cell of its row.
    Marker(Box<[u8]>),
}

/// How a table is read.
pub struct Decision<'a> {
    /// Which columns belong together.
    pub layout: RowLayout<'a>,
    /// What commas mean.
    pub commas: Commas,
    /// What the sex columns hold, by column.
    pub sexes: Vec<(usize, Field)>,
    /// The most cells that a row can have.
    pub widest: usize,
}

impl<'a> Survey<'a> {
    /// A survey of a table with these columns.
    pub fn new(columns: &'a FileColumns, names: &'a HeaderNames, separator: u8) -> Self {
        let (loci, amelogenin) = match &columns.layout {
            TableLayout::Wide { loci, amelogenin } => (loci.as_slice(), amelogenin.as_slice()),
            TableLayout::Long { .. } => Default::default(),
        };
        let sexes = columns.metadata.iter().filter(|column| column.1 == Field::Sex).map(|column| column.0);
        let (loci, amelogenin) = (TypingColumns::new(loci), TypingColumns::new(amelogenin));
        Self { columns, names, separator, loci, amelogenin, sexes: sexes.collect() }
    }

    /// Looks at some rows.
    pub fn look(&self, rows: &Chunk) -> RowEvidence {
        let mut evidence =
            RowEvidence { sexes: vec![SexLetters::default(); self.sexes.len()], ..RowEvidence::default() };
        let mut records = rows.records();
        let mut record = records.record();
        while records.read(&mut record).is_some() {
            self.loci.look_at(&record, &mut evidence.loci);
            self.amelogenin.look_at(&record, &mut evidence.amelogenin);
            let sexes = self.sexes.iter().zip(&mut evidence.sexes);
            sexes.for_each(|(&column, letters)| letters.look_at(record.cell(column)));
            if self.separator != b',' {
                self.look_at_cells(&record, &mut evidence);
            }
            let cells = record.cell_count();
            evidence.shortest = Some(evidence.shortest.map_or(cells, |shortest| shortest.min(cells)));
        }
        evidence
    }

    fn look_at_cells(&self, record: &Record<'_>, evidence: &mut RowEvidence) {
        match &self.columns.layout {
            TableLayout::Wide { loci, .. } => {
                for column in loci.iter().flat_map(|locus| &locus.columns) {
                    evidence.keep(CellLocus::Column(column.at), record.cell(column.at));
                }
            }
            TableLayout::Long { marker, alleles } => {
                if let &[column] = alleles.as_slice() {
                    evidence.keep(CellLocus::Marker(record.cell(*marker).into()), record.cell(column));
                }
            }
        }
    }

    /// Whether no row to come can change the decision without contradicting those that were looked at: such rows are listed.
    pub fn is_decided(&self, evidence: &RowEvidence) -> bool {
        let decision = self.decide(evidence);
        let has_single_cells = match &decision.layout {
            RowLayout::Wide { loci, .. } => !single_cells(loci).is_empty(),
            RowLayout::Long { alleles, .. } => alleles.len() == 1,
        };
        let has_room = decision.widest != usize::MAX && decision.widest > self.columns.headers.len();
        self.loci.are_decided(&evidence.loci)
            && self.amelogenin.are_decided(&evidence.amelogenin)
            && evidence.sexes.iter().all(SexLetters::are_decided)
            && (!has_single_cells || decision.commas.are_decided())
            && !has_room
    }

    /// How the table is read, by what its rows show.
    pub fn decide(&self, evidence: &RowEvidence) -> Decision<'a> {
        let layout = match &self.columns.layout {
            TableLayout::Wide { .. } => RowLayout::Wide {
                loci: self.loci.settle(&evidence.loci),
                amelogenin: self.amelogenin.settle(&evidence.amelogenin).pop(),
            },
            TableLayout::Long { marker, alleles } => RowLayout::Long { marker: *marker, alleles },
        };
        let commas = match &layout {
            _ if self.separator == b',' => Commas::between_alleles(),
            RowLayout::Wide { loci, .. } => self.commas_of_columns(loci, evidence),
            RowLayout::Long { alleles: [_], .. } => self.commas_of_markers(evidence),
            RowLayout::Long { .. } => Commas::between_alleles(),
        };
        let sexes = self.sexes.iter().zip(&evidence.sexes).map(|(&column, letters)| (column, letters.field()));
        let widest = self.widest(&layout, &commas, evidence);
        Decision { sexes: sexes.collect(), widest, layout, commas }
    }

    fn commas_of_columns(&self, loci: &[LocusTypings], evidence: &RowEvidence) -> Commas {
        let single = single_cells(loci).into_iter();
        let of_column = single.filter_map(|(locus, at)| Some((locus, evidence.cells.get(&CellLocus::Column(at))?)));
        let cells = of_column.flat_map(|(locus, cells)| cells.iter().map(move |cell| (locus, decode(cell))));
        let cells: Vec<_> = cells.collect();
        Commas::of_cells(cells.iter().map(|(locus, cell)| (*locus, cell.trim())))
    }

    fn commas_of_markers(&self, evidence: &RowEvidence) -> Commas {
        let locus_of = |place: &CellLocus| match place {
            CellLocus::Marker(marker) => self.names.locus_of_marker(decode(marker).trim()),
            CellLocus::Column(_) => None,
        };
        let known = evidence.cells.iter().filter_map(|(place, cells)| Some((locus_of(place)?, cells)));
        let cells = known.flat_map(|(locus, cells)| cells.iter().map(move |cell| (locus.clone(), decode(cell))));
        let cells: Vec<_> = cells.collect();
        Commas::of_cells(cells.iter().map(|(locus, cell): &(LocusName, _)| (locus, cell.trim())))
    }

    /// The most cells that a row can have. Where a pair of alleles that nobody quoted (`13,14`) would shift the row, no row
    /// can have more empty cells at its end than the others; elsewhere empty cells do no harm.
    fn widest(&self, layout: &RowLayout<'_>, commas: &Commas, evidence: &RowEvidence) -> usize {
        let can_shift = self.separator == b',' && layout.comma(commas) == Comma::BetweenAlleles;
        let headers = self.columns.headers.len();
        if can_shift { evidence.shortest.map_or(headers, |shortest| shortest.max(headers)) } else { usize::MAX }
    }
}

impl RowEvidence {
    fn keep(&mut self, place: CellLocus, cell: &[u8]) {
        let cells = self.cells.entry(place).or_default();
        if cells.len() < MOST_CELLS && !cells.contains(cell) {
            cells.insert(cell.into());
        }
    }

    /// Adds what other rows show.
    pub fn join(&mut self, other: Self) {
        self.loci.join(other.loci);
        self.amelogenin.join(other.amelogenin);
        self.sexes.resize(self.sexes.len().max(other.sexes.len()), SexLetters::default());
        self.sexes.iter_mut().zip(other.sexes).for_each(|(letters, more)| letters.join(more));
        for (place, cells) in other.cells {
            cells.iter().for_each(|cell| self.keep(place.clone(), cell));
        }
        self.shortest = self.shortest.into_iter().chain(other.shortest).min();
    }
}

//! How the rows of one file are laid out, once its first rows were looked at.

use super::{
    commas::{Comma, Commas},
    header::{Columns, HeaderNames, Layout},
    typings::{LocusTypings, settle_typings},
};
use crate::{
    io::delimited::{Chunk, Record, decode},
    profile::LocusName,
};
use std::{cell::RefCell, collections::HashMap};

/// How rows are laid out.
pub enum RowLayout<'a> {
    /// One row a sample.
    Wide {
        /// The loci that belong in the product.
        loci: Vec<LocusTypings>,
        /// The sex test.
        amelogenin: Option<LocusTypings>,
    },
    /// One row a sample and locus.
    Long {
        /// The column with the locus name.
        marker: usize,
        /// The columns with the alleles.
        alleles: &'a [usize],
    },
}

impl<'a> RowLayout<'a> {
    /// Decides which columns of a wide table belong together.
    pub fn settle(columns: &'a Columns, first_rows: &Chunk) -> Self {
        match &columns.layout {
            Layout::Wide { loci, amelogenin } => Self::Wide {
                loci: settle_typings(loci, first_rows),
                amelogenin: settle_typings(amelogenin.as_slice(), first_rows).pop(),
            },
            Layout::Long { marker, alleles } => Self::Long { marker: *marker, alleles },
        }
    }

    /// The loci of a wide table that were typed more than once.
    pub fn typed_several_times(&self) -> Vec<&str> {
        let Self::Wide { loci, amelogenin } = self else { return Vec::new() };
        let several = loci.iter().chain(amelogenin).filter(|locus| locus.typings.len() > 1);
        several.map(|locus| locus.locus.as_str()).collect()
    }

    /// What commas mean in a file that is not separated by commas.
    pub fn look_at_commas(&self, rows: &Chunk, names: &HeaderNames) -> Commas {
        match self {
            Self::Wide { loci, .. } => {
                let cells = single_cells(loci);
                Commas::look(rows, |record, sink| {
                    for &(locus, at) in &cells {
                        sink(locus, decode(record.cell(at)).trim());
                    }
                })
            }
            Self::Long { marker, alleles: [column] } => look_at_long(rows, *marker, *column, names),
            Self::Long { .. } => Commas::between_alleles(),
        }
    }

    /// What a comma means in most cells, for the notes.
    pub fn comma(&self, commas: &Commas) -> Comma {
        let in_one_cell = match self {
            Self::Wide { loci, .. } => !single_cells(loci).is_empty(),
            Self::Long { alleles, .. } => alleles.len() == 1,
        };
        if in_one_cell { commas.in_one_cell } else { Comma::Decimal }
    }
}

/// The columns that hold all alleles of their locus.
fn single_cells(loci: &[LocusTypings]) -> Vec<(&LocusName, usize)> {
    let of_locus = |locus: &'_ LocusTypings| {
        locus.columns_by_typing().filter(|columns| columns.len() == 1).map(|columns| columns[0]).collect::<Vec<_>>()
    };
    loci.iter().flat_map(|locus| of_locus(locus).into_iter().map(move |at| (&locus.locus, at))).collect()
}

/// The commas of a long table with one column for all alleles.
fn look_at_long(rows: &Chunk, marker: usize, column: usize, names: &HeaderNames) -> Commas {
    let known: RefCell<HashMap<Vec<u8>, Option<LocusName>>> = RefCell::default();
    Commas::look(rows, |record: &Record<'_>, sink| {
        let cell = record.cell(marker);
        let mut known = known.borrow_mut();
        if !known.contains_key(cell) {
            known.insert(cell.to_vec(), names.locus_of_marker(decode(cell).trim()));
        }
        if let Some(Some(locus)) = known.get(cell) {
            sink(locus, decode(record.cell(column)).trim());
        }
    })
}

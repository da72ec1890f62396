//! How the rows of one file are laid out, once enough of them were looked at.

use super::{
    commas::{Comma, Commas},
    typings::LocusTypings,
};
use crate::profile::LocusName;

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

impl RowLayout<'_> {
    /// The loci of a wide table that were typed more than once.
    pub fn typed_several_times(&self) -> Vec<&str> {
        let Self::Wide { loci, amelogenin } = self else { return Vec::new() };
        let several = loci.iter().chain(amelogenin).filter(|locus| locus.typings.len() > 1);
        several.map(|locus| locus.locus.as_str()).collect()
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
pub fn single_cells(loci: &[LocusTypings]) -> Vec<(&LocusName, usize)> {
    let of_locus = |locus: &'_ LocusTypings| {
        locus.columns_by_typing().filter(|columns| columns.len() == 1).map(|columns| columns[0]).collect::<Vec<_>>()
    };
    loci.iter().flat_map(|locus| of_locus(locus).into_iter().map(move |at| (&locus.locus, at))).collect()
}

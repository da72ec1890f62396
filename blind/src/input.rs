//! What each side enters.

use crate::terms::{LocusTerms, Side, Terms};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A child: its class (0-based) at each locus, nothing where it was not typed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Child {
    /// By locus.
    pub classes: Vec<Option<u32>>,
}

impl Child {
    /// At which loci it was typed.
    pub fn typed(&self) -> Vec<bool> {
        self.classes.iter().map(Option::is_some).collect()
    }
}

/// An adult: which row of [`Adults::rows`] it has at each locus, nothing where it was not typed (0 for every class).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Adult {
    /// By locus.
    pub rows: Vec<Option<u32>>,
}

/// All adults, with the rows that they share.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Adults {
    /// By locus and row: the entry of each class.
    pub rows: Vec<Vec<Vec<i32>>>,
    /// The adults.
    pub adults: Vec<Adult>,
}

/// Input that does not keep the terms.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InputError {
    /// Another number than agreed.
    #[error("found {found} {}, the agreement says {agreed}", side.name())]
    Number {
        /// Whose list it is.
        side: Side,
        /// How many there are.
        found: usize,
        /// How many were agreed.
        agreed: u32,
    },
    /// A person with another number of loci than the codebook.
    #[error("{} {position}: found {found} loci, the codebook has {expected}", side.name())]
    Loci {
        /// Whose list it is.
        side: Side,
        /// Which person (1-based).
        position: usize,
        /// How many loci it has.
        found: usize,
        /// How many there are.
        expected: usize,
    },
    /// A child with too few loci.
    #[error("child {position}: found {found} typed loci, the agreement asks for {least}")]
    TooFewLoci {
        /// Which child (1-based).
        position: usize,
        /// How many loci it shows.
        found: usize,
        /// How many were agreed.
        least: u32,
    },
    /// A class or row that is not there.
    #[error("{} {position}, {locus}: found number {found}, there are {count}", side.name())]
    OutOfRange {
        /// Whose list it is.
        side: Side,
        /// Which person (1-based).
        position: usize,
        /// The locus.
        locus: String,
        /// The number (0-based).
        found: u32,
        /// How many there are.
        count: usize,
    },
    /// A row of another length, or with an entry beyond the limits.
    #[error("{locus}, row {row}: found {found}, expected {expected}")]
    Row {
        /// The locus.
        locus: String,
        /// Which row (0-based).
        row: usize,
        /// What is wrong.
        found: String,
        /// What was expected.
        expected: String,
    },
}

/// The input of one side.
#[derive(Clone, Copy)]
pub enum Input<'i> {
    /// The children's side's.
    Children(&'i [Child]),
    /// The adults' side's.
    Adults(&'i Adults),
}

impl Input<'_> {
    /// Whose it is.
    pub fn side(self) -> Side {
        match self {
            Self::Children(_) => Side::Children,
            Self::Adults(_) => Side::Adults,
        }
    }

    /// Checks that it keeps the terms.
    ///
    /// # Errors
    /// Another number of people than agreed; a person with too few loci; a number or an entry out of its range.
    pub fn check(self, terms: &Terms) -> Result<(), InputError> {
        match self {
            Self::Children(children) => check_children(terms, children),
            Self::Adults(adults) => check_adults(terms, adults),
        }
    }

    /// SHA-256 of it.
    pub(crate) fn digest(self) -> [u8; 32] {
        let bytes = match self {
            Self::Children(children) => postcard::to_stdvec(children),
            Self::Adults(adults) => postcard::to_stdvec(adults),
        };
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        Sha256::new().chain_update(b"filia-blind input 1\n").chain_update(&*bytes).finalize().into()
    }
}

fn check_children(terms: &Terms, children: &[Child]) -> Result<(), InputError> {
    let side = Side::Children;
    check_number(side, children.len(), terms.children)?;
    for (position, child) in (1..).zip(children) {
        let counts = terms.loci.iter().map(|locus| locus.classes as usize);
        check_person(terms, side, position, &child.classes, counts)?;
        let found = child.classes.iter().flatten().count();
        if found < terms.least_loci as usize {
            return Err(InputError::TooFewLoci { position, found, least: terms.least_loci });
        }
    }
    Ok(())
}

fn check_adults(terms: &Terms, adults: &Adults) -> Result<(), InputError> {
    let side = Side::Adults;
    check_number(side, adults.adults.len(), terms.adults)?;
    if adults.rows.len() != terms.loci.len() {
        return Err(InputError::Loci { side, position: 0, found: adults.rows.len(), expected: terms.loci.len() });
    }
    for (locus, rows) in terms.loci.iter().zip(&adults.rows) {
        rows.iter().enumerate().try_for_each(|(number, row)| check_row(locus, number, row))?;
    }
    for (position, adult) in (1..).zip(&adults.adults) {
        check_person(terms, side, position, &adult.rows, adults.rows.iter().map(Vec::len))?;
    }
    Ok(())
}

fn check_number(side: Side, found: usize, agreed: u32) -> Result<(), InputError> {
    if found == agreed as usize { Ok(()) } else { Err(InputError::Number { side, found, agreed }) }
}

fn check_person(
    terms: &Terms,
    side: Side,
    position: usize,
    numbers: &[Option<u32>],
    counts: impl Iterator<Item = usize>,
) -> Result<(), InputError> {
    if numbers.len() != terms.loci.len() {
        return Err(InputError::Loci { side, position, found: numbers.len(), expected: terms.loci.len() });
    }
    for ((number, count), locus) in numbers.iter().zip(counts).zip(&terms.loci) {
        if let Some(found) = number.filter(|&number| number as usize >= count) {
            return Err(InputError::OutOfRange { side, position, locus: locus.name.clone(), found, count });
        }
    }
    Ok(())
}

fn check_row(locus: &LocusTerms, row: usize, entries: &[i32]) -> Result<(), InputError> {
    let refuse = |found, expected| Err(InputError::Row { locus: locus.name.clone(), row, found, expected });
    if entries.len() != locus.classes as usize {
        return refuse(format!("{} entries", entries.len()), format!("{}", locus.classes));
    }
    let limits = locus.lowest..=locus.highest;
    match entries.iter().find(|entry| !limits.contains(entry)) {
        Some(entry) => refuse(format!("{entry}"), format!("{} to {}", locus.lowest, locus.highest)),
        None => Ok(()),
    }
}

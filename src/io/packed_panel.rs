//! A panel as one Parquet file: what `filia pack` writes and every command reads in place of profile files.
//!
//! One row a sample, sorted by file and id, with the columns that a wide CSV table has: `sample_id`, metadata, one text
//! column a locus (`13,14`; `13`; null: missing; `(3+)`: set aside), beside them the `file` and `line` that the sample
//! came from. Parquet codes each text column by a dictionary of its own, so that a locus takes about one byte a
//! sample, and any program that reads Parquet can read the table. The key `filia.panel` holds the rest as JSON: version,
//! files, notes, and what was read and not used.
//!
//! Between Parquet's first four bytes and the first column stand a tag and the SHA-256 of everything after it, where no
//! reader of Parquet looks: a damaged file is told before any of it is believed.

mod pages;
mod read;
mod write;

pub use read::{PackedFile, PackedProfiles, UnpackError, open_packed};
pub use write::write_packed;

use super::rejected_list::RejectedEntry;
use parquet::errors::ParquetError;
use serde::{Deserialize, Serialize};
use std::io;

/// The first and last bytes of every Parquet file.
const PARQUET: &[u8; 4] = b"PAR1";
/// Stands behind [`PARQUET`] in files that filia wrote.
const TAG: &[u8; 12] = b"filia panel\n";
/// Bytes of a SHA-256.
const CHECKSUM: usize = 32;
/// Where the checksum stands, and where what it is of begins.
const CHECKSUM_AT: usize = PARQUET.len() + TAG.len();
const CONTENT_AT: usize = CHECKSUM_AT + CHECKSUM;
/// The version of this layout.
const VERSION: u32 = 3;
/// The key of the JSON part.
const KEY: &str = "filia.panel";
/// Rows read or written at once.
const BATCH: usize = 1 << 16;

/// The columns before those of the loci.
const SAMPLE_COLUMNS: [&str; 13] = [
    "sample_id",
    "role",
    "sex",
    "site",
    "family_id",
    "mother_id",
    "father_id",
    "population",
    "file",
    "birth_year_min",
    "birth_year_max",
    "line",
    "drop_out",
];
/// How many of them hold text; then come the numbers, and the drop-out probability.
const TEXT_COLUMNS: usize = 9;
const NUMBER_COLUMNS: usize = 3;
/// The position of the drop-out probability.
const DROP_OUT: usize = TEXT_COLUMNS + NUMBER_COLUMNS;
/// The text of a locus with three or more alleles.
const SET_ASIDE: &str = "(3+)";
/// The text of a sex that the column and amelogenin contradict each other about.
const SEX_CONFLICT: &str = "conflict";

/// A panel that cannot be packed, or a packed panel that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackedError {
    /// The file cannot be opened, read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A Parquet file of somebody else.
    #[error(
        "a Parquet file, but no panel that `filia pack` wrote (or cut short at its start): give the profiles as CSV, or \
         pack those"
    )]
    NotPacked,
    /// Not what was written.
    #[error("the packed panel is damaged or cut short ({0}): copy it again, or pack the profiles again")]
    Damaged(String),
    /// From another version.
    #[error("a packed panel of layout {0}, this filia reads layout {VERSION}: pack the profiles again")]
    OtherVersion(u32),
    /// What the Parquet writer refuses.
    #[error("cannot be packed: {0}")]
    Writer(ParquetError),
}

/// Whether a file that begins with these bytes is a Parquet file.
pub fn is_parquet(start: &[u8]) -> bool {
    start.starts_with(PARQUET)
}

/// What stands in the JSON part.
#[derive(Serialize, Deserialize)]
struct Description {
    version: u32,
    filia: String,
    files: Vec<FileDescription>,
    notes: Vec<String>,
    rejected: Vec<RejectedEntry>,
}

#[derive(Serialize, Deserialize)]
struct FileDescription {
    name: String,
    rows: u64,
    loci: Vec<String>,
}

//! Why profile files cannot be used.

use crate::{
    io::{
        delimited::DelimitedError, familias::FamiliasError, packed_panel::PackedError, problems::Rejected,
        table_file::TableError, workbook::WorkbookError,
    },
    profile::PanelError,
};

/// Profile files that cannot be used at all, or anything left out where `strict` forbids it.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No file was given.
    #[error("no profile file was given")]
    NoFile,
    /// The file cannot be read as delimited text.
    #[error("{file}: {cause}")]
    Unreadable {
        /// The file as the user named it.
        file: String,
        /// Why.
        cause: DelimitedError,
    },
    /// The file is a packed panel that cannot be used.
    #[error("{file}: {cause}")]
    Packed {
        /// The file as the user named it.
        file: String,
        /// Why.
        cause: PackedError,
    },
    /// The file is a workbook that cannot be used.
    #[error("{file}: {cause}")]
    Workbook {
        /// The file as the user named it.
        file: String,
        /// Why.
        cause: WorkbookError,
    },
    /// The file is a Familias project that cannot be used.
    #[error("{file}: {cause}")]
    Familias {
        /// The file as the user named it.
        file: String,
        /// Why.
        cause: FamiliasError,
    },
    /// The file is a table that cannot be used.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The file as a whole cannot be used.
    #[error("{file}: {cause}")]
    Unusable {
        /// The file.
        file: String,
        /// Why.
        cause: String,
    },
    /// A line does not say what it should.
    #[error("{file}, line {line}: {cause}")]
    Line {
        /// The file.
        file: String,
        /// 1-based line.
        line: u64,
        /// What is wrong.
        cause: String,
    },
    /// The file is XML that cannot be read.
    #[error("{file}, line {line}: {cause}")]
    Xml {
        /// The file.
        file: String,
        /// 1-based line.
        line: u64,
        /// What is wrong.
        cause: String,
    },
    /// No column holds the ids.
    #[error(
        "{file}, line {line}: no column with the sample ids (found {found}; expected sample_id, PersonID, Sample Name \
         or id, or name the column with --id-column; a long table's with --marker-column and --allele-column)"
    )]
    NoIdColumn {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The headers.
        found: String,
    },
    /// The column that the user named is not there.
    #[error("{file}, line {line}: no column `{wanted}` ({option}); found {found}")]
    NamedColumnMissing {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The column that was asked for.
        wanted: String,
        /// The option that asked for it.
        option: &'static str,
        /// The headers.
        found: String,
    },
    /// No column names a locus.
    #[error(
        "{file}, line {line}: no locus recognised (found {found}; expected columns such as D3S1358, vWA, TH01, or \
         the columns Marker and Allele 1 of a long table, or name these with --marker-column and --allele-column; loci \
         named in a frequency or marker file are recognised too)"
    )]
    NoLocus {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The headers.
        found: String,
    },
    /// Not one usable row.
    #[error("{file}: no profile in it{}", first.as_ref().map_or(" (a header line and nothing below)".to_owned(), |first| format!(": {first}")))]
    NoProfile {
        /// The file.
        file: String,
        /// The first row that was left out.
        first: Option<Box<Rejected>>,
    },
    /// `strict`, and something was not used.
    #[error("{0} (--strict)")]
    Strict(Box<Rejected>),
    /// The panel is full.
    #[error("{file}: {cause}")]
    Panel {
        /// The file.
        file: String,
        /// Why.
        cause: PanelError,
    },
    /// The panel of all files cannot be put in order.
    #[error(transparent)]
    Order(#[from] PanelError),
}

/// What stops the reading of rows.
pub(super) enum RowError {
    /// The file.
    File(DelimitedError),
    /// The panel, which is full.
    Panel(PanelError),
}

impl From<DelimitedError> for RowError {
    fn from(cause: DelimitedError) -> Self {
        Self::File(cause)
    }
}

impl From<PanelError> for RowError {
    fn from(cause: PanelError) -> Self {
        Self::Panel(cause)
    }
}

impl RowError {
    /// The error with the file's name.
    pub(super) fn in_file(self, name: &str) -> ProfileError {
        let file = name.to_owned();
        match self {
            Self::File(cause) => ProfileError::Unreadable { file, cause },
            Self::Panel(cause) => ProfileError::Panel { file, cause },
        }
    }
}

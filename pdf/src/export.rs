//! From a document to bytes.

use crate::Document;
use crate::world::DocumentWorld;
use time::UtcDateTime;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// PDF/A-3a: for archives, with files inside and every text readable by a program. PDF/UA-1: for readers who cannot see.
const STANDARDS: [PdfStandard; 2] = [PdfStandard::A_3a, PdfStandard::Ua_1];

/// Why a document cannot be a PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// It cannot be given to the template.
    #[error("the document cannot be written as JSON: {0}")]
    Document(#[from] serde_json::Error),
    /// A date that no calendar has.
    #[error("{0} seconds since 1970 are no date")]
    Date(u64),
    /// The standards do not go together.
    #[error("{0}")]
    Standards(String),
    /// It cannot be typeset, or breaks a rule of the standards.
    #[error("the document cannot be typeset: {0}")]
    Typesetting(String),
}

/// The document as PDF/A-3a and PDF/UA-1. The same document gives the same bytes.
///
/// # Errors
/// A date beyond the year 9999; an attachment whose name is a path or that of another; a text so long that PDF/A forbids it.
pub fn pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let options = PdfOptions {
        ident: Smart::Custom(document.identifier.clone()),
        creator: Smart::Custom(Some(document.creator.clone())),
        timestamp: Some(timestamp(document.date)?),
        standards: PdfStandards::new(&STANDARDS).map_err(|error| PdfError::Standards(error.message().to_string()))?,
        ..PdfOptions::default()
    };
    let world = DocumentWorld::new(document)?;
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&world);
    let pages = output.map_err(|errors| said(&errors))?;
    if !warnings.is_empty() {
        return Err(said(&warnings));
    }
    typst_pdf::pdf(&pages, &options).map_err(|errors| said(&errors))
}

fn timestamp(seconds: u64) -> Result<Timestamp, PdfError> {
    let date = || {
        let date = UtcDateTime::from_unix_timestamp(seconds.try_into().ok()?).ok()?;
        let (hour, minute, second) = date.as_hms();
        Datetime::from_ymd_hms(date.year(), date.month().into(), date.day(), hour, minute, second)
    };
    date().map(Timestamp::new_utc).ok_or(PdfError::Date(seconds))
}

fn said(diagnostics: &[SourceDiagnostic]) -> PdfError {
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    PdfError::Typesetting(messages.join("; "))
}

//! The court report on one child, one body or one family: what standards ask of a report to a court (ISFG Paternity Testing Commission 2007,
//! doi 10.1016/j.fsigen.2007.05.001; ISFG on software 2016, doi 10.1016/j.fsigen.2016.09.002; the headings of ISO 21043-5), section by
//! section.
//!
//! 1. [`content`]: what it says, as plain data; [`stored`], [`stored_child`], [`stored_identification`]: what a
//!    finished run folder says of it.
//! 2. [`words`]: which of the [messages](super::messages) of a language; [`numbers`], [`formulas`], [`drawings`].
//! 3. [`document`]: the report in words, made by [`compose`] from its sections ([`sections`], [`genotypes`], [`basis`], [`left_out`],
//!    [`weight`], [`others`], [`closing`]).
//! 4. [`html`]: the document as a page; `pdf` (behind the feature of this name): as PDF.

mod basis;
mod closing;
mod compose;
mod content;
mod document;
mod drawings;
mod formulas;
mod genotypes;
mod html;
mod left_out;
mod numbers;
mod others;
#[cfg(feature = "pdf")]
mod pdf;
mod sections;
mod stored;
mod stored_child;
mod stored_identification;
mod symbols;
mod weight;
mod words;

pub use compose::compose;
pub use content::{
    Basis, Comparison, Contradicted, CourtReport, Evidence, FamilyFound, FileState, Found, InputState, Item, Jointly,
    LocusShown, LocusUsed, MergedSamples, OtherIdentity, Others, Part, Place, Posterior, Question, RaisedAllele,
    RejectedCell, RunFacts, Sensitivity, Status, Subject, TableUsed, Together,
};
pub use document::{Block, Document, Figure, Grid, Section};
pub use drawings::{Shown, identity_drawings, kinship_drawings};
pub use html::html;
#[cfg(feature = "pdf")]
pub use pdf::{CourtPdfError, RunFiles, pdf};
pub use stored::{TablesRead, run_facts};
pub use stored_child::StoredChild;
pub use stored_identification::StoredIdentification;

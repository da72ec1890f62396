//! The court report on one child: what standards ask of a report to a court (ISFG Paternity Testing Commission 2007,
//! doi 10.1016/j.fsigen.2007.05.001; ISFG on software 2016, doi 10.1016/j.fsigen.2016.09.002; the headings of ISO 21043-5), section by
//! section.
//!
//! 1. [`content`]: what it says, as plain data; [`stored`]: what a finished run folder says of it.
//! 2. [`messages`]: the texts of a language; [`words`]: which of them; [`numbers`], [`formulas`], [`drawings`].
//! 3. [`document`]: the report in words, made by [`compose`] from its sections ([`sections`], [`basis`], [`left_out`],
//!    [`weight`], [`closing`]).
//! 4. [`html`]: the document as a page; `pdf` (behind the feature of this name): as PDF.

mod basis;
mod closing;
mod compose;
mod content;
mod document;
mod drawings;
mod formulas;
mod html;
mod left_out;
mod messages;
mod numbers;
#[cfg(feature = "pdf")]
mod pdf;
mod sections;
mod stored;
mod symbols;
mod weight;
mod words;

pub use compose::compose;
pub use content::{
    Basis, Comparison, CoupleFound, CourtReport, Evidence, FileState, FoundPair, InputState, Item, LocusUsed, Part,
    Place, RaisedAllele, RejectedCell, RunFacts, Sensitivity, TableUsed,
};
pub use document::{Block, Document, Figure, Grid, Section};
pub use html::html;
pub use messages::{END, Language, Messages, START, Value};
#[cfg(feature = "pdf")]
pub use pdf::{CourtPdfError, RunFiles, pdf};
pub use stored::{StoredChild, run_facts};

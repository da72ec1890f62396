//! A document of headings, text, tables and drawings as PDF: PDF/A-3a and PDF/UA-1, thus tagged, with files attached.
//!
//! 1. [`Document`]: what is to be shown, without a word on how; [`Text`]: what is data in it keeps its order from left to right.
//! 2. `fonts`: those that are carried here, and which letters they have.
//! 3. `world`, `template.typ`: what typst is given. The template is fixed and reads the document as JSON, so that no text is ever
//!    read as code.
//! 4. [`pdf`]: the bytes. The same document gives the same bytes: nothing is read from the machine, neither its fonts nor its clock.

mod document;
mod export;
mod fonts;
mod text;
mod world;

pub use document::{Attachment, Block, Column, Document, Figure, Section, Table};
pub use export::{PdfError, pdf};
pub use text::Text;

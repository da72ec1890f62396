//! The document of a court report as PDF, with the files of the run that it rests on inside.

use super::document::{Block, Document, Figure, Grid, Section};
use super::symbols::{HALF, SLASH, symbols};
use crate::report::messages::{Messages, Value};
use askama::Template;
use filia_pdf::{Attachment, PdfError, Text};

/// What a PDF holds beside its document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunFiles {
    /// When the run ended, which is the date of the document: seconds since 1970, UTC.
    pub ended: u64,
    /// Which run it was: what no other run has.
    pub identity: String,
    /// The files by name.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum CourtPdfError {
    /// A drawing cannot be written.
    #[error("a pedigree cannot be drawn: {0}")]
    Drawing(#[from] askama::Error),
    /// The document cannot be one.
    #[error(transparent)]
    Pdf(#[from] PdfError),
}

/// A pedigree as a drawing of its own.
#[derive(Template)]
#[template(path = "pedigree.svg", escape = "html")]
struct DrawnPedigree<'f> {
    figure: &'f Figure,
}

/// The report as tagged PDF. The same document and files give the same bytes.
///
/// # Errors
/// None that can be expected.
pub fn pdf(document: &Document, run: RunFiles) -> Result<Vec<u8>, CourtPdfError> {
    let messages = Messages::of(document.language);
    let mut sections = document.sections.iter().map(section).collect::<Result<Vec<_>, _>>()?;
    if let Some(last) = sections.last_mut() {
        let names: Vec<&str> = run.files.iter().map(|(name, _)| name.as_str()).collect();
        let said = messages.tell("attached-files", &[("files", Value::Data(names.join(", ")))]);
        last.blocks.push(filia_pdf::Block::Paragraph(Text::new(&said)));
    }
    let number = |name: &str| Value::Data(format!("{{{name}}}"));
    let footer = messages.tell("page-of", &[("page", number("page")), ("pages", number("pages"))]);
    let attachments = run.files.into_iter().map(|(name, bytes)| Attachment { name, bytes });
    Ok(filia_pdf::pdf(&filia_pdf::Document {
        language: document.language.code().to_owned(),
        is_right_to_left: document.language.is_right_to_left(),
        title: Text::new(&document.title),
        subtitle: Text::new(&document.subtitle),
        footer: Text::new(&footer),
        sections,
        attachments: attachments.collect(),
        attachments_are: Text::new(&messages.say("attached-file")),
        date: run.ended,
        identifier: format!("{} {} {}", document.language.code(), document.subtitle, run.identity),
        creator: format!("filia {}", env!("CARGO_PKG_VERSION")),
    })?)
}

fn section(section: &Section) -> Result<filia_pdf::Section, askama::Error> {
    let blocks = section.blocks.iter().map(block).collect::<Result<_, _>>()?;
    Ok(filia_pdf::Section { heading: Text::new(&section.heading), blocks })
}

fn block(block: &Block) -> Result<filia_pdf::Block, askama::Error> {
    use filia_pdf::Block as Shown;
    let field = |(name, value): &(String, Option<String>)| (Text::new(name), value.as_deref().map(Text::new));
    Ok(match block {
        Block::Heading(text) => Shown::Heading(Text::new(text)),
        Block::Paragraph(text) => Shown::Paragraph(Text::new(text)),
        Block::Notice(text) => Shown::Notice(Text::new(text)),
        Block::List(lines) => Shown::List(texts(lines)),
        Block::Fields(fields) => Shown::Fields(fields.iter().map(field).collect()),
        Block::Table(grid) => Shown::Table(table(grid)),
        Block::Drawings(figures) => Shown::Figures(figures.iter().map(figure).collect::<Result<_, _>>()?),
        Block::Formula(lines) => Shown::Formula(texts(lines)),
    })
}

fn texts(texts: &[String]) -> Vec<Text> {
    texts.iter().map(|text| Text::new(text)).collect()
}

fn table(grid: &Grid) -> filia_pdf::Table {
    let column =
        |(name, is_number): &(String, bool)| filia_pdf::Column { heading: Text::new(name), is_number: *is_number };
    filia_pdf::Table {
        caption: Text::new(&grid.caption),
        columns: grid.columns.iter().map(column).collect(),
        rows: grid.rows.iter().map(|row| texts(row)).collect(),
        total: grid.total.as_deref().map(texts),
    }
}

fn figure(figure: &Figure) -> Result<filia_pdf::Figure, askama::Error> {
    Ok(filia_pdf::Figure {
        caption: Text::new(&figure.caption),
        is_wide: figure.drawing.is_wide(),
        svg: DrawnPedigree { figure }.render()?,
    })
}

//! What a PDF says.

use crate::Text;
use serde::Serialize;

/// A document.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Document {
    /// The code of its language, two letters.
    pub language: String,
    /// Whether that is written from right to left.
    pub is_right_to_left: bool,
    /// What it is.
    pub title: Text,
    /// What it is on.
    pub subtitle: Text,
    /// What stands below each page, with `{page}` and `{pages}` for the number of this page and of all.
    pub footer: Text,
    /// The sections, in their order; the first has no number.
    pub sections: Vec<Section>,
    /// Files inside the PDF, each with a name of its own.
    #[serde(serialize_with = "names")]
    pub attachments: Vec<Attachment>,
    /// What the files are, for who lists them.
    pub attachments_are: Text,
    /// The date of the document: seconds since 1970, UTC.
    #[serde(skip)]
    pub date: u64,
    /// What no other document is called.
    #[serde(skip)]
    pub identifier: String,
    /// The program that wrote it.
    #[serde(skip)]
    pub creator: String,
}

/// A section.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: Text,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "kind", content = "content", rename_all = "lowercase")]
pub enum Block {
    /// A heading within the section.
    Heading(Text),
    /// A paragraph.
    Paragraph(Text),
    /// Something to be wary of.
    Notice(Text),
    /// Sentences one below the other.
    List(Vec<Text>),
    /// Names with values; a line for a pen where there is none.
    Fields(Vec<(Text, Option<Text>)>),
    /// A table.
    Table(Table),
    /// Drawings, two side by side.
    Figures(Vec<Figure>),
    /// A formula: lines from left to right.
    Formula(Vec<Text>),
}

/// A table.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: Text,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The cells, row by row: as many in each as there are columns.
    pub rows: Vec<Vec<Text>>,
    /// The last row, where it is a sum.
    pub total: Option<Vec<Text>>,
}

/// A column of a table.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Column {
    /// Its heading.
    pub heading: Text,
    /// Whether it holds numbers.
    pub is_number: bool,
}

/// A drawing.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Figure {
    /// What it shows; the same is said to who cannot see it.
    pub caption: Text,
    /// Whether it takes the width of a page.
    pub is_wide: bool,
    /// The drawing as SVG, its letters in Noto Sans.
    #[serde(serialize_with = "svg")]
    pub svg: String,
}

/// A file inside the PDF.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// Its name, which says with its ending what it is (`.csv`, `.json`).
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

fn names<S: serde::Serializer>(attachments: &[Attachment], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(attachments.iter().map(|attachment| &attachment.name))
}

fn svg<S: serde::Serializer>(svg: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::fonts::with_glyphs(svg))
}

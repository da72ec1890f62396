//! A court report in words, before it is a page or a PDF: sections of blocks. Every text may hold the marks of
//! [`messages`](crate::report::messages).

use crate::report::messages::Language;
use crate::report::page::FamilyDrawing;

/// A court report in words.
#[derive(Clone, PartialEq, Debug)]
pub struct Document {
    /// The language.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// On whom.
    pub subtitle: String,
    /// The sections, in their order.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Clone, PartialEq, Debug)]
pub struct Section {
    /// A word for links to it.
    pub name: &'static str,
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, PartialEq, Debug)]
pub enum Block {
    /// A heading within the section.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Something to be wary of.
    Notice(String),
    /// Sentences one below the other.
    List(Vec<String>),
    /// Names with values; a line for a pen where there is none.
    Fields(Vec<(String, Option<String>)>),
    /// A table.
    Table(Grid),
    /// Drawings side by side, each with its caption and, for who cannot see it, what it shows.
    Drawings(Vec<Figure>),
    /// A formula: lines of Latin text.
    Formula(Vec<String>),
}

/// A table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Grid {
    /// What it shows.
    pub caption: String,
    /// The headings of the columns, each with whether it holds numbers.
    pub columns: Vec<(String, bool)>,
    /// The cells, row by row; the first of each names the row.
    pub rows: Vec<Vec<String>>,
    /// The last row, where it is a sum.
    pub total: Option<Vec<String>>,
}

/// A drawing.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// What it shows.
    pub caption: String,
    /// The pedigree.
    pub drawing: FamilyDrawing,
}

impl Grid {
    /// A table without rows.
    pub fn new(caption: String, columns: Vec<(String, bool)>) -> Self {
        Self { caption, columns, rows: Vec::new(), total: None }
    }
}

impl Section {
    /// A section without blocks.
    pub fn new(name: &'static str, heading: String) -> Self {
        Self { name, heading, blocks: Vec::new() }
    }

    /// Adds a paragraph.
    pub fn say(&mut self, text: String) {
        self.blocks.push(Block::Paragraph(text));
    }

    /// Adds a list, where there is anything to list.
    pub fn list(&mut self, lines: Vec<String>) {
        if !lines.is_empty() {
            self.blocks.push(Block::List(lines));
        }
    }

    /// Adds a block.
    pub fn add(&mut self, block: Block) {
        self.blocks.push(block);
    }
}

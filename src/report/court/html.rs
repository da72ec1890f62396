//! The document of a court report as a page: one file, without a script, that makes no request.

use super::document::{Block, Document};
use super::messages::{END, START};
use crate::report::page::{DrawnPerson, FamilyDrawing, PageError};
use askama::Template;
use std::fmt::{self, Write};

#[derive(Template)]
#[template(path = "court.html")]
struct Page<'d> {
    document: &'d Document,
    direction: &'static str,
    style: &'static str,
}

/// A text with its marks of direction as elements, safe in HTML.
struct Marked<'t>(&'t str);

impl fmt::Display for Marked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                START => formatter.write_str("<bdi dir=\"ltr\">")?,
                END => formatter.write_str("</bdi>")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '&' => formatter.write_str("&amp;")?,
                '"' => formatter.write_str("&quot;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A text without its marks: where there can be no elements.
fn unmarked(text: &str) -> String {
    text.replace([START, END], "")
}

/// A word of more letters may be broken: a hash, a path.
const BROKEN_FROM: usize = 24;

/// Whether a cell holds a word that may be broken.
fn is_long(cell: &str) -> bool {
    unmarked(cell).split_whitespace().any(|word| word.chars().count() > BROKEN_FROM)
}

/// Half the width of a symbol, in pixels.
const HALF: i64 = 17;

/// An id of more letters is cut in a drawing; the text beside it says it whole.
const LONGEST: usize = 14;

/// A drawn person, ready to be written.
struct Symbol {
    x: i64,
    y: i64,
    label: String,
    shape: &'static str,
    class: &'static str,
}

fn symbols(drawing: &FamilyDrawing) -> Vec<Symbol> {
    let symbol = |person: &DrawnPerson| Symbol {
        x: i64::from(person.x),
        y: i64::from(person.y),
        label: label(&person.id),
        shape: person.sex,
        class: if person.is_missing { "unknown" } else { "typed" },
    };
    drawing.people.iter().map(symbol).collect()
}

fn label(id: &str) -> String {
    let shown = crate::report::printable(id);
    if shown.chars().count() <= LONGEST {
        return shown.into_owned();
    }
    shown.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The page as HTML.
///
/// # Errors
/// None that can be expected.
pub fn html(document: &Document) -> Result<String, PageError> {
    let direction = if document.language.is_right_to_left() { "rtl" } else { "ltr" };
    Page { document, direction, style: include_str!("../../../templates/court.css") }.render()
}

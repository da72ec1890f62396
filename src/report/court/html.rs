//! The document of a court report as a page: one file, without a script, that makes no request.

use super::document::{Block, Document};
use super::symbols::{HALF, SLASH, symbols};
use crate::report::messages::{END, START, unmarked};
use crate::report::page::PageError;
use askama::Template;
use std::fmt::{self, Write};

#[derive(Template)]
#[template(path = "court.html")]
struct CourtPage<'d> {
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

/// A word of more letters may be broken: a hash, a path.
const BROKEN_FROM: usize = 24;

/// Whether a cell holds a word that may be broken.
fn is_long(cell: &str) -> bool {
    unmarked(cell).split_whitespace().any(|word| word.chars().count() > BROKEN_FROM)
}

/// The page as HTML.
///
/// # Errors
/// None that can be expected.
pub fn html(document: &Document) -> Result<String, PageError> {
    CourtPage {
        document,
        direction: document.language.direction(),
        style: include_str!("../../../templates/court.css"),
    }
    .render()
}

//! The people of a pedigree as symbols, for `templates/symbols.svg`: squares, circles, diamonds, with the id below
//! and a slash through who is dead.

use crate::report::page::{DrawnPerson, FamilyDrawing};

/// Half the width of a symbol, in pixels.
pub const HALF: i64 = 17;

/// How far a slash goes from the middle, across and up.
pub const SLASH: i64 = 24;

/// An id of more letters is cut in a drawing; the text beside it says it whole.
const LONGEST: usize = 14;

/// A drawn person, ready to be written.
pub struct Symbol {
    /// Pixels from the left to its middle.
    pub x: i64,
    /// Pixels from the top to its middle.
    pub y: i64,
    /// What stands below it.
    pub label: String,
    /// The sex in a word.
    pub shape: &'static str,
    /// How it is drawn.
    pub class: &'static str,
    /// Whether a slash goes through it.
    pub is_dead: bool,
}

/// The people of a drawing.
pub fn symbols(drawing: &FamilyDrawing) -> Vec<Symbol> {
    let symbol = |person: &DrawnPerson| Symbol {
        x: i64::from(person.x),
        y: i64::from(person.y),
        label: label(&person.id),
        shape: person.sex,
        class: match (person.is_missing, person.is_typed) {
            (true, _) => "unknown",
            (false, true) => "typed",
            (false, false) => "untyped",
        },
        is_dead: person.is_dead,
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

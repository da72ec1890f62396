//! Text of a document, with what is data in it apart from what is said about it.

use crate::fonts::with_glyphs;
use serde::Serialize;

/// Here begins text from left to right (LEFT-TO-RIGHT ISOLATE).
const START: char = '\u{2066}';

/// Here it ends (POP DIRECTIONAL ISOLATE).
const END: char = '\u{2069}';

/// A text. What stands in it between U+2066 and U+2069 (an id, a number, a formula) keeps its order from left to right. A letter that
/// the fonts do not have is shown as its number, `\u{6bcd}`: never as an empty box, never left out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Text {
    runs: Vec<Run>,
}

/// A piece of a text in one direction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Run {
    /// Its letters.
    text: String,
    /// Whether it is data, from left to right.
    is_data: bool,
}

impl Text {
    /// The text with its marks.
    pub fn new(marked: &str) -> Self {
        let mut runs = Vec::new();
        for (at, piece) in marked.split([START, END]).enumerate().filter(|(_, piece)| !piece.is_empty()) {
            runs.push(Run { text: with_glyphs(piece), is_data: at % 2 == 1 });
        }
        Self { runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_stands_apart() {
        let run = |text: &str, is_data| Run { text: text.to_owned(), is_data };
        let text = Text::new("Child \u{2066}K\u{7c3}1\u{2069}: \u{2066}9,10\u{2069}");
        let runs = [run("Child ", false), run("K\\u{7c3}1", true), run(": ", false), run("9,10", true)];
        assert_eq!(text.runs, runs);
        assert_eq!(Text::new(""), Text::default());
    }
}

//! What people read: lines on standard error, text on standard output. Text of inputs reaches a terminal through here only.

use crate::report::printable;
use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use std::fmt::Display;
use std::io::{self, Write};

/// Tells a line on standard error, with what a terminal would obey made visible. Where standard error is full or closed
/// nothing is told: the results stand all the same.
pub fn tell(line: impl Display) {
    tell_in_colour("", "", None, line);
}

/// The same, with a word in it in a colour: on a terminal, unless `NO_COLOR` or the like is set.
pub fn tell_in_colour(before: impl Display, word: impl Display, colour: Option<AnsiColor>, after: impl Display) {
    let style = colour.map_or_else(Style::new, |colour| colour.on_default().bold());
    let [before, word, after] = [before.to_string(), word.to_string(), after.to_string()];
    let [before, word, after] = [&before, &word, &after].map(|text| printable(text));
    let line = match word.is_empty() {
        true => format!("{before}{after}\n"),
        false => format!("{before}{style}{word}{style:#}{after}\n"),
    };
    let _ = anstream::stderr().lock().write_all(line.as_bytes());
}

/// Writes text of several lines, whose cells and ids are printable already, to standard output.
///
/// # Errors
/// Standard output that is full or closed.
pub fn print(text: &str) -> Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).context("cannot write to standard output")
}

//! What people read: lines on standard error, text on standard output. Text of inputs reaches a terminal through here only.

use crate::report::printable;
use anyhow::{Context, Result};
use std::fmt::Display;
use std::io::{self, Write};

/// Tells a line on standard error, with what a terminal would obey made visible. Where standard error is full or closed
/// nothing is told: the results stand all the same.
pub fn tell(line: impl Display) {
    let line = format!("{}\n", printable(&line.to_string()));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Writes text of several lines, whose cells and ids are printable already, to standard output.
///
/// # Errors
/// Standard output that is full or closed.
pub fn print(text: &str) -> Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).context("cannot write to standard output")
}

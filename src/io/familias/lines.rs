//! The lines of a `.fam` file, one value each.

use super::FamiliasError;
use std::str::FromStr;

/// The lines that are still to be read.
pub(super) struct ProjectLines<'a> {
    lines: std::iter::Peekable<std::iter::Enumerate<std::str::Lines<'a>>>,
    /// Number of lines that were read.
    read: u64,
}

/// One line.
#[derive(Clone, Copy)]
pub(super) struct ProjectLine<'a> {
    /// 1-based.
    pub number: u64,
    text: &'a str,
}

impl<'a> ProjectLines<'a> {
    /// All lines of a text.
    pub fn new(text: &'a str) -> Self {
        Self { lines: text.lines().enumerate().peekable(), read: 0 }
    }

    /// The next line, which should hold what is expected.
    ///
    /// # Errors
    /// The end of the file.
    pub fn next(&mut self, expected: &'static str) -> Result<ProjectLine<'a>, FamiliasError> {
        let (at, text) = self.lines.next().ok_or(FamiliasError::Ends { line: self.read, expected })?;
        self.read = at as u64 + 1;
        Ok(ProjectLine { number: self.read, text })
    }

    /// The next line with something in it; `None` at the end.
    pub fn next_filled(&mut self) -> Option<ProjectLine<'a>> {
        loop {
            let line = self.next("").ok()?;
            if !line.text().is_empty() {
                return Some(line);
            }
        }
    }

    /// A number on the next line.
    ///
    /// # Errors
    /// No such number.
    pub fn number<N: FromStr>(&mut self, expected: &'static str) -> Result<N, FamiliasError> {
        self.next(expected)?.number(expected)
    }
}

impl<'a> ProjectLine<'a> {
    /// What it says, without the quotation marks around a name.
    pub fn text(&self) -> &'a str {
        let text = self.text.trim();
        text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
    }

    /// The number it holds.
    ///
    /// # Errors
    /// No such number.
    pub fn number<N: FromStr>(&self, expected: &'static str) -> Result<N, FamiliasError> {
        self.text().parse().map_err(|_| self.not(expected))
    }

    /// `#TRUE#` or `#FALSE#`.
    ///
    /// # Errors
    /// Neither.
    pub fn flag(&self, expected: &'static str) -> Result<bool, FamiliasError> {
        match self.text() {
            text if text.starts_with("#TRUE#") => Ok(true),
            text if text.starts_with("#FALSE#") => Ok(false),
            _ => Err(self.not(expected)),
        }
    }

    /// What follows this key in the line, up to the next blank or closing bracket: `Key = 7 ,` holds 7.
    pub fn value_of(&self, key: &str) -> Option<f64> {
        let (_, rest) = self.text.split_once(key)?;
        let rest = rest.trim_start_matches([' ', '=', ':']);
        rest.split([' ', ',', ')']).next()?.parse().ok()
    }

    /// The error that this is found in place of what is expected.
    pub fn not(&self, expected: &'static str) -> FamiliasError {
        FamiliasError::Found { line: self.number, found: self.text().to_owned(), expected }
    }

    /// The error that filia has no use for what this says.
    pub fn refuse(&self, why: impl Into<String>) -> FamiliasError {
        FamiliasError::Refused { line: self.number, why: why.into() }
    }
}

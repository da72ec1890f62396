//! The sections at the end of a `.fam` file: `[A]`, in it `[[B]]`, in that `[[[C]]]`, each with lines `key= value`.

use super::{
    FamiliasError,
    lines::{ProjectLine, ProjectLines},
};

/// Sections within each other, at most.
const DEEPEST: usize = 12;

/// A section.
#[derive(Debug, Default)]
pub(super) struct ProjectSection {
    /// 1-based line of its heading.
    pub line: u64,
    /// The heading, without the number at its end: `Person` of `[[[ProjectPerson 1 ]]]`.
    pub kind: String,
    /// Its lines.
    pub entries: Vec<Entry>,
    /// The sections in it.
    pub sections: Vec<ProjectSection>,
}

/// A line `key= value`.
#[derive(Debug)]
pub(super) struct Entry {
    /// 1-based.
    pub line: u64,
    pub key: String,
    pub value: String,
}

/// Reads all sections that are left.
///
/// # Errors
/// A section that lies deeper than one below the one before.
pub(super) fn read_sections(lines: &mut ProjectLines<'_>) -> Result<Vec<ProjectSection>, FamiliasError> {
    let mut open = vec![ProjectSection::default()];
    while let Some(line) = lines.next_filled() {
        let depth = line.text().chars().take_while(|&sign| sign == '[').count();
        if depth == 0 {
            let last = open.len() - 1;
            open[last].entries.push(entry(&line));
            continue;
        }
        if depth > open.len() || depth > DEEPEST {
            return Err(line.not("a section one level below the one before, at most"));
        }
        close_to(&mut open, depth);
        let kind = line.text().trim_matches(['[', ']']).trim().trim_end_matches(|sign: char| sign.is_ascii_digit());
        open.push(ProjectSection { line: line.number, kind: kind.trim_end().to_owned(), ..ProjectSection::default() });
    }
    close_to(&mut open, 1);
    Ok(open.swap_remove(0).sections)
}

/// Ends sections until only so many are open.
fn close_to(open: &mut Vec<ProjectSection>, depth: usize) {
    while open.len() > depth.max(1)
        && let Some(section) = open.pop()
        && let Some(outer) = open.last_mut()
    {
        outer.sections.push(section);
    }
}

fn entry(line: &ProjectLine<'_>) -> Entry {
    let (key, value) = line.text().split_once('=').unwrap_or((line.text(), ""));
    Entry { line: line.number, key: key.trim().to_owned(), value: value.trim().to_owned() }
}

impl ProjectSection {
    /// The section of this kind in it.
    pub fn find(&self, kind: &str) -> Option<&Self> {
        self.sections.iter().find(|section| section.kind == kind)
    }

    /// The value of this key; empty where it is not there.
    pub fn value(&self, key: &str) -> &str {
        self.entries.iter().find(|entry| entry.key == key).map_or("", |entry| &entry.value)
    }

    /// The sections in it of this kind, as many as `key` says: a file that was cut off has fewer.
    ///
    /// # Errors
    /// Another number of them.
    pub fn counted(&self, kind: &str, key: &str) -> Result<Vec<&Self>, FamiliasError> {
        let found: Vec<&Self> = self.sections.iter().filter(|section| section.kind == kind).collect();
        self.check_count(key, found.len())?;
        Ok(found)
    }

    /// Compares a count that the file states.
    ///
    /// # Errors
    /// Another number.
    pub fn check_count(&self, key: &str, found: usize) -> Result<(), FamiliasError> {
        let stated = self.value(key);
        match stated.parse() == Ok(found) {
            true => Ok(()),
            false => {
                let why = format!("section `{}` says `{key}= {stated}`, but has {found}", self.kind);
                Err(FamiliasError::Refused { line: self.line, why })
            }
        }
    }
}

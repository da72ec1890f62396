//! What was read and not used, or is wrong with what was read: one line of `rejected.csv` each.

mod messages;
mod reason;

pub use reason::Reason;

use super::safe_csv::SafeCsvWriter;
use crate::profile::LocusName;
use std::{borrow::Cow, fmt, sync::Arc};

/// One cell, row or sample that was not used, or that contradicts another.
#[derive(Clone, PartialEq, Debug)]
pub struct Rejected {
    /// The file, as it was named by the user.
    pub file: Arc<str>,
    /// 1-based line in the file where the row starts; 0 where no single line is at fault.
    pub line: u64,
    /// The column's header; empty where the whole row is at fault.
    pub column: Arc<str>,
    /// The sample's id, as far as it could be read.
    pub sample_id: String,
    /// The locus, where a locus is at fault.
    pub locus: Option<LocusName>,
    /// The cell as it stands in the file.
    pub value: String,
    /// What is wrong, and what became of it.
    pub reason: Reason,
}

/// Characters of a cell that a message shows.
const LONGEST_SHOWN: usize = 200;

impl fmt::Display for Rejected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if self.line > 0 {
            write!(formatter, ", line {}", self.line)?;
        }
        if !self.column.is_empty() {
            write!(formatter, ", column `{}`", self.column)?;
        }
        if !self.sample_id.is_empty() {
            write!(formatter, " (sample {})", self.sample_id)?;
        }
        write!(formatter, ": ")?;
        match self.value.char_indices().nth(LONGEST_SHOWN) {
            _ if self.value.is_empty() => {}
            Some((end, _)) => write!(formatter, "`{}…`: ", &self.value[..end])?,
            None => write!(formatter, "`{}`: ", self.value)?,
        }
        write!(formatter, "{}", self.reason)
    }
}

/// The columns of `rejected.csv`.
const HEADER: [&str; 7] = ["file", "line", "column", "sample_id", "locus", "value", "reason"];

/// Writes `rejected.csv`: `file,line,column,sample_id,locus,value,reason`, one line each, in the order given. Cells that a
/// spreadsheet would run as a formula are preceded by an apostrophe.
///
/// # Errors
/// What the writer refuses.
pub fn write_rejected<'r>(
    rejected: impl IntoIterator<Item = std::io::Result<Cow<'r, Rejected>>>,
    writer: impl std::io::Write,
) -> csv::Result<()> {
    let mut table = SafeCsvWriter::new(writer);
    table.write_row(HEADER)?;
    for entry in rejected {
        let entry = entry?;
        let line = if entry.line > 0 { entry.line.to_string() } else { String::new() };
        let locus = entry.locus.as_ref().map_or("", LocusName::as_str);
        let reason = entry.reason.to_string();
        let cells = [&*entry.file, &line, &*entry.column, &entry.sample_id, locus, &entry.value, &reason];
        table.write_row(cells)?;
    }
    table.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_harmless() {
        let entry = Rejected {
            file: "a.csv".into(),
            line: 3,
            column: "vWA".into(),
            sample_id: "=cmd()".into(),
            locus: Some(LocusName::new("VWA")),
            value: "-1+1".into(),
            reason: Reason::NotAnAllele("-1+1".into()),
        };
        let mut written = Vec::new();
        write_rejected([Ok(Cow::Owned(entry))], &mut written).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert!(
            text.starts_with("file,line,column,sample_id,locus,value,reason\na.csv,3,vWA,'=cmd(),vWA,'-1+1,"),
            "{text}"
        );
    }
}

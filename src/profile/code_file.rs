//! Codes in a temporary file, for panels whose codes do not fit in memory.
//!
//! The file has no name (or, on systems without such files, one that is deleted at once), so that it is gone when the
//! process ends, however it ends; only its owner could ever open it. Codes stand sample by sample, two bytes a locus.

use super::{Code, PanelError};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Samples that are read at once, at most: less than a mebibyte with the usual number of loci.
pub(super) const WINDOW: usize = 1 << 14;

/// Rows of codes, one a sample, numbered from 0 in the order in which they came.
#[derive(Debug)]
pub(super) struct CodeFile {
    file: Mutex<File>,
    /// Rows of one length that follow each other, in the order of the file.
    runs: Vec<RowRun>,
}

/// Rows of one length.
#[derive(Clone, Copy, Debug)]
struct RowRun {
    first: usize,
    rows: usize,
    loci: usize,
    /// Where the first row begins, in bytes.
    offset: u64,
}

impl RowRun {
    fn end(self) -> usize {
        self.first + self.rows
    }

    /// Bytes of so many rows.
    fn bytes(self, rows: usize) -> u64 {
        (rows * self.loci * size_of::<Code>()) as u64
    }
}

impl CodeFile {
    /// An empty file on the file system of this folder.
    pub fn create(folder: &Path) -> Result<Self, PanelError> {
        let file = tempfile::tempfile_in(folder).map_err(|error| failed(&error))?;
        Ok(Self { file: Mutex::new(file), runs: Vec::new() })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.runs.last().map_or(0, |run| run.end())
    }

    /// Appends rows, given as columns of equal length: as many codes a row as there are columns.
    pub fn append(&mut self, columns: &[Vec<Code>]) -> Result<(), PanelError> {
        let rows = columns.first().map_or(0, Vec::len);
        let offset = self.runs.last().map_or(0, |run| run.offset + run.bytes(run.rows));
        let mut bytes = Vec::with_capacity(WINDOW.min(rows) * columns.len() * size_of::<Code>());
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset)).map_err(|error| failed(&error))?;
        for start in (0..rows).step_by(WINDOW) {
            bytes.clear();
            for row in start..(start + WINDOW).min(rows) {
                columns.iter().for_each(|column| bytes.extend_from_slice(&column[row].to_ne_bytes()));
            }
            file.write_all(&bytes).map_err(|error| failed(&error))?;
        }
        match self.runs.last_mut() {
            Some(run) if run.loci == columns.len() => run.rows += rows,
            _ => self.runs.push(RowRun { first: self.len(), rows, loci: columns.len(), offset }),
        }
        Ok(())
    }

    /// Shows the codes of these rows (ascending) in their order: to `visit` go the position in the list and the codes, as many
    /// as the row was written with.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub fn read(&self, rows: &[u32], mut visit: impl FnMut(usize, &[Code])) -> Result<(), PanelError> {
        let (mut at, mut bytes, mut codes) = (0, Vec::new(), Vec::new());
        while let Some(&first) = rows.get(at) {
            let first = first as usize;
            let run = self.runs[self.runs.partition_point(|run| run.end() <= first)];
            let window = (first + WINDOW).min(run.end());
            let wanted = &rows[at..at + rows[at..].partition_point(|&row| (row as usize) < window)];
            let last = wanted.last().map_or(first, |&last| last as usize);
            bytes.resize(run.bytes(last + 1 - first) as usize, 0);
            self.fill(run.offset + run.bytes(first - run.first), &mut bytes).map_err(|error| failed(&error))?;
            codes.clear();
            codes.extend(bytes.chunks_exact(size_of::<Code>()).map(|code| Code::from_ne_bytes([code[0], code[1]])));
            for (row, position) in wanted.iter().zip(at..) {
                let start = (*row as usize - first) * run.loci;
                visit(position, &codes[start..start + run.loci]);
            }
            at += wanted.len();
        }
        Ok(())
    }

    fn fill(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }
}

fn failed(error: &io::Error) -> PanelError {
    PanelError::TemporaryFile(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_whatever_their_length() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = CodeFile::create(folder.path()).unwrap();
        let column = |first: usize, rows: usize| (first..first + rows).map(|row| (row % 1000) as Code).collect();
        file.append(&[column(0, 3)]).unwrap();
        file.append(&[column(3, 40_000), column(7, 40_000)]).unwrap();
        file.append(&[column(40_003, 2), column(40_007, 2)]).unwrap();
        assert_eq!((file.len(), file.runs.len()), (40_005, 2));
        let rows = [0, 2, 3, 4, 16_386, 16_387, 40_002, 40_004];
        let mut read = Vec::new();
        file.read(&rows, |position, codes| read.push((position, codes.to_vec()))).unwrap();
        let expected = |row: u32| {
            let code = |row: u32| (row % 1000) as Code;
            if row < 3 { vec![code(row)] } else { vec![code(row), code(row + 4)] }
        };
        assert_eq!(read, rows.iter().enumerate().map(|(at, &row)| (at, expected(row))).collect::<Vec<_>>());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

//! Everything that was read and not used, in the order of files and lines, however much it is: beyond some memory the list
//! goes on in a temporary file without a name.
//!
//! Entries come in any order, from any thread; each has a place (file, line, and its number where a line has several), by
//! which they are put in order: in memory, in each part that goes to the file, and among the parts as they are read back.

use super::problems::{Reason, Rejected};
use crate::profile::{LocusName, PanelError, SpillTo};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Bytes of entries that stay in memory: some 200,000 of them.
const IN_MEMORY: usize = 64 << 20;
/// With a limit of memory for codes, so many times that.
const TIMES_CODES: usize = 4;
/// What an entry takes beside its texts, with what the allocator adds.
const ENTRY: usize = size_of::<(EntryPlace, Rejected)>() + 64;
/// Bytes of a part that are read at once.
const READ_AT_ONCE: usize = 1 << 13;

/// Where an entry stands in the list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct EntryPlace {
    /// 1-based position of the file; 0 for what belongs to none.
    file: usize,
    line: u64,
    /// Among the entries of one line: those found while the line was read, as they came, before those found later.
    number: u64,
}

/// The numbers of entries that were not found while their line was read begin here.
const LATER: u64 = 1 << 40;

/// The list.
#[derive(Debug)]
pub struct RejectedList {
    recent: Vec<(EntryPlace, Rejected)>,
    recent_bytes: usize,
    /// The most of them.
    most_bytes: usize,
    folder: Option<PathBuf>,
    parts: Option<Parts>,
    /// Entries that were not found while their line was read.
    later: u64,
}

/// Entries in a temporary file, in parts that are in order.
#[derive(Debug)]
struct Parts {
    file: Mutex<File>,
    /// Where each part ends, in bytes.
    ends: Vec<u64>,
    entries: usize,
}

impl Default for RejectedList {
    fn default() -> Self {
        Self::new(None)
    }
}

impl RejectedList {
    /// An empty list, which keeps within the memory that there is for codes.
    pub fn new(spill: Option<&SpillTo>) -> Self {
        let most_bytes = spill.map_or(IN_MEMORY, |spill| IN_MEMORY.min(spill.after_bytes.saturating_mul(TIMES_CODES)));
        let folder = spill.map(|spill| spill.folder.clone());
        Self { recent: Vec::new(), recent_bytes: 0, most_bytes, folder, parts: None, later: 0 }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.recent.len() + self.parts.as_ref().map_or(0, |parts| parts.entries)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the list may take of the memory.
    pub fn bytes(&self) -> usize {
        self.recent_bytes
    }

    /// Adds an entry of a file (0-based; `None` where it belongs to none), behind all others of its line.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn push(&mut self, file: Option<usize>, entry: Rejected) -> Result<(), PanelError> {
        self.later += 1;
        self.add(file, LATER + self.later, entry)
    }

    /// Adds what was found while lines of a file were read: one part of the file by one thread, `first` being the number of
    /// what it added before.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn append(&mut self, file: usize, first: u64, entries: &mut Vec<Rejected>) -> Result<(), PanelError> {
        entries.drain(..).zip(first..).try_for_each(|(entry, number)| self.add(Some(file), number, entry))
    }

    fn add(&mut self, file: Option<usize>, number: u64, entry: Rejected) -> Result<(), PanelError> {
        let place = EntryPlace { file: file.map_or(0, |file| file + 1), line: entry.line, number };
        self.recent_bytes += ENTRY + entry.sample_id.len() + entry.value.len();
        self.recent.push((place, entry));
        match self.recent_bytes > self.most_bytes {
            true => self.spill().map_err(|error| PanelError::TemporaryFile(error.to_string())),
            false => Ok(()),
        }
    }

    /// Moves what is in memory to the file.
    fn spill(&mut self) -> io::Result<()> {
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => {
                let file = match &self.folder {
                    Some(folder) => tempfile::tempfile_in(folder)?,
                    None => tempfile::tempfile()?,
                };
                none.insert(Parts { file: Mutex::new(file), ends: Vec::new(), entries: 0 })
            }
        };
        self.recent.sort_by_key(|(place, _)| *place);
        let file = parts.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::End(0))?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        for (place, entry) in &self.recent {
            serde_json::to_writer(&mut out, &(place, RejectedEntry::from(entry)))?;
            out.write_all(b"\n")?;
        }
        let end = out.into_inner().map_err(io::IntoInnerError::into_error)?.stream_position()?;
        parts.ends.push(end);
        parts.entries += self.recent.len();
        self.recent = Vec::new();
        self.recent_bytes = 0;
        Ok(())
    }

    /// The entries in their order. An error ends them.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<Cow<'_, Rejected>>> {
        let mut order: Vec<&(EntryPlace, Rejected)> = self.recent.iter().collect();
        order.sort_by_key(|(place, _)| *place);
        let mut recent = order.into_iter().peekable();
        let mut merged = self.parts.as_ref().map(MergedParts::new);
        std::iter::from_fn(move || {
            let next_part = match merged.as_mut().map(MergedParts::peek).transpose() {
                Ok(next) => next.flatten(),
                Err(error) => {
                    merged = None;
                    return Some(Err(error));
                }
            };
            match (recent.peek(), next_part) {
                (Some((place, _)), Some(other)) if *place > other => {}
                (None, Some(_)) => {}
                _ => return recent.next().map(|(_, entry)| Ok(Cow::Borrowed(entry))),
            }
            merged.as_mut()?.next().map(|entry| entry.map(Cow::Owned))
        })
    }

    /// The first entry.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn first(&self) -> io::Result<Option<Rejected>> {
        self.iter().next().transpose().map(|entry| entry.map(Cow::into_owned))
    }

    /// All entries, in memory.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn to_vec(&self) -> io::Result<Vec<Rejected>> {
        self.iter().map(|entry| entry.map(Cow::into_owned)).collect()
    }
}

/// The parts of a file, read side by side.
struct MergedParts<'p> {
    parts: Vec<BufReader<FilePart<'p>>>,
    /// The next entry of each part.
    next: BinaryHeap<Reverse<Next>>,
    /// Parts of which the next entry is not yet known.
    unread: Vec<usize>,
}

struct Next {
    place: EntryPlace,
    part: usize,
    entry: Rejected,
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.place, self.part).cmp(&(other.place, other.part))
    }
}

impl<'p> MergedParts<'p> {
    fn new(parts: &'p Parts) -> Self {
        let starts = [0].into_iter().chain(parts.ends.iter().copied());
        let readers = starts
            .zip(&parts.ends)
            .map(|(at, &end)| BufReader::with_capacity(READ_AT_ONCE, FilePart { file: &parts.file, at, end }));
        let readers: Vec<_> = readers.collect();
        Self { unread: (0..readers.len()).collect(), parts: readers, next: BinaryHeap::new() }
    }

    fn peek(&mut self) -> io::Result<Option<EntryPlace>> {
        let mut line = Vec::new();
        while let Some(part) = self.unread.pop() {
            line.clear();
            if self.parts[part].read_until(b'\n', &mut line)? > 0 {
                let (place, entry): (EntryPlace, RejectedEntry) = serde_json::from_slice(&line)?;
                self.next.push(Reverse(Next { place, part, entry: entry.into() }));
            }
        }
        Ok(self.next.peek().map(|Reverse(next)| next.place))
    }
}

impl Iterator for MergedParts<'_> {
    type Item = io::Result<Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Err(error) = self.peek() {
            return Some(Err(error));
        }
        let Reverse(next) = self.next.pop()?;
        self.unread.push(next.part);
        Some(Ok(next.entry))
    }
}

/// One part of the file.
struct FilePart<'p> {
    file: &'p Mutex<File>,
    at: u64,
    end: u64,
}

impl Read for FilePart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut buffer[..left])?;
        self.at += read as u64;
        Ok(read)
    }
}

/// An entry as it is written to files of filia's own.
#[derive(Serialize, Deserialize)]
pub(super) struct RejectedEntry {
    file: String,
    line: u64,
    column: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sheet_column: Option<u32>,
    sample_id: String,
    locus: Option<String>,
    value: String,
    reason: Reason,
}

impl From<&Rejected> for RejectedEntry {
    fn from(rejected: &Rejected) -> Self {
        Self {
            file: rejected.file.to_string(),
            line: rejected.line,
            column: rejected.column.to_string(),
            sheet_column: rejected.sheet_column,
            sample_id: rejected.sample_id.clone(),
            locus: rejected.locus.as_ref().map(|locus| locus.as_str().to_owned()),
            value: rejected.value.clone(),
            reason: rejected.reason.clone(),
        }
    }
}

impl From<RejectedEntry> for Rejected {
    fn from(entry: RejectedEntry) -> Self {
        Self {
            file: std::sync::Arc::from(entry.file),
            line: entry.line,
            column: std::sync::Arc::from(entry.column),
            sheet_column: entry.sheet_column,
            sample_id: entry.sample_id,
            locus: entry.locus.map(|locus| LocusName::new(&locus)),
            value: entry.value,
            reason: entry.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: u64, value: &str) -> Rejected {
        Rejected {
            file: "a.csv".into(),
            line,
            column: "vWA".into(),
            sheet_column: None,
            sample_id: format!("s{line}"),
            locus: Some(LocusName::new("vWA")),
            value: value.to_owned(),
            reason: Reason::NotAnAllele(value.to_owned()),
        }
    }

    /// Two files, lines in a wild order, several entries a line.
    fn fill(list: &mut RejectedList) {
        for file in [1, 0] {
            for line in (0..500_u64).map(|step| 2 + step * 7 % 500) {
                list.push(Some(file), entry(line, "later")).unwrap();
                list.append(file, line, &mut vec![entry(line, "first"), entry(line, "second")]).unwrap();
            }
        }
        list.push(None, entry(3, "of no file")).unwrap();
    }

    #[test]
    fn the_order_is_that_of_files_and_lines_in_memory_and_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let mut in_memory = RejectedList::default();
        let mut spilled = RejectedList::new(Some(&SpillTo { folder: folder.path().to_owned(), after_bytes: 5_000 }));
        fill(&mut in_memory);
        fill(&mut spilled);
        assert!(in_memory.parts.is_none() && spilled.parts.as_ref().is_some_and(|parts| parts.ends.len() > 10));
        assert!(spilled.bytes() <= 4 * 5_000);
        let (all, other) = (in_memory.to_vec().unwrap(), spilled.to_vec().unwrap());
        assert_eq!((all.len(), in_memory.len(), spilled.len()), (3001, 3001, 3001));
        assert!(all == other);
        assert_eq!(all[0], entry(3, "of no file"));
        assert_eq!(spilled.first().unwrap(), Some(all[0].clone()));
        let of_line = |at: usize| {
            all[1 + 3 * at..4 + 3 * at].iter().map(|entry| (entry.line, entry.value.as_str())).collect::<Vec<_>>()
        };
        for at in [0, 1, 499, 500, 999] {
            let line = 2 + (at % 500) as u64;
            assert_eq!(of_line(at), [(line, "first"), (line, "second"), (line, "later")]);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
    }
}

//! Where the readers of one file put what they do not use.

use crate::{
    io::{
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
    },
    profile::PanelError,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Entries that a thread gathers before it hands them over.
const GATHERED: usize = 4096;

/// The part of the list that is one file's, and what the run has to say of it.
pub struct RejectsOfFile {
    list: Arc<Mutex<RejectedList>>,
    /// 0-based position of the file.
    file: usize,
    seen: Mutex<SeenEntries>,
}

/// What is known of the entries so far.
#[derive(Default)]
struct SeenEntries {
    /// The first of the file.
    first: Option<Rejected>,
    /// The first row that a quote swallowed, its last line, and how many more there are.
    swallowed: Option<(u64, u64, usize)>,
}

impl SeenEntries {
    fn look_at(&mut self, entry: &Rejected) {
        if self.first.as_ref().is_none_or(|first| entry.line < first.line) {
            self.first = Some(entry.clone());
        }
        if let Reason::SwallowedRows(last) = entry.reason {
            let (line, end, count) = self.swallowed.unwrap_or((u64::MAX, 0, 0));
            let first = if entry.line < line { (entry.line, last) } else { (line, end) };
            self.swallowed = Some((first.0, first.1, count + 1));
        }
    }
}

impl RejectsOfFile {
    /// Nothing yet of this file (0-based position).
    pub fn new(list: &Arc<Mutex<RejectedList>>, file: usize) -> Self {
        Self { list: list.clone(), file, seen: Mutex::default() }
    }

    /// Takes over what a thread found while it read lines, once that is enough or `at_end`; `taken` counts what was taken
    /// over from it before.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn take(&self, entries: &mut Vec<Rejected>, taken: &mut u64, at_end: bool) -> Result<(), PanelError> {
        if entries.is_empty() || (entries.len() < GATHERED && !at_end) {
            return Ok(());
        }
        let mut seen = held(&self.seen);
        entries.iter().for_each(|entry| seen.look_at(entry));
        drop(seen);
        let first = *taken;
        *taken += entries.len() as u64;
        held(&self.list).append(self.file, first, entries)
    }

    /// Adds what was found once other lines were known.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn push(&self, entry: Rejected) -> Result<(), PanelError> {
        held(&self.seen).look_at(&entry);
        held(&self.list).push(Some(self.file), entry)
    }

    /// The first entry of the file.
    pub fn first(&self) -> Option<Rejected> {
        held(&self.seen).first.clone()
    }

    /// A sentence on rows that a quote without an end swallowed: more people than one line tells of.
    pub fn note_swallowed(&self, name: &str) -> Option<String> {
        let (first, last, count) = held(&self.seen).swallowed?;
        let more = if count > 1 { format!(" (and {} more such)", count - 1) } else { String::new() };
        Some(format!(
            "{name}, line {first}: a quote that is not closed swallows the rows to line {last}{more}: nobody in them is used; \
             close the quote"
        ))
    }
}

/// The lock; what a panicking thread left is as good as any.
pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

//! What a run is doing, for whoever watches it and may stop it.

use std::io::{self, Read};

/// A stage of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stage {
    /// What is being done.
    pub name: &'static str,
    /// What is counted; empty where nothing is.
    pub unit: &'static str,
    /// How many of them there are, where that is known.
    pub total: Option<u64>,
}

impl Stage {
    /// A stage of this many units.
    pub fn of(name: &'static str, unit: &'static str, total: u64) -> Self {
        Self { name, unit, total: Some(total) }
    }

    /// A stage of unknown length in which nothing is counted.
    pub fn uncounted(name: &'static str) -> Self {
        Self { name, unit: "", total: None }
    }
}

/// Whoever watches a run and may stop it.
pub trait Progress: Sync {
    /// A stage begins; the one before has ended. Stages come one after the other.
    fn begin(&self, _stage: Stage) {}
    /// So many more units of the stage are done.
    fn advance(&self, done: u64);
    /// Whether the run should stop; asked by every thread many times a second.
    fn cancelled(&self) -> bool;
}

/// Nobody watches.
pub struct NoProgress;

impl Progress for NoProgress {
    fn advance(&self, _done: u64) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// A reader that tells how many bytes were read.
pub struct WatchedReader<'a, R> {
    reader: R,
    progress: &'a dyn Progress,
}

impl<'a, R> WatchedReader<'a, R> {
    /// Reads from `reader`; `progress` advances by one a byte.
    pub fn new(reader: R, progress: &'a dyn Progress) -> Self {
        Self { reader, progress }
    }
}

impl<R: Read> Read for WatchedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

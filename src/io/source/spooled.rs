//! An input that was read once to its end and can be read again at any place, from the same open file.

use super::changed;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// The open file, its length, and when it was last written.
#[derive(Debug)]
pub struct Spooled {
    file: Mutex<File>,
    length: u64,
    written: Option<SystemTime>,
}

impl Spooled {
    /// Another handle of this file, with its own idea of the length; `None` where it is no plain file.
    pub(super) fn of_file(file: &File) -> io::Result<Option<Self>> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let (length, written) = (metadata.len(), metadata.modified().ok());
        Ok(Some(Self { file: Mutex::new(file.try_clone()?), length, written }))
    }

    /// Number of bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Fills the buffer from this place on.
    ///
    /// # Errors
    /// A place beyond the end; a file that cannot be read.
    pub fn read_at(&self, place: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place))?;
        file.read_exact(buffer)
    }

    /// The same bytes once more, from the first to the last.
    pub fn reader(&self) -> SpooledReader<'_> {
        SpooledReader { spooled: self, place: 0 }
    }

    /// Refuses a file that somebody wrote to since it was opened: what is read from it now may not be what was hashed.
    ///
    /// # Errors
    /// A file that changed.
    pub fn check_unchanged(&self) -> io::Result<()> {
        let metadata = self.file.lock().unwrap_or_else(PoisonError::into_inner).metadata()?;
        let same = metadata.len() == self.length && metadata.modified().ok() == self.written;
        if same { Ok(()) } else { Err(changed()) }
    }
}

/// Reads a spooled input from its beginning.
pub struct SpooledReader<'s> {
    spooled: &'s Spooled,
    place: u64,
}

impl Read for SpooledReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.spooled.length - self.place;
        let read = usize::try_from(rest).map_or(buffer.len(), |rest| buffer.len().min(rest));
        self.spooled.read_at(self.place, &mut buffer[..read])?;
        self.place += read as u64;
        Ok(read)
    }
}

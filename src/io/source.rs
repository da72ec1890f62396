//! The inputs of a run: each is opened once and hashed while it is read, so that what the manifest says of it is true of
//! the bytes that were analysed, whatever becomes of the file meanwhile.
//!
//! Small files are read whole and kept: whoever asks again for one gets the same bytes. Large ones are streams
//! ([`Input`]) that can be looked at without losing a byte, so that a pipe is as good as a file. A hash is made on a
//! thread of its own once there is more than a block of bytes.

mod hashing;
mod spooled;
#[cfg(test)]
mod tests;

pub use spooled::Spooled;

use super::workbook::split_part;
use hashing::StreamHasher;
use std::{
    collections::HashMap,
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

/// Size and SHA-256 of what was read from an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fingerprint {
    /// Number of bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = StreamHasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The fingerprint of a file as it is now.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let (mut file, mut hasher, mut block) = (File::open(path)?, StreamHasher::default(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut block)? {
                0 => return Ok(hasher.finish()),
                bytes => hasher.update(&block[..bytes]),
            }
        }
    }

    /// The SHA-256 as 64 hexadecimal digits.
    pub fn hexadecimal(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What is known of one input.
#[derive(Debug, Default)]
struct KnownInput {
    /// The contents, of an input that was read whole.
    contents: OnceLock<Arc<[u8]>>,
    /// Once it was read to its end.
    fingerprint: OnceLock<Fingerprint>,
}

impl KnownInput {
    /// Notes what was read. An input that had to be read twice must say the same both times.
    fn note(&self, fingerprint: Fingerprint) -> io::Result<()> {
        match *self.fingerprint.get_or_init(|| fingerprint) == fingerprint {
            true => Ok(()),
            false => Err(changed()),
        }
    }
}

fn changed() -> io::Error {
    io::Error::other("the file changed while it was read: wait until it is written, and run again")
}

/// Every input of a run, by the paths under which it was asked for. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct Inputs(Arc<Mutex<HashMap<PathBuf, Arc<KnownInput>>>>);

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {source}")]
pub struct Unreadable {
    /// The file.
    pub path: String,
    /// What the system said.
    pub source: io::Error,
}

impl Inputs {
    /// The whole contents of a small file; read once, however often it is asked for.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        let slot = self.slot(&[path]);
        if let Some(contents) = slot.contents.get() {
            return Ok(contents.clone());
        }
        let contents: Arc<[u8]> = std::fs::read(path)?.into();
        slot.note(Fingerprint::of(&contents))?;
        Ok(slot.contents.get_or_init(|| contents).clone())
    }

    /// The same; the error names the file.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read_named(&self, path: &Path) -> Result<Arc<[u8]>, Unreadable> {
        self.read(path).map_err(|source| Unreadable { path: path.display().to_string(), source })
    }

    /// An input that is these bytes, whatever stands at its path.
    pub fn set(&self, path: &Path, contents: &[u8]) {
        let slot = KnownInput::default();
        let _ = slot.fingerprint.set(Fingerprint::of(contents));
        let _ = slot.contents.set(contents.into());
        self.slots().insert(path.to_owned(), Arc::new(slot));
    }

    /// Opens an input that is read once from its beginning to its end; all these paths are names of it.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub fn open(&self, paths: &[&Path]) -> io::Result<Input> {
        let slot = self.slot(paths);
        let source = match slot.contents.get() {
            Some(contents) => InputSource::Memory(Cursor::new(contents.clone())),
            None => InputSource::File(File::open(paths[0])?),
        };
        Ok(Input::new(source, slot))
    }

    /// What was read from the input of this name, or from the file that it names a part of; `None` where it was not read to its
    /// end.
    pub fn fingerprint(&self, path: &Path) -> Option<Fingerprint> {
        let known = self.slots().get(path).cloned();
        let slot = known.or_else(|| self.slots().get(&split_part(path).0).cloned())?;
        slot.fingerprint.get().copied()
    }

    fn slot(&self, paths: &[&Path]) -> Arc<KnownInput> {
        let mut slots = self.slots();
        let slot = paths.iter().find_map(|path| slots.get(*path)).cloned().unwrap_or_default();
        for path in paths {
            slots.entry(path.to_path_buf()).or_insert_with(|| slot.clone());
        }
        slot
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<KnownInput>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open input: read it to its end, and its fingerprint is known.
pub struct Input {
    source: InputSource,
    /// Bytes that were looked at; those before `taken` were read too.
    peeked: Vec<u8>,
    taken: usize,
    /// Until the end is reached.
    hasher: Option<StreamHasher>,
    slot: Arc<KnownInput>,
}

enum InputSource {
    File(File),
    Memory(Cursor<Arc<[u8]>>),
}

impl Read for InputSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Input {
    fn new(source: InputSource, slot: Arc<KnownInput>) -> Self {
        Self { source, peeked: Vec::new(), taken: 0, hasher: Some(StreamHasher::default()), slot }
    }

    /// An input that holds these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::new(InputSource::Memory(Cursor::new(bytes.into())), Arc::default())
    }

    /// The next bytes, as many as asked for unless the input ends before; they are still to be read.
    ///
    /// # Errors
    /// An input that cannot be read.
    pub fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        let wanted = bytes.saturating_sub(self.peeked.len() - self.taken);
        (&mut self.source).take(wanted as u64).read_to_end(&mut self.peeked)?;
        let rest = &self.peeked[self.taken..];
        Ok(&rest[..bytes.min(rest.len())])
    }

    /// Reads to the end (`each` sees every byte), and gives access to any place of it.
    ///
    /// # Errors
    /// An input that cannot be read; a temporary file that cannot be written.
    pub fn spool(mut self, mut each: impl FnMut(&[u8])) -> io::Result<Spooled> {
        let mut spool = match &self.source {
            InputSource::File(file) => Spooled::of_file(file)?,
            InputSource::Memory(_) => None,
        };
        let mut copy = match &spool {
            Some(_) => None,
            None => Some(tempfile::tempfile()?),
        };
        let mut buffer = vec![0; 1 << 20];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    each(&buffer[..read]);
                    if let Some(copy) = &mut copy {
                        io::Write::write_all(copy, &buffer[..read])?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if let Some(copy) = &copy {
            spool = Spooled::of_file(copy)?;
        }
        spool.ok_or_else(|| io::Error::other("neither a file nor a stream that can be copied"))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.taken < self.peeked.len() {
            let read = (&self.peeked[self.taken..]).read(buffer)?;
            self.taken += read;
            read
        } else {
            self.source.read(buffer)?
        };
        match &mut self.hasher {
            Some(hasher) if read > 0 => hasher.update(&buffer[..read]),
            Some(_) if !buffer.is_empty() => {
                let hasher = self.hasher.take().unwrap_or_default();
                self.slot.note(hasher.finish())?;
            }
            _ => {}
        }
        Ok(read)
    }
}

//! Files that one run writes for another to go on from: what a part of it found.
//!
//! A tag with the version of the layout, the SHA-256 of everything after it, and then two items of CBOR (RFC 8949), the
//! description and the content. The checksum tells damage, not who made the file.

use super::unwinding::caught;
use super::whole_file::WholeFile;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

/// How every such file begins, whatever its layout.
const TAG: &[u8; 11] = b"filia part ";
/// The version of this layout, with the line end.
const VERSION: &[u8; 2] = b"1\n";
/// Bytes of a SHA-256.
const CHECKSUM: usize = 32;
/// Where the checksum stands, and where what it is of begins.
const CHECKSUM_AT: u64 = (TAG.len() + VERSION.len()) as u64;
const CONTENT_AT: u64 = CHECKSUM_AT + CHECKSUM as u64;

/// A part that cannot be written or used.
#[derive(Debug, thiserror::Error)]
pub enum PartFileError {
    /// The file cannot be opened, read or written.
    #[error("{0}")]
    System(#[from] io::Error),
    /// Another file.
    #[error("found another file, expected a part: what `filia match` or `filia identify` wrote with --part")]
    Foreign,
    /// A layout of another version.
    #[error("a part in a layout of another version of filia: do all parts again with this one")]
    OtherLayout,
    /// Not what was written.
    #[error("the part is damaged or cut short ({0}): do it again, or copy it again")]
    Damaged(String),
}

/// Writes a part to a file that was begun at this path and appears there whole or not at all. What is at that place is replaced.
///
/// # Errors
/// What the file system refuses.
pub fn write_part(
    target: WholeFile,
    path: &Path,
    description: &impl Serialize,
    content: &impl Serialize,
) -> Result<(), PartFileError> {
    let mut file = target.handle()?;
    file.write_all(TAG)?;
    file.write_all(VERSION)?;
    file.write_all(&[0; CHECKSUM])?;
    let mut hashed = Hashed { target: BufWriter::new(file), hash: Sha256::new() };
    ciborium::into_writer(description, &mut hashed).map_err(io::Error::other)?;
    ciborium::into_writer(content, &mut hashed).map_err(io::Error::other)?;
    let Hashed { target: buffer, hash } = hashed;
    let mut file = buffer.into_inner().map_err(io::IntoInnerError::into_error)?;
    let checksum = hash.finalize();
    file.seek(SeekFrom::Start(CHECKSUM_AT))?;
    file.write_all(&checksum)?;
    Ok(target.put(path)?)
}

/// Hashes what is written.
struct Hashed<W> {
    target: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.target.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

/// A part whose checksum was found right.
pub struct PartReader {
    content: BufReader<File>,
}

impl PartReader {
    /// Opens a part and makes sure that it is whole.
    ///
    /// # Errors
    /// A file that cannot be read, or is no part, or not as it was written.
    pub fn open(path: &Path) -> Result<Self, PartFileError> {
        let mut file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(PartFileError::Foreign);
        }
        let mut start = Vec::with_capacity(CONTENT_AT as usize);
        (&mut file).take(CONTENT_AT).read_to_end(&mut start)?;
        let Some(rest) = start.strip_prefix(TAG) else { return Err(PartFileError::Foreign) };
        let Some(checksum) = rest.strip_prefix(VERSION) else { return Err(PartFileError::OtherLayout) };
        let mut hash = Sha256::new();
        let mut content = BufReader::with_capacity(1 << 20, file);
        io::copy(&mut content, &mut hash)?;
        if hash.finalize()[..] != *checksum {
            return Err(damaged("its checksum is not that of its content"));
        }
        content.seek(SeekFrom::Start(CONTENT_AT))?;
        Ok(Self { content })
    }

    /// The next item: first the description, then the content.
    ///
    /// # Errors
    /// What cannot be read, or is something else.
    pub fn item<T: DeserializeOwned>(&mut self) -> Result<T, PartFileError> {
        let read = caught(|| ciborium::from_reader(&mut self.content)).map_err(damaged)?;
        read.map_err(|error: ciborium::de::Error<io::Error>| match error {
            ciborium::de::Error::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
            error => damaged(error),
        })
    }
}

fn damaged(what: impl ToString) -> PartFileError {
    PartFileError::Damaged(what.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(path: &Path) -> Result<(String, Vec<f64>), PartFileError> {
        let mut part = PartReader::open(path)?;
        Ok((part.item()?, part.item()?))
    }

    #[test]
    fn what_is_written_is_read_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.part");
        let numbers = vec![0.1, f64::NEG_INFINITY, 1e-300, 3.0];
        write_part(WholeFile::begin(&path).unwrap(), &path, &"run", &numbers).unwrap();
        assert_eq!(read(&path).unwrap(), ("run".to_owned(), numbers));
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            assert!(read(&path).is_err(), "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(read(&path).is_err(), "{at} bytes");
        }
        fs::write(&path, b"filia part 2\nmore").unwrap();
        assert!(matches!(read(&path), Err(PartFileError::OtherLayout)));
        fs::write(&path, [&whole[..CONTENT_AT as usize], &whole[..7]].concat()).unwrap();
        assert!(matches!(read(&path), Err(PartFileError::Damaged(_))));
    }

    #[test]
    fn what_claims_more_than_there_is_takes_no_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.part");
        // An array of 2^60 numbers, with a right checksum.
        let content = [0x9B, 0x10, 0, 0, 0, 0, 0, 0, 0];
        let checksum = Sha256::digest(content);
        fs::write(&path, [&TAG[..], &VERSION[..], &checksum[..], &content[..]].concat()).unwrap();
        assert!(matches!(PartReader::open(&path).unwrap().item::<Vec<f64>>(), Err(PartFileError::Damaged(_))));
    }
}

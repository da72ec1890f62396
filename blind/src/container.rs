//! Files: one line of JSON that says what the file is and what it follows, then a body in postcard.

use crate::input::InputError;
use crate::terms::{Side, TermsError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the layout.
const VERSION: u32 = 1;

/// Longer first lines are none of ours.
const LONGEST_HEADER: usize = 4096;

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Seed and half of the key; never sent.
    Secret,
    /// Half of the joint key, public.
    Key,
    /// The children's ballots.
    Ballots,
    /// The adults' side's answer.
    Answer,
    /// The answer with the children's side's random factors.
    Blinded,
    /// SHA-256 of a shares file.
    Commitment,
    /// Partial decryptions.
    Shares,
    /// A seed for an auditor.
    Disclosed,
}

/// The first line of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the layout.
    pub filia_blind: u32,
    /// What the file is.
    pub kind: Kind,
    /// Whose it is.
    pub from: Side,
    /// SHA-256 of the terms (before there is a joint key) or of terms and both key files (after), in hexadecimal digits.
    pub agreement: String,
    /// SHA-256 of the file that this one follows, where it follows one.
    pub follows: Option<String>,
    /// The length of the body in bytes.
    pub body_bytes: u64,
    /// SHA-256 of the body.
    pub body_sha256: String,
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No first line of ours.
    #[error("no file of a blind exchange: {0}")]
    NotOurs(String),
    /// A later layout.
    #[error("found layout version {found}, this program knows {VERSION}")]
    Version {
        /// The file's.
        found: u32,
    },
    /// Another kind of file.
    #[error("found {} of the {} side, expected {} of the {} side", name(found.0), found.1.name(), name(expected.0), expected.1.name())]
    Kind {
        /// What it is, and whose.
        found: (Kind, Side),
        /// What was expected.
        expected: (Kind, Side),
    },
    /// A file of another agreement.
    #[error("it belongs to another agreement or other keys: found {found}, expected {expected}")]
    Agreement {
        /// The file's.
        found: String,
        /// Ours.
        expected: String,
    },
    /// A file of another course of the exchange.
    #[error("it follows another file than the one here: found {found}, expected {expected}")]
    Follows {
        /// What it follows.
        found: String,
        /// What is here.
        expected: String,
    },
    /// A file that ends too early, or goes on.
    #[error("its body has {found} bytes, its first line says {expected}: it is cut short or was added to")]
    Length {
        /// How many there are.
        found: u64,
        /// How many there ought to be.
        expected: u64,
    },
    /// A file that changed on the way.
    #[error("its body has SHA-256 {found}, its first line says {expected}: it was changed")]
    Changed {
        /// What it is.
        found: String,
        /// What it ought to be.
        expected: String,
    },
    /// A body that is not what it should be.
    #[error("{} cannot be read: {message}", name(*kind))]
    Body {
        /// What the file is.
        kind: Kind,
        /// What is wrong.
        message: String,
    },
    /// A body of another size than the agreement leads to.
    #[error("found {found} {what}, expected {expected}")]
    Count {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there ought to be.
        expected: usize,
    },
    /// A proof that does not hold.
    #[error("{place}: the proof does not hold: {message}")]
    Proof {
        /// Whose proof.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// Bytes that are no element of the group, or the neutral one where it cannot be.
    #[error("{place}: {message}")]
    Point {
        /// Where.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// Something that nobody who keeps to the protocol can make.
    #[error("{0}")]
    Deviation(String),
    /// Input that does not keep the terms.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Terms that cannot be kept.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// Input or seed other than what the side sealed in its key file.
    #[error("input or seed are not those that the {} side sealed in its key file", side.name())]
    Seal {
        /// Whose.
        side: Side,
    },
}

impl FileError {
    pub(crate) fn body(kind: Kind, message: impl ToString) -> Self {
        Self::Body { kind, message: message.to_string() }
    }

    pub(crate) fn unwritable(error: postcard::Error) -> Self {
        Self::NotOurs(format!("it cannot be written: {error}"))
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret => "the secret",
        Kind::Key => "the key",
        Kind::Ballots => "the ballots",
        Kind::Answer => "the answer",
        Kind::Blinded => "the blinded answer",
        Kind::Commitment => "the commitment",
        Kind::Shares => "the shares",
        Kind::Disclosed => "the disclosed seed",
    }
}

/// SHA-256 of a whole file.
pub fn digest_of(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}

pub(crate) fn hexadecimal(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first line of a file and its body.
///
/// # Errors
/// A file that is none of a blind exchange, of a later layout, cut short or changed.
pub fn read_header(file: &[u8]) -> Result<(Header, &[u8]), FileError> {
    let end = file.iter().take(LONGEST_HEADER).position(|&byte| byte == b'\n');
    let end = end.ok_or_else(|| FileError::NotOurs(format!("no first line within {LONGEST_HEADER} bytes")))?;
    let line: serde_json::Value =
        serde_json::from_slice(&file[..end]).map_err(|error| FileError::NotOurs(error.to_string()))?;
    match line.get("filia_blind").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(version) => return Err(FileError::Version { found: version as u32 }),
        None => return Err(FileError::NotOurs("its first line has no `filia_blind`".to_owned())),
    }
    let header: Header = serde_json::from_value(line).map_err(|error| FileError::NotOurs(error.to_string()))?;
    let body = &file[end + 1..];
    let found = body.len() as u64;
    if found != header.body_bytes {
        return Err(FileError::Length { found, expected: header.body_bytes });
    }
    let found = hexadecimal(&digest_of(body));
    match found == header.body_sha256 {
        true => Ok((header, body)),
        false => Err(FileError::Changed { found, expected: header.body_sha256 }),
    }
}

/// As [`read_header`], for a file that must be this.
pub(crate) fn read_file<'f>(
    kind: Kind,
    from: Side,
    agreement: &[u8; 32],
    follows: Option<&[u8; 32]>,
    file: &'f [u8],
) -> Result<(Header, &'f [u8]), FileError> {
    let (header, body) = read_header(file)?;
    if (header.kind, header.from) != (kind, from) {
        return Err(FileError::Kind { found: (header.kind, header.from), expected: (kind, from) });
    }
    let expected = hexadecimal(agreement);
    if header.agreement != expected {
        return Err(FileError::Agreement { found: header.agreement, expected });
    }
    let expected = follows.map(hexadecimal);
    if header.follows != expected {
        let shown = |digest: Option<String>| digest.unwrap_or_else(|| "none".to_owned());
        return Err(FileError::Follows { found: shown(header.follows), expected: shown(expected) });
    }
    Ok((header, body))
}

pub(crate) fn write_file(
    kind: Kind,
    from: Side,
    agreement: &[u8; 32],
    follows: Option<&[u8; 32]>,
    body: &[u8],
) -> Result<Vec<u8>, FileError> {
    let header = Header {
        filia_blind: VERSION,
        kind,
        from,
        agreement: hexadecimal(agreement),
        follows: follows.map(hexadecimal),
        body_bytes: body.len() as u64,
        body_sha256: hexadecimal(&digest_of(body)),
    };
    let mut file = serde_json::to_vec(&header).map_err(|error| FileError::NotOurs(error.to_string()))?;
    file.reserve_exact(1 + body.len());
    file.push(b'\n');
    file.extend_from_slice(body);
    Ok(file)
}

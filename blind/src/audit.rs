//! What a third party checks: seed and input make the very bytes that were sent.

use crate::answer::answer_ballots;
use crate::ballots::{cast, read_ballots};
use crate::blinding::blind_answer;
use crate::container::{FileError, Kind, read_file, write_file};
use crate::input::{Adults, Child, Input};
use crate::key::Session;
use crate::secret::{Secret, Seed};
use crate::terms::Side;

/// The seed of a side for an auditor. Its half of the key stays where it is.
///
/// # Errors
/// A secret other than the one behind the key file.
pub fn disclose(session: &Session, secret: &Secret) -> Result<Vec<u8>, FileError> {
    session.check_half(secret)?;
    let body = postcard::to_stdvec(&secret.seed).map_err(FileError::unwritable)?;
    write_file(Kind::Disclosed, secret.side, &session.id, None, &body)
}

/// Reads a disclosed seed.
///
/// # Errors
/// A file that is refused.
pub fn read_disclosed(session: &Session, side: Side, file: &[u8]) -> Result<Seed, FileError> {
    let (_, body) = read_file(Kind::Disclosed, side, &session.id, None, file)?;
    postcard::from_bytes(body).map_err(|error| FileError::body(Kind::Disclosed, error))
}

/// Checks that the children's side made its ballots from what it sealed.
///
/// # Errors
/// Another seal; other bytes.
pub fn audit_ballots(session: &Session, seed: &Seed, children: &[Child], ballots: &[u8]) -> Result<(), FileError> {
    session.check_seal(seed, Input::Children(children))?;
    same_bytes("ballots", &cast(session, seed, children)?, ballots)
}

/// Checks that the adults' side made its answer from what it sealed.
///
/// # Errors
/// Another seal; other bytes; ballots that are refused.
pub fn audit_answer(
    session: &Session,
    seed: &Seed,
    adults: &Adults,
    ballots: &[u8],
    answer: &[u8],
) -> Result<(), FileError> {
    session.check_seal(seed, Input::Adults(adults))?;
    let ballots = read_ballots(session, ballots)?;
    same_bytes("answer", &answer_ballots(session, seed, adults, &ballots)?, answer)
}

/// Checks that the children's side drew its random factors from its seed. The seed itself is checked by [`audit_ballots`].
///
/// # Errors
/// Other bytes; a file that is refused.
pub fn audit_blinded(
    session: &Session,
    seed: &Seed,
    ballots: &[u8],
    answer: &[u8],
    blinded: &[u8],
) -> Result<(), FileError> {
    same_bytes("blinded answer", &blind_answer(session, seed, ballots, answer)?, blinded)
}

fn same_bytes(what: &str, expected: &[u8], found: &[u8]) -> Result<(), FileError> {
    if expected == found {
        return Ok(());
    }
    let first = expected.iter().zip(found).position(|(one, other)| one != other);
    let first = first.unwrap_or_else(|| expected.len().min(found.len()));
    Err(FileError::Deviation(format!(
        "the {what} are not what seed and input make: they differ from byte {}",
        first + 1
    )))
}

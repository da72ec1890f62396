//! The children's side's random factors.
//!
//! Opened as it is, an answer would show r (S − v) to both, and the adults' side knows r: it would have every pair's score. So the
//! children's side multiplies each test by a random s of its own before anything is opened: s r (S − v) is 0 where S = v and
//! uniform otherwise, to either side.

use crate::answer::Tests;
use crate::ballots::read_layout;
use crate::container::{FileError, Kind, digest_of, read_file, write_file};
use crate::key::Session;
use crate::points::{CIPHER, Cipher, Layout};
use crate::secret::{Secret, Seed};
use crate::terms::Side;
use rayon::prelude::*;

/// Tests that share a random stream.
const AT_ONCE: usize = 256;

/// The answer with the children's side's random factors.
///
/// # Errors
/// A secret other than the one behind the key file; an answer that is refused.
pub fn blind(session: &Session, secret: &Secret, ballots: &[u8], answer: &[u8]) -> Result<Vec<u8>, FileError> {
    session.check_half(secret)?;
    blind_answer(session, &secret.seed, ballots, answer)
}

/// The same from the seed, which an auditor has.
pub(crate) fn blind_answer(
    session: &Session,
    seed: &Seed,
    ballots: &[u8],
    answer: &[u8],
) -> Result<Vec<u8>, FileError> {
    let layout = read_layout(session, ballots)?;
    let ciphers = read_ciphers(session, Kind::Answer, &digest_of(ballots), &layout, answer)?;
    let context = digest_of(answer);
    let mask = |(number, chunk): (usize, &[u8])| {
        let mut random = seed.stream("blind", &context, [number, 0]);
        let mut bytes = Vec::with_capacity(chunk.len());
        for (at, cipher) in chunk.chunks_exact(CIPHER).enumerate() {
            let cipher = Cipher::read(cipher, || layout.place(number * AT_ONCE + at))?;
            cipher.masked(session, &mut random).write(&mut bytes);
        }
        Ok(bytes)
    };
    let masked =
        ciphers.par_chunks(AT_ONCE * CIPHER).enumerate().map(mask).collect::<Result<Vec<_>, FileError>>()?.concat();
    let body = postcard::to_stdvec(&Tests { ciphers: &masked }).map_err(FileError::unwritable)?;
    write_file(Kind::Blinded, Side::Children, &session.id, Some(&context), &body)
}

/// The ciphertexts of an answer or a blinded answer, as many as there have to be.
pub(crate) fn read_ciphers<'f>(
    session: &Session,
    kind: Kind,
    follows: &[u8; 32],
    layout: &Layout,
    file: &'f [u8],
) -> Result<&'f [u8], FileError> {
    let from = if kind == Kind::Answer { Side::Adults } else { Side::Children };
    let (_, body) = read_file(kind, from, &session.id, Some(follows), file)?;
    let (tests, rest) = postcard::take_from_bytes::<Tests>(body).map_err(|error| FileError::body(kind, error))?;
    let (found, expected) = (tests.ciphers.len() + rest.len(), layout.len() * CIPHER);
    match found == expected && rest.is_empty() {
        true => Ok(tests.ciphers),
        false => Err(FileError::Count { what: "bytes of tests", found, expected }),
    }
}

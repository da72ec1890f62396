//! Both shares together: which pairs are hits.

use crate::container::FileError;
use crate::course::Course;
use crate::key::Session;
use crate::points::{CIPHER, Cipher};
use crate::shares::read_shares;
use crate::terms::Side;
use curve25519_dalek::{ristretto::RistrettoPoint, traits::IsIdentity};
use rayon::prelude::*;

/// A pair that is a hit: positions (0-based) in the ballots and in the answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hit {
    /// The child.
    pub child: usize,
    /// The adult.
    pub adult: usize,
}

/// The pairs that are hits, ascending.
///
/// # Errors
/// A file that is refused; a proof that does not hold; a pair with two scores.
pub fn open(session: &Session, course: Course<'_>, children: &[u8], adults: &[u8]) -> Result<Vec<Hit>, FileError> {
    let (layout, _) = course.read(session)?;
    let elements = elements(session, course, children, adults)?;
    let zeros = elements.iter().enumerate().filter(|(_, element)| element.is_identity());
    let mut hits: Vec<Hit> = Vec::new();
    for (child, adult) in zeros.map(|(test, _)| layout.pair(test)) {
        if hits.last() == Some(&Hit { child, adult }) {
            let pair = format!("child {}, adult {}", child + 1, adult + 1);
            return Err(FileError::Deviation(format!("{pair}: found two scores of one pair, expected at most one")));
        }
        hits.push(Hit { child, adult });
    }
    Ok(hits)
}

/// What every test decrypts to, as an element of the group in 32 bytes: zeros for a hit, anything else otherwise.
///
/// # Errors
/// As [`open`].
pub fn decrypted(
    session: &Session,
    course: Course<'_>,
    children: &[u8],
    adults: &[u8],
) -> Result<Vec<[u8; 32]>, FileError> {
    Ok(elements(session, course, children, adults)?.iter().map(|element| element.compress().to_bytes()).collect())
}

fn elements(
    session: &Session,
    course: Course<'_>,
    children: &[u8],
    adults: &[u8],
) -> Result<Vec<RistrettoPoint>, FileError> {
    let (layout, ciphers) = course.read(session)?;
    let of_children = read_shares(session, Side::Children, course, children)?;
    let of_adults = read_shares(session, Side::Adults, course, adults)?;
    let open = |(test, (cipher, (one, other))): (usize, (&[u8], (&RistrettoPoint, &RistrettoPoint)))| {
        Ok(Cipher::read(cipher, || layout.place(test))?.blinded - one - other)
    };
    let shares = of_children.par_iter().zip(&of_adults);
    ciphers.par_chunks_exact(CIPHER).zip(shares).enumerate().map(open).collect()
}

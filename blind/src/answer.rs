//! The adults' side's answer: for each pair and each score v that is a hit an encryption of r (S − v).

use crate::ballots::{Ballots, read_ballots};
use crate::container::{FileError, Kind, write_file};
use crate::input::{Adults, Input};
use crate::key::Session;
use crate::points::{CIPHER, Cipher};
use crate::secret::{Secret, Seed, shuffled};
use crate::sum::{Sum, weighted};
use crate::terms::Side;
use curve25519_dalek::{constants::RISTRETTO_BASEPOINT_POINT, ristretto::RistrettoPoint, scalar::Scalar};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The body of answers and blinded answers: ciphertexts of 64 bytes, by child, then by adult, in the files' orders.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tests<'f> {
    #[serde(borrow, with = "serde_bytes")]
    pub(crate) ciphers: &'f [u8],
}

/// The answer to a ballots file, whose proofs are checked first. Adults stand in a random order ([`Session::order`]), and so do the
/// tests of each pair.
///
/// # Errors
/// Secrets or input other than those behind the key file; ballots that are refused.
pub fn answer(session: &Session, secret: &Secret, adults: &Adults, ballots: &[u8]) -> Result<Vec<u8>, FileError> {
    session.check_own(secret, Input::Adults(adults))?;
    answer_ballots(session, &secret.seed, adults, &read_ballots(session, ballots)?)
}

/// The same from the seed, which an auditor has.
pub(crate) fn answer_ballots(
    session: &Session,
    seed: &Seed,
    adults: &Adults,
    ballots: &Ballots,
) -> Result<Vec<u8>, FileError> {
    let order = session.order(seed, Side::Adults);
    let of_child = |child: usize| answer_child(session, seed, adults, &order, ballots, child);
    let ciphers = (0..ballots.choices.len()).into_par_iter().map(of_child).collect::<Vec<_>>().concat();
    let body = postcard::to_stdvec(&Tests { ciphers: &ciphers }).map_err(FileError::unwritable)?;
    write_file(Kind::Answer, Side::Adults, &session.id, Some(&ballots.digest), &body)
}

fn answer_child(
    session: &Session,
    seed: &Seed,
    adults: &Adults,
    order: &[usize],
    ballots: &Ballots,
    child: usize,
) -> Vec<u8> {
    let typed = &ballots.typed[child];
    let loci: Vec<usize> = (0..typed.len()).filter(|&locus| typed[locus]).collect();
    let sums = |(choice, &locus): (&Vec<Cipher>, &usize)| -> Vec<Sum> {
        adults.rows[locus].iter().map(|row| weighted(choice, row)).collect()
    };
    let by_locus: Vec<Vec<Sum>> = ballots.choices[child].iter().zip(&loci).map(sums).collect();
    let tests = session.terms.tests(typed);
    let mut bytes = Vec::with_capacity(order.len() * tests * CIPHER);
    for (position, &adult) in order.iter().enumerate() {
        let of_adult = loci.iter().zip(&by_locus);
        let entries = of_adult.filter_map(|(&locus, sums)| Some(&sums[adults.adults[adult].rows[locus]? as usize]));
        let score = entries.fold(Sum::zero(), |sum, entry| sum.plus(entry));
        write_tests(session, seed, &ballots.digest, [child, position], typed, score, &mut bytes);
    }
    bytes
}

/// Writes r (S − v) for each v that is a hit, in a random order.
fn write_tests(
    session: &Session,
    seed: &Seed,
    ballots: &[u8; 32],
    pair: [usize; 2],
    typed: &[bool],
    score: Sum,
    bytes: &mut Vec<u8>,
) {
    let hits = session.terms.hits(typed);
    let mut random = seed.stream("answer", ballots, pair);
    let mut blinded = score.encrypted.blinded - times_base(hits.start() - score.known);
    let differences: Vec<RistrettoPoint> = hits
        .map(|_| {
            let difference = blinded;
            blinded -= RISTRETTO_BASEPOINT_POINT;
            difference
        })
        .collect();
    for test in shuffled(differences.len(), &mut random) {
        let difference = Cipher { random: score.encrypted.random, blinded: differences[test] };
        difference.masked(session, &mut random).write(bytes);
    }
}

fn times_base(factor: i32) -> RistrettoPoint {
    let magnitude = RistrettoPoint::mul_base(&Scalar::from(factor.unsigned_abs()));
    if factor < 0 { -magnitude } else { magnitude }
}

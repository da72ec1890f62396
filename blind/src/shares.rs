//! What the two halves of the key make of the tests: partial decryptions x R, with the proof that x is the half of the key file.
//!
//! One proof serves a thousand tests: with weights ρ drawn from a hash of all of them, Σ ρ (x R) = x (Σ ρ R) shows that every one is
//! right but with a chance of 2⁻¹²⁸ (Bellare, Garay and Rabin 1998, small exponents), and that is one proof of equal logarithms (Chaum and Pedersen 1992).

use crate::container::{FileError, Kind, digest_of, read_file, write_file};
use crate::course::Course;
use crate::key::Session;
use crate::points::{CIPHER, Cipher, ELEMENT, Layout, read_element};
use crate::secret::Secret;
use crate::terms::Side;
use curve25519_dalek::{ristretto::RistrettoPoint, scalar::Scalar, traits::VartimeMultiscalarMul};
use elastic_elgamal::{LogEqualityProof, PublicKey, group::Ristretto};
use merlin::Transcript;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

/// Tests that share a proof.
const AT_ONCE: usize = 1024;

/// The body of a shares file.
#[derive(Serialize, Deserialize)]
struct Decrypted {
    /// By test: 32 bytes.
    elements: ByteBuf,
    /// By 1,024 tests.
    proofs: Vec<LogEqualityProof<Ristretto>>,
}

/// What a proof is about.
struct Statement<'f> {
    session: &'f Session,
    layout: &'f Layout,
    side: Side,
    /// SHA-256 of the blinded answer.
    blinded: [u8; 32],
    /// Which thousand (0-based).
    number: usize,
    /// Their ciphertexts.
    ciphers: &'f [u8],
}

/// A side's partial decryptions of a blinded answer. They must not be sent before the other side's [`commitment`] is there.
///
/// # Errors
/// A secret other than the one behind the key file; a file that is refused.
pub fn shares(session: &Session, secret: &Secret, course: Course<'_>) -> Result<Vec<u8>, FileError> {
    session.check_half(secret)?;
    let (layout, ciphers) = course.read(session)?;
    let blinded = digest_of(course.blinded);
    let prove = |(number, ciphers)| {
        Statement { session, layout: &layout, side: secret.side, blinded, number, ciphers }.prove(secret)
    };
    let parts = ciphers.par_chunks(AT_ONCE * CIPHER).enumerate().map(prove).collect::<Result<Vec<_>, _>>()?;
    let (elements, proofs): (Vec<Vec<u8>>, _) = parts.into_iter().unzip();
    let decrypted = Decrypted { elements: ByteBuf::from(elements.concat()), proofs };
    let body = postcard::to_stdvec(&decrypted).map_err(FileError::unwritable)?;
    write_file(Kind::Shares, secret.side, &session.id, Some(&blinded), &body)
}

/// A promise of a shares file: its SHA-256.
///
/// # Errors
/// A shares file that is refused.
pub fn commitment(session: &Session, side: Side, shares: &[u8]) -> Result<Vec<u8>, FileError> {
    let (header, _) = crate::read_header(shares)?;
    if header.kind != Kind::Shares {
        return Err(FileError::Kind { found: (header.kind, header.from), expected: (Kind::Shares, side) });
    }
    let body = postcard::to_stdvec(&digest_of(shares)).map_err(FileError::unwritable)?;
    write_file(Kind::Commitment, side, &session.id, None, &body)
}

/// Checks a commitment, and that a shares file, where there is one, is the one promised.
///
/// # Errors
/// A commitment that is refused; a shares file that is another.
pub fn check_commitment(
    session: &Session,
    side: Side,
    commitment: &[u8],
    shares: Option<&[u8]>,
) -> Result<(), FileError> {
    let (_, body) = read_file(Kind::Commitment, side, &session.id, None, commitment)?;
    let promised: [u8; 32] = postcard::from_bytes(body).map_err(|error| FileError::body(Kind::Commitment, error))?;
    match shares.is_none_or(|shares| digest_of(shares) == promised) {
        true => Ok(()),
        false => {
            Err(FileError::Deviation(format!("the shares of the {} side are not those that it promised", side.name())))
        }
    }
}

/// The elements of a shares file, once every proof holds.
pub(crate) fn read_shares(
    session: &Session,
    side: Side,
    course: Course<'_>,
    file: &[u8],
) -> Result<Vec<RistrettoPoint>, FileError> {
    let (layout, ciphers) = course.read(session)?;
    let blinded = digest_of(course.blinded);
    let (_, body) = read_file(Kind::Shares, side, &session.id, Some(&blinded), file)?;
    let (decrypted, rest) =
        postcard::take_from_bytes::<Decrypted>(body).map_err(|error| FileError::body(Kind::Shares, error))?;
    let count = |what, found, expected| match found == expected {
        true => Ok(()),
        false => Err(FileError::Count { what, found, expected }),
    };
    count("bytes after the shares", rest.len(), 0)?;
    count("bytes of shares", decrypted.elements.len(), layout.len() * ELEMENT)?;
    count("proofs", decrypted.proofs.len(), layout.len().div_ceil(AT_ONCE))?;
    let verify = |(number, ((ciphers, elements), proof))| {
        Statement { session, layout: &layout, side, blinded, number, ciphers }.verify(elements, proof)
    };
    let parts = ciphers.par_chunks(AT_ONCE * CIPHER).zip(decrypted.elements.par_chunks(AT_ONCE * ELEMENT));
    let parts = parts.zip(&decrypted.proofs).enumerate().map(verify);
    Ok(parts.collect::<Result<Vec<_>, _>>()?.concat())
}

impl Statement<'_> {
    fn prove(&self, secret: &Secret) -> Result<(Vec<u8>, LogEqualityProof<Ristretto>), FileError> {
        let half = secret.key.secret();
        let random = self.random_elements()?;
        let decrypted: Vec<RistrettoPoint> = random.iter().map(|random| random * half.expose_scalar()).collect();
        let bytes: Vec<u8> = decrypted.iter().flat_map(|element| element.compress().to_bytes()).collect();
        let (base, power) = self.combined(&random, &decrypted, &bytes)?;
        let powers = (self.session.half(self.side).as_element(), power);
        let mut nonce = secret.seed.stream("shares", &self.context(&bytes), [self.number, 0]);
        let proof = LogEqualityProof::new(&base, half, powers, &mut self.transcript(), &mut nonce);
        Ok((bytes, proof))
    }

    fn verify(&self, bytes: &[u8], proof: &LogEqualityProof<Ristretto>) -> Result<Vec<RistrettoPoint>, FileError> {
        let random = self.random_elements()?;
        let read = |(at, bytes)| read_element(bytes, || self.place(at));
        let decrypted = bytes.chunks_exact(ELEMENT).enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let (base, power) = self.combined(&random, &decrypted, bytes)?;
        let powers = (self.session.half(self.side).as_element(), power);
        let proved = proof.verify(&base, powers, &mut self.transcript());
        let refuse = |error: elastic_elgamal::VerificationError| FileError::Proof {
            place: format!("shares of the {} side, from {}", self.side.name(), self.place(0)),
            message: error.to_string(),
        };
        proved.map(|()| decrypted).map_err(refuse)
    }

    fn place(&self, at: usize) -> String {
        self.layout.place(self.number * AT_ONCE + at)
    }

    fn random_elements(&self) -> Result<Vec<RistrettoPoint>, FileError> {
        let read = |(at, cipher)| Ok(Cipher::read(cipher, || self.place(at))?.random);
        self.ciphers.chunks_exact(CIPHER).enumerate().map(read).collect()
    }

    /// What the weights are drawn from: everything that the proof is about.
    fn context(&self, decrypted: &[u8]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"filia-blind shares 1\n").chain_update(self.session.id);
        let hash = hash.chain_update(self.blinded).chain_update([self.side as u8]);
        hash.chain_update((self.number as u64).to_le_bytes()).chain_update(decrypted).finalize().into()
    }

    /// Σ ρ R, as the base of the proof, and Σ ρ D.
    fn combined(
        &self,
        random: &[RistrettoPoint],
        decrypted: &[RistrettoPoint],
        bytes: &[u8],
    ) -> Result<(PublicKey<Ristretto>, RistrettoPoint), FileError> {
        let mut stream = ChaCha20Rng::from_seed(self.context(bytes));
        let weight = || Scalar::from(u128::from(stream.next_u64()) << 64 | u128::from(stream.next_u64()));
        let weights: Vec<Scalar> = std::iter::repeat_with(weight).take(random.len()).collect();
        let base = RistrettoPoint::vartime_multiscalar_mul(&weights, random);
        let base = PublicKey::from_bytes(base.compress().as_bytes())
            .map_err(|error| FileError::Point { place: self.place(0), message: error.to_string() })?;
        Ok((base, RistrettoPoint::vartime_multiscalar_mul(&weights, decrypted)))
    }

    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(b"filia-blind shares 1");
        transcript.append_message(b"session", &self.session.id);
        transcript.append_message(b"blinded", &self.blinded);
        transcript.append_message(b"side", self.side.name().as_bytes());
        transcript.append_u64(b"number", self.number as u64);
        transcript
    }
}

//! The joint key, in two halves.
//!
//! Each side draws x and publishes K = x G with a proof that it knows x (Schnorr, bound to terms, side and seal); the joint key is
//! the sum. Nobody can choose its half so that it knows the sum's logarithm, for it must know its own; so nobody decrypts alone.

use crate::container::{FileError, Kind, digest_of, read_file, write_file};
use crate::input::Input;
use crate::secret::{Secret, Seed, shuffled};
use crate::terms::{Side, Terms};
use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint};
use elastic_elgamal::{ProofOfPossession, PublicKey, group::Ristretto};
use merlin::Transcript;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The body of a key file.
#[derive(Serialize, Deserialize)]
struct Half {
    key: PublicKey<Ristretto>,
    seal: [u8; 32],
    possession: ProofOfPossession<Ristretto>,
}

/// A side's half of the joint key, and the seal of its seed and input.
///
/// # Errors
/// Terms that cannot be kept; input that does not keep them.
pub fn key_file(terms: &Terms, secret: &Secret, input: Input<'_>) -> Result<Vec<u8>, FileError> {
    terms.check()?;
    input.check(terms)?;
    let (side, digest) = (secret.side, terms.digest());
    let seal = secret.seed.seal(&digest, side, &input.digest());
    let mut random = secret.seed.stream("possession", &seal, [side as usize, 0]);
    let pair = std::slice::from_ref(&secret.key);
    let possession = ProofOfPossession::new(pair, &mut transcript(&digest, side, &seal), &mut random);
    let half = Half { key: secret.key.public().clone(), seal, possession };
    write_file(Kind::Key, side, &digest, None, &postcard::to_stdvec(&half).map_err(FileError::unwritable)?)
}

fn transcript(terms: &[u8; 32], side: Side, seal: &[u8; 32]) -> Transcript {
    let mut transcript = Transcript::new(b"filia-blind key 1");
    transcript.append_message(b"terms", terms);
    transcript.append_message(b"side", side.name().as_bytes());
    transcript.append_message(b"seal", seal);
    transcript
}

/// An exchange whose joint key is known: what every later file is bound to.
pub struct Session {
    /// What was agreed.
    pub terms: Terms,
    /// SHA-256 of the terms and both key files.
    pub id: [u8; 32],
    pub(crate) joint: PublicKey<Ristretto>,
    /// Multiples of the joint key, for quick multiplication.
    pub(crate) multiples: RistrettoBasepointTable,
    halves: [Half; 2],
}

impl Session {
    /// Joins the two key files.
    ///
    /// # Errors
    /// A file that is refused; a proof that does not hold.
    pub fn join(terms: Terms, children: &[u8], adults: &[u8]) -> Result<Self, FileError> {
        terms.check()?;
        let digest = terms.digest();
        let halves = [read_half(&digest, Side::Children, children)?, read_half(&digest, Side::Adults, adults)?];
        let sum: RistrettoPoint = halves.iter().map(|half| half.key.as_element()).sum();
        let joint = PublicKey::from_bytes(sum.compress().as_bytes())
            .map_err(|_| FileError::Deviation("the two halves of the key cancel".to_owned()))?;
        let hash = Sha256::new().chain_update(b"filia-blind session 1\n").chain_update(digest);
        let id = hash.chain_update(digest_of(children)).chain_update(digest_of(adults)).finalize().into();
        Ok(Self { terms, id, joint, multiples: RistrettoBasepointTable::create(&sum), halves })
    }

    /// Where a side's people stand in its files: their positions in its input (0-based), in a random order.
    pub fn order(&self, seed: &Seed, side: Side) -> Vec<usize> {
        let people = match side {
            Side::Children => self.terms.children,
            Side::Adults => self.terms.adults,
        };
        shuffled(people as usize, &mut seed.stream("order", &self.id, [side as usize, 0]))
    }

    pub(crate) fn half(&self, side: Side) -> &PublicKey<Ristretto> {
        &self.halves[side as usize].key
    }

    /// Checks that a side's secrets and input are those of its key file.
    pub(crate) fn check_own(&self, secret: &Secret, input: Input<'_>) -> Result<(), FileError> {
        self.check_half(secret)?;
        self.check_seal(&secret.seed, input)
    }

    /// Checks that a half of the key is the one of its key file.
    pub(crate) fn check_half(&self, secret: &Secret) -> Result<(), FileError> {
        match secret.key.public() == self.half(secret.side) {
            true => Ok(()),
            false => Err(FileError::Deviation(format!(
                "the secret of the {} side is not the one behind its key file",
                secret.side.name()
            ))),
        }
    }

    /// Checks that seed and input are those that the side sealed.
    pub(crate) fn check_seal(&self, seed: &Seed, input: Input<'_>) -> Result<(), FileError> {
        input.check(&self.terms)?;
        let side = input.side();
        let seal = seed.seal(&self.terms.digest(), side, &input.digest());
        if seal == self.halves[side as usize].seal { Ok(()) } else { Err(FileError::Seal { side }) }
    }
}

fn read_half(terms: &[u8; 32], side: Side, file: &[u8]) -> Result<Half, FileError> {
    let (_, body) = read_file(Kind::Key, side, terms, None, file)?;
    let half: Half = postcard::from_bytes(body).map_err(|error| FileError::body(Kind::Key, error))?;
    let proved = half.possession.verify(std::iter::once(&half.key), &mut transcript(terms, side, &half.seal));
    match proved {
        Ok(()) => Ok(half),
        Err(error) => {
            Err(FileError::Proof { place: format!("key of the {} side", side.name()), message: error.to_string() })
        }
    }
}

//! What a side keeps to itself, and the random streams made from it.

use crate::container::{FileError, Kind, read_file, write_file};
use crate::terms::{Side, Terms};
use elastic_elgamal::{Keypair, SecretKey, group::Ristretto};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 bytes from which everything random in a side's files is made, its half of the key apart. An auditor gets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// This seed.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A stream of random numbers for one purpose. `context` names all that is stated with it: one stream never serves two statements,
    /// for a proof's nonce that served two would give its secret away.
    pub(crate) fn stream(&self, purpose: &str, context: &[u8; 32], numbers: [usize; 2]) -> ChaCha20Rng {
        let mut hash = Sha256::new().chain_update(b"filia-blind stream 1\n").chain_update(self.0);
        hash.update(Sha256::digest(purpose));
        hash.update(context);
        numbers.iter().for_each(|&number| hash.update((number as u64).to_le_bytes()));
        let seed = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
        ChaCha20Rng::from_seed(*seed)
    }

    /// The seal of an input under terms: SHA-256, which shows nothing of the input to who does not know the seed.
    pub(crate) fn seal(&self, terms: &[u8; 32], side: Side, input: &[u8; 32]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(b"filia-blind seal 1\n").chain_update(terms);
        hash.chain_update([side as u8]).chain_update(self.0).chain_update(input).finalize().into()
    }
}

/// What a side keeps to itself: its seed and its half of the key.
pub struct Secret {
    /// Whose it is.
    pub side: Side,
    /// The seed.
    pub seed: Seed,
    pub(crate) key: Keypair<Ristretto>,
}

/// 0 to n − 1 in a random order (Fisher and Yates; n is so small beside 2⁶⁴ that the remainder's bias is nothing).
pub(crate) fn shuffled(n: usize, random: &mut impl RngCore) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

/// The body of a secret file.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    seed: [u8; 32],
    key: [u8; 32],
}

impl Secret {
    /// New secrets of a side. Give the operating system's generator, and a seeded one only in a test.
    pub fn generate(side: Side, source: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        source.fill_bytes(&mut *seed);
        Self { side, seed: Seed(*seed), key: Keypair::generate(source) }
    }

    /// New secrets from the operating system's generator.
    pub fn from_system(side: Side) -> Self {
        Self::generate(side, &mut rand_core::OsRng)
    }

    /// The secret file, which never leaves the side.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_file(&self, terms: &Terms) -> Result<Zeroizing<Vec<u8>>, FileError> {
        let kept = Kept { seed: self.seed.0, key: self.key.secret().expose_scalar().to_bytes() };
        let body = Zeroizing::new(postcard::to_stdvec(&kept).map_err(FileError::unwritable)?);
        write_file(Kind::Secret, self.side, &terms.digest(), None, &body).map(Zeroizing::new)
    }

    /// Reads a secret file.
    ///
    /// # Errors
    /// A file that is none, or belongs to another agreement.
    pub fn from_file(terms: &Terms, side: Side, bytes: &[u8]) -> Result<Self, FileError> {
        let (_, body) = read_file(Kind::Secret, side, &terms.digest(), None, bytes)?;
        let kept: Kept = postcard::from_bytes(body).map_err(|error| FileError::body(Kind::Secret, error))?;
        let key = SecretKey::<Ristretto>::from_bytes(&kept.key);
        let key = key.ok_or_else(|| FileError::body(Kind::Secret, "the key is no scalar"))?;
        Ok(Self { side, seed: Seed(kept.seed), key: key.into() })
    }
}

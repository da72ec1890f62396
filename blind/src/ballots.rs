//! The children's ballots: at each locus an encrypted one-hot choice among its classes, with the proof that it is exactly one.

use crate::container::{FileError, Kind, digest_of, read_file, write_file};
use crate::input::{Child, Input};
use crate::key::Session;
use crate::points::{Cipher, Layout};
use crate::secret::{Secret, Seed};
use crate::terms::Side;
use elastic_elgamal::app::{ChoiceParams, EncryptedChoice, SingleChoice};
use elastic_elgamal::group::Ristretto;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::HashMap;

type Choice = EncryptedChoice<Ristretto, SingleChoice>;

/// The body of a ballots file.
#[derive(Serialize, Deserialize)]
struct Cast {
    /// By child and locus.
    typed: Vec<Vec<bool>>,
    /// By child: postcard of its choices at the loci where it was typed, in their order.
    choices: Vec<ByteBuf>,
}

/// Ballots whose proofs hold.
pub struct Ballots {
    /// SHA-256 of the file.
    pub(crate) digest: [u8; 32],
    /// At which loci each child was typed, in the file's order.
    pub typed: Vec<Vec<bool>>,
    /// By child and typed locus: the ciphertext of each class.
    pub(crate) choices: Vec<Vec<Vec<Cipher>>>,
}

/// The ballots file. Its children stand in a random order ([`Session::order`]).
///
/// # Errors
/// Secrets or input other than those behind the key file.
pub fn ballots(session: &Session, secret: &Secret, children: &[Child]) -> Result<Vec<u8>, FileError> {
    session.check_own(secret, Input::Children(children))?;
    cast(session, &secret.seed, children)
}

/// The same from the seed, which an auditor has.
pub(crate) fn cast(session: &Session, seed: &Seed, children: &[Child]) -> Result<Vec<u8>, FileError> {
    let order = session.order(seed, Side::Children);
    let typed = order.iter().map(|&child| children[child].typed()).collect();
    let encrypt = |(position, &child): (usize, &usize)| {
        let choices = encrypt_child(session, seed, position, &children[child]);
        postcard::to_stdvec(&choices).map(ByteBuf::from).map_err(FileError::unwritable)
    };
    let choices = order.par_iter().enumerate().map(encrypt).collect::<Result<_, _>>()?;
    let body = postcard::to_stdvec(&Cast { typed, choices }).map_err(FileError::unwritable)?;
    write_file(Kind::Ballots, Side::Children, &session.id, None, &body)
}

fn encrypt_child(session: &Session, seed: &Seed, position: usize, child: &Child) -> Vec<Choice> {
    let typed = session.terms.loci.iter().zip(&child.classes).enumerate();
    let chosen = typed.filter_map(|(locus, (terms, class))| {
        let params = ChoiceParams::single(session.joint.clone(), terms.classes as usize);
        let mut random = seed.stream("ballot", &session.id, [position, locus]);
        class.map(|class| Choice::single(&params, class as usize, &mut random))
    });
    chosen.collect()
}

/// Reads a ballots file and checks every proof.
///
/// # Errors
/// A file that is refused; another number of children, loci or classes than agreed; a proof that does not hold; a ballot that is another's.
pub fn read_ballots(session: &Session, file: &[u8]) -> Result<Ballots, FileError> {
    let cast = read_cast(session, file)?;
    refuse_repeated(&cast.choices)?;
    let read =
        |(position, (bytes, typed)): (usize, (&ByteBuf, &Vec<bool>))| verify_child(session, position, typed, bytes);
    let choices = cast.choices.par_iter().zip(&cast.typed).enumerate().map(read).collect::<Result<_, _>>()?;
    Ok(Ballots { digest: digest_of(file), typed: cast.typed, choices })
}

/// Where the tests stand that answer a ballots file, its proofs unchecked.
pub(crate) fn read_layout(session: &Session, file: &[u8]) -> Result<Layout, FileError> {
    Ok(Layout::new(session, &read_cast(session, file)?.typed))
}

fn read_cast(session: &Session, file: &[u8]) -> Result<Cast, FileError> {
    let (_, body) = read_file(Kind::Ballots, Side::Children, &session.id, None, file)?;
    let (cast, rest) =
        postcard::take_from_bytes::<Cast>(body).map_err(|error| FileError::body(Kind::Ballots, error))?;
    let terms = &session.terms;
    let count = |what, found, expected| match found == expected {
        true => Ok(()),
        false => Err(FileError::Count { what, found, expected }),
    };
    count("bytes after the ballots", rest.len(), 0)?;
    count("ballots", cast.typed.len(), terms.children as usize)?;
    count("ballots with choices", cast.choices.len(), terms.children as usize)?;
    for (position, typed) in (1..).zip(&cast.typed) {
        count("loci of a ballot", typed.len(), terms.loci.len())?;
        let found = typed.iter().filter(|typed| **typed).count();
        if found < terms.least_loci as usize {
            return Err(crate::InputError::TooFewLoci { position, found, least: terms.least_loci }.into());
        }
    }
    Ok(cast)
}

/// One ballot under two names would be one child entered twice.
fn refuse_repeated(choices: &[ByteBuf]) -> Result<(), FileError> {
    let mut first: HashMap<&[u8], usize> = HashMap::new();
    for (position, bytes) in (1..).zip(choices) {
        if let Some(other) = first.insert(bytes, position) {
            return Err(FileError::Deviation(format!("ballot {position} is ballot {other} again")));
        }
    }
    Ok(())
}

fn verify_child(
    session: &Session,
    position: usize,
    typed: &[bool],
    bytes: &[u8],
) -> Result<Vec<Vec<Cipher>>, FileError> {
    let refuse = |message: String| FileError::body(Kind::Ballots, format!("ballot {}: {message}", position + 1));
    let (choices, rest) = postcard::take_from_bytes::<Vec<Choice>>(bytes).map_err(|error| refuse(error.to_string()))?;
    let loci: Vec<_> = session.terms.loci.iter().zip(typed).filter(|(_, typed)| **typed).collect();
    if !rest.is_empty() || choices.len() != loci.len() {
        let (found, expected) = (choices.len(), loci.len());
        return Err(refuse(format!(
            "found {found} choices and {} bytes more, expected {expected} choices",
            rest.len()
        )));
    }
    let verify = |(choice, (locus, _)): (&Choice, &(&crate::LocusTerms, &bool))| {
        let params = ChoiceParams::single(session.joint.clone(), locus.classes as usize);
        let place = || format!("ballot {}, {}", position + 1, locus.name);
        let proved =
            choice.verify(&params).map_err(|error| FileError::Proof { place: place(), message: error.to_string() })?;
        let cipher = |choice: &elastic_elgamal::Ciphertext<Ristretto>| Cipher {
            random: *choice.random_element(),
            blinded: *choice.blinded_element(),
        };
        Ok(proved.iter().map(cipher).collect())
    };
    choices.iter().zip(&loci).map(verify).collect()
}

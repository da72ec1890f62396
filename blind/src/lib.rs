//! Which pairs of two lists score enough, found without either side showing its list.
//!
//! One side holds children, the other adults. This crate knows no genetics: a child is a class (0-based) at each locus where it
//! was typed, an adult a row of integers at each locus, one for each class, and a pair's score is the sum over the child's loci of
//! `row[class]`. A pair is a hit where the score is one of the values that [`Terms::hits`] names.
//!
//! | step | who | makes |
//! | --- | --- | --- |
//! | [`key_file`] | both | half of the joint key, and the seal of seed and input |
//! | [`ballots`] | children's side | an encrypted one-hot choice at each locus of each child, with proofs |
//! | [`answer`] | adults' side | for each pair and each hit value v an encryption of r (S − v), r random |
//! | [`blind`] | children's side | the same with a second random factor, which the adults' side does not know |
//! | [`shares`] | both | what the two halves of the key make of it, with proofs; [`commitment`] first |
//! | [`open`] | both | the pairs with a zero |
//!
//! Each step takes whole files as bytes and gives whole files as bytes ([`read_header`] says what one is); it reads and writes
//! nothing itself. What each side learns, and what is not protected, stands in `docs/src/blind.md`.

mod answer;
mod audit;
mod ballots;
mod blinding;
mod clear;
mod container;
mod course;
mod input;
mod key;
mod opening;
mod points;
mod secret;
mod shares;
mod sum;
mod terms;

pub use answer::answer;
pub use audit::{audit_answer, audit_ballots, audit_blinded, disclose, read_disclosed};
pub use ballots::{Ballots, ballots, read_ballots};
pub use blinding::blind;
pub use clear::clear_hits;
pub use container::{FileError, Header, Kind, digest_of, read_header};
pub use course::Course;
pub use input::{Adult, Adults, Child, Input, InputError};
pub use key::{Session, key_file};
pub use opening::{Hit, decrypted, open};
pub use secret::{Secret, Seed};
pub use shares::{check_commitment, commitment, shares};
pub use terms::{LocusTerms, Rule, Side, Terms, TermsError};

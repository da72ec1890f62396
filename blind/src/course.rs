//! The files of an exchange up to its opening, each of which follows the one before it.

use crate::ballots::read_layout;
use crate::blinding::read_ciphers;
use crate::container::{FileError, Kind, digest_of};
use crate::key::Session;
use crate::points::Layout;

/// The files of an exchange up to its opening.
#[derive(Clone, Copy)]
pub struct Course<'f> {
    /// The ballots.
    pub ballots: &'f [u8],
    /// The answer.
    pub answer: &'f [u8],
    /// The blinded answer.
    pub blinded: &'f [u8],
}

impl Course<'_> {
    /// The ciphertexts of the blinded answer, and where they stand.
    pub(crate) fn read(&self, session: &Session) -> Result<(Layout, &[u8]), FileError> {
        let layout = read_layout(session, self.ballots)?;
        read_ciphers(session, Kind::Answer, &digest_of(self.ballots), &layout, self.answer)?;
        let ciphers = read_ciphers(session, Kind::Blinded, &digest_of(self.answer), &layout, self.blinded)?;
        Ok((layout, ciphers))
    }
}

//! From the bytes of a cell straight to its code: the same few hundred cells come again and again.

use crate::profile::Code;
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// Up to 15 bytes and their number, in one word.
pub type CellKey = u128;

/// The key of one locus's cells in a row; `None` where they are too long to be kept.
pub fn cell_key<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Option<CellKey> {
    let mut bytes = [0_u8; 16];
    let mut length = 0;
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            *bytes.get_mut(length)? = b'\n';
            length += 1;
        }
        bytes.get_mut(length..length + cell.len())?.copy_from_slice(cell);
        length += cell.len();
    }
    if length > 15 {
        return None;
    }
    bytes[15] = length as u8;
    Some(u128::from_le_bytes(bytes))
}

/// The codes of the cells that were read without a problem.
pub type CellCache = HashMap<CellKey, Code, BuildHasherDefault<FoldHasher>>;

/// Multiplies and folds; the keys are short texts from the user's own file.
#[derive(Default)]
pub struct FoldHasher(u64);

/// The fractional part of the golden ratio, as 64 bits, made odd: spreads neighbouring keys (Knuth, TAOCP 3, 6.4).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for FoldHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u128(u128::from(byte)));
    }

    fn write_u128(&mut self, key: u128) {
        let mixed = (key as u64 ^ self.0 ^ ((key >> 64) as u64).rotate_left(29)) ^ MULTIPLIER;
        let product = u128::from(mixed) * u128::from(MULTIPLIER);
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_cells_apart() {
        let key = |cells: &[&[u8]]| cell_key(cells.iter().copied());
        assert_ne!(key(&[b"13", b"14"]), key(&[b"1", b"314"]));
        assert_ne!(key(&[b""]), key(&[b"\0"]));
        assert_ne!(key(&[b"13", b""]), key(&[b"13"]));
        assert!(key(&[b"123456789012345"]).is_some());
        assert_eq!(key(&[b"1234567890123456"]), None);
        assert_eq!(key(&[b"123456789012345", b""]), None);
    }
}

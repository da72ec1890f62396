//! From the bytes of a cell straight to its code: the same few hundred cells come again and again.

use crate::{
    io::delimited::Record,
    profile::{Code, MISSING},
};

/// Up to 15 bytes and their number plus one, in one word; never 0.
pub type CellKey = u128;

const LONGEST: usize = 15;

/// The key of the cells of one locus; `None` where they are too long to be kept, or not as they stand in the file.
///
/// Neighbouring cells are taken as they stand, with quotes and separators; others one after the other.
#[inline]
pub fn cell_key(record: &Record<'_>, columns: &[usize]) -> Option<CellKey> {
    let (&first, &last) = (columns.first()?, columns.last()?);
    if last + 1 - first != columns.len() {
        return joined_key(columns.iter().map(|&at| record.cell(at)));
    }
    let (bytes, length) = record.span(first, last)?;
    if length > LONGEST {
        return None;
    }
    let Some(word) = bytes.first_chunk() else { return text_key(&bytes[..length]) };
    let used = (1 << (8 * length)) - 1;
    Some(u128::from_le_bytes(*word) & used | with_length(length))
}

/// The key of one text.
pub fn text_key(text: &[u8]) -> Option<CellKey> {
    joined_key(std::iter::once(text))
}

fn with_length(length: usize) -> CellKey {
    (length as u128 + 1) << (8 * LONGEST)
}

fn joined_key<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Option<CellKey> {
    let mut bytes = [0_u8; LONGEST + 1];
    let mut length = 0;
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            *bytes.get_mut(length)? = b'\n';
            length += 1;
        }
        bytes.get_mut(length..length + cell.len())?.copy_from_slice(cell);
        length += cell.len();
    }
    (length <= LONGEST).then(|| u128::from_le_bytes(bytes) | with_length(length))
}

/// The codes of the cells that were read without a problem: open addressing, keys and codes apart, at most half full.
#[derive(Clone, Debug)]
pub struct CellCache {
    /// 0: free.
    keys: Vec<CellKey>,
    codes: Vec<Code>,
    filled: usize,
}

/// Slots of a new cache, and of one that takes no more: a locus has some hundred distinct cells.
const FEWEST_SLOTS: usize = 64;
const MOST_SLOTS: usize = 1 << 17;

impl Default for CellCache {
    fn default() -> Self {
        Self::with_slots(FEWEST_SLOTS)
    }
}

impl CellCache {
    fn with_slots(slots: usize) -> Self {
        Self { keys: vec![0; slots], codes: vec![MISSING; slots], filled: 0 }
    }

    /// The code kept for this key.
    #[inline]
    pub fn get(&self, key: CellKey) -> Option<Code> {
        let slot = self.slot(key);
        (self.keys[slot] == key).then(|| self.codes[slot])
    }

    /// Keeps the code for this key, if there is room.
    pub fn insert(&mut self, key: CellKey, code: Code) {
        if 2 * (self.filled + 1) > self.keys.len() {
            if self.keys.len() >= MOST_SLOTS {
                return;
            }
            let larger = Self::with_slots(2 * self.keys.len());
            let smaller = std::mem::replace(self, larger);
            let kept = smaller.keys.into_iter().zip(smaller.codes).filter(|entry| entry.0 != 0);
            kept.for_each(|(key, code)| self.insert(key, code));
        }
        let slot = self.slot(key);
        self.filled += usize::from(self.keys[slot] == 0);
        (self.keys[slot], self.codes[slot]) = (key, code);
    }

    /// The slot of this key, or the free one where it belongs.
    #[inline]
    fn slot(&self, key: CellKey) -> usize {
        let last = self.keys.len() - 1;
        let mut slot = hash(key) & last;
        while self.keys[slot] != key && self.keys[slot] != 0 {
            slot = (slot + 1) & last;
        }
        slot
    }
}

/// The fractional part of the golden ratio, as 64 bits, made odd: spreads neighbouring keys (Knuth, TAOCP 3, 6.4).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiplies and folds; the keys are short texts from the user's own file.
#[inline]
fn hash(key: CellKey) -> usize {
    let mixed = key as u64 ^ ((key >> 64) as u64).rotate_left(29);
    let product = u128::from(mixed) * u128::from(MULTIPLIER);
    (product as u64 ^ (product >> 64) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_cells_apart() {
        let key = |cells: &[&[u8]]| joined_key(cells.iter().copied());
        assert_ne!(key(&[b"13", b"14"]), key(&[b"1", b"314"]));
        assert_ne!(key(&[b""]), key(&[b"\0"]));
        assert_ne!(key(&[b"13", b""]), key(&[b"13"]));
        assert!(key(&[b"123456789012345"]).is_some());
        assert_eq!(key(&[b"1234567890123456"]), None);
        assert_eq!(key(&[b"123456789012345", b""]), None);
    }

    #[test]
    fn what_is_kept_is_found_again() {
        let mut cache = CellCache::default();
        let key = |number: u32| joined_key(std::iter::once(number.to_string().as_bytes())).unwrap();
        for number in 0..5000 {
            assert_eq!(cache.get(key(number)), None);
            cache.insert(key(number), number as Code);
        }
        assert!((0..5000).all(|number| cache.get(key(number)) == Some(number as Code)));
    }
}

//! Where cells end, 64 bytes at a time.
//!
//! Each block of 64 bytes becomes four words with one bit a byte: quotes, separators, line feeds, carriage returns. The
//! running parity of the quote bits says which bytes stand inside quotes, and what is left of separators and line feeds
//! ends a cell (the method of Langdale and Lemire, "Parsing gigabytes of JSON per second", VLDB J 28, 2019,
//! doi:10.1007/s00778-019-00578-5). Cost: about one operation a byte, whatever the cells.
//!
//! Parity is right as long as quotes open at the start of a cell and close at its end. Anything else (`5"`, `"a"b`, a
//! carriage return alone, a quote left open) is [`Irregular`], and the caller reads on with a reader that follows
//! every byte.

/// Text that quote parity cannot tell the cells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Irregular;

const BLOCK: usize = 64;

/// The ends of cells (positions of separators and line feeds outside quotes), one after the other.
pub struct Boundaries<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// Where the current block starts, and the next one.
    block: usize,
    next_block: usize,
    /// The cell ends in the current block that were not yet given out.
    ends: u64,
    /// Those of the ends that end a record.
    line_feeds: u64,
    /// All ones where the current block ends inside quotes.
    quoted: u64,
    /// What must hold of the first byte of the next block, as bit 0.
    carry: Carry,
    /// The end of the last block so far that has doubled quotes or a line feed inside quotes; 0 where none has.
    pub special_until: usize,
}

/// The last byte of the block before, as bit 0 of each word.
struct Carry {
    /// It ended a cell (or there was none): a quote may open.
    end: u64,
    /// It was a quote.
    quote: u64,
    /// It was a quote that closed: the cell must end, or the quote be doubled.
    closed: u64,
    /// It was a carriage return outside quotes: a line feed must follow.
    carriage_return: u64,
}

impl<'a> Boundaries<'a> {
    /// The cell ends of text that starts at the start of a record.
    pub fn new(bytes: &'a [u8], separator: u8) -> Self {
        let carry = Carry { end: 1, quote: 0, closed: 0, carriage_return: 0 };
        let (block, next_block, ends, line_feeds, quoted) = (0, 0, 0, 0, 0);
        Self { bytes, separator, block, next_block, ends, line_feeds, quoted, carry, special_until: 0 }
    }

    /// The next cell end; `None` after the last one.
    ///
    /// # Errors
    /// The block that has the next cell end, or one before it, is irregular.
    #[inline]
    pub fn next_end(&mut self) -> Result<Option<usize>, Irregular> {
        while self.ends == 0 {
            if !self.read_block()? {
                return Ok(None);
            }
        }
        let at = self.block + self.ends.trailing_zeros() as usize;
        self.ends &= self.ends - 1;
        Ok(Some(at))
    }

    /// The end of the last whole record: the position after its line feed.
    ///
    /// # Errors
    /// An irregular block anywhere, an open quote at the end apart.
    pub fn last_record_end(mut self) -> Result<Option<usize>, Irregular> {
        let mut last = None;
        while self.next_block < self.bytes.len() {
            self.read_whole_block()?;
            if self.line_feeds != 0 {
                last = Some(self.block + BLOCK - self.line_feeds.leading_zeros() as usize);
            }
        }
        Ok(last)
    }

    /// Reads the next block, if there is one; at the end of the text nothing may be left open.
    fn read_block(&mut self) -> Result<bool, Irregular> {
        if self.next_block < self.bytes.len() {
            self.read_whole_block()?;
            return Ok(true);
        }
        if self.quoted != 0 || self.bytes.last() == Some(&b'\r') { Err(Irregular) } else { Ok(false) }
    }

    fn read_whole_block(&mut self) -> Result<(), Irregular> {
        let rest = &self.bytes[self.next_block..];
        let masks = match rest.first_chunk() {
            Some(block) => Masks::of(block, self.separator),
            None => {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                Masks::of(&block, self.separator)
            }
        };
        let inside = prefix_parity(masks.quotes) ^ self.quoted;
        let ends = (masks.separators | masks.line_feeds) & !inside;
        let (opening, closing) = (masks.quotes & inside, masks.quotes & !inside);
        let returns = masks.carriage_returns & !inside;
        let after_end = ends << 1 | self.carry.end;
        let after_quote = masks.quotes << 1 | self.carry.quote;
        let after_closing = closing << 1 | self.carry.closed;
        let after_return = returns << 1 | self.carry.carriage_return;
        // Nothing is asked of the bytes beyond the end of the text.
        let within = if rest.len() < BLOCK { (1 << rest.len()) - 1 } else { u64::MAX };
        let stray_opening = opening & !(after_end | after_quote);
        let stray_closing = after_closing & within & !(ends | masks.quotes | returns);
        let stray_return = after_return & within & !masks.line_feeds;
        if stray_opening | stray_closing | stray_return != 0 {
            return Err(Irregular);
        }
        if masks.quotes & after_quote | masks.line_feeds & inside != 0 {
            self.special_until = self.next_block + BLOCK;
        }
        self.carry =
            Carry { end: ends >> 63, quote: masks.quotes >> 63, closed: closing >> 63, carriage_return: returns >> 63 };
        self.quoted = if inside >> 63 == 1 { u64::MAX } else { 0 };
        (self.block, self.next_block) = (self.next_block, self.next_block + BLOCK);
        (self.ends, self.line_feeds) = (ends, masks.line_feeds & !inside);
        Ok(())
    }
}

/// One bit for each byte of a block, the first byte lowest.
#[derive(PartialEq, Eq, Debug)]
struct Masks {
    quotes: u64,
    separators: u64,
    line_feeds: u64,
    carriage_returns: u64,
}

impl Masks {
    fn of(block: &[u8; BLOCK], separator: u8) -> Self {
        Self {
            quotes: equal_bytes(block, b'"'),
            separators: equal_bytes(block, separator),
            line_feeds: equal_bytes(block, b'\n'),
            carriage_returns: equal_bytes(block, b'\r'),
        }
    }
}

const LOW_BITS: u64 = 0x7F7F_7F7F_7F7F_7F7F;
const EACH_BYTE: u64 = 0x0101_0101_0101_0101;
/// Brings the lowest bits of eight bytes together in the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// Which bytes of the block are this one: eight at a time, zero bytes found after an exclusive or (Warren, Hacker's
/// Delight, 6-1).
#[inline]
fn equal_bytes(block: &[u8; BLOCK], byte: u8) -> u64 {
    let (eights, _) = block.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| {
        let word = u64::from_le_bytes(*eight) ^ (u64::from(byte) * EACH_BYTE);
        let other = ((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS;
        mask << 8 | (!other >> 7).wrapping_mul(GATHER) >> 56
    })
}

/// For each bit the parity of the bits up to and including it.
fn prefix_parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].iter().fold(bits, |sum, shift| sum ^ sum << shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, seq::IndexedRandom};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn bytes_are_found_where_they_are() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..1000 {
            let block = std::array::from_fn(|_| *b"\x00\x01\"#,-\n\xA2\x80".choose(&mut random).unwrap());
            for byte in [b'"', b',', b'\n', 0] {
                let plain = block.iter().rev().fold(0, |mask, &other| mask << 1 | u64::from(other == byte));
                assert_eq!(equal_bytes(&block, byte), plain);
            }
        }
    }

    #[test]
    fn parity_counts_the_bits_up_to_each() {
        assert_eq!(prefix_parity(0b0010_0100), 0b0001_1100);
        assert_eq!(prefix_parity(1), u64::MAX);
    }

    #[test]
    fn what_parity_cannot_tell_is_irregular() {
        for text in ["5\",6\n", "\"a\"b,c\n", "a\rb\n", "\"a", "a\r", "a,\"b\n"] {
            let mut boundaries = Boundaries::new(text.as_bytes(), b',');
            let found = std::iter::from_fn(|| boundaries.next_end().transpose()).find_map(Result::err);
            assert_eq!(found, Some(Irregular), "{text:?}");
        }
    }
}

//! The pages of a packed panel, before Parquet's decoders see them: every count that a decoder makes room for is bounded
//! by the bytes that are there, and only what filia writes is let through. A right checksum says that a file is as it
//! was written, not by whom.

use crate::io::source::Spooled;
use bytes::Bytes;
use parquet::{
    basic::Encoding,
    column::page::{Page, PageMetadata, PageReader},
    errors::ParquetError,
    file::{
        metadata::RowGroupMetaData,
        reader::{ChunkReader, Length},
    },
};
use std::{
    io::{self, BufReader, Read},
    sync::Arc,
};

type Result<T> = std::result::Result<T, ParquetError>;

fn wrong<T>(what: impl Into<String>) -> Result<T> {
    Err(ParquetError::General(what.into()))
}

/// The bytes of a packed panel, any place of which can be read from any thread.
#[derive(Clone)]
pub(super) struct Content(pub Arc<Spooled>);

impl Length for Content {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

impl ChunkReader for Content {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(From { content: self.0.clone(), place: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return wrong("a part of it would end behind its end");
        }
        let mut bytes = vec![0; length];
        self.0.read_at(start, &mut bytes)?;
        Ok(bytes.into())
    }
}

/// Reads from a place to the end.
pub(super) struct From {
    content: Arc<Spooled>,
    place: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.content.length().saturating_sub(self.place);
        let read = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.content.read_at(self.place, &mut buffer[..read])?;
        self.place += read as u64;
        Ok(read)
    }
}

/// Refuses row groups with parts outside the file, or with more rows than the file has bytes (each row has an id).
pub(super) fn check_groups(groups: &[RowGroupMetaData], columns: usize, length: u64) -> Result<()> {
    let inside = |place: i64| u64::try_from(place).is_ok_and(|place| place <= length);
    let mut rows = 0_u64;
    for group in groups {
        match u64::try_from(group.num_rows()) {
            Ok(more) => rows = rows.saturating_add(more),
            Err(_) => return wrong("a negative number of rows"),
        }
        if group.num_columns() != columns {
            return wrong("a column is missing");
        }
        for column in group.columns() {
            let places =
                [Some(column.data_page_offset()), column.dictionary_page_offset(), Some(column.compressed_size())];
            if !places.into_iter().flatten().all(inside) || column.num_values() != group.num_rows() {
                return wrong("a column is not where it should be");
            }
        }
    }
    if rows > length { wrong("more rows than it has bytes") } else { Ok(()) }
}

/// The pages of one column of a row group, each looked at before it is handed on.
pub(super) struct CheckedPages {
    pages: Box<dyn PageReader>,
    /// Rows that are still to come.
    rows_left: u64,
}

impl CheckedPages {
    pub fn new(pages: Box<dyn PageReader>, rows: i64) -> Self {
        Self { pages, rows_left: u64::try_from(rows).unwrap_or(0) }
    }

    fn check(&mut self, page: &Page) -> Result<()> {
        match page {
            Page::DictionaryPage { buf, num_values, encoding, .. } => {
                // Each value of a dictionary takes at least the four bytes of its length.
                let is_plain = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY);
                let fits = *num_values as usize <= buf.len() / 4;
                if is_plain && fits { Ok(()) } else { wrong("a dictionary that is not as filia writes it") }
            }
            Page::DataPage { buf, num_values, encoding, def_level_encoding, .. } => {
                let rows = u64::from(*num_values);
                if rows > self.rows_left || *def_level_encoding != Encoding::RLE {
                    return wrong("a page with more rows than its column");
                }
                self.rows_left -= rows;
                let values = past_levels(buf)?;
                let fits = match encoding {
                    // Their decoders make room for nothing but the rows asked for.
                    Encoding::PLAIN | Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => true,
                    Encoding::DELTA_BINARY_PACKED => delta_end(values, rows).is_some(),
                    Encoding::DELTA_BYTE_ARRAY => {
                        let lengths = delta_end(values, rows).and_then(|end| values.get(end..));
                        lengths.is_some_and(|lengths| delta_end(lengths, rows).is_some())
                    }
                    _ => false,
                };
                if fits { Ok(()) } else { wrong("a page that is not as filia writes it") }
            }
            Page::DataPageV2 { .. } => wrong("a page that is not as filia writes it"),
        }
    }
}

/// The values of a page, behind the levels that say which of them are there: a length of four bytes, and as many bytes.
fn past_levels(page: &[u8]) -> Result<&[u8]> {
    let length = page.first_chunk().map(|&length| u32::from_le_bytes(length) as usize);
    match length.and_then(|length| page.get(4..)?.get(length..)) {
        Some(values) => Ok(values),
        None => wrong("a page that is cut short"),
    }
}

/// Where a run of delta-coded numbers ends (DELTA_BINARY_PACKED of the Parquet format), of which there are at most so
/// many; `None` where it says that there are more, or ends behind the page.
fn delta_end(bytes: &[u8], most: u64) -> Option<usize> {
    let mut at = 0;
    let block = varint(bytes, &mut at)?;
    let miniblocks = varint(bytes, &mut at)?;
    let numbers = varint(bytes, &mut at)?;
    let _first = varint(bytes, &mut at)?;
    // What filia writes has blocks of 128 or 256 numbers in four parts.
    if numbers > most || !(1..=8).contains(&miniblocks) || block > 1024 || block % (32 * miniblocks) != 0 || block == 0
    {
        return None;
    }
    let in_miniblock = block / miniblocks;
    let mut left = numbers.saturating_sub(1);
    while left > 0 {
        let _smallest = varint(bytes, &mut at)?;
        let widths = bytes.get(at..)?.get(..miniblocks as usize)?;
        at += widths.len();
        for &width in widths {
            if left > 0 {
                at += usize::from(width) * in_miniblock as usize / 8;
                left = left.saturating_sub(in_miniblock);
            }
        }
    }
    (at <= bytes.len()).then_some(at)
}

/// A number of seven bits a byte, the lowest first.
fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.check(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delta_coded_numbers_end_where_the_format_says() {
        // 128 numbers a block in 4 parts; 3 numbers; first 0; smallest difference 1; width 0 throughout.
        let one_block = [128, 1, 4, 3, 0, 2, 0, 0, 0, 0];
        assert_eq!(delta_end(&one_block, 3), Some(10));
        assert_eq!(delta_end(&one_block, 2), None);
        // Width 8 in the first part of 32 numbers; the others are not there.
        let wide = [&[128, 1, 4, 3, 0, 2, 8, 9, 9, 9][..], &[0; 32]].concat();
        assert_eq!(delta_end(&wide, 3), Some(42));
        assert_eq!(delta_end(&wide[..41], 3), None);
        // One number and none have no block.
        assert_eq!(delta_end(&[128, 1, 4, 1, 7], 9), Some(5));
        assert_eq!(delta_end(&[128, 1, 0, 1, 7], 9), None);
        // 2^35 numbers.
        assert_eq!(delta_end(&[128, 1, 4, 128, 128, 128, 128, 128, 1, 0], u64::from(u32::MAX)), None);
    }
}

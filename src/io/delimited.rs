//! Delimited text of any size: what separates the cells is found by looking, and the file comes in chunks that end
//! where a record ends, so that chunks can be parsed in parallel and no more than a few of them are in memory.
//!
//! Read are UTF-8 and UTF-16 with or without a byte order mark, and Latin-1 (cell by cell, where a cell is no
//! UTF-8); line ends LF, CR LF, or CR alone; quoted cells with separators, line ends and doubled quotes in them.

mod boundaries;
mod header_ways;
mod record;
#[cfg(test)]
mod tests;

pub use record::{Record, Records};

use boundaries::Boundaries;
use encoding_rs::{Decoder, WINDOWS_1252};
use header_ways::{HeaderWay, first_line_starts};
use rayon::prelude::*;
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// Bytes looked at to find encoding, line ends, separator and header.
const FIRST_BLOCK: usize = 1 << 20;
/// Bytes of a file that hold as much text, whatever the encoding: UTF-16 takes at most twice as many, and a mark.
pub const ENOUGH_TO_LOOK_AT: usize = 2 * FIRST_BLOCK + 8;
/// Bytes in a chunk, more where a record is longer.
const CHUNK: usize = 2 << 20;
/// A record longer than this is a quote that nobody closed.
const LONGEST_RECORD: usize = 64 << 20;

/// Text has fewer NUL bytes than one in so many; half of UTF-16 without a mark are.
const MOST_NULS: usize = 20;

/// A file that cannot be read as delimited text.
#[derive(Debug, thiserror::Error)]
pub enum DelimitedError {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Nothing in it.
    #[error("the file is empty (expected a header line and rows)")]
    Empty,
    /// A spreadsheet or an archive.
    #[error("this is {0}, not text: save it as CSV first")]
    NotText(&'static str),
    /// A quoted cell without an end.
    #[error("line {0}: a quote is opened here or later and not closed within 64 MiB")]
    UnclosedQuote(u64),
}

/// An open file, past its header.
pub struct DelimitedFile<'a> {
    input: Box<dyn Read + Send + 'a>,
    /// Cells end here.
    pub separator: u8,
    /// Whether lines end with a carriage return alone.
    carriage_returns: bool,
    pending: Vec<u8>,
    next_line: u64,
    ended: bool,
}

/// The header of a delimited file.
pub struct Header {
    /// 1-based line.
    pub line: u64,
    /// The cells, trimmed.
    pub cells: Vec<String>,
    /// Lines with something in them above the header.
    pub above: u64,
    /// How many records it takes: two where the second says what the first leaves open.
    pub rows: u64,
}

/// Whole records, and where they start in the file.
pub struct Chunk {
    bytes: Vec<u8>,
    first_line: u64,
    separator: u8,
}

impl<'a> DelimitedFile<'a> {
    /// Reads the header of a file. Of `,`, `;` and tab the separator is the one for which `recognise` counts
    /// the most columns that it knows, then the one that gives the most columns.
    ///
    /// # Errors
    /// A file that is empty, or no text.
    pub fn new(
        input: impl Read + Send + 'a,
        recognise: impl Fn(&[String]) -> usize,
    ) -> Result<(Self, Header), DelimitedError> {
        Self::below_title(input, recognise, |_| true)
    }

    /// Reads the header of a file that may have a title, a line on the kit or comments above it: the first of the first lines that
    /// `is_header`, and where none is, the first line that does not begin with `#`.
    ///
    /// # Errors
    /// A file that is empty, or no text.
    pub fn below_title(
        input: impl Read + Send + 'a,
        recognise: impl Fn(&[String]) -> usize,
        is_header: impl Fn(&[String]) -> bool,
    ) -> Result<(Self, Header), DelimitedError> {
        Self::open(input, None, recognise, is_header)
    }

    /// As [`DelimitedFile::below_title`], where the separator is known.
    ///
    /// # Errors
    /// A file that is empty, or no text.
    pub fn separated_by(
        separator: u8,
        input: impl Read + Send + 'a,
        recognise: impl Fn(&[String]) -> usize,
        is_header: impl Fn(&[String]) -> bool,
    ) -> Result<(Self, Header), DelimitedError> {
        Self::open(input, Some(separator), recognise, is_header)
    }

    fn open(
        input: impl Read + Send + 'a,
        separator: Option<u8>,
        recognise: impl Fn(&[String]) -> usize,
        is_header: impl Fn(&[String]) -> bool,
    ) -> Result<(Self, Header), DelimitedError> {
        let mut input = decoded(input)?;
        let mut block = read_up_to(&mut input, FIRST_BLOCK)?;
        refuse_binary(&block)?;
        let ended = block.len() < FIRST_BLOCK;
        let carriage_returns = block.contains(&b'\r') && !block.contains(&b'\n');
        if carriage_returns {
            replace_carriage_returns(&mut block);
        }
        let mut file = Self { input, separator: b',', carriage_returns, pending: block, next_line: 1, ended };
        let header = file.take_header(separator, recognise, is_header)?;
        Ok((file, header))
    }

    fn take_header(
        &mut self,
        separator: Option<u8>,
        recognise: impl Fn(&[String]) -> usize,
        is_header: impl Fn(&[String]) -> bool,
    ) -> Result<Header, DelimitedError> {
        self.skip_blank_lines();
        let declared = separator.or_else(|| self.take_separator_line());
        self.skip_blank_lines();
        if self.pending.is_empty() {
            return Err(DelimitedError::Empty);
        }
        let separators = declared.map_or_else(|| vec![b',', b';', b'\t'], |separator| vec![separator]);
        let ways = |start: usize| HeaderWay::of_line(&self.pending, start, &separators);
        // The first of equals: reversed, because `max_by_key` gives the last.
        let best =
            |ways: Vec<HeaderWay>| ways.into_iter().rev().max_by_key(|way| (recognise(&way.cells), way.cells.len()));
        let whole = |ways: Vec<HeaderWay>| best(ways.into_iter().filter(|way| is_header(&way.cells)).collect());
        let with_next = |start: usize| {
            let ways = ways(start).into_iter().filter_map(|way| way.with_next_record(&self.pending));
            whole(ways.filter(|(below, _)| !is_header(below)).map(|(_, way)| way).collect())
        };
        let starts = first_line_starts(&self.pending);
        let found = starts
            .iter()
            .find_map(|&start| whole(ways(start)).or_else(|| with_next(start)))
            .or_else(|| best(ways(starts.iter().copied().find(|&start| self.pending[start] != b'#').unwrap_or(0))));
        let HeaderWay { start, end, separator, cells, rows } = found.ok_or(DelimitedError::Empty)?;
        let above = self.pending[..start].split(|&byte| byte == b'\n');
        let above = above.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
        self.separator = separator;
        self.consume(start);
        let line = self.next_line;
        self.consume(end - start);
        Ok(Header { line, cells, above, rows })
    }

    /// Takes a first line `sep=;`, which spreadsheets write.
    fn take_separator_line(&mut self) -> Option<u8> {
        let line = self.pending.split(|&byte| byte == b'\n').next()?.trim_ascii_end();
        let separator = match line {
            [b's', b'e', b'p', b'=', separator] => *separator,
            b"sep=" => b'\t',
            _ => return None,
        };
        let end = self.pending.iter().position(|&byte| byte == b'\n').map_or(self.pending.len(), |at| at + 1);
        self.consume(end);
        Some(separator)
    }

    fn skip_blank_lines(&mut self) {
        let blank = self.pending.iter().take_while(|byte| matches!(byte, b'\n' | b'\r' | b' ')).count();
        let end = if blank == self.pending.len() {
            blank
        } else {
            self.pending[..blank].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
        };
        self.consume(end);
    }

    fn consume(&mut self, bytes: usize) {
        self.next_line += count_lines(&self.pending[..bytes]);
        self.pending.drain(..bytes);
    }

    /// The rows that are already in memory (about a mebibyte), for a look ahead.
    pub fn first_rows(&self) -> Chunk {
        let end = if self.ended { Some(self.pending.len()) } else { last_record_end(&self.pending, self.separator) };
        let bytes = self.pending[..end.unwrap_or(0)].to_vec();
        Chunk { bytes, first_line: self.next_line, separator: self.separator }
    }

    /// Whether there are no rows but [those](DelimitedFile::first_rows).
    pub fn first_rows_are_all(&self) -> bool {
        self.ended
    }

    /// Parses all chunks in parallel and hands the results to `merge` in the order of the file.
    ///
    /// # Errors
    /// What reading, `parse` or `merge` finds.
    pub fn process<T: Send, E: From<DelimitedError> + Send>(
        mut self,
        parse: impl Fn(&Chunk) -> Result<T, E> + Sync,
        mut merge: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut batch = self.next_batch()?;
        while !batch.is_empty() {
            let (next, parsed) =
                rayon::join(|| self.next_batch(), || batch.par_iter().map(&parse).collect::<Result<Vec<T>, E>>());
            parsed?.into_iter().try_for_each(&mut merge)?;
            batch = next?;
        }
        Ok(())
    }

    /// The chunks one after the other.
    pub fn chunks(mut self) -> impl Iterator<Item = Result<Chunk, DelimitedError>> + use<'a> {
        std::iter::from_fn(move || self.next_chunk().transpose())
    }

    fn next_batch(&mut self) -> Result<Vec<Chunk>, DelimitedError> {
        let mut batch = Vec::new();
        while batch.len() < 2 * rayon::current_num_threads() {
            match self.next_chunk()? {
                Some(chunk) => batch.push(chunk),
                None => break,
            }
        }
        Ok(batch)
    }

    fn next_chunk(&mut self) -> Result<Option<Chunk>, DelimitedError> {
        let mut wanted = CHUNK;
        loop {
            while !self.ended && self.pending.len() < wanted {
                self.read_more(wanted)?;
            }
            if self.pending.is_empty() {
                return Ok(None);
            }
            let end =
                if self.ended { Some(self.pending.len()) } else { last_record_end(&self.pending, self.separator) };
            if let Some(end) = end {
                let rest = self.pending.split_off(end);
                let bytes = std::mem::replace(&mut self.pending, rest);
                let chunk = Chunk { bytes, first_line: self.next_line, separator: self.separator };
                self.next_line += count_lines(&chunk.bytes);
                return Ok(Some(chunk));
            }
            if wanted > LONGEST_RECORD {
                return Err(DelimitedError::UnclosedQuote(self.next_line));
            }
            wanted *= 2;
        }
    }

    fn read_more(&mut self, wanted: usize) -> Result<(), DelimitedError> {
        let before = self.pending.len();
        let read = (&mut self.input).take((wanted - before) as u64).read_to_end(&mut self.pending)?;
        self.ended = read == 0;
        if self.carriage_returns {
            replace_carriage_returns(&mut self.pending[before..]);
        }
        Ok(())
    }
}

impl Chunk {
    /// The records of this chunk, one after the other.
    pub fn records(&self) -> Records<'_> {
        Records::new(self)
    }
}

fn reader(bytes: &[u8], separator: u8) -> csv::Reader<&[u8]> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator).buffer_capacity(1 << 16);
    builder.from_reader(bytes)
}

/// The text of a cell: UTF-8, or else Latin-1 (as Windows has it).
pub fn decode(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

fn replace_carriage_returns(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
}

/// Follows quotes, to tell the line ends that end a record from those inside a cell.
struct QuoteScanner {
    separator: u8,
    state: Quoting,
}

#[derive(Clone, Copy, PartialEq)]
enum Quoting {
    CellStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl QuoteScanner {
    fn new(separator: u8) -> Self {
        Self { separator, state: Quoting::CellStart }
    }

    /// Whether a record ends with this byte.
    fn ends_record(&mut self, byte: u8) -> bool {
        self.state = match (self.state, byte) {
            (Quoting::Quoted, b'"') => Quoting::QuoteInQuoted,
            (Quoting::Quoted, _) => Quoting::Quoted,
            (_, b'\n') => Quoting::CellStart,
            (_, byte) if byte == self.separator => Quoting::CellStart,
            (Quoting::CellStart | Quoting::QuoteInQuoted, b'"') => Quoting::Quoted,
            _ => Quoting::Plain,
        };
        byte == b'\n' && self.state == Quoting::CellStart
    }
}

/// Bytes up to and including the end of the last whole record; `None` where no record ends.
fn last_record_end(bytes: &[u8], separator: u8) -> Option<usize> {
    if let Ok(end) = Boundaries::new(bytes, separator).last_record_end() {
        return end;
    }
    let mut scanner = QuoteScanner::new(separator);
    let mut end = None;
    for (at, &byte) in bytes.iter().enumerate() {
        if scanner.ends_record(byte) {
            end = Some(at + 1);
        }
    }
    end
}

fn read_up_to(input: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut block = Vec::new();
    input.take(bytes as u64).read_to_end(&mut block)?;
    Ok(block)
}

fn refuse_binary(block: &[u8]) -> Result<(), DelimitedError> {
    let kinds: [(&[u8], &str); 3] = [
        (b"PK\x03\x04", "a spreadsheet or a zip archive"),
        (b"\xD0\xCF\x11\xE0", "a spreadsheet (xls)"),
        (b"\x1F\x8B", "a compressed file (gzip)"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(magic, _)| block.starts_with(magic)) {
        return Err(DelimitedError::NotText(kind));
    }
    // A stray NUL costs its cell; one in the header, or many of them, and this is no table.
    let nuls = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == 0).count();
    let header = block.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let is_binary = nuls(header) > 0 || nuls(block) > block.len() / MOST_NULS;
    if is_binary { Err(DelimitedError::NotText("a binary file")) } else { Ok(()) }
}

/// The file's text as UTF-8 or Latin-1 bytes, without a byte order mark.
fn decoded<'a>(mut file: impl Read + Send + 'a) -> Result<Box<dyn Read + Send + 'a>, DelimitedError> {
    let start = read_up_to(&mut file, 4)?;
    let after = |mark: usize| io::Cursor::new(start[mark..].to_vec());
    Ok(match *start {
        [0xEF, 0xBB, 0xBF, ..] => Box::new(after(3).chain(file)),
        // UTF-16 without a mark: every other byte of its first letters is 0.
        [1..=255, 0, 1..=255, 0] => Box::new(Utf16::new(after(0).chain(file), encoding_rs::UTF_16LE.new_decoder())),
        [0, 1..=255, 0, 1..=255] => Box::new(Utf16::new(after(0).chain(file), encoding_rs::UTF_16BE.new_decoder())),
        [0xFF, 0xFE, ..] => Box::new(Utf16::new(after(2).chain(file), encoding_rs::UTF_16LE.new_decoder())),
        [0xFE, 0xFF, ..] => Box::new(Utf16::new(after(2).chain(file), encoding_rs::UTF_16BE.new_decoder())),
        _ => Box::new(after(0).chain(file)),
    })
}

/// UTF-16 in, UTF-8 out.
struct Utf16<R> {
    input: R,
    decoder: Decoder,
    text: io::Cursor<String>,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(input: R, decoder: Decoder) -> Self {
        Self { input, decoder, text: io::Cursor::default(), ended: false }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(buffer)?;
            if read > 0 || self.ended || buffer.is_empty() {
                return Ok(read);
            }
            let raw = read_up_to(&mut self.input, 1 << 16)?;
            self.ended = raw.is_empty();
            let room = self.decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len() * 4);
            let mut text = String::with_capacity(room);
            let _ = self.decoder.decode_to_string(&raw, &mut text, self.ended);
            self.text = io::Cursor::new(text);
            if self.ended {
                return self.text.read(buffer);
            }
        }
    }
}

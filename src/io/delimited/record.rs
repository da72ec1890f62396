//! The records of a chunk and their cells.

use super::{
    Chunk,
    boundaries::{Boundaries, Irregular},
    count_lines, reader,
};

/// One row: its cells as they stand in the chunk, or in a text beside it where they had to be unescaped.
pub struct Record<'a> {
    bytes: &'a [u8],
    cells: Vec<CellSpan>,
    unescaped: Vec<u8>,
}

/// Start and end (exclusive) of a cell, quotes left out.
#[derive(Clone, Copy)]
struct CellSpan {
    start: u32,
    end: u32,
    place: CellSource,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CellSource {
    /// In the chunk.
    Chunk,
    /// In the chunk, with a quote on either side.
    Quoted,
    /// In the unescaped text.
    Unescaped,
}

impl<'a> Record<'a> {
    /// Number of cells.
    pub fn cell_count(&self) -> usize {
        self.cells.len()
    }

    /// The cell at this position (0-based), without its quotes.
    pub fn get(&self, at: usize) -> Option<&[u8]> {
        self.cells.get(at).map(|&cell| self.text(cell))
    }

    /// The cell at this position (0-based); empty where the row is shorter.
    pub fn cell(&self, at: usize) -> &[u8] {
        self.get(at).unwrap_or_default()
    }

    /// The cells in their order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.cells.iter().map(|&cell| self.text(cell))
    }

    /// Whether every cell is empty or blank.
    pub fn is_blank(&self) -> bool {
        self.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    /// Line feeds inside cells.
    pub fn inner_line_feeds(&self) -> u64 {
        self.iter().map(count_lines).sum()
    }

    /// The bytes of the chunk from the start of one cell to the end of another, with quotes and separators, and those
    /// that follow; `None` where a cell had to be unescaped.
    pub fn span(&self, first: usize, last: usize) -> Option<(&'a [u8], usize)> {
        let (first, last) = (self.cells.get(first)?, self.cells.get(last)?);
        if first.place == CellSource::Unescaped || last.place == CellSource::Unescaped {
            return None;
        }
        let start = first.start as usize - usize::from(first.place == CellSource::Quoted);
        let end = last.end as usize + usize::from(last.place == CellSource::Quoted);
        Some((&self.bytes[start..], end - start))
    }

    fn text(&self, cell: CellSpan) -> &[u8] {
        let bytes = if cell.place == CellSource::Unescaped { &self.unescaped } else { self.bytes };
        &bytes[cell.start as usize..cell.end as usize]
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.unescaped.clear();
    }

    /// Adds a cell that stands in the chunk from `start` to `end`, quotes included.
    #[inline]
    fn push(&mut self, start: usize, end: usize) {
        let quoted = self.bytes.get(start) == Some(&b'"') && end > start;
        let place = if quoted { CellSource::Quoted } else { CellSource::Chunk };
        let shift = u32::from(quoted);
        self.cells.push(CellSpan { start: start as u32 + shift, end: end as u32 - shift, place });
    }

    fn push_unescaped(&mut self, text: &[u8]) {
        let start = self.unescaped.len() as u32;
        self.unescaped.extend_from_slice(text);
        self.cells.push(CellSpan { start, end: self.unescaped.len() as u32, place: CellSource::Unescaped });
    }

    /// Halves the doubled quotes.
    fn unescape(&mut self) {
        for at in 0..self.cells.len() {
            let cell = self.cells[at];
            let text = &self.bytes[cell.start as usize..cell.end as usize];
            if cell.place == CellSource::Quoted && text.contains(&b'"') {
                let start = self.unescaped.len() as u32;
                let mut second = false;
                for &byte in text {
                    second = byte == b'"' && !second;
                    if second || byte != b'"' {
                        self.unescaped.push(byte);
                    }
                }
                self.cells[at] = CellSpan { start, end: self.unescaped.len() as u32, place: CellSource::Unescaped };
            }
        }
    }
}

/// Reads the records of a chunk.
pub struct Records<'a> {
    chunk: &'a Chunk,
    boundaries: Boundaries<'a>,
    /// Where the next record starts, and its line.
    next: usize,
    line: u64,
    /// Follows every byte, from the first record that is irregular on.
    plain: Option<PlainRecords<'a>>,
}

/// The records from a place in a chunk on, as the `csv` crate reads them.
struct PlainRecords<'a> {
    bytes: &'a [u8],
    first_line: u64,
    reader: csv::Reader<&'a [u8]>,
    record: csv::ByteRecord,
}

impl<'a> Records<'a> {
    pub(super) fn new(chunk: &'a Chunk) -> Self {
        let boundaries = Boundaries::new(&chunk.bytes, chunk.separator);
        Self { chunk, boundaries, next: 0, line: chunk.first_line, plain: None }
    }

    /// An empty record to read into.
    pub fn record(&self) -> Record<'a> {
        Record { bytes: &self.chunk.bytes, cells: Vec::new(), unescaped: Vec::new() }
    }

    /// Reads the next record and returns its 1-based line; `None` at the end. Empty lines are passed over.
    pub fn read(&mut self, record: &mut Record<'a>) -> Option<u64> {
        if self.plain.is_none() {
            match self.read_regular(record) {
                Ok(line) => return line,
                Err(Irregular) => {
                    let bytes = &self.chunk.bytes[self.next..];
                    self.plain = Some(PlainRecords::new(bytes, self.chunk.separator, self.line));
                }
            }
        }
        self.plain.as_mut()?.read(record)
    }

    /// The line (1-based) behind the record that was read last.
    pub fn next_line(&self) -> u64 {
        self.plain.as_ref().map_or(self.line, |plain| plain.first_line + plain.reader.position().line() - 1)
    }

    /// Whether the rest is read byte by byte.
    #[cfg(test)]
    pub(super) fn is_plain(&self) -> bool {
        self.plain.is_some()
    }

    fn read_regular(&mut self, record: &mut Record<'a>) -> Result<Option<u64>, Irregular> {
        let bytes = &self.chunk.bytes[..];
        while self.next < bytes.len() {
            let (start, line) = (self.next, self.line);
            record.clear();
            let mut cell_start = start;
            let end = loop {
                let Some(at) = self.boundaries.next_end()? else {
                    record.push(cell_start, bytes.len());
                    break bytes.len();
                };
                if bytes[at] == b'\n' {
                    let carriage_return = at > cell_start && bytes[at - 1] == b'\r';
                    record.push(cell_start, at - usize::from(carriage_return));
                    break at + 1;
                }
                record.push(cell_start, at);
                cell_start = at + 1;
            };
            self.next = end;
            self.line += 1;
            if start < self.boundaries.special_until {
                self.line += record.inner_line_feeds();
                record.unescape();
            }
            let empty_line =
                record.cells.len() == 1 && record.cells[0].place == CellSource::Chunk && record.cell(0).is_empty();
            if !empty_line {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }
}

impl<'a> PlainRecords<'a> {
    fn new(bytes: &'a [u8], separator: u8, first_line: u64) -> Self {
        Self { bytes, first_line, reader: reader(bytes, separator), record: csv::ByteRecord::new() }
    }

    fn read(&mut self, record: &mut Record<'_>) -> Option<u64> {
        let position = self.reader.position().clone();
        // The bytes are in memory and rows may be of any length, so that there is nothing to fail.
        if !self.reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        record.clear();
        self.record.iter().for_each(|cell| record.push_unescaped(cell));
        let rest = self.bytes.get(position.byte() as usize..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        Some(self.first_line + position.line() - 1 + blank.filter(|&&byte| byte == b'\n').count() as u64)
    }
}

//! The ways to read the header of a table: from which line on, with which separator, in one row or two.

use super::{QuoteScanner, decode, reader};

/// A way to read a header from some place of a text on.
pub(super) struct HeaderWay {
    /// Where it begins.
    pub start: usize,
    /// Where it ends (exclusive).
    pub end: usize,
    /// Cells end here.
    pub separator: u8,
    /// Trimmed.
    pub cells: Vec<String>,
    /// Records that it takes.
    pub rows: u64,
}

impl HeaderWay {
    /// With each of these separators, the record that begins here.
    pub fn of_line(text: &[u8], start: usize, separators: &[u8]) -> Vec<Self> {
        let way = |&separator: &u8| {
            let end = start + first_record_end(&text[start..], separator);
            Self { start, end, separator, cells: header_cells(&text[start..end], separator), rows: 1 }
        };
        separators.iter().map(way).collect()
    }

    /// The cells of the record below, and the header that both make together: a name above stands over all cells to its right
    /// that have none of their own.
    pub fn with_next_record(self, text: &[u8]) -> Option<(Vec<String>, Self)> {
        let end = self.end + first_record_end(&text[self.end..], self.separator);
        let below = header_cells(&text[self.end..end], self.separator);
        let mut over = "";
        let join = |at: usize| {
            let name = self.cells.get(at).map_or("", String::as_str);
            let cell = below.get(at).map_or("", String::as_str);
            over = if name.is_empty() { over } else { name };
            match (over, cell) {
                (_, "") => name.to_owned(),
                ("", cell) => cell.to_owned(),
                (over, cell) => format!("{over} {cell}"),
            }
        };
        let cells = (0..self.cells.len().max(below.len())).map(join).collect();
        (end > self.end).then(|| (below.clone(), Self { end, cells, rows: 2, ..self }))
    }
}

fn header_cells(bytes: &[u8], separator: u8) -> Vec<String> {
    let mut record = csv::ByteRecord::new();
    let _ = reader(bytes, separator).read_byte_record(&mut record);
    record.iter().map(|cell| decode(cell).trim().to_owned()).collect()
}

/// Lines among which the header is looked for.
const MOST_LINES_ABOVE: usize = 40;

/// Where the first lines with something in them begin.
pub(super) fn first_line_starts(text: &[u8]) -> Vec<usize> {
    let after_line_ends = text.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(after_line_ends).take(MOST_LINES_ABOVE);
    let is_filled = |&start: &usize| {
        let line = text[start..].split(|&byte| byte == b'\n').next().unwrap_or_default();
        !line.trim_ascii().is_empty()
    };
    starts.filter(is_filled).collect()
}

/// Bytes up to and including the end of the first record.
fn first_record_end(bytes: &[u8], separator: u8) -> usize {
    let mut scanner = QuoteScanner::new(separator);
    bytes.iter().position(|&byte| scanner.ends_record(byte)).map_or(bytes.len(), |at| at + 1)
}

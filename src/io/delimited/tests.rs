//! The fast reader against the plain one, on random text made of the awkward bytes.

use super::{Chunk, Record, last_record_end};
use proptest::prelude::*;

/// Lines and cells as the `csv` crate sees them.
fn read_plainly(text: &[u8]) -> Vec<(u64, Vec<Vec<u8>>)> {
    let mut reader = super::reader(text, b',');
    let mut record = csv::ByteRecord::new();
    let mut rows = Vec::new();
    loop {
        let position = reader.position().clone();
        if !reader.read_byte_record(&mut record).unwrap() {
            return rows;
        }
        let rest = &text[position.byte() as usize..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let line = 10 + position.line() - 1 + blank.filter(|&&byte| byte == b'\n').count() as u64;
        rows.push((line, record.iter().map(<[u8]>::to_vec).collect()));
    }
}

fn read_fast(text: &[u8]) -> Vec<(u64, Vec<Vec<u8>>)> {
    let chunk = Chunk { bytes: text.to_vec(), first_line: 10, separator: b',' };
    let mut records = chunk.records();
    let mut record: Record = records.record();
    let mut rows = Vec::new();
    while let Some(line) = records.read(&mut record) {
        rows.push((line, record.iter().map(<[u8]>::to_vec).collect()));
    }
    rows
}

/// Cells as files have them, mostly well formed, some not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[0-9.]{0,5}",
        8 => "\"[0-9]{1,2},[0-9]{1,2}\"",
        2 => "\"([a\n, ]|\"\"){0,6}\"",
        1 => "\"\"",
        1 => "[a\"\r ]{0,4}",
    ]
}

fn table() -> impl Strategy<Value = String> {
    let line_end = prop_oneof![6 => Just("\n"), 4 => Just("\r\n"), 1 => Just("\n\n"), 1 => Just("")];
    let row = (prop::collection::vec(cell(), 1..12), line_end);
    prop::collection::vec(row.prop_map(|(cells, end)| cells.join(",") + end), 0..25).prop_map(|rows| rows.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn records_are_those_of_the_plain_reader(text in table()) {
        prop_assert_eq!(read_fast(text.as_bytes()), read_plainly(text.as_bytes()));
    }

    #[test]
    fn any_bytes_give_the_records_of_the_plain_reader(text in "[,\"\n\ra]{0,200}") {
        prop_assert_eq!(read_fast(text.as_bytes()), read_plainly(text.as_bytes()));
    }

    #[test]
    fn chunks_end_where_records_end(text in table()) {
        let bytes = text.as_bytes();
        let mut scanner = super::QuoteScanner::new(b',');
        let ends = bytes.iter().enumerate().filter(|&(_, &byte)| scanner.ends_record(byte)).map(|(at, _)| at + 1);
        prop_assert_eq!(last_record_end(bytes, b','), ends.last());
    }
}

#[test]
fn the_span_of_cells_is_as_they_stand() {
    let chunk = Chunk { bytes: b"P1,\"13,14\",9,\"1\"\"0\"\n".to_vec(), first_line: 1, separator: b',' };
    let mut records = chunk.records();
    let mut record = records.record();
    assert_eq!(records.read(&mut record), Some(1));
    let span = |first, last| record.span(first, last).map(|(bytes, length)| bytes[..length].to_vec());
    assert_eq!(span(1, 1), Some(b"\"13,14\"".to_vec()));
    assert_eq!(span(1, 2), Some(b"\"13,14\",9".to_vec()));
    assert_eq!((record.cell(1), record.cell(3), span(3, 3)), (&b"13,14"[..], &b"1\"0"[..], None));
}

#[test]
fn a_regular_table_is_never_read_plainly() {
    for (cell, end) in [("\"13,14\"", "\n"), ("\"13,14\"", "\r\n"), ("13/14", "\r\n"), ("\"\"", "\n")] {
        let row = |row: usize| format!("P{row},{}{end}", [cell; 24].join(","));
        let bytes = (0..200).map(row).collect::<String>().into_bytes();
        let chunk = Chunk { bytes, first_line: 1, separator: b',' };
        let mut records = chunk.records();
        let mut record = records.record();
        let rows = std::iter::from_fn(|| records.read(&mut record)).count();
        assert_eq!((rows, records.is_plain()), (200, false), "{cell}");
    }
}

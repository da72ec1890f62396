//! STRidER's XML: `marker` with `name`, in it `origin` (attributes `name`, `n`) with `frequency` (attribute `allele`).

use crate::io::table_file::{TableError, TextRow, TextTable};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Elements within each other, at most.
const DEEPEST: usize = 64;

/// Whether a text is such a file.
pub(super) fn is_strider(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.starts_with('<') && text.contains("<marker") && text.contains("<origin")
}

/// The file as a long table with a column `population`; rows have the lines of their elements.
///
/// # Errors
/// What is no XML, or ends too soon.
pub(super) fn read(path: &str, text: &str) -> Result<TextTable, TableError> {
    let header = ["locus", "allele", "frequency", "n_people", "population"].map(str::to_owned);
    let mut state = ReaderState { rows: vec![TextRow { line: 1, cells: header.to_vec() }], ..ReaderState::default() };
    let mut reader = Reader::from_str(text);
    let mut line = 1;
    loop {
        let malformed = |message: String| TableError::Malformed { path: path.to_owned(), line, message };
        let before = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| malformed(error.to_string()))?;
        match &event {
            Event::Start(start) => state.begin(start).map_err(malformed)?,
            Event::Empty(start) => {
                state.begin(start).map_err(malformed)?;
                state.end(line);
            }
            Event::End(_) => state.end(line),
            Event::Text(found) => state.text.push_str(found),
            Event::Eof if state.open.is_empty() => return Ok(TextTable::of_rows(path, state.rows)),
            Event::Eof => return Err(malformed(format!("the file ends before `</{}>`", state.open.concat()))),
            _ => {}
        }
        let after = reader.buffer_position() as usize;
        line += text.get(before..after).unwrap_or_default().bytes().filter(|&byte| byte == b'\n').count() as u64;
    }
}

/// Where in the file the reader is.
#[derive(Default)]
struct ReaderState {
    rows: Vec<TextRow>,
    open: Vec<String>,
    text: String,
    marker: String,
    /// Name and number of people.
    origin: [String; 2],
    allele: String,
}

impl ReaderState {
    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() == DEEPEST {
            return Err(format!("more than {DEEPEST} elements within each other"));
        }
        let name = start.local_name().as_ref().to_owned();
        let attribute = |wanted: &str| {
            let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == wanted);
            let value = found.and_then(|attribute| {
                attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.trim().to_owned())
            });
            value.unwrap_or_default()
        };
        match name.as_str() {
            "marker" => self.marker.clear(),
            "origin" => self.origin = [attribute("name"), attribute("n")],
            "frequency" => self.allele = attribute("allele"),
            _ => {}
        }
        self.open.push(name);
        self.text.clear();
        Ok(())
    }

    fn end(&mut self, line: u64) {
        let name = self.open.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        match (name.as_str(), self.open.last().map(String::as_str)) {
            ("name", Some("marker")) => text.trim().clone_into(&mut self.marker),
            ("frequency", _) => {
                let [population, people] = self.origin.clone();
                let cells = vec![self.marker.clone(), self.allele.clone(), text.trim().to_owned(), people, population];
                self.rows.push(TextRow { line, cells });
            }
            _ => {}
        }
    }
}

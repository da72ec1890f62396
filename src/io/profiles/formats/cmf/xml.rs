//! From the elements of the file to specimens as they stand there.

use crate::io::profiles::formats::specimens::SpecimenLocus;
use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};
use std::{collections::BTreeMap, io::BufRead};

/// Letters of the longest text that an element may hold.
const LONGEST_TEXT: usize = 1 << 16;
/// Elements within each other, at most.
const DEEPEST: usize = 64;

/// A specimen as it stands in the file.
#[derive(Default)]
pub(super) struct CmfSpecimen {
    /// 1-based line of its element.
    pub line: u64,
    pub id: String,
    pub category: String,
    pub loci: Vec<SpecimenLocus>,
}

/// Reads the elements of a file one after the other.
pub(super) struct ElementReader<R: BufRead> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    /// 1-based line of what comes next.
    line: u64,
    /// The local names of the elements that are open.
    open: Vec<String>,
    /// Text of the innermost one.
    text: String,
    root: Option<String>,
    specimen: Option<CmfSpecimen>,
    categories: BTreeMap<String, u64>,
    unused: BTreeMap<String, u64>,
}

/// What is wrong, and in which line.
pub(super) type XmlFault = (u64, String);

impl<R: BufRead> ElementReader<R> {
    pub fn new(reader: R) -> Self {
        Self {
            reader: Reader::from_reader(reader),
            buffer: Vec::new(),
            line: 1,
            open: Vec::new(),
            text: String::new(),
            root: None,
            specimen: None,
            categories: BTreeMap::new(),
            unused: BTreeMap::new(),
        }
    }

    /// The name of the root.
    pub fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// How many specimens each category has.
    pub fn categories(&self) -> &BTreeMap<String, u64> {
        &self.categories
    }

    /// The elements and attributes that are not used, with how often they came.
    pub fn unused(&self) -> &BTreeMap<String, u64> {
        &self.unused
    }

    /// The next specimen; `None` at the end.
    ///
    /// # Errors
    /// What is no XML, a file that ends too soon.
    pub fn next_specimen(&mut self) -> Result<Option<CmfSpecimen>, XmlFault> {
        loop {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let event = self.reader.read_event_into(&mut buffer).map_err(|error| (self.line, error.to_string()))?;
            let line = self.line;
            let found = self.take(&event).map_err(|cause| (line, cause))?;
            let is_end = matches!(event, Event::Eof);
            self.line += event.bytes().filter(|&byte| byte == b'\n').count() as u64;
            drop(event);
            self.buffer = buffer;
            match (found, is_end, self.open.last()) {
                (Some(specimen), ..) => return Ok(Some(specimen)),
                (None, true, None) => return Ok(None),
                (None, true, Some(open)) => return Err((self.line, format!("the file ends before `</{open}>`"))),
                (None, false, _) => {}
            }
        }
    }

    /// Takes one event; a specimen that ends with it.
    fn take(&mut self, event: &Event<'_>) -> Result<Option<CmfSpecimen>, String> {
        match event {
            Event::Start(start) => self.begin(start).map(|()| None),
            Event::Empty(start) => {
                self.begin(start)?;
                Ok(self.end())
            }
            Event::End(_) => Ok(self.end()),
            Event::Text(text) => self.add_text(text).map(|()| None),
            Event::CData(text) => self.add_text(text).map(|()| None),
            Event::GeneralRef(reference) => self.add_text(&resolve(reference)?).map(|()| None),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => Ok(None),
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() == DEEPEST {
            return Err(format!("more than {DEEPEST} elements within each other"));
        }
        let name = start.local_name().as_ref().to_owned();
        match name.as_str() {
            _ if self.open.is_empty() => self.root = Some(name.clone()),
            "SPECIMEN" => self.specimen = Some(CmfSpecimen { line: self.line, ..CmfSpecimen::default() }),
            "LOCUS" => {
                let line = self.line;
                if let Some(specimen) = &mut self.specimen {
                    specimen.loci.push(SpecimenLocus { line, ..SpecimenLocus::default() });
                }
            }
            _ => {}
        }
        if !self.open.is_empty() {
            for attribute in start.attributes().flatten() {
                self.note_unused(&format!("{name} {}", attribute.key.local_name().as_ref()));
            }
        }
        self.open.push(name);
        self.text.clear();
        Ok(())
    }

    fn add_text(&mut self, text: &str) -> Result<(), String> {
        if self.text.len() + text.len() > LONGEST_TEXT {
            return Err(format!("an element with more than {LONGEST_TEXT} letters of text"));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Ends the innermost element.
    fn end(&mut self) -> Option<CmfSpecimen> {
        let name = self.open.pop()?;
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        match (name.as_str(), &mut self.specimen) {
            ("SPECIMEN", specimen) => return specimen.take(),
            ("SPECIMENID", Some(specimen)) => text.clone_into(&mut specimen.id),
            ("SPECIMENCATEGORY", Some(specimen)) => {
                text.clone_into(&mut specimen.category);
                *self.categories.entry(text.to_owned()).or_default() += 1;
            }
            ("LOCUSNAME", Some(specimen)) => {
                if let Some(locus) = specimen.loci.last_mut() {
                    text.clone_into(&mut locus.name);
                }
            }
            ("ALLELEVALUE", Some(specimen)) => {
                if let Some(locus) = specimen.loci.last_mut() {
                    locus.alleles.push(text.to_owned());
                }
            }
            _ if text.is_empty() => {}
            _ => self.note_unused(&name),
        }
        None
    }

    fn note_unused(&mut self, name: &str) {
        const MOST: usize = 64;
        if let Some(count) = self.unused.get_mut(name) {
            *count += 1;
        } else if self.unused.len() < MOST {
            self.unused.insert(name.to_owned(), 1);
        }
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(symbol) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(symbol.to_string());
    }
    let known = resolve_predefined_entity(reference).map(str::to_owned);
    known.ok_or_else(|| format!("an entity that XML does not know: `&{};`", &**reference))
}

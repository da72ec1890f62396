//! What typst may see: the template, the document, the files to attach, the fonts carried here. Nothing of the machine.

use crate::document::{Attachment, Document};
use crate::fonts::FONTS;
use std::path::PathBuf;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Str, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// One document and what its template needs.
pub struct DocumentWorld<'d> {
    standard: LazyHash<Library>,
    fonts: LazyHash<FontBook>,
    template: Source,
    attachments: &'d [Attachment],
}

impl<'d> DocumentWorld<'d> {
    /// The world of a document, which the template finds in `sys.inputs` as JSON.
    pub fn new(document: &'d Document) -> Result<Self, serde_json::Error> {
        let mut inputs = Dict::new();
        inputs.insert("document".into(), Value::Str(Str::from(serde_json::to_string(document)?)));
        Ok(Self {
            standard: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            fonts: LazyHash::new(FontBook::from_fonts(FONTS.iter())),
            template: Source::detached(include_str!("template.typ")),
            attachments: &document.attachments,
        })
    }
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.standard
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.vpath().get_without_slash();
        let attachment = self.attachments.iter().find(|attachment| attachment.name == name);
        attachment.map(|attachment| Bytes::new(attachment.bytes.clone())).ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.vpath().get_without_slash()))
}

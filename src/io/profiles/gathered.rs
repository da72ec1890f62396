//! The files of a run as they are read, one after the other.

use super::{
    FileSummary, ProfileError, ProfileSource, ReadOptions, ReadProfiles,
    arrived_rows::ArrivedRows,
    duplicates::{Settled, settle_duplicates},
    notes::IDS_NAMED,
    rejects::{RejectsOfFile, held},
    similar_ids,
};
use crate::{
    io::{problems::Rejected, rejected_list::RejectedList},
    name_some::{LOCI_NAMED, name_some},
    profile::{LocusName, PanelBuilder, PanelError},
};
use std::{
    collections::{BTreeMap, HashSet},
    io,
    sync::{Arc, Mutex},
};

/// The files read so far.
#[derive(Default)]
pub(super) struct Gathered {
    builder: PanelBuilder,
    lines: Vec<u32>,
    files: Vec<FileSummary>,
    rejected: Arc<Mutex<RejectedList>>,
    notes: Vec<String>,
}

impl Gathered {
    /// None yet; what is not used goes where `options` say.
    pub fn new(options: &ReadOptions) -> Self {
        let builder = options.spill.clone().map_or_else(PanelBuilder::default, PanelBuilder::spilling);
        let rejected = Arc::new(Mutex::new(RejectedList::new(options.spill.as_ref())));
        Self { builder, rejected, ..Self::default() }
    }

    /// Number of samples so far.
    pub fn samples(&self) -> usize {
        self.builder.len()
    }

    /// Number of files so far: the position of the next one.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Where what is not used of the next file goes.
    pub fn rejects_of_next_file(&self) -> RejectsOfFile {
        RejectsOfFile::new(&self.rejected, self.files.len())
    }

    /// Lists something of a file (0-based position) that is not used.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn reject(&mut self, file: usize, rejected: Rejected) -> Result<(), PanelError> {
        held(&self.rejected).push(Some(file), rejected)
    }

    /// Adds a sentence for who reads the results.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Adds sentences for who reads the results.
    pub fn note_all(&mut self, notes: impl IntoIterator<Item = String>) {
        self.notes.extend(notes);
    }

    /// Adds a file whose samples were taken.
    pub fn add_file(&mut self, file: FileSummary) {
        self.files.push(file);
    }

    /// Takes samples, each with the line of its row.
    ///
    /// # Errors
    /// More distinct observations or id text than a panel can hold.
    pub fn take(&mut self, builder: PanelBuilder, lines: &[u32]) -> Result<(), PanelError> {
        self.builder.append(builder)?;
        self.lines.extend_from_slice(lines);
        Ok(())
    }

    /// Puts everything in order.
    ///
    /// # Errors
    /// A full panel; anything that cannot be used, where `strict` is set.
    pub fn finish(mut self, sources: &[ProfileSource], options: &ReadOptions) -> Result<ReadProfiles, ProfileError> {
        self.note_loci();
        let mut rows = ArrivedRows::new(&mut self.builder, &self.lines, &self.files, sources, options.drop_out);
        let settled = settle_duplicates(&mut rows, &mut held(&self.rejected))?;
        let Settled { order, origins, labels, notes } = settled;
        self.notes.extend(notes);
        drop(std::mem::take(&mut self.lines));
        let mut panel = self.builder.build_in_order(&order)?;
        panel.set_labels(labels);
        origins.fill_roles(&mut panel, sources, &self.files);
        let rejected = std::mem::take(&mut *held(&self.rejected));
        let unreadable = |error: io::Error| PanelError::TemporaryFile(error.to_string());
        match rejected.first().map_err(unreadable)? {
            Some(first) if options.strict => Err(ProfileError::Strict(Box::new(first))),
            _ => {
                let mut read = ReadProfiles { panel, rejected, notes: self.notes, files: self.files, origins };
                read.note_sexes_and_roles().map_err(unreadable)?;
                let similar = similar_ids::note_on_similar_ids(&read.panel);
                let is_new = |note: &String| !read.notes.contains(note);
                read.notes.extend(similar.filter(is_new));
                Ok(read)
            }
        }
    }

    fn note_loci(&mut self) {
        let mut all: Vec<&LocusName> = self.files.iter().flat_map(|file| &file.loci).collect();
        all.sort();
        all.dedup();
        let in_files: Vec<HashSet<&LocusName>> = self.files.iter().map(|file| file.loci.iter().collect()).collect();
        let mut by_files: BTreeMap<Vec<usize>, Vec<&LocusName>> = BTreeMap::new();
        for locus in all {
            let lacking = (0..in_files.len()).filter(|&file| !in_files[file].contains(locus)).collect();
            by_files.entry(lacking).or_default().push(locus);
        }
        for (files, loci) in by_files.iter().filter(|(files, _)| !files.is_empty()) {
            let files = files.iter().map(|&file| &self.files[file].name);
            let are = if loci.len() == 1 { "is" } else { "are" };
            let note = format!("{} {are} not in {}", name_some(loci, LOCI_NAMED), name_some(files, IDS_NAMED));
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }
}

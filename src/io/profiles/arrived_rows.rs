//! The rows of all files by the number of their arrival, and where each of them stands.

use super::{FileSummary, ProfileSource, agreed_role};
use crate::{
    io::problems::{Reason, Rejected},
    profile::{DropOut, LocusName, PanelBuilder, Role},
};
use std::sync::Arc;

/// The rows read, by arrival number.
pub(super) struct ArrivedRows<'a> {
    pub builder: &'a mut PanelBuilder,
    pub files: &'a [FileSummary],
    pub lines: &'a [u32],
    pub sources: &'a [ProfileSource],
    pub drop_out: DropOut,
    /// For each file, the arrival number after its last row.
    ends: Vec<usize>,
    /// For each file the list that it belongs to, by the role of its samples that state none.
    lists: Vec<Option<Role>>,
}

impl<'a> ArrivedRows<'a> {
    pub fn new(
        builder: &'a mut PanelBuilder,
        lines: &'a [u32],
        files: &'a [FileSummary],
        sources: &'a [ProfileSource],
        drop_out: DropOut,
    ) -> Self {
        let end = |sum: &mut usize, file: &FileSummary| {
            *sum += file.samples;
            Some(*sum)
        };
        let lists = files.iter().map(|file| agreed_role(sources, &file.sources)).collect();
        Self { builder, files, lines, sources, drop_out, ends: files.iter().scan(0, end).collect(), lists }
    }

    /// The position of the row's file in the list of files.
    pub fn file_of(&self, at: u32) -> usize {
        self.ends.partition_point(|&end| end <= at as usize)
    }

    /// The list that the row belongs to.
    pub fn list_of(&self, at: u32) -> Option<Role> {
        self.lists[self.file_of(at)]
    }

    /// The loci of the calls.
    pub fn loci(&self) -> &[LocusName] {
        self.builder.loci()
    }

    /// Where a row stands, as seen from this file.
    pub fn place(&self, at: u32, from: usize) -> String {
        let (file, line) = (self.file_of(at), self.lines[at as usize]);
        if file == from { format!("line {line}") } else { format!("{} line {line}", self.files[file].name) }
    }

    /// A line on the whole row.
    pub fn rejected(&self, at: u32, reason: Reason) -> Rejected {
        Rejected {
            file: Arc::from(self.files[self.file_of(at)].name.as_str()),
            line: u64::from(self.lines[at as usize]),
            column: Arc::from(""),
            sheet_column: None,
            sample_id: self.builder.id(at).to_owned(),
            locus: None,
            value: String::new(),
            reason,
        }
    }
}

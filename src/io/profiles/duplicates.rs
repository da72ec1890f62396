//! Ids that occur more than once, and where each sample came from.

use super::{FileSummary, ProfileSource};
use crate::{
    io::{
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
    },
    profile::{Panel, PanelBuilder, PanelError, Role, SampleIndex},
};
use std::{collections::HashMap, sync::Arc};

/// Where each sample of a panel was read: file, line, and the sources that name the file.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    lines: Vec<u32>,
    /// Each sample's set of files.
    set_of: Vec<u32>,
    /// The sets of files (positions in the list of files) that occur, the file read first in front.
    sets: Vec<Vec<usize>>,
    /// The position of each.
    numbers: HashMap<Vec<usize>, usize>,
    /// For each set, the sources that name its files.
    sources: Vec<Vec<usize>>,
}

impl Origins {
    /// The 1-based line at which the sample (its first row) stands in [`Origins::file`].
    pub fn line(&self, sample: SampleIndex) -> u64 {
        u64::from(self.lines[sample.0 as usize])
    }

    /// The file in which the sample was read first (0-based position in the list of files).
    pub fn file(&self, sample: SampleIndex) -> usize {
        self.sets[self.set_of[sample.0 as usize] as usize][0]
    }

    /// The sources that contain the sample (0-based positions in the list of sources).
    pub fn sources(&self, sample: SampleIndex) -> &[usize] {
        &self.sources[self.set_of[sample.0 as usize] as usize]
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<u32>() + self.set_of.capacity() * size_of::<u32>()
    }

    fn reserve(&mut self, samples: usize) {
        self.lines.reserve_exact(samples);
        self.set_of.reserve_exact(samples);
    }

    fn push(&mut self, line: u32, set: usize) {
        self.lines.push(line);
        self.set_of.push(set as u32);
    }

    /// The number of this set of files, a new one if it was not there yet.
    fn number_of(&mut self, set: Vec<usize>, files: &[FileSummary]) -> usize {
        if let Some(&known) = self.numbers.get(&set) {
            return known;
        }
        self.sources.push(set.iter().flat_map(|&file| files[file].sources.iter().copied()).collect());
        self.numbers.insert(set.clone(), self.sets.len());
        self.sets.push(set);
        self.sets.len() - 1
    }

    /// Gives samples that state no role the role that their sources agree on: a file named by several sources says
    /// nothing unless all of them say the same; a file that says nothing does not contradict one that does.
    pub(super) fn fill_roles(&self, panel: &mut Panel, sources: &[ProfileSource], files: &[FileSummary]) {
        let role_of_set = |set: &Vec<usize>| -> Option<Role> {
            let mut roles = set.iter().filter_map(|&file| super::agreed_role(sources, &files[file].sources));
            let first = roles.next();
            first.filter(|&first| roles.all(|role| role == first))
        };
        let roles: Vec<Option<Role>> = self.sets.iter().map(role_of_set).collect();
        for sample in panel.indices() {
            if panel.role(sample).is_none() {
                panel.set_role(sample, roles[self.set_of[sample.0 as usize] as usize]);
            }
        }
    }
}

/// The samples to keep (arrival numbers in the order of the ids) and where they came from.
///
/// Rows of one id that say the same are one sample: the later ones are listed as repeated; across files the sample belongs to
/// all of them. Where they differ, all rows of the id are left out, so that the result does not
/// depend on their order.
///
/// # Errors
/// A temporary file that can no longer be read.
pub(super) fn settle_duplicates(
    builder: &PanelBuilder,
    lines: &[u32],
    files: &[FileSummary],
    rejected: &mut RejectedList,
) -> Result<(Vec<u32>, Origins), PanelError> {
    let rows = Rows::new(builder, lines, files);
    let mut origins = Origins::default();
    let mut order = builder.order_by_id();
    let alone: Vec<usize> = (0..files.len()).map(|file| origins.number_of(vec![file], files)).collect();
    origins.reserve(order.len());
    // Those kept move up in place: one order, not two, of millions of samples.
    let (mut kept, mut next) = (0, 0);
    while next < order.len() {
        let first = order[next];
        let count = order[next..].iter().take_while(|&&other| builder.id(other) == builder.id(first)).count();
        let same_id = &order[next..next + count];
        next += count;
        let set = match same_id {
            [only] => alone[rows.file_of(*only)],
            _ if rows.agree(same_id)? => origins.number_of(rows.files_of_repeated(same_id, rejected)?, files),
            _ => {
                rows.reject_conflicting(same_id, rejected)?;
                continue;
            }
        };
        origins.push(lines[first as usize], set);
        order[kept] = first;
        kept += 1;
    }
    order.truncate(kept);
    Ok((order, origins))
}

/// The rows read, by arrival number.
struct Rows<'a> {
    builder: &'a PanelBuilder,
    lines: &'a [u32],
    files: &'a [FileSummary],
    /// For each file, the arrival number after its last row.
    ends: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn new(builder: &'a PanelBuilder, lines: &'a [u32], files: &'a [FileSummary]) -> Self {
        let end = |sum: &mut usize, file: &FileSummary| {
            *sum += file.samples;
            Some(*sum)
        };
        Self { builder, lines, files, ends: files.iter().scan(0, end).collect() }
    }

    /// The position of the row's file in the list of files.
    fn file_of(&self, at: u32) -> usize {
        self.ends.partition_point(|&end| end <= at as usize)
    }

    /// Whether rows of one id say the same.
    fn agree(&self, same_id: &[u32]) -> Result<bool, PanelError> {
        let first = same_id[0];
        for &other in &same_id[1..] {
            let roles = self.builder.role(first).zip(self.builder.role(other));
            if roles.is_some_and(|(left, right)| left != right) || !self.builder.is_same_profile(first, other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The files of rows that say the same; every row but the first is listed.
    fn files_of_repeated(&self, same_id: &[u32], rejected: &mut RejectedList) -> Result<Vec<usize>, PanelError> {
        let mut set: Vec<usize> = Vec::with_capacity(1);
        // Rows stand in the order of their arrival, and so file after file.
        let mut first_of_file = same_id[0];
        for &at in same_id {
            let file = self.file_of(at);
            let is_new = set.last() != Some(&file);
            let reason = match is_new {
                false => Some(Reason::RepeatedRow(u64::from(self.lines[first_of_file as usize]))),
                true if set.is_empty() => None,
                true => Some(Reason::RepeatedInFile(self.place(same_id[0], file))),
            };
            if is_new {
                set.push(file);
                first_of_file = at;
            }
            if let Some(reason) = reason {
                rejected.push(Some(file), self.rejected(at, reason))?;
            }
        }
        Ok(set)
    }

    /// Where a row stands, as seen from this file.
    fn place(&self, at: u32, from: usize) -> String {
        let (file, line) = (self.file_of(at), self.lines[at as usize]);
        if file == from { format!("line {line}") } else { format!("{} line {line}", self.files[file].name) }
    }

    fn reject_conflicting(&self, same_id: &[u32], rejected: &mut RejectedList) -> Result<(), PanelError> {
        for &at in same_id {
            let reason = Reason::ConflictingRows(self.describe_others(same_id, at));
            rejected.push(Some(self.file_of(at)), self.rejected(at, reason))?;
        }
        Ok(())
    }

    fn rejected(&self, at: u32, reason: Reason) -> Rejected {
        Rejected {
            file: Arc::from(self.files[self.file_of(at)].name.as_str()),
            line: u64::from(self.lines[at as usize]),
            column: Arc::from(""),
            sample_id: self.builder.id(at).to_owned(),
            locus: None,
            value: String::new(),
            reason,
        }
    }

    /// The places of the other rows of one id, at most three of them.
    fn describe_others(&self, same_id: &[u32], except: u32) -> String {
        let others = same_id.len() - 1;
        let place = |&at: &u32| self.place(at, self.file_of(except));
        let more = if others > 3 { format!(" and {} more", others - 3) } else { String::new() };
        let shown = same_id.iter().filter(|&&other| other != except).take(3);
        shown.map(place).collect::<Vec<_>>().join(", ") + &more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_may_be_more_sets_of_files_than_a_small_number_holds() {
        let summary =
            |source| FileSummary { name: String::new(), sources: vec![source], rows: 0, samples: 0, loci: Vec::new() };
        let files: Vec<FileSummary> = (0..400).map(summary).collect();
        let mut origins = Origins::default();
        let pairs = || (0..400).flat_map(|one| (one + 1..400).map(move |other| [one, other]));
        for (line, pair) in (0..).zip(pairs()) {
            let set = origins.number_of(pair.to_vec(), &files);
            origins.push(line, set);
        }
        assert_eq!(origins.sets.len(), 400 * 399 / 2);
        for (sample, pair) in pairs().enumerate() {
            let sample = SampleIndex(sample as u32);
            assert_eq!((origins.sources(sample), origins.file(sample)), (&pair[..], pair[0]));
        }
        let again = origins.number_of(vec![398, 399], &files);
        assert_eq!(again, 400 * 399 / 2 - 1);
    }
}

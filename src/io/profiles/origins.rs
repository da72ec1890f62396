//! Where each sample came from.

use super::{FileSummary, ProfileSource};
use crate::profile::{Panel, Role, SampleIndex};
use std::collections::HashMap;

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

    /// Whether the sample was read in several files.
    pub fn is_in_several_files(&self, sample: SampleIndex) -> bool {
        self.sets[self.set_of[sample.0 as usize] as usize].len() > 1
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<u32>() + self.set_of.capacity() * size_of::<u32>()
    }

    pub(super) fn reserve(&mut self, samples: usize) {
        self.lines.reserve_exact(samples);
        self.set_of.reserve_exact(samples);
    }

    pub(super) fn push(&mut self, line: u32, set: usize) {
        self.lines.push(line);
        self.set_of.push(set as u32);
    }

    /// The number of this set of files, a new one if it was not there yet.
    pub(super) fn number_of(&mut self, set: Vec<usize>, files: &[FileSummary]) -> usize {
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
        let roles: Vec<Option<Role>> = self.sets.iter().map(|set| role_of(set, sources, files)).collect();
        for sample in panel.indices() {
            if panel.role(sample).is_none() {
                panel.set_role(sample, roles[self.set_of[sample.0 as usize] as usize]);
            }
        }
    }
}

/// The role of samples of these files that state none: what the sources that say something agree on.
pub(super) fn role_of(set: &[usize], sources: &[ProfileSource], files: &[FileSummary]) -> Option<Role> {
    let mut roles = set.iter().filter_map(|&file| super::agreed_role(sources, &files[file].sources));
    let first = roles.next();
    first.filter(|&first| roles.all(|role| role == first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_may_be_more_sets_of_files_than_a_small_number_holds() {
        let summary = |source| FileSummary {
            name: String::new(),
            format: String::new(),
            sources: vec![source],
            rows: 0,
            samples: 0,
            loci: Vec::new(),
        };
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

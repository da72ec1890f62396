//! Ids that occur more than once, and where each sample came from.

use super::{FileSummary, ProfileSource};
use crate::{
    io::problems::{Reason, Rejected},
    profile::{Panel, PanelBuilder, PanelError, Role, SampleIndex},
};
use std::sync::Arc;

/// Where each sample of a panel was read: file, line, and the sources that name the file.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    lines: Vec<u32>,
    /// Each sample's set of files.
    set_of: Vec<u16>,
    /// The sets of files (positions in the list of files) that occur, the file read first in front.
    sets: Vec<Vec<usize>>,
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
        self.sets[usize::from(self.set_of[sample.0 as usize])][0]
    }

    /// The sources that contain the sample (0-based positions in the list of sources).
    pub fn sources(&self, sample: SampleIndex) -> &[usize] {
        &self.sources[usize::from(self.set_of[sample.0 as usize])]
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<u32>() + self.set_of.capacity() * size_of::<u16>()
    }

    fn reserve(&mut self, samples: usize) {
        self.lines.reserve_exact(samples);
        self.set_of.reserve_exact(samples);
    }

    fn push(&mut self, line: u32, set: usize) {
        self.lines.push(line);
        self.set_of.push(set as u16);
    }

    /// The number of this set of files, a new one if it was not there yet.
    fn number_of(&mut self, set: Vec<usize>, files: &[FileSummary]) -> usize {
        self.sets.iter().position(|other| *other == set).unwrap_or_else(|| {
            self.sources.push(set.iter().flat_map(|&file| files[file].sources.iter().copied()).collect());
            self.sets.push(set);
            self.sets.len() - 1
        })
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
                panel.set_role(sample, roles[usize::from(self.set_of[sample.0 as usize])]);
            }
        }
    }
}

/// The samples to keep (arrival numbers in the order of the ids) and where they came from.
///
/// Rows of one id that say the same are one sample: within a file the later ones are listed as repeated; across files the
/// sample belongs to all of them. Where they differ, all rows of the id are left out, so that the result does not
/// depend on their order.
///
/// # Errors
/// A temporary file that can no longer be read.
pub(super) fn settle_duplicates(
    builder: &PanelBuilder,
    lines: &[u32],
    files: &[FileSummary],
    rejected: &mut [Vec<Rejected>],
) -> Result<(Vec<u32>, Origins), PanelError> {
    let mut origins = Origins::default();
    let mut ends = Vec::with_capacity(files.len());
    for file in files {
        ends.push(ends.last().copied().unwrap_or(0) + file.samples);
    }
    let file_of = |at: u32| ends.partition_point(|&end| end <= at as usize);
    let mut order = builder.order_by_id();
    let alone: Vec<usize> = (0..files.len()).map(|file| origins.number_of(vec![file], files)).collect();
    origins.reserve(order.len());
    // Those kept move up in place: one order, not two, of millions of samples.
    let (mut kept, mut next) = (0, 0);
    while next < order.len() {
        let first = order[next];
        let rows = order[next..].iter().take_while(|&&other| builder.id(other) == builder.id(first)).count();
        let start = next;
        next += rows;
        if rows == 1 {
            order[kept] = first;
            kept += 1;
            origins.push(lines[first as usize], alone[file_of(first)]);
            continue;
        }
        let same_id = &order[start..next];
        let same_role = |other: u32| match (builder.role(first), builder.role(other)) {
            (Some(left), Some(right)) => left == right,
            _ => true,
        };
        let mut agree = true;
        for &other in &same_id[1..] {
            agree = agree && builder.is_same_profile(first, other)? && same_role(other);
        }
        let reject = |at: u32, reason: Reason| Rejected {
            file: Arc::from(files[file_of(at)].name.as_str()),
            line: u64::from(lines[at as usize]),
            column: Arc::from(""),
            sample_id: builder.id(at).to_owned(),
            locus: None,
            value: String::new(),
            reason,
        };
        if !agree {
            for &at in same_id {
                let others = describe_places(same_id, at, &file_of, lines, files);
                rejected[file_of(at)].push(reject(at, Reason::ConflictingRows(others)));
            }
            continue;
        }
        let mut set = Vec::with_capacity(1);
        for &at in same_id {
            let file = file_of(at);
            match same_id.iter().find(|&&other| file_of(other) == file) {
                Some(&other) if other != at => {
                    rejected[file].push(reject(at, Reason::RepeatedRow(u64::from(lines[other as usize]))));
                }
                _ => set.push(file),
            }
        }
        let set = origins.number_of(set, files);
        origins.push(lines[first as usize], set);
        order[kept] = first;
        kept += 1;
    }
    order.truncate(kept);
    Ok((order, origins))
}

/// The places of the other rows of one id, at most three of them.
fn describe_places(
    same_id: &[u32],
    except: u32,
    file_of: &dyn Fn(u32) -> usize,
    lines: &[u32],
    files: &[FileSummary],
) -> String {
    let others: Vec<u32> = same_id.iter().copied().filter(|&other| other != except).collect();
    let place = |&at: &u32| {
        let line = lines[at as usize];
        if file_of(at) == file_of(except) {
            format!("line {line}")
        } else {
            format!("{} line {line}", files[file_of(at)].name)
        }
    };
    let more = if others.len() > 3 { format!(" and {} more", others.len() - 3) } else { String::new() };
    others.iter().take(3).map(place).collect::<Vec<_>>().join(", ") + &more
}

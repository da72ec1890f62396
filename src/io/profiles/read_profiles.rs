//! All profiles of a run, and where they came from.

use super::Origins;
use crate::{
    io::{
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
    },
    profile::{LocusName, Panel, PanelError, Role, SampleIndex},
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

/// All profiles of a run.
#[derive(Debug)]
pub struct ReadProfiles {
    /// The samples.
    pub panel: Panel,
    /// What was read and not used, by file and line.
    pub rejected: RejectedList,
    /// What the user should know and cannot be put down to one line.
    pub notes: Vec<String>,
    /// Each file that was read, once.
    pub files: Vec<FileSummary>,
    /// Which sources each sample came from.
    pub origins: Origins,
}

/// What was read from one file.
#[derive(Clone, Debug)]
pub struct FileSummary {
    /// The file as the user named it.
    pub name: String,
    /// What kind of file it is, and what showed it.
    pub format: String,
    /// Positions in the list of sources that name this file.
    pub sources: Vec<usize>,
    /// Rows with something in them, below the header.
    pub rows: u64,
    /// Samples, before those with duplicate ids are left out.
    pub samples: usize,
    /// The loci in this file.
    pub loci: Vec<LocusName>,
}

/// A sample that nobody looks at because of its role: a child among the candidates, or anybody else among the children.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LeftOut {
    /// The sample.
    pub sample: SampleIndex,
    /// Its role.
    pub role: Role,
}

/// Entries that are made before they are listed.
pub(crate) const LISTED_AT_ONCE: usize = 1 << 12;

impl ReadProfiles {
    /// Whether the sample came from any of these sources (0-based positions in the list given to [`super::read_panel`]).
    pub fn came_from_any(&self, sample: SampleIndex, sources: &Range<usize>) -> bool {
        self.origins.sources(sample).iter().any(|source| sources.contains(source))
    }

    /// What is not used of a sample that was read, or contradicts something else: a line for `rejected.csv`.
    pub fn reject(&self, sample: SampleIndex, column: &str, value: String, reason: Reason) -> Rejected {
        Rejected {
            file: Arc::from(self.file(sample)),
            line: self.origins.line(sample),
            column: Arc::from(column),
            sheet_column: None,
            sample_id: self.panel.id(sample).to_owned(),
            locus: None,
            value,
            reason,
        }
    }

    /// Adds to what was read and not used, in the order of files and lines.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_rejected(&mut self, more: Vec<Rejected>) -> Result<(), PanelError> {
        let mut list = std::mem::take(&mut self.rejected);
        let listed = self.list_into(&mut list, more);
        self.rejected = list;
        listed
    }

    /// Adds to a list, in the order of files and lines.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_into(&self, list: &mut RejectedList, more: Vec<Rejected>) -> Result<(), PanelError> {
        let mut positions: HashMap<&str, usize> = HashMap::new();
        for (at, file) in self.files.iter().enumerate() {
            positions.entry(&file.name).or_insert(at);
        }
        more.into_iter().try_for_each(|entry| list.push(positions.get(&*entry.file).copied(), entry))
    }

    /// The samples of these lists that nobody looks at because of their role: in the children's files those of another
    /// role, in the candidates' files children. Whoever is `used` all the same is left out.
    pub fn left_out_by_role(
        &self,
        in_children: impl Fn(SampleIndex) -> bool,
        in_candidates: impl Fn(SampleIndex) -> bool,
        used: impl Fn(SampleIndex) -> bool,
    ) -> Vec<LeftOut> {
        let left_out = |sample: SampleIndex| {
            let role = self.panel.role(sample)?;
            match role {
                Role::Child if in_candidates(sample) && !in_children(sample) => {}
                Role::Child => return None,
                _ if in_children(sample) && !in_candidates(sample) => {}
                _ => return None,
            }
            (!used(sample)).then_some(LeftOut { sample, role })
        };
        self.panel.indices().filter_map(left_out).collect()
    }

    /// Lists samples that nobody looks at because of their role.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_left_out(&mut self, left_out: &[LeftOut]) -> Result<(), PanelError> {
        for some in left_out.chunks(LISTED_AT_ONCE) {
            let entry = |&LeftOut { sample, role }: &LeftOut| {
                let list = if role == Role::Child { "candidates" } else { "children" };
                let reason = Reason::NotOfRole { role: role.as_str().into(), list: list.into() };
                self.reject(sample, "role", role.to_string(), reason)
            };
            let entries = some.iter().map(entry).collect();
            self.list_rejected(entries)?;
        }
        Ok(())
    }

    /// Why nobody of these sources can be used: what role their samples have, or the first row that was set aside.
    pub fn why_nobody(&self, sources: &Range<usize>) -> Option<String> {
        let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
        for sample in self.panel.indices().filter(|&sample| self.came_from_any(sample, sources)) {
            *roles.entry(self.panel.role(sample).map_or("none", Role::as_str)).or_default() += 1;
        }
        if !roles.is_empty() {
            let counts: Vec<_> = roles.iter().map(|(role, count)| format!("{count} of role {role}")).collect();
            return Some(format!("the samples there are {}", counts.join(", ")));
        }
        let is_there = |entry: &Rejected| {
            let mut files = self.files.iter().filter(|file| file.sources.iter().any(|source| sources.contains(source)));
            files.any(|file| *file.name == *entry.file)
        };
        let is_cause =
            |entry: &Cow<'_, Rejected>| matches!(entry.reason, Reason::ConflictingRows { .. }) && is_there(entry);
        let first = self.rejected.iter().flatten().find(is_cause)?;
        Some(format!("all rows there were set aside, the first: {first}"))
    }

    /// The file in which the sample was read first, as the user named it.
    pub fn file(&self, sample: SampleIndex) -> &str {
        &self.files[self.origins.file(sample)].name
    }
}

//! What the user should know of the samples as a whole, once they are read.

use super::ReadProfiles;
use crate::{
    io::problems::Reason,
    name_some::{LOCI_NAMED, name_some},
    profile::{DropOut, LocusName, SampleIndex},
};
use std::{collections::BTreeMap, io};

/// Ids that a note names, at most.
pub(super) const IDS_NAMED: usize = 5;

impl ReadProfiles {
    /// Notes the samples whose sex contradicts itself, and the roles that are none.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub(super) fn note_sexes_and_roles(&mut self) -> io::Result<()> {
        let notes = [self.note_on_sex_conflicts(), self.note_on_unknown_roles()?];
        // A packed panel brings the notes of its own reading.
        for note in notes.into_iter().flatten() {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        Ok(())
    }

    /// What the user should know of the samples beside settings that speak of them: how likely alleles drop out of those
    /// without a role, and what has no effect.
    pub fn notes_on_use(&self, drop_out: &DropOut) -> Vec<String> {
        let populations = self.panel.states_populations().then(|| {
            "the column `population` has no effect: every sample is scored with the same frequency tables".to_owned()
        });
        self.note_on_missing_roles(drop_out).into_iter().chain(populations).collect()
    }

    /// Notes the files of which no locus is known: nothing that comes with the program has their frequencies.
    pub fn note_unknown_loci(&mut self) {
        for file in &self.files {
            if file.loci.is_empty() || file.loci.iter().any(LocusName::is_known) {
                continue;
            }
            self.notes.push(format!(
                "{}: none of its {} loci ({}) is known by name, and no built-in table has them: name their frequencies with --frequencies FILE, or \
                 a marker file with --markers FILE",
                file.name,
                file.loci.len(),
                name_some(&file.loci, LOCI_NAMED)
            ));
        }
    }

    fn note_on_missing_roles(&self, drop_out: &DropOut) -> Option<String> {
        if !drop_out.depends_on_role() {
            return None;
        }
        let lacks_both =
            |&sample: &SampleIndex| self.panel.role(sample).is_none() && self.panel.drop_out(sample).is_none();
        let count = self.panel.indices().filter(lacks_both).count();
        (count > 0).then(|| {
            format!(
                "no role is known of {count} of the samples: drop-out {} is used for them, {} of observation.drop_out",
                drop_out.of(None),
                drop_out.source_without_role()
            )
        })
    }

    fn note_on_sex_conflicts(&self) -> Option<String> {
        let conflicts = self.panel.sex_conflicts();
        let count = conflicts.len();
        (count > 0).then(|| {
            format!(
                "the sex column and amelogenin contradict each other, or several rows of one sample do ({}): neither is believed, \
                 such a sample is searched as of unknown sex",
                name_some(conflicts.map(|sample| self.panel.full_id(sample)), IDS_NAMED)
            )
        })
    }

    fn note_on_unknown_roles(&self) -> io::Result<Option<String>> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for entry in self.rejected.iter() {
            let entry = entry?;
            if entry.reason == Reason::UnknownRole {
                *counts.entry(entry.value.clone()).or_default() += 1;
            }
        }
        let kinds = counts.len();
        let samples: usize = counts.values().sum();
        Ok((kinds > 0).then(|| {
            format!(
                "roles that are none of corpse, detainee, child and relative ({}; {samples} in all) are not used: those \
                 samples count as without a role",
                name_some(counts.into_keys().map(|role| format!("`{role}`")), IDS_NAMED)
            )
        }))
    }
}

//! Profiles out, in the formats that other programs read. Each writer says in one sentence each what its format cannot hold.

mod cmf;
mod table;

use crate::profile::{Call, Panel, Sample, SampleIndex, Sex};
use std::io::Write;

pub use cmf::CmfWriter;
pub use table::{LongWriter, WideWriter};

/// One format.
pub trait ProfileWriter {
    /// Writes all profiles; a sentence on each thing that the format does not hold.
    ///
    /// # Errors
    /// What the target refuses; ids that the format cannot hold.
    fn write(&self, panel: &Panel, target: &mut dyn Write) -> Result<Vec<String>, ProfileWriteError>;
}

/// Profiles that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileWriteError {
    /// What the target refuses.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// What the target refuses, of a table.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// An id that the format cannot hold.
    #[error("sample `{id}`: {why}")]
    Id {
        /// The sample.
        id: String,
        /// Why, with the remedy.
        why: String,
    },
}

/// What no format holds: ids of several people, contradictory sexes, calls that were set aside.
pub fn lost_in_any(panel: &Panel) -> Vec<String> {
    let mut lost = Vec::new();
    for sample in panel.indices() {
        if panel.id(sample) != panel.full_id(sample) {
            lost.push(format!(
                "sample `{}`: the id stands for several people; the full id is written",
                panel.full_id(sample)
            ));
        }
        if panel.sex_conflict(sample) {
            lost.push(format!(
                "sample `{}`: stated sex and amelogenin contradict each other; unknown is written",
                panel.full_id(sample)
            ));
        }
        lost.extend(set_aside(panel, sample));
    }
    lost
}

/// The loci of a sample with three alleles or more, which a panel does not keep.
fn set_aside(panel: &Panel, sample: SampleIndex) -> impl Iterator<Item = String> + '_ {
    let is_set_aside = move |locus: &usize| panel.observation(sample, *locus).call == Call::SetAside;
    (0..panel.loci().len()).filter(is_set_aside).map(move |locus| {
        let (id, locus) = (panel.full_id(sample), &panel.loci()[locus]);
        format!("sample `{id}`, {locus}: more than two alleles were set aside; the locus is written as missing")
    })
}

/// A name, and whether a sample has it.
type NamedField = (&'static str, fn(&Sample) -> bool);

/// What may be known of a sample beside its id and its calls.
const FIELDS: [NamedField; 9] = [
    ("role", |sample| sample.role.is_some()),
    ("sex", |sample| sample.sex != Sex::Unknown),
    ("birth_year", |sample| sample.birth_years.is_some()),
    ("site", |sample| sample.site.is_some()),
    ("family_id", |sample| sample.family_id.is_some()),
    ("mother_id", |sample| sample.mother_id.is_some()),
    ("father_id", |sample| sample.father_id.is_some()),
    ("population", |sample| sample.population.is_some()),
    ("drop_out", |sample| sample.drop_out.is_some()),
];

/// A sentence on each field that any sample has and that is not among those `held` by a format.
pub fn lost_fields(panel: &Panel, held: &[&str]) -> Vec<String> {
    let with =
        |is_known: fn(&Sample) -> bool| panel.indices().filter(|&sample| is_known(&panel.sample(sample))).count();
    let counted =
        FIELDS.into_iter().filter(|(name, _)| !held.contains(name)).map(|(name, is_known)| (name, with(is_known)));
    counted
        .filter(|&(_, samples)| samples > 0)
        .map(|(name, samples)| format!("{name}: not written ({samples} samples have one)"))
        .collect()
}

//! How profiles are read, and which of their calls are used.

use super::RunError;
use crate::io::problems::Rejected;
use crate::io::profiles::{ReadOptions, ReadProfiles};
use crate::io::source::Inputs;
use crate::model::{UnusableCall, UnusableCalls};
use crate::profile::{Panel, SampleIndex, Sex, SpillTo};
use crate::statistics::Statistics;
use serde::{Deserialize, Serialize};

/// Samples that are looked at together.
pub(super) const SAMPLES_AT_ONCE: usize = 1 << 14;

/// How profiles are read, where neither the settings nor the files say it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The column of the sample ids, where its name says nothing.
    pub id_column: Option<String>,
    /// The column of a long table that holds the locus names, where its name says nothing.
    #[serde(default)]
    pub marker_column: Option<String>,
    /// The columns of a long table that hold alleles, where their names say nothing.
    #[serde(default)]
    pub allele_columns: Vec<String>,
    /// Whether the first cell or row that cannot be used stops the run.
    pub strict: bool,
    /// Whether alleles are used that their loci cannot have, by what was published of them.
    #[serde(default)]
    pub accept_implausible: bool,
}

/// The manifest's section on how the profiles were read.
pub(super) const READING: &str = "reading";

/// The manifest's section on how many assignments an identification lists at most.
pub(super) const ASSIGNMENTS: &str = "assignments";

/// The manifest's section on samples of one person in an identification ([`Merging`]).
pub(super) const SAMPLES_OF_ONE_PERSON: &str = "samples_of_one_person";

/// Whether and when samples of one person are put together.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Merging {
    pub(super) keep_samples_apart: bool,
    pub(super) min_log10_lr: Option<f64>,
    /// How many groups there are, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<usize>,
}

/// How the profiles were read, where the settings and the files do not say it.
#[derive(Serialize, Deserialize)]
pub(super) struct MatchReading {
    /// Whether children are candidates too.
    pub(super) candidates_include_children: bool,
    #[serde(flatten)]
    pub(super) reading: Reading,
}

impl Reading {
    /// The options of the reader: loci that the statistics name count as known.
    pub fn options(&self, statistics: &Statistics, inputs: &Inputs, spill: Option<SpillTo>) -> ReadOptions {
        ReadOptions {
            drop_out: statistics.settings.observation.drop_out,
            extra_loci: statistics.known_loci(),
            inputs: inputs.clone(),
            spill,
            ..self.options_alone()
        }
    }

    /// The options without what settings and statistics say.
    pub fn options_alone(&self) -> ReadOptions {
        ReadOptions {
            id_column: self.id_column.clone(),
            marker_column: self.marker_column.clone(),
            allele_columns: self.allele_columns.clone(),
            strict: self.strict,
            ..ReadOptions::default()
        }
    }

    /// Takes out and lists the calls that the loci cannot explain, given everybody's sex, and notes what the run must say of them.
    pub(crate) fn take_out_unusable_calls(
        &self,
        profiles: &mut ReadProfiles,
        statistics: &Statistics,
        sex_of: &dyn Fn(&Panel, SampleIndex) -> Sex,
    ) -> Result<(), RunError> {
        let unusable = UnusableCalls::find(&profiles.panel, &statistics.in_use(self.accept_implausible));
        let samples: Vec<u32> = profiles.panel.indices().map(|sample| sample.0).collect();
        let mut cells = Vec::new();
        for samples in samples.chunks(SAMPLES_AT_ONCE) {
            let calls = unusable.of_samples(&profiles.panel, samples, sex_of)?;
            cells.extend(calls.iter().map(|call| (call.sample, call.locus.0)));
            let rejected: Vec<Rejected> = calls.into_iter().map(|call| reject_call(profiles, call)).collect();
            profiles.list_rejected(rejected)?;
        }
        if let (false, true, Some(first)) = (cells.is_empty(), self.strict, profiles.rejected.first()?) {
            return Err(RunError::Strict(Box::new(first)));
        }
        profiles.panel.clear(&cells);
        profiles.panel.forget(&unusable.codes());
        profiles.notes.extend(unusable.notes());
        Ok(())
    }
}

/// A call that is not used: a line for `rejected.csv`.
pub(super) fn reject_call(profiles: &ReadProfiles, call: UnusableCall) -> Rejected {
    let (_, locus) = call.locus;
    let rejected = profiles.reject(call.sample, locus.as_str(), call.call.to_string(), call.reason);
    Rejected { locus: Some(locus), ..rejected }
}

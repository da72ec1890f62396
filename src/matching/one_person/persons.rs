//! Candidates are persons: who of them gave several samples, and which sample stands for the person.

use super::DirectMatches;
use crate::matching::Case;
use crate::profile::{Panel, SampleIndex, Sex};
use std::collections::HashMap;

/// The persons who gave several samples, of a list of candidates.
///
/// In pools and totals a person counts once, with the sample that has a call at most loci (of several the first by id).
#[derive(Clone, Debug, Default)]
pub struct Persons {
    /// The samples of each, ascending, the one that stands for it apart.
    groups: Vec<Group>,
    of: HashMap<SampleIndex, u32>,
}

#[derive(Clone, Debug)]
struct Group {
    samples: Vec<SampleIndex>,
    stands_for_all: SampleIndex,
    /// As any of the samples tells.
    sex: Sex,
}

impl Persons {
    /// The persons of these candidates (ascending).
    pub fn new(case: &Case<'_>, direct: &DirectMatches, candidates: &[SampleIndex]) -> Self {
        let group = |samples: Vec<SampleIndex>| {
            let typed = |sample: SampleIndex| case.loci_compared(sample, sample).count();
            let stands_for_all =
                samples.iter().copied().max_by_key(|&sample| (typed(sample), std::cmp::Reverse(sample)));
            let sexes = samples.iter().map(|&sample| case.panel.sex(sample));
            let sex = sexes.into_iter().find(|&sex| sex != Sex::Unknown).unwrap_or_default();
            Group { stands_for_all: stands_for_all.unwrap_or(samples[0]), samples, sex }
        };
        let groups: Vec<_> = direct.groups(case.panel, candidates).into_iter().map(group).collect();
        let numbered = (0_u32..).zip(&groups);
        let of =
            numbered.flat_map(|(number, group)| group.samples.iter().map(move |&sample| (sample, number))).collect();
        Self { groups, of }
    }

    fn group(&self, sample: SampleIndex) -> Option<&Group> {
        self.of.get(&sample).map(|&number| &self.groups[number as usize])
    }

    /// All samples of this person, ascending, where there are several.
    pub fn samples(&self, sample: SampleIndex) -> Option<&[SampleIndex]> {
        self.group(sample).map(|group| &group.samples[..])
    }

    /// The sample that stands for the person.
    pub fn stands_for(&self, sample: SampleIndex) -> SampleIndex {
        self.group(sample).map_or(sample, |group| group.stands_for_all)
    }

    /// Whether another sample stands for this person.
    pub fn is_further(&self, sample: SampleIndex) -> bool {
        self.stands_for(sample) != sample
    }

    /// The person's sex: as its own record or another sample's tells.
    pub fn sex(&self, panel: &Panel, sample: SampleIndex) -> Sex {
        self.group(sample).map_or_else(|| panel.sex(sample), |group| group.sex)
    }
}

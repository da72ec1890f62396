//! Candidates are persons: who of them gave several samples, which sample stands for the person, and what they show together.

use super::DirectMatches;
use crate::matching::Case;
use crate::profile::{Code, MISSING, Observation, Panel, SampleIndex, Sex};
use std::collections::HashMap;

/// The persons who gave several samples, of a list of candidates.
///
/// A person counts once, with what its samples show together. The sample that has a call at most loci (of several the first by
/// id) stands for it.
#[derive(Clone, Debug, Default)]
pub struct Persons {
    /// The samples of each, ascending, the one that stands for it apart.
    groups: Vec<PersonSamples>,
    of: HashMap<SampleIndex, u32>,
}

#[derive(Clone, Debug)]
struct PersonSamples {
    samples: Vec<SampleIndex>,
    stands_for_all: SampleIndex,
    /// What they show together, by locus in use.
    codes: Vec<Code>,
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
            let codes = (0..case.models.loci.len()).map(|at| shown_together(case, &samples, at)).collect();
            PersonSamples { stands_for_all: stands_for_all.unwrap_or(samples[0]), codes, samples, sex }
        };
        let groups: Vec<_> = direct.groups(case.panel, candidates).into_iter().map(group).collect();
        let numbered = (0_u32..).zip(&groups);
        let of =
            numbered.flat_map(|(number, group)| group.samples.iter().map(move |&sample| (sample, number))).collect();
        Self { groups, of }
    }

    fn group(&self, sample: SampleIndex) -> Option<&PersonSamples> {
        self.of.get(&sample).map(|&number| &self.groups[number as usize])
    }

    /// All samples of this person, ascending, where there are several.
    pub fn samples(&self, sample: SampleIndex) -> Option<&[SampleIndex]> {
        self.group(sample).map(|group| &group.samples[..])
    }

    /// What a person's samples show together, by locus in use, where there are several.
    pub fn codes(&self, sample: SampleIndex) -> Option<&[Code]> {
        self.group(sample).map(|group| &group.codes[..])
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

/// What these samples show together at a locus in use (0-based): the call that holds all others (of equal calls the one that is
/// least likely to have lost an allele), nothing where they contradict each other.
fn shown_together(case: &Case<'_>, samples: &[SampleIndex], at: usize) -> Code {
    let locus = case.models.loci[at];
    let calls = samples.iter().map(|&sample| (case.panel.profile(sample).code(locus), sample));
    let calls: Vec<_> = calls
        .filter(|&(code, _)| case.has_call(at, code))
        .map(|(code, sample)| (code, case.panel.observation(sample, locus)))
        .collect();
    let holds_all = |(_, seen): &&(Code, Observation)| {
        let holds = |allele| seen.call.alleles().any(|own| own == allele);
        calls.iter().all(|(_, other)| other.call.alleles().all(holds))
    };
    let least_drop_out =
        |one: &&(Code, Observation), other: &&(Code, Observation)| one.1.drop_out.total_cmp(&other.1.drop_out);
    calls.iter().filter(holds_all).min_by(least_drop_out).map_or(MISSING, |&(code, _)| code)
}

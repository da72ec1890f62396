//! What is true of the samples of simulated cases.

use super::confusion::Truth;
use crate::inheritance::Relationship;
use crate::matching::{Child, Roster};
use crate::profile::{Role, SampleIndex, Sex};
use crate::simulate::{CasePanel, Parents, ROLES, SamplePlace, SyntheticCase};
use std::collections::BTreeMap;

/// The roles whose samples are candidates: as `filia match` has them when it gets a case's corpses and detainees.
const CANDIDATES: [Role; 2] = [Role::Corpse, Role::Detainee];

/// One of several simulated cases in a panel, with everything that is known of it.
pub(super) struct KnownCase<'a> {
    case: &'a SyntheticCase,
    samples: &'a CasePanel,
    /// The children and the candidates, each in the order of their ids.
    pub roster: Roster,
}

impl<'a> KnownCase<'a> {
    /// Sorts the samples of a panel into its cases, in the order of `cases`.
    pub fn all(cases: &'a [SyntheticCase], samples: &'a CasePanel) -> Vec<Self> {
        let empty = |case| Self { case, samples, roster: Roster::default() };
        let mut known: Vec<_> = cases.iter().map(empty).collect();
        let panel = &samples.panel;
        for sample in panel.indices() {
            let roster = &mut known[samples.place(sample).0].roster;
            match panel.role(sample) {
                Some(Role::Child) => {
                    let [mother, father] =
                        [Sex::Female, Sex::Male].map(|which| panel.stated_parent(sample, which)?.ok());
                    roster.children.push(Child { sample, mother, father });
                }
                Some(role) if CANDIDATES.contains(&role) => roster.candidates.push(sample),
                _ => {}
            }
        }
        known
    }

    /// Whether the candidate is the child's father (male) or mother (female).
    pub fn parent_sex(&self, candidate: SampleIndex, child: SampleIndex) -> Option<Sex> {
        self.case.parent_sex(self.samples.place(candidate).1, self.samples.place(child).1)
    }

    /// What the candidate is to the child.
    pub fn truth(&self, candidate: SampleIndex, child: SampleIndex) -> Truth {
        self.truth_of(self.samples.place(candidate).1, self.samples.place(child).1)
    }

    fn truth_of(&self, candidate: SamplePlace, child: SamplePlace) -> Truth {
        if self.case.parent_sex(candidate, child).is_some() {
            return Truth::Parent;
        }
        match self.case.relation(candidate, child) {
            None | Some(Relationship::Unrelated) => Truth::Unrelated,
            Some(Relationship::Parent) => Truth::Child,
            Some(relationship) => Truth::Kin(relationship),
        }
    }

    /// Whether the father (male) or the mother (female) is among the candidates.
    pub fn is_listed(&self, child: SampleIndex, place: Sex) -> bool {
        let Parents { father, mother, .. } = self.case.parents(self.samples.place(child).1.row);
        if place == Sex::Female { mother.is_some() } else { father.is_some() }
    }

    /// How many pairs of a child and a candidate there are of each truth.
    pub fn pairs(&self) -> BTreeMap<Truth, u64> {
        let mut pairs = BTreeMap::new();
        let all = self.roster.children.len() as u64 * self.roster.candidates.len() as u64;
        for child in &self.roster.children {
            let place = self.samples.place(child.sample).1;
            let whose = self.case.layout().whose(place);
            let family = self.case.layout().samples_of(whose.kind, whose.instance);
            let candidates = family.into_iter().filter(|(_, other)| CANDIDATES.contains(&ROLES[other.list]));
            for (_, candidate) in candidates {
                *pairs.entry(self.truth_of(candidate, place)).or_default() += 1;
            }
        }
        let in_families: u64 = pairs.values().sum();
        *pairs.entry(Truth::Unrelated).or_default() += all - in_families;
        pairs
    }
}

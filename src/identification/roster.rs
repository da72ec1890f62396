//! Who takes part: the bodies, and in each family the relatives who gave a sample.

use super::bodies::Body;
use super::pairwise::sexes_agree;
use super::typed_family::{FamilyWithSamples, Typed};
use crate::inheritance::Family;
use crate::name_some::name_some;
use crate::profile::{Panel, SampleIndex};
use std::collections::BTreeMap;

/// The bodies (one a sample) and the families of a run.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The bodies.
    pub bodies: Vec<Body>,
    /// The families, in the order given.
    pub families: Vec<FamilyWithSamples>,
    /// What was noticed, one sentence each.
    pub notes: Vec<String>,
}

/// Why there is nothing to identify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// No sample is a body.
    #[error("no profile among the remains")]
    NoBody,
    /// One sample in both files.
    #[error("sample `{0}` is among the remains and among the relatives: give it in one place only")]
    BodyAndRelative(String),
    /// The same of a case of children and candidates.
    #[error("sample `{0}` is among the children or candidates and among the relatives: give it in one place only")]
    ListedAndRelative(String),
    /// A missing person who gave a sample.
    #[error(
        "line {line} of the pedigrees: `{person}` of family `{family}` is missing, but has a profile among the relatives: \
         say `no` in column missing, or give the sample another id"
    )]
    MissingIsTyped {
        /// The person.
        person: String,
        /// The family.
        family: String,
        /// 1-based line of the pedigree file.
        line: u64,
    },
    /// Several relatives have the id of one person.
    #[error(
        "line {line} of the pedigrees: `{person}` of family `{family}` is the id of several relatives: write one of {names}"
    )]
    SeveralRelatives {
        /// The person.
        person: String,
        /// The family.
        family: String,
        /// 1-based line of the pedigree file.
        line: u64,
        /// The relatives, by their full ids.
        names: String,
    },
    /// Nobody of any family is typed.
    #[error("no person of the pedigrees has a profile among the relatives: person_id must be the sample_id")]
    NoRelative,
}

impl Roster {
    /// Finds the samples of each family's members.
    ///
    /// # Errors
    /// No bodies, no relatives, a sample that is both, a missing person with a sample.
    pub fn new(
        panel: &Panel,
        families: Vec<Family>,
        is_remains: impl Fn(SampleIndex) -> bool,
        is_relative: impl Fn(SampleIndex) -> bool,
    ) -> Result<Self, RosterError> {
        if let Some(both) = panel.indices().find(|&sample| is_remains(sample) && is_relative(sample)) {
            return Err(RosterError::BodyAndRelative(panel.full_id(both).into_owned()));
        }
        let mut roster = Self::default();
        let bodies = panel.indices().filter(|&sample| is_remains(sample));
        roster.bodies.extend(bodies.map(|sample| Body {
            id: body_id(panel, sample, &is_remains),
            samples: vec![sample],
            sex: panel.sex(sample),
            set_aside: Vec::new(),
        }));
        if roster.bodies.is_empty() {
            return Err(RosterError::NoBody);
        }
        roster.add_families(panel, families, is_relative)?;
        Ok(roster)
    }

    /// The families alone, beside samples (`is_other`) that are no relatives.
    ///
    /// # Errors
    /// No relatives, a relative who is one of the others, a missing person with a sample.
    pub fn of_families(
        panel: &Panel,
        families: Vec<Family>,
        is_other: impl Fn(SampleIndex) -> bool,
        is_relative: impl Fn(SampleIndex) -> bool,
    ) -> Result<Self, RosterError> {
        if let Some(both) = panel.indices().find(|&sample| is_other(sample) && is_relative(sample)) {
            return Err(RosterError::ListedAndRelative(panel.full_id(both).into_owned()));
        }
        let mut roster = Self::default();
        roster.add_families(panel, families, is_relative)?;
        Ok(roster)
    }

    fn add_families(
        &mut self,
        panel: &Panel,
        families: Vec<Family>,
        is_relative: impl Fn(SampleIndex) -> bool,
    ) -> Result<(), RosterError> {
        let mut listed: BTreeMap<SampleIndex, Vec<String>> = BTreeMap::new();
        for family in families {
            let typed = self.typed_members(panel, &family, &is_relative)?;
            typed.iter().for_each(|member| listed.entry(member.sample).or_default().push(family.id.clone()));
            self.families.push(FamilyWithSamples { family, typed });
        }
        if listed.is_empty() {
            return Err(RosterError::NoRelative);
        }
        self.note_relatives(panel, &listed, &is_relative);
        Ok(())
    }

    fn typed_members(
        &mut self,
        panel: &Panel,
        family: &Family,
        is_relative: impl Fn(SampleIndex) -> bool,
    ) -> Result<Vec<Typed>, RosterError> {
        let mut typed = Vec::new();
        for (person, individual) in family.pedigree.individuals().iter().enumerate() {
            let samples: Vec<SampleIndex> =
                panel.find_all(&individual.id).filter(|&sample| is_relative(sample)).collect();
            let sample = match samples[..] {
                [] => continue,
                [sample] => sample,
                _ => {
                    let names: Vec<_> = samples.iter().map(|&sample| panel.full_id(sample)).collect();
                    return Err(RosterError::SeveralRelatives {
                        person: individual.id.clone(),
                        family: family.id.clone(),
                        line: family.lines[person],
                        names: names.join(", "),
                    });
                }
            };
            if family.missing.contains(&person) {
                let (person_id, family_id) = (individual.id.clone(), family.id.clone());
                let line = family.lines[person];
                return Err(RosterError::MissingIsTyped { person: person_id, family: family_id, line });
            }
            if !sexes_agree(individual.sex, panel.sex(sample)) {
                self.notes.push(format!(
                    "family {}, line {} of the pedigrees: {} is {} there, but the profile is {}: a swapped sample? (the pedigree is believed)",
                    family.id, family.lines[person], individual.id, individual.sex, panel.sex(sample)
                ));
            }
            typed.push(Typed { person, sample });
        }
        if typed.is_empty() && !family.missing.is_empty() {
            self.notes.push(format!("family {}: no typed relative, so nobody of it can be identified", family.id));
        }
        if family.missing.is_empty() {
            self.notes.push(format!("family {}: nobody is missing", family.id));
        }
        Ok(typed)
    }

    fn note_relatives(
        &mut self,
        panel: &Panel,
        listed: &BTreeMap<SampleIndex, Vec<String>>,
        is_relative: impl Fn(SampleIndex) -> bool,
    ) {
        for (&sample, families) in listed.iter().filter(|(_, families)| families.len() > 1) {
            self.notes.push(format!(
                "{} is a member of families {}: the joint answer takes them as independent; list them as one family",
                panel.full_id(sample),
                families.join(", ")
            ));
        }
        let unlisted: Vec<_> = panel
            .indices()
            .filter(|&sample| is_relative(sample) && !listed.contains_key(&sample))
            .map(|sample| panel.full_id(sample).into_owned())
            .collect();
        if !unlisted.is_empty() {
            let (count, some) = (unlisted.len(), name_some(unlisted, 5));
            self.notes.push(format!("{count} relatives are in no family and not used: {some}"));
        }
    }
}

/// The body's id, with its list in front where another body has the same one: relatives are never mistaken for bodies.
fn body_id(panel: &Panel, sample: SampleIndex, is_remains: impl Fn(SampleIndex) -> bool) -> String {
    let id = panel.id(sample);
    let is_shared = panel.full_id(sample) != id && panel.find_all(id).filter(|&other| is_remains(other)).count() > 1;
    if is_shared { panel.full_id(sample).into_owned() } else { id.to_owned() }
}

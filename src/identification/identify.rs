//! The whole answer: every body against every missing person, what each family can do and whether it fits together, and
//! the joint answer over all of them.

use super::IdentificationError;
use super::bodies::Bodies;
use super::coancestry::{check_costs, without_theta};
use super::consistency::{Contradiction, contradiction};
use super::family_case::{FamilyCase, UnusedLocus};
use super::founders::Founders;
use super::joining::{Joined, Joining};
use super::models::Models;
use super::pairwise::{PersonScores, candidates, score_person};
use super::power::{Power, power};
use super::prior::Prior;
use super::shared_rows::SharedRows;
use super::typed_family::FamilyWithSamples;
use crate::inference::joint::JointAnswer;
use crate::likelihood::LocusModel;
use crate::profile::Panel;
use crate::progress::{Progress, Stage};
use crate::search::Candidates;
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// One person looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The family (0-based).
    pub family: usize,
    /// Position in its pedigree.
    pub person: usize,
}

/// What was found out about one family.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FamilyReport {
    /// What each body scores as each of its missing persons.
    pub scores: Vec<PersonScores>,
    /// What can be expected for each of its missing persons.
    pub power: Vec<Power>,
    /// What speaks against the family as listed.
    pub contradiction: Option<Contradiction>,
    /// Loci that are not used for it.
    pub unused: Vec<UnusedLocus>,
    /// ln P(everything seen of its typed members).
    pub ln_family: f64,
}

/// What was found out about one family, and what the joint answer needs beside it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScannedFamily {
    report: FamilyReport,
    /// The scores under the first population, where there are several.
    first_scores: Option<Vec<PersonScores>>,
}

/// The whole answer.
#[derive(Clone, Debug)]
pub struct Identification {
    /// Everybody who is looked for, family by family.
    pub missing: Vec<Missing>,
    /// By family.
    pub families: Vec<FamilyReport>,
    /// The joint answer; bodies as in [`Bodies`], persons as in `missing`.
    pub joint: JointAnswer,
    /// By body: ln of the prior odds of being any one of the persons that it can be against being nobody.
    pub ln_odds: Vec<f64>,
    /// ln P(everything seen | nobody is anyone).
    pub ln_null: f64,
}

/// Bodies and families, and what their identification rests on.
#[derive(Clone, Copy)]
pub struct ToIdentify<'a> {
    /// The profiles.
    pub panel: &'a Panel,
    /// The models of at least one population: pair scores are the lowest over all of them; power, contradictions and the joint answer
    /// rest on the first.
    pub populations: &'a [Models<'a>],
    /// The bodies.
    pub bodies: &'a Bodies,
    /// The families.
    pub families: &'a [FamilyWithSamples],
    /// What is held of a body before its DNA is looked at.
    pub prior: Prior,
    /// The most assignments that are listed.
    pub listed: usize,
}

/// Identifies.
///
/// # Errors
/// What the engine refuses; theta above 0 for a family that it makes too costly; an interruption, which is looked for
/// before each family.
pub fn identify(of: ToIdentify<'_>, progress: &dyn Progress) -> Result<Identification, IdentificationError> {
    with_work(of, |work| work.finish(work.scan(0..work.families.len(), progress)?, progress))
}

/// Every body against every missing person of some of the families (by position), and what these families can do.
///
/// # Errors
/// As [`identify`].
pub fn scan_families(
    of: ToIdentify<'_>,
    families: Range<usize>,
    progress: &dyn Progress,
) -> Result<Vec<ScannedFamily>, IdentificationError> {
    with_work(of, |work| Ok(work.scan(families, progress)?.into_iter().map(|(scanned, _)| scanned).collect()))
}

/// Goes on to the whole answer from what was found of all families, in their order.
///
/// # Errors
/// As [`identify`].
pub fn identify_from(
    of: ToIdentify<'_>,
    scanned: Vec<ScannedFamily>,
    progress: &dyn Progress,
) -> Result<Identification, IdentificationError> {
    with_work(of, |work| {
        let cases = work.families.par_iter().map(|family| work.case_of_several(family));
        let cases = cases.collect::<Result<Vec<_>, IdentificationError>>()?;
        work.finish(scanned.into_iter().zip(cases).collect(), progress)
    })
}

impl ScannedFamily {
    /// Whether this can have been found of this family, with so many bodies (joined ones among them), loci and populations.
    pub(super) fn fits(&self, with: &FamilyWithSamples, [bodies, loci, populations]: [usize; 3]) -> bool {
        let people = with.family.missing.len();
        let is_of_bodies = |scores: &PersonScores| [scores.log10_lr.len(), scores.loci_compared.len()] == [bodies; 2];
        let is_of_people = |scores: &Vec<PersonScores>| scores.len() == people && scores.iter().all(is_of_bodies);
        let are_loci = |found: &[usize]| found.iter().all(|&locus| locus < loci);
        let contradiction = self.report.contradiction.as_ref();
        is_of_people(&self.report.scores)
            && self.first_scores.is_some() == (populations > 1)
            && self.first_scores.iter().all(is_of_people)
            && self.report.power.len() == people
            && self.report.unused.iter().all(|unused| unused.locus < loci)
            && contradiction.is_none_or(|found| {
                with.typed.contains(&found.suspect) && are_loci(&found.inconsistent) && are_loci(&found.left)
            })
    }
}

/// What is worked out once for all families, while it is used.
fn with_work<T>(
    of: ToIdentify<'_>,
    use_it: impl FnOnce(&Work<'_>) -> Result<T, IdentificationError>,
) -> Result<T, IdentificationError> {
    let ToIdentify { panel, populations, bodies, families, prior, listed } = of;
    check_costs(panel, populations, families, bodies)?;
    let without_mutation: Vec<Vec<LocusModel>> =
        populations.iter().map(|models| without_theta(models.without_mutation)).collect::<Result<_, _>>()?;
    let with_judges = populations.iter().zip(&without_mutation);
    let populations: &[Models<'_>] =
        &with_judges.map(|(models, without_mutation)| Models { without_mutation, ..*models }).collect::<Vec<_>>();
    let founders: Vec<Founders<'_>> = populations.iter().map(|&models| Founders::new(models, bodies)).collect();
    let shared: Vec<SharedRows> = populations.iter().map(|models| SharedRows::new(models.loci.len())).collect();
    use_it(&Work {
        panel,
        populations,
        founders: &founders,
        shared: &shared,
        bodies,
        families,
        candidates: candidates(bodies),
        ln_odds: prior.ln_odds(bodies, families),
        listed,
    })
}

struct Work<'a> {
    panel: &'a Panel,
    populations: &'a [Models<'a>],
    founders: &'a [Founders<'a>],
    shared: &'a [SharedRows],
    bodies: &'a Bodies,
    families: &'a [FamilyWithSamples],
    candidates: Candidates,
    ln_odds: Vec<f64>,
    listed: usize,
}

/// What was found of a family, and the family under the first population where several of it are missing.
type WithCase<'a> = (ScannedFamily, Option<FamilyCase<'a>>);

impl<'a> Work<'a> {
    fn scan(&self, families: Range<usize>, progress: &dyn Progress) -> Result<Vec<WithCase<'a>>, IdentificationError> {
        let families = &self.families[families];
        let pairs = |family: &FamilyWithSamples| (family.family.missing.len() * self.bodies.len()) as u64;
        progress.begin(Stage::of("bodies in families", "pairs", families.iter().map(pairs).sum()));
        let scanned = families.par_iter().enumerate().evenly_shared().map(|(_, family)| {
            if progress.cancelled() {
                return Err(IdentificationError::Interrupted);
            }
            let found = self.family(family)?;
            progress.advance(pairs(family));
            Ok(found)
        });
        scanned.collect()
    }

    fn family(&self, family: &'a FamilyWithSamples) -> Result<WithCase<'a>, IdentificationError> {
        let cases = (0..self.populations.len()).map(|population| {
            Ok::<_, IdentificationError>((self.case(family, population)?, &self.founders[population]))
        });
        let cases = cases.collect::<Result<Vec<_>, _>>()?;
        let people = &family.family.missing;
        let scores = |cases: &[_]| {
            let score = |person: &usize| score_person(cases, *person, self.bodies, &self.candidates);
            people.iter().map(score).collect::<Result<Vec<_>, IdentificationError>>()
        };
        let first_scores = if cases.len() > 1 { Some(scores(&cases[..1])?) } else { None };
        let (case, founders) = &cases[0];
        let report = FamilyReport {
            scores: scores(&cases)?,
            power: people.iter().map(|&person| power(case, person, founders)).collect::<Result<_, _>>()?,
            contradiction: contradiction(case)?,
            unused: case.unused.clone(),
            ln_family: case.ln_family()?,
        };
        let case = cases.into_iter().next().map(|(case, _)| case).filter(|_| people.len() > 1);
        Ok((ScannedFamily { report, first_scores }, case))
    }

    /// The family under a population.
    fn case(&self, family: &'a FamilyWithSamples, population: usize) -> Result<FamilyCase<'a>, IdentificationError> {
        let (models, shared) = (self.populations[population], &self.shared[population]);
        FamilyCase::new(self.panel, models, &family.family, &family.typed, shared)
    }

    /// The family under the first population, where several of it are missing.
    fn case_of_several(&self, family: &'a FamilyWithSamples) -> Result<Option<FamilyCase<'a>>, IdentificationError> {
        if family.family.missing.len() > 1 { Ok(Some(self.case(family, 0)?)) } else { Ok(None) }
    }

    fn finish(&self, found: Vec<WithCase<'a>>, progress: &dyn Progress) -> Result<Identification, IdentificationError> {
        progress.begin(Stage::uncounted("the joint answer"));
        let with_scores = found.into_iter().map(|(ScannedFamily { report, first_scores }, case)| {
            let scores = first_scores.unwrap_or_else(|| report.scores.clone());
            (report, Joined { case, scores })
        });
        let (mut families, joined): (Vec<_>, Vec<_>) = with_scores.unzip();
        let joining = Joining {
            families: joined,
            founders: &self.founders[0],
            bodies: self.bodies,
            ln_odds: &self.ln_odds,
            with_theta: self.populations.iter().flat_map(|models| models.loci).any(|model| model.theta() > 0.0),
            listed: self.listed,
            progress,
        };
        let joint = joining.answer()?;
        let ln_null = families.iter().map(|family| family.ln_family).sum::<f64>() + self.founders[0].ln_bodies()?;
        let parts = self.bodies.parts();
        families.iter_mut().flat_map(|family| &mut family.scores).for_each(|scores| scores.truncate(parts));
        let ln_odds = self.ln_odds[..parts].to_vec();
        Ok(Identification { missing: self.missing(), families, joint, ln_odds, ln_null })
    }

    /// Everybody who is looked for, family by family.
    fn missing(&self) -> Vec<Missing> {
        let of_family = |(family, with): (usize, &FamilyWithSamples)| {
            with.family.missing.iter().map(move |&person| Missing { family, person }).collect::<Vec<_>>()
        };
        self.families.iter().enumerate().flat_map(of_family).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::typed_family::Typed;
    use super::*;
    use crate::identification::{Body, Listed};
    use crate::inheritance::Family;
    use crate::profile::{PanelBuilder, Sample, SampleIndex, Sex};

    struct InterruptedAtOnce;

    impl Progress for InterruptedAtOnce {
        fn advance(&self, _pairs: u64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }

    #[test]
    fn an_interruption_is_seen_before_each_family() {
        let mut builder = PanelBuilder::new(Vec::new());
        for id in ["body", "father"] {
            builder.push(Sample { id: id.to_owned(), ..Sample::default() }, &[]).unwrap();
        }
        let panel = builder.build().unwrap();
        let models = Models {
            loci: &[],
            open: &[],
            without_mutation: &[],
            counts: &[],
            positions: &[],
            groups: &[],
            drop_in: 0.0,
        };
        let body =
            Body { id: "body".to_owned(), samples: vec![SampleIndex(0)], sex: Sex::Unknown, set_aside: Vec::new() };
        let bodies = Bodies::new(&panel, &[], vec![body]).unwrap();
        let child = Listed {
            id: "child".to_owned(),
            father: Some("father".to_owned()),
            mother: None,
            sex: Sex::Male,
            missing: true,
            line: 2,
        };
        let family = Family::new("1", vec![child]).unwrap();
        let typed = vec![Typed { person: 1, sample: SampleIndex(1) }];
        let families = [FamilyWithSamples { family, typed }];
        let of = ToIdentify {
            panel: &panel,
            populations: &[models],
            bodies: &bodies,
            families: &families,
            prior: Prior::Flat,
            listed: 1,
        };
        let found = identify(of, &InterruptedAtOnce);
        assert!(matches!(found, Err(IdentificationError::Interrupted)));
    }
}

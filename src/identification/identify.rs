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

/// One person looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The family (0-based).
    pub family: usize,
    /// Position in its pedigree.
    pub person: usize,
}

/// What was found out about one family.
#[derive(Clone, PartialEq, Debug)]
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

/// Identifies. `populations` holds the models of at least one population: pair scores are the lowest over all of them; power,
/// contradictions and the joint answer rest on the first.
///
/// # Errors
/// What the engine refuses; theta above 0 for a family that it makes too costly; an interruption, which is looked for
/// before each family.
pub fn identify(
    panel: &Panel,
    populations: &[Models<'_>],
    bodies: &Bodies,
    families: &[FamilyWithSamples],
    prior: Prior,
    listed: usize,
    progress: &dyn Progress,
) -> Result<Identification, IdentificationError> {
    check_costs(panel, populations, families, bodies)?;
    let without_mutation: Vec<Vec<LocusModel>> =
        populations.iter().map(|models| without_theta(models.without_mutation)).collect::<Result<_, _>>()?;
    let with_judges = populations.iter().zip(&without_mutation);
    let populations: &[Models<'_>] =
        &with_judges.map(|(models, without_mutation)| Models { without_mutation, ..*models }).collect::<Vec<_>>();
    let founders: Vec<Founders<'_>> = populations.iter().map(|&models| Founders::new(models, bodies)).collect();
    let shared: Vec<SharedRows> = populations.iter().map(|models| SharedRows::new(models.loci.len())).collect();
    let missing: Vec<Missing> = families
        .iter()
        .enumerate()
        .flat_map(|(family, with)| with.family.missing.iter().map(move |&person| Missing { family, person }))
        .collect();
    let with_theta = populations.iter().flat_map(|models| models.loci).any(|model| model.theta() > 0.0);
    let work = Work {
        panel,
        populations,
        founders: &founders,
        shared: &shared,
        bodies,
        candidates: candidates(bodies),
        missing: &missing,
        ln_odds: prior.ln_odds(bodies, families),
        listed,
        with_theta,
    };
    let pairs = missing.len() as u64 * bodies.len() as u64;
    progress.begin(Stage::of("bodies in families", "pairs", pairs));
    let found = families
        .par_iter()
        .enumerate()
        .evenly_shared()
        .map(|(_, family)| {
            if progress.cancelled() {
                return Err(IdentificationError::Interrupted);
            }
            let found = work.family(family)?;
            progress.advance((family.family.missing.len() * bodies.len()) as u64);
            Ok(found)
        })
        .collect::<Result<Vec<_>, IdentificationError>>()?;
    progress.begin(Stage::uncounted("the joint answer"));
    work.finish(found, progress)
}

struct Work<'a> {
    panel: &'a Panel,
    populations: &'a [Models<'a>],
    founders: &'a [Founders<'a>],
    shared: &'a [SharedRows],
    bodies: &'a Bodies,
    candidates: Candidates,
    missing: &'a [Missing],
    ln_odds: Vec<f64>,
    listed: usize,
    with_theta: bool,
}

impl<'a> Work<'a> {
    fn family(&self, family: &'a FamilyWithSamples) -> Result<(FamilyReport, Joined<'a>), IdentificationError> {
        let cases = self
            .populations
            .iter()
            .zip(self.founders)
            .zip(self.shared)
            .map(|((&models, founders), shared)| {
                Ok((FamilyCase::new(self.panel, models, &family.family, &family.typed, shared)?, founders))
            })
            .collect::<Result<Vec<_>, IdentificationError>>()?;
        let people = &family.family.missing;
        let score = |person: &usize| score_person(&cases, *person, self.bodies, &self.candidates);
        let scores = people.iter().map(score).collect::<Result<Vec<_>, IdentificationError>>()?;
        let (case, founders) = &cases[0];
        let first_scores = match cases.len() {
            1 => scores.clone(),
            _ => people
                .iter()
                .map(|&person| score_person(&cases[..1], person, self.bodies, &self.candidates))
                .collect::<Result<Vec<_>, IdentificationError>>()?,
        };
        let report = FamilyReport {
            power: people.iter().map(|&person| power(case, person, founders)).collect::<Result<_, _>>()?,
            contradiction: contradiction(case)?,
            unused: case.unused.clone(),
            ln_family: case.ln_family()?,
            scores,
        };
        let case = cases.into_iter().next().map(|(case, _)| case).filter(|_| people.len() > 1);
        Ok((report, Joined { case, scores: first_scores }))
    }

    fn finish(
        self,
        found: Vec<(FamilyReport, Joined<'a>)>,
        progress: &dyn Progress,
    ) -> Result<Identification, IdentificationError> {
        let (mut families, joined): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let joining = Joining {
            families: joined,
            founders: &self.founders[0],
            bodies: self.bodies,
            ln_odds: &self.ln_odds,
            with_theta: self.with_theta,
            listed: self.listed,
            progress,
        };
        let joint = joining.answer()?;
        let ln_null = families.iter().map(|family| family.ln_family).sum::<f64>() + self.founders[0].ln_bodies()?;
        let parts = self.bodies.parts();
        families.iter_mut().flat_map(|family| &mut family.scores).for_each(|scores| scores.truncate(parts));
        let ln_odds = self.ln_odds[..parts].to_vec();
        Ok(Identification { missing: self.missing.to_vec(), families, joint, ln_odds, ln_null })
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
        let found = identify(&panel, &[models], &bodies, &families, Prior::Flat, 1, &InterruptedAtOnce);
        assert!(matches!(found, Err(IdentificationError::Interrupted)));
    }
}

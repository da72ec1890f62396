//! Many simulated cases of bodies and families through the whole identification.
//!
//! Each case is answered by [`IdentifyTask::answer`], which is what `filia identify` runs; loci are taken as independent. Case i has
//! the same seed in every scenario; counts are added in the order of the cases, whatever the number of threads.

use super::llr::LlrTally;
use super::recall::{FoundParent, RecallTally};
use super::reliability::ReliabilityTally;
use super::run::{CalibrationError, CasePlan, Scenario, ScenarioPrior, ScenarioResult, simulate};
use super::subjects::Subjects;
use crate::identification::{Family, IdentifyAnswer, IdentifyChoices, IdentifyTask, Roster, share_identified};
use crate::likelihood::LocusModel;
use crate::matching::{Case, MatchError};
use crate::model::single_loci;
use crate::profile::{Role, SampleIndex};
use crate::progress::{NoProgress, Progress};
use crate::settings::Settings;
use crate::simulate::{CasePanel, CaseShape, SyntheticCase};
use crate::statistics::Statistics;
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::collections::HashMap;

/// As `filia identify` has it without options; no assignment is looked at.
const CHOICES: IdentifyChoices =
    IdentifyChoices { assignments: 1, keep_samples_apart: false, merge_min_log10_lr: None };

/// A prior of 1 is no probability before the DNA.
const MOST_IDENTIFIED: f64 = 0.9999;

/// Simulates and identifies the cases of one scenario. `progress` advances by one a case.
///
/// # Errors
/// A shape, population or model that is refused; nobody to compare; an interruption.
pub fn run_identities(
    plan: &CasePlan,
    scenario: &Scenario,
    progress: &dyn Progress,
) -> Result<ScenarioResult, CalibrationError> {
    let mut shape = plan.shape.clone();
    shape.settings = scenario.world.settings.clone();
    let (world, analysed) = (scenario.world.world(&plan.loci)?, scenario.analysed.clone());
    let mut runner = IdentityRunner { plan, shape, world, analysed, progress };
    if scenario.prior == ScenarioPrior::Simulated {
        let simulated = runner.simulated_prior();
        let prior = &mut runner.analysed.settings.prior;
        (prior.identified, prior.one_person) = simulated?;
    }
    let numbers: Vec<u64> = (0..plan.cases).collect();
    let tallies = numbers.into_par_iter().evenly_shared().map(|number| runner.run_case(number));
    let tallies = tallies.collect::<Result<Vec<IdentityTally>, CalibrationError>>()?;
    let mut total = IdentityTally::default();
    tallies.iter().for_each(|tally| total.merge(tally));
    Ok(total.result(scenario, &runner.analysed.settings))
}

struct IdentityRunner<'a> {
    plan: &'a CasePlan,
    shape: CaseShape,
    world: Vec<LocusModel>,
    /// With the prior in force.
    analysed: Statistics,
    progress: &'a dyn Progress,
}

impl IdentityRunner<'_> {
    fn case(&self, number: u64) -> Result<(SyntheticCase, CasePanel), CalibrationError> {
        let case = simulate(self.plan, &self.shape, &self.world, number)?;
        let drop_out = self.analysed.settings.observation.drop_out;
        let samples = CasePanel::new(std::slice::from_ref(&case), &self.world, drop_out)?;
        Ok((case, samples))
    }

    fn run_case(&self, number: u64) -> Result<IdentityTally, CalibrationError> {
        if self.progress.cancelled() {
            return Err(MatchError::Cancelled.into());
        }
        let (simulated, samples) = self.case(number)?;
        let models = self.analysed.case_models(&samples.panel)?;
        let roster = roster(&simulated, &samples)?;
        let case = Case::new(&samples.panel, &models, &self.analysed.settings);
        let groups = single_loci(models.loci.len());
        let task = IdentifyTask { case: &case, groups: &groups, roster: &roster, choices: CHOICES };
        let answer = task.answer(&NoProgress)?;
        self.progress.advance(1);
        Ok(IdentityTally::of(&KnownBodies::new(&simulated, &samples, &roster), &roster, &answer))
    }

    /// The prior under which the simulated share of bodies is identified before the DNA, and of how many other samples a sample is one
    /// person on average. Every case of a shape has the same.
    fn simulated_prior(&self) -> Result<(f64, f64), CalibrationError> {
        let (simulated, samples) = self.case(0)?;
        let roster = roster(&simulated, &samples)?;
        let truth = KnownBodies::new(&simulated, &samples, &roster);
        let mut people: HashMap<_, (bool, usize)> = HashMap::new();
        for body in &roster.bodies {
            let is_missing = truth.of(&body.samples).is_some();
            people.entry(truth.person(body.samples[0])).or_insert((is_missing, 0)).1 += 1;
        }
        let identified = people.values().filter(|(is_missing, _)| *is_missing).count();
        let others: usize = people.values().map(|(_, samples)| samples * (samples - 1)).sum();
        let share = identified as f64 / people.len() as f64;
        let identified = share_identified(share, people.len(), truth.missing.len()).min(MOST_IDENTIFIED);
        Ok((identified, others as f64 / roster.bodies.len() as f64))
    }
}

/// Bodies and families as `filia identify` finds them in the files of the case.
fn roster(case: &SyntheticCase, samples: &CasePanel) -> Result<Roster, CalibrationError> {
    let family = |number: u64| {
        let (kind, instance) = case.family_at(number);
        let people = case.pedigree(number);
        (!people.is_empty()).then(|| Family::new(&case.family_id(kind, instance), people))
    };
    let families = (0..case.families()).filter_map(family).collect::<Result<Vec<_>, _>>()?;
    let has_role = |role: Role| move |sample: SampleIndex| samples.panel.role(sample) == Some(role);
    Ok(Roster::new(&samples.panel, families, has_role(Role::Corpse), has_role(Role::Relative))?)
}

/// Who the samples are.
struct KnownBodies<'a> {
    case: &'a SyntheticCase,
    samples: &'a CasePanel,
    /// The number of each missing person, by family and person.
    missing: HashMap<(String, String), u32>,
}

impl<'a> KnownBodies<'a> {
    fn new(case: &'a SyntheticCase, samples: &'a CasePanel, roster: &Roster) -> Self {
        let of_family = |family: &Family| {
            let ids = family.missing.iter().map(|&person| (family.id.clone(), family.person_id(person).to_owned()));
            ids.collect::<Vec<_>>()
        };
        let missing = roster.families.iter().flat_map(|with| of_family(&with.family)).zip(0..).collect();
        Self { case, samples, missing }
    }

    /// Family and person of a sample.
    fn person(&self, sample: SampleIndex) -> (String, String) {
        let whose = self.case.layout().whose(self.samples.place(sample).1);
        (self.case.family_id(whose.kind, whose.instance), self.case.person_id(whose))
    }

    /// The missing person (number) whose samples all of these are.
    fn of(&self, samples: &[SampleIndex]) -> Option<u32> {
        let first = self.person(*samples.first()?);
        let is_one = samples.iter().all(|&sample| self.person(sample) == first);
        self.missing.get(&first).copied().filter(|_| is_one)
    }
}

/// What the answers said, against what is true.
#[derive(Default)]
struct IdentityTally {
    identities: ReliabilityTally,
    none: ReliabilityTally,
    recall: RecallTally,
    llr: LlrTally,
    bodies: u64,
    missing: u64,
    /// Bodies that are missing persons.
    identified: u64,
}

impl IdentityTally {
    fn of(truth: &KnownBodies<'_>, roster: &Roster, answer: &IdentifyAnswer) -> Self {
        let IdentifyAnswer { bodies, found, .. } = answer;
        let truths: Vec<Option<u32>> = bodies.bodies.iter().map(|body| truth.of(&body.samples)).collect();
        let mut tally = Self { bodies: truths.len() as u64, missing: found.missing.len() as u64, ..Self::default() };
        let mut of_missing: HashMap<u32, Option<FoundParent>> = HashMap::new();
        for ((&is, stated), &nobody) in truths.iter().zip(&found.joint.marginals).zip(&found.joint.nobody) {
            tally.identified += u64::from(is.is_some());
            tally.none.add(nobody, is.is_none());
            let greatest = stated.iter().map(|of| of.1).fold(0.0, f64::max);
            for &(person, posterior) in stated {
                tally.identities.add(posterior, is == Some(person));
                tally.recall.add_candidate(posterior, is == Some(person));
            }
            if let Some(person) = is {
                let own = stated.iter().find(|of| of.0 == person);
                let own = own.map(|of| FoundParent { is_first: of.1 == greatest, posterior: of.1 });
                let best = of_missing.entry(person).or_insert(own);
                if own.map(|own| own.posterior) > best.map(|best| best.posterior) {
                    *best = own;
                }
            }
        }
        of_missing.into_values().for_each(|found| tally.recall.add_parent(found));
        tally.add_likelihood_ratios(truth, roster, answer, &truths);
        tally
    }

    /// The LR of every body as each missing person: of those who are, and of those who are not of the family.
    fn add_likelihood_ratios(
        &mut self,
        truth: &KnownBodies<'_>,
        roster: &Roster,
        answer: &IdentifyAnswer,
        truths: &[Option<u32>],
    ) {
        let families: Vec<String> = answer.bodies.bodies.iter().map(|body| truth.person(body.samples[0]).0).collect();
        let mut number = 0;
        for (report, with) in answer.found.families.iter().zip(&roster.families) {
            for scores in &report.scores {
                for ((log10_lr, is), family) in scores.log10_lr.iter().zip(truths).zip(&families) {
                    match log10_lr {
                        Some(log10_lr) if *is == Some(number) => self.llr.add_parent(*log10_lr),
                        Some(log10_lr) if *family != with.family.id => self.llr.add_stranger(*log10_lr),
                        _ => {}
                    }
                }
                number += 1;
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.identities.merge(&other.identities);
        self.none.merge(&other.none);
        self.recall.merge(&other.recall);
        self.llr.merge(&other.llr);
        self.bodies += other.bodies;
        self.missing += other.missing;
        self.identified += other.identified;
    }

    fn result(&self, scenario: &Scenario, settings: &Settings) -> ScenarioResult {
        let simulated_identified = self.identified as f64 / self.bodies.max(1) as f64;
        ScenarioResult {
            name: scenario.name.clone(),
            about: scenario.about.clone(),
            prior: scenario.prior,
            subjects: Subjects::Identities {
                bodies: self.bodies,
                missing: self.missing,
                identified: settings.prior.identified,
                simulated_identified,
                one_person: settings.prior.one_person,
            },
            of_candidates: self.identities.finish(),
            of_none: self.none.finish(),
            recall: self.recall.finish(),
            confusion: Vec::new(),
            llr: self.llr.finish(),
        }
    }
}

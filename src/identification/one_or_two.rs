//! Bodies that may be one person, and may be close relatives: what the DNA says before anybody is identified.

use super::IdentificationError;
use super::bodies::{Body, WeighedPair};
use super::evidence::evidence_on;
use super::models::Models;
use crate::inference::joint::OneOrTwo;
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{Chromosome, ln_likelihood};
use crate::matching::one_person::{DIFFERING_LOCUS, DirectMatch};
use crate::profile::{Observation, Panel, SampleIndex, Sex};
use crate::settings::{AssignmentPrior, PriorSettings};
use std::collections::HashMap;
use std::f64::consts::LN_10;

/// The log10 LR of "one person" from which on two bodies may be one: of a thousand pairs of unrelated people at most one reaches it.
pub(super) const LEAST_WEIGHED_LOG10_LR: f64 = 3.0;

/// Pairs that are weighed together, at most: those of the greatest LRs. The others are named and taken for two.
const MOST_TOGETHER: usize = 8;

/// Two bodies, and what speaks for their being one person.
#[derive(Clone, PartialEq, Debug)]
pub struct MayBeOne {
    /// Their positions, ascending.
    pub parts: [u32; 2],
    /// What they are together.
    pub joined: Body,
    /// log10 LR of "one person" against "two unrelated people", differing loci at [`DIFFERING_LOCUS`].
    pub log10_lr: f64,
    /// The same of full siblings,
    pub siblings_log10_lr: f64,
    /// and of parent and child.
    pub parent_log10_lr: f64,
}

impl MayBeOne {
    /// What two bodies show together, if that is enough for them to be one person.
    fn of(
        panel: &Panel,
        models: Models<'_>,
        bodies: &[Body],
        parts: [u32; 2],
    ) -> Result<Option<Self>, IdentificationError> {
        let two = parts.map(|part| &bodies[part as usize]);
        let mut both = Body::together(&two);
        let mut found = [0.0; 3];
        for locus in (0..models.loci.len()).filter(|&locus| models.counts[locus]) {
            let is_set_aside = two.iter().any(|body| body.set_aside.contains(&locus));
            let autosomal = models.loci[locus].chromosome() == Chromosome::Autosomal;
            let shown = two.map(|body| informative(panel, models, body, locus));
            if !is_set_aside && autosomal && shown.iter().all(|shown| !shown.is_empty()) {
                let at_locus = log10_lrs(models, locus, &shown)?;
                if at_locus[0] < DIFFERING_LOCUS {
                    both.set_aside.push(locus);
                }
                found[0] += at_locus[0].max(DIFFERING_LOCUS);
                (1..3).for_each(|kind| found[kind] += at_locus[kind]);
            }
        }
        both.set_aside.extend(two.iter().flat_map(|body| &body.set_aside));
        both.set_aside.sort_unstable();
        both.set_aside.dedup();
        let [log10_lr, siblings_log10_lr, parent_log10_lr] = found;
        let pair = Self { parts, joined: both, log10_lr, siblings_log10_lr, parent_log10_lr };
        Ok((log10_lr >= LEAST_WEIGHED_LOG10_LR).then_some(pair))
    }

    /// How this counts among so many bodies, of which each is expected to have `prior.one_person` other parts, as many full siblings as
    /// `prior.relatives` has, and as many parents and children.
    fn weighed(&self, bodies: usize, prior: &PriorSettings) -> WeighedPair {
        let others = bodies.saturating_sub(1).max(1) as f64;
        let [one, relative] =
            [prior.one_person, prior.relatives.full_sibling].map(|expected| (expected / others).min(1.0));
        let relatives = [self.siblings_log10_lr, self.parent_log10_lr]
            .map(|log10_lr| relative * 10_f64.powf(log10_lr))
            .iter()
            .sum::<f64>();
        let ln_relatives = ((1.0 - one - 2.0 * relative).max(0.0) + relatives).ln();
        // two people who are not identified have that prior twice, one has it once
        let ln_odds = one.ln() + self.log10_lr * LN_10 - ln_relatives - (1.0 - prior.identified).ln();
        WeighedPair { pair: OneOrTwo { parts: self.parts, ln_odds }, ln_relatives }
    }
}

/// The pairs of these bodies, found sample by sample, that may be one person; by position.
///
/// # Errors
/// What the engine refuses.
pub(super) fn may_be_one(
    panel: &Panel,
    models: Models<'_>,
    bodies: &[Body],
    found: &[DirectMatch],
) -> Result<Vec<MayBeOne>, IdentificationError> {
    let of_body = |(at, body): (u32, &Body)| body.samples.iter().map(|&sample| (sample, at)).collect::<Vec<_>>();
    let body_of: HashMap<SampleIndex, u32> = (0..).zip(bodies).flat_map(of_body).collect();
    let parts = |pair: &DirectMatch| {
        let mut parts = [*body_of.get(&pair.first)?, *body_of.get(&pair.second)?];
        parts.sort_unstable();
        (parts[0] != parts[1]).then_some(parts)
    };
    let of = |is_contradictory: bool| {
        let some = found.iter().filter(move |pair| pair.contradiction.is_any() == is_contradictory);
        let mut parts: Vec<[u32; 2]> = some.filter_map(parts).collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    };
    let contradictory = of(true);
    let possible = of(false).into_iter().filter(|parts| contradictory.binary_search(parts).is_err());
    possible.filter_map(|parts| MayBeOne::of(panel, models, bodies, parts).transpose()).collect()
}

/// Those of the pairs that the joint answer weighs, and how.
pub(super) fn weighed<'p>(
    pairs: &'p [MayBeOne],
    bodies: usize,
    prior: &PriorSettings,
) -> Vec<(&'p MayBeOne, WeighedPair)> {
    if prior.one_person == 0.0 || prior.assignments == AssignmentPrior::Flat {
        return Vec::new();
    }
    let mut order: Vec<&MayBeOne> = pairs.iter().collect();
    order.sort_by(|left, right| right.log10_lr.total_cmp(&left.log10_lr).then(left.parts.cmp(&right.parts)));
    let mut together: Vec<Vec<&MayBeOne>> = Vec::new();
    for pair in order {
        let meets = |others: &Vec<&MayBeOne>| {
            others.iter().any(|other| pair.parts.iter().any(|part| other.parts.contains(part)))
        };
        let (met, apart): (Vec<_>, Vec<_>) = together.iter().cloned().partition(meets);
        let with: Vec<&MayBeOne> = met.into_iter().flatten().chain([pair]).collect();
        if with.len() <= MOST_TOGETHER {
            together = apart;
            together.push(with);
        }
    }
    let mut kept: Vec<&MayBeOne> = together.into_iter().flatten().collect();
    kept.sort_by_key(|pair| pair.parts);
    kept.into_iter().map(|pair| (pair, pair.weighed(bodies, prior))).collect()
}

/// By how much (ln) a placement of these bodies weighs less for the relatives that they could have been.
pub(super) fn ln_known_relatives(pairs: &[WeighedPair], people: &[(u32, u32)]) -> f64 {
    let person = |body: u32| people.iter().find(|(other, _)| *other == body).map(|(_, person)| *person);
    let of = |weighed: &WeighedPair| {
        let [one, other] = weighed.pair.parts.map(person);
        if one.is_some() && other.is_some() && one != other { weighed.ln_relatives } else { 0.0 }
    };
    pairs.iter().map(of).sum()
}

/// What the samples of a body show at a locus.
fn informative(panel: &Panel, models: Models<'_>, body: &Body, locus: usize) -> Vec<Observation> {
    let shown = body.samples.iter().map(|&sample| panel.observation(sample, models.positions[locus]));
    shown.filter(|shown| shown.call.is_informative()).collect()
}

/// log10 LRs of one person, full siblings, parent and child against two unrelated people, at one locus.
fn log10_lrs(models: Models<'_>, locus: usize, shown: &[Vec<Observation>; 2]) -> Result<[f64; 3], IdentificationError> {
    let alleles = shown.iter().flatten().flat_map(|shown| shown.call.alleles());
    let model = models.model(locus, &models.unseen_of(locus, alleles)).map_err(IdentificationError::from)?;
    let ln = |pedigree: Vec<Individual>, persons: [usize; 2]| -> Result<f64, IdentificationError> {
        let mut evidence = Vec::new();
        for (person, shown) in persons.into_iter().zip(shown) {
            evidence.extend(evidence_on(&model, person, shown, models.drop_in)?);
        }
        Ok(*ln_likelihood(&model, &Pedigree::new(pedigree)?, &evidence)?)
    };
    let founder = |id: &str, sex| Individual::founder(id, sex);
    let child = |id: &str, mother| Individual::child(id, Sex::Unknown, Some(0), mother);
    let unrelated = ln(vec![founder("one", Sex::Unknown), founder("other", Sex::Unknown)], [0, 1])?;
    let found = [
        ln(vec![founder("one", Sex::Unknown)], [0, 0])?,
        ln(
            vec![founder("f", Sex::Male), founder("m", Sex::Female), child("one", Some(1)), child("other", Some(1))],
            [2, 3],
        )?,
        ln(vec![founder("one", Sex::Male), child("other", None)], [0, 1])?,
    ];
    Ok(found.map(|ln| (ln - unrelated) / LN_10))
}

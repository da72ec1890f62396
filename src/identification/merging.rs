//! Samples of one body: found by the likelihood ratio of "one person" against "two unrelated people", with drop-out.

use super::IdentificationError;
use super::bodies::{Bodies, Body};
use super::evidence::{evidence_on, with_stranger};
use super::family_case::{Models, shown_row};
use super::pairwise::{candidates, ln_ratio, sexes_agree};
use crate::inheritance::pedigree::{Individual, Pedigree};
use crate::likelihood::{Chromosome, LocusModel, genotype_table, ln_likelihood};
use crate::profile::{Observation, Panel, Sex};
use crate::search::{Query, score_all};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::f64::consts::LN_10;
use std::sync::Arc;

/// Samples put together as one body.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The body.
    pub body: Body,
    /// For each of its samples the highest log10 LR of being one person with another of them.
    pub log10_lr: Vec<f64>,
    /// Loci (0-based among those in use) at which the samples cannot be of one person. Where there are any, the samples
    /// are not put together.
    pub contradictory: Vec<usize>,
}

/// By locus, then by what one sample shows, then by what the other shows: the log10 LR of being one person.
type IdentityRows = Vec<Vec<Arc<[f64]>>>;

/// What came of putting samples together.
#[derive(Clone, PartialEq, Debug)]
pub struct Merged {
    /// All bodies, in the order of their ids.
    pub bodies: Vec<Body>,
    /// The groups of two samples or more.
    pub groups: Vec<Group>,
}

/// Puts together the samples whose LR of being one person is at least 10^`least_log10_lr` in every population, directly or through
/// others. `singles` are bodies of one sample each.
///
/// # Errors
/// What the engine refuses.
pub fn merge_samples(
    panel: &Panel,
    populations: &[Models<'_>],
    singles: Vec<Body>,
    least_log10_lr: f64,
) -> Result<Merged, IdentificationError> {
    let Some(first) = populations.first() else { return Ok(Merged { bodies: singles, groups: Vec::new() }) };
    let samples = Bodies::new(panel, first.positions, singles)?;
    let pairs = pairs_of_one_person(populations, &samples, least_log10_lr)?;
    let mut leader: Vec<usize> = (0..samples.len()).collect();
    for &(left, right, _) in &pairs {
        let (left, right) = (leader_of(&leader, left), leader_of(&leader, right));
        leader[left.max(right)] = left.min(right);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..samples.len()).for_each(|sample| members.entry(leader_of(&leader, sample)).or_default().push(sample));
    let mut merged = Merged { bodies: Vec::new(), groups: Vec::new() };
    for members in members.into_values() {
        let parts: Vec<_> = members.iter().map(|&member| &samples.bodies[member]).collect();
        if parts.len() == 1 {
            merged.bodies.push(parts[0].clone());
            continue;
        }
        let best = |member: &usize| {
            let own = pairs.iter().filter(|(left, right, _)| left == member || right == member);
            own.map(|&(_, _, score)| score).fold(f64::NEG_INFINITY, f64::max)
        };
        let group = Group {
            log10_lr: members.iter().map(best).collect(),
            contradictory: contradictory_loci(first, &samples, &members)?,
            body: joined(&parts),
        };
        match group.contradictory.is_empty() {
            true => merged.bodies.push(group.body.clone()),
            false => merged.bodies.extend(parts.into_iter().cloned()),
        }
        merged.groups.push(group);
    }
    merged.bodies.sort_by(|left, right| left.id.cmp(&right.id));
    Ok(merged)
}

fn leader_of(leader: &[usize], mut sample: usize) -> usize {
    while leader[sample] != sample {
        sample = leader[sample];
    }
    sample
}

fn joined(parts: &[&Body]) -> Body {
    Body {
        id: parts[0].id.clone(),
        samples: parts.iter().flat_map(|part| part.samples.clone()).collect(),
        sex: parts.iter().map(|part| part.sex).find(|&sex| sex != Sex::Unknown).unwrap_or_default(),
    }
}

/// Pairs of samples (the smaller index first) that reach the threshold, with their log10 LR.
fn pairs_of_one_person(
    populations: &[Models<'_>],
    samples: &Bodies,
    least: f64,
) -> Result<Vec<(usize, usize, f64)>, IdentificationError> {
    let tables: Vec<[IdentityRows; 3]> = populations
        .iter()
        .map(|models| {
            let of = |sex| identity_rows(models, samples, sex);
            Ok([of(Sex::Female)?, of(Sex::Male)?, of(Sex::Unknown)?])
        })
        .collect::<Result<_, IdentificationError>>()?;
    let candidates = candidates(samples);
    let pairs = (0..samples.len()).into_par_iter().flat_map_iter(|left| {
        let sex = samples.bodies[left].sex;
        let by_sex = match sex {
            Sex::Female => 0,
            Sex::Male => 1,
            Sex::Unknown => 2,
        };
        let row = |rows: &IdentityRows| {
            let rows = rows.iter().enumerate();
            rows.map(|(locus, rows)| Arc::clone(&rows[usize::from(samples.column(locus)[left])])).collect::<Vec<_>>()
        };
        let tables = tables.iter().map(|rows| row(&rows[by_sex]).into()).collect();
        let scores = score_all(&Query { tables, excluded: Vec::new() }, &candidates);
        let reach = scores.into_iter().enumerate().skip(left + 1).filter(move |&(_, score)| score >= least);
        let same_sex = reach.filter(move |&(right, _)| sexes_agree(sex, samples.bodies[right].sex));
        same_sex.map(|(right, score)| (left, right, score)).collect::<Vec<_>>()
    });
    Ok(pairs.collect())
}

/// The identity rows of one population, for people of this sex.
fn identity_rows(models: &Models<'_>, samples: &Bodies, sex: Sex) -> Result<IdentityRows, IdentificationError> {
    let at_locus = |(locus, model): (usize, &LocusModel)| {
        let shown = samples.shown(locus);
        if !models.counts[locus] {
            let zeros: Arc<[f64]> = vec![0.0; shown.len()].into();
            return Ok(vec![zeros; shown.len()]);
        }
        let row = |known: &Vec<Observation>| identity_row(model, known, shown, sex, models.drop_in);
        shown.iter().map(row).collect()
    };
    models.loci.iter().enumerate().map(at_locus).collect()
}

fn identity_row(
    model: &LocusModel,
    known: &[Observation],
    shown: &[Vec<Observation>],
    sex: Sex,
    drop_in: f64,
) -> Result<Arc<[f64]>, IdentificationError> {
    if known.is_empty() || (model.chromosome() == Chromosome::X && sex == Sex::Unknown) {
        return Ok(vec![0.0; shown.len()].into());
    }
    let one = Pedigree::new(vec![Individual::founder("one", sex)])?;
    let (two, other) = with_stranger(&one, sex)?;
    let evidence = evidence_on(model, 0, known, drop_in)?;
    let ln_known = *ln_likelihood(model, &one, &evidence)?;
    let same = shown_row(model, &genotype_table(model, &one, &evidence, 0)?, ln_known, shown, drop_in)?;
    let table = genotype_table(model, &two, &evidence, other)?;
    let unrelated = shown_row(model, &table, ln_known, shown, drop_in)?;
    Ok(same.iter().zip(&unrelated).map(|(&same, &unrelated)| ln_ratio(same, unrelated) / LN_10).collect())
}

/// Loci at which these samples cannot all be of one person.
fn contradictory_loci(
    models: &Models<'_>,
    samples: &Bodies,
    members: &[usize],
) -> Result<Vec<usize>, IdentificationError> {
    let sex = members.iter().map(|&member| samples.bodies[member].sex).find(|&sex| sex != Sex::Unknown);
    let mut contradictory = Vec::new();
    for (locus, model) in models.loci.iter().enumerate() {
        if model.chromosome() == Chromosome::X && sex.is_none() {
            continue;
        }
        let one = Pedigree::new(vec![Individual::founder("one", sex.unwrap_or_default())])?;
        let shown = |&member: &usize| samples.shown(locus)[usize::from(samples.column(locus)[member])].clone();
        let all: Vec<Observation> = members.iter().flat_map(shown).collect();
        if *ln_likelihood(model, &one, &evidence_on(model, 0, &all, models.drop_in)?)? == f64::NEG_INFINITY {
            contradictory.push(locus);
        }
    }
    Ok(contradictory)
}

//! The sum over all the ways in which founder alleles depend on each other.
//!
//! Without theta they do not, and one network answers for all, or one for each descent where there are few. With theta there are
//! four exact ways, of which the cheapest is taken: the genotypes of all parents, where nothing is left open; a table over all founder
//! alleles as one factor of the network; the descents, each as a forest; one network for each partition of all founder alleles. Two linked loci with theta are summed over pairs of
//! descents.

use super::LikelihoodError;
use super::assembly::{Assembly, Founders, variables_of};
use super::coancestry::{JOINT_TABLE_LIMIT, PARTITION_LIMIT, Partition, partitions};
use super::descents::{Descent, descents};
use super::evidence::LocusEvidence;
use super::family::TracedFamily;
use super::forest::Forest;
use super::forest_sum::{ForestSum, SEQUENTIAL_LIMIT};
use super::frame::Frame;
use super::genotype_sum::GenotypeSum;
use super::linked_descents::{Meioses, PassedOn};
use super::number::{Marginal, rescale};
use super::state_space::StateSpace;
use rayon::prelude::*;

#[cfg(test)]
mod tests;

/// Where theta is above 0: beyond this many descents, all founder alleles are taken together.
const DESCENT_LIMIT: usize = 1 << 14;

/// Where theta is 0: up to this many descents their forests are summed out faster than one network.
const FEW_DESCENTS: usize = 4;

/// Pairs of descents of two linked loci, at most.
pub(super) const PAIR_LIMIT: usize = 1 << 24;

/// Up to which size the ways of summing over dependent founder alleles are taken.
#[derive(Clone, Copy)]
pub(super) struct WayLimits {
    /// Cells of a table over all founder alleles.
    pub joint_table: f64,
    /// Multiplications over all descents of one locus; a minute or so.
    pub forests: f64,
    /// Multiplications over all genotypes of parents.
    pub genotypes: f64,
}

pub(super) const WAYS: WayLimits = WayLimits { joint_table: JOINT_TABLE_LIMIT, forests: 5e10, genotypes: 5e10 };

/// This many networks or more are shared among threads.
const WORTH_SHARING: usize = 512;

/// What making a network costs, in multiplications of a forest.
const NETWORK_OVERHEAD: f64 = 5_000.0;

/// What each cell of a network costs, as measured, in multiplications of a forest.
const NETWORK_CELL: f64 = 8.0;

/// What each cell of a table over all founder alleles costs, as measured, in multiplications, until the network is summed out.
const TABLE_CELL: f64 = 100.0;

/// What listing a descent costs, as measured, in multiplications of a forest.
const DESCENT_OVERHEAD: f64 = 5_000.0;

/// Beyond this many descents, a table over all founder alleles that is small enough is taken without a look at them.
const DESCENTS_IN_PLACE_OF_TABLE: usize = 16;

/// What is left open.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// Whether every allele keeps a state of its own.
    pub full_space: bool,
    /// The person whose genotype is left open.
    pub kept: Option<usize>,
    /// The rows and columns of the result.
    pub shape: [usize; 2],
}

impl View {
    /// Nothing is left open.
    pub const CLOSED: Self = Self { full_space: false, kept: None, shape: [1, 1] };

    /// `None` where the evidence is impossible.
    fn frame<'m>(self, locus: &LocusEvidence<'m>, family: &TracedFamily) -> Option<Frame<'m>> {
        let &LocusEvidence { model, evidence } = locus;
        let space = if self.full_space { StateSpace::full(model) } else { StateSpace::lumped(model, evidence) };
        Frame::new(model, space, family, evidence)
    }

    /// The descents of one locus that are possible; `None` where there are more than `limit`.
    fn descents<'m>(
        self,
        locus: &LocusEvidence<'m>,
        family: &TracedFamily,
        limit: usize,
    ) -> Option<Vec<(Frame<'m>, Descent)>> {
        let framed = |descent: Descent| Some((self.frame(locus, &descent.1)?, descent));
        Some(descents(family, limit)?.into_iter().filter_map(framed).collect())
    }

    /// The forests of these descents, each weighted by how probable it is.
    fn forest_sum<'f>(self, descents: &'f [(Frame<'_>, Descent)]) -> ForestSum<'f> {
        let forests = descents.iter().map(|(frame, descent)| (descent.0, self.forest(frame, descent)));
        ForestSum::new(forests.collect(), self.shape)
    }

    /// One of them, not weighted.
    fn forest_alone<'f>(self, frame: &'f Frame<'_>, descent: &Descent) -> ForestSum<'f> {
        ForestSum::new(vec![(1.0, self.forest(frame, descent))], self.shape)
    }

    fn forest<'f>(self, frame: &'f Frame<'_>, (_, family): &Descent) -> Forest<'f> {
        Forest::new(family, frame, self.kept.and_then(|person| family.position(person)))
    }

    /// The descents of one locus that are possible, each with the sum over its forest, not weighted; `None` where there are too many
    /// or their cost (in multiplications) is not worth it.
    pub fn forests(
        self,
        locus: &LocusEvidence<'_>,
        family: &TracedFamily,
        is_worth: impl Fn(f64) -> bool,
    ) -> Option<Vec<(Descent, Marginal)>> {
        let descents = self.descents(locus, family, DESCENT_LIMIT)?;
        let cost = descents.iter().map(|(frame, descent)| self.forest_alone(frame, descent).cost()).sum();
        if !is_worth(cost) {
            return None;
        }
        let sum = |(frame, descent): (Frame<'_>, Descent)| {
            let sum = self.forest_alone(&frame, &descent).total();
            (descent, sum)
        };
        Some(match cost > SEQUENTIAL_LIMIT {
            true => descents.into_par_iter().map(sum).collect(),
            false => descents.into_iter().map(sum).collect(),
        })
    }

    /// About how many multiplications one locus takes where theta is above 0, the cheapest way; `None` where it cannot be done.
    pub fn cost(self, locus: &LocusEvidence<'_>, family: &TracedFamily) -> Option<f64> {
        let Some(frame) = self.frame(locus, family) else { return Some(0.0) };
        let descents = self.descents(locus, family, DESCENT_LIMIT).map(|descents| self.forest_sum(&descents).cost());
        let cost = match descents {
            Some(cost) if cost <= SEQUENTIAL_LIMIT => cost,
            descents => {
                self.cost_of_partitions(family, &frame).unwrap_or(f64::INFINITY).min(descents.unwrap_or(f64::INFINITY))
            }
        };
        cost.is_finite().then_some(cost)
    }

    /// About how many multiplications the sum over all partitions takes; `None` where they are too many.
    fn cost_of_partitions(self, family: &TracedFamily, frame: &Frame<'_>) -> Option<f64> {
        let partitions = founder_partitions(frame).ok()?.len();
        let mut assembly = Assembly::new(family);
        let slots = assembly.add_locus(family, frame, Founders::Independent, None);
        let position = self.kept.and_then(|person| family.position(person));
        let open = position.map_or(Vec::new(), |position| variables_of(slots[position]));
        Some(partitions as f64 * (NETWORK_CELL * assembly.network.cost(&open) + NETWORK_OVERHEAD))
    }
}

/// A sum over all the ways in which founder alleles depend on each other; `solve` answers one of them.
pub(super) struct FounderSum<'a, S> {
    pub loci: &'a [LocusEvidence<'a>],
    /// Between each locus and the next.
    pub recombination: &'a [f64],
    pub ways: WayLimits,
    pub view: View,
    pub solve: S,
}

impl<'a, S> FounderSum<'a, S>
where
    S: Fn(&TracedFamily, &[Frame<'_>], &[Founders<'_>]) -> Result<Marginal, LikelihoodError> + Sync,
{
    /// `None` where the evidence is impossible.
    pub fn total(&self, family: &TracedFamily) -> Result<Option<Marginal>, LikelihoodError> {
        let Some(frames) = self.frames(family) else { return Ok(None) };
        let terms = match &frames[..] {
            [frame] if frame.model.theta() > 0.0 => self.over_one_locus(family, frame),
            [_] => self.over_few_descents(family)?,
            [one, other] if self.needs_partitions(one) || self.needs_partitions(other) => self.over_pairs(family),
            _ => None,
        };
        match terms {
            Some(terms) => Ok((!terms.is_empty()).then(|| add(&terms))),
            None => self.over_partitions(family, &frames).map(Some),
        }
    }

    /// One network for each descent, if there are few.
    fn over_few_descents(&self, family: &TracedFamily) -> Result<Option<Vec<Marginal>>, LikelihoodError> {
        let Some(descents) = descents(family, FEW_DESCENTS) else { return Ok(None) };
        let mut terms = Vec::with_capacity(descents.len());
        for (weight, family) in &descents {
            if let Some(frames) = self.frames(family) {
                let mut term = self.over_partitions(family, &frames)?;
                term.ln_scale += weight.ln();
                terms.push(term);
            }
        }
        Ok(Some(terms))
    }

    /// The genotypes of all parents or one forest for each descent, unless a table over all founder alleles or their partitions cost
    /// less; nothing where no descent is possible.
    fn over_one_locus(&self, family: &TracedFamily, frame: &Frame<'_>) -> Option<Vec<Marginal>> {
        let genotypes = self.view.kept.is_none().then(|| GenotypeSum::new(family, frame));
        let genotypes = genotypes.filter(|sum| sum.cost() <= self.ways.genotypes);
        let over_genotypes = |most: f64| {
            let sum = genotypes.as_ref().filter(|sum| sum.cost() <= most)?;
            Some(vec![sum.total()])
        };
        let needs_partitions = self.needs_partitions(frame);
        let table = NETWORK_OVERHEAD + TABLE_CELL * frame.founder_cells();
        let cost_of_table = if needs_partitions { f64::INFINITY } else { table };
        let listing = DESCENT_OVERHEAD * family.descents_at_most().min(DESCENT_LIMIT as f64);
        if let Some(terms) = over_genotypes(listing.min(cost_of_table)) {
            return Some(terms);
        }
        let limit = if needs_partitions { DESCENT_LIMIT } else { DESCENTS_IN_PLACE_OF_TABLE };
        let Some(descents) = self.view.descents(&self.loci[0], family, limit) else {
            let cost_of_partitions = || self.view.cost_of_partitions(family, frame).unwrap_or(f64::INFINITY);
            return over_genotypes(if needs_partitions { cost_of_partitions() } else { cost_of_table });
        };
        let sum = self.view.forest_sum(&descents);
        let cost = Some(sum.cost()).filter(|cost| *cost <= self.ways.forests).unwrap_or(f64::INFINITY);
        if let Some(terms) = over_genotypes(cost.min(cost_of_table)) {
            return Some(terms);
        }
        let cost_of_other_way = || match needs_partitions {
            true if cost <= SEQUENTIAL_LIMIT => None,
            true => self.view.cost_of_partitions(family, frame),
            false => Some(cost_of_table),
        };
        let is_worth = cost.is_finite() && cost_of_other_way().is_none_or(|other| cost <= other);
        is_worth.then(|| if descents.is_empty() { Vec::new() } else { vec![sum.total()] })
    }

    /// Every descent of one locus against every descent of the other.
    fn over_pairs(&self, family: &TracedFamily) -> Option<Vec<Marginal>> {
        let (&[recombination], [one, other]) = (self.recombination, self.loci) else { return None };
        let forests = |locus| self.view.forests(locus, family, |cost| cost <= self.ways.forests);
        let [one, other] = [forests(one)?, forests(other)?];
        if one.len() * other.len() > PAIR_LIMIT {
            return None;
        }
        let meioses = Meioses::new(family);
        let passed_on = |terms: &[(Descent, Marginal)]| -> Vec<PassedOn> {
            terms.iter().map(|((_, descent), _)| PassedOn::new(descent)).collect()
        };
        let weights = meioses.joint_probabilities(&passed_on(&one), &passed_on(&other), recombination);
        let mut terms = Vec::with_capacity(one.len());
        for ((_, left), weights) in one.iter().zip(weights.chunks(other.len().max(1))) {
            let term = |(&weight, (_, right)): (&f64, &(Descent, Marginal))| Marginal {
                values: vec![weight * left.values[0] * right.values[0]],
                ln_scale: left.ln_scale + right.ln_scale,
            };
            terms.push(add(&weights.iter().zip(&other).map(term).collect::<Vec<_>>()));
        }
        Some(terms)
    }

    fn frames(&self, family: &TracedFamily) -> Option<Vec<Frame<'a>>> {
        self.loci.iter().map(|locus| self.view.frame(locus, family)).collect()
    }

    fn needs_partitions(&self, frame: &Frame<'_>) -> bool {
        frame.model.theta() > 0.0 && frame.founder_cells() > self.ways.joint_table
    }

    /// The sum over every combination of the loci's partitions, at loci that need them.
    fn over_partitions(&self, family: &TracedFamily, frames: &[Frame<'_>]) -> Result<Marginal, LikelihoodError> {
        let mut choices: Vec<Option<Vec<Partition>>> = Vec::with_capacity(frames.len());
        for frame in frames {
            choices.push(self.needs_partitions(frame).then(|| founder_partitions(frame)).transpose()?);
        }
        let whole = |frame: &Frame<'_>| if frame.model.theta() > 0.0 { Founders::Joint } else { Founders::Independent };
        let whole: Vec<Founders> = frames.iter().map(whole).collect();
        if choices.iter().all(Option::is_none) {
            return (self.solve)(family, frames, &whole);
        }
        let combinations: usize = choices.iter().flatten().map(Vec::len).product();
        if combinations > PARTITION_LIMIT {
            let founder_alleles = frames.iter().map(|frame| frame.founder_slots.len()).sum();
            return Err(LikelihoodError::TooManyFounderAlleles { founder_alleles, limit: PARTITION_LIMIT });
        }
        let term = |combination: usize| {
            let (mut rest, mut weight, mut founders) = (combination, 1.0, whole.clone());
            for (founders, partitions) in founders.iter_mut().zip(&choices) {
                if let Some(partitions) = partitions {
                    let partition = &partitions[rest % partitions.len()];
                    rest /= partitions.len();
                    weight *= partition.weight;
                    *founders = Founders::Blocks(&partition.blocks);
                }
            }
            let mut term = (self.solve)(family, frames, &founders)?;
            term.ln_scale += f64::ln(weight);
            Ok(term)
        };
        let terms: Result<Vec<Marginal>, LikelihoodError> = match combinations >= WORTH_SHARING {
            true => (0..combinations).into_par_iter().map(term).collect(),
            false => (0..combinations).map(term).collect(),
        };
        terms.map(|terms| add(&terms))
    }
}

/// About how many multiplications three or more linked loci take together where theta is above 0 at some of them: a network for
/// every combination of the loci's partitions. `None` where they are too many.
pub(super) fn cost_of_linked(loci: &[LocusEvidence<'_>], family: &TracedFamily) -> Option<f64> {
    let mut combinations = 1_usize;
    let mut assembly = Assembly::new(family);
    for locus in loci {
        let Some(frame) = View::CLOSED.frame(locus, family) else { return Some(0.0) };
        if frame.model.theta() > 0.0 && frame.founder_cells() > WAYS.joint_table {
            combinations = combinations.saturating_mul(founder_partitions(&frame).ok()?.len());
        }
        assembly.add_locus(family, &frame, Founders::Independent, Some(0.5));
    }
    let cost = combinations as f64 * (NETWORK_CELL * assembly.network.cost(&[]) + NETWORK_OVERHEAD);
    (combinations <= PARTITION_LIMIT).then_some(cost)
}

fn founder_partitions(frame: &Frame<'_>) -> Result<Vec<Partition>, LikelihoodError> {
    let domains: Vec<&[u16]> =
        frame.founder_slots.iter().map(|&(member, slot)| frame.domains[member][slot].as_slice()).collect();
    partitions(&domains, frame.model.theta())
}

/// The sum of tables that each have their own scale.
pub(super) fn add(terms: &[Marginal]) -> Marginal {
    let has_value = |term: &&Marginal| term.values.iter().any(|&value| value != 0.0);
    let ln_scale = terms.iter().filter(has_value).map(|term| term.ln_scale).fold(f64::NEG_INFINITY, f64::max);
    let cells = terms.first().map_or(0, |term| term.values.len());
    let mut sum = Marginal { values: vec![0.0; cells], ln_scale };
    if ln_scale == f64::NEG_INFINITY {
        sum.ln_scale = 0.0;
        return sum;
    }
    for term in terms.iter().filter(has_value) {
        let scale = (term.ln_scale - ln_scale).exp();
        for (cell, value) in sum.values.iter_mut().zip(&term.values) {
            *cell += scale * value;
        }
    }
    sum.ln_scale += rescale(&mut sum.values);
    sum
}

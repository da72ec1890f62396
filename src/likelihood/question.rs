//! Questions to the network: likelihoods, and joint tables with one person's genotype left open.

use super::assembly::{Assembly, Founders, Slot};
use super::coancestry::{JOINT_TABLE_LIMIT, PARTITION_LIMIT, Partition, partitions};
use super::descents::{Descent, descents};
use super::family::Family;
use super::frame::Frame;
use super::model::{Chromosome, LocusModel};
use super::network::{CELL_LIMIT, Marginal, rescale};
use super::state_space::StateSpace;
use super::{LikelihoodError, LogProb};
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::Pedigree;
use crate::profile::Sex;
use rayon::prelude::*;

/// One locus and what was seen at it.
#[derive(Clone, Copy, Debug)]
pub struct LocusEvidence<'a> {
    /// The locus.
    pub model: &'a LocusModel,
    /// What was seen.
    pub evidence: &'a [Evidence],
}

/// ln P(evidence | pedigree) at one locus; −∞ where it is impossible.
///
/// # Errors
/// Evidence that does not fit pedigree or locus; questions beyond the limits of [`LikelihoodError`].
pub fn ln_likelihood(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
) -> Result<LogProb, LikelihoodError> {
    linked_ln_likelihood(&[LocusEvidence { model, evidence }], &[], pedigree)
}

/// ln P(evidence | pedigree) at several linked loci together.
///
/// `recombination` holds the fraction, in [0, 0.5], between each locus and the next, the same for both sexes; founders are in
/// linkage equilibrium, and crossovers in neighbouring intervals are independent.
///
/// # Errors
/// As [`ln_likelihood`]; loci on different chromosomes.
pub fn linked_ln_likelihood(
    loci: &[LocusEvidence<'_>],
    recombination: &[f64],
    pedigree: &Pedigree,
) -> Result<LogProb, LikelihoodError> {
    likelihood_with_joint_tables_to(JOINT_TABLE_LIMIT, loci, recombination, pedigree)
}

/// The same; tables over all founder alleles are made up to `joint_limit` cells, else partitions are summed over.
fn likelihood_with_joint_tables_to(
    joint_limit: f64,
    loci: &[LocusEvidence<'_>],
    recombination: &[f64],
    pedigree: &Pedigree,
) -> Result<LogProb, LikelihoodError> {
    check_linkage(loci, recombination)?;
    let Some(first) = loci.first() else { return Ok(LogProb::ln_one()) };
    let mut is_typed = vec![false; pedigree.individuals().len()];
    for locus in loci {
        check_evidence(locus, pedigree)?;
        mark_typed(&mut is_typed, locus.evidence);
    }
    let linked = loci.len() > 1;
    let family = Family::new(pedigree, &is_typed, None, first.model.chromosome(), linked)?;
    let solve = |family: &Family, frames: &[Frame<'_>], founders: &[Founders<'_>]| {
        let mut assembly = Assembly::new(family);
        for (at, (frame, founders)) in frames.iter().zip(founders).enumerate() {
            let fraction = linked.then(|| if at == 0 { 0.5 } else { recombination[at - 1] });
            assembly.add_locus(family, frame, *founders, fraction);
        }
        assembly.network.sum_out(&[]).map_err(too_wide)
    };
    let total = Sum { loci, joint_limit, full_space: false, solve }.over_descents(&family)?;
    Ok(total.map_or(LogProb::ln_zero(), |total| LogProb(total.values[0].max(0.0).ln() + total.ln_scale)))
}

/// Whether a person has two slots at this locus: everybody but males on the X.
pub(super) fn is_diploid(model: &LocusModel, pedigree: &Pedigree, person: usize) -> bool {
    model.chromosome() == Chromosome::Autosomal || pedigree.individuals()[person].sex == Sex::Female
}

/// P(evidence, slots of `kept` = x, y) for all states x, y of the full state space: row-major, x the maternal slot; a
/// male's X has a column only. Times exp(ln_scale).
pub(super) fn joint_with_genotype(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    kept: usize,
) -> Result<Marginal, LikelihoodError> {
    joint_with_joint_tables_to(JOINT_TABLE_LIMIT, model, pedigree, evidence, kept)
}

fn joint_with_joint_tables_to(
    joint_limit: f64,
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    kept: usize,
) -> Result<Marginal, LikelihoodError> {
    let locus = LocusEvidence { model, evidence };
    check_evidence(&locus, pedigree)?;
    let members = pedigree.individuals().len();
    if kept >= members {
        return Err(LikelihoodError::UnknownPerson { person: kept, members });
    }
    let mut is_typed = vec![false; members];
    mark_typed(&mut is_typed, evidence);
    let family = Family::new(pedigree, &is_typed, Some(kept), model.chromosome(), false)?;
    let states = model.states();
    let columns = if is_diploid(model, pedigree, kept) { states } else { 1 };
    let solve = |family: &Family, frames: &[Frame<'_>], founders: &[Founders<'_>]| {
        let mut assembly = Assembly::new(family);
        let slots = assembly.add_locus(family, &frames[0], founders[0], None);
        let slots = family.position(kept).map_or([None; 2], |position| slots[position]);
        table_of(assembly, slots, states, columns)
    };
    let total = Sum { loci: &[locus], joint_limit, full_space: true, solve }.over_descents(&family)?;
    Ok(total.unwrap_or_else(|| Marginal { values: vec![0.0; states * columns], ln_scale: 0.0 }))
}

/// Sums out all but the kept slots and lays the result out by their states.
fn table_of(
    mut assembly: Assembly,
    slots: [Option<Slot>; 2],
    states: usize,
    columns: usize,
) -> Result<Marginal, LikelihoodError> {
    let Some(first) = slots[0] else { return Ok(Marginal { values: Vec::new(), ln_scale: 0.0 }) };
    let second = slots[1];
    let apart = second.filter(|second| second.variable != first.variable);
    let kept: Vec<usize> = std::iter::once(first).chain(apart).map(|slot| slot.variable).collect();
    let network = std::mem::take(&mut assembly.network);
    let marginal = network.sum_out(&kept).map_err(too_wide)?;
    let mut values = vec![0.0; states * columns];
    let inner = apart.map_or(1, |slot| assembly.variable_states(slot));
    for (at, value) in marginal.values.into_iter().enumerate() {
        let row = assembly.state(first, at / inner);
        let column = second.map_or(0, |slot| assembly.state(slot, if apart.is_some() { at % inner } else { at }));
        values[row * columns + column] += value;
    }
    Ok(Marginal { values, ln_scale: marginal.ln_scale })
}

pub(super) fn too_wide(wide: super::network::TooWide) -> LikelihoodError {
    LikelihoodError::TooWide { cells: wide.0, limit: CELL_LIMIT }
}

/// Where partitions are summed over: beyond this many descents, all founder alleles are taken together.
pub(super) const DESCENT_LIMIT: usize = 256;

/// Where one network would do: up to this many descents their forests are summed out faster than it.
const FEW_DESCENTS: usize = 4;

/// This many networks or more are shared among threads.
const WORTH_SHARING: usize = 512;

/// A sum over all the ways in which founder alleles depend on each other; `solve` answers one of them.
struct Sum<'a, S> {
    loci: &'a [LocusEvidence<'a>],
    joint_limit: f64,
    /// Whether every allele keeps a state of its own.
    full_space: bool,
    solve: S,
}

impl<'a, S> Sum<'a, S>
where
    S: Fn(&Family, &[Frame<'_>], &[Founders<'_>]) -> Result<Marginal, LikelihoodError> + Sync,
{
    /// `None` where the evidence is impossible. One network for each descent, if it is a single locus with few enough of
    /// them, else one for all; and one for each partition, where theta is above 0 and the founder alleles do not fit one table.
    fn over_descents(&self, family: &Family) -> Result<Option<Marginal>, LikelihoodError> {
        let Some(frames) = self.frames(family) else { return Ok(None) };
        let limit = match &frames[..] {
            [frame] if self.needs_partitions(frame) => DESCENT_LIMIT,
            [frame] if frame.model.theta() == 0.0 => FEW_DESCENTS,
            _ => 0,
        };
        let descents = if limit > 0 { descents(family, limit) } else { None };
        let Some(descents) = descents.filter(|descents| self.is_within_limit(descents)) else {
            return self.over_partitions(family, &frames).map(Some);
        };
        let mut terms = Vec::with_capacity(descents.len());
        for (weight, family) in &descents {
            if let Some(frames) = self.frames(family) {
                let mut term = self.over_partitions(family, &frames)?;
                term.ln_scale += weight.ln();
                terms.push(term);
            }
        }
        Ok((!terms.is_empty()).then(|| add(&terms)))
    }

    /// Whether all descents together need no more partitions than may be summed over.
    fn is_within_limit(&self, descents: &[Descent]) -> bool {
        let mut left = PARTITION_LIMIT;
        descents.iter().all(|(_, family)| {
            for frame in self.frames(family).iter().flatten().filter(|frame| self.needs_partitions(frame)) {
                let Some(rest) = founder_partitions(frame).ok().and_then(|found| left.checked_sub(found.len())) else {
                    return false;
                };
                left = rest;
            }
            true
        })
    }

    fn frames(&self, family: &Family) -> Option<Vec<Frame<'a>>> {
        let frame = |&LocusEvidence { model, evidence }: &LocusEvidence<'a>| {
            let space = if self.full_space { StateSpace::full(model) } else { StateSpace::lumped(model, evidence) };
            Frame::new(model, space, family, evidence)
        };
        self.loci.iter().map(frame).collect()
    }

    fn needs_partitions(&self, frame: &Frame<'_>) -> bool {
        frame.model.theta() > 0.0 && frame.founder_cells() > self.joint_limit
    }

    /// The sum over every combination of the loci's partitions, at loci that need them.
    fn over_partitions(&self, family: &Family, frames: &[Frame<'_>]) -> Result<Marginal, LikelihoodError> {
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

pub(super) fn mark_typed(is_typed: &mut [bool], evidence: &[Evidence]) {
    for piece in evidence.iter().filter(|piece| piece.seen != Seen::Nothing) {
        is_typed[piece.person] = true;
    }
}

fn check_linkage(loci: &[LocusEvidence<'_>], recombination: &[f64]) -> Result<(), LikelihoodError> {
    if recombination.len() + 1 != loci.len().max(1) {
        return Err(LikelihoodError::RecombinationFractions { loci: loci.len(), found: recombination.len() });
    }
    if let Some(&value) = recombination.iter().find(|fraction| !(0.0..=0.5).contains(*fraction)) {
        let name = "recombination fraction";
        return Err(LikelihoodError::Parameter { name, value, expected: "a number from 0 to 0.5" });
    }
    match loci.windows(2).find(|pair| pair[0].model.chromosome() != pair[1].model.chromosome()) {
        Some(pair) => {
            let name = |at: usize| pair[at].model.name().to_owned();
            Err(LikelihoodError::MixedChromosomes(name(0), name(1)))
        }
        None => Ok(()),
    }
}

pub(super) fn check_evidence(locus: &LocusEvidence<'_>, pedigree: &Pedigree) -> Result<(), LikelihoodError> {
    let LocusEvidence { model, evidence } = locus;
    let members = pedigree.individuals().len();
    for piece in *evidence {
        let Some(individual) = pedigree.individuals().get(piece.person) else {
            return Err(LikelihoodError::UnknownPerson { person: piece.person, members });
        };
        let alleles = model.alleles().len();
        if let Some(allele) = piece.seen.alleles().find(|allele| allele.position() >= alleles) {
            return Err(LikelihoodError::UnknownAllele { locus: model.name().to_owned(), allele: allele.0, alleles });
        }
        for (name, value) in [("drop-out probability", piece.drop_out), ("drop-in probability", piece.drop_in)] {
            if !(0.0..1.0).contains(&value) {
                return Err(LikelihoodError::Parameter { name, value, expected: "at least 0 and less than 1" });
            }
        }
        let male_x = model.chromosome() == Chromosome::X && individual.sex == Sex::Male;
        if male_x && piece.drop_in == 0.0 && matches!(piece.seen, Seen::Two(..)) {
            let (locus, person) = (model.name().to_owned(), individual.id.clone());
            return Err(LikelihoodError::TwoAllelesOfMaleX { locus, person });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
    use crate::inheritance::observation::AlleleIndex;
    use crate::inheritance::relationship::{KnownParent, Relationship};
    use crate::likelihood::coancestry::Urn;
    use crate::likelihood::{GenotypeTable, LocusDefinition};

    fn model(theta: f64) -> LocusModel {
        model_of(theta, 0.4)
    }

    /// Frequencies that sum to 1 where allele 10 has 0.4.
    fn model_of(theta: f64, frequency_of_10: f64) -> LocusModel {
        let parameters = |rate| MutationParameters { rate, rate2: 0.001, range: 0.2, matrix: None };
        LocusModel::new(LocusDefinition {
            name: "L".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: ["9", "9.3", "10", "11"].map(str::to_owned).to_vec(),
            frequencies: vec![0.2, 0.1, frequency_of_10, 0.25],
            mutation: Some(MutationDefinition {
                model: MutationModel::Stepwise,
                female: parameters(0.01),
                male: parameters(0.05),
            }),
            theta,
            silent_frequency: 0.05,
        })
        .unwrap()
    }

    /// One table over all founder alleles, and descents with partitions: two exact ways to one number.
    #[test]
    fn partitions_of_descents_equal_the_table_over_all_founder_alleles() {
        for model in [model(0.05), model_of(0.05, 0.47), model_of(0.05, 0.3)] {
            compare_joint_tables_with_partitions(&model);
        }
    }

    fn compare_joint_tables_with_partitions(model: &LocusModel) {
        for relationship in Relationship::ALL {
            for known in [None, Some(KnownParent::Mother), Some(KnownParent::Father)] {
                let hypothesis = relationship.hypothesis(Sex::Female, Sex::Unknown, known).unwrap();
                let seen = [Seen::Two(AlleleIndex(0), AlleleIndex(2)), Seen::One(AlleleIndex(2))];
                let mut evidence = vec![Evidence::certain(hypothesis.child, seen[0])];
                evidence.extend(hypothesis.known_parent.map(|person| Evidence::certain(person, seen[1])));
                for (_, pedigree) in &hypothesis.pedigrees {
                    let table = |limit| {
                        joint_with_joint_tables_to(limit, model, pedigree, &evidence, hypothesis.candidate).unwrap()
                    };
                    let (joint, partitions) = (table(f64::INFINITY), table(0.0));
                    for (one, other) in joint.values.iter().zip(&partitions.values) {
                        let (one, other) = (one * joint.ln_scale.exp(), other * partitions.ln_scale.exp());
                        assert!((one - other).abs() <= 1e-13 * one, "{relationship} {one} {other}");
                    }
                    let kept = GenotypeTable::new(model, joint, true);
                    let mut with_candidate = evidence.clone();
                    with_candidate.push(Evidence::certain(hypothesis.candidate, seen[0]));
                    let loci = [LocusEvidence { model, evidence: &with_candidate }];
                    let ln = |limit| likelihood_with_joint_tables_to(limit, &loci, &[], pedigree).unwrap().0;
                    assert!((ln(f64::INFINITY) - ln(0.0)).abs() < 1e-12, "{relationship}");
                    assert!((ln(0.0) - kept.ln_probability_of(seen[0], 0.0, 0.0)).abs() < 1e-12, "{relationship}");
                }
            }
        }
    }

    /// A founder allele that reaches nobody counts as 1, whatever the frequencies sum to: with untyped parents of two
    /// full siblings, only the alleles that came down matter.
    #[test]
    fn unused_founder_alleles_count_as_one() {
        for theta in [0.0, 0.05] {
            let model = LocusModel::new(LocusDefinition {
                name: "L".to_owned(),
                chromosome: Chromosome::Autosomal,
                alleles: ["1", "2", "3"].map(str::to_owned).to_vec(),
                frequencies: vec![0.3, 0.5, 0.4],
                mutation: None,
                theta,
                silent_frequency: 0.0,
            })
            .unwrap();
            let hypothesis = Relationship::FullSibling.hypothesis(Sex::Female, Sex::Female, None).unwrap();
            let seen = |a, b| Seen::pair(AlleleIndex(a), AlleleIndex(b));
            let evidence = [Evidence::certain(0, seen(0, 1)), Evidence::certain(1, seen(0, 2))];
            let found = ln_likelihood(&model, &hypothesis.pedigrees[0].1, &evidence).unwrap().exp();
            // by the alleles shared by descent (0: four draws, 1: three draws; 2 is impossible), with the urn's draws
            let draw = |states: &[usize]| Urn::new(&[0.3, 0.5, 0.4], theta, states.len()).probability(states);
            let by_hand = 0.25 * 4.0 * draw(&[0, 1, 0, 2]) + 0.5 * draw(&[0, 1, 2]);
            assert!((found - by_hand).abs() < 1e-14, "{found} {by_hand}");
        }
    }

    #[test]
    fn linked_loci_with_theta_sum_over_the_partitions_of_both() {
        let (one, other) = (model(0.05), model(0.02));
        let hypothesis = Relationship::FullSibling.hypothesis(Sex::Female, Sex::Male, None).unwrap();
        let pedigree = &hypothesis.pedigrees[0].1;
        let evidence = |first: Seen, second: Seen| [Evidence::certain(0, first), Evidence::certain(1, second)];
        let pair = |a, b| Seen::pair(AlleleIndex(a), AlleleIndex(b));
        let (first, second) = (evidence(pair(0, 2), pair(0, 0)), evidence(pair(1, 2), pair(2, 3)));
        let loci =
            [LocusEvidence { model: &one, evidence: &first }, LocusEvidence { model: &other, evidence: &second }];
        let ln = |limit| likelihood_with_joint_tables_to(limit, &loci, &[0.1], pedigree).unwrap().0;
        assert!((ln(f64::INFINITY) - ln(0.0)).abs() < 1e-12);
        let alone = |locus: &LocusEvidence| ln_likelihood(locus.model, pedigree, locus.evidence).unwrap().0;
        let free = likelihood_with_joint_tables_to(0.0, &loci, &[0.5], pedigree).unwrap().0;
        assert!((free - alone(&loci[0]) - alone(&loci[1])).abs() < 1e-12);
    }
}

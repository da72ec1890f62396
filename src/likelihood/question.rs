//! Questions to the network: likelihoods, and joint tables with one person's genotype left open.

use super::assembly::{Assembly, Founders, Slot};
use super::coancestry::{JOINT_TABLE_LIMIT, Partition, partitions};
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
    check_linkage(loci, recombination)?;
    let Some(first) = loci.first() else { return Ok(LogProb::ln_one()) };
    let mut is_typed = vec![false; pedigree.individuals().len()];
    for locus in loci {
        check_evidence(locus, pedigree)?;
        mark_typed(&mut is_typed, locus.evidence);
    }
    let linked = loci.len() > 1;
    let family = Family::new(pedigree, &is_typed, None, first.model.chromosome(), linked)?;
    let mut frames = Vec::with_capacity(loci.len());
    for &LocusEvidence { model, evidence } in loci {
        let Some(frame) = Frame::new(model, StateSpace::lumped(model, evidence), &family, evidence) else {
            return Ok(LogProb::ln_zero());
        };
        frames.push(frame);
    }
    let total = sum_over_founders(&frames, |founders| {
        let mut assembly = Assembly::new(&family);
        for (at, (frame, founders)) in frames.iter().zip(founders).enumerate() {
            let fraction = linked.then(|| if at == 0 { 0.5 } else { recombination[at - 1] });
            assembly.add_locus(&family, frame, *founders, fraction);
        }
        sum_out(assembly, &[])
    })?;
    Ok(LogProb(total.values[0].ln() + total.ln_scale))
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
    check_evidence(&LocusEvidence { model, evidence }, pedigree)?;
    let members = pedigree.individuals().len();
    if kept >= members {
        return Err(LikelihoodError::UnknownPerson { person: kept, members });
    }
    let mut is_typed = vec![false; members];
    mark_typed(&mut is_typed, evidence);
    let family = Family::new(pedigree, &is_typed, Some(kept), model.chromosome(), false)?;
    let states = model.states();
    let columns = if is_diploid(model, pedigree, kept) { states } else { 1 };
    let nothing = Marginal { values: vec![0.0; states * columns], ln_scale: 0.0 };
    let Some(frame) = Frame::new(model, StateSpace::full(model), &family, evidence) else { return Ok(nothing) };
    let position = family.members.iter().position(|member| member.person == kept).unwrap_or(0);
    sum_over_founders(std::slice::from_ref(&frame), |founders| {
        let mut assembly = Assembly::new(&family);
        let slots = assembly.add_locus(&family, &frame, founders[0], None)[position];
        table_of(assembly, slots, states, columns)
    })
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

fn sum_out(assembly: Assembly, kept: &[usize]) -> Result<Marginal, LikelihoodError> {
    assembly.network.sum_out(kept).map_err(too_wide)
}

fn too_wide(wide: super::network::TooWide) -> LikelihoodError {
    LikelihoodError::TooWide { cells: wide.0, limit: CELL_LIMIT }
}

/// Sums `solve` over all the ways in which founder alleles can depend on each other: one where theta is 0 or the
/// founder alleles fit one table, else every combination of the loci's partitions.
fn sum_over_founders(
    frames: &[Frame<'_>],
    solve: impl Fn(&[Founders<'_>]) -> Result<Marginal, LikelihoodError> + Sync,
) -> Result<Marginal, LikelihoodError> {
    let mut choices: Vec<Option<Vec<Partition>>> = Vec::with_capacity(frames.len());
    for frame in frames {
        let by_partitions = frame.model.theta() > 0.0 && frame.founder_cells() > JOINT_TABLE_LIMIT;
        choices.push(by_partitions.then(|| founder_partitions(frame)).transpose()?);
    }
    let combinations: usize = choices.iter().flatten().map(Vec::len).product();
    let fixed: Vec<Founders> = frames
        .iter()
        .map(|frame| if frame.model.theta() > 0.0 { Founders::Joint } else { Founders::Independent })
        .collect();
    if choices.iter().all(Option::is_none) {
        return solve(&fixed);
    }
    if combinations > super::PARTITION_LIMIT {
        let founder_alleles = frames.iter().map(|frame| frame.founder_slots.len()).sum();
        return Err(LikelihoodError::TooManyFounderAlleles { founder_alleles, limit: super::PARTITION_LIMIT });
    }
    let term = |combination: usize| {
        let (mut rest, mut weight, mut founders) = (combination, 1.0, fixed.clone());
        for (founders, partitions) in founders.iter_mut().zip(&choices) {
            if let Some(partitions) = partitions {
                let partition = &partitions[rest % partitions.len()];
                rest /= partitions.len();
                weight *= partition.weight;
                *founders = Founders::Blocks(&partition.blocks);
            }
        }
        let mut term = solve(&founders)?;
        term.ln_scale += f64::ln(weight);
        Ok(term)
    };
    const WORTH_SHARING: usize = 256;
    let terms: Result<Vec<Marginal>, LikelihoodError> = match combinations > WORTH_SHARING {
        true => (0..combinations).into_par_iter().map(term).collect(),
        false => (0..combinations).map(term).collect(),
    };
    Ok(add(&terms?))
}

fn founder_partitions(frame: &Frame<'_>) -> Result<Vec<Partition>, LikelihoodError> {
    let domains: Vec<&[u16]> =
        frame.founder_slots.iter().map(|&(member, slot)| frame.domains[member][slot].as_slice()).collect();
    partitions(&domains, frame.model.theta())
}

/// The sum of tables that each have their own scale.
pub(super) fn add(terms: &[Marginal]) -> Marginal {
    let has_value = |term: &&Marginal| term.values.iter().any(|&value| value > 0.0);
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

fn mark_typed(is_typed: &mut [bool], evidence: &[Evidence]) {
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

fn check_evidence(locus: &LocusEvidence<'_>, pedigree: &Pedigree) -> Result<(), LikelihoodError> {
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

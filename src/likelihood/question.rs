//! Questions to the network: likelihoods, and joint tables with one person's genotype left open.

use super::assembly::{Assembly, Founders, Slot, variables_of};
use super::evidence::{LocusEvidence, check_evidence, check_linkage, is_diploid, mark_typed};
use super::family::{TracedFamily, TracedMember};
use super::founder_sum::{FounderSum, PAIR_LIMIT, View, WAYS, WayLimits, cost_of_linked};
use super::frame::Frame;
use super::genotype_table::GenotypeTable;
use super::linked_descents::{LinkedTables, Meioses, PassedOn};
use super::model::LocusModel;
use super::network::CELL_LIMIT;
use super::number::Marginal;
use super::{LikelihoodError, LogProb};
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::Pedigree;

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
    likelihood_by(WAYS, loci, recombination, pedigree)
}

pub(super) fn likelihood_by(
    ways: WayLimits,
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
    let family = TracedFamily::new(pedigree, &is_typed, None, first.model.chromosome(), linked)?;
    let solve = |family: &TracedFamily, frames: &[Frame<'_>], founders: &[Founders<'_>]| {
        let mut assembly = Assembly::new(family);
        for (at, (frame, founders)) in frames.iter().zip(founders).enumerate() {
            let fraction = linked.then(|| if at == 0 { 0.5 } else { recombination[at - 1] });
            assembly.add_locus(family, frame, *founders, fraction);
        }
        assembly.network.sum_out(&[]).map_err(too_wide)
    };
    let total = FounderSum { loci, recombination, ways, view: View::CLOSED, solve }.total(&family)?;
    Ok(total.map_or(LogProb::ln_zero(), |total| {
        assert!(!total.values[0].is_nan(), "a likelihood is no number");
        LogProb(total.values[0].max(0.0).ln() + total.ln_scale)
    }))
}

/// P(evidence, genotype of `person`) at one locus.
///
/// # Errors
/// As [`ln_likelihood`].
pub fn genotype_table(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    person: usize,
) -> Result<GenotypeTable, LikelihoodError> {
    let joint = joint_with_genotype(model, pedigree, evidence, person)?;
    Ok(GenotypeTable::new(model, joint, is_diploid(model, pedigree, person)))
}

/// P(evidence, slots of `kept` = x, y) for all states x, y of the full state space: row-major, x the maternal slot; a
/// male's X has a column only. Times exp(ln_scale).
pub(super) fn joint_with_genotype(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    kept: usize,
) -> Result<Marginal, LikelihoodError> {
    joint_by(WAYS, model, pedigree, evidence, kept)
}

pub(super) fn joint_by(
    ways: WayLimits,
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
    let family = TracedFamily::new(pedigree, &is_typed, Some(kept), model.chromosome(), false)?;
    let view = open_view(model, pedigree, kept);
    let [states, columns] = view.shape;
    let solve = |family: &TracedFamily, frames: &[Frame<'_>], founders: &[Founders<'_>]| {
        let mut assembly = Assembly::new(family);
        let slots = assembly.add_locus(family, &frames[0], founders[0], None);
        let slots = family.position(kept).map_or([None; 2], |position| slots[position]);
        table_of(assembly, slots, states, columns)
    };
    let sum = FounderSum { loci: &[locus], recombination: &[], ways, view, solve };
    let total = sum.total(&family)?;
    let mut table = total.unwrap_or_else(|| Marginal { values: vec![0.0; states * columns], ln_scale: 0.0 });
    let is_exchangeable = |member: &TracedMember| member.is_kept && member.is_exchangeable;
    if columns == states && family.members.iter().any(is_exchangeable) {
        average_with_transpose(&mut table.values, states);
    }
    Ok(table)
}

fn average_with_transpose(values: &mut [f64], size: usize) {
    for row in 0..size {
        for column in 0..row {
            let (one, other) = (row * size + column, column * size + row);
            let mean = 0.5 * (values[one] + values[other]);
            (values[one], values[other]) = (mean, mean);
        }
    }
}

/// About how many multiplications P(evidence, genotype of `person`) takes at one locus where theta is above 0; `None` where it
/// cannot be done.
///
/// # Errors
/// As [`ln_likelihood`].
pub fn theta_cost(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    person: usize,
) -> Result<Option<f64>, LikelihoodError> {
    let locus = LocusEvidence { model, evidence };
    check_evidence(&locus, pedigree)?;
    let mut is_typed = vec![false; pedigree.individuals().len()];
    mark_typed(&mut is_typed, evidence);
    let family = TracedFamily::new(pedigree, &is_typed, Some(person), model.chromosome(), false)?;
    Ok(open_view(model, pedigree, person).cost(&locus, &family))
}

/// About how many multiplications P(evidence, something seen of `person`) takes at three or more linked loci where theta is above 0
/// at some of them; `None` where it cannot be done.
///
/// # Errors
/// As [`linked_ln_likelihood`].
pub fn linked_theta_cost(
    loci: &[LocusEvidence<'_>],
    pedigree: &Pedigree,
    person: usize,
) -> Result<Option<f64>, LikelihoodError> {
    let Some(first) = loci.first() else { return Ok(Some(0.0)) };
    let mut is_typed = vec![false; pedigree.individuals().len()];
    for locus in loci {
        check_evidence(locus, pedigree)?;
        mark_typed(&mut is_typed, locus.evidence);
    }
    is_typed[person] = true;
    let family = TracedFamily::new(pedigree, &is_typed, None, first.model.chromosome(), true)?;
    Ok(cost_of_linked(loci, &family))
}

/// With the genotype of this person left open.
fn open_view(model: &LocusModel, pedigree: &Pedigree, person: usize) -> View {
    let states = model.states();
    let columns = if is_diploid(model, pedigree, person) { states } else { 1 };
    View { full_space: true, kept: Some(person), shape: [states, columns] }
}

/// Two linked loci with the genotype of `person` left open at both; `None` where their descents are too many to be summed over.
///
/// # Errors
/// As [`linked_ln_likelihood`].
pub fn linked_tables(
    loci: [LocusEvidence<'_>; 2],
    recombination: f64,
    pedigree: &Pedigree,
    person: usize,
) -> Result<Option<LinkedTables>, LikelihoodError> {
    check_linkage(&loci, &[recombination])?;
    let mut is_typed = vec![false; pedigree.individuals().len()];
    for locus in &loci {
        check_evidence(locus, pedigree)?;
        mark_typed(&mut is_typed, locus.evidence);
    }
    let family = TracedFamily::new(pedigree, &is_typed, Some(person), loci[0].model.chromosome(), true)?;
    let mut descents = Vec::with_capacity(2);
    let mut tables = Vec::with_capacity(2);
    for locus in &loci {
        let (view, diploid) = (open_view(locus.model, pedigree, person), is_diploid(locus.model, pedigree, person));
        let Some(forests) = view.forests(locus, &family, |cost| cost <= WAYS.forests) else { return Ok(None) };
        let passed_on = forests.iter().map(|((_, descent), _)| PassedOn::new(descent));
        descents.push(passed_on.collect::<Vec<_>>());
        let table = |(_, joint)| GenotypeTable::new(locus.model, joint, diploid);
        tables.push(forests.into_iter().map(table).collect::<Vec<_>>());
    }
    if descents[0].len() * descents[1].len() > PAIR_LIMIT {
        return Ok(None);
    }
    let weights = Meioses::new(&family).joint_probabilities(&descents[0], &descents[1], recombination);
    Ok(<[Vec<GenotypeTable>; 2]>::try_from(tables).ok().map(|tables| LinkedTables::new(tables, weights)))
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
    let network = std::mem::take(&mut assembly.network);
    let marginal = network.sum_out(&variables_of(slots)).map_err(too_wide)?;
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

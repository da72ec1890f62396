//! The answer that the chains give together.

use super::super::JointAnswer;
use super::chain::Chain;
use super::field::Field;
use super::spread::{Spread, Sums, estimate};
use super::{CHAINS, Ratios, Sampling};
use std::ops::Range;

/// The probabilities, from all chains.
pub(super) fn answer<R: Ratios>(field: &Field<'_, R>, chains: &[Chain<'_, R>], sweeps: usize) -> JointAnswer {
    let batches = chains.first().map_or(0, |chain| chain.batches);
    let each = |sums: &dyn Fn(&Chain<'_, R>) -> Sums| -> [Sums; CHAINS] { std::array::from_fn(|at| sums(&chains[at])) };
    let mut answer = JointAnswer {
        ln_total: None,
        marginals: Vec::new(),
        nobody: Vec::new(),
        best: Vec::new(),
        left_out: field.left_out,
        lost: field.lost.min(1.0),
        one_person: Vec::new(),
        sampling: None,
    };
    let mut sampling = Sampling {
        chains: CHAINS,
        sweeps,
        persons: Vec::new(),
        nobody: Vec::new(),
        families: Vec::new(),
        one_person: Vec::new(),
    };
    for body in 0..field.links.parts() as u32 {
        let totals = each(&|chain| chain.totals[body as usize]);
        let of = |part: &dyn Fn(&Chain<'_, R>) -> Sums| estimate(each(part), totals, batches, sweeps);
        let (nobody, of_nobody) = of(&|chain| chain.nobody[body as usize]);
        let found: Vec<_> = field.links_of(body).map(|link| of(&|chain| chain.sums[link])).collect();
        let persons = field.links_of(body).zip(&found).map(|(link, (found, _))| (field.persons[link], *found));
        answer.marginals.push(persons.collect());
        answer.nobody.push(nobody);
        sampling.families.push(family_spreads(field, body, &found, of));
        sampling.persons.push(found.into_iter().map(|(_, spread)| spread).collect());
        sampling.nobody.push(of_nobody);
    }
    for pair in 0..field.links.pairs.len() {
        let totals = [Sums::certain(batches); CHAINS];
        let (one_person, spread) = estimate(each(&|chain| chain.one_person[pair]), totals, batches, sweeps);
        answer.one_person.push(one_person);
        sampling.one_person.push(spread);
    }
    answer.sampling = Some(sampling);
    answer
}

/// Of families with several links of a body, whose links have these spreads.
fn family_spreads<R: Ratios>(
    field: &Field<'_, R>,
    body: u32,
    found: &[(f64, Spread)],
    of: impl Fn(&dyn Fn(&Chain<'_, R>) -> Sums) -> (f64, Spread),
) -> Vec<(u32, Spread)> {
    let first = field.first[body as usize];
    let of_run = |(at, (family, run)): (usize, &(u32, Range<usize>))| {
        let (_, spread) = of(&|chain| chain.families[body as usize][at]);
        let of_links = found[run.start - first..run.end - first].iter().map(|(_, spread)| spread.r_hat);
        (*family, Spread { r_hat: of_links.fold(1.0, f64::max), ..spread })
    };
    field.runs[body as usize].iter().enumerate().map(of_run).collect()
}

//! Configurations drawn at random, where the sum over all is out of reach.
//!
//! Metropolis–Hastings (Hastings 1970, doi 10.1093/biomet/57.1.97). A sweep proposes for every child another father, another mother,
//! another couple, and that it moves with all children of one parent together. Proposals are drawn by the children's own hypotheses and the LRs of pairs of
//! siblings, which cost nothing; whether one is taken is decided by the exact weights (with theta by approximate ones first), so the chain has the exact distribution.
//! Four chains begin at different configurations; standard error and R-hat as in [`crate::inference::joint`].

mod chain;

use super::components::Siblings;
use super::group::{Group, Groups};
use super::hypotheses::{Choice, Kid, Slot};
use super::tally::Event;
use crate::inference::Place;
use crate::inference::joint::{ChainSums, Spread, estimate};
use crate::model::TableError;
use crate::progress::Progress;
use chain::Chain;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Chains.
const CHAINS: usize = 4;
/// Sweeps before any counts.
const BURN_IN: usize = 128;
/// Sweeps of a batch.
const BATCH: usize = 16;
/// Batches between two looks at the errors.
const ROUND: usize = 32;
/// Sweeps of a chain, at most.
const MOST_SWEEPS: usize = 1 << 12;
/// Sweeps times children of a chain, at most.
const MOST_WORK: usize = 1 << 19;
/// What is wanted of every probability,
const WANTED: Spread = Spread { standard_error: 0.01, r_hat: 1.02 };
/// and what is good enough to be shown: a child of whom one probability is worse has no answer.
pub(super) const ENOUGH: Spread = Spread { standard_error: 0.02, r_hat: 1.1 };

/// What was sampled.
pub(super) struct Sampled {
    pub events: BTreeMap<Event, (f64, Spread)>,
    pub groups: HashMap<Group, (f64, Spread)>,
    pub best: Vec<Group>,
    /// By child, the greatest standard error and R-hat of what is said of its parents.
    pub worst: Vec<Spread>,
}

/// A component to be sampled.
pub(super) struct Problem<'a, 'c> {
    kids: &'a [Kid],
    groups: &'a Groups<'c>,
    /// What a proposal must pass first, where it is cheaper.
    approximate: Option<Groups<'c>>,
    log10_odds: f64,
    /// By child, then by choice: the child's own posterior.
    own: Vec<Vec<f64>>,
    /// By child and place: the choices (their numbers) by whoever takes the other place.
    beside: Vec<[Vec<u32>; 2]>,
    /// By child, those whom links join it with.
    near: Vec<Vec<Near>>,
}

/// Another child (position), and the prior odds of an unlisted parent in common times LR, of one and of both.
type Near = (u32, [f64; 2]);

impl<'a, 'c> Problem<'a, 'c> {
    /// `siblings`: by child, what those whom links join with it are to it.
    pub fn new(kids: &'a [Kid], groups: &'a Groups<'c>, siblings: &[Vec<(u32, Siblings)>], log10_odds: f64) -> Self {
        let weigh = |&(other, siblings): &(u32, Siblings)| {
            (other, [10_f64.powf(log10_odds + siblings.half), 10_f64.powf(2.0 * log10_odds + siblings.full)])
        };
        let near = siblings.iter().map(|of_child| of_child.iter().map(weigh).collect()).collect();
        let own = kids.iter().map(|kid| kid.choices.iter().map(Choice::posterior).collect()).collect();
        let by_other = |kid: &Kid| {
            Place::BOTH.map(|place| {
                let mut numbers: Vec<u32> = (0..kid.choices.len() as u32).collect();
                numbers.sort_by_key(|&number| kid.choices[number as usize].slots[place.other().index()]);
                numbers
            })
        };
        let beside = kids.iter().map(by_other).collect();
        Self { kids, groups, approximate: groups.approximate(), log10_odds, own, beside, near }
    }

    /// Who can take a place of a child beside whoever takes the other, with the child's own posterior of the two.
    fn beside(&self, child: usize, place: Place, other: Slot) -> impl Iterator<Item = (Slot, f64)> + '_ {
        let (choices, own) = (&self.kids[child].choices, &self.own[child]);
        let numbers = &self.beside[child][place.index()];
        let of_other = move |&number: &u32| choices[number as usize].slots[place.other().index()];
        let first = numbers.partition_point(|number| of_other(number) < other);
        let found = numbers[first..].iter().take_while(move |number| of_other(number) == other);
        found.map(move |&number| (choices[number as usize].slots[place.index()], own[number as usize]))
    }

    /// Whether more groups were computed than may be.
    fn is_too_much(&self) -> bool {
        self.groups.are_too_many() || self.approximate.as_ref().is_some_and(Groups::are_too_many)
    }
}

/// Samples; `None` where the chains agree on no child, or no round ends before too many groups are computed, the likelihood engine
/// refuses one, or somebody stops it. Of a round that is broken off nothing counts.
///
/// # Errors
/// What stands in the way of the first configurations.
pub(super) fn sample(problem: &Problem<'_, '_>, progress: &dyn Progress) -> Result<Option<Sampled>, TableError> {
    let chains = (0..CHAINS).into_par_iter().map(|number| Chain::new(problem, number as u64));
    let mut chains = chains.collect::<Result<Vec<_>, _>>()?;
    let burn_in = |chain: &mut Chain<'_, '_>| (0..BATCH).try_for_each(|_| chain.sweep());
    if !runs(&mut chains, BURN_IN / BATCH, burn_in, problem, progress)? {
        return Ok(None);
    }
    let most = (MOST_WORK / problem.kids.len()).clamp(BATCH * ROUND, MOST_SWEEPS);
    let mut sweeps = 0;
    let mut found = None;
    while sweeps + BATCH * ROUND <= most && runs(&mut chains, ROUND, Chain::batch, problem, progress)? {
        sweeps += BATCH * ROUND;
        let sampled = summed_up(&chains, problem.kids.len(), sweeps);
        let is_good = sampled.events.values().all(|(_, spread)| spread.is_within(WANTED));
        found = Some(sampled);
        if is_good {
            break;
        }
    }
    Ok(found.filter(|found| found.worst.iter().any(|spread| spread.is_within(ENOUGH))))
}

/// Lets all chains run for so many batches; whether they ended them.
fn runs<'a, 'c>(
    chains: &mut [Chain<'a, 'c>],
    batches: usize,
    batch: impl Fn(&mut Chain<'a, 'c>) -> Result<(), TableError> + Sync,
    problem: &Problem<'_, '_>,
    progress: &dyn Progress,
) -> Result<bool, TableError> {
    for _ in 0..batches {
        match chains.par_iter_mut().try_for_each(&batch) {
            Err(TableError::Likelihood { .. }) => return Ok(false),
            ended => ended?,
        }
        if problem.is_too_much() || progress.cancelled() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The probability of something that the chains counted, with its errors. R-hat of one that is good enough by its standard error says
/// nothing.
fn estimated<'s>(of_chain: impl Fn(usize) -> Option<&'s ChainSums>, sweeps: usize) -> (f64, Spread) {
    let sums = std::array::from_fn(|at| of_chain(at).copied().unwrap_or_default());
    let batches = sweeps / BATCH;
    let (probability, mut spread) = estimate(sums, [ChainSums::certain(batches); CHAINS], batches, sweeps);
    if spread.standard_error <= WANTED.standard_error {
        spread.r_hat = 1.0;
    }
    (probability, spread)
}

/// By child, the greatest errors of what is said of its parents.
fn by_child(events: &BTreeMap<Event, (f64, Spread)>, children: usize) -> Vec<Spread> {
    let mut worst = vec![Spread::default(); children];
    for (event, &(_, spread)) in events {
        if let Event::Takes(child, ..) | Event::Other(child, _) = *event {
            worst[child as usize] = worst[child as usize].or_worse(spread);
        }
    }
    worst
}

/// What the chains say after so many sweeps.
fn summed_up(chains: &[Chain<'_, '_>], children: usize, sweeps: usize) -> Sampled {
    let met: BTreeSet<Event> = chains.iter().flat_map(|chain| chain.sums.keys().copied()).collect();
    let of_event = |event| (event, estimated(|at| chains[at].sums.get(&event), sweeps));
    let events: BTreeMap<_, _> = met.into_iter().map(of_event).collect();
    let best = chains.iter().map(|chain| &chain.best).reduce(|best, one| if one.0 > best.0 { one } else { best });
    let best = best.map(|(_, groups)| groups.clone()).unwrap_or_default();
    let of_group = |group: &Group| (group.clone(), estimated(|at| chains[at].met.get(group), sweeps));
    let groups = chains.iter().flat_map(|chain| chain.met.keys()).map(of_group).collect();
    let worst = by_child(&events, children);
    Sampled { events, groups, best, worst }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::SampleIndex;

    #[test]
    fn a_child_has_the_greatest_errors_of_what_is_said_of_its_own_parents() {
        let spread = |standard_error, r_hat| Spread { standard_error, r_hat };
        let events = [
            (Event::Takes(0, Place::Father, Some(SampleIndex(7))), spread(0.01, 1.3)),
            (Event::Takes(0, Place::Mother, None), spread(0.02, 1.0)),
            (Event::Other(1, Place::Mother), spread(0.001, 1.0)),
            (Event::Share(0, 1, Place::Father), spread(0.5, 9.0)),
        ];
        let events = events.into_iter().map(|(event, spread)| (event, (0.5, spread))).collect();
        assert_eq!(by_child(&events, 3), [spread(0.02, 1.3), spread(0.001, 1.0), Spread::default()]);
    }
}

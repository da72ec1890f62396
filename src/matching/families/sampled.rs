//! Configurations drawn at random, where the sum over all is out of reach.
//!
//! Metropolis–Hastings (Hastings 1970, doi 10.1093/biomet/57.1.97). A sweep proposes for every child another father, another mother,
//! another couple, and that it moves with all children of one parent together. Proposals are drawn by the children's own hypotheses and the LRs of pairs of
//! siblings, which cost nothing; whether one is taken is decided by the exact weights (with theta by approximate ones first), so the chain has the exact distribution.
//! Four chains begin at different configurations; standard error and R-hat as in [`crate::inference::joint`].

use super::components::Siblings;
use super::configuration::{Assigned, Configuration, Identities};
use super::group::{Group, Groups};
use super::hypotheses::{Choice, Kid, Slot};
use super::tally::{Event, events};
use crate::inference::Place;
use crate::inference::joint::{ChainSums, Spread, estimate};
use crate::model::TableError;
use crate::progress::Progress;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
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
    /// By child and other child: the prior odds of an unlisted parent in common times LR, of one and of both.
    shared: Vec<Vec<[f64; 2]>>,
}

impl<'a, 'c> Problem<'a, 'c> {
    /// `siblings`: what each two of these children are to each other.
    pub fn new(kids: &'a [Kid], groups: &'a Groups<'c>, siblings: &[Vec<Siblings>], log10_odds: f64) -> Self {
        let weigh = |siblings: &Siblings| {
            [10_f64.powf(log10_odds + siblings.half), 10_f64.powf(2.0 * log10_odds + siblings.full)]
        };
        let shared = siblings.iter().map(|of_child| of_child.iter().map(weigh).collect()).collect();
        let own = kids.iter().map(|kid| kid.choices.iter().map(Choice::posterior).collect()).collect();
        Self { kids, groups, approximate: groups.approximate(), log10_odds, own, shared }
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
        let sampled = summed_up(&chains, sweeps);
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
fn summed_up(chains: &[Chain<'_, '_>], sweeps: usize) -> Sampled {
    let met: BTreeSet<Event> = chains.iter().flat_map(|chain| chain.sums.keys().copied()).collect();
    let of_event = |event| (event, estimated(|at| chains[at].sums.get(&event), sweeps));
    let events: BTreeMap<_, _> = met.into_iter().map(of_event).collect();
    let best = chains.iter().map(|chain| &chain.best).reduce(|best, one| if one.0 > best.0 { one } else { best });
    let best = best.map(|(_, groups)| groups.clone()).unwrap_or_default();
    let of_group = |group: &Group| (group.clone(), estimated(|at| chains[at].met.get(group), sweeps));
    let groups = chains.iter().flat_map(|chain| chain.met.keys()).map(of_group).collect();
    let worst = by_child(&events, chains.first().map_or(0, |chain| chain.problem.kids.len()));
    Sampled { events, groups, best, worst }
}

struct Chain<'a, 'c> {
    problem: &'a Problem<'a, 'c>,
    configuration: Configuration<'a>,
    random: ChaCha8Rng,
    sums: BTreeMap<Event, ChainSums>,
    met: HashMap<Group, ChainSums>,
    /// log10 of the greatest weight met, and its groups.
    best: (f64, Vec<Group>),
}

/// Other parents for some children.
type Change = Vec<(usize, [Assigned; 2])>;

impl<'a, 'c> Chain<'a, 'c> {
    fn new(problem: &'a Problem<'a, 'c>, number: u64) -> Result<Self, TableError> {
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let mut configuration = Configuration::new(problem.kids, Identities::default());
        for (at, kid) in problem.kids.iter().enumerate() {
            let slots = start(kid, number, &mut random);
            configuration.push(slots.map(|slot| assigned(slot, at as u32)));
        }
        if configuration.log10_weight(problem.groups, problem.log10_odds)? == f64::NEG_INFINITY {
            for (at, kid) in problem.kids.iter().enumerate() {
                configuration.set(at, start(kid, 1, &mut random).map(|slot| assigned(slot, at as u32)));
            }
        }
        let best = (f64::NEG_INFINITY, Vec::new());
        Ok(Self { problem, configuration, random, sums: BTreeMap::new(), met: HashMap::new(), best })
    }

    fn batch(&mut self) -> Result<(), TableError> {
        for _ in 0..BATCH {
            self.sweep()?;
            let (events, groups) = events(&self.configuration);
            events.into_iter().for_each(|event| self.sums.entry(event).or_default().add(1.0));
            let log10_weight = self.configuration.log10_weight(self.problem.groups, self.problem.log10_odds)?;
            if log10_weight > self.best.0 {
                self.best = (log10_weight, groups.clone());
            }
            groups.into_iter().for_each(|group| self.met.entry(group).or_default().add(1.0));
        }
        let counted = self.sums.values_mut().chain(self.met.values_mut());
        counted.for_each(|sums| sums.end_batch(BATCH, BATCH as f64));
        Ok(())
    }

    fn sweep(&mut self) -> Result<(), TableError> {
        for child in 0..self.problem.kids.len() {
            for place in Place::BOTH {
                self.move_slot(child, place)?;
                self.move_siblings(child, place)?;
            }
            self.move_both(child)?;
        }
        Ok(())
    }

    /// Proposes another parent for a place of a child.
    fn move_slot(&mut self, child: usize, place: Place) -> Result<(), TableError> {
        let kid = &self.problem.kids[child];
        let (at, other) = (place.index(), place.other().index());
        let slots = self.configuration.slots[child];
        let mut options: Vec<([Assigned; 2], f64)> = Vec::new();
        let with = |assigned| if at == 0 { [assigned, slots[1]] } else { [slots[0], assigned] };
        let fresh = self.fresh(child, place);
        let mut nobody = 0.0;
        let beside = slots[other].slot();
        let choices = kid.choices.iter().zip(&self.problem.own[child]);
        for (choice, &weight) in choices.filter(|(choice, _)| choice.slots[other] == beside) {
            if choice.slots[at] == Slot::Nobody {
                nobody = weight;
            }
            options.push((with(assigned(choice.slots[at], fresh)), weight));
        }
        for number in self.configuration.unlisted(place) {
            let support = self.support(child, place, number);
            if support > 0.0 {
                options.push((with(Assigned::Unlisted(number)), nobody * support));
            }
        }
        self.propose(child, &options)
    }

    /// Proposes another father and another mother for a child.
    fn move_both(&mut self, child: usize) -> Result<(), TableError> {
        let kid = &self.problem.kids[child];
        let fresh = Place::BOTH.map(|place| self.fresh(child, place));
        let option = |(choice, &weight): (&Choice, &f64)| {
            let [father, mother] = choice.slots;
            ([assigned(father, fresh[0]), assigned(mother, fresh[1])], weight)
        };
        let mut options: Vec<_> = kid.choices.iter().zip(&self.problem.own[child]).map(option).collect();
        let nobody = kid.choice([Slot::Nobody; 2]).map_or(0.0, Choice::posterior);
        let mut couples = BTreeSet::new();
        for (at, slots) in self.configuration.slots.iter().enumerate().filter(|(at, _)| *at != child) {
            if let [Assigned::Unlisted(father), Assigned::Unlisted(mother)] = *slots
                && couples.insert((father, mother))
            {
                options.push((*slots, nobody * self.problem.shared[child][at][1]));
            }
        }
        self.propose(child, &options)
    }

    /// Proposes another father (mother) for all who have this child's.
    fn move_siblings(&mut self, child: usize, place: Place) -> Result<(), TableError> {
        let siblings = self.configuration.siblings(child, place);
        let at = place.index();
        if siblings.len() < 2 {
            return Ok(());
        }
        let of_kid = |&sibling: &u32| self.problem.kids[sibling as usize].choices.iter().map(|choice| choice.slots[at]);
        let slots: BTreeSet<Slot> = siblings.iter().flat_map(of_kid).filter(|slot| *slot != Slot::Other).collect();
        let slots: Vec<Slot> = slots.into_iter().collect();
        let slot = slots[self.random.random_range(0..slots.len())];
        if slot == self.configuration.slots[child][at].slot() {
            return Ok(());
        }
        if matches!(slot, Slot::Person(person) if self.configuration.children_of(person) > 0) {
            return Ok(());
        }
        let new = assigned(slot, self.unused(place));
        let change = siblings.iter().map(|&sibling| {
            let mut slots = self.configuration.slots[sibling as usize];
            slots[at] = new;
            (sibling as usize, slots)
        });
        let change = change.collect();
        self.decide(change, 0.0)
    }

    /// Draws one of the options (with their weights) for a child, and takes it or not.
    fn propose(&mut self, child: usize, options: &[([Assigned; 2], f64)]) -> Result<(), TableError> {
        let total: f64 = options.iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.random::<f64>() * total;
        let drawn = options.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        let now = self.configuration.slots[child];
        let old = options.iter().find(|(slots, _)| *slots == now).map_or(0.0, |(_, weight)| *weight);
        match drawn {
            Some(&(slots, weight)) if slots != now && old > 0.0 => {
                self.decide(vec![(child, slots)], old.log10() - weight.log10())
            }
            _ => Ok(()),
        }
    }

    /// Makes a change with probability min(1, 10^log10_proposals × the weight after over the weight before). Where there are
    /// approximate weights it must pass by them first, and then by what they miss: the chain has the exact distribution all the
    /// same (Christen & Fox 2005, doi 10.1198/106186005X76983).
    fn decide(&mut self, change: Change, log10_proposals: f64) -> Result<(), TableError> {
        let before: Change = change.iter().map(|&(child, _)| (child, self.configuration.slots[child])).collect();
        let mut concerned = self.concerned(&change);
        self.make(&change);
        concerned.extend(self.concerned(&change));
        self.make(&before);
        let problem = self.problem;
        let mut missed = log10_proposals;
        if let Some(approximate) = &problem.approximate {
            let ratio = self.log10_ratio(approximate, &change, &before, &concerned)?;
            if self.random.random::<f64>() >= 10_f64.powf(ratio + log10_proposals) {
                return Ok(());
            }
            missed = -ratio;
        }
        let ratio = self.log10_ratio(problem.groups, &change, &before, &concerned)? + missed;
        if self.random.random::<f64>() < 10_f64.powf(ratio) {
            self.make(&change);
        }
        Ok(())
    }

    /// log10 of the weight after a change over that before.
    fn log10_ratio(
        &mut self,
        groups: &Groups<'_>,
        change: &Change,
        before: &Change,
        concerned: &BTreeSet<u32>,
    ) -> Result<f64, TableError> {
        self.make(change);
        let after = self.log10_of(groups, concerned);
        self.make(before);
        Ok(after? - self.log10_of(groups, concerned)?)
    }

    /// Everybody in the groups of these children.
    fn concerned(&self, change: &Change) -> BTreeSet<u32> {
        change.iter().flat_map(|&(child, _)| self.configuration.group_of(child as u32)).collect()
    }

    fn make(&mut self, change: &Change) {
        change.iter().for_each(|&(child, slots)| self.configuration.set(child, slots));
    }

    /// log10 of the part of the weight that these children, who are whole groups, have.
    fn log10_of(&self, groups: &Groups<'_>, children: &BTreeSet<u32>) -> Result<f64, TableError> {
        let mut left = children.clone();
        let mut log10 = 0.0;
        while let Some(&first) = left.first() {
            let members = self.configuration.group_of(first);
            members.iter().for_each(|member| {
                left.remove(member);
            });
            log10 += self.configuration.log10_of_group(groups, &members, self.problem.log10_odds)?;
            if log10 == f64::NEG_INFINITY {
                break;
            }
        }
        Ok(log10)
    }

    /// What the other children of an unlisted parent make of this one, by pairs: their number times the greatest.
    fn support(&self, child: usize, place: Place, number: u32) -> f64 {
        let others = self.configuration.of_unlisted(place, number).filter(|&at| at as usize != child);
        let shared = &self.problem.shared[child];
        let (size, most) =
            others.fold((0.0, 0.0_f64), |(size, most), at| (size + 1.0, most.max(shared[at as usize][0])));
        size * most
    }

    /// The number of an unlisted parent of this child alone: its own, if it has one.
    fn fresh(&self, child: usize, place: Place) -> u32 {
        match self.configuration.slots[child][place.index()] {
            Assigned::Unlisted(number) if self.configuration.size(place, number) == 1 => number,
            _ => self.unused(place),
        }
    }

    /// The least number that no unlisted parent of a place has.
    fn unused(&self, place: Place) -> u32 {
        let used: BTreeSet<u32> = self.configuration.unlisted(place).collect();
        (0..).find(|number| !used.contains(number)).unwrap_or(u32::MAX)
    }
}

fn assigned(slot: Slot, number: u32) -> Assigned {
    match slot {
        Slot::Nobody => Assigned::Unlisted(number),
        Slot::Other => Assigned::Other,
        Slot::Person(person) => Assigned::Person(person),
    }
}

/// Where a chain begins: the first at each child's likeliest choice, the second at nobody, the others at a draw.
fn start(kid: &Kid, chain: u64, random: &mut ChaCha8Rng) -> [Slot; 2] {
    let likeliest = || kid.choices.iter().max_by(|one, other| one.posterior().total_cmp(&other.posterior()));
    let listed = |slots: [Slot; 2]| slots.iter().filter(|slot| **slot != Slot::Nobody).count();
    let found = match chain {
        0 => likeliest(),
        1 => kid.choices.iter().min_by_key(|choice| listed(choice.slots)),
        _ => {
            let mut left = random.random::<f64>();
            let drawn = kid.choices.iter().find(|choice| {
                left -= choice.posterior();
                left < 0.0
            });
            drawn.or_else(likeliest)
        }
    };
    found.map_or([Slot::Nobody; 2], |choice| choice.slots)
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

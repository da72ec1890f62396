//! The sum over all configurations of a component, child by child.

use super::super::Case;
use super::configuration::{Assigned, Configuration, Identities};
use super::group::{Groups, Parent, Trio};
use super::hypotheses::{Kid, Slot};
use super::kin_part::{KinPart, MissingParents};
use super::tally::{Event, Tally};
use crate::inference::Place;
use crate::matching::MatchError;
use crate::model::TableError;

/// Up to this many configurations of a component, all are summed over;
const MOST_CONFIGURATIONS: f64 = 50_000.0;
/// with theta above 0, where each costs more.
const MOST_WITH_THETA: f64 = 200.0;

/// Configurations whose weight, by the children's own posteriors and by all that can support them as siblings, is below this (log10)
/// are left out.
const NEGLIGIBLE: f64 = -14.0;

/// The sum over all configurations; `None` where they are too many. `log10_support`: the LRs of all who are linked as siblings.
///
/// # Errors
/// A network that the likelihood engine refuses.
pub(super) fn sum(
    kids: &[Kid],
    groups: &Groups<'_>,
    log10_odds: f64,
    log10_support: f64,
) -> Result<Option<Tally>, TableError> {
    if let [kid] = kids {
        return Ok(Some(of_one(kid)));
    }
    if !is_possible(groups.basis.case, kids.iter(), log10_odds) {
        return Ok(None);
    }
    let configuration = Configuration::new(kids, Identities::default());
    let mut sum =
        Sum { groups, log10_odds, configuration, missing: &[], log10_identities: 0.0, tally: Tally::default() };
    sum.extend(log10_support)?;
    Ok((!groups.are_too_many()).then_some(sum.tally))
}

/// The sum over all configurations of children, bodies and missing persons, where they are few; `None` where they take too long.
///
/// # Errors
/// A network that the likelihood engine refuses.
pub(super) fn sum_with_families(
    kids: &[Kid],
    groups: &Groups<'_>,
    log10_odds: f64,
    log10_support: f64,
    part: &KinPart<'_>,
) -> Result<Option<Tally>, MatchError> {
    let assignments = part.assignments(groups.table)?;
    let most = assignments.iter().map(|(_, log10)| *log10).fold(f64::NEG_INFINITY, f64::max);
    let mut tally = Tally::default();
    for (of, log10) in assignments {
        let identities = Identities { kin: Some(part.kin), of, bodies: &part.bodies };
        let (configuration, log10_identities) = (Configuration::new(kids, identities), log10 - most);
        let mut sum = Sum { groups, log10_odds, configuration, missing: &part.missing, log10_identities, tally };
        sum.extend(log10_support + log10_identities)?;
        tally = sum.tally;
    }
    Ok((!groups.are_too_many()).then_some(tally))
}

/// Whether children, bodies and missing persons have few enough configurations.
pub(super) fn is_possible_with_families(case: &Case<'_>, kids: &[&Kid], log10_odds: f64, part: &KinPart<'_>) -> bool {
    let most = if has_theta(case) { MOST_WITH_THETA } else { MOST_CONFIGURATIONS };
    part.number_at_most() * number_at_most(kids.iter().copied(), log10_odds, &part.missing) <= most
}

/// The sum of one child alone: its own hypotheses.
fn of_one(kid: &Kid) -> Tally {
    let mut tally = Tally::default();
    for choice in &kid.choices {
        let weight = choice.posterior();
        tally.total += weight;
        let group = vec![Trio { child: kid.child, parents: choice.slots.map(parent) }];
        for (place, slot) in Place::BOTH.into_iter().zip(choice.slots) {
            let event = match slot {
                Slot::Other => Event::Other(0, place),
                Slot::Nobody => Event::Takes(0, place, None),
                Slot::Person(person) => Event::Takes(0, place, Some(person)),
            };
            *tally.events.entry(event).or_default() += weight;
        }
        if tally.best.as_ref().is_none_or(|(best, _)| choice.log10_prior + choice.log10_lr > *best) {
            tally.best = Some((choice.log10_prior + choice.log10_lr, vec![group.clone()]));
        }
        *tally.groups.entry(group).or_default() += weight;
    }
    tally
}

fn parent(slot: Slot) -> Parent {
    match slot {
        Slot::Person(person) => Parent::Person(person),
        Slot::Nobody | Slot::Other => Parent::Alone,
    }
}

/// Whether the configurations are few enough.
pub(super) fn is_possible<'k>(case: &Case<'_>, kids: impl ExactSizeIterator<Item = &'k Kid>, log10_odds: f64) -> bool {
    let most = if has_theta(case) { MOST_WITH_THETA } else { MOST_CONFIGURATIONS };
    kids.len() == 1 || number_at_most(kids, log10_odds, &[]) <= most
}

/// Whether founder alleles depend on each other anywhere.
pub(super) fn has_theta(case: &Case<'_>) -> bool {
    let mut loci = case.models.populations.iter().flat_map(|population| &population.loci);
    loci.any(|model| model.theta() > 0.0)
}

/// How many configurations there are, at most: an unlisted parent is one's own, that of a child before, or a missing person.
fn number_at_most<'k>(kids: impl Iterator<Item = &'k Kid>, log10_odds: f64, missing: &[MissingParents]) -> f64 {
    let of_kid = |(at, kid): (usize, &Kid)| {
        let before = if log10_odds > f64::NEG_INFINITY { at as f64 } else { 0.0 };
        let ways = |(place, slot): (usize, Slot)| match slot {
            Slot::Nobody => 1.0 + before + missing.get(at).map_or(0.0, |missing| missing[place].len() as f64),
            _ => 1.0,
        };
        kid.choices.iter().map(|choice| choice.slots.into_iter().enumerate().map(ways).product::<f64>()).sum::<f64>()
    };
    kids.enumerate().map(of_kid).product()
}

struct Sum<'a, 'c> {
    groups: &'a Groups<'c>,
    log10_odds: f64,
    configuration: Configuration<'a>,
    /// By child, the missing persons who can take each place.
    missing: &'a [MissingParents],
    /// log10 of the weight of who of the bodies is whom, by the relatives.
    log10_identities: f64,
    tally: Tally,
}

impl Sum<'_, '_> {
    /// Sums over the parents of all children that have none yet, where what is chosen so far weighs about this.
    fn extend(&mut self, log10_so_far: f64) -> Result<(), TableError> {
        if log10_so_far < NEGLIGIBLE || self.groups.are_too_many() {
            return Ok(());
        }
        let kids = self.configuration.kids;
        let Some(kid) = kids.get(self.configuration.slots.len()) else {
            let log10_weight = self.configuration.log10_weight(self.groups, self.log10_odds)?;
            if log10_weight > f64::NEG_INFINITY {
                self.tally.add(&self.configuration, log10_weight + self.log10_identities);
            }
            return Ok(());
        };
        for choice in &kid.choices {
            for father in self.ways(Place::Father, choice.slots[0]) {
                for mother in self.ways(Place::Mother, choice.slots[1]) {
                    self.configuration.push([father, mother]);
                    let extended = self.extend(log10_so_far + choice.log10_prior + choice.log10_lr);
                    self.configuration.pop();
                    extended?;
                }
            }
        }
        Ok(())
    }

    /// Who can stand for a slot of the next child.
    fn ways(&self, place: Place, slot: Slot) -> Vec<Assigned> {
        match slot {
            Slot::Other => vec![Assigned::Other],
            Slot::Person(person) => vec![Assigned::Person(person)],
            Slot::Nobody => {
                let own = self.configuration.slots.len() as u32;
                let is_shared = self.log10_odds > f64::NEG_INFINITY;
                let others = self.configuration.unlisted(place).filter(|_| is_shared);
                let missing = self.missing.get(own as usize).into_iter().flat_map(|missing| &missing[place.index()]);
                let lost = |person: &&u32| !self.configuration.identities().values().any(|found| found == *person);
                let missing = missing.filter(lost).map(|&person| Assigned::Missing(person));
                others.chain([own]).map(Assigned::Unlisted).chain(missing).collect()
            }
        }
    }
}

//! The sum over all configurations of a component, child by child.

use super::super::Case;
use super::configuration::{Assigned, Configuration};
use super::group::{Groups, Parent, Trio};
use super::hypotheses::{Kid, Slot};
use super::tally::{Event, Tally};
use crate::inference::Place;
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
    if !is_possible(groups.case, kids.iter(), log10_odds) {
        return Ok(None);
    }
    let configuration = Configuration::new(kids);
    let mut sum = Sum { groups, log10_odds, configuration, tally: Tally::default() };
    sum.extend(log10_support)?;
    Ok((!groups.are_too_many()).then_some(sum.tally))
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
    kids.len() == 1 || number_at_most(kids, log10_odds) <= most
}

/// Whether founder alleles depend on each other anywhere.
pub(super) fn has_theta(case: &Case<'_>) -> bool {
    let mut loci = case.models.populations.iter().flat_map(|population| &population.loci);
    loci.any(|model| model.theta() > 0.0)
}

/// How many configurations there are, at most: an unlisted parent is one's own, or that of a child before.
fn number_at_most<'k>(kids: impl Iterator<Item = &'k Kid>, log10_odds: f64) -> f64 {
    let of_kid = |(before, kid): (usize, &Kid)| {
        let ways =
            |slot: Slot| if slot == Slot::Nobody && log10_odds > f64::NEG_INFINITY { 1.0 + before as f64 } else { 1.0 };
        kid.choices.iter().map(|choice| choice.slots.into_iter().map(ways).product::<f64>()).sum::<f64>()
    };
    kids.enumerate().map(of_kid).product()
}

struct Sum<'a, 'c> {
    groups: &'a Groups<'c>,
    log10_odds: f64,
    configuration: Configuration<'a>,
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
                self.tally.add(&self.configuration, log10_weight);
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
                others.chain([own]).map(Assigned::Unlisted).collect()
            }
        }
    }
}

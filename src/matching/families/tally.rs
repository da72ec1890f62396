//! What is summed up over configurations.

use super::configuration::{Assigned, Configuration};
use super::group::Group;
use crate::inference::Place;
use crate::profile::SampleIndex;
use std::collections::{BTreeMap, HashMap};

/// What is asked of a configuration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Event {
    /// Who takes a place of a child (position): a person, or nobody of the lists.
    Takes(u32, Place, Option<SampleIndex>),
    /// One of the candidates who are not told apart takes it.
    Other(u32, Place),
    /// A missing person (number) who does not lie among the bodies takes it.
    Missing(u32, Place, u32),
    /// A body (number) is this missing person (number), or none.
    Is(u32, Option<u32>),
    /// Two children (positions) have one father (mother).
    Share(u32, u32, Place),
    /// They have both in common.
    Full(u32, u32),
}

/// Sums of weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub total: f64,
    pub events: BTreeMap<Event, f64>,
    pub groups: HashMap<Group, f64>,
    /// log10 of the greatest weight, and the groups of that configuration.
    pub best: Option<(f64, Vec<Group>)>,
}

/// All that holds in a configuration, with its groups.
pub(super) fn events(configuration: &Configuration<'_>) -> (Vec<Event>, Vec<Group>) {
    let mut events = Vec::new();
    for (child, slots) in (0..).zip(&configuration.slots) {
        for (place, slot) in Place::BOTH.into_iter().zip(slots) {
            events.push(match *slot {
                Assigned::Other => Event::Other(child, place),
                Assigned::Person(person) => Event::Takes(child, place, Some(person)),
                Assigned::Missing(person) => Event::Missing(child, place, person),
                Assigned::Unlisted(_) => Event::Takes(child, place, None),
            });
        }
    }
    events.extend(configuration.bodies().map(|(body, person)| Event::Is(body, person)));
    let mut groups = Vec::new();
    for members in configuration.groups() {
        for (at, &one) in members.iter().enumerate() {
            for &other in &members[at + 1..] {
                let shared = [0, 1].map(|place| shares(configuration, one, other, place));
                let of_place = Place::BOTH.into_iter().zip(shared).filter(|(_, shared)| *shared);
                events.extend(of_place.map(|(place, _)| Event::Share(one, other, place)));
                events.extend((shared == [true; 2]).then_some(Event::Full(one, other)));
            }
        }
        groups.push(configuration.group(&members));
    }
    (events, groups)
}

fn shares(configuration: &Configuration<'_>, one: u32, other: u32, place: usize) -> bool {
    let of = |at: u32| configuration.slots[at as usize][place];
    of(one) == of(other) && of(one) != Assigned::Other
}

impl Tally {
    /// Counts a configuration of this weight.
    pub fn add(&mut self, configuration: &Configuration<'_>, log10_weight: f64) {
        let weight = 10_f64.powf(log10_weight);
        let (events, groups) = events(configuration);
        self.total += weight;
        events.into_iter().for_each(|event| *self.events.entry(event).or_default() += weight);
        if self.best.as_ref().is_none_or(|(best, _)| log10_weight > *best) {
            self.best = Some((log10_weight, groups.clone()));
        }
        groups.into_iter().for_each(|group| *self.groups.entry(group).or_default() += weight);
    }
}

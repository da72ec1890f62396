//! The case's answer: posteriors, the likeliest families, who are siblings.

use super::components::{Component, MOST_CUT};
use super::group::{Group, Parent};
use super::hypotheses::Kid;
use super::identities::Identities;
use super::kin::Kin;
use super::sampled::ENOUGH;
use super::tally::Event;
use super::{Answered, Solved};
use crate::inference::Place;
use crate::inference::joint::Spread;
use crate::matching::Roster;
use crate::profile::SampleIndex;
use std::collections::{BTreeMap, BTreeSet};

/// Siblings are listed from this probability on.
const LISTED_FROM: f64 = 1e-6;

/// The parents of one child, by the case's posterior.
#[derive(Clone, PartialEq, Debug)]
pub struct CasePosterior {
    tables: Vec<UnderTable>,
    /// The greatest standard error and R-hat of the child's probabilities; nothing where they are exact.
    pub sampled: Option<Spread>,
    /// About how probable what links the child to others is that was left out of account.
    pub cut: f64,
}

#[derive(Clone, PartialEq, Debug, Default)]
struct UnderTable {
    persons: BTreeMap<SampleIndex, [f64; 2]>,
    /// Missing persons (by number) who lie among no bodies.
    missing: BTreeMap<u32, [f64; 2]>,
    none: [f64; 2],
    /// By place, what a posterior of somebody who is not told apart is multiplied with.
    others: [f64; 2],
}

/// Who somebody is in a family.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MemberRole {
    /// A listed father of a child of the family.
    Father,
    /// A listed mother.
    Mother,
    /// A child.
    Child,
    /// An unlisted father of several children.
    UnlistedFather,
    /// An unlisted mother of several children.
    UnlistedMother,
    /// A missing person who lies among no bodies, as the father of a child of the family.
    MissingFather,
    /// The same as the mother.
    MissingMother,
}

/// One member of a family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// The sample; of an unlisted or missing parent nothing.
    pub sample: Option<SampleIndex>,
    /// Of an unlisted parent the number among those of its family and sex, from 1; of a missing person that among all missing persons
    /// (0-based); 0 of everybody else.
    pub number: u32,
    /// Who it is.
    pub role: MemberRole,
}

/// A family of the likeliest configuration.
#[derive(Clone, PartialEq, Debug)]
pub struct Family {
    /// Its parents, then its children.
    pub members: Vec<Member>,
    /// The probability of the family as it is listed, of several tables the lowest.
    pub probability: f64,
}

/// What two children are to each other; of several tables the lowest probability each.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sibship {
    /// The first child.
    pub one: SampleIndex,
    /// The other.
    pub other: SampleIndex,
    /// Probability of one father, and of one mother.
    pub share: [f64; 2],
    /// Of both in common,
    pub full: f64,
    /// and of exactly one.
    pub half: f64,
}

/// The case's answer.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Families {
    /// The prior probability that two children without a listed father have one father; mothers likewise.
    pub shared_unlisted: f64,
    /// Who the bodies are, where families take part.
    pub identities: Option<Identities>,
    /// By child of the roster; nothing of those whose component could not be answered.
    pub children: Vec<Option<CasePosterior>>,
    /// The likeliest families of more than one member.
    pub families: Vec<Family>,
    /// Children who may be siblings.
    pub sibships: Vec<Sibship>,
    /// How many components were summed over,
    pub exact: usize,
    /// how many were sampled,
    pub sampled: usize,
    /// and how many were left open.
    pub open: usize,
    /// Children of whom another sample stands for them.
    pub further_samples: usize,
    /// The greatest errors of what was sampled.
    pub worst: Spread,
    /// The greatest [`CasePosterior::cut`],
    pub cut: f64,
    /// how many children have no answer because more was cut,
    pub too_much_cut: usize,
    /// and how many have none because the chains do not agree on them.
    pub unsettled: usize,
}

impl CasePosterior {
    /// The probability, under each table, that a person takes a place; `own` are the child's own posteriors for it.
    fn posteriors<'a>(&'a self, place: Place, person: SampleIndex, own: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let at = place.index();
        self.tables.iter().zip(own).map(move |(table, own)| match table.persons.get(&person) {
            Some(posteriors) => posteriors[at],
            None => own * table.others[at],
        })
    }

    /// The probability that a person is a parent, the lowest of the tables; `own` are the child's own posteriors by place and table.
    pub fn of_person(&self, person: SampleIndex, own: &[Vec<f64>; 2]) -> f64 {
        let [father, mother] = Place::BOTH.map(|place| self.posteriors(place, person, &own[place.index()]));
        father.zip(mother).map(|(father, mother)| father + mother).reduce(f64::min).unwrap_or(0.0).min(1.0)
    }

    /// The probability that a person takes a place, the lowest of the tables.
    pub fn in_place(&self, place: Place, person: SampleIndex, own: &[f64]) -> f64 {
        self.posteriors(place, person, own).reduce(f64::min).unwrap_or(0.0)
    }

    /// The missing persons (by number) who take a place without lying among the bodies, the lowest probability of the tables.
    pub fn missing(&self, place: Place) -> Vec<(u32, f64)> {
        let Some(first) = self.tables.first() else { return Vec::new() };
        let of = |table: &UnderTable, person| table.missing.get(person).map_or(0.0, |found| found[place.index()]);
        let lowest = |person| self.tables.iter().map(|table| of(table, person)).reduce(f64::min).unwrap_or(0.0);
        let persons = first.missing.keys().map(|person| (*person, lowest(person)));
        persons.filter(|(_, probability)| *probability > 0.0).collect()
    }

    /// How far the probabilities can be off, about: the greatest standard error where they were sampled, and what was left out.
    pub fn error(&self) -> f64 {
        (self.sampled.map_or(0.0, |spread| spread.standard_error) + self.cut).min(1.0)
    }

    /// The probability that nobody of the lists takes a place, the highest of the tables.
    pub fn none(&self, place: Place) -> f64 {
        self.tables.iter().map(|table| table.none[place.index()]).reduce(f64::max).unwrap_or(1.0)
    }
}

impl Families {
    /// A sentence on how it was worked out.
    pub(in crate::matching) fn note(&self) -> Option<String> {
        let all = self.exact + self.sampled + self.open;
        let mut parts =
            vec![format!("{} of {all} groups of children that can concern each other summed exactly", self.exact)];
        if self.sampled > 0 {
            parts.push(format!("{} sampled (standard error at most {:.4})", self.sampled, self.worst.standard_error));
        }
        if self.cut > 0.0 {
            parts.push(format!("links of at most {:.1e} a child left out", self.cut));
        }
        if self.open > 0 {
            parts.push(format!(
                "{} too large (search.joint_work): no posterior_case there, status.csv rests on each child alone",
                self.open
            ));
        }
        let children = |number: usize| if number == 1 { "1 child".to_owned() } else { format!("{number} children") };
        if self.too_much_cut > 0 {
            parts.push(format!("{} with more: no posterior_case", children(self.too_much_cut)));
        }
        if self.unsettled > 0 {
            parts.push(format!("{} on whom the chains do not agree: no posterior_case", children(self.unsettled)));
        }
        if self.further_samples > 0 {
            parts.push(format!("{} further samples of a child have none", self.further_samples));
        }
        let prior = self.shared_unlisted;
        let prior = if prior < 0.001 { format!("{prior:.1e}") } else { format!("{prior:.4}") };
        (all > 0).then(|| {
            format!(
                "the case's posterior (two children share an unlisted father or mother with probability {prior}): {}",
                parts.join("; ")
            )
        })
    }

    /// A sentence on how bodies and families were taken into account, where any were.
    pub(in crate::matching) fn note_on_identities(&self) -> Option<String> {
        let Identities { exact, open, are_too_many, .. } = self.identities.as_ref()?;
        if *are_too_many {
            return Some(
                "too many children and missing persons to weigh them together: no posterior_case, and identities.csv rests on the \
                 relatives alone"
                    .to_owned(),
            );
        }
        let mut note = format!(
            "children and families: {exact} of {} groups that can concern each other summed exactly",
            exact + open
        );
        if *open > 0 {
            note += &format!(
                "; {open} too large: no posterior_case there, and their bodies in identities.csv rest on the relatives alone \
                 (children_weighed 0)"
            );
        }
        Some(note)
    }

    /// Nothing is known but what the relatives alone say of the bodies.
    pub(super) fn left_open(children: usize, kin: Option<&Kin<'_>>) -> Self {
        let identities = kin.map(|kin| Identities { are_too_many: true, ..Identities::by_relatives(kin) });
        Self { children: vec![None; children], open: children, identities, ..Self::default() }
    }

    pub(super) fn new(
        roster: &Roster,
        positions: &[usize],
        kids: &[Vec<Kid>],
        answered: Vec<Answered>,
        kin: Option<&Kin<'_>>,
    ) -> Self {
        let mut families = Self::left_open(roster.children.len(), None);
        families.identities = kin.map(Identities::by_relatives);
        families.open = 0;
        families.further_samples = roster.children.len() - positions.len();
        for component in answered {
            if let Some(identities) = families.identities.as_mut().filter(|_| component.has_families) {
                identities.take_in(&component);
            }
            match &component.tables {
                None => families.open += 1,
                Some(tables) => families.take_in(&component.component, tables, roster, positions, kids),
            }
        }
        families.sibships.sort_by_key(|sibship| (sibship.one, sibship.other));
        families.families.sort_by_key(|family| {
            family.members.iter().find(|member| member.role == MemberRole::Child).and_then(|child| child.sample)
        });
        families
    }

    /// Takes in the answer about a component, as far as its errors let.
    fn take_in(
        &mut self,
        component: &Component,
        tables: &[Solved],
        roster: &Roster,
        positions: &[usize],
        kids: &[Vec<Kid>],
    ) {
        let is_sampled = tables.iter().any(|solved| solved.sampled.is_some());
        *(if is_sampled { &mut self.sampled } else { &mut self.exact }) += 1;
        let mut known = BTreeSet::new();
        for (number, (&child, &cut)) in component.children.iter().zip(&component.cut).enumerate() {
            let spreads = tables.iter().filter_map(|solved| Some(solved.sampled.as_ref()?[number]));
            let sampled = spreads.reduce(Spread::or_worse);
            if cut > MOST_CUT || sampled.is_some_and(|spread| !spread.is_within(ENOUGH)) {
                *(if cut > MOST_CUT { &mut self.too_much_cut } else { &mut self.unsettled }) += 1;
                continue;
            }
            known.insert(number as u32);
            self.cut = self.cut.max(cut);
            self.worst = self.worst.or_worse(sampled.unwrap_or_default());
            let under = tables.iter().zip(&kids[child]);
            let tables = under.map(|(solved, kid)| UnderTable::new(solved, number as u32, kid)).collect();
            self.children[positions[child]] = Some(CasePosterior { tables, sampled, cut });
        }
        let of_child = |&child: &usize| roster.children[positions[child]].sample;
        let samples: Vec<SampleIndex> = component.children.iter().map(of_child).collect();
        self.sibships.extend(sibships(tables, &samples, &known));
        let unknown = samples.iter().zip(0..).filter(|(_, number)| !known.contains(number)).map(|(&sample, _)| sample);
        let unknown: BTreeSet<SampleIndex> = unknown.collect();
        let is_known = |member: &Member| member.sample.is_none_or(|sample| !unknown.contains(&sample));
        self.families.extend(likeliest(tables).into_iter().filter(|family| family.members.iter().all(is_known)));
    }
}

impl UnderTable {
    /// Of a child (its number in the component).
    fn new(solved: &Solved, number: u32, kid: &Kid) -> Self {
        let mut under = Self { none: [0.0; 2], others: [1.0; 2], ..Self::default() };
        let probability = |event: Event| solved.events.get(&event).map_or(0.0, |found| found.0);
        for place in Place::BOTH {
            let at = place.index();
            let persons = solved.events.range(Event::Takes(number, place, None)..);
            let of_place = persons.take_while(
                |(event, _)| matches!(event, Event::Takes(child, of, _) if (*child, *of) == (number, place)),
            );
            for (event, found) in of_place {
                match event {
                    Event::Takes(_, _, Some(person)) => under.persons.entry(*person).or_default()[at] = found.0,
                    _ => under.none[at] = found.0,
                }
            }
            let missing =
                solved.events.range(Event::Missing(number, place, 0)..=Event::Missing(number, place, u32::MAX));
            for (event, found) in missing {
                if let Event::Missing(_, _, person) = event {
                    under.missing.entry(*person).or_default()[at] = found.0;
                }
            }
            if kid.other[at] > 0.0 {
                under.others[at] = probability(Event::Other(number, place)) / kid.other[at];
            }
        }
        for choice in &kid.choices {
            for slot in choice.slots {
                if let super::Slot::Person(person) = slot {
                    under.persons.entry(person).or_default();
                }
            }
        }
        under
    }
}

/// The pairs that may be siblings, among the `known` children (numbers) of a component. A pair on which the chains do not agree is left
/// out.
fn sibships(tables: &[Solved], samples: &[SampleIndex], known: &BTreeSet<u32>) -> Vec<Sibship> {
    let pair = |event: &Event| match event {
        Event::Share(one, other, _) | Event::Full(one, other) => Some((*one, *other)),
        _ => None,
    };
    let of_pairs = tables.iter().flat_map(|solved| &solved.events);
    let of_pairs = of_pairs.filter_map(|(event, (_, spread))| Some((pair(event)?, spread.is_within(ENOUGH))));
    let mut pairs: BTreeMap<(u32, u32), bool> = BTreeMap::new();
    of_pairs.for_each(|(pair, is_settled)| *pairs.entry(pair).or_insert(true) &= is_settled);
    pairs.retain(|(one, other), is_settled| *is_settled && known.contains(one) && known.contains(other));
    let of_pair = |(one, other): (u32, u32)| {
        let of = |solved: &Solved, event: Event| solved.events.get(&event).map_or(0.0, |found| found.0);
        let lowest = |of_table: &dyn Fn(&Solved) -> f64| tables.iter().map(of_table).reduce(f64::min).unwrap_or(0.0);
        let share = Place::BOTH.map(|place| lowest(&|solved| of(solved, Event::Share(one, other, place))));
        let full = lowest(&|solved| of(solved, Event::Full(one, other)));
        let half = lowest(&|solved| {
            let [father, mother] = Place::BOTH.map(|place| of(solved, Event::Share(one, other, place)));
            (father + mother - 2.0 * of(solved, Event::Full(one, other))).max(0.0)
        });
        Sibship { one: samples[one as usize], other: samples[other as usize], share, full, half }
    };
    pairs.into_keys().map(of_pair).filter(|sibship| sibship.share[0].max(sibship.share[1]) >= LISTED_FROM).collect()
}

/// The families of the likeliest configuration under the first table. One on whose probability the chains do not agree is left out.
fn likeliest(tables: &[Solved]) -> Vec<Family> {
    let of_group = |group: &Group| {
        let found = tables.iter().map(|solved| solved.groups.get(group).copied().unwrap_or_default());
        let (probability, spread) =
            found.reduce(|(one, of_one), (other, of_other)| (one.min(other), of_one.or_worse(of_other)))?;
        spread.is_within(ENOUGH).then(|| Family { members: members(group), probability })
    };
    let families = tables.first().into_iter().flat_map(|solved| &solved.best).filter_map(of_group);
    families.filter(|family| family.members.len() > 1).collect()
}

/// Listed parents, unlisted ones, children; each once.
fn members(group: &Group) -> Vec<Member> {
    let mut members = Vec::new();
    let roles = [
        (MemberRole::Father, MemberRole::UnlistedFather, MemberRole::MissingFather),
        (MemberRole::Mother, MemberRole::UnlistedMother, MemberRole::MissingMother),
    ];
    for (place, (listed, unlisted, missing)) in roles.into_iter().enumerate() {
        let parents: BTreeSet<Parent> = group.iter().map(|trio| trio.parents[place]).collect();
        members.extend(parents.into_iter().filter_map(|parent| match parent {
            Parent::Alone => None,
            Parent::Missing(number) => Some(Member { sample: None, number, role: missing }),
            Parent::Shared(number) => Some(Member { sample: None, number: number + 1, role: unlisted }),
            Parent::Person(person) => Some(Member { sample: Some(person), number: 0, role: listed }),
        }));
    }
    members.extend(group.iter().map(|trio| Member { sample: Some(trio.child), number: 0, role: MemberRole::Child }));
    members
}

#[cfg(test)]
mod tests {
    use super::super::group::Trio;
    use super::*;
    use crate::matching::Child;

    /// Three children, all of one father; the chains agree on the first and the last, and not on what the second is to the last.
    #[test]
    fn a_child_on_whom_the_chains_do_not_agree_is_left_out_alone() {
        let (good, bad) = (Spread { standard_error: 0.005, r_hat: 1.0 }, Spread { standard_error: 0.1, r_hat: 1.5 });
        let samples = [3, 4, 5].map(SampleIndex);
        let father = |number| Event::Takes(number, Place::Father, Some(SampleIndex(9)));
        let share = |one, other| Event::Share(one, other, Place::Father);
        let events = [(father(0), good), (father(1), bad), (father(2), good), (share(0, 1), good), (share(0, 2), good)];
        let trio = |child| Trio { child, parents: [Parent::Person(SampleIndex(9)), Parent::Alone] };
        let solved = |of_second: Spread, of_family: Spread| Solved {
            events: events
                .into_iter()
                .chain([(share(1, 2), of_second)])
                .map(|(of, error)| (of, (0.9, error)))
                .collect(),
            groups: [(samples.map(trio).to_vec(), (0.8, of_family))].into(),
            best: vec![samples.map(trio).to_vec()],
            sampled: Some(vec![good, of_second, good]),
        };
        let child = |sample| Child { sample, mother: None, father: None };
        let roster = Roster { children: samples.map(child).to_vec(), ..Roster::default() };
        let kid = |child| vec![Kid { child, node: child, known: [None; 2], choices: Vec::new(), other: [0.0; 2] }];
        let component = Component { children: vec![0, 1, 2], cut: vec![0.0; 3], log10_support: 0.0 };
        let take_in = |solved: Solved| {
            let mut found = Families { children: vec![None; 3], ..Families::default() };
            found.take_in(&component, &[solved], &roster, &[0, 1, 2], &samples.map(kid));
            found
        };
        let found = take_in(solved(bad, good));
        assert_eq!(found.children.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!((found.sampled, found.unsettled, found.worst), (1, 1, good));
        let pairs: Vec<_> = found.sibships.iter().map(|pair| (pair.one, pair.other)).collect();
        assert_eq!(pairs, [(samples[0], samples[2])]);
        assert!(found.families.is_empty(), "a family with a child left out is not told");
        assert!(found.note().unwrap().contains("1 child on whom the chains do not agree"));
        let told = |of_family| take_in(solved(good, of_family)).families.len();
        assert_eq!([told(good), told(bad)], [1, 0], "a family with an uncertain probability is not told");
    }
}

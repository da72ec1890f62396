//! The case's posterior: the parents of all children at once.
//!
//! Children are evidence for each other: two children of one badly preserved body support it together, and children of a parent
//! whom no list holds may be siblings. A [`configuration`] gives every child a father and a mother, each a candidate or somebody
//! unlisted, who may have several children. Given which children have no father in the lists, these fall into families by Ewens'
//! formula (Ewens 1972, doi 10.1016/0040-5809(72)90035-4) with the concentration at which two of them have one father with
//! probability `prior.shared_unlisted`; mothers likewise. Its weight is that prior, with the children's own ([`hypotheses`]),
//! times the likelihood ratio of each [`group`] of children whom parents link, by the exact network.
//!
//! [`components`] finds which children must be weighed together; each component is summed over ([`exact`]) or, where it has too many
//! configurations, [`sampled`]. What cannot be had with a known error is left open. Every frequency table is worked on its own.

mod answer;
mod block;
mod certain;
mod components;
mod configuration;
mod exact;
mod group;
mod hypotheses;
mod sampled;
mod tally;

pub use answer::{CasePosterior, Families, Family, Member, MemberRole, Sibship};

use super::roster::Child;
use super::{Case, MatchError, Parentage, Roster};
use crate::inference::joint::Spread;
use crate::matching::one_person::{DirectMatches, Persons};
use crate::model::TableError;
use crate::profile::SampleIndex;
use crate::progress::{Progress, Stage};
use certain::Certain;
use components::{Component, Components, Siblings};
use group::{Group, Groups};
use hypotheses::{Kid, Slot, kids};
use rayon::prelude::*;
use sampled::Problem;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tally::Event;

/// Among more children than this nobody looks for siblings.
const MOST_CHILDREN: usize = 10_000;

/// The answer about one component under one table.
struct Solved {
    events: BTreeMap<Event, (f64, Spread)>,
    groups: HashMap<Group, f64>,
    best: Vec<Group>,
    /// The greatest errors, where it was sampled.
    sampled: Option<Spread>,
}

/// One component, its children's positions being those among the ones who take part, and the answer by table.
struct Answered {
    component: Component,
    tables: Option<Vec<Solved>>,
}

/// Weighs the parents of all children at once. `parentage` is by child of the roster.
///
/// # Errors
/// A case that the likelihood engine refuses for one child alone.
pub fn weigh_families(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    persons: &Persons,
    parentage: &[Parentage],
    progress: &dyn Progress,
) -> Result<Families, MatchError> {
    progress.begin(Stage::uncounted("all children at once"));
    let positions = take_part(roster, direct);
    if positions.len() > MOST_CHILDREN {
        return Ok(Families::left_open(roster.children.len()));
    }
    let children: Vec<&Child> = positions.iter().map(|&at| &roster.children[at]).collect();
    let by_child = positions.par_iter().map(|&at| kids(case, persons, &roster.children[at], &parentage[at]));
    let mut by_child = by_child.collect::<Result<Vec<Vec<Kid>>, MatchError>>()?;
    let named = by_child.iter().flatten().flat_map(|kid| &kid.choices).flat_map(|choice| choice.slots);
    let named = named.filter_map(|slot| if let Slot::Person(person) = slot { Some(person) } else { None });
    let named: BTreeSet<SampleIndex> = named.collect();
    case.panel.keep(named.iter().copied())?;
    let certain = Certain::new(case, persons, named.into_iter());
    let shared = case.settings.prior.shared_unlisted;
    let odds = shared / (1.0 - shared);
    let components = Components::new(case, persons, &children, &certain, &by_child, odds)?;
    let links = components.links()?;
    for (tables, log10_support) in by_child.iter_mut().zip(components::supports(children.len(), &links)) {
        tables.iter_mut().for_each(|kid| kid.prune(log10_support));
    }
    let known = by_child.iter().filter_map(|tables| tables.first()).map(|kid| (kid.child, kid.known)).collect();
    let solving = Solving {
        case,
        persons,
        known,
        certain: &certain,
        by_child: &by_child,
        components: &components,
        log10_odds: odds.log10(),
        progress,
    };
    let found = components::components(children.len(), &links, |children| solving.is_small(children));
    let answered = found.into_par_iter().map(|component| solving.answer(component)).collect::<Result<Vec<_>, _>>()?;
    Ok(Families::new(roster, &positions, &by_child, answered))
}

/// The children (positions in the roster) who take part: of several samples of one child the first.
fn take_part(roster: &Roster, direct: &DirectMatches) -> Vec<usize> {
    let position = |sample: SampleIndex| roster.children.binary_search_by(|child| child.sample.cmp(&sample)).ok();
    let is_first = |at: &usize| {
        let sample = roster.children[*at].sample;
        !direct.of(sample).any(|other| other < sample && position(other).is_some())
    };
    (0..roster.children.len()).filter(is_first).collect()
}

struct Solving<'a> {
    case: &'a Case<'a>,
    persons: &'a Persons,
    known: HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
    certain: &'a Certain,
    by_child: &'a [Vec<Kid>],
    components: &'a Components<'a>,
    log10_odds: f64,
    progress: &'a dyn Progress,
}

impl Solving<'_> {
    /// Whether these children can be summed over under every table.
    fn is_small(&self, children: &[usize]) -> bool {
        let kids = |table: usize| children.iter().map(move |&at| &self.by_child[at][table]);
        (0..self.case.tables.len()).all(|table| exact::is_possible(self.case, kids(table), self.log10_odds))
    }

    /// A component that the likelihood engine refuses, or whose chains do not agree, is left open.
    fn answer(&self, component: Component) -> Result<Answered, MatchError> {
        let mut siblings = None;
        let mut tables = Vec::with_capacity(self.case.tables.len());
        for table in 0..self.case.tables.len() {
            let found = self.under(table, &component, &mut siblings);
            if self.progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            match found {
                Ok(Some(solved)) => tables.push(solved),
                Ok(None) | Err(MatchError::Table(TableError::Likelihood { .. })) => {
                    return Ok(Answered { component, tables: None });
                }
                Err(error) => return Err(error),
            }
        }
        let best: Vec<Group> = tables.first().map(|solved| solved.best.clone()).unwrap_or_default();
        tables.iter_mut().for_each(|solved| solved.groups.retain(|group, _| best.contains(group)));
        Ok(Answered { component, tables: Some(tables) })
    }

    fn under(
        &self,
        table: usize,
        component: &Component,
        siblings: &mut Option<Vec<Vec<Siblings>>>,
    ) -> Result<Option<Solved>, MatchError> {
        let children = &component.children;
        let kids: Vec<Kid> = children.iter().map(|&at| self.by_child[at][table].clone()).collect();
        let groups = Groups::new(self.case, self.persons, &self.known, self.certain, table);
        if let Some(tally) = exact::sum(&kids, &groups, self.log10_odds, component.log10_support)? {
            let share = |weight: f64| weight / tally.total;
            let events = tally.events.iter().map(|(&event, &weight)| (event, (share(weight), Spread::default())));
            let of_groups = tally.groups.iter().map(|(group, &weight)| (group.clone(), share(weight)));
            let (events, groups) = (events.collect(), of_groups.collect());
            let best = tally.best.map(|(_, groups)| groups).unwrap_or_default();
            return Ok((tally.total > 0.0).then_some(Solved { events, groups, best, sampled: None }));
        }
        if siblings.is_none() {
            *siblings = Some(self.components.siblings_among(children)?);
        }
        let siblings = siblings.as_deref().unwrap_or_default();
        let sampled = sampled::sample(&Problem::new(&kids, &groups, siblings, self.log10_odds), self.progress)?;
        Ok(sampled.map(|found| Solved {
            events: found.events,
            groups: found.groups,
            best: found.best,
            sampled: Some(found.worst),
        }))
    }
}

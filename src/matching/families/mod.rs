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
//!
//! With families that miss somebody ([`kin`]), a configuration also says which bodies are which missing persons, and a missing person
//! who lies among none of them can be a parent, untyped. [`kin_links`] finds what must be weighed together then, [`kin_part`]
//! lists who can be whom. Such components are summed over or left open.

mod answer;
mod block;
mod block_key;
mod certain;
mod components;
mod configuration;
mod exact;
mod group;
mod hypotheses;
mod identities;
mod kin;
mod kin_links;
mod kin_part;
mod sampled;
mod tally;

pub use answer::{CasePosterior, Families, Family, Member, MemberRole, Sibship};
pub use identities::{Identities, Identity};
pub use kin::{Kin, KinFamily, KinTable, MissingPerson};

use super::roster::Child;
use super::{Case, MatchError, Parentage, Roster};
use crate::inference::joint::Spread;
use crate::matching::one_person::{DirectMatches, Persons};
use crate::model::TableError;
use crate::profile::SampleIndex;
use crate::progress::{Progress, Stage};
use certain::Certain;
use components::{Component, Components, Siblings};
use group::{Group, Groups, GroupsOf};
use hypotheses::{Kid, Slot, kids};
use kin_links::{KinComponent, KinLinks};
use rayon::prelude::*;
use sampled::Problem;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tally::{Event, Tally};

/// More children than this are not sampled together: nearly every two of them are a pair that may be siblings, and the likelihoods of so many
/// pairs take minutes.
const MOST_SAMPLED: usize = 200;
/// Among more children than this nobody looks for siblings.
const MOST_CHILDREN: usize = 10_000;

/// The answer about one component under one table.
struct Solved {
    events: BTreeMap<Event, (f64, Spread)>,
    groups: HashMap<Group, (f64, Spread)>,
    best: Vec<Group>,
    /// By child, the greatest errors, where it was sampled.
    sampled: Option<Vec<Spread>>,
}

impl Solved {
    /// From the sums over all configurations.
    fn exactly(tally: Tally) -> Self {
        let share = |weight: f64| weight / tally.total;
        let events = tally.events.iter().map(|(&event, &weight)| (event, (share(weight), Spread::default())));
        let of_groups = tally.groups.iter().map(|(group, &weight)| (group.clone(), (share(weight), Spread::default())));
        let (events, groups) = (events.collect(), of_groups.collect());
        Self { events, groups, best: tally.best.map(|(_, groups)| groups).unwrap_or_default(), sampled: None }
    }
}

/// Only the groups of the likeliest configuration under the first table are told.
fn only_best(mut tables: Vec<Solved>) -> Vec<Solved> {
    let best: Vec<Group> = tables.first().map(|solved| solved.best.clone()).unwrap_or_default();
    tables.iter_mut().for_each(|solved| solved.groups.retain(|group, _| best.contains(group)));
    tables
}

/// One component, its children's positions being those among the ones who take part, and the answer by table.
struct Answered {
    component: Component,
    /// The bodies (numbers) that were weighed with the children,
    bodies: Vec<u32>,
    /// and whether families were.
    has_families: bool,
    tables: Option<Vec<Solved>>,
}

/// Weighs the parents of all children at once, and who of the bodies is whom. `parentage` is by child of the roster.
///
/// # Errors
/// A case that the likelihood engine refuses for one child alone, or with a missing person as its parent.
pub fn weigh_families(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    persons: &Persons,
    parentage: &[Parentage],
    kin: Option<&Kin<'_>>,
    progress: &dyn Progress,
) -> Result<Families, MatchError> {
    progress.begin(Stage::uncounted("all children at once"));
    let positions = take_part(roster, direct);
    let shared_unlisted = case.settings.prior.shared_unlisted(positions.len());
    if positions.len() > MOST_CHILDREN {
        return Ok(Families { shared_unlisted, ..Families::left_open(roster.children.len(), kin) });
    }
    let children: Vec<&Child> = positions.iter().map(|&at| &roster.children[at]).collect();
    let by_child = positions.par_iter().map(|&at| kids(case, persons, &roster.children[at], &parentage[at]));
    let mut by_child = by_child.collect::<Result<Vec<Vec<Kid>>, MatchError>>()?;
    let named = by_child.iter().flatten().flat_map(|kid| &kid.choices).flat_map(|choice| choice.slots);
    let named = named.filter_map(|slot| if let Slot::Person(person) = slot { Some(person) } else { None });
    let named: BTreeSet<SampleIndex> = named.chain(kin.iter().flat_map(|kin| kin.bodies.iter().copied())).collect();
    case.panel.keep(named.iter().copied())?;
    let certain = Certain::new(case, persons, named.into_iter());
    if let Some(kin) = kin {
        by_child.iter_mut().flatten().for_each(|kid| kid.leave_to_families(kin));
    }
    let odds = shared_unlisted / (1.0 - shared_unlisted);
    let mut components = Components::new(case, persons, &children, &certain, &by_child, odds)?;
    let known: Known = by_child.iter().filter_map(|tables| tables.first()).map(|kid| (kid.child, kid.known)).collect();
    let basis = GroupsOf { case, persons, known: &known, certain: &certain };
    let mut as_parents = Vec::new();
    if let Some(kin) = kin {
        let groups: Vec<Groups<'_>> =
            (0..case.tables.len()).map(|table| Groups::new(basis, table, Some(kin), children.len())).collect();
        let Some(found) = kin_links::as_parents(kin, &groups, &by_child)? else {
            return Ok(Families { shared_unlisted, ..Families::left_open(roster.children.len(), Some(kin)) });
        };
        kin_links::leave_to_families(kin, &mut components, children.len(), &found);
        as_parents = found;
    }
    let links = components.links()?;
    let kin_links = kin.map(|kin| KinLinks::new(kin, &components, &as_parents, children.len(), &links));
    let supports = components::supports(children.len(), &links);
    for (at, (tables, log10_support)) in by_child.iter_mut().zip(supports).enumerate() {
        let of_families = kin_links.as_ref().map_or(0.0, |links| links.supports[at]);
        tables.iter_mut().for_each(|kid| kid.prune(log10_support + of_families));
    }
    let solving = Solving {
        basis,
        by_child: &by_child,
        components: &components,
        kin: kin_links,
        log10_odds: odds.log10(),
        links: &links,
        progress,
    };
    let answered = solving.all()?;
    Ok(Families { shared_unlisted, ..Families::new(roster, &positions, &by_child, answered, kin) })
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

/// By child (sample), whom its row names by place.
type Known = HashMap<SampleIndex, [Option<SampleIndex>; 2]>;

struct Solving<'a> {
    basis: GroupsOf<'a>,
    by_child: &'a [Vec<Kid>],
    components: &'a Components<'a>,
    /// Where families take part.
    kin: Option<KinLinks<'a>>,
    log10_odds: f64,
    /// Of all children.
    links: &'a [components::Link],
    progress: &'a dyn Progress,
}

impl Solving<'_> {
    /// Every component with its answer.
    fn all(&self) -> Result<Vec<Answered>, MatchError> {
        let Some(kin) = &self.kin else {
            let found = components::components(self.by_child.len(), self.links, |children| self.is_small(children));
            return found.into_par_iter().map(|component| self.answer(component)).collect();
        };
        let is_small = |component: &KinComponent| match component.has_families {
            true => self.is_small_with_families(kin, component),
            false => self.is_small(&component.children),
        };
        let answer = |found: KinComponent| {
            let has_families = found.has_families;
            let KinComponent { children, bodies, cut, log10_support, .. } = found.clone();
            let component = Component { children, cut, log10_support };
            match has_families {
                true => self.answer_with_families(kin, &found, component, bodies),
                false => self.answer(component),
            }
        };
        kin.components(is_small).into_par_iter().map(answer).collect()
    }

    fn is_small_with_families(&self, kin: &KinLinks<'_>, component: &KinComponent) -> bool {
        let part = kin.part(component);
        (0..self.basis.case.tables.len()).all(|table| {
            let kids: Vec<&Kid> = component.children.iter().map(|&at| &self.by_child[at][table]).collect();
            exact::is_possible_with_families(self.basis.case, &kids, self.log10_odds, &part)
        })
    }

    /// A component with families: summed over, or left open.
    fn answer_with_families(
        &self,
        kin: &KinLinks<'_>,
        found: &KinComponent,
        component: Component,
        bodies: Vec<u32>,
    ) -> Result<Answered, MatchError> {
        if !self.is_small_with_families(kin, found) {
            return Ok(Answered { component, bodies, has_families: true, tables: None });
        }
        let part = kin.part(found);
        let of_table = |table: usize| {
            let kids: Vec<Kid> = component.children.iter().map(|&at| self.by_child[at][table].clone()).collect();
            let groups = Groups::new(self.basis, table, Some(part.kin), kids.len());
            exact::sum_with_families(&kids, &groups, self.log10_odds, component.log10_support, &part)
        };
        let mut tables = Vec::with_capacity(self.basis.case.tables.len());
        for table in 0..self.basis.case.tables.len() {
            let summed = of_table(table);
            if self.progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            match summed {
                Ok(Some(tally)) if tally.total > 0.0 => tables.push(Solved::exactly(tally)),
                Ok(_) | Err(MatchError::Table(TableError::Likelihood { .. })) => {
                    return Ok(Answered { component, bodies, has_families: true, tables: None });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Answered { component, bodies, has_families: true, tables: Some(only_best(tables)) })
    }

    /// Whether these children can be summed over under every table.
    fn is_small(&self, children: &[usize]) -> bool {
        let kids = |table: usize| children.iter().map(move |&at| &self.by_child[at][table]);
        (0..self.basis.case.tables.len()).all(|table| exact::is_possible(self.basis.case, kids(table), self.log10_odds))
    }

    /// A component that the likelihood engine refuses, or whose chains do not agree, is left open.
    fn answer(&self, component: Component) -> Result<Answered, MatchError> {
        let mut siblings = None;
        let mut tables = Vec::with_capacity(self.basis.case.tables.len());
        for table in 0..self.basis.case.tables.len() {
            let found = self.under(table, &component, &mut siblings);
            if self.progress.cancelled() {
                return Err(MatchError::Cancelled);
            }
            match found {
                Ok(Some(solved)) => tables.push(solved),
                Ok(None) | Err(MatchError::Table(TableError::Likelihood { .. })) => {
                    return Ok(Answered { component, bodies: Vec::new(), has_families: false, tables: None });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Answered { component, bodies: Vec::new(), has_families: false, tables: Some(only_best(tables)) })
    }

    fn under(
        &self,
        table: usize,
        component: &Component,
        siblings: &mut Option<Vec<Vec<(u32, Siblings)>>>,
    ) -> Result<Option<Solved>, MatchError> {
        let children = &component.children;
        let kids: Vec<Kid> = children.iter().map(|&at| self.by_child[at][table].clone()).collect();
        let groups = Groups::new(self.basis, table, None, children.len());
        if let Some(tally) = exact::sum(&kids, &groups, self.log10_odds, component.log10_support)? {
            return Ok((tally.total > 0.0).then(|| Solved::exactly(tally)));
        }
        if children.len() > MOST_SAMPLED {
            return Ok(None);
        }
        if siblings.is_none() {
            *siblings = Some(self.components.siblings_among(children, self.links)?);
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

//! A group: children who are linked by parents, listed or not; and its likelihood ratio.
//!
//! LR(group) = Π over the loci of P(all that is seen of the children and their listed parents | they are so related) over the same
//! where only the parents whom the children's rows name are parents. At each locus the group falls into [blocks](super::block):
//! the children whom more than parents of certain genotype link there.

use super::super::Case;
use super::certain::Certain;
use crate::inference::Place;
use crate::matching::one_person::Persons;
use crate::model::TableError;
use crate::profile::SampleIndex;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// The work on the groups of a component under one table, at most, in people³ · loci: some seconds.
const MOST_WORK: u64 = 2_000_000;
/// How many times as much a locus with theta is, where all founder alleles depend on each other.
const WORK_OF_THETA: u64 = 20;

/// Who takes a place of a child of a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::matching) enum Parent {
    /// Nobody of the lists who has another child of the case.
    Alone,
    /// The n-th (0-based) unlisted parent of this place who has several children of the group.
    Shared(u32),
    /// This person.
    Person(SampleIndex),
}

/// One child of a group with its parents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::matching) struct Trio {
    pub child: SampleIndex,
    pub parents: [Parent; 2],
}

/// The children of a group, ascending.
pub(in crate::matching) type Group = Vec<Trio>;

/// What the likelihoods of groups under one frequency table rest on, and those computed so far.
pub(super) struct Groups<'c> {
    pub case: &'c Case<'c>,
    pub persons: &'c Persons,
    /// By child, whom its row names.
    pub known: &'c HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
    pub certain: &'c Certain,
    pub table: usize,
    pub founders: Founders,
    /// log10 LR of groups (or what they add to that of their children alone),
    of_groups: RwLock<HashMap<Group, f64>>,
    /// and by locus in use of blocks.
    of_blocks: Vec<RwLock<HashMap<Group, f64>>>,
    /// Of all that were computed.
    work: AtomicU64,
}

/// How founder alleles depend on each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Founders {
    /// By theta.
    Modelled,
    /// Not at all, within what a group adds to its children alone: an approximation that takes a fraction of the time.
    Independent,
}

/// What links a child to others: a listed person, or an unlisted one of a place.
type Link = (Option<Place>, Parent);

impl<'c> Groups<'c> {
    pub fn new(
        case: &'c Case<'c>,
        persons: &'c Persons,
        known: &'c HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
        certain: &'c Certain,
        table: usize,
    ) -> Self {
        let of_blocks = case.models.loci.iter().map(|_| RwLock::default()).collect();
        Self {
            case,
            persons,
            known,
            certain,
            table,
            founders: Founders::Modelled,
            of_groups: RwLock::default(),
            of_blocks,
            work: AtomicU64::new(0),
        }
    }

    /// The approximation by independent founders; `None` where they are independent anyhow.
    pub fn approximate(&self) -> Option<Self> {
        let has_theta = self.case.models.populations[self.table].loci.iter().any(|model| model.theta() > 0.0);
        has_theta.then(|| Self {
            founders: Founders::Independent,
            ..Self::new(self.case, self.persons, self.known, self.certain, self.table)
        })
    }

    /// Whether more was computed than may be.
    pub fn are_too_many(&self) -> bool {
        self.work.load(Ordering::Relaxed) > MOST_WORK
    }

    /// log10 LR of a group of several children; minus infinity where these people cannot be so related. `log10_alone`: the sum of
    /// the LRs of its children alone.
    ///
    /// # Errors
    /// A network that the likelihood engine refuses.
    pub fn log10_lr(&self, group: &Group, log10_alone: f64) -> Result<f64, TableError> {
        match self.founders {
            Founders::Modelled => remembered(&self.of_groups, group, || self.of_all_loci(group)),
            Founders::Independent => {
                let added = remembered(&self.of_groups, group, || {
                    let alone = group.iter().map(|&trio| self.of_all_loci(&vec![trio])).sum::<Result<f64, _>>()?;
                    let together = self.of_all_loci(group)?;
                    Ok(if together == f64::NEG_INFINITY { together } else { together - alone })
                })?;
                Ok(log10_alone + added)
            }
        }
    }

    fn of_all_loci(&self, group: &Group) -> Result<f64, TableError> {
        if self.are_too_many() {
            // what comes of it is not used
            return Ok(f64::NEG_INFINITY);
        }
        let counts = &self.case.models.populations[self.table].counts;
        (0..counts.len()).filter(|&locus| counts[locus]).map(|locus| self.at_locus(group, locus)).sum()
    }

    /// log10 LR of a group at a locus.
    fn at_locus(&self, group: &Group, locus: usize) -> Result<f64, TableError> {
        let of_block = |mut block: Group| {
            self.leave_out_untyped(locus, &mut block);
            remembered(&self.of_blocks[locus], &block, || {
                self.work.fetch_add(self.work_of(locus, &block), Ordering::Relaxed);
                self.log10_of_block(locus, &block)
            })
        };
        self.blocks(group, locus).into_iter().map(of_block).sum()
    }

    /// The children of a group whom more than parents of certain genotype link at a locus.
    fn blocks(&self, group: &Group, locus: usize) -> Vec<Group> {
        let mut blocks: Vec<(BTreeSet<Link>, Group)> = Vec::new();
        for &trio in group {
            let mut links = self.links(trio, locus);
            let mut block = vec![trio];
            blocks.retain(|(others, members)| {
                let is_apart = others.is_disjoint(&links);
                if !is_apart {
                    block.extend(members);
                }
                is_apart
            });
            block.sort_unstable();
            links.extend(block.iter().flat_map(|&trio| self.links(trio, locus)));
            blocks.push((links, block));
        }
        blocks.into_iter().map(|(_, block)| block).collect()
    }

    /// What links a child to others at a locus: itself, and its parents.
    fn links(&self, trio: Trio, locus: usize) -> BTreeSet<Link> {
        let itself = Parent::Person(self.persons.stands_for(trio.child));
        let people = Place::BOTH.into_iter().zip(trio.parents).chain([(Place::Father, itself)]);
        let link = |(place, parent)| match parent {
            Parent::Alone => None,
            Parent::Shared(_) => Some((Some(place), parent)),
            Parent::Person(person) => (!self.certain.at(person, locus)).then_some((None, parent)),
        };
        people.filter_map(link).collect()
    }

    /// A parent of one child who has no result at a locus is nobody there, as for a child alone; unless the child's row names it.
    fn leave_out_untyped(&self, locus: usize, block: &mut Group) {
        let children: BTreeSet<SampleIndex> = block.iter().map(|trio| self.persons.stands_for(trio.child)).collect();
        let parents: Vec<Parent> = block.iter().flat_map(|trio| trio.parents).collect();
        for trio in block {
            let named = self.known.get(&trio.child).copied().unwrap_or_default();
            for parent in &mut trio.parents {
                if let Parent::Person(person) = *parent
                    && !children.contains(&person)
                    && !named.contains(&Some(person))
                    && parents.iter().filter(|other| *other == parent).count() == 1
                    && self.shows_nothing(person, locus)
                {
                    *parent = Parent::Alone;
                }
            }
        }
    }

    /// The work on a block.
    fn work_of(&self, locus: usize, block: &Group) -> u64 {
        let listed = block.iter().flat_map(|trio| trio.parents);
        let parents: BTreeSet<Parent> = listed.filter(|parent| *parent != Parent::Alone).collect();
        let theta = self.case.models.populations[self.table].loci[locus].theta();
        let is_linked = theta > 0.0 && self.founders == Founders::Modelled;
        ((block.len() + parents.len()) as u64).pow(3) * if is_linked { WORK_OF_THETA } else { 1 }
    }
}

/// What is known of a group, or is found now.
fn remembered(
    known: &RwLock<HashMap<Group, f64>>,
    group: &Group,
    find: impl FnOnce() -> Result<f64, TableError>,
) -> Result<f64, TableError> {
    if let Some(&known) = known.read().unwrap_or_else(PoisonError::into_inner).get(group) {
        return Ok(known);
    }
    let found = find()?;
    known.write().unwrap_or_else(PoisonError::into_inner).insert(group.clone(), found);
    Ok(found)
}

//! A group: children who are linked by parents, listed or not; and its likelihood ratio.
//!
//! LR(group) = Π over the loci of P(all that is seen of the children and their listed parents | they are so related) over the same
//! where only the parents whom the children's rows name are parents. At each locus the group falls into [blocks](super::block):
//! the children whom more than parents of certain genotype link there.
//!
//! Where parents are missing persons, or bodies held to be some, the people of their families are in both pedigrees, with all that is
//! seen of the relatives and of these bodies: only the children's parents are told apart, the rest is the families' own weight.

use super::super::Case;
use super::certain::Certain;
use super::kin::{Kin, Placed};
use crate::inference::Place;
use crate::matching::one_person::Persons;
use crate::model::TableError;
use crate::profile::{Code, SampleIndex, Sex};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// The work on the groups of a component under one table, at most, in people³ · loci: some seconds,
const MOST_WORK: f64 = 2e6;
/// or so much for each of its children, where that is more. The setting `search.joint_work` multiplies both.
const MOST_WORK_OF_CHILD: f64 = 5e4;
/// The least work on a block, in the same measure.
const WORK_AT_LEAST: u64 = 50;
/// How many times as much a locus with theta is, where all founder alleles depend on each other.
const WORK_OF_THETA: u64 = 20;

/// Who takes a place of a child of a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::matching) enum Parent {
    /// Nobody of the lists who has another child of the case.
    Alone,
    /// The n-th (0-based) unlisted parent of this place who has several children of the group.
    Shared(u32),
    /// The missing person of this number, who does not lie among the bodies.
    Missing(u32),
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

/// A group, and the bodies held to be missing persons of its families.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Related {
    pub trios: Group,
    pub placed: Placed,
}

/// A block at a locus, as far as its likelihood ratio goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum BlockKey {
    /// These very samples: where families take part.
    Samples(Related),
    /// How the people are related, and what they show.
    Shown {
        /// By child its own position, its father's and mother's, and those of the father and the mother whom its row names.
        trios: Vec<[u32; 5]>,
        /// By person.
        people: Vec<(Sex, Code)>,
    },
}

/// What the likelihoods of groups rest on.
#[derive(Clone, Copy)]
pub(super) struct GroupsOf<'c> {
    pub case: &'c Case<'c>,
    pub persons: &'c Persons,
    /// By child, whom its row names.
    pub known: &'c HashMap<SampleIndex, [Option<SampleIndex>; 2]>,
    pub certain: &'c Certain,
}

/// The likelihoods of groups under one frequency table, as far as they were computed.
pub(super) struct Groups<'c> {
    pub basis: GroupsOf<'c>,
    pub table: usize,
    /// The families that miss somebody, where they take part.
    pub kin: Option<&'c Kin<'c>>,
    pub founders: Founders,
    /// log10 LR of groups (or what they add to that of their children alone),
    of_groups: RwLock<HashMap<Related, f64>>,
    /// and by locus in use of blocks.
    of_blocks: Vec<RwLock<HashMap<BlockKey, f64>>>,
    /// Of all that were computed,
    work: AtomicU64,
    /// and how much it may be.
    most_work: f64,
}

/// How founder alleles depend on each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Founders {
    /// By theta.
    Modelled,
    /// Not at all, within what a group adds to its children alone: an approximation that takes a fraction of the time.
    Independent,
}

/// What links a child to others at a locus.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Link {
    /// A listed person.
    Person(SampleIndex),
    /// An unlisted parent of a place.
    Unlisted(Place, u32),
    /// A family.
    Family(usize),
}

impl<'c> Groups<'c> {
    /// `children`: how many there are in all groups.
    pub fn new(basis: GroupsOf<'c>, table: usize, kin: Option<&'c Kin<'c>>, children: usize) -> Self {
        let of_blocks = basis.case.models.loci.iter().map(|_| RwLock::default()).collect();
        let (of_groups, work) = (RwLock::default(), AtomicU64::new(0));
        let most_work = MOST_WORK.max(MOST_WORK_OF_CHILD * children as f64) * basis.case.settings.search.joint_work;
        Self { basis, table, kin, founders: Founders::Modelled, of_groups, of_blocks, work, most_work }
    }

    /// The approximation by independent founders; `None` where they are independent anyhow.
    pub fn approximate(&self) -> Option<Self> {
        let has_theta = self.basis.case.models.populations[self.table].loci.iter().any(|model| model.theta() > 0.0);
        has_theta.then(|| Self {
            founders: Founders::Independent,
            most_work: self.most_work,
            ..Self::new(self.basis, self.table, self.kin, 0)
        })
    }

    /// Whether more was computed than may be.
    pub fn are_too_many(&self) -> bool {
        self.work.load(Ordering::Relaxed) as f64 > self.most_work
    }

    /// log10 LR of a group of several children, or with a family; minus infinity where these people cannot be so related.
    /// `log10_alone`: the sum of the LRs of its children alone.
    ///
    /// # Errors
    /// A network that the likelihood engine refuses.
    pub fn log10_lr(&self, group: &Related, log10_alone: f64) -> Result<f64, TableError> {
        match self.founders {
            Founders::Modelled => Ok(remembered(&self.of_groups, group, || self.of_all_loci(group))?.0),
            Founders::Independent => {
                let (added, _) = remembered(&self.of_groups, group, || {
                    let alone = |&trio| self.of_all_loci(&Related { trios: vec![trio], placed: Vec::new() });
                    let alone = group.trios.iter().map(alone).sum::<Result<f64, _>>()?;
                    let together = self.of_all_loci(group)?;
                    Ok(if together == f64::NEG_INFINITY { together } else { together - alone })
                })?;
                Ok(log10_alone + added)
            }
        }
    }

    fn of_all_loci(&self, group: &Related) -> Result<f64, TableError> {
        if self.are_too_many() {
            // what comes of it is not used
            return Ok(f64::NEG_INFINITY);
        }
        Ok(self.log10_by_locus(group)?.into_iter().sum())
    }

    /// log10 LR of a group at each locus in use.
    ///
    /// # Errors
    /// As [`Groups::log10_lr`].
    pub fn log10_by_locus(&self, group: &Related) -> Result<Vec<f64>, TableError> {
        let counts = &self.basis.case.models.populations[self.table].counts;
        let of_locus = |locus: usize| if counts[locus] { self.at_locus(group, locus) } else { Ok(0.0) };
        (0..counts.len()).map(of_locus).collect()
    }

    /// log10 LR of a group at a locus.
    fn at_locus(&self, group: &Related, locus: usize) -> Result<f64, TableError> {
        let of_block = |mut block: Related| {
            self.leave_out_untyped(locus, &mut block);
            let key = self.key(locus, &mut block);
            let (log10_lr, is_new) = remembered(&self.of_blocks[locus], &key, || self.log10_of_block(locus, &block))?;
            if is_new {
                self.work.fetch_add(self.work_of(locus, &block), Ordering::Relaxed);
            }
            Ok(log10_lr)
        };
        self.blocks(group, locus).into_iter().map(of_block).sum()
    }

    /// The children of a group whom more than parents of certain genotype link at a locus.
    fn blocks(&self, group: &Related, locus: usize) -> Vec<Related> {
        let mut blocks: Vec<(BTreeSet<Link>, Group)> = Vec::new();
        let families = self.families(group);
        let links_of = |trio: Trio| self.links(trio, &group.placed, &families, locus);
        for &trio in &group.trios {
            let mut links = links_of(trio);
            let mut block = vec![trio];
            blocks.retain(|(others, members)| {
                let is_apart = others.is_disjoint(&links);
                if !is_apart {
                    block.extend(members);
                }
                is_apart
            });
            block.sort_unstable();
            links.extend(block.iter().flat_map(|&trio| links_of(trio)));
            blocks.push((links, block));
        }
        let of_families = |(links, trios): (BTreeSet<Link>, Group)| {
            let is_of_them =
                |person: u32| self.kin.is_some_and(|kin| links.contains(&Link::Family(kin.family_of(person))));
            let placed = group.placed.iter().copied().filter(|&(person, _)| is_of_them(person)).collect();
            Related { trios, placed }
        };
        blocks.into_iter().map(of_families).collect()
    }

    /// The families that the parents of a group are of.
    pub(super) fn families(&self, group: &Related) -> BTreeSet<usize> {
        let missing = group.trios.iter().flat_map(|trio| trio.parents).filter_map(|parent| match parent {
            Parent::Missing(person) => Some(person),
            _ => None,
        });
        let persons = missing.chain(group.placed.iter().map(|&(person, _)| person));
        persons.filter_map(|person| Some(self.kin?.family_of(person))).collect()
    }

    /// Those of these families of which a person is a typed member.
    fn as_relative<'f>(
        &'f self,
        person: SampleIndex,
        families: &'f BTreeSet<usize>,
    ) -> impl Iterator<Item = usize> + 'f {
        let is_typed = move |family: &usize| {
            self.kin.is_some_and(|kin| kin.families[*family].typed.iter().any(|&(_, sample)| sample == person))
        };
        families.iter().copied().filter(is_typed)
    }

    /// What links a child to others at a locus: itself, its parents, and their families among those of the group.
    fn links(&self, trio: Trio, placed: &Placed, families: &BTreeSet<usize>, locus: usize) -> BTreeSet<Link> {
        let itself = Parent::Person(self.basis.persons.stands_for(trio.child));
        let people = Place::BOTH.into_iter().zip(trio.parents).chain([(Place::Father, itself)]);
        let family = |person: u32| self.kin.map(|kin| Link::Family(kin.family_of(person)));
        let mut links = BTreeSet::new();
        for (place, parent) in people {
            match parent {
                Parent::Alone => {}
                Parent::Shared(number) => _ = links.insert(Link::Unlisted(place, number)),
                Parent::Missing(person) => links.extend(family(person)),
                Parent::Person(person) if self.basis.certain.at(person, locus) => {}
                Parent::Person(person) => {
                    let held_to_be = placed.iter().filter(|&&(_, body)| body == person);
                    links.insert(Link::Person(person));
                    links.extend(held_to_be.filter_map(|&(missing, _)| family(missing)));
                    links.extend(self.as_relative(person, families).map(Link::Family));
                }
            }
        }
        links
    }

    /// A parent of one child who has no result at a locus is nobody there, as for a child alone; unless the child's row names it, or
    /// its relatives are there.
    fn leave_out_untyped(&self, locus: usize, block: &mut Related) {
        let node = |trio: &Trio| self.basis.persons.stands_for(trio.child);
        let families = self.families(block);
        let in_families = block.placed.iter().map(|&(_, body)| body);
        let needed: BTreeSet<SampleIndex> = block.trios.iter().map(node).chain(in_families).collect();
        let parents: Vec<Parent> = block.trios.iter().flat_map(|trio| trio.parents).collect();
        for trio in &mut block.trios {
            let named = self.basis.known.get(&trio.child).copied().unwrap_or_default();
            for parent in &mut trio.parents {
                if let Parent::Person(person) = *parent
                    && !needed.contains(&person)
                    && !named.contains(&Some(person))
                    && self.as_relative(person, &families).next().is_none()
                    && parents.iter().filter(|other| *other == parent).count() == 1
                    && self.shows_nothing(person, locus)
                {
                    *parent = Parent::Alone;
                }
            }
        }
    }

    /// The work on a block.
    fn work_of(&self, locus: usize, block: &Related) -> u64 {
        let listed = block.trios.iter().flat_map(|trio| trio.parents);
        let parents: BTreeSet<Parent> = listed.filter(|parent| *parent != Parent::Alone).collect();
        let theta = self.basis.case.models.populations[self.table].loci[locus].theta();
        let is_linked = theta > 0.0 && self.founders == Founders::Modelled;
        (((block.trios.len() + parents.len()) as u64).pow(3) + WORK_AT_LEAST)
            * if is_linked { WORK_OF_THETA } else { 1 }
    }
}

/// What is known of a group, or is found now; and whether it was found by this call, which of several at a time one alone is told:
/// so the work that is counted does not depend on threads.
fn remembered<K: Clone + Eq + Hash>(
    known: &RwLock<HashMap<K, f64>>,
    group: &K,
    find: impl FnOnce() -> Result<f64, TableError>,
) -> Result<(f64, bool), TableError> {
    if let Some(&known) = known.read().unwrap_or_else(PoisonError::into_inner).get(group) {
        return Ok((known, false));
    }
    let found = find()?;
    let before = known.write().unwrap_or_else(PoisonError::into_inner).insert(group.clone(), found);
    Ok((found, before.is_none()))
}

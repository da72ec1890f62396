//! Candidates for one place of a couple, those together who show the same.

use super::people::{Columns, PersonsOfSex};
use super::{Case, MatchError};
use crate::matching::one_person::Persons;
use crate::profile::{Code, MISSING, SampleIndex, Sex};
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// A candidate by its position among the people of its sex, and the bound of every couple that it is part of.
#[derive(Clone, Copy)]
pub(super) struct Bounded {
    pub position: u32,
    pub bound: f64,
}

/// Candidates for one place, those of one sex who show the same in one group: every couple with one of them has the same LR.
/// Whatever says nothing at a locus counts as the same there.
pub(super) struct Alike {
    groups: Vec<AlikeGroup>,
    /// The members of all groups, those of a group together and ascending.
    members: Vec<SampleIndex>,
    /// Their codes, one for each group.
    columns: Columns,
}

struct AlikeGroup {
    sex: Sex,
    bound: f64,
    /// Its part of the members.
    range: Range<usize>,
}

impl Alike {
    /// Puts together who shows the same, by descending bound.
    pub fn new(
        case: &Case<'_>,
        persons: &Persons,
        lists: &[(&PersonsOfSex, Vec<Bounded>)],
    ) -> Result<Self, MatchError> {
        let mut alike =
            Self { groups: Vec::new(), members: Vec::new(), columns: vec![Vec::new(); case.models.loci.len()] };
        for (people, bounded) in lists {
            alike.add(case, persons, people, bounded)?;
        }
        let mut order: Vec<usize> = (0..alike.groups.len()).collect();
        let key = |&at: &usize| (alike.groups[at].bound, alike.members[alike.groups[at].range.start]);
        order.sort_by(|left, right| {
            let ((bound, member), (other, next)) = (key(left), key(right));
            other.total_cmp(&bound).then(member.cmp(&next))
        });
        alike.columns = alike.columns.iter().map(|column| order.iter().map(|&at| column[at]).collect()).collect();
        let mut groups: Vec<Option<AlikeGroup>> = alike.groups.into_iter().map(Some).collect();
        alike.groups = order.into_iter().filter_map(|at| groups[at].take()).collect();
        Ok(alike)
    }

    /// Adds the people of one sex.
    fn add(
        &mut self,
        case: &Case<'_>,
        persons: &Persons,
        people: &PersonsOfSex,
        bounded: &[Bounded],
    ) -> Result<(), MatchError> {
        let positions: Vec<u32> = bounded.iter().map(|one| one.position).collect();
        let mut columns = people.columns_of(case, persons, &positions)?;
        for (at, column) in columns.iter_mut().enumerate() {
            column.iter_mut().filter(|code| !case.has_call(at, **code)).for_each(|code| *code = MISSING);
        }
        let hash = |at: usize| {
            let mut hasher = FixedState::default().build_hasher();
            columns.iter().for_each(|column| hasher.write_u16(column[at]));
            hasher.finish()
        };
        let codes = |at: usize| columns.iter().map(move |column| column[at]);
        let mut order: Vec<(u64, usize)> = (0..bounded.len()).map(|at| (hash(at), at)).collect();
        order.sort_unstable_by(|left, right| {
            left.0.cmp(&right.0).then_with(|| codes(left.1).cmp(codes(right.1))).then(left.1.cmp(&right.1))
        });
        for group in order.chunk_by(|left, right| left.0 == right.0 && codes(left.1).eq(codes(right.1))) {
            let (start, first) = (self.members.len(), group[0].1);
            self.members.extend(group.iter().map(|&(_, at)| people.members[positions[at] as usize]));
            let range = start..self.members.len();
            self.groups.push(AlikeGroup { sex: people.sex, bound: bounded[first].bound, range });
            self.columns.iter_mut().zip(codes(first)).for_each(|(column, code)| column.push(code));
        }
        Ok(())
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// The sex of a group.
    pub fn sex(&self, at: usize) -> Sex {
        self.groups[at].sex
    }

    /// The bound of a group.
    pub fn bound(&self, at: usize) -> f64 {
        self.groups[at].bound
    }

    /// How many groups come before the first whose bound is not like this.
    pub fn partition_point(&self, is_like: impl Fn(f64) -> bool) -> usize {
        self.groups.partition_point(|group| is_like(group.bound))
    }

    /// Those of a group, ascending.
    pub fn members(&self, at: usize) -> &[SampleIndex] {
        &self.members[self.groups[at].range.clone()]
    }

    /// What they show at the loci in use.
    pub fn codes(&self, at: usize) -> impl Iterator<Item = Code> + Clone + '_ {
        self.columns.iter().map(move |column| column[at])
    }

    /// The same for some groups side by side.
    pub fn columns_of(&self, groups: &[usize]) -> Columns {
        self.columns.iter().map(|column| groups.iter().map(|&at| column[at]).collect()).collect()
    }

    /// The couples of these fathers with a group of mothers.
    pub fn couples_with<'a>(&'a self, at: usize, mothers: &'a Self, mother: usize) -> AlikeCouples<'a> {
        // somebody of unknown sex may be on both sides, in groups that show the same
        let both = self.sex(at) == mothers.sex(mother) && self.codes(at).eq(mothers.codes(mother));
        AlikeCouples { fathers: self.members(at), mothers: mothers.members(mother), both }
    }
}

/// Couples of one LR: everybody of one side with everybody of the other, nobody with itself.
pub(super) struct AlikeCouples<'a> {
    fathers: &'a [SampleIndex],
    mothers: &'a [SampleIndex],
    /// Whether the two sides are the same people.
    both: bool,
}

impl<'a> AlikeCouples<'a> {
    /// The number of couples that each father is part of.
    pub fn of_each_father(&self) -> f64 {
        (self.mothers.len() - usize::from(self.both)) as f64
    }

    /// The number of couples that each mother is part of.
    pub fn of_each_mother(&self) -> f64 {
        (self.fathers.len() - usize::from(self.both)) as f64
    }

    /// Their number.
    pub fn number(&self) -> f64 {
        self.fathers.len() as f64 * self.of_each_father()
    }

    /// The first of them by father and mother.
    pub fn first(&self, most: usize) -> impl Iterator<Item = (SampleIndex, SampleIndex)> + 'a {
        let (fathers, mothers) = (self.fathers, self.mothers);
        let of_father = move |&father: &SampleIndex| mothers.iter().map(move |&mother| (father, mother));
        fathers.iter().flat_map(of_father).filter(|(father, mother)| father != mother).take(most)
    }
}

//! The candidates for the two places of a couple, and the bounds of the couples that each is part of.

use super::{Case, MatchError, Says};
use crate::matching::one_person::Persons;
use crate::profile::{Code, MISSING, SampleIndex, Sex};
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

/// The candidates for either place; those of unknown sex are in both.
pub(super) struct Sides {
    pub fathers: Side,
    pub mothers: Side,
}

impl Sides {
    pub fn new(
        case: &Case<'_>,
        persons: &Persons,
        candidates: impl Iterator<Item = SampleIndex> + Clone,
    ) -> Result<Self, MatchError> {
        let but =
            |sex| candidates.clone().filter(move |&candidate| persons.sex(case.panel, candidate) != sex).collect();
        let side = |members| Side::new(case, persons, members);
        Ok(Self { fathers: side(but(Sex::Female))?, mothers: side(but(Sex::Male))? })
    }

    /// Whether a place has no candidate.
    pub fn has_no_couple(&self) -> bool {
        self.fathers.members.is_empty() || self.mothers.members.is_empty()
    }
}

/// Codes side by side: by locus in use, then by member.
type Columns = Vec<Vec<Code>>;

/// So many sums stay in the fastest cache while all loci are added to them.
const SUMS_AT_ONCE: usize = 2048;

/// The candidates for one place.
pub(super) struct Side {
    /// Ascending where there are more than memory holds at once.
    pub members: Vec<SampleIndex>,
    /// Number of persons: samples that stand for one.
    pub persons: usize,
    /// Ascending: samples of a person for whom another stands.
    further: Vec<SampleIndex>,
    /// Their codes, where memory holds them all.
    columns: Option<Columns>,
}

impl Side {
    fn new(case: &Case<'_>, persons: &Persons, members: Vec<SampleIndex>) -> Result<Self, MatchError> {
        let mut further: Vec<_> = members.iter().copied().filter(|&member| persons.is_further(member)).collect();
        further.sort_unstable();
        let fits = members.len() <= case.at_once.candidates;
        let columns = fits.then(|| codes_of(case, members.iter().copied())).transpose()?;
        Ok(Self { persons: members.len() - further.len(), members, further, columns })
    }

    /// Shows the codes of all members, as many at a time as memory holds.
    fn each_part(&self, case: &Case<'_>, mut visit: impl FnMut(&[Vec<Code>])) -> Result<(), MatchError> {
        if let Some(columns) = &self.columns {
            visit(columns);
            return Ok(());
        }
        for part in self.members.chunks(case.at_once.candidates) {
            visit(&codes_of(case, part.iter().copied())?);
        }
        Ok(())
    }

    /// For each member, the bound of every couple that it is part of, without the constant.
    pub fn bounds<'a>(
        &self,
        case: &Case<'_>,
        rows: impl Iterator<Item = &'a Vec<f64>> + Clone,
    ) -> Result<Vec<f64>, MatchError> {
        let mut sums = vec![0.0; self.members.len()];
        let mut rest = &mut sums[..];
        self.each_part(case, |columns| {
            let members = columns.first().map_or(0, Vec::len);
            let (part, behind) = std::mem::take(&mut rest).split_at_mut(members);
            for (block, sums) in part.chunks_mut(SUMS_AT_ONCE).enumerate() {
                for (column, row) in columns.iter().zip(rows.clone()) {
                    for (sum, &code) in sums.iter_mut().zip(&column[block * SUMS_AT_ONCE..]) {
                        *sum += row[usize::from(code)];
                    }
                }
            }
            rest = behind;
        })?;
        Ok(sums)
    }
}

/// The codes of these samples, in their order, at the loci in use.
fn codes_of(
    case: &Case<'_>,
    samples: impl ExactSizeIterator<Item = SampleIndex> + Clone,
) -> Result<Columns, MatchError> {
    let wanted: Vec<u32> = samples.map(|sample| sample.0).collect();
    if wanted.is_sorted() {
        return Ok(case.panel.gather(&wanted, &case.models.loci)?);
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_unstable_by_key(|&at| wanted[at]);
    let ascending: Vec<u32> = order.iter().map(|&at| wanted[at]).collect();
    let mut columns = case.panel.gather(&ascending, &case.models.loci)?;
    for column in &mut columns {
        let mut arranged = vec![0; column.len()];
        order.iter().zip(&*column).for_each(|(&at, &code)| arranged[at] = code);
        *column = arranged;
    }
    Ok(columns)
}

/// A candidate by its position in its side, and the bound of every couple that it is part of.
#[derive(Clone, Copy)]
pub(super) struct Bounded {
    pub position: usize,
    pub bound: f64,
}

/// Candidates for one place, those together who show the same: every couple with one of them has the same LR. Whatever says
/// nothing at a locus counts as the same there.
pub(super) struct Alike {
    /// The bound of each place in the list, in the order of the first who has it.
    bounds: Vec<f64>,
    /// The members of all places, those of a place together and ascending.
    members: Vec<SampleIndex>,
    /// For each place its part of `members`.
    ranges: Vec<Range<usize>>,
    /// For each place, how many of them stand for a person …
    persons: Vec<u64>,
    /// … and of all members, ascending, those for whom another sample stands.
    further: Vec<SampleIndex>,
    /// Their codes, one for each place.
    columns: Columns,
}

impl Alike {
    /// Puts together who shows the same, in the order in which they come.
    pub fn new(case: &Case<'_>, side: &Side, bounded: Vec<Bounded>) -> Result<Self, MatchError> {
        let sample = |at: usize| side.members[bounded[at].position];
        let mut columns = codes_of(case, (0..bounded.len()).map(sample))?;
        for (column, says) in columns.iter_mut().zip(&case.says) {
            column
                .iter_mut()
                .filter(|code| says[usize::from(**code)] != Says::Something)
                .for_each(|code| *code = MISSING);
        }
        let hash = |at: usize| {
            let mut hasher = FixedState::default().build_hasher();
            columns.iter().for_each(|column| hasher.write_u16(column[at]));
            hasher.finish()
        };
        let mut order: Vec<(u64, usize)> = (0..bounded.len()).map(|at| (hash(at), at)).collect();
        let codes = |at: usize| columns.iter().map(move |column| column[at]);
        order.sort_unstable_by(|left, right| {
            left.0.cmp(&right.0).then_with(|| codes(left.1).cmp(codes(right.1))).then(left.1.cmp(&right.1))
        });
        let mut groups: Vec<&[(u64, usize)]> =
            order.chunk_by(|left, right| left.0 == right.0 && codes(left.1).eq(codes(right.1))).collect();
        groups.sort_unstable_by_key(|group| group[0].1);
        let firsts: Vec<usize> = groups.iter().map(|group| group[0].1).collect();
        let mut members = Vec::with_capacity(bounded.len());
        let mut ranges = Vec::with_capacity(groups.len());
        let mut persons = Vec::with_capacity(groups.len());
        let stands_for_person = |member: &&SampleIndex| side.further.binary_search(member).is_err();
        for group in groups {
            let start = members.len();
            members.extend(group.iter().map(|&(_, at)| sample(at)));
            members[start..].sort_unstable();
            ranges.push(start..members.len());
            persons.push(members[start..].iter().filter(stands_for_person).count() as u64);
        }
        let bounds = firsts.iter().map(|&at| bounded[at].bound).collect();
        let columns = columns.iter().map(|column| firsts.iter().map(|&at| column[at]).collect()).collect();
        Ok(Self { bounds, members, ranges, persons, further: side.further.clone(), columns })
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// The bound at a place.
    pub fn bound(&self, at: usize) -> f64 {
        self.bounds[at]
    }

    /// How many places come before the first whose bound is not like this.
    pub fn partition_point(&self, is_like: impl Fn(f64) -> bool) -> usize {
        self.bounds.partition_point(|&bound| is_like(bound))
    }

    /// Those at a place, ascending.
    pub fn members(&self, at: usize) -> &[SampleIndex] {
        &self.members[self.ranges[at].clone()]
    }

    /// What they show at the loci in use.
    pub fn codes(&self, at: usize) -> impl Iterator<Item = Code> + Clone + '_ {
        self.columns.iter().map(move |column| column[at])
    }

    /// The couples of these fathers with the mothers at a place of another list.
    pub fn couples_with<'a>(&'a self, at: usize, mothers: &'a Self, mother: usize) -> AlikeCouples<'a> {
        let (fathers, others) = (self.members(at), mothers.members(mother));
        // somebody of unknown sex may be on both sides, in places that show the same
        let in_both = if self.codes(at).eq(mothers.codes(mother)) {
            let is_further = |father: &SampleIndex| self.further.binary_search(father).is_ok();
            let is_in_both = |father: &&SampleIndex| others.binary_search(father).is_ok() && !is_further(father);
            fathers.iter().filter(is_in_both).count()
        } else {
            0
        };
        let of_persons = self.persons[at] * mothers.persons[mother] - in_both as u64;
        AlikeCouples { fathers, mothers: others, of_persons }
    }
}

/// Couples of one LR: everybody of one side with everybody of the other, nobody with itself.
pub(super) struct AlikeCouples<'a> {
    fathers: &'a [SampleIndex],
    mothers: &'a [SampleIndex],
    of_persons: u64,
}

impl<'a> AlikeCouples<'a> {
    /// Their number, each person counted once.
    pub fn of_persons(&self) -> u64 {
        self.of_persons
    }

    /// The first of them by father and mother.
    pub fn first(&self, most: usize) -> impl Iterator<Item = (SampleIndex, SampleIndex)> + 'a {
        let (fathers, mothers) = (self.fathers, self.mothers);
        let of_father = move |&father: &SampleIndex| mothers.iter().map(move |&mother| (father, mother));
        fathers.iter().flat_map(of_father).filter(|(father, mother)| father != mother).take(most)
    }
}

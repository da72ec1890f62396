//! The candidates for the two places of a couple, and the bounds of the couples that each is part of.

use super::{Case, MatchError};
use crate::profile::{Code, SampleIndex, Sex};

/// The candidates for either place; those of unknown sex are in both.
pub(super) struct Sides {
    pub fathers: Side,
    pub mothers: Side,
}

impl Sides {
    pub fn new(case: &Case<'_>, candidates: impl Iterator<Item = SampleIndex> + Clone) -> Result<Self, MatchError> {
        let but = |sex| candidates.clone().filter(move |&candidate| case.panel.sex(candidate) != sex).collect();
        Ok(Self { fathers: Side::new(case, but(Sex::Female))?, mothers: Side::new(case, but(Sex::Male))? })
    }
}

/// Codes side by side: by locus in use, then by member.
pub(super) type Columns = Vec<Vec<Code>>;

/// So many sums stay in the fastest cache while all loci are added to them.
const SUMS_AT_ONCE: usize = 2048;

/// The candidates for one place.
pub(super) struct Side {
    /// Ascending where there are more than memory holds at once.
    pub members: Vec<SampleIndex>,
    /// Their codes, where memory holds them all.
    columns: Option<Columns>,
}

impl Side {
    fn new(case: &Case<'_>, members: Vec<SampleIndex>) -> Result<Self, MatchError> {
        let fits = members.len() <= case.at_once.candidates;
        let columns = fits.then(|| codes_of(case, members.iter().copied())).transpose()?;
        Ok(Self { members, columns })
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
pub(super) fn codes_of(
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

//! The candidates as persons, by sex, with what each shows side by side.

use super::Case;
use super::roster::LineRows;
use crate::matching::one_person::Persons;
use crate::profile::{Code, PanelError, SampleIndex, Sex};
use crate::search::log10_sum;

/// Codes side by side: by locus in use, then by member.
pub(super) type Columns = Vec<Vec<Code>>;

/// So many sums stay in the fastest cache while all loci are added to them.
const SUMS_AT_ONCE: usize = 2048;

/// Persons of one sex.
pub(super) struct PersonsOfSex {
    /// The sex.
    pub sex: Sex,
    /// The sample that stands for each, ascending.
    pub members: Vec<SampleIndex>,
    /// What they show, where memory holds it all.
    columns: Option<Columns>,
}

impl PersonsOfSex {
    /// Those of this sex among the candidates.
    pub fn new(
        case: &Case<'_>,
        persons: &Persons,
        candidates: impl Iterator<Item = SampleIndex>,
        sex: Sex,
    ) -> Result<Self, PanelError> {
        let of_sex = candidates.filter(|&candidate| persons.sex(case.panel, candidate) == sex);
        let members: Vec<_> = of_sex.filter(|&candidate| !persons.is_further(candidate)).collect();
        let fits = members.len() <= case.at_once.candidates;
        let columns = fits.then(|| columns_of(case, persons, &members)).transpose()?;
        Ok(Self { sex, members, columns })
    }

    /// For each member and each set of rows, the sum over the loci.
    pub fn sums(&self, case: &Case<'_>, persons: &Persons, sets: &[Vec<&[f64]>]) -> Result<Vec<Vec<f64>>, PanelError> {
        let mut sums = vec![vec![0.0; self.members.len()]; sets.len()];
        if let Some(columns) = &self.columns {
            sums.iter_mut().zip(sets).for_each(|(sums, rows)| add_rows(columns, rows, sums));
            return Ok(sums);
        }
        let size = case.at_once.candidates;
        for (number, part) in self.members.chunks(size).enumerate() {
            let columns = columns_of(case, persons, part)?;
            for (sums, rows) in sums.iter_mut().zip(sets) {
                add_rows(&columns, rows, &mut sums[number * size..][..part.len()]);
            }
        }
        Ok(sums)
    }

    /// For some of the members (positions, ascending), the log10 LR by the lines of each population.
    pub fn log10_lrs(
        &self,
        case: &Case<'_>,
        persons: &Persons,
        populations: &[Vec<LineRows<'_>>],
        positions: &[u32],
    ) -> Result<Vec<Vec<f64>>, PanelError> {
        if positions.len() < self.members.len() / 2 {
            let columns = self.columns_of(case, persons, positions)?;
            return Ok(populations.iter().map(|lines| log10_lrs(&columns, positions.len(), lines)).collect());
        }
        let of_population = |lines: &Vec<LineRows<'_>>| {
            let sets: Vec<_> = lines.iter().map(LineRows::slices).collect();
            let all = mean_over_lines(lines, self.sums(case, persons, &sets)?);
            Ok(positions.iter().map(|&position| all[position as usize]).collect())
        };
        populations.iter().map(of_population).collect()
    }

    /// What some of the members (positions, ascending) show.
    pub fn columns_of(&self, case: &Case<'_>, persons: &Persons, positions: &[u32]) -> Result<Columns, PanelError> {
        let at = |&position: &u32| position as usize;
        match &self.columns {
            Some(columns) => Ok(columns
                .iter()
                .map(|column| positions.iter().map(|position| column[at(position)]).collect())
                .collect()),
            None => {
                let members: Vec<_> = positions.iter().map(|position| self.members[at(position)]).collect();
                columns_of(case, persons, &members)
            }
        }
    }
}

/// For each of these columns' members, the log10 LR by these lines.
pub(super) fn log10_lrs(columns: &Columns, members: usize, lines: &[LineRows<'_>]) -> Vec<f64> {
    let sums = lines.iter().map(|line| {
        let mut sums = vec![0.0; members];
        add_rows(columns, &line.slices(), &mut sums);
        sums
    });
    mean_over_lines(lines, sums.collect())
}

/// The log10 of the weighted mean over the lines.
fn mean_over_lines(lines: &[LineRows<'_>], mut sums: Vec<Vec<f64>>) -> Vec<f64> {
    for (line, sums) in lines.iter().zip(&mut sums) {
        sums.iter_mut().for_each(|sum| *sum += line.log10_weight);
    }
    let members = 0..sums.first().map_or(0, Vec::len);
    match &mut sums[..] {
        [only] => std::mem::take(only),
        several => members.map(|member| log10_sum(several.iter().map(|sums| sums[member]))).collect(),
    }
}

/// Adds to each member's sum the entries of the rows that its codes name.
fn add_rows(columns: &Columns, rows: &[&[f64]], sums: &mut [f64]) {
    for (block, sums) in sums.chunks_mut(SUMS_AT_ONCE).enumerate() {
        for (column, row) in columns.iter().zip(rows) {
            for (sum, &code) in sums.iter_mut().zip(&column[block * SUMS_AT_ONCE..]) {
                *sum += row[usize::from(code)];
            }
        }
    }
}

/// What these persons (ascending; by the sample that stands for each) show at the loci in use.
fn columns_of(case: &Case<'_>, persons: &Persons, members: &[SampleIndex]) -> Result<Columns, PanelError> {
    let wanted: Vec<u32> = members.iter().map(|sample| sample.0).collect();
    let mut columns = case.panel.gather(&wanted, &case.models.loci)?;
    for (position, &member) in members.iter().enumerate() {
        for (column, &code) in columns.iter_mut().zip(persons.codes(member).unwrap_or_default()) {
            column[position] = code;
        }
    }
    Ok(columns)
}

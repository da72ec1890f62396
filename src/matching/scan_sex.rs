//! The candidates of one sex, and what is asked of the children about them.

use super::ages::AgeColumn;
use super::roster::{Asked, LineRows, Roster};
use super::{Case, MatchError};
use crate::matching::one_person::{DirectMatches, Persons};
use crate::model::TableError;
use crate::profile::{SampleIndex, Sex};
use crate::search::{Query, QueryRows, QueryTable};
use rayon::prelude::*;

/// The order in which candidates are scanned, by sex.
pub(super) const SEXES: [Sex; 3] = [Sex::Male, Sex::Female, Sex::Unknown];

/// Everything that a scan of the candidates of one sex needs.
pub(super) struct SexScan {
    /// The sex, of persons.
    pub sex: Sex,
    /// One sample of each person: totals run over persons.
    pub persons: List,
    /// The further samples of persons.
    pub further: List,
    /// The question to each child of the roster, where there is one, with the child's position.
    pub asked: Vec<(usize, Asked)>,
}

/// Candidates that are scanned together.
pub(super) struct List {
    /// Ascending.
    pub members: Vec<u32>,
    /// Their ages, where they matter.
    pub ages: Option<AgeColumn>,
}

impl List {
    fn new(case: &Case<'_>, members: Vec<SampleIndex>, asked: &[(usize, Asked)]) -> Self {
        let ages = AgeColumn::new(case, &members, asked.iter().map(|(_, asked)| asked.child));
        Self { members: members.into_iter().map(|sample| sample.0).collect(), ages }
    }
}

impl SexScan {
    /// The scan of the candidates of this sex.
    pub fn new(case: &Case<'_>, roster: &Roster, persons: &Persons, sex: Sex) -> Self {
        let candidates = roster.candidates.iter().copied();
        let members: Vec<_> = candidates.filter(|&candidate| persons.sex(case.panel, candidate) == sex).collect();
        let relationship = case.settings.search.relationship;
        let children = roster.children.iter().enumerate();
        let asked = children.filter_map(|(position, child)| Some((position, child.asked(case, relationship, sex)?)));
        let asked: Vec<_> = if members.is_empty() { Vec::new() } else { asked.collect() };
        let (further, persons) = members.into_iter().partition(|&member| persons.is_further(member));
        Self { sex, persons: List::new(case, persons, &asked), further: List::new(case, further, &asked), asked }
    }

    /// The lists that hold anybody.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        [&self.persons, &self.further].into_iter().filter(|list| !list.members.is_empty())
    }

    /// The place that these candidates have with a child: the sex as the question takes it; nothing where none is asked.
    pub fn place(&self, position: usize) -> Option<Sex> {
        let at = self.asked.binary_search_by_key(&position, |(position, _)| *position).ok()?;
        Some(self.asked[at].1.candidate_sex())
    }

    /// The questions to some of the children.
    pub fn asked_where(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<(usize, Asked)> {
        self.asked.iter().filter(|(position, _)| is_wanted(*position)).copied().collect()
    }

    /// The queries of these questions.
    pub fn queries(
        case: &Case<'_>,
        direct: &DirectMatches,
        list: &List,
        asked: &[(usize, Asked)],
    ) -> Result<Vec<Query>, MatchError> {
        prepare_rows(case, asked)?;
        let query = |(_, asked): &(usize, Asked)| {
            let age = list.ages.as_ref().map(|ages| ages.row(case, asked.child));
            let shared = |line: LineRows<'_>| QueryRows {
                rows: line.rows.into_iter().chain(age).cloned().collect(),
                log10_weight: line.log10_weight,
            };
            let table = |lines: Vec<LineRows<'_>>| QueryTable { lines: lines.into_iter().map(shared).collect() };
            let tables = case.rows(asked)?.into_iter().map(table).collect();
            Ok(Query { tables, excluded: case.excluded(asked.child, asked.known, direct) })
        };
        asked.par_iter().map(query).collect()
    }
}

/// Computes the rows that these questions need, each once, in parallel.
fn prepare_rows(case: &Case<'_>, asked: &[(usize, Asked)]) -> Result<(), MatchError> {
    let of_question = |(_, asked): &'_ (usize, Asked)| Ok((*asked, asked.known_codes(case), asked.lines(case)?));
    let questions: Vec<_> = asked.iter().map(of_question).collect::<Result<_, TableError>>()?;
    let keys = || {
        questions.iter().flat_map(|(asked, known, lines)| {
            lines.iter().flat_map(|line| asked.keys(case, line.number, known.as_deref()).enumerate())
        })
    };
    case.tables.iter().try_for_each(|tables| Ok(tables.prepare(keys())?))
}

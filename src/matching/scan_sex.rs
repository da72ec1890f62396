//! The candidates of one sex, and what is asked of the children about them.

use super::ages::Ages;
use super::evidence::EvidenceColumn;
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
    /// The sex.
    pub sex: Sex,
    /// All candidates whose own record says this sex; those of persons who gave several samples are left out.
    pub recorded: ScanList,
    /// Persons of this sex who gave several samples, by the sample that stands for each: totals run over persons.
    pub persons: ScanList,
    /// Their further samples.
    pub further: ScanList,
    /// The question to each child of the roster, where there is one, with the child's position.
    pub asked: Vec<(usize, Asked)>,
}

/// Candidates that are scanned together.
pub(super) struct ScanList {
    /// Ascending.
    pub members: Vec<u32>,
    /// Those of them whom nobody is compared with here, ascending.
    pub left_out: Vec<u32>,
    /// Their ages, where they matter.
    pub ages: Option<Ages>,
}

impl ScanList {
    fn new(case: &Case<'_>, members: Vec<u32>, left_out: Vec<u32>, asked: &[(usize, Asked)]) -> Self {
        let ages = Ages::new(case, &members, &left_out, asked.iter().map(|(_, asked)| asked.child));
        Self { members, left_out, ages }
    }

    /// What is known of them beside the loci.
    pub fn columns(&self) -> Vec<&dyn EvidenceColumn> {
        self.ages.iter().map(|ages| ages as &dyn EvidenceColumn).collect()
    }

    /// How many candidates are compared with a child here.
    pub fn len(&self) -> usize {
        self.members.len() - self.left_out.len()
    }
}

/// The candidates whose own record says this sex, ascending.
pub(super) fn of_recorded_sex(case: &Case<'_>, roster: &Roster, sex: Sex) -> Vec<u32> {
    let candidates = roster.candidates.iter().filter(|&&candidate| case.panel.sex(candidate) == sex);
    candidates.map(|candidate| candidate.0).collect()
}

impl SexScan {
    /// The scan of the candidates of this sex; `several` (ascending) are the candidates of persons who gave several samples.
    pub fn new(case: &Case<'_>, roster: &Roster, persons: &Persons, several: &[SampleIndex], sex: Sex) -> Self {
        let asked = Self::asked(case, roster, sex);
        let numbers = |samples: &mut dyn Iterator<Item = SampleIndex>| samples.map(|sample| sample.0).collect();
        let recorded = of_recorded_sex(case, roster, sex);
        let left_out = numbers(&mut several.iter().copied().filter(|&sample| case.panel.sex(sample) == sex));
        let of_sex = || several.iter().copied().filter(|&sample| persons.sex(case.panel, sample) == sex);
        let standing = numbers(&mut of_sex().filter(|&sample| !persons.is_further(sample)));
        let further = numbers(&mut of_sex().filter(|&sample| persons.is_further(sample)));
        Self {
            sex,
            recorded: ScanList::new(case, recorded, left_out, &asked),
            persons: ScanList::new(case, standing, Vec::new(), &asked),
            further: ScanList::new(case, further, Vec::new(), &asked),
            asked,
        }
    }

    /// The question to each child about the candidates of this sex, with the child's position; none where there is no such
    /// candidate.
    pub fn asked(case: &Case<'_>, roster: &Roster, sex: Sex) -> Vec<(usize, Asked)> {
        if !roster.candidates.iter().any(|&candidate| case.panel.sex(candidate) == sex) {
            return Vec::new();
        }
        let relationship = case.settings.search.relationship;
        let children = roster.children.iter().enumerate();
        children.filter_map(|(position, child)| Some((position, child.asked(case, relationship, sex)?))).collect()
    }

    /// The lists that hold anybody.
    pub fn lists(&self) -> impl Iterator<Item = &ScanList> {
        [&self.recorded, &self.persons, &self.further].into_iter().filter(|list| list.len() > 0)
    }

    /// Who is scanned, for whoever watches.
    pub fn name(&self) -> &'static str {
        match self.sex {
            Sex::Male => "male candidates",
            Sex::Female => "female candidates",
            Sex::Unknown => "candidates of unknown sex",
        }
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
        list: &ScanList,
        asked: &[(usize, Asked)],
    ) -> Result<Vec<Query>, MatchError> {
        prepare_rows(case, asked)?;
        let beside = list.columns();
        let query = |(_, asked): &(usize, Asked)| {
            let shared = |line: LineRows<'_>| {
                let of_child = beside.iter().map(|column| column.row_of(case, asked.child));
                let rows = line.rows.into_iter().cloned().chain(of_child.cloned()).collect();
                QueryRows { rows, log10_weight: line.log10_weight }
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

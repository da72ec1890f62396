//! Who takes part: the children, the candidates by sex, and which question is asked of a child and a candidate.

use super::Case;
use crate::inheritance::{KnownParent, Relationship};
use crate::likelihood::Chromosome;
use crate::model::{Question, RowKey, ScoreTables, TableError};
use crate::profile::{Code, Panel, Role, SampleIndex, Sex, StatedParentFault};
use crate::search::log10_sum;
use std::sync::Arc;

/// A child whose parents are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Child {
    /// The child's sample.
    pub sample: SampleIndex,
    /// The sample of the known mother, where she is typed.
    pub mother: Option<SampleIndex>,
    /// The sample of the known father, where he is typed.
    pub father: Option<SampleIndex>,
}

/// The children and the candidates of a run, each in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The children.
    pub children: Vec<Child>,
    /// The candidates.
    pub candidates: Vec<SampleIndex>,
    /// The parents that children name and that are not used.
    pub unused_parents: Vec<UnusedParent>,
    /// What was noticed: parents named but not used, and the like.
    pub notes: Vec<String>,
}

/// A parent that a child's row names, and why the child is asked about without it.
#[derive(Clone, Debug, PartialEq)]
pub struct UnusedParent {
    /// The child.
    pub child: SampleIndex,
    /// Which parent.
    pub which: KnownParent,
    /// The id that the row states.
    pub named: String,
    /// Why it is not used.
    pub fault: StatedParentFault,
}

/// Why there is nothing to search.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// No sample is a child.
    #[error("no child among the samples of --children: expected rows with role `child`, or without a role")]
    NoChild,
    /// No sample is a candidate.
    #[error(
        "no candidate among the samples of --candidates: expected rows with a role other than `child` (or --candidates-include-children)"
    )]
    NoCandidate,
}

impl Roster {
    /// Sorts the samples into children and candidates.
    ///
    /// `in_children` and `in_candidates` say which files a sample came from. A role in the file goes before the option: a
    /// corpse in the children's file is no child; a child in the candidates' file is a candidate only where
    /// `include_children` is set.
    ///
    /// # Errors
    /// No child, or no candidate.
    pub fn new(
        panel: &Panel,
        in_children: impl Fn(SampleIndex) -> bool,
        in_candidates: impl Fn(SampleIndex) -> bool,
        include_children: bool,
    ) -> Result<Self, RosterError> {
        let is_child =
            |sample: &SampleIndex| in_children(*sample) && matches!(panel.role(*sample), None | Some(Role::Child));
        let is_candidate = |sample: &SampleIndex| {
            let listed = in_candidates(*sample) && panel.role(*sample) != Some(Role::Child);
            let young_parent = include_children && panel.role(*sample) == Some(Role::Child);
            listed || young_parent
        };
        let mut unused_parents = Vec::new();
        let children: Vec<_> =
            panel.indices().filter(is_child).map(|sample| known_parents(panel, sample, &mut unused_parents)).collect();
        let candidates: Vec<_> = panel.indices().filter(is_candidate).collect();
        let notes = unused_parents.iter().map(|unused| unused.describe(panel)).collect();
        match (children.is_empty(), candidates.is_empty()) {
            (true, _) => Err(RosterError::NoChild),
            (_, true) => Err(RosterError::NoCandidate),
            _ => Ok(Self { children, candidates, unused_parents, notes }),
        }
    }

    /// Whether each sample of the panel is a child, a candidate or a known parent.
    pub fn takes_part(&self, panel: &Panel) -> Vec<bool> {
        let of_child = |child: &Child| [Some(child.sample), child.mother, child.father];
        let mut takes_part = vec![false; panel.len()];
        let everyone = self.children.iter().flat_map(of_child).flatten().chain(self.candidates.iter().copied());
        everyone.for_each(|sample| takes_part[sample.0 as usize] = true);
        takes_part
    }
}

/// Finds the typed parents that a child's row names, and lists those that are not used.
fn known_parents(panel: &Panel, sample: SampleIndex, unused: &mut Vec<UnusedParent>) -> Child {
    let mut typed = |which: KnownParent, named: Option<&str>| match panel.stated_parent(sample, which.sex())? {
        Ok(parent) => Some(parent),
        Err(fault) => {
            let named = named.unwrap_or_default().to_owned();
            unused.push(UnusedParent { child: sample, which, named, fault });
            None
        }
    };
    let mother = typed(KnownParent::Mother, panel.mother_id(sample));
    let father = typed(KnownParent::Father, panel.father_id(sample));
    Child { sample, mother, father }
}

impl UnusedParent {
    /// `mother` or `father`.
    pub fn word(&self) -> &'static str {
        match self.which {
            KnownParent::Mother => "mother",
            KnownParent::Father => "father",
        }
    }

    fn describe(&self, panel: &Panel) -> String {
        let (child, which, named) = (panel.full_id(self.child), self.word(), &self.named);
        let why = match &self.fault {
            StatedParentFault::NotFound => "is not among the profiles".to_owned(),
            StatedParentFault::Itself => "is itself".to_owned(),
            StatedParentFault::OfSex(sex) => format!("is {sex}"),
            StatedParentFault::BothParents => "is named as both parents".to_owned(),
            StatedParentFault::Several(names) => {
                format!("is the id of several people ({}; write one of these names)", names.join(", "))
            }
        };
        format!("{child}: the {which} it names, {named}, {why}: searched without {which}")
    }
}

/// A question about one child and the candidates of one sex, with the samples that it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// The two hypotheses.
    pub question: Question,
    /// The child.
    pub child: SampleIndex,
    /// The typed known parent, where the question has one.
    pub known: Option<SampleIndex>,
}

impl Child {
    /// What is asked of this child and a candidate of this sex, or nothing where that parent is not in question.
    ///
    /// A known mother leaves only the father in question, and she is the mother under both hypotheses; the other way round
    /// for a known father. Where both are named, each is tested with the other taken as known. A candidate of unknown
    /// sex is asked about the parent who is in question.
    pub fn asked(&self, case: &Case<'_>, relationship: Relationship, candidate_sex: Sex) -> Option<Asked> {
        let (known, candidate_sex) = match (relationship, candidate_sex, self.mother, self.father) {
            (_, sex, None, None) => (None, sex),
            (Relationship::Parent, Sex::Female, Some(_), None) | (Relationship::Parent, Sex::Male, None, Some(_)) => {
                return None;
            }
            (Relationship::Parent, Sex::Female, _, Some(father)) => (Some((KnownParent::Father, father)), Sex::Female),
            (Relationship::Parent, Sex::Unknown, None, Some(father)) => {
                (Some((KnownParent::Father, father)), Sex::Female)
            }
            (Relationship::Parent, _, Some(mother), _) => (Some((KnownParent::Mother, mother)), Sex::Male),
            (_, sex, Some(mother), _) => (Some((KnownParent::Mother, mother)), sex),
            (_, sex, None, Some(father)) => (Some((KnownParent::Father, father)), sex),
        };
        Some(self.asked_with(case, relationship, candidate_sex, known))
    }

    /// The question with this known parent, whatever the child's row names.
    pub fn asked_with(
        &self,
        case: &Case<'_>,
        relationship: Relationship,
        candidate_sex: Sex,
        known: Option<(KnownParent, SampleIndex)>,
    ) -> Asked {
        let child_sex = case.child_sex(self.sample);
        let candidate_sex = case.sex_that_matters(relationship, candidate_sex);
        let question = Question::Kin { relationship, child_sex, candidate_sex, known: known.map(|(which, _)| which) };
        Asked { question, child: self.sample, known: known.map(|(_, sample)| sample) }
    }
}

impl Case<'_> {
    /// The child's sex where it matters (an X-chromosomal locus), so that other questions share their rows.
    pub fn child_sex(&self, child: SampleIndex) -> Sex {
        if self.models.has_x_loci() { self.panel.sex(child) } else { Sex::Unknown }
    }

    /// The candidate's sex where it matters: a parent or grandparent transmits with the rates of its sex, anybody's X does.
    fn sex_that_matters(&self, relationship: Relationship, sex: Sex) -> Sex {
        let transmits = matches!(relationship, Relationship::Parent | Relationship::Grandparent);
        if transmits || self.models.has_x_loci() { sex } else { Sex::Unknown }
    }
}

impl Asked {
    /// The relationship asked about, unless the question is about a couple.
    pub fn relationship(&self) -> Option<Relationship> {
        match self.question {
            Question::Kin { relationship, .. } => Some(relationship),
            Question::Couple { .. } => None,
        }
    }

    /// The candidate's sex as the question takes it.
    pub fn candidate_sex(&self) -> Sex {
        match self.question {
            Question::Kin { candidate_sex, .. } => candidate_sex,
            Question::Couple { .. } => Sex::Female,
        }
    }

    /// What the rows of one line (0-based) of this question depend on, for each locus in use; `known` is what the known parent
    /// shows.
    pub fn keys<'k>(
        &self,
        case: &'k Case<'_>,
        line: u8,
        known: Option<&'k [Code]>,
    ) -> impl Iterator<Item = RowKey> + 'k {
        let (child, question) = (case.panel.profile(self.child), self.question);
        let loci = case.models.loci.iter().zip(&case.transmission).enumerate();
        loci.map(move |(at, (&locus, &(chromosome, sexes_mutate_alike)))| RowKey {
            question: question.at(chromosome),
            line: if question.lines_differ_at(chromosome, sexes_mutate_alike) { line } else { 0 },
            child: child.code(locus),
            known: known.map(|known| known[at]),
        })
    }

    /// What the known parent of the question shows, by locus in use.
    pub fn known_codes(&self, case: &Case<'_>) -> Option<Vec<Code>> {
        self.known.map(|known| case.codes(known))
    }

    /// The lines of this question, each with its weight: one where they differ at no locus in use.
    ///
    /// # Errors
    /// A question that makes no sense.
    pub fn lines(&self, case: &Case<'_>) -> Result<Vec<AskedLine>, TableError> {
        let differ = |&(chromosome, alike): &(Chromosome, bool)| self.question.lines_differ_at(chromosome, alike);
        if !case.transmission.iter().any(differ) {
            return Ok(vec![AskedLine { number: 0, weight: 1.0 }]);
        }
        let hypotheses = case.tables[0].hypotheses(self.question)?;
        let weights = (0..).zip(&hypotheses.0.pedigrees);
        Ok(weights.map(|(number, &(weight, _))| AskedLine { number, weight }).collect())
    }

    /// The rows of this question beside a known parent who shows this: for each line those of every locus in use.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn rows<'t>(
        &self,
        case: &Case<'_>,
        tables: &'t ScoreTables<'_>,
        known: Option<&[Code]>,
    ) -> Result<Vec<LineRows<'t>>, TableError> {
        let rows_of = |line: AskedLine| {
            let mut rows = Vec::with_capacity(tables.locus_count());
            for (locus, key) in self.keys(case, line.number, known).enumerate() {
                rows.push(tables.row(locus, key)?);
            }
            Ok(LineRows { log10_weight: line.weight.log10(), rows })
        };
        self.lines(case)?.into_iter().map(rows_of).collect()
    }
}

/// One line of a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AskedLine {
    /// Its number (0-based) among the lines of the relationship.
    pub number: u8,
    /// The probability that it is this one.
    pub weight: f64,
}

/// The rows of one line.
pub struct LineRows<'t> {
    /// log10 of the line's weight.
    pub log10_weight: f64,
    /// One row for each locus in use.
    pub rows: Vec<&'t Arc<[f64]>>,
}

impl LineRows<'_> {
    /// The rows alone.
    pub fn slices(&self) -> Vec<&[f64]> {
        self.rows.iter().map(|row| &***row).collect()
    }

    /// The entries of a candidate, one for each locus in use.
    pub fn entries<'r>(&'r self, codes: impl Iterator<Item = Code> + 'r) -> impl Iterator<Item = f64> + 'r {
        self.rows.iter().zip(codes).map(|(row, code)| row[usize::from(code)])
    }
}

/// The log10 LR of a candidate by the rows of one population: of the mean over the lines of whole products.
pub fn log10_lr(lines: &[LineRows<'_>], codes: impl Iterator<Item = Code> + Clone) -> f64 {
    log10_sum(lines.iter().map(|line| line.log10_weight + line.entries(codes.clone()).sum::<f64>()))
}

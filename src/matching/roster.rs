//! Who takes part: the children, the candidates by sex, and which question is asked of a child and a candidate.

use super::Case;
use crate::inheritance::{KnownParent, Relationship};
use crate::model::{Question, RowKey, ScoreTables, TableError};
use crate::profile::{Panel, Role, SampleIndex, Sex};
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
    /// What was noticed: parents named but not typed, and the like.
    pub notes: Vec<String>,
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
        let mut notes = Vec::new();
        let children: Vec<_> =
            panel.indices().filter(is_child).map(|sample| known_parents(panel, sample, &mut notes)).collect();
        let candidates: Vec<_> = panel.indices().filter(is_candidate).collect();
        match (children.is_empty(), candidates.is_empty()) {
            (true, _) => Err(RosterError::NoChild),
            (_, true) => Err(RosterError::NoCandidate),
            _ => Ok(Self { children, candidates, notes }),
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

    /// The candidates of one sex.
    pub fn candidates_of_sex(&self, panel: &Panel, sex: Sex) -> Vec<SampleIndex> {
        self.candidates.iter().copied().filter(|&candidate| panel.sex(candidate) == sex).collect()
    }
}

/// Finds the typed parents that a child's row names.
fn known_parents(panel: &Panel, sample: SampleIndex, notes: &mut Vec<String>) -> Child {
    let mut typed = |named: Option<&str>, which: &str| {
        let id = named?;
        let found = panel.find(id);
        let reason = match found {
            None => "is not among the profiles",
            Some(parent) if parent == sample => "is itself",
            Some(_) => return found,
        };
        let child = panel.id(sample);
        notes.push(format!("{child}: the {which} it names, {id}, {reason}: searched without {which}"));
        None
    };
    let mother = typed(panel.mother_id(sample), "mother");
    let father = typed(panel.father_id(sample), "father");
    Child { sample, mother, father }
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

    /// What the rows of this question depend on, for each locus in use.
    pub fn keys(&self, case: &Case<'_>) -> impl Iterator<Item = RowKey> {
        let (child, known) = (case.panel.profile(self.child), self.known.map(|known| case.panel.profile(known)));
        let question = self.question;
        let models = &case.models.populations[0].loci;
        case.models.loci.iter().zip(models).map(move |(&locus, model)| RowKey {
            question: question.at(model.chromosome()),
            child: child.code(locus),
            known: known.as_ref().map(|known| known.code(locus)),
        })
    }

    /// The rows of this question, one for each locus in use.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn rows<'t>(&self, case: &Case<'_>, tables: &'t ScoreTables<'_>) -> Result<Vec<&'t Arc<[f64]>>, TableError> {
        let mut rows = Vec::with_capacity(tables.locus_count());
        for (locus, key) in self.keys(case).enumerate() {
            rows.push(tables.row(locus, key)?);
        }
        Ok(rows)
    }
}

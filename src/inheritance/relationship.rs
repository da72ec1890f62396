//! Relationships between a child and a candidate, as pedigrees.

use super::pedigree::{Individual, Pedigree, PedigreeError};
use crate::profile::Sex;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a candidate is related to a child.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relationship {
    /// One and the same person.
    Identity,
    /// The candidate is the child's parent.
    Parent,
    /// Both parents shared.
    FullSibling,
    /// One parent shared.
    HalfSibling,
    /// The candidate is a parent of the child's parent.
    Grandparent,
    /// The candidate is a full sibling of the child's parent.
    Avuncular,
    /// A parent of the candidate is a full sibling of the child's parent.
    FirstCousin,
    /// Not related.
    Unrelated,
}

impl Relationship {
    /// Every relationship, the closest first.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Parent,
        Self::FullSibling,
        Self::HalfSibling,
        Self::Grandparent,
        Self::Avuncular,
        Self::FirstCousin,
        Self::Unrelated,
    ];

    /// Whether a search can look for it: cousins are too far, and strangers are everybody.
    pub fn is_searched(self) -> bool {
        !matches!(self, Self::FirstCousin | Self::Unrelated)
    }

    /// The name in settings, arguments and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Parent => "parent",
            Self::FullSibling => "full-sibling",
            Self::HalfSibling => "half-sibling",
            Self::Grandparent => "grandparent",
            Self::Avuncular => "avuncular",
            Self::FirstCousin => "first-cousin",
            Self::Unrelated => "unrelated",
        }
    }
}

impl Relationship {
    /// What it means, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Identity => "One and the same person",
            Self::Parent => "The candidate is the child's parent",
            Self::FullSibling => "Both parents shared",
            Self::HalfSibling => "One parent shared",
            Self::Grandparent => "The candidate is a parent of the child's parent",
            Self::Avuncular => "The candidate is a full sibling of the child's parent",
            Self::FirstCousin => "A parent of the candidate is a full sibling of the child's parent",
            Self::Unrelated => "Not related",
        }
    }

    /// The relationship of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relationship| relationship.name() == name)
    }
}

impl fmt::Display for Relationship {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// Which parent of the child is known and typed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KnownParent {
    /// The mother.
    Mother,
    /// The father.
    Father,
}

impl KnownParent {
    /// The sex that this parent has.
    pub fn sex(self) -> Sex {
        match self {
            Self::Mother => Sex::Female,
            Self::Father => Sex::Male,
        }
    }

    /// The parent who is not this one.
    pub fn other(self) -> Self {
        match self {
            Self::Mother => Self::Father,
            Self::Father => Self::Mother,
        }
    }
}

/// One way in which two people can be what a relationship says: the sexes of those through whom they are. It is the same at
/// every locus, so a likelihood over several loci is a mean over lines of products over loci.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// The sex of the child's parent through whom they are related (or who the candidate is).
    near: Sex,
    /// The sex of one more person further up: the candidate grandparent, or the cousin's parent.
    far: Sex,
}

impl Line {
    /// The sex of the child's parent through whom they are related (or who the candidate is).
    pub fn parent_sex(self) -> Sex {
        self.near
    }
}

/// The most lines that a relationship has.
pub const MOST_LINES: usize = 4;

/// The pedigrees, with weights that sum to 1, in which a candidate has a relationship to a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Weight and pedigree of each line; the positions below are the same in all of them.
    pub pedigrees: Vec<(f64, Pedigree)>,
    /// The child's position.
    pub child: usize,
    /// The candidate's position (the child's own under identity).
    pub candidate: usize,
    /// The known parent's position.
    pub known_parent: Option<usize>,
}

impl Hypothesis {
    /// One of its lines (0-based) for certain.
    pub fn line(&self, line: usize) -> Self {
        Self { pedigrees: vec![(1.0, self.pedigrees[line].1.clone())], ..*self }
    }
}

/// A relationship that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelationshipError {
    /// The known parent and the candidate would both be the mother, or both the father.
    #[error("the candidate is {0}, as is the child's known parent: they cannot both be parents of one child")]
    SecondParentOfOneSex(Sex),
    /// The tree contradicts itself.
    #[error(transparent)]
    Pedigree(#[from] PedigreeError),
}

const CHILD: usize = 0;
const CANDIDATE: usize = 1;

impl Relationship {
    /// The pedigrees in which `candidate` has this relationship to `child`, one for each line: the sexes that nobody knows and that
    /// can matter (of the untyped people through whom they are related, of a candidate parent or grandparent). With a known parent, who is the child's parent under every relationship, the relationship runs through the
    /// other parent (a full sibling shares both). Under [`Relationship::Parent`] the child's other parent is not
    /// listed unless known: that allele is drawn from the population.
    ///
    /// # Errors
    /// A candidate parent of the same sex as the known parent.
    pub fn hypothesis(
        self,
        child_sex: Sex,
        candidate_sex: Sex,
        known_parent: Option<KnownParent>,
    ) -> Result<Hypothesis, RelationshipError> {
        if self == Self::Parent && known_parent.is_some_and(|known| known.sex() == candidate_sex) {
            return Err(RelationshipError::SecondParentOfOneSex(candidate_sex));
        }
        let lines = self.lines(candidate_sex, known_parent);
        let weight = 1.0 / lines.len() as f64;
        let mut pedigrees = Vec::with_capacity(lines.len());
        for line in lines {
            let mut tree = self.typed_people(child_sex, candidate_sex, known_parent);
            self.relate(&mut tree, line.near, line.far);
            pedigrees.push((weight, Pedigree::new(tree)?));
        }
        let candidate = if self == Self::Identity { CHILD } else { CANDIDATE };
        Ok(Hypothesis { pedigrees, child: CHILD, candidate, known_parent: known_parent.map(|_| candidate + 1) })
    }

    /// The lines, each as likely as any other (a person of unknown sex is a man with probability 1/2), in the order of the
    /// pedigrees of [`Relationship::hypothesis`].
    pub fn lines(self, candidate_sex: Sex, known_parent: Option<KnownParent>) -> Vec<Line> {
        let other_sex = known_parent.map_or(Sex::Unknown, |known| known.other().sex());
        let (near, far): (&[Sex], &[Sex]) = match self {
            Self::Identity | Self::Unrelated | Self::FullSibling => (&[Sex::Male], &[Sex::Male]),
            Self::Parent if candidate_sex != Sex::Unknown => (possible(candidate_sex), &[Sex::Male]),
            Self::Parent | Self::HalfSibling | Self::Avuncular => (possible(other_sex), &[Sex::Male]),
            Self::Grandparent => (possible(other_sex), possible(candidate_sex)),
            Self::FirstCousin => (possible(other_sex), possible(Sex::Unknown)),
        };
        near.iter().flat_map(|&near| far.iter().map(move |&far| Line { near, far })).collect()
    }

    /// What a candidate of this line is to the child, in words.
    pub fn line_name(self, line: Line) -> &'static str {
        let is_female = |sex| sex == Sex::Female;
        match (self, is_female(line.near), is_female(line.far)) {
            (Self::Identity | Self::Unrelated | Self::FullSibling, ..) => self.name(),
            (Self::Parent, true, _) => "mother",
            (Self::Parent, false, _) => "father",
            (Self::HalfSibling, true, _) => "of one mother",
            (Self::HalfSibling, false, _) => "of one father",
            (Self::Avuncular, true, _) => "mother's sibling",
            (Self::Avuncular, false, _) => "father's sibling",
            (Self::Grandparent, true, true) => "mother's mother",
            (Self::Grandparent, true, false) => "mother's father",
            (Self::Grandparent, false, true) => "father's mother",
            (Self::Grandparent, false, false) => "father's father",
            (Self::FirstCousin, true, true) => "mother's sister's child",
            (Self::FirstCousin, true, false) => "mother's brother's child",
            (Self::FirstCousin, false, true) => "father's sister's child",
            (Self::FirstCousin, false, false) => "father's brother's child",
        }
    }

    /// Child, candidate (but under identity), known parent.
    fn typed_people(self, child: Sex, candidate: Sex, known_parent: Option<KnownParent>) -> Vec<Individual> {
        let mut tree = vec![Individual::founder("child", child)];
        if self != Self::Identity {
            tree.push(Individual::founder("candidate", candidate));
        }
        if let Some(known) = known_parent {
            tree.push(Individual::founder("known parent", known.sex()));
            let position = tree.len() - 1;
            set_parent(&mut tree, CHILD, position, known.sex());
        }
        tree
    }

    /// Adds the untyped people between child and candidate.
    fn relate(self, tree: &mut Vec<Individual>, near: Sex, far: Sex) {
        match self {
            Self::Identity | Self::Unrelated => {}
            Self::Parent => set_parent(tree, CHILD, CANDIDATE, near),
            Self::FullSibling => make_full_siblings(tree, CHILD, CANDIDATE),
            Self::HalfSibling => {
                let parent = parent_of(tree, CHILD, near);
                set_parent(tree, CANDIDATE, parent, near);
            }
            Self::Grandparent => {
                let parent = parent_of(tree, CHILD, near);
                set_parent(tree, parent, CANDIDATE, far);
            }
            Self::Avuncular => {
                let parent = parent_of(tree, CHILD, near);
                make_full_siblings(tree, parent, CANDIDATE);
            }
            Self::FirstCousin => {
                let parent = parent_of(tree, CHILD, near);
                let aunt_or_uncle = parent_of(tree, CANDIDATE, far);
                make_full_siblings(tree, parent, aunt_or_uncle);
            }
        }
    }
}

/// The sexes a person of this recorded sex can have.
fn possible(sex: Sex) -> &'static [Sex] {
    match sex {
        Sex::Female => &[Sex::Female],
        Sex::Male => &[Sex::Male],
        Sex::Unknown => &[Sex::Female, Sex::Male],
    }
}

/// The parent of this sex, a new untyped person if there is none yet.
fn parent_of(tree: &mut Vec<Individual>, person: usize, sex: Sex) -> usize {
    let listed = match sex {
        Sex::Male => tree[person].father,
        _ => tree[person].mother,
    };
    listed.unwrap_or_else(|| {
        tree.push(Individual::founder(&format!("untyped {}", tree.len()), sex));
        let parent = tree.len() - 1;
        set_parent(tree, person, parent, sex);
        parent
    })
}

fn set_parent(tree: &mut [Individual], person: usize, parent: usize, sex: Sex) {
    match sex {
        Sex::Male => tree[person].father = Some(parent),
        _ => tree[person].mother = Some(parent),
    }
}

fn make_full_siblings(tree: &mut Vec<Individual>, one: usize, other: usize) {
    for sex in [Sex::Male, Sex::Female] {
        let parent = parent_of(tree, one, sex);
        set_parent(tree, other, parent, sex);
    }
}

//! The mother and the father that a sample names, and whether the statement can be meant.

use super::{Panel, SampleIndex, Sex};

/// Why a stated parent is not used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatedParentFault {
    /// No sample has this id.
    NotFound,
    /// The sample names itself.
    Itself,
    /// A mother who is male, or a father who is female: the sex that was found.
    OfSex(Sex),
    /// One sample, of unknown sex, is named as the mother and as the father.
    BothParents,
    /// Several people have this id: their names.
    Several(Vec<String>),
}

impl Panel {
    /// The sample that this one names as its mother (`Female`) or father (`Male`); `None` where it names nobody.
    ///
    /// The parent is looked for in all lists. Nobody is its own parent: where another sample has the same id, that one is
    /// meant. A parent of unknown sex is taken as stated.
    ///
    /// # Errors
    /// A statement that cannot be meant, or that does not tell who is meant.
    pub fn stated_parent(&self, sample: SampleIndex, which: Sex) -> Option<Result<SampleIndex, StatedParentFault>> {
        let (id, other_id, wrong_sex) = match which {
            Sex::Male => (self.father_id(sample)?, self.mother_id(sample), Sex::Female),
            _ => (self.mother_id(sample)?, self.father_id(sample), Sex::Male),
        };
        Some(self.find_parent(sample, id).and_then(|parent| match self.sex(parent) {
            sex if sex == wrong_sex => Err(StatedParentFault::OfSex(sex)),
            Sex::Unknown if other_id == Some(id) => Err(StatedParentFault::BothParents),
            _ => Ok(parent),
        }))
    }

    fn find_parent(&self, sample: SampleIndex, id: &str) -> Result<SampleIndex, StatedParentFault> {
        let mut found: Vec<SampleIndex> = self.find_all(id).collect();
        let names_itself = found.contains(&sample);
        found.retain(|&other| other != sample);
        match found[..] {
            [parent] => Ok(parent),
            [] if names_itself => Err(StatedParentFault::Itself),
            [] => Err(StatedParentFault::NotFound),
            _ => Err(StatedParentFault::Several(found.iter().map(|&other| self.full_id(other).into_owned()).collect())),
        }
    }
}

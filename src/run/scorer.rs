//! Single pairs, scored without a search.

use super::RunError;
use super::person_profile::{PersonProfile, panel_of};
use crate::inheritance::Relationship;
use crate::matching::{Case, Child, Explanation, MatchError, RowsAtHand, explain};
use crate::model::CaseModels;
use crate::profile::{Panel, SampleIndex};
use crate::settings::Settings;
use crate::statistics::Statistics;

/// Profiles and the models of their loci: scores any two of them.
#[derive(Debug)]
pub struct Scorer {
    /// The profiles.
    pub panel: Panel,
    /// The models of the loci in use; `models.unused` names the loci that have no frequencies.
    pub models: CaseModels,
    settings: Settings,
}

/// A child and a candidate whose profiles were written by hand.
///
/// A pair is scored with the alleles of the frequency table and those that the two show.
///
/// ```
/// use filia::prelude::*;
///
/// let mut statistics = Statistics::bundled("nist1036:cauc")?;
/// (statistics.settings.population.theta, statistics.settings.mutation.model) = (0.0, MutationModel::None);
/// let child = PersonProfile::new("child", [("D3S1358", "15,17")])?;
/// let man = PersonProfile::new("man", [("D3S1358", "14,15")])?;
/// // Of the man's two alleles one is the child's, of the child's two one is the man's: 1 / (4 P(15)).
/// let p = statistics.tables[0].locus(&LocusName::new("D3S1358")).unwrap().frequency("15".parse().unwrap());
/// let log10_lr = Pair::new(&statistics, &child, &man)?.log10_lr(Relationship::Parent)?;
/// assert!((log10_lr - (1.0 / (4.0 * p)).log10()).abs() < 1e-12);
/// # Ok::<(), RunError>(())
/// ```
#[derive(Debug)]
pub struct Pair {
    scorer: Scorer,
    child: SampleIndex,
    candidate: SampleIndex,
}

impl Scorer {
    /// Models of the loci that these profiles and the statistics share.
    ///
    /// # Errors
    /// No locus in common; a locus whose model is refused.
    pub fn new(statistics: &Statistics, panel: Panel) -> Result<Self, RunError> {
        let models = statistics.case_models(&panel)?;
        Ok(Self { panel, models, settings: statistics.settings.clone() })
    }

    /// log10 of the likelihood ratio of two samples: the candidate has this relationship to the child, against unrelated. Of
    /// several frequency tables the lowest counts.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub fn log10_lr(
        &self,
        relationship: Relationship,
        child: SampleIndex,
        candidate: SampleIndex,
    ) -> Result<f64, RunError> {
        if relationship == Relationship::Unrelated {
            return Ok(0.0);
        }
        let case = Case::new(&self.panel, &self.models, &self.settings);
        let asked = alone(child).asked_with(&case, relationship, self.panel.sex(candidate), None);
        Ok(RowsAtHand::new(&case).lowest(asked, candidate).map_err(MatchError::from)?)
    }

    /// The same, locus by locus, beside every rival relationship.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub fn explain(
        &self,
        relationship: Relationship,
        child: SampleIndex,
        candidate: SampleIndex,
    ) -> Result<Explanation, RunError> {
        let mut settings = self.settings.clone();
        settings.search.relationship = relationship;
        let case = Case::new(&self.panel, &self.models, &settings);
        Ok(explain(&case, &alone(child), candidate)?)
    }
}

/// The child without a known parent.
fn alone(sample: SampleIndex) -> Child {
    Child { sample, mother: None, father: None }
}

impl Pair {
    /// Two people with an id each.
    ///
    /// # Errors
    /// One id for both; no locus in common with the statistics; a locus whose model is refused.
    pub fn new(statistics: &Statistics, child: &PersonProfile, candidate: &PersonProfile) -> Result<Self, RunError> {
        let scorer = Scorer::new(statistics, panel_of(&[child, candidate])?)?;
        let find = |person: &PersonProfile| {
            let unknown = || RunError::UnknownSample { id: person.sample.id.clone(), samples: scorer.panel.len() };
            scorer.panel.find(&person.sample.id).ok_or_else(unknown)
        };
        let (child, candidate) = (find(child)?, find(candidate)?);
        Ok(Self { scorer, child, candidate })
    }

    /// log10 of the likelihood ratio: the candidate has this relationship to the child, against unrelated.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub fn log10_lr(&self, relationship: Relationship) -> Result<f64, RunError> {
        self.scorer.log10_lr(relationship, self.child, self.candidate)
    }

    /// The same, locus by locus, beside every rival relationship.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub fn explain(&self, relationship: Relationship) -> Result<Explanation, RunError> {
        self.scorer.explain(relationship, self.child, self.candidate)
    }
}

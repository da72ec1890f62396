//! An identification in shares of the families: what bodies score in the families of a share is found apart from all others, the
//! joint answer from all of it.
//!
//! Who the bodies are has to be known first. So every share looks for the samples of one person among all remains, and all shares find
//! the same. Its cost grows with the square of the remains, that of a share's own work with its families.

use super::answer::{AnswerError, IdentifyAnswer, IdentifyTask};
use super::identify::{ScannedFamily, identify_from, scan_families};
use crate::matching::Share;
use crate::profile::SampleIndex;
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::time::Instant;

/// What was found in the families of some shares.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScannedFamilies {
    /// All pairs of samples that can be one person's.
    pairs: Vec<(SampleIndex, SampleIndex)>,
    /// Number of bodies that were compared.
    bodies: usize,
    /// By the number of the share: its families, in their order.
    shares: Vec<(usize, Vec<ScannedFamily>)>,
}

impl ScannedFamilies {
    /// Whether what another share of the same case found can be taken in: it rests on the same bodies.
    pub fn goes_with(&self, other: &Self) -> bool {
        (&self.pairs, self.bodies) == (&other.pairs, other.bodies)
    }

    /// Takes in what other shares of the same case found.
    pub fn merge(&mut self, other: Self) {
        self.shares.extend(other.shares);
        self.shares.sort_by_key(|(number, _)| *number);
    }
}

impl IdentifyTask<'_> {
    /// What bodies score in the families of a share.
    ///
    /// # Errors
    /// As [`IdentifyTask::answer`].
    pub fn scan_share(&self, share: Share, progress: &dyn Progress) -> Result<ScannedFamilies, AnswerError> {
        let alike = self.find_alike(progress)?;
        let pairs = alike.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        let known = self.bodies(alike)?;
        let bodies = known.compared();
        let families = self.with_families(bodies, |of| scan_families(of, self.families_of(share), progress))?;
        Ok(ScannedFamilies { pairs, bodies: bodies.len(), shares: vec![(share.number(), families)] })
    }

    fn families_of(&self, share: Share) -> Range<usize> {
        share.positions(self.roster.families.len(), 1)
    }

    /// Whether this can have been found in this case by these shares.
    pub fn fits(&self, found: &ScannedFamilies, shares: &[Share]) -> bool {
        let samples = self.samples();
        let is_body = |sample: SampleIndex| samples.binary_search(&sample).is_ok();
        let size = [found.bodies, self.case.models.loci.len(), self.case.models.populations.len()];
        let is_of_share = |(share, (number, found)): (&Share, &(usize, Vec<ScannedFamily>))| {
            let families = &self.roster.families[self.families_of(*share)];
            share.number() == *number
                && found.len() == families.len()
                && found.iter().zip(families).all(|(found, family)| found.fits(family, size))
        };
        found.pairs.iter().all(|&(first, second)| first < second && is_body(first) && is_body(second))
            && found.shares.len() == shares.len()
            && shares.iter().zip(&found.shares).all(is_of_share)
    }

    /// The answer from what all shares found; nothing where that is not of the bodies of this case.
    ///
    /// # Errors
    /// As [`IdentifyTask::answer`].
    pub fn answer_from(
        &self,
        found: ScannedFamilies,
        progress: &dyn Progress,
    ) -> Result<Option<IdentifyAnswer>, AnswerError> {
        let started = Instant::now();
        let known = self.bodies(self.describe_alike(&found.pairs)?)?;
        if known.compared().len() != found.bodies {
            return Ok(None);
        }
        let families = found.shares.into_iter().flat_map(|(_, families)| families).collect();
        let found = self.with_families(known.compared(), |of| identify_from(of, families, progress))?;
        Ok(Some(known.answer(found, started)))
    }
}

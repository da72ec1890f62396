//! What the likelihoods of a report rest on: tables, loci, and what another theta would have come to.

use super::RunError;
use crate::matching::FrequencyUsed;
use crate::model::{CaseModels, PopulationModels};
use crate::population::bundled;
use crate::profile::Panel;
use crate::report::court::{Basis, LocusUsed, RaisedAllele, TableUsed};
use crate::settings::Settings;
use crate::statistics::Statistics;

/// The values of theta under which every LR is given.
const THETAS: [f64; 4] = [0.0, 0.01, 0.03, 0.05];

/// What a case was weighed with.
#[derive(Clone, Copy)]
pub struct Grounds<'a> {
    pub statistics: &'a Statistics,
    pub models: &'a CaseModels,
    pub panel: &'a Panel,
}

/// The models of a case under one value of theta.
pub struct Under {
    pub theta: f64,
    pub is_of_run: bool,
    pub models: CaseModels,
    pub settings: Settings,
}

impl Grounds<'_> {
    /// The models under each theta, that of the run among them.
    pub fn under_each_theta(&self) -> Result<Vec<Under>, RunError> {
        let of_run = self.statistics.theta();
        let mut thetas = THETAS.to_vec();
        thetas.push(of_run);
        thetas.sort_by(f64::total_cmp);
        thetas.dedup();
        let under = |theta: f64| {
            let changed: Statistics = self.statistics.with_theta(theta);
            let models = changed.case_models(self.panel)?;
            Ok(Under { theta, is_of_run: theta == of_run, models, settings: changed.settings })
        };
        thetas.into_iter().map(under).collect()
    }

    /// The position of the population of this name; the first where there is none.
    pub fn population(&self, name: &str) -> usize {
        self.models.populations.iter().position(|models| models.name == name).unwrap_or(0)
    }

    /// The alleles that count with more than the table says, of those used at each locus in use.
    pub fn raised<'u>(
        &self,
        population: usize,
        used: impl IntoIterator<Item = &'u [FrequencyUsed]>,
    ) -> Vec<RaisedAllele> {
        let mut raised = Vec::new();
        for (&locus, used) in self.models.loci.iter().zip(used) {
            let name = &self.panel.loci()[locus];
            let own = self.statistics.tables.get(population).and_then(|table| table.locus(name));
            let Some(table) = own.or_else(|| self.statistics.tables.iter().find_map(|table| table.locus(name))) else {
                continue;
            };
            for used in used {
                let counted = used.allele.parse().map_or(0.0, |allele| table.frequency(allele));
                if used.frequency > counted {
                    let (locus, allele) = (name.to_string(), used.allele.clone());
                    raised.push(RaisedAllele { locus, allele, counted, used: used.frequency });
                }
            }
        }
        raised
    }

    /// What the likelihoods rest on.
    pub fn basis(&self) -> Basis {
        let markers = self.statistics.markers.as_ref();
        let table = |models: &PopulationModels| TableUsed {
            name: models.name.clone(),
            source: bundled::find(&models.name).filter(|_| markers.is_none()).map(|table| table.source),
        };
        let locus = |(position, &locus): (usize, &usize)| {
            let name = &self.panel.loci()[locus];
            let mutation = self.models.populations[0].loci[position].definition().mutation.as_ref();
            LocusUsed {
                locus: name.to_string(),
                people: self.models.populations.iter().map(|models| models.people[position]).collect(),
                rates: mutation.map(crate::inheritance::MutationDefinition::rates),
            }
        };
        Basis {
            tables: self.models.populations.iter().map(table).collect(),
            loci: self.models.loci.iter().enumerate().map(locus).collect(),
            unused: self.models.unused.iter().map(ToString::to_string).collect(),
        }
    }
}

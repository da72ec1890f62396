//! The interval of each reported log10 LR that comes from counting allele frequencies in a sample of people.

use super::roster::Asked;
use super::{Case, MatchError};
use crate::power::{LrDraws, LrInterval, central_interval};
use crate::profile::SampleIndex;

/// Draws of frequencies in every population of a case.
pub struct Intervals<'a> {
    case: &'a Case<'a>,
    populations: Vec<LrDraws<'a>>,
    draws: usize,
}

impl<'a> Intervals<'a> {
    /// Draws as the settings say.
    ///
    /// # Errors
    /// A table that does not say how many people were typed.
    pub fn new(case: &'a Case<'a>) -> Result<Self, MatchError> {
        let (settings, drop_in) = (&case.settings.interval, case.settings.observation.drop_in);
        let of_population = |(at, population)| LrDraws::new(population, at, drop_in, settings.draws, settings.seed);
        let populations = case.models.populations.iter().enumerate().map(of_population).collect::<Result<_, _>>()?;
        Ok(Self { case, populations, draws: settings.draws })
    }

    /// The interval of the reported log10 LR: of several populations each draw counts with the lowest.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn of(&self, asked: Asked, candidate: SampleIndex) -> Result<LrInterval, MatchError> {
        let shown = self.case.panel.profile(candidate);
        let mut lowest = vec![f64::INFINITY; self.draws];
        for (population, tables) in self.populations.iter().zip(&self.case.tables) {
            let mut totals = vec![0.0; self.draws];
            let keys = asked.keys(self.case).zip(&self.case.models.loci).enumerate();
            for (index, (key, &locus)) in keys {
                population.add(tables, (index, key, shown.code(locus)), &mut totals)?;
            }
            lowest.iter_mut().zip(totals).for_each(|(lowest, total)| *lowest = lowest.min(total));
        }
        Ok(central_interval(&mut lowest))
    }
}

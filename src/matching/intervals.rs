//! The interval of each reported log10 LR that comes from counting allele frequencies in a sample of people.

use super::roster::Asked;
use super::{Case, MatchError};
use crate::power::{LrDraws, LrInterval, central_interval};
use crate::profile::SampleIndex;
use crate::search::log10_sum;

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

    /// The interval of the reported log10 LR: of several populations each draw counts with the lowest, and every line of a
    /// relationship gets the same draws.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn of(&self, asked: Asked, candidate: SampleIndex) -> Result<LrInterval, MatchError> {
        let shown = self.case.panel.profile(candidate);
        let mut lowest = vec![f64::INFINITY; self.draws];
        let lines = asked.lines(self.case)?;
        for (population, tables) in self.populations.iter().zip(&self.case.tables) {
            let mut by_line = Vec::with_capacity(lines.len());
            for line in &lines {
                let mut totals = vec![line.weight.log10(); self.draws];
                let keys = asked.keys(self.case, line.number).zip(&self.case.models.loci).enumerate();
                for (index, (key, &locus)) in keys {
                    population.add(tables, (index, key, shown.code(locus)), &mut totals)?;
                }
                by_line.push(totals);
            }
            for (draw, lowest) in lowest.iter_mut().enumerate() {
                *lowest = lowest.min(log10_sum(by_line.iter().map(|totals| totals[draw])));
            }
        }
        Ok(central_interval(&mut lowest))
    }
}

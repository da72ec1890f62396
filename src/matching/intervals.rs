//! The interval of each reported log10 LR that comes from counting allele frequencies in a sample of people.

use super::roster::Asked;
use super::{Case, MatchError};
use crate::power::{LrDraws, LrInterval, interval_of};
use crate::profile::SampleIndex;
use crate::search::log10_sum;

/// Draws of frequencies in every population of a case.
pub struct Intervals<'a> {
    case: &'a Case<'a>,
    populations: Vec<LrDraws<'a>>,
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
        Ok(Self { case, populations })
    }

    /// The interval of the reported log10 LR: of several populations each draw counts with the lowest, and every line of a
    /// relationship gets the same draws.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn of(&self, asked: Asked, candidate: SampleIndex) -> Result<LrInterval, MatchError> {
        let shown = self.case.panel.profile(candidate);
        let totals = self.populations.first().map_or(0, LrDraws::totals);
        let mut lowest = vec![f64::INFINITY; totals];
        let (lines, known) = (asked.lines(self.case)?, asked.known_codes(self.case));
        for (population, tables) in self.populations.iter().zip(&self.case.tables) {
            let mut by_line = Vec::with_capacity(lines.len());
            for line in &lines {
                let mut totals = vec![line.weight.log10(); totals];
                let keys = asked.keys(self.case, line.number, known.as_deref()).zip(&self.case.models.loci).enumerate();
                for (index, (key, &locus)) in keys {
                    population.add(tables, (index, key, shown.code(locus)), &mut totals)?;
                }
                by_line.push(totals);
            }
            for (draw, lowest) in lowest.iter_mut().enumerate() {
                *lowest = lowest.min(log10_sum(by_line.iter().map(|totals| totals[draw])));
            }
        }
        Ok(interval_of(&mut lowest))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Roster, search};
    use super::*;
    use crate::io::rates_file::load_rates;
    use crate::io::source::Inputs;
    use crate::model::CaseModels;
    use crate::population::{FrequencyTable, LocusFrequencies};
    use crate::profile::{Allele, Call, LocusName, Observation, PanelBuilder, Role, Sample, Sex};
    use crate::progress::NoProgress;
    use crate::settings::{RatesSource, Settings};
    use rand::distr::weighted::WeightedIndex;
    use rand::{Rng, SeedableRng, distr::Distribution};
    use rand_chacha::ChaCha8Rng;

    const LOCI: usize = 10;
    /// A common, some middling, and some rare alleles.
    const FREQUENCIES: [f64; 10] = [0.3, 0.2, 0.15, 0.12, 0.1, 0.06, 0.04, 0.015, 0.01, 0.005];

    fn draw(random: &mut impl Rng) -> usize {
        WeightedIndex::new(FREQUENCIES).unwrap().sample(random)
    }

    fn allele(at: usize) -> Allele {
        (at + 8).to_string().parse().unwrap()
    }

    /// LR of parent and child without mutation, from the frequencies that they were drawn with.
    fn true_lr(child: [usize; 2], parent: [usize; 2]) -> f64 {
        let passes = |at: usize| parent.iter().filter(|&&allele| allele == at).count() as f64 / 2.0;
        let [a, b] = child;
        let (p, q) = (FREQUENCIES[a], FREQUENCIES[b]);
        if a == b { passes(a) / p } else { (passes(a) * q + passes(b) * p) / (2.0 * p * q) }
    }

    /// Whether the interval from a table of `people` people holds the LR that the true frequencies give.
    fn is_covered(people: usize, random: &mut impl Rng) -> bool {
        let name = |locus: usize| LocusName::new(&format!("L{locus}"));
        let mut loci = Vec::new();
        let (mut truth, mut of_child, mut of_parent) = (0.0, Vec::new(), Vec::new());
        for locus in 0..LOCI {
            let mut counts = [0.0; FREQUENCIES.len()];
            (0..2 * people).for_each(|_| counts[draw(random)] += 1.0);
            let seen = (0..counts.len()).filter(|&at| counts[at] > 0.0);
            let frequencies = seen.map(|at| (allele(at), counts[at] / (2 * people) as f64)).collect();
            loci.push(LocusFrequencies { locus: name(locus), frequencies, people: Some(people as f64) });
            let parent = [draw(random), draw(random)];
            let child = [parent[random.random_range(0..2)], draw(random)];
            truth += true_lr(child, parent).log10();
            of_child.push(Call::from_alleles(&child.map(allele)));
            of_parent.push(Call::from_alleles(&parent.map(allele)));
        }
        let table = FrequencyTable { name: "t".to_owned(), loci: loci.into_iter().collect(), notes: Vec::new() };
        let mut builder = PanelBuilder::new((0..LOCI).map(name).collect());
        let observed = |calls: Vec<Call>| -> Vec<Observation> {
            calls.into_iter().map(|call| Observation { call, drop_out: 0.0 }).collect()
        };
        let person = |id: &str, role| Sample { id: id.to_owned(), sex: Sex::Male, role, ..Sample::default() };
        builder.push(person("child", Some(Role::Child)), &observed(of_child)).unwrap();
        builder.push(person("parent", None), &observed(of_parent)).unwrap();
        let panel = builder.build().unwrap();
        let mut settings = Settings::default();
        settings.population.theta = 0.0;
        settings.mutation.model = crate::inheritance::MutationModel::None;
        settings.search.min_log10_lr = None;
        (settings.interval.report, settings.interval.draws) = (true, 1000);
        let rates = load_rates(&RatesSource::Bundled, &Inputs::default()).unwrap();
        let models = CaseModels::from_tables(&panel, &[table], &rates, &settings).unwrap();
        let roster = Roster::new(&panel, |sample| sample.0 == 0, |sample| sample.0 == 1, false).unwrap();
        let found = search(&Case::new(&panel, &models, &settings), &roster, &NoProgress).unwrap();
        let interval = found.parents.candidacies[0].interval.unwrap();
        interval.low <= truth && truth <= interval.high
    }

    /// 900 pairs: with a coverage of 0.99 fewer than 880 (3.7 standard deviations) are covered once in some thousand times; with 0.955
    /// so many (3.3 standard deviations) as seldom.
    #[test]
    fn the_interval_covers_what_it_says_also_of_small_tables() {
        let covered = [(1, 50), (2, 97), (3, 361)].map(|(seed, people)| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            (0..300).filter(|_| is_covered(people, &mut random)).count()
        });
        assert!(covered.iter().all(|&of_300| of_300 >= 289) && covered.iter().sum::<usize>() >= 880, "{covered:?}");
    }
}

//! Allele frequencies counted from profiles.

use super::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, Call, LocusName, Panel, SampleIndex};
use std::collections::BTreeMap;

/// What was counted in one population.
#[derive(Clone, PartialEq, Debug)]
pub struct PopulationEstimate {
    /// The population as the profiles name it; `None` for all profiles together, or for those that name none.
    pub population: Option<String>,
    /// One entry for each locus with at least one call, in the order of the panel.
    pub loci: Vec<LocusEstimate>,
}

/// What was counted at one locus.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusEstimate {
    /// The locus.
    pub locus: LocusName,
    /// How often each allele was seen, sorted by allele. One reported allele counts as two copies (a homozygote).
    pub counts: Vec<(Allele, u64)>,
    /// People with one or two alleles called.
    pub people: u64,
    /// People with two different alleles called.
    pub heterozygotes: u64,
}

impl LocusEstimate {
    /// The frequencies: count / (2 × people).
    pub fn frequencies(&self) -> LocusFrequencies {
        let copies = 2.0 * self.people as f64;
        LocusFrequencies {
            locus: self.locus.clone(),
            frequencies: self.counts.iter().map(|&(allele, count)| (allele, count as f64 / copies)).collect(),
            people: Some(self.people as f64),
        }
    }

    /// The share of people with two different alleles.
    pub fn observed_heterozygosity(&self) -> f64 {
        self.heterozygotes as f64 / self.people as f64
    }
}

impl PopulationEstimate {
    /// The estimate as a frequency table of this name.
    pub fn table(&self, name: &str) -> FrequencyTable {
        let loci = self.loci.iter().map(LocusEstimate::frequencies).collect();
        FrequencyTable { name: name.to_owned(), loci, notes: Vec::new() }
    }
}

/// Counts the alleles of every sample, all together or population by population (sorted by name, unnamed first).
///
/// Missing calls and calls that are set aside are not counted. Relatives are counted like anybody else: it is for the
/// caller to leave them out.
pub fn estimate(panel: &Panel, by_population: bool) -> Vec<PopulationEstimate> {
    let mut groups: BTreeMap<Option<String>, Vec<SampleIndex>> = BTreeMap::new();
    for sample in panel.indices() {
        let population = by_population.then(|| panel.sample(sample).population).flatten();
        groups.entry(population).or_default().push(sample);
    }
    groups.into_iter().map(|(population, samples)| count_group(panel, population.as_deref(), &samples)).collect()
}

fn count_group(panel: &Panel, population: Option<&str>, samples: &[SampleIndex]) -> PopulationEstimate {
    let loci = (0..panel.loci().len()).filter_map(|locus| count_locus(panel, locus, samples)).collect();
    PopulationEstimate { population: population.map(str::to_owned), loci }
}

fn count_locus(panel: &Panel, locus: usize, samples: &[SampleIndex]) -> Option<LocusEstimate> {
    let mut counts: BTreeMap<Allele, u64> = BTreeMap::new();
    let (mut people, mut heterozygotes) = (0, 0);
    for &sample in samples {
        match panel.observation(sample, locus).call {
            Call::Missing | Call::SetAside => continue,
            Call::One(allele) => *counts.entry(allele).or_default() += 2,
            Call::Two(small, large) => {
                *counts.entry(small).or_default() += 1;
                *counts.entry(large).or_default() += 1;
                heterozygotes += 1;
            }
        }
        people += 1;
    }
    let locus = panel.loci()[locus].clone();
    (people > 0).then(|| LocusEstimate { locus, counts: counts.into_iter().collect(), people, heterozygotes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Observation, PanelBuilder, Sample};

    fn panel(people: &[(&str, &str, &[&str])]) -> Panel {
        let mut builder = PanelBuilder::new(vec![LocusName::new("TH01")]);
        for (id, population, alleles) in people {
            let alleles: Vec<Allele> = alleles.iter().map(|text| text.parse().unwrap()).collect();
            let population = (!population.is_empty()).then(|| (*population).to_owned());
            let sample = Sample { id: (*id).to_owned(), population, ..Sample::default() };
            builder.push(sample, &[Observation { call: Call::from_alleles(&alleles), drop_out: 0.0 }]).unwrap();
        }
        builder.build().unwrap()
    }

    #[test]
    fn counts_by_hand() {
        let people: [(&str, &str, &[&str]); 5] = [
            ("a", "X", &["6", "9.3"]),
            ("b", "Y", &["6"]),
            ("c", "X", &["9.3", "9.3"]),
            ("d", "X", &[]),
            ("e", "X", &["6", "7", "8"]),
        ];
        let all = &estimate(&panel(&people), false)[0].loci[0];
        let allele = |text: &str| text.parse::<Allele>().unwrap();
        assert_eq!(all.counts, [(allele("6"), 3), (allele("9.3"), 3)]);
        assert_eq!((all.people, all.heterozygotes), (3, 1));
        assert_eq!(all.frequencies().frequencies, [(allele("6"), 0.5), (allele("9.3"), 0.5)]);
        assert_eq!(all.frequencies().expected_heterozygosity(), 0.5 * 6.0 / 5.0);

        let apart = estimate(&panel(&people), true);
        let names: Vec<_> = apart.iter().map(|group| group.population.as_deref()).collect();
        assert_eq!(names, [Some("X"), Some("Y")]);
        assert_eq!(apart[0].loci[0].counts, [(allele("6"), 1), (allele("9.3"), 3)]);
    }

    #[test]
    fn a_locus_without_calls_is_left_out() {
        assert!(estimate(&panel(&[("a", "", &[])]), false)[0].loci.is_empty());
    }
}

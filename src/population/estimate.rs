//! Allele frequencies counted from profiles.

use super::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, Call, LocusKind, LocusName, Panel, SampleIndex, Sex};
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
    /// How often each allele was seen, sorted by allele. One reported allele counts as two copies (a homozygote), of a man's X
    /// chromosome as one.
    pub counts: Vec<(Allele, u64)>,
    /// People with one or two alleles called, those not counted left out.
    pub people: u64,
    /// Those of them with two copies of the locus.
    pub diploid: u64,
    /// People with two different alleles called.
    pub heterozygotes: u64,
    /// People with a call of which nobody knows how many copies it shows: on the X chromosome those of unknown sex, and men
    /// with two alleles.
    pub not_counted: u64,
}

impl LocusEstimate {
    /// The frequencies: count / copies counted.
    pub fn frequencies(&self) -> LocusFrequencies {
        let copies = (self.people + self.diploid) as f64;
        LocusFrequencies {
            locus: self.locus.clone(),
            frequencies: self.counts.iter().map(|&(allele, count)| (allele, count as f64 / copies)).collect(),
            people: Some(copies / 2.0),
        }
    }

    /// The share of people with two different alleles, among those with two copies; none where there is nobody.
    pub fn observed_heterozygosity(&self) -> Option<f64> {
        (self.diploid > 0).then(|| self.heterozygotes as f64 / self.diploid as f64)
    }
}

impl PopulationEstimate {
    /// The estimate as a frequency table of this name.
    pub fn table(&self, name: &str) -> FrequencyTable {
        let counted = self.loci.iter().filter(|locus| locus.people > 0);
        let loci = counted.map(LocusEstimate::frequencies).collect();
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
    let name = panel.loci()[locus].clone();
    let is_x = name.chromosome() == Some(LocusKind::X);
    let mut counts: BTreeMap<Allele, u64> = BTreeMap::new();
    let (mut people, mut diploid, mut heterozygotes, mut not_counted) = (0, 0, 0, 0);
    for &sample in samples {
        let call = panel.observation(sample, locus).call;
        let copies = match (is_x, panel.sex(sample), call) {
            (_, _, Call::Missing | Call::SetAside) => continue,
            (true, Sex::Unknown, _) | (true, Sex::Male, Call::Two(..)) => {
                not_counted += 1;
                continue;
            }
            (true, Sex::Male, Call::One(_)) => 1,
            _ => 2,
        };
        let of_each = copies / call.alleles().count() as u64;
        call.alleles().for_each(|allele| *counts.entry(allele).or_default() += of_each);
        people += 1;
        diploid += copies - 1;
        heterozygotes += u64::from(matches!(call, Call::Two(..)));
    }
    let counts = counts.into_iter().collect();
    (people + not_counted > 0).then_some(LocusEstimate {
        locus: name,
        counts,
        people,
        diploid,
        heterozygotes,
        not_counted,
    })
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
    fn men_have_one_x_chromosome() {
        let mut builder = PanelBuilder::new(vec![LocusName::new("DXS8378")]);
        for (id, sex, alleles) in [
            ("a", Sex::Male, &["10"][..]),
            ("b", Sex::Female, &["10"]),
            ("c", Sex::Female, &["10", "11"]),
            ("d", Sex::Unknown, &["12"]),
            ("e", Sex::Male, &["10", "12"]),
        ] {
            let alleles: Vec<Allele> = alleles.iter().map(|text| text.parse().unwrap()).collect();
            let seen = Observation { call: Call::from_alleles(&alleles), drop_out: 0.0 };
            builder.push(Sample { id: id.to_owned(), sex, ..Sample::default() }, &[seen]).unwrap();
        }
        let counted = &estimate(&builder.build().unwrap(), false)[0].loci[0];
        let allele = |text: &str| text.parse::<Allele>().unwrap();
        assert_eq!(counted.counts, [(allele("10"), 4), (allele("11"), 1)]);
        assert_eq!((counted.people, counted.diploid, counted.not_counted), (3, 2, 2));
        assert_eq!(counted.frequencies().people, Some(2.5), "five copies");
        assert_eq!(counted.frequencies().frequencies, [(allele("10"), 0.8), (allele("11"), 0.2)]);
        assert_eq!(counted.observed_heterozygosity(), Some(0.5));
    }

    #[test]
    fn a_locus_without_calls_is_left_out() {
        assert!(estimate(&panel(&[("a", "", &[])]), false)[0].loci.is_empty());
    }
}

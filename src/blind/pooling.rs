//! Rare alleles of a locus pooled into one, so that a ballot is short.
//!
//! A pooled allele is read, in profiles and in tables alike, as the commonest of the pooled ones, whose frequency is the sum of theirs. What the
//! likelihood engine then scores is a coarser profile with its own frequencies; only its mutation takes the pooled alleles as one.

use crate::population::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, Call, LocusName};
use std::collections::BTreeMap;

/// The alleles of one locus.
#[derive(Clone, PartialEq, Debug)]
pub struct PooledLocus {
    /// The locus.
    pub name: LocusName,
    /// The alleles that are told apart, ascending; `other` is one of them.
    pub alleles: Vec<Allele>,
    /// What all other alleles are read as.
    pub other: Allele,
}

impl PooledLocus {
    /// Pools what is rarer than `below` in each of these tables, the rarest allele at least; nothing where no table has the locus.
    pub fn new(name: &LocusName, tables: &[FrequencyTable], below: f64) -> Option<Self> {
        let mut highest: BTreeMap<Allele, f64> = BTreeMap::new();
        let of_locus = tables.iter().filter_map(|table| table.locus(name));
        for &(allele, frequency) in of_locus.flat_map(|locus| &locus.frequencies) {
            let entry = highest.entry(allele).or_insert(frequency);
            *entry = entry.max(frequency);
        }
        let least = highest.values().copied().reduce(f64::min)?;
        let is_pooled = |frequency: f64| frequency < below || frequency == least;
        let pooled = highest.iter().filter(|(_, frequency)| is_pooled(**frequency));
        // of several as common the smallest
        let other =
            pooled.max_by(|one, next| one.1.total_cmp(next.1).then(next.0.cmp(one.0))).map(|(allele, _)| *allele)?;
        let kept = highest.iter().filter(|&(&allele, &frequency)| allele == other || !is_pooled(frequency));
        Some(Self { name: name.clone(), alleles: kept.map(|(&allele, _)| allele).collect(), other })
    }

    /// What an allele is read as.
    pub fn pooled(&self, allele: Allele) -> Allele {
        if self.alleles.binary_search(&allele).is_ok() { allele } else { self.other }
    }

    /// What a call is read as.
    pub fn pooled_call(&self, call: Call) -> Call {
        let alleles: Vec<Allele> = call.alleles().map(|allele| self.pooled(allele)).collect();
        Call::from_alleles(&alleles)
    }

    /// The classes: every call of one allele or two, in the order of its alleles.
    pub fn classes(&self) -> Vec<Call> {
        let from = |(at, &first): (usize, &Allele)| -> Vec<Call> {
            self.alleles[at..].iter().map(|&second| Call::from_alleles(&[first, second])).collect()
        };
        self.alleles.iter().enumerate().flat_map(from).collect()
    }

    /// The frequencies of one table, pooled.
    pub fn frequencies(&self, table: &LocusFrequencies) -> LocusFrequencies {
        let mut pooled: BTreeMap<Allele, f64> = BTreeMap::new();
        for &(allele, frequency) in &table.frequencies {
            *pooled.entry(self.pooled(allele)).or_default() += frequency;
        }
        LocusFrequencies { locus: table.locus.clone(), frequencies: pooled.into_iter().collect(), people: table.people }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allele(text: &str) -> Allele {
        text.parse().unwrap()
    }

    fn table(frequencies: &[(&str, f64)]) -> FrequencyTable {
        let frequencies = frequencies.iter().map(|&(label, frequency)| (allele(label), frequency)).collect();
        let locus = LocusFrequencies { locus: LocusName::new("TH01"), frequencies, people: Some(100.0) };
        FrequencyTable { name: "t".to_owned(), loci: [locus].into_iter().collect(), notes: Vec::new() }
    }

    #[test]
    fn what_is_rare_everywhere_is_read_as_the_commonest_of_it() {
        let tables = [
            table(&[("5", 0.002), ("6", 0.5), ("7", 0.009), ("8", 0.005), ("9", 0.484)]),
            table(&[("6", 0.6), ("8", 0.05), ("9", 0.346), ("10", 0.004)]),
        ];
        let locus = PooledLocus::new(&LocusName::new("TH01"), &tables, 0.01).unwrap();
        assert_eq!(locus.alleles, ["6", "7", "8", "9"].map(allele));
        assert_eq!(locus.other, allele("7"));
        let pooled = locus.frequencies(&tables[0].loci[0]);
        assert_eq!(pooled.frequency(allele("7")), 0.011);
        assert!((pooled.total() - 1.0).abs() < 1e-12);
        assert_eq!(
            locus.pooled_call(Call::from_alleles(&[allele("5"), allele("9")])),
            Call::Two(allele("7"), allele("9"))
        );
        assert_eq!(locus.pooled_call(Call::from_alleles(&[allele("5"), allele("12")])), Call::One(allele("7")));
        assert_eq!((locus.classes().len(), locus.pooled_call(Call::Missing)), (10, Call::Missing));
        // every class is a call of its own
        assert_eq!(locus.classes().iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
    }
}

//! Allele frequencies as counted in a population sample.

use crate::profile::{Allele, LocusName};
use std::collections::{HashMap, HashSet};
use std::ops::Deref;

/// The allele frequencies of one population.
#[derive(Clone, PartialEq, Debug)]
pub struct FrequencyTable {
    /// The bundled name (`nist1036:cauc`), or that of the file without folders and ending.
    pub name: String,
    /// Each locus once, in the order of the source.
    pub loci: TableLoci,
    /// What a reader of results must know of how the source was read, one sentence each.
    pub notes: Vec<String>,
}

/// The loci of a table, in the order of the source and by name.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TableLoci {
    in_order: Vec<LocusFrequencies>,
    places: HashMap<LocusName, usize>,
}

/// The allele frequencies of one locus.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusFrequencies {
    /// The locus.
    pub locus: LocusName,
    /// The alleles that were seen, sorted, each once, with frequencies in (0, 1].
    pub frequencies: Vec<(Allele, f64)>,
    /// Number of people typed at this locus (half the number of alleles counted), where known.
    pub people: Option<f64>,
}

impl FrequencyTable {
    /// The frequencies of this locus, if the table has it.
    pub fn locus(&self, name: &LocusName) -> Option<&LocusFrequencies> {
        self.loci.places.get(name).map(|&place| &self.loci.in_order[place])
    }
}

impl FromIterator<LocusFrequencies> for TableLoci {
    fn from_iter<I: IntoIterator<Item = LocusFrequencies>>(loci: I) -> Self {
        let in_order: Vec<LocusFrequencies> = loci.into_iter().collect();
        let places = in_order.iter().enumerate().map(|(place, entry)| (entry.locus.clone(), place)).collect();
        Self { in_order, places }
    }
}

impl Deref for TableLoci {
    type Target = [LocusFrequencies];

    fn deref(&self) -> &[LocusFrequencies] {
        &self.in_order
    }
}

impl<'l> IntoIterator for &'l TableLoci {
    type Item = &'l LocusFrequencies;
    type IntoIter = std::slice::Iter<'l, LocusFrequencies>;

    fn into_iter(self) -> Self::IntoIter {
        self.in_order.iter()
    }
}

/// Gives tables of one name names of their own: the second `x` becomes `x_2`.
pub fn name_apart(tables: &mut [FrequencyTable]) {
    let mut taken: HashSet<String> = HashSet::new();
    let given: HashSet<String> = tables.iter().map(|table| table.name.clone()).collect();
    for table in tables {
        let is_free = |name: &String| !taken.contains(name) && !given.contains(name);
        if taken.contains(&table.name) {
            let numbered = (2_usize..).map(|number| format!("{}_{number}", table.name)).find(is_free);
            table.name = numbered.unwrap_or_default();
        }
        taken.insert(table.name.clone());
    }
}

impl LocusFrequencies {
    /// The frequency of this allele; 0 if it was not seen.
    pub fn frequency(&self, allele: Allele) -> f64 {
        let found = self.frequencies.binary_search_by(|entry| entry.0.cmp(&allele));
        found.map_or(0.0, |at| self.frequencies[at].1)
    }

    /// The sum of the frequencies: 1 up to rounding in the source.
    pub fn total(&self) -> f64 {
        self.frequencies.iter().map(|entry| entry.1).sum()
    }

    /// Expected heterozygosity 1 − Σp², with the small-sample factor 2N/(2N − 1) where N is known (Nei 1978,
    /// doi:10.1093/genetics/89.3.583).
    pub fn expected_heterozygosity(&self) -> f64 {
        let plain = 1.0 - self.frequencies.iter().map(|entry| entry.1 * entry.1).sum::<f64>();
        match self.people {
            Some(people) if people > 0.5 => plain * 2.0 * people / (2.0 * people - 1.0),
            _ => plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_one_name_are_told_apart() {
        let table =
            |name: &str| FrequencyTable { name: name.to_owned(), loci: TableLoci::default(), notes: Vec::new() };
        let mut tables = ["a", "a", "a_2", "b", "a"].map(table);
        name_apart(&mut tables);
        assert_eq!(tables.map(|table| table.name), ["a", "a_3", "a_2", "b", "a_4"]);
    }
}

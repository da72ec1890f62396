//! Alleles that samples show and a marker file does not list, or lists with frequency 0.

use crate::inheritance::MutationModel;
use crate::io::problems::Reason;
use crate::likelihood::{LocusDefinition, LocusModel};
use crate::profile::Allele;

/// A locus of a marker file, with the alleles of the case.
#[derive(Clone, PartialEq, Debug)]
pub struct WithUnseen {
    /// The locus with those that were added.
    pub definition: LocusDefinition,
    /// Alleles that got the rare-allele frequency.
    pub added: Vec<Allele>,
    /// Alleles that its mutation model cannot take in: nothing can be said of a call that shows them.
    pub refused: Vec<(Allele, Reason)>,
}

/// Gives each of these alleles (ascending) that the locus does not list, or lists with frequency 0, this frequency. One that is
/// not listed goes before the first that is greater, for some mutation models go by the positions in the list.
pub fn with_unseen(marker: &LocusDefinition, seen: &[Allele], frequency: f64) -> WithUnseen {
    let mut all = WithUnseen { definition: marker.clone(), added: Vec::new(), refused: Vec::new() };
    let has_matrices = marker.mutation.as_ref().is_some_and(|mutation| mutation.model == MutationModel::Custom);
    for &allele in seen {
        let label_of = |label: &String| label.parse::<Allele>();
        let mut definition = all.definition.clone();
        match definition.alleles.iter().position(|label| label_of(label) == Ok(allele)) {
            Some(at) if definition.frequencies[at] == 0.0 => definition.frequencies[at] = frequency,
            Some(_) => continue,
            None if has_matrices => {
                all.refused.push((allele, Reason::NotInMatrix(allele.to_string())));
                continue;
            }
            None => {
                let is_greater = |label: &String| label_of(label).is_ok_and(|listed| listed > allele);
                let at = definition.alleles.iter().position(is_greater).unwrap_or(definition.alleles.len());
                definition.alleles.insert(at, allele.to_string());
                definition.frequencies.insert(at, frequency);
            }
        }
        match LocusModel::new(definition.clone()) {
            Ok(_) => {
                all.definition = definition;
                all.added.push(allele);
            }
            Err(cause) => {
                let (allele_shown, cause) = (allele.to_string(), cause.to_string());
                all.refused.push((allele, Reason::NotInModel { allele: allele_shown, cause }));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::{MutationDefinition, MutationParameters};
    use crate::likelihood::Chromosome;

    fn locus(model: MutationModel, alleles: &[&str]) -> LocusDefinition {
        let parameters = || MutationParameters { rate: 1e-5, rate2: 0.0, range: 0.1, matrix: None };
        LocusDefinition {
            name: "L".to_owned(),
            chromosome: Chromosome::Autosomal,
            alleles: alleles.iter().map(|&label| label.to_owned()).collect(),
            frequencies: vec![1.0 / alleles.len() as f64; alleles.len()],
            mutation: Some(MutationDefinition { model, female: parameters(), male: parameters() }),
            theta: 0.0,
            silent_frequency: 0.0,
        }
    }

    fn alleles(labels: &[&str]) -> Vec<Allele> {
        labels.iter().map(|label| label.parse().unwrap()).collect()
    }

    #[test]
    fn an_unlisted_allele_goes_in_its_place() {
        let all =
            with_unseen(&locus(MutationModel::Dawid, &["8", "10", "12"]), &alleles(&["7", "8", "11", "14"]), 0.01);
        assert_eq!(all.definition.alleles, ["7", "8", "10", "11", "12", "14"]);
        assert_eq!(all.definition.frequencies[3..], [0.01, 1.0 / 3.0, 0.01]);
        assert_eq!((all.added, all.refused), (alleles(&["7", "11", "14"]), Vec::new()));
    }

    #[test]
    fn an_allele_that_the_model_cannot_take_in_is_refused_alone() {
        let all = with_unseen(&locus(MutationModel::OneStep, &["8", "9"]), &alleles(&["10", "A"]), 0.01);
        assert_eq!(all.definition.alleles, ["8", "9", "10"]);
        assert_eq!(all.refused[0].0, "A".parse().unwrap());
        let reason = all.refused[0].1.to_string();
        assert!(reason.contains("`A`") && reason.contains("no repeat number"), "{reason}");
    }
}

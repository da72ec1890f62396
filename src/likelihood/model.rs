//! Everything the engine needs to know of one locus.

use crate::inheritance::mutation::{MutationAlleles, MutationDefinition, MutationError};
use crate::inheritance::observation::{AlleleIndex, Evidence, random_call, survivors};
use crate::profile::{Allele, Sex};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where a locus lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chromosome {
    /// On an autosome: everybody has two alleles.
    #[default]
    Autosomal,
    /// On the X chromosome: males have one allele, their mother's.
    X,
}

/// One locus as a marker file describes it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LocusDefinition {
    /// Name.
    pub name: String,
    /// Chromosome.
    #[serde(default)]
    pub chromosome: Chromosome,
    /// Labels of the visible alleles.
    pub alleles: Vec<String>,
    /// Frequencies of the visible alleles, in the same order.
    pub frequencies: Vec<f64>,
    /// Mutation; none if absent.
    #[serde(default)]
    pub mutation: Option<MutationDefinition>,
    /// Coancestry coefficient, in [0, 1).
    #[serde(default)]
    pub theta: f64,
    /// Frequency of the silent allele, in [0, 1).
    #[serde(default)]
    pub silent_frequency: f64,
}

/// Why a locus cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ModelError {
    /// No alleles.
    #[error("it has no alleles")]
    NoAlleles,
    /// Too many alleles for an [`AlleleIndex`].
    #[error("it has {0} alleles, at most 65,000 can be used")]
    TooManyAlleles(usize),
    /// One label names two alleles.
    #[error("allele `{0}` is listed twice")]
    DuplicateAllele(String),
    /// Two labels name one allele.
    #[error("the labels `{0}` and `{1}` are one allele")]
    SameAllele(String, String),
    /// A label that says nothing.
    #[error("an allele has an empty label")]
    EmptyLabel,
    /// Numbers of alleles and frequencies differ.
    #[error("it has {alleles} alleles, but {frequencies} frequencies")]
    Lengths {
        /// Number of labels.
        alleles: usize,
        /// Number of frequencies.
        frequencies: usize,
    },
    /// A frequency that is none.
    #[error("the frequency of allele `{allele}` is {frequency}, expected a number from 0 to 1")]
    Frequency {
        /// The label.
        allele: String,
        /// What was found.
        frequency: f64,
    },
    /// Nothing that could be seen.
    #[error("all its alleles have frequency 0")]
    NoFrequency,
    /// Theta or the silent frequency out of range.
    #[error("{name} is {value}, expected at least 0 and less than 1")]
    Parameter {
        /// `theta` or `silent_frequency`.
        name: &'static str,
        /// What was found.
        value: f64,
    },
    /// A genotyping error that is none.
    #[error(transparent)]
    GenotypingError(MutationError),
    /// The mutation model does not fit.
    #[error("mutation of the {sex}: {cause}")]
    Mutation {
        /// Sex of the transmitting parent.
        sex: Sex,
        /// What is wrong.
        cause: MutationError,
    },
}

/// One locus, checked, with its mutation matrices. States are the visible alleles in the order of the definition,
/// then the silent allele where its frequency is above 0.
#[derive(Clone, Debug)]
pub struct LocusModel {
    definition: LocusDefinition,
    /// The alleles that a call can name, ascending, each with its position.
    by_allele: Vec<(Allele, AlleleIndex)>,
    state_frequencies: Vec<f64>,
    shares: Vec<f64>,
    maternal: Vec<f64>,
    paternal: Vec<f64>,
    genotyping_error: f64,
}

impl LocusModel {
    /// Checks a definition and builds its mutation matrices.
    ///
    /// Whether the frequencies sum to 1 is not checked: a rare-allele policy may leave them a little above it.
    ///
    /// # Errors
    /// Alleles, frequencies or parameters out of range; a mutation model that does not fit the alleles.
    pub fn new(definition: LocusDefinition) -> Result<Self, ModelError> {
        check(&definition)?;
        let alleles = MutationAlleles {
            labels: &definition.alleles,
            frequencies: &definition.frequencies,
            silent_frequency: definition.silent_frequency,
        };
        let states = definition.alleles.len() + usize::from(definition.silent_frequency > 0.0);
        let matrix = |sex: Sex| match &definition.mutation {
            None => Ok(identity(states)),
            Some(mutation) => {
                let parameters = if sex == Sex::Female { &mutation.female } else { &mutation.male };
                mutation.model.matrix(parameters, alleles).map_err(|cause| ModelError::Mutation { sex, cause })
            }
        };
        let (maternal, paternal) = (matrix(Sex::Female)?, matrix(Sex::Male)?);
        let error = definition.mutation.as_ref().map_or(Ok(0.0), MutationDefinition::genotyping_error);
        let genotyping_error = error.map_err(ModelError::GenotypingError)?;
        let mut state_frequencies = definition.frequencies.clone();
        if definition.silent_frequency > 0.0 {
            state_frequencies.push(definition.silent_frequency);
        }
        let visible: f64 = definition.frequencies.iter().sum();
        let shares = definition.frequencies.iter().map(|frequency| frequency / visible).collect();
        let named =
            (0..).zip(&definition.alleles).filter_map(|(at, label)| Some((label.parse().ok()?, AlleleIndex(at))));
        let mut by_allele: Vec<(Allele, AlleleIndex)> = named.collect();
        by_allele.sort_unstable();
        Ok(Self { definition, by_allele, state_frequencies, shares, maternal, paternal, genotyping_error })
    }

    /// The locus's name.
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// The definition this was made from.
    pub fn definition(&self) -> &LocusDefinition {
        &self.definition
    }

    /// Labels of the visible alleles.
    pub fn alleles(&self) -> &[String] {
        &self.definition.alleles
    }

    /// Frequencies of the visible alleles.
    pub fn frequencies(&self) -> &[f64] {
        &self.definition.frequencies
    }

    /// Coancestry coefficient.
    pub fn theta(&self) -> f64 {
        self.definition.theta
    }

    /// The same locus with independent founder alleles.
    pub fn without_theta(&self) -> Self {
        let mut model = self.clone();
        model.definition.theta = 0.0;
        model
    }

    /// Where the locus lies.
    pub fn chromosome(&self) -> Chromosome {
        self.definition.chromosome
    }

    /// The position of this allele in the list.
    pub fn allele_index(&self, allele: Allele) -> Option<AlleleIndex> {
        let at = self.by_allele.partition_point(|&(other, _)| other < allele);
        self.by_allele.get(at).filter(|(other, _)| *other == allele).map(|&(_, index)| index)
    }

    /// The position of the allele with this label: as spelt, else as the same repeat number.
    pub fn label_index(&self, label: &str) -> Option<AlleleIndex> {
        let spelt = self.definition.alleles.iter().position(|known| known == label).map(|at| AlleleIndex(at as u16));
        spelt.or_else(|| label.parse().ok().and_then(|allele| self.allele_index(allele)))
    }

    /// The silent allele's index, whether it exists or not.
    pub fn silent(&self) -> AlleleIndex {
        AlleleIndex(self.definition.alleles.len() as u16)
    }

    /// Number of states.
    pub(crate) fn states(&self) -> usize {
        self.state_frequencies.len()
    }

    /// Frequency of each state.
    pub(crate) fn state_frequencies(&self) -> &[f64] {
        &self.state_frequencies
    }

    /// The row-major mutation matrix over the states for transmissions from a mother (`Female`) or father.
    pub(crate) fn mutation_matrix(&self, parent: Sex) -> &[f64] {
        if parent == Sex::Female { &self.maternal } else { &self.paternal }
    }

    /// Whether a mother's alleles mutate as a father's do: on an autosome it is then no matter through whom two people are related.
    pub fn sexes_mutate_alike(&self) -> bool {
        self.maternal == self.paternal
    }

    /// The probability that a call says nothing of the genotype.
    pub fn genotyping_error(&self) -> f64 {
        self.genotyping_error
    }

    /// P(what was seen | genotype); `second` is absent on a male's X.
    pub(crate) fn probability_of(&self, piece: &Evidence, first: AlleleIndex, second: Option<AlleleIndex>) -> f64 {
        let share = |allele: AlleleIndex| self.shares[allele.position()];
        let left = survivors(piece.seen, first, second, self.silent(), piece.drop_out);
        let right = left.probability_of(piece.seen, piece.drop_in, share);
        match self.genotyping_error {
            0.0 => right,
            error => (1.0 - error) * right + error * random_call(piece.seen, second.is_some(), share),
        }
    }

    /// Chance of each visible allele to be the one that drops in: its share of the visible frequencies.
    pub(crate) fn drop_in_shares(&self) -> &[f64] {
        &self.shares
    }
}

/// Refuses empty labels, and labels that name one allele: the same text, the same number (`6` and `6.0`), the same letter.
fn check_labels(labels: &[String]) -> Result<(), ModelError> {
    let mut named: HashMap<String, &String> = HashMap::with_capacity(labels.len());
    for label in labels {
        let text = label.trim();
        if text.is_empty() {
            return Err(ModelError::EmptyLabel);
        }
        let number = || text.parse::<f64>().ok().map(|number| number.to_string());
        let allele = text.parse::<Allele>().ok().map(|allele| allele.to_string());
        let canonical = allele.or_else(number).unwrap_or_else(|| text.to_owned());
        match named.insert(canonical, label) {
            Some(same) if same == label => return Err(ModelError::DuplicateAllele(label.clone())),
            Some(other) => return Err(ModelError::SameAllele(other.clone(), label.clone())),
            None => {}
        }
    }
    Ok(())
}

fn identity(size: usize) -> Vec<f64> {
    (0..size * size).map(|at| if at / size == at % size { 1.0 } else { 0.0 }).collect()
}

fn check(definition: &LocusDefinition) -> Result<(), ModelError> {
    let (alleles, frequencies) = (&definition.alleles, &definition.frequencies);
    if alleles.is_empty() {
        return Err(ModelError::NoAlleles);
    }
    if alleles.len() > 65_000 {
        return Err(ModelError::TooManyAlleles(alleles.len()));
    }
    check_labels(alleles)?;
    if alleles.len() != frequencies.len() {
        return Err(ModelError::Lengths { alleles: alleles.len(), frequencies: frequencies.len() });
    }
    if let Some(at) = frequencies.iter().position(|frequency| !(0.0..=1.0).contains(frequency)) {
        return Err(ModelError::Frequency { allele: alleles[at].clone(), frequency: frequencies[at] });
    }
    if frequencies.iter().all(|&frequency| frequency == 0.0) {
        return Err(ModelError::NoFrequency);
    }
    let parameters = [("theta", definition.theta), ("silent_frequency", definition.silent_frequency)];
    match parameters.into_iter().find(|(_, value)| !(0.0..1.0).contains(value)) {
        Some((name, value)) => Err(ModelError::Parameter { name, value }),
        None => Ok(()),
    }
}

//! Mutation: the probability that a parental allele arrives as each allele, by the models the field names.
//!
//! A matrix is row-major; row = the parent's allele, column = the transmitted allele, in the order of the locus's
//! allele list, each row a distribution. The definitions are those of the R packages `pedmut` and `Familias`
//! (Egeland, Kling & Mostad, *Relationship Inference with Familias and R*, 2016, doi 10.1016/C2014-0-01828-3;
//! Dawid et al. 2002, doi 10.1111/1467-9469.00276). Matrices are used as they come: nothing is made stationary.
//! A silent allele neither mutates nor arises by mutation. A probability below 5e-324, the smallest number above 0, is 0.

use super::rates::ParentalRates;
use serde::{Deserialize, Serialize};

/// A mutation model by its name in the field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutationModel {
    /// No mutation.
    None,
    /// Every other allele alike.
    Equal,
    /// The new allele drawn by frequency.
    Proportional,
    /// One whole repeat up or down, to alleles that are in the list.
    #[serde(alias = "onestep")]
    OneStep,
    /// Geometric in the number of repeats; between repeat classes (9 to 9.3) by `rate2`.
    Stepwise,
    /// Stationary and geometric in the position in the allele list.
    Dawid,
    /// Matrices given in full.
    Custom,
    /// No mutation, but calls that are wrong: see [`crate::inheritance::observation`].
    GenotypingError,
}

impl MutationModel {
    /// Whether alleles that nobody shows can be taken as one state without changing a likelihood: no mutation tells them apart.
    pub fn lumps(self) -> bool {
        matches!(self, Self::None | Self::Equal | Self::Proportional | Self::GenotypingError)
    }
}

/// The parameters of one sex of the transmitting parent.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MutationParameters {
    /// Probability of a mutation at one transmission, in [0, 1].
    #[serde(default)]
    pub rate: f64,
    /// Stepwise: probability of a change of repeat class, in [0, 1].
    #[serde(default)]
    pub rate2: f64,
    /// Stepwise and Dawid: how much less likely each further step is (> 0).
    #[serde(default)]
    pub range: f64,
    /// Custom: the matrix, one row for each parental allele.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Vec<Vec<f64>>>,
}

/// A model with its parameters for mothers and for fathers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MutationDefinition {
    /// The model.
    pub model: MutationModel,
    /// Mother to child.
    #[serde(default)]
    pub female: MutationParameters,
    /// Father to child.
    #[serde(default)]
    pub male: MutationParameters,
}

impl MutationDefinition {
    /// The probability that a call is wrong; 0 under every model of mutation.
    ///
    /// # Errors
    /// Rates that differ.
    pub fn genotyping_error(&self) -> Result<f64, MutationError> {
        let (female, male) = (self.female.rate, self.male.rate);
        match self.model {
            MutationModel::GenotypingError if female != male => Err(MutationError::RatesDiffer { female, male }),
            MutationModel::GenotypingError => Ok(female),
            _ => Ok(0.0),
        }
    }

    /// The rates by sex of the parent; 0 where matrices are given in their place.
    pub fn rates(&self) -> ParentalRates {
        match self.model {
            MutationModel::None | MutationModel::Custom => ParentalRates { female: 0.0, male: 0.0 },
            _ => ParentalRates { female: self.female.rate, male: self.male.rate },
        }
    }
}

/// Why a mutation model cannot be used with these alleles.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MutationError {
    /// A parameter out of its range.
    #[error("{name} is {value}, expected {expected}")]
    Parameter {
        /// `rate`, `rate2` or `range`.
        name: &'static str,
        /// What was found.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// A genotyping error by sex of the parent, which has nothing to do with it.
    #[error(
        "the rates of the genotyping error are {female} and {male}, expected the same rate twice: it is the rate of a wrong call, whoever is typed"
    )]
    RatesDiffer {
        /// The rate given for mothers.
        female: f64,
        /// The rate given for fathers.
        male: f64,
    },
    /// A diagonal element below 0.
    #[error(
        "the rates are too high for this model and these alleles: allele `{allele}` would stay with probability {diagonal}"
    )]
    RateTooHigh {
        /// The parental allele.
        allele: String,
        /// The impossible probability of no mutation.
        diagonal: f64,
    },
    /// The model needs repeat numbers.
    #[error(
        "allele `{allele}` is no repeat number, which the {model} model needs ({expected}); equal, proportional and genotyping-error take any alleles"
    )]
    Label {
        /// The label.
        allele: String,
        /// The model.
        model: &'static str,
        /// What the model can use.
        expected: &'static str,
    },
    /// The Dawid model divides by frequencies.
    #[error("allele `{0}` has frequency 0, which the dawid model cannot use")]
    ZeroFrequency(String),
    /// A custom model without its matrix.
    #[error("the custom model needs a `matrix` for each sex")]
    NoMatrix,
    /// A matrix of the wrong shape.
    #[error("the mutation matrix must have {expected} rows of {expected} numbers, but {found}")]
    Shape {
        /// Number of alleles.
        expected: usize,
        /// What was found.
        found: String,
    },
    /// A matrix element that is no probability.
    #[error("row {row}, column {column} of the mutation matrix is {value}, expected a probability")]
    Element {
        /// 1-based.
        row: usize,
        /// 1-based.
        column: usize,
        /// What was found.
        value: f64,
    },
    /// A row that is no distribution.
    #[error("row {row} of the mutation matrix sums to {sum}, expected 1")]
    RowSum {
        /// 1-based.
        row: usize,
        /// The sum.
        sum: f64,
    },
}

/// A custom matrix's rows may miss 1 by this much (rounded decimals in a file).
const ROW_SUM_TOLERANCE: f64 = 1e-6;

/// The alleles that a matrix is built for.
#[derive(Clone, Copy, Debug)]
pub struct MutationAlleles<'a> {
    /// Labels of the visible alleles.
    pub labels: &'a [String],
    /// Frequencies of the visible alleles.
    pub frequencies: &'a [f64],
    /// Frequency of the silent allele, the last state of the matrix where above 0.
    pub silent_frequency: f64,
}

impl MutationModel {
    /// The row-major matrix over the visible alleles, then the silent one where its frequency is above 0.
    ///
    /// # Errors
    /// Parameters out of range, labels that the model cannot use, matrices that are no distributions.
    pub fn matrix(
        self,
        parameters: &MutationParameters,
        alleles: MutationAlleles<'_>,
    ) -> Result<Vec<f64>, MutationError> {
        let visible = alleles.labels.len();
        if self == Self::Custom {
            return custom(parameters, visible, alleles.silent_frequency > 0.0);
        }
        self.check(parameters)?;
        let mutated = match self {
            Self::None | Self::Custom | Self::GenotypingError => vec![0.0; visible * visible],
            _ if visible <= 1 => vec![0.0; visible * visible],
            Self::Equal => equal(parameters.rate, visible),
            Self::Proportional => proportional(parameters.rate, alleles),
            Self::OneStep => one_step(parameters.rate, alleles.labels)?,
            Self::Stepwise => stepwise(parameters, alleles.labels)?,
            Self::Dawid => dawid(parameters, alleles)?,
        };
        complete_rows(mutated, alleles)
    }

    fn check(self, parameters: &MutationParameters) -> Result<(), MutationError> {
        let probability = |name, value: f64| match (0.0..=1.0).contains(&value) {
            true => Ok(()),
            false => Err(MutationError::Parameter { name, value, expected: "a probability from 0 to 1" }),
        };
        if self != Self::None {
            probability("rate", parameters.rate)?;
        }
        if self == Self::Stepwise {
            probability("rate2", parameters.rate2)?;
        }
        let uses_range = matches!(self, Self::Stepwise | Self::Dawid);
        if uses_range && !(parameters.range > 0.0 && parameters.range.is_finite()) {
            let (name, value) = ("range", parameters.range);
            return Err(MutationError::Parameter { name, value, expected: "a number above 0" });
        }
        Ok(())
    }
}

/// M_ij = rate / (n − 1).
fn equal(rate: f64, alleles: usize) -> Vec<f64> {
    vec![rate / (alleles - 1) as f64; alleles * alleles]
}

/// M_ij = k q_j with q = p / (1 − s) and k = rate / ((1 − s) Σ q_i (1 − q_i)): the rate averaged over all alleles, the
/// silent one included, is `rate` (as in Familias).
fn proportional(rate: f64, alleles: MutationAlleles<'_>) -> Vec<f64> {
    let total: f64 = alleles.frequencies.iter().sum();
    let shares: Vec<f64> = alleles.frequencies.iter().map(|frequency| frequency / total).collect();
    let heterozygosity: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
    let scale = match heterozygosity > 0.0 {
        true => rate / ((1.0 - alleles.silent_frequency) * heterozygosity),
        false => 0.0,
    };
    shares.iter().map(|share| scale * share).collect::<Vec<_>>().repeat(shares.len())
}

/// M_ij = rate / |N_i| for j in N_i, the alleles of the list that are one whole repeat away (8 and 10 of 9; 8.3 and 10.3 of
/// 9.3, so that a microvariant keeps its incomplete repeat). At the end of a ladder, and beside a gap in it, the one
/// neighbour there gets the whole rate; an allele without a neighbour does not mutate. As `pedmut`'s `onestep`, which takes
/// whole repeats only; on these it is the same.
fn one_step(rate: f64, labels: &[String]) -> Result<Vec<f64>, MutationError> {
    let tenths = repeat_tenths(labels, "one-step", "at most one decimal")?;
    Ok(rows(labels.len(), |from, row| {
        let neighbours: Vec<usize> = (0..tenths.len()).filter(|&to| (tenths[from] - tenths[to]).abs() == 10).collect();
        for &to in &neighbours {
            row[to] = rate / neighbours.len() as f64;
        }
    }))
}

/// M_ij = rate · range^|x_i − x_j| / Σ_s range^|x_i − x_s| in the same repeat class, rate2 / (number of alleles in other
/// classes) across classes. The likeliest distance is factored out, so that a row's weights never all vanish.
fn stepwise(parameters: &MutationParameters, labels: &[String]) -> Result<Vec<f64>, MutationError> {
    let tenths = repeat_tenths(labels, "stepwise", "at most one decimal")?;
    let class = |at: usize| tenths[at].rem_euclid(10);
    Ok(rows(labels.len(), |from, row| {
        let steps = |to: usize| (tenths[from] - tenths[to]).abs() / 10;
        let same: Vec<usize> = (0..row.len()).filter(|&to| to != from && class(to) == class(from)).collect();
        let others = row.len() - 1 - same.len();
        let distances = same.iter().map(|&to| steps(to));
        let likeliest = if parameters.range <= 1.0 { distances.min() } else { distances.max() }.unwrap_or(0);
        let weight = |to: usize| parameters.range.powi(steps(to) - likeliest);
        let total: f64 = same.iter().map(|&to| weight(to)).sum();
        row.fill(parameters.rate2 / others.max(1) as f64);
        for &to in &same {
            row[to] = parameters.rate * weight(to) / total;
        }
    }))
}

/// M_ij = rate / p_i · (1 − r) / (2 r (n − a)) · r^|i − j|, a = (1 − rⁿ) / (1 − r), with positions i, j in the list. The
/// constant is written as 1 / Σ_{i ≠ j} r^|i − j|, which holds for r = 1 too; the likeliest distance is factored out.
fn dawid(parameters: &MutationParameters, alleles: MutationAlleles<'_>) -> Result<Vec<f64>, MutationError> {
    repeat_tenths(alleles.labels, "dawid", "at most one decimal")?;
    if let Some(at) = alleles.frequencies.iter().position(|&frequency| frequency <= 0.0) {
        return Err(MutationError::ZeroFrequency(alleles.labels[at].clone()));
    }
    let size = alleles.labels.len();
    let likeliest = if parameters.range <= 1.0 { 1 } else { size - 1 };
    let weight = |steps: usize| parameters.range.powi(steps as i32 - likeliest as i32);
    let total: f64 = (1..size).map(|steps| 2.0 * (size - steps) as f64 * weight(steps)).sum();
    Ok(rows(size, |from, row| {
        for (to, value) in row.iter_mut().enumerate().filter(|(to, _)| *to != from) {
            *value = parameters.rate / alleles.frequencies[from] * weight(from.abs_diff(to)) / total;
        }
    }))
}

/// The matrix as given; without the silent allele's row and column where that allele exists but is not in the matrix.
fn custom(parameters: &MutationParameters, visible: usize, silent: bool) -> Result<Vec<f64>, MutationError> {
    let matrix = parameters.matrix.as_ref().ok_or(MutationError::NoMatrix)?;
    let given = if silent && matrix.len() == visible + 1 { visible + 1 } else { visible };
    if matrix.len() != given {
        return Err(MutationError::Shape { expected: given, found: format!("it has {} rows", matrix.len()) });
    }
    let size = visible + usize::from(silent);
    let mut values = vec![0.0; size * size];
    for (row, given_row) in matrix.iter().enumerate() {
        if given_row.len() != given {
            let found = format!("row {} has {} numbers", row + 1, given_row.len());
            return Err(MutationError::Shape { expected: given, found });
        }
        let outside = |value: &f64| !(0.0..=1.0 + ROW_SUM_TOLERANCE).contains(value);
        if let Some(column) = given_row.iter().position(outside) {
            let value = given_row[column];
            return Err(MutationError::Element { row: row + 1, column: column + 1, value });
        }
        let sum: f64 = given_row.iter().sum();
        if (sum - 1.0).abs() > ROW_SUM_TOLERANCE {
            return Err(MutationError::RowSum { row: row + 1, sum });
        }
        values[row * size..row * size + given].copy_from_slice(given_row);
    }
    if size > given {
        values[size * size - 1] = 1.0;
    }
    Ok(values)
}

/// A square matrix filled row by row.
fn rows(size: usize, fill: impl Fn(usize, &mut [f64])) -> Vec<f64> {
    let mut matrix = vec![0.0; size * size];
    for (from, row) in matrix.chunks_mut(size).enumerate() {
        fill(from, row);
    }
    matrix
}

/// Puts what is left of each row on the diagonal, and adds the silent allele, which passes on unchanged.
fn complete_rows(mutated: Vec<f64>, alleles: MutationAlleles<'_>) -> Result<Vec<f64>, MutationError> {
    let visible = alleles.labels.len();
    let size = visible + usize::from(alleles.silent_frequency > 0.0);
    let mut matrix = vec![0.0; size * size];
    for from in 0..size {
        let row = &mut matrix[from * size..(from + 1) * size];
        if from < visible {
            row[..visible].copy_from_slice(&mutated[from * visible..(from + 1) * visible]);
        }
        row[from] = 0.0;
        let diagonal = 1.0 - row.iter().sum::<f64>();
        // a rate divided by a frequency that is all but 0 can be infinite
        if !diagonal.is_finite() || diagonal < -1e-12 {
            return Err(MutationError::RateTooHigh { allele: alleles.labels[from].clone(), diagonal });
        }
        row[from] = diagonal.max(0.0);
    }
    Ok(matrix)
}

/// Labels as tenths of a repeat.
fn repeat_tenths(labels: &[String], model: &'static str, expected: &'static str) -> Result<Vec<i32>, MutationError> {
    let parse = |label: &String| {
        let number: f64 = label.trim().parse().ok()?;
        let tenths = (number * 10.0).round();
        ((number * 10.0 - tenths).abs() < 1e-6 && (0.0..1e6).contains(&tenths)).then_some(tenths as i32)
    };
    let label_error = |label: &String| MutationError::Label { allele: label.clone(), model, expected };
    labels.iter().map(|label| parse(label).ok_or_else(|| label_error(label))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix over these labels, all of the same frequency, with rate2 0.
    fn matrix(model: MutationModel, (rate, range): (f64, f64), labels: &[&str], silent_frequency: f64) -> Vec<f64> {
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        let frequencies = vec![(1.0 - silent_frequency) / labels.len() as f64; labels.len()];
        let alleles = MutationAlleles { labels: &labels, frequencies: &frequencies, silent_frequency };
        let parameters = MutationParameters { rate, rate2: 0.0, range, matrix: None };
        model.matrix(&parameters, alleles).unwrap()
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        let near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-15;
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(near), "{found:?} {expected:?}");
    }

    #[test]
    fn stepwise_rows_of_alleles_far_apart_are_distributions() {
        let stepwise = |range, labels: &[&str]| matrix(MutationModel::Stepwise, (0.1, range), labels, 0.0);
        // 0.1^399 is no number above 0, 10^399 none below infinity
        assert_near(&stepwise(0.1, &["1", "400"]), &[0.9, 0.1, 0.1, 0.9]);
        let with_silent = matrix(MutationModel::Stepwise, (0.1, 0.1), &["1", "400"], 0.1);
        assert_near(&with_silent, &[0.9, 0.1, 0.0, 0.1, 0.9, 0.0, 0.0, 0.0, 1.0]);
        let far_apart = stepwise(10.0, &["1", "400", "800"]);
        assert_near(&far_apart, &[0.9, 0.0, 0.1, 0.1 / 11.0, 0.9, 1.0 / 11.0, 0.1, 0.0, 0.9]);
        assert_near(&stepwise(1e-30, &["8", "20", "21"])[..3], &[0.9, 0.1, 1e-31]);
        assert_near(&stepwise(1e-30, &["9", "9.3", "40.3"])[3..], &[0.0, 0.9, 0.1, 0.0, 0.1, 0.9]);
    }

    #[test]
    fn dawid_weights_neither_vanish_nor_overflow() {
        let many: Vec<String> = (1..=400).map(|label| label.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        // one pair of positions at the largest distance, one more pair at each smaller one, with 0.1 times the share
        let overflowing = matrix(MutationModel::Dawid, (0.001, 10.0), &many, 0.0);
        let total: f64 = (0..20).map(|nearer| 2.0 * (1 + nearer) as f64 * 0.1_f64.powi(nearer)).sum();
        assert_near(&overflowing[399..400], &[0.001 * 400.0 / total]);
        assert_near(&matrix(MutationModel::Dawid, (0.1, 1e-320), &["8", "9"], 0.0), &[0.9, 0.1, 0.1, 0.9]);
        let with_silent = matrix(MutationModel::Dawid, (0.1, 1e-320), &["8", "9"], 0.5);
        assert_near(&with_silent, &[0.8, 0.2, 0.0, 0.2, 0.8, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn one_step_is_one_whole_repeat_for_microvariants_too() {
        let labels = ["8", "8.3", "9", "9.3", "10.3", "12", "14.1"];
        let found = matrix(MutationModel::OneStep, (0.1, 0.0), &labels, 0.0);
        #[rustfmt::skip]
        let by_hand = [
            0.9,  0.0, 0.1, 0.0,  0.0, 0.0, 0.0, // 8: to 9 alone
            0.0,  0.9, 0.0, 0.1,  0.0, 0.0, 0.0, // 8.3: to 9.3 alone
            0.1,  0.0, 0.9, 0.0,  0.0, 0.0, 0.0, // 9: to 8 alone, 10 is not in the list
            0.0, 0.05, 0.0, 0.9, 0.05, 0.0, 0.0, // 9.3: half to 8.3, half to 10.3
            0.0,  0.0, 0.0, 0.1,  0.9, 0.0, 0.0, // 10.3: to 9.3 alone
            0.0,  0.0, 0.0, 0.0,  0.0, 1.0, 0.0, // 12 and 14.1: no neighbour
            0.0,  0.0, 0.0, 0.0,  0.0, 0.0, 1.0,
        ];
        assert_near(&found, &by_hand);
    }

    #[test]
    fn rates_divided_by_next_to_nothing_are_refused() {
        let labels = ["8", "9", "10"].map(str::to_owned);
        let alleles = MutationAlleles { labels: &labels, frequencies: &[1.0, 1e-320, 0.0], silent_frequency: 0.0 };
        let parameters = MutationParameters { rate: 0.1, ..MutationParameters::default() };
        let refused = MutationModel::Proportional.matrix(&parameters, alleles);
        assert!(matches!(refused, Err(MutationError::RateTooHigh { .. })), "{refused:?}");
    }
}

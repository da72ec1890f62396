//! Comparing an answer with the `expected` of its case file.
//!
//! `log_likelihood` (natural logarithms, null = impossible), `log10_lr`, and the form of the reference cases:
//! `likelihood_ratio` with `total` and `total_log10`. Keys that start with `unlinked_` are of the same case with
//! every locus on its own.
//!
//! What is impossible is met by what is impossible alone: a log likelihood of null by −∞, a likelihood ratio of 0 by one whose
//! numerator is impossible, however small another is. A ratio of two impossible hypotheses is undefined: null, and met by
//! no number and no infinity (in `likelihood_ratio`, the `total_log10` of a `total` of 0 is null too: −∞).
//! Every other value is met within the tolerance, relative to what is expected. Near 0 that says nothing of a logarithm, which
//! has the absolute error of the number that it is of: see [`ROUNDING`].

use super::case_file::TOTAL;
use super::json::{JsonError, JsonNode};
use crate::likelihood::case::CaseAnswer;
use serde_json::Value;
use std::fmt;

/// A smaller difference of two logarithms is rounding, however near to 0 they are; but no more than the tolerance itself, so that
/// a tolerance of 0 asks for the same number.
const ROUNDING: f64 = 1e-12;

/// A value that differs from what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct UnmetValue {
    /// Where: `log_likelihood.H1.D3S1358`.
    pub place: String,
    /// The expected value; infinite where impossible, NaN where undefined.
    pub expected: f64,
    /// The computed one; `None` where the answer has nothing of that name.
    pub found: Option<f64>,
}

impl fmt::Display for UnmetValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, expected, found } = self;
        let tell = |value: f64| match value.is_nan() {
            true => "null (undefined: both hypotheses are impossible)".to_owned(),
            false => format!("{value:e}"),
        };
        write!(formatter, "{place}: expected {}, ", tell(*expected))?;
        match found {
            Some(found) => write!(formatter, "found {}", tell(*found)),
            None => write!(formatter, "but the case has no such value"),
        }
    }
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// Number of values compared.
    pub compared: usize,
    /// Those that differ.
    pub differences: Vec<UnmetValue>,
}

/// Whether `expected` has values for the case with every locus on its own.
pub fn needs_unlinked(expected: &Value) -> bool {
    expected.as_object().is_some_and(|object| object.keys().any(|key| key.starts_with(UNLINKED)))
}

const UNLINKED: &str = "unlinked_";

/// In `likelihood_ratio`, the logarithm of `total`.
const TOTAL_LOG10: &str = "total_log10";

/// Compares everything comparable in `expected`; `tolerance` is relative.
///
/// # Errors
/// An `expected` that is not of a known form.
pub fn compare(
    expected: &Value,
    answer: &CaseAnswer,
    unlinked: Option<&CaseAnswer>,
    tolerance: f64,
) -> Result<Verification, JsonError> {
    let document = serde_json::json!({ "expected": expected });
    let root = JsonNode::root(&document).required("expected")?;
    root.check_keys(&[
        "log_likelihood",
        "log10_lr",
        "likelihood_ratio",
        "unlinked_log_likelihood",
        "unlinked_log10_lr",
        "unlinked_likelihood_ratio",
    ])?;
    let mut comparison = Comparator { tolerance, result: Verification::default() };
    for (key, node) in root.entries()? {
        let (kind, answer) = match (key.strip_prefix(UNLINKED), unlinked) {
            (Some(kind), Some(unlinked)) => (kind, unlinked),
            (Some(_), None) => continue,
            (None, _) => (key, answer),
        };
        match kind {
            "log_likelihood" => comparison.log_likelihoods(&node, answer)?,
            "log10_lr" => comparison.ratios(&node, answer, Scale::Logarithm)?,
            "likelihood_ratio" => comparison.ratios(&node, answer, Scale::Plain)?,
            _ => {}
        }
    }
    Ok(comparison.result)
}

/// What a value is.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Logarithm,
    Plain,
}

/// The ratios of one pair of hypotheses.
#[derive(Clone, Copy)]
struct RatioBlock {
    scale: Scale,
    /// Whether its `total` is null: undefined.
    total_is_null: bool,
}

impl RatioBlock {
    fn new(node: &JsonNode<'_>, scale: Scale) -> Self {
        Self { scale, total_is_null: node.value().get(TOTAL).is_some_and(Value::is_null) }
    }
}

struct Comparator {
    tolerance: f64,
    result: Verification,
}

impl Comparator {
    fn log_likelihoods(&mut self, node: &JsonNode<'_>, answer: &CaseAnswer) -> Result<(), JsonError> {
        for (hypothesis, values) in node.entries()? {
            let position = answer.ln_likelihoods.iter().position(|(name, _)| name == hypothesis);
            for (locus, value) in values.entries()? {
                let found = position.and_then(|position| match locus {
                    TOTAL => Some(answer.total(position).0),
                    _ => Some(answer.ln_likelihoods[position].1[locus_position(answer, locus)?].0),
                });
                self.check(&value, Scale::Logarithm, number(&value, f64::NEG_INFINITY)?, found);
            }
        }
        Ok(())
    }

    /// Ratios of two hypotheses, or of more, keyed by the later one's name.
    fn ratios(&mut self, node: &JsonNode<'_>, answer: &CaseAnswer, scale: Scale) -> Result<(), JsonError> {
        for (key, value) in node.entries()? {
            let later = answer.ln_likelihoods.iter().skip(1).position(|(name, _)| name == key);
            match (value.value().is_object(), later) {
                (true, later) => {
                    let block = RatioBlock::new(&value, scale);
                    for (locus, value) in value.entries()? {
                        self.ratio(locus, &value, answer, later.map(|at| at + 1), block)?;
                    }
                }
                (false, _) => {
                    let other = (answer.ln_likelihoods.len() == 2).then_some(1);
                    self.ratio(key, &value, answer, other, RatioBlock::new(node, scale))?;
                }
            }
        }
        Ok(())
    }

    fn ratio(
        &mut self,
        key: &str,
        node: &JsonNode<'_>,
        answer: &CaseAnswer,
        other: Option<usize>,
        block: RatioBlock,
    ) -> Result<(), JsonError> {
        let (position, scale) = match key {
            TOTAL => (Some(answer.loci.len()), block.scale),
            TOTAL_LOG10 => (Some(answer.loci.len()), Scale::Logarithm),
            _ => (locus_position(answer, key), block.scale),
        };
        let null = if key == TOTAL_LOG10 && !block.total_is_null { f64::NEG_INFINITY } else { f64::NAN };
        let ln = other.zip(position).map(|(other, position)| answer.ln_ratios(other)[position]);
        let expected = number(node, null)?;
        let found = ln.map(|ln| match scale {
            Scale::Logarithm => ln * std::f64::consts::LOG10_E,
            // a ratio beyond all f64 is neither 0 nor infinite
            Scale::Plain if ln.is_finite() => ln.exp().clamp(f64::from_bits(1), f64::MAX),
            Scale::Plain => ln.exp(),
        });
        self.check(node, scale, expected, found);
        Ok(())
    }

    fn check(&mut self, node: &JsonNode<'_>, scale: Scale, expected: f64, found: Option<f64>) {
        self.result.compared += 1;
        let rounding = if scale == Scale::Logarithm { ROUNDING.min(self.tolerance) } else { 0.0 };
        let meets = |found: f64| match expected.is_finite() && found.is_finite() {
            true => (found - expected).abs() <= (self.tolerance * expected.abs()).max(rounding),
            false => found == expected || found.is_nan() && expected.is_nan(),
        };
        if !found.is_some_and(meets) {
            self.result.differences.push(UnmetValue { place: node.path().to_owned(), expected, found });
        }
    }
}

fn locus_position(answer: &CaseAnswer, locus: &str) -> Option<usize> {
    answer.loci.iter().position(|known| known == locus)
}

/// A number, "-inf" or "inf"; null is `null`.
fn number(node: &JsonNode<'_>, null: f64) -> Result<f64, JsonError> {
    match node.value() {
        Value::Null => Ok(null),
        Value::String(text) if text == "-inf" => Ok(f64::NEG_INFINITY),
        Value::String(text) if text == "inf" => Ok(f64::INFINITY),
        _ => node.number(),
    }
}

//! Comparing an answer with the `expected` of its case file.
//!
//! `log_likelihood` (natural logarithms, null = impossible), `log10_lr`, and the form of the reference cases:
//! `likelihood_ratio` with `total` and `total_log10`. Keys that start with `unlinked_` are of the same case with
//! every locus on its own.

use super::case_file::TOTAL;
use super::json::{JsonError, Node};
use crate::likelihood::case::CaseAnswer;
use serde_json::Value;
use std::fmt;

/// Below this a difference is rounding, however small the value: the logarithm of a likelihood near 1 has the absolute
/// error of that likelihood.
const ROUNDING: f64 = 1e-12;

/// A value that differs from what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where: `log_likelihood.H1.D3S1358`.
    pub place: String,
    /// The expected value; infinite where impossible.
    pub expected: f64,
    /// The computed one; `None` where the answer has nothing of that name.
    pub found: Option<f64>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, expected, found } = self;
        match found {
            Some(found) => write!(formatter, "{place}: expected {expected:e}, found {found:e}"),
            None => write!(formatter, "{place}: expected {expected:e}, but the case has no such value"),
        }
    }
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Number of values compared.
    pub compared: usize,
    /// Those that differ.
    pub differences: Vec<Difference>,
}

/// Whether `expected` has values for the case with every locus on its own.
pub fn needs_unlinked(expected: &Value) -> bool {
    expected.as_object().is_some_and(|object| object.keys().any(|key| key.starts_with(UNLINKED)))
}

const UNLINKED: &str = "unlinked_";

/// Compares everything comparable in `expected`; `tolerance` is relative.
///
/// # Errors
/// An `expected` that is not of a known form.
pub fn compare(
    expected: &Value,
    answer: &CaseAnswer,
    unlinked: Option<&CaseAnswer>,
    tolerance: f64,
) -> Result<Comparison, JsonError> {
    let document = serde_json::json!({ "expected": expected });
    let root = Node::root(&document).required("expected")?;
    let mut comparison = Comparator { tolerance, result: Comparison::default() };
    for (key, node) in root.entries()? {
        let (kind, answer) = match (key.strip_prefix(UNLINKED), unlinked) {
            (Some(kind), Some(unlinked)) => (kind, unlinked),
            (Some(_), None) => continue,
            (None, _) => (key, answer),
        };
        match kind {
            "log_likelihood" => comparison.log_likelihoods(&node, answer)?,
            "log10_lr" | "likelihood_ratio" => comparison.ratios(&node, answer, kind == "likelihood_ratio")?,
            _ => {}
        }
    }
    Ok(comparison.result)
}

struct Comparator {
    tolerance: f64,
    result: Comparison,
}

impl Comparator {
    fn log_likelihoods(&mut self, node: &Node<'_>, answer: &CaseAnswer) -> Result<(), JsonError> {
        for (hypothesis, values) in node.entries()? {
            let position = answer.ln_likelihoods.iter().position(|(name, _)| name == hypothesis);
            for (locus, value) in values.entries()? {
                let found = position.and_then(|position| match locus {
                    TOTAL => Some(answer.total(position).0),
                    _ => Some(answer.ln_likelihoods[position].1[locus_position(answer, locus)?].0),
                });
                self.check(&value, number(&value)?, found);
            }
        }
        Ok(())
    }

    /// Ratios of two hypotheses, or of more, keyed by the later one's name.
    fn ratios(&mut self, node: &Node<'_>, answer: &CaseAnswer, plain: bool) -> Result<(), JsonError> {
        for (key, value) in node.entries()? {
            let later = answer.ln_likelihoods.iter().skip(1).position(|(name, _)| name == key);
            match (value.value().is_object(), later) {
                (true, later) => {
                    for (locus, value) in value.entries()? {
                        self.ratio(locus, &value, answer, later.map(|at| at + 1), plain)?;
                    }
                }
                (false, _) => {
                    self.ratio(key, &value, answer, (answer.ln_likelihoods.len() == 2).then_some(1), plain)?
                }
            }
        }
        Ok(())
    }

    fn ratio(
        &mut self,
        key: &str,
        node: &Node<'_>,
        answer: &CaseAnswer,
        other: Option<usize>,
        plain: bool,
    ) -> Result<(), JsonError> {
        let is_log10 = !plain || key == "total_log10";
        let position = match key {
            TOTAL | "total_log10" => Some(answer.loci.len()),
            _ => locus_position(answer, key),
        };
        let found = other.zip(position).map(|(other, position)| answer.ln_ratios(other)[position]);
        let found = found.map(|ln| if is_log10 { ln * std::f64::consts::LOG10_E } else { ln.exp() });
        self.check(node, number(node)?, found);
        Ok(())
    }

    fn check(&mut self, node: &Node<'_>, expected: f64, found: Option<f64>) {
        self.result.compared += 1;
        let close = |found: f64| {
            found == expected || (found - expected).abs() <= (self.tolerance * expected.abs()).max(ROUNDING)
        };
        if !found.is_some_and(close) {
            self.result.differences.push(Difference { place: node.path().to_owned(), expected, found });
        }
    }
}

fn locus_position(answer: &CaseAnswer, locus: &str) -> Option<usize> {
    answer.loci.iter().position(|known| known == locus)
}

/// A number; null and "-inf" are −∞.
fn number(node: &Node<'_>) -> Result<f64, JsonError> {
    match node.value() {
        Value::Null => Ok(f64::NEG_INFINITY),
        Value::String(text) if text == "-inf" => Ok(f64::NEG_INFINITY),
        Value::String(text) if text == "inf" => Ok(f64::INFINITY),
        _ => node.number(),
    }
}

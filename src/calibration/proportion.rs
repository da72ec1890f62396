//! A proportion and its exact confidence interval.
//!
//! Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404: the lower end is the probability p at which `successes` or more of
//! `trials` have probability α/2, the upper end that at which `successes` or fewer have it. Coverage is at least 1 − α
//! whatever the truth. Cost: 60 bisections, each a sum over the part of the binomial tail that matters (about √trials terms).

use serde::Serialize;
use statrs::function::factorial::ln_binomial;

/// Coverage of every interval of a calibration.
pub const CONFIDENCE: f64 = 0.99;

/// Successes among trials, with the interval of [`CONFIDENCE`].
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Proportion {
    /// Successes.
    pub successes: u64,
    /// Trials.
    pub trials: u64,
    /// Lower end of the interval, in [0, 1].
    pub lower: f64,
    /// Upper end of the interval, in [0, 1].
    pub upper: f64,
}

impl Proportion {
    /// This many successes among so many trials.
    pub fn new(successes: u64, trials: u64) -> Self {
        let (lower, upper) = clopper_pearson(successes, trials, CONFIDENCE);
        Self { successes, trials, lower, upper }
    }

    /// The observed share; nothing without trials.
    pub fn share(&self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    /// Whether the interval holds this probability.
    pub fn holds(&self, probability: f64) -> bool {
        (self.lower..=self.upper).contains(&probability)
    }
}

/// The Clopper-Pearson interval; (0, 1) without trials. `successes` is at most `trials`, `confidence` in (0, 1).
pub fn clopper_pearson(successes: u64, trials: u64, confidence: f64) -> (f64, f64) {
    let each_side = (1.0 - confidence) / 2.0;
    (lower_end(successes, trials, each_side), 1.0 - lower_end(trials - successes, trials, each_side))
}

/// The probability at which `successes` or more of `trials` have probability `each_side`.
fn lower_end(successes: u64, trials: u64, each_side: f64) -> f64 {
    if successes == 0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, successes as f64 / trials as f64);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if at_least(successes, trials, middle) < each_side { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// P(at least `successes` of `trials`), for a probability below `successes / trials`: terms only fall.
fn at_least(successes: u64, trials: u64, probability: f64) -> f64 {
    let (k, n) = (successes as f64, trials as f64);
    let failures = if trials == successes { 0.0 } else { (n - k) * (-probability).ln_1p() };
    let mut term = (ln_binomial(trials, successes) + k * probability.ln() + failures).exp();
    let odds = probability / (1.0 - probability);
    let mut sum = 0.0;
    for count in successes..=trials {
        sum += term;
        term *= (trials - count) as f64 / (count + 1) as f64 * odds;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: (f64, f64), expected: (f64, f64), tolerance: f64) {
        assert!((found.0 - expected.0).abs() < tolerance && (found.1 - expected.1).abs() < tolerance, "{found:?}");
    }

    /// None or all of n: p solves (1 − p)^n = α/2.
    #[test]
    fn none_and_all_have_closed_forms() {
        for trials in [1, 7, 60, 100_000] {
            let end = 0.005_f64.powf(1.0 / trials as f64);
            close(clopper_pearson(0, trials, 0.99), (0.0, 1.0 - end), 1e-12);
            close(clopper_pearson(trials, trials, 0.99), (end, 1.0), 1e-12);
        }
        assert_eq!(clopper_pearson(0, 0, 0.99), (0.0, 1.0));
    }

    /// One of two: 1 − (1 − p)² = α/2 below, p² = α/2 mirrored above.
    #[test]
    fn one_of_two_has_a_closed_form() {
        let lower = 1.0 - 0.975_f64.sqrt();
        close(clopper_pearson(1, 2, 0.95), (lower, 1.0 - lower), 1e-12);
    }

    /// Newcombe 1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 5: 81 of 263,
    /// 15 of 148, 1 of 29 at 95 %.
    #[test]
    fn published_intervals_are_met() {
        close(clopper_pearson(81, 263, 0.95), (0.2527, 0.3676), 6e-5);
        close(clopper_pearson(15, 148, 0.95), (0.0578, 0.1617), 6e-5);
        close(clopper_pearson(1, 29, 0.95), (0.0009, 0.1776), 6e-5);
    }

    /// The ends are where the tails, summed term by term over all outcomes, are α/2.
    #[test]
    fn the_tails_at_the_ends_are_half_of_what_is_left_out() {
        let tail = |counts: std::ops::RangeInclusive<u64>, n: u64, p: f64| -> f64 {
            counts
                .map(|k| {
                    let choose: f64 = (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product();
                    choose * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32)
                })
                .sum()
        };
        for (k, n) in [(3, 40), (20, 40), (39, 40), (55, 300)] {
            let (lower, upper) = clopper_pearson(k, n, 0.99);
            assert!((tail(k..=n, n, lower) - 0.005).abs() < 1e-10, "{k} of {n}");
            assert!((tail(0..=k, n, upper) - 0.005).abs() < 1e-10, "{k} of {n}");
        }
    }
}

//! The probability that a candidate is the parent, given all candidates at once.
//!
//! For one child and one sex, the hypotheses are "candidate i is the parent" for each of the n candidates of that sex, and
//! "the parent is not among them". The prior gives probability `in_list` to the candidates together, in equal
//! shares, and the rest to "not among them". With LR_i = P(profiles | i is the parent) / P(profiles | unrelated), Bayes'
//! theorem gives
//!
//! P(i | profiles) = w LR_i / (w Σ_j LR_j + 1 − in_list), with w = in_list / n.
//!
//! Two candidates with paternity indices 200 and 500 and equal priors of a third each have 28.5 % and 71.3 %, not 99.5 % and
//! 99.8 %: a test below holds this. The sum runs over every candidate compared, reported or not.

use serde::Serialize;

/// Candidates that compete for one place (the father's, the mother's), and the weight of their evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// How many candidates share the prior. One whose sex is unknown counts half in either sex's pool.
    pub size: f64,
    /// log10 of the sum of all candidates' likelihood ratios, with the same weights.
    pub log10_total: f64,
}

impl Pool {
    /// A pool without candidates.
    pub const EMPTY: Self = Self { size: 0.0, log10_total: f64::NEG_INFINITY };

    /// This pool and `weight` times another.
    pub fn with(self, weight: f64, other: Self) -> Self {
        Self {
            size: self.size + weight * other.size,
            log10_total: log10_add(self.log10_total, weight.log10() + other.log10_total),
        }
    }

    /// The posterior probability of a candidate of this pool with this log10 LR; 0 in an empty pool.
    ///
    /// `in_list` is the prior probability, in [0, 1], that the parent is among the candidates.
    pub fn posterior(self, in_list: f64, log10_lr: f64) -> f64 {
        if self.size == 0.0 || log10_lr == f64::NEG_INFINITY {
            return 0.0;
        }
        let log10_share = (in_list / self.size).log10();
        10_f64.powf(log10_share + log10_lr - self.log10_evidence(in_list)).min(1.0)
    }

    /// The posterior probability that the parent is not among the candidates; 1 in an empty pool, and where no candidate is
    /// possible.
    pub fn posterior_of_none(self, in_list: f64) -> f64 {
        if self.size == 0.0 || self.log10_total == f64::NEG_INFINITY {
            return 1.0;
        }
        10_f64.powf((1.0 - in_list).log10() - self.log10_evidence(in_list)).min(1.0)
    }

    /// log10 of the denominator in Bayes' theorem: w Σ LR + 1 − in_list.
    fn log10_evidence(self, in_list: f64) -> f64 {
        log10_add((in_list / self.size).log10() + self.log10_total, (1.0 - in_list).log10())
    }
}

/// Prior probability, in [0, 1], that the parent of each sex is among the candidates.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct InList {
    /// Of the father.
    pub father: f64,
    /// Of the mother.
    pub mother: f64,
}

impl InList {
    /// One probability for both.
    pub fn both(in_list: f64) -> Self {
        Self { father: in_list, mother: in_list }
    }
}

/// log10(10^a + 10^b) without overflow; minus infinity stands for zero.
pub fn log10_add(a: f64, b: f64) -> f64 {
    let (large, small) = if a >= b { (a, b) } else { (b, a) };
    if small == f64::NEG_INFINITY {
        return large;
    }
    large + 10_f64.powf(small - large).ln_1p() * std::f64::consts::LOG10_E
}

/// log10(10^a − 10^b) for a at least b, without overflow; minus infinity stands for zero.
pub fn log10_subtract(a: f64, b: f64) -> f64 {
    if b == f64::NEG_INFINITY {
        return a;
    }
    a + (-10_f64.powf(b - a)).ln_1p() * std::f64::consts::LOG10_E
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(likelihood_ratios: &[f64]) -> Pool {
        Pool { size: likelihood_ratios.len() as f64, log10_total: likelihood_ratios.iter().sum::<f64>().log10() }
    }

    /// The two-candidate example of dna-view.com/manyhyp.htm with a third of the prior for each hypothesis.
    #[test]
    fn two_candidates_share_one_fatherhood() {
        let pool = pool(&[200.0, 500.0]);
        let posterior = |lr: f64| pool.posterior(2.0 / 3.0, lr.log10());
        assert!((posterior(200.0) - 200.0 / 701.0).abs() < 1e-12);
        assert!((posterior(500.0) - 500.0 / 701.0).abs() < 1e-12);
        assert!((pool.posterior_of_none(2.0 / 3.0) - 1.0 / 701.0).abs() < 1e-15);
    }

    #[test]
    fn nobody_in_the_list_and_certainty_are_limits() {
        assert_eq!(Pool::EMPTY.posterior(0.5, 3.0), 0.0);
        assert_eq!(pool(&[1e6]).posterior(0.0, 6.0), 0.0);
        assert!((pool(&[1e6]).posterior(1.0, 6.0) - 1.0).abs() < 1e-12);
        assert_eq!(pool(&[0.0]).posterior(0.5, f64::NEG_INFINITY), 0.0);
        assert_eq!(Pool::EMPTY.posterior_of_none(0.5), 1.0);
        assert_eq!(pool(&[1e6]).posterior_of_none(0.0), 1.0);
        assert_eq!(pool(&[1e6]).posterior_of_none(1.0), 0.0);
        assert_eq!(pool(&[0.0]).posterior_of_none(1.0), 1.0);
    }

    #[test]
    fn enormous_ratios_do_not_overflow() {
        let pool = Pool { size: 10.0, log10_total: 900.0 };
        assert!((pool.posterior(0.5, 900.0) - 1.0).abs() < 1e-12);
        assert!((log10_add(900.0, 900.0) - (900.0 + 2_f64.log10())).abs() < 1e-12);
    }

    #[test]
    fn a_difference_of_ratios() {
        assert!((log10_subtract(2.0, 1.0) - 90_f64.log10()).abs() < 1e-12);
        assert!((log10_subtract(900.0, 899.0) - (899.0 + 9_f64.log10())).abs() < 1e-12);
        assert_eq!([log10_subtract(1.0, 1.0), log10_subtract(1.0, f64::NEG_INFINITY)], [f64::NEG_INFINITY, 1.0]);
    }

    #[test]
    fn a_candidate_of_unknown_sex_counts_half() {
        let both = pool(&[4.0]).with(0.5, pool(&[10.0]));
        assert_eq!(both.size, 1.5);
        assert!((10_f64.powf(both.log10_total) - 9.0).abs() < 1e-12);
    }
}

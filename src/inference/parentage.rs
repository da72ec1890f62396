//! Who a child's parents are, given all candidates at once.
//!
//! A hypothesis (f, m) names a father f and a mother m among the persons compared, or nobody of the lists (`*`) for either;
//! f and m are two people. Its prior is π(f) π(m): `in_list` is shared by the candidates of a place, each by the probability
//! that it is of the sex that the place asks for, and the rest falls to `*`. Whoever is not a parent under a hypothesis is a
//! stranger or another relative of the child: with ρ_r the prior probability that a candidate is a relative of kind r, it has
//! the factor R_j = (1 − Σ ρ_r) + Σ ρ_r LR_j(r). So, but for a constant Π_j R_j,
//!
//! weight(f, m) = π(f) π(m) LR(f, m) / (R_f R_m), with LR(*, *) = 1 and R_* = 1,
//!
//! and every posterior is a sum of weights over the sum of all. Whoever is not scored counts in the sum of all with what it
//! cannot exceed, so that no candidate's posterior is too high; and with u the share that this has of the sum, none is more than
//! 1/(1 − u) times what is stated. Where one place alone is asked about, the other is empty.
//!
//! Two candidates with paternity indices 200 and 500 and equal priors of a third each have 28.5 % and 71.3 %, not 99.5 % and
//! 99.8 %: a test below holds this.

use super::log10_add;
use crate::profile::Sex;
use serde::Serialize;

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

/// A parent's place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// The father's (or, of other relationships, the only one).
    Father,
    /// The mother's.
    Mother,
}

impl Place {
    /// Both, the father's first.
    pub const BOTH: [Self; 2] = [Self::Father, Self::Mother];

    /// The place of a parent of this sex.
    pub fn of(sex: Sex) -> Self {
        if sex == Sex::Female { Self::Mother } else { Self::Father }
    }

    /// The sex that it asks for.
    pub fn sex(self) -> Sex {
        match self {
            Self::Father => Sex::Male,
            Self::Mother => Sex::Female,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Father => Self::Mother,
            Self::Mother => Self::Father,
        }
    }

    /// 0 for the father's, 1 for the mother's.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// Sums over all hypotheses about one child, under one frequency table and before the prior: log10 of Σ F LR / R, where F is
/// the probability that a person is of the sex that its place asks for. Minus infinity stands for an empty sum.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ParentSums {
    /// By place, how many candidates share the prior: Σ F.
    pub sizes: [f64; 2],
    /// By place, of those with one parent in the lists.
    pub singles: [f64; 2],
    /// Of those with both.
    pub couples: f64,
    /// By place, the part of the singles that is a bound of those who were not scored,
    pub unscored_singles: [f64; 2],
    /// and that part of the couples.
    pub unscored_couples: f64,
}

/// The part of these sums that one person has, by place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PersonSums {
    /// Of this person beside nobody of the lists.
    pub single: [f64; 2],
    /// Of all couples with this person.
    pub couples: [f64; 2],
}

impl Default for PersonSums {
    fn default() -> Self {
        Self { single: [f64::NEG_INFINITY; 2], couples: [f64::NEG_INFINITY; 2] }
    }
}

/// log10 of the priors that the sums are to be multiplied with, and of the evidence that they then come to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ParentWeights {
    /// Of nobody of the lists.
    pub neither: f64,
    /// By place, of a parent in the lists beside nobody.
    pub single: [f64; 2],
    /// Of both in the lists.
    pub couple: f64,
    /// The sum over all hypotheses.
    pub evidence: f64,
}

impl ParentSums {
    /// No candidate for either place.
    pub const EMPTY: Self = Self {
        sizes: [0.0; 2],
        singles: [f64::NEG_INFINITY; 2],
        couples: f64::NEG_INFINITY,
        unscored_singles: [f64::NEG_INFINITY; 2],
        unscored_couples: f64::NEG_INFINITY,
    };

    /// The priors under this one.
    pub fn weights(&self, in_list: InList) -> ParentWeights {
        let of_place = |place: Place, in_list: f64| match self.sizes[place.index()] {
            0.0 => (f64::NEG_INFINITY, 0.0),
            size => ((in_list / size).log10(), (1.0 - in_list).log10()),
        };
        let (father, no_father) = of_place(Place::Father, in_list.father);
        let (mother, no_mother) = of_place(Place::Mother, in_list.mother);
        let (neither, single, couple) =
            (no_father + no_mother, [father + no_mother, no_father + mother], father + mother);
        let singles = single.iter().zip(self.singles).map(|(weight, sum)| weight + sum);
        let evidence = singles.chain([couple + self.couples]).fold(neither, log10_add);
        ParentWeights { neither, single, couple, evidence }
    }

    /// The probability that a person is a parent.
    pub fn posterior(&self, in_list: InList, person: &PersonSums) -> f64 {
        Place::BOTH.iter().map(|&place| self.posterior_in(in_list, place, person)).sum::<f64>().min(1.0)
    }

    /// The probability that a person is the parent of one place.
    pub fn posterior_in(&self, in_list: InList, place: Place, person: &PersonSums) -> f64 {
        let weights = self.weights(in_list);
        let single = weights.single[place.index()] + person.single[place.index()];
        share(log10_add(single, weights.couple + person.couples[place.index()]), weights.evidence)
    }

    /// The greatest that a posterior of these hypotheses can be which is stated as this one.
    pub fn at_most(&self, in_list: InList, stated: f64) -> f64 {
        let weights = self.weights(in_list);
        let singles = weights.single.iter().zip(self.unscored_singles).map(|(weight, sum)| weight + sum);
        let unscored = singles.chain([weights.couple + self.unscored_couples]).fold(f64::NEG_INFINITY, log10_add);
        let scored = 1.0 - share(unscored, weights.evidence);
        if stated < scored { stated / scored } else { f64::from(u8::from(stated > 0.0 || scored == 0.0)) }
    }

    /// The probability of a couple whose LR / (R_f R_m), with the probabilities of their sexes, has this log10.
    pub fn posterior_of_couple(&self, in_list: InList, log10: f64) -> f64 {
        let weights = self.weights(in_list);
        share(weights.couple + log10, weights.evidence)
    }

    /// The probability that the parent of a place is nobody of the lists; 1 where no candidate is possible.
    pub fn posterior_of_none(&self, in_list: InList, place: Place) -> f64 {
        let weights = self.weights(in_list);
        if weights.evidence == f64::NEG_INFINITY {
            return 1.0;
        }
        let other = place.other().index();
        share(log10_add(weights.neither, weights.single[other] + self.singles[other]), weights.evidence)
    }
}

/// 10^(part − whole), 0 for nothing of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if part == f64::NEG_INFINITY { 0.0 } else { 10_f64.powf(part - whole).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one_place(likelihood_ratios: &[f64]) -> ParentSums {
        let sum = likelihood_ratios.iter().sum::<f64>().log10();
        ParentSums {
            sizes: [likelihood_ratios.len() as f64, 0.0],
            singles: [sum, f64::NEG_INFINITY],
            ..ParentSums::EMPTY
        }
    }

    fn father(likelihood_ratio: f64) -> PersonSums {
        PersonSums { single: [likelihood_ratio.log10(), f64::NEG_INFINITY], ..PersonSums::default() }
    }

    /// The two-candidate example of dna-view.com/manyhyp.htm with a third of the prior for each hypothesis.
    #[test]
    fn two_candidates_share_one_fatherhood() {
        let (sums, prior) = (one_place(&[200.0, 500.0]), InList::both(2.0 / 3.0));
        assert!((sums.posterior(prior, &father(200.0)) - 200.0 / 701.0).abs() < 1e-12);
        assert!((sums.posterior(prior, &father(500.0)) - 500.0 / 701.0).abs() < 1e-12);
        assert!((sums.posterior_of_none(prior, Place::Father) - 1.0 / 701.0).abs() < 1e-15);
    }

    #[test]
    fn nobody_in_the_list_and_certainty_are_limits() {
        let at = |sums: ParentSums, in_list: f64, lr: f64| sums.posterior(InList::both(in_list), &father(lr));
        let none = |sums: ParentSums, in_list: f64| sums.posterior_of_none(InList::both(in_list), Place::Father);
        assert_eq!(ParentSums::EMPTY.posterior(InList::both(0.5), &PersonSums::default()), 0.0);
        assert_eq!(at(one_place(&[1e6]), 0.0, 1e6), 0.0);
        assert!((at(one_place(&[1e6]), 1.0, 1e6) - 1.0).abs() < 1e-12);
        assert_eq!(at(one_place(&[0.0]), 0.5, 0.0), 0.0);
        assert_eq!(none(ParentSums::EMPTY, 0.5), 1.0);
        assert_eq!(none(one_place(&[1e6]), 0.0), 1.0);
        assert_eq!(none(one_place(&[1e6]), 1.0), 0.0);
        assert_eq!(none(one_place(&[0.0]), 1.0), 1.0);
    }

    #[test]
    fn enormous_ratios_do_not_overflow() {
        let sums = ParentSums { sizes: [10.0, 0.0], singles: [900.0, f64::NEG_INFINITY], ..ParentSums::EMPTY };
        let person = PersonSums { single: [900.0, f64::NEG_INFINITY], ..PersonSums::default() };
        assert!((sums.posterior(InList::both(0.5), &person) - 1.0).abs() < 1e-12);
    }

    /// Two men of whom one, not scored, has at most LR 10: the other's posterior is stated with 10, and may be that with 0.
    #[test]
    fn what_is_not_scored_leaves_a_range() {
        let prior = InList::both(0.5);
        let mut sums = one_place(&[200.0, 10.0]);
        sums.unscored_singles[0] = 1.0;
        let stated = sums.posterior(prior, &father(200.0));
        assert!((stated - 50.0 / 53.0).abs() < 1e-12);
        assert!((sums.at_most(prior, stated) - 50.0 / 50.5).abs() < 1e-12);
        assert_eq!(sums.at_most(prior, 0.0), 0.0);
        assert_eq!(one_place(&[200.0]).at_most(prior, 0.5), 0.5);
    }

    proptest! {
        /// Against the sum over every hypothesis, two men and two women of whom any two may be the parents.
        #[test]
        fn marginals_are_sums_over_hypotheses(
            singles in prop::array::uniform4(1e-3..1e3_f64),
            couples in prop::array::uniform4(1e-3..1e3_f64),
            father in 0.1..0.9_f64,
            mother in 0.1..0.9_f64,
        ) {
            let [f0, f1, m0, m1] = singles;
            let [c00, c01, c10, c11] = couples;
            let sums = ParentSums {
                sizes: [2.0, 2.0],
                singles: [(f0 + f1).log10(), (m0 + m1).log10()],
                couples: couples.iter().sum::<f64>().log10(),
                ..ParentSums::EMPTY
            };
            let (f, m) = (father / 2.0, mother / 2.0);
            let neither = (1.0 - father) * (1.0 - mother);
            let evidence = neither
                + f * (1.0 - mother) * (f0 + f1)
                + (1.0 - father) * m * (m0 + m1)
                + f * m * (c00 + c01 + c10 + c11);
            let prior = InList { father, mother };
            let first = PersonSums {
                single: [f0.log10(), f64::NEG_INFINITY],
                couples: [(c00 + c01).log10(), f64::NEG_INFINITY],
            };
            let right = (f * (1.0 - mother) * f0 + f * m * (c00 + c01)) / evidence;
            prop_assert!((sums.posterior(prior, &first) - right).abs() < 1e-12);
            let right = f * m * c10 / evidence;
            prop_assert!((sums.posterior_of_couple(prior, c10.log10()) - right).abs() < 1e-12);
            let right = (neither + (1.0 - father) * m * (m0 + m1)) / evidence;
            prop_assert!((sums.posterior_of_none(prior, Place::Father) - right).abs() < 1e-12);
        }
    }
}

//! What a laboratory sees of a true genotype: silent alleles, drop-out, drop-in.
//!
//! Each visible copy of an allele drops out with probability d, independently, but for a homozygote, whose two copies are
//! both lost with probability d² (Haned et al. 2012, doi 10.1016/j.fsigen.2012.08.008; Gill et al. 2012, doi
//! 10.1016/j.fsigen.2012.06.002). The visible alleles that are left are the *survivors*: {a, b} with (1 − d)², {a} or
//! {b} with d (1 − d) each, none with d² for a heterozygote; {a} with 1 − d² for a homozygote; {a} with 1 − d where the
//! other allele is silent or there is only one (a male's X). Then, with probability c, one allele drops in, drawn from
//! the visible alleles by frequency; where it is among the survivors it changes nothing. What is seen is the
//! survivors and the dropped-in allele.
//!
//! At a locus with genotyping error ε all of this is what is seen with probability 1 − ε; with probability ε the call is one of a genotype
//! drawn from the population, whatever the true one is (Kalinowski, Taper & Marshall 2007, doi 10.1111/j.1365-294X.2007.03089.x; SanCristobal &
//! Chevalet 1997, Genetical Research 70: 53–62): a² of one allele, 2ab of two, a on a male's X, by the visible frequencies. Such a
//! call may be right by chance, so that less than ε of all calls are wrong. The calls of two samples err independently.

/// An allele of one locus: its position (0-based) in the locus's list; the silent allele is the position after the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AlleleIndex(pub u16);

impl AlleleIndex {
    /// As a position in a list.
    pub fn position(self) -> usize {
        usize::from(self.0)
    }
}

/// What was seen of one person at one locus.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Seen {
    /// No result: no information.
    Nothing,
    /// One allele.
    One(AlleleIndex),
    /// Two different alleles, in any order.
    Two(AlleleIndex, AlleleIndex),
}

impl Seen {
    /// Two reported alleles as what was seen: one and the same allele twice is one allele.
    pub fn pair(first: AlleleIndex, second: AlleleIndex) -> Self {
        if first == second { Self::One(first) } else { Self::Two(first, second) }
    }

    /// The alleles seen.
    pub fn alleles(self) -> impl Iterator<Item = AlleleIndex> {
        let (first, second) = match self {
            Self::Nothing => (None, None),
            Self::One(one) => (Some(one), None),
            Self::Two(first, second) => (Some(first), Some(second)),
        };
        first.into_iter().chain(second)
    }
}

/// One piece of evidence: what was seen of one person, and how reliably. Several may name one person (replicates, or
/// two samples that are held to be one person); given the genotype they are independent.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evidence {
    /// Position of the person in the pedigree (0-based).
    pub person: usize,
    /// What was seen.
    pub seen: Seen,
    /// Probability that an allele drops out, in [0, 1).
    pub drop_out: f64,
    /// Probability that an allele drops in, in [0, 1).
    pub drop_in: f64,
}

impl Evidence {
    /// Evidence without drop-out or drop-in.
    pub fn certain(person: usize, seen: Seen) -> Self {
        Self { person, seen, drop_out: 0.0, drop_in: 0.0 }
    }
}

/// Probabilities of the sets of survivors that matter to what was seen.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Survivors {
    /// Exactly the alleles seen.
    pub all: f64,
    /// Only the first of them (of two seen).
    pub first: f64,
    /// Only the second of them (of two seen).
    pub second: f64,
    /// None.
    pub none: f64,
}

impl Survivors {
    /// P(seen) with drop-in probability `drop_in`; `share(a)` is the chance that an allele that drops in is `a`.
    pub fn probability_of(&self, seen: Seen, drop_in: f64, share: impl Fn(AlleleIndex) -> f64) -> f64 {
        let dropped_in = match seen {
            Seen::Nothing => return 1.0,
            _ if drop_in == 0.0 => return self.all,
            Seen::One(one) => share(one) * (self.all + self.none),
            Seen::Two(first, second) => {
                (share(first) + share(second)) * self.all + share(second) * self.first + share(first) * self.second
            }
        };
        (1.0 - drop_in) * self.all + drop_in * dropped_in
    }
}

/// The probability that a genotype drawn from the population shows this; `share(a)` is that of one allele.
pub fn random_call(seen: Seen, diploid: bool, share: impl Fn(AlleleIndex) -> f64) -> f64 {
    match (seen, diploid) {
        (Seen::Nothing, _) => 1.0,
        (Seen::One(one), true) => share(one) * share(one),
        (Seen::One(one), false) => share(one),
        (Seen::Two(first, second), true) => 2.0 * share(first) * share(second),
        (Seen::Two(..), false) => 0.0,
    }
}

/// The survivors of the true genotype, where `silent` is the silent allele and `second` is absent on a male's X.
pub fn survivors(
    seen: Seen,
    first: AlleleIndex,
    second: Option<AlleleIndex>,
    silent: AlleleIndex,
    drop_out: f64,
) -> Survivors {
    let visible = |allele: Option<AlleleIndex>| allele.filter(|&allele| allele != silent);
    let (kept, lost) = (1.0 - drop_out, drop_out);
    // every set of survivors with its probability
    let outcomes: [(Option<AlleleIndex>, Option<AlleleIndex>, f64); 4] = match (visible(Some(first)), visible(second)) {
        (Some(a), Some(b)) if a == b => {
            [(Some(a), None, 1.0 - lost * lost), (None, None, lost * lost), (None, None, 0.0), (None, None, 0.0)]
        }
        (Some(a), Some(b)) => [
            (Some(a), Some(b), kept * kept),
            (Some(a), None, kept * lost),
            (Some(b), None, kept * lost),
            (None, None, lost * lost),
        ],
        (Some(a), None) | (None, Some(a)) => {
            [(Some(a), None, kept), (None, None, lost), (None, None, 0.0), (None, None, 0.0)]
        }
        (None, None) => [(None, None, 1.0), (None, None, 0.0), (None, None, 0.0), (None, None, 0.0)],
    };
    let mut result = Survivors::default();
    for (one, other, probability) in outcomes {
        match (one, other, seen) {
            (None, _, _) => result.none += probability,
            (Some(a), None, Seen::One(x)) if a == x => result.all += probability,
            (Some(a), None, Seen::Two(x, _)) if a == x => result.first += probability,
            (Some(a), None, Seen::Two(_, y)) if a == y => result.second += probability,
            (Some(a), Some(b), Seen::Two(x, y)) if (a, b) == (x, y) || (a, b) == (y, x) => result.all += probability,
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: AlleleIndex = AlleleIndex(3);

    fn share(allele: AlleleIndex) -> f64 {
        [0.5, 0.3, 0.2][allele.position()]
    }

    /// P(nothing seen) and P(three alleles seen), which are no evidence, by the same model.
    fn unseen_or_three(first: AlleleIndex, second: Option<AlleleIndex>, drop_out: f64, drop_in: f64) -> f64 {
        let visible: Vec<_> = [Some(first), second].into_iter().flatten().filter(|&a| a != SILENT).collect();
        let none = survivors(Seen::One(AlleleIndex(0)), first, second, SILENT, drop_out).none * (1.0 - drop_in);
        let three = match visible[..] {
            [a, b] if a != b => {
                let third: f64 = (0..3).map(AlleleIndex).filter(|&z| z != a && z != b).map(share).sum();
                (1.0 - drop_out).powi(2) * drop_in * third
            }
            _ => 0.0,
        };
        none + three
    }

    #[test]
    fn everything_that_can_be_seen_of_a_genotype_sums_to_one() {
        let alleles: Vec<_> = (0..4).map(AlleleIndex).collect();
        for &first in &alleles {
            for second in alleles.iter().copied().map(Some).chain([None]) {
                for (drop_out, drop_in) in [(0.0, 0.0), (0.1, 0.0), (0.0, 0.05), (0.2, 0.07)] {
                    let mut total = unseen_or_three(first, second, drop_out, drop_in);
                    for a in 0..3 {
                        for b in a..3 {
                            let seen = Seen::pair(AlleleIndex(a), AlleleIndex(b));
                            let left = survivors(seen, first, second, SILENT, drop_out);
                            total += left.probability_of(seen, drop_in, share);
                        }
                    }
                    assert!((total - 1.0).abs() < 1e-14, "{first:?} {second:?} {drop_out} {drop_in}: {total}");
                }
            }
        }
    }

    #[test]
    fn a_heterozygote_and_a_homozygote_show_themselves_as_the_model_says() {
        let (a, b) = (AlleleIndex(0), AlleleIndex(1));
        let seen = |seen, second| survivors(seen, a, Some(second), SILENT, 0.1).probability_of(seen, 0.0, share);
        assert!((seen(Seen::Two(b, a), b) - 0.81).abs() < 1e-15);
        assert!((seen(Seen::One(a), b) - 0.09).abs() < 1e-15);
        assert!((seen(Seen::One(a), a) - 0.99).abs() < 1e-15);
        assert!((seen(Seen::One(a), SILENT) - 0.9).abs() < 1e-15);
        assert_eq!(seen(Seen::Nothing, b), 1.0);
    }
}

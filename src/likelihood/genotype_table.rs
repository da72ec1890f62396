//! The likelihood as a function of one person's genotype.

use super::LogProb;
use super::model::LocusModel;
use super::number::Marginal;
use crate::inheritance::observation::{AlleleIndex, Evidence, Seen, Survivors, random_call, survivors};

/// P(evidence, one person's maternal and paternal slot hold x, y), for all states x, y: the visible alleles, then the
/// silent one where there is one.
///
/// Sums over it are kept ready, so that [`GenotypeTable::ln_probability_of`] costs a few operations whatever was seen.
#[derive(Clone, Debug)]
pub struct GenotypeTable {
    visible: usize,
    states: usize,
    columns: usize,
    diploid: bool,
    values: Vec<f64>,
    ln_scale: f64,
    shares: Vec<f64>,
    /// For each visible allele: the person has it, and one other visible allele.
    heterozygous: Vec<f64>,
    /// For each visible allele: the person has one copy and no other visible allele.
    alone: Vec<f64>,
    two_visible: f64,
    none_visible: f64,
    genotyping_error: f64,
}

impl GenotypeTable {
    /// The joint table has `states` rows, and `states` columns for a diploid person, else one.
    pub(super) fn new(model: &LocusModel, joint: Marginal, diploid: bool) -> Self {
        let (visible, states) = (model.alleles().len(), model.states());
        let columns = if diploid { states } else { 1 };
        let shares = model.drop_in_shares().to_vec();
        let mut table = Self {
            visible,
            states,
            columns,
            diploid,
            values: joint.values,
            ln_scale: joint.ln_scale,
            shares,
            heterozygous: vec![0.0; visible],
            alone: vec![0.0; visible],
            two_visible: 0.0,
            none_visible: 0.0,
            genotyping_error: model.genotyping_error(),
        };
        table.sum();
        assert!(!table.is_nan(), "a likelihood is no number");
        table
    }

    fn sum(&mut self) {
        for first in 0..self.states {
            for second in 0..self.columns {
                let value = self.values[first * self.columns + second];
                let second_is_visible = self.diploid && second < self.visible;
                match (first < self.visible, second_is_visible) {
                    (true, true) => {
                        self.two_visible += value;
                        if first != second {
                            self.heterozygous[first] += value;
                            self.heterozygous[second] += value;
                        }
                    }
                    (true, false) => self.alone[first] += value,
                    (false, true) => self.alone[second] += value,
                    (false, false) => self.none_visible += value,
                }
            }
        }
    }

    /// Whether any value is not a number.
    fn is_nan(&self) -> bool {
        (self.two_visible + self.alone.iter().sum::<f64>() + self.none_visible).is_nan()
    }

    /// Number of states (rows).
    pub fn states(&self) -> usize {
        self.states
    }

    /// Whether the person has two slots; a male's X has one.
    pub fn is_diploid(&self) -> bool {
        self.diploid
    }

    /// ln P(evidence, maternal slot = first, paternal slot = second); `second` is not used on a male's X.
    pub fn ln_probability(&self, first: AlleleIndex, second: AlleleIndex) -> LogProb {
        let column = if self.diploid { second.position() } else { 0 };
        LogProb(self.values[first.position() * self.columns + column].ln() + self.ln_scale)
    }

    /// ln P(evidence, and this seen of the person); with nothing seen, ln P(evidence). −∞ where it is impossible.
    ///
    /// `seen` names visible alleles of the locus; `drop_out` and `drop_in` are in [0, 1).
    pub fn ln_probability_of(&self, seen: Seen, drop_out: f64, drop_in: f64) -> f64 {
        self.probability_of(seen, drop_out, drop_in).ln() + self.ln_scale
    }

    /// ln P(evidence, and all this seen of the person), where each piece is independent of the others given the genotype.
    ///
    /// Who the evidence is on does not matter. The alleles are visible ones of the locus.
    pub fn ln_probability_of_all(&self, pieces: &[Evidence]) -> f64 {
        match pieces {
            [] => self.ln_probability_of(Seen::Nothing, 0.0, 0.0),
            [one] => self.ln_probability_of(one.seen, one.drop_out, one.drop_in),
            several => {
                let index = |state: usize| AlleleIndex(state as u16);
                let shown = |cell: usize, piece: &Evidence| {
                    let second = self.diploid.then(|| index(cell % self.columns));
                    let silent = index(self.visible);
                    let left = survivors(piece.seen, index(cell / self.columns), second, silent, piece.drop_out);
                    let right = left.probability_of(piece.seen, piece.drop_in, |allele| self.share(allele));
                    self.with_error(piece.seen, right, 1.0)
                };
                let all = |cell: usize| several.iter().map(|piece| shown(cell, piece)).product::<f64>();
                let cells = self.values.iter().enumerate().filter(|(_, value)| **value != 0.0);
                cells.map(|(cell, value)| value * all(cell)).sum::<f64>().ln() + self.ln_scale
            }
        }
    }

    /// The same without logarithm and scale.
    pub(super) fn probability_of(&self, seen: Seen, drop_out: f64, drop_in: f64) -> f64 {
        let (kept, lost) = (1.0 - drop_out, drop_out);
        let only = |allele: AlleleIndex| {
            let at = allele.position();
            let homozygous = if self.diploid { self.values[at * self.columns + at] } else { 0.0 };
            kept * (1.0 + lost) * homozygous + kept * self.alone[at] + kept * lost * self.heterozygous[at]
        };
        let none = || lost * lost * self.two_visible + lost * self.alone.iter().sum::<f64>() + self.none_visible;
        let survivors = match seen {
            Seen::Nothing => return self.values.iter().sum(),
            Seen::One(one) if drop_in > 0.0 => Survivors { all: only(one), none: none(), ..Survivors::default() },
            Seen::One(one) => Survivors { all: only(one), ..Survivors::default() },
            Seen::Two(first, second) => {
                let both = match self.diploid {
                    true => {
                        self.values[first.position() * self.columns + second.position()]
                            + self.values[second.position() * self.columns + first.position()]
                    }
                    false => 0.0,
                };
                let all = kept * kept * both;
                match drop_in > 0.0 {
                    true => Survivors { all, first: only(first), second: only(second), none: 0.0 },
                    false => Survivors { all, ..Survivors::default() },
                }
            }
        };
        let right = survivors.probability_of(seen, drop_in, |allele| self.share(allele));
        self.with_error(seen, right, self.two_visible + self.alone.iter().sum::<f64>() + self.none_visible)
    }

    /// The same where with the probability of a genotyping error any genotype (`all` together) shows a random call.
    fn with_error(&self, seen: Seen, right: f64, all: f64) -> f64 {
        match self.genotyping_error {
            0.0 => right,
            error => (1.0 - error) * right + error * all * random_call(seen, self.diploid, |allele| self.share(allele)),
        }
    }

    fn share(&self, allele: AlleleIndex) -> f64 {
        self.shares[allele.position()]
    }

    /// ln of the factor that all values are to be multiplied with.
    pub(super) fn ln_scale(&self) -> f64 {
        self.ln_scale
    }
}

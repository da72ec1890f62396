//! A bound on the likelihood ratio of a couple that separates into a father's and a mother's part.
//!
//! At one locus, let O(u, v) = P(child's call | maternal allele u, paternal allele v), p the population's allele frequencies,
//! M_f and M_m the mutation matrices, and τ(v | x, y) = ½ M(x, v) + ½ M(y, v) what a parent with genotype (x, y) passes on.
//! With T(f, m) = Σ_uv O(u, v) τ_m(u) τ_f(v) for parents of known genotypes and P₀ = Σ_uv O(u, v) p_u p_v, the ratios without
//! coancestry are T / P₀ for the couple, t_f = Σ_uv O(u, v) p_u τ_f(v) / P₀ for the father alone and t_m for the mother.
//!
//! 1. T P₀ / (T_f T_m), with T_f = t_f P₀, is for a fixed τ_m a ratio of two linear functions of τ_f ≥ 0, so it is largest
//!    where τ_f is one allele v; likewise τ_m one allele u. Hence T / P₀ ≤ C t_f t_m with
//!    C = max over u, v of O(u, v) P₀ / ((Σ_w O(w, v) p_w) (Σ_w O(u, w) p_w)).
//!    For a heterozygous child and no error C is 2, for a homozygous one 1.
//! 2. With coancestry θ the child's two alleles under "unrelated" are draws after the parents' four, so each has probability at
//!    least (1 − θ) p / (1 + 3θ) and (1 − θ) p / (1 + 4θ) (Balding & Nichols 1994, doi 10.1016/0379-0738(94)90222-4). The
//!    couple's ratio is therefore at most κ C times the mean of t_f t_m over the genotypes that the calls allow, with
//!    κ = (1 + 3θ)(1 + 4θ) / (1 − θ)².
//! 3. That mean is at most the product of the largest t_f and the largest t_m that the calls allow. A parent without a call at
//!    the locus is not listed there; the child's other allele is then a draw from the population after two others, and
//!    1 + 2θ max_u (Σ_w O(w, u) p_w) / P₀ takes that parent's place.
//!
//! 4. A sharper bound of a pair keeps T itself: where O has support on few alleles, T is a bilinear form in two features of
//!    each parent. A heterozygous child a, b: T = τ_f(a) τ_m(b) + τ_f(b) τ_m(a). A child that shows a alone:
//!    T ≤ w (τ_f(a) τ_m(a)) + w' (τ_f(a) + τ_m(a)), with w, w' from drop-out and silent alleles. Each τ is again bounded by
//!    its largest value over the genotypes that the parent's call allows (p + 2θ where there is no call), and the ratio by
//!    κ T / P₀.
//!
//! 5. With genotyping error ε a parent's call may be a random one. Given the other parent's genotype it is that with at most the
//!    probability w = ε / (ε + (1 − ε) λ), λ a lower bound of P(call | read right) over the chance of a random call. The genotype is then one
//!    drawn after two alleles, whose mean t is at most 1 + 3θ max_u (Σ_w O(w, u) p_w) / P₀ (its mean τ(a) at most p_a + 3θ); t of the
//!    parent is at most the mean of both. As that holds whatever the other parent's genotype is, the products of steps 2 to 4 stand.
//!    The child's own error is in O: it adds ε times the chance of its call to every T.
//! 6. With that addition t is no good measure: what a child cannot have unless it was misread would make C some 1/ε. Any x > 0 serves in
//!    place of t in step 1, with C = max over u, v of O(u, v) / (P₀ x(u) x(v)), for T is a mean of O(u, v) and the product of the means of
//!    x(u) and x(v) is the mean of their products. With an error x(u) is the larger of t(u) of a child read right and √(O(u, u) / P₀); then C
//!    is 2 or 1 again, but for ε. Steps 3 and 5 hold with the mean and the largest of x in place of 1 and the largest t.
//!
//! So log10 LR(couple) ≤ log10(κ C) + log10 max t_f + log10 max t_m at every locus, and the sums bound the total. On the X
//! chromosome, where a son has no paternal allele, the plain bound κ / P₀ is used.

use super::model::{Chromosome, LocusModel};
use crate::inheritance::{AlleleIndex, Evidence, Seen, random_call};
use crate::profile::{Call, Observation, Sex};

/// The bound for one locus and one thing that a child can show there.
#[derive(Clone, Debug, PartialEq)]
pub struct CoupleBound {
    /// log10 (κ C).
    pub constant: f64,
    /// log10 of the largest t_f, by the father's code.
    pub father: Vec<f64>,
    /// log10 of the largest t_m, by the mother's code.
    pub mother: Vec<f64>,
    /// The sharper bound of a pair.
    pub pair: PairBound,
}

/// LR(couple) ≤ Σ_ij weights[i][j] father[code][i] mother[code][j] (step 4 above).
#[derive(Clone, Debug, PartialEq)]
pub struct PairBound {
    /// Weights of the products of features, with κ / P₀ in them.
    pub weights: [[f64; 2]; 2],
    /// Two features of the father, by code.
    pub father: Vec<[f64; 2]>,
    /// Two features of the mother, by code.
    pub mother: Vec<[f64; 2]>,
}

impl PairBound {
    /// The same bound for every pair.
    fn flat(bound: f64, codes: usize) -> Self {
        Self { weights: [[bound, 0.0], [0.0, 0.0]], father: vec![[1.0; 2]; codes], mother: vec![[1.0; 2]; codes] }
    }

    /// A bound of whatever either of the two bounds.
    fn or(self, other: Self) -> Self {
        let larger = |one: [f64; 2], other: [f64; 2]| [one[0].max(other[0]), one[1].max(other[1])];
        let by_code = |one: Vec<[f64; 2]>, other: Vec<[f64; 2]>| {
            one.into_iter().zip(other).map(|(one, other)| larger(one, other)).collect()
        };
        Self {
            weights: [larger(self.weights[0], other.weights[0]), larger(self.weights[1], other.weights[1])],
            father: by_code(self.father, other.father),
            mother: by_code(self.mother, other.mother),
        }
    }

    /// The largest LR of a couple with these features at this locus.
    #[inline]
    pub fn of(&self, father: [f64; 2], mother: [f64; 2]) -> f64 {
        let [[w00, w01], [w10, w11]] = self.weights;
        father[0] * (w00 * mother[0] + w01 * mother[1]) + father[1] * (w10 * mother[0] + w11 * mother[1])
    }
}

impl CoupleBound {
    /// The same bound for all `codes` codes: κ / P₀, whatever the parents show.
    pub fn plain(model: &LocusModel, child: Observation, drop_in: f64, codes: usize) -> Self {
        let Some(seen) = seen(model, child.call) else { return Self::flat(0.0, codes) };
        let piece = Evidence { person: 0, seen, drop_out: child.drop_out, drop_in };
        let shown = ChildTable::new(model, &piece);
        let least = match model.chromosome() {
            Chromosome::X => shown.least_x_probability(model, &piece),
            Chromosome::Autosomal => shown.probability,
        };
        Self::flat((kappa(model) / least).log10(), codes)
    }

    fn flat(constant: f64, codes: usize) -> Self {
        let (father, mother) = (vec![0.0; codes], vec![0.0; codes]);
        Self { constant, father, mother, pair: PairBound::flat(10_f64.powf(constant), codes) }
    }

    /// A bound of whatever either of the two bounds: all that it is made of is positive and grows with each part.
    pub fn or(self, other: Self) -> Self {
        let larger = |one: Vec<f64>, other: Vec<f64>| one.into_iter().zip(other).map(|(a, b)| a.max(b)).collect();
        Self {
            constant: self.constant.max(other.constant),
            father: larger(self.father, other.father),
            mother: larger(self.mother, other.mother),
            pair: self.pair.or(other.pair),
        }
    }

    /// Nobody shows the codes that do not hold: they have the bound of what is impossible.
    pub fn only(mut self, holds: impl Fn(usize) -> bool) -> Self {
        for code in (0..self.father.len()).filter(|&code| !holds(code)) {
            (self.father[code], self.mother[code]) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
            (self.pair.father[code], self.pair.mother[code]) = ([0.0; 2], [0.0; 2]);
        }
        self
    }

    /// The bound for this child's observation; `observations` is the locus's dictionary, by code.
    ///
    /// A child without a call has the bound 0: every couple's LR is 1.
    pub fn new(model: &LocusModel, child: Observation, drop_in: f64, observations: &[Observation]) -> Self {
        let Some(seen) = seen(model, child.call) else { return Self::flat(0.0, observations.len()) };
        if model.chromosome() == Chromosome::X {
            return Self::plain(model, child, drop_in, observations.len());
        }
        let shown = ChildTable::new(model, &Evidence { person: 0, seen, drop_out: child.drop_out, drop_in });
        let (theta, kappa) = (model.theta(), kappa(model));
        let weights = shown.allele_weights();
        let mean: f64 = weights.iter().zip(model.state_frequencies()).map(|(weight, p)| weight * p).sum();
        let greatest = weights.iter().copied().fold(0.0, f64::max);
        let by_code = |parent| -> Vec<f64> {
            let ratios = shown.transmitted(&weights, model.mutation_matrix(parent));
            let without_call = mean + 2.0 * theta * greatest;
            let drawn = mean + 3.0 * theta * greatest;
            let largest = |&of_parent: &Observation| largest_ratio(model, &ratios, of_parent, drop_in, drawn);
            observations.iter().map(|seen| largest(seen).unwrap_or(without_call)).collect()
        };
        let (father, mother) = (by_code(Sex::Male), by_code(Sex::Female));
        let largest = kappa * shown.largest_joint_ratio(&weights);
        let logarithms = |ratios: &[f64]| ratios.iter().map(|ratio| ratio.log10()).collect();
        Self {
            constant: largest.log10(),
            father: logarithms(&father),
            mother: logarithms(&mother),
            pair: {
                let alone = |ratios: Vec<f64>| ratios.into_iter().map(|ratio| [ratio, 0.0]).collect();
                let sharper = pair_bound(model, seen, child.drop_out, kappa / shown.probability, observations);
                sharper.filter(|_| drop_in == 0.0).unwrap_or_else(|| PairBound {
                    weights: [[largest, 0.0], [0.0, 0.0]],
                    father: alone(father),
                    mother: alone(mother),
                })
            },
        }
    }
}

/// κ of the module's second step.
fn kappa(model: &LocusModel) -> f64 {
    let theta = model.theta();
    (1.0 + 3.0 * theta) * (1.0 + 4.0 * theta) / (1.0 - theta).powi(2)
}

/// Step 4 of the module's bound, for a child whose alleles did not drop in; nothing where two features cannot tell what a child's
/// genotyping error adds.
fn pair_bound(
    model: &LocusModel,
    seen: Seen,
    drop_out: f64,
    scale: f64,
    observations: &[Observation],
) -> Option<PairBound> {
    let transmitted = |parent: Sex, allele: AlleleIndex| -> Vec<f64> {
        let matrix = model.mutation_matrix(parent);
        let column: Vec<f64> = matrix.chunks(model.states()).map(|row| row[allele.position()]).collect();
        let frequency = model.state_frequencies()[allele.position()];
        let (without_call, drawn) = (frequency + 2.0 * model.theta(), frequency + 3.0 * model.theta());
        let largest = |&of_parent: &Observation| largest_ratio(model, &column, of_parent, 0.0, drawn);
        observations.iter().map(|seen| largest(seen).unwrap_or(without_call)).collect()
    };
    let has_silent = model.states() > model.alleles().len();
    let kept = 1.0 - drop_out;
    let (first, second, weights) = match seen {
        Seen::Two(first, second) => (first, Some(second), [[0.0, kept * kept], [kept * kept, 0.0]]),
        Seen::One(one) if has_silent && drop_out == 0.0 => (one, Some(model.silent()), [[1.0, 1.0], [1.0, 0.0]]),
        Seen::One(one) => {
            // O(a, x) for x other than a is d(1 − d), and 1 − d where x is silent
            let beside = if has_silent { kept } else { drop_out * kept };
            (one, None, [[(1.0 - drop_out * drop_out - 2.0 * beside).max(0.0), beside], [beside, 0.0]])
        }
        Seen::Nothing => return Some(PairBound::flat(1.0, observations.len())),
    };
    let weights = with_error(model, seen, weights, second.is_some())?;
    // a parent passes on one allele or another; without a call it is one of the population, whose frequencies may sum to more
    let any = model.state_frequencies().iter().sum::<f64>().max(1.0);
    let features = |parent| -> Vec<[f64; 2]> {
        let of_first = transmitted(parent, first);
        match second {
            Some(second) => of_first.into_iter().zip(transmitted(parent, second)).map(|(a, b)| [a, b]).collect(),
            None => of_first.into_iter().map(|a| [a, any]).collect(),
        }
    };
    Some(PairBound {
        weights: weights.map(|row| row.map(|weight| weight * scale)),
        father: features(Sex::Male),
        mother: features(Sex::Female),
    })
}

/// The weights with the child's genotyping error: what it adds, whatever the parents pass on, is a multiple of Σ τ_f Σ τ_m. That is a
/// product of features where one of them is the sum itself, or where the two alleles of the features are all there are.
fn with_error(model: &LocusModel, seen: Seen, weights: [[f64; 2]; 2], two_alleles: bool) -> Option<[[f64; 2]; 2]> {
    let error = model.genotyping_error();
    if error == 0.0 {
        return Some(weights);
    }
    let added = error * random_call(seen, true, |allele| model.drop_in_shares()[allele.position()]);
    let [[w00, w01], [w10, w11]] = weights.map(|row| row.map(|weight| (1.0 - error) * weight));
    match two_alleles {
        false => Some([[w00, w01], [w10, w11 + added]]),
        true if model.states() == 2 => Some([[w00 + added, w01 + added], [w10 + added, w11 + added]]),
        true => None,
    }
}

/// The call in the model's alleles; nothing where it says nothing.
fn seen(model: &LocusModel, call: Call) -> Option<Seen> {
    match call {
        Call::One(allele) => Some(Seen::One(model.allele_index(allele)?)),
        Call::Two(first, second) => Some(Seen::pair(model.allele_index(first)?, model.allele_index(second)?)),
        Call::Missing | Call::SetAside => None,
    }
}

/// O(u, v) for one call, with its margins.
struct ChildTable {
    states: usize,
    /// O(u, v), row-major.
    shown: Vec<f64>,
    /// Σ_w O(w, v) p_w by v; O is symmetric, so also by u.
    margin: Vec<f64>,
    /// P₀.
    probability: f64,
    /// What the child's genotyping error adds to every O(u, v).
    misread: f64,
}

impl ChildTable {
    fn new(model: &LocusModel, piece: &Evidence) -> Self {
        let states = model.states();
        let index = |state: usize| AlleleIndex(state as u16);
        let of_cell = |cell: usize| model.probability_of(piece, index(cell / states), Some(index(cell % states)));
        let shown: Vec<f64> = (0..states * states).map(of_cell).collect();
        let weighted = |row: &[f64]| -> f64 { row.iter().zip(model.state_frequencies()).map(|(o, p)| o * p).sum() };
        let margin: Vec<_> = shown.chunks(states).map(weighted).collect();
        let probability = weighted(&margin);
        let error = model.genotyping_error();
        let misread = match error > 0.0 {
            true => error * random_call(piece.seen, true, |allele| model.drop_in_shares()[allele.position()]),
            false => 0.0,
        };
        Self { states, shown, margin, probability, misread }
    }

    /// C of the module's first step, with x of the sixth.
    fn largest_joint_ratio(&self, weights: &[f64]) -> f64 {
        let cells = self.shown.iter().enumerate().filter(|(_, shown)| **shown > 0.0);
        cells
            .map(|(cell, shown)| shown / (self.probability * weights[cell / self.states] * weights[cell % self.states]))
            .fold(0.0, f64::max)
    }

    /// x of the module's sixth step by the allele that a parent passes on: t where nothing is misread.
    fn allele_weights(&self) -> Vec<f64> {
        if self.misread == 0.0 {
            return self.margin.iter().map(|margin| margin / self.probability).collect();
        }
        let read_right =
            |margin: f64| (margin - self.misread).max(0.0) / (self.probability - self.misread).max(self.misread);
        let both = |allele: usize| (self.shown[allele * (self.states + 1)] / self.probability).sqrt();
        self.margin.iter().enumerate().map(|(allele, &margin)| read_right(margin).max(both(allele))).collect()
    }

    /// The mean of these weights of a parent who carries one allele twice, by allele.
    fn transmitted(&self, weights: &[f64], mutation: &[f64]) -> Vec<f64> {
        let mean = |row: &[f64]| row.iter().zip(weights).map(|(m, weight)| m * weight).sum();
        mutation.chunks(self.states).map(mean).collect()
    }

    /// A lower bound of P₀ on the X chromosome: a daughter's, or a son's who carries one allele.
    fn least_x_probability(&self, model: &LocusModel, piece: &Evidence) -> f64 {
        let of_one = |state: usize| model.probability_of(piece, AlleleIndex(state as u16), None);
        let single = (0..self.states).map(|state| of_one(state) * model.state_frequencies()[state]);
        let son = single.fold(0.0, |sum, probability| sum + probability);
        if son > 0.0 { self.probability.min(son) } else { self.probability }
    }
}

/// The largest t among the genotypes that this observation allows, `drawn` the largest mean of genotypes drawn from the population
/// (step 5 of the module's bound); nothing where there is no call.
fn largest_ratio(model: &LocusModel, ratios: &[f64], parent: Observation, drop_in: f64, drawn: f64) -> Option<f64> {
    let largest = ratios.iter().copied().fold(0.0, f64::max);
    let of = |allele: AlleleIndex| ratios[allele.position()];
    let silent = model.silent().position();
    let of_silent = ratios.get(silent).copied().unwrap_or(0.0);
    let read = match seen(model, parent.call)? {
        Seen::Nothing => return None,
        _ if drop_in > 0.0 && parent.drop_out > 0.0 => largest,
        seen if drop_in > 0.0 => seen.alleles().map(of).fold(of_silent, f64::max),
        Seen::One(allele) if parent.drop_out > 0.0 => 0.5 * (of(allele) + largest),
        Seen::One(allele) => 0.5 * (of(allele) + of(allele).max(of_silent)),
        Seen::Two(first, second) => 0.5 * (of(first) + of(second)),
    };
    let error = model.genotyping_error();
    let visible: f64 = model.frequencies().iter().sum();
    // nobody who is typed holds what the frequencies leave of 1
    let drawn = drawn / model.state_frequencies().iter().sum::<f64>().min(1.0).powi(2);
    let least = (1.0 - parent.drop_out).powi(2) * (1.0 - drop_in) * visible.min(1.0).powi(2) / kappa(model);
    let wrong = if error > 0.0 { error / (error + (1.0 - error) * least) } else { 0.0 };
    Some(read + wrong * (drawn - read).max(0.0))
}

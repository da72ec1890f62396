//! What a candidate can be beside a parent: another relative of the child.
//!
//! With ρ_r the prior probability that a candidate is a relative of kind r (the expected number of such relatives in the
//! lists, over the number of candidates), a candidate who is not the parent has the factor
//! R = (1 − Σ ρ_r) + Σ ρ_r LR(r); the probability that it is a relative is then Σ ρ_r LR(r) / R.

use super::people::{Columns, log10_lrs};
use super::roster::{Asked, Child, LineRows};
use super::{Case, MatchError};
use crate::inference::log10_add;
use crate::inheritance::Relationship;
use crate::profile::Sex;
use crate::settings::RelativesPrior;

/// What can be asked of a candidate of one sex, as another relative of one child.
pub(super) struct Relatives<'c> {
    /// log10 of the probability that a candidate who is not the parent is a stranger.
    log10_stranger: f64,
    kinds: Vec<RelativeKind<'c>>,
}

struct RelativeKind<'c> {
    relationship: Relationship,
    log10_prior: f64,
    /// By population.
    rows: Vec<Vec<LineRows<'c>>>,
}

/// What a candidate would be if it is not the parent, under one frequency table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NotParent {
    /// log10 R.
    pub log10_ratio: f64,
    /// The probability that it is another relative.
    pub relative: f64,
    /// The likeliest kind.
    pub kind: Option<Relationship>,
}

/// Of those who are not the parent at least this share are strangers, however many relatives are expected.
const LEAST_STRANGERS: f64 = 0.1;

/// The priors ρ_r among so many candidates.
fn priors(expected: RelativesPrior, candidates: f64) -> [(Relationship, f64); 3] {
    let RelativesPrior { full_sibling, second_degree, first_cousin } = expected;
    let among = candidates.max((full_sibling + second_degree + first_cousin) / (1.0 - LEAST_STRANGERS));
    [
        (Relationship::FullSibling, full_sibling / among),
        (Relationship::HalfSibling, second_degree / among),
        (Relationship::FirstCousin, first_cousin / among),
    ]
}

impl<'c> Relatives<'c> {
    /// The relatives whom a candidate of this sex can be, beside the parent that `asked` is about; none where another
    /// relationship is searched.
    pub fn new(case: &'c Case<'c>, child: &Child, asked: Asked, sex: Sex, candidates: f64) -> Result<Self, MatchError> {
        if asked.relationship() != Some(Relationship::Parent) || candidates == 0.0 {
            return Ok(Self { log10_stranger: 0.0, kinds: Vec::new() });
        }
        let priors = priors(case.settings.prior.relatives, candidates);
        let stranger = 1.0 - priors.iter().map(|(_, prior)| prior).sum::<f64>();
        let expected = priors.into_iter().filter(|(_, prior)| *prior > 0.0);
        let kind = |(relationship, prior): (Relationship, f64)| {
            let asked = child.asked_with(case, relationship, sex, child.known_parent(asked));
            Ok(RelativeKind { relationship, log10_prior: prior.log10(), rows: case.rows(&asked)? })
        };
        Ok(Self { log10_stranger: stranger.log10(), kinds: expected.map(kind).collect::<Result<_, MatchError>>()? })
    }

    /// log10 of the least that R can be.
    pub fn log10_least(&self) -> f64 {
        self.log10_stranger
    }

    /// For each member of these columns, under one population.
    pub fn of(&self, population: usize, columns: &Columns, members: usize) -> Vec<NotParent> {
        let by_kind: Vec<_> =
            self.kinds.iter().map(|kind| log10_lrs(columns, members, &kind.rows[population])).collect();
        (0..members).map(|member| self.not_parent(by_kind.iter().map(|lrs| lrs[member]))).collect()
    }

    /// From the log10 LR of each kind.
    fn not_parent(&self, log10_lrs: impl Iterator<Item = f64>) -> NotParent {
        let mut relative = f64::NEG_INFINITY;
        let mut likeliest = (f64::NEG_INFINITY, None);
        for (kind, log10_lr) in self.kinds.iter().zip(log10_lrs) {
            let weight = kind.log10_prior + log10_lr;
            relative = log10_add(relative, weight);
            if weight > likeliest.0 {
                likeliest = (weight, Some(kind.relationship));
            }
        }
        let log10_ratio = log10_add(self.log10_stranger, relative);
        let share = if relative == f64::NEG_INFINITY { 0.0 } else { 10_f64.powf(relative - log10_ratio) };
        NotParent { log10_ratio, relative: share, kind: likeliest.1 }
    }
}

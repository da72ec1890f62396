//! Do the typed members of a family fit together?
//!
//! A locus is inconsistent where what was seen of the relatives is impossible without mutation. One such locus may be a
//! mutation; several, or a member whose stated place is far less likely than being unrelated to all others, mean a wrong
//! pedigree or a swapped sample. For each typed member r the ratio P(E | pedigree) / P(E | r is a stranger) says how well
//! the others support r's stated place; the member with the lowest ratio is the one most likely at fault. Every locus counts on its
//! own: linked loci are not taken together here.

use super::IdentificationError;
use super::evidence::with_stranger;
use super::family_case::FamilyCase;
use super::typed_family::Typed;
use crate::inheritance::observation::Evidence;
use crate::likelihood::ln_likelihood;
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_10;

/// Without an inconsistent locus, a stated place is doubted from this log10 LR on: a hundred times less likely than a
/// stranger's. True half siblings and grandparents often come out a little below 0.
pub const DOUBTFUL_LOG10_LR: f64 = -2.0;

/// What speaks against a family as it is listed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Contradiction {
    /// Loci (0-based among those in use) that are impossible without mutation.
    pub inconsistent: Vec<usize>,
    /// The member most likely at fault.
    pub suspect: Typed,
    /// log10 of P(all seen | pedigree) / P(all seen | the suspect is unrelated to all others); below 0: the relatives'
    /// DNA speaks against the suspect's place. Minus infinity where some locus is impossible even with mutation.
    pub log10_lr: f64,
    /// Loci that stay inconsistent without the suspect.
    pub left: Vec<usize>,
}

impl Contradiction {
    /// Whether the DNA speaks against the family as listed; otherwise mutation explains what is inconsistent.
    pub fn is_grave(&self) -> bool {
        self.log10_lr < 0.0
    }
}

/// Looks for a contradiction among the typed members: `None` where every locus is consistent and no member's stated place
/// is at [`DOUBTFUL_LOG10_LR`] or below.
///
/// # Errors
/// What the engine refuses.
pub fn contradiction(case: &FamilyCase<'_>) -> Result<Option<Contradiction>, IdentificationError> {
    if case.typed.len() < 2 {
        return Ok(None);
    }
    let everybody = |_: &Evidence| true;
    let inconsistent = inconsistent_loci(case, everybody)?;
    let mut suspect: Option<(Without, Typed)> = None;
    for &member in case.typed {
        let without = without(case, member)?;
        if suspect.as_ref().is_none_or(|(best, _)| without.explains_better_than(best)) {
            suspect = Some((without, member));
        }
    }
    let Some((without, suspect)) = suspect else { return Ok(None) };
    let log10_lr = without.log10_lr();
    if inconsistent.is_empty() && log10_lr > DOUBTFUL_LOG10_LR {
        return Ok(None);
    }
    let left = inconsistent_loci(case, |piece| piece.person != suspect.person)?;
    Ok(Some(Contradiction { inconsistent, suspect, log10_lr, left }))
}

/// Loci that are impossible without mutation, given this part of the evidence. One that the engine refuses is not counted.
fn inconsistent_loci(
    case: &FamilyCase<'_>,
    part: impl Fn(&Evidence) -> bool,
) -> Result<Vec<usize>, IdentificationError> {
    let mut inconsistent = Vec::new();
    for locus in 0..case.locus_count() {
        let evidence: Vec<_> = case.evidence(locus).iter().copied().filter(&part).collect();
        let ln = ln_likelihood(&*case.without_mutation(locus)?, &case.family.pedigree, &evidence);
        if ln.is_ok_and(|ln| *ln == f64::NEG_INFINITY) {
            inconsistent.push(locus);
        }
    }
    Ok(inconsistent)
}

/// The family where one member is a stranger to all others.
struct Without {
    /// Loci that are impossible even so.
    impossible: usize,
    /// Loci that are possible only so.
    resolved: usize,
    /// ln P(all seen | the member is a stranger), over the loci that are possible.
    ln_likelihood: f64,
    /// ln P(all seen | pedigree), over the loci that are possible both ways.
    ln_as_listed: f64,
    /// ln P(all seen | the member is a stranger), over the same.
    ln_same_loci: f64,
}

impl Without {
    /// P(E | pedigree) is the same for every member, so the lowest ratio is the greatest likelihood without the member.
    fn explains_better_than(&self, other: &Self) -> bool {
        self.impossible < other.impossible
            || (self.impossible == other.impossible && self.ln_likelihood > other.ln_likelihood)
    }

    /// log10 of P(all seen | pedigree) / P(all seen | the member is a stranger).
    fn log10_lr(&self) -> f64 {
        if self.resolved > 0 { f64::NEG_INFINITY } else { (self.ln_as_listed - self.ln_same_loci) / LN_10 }
    }
}

fn without(case: &FamilyCase<'_>, member: Typed) -> Result<Without, IdentificationError> {
    let (pedigree, stranger) = with_stranger(&case.family.pedigree, case.family.sex(member.person))?;
    let mut without = Without { impossible: 0, resolved: 0, ln_likelihood: 0.0, ln_as_listed: 0.0, ln_same_loci: 0.0 };
    for locus in 0..case.locus_count() {
        let unused = case.unused.iter().find(|unused| unused.locus == locus);
        if unused.is_some_and(|unused| !unused.impossible) {
            continue;
        }
        let mut evidence = case.evidence(locus).to_vec();
        let moved = evidence.iter_mut().filter(|piece| piece.person == member.person);
        moved.for_each(|piece| piece.person = stranger);
        let ln = *ln_likelihood(case.model(locus), &pedigree, &evidence)?;
        match (ln == f64::NEG_INFINITY, unused.is_some()) {
            (true, _) => without.impossible += 1,
            (false, true) => without.resolved += 1,
            (false, false) => {
                without.ln_as_listed += case.own(locus).ln_family()?;
                without.ln_same_loci += ln;
            }
        }
        if ln > f64::NEG_INFINITY {
            without.ln_likelihood += ln;
        }
    }
    Ok(without)
}

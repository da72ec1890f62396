//! What a family as it stands can do: exact, from the joint tables, without simulation.
//!
//! With g a full genotype, P(g | family) and P(g) its probability for the missing person and for a stranger: the expected log10 LR
//! if the right body is there is Σ P(g | family) log10 [P(g | family) / P(g)] at each locus, and loci add up. A
//! stranger is excluded at a locus where the family makes g impossible without mutation; over loci the probability
//! of exclusion is 1 − Π (1 − Σ P(g) [g impossible]). Linked loci count one by one here too, whatever the scores do.

use super::IdentificationError;
use super::family_case::FamilyCase;
use super::founders::Founders;
use crate::inheritance::observation::{AlleleIndex, Seen};
use crate::likelihood::GenotypeTable;
use crate::power::{Atom, Grid, LrDistribution};
use serde::{Deserialize, Serialize};
use std::f64::consts::LN_10;

/// What can be expected of a comparison with one missing person.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Power {
    /// Loci that say anything of the person.
    pub loci: usize,
    /// Probability that the DNA alone excludes an unrelated body with a full profile.
    pub exclusion: f64,
    /// Expected log10 LR of the right body, with a full profile.
    pub expected_log10_lr: f64,
}

/// The power of a family for one missing person (a position in the pedigree).
///
/// # Errors
/// What the engine refuses.
pub fn power(case: &FamilyCase<'_>, person: usize, founders: &Founders<'_>) -> Result<Power, IdentificationError> {
    let sex = case.family.sex(person);
    let mut power = Power::default();
    let mut ln_not_excluded = 0.0;
    for locus in (0..case.locus_count()).filter(|&locus| case.is_informative(locus, person, sex)) {
        let without = case.table(&*case.without_mutation(locus)?, locus, person)?;
        let mut excluded = 0.0;
        let consistent = ln_evidence(&without) > f64::NEG_INFINITY;
        for Expected { genotype, ln_theirs, ln_strangers } in expected(case, locus, person, founders)? {
            if ln_theirs > f64::NEG_INFINITY {
                power.expected_log10_lr += ln_theirs.exp() * (ln_theirs - ln_strangers) / LN_10;
            }
            if consistent && probability(&without, genotype) == f64::NEG_INFINITY {
                excluded += ln_strangers.exp();
            }
        }
        power.loci += 1;
        ln_not_excluded += (-excluded.min(1.0)).ln_1p();
    }
    power.exclusion = -ln_not_excluded.exp_m1();
    Ok(power)
}

/// What a body with a full profile scores as this person if it is a stranger. Linked loci count one by one.
///
/// # Errors
/// What the engine refuses.
pub fn strangers_score(
    case: &FamilyCase<'_>,
    person: usize,
    founders: &Founders<'_>,
) -> Result<LrDistribution, IdentificationError> {
    let sex = case.family.sex(person);
    let mut loci: Vec<Vec<Atom>> = Vec::new();
    for locus in (0..case.locus_count()).filter(|&locus| case.is_informative(locus, person, sex)) {
        let atom = |Expected { ln_theirs, ln_strangers, .. }: Expected| Atom {
            log10_lr: (ln_theirs - ln_strangers) / LN_10,
            probability: ln_strangers.exp(),
        };
        let atoms = expected(case, locus, person, founders)?.into_iter().map(atom);
        loci.push(atoms.filter(|atom| atom.probability > 0.0).collect());
    }
    Ok(LrDistribution::of_sum(&loci, Grid::of_panel(&loci)))
}

/// A genotype, and ln of its probability as the person's and as a stranger's.
struct Expected {
    genotype: Seen,
    ln_theirs: f64,
    ln_strangers: f64,
}

/// Every genotype that can be seen at a locus.
fn expected(
    case: &FamilyCase<'_>,
    locus: usize,
    person: usize,
    founders: &Founders<'_>,
) -> Result<Vec<Expected>, IdentificationError> {
    let (model, sex) = (case.model(locus), case.family.sex(person));
    let theirs = case.table(model, locus, person)?;
    let with_theta = if model.theta() > 0.0 { Some(case.stranger_table(locus, sex)?) } else { None };
    let founder = founders.at(locus, case.unseen(locus))?;
    let strangers = with_theta.unwrap_or_else(|| founder.table(sex));
    let of = |genotype: Seen| Expected {
        genotype,
        ln_theirs: probability(&theirs, genotype),
        ln_strangers: probability(strangers, genotype),
    };
    Ok(genotypes(model.alleles().len(), theirs.is_diploid()).map(of).collect())
}

fn ln_evidence(table: &GenotypeTable) -> f64 {
    table.ln_probability_of(Seen::Nothing, 0.0, 0.0)
}

/// ln P(genotype | evidence).
fn probability(table: &GenotypeTable, genotype: Seen) -> f64 {
    table.ln_probability_of(genotype, 0.0, 0.0) - ln_evidence(table)
}

/// Every genotype that can be seen, once.
fn genotypes(alleles: usize, diploid: bool) -> impl Iterator<Item = Seen> {
    let index = |at: usize| AlleleIndex(at as u16);
    (0..alleles).flat_map(move |first| {
        let others = if diploid { first + 1..alleles } else { 0..0 };
        std::iter::once(Seen::One(index(first))).chain(others.map(move |second| Seen::Two(index(first), index(second))))
    })
}

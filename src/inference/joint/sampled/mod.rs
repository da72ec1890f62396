//! The joint answer by sampling, where the sum over all assignments is out of reach.
//!
//! The state of a chain is one assignment. A sweep gives every body in turn an identity drawn from its conditional distribution (Gibbs),
//! exchanges the identities of bodies that contend for one family (Metropolis), holds bodies that may be one person for one or for two
//! (Barker 1965, doi 10.1071/PH650119), and draws anew, all at once, who of a family's
//! contenders lies where (blocked Gibbs; Geman & Geman 1984, doi 10.1109/TPAMI.1984.4767596; Liu 2001, doi
//! 10.1007/978-0-387-76371-2). What is averaged are not the draws but the conditional probabilities they were drawn from
//! (Rao-Blackwell; Gelfand & Smith 1990, doi 10.1080/01621459.1990.10476213): a body that no other body disturbs has
//! its exact posterior from the first sweep on.
//!
//! Four chains begin at different assignments: nobody identified, the greedy one, and two drawn from the pairwise posteriors, bodies that
//! may be one person held for two in the first two chains, and for one in the others. The
//! standard error of a probability is the greater of what its batch means and what the differences of the chains say; R-hat
//! compares the chains with themselves (Gelman & Rubin 1992, doi 10.1214/ss/1177011136). Chains go on until every standard error
//! is small or the work is done. Seeds are fixed and every chain is one thread's, so the answer depends on nothing else.
//!
//! A link has at most its weight, given everybody else, as conditional probability (the body may always be nobody, whose weight is 1), so
//! that its posterior is at most the greatest of these. Links of next to no weight are not looked at: those of a family that misses
//! one person alone never, those of others while the company that the family has leaves them so. What that can lose is bounded.

mod answer;
mod chain;
mod field;
mod spread;
#[cfg(test)]
mod tests;
mod ways;

pub use spread::{Spread, Sums, estimate};

use super::one_or_two::{OneOrTwo, shown};
use super::{Assignment, JointAnswer};
use answer::answer;
use chain::Chain;
use field::Field;
use rayon::prelude::*;

/// Bodies, missing persons and what each pair weighs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Links {
    /// Number of bodies, the joined ones among them.
    pub bodies: usize,
    /// Bodies that may be one person: the last bodies are these pairs, joined.
    pub pairs: Vec<OneOrTwo>,
    /// The family of each person; ascending, so that the persons of a family are together.
    pub families: Vec<u32>,
    /// By person, then by body: ln of the weight of the body as that person, nobody else of the family found; −∞ where it cannot be.
    pub singles: Vec<Vec<f64>>,
}

impl Links {
    /// Number of bodies, the joined ones not among them.
    pub fn parts(&self) -> usize {
        self.bodies - self.pairs.len()
    }

    /// The joined body of a pair.
    fn joined(&self, pair: usize) -> u32 {
        (self.parts() + pair) as u32
    }
}

/// What one more body in a family multiplies the weight by.
pub trait Ratios: Sync {
    /// Why it cannot be had.
    type Error: Send;

    /// ln of the weight of `placed` and each body as `person`, over that of `placed`, by body. `placed`: pairs (person, body) of the same
    /// family, at least one, ascending by person; the body is none of them.
    ///
    /// # Errors
    /// Whatever stands in the way.
    fn ln_ratios(&self, person: u32, placed: &[(u32, u32)]) -> Result<Vec<f64>, Self::Error>;

    /// Asked once a sweep whether to go on.
    ///
    /// # Errors
    /// Why not.
    fn go_on(&self) -> Result<(), Self::Error>;
}

/// How far the answer can be from the exact one.
#[derive(Clone, PartialEq, Debug)]
pub struct Sampling {
    /// Number of chains.
    pub chains: usize,
    /// Sweeps of each that count.
    pub sweeps: usize,
    /// Of each marginal, as they are listed.
    pub persons: Vec<Vec<Spread>>,
    /// Of the probability of being nobody, by body.
    pub nobody: Vec<Spread>,
    /// Of the probability of being anybody of a family with several missing persons, by body, ascending by family.
    pub families: Vec<Vec<(u32, Spread)>>,
    /// Of the probability of being one person, by pair of bodies.
    pub one_person: Vec<Spread>,
}

impl Sampling {
    /// The greatest standard error and the greatest R-hat of all probabilities.
    pub fn worst(&self) -> Spread {
        let families = self.families.iter().flatten().map(|(_, spread)| spread);
        let all = self.persons.iter().flatten().chain(&self.nobody).chain(families).chain(&self.one_person);
        all.fold(Spread::default(), |worst, spread| worst.or_worse(*spread))
    }
}

/// Chains.
const CHAINS: usize = 4;
/// Sweeps before any counts.
const BURN_IN: usize = 64;
/// Sweeps of a batch.
const BATCH: usize = 16;
/// Batches between two looks at the errors.
const ROUND: usize = 16;
/// Sweeps of a chain, at most.
const MOST_SWEEPS: usize = 1 << 13;
/// Conditional probabilities of links that are worked out, at most: half a minute.
const MOST_WORK: usize = 1 << 31;

/// What is wanted of every probability.
const WANTED: Spread = Spread { standard_error: 0.002, r_hat: 1.05 };

/// Samples. The answer has one assignment: the likeliest that was found.
///
/// # Errors
/// Those of the ratios.
pub fn sample<R: Ratios>(links: &Links, ratios: &R) -> Result<JointAnswer, R::Error> {
    let field = Field::new(links, ratios)?;
    let mut chains =
        (0..CHAINS).into_par_iter().map(|number| Chain::new(&field, number)).collect::<Result<Vec<_>, _>>()?;
    each(&mut chains, |chain| (0..BURN_IN).try_for_each(|_| chain.sweep(false)))?;
    let most = (MOST_WORK / (CHAINS * field.steady_count().max(1))).clamp(BATCH * ROUND, MOST_SWEEPS);
    let mut sweeps = 0;
    loop {
        each(&mut chains, |chain| (0..ROUND).try_for_each(|_| chain.batch(BATCH)))?;
        sweeps += BATCH * ROUND;
        let found = answer(&field, &chains, sweeps);
        let worst = found.sampling.as_ref().map_or(WANTED, Sampling::worst);
        if worst.is_within(WANTED) || sweeps + BATCH * ROUND > most {
            each(&mut chains, Chain::climb)?;
            let climbed = chains.iter().map(Chain::assignment).collect::<Result<Vec<_>, _>>()?;
            let best = climbed.into_iter().reduce(|best, one| if one.ln_weight > best.ln_weight { one } else { best });
            let best = best.map(|best| shown(best, &links.pairs));
            return Ok(JointAnswer { best: best.into_iter().collect::<Vec<Assignment>>(), ..found });
        }
    }
}

fn each<'f, R: Ratios>(
    chains: &mut [Chain<'f, R>],
    run: impl Fn(&mut Chain<'f, R>) -> Result<(), R::Error> + Send + Sync,
) -> Result<(), R::Error> {
    chains.par_iter_mut().map(run).collect()
}

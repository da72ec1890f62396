//! The sum over the genotypes of parents.
//!
//! Once the genotype of everybody who has children is known, a person without children shows at most what came from known
//! genotypes and one founder allele more. So what is left is, for each genotype of the parents, the urn after the founder alleles
//! drawn for them, and a sum over the partitions of as many founder alleles as there are such persons (see [`super::urn_sum`]). Half
//! siblings cost as many of these sums as their parent has genotypes; their descents double with each of them.

use super::family::{Origin, TracedFamily, TracedMember};
use super::frame::{Frame, Genotype, take_unordered};
use super::number::{FAR_FROM_UNDERFLOW, Marginal, Number, exact_marginal};
use super::urn_sum::UrnSum;
use crate::profile::Sex;

/// Of a person who shows a founder allele, so many genotypes are taken in turn rather than one founder allele more.
const FEW_GENOTYPES: usize = 3;

/// What a genotype or what is seen costs, as measured, in multiplications of a forest.
const STEP: f64 = 30.0;

/// Where the allele in a slot comes from, where the genotypes of parents are known.
#[derive(Clone, Copy)]
enum AlleleSource {
    /// Drawn from the population.
    Draw,
    /// Passed on by a member whose genotype is known; from this slot, where that is known.
    Known { parent: usize, sex: Sex, from: Option<usize> },
    /// Passed on by an untyped founder who has no other child.
    Founder { sex: Sex },
}

impl AlleleSource {
    /// Whether it is a founder allele that no genotype tells.
    fn is_open(self) -> bool {
        !matches!(self, Self::Known { .. })
    }
}

/// What is done next, where all before it is known.
enum GenotypeStep {
    /// Every genotype of a member in turn.
    Fix { member: usize, genotypes: Vec<Genotype> },
    /// What a typed member without children shows.
    See { member: usize },
}

/// The sum over the genotypes of the members who have children, where nothing is left open.
pub(super) struct GenotypeSum<'f> {
    frame: &'f Frame<'f>,
    /// By member and slot.
    sources: Vec<[Option<AlleleSource>; 2]>,
    steps: Vec<GenotypeStep>,
}

struct GenotypeWorking<N> {
    /// The states of the slots of fixed members.
    fixed: Vec<[u16; 2]>,
    urn: UrnSum<N>,
    /// What is seen below founder alleles that are not drawn: a row of states each.
    below: Vec<N>,
    sum: N,
}

impl<'f> GenotypeSum<'f> {
    /// Of a family in which nobody is kept.
    pub fn new(family: &TracedFamily, frame: &'f Frame<'f>) -> Self {
        let children = children(family);
        let is_passed_through = |at: usize| {
            let member = &family.members[at];
            member.slots == [Some(Origin::Founder), None] && !member.is_typed && children[at] == 1
        };
        let source = |origin: Origin| match origin {
            Origin::Founder => Some(AlleleSource::Draw),
            Origin::Parent { parent, sex, from } => {
                let parent = family.position(parent)?;
                // the slots of a founder are taken in no order
                let from = from.filter(|_| !is_founder(&family.members[parent]));
                let known = AlleleSource::Known { parent, sex, from };
                Some(if is_passed_through(parent) { AlleleSource::Founder { sex } } else { known })
            }
        };
        let sources = family.members.iter().map(|member| member.slots.map(|slot| slot.and_then(source)));
        let mut sum = Self { frame, sources: sources.collect(), steps: Vec::new() };
        let (mut fixed, mut seen) = (0..children.len())
            .filter(|&at| !is_passed_through(at))
            .partition::<Vec<_>, _>(|&at| children[at] > 0 || sum.is_fixed(at));
        sum.see_all(&mut seen, &fixed);
        while !fixed.is_empty() {
            let member = fixed.remove(0);
            let in_no_order = is_founder(&family.members[member]) && children[member] > 0;
            sum.steps.push(GenotypeStep::Fix { member, genotypes: genotypes(frame, member, in_no_order) });
            sum.see_all(&mut seen, &fixed);
        }
        sum
    }

    /// Whether the genotype of a member without children is to be known: where both slots are open, or one, with few genotypes.
    fn is_fixed(&self, member: usize) -> bool {
        let open = self.sources[member].iter().flatten().filter(|source| source.is_open()).count();
        let are_few = || self.frame.genotypes[member].as_ref().is_some_and(|list| list.len() <= FEW_GENOTYPES);
        open > 1 || open == 1 && are_few()
    }

    /// Appends what is shown by those of these members whose parents are not among the ones to be fixed later.
    fn see_all(&mut self, members: &mut Vec<usize>, later: &[usize]) {
        members.retain(|&member| {
            let is_later =
                |source: &AlleleSource| matches!(source, AlleleSource::Known { parent, .. } if later.contains(parent));
            let waits = self.sources[member].iter().flatten().any(is_later);
            if !waits {
                self.steps.push(GenotypeStep::See { member });
            }
            waits
        });
    }

    /// About how many multiplications it takes.
    pub fn cost(&self) -> f64 {
        let size = self.frame.space.size() as f64;
        let (mut ways, mut cost, mut open) = (1.0, 0.0, 0);
        for step in &self.steps {
            let member = match step {
                GenotypeStep::Fix { member, genotypes } => {
                    ways *= genotypes.len() as f64;
                    cost += STEP * ways;
                    member
                }
                GenotypeStep::See { member } => {
                    cost += STEP * ways * self.frame.genotypes[*member].as_ref().map_or(0.0, |list| list.len() as f64);
                    member
                }
            };
            let is_drawn =
                |source: &&AlleleSource| matches!((step, source), (GenotypeStep::Fix { .. }, AlleleSource::Draw));
            open +=
                self.sources[*member].iter().flatten().filter(|source| source.is_open() && !is_drawn(source)).count();
            cost += ways * size * open.min(1) as f64;
        }
        cost + ways * (2_f64.powi(open as i32) * size + 3_f64.powi(open as i32))
    }

    /// The sum.
    pub fn total(&self) -> Marginal {
        exact_marginal(vec![self.value()], || self.may_underflow(), || vec![self.value()])
    }

    /// Whether a term that is not 0 can come near the end of f64.
    fn may_underflow(&self) -> bool {
        let sources = || self.sources.iter().flatten().flatten();
        let founders = sources().filter(|source| source.is_open()).count();
        let meioses = sources().filter(|source| !matches!(source, AlleleSource::Draw)).count();
        let typed = (0..self.sources.len()).filter(|&member| self.frame.genotypes[member].is_some());
        let halves = meioses as f64 * 0.5_f64.ln();
        self.frame.ln_smallest_term(founders, meioses, typed) + halves < FAR_FROM_UNDERFLOW.ln()
    }

    fn value<N: Number>(&self) -> N {
        let founders = self.frame.founder_slots.len();
        let mut working = GenotypeWorking {
            fixed: vec![[0; 2]; self.sources.len()],
            urn: UrnSum::new(self.frame, founders),
            below: Vec::new(),
            sum: N::ZERO,
        };
        self.take(0, N::ONE, &mut working);
        working.sum
    }

    /// Takes the steps from this one on.
    fn take<N: Number>(&self, step: usize, weight: N, working: &mut GenotypeWorking<N>) {
        if weight == N::ZERO {
            return;
        }
        let seen = working.below.len();
        match self.steps.get(step) {
            None => {
                working.urn.set(working.below.chunks_exact(self.frame.space.size()));
                working.sum += weight * working.urn.total();
            }
            Some(GenotypeStep::See { member }) => {
                let weight = weight * self.see(*member, working);
                self.take(step + 1, weight, working);
            }
            Some(GenotypeStep::Fix { member, genotypes }) => {
                for genotype in genotypes {
                    let weight = weight * self.fix(*member, genotype, working);
                    self.take(step + 1, weight, working);
                    self.put_back(*member, genotype, working);
                    working.below.truncate(seen);
                }
            }
        }
        working.below.truncate(seen);
    }

    /// Gives a member a genotype; returns its probability but for what comes from founder alleles of others.
    fn fix<N: Number>(&self, member: usize, genotype: &Genotype, working: &mut GenotypeWorking<N>) -> N {
        let mut weight = N::from(genotype.weight);
        working.fixed[member] = genotype.states;
        for (source, state) in self.sources[member].iter().zip(genotype.states) {
            match *source {
                None => {}
                Some(AlleleSource::Draw) => weight *= working.urn.draw(usize::from(state)),
                Some(AlleleSource::Founder { sex }) => working.below.extend(self.column::<N>(sex, state)),
                Some(known) => weight *= N::from(self.passed_on(known, state, &working.fixed)),
            }
        }
        weight
    }

    fn put_back<N: Number>(&self, member: usize, genotype: &Genotype, working: &mut GenotypeWorking<N>) {
        for (source, state) in self.sources[member].iter().zip(genotype.states) {
            if let Some(AlleleSource::Draw) = source {
                working.urn.put_back(usize::from(state));
            }
        }
    }

    /// The probability of what a member without children shows; 1 where it is left to a row of it, by the state of the founder allele
    /// that it shows.
    fn see<N: Number>(&self, member: usize, working: &mut GenotypeWorking<N>) -> N {
        let sources = &self.sources[member];
        let by_known = |genotype: &Genotype| {
            let slots = sources.iter().zip(genotype.states);
            slots.fold(genotype.weight, |weight, (source, state)| {
                weight * source.map_or(1.0, |source| self.passed_on(source, state, &working.fixed))
            })
        };
        let genotypes = self.frame.genotypes[member].iter().flatten();
        let Some(open) = sources.iter().position(|source| source.is_some_and(AlleleSource::is_open)) else {
            return N::from(genotypes.map(by_known).sum());
        };
        let mut row = vec![N::ZERO; self.frame.space.size()];
        for genotype in genotypes {
            let (weight, state) = (N::from(by_known(genotype)), genotype.states[open]);
            match sources[open] {
                Some(AlleleSource::Founder { sex }) => {
                    row.iter_mut().zip(self.column::<N>(sex, state)).for_each(|(cell, value)| *cell += weight * value);
                }
                _ => row[usize::from(state)] += weight,
            }
        }
        working.below.extend(row);
        N::ONE
    }

    /// The probability that a meiosis passes on this state; 1 where it is not from a known genotype.
    fn passed_on(&self, source: AlleleSource, to: u16, fixed: &[[u16; 2]]) -> f64 {
        let AlleleSource::Known { parent, sex, from } = source else { return 1.0 };
        let space = &self.frame.space;
        let matrix = space.matrix(sex);
        let by = |slot: usize| matrix[usize::from(fixed[parent][slot]) * space.size() + usize::from(to)];
        match from {
            Some(slot) => by(slot),
            None if self.sources[parent][1].is_none() => by(0),
            None => 0.5 * (by(0) + by(1)),
        }
    }

    /// The probability of this state after a meiosis, by the state before.
    fn column<N: Number>(&self, sex: Sex, to: u16) -> impl Iterator<Item = N> + '_ {
        let space = &self.frame.space;
        space.matrix(sex).iter().skip(usize::from(to)).step_by(space.size()).map(|&value| N::from(value))
    }
}

fn is_founder(member: &TracedMember) -> bool {
    member.slots == [Some(Origin::Founder); 2]
}

/// By member, how many children it has.
fn children(family: &TracedFamily) -> Vec<usize> {
    let mut children = vec![0; family.members.len()];
    for origin in family.members.iter().flat_map(|member| member.slots).flatten() {
        if let Origin::Parent { parent, .. } = origin
            && let Some(at) = family.position(parent)
        {
            children[at] += 1;
        }
    }
    children
}

/// The genotypes that a member can have; of every two that differ in the order of their states alone one, for both, if asked for.
fn genotypes(frame: &Frame<'_>, member: usize, in_no_order: bool) -> Vec<Genotype> {
    let mut genotypes = frame.genotypes[member].clone().unwrap_or_else(|| {
        let [first, second] = &frame.domains[member];
        let second: &[u16] = if second.is_empty() { &[0] } else { second };
        let pairs = first.iter().flat_map(|&one| second.iter().map(move |&other| [one, other]));
        pairs.map(|states| Genotype { states, weight: 1.0 }).collect()
    });
    if in_no_order {
        take_unordered(&mut genotypes);
    }
    genotypes
}

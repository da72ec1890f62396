//! Gene dropping: founder alleles are drawn from the population and passed down the pedigree, with mutation.
//!
//! Everything random comes from the engine's own model of a locus: its frequencies and its mutation matrices. With theta
//! above 0 the whole case comes from one subpopulation, whose frequencies are one draw from Dirichlet(p (1 − θ)/θ):
//! founders that are drawn from it one after the other follow the sampling formula that the engine uses (Balding & Nichols
//! 1994, doi 10.1016/0379-0738(94)90222-4). Founders are in linkage equilibrium; at linked loci a gamete changes from one
//! parental haplotype to the other with the recombination fraction. MacCluer et al. 1986, doi 10.1002/zoo.1430050209.

use super::discrete::Discrete;
use super::stream::{Purpose, Streams, below, uniform};
use crate::inheritance::observation::AlleleIndex;
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::{Chromosome, LocusModel};
use crate::profile::Sex;
use rand::Rng;
use rand_distr::{Distribution, Gamma};

/// What one person has at one locus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DrawnGenotype {
    /// The allele from the mother.
    pub maternal: AlleleIndex,
    /// The allele from the father; none on a male's X.
    pub paternal: Option<AlleleIndex>,
}

/// An allele that changed on its way from a parent to a child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mutation {
    /// Position of the child in the pedigree.
    pub child: usize,
    /// Sex of the transmitting parent.
    pub parent: Sex,
    /// The locus (0-based).
    pub locus: usize,
    /// The parent's allele.
    pub from: AlleleIndex,
    /// The child's allele.
    pub to: AlleleIndex,
}

/// The genotypes of a family.
#[derive(Clone, Debug, Default)]
pub struct FamilyGenotypes {
    loci: usize,
    genotypes: Vec<DrawnGenotype>,
    /// Every mutation on the way.
    pub mutations: Vec<Mutation>,
}

impl FamilyGenotypes {
    /// What this person has, locus by locus.
    pub fn of(&self, person: usize) -> &[DrawnGenotype] {
        &self.genotypes[person * self.loci..(person + 1) * self.loci]
    }
}

/// Where each state of a locus goes at a transmission.
#[derive(Clone, Debug)]
struct StateTransmission {
    stays: Vec<f64>,
    changes: Vec<Option<Discrete>>,
}

/// What is drawn at one locus.
#[derive(Clone, Debug)]
struct LocusInheritance {
    chromosome: Chromosome,
    founders: Discrete,
    maternal: StateTransmission,
    paternal: StateTransmission,
    /// An earlier locus on the same chromosome, and the recombination fraction.
    linked: Option<(usize, f64)>,
}

/// Two linked loci (0-based) and their recombination fraction.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Linkage {
    /// The two loci.
    pub loci: [usize; 2],
    /// Recombination fraction, from 0 to 0.5.
    pub rho: f64,
}

/// Drops genes through pedigrees at a panel of loci.
#[derive(Clone, Debug)]
pub struct GeneDrop {
    loci: Vec<LocusInheritance>,
}

impl GeneDrop {
    /// Prepares the draws for these loci. `seed` settles the subpopulation, where theta is above 0.
    ///
    /// Linked loci form chains: of each pair, the locus with the higher number takes after the one with the lower. The
    /// caller sees to it that no locus takes after two.
    pub fn new(models: &[LocusModel], linkage: &[Linkage], seed: u64) -> Self {
        let streams = Streams::new(seed, Purpose::Subpopulation);
        let loci = models
            .iter()
            .enumerate()
            .map(|(locus, model)| LocusInheritance {
                chromosome: model.chromosome(),
                founders: subpopulation(model, &mut streams.stream(locus as u64)),
                maternal: StateTransmission::new(model, Sex::Female),
                paternal: StateTransmission::new(model, Sex::Male),
                linked: linkage
                    .iter()
                    .map(|pair| (pair.loci[0].min(pair.loci[1]), pair.loci[0].max(pair.loci[1]), pair.rho))
                    .find(|&(_, later, _)| later == locus)
                    .map(|(earlier, _, rho)| (earlier, rho)),
            })
            .collect();
        Self { loci }
    }

    /// Draws the genotypes of a family. `sexes` has everybody's sex, which matters on the X chromosome.
    pub fn drop(&self, pedigree: &Pedigree, sexes: &[Sex], random: &mut impl Rng) -> FamilyGenotypes {
        let nothing = DrawnGenotype { maternal: AlleleIndex(0), paternal: None };
        let mut family = FamilyGenotypes {
            loci: self.loci.len(),
            genotypes: vec![nothing; self.loci.len() * sexes.len()],
            mutations: Vec::new(),
        };
        for &person in pedigree.parents_first() {
            let individual = &pedigree.individuals()[person];
            self.inherit(&mut family, person, individual.mother, Sex::Female, random);
            self.inherit(&mut family, person, individual.father, Sex::Male, random);
            for (locus, draws) in self.loci.iter().enumerate() {
                if draws.chromosome == Chromosome::X && sexes[person] == Sex::Male {
                    family.genotypes[person * self.loci.len() + locus].paternal = None;
                }
            }
        }
        family
    }

    /// Fills one slot of a person at every locus: from the parent, or from the population.
    fn inherit(
        &self,
        family: &mut FamilyGenotypes,
        child: usize,
        parent: Option<usize>,
        parent_sex: Sex,
        random: &mut impl Rng,
    ) {
        let count = self.loci.len();
        let mut from_father = vec![false; if parent.is_some() { count } else { 0 }];
        for (locus, draws) in self.loci.iter().enumerate() {
            let allele = match parent {
                None => AlleleIndex(draws.founders.pick(uniform(random)) as u16),
                Some(parent) => {
                    from_father[locus] = match draws.linked {
                        Some((earlier, rho)) => from_father[earlier] ^ (uniform(random) < rho),
                        None => random.random(),
                    };
                    let genotype = family.genotypes[parent * count + locus];
                    let chosen = genotype.paternal.filter(|_| from_father[locus]).unwrap_or(genotype.maternal);
                    let transmission = if parent_sex == Sex::Female { &draws.maternal } else { &draws.paternal };
                    let arrived = transmission.pass(chosen, random);
                    if arrived != chosen {
                        let mutation = Mutation { child, parent: parent_sex, locus, from: chosen, to: arrived };
                        family.mutations.push(mutation);
                    }
                    arrived
                }
            };
            let genotype = &mut family.genotypes[child * count + locus];
            match parent_sex {
                Sex::Female => genotype.maternal = allele,
                _ => genotype.paternal = Some(allele),
            }
        }
    }
}

impl StateTransmission {
    fn new(model: &LocusModel, parent: Sex) -> Self {
        let states = model.states();
        let rows = model.mutation_matrix(parent).chunks(states).enumerate();
        let (stays, changes) = rows
            .map(|(from, row)| {
                let others = row.iter().enumerate().map(|(to, &chance)| if to == from { 0.0 } else { chance });
                let any = others.clone().sum::<f64>() > 0.0;
                (row[from], any.then(|| Discrete::new(others)))
            })
            .unzip();
        Self { stays, changes }
    }

    fn pass(&self, from: AlleleIndex, random: &mut impl Rng) -> AlleleIndex {
        match &self.changes[from.position()] {
            Some(changes) if uniform(random) >= self.stays[from.position()] => {
                AlleleIndex(changes.pick(uniform(random)) as u16)
            }
            _ => from,
        }
    }
}

/// The frequencies of the subpopulation: the population's own without theta, else one Dirichlet draw around them.
fn subpopulation(model: &LocusModel, random: &mut impl Rng) -> Discrete {
    let frequencies = model.state_frequencies();
    if model.theta() == 0.0 {
        return Discrete::new(frequencies.iter().copied());
    }
    let concentration = (1.0 - model.theta()) / model.theta();
    let weights: Vec<f64> = frequencies.iter().map(|frequency| gamma(frequency * concentration, random)).collect();
    match weights.iter().sum::<f64>() > 0.0 {
        true => Discrete::new(weights),
        // every draw underflowed (theta close to 1): one allele is fixed
        false => {
            let fixed = Discrete::new(frequencies.iter().copied()).pick(uniform(random));
            Discrete::new((0..frequencies.len()).map(|at| f64::from(u8::from(at == fixed))))
        }
    }
}

/// A draw from Gamma(shape, 1); 0 where the shape is 0.
pub fn gamma(shape: f64, random: &mut impl Rng) -> f64 {
    Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.sample(random))
}

/// Draws the sexes that are not known.
pub fn draw_sexes(pedigree: &Pedigree, random: &mut impl Rng) -> Vec<Sex> {
    let known = pedigree.individuals().iter().map(|individual| individual.sex);
    known
        .map(|sex| match sex {
            Sex::Unknown => [Sex::Female, Sex::Male][below(random, 2)],
            known => known,
        })
        .collect()
}

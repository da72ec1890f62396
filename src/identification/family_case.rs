//! One family at every locus: what its typed members say of each missing person.
//!
//! For a missing person m and everything E seen of the typed relatives, the network gives the joint table of E and m's
//! genotype; from it follows P(shown | E, m) for whatever a body shows. Against it stands P(shown | E, stranger), where the
//! stranger is a founder unrelated to everybody: without coancestry that is the frequency of what is shown, with it
//! (theta above 0) the family's own alleles make it likelier.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::{evidence_on, with_stranger};
use super::family::Family;
use super::founders::Founders;
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::{Chromosome, GenotypeTable, LikelihoodError, LocusModel, genotype_table, ln_likelihood};
use crate::model::PopulationModels;
use crate::profile::{Code, Observation, Panel, SampleIndex, Sex};
use std::sync::{Arc, OnceLock};

/// The models of one population at the loci in use.
#[derive(Clone, Copy, Debug)]
pub struct Models<'a> {
    /// One model a locus.
    pub loci: &'a [LocusModel],
    /// The same without mutation (theta does not matter), by which a locus is judged consistent or not.
    pub without_mutation: &'a [LocusModel],
    /// The panel's loci (0-based positions), in the order of the models.
    pub positions: &'a [usize],
    /// Probability that an allele drops in.
    pub drop_in: f64,
}

impl<'a> Models<'a> {
    /// The models of one population, whose loci are at these positions of the panel.
    pub fn new(population: &'a PopulationModels, positions: &'a [usize], drop_in: f64) -> Self {
        Self { loci: &population.loci, without_mutation: &population.without_mutation, positions, drop_in }
    }
}

/// A member who gave a sample.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Typed {
    /// Position in the pedigree.
    pub person: usize,
    /// The sample.
    pub sample: SampleIndex,
}

/// A locus that is not used for a family, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct UnusedLocus {
    /// 0-based among the loci in use.
    pub locus: usize,
    /// Whether what was seen of the relatives has probability 0, even with mutation; else the engine refuses the locus.
    pub impossible: bool,
    /// Why, in words.
    pub reason: String,
}

/// One family under one population.
#[derive(Clone, Debug)]
pub struct FamilyCase<'a> {
    /// The family.
    pub family: &'a Family,
    /// Who of it is typed.
    pub typed: &'a [Typed],
    /// The models.
    pub models: Models<'a>,
    /// Evidence on the typed members, by locus.
    evidence: Vec<Vec<Evidence>>,
    /// ln P(evidence), by locus; 0 where the locus is not used.
    ln_family: Vec<f64>,
    /// The loci that are not used.
    pub unused: Vec<UnusedLocus>,
    /// Tables of strangers, by locus, then by sex (female, male, unknown): with theta they are the costliest.
    strangers: Vec<[OnceLock<GenotypeTable>; 3]>,
}

impl<'a> FamilyCase<'a> {
    /// Gathers what was seen of the family. A locus that the engine refuses, or where what was seen of the relatives has
    /// probability 0 even with mutation, is not used for this family.
    ///
    /// # Errors
    /// An observation with an allele that the models do not have; too many founder alleles for theta.
    pub fn new(
        panel: &Panel,
        models: Models<'a>,
        family: &'a Family,
        typed: &'a [Typed],
    ) -> Result<Self, IdentificationError> {
        let mut case = Self {
            family,
            typed,
            models,
            evidence: Vec::new(),
            ln_family: Vec::new(),
            unused: Vec::new(),
            strangers: vec![[const { OnceLock::new() }; 3]; models.loci.len()],
        };
        for (locus, model) in models.loci.iter().enumerate() {
            let mut evidence = Vec::new();
            for member in typed {
                let observation = panel.observation(member.sample, models.positions[locus]);
                if observation.call.is_informative() {
                    evidence.extend(evidence_on(model, member.person, &[observation], models.drop_in)?);
                }
            }
            let unused = |impossible, reason| Some(UnusedLocus { locus, impossible, reason });
            let (ln_family, unused) = match ln_likelihood(model, &family.pedigree, &evidence) {
                Ok(ln) if *ln == f64::NEG_INFINITY => {
                    (0.0, unused(true, "what the relatives show is impossible, even with mutation".to_owned()))
                }
                Ok(ln) => (*ln, None),
                Err(cause @ LikelihoodError::TooManyFounderAlleles { .. }) => {
                    return Err(IdentificationError::Family { family: family.id.clone(), cause });
                }
                Err(refused) => (0.0, unused(false, refused.to_string())),
            };
            case.evidence.push(evidence);
            case.ln_family.push(ln_family);
            case.unused.extend(unused);
        }
        Ok(case)
    }

    /// Number of loci.
    pub fn locus_count(&self) -> usize {
        self.evidence.len()
    }

    /// What was seen of the typed members at one locus.
    pub fn evidence(&self, locus: usize) -> &[Evidence] {
        &self.evidence[locus]
    }

    /// ln P(everything seen of the typed members), over the loci that are used.
    pub fn ln_family(&self) -> f64 {
        self.ln_family.iter().sum()
    }

    /// ln P(seen of the typed members) at one locus.
    pub fn ln_family_at(&self, locus: usize) -> f64 {
        self.ln_family[locus]
    }

    /// Whether the locus is used for this person: the engine takes it, and the sex is known where it matters.
    pub fn is_used(&self, locus: usize, person: usize) -> bool {
        let needs_sex = self.models.loci[locus].chromosome() == Chromosome::X;
        let sex_known = !needs_sex || self.family.sex(person) != Sex::Unknown;
        sex_known && self.unused.iter().all(|unused| unused.locus != locus)
    }

    /// Whether the relatives say anything of this person at this locus: it is used, and one of them is typed.
    pub fn is_informative(&self, locus: usize, person: usize) -> bool {
        !self.evidence[locus].is_empty() && self.is_used(locus, person)
    }

    /// The joint table of all evidence and a missing person's genotype.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn table(&self, model: &LocusModel, locus: usize, person: usize) -> Result<GenotypeTable, IdentificationError> {
        Ok(genotype_table(model, &self.family.pedigree, &self.evidence[locus], person)?)
    }

    /// The joint table of all evidence and the genotype of somebody of this sex who is related to nobody.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_table(&self, locus: usize, sex: Sex) -> Result<&GenotypeTable, IdentificationError> {
        let kept = match sex {
            Sex::Female => &self.strangers[locus][0],
            Sex::Male => &self.strangers[locus][1],
            Sex::Unknown => &self.strangers[locus][2],
        };
        if let Some(table) = kept.get() {
            return Ok(table);
        }
        let model = &self.models.loci[locus];
        let (pedigree, stranger) = with_stranger(&self.family.pedigree, sex)?;
        let table = genotype_table(model, &pedigree, &self.evidence[locus], stranger)?;
        Ok(kept.get_or_init(|| table))
    }

    /// ln P(shown | evidence, `placed`, this person) for each thing that a body shows at this locus (by code); 0 for
    /// code 0. `placed`: what bodies show that are held to be other missing persons.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn row(
        &self,
        locus: usize,
        person: usize,
        placed: &[(usize, Code)],
        bodies: &Bodies,
    ) -> Result<Vec<f64>, IdentificationError> {
        let (model, shown) = (&self.models.loci[locus], bodies.shown(locus));
        let mut evidence = self.evidence[locus].clone();
        for &(other, code) in placed {
            evidence.extend(evidence_on(model, other, &shown[usize::from(code)], self.models.drop_in)?);
        }
        let table = genotype_table(model, &self.family.pedigree, &evidence, person)?;
        shown_row(model, &self.family.pedigree, &evidence, person, &table, shown, self.models.drop_in)
    }

    /// ln P(shown | evidence, somebody of this sex who is related to nobody), by code; 0 for code 0.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_row(
        &self,
        locus: usize,
        sex: Sex,
        bodies: &Bodies,
        founders: &Founders,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let model = &self.models.loci[locus];
        if model.theta() == 0.0 {
            return Ok(founders.row(locus, sex));
        }
        let table = self.stranger_table(locus, sex)?;
        let (pedigree, stranger) = with_stranger(&self.family.pedigree, sex)?;
        let shown = bodies.shown(locus);
        let row = shown_row(model, &pedigree, &self.evidence[locus], stranger, table, shown, self.models.drop_in)?;
        Ok(row.into())
    }
}

/// ln P(shown | evidence) for each list of observations of one person, read from the person's table; lists of several
/// observations (one body, several samples) are put to the network, since they are independent only given the genotype.
pub(super) fn shown_row(
    model: &LocusModel,
    pedigree: &Pedigree,
    evidence: &[Evidence],
    person: usize,
    table: &GenotypeTable,
    shown: &[Vec<Observation>],
    drop_in: f64,
) -> Result<Vec<f64>, IdentificationError> {
    let ln_evidence = table.ln_probability_of(Seen::Nothing, 0.0, 0.0);
    let ln_shown = |observations: &Vec<Observation>| -> Result<f64, IdentificationError> {
        let pieces = evidence_on(model, person, observations, drop_in)?;
        let ln_joint = match pieces.as_slice() {
            [] => return Ok(0.0),
            [one] => table.ln_probability_of(one.seen, one.drop_out, one.drop_in),
            several if several.iter().any(|piece| cannot_be(table, piece.seen)) => f64::NEG_INFINITY,
            several => *ln_likelihood(model, pedigree, &[evidence, several].concat())?,
        };
        Ok(if ln_joint == f64::NEG_INFINITY { ln_joint } else { ln_joint - ln_evidence })
    };
    shown.iter().map(ln_shown).collect()
}

/// Two alleles on a male's X.
fn cannot_be(table: &GenotypeTable, seen: Seen) -> bool {
    !table.is_diploid() && matches!(seen, Seen::Two(..))
}

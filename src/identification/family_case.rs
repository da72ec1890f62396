//! One family at every locus: what its typed members say of each missing person.
//!
//! For a missing person m and everything E seen of the typed relatives, the network gives the joint table of E and m's
//! genotype; from it follows P(shown | E, m) for whatever a body shows. Against it stands P(shown | E, stranger), where the
//! stranger is a founder unrelated to everybody: without coancestry that is the frequency of what is shown, with it
//! (theta above 0) the family's own alleles make it likelier.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::{evidence_on, shown_row, with_stranger};
use super::founders::Founders;
use super::linkage::linkage_matters;
use super::linked_rows::LinkedEvidence;
use super::models::Models;
use super::separation::Surroundings;
use super::shared_rows::SharedRows;
use super::typed_family::Typed;
use crate::inheritance::Family;
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::{Pedigree, PedigreeError};
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{Chromosome, GenotypeTable, LikelihoodError, LocusModel, genotype_table, ln_likelihood};
use crate::model::kept_loci;
use crate::profile::{Code, Panel, Sex};
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

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
    /// Whether linked loci are not independent for this family.
    is_linked: bool,
    /// The loci that are not used.
    pub unused: Vec<UnusedLocus>,
    /// Rows that are the same in every family.
    shared: &'a SharedRows,
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
        shared: &'a SharedRows,
    ) -> Result<Self, IdentificationError> {
        let mut case = Self {
            family,
            typed,
            models,
            evidence: Vec::new(),
            ln_family: Vec::new(),
            is_linked: linkage_matters(family, typed) || family.missing.len() > 1,
            unused: Vec::new(),
            shared,
            strangers: vec![[const { OnceLock::new() }; 3]; models.loci.len()],
        };
        for (locus, model) in models.loci.iter().enumerate() {
            let mut evidence = Vec::new();
            for member in typed.iter().filter(|_| models.counts[locus]) {
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
        case.set_aside_impossible_groups()?;
        Ok(case)
    }

    /// Linked loci where what the relatives show is impossible together are not used.
    fn set_aside_impossible_groups(&mut self) -> Result<(), IdentificationError> {
        for group in 0..self.models.groups.len() {
            if self.is_joint(group)
                && self.linked_evidence(group, &self.family.pedigree, |_| true).ln_likelihood()? == f64::NEG_INFINITY
            {
                let reason = "what the relatives show at linked loci is impossible, even with mutation";
                let unused = |&locus: &usize| UnusedLocus { locus, impossible: true, reason: reason.to_owned() };
                self.unused.extend(self.models.groups[group].loci.iter().map(unused));
            }
        }
        Ok(())
    }

    /// Whether the loci of a group are to be taken together.
    fn is_joint(&self, group: usize) -> bool {
        self.is_linked && self.models.groups[group].loci.len() > 1
    }

    /// What was seen at those loci of a group that are used.
    fn linked_evidence<'c>(
        &'c self,
        group: usize,
        pedigree: &'c Pedigree,
        is_used: impl Fn(usize) -> bool,
    ) -> LinkedEvidence<'c> {
        let is_unused =
            |locus: usize| !self.models.counts[locus] || self.unused.iter().any(|unused| unused.locus == locus);
        let group = kept_loci(&self.models.groups[group], |locus| is_used(locus) && !is_unused(locus));
        let evidence = group.loci.iter().map(|&locus| self.evidence[locus].clone()).collect();
        LinkedEvidence { group, models: self.models.loci, evidence, pedigree, drop_in: self.models.drop_in }
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
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn ln_family(&self) -> Result<f64, IdentificationError> {
        let mut sum = 0.0;
        for (at, group) in self.models.groups.iter().enumerate() {
            sum += match self.is_joint(at) {
                true => self.linked_evidence(at, &self.family.pedigree, |_| true).ln_likelihood()?,
                false => group.loci.iter().map(|&locus| self.ln_family[locus]).sum(),
            };
        }
        Ok(sum)
    }

    /// ln P(seen of the typed members) at one locus.
    pub fn ln_family_at(&self, locus: usize) -> f64 {
        self.ln_family[locus]
    }

    /// Whether the locus is used for somebody of this sex: the engine takes it, and the sex is known where it matters.
    fn is_used(&self, locus: usize, sex: Sex) -> bool {
        let sex_known = sex != Sex::Unknown || !self.is_x(locus);
        sex_known && self.models.counts[locus] && self.unused.iter().all(|unused| unused.locus != locus)
    }

    fn is_x(&self, locus: usize) -> bool {
        self.models.loci[locus].chromosome() == Chromosome::X
    }

    /// Whether the relatives say anything of this person, whose body is of this sex, at this locus: it is used, and one of them
    /// is typed.
    pub fn is_informative(&self, locus: usize, person: usize, body: Sex) -> bool {
        let sex = if self.family.sex(person) == Sex::Unknown { body } else { self.family.sex(person) };
        !self.evidence[locus].is_empty() && self.is_used(locus, sex)
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

    /// ln P(shown | evidence, `placed`, this person) for each thing that a body shows at a group of loci (by code); 0 for
    /// code 0. `placed`: what bodies show that are held to be other missing persons. Loci that are not used for this person say nothing.
    ///
    /// A missing person whose sex is not known has that of the body: the X of a man's body counts as a man's.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn row(
        &self,
        group: usize,
        person: usize,
        placed: &[(usize, Code)],
        bodies: &Bodies,
    ) -> Result<Vec<f64>, IdentificationError> {
        let others = placed.iter().map(|&(other, code)| (other, self.sex_in(group, code, bodies)));
        let pedigree = with_sexes(&self.family.pedigree, others)?;
        self.by_sex(group, person, bodies, |sex| {
            let pedigree = with_sexes(&pedigree, [(person, sex)])?;
            self.row_in(&pedigree, group, person, placed, bodies)
        })
    }

    /// A row put together from those of each sex that the person can have, where the sex matters and is not known.
    fn by_sex(
        &self,
        group: usize,
        person: usize,
        bodies: &Bodies,
        row_of: impl Fn(Sex) -> Result<Vec<f64>, IdentificationError>,
    ) -> Result<Vec<f64>, IdentificationError> {
        let known = self.family.sex(person);
        if known != Sex::Unknown || !self.models.groups[group].loci.iter().any(|&locus| self.is_x(locus)) {
            return row_of(known);
        }
        let codes = 0..bodies.combinations(group).len();
        let sexes: Vec<Sex> = codes.map(|code| self.sex_in(group, code as Code, bodies)).collect();
        let mut row = row_of(Sex::Unknown)?;
        for sex in [Sex::Female, Sex::Male] {
            if sexes.contains(&sex) {
                let of_sex = row_of(sex)?;
                let theirs = sexes.iter().enumerate().filter(|&(_, &other)| other == sex);
                theirs.for_each(|(code, _)| row[code] = of_sex[code]);
            }
        }
        Ok(row)
    }

    /// The sex of the bodies that show this at a group of loci, where it matters.
    fn sex_in(&self, group: usize, code: Code, bodies: &Bodies) -> Sex {
        let shown = &bodies.combinations(group)[usize::from(code)];
        let sexes =
            self.models.groups[group].loci.iter().zip(shown).map(|(&locus, &code)| bodies.sex_shown(locus, code));
        sexes.into_iter().find(|&sex| sex != Sex::Unknown).unwrap_or_default()
    }

    fn row_in(
        &self,
        pedigree: &Pedigree,
        group: usize,
        person: usize,
        placed: &[(usize, Code)],
        bodies: &Bodies,
    ) -> Result<Vec<f64>, IdentificationError> {
        let combinations = bodies.combinations(group);
        let sex_of = |member: usize| pedigree.individuals()[member].sex;
        if !self.is_joint(group) {
            let at_locus = |at: usize, locus: usize| {
                let placed = placed.iter().map(|&(other, code)| (other, combinations[usize::from(code)][at]));
                self.row_at(pedigree, locus, person, &placed.collect::<Vec<_>>(), bodies)
            };
            return self.sum_over_loci(group, sex_of(person), bodies, at_locus);
        }
        let mut linked = self.linked_evidence(group, pedigree, |locus| self.is_used(locus, sex_of(person)));
        let positions = self.positions_of(group, &linked.group);
        for (at, (&locus, evidence)) in positions.iter().zip(linked.group.loci.iter().zip(&mut linked.evidence)) {
            for &(other, code) in placed.iter().filter(|&&(other, _)| self.is_used(locus, sex_of(other))) {
                let shown = &bodies.shown(locus)[usize::from(combinations[usize::from(code)][*at])];
                evidence.extend(evidence_on(&self.models.loci[locus], other, shown, self.models.drop_in)?);
            }
        }
        linked.row(person, &chosen(combinations, &positions), bodies)
    }

    /// ln P(shown | evidence, somebody of this person's sex who is related to nobody), by code of a group of loci; 0 for code 0, and
    /// for the loci that are not used for this person, in whose place the stranger is.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_row(
        &self,
        group: usize,
        person: usize,
        bodies: &Bodies,
        founders: &Founders,
    ) -> Result<Vec<f64>, IdentificationError> {
        self.by_sex(group, person, bodies, |sex| self.stranger_row_of(group, sex, bodies, founders))
    }

    fn stranger_row_of(
        &self,
        group: usize,
        sex: Sex,
        bodies: &Bodies,
        founders: &Founders,
    ) -> Result<Vec<f64>, IdentificationError> {
        let with_theta = |&locus: &usize| self.models.loci[locus].theta() > 0.0;
        if !self.is_joint(group) || !self.models.groups[group].loci.iter().any(with_theta) {
            let at_locus = |_, locus: usize| self.stranger_row_at(locus, sex, bodies, founders);
            return self.sum_over_loci(group, sex, bodies, at_locus);
        }
        let (pedigree, stranger) = with_stranger(&self.family.pedigree, sex)?;
        let linked = self.linked_evidence(group, &pedigree, |locus| self.is_used(locus, sex));
        let positions = self.positions_of(group, &linked.group);
        linked.row(stranger, &chosen(bodies.combinations(group), &positions), bodies)
    }

    /// Where in the group the loci stand that are left of it.
    fn positions_of(&self, group: usize, left: &LinkageGroup) -> Vec<usize> {
        let all = self.models.groups[group].loci.iter().enumerate();
        all.filter(|(_, locus)| left.loci.contains(locus)).map(|(at, _)| at).collect()
    }

    /// The row of a group whose loci are independent: the sum over those that are used, each with its position in the group.
    fn sum_over_loci<R: AsRef<[f64]>>(
        &self,
        group: usize,
        sex: Sex,
        bodies: &Bodies,
        row_at: impl Fn(usize, usize) -> Result<R, IdentificationError>,
    ) -> Result<Vec<f64>, IdentificationError> {
        let combinations = bodies.combinations(group);
        let mut sums = vec![0.0; combinations.len()];
        for (at, &locus) in self.models.groups[group].loci.iter().enumerate() {
            if self.is_used(locus, sex) {
                let row = row_at(at, locus)?;
                let codes = combinations.iter().map(|codes| usize::from(codes[at]));
                sums.iter_mut().zip(codes).for_each(|(sum, code)| *sum += row.as_ref()[code]);
            }
        }
        Ok(sums)
    }

    fn row_at(
        &self,
        pedigree: &Pedigree,
        locus: usize,
        person: usize,
        placed: &[(usize, Code)],
        bodies: &Bodies,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let (model, shown) = (&self.models.loci[locus], bodies.shown(locus));
        let relatives = &self.evidence[locus];
        let mut evidence = relatives.clone();
        let is_used = |member: usize| self.is_used(locus, pedigree.individuals()[member].sex);
        for &(other, code) in placed.iter().filter(|&&(other, _)| is_used(other)) {
            evidence.extend(evidence_on(model, other, &shown[usize::from(code)], self.models.drop_in)?);
        }
        let row = |pedigree: &Pedigree, evidence: &[Evidence], person: usize, ln_evidence: f64| {
            let table = genotype_table(model, pedigree, evidence, person)?;
            shown_row(model, &table, ln_evidence, shown, self.models.drop_in)
        };
        if let Some((surroundings, members)) = Surroundings::of(model, pedigree, &evidence, person) {
            let small_row = |small: &Surroundings| {
                let (pedigree, evidence) = (small.pedigree()?, small.evidence());
                let ln_evidence = *ln_likelihood(model, &pedigree, &evidence)?;
                row(&pedigree, &evidence, small.person(), ln_evidence)
            };
            return match relatives.iter().any(|piece| members.contains(&piece.person)) {
                true => Ok(small_row(&surroundings)?.into()),
                false => self.shared.row(locus, surroundings, small_row),
            };
        }
        let ln_evidence = match evidence.len() == relatives.len() {
            true => self.ln_family[locus],
            false => *ln_likelihood(model, pedigree, &evidence)?,
        };
        Ok(row(pedigree, &evidence, person, ln_evidence)?.into())
    }

    fn stranger_row_at(
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
        Ok(shown_row(model, table, self.ln_family[locus], bodies.shown(locus), self.models.drop_in)?.into())
    }
}

/// The pedigree where these members, if their sexes are not known, have these.
fn with_sexes(
    pedigree: &Pedigree,
    sexes: impl IntoIterator<Item = (usize, Sex)>,
) -> Result<Cow<'_, Pedigree>, PedigreeError> {
    let sex_of = |member: usize| pedigree.individuals()[member].sex;
    let open = |&(member, sex): &(usize, Sex)| sex != Sex::Unknown && sex_of(member) == Sex::Unknown;
    let known: Vec<(usize, Sex)> = sexes.into_iter().filter(open).collect();
    if known.is_empty() {
        return Ok(Cow::Borrowed(pedigree));
    }
    let mut individuals = pedigree.individuals().to_vec();
    known.into_iter().for_each(|(member, sex)| individuals[member].sex = sex);
    Ok(Cow::Owned(Pedigree::new(individuals)?))
}

/// Of each combination the codes at these positions.
fn chosen(combinations: &[Vec<Code>], positions: &[usize]) -> Vec<Vec<Code>> {
    combinations.iter().map(|codes| positions.iter().map(|&at| codes[at]).collect()).collect()
}

//! Linked loci as one column: what a body shows at all of them together.
//!
//! The row of a group of linked loci has an entry for each combination that some body shows. Two loci are summed over pairs of descents,
//! where what is seen at each locus is worked out once for each code (see the engine's linked descents); more loci, and families with
//! too many descents, entry by entry in one network.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::{evidence_on, has_alleles_of};
use super::models::LocusInUse;
use crate::inheritance::observation::{Evidence, Seen};
use crate::inheritance::pedigree::Pedigree;
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{Chromosome, LinkedTables, LocusEvidence, SeenByDescent, linked_ln_likelihood, linked_tables};
use crate::profile::{Code, Sex};
use std::collections::HashMap;

/// What was seen of a family at linked loci.
pub(super) struct LinkedEvidence<'a, 'c> {
    /// The loci that are used, with the recombination fractions between them.
    pub group: LinkageGroup,
    /// For each locus of the group its model.
    pub models: Vec<LocusInUse<'a>>,
    /// For each locus of the group the evidence.
    pub evidence: Vec<Vec<Evidence>>,
    pub pedigree: &'c Pedigree,
    pub drop_in: f64,
}

impl LinkedEvidence<'_, '_> {
    /// ln P(evidence at all the loci).
    pub fn ln_likelihood(&self) -> Result<f64, IdentificationError> {
        self.ln_with(&vec![Vec::new(); self.group.loci.len()])
    }

    /// ln P(evidence, and these pieces more, one list a locus).
    fn ln_with(&self, more: &[Vec<Evidence>]) -> Result<f64, IdentificationError> {
        let all: Vec<Vec<Evidence>> =
            self.evidence.iter().zip(more).map(|(evidence, more)| [&evidence[..], more].concat()).collect();
        let loci: Vec<_> =
            self.models.iter().zip(&all).map(|(model, evidence)| LocusEvidence { model, evidence }).collect();
        Ok(*linked_ln_likelihood(&loci, &self.group.recombination, self.pedigree)?)
    }

    /// ln P(shown | evidence) of this person, for each of these combinations of codes (one a locus of the group); −∞ for alleles
    /// that a locus does not have.
    pub fn row(
        &self,
        person: usize,
        combinations: &[Vec<Code>],
        bodies: &Bodies,
    ) -> Result<Vec<f64>, IdentificationError> {
        let ln_evidence = self.ln_likelihood()?;
        let tables = self.tables(person)?;
        let mut seen: [HashMap<Code, SeenByDescent>; 2] = Default::default();
        let mut row = Vec::with_capacity(combinations.len());
        for codes in combinations {
            if !self.has_alleles_of(codes, bodies) {
                row.push(f64::NEG_INFINITY);
                continue;
            }
            let pieces = self.pieces(person, codes, bodies)?;
            let is_seen_everywhere = pieces.iter().all(|pieces| !pieces.is_empty());
            let ln_joint = match &tables {
                _ if pieces.iter().all(Vec::is_empty) => ln_evidence,
                _ if self.has_two_alleles_of_one_x(person, &pieces) => f64::NEG_INFINITY,
                Some(tables) if is_seen_everywhere => {
                    let [firsts, seconds] = &mut seen;
                    let first = firsts.entry(codes[0]).or_insert_with(|| tables.at_first(&pieces[0]));
                    first.ln_joint(seconds.entry(codes[1]).or_insert_with(|| tables.at_second(&pieces[1])))
                }
                _ => self.ln_with(&pieces)?,
            };
            row.push(if ln_joint == f64::NEG_INFINITY { ln_joint } else { ln_joint - ln_evidence });
        }
        Ok(row)
    }

    fn tables(&self, person: usize) -> Result<Option<LinkedTables>, IdentificationError> {
        let ([_, _], &[recombination]) = (&self.group.loci[..], &self.group.recombination[..]) else {
            return Ok(None);
        };
        let loci = [0, 1].map(|at| LocusEvidence { model: &self.models[at], evidence: &self.evidence[at] });
        Ok(linked_tables(loci, recombination, self.pedigree, person)?)
    }

    fn has_alleles_of(&self, codes: &[Code], bodies: &Bodies) -> bool {
        let shown = self.group.loci.iter().zip(codes).map(|(&locus, &code)| &bodies.shown(locus)[usize::from(code)]);
        self.models.iter().zip(shown).all(|(model, shown)| has_alleles_of(model, shown))
    }

    fn pieces(
        &self,
        person: usize,
        codes: &[Code],
        bodies: &Bodies,
    ) -> Result<Vec<Vec<Evidence>>, IdentificationError> {
        let pieces = |((model, &locus), &code): ((&LocusInUse<'_>, &usize), &Code)| {
            let shown = &bodies.shown(locus)[usize::from(code)];
            Ok(evidence_on(model, person, shown, self.drop_in)?)
        };
        self.models.iter().zip(&self.group.loci).zip(codes).map(pieces).collect()
    }

    fn has_two_alleles_of_one_x(&self, person: usize, pieces: &[Vec<Evidence>]) -> bool {
        let is_x = self.models.iter().any(|model| model.chromosome() == Chromosome::X);
        let is_male = self.pedigree.individuals()[person].sex == Sex::Male;
        let two = |piece: &Evidence| piece.drop_in == 0.0 && matches!(piece.seen, Seen::Two(..));
        is_x && is_male && pieces.iter().flatten().any(two)
    }
}

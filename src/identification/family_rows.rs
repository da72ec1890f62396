//! What the typed members of a family say of each missing person, as rows by what a body shows.
//!
//! For a missing person m and everything E seen of the typed relatives, the network gives the joint table of E and m's
//! genotype; from it follows P(shown | E, m) for whatever a body shows. Against it stands P(shown | E, stranger), where the
//! stranger is a founder unrelated to everybody: without coancestry that is the frequency of what is shown, with it
//! (theta above 0) the family's own alleles make it likelier.
//!
//! *Which alleles a locus has.* The likelihood ratio of bodies S as members of a family is
//! LR(S) = P(E, S | pedigree) / (P(E | pedigree) · Π P(b | E, stranger)), the product over the bodies b of S, where at each locus all
//! these probabilities have the alleles of the table, of E and of S, and no others. One more body can so bring an allele that those
//! placed before it do not show; LR(S and b) / LR(S) is then P(b | E, S, m) / P(b | E, stranger) with the greater set of alleles, times
//! LR(S) with the greater set over LR(S) with the lesser.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::{evidence_on, shown_row, with_stranger};
use super::family_case::FamilyCase;
use super::founders::Founders;
use super::linked_rows::LinkedEvidence;
use super::models::Unseen;
use super::separation::Surroundings;
use crate::inheritance::observation::Evidence;
use crate::inheritance::pedigree::{Pedigree, PedigreeError};
use crate::likelihood::case::LinkageGroup;
use crate::likelihood::{LocusModel, genotype_table, ln_likelihood};
use crate::profile::{Allele, Code, Sex};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

/// Bodies held to be members of the family: the member, and the code of what the body shows at a group of loci.
pub(super) type PlacedCodes = [(usize, Code)];

/// What is asked for at a group of loci.
pub(super) type Codes = BTreeSet<Code>;

/// The ln of a ratio; what nobody can show speaks against everybody.
pub fn ln_ratio(ln_theirs: f64, ln_strangers: f64) -> f64 {
    if ln_theirs == f64::NEG_INFINITY { ln_theirs } else { ln_theirs - ln_strangers }
}

/// One family, the bodies, and what strangers show: all that a row rests on.
#[derive(Clone, Copy)]
pub(super) struct FamilyRows<'a, 'c> {
    pub case: &'a FamilyCase<'c>,
    pub bodies: &'a Bodies,
    pub founders: &'a Founders<'c>,
}

impl FamilyRows<'_, '_> {
    /// ln LR(body as this person), by what a body shows at a group of loci (by code); 0 for code 0, and for codes that are not asked for.
    /// Loci that are not used for this person say nothing.
    ///
    /// A missing person whose sex is not known has that of the body: the X of a man's body counts as a man's.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn alone(&self, group: usize, person: usize, codes: &Codes) -> Result<Vec<f64>, IdentificationError> {
        self.together(group, person, &[], codes)
    }

    /// ln LR(those placed, and the body as this person), by code.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn together(
        &self,
        group: usize,
        person: usize,
        placed: &PlacedCodes,
        codes: &Codes,
    ) -> Result<Vec<f64>, IdentificationError> {
        self.row(group, person, placed, codes, |unseen| self.ln_placed(unseen, group, placed))
    }

    /// ln LR(those placed, and the body as this person) − ln LR(those placed), by code.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn beside(
        &self,
        group: usize,
        person: usize,
        placed: &PlacedCodes,
        codes: &Codes,
    ) -> Result<Vec<f64>, IdentificationError> {
        let without = self.unseen_with(group, placed);
        self.row(group, person, placed, codes, |unseen| {
            if unseen == without {
                return Ok(0.0);
            }
            let ln_without = self.ln_placed(&without, group, placed)?;
            // what is impossible already is no likelier with one more
            let is_possible = ln_without > f64::NEG_INFINITY;
            if is_possible { Ok(self.ln_placed(unseen, group, placed)? - ln_without) } else { Ok(ln_without) }
        })
    }

    /// What these bodies show at a group of loci.
    pub fn codes_of(&self, group: usize, bodies: impl Iterator<Item = u32>) -> Codes {
        let column = self.bodies.group_column(group);
        bodies.map(|body| column[body as usize]).collect()
    }

    /// What any body shows at a group of loci.
    pub fn all_codes(&self, group: usize) -> Codes {
        self.codes_of(group, 0..self.bodies.len() as u32)
    }

    /// Whether what a code stands for has an allele, at any locus of the group, that neither the table nor the family has.
    pub fn widens(&self, group: usize, code: Code) -> bool {
        let loci = self.case.models.groups[group].loci.iter();
        let with = self.unseen_with(group, &[(0, code)]);
        loci.zip(with).any(|(&locus, with)| with != *self.case.unseen(locus))
    }

    /// ln P(shown | evidence, somebody of this person's sex who is related to nobody), by code of a group of loci that have these unseen
    /// alleles; 0 for code 0, and for the loci that are not used for this person, in whose place the stranger is; −∞ for other alleles.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn stranger_row(
        &self,
        unseen: &[Unseen],
        group: usize,
        person: usize,
    ) -> Result<Vec<f64>, IdentificationError> {
        let codes: Vec<usize> = (0..self.bodies.combinations(group).len()).collect();
        self.by_sex(group, person, |sex| self.strangers(unseen, group, sex, &codes))
    }

    /// The unseen alleles of the family and of these bodies together, at each locus of a group.
    pub fn unseen_with(&self, group: usize, placed: &PlacedCodes) -> Vec<Unseen> {
        let combinations = self.bodies.combinations(group);
        let at_locus = |(at, &locus): (usize, &usize)| {
            if !self.case.models.is_open(locus) {
                return Unseen::new();
            }
            let shown = placed.iter().flat_map(|&(_, code)| {
                let code = combinations[usize::from(code)][at];
                self.bodies.shown(locus)[usize::from(code)].iter()
            });
            let alleles = shown.flat_map(|observation| observation.call.alleles().collect::<Vec<_>>());
            self.case.models.unseen_of(locus, self.case.unseen(locus).iter().copied().chain(alleles))
        };
        self.case.models.groups[group].loci.iter().enumerate().map(at_locus).collect()
    }

    /// These codes of a group by the unseen alleles that the family, those placed and the code show together.
    fn by_unseen(&self, group: usize, placed: &PlacedCodes, codes: &Codes) -> BTreeMap<Vec<Unseen>, Vec<usize>> {
        let all = codes.iter().map(|&code| usize::from(code));
        if self.case.models.groups[group].loci.iter().all(|&locus| !self.case.models.is_open(locus)) {
            return BTreeMap::from([(self.unseen_with(group, placed), all.collect())]);
        }
        let mut found: BTreeMap<Vec<Unseen>, Vec<usize>> = BTreeMap::new();
        for code in all {
            let with = [placed, &[(0, code as Code)]].concat();
            found.entry(self.unseen_with(group, &with)).or_default().push(code);
        }
        found
    }

    /// ln of P(shown | evidence, placed, this person) / P(shown | evidence, stranger), by code, each with its own alleles, and more that
    /// these alleles bring.
    fn row(
        &self,
        group: usize,
        person: usize,
        placed: &PlacedCodes,
        codes: &Codes,
        ln_more: impl Fn(&[Unseen]) -> Result<f64, IdentificationError>,
    ) -> Result<Vec<f64>, IdentificationError> {
        let with_sexes_of_placed = self.with_sexes(group, placed)?;
        let by_unseen = self.by_unseen(group, placed, codes);
        let ln_more = by_unseen.keys().map(|unseen| ln_more(unseen)).collect::<Result<Vec<_>, _>>()?;
        self.by_sex(group, person, |sex| {
            let pedigree = with_sexes(&with_sexes_of_placed, [(person, sex)])?;
            let mut row = vec![0.0; self.bodies.combinations(group).len()];
            for ((unseen, codes), ln_more) in by_unseen.iter().zip(&ln_more) {
                let theirs = self.row_in(&pedigree, unseen, codes, group, person, placed)?;
                let strangers = self.strangers(unseen, group, sex, codes)?;
                codes.iter().zip(theirs.iter().zip(strangers)).for_each(|(&code, (&ln_theirs, ln_strangers))| {
                    row[code] = ln_ratio(ln_theirs, ln_strangers) + ln_more;
                });
            }
            Ok(row)
        })
    }

    /// ln LR(those placed) with these unseen alleles.
    fn ln_placed(&self, unseen: &[Unseen], group: usize, placed: &PlacedCodes) -> Result<f64, IdentificationError> {
        if placed.is_empty() {
            return Ok(0.0);
        }
        let pedigree = self.with_sexes(group, placed)?;
        let mut ln_strangers = 0.0;
        for &(member, code) in placed {
            let sex = pedigree.individuals()[member].sex;
            ln_strangers += self.strangers(unseen, group, sex, &[usize::from(code)])?.iter().sum::<f64>();
        }
        Ok(ln_ratio(self.ln_seen_of(&pedigree, unseen, group, placed)?, ln_strangers))
    }

    /// ln P(what those placed show | evidence).
    fn ln_seen_of(
        &self,
        pedigree: &Pedigree,
        unseen: &[Unseen],
        group: usize,
        placed: &PlacedCodes,
    ) -> Result<f64, IdentificationError> {
        let case = self.case;
        if case.is_joint(group) {
            let is_used = |locus| placed.iter().any(|&(member, _)| case.is_used(locus, sex_of(pedigree, member)));
            let mut linked = case.linked_evidence(unseen, group, pedigree, is_used)?;
            let ln_family = linked.ln_likelihood()?;
            self.add_placed(&mut linked, group, placed)?;
            return Ok(ln_ratio(linked.ln_likelihood()?, ln_family));
        }
        let mut sum = 0.0;
        for (at, (&locus, unseen)) in case.models.groups[group].loci.iter().zip(unseen).enumerate() {
            let placed = self.codes_at(group, at, placed);
            let at_locus = case.at(locus, unseen)?;
            let mut evidence = at_locus.evidence.clone();
            evidence.extend(self.evidence_of_placed(pedigree, locus, &at_locus.model, &placed)?);
            if evidence.len() > at_locus.evidence.len() {
                sum += ln_ratio(*ln_likelihood(&at_locus.model, pedigree, &evidence)?, at_locus.ln_family()?);
            }
        }
        Ok(sum)
    }

    /// The row of the person, in a pedigree where all sexes are as they are to be: ln P(shown | evidence, placed) for these codes.
    fn row_in(
        &self,
        pedigree: &Pedigree,
        unseen: &[Unseen],
        codes: &[usize],
        group: usize,
        person: usize,
        placed: &PlacedCodes,
    ) -> Result<Vec<f64>, IdentificationError> {
        let sex = sex_of(pedigree, person);
        if !self.case.is_joint(group) {
            return self.sum_over_loci(group, sex, codes, |at, locus| {
                self.row_at(pedigree, locus, &unseen[at], person, &self.codes_at(group, at, placed))
            });
        }
        let mut linked = self.case.linked_evidence(unseen, group, pedigree, |locus| self.case.is_used(locus, sex))?;
        self.add_placed(&mut linked, group, placed)?;
        linked.row(person, &self.chosen(codes, group, &linked.group), self.bodies)
    }

    fn row_at(
        &self,
        pedigree: &Pedigree,
        locus: usize,
        unseen: &[Allele],
        person: usize,
        placed: &PlacedCodes,
    ) -> Result<Arc<[f64]>, IdentificationError> {
        let (at_locus, shown, drop_in) =
            (self.case.at(locus, unseen)?, self.bodies.shown(locus), self.case.models.drop_in);
        let (model, relatives) = (&*at_locus.model, &at_locus.evidence);
        let mut evidence = relatives.clone();
        evidence.extend(self.evidence_of_placed(pedigree, locus, model, placed)?);
        let row = |pedigree: &Pedigree, evidence: &[Evidence], person: usize, ln_evidence: f64| {
            let table = genotype_table(model, pedigree, evidence, person)?;
            shown_row(model, &table, ln_evidence, shown, drop_in)
        };
        if let Some((surroundings, members)) = Surroundings::of(model, pedigree, &evidence, person) {
            let small_row = |small: &Surroundings| {
                let (pedigree, evidence) = (small.pedigree()?, small.evidence());
                let ln_evidence = *ln_likelihood(model, &pedigree, &evidence)?;
                row(&pedigree, &evidence, small.person(), ln_evidence)
            };
            return match relatives.iter().any(|piece| members.contains(&piece.person)) {
                true => Ok(small_row(&surroundings)?.into()),
                false => self.case.shared.row(locus, unseen, surroundings, small_row),
            };
        }
        let ln_evidence = match evidence.len() == relatives.len() {
            true => at_locus.ln_family()?,
            false => *ln_likelihood(model, pedigree, &evidence)?,
        };
        Ok(row(pedigree, &evidence, person, ln_evidence)?.into())
    }

    /// ln P(shown | evidence, a stranger of this sex), for these codes of a group of loci that have these unseen alleles.
    fn strangers(
        &self,
        unseen: &[Unseen],
        group: usize,
        sex: Sex,
        codes: &[usize],
    ) -> Result<Vec<f64>, IdentificationError> {
        let lock = || self.case.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (group, sex, unseen.to_vec());
        let is_known = |code: &usize| lock().get(&key).is_some_and(|known| known.contains_key(code));
        let new: Vec<usize> = codes.iter().copied().filter(|code| !is_known(code)).collect();
        let found = if new.is_empty() { Vec::new() } else { self.strangers_of(unseen, group, sex, &new)? };
        let mut all = lock();
        let known = all.entry(key).or_default();
        known.extend(new.into_iter().zip(found));
        Ok(codes.iter().map(|code| known[code]).collect())
    }

    fn strangers_of(
        &self,
        unseen: &[Unseen],
        group: usize,
        sex: Sex,
        codes: &[usize],
    ) -> Result<Vec<f64>, IdentificationError> {
        let case = self.case;
        let with_theta = |&locus: &usize| case.models.loci[locus].theta() > 0.0;
        if !case.is_joint(group) || !case.models.groups[group].loci.iter().any(with_theta) {
            let at_locus = |at: usize, locus: usize| self.strangers_at(locus, &unseen[at], sex);
            return self.sum_over_loci(group, sex, codes, at_locus);
        }
        let (pedigree, stranger) = with_stranger(&case.family.pedigree, sex)?;
        let linked = case.linked_evidence(unseen, group, &pedigree, |locus| case.is_used(locus, sex))?;
        linked.row(stranger, &self.chosen(codes, group, &linked.group), self.bodies)
    }

    fn strangers_at(&self, locus: usize, unseen: &[Allele], sex: Sex) -> Result<Arc<[f64]>, IdentificationError> {
        let case = self.case;
        if case.models.loci[locus].theta() == 0.0 {
            return Ok(Arc::clone(self.founders.at(locus, unseen)?.row(sex)));
        }
        let at_locus = case.at(locus, unseen)?;
        let table = at_locus.stranger_table(&case.family.pedigree, sex)?;
        let (ln_family, shown) = (at_locus.ln_family()?, self.bodies.shown(locus));
        Ok(shown_row(&at_locus.model, table, ln_family, shown, case.models.drop_in)?.into())
    }

    /// The row of a group whose loci are independent, for these codes: the sum over the loci that are used, each with its position in
    /// the group.
    fn sum_over_loci(
        &self,
        group: usize,
        sex: Sex,
        codes: &[usize],
        row_at: impl Fn(usize, usize) -> Result<Arc<[f64]>, IdentificationError>,
    ) -> Result<Vec<f64>, IdentificationError> {
        let combinations = self.bodies.combinations(group);
        let mut sums = vec![0.0; codes.len()];
        for (at, &locus) in self.case.models.groups[group].loci.iter().enumerate() {
            if self.case.is_used(locus, sex) {
                let row = row_at(at, locus)?;
                let codes = codes.iter().map(|&code| usize::from(combinations[code][at]));
                sums.iter_mut().zip(codes).for_each(|(sum, code)| *sum += row[code]);
            }
        }
        Ok(sums)
    }

    /// A row put together from those of each sex that the person can have, where the sex matters and is not known.
    fn by_sex(
        &self,
        group: usize,
        person: usize,
        row_of: impl Fn(Sex) -> Result<Vec<f64>, IdentificationError>,
    ) -> Result<Vec<f64>, IdentificationError> {
        let known = self.case.family.sex(person);
        if known != Sex::Unknown || !self.case.models.groups[group].loci.iter().any(|&locus| self.case.is_x(locus)) {
            return row_of(known);
        }
        let codes = 0..self.bodies.combinations(group).len();
        let sexes: Vec<Sex> = codes.map(|code| self.sex_shown(group, code as Code)).collect();
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
    fn sex_shown(&self, group: usize, code: Code) -> Sex {
        let shown = &self.bodies.combinations(group)[usize::from(code)];
        let loci = self.case.models.groups[group].loci.iter().zip(shown);
        let sexes = loci.map(|(&locus, &code)| self.bodies.sex_shown(locus, code));
        sexes.into_iter().find(|&sex| sex != Sex::Unknown).unwrap_or_default()
    }

    /// The family's pedigree where those placed, if their sexes are not known, have those of their bodies.
    fn with_sexes(&self, group: usize, placed: &PlacedCodes) -> Result<Cow<'_, Pedigree>, PedigreeError> {
        let sexes = placed.iter().map(|&(member, code)| (member, self.sex_shown(group, code)));
        with_sexes(&self.case.family.pedigree, sexes)
    }

    /// Those placed, with the codes of one locus of a group (its position there).
    fn codes_at(&self, group: usize, at: usize, placed: &PlacedCodes) -> Vec<(usize, Code)> {
        let combinations = self.bodies.combinations(group);
        placed.iter().map(|&(member, code)| (member, combinations[usize::from(code)][at])).collect()
    }

    /// What those placed show at a locus (by its codes), where it is used for them.
    fn evidence_of_placed(
        &self,
        pedigree: &Pedigree,
        locus: usize,
        model: &LocusModel,
        placed: &PlacedCodes,
    ) -> Result<Vec<Evidence>, IdentificationError> {
        let mut evidence = Vec::new();
        for &(member, code) in placed.iter().filter(|&&(member, _)| self.case.is_used(locus, sex_of(pedigree, member)))
        {
            let shown = &self.bodies.shown(locus)[usize::from(code)];
            evidence.extend(evidence_on(model, member, shown, self.case.models.drop_in)?);
        }
        Ok(evidence)
    }

    /// Adds what those placed show to the evidence on a family at linked loci.
    fn add_placed(
        &self,
        linked: &mut LinkedEvidence<'_, '_>,
        group: usize,
        placed: &PlacedCodes,
    ) -> Result<(), IdentificationError> {
        let positions = self.positions_of(group, &linked.group);
        for (number, &at) in positions.iter().enumerate() {
            let locus = linked.group.loci[number];
            let placed = self.codes_at(group, at, placed);
            let more = self.evidence_of_placed(linked.pedigree, locus, &linked.models[number], &placed)?;
            linked.evidence[number].extend(more);
        }
        Ok(())
    }

    /// Where in the group the loci stand that are left of it.
    fn positions_of(&self, group: usize, left: &LinkageGroup) -> Vec<usize> {
        let all = self.case.models.groups[group].loci.iter().enumerate();
        all.filter(|(_, locus)| left.loci.contains(locus)).map(|(at, _)| at).collect()
    }

    /// Of these codes of a group what they stand for at the loci that are left of it.
    fn chosen(&self, codes: &[usize], group: usize, left: &LinkageGroup) -> Vec<Vec<Code>> {
        let (combinations, positions) = (self.bodies.combinations(group), self.positions_of(group, left));
        codes.iter().map(|&code| positions.iter().map(|&at| combinations[code][at]).collect()).collect()
    }
}

fn sex_of(pedigree: &Pedigree, member: usize) -> Sex {
    pedigree.individuals()[member].sex
}

/// The pedigree where these members, if their sexes are not known, have these.
pub(super) fn with_sexes(
    pedigree: &Pedigree,
    sexes: impl IntoIterator<Item = (usize, Sex)>,
) -> Result<Cow<'_, Pedigree>, PedigreeError> {
    let open = |&(member, sex): &(usize, Sex)| sex != Sex::Unknown && sex_of(pedigree, member) == Sex::Unknown;
    let known: Vec<(usize, Sex)> = sexes.into_iter().filter(open).collect();
    if known.is_empty() {
        return Ok(Cow::Borrowed(pedigree));
    }
    let mut individuals = pedigree.individuals().to_vec();
    known.into_iter().for_each(|(member, sex)| individuals[member].sex = sex);
    Ok(Cow::Owned(Pedigree::new(individuals)?))
}

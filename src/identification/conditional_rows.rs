//! The rows of one missing person given what bodies show that are held to be others of the family.
//!
//! A group of loci is *closed* where no body that is tried shows an allele that neither the table nor the family has. What a body
//! multiplies the likelihood ratio of a placement by there stays as it is, whoever is placed after it. At an *open* group the next body
//! can bring alleles along, and the whole placement is asked for anew.
//!
//! A row depends on what is shown alone, not on who shows it, so rows are few where placements are many. Siblings of one sex
//! who are missing without children are alike: what they show counts in any order.

use super::IdentificationError;
use super::family_case::FamilyCase;
use super::family_rows::FamilyRows;
use crate::profile::Code;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// Bodies placed: the position of the missing person in the order of work, and the body.
pub(super) type Placed = Vec<(usize, u32)>;

/// The rows of one missing person.
pub(super) struct ConditionalRows<'a, 'c> {
    family: FamilyRows<'a, 'c>,
    /// The missing persons placed before this one (positions in the pedigree), in the order of work.
    before: &'a [usize],
    person: usize,
    /// The bodies that are tried as this person.
    tried: &'a [u32],
    /// Whether each group of loci is open.
    is_open: &'a [bool],
    /// For each of those before, the first of them that is like it.
    alike: Vec<usize>,
    /// By group of loci, then by what those before show (0: not placed, or nothing).
    rows: Vec<HashMap<Vec<Code>, Vec<f64>>>,
}

/// What a body makes of a placement, or the body alone where nobody is placed.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct LnFactor {
    /// ln of what it multiplies the likelihood ratio by at closed groups of loci.
    pub closed: f64,
    /// ln of the likelihood ratio of all of them at the open ones.
    pub open: f64,
}

impl<'a, 'c> ConditionalRows<'a, 'c> {
    /// No rows yet.
    pub fn new(
        family: FamilyRows<'a, 'c>,
        before: &'a [usize],
        person: usize,
        tried: &'a [u32],
        is_open: &'a [bool],
    ) -> Self {
        let first_like =
            |&one: &usize| before.iter().position(|&other| are_alike(family.case, one, other)).unwrap_or(0);
        let alike = before.iter().map(first_like).collect();
        let rows = vec![HashMap::new(); family.bodies.group_count()];
        Self { family, before, person, tried, is_open, alike, rows }
    }

    /// Works out, on all threads, the rows that these placements need and that are not known yet.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn prepare<'p>(
        &mut self,
        placements: impl Iterator<Item = &'p Placed> + Clone + Send + Sync,
    ) -> Result<(), IdentificationError> {
        let this = &*self;
        let needed = |group: usize| {
            let keys = placements.clone().map(|placed| this.key(group, placed));
            let mut new: Vec<_> =
                keys.filter(|key| !this.rows[group].contains_key(key)).collect::<HashSet<_>>().into_iter().collect();
            new.sort_unstable();
            new.into_iter().map(move |key| (group, key)).collect::<Vec<_>>()
        };
        let needed: Vec<(usize, Vec<Code>)> = (0..self.rows.len()).into_par_iter().flat_map_iter(needed).collect();
        let worked_out: Vec<Vec<f64>> =
            needed.par_iter().map(|(group, key)| self.work_out(*group, key)).collect::<Result<_, _>>()?;
        for ((group, key), row) in needed.into_iter().zip(worked_out) {
            self.rows[group].insert(key, row);
        }
        Ok(())
    }

    /// What each of these bodies as the person makes of a placement that was prepared.
    pub fn ln_factors(&self, placed: &Placed, candidates: &[u32]) -> Vec<LnFactor> {
        let mut sums = vec![LnFactor::default(); candidates.len()];
        for (group, rows) in self.rows.iter().enumerate() {
            let (row, column) = (&rows[&self.key(group, placed)], self.family.bodies.group_column(group));
            for (sum, &body) in sums.iter_mut().zip(candidates) {
                let of_kind = if self.is_open[group] { &mut sum.open } else { &mut sum.closed };
                *of_kind += row[usize::from(column[body as usize])];
            }
        }
        sums
    }

    fn work_out(&self, group: usize, key: &[Code]) -> Result<Vec<f64>, IdentificationError> {
        let shown = self.before.iter().copied().zip(key.iter().copied());
        let placed: Vec<(usize, Code)> = shown.filter(|&(_, code)| code != 0).collect();
        let codes = self.family.codes_of(group, self.tried.iter().copied());
        match self.is_open[group] {
            true => self.family.together(group, self.person, &placed, &codes),
            false => self.family.beside(group, self.person, &placed, &codes),
        }
    }

    /// What those before show at a group of loci; those who are alike in descending order.
    fn key(&self, group: usize, placed: &Placed) -> Vec<Code> {
        let column = self.family.bodies.group_column(group);
        let mut key = vec![0; self.before.len()];
        placed.iter().for_each(|&(at, body)| key[at] = column[body as usize]);
        for at in 1..key.len() {
            // insertion among those who are alike
            let mut moving = at;
            for earlier in (0..at).rev().filter(|&earlier| self.alike[earlier] == self.alike[at]) {
                if key[earlier] >= key[moving] {
                    break;
                }
                key.swap(earlier, moving);
                moving = earlier;
            }
        }
        key
    }
}

/// Whether two missing persons may change places in the pedigree.
fn are_alike(case: &FamilyCase<'_>, one: usize, other: usize) -> bool {
    let individuals = case.family.pedigree.individuals();
    let of = |person: usize| (individuals[person].father, individuals[person].mother, individuals[person].sex);
    let has_children =
        |person: usize| individuals.iter().any(|child| [child.father, child.mother].contains(&Some(person)));
    let has_two_parents = individuals[one].father.is_some() && individuals[one].mother.is_some();
    one == other || (has_two_parents && of(one) == of(other) && !has_children(one) && !has_children(other))
}

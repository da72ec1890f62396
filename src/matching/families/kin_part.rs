//! Of the families, bodies and missing persons those that one component has to do with.

use super::kin::Kin;
use crate::matching::MatchError;
use crate::profile::SampleIndex;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// By place, the missing persons (numbers, ascending) who can be a child's parent, untyped.
pub(super) type MissingParents = [Vec<u32>; 2];

/// What takes part in a component beside its children.
pub(super) struct KinPart<'a> {
    pub kin: &'a Kin<'a>,
    /// The bodies: sample and number.
    pub bodies: Vec<(SampleIndex, u32)>,
    /// By body, the missing persons that it can be, ascending.
    pub options: Vec<Vec<u32>>,
    /// By child of the component.
    pub missing: Vec<MissingParents>,
}

/// Who of the bodies is whom, with log10 of what that weighs by the relatives alone.
type Assignment = (BTreeMap<SampleIndex, u32>, f64);

impl KinPart<'_> {
    /// How many assignments there are, at most.
    pub fn number_at_most(&self) -> f64 {
        self.options.iter().map(|options| 1.0 + options.len() as f64).product()
    }

    /// Every possible assignment of bodies to missing persons, nobody twice.
    ///
    /// # Errors
    /// What the likelihood engine refuses.
    pub fn assignments(&self, table: usize) -> Result<Vec<Assignment>, MatchError> {
        let mut listing =
            Listing { part: self, table, weights: BTreeMap::new(), of: BTreeMap::new(), found: Vec::new() };
        listing.extend(0)?;
        Ok(listing.found)
    }
}

struct Listing<'a, 'k> {
    part: &'a KinPart<'k>,
    table: usize,
    /// log10 of the weight of the bodies in one family (person and body by number, ascending), as far as it was asked for.
    weights: BTreeMap<Vec<(u32, u32)>, f64>,
    /// By missing person, the position of the body among those of the part.
    of: BTreeMap<u32, usize>,
    found: Vec<Assignment>,
}

impl Listing<'_, '_> {
    /// Lists what the bodies from this position on can be.
    fn extend(&mut self, at: usize) -> Result<(), MatchError> {
        let Some(options) = self.part.options.get(at) else {
            let log10 = self.log10_weight()?;
            if log10 > f64::NEG_INFINITY {
                let of = self.of.iter().map(|(&person, &body)| (self.part.bodies[body].0, person)).collect();
                self.found.push((of, log10));
            }
            return Ok(());
        };
        self.extend(at + 1)?;
        for &person in options {
            if let Entry::Vacant(vacant) = self.of.entry(person) {
                vacant.insert(at);
                let extended = self.extend(at + 1);
                self.of.remove(&person);
                extended?;
            }
        }
        Ok(())
    }

    /// The product over the families.
    fn log10_weight(&mut self) -> Result<f64, MatchError> {
        let mut by_family: BTreeMap<usize, Vec<(u32, u32)>> = BTreeMap::new();
        for (&person, &body) in &self.of {
            by_family.entry(self.part.kin.family_of(person)).or_default().push((person, self.part.bodies[body].1));
        }
        let mut log10 = 0.0;
        for placed in by_family.into_values() {
            log10 += match self.weights.get(&placed) {
                Some(&known) => known,
                None => {
                    let weight = self.part.kin.tables[self.table].log10_weight(&placed)?;
                    self.weights.insert(placed, weight);
                    weight
                }
            };
        }
        Ok(log10)
    }
}

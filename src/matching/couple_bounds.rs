//! For each child and locus a bound of every couple's LR, in a father's and a mother's part.

use super::Case;
use crate::likelihood::{CoupleBound, LocusModel};
use crate::model::PopulationModels;
use crate::profile::{Call, Code, Observation, SampleIndex};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// The bounds of all children, each made once for everything that a child can show at a locus; they hold in every population.
pub(super) struct CoupleBounds {
    by_code: Vec<HashMap<Code, CoupleBound>>,
}

impl CoupleBounds {
    pub fn new(case: &Case<'_>, children: &[SampleIndex]) -> Self {
        let at_locus = |(position, &locus): (usize, &usize)| {
            let mut codes: Vec<_> = children.iter().map(|&child| case.panel.profile(child).code(locus)).collect();
            codes.sort_unstable();
            codes.dedup();
            let dictionary = case.panel.dictionary(locus);
            let drop_in = case.settings.observation.drop_in;
            let of_population = |population: &PopulationModels, code| {
                let shown = match population.counts[position] {
                    true => dictionary.observation(code),
                    false => Observation { call: Call::Missing, drop_out: 0.0 },
                };
                bound_at(population, position, shown, dictionary.observations(), drop_in)
            };
            let bound = |code| {
                let bounds = case.models.populations.iter().map(|population| of_population(population, code));
                bounds.reduce(CoupleBound::or).map(|bound| (code, bound))
            };
            codes.into_iter().filter_map(bound).collect()
        };
        Self { by_code: case.models.loci.par_iter().enumerate().map(at_locus).collect() }
    }

    /// The bounds of what this child shows, one for each locus in use.
    pub fn of<'a>(&'a self, case: &'a Case<'_>, child: SampleIndex) -> Vec<&'a CoupleBound> {
        let profile = case.panel.profile(child);
        case.models.loci.iter().zip(&self.by_code).map(|(&locus, by_code)| &by_code[&profile.code(locus)]).collect()
    }
}

/// So many models of one locus are gone through for a bound of all of them.
const MOST_MODELS: usize = 2048;

/// The bound at a locus (0-based among those in use) for a child who shows this, whichever unseen alleles the parents show.
fn bound_at(
    population: &PopulationModels,
    position: usize,
    child: Observation,
    parents: &[Observation],
    drop_in: f64,
) -> CoupleBound {
    let model = &population.loci[position];
    let Some(open) = &population.open[position] else { return CoupleBound::new(model, child, drop_in, parents) };
    if let Some(models) = open.models_of_couples(child.call, parents, MOST_MODELS) {
        let lists = |alleles: &LocusModel, parent: &Observation| {
            parent
                .call
                .alleles()
                .all(|allele| alleles.allele_index(allele).is_some() || model.allele_index(allele).is_none())
        };
        let bound = |own: &Arc<LocusModel>| {
            CoupleBound::new(own, child, drop_in, parents).only(|code| lists(own, &parents[code]))
        };
        let bounds = models.iter().map(bound);
        if let Some(bound) = bounds.reduce(CoupleBound::or) {
            return bound;
        }
    }
    // the child's call is least probable with its own alleles alone, or, where frequencies are divided by their sum, with all
    let all = CoupleBound::plain(model, child, drop_in, parents.len());
    match open.model(&open.unseen_of(child.call.alleles())) {
        Ok(own) => all.or(CoupleBound::plain(&own, child, drop_in, parents.len())),
        Err(_) => all,
    }
}

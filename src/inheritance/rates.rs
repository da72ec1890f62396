//! Mutation rates by locus and by sex of the transmitting parent.
//!
//! The bundled rates are apparent rates: mutations seen as an inconsistency, for each parent-child transfer. True rates,
//! of changes of two and more repeats above all, are higher (Slooten & Ricciardi 2013,
//! doi:10.1016/j.fsigen.2013.01.006).

use crate::name_some::{LOCI_NAMED, name_some};
use crate::profile::LocusName;
use serde::Serialize;
use std::collections::BTreeMap;

/// The published rates that come with the program, as a table; its comments name the sources.
pub const BUNDLED_RATES: &str = include_str!("../../data/mutation_rates.csv");

/// The highest rate that a table of rates or the settings may give. No autosomal or X-chromosomal STR in use comes near: the
/// fastest, SE33, mutates in 0.64 % of a father's meioses (AABB 2008, as in the bundled table), so what is higher is a rate
/// in percent.
pub const HIGHEST_RATE: f64 = 0.05;

/// What is expected of a rate, for messages.
pub const EXPECTED_RATE: &str = "a mutation rate from 0 to 0.05, as a fraction of meioses (rates in percent are to be divided by 100: 0.17 % is 0.0017)";

/// A higher rate is so unusual that a run says so.
const UNUSUAL_RATE: f64 = 0.02;

/// Mutation rates for each meiosis, by sex of the parent, in [0, 1].
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ParentalRates {
    /// From a mother.
    pub female: f64,
    /// From a father.
    pub male: f64,
}

/// The rates of one locus, and where they come from.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct LocusRates {
    /// The rates.
    pub rates: ParentalRates,
    /// The publication or the file, in words.
    pub source: String,
}

/// The mutation rates of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct MutationRates {
    by_locus: BTreeMap<LocusName, LocusRates>,
    default: LocusRates,
}

impl MutationRates {
    /// Rates by locus, and those of every other locus.
    pub fn new(by_locus: BTreeMap<LocusName, LocusRates>, default: LocusRates) -> Self {
        Self { by_locus, default }
    }

    /// One pair of rates for all loci.
    pub fn uniform(rates: ParentalRates) -> Self {
        let source = "one pair of rates for all loci".to_owned();
        Self { by_locus: BTreeMap::new(), default: LocusRates { rates, source } }
    }

    /// Every rate times `factor`, at most 1.
    pub fn scaled(&self, factor: f64) -> Self {
        let scale = |known: &LocusRates| LocusRates {
            rates: ParentalRates {
                female: (known.rates.female * factor).min(1.0),
                male: (known.rates.male * factor).min(1.0),
            },
            source: format!("{} (times {factor})", known.source),
        };
        let by_locus = self.by_locus.iter().map(|(locus, known)| (locus.clone(), scale(known))).collect();
        Self { by_locus, default: scale(&self.default) }
    }

    /// The rates of this locus: its own, else the default.
    pub fn of(&self, locus: &LocusName) -> &LocusRates {
        self.by_locus.get(locus).unwrap_or(&self.default)
    }

    /// The rates of loci that have none of their own.
    pub fn default_rates(&self) -> &LocusRates {
        &self.default
    }

    /// Every locus with rates of its own, by name.
    pub fn by_locus(&self) -> impl Iterator<Item = (&LocusName, &LocusRates)> {
        self.by_locus.iter()
    }

    /// A note for the run on the loci without rates of their own; `None` if each has some, or one pair serves all.
    pub fn note<'l>(&self, loci: impl IntoIterator<Item = &'l LocusName>) -> Option<String> {
        let without = |locus: &&LocusName| !self.by_locus.is_empty() && !self.by_locus.contains_key(*locus);
        let names: Vec<_> = loci.into_iter().filter(without).map(LocusName::as_str).collect();
        let ParentalRates { female, male } = self.default.rates;
        (!names.is_empty()).then(|| {
            let (names, source) = (name_some(names, LOCI_NAMED), &self.default.source);
            format!("no mutation rates of their own for {names}: female {female}, male {male} used ({source})")
        })
    }
}

/// A note for the run on loci with rates that are hardly ever seen; `None` where there is no such locus.
pub fn note_unusual_rates<'l>(rates: impl IntoIterator<Item = (&'l str, ParentalRates)>) -> Option<String> {
    let unusual = |(_, rates): &(&str, ParentalRates)| rates.female.max(rates.male) > UNUSUAL_RATE;
    let tell = |(name, rates): (&str, ParentalRates)| format!("{name} (female {}, male {})", rates.female, rates.male);
    let told: Vec<_> = rates.into_iter().filter(unusual).map(tell).collect();
    (!told.is_empty()).then(|| {
        format!(
            "mutation rates above {UNUSUAL_RATE} at {}: hardly any locus mutates so often; rates in percent are to be divided by 100",
            name_some(told, LOCI_NAMED)
        )
    })
}

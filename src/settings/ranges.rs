//! The range of every setting.

use super::{
    IntervalSettings, LinkageSettings, LinkedPairs, MutationSettings, ObservationSettings, PopulationSettings,
    PriorSettings, RatesSource, RelativesPrior, SearchSettings, Settings, StatusSettings,
};
use crate::inheritance::MutationModel;
use crate::inheritance::rates::{EXPECTED_RATE, HIGHEST_RATE};
use crate::population::MinimumFrequency;
use crate::profile::{DropOut, DropOutByRole};
use std::fmt;

/// A setting out of its range.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("setting `{key}`: found {found}, expected {expected}")]
pub struct SettingOutOfRange {
    /// Section and key, joined by a point.
    pub key: &'static str,
    /// The value.
    pub found: String,
    /// The range.
    pub expected: &'static str,
}

/// Above 1, two repeats more would be likelier than one.
const RANGE: &str = "a number above 0, at most 1 (how much less likely each further step is)";

type Checked = Result<(), SettingOutOfRange>;

impl Settings {
    /// Checks every setting against its range.
    ///
    /// # Errors
    /// The first setting that is out of range.
    pub fn validate(&self) -> Checked {
        let Self { population, mutation, observation, linkage, search, interval, prior, status, children: _ } = self;
        population.check()?;
        mutation.check()?;
        observation.check()?;
        linkage.check()?;
        search.check()?;
        interval.check()?;
        prior.check()?;
        status.check()
    }
}

impl PopulationSettings {
    fn check(&self) -> Checked {
        check("population.tables", "none", !self.tables.is_empty(), "at least one table")?;
        below_1("population.theta", self.theta)?;
        if let MinimumFrequency::Fixed(minimum) = self.minimum_frequency {
            let fits = minimum > 0.0 && minimum < 1.0;
            check("population.minimum_frequency", minimum, fits, "a number above 0 and below 1, or \"5/2N\"")?;
        }
        Ok(())
    }
}

impl MutationSettings {
    fn check(&self) -> Checked {
        let custom = self.model == MutationModel::Custom;
        check("mutation.model", "custom", !custom, "a model without matrices; custom matrices stand in a marker file")?;
        let has_error_rates = self.model != MutationModel::GenotypingError || self.rates != RatesSource::Bundled;
        let expected =
            "a number or a file with the model genotyping-error: the bundled rates are those of mutation at STRs";
        check("mutation.rates", "bundled", has_error_rates, expected)?;
        check("mutation.range", self.range, self.range > 0.0 && self.range <= 1.0, RANGE)?;
        let rate = |key, rate: f64| check(key, rate, (0.0..=HIGHEST_RATE).contains(&rate), EXPECTED_RATE);
        rate("mutation.rate2", self.rate2)?;
        if let RatesSource::Pair { female, male } = self.rates {
            rate("mutation.rates.female", female)?;
            rate("mutation.rates.male", male)?;
        }
        Ok(())
    }
}

impl ObservationSettings {
    fn check(&self) -> Checked {
        below_1("observation.silent_frequency", self.silent_frequency)?;
        below_1("observation.drop_in", self.drop_in)?;
        match self.drop_out {
            DropOut::Everybody(drop_out) => below_1("observation.drop_out", drop_out),
            DropOut::ByRole(DropOutByRole { corpse, detainee, child, relative, default }) => {
                below_1("observation.drop_out.corpse", corpse)?;
                below_1("observation.drop_out.detainee", detainee)?;
                below_1("observation.drop_out.child", child)?;
                below_1("observation.drop_out.relative", relative)?;
                below_1("observation.drop_out.default", default.unwrap_or_default())
            }
        }
    }
}

impl LinkageSettings {
    fn check(&self) -> Checked {
        let LinkedPairs::List(pairs) = &self.pairs else { return Ok(()) };
        pairs.iter().try_for_each(|pair| {
            let fits = (0.0..=0.5).contains(&pair.rho);
            check("linkage.pairs", pair.rho, fits, "a recombination fraction from 0 to 0.5")
        })
    }
}

impl SearchSettings {
    fn check(&self) -> Checked {
        let searched = self.relationship.is_searched();
        let relationships = "parent, full-sibling, half-sibling, grandparent, avuncular or identity";
        check("search.relationship", self.relationship, searched, relationships)?;
        if let Some(threshold) = self.min_log10_lr {
            check("search.min_log10_lr", threshold, threshold.is_finite(), "a finite number, or \"none\"")?;
        }
        check("search.top", self.top, self.top >= 1, "a whole number of at least 1")?;
        let fits = self.joint_work > 0.0 && self.joint_work <= 10_000.0;
        check("search.joint_work", self.joint_work, fits, "a number above 0 and at most 10000")
    }
}

impl IntervalSettings {
    fn check(&self) -> Checked {
        let fits = (1000..=1_000_000).contains(&self.draws);
        check("interval.draws", self.draws, fits, "a whole number from 1000 to 1000000")
    }
}

impl PriorSettings {
    fn check(&self) -> Checked {
        up_to_1("prior.in_list", self.in_list)?;
        up_to_1("prior.male", self.male)?;
        self.shared_unlisted.map_or(Ok(()), |shared| below_1("prior.shared_unlisted", shared))?;
        let RelativesPrior { full_sibling, second_degree, first_cousin } = self.relatives;
        at_least_0("prior.relatives.full_sibling", full_sibling)?;
        at_least_0("prior.relatives.second_degree", second_degree)?;
        at_least_0("prior.relatives.first_cousin", first_cousin)?;
        below_1("prior.identified", self.identified)?;
        at_least_0("prior.one_person", self.one_person)?;
        below_1("prior.missing_parent", self.missing_parent)
    }
}

impl StatusSettings {
    fn check(&self) -> Checked {
        let from_half = |key, number: f64| check(key, number, (0.5..=1.0).contains(&number), "a number from 0.5 to 1");
        from_half("status.probable", self.probable)?;
        from_half("status.established", self.established)
    }
}

fn below_1(key: &'static str, number: f64) -> Checked {
    check(key, number, (0.0..1.0).contains(&number), "a number from 0 to below 1")
}

fn up_to_1(key: &'static str, number: f64) -> Checked {
    check(key, number, (0.0..=1.0).contains(&number), "a number from 0 to 1")
}

fn at_least_0(key: &'static str, number: f64) -> Checked {
    check(key, number, number >= 0.0 && number.is_finite(), "a number of at least 0")
}

fn check(key: &'static str, found: impl fmt::Display, fits: bool, expected: &'static str) -> Checked {
    if fits { Ok(()) } else { Err(SettingOutOfRange { key, found: found.to_string(), expected }) }
}

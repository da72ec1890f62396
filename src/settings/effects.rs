//! Which command uses which setting: what a settings file states to no effect is told, and a manifest holds only what had a
//! meaning in its run.

use super::{AssignmentPrior, SAID_BY_MARKERS, Settings};
use crate::inheritance::MutationModel;

/// `filia calibrate` of identities; that of parents is "calibrate".
pub const CALIBRATE_IDENTIFY: &str = "calibrate --of identify";

/// Commands that compare children with candidates, on profiles or in simulation.
const SEARCH: &[&str] = &["match", "explain", "calibrate"];
/// Those, and whoever else needs the likelihoods of profiles.
const LIKELIHOOD: &[&str] =
    &["match", "explain", "calibrate", CALIBRATE_IDENTIFY, "identify", "power", "simulate", "convert"];
/// Of those, the ones that score with a table; a simulation draws from it as it was counted.
const SCORED: &[&str] = &["match", "explain", "calibrate", CALIBRATE_IDENTIFY, "identify", "power", "convert"];
/// Of those, the ones that score profiles as a laboratory sees them.
const OBSERVED: &[&str] = &["match", "explain", "calibrate", CALIBRATE_IDENTIFY, "identify", "power"];
/// Of those, the ones with a choice among several tables.
const SEVERAL_TABLES: &[&str] = &["match", "explain", "calibrate", CALIBRATE_IDENTIFY, "identify"];

/// The commands that use each setting (or each setting of a section). Sections and settings that are not listed here have
/// no effect anywhere, which a test forbids.
const USED_BY: [(&str, &[&str]); 32] = [
    (
        "population.tables",
        &["match", "explain", "calibrate", CALIBRATE_IDENTIFY, "identify", "power", "simulate", "pack", "convert"],
    ),
    ("population.theta", LIKELIHOOD),
    ("population.minimum_frequency", SCORED),
    ("population.minimum_applies_to", SCORED),
    ("population.fallback", SEVERAL_TABLES),
    ("population.renormalise", SCORED),
    ("mutation.model", LIKELIHOOD),
    ("mutation.range", LIKELIHOOD),
    ("mutation.rate2", LIKELIHOOD),
    ("mutation.rates", LIKELIHOOD),
    ("observation.silent_frequency", LIKELIHOOD),
    ("observation.drop_in", OBSERVED),
    ("observation.drop_out", OBSERVED),
    ("linkage", &["identify"]),
    ("search.relationship", &["match", "explain", "calibrate", "power"]),
    ("search.min_log10_lr", &["match", "calibrate", "identify"]),
    ("search.top", &["match", "calibrate"]),
    ("search.rank_by", &["match", "calibrate"]),
    ("search.expected_false_leads", &["match"]),
    ("search.joint_work", &["match"]),
    ("interval", &["match", "calibrate"]),
    ("prior.in_list", &["match", "calibrate"]),
    ("prior.male", &["match", "calibrate"]),
    ("prior.listed", &["match"]),
    ("prior.relatives", &["match", "calibrate", "identify", CALIBRATE_IDENTIFY]),
    ("prior.shared_unlisted", &["match"]),
    ("prior.missing_parent", &[]),
    ("prior.identified", &["identify", CALIBRATE_IDENTIFY]),
    ("prior.one_person", &["identify", CALIBRATE_IDENTIFY]),
    ("prior.assignments", &["identify", CALIBRATE_IDENTIFY]),
    ("status", &["match"]),
    ("children", SEARCH),
];

/// What `match` uses beyond that where it is given families that miss somebody.
const USED_WITH_FAMILIES: [&str; 4] = ["linkage", "prior.missing_parent", "prior.identified", "prior.assignments"];

/// What a run is given beside its settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    /// A marker file.
    pub markers: bool,
    /// Families that miss somebody.
    pub families: bool,
}

/// Why a setting has no effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoEffect {
    /// The command has no use for it.
    Command(String),
    /// The marker file says it for each locus itself.
    Markers,
    /// Another setting makes it meaningless: which, and how.
    Setting(&'static str),
}

impl std::fmt::Display for NoEffect {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Command(command) => write!(formatter, "`{command}` does not use it"),
            Self::Markers => formatter.write_str("the marker file says it for each locus itself"),
            Self::Setting(because) => formatter.write_str(because),
        }
    }
}

impl Settings {
    /// The settings (or whole sections) that have no effect in a run of this command with these files, and why.
    pub fn without_effect(&self, command: &str, given: Given) -> Vec<(&'static str, NoEffect)> {
        let is_used = |key: &&str, commands: &[&str]| {
            let is_for_families = command == "match" && USED_WITH_FAMILIES.contains(key);
            commands.contains(&command) || (is_for_families && given.families)
        };
        let of_command = USED_BY.iter().filter(|(key, commands)| !is_used(key, commands));
        let mut found: Vec<_> = of_command.map(|&(key, _)| (key, NoEffect::Command(command.to_owned()))).collect();
        let mut add = |key: &'static str, why: NoEffect| {
            let is_known = |(other, _): &(&str, NoEffect)| key == *other || key.starts_with(&format!("{other}."));
            if !found.iter().any(is_known) {
                found.push((key, why));
            }
        };
        if given.markers {
            SAID_BY_MARKERS.iter().for_each(|key| add(key, NoEffect::Markers));
        }
        let model = self.mutation.model;
        if model == MutationModel::None {
            add("mutation.rates", NoEffect::Setting("`mutation.model` is none"));
        }
        if !matches!(model, MutationModel::Stepwise | MutationModel::Dawid) {
            add("mutation.range", NoEffect::Setting("`mutation.model` is neither stepwise nor dawid"));
        }
        if model != MutationModel::Stepwise {
            add("mutation.rate2", NoEffect::Setting("`mutation.model` is not stepwise"));
        }
        if !self.linkage.is_used {
            add("linkage.pairs", NoEffect::Setting("`linkage.use` is false"));
        }
        if self.prior.assignments == AssignmentPrior::Flat {
            add("prior.identified", NoEffect::Setting("`prior.assignments` is flat"));
            add("prior.one_person", NoEffect::Setting("`prior.assignments` is flat"));
        }
        if !self.reports_intervals() {
            add("interval.draws", NoEffect::Setting("no interval is asked for (`interval.report`)"));
            add("interval.seed", NoEffect::Setting("no interval is asked for (`interval.report`)"));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(value: &serde_json::Value, path: &str, found: &mut Vec<String>) {
        match value.as_object() {
            Some(object) if !object.is_empty() => {
                for (key, inner) in object {
                    leaves(inner, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
                }
            }
            _ => found.push(path.to_owned()),
        }
    }

    #[test]
    fn every_setting_is_used_by_some_command() {
        let mut all = Vec::new();
        leaves(&serde_json::to_value(Settings::default()).unwrap(), "", &mut all);
        for path in all {
            let listed = USED_BY.iter().any(|(key, _)| path == *key || path.starts_with(&format!("{key}.")));
            assert!(listed, "{path}: say in USED_BY which commands use it");
        }
    }

    #[test]
    fn what_has_no_effect_says_why() {
        let mut settings = Settings::default();
        let why = |settings: &Settings, command: &str, markers: bool, key: &str| {
            let given = Given { markers, families: false };
            let mut found = settings.without_effect(command, given).into_iter().filter(|(found, _)| *found == key);
            let why = found.next().map(|(_, why)| why.to_string());
            assert!(found.next().is_none(), "{key} is listed once");
            why
        };
        assert_eq!(why(&settings, "identify", false, "prior.in_list").unwrap(), "`identify` does not use it");
        assert_eq!(why(&settings, "match", false, "prior.in_list"), None);
        assert!(why(&settings, "match", false, "prior.missing_parent").is_some());
        let with_families = settings.without_effect("match", Given { markers: false, families: true });
        assert!(with_families.iter().all(|(key, _)| !USED_WITH_FAMILIES.contains(key)));
        assert_eq!(why(&settings, "identify", false, "linkage.pairs").unwrap(), "`linkage.use` is false");
        assert_eq!(
            why(&settings, "match", true, "population.theta").unwrap(),
            "the marker file says it for each locus itself"
        );
        settings.mutation.model = MutationModel::Equal;
        assert!(why(&settings, "match", false, "mutation.range").is_some());
        assert_eq!(why(&settings, "match", false, "mutation.rates"), None);
        settings.interval.report = true;
        assert_eq!(why(&settings, "match", false, "interval.draws"), None);
    }
}

//! Settings files: TOML, every key optional.
//!
//! The known keys are those of the defaults written out, so this file knows none of them by name. Relative paths in
//! a settings file are relative to the working directory, like those on the command line.

use super::source::{Inputs, Unreadable};
use crate::settings::{SettingOutOfRange, Settings};
use std::{ops::Range, path::Path};
use toml::de::{DeTable, DeValue};

/// Why a settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A key that means nothing.
    #[error("{place}: unknown setting `{key}`: did you mean `{nearest}`? Known here: {known}")]
    UnknownKey {
        /// File, line and column.
        place: FilePlace,
        /// The key, with its section.
        key: String,
        /// The known key that is most like it.
        nearest: String,
        /// Every key known in that section.
        known: String,
    },
    /// No TOML, or a value of the wrong type.
    #[error("{place}: {message}")]
    Malformed {
        /// File, line and column.
        place: FilePlace,
        /// What was found and what was expected.
        message: String,
    },
    /// A value out of its range.
    #[error("{place}: {source}")]
    OutOfRange {
        /// File, line and column.
        place: FilePlace,
        /// Which, what was found and what was expected.
        source: SettingOutOfRange,
    },
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilePlace {
    /// The file.
    pub path: String,
    /// Line (1-based).
    pub line: usize,
    /// Column in characters (1-based).
    pub column: usize,
}

impl std::fmt::Display for FilePlace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}, line {}, column {}", self.path, self.line, self.column)
    }
}

impl SettingsFileError {
    /// The message without the place, for settings that were not written as a file.
    pub fn without_place(&self) -> String {
        let message = self.to_string();
        match self {
            Self::Unreadable(_) => message,
            Self::UnknownKey { place, .. } | Self::Malformed { place, .. } | Self::OutOfRange { place, .. } => {
                message.strip_prefix(&format!("{place}: ")).unwrap_or(&message).to_owned()
            }
        }
    }
}

/// Reads a settings file.
///
/// # Errors
/// A file that cannot be read, an unknown key, a value of the wrong type or out of its range.
pub fn read_settings(path: &Path, inputs: &Inputs) -> Result<Settings, SettingsFileError> {
    parse_settings(&path.display().to_string(), &String::from_utf8_lossy(&inputs.read_named(path)?))
}

/// Reads settings from text; `path` is what messages name.
///
/// # Errors
/// As [`read_settings`].
pub fn parse_settings(path: &str, text: &str) -> Result<Settings, SettingsFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = SettingsText { path, text };
    let document = DeTable::parse(text).map_err(|error| source.malformed(&error))?;
    source.check_keys(document.get_ref(), &known_keys(), "")?;
    let settings: Settings = toml::from_str(text).map_err(|error| source.wrong_value(&error, document.get_ref()))?;
    settings.validate().map_err(|error| SettingsFileError::OutOfRange {
        place: source.place(find_value(document.get_ref(), error.key).unwrap_or(0..0)),
        source: error,
    })?;
    Ok(settings)
}

/// Those of these keys (sections, or section and key joined by a point) that a settings file states, each with its place.
///
/// # Errors
/// A file that cannot be read, or is no TOML.
pub fn find_stated<'k>(
    path: &Path,
    inputs: &Inputs,
    keys: impl IntoIterator<Item = &'k str>,
) -> Result<Vec<(&'k str, FilePlace)>, SettingsFileError> {
    let name = path.display().to_string();
    let bytes = inputs.read_named(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let source = SettingsText { path: &name, text };
    let document = DeTable::parse(text).map_err(|error| source.malformed(&error))?;
    let is_there = |key: &str| {
        let mut parts = key.split('.');
        let first = parts.next().and_then(|section| document.get_ref().get(section));
        let found = parts.try_fold(first?, |section, part| match section.get_ref() {
            DeValue::Table(inner) => inner.get(part),
            _ => None,
        })?;
        let is_empty = matches!(found.get_ref(), DeValue::Table(inner) if inner.is_empty());
        (!is_empty).then_some(())
    };
    let place = |key: &str| source.place(find_value(document.get_ref(), key).unwrap_or(0..0));
    Ok(keys.into_iter().filter(|key| is_there(key).is_some()).map(|key| (key, place(key))).collect())
}

/// The defaults as a tree: its objects are the sections, its keys the known keys.
fn known_keys() -> serde_json::Value {
    serde_json::to_value(Settings::default()).unwrap_or_default()
}

/// Where the value of this key (joined by points) is, or that of the section nearest to it.
fn find_value(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let value = table.get(first)?;
    match (rest, value.get_ref()) {
        (Some(rest), DeValue::Table(inner)) => find_value(inner, rest).or_else(|| Some(value.span())),
        _ => Some(value.span()),
    }
}

/// The key (joined by points) of the innermost value that holds this place. (A section's own place is its header alone.)
fn find_key(table: &DeTable<'_>, place: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let key = key.get_ref();
        let inner = value.get_ref().as_table().and_then(|inner| find_key(inner, place));
        inner.map(|inner| format!("{key}.{inner}")).or_else(|| value.span().contains(&place).then(|| key.to_string()))
    })
}

/// A message of the TOML reader without the names of Rust's types.
fn in_plain_words(message: &str) -> String {
    [
        ("\n", "; "),
        ("expected usize", "expected a whole number of at least 1"),
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list in [ ]"),
        ("expected a boolean", "expected true or false"),
        (" variant ", " choice "),
    ]
    .iter()
    .fold(message.to_owned(), |text, (jargon, plain)| text.replace(jargon, plain))
}

/// The text of a settings file, to say where things are.
struct SettingsText<'t> {
    path: &'t str,
    text: &'t str,
}

impl SettingsText<'_> {
    fn place(&self, span: Range<usize>) -> FilePlace {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        FilePlace {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn malformed(&self, error: &toml::de::Error) -> SettingsFileError {
        let place = self.place(error.span().unwrap_or(0..0));
        SettingsFileError::Malformed { place, message: in_plain_words(error.message()) }
    }

    /// A value that its key cannot have.
    fn wrong_value(&self, error: &toml::de::Error, document: &DeTable<'_>) -> SettingsFileError {
        let span = error.span().unwrap_or(0..0);
        let key = find_key(document, span.start).map_or(String::new(), |key| format!("setting `{key}`: "));
        SettingsFileError::Malformed {
            place: self.place(span),
            message: format!("{key}{}", in_plain_words(error.message())),
        }
    }

    /// Every key of a table against the known ones; `section` is the path so far, with a point at its end.
    fn check_keys(
        &self,
        table: &DeTable<'_>,
        known: &serde_json::Value,
        section: &str,
    ) -> Result<(), SettingsFileError> {
        let Some(known) = known.as_object() else { return Ok(()) };
        for (key, value) in table.iter() {
            let name: &str = key.get_ref();
            match (known.get(name), value.get_ref()) {
                (None, _) => {
                    let names: Vec<&str> = known.keys().map(String::as_str).collect();
                    return Err(SettingsFileError::UnknownKey {
                        place: self.place(key.span()),
                        key: format!("{section}{name}"),
                        nearest: nearest(section, name),
                        known: names.join(", "),
                    });
                }
                (Some(inner), DeValue::Table(table)) => {
                    self.check_keys(table, inner, &format!("{section}{name}."))?;
                }
                (Some(_), _) => {}
            }
        }
        Ok(())
    }
}

/// The known key that is most like this one: of the same section if one is like it, else of any.
fn nearest(section: &str, name: &str) -> String {
    let mut paths = Vec::new();
    list_paths(&known_keys(), "", &mut paths);
    let likeness = |path: &String| {
        let (home, key) = path.rsplit_once('.').map_or(("", path.as_str()), |(home, key)| (home, key));
        let at_home = home == section.trim_end_matches('.');
        strsim::normalized_damerau_levenshtein(&name.to_lowercase(), key) + if at_home { 0.25 } else { 0.0 }
    };
    let best = paths.into_iter().max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
    let best = best.unwrap_or_default();
    best.strip_prefix(section).map_or(best.clone(), str::to_owned)
}

fn list_paths(tree: &serde_json::Value, section: &str, paths: &mut Vec<String>) {
    for (key, inner) in tree.as_object().into_iter().flatten() {
        paths.push(format!("{section}{key}"));
        list_paths(inner, &format!("{section}{key}."), paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inheritance::{MutationModel, Relationship};
    use crate::population::MinimumFrequency;
    use crate::profile::Role;
    use crate::settings::{LinkageSettings, LinkedPair, LinkedPairs, RatesSource};

    fn message(text: &str) -> String {
        parse_settings("s.toml", text).unwrap_err().to_string()
    }

    const ALL_DEFAULTS: &str = r#"
[population]
tables = ["nist1036:cauc"]
theta = 0.01
minimum_frequency = "5/2N"
minimum_applies_to = "all"
fallback = "first"
renormalise = false
[mutation]
model = "stepwise"
range = 0.1
rate2 = 1e-6
rates = "bundled"
[observation]
silent_frequency = 0.0
drop_in = 0.0
drop_out = { corpse = 0.0, detainee = 0.0, child = 0.0, relative = 0.0 }
[linkage]
use = false
pairs = "bundled"
[search]
relationship = "parent"
min_log10_lr = 0.0
top = 10
[prior]
in_list = 0.5
[children]
minimum_parent_age = 12
"#;

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        assert_eq!(parse_settings("s.toml", ALL_DEFAULTS).unwrap(), Settings::default());
        assert_eq!(parse_settings("s.toml", "\u{feff}").unwrap(), Settings::default());
    }

    #[test]
    fn every_choice_is_read() {
        let settings = parse_settings(
            "s.toml",
            r#"
            population = { tables = ["a.csv", "b.csv"], theta = 0, minimum_frequency = 0.002, renormalise = true }
            mutation.model = "one-step"
            mutation.rates = { female = 0.0005, male = 0.002 }
            observation.drop_out.corpse = 0.1
            linkage = { use = true, pairs = [{ loci = ["D12S391", "vWA"], rho = 0.117 }] }
            search = { relationship = "full-sibling", min_log10_lr = "none", top = 3 }
            prior.in_list = 1
            children.exclude_impossible_ages = true
            "#,
        )
        .unwrap();
        assert_eq!(settings.population.tables, ["a.csv", "b.csv"]);
        assert_eq!(settings.population.minimum_frequency, MinimumFrequency::Fixed(0.002));
        assert_eq!(settings.mutation.model, MutationModel::OneStep);
        assert_eq!(settings.mutation.rates, RatesSource::Pair { female: 0.0005, male: 0.002 });
        assert_eq!(settings.observation.drop_out.of(Some(Role::Corpse)), 0.1);
        assert_eq!(settings.search.relationship, Relationship::FullSibling);
        assert_eq!((settings.search.min_log10_lr, settings.search.top), (None, 3));
        assert!(settings.children.exclude_impossible_ages);
        let pair = LinkedPair { loci: ["D12S391", "vWA"].map(str::to_owned), rho: 0.117 };
        assert_eq!(settings.linkage, LinkageSettings { is_used: true, pairs: LinkedPairs::List(vec![pair]) });
        let written = serde_json::to_value(&settings).unwrap();
        assert_eq!(written["search"]["min_log10_lr"], "none");
        assert_eq!(serde_json::from_value::<Settings>(written).unwrap(), settings);
    }

    #[test]
    fn unknown_keys_name_the_nearest() {
        for (text, expected) in [
            (
                "[population]\nthteta = 0.1\n",
                "s.toml, line 2, column 1: unknown setting `population.thteta`: did you mean `theta`? Known here: \
                 tables, theta, minimum_frequency, minimum_applies_to, fallback, renormalise",
            ),
            (
                "[mutations]\nmodel = \"equal\"\n",
                "s.toml, line 1, column 2: unknown setting `mutations`: did you mean `mutation`? Known here: \
                 population, mutation, observation, linkage, search, interval, prior, status, children",
            ),
            (
                "theta = 0.1\n",
                "s.toml, line 1, column 1: unknown setting `theta`: did you mean `population.theta`? Known here: \
                 population, mutation, observation, linkage, search, interval, prior, status, children",
            ),
            (
                "[linkage]\npair = \"bundled\"\n",
                "s.toml, line 2, column 1: unknown setting `linkage.pair`: did you mean `pairs`? Known here: use, pairs",
            ),
            (
                "[observation]\ndrop_out = { corps = 0.1 }\n",
                "s.toml, line 2, column 14: unknown setting `observation.drop_out.corps`: did you mean `corpse`? \
                 Known here: corpse, detainee, child, relative, default",
            ),
        ] {
            assert_eq!(message(text), expected);
            let without_place = expected.split_once(": ").unwrap().1;
            assert_eq!(parse_settings("s.toml", text).unwrap_err().without_place(), without_place);
        }
    }

    #[test]
    fn wrong_types_say_what_was_found_and_expected() {
        for (text, place, found) in [
            (
                "[search]\ntop = \"ten\"\n",
                "s.toml, line 2, column 7",
                "setting `search.top`: invalid type: string \"ten\", expected a whole number of at least 1",
            ),
            (
                "search.top = -1\n",
                "line 1",
                "setting `search.top`: invalid value: integer `-1`, expected a whole number",
            ),
            (
                "observation = { drop_out = { child = true } }\n",
                "line 1, column 38",
                "setting `observation.drop_out.child`: invalid type: boolean `true`, expected a number",
            ),
            (
                "[observation]\ndrop_out = \"much\"\n",
                "s.toml, line 2, column 12",
                "setting `observation.drop_out`: invalid type: string \"much\", expected a number, or { corpse, detainee, \
                 child, relative, default }",
            ),
            ("[population]\ntables = \"x\"\n", "s.toml, line 2, column 10", "string \"x\", expected a list in [ ]"),
            ("[search]\nmin_log10_lr = \"all\"\n", "line 2, column 16", "\"all\", expected a number, or \"none\""),
            ("[population]\nminimum_frequency = \"1/N\"\n", "line 2", "expected a number, or \"5/2N\""),
            ("[mutation]\nmodel = \"stepwize\"\n", "line 2, column 9", "unknown choice `stepwize`, expected one of"),
            ("[mutation]\nrates = { female = 0.1 }\n", "line 2", "missing field `male`"),
            ("[mutation]\nrates = true\n", "line 2", "expected \"bundled\", a file name, a number, or { female"),
            ("[mutation]\nrates = 3\n", "line 2, column 9", "found 3, expected a mutation rate from 0 to 0.05"),
            ("[linkage]\npairs = 3\n", "line 2", "expected \"bundled\", a file name, or a list of { loci"),
            ("[population\n", "line 1", "expected"),
            ("[population]\ntheta = 0.1\ntheta = 0.2\n", "line 3", "duplicate key"),
        ] {
            let message = message(text);
            assert!(message.contains(place) && message.contains(found), "{message}");
        }
    }

    #[test]
    fn ranges_are_checked_where_the_value_is() {
        for (text, expected) in [
            (
                "[population]\ntheta = 1.0\n",
                "s.toml, line 2, column 9: setting `population.theta`: found 1, expected a number from 0 to below 1",
            ),
            (
                "[observation]\ndrop_out = { corpse = 1.5 }\n",
                "s.toml, line 2, column 23: setting `observation.drop_out.corpse`: found 1.5, expected a number \
                 from 0 to below 1",
            ),
            (
                "[observation]\ndrop_out = 1\n",
                "s.toml, line 2, column 12: setting `observation.drop_out`: found 1, expected a number from 0 to below 1",
            ),
            (
                "[observation.drop_out]\ndefault = 2\n",
                "s.toml, line 2, column 11: setting `observation.drop_out.default`: found 2, expected a number from 0 \
                 to below 1",
            ),
            (
                "[search]\nrelationship = \"unrelated\"\n",
                "s.toml, line 2, column 16: setting `search.relationship`: found unrelated, expected parent, \
                 full-sibling, half-sibling, grandparent, avuncular or identity",
            ),
            (
                "[search]\ntop = 0\n",
                "s.toml, line 2, column 7: setting `search.top`: found 0, expected a whole number of at least 1",
            ),
            (
                "[prior]\nin_list = nan\n",
                "s.toml, line 2, column 11: setting `prior.in_list`: found NaN, expected a number from 0 to 1",
            ),
            (
                "mutation.rates = { female = 0, male = 2.0 }\n",
                "s.toml, line 1, column 39: setting `mutation.rates.male`: found 2, expected a mutation rate \
                 from 0 to 0.05, as a fraction of meioses (rates in percent are to be divided by 100: 0.17 % is 0.0017)",
            ),
            (
                "population.minimum_frequency = 0.0\n",
                "s.toml, line 1, column 32: setting `population.minimum_frequency`: found 0, expected a number \
                 above 0 and below 1, or \"5/2N\"",
            ),
            (
                "[linkage]\npairs = [{ loci = [\"A\", \"B\"], rho = 0.7 }]\n",
                "s.toml, line 2, column 9: setting `linkage.pairs`: found 0.7, expected a recombination fraction from 0 to 0.5",
            ),
            (
                "population.tables = []\n",
                "s.toml, line 1, column 21: setting `population.tables`: found none, expected at least one table",
            ),
        ] {
            assert_eq!(message(text), expected);
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let message = read_settings(Path::new("no/such.toml"), &Inputs::default()).unwrap_err().to_string();
        assert!(message.starts_with("cannot read no/such.toml: "), "{message}");
    }
}

//! The agreement: a settings file with one section more, `[blind]`, the same bytes on both sides.

use crate::inheritance::Relationship;
use crate::io::settings_file::{SettingsFileError, parse_settings};
use crate::settings::Settings;
use serde::Deserialize;

/// A score of 1 in log10 LR: integers count quarters (bans of a quarter).
pub const UNIT: f64 = 0.25;

/// Its section.
const SECTION: &str = "[blind]";

/// When a pair is a hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleName {
    /// The sum of the rounded log10 LR of the loci reaches a threshold.
    Lr,
    /// No more than so many loci are inconsistent with parentage.
    Exclusions,
}

/// The section `[blind]`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreedTerms {
    /// A name for the case, so that no two agreements are the same.
    pub case: String,
    /// When a pair is a hit.
    pub rule: RuleName,
    /// `lr`: the least log10 LR of a hit, a multiple of 0.25.
    pub threshold: Option<f64>,
    /// `exclusions`: how many loci may be inconsistent.
    pub most_inconsistent: Option<u32>,
    /// The least number of typed loci of whoever is entered.
    pub least_loci: u32,
    /// The number of children entered.
    pub children: u32,
    /// The number of adults entered.
    pub adults: u32,
    /// The loci; without it, all autosomal ones of the tables but SE33.
    pub loci: Option<Vec<String>>,
    /// Alleles less frequent than this in every table are pooled.
    #[serde(default = "default_pool_below")]
    pub pool_below: f64,
    /// `lr`: no locus scores more than this log10 LR.
    #[serde(default = "default_highest")]
    pub highest_of_locus: f64,
    /// `lr`: no locus scores less than this log10 LR.
    #[serde(default = "default_lowest")]
    pub lowest_of_locus: f64,
}

fn default_pool_below() -> f64 {
    0.01
}

fn default_highest() -> f64 {
    1.0
}

fn default_lowest() -> f64 {
    -10.0
}

/// An agreement as it was read.
#[derive(Clone, PartialEq, Debug)]
pub struct Agreement {
    /// Its text.
    pub text: String,
    /// The section `[blind]`.
    pub terms: AgreedTerms,
    /// Everything else.
    pub settings: Settings,
}

/// Why an agreement cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// Settings that cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsFileError),
    /// No section `[blind]`.
    #[error("{path}: found no section {SECTION}, expected one")]
    NoSection {
        /// The file.
        path: String,
    },
    /// A section `[blind]` that cannot be used.
    #[error("{path}, line {line}, {SECTION}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// The line (1-based) of what is wrong, or of the section.
        line: usize,
        /// What was found and what was expected.
        message: String,
    },
}

impl Agreement {
    /// Reads an agreement; `path` is what messages name.
    ///
    /// # Errors
    /// Settings or a section `[blind]` that cannot be used.
    pub fn parse(path: &str, text: &str) -> Result<Self, AgreementError> {
        let (section, settings) = split(text).ok_or_else(|| AgreementError::NoSection { path: path.to_owned() })?;
        let refuse = |line, message| AgreementError::Malformed { path: path.to_owned(), line, message };
        #[derive(Deserialize)]
        struct File {
            blind: AgreedTerms,
        }
        let file: File = toml::from_str(&section).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start);
            refuse(1 + section[..before].matches('\n').count(), error.message().to_owned())
        })?;
        let settings = parse_settings(path, &settings)?;
        let line = 1 + section.find(SECTION).map_or(0, |at| section[..at].matches('\n').count());
        check(&file.blind, &settings).map_err(|message| refuse(line, message))?;
        Ok(Self { text: text.to_owned(), terms: file.blind, settings })
    }
}

/// The section `[blind]` and the rest, the lines of the other blank in each, so that lines keep their numbers.
fn split(text: &str) -> Option<(String, String)> {
    let mut inside = false;
    let mut found = false;
    let (mut section, mut rest) = (String::new(), String::new());
    for line in text.lines() {
        let line = line.trim_end();
        if line.starts_with('[') {
            inside = line == SECTION;
            found |= inside;
        }
        section.push_str(if inside { line } else { "" });
        rest.push_str(if inside { "" } else { line });
        section.push('\n');
        rest.push('\n');
    }
    found.then_some((section, rest))
}

fn check(terms: &AgreedTerms, settings: &Settings) -> Result<(), String> {
    let multiple = |value: f64| value.is_finite() && (value / UNIT).fract() == 0.0 && value.abs() <= 1000.0;
    match (terms.rule, terms.threshold, terms.most_inconsistent) {
        (RuleName::Lr, None, _) => return Err("`rule = \"lr\"` needs a `threshold`".to_owned()),
        (RuleName::Exclusions, _, None) => return Err("`rule = \"exclusions\"` needs `most_inconsistent`".to_owned()),
        (RuleName::Lr, _, Some(_)) => return Err("`most_inconsistent` belongs to `rule = \"exclusions\"`".to_owned()),
        (RuleName::Exclusions, Some(_), _) => return Err("`threshold` belongs to `rule = \"lr\"`".to_owned()),
        _ => {}
    }
    let quarters = [
        ("threshold", terms.threshold.unwrap_or_default()),
        ("highest_of_locus", terms.highest_of_locus),
        ("lowest_of_locus", terms.lowest_of_locus),
    ];
    if let Some((key, value)) = quarters.into_iter().find(|(_, value)| !multiple(*value)) {
        return Err(format!("`{key}`: found {value}, expected a multiple of {UNIT} within ±1000"));
    }
    if terms.highest_of_locus <= 0.0 || terms.lowest_of_locus >= 0.0 {
        return Err("expected `lowest_of_locus` below 0 and `highest_of_locus` above 0".to_owned());
    }
    if !(0.0..0.5).contains(&terms.pool_below) {
        return Err(format!("`pool_below`: found {}, expected a frequency from 0 to below 0.5", terms.pool_below));
    }
    match settings.search.relationship {
        Relationship::Parent => Ok(()),
        other => Err(format!("`search.relationship`: found {other}, a blind exchange looks for parents alone")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[population]\ntheta = 0.02\n\n[blind]\ncase = \"A\"\nrule = \"lr\"\nthreshold = 2.0\nleast_loci = 8\n\
                        children = 60\nadults = 222\n\n[mutation]\nmodel = \"none\"\n";

    fn message(text: &str) -> String {
        Agreement::parse("a.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn the_section_and_the_settings_are_read() {
        let agreement = Agreement::parse("a.toml", TEXT).unwrap();
        assert_eq!((agreement.terms.threshold, agreement.terms.adults), (Some(2.0), 222));
        assert_eq!((agreement.settings.population.theta, agreement.terms.highest_of_locus), (0.02, 1.0));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        assert_eq!(message("[mutation]\n"), "a.toml: found no section [blind], expected one");
        assert!(message(&TEXT.replace("theta", "thta")).starts_with("a.toml, line 2"));
        assert!(message(&TEXT.replace("model = \"none\"", "model = \"no\"")).starts_with("a.toml, line 13"));
        let unknown = message(&TEXT.replace("adults", "adult"));
        assert!(unknown.starts_with("a.toml, line 10, [blind]: unknown field `adult`"), "{unknown}");
        let quarter = message(&TEXT.replace("2.0", "2.1"));
        assert_eq!(
            quarter,
            "a.toml, line 4, [blind]: `threshold`: found 2.1, expected a multiple of 0.25 within ±1000"
        );
        assert!(message(&TEXT.replace("threshold = 2.0\n", "")).contains("needs a `threshold`"));
        assert!(message(&TEXT.replace("\"lr\"", "\"exclusions\"")).contains("needs `most_inconsistent`"));
    }
}

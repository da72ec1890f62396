//! What a court report says of a case that no profile and no table holds: who asked, who answers, where items came from. A TOML file.

use super::source::Inputs;
use super::toml_file::TomlFileError;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::path::Path;

/// What is known of a case beside its DNA. What is not stated is left for a pen.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseDetails {
    /// The file number.
    pub reference: Option<String>,
    /// Who asked.
    pub asked_by: Option<String>,
    /// What was asked, in the words of who asked.
    pub question: Option<String>,
    /// The laboratory.
    pub laboratory: Option<String>,
    /// Who wrote the report.
    pub author: Option<String>,
    /// Who read it a second time.
    pub reader: Option<String>,
    /// By sample.
    pub items: BTreeMap<String, ItemDetails>,
}

/// Where a sample came from.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ItemDetails {
    /// Its number in the chain of custody.
    pub custody_id: Option<String>,
    /// The kit it was typed with.
    pub kit: Option<String>,
    /// When it was collected: a date, or any text.
    #[serde(deserialize_with = "text_or_date")]
    pub collected: Option<String>,
}

/// Reads a file of case details.
///
/// # Errors
/// A file that cannot be read; a key that nobody knows, with the nearest known one; a value that is no text.
pub fn read_case_details(path: &Path, inputs: &Inputs) -> Result<CaseDetails, TomlFileError> {
    let name = path.display().to_string();
    let bytes = inputs.read_named(path)?;
    // A name that is read wrongly must not stand in a report.
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let message = "found letters that are not UTF-8, expected a text file saved as UTF-8".to_owned();
        TomlFileError::Malformed { path: name.clone(), line, message }
    })?;
    parse_case_details(&name, text)
}

/// Reads case details from text; `path` is what messages name.
///
/// # Errors
/// As [`read_case_details`].
pub fn parse_case_details(path: &str, text: &str) -> Result<CaseDetails, TomlFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map_err(|error| TomlFileError::malformed(path, text, &error))
}

/// A text, or a date as TOML has it.
fn text_or_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(text)),
        toml::Value::Datetime(date) => Ok(Some(date.to_string())),
        other => Err(de::Error::custom(format!("found {other}, expected a date or a text in quotation marks"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_and_a_slip_is_told() {
        let text =
            "reference = \"1/26\"\nreader = \"B\"\n[items.\"K 1\"]\ncustody_id = \"7\"\ncollected = 2026-03-01\n";
        let details = parse_case_details("case.toml", text).unwrap();
        assert_eq!((details.reference.as_deref(), details.author.as_deref()), (Some("1/26"), None));
        assert_eq!(details.items["K 1"].collected.as_deref(), Some("2026-03-01"));
        for (text, expected) in [
            (
                "\nreferense = \"1\"\n",
                "case.toml, line 2: unknown key `referense`: did you mean `reference`? Known here: ",
            ),
            ("[items.K]\ncustody = \"1\"\n", "case.toml, line 2: unknown key `custody`: did you mean `custody_id`?"),
            ("author = 3\n", "case.toml, line 1: invalid type: integer `3`, expected a string"),
            ("[items.K]\ncollected = 3\n", "case.toml, line 2: found 3, expected a date or a text"),
            ("author = \n", "case.toml, line 1: "),
        ] {
            let message = parse_case_details("case.toml", text).unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }
}

//! Files that are no profiles, given to `filia check` as if they were: what they are, and what reads them.

use crate::{
    io::{
        case_file::read_case,
        case_shape::parse_case_shape,
        frequency_file::{FrequencyTableError, load_table},
        marker_file::parse_markers,
        pedigree_file::parse_pedigrees,
        profiles::ProfileError,
        rates_file::load_rates,
        recombination::load_recombination,
        settings_file::read_settings,
        source::Inputs,
        table_file::TableError,
    },
    settings::{LinkedPairs, RatesSource},
};
use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

/// A sentence on the file that could not be read as profiles, where it is something else that filia reads.
pub fn name_other_file(error: &ProfileError, files: &[PathBuf]) -> Option<String> {
    let file = match error {
        ProfileError::NoIdColumn { file, .. }
        | ProfileError::NoLocus { file, .. }
        | ProfileError::NoProfile { file, .. } => file,
        _ => return None,
    };
    let path = files.iter().find(|path| path.display().to_string() == *file && path.is_file())?;
    describe(path, &Inputs::default())
}

fn describe(path: &Path, inputs: &Inputs) -> Option<String> {
    let name = path.display();
    let bytes = inputs.read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with(['{', '[']) && serde_json::from_slice::<serde_json::Value>(&bytes).is_ok() {
        return Some(describe_json(path, &bytes));
    }
    if toml::from_str::<toml::Table>(&text).is_ok_and(|table| !table.is_empty()) {
        return Some(describe_toml(path, &text, inputs));
    }
    if let Ok(pedigrees) = parse_pedigrees(path, &bytes) {
        let families = pedigrees.families.len();
        return Some(format!(
            "{name} is a pedigree file that can be used (families: {families}), no profiles: give it to `filia identify \
             --pedigrees`, and check the profiles of the relatives"
        ));
    }
    if is_pedigree_header(&text) {
        let fault = parse_pedigrees(path, &bytes).err()?;
        return Some(format!("{name} is a pedigree file, no profiles, and cannot be used: {fault}"));
    }
    let path_text = path.display().to_string();
    let table = load_table(&path_text, inputs);
    if let Err(FrequencyTableError::Table(TableError::Row { found, .. })) = &table
        && found.contains("populations")
    {
        return Some(format!(
            "{name} is a table of frequencies, no profiles: found {found}; name one as {name}:POPULATION"
        ));
    }
    if let Ok(table) = table {
        let loci = table.loci.len();
        return Some(format!(
            "{name} is a frequency table that can be used (loci: {loci}), no profiles: `filia frequencies show {name}` prints it, \
             `filia check --frequencies {name} PROFILES.csv` checks profiles against it"
        ));
    }
    if load_rates(&RatesSource::File(path_text.clone()), inputs).is_ok() {
        return Some(format!(
            "{name} is a table of mutation rates that can be used, no profiles: name it in the settings (mutation.rates)"
        ));
    }
    if load_recombination(&LinkedPairs::File(path_text), &[], inputs).is_ok() {
        return Some(format!(
            "{name} is a table of recombination fractions that can be used, no profiles: name it in the settings (linkage.pairs)"
        ));
    }
    None
}

/// Whether the first line names parents: a pedigree file with a fault.
fn is_pedigree_header(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().to_lowercase();
    ["father", "mother", "missing"].iter().all(|word| first.contains(word))
}

fn describe_json(path: &Path, bytes: &[u8]) -> String {
    let name = path.display();
    let has = |key: &str| {
        let value = serde_json::from_slice::<serde_json::Value>(bytes).unwrap_or_default();
        value.get(key).is_some()
    };
    if has("hypotheses") {
        return with_state(
            format!("{name} is a case file, no profiles"),
            read_case(bytes).err(),
            &format!("`filia lr {name}` computes it"),
        );
    }
    if has("loci") {
        return with_state(
            format!("{name} is a marker file, no profiles"),
            parse_markers(bytes).err(),
            &format!("`filia check --markers {name} PROFILES.csv` checks profiles against it"),
        );
    }
    if has("inputs") && has("version") {
        return format!("{name} is the manifest of a run, no profiles: `filia diff` compares two runs");
    }
    format!("{name} is JSON, no profiles (expected a table: CSV, TSV or `;`)")
}

fn describe_toml(path: &Path, text: &str, inputs: &Inputs) -> String {
    let name = path.display();
    if parse_case_shape(&name.to_string(), text).is_ok() {
        return format!("{name} is the shape of a case, no profiles: give it to `filia simulate` or `filia power`");
    }
    with_state(
        format!("{name} is a settings file, no profiles"),
        read_settings(path, inputs).err(),
        &format!("`filia check --config {name} PROFILES.csv` uses it"),
    )
}

/// What is wrong with the file, else what it is good for.
fn with_state(kind: String, fault: Option<impl Display>, good_for: &str) -> String {
    match fault {
        Some(fault) => format!("{kind}, and cannot be used: {fault}"),
        None => format!("{kind}; it can be used: {good_for}"),
    }
}

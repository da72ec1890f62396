//! The manifest of a run: everything that somebody needs to judge its results, and to get them again.

use crate::io::known_names::{complain, in_our_words};
use crate::io::source::{Fingerprint, Inputs};
use crate::model::AddedAllele;
use crate::settings::{Given, SettingOutOfRange, Settings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A manifest that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// No JSON, or not of this form.
    #[error("expected a run's manifest: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A key that no run writes.
    #[error("{0}")]
    UnknownKey(String),
    /// A setting that no run can have had.
    #[error(transparent)]
    Setting(#[from] SettingOutOfRange),
}

/// The contents of `manifest.json`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program.
    pub version: String,
    /// The subcommand (`match`, `identify` …).
    pub command: String,
    /// Every setting that had an effect, those left at their defaults too. (Read back, the others have their defaults.)
    pub settings: Settings,
    /// Every file that was read.
    pub inputs: Vec<InputFile>,
    /// How many of what: children, candidates, loci, rows rejected …
    pub counts: BTreeMap<String, u64>,
    /// Number of pairs compared.
    pub pairs: u64,
    /// Wall time of each part of the run, and when it ended: the one thing that differs from run to run.
    pub timings: Timings,
    /// How the search was planned.
    pub plan: serde_json::Value,
    /// Alleles of the case that a frequency table has not seen.
    pub added_alleles: Vec<AddedAllele>,
    /// What a reader of the results must know, one sentence each.
    pub notes: Vec<String>,
    /// What a command adds of its own.
    #[serde(flatten)]
    pub sections: serde_json::Map<String, serde_json::Value>,
}

/// A file that a run read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputFile {
    /// What it was read for (`children`, `candidates`, `frequencies` …).
    pub role: String,
    /// The path as it was given, or the name of a bundled table.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the contents, 64 hexadecimal digits.
    pub sha256: String,
}

/// Wall time of each part of a run, in seconds, and when it ended.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Reading files.
    pub read_seconds: f64,
    /// Building score tables and planning.
    pub plan_seconds: f64,
    /// Scanning.
    pub scan_seconds: f64,
    /// Inference and writing.
    pub write_seconds: f64,
    /// Looking for samples of one person.
    pub direct_seconds: f64,
    /// Posteriors, rival relationships and flags of what is reported.
    pub assess_seconds: f64,
    /// Looking for couples.
    pub couples_seconds: f64,
    /// Weighing the parents of all children at once.
    #[serde(default)]
    pub families_seconds: f64,
    /// When the run ended: seconds since 1970, UTC. Runs of older versions do not say it.
    #[serde(default)]
    pub ended_at: Option<u64>,
}

impl Timings {
    /// The run ends now; it has been writing since then.
    pub fn end(&mut self, writing_since: Instant) {
        self.write_seconds = writing_since.elapsed().as_secs_f64();
        self.ended_at = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|time| time.as_secs());
    }
}

impl Manifest {
    /// A manifest of this version of the program, with nothing in it yet but the command and the settings.
    pub fn new(command: &str, settings: Settings) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.to_owned(),
            settings,
            inputs: Vec::new(),
            counts: BTreeMap::new(),
            pairs: 0,
            timings: Timings::default(),
            plan: serde_json::Value::Null,
            added_alleles: Vec::new(),
            notes: Vec::new(),
            sections: serde_json::Map::new(),
        }
    }

    /// Reads a manifest back and checks its settings: somebody may have changed it.
    ///
    /// # Errors
    /// What is no manifest; a setting out of its range.
    pub fn read(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| match in_our_words(&error.to_string()) {
            Some(message) => ManifestError::UnknownKey(message),
            None => error.into(),
        })?;
        check_keys(manifest.sections.keys())?;
        manifest.settings.validate()?;
        Ok(manifest)
    }

    /// Writes the manifest as indented JSON with a line end. Settings that had no effect in the run are left out.
    ///
    /// # Errors
    /// What the target refuses.
    pub fn write(&self, mut target: impl Write) -> io::Result<()> {
        let mut manifest = serde_json::to_value(self)?;
        let has = |role: &str| self.inputs.iter().any(|input| input.role == role);
        let given = Given { markers: has(MARKERS), families: has(PEDIGREES) };
        for (key, _) in self.settings.without_effect(&self.command, given) {
            remove(&mut manifest["settings"], key);
        }
        serde_json::to_writer_pretty(&mut target, &manifest)?;
        target.write_all(b"\n")?;
        target.flush()
    }
}

/// The keys of every manifest.
const KEYS: [&str; 10] =
    ["version", "command", "settings", "inputs", "counts", "pairs", "timings", "plan", "added_alleles", "notes"];

/// The sections that commands add.
const SECTIONS: [&str; 9] = [
    "assignments",
    "families",
    "identities",
    "joint",
    "memory",
    "reading",
    "samples_of_one_person",
    "seed",
    UNSEEN_ALLELES,
];

/// Refuses a manifest with a key at its top that no command writes: it means more than would be read.
///
/// # Errors
/// Such a key, with the nearest known one.
pub fn check_keys<'k>(keys: impl IntoIterator<Item = &'k String>) -> Result<(), ManifestError> {
    let known: Vec<&str> = KEYS.into_iter().chain(SECTIONS).collect();
    match keys.into_iter().find_map(|key| complain("key", key, &known)) {
        Some(complaint) => Err(ManifestError::UnknownKey(complaint)),
        None => Ok(()),
    }
}

/// The section on the alleles that a frequency table does not list, with who shows them.
pub const UNSEEN_ALLELES: &str = "unseen_alleles";

/// The role of a pedigree file among the inputs.
pub const PEDIGREES: &str = "pedigrees";

/// The role of a marker file among the inputs.
pub const MARKERS: &str = "markers";

/// Takes out a value by the keys that lead to it, joined by points, and the section if nothing is left of it.
fn remove(value: &mut serde_json::Value, key: &str) {
    let (section, key) = match key.rsplit_once('.') {
        Some((section, key)) => (value.get_mut(section), key),
        None => (Some(&mut *value), key),
    };
    if let Some(object) = section.and_then(serde_json::Value::as_object_mut) {
        object.shift_remove(key);
    }
    let is_empty = |value: &serde_json::Value| value.as_object().is_some_and(serde_json::Map::is_empty);
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, section| !is_empty(section));
    }
}

impl InputFile {
    /// The files of these, each with its role, that were read to their end, as they were read.
    pub fn of_read<'a>(files: impl IntoIterator<Item = (&'a str, &'a Path)>, inputs: &Inputs) -> Vec<Self> {
        let describe = |(role, path): (&str, &Path)| {
            Some(Self::new(role, &path.display().to_string(), &inputs.fingerprint(path)?))
        };
        files.into_iter().filter_map(describe).collect()
    }

    /// An input that is these bytes; `path` is what it is called.
    pub fn of_bytes(role: &str, path: &str, bytes: &[u8]) -> Self {
        Self::new(role, path, &Fingerprint::of(bytes))
    }

    fn new(role: &str, path: &str, fingerprint: &Fingerprint) -> Self {
        let (role, path) = (role.to_owned(), path.to_owned());
        Self { role, path, bytes: fingerprint.bytes, sha256: fingerprint.hexadecimal() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut manifest = Manifest::new("match", Settings::default());
        let [table, locus, allele] = ["nist1036:cauc", "TH01", "7"].map(str::to_owned);
        manifest.added_alleles.push(AddedAllele { table, locus, allele, frequency: 0.05 });
        manifest.counts.insert("children".to_owned(), 3);
        manifest.sections.insert("seed".to_owned(), serde_json::json!(7));
        let mut written = Vec::new();
        manifest.write(&mut written).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(value["settings"]["population"]["minimum_frequency"], "5/2N");
        assert_eq!(value["timings"]["scan_seconds"], 0.0);
        assert_eq!(value["added_alleles"][0]["frequency"], 0.05);
        assert_eq!(value["seed"], 7);
        assert_eq!(serde_json::from_slice::<Manifest>(&written).unwrap(), manifest);
        let slip = String::from_utf8(written.clone()).unwrap().replace("\"seed\"", "\"sead\"");
        let refused = Manifest::read(slip.as_bytes()).unwrap_err().to_string();
        assert!(refused.starts_with("unknown key `sead`: did you mean `seed`? Known here: version, "), "{refused}");
        let slip = String::from_utf8(written).unwrap().replace("\"theta\"", "\"thta\"");
        let refused = Manifest::read(slip.as_bytes()).unwrap_err().to_string();
        assert!(refused.starts_with("unknown key `thta`: did you mean `theta`? Known here: tables, "), "{refused}");
    }
}

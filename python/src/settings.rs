//! Settings from Python: the keys of a settings file, as nested dictionaries or, where only one section has the key, without the section.

use crate::error::{raised, refused};
use filia::io::settings_file::{SettingsFileError, parse_settings, read_settings};
use filia::io::source::Inputs;
use filia::run::RunError;
use filia::settings;
use filia::statistics::{Statistics, StatisticsSource};
use pyo3::prelude::*;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// What messages call settings that are no file.
const NAME: &str = "<settings>";

/// What a settings file says, with what was said beside it, and a marker file.
#[pyclass(frozen, module = "filia")]
pub struct Settings {
    config: Option<PathBuf>,
    markers: Option<PathBuf>,
    /// What was said beside the file.
    stated: Map<String, Value>,
}

/// Settings, and where the statistics of a run come from.
pub struct Resolved {
    pub settings: settings::Settings,
    pub source: StatisticsSource,
    pub inputs: Inputs,
}

impl Resolved {
    /// Where nothing is stated.
    pub fn unstated() -> Self {
        let source = StatisticsSource { tables_by_default: true, ..StatisticsSource::default() };
        Self { settings: settings::Settings::default(), source, inputs: Inputs::default() }
    }

    /// The statistics of the run.
    ///
    /// # Errors
    /// A file that cannot be read or used.
    pub fn statistics(self) -> Result<Statistics, RunError> {
        Ok(Statistics::load(self.settings, self.source, &self.inputs)?)
    }
}

#[pymethods]
impl Settings {
    #[new]
    #[pyo3(signature = (stated, config=None, markers=None))]
    fn new(stated: &str, config: Option<PathBuf>, markers: Option<PathBuf>) -> PyResult<Self> {
        let settings = Self { config, markers, stated: in_sections(stated)? };
        settings.read()?;
        Ok(settings)
    }

    /// The same with these over them.
    fn over(&self, stated: &str) -> PyResult<Self> {
        let mut all = Value::Object(self.stated.clone());
        overlay(&mut all, Value::Object(in_sections(stated)?));
        let stated = all.as_object().cloned().unwrap_or_default();
        let settings = Self { config: self.config.clone(), markers: self.markers.clone(), stated };
        settings.read()?;
        Ok(settings)
    }

    /// All settings as JSON.
    fn json(&self) -> PyResult<String> {
        let (settings, ..) = self.read()?;
        serde_json::to_string(&settings).map_err(|error| raised(&error))
    }

    /// What is stated as the text of a settings file.
    fn toml(&self) -> PyResult<String> {
        self.document()
    }

    /// The same as JSON, for programs on other machines.
    fn stated(&self) -> PyResult<String> {
        serde_json::to_string(&self.tree()?).map_err(|error| raised(&error))
    }

    /// The marker file.
    #[getter]
    fn markers(&self) -> Option<PathBuf> {
        self.markers.clone()
    }
}

impl Settings {
    /// The settings in full, the path under which they stand among the inputs, and these.
    fn read(&self) -> PyResult<(settings::Settings, Option<PathBuf>, Inputs)> {
        let inputs = Inputs::default();
        let config = match (&self.config, self.stated.is_empty()) {
            (Some(path), true) => Some(path.clone()),
            (None, true) => None,
            (_, false) => {
                inputs.set(Path::new(NAME), self.document()?.as_bytes());
                Some(PathBuf::from(NAME))
            }
        };
        let failed = |error: SettingsFileError| match self.stated.is_empty() {
            true => raised(&error),
            false => refused(error.without_place()),
        };
        let settings = config.as_deref().map(|path| read_settings(path, &inputs)).transpose().map_err(failed)?;
        Ok((settings.unwrap_or_default(), config, inputs))
    }

    /// What the file says with what is stated over it, as the text of a settings file.
    fn document(&self) -> PyResult<String> {
        toml::to_string(&self.tree()?).map_err(|error| raised(&error))
    }

    /// What the file says with what is stated over it.
    fn tree(&self) -> PyResult<Value> {
        let mut all = Value::Object(Map::new());
        if let Some(path) = &self.config {
            let name = path.display().to_string();
            let bytes = Inputs::default().read_named(path).map_err(|error| raised(&error))?;
            let text = String::from_utf8_lossy(&bytes);
            parse_settings(&name, &text).map_err(|error| raised(&error))?;
            let table: toml::Table =
                text.trim_start_matches('\u{feff}').parse().map_err(|error: toml::de::Error| raised(&error))?;
            all = serde_json::to_value(table).map_err(|error| raised(&error))?;
        }
        overlay(&mut all, Value::Object(self.stated.clone()));
        Ok(all)
    }

    /// What a run of this command needs; `families` says whether it is given families that miss somebody.
    pub fn resolve(&self, command: &str, families: bool) -> PyResult<Resolved> {
        let (mut settings, config, inputs) = self.read()?;
        let source = StatisticsSource { config, markers: self.markers.clone(), ..StatisticsSource::default() };
        let stated = |error: SettingsFileError| raised(&error);
        // As on the command line: every pair is listed unless somebody says otherwise.
        if command == "identify" && !source.states("search.min_log10_lr", &inputs).map_err(stated)? {
            settings.search.min_log10_lr = None;
        }
        let mut source = source.of_run(command, false, families, &settings, &inputs).map_err(stated)?;
        source.without_effect.iter_mut().for_each(take_out_place);
        Ok(Resolved { settings, source, inputs })
    }
}

/// Takes out of a note where settings stand that are no file.
fn take_out_place(note: &mut String) {
    if let (true, Some((_, what))) = (note.starts_with(NAME), note.split_once(": ")) {
        *note = what.to_owned();
    }
}

/// What was stated by section: a key that stands alone goes to the one section that has it.
fn in_sections(stated: &str) -> PyResult<Map<String, Value>> {
    let stated: Map<String, Value> = serde_json::from_str(stated).map_err(|error| raised(&error))?;
    let known = serde_json::to_value(settings::Settings::default()).unwrap_or_default();
    let sections = known.as_object().into_iter().flatten();
    let mut all = Value::Object(Map::new());
    for (key, value) in stated {
        let has_key = |section: &Value| section.get(&key).is_some();
        let homes: Vec<&String> =
            sections.clone().filter(|(_, section)| has_key(section)).map(|(name, _)| name).collect();
        let placed = match &homes[..] {
            [home] if known.get(&key).is_none() => serde_json::json!({ home.as_str(): { key: value } }),
            _ => serde_json::json!({ key: value }),
        };
        overlay(&mut all, placed);
    }
    Ok(all.as_object().cloned().unwrap_or_default())
}

/// Puts the values of one tree over those of another.
fn overlay(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                overlay(below.entry(key).or_insert_with(|| Value::Object(Map::new())), value);
            }
        }
        (below, above) => *below = above,
    }
}

//! The runs: from Python's values to the library's, the run itself, and its tables.

use crate::error::{raised, refused};
use crate::inputs::{Source, Texts, named, take_in};
use crate::settings::{Resolved, Settings};
use crate::tables::Table;
use crate::watch::{How, Watch};
use filia::io::case_file::{answer_to_json, read_case};
use filia::io::case_shape::{CaseShapeError, DEMO, DEMO_SHAPE, read_case_shape};
use filia::io::result_tables::{Format, RESULT_TABLES};
use filia::io::settings_file::find_stated;
use filia::io::source::Inputs;
use filia::matching::Share;
use filia::report::calibration_tables::calibration_tables;
use filia::report::manifest::InputFile;
use filia::report::power_tables::power_table;
use filia::report::{SyntheticTables, table};
use filia::run::{
    self, CalibrateInput, CalibrateOptions, CalibratedCase, IdentifyCase, IdentifyInput, MatchInput, MergedRun, Output,
    PartTarget, PowerInput, Reading, RunError, SimulateInput,
};
use filia::simulate::CaseShape;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The tables of a run by name, and what else there is to know of it, as JSON.
type Results = (Vec<(&'static str, Table)>, String);

/// Everything about a run of `match` that is not the profiles.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct MatchOptions {
    relatives: Vec<Source>,
    pedigrees: Vec<Source>,
    candidates_include_children: bool,
    max_memory: Option<u64>,
    reading: String,
}

/// Everything about a run of `identify` that is not the profiles.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct IdentifyOptions {
    assignments: usize,
    keep_samples_apart: bool,
    merge_min_log10_lr: Option<f64>,
    reading: String,
}

/// The folder of a run.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Out {
    folder: PathBuf,
    replace: bool,
    formats: Vec<String>,
}

impl Out {
    fn output(self) -> PyResult<Output> {
        let format = |name: &String| {
            let found = Format::ALL.into_iter().find(|format| format.ending() == name);
            found.ok_or_else(|| refused(format!("format: found `{name}`, expected csv, parquet or json")))
        };
        let formats = self.formats.iter().map(format).collect::<PyResult<_>>()?;
        Ok(Output { folder: self.folder, replace: self.replace, formats })
    }
}

fn of_json<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| raised(&error))
}

fn to_json(value: &impl serde::Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?)
}

fn arrow(tables: &[table::Table<'_>]) -> io::Result<Vec<(&'static str, Table)>> {
    tables.iter().map(|table| Ok((table.name, Table::of(table)?))).collect()
}

/// Children and candidates, read and modelled.
#[pyclass(frozen, module = "filia")]
pub struct MatchCase(run::MatchCase);

/// Settings and inputs of `match`.
fn match_input(
    settings: &Settings,
    children: Vec<Source>,
    candidates: Vec<Source>,
    options: MatchOptions,
) -> PyResult<(filia::settings::Settings, MatchInput)> {
    let families = !options.pedigrees.is_empty();
    let Resolved { settings, source, inputs } = settings.resolve("match", families)?;
    let input = MatchInput {
        candidates_include_children: options.candidates_include_children,
        relatives: named(options.relatives, "relatives", &inputs)?,
        pedigrees: named(options.pedigrees, "pedigrees", &inputs)?.pop(),
        reading: of_json::<Reading>(&options.reading)?,
        source,
        max_memory: options.max_memory,
        ..MatchInput::new(named(children, "children", &inputs)?, named(candidates, "candidates", &inputs)?)
    };
    Ok((settings, MatchInput { inputs, ..input }))
}

/// Reads children and candidates.
#[pyfunction]
pub fn read_match(
    py: Python<'_>,
    settings: &Settings,
    children: Vec<Source>,
    candidates: Vec<Source>,
    options: MatchOptions,
    how: How,
) -> PyResult<MatchCase> {
    let (settings, input) = match_input(settings, children, candidates, options)?;
    how.run(py, |watch| run::MatchCase::read_watched(input, settings, watch)).map(MatchCase)
}

#[pymethods]
impl MatchCase {
    /// Searches; with a folder the results are written too.
    fn search(&self, py: Python<'_>, how: How, out: Option<Out>) -> PyResult<Results> {
        let case = &self.0;
        let output = out.map(Out::output).transpose()?;
        how.run(py, |watch| {
            let begin = |output: &Output| output.begin(RESULT_TABLES, case.input.files(case.settings()));
            let folder = output.as_ref().map(begin).transpose()?;
            let found = case.search_watched(watch)?;
            if let (Some(folder), Some(output)) = (folder, &output) {
                case.write(&found, folder, &output.formats, watch)?;
            }
            Ok::<_, RunError>((case.with_tables(&found, arrow)?, to_json(&case.manifest(&found))?))
        })
    }

    /// One child and one candidate, locus by locus, as JSON.
    fn explain(&self, child: &str, candidate: &str) -> PyResult<String> {
        let explanation = self.0.explain(child, candidate).map_err(|error| raised(&error))?;
        serde_json::to_string(&explanation).map_err(|error| raised(&error))
    }

    /// The log10 LR of each child, a row, with each candidate, a column.
    fn log10_lr(&self, py: Python<'_>, how: How) -> PyResult<Table> {
        let case = &self.0;
        let panel = case.panel();
        how.run(py, |watch| {
            let rows = case.log10_lrs(watch)?;
            let children = case.roster.children.iter().map(|child| panel.full_id(child.sample).into_owned()).collect();
            let candidates = case.roster.candidates.iter().enumerate();
            let column = |at: usize| rows.iter().map(|row| row[at]).collect();
            let columns = candidates.map(|(at, &sample)| (panel.full_id(sample).into_owned(), column(at)));
            Ok::<_, RunError>(Table::of_matrix(("child_id", children), columns).map_err(io::Error::other)?)
        })
    }

    /// How many pairs there are.
    #[getter]
    fn pairs(&self) -> usize {
        self.0.roster.children.len() * self.0.roster.candidates.len()
    }
}

/// Which part of a run is done, where it goes, and what is read from memory.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Part {
    number: usize,
    of: usize,
    path: PathBuf,
    texts: Texts,
}

impl Part {
    fn share(&self) -> PyResult<Share> {
        let Self { number, of, .. } = self;
        let expected = || refused(format!("part {number}/{of}: expected a part from 1 to their number"));
        Share::new(*number, *of).ok_or_else(expected)
    }

    fn target(&self) -> PartTarget {
        PartTarget { path: self.path.clone(), replace: true }
    }
}

/// Does a part of a search, for [`merge`].
#[pyfunction]
pub fn match_part(
    py: Python<'_>,
    settings: &Settings,
    profiles: (Vec<Source>, Vec<Source>),
    options: MatchOptions,
    part: Part,
    how: How,
) -> PyResult<()> {
    let ((children, candidates), share) = (profiles, part.share()?);
    let (settings, input) = match_input(settings, children, candidates, options)?;
    take_in(&part.texts, &input.inputs);
    how.run(py, |watch| run::match_part_into(&part.target(), share, input, settings, watch)).map(drop)
}

/// Does a part of an identification, for [`merge`].
#[pyfunction]
pub fn identify_part(
    py: Python<'_>,
    settings: &Settings,
    profiles: (Vec<Source>, Vec<Source>),
    pedigrees: Source,
    options: IdentifyOptions,
    part: Part,
    how: How,
) -> PyResult<()> {
    let share = part.share()?;
    let (settings, input) = identify_input(settings, profiles, pedigrees, options)?;
    take_in(&part.texts, &input.inputs);
    how.run(py, |watch| run::identify_part_into(&part.target(), share, input, settings, watch)).map(drop)
}

/// Puts some parts of a run together as one part.
#[pyfunction]
pub fn merge_parts(py: Python<'_>, parts: Vec<PathBuf>, path: PathBuf, how: How) -> PyResult<()> {
    let target = PartTarget { path, replace: true };
    how.run(py, |watch| run::merge_parts_into(&target, &parts, watch))
}

/// Puts all parts of a run together and goes on to its results.
#[pyfunction]
pub fn merge(
    py: Python<'_>,
    parts: Vec<PathBuf>,
    max_memory: Option<u64>,
    texts: Texts,
    out: Out,
    how: How,
) -> PyResult<Results> {
    let (output, inputs) = (out.output()?, Inputs::default());
    take_in(&texts, &inputs);
    how.run(py, |watch| match run::merge_into(&output, &parts, max_memory, inputs, watch)? {
        MergedRun::Match(run) => {
            let (case, found) = *run;
            Ok::<_, RunError>((case.with_tables(&found, arrow)?, to_json(&case.manifest(&found))?))
        }
        MergedRun::Identify(run) => {
            let (case, answer) = *run;
            Ok((case.with_tables(&answer, arrow)?, to_json(&case.manifest(&answer)?)?))
        }
    })
}

/// Settings and inputs of `identify`.
fn identify_input(
    settings: &Settings,
    profiles: (Vec<Source>, Vec<Source>),
    pedigrees: Source,
    options: IdentifyOptions,
) -> PyResult<(filia::settings::Settings, IdentifyInput)> {
    let Resolved { settings, source, inputs } = settings.resolve("identify", true)?;
    let (remains, relatives) = profiles;
    let pedigrees = named(vec![pedigrees], "pedigrees", &inputs)?.remove(0);
    let input = IdentifyInput {
        assignments: options.assignments,
        keep_samples_apart: options.keep_samples_apart,
        merge_min_log10_lr: options.merge_min_log10_lr,
        reading: of_json::<Reading>(&options.reading)?,
        source,
        ..IdentifyInput::new(named(remains, "remains", &inputs)?, named(relatives, "relatives", &inputs)?, pedigrees)
    };
    Ok((settings, IdentifyInput { inputs, ..input }))
}

/// Identifies remains; with a folder the results are written too.
#[pyfunction]
pub fn identify(
    py: Python<'_>,
    settings: &Settings,
    profiles: (Vec<Source>, Vec<Source>),
    pedigrees: Source,
    options: IdentifyOptions,
    how: How,
    out: Option<Out>,
) -> PyResult<Results> {
    let (settings, input) = identify_input(settings, profiles, pedigrees, options)?;
    let output = out.map(Out::output).transpose()?;
    how.run(py, |watch| {
        let begin = |output: &Output| output.begin(RESULT_TABLES, input.files(&settings));
        let folder = output.as_ref().map(begin).transpose()?;
        let case = IdentifyCase::read_watched(input, settings, watch)?;
        let answer = case.identify_watched(watch)?;
        if let (Some(folder), Some(output)) = (folder, &output) {
            case.write(&answer, folder, &output.formats, watch)?;
        }
        Ok::<_, RunError>((case.with_tables(&answer, arrow)?, to_json(&case.manifest(&answer)?)?))
    })
}

/// The likelihoods of a case file (JSON), as JSON.
#[pyfunction]
pub fn likelihood(py: Python<'_>, case: &str, how: How) -> PyResult<String> {
    let case = read_case(case.as_bytes()).map_err(|error| raised(&error))?.case;
    how.run(py, |_: &Watch| case.answer()).map(|answer| answer_to_json(&answer).to_string())
}

/// The description of a synthetic case: `demo`, a file, or a dictionary as JSON.
#[derive(FromPyObject)]
pub enum Described {
    #[pyo3(transparent)]
    Json((String,)),
    #[pyo3(transparent)]
    File(PathBuf),
}

impl Described {
    /// Its name, and the case itself.
    fn read(self, inputs: &Inputs) -> PyResult<(PathBuf, CaseShape)> {
        let path = match self {
            Self::Json((json,)) => {
                let table: toml::Table = of_json(&json)?;
                let path = PathBuf::from("<case>");
                inputs.set(&path, toml::to_string(&table).map_err(|error| raised(&error))?.as_bytes());
                path
            }
            Self::File(path) => path,
        };
        if path == Path::new(DEMO) {
            inputs.set(&path, DEMO_SHAPE.as_bytes());
        }
        let shape = read_case_shape(&path, inputs).map_err(|error: CaseShapeError| raised(&error))?;
        Ok((path, shape))
    }
}

/// A synthetic case of known truth.
#[pyfunction]
pub fn simulate(
    py: Python<'_>,
    case: Described,
    seed: Option<u64>,
    frequencies: Option<String>,
    how: How,
) -> PyResult<Results> {
    let inputs = Inputs::default();
    let (path, mut shape) = case.read(&inputs)?;
    shape.settings.population.tables = frequencies.map_or(shape.settings.population.tables, |table| vec![table]);
    let described_by = InputFile::of_read([("case", path.as_path())], &inputs);
    let seed = seed.unwrap_or(shape.seed);
    let input = SimulateInput { seed, inputs, ..SimulateInput::new(&path.display().to_string(), shape) };
    how.run(py, |_| {
        let (case, models) = input.make()?;
        let manifest = run::describe_case(&case, seed, described_by);
        Ok::<_, RunError>((arrow(&SyntheticTables::new(&case, &models).tables())?, to_json(&manifest)?))
    })
}

/// What a panel can tell: one table, and everything as JSON.
#[pyfunction]
pub fn power(py: Python<'_>, settings: &Settings, options: &str, how: How) -> PyResult<(Results, Vec<String>)> {
    let options: PowerInput = of_json(options)?;
    let resolved = settings.resolve("power", false)?;
    how.run(py, |_| {
        let statistics = resolved.statistics()?;
        let (power, notes) = run::power(&options, statistics)?;
        Ok::<_, RunError>(((arrow(&[power_table(&power)])?, to_json(&power)?), notes))
    })
}

/// Whether posteriors can be believed, on cases of this description; its own settings hold where none are given.
#[pyfunction]
pub fn calibrate(
    py: Python<'_>,
    settings: Option<&Settings>,
    case: Described,
    options: &str,
    how: How,
) -> PyResult<Results> {
    let started = Instant::now();
    let options: CalibrateOptions = of_json(options)?;
    let (resolved, own) = match settings {
        Some(settings) => (settings.resolve(options.of.command(), false)?, false),
        None => (Resolved::unstated(), true),
    };
    let Resolved { settings, source, inputs } = resolved;
    let (path, shape) = case.read(&inputs)?;
    let stated = find_stated(&path, &inputs, ["settings.population.tables"]).map_err(|error| raised(&error))?;
    let case = CalibratedCase {
        name: path.display().to_string(),
        states_tables: !stated.is_empty(),
        settings: if own { shape.settings.clone() } else { settings },
        shape,
        source,
        files: InputFile::of_read([("case", path.as_path())], &inputs),
        inputs,
        started,
    };
    calibrated(py, case, &options, how)
}

/// The same on cases like one that was read.
#[pyfunction]
pub fn calibrate_like(
    py: Python<'_>,
    settings: &Settings,
    like: &MatchCase,
    options: &str,
    how: How,
) -> PyResult<Results> {
    let (started, like) = (Instant::now(), &like.0);
    let options: CalibrateOptions = of_json(options)?;
    let source = settings.resolve(options.of.command(), false)?.source;
    let case = CalibratedCase::like(like, source, started).map_err(|error| raised(&error))?;
    calibrated(py, case, &options, how)
}

fn calibrated(py: Python<'_>, case: CalibratedCase, options: &CalibrateOptions, how: How) -> PyResult<Results> {
    how.run(py, |watch| {
        let calibration = run::calibrate(&CalibrateInput::new(case, options)?, watch)?;
        Ok::<_, RunError>((arrow(&calibration_tables(&calibration))?, to_json(&calibration)?))
    })
}

//! `filia simulate`: a synthetic case of known truth.

use super::Outcome;
use super::arguments::use_threads;
use super::format::file_formats;
use super::terminal::tell;
use super::values::{TABLE_FORMATS, one_of};
use crate::io::case_shape::{DEMO, DEMO_SHAPE, parse_case_shape, read_case_shape};
use crate::io::result_tables::Format;
use crate::io::settings_file::find_stated;
use crate::io::source::Inputs;
use crate::report::manifest::InputFile;
use crate::run::{Output, SimulateInput, simulate_into};
use crate::simulate::{CaseShape, ROLES};
use anyhow::Result;
use clap::Args;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Makes a synthetic case of known truth: profiles, families, pedigrees
///
/// The case is described in TOML (families, who of them is sampled, how well); `demo` is the bundled one. The same description
/// and seed give the same bytes on any machine and any number of threads.
#[derive(Args)]
pub struct Arguments {
    /// The description of the case, or `demo`
    #[arg(value_name = "CASE.toml|demo")]
    case: ShapeArgument,
    /// Folder for the case; it appears complete or not at all
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Seed of all random numbers [default: the description's]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Allele frequencies: a bundled name or a file [default: the description's]
    #[arg(long, value_name = "NAME|FILE")]
    frequencies: Option<String>,
    /// Replace DIR if it exists and is not empty
    #[arg(long)]
    force: bool,
    /// Formats of the tables; filia itself reads profiles as CSV, or packed (`filia pack`)
    #[arg(long = "format", value_parser = one_of(TABLE_FORMATS), value_name = "FORMAT,...", value_delimiter = ',',
          default_values = ["csv"])]
    formats: Vec<Format>,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// Where the description of a case is: a file, or the bundled one.
#[derive(Clone, Debug)]
pub(super) struct ShapeArgument(PathBuf);

impl From<OsString> for ShapeArgument {
    fn from(text: OsString) -> Self {
        Self(text.into())
    }
}

impl ShapeArgument {
    fn is_demo(&self) -> bool {
        self.0 == Path::new(DEMO)
    }

    /// As it was given.
    pub(super) fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// Reads the description.
    pub(super) fn read(&self, inputs: &Inputs) -> Result<CaseShape> {
        Ok(if self.is_demo() { parse_case_shape(DEMO, DEMO_SHAPE)? } else { read_case_shape(&self.0, inputs)? })
    }

    /// Whether it names frequency tables; the bundled one does.
    pub(super) fn states_tables(&self, inputs: &Inputs) -> Result<bool> {
        Ok(self.is_demo() || !find_stated(&self.0, inputs, ["settings.population.tables"])?.is_empty())
    }

    /// What the manifest says of it, once it was read.
    pub(super) fn input_files(&self, inputs: &Inputs) -> Vec<InputFile> {
        match self.is_demo() {
            true => vec![InputFile::of_bytes("case", DEMO, DEMO_SHAPE.as_bytes())],
            false => InputFile::of_read([("case", self.0.as_path())], inputs),
        }
    }
}

/// Makes the case and writes it.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    use_threads(arguments.threads)?;
    let inputs = Inputs::default();
    let mut shape = arguments.case.read(&inputs)?;
    if let Some(table) = &arguments.frequencies {
        shape.settings.population.tables = vec![table.clone()];
    }
    let seed = arguments.seed.unwrap_or(shape.seed);
    let described_by = arguments.case.input_files(&inputs);
    let input = SimulateInput { seed, described_by, inputs, ..SimulateInput::new(&arguments.case.name(), shape) };
    let formats = file_formats(&arguments.formats);
    let output = Output { folder: arguments.out.clone(), replace: arguments.force, formats };
    let case = simulate_into(&output, input)?;
    let counts = ROLES.iter().enumerate().filter(|(list, _)| case.layout().len(*list) > 0);
    let counts: Vec<_> = counts.map(|(list, role)| format!("{role}: {}", case.layout().len(list))).collect();
    tell(format!("{}: {} (seed {seed})", arguments.out.display(), counts.join(", ")));
    Ok(Outcome::Done)
}

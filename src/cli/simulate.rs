//! `filia simulate`: a synthetic case of known truth.

use super::Outcome;
use super::arguments::use_threads;
use super::terminal::tell;
use crate::io::case_shape::{parse_case_shape, read_case_shape};
use crate::io::frequency_file::load_table;
use crate::io::rates_file::load_rates;
use crate::io::run_folder::{Replaceable, RunFolder};
use crate::io::settings_file::find_stated;
use crate::io::source::Inputs;
use crate::io::synthetic_case::{CASE_FILES, CaseWriter};
use crate::likelihood::LocusModel;
use crate::model::CaseModels;
use crate::population::{FrequencyTable, MinimumAppliesTo};
use crate::profile::{LocusName, PanelBuilder};
use crate::report::manifest::{InputFile, Manifest};
use crate::settings::Settings;
use crate::simulate::{CaseShape, ROLES, SyntheticCase};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::ffi::OsString;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// The bundled case, by its name.
const DEMO: &str = "demo";
const DEMO_SHAPE: &str = include_str!("../../data/demo/case.toml");

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
    let table = one_table(&shape.settings, &inputs)?;
    let models = panel_models(&wanted_loci(&shape, &table), &table, &as_counted(&shape.settings), &inputs)?;
    let case = SyntheticCase::new(shape, &models, seed).with_context(|| arguments.case.name())?;
    let files = [arguments.case.0.clone()].into_iter().chain(arguments.frequencies.iter().map(PathBuf::from));
    let replaceable = Replaceable { files: &CASE_FILES, inputs: files.collect() };
    let folder = RunFolder::create(&arguments.out, arguments.force.then_some(replaceable))?;
    let create = |name: &str| folder.create_file(name).map(BufWriter::new).map_err(io::Error::other);
    CaseWriter::new(&case, &models).write(create).context("cannot write the case")?;
    let manifest = describe(&case, seed, arguments.case.input_files(&inputs));
    manifest.write(folder.create_file("manifest.json")?).context("cannot write manifest.json")?;
    folder.commit()?;
    let counts = ROLES.iter().enumerate().filter(|(list, _)| case.layout().len(*list) > 0);
    let counts: Vec<_> = counts.map(|(list, role)| format!("{role}: {}", case.layout().len(list))).collect();
    tell(format!("{}: {} (seed {seed})", arguments.out.display(), counts.join(", ")));
    Ok(Outcome::Done)
}

/// A simulation draws from one population.
pub(super) fn one_table(settings: &Settings, inputs: &Inputs) -> Result<FrequencyTable> {
    match &settings.population.tables[..] {
        [name] => Ok(load_table(name, inputs)?),
        several => bail!("population.tables: found {} tables, expected one to draw from", several.len()),
    }
}

/// The settings with the frequencies as they were counted: a minimum is for likelihood ratios, a population does not have it.
pub(super) fn as_counted(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.population.minimum_applies_to = MinimumAppliesTo::Unseen;
    settings
}

fn wanted_loci(shape: &CaseShape, table: &FrequencyTable) -> Vec<LocusName> {
    match shape.loci.is_empty() {
        true => table.loci.iter().map(|locus| locus.locus.clone()).collect(),
        false => shape.loci.iter().map(|name| LocusName::new(name)).collect(),
    }
}

/// The models of these loci, as a case without profiles would have them.
///
/// # Errors
/// A locus that the table lacks, or whose model is refused.
pub(super) fn panel_models(
    loci: &[LocusName],
    table: &FrequencyTable,
    settings: &Settings,
    inputs: &Inputs,
) -> Result<Vec<LocusModel>> {
    let nobody = PanelBuilder::new(loci.to_vec()).build()?;
    let rates = load_rates(&settings.mutation.rates, inputs)?;
    let mut models = CaseModels::from_tables(&nobody, std::slice::from_ref(table), &rates, settings)?;
    if let Some(unknown) = models.unused.first() {
        bail!("{} has no frequencies for {unknown}", table.name);
    }
    Ok(models.populations.pop().map(|population| population.loci).unwrap_or_default())
}

fn describe(case: &SyntheticCase, seed: u64, inputs: Vec<InputFile>) -> Manifest {
    let mut manifest = Manifest::new("simulate", case.shape().settings.clone());
    manifest.inputs = inputs;
    for (list, role) in ROLES.iter().enumerate() {
        manifest.counts.insert(role.to_string(), case.layout().len(list));
    }
    manifest.sections.insert("seed".into(), seed.into());
    manifest
}

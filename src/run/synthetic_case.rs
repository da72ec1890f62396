//! A synthetic case of known truth, made and written.

use super::inputs::named_files;
use super::{Output, RunError};
use crate::io::result_tables::CASE_TABLES;
use crate::io::source::Inputs;
use crate::likelihood::LocusModel;
use crate::profile::LocusName;
use crate::report::SyntheticTables;
use crate::report::manifest::{InputFile, Manifest};
use crate::report::table::export_into;
use crate::simulate::{CaseShape, ROLES, SyntheticCase};
use crate::statistics::{Statistics, StatisticsSource};
use std::path::PathBuf;

/// What is simulated.
#[derive(Clone, Debug)]
pub struct SimulateInput {
    /// What the case is called in messages.
    pub name: String,
    /// Its description.
    pub shape: CaseShape,
    /// Seed of all random numbers.
    pub seed: u64,
    /// The file of the description, as it was read, for the manifest.
    pub described_by: Vec<InputFile>,
    /// What was read already.
    pub inputs: Inputs,
}

impl SimulateInput {
    /// The case of this description, with the seed that it states.
    pub fn new(name: &str, shape: CaseShape) -> Self {
        let (name, seed) = (name.to_owned(), shape.seed);
        Self { name, shape, seed, described_by: Vec::new(), inputs: Inputs::default() }
    }

    /// The case itself, with the models that it was made with.
    ///
    /// # Errors
    /// A description that contradicts itself or its population; several frequency tables.
    pub fn make(self) -> Result<(SyntheticCase, Vec<LocusModel>), RunError> {
        let source = StatisticsSource::default();
        let statistics = Statistics::load(self.shape.settings.clone(), source, &self.inputs)?.of_one_population()?;
        let loci = match self.shape.loci.is_empty() {
            true => statistics.loci(),
            false => self.shape.loci.iter().map(|name| LocusName::new(name)).collect(),
        };
        let models = statistics.as_counted().world(&loci)?;
        let case = SyntheticCase::new(self.shape, &models, self.seed);
        Ok((case.map_err(|source| RunError::Shape { name: self.name, source })?, models))
    }
}

/// Makes a case and writes it: the profiles, the truth, and the manifest.
///
/// # Errors
/// As [`SimulateInput::make`]; a folder that cannot be written. Nothing is left behind then.
pub fn simulate_into(output: &Output, input: SimulateInput) -> Result<SyntheticCase, RunError> {
    let (seed, described_by) = (input.seed, input.described_by.clone());
    let own = described_by.iter().map(|file| PathBuf::from(&file.path));
    let files = own.chain(named_files(&input.shape.settings, &StatisticsSource::default())).collect();
    let (case, models) = input.make()?;
    let folder = output.begin(CASE_TABLES, files)?;
    export_into(&folder, &SyntheticTables::new(&case, &models).tables(), &output.formats)?;
    describe_case(&case, seed, described_by).write(folder.create_file("manifest.json")?)?;
    folder.commit()?;
    Ok(case)
}

/// What a synthetic case is: its settings, its seed and what described it, and how many samples of each role there are.
pub fn describe_case(case: &SyntheticCase, seed: u64, inputs: Vec<InputFile>) -> Manifest {
    let mut manifest = Manifest::new("simulate", case.shape().settings.clone());
    manifest.inputs = inputs;
    for (list, role) in ROLES.iter().enumerate() {
        manifest.counts.insert(role.to_string(), case.layout().len(list));
    }
    manifest.sections.insert("seed".into(), seed.into());
    manifest
}

//! Marker files: `{"loci": [...]}`, each locus with its alleles, frequencies, mutation, theta and silent allele.

use super::familias::{self, FamiliasError, is_familias, parse_project};
use super::json::{DocumentError, JsonError, JsonNode, read_document};
use super::locus_check::{self, check_label, checked_model};
use super::source::Inputs;
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel};
use std::path::Path;

/// Why a marker or case file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MarkerFileError {
    /// The file cannot be read.
    #[error("cannot read it: {0}")]
    Read(#[from] std::io::Error),
    /// It is no JSON document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// It is JSON, but not of this form.
    #[error(transparent)]
    Content(#[from] JsonError),
    /// It is a Familias project that cannot be used.
    #[error(transparent)]
    Familias(#[from] FamiliasError),
}

/// The loci of a file, and what the file says of them that is not used.
#[derive(Clone, Debug)]
pub struct MarkerFile {
    /// The loci.
    pub loci: Vec<LocusDefinition>,
    /// Sentences.
    pub notes: Vec<String>,
}

/// Reads a marker file, or the loci of a Familias project.
///
/// # Errors
/// A file that cannot be read, is neither JSON nor a project, or describes a locus that cannot be used.
pub fn read_marker_file(path: &Path, inputs: &Inputs) -> Result<MarkerFile, MarkerFileError> {
    let bytes = inputs.read(path)?;
    if !is_familias(&bytes) {
        return Ok(MarkerFile { loci: parse_markers(&bytes)?, notes: Vec::new() });
    }
    let found = familias::markers::markers(&parse_project(&bytes)?)?;
    let (loci, notes) = found.for_profiles();
    Ok(MarkerFile { loci, notes: notes.iter().map(|note| format!("{}: {note}", path.display())).collect() })
}

/// Reads the bytes of a marker file.
///
/// # Errors
/// What is no JSON, or describes a locus that cannot be used.
pub fn parse_markers(bytes: &[u8]) -> Result<Vec<LocusDefinition>, MarkerFileError> {
    let document = read_document(bytes)?;
    let root = JsonNode::root(&document);
    root.check_keys(&["loci"])?;
    let models = read_loci(&root)?;
    for locus in root.required("loci")?.elements()? {
        // In a case file labels are any text; here profiles must meet them.
        for label in locus.required("alleles")?.elements()? {
            check_label(&label.label()?).map_err(|error| label.error(error))?;
        }
        check_ranges(&locus)?;
    }
    Ok(models.iter().map(|model| model.definition().clone()).collect())
}

/// The loci of a document, checked.
///
/// # Errors
/// A locus that is incomplete, contradictory, or listed twice.
pub fn read_loci(document: &JsonNode<'_>) -> Result<Vec<LocusModel>, JsonError> {
    let mut models: Vec<LocusModel> = Vec::new();
    for node in document.required("loci")?.elements()? {
        let definition = read_locus(&node)?;
        let name = definition.name.clone();
        check_name(&node, &name, &models)?;
        models.push(checked_model(definition).map_err(|error| node.error(error))?);
    }
    Ok(models)
}

/// Refuses a locus without a name, and two spellings of one locus (`TH01` and `THO1`): one of them would be lost.
fn check_name(node: &JsonNode<'_>, name: &str, before: &[LocusModel]) -> Result<(), JsonError> {
    if name.trim().is_empty() {
        return Err(node.required("name")?.error("found an empty text, expected the name of a locus"));
    }
    locus_check::check_name(name, before).map_err(|error| node.error(error))
}

/// The keys of a locus.
const LOCUS_KEYS: [&str; 7] = ["name", "chromosome", "alleles", "frequencies", "mutation", "theta", "silent_frequency"];

fn read_locus(node: &JsonNode<'_>) -> Result<LocusDefinition, JsonError> {
    let labels = node.required("alleles")?.elements()?;
    let definition = LocusDefinition {
        name: node.required("name")?.text()?.to_owned(),
        chromosome: node.optional("chromosome")?.map_or(Ok(Chromosome::Autosomal), |node| read_chromosome(&node))?,
        alleles: labels.iter().map(JsonNode::label).collect::<Result<_, _>>()?,
        frequencies: node.required("frequencies")?.numbers()?,
        mutation: node.optional("mutation")?.map(|node| read_mutation(&node)).transpose()?,
        theta: number_or(node, "theta", 0.0)?,
        silent_frequency: number_or(node, "silent_frequency", 0.0)?,
    };
    // last: a missing key says which slip was found in its place
    node.check_keys(&LOCUS_KEYS)?;
    Ok(definition)
}

/// Refuses a range above 1: two repeats more would be likelier than one. (Case files take any, as reference programs do.)
fn check_ranges(locus: &JsonNode<'_>) -> Result<(), JsonError> {
    let Some(mutation) = locus.optional("mutation")? else { return Ok(()) };
    for sex in ["female", "male"] {
        let range = mutation.optional(sex)?.map(|parameters| parameters.optional("range")).transpose()?.flatten();
        if let Some(range) = range
            && range.number()? > 1.0
        {
            let expected = "expected a number above 0, at most 1 (how much less likely each further step is)";
            return Err(range.error(format!("found {}, {expected}", range.number()?)));
        }
    }
    Ok(())
}

fn number_or(node: &JsonNode<'_>, key: &str, default: f64) -> Result<f64, JsonError> {
    node.optional(key)?.map_or(Ok(default), |number| number.number())
}

fn read_chromosome(node: &JsonNode<'_>) -> Result<Chromosome, JsonError> {
    match node.text()? {
        "autosomal" => Ok(Chromosome::Autosomal),
        "x" | "X" => Ok(Chromosome::X),
        other => Err(node.error(format!("found `{other}`, expected `autosomal` or `x`"))),
    }
}

/// The keys of a mutation model. Reference cases also write out the matrices that the parameters give: those are let be.
const MUTATION_KEYS: [&str; 5] = ["model", "female", "male", "matrix_female", "matrix_male"];

fn read_mutation(node: &JsonNode<'_>) -> Result<MutationDefinition, JsonError> {
    node.check_keys(&MUTATION_KEYS)?;
    let name = node.required("model")?;
    let model: MutationModel = serde_json::from_value(name.value().clone()).map_err(|_| {
        let expected = "none, equal, proportional, one-step, stepwise, dawid, custom or genotyping-error";
        name.error(format!("found {}, expected {expected}", name.value()))
    })?;
    let parameters = |sex: &str| match model {
        MutationModel::None => Ok(MutationParameters::default()),
        _ => {
            let node = node.required(sex)?;
            match node.optional("model")?.filter(|own| own.value() != name.value()) {
                Some(own) => Err(own.error(format!("found {}, expected {} for both sexes", own.value(), name.value()))),
                None => read_parameters(&node, model),
            }
        }
    };
    Ok(MutationDefinition { model, female: parameters("female")?, male: parameters("male")? })
}

fn read_parameters(node: &JsonNode<'_>, model: MutationModel) -> Result<MutationParameters, JsonError> {
    let known: &[&str] = match model {
        MutationModel::Custom => &["model", "rate", "rate2", "range", "matrix"],
        _ => &["model", "rate", "rate2", "range"],
    };
    node.check_keys(known)?;
    if model == MutationModel::Custom {
        let rows = node.required("matrix")?.elements()?;
        let matrix = rows.iter().map(JsonNode::numbers).collect::<Result<_, _>>()?;
        return Ok(MutationParameters { matrix: Some(matrix), ..MutationParameters::default() });
    }
    let range = match model {
        MutationModel::Stepwise | MutationModel::Dawid => node.required("range")?.number()?,
        _ => number_or(node, "range", 0.0)?,
    };
    let rate = node.required("rate")?.number()?;
    Ok(MutationParameters { rate, rate2: number_or(node, "rate2", 0.0)?, range, matrix: None })
}

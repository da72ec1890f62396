//! The database of a Familias project as a frequency table.

use super::FrequencyTableError;
use crate::io::familias::{FamiliasError, Project, ProjectLocus, markers::definition, parse_project};
use crate::io::locus_check::{check_name, checked_model};
use crate::population::{FrequencyTable, LocusFrequencies};
use crate::profile::{Allele, LocusName};
use std::collections::BTreeSet;

/// The table of a project. Alleles that no profile can show (`Rest`) only count towards the sum.
///
/// # Errors
/// What is no project; a locus that is listed twice or whose frequencies are none; an empty database.
pub(super) fn read(path: &str, name: String, bytes: &[u8]) -> Result<FrequencyTable, FrequencyTableError> {
    let in_file = |cause| FrequencyTableError::Familias { path: path.to_owned(), cause };
    let project = parse_project(bytes).map_err(in_file)?;
    if project.loci.is_empty() {
        return Err(in_file(FamiliasError::Lacks("there is no locus in its database")));
    }
    let mut models = Vec::new();
    for locus in &project.loci {
        let refuse = |why| in_file(FamiliasError::Refused { line: locus.line, why });
        check_name(&locus.name, &models).map_err(refuse)?;
        models.push(checked_model(definition(locus)).map_err(refuse)?);
    }
    let loci = project.loci.iter().map(frequencies).collect();
    Ok(FrequencyTable { name, loci, notes: notes(path, &project) })
}

fn frequencies(locus: &ProjectLocus) -> LocusFrequencies {
    let alleles = locus.alleles.iter().zip(&locus.frequencies);
    let known = alleles.filter_map(|(label, &frequency)| Some((label.parse::<Allele>().ok()?, frequency)));
    let mut frequencies: Vec<(Allele, f64)> = known.filter(|&(_, frequency)| frequency > 0.0).collect();
    frequencies.sort_by_key(|entry| entry.0);
    LocusFrequencies { locus: LocusName::new(&locus.name), frequencies, people: locus.size }
}

fn notes(path: &str, project: &Project) -> Vec<String> {
    let of_sizes = project.loci.iter().any(|locus| locus.size.is_some());
    let sizes = of_sizes.then(|| format!("{path}: DatabaseSize is read as the number of people"));
    let others: BTreeSet<&str> = project
        .loci
        .iter()
        .flat_map(|locus| &locus.alleles)
        .filter(|label| label.parse::<Allele>().is_err())
        .map(String::as_str)
        .collect();
    let list = others.into_iter().collect::<Vec<_>>().join(", ");
    let rest = (!list.is_empty())
        .then(|| format!("{path}: alleles that no profile can show only count towards the sum: {list}"));
    let model = "its mutation models, silent alleles and theta are not read with --frequencies (--markers reads them)";
    sizes.into_iter().chain(rest).chain([format!("{path}: {model}")]).collect()
}

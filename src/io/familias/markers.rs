//! The loci of a project as markers: frequencies, mutation models, theta, silent alleles.

use super::{FamiliasError, Project, ProjectLocus, ProjectMutation};
use crate::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use crate::io::locus_check::{check_label, check_name, checked_model};
use crate::likelihood::{Chromosome, LocusDefinition, LocusModel};
use crate::profile::{Allele, LocusKind, LocusName};

/// The loci as they are computed, and what the project says of them that is not.
#[derive(Debug, Default)]
pub struct ProjectMarkers {
    /// The loci, without Y-chromosomal ones and the sex test.
    pub models: Vec<LocusModel>,
    /// Sentences, with the lines.
    pub notes: Vec<String>,
}

/// The loci with their mutation models.
///
/// # Errors
/// A locus that is listed twice, whose frequencies are none, or whose mutation model is not computed.
pub fn markers(project: &Project) -> Result<ProjectMarkers, FamiliasError> {
    let mut found = ProjectMarkers::default();
    for locus in &project.loci {
        let refuse = |why: String| FamiliasError::Refused { line: locus.line, why };
        found.notes.extend(notes(locus));
        let Some(chromosome) = chromosome(locus) else { continue };
        let mutation = mutation(locus)?;
        check_name(&locus.name, &found.models).map_err(refuse)?;
        let definition = LocusDefinition { chromosome, mutation, theta: project.theta, ..definition(locus) };
        found.models.push(checked_model(definition).map_err(refuse)?);
    }
    Ok(found)
}

impl ProjectMarkers {
    /// The loci whose alleles profiles can show, and all sentences: one on each locus that is left out.
    pub fn for_profiles(self) -> (Vec<LocusDefinition>, Vec<String>) {
        let mut notes = self.notes;
        let mut definitions = Vec::new();
        for definition in self.models.iter().map(LocusModel::definition) {
            match definition.alleles.iter().try_for_each(|label| check_label(label)) {
                Ok(()) => definitions.push(definition.clone()),
                Err(why) => notes.push(format!("locus `{}` is left out: {why}", definition.name)),
            }
        }
        (definitions, notes)
    }
}

/// The locus without mutation and theta.
pub fn definition(locus: &ProjectLocus) -> LocusDefinition {
    LocusDefinition {
        name: locus.name.clone(),
        chromosome: Chromosome::Autosomal,
        alleles: locus.alleles.clone(),
        frequencies: locus.frequencies.clone(),
        mutation: None,
        theta: 0.0,
        silent_frequency: locus.silent_frequency,
    }
}

/// Where the locus lies by its name, as the file does not say it; `None` where it is no factor in the product of loci.
fn chromosome(locus: &ProjectLocus) -> Option<Chromosome> {
    match LocusName::new(&locus.name).chromosome() {
        Some(LocusKind::X) => Some(Chromosome::X),
        Some(LocusKind::Y | LocusKind::Amelogenin) => None,
        Some(LocusKind::Autosomal) | None => Some(Chromosome::Autosomal),
    }
}

/// What is not computed as the program does, or not at all.
fn notes(locus: &ProjectLocus) -> Vec<String> {
    let ProjectLocus { line, name, drop_out, minimum_frequency, .. } = locus;
    let at_locus = |what: String| format!("line {line}: locus `{name}`: {what}");
    let of_chromosome = match chromosome(locus) {
        None => Some("it is kept out of the product of loci".to_owned()),
        Some(Chromosome::X) => Some("it is computed as X-chromosomal, by its name".to_owned()),
        Some(Chromosome::Autosomal) => None,
    };
    let is_counted =
        |label: &&String| label.parse::<Allele>().ok().and_then(Allele::tenths).is_some_and(|tenths| tenths % 10 == 0);
    let is_old_step = [locus.female, locus.male].iter().any(|sex| sex.model == 2 && sex.rate > 0.0);
    let whole = locus.alleles.iter().filter(is_counted).count();
    let of_steps = (is_old_step && whole < locus.alleles.len())
        .then(|| "steps of mutation model 2 are counted in repeats, within one repeat class".to_owned());
    let of_drop_out = (*drop_out > 0.0).then(|| {
        format!("the drop-out probability {drop_out} counts for profiles of persons for whom it is considered only")
    });
    let of_minimum = (*minimum_frequency > 0.0).then(|| {
        format!("the minor allele frequency {minimum_frequency} is not used: frequencies count as they stand")
    });
    [of_chromosome, of_steps, of_drop_out, of_minimum].into_iter().flatten().map(at_locus).collect()
}

/// The mutation model of both sexes; nothing where nothing mutates.
fn mutation(locus: &ProjectLocus) -> Result<Option<MutationDefinition>, FamiliasError> {
    let mutates = |sex: &ProjectMutation| sex.rate > 0.0 || (sex.model >= 2 && sex.rate2 > 0.0);
    let ProjectLocus { female, male, .. } = locus;
    let (of_female, of_male) = (model(female, mutates(female))?, model(male, mutates(male))?);
    let model = match (of_female, of_male) {
        (None, None) => return Ok(None),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(one), Some(other)) if one == other => one,
        _ => {
            let why = format!(
                "locus `{}`: one mutation model for mothers and another for fathers is not computed",
                locus.name
            );
            return Err(FamiliasError::Refused { line: male.line, why });
        }
    };
    let range = |own: f64, other: f64| if own > 0.0 { own } else { other };
    let parameters = |sex: &ProjectMutation, other: &ProjectMutation| match mutates(sex) {
        true => MutationParameters {
            rate: sex.rate,
            rate2: if model == MutationModel::Stepwise { sex.rate2 } else { 0.0 },
            range: if model == MutationModel::Stepwise { range(sex.range, other.range) } else { 0.0 },
            matrix: None,
        },
        false => MutationParameters { range: range(sex.range, other.range), ..MutationParameters::default() },
    };
    Ok(Some(MutationDefinition { model, female: parameters(female, male), male: parameters(male, female) }))
}

/// The model of this number, where anything mutates.
fn model(sex: &ProjectMutation, mutates: bool) -> Result<Option<MutationModel>, FamiliasError> {
    Ok(match sex.model {
        _ if !mutates => None,
        0 => Some(MutationModel::Equal),
        1 => Some(MutationModel::Proportional),
        2 | 4 => Some(MutationModel::Stepwise),
        number => {
            let why = format!(
                "mutation model {number} (stepwise, made stationary) is not computed: choose stepwise (unstationary or extended), equal \
                 or proportional"
            );
            return Err(FamiliasError::Refused { line: sex.line, why });
        }
    })
}

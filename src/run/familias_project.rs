//! Profiles, models and families as a Familias project.

use crate::inheritance::{Family, MutationModel};
use crate::io::familias::families::is_called_missing;
use crate::io::familias::{
    Dvi, Project, ProjectGenotype, ProjectLocus, ProjectMember, ProjectMutation, ProjectPedigree, ProjectPerson,
    ReferenceFamily, Relation,
};
use crate::io::profile_writers::{ProfileWriteError, lost_fields};
use crate::likelihood::{LocusDefinition, LocusModel};
use crate::model::CaseModels;
use crate::profile::{Panel, Role, SampleIndex, Sex};
use std::collections::BTreeSet;

/// The project of these profiles: with families a section `[DVI]`, else persons alone. What it does not hold is added to `lost`.
///
/// # Errors
/// Ids that the format cannot hold.
pub(super) fn project_of(
    panel: &Panel,
    models: &CaseModels,
    families: Option<&[Family]>,
    lost: &mut Vec<String>,
) -> Result<Project, ProfileWriteError> {
    panel.indices().try_for_each(|sample| check_name(&panel.full_id(sample)))?;
    lost.extend(models.unused.iter().map(|locus| format!("{locus}: not written, as it has no frequencies")));
    let mut project = Project { database: "filia".to_owned(), ..Project::default() };
    let in_use = &models.populations[0];
    lost.extend(
        models.populations[1..]
            .iter()
            .map(|other| format!("frequencies of {}: not written, the first table's are", other.name)),
    );
    for (model, people) in in_use.loci.iter().zip(&in_use.people) {
        project.theta = model.definition().theta;
        project.loci.push(locus(model.definition(), *people, lost));
    }
    let people = ProfilesWithModels { panel, models, loci: &in_use.loci };
    match families {
        Some(families) => project.dvi = Some(people.dvi(families, lost)?),
        None => {
            lost.extend(lost_fields(panel, &["sex"]));
            project.persons = panel.indices().map(|sample| people.person(sample, lost)).collect();
            let unknown = project.persons.iter().filter(|person| person.sex == Sex::Unknown);
            lost.extend(unknown.map(|person| format!("sample `{}`: of unknown sex; female is written", person.name)));
        }
    }
    Ok(project)
}

/// Refuses a name that is no line of its own.
fn check_name(name: &str) -> Result<(), ProfileWriteError> {
    match name.contains(|sign: char| sign.is_control() || sign == '"') || name.trim() != name {
        true => Err(ProfileWriteError::Id {
            id: name.to_owned(),
            why: "no name of a line in a `.fam` file: give it another id".to_owned(),
        }),
        false => Ok(()),
    }
}

/// A locus of the database. Frequencies that sum to more than 1 (rare alleles were added) are scaled.
fn locus(definition: &LocusDefinition, people: Option<f64>, lost: &mut Vec<String>) -> ProjectLocus {
    const ROUNDING: f64 = 1e-9;
    let LocusDefinition { name, alleles, silent_frequency, .. } = definition;
    let (sum, whole) = (definition.frequencies.iter().sum::<f64>(), 1.0 - silent_frequency);
    let scale = if sum > whole + ROUNDING { whole / sum } else { 1.0 };
    if scale < 1.0 {
        lost.push(format!("{name}: frequencies that sum to {sum} with rare alleles are written divided by it"));
    }
    let mut written = ProjectLocus {
        name: name.clone(),
        alleles: alleles.clone(),
        frequencies: definition.frequencies.iter().map(|frequency| frequency * scale).collect(),
        silent_frequency: *silent_frequency,
        size: people,
        ..ProjectLocus::default()
    };
    let Some(mutation) = &definition.mutation else { return written };
    let model = match mutation.model {
        MutationModel::None => return written,
        MutationModel::Equal => 0,
        MutationModel::Proportional => 1,
        MutationModel::Stepwise => 4,
        MutationModel::OneStep | MutationModel::Dawid | MutationModel::Custom | MutationModel::GenotypingError => {
            lost.push(format!("{name}: its mutation model has no number in Familias; no mutation is written"));
            return written;
        }
    };
    for (sex, parameters) in [(&mut written.female, &mutation.female), (&mut written.male, &mutation.male)] {
        let (rate, range, rate2) = (parameters.rate, parameters.range, parameters.rate2);
        *sex = ProjectMutation { line: 0, model, rate, range, rate2 };
    }
    written
}

/// Profiles with the models of their loci.
struct ProfilesWithModels<'a> {
    panel: &'a Panel,
    models: &'a CaseModels,
    loci: &'a [LocusModel],
}

impl ProfilesWithModels<'_> {
    fn person(&self, sample: SampleIndex, lost: &mut Vec<String>) -> ProjectPerson {
        let (name, sex) = (self.panel.full_id(sample).into_owned(), self.panel.sex(sample));
        ProjectPerson { name, sex, genotypes: self.genotypes(sample, lost), ..ProjectPerson::default() }
    }

    /// What was typed; one allele alone is written twice, as the program does.
    fn genotypes(&self, sample: SampleIndex, lost: &mut Vec<String>) -> Vec<ProjectGenotype> {
        let mut genotypes = Vec::new();
        for (model, &position) in self.loci.iter().zip(&self.models.loci) {
            let alleles: Vec<_> = self.panel.observation(sample, position).call.alleles().collect();
            let (Some(first), Some(last)) = (alleles.first(), alleles.last()) else { continue };
            let label = |allele: &crate::profile::Allele| {
                let at = model.label_index(&allele.to_string())?;
                model.definition().alleles.get(usize::from(at.0)).cloned()
            };
            match (label(first), label(last)) {
                (Some(first), Some(last)) => {
                    genotypes.push(ProjectGenotype { line: 0, locus: model.name().to_owned(), alleles: [first, last] });
                }
                _ => {
                    let (id, locus) = (self.panel.full_id(sample), model.name());
                    lost.push(format!("sample `{id}`, {locus}: not written, an allele has no frequency"));
                }
            }
        }
        genotypes
    }

    /// Corpses, and the families with who of them is typed.
    fn dvi(&self, families: &[Family], lost: &mut Vec<String>) -> Result<Dvi, ProfileWriteError> {
        lost.extend(lost_fields(self.panel, &["role", "sex", "family_id"]));
        let (bodies, others): (Vec<_>, Vec<_>) =
            self.panel.indices().partition(|&sample| self.panel.role(sample) == Some(Role::Corpse));
        let mut dvi =
            Dvi { remains: bodies.iter().map(|&sample| self.person(sample, lost)).collect(), families: Vec::new() };
        let mut in_families = BTreeSet::new();
        for family in families {
            dvi.families.push(self.family(family, &others, &mut in_families, lost)?);
        }
        let outside = others.iter().filter(|sample| !in_families.contains(&sample.0));
        lost.extend(outside.map(|&sample| {
            format!(
                "sample `{}`: not written: neither a corpse by its role nor in a family",
                self.panel.full_id(sample)
            )
        }));
        Ok(dvi)
    }

    fn family(
        &self,
        family: &Family,
        others: &[SampleIndex],
        in_families: &mut BTreeSet<u32>,
        lost: &mut Vec<String>,
    ) -> Result<ReferenceFamily, ProfileWriteError> {
        check_name(&family.id)?;
        let individuals = family.pedigree.individuals();
        let mut persons = Vec::new();
        for (position, individual) in individuals.iter().enumerate() {
            check_name(&individual.id)?;
            let sample = self.panel.find_all(&individual.id).find(|sample| others.contains(sample));
            let mut person = sample.map_or_else(ProjectPerson::default, |sample| self.person(sample, lost));
            in_families.extend(sample.map(|sample| sample.0));
            let is_missing = family.missing.contains(&position);
            person.name = name_in_project(family, position);
            person.sex = individual.sex;
            if is_missing && !person.genotypes.is_empty() {
                lost.push(format!(
                    "family `{}`: `{}` has a profile, so nobody looks for this person there",
                    family.id, individual.id
                ));
            } else if person.name != individual.id {
                lost.push(format!("family `{}`: `{}` is written as `{}`", family.id, individual.id, person.name));
            } else if !is_missing && is_called_missing(&person.name) && person.genotypes.is_empty() {
                lost.push(format!(
                    "family `{}`: `{}` is taken for a missing person there, by the name",
                    family.id, individual.id
                ));
            }
            persons.push(person);
        }
        let member =
            |position: usize| ProjectMember { name: name_in_project(family, position), sex: individuals[position].sex };
        let of_child = |(child, individual): (usize, &crate::inheritance::pedigree::Individual)| {
            let parents = [individual.father, individual.mother].into_iter().flatten();
            parents.map(|parent| Relation { parent: member(parent), child: member(child), line: 0 }).collect::<Vec<_>>()
        };
        let relations: Vec<Relation> = individuals.iter().enumerate().flat_map(of_child).collect();
        let named = |name: &str, relations| ProjectPedigree { line: 0, name: name.to_owned(), relations };
        let pedigrees = vec![named("Reference pedigree", relations.clone()), named(&family.id, relations)];
        Ok(ReferenceFamily { line: 0, name: family.id.clone(), persons, pedigrees })
    }
}

/// The name of a member: that of a missing person begins with `Missing`.
fn name_in_project(family: &Family, position: usize) -> String {
    let id = family.person_id(position);
    match family.missing.contains(&position) && !is_called_missing(id) {
        true => format!("Missing {id}"),
        false => id.to_owned(),
    }
}

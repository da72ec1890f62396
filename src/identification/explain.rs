//! One body as one missing person, locus by locus; several bodies of one family at once. What a report shows of an identification.

use super::IdentificationError;
use super::bodies::Bodies;
use super::evidence::shown_row;
use super::family_case::FamilyCase;
use super::family_rows::{Codes, FamilyRows, with_sexes};
use super::founders::Founders;
use super::models::Models;
use super::shared_rows::SharedRows;
use super::typed_family::FamilyWithSamples;
use crate::inheritance::observation::Seen;
use crate::likelihood::{LocusDefinition, LocusModel, genotype_table};
use crate::profile::{Allele, Code, Panel};
use std::f64::consts::LN_10;

/// A body (0-based among the bodies) held to be a missing person (a position in the family's pedigree).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The body.
    pub body: usize,
    /// The person.
    pub person: usize,
}

/// One body as one missing person.
#[derive(Clone, PartialEq, Debug)]
pub struct IdentityExplained {
    /// log10 LR against "unrelated to the family", by population, then by group of linked loci; 0 throughout where no locus is compared.
    pub log10_lr: Vec<Vec<f64>>,
    /// Loci at which both the body and a relative are typed.
    pub loci_compared: u64,
    /// Loci (0-based among those in use) at which the first population has it possible by mutation alone.
    pub inconsistent: Vec<usize>,
}

/// Explains one body as one missing person.
///
/// # Errors
/// What the engine refuses.
pub fn explain_identity(
    panel: &Panel,
    populations: &[Models<'_>],
    bodies: &Bodies,
    family: &FamilyWithSamples,
    asked: Asked,
) -> Result<IdentityExplained, IdentificationError> {
    let mut explained = IdentityExplained { log10_lr: Vec::new(), loci_compared: 0, inconsistent: Vec::new() };
    let mut is_compared = vec![false; bodies.locus_count()];
    for (number, &models) in populations.iter().enumerate() {
        let (founders, shared) = (Founders::new(models, bodies), SharedRows::new(models.loci.len()));
        let case = FamilyCase::new(panel, models, &family.family, &family.typed, &shared)?;
        let rows = FamilyRows { case: &case, bodies, founders: &founders };
        explained.log10_lr.push(by_group(&rows, asked)?);
        for (locus, is_compared) in is_compared.iter_mut().enumerate() {
            let code = bodies.column(locus)[asked.body];
            let sex = bodies.sex_shown(locus, code);
            let compared = code != 0 && case.is_informative(locus, asked.person, sex);
            *is_compared |= compared;
            if number == 0 && compared && needs_mutation(&rows, asked, locus)? {
                explained.inconsistent.push(locus);
            }
        }
    }
    explained.loci_compared = is_compared.iter().filter(|compared| **compared).count() as u64;
    if explained.loci_compared == 0 {
        explained.log10_lr.iter_mut().for_each(|groups| groups.fill(0.0));
    }
    Ok(explained)
}

/// The log10 LR of each group of loci.
fn by_group(rows: &FamilyRows<'_, '_>, asked: Asked) -> Result<Vec<f64>, IdentificationError> {
    let group = |group: usize| {
        let code = rows.bodies.group_column(group)[asked.body];
        let row = rows.alone(group, asked.person, &Codes::from([code]))?;
        Ok(row[usize::from(code)] / LN_10)
    };
    (0..rows.bodies.group_count()).map(group).collect()
}

/// Whether a body can be a person at a locus by mutation alone, where the relatives fit together without.
fn needs_mutation(rows: &FamilyRows<'_, '_>, asked: Asked, locus: usize) -> Result<bool, IdentificationError> {
    let (case, bodies) = (rows.case, rows.bodies);
    let shown = &bodies.shown(locus)[usize::from(bodies.column(locus)[asked.body])];
    let alleles = shown.iter().flat_map(|observation| observation.call.alleles().collect::<Vec<Allele>>());
    let unseen = case.models.unseen_of(locus, case.unseen(locus).iter().copied().chain(alleles));
    let at_locus = case.at(locus, &unseen)?;
    let definition = LocusDefinition { mutation: None, theta: 0.0, ..at_locus.model.definition().clone() };
    let model = LocusModel::new(definition)?;
    let pedigree = with_sexes(&case.family.pedigree, [(asked.person, bodies.bodies[asked.body].sex)])?;
    let table = genotype_table(&model, &pedigree, &at_locus.evidence, asked.person)?;
    let ln_evidence = table.ln_probability_of(Seen::Nothing, 0.0, 0.0);
    let row = shown_row(&model, &table, ln_evidence, std::slice::from_ref(shown), case.models.drop_in)?;
    Ok(ln_evidence > f64::NEG_INFINITY && row[0] == f64::NEG_INFINITY)
}

/// log10 LR of all these at once, no body and no person twice, against "none of the bodies is related to the family", under one
/// population.
///
/// # Errors
/// What the engine refuses.
pub fn log10_lr_together(
    panel: &Panel,
    models: Models<'_>,
    bodies: &Bodies,
    family: &FamilyWithSamples,
    asked: &[Asked],
) -> Result<f64, IdentificationError> {
    let Some((last, before)) = asked.split_last() else { return Ok(0.0) };
    let (founders, shared) = (Founders::new(models, bodies), SharedRows::new(models.loci.len()));
    let case = FamilyCase::new(panel, models, &family.family, &family.typed, &shared)?;
    let rows = FamilyRows { case: &case, bodies, founders: &founders };
    let mut sum = 0.0;
    for group in 0..bodies.group_count() {
        let column = bodies.group_column(group);
        let placed: Vec<(usize, Code)> = before.iter().map(|asked| (asked.person, column[asked.body])).collect();
        let code = column[last.body];
        sum += rows.together(group, last.person, &placed, &Codes::from([code]))?[usize::from(code)];
    }
    Ok(sum / LN_10)
}

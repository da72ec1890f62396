//! The tables of `filia identify`.

use super::{precise, significant};
use crate::identification::{Bodies, Body, FamilyWithSamples, Identification, KeptApart, Merged, Missing};
use crate::inference::joint::{Assignment, Spread};
use crate::io::safe_csv::SafeCsvWriter;
use crate::profile::{Allele, LocusName, Panel};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LN_10;
use std::io::Write;

/// A posterior probability from which on one is sure.
const SURE: f64 = 0.99;

/// Sampled probabilities below this are not listed.
const LEAST_SAMPLED: f64 = 1e-6;

/// The cells `standard_error`, `r_hat` and `method` of a probability.
fn spread_cells(spread: Option<Spread>) -> [Cow<'static, str>; 3] {
    match spread {
        None => ["0".into(), "".into(), "exact".into()],
        Some(spread) => [significant(spread.standard_error).into(), significant(spread.r_hat).into(), "sampled".into()],
    }
}

/// So many families are named; of the others only the number.
const NAMED: usize = 5;

/// What the tables are about.
#[derive(Clone, Copy, Debug)]
pub struct IdentificationReport<'a> {
    /// The profiles.
    pub panel: &'a Panel,
    /// The loci in use.
    pub loci: &'a [LocusName],
    /// The bodies.
    pub bodies: &'a Bodies,
    /// The families.
    pub families: &'a [FamilyWithSamples],
    /// What was found.
    pub found: &'a Identification,
}

impl IdentificationReport<'_> {
    fn missing_id(&self, missing: Missing) -> &str {
        self.families[missing.family].family.person_id(missing.person)
    }

    fn identity(&self, person: Option<u32>) -> &str {
        person.map_or("*", |person| self.missing_id(self.found.missing[person as usize]))
    }

    /// The ln likelihood ratio of an assignment against "nobody is anyone": its weight without the prior odds.
    fn ln_lr(&self, assignment: &Assignment) -> f64 {
        let identified = assignment.identities.iter().zip(&self.found.ln_odds).filter(|(person, _)| person.is_some());
        assignment.ln_weight - identified.map(|(_, ln_odds)| ln_odds).sum::<f64>()
    }

    /// The posterior probability of an assignment, where it is known.
    fn posterior_of(&self, assignment: &Assignment) -> Option<f64> {
        self.found.joint.ln_total.map(|ln_total| (assignment.ln_weight - ln_total).exp())
    }

    /// For each body the posterior probability of each family that it may be of, ascending by family.
    fn family_marginals(&self, body: usize) -> BTreeMap<usize, f64> {
        let mut families = BTreeMap::new();
        for &(person, probability) in &self.found.joint.marginals[body] {
            *families.entry(self.found.missing[person as usize].family).or_insert(0.0) += probability;
        }
        families
    }

    fn locus_names(&self, loci: &[usize]) -> String {
        loci.iter().map(|&locus| self.loci[locus].as_str()).collect::<Vec<_>>().join(";")
    }

    /// Writes `pairwise.csv`: every body against every missing person whose sex does not differ, by body, then as the
    /// families are listed; pairs below `least` are left out.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_pairwise(&self, writer: impl Write, least: Option<f64>) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        table.write_row(["victim_id", "family_id", "missing_id", "log10_lr", "loci_compared"])?;
        let scores: Vec<_> = self.found.families.iter().flat_map(|family| &family.scores).collect();
        for (at, body) in self.bodies.bodies.iter().enumerate() {
            for (&missing, scores) in self.found.missing.iter().zip(&scores) {
                let Some(log10_lr) = scores.log10_lr[at] else { continue };
                if least.is_some_and(|least| log10_lr < least) {
                    continue;
                }
                table.write_row([
                    body.id.as_str(),
                    &self.families[missing.family].family.id,
                    self.missing_id(missing),
                    &precise(log10_lr),
                    &scores.loci_compared[at].to_string(),
                ])?;
            }
        }
        table.finish()?;
        Ok(())
    }

    /// Writes `assignments.csv`: the likeliest assignments, best first; without their posterior where that is sampled.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_assignments(&self, writer: impl Write) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        let fixed = ["rank", "log_likelihood", "log10_lr", "posterior"];
        table.write_row(fixed.into_iter().chain(self.bodies.bodies.iter().map(|body| body.id.as_str())))?;
        for (at, assignment) in self.found.joint.best.iter().enumerate() {
            let ln_lr = self.ln_lr(assignment);
            let numbers = [
                (at + 1).to_string(),
                precise(self.found.ln_null + ln_lr),
                precise(ln_lr / LN_10),
                self.posterior_of(assignment).map(precise).unwrap_or_default(),
            ];
            let identities = assignment.identities.iter().map(|&person| self.identity(person).to_owned());
            table.write_row(numbers.into_iter().chain(identities))?;
        }
        table.finish()?;
        Ok(())
    }

    /// The ids under which what is known of a body is shown: those of its samples.
    fn shown_ids<'a>(&'a self, body: &'a Body) -> Vec<&'a str> {
        match body.samples.len() {
            1 => vec![body.id.as_str()],
            _ => body.samples.iter().map(|&sample| self.panel.id(sample)).collect(),
        }
    }

    /// Writes `posterior.csv`: for each body the probability of each missing person, and of none of them (`*`), shown on each of
    /// its samples. Of sampled probabilities those below [`LEAST_SAMPLED`] are left out.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_posterior(&self, writer: impl Write) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        table.write_row(["victim_id", "missing_id", "probability", "standard_error", "r_hat", "method"])?;
        let joint = &self.found.joint;
        for (at, body) in self.bodies.bodies.iter().enumerate() {
            let spreads = joint.sampling.as_ref().map(|sampling| (&sampling.persons[at], sampling.nobody[at]));
            for id in self.shown_ids(body) {
                for (position, &(person, probability)) in joint.marginals[at].iter().enumerate() {
                    let spread = spreads.map(|(persons, _)| persons[position]);
                    if spread.is_none() || probability >= LEAST_SAMPLED {
                        let [error, r_hat, method] = spread_cells(spread);
                        let person = self.identity(Some(person));
                        table.write_row([id, person, &precise(probability), &error, &r_hat, &method])?;
                    }
                }
                let [error, r_hat, method] = spread_cells(spreads.map(|(_, nobody)| nobody));
                table.write_row([id, "*", &precise(joint.nobody[at]), &error, &r_hat, &method])?;
            }
        }
        table.finish()?;
        Ok(())
    }

    /// Writes `family_posterior.csv`: for each body the probability of each family (of being any of its missing persons), and of
    /// none of them (`*`), shown on each of its samples. The standard error of a sum of persons is at most the sum of theirs, and that is
    /// what is given.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_family_posterior(&self, writer: impl Write) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        table.write_row(["victim_id", "family_id", "probability", "standard_error", "method"])?;
        let joint = &self.found.joint;
        for (at, body) in self.bodies.bodies.iter().enumerate() {
            for id in self.shown_ids(body) {
                for (family, probability) in self.family_marginals(at) {
                    let spread = self.family_spread(at, family);
                    if spread.is_none() || probability >= LEAST_SAMPLED {
                        let [error, _, method] = spread_cells(spread);
                        let family = &self.families[family].family.id;
                        table.write_row([id, family, &precise(probability), &error, &method])?;
                    }
                }
                let [error, _, method] = spread_cells(joint.sampling.as_ref().map(|sampling| sampling.nobody[at]));
                table.write_row([id, "*", &precise(joint.nobody[at]), &error, &method])?;
            }
        }
        table.finish()?;
        Ok(())
    }

    /// The spread of the probability that a body is of a family, where it is sampled.
    fn family_spread(&self, body: usize, family: usize) -> Option<Spread> {
        let sampling = self.found.joint.sampling.as_ref()?;
        let of_several = sampling.families[body].iter().find(|(other, _)| *other as usize == family);
        let of_one = || {
            let is_theirs = |(person, _): &(u32, f64)| self.found.missing[*person as usize].family == family;
            self.found.joint.marginals[body].iter().position(is_theirs).map(|at| sampling.persons[body][at])
        };
        of_several.map(|&(_, spread)| spread).or_else(of_one)
    }

    /// A sentence on the bodies that are of one family with [`SURE`] probability while no one person of it has that.
    pub fn sure_of_family_alone(&self) -> Option<String> {
        let mut by_family: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (at, persons) in self.found.joint.marginals.iter().enumerate() {
            let is_person_sure = persons.iter().any(|&(_, probability)| probability >= SURE);
            let sure = self.family_marginals(at).into_iter().find(|&(_, probability)| probability >= SURE);
            if let (false, Some((family, _))) = (is_person_sure, sure) {
                by_family.entry(family).or_default().push(&self.bodies.bodies[at].id);
            }
        }
        let of_one = |(&family, ids): (&usize, &Vec<&str>)| {
            let both = if ids.len() == 2 { "both " } else { "" };
            format!("{both}{} of family {}", ids.join(", "), self.families[family].family.id)
        };
        let first: Vec<String> = by_family.iter().take(NAMED).map(of_one).collect();
        let others = match by_family.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and in {more} more families"),
        };
        (!first.is_empty()).then(|| {
            format!(
                "bodies whose family is sure while which is which cannot be told (family_posterior.csv, posterior.csv): {}{others}",
                first.join("; ")
            )
        })
    }

    /// Writes `families.csv`: what can be expected for each missing person with these relatives.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_families(&self, writer: impl Write) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        table.write_row([
            "family_id",
            "missing_id",
            "typed_relatives",
            "loci",
            "exclusion_probability",
            "expected_log10_lr",
            "unused_loci",
            "contradiction",
        ])?;
        let powers = self.found.families.iter().flat_map(|family| &family.power);
        for (&missing, power) in self.found.missing.iter().zip(powers) {
            let (family, report) = (&self.families[missing.family], &self.found.families[missing.family]);
            let unused: Vec<_> = report.unused.iter().map(|unused| unused.locus).collect();
            let contradiction = match &report.contradiction {
                None => "",
                Some(contradiction) if contradiction.is_grave() => "yes",
                Some(_) => "mutation",
            };
            table.write_row([
                family.family.id.as_str(),
                self.missing_id(missing),
                &family.typed.len().to_string(),
                &power.loci.to_string(),
                &significant(power.exclusion),
                &significant(power.expected_log10_lr),
                &self.locus_names(&unused),
                contradiction,
            ])?;
        }
        table.finish()?;
        Ok(())
    }

    /// Writes `contradictions.csv`: the families whose members do not fit together, and who is most likely at fault.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_contradictions(&self, writer: impl Write) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        table.write_row([
            "family_id",
            "inconsistent_loci",
            "person_id",
            "log10_lr_of_stated_place",
            "inconsistent_loci_without",
            "explanation",
        ])?;
        for (family, report) in self.families.iter().zip(&self.found.families) {
            let Some(contradiction) = &report.contradiction else { continue };
            let explanation = if contradiction.is_grave() { "pedigree or sample" } else { "mutation" };
            table.write_row([
                family.family.id.as_str(),
                &self.locus_names(&contradiction.inconsistent),
                family.family.person_id(contradiction.suspect.person),
                &significant(contradiction.log10_lr),
                &self.locus_names(&contradiction.left),
                explanation,
            ])?;
        }
        table.finish()?;
        Ok(())
    }

    /// Families whose relatives' DNA speaks against the pedigree, one sentence each.
    pub fn grave_contradictions(&self) -> Vec<String> {
        let families = self.families.iter().zip(&self.found.families);
        let grave = families.filter_map(|(family, report)| {
            let contradiction = report.contradiction.as_ref().filter(|contradiction| contradiction.is_grave())?;
            Some(format!(
                "family {}: its members contradict each other ({} loci impossible without mutation: {}); most likely at fault: {} \
                 (log10 LR of the stated place {})",
                family.family.id,
                contradiction.inconsistent.len(),
                self.locus_names(&contradiction.inconsistent),
                family.family.person_id(contradiction.suspect.person),
                significant(contradiction.log10_lr),
            ))
        });
        grave.collect()
    }

    /// The likeliest assignment in one line, where it is short.
    pub fn best_line(&self) -> Option<String> {
        let best = self.found.joint.best.first()?;
        let named = self.bodies.bodies.iter().zip(&best.identities).filter(|(_, person)| person.is_some());
        let pairs: Vec<_> = named.map(|(body, &person)| format!("{} = {}", body.id, self.identity(person))).collect();
        let likeliest = match self.posterior_of(best) {
            Some(posterior) => format!("likeliest (posterior {})", significant(posterior)),
            None => "likeliest found".to_owned(),
        };
        (1..=12).contains(&pairs.len()).then(|| format!("{likeliest}: {}", pairs.join(", ")))
    }

    /// Writes `groups.csv`: samples of one person, their consensus (every allele that any of them shows), and why they are not
    /// put together, where they are not.
    ///
    /// # Errors
    /// As the writer beneath.
    pub fn write_groups(&self, writer: impl Write, merged: &Merged, positions: &[usize]) -> csv::Result<()> {
        let mut table = SafeCsvWriter::new(writer);
        let fixed = ["victim_id", "samples", "log10_lr", "contradictory_loci"];
        let header = fixed.into_iter().chain(self.loci.iter().map(LocusName::as_str)).chain(["kept_apart"]);
        table.write_row(header)?;
        for group in &merged.groups {
            let ids: Vec<_> = group.body.samples.iter().map(|&sample| self.panel.full_id(sample)).collect();
            let least = group.log10_lr.iter().copied().fold(f64::INFINITY, f64::min);
            let fixed =
                [group.body.id.clone(), ids.join(";"), significant(least), self.locus_names(&group.body.set_aside)];
            let consensus = positions.iter().map(|&locus| {
                let shown = group.body.samples.iter().map(|&sample| self.panel.observation(sample, locus).call);
                let alleles: BTreeSet<Allele> = shown.flat_map(|call| call.alleles().collect::<Vec<_>>()).collect();
                alleles.iter().map(Allele::to_string).collect::<Vec<_>>().join(",")
            });
            let kept_apart = group.kept_apart.as_ref().map_or_else(String::new, KeptApart::to_string);
            table.write_row(fixed.into_iter().chain(consensus).chain([kept_apart]))?;
        }
        table.finish()?;
        Ok(())
    }
}

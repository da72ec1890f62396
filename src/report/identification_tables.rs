//! The tables of `filia identify`.

use super::probability_in_words;
use super::table::{Columns, Digits, Table};
use crate::identification::{
    Bodies, Body, Contradiction, FamilyWithSamples, Identification, KeptApart, Merged, Missing, OnePersonsRemains,
    Power,
};
use crate::inference::joint::{Assignment, Spread};
use crate::io::result_tables::{
    ASSIGNMENTS, CONTRADICTIONS, FAMILIES, FAMILY_POSTERIOR, GROUPS, PAIRWISE, POSTERIOR, TableKind,
};
use crate::profile::{Allele, LocusName, Panel};
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::LN_10;

/// A posterior probability from which on one is sure.
const SURE: f64 = 0.99;

/// Sampled probabilities below this are not listed.
const LEAST_SAMPLED: f64 = 1e-6;

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

/// A probability of a body, as a row of a table.
struct Probability<'a> {
    /// The id of one of its samples.
    id: &'a str,
    /// The person or the family; `*` for none of them.
    of: &'a str,
    probability: f64,
    /// Where it is sampled.
    spread: Option<Spread>,
}

impl<'a> Probability<'a> {
    /// The columns of ids and probability; then those of the spread, with R-hat where it is shown.
    fn columns(victim: &str, of: &str, with_r_hat: bool) -> Columns<'a, Self> {
        let columns = Columns::new()
            .text(victim, |row: &Self| row.id)
            .text(of, |row: &Self| row.of)
            .real("probability", Digits::Precise, |row: &Self| row.probability)
            .real("standard_error", Digits::Significant, |row: &Self| {
                row.spread.map_or(0.0, |spread| spread.standard_error)
            });
        let columns = match with_r_hat {
            true => columns.real("r_hat", Digits::Significant, |row: &Self| row.spread.map(|spread| spread.r_hat)),
            false => columns,
        };
        columns.text("method", |row: &Self| if row.spread.is_none() { "exact" } else { "sampled" })
    }
}

impl<'a> IdentificationReport<'a> {
    fn missing_id(&self, missing: Missing) -> &'a str {
        self.families[missing.family].family.person_id(missing.person)
    }

    fn identity(&self, person: Option<u32>) -> &'a str {
        person.map_or("*", |person| self.missing_id(self.found.missing[person as usize]))
    }

    /// The ln likelihood ratio of an assignment against "nobody is anyone": its weight without the prior odds.
    fn ln_lr(&self, assignment: &Assignment) -> f64 {
        let mut found: Vec<u32> = Vec::new();
        let mut ln_prior = 0.0;
        for (person, ln_odds) in assignment.identities.iter().zip(&self.found.ln_odds) {
            // two bodies of one person have its odds once
            if let Some(person) = person.filter(|person| !found.contains(person)) {
                found.push(person);
                ln_prior += ln_odds;
            }
        }
        assignment.ln_weight - ln_prior
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

    /// The table `pairwise`: every body against every missing person whose sex does not differ, by body, then as the families are
    /// listed; pairs below `least` are left out.
    pub fn pairwise(self, least: Option<f64>) -> Table<'a> {
        struct Scored<'a> {
            body: &'a Body,
            missing: Missing,
            log10_lr: f64,
            loci: u32,
        }
        let scores: Vec<_> = self.found.families.iter().flat_map(|family| &family.scores).collect();
        let make = move |at: u64, rows: &mut Vec<Scored<'a>>| {
            let at = at as usize;
            rows.extend(self.found.missing.iter().zip(&scores).filter_map(|(&missing, scores)| {
                let log10_lr = scores.log10_lr[at].filter(|&log10_lr| least.is_none_or(|least| log10_lr >= least))?;
                Some(Scored { body: &self.bodies.bodies[at], missing, log10_lr, loci: scores.loci_compared[at] })
            }));
        };
        let columns = Columns::<Scored<'a>>::new()
            .text("victim_id", |row| row.body.id.clone())
            .text("family_id", move |row| self.families[row.missing.family].family.id.clone())
            .text("missing_id", move |row| self.missing_id(row.missing))
            .real("log10_lr", Digits::Precise, |row| row.log10_lr)
            .integer("loci_compared", |row| i64::from(row.loci));
        Table::of_parts(PAIRWISE, columns, self.bodies.len() as u64, self.found.missing.len(), make)
    }

    /// The table `assignments`: the likeliest assignments, best first; without their posterior where that is sampled.
    pub fn assignments(self) -> Table<'a> {
        let ln_null = self.found.ln_null;
        let columns = Columns::<(i64, &'a Assignment)>::new()
            .integer("rank", |row| row.0)
            .real("log_likelihood", Digits::Precise, move |row| ln_null + self.ln_lr(row.1))
            .real("log10_lr", Digits::Precise, move |row| self.ln_lr(row.1) / LN_10)
            .real("posterior", Digits::Precise, move |row| self.posterior_of(row.1));
        let bodies = self.bodies.bodies.iter().enumerate();
        let columns = bodies.fold(columns, |columns, (at, body)| {
            columns.text(&body.id, move |row| self.identity(row.1.identities[at]))
        });
        let best = &self.found.joint.best;
        let make = move |at: u64, rows: &mut Vec<_>| rows.push((at as i64 + 1, &best[at as usize]));
        Table::of_parts(ASSIGNMENTS, columns, best.len() as u64, 1, make)
    }

    /// The ids under which what is known of a body is shown: those of its samples.
    fn shown_ids(&self, body: &'a Body) -> Vec<&'a str> {
        match body.samples.len() {
            1 => vec![body.id.as_str()],
            _ => body.samples.iter().map(|&sample| self.panel.id(sample)).collect(),
        }
    }

    /// The table `posterior`: for each body the probability of each missing person, and of none of them (`*`), shown on each of
    /// its samples. Of sampled probabilities those below [`LEAST_SAMPLED`] are left out.
    pub fn posterior(self) -> Table<'a> {
        let joint = &self.found.joint;
        let of_body = move |at: usize| {
            let spreads = joint.sampling.as_ref().map(|sampling| &sampling.persons[at]);
            let of = move |(position, &(person, probability)): (usize, &(u32, f64))| {
                (self.identity(Some(person)), probability, spreads.map(|spreads| spreads[position]))
            };
            joint.marginals[at].iter().enumerate().map(of).collect()
        };
        self.by_body(POSTERIOR, Probability::columns("victim_id", "missing_id", true), of_body)
    }

    /// The table `family_posterior`: for each body the probability of each family (of being any of its missing persons), and of
    /// none of them (`*`), shown on each of its samples. The standard error of a sum of persons is at most the sum of theirs, and that
    /// is what is given.
    pub fn family_posterior(self) -> Table<'a> {
        let of_body = move |at: usize| {
            let of = |(family, probability): (usize, f64)| {
                (self.families[family].family.id.as_str(), probability, self.family_spread(at, family))
            };
            self.family_marginals(at).into_iter().map(of).collect()
        };
        self.by_body(FAMILY_POSTERIOR, Probability::columns("victim_id", "family_id", false), of_body)
    }

    /// A table of probabilities: what `of_body` says of each body (0-based), then nobody, on each of its samples.
    fn by_body(
        self,
        kind: TableKind,
        columns: Columns<'a, Probability<'a>>,
        of_body: impl Fn(usize) -> Vec<(&'a str, f64, Option<Spread>)> + Sync + 'a,
    ) -> Table<'a> {
        let joint = &self.found.joint;
        let make = move |at: u64, rows: &mut Vec<Probability<'a>>| {
            let at = at as usize;
            let mut listed = of_body(at);
            listed.retain(|(_, probability, spread)| spread.is_none() || *probability >= LEAST_SAMPLED);
            listed.push(("*", joint.nobody[at], joint.sampling.as_ref().map(|sampling| sampling.nobody[at])));
            for id in self.shown_ids(&self.bodies.bodies[at]) {
                rows.extend(listed.iter().map(|&(of, probability, spread)| Probability {
                    id,
                    of,
                    probability,
                    spread,
                }));
            }
        };
        Table::of_parts(kind, columns, self.bodies.len() as u64, 1, make)
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

    /// The table `families`: what can be expected for each missing person with these relatives.
    pub fn families(self) -> Table<'a> {
        type Expected<'a> = (Missing, &'a Power);
        let report = move |missing: Missing| &self.found.families[missing.family];
        let columns = Columns::<Expected<'a>>::new()
            .text("family_id", move |row| &self.families[row.0.family].family.id)
            .text("missing_id", move |row| self.missing_id(row.0))
            .integer("typed_relatives", move |row| self.families[row.0.family].typed.len() as i64)
            .integer("loci", |row| row.1.loci as i64)
            .real("exclusion_probability", Digits::Significant, |row| row.1.exclusion)
            .real("expected_log10_lr", Digits::Significant, |row| row.1.expected_log10_lr)
            .text("unused_loci", move |row| {
                let unused: Vec<_> = report(row.0).unused.iter().map(|unused| unused.locus).collect();
                self.locus_names(&unused)
            })
            .optional_text("contradiction", move |row| {
                let contradiction = report(row.0).contradiction.as_ref()?;
                Some(if contradiction.is_grave() { "yes" } else { "mutation" })
            });
        let powers: Vec<_> = self.found.families.iter().flat_map(|family| &family.power).collect();
        let make = move |at: u64, rows: &mut Vec<Expected<'a>>| {
            rows.push((self.found.missing[at as usize], powers[at as usize]));
        };
        Table::of_parts(FAMILIES, columns, self.found.missing.len() as u64, 1, make)
    }

    /// The table `contradictions`: the families whose members do not fit together, and who is most likely at fault.
    pub fn contradictions(self) -> Table<'a> {
        type Contradicted<'a> = (&'a FamilyWithSamples, &'a Contradiction);
        let columns = Columns::<Contradicted<'a>>::new()
            .text("family_id", |row| &row.0.family.id)
            .text("inconsistent_loci", move |row| self.locus_names(&row.1.inconsistent))
            .text("person_id", |row| row.0.family.person_id(row.1.suspect.person))
            .real("log10_lr_of_stated_place", Digits::Significant, |row| row.1.log10_lr)
            .text("inconsistent_loci_without", move |row| self.locus_names(&row.1.left))
            .text("explanation", |row| if row.1.is_grave() { "pedigree or sample" } else { "mutation" });
        let make = move |at: u64, rows: &mut Vec<Contradicted<'a>>| {
            let (family, report) = (&self.families[at as usize], &self.found.families[at as usize]);
            rows.extend(report.contradiction.as_ref().map(|contradiction| (family, contradiction)));
        };
        Table::of_parts(CONTRADICTIONS, columns, self.families.len() as u64, 1, make)
    }

    /// Families whose relatives' DNA speaks against the pedigree, one sentence each.
    pub fn grave_contradictions(&self) -> Vec<String> {
        let families = self.families.iter().zip(&self.found.families);
        let grave = families.filter_map(|(family, report)| {
            let contradiction = report.contradiction.as_ref().filter(|contradiction| contradiction.is_grave())?;
            Some(format!(
                "family {}: its members contradict each other ({} loci impossible without mutation: {}); most likely at fault: {} \
                 (log10 LR of the stated place {:.2})",
                family.family.id,
                contradiction.inconsistent.len(),
                self.locus_names(&contradiction.inconsistent),
                family.family.person_id(contradiction.suspect.person),
                contradiction.log10_lr,
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
            Some(posterior) => format!("likeliest (posterior {})", probability_in_words(posterior)),
            None => "likeliest found".to_owned(),
        };
        (1..=12).contains(&pairs.len()).then(|| format!("{likeliest}: {}", pairs.join(", ")))
    }

    /// The table `groups`: samples of one person, their consensus (every allele that any of them shows) at the loci in use (these
    /// positions in the panel), and why they are not put together, where they are not.
    pub fn groups(self, merged: &'a Merged, positions: &'a [usize]) -> Table<'a> {
        let samples = move |group: &OnePersonsRemains| {
            let ids = group.body.samples.iter().map(|&sample| self.panel.full_id(sample));
            ids.collect::<Vec<_>>().join(";")
        };
        let least = |group: &OnePersonsRemains| group.log10_lr.iter().copied().fold(f64::INFINITY, f64::min);
        let columns = Columns::<&'a OnePersonsRemains>::new()
            .text("victim_id", |group| &group.body.id)
            .text("samples", move |group| samples(group))
            .real("log10_lr", Digits::Significant, move |group| least(group))
            .text("contradictory_loci", move |group| self.locus_names(&group.body.set_aside));
        let columns = self.loci.iter().zip(positions).fold(columns, |columns, (name, &locus)| {
            columns.text(name.as_str(), move |group| self.consensus(group, locus))
        });
        let columns = columns
            .optional_text("kept_apart", |group| group.kept_apart.as_ref().map(KeptApart::to_string))
            .real("probability", Digits::Significant, |group| group.probability);
        Table::of_slice(GROUPS, columns, &merged.groups)
    }

    /// Every allele that any sample of a group shows at a locus (its position in the panel).
    fn consensus(&self, group: &OnePersonsRemains, locus: usize) -> String {
        let shown = group.body.samples.iter().map(|&sample| self.panel.observation(sample, locus).call);
        let alleles: BTreeSet<Allele> = shown.flat_map(|call| call.alleles().collect::<Vec<_>>()).collect();
        alleles.iter().map(Allele::to_string).collect::<Vec<_>>().join(",")
    }
}

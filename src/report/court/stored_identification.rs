//! What the folder of an identification says of one body or one family.

use super::content::{
    Comparison, Contradicted, FamilyFound, Found, MergedSamples, OtherIdentity, Others, Posterior, Question, Status,
    Subject,
};
use super::stored::{TablesRead, names};
use crate::io::result_tables::{ASSIGNMENTS, CONTRADICTIONS, FAMILIES, FAMILY_POSTERIOR, GROUPS, PAIRWISE, POSTERIOR};
use crate::report::page::{ReportError, StoredRow, StoredTable, identity_status};
use crate::settings::StatusSettings;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Nobody, in the tables.
const NOBODY: &str = "*";

/// The rows of a finished identification about one body or one family.
#[derive(Debug)]
pub struct StoredIdentification {
    pairwise: StoredTable,
    posterior: StoredTable,
    of_family: StoredTable,
    families: StoredTable,
    contradictions: StoredTable,
    groups: StoredTable,
    /// Whose family each missing person is.
    family_of: BTreeMap<String, String>,
    /// The tables that were read.
    pub tables: TablesRead,
}

impl StoredIdentification {
    /// Reads what the tables say of a body, by any of its samples, or of a family.
    ///
    /// # Errors
    /// A folder whose tables are not there as CSV; a table that is none.
    pub fn read(folder: &Path, subject: &Subject) -> Result<Self, ReportError> {
        let mut tables = TablesRead::default();
        let all = |_: StoredRow<'_>| true;
        let families = tables.read(folder, FAMILIES, usize::MAX, all)?.unwrap_or_default();
        let groups = tables.read(folder, GROUPS, usize::MAX, all)?.unwrap_or_default();
        let contradictions = tables.read(folder, CONTRADICTIONS, usize::MAX, all)?.unwrap_or_default();
        let family_of = |row: StoredRow<'_>| (row.text("missing_id").to_owned(), row.text("family_id").to_owned());
        let family_of: BTreeMap<String, String> = families.rows().map(family_of).collect();
        let asked = AskedRows::of(folder, subject, &family_of, &groups)?;
        let is_asked = |row: StoredRow<'_>| asked.holds(row);
        let pairwise = tables.read(folder, PAIRWISE, usize::MAX, is_asked)?.unwrap_or_default();
        let posterior = tables.read(folder, POSTERIOR, usize::MAX, is_asked)?.ok_or(ReportError::NoTables)?;
        let of_family = tables.read(folder, FAMILY_POSTERIOR, usize::MAX, is_asked)?.unwrap_or_default();
        // whole answers go with a report, which does not quote them
        tables.read(folder, ASSIGNMENTS, 0, |_| false)?;
        Ok(Self { pairwise, posterior, of_family, families, contradictions, groups, family_of, tables })
    }

    /// The body that this sample is of.
    pub fn body_of(&self, sample: &str) -> Option<String> {
        let body = body_of(&self.groups, sample);
        self.posterior.rows().any(|row| row.text("victim_id") == body).then_some(body)
    }

    /// The samples of a body that is of several.
    pub fn merged(&self, body: &str) -> Option<MergedSamples> {
        let row = self.groups.rows().find(|row| row.text("victim_id") == body && row.text("kept_apart").is_empty())?;
        Some(MergedSamples {
            samples: names(row.text("samples")),
            log10_lr: row.number("log10_lr").unwrap_or(f64::NAN),
            contradictory: names(row.text("contradictory_loci")),
        })
    }

    /// The missing persons of a family.
    pub fn missing_of(&self, family: &str) -> Vec<String> {
        let rows = self.families.rows().filter(|row| row.text("family_id") == family);
        rows.map(|row| row.text("missing_id").to_owned()).collect()
    }

    /// The pairs for which `is_asked` says so of body and person, the likeliest first.
    fn pairs(&self, is_asked: impl Fn(&str, &str) -> bool) -> Vec<OtherIdentity> {
        let further = self.further_samples();
        let mut found: BTreeMap<(String, String), OtherIdentity> = BTreeMap::new();
        for row in self.pairwise.rows().chain(self.posterior.rows()) {
            let (body, missing) = (row.text("victim_id"), row.text("missing_id"));
            if missing == NOBODY || !is_asked(body, missing) || further.iter().any(|sample| sample == body) {
                continue;
            }
            let pair = found.entry((body.to_owned(), missing.to_owned())).or_insert_with(|| OtherIdentity {
                body: body.to_owned(),
                missing: missing.to_owned(),
                family: self.family_of.get(missing).cloned().unwrap_or_default(),
                log10_lr: None,
                posterior: None,
            });
            pair.log10_lr = pair.log10_lr.or(row.number("log10_lr"));
            pair.posterior = pair.posterior.or(row.number("probability"));
        }
        let mut pairs: Vec<OtherIdentity> = found.into_values().collect();
        let least = f64::NEG_INFINITY;
        let worth = |pair: &OtherIdentity| (pair.posterior.unwrap_or(0.0), pair.log10_lr.unwrap_or(least));
        pairs.sort_by(|one, other| {
            let (one, other) = (worth(one), worth(other));
            other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1))
        });
        pairs
    }

    /// Samples that are shown under another one, the first of their body.
    pub fn further_samples(&self) -> Vec<String> {
        let together = self.groups.rows().filter(|row| row.text("kept_apart").is_empty());
        together
            .flat_map(|row| {
                let body = row.text("victim_id");
                names(row.text("samples")).into_iter().filter(move |id| id != body)
            })
            .collect()
    }

    /// The question that a report on a body is on: who it most likely is, or whether it is this person. Nothing where it can be nobody.
    pub fn of_body(&self, body: &str, missing: Option<&str>, limits: &StatusSettings) -> Option<Comparison> {
        let pairs = self.pairs(|other, _| other == body);
        let at = match missing {
            Some(missing) => pairs.iter().position(|pair| pair.missing == missing),
            None => (!pairs.is_empty()).then_some(0),
        };
        match (at, missing) {
            (Some(at), _) => Some(self.comparison(pairs, at, limits)),
            (None, Some(missing)) => {
                let family = self.family_of.get(missing)?.clone();
                let question = Question::Identity { body: body.to_owned(), missing: missing.to_owned(), family };
                Some(Comparison::new(question, Others::Identities(pairs)))
            }
            (None, None) => None,
        }
    }

    /// For each missing person of a family the likeliest body; nothing for a person whom no body can be.
    pub fn of_family(&self, missing: &str, limits: &StatusSettings) -> Option<Comparison> {
        let pairs = self.pairs(|_, other| other == missing);
        (!pairs.is_empty()).then(|| self.comparison(pairs, 0, limits))
    }

    /// What the tables say of one of these pairs; the rest of them are the others.
    fn comparison(&self, mut pairs: Vec<OtherIdentity>, at: usize, limits: &StatusSettings) -> Comparison {
        let OtherIdentity { body, missing, family, log10_lr, posterior } = pairs.remove(at);
        let is_pair = |row: &StoredRow<'_>| row.text("victim_id") == body && row.text("missing_id") == missing;
        let scored = self.pairwise.rows().find(is_pair);
        let probable = self.posterior.rows().find(is_pair);
        let loci_compared = scored.and_then(|row| row.number("loci_compared")).unwrap_or(0.0) as u64;
        let nobody = self.probability(&self.posterior, &body, "missing_id", NOBODY);
        let of_family = self.probability(&self.of_family, &body, "family_id", &family);
        let posteriors =
            [(Posterior::Identity, posterior), (Posterior::OfFamily, of_family), (Posterior::Nobody, nobody)];
        let found = Found {
            log10_lr,
            posteriors: posteriors.into_iter().filter_map(|(of, number)| Some((of, number?))).collect(),
            standard_error: probable.and_then(|row| row.number("standard_error")),
            loci_compared,
            family: Some(self.family(&family, &missing)),
            ..Found::default()
        };
        let status = Some(self.status(&body, nobody.unwrap_or(0.0), limits));
        let question = Question::Identity { body, missing, family };
        Comparison { status, found: Some(found), ..Comparison::new(question, Others::Identities(pairs)) }
    }

    fn probability(&self, table: &StoredTable, body: &str, column: &str, of: &str) -> Option<f64> {
        let row = table.rows().find(|row| row.text("victim_id") == body && row.text(column) == of)?;
        row.number("probability")
    }

    /// In one word who the body is.
    fn status(&self, body: &str, nobody: f64, limits: &StatusSettings) -> Status {
        let rows =
            self.posterior.rows().filter(|row| row.text("victim_id") == body && row.text("missing_id") != NOBODY);
        let of_persons: Vec<(&str, f64)> =
            rows.map(|row| (row.text("missing_id"), row.number("probability").unwrap_or(0.0))).collect();
        let somebody = of_persons.iter().map(|(_, probability)| probability).sum();
        let best = of_persons.iter().copied().max_by(|one, other| one.1.total_cmp(&other.1));
        let word = identity_status(best.map_or(0.0, |(_, probability)| probability), somebody, nobody, limits);
        let names_somebody = matches!(word, "established" | "probable" | "disputed");
        let named = best.filter(|_| names_somebody).map(|(person, probability)| (person.to_owned(), probability));
        Status { word: word.to_owned(), named }
    }

    fn family(&self, family: &str, missing: &str) -> FamilyFound {
        let is_theirs = |row: &StoredRow<'_>| row.text("family_id") == family && row.text("missing_id") == missing;
        let row = self.families.rows().find(is_theirs);
        let number = |column| row.and_then(|row| row.number(column));
        let contradiction = self.contradictions.rows().find(|row| row.text("family_id") == family);
        FamilyFound {
            exclusion: number("exclusion_probability"),
            expected_log10_lr: number("expected_log10_lr"),
            unused: row.map(|row| names(row.text("unused_loci"))).unwrap_or_default(),
            contradiction: contradiction.map(|row| Contradicted {
                loci: names(row.text("inconsistent_loci")),
                person: row.text("person_id").to_owned(),
                is_mutation: row.text("explanation") == "mutation",
            }),
        }
    }
}

/// Whose rows are read.
struct AskedRows {
    bodies: BTreeSet<String>,
    missing: BTreeSet<String>,
}

impl AskedRows {
    /// Of a body its own; of a family those of its missing persons, and all of the bodies that can be one of them.
    fn of(
        folder: &Path,
        subject: &Subject,
        family_of: &BTreeMap<String, String>,
        groups: &StoredTable,
    ) -> Result<Self, ReportError> {
        let Subject::Family(family) = subject else {
            return Ok(Self { bodies: BTreeSet::from([body_of(groups, subject.id())]), missing: BTreeSet::new() });
        };
        let missing = family_of.iter().filter(|(_, of)| *of == family).map(|(missing, _)| missing.clone());
        let theirs = Self { bodies: BTreeSet::new(), missing: missing.collect() };
        let possible =
            TablesRead::default().read(folder, POSTERIOR, usize::MAX, |row| theirs.holds(row))?.unwrap_or_default();
        Ok(Self { bodies: possible.rows().map(|row| row.text("victim_id").to_owned()).collect(), ..theirs })
    }

    fn holds(&self, row: StoredRow<'_>) -> bool {
        self.bodies.contains(row.text("victim_id")) || self.missing.contains(row.text("missing_id"))
    }
}

/// The body that a sample is of; the sample itself where it is of no group.
fn body_of(groups: &StoredTable, sample: &str) -> String {
    let together = groups.rows().filter(|row| row.text("kept_apart").is_empty());
    let mut holding = together.filter(|row| names(row.text("samples")).iter().any(|id| id == sample));
    holding.next().map_or(sample, |row| row.text("victim_id")).to_owned()
}

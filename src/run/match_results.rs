//! What a search writes: its tables and its manifest.

use super::match_case::{MatchCase, MatchInput};
use super::match_relatives::MatchRelatives;
use super::page::write_page;
use super::reading::{MatchReading, READING};
use super::{Output, RunError, statistics_files};
use crate::io::result_tables::{Format, RESULT_TABLES};
use crate::io::run_folder::RunFolder;
use crate::matching::Found;
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest, PEDIGREES, Timings, UNSEEN_ALLELES};
use crate::report::table::{Table, export_into};
use crate::report::{
    case_families_table, couples_table, direct_matches_table, identities_table, matches_table, rejected_table,
    sibships_table, status_table,
};
use crate::settings::Settings;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// Reads, searches and writes; what was read and found is returned for whoever shows it.
///
/// # Errors
/// As [`MatchCase::read`] and [`MatchCase::search`]; a result folder that cannot be written. Nothing is left behind then.
pub fn match_into(
    output: &Output,
    input: MatchInput,
    settings: Settings,
    progress: &dyn Progress,
) -> Result<(MatchCase, Found), RunError> {
    let folder = output.begin(RESULT_TABLES, input.files(&settings))?;
    let case = MatchCase::read_beside(input, settings, folder.scratch(), progress)?;
    let found = case.search_watched(progress)?;
    case.write(&found, folder, &output.formats, progress)?;
    Ok((case, found))
}

impl MatchCase {
    /// Writes what was found: the tables, in these formats, and the manifest.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn write(
        &self,
        found: &Found,
        folder: RunFolder,
        formats: &[Format],
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        let started = Instant::now();
        progress.begin(Stage::uncounted("writing the tables"));
        self.with_tables(found, |tables| {
            export_into(&folder, tables, formats)?;
            let mut manifest = self.manifest(found);
            write_page(&folder, tables, formats, &manifest, |report| self.genotypes(report))?;
            manifest.timings.end(started);
            manifest.write(folder.create_file("manifest.json")?)?;
            folder.commit()?;
            Ok(())
        })
    }

    /// Calls `use_them` with every result table.
    pub fn with_tables<T>(&self, found: &Found, use_them: impl FnOnce(&[Table<'_>]) -> T) -> T {
        let case = self.scoring();
        let missing = self.relatives.as_ref().map(MatchRelatives::names).unwrap_or_default();
        let mut tables = vec![
            matches_table(&case, &found.parents.candidacies),
            couples_table(&case, &found.couples),
            status_table(&case, &missing, &found.status),
            case_families_table(&case, &missing, &found.families.families),
            sibships_table(&case, &found.families.sibships),
            direct_matches_table(&case, &found.direct),
            rejected_table(&self.profiles.rejected),
        ];
        let identities = found.families.identities.iter();
        tables.extend(identities.map(|bodies| identities_table(&case, &found.parents.persons, &missing, bodies)));
        use_them(&tables)
    }

    /// What the run is: version, settings in full, inputs, and how profiles were read.
    pub(super) fn description(&self) -> Manifest {
        let mut manifest = Manifest::new("match", self.settings().clone());
        manifest.inputs = statistics_files(&self.statistics, &self.input.inputs);
        manifest.inputs.extend(self.profile_files());
        let reading = MatchReading {
            candidates_include_children: self.input.candidates_include_children,
            reading: self.input.reading.clone(),
        };
        manifest.sections.insert(READING.to_owned(), json!(reading));
        manifest
    }

    /// Everything that somebody needs to judge the results, and to get them again.
    pub fn manifest(&self, found: &Found) -> Manifest {
        let mut manifest = self.description();
        manifest.counts = self.counts(found);
        manifest.pairs = found.parents.pairs;
        manifest.timings = Timings {
            read_seconds: self.read_time.as_secs_f64(),
            plan_seconds: (self.plan_time + found.parents.plan_time).as_secs_f64(),
            scan_seconds: found.parents.scan_time.as_secs_f64(),
            write_seconds: 0.0,
            direct_seconds: found.direct_time.as_secs_f64(),
            assess_seconds: found.parents.assess_time.as_secs_f64(),
            couples_seconds: found.couples_time.as_secs_f64(),
            families_seconds: found.families_time.as_secs_f64(),
            ended_at: None,
        };
        let plans = found.parents.plans.iter().map(|(sex, scanned)| (sex.to_string(), json!(scanned.plan)));
        manifest.plan = serde_json::Value::Object(plans.collect());
        manifest.added_alleles =
            self.models.populations.iter().flat_map(|population| population.added.clone()).collect();
        manifest.sections.insert(UNSEEN_ALLELES.to_owned(), json!(self.unseen));
        manifest.notes = self.notes(found);
        let families = &found.families;
        let mut section = json!({
            "shared_unlisted": families.shared_unlisted,
            "exact": families.exact,
            "sampled": families.sampled,
            "left_open": families.open,
        });
        if families.sampled > 0 {
            section["greatest_standard_error"] = json!(families.worst.standard_error);
            section["greatest_r_hat"] = json!(families.worst.r_hat);
        }
        manifest.sections.insert("families".to_owned(), section);
        if let Some(identities) = &families.identities {
            let section = json!({
                "exact": identities.exact,
                "left_open": identities.open,
                "too_many_children_and_missing_persons": identities.are_too_many,
            });
            manifest.sections.insert("identities".to_owned(), section);
        }
        if let Some(limit) = self.input.max_memory {
            let parts = found.parents.plans.iter().filter_map(|(sex, scanned)| {
                let (candidates, children) = scanned.parts?;
                Some((sex.to_string(), json!({ "candidate_tiles": candidates, "child_batches": children })))
            });
            let on_disk = self.panel().is_on_disk();
            let memory =
                json!({ "limit_bytes": limit, "on_disk": on_disk, "scans": serde_json::Map::from_iter(parts) });
            manifest.sections.insert("memory".to_owned(), memory);
        }
        manifest
    }

    /// The profile files, as they were read.
    pub fn profile_files(&self) -> Vec<InputFile> {
        let pedigrees: Vec<PathBuf> = self.input.pedigrees.iter().cloned().collect();
        let files = [
            ("children", &self.input.children),
            ("candidates", &self.input.candidates),
            ("relatives", &self.input.relatives),
            (PEDIGREES, &pedigrees),
        ];
        let named = files.into_iter().flat_map(|(role, paths)| paths.iter().map(move |path| (role, path.as_path())));
        InputFile::of_read(named, &self.input.inputs)
    }

    fn counts(&self, found: &Found) -> BTreeMap<String, u64> {
        let counts = [
            ("children", self.roster.children.len()),
            ("candidates", self.roster.candidates.len()),
            ("samples", self.panel().len()),
            ("loci", self.models.loci.len()),
            ("rejected", self.profiles.rejected.len()),
            ("direct_matches", found.direct.pairs.len()),
            ("matches", found.parents.candidacies.len()),
            ("couples", found.couples.len()),
        ];
        let mut counts: BTreeMap<String, u64> =
            counts.into_iter().map(|(name, count)| (name.to_owned(), count as u64)).collect();
        if let (Some(relatives), Some(identities)) = (&self.relatives, &found.families.identities) {
            counts.insert("families".to_owned(), relatives.families.len() as u64);
            counts.insert("missing".to_owned(), identities.log10_lrs.len() as u64);
            counts.insert("bodies".to_owned(), identities.bodies.len() as u64);
        }
        counts
    }

    /// What a reader of the results must know, one sentence each.
    pub fn notes(&self, found: &Found) -> Vec<String> {
        let mut notes = self.profiles.notes.clone();
        notes.extend(self.statistics.tables.iter().flat_map(|table| table.notes.clone()));
        notes.extend(self.models.notes.clone());
        notes.extend(found.notes.clone());
        notes
    }
}

//! What an identification writes: its tables and its manifest.

use super::identify_case::{IdentifyCase, IdentifyInput};
use super::page::write_page;
use super::reading::{ASSIGNMENTS, Merging, READING, SAMPLES_OF_ONE_PERSON};
use super::{IdentifyMessages, Output, RunError, statistics_files};
use crate::identification::{IdentifyAnswer, KeptApart};
use crate::inference::joint::Sampling;
use crate::io::result_tables::{Format, RESULT_TABLES};
use crate::io::run_folder::RunFolder;
use crate::progress::{Progress, Stage};
use crate::report::manifest::{InputFile, Manifest, UNSEEN_ALLELES};
use crate::report::rejected_table;
use crate::report::table::{Table, export_into};
use crate::settings::Settings;
use serde_json::json;
use std::time::Instant;

/// Reads, identifies and writes; what was read and found is returned for whoever shows it.
///
/// # Errors
/// As [`IdentifyCase::read`] and [`IdentifyCase::identify`]; a result folder that cannot be written. Nothing is left behind then.
pub fn identify_into(
    output: &Output,
    input: IdentifyInput,
    settings: Settings,
    progress: &dyn Progress,
) -> Result<(IdentifyCase, IdentifyAnswer), RunError> {
    let folder = output.begin(RESULT_TABLES, input.files(&settings))?;
    let case = IdentifyCase::read_watched(input, settings, progress)?;
    let answer = case.identify_watched(progress)?;
    case.write(&answer, folder, &output.formats, progress)?;
    Ok((case, answer))
}

impl IdentifyCase {
    /// Writes the answer: the tables, in these formats, and the manifest.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn write(
        &self,
        answer: &IdentifyAnswer,
        folder: RunFolder,
        formats: &[Format],
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        let started = Instant::now();
        progress.begin(Stage::uncounted("writing the tables"));
        self.with_tables(answer, |tables| {
            export_into(&folder, tables, formats)?;
            let mut manifest = self.manifest(answer)?;
            write_page(&folder, tables, formats, &manifest, |report| self.genotypes(report))?;
            manifest.timings.end(started);
            manifest.write(folder.create_file("manifest.json")?)?;
            folder.commit()?;
            Ok(())
        })
    }

    /// Calls `use_them` with every result table.
    pub fn with_tables<T>(&self, answer: &IdentifyAnswer, use_them: impl FnOnce(&[Table<'_>]) -> T) -> T {
        let report = self.report(answer);
        let tables = [
            report.pairwise(self.settings().search.min_log10_lr),
            report.assignments(),
            report.posterior(),
            report.family_posterior(),
            report.families(),
            report.contradictions(),
            report.groups(&answer.merged, &self.models.loci),
            rejected_table(&self.profiles.rejected),
        ];
        use_them(&tables)
    }

    /// Everything that somebody needs to judge the results, and to get them again.
    ///
    /// # Errors
    /// A temporary file that can no longer be read.
    pub fn manifest(&self, answer: &IdentifyAnswer) -> Result<Manifest, RunError> {
        let mut manifest = self.description();
        let found = &answer.found;
        let counts = [
            ("remains", answer.bodies.bodies.iter().map(|body| body.samples.len()).sum()),
            ("bodies", answer.bodies.len()),
            ("families", self.roster.families.len()),
            ("missing", found.missing.len()),
            ("samples", self.profiles.panel.len()),
            ("loci", self.models.loci.len()),
            ("rejected", self.profiles.rejected.len()),
            ("contradictions", found.families.iter().filter(|family| family.contradiction.is_some()).count()),
        ];
        manifest.counts =
            counts.into_iter().map(|(name, count): (&str, usize)| (name.to_owned(), count as u64)).collect();
        manifest.pairs = answer.pairs();
        manifest.timings.read_seconds = self.read_time.as_secs_f64();
        manifest.timings.plan_seconds = self.plan_time.as_secs_f64();
        manifest.timings.scan_seconds = answer.scan_time.as_secs_f64();
        manifest.added_alleles =
            self.models.populations.iter().flat_map(|population| population.added.clone()).collect();
        let joint = &found.joint;
        let worst = joint.sampling.as_ref().map(Sampling::worst);
        let section = json!({
            "is_exact": joint.sampling.is_none(),
            "method": if joint.sampling.is_none() { "exact" } else { "sampled" },
            "chains": joint.sampling.as_ref().map(|sampling| sampling.chains),
            "sweeps": joint.sampling.as_ref().map(|sampling| sampling.sweeps),
            "greatest_standard_error": worst.map(|worst| worst.standard_error),
            "greatest_r_hat": worst.map(|worst| worst.r_hat),
            "assignments_listed": joint.best.len(),
            "ln_null_likelihood": found.ln_null,
            "placements_left_out": joint.left_out,
            "posterior_lost_at_most": joint.lost,
        });
        manifest.sections.insert("joint".to_owned(), section);
        manifest.sections.insert(UNSEEN_ALLELES.to_owned(), json!(self.unseen));
        let certain = answer.merged.groups.iter().filter(|group| group.kept_apart != Some(KeptApart::OrRelatives));
        let merging = self.merging(Some(certain.count()));
        manifest.sections.insert(SAMPLES_OF_ONE_PERSON.to_owned(), json!(merging));
        let IdentifyMessages { warnings, notes } = self.messages(answer)?;
        manifest.notes = [warnings, notes].concat();
        Ok(manifest)
    }

    /// What the run is: version, settings in full, inputs, how profiles were read and samples put together.
    pub(super) fn description(&self) -> Manifest {
        let mut manifest = Manifest::new("identify", self.settings().clone());
        manifest.inputs = statistics_files(&self.statistics, &self.input.inputs);
        manifest.inputs.extend(self.own_files());
        manifest.sections.insert(READING.to_owned(), json!(self.input.reading));
        manifest.sections.insert(ASSIGNMENTS.to_owned(), json!(self.input.assignments));
        manifest.sections.insert(SAMPLES_OF_ONE_PERSON.to_owned(), json!(self.merging(None)));
        manifest
    }

    /// Whether and when samples of one person are put together; how many groups of them there are.
    fn merging(&self, groups: Option<usize>) -> Merging {
        let IdentifyInput { keep_samples_apart, merge_min_log10_lr: min_log10_lr, .. } = self.input;
        Merging { keep_samples_apart, min_log10_lr, groups }
    }

    /// The files of profiles and families, as they were read.
    fn own_files(&self) -> Vec<InputFile> {
        let pedigrees = std::slice::from_ref(&self.input.pedigrees);
        let files = [
            ("remains", self.input.remains.as_slice()),
            ("relatives", &self.input.relatives),
            ("pedigrees", pedigrees),
        ];
        let files = files.into_iter().flat_map(|(role, paths)| paths.iter().map(move |path| (role, path.as_path())));
        InputFile::of_read(files, &self.input.inputs)
    }
}

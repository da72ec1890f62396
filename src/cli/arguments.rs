//! Arguments that several commands share, and how they become settings, models and panels.

use crate::inheritance::Relationship;
use crate::io::frequency_file::{file_of_table, load_table};
use crate::io::marker_file::read_marker_file;
use crate::io::problems::Rejected;
use crate::io::profiles::{ReadOptions, ReadProfiles};
use crate::io::rates_file::load_rates;
use crate::io::run_folder::{RESULT_TABLES, Replaceable, RunFolder};
use crate::io::settings_file::{find_stated, read_settings};
use crate::io::source::Inputs;
use crate::likelihood::LocusDefinition;
use crate::model::{CaseModels, InUse, UnseenAllele, UnusableCall, UnusableCalls, note_unseen, unseen_by_sample};
use crate::population::{FrequencyTable, bundled, name_apart};
use crate::profile::{LocusName, Panel, SampleIndex, Sex};
use crate::report::manifest::{InputFile, MARKERS};
use crate::settings::{LinkedPairs, RankBy, RatesSource, Settings};
use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Said where nobody chose a frequency table.
const NO_TABLE_CHOSEN: &str = "frequencies of US Caucasians (nist1036:cauc) were used because none were chosen: \
     choose those of the people's own population with --frequencies or `tables` in the settings";

/// Where the statistics come from.
#[derive(Args, Clone, Debug, Default)]
pub struct StatisticsArguments {
    /// Settings file (TOML); a flag overrides what it says
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// Allele frequencies: a bundled name (nist1036:afam, asian, cauc, hisp) or a file; several: the lowest LR counts
    #[arg(long, value_name = "NAME|FILE")]
    pub frequencies: Vec<String>,
    /// Marker file (JSON) that says everything about each locus, in place of frequencies and mutation settings
    #[arg(long, value_name = "FILE.json", conflicts_with = "frequencies")]
    pub markers: Option<PathBuf>,
}

/// A marker file as it was read.
#[derive(Clone, Debug)]
pub struct Markers {
    /// The file as it was named.
    pub name: String,
    /// Its loci.
    pub loci: Vec<LocusDefinition>,
}

impl Markers {
    /// Reads a marker file.
    pub fn read(path: &Path, inputs: &Inputs) -> Result<Self> {
        let name = path.display().to_string();
        let loci = read_marker_file(path, inputs).with_context(|| name.clone())?;
        Ok(Self { name, loci })
    }
}

/// How a search is done and reported.
#[derive(Args, Clone, Debug, Default)]
pub struct SearchArguments {
    /// The relationship that is tested [default: parent]
    #[arg(long, value_parser = searched_relationship())]
    pub relationship: Option<Relationship>,
    /// Least log10 LR that is reported, or `none` [default: 0]
    #[arg(long, value_name = "X|none", allow_hyphen_values = true)]
    pub min_log10_lr: Option<String>,
    /// At most so many candidates and couples a child [default: 10]
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Add the column `expected_false_leads`: how many unrelated candidates of that sex would score as high by chance
    #[arg(long)]
    pub expected_false_leads: bool,
    /// Add the columns `log10_lr_low,log10_lr_high`: the 99% interval that allele frequencies counted in few people leave
    #[arg(long)]
    pub lr_interval: bool,
    /// Draws of allele frequencies for the interval [default: 2000]
    #[arg(long, value_name = "N")]
    pub interval_draws: Option<usize>,
    /// By what candidates are ranked: the log10 LR, or the lower end of its interval [default: estimate]
    #[arg(long, value_enum)]
    pub rank_by: Option<RankBy>,
}

/// How profiles are read.
#[derive(Args, Clone, Debug, Default)]
pub struct ReadArguments {
    /// The column that holds the sample ids, where its name says nothing
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,
    #[command(flatten)]
    pub long: LongColumns,
    /// Stop at the first cell or row that cannot be used, instead of listing it in rejected.csv
    #[arg(long)]
    pub strict: bool,
}

/// What is let pass of profiles.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    /// Alleles that their loci cannot have, by what was published of them.
    pub implausible: bool,
    /// Nothing: the first call that cannot be used ends the run.
    pub strict: bool,
}

/// Samples that are looked at together.
pub const AT_ONCE: usize = 1 << 14;

/// The columns of a long table whose headers say nothing.
#[derive(Args, Clone, Debug, Default)]
pub struct LongColumns {
    /// The column of a long table that holds the locus names, where its name says nothing
    #[arg(long, value_name = "NAME")]
    pub marker_column: Option<String>,
    /// A column of a long table that holds alleles, where its name says nothing; once for each
    #[arg(long = "allele-column", value_name = "NAME")]
    pub allele_columns: Vec<String>,
}

/// Where a run writes, and how it runs.
#[derive(Args, Debug)]
pub struct RunArguments {
    /// Folder for the results; it appears complete or not at all
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace DIR if it exists and is not empty
    #[arg(long)]
    pub force: bool,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// No progress bar
    #[arg(long)]
    pub no_progress: bool,
}

impl StatisticsArguments {
    /// The settings file, with the flags over it.
    pub fn settings(&self, inputs: &Inputs) -> Result<Settings> {
        let mut settings = match &self.config {
            Some(path) => read_settings(path, inputs)?,
            None => Settings::default(),
        };
        if !self.frequencies.is_empty() {
            settings.population.tables.clone_from(&self.frequencies);
        }
        Ok(settings)
    }

    /// The frequency tables; none where a marker file stands in their place.
    pub fn tables(&self, settings: &Settings, inputs: &Inputs) -> Result<Vec<FrequencyTable>> {
        if self.markers.is_some() {
            return Ok(Vec::new());
        }
        let read = settings.population.tables.iter().map(|name| load_table(name, inputs));
        let mut tables = read.collect::<Result<Vec<_>, _>>()?;
        name_apart(&mut tables);
        Ok(tables)
    }

    /// Sentences on what the settings file states and a run of this command has no use for.
    pub fn note_without_effect(&self, command: &str, settings: &Settings, inputs: &Inputs) -> Result<Vec<String>> {
        let Some(config) = &self.config else { return Ok(Vec::new()) };
        let without = settings.without_effect(command, self.markers.is_some());
        let stated = find_stated(config, inputs, without.iter().map(|(key, _)| *key))?;
        let why = |key: &str| without.iter().find(|(found, _)| *found == key).map(|(_, why)| why.to_string());
        let note = |(key, place): &(&str, _)| Some(format!("{place}: `{key}` has no effect: {}", why(key)?));
        Ok(stated.iter().filter_map(note).collect())
    }

    /// Whether the settings file states this key (section and key joined by a point).
    pub fn states(&self, key: &str, inputs: &Inputs) -> Result<bool> {
        Ok(match &self.config {
            Some(config) => !find_stated(config, inputs, [key])?.is_empty(),
            None => false,
        })
    }

    /// The files that the statistics came from, as they were read, for the manifest.
    pub fn input_files(&self, settings: &Settings, inputs: &Inputs) -> Vec<InputFile> {
        let mut files: Vec<(&str, PathBuf)> = Vec::new();
        files.extend(self.config.iter().map(|path| ("settings", path.clone())));
        files.extend(self.markers.iter().map(|path| (MARKERS, path.clone())));
        if let (RatesSource::File(path), None) = (&settings.mutation.rates, &self.markers) {
            files.push(("mutation rates", path.into()));
        }
        if let (true, LinkedPairs::File(path)) = (settings.linkage.is_used, &settings.linkage.pairs) {
            files.push(("recombination fractions", path.into()));
        }
        let (bundled_tables, table_files): (Vec<&String>, Vec<&String>) = settings
            .population
            .tables
            .iter()
            .filter(|_| self.markers.is_none())
            .partition(|name| bundled::find(name).is_some());
        let tables = |names: Vec<&String>| -> Vec<InputFile> {
            names.into_iter().flat_map(|name| input_of_table("frequencies", name, inputs)).collect()
        };
        let mut all = tables(bundled_tables);
        all.extend(InputFile::of_read(files.iter().map(|(role, path)| (*role, path.as_path())), inputs));
        all.extend(tables(table_files));
        all
    }

    /// The files that the arguments name.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let tables = self.frequencies.iter().map(|name| file_of_table(name));
        self.config.iter().chain(&self.markers).cloned().chain(tables)
    }

    /// The name and the loci of the marker file, where there is one.
    pub fn read_markers(&self, inputs: &Inputs) -> Result<Option<Markers>> {
        self.markers.as_deref().map(|path| Markers::read(path, inputs)).transpose()
    }

    /// Takes out and lists the calls that the loci cannot explain, given everybody's sex, and notes what the run must say of them.
    pub fn take_out_unusable_calls(
        &self,
        profiles: &mut ReadProfiles,
        (tables, markers): (&[FrequencyTable], Option<&Markers>),
        settings: &Settings,
        accepted: Accepted,
        sex_of: &dyn Fn(&Panel, SampleIndex) -> Sex,
    ) -> Result<()> {
        let in_use = InUse {
            markers: markers.map(|markers| markers.loci.as_slice()),
            tables,
            rare: settings.population.rare_allele_policy().frequency_of_unseen(None),
            accepts_implausible: accepted.implausible,
        };
        let unusable = UnusableCalls::find(&profiles.panel, &in_use);
        let samples: Vec<u32> = profiles.panel.indices().map(|sample| sample.0).collect();
        let mut cells = Vec::new();
        for samples in samples.chunks(AT_ONCE) {
            let calls = unusable.of_samples(&profiles.panel, samples, sex_of)?;
            cells.extend(calls.iter().map(|call| (call.sample, call.locus.0)));
            let rejected: Vec<Rejected> = calls.into_iter().map(|call| reject_call(profiles, call)).collect();
            profiles.list_rejected(rejected)?;
        }
        if let (false, true, Some(first)) = (cells.is_empty(), accepted.strict, profiles.rejected.first()?) {
            bail!("{first} (--strict)");
        }
        profiles.panel.clear(&cells);
        profiles.panel.forget(&unusable.codes());
        profiles.notes.extend(unusable.notes());
        Ok(())
    }

    /// The alleles that samples show and a table in use does not list, for the manifest; the models get a note of them.
    pub fn unseen_alleles(
        &self,
        panel: &Panel,
        (tables, markers): (&[FrequencyTable], Option<&Markers>),
        models: &mut CaseModels,
    ) -> Result<Vec<UnseenAllele>> {
        let markers = markers.map(|markers| (markers.name.as_str(), markers.loci.as_slice()));
        let unseen = unseen_by_sample(panel, tables, markers)?;
        models.notes.extend(note_unseen(&unseen));
        Ok(unseen)
    }

    /// The models of every locus that the panel and the statistics have in common.
    pub fn models(
        &self,
        panel: &Panel,
        tables: &[FrequencyTable],
        markers: Option<&Markers>,
        settings: &Settings,
        inputs: &Inputs,
    ) -> Result<CaseModels> {
        if let Some(Markers { name, loci }) = markers {
            return Ok(CaseModels::from_markers(panel, name, loci, settings)?);
        }
        let rates = load_rates(&settings.mutation.rates, inputs)?;
        let mut models = CaseModels::from_tables(panel, tables, &rates, settings)?;
        models.notes.extend(self.note_on_choice(inputs)?);
        Ok(models)
    }

    /// A sentence where nobody chose a frequency table.
    pub fn note_on_choice(&self, inputs: &Inputs) -> Result<Option<String>> {
        let is_chosen =
            self.markers.is_some() || !self.frequencies.is_empty() || self.states("population.tables", inputs)?;
        Ok((!is_chosen).then(|| NO_TABLE_CHOSEN.to_owned()))
    }
}

/// What a manifest says of a frequency table that was read.
pub fn input_of_table(role: &str, name: &str, inputs: &Inputs) -> Vec<InputFile> {
    match bundled::find(name) {
        Some(table) => vec![InputFile::of_bytes(role, name, table.text.as_bytes())],
        None => InputFile::of_read([(role, file_of_table(name).as_path())], inputs),
    }
}

/// A call that is not used: a line for `rejected.csv`.
pub fn reject_call(profiles: &ReadProfiles, call: UnusableCall) -> Rejected {
    let (_, locus) = call.locus;
    let rejected = profiles.reject(call.sample, locus.as_str(), call.call.to_string(), call.reason);
    Rejected { locus: Some(locus), ..rejected }
}

impl ReadArguments {
    /// How profiles are to be read: loci that the statistics name count as known.
    pub fn options(
        &self,
        settings: &Settings,
        tables: &[FrequencyTable],
        markers: Option<&Markers>,
        inputs: &Inputs,
    ) -> ReadOptions {
        let mut extra_loci: Vec<_> =
            tables.iter().flat_map(|table| table.loci.iter().map(|locus| locus.locus.clone())).collect();
        let markers = markers.into_iter().flat_map(|markers| &markers.loci);
        extra_loci.extend(markers.map(|marker| LocusName::new(&marker.name)));
        ReadOptions {
            id_column: self.id_column.clone(),
            marker_column: self.long.marker_column.clone(),
            allele_columns: self.long.allele_columns.clone(),
            strict: self.strict,
            drop_out: settings.observation.drop_out,
            extra_loci,
            inputs: inputs.clone(),
            spill: None,
        }
    }
}

impl SearchArguments {
    /// Puts the flags over the settings.
    pub fn apply(&self, settings: &mut Settings) -> Result<()> {
        if let Some(relationship) = self.relationship {
            settings.search.relationship = relationship;
        }
        if let Some(least) = &self.min_log10_lr {
            settings.search.min_log10_lr = parse_threshold(least)?;
        }
        if let Some(top) = self.top {
            settings.search.top = top;
        }
        settings.search.expected_false_leads |= self.expected_false_leads;
        settings.interval.report |= self.lr_interval;
        if let Some(draws) = self.interval_draws {
            settings.interval.draws = draws;
        }
        if let Some(rank_by) = self.rank_by {
            settings.search.rank_by = rank_by;
        }
        Ok(settings.validate()?)
    }
}

/// The relationships that can be looked for.
fn searched_relationship() -> impl TypedValueParser<Value = Relationship> {
    let searched = Relationship::ALL.into_iter().filter(|relationship| relationship.is_searched());
    PossibleValuesParser::new(searched.filter_map(|one| one.to_possible_value()))
        .try_map(|name| Relationship::from_str(&name, false))
}

/// A finite number.
pub fn parse_finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("expected a finite number, such as 6 or -2.5".to_owned()),
    }
}

/// A threshold: a number, or `none`.
pub fn parse_threshold(text: &str) -> Result<Option<f64>> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(least) if least.is_finite() => Ok(Some(least)),
        _ => bail!("--min-log10-lr {text}: expected a number or `none`"),
    }
}

/// A size of memory in bytes: a number with a unit (`2GiB`, `800 MB`, `1.5GB`).
pub fn parse_size(text: &str) -> Result<u64> {
    const UNITS: [(&str, u64); 9] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("b", 1),
    ];
    let lower = text.trim().to_lowercase();
    let sizes = UNITS.iter().filter_map(|(unit, bytes)| Some((lower.strip_suffix(unit)?, bytes)));
    let mut sizes = sizes.filter_map(|(number, &bytes)| Some(number.trim().parse::<f64>().ok()? * bytes as f64));
    match sizes.find(|size| size.is_finite() && *size >= 1.0) {
        Some(size) => Ok(size as u64),
        None => bail!("expected a size with its unit, such as 2GiB or 800MB"),
    }
}

impl RunArguments {
    /// The folder for the results of a run that reads these files.
    pub fn create_folder(&self, inputs: Vec<PathBuf>) -> Result<RunFolder> {
        Ok(RunFolder::create(&self.out, self.force.then_some(Replaceable { files: &RESULT_TABLES, inputs }))?)
    }

    /// Sets the number of threads of the whole process; call once, before any work.
    pub fn use_threads(&self) -> Result<()> {
        use_threads(self.threads)
    }
}

/// More threads than any machine has cores for: a slip of the hand.
const MOST_THREADS: usize = 1024;

/// Sets the number of threads of the whole process; call once, before any work.
pub fn use_threads(threads: Option<usize>) -> Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    if !(1..=MOST_THREADS).contains(&threads) {
        bail!("--threads {threads}: expected a number from 1 to {MOST_THREADS}");
    }
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("--threads: cannot start the threads")
}

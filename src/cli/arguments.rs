//! Arguments that several commands share, and how they become settings, models and panels.

use super::format::file_formats;
use super::values::{RANK_BY, TABLE_FORMATS, one_of, searched_relationship};
use crate::inheritance::Relationship;
use crate::io::frequency_file::file_of_table;
use crate::io::result_tables::Format;
use crate::io::settings_file::read_settings;
use crate::io::source::Inputs;
use crate::matching::Share;
use crate::run::{Output, PartTarget, Reading};
use crate::settings::{RankBy, Settings};
use crate::statistics::{Statistics, StatisticsSource};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::{Path, PathBuf};

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
    #[arg(long, value_parser = one_of(RANK_BY))]
    pub rank_by: Option<RankBy>,
}

/// How profiles are read.
#[derive(Args, Clone, Debug, Default)]
pub struct ReadArguments {
    #[command(flatten)]
    columns: ColumnArguments,
    /// Stop at the first cell or row that cannot be used, instead of listing it in rejected.csv
    #[arg(long)]
    strict: bool,
}

/// The columns whose headers say nothing.
#[derive(Args, Clone, Debug, Default)]
pub struct ColumnArguments {
    /// The column that holds the sample ids, where its name says nothing
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// The column of a long table that holds the locus names, where its name says nothing
    #[arg(long, value_name = "NAME")]
    marker_column: Option<String>,
    /// A column of a long table that holds alleles, where its name says nothing; once for each
    #[arg(long = "allele-column", value_name = "NAME")]
    allele_columns: Vec<String>,
}

/// Which part of a run is done, where it is not the whole.
#[derive(Args, Debug, Default)]
pub struct PartArguments {
    /// Do part I of N only, as 3/16, for `filia merge`: the same part on every machine
    #[arg(long, value_name = "I/N", requires = "partial", conflicts_with_all = ["out", "formats"])]
    part: Option<Share>,
    /// File for what the part finds, in place of DIR; it appears complete or not at all
    #[arg(long, value_name = "FILE", requires = "part", conflicts_with = "out")]
    partial: Option<PathBuf>,
    /// Folder for the results; it appears complete or not at all
    #[arg(long, value_name = "DIR", required_unless_present = "part")]
    out: Option<PathBuf>,
}

/// What is done of a run, and where it goes.
pub enum Goal<'a> {
    /// All of it, with the results in this folder.
    Results(&'a Path),
    /// A part.
    Part(Share, PartTarget),
}

impl PartArguments {
    /// What is done of a run; a part may replace a file where `replace` says so.
    pub fn goal(&self, replace: bool) -> Result<Goal<'_>> {
        match (self.part, &self.partial, &self.out) {
            (Some(share), Some(path), _) => Ok(Goal::Part(share, PartTarget { path: path.clone(), replace })),
            (_, _, Some(out)) => Ok(Goal::Results(out)),
            _ => bail!("expected --out DIR, or --part I/N with --partial FILE"),
        }
    }
}

/// How a run writes and runs.
#[derive(Args, Debug)]
pub struct HowArguments {
    /// Replace DIR if it exists and is not empty
    #[arg(long)]
    pub force: bool,
    /// Formats of the tables
    #[arg(long = "format", value_parser = one_of(TABLE_FORMATS), value_name = "FORMAT,...", value_delimiter = ',',
          default_values = ["csv"])]
    pub formats: Vec<Format>,
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

    /// Where the statistics of a run of this command come from.
    pub fn source(&self, command: &str, settings: &Settings, inputs: &Inputs) -> Result<StatisticsSource> {
        self.source_with(command, false, settings, inputs)
    }

    /// The same; `families` says whether it is given families that miss somebody.
    pub fn source_with(
        &self,
        command: &str,
        families: bool,
        settings: &Settings,
        inputs: &Inputs,
    ) -> Result<StatisticsSource> {
        Ok(self.files().of_run(command, !self.frequencies.is_empty(), families, settings, inputs)?)
    }

    /// The files beside the frequency tables.
    fn files(&self) -> StatisticsSource {
        StatisticsSource { config: self.config.clone(), markers: self.markers.clone(), ..StatisticsSource::default() }
    }

    /// The files that the arguments name.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let tables = self.frequencies.iter().map(|name| file_of_table(name));
        self.config.iter().chain(&self.markers).cloned().chain(tables)
    }

    /// The statistics of a run of this command.
    pub fn load(&self, command: &str, settings: Settings, inputs: &Inputs) -> Result<Statistics> {
        let source = self.source(command, &settings, inputs)?;
        Ok(Statistics::load(settings, source, inputs)?)
    }

    /// Whether the settings file states this key (section and key joined by a point).
    pub fn states(&self, key: &str, inputs: &Inputs) -> Result<bool> {
        Ok(self.files().states(key, inputs)?)
    }
}

impl ReadArguments {
    /// How profiles are read; `accept_implausible` says whether alleles are used that their loci cannot have.
    pub fn reading(&self, accept_implausible: bool) -> Reading {
        Reading { strict: self.strict, accept_implausible, ..self.columns.reading() }
    }
}

impl ColumnArguments {
    /// How profiles with these columns are read.
    pub fn reading(&self) -> Reading {
        Reading {
            id_column: self.id_column.clone(),
            marker_column: self.marker_column.clone(),
            allele_columns: self.allele_columns.clone(),
            ..Reading::default()
        }
    }
}

/// Refuses to replace a file that may not be replaced, or that is read.
pub fn check_out(out: &Path, may_replace: bool, read: impl IntoIterator<Item = PathBuf>) -> Result<()> {
    if out.exists() && !may_replace {
        bail!("--out {}: the file exists (replace it with --force)", out.display());
    }
    let target = out.canonicalize().ok();
    if target.is_some() && read.into_iter().any(|path| path.canonicalize().ok() == target) {
        bail!("--out {}: the file is one of those that are read: choose another name", out.display());
    }
    Ok(())
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

impl HowArguments {
    /// Where the results go.
    pub fn output(&self, folder: &Path) -> Output {
        Output { folder: folder.to_owned(), replace: self.force, formats: file_formats(&self.formats) }
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

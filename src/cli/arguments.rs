//! Arguments that several commands share, and how they become settings, models and panels.

use crate::io::{load_markers, load_rates, load_settings, load_table};
use crate::inheritance::Relationship;
use crate::model::CaseModels;
use crate::population::FrequencyTable;
use crate::profile::Panel;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;

/// Where the statistics come from.
#[derive(Args, Debug, Default)]
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
#[derive(Args, Debug, Default)]
pub struct SearchArguments {
    /// The relationship that is tested [default: parent]
    #[arg(long, value_enum)]
    pub relationship: Option<Relationship>,
    /// Least log10 LR that is reported, or `none` [default: 0]
    #[arg(long, value_name = "X|none", allow_hyphen_values = true)]
    pub min_log10_lr: Option<String>,
    /// At most so many candidates and couples a child [default: 10]
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
}

/// How profiles are read.
#[derive(Args, Debug, Default)]
pub struct ReadArguments {
    /// The column that holds the sample ids, where its name says nothing
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,
    /// Stop at the first cell or row that cannot be used, instead of listing it in rejected.csv
    #[arg(long)]
    pub strict: bool,
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
    pub fn settings(&self) -> Result<Settings> {
        let mut settings = match &self.config {
            Some(path) => load_settings(path)?,
            None => Settings::default(),
        };
        if !self.frequencies.is_empty() {
            settings.population.tables.clone_from(&self.frequencies);
        }
        Ok(settings)
    }

    /// The frequency tables; none where a marker file stands in their place.
    pub fn tables(&self, settings: &Settings) -> Result<Vec<FrequencyTable>> {
        if self.markers.is_some() {
            return Ok(Vec::new());
        }
        settings.population.tables.iter().map(|name| Ok(load_table(name)?)).collect()
    }

    /// The models of every locus that the panel and the statistics have in common.
    pub fn models(&self, panel: &Panel, tables: &[FrequencyTable], settings: &Settings) -> Result<CaseModels> {
        if let Some(path) = &self.markers {
            let markers = load_markers(path)?;
            return Ok(CaseModels::from_markers(panel, &path.display().to_string(), &markers, settings)?);
        }
        let rates = load_rates(&settings.mutation.rates)?;
        Ok(CaseModels::from_tables(panel, tables, &rates, settings)?)
    }
}

impl SearchArguments {
    /// Puts the flags over the settings.
    pub fn apply(&self, settings: &mut Settings) -> Result<()> {
        if let Some(relationship) = self.relationship {
            if relationship == Relationship::Unrelated || relationship == Relationship::FirstCousin {
                bail!(
                    "--relationship {relationship}: expected parent, full-sibling, half-sibling, grandparent, avuncular or identity"
                );
            }
            settings.search.relationship = relationship;
        }
        if let Some(least) = &self.min_log10_lr {
            settings.search.min_log10_lr = parse_threshold(least)?;
        }
        if let Some(top) = self.top {
            if top == 0 {
                bail!("--top 0: expected at least 1");
            }
            settings.search.top = top;
        }
        Ok(())
    }
}

fn parse_threshold(text: &str) -> Result<Option<f64>> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(least) if least.is_finite() => Ok(Some(least)),
        _ => bail!("--min-log10-lr {text}: expected a number or `none`"),
    }
}

impl RunArguments {
    /// Sets the number of threads of the whole process; call once, before any work.
    pub fn use_threads(&self) -> Result<()> {
        use_threads(self.threads)
    }
}

/// Sets the number of threads of the whole process; call once, before any work.
pub fn use_threads(threads: Option<usize>) -> Result<()> {
    let Some(threads) = threads else { return Ok(()) };
    if threads == 0 {
        bail!("--threads 0: expected at least 1");
    }
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("--threads: cannot start the threads")
}

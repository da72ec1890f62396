//! `filia power`: what a panel can tell.

use super::Outcome;
use super::arguments::{StatisticsArguments, use_threads};
use super::format::{TableFormat, print_json};
use super::terminal::tell;
use super::values::{NamedChoice, finite, number, one_of, relationship};
use crate::inheritance::Relationship;
use crate::io::source::Inputs;
use crate::profile::Sex;
use crate::report::case_power_tables::{case_power_table, write_case_power_text};
use crate::report::power_tables::{power_table, write_power_text};
use crate::report::table::{Csv, Exporter, Table};
use crate::run::{MOST_DRAWS, PowerInput, power, power_of_run};
use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use std::io::{self, Stdout};
use std::path::PathBuf;

/// Tells what a panel can tell: LR distributions under each truth, error rates, thresholds, ranks
///
/// Exact by convolution over loci, checked in the tails by importance sampling. Loci are taken as unlinked.
#[derive(Args)]
pub struct Arguments {
    /// The results of a `match` run: false leads among its own candidates, for each of its children
    #[arg(long, value_name = "DIR", conflicts_with_all = ["config", "frequencies", "markers", "relationship", "truths",
          "sex", "loci", "remove_loci", "drop_out", "child_drop_out", "rates", "children", "candidates", "draws", "seed"])]
    case: Option<PathBuf>,
    #[command(flatten)]
    statistics: StatisticsArguments,
    /// The relationship that is tested against unrelated [default: the settings', parent]
    #[arg(long, value_parser = relationship())]
    relationship: Option<Relationship>,
    /// What the candidate may really be [default: all but grandparent]
    #[arg(long, value_parser = relationship(), value_name = "TRUTH,...", value_delimiter = ',')]
    truths: Vec<Relationship>,
    /// The candidate's sex (whose mutation rates apply to a parent) [default: either]
    #[arg(long, value_parser = one_of(SEXES))]
    sex: Option<Sex>,
    /// The loci of the panel [default: all of the table]
    #[arg(long, value_name = "LOCUS,...", value_delimiter = ',')]
    loci: Vec<String>,
    /// Loci that a degraded sample lacks
    #[arg(long, value_name = "LOCUS,...", value_delimiter = ',')]
    remove_loci: Vec<String>,
    /// Probability that an allele of the candidate drops out [default: the settings' for a candidate without a role, 0]
    #[arg(long, value_name = "D", value_parser = number(|drop_out| (0.0..1.0).contains(&drop_out), "a probability from 0 to below 1"))]
    drop_out: Option<f64>,
    /// Probability that an allele of the child drops out [default: the settings' for children, 0]
    #[arg(long, value_name = "D", value_parser = number(|drop_out| (0.0..1.0).contains(&drop_out), "a probability from 0 to below 1"))]
    child_drop_out: Option<f64>,
    /// Thresholds of log10 LR
    #[arg(long, value_name = "X,...", value_delimiter = ',', allow_hyphen_values = true, value_parser = finite(),
          default_values_t = [-2.0, 0.0, 2.0, 4.0, 6.0, 8.0])]
    thresholds: Vec<f64>,
    /// False positive rates whose thresholds are wanted
    #[arg(long, value_name = "P,...", value_delimiter = ',', default_values_t = [1e-3, 1e-6, 1e-9, 1e-12])]
    rates: Vec<f64>,
    /// Number of children
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    children: u64,
    /// Number of candidates that each child is compared with
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    candidates: u64,
    /// Draws of each estimate by importance sampling; 0 for none
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(..=MOST_DRAWS))]
    draws: u64,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How the answer is written to standard output
    #[arg(long, value_enum, default_value_t = TableFormat::Text)]
    format: TableFormat,
    /// Number of threads [default: all cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

const SEXES: &[NamedChoice<Sex>] = &[("female", "", Sex::Female), ("male", "", Sex::Male)];

/// Computes and writes the answer.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    use_threads(arguments.threads)?;
    if let Some(folder) = &arguments.case {
        let power = power_of_run(folder, &arguments.thresholds)?;
        return print_power(&power, arguments.format, write_case_power_text, case_power_table);
    }
    let inputs = Inputs::default();
    let settings = arguments.statistics.settings(&inputs)?;
    let statistics = arguments.statistics.load("power", settings, &inputs)?;
    let (answer, notes) = power(&arguments.input(), statistics)?;
    notes.iter().for_each(|note| tell(format!("note: {note}")));
    print_power(&answer, arguments.format, write_power_text, power_table)
}

fn print_power<T: Serialize>(
    power: &T,
    format: TableFormat,
    write_text: fn(&T, &mut Stdout) -> io::Result<()>,
    table: fn(&T) -> Table<'_>,
) -> Result<Outcome> {
    let mut output = io::stdout();
    match format {
        TableFormat::Text => write_text(power, &mut output).map_err(anyhow::Error::from),
        TableFormat::Csv => Csv.export(&table(power), &mut output).map_err(anyhow::Error::from),
        TableFormat::Json => print_json(power).map_err(anyhow::Error::from),
    }
    .context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

impl Arguments {
    fn input(&self) -> PowerInput {
        PowerInput {
            relationship: self.relationship,
            truths: self.truths.clone(),
            sex: self.sex.unwrap_or(Sex::Unknown),
            loci: self.loci.clone(),
            remove_loci: self.remove_loci.clone(),
            drop_out: self.drop_out,
            child_drop_out: self.child_drop_out,
            thresholds: self.thresholds.clone(),
            rates: self.rates.clone(),
            children: self.children,
            candidates: self.candidates,
            draws: self.draws,
            seed: self.seed,
        }
    }
}

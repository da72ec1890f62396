//! `filia power`: what a panel can tell.

use super::Outcome;
use super::arguments::{StatisticsArguments, parse_finite, use_threads};
use super::format::TableFormat;
use super::power_case;
use super::terminal::tell;
use super::values::relationship;
use crate::inheritance::Relationship;
use crate::io::source::Inputs;
use crate::likelihood::{LocusDefinition, LocusModel};
use crate::model::normalised;
use crate::power::{PanelPower, PowerQuestion, TRUTHS, Typing, panel_power};
use crate::profile::{Chromosome, LocusName, Role, Sex};
use crate::report::power_tables::{power_table, write_power_text};
use crate::report::table::{Csv, Exporter};
use crate::statistics::{Markers, Statistics};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::io::Write;
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
    #[arg(long, value_enum)]
    sex: Option<CandidateSex>,
    /// The loci of the panel [default: all of the table]
    #[arg(long, value_name = "LOCUS,...", value_delimiter = ',')]
    loci: Vec<String>,
    /// Loci that a degraded sample lacks
    #[arg(long, value_name = "LOCUS,...", value_delimiter = ',')]
    remove_loci: Vec<String>,
    /// Probability that an allele of the candidate drops out [default: the settings' for a candidate without a role, 0]
    #[arg(long, value_name = "D", value_parser = parse_drop_out)]
    drop_out: Option<f64>,
    /// Probability that an allele of the child drops out [default: the settings' for children, 0]
    #[arg(long, value_name = "D", value_parser = parse_drop_out)]
    child_drop_out: Option<f64>,
    /// Thresholds of log10 LR
    #[arg(long, value_name = "X,...", value_delimiter = ',', allow_hyphen_values = true, value_parser = parse_finite,
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

/// The most draws: more take days, and no estimate needs them.
const MOST_DRAWS: u64 = 1_000_000_000;

#[derive(Clone, Copy, ValueEnum)]
enum CandidateSex {
    Female,
    Male,
}

fn parse_drop_out(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(probability) if (0.0..1.0).contains(&probability) => Ok(probability),
        _ => Err("expected a probability from 0 to below 1".to_owned()),
    }
}

/// Computes and writes the answer.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    use_threads(arguments.threads)?;
    if let Some(folder) = &arguments.case {
        return power_case::run(folder, &arguments.thresholds, arguments.format);
    }
    if arguments.relationship == Some(Relationship::Unrelated) {
        bail!("--relationship unrelated: expected the relationship that is tested against unrelated");
    }
    if let Some(wrong) = arguments.rates.iter().find(|rate| !(0.0..1.0).contains(*rate)) {
        bail!("--rates {wrong}: expected probabilities from 0 to below 1");
    }
    let inputs = Inputs::default();
    let settings = arguments.statistics.settings(&inputs)?;
    let statistics = arguments.statistics.load("power", settings, &inputs)?;
    for note in statistics.source.without_effect.iter().cloned().chain(statistics.note_on_tables()) {
        tell(format!("note: {note}"));
    }
    let statistics = statistics.of_one_population()?;
    let settings = &statistics.settings;
    let drop_out = &settings.observation.drop_out;
    let models = models(arguments, &statistics)?;
    let question = PowerQuestion {
        tested: arguments.relationship.unwrap_or(settings.search.relationship),
        truths: if arguments.truths.is_empty() { TRUTHS.to_vec() } else { arguments.truths.clone() },
        typing: Typing {
            child_drop_out: arguments.child_drop_out.unwrap_or_else(|| drop_out.of(Some(Role::Child))),
            candidate_drop_out: arguments.drop_out.unwrap_or_else(|| drop_out.of(None)),
            drop_in: settings.observation.drop_in,
            candidate_sex: match arguments.sex {
                None => Sex::Unknown,
                Some(CandidateSex::Female) => Sex::Female,
                Some(CandidateSex::Male) => Sex::Male,
            },
        },
        thresholds: arguments.thresholds.clone(),
        rates: arguments.rates.clone(),
        children: arguments.children,
        candidates: arguments.candidates,
        draws: arguments.draws,
        seed: arguments.seed,
    };
    write(&panel_power(&models.scored, &models.people, &question)?, arguments.format)
        .context("cannot write to standard output")?;
    Ok(Outcome::Done)
}

/// The loci of the panel.
struct Models {
    /// As people are scored.
    scored: Vec<LocusModel>,
    /// As they are drawn: no minimum frequency, and the frequencies sum to 1.
    people: Vec<LocusModel>,
}

/// The models of the panel's loci, less those removed.
fn models(arguments: &Arguments, statistics: &Statistics) -> Result<Models> {
    let removed: Vec<_> = arguments.remove_loci.iter().map(|name| LocusName::new(name)).collect();
    let chosen: Vec<_> = arguments.loci.iter().map(|name| LocusName::new(name)).collect();
    let wanted = |all: Vec<LocusName>| -> Result<Vec<LocusName>> {
        let panel = if chosen.is_empty() { all } else { chosen.clone() };
        if let Some(unknown) = removed.iter().find(|name| !panel.contains(name)) {
            bail!("--remove-loci {unknown}: the panel does not have it");
        }
        Ok(panel.into_iter().filter(|name| !removed.contains(name)).collect())
    };
    let all = wanted(statistics.loci())?;
    if let Some(Markers { loci, .. }) = &statistics.markers {
        let kept: Vec<_> = loci.iter().filter(|marker| all.contains(&LocusName::new(&marker.name))).collect();
        let model = |marker: LocusDefinition| LocusModel::new(marker).context("--markers");
        let people = kept.iter().map(|&marker| model(normalised(marker.clone()))).collect::<Result<_>>()?;
        return Ok(Models { scored: kept.into_iter().cloned().map(model).collect::<Result<_>>()?, people });
    }
    let loci = without_x(all, &arguments.loci)?;
    let mut counted = statistics.clone().as_counted();
    counted.settings.population.renormalise = true;
    Ok(Models { scored: statistics.world(&loci)?, people: counted.world(&loci)? })
}

/// The loci but those on the X chromosome, which says nothing of a child whose sex is not known.
fn without_x(loci: Vec<LocusName>, chosen: &[String]) -> Result<Vec<LocusName>> {
    let (x, others): (Vec<_>, Vec<_>) = loci.into_iter().partition(|name| name.chromosome() == Some(Chromosome::X));
    let names = x.iter().map(LocusName::as_str).collect::<Vec<_>>().join(", ");
    if x.is_empty() {
        return Ok(others);
    }
    if !chosen.is_empty() || others.is_empty() {
        bail!(
            "{names}: X-chromosomal, which says nothing where the child's sex is not known; `power` is for autosomal loci"
        );
    }
    tell(format!("note: X-chromosomal loci are left out (the child's sex is not known here): {names}"));
    Ok(others)
}

fn write(power: &PanelPower, format: TableFormat) -> Result<()> {
    let mut output = std::io::stdout();
    match format {
        TableFormat::Text => Ok(write_power_text(power, &mut output)?),
        TableFormat::Csv => Ok(Csv.export(&power_table(power), &mut output)?),
        TableFormat::Json => {
            serde_json::to_writer_pretty(&mut output, power)?;
            Ok(writeln!(output)?)
        }
    }
}

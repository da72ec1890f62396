//! `filia merge`: the parts of a run → its results.

use super::arguments::{HowArguments, parse_size};
use super::progress::StageLine;
use super::summary::tell_where;
use super::terminal::tell;
use super::{Outcome, identify, matches};
use crate::io::source::Inputs;
use crate::run::{MergedRun, PartTarget, merge_into, merge_parts_into};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;

/// Puts the parts of `filia match --part` or `filia identify --part` together and goes on to the results, the same as those of one run
///
/// Call it where the parts were done: it reads the same inputs again, and makes sure that they are the same.
#[derive(Args, Debug)]
pub struct Arguments {
    /// What the parts wrote: all of them, in any order
    #[arg(required = true, value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// Memory that a run of `match` may use, as 2GiB or 800MB; candidates beyond it are kept on the disk beside DIR [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,
    /// Put the parts, all or some, together as one part in this file, in place of DIR; the inputs are not read
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "formats", "max_memory"])]
    partial: Option<PathBuf>,
    /// Folder for the results; it appears complete or not at all
    #[arg(long, value_name = "DIR", required_unless_present = "partial")]
    out: Option<PathBuf>,
    #[command(flatten)]
    how: HowArguments,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let Arguments { parts, max_memory, partial, out, how } = arguments;
    how.use_threads()?;
    let line = StageLine::new(!how.no_progress);
    match (partial, out) {
        (Some(path), _) => {
            let target = PartTarget { path: path.clone(), replace: how.force };
            merge_parts_into(&target, parts, &line)?;
            line.finish();
            tell(format!("parts together in {}", path.display()));
        }
        (None, Some(out)) => {
            let merged = merge_into(&how.output(out), parts, *max_memory, Inputs::default(), &line)?;
            line.finish();
            match merged {
                MergedRun::Match(run) => matches::tell_summary(&run.0, &run.1),
                MergedRun::Identify(run) => identify::tell_summary(&run.0, &run.1)?,
            }
            tell_where(out);
        }
        (None, None) => bail!("expected --out DIR or --partial FILE"),
    }
    Ok(Outcome::Done)
}

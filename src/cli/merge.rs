//! `filia merge`: the parts of a search → its results.

use super::Outcome;
use super::arguments::{RunArguments, parse_size};
use super::matches::tell_summary;
use super::progress::StageLine;
use super::summary::tell_where;
use crate::run::merge_into;
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// Puts the parts of `filia match --part` together and goes on to the results, the same as those of one run
///
/// Call it where the parts were done: it reads the same inputs again, and makes sure that they are the same.
#[derive(Args, Debug)]
pub struct Arguments {
    /// What the parts wrote: all of them, in any order
    #[arg(required = true, value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// Memory that the run may use, as 2GiB or 800MB; candidates beyond it are kept on the disk beside DIR [default: no limit]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,
    #[command(flatten)]
    run: RunArguments,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let RunArguments { out, how } = &arguments.run;
    how.use_threads()?;
    let line = StageLine::new(!how.no_progress);
    let (case, found) = merge_into(&how.output(out), &arguments.parts, arguments.max_memory, &line)?;
    line.finish();
    tell_summary(&case, &found);
    tell_where(out);
    Ok(Outcome::Done)
}

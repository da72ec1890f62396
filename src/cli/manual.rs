//! `filia man`: manual pages.

use super::Outcome;
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::PathBuf;

/// Writes manual pages, one for each command
#[derive(Args, Debug)]
pub struct Arguments {
    /// The folder for them; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs the command; `command` is the whole command line.
pub fn run(arguments: &Arguments, command: clap::Command) -> Result<Outcome> {
    let folder = &arguments.folder;
    let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.with_context(|| format!("cannot write manual pages to {}", folder.display()))?;
    Ok(Outcome::Done)
}

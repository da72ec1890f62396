//! `filia completions`: a completion script for a shell.

use super::Outcome;
use super::terminal::print;
use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

/// Prints a completion script for a shell
///
/// For bash, for example: filia completions bash > ~/.local/share/bash-completion/completions/filia
#[derive(Args, Debug)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Runs the command; `command` is the whole command line.
pub fn run(arguments: &Arguments, mut command: clap::Command) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "filia", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}

//! The command line: one file for each subcommand, its arguments and the few lines that call the library.

mod arguments;
#[cfg(feature = "blind")]
mod blind;
mod calibrate;
mod check;
mod completions;
mod convert;
mod demo;
mod diff;
mod explain;
mod format;
mod frequencies;
mod identify;
mod interruption;
mod lr;
mod manual;
mod matches;
mod merge;
mod pack;
mod power;
mod progress;
mod report;
mod simulate;
mod summary;
mod terminal;
mod values;

use crate::report::printable;
use crate::run::in_one_sentence;
use clap::{CommandFactory, Parser, Subcommand};
use std::{env, io, process::ExitCode};
use terminal::tell;

/// Finds out who children's parents are from DNA profiles.
#[derive(Parser)]
#[command(name = "filia", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::DemoArguments),
    Match(Box<matches::MatchArguments>),
    Merge(merge::Arguments),
    Explain(Box<explain::ExplainArguments>),
    Identify(Box<identify::IdentifyArguments>),
    Lr(lr::Arguments),
    Check(check::CheckArguments),
    Pack(pack::Arguments),
    Convert(convert::Arguments),
    Frequencies(frequencies::Arguments),
    Simulate(simulate::Arguments),
    Power(Box<power::Arguments>),
    Calibrate(Box<calibrate::Arguments>),
    Report(report::Arguments),
    Diff(diff::Arguments),
    #[cfg(feature = "blind")]
    Blind(blind::Arguments),
    Completions(completions::Arguments),
    Man(manual::Arguments),
}

/// Every command with its arguments, as data: what completion scripts, manual pages and the documentation's test rest on.
pub fn command_line() -> clap::Command {
    Cli::command()
}

/// Outcome of a command that ran: what its exit code says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Exit code 0: done, nothing to report.
    Done,
    /// Exit code 1: a comparison or check found differences or problems.
    Found,
}

/// Exit code where standard output is read no further (128 + SIGPIPE, as shells have it).
const CLOSED_PIPE: u8 = 141;

/// Runs the command line; exit code 2 and one message on standard error where arguments or input cannot be used, 130
/// where it was interrupted, 141 and no message where whoever read standard output has had enough.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(error),
    };
    interruption::listen();
    match dispatch(cli.command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::from(CLOSED_PIPE),
        Err(error) => {
            interruption::end_if_interrupted();
            tell(format!("filia: {}", message(&error)));
            ExitCode::from(2)
        }
    }
}

/// Tells what is wrong with the arguments, which may hold anything; help that was asked for is written as it is.
fn refuse_arguments(error: clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // The message quotes them: it is that of the arguments as they can be shown.
    let shown = env::args_os().map(|argument| printable(&argument.to_string_lossy()).into_owned());
    let error = Cli::try_parse_from(shown).err().unwrap_or(error);
    error.render().to_string().lines().for_each(tell);
    ExitCode::from(2)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| match cause.downcast_ref::<csv::Error>().map(csv::Error::kind) {
        Some(csv::ErrorKind::Io(cause)) => is_closed(cause),
        _ => cause.downcast_ref().is_some_and(is_closed),
    })
}

/// The error and its causes in one sentence.
fn message(error: &anyhow::Error) -> String {
    in_one_sentence(error.chain())
}

fn dispatch(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Match(arguments) => matches::run(&arguments),
        Command::Merge(arguments) => merge::run(&arguments),
        Command::Explain(arguments) => explain::run(*arguments),
        Command::Identify(arguments) => identify::run(&arguments),
        Command::Lr(arguments) => lr::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Frequencies(arguments) => frequencies::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Power(arguments) => power::run(&arguments),
        Command::Calibrate(arguments) => calibrate::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        #[cfg(feature = "blind")]
        Command::Blind(arguments) => blind::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, command_line()),
        Command::Man(arguments) => manual::run(&arguments, command_line()),
    }
}

//! `filia lr`: likelihoods of any hypotheses on any pedigrees, from case files.

use super::terminal::tell;
use super::values::tolerance;
use super::{Outcome, message};
use crate::io::case_expected::{compare, needs_unlinked};
use crate::io::case_file::{CaseFile, answer_to_json, read_case};
use crate::io::familias::{FamiliasError, case::case, is_familias, parse_project};
use anyhow::{Context, Result};
use clap::Args;
use rayon::prelude::*;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Computes likelihoods and likelihood ratios of hypotheses on pedigrees
///
/// Reads case files (JSON: loci, hypotheses, genotypes; see the documentation) or the pedigrees of Familias projects (`.fam`), and
/// writes one JSON line for each.
#[derive(Args)]
pub struct Arguments {
    /// Case files; `-` reads one case from standard input
    #[arg(required = true, value_name = "CASE.json")]
    cases: Vec<PathBuf>,
    /// Compares the answers with the `expected` values of the case files; exit code 1 where they differ
    #[arg(long)]
    verify: bool,
    /// Relative tolerance of --verify
    #[arg(long, value_name = "X", default_value_t = 1e-9, value_parser = tolerance("a number of at least 0, such as 1e-9"))]
    tolerance: f64,
}

/// What came of one case.
struct AnsweredCase {
    line: String,
    /// What the comparison had to say.
    complaints: Vec<String>,
}

/// Answers every case that can be answered; the messages of the others go to standard error.
pub fn run(arguments: &Arguments) -> Result<Outcome> {
    let tolerance = arguments.verify.then_some(arguments.tolerance);
    let mut outcome = Outcome::Done;
    let mut last_failure = None;
    let mut output = std::io::stdout().lock();
    // a batch at a time, so that answers appear as they are found and stay in order
    for batch in arguments.cases.chunks(4 * rayon::current_num_threads()) {
        let answers: Vec<Result<AnsweredCase>> = batch.par_iter().map(|path| answer(path, tolerance)).collect();
        for answer in answers {
            match answer {
                Ok(answered) => {
                    writeln!(output, "{}", answered.line).context("cannot write to standard output")?;
                    for complaint in answered.complaints {
                        outcome = Outcome::Found;
                        tell(format!("filia: {complaint}"));
                    }
                }
                Err(error) => {
                    if let Some(earlier) = last_failure.replace(error) {
                        tell(format!("filia: {}", message(&earlier)));
                    }
                }
            }
        }
    }
    last_failure.map_or(Ok(outcome), Err)
}

fn answer(path: &Path, tolerance: Option<f64>) -> Result<AnsweredCase> {
    let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let text = read(path).with_context(|| format!("{name}: cannot read it"))?;
    let CaseFile { case, expected } = match is_familias(&text) {
        true => read_project(&text, path).with_context(|| name.clone())?,
        false => read_case(&text).with_context(|| name.clone())?,
    };
    let answer = case.answer().with_context(|| name.clone())?;
    let mut complaints = Vec::new();
    match (tolerance, expected) {
        (None, _) => {}
        (Some(_), None) => complaints.push(format!("{name}: it has no `expected` to verify")),
        (Some(tolerance), Some(expected)) => {
            let unlinked = needs_unlinked(&expected).then(|| case.unlinked().answer()).transpose();
            let unlinked = unlinked.with_context(|| name.clone())?;
            let comparison = compare(&expected, &answer, unlinked.as_ref(), tolerance).with_context(|| name.clone())?;
            complaints.extend(comparison.differences.iter().map(|difference| format!("{name}: {difference}")));
            if comparison.compared == 0 {
                complaints.push(format!("{name}: its `expected` has no value to verify"));
            }
        }
    }
    Ok(AnsweredCase { line: answer_to_json(&answer).to_string(), complaints })
}

/// The pedigrees of a Familias project; the case is called like the file.
fn read_project(bytes: &[u8], path: &Path) -> Result<CaseFile, FamiliasError> {
    let id = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let (case, notes) = case(&parse_project(bytes)?, &id)?;
    notes.iter().for_each(|note| tell(format!("note: {}: {note}", path.display())));
    Ok(CaseFile { case, expected: None })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if path != Path::new("-") {
        return std::fs::read(path);
    }
    let mut text = Vec::new();
    std::io::stdin().lock().read_to_end(&mut text)?;
    Ok(text)
}

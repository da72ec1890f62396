//! What the page says of the run as a whole: what was asked, read and rejected; how much is known of how many.

use super::charts::histogram;
use super::identify_data::limits;
use super::listed_lrs::log10_lrs;
use super::report::Report;
use super::strangers::Strangers;
use super::tally::verdict;
use crate::io::result_tables::{COUPLES, MATCHES, PAIRWISE, REJECTED};
use crate::report::{counted, printable};
use serde_json::Value;
use std::collections::BTreeMap;

/// At most so many rejected cells are shown one by one.
const REJECTED_SHOWN: usize = 200;

/// At most so many reasons are counted on the page.
const REASONS_SHOWN: usize = 12;

/// A file that was read.
pub struct InputRow {
    /// What it was read for.
    pub role: String,
    /// Its path as given.
    pub path: String,
    /// Its size in bytes.
    pub bytes: String,
    /// 64 hexadecimal digits.
    pub sha256: String,
}

/// How complete a locus is among those on the page.
pub struct LocusRow {
    /// Its name.
    pub locus: String,
    /// Samples with a call.
    pub typed: usize,
    /// The same in per cent.
    pub percent: usize,
}

/// What the page says of the run as a whole.
pub struct Overview {
    /// The question in one sentence.
    pub question: String,
    /// The words that tell how sure the page is, in words.
    pub words: Vec<(&'static str, String)>,
    /// What was asked for: settings by name.
    pub settings: Vec<(String, String)>,
    /// The manifest's counts.
    pub counts: Vec<(String, String)>,
    /// Every file that was read.
    pub inputs: Vec<InputRow>,
    /// What a reader must know, one sentence each.
    pub notes: Vec<String>,
    /// What was rejected, by reason, the most frequent first.
    pub reasons: Vec<(String, usize)>,
    /// What was rejected, cell by cell: place, sample, value, reason.
    pub rejected: Vec<[String; 4]>,
    /// In all.
    pub rejected_total: u64,
    /// What this page lacks, one sentence each.
    pub lacks: Vec<String>,
    /// log10 LRs of the run.
    pub lrs: Option<String>,
    /// What strangers would score, beside that.
    pub by_chance: Option<String>,
    /// Loci with a result, sample by sample.
    pub completeness: Option<String>,
    /// Locus by locus.
    pub loci: Vec<LocusRow>,
    /// Samples on the page.
    pub samples: usize,
}

impl Overview {
    /// From what the run says.
    pub fn of(report: &Report) -> Self {
        let genotypes = report.genotypes.as_ref().ok();
        let typed: Vec<f64> = genotypes
            .iter()
            .flat_map(|genotypes| genotypes.typings.values())
            .map(|typing| typing.typed() as f64)
            .collect();
        let log10_lrs = log10_lrs(report);
        let strangers = genotypes.and_then(|genotypes| genotypes.strangers.as_ref());
        let expected = |from: f64, to: f64| {
            let strangers = strangers?;
            Some(strangers.from(from as i64)? - strangers.from(to as i64)?)
        };
        let (reasons, rejected) = rejected(report);
        Self {
            question: question(report),
            words: words(report),
            settings: settings("", &report.manifest["settings"]),
            counts: counts(report),
            inputs: report.manifest["inputs"].as_array().into_iter().flatten().map(input).collect(),
            notes: report.manifest["notes"].as_array().into_iter().flatten().map(text).collect(),
            reasons,
            rejected,
            rejected_total: report.table(REJECTED).total,
            lacks: lacks(report),
            lrs: histogram(&log10_lrs, step(&log10_lrs), expected, "log10 LR", "pairs"),
            by_chance: strangers.map(|strangers| by_chance(strangers, &log10_lrs, report.is_identify)),
            completeness: histogram(&typed, 1.0, |_, _| None, "loci with a result", "samples"),
            loci: loci(report),
            samples: typed.len(),
        }
    }
}

/// From where on chance alone would hardly lead, and what the run has there.
fn by_chance(strangers: &Strangers, log10_lrs: &[f64], is_identify: bool) -> String {
    let from = strangers.fewer_than_one().max(0);
    let listed = log10_lrs.iter().filter(|&&log10_lr| log10_lr >= from as f64).count();
    let expected = format!("{:.2}", strangers.from(from).unwrap_or(0.0));
    let pairs = counted(listed, "pair", "pairs");
    let (whom, typed) = match is_identify {
        true => ("missing persons", ", with full profiles"),
        false => ("children", ""),
    };
    let part = match strangers.computed < strangers.all {
        true => format!(" (computed from {} of the {} {whom})", strangers.computed, strangers.all),
        false => String::new(),
    };
    format!(
        "Bars: the pairs that this run lists. Line: what would be expected if everybody were a stranger to everybody{typed}{part}. From \
         log10 LR {from} on chance alone would give {expected} pairs; the run lists {pairs}."
    )
}

/// The width of a bar: whole units, so many that there are at most about forty bars.
fn step(numbers: &[f64]) -> f64 {
    let finite = numbers.iter().copied().filter(|number| number.is_finite());
    let (least, most) = finite.fold((0.0_f64, 0.0_f64), |(least, most), number| (least.min(number), most.max(number)));
    ((most - least) / 40.0).ceil().max(1.0)
}

fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    printable(&text).into_owned()
}

fn question(report: &Report) -> String {
    let count = |name: &str, one: &str, many: &str| counted(report.count(name) as usize, one, many);
    let loci = count("loci", "locus", "loci");
    if report.is_identify {
        return format!(
            "Which of {} of {} is each of {}? Compared at up to {loci}.",
            count("missing", "missing person", "missing persons"),
            count("families", "family", "families"),
            count("bodies", "body", "bodies"),
        );
    }
    let (children, candidates) =
        (count("children", "child", "children"), count("candidates", "candidate", "candidates"));
    match report.relationship() {
        "parent" => format!("Which of {candidates} are the parents of {children}? Compared at up to {loci}."),
        other => format!("Which of {candidates} is the {other} of any of {children}? Compared at up to {loci}."),
    }
}

/// What the words for how sure an answer is mean.
fn words(report: &Report) -> Vec<(&'static str, String)> {
    let limits = limits(report);
    let words = ["established", "probable", "disputed", "none in the lists", "undecidable"];
    words.map(|word| (word, verdict(word, &limits))).into()
}

/// The settings by name, as the settings file has them.
pub(super) fn settings(path: &str, value: &Value) -> Vec<(String, String)> {
    let Some(object) = value.as_object() else { return vec![(path.to_owned(), text(value))] };
    let joined = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
    object.iter().flat_map(|(key, value)| settings(&joined(key), value)).collect()
}

fn counts(report: &Report) -> Vec<(String, String)> {
    let counts = report.manifest["counts"].as_object().into_iter().flatten();
    let mut counts: Vec<_> = counts.map(|(name, count)| (name.replace('_', " "), text(count))).collect();
    counts.push(("pairs compared".to_owned(), text(&report.manifest["pairs"])));
    counts
}

fn input(value: &Value) -> InputRow {
    let [role, path, bytes, sha256] = ["role", "path", "bytes", "sha256"].map(|key| text(&value[key]));
    InputRow { role, path, bytes, sha256 }
}

/// What was rejected: by reason, and the first cells one by one.
fn rejected(report: &Report) -> (Vec<(String, usize)>, Vec<[String; 4]>) {
    let table = report.table(REJECTED);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    table.rows().for_each(|row| *reasons.entry(row.text("reason")).or_default() += 1);
    let mut reasons: Vec<(String, usize)> =
        reasons.into_iter().map(|(reason, count)| (printable(reason).into_owned(), count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons.truncate(REASONS_SHOWN);
    let cells = table.rows().take(REJECTED_SHOWN).map(|row| {
        let place = match row.text("line") {
            "" => row.shown("file").into_owned(),
            line => format!("{}, line {line}, {}", row.shown("file"), row.shown("column")),
        };
        [place, row.shown("sample_id").into_owned(), row.shown("value").into_owned(), row.shown("reason").into_owned()]
    });
    (reasons, cells.collect())
}

/// What the page does not show although the run may have had it.
fn lacks(report: &Report) -> Vec<String> {
    let mut lacks: Vec<String> = Vec::new();
    if let Err(reason) = &report.genotypes {
        lacks.push(format!("Genotypes cannot be shown: {}. All else is shown.", printable(reason)));
    }
    let absent = report.lacks();
    if !absent.is_empty() {
        lacks.push(format!("This run was written without {}: what rests on it is left blank.", absent.join(", ")));
    }
    for (kind, what) in [(MATCHES, "candidates"), (COUPLES, "couples"), (PAIRWISE, "pairs")] {
        let left_out = report.table(kind).left_out();
        if left_out > 0 {
            lacks.push(format!("{left_out} more {what} are in {}.csv and not on this page.", kind.name));
        }
    }
    let subjects = report.subjects().len() as u64;
    let all = report.count(if report.is_identify { "bodies" } else { "children" });
    let names_all = report.relationship() == "parent" || report.is_identify;
    if names_all && all > subjects {
        lacks.push(format!("Of {all} children or bodies the first {subjects} are on this page; the tables hold all."));
    }
    lacks
}

fn loci(report: &Report) -> Vec<LocusRow> {
    let Ok(genotypes) = &report.genotypes else { return Vec::new() };
    let samples = genotypes.typings.len().max(1);
    let row = |(at, locus): (usize, &String)| {
        let typed =
            genotypes.typings.values().filter(|typing| typing.calls.get(at).is_some_and(|call| call != "-")).count();
        LocusRow { locus: printable(locus).into_owned(), typed, percent: typed * 100 / samples }
    };
    genotypes.loci.iter().enumerate().map(row).collect()
}

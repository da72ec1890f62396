//! What the page says of the run as a whole: what was asked, read and rejected; how much is known of how many.

use super::charts::histogram;
use super::identify_data::limits;
use super::listed_lrs::log10_lrs;
use super::report::Report;
use super::strangers::Strangers;
use super::tally::verdict;
use crate::inheritance::Relationship;
use crate::io::result_tables::{COUPLES, Format, MATCHES, PAIRWISE, REJECTED};
use crate::report::messages::{Messages, Value as MessageValue, ltr};
use crate::report::printable;
use crate::report::words::{data, relation, role, words};
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

/// A cell or a row that was read and not used.
pub struct RejectedRow {
    /// File, line and column.
    pub place: String,
    /// The sample's id.
    pub sample: String,
    /// What stood there.
    pub value: String,
    /// Why, in the words of the run.
    pub reason: String,
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
    /// What was rejected, cell by cell.
    pub rejected: Vec<RejectedRow>,
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
    pub fn of(report: &Report, messages: &Messages) -> Self {
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
        let (reasons, rejected) = rejected(report, messages);
        Self {
            question: question(report, messages),
            words: verdicts(report, messages),
            settings: settings("", &report.manifest["settings"]),
            counts: totals(report, messages),
            inputs: report.manifest["inputs"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|value| input(value, messages))
                .collect(),
            notes: report.manifest["notes"].as_array().into_iter().flatten().map(text).collect(),
            reasons,
            rejected,
            rejected_total: report.table(REJECTED).total,
            lacks: lacks(report, messages),
            lrs: histogram(
                &log10_lrs,
                step(&log10_lrs),
                expected,
                &messages.say("log-lr"),
                &messages.say("page-pairs"),
            ),
            by_chance: strangers.map(|strangers| by_chance(messages, strangers, &log10_lrs, report.is_identify)),
            completeness: histogram(
                &typed,
                1.0,
                |_, _| None,
                &messages.say("page-loci-with-result"),
                &messages.say("page-samples"),
            ),
            loci: loci(report),
            samples: typed.len(),
        }
    }
}

/// From where on chance alone would hardly lead, and what the run has there.
fn by_chance(messages: &Messages, strangers: &Strangers, log10_lrs: &[f64], is_identify: bool) -> String {
    let from = strangers.fewer_than_one().max(0);
    let listed = log10_lrs.iter().filter(|&&log10_lr| log10_lr >= from as f64).count();
    let line = match (is_identify, strangers.computed < strangers.all) {
        (false, false) => "chance-line",
        (false, true) => "chance-line-part",
        (true, false) => "chance-line-identify",
        (true, true) => "chance-line-identify-part",
    };
    let line = messages.tell(line, &[("computed", data(strangers.computed)), ("all", data(strangers.all))]);
    let expected = format!("{:.2}", strangers.from(from).unwrap_or(0.0));
    let pairs = words(counted(messages, "count-pairs", listed as u64));
    let from = messages.tell("chance-from", &[("from", data(from)), ("expected", data(expected)), ("pairs", pairs)]);
    [messages.say("chance-bars"), line, from].join(" ")
}

/// A message on so many.
fn counted(messages: &Messages, key: &str, count: u64) -> String {
    messages.tell(key, &[("count", MessageValue::Count(count))])
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

fn question(report: &Report, messages: &Messages) -> String {
    let count = |name: &'static str, key| (name, words(counted(messages, key, report.count(name))));
    let loci = count("loci", "count-loci");
    if report.is_identify {
        let values = [
            count("missing", "count-missing"),
            count("families", "count-families"),
            count("bodies", "count-bodies"),
            loci,
        ];
        return messages.tell("question-bodies", &values);
    }
    let [children, candidates] = [count("children", "count-children"), count("candidates", "count-candidates")];
    match Relationship::from_name(report.relationship()) {
        None | Some(Relationship::Parent) => messages.tell("question-parents", &[candidates, children, loci]),
        Some(other) => {
            let relation = ("relation", words(relation(messages, other)));
            messages.tell("question-related", &[candidates, children, relation, loci])
        }
    }
}

/// What the words for how sure an answer is mean.
fn verdicts(report: &Report, messages: &Messages) -> Vec<(&'static str, String)> {
    let limits = limits(report);
    let words = ["established", "probable", "disputed", "none in the lists", "undecidable"];
    words.map(|word| (word, verdict(messages, word, &limits))).into()
}

/// The settings by name, as the settings file has them.
pub(super) fn settings(path: &str, value: &Value) -> Vec<(String, String)> {
    let Some(object) = value.as_object() else { return vec![(path.to_owned(), text(value))] };
    let joined = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
    object.iter().flat_map(|(key, value)| settings(&joined(key), value)).collect()
}

/// The manifest's counts, each with its name in words.
pub(super) fn totals(report: &Report, messages: &Messages) -> Vec<(String, String)> {
    let counts = report.manifest["counts"].as_object().into_iter().flatten();
    let mut totals: Vec<_> = counts.map(|(name, count)| (total(messages, name), text(count))).collect();
    totals.push((messages.say("total-pairs"), text(&report.manifest["pairs"])));
    totals
}

/// What a count of the manifest is called; as there where no message has it.
fn total(messages: &Messages, name: &str) -> String {
    let key = match name {
        "children" => "total-children",
        "candidates" => "total-candidates",
        "remains" => "total-remains",
        "bodies" => "total-bodies",
        "families" => "total-families",
        "missing" => "total-missing",
        "samples" => "total-samples",
        "loci" => "total-loci",
        "rejected" => "total-rejected",
        "contradictions" => "total-contradictions",
        "direct_matches" => "total-direct-matches",
        "matches" => "total-matches",
        "couples" => "total-couples",
        other => return ltr(&other.replace('_', " ")),
    };
    messages.say(key)
}

fn input(value: &Value, messages: &Messages) -> InputRow {
    let [path, bytes, sha256] = ["path", "bytes", "sha256"].map(|key| text(&value[key]));
    InputRow { role: role(messages, &text(&value["role"])), path, bytes, sha256 }
}

/// What was rejected: by reason, and the first cells one by one.
fn rejected(report: &Report, messages: &Messages) -> (Vec<(String, usize)>, Vec<RejectedRow>) {
    let table = report.table(REJECTED);
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    table.rows().for_each(|row| *reasons.entry(row.text("reason")).or_default() += 1);
    let mut reasons: Vec<(String, usize)> =
        reasons.into_iter().map(|(reason, count)| (printable(reason).into_owned(), count)).collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons.truncate(REASONS_SHOWN);
    let cells = table.rows().take(REJECTED_SHOWN).map(|row| {
        let shown = |column| row.shown(column).into_owned();
        let cell = ["file", "line", "column"].map(|column| (column, data(row.shown(column))));
        let place = match row.text("line") {
            "" => ltr(&shown("file")),
            _ => messages.tell("page-rejected-place", &cell),
        };
        RejectedRow { place, sample: shown("sample_id"), value: shown("value"), reason: shown("reason") }
    });
    (reasons, cells.collect())
}

/// What the page does not show although the run may have had it.
fn lacks(report: &Report, messages: &Messages) -> Vec<String> {
    let mut lacks: Vec<String> = Vec::new();
    if let Err(reason) = &report.genotypes {
        lacks.push(messages.tell("lacks-genotypes", &[("reason", data(reason))]));
    }
    let absent = report.lacks().into_iter().map(|(table, column)| match column {
        None => messages.tell("lacks-table", &[("table", data(table))]),
        Some(column) => messages.tell("lacks-column", &[("column", data(column)), ("table", data(table))]),
    });
    let absent: Vec<String> = absent.collect();
    if !absent.is_empty() {
        let comma = messages.say("script-comma") + " ";
        lacks.push(messages.tell("lacks-tables", &[("absent", words(absent.join(&comma)))]));
    }
    for (kind, key) in [(MATCHES, "lacks-candidates"), (COUPLES, "lacks-couples"), (PAIRWISE, "lacks-pairs")] {
        let left_out = report.table(kind).left_out();
        if left_out > 0 {
            let file = data(kind.file(Format::Csv));
            lacks.push(messages.tell(key, &[("more", data(left_out)), ("file", file)]));
        }
    }
    let subjects = report.subjects().len() as u64;
    let all = report.count(if report.is_identify { "bodies" } else { "children" });
    let names_all = report.relationship() == "parent" || report.is_identify;
    if names_all && all > subjects {
        lacks.push(messages.tell("lacks-subjects", &[("all", data(all)), ("shown", data(subjects))]));
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

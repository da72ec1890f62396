//! What the page of an identification embeds: bodies, the missing persons each can be, families, whole answers.

use super::embedded::{People, PersonData, Rounded};
use super::genotypes::Genotypes;
use super::report::Report;
use super::stored_table::StoredRow;
use super::tally::place;
use super::texts::Texts;
use crate::io::result_tables::{ASSIGNMENTS, CONTRADICTIONS, FAMILIES, FAMILY_POSTERIOR, GROUPS, PAIRWISE, POSTERIOR};
use crate::report::messages::{Messages, ltr};
use crate::report::printable;
use crate::report::words::data;
use crate::settings::StatusSettings;
use serde::Serialize;
use std::collections::HashMap;

/// At most so many whole answers are shown.
const ANSWERS: usize = 20;

/// A status as that of a child's place: word, person, probability of the likeliest, probability of nobody.
type StatusData = (&'static str, Option<usize>, Rounded, Rounded);

/// A body and a missing person: body, person, family, log10 LR, probability, standard error, loci compared.
type PairData = (usize, usize, Option<usize>, Rounded, Rounded, Rounded, Option<u64>);

/// A family: id, missing persons, typed relatives, exclusion probability, expected log10 LR, contradiction, drawing.
type FamilyData<'r> = (String, Vec<usize>, u64, Rounded, Rounded, String, Option<DrawingData<'r>>);

/// A drawing: width, height, people (number, sex, x, y, typed, missing), lines.
type DrawingData<'r> = (u32, u32, Vec<(usize, &'static str, u32, u32, bool, bool)>, &'r [[u32; 4]]);

/// A whole answer: rank, posterior, log10 LR, who is whom.
type AnswerData = (u64, Rounded, Rounded, Vec<(usize, usize)>);

/// Samples of one person: samples, log10 LR, contradictory loci, why they were kept apart.
type GroupData = (Vec<usize>, Rounded, String, String);

/// What the page embeds.
#[derive(Debug, Serialize)]
pub struct IdentifyData<'r> {
    kind: &'static str,
    texts: Texts,
    loci: &'r [String],
    places: [String; 1],
    people: Vec<PersonData>,
    subjects: Vec<(usize, [StatusData; 1])>,
    pairs: Vec<PairData>,
    families: Vec<FamilyData<'r>>,
    /// For each body the probability of each family.
    of_family: Vec<(usize, Option<usize>, Rounded)>,
    answers: Vec<AnswerData>,
    groups: Vec<GroupData>,
}

/// What is looked up while the data are collected.
struct Collecting<'r> {
    report: &'r Report,
    people: People<'r>,
    genotypes: Option<&'r Genotypes>,
    /// Families by id.
    families: HashMap<&'r str, usize>,
    /// The family of each missing person.
    of_missing: HashMap<&'r str, usize>,
}

/// Collects what the page of an identification embeds.
pub fn identify_data<'r>(report: &'r Report, messages: &Messages) -> IdentifyData<'r> {
    let genotypes = report.genotypes.as_ref().ok();
    let mut collecting = Collecting {
        report,
        people: People::default(),
        genotypes,
        families: HashMap::new(),
        of_missing: HashMap::new(),
    };
    let bodies = report.subjects();
    let numbers: Vec<usize> = bodies.iter().map(|id| collecting.people.number(id, "", "body", genotypes)).collect();
    let families = collecting.families();
    let pairs = collecting.pairs();
    let statuses = collecting.statuses();
    let subjects = numbers.into_iter().map(|number| (number, [statuses.get(&number).copied().unwrap_or(UNKNOWN)]));
    IdentifyData {
        kind: "identify",
        texts: Texts::of(messages),
        loci: genotypes.map_or(&[], |genotypes| &genotypes.loci),
        places: [place(messages, "identity")],
        subjects: subjects.collect(),
        pairs,
        families,
        of_family: collecting.of_family(),
        answers: collecting.answers(),
        groups: collecting.groups(messages),
        people: collecting.people.listed,
    }
}

const UNKNOWN: StatusData = ("undecidable", None, Rounded::NONE, Rounded::NONE);

impl<'r> Collecting<'r> {
    fn missing(&mut self, id: &'r str) -> usize {
        self.people.number(id, "", "missing", self.genotypes)
    }

    fn families(&mut self) -> Vec<FamilyData<'r>> {
        let mut listed: Vec<FamilyData<'r>> = Vec::new();
        let report = self.report;
        for row in report.table(FAMILIES).rows() {
            let (id, missing) = (row.text("family_id"), row.text("missing_id"));
            let at = *self.families.entry(id).or_insert(listed.len());
            if at == listed.len() {
                listed.push(self.family(row));
            }
            self.of_missing.insert(missing, at);
            let number = self.missing(missing);
            listed[at].1.push(number);
        }
        listed
    }

    fn family(&mut self, row: StoredRow<'r>) -> FamilyData<'r> {
        let id = row.text("family_id");
        let drawings = self.genotypes.map_or(&[][..], |genotypes| &genotypes.families);
        let drawing = drawings.iter().find(|drawing| drawing.id == id && drawing.is_small());
        let drawing = drawing.map(|drawing| {
            let people = drawing.people.iter().map(|person| {
                let part = if person.is_missing { "missing" } else { "relative" };
                let number = self.people.number(&person.id, person.sex, part, self.genotypes);
                (number, person.sex, person.x, person.y, person.is_typed, person.is_missing)
            });
            (drawing.width, drawing.height, people.collect(), &drawing.lines[..])
        });
        let number = |column| row.number(column);
        let contradiction = self.report.table(CONTRADICTIONS).rows().find(|other| other.text("family_id") == id);
        let contradiction = contradiction.map(|row| row.text("explanation").to_owned()).unwrap_or_default();
        let relatives = number("typed_relatives").unwrap_or(0.0) as u64;
        let (exclusion, expected) =
            (Rounded::probability(number("exclusion_probability")), Rounded::log10_lr(number("expected_log10_lr")));
        (printable(id).into_owned(), Vec::new(), relatives, exclusion, expected, contradiction, drawing)
    }

    /// Each body with each missing person that it can be; `*` (nobody) is no person.
    fn pairs(&mut self) -> Vec<PairData> {
        let report = self.report;
        let pairwise: HashMap<(&str, &str), StoredRow<'_>> =
            report.table(PAIRWISE).rows().map(|row| ((row.text("victim_id"), row.text("missing_id")), row)).collect();
        let mut pairs = Vec::new();
        for row in report.table(POSTERIOR).rows().filter(|row| row.text("missing_id") != "*") {
            let (body, missing) = (row.text("victim_id"), row.text("missing_id"));
            let Some(number) = self.people.find(body) else { continue };
            let scored = pairwise.get(&(body, missing));
            let log10_lr = Rounded::log10_lr(scored.and_then(|row| row.number("log10_lr")));
            let loci = scored.and_then(|row| row.number("loci_compared")).map(|loci| loci as u64);
            let probability = Rounded::probability(row.number("probability"));
            let error = Rounded::probability(row.number("standard_error"));
            let family = self.of_missing.get(missing).copied();
            pairs.push((number, self.missing(missing), family, log10_lr, probability, error, loci));
        }
        pairs
    }

    /// In one word who each body is.
    fn statuses(&self) -> HashMap<usize, StatusData> {
        let known = known(self.report).into_iter().filter_map(|known| {
            let likeliest = Rounded::probability(known.best.map(|(_, probability)| probability));
            let person = known.best.filter(|_| known.names()).and_then(|(person, _)| self.people.find(person));
            let status = (known.word, person, likeliest, Rounded::probability(Some(known.nobody)));
            Some((self.people.find(known.body)?, status))
        });
        known.collect()
    }

    fn of_family(&self) -> Vec<(usize, Option<usize>, Rounded)> {
        let rows = self.report.table(FAMILY_POSTERIOR).rows();
        let listed = rows.filter_map(|row| {
            let family = self.families.get(row.text("family_id")).copied();
            Some((self.people.find(row.text("victim_id"))?, family, Rounded::probability(row.number("probability"))))
        });
        listed.collect()
    }

    fn groups(&mut self, messages: &Messages) -> Vec<GroupData> {
        let report = self.report;
        let rows = report.table(GROUPS).rows().map(|row| {
            let samples = row.text("samples").split(';');
            let samples = samples.map(|id| self.people.number(id, "", "body", self.genotypes)).collect();
            let apart = kept_apart(messages, row.text("kept_apart"));
            (
                samples,
                Rounded::log10_lr(row.number("log10_lr")),
                printable(row.text("contradictory_loci")).into_owned(),
                apart,
            )
        });
        rows.collect()
    }

    fn answers(&self) -> Vec<AnswerData> {
        let table = self.report.table(ASSIGNMENTS);
        let answers = table.rows().take(ANSWERS).map(|row| {
            let identities = table.columns.iter().zip(row.cells());
            let named =
                identities.filter_map(|(body, person)| Some((self.people.find(body)?, self.people.find(person)?)));
            let rank = row.number("rank").unwrap_or(0.0) as u64;
            let (posterior, log10_lr) = (row.number("posterior"), row.number("log10_lr"));
            (rank, Rounded::probability(posterior), Rounded::log10_lr(log10_lr), named.collect())
        });
        answers.collect()
    }
}

/// Why samples were kept apart, from what the table says of it.
fn kept_apart(messages: &Messages, reason: &str) -> String {
    let twins = || {
        let (one, rest) = reason.strip_prefix("may be identical twins: ")?.split_once(" and ")?;
        let (other, family) = rest.rsplit_once(" of family ")?;
        Some(messages.tell("apart-twins", &[("one", data(one)), ("other", data(other)), ("family", data(family))]))
    };
    match reason {
        "" => String::new(),
        "asked for" => messages.say("apart-asked-for"),
        "may be close relatives" => messages.say("apart-relatives"),
        other => twins().unwrap_or_else(|| ltr(other)),
    }
}

/// What is known of one body.
struct Known<'r> {
    body: &'r str,
    word: &'static str,
    best: Option<(&'r str, f64)>,
    somebody: f64,
    nobody: f64,
}

impl Known<'_> {
    /// Whether the likeliest person is worth a name.
    fn names(&self) -> bool {
        matches!(self.word, "established" | "probable" | "disputed")
    }
}

/// In one word who each body is, by the limits that `match` has for parents, in the order of the table.
fn known(report: &Report) -> Vec<Known<'_>> {
    let limits = limits(report);
    let mut bodies: Vec<Known<'_>> = Vec::new();
    let further = report.further_samples();
    for row in report.table(POSTERIOR).rows().filter(|row| !further.contains(row.text("victim_id"))) {
        let (body, person) = (row.text("victim_id"), row.text("missing_id"));
        let probability = row.number("probability").unwrap_or(0.0);
        if bodies.last().is_none_or(|known| known.body != body) {
            bodies.push(Known { body, word: "undecidable", best: None, somebody: 0.0, nobody: 0.0 });
        }
        let Some(known) = bodies.last_mut() else { continue };
        if person == "*" {
            known.nobody = probability;
            continue;
        }
        known.somebody += probability;
        if known.best.is_none_or(|(_, best)| probability > best) {
            known.best = Some((person, probability));
        }
    }
    for known in &mut bodies {
        let likeliest = known.best.map_or(0.0, |(_, probability)| probability);
        known.word = identity_status(likeliest, known.somebody, known.nobody, &limits);
    }
    bodies
}

/// In one word who a body is: by the probability of the likeliest person, of anybody, and of nobody.
pub fn identity_status(likeliest: f64, somebody: f64, nobody: f64, limits: &StatusSettings) -> &'static str {
    match () {
        () if likeliest >= limits.established => "established",
        () if likeliest >= limits.probable => "probable",
        () if somebody >= limits.probable => "disputed",
        () if nobody >= limits.probable => "none in the lists",
        () => "undecidable",
    }
}

/// In one word who each body is, in the order of the table.
pub fn status_words(report: &Report) -> Vec<&'static str> {
    known(report).into_iter().map(|known| known.word).collect()
}

/// From which probability on an answer is called what: the run's, else the defaults.
pub fn limits(report: &Report) -> StatusSettings {
    serde_json::from_value(report.manifest["settings"]["status"].clone()).unwrap_or_default()
}

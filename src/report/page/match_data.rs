//! What the page of a search embeds: children, their candidates and couples, samples of one person.

use super::embedded::{People, PersonData, Rounded};
use super::genotypes::{Genotypes, PairLoci};
use super::report::Report;
use super::stored_table::StoredRow;
use super::tally::{Tally, place as place_name};
use super::texts::Texts;
use crate::io::result_tables::{COUPLES, DIRECT_MATCHES, MATCHES, STATUS};
use crate::profile::Role;
use crate::report::messages::Messages;
use serde::Serialize;
use std::collections::HashSet;

/// A place of a child: status, person (number), probability of the likeliest person, probability that it is nobody of the lists.
type PlaceData = (String, Option<usize>, Rounded, Rounded);

/// What may speak for something else: posterior of another relative and its kind, best relationship and its log10 LR, log10 LR
/// against the best rival.
type RivalData = (Rounded, String, String, Rounded, Rounded);

/// Locus by locus: log10 LRs joined by blanks, the inconsistent loci with the steps, the known parent.
type LociData = (String, Vec<(usize, Option<f64>)>, Option<usize>);

/// A candidate of a child: child, candidate, rank, log10 LR, posterior, rivals, loci compared, inconsistent loci, flags, loci.
type PairData = (usize, usize, u64, Rounded, Rounded, RivalData, u64, u64, String, Option<LociData>);

/// A couple: child, father, mother, log10 LR, posterior, loci compared, inconsistent loci, flags.
type CoupleData = (usize, usize, usize, Rounded, Rounded, u64, u64, String);

/// What the page embeds.
#[derive(Debug, Serialize)]
pub struct MatchData<'r> {
    kind: &'static str,
    texts: Texts,
    relationship: &'r str,
    loci: &'r [String],
    places: Vec<String>,
    people: Vec<PersonData>,
    subjects: Vec<(usize, Vec<PlaceData>)>,
    pairs: Vec<PairData>,
    couples: Vec<CoupleData>,
    direct: Vec<(usize, usize, Rounded, u64, u64, String)>,
}

/// Collects what the page of a search embeds.
pub fn match_data<'r>(report: &'r Report, messages: &Messages) -> MatchData<'r> {
    let genotypes = report.genotypes.as_ref().ok();
    let mut people = People::default();
    let subjects = report.subjects();
    let numbers: Vec<usize> = subjects.iter().map(|id| people.number(id, "", "child", genotypes)).collect();
    let on_page: HashSet<&str> = subjects.iter().copied().collect();
    let is_on_page = |row: &StoredRow<'_>| on_page.contains(row.text("child_id"));
    let pairs = report.table(MATCHES).rows().filter(is_on_page);
    let pairs: Vec<PairData> = pairs.map(|row| pair(row, &mut people, genotypes)).collect();
    let couples = report.table(COUPLES).rows().filter(is_on_page);
    let couples: Vec<CoupleData> = couples.map(|row| couple(row, &mut people, genotypes)).collect();
    let direct = report.table(DIRECT_MATCHES).rows().map(|row| {
        let mut person = |column| people.number(row.text(column), "", "candidate", genotypes);
        let (first, second) = (person("sample_a"), person("sample_b"));
        let count = |column| row.number(column).unwrap_or(0.0) as u64;
        let log10_lr = Rounded::log10_lr(row.number("log10_lr"));
        (first, second, log10_lr, count("loci_compared"), count("loci_different"), row.text("contradiction").to_owned())
    });
    let direct = direct.collect();
    let statuses = report.table(STATUS);
    let places = if statuses.total > 0 { Tally::PARENTS } else { &[] };
    let mut rows = statuses.rows();
    let of_child = |number| {
        let row = rows.next();
        (
            number,
            row.map(|row| Tally::PARENTS.iter().map(|word| place(row, word, &mut people, genotypes)).collect())
                .unwrap_or_default(),
        )
    };
    let subjects = numbers.into_iter().map(of_child).collect();
    MatchData {
        kind: "match",
        texts: Texts::of(messages),
        relationship: report.relationship(),
        loci: genotypes.map_or(&[], |genotypes| &genotypes.loci),
        places: places.iter().map(|name| place_name(messages, name)).collect(),
        subjects,
        pairs,
        couples,
        direct,
        people: people.listed,
    }
}

fn place<'r>(row: StoredRow<'r>, word: &str, people: &mut People<'r>, genotypes: Option<&Genotypes>) -> PlaceData {
    let id = row.text(&format!("{word}_id"));
    let sex = if word == "father" { "male" } else { "female" };
    let person = (!id.is_empty()).then(|| people.number(id, sex, "candidate", genotypes));
    let probability = |column: &str| Rounded::probability(row.number(&format!("{word}_{column}")));
    (row.text(&format!("{word}_status")).to_owned(), person, probability("posterior"), probability("none"))
}

fn pair<'r>(row: StoredRow<'r>, people: &mut People<'r>, genotypes: Option<&Genotypes>) -> PairData {
    let (child, candidate) = (row.text("child_id"), row.text("candidate_id"));
    let part = if row.text("candidate_role") == Role::Corpse.as_str() { "corpse" } else { "candidate" };
    let numbers = [
        people.number(child, "", "child", genotypes),
        people.number(candidate, row.text("candidate_sex"), part, genotypes),
    ];
    let count = |column| row.number(column).unwrap_or(0.0) as u64;
    let log10_lr = |column| Rounded::log10_lr(row.number(column));
    let rivals = (
        Rounded::probability(row.number("posterior_other")),
        row.text("other_relationship").to_owned(),
        row.text("best_relationship").to_owned(),
        log10_lr("best_relationship_log10_lr"),
        log10_lr("log10_lr_against_best_rival"),
    );
    let at = genotypes.and_then(|genotypes| genotypes.pairs.get(&(child.to_owned(), candidate.to_owned())));
    let posterior = Rounded::probability(row.number("posterior"));
    let [compared, inconsistent] = ["loci_compared", "loci_inconsistent"].map(count);
    let flags = row.text("flags").to_owned();
    let loci = at.map(|loci| loci_data(loci, people));
    (
        numbers[0],
        numbers[1],
        count("rank"),
        log10_lr("log10_lr"),
        posterior,
        rivals,
        compared,
        inconsistent,
        flags,
        loci,
    )
}

fn loci_data(loci: &PairLoci, people: &People<'_>) -> LociData {
    let log10_lr: Vec<String> = loci.log10_lr.iter().map(|number| format!("{:.2}", number + 0.0)).collect();
    let known = loci.known_parent.as_deref().and_then(|known| people.find(known));
    (log10_lr.join(" "), loci.inconsistent.clone(), known)
}

fn couple<'r>(row: StoredRow<'r>, people: &mut People<'r>, genotypes: Option<&Genotypes>) -> CoupleData {
    let mut person = |column, sex, part| people.number(row.text(column), sex, part, genotypes);
    let child = person("child_id", "", "child");
    let (father, mother) = (person("father_id", "male", "candidate"), person("mother_id", "female", "candidate"));
    let count = |column| row.number(column).unwrap_or(0.0) as u64;
    let (log10_lr, posterior) =
        (Rounded::log10_lr(row.number("log10_lr")), Rounded::probability(row.number("posterior")));
    let flags = row.text("flags").to_owned();
    (child, father, mother, log10_lr, posterior, count("loci_compared"), count("loci_inconsistent"), flags)
}

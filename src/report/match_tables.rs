//! The tables of `filia match`.

use super::family_tables::MissingName;
use super::probability_in_words;
use super::table::{Columns, Digits, Table};
use crate::inference::verbal;
use crate::io::result_tables::{COUPLES, DIRECT_MATCHES, MATCHES, STATUS};
use crate::matching::one_person::{DirectMatch, DirectMatches};
use crate::matching::{Candidacy, Case, ChildStatus, Couple, Flag, Named, OtherRelative, PlaceStatus, Status};
use crate::profile::SampleIndex;
use std::borrow::Cow;

/// As results are shown.
const SHOWN: Digits = Digits::Significant;

/// The table `matches`: the ranked candidates of each child; where several frequency tables were given with the columns
/// `log10_lr_<table>` and `posterior_<table>` for each; and with what the settings ask for beyond that.
pub fn matches_table<'a>(case: &'a Case<'a>, candidacies: &'a [Candidacy]) -> Table<'a> {
    let panel = case.panel;
    let loci = |row: &&Candidacy| {
        let loci = row.assessment.inconsistent.iter().map(|&locus| panel.loci()[locus].as_str());
        loci.collect::<Vec<_>>().join(";")
    };
    let columns = Columns::<&Candidacy>::new()
        .text("child_id", |row| panel.full_id(row.child))
        .integer("rank", |row| row.rank as i64)
        .text("candidate_id", |row| panel.full_id(row.candidate))
        .text("candidate_role", |row| role(case, row.candidate))
        .text("candidate_sex", |row| panel.sex(row.candidate).as_str())
        .text("relationship", |_| case.settings.search.relationship.name())
        .real("log10_lr", SHOWN, |row| row.log10_lr)
        .real("posterior", SHOWN, |row| row.posterior)
        .integer("loci_compared", |row| row.assessment.loci_compared as i64)
        .integer("loci_inconsistent", |row| row.assessment.inconsistent.len() as i64)
        .text("inconsistent_loci", loci)
        .text("best_relationship", |row| row.assessment.best.name())
        .real("best_relationship_log10_lr", SHOWN, |row| row.assessment.best_log10_lr)
        .text("verbal", |row| verbal(row.log10_lr))
        .text("flags", |row| joined(&row.assessment.flags))
        .real("posterior_other", SHOWN, |row| row.other.probability)
        .optional_text("other_relationship", |row| kind(row.other))
        .real("log10_lr_against_best_rival", SHOWN, |row| row.assessment.over_best_rival)
        .real("posterior_at_most", SHOWN, |row| row.posterior_at_most)
        .real("posterior_case", SHOWN, |row| row.posterior_case)
        .real("posterior_case_error", SHOWN, |row| row.posterior_case_error);
    let columns = of_each_table(case, columns, "log10_lr", |row| &row.by_population);
    let mut columns = of_each_table(case, columns, "posterior", |row| &row.posterior_by_population);
    if case.settings.reports_intervals() {
        columns = columns.real("log10_lr_low", SHOWN, |row| row.interval.map(|interval| interval.low)).real(
            "log10_lr_high",
            SHOWN,
            |row| row.interval.map(|interval| interval.high),
        );
    }
    if case.settings.search.expected_false_leads {
        columns = columns.real("expected_false_leads", SHOWN, |row| row.expected_false_leads);
    }
    Table::of_slice(MATCHES, columns, candidacies)
}

/// Where several frequency tables were given, a column for each: what these numbers are under it.
fn of_each_table<'a, R: 'a>(
    case: &'a Case<'a>,
    columns: Columns<'a, &'a R>,
    name: &str,
    numbers: fn(&R) -> &[f64],
) -> Columns<'a, &'a R> {
    let populations = &case.models.populations;
    let several = populations.iter().enumerate().filter(|_| populations.len() > 1);
    several.fold(columns, |columns, (at, population)| {
        columns.real(format!("{name}_{}", population.name), SHOWN, move |row| numbers(row)[at])
    })
}

/// The likeliest kind of another relative.
fn kind(other: OtherRelative) -> Option<String> {
    other.kind.map(|kind| kind.to_string())
}

fn joined(flags: &[Flag]) -> String {
    flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// The sample's role; `candidate` where its file does not say.
fn role(case: &Case<'_>, sample: SampleIndex) -> &'static str {
    case.panel.role(sample).map_or("candidate", |role| role.as_str())
}

/// The table `couples`: a father and a mother at once, ranked.
pub fn couples_table<'a>(case: &'a Case<'a>, couples: &'a [Couple]) -> Table<'a> {
    let panel = case.panel;
    let columns = Columns::<&Couple>::new()
        .text("child_id", |row| panel.full_id(row.child))
        .integer("rank", |row| row.rank as i64)
        .text("father_id", |row| panel.full_id(row.father))
        .text("mother_id", |row| panel.full_id(row.mother))
        .real("log10_lr", SHOWN, |row| row.log10_lr)
        .real("log10_lr_father", SHOWN, |row| row.log10_lr_father)
        .real("log10_lr_mother", SHOWN, |row| row.log10_lr_mother)
        .real("posterior", SHOWN, |row| row.posterior)
        .integer("loci_compared", |row| row.loci_compared as i64)
        .integer("loci_inconsistent", |row| row.loci_inconsistent as i64)
        .real("father_posterior_other", SHOWN, |row| row.other[0].probability)
        .real("mother_posterior_other", SHOWN, |row| row.other[1].probability)
        .text("father_best_relationship", |row| row.best[0].0.name())
        .real("father_best_relationship_log10_lr", SHOWN, |row| row.best[0].1)
        .text("mother_best_relationship", |row| row.best[1].0.name())
        .real("mother_best_relationship_log10_lr", SHOWN, |row| row.best[1].1)
        .text("flags", |row| joined(&row.flags))
        .real("posterior_at_most", SHOWN, |row| row.posterior_at_most);
    let columns = of_each_table(case, columns, "log10_lr", |row| &row.by_population);
    let columns = of_each_table(case, columns, "posterior", |row| &row.posterior_by_population);
    Table::of_slice(COUPLES, columns, couples)
}

/// The table `status`: for each child in one word what is known of its father and of its mother.
pub fn status_table<'a>(case: &'a Case<'a>, missing: &'a [MissingName], children: &'a [ChildStatus]) -> Table<'a> {
    let id = |person: Option<Named>| person.map(|person| named(case, missing, person));
    let best = |place: &PlaceStatus| place.persons.first().map(|&(_, posterior)| posterior);
    let reasons = |child: &ChildStatus| {
        let [father, mother] = &child.places;
        [("father", father), ("mother", mother)].map(|(word, place)| reason(case, missing, word, place)).join("; ")
    };
    let columns = Columns::<&ChildStatus>::new()
        .text("child_id", |row| case.panel.full_id(row.child))
        .text("father_status", |row| row.places[0].status.to_string())
        .optional_text("father_id", move |row| id(row.places[0].person))
        .text("mother_status", |row| row.places[1].status.to_string())
        .optional_text("mother_id", move |row| id(row.places[1].person))
        .text("reason", move |row| reasons(row))
        .real("father_posterior", SHOWN, move |row| best(&row.places[0]))
        .real("father_none", SHOWN, |row| row.places[0].none)
        .real("mother_posterior", SHOWN, move |row| best(&row.places[1]))
        .real("mother_none", SHOWN, |row| row.places[1].none);
    Table::of_slice(STATUS, columns, children)
}

/// A person of the lists by the sample's id, a missing one by family and id.
fn named<'a>(case: &'a Case<'_>, missing: &[MissingName], person: Named) -> Cow<'a, str> {
    match person {
        Named::Sample(sample) => case.panel.full_id(sample),
        Named::Missing(person) => Cow::Owned(missing[person as usize].to_string()),
    }
}

/// A status in a few words: who is likeliest, and how likely nobody is.
fn reason(case: &Case<'_>, missing: &[MissingName], word: &str, place: &PlaceStatus) -> String {
    match place.status {
        Status::Stated => return format!("{word}: named by the child's row"),
        Status::NotAsked => return format!("{word}: nobody was compared"),
        _ => {}
    }
    let of_person = |&(person, posterior): &(Named, f64)| {
        format!("{} {}", named(case, missing, person), probability_in_words(posterior))
    };
    let none = place.none.map(|none| format!("nobody of the lists {}", probability_in_words(none)));
    let all: Vec<_> = place.persons.iter().map(of_person).chain(none).collect();
    format!("{word}: {}", all.join(", "))
}

/// The table `direct_matches`: the pairs of samples that are one person.
pub fn direct_matches_table<'a>(case: &'a Case<'a>, direct: &'a DirectMatches) -> Table<'a> {
    let panel = case.panel;
    let columns = Columns::<&DirectMatch>::new()
        .text("sample_a", |row| panel.full_id(row.first))
        .text("sample_b", |row| panel.full_id(row.second))
        .real("log10_lr", SHOWN, |row| row.log10_lr)
        .integer("loci_compared", |row| row.loci_compared as i64)
        .integer("loci_different", |row| row.loci_different as i64)
        .text("contradiction", |row| row.contradiction.columns());
    Table::of_slice(DIRECT_MATCHES, columns, &direct.pairs)
}

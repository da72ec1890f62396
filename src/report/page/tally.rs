//! How many children have an established, a probable, a disputed, no parent; how many bodies an identity.

use super::identify_data::status_words;
use super::report::Report;
use crate::io::result_tables::{MATCHES, STATUS};
use crate::settings::StatusSettings;
use std::collections::BTreeSet;

/// The words, by which of two counts: a child counts once, and has no parent in the lists only where neither is.
const WORDS: [&str; 7] =
    ["established", "probable", "disputed", "stated", "undecidable", "none in the lists", "not asked"];

/// How many have what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Word and number of children or bodies, by the surer of the places; words that nobody has are left out.
    pub surest: Vec<(&'static str, usize)>,
    /// Word, and how many have it at each place.
    pub by_place: Vec<(&'static str, Vec<usize>)>,
    /// The places: father and mother, or the identity; none where the run gave no status.
    pub places: Vec<&'static str>,
    /// Children with a candidate that is reported, of a run without statuses.
    pub with_candidate: Option<(usize, u64)>,
}

/// Counts the statuses of a run.
pub fn tally(report: &Report) -> Tally {
    if report.is_identify {
        let statuses: Vec<Vec<&str>> = status_words(report).into_iter().map(|word| vec![word]).collect();
        return Tally::of(vec!["Identity"], &statuses);
    }
    let table = report.table(STATUS);
    if table.total == 0 {
        let with: BTreeSet<&str> = report.table(MATCHES).rows().map(|row| row.text("child_id")).collect();
        return Tally { with_candidate: Some((with.len(), report.count("children"))), ..Tally::of(Vec::new(), &[]) };
    }
    let statuses: Vec<Vec<&str>> =
        table.rows().map(|row| vec![row.text("father_status"), row.text("mother_status")]).collect();
    Tally::of(vec!["Father", "Mother"], &statuses)
}

impl Tally {
    /// Counts these statuses: for each child or body one at each place.
    pub fn of(places: Vec<&'static str>, statuses: &[Vec<&str>]) -> Self {
        let rank = |status: &str| WORDS.iter().position(|word| *word == status);
        let mut surest = [0; WORDS.len()];
        let mut by_place = vec![vec![0; places.len()]; WORDS.len()];
        for of_one in statuses {
            let ranks = of_one.iter().map(|status| rank(status));
            ranks.clone().flatten().min().into_iter().for_each(|rank| surest[rank] += 1);
            ranks.enumerate().for_each(|(place, rank)| rank.into_iter().for_each(|rank| by_place[rank][place] += 1));
        }
        let surest = WORDS.into_iter().zip(surest).filter(|(_, count)| *count > 0).collect();
        let by_place = WORDS.into_iter().zip(by_place).filter(|(_, counts)| counts.iter().any(|&count| count > 0));
        Self { surest, by_place: by_place.collect(), places, with_candidate: None }
    }
}

/// What a word means, in a few words.
pub fn verdict(word: &str, limits: &StatusSettings) -> String {
    let StatusSettings { established, probable } = limits;
    match word {
        "established" => format!("one person at {established} or more"),
        "probable" => format!("one person at {probable} or more"),
        "disputed" => format!("somebody at {probable} or more, but who is open"),
        "none in the lists" => format!("nobody of the lists at {probable} or more"),
        "undecidable" => "the DNA at hand does not say".to_owned(),
        "stated" => "named by the child's row".to_owned(),
        "not asked" => "nobody was compared".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_counts_once_by_the_surer_of_its_parents() {
        let statuses = [["probable", "established"], ["undecidable", "disputed"], ["none in the lists", "undecidable"]];
        let statuses: Vec<Vec<&str>> = statuses.iter().map(|words| words.to_vec()).collect();
        let tally = Tally::of(vec!["Father", "Mother"], &statuses);
        assert_eq!(tally.surest, [("established", 1), ("disputed", 1), ("undecidable", 1)]);
        assert_eq!(tally.by_place[3..], [("undecidable", vec![1, 1]), ("none in the lists", vec![1, 0])]);
    }
}

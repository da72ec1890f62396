//! How many children have an established, a probable, a disputed, no parent; how many bodies an identity.

use super::stored_table::StoredRow;
use crate::report::messages::Messages;
use crate::report::words::data;
use crate::settings::StatusSettings;

/// The words, by which of two counts: a child counts once, and has no parent in the lists only where neither is.
pub(super) const WORDS: [&str; 7] =
    ["established", "probable", "disputed", "stated", "undecidable", "none in the lists", "not asked"];

/// How many have what.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// The places: father and mother, or the identity; none where the run gave no status.
    pub places: &'static [&'static str],
    /// Children with a candidate that is reported, of a run without statuses.
    pub with_candidate: Option<(usize, u64)>,
    /// By word: how many have it by the surer of their places.
    surest: [usize; WORDS.len()],
    /// By word: how many have it at each place.
    by_place: [Vec<usize>; WORDS.len()],
}

impl Tally {
    /// The places of a child.
    pub const PARENTS: &[&str] = &["father", "mother"];

    /// The place of a body.
    pub const IDENTITY: &[&str] = &["identity"];

    /// Nothing counted yet.
    pub fn new(places: &'static [&'static str]) -> Self {
        Self { places, by_place: std::array::from_fn(|_| vec![0; places.len()]), ..Self::default() }
    }

    /// No status: so many of all the children have a candidate that is reported.
    pub fn of_candidates(with: usize, children: u64) -> Self {
        Self { with_candidate: Some((with, children)), ..Self::default() }
    }

    /// Counts a child or body: its status at each place.
    pub fn add<S: AsRef<str>>(&mut self, statuses: &[S]) {
        let rank = |status: &S| WORDS.iter().position(|word| *word == status.as_ref());
        let ranks = statuses.iter().map(rank);
        ranks.clone().flatten().min().into_iter().for_each(|rank| self.surest[rank] += 1);
        for (place, rank) in ranks.enumerate() {
            rank.into_iter().for_each(|rank| self.by_place[rank][place] += 1);
        }
    }

    /// Counts a row of the table of statuses.
    pub(super) fn add_row(&mut self, row: StoredRow<'_>) {
        if self.places.is_empty() {
            *self = Self::new(Self::PARENTS);
        }
        self.add(&[row.text("father_status"), row.text("mother_status")]);
    }

    /// Word and number of children or bodies, by the surer of the places; words that nobody has are left out.
    pub fn surest(&self) -> Vec<(&'static str, usize)> {
        WORDS.into_iter().zip(self.surest).filter(|(_, count)| *count > 0).collect()
    }

    /// Word, and how many have it at each place; words that nobody has are left out.
    pub fn by_place(&self) -> Vec<(&'static str, &[usize])> {
        let counts = WORDS.into_iter().zip(self.by_place.iter().map(Vec::as_slice));
        counts.filter(|(_, counts)| counts.iter().any(|&count| count > 0)).collect()
    }
}

/// What a place is called.
pub fn place(messages: &Messages, name: &str) -> String {
    messages.say(match name {
        "father" => "place-father",
        "mother" => "place-mother",
        _ => "place-identity",
    })
}

/// What a word means, in a few words.
pub fn verdict(messages: &Messages, word: &str, limits: &StatusSettings) -> String {
    let StatusSettings { established, probable } = limits;
    let from = |key, limit: &f64| messages.tell(key, &[("limit", data(limit))]);
    match word {
        "established" => from("verdict-established", established),
        "probable" => from("verdict-probable", probable),
        "disputed" => from("verdict-disputed", probable),
        "none in the lists" => from("verdict-none", probable),
        "undecidable" => messages.say("verdict-undecidable"),
        "stated" => messages.say("verdict-stated"),
        "not asked" => messages.say("verdict-not-asked"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_counts_once_by_the_surer_of_its_parents() {
        let statuses = [["probable", "established"], ["undecidable", "disputed"], ["none in the lists", "undecidable"]];
        let mut tally = Tally::new(Tally::PARENTS);
        statuses.iter().for_each(|of_one| tally.add(of_one));
        assert_eq!(tally.surest(), [("established", 1), ("disputed", 1), ("undecidable", 1)]);
        assert_eq!(tally.by_place()[3..], [("undecidable", &[1, 1][..]), ("none in the lists", &[1, 0])]);
    }
}

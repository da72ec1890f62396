//! The posteriors of a child by brute force: every hypothesis about its father and its mother, each weighed on its own with
//! likelihoods of pedigrees that are written down by hand.

use super::match_cases::RandomCase;
use super::match_oracle::{Known, Oracle, Person, by_table_as};
use filia::profile::Sex;
use std::collections::HashMap;

/// What is supposed before the DNA.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    pub in_list: f64,
    pub male: f64,
    /// Expected full siblings, relatives of the second degree, first cousins.
    pub relatives: [f64; 3],
}

/// The defaults of the settings.
pub const DEFAULT: Prior = Prior { in_list: 0.5, male: 0.5, relatives: [0.1, 0.3, 0.5] };

pub const KINDS: [&str; 3] = ["full-sibling", "half-sibling", "first-cousin"];

impl Prior {
    /// As a section of the settings file.
    pub fn toml(&self) -> String {
        let [full_sibling, second_degree, first_cousin] = self.relatives;
        format!(
            "[prior]\nin_list = {}\nmale = {}\n[prior.relatives]\nfull_sibling = {full_sibling}\n\
             second_degree = {second_degree}\nfirst_cousin = {first_cousin}\n",
            self.in_list, self.male
        )
    }
}

/// The answer about one child, everything by frequency table.
#[derive(Debug, Default)]
pub struct Answer {
    pub parent: HashMap<String, Vec<f64>>,
    pub other: HashMap<String, Vec<f64>>,
    pub kind: HashMap<String, Vec<&'static str>>,
    pub couples: HashMap<(String, String), Vec<f64>>,
}

/// A place that is asked about: the parent that is known beside it, and whether it is the father's.
type Place<'a> = (Known<'a>, bool);

/// Every posterior of a child among the candidates of its case.
pub fn answer(case: &RandomCase, oracle: &Oracle<'_>, child: &Person, prior: Prior) -> Answer {
    let known = |id: &Option<String>| id.as_ref().map(|id| case.person(id));
    let questions: Vec<Vec<Place<'_>>> = match (known(&child.mother), known(&child.father)) {
        (None, None) => vec![vec![(Known::Nobody, true), (Known::Nobody, false)]],
        (Some(mother), None) => vec![vec![(Known::Mother(mother), true)]],
        (None, Some(father)) => vec![vec![(Known::Father(father), false)]],
        (Some(mother), Some(father)) => vec![vec![(Known::Mother(mother), true)], vec![(Known::Father(father), false)]],
    };
    let mut answer = Answer::default();
    for table in 0..oracle.statistics.tables.len() {
        for (number, places) in questions.iter().enumerate() {
            let question = Question { case, oracle, child, prior, table, places, is_second: number > 0 };
            question.answer(&mut answer);
        }
    }
    answer
}

/// What a child's own hypotheses say of a candidate before any LR as a parent.
pub struct Seat {
    /// By place (father, mother), the probability that it is of the sex asked for; 0 where it is not asked about.
    pub shares: [f64; 2],
    /// R.
    pub ratio: f64,
}

/// By candidate of the case, for one child under one table; the known parent itself has no place.
pub fn seats(case: &RandomCase, oracle: &Oracle<'_>, child: &Person, prior: Prior, table: usize) -> Vec<Seat> {
    let known = |id: &Option<String>| id.as_ref().map(|id| case.person(id));
    let places: Vec<Place<'_>> = match (known(&child.mother), known(&child.father)) {
        (None, None) => vec![(Known::Nobody, true), (Known::Nobody, false)],
        (Some(mother), _) => vec![(Known::Mother(mother), true)],
        (None, Some(father)) => vec![(Known::Father(father), false)],
    };
    let question = Question { case, oracle, child, prior, table, places: &places, is_second: false };
    let candidates = question.candidates();
    let seat = |person: &Person| {
        let mut seat = Seat { shares: [0.0; 2], ratio: 1.0 };
        if let Some(candidate) = candidates.iter().find(|candidate| candidate.person.id == person.id) {
            seat.ratio = candidate.ratio;
            for ((_, is_father), (share, _)) in places.iter().zip(&candidate.as_parent) {
                seat.shares[usize::from(!is_father)] = *share;
            }
        }
        seat
    };
    case.candidates.iter().map(seat).collect()
}

struct Question<'a> {
    case: &'a RandomCase,
    oracle: &'a Oracle<'a>,
    child: &'a Person,
    prior: Prior,
    table: usize,
    places: &'a [Place<'a>],
    is_second: bool,
}

/// A candidate beside the other hypotheses about it.
struct Candidate<'a> {
    person: &'a Person,
    /// By kind, ρ LR.
    relatives: [f64; 3],
    /// R.
    ratio: f64,
    /// By place, the probability that it is of the sex asked for, and LR.
    as_parent: Vec<(f64, f64)>,
}

impl Question<'_> {
    fn lr(&self, relationship: &str, other: &Person, sex: Sex, known: Known<'_>) -> f64 {
        10_f64.powf(by_table_as(self.oracle, relationship, self.child, other, sex, known)[self.table])
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        let known = self.places[0].0;
        let compared =
            self.case.candidates.iter().filter(|other| known.person().is_none_or(|known| known.id != other.id));
        let number = compared.clone().count() as f64;
        let most = number.max(self.prior.relatives.iter().sum::<f64>() / 0.9);
        let candidate = |person| {
            let relative = |at: usize| self.prior.relatives[at] / most * self.lr(KINDS[at], person, person.sex, known);
            let relatives = [0, 1, 2].map(relative);
            let stranger = 1.0 - self.prior.relatives.iter().sum::<f64>() / most;
            let as_parent = |&(known, is_father): &(Known<'_>, bool)| {
                let (sex, if_unknown) =
                    if is_father { (Sex::Male, self.prior.male) } else { (Sex::Female, 1.0 - self.prior.male) };
                // somebody of unknown sex beside two known parents is asked about as father only
                let share = match person.sex {
                    Sex::Unknown if self.is_second => 0.0,
                    Sex::Unknown => if_unknown,
                    of_person => f64::from(u8::from(of_person == sex)),
                };
                (share, if share == 0.0 { 0.0 } else { self.lr("parent", person, sex, known) })
            };
            Candidate {
                person,
                relatives,
                ratio: stranger + relatives.iter().sum::<f64>(),
                as_parent: self.places.iter().map(as_parent).collect(),
            }
        };
        compared.map(candidate).collect()
    }

    fn answer(&self, answer: &mut Answer) {
        let candidates = self.candidates();
        let size = |place: usize| candidates.iter().map(|one| one.as_parent[place].0).sum::<f64>();
        let sizes: Vec<f64> = (0..self.places.len()).map(size).collect();
        let in_list = |place: usize| if sizes[place] > 0.0 { self.prior.in_list } else { 0.0 };
        // (parents by position, weight)
        let mut hypotheses: Vec<(Vec<usize>, f64)> =
            vec![(Vec::new(), (0..sizes.len()).map(|place| 1.0 - in_list(place)).product())];
        for (at, one) in candidates.iter().enumerate() {
            for (place, &(share, lr)) in one.as_parent.iter().enumerate().filter(|(_, (share, _))| *share > 0.0) {
                let other_place: f64 =
                    (0..sizes.len()).filter(|&other| other != place).map(|other| 1.0 - in_list(other)).product();
                hypotheses.push((vec![at], in_list(place) * share / sizes[place] * other_place * lr / one.ratio));
            }
        }
        let mut of_couples = Vec::new();
        if self.places.len() == 2 {
            for (f, father) in candidates.iter().enumerate().filter(|(_, one)| one.as_parent[0].0 > 0.0) {
                for (m, mother) in candidates.iter().enumerate().filter(|(_, one)| one.as_parent[1].0 > 0.0) {
                    if f == m {
                        continue;
                    }
                    let lr =
                        10_f64.powf(self.oracle.couple_by_table(self.child, father.person, mother.person)[self.table]);
                    let prior =
                        in_list(0) * father.as_parent[0].0 / sizes[0] * in_list(1) * mother.as_parent[1].0 / sizes[1];
                    hypotheses.push((vec![f, m], prior * lr / (father.ratio * mother.ratio)));
                    of_couples.push((father, mother, hypotheses.len() - 1));
                }
            }
        }
        let total: f64 = hypotheses.iter().map(|(_, weight)| weight).sum();
        for (at, one) in
            candidates.iter().enumerate().filter(|(_, one)| one.as_parent.iter().any(|(share, _)| *share > 0.0))
        {
            let with = hypotheses.iter().filter(|(parents, _)| parents.contains(&at));
            let parent = with.map(|(_, weight)| weight).sum::<f64>() / total;
            let id = one.person.id.clone();
            answer.parent.entry(id.clone()).or_default().push(parent);
            let other = (1.0 - parent) * one.relatives.iter().sum::<f64>() / one.ratio;
            answer.other.entry(id.clone()).or_default().push(other);
            let likeliest = (0..3).max_by(|&left, &right| one.relatives[left].total_cmp(&one.relatives[right]));
            let kind = likeliest.filter(|&kind| one.relatives[kind] > 0.0).map_or("", |kind| KINDS[kind]);
            answer.kind.entry(id).or_default().push(kind);
        }
        for (father, mother, at) in of_couples {
            let key = (father.person.id.clone(), mother.person.id.clone());
            answer.couples.entry(key).or_default().push(hypotheses[at].1 / total);
        }
    }
}

/// The lowest over the tables.
pub fn lowest(by_table: &[f64]) -> f64 {
    by_table.iter().copied().fold(f64::INFINITY, f64::min)
}

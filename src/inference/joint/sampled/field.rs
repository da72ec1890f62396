//! What all chains share: the links, who contends with whom, and the ratios known so far.

use super::{Links, Ratios};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// A link below this weight, with the company that its family has, is not looked at: its probability is less than that.
const LEAST_WEIGHT: f64 = 1e-15;

/// A body contends for a person whom it has with at least this pairwise posterior.
const CONTENDS: f64 = 1e-3;

/// A body depends on the other contenders with at least this pairwise posterior, if it is this share of its greatest,
const DEPENDS: f64 = 0.02;
/// as said,
const OF_GREATEST: f64 = 0.25;
/// or with at least this one once one of them is placed.
const DEPENDS_ONCE_PLACED: f64 = 0.2;

/// Ways to place the contenders of one family, at most.
const MOST_WAYS: usize = 300;

/// Bodies whose company is looked for in a family with several missing persons.
const LEADERS: usize = 4;

/// Ratios that are remembered: some hundred MiB.
const MOST_KNOWN: usize = 1 << 15;

type Known = HashMap<(u32, Vec<(u32, u32)>), Arc<Row>>;

/// What bodies weigh as one person, given who of the family is placed.
pub(super) struct Row {
    /// ln of the weight, by body.
    pub ln: Vec<f64>,
    /// Of those that alone are next to impossible, the bodies that are not in this company, each with its link.
    pub raised: Vec<(u32, u32)>,
}

pub(super) struct Field<'a, R> {
    pub links: &'a Links,
    ratios: &'a R,
    /// The persons of each family that misses anybody.
    pub families: Vec<Range<usize>>,
    /// By person: its family's position in `families`.
    pub family_of: Vec<usize>,
    /// By body, where its links begin, and where the last end.
    pub first: Vec<usize>,
    /// By link: the person; ascending for each body.
    pub persons: Vec<u32>,
    /// By link: the weight, divided by e^shift of its body.
    pub weights: Vec<f64>,
    /// By body: the families with several links of it, ascending, and these links.
    pub runs: Vec<Vec<(u32, Range<usize>)>>,
    /// By body: the links that are looked at whoever is placed.
    pub steady: Vec<Vec<u32>>,
    /// By body: ln of its greatest weight, at least 0.
    pub shifts: Vec<f64>,
    /// By family: the bodies that contend for it, ascending; none where fewer than two do.
    pub contenders: Vec<Vec<u32>>,
    /// Pairs of bodies that contend for one family.
    pub rivals: Vec<(u32, u32)>,
    /// By link: whether its probability is that of the family's draw, not that of the body's own.
    pub of_family: Vec<bool>,
    /// By body: the family whose draw says how probable it is that it is nobody, if any does.
    pub nobody_of: Vec<Option<usize>>,
    /// By body: the pair whose draw says what its probabilities are, if it may be one person with another body.
    pub pair_of: Vec<Option<usize>>,
    /// Pairs of pairs that have a body in common.
    pub meeting_pairs: Vec<[usize; 2]>,
    /// Bound on the posterior probability of what was left out.
    pub lost: f64,
    /// How many links that is.
    pub left_out: usize,
    known: Mutex<Known>,
}

impl<'a, R: Ratios> Field<'a, R> {
    pub fn new(links: &'a Links, ratios: &'a R) -> Result<Self, R::Error> {
        let mut field = Self {
            links,
            ratios,
            families: Vec::new(),
            family_of: Vec::new(),
            first: vec![0],
            persons: Vec::new(),
            weights: Vec::new(),
            runs: Vec::new(),
            steady: Vec::new(),
            shifts: Vec::new(),
            contenders: Vec::new(),
            rivals: Vec::new(),
            of_family: Vec::new(),
            nobody_of: vec![None; links.bodies],
            pair_of: vec![None; links.bodies],
            meeting_pairs: Vec::new(),
            lost: 0.0,
            left_out: 0,
            known: Mutex::default(),
        };
        for (person, &family) in links.families.iter().enumerate() {
            match field.families.last_mut() {
                Some(last) if links.families[last.start] == family => last.end = person + 1,
                _ => field.families.push(person..person + 1),
            }
            field.family_of.push(field.families.len() - 1);
        }
        for (number, pair) in links.pairs.iter().enumerate() {
            for body in pair.parts.into_iter().chain([links.joined(number)]) {
                field.pair_of[body as usize].get_or_insert(number);
            }
            let others = links.pairs[..number].iter().enumerate().filter(|(_, other)| !pair.is_apart_from(other));
            field.meeting_pairs.extend(others.map(|(other, _)| [other, number]));
        }
        (0..links.bodies).for_each(|body| field.link(body));
        field.find_contenders()?;
        Ok(field)
    }

    pub fn link_count(&self) -> usize {
        self.persons.len()
    }

    /// Links that a sweep looks at, at least.
    pub fn steady_count(&self) -> usize {
        self.steady.iter().map(Vec::len).sum()
    }

    /// The link of a body to a person.
    pub fn link_of(&self, body: u32, person: u32) -> Option<usize> {
        let links = self.links_of(body);
        Some(links.start + self.persons[links].binary_search(&person).ok()?)
    }

    /// The links of a body.
    pub fn links_of(&self, body: u32) -> Range<usize> {
        self.first[body as usize]..self.first[body as usize + 1]
    }

    fn link(&mut self, body: usize) {
        let ln_weight = |person: usize| self.links.singles[person][body];
        let shift = (0..self.family_of.len()).map(ln_weight).fold(0.0, f64::max);
        let mut steady = Vec::new();
        let links = self.links;
        let of_body = links.pairs.iter().enumerate().filter(|(_, pair)| pair.parts.contains(&(body as u32)));
        let joined: Vec<u32> = of_body.map(|(pair, _)| links.joined(pair)).collect();
        for person in 0..self.family_of.len() {
            let ln = links.singles[person][body];
            let can_be_joined = joined.iter().any(|&joined| links.singles[person][joined as usize] > f64::NEG_INFINITY);
            let has_company = self.families[self.family_of[person]].len() > 1;
            let is_steady = ln >= LEAST_WEIGHT.ln();
            match is_steady {
                true => steady.push(self.persons.len() as u32),
                false if ln == f64::NEG_INFINITY && !can_be_joined => continue,
                false => self.lost += if has_company { LEAST_WEIGHT } else { ln.exp() },
            }
            if !is_steady && !has_company && !can_be_joined {
                self.left_out += 1;
                continue;
            }
            self.persons.push(person as u32);
            self.weights.push((ln - shift).exp());
        }
        self.steady.push(steady);
        self.runs.push(self.runs_of(self.first[body]..self.persons.len()));
        self.first.push(self.persons.len());
        self.shifts.push(shift);
    }

    fn runs_of(&self, links: Range<usize>) -> Vec<(u32, Range<usize>)> {
        let family = |link: usize| self.links.families[self.persons[link] as usize];
        let links: Vec<usize> = links.collect();
        let runs = links.chunk_by(|&one, &other| family(one) == family(other)).filter(|run| run.len() > 1);
        runs.map(|run| (family(run[0]), run[0]..run[run.len() - 1] + 1)).collect()
    }

    /// ln of the ratio of a body as this person, given who of the family is placed (ascending by person).
    pub fn ln_at(&self, person: u32, body: u32, placed: &[(u32, u32)]) -> Result<f64, R::Error> {
        match placed.is_empty() {
            true => Ok(self.links.singles[person as usize][body as usize]),
            false => Ok(self.row(person, placed)?.ln[body as usize]),
        }
    }

    /// The ratios of all bodies as this person; somebody is placed.
    pub fn row(&self, person: u32, placed: &[(u32, u32)]) -> Result<Arc<Row>, R::Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (person, placed.to_vec());
        if let Some(row) = known().get(&key) {
            return Ok(Arc::clone(row));
        }
        let row = Arc::new(self.raised(person, self.ratios.ln_ratios(person, placed)?));
        let mut known = known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(key, Arc::clone(&row));
        Ok(row)
    }

    fn raised(&self, person: u32, ln: Vec<f64>) -> Row {
        let least = LEAST_WEIGHT.ln();
        let is_raised =
            |body: &u32| ln[*body as usize] >= least && self.links.singles[person as usize][*body as usize] < least;
        let bodies = (0..self.links.bodies as u32).filter(is_raised);
        let raised = bodies.filter_map(|body| Some((body, self.link_of(body, person)? as u32))).collect();
        Row { ln, raised }
    }

    pub fn go_on(&self) -> Result<(), R::Error> {
        self.ratios.go_on()
    }

    /// The pairwise posterior of each link, and by body ln of the sum of its weights and that of nobody.
    fn ln_totals(&self) -> Vec<f64> {
        let total = |body: usize| {
            let weights = &self.weights[self.first[body]..self.first[body + 1]];
            self.shifts[body] + (weights.iter().sum::<f64>() + (-self.shifts[body]).exp()).ln()
        };
        (0..self.links.bodies).map(total).collect()
    }

    fn find_contenders(&mut self) -> Result<(), R::Error> {
        let ln_totals = self.ln_totals();
        let mut shares: Vec<Vec<(f64, u32, u32)>> = vec![Vec::new(); self.families.len()];
        let mut greatest = vec![0.0_f64; self.links.bodies];
        for body in 0..self.links.bodies as u32 {
            for link in self.links_of(body) {
                let share = self.weights[link] * (self.shifts[body as usize] - ln_totals[body as usize]).exp();
                greatest[body as usize] = share.max(greatest[body as usize]);
                if share >= CONTENDS {
                    let person = self.persons[link];
                    shares[self.family_of[person as usize]].push((share, body, person));
                }
            }
        }
        let mut rivals = BTreeSet::new();
        self.of_family = vec![false; self.persons.len()];
        let mut best_share = vec![0.0; self.links.bodies];
        for (family, mut shares) in shares.into_iter().enumerate() {
            shares.sort_by(|left, right| {
                right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)).then(left.2.cmp(&right.2))
            });
            let (contenders, dependent) = self.contenders_of(family, &shares, &ln_totals, &greatest)?;
            for (at, &one) in contenders.iter().enumerate() {
                rivals.extend(contenders[at + 1..].iter().map(|&other| (one, other)));
            }
            for &one in &dependent {
                let share = shares.iter().find(|(_, body, _)| *body == one).map_or(0.0, |(share, ..)| *share);
                if self.nobody_of[one as usize].is_none() || share > best_share[one as usize] {
                    best_share[one as usize] = share;
                    self.nobody_of[one as usize] = Some(family);
                }
                for link in self.links_of(one) {
                    self.of_family[link] |= self.families[family].contains(&(self.persons[link] as usize));
                }
            }
            self.contenders.push(contenders);
        }
        self.rivals = rivals.into_iter().collect();
        Ok(())
    }

    /// Those who have the greatest shares of a family, and those whom these make likely; ascending. And those of them that depend on each
    /// other, if two or more do.
    fn contenders_of(
        &self,
        family: usize,
        shares: &[(f64, u32, u32)],
        ln_totals: &[f64],
        greatest: &[f64],
    ) -> Result<(Vec<u32>, Vec<u32>), R::Error> {
        let people = self.families[family].clone();
        let mut found: Vec<u32> = Vec::new();
        let add = |found: &mut Vec<u32>, body: u32| {
            if !found.contains(&body) && ways(people.len(), found.len() + 1) <= MOST_WAYS {
                found.push(body);
            }
        };
        let depends =
            |&&(share, body, _): &&(f64, u32, u32)| share >= DEPENDS.max(OF_GREATEST * greatest[body as usize]);
        let mut dependent: Vec<u32> = shares.iter().filter(depends).map(|&(_, body, _)| body).collect();
        let mut leaders: Vec<(u32, u32)> = Vec::new();
        for &(_, body, person) in shares {
            if leaders.len() < LEADERS && leaders.iter().all(|&(_, other)| other != body) {
                leaders.push((person, body));
                add(&mut found, body);
            }
        }
        for &leader in leaders.iter().filter(|_| people.len() > 1) {
            for person in people.clone().filter(|&person| person != leader.0 as usize) {
                let row = self.row(person as u32, &[leader])?;
                let ln_share = |body: u32| row.ln[body as usize] - ln_totals[body as usize];
                let bodies = (0..self.links.bodies as u32).filter(|&body| body != leader.1);
                let mut likely: Vec<u32> = bodies.filter(|&body| ln_share(body) >= CONTENDS.ln()).collect();
                likely.sort_by(|&one, &other| ln_share(other).total_cmp(&ln_share(one)).then(one.cmp(&other)));
                likely.truncate(2);
                likely.iter().for_each(|&body| add(&mut found, body));
                dependent.extend(likely.into_iter().filter(|&body| ln_share(body) >= DEPENDS_ONCE_PLACED.ln()));
            }
        }
        shares.iter().for_each(|&(_, body, _)| add(&mut found, body));
        found.sort_unstable();
        dependent.sort_unstable();
        dependent.dedup();
        dependent.retain(|&body| found.binary_search(&body).is_ok() && self.pair_of[body as usize].is_none());
        Ok(match (found.len(), dependent.len()) {
            (0 | 1, _) => (Vec::new(), Vec::new()),
            (_, 0 | 1) => (found, Vec::new()),
            _ => (found, dependent),
        })
    }
}

/// In how many ways bodies can be placed as persons, each at most once.
fn ways(persons: usize, bodies: usize) -> usize {
    let mut term = 1_usize;
    let mut sum = 1_usize;
    for placed in 0..persons.min(bodies) {
        // the number of ways to place one more, over that of placing so many
        term = term.saturating_mul((persons - placed) * (bodies - placed)) / (placed + 1);
        sum = sum.saturating_add(term);
    }
    sum
}

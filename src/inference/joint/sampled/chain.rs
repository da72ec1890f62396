//! One chain: an assignment that moves.

use super::super::Assignment;
use super::super::one_or_two::NOBODY;
use super::Ratios;
use super::field::{Field, Row};
use super::spread::Sums;
use super::ways::{Way, Ways};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::sync::Arc;

mod one_or_two;

/// Rounds of a climb, at most.
const MOST_CLIMBS: usize = 100;

/// Lists of ways that a chain remembers.
const MOST_KNOWN_WAYS: usize = 1 << 13;

/// A family, those of its contenders who are free, and (person, body) of those who are placed beside.
type WaysKey = (usize, Vec<u32>, Vec<(u32, u32)>);

/// How a move chooses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choose {
    /// By chance, in proportion to the weights.
    ByWeight,
    /// The greatest weight.
    Greatest,
}

pub(super) struct Chain<'f, R> {
    field: &'f Field<'f, R>,
    random: ChaCha8Rng,
    /// By body: whether it is not there, as a joined body is in place of its parts, or they in its.
    is_out: Vec<bool>,
    /// By body: the person that it is.
    place: Vec<u32>,
    /// By person: the body that is the person.
    holder: Vec<u32>,
    /// By person: where others of the family are placed and the person is not, the ratios of all bodies given those.
    given: Vec<Option<Arc<Row>>>,
    /// By body: the links that are looked at because of these, beside those that always are.
    raised: Vec<Vec<u32>>,
    /// For the move that is going on: links of one body with their conditional weights.
    weights: Vec<(u32, f64)>,
    /// ln of what these are to be multiplied by.
    ln_scale: f64,
    /// The ways to place the contenders of a family, by family, those who are free, and those who are placed beside.
    ways: HashMap<WaysKey, Arc<Ways>>,
    /// By link.
    pub sums: Vec<Sums>,
    /// By body.
    pub nobody: Vec<Sums>,
    /// By body: of the sum of all its probabilities, each estimated on its own. Only the means of batches.
    pub totals: Vec<Sums>,
    /// By body and family with several links of it ([`Field::runs`]). Only the means of batches.
    pub families: Vec<Vec<Sums>>,
    /// By pair of bodies that may be one person: of the probability that they are.
    pub one_person: Vec<Sums>,
    /// Batches that count.
    pub batches: usize,
}

impl<'f, R: Ratios> Chain<'f, R> {
    pub fn new(field: &'f Field<'f, R>, number: usize) -> Result<Self, R::Error> {
        let mut chain = Self {
            field,
            random: ChaCha8Rng::seed_from_u64(number as u64),
            is_out: (0..field.links.bodies).map(|body| body >= field.links.parts()).collect(),
            place: vec![NOBODY; field.links.bodies],
            holder: vec![NOBODY; field.family_of.len()],
            given: vec![None; field.family_of.len()],
            raised: vec![Vec::new(); field.links.bodies],
            weights: Vec::new(),
            ln_scale: 0.0,
            ways: HashMap::new(),
            sums: vec![Sums::default(); field.link_count()],
            nobody: vec![Sums::default(); field.links.bodies],
            totals: vec![Sums::default(); field.links.bodies],
            families: field.runs.iter().map(|runs| vec![Sums::default(); runs.len()]).collect(),
            one_person: vec![Sums::default(); field.links.pairs.len()],
            batches: 0,
        };
        match number {
            0 => (),
            1 => chain.place_greedily()?,
            _ => {
                chain.join_what_may_be_one();
                chain.place_by_chance()?;
            }
        }
        Ok(chain)
    }

    /// The links of the greatest weights first.
    fn place_greedily(&mut self) -> Result<(), R::Error> {
        let field = self.field;
        let links = (0..field.links.parts() as u32).flat_map(|body| field.links_of(body).map(move |link| (body, link)));
        let ln = |(body, link): (u32, usize)| field.links.singles[field.persons[link] as usize][body as usize];
        let mut likely: Vec<(u32, usize)> = links.filter(|&link| ln(link) > 0.0).collect();
        likely.sort_by(|&one, &other| ln(other).total_cmp(&ln(one)).then(one.cmp(&other)));
        for (body, link) in likely {
            let person = field.persons[link];
            if self.place[body as usize] == NOBODY && self.holder[person as usize] == NOBODY {
                self.put(body, person)?;
            }
        }
        Ok(())
    }

    /// Each body by its pairwise posterior among those whom nobody is yet, in random order.
    fn place_by_chance(&mut self) -> Result<(), R::Error> {
        let mut order: Vec<u32> =
            (0..self.field.links.bodies as u32).filter(|&body| !self.is_out[body as usize]).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, self.random.random_range(0..=at));
        }
        order.into_iter().try_for_each(|body| self.move_body(body, Choose::ByWeight, false).map(drop))
    }

    /// A sweep, and the end of a batch after so many of them.
    pub fn batch(&mut self, sweeps: usize) -> Result<(), R::Error> {
        (0..sweeps).try_for_each(|_| self.sweep(true))?;
        for body in 0..self.field.links.parts() {
            let first = self.field.first[body];
            let links = &mut self.sums[self.field.links_of(body as u32)];
            let total = self.nobody[body].batch + links.iter().map(|sums| sums.batch).sum::<f64>();
            self.totals[body].batch = total;
            for (sums, (_, run)) in self.families[body].iter_mut().zip(&self.field.runs[body]) {
                sums.batch = links[run.start - first..run.end - first].iter().map(|sums| sums.batch).sum();
                sums.end_batch(sweeps, total);
            }
            let parts = links.iter_mut().chain([&mut self.nobody[body], &mut self.totals[body]]);
            parts.for_each(|sums| sums.end_batch(sweeps, total));
        }
        self.one_person.iter_mut().for_each(|sums| sums.end_batch(sweeps, sweeps as f64));
        self.batches += 1;
        Ok(())
    }

    /// Moves everybody once.
    pub fn sweep(&mut self, counts: bool) -> Result<(), R::Error> {
        self.field.go_on()?;
        self.moves(Choose::ByWeight, counts).map(drop)
    }

    /// Goes up to an assignment that no move makes likelier.
    pub fn climb(&mut self) -> Result<(), R::Error> {
        for _ in 0..MOST_CLIMBS {
            if !self.moves(Choose::Greatest, false)? {
                break;
            }
        }
        Ok(())
    }

    /// All moves; whether anything moved.
    fn moves(&mut self, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let field = self.field;
        let mut has_moved = false;
        for body in 0..field.links.bodies as u32 {
            if !self.is_out[body as usize] {
                has_moved |= self.move_body(body, choose, counts)?;
            }
        }
        has_moved |= self.hold_for_one_or_two(choose, counts)?;
        for &(one, other) in &field.rivals {
            if ![one, other].map(|body| self.is_out[body as usize]).contains(&true) {
                has_moved |= self.exchange(one, other, choose)?;
            }
        }
        for family in 0..field.families.len() {
            if !field.contenders[family].is_empty() {
                has_moved |= self.move_family(family, choose, counts)?;
            }
        }
        Ok(has_moved)
    }

    /// Who of a family is placed, but for these bodies; ascending by person.
    fn placed(&self, family: usize, but: &[u32]) -> Vec<(u32, u32)> {
        let people = self.field.families[family].clone();
        let placed = people.map(|person| (person as u32, self.holder[person]));
        placed.filter(|(_, body)| *body != NOBODY && !but.contains(body)).collect()
    }

    /// Gives a body that is nobody this identity.
    fn put(&mut self, body: u32, person: u32) -> Result<(), R::Error> {
        if person == NOBODY {
            return Ok(());
        }
        self.place[body as usize] = person;
        self.holder[person as usize] = body;
        self.refresh(self.field.family_of[person as usize])
    }

    fn take_out(&mut self, body: u32) -> Result<(), R::Error> {
        let person = std::mem::replace(&mut self.place[body as usize], NOBODY);
        if person == NOBODY {
            return Ok(());
        }
        self.holder[person as usize] = NOBODY;
        self.refresh(self.field.family_of[person as usize])
    }

    /// Finds the ratios given who of a family is placed now.
    fn refresh(&mut self, family: usize) -> Result<(), R::Error> {
        let people = self.field.families[family].clone();
        if people.len() == 1 {
            return Ok(());
        }
        let placed = self.placed(family, &[]);
        for person in people {
            let is_open = self.holder[person] == NOBODY && !placed.is_empty();
            let row = is_open.then(|| self.field.row(person as u32, &placed)).transpose()?;
            self.give(person, row);
        }
        Ok(())
    }

    fn give(&mut self, person: usize, row: Option<Arc<Row>>) {
        let before = std::mem::replace(&mut self.given[person], row);
        for &(body, link) in before.iter().flat_map(|row| &row.raised) {
            self.raised[body as usize].retain(|other| *other != link);
        }
        for &(body, link) in self.given[person].iter().flat_map(|row| &row.raised) {
            self.raised[body as usize].push(link);
        }
    }

    /// Gives a body a new identity, given those of all others.
    fn move_body(&mut self, body: u32, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let before = self.place[body as usize];
        self.take_out(body)?;
        let nobody = self.weigh(body);
        let total = nobody + self.weights.iter().map(|(_, weight)| weight).sum::<f64>();
        if counts && self.field.pair_of[body as usize].is_none() {
            for &(link, weight) in &self.weights {
                if !self.field.of_family[link as usize] {
                    self.sums[link as usize].add(weight / total);
                }
            }
            if self.field.nobody_of[body as usize].is_none() {
                self.nobody[body as usize].add(nobody / total);
            }
        }
        let chosen = self.choose(nobody, total, choose);
        let after = if chosen == 0 { NOBODY } else { self.field.persons[self.weights[chosen - 1].0 as usize] };
        self.put(body, after)?;
        Ok(after != before)
    }

    /// Which of the weights, whose sum this is: 0 for nobody, else the link before.
    fn choose(&mut self, nobody: f64, total: f64, choose: Choose) -> usize {
        let all = std::iter::once(nobody).chain(self.weights.iter().map(|(_, weight)| *weight));
        match choose {
            Choose::ByWeight => pick(all, self.random.random::<f64>() * total),
            Choose::Greatest => greatest(all),
        }
    }

    /// The conditional weights of the links of a body that is nobody; that of staying nobody.
    fn weigh(&mut self, body: u32) -> f64 {
        let field = self.field;
        let shift = field.shifts[body as usize];
        let mut more = 0.0_f64;
        self.weights.clear();
        for &link in field.steady[body as usize].iter().chain(&self.raised[body as usize]) {
            let person = field.persons[link as usize] as usize;
            let weight = match (&self.given[person], self.holder[person]) {
                (Some(given), _) => {
                    // those above everything known before are put in their place below
                    let ln = given.ln[body as usize] - shift;
                    more = more.max(ln);
                    ln.min(FAR).exp()
                }
                (None, NOBODY) => field.weights[link as usize],
                _ => 0.0,
            };
            self.weights.push((link, weight));
        }
        self.ln_scale = shift;
        if more <= FAR {
            return (-shift).exp();
        }
        self.ln_scale += more;
        for (link, weight) in &mut self.weights {
            *weight = match &self.given[field.persons[*link as usize] as usize] {
                Some(given) => (given.ln[body as usize] - shift - more).exp(),
                None => *weight * (-more).exp(),
            };
        }
        (-shift - more).exp()
    }

    /// Exchanges the identities of two bodies, or not.
    fn exchange(&mut self, one: u32, other: u32, choose: Choose) -> Result<bool, R::Error> {
        let (first, second) = (self.place[one as usize], self.place[other as usize]);
        if first == second {
            return Ok(false);
        }
        let now = self.ln_pair([(first, one), (second, other)])?;
        let then = self.ln_pair([(first, other), (second, one)])?;
        let is_taken = match choose {
            Choose::ByWeight => self.random.random::<f64>().ln() < then - now,
            Choose::Greatest => then - now > SAME,
        };
        if is_taken {
            self.take_out(one)?;
            self.take_out(other)?;
            self.put(one, second)?;
            self.put(other, first)?;
        }
        Ok(is_taken)
    }

    /// ln of what two bodies count as these persons, with everybody else where they are.
    fn ln_pair(&self, pair: [(u32, u32); 2]) -> Result<f64, R::Error> {
        let bodies = pair.map(|(_, body)| body);
        let mut ln = 0.0;
        for (at, &(person, body)) in pair.iter().enumerate().filter(|(_, (person, _))| *person != NOBODY) {
            let family = self.field.family_of[person as usize];
            let mut placed = self.placed(family, &bodies);
            let before = pair[..at]
                .iter()
                .filter(|(person, _)| *person != NOBODY && self.field.family_of[*person as usize] == family);
            placed.extend(before);
            placed.sort_unstable();
            ln += self.field.ln_at(person, body, &placed)?;
            if ln == f64::NEG_INFINITY {
                break;
            }
        }
        Ok(ln)
    }

    /// Places the contenders of a family anew, those of them that are in no other.
    fn move_family(&mut self, family: usize, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let field = self.field;
        let people = field.families[family].clone();
        let is_here = |place: u32| place == NOBODY || people.contains(&(place as usize));
        let is_free = |body: &u32| !self.is_out[*body as usize] && is_here(self.place[*body as usize]);
        let free: Vec<u32> = field.contenders[family].iter().copied().filter(is_free).collect();
        let before = self.placed(family, &[]);
        let outside = self.placed(family, &free);
        let is_open = |person: &u32| outside.iter().all(|(other, _)| other != person);
        let open: Vec<u32> = people.clone().map(|person| person as u32).filter(is_open).collect();
        let ways = self.ways_of(family, &open, free.clone(), outside)?;
        if counts {
            ways.links.iter().for_each(|&(link, probability)| self.sums[link as usize].add(probability));
            ways.nobody.iter().for_each(|&(body, probability)| self.nobody[body as usize].add(probability));
        }
        let weights = ways.found.iter().map(|way| way.weight);
        let chosen = match choose {
            Choose::ByWeight => pick(weights, self.random.random::<f64>() * ways.total),
            Choose::Greatest => greatest(weights),
        };
        let Way { placed, .. } = &ways.found[chosen];
        if *placed == before {
            return Ok(false);
        }
        free.iter().for_each(|&body| self.place[body as usize] = NOBODY);
        open.iter().for_each(|&person| self.holder[person as usize] = NOBODY);
        for &(person, body) in placed {
            self.place[body as usize] = person;
            self.holder[person as usize] = body;
        }
        self.refresh(family)?;
        Ok(true)
    }

    /// The ways to place these free bodies of a family as its open persons.
    fn ways_of(
        &mut self,
        family: usize,
        open: &[u32],
        free: Vec<u32>,
        outside: Vec<(u32, u32)>,
    ) -> Result<Arc<Ways>, R::Error> {
        let key = (family, free, outside);
        if let Some(ways) = self.ways.get(&key) {
            return Ok(Arc::clone(ways));
        }
        let ways = Arc::new(Ways::new(self.field, family, open, &key.1, &key.2)?);
        if self.ways.len() >= MOST_KNOWN_WAYS {
            self.ways.clear();
        }
        self.ways.insert(key, Arc::clone(&ways));
        Ok(ways)
    }

    /// The assignment as it stands.
    pub fn assignment(&self) -> Result<Assignment, R::Error> {
        let mut ln_weight = 0.0;
        for family in 0..self.field.families.len() {
            let placed = self.placed(family, &[]);
            for (at, &(person, body)) in placed.iter().enumerate() {
                ln_weight += self.field.ln_at(person, body, &placed[..at])?;
            }
        }
        let mut identities: Vec<Option<u32>> =
            self.place.iter().map(|&person| (person != NOBODY).then_some(person)).collect();
        for (number, pair) in self.field.links.pairs.iter().enumerate() {
            let joined = self.field.links.joined(number) as usize;
            if !self.is_out[joined] {
                identities[joined].get_or_insert(NOBODY);
                ln_weight += pair.ln_odds;
            }
        }
        Ok(Assignment { identities, ln_weight })
    }
}

/// Weights below eᶠᵃʳ can be added up.
const FAR: f64 = 500.0;

/// What differs by less is the same to the last digits.
const SAME: f64 = 1e-9;

/// The position at which the sum of the weights passes this.
fn pick(weights: impl Iterator<Item = f64>, mut sum: f64) -> usize {
    let mut last = 0;
    for (at, weight) in weights.enumerate() {
        if weight > 0.0 {
            last = at;
            sum -= weight;
            if sum < 0.0 {
                break;
            }
        }
    }
    last
}

/// The first of the greatest.
fn greatest(weights: impl Iterator<Item = f64>) -> usize {
    let better = |best: (usize, f64), one: (usize, f64)| if one.1 > best.1 { one } else { best };
    weights.enumerate().reduce(better).map_or(0, |(at, _)| at)
}

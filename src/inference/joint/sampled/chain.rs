//! One chain: an assignment that moves.

use super::super::Assignment;
use super::Ratios;
use super::field::Field;
use super::spread::Sums;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

/// No person, or no body.
const NOBODY: u32 = u32::MAX;

/// Rounds of a climb, at most.
const MOST_CLIMBS: usize = 100;

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
    /// By body: the person that it is.
    place: Vec<u32>,
    /// By person: the body that is the person.
    holder: Vec<u32>,
    /// By person: where others of the family are placed and the person is not, the ratios of all bodies given those.
    given: Vec<Option<Arc<[f64]>>>,
    /// Conditional weights of one body's links, for the move that is going on.
    weights: Vec<f64>,
    /// By link.
    pub sums: Vec<Sums>,
    /// By body.
    pub nobody: Vec<Sums>,
    /// By body: of the sum of all its probabilities, each estimated on its own. Only the means of batches.
    pub totals: Vec<Sums>,
    /// Batches that count.
    pub batches: usize,
}

impl<'f, R: Ratios> Chain<'f, R> {
    pub fn new(field: &'f Field<'f, R>, number: usize) -> Result<Self, R::Error> {
        let mut chain = Self {
            field,
            random: ChaCha8Rng::seed_from_u64(number as u64),
            place: vec![NOBODY; field.links.bodies],
            holder: vec![NOBODY; field.family_of.len()],
            given: vec![None; field.family_of.len()],
            weights: Vec::new(),
            sums: vec![Sums::default(); field.link_count()],
            nobody: vec![Sums::default(); field.links.bodies],
            totals: vec![Sums::default(); field.links.bodies],
            batches: 0,
        };
        match number {
            0 => (),
            1 => chain.place_greedily()?,
            _ => chain.place_by_chance()?,
        }
        Ok(chain)
    }

    /// The links of the greatest weights first.
    fn place_greedily(&mut self) -> Result<(), R::Error> {
        let field = self.field;
        let links = (0..field.links.bodies as u32).flat_map(|body| field.links_of(body).map(move |link| (body, link)));
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
        let mut order: Vec<u32> = (0..self.field.links.bodies as u32).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, self.random.random_range(0..=at));
        }
        order.into_iter().try_for_each(|body| self.move_body(body, Choose::ByWeight, false).map(drop))
    }

    /// A sweep, and the end of a batch after so many of them.
    pub fn batch(&mut self, sweeps: usize) -> Result<(), R::Error> {
        (0..sweeps).try_for_each(|_| self.sweep(true))?;
        for body in 0..self.field.links.bodies {
            let links = &mut self.sums[self.field.links_of(body as u32)];
            let total = self.nobody[body].batch + links.iter().map(|sums| sums.batch).sum::<f64>();
            self.totals[body].batch = total;
            let parts = links.iter_mut().chain([&mut self.nobody[body], &mut self.totals[body]]);
            parts.for_each(|sums| sums.end_batch(sweeps, total));
        }
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
            has_moved |= self.move_body(body, choose, counts)?;
        }
        for &(one, other) in &field.rivals {
            has_moved |= self.exchange(one, other, choose)?;
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

    fn put(&mut self, body: u32, person: u32) -> Result<(), R::Error> {
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
            self.given[person] = is_open.then(|| self.field.row(person as u32, &placed)).transpose()?;
        }
        Ok(())
    }

    /// Gives a body a new identity, given those of all others.
    fn move_body(&mut self, body: u32, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let before = self.place[body as usize];
        self.take_out(body)?;
        let links = self.field.links_of(body);
        let nobody = self.weigh(body);
        let total = nobody + self.weights.iter().sum::<f64>();
        if counts {
            for (link, weight) in links.clone().zip(&self.weights) {
                if !self.field.of_family[link] {
                    self.sums[link].add(weight / total);
                }
            }
            if self.field.nobody_of[body as usize].is_none() {
                self.nobody[body as usize].add(nobody / total);
            }
        }
        let all = || std::iter::once(nobody).chain(self.weights.iter().copied());
        let chosen = match choose {
            Choose::ByWeight => pick(all(), self.random.random::<f64>() * total),
            Choose::Greatest => greatest(all()),
        };
        let after = if chosen == 0 { NOBODY } else { self.field.persons[links.start + chosen - 1] };
        let is_better = |at: u32| at != NOBODY || after != NOBODY;
        if after != NOBODY {
            self.put(body, after)?;
        }
        Ok(after != before && is_better(before))
    }

    /// The conditional weights of the links of a body that is nobody; that of staying nobody.
    fn weigh(&mut self, body: u32) -> f64 {
        let field = self.field;
        let shift = field.shifts[body as usize];
        let mut more = 0.0_f64;
        self.weights.clear();
        for link in field.links_of(body) {
            let person = field.persons[link] as usize;
            let weight = match (&self.given[person], self.holder[person]) {
                (Some(given), _) => {
                    // those above everything known before are put in their place below
                    let ln = given[body as usize] - shift;
                    more = more.max(ln);
                    ln.min(FAR).exp()
                }
                (None, NOBODY) => field.weights[link],
                _ => 0.0,
            };
            self.weights.push(weight);
        }
        if more <= FAR {
            return (-shift).exp();
        }
        for (weight, link) in self.weights.iter_mut().zip(field.links_of(body)) {
            *weight = match &self.given[field.persons[link] as usize] {
                Some(given) => (given[body as usize] - shift - more).exp(),
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
            for (body, person) in [(one, second), (other, first)].into_iter().filter(|&(_, person)| person != NOBODY) {
                self.put(body, person)?;
            }
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
        let contenders = &field.contenders[family];
        let free: Vec<u32> = contenders.iter().copied().filter(|&body| is_here(self.place[body as usize])).collect();
        let before = self.placed(family, &[]);
        let outside = self.placed(family, &free);
        let is_open = |person: &u32| outside.iter().all(|(other, _)| other != person);
        let open: Vec<u32> = people.clone().map(|person| person as u32).filter(is_open).collect();
        let mut ways = Ways { field, open: &open, free: &free, found: Vec::new() };
        ways.extend(0, &outside, 0.0)?;
        let found = ways.found;
        let largest = found.iter().map(|(_, ln)| *ln).fold(f64::NEG_INFINITY, f64::max);
        let weights = found.iter().map(|(_, ln)| (ln - largest).exp());
        let total: f64 = weights.clone().sum();
        if counts {
            let in_way = |body: u32, person: u32| {
                let with = found.iter().zip(weights.clone()).filter(|((way, _), _)| way.contains(&(person, body)));
                with.map(|(_, weight)| weight).sum::<f64>() / total
            };
            for &body in contenders {
                let is_free = free.contains(&body);
                for link in field.links_of(body) {
                    let person = field.persons[link];
                    if people.contains(&(person as usize)) && field.of_family[link] {
                        self.sums[link].add(if is_free { in_way(body, person) } else { 0.0 });
                    }
                }
                if field.nobody_of[body as usize] == Some(family) {
                    let without = found.iter().zip(weights.clone());
                    let without = without.filter(|((way, _), _)| way.iter().all(|(_, other)| *other != body));
                    let nobody = without.map(|(_, weight)| weight).sum::<f64>() / total;
                    self.nobody[body as usize].add(if is_free { nobody } else { 0.0 });
                }
            }
        }
        let chosen = match choose {
            Choose::ByWeight => pick(weights, self.random.random::<f64>() * total),
            Choose::Greatest => greatest(weights),
        };
        if found[chosen].0 == before {
            return Ok(false);
        }
        free.iter().for_each(|&body| self.place[body as usize] = NOBODY);
        open.iter().for_each(|&person| self.holder[person as usize] = NOBODY);
        for &(person, body) in &found[chosen].0 {
            self.place[body as usize] = person;
            self.holder[person as usize] = body;
        }
        self.refresh(family)?;
        Ok(true)
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
        let identities = self.place.iter().map(|&person| (person != NOBODY).then_some(person)).collect();
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

/// All ways to place some bodies as some persons of one family.
struct Ways<'a, 'f, R> {
    field: &'a Field<'f, R>,
    open: &'a [u32],
    free: &'a [u32],
    /// Who is placed (ascending by person), and ln of the weight.
    found: Vec<(Vec<(u32, u32)>, f64)>,
}

impl<R: Ratios> Ways<'_, '_, R> {
    fn extend(&mut self, at: usize, placed: &[(u32, u32)], ln_weight: f64) -> Result<(), R::Error> {
        let Some(&person) = self.open.get(at) else {
            self.found.push((placed.to_vec(), ln_weight));
            return Ok(());
        };
        self.extend(at + 1, placed, ln_weight)?;
        for &body in self.free.iter().filter(|&&body| placed.iter().all(|(_, other)| *other != body)) {
            let ln = ln_weight + self.field.ln_at(person, body, placed)?;
            if ln > f64::NEG_INFINITY {
                let mut with = placed.to_vec();
                with.push((person, body));
                with.sort_unstable();
                self.extend(at + 1, &with, ln)?;
            }
        }
        Ok(())
    }
}

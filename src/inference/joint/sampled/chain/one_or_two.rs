//! The moves between two bodies and the one that they may be.
//!
//! Two sides of such a move are bodies in place of which others can be there. Those that are not there now are drawn one after the other, each
//! given those before it, and one of both sides is chosen (Barker 1965). With Z the sum of the weights that a draw chooses from,
//! a side is chosen in proportion to its odds times the product of the Z of its bodies: the weights of the drawn identities cancel.

use super::super::Ratios;
use super::{Chain, Choose, NOBODY, SAME};
use rand::Rng;

/// Bodies that are there together, in place of others.
#[derive(Clone, Copy)]
struct Side {
    bodies: [Option<u32>; 2],
    /// ln of the odds of the pair that one of them is.
    ln_odds: f64,
}

impl Side {
    fn bodies(self) -> impl DoubleEndedIterator<Item = u32> {
        self.bodies.into_iter().flatten()
    }
}

/// New identities of the bodies of a side, which may be those they have.
struct Drawn {
    /// By body.
    persons: Vec<u32>,
    /// By body, given those before it.
    draws: Vec<Draw>,
}

impl Drawn {
    fn ln(&self, side: Side, of: impl Fn(&Draw) -> f64) -> f64 {
        side.ln_odds + self.draws.iter().map(of).sum::<f64>()
    }
}

/// A new identity of a body that was nobody, given those of all others.
struct Draw {
    person: u32,
    /// ln of the weight of that identity,
    ln_weight: f64,
    /// and of the sum over all of them.
    ln_total: f64,
    /// The probability of each link,
    links: Vec<(u32, f64)>,
    /// and of being nobody.
    nobody: f64,
}

impl Draw {
    /// The probability that the body has each identity and that something else is so too, which has this probability.
    fn times(mut self, probability: f64) -> Self {
        self.links.iter_mut().for_each(|(_, share)| *share *= probability);
        Self { nobody: self.nobody * probability, ..self }
    }
}

impl<R: Ratios> Chain<'_, R> {
    /// Holds each pair for one person that shares no body with one before; nobody is placed yet.
    pub(super) fn join_what_may_be_one(&mut self) {
        for number in 0..self.field.links.pairs.len() {
            let [together, apart] = self.sides(number);
            if apart.bodies().all(|part| !self.is_out[part as usize]) {
                self.exchange_bodies(apart, together);
            }
        }
    }

    /// All moves of this kind; whether anything moved.
    pub(super) fn hold_for_one_or_two(&mut self, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let field = self.field;
        let mut has_moved = false;
        for pair in 0..field.links.pairs.len() {
            has_moved |= self.one_or_two(pair, choose, counts)?;
        }
        for &pairs in &field.meeting_pairs {
            let sides = [pairs, [pairs[1], pairs[0]]].map(|[pair, other]| self.with_left_over(pair, other));
            has_moved |= self.other_partner(sides, choose)?;
        }
        Ok(has_moved)
    }

    /// The joined body of a pair, and its parts.
    fn sides(&self, pair: usize) -> [Side; 2] {
        let links = self.field.links;
        let ln_odds = links.pairs[pair].ln_odds;
        [
            Side { bodies: [Some(links.joined(pair)), None], ln_odds },
            Side { bodies: links.pairs[pair].parts.map(Some), ln_odds: 0.0 },
        ]
    }

    /// The joined body of a pair, and that part of another pair that is not in it.
    fn with_left_over(&self, pair: usize, other: usize) -> Side {
        let links = self.field.links;
        let is_left_over = |part: &u32| !links.pairs[pair].parts.contains(part);
        let left_over = links.pairs[other].parts.into_iter().find(is_left_over);
        Side { bodies: [Some(links.joined(pair)), left_over], ln_odds: links.pairs[pair].ln_odds }
    }

    /// Holds the bodies of a pair for one or for two.
    fn one_or_two(&mut self, pair: usize, choose: Choose, counts: bool) -> Result<bool, R::Error> {
        let [together, apart] = self.sides(pair);
        let was_one = self.is_there(together);
        if !was_one && !self.is_there(apart) {
            return self.count_without(pair, counts).map(|()| false);
        }
        let (now, then) = if was_one { (together, apart) } else { (apart, together) };
        let before = self.take_out_all(now, choose)?;
        let after = self.draw_all(then, choose)?;
        let (moves, probability) = self.is_chosen((now, &before), (then, &after), choose);
        let (as_one, as_two) = if was_one { (&before, &after) } else { (&after, &before) };
        if counts {
            self.put_in_place(then, apart, &as_two.persons)?;
            let [one, other] = self.field.links.pairs[pair].parts;
            let person = self.place[one as usize];
            self.take_out(one)?;
            let given_other = self.draw(one, choose);
            self.put(one, person)?;
            self.take_out(other)?;
            let given_one = self.draw(other, choose);
            self.put_in_place(apart, then, &after.persons)?;
            let one_person = if was_one { 1.0 - probability } else { probability };
            self.count_pair(pair, one_person, &as_one.draws[0], [given_other, given_one]);
        }
        if !moves {
            self.put_in_place(then, now, &before.persons)?;
            return Ok(false);
        }
        self.exchange_bodies(now, then);
        Ok(true)
    }

    /// A body that is one person with another is so with a third, or not: the joined bodies of two pairs with a body in common, each with the
    /// body that is left over.
    fn other_partner(&mut self, sides: [Side; 2], choose: Choose) -> Result<bool, R::Error> {
        let (now, then) = match sides.map(|side| self.is_there(side)) {
            [true, _] => (sides[0], sides[1]),
            [_, true] => (sides[1], sides[0]),
            _ => return Ok(false),
        };
        let before = self.take_out_all(now, choose)?;
        let after = self.draw_all(then, choose)?;
        let (moves, _) = self.is_chosen((now, &before), (then, &after), choose);
        if moves {
            self.exchange_bodies(now, then);
        } else {
            self.put_in_place(then, now, &before.persons)?;
        }
        Ok(moves)
    }

    fn is_there(&self, side: Side) -> bool {
        side.bodies().all(|body| !self.is_out[body as usize])
    }

    /// Takes these bodies out for those.
    fn exchange_bodies(&mut self, out: Side, there: Side) {
        out.bodies().for_each(|body| self.is_out[body as usize] = true);
        there.bodies().for_each(|body| self.is_out[body as usize] = false);
    }

    /// Whether the second side is chosen, and how probable that is.
    fn is_chosen(&mut self, now: (Side, &Drawn), then: (Side, &Drawn), choose: Choose) -> (bool, f64) {
        let ln = |(side, drawn): (Side, &Drawn), of: &dyn Fn(&Draw) -> f64| drawn.ln(side, of);
        let more = |of: &dyn Fn(&Draw) -> f64| ln(then, of) - ln(now, of);
        let probability = 1.0 / (1.0 + (-more(&|draw| draw.ln_total)).exp());
        let is_chosen = match choose {
            Choose::ByWeight => self.random.random::<f64>() < probability,
            Choose::Greatest => more(&|draw| draw.ln_weight) > SAME,
        };
        (is_chosen, probability)
    }

    /// Lets nobody be these bodies; they keep the identities that they had.
    fn take_out_all(&mut self, side: Side, choose: Choose) -> Result<Drawn, R::Error> {
        let persons = side.bodies().map(|body| self.place[body as usize]).collect();
        let mut draws = Vec::new();
        for body in side.bodies().rev() {
            self.take_out(body)?;
            draws.push(self.draw(body, choose));
        }
        draws.reverse();
        Ok(Drawn { persons, draws })
    }

    /// Draws identities of bodies that are nobody, and gives them to them.
    fn draw_all(&mut self, side: Side, choose: Choose) -> Result<Drawn, R::Error> {
        let mut drawn = Drawn { persons: Vec::new(), draws: Vec::new() };
        for body in side.bodies() {
            let draw = self.draw(body, choose);
            self.put(body, draw.person)?;
            drawn.persons.push(draw.person);
            drawn.draws.push(draw);
        }
        Ok(drawn)
    }

    /// Lets nobody be the bodies of one side, and those of another be these persons.
    fn put_in_place(&mut self, out: Side, there: Side, persons: &[u32]) -> Result<(), R::Error> {
        out.bodies().chain(there.bodies()).try_for_each(|body| self.take_out(body))?;
        there.bodies().zip(persons).try_for_each(|(body, &person)| self.put(body, person))
    }

    /// A new identity of a body that is nobody.
    fn draw(&mut self, body: u32, choose: Choose) -> Draw {
        let nobody = self.weigh(body);
        let total = nobody + self.weights.iter().map(|(_, weight)| weight).sum::<f64>();
        let chosen = self.choose(nobody, total, choose);
        let weight = if chosen == 0 { nobody } else { self.weights[chosen - 1].1 };
        Draw {
            person: if chosen == 0 { NOBODY } else { self.field.persons[self.weights[chosen - 1].0 as usize] },
            ln_weight: self.ln_scale + weight.ln(),
            ln_total: self.ln_scale + total.ln(),
            links: self.weights.iter().map(|&(link, weight)| (link, weight / total)).collect(),
            nobody: nobody / total,
        }
    }

    /// Counts what a pair says of its bodies.
    fn count_pair(&mut self, pair: usize, one_person: f64, together: &Draw, apart: [Draw; 2]) {
        self.one_person[pair].add(one_person);
        for (part, draw) in self.field.links.pairs[pair].parts.into_iter().zip(apart) {
            let (mut links, mut nobody) = (Vec::new(), together.nobody * one_person);
            if self.field.pair_of[part as usize] == Some(pair) {
                let own = draw.times(1.0 - one_person);
                links = own.links;
                nobody += own.nobody;
            }
            for &(link, share) in &together.links {
                let person = self.field.persons[link as usize];
                let link = self.field.link_of(part, person).map(|link| link as u32);
                match links.iter_mut().find(|(own, _)| Some(*own) == link) {
                    Some((_, sum)) => *sum += share * one_person,
                    None => links.extend(link.map(|link| (link, share * one_person))),
                }
            }
            self.count(part, &links, nobody);
        }
    }

    /// Counts what is told by a pair of which one body is one person with another body now.
    fn count_without(&mut self, pair: usize, counts: bool) -> Result<(), R::Error> {
        if !counts {
            return Ok(());
        }
        self.one_person[pair].add(0.0);
        for part in self.field.links.pairs[pair].parts {
            if !self.is_out[part as usize] && self.field.pair_of[part as usize] == Some(pair) {
                let person = self.place[part as usize];
                self.take_out(part)?;
                let draw = self.draw(part, Choose::ByWeight);
                self.put(part, person)?;
                self.count(part, &draw.links, draw.nobody);
            }
        }
        Ok(())
    }

    fn count(&mut self, body: u32, links: &[(u32, f64)], nobody: f64) {
        links.iter().for_each(|&(link, share)| self.sums[link as usize].add(share));
        self.nobody[body as usize].add(nobody);
    }
}

//! Bodies that may be parts of one person.
//!
//! Beside its two parts such a pair has a *joined* body, which shows what both show. An assignment has either the two
//! parts, each with an identity of its own, or the joined body with one; its weight is then that of the joined body times the
//! pair's odds. To a sum over placements this is nothing new: a placement of the joined body uses both parts.

use super::elements::ln_add;
use super::{Assignment, JointAnswer, JointProblem, Placement};
use std::collections::HashSet;

/// Two bodies that may be one person.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OneOrTwo {
    /// The two, ascending.
    pub parts: [u32; 2],
    /// ln of the odds of being one person against two, nobody of them identified.
    pub ln_odds: f64,
}

impl OneOrTwo {
    /// Whether no body is in both.
    pub fn is_apart_from(&self, other: &Self) -> bool {
        self.parts.iter().all(|part| !other.parts.contains(part))
    }
}

/// No person, or no body; a joined body that is there, and nobody who is missed.
pub(super) const NOBODY: u32 = u32::MAX;

/// The problem without joined bodies of the one in which they are the last bodies, one for each of these pairs; the weights of
/// their placements have the odds of the pairs in them.
pub fn joined(mut problem: JointProblem, pairs: &[OneOrTwo]) -> JointProblem {
    let first = (problem.bodies - pairs.len()) as u32;
    problem.placements.retain_mut(|placement| join(placement, first, pairs));
    let unmissed = pairs.iter().enumerate().map(|(at, pair)| Placement {
        family: (problem.families + at) as u32,
        people: [pair.parts[0], pair.parts[1], first + at as u32].map(|body| (body, NOBODY)).into(),
        ln_weight: pair.ln_odds,
    });
    problem.placements.extend(unmissed.collect::<Vec<_>>());
    JointProblem { families: problem.families + pairs.len(), ..problem }
}

/// Lets the parts of joined bodies be who these are; whether that is possible.
fn join(placement: &mut Placement, first: u32, pairs: &[OneOrTwo]) -> bool {
    let whole: Vec<(u32, u32)> = placement.people.iter().copied().filter(|&(body, _)| body >= first).collect();
    for (body, person) in whole {
        let pair = &pairs[(body - first) as usize];
        placement.people.extend(pair.parts.map(|part| (part, person)));
    }
    placement.people.sort_unstable();
    placement.people.windows(2).all(|two| two[0].0 != two[1].0)
}

/// The answer to the problem of the parts, from that to the [`joined`] one; `list` assignments are kept.
pub fn parted(answer: JointAnswer, pairs: &[OneOrTwo], list: usize) -> JointAnswer {
    if pairs.is_empty() {
        return answer;
    }
    let JointAnswer { mut marginals, mut nobody, .. } = answer;
    let bodies = marginals.len() - pairs.len();
    let one_person =
        marginals.drain(bodies..).map(|persons| persons.iter().map(|(_, share)| share).sum::<f64>().min(1.0)).collect();
    nobody.truncate(bodies);
    for (persons, nobody) in marginals.iter_mut().zip(&mut nobody) {
        if let Some(&(NOBODY, share)) = persons.last() {
            persons.pop();
            *nobody += share;
        }
    }
    let ln_none = ln_ways(&pairs.iter().collect::<Vec<_>>());
    let mut known = HashSet::new();
    let mut best: Vec<Assignment> = answer.best.into_iter().map(|assignment| shown(assignment, pairs)).collect();
    best.retain(|assignment| known.insert(assignment.identities.clone()));
    best.sort_by(|left, right| right.ln_weight.total_cmp(&left.ln_weight));
    best.truncate(list);
    JointAnswer { ln_total: answer.ln_total.map(|ln| ln - ln_none), marginals, nobody, best, one_person, ..answer }
}

/// Who the parts are, joined or not: the weight is that of all assignments that differ in nothing else, over that of "nobody is anyone".
pub(super) fn shown(mut assignment: Assignment, pairs: &[OneOrTwo]) -> Assignment {
    let joined = assignment.identities.split_off(assignment.identities.len() - pairs.len());
    for (pair, identity) in pairs.iter().zip(joined) {
        if let Some(person) = identity {
            let identity = (person != NOBODY).then_some(person);
            pair.parts.iter().for_each(|&part| assignment.identities[part as usize] = identity);
            assignment.ln_weight -= if identity.is_none() { pair.ln_odds } else { 0.0 };
        }
    }
    let is_nobody = |pair: &&OneOrTwo| pair.parts.iter().all(|&part| assignment.identities[part as usize].is_none());
    let ln_some = ln_ways(&pairs.iter().filter(is_nobody).collect::<Vec<_>>());
    assignment.ln_weight += ln_some - ln_ways(&pairs.iter().collect::<Vec<_>>());
    assignment
}

/// ln of the sum, over all ways to hold some of these pairs for one person each, of the product of their odds.
fn ln_ways(pairs: &[&OneOrTwo]) -> f64 {
    let Some((first, others)) = pairs.split_first() else {
        return 0.0;
    };
    let (together, apart) = with_those_it_meets(pairs);
    if !apart.is_empty() {
        return ln_ways(&together) + ln_ways(&apart);
    }
    let open: Vec<&OneOrTwo> = others.iter().copied().filter(|other| first.is_apart_from(other)).collect();
    ln_add(ln_ways(others), first.ln_odds + ln_ways(&open))
}

/// The first pair with all that it shares a body with, directly or over others; and the rest.
fn with_those_it_meets<'p>(pairs: &[&'p OneOrTwo]) -> (Vec<&'p OneOrTwo>, Vec<&'p OneOrTwo>) {
    let (mut together, mut apart) = (vec![pairs[0]], pairs[1..].to_vec());
    let mut next = 0;
    while let Some(&pair) = together.get(next) {
        let (away, met) = apart.into_iter().partition(|other| pair.is_apart_from(other));
        apart = away;
        together.extend::<Vec<_>>(met);
        next += 1;
    }
    (together, apart)
}

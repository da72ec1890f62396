//! In which order the elements are worked, and what must be remembered at each step.

use super::elements::{Element, JointProblem};
use std::collections::{BTreeMap, BTreeSet};

/// Elements that can be remembered at once.
const SLOTS: usize = 128;

/// A placement at the step where it is decided.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The placement's index in the problem.
    pub placement: u32,
    /// The slots of the elements that it uses.
    pub uses: u128,
}

/// One step, for one element: the placements that use it and no element worked before.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The placements to choose from, or none of them.
    pub choices: Vec<Choice>,
    /// The slots of elements that no later placement wants, the step's own among them.
    pub done: u128,
    /// The same one by one: the element and its slot.
    pub done_elements: Vec<(Element, u128)>,
}

/// The order of work.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
    /// Whether some step would have to remember more elements than there are slots.
    pub too_wide: bool,
}

impl Plan {
    /// Greedy order: next is always the element after which the fewest elements must be remembered.
    pub fn new(problem: &JointProblem) -> Self {
        let mut work = Work::new(problem);
        let mut steps = Vec::new();
        while let Some(element) = work.next() {
            match work.take(element) {
                Some(step) => steps.push(step),
                None => return Self { steps, too_wide: true },
            }
        }
        Self { steps, too_wide: false }
    }
}

struct Work<'a> {
    problem: &'a JointProblem,
    by_element: Vec<Vec<u32>>,
    decided: Vec<bool>,
    /// For each element the number of its placements that are not yet decided.
    open: Vec<usize>,
    /// Elements with open placements that share none with the frontier yet, by degree.
    untouched: BTreeSet<(usize, Element)>,
    /// Slots of the elements that are remembered.
    slots: BTreeMap<Element, usize>,
    free: Vec<usize>,
}

impl<'a> Work<'a> {
    fn new(problem: &'a JointProblem) -> Self {
        let by_element = problem.placements_by_element();
        let open: Vec<_> = by_element.iter().map(Vec::len).collect();
        let untouched = open
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(at, &count)| (count, at as Element))
            .collect();
        Self {
            problem,
            by_element,
            decided: vec![false; problem.placements.len()],
            open,
            untouched,
            slots: BTreeMap::new(),
            free: (0..SLOTS).rev().collect(),
        }
    }

    /// The next element: one that is remembered, or one linked to those, whichever leaves the fewest to remember; else
    /// the one with the fewest placements.
    fn next(&self) -> Option<Element> {
        let near: BTreeSet<_> = self.slots.keys().flat_map(|&element| self.linked(element)).collect();
        let candidates = self.slots.keys().copied().chain(near);
        let best =
            candidates.filter(|&element| self.open[element as usize] > 0).min_by_key(|&element| self.growth(element));
        best.or_else(|| self.untouched.first().map(|&(_, element)| element))
    }

    /// The elements that share an open placement with this one.
    fn linked(&self, element: Element) -> Vec<Element> {
        let placements = self.by_element[element as usize].iter().filter(|&&at| !self.decided[at as usize]);
        let mut linked: Vec<_> =
            placements.flat_map(|&at| self.problem.elements(&self.problem.placements[at as usize])).collect();
        linked.sort_unstable();
        linked.dedup();
        linked
    }

    /// How many more elements must be remembered after this one.
    fn growth(&self, element: Element) -> (isize, Element) {
        let mut uses: BTreeMap<Element, usize> = BTreeMap::new();
        for &at in self.by_element[element as usize].iter().filter(|&&at| !self.decided[at as usize]) {
            for other in self.problem.elements(&self.problem.placements[at as usize]) {
                *uses.entry(other).or_default() += 1;
            }
        }
        let change = |(&other, &count): (&Element, &usize)| {
            let stays = self.open[other as usize] > count;
            isize::from(stays) - isize::from(self.slots.contains_key(&other))
        };
        (uses.iter().map(change).sum(), element)
    }

    /// Decides all open placements of this element. `None`: too many elements to remember.
    fn take(&mut self, element: Element) -> Option<Step> {
        let placements: Vec<_> =
            self.by_element[element as usize].iter().copied().filter(|&at| !self.decided[at as usize]).collect();
        let mut touched = BTreeSet::new();
        let mut choices = Vec::with_capacity(placements.len());
        for placement in placements {
            self.decided[placement as usize] = true;
            let mut uses = 0;
            for other in self.problem.elements(&self.problem.placements[placement as usize]) {
                self.untouched.remove(&(self.by_element[other as usize].len(), other));
                self.open[other as usize] -= 1;
                uses |= self.slot(other)?;
                touched.insert(other);
            }
            choices.push(Choice { placement, uses });
        }
        let mut done_elements = Vec::new();
        for other in touched {
            if self.open[other as usize] == 0
                && let Some(slot) = self.slots.remove(&other)
            {
                self.free.push(slot);
                done_elements.push((other, 1 << slot));
            }
        }
        let done = done_elements.iter().fold(0, |slots, (_, slot)| slots | slot);
        Some(Step { choices, done, done_elements })
    }

    fn slot(&mut self, element: Element) -> Option<u128> {
        if let Some(&slot) = self.slots.get(&element) {
            return Some(1 << slot);
        }
        let slot = self.free.pop()?;
        self.slots.insert(element, slot);
        Some(1 << slot)
    }
}

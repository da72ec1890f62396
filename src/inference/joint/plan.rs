//! In which order the elements are worked, and what must be remembered at each step.
//!
//! What an assignment still can be depends on which elements are used, not on who lies where. So placements that use the same
//! elements are one choice, and an element that no placement of another step wants is not remembered at all: the placements of a family
//! alone with its bodies are one choice, whatever their number.

use super::elements::{Element, JointProblem};
use crate::likelihood::Wide;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Which elements are used, of those that must be remembered: one bit a slot.
pub(super) type State = u128;

/// Elements that can be remembered at once.
pub(super) const SLOTS: usize = State::BITS as usize;

/// Placements of one step that use the same remembered elements.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// Σ of their ratios.
    pub sum: Wide,
    /// ln of the greatest of their ratios.
    pub ln_best: f64,
    /// Their indices in the problem.
    pub placements: Vec<u32>,
}

/// One step, for one element: the placements that use it and no element worked before.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The choices: one of them, or none. Those whose first slot is the same are together.
    pub choices: Vec<Choice>,
    /// The slots that each choice uses.
    pub uses: Vec<State>,
    /// The first slot of a choice (0: none) and the choices that have it.
    blocks: Vec<(State, Range<usize>)>,
    /// The slots of elements that no later placement wants.
    pub done: State,
    /// The bodies among those, each with its slot (a position).
    pub done_bodies: Vec<(u32, u32)>,
    /// Bodies that the placements of this step alone use: they have no slot.
    pub own_bodies: Vec<u32>,
}

impl Step {
    /// The choices that do not use anything of this.
    pub fn open(&self, state: State) -> impl Iterator<Item = usize> {
        let blocks = self.blocks.iter().filter(move |(first, _)| first & state == 0);
        blocks.flat_map(|(_, choices)| choices.clone()).filter(move |&at| self.uses[at] & state == 0)
    }

    /// What is remembered after this choice.
    pub fn next(&self, state: State, choice: usize) -> State {
        (state | self.uses[choice]) & !self.done
    }
}

/// The order of work.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub steps: Vec<Step>,
}

impl Plan {
    /// Greedy order: next is always the element after which the fewest elements must be remembered. `None`: there would be more of
    /// them at once than there are slots.
    pub fn new(problem: &JointProblem) -> Option<Self> {
        let mut work = Work::new(problem);
        let mut steps = Vec::new();
        while let Some(element) = work.next() {
            steps.push(work.take(element)?);
        }
        Some(Self { steps })
    }
}

/// Placements of one family that use the same bodies.
struct Bundle {
    elements: Vec<Element>,
    placements: Vec<u32>,
    is_decided: bool,
}

fn bundles(problem: &JointProblem) -> Vec<Bundle> {
    let mut bundles: BTreeMap<Vec<Element>, Vec<u32>> = BTreeMap::new();
    for (at, placement) in problem.placements.iter().enumerate() {
        bundles.entry(problem.elements(placement).collect()).or_default().push(at as u32);
    }
    bundles.into_iter().map(|(elements, placements)| Bundle { elements, placements, is_decided: false }).collect()
}

struct Work<'a> {
    problem: &'a JointProblem,
    bundles: Vec<Bundle>,
    /// For each element the bundles that use it.
    by_element: Vec<Vec<u32>>,
    /// For each element the number of its bundles that are not yet decided.
    open: Vec<usize>,
    /// Elements with open bundles that share none with the frontier yet, by how many more are to be remembered after them.
    untouched: BTreeSet<(isize, Element)>,
    /// That number, as it was at the beginning.
    growth_at_first: Vec<isize>,
    /// Slots of the elements that are remembered.
    slots: BTreeMap<Element, u32>,
    free: BTreeSet<u32>,
}

impl<'a> Work<'a> {
    fn new(problem: &'a JointProblem) -> Self {
        let bundles = bundles(problem);
        let mut by_element = vec![Vec::new(); problem.element_count()];
        for (at, bundle) in bundles.iter().enumerate() {
            bundle.elements.iter().for_each(|&element| by_element[element as usize].push(at as u32));
        }
        let open: Vec<_> = by_element.iter().map(Vec::len).collect();
        let mut work = Self {
            problem,
            bundles,
            by_element,
            open,
            untouched: BTreeSet::new(),
            growth_at_first: Vec::new(),
            slots: BTreeMap::new(),
            free: (0..SLOTS as u32).collect(),
        };
        let mut counts = vec![0; problem.element_count()];
        let elements = 0..problem.element_count() as Element;
        work.growth_at_first = elements.clone().map(|element| work.growth(element, &mut counts)).collect();
        let used = elements.filter(|&element| work.open[element as usize] > 0);
        work.untouched = used.map(|element| (work.growth_at_first[element as usize], element)).collect();
        work
    }

    /// The next element: one that is remembered, or one linked to those, whichever leaves the fewest to remember; where
    /// nothing is remembered, that of all.
    fn next(&self) -> Option<Element> {
        let mut near: BTreeSet<Element> = BTreeSet::new();
        for &element in self.slots.keys() {
            near.extend(self.open_bundles(element).flat_map(|bundle| &self.bundles[bundle].elements));
        }
        let mut counts = vec![0; self.problem.element_count()];
        let best = near.into_iter().min_by_key(|&element| (self.growth(element, &mut counts), element));
        best.or_else(|| self.untouched.first().map(|&(_, element)| element))
    }

    fn open_bundles(&self, element: Element) -> impl Iterator<Item = usize> {
        let all = self.by_element[element as usize].iter().map(|&at| at as usize);
        all.filter(|&at| !self.bundles[at].is_decided)
    }

    /// How many more elements must be remembered after this one. `counts`: 0 for each element, and so left.
    fn growth(&self, element: Element, counts: &mut [usize]) -> isize {
        let mut touched = Vec::new();
        for bundle in self.open_bundles(element) {
            for &other in &self.bundles[bundle].elements {
                if counts[other as usize] == 0 {
                    touched.push(other);
                }
                counts[other as usize] += 1;
            }
        }
        let mut growth = 0;
        for other in touched {
            let stays = self.open[other as usize] > counts[other as usize];
            growth += isize::from(stays) - isize::from(self.slots.contains_key(&other));
            counts[other as usize] = 0;
        }
        growth
    }

    /// Decides all open bundles of this element. `None`: too many elements to remember.
    fn take(&mut self, element: Element) -> Option<Step> {
        let bundles: Vec<usize> = self.open_bundles(element).collect();
        let mut touched = BTreeSet::new();
        for &at in &bundles {
            self.bundles[at].is_decided = true;
            for &other in &self.bundles[at].elements {
                self.open[other as usize] -= 1;
                touched.insert(other);
            }
        }
        let mut step = Step {
            choices: Vec::new(),
            uses: Vec::new(),
            blocks: Vec::new(),
            done: 0,
            done_bodies: Vec::new(),
            own_bodies: Vec::new(),
        };
        for &other in &touched {
            self.untouched.remove(&(self.growth_at_first[other as usize], other));
            let body = other.checked_sub(self.problem.families as u32);
            let is_done = self.open[other as usize] == 0;
            match self.slots.get(&other) {
                None if is_done => step.own_bodies.extend(body),
                None => {
                    self.slots.insert(other, self.free.pop_first()?);
                }
                Some(&slot) if is_done => {
                    step.done |= 1 << slot;
                    step.done_bodies.extend(body.map(|body| (body, slot)));
                }
                Some(_) => (),
            }
        }
        self.choose(&mut step, &bundles);
        for other in touched {
            if self.open[other as usize] == 0
                && let Some(slot) = self.slots.remove(&other)
            {
                self.free.insert(slot);
            }
        }
        Some(step)
    }

    /// Makes the choices of a step from its bundles.
    fn choose(&self, step: &mut Step, bundles: &[usize]) {
        let slot = |element: &Element| self.slots.get(element).map_or(0, |slot| 1 << slot);
        let first = |uses: State| uses & uses.wrapping_neg();
        let mut choices: BTreeMap<(State, State), Vec<u32>> = BTreeMap::new();
        for &at in bundles {
            let uses = self.bundles[at].elements.iter().map(slot).fold(0, |uses, slot| uses | slot);
            choices.entry((first(uses), uses)).or_default().extend(&self.bundles[at].placements);
        }
        for ((first, uses), mut placements) in choices {
            placements.sort_unstable();
            let (mut sum, mut ln_best) = (Wide::ZERO, f64::NEG_INFINITY);
            for &placement in &placements {
                let ln_weight = self.problem.placements[placement as usize].ln_weight;
                sum += Wide::exp(ln_weight);
                ln_best = ln_best.max(ln_weight);
            }
            let at = step.choices.len();
            match step.blocks.last_mut() {
                Some((last, range)) if *last == first => range.end = at + 1,
                _ => step.blocks.push((first, at..at + 1)),
            }
            step.choices.push(Choice { sum, ln_best, placements });
            step.uses.push(uses);
        }
    }
}

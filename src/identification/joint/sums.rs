//! Sums and maxima over all assignments: a forward and a backward pass over the steps of a [`Plan`].

use super::{
    elements::{JointProblem, ln_add},
    plan::{Plan, Step},
};

/// Which elements are used, of those that must be remembered: one bit a slot.
pub(super) type State = u128;

/// The states that can be reached before a step, ascending, with their sums.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    states: Vec<State>,
    /// ln Σ over the choices made so far that lead here.
    before: Vec<f64>,
    /// ln Σ over the choices still to be made from here.
    after: Vec<f64>,
    /// The ln of the greatest product of choices still to be made from here.
    best_after: Vec<f64>,
}

impl Layer {
    fn position(&self, state: State) -> usize {
        self.states.partition_point(|&other| other < state)
    }

    /// ln of the greatest product of choices still to be made from this state.
    pub(super) fn best_after(&self, state: State) -> f64 {
        self.best_after[self.position(state)]
    }
}

/// The sums before and after every step.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// One layer before each step, and one after the last.
    pub layers: Vec<Layer>,
}

impl Step {
    /// The states that this state can lead to, each with the placement chosen, if any.
    pub(super) fn choices_from(&self, state: State) -> impl Iterator<Item = (Option<u32>, State)> {
        let chosen = self.choices.iter().filter(move |choice| choice.uses & state == 0);
        let chosen = chosen.map(move |choice| (Some(choice.placement), (state | choice.uses) & !self.done));
        std::iter::once((None, state & !self.done)).chain(chosen)
    }
}

/// The ln likelihood ratio of a choice: 0 for none.
pub(super) fn ln_ratio(problem: &JointProblem, chosen: Option<u32>) -> f64 {
    chosen.map_or(0.0, |placement| problem.placements[placement as usize].ln_lr)
}

impl Sums {
    /// Both passes; `None` where the plan is too wide, or a layer would hold more states than this.
    pub(super) fn new(problem: &JointProblem, plan: &Plan, most_states: usize) -> Option<Self> {
        if plan.too_wide {
            return None;
        }
        let mut layers = vec![Layer { states: vec![0], before: vec![0.0], ..Layer::default() }];
        let mut total = 1;
        for step in &plan.steps {
            let next = forward(problem, step, layers.last()?, most_states)?;
            total += next.states.len();
            if total > most_states.saturating_mul(16) {
                return None;
            }
            layers.push(next);
        }
        let last = layers.last_mut()?;
        last.after = vec![0.0; last.states.len()];
        last.best_after = last.after.clone();
        for (at, step) in plan.steps.iter().enumerate().rev() {
            let (earlier, later) = layers.split_at_mut(at + 1);
            backward(problem, step, &mut earlier[at], &later[0]);
        }
        Some(Self { layers })
    }

    /// ln Σ over all assignments.
    pub(super) fn ln_total(&self) -> f64 {
        self.layers[0].after[0]
    }

    /// For each body the posterior probability of each missing person, and that of none.
    pub(super) fn marginals(&self, problem: &JointProblem, plan: &Plan) -> (Vec<Vec<(u32, f64)>>, Vec<f64>) {
        (self.of_persons(problem, plan), self.of_nobody(problem, plan))
    }

    /// The posterior probability that a body is nobody's: at the step where no later placement wants it, the sum over
    /// the ways in which it is still not used. (1 − Σ of the others would lose every digit of a small one.)
    fn of_nobody(&self, problem: &JointProblem, plan: &Plan) -> Vec<f64> {
        let mut nobody = vec![1.0; problem.bodies];
        for (step, layers) in plan.steps.iter().zip(self.layers.windows(2)) {
            let (earlier, later) = (&layers[0], &layers[1]);
            for &(element, slot) in &step.done_elements {
                let Some(body) = (element as usize).checked_sub(problem.families) else { continue };
                let mut sum = f64::NEG_INFINITY;
                for (&state, &before) in
                    earlier.states.iter().zip(&earlier.before).filter(|(state, _)| *state & slot == 0)
                {
                    let mut add = |ln_ratio: f64, next: State| {
                        sum = ln_add(sum, before + ln_ratio + later.after[later.position(next)]);
                    };
                    add(0.0, state & !step.done);
                    for choice in step.choices.iter().filter(|choice| choice.uses & (state | slot) == 0) {
                        let ln_ratio = problem.placements[choice.placement as usize].ln_lr;
                        add(ln_ratio, (state | choice.uses) & !step.done);
                    }
                }
                nobody[body] = (sum - self.ln_total()).exp();
            }
        }
        nobody
    }

    fn of_persons(&self, problem: &JointProblem, plan: &Plan) -> Vec<Vec<(u32, f64)>> {
        let mut marginals: Vec<Vec<(u32, f64)>> = vec![Vec::new(); problem.bodies];
        for (step, layers) in plan.steps.iter().zip(self.layers.windows(2)) {
            let (earlier, later) = (&layers[0], &layers[1]);
            for choice in &step.choices {
                let placement = &problem.placements[choice.placement as usize];
                let free = earlier.states.iter().zip(&earlier.before).filter(|(state, _)| *state & choice.uses == 0);
                let through = free
                    .map(|(state, before)| before + later.after[later.position((state | choice.uses) & !step.done)]);
                let ln_sum = through.fold(f64::NEG_INFINITY, ln_add) + placement.ln_lr - self.ln_total();
                for &(body, person) in &placement.people {
                    marginals[body as usize].push((person, ln_sum.exp()));
                }
            }
        }
        marginals.into_iter().map(add_up).collect()
    }
}

/// Adds up the probabilities of each person, ascending by person.
fn add_up(mut parts: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    parts.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    let mut sums: Vec<(u32, f64)> = Vec::new();
    for (person, probability) in parts {
        match sums.last_mut() {
            Some(last) if last.0 == person => last.1 += probability,
            _ => sums.push((person, probability)),
        }
    }
    sums
}

fn forward(problem: &JointProblem, step: &Step, from: &Layer, most_states: usize) -> Option<Layer> {
    // States reached are merged a batch at a time, so that what is held stays near the limit.
    let mut reached: Vec<(State, f64)> = Vec::new();
    let mut merged_at = most_states.saturating_mul(4);
    for (&state, &before) in from.states.iter().zip(&from.before) {
        reached.extend(step.choices_from(state).map(|(chosen, next)| (next, before + ln_ratio(problem, chosen))));
        if reached.len() > merged_at {
            merge(&mut reached);
            merged_at = reached.len() + most_states.saturating_mul(4);
            if reached.len() > most_states {
                return None;
            }
        }
    }
    merge(&mut reached);
    if reached.len() > most_states {
        return None;
    }
    let (states, before) = reached.into_iter().unzip();
    Some(Layer { states, before, ..Layer::default() })
}

/// Sorts by state and adds up the sums of equal states.
fn merge(reached: &mut Vec<(State, f64)>) {
    reached.sort_by_key(|&(state, _)| state);
    reached.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            kept.1 = ln_add(kept.1, later.1);
        }
        same
    });
}

fn backward(problem: &JointProblem, step: &Step, layer: &mut Layer, later: &Layer) {
    let sums = layer.states.iter().map(|&state| {
        let mut sum = f64::NEG_INFINITY;
        let mut best = f64::NEG_INFINITY;
        for (chosen, next) in step.choices_from(state) {
            let at = later.position(next);
            let ratio = ln_ratio(problem, chosen);
            sum = ln_add(sum, ratio + later.after[at]);
            best = best.max(ratio + later.best_after[at]);
        }
        (sum, best)
    });
    (layer.after, layer.best_after) = sums.unzip();
}

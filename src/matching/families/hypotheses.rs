//! What one child's own hypotheses bring to the case: who can take each place, and what each choice of the two weighs.

use super::super::parentage::Weighed;
use super::super::roster::{Asked, Child, log10_lr};
use super::super::{Case, MatchError, Parentage};
use super::kin::Kin;
use crate::inference::{InList, Place, log10_add, log10_subtract};
use crate::matching::one_person::Persons;
use crate::model::Question;
use crate::profile::{SampleIndex, Sex};

/// Candidates whose own posterior is not above this are not told apart.
const MATTERS: f64 = 1e-9;

/// A choice of this weight (log10) matters to nobody.
const NEGLIGIBLE: f64 = -11.0;

/// A difference of sums (log10) that is this far below them is rounding.
const ROUNDING: f64 = -13.0;

/// Who takes a place of one child.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Slot {
    /// Nobody of the lists.
    Nobody,
    /// One of the candidates who are not told apart.
    Other,
    /// This person (the sample that stands for it).
    Person(SampleIndex),
}

/// A father and a mother of one child.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Choice {
    pub slots: [Slot; 2],
    /// log10 of the prior with all that the child alone decides, over the child's evidence: of π(f) π(m) / (R_f R_m), and for
    /// those who are not told apart of their LRs.
    pub log10_prior: f64,
    /// log10 LR of the two, those not told apart being nobody.
    pub log10_lr: f64,
}

impl Choice {
    /// The child's own posterior of it.
    pub fn posterior(&self) -> f64 {
        10_f64.powf(self.log10_prior + self.log10_lr)
    }
}

/// One child under one frequency table.
#[derive(Clone, Debug)]
pub(super) struct Kid {
    pub child: SampleIndex,
    /// The sample that stands for the child as a person.
    pub node: SampleIndex,
    /// By place, whom the child's row names.
    pub known: [Option<SampleIndex>; 2],
    /// Ascending by slots.
    pub choices: Vec<Choice>,
    /// By place, the child's own posterior of [`Slot::Other`].
    pub other: [f64; 2],
}

impl Kid {
    /// Leaves out the choices that cannot matter even with this support (log10) by siblings.
    pub fn prune(&mut self, log10_support: f64) {
        self.choices.retain(|choice| choice.log10_prior + choice.log10_lr + log10_support > NEGLIGIBLE);
    }

    /// Somebody of no list can also be of the families.
    pub fn leave_to_families(&mut self, kin: &Kin<'_>) {
        for choice in &mut self.choices {
            let nobody = Place::BOTH.into_iter().filter(|place| choice.slots[place.index()] == Slot::Nobody);
            let open = nobody.filter(|place| self.known[place.index()].is_none());
            choice.log10_prior += open.map(|place| kin.log10_unlisted(place)).sum::<f64>();
        }
    }

    /// What this choice weighs, where it is possible.
    pub fn choice(&self, slots: [Slot; 2]) -> Option<&Choice> {
        let at = self.choices.binary_search_by(|choice| choice.slots.cmp(&slots)).ok()?;
        Some(&self.choices[at])
    }

    /// The child's own posterior of everybody for a place, ascending.
    pub fn marginals(&self, place: Place) -> Vec<(Slot, f64)> {
        let mut sums = std::collections::BTreeMap::new();
        for choice in &self.choices {
            *sums.entry(choice.slots[place.index()]).or_insert(0.0) += choice.posterior();
        }
        sums.into_iter().collect()
    }
}

/// What is the same for all tables: the child, and who can take its places.
struct Making<'a> {
    case: &'a Case<'a>,
    persons: &'a Persons,
    child: &'a Child,
    parentage: &'a Parentage,
    in_list: InList,
}

/// The child under each table.
pub(super) fn kids(
    case: &Case<'_>,
    persons: &Persons,
    child: &Child,
    parentage: &Parentage,
) -> Result<Vec<Kid>, MatchError> {
    let in_list = InList::both(case.settings.prior.in_list);
    let making = Making { case, persons, child, parentage, in_list };
    let known = [child.father, child.mother].map(|known| known.map(|known| persons.stands_for(known)));
    let choices = match known {
        [Some(father), Some(mother)] => {
            let slots = [Slot::Person(father), Slot::Person(mother)];
            vec![vec![Choice { slots, log10_prior: 0.0, log10_lr: 0.0 }]; case.tables.len()]
        }
        [None, None] => making.of_both()?,
        [father, mother] => {
            let (open, other) = if father.is_none() { (Place::Father, mother) } else { (Place::Mother, father) };
            making.of_one(open, other)
        }
    };
    let kid = |mut choices: Vec<Choice>| {
        choices.retain(|choice| choice.log10_prior + choice.log10_lr > f64::NEG_INFINITY);
        choices.sort_by_key(|choice| choice.slots);
        let mut kid =
            Kid { child: child.sample, node: persons.stands_for(child.sample), known, choices, other: [0.0; 2] };
        for place in Place::BOTH {
            let of_other = kid.marginals(place).into_iter().find(|(slot, _)| *slot == Slot::Other);
            kid.other[place.index()] = of_other.map_or(0.0, |(_, posterior)| posterior);
        }
        kid
    };
    Ok(choices.into_iter().map(kid).collect())
}

impl Making<'_> {
    /// Who can take a place, under some table, ascending.
    fn who(&self, question: &Weighed, place: Place) -> Vec<SampleIndex> {
        let matters = |person: &SampleIndex| {
            let weights = &question.persons[person];
            let by_table = question.sums.iter().zip(&weights.sums);
            by_table.into_iter().any(|(sums, own)| sums.posterior_in(self.in_list, place, own) > MATTERS)
        };
        question.persons.keys().copied().filter(matters).collect()
    }

    /// log10 of the probability that a person is of the sex that a place asks for.
    fn log10_share(&self, person: SampleIndex, place: Place) -> f64 {
        log10_share(self.case, self.persons, person, place)
    }

    /// log10 LR of a person alone, under a table.
    fn single(&self, question: &Weighed, table: usize, person: SampleIndex, place: Place) -> f64 {
        let weights = &question.persons[&person];
        weights.sums[table].single[place.index()] - self.log10_share(person, place)
            + weights.not_parent[table].log10_ratio
    }

    /// One parent is known.
    fn of_one(&self, open: Place, known: Option<SampleIndex>) -> Vec<Vec<Choice>> {
        let question = &self.parentage.questions[open.index()];
        let who = self.who(question, open);
        let beside = known.map_or(Slot::Nobody, Slot::Person);
        let slots = |slot| if open == Place::Father { [slot, beside] } else { [beside, slot] };
        let of_table = |table: usize| {
            let sums = &question.sums[table];
            let priors = sums.weights(self.in_list);
            let at = open.index();
            let choice = |slot, log10_weight: f64, log10_lr: f64| {
                let log10_prior = log10_weight - log10_lr - priors.evidence;
                Choice { slots: slots(slot), log10_prior, log10_lr }
            };
            let mut choices = vec![choice(Slot::Nobody, priors.neither, 0.0)];
            let mut rest = Rest::of(sums.singles[at]);
            for &person in &who {
                let weight = question.persons[&person].sums[table].single[at];
                let log10_lr = self.single(question, table, person, open);
                if weight > f64::NEG_INFINITY {
                    choices.push(choice(Slot::Person(person), priors.single[at] + weight, log10_lr));
                    rest.take(weight);
                }
            }
            choices.push(choice(Slot::Other, priors.single[at] + rest.left(), 0.0));
            choices
        };
        (0..self.case.tables.len()).map(of_table).collect()
    }

    /// Both parents are in question.
    fn of_both(&self) -> Result<Vec<Vec<Choice>>, MatchError> {
        let question = &self.parentage.questions[0];
        let [fathers, mothers] = Place::BOTH.map(|place| self.who(question, place));
        let couples = self.couples(&fathers, &mothers)?;
        Ok((0..self.case.tables.len())
            .map(|table| self.of_both_under(question, table, [&fathers, &mothers], &couples))
            .collect())
    }

    /// By father and mother, then by table: log10 LR of the couple.
    fn couples(&self, fathers: &[SampleIndex], mothers: &[SampleIndex]) -> Result<Vec<Vec<Vec<f64>>>, MatchError> {
        let (case, child) = (self.case, self.child.sample);
        let codes: Vec<_> = mothers.iter().map(|&mother| case.codes_of_person(self.persons, mother)).collect();
        let of_father = |&father: &SampleIndex| -> Result<Vec<Vec<f64>>, MatchError> {
            if codes.is_empty() {
                return Ok(Vec::new());
            }
            let question = Question::Couple { child_sex: case.child_sex(child) };
            let asked = Asked { question, child, known: Some(father) };
            let rows = case.rows_beside(&asked, Some(&case.codes_of_person(self.persons, father)))?;
            let of_mother =
                |codes: &Vec<_>| rows.iter().map(|lines| log10_lr(lines, codes.iter().copied())).collect::<Vec<_>>();
            Ok(codes.iter().map(of_mother).collect())
        };
        fathers.iter().map(of_father).collect()
    }

    fn of_both_under(
        &self,
        question: &Weighed,
        table: usize,
        who: [&[SampleIndex]; 2],
        couples: &[Vec<Vec<f64>>],
    ) -> Vec<Choice> {
        let priors = question.sums[table].weights(self.in_list);
        let mut choices = Choices { log10_evidence: priors.evidence, found: Vec::new() };
        choices.add([Slot::Nobody; 2], priors.neither, 0.0);
        for place in Place::BOTH {
            self.add_singles(question, table, place, who[place.index()], &mut choices);
        }
        self.add_couples(question, table, who, couples, &mut choices);
        choices.found
    }

    /// One parent of this place is in the lists.
    fn add_singles(&self, question: &Weighed, table: usize, place: Place, who: &[SampleIndex], choices: &mut Choices) {
        let at = place.index();
        let sums = &question.sums[table];
        let priors = sums.weights(self.in_list);
        let slots = |slot| if at == 0 { [slot, Slot::Nobody] } else { [Slot::Nobody, slot] };
        let mut rest = Rest::of(sums.singles[at]);
        for &person in who {
            let weight = question.persons[&person].sums[table].single[at];
            let log10_lr = self.single(question, table, person, place);
            choices.add(slots(Slot::Person(person)), priors.single[at] + weight, log10_lr);
            rest.take(weight);
        }
        choices.add(slots(Slot::Other), priors.single[at] + rest.left(), 0.0);
    }

    /// Both parents are in the lists. `couples`: log10 LR by father and mother, then by table.
    fn add_couples(
        &self,
        question: &Weighed,
        table: usize,
        who: [&[SampleIndex]; 2],
        couples: &[Vec<Vec<f64>>],
        choices: &mut Choices,
    ) {
        let sums = &question.sums[table];
        let prior = sums.weights(self.in_list).couple;
        let of_place = |person: &SampleIndex, place: Place| question.persons[person].sums[table].couples[place.index()];
        let mut other_couples = Rest::of(sums.couples);
        let mut of_mothers: Vec<Rest> = who[1].iter().map(|mother| Rest::of(of_place(mother, Place::Mother))).collect();
        for (&father, couples) in who[0].iter().zip(couples) {
            let weights = &question.persons[&father];
            let mut of_father = Rest::of(of_place(&father, Place::Father));
            other_couples.take(of_place(&father, Place::Father));
            for ((&mother, couple), of_mother) in who[1].iter().zip(couples).zip(&mut of_mothers) {
                if father == mother {
                    continue;
                }
                let hers = &question.persons[&mother];
                let shares = self.log10_share(father, Place::Father) + self.log10_share(mother, Place::Mother);
                let ratios = weights.not_parent[table].log10_ratio + hers.not_parent[table].log10_ratio;
                let weight = couple[table] + shares - ratios;
                choices.add([Slot::Person(father), Slot::Person(mother)], prior + weight, couple[table]);
                of_father.take(weight);
                of_mother.take(weight);
            }
            let alone = self.single(question, table, father, Place::Father);
            choices.add([Slot::Person(father), Slot::Other], prior + of_father.left(), alone);
        }
        for (&mother, rest) in who[1].iter().zip(&of_mothers) {
            let alone = self.single(question, table, mother, Place::Mother);
            choices.add([Slot::Other, Slot::Person(mother)], prior + rest.left(), alone);
            other_couples.take(rest.left());
        }
        choices.add([Slot::Other; 2], prior + other_couples.left(), 0.0);
    }
}

/// The choices of one child under one table.
struct Choices {
    log10_evidence: f64,
    found: Vec<Choice>,
}

impl Choices {
    /// Adds a choice of this weight (log10), unless it is impossible.
    fn add(&mut self, slots: [Slot; 2], log10_weight: f64, log10_lr: f64) {
        let log10_prior = log10_weight - log10_lr - self.log10_evidence;
        if log10_weight > f64::NEG_INFINITY && log10_lr > f64::NEG_INFINITY {
            self.found.push(Choice { slots, log10_prior, log10_lr });
        }
    }
}

/// log10 of the probability that a person is of the sex that a place asks for.
pub(super) fn log10_share(case: &Case<'_>, persons: &Persons, person: SampleIndex, place: Place) -> f64 {
    let male = case.settings.prior.male;
    match (persons.sex(case.panel, person), place) {
        (Sex::Unknown, Place::Father) => male.log10(),
        (Sex::Unknown, Place::Mother) => (1.0 - male).log10(),
        _ => 0.0,
    }
}

/// What is left of a sum (log10) when parts of it are taken out.
struct Rest {
    whole: f64,
    taken: f64,
}

impl Rest {
    fn of(whole: f64) -> Self {
        Self { whole, taken: f64::NEG_INFINITY }
    }

    fn take(&mut self, part: f64) {
        self.taken = log10_add(self.taken, part);
    }

    fn left(&self) -> f64 {
        let left = log10_subtract(self.whole, self.taken);
        if left < self.whole + ROUNDING { f64::NEG_INFINITY } else { left }
    }
}

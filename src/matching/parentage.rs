//! What is known of the parents of one child: the hypotheses summed up, and posteriors for any prior.

use super::couple_sums::SummedCouples;
use super::relatives::NotParent;
use crate::inference::{InList, ParentSums, PersonSums, Place};
use crate::inheritance::Relationship;
use crate::profile::SampleIndex;
use std::collections::BTreeMap;

/// What is known of the parents of one child: a posterior for every prior.
#[derive(Clone, Debug, Default)]
pub struct Parentage {
    /// The independent questions: one, unless both parents are known and each is tested with the other taken as known.
    pub(super) questions: Vec<Weighed>,
}

/// The hypotheses of one question, by population.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub sums: Vec<ParentSums>,
    pub persons: BTreeMap<SampleIndex, PersonWeights>,
}

/// What one person weighs, by population.
#[derive(Clone, Debug)]
pub(super) struct PersonWeights {
    pub sums: Vec<PersonSums>,
    pub not_parent: Vec<NotParent>,
}

/// What a candidate is if it is not the parent.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct OtherRelative {
    /// The probability that it is a full sibling, a relative of the second degree, or a first cousin of the child.
    pub probability: f64,
    /// The likeliest of these.
    pub kind: Option<Relationship>,
}

impl Parentage {
    /// The probability, under each frequency table, that a person (the sample that stands for it) is the parent.
    pub fn posteriors(&self, in_list: InList, person: SampleIndex) -> Vec<f64> {
        let Some((question, weights)) = self.find(person) else { return Vec::new() };
        let by_population = question.sums.iter().zip(&weights.sums);
        by_population.map(|(sums, person)| sums.posterior(in_list, person)).collect()
    }

    /// The probability, under each frequency table, that a person is the parent of a place.
    pub(super) fn posteriors_in(&self, in_list: InList, place: Place, person: SampleIndex) -> Vec<f64> {
        let Some((question, weights)) = self.find(person) else { return Vec::new() };
        let by_population = question.sums.iter().zip(&weights.sums);
        by_population.map(|(sums, person)| sums.posterior_in(in_list, place, person)).collect()
    }

    /// The probability of a couple under each frequency table, from the log10 of its weights ([`SummedCouples`]).
    pub(super) fn posteriors_of_couple(&self, in_list: InList, log10_weights: &[f64]) -> Vec<f64> {
        let sums = self.questions.iter().flat_map(|question| &question.sums);
        sums.zip(log10_weights).map(|(sums, &weight)| sums.posterior_of_couple(in_list, weight)).collect()
    }

    /// The greatest that [`Parentage::posterior`] of a person can be, whoever was not scored being impossible.
    pub fn at_most(&self, in_list: InList, person: SampleIndex) -> f64 {
        let Some((question, _)) = self.find(person) else { return 0.0 };
        let stated = self.posteriors(in_list, person);
        question
            .sums
            .iter()
            .zip(stated)
            .map(|(sums, stated)| sums.at_most(in_list, stated))
            .reduce(f64::min)
            .unwrap_or(0.0)
    }

    /// The same for a couple with these posteriors by frequency table.
    pub(super) fn couple_at_most(&self, in_list: InList, stated: &[f64]) -> f64 {
        let sums = self.questions.iter().flat_map(|question| &question.sums);
        sums.zip(stated).map(|(sums, &stated)| sums.at_most(in_list, stated)).reduce(f64::min).unwrap_or(0.0)
    }

    /// The lowest of them; 0 for a person who was not compared.
    pub fn posterior(&self, in_list: InList, person: SampleIndex) -> f64 {
        self.posteriors(in_list, person).into_iter().reduce(f64::min).unwrap_or(0.0)
    }

    /// What a person is if not the parent; of several frequency tables the one under which it is likeliest.
    pub fn other(&self, in_list: InList, person: SampleIndex) -> OtherRelative {
        let Some((question, weights)) = self.find(person) else { return OtherRelative::default() };
        let by_population = question.sums.iter().zip(&weights.sums).zip(&weights.not_parent);
        let other = |((sums, person), other): ((&ParentSums, &PersonSums), &NotParent)| OtherRelative {
            probability: (1.0 - sums.posterior(in_list, person)) * other.relative,
            kind: other.kind,
        };
        let highest = |one: &OtherRelative, other: &OtherRelative| one.probability.total_cmp(&other.probability);
        by_population.map(other).max_by(highest).unwrap_or_default()
    }

    /// The probability that the parent of a place is nobody of the lists, the highest of the frequency tables'; nothing where
    /// nobody was compared for that place.
    pub fn none(&self, in_list: InList, place: Place) -> Option<f64> {
        let asked = |question: &&Weighed| question.sums.iter().any(|sums| sums.sizes[place.index()] > 0.0);
        let question = self.questions.iter().find(asked)?;
        question.sums.iter().map(|sums| sums.posterior_of_none(in_list, place)).reduce(f64::max)
    }

    /// Everybody of whom a posterior was asked, with the probability of being the parent of a place (the lowest of the
    /// frequency tables').
    pub fn of_place(&self, in_list: InList, place: Place) -> Vec<(SampleIndex, f64)> {
        let of_question = |question: &'_ Weighed| {
            let of_person = |(&person, weights): (&SampleIndex, &PersonWeights)| {
                let by_population = question.sums.iter().zip(&weights.sums);
                let posteriors = by_population.map(|(sums, own)| sums.posterior_in(in_list, place, own));
                (person, posteriors.reduce(f64::min).unwrap_or(0.0))
            };
            question.persons.iter().map(of_person).filter(|(_, posterior)| *posterior > 0.0).collect::<Vec<_>>()
        };
        self.questions.iter().flat_map(of_question).collect()
    }

    fn find(&self, person: SampleIndex) -> Option<(&Weighed, &PersonWeights)> {
        self.questions.iter().find_map(|question| Some((question, question.persons.get(&person)?)))
    }
}

impl Weighed {
    /// Nothing yet.
    pub fn new(populations: usize) -> Self {
        Self { sums: vec![ParentSums::EMPTY; populations], persons: BTreeMap::new() }
    }

    /// What a person weighs.
    pub fn person(&mut self, person: SampleIndex, populations: usize) -> &mut PersonWeights {
        self.persons.entry(person).or_insert_with(|| PersonWeights {
            sums: vec![PersonSums::default(); populations],
            not_parent: vec![NotParent { log10_ratio: 0.0, relative: 0.0, kind: None }; populations],
        })
    }

    /// Adds the hypotheses with both parents in the lists.
    pub fn add_couples(&mut self, joined: &SummedCouples) {
        let populations = self.sums.len();
        for (sums, &log10_total) in self.sums.iter_mut().zip(&joined.log10_totals) {
            sums.couples = log10_total;
            sums.unscored_couples = joined.log10_unscored;
        }
        for (&person, by_population) in &joined.of_persons {
            let weights = self.person(person, populations);
            weights.sums.iter_mut().zip(by_population).for_each(|(sums, &of_couples)| sums.couples = of_couples);
        }
    }
}

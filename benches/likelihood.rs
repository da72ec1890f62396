//! Score rows: what everything that somebody may show at a locus is worth to one child, by relationship; and the likelihood of half
//! siblings. Theta 0.01, on one core.
//!
//! Sizes and what the figures mean: `benches/README.md`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use filia::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use filia::inheritance::{AlleleIndex, Evidence, Individual, KnownParent, Pedigree, Relationship, Seen};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel, ln_likelihood, score_row};
use filia::model::Question;
use filia::profile::{Allele, Call, Observation, Sex};
use std::hint::black_box;

/// So many alleles, as frequent as repeat numbers around the middle are, with stepwise mutation.
fn locus(alleles: usize) -> LocusModel {
    let middle = alleles as f64 / 2.0;
    let weight = |at: usize| (-((at as f64 - middle) / (alleles as f64 / 5.0)).powi(2)).exp() + 0.002;
    let total: f64 = (0..alleles).map(weight).sum();
    let parameters = |rate| MutationParameters { rate, rate2: 1e-6, range: 0.1, matrix: None };
    let definition = LocusDefinition {
        name: format!("{alleles} alleles"),
        chromosome: Chromosome::Autosomal,
        alleles: (0..alleles).map(|at| (at + 5).to_string()).collect(),
        frequencies: (0..alleles).map(|at| weight(at) / total).collect(),
        mutation: Some(MutationDefinition {
            model: MutationModel::Stepwise,
            female: parameters(0.0005),
            male: parameters(0.002),
        }),
        theta: 0.01,
        silent_frequency: 0.0,
    };
    LocusModel::new(definition).expect("a locus as it should be")
}

fn shown(one: usize, other: usize) -> Observation {
    let allele = |at: usize| -> Allele { (at + 5).to_string().parse().expect("a repeat number") };
    Observation { call: Call::from_alleles(&[allele(one), allele(other)]), drop_out: 0.0 }
}

fn questions() -> Vec<(&'static str, Question)> {
    let kin =
        |relationship, known| Question::Kin { relationship, child_sex: Sex::Unknown, candidate_sex: Sex::Male, known };
    vec![
        ("parent", kin(Relationship::Parent, None)),
        ("parent, mother known", kin(Relationship::Parent, Some(KnownParent::Mother))),
        ("couple", Question::Couple { child_sex: Sex::Unknown }),
        ("full sibling", kin(Relationship::FullSibling, None)),
        ("half sibling", kin(Relationship::HalfSibling, None)),
        ("first cousin", kin(Relationship::FirstCousin, None)),
    ]
}

fn score_rows(criterion: &mut Criterion) {
    for alleles in [20, 50] {
        let model = locus(alleles);
        let candidates: Vec<_> = (0..alleles).flat_map(|b| (0..=b).map(move |a| shown(a, b))).collect();
        let middle = alleles / 2;
        let child = shown(middle, middle + 2);
        let mut group = criterion.benchmark_group(format!("score row, {alleles} alleles"));
        for (name, question) in questions() {
            let (h1, h2) = question.hypotheses().expect("a question that makes sense");
            let known = question.known_sex().map(|_| shown(middle - 1, middle));
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| score_row(&model, &h1, &h2, black_box(child), known, 0.0, &candidates).unwrap())
            });
        }
        group.finish();
    }
}

/// Children of one untyped father and of mothers of whom nothing is known.
fn half_siblings(criterion: &mut Criterion) {
    let model = locus(15);
    let mut group = criterion.benchmark_group("half siblings of one untyped father");
    for children in [4, 8, 12] {
        let father = Individual::founder("F", Sex::Male);
        let child = |at: usize| Individual::child(&format!("C{at}"), Sex::Unknown, Some(0), None);
        let pedigree = Pedigree::new(std::iter::once(father).chain((0..children).map(child)).collect());
        let pedigree = pedigree.expect("a family as it should be");
        let seen = |at: usize| Seen::pair(AlleleIndex(6 + (at % 2) as u16), AlleleIndex(5 + (at % 5) as u16));
        let evidence: Vec<_> = (0..children).map(|at| Evidence::certain(at + 1, seen(at))).collect();
        group.bench_function(BenchmarkId::from_parameter(children), |bencher| {
            bencher.iter(|| ln_likelihood(&model, &pedigree, black_box(&evidence)).unwrap())
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = score_rows, half_siblings
}
criterion_main!(benches);

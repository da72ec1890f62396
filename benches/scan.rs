//! The scan's kernels on generated panels: 24 loci, 16 alleles each, genotypes by their population frequencies.
//!
//! Everything runs on one core. Sizes and ratios: `benches/README.md`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use filia::profile::Code;
use filia::search::{Candidates, CodeFeatures, Features, NoProgress, Plan, Query, QueryRows, Wanted, scan};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{collections::HashMap, hint::black_box, sync::Arc};

const LOCI: usize = 24;
const ALLELES: usize = 16;

/// A genotype's code: 0 is missing, then the pairs (a, b) with a ≤ b.
fn code(a: usize, b: usize) -> Code {
    let (a, b) = (a.min(b), a.max(b));
    (1 + b * (b + 1) / 2 + a) as Code
}

fn alleles_of_codes() -> Vec<Option<(usize, usize)>> {
    let pairs = (0..ALLELES).flat_map(|b| (0..=b).map(move |a| Some((a, b))));
    std::iter::once(None).chain(pairs).collect()
}

/// Allele frequencies in the shape of an STR locus: a hump over the repeat numbers.
fn frequencies() -> [f64; ALLELES] {
    let weights: [f64; ALLELES] =
        std::array::from_fn(|allele| (-0.5 * ((allele as f64 - 7.5) / 2.6).powi(2)).exp() + 0.004);
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

fn draw(rng: &mut ChaCha8Rng, frequencies: &[f64]) -> usize {
    let mut left: f64 = rng.random();
    frequencies
        .iter()
        .position(|frequency| {
            left -= frequency;
            left < 0.0
        })
        .unwrap_or(ALLELES - 1)
}

/// log10 LR of parent and child at one locus, one-step mutations at 0.002 and rarer the farther.
fn parent_row(child: (usize, usize), frequencies: &[f64]) -> Vec<f64> {
    let mutation = |from: usize, to: usize| match from.abs_diff(to) {
        0 => 0.998,
        steps => 0.001 * 0.1_f64.powi(steps as i32 - 1),
    };
    let passed = |parent: (usize, usize), allele| (mutation(parent.0, allele) + mutation(parent.1, allele)) / 2.0;
    let (a, b) = child;
    let ratio = |parent| match parent {
        None => 1.0,
        Some(parent) if a == b => passed(parent, a) / frequencies[a],
        Some(parent) => (passed(parent, a) / frequencies[a] + passed(parent, b) / frequencies[b]) / 2.0,
    };
    alleles_of_codes().into_iter().map(|parent| f64::log10(ratio(parent))).collect()
}

/// Queries and candidates, drawn from the population.
fn setting(queries: usize, people: usize) -> (Vec<Query>, Candidates) {
    let frequencies = frequencies();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let columns: Vec<Vec<Code>> = (0..LOCI)
        .map(|_| (0..people).map(|_| code(draw(&mut rng, &frequencies), draw(&mut rng, &frequencies))).collect())
        .collect();
    let columns: Vec<&[Code]> = columns.iter().map(Vec::as_slice).collect();
    let sizes = [alleles_of_codes().len(); LOCI];
    let candidates = Candidates::new(&columns, &sizes, (0..people as u32).collect());
    let mut rows: HashMap<_, Arc<[f64]>> = HashMap::new();
    let mut row = |child: (usize, usize)| -> Arc<[f64]> {
        rows.entry(child).or_insert_with(|| Arc::from(parent_row(child, &frequencies))).clone()
    };
    let queries = (0..queries)
        .map(|_| {
            let mut child = || (draw(&mut rng, &frequencies), draw(&mut rng, &frequencies));
            let rows = (0..LOCI)
                .map(|_| {
                    let (a, b) = child();
                    row((a.min(b), a.max(b)))
                })
                .collect();
            Query { tables: vec![QueryRows { rows }], excluded: Vec::new() }
        })
        .collect();
    (queries, candidates)
}

fn features() -> Features {
    let code = |alleles| match alleles {
        None => CodeFeatures::Any,
        Some((a, b)) if a == b => CodeFeatures::One(a as u16),
        Some((a, b)) => CodeFeatures::Two(a as u16, b as u16),
    };
    Features { loci: vec![alleles_of_codes().into_iter().map(code).collect(); LOCI] }
}

/// The same searches by exclusion, by the portable build of the same kernel, and by look-up.
fn exclusion(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("threshold 2, one core");
    for (queries, people) in [(40, 500_000), (2_000, 100_000), (20_000, 50_000)] {
        let (rows, candidates) = setting(queries, people);
        group.throughput(Throughput::Elements((queries * people) as u64));
        let wanted = Wanted { threshold: Some(2.0), top: 10 };
        let chosen = pool.install(|| Plan::choose(&rows, &candidates, &wanted, Some(&features()), false));
        println!("{}", serde_json::to_string(chosen.summary()).unwrap());
        for (name, plan) in [("chosen", chosen.clone()), ("portable", chosen.portable()), ("look-up", Plan::lookup())] {
            if name == "look-up" && queries * people > 1_000_000_000 / 2 {
                continue;
            }
            group.bench_function(BenchmarkId::new(name, format!("{queries} x {people}")), |bencher| {
                let run = || scan(black_box(&rows), &candidates, &wanted, &plan, &NoProgress);
                bencher.iter(|| pool.install(run).unwrap())
            });
        }
    }
    group.finish();
}

/// Working out bounds and making queries ready, by number of queries.
fn plan(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("plan, one core");
    for queries in [100, 10_000] {
        let (rows, candidates) = setting(queries, 50_000);
        let wanted = Wanted { threshold: Some(2.0), top: 10 };
        group.throughput(Throughput::Elements(queries as u64));
        group.bench_function(BenchmarkId::from_parameter(queries), |bencher| {
            let run = || Plan::choose(black_box(&rows), &candidates, &wanted, Some(&features()), false);
            bencher.iter(|| pool.install(run))
        });
    }
    group.finish();
}

fn look_up(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("look-up, one core");
    for (queries, people) in [(4, 500_000), (40, 100_000), (2_000, 2_000)] {
        let (rows, candidates) = setting(queries, people);
        group.throughput(Throughput::Elements((queries * people) as u64));
        let wanted = Wanted { threshold: Some(2.0), top: 10 };
        group.bench_function(BenchmarkId::from_parameter(format!("{queries} x {people}")), |bencher| {
            bencher.iter(|| {
                pool.install(|| scan(black_box(&rows), &candidates, &wanted, &Plan::lookup(), &NoProgress)).unwrap()
            })
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = look_up, exclusion, plan
}
criterion_main!(benches);

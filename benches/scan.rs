//! The scan's kernels on generated panels of 24 loci, genotypes by their population frequencies: 16 alleles a locus, or
//! the published frequencies of 24 STR loci.
//!
//! Everything runs on one core but the group that is about threads. Sizes and ratios: `benches/README.md`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use filia::profile::Code;
use filia::search::{
    Candidates, CodeFeatures, Composition, Features, NoProgress, Plan, Query, QueryTable, Wanted, scan,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, HashMap};
use std::{hint::black_box, sync::Arc};

const LOCI: usize = 24;

/// The allele frequencies of each locus of a panel.
type Panel = Vec<Vec<f64>>;

/// A genotype's code: 0 is missing, then the pairs (a, b) with a ≤ b.
fn code(a: usize, b: usize) -> Code {
    let (a, b) = (a.min(b), a.max(b));
    (1 + b * (b + 1) / 2 + a) as Code
}

fn alleles_of_codes(alleles: usize) -> impl Iterator<Item = Option<(usize, usize)>> {
    std::iter::once(None).chain((0..alleles).flat_map(|b| (0..=b).map(move |a| Some((a, b)))))
}

/// 16 alleles at every locus, with frequencies in the shape of an STR locus: a hump over the repeat numbers.
fn humps() -> Panel {
    let weight = |allele: i32| (-0.5 * ((f64::from(allele) - 7.5) / 2.6).powi(2)).exp() + 0.004;
    let sum: f64 = (0..16).map(weight).sum();
    vec![(0..16).map(|allele| weight(allele) / sum).collect(); LOCI]
}

/// 24 loci of the bundled table `nist1036:cauc`, SE33 with its many alleles among them.
fn published() -> Panel {
    const LEFT_OUT: [&str; 5] = ["F13A01", "F13B", "FESFPS", "LPL", "Penta C"];
    let text = filia::population::bundled::find("nist1036:cauc").unwrap().text;
    let mut counts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for row in text.lines().filter(|row| !row.starts_with('#') && !row.starts_with("locus,")) {
        let [locus, _, count] = row.split(',').collect::<Vec<_>>()[..] else { panic!("locus, allele, count") };
        counts.entry(locus).or_default().push(count.parse().unwrap());
    }
    counts.retain(|locus, _| !LEFT_OUT.contains(locus));
    assert_eq!(counts.len(), LOCI);
    let share = |counts: Vec<f64>| counts.iter().map(|count| count / counts.iter().sum::<f64>()).collect();
    counts.into_values().map(share).collect()
}

fn draw(rng: &mut ChaCha8Rng, frequencies: &[f64]) -> usize {
    let mut left: f64 = rng.random();
    let drawn = frequencies.iter().position(|frequency| {
        left -= frequency;
        left < 0.0
    });
    drawn.unwrap_or(frequencies.len() - 1)
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
    alleles_of_codes(frequencies.len()).map(|parent| f64::log10(ratio(parent))).collect()
}

/// Children and candidate parents, drawn from the population.
fn setting(panel: &Panel, queries: usize, people: usize) -> (Vec<Query>, Candidates) {
    setting_of(panel, queries, people, parent_row)
}

/// Queries with such rows and candidates, drawn from the population.
fn setting_of(
    panel: &Panel,
    queries: usize,
    people: usize,
    row_of: impl Fn((usize, usize), &[f64]) -> Vec<f64>,
) -> (Vec<Query>, Candidates) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut column = |frequencies: &Vec<f64>| -> Vec<Code> {
        (0..people).map(|_| code(draw(&mut rng, frequencies), draw(&mut rng, frequencies))).collect()
    };
    let columns: Vec<Vec<Code>> = panel.iter().map(&mut column).collect();
    let columns: Vec<&[Code]> = columns.iter().map(Vec::as_slice).collect();
    let sizes: Vec<_> = panel.iter().map(|frequencies| alleles_of_codes(frequencies.len()).count()).collect();
    let candidates = Candidates::new(&columns, &sizes, (0..people as u32).collect());
    let mut rows: HashMap<_, Arc<[f64]>> = HashMap::new();
    let mut row = |(locus, frequencies): (usize, &Vec<f64>)| {
        let (a, b) = (draw(&mut rng, frequencies), draw(&mut rng, frequencies));
        let child = (a.min(b), a.max(b));
        rows.entry((locus, child)).or_insert_with(|| row_of(child, frequencies).into()).clone()
    };
    let mut query = || QueryTable::from(panel.iter().enumerate().map(&mut row).collect::<Vec<_>>());
    let queries = (0..queries).map(|_| Query { tables: vec![query()], excluded: Vec::new() }).collect();
    (queries, candidates)
}

fn features(panel: &Panel) -> Features {
    let code = |alleles| match alleles {
        None => CodeFeatures::Any,
        Some((a, b)) if a == b => CodeFeatures::One(a as u16),
        Some((a, b)) => CodeFeatures::Two(a as u16, b as u16),
    };
    Features { loci: panel.iter().map(|frequencies| alleles_of_codes(frequencies.len()).map(code).collect()).collect() }
}

/// What is asked in all groups: candidates from log10 LR 2 on.
const WANTED: Wanted = Wanted { threshold: Some(2.0), top: 10 };

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn chosen(panel: &Panel, queries: &[Query], candidates: &Candidates) -> Plan {
    let plan = Plan::choose(queries, &Composition::of(candidates), &WANTED, Some(&features(panel)), false);
    println!("{}", serde_json::to_string(plan.summary()).unwrap());
    plan
}

/// The same searches by exclusion, by its counts alone, by the portable build of the same kernel, and by look-up.
fn exclusion(criterion: &mut Criterion, name: &str, panel: &Panel, sizes: &[(usize, usize)]) {
    let pool = pool(1);
    let mut group = criterion.benchmark_group(name);
    for &(queries, people) in sizes {
        let (rows, candidates) = setting(panel, queries, people);
        let size = format!("{queries} x {people}");
        group.throughput(Throughput::Elements((queries * people) as u64));
        let plan = chosen(panel, &rows, &candidates);
        if let Some(left) = plan.pairs_left(&candidates) {
            println!("left by the counts: {:.2e} of the pairs", left as f64 / (queries * people) as f64);
            group.bench_function(BenchmarkId::new("counts alone", &size), |bencher| {
                bencher.iter(|| pool.install(|| black_box(&plan).pairs_left(&candidates)))
            });
        }
        for (name, plan) in [("chosen", plan.clone()), ("portable", plan.portable()), ("look-up", Plan::lookup())] {
            if name == "look-up" && queries * people > 1_000_000_000 / 2 {
                continue;
            }
            group.bench_function(BenchmarkId::new(name, &size), |bencher| {
                let run = || scan(black_box(&rows), &candidates, &WANTED, &plan, &NoProgress);
                bencher.iter(|| pool.install(run).unwrap())
            });
        }
    }
    group.finish();
}

fn exclusion_of_16_alleles(criterion: &mut Criterion) {
    let sizes = [(40, 500_000), (2_000, 100_000), (20_000, 50_000)];
    exclusion(criterion, "threshold 2, one core", &humps(), &sizes);
}

fn exclusion_by_published_frequencies(criterion: &mut Criterion) {
    let sizes = [(2_000, 100_000), (20_000, 50_000), (100_000, 50_000)];
    exclusion(criterion, "threshold 2, published frequencies, one core", &published(), &sizes);
}

/// log10 LR of one person at one locus, differing genotypes allowed for at −3.
fn one_person_row(own: (usize, usize), frequencies: &[f64]) -> Vec<f64> {
    let (a, b) = own;
    let chance = if a == b { frequencies[a].powi(2) } else { 2.0 * frequencies[a] * frequencies[b] };
    let entry = |other| match other {
        None => 0.0,
        Some(other) if other == own => -chance.log10(),
        Some(_) => -3.0,
    };
    alleles_of_codes(frequencies.len()).map(entry).collect()
}

/// Samples of one person among many: by agreement, and so few of them that exclusion is chosen.
fn one_person(criterion: &mut Criterion) {
    let (panel, people) = (published(), 1_000_000);
    let pool = pool(1);
    let mut group = criterion.benchmark_group("samples of one person, one core");
    let (rows, candidates) = setting_of(&panel, 100_000, people, one_person_row);
    for queries in [1_000, 100_000] {
        let rows = &rows[..queries];
        let wanted = Wanted { threshold: Some((queries as f64 * people as f64).log10()), top: 10 };
        let plan = Plan::choose(rows, &Composition::of(&candidates), &wanted, Some(&features(&panel)), false);
        println!("{}", serde_json::to_string(plan.summary()).unwrap());
        group.throughput(Throughput::Elements((queries * people) as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{queries} x {people}")), |bencher| {
            let run = || scan(black_box(rows), &candidates, &wanted, &plan, &NoProgress);
            bencher.iter(|| pool.install(run).unwrap())
        });
    }
    group.finish();
}

/// From one thread to as many as there are processors.
fn threads(criterion: &mut Criterion) {
    let (panel, queries, people) = (published(), 20_000, 200_000);
    let (rows, candidates) = setting(&panel, queries, people);
    let plan = chosen(&panel, &rows, &candidates);
    let mut group = criterion.benchmark_group(format!("threads, {queries} x {people}"));
    group.throughput(Throughput::Elements((queries * people) as u64));
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in std::iter::successors(Some(1), |threads| Some(threads * 2)).take_while(|&threads| threads <= most) {
        let pool = pool(threads);
        group.bench_function(BenchmarkId::from_parameter(threads), |bencher| {
            let run = || scan(black_box(&rows), &candidates, &WANTED, &plan, &NoProgress);
            bencher.iter(|| pool.install(run).unwrap())
        });
    }
    group.finish();
}

/// From 100,000 candidates to 10,000,000 (which take 1 GB here).
fn candidates(criterion: &mut Criterion) {
    let (panel, queries) = (published(), 1_000);
    let pool = pool(1);
    let mut group = criterion.benchmark_group(format!("candidates, {queries} queries, one core"));
    for people in [100_000, 1_000_000, 10_000_000] {
        let (rows, candidates) = setting(&panel, queries, people);
        let plan = chosen(&panel, &rows, &candidates);
        group.throughput(Throughput::Elements((queries * people) as u64));
        group.bench_function(BenchmarkId::from_parameter(people), |bencher| {
            let run = || scan(black_box(&rows), &candidates, &WANTED, &plan, &NoProgress);
            bencher.iter(|| pool.install(run).unwrap())
        });
    }
    group.finish();
}

/// Working out bounds and making queries ready, by number of queries.
fn plan(criterion: &mut Criterion) {
    let (panel, pool) = (humps(), pool(1));
    let features = features(&panel);
    let mut group = criterion.benchmark_group("plan, one core");
    for queries in [100, 10_000] {
        let (rows, candidates) = setting(&panel, queries, 50_000);
        group.throughput(Throughput::Elements(queries as u64));
        group.bench_function(BenchmarkId::from_parameter(queries), |bencher| {
            let run = || Plan::choose(black_box(&rows), &Composition::of(&candidates), &WANTED, Some(&features), false);
            bencher.iter(|| pool.install(run))
        });
    }
    group.finish();
}

fn look_up(criterion: &mut Criterion) {
    let (panel, pool) = (humps(), pool(1));
    let mut group = criterion.benchmark_group("look-up, one core");
    for (queries, people) in [(4, 500_000), (40, 100_000), (2_000, 2_000)] {
        let (rows, candidates) = setting(&panel, queries, people);
        group.throughput(Throughput::Elements((queries * people) as u64));
        group.bench_function(BenchmarkId::from_parameter(format!("{queries} x {people}")), |bencher| {
            let run = || scan(black_box(&rows), &candidates, &WANTED, &Plan::lookup(), &NoProgress);
            bencher.iter(|| pool.install(run).unwrap())
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = look_up, exclusion_of_16_alleles, exclusion_by_published_frequencies, one_person, threads, candidates, plan
}
criterion_main!(benches);

//! What a panel can tell, and simulation: the 24 loci of the demonstration case, on one core.
//!
//! Sizes and what the figures mean: `benches/README.md`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use filia::inheritance::Relationship;
use filia::io::case_shape::parse_case_shape;
use filia::likelihood::LocusModel;
use filia::power::{Atom, Grid, LocusPairs, LrDistribution, PairTyping, Tail, estimate_tail};
use filia::profile::{LocusName, Sex};
use filia::simulate::{CaseShape, Discrete, Purpose, ROLES, SamplePlace, Streams, SyntheticCase, uniform};
use filia::statistics::Statistics;
use std::hint::black_box;
use std::time::Instant;

const TESTED: Relationship = Relationship::Parent;
const TYPING: PairTyping =
    PairTyping { child_drop_out: 0.0, candidate_drop_out: 0.0, drop_in: 0.0, candidate_sex: Sex::Unknown };
const PROFILES: u64 = 100_000;
const THRESHOLD: f64 = 2.0;

fn models() -> (CaseShape, Vec<LocusModel>) {
    let shape = parse_case_shape("demo", include_str!("../data/demo/case.toml")).unwrap();
    let loci: Vec<_> = shape.loci.iter().map(|name| LocusName::new(name)).collect();
    let models = Statistics::from_settings(&shape.settings).unwrap().world(&loci).unwrap();
    (shape, models)
}

/// What two unrelated people's log10 LR can be at each locus.
fn atoms(models: &[LocusModel]) -> Vec<Vec<Atom>> {
    let of_locus = |model| LocusPairs::new(model, model, &[TESTED], &TYPING)?.atoms(TESTED, Relationship::Unrelated);
    models.iter().map(of_locus).collect::<Result<_, _>>().unwrap()
}

/// The share of draws at or above the threshold.
fn monte_carlo(atoms: &[Vec<Atom>], draws: u64) -> f64 {
    let chances: Vec<_> = atoms.iter().map(|atoms| Discrete::new(atoms.iter().map(|atom| atom.probability))).collect();
    let mut random = Streams::new(1, Purpose::Estimate).stream(0);
    let mut total = || -> f64 {
        atoms.iter().zip(&chances).map(|(atoms, chances)| atoms[chances.pick(uniform(&mut random))].log10_lr).sum()
    };
    (0..draws).filter(|_| total() >= THRESHOLD).count() as f64 / draws as f64
}

fn distribution(criterion: &mut Criterion) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (_, models) = models();
    let atoms = pool.install(|| atoms(&models));
    let mut group = criterion.benchmark_group("LR distribution, 24 loci, one core");
    group.bench_function("tables and convolution", |bencher| {
        bencher.iter(|| {
            pool.install(|| LrDistribution::of_sum(&self::atoms(black_box(&models)), Grid::default()))
                .at_least(THRESHOLD)
        })
    });
    group.bench_function("convolution", |bencher| {
        bencher.iter(|| pool.install(|| LrDistribution::of_sum(black_box(&atoms), Grid::default())))
    });
    group.bench_function("importance sampling, 20,000 draws", |bencher| {
        bencher.iter(|| pool.install(|| estimate_tail(black_box(&atoms), Tail::AtLeast, THRESHOLD, 20_000, 1)))
    });
    group
        .bench_function("Monte Carlo, 20,000 draws", |bencher| bencher.iter(|| monte_carlo(black_box(&atoms), 20_000)));
    group.finish();
    equal_precision(&atoms);
}

/// Prints what plain Monte Carlo would cost for a tail within 1 % (one standard error), beside one convolution.
fn equal_precision(atoms: &[Vec<Atom>]) {
    let started = Instant::now();
    let distribution = LrDistribution::of_sum(atoms, Grid::default());
    let convolution = started.elapsed().as_secs_f64();
    let tail = distribution.at_least(THRESHOLD);
    let draws = 200_000;
    let started = Instant::now();
    let share = monte_carlo(atoms, draws);
    let wanted = (1.0 - tail) / (tail * 1e-4);
    let cost = started.elapsed().as_secs_f64() / draws as f64 * wanted;
    println!("P(log10 LR ≥ {THRESHOLD}) = {tail:e} by convolution, {share:e} from {draws} draws");
    println!("convolution {convolution:.3} s; {wanted:.1e} draws {cost:.1} s: {:.0} times as long", cost / convolution);
}

fn simulation(criterion: &mut Criterion) {
    let (mut shape, models) = models();
    shape.roles.clear();
    shape.families.retain(|family| family.about == "detained men");
    shape.families[0].count = PROFILES;
    let case = SyntheticCase::new(shape, &models, 1).unwrap();
    let list = ROLES.iter().position(|role| role.as_str() == "detainee").unwrap();
    let mut group = criterion.benchmark_group("simulated profiles, 24 loci, one core");
    group.throughput(Throughput::Elements(PROFILES));
    group.bench_function("unrelated people", |bencher| {
        bencher.iter(|| (0..PROFILES).map(|row| case.sample(SamplePlace { list, row }).reported.len()).sum::<usize>())
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = distribution, simulation
}
criterion_main!(benches);

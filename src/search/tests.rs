//! The scan against the obvious double loop.

use super::*;
use crate::profile::Code;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A panel and queries as plain numbers.
#[derive(Debug, Clone)]
struct SearchCase {
    sizes: Vec<usize>,
    columns: Vec<Vec<Code>>,
    members: Vec<u32>,
    queries: Vec<Query>,
    wanted: Wanted,
}

/// What a scan should answer, by the obvious double loop.
fn obvious(case: &SearchCase) -> Vec<(Vec<Hit>, u64, f64, u64)> {
    let answer = |query: &Query| {
        let mut scored = Vec::new();
        for &member in case.members.iter().filter(|member| !query.excluded.contains(member)) {
            let mut least = f64::INFINITY;
            for table in &query.tables {
                let mut ratios = Vec::new();
                for line in &table.lines {
                    let mut sum = 0.0;
                    for (locus, row) in line.rows.iter().enumerate() {
                        sum += row[usize::from(case.columns[locus][member as usize])];
                    }
                    ratios.push(line.log10_weight + sum);
                }
                let of_table = log10_sum(ratios.into_iter());
                least = least.min(of_table);
            }
            scored.push(Hit { member, score: if query.tables.is_empty() { 0.0 } else { least } });
        }
        let total = scored.iter().map(|hit| 10_f64.powf(hit.score)).sum::<f64>().log10();
        let compared = scored.len() as u64;
        scored.retain(|hit| case.wanted.threshold.is_none_or(|threshold| hit.score >= threshold));
        scored.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap().then(a.member.cmp(&b.member)));
        let at_or_above = scored.len() as u64;
        scored.truncate(case.wanted.top);
        (scored, at_or_above, total, compared)
    };
    case.queries.iter().map(answer).collect()
}

/// Entries on a coarse grid, so that ties abound; some impossible.
fn entry() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(f64::NEG_INFINITY), 6 => (-16_i32..8).prop_map(|n| f64::from(n) / 4.0), 3 => -4.0..2.0]
}

fn case() -> impl Strategy<Value = SearchCase> {
    let people = prop_oneof![4 => 0_usize..40, 1 => 60..70_usize, 1 => 1020..1030_usize];
    let weights = prop_oneof![2 => Just(vec![1.0]), 1 => Just(vec![0.5, 0.5]), 1 => Just(vec![0.2, 0.5, 0.3])];
    (prop::collection::vec(1_usize..9, 0..7), people, 0_usize..10, 1_usize..3, weights)
        .prop_flat_map(|(sizes, people, queries, tables, weights)| {
            let columns: Vec<_> = sizes.iter().map(|&size| prop::collection::vec(0..size as Code, people)).collect();
            let rows: Vec<_> = sizes.iter().map(|&size| prop::collection::vec(entry(), size + size % 2)).collect();
            let tables = prop::collection::vec((prop::collection::vec(rows, weights.len()), 0..=weights.len()), tables);
            let query =
                (tables, prop::collection::vec(0..people.max(1) as u32, 0..4)).prop_map(move |(tables, excluded)| {
                    Query { tables: tables.into_iter().map(|table| table_of(&weights, table)).collect(), excluded }
                });
            let threshold = prop::option::weighted(0.7, (-40_i32..16).prop_map(|n| f64::from(n) / 4.0));
            let wanted = (threshold, 0_usize..30).prop_map(|(threshold, top)| Wanted { threshold, top });
            let members = prop::collection::vec(prop::bool::weighted(0.9), people);
            (Just(sizes), columns, members, prop::collection::vec(query, queries), wanted)
        })
        .prop_map(|(sizes, columns, kept, queries, wanted)| {
            let members = (0..).zip(kept).filter(|(_, kept)| *kept).map(|(member, _)| member).collect();
            SearchCase { sizes, columns, members, queries, wanted }
        })
}

/// A table of lines with these weights, of which the first so many have a row of their own at every locus; the others share the
/// rows of the first.
fn table_of(weights: &[f64], (lines, own): (Vec<Vec<Vec<f64>>>, usize)) -> QueryTable {
    let lines: Vec<Vec<Arc<[f64]>>> = lines.into_iter().map(|rows| rows.into_iter().map(Arc::from).collect()).collect();
    let rows = |at: usize| if at < own { lines[at].clone() } else { lines[0].clone() };
    let line = |(at, weight): (usize, &f64)| QueryRows { rows: rows(at), log10_weight: weight.log10() };
    QueryTable { lines: weights.iter().enumerate().map(line).collect() }
}

fn candidates_of(case: &SearchCase) -> Candidates {
    let columns: Vec<&[Code]> = case.columns.iter().map(Vec::as_slice).collect();
    Candidates::new(&columns, &case.sizes, case.members.clone())
}

fn same(left: f64, right: f64) -> bool {
    left == right || (left - right).abs() < 1e-9 * left.abs().max(1.0)
}

/// Compares with the double loop; totals where they run over all candidates.
fn check(case: &SearchCase, candidates: &Candidates, plan: &Plan) -> Result<(), TestCaseError> {
    let results = scan(&case.queries, candidates, &case.wanted, plan, &NoProgress).unwrap();
    prop_assert_eq!(results.len(), case.queries.len());
    for ((result, query), expected) in results.iter().zip(&case.queries).zip(obvious(case)) {
        let (hits, at_or_above, total, compared) = expected;
        prop_assert_eq!(&result.hits, &hits);
        prop_assert_eq!(result.at_or_above, at_or_above);
        prop_assert_eq!(result.compared, compared);
        let total = match result.total.covers {
            Coverage::All => total,
            _ => {
                let reached = |score: &f64| case.wanted.threshold.is_none_or(|threshold| *score >= threshold);
                let scores = candidates.members().iter().zip(score_all(query, candidates));
                let scores = scores.filter(|(member, _)| !query.excluded.contains(member)).map(|(_, score)| score);
                scores.filter(reached).map(|score| 10_f64.powf(score)).sum::<f64>().log10()
            }
        };
        prop_assert!(same(result.total.log10, total), "{} {}", result.total.log10, total);
    }
    Ok(())
}

fn features(sizes: &[usize]) -> impl Strategy<Value = Features> + use<> {
    let code = prop_oneof![
        1 => Just(CodeFeatures::Any),
        3 => (0_u16..4).prop_map(CodeFeatures::One),
        6 => (0_u16..5, 0_u16..5).prop_map(|(first, second)| CodeFeatures::Two(first, second)),
    ];
    let loci: Vec<_> = sizes.iter().map(|&size| prop::collection::vec(code.clone(), size)).collect();
    loci.prop_map(|loci| Features { loci })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn exclusion_finds_what_look_up_finds_where_it_excludes(
        (queries, people, loci) in (1_usize..12, 1_usize..1100, 1_usize..30),
        (threshold, top) in (-20_i32..16, 0_usize..30),
    ) {
        let (queries, candidates, features) = population(queries, people, loci);
        let wanted = Wanted { threshold: Some(f64::from(threshold)), top };
        let plan = Plan::excluding_regardless_of_cost(&queries, &Composition::of(&candidates), &wanted, &features).unwrap();
        let looked_up = scan(&queries, &candidates, &wanted, &Plan::lookup(), &NoProgress).unwrap();
        for plan in [plan.clone(), plan.portable()] {
            let excluded = scan(&queries, &candidates, &wanted, &plan, &NoProgress).unwrap();
            for (excluded, looked_up) in excluded.iter().zip(&looked_up) {
                prop_assert_eq!(&excluded.hits, &looked_up.hits);
                prop_assert_eq!(excluded.at_or_above, looked_up.at_or_above);
                prop_assert_eq!(excluded.compared, looked_up.compared);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn look_up_finds_what_the_double_loop_finds(case in case()) {
        check(&case, &candidates_of(&case), &Plan::lookup())?;
    }

    #[test]
    fn exclusion_finds_what_the_double_loop_finds(
        (case, features) in case().prop_flat_map(|case| { let features = features(&case.sizes); (Just(case), features) }),
    ) {
        let candidates = candidates_of(&case);
        if let Some(plan) = Plan::excluding_regardless_of_cost(&case.queries, &Composition::of(&candidates), &case.wanted, &features) {
            check(&case, &candidates, &plan)?;
        }
    }

    #[test]
    fn agreement_finds_what_the_double_loop_finds(
        (case, features) in case().prop_flat_map(|case| { let features = features(&case.sizes); (Just(case), features) }),
    ) {
        let candidates = candidates_of(&case);
        if let Some(plan) = Plan::agreeing_regardless_of_cost(&case.queries, &Composition::of(&candidates), &case.wanted, &features) {
            check(&case, &candidates, &plan)?;
        }
    }

    #[test]
    fn agreement_finds_samples_of_one_person(
        seed in any::<u64>(),
        (people, loci, missing, wrong) in (1_usize..300, 4_usize..20, 0.0..0.3, 0.0..0.1),
        (queries, threshold, top) in (1_usize..40, 0_i32..12, 1_usize..20),
    ) {
        let case = samples_of_few_people(seed, people, loci, [missing, wrong], queries);
        let case = SearchCase { wanted: Wanted { threshold: Some(f64::from(threshold)), top }, ..case };
        let candidates = candidates_of(&case);
        let features = Features { loci: case.sizes.iter().map(|&size| vec![CodeFeatures::Any; size]).collect() };
        if let Some(plan) = Plan::agreeing_regardless_of_cost(&case.queries, &Composition::of(&candidates), &case.wanted, &features) {
            check(&case, &candidates, &plan)?;
        }
    }
}

/// Samples of few people with codes missing (code 0) or wrong, and queries for whoever they are of: own code 1, missing 0, else −3.
fn samples_of_few_people(
    seed: u64,
    samples: usize,
    loci: usize,
    [missing, wrong]: [f64; 2],
    queries: usize,
) -> SearchCase {
    const CODES: Code = 30;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut people: Vec<Vec<Code>> = Vec::new();
    for _ in 0..samples.div_ceil(3) {
        people.push((0..loci).map(|_| random.random_range(1..CODES)).collect());
    }
    let mut sample = |_| -> Vec<Code> {
        let person = people[random.random_range(0..people.len())].clone();
        let mut see = |code| match random.random::<f64>() {
            chance if chance < missing => 0,
            chance if chance < missing + wrong => random.random_range(1..CODES),
            _ => code,
        };
        person.into_iter().map(&mut see).collect()
    };
    let codes: Vec<Vec<Code>> = (0..samples).map(&mut sample).collect();
    let columns = (0..loci).map(|locus| codes.iter().map(|sample| sample[locus]).collect()).collect();
    let row_of = |own: Code| -> Arc<[f64]> {
        let entry = |code| {
            if own == 0 || code == 0 {
                0.0
            } else if code == own {
                1.0
            } else {
                -3.0
            }
        };
        (0..CODES).map(entry).collect()
    };
    let rows: Vec<_> = (0..CODES).map(row_of).collect();
    let query = |at: usize| {
        let rows: Vec<_> = codes[at % samples].iter().map(|&own| Arc::clone(&rows[usize::from(own)])).collect();
        Query { tables: vec![QueryTable::from(rows)], excluded: vec![(at % samples) as u32] }
    };
    let queries = (0..queries).map(query).collect();
    let (sizes, members) = (vec![usize::from(CODES); loci], (0..samples as u32).collect());
    SearchCase { sizes, columns, members, queries, wanted: Wanted { threshold: None, top: 0 } }
}

#[test]
fn many_samples_of_one_person_are_found_by_agreement() {
    let case = samples_of_few_people(1, 120_000, 16, [0.0, 0.0], 30_000);
    let (candidates, wanted) = (candidates_of(&case), Wanted { threshold: Some(8.0), top: 10 });
    let features = Features { loci: case.sizes.iter().map(|&size| vec![CodeFeatures::Any; size]).collect() };
    let kernel = |queries: &[Query]| {
        let plan = Plan::choose(queries, &Composition::of(&candidates), &wanted, Some(&features), false);
        (plan.summary().kernel.clone(), plan.summary().queries_agreeing)
    };
    let (kernels, agreeing) = kernel(&case.queries);
    assert!(kernels.starts_with("agreement") && agreeing > 29_000, "{kernels} {agreeing}");
    assert_eq!(kernel(&case.queries[..10]).1, 0, "a few are looked up");
}

#[test]
fn the_sum_of_terms_is_a_logarithm_of_a_sum() {
    let sum = |terms: &[f64]| log10_sum(terms.iter().copied());
    for (found, expected) in [
        (sum(&[]), f64::NEG_INFINITY),
        (sum(&[0.1 + 0.2]), 0.1 + 0.2),
        (sum(&[f64::NEG_INFINITY, f64::NEG_INFINITY]), f64::NEG_INFINITY),
        (sum(&[f64::NEG_INFINITY, -2.5]), -2.5),
    ] {
        assert_eq!(found, expected);
    }
    assert!((sum(&[-1000.0, -1000.0, -999.0]) - (12_f64.log10() - 1000.0)).abs() < 1e-12);
}

#[test]
fn totals_far_below_the_best_conceivable_score_are_kept() {
    let row = |worst: f64| QueryTable::from(vec![Arc::from([0.0, worst]); 4]);
    let column = vec![1; 3];
    let candidates = Candidates::new(&[&column, &column, &column, &column], &[2; 4], vec![0, 1, 2]);
    let queries = [Query { tables: vec![row(-200.0)], excluded: vec![1] }];
    let wanted = Wanted { threshold: None, top: 1 };
    let results = scan(&queries, &candidates, &wanted, &Plan::lookup(), &NoProgress).unwrap();
    assert!((results[0].total.log10 - (2_f64.log10() - 800.0)).abs() < 1e-9);
    assert_eq!(results[0].hits, [Hit { member: 0, score: -800.0 }]);
}

/// A population where sharing one of two features counts for and lacking both counts against: what exclusion is for.
fn population(queries: usize, people: usize, loci: usize) -> (Vec<Query>, Candidates, Features) {
    const FEATURES: u16 = 12;
    let pairs: Vec<(u16, u16)> = (0..FEATURES).flat_map(|b| (0..=b).map(move |a| (a, b))).collect();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut draw = move || random.random_range(0..pairs.len());
    let pairs: Vec<(u16, u16)> = (0..FEATURES).flat_map(|b| (0..=b).map(move |a| (a, b))).collect();
    let columns: Vec<Vec<Code>> = (0..loci).map(|_| (0..people).map(|_| draw() as Code).collect()).collect();
    let columns: Vec<&[Code]> = columns.iter().map(Vec::as_slice).collect();
    let candidates = Candidates::new(&columns, &vec![pairs.len(); loci], (0..people as u32).collect());
    let row = |(a, b): (u16, u16)| -> Arc<[f64]> {
        let share = |feature: u16| f64::from(u8::from(feature == a)) + f64::from(u8::from(feature == b));
        let score = |&(c, d): &(u16, u16)| match share(c) + share(d) {
            0.0 => -2.5 - f64::from(c.abs_diff(a)) / 7.0,
            shared => 0.2 + shared / 5.0 + f64::from(a) / 40.0,
        };
        pairs.iter().map(score).collect()
    };
    let rows: Vec<_> = pairs.iter().map(|&pair| row(pair)).collect();
    let mut query = |own: usize| {
        let rows: Vec<_> = (0..loci).map(|_| rows[draw()].clone()).collect();
        Query { tables: vec![QueryTable::from(rows)], excluded: vec![own as u32] }
    };
    let queries = (0..queries).map(&mut query).collect();
    let features = |&(a, b): &(u16, u16)| if a == b { CodeFeatures::One(a) } else { CodeFeatures::Two(a, b) };
    (queries, candidates, Features { loci: vec![pairs.iter().map(features).collect(); loci] })
}

#[test]
fn threads_and_plans_do_not_change_a_hit() {
    let (queries, candidates, features) = population(100, 30_000, 16);
    for threshold in [Some(-4.0), None] {
        let wanted = Wanted { threshold, top: 10 };
        let chosen = Plan::choose(&queries, &Composition::of(&candidates), &wanted, Some(&features), false);
        assert!(chosen.summary().kernel.contains("exclusion"), "{:?}", chosen.summary());
        let run = |threads: usize, plan: &Plan| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| scan(&queries, &candidates, &wanted, plan, &NoProgress)).unwrap()
        };
        let looked_up = run(1, &Plan::lookup());
        let excluded = run(1, &chosen);
        assert!(looked_up.iter().any(|result| !result.hits.is_empty()));
        for (looked_up, excluded) in looked_up.iter().zip(&excluded) {
            assert_eq!((&looked_up.hits, looked_up.at_or_above), (&excluded.hits, excluded.at_or_above));
        }
        for threads in [2, 3] {
            assert_eq!(looked_up, run(threads, &Plan::lookup()));
            assert_eq!(excluded, run(threads, &chosen));
        }
    }
}

/// The answers over these candidates, cut at these positions, put together last part first.
fn scanned_in_parts(case: &SearchCase, left_out: &[u32], cuts: &[usize], plan: &Plan) -> Vec<QueryResult> {
    let mut all = ScanPart::of_nobody(case.queries.len(), plan.covers());
    let bounds: Vec<usize> = [&[0], cuts, &[case.members.len()]].concat();
    for bounds in bounds.windows(2).rev() {
        let mut part =
            candidates_of(&SearchCase { members: case.members[bounds[0]..bounds[1]].to_vec(), ..case.clone() });
        part.leave_out(left_out);
        all.merge(scan_part(&case.queries, &part, &case.wanted, plan, &NoProgress).unwrap(), &case.wanted);
    }
    all.finish(&case.wanted)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn parts_put_together_are_the_whole(case in case(), cuts in prop::collection::vec(0_usize..1030, 0..4)) {
        let features = Features { loci: case.sizes.iter().map(|&size| vec![CodeFeatures::Any; size]).collect() };
        let composition = Composition::of(&candidates_of(&case));
        let plan = Plan::choose(&case.queries, &composition, &case.wanted, Some(&features), false);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(case.members.len())).collect();
        cuts.sort_unstable();
        let (whole, parts) = (scanned_in_parts(&case, &[], &[], &plan), scanned_in_parts(&case, &[], &cuts, &plan));
        if whole.iter().any(|result| result.total.covers == Coverage::All) {
            for (whole, part) in whole.iter().zip(&parts) {
                prop_assert_eq!((&whole.hits, whole.at_or_above), (&part.hits, part.at_or_above));
                prop_assert!(same(whole.total.log10, part.total.log10));
            }
        } else {
            prop_assert_eq!(whole, parts);
        }
    }

    #[test]
    fn who_is_left_out_is_as_if_excluded(case in case(), left_out in prop::collection::vec(0_u32..1030, 0..9)) {
        let mut excluded = case.clone();
        excluded.queries.iter_mut().for_each(|query| query.excluded.extend(&left_out));
        let features = Features { loci: case.sizes.iter().map(|&size| vec![CodeFeatures::Any; size]).collect() };
        let composition = Composition::of(&candidates_of(&case));
        let chosen = Plan::choose(&case.queries, &composition, &case.wanted, Some(&features), false);
        for plan in [chosen, Plan::lookup()] {
            let found = scanned_in_parts(&case, &left_out, &[], &plan);
            prop_assert_eq!(found, scanned_in_parts(&excluded, &[], &[], &plan));
        }
    }
}

#[test]
fn totals_of_parts_are_those_of_the_whole_bit_by_bit() {
    for (underflows, threshold) in [(false, Some(-20.0)), (false, None), (true, None)] {
        let mut case = samples_of_few_people(7, 3 * PART, 12, [0.3, 0.1], 9);
        case.wanted = Wanted { threshold, top: 5 };
        if underflows {
            let lower = |row: &Arc<[f64]>| -> Arc<[f64]> {
                row.iter().enumerate().map(|(code, score)| if code % 5 == 4 { *score } else { score - 100.0 }).collect()
            };
            for line in case.queries.iter_mut().flat_map(|query| &mut query.tables[0].lines) {
                line.rows = line.rows.iter().map(lower).collect();
            }
        }
        let left_out: Vec<u32> = (0..case.members.len() as u32).step_by(501).collect();
        let run = |cuts: &[usize]| scanned_in_parts(&case, &left_out, cuts, &Plan::lookup());
        let whole = run(&[]);
        assert!(whole.iter().all(|result| result.total.log10.is_finite()));
        for cuts in [&[PART][..], &[2 * PART], &[PART, 2 * PART], &[0, PART, 3 * PART]] {
            assert_eq!(whole, run(cuts));
        }
    }
}

/// Asserts that the plan that excludes finds what look-up finds.
fn assert_same_hits(queries: &[Query], candidates: &Candidates, features: &Features, threshold: f64) -> Plan {
    let wanted = Wanted { threshold: Some(threshold), top: 10 };
    let plan = Plan::excluding_regardless_of_cost(queries, &Composition::of(candidates), &wanted, features).unwrap();
    let excluded = scan(queries, candidates, &wanted, &plan, &NoProgress).unwrap();
    let looked_up = scan(queries, candidates, &wanted, &Plan::lookup(), &NoProgress).unwrap();
    assert!(looked_up.iter().any(|result| !result.hits.is_empty()));
    for (excluded, looked_up) in excluded.iter().zip(&looked_up) {
        assert_eq!((&excluded.hits, excluded.at_or_above), (&looked_up.hits, looked_up.at_or_above));
    }
    let reported = excluded.iter().map(|result| result.at_or_above).sum();
    assert!(plan.pairs_left(candidates).unwrap() >= reported);
    plan
}

#[test]
fn more_queries_than_go_over_tiles_together_lose_nothing() {
    let (queries, candidates, features) = population(1_100, 2_100, 12);
    assert_same_hits(&queries, &candidates, &features, -6.0);
}

#[test]
fn who_is_asked_for_identity_is_found_by_what_others_lack() {
    let (_, candidates, features) = population(1, 10_000, 12);
    let query = |person: usize| {
        let row = |locus: usize| {
            let own = candidates.code(person, locus);
            (0..features.loci[locus].len()).map(|code| if code == own { 1.0 } else { -3.0 }).collect()
        };
        Query { tables: vec![QueryTable::from((0..12).map(row).collect::<Vec<_>>())], excluded: Vec::new() }
    };
    let queries: Vec<_> = (0..10_000).step_by(97).map(query).collect();
    let plan = assert_same_hits(&queries, &candidates, &features, 4.0);
    // By lack of both features two loci in three would be mismatching; by lack of any, 97 in 100.
    assert!(plan.summary().expected_survivors.unwrap() < 1e-9, "{:?}", plan.summary());
}

#[test]
fn few_queries_do_not_pay_for_bitmaps() {
    let (queries, candidates, features) = population(3, 30_000, 16);
    let wanted = Wanted { threshold: Some(2.0), top: 10 };
    let plan = Plan::choose(&queries, &Composition::of(&candidates), &wanted, Some(&features), false);
    assert_eq!(plan.summary().kernel, "look-up");
}

#[test]
fn a_total_over_all_is_looked_up() {
    let (queries, candidates, features) = population(100, 30_000, 16);
    let wanted = Wanted { threshold: Some(2.0), top: 10 };
    let plan = Plan::choose(&queries, &Composition::of(&candidates), &wanted, Some(&features), true);
    let results = scan(&queries, &candidates, &wanted, &plan, &NoProgress).unwrap();
    assert!(results.iter().all(|result| result.total.covers == Coverage::All));
}

#[test]
fn progress_adds_up_to_all_pairs() {
    #[derive(Default)]
    struct Count(AtomicU64);
    impl Progress for Count {
        fn advance(&self, pairs: u64) {
            self.0.fetch_add(pairs, Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            false
        }
    }
    let (queries, candidates, features) = population(100, 30_000, 16);
    for threshold in [Some(2.0), None, Some(1e6)] {
        let wanted = Wanted { threshold, top: 10 };
        for plan in
            [Plan::lookup(), Plan::choose(&queries, &Composition::of(&candidates), &wanted, Some(&features), false)]
        {
            let count = Count::default();
            scan(&queries, &candidates, &wanted, &plan, &count).unwrap();
            assert_eq!(count.0.into_inner(), 100 * 30_000, "{:?}", plan.summary());
        }
    }
    let case = samples_of_few_people(2, 30_000, 12, [0.01, 0.01], 200);
    let (candidates, wanted) = (candidates_of(&case), Wanted { threshold: Some(4.0), top: 10 });
    let features = Features { loci: case.sizes.iter().map(|&size| vec![CodeFeatures::Any; size]).collect() };
    let plan =
        Plan::agreeing_regardless_of_cost(&case.queries, &Composition::of(&candidates), &wanted, &features).unwrap();
    let count = Count::default();
    scan(&case.queries, &candidates, &wanted, &plan, &count).unwrap();
    assert_eq!(count.0.into_inner(), 200 * 30_000, "{:?}", plan.summary());
}

#[test]
fn a_cancelled_scan_says_so() {
    struct Stop;
    impl Progress for Stop {
        fn advance(&self, _pairs: u64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let candidates = Candidates::new(&[&[0, 0]], &[1], vec![0, 1]);
    let wanted = Wanted { threshold: None, top: 1 };
    assert_eq!(scan(&[Query::default()], &candidates, &wanted, &Plan::lookup(), &Stop), Err(Cancelled));
}

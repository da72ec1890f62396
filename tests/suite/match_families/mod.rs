//! The case's posterior by brute force: every father and mother of every child at once, and every way in which unlisted parents can be
//! shared, each weighed on its own with likelihoods of pedigrees that are written down here.

mod brute;
mod drawn;

use crate::match_cases::RandomCase;
use crate::match_hypotheses::{DEFAULT, Prior, lowest, seats};
use crate::match_oracle::{Oracle, Person, Statistics};
use crate::match_support::{Folder, Row, SEARCH, assert_close, number};
use brute::{Brute, Parents, Sums, Taker};
use drawn::{Families, Genotypes, LOCI};
use filia::inheritance::MutationModel;
use filia::profile::Sex;
use filia::settings::RatesSource;
use rand::Rng;
use std::collections::{BTreeMap, BTreeSet, HashMap};

fn statistics(model: MutationModel, theta: f64) -> Statistics {
    Statistics::plain(model, theta, RatesSource::Pair { female: 0.002, male: 0.004 })
}

/// Writes the case, searches, and checks every number of the case's answer; where it was sampled, the posteriors within four
/// standard errors.
fn check(case: &RandomCase, statistics: &Statistics, prior: Prior, shared: f64) {
    let folder = Folder::new();
    case.write(&folder, statistics);
    let of_case = prior.toml().replace("[prior.relatives]", &format!("shared_unlisted = {shared}\n[prior.relatives]"));
    folder.write("settings.toml", statistics.toml() + &of_case);
    folder.succeed(SEARCH);
    assert!(folder.table("out/direct_matches.csv").is_empty(), "another seed: two people look like one");
    let is_sampled = folder.json("out/manifest.json")["families"]["sampled"] == 1;
    if folder.json("out/manifest.json")["families"]["left_open"] == 1 {
        // three children among whom everybody of unknown sex can be everything: nothing is stated
        assert!(folder.table("out/matches.csv").iter().any(|row| row["posterior_case"].is_empty()));
        assert!(case.children.len() == 3 && case.candidates.iter().any(|person| person.sex == Sex::Unknown));
        return;
    }
    let oracle = Oracle::new(statistics, &case.loci);
    let by_table: Vec<Sums> = (0..statistics.tables.len())
        .map(|table| {
            let of_child = |of: &Person| seats(case, &oracle, of, prior, table);
            let seats = case.children.iter().map(of_child).collect();
            Brute { case, oracle: &oracle, prior, shared, table, seats, likelihoods: HashMap::new() }.sum()
        })
        .collect();
    let lowest_of = |value: &dyn Fn(&Sums) -> f64| {
        lowest(&by_table.iter().map(|sums| value(sums) / sums.total).collect::<Vec<_>>())
    };
    let child_at = |id: &str| case.children.iter().position(|of| of.id == id).unwrap();
    let person_at = |id: &str| case.candidates.iter().position(|of| of.id == id).unwrap();
    for row in folder.table("out/matches.csv") {
        let key = (child_at(&row["child_id"]), person_at(&row["candidate_id"]));
        let right = lowest_of(&|sums| sums.parent.get(&key).copied().unwrap_or(0.0));
        let error = number(&row, "posterior_case_error");
        assert_eq!(error > 0.0, is_sampled);
        assert_close(number(&row, "posterior_case"), right, (4.0 * error).max(2e-9), &format!("{row:?}"));
    }
    if is_sampled {
        return;
    }
    check_siblings(&folder.table("out/sibships.csv"), &by_table, &child_at);
    check_none(&folder.table("out/status.csv"), &by_table, &child_at);
    check_families(&folder.table("out/families.csv"), &by_table);
}

fn check_siblings(rows: &[Row], by_table: &[Sums], child_at: &dyn Fn(&str) -> usize) {
    for row in rows {
        let key = (child_at(&row["child_a"]), child_at(&row["child_b"]));
        for (at, column) in ["share_father", "share_mother", "full", "half"].into_iter().enumerate() {
            let of_tables: Vec<f64> = by_table.iter().map(|sums| sums.siblings[&key][at] / sums.total).collect();
            assert_close(number(row, column), lowest(&of_tables), 2e-9, &format!("{column}: {row:?}"));
        }
    }
    let listed =
        |key: &(usize, usize)| rows.iter().any(|row| (child_at(&row["child_a"]), child_at(&row["child_b"])) == *key);
    for (key, of_pair) in &by_table[0].siblings {
        let most = of_pair[0].max(of_pair[1]) / by_table[0].total;
        assert!(listed(key) || by_table.len() > 1 || most < 1.1e-6, "{key:?} {most}");
    }
}

fn check_none(rows: &[Row], by_table: &[Sums], child_at: &dyn Fn(&str) -> usize) {
    for row in rows {
        for (place, column) in
            ["father_none", "mother_none"].into_iter().enumerate().filter(|(_, column)| !row[*column].is_empty())
        {
            let none =
                |sums: &Sums| sums.none.get(&(child_at(&row["child_id"]), place)).copied().unwrap_or(0.0) / sums.total;
            let highest = by_table.iter().map(none).fold(0.0, f64::max);
            assert_close(number(row, column), highest, 2e-9, &format!("{column}: {row:?}"));
        }
    }
}

/// The families are those of the likeliest configuration, each with the sum over all configurations that have it.
fn check_families(rows: &[Row], by_table: &[Sums]) {
    let mut found: BTreeMap<&str, (BTreeSet<String>, f64)> = BTreeMap::new();
    for row in rows {
        let (members, probability) =
            found.entry(&row["family"]).or_insert((BTreeSet::new(), number(row, "probability")));
        if !row["member_id"].starts_with('*') {
            members.insert(row["member_id"].clone());
        }
        assert_eq!(*probability, number(row, "probability"));
    }
    let found_sets: BTreeSet<Vec<String>> =
        found.values().map(|(members, _)| members.iter().cloned().collect()).collect();
    let right: BTreeSet<Vec<String>> = by_table[0].best.1.iter().filter(|members| members.len() > 1).cloned().collect();
    assert_eq!(found_sets, right);
    for (members, probability) in found.values() {
        let members: Vec<String> = members.iter().cloned().collect();
        let any = by_table[0].groups.iter().filter(|(key, _)| key[..key.len() - 1] == members[..]);
        let close = |(key, _): (&Vec<String>, &f64)| {
            let of_tables = by_table.iter().map(|sums| sums.groups.get(key).copied().unwrap_or(0.0) / sums.total);
            (lowest(&of_tables.collect::<Vec<_>>()) - probability).abs() < 2e-9
        };
        assert!(any.into_iter().any(close), "{members:?} {probability}");
    }
}

fn check_many(seeds: std::ops::Range<u64>, statistics: &Statistics, names: bool, unknown: bool) {
    for seed in seeds {
        let mut families = Families::new(seed, statistics);
        let children = 2 + (seed % 2) as usize;
        let case = families.case(children, names, unknown);
        check(&case, statistics, DEFAULT, [0.05, 0.3, 0.0][(seed % 3) as usize]);
    }
}

#[test]
fn siblings_and_degraded_fathers() {
    check_many(0..12, &statistics(MutationModel::None, 0.0), false, false);
    check_many(20..26, &statistics(MutationModel::Equal, 0.0), false, false);
}

#[test]
fn drop_out_and_two_tables() {
    let statistics = Statistics {
        tables: vec!["nist1036:cauc", "nist1036:afam"],
        drop_out: [0.3, 0.0, 0.1],
        ..statistics(MutationModel::None, 0.0)
    };
    check_many(40..46, &statistics, false, false);
}

#[test]
fn known_mothers() {
    check_many(60..68, &statistics(MutationModel::None, 0.0), true, false);
}

#[test]
fn persons_of_unknown_sex() {
    check_many(80..88, &statistics(MutationModel::Equal, 0.0), false, true);
}

#[test]
fn theta_links_all_but_those_whom_parents_of_certain_genotype_link() {
    for seed in 100..106 {
        let statistics = statistics(MutationModel::None, 0.02);
        let case = Families::new(seed, &statistics).case(2 + (seed % 3) as usize / 2, false, false);
        check(&case, &statistics, DEFAULT, 0.2);
    }
}

#[test]
fn other_priors() {
    let statistics = statistics(MutationModel::None, 0.0);
    for seed in 120..124 {
        let case = Families::new(seed, &statistics).case(3, false, true);
        check(&case, &statistics, Prior { in_list: 0.8, male: 0.7, relatives: [0.0; 3] }, 0.5);
    }
}

/// A single child has its own posterior; so has every child where nobody can share an unlisted parent and all candidates are known.
#[test]
fn where_nothing_links_the_children_each_has_its_own_posterior() {
    let statistics = statistics(MutationModel::Equal, 0.0);
    for (children, kept) in [(1, 0.5), (3, 1.0)] {
        let mut families = Families::new(7, &statistics);
        let mut case = families.case(children, false, false);
        let genotypes = families.stranger();
        case.candidates.push(families.person("s1".to_owned(), "corpse", Sex::Male, &genotypes, kept));
        if kept == 1.0 {
            case.candidates.retain(|person| person.cells.iter().all(|cell| !cell.is_empty()));
        }
        let folder = Folder::new();
        case.write(&folder, &statistics);
        folder.write("settings.toml", statistics.toml() + "[prior]\nshared_unlisted = 0\n");
        folder.succeed(SEARCH);
        let rows = folder.table("out/matches.csv");
        assert!(!rows.is_empty());
        for row in rows {
            assert_close(number(&row, "posterior_case"), number(&row, "posterior"), 1e-9, &format!("{row:?}"));
        }
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let statistics = statistics(MutationModel::Equal, 0.0);
    let mut case = Families::new(9, &statistics).case(3, false, true);
    let tables = [false, true].map(|reversed| {
        if reversed {
            case.children.reverse();
            case.candidates.reverse();
        }
        let folder = Folder::new();
        case.write(&folder, &statistics);
        folder.succeed(SEARCH);
        folder.tables("out")
    });
    assert_eq!(tables[0], tables[1]);
    assert!(tables[0].contains_key("families.csv") && tables[0].contains_key("sibships.csv"));
}

/// By hand: two children 6/7 at one locus of frequencies p = f(6), q = f(7), and nobody in the lists.
/// LR of full siblings = 1/4 + (p + q + 1) / (8pq), of half siblings = 1/2 + (p + q) / (8pq); with s, the odds of
/// `shared_unlisted`, the configurations weigh 1, s LR(half), s LR(half), s² LR(full).
#[test]
fn two_children_by_hand() {
    let folder = Folder::new();
    folder.write("freq.csv", "locus,allele,frequency,n_people\nTH01,6,0.2,1000\nTH01,7,0.1,1000\nTH01,8,0.7,1000\n");
    folder.write("children.csv", "sample_id,role,sex,TH01\nc1,child,F,6/7\nc2,child,F,6/7\n");
    folder.write("candidates.csv", "sample_id,role,sex,TH01\nw,detainee,F,8\n");
    let settings = "[population]\ntables = [\"freq.csv\"]\ntheta = 0\n[mutation]\nmodel = \"none\"\n[prior]\nin_list = 0\nshared_unlisted = 0.2\n";
    folder.write("settings.toml", settings);
    folder.succeed(SEARCH);
    let (p, q, s) = (0.2, 0.1, 0.25);
    let full = 0.25 + (p + q) / (8.0 * p * q) + 1.0 / (8.0 * p * q);
    let half = 0.5 + (p + q) / (8.0 * p * q);
    let weights = [1.0, s * half, s * half, s * s * full];
    let total: f64 = weights.iter().sum();
    let rows = folder.table("out/sibships.csv");
    assert_eq!(rows.len(), 1);
    assert_close(number(&rows[0], "full"), weights[3] / total, 1e-9, "full");
    assert_close(number(&rows[0], "half"), (weights[1] + weights[2]) / total, 1e-9, "half");
    assert_close(number(&rows[0], "share_father"), (weights[1] + weights[3]) / total, 1e-9, "father");

    // with next to no work the two are left open, and the run says by what
    folder.write("settings.toml", format!("{settings}[search]\njoint_work = 1e-9\n"));
    folder.succeed(&format!("{SEARCH} --force"));
    assert!(folder.table("out/sibships.csv").is_empty());
    let manifest = folder.json("out/manifest.json");
    assert_eq!(manifest["families"]["left_open"], 1);
    assert!(manifest["notes"].to_string().contains("1 too large (search.joint_work)"));
    folder.write("settings.toml", format!("{settings}[search]\njoint_work = 0\n"));
    folder.fail(&format!("{SEARCH} --force"), &["search.joint_work", "a number above 0 and at most 10000"]);
}

/// A case whose parents are drawn by the prior itself, and who they are.
fn drawn_by_the_prior(seed: u64, statistics: &Statistics, prior: Prior, shared: f64) -> (RandomCase, Parents) {
    let mut families = Families::new(seed, statistics);
    let people = [("f0", Sex::Male), ("f1", Sex::Male), ("m0", Sex::Female)];
    let of_people: Vec<Genotypes> = people.iter().map(|_| families.stranger()).collect();
    let candidates = people.iter().zip(&of_people).map(|((id, sex), genotypes)| {
        let kept = if *sex == Sex::Male { 0.4 } else { 0.7 };
        families.person((*id).to_owned(), "corpse", *sex, genotypes, kept)
    });
    let candidates: Vec<Person> = candidates.collect();
    let children =
        ["c0", "c1", "c2"].map(|id| families.person(id.to_owned(), "child", Sex::Female, &of_people[0], 0.0));
    let mut case = RandomCase { loci: families.loci.clone(), children: children.into(), candidates };
    let oracle = Oracle::new(statistics, &case.loci);
    let nothing = |of: &Person| Person { cells: vec![Vec::new(); LOCI.len()], ..of.clone() };
    let untyped = RandomCase {
        loci: case.loci.clone(),
        children: case.children.clone(),
        candidates: case.candidates.iter().map(nothing).collect(),
    };
    let seats = untyped.children.iter().map(|of| seats(&untyped, &oracle, of, prior, 0)).collect();
    let brute = Brute { case: &untyped, oracle: &oracle, prior, shared, table: 0, seats, likelihoods: HashMap::new() };
    let mut all = Vec::new();
    brute.list(&mut Vec::new(), 1.0, &mut all);
    let mut left = families.random.random::<f64>() * all.iter().map(|(_, weight)| weight).sum::<f64>();
    let drawn = all.iter().find(|(_, weight)| {
        left -= weight;
        left < 0.0
    });
    let parents = drawn.unwrap().0.clone();
    let mut unlisted: BTreeMap<(usize, Taker), Genotypes> = BTreeMap::new();
    for (at, takers) in parents.iter().enumerate() {
        let genotypes = [0, 1].map(|place| match takers[place] {
            Taker::Person(person) => of_people[person].clone(),
            taker => unlisted.entry((place, taker)).or_insert_with(|| families.stranger()).clone(),
        });
        let genotypes = families.child(&genotypes[0], &genotypes[1]);
        case.children[at] = families.person(format!("c{at}"), "child", Sex::Female, &genotypes, 0.95);
    }
    (case, parents)
}

/// Siblings among the children and fathers with few loci, the prior being that of the simulation: of the statements of about one
/// probability so many are true as they say (within 3.3 standard errors: 99.9 %).
#[test]
fn what_is_stated_of_siblings_with_degraded_fathers_comes_true() {
    let statistics = statistics(MutationModel::None, 0.0);
    let (prior, shared) = (Prior { in_list: 0.6, male: 0.5, relatives: [0.0; 3] }, 0.4);
    let mut bands: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
    let mut add = |stated: f64, held: bool| {
        let band = bands.entry(((stated * 5.0) as usize).min(4)).or_default();
        *band = (band.0 + 1.0, band.1 + stated, band.2 + f64::from(u8::from(held)));
    };
    for seed in 0..120 {
        let (case, parents) = drawn_by_the_prior(seed, &statistics, prior, shared);
        let folder = Folder::new();
        case.write(&folder, &statistics);
        let of_case =
            prior.toml().replace("[prior.relatives]", &format!("shared_unlisted = {shared}\n[prior.relatives]"));
        folder.write("settings.toml", statistics.toml() + &of_case);
        folder.succeed(SEARCH);
        let child_at = |id: &str| case.children.iter().position(|of| of.id == id).unwrap();
        for row in folder.table("out/matches.csv") {
            let person = case.candidates.iter().position(|of| of.id == row["candidate_id"]).unwrap();
            let held = parents[child_at(&row["child_id"])].contains(&Taker::Person(person));
            add(number(&row, "posterior_case"), held);
        }
        for row in folder.table("out/sibships.csv") {
            let [one, other] = ["child_a", "child_b"].map(|column| &parents[child_at(&row[column])]);
            add(number(&row, "share_father"), one[0] == other[0]);
        }
    }
    assert!(bands.len() == 5 && bands.values().all(|band| band.0 >= 30.0), "{bands:?}");
    for (band, (statements, stated, held)) in bands {
        let p = stated / statements;
        let spread = (p * (1.0 - p) * statements).sqrt();
        assert!(
            (held - stated).abs() <= 3.3 * spread + 1.0,
            "band {band}: {statements} stated, {stated} expected, {held} true"
        );
    }
}

//! Bodies, families and children at once, by brute force: every way in which bodies can be missing persons and children can have parents,
//! each weighed on its own by a sum over the genotypes of everybody. Nothing of the program's likelihoods is used here.

mod brute;
mod case;
mod world;

use crate::match_support::{Folder, Row, assert_close, number};
use brute::{Brute, Configuration, Taker};
use case::{Draws, Member, NO_RELATIVES, Prior, SEXES, SMALL, Shape, Someone, TestCase, random_case, sorted};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, HashMap};
use world::{ALLELES, Genotype, Profile, World};

const SEARCH: &str = "match --children children.csv --candidates candidates.csv --relatives relatives.csv --pedigrees pedigrees.csv \
                      --config settings.toml --min-log10-lr none --top 1000 --out out";

/// Searches, and checks every number on bodies and children; whether the case could be summed over.
fn check(case: &TestCase, world: &World, prior: Prior) -> bool {
    let folder = Folder::new();
    case.write(&folder, world, prior);
    folder.succeed(SEARCH);
    let section = &folder.json("out/manifest.json")["identities"];
    if section["left_open"] != 0 {
        assert!(folder.table("out/matches.csv").iter().any(|row| row["posterior_case"].is_empty()));
        return false;
    }
    let mut brute = Brute::new(case, world, prior);
    let sums = brute.sum();
    let candidate = |id: &str| case.candidates.iter().position(|one| one.id == id).unwrap();
    let child = |id: &str| case.children.iter().position(|one| one.id == id).unwrap();
    let member = |id: &str| case.members.iter().position(|one| one.id == id).unwrap();
    let share = |weight: Option<&f64>| weight.copied().unwrap_or(0.0) / sums.total;
    for row in folder.table("out/matches.csv") {
        let key = (child(&row["child_id"]), candidate(&row["candidate_id"]));
        if case.children[key.0].mother.as_deref() != Some(&row["candidate_id"]) {
            assert_close(number(&row, "posterior_case"), share(sums.parent.get(&key)), 2e-9, &format!("{row:?}"));
        }
    }
    let rows = folder.table("out/identities.csv");
    for row in &rows {
        let body = candidate(&row["victim_id"]);
        let person = (row["missing_id"] != "*").then(|| member(&row["missing_id"]));
        assert_close(number(row, "probability"), share(sums.identity.get(&(body, person))), 2e-9, &format!("{row:?}"));
        match person {
            Some(person) => {
                assert_close(number(row, "log10_lr"), brute.log10_lr(body, person), 1e-9, &format!("{row:?}"));
                assert_eq!(row["family_id"], format!("F{}", case.members[person].family));
            }
            None => assert!(row["log10_lr"].is_empty() && row["family_id"] == "*"),
        }
    }
    for (&(body, person), weight) in sums.identity.iter().filter(|((_, person), _)| person.is_some()) {
        let id = |at: usize| case.members[at].id.as_str();
        let listed =
            |row: &&Row| row["victim_id"] == case.candidates[body].id && row["missing_id"] == id(person.unwrap());
        assert!(weight / sums.total < 1.1e-6 || rows.iter().any(|row| listed(&row)), "{body} {person:?}");
    }
    for row in folder.table("out/status.csv") {
        let at = child(&row["child_id"]);
        for (place, name) in ["father", "mother"].into_iter().enumerate() {
            if ["stated", "not asked"].contains(&row[&format!("{name}_status")].as_str()) {
                continue;
            }
            let none = share(sums.none.get(&(at, place)));
            assert_close(number(&row, &format!("{name}_none")), none, 2e-9, &format!("{row:?}"));
            let missing = sums.missing.iter().filter(|((of, at_place, _), _)| (*of, *at_place) == (at, place));
            let most = missing.map(|(_, weight)| weight / sums.total).fold(0.0, f64::max);
            if row[&format!("{name}_id")].starts_with('*') {
                assert_close(number(&row, &format!("{name}_posterior")), most, 2e-9, &format!("{row:?}"));
            } else if !row[&format!("{name}_posterior")].is_empty() {
                assert!(number(&row, &format!("{name}_posterior")) >= most - 2e-9, "{most}: {row:?}");
            }
        }
    }
    true
}

fn check_many(seeds: std::ops::Range<u64>, world: &World, shape: Shape, prior: Prior) {
    let checked = seeds.clone().filter(|&seed| check(&random_case(seed, world, shape), world, prior)).count();
    assert!(checked * 4 >= seeds.count() * 3, "only {checked} could be summed over");
}

#[test]
fn one_family_one_body_one_child() {
    check_many(0..20, &World::new(3, 0.0), SMALL, NO_RELATIVES);
}

#[test]
fn bodies_families_and_children() {
    let two = Shape { families: 2, bodies: 2, children: 1, ..SMALL };
    check_many(100..112, &World::new(3, 0.0), two, NO_RELATIVES);
    check_many(120..132, &World::new(3, 0.0), Shape { missing: 2, bodies: 2, ..SMALL }, NO_RELATIVES);
    check_many(140..146, &World::new(2, 0.0), Shape { children: 2, missing: 2, bodies: 1, ..SMALL }, NO_RELATIVES);
    check_many(160..164, &World::new(2, 0.0), Shape { missing: 2, bodies: 3, ..SMALL }, NO_RELATIVES);
}

#[test]
fn three_children_of_one_family() {
    let prior = Prior { shared: 0.0, identified: 0.8, ..NO_RELATIVES };
    check_many(200..204, &World::new(2, 0.0), Shape { children: 3, kept: [0.3, 0.9], ..SMALL }, prior);
}

#[test]
fn unknown_sexes_named_mothers_and_other_priors() {
    let shape = Shape { missing: 2, bodies: 2, unknown: true, names: true, ..SMALL };
    let prior = Prior { in_list: 0.8, identified: 0.3, missing_parent: 0.9, ..NO_RELATIVES };
    check_many(300..312, &World::new(3, 0.0), shape, prior);
    let shape = Shape { children: 2, unknown: true, names: true, ..SMALL };
    check_many(320..326, &World::new(2, 0.0), shape, Prior { missing_parent: 0.0, ..prior });
}

#[test]
fn other_relatives_in_the_lists() {
    let prior = Prior { relatives: [0.2, 0.5], ..NO_RELATIVES };
    check_many(400..406, &World::new(3, 0.0), Shape { bodies: 2, ..SMALL }, prior);
}

/// With mutation an untyped parent passes on other frequencies than the population's: everybody here is typed everywhere.
#[test]
fn mutation() {
    let shape = Shape { missing: 2, bodies: 2, kept: [1.0, 1.0], ..SMALL };
    check_many(500..508, &World::new(3, 0.02), shape, NO_RELATIVES);
}

/// A homozygous person of the loci given.
fn all_of(allele: usize, loci: usize) -> Profile {
    vec![Some([allele, allele]); loci]
}

fn somebody(id: &str, role: &'static str, sex: &'static str, profile: Profile) -> Someone {
    Someone { id: id.to_owned(), role, sex, mother: None, profile }
}

/// A couple, both typed as given, who miss a son.
fn couple_of(family: usize, of_father: Profile, of_mother: Profile) -> Vec<Member> {
    let [father, mother] = ["g", "h"].map(|name| format!("{name}{family}"));
    let parents = [Some(father.clone()), Some(mother.clone())];
    let typed = |id: String, sex: usize, profile: Profile| Member {
        family,
        id,
        parents: [None, None],
        sex: SEXES[sex],
        missing: false,
        typed: Some(profile),
    };
    let son = Member { family, id: format!("x{family}0"), parents, sex: "M", missing: true, typed: None };
    vec![typed(father, 0, of_father), typed(mother, 1, of_mother), son]
}

/// The body has one locus of five, so the child alone cannot tell: the grandparents do, who are at hand for it.
#[test]
fn the_family_decides_where_the_body_has_few_loci() {
    let world = World::new(5, 0.0);
    let mut of_body = vec![None; 5];
    of_body[0] = Some([0, 0]);
    let case = TestCase {
        children: vec![somebody("c0", "child", "M", all_of(0, 5))],
        candidates: vec![
            somebody("b0", "corpse", "M", of_body.clone()),
            somebody("s0", "corpse", "M", of_body),
            somebody("w", "relative", "F", all_of(3, 5)),
        ],
        members: couple_of(0, all_of(0, 5), all_of(0, 5)),
    };
    let prior = Prior { identified: 0.9, missing_parent: 0.1, ..NO_RELATIVES };
    assert!(check(&case, &world, prior));
    let folder = Folder::new();
    case.write(&folder, &world, prior);
    folder.succeed(SEARCH);
    let with = folder.table("out/matches.csv");
    folder.succeed(
        &SEARCH.replace("--relatives relatives.csv --pedigrees pedigrees.csv ", "").replace("out out", "out plain"),
    );
    let plain = folder.table("plain/matches.csv");
    let listed = |rows: &[Row]| -> f64 {
        rows.iter().filter(|row| row["candidate_sex"] == "male").map(|row| number(row, "posterior_case")).sum()
    };
    assert!(listed(&plain) < 0.95 && listed(&with) > 0.99, "{} {}", listed(&plain), listed(&with));
    assert!(!folder.tables("plain").contains_key("identities.csv"));
    // the child is evidence for the identification as well: either body is the son with more than by the relatives alone
    folder.succeed(IDENTIFY);
    let of = |table: &str, person: &str| {
        let rows = folder.table(table);
        let of_body = rows.iter().filter(|row| row["victim_id"] == "b0" && row["missing_id"] == person);
        of_body.map(|row| number(row, "probability")).sum::<f64>()
    };
    assert!(of("out/identities.csv", "x00") > of("identify/posterior.csv", "x00"));
}

const IDENTIFY: &str = "identify --remains candidates.csv --relatives relatives.csv --pedigrees pedigrees.csv --config settings.toml \
                        --out identify";

/// By hand: a grandfather 10/10, his missing son, no body, a child 10/11: LR 3 (methods), and with `missing_parent` .5 posterior .75.
#[test]
fn a_missing_person_who_was_never_found() {
    let folder = Folder::new();
    folder.write("children.csv", "sample_id,role,sex,TH01\nc1,child,M,10/11\n");
    folder.write("candidates.csv", "sample_id,role,sex,TH01\nw,relative,F,12/12\n");
    folder.write("relatives.csv", "sample_id,sex,TH01\ng,M,10/10\n");
    let pedigrees = "family_id,person_id,father_id,mother_id,sex,missing\nA,son,g,,M,yes\nA,g,,,M,no\n";
    folder.write("pedigrees.csv", pedigrees);
    folder.write(
        "freq.csv",
        "locus,allele,frequency,n_people\nTH01,10,0.1,100000\nTH01,11,0.2,100000\nTH01,12,0.7,100000\n",
    );
    let settings =
        "[population]\ntables = [\"freq.csv\"]\ntheta = 0\n[mutation]\nmodel = \"none\"\n[status]\nprobable = 0.7\n";
    folder.write("settings.toml", settings);
    folder.succeed(SEARCH);
    let status = &folder.table("out/status.csv")[0];
    assert_eq!((status["father_status"].as_str(), status["father_id"].as_str()), ("probable", "*A:son"));
    assert_close(number(status, "father_posterior"), 0.75, 1e-12, "posterior");
    assert_close(number(status, "father_none"), 0.25, 1e-12, "none");
    assert!(status["reason"].contains("*A:son 0.75"), "{status:?}");
    let families = folder.table("out/families.csv");
    assert!(families.iter().any(|row| row["member_id"] == "*A:son" && row["member_role"] == "missing father"));
    assert!(folder.table("out/identities.csv").is_empty());
    folder.succeed("report out");
}

/// Children whom nothing links to bodies and families: the posterior of `filia identify`.
#[test]
fn without_linked_children_bodies_have_the_posterior_of_identify() {
    let world = World::new(4, 0.0);
    let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(3), world: &world };
    let mut case = TestCase { children: Vec::new(), candidates: Vec::new(), members: Vec::new() };
    // nobody but the child has the last allele
    let without = |draws: &mut Draws<'_>| -> Vec<Genotype> {
        draws.stranger().into_iter().map(|genotype| sorted(genotype.map(|allele| allele % (ALLELES - 1)))).collect()
    };
    case.children.push(somebody("c0", "child", "M", all_of(ALLELES - 1, 4)));
    for family in 0..5 {
        let [father, mother] = [without(&mut draws), without(&mut draws)];
        let son = draws.child(&father, &mother);
        let typed = |genotypes: &[Genotype]| genotypes.iter().map(|genotype| Some(*genotype)).collect::<Profile>();
        case.members.extend(couple_of(family, typed(&father), typed(&mother)));
        let of_body = if family < 3 { son } else { without(&mut draws) };
        let sex = if family == 1 { "" } else { "M" };
        case.candidates.push(somebody(&format!("b{family}"), ["corpse", "detainee"][family % 2], sex, typed(&of_body)));
    }
    for prior in [NO_RELATIVES, Prior { identified: 0.9, ..NO_RELATIVES }] {
        let folder = Folder::new();
        case.write(&folder, &world, prior);
        folder.succeed(SEARCH);
        let remains = folder.succeed(IDENTIFY);
        assert!(remains.is_empty());
        let key = |row: &Row| (row["victim_id"].clone(), row["missing_id"].clone());
        let joint: HashMap<_, _> =
            folder.table("out/identities.csv").iter().map(|row| (key(row), number(row, "probability"))).collect();
        let lrs = folder.table("out/identities.csv");
        for row in folder.table("identify/posterior.csv") {
            let is_listed = lrs.iter().any(|listed| listed["victim_id"] == row["victim_id"]);
            let found =
                joint.get(&key(&row)).copied().unwrap_or(f64::from(u8::from(!is_listed && row["missing_id"] == "*")));
            assert_close(found, number(&row, "probability"), 1.1e-6, &format!("{row:?}"));
            if found > 0.0 {
                assert_close(found, number(&row, "probability"), 1e-9, &format!("{row:?}"));
            }
        }
        let pairwise: HashMap<_, _> =
            folder.table("identify/pairwise.csv").iter().map(|row| (key(row), row["log10_lr"].clone())).collect();
        let named = lrs.iter().filter(|row| row["missing_id"] != "*");
        assert!(
            named.clone().count() >= 3 && named.clone().all(|row| pairwise[&key(row)] == row["log10_lr"]),
            "{lrs:?}"
        );
    }
}

#[test]
fn the_order_of_rows_and_threads_change_nothing() {
    let world = World::new(3, 0.0);
    let shape = Shape { families: 2, bodies: 2, children: 2, kept: [0.6, 0.9], ..SMALL };
    let mut case = random_case(7, &world, shape);
    let tables = [1, 2].map(|threads| {
        let folder = Folder::new();
        case.write(&folder, &world, NO_RELATIVES);
        folder.succeed(&format!("{SEARCH} --threads {threads}"));
        case.children.reverse();
        case.candidates.reverse();
        case.members.reverse();
        folder.tables("out")
    });
    assert_eq!(tables[0], tables[1]);
    assert!(tables[0].contains_key("identities.csv"));
}

#[test]
fn what_cannot_be_meant_is_said() {
    let world = World::new(3, 0.0);
    let case = random_case(1, &world, SMALL);
    let folder = Folder::new();
    case.write(&folder, &world, NO_RELATIVES);
    folder.fail(
        &format!("{SEARCH} --relationship full-sibling"),
        &["--relatives and --pedigrees", "parent", "full-sibling"],
    );
    let without = SEARCH.replace("--pedigrees pedigrees.csv ", "");
    let (code, _, errors) = folder.run(&without);
    assert!(code == 2 && errors.contains("--pedigrees"), "{errors}");
    folder.fail(&SEARCH.replace("relatives.csv", "candidates.csv"), &["`b0`", "among the relatives"]);
    folder.write("empty.csv", "");
    folder.fail(&SEARCH.replace("relatives.csv", "empty.csv"), &["empty.csv"]);
    folder.fail(&SEARCH.replace("pedigrees.csv", "empty.csv"), &["empty.csv"]);
    folder.write("other.csv", "sample_id,sex,D3S1358\nnobody,M,10/11\n");
    folder.fail(&SEARCH.replace("relatives.csv", "other.csv"), &["person_id must be the sample_id"]);
}

/// A case drawn by the prior itself: who is whom, whose parents, then everybody's genotypes.
fn drawn_by_the_prior(seed: u64, world: &World, prior: Prior) -> (TestCase, Configuration) {
    let shape = Shape { missing: 2, bodies: 2, children: 1 + (seed % 2) as usize, kept: [0.4, 0.9], ..SMALL };
    let mut case = random_case(seed, world, shape);
    let configuration = {
        let all = Brute::new(&case, world, prior).all();
        let mut random = ChaCha8Rng::seed_from_u64(seed + 1_000_000);
        let mut left = random.random::<f64>() * all.iter().map(|(_, weight)| weight).sum::<f64>();
        let drawn = all.iter().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.unwrap_or(&all[0]).0.clone()
    };
    let mut draws = Draws { random: ChaCha8Rng::seed_from_u64(seed + 2_000_000), world };
    let mut members: Vec<Vec<Genotype>> = Vec::new();
    for member in &mut case.members {
        let at = |id: &Option<String>| id.as_ref().map(|id| usize::from(id.starts_with('h')));
        let genotypes = match member.parents.each_ref().map(at) {
            [Some(father), Some(mother)] => draws.child(&members[father].clone(), &members[mother].clone()),
            _ => draws.stranger(),
        };
        member.typed = member.typed.is_some().then(|| draws.profile(&genotypes, shape.kept[1]));
        members.push(genotypes);
    }
    let (identities, parents) = &configuration;
    let mut candidates: Vec<Vec<Genotype>> = Vec::new();
    for (person, identity) in case.candidates.iter_mut().zip(identities) {
        let genotypes = identity.map_or_else(|| draws.stranger(), |at| members[at].clone());
        let kept = if person.role == "relative" { shape.kept[1] } else { shape.kept[0] };
        person.profile = draws.profile(&genotypes, kept);
        candidates.push(genotypes);
    }
    let mut unlisted: BTreeMap<(usize, Taker), Vec<Genotype>> = BTreeMap::new();
    for (child, takers) in case.children.iter_mut().zip(parents) {
        let of = [0, 1].map(|place| match takers[place] {
            Taker::Person(person) => candidates[person].clone(),
            Taker::Missing(at) => members[at].clone(),
            taker => unlisted.entry((place, taker)).or_insert_with(|| draws.stranger()).clone(),
        });
        let genotypes = draws.child(&of[0], &of[1]);
        child.profile = draws.profile(&genotypes, shape.kept[1]);
    }
    (case, configuration)
}

/// The prior being that of the simulation, of the statements of about one probability so many are true as they say (within 3.3
/// standard errors: 99.9 %).
#[test]
fn what_is_stated_of_bodies_and_children_comes_true() {
    let world = World::new(5, 0.0);
    let prior = Prior { shared: 0.1, identified: 0.6, missing_parent: 0.6, ..NO_RELATIVES };
    let mut bands: BTreeMap<(&str, usize), (f64, f64, f64)> = BTreeMap::new();
    let mut add = |what: &'static str, stated: f64, held: bool| {
        let band = bands.entry((what, ((stated * 5.0) as usize).min(4))).or_default();
        *band = (band.0 + 1.0, band.1 + stated, band.2 + f64::from(u8::from(held)));
    };
    for seed in 0..300 {
        let (case, (identities, parents)) = drawn_by_the_prior(seed, &world, prior);
        let folder = Folder::new();
        case.write(&folder, &world, prior);
        folder.succeed(SEARCH);
        assert_eq!(folder.json("out/manifest.json")["identities"]["left_open"], 0);
        let candidate = |id: &str| case.candidates.iter().position(|one| one.id == id).unwrap();
        let child = |id: &str| case.children.iter().position(|one| one.id == id).unwrap();
        for row in folder.table("out/identities.csv") {
            let person = case.members.iter().position(|member| member.id == row["missing_id"]);
            add("identity", number(&row, "probability"), identities[candidate(&row["victim_id"])] == person);
        }
        for row in folder.table("out/matches.csv") {
            let of = Taker::Person(candidate(&row["candidate_id"]));
            add("parent", number(&row, "posterior_case"), parents[child(&row["child_id"])].contains(&of));
        }
        for row in folder.table("out/status.csv") {
            for (place, name) in ["father", "mother"].into_iter().enumerate() {
                let taker = parents[child(&row["child_id"])][place];
                if !row[&format!("{name}_none")].is_empty() {
                    add("none", number(&row, &format!("{name}_none")), matches!(taker, Taker::Unlisted(_)));
                }
            }
        }
    }
    assert!(bands.len() >= 12, "{bands:?}");
    for (band, (statements, stated, held)) in bands {
        let p = stated / statements;
        let spread = (p * (1.0 - p) * statements).sqrt();
        assert!(
            (held - stated).abs() <= 3.3 * spread + 1.0,
            "{band:?}: {statements} stated, {stated} expected, {held} true"
        );
    }
}

//! `couples.csv` against all couples, each worked out from a pedigree; and the bound that lets the search leave couples out.

use super::match_cases::{PLAIN, RandomCase, Shape};
use super::match_hypotheses::{DEFAULT, answer, lowest};
use super::match_oracle::{Known, Oracle, Person, Statistics, child, founder, log10_lr};
use super::match_support::{Folder, assert_close, number};
use filia::inheritance::{Evidence, MutationDefinition, MutationModel, MutationParameters, Pedigree, Seen};
use filia::likelihood::{Chromosome, CoupleBound, LocusDefinition, LocusModel, ln_likelihood};
use filia::profile::{Allele, Call, Observation, Sex};
use filia::settings::RatesSource;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LOCI: [&str; 6] = ["D3S1358", "vWA", "TH01", "FGA", "Penta D", "D18S51"];

fn statistics() -> Statistics {
    Statistics::plain(MutationModel::Stepwise, 0.01, RatesSource::Pair { female: 0.001, male: 0.005 })
}

const SHAPE: Shape = Shape { families: 3, strangers: 4, ..PLAIN };

#[test]
fn all_couples_that_reach_the_threshold() {
    for threshold in ["-3", "0", "2"] {
        check(11, SHAPE, &statistics(), threshold);
    }
}

#[test]
fn every_couple_without_a_threshold() {
    check(12, SHAPE, &Statistics { theta: 0.03, ..statistics() }, "none");
    check(13, SHAPE, &Statistics { theta: 0.0, model: MutationModel::None, ..statistics() }, "none");
}

#[test]
fn couples_whose_parents_alone_score_below_the_threshold() {
    let shape = Shape { mutated: 0.3, ..SHAPE };
    let found: usize = (14..18).map(|seed| check(seed, shape, &statistics(), "1")).sum();
    assert!(found > 0, "no couple of these cases has a parent below the threshold");
}

#[test]
fn couples_with_drop_out_silent_alleles_and_several_tables() {
    let statistics = Statistics {
        tables: vec!["nist1036:afam", "nist1036:asian"],
        silent: 0.01,
        drop_out: [0.2, 0.0, 0.1],
        ..statistics()
    };
    let shape = Shape { missing: 0.25, own_drop_out: true, ..SHAPE };
    check(19, shape, &statistics, "0");
    check(20, shape, &Statistics { drop_in: 0.02, model: MutationModel::Equal, ..statistics }, "-1");
}

/// A wrong call makes no couple impossible, and all are found.
#[test]
fn couples_where_calls_may_be_wrong() {
    let rates = RatesSource::Pair { female: 0.02, male: 0.02 };
    let statistics = Statistics { model: MutationModel::GenotypingError, rates, theta: 0.02, ..statistics() };
    check(21, Shape { mutated: 0.2, ..SHAPE }, &statistics, "-1");
    check(22, SHAPE, &Statistics { silent: 0.01, drop_out: [0.1, 0.0, 0.0], ..statistics }, "0");
}

/// Runs the case, checks every couple, and returns how many have a parent who alone is below the threshold.
fn check(seed: u64, shape: Shape, statistics: &Statistics, threshold: &str) -> usize {
    let case = RandomCase::new(seed, shape, statistics, &LOCI);
    let folder = Folder::new();
    case.write(&folder, statistics);
    folder.succeed(&format!(
        "match --children children.csv --candidates candidates.csv --config settings.toml --min-log10-lr {threshold} --top 1000 --out out"
    ));
    let least = threshold.parse().unwrap_or(f64::NEG_INFINITY);
    let rows = folder.table("out/couples.csv");
    let oracle = Oracle::new(statistics, &case.loci);
    let of_sex = |sex| -> Vec<&Person> { case.candidates.iter().filter(|person| person.sex == sex).collect() };
    let (fathers, mothers) = (of_sex(Sex::Male), of_sex(Sex::Female));
    let (mut lines, mut below) = (0, 0);
    for of in &case.children {
        let single = |other: &&Person| log10_lr(&oracle, "parent", of, other, Known::Nobody).0;
        let (his, hers): (Vec<f64>, Vec<f64>) =
            (fathers.iter().map(single).collect(), mothers.iter().map(single).collect());
        let mut couples = Vec::new();
        for (father, his) in fathers.iter().zip(&his) {
            for (mother, hers) in mothers.iter().zip(&hers) {
                couples.push((oracle.couple(of, father, mother), father.id.clone(), mother.id.clone(), *his, *hers));
            }
        }
        couples.sort_by(|left, right| right.0.total_cmp(&left.0).then((&left.1, &left.2).cmp(&(&right.1, &right.2))));
        let answer = answer(&case, &oracle, of, DEFAULT);
        let found: Vec<_> = rows.iter().filter(|row| row["child_id"] == of.id).collect();
        let expected: Vec<_> = couples.iter().filter(|couple| couple.0 >= least).collect();
        assert_eq!(found.len(), expected.len(), "{} from {threshold}", of.id);
        for (at, (log10_lr, father, mother, his, hers)) in expected.iter().enumerate() {
            let row = found.iter().find(|row| row["father_id"] == *father && row["mother_id"] == *mother);
            let row = row.unwrap_or_else(|| panic!("{father} and {mother} of {}: {log10_lr}", of.id));
            let name = format!("{father} and {mother} of {}", of.id);
            assert_close(number(row, "log10_lr"), *log10_lr, 1e-9, &name);
            assert_close(number(row, "log10_lr_father"), *his, 1e-9, &name);
            assert_close(number(row, "log10_lr_mother"), *hers, 1e-9, &name);
            assert_close(number(found[at], "log10_lr"), *log10_lr, 1e-9, "order");
            assert_eq!(found[at]["rank"], (at + 1).to_string());
            let posteriors = &answer.couples[&(father.clone(), mother.clone())];
            assert_close(number(row, "posterior"), lowest(posteriors), 1e-9, &name);
            assert_close(number(row, "posterior_at_most"), lowest(posteriors), 1e-8, &name);
            for (table, &right) in statistics.tables.iter().zip(posteriors).filter(|_| posteriors.len() > 1) {
                assert_close(number(row, &format!("posterior_{table}")), right, 1e-9, &name);
            }
            let parents = [case.person(father), case.person(mother)];
            let compared = (0..LOCI.len()).filter(|&locus| {
                !of.cells[locus].is_empty() && parents.iter().any(|parent| !parent.cells[locus].is_empty())
            });
            assert_eq!(row["loci_compared"], compared.count().to_string(), "{name}");
            below += usize::from(his.min(*hers) < least);
            lines += 1;
        }
    }
    assert_eq!(lines, rows.len());
    below
}

/// Everything that can be seen of three alleles.
fn observations(drop_outs: &[f64]) -> Vec<Observation> {
    let allele = |label: &str| label.parse::<Allele>().unwrap();
    let mut calls = vec![Call::Missing];
    for (at, one) in ["12", "13", "15"].iter().enumerate() {
        calls.push(Call::One(allele(one)));
        calls.extend(["12", "13", "15"][at + 1..].iter().map(|other| Call::Two(allele(one), allele(other))));
    }
    calls.iter().flat_map(|&call| drop_outs.iter().map(move |&drop_out| Observation { call, drop_out })).collect()
}

fn random_model(random: &mut ChaCha8Rng, alleles: usize, errs: bool) -> LocusModel {
    let models = [MutationModel::None, MutationModel::Equal, MutationModel::Stepwise, MutationModel::Proportional];
    let silent = [0.0, 0.05][random.random_range(0..2)];
    let draws: Vec<f64> = (0..alleles).map(|_| random.random::<f64>() + 0.01).collect();
    let total: f64 = draws.iter().sum();
    let parameters = |rate| MutationParameters { rate, rate2: 0.0, range: 0.2, matrix: None };
    let (female, male) = (random.random::<f64>() * 0.02, random.random::<f64>() * 0.1);
    let model = if errs { MutationModel::GenotypingError } else { models[random.random_range(0..4)] };
    let female = if errs { male } else { female };
    // alleles that a table has not seen are added to frequencies that sum to 1 already
    let excess = [1.0, 1.05, 0.97][random.random_range(0..if errs { 3 } else { 2 })];
    let definition = LocusDefinition {
        name: "L".to_owned(),
        chromosome: Chromosome::Autosomal,
        alleles: ["12", "13", "15"][..alleles].iter().map(|&label| label.to_owned()).collect(),
        frequencies: draws.iter().map(|draw| draw / total * (1.0 - silent) * excess).collect(),
        mutation: Some(MutationDefinition { model, female: parameters(female), male: parameters(male) }),
        theta: [0.0, 0.01, 0.1, 0.4][random.random_range(0..4)],
        silent_frequency: silent,
    };
    LocusModel::new(definition).unwrap()
}

/// log10 LR of one locus, a parent without a call not listed.
fn couple_log10_lr(model: &LocusModel, seen: [Observation; 3], drop_in: f64) -> f64 {
    let call = |person: usize| {
        let index = |allele: Allele| model.allele_index(allele).unwrap();
        let shown = match seen[person].call {
            Call::One(one) => Seen::One(index(one)),
            Call::Two(one, other) => Seen::Two(index(one), index(other)),
            _ => Seen::Nothing,
        };
        Evidence { person, seen: shown, drop_out: seen[person].drop_out, drop_in }
    };
    let listed = |person: usize| seen[person].call.is_informative().then_some(person);
    let likelihood = |father, mother| {
        let people = vec![child("C", Sex::Female, father, mother), founder("F", Sex::Male), founder("M", Sex::Female)];
        ln_likelihood(model, &Pedigree::new(people).unwrap(), &[call(0), call(1), call(2)]).unwrap().exp()
    };
    let unrelated = likelihood(None, None);
    if unrelated == 0.0 { 0.0 } else { (likelihood(listed(1), listed(2)) / unrelated).log10() }
}

#[test]
fn the_bound_holds_for_every_couple() {
    check_bound(7, 24, |random| random_model(random, 3, false));
}

/// Of a genotyping error up to 0.1, with two alleles and with three.
#[test]
fn the_bound_holds_where_calls_may_be_wrong() {
    check_bound(8, 24, |random| random_model(random, 2, true));
    check_bound(9, 12, |random| random_model(random, 3, true));
}

/// Two alleles, an error of .001: a child homozygous 12 has C = 1, a heterozygous one 2, but for the error. A parent of 13 alone costs the
/// homozygous child √.001 / √(1 / .2²): a thousandth if both are such.
#[test]
fn an_error_does_not_loosen_the_separate_bound() {
    let rate = MutationParameters { rate: 0.001, rate2: 0.0, range: 0.2, matrix: None };
    let model = LocusModel::new(LocusDefinition {
        name: "rs1".to_owned(),
        chromosome: Chromosome::Autosomal,
        alleles: vec!["12".to_owned(), "13".to_owned()],
        frequencies: vec![0.2, 0.8],
        mutation: Some(MutationDefinition { model: MutationModel::GenotypingError, female: rate.clone(), male: rate }),
        theta: 0.0,
        silent_frequency: 0.0,
    })
    .unwrap();
    let mut all = observations(&[0.0]);
    all.retain(|seen| seen.call.alleles().all(|allele| model.allele_index(allele).is_some()));
    let calls = ["12", "12,13", "13"].map(|call| all.iter().position(|seen| seen.call.to_string() == call).unwrap());
    let bounds = calls.map(|call| CoupleBound::new(&model, all[call], 0.0, &all));
    for (bound, constant) in bounds.iter().zip([1.0_f64, 2.0, 1.0]) {
        assert_close(bound.constant, constant.log10(), 0.002, "C");
    }
    assert_close(bounds[0].father[calls[2]] + bounds[0].mother[calls[2]], -3.0, 0.1, "two who cannot be the parents");
    assert_close(bounds[0].father[calls[0]] + bounds[0].mother[calls[0]], 25_f64.log10(), 0.01, "two who can");
}

fn check_bound(seed: u64, rounds: usize, model: impl Fn(&mut ChaCha8Rng) -> LocusModel) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut tight = 0;
    for _ in 0..rounds {
        let model = model(&mut random);
        let drop_in = [0.0, 0.0, 0.05][random.random_range(0..3)];
        let mut all = observations([&[0.0][..], &[0.0, 0.3]][random.random_range(0..2)]);
        all.retain(|seen| seen.call.alleles().all(|allele| model.allele_index(allele).is_some()));
        for &of in &all {
            let bound = CoupleBound::new(&model, of, drop_in, &all);
            for (his, father) in all.iter().enumerate() {
                for (hers, mother) in all.iter().enumerate() {
                    let log10_lr = couple_log10_lr(&model, [of, *father, *mother], drop_in);
                    let separate = bound.constant + bound.father[his] + bound.mother[hers];
                    let of_pair = bound.pair.of(bound.pair.father[his], bound.pair.mother[hers]).log10();
                    let what = format!("{of:?} {father:?} {mother:?} {:?}", model.definition());
                    assert!(log10_lr <= separate + 1e-9, "{log10_lr} > {separate}: {what}");
                    assert!(log10_lr <= of_pair + 1e-9, "{log10_lr} > {of_pair}: {what}");
                    tight += usize::from(log10_lr > separate.min(of_pair) - 0.01);
                }
            }
        }
    }
    assert!(tight > 100, "a bound that is never near is no use: {tight}");
}

type Genotype = Vec<[usize; 2]>;

const FREQUENCIES: [[f64; 5]; 3] =
    [[0.4, 0.3, 0.199, 0.1, 0.001], [0.35, 0.25, 0.249, 0.15, 0.001], [0.3, 0.28, 0.229, 0.19, 0.001]];

/// LR of a couple without mutation, theta and drop-out: what the two pass on, over the frequency of the child's genotype.
fn couple_ratio(child: &Genotype, father: &Genotype, mother: &Genotype) -> f64 {
    let passed = |parent: [usize; 2], allele| parent.iter().filter(|own| **own == allele).count() as f64 / 2.0;
    let at_locus = |locus: usize| {
        let ([a, b], his, hers) = (child[locus], father[locus], mother[locus]);
        let (p, q) = (FREQUENCIES[locus][a], FREQUENCIES[locus][b]);
        if a == b {
            return passed(his, a) * passed(hers, a) / (p * p);
        }
        (passed(his, a) * passed(hers, b) + passed(his, b) * passed(hers, a)) / (2.0 * p * q)
    };
    (0..FREQUENCIES.len()).map(at_locus).product()
}

fn random_genotype(rng: &mut ChaCha8Rng) -> Genotype {
    let mut allele = |frequencies: &[f64; 5]| {
        let mut left: f64 = rng.random();
        let index = frequencies.iter().position(|frequency| {
            left -= frequency;
            left < 0.0
        });
        index.unwrap_or(0)
    };
    FREQUENCIES.iter().map(|frequencies| [allele(frequencies), allele(frequencies)]).collect()
}

/// Rows of a profile file; allele 0 is written 10.
fn rows_of(prefix: &str, sex: &str, people: &[Genotype]) -> String {
    let cells = |person: &Genotype| -> Vec<_> {
        person.iter().map(|pair| format!("{}/{}", 10 + pair[0], 10 + pair[1])).collect()
    };
    people.iter().enumerate().map(|(at, person)| format!("{prefix}{at},{sex},{}\n", cells(person).join(","))).collect()
}

fn write_many_couples(folder: &Folder, children: &[Genotype], fathers: &[Genotype], mothers: &[Genotype]) {
    let locus = |(name, frequencies): (&&str, [f64; 5])| {
        let alleles = ["10", "11", "12", "13", "14"];
        serde_json::json!({"name": name, "alleles": alleles, "frequencies": frequencies, "mutation": null})
    };
    let loci: Vec<_> = LOCI.iter().zip(FREQUENCIES).map(locus).collect();
    let header = format!("sample_id,sex,{}\n", LOCI[..FREQUENCIES.len()].join(","));
    folder.write("m.json", serde_json::json!({ "loci": loci }).to_string());
    folder.write("c.csv", format!("{header}{}", rows_of("C", "F", children)));
    folder.write("a.csv", format!("{header}{}{}", rows_of("F", "M", fathers), rows_of("M", "F", mothers)));
}

/// More couples than are all scored, no threshold: the best ten against all of them by the formula, for a child with many
/// likely couples and for one with alleles that hardly anybody has.
#[test]
fn the_best_of_many_couples_without_a_threshold() {
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let fathers: Vec<_> = (0..510).map(|_| random_genotype(&mut rng)).collect();
    let mothers: Vec<_> = (0..510).map(|_| random_genotype(&mut rng)).collect();
    let children = [vec![[0, 1]; 3], vec![[4, 4], [4, 4], [0, 4]]];
    let folder = Folder::new();
    write_many_couples(&folder, &children, &fathers, &mothers);
    folder.succeed("match --children c.csv --candidates a.csv --markers m.json --min-log10-lr none --out out");
    let found = folder.table("out/couples.csv");
    for (at, child) in children.iter().enumerate() {
        let with = |father| mothers.iter().map(move |mother| couple_ratio(child, father, mother).log10());
        let mut all: Vec<f64> = fathers.iter().flat_map(with).collect();
        all.sort_by(|left, right| right.total_cmp(left));
        assert_eq!(all[9] >= 0.0, at == 0, "the second child has fewer than ten likely couples");
        let of_child: Vec<_> = found.iter().filter(|row| row["child_id"] == format!("C{at}")).collect();
        assert_eq!(of_child.len(), 10);
        for (row, expected) in of_child.iter().zip(all) {
            match expected {
                f64::NEG_INFINITY => assert_eq!(row["log10_lr"], "-inf"),
                _ => assert_close(number(row, "log10_lr"), expected, 1e-9, &row["father_id"]),
            }
        }
    }
}

#[test]
fn of_many_couples_without_a_threshold_those_that_dna_speaks_for() {
    let folder = Folder::new();
    folder.write("c.csv", "sample_id,sex,D3S1358,vWA,TH01\nc,F,15/16,17/18,6/9.3\n");
    let adult = |number: usize| {
        let (sex, shift) = (if number.is_multiple_of(2) { "M" } else { "F" }, number % 7);
        format!("{number:04},{sex},{}/{},{}/{},{}/9.3\n", 12 + shift, 16 - shift % 3, 14 + shift, 18, 5 + shift)
    };
    let adults: String = (0..2002).map(adult).collect();
    folder.write("a.csv", format!("sample_id,sex,D3S1358,vWA,TH01\n{adults}"));
    let run = |least: &str, out: &str| {
        folder.succeed(&format!("match --children c.csv --candidates a.csv --min-log10-lr {least} --out {out}"));
        (folder.tables(out).remove("couples.csv"), folder.json(&format!("{out}/manifest.json"))["notes"].to_string())
    };
    let (of_none, notes) = run("none", "none");
    assert!(
        notes.contains("1002001 couples are possible for each child: reported are those of log10 LR 0 or more"),
        "{notes}"
    );
    let (of_zero, notes) = run("0", "zero");
    assert!(!notes.contains("couples are possible"), "{notes}");
    assert_eq!(of_none, of_zero);
}

/// A man and a woman, the woman impossible without mutation: by hand the father has 2.5/3.5, and nobody the rest.
#[test]
fn where_no_mother_is_possible_father_and_nobody_sum_to_one() {
    let folder = Folder::new();
    let markers = serde_json::json!({"loci": [{
        "name": "D3S1358", "chromosome": "autosomal", "alleles": ["10", "20", "30", "40"],
        "frequencies": [0.1, 0.2, 0.3, 0.4], "mutation": null, "theta": 0.0, "silent_frequency": 0.0
    }]});
    folder.write("markers.json", markers.to_string());
    folder.write("c.csv", "sample_id,D3S1358\nC,10/20\n");
    folder.write("a.csv", "sample_id,sex,D3S1358\nF,M,10/30\nM,F,30/40\n");
    folder.write("s.toml", "prior.relatives = { full_sibling = 0, second_degree = 0, first_cousin = 0 }\n");
    folder.succeed("match --children c.csv --candidates a.csv --markers markers.json --config s.toml --out out");
    let status = &folder.table("out/status.csv")[0];
    assert_close(number(status, "father_none"), 1.0 / 3.5, 1e-9, "nobody");
    assert_close(number(status, "mother_none"), 1.0, 1e-12, "no mother");
    assert_close(number(&folder.table("out/matches.csv")[0], "posterior"), 2.5 / 3.5, 1e-9, "father");
}

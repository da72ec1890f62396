//! Samples of one person: one rule for `match` and `identify`, one posterior for a person.

use super::match_support::{Folder, Row, assert_close, number};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LOCI: [(&str, u32); 16] = [
    ("D3S1358", 14),
    ("vWA", 15),
    ("TH01", 6),
    ("FGA", 20),
    ("D18S51", 13),
    ("D8S1179", 11),
    ("D21S11", 28),
    ("D5S818", 10),
    ("D7S820", 8),
    ("D13S317", 9),
    ("D16S539", 10),
    ("CSF1PO", 9),
    ("D2S1338", 17),
    ("D19S433", 12),
    ("D12S391", 17),
    ("Penta E", 8),
];

type Genotype = [[u32; 2]; 16];

fn founder(random: &mut ChaCha8Rng) -> Genotype {
    LOCI.map(|(_, least)| [least + random.random_range(0..5), least + random.random_range(0..5)])
}

fn child_of(random: &mut ChaCha8Rng, father: &Genotype, mother: &Genotype) -> Genotype {
    std::array::from_fn(|locus| [father[locus][random.random_range(0..2)], mother[locus][random.random_range(0..2)]])
}

/// The cells, blank before locus `from`.
fn cells(genotype: &Genotype, from: usize) -> String {
    let cell = |(locus, call): (usize, &[u32; 2])| {
        if locus < from { String::new() } else { format!("{}/{}", call[0], call[1]) }
    };
    genotype.iter().enumerate().map(cell).collect::<Vec<_>>().join(",")
}

fn header(columns: &str) -> String {
    format!("{columns},{}\n", LOCI.map(|(name, _)| name).join(","))
}

/// A child, its parents and so many strangers of either sex; rows `id,sex,cells`.
struct Case {
    father: Genotype,
    mother: Genotype,
    child: String,
    strangers: String,
}

fn case(seed: u64, strangers: usize) -> Case {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (father, mother) = (founder(&mut random), founder(&mut random));
    let child = child_of(&mut random, &father, &mother);
    let stranger = |at: usize| format!("X{at:06},{},{}\n", ["M", "F"][at % 2], cells(&founder(&mut random), 0));
    let strangers = (0..strangers).map(stranger).collect();
    Case { father, mother, child: header("sample_id,sex") + &format!("C,,{}\n", cells(&child, 0)), strangers }
}

fn search(case: &Case, samples: &str) -> Folder {
    let folder = Folder::new();
    folder.write("c.csv", &case.child);
    folder.write("a.csv", header("sample_id,sex") + samples + &case.strangers);
    folder.succeed("match --children c.csv --candidates a.csv --top 20 --out out");
    folder
}

fn of<'r>(rows: &'r [Row], id: &str) -> &'r Row {
    rows.iter().find(|row| row["candidate_id"] == id).unwrap_or_else(|| panic!("{id} is not listed"))
}

#[test]
fn a_couple_has_one_posterior_however_often_its_people_were_typed() {
    let case = case(1, 20);
    let (man, woman) = (cells(&case.father, 0), cells(&case.mother, 0));
    let once = search(&case, &format!("F0,M,{man}\nM0,F,{woman}\n"));
    let several = search(&case, &format!("F0,M,{man}\nF1,M,{man}\nF2,M,{man}\nM0,F,{woman}\nM1,F,{woman}\n"));
    let (couples_once, couples) = (once.table("out/couples.csv"), several.table("out/couples.csv"));
    let of_both: Vec<_> =
        couples.iter().filter(|row| row["father_id"].starts_with('F') && row["mother_id"].starts_with('M')).collect();
    assert_eq!(of_both.len(), 1, "two persons are one couple");
    let right = number(&couples_once[0], "posterior");
    assert!(right > 0.998, "{right}");
    of_both.iter().for_each(|row| assert_close(number(row, "posterior"), right, 1e-9, "the couple"));
    let (matches_once, matches) = (once.table("out/matches.csv"), several.table("out/matches.csv"));
    for id in ["F0", "F1", "F2", "M0", "M1"] {
        let right = number(of(&matches_once, &format!("{}0", &id[..1])), "posterior");
        assert_close(number(of(&matches, id), "posterior"), right, 1e-9, id);
    }
    assert_eq!(several.table("out/direct_matches.csv").len(), 3 + 1);
}

#[test]
fn a_second_sample_with_fewer_loci_carries_the_persons_posterior() {
    let case = case(2, 20);
    let samples = |first: &str| {
        let (man, woman) = (&case.father, cells(&case.mother, 0));
        format!("F1,{first},{}\nF2,M,{}\nM,F,{woman}\n", cells(man, 0), cells(man, 6))
    };
    // the second sample tells the sex of the first
    for sex in ["M", ""] {
        let folder = search(&case, &samples(sex));
        let matches = folder.table("out/matches.csv");
        let [first, second] = ["F1", "F2"].map(|id| of(&matches, id));
        assert!(number(first, "log10_lr") > number(second, "log10_lr") + 1.0);
        assert!(number(first, "posterior") > 0.999, "{first:?}");
        assert_eq!(first["posterior"], second["posterior"]);
        assert!(number(of(&matches, "M"), "posterior") > 0.9999);
        let couples = folder.table("out/couples.csv");
        let of_both: Vec<_> =
            couples.iter().filter(|row| row["mother_id"] == "M" && row["father_id"].starts_with('F')).collect();
        let named: Vec<_> = of_both.iter().map(|row| row["father_id"].as_str()).collect();
        assert_eq!(named, ["F1"], "the sample with most loci stands for the person");
    }
}

#[test]
fn records_that_contradict_each_other_are_told() {
    let case = case(3, 4);
    let man = cells(&case.father, 0);
    let folder = search(&case, &format!("F1,M,{man}\nF2,F,{man}\n"));
    let direct = folder.table("out/direct_matches.csv");
    assert_eq!((direct.len(), direct[0]["contradiction"].as_str()), (1, "sex"));
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(notes.contains("F1 and F2 are one person by their DNA, but contradict each other in sex"), "{notes}");
}

/// 1.6e9 pairs of samples; the father is typed twice.
#[test]
fn second_samples_are_found_among_40_000_candidates() {
    let case = case(4, 40_000);
    let samples = format!("F1,M,{}\nF2,M,{}\n", cells(&case.father, 0), cells(&case.father, 1));
    let folder = search(&case, &samples);
    let direct = folder.table("out/direct_matches.csv");
    let pairs: Vec<_> = direct.iter().map(|row| (row["sample_a"].as_str(), row["sample_b"].as_str())).collect();
    assert_eq!(pairs, [("F1", "F2")]);
    let matches = folder.table("out/matches.csv");
    let once = search(&case, &format!("F1,M,{}\n", cells(&case.father, 0))).table("out/matches.csv");
    assert_close(number(of(&matches, "F1"), "posterior"), number(of(&once, "F1"), "posterior"), 1e-6, "F1");
    assert_eq!(of(&matches, "F1")["posterior"], of(&matches, "F2")["posterior"]);
}

/// What is seen of a genotype when each allele drops out with this probability.
fn degraded(random: &mut ChaCha8Rng, genotype: &Genotype, drop_out: f64) -> String {
    let cell = |call: &[u32; 2]| {
        let mut seen: Vec<u32> = call.iter().copied().filter(|_| random.random::<f64>() >= drop_out).collect();
        seen.dedup();
        seen.iter().map(u32::to_string).collect::<Vec<_>>().join("/")
    };
    genotype.iter().map(cell).collect::<Vec<_>>().join(",")
}

#[test]
fn with_drop_out_siblings_do_not_pass_for_one_person() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    for drop_out in [0.2, 0.4] {
        let mut rows = header("sample_id,sex");
        for pair in 0..150 {
            let (father, mother) = (founder(&mut random), founder(&mut random));
            let [one, other] = [(), ()].map(|()| child_of(&mut random, &father, &mother));
            rows += &format!("S{pair:03}a,M,{}\n", degraded(&mut random, &one, drop_out));
            rows += &format!("S{pair:03}b,M,{}\n", degraded(&mut random, &other, drop_out));
            rows += &format!("S{pair:03}a2,M,{}\n", degraded(&mut random, &one, drop_out));
        }
        let folder = Folder::new();
        folder.write("a.csv", rows);
        folder.write("c.csv", case(6, 0).child);
        folder.write("s.toml", format!("[observation]\ndrop_out = {drop_out}\n"));
        folder.succeed("match --children c.csv --candidates a.csv --config s.toml --out out");
        let direct = folder.table("out/direct_matches.csv");
        let is_right = |row: &&Row| row["sample_a"].trim_end_matches('2') == row["sample_b"].trim_end_matches('2');
        let right = direct.iter().filter(is_right).count();
        assert_eq!(right, direct.len(), "at {drop_out}");
        let least = if drop_out < 0.3 { 100 } else { 5 };
        assert!(right >= least, "{right} of 150 at {drop_out}");
    }
}

/// Remains, both parents and their missing children.
fn identify(remains: &str, case: &Case, missing: &[&str], options: &str) -> (Folder, String) {
    let folder = Folder::new();
    folder.write("pm.csv", header("sample_id,sex") + remains);
    let parents = format!("FA,M,{}\nMO,F,{}\n", cells(&case.father, 0), cells(&case.mother, 0));
    folder.write("am.csv", header("sample_id,sex") + &parents);
    let child = |id: &&str| format!("F,{id},FA,MO,male,yes\n");
    let rows = "F,FA,,,male,no\nF,MO,,,female,no\n".to_owned() + &missing.iter().map(child).collect::<String>();
    folder.write("ped.csv", "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned() + &rows);
    let (code, _, errors) =
        folder.run(&format!("identify --remains pm.csv --relatives am.csv --pedigrees ped.csv {options} --out out"));
    assert_eq!(code, 0, "{errors}");
    (folder, errors)
}

fn probability(folder: &Folder, victim: &str, missing: &str) -> f64 {
    let rows = folder.table("out/posterior.csv");
    let row = rows.iter().find(|row| row["victim_id"] == victim && row["missing_id"] == missing);
    row.map_or(0.0, |row| number(row, "probability"))
}

/// A bone, a tooth with half of the loci, and a third sample with a mistyped locus: one body, each sample with its probability.
#[test]
fn remains_of_one_person_are_one_body_unless_told_otherwise() {
    let case = case(7, 0);
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let son = child_of(&mut random, &case.father, &case.mother);
    let mut mistyped = son;
    mistyped[2] = [son[2][0] + 3, son[2][1] + 3];
    let remains = format!(
        "BONE,M,{}\nTOOTH,,{}\nZ,M,{}\nOTHER,M,{}\n",
        cells(&son, 0),
        cells(&son, 7),
        cells(&mistyped, 0),
        cells(&founder(&mut random), 0)
    );
    for options in ["", "--merge-remains"] {
        let (folder, errors) = identify(&remains, &case, &["MP"], options);
        for sample in ["BONE", "TOOTH", "Z"] {
            assert!(probability(&folder, sample, "MP") > 0.9999, "{sample}");
        }
        assert!(probability(&folder, "OTHER", "MP") < 1e-6);
        let groups = folder.table("out/groups.csv");
        let group =
            (groups[0]["samples"].as_str(), groups[0]["contradictory_loci"].as_str(), groups[0]["kept_apart"].as_str());
        assert_eq!((groups.len(), group), (1, ("BONE;TOOTH;Z", "TH01", "")));
        assert!(
            errors.contains("BONE, TOOTH, Z are samples of one person by their DNA: taken as one body, BONE"),
            "{errors}"
        );
    }
    let (folder, errors) = identify(&remains, &case, &["MP"], "--keep-samples-apart");
    let sum: f64 = ["BONE", "TOOTH", "Z"].map(|sample| probability(&folder, sample, "MP")).iter().sum();
    assert!((sum - 1.0).abs() < 1e-4, "nobody is two bodies: {sum}");
    assert_eq!(folder.table("out/groups.csv")[0]["kept_apart"], "asked for");
    assert!(errors.contains("taken as bodies of their own"), "{errors}");
}

#[test]
fn identical_twins_whom_a_family_misses_are_two() {
    let case = case(9, 0);
    let mut random = ChaCha8Rng::seed_from_u64(10);
    let twin = cells(&child_of(&mut random, &case.father, &case.mother), 0);
    let stranger = cells(&founder(&mut random), 0);
    let remains = format!("T1,M,{twin}\nT2,M,{twin}\nX1,M,{stranger}\nX2,M,{stranger}\n");
    let (folder, errors) = identify(&remains, &case, &["MP1", "MP2"], "");
    for body in ["T1", "T2"] {
        let found = ["MP1", "MP2"].map(|person| probability(&folder, body, person));
        found.iter().for_each(|&found| assert_close(found, 0.5, 1e-6, "which of the two cannot be told"));
    }
    let groups = folder.table("out/groups.csv");
    let kept: Vec<_> = groups.iter().map(|row| (row["samples"].as_str(), row["kept_apart"].as_str())).collect();
    assert_eq!(kept, [("T1;T2", "may be identical twins: MP1 and MP2 of family F"), ("X1;X2", "")]);
    assert!(errors.contains("T1, T2 are samples of one person by their DNA: not put together"), "{errors}");
}

/// Two parts of one body with eight loci in common are too like siblings to be put together; the notes say what that means.
#[test]
fn parts_of_one_body_that_are_not_put_together_are_named() {
    let folder = Folder::new();
    folder.write("case.toml", include_str!("../../data/cases/disaster.toml"));
    folder.succeed("simulate case.toml --seed 12 --out case");
    folder.succeed(
        "identify --remains case/corpses.csv --relatives case/relatives.csv --pedigrees case/pedigrees.csv --out found",
    );
    let person = |id: &str| {
        let people = folder.table("case/people.csv");
        people.into_iter().find(|row| row["sample_id"] == id).map(|row| row["person_id"].clone())
    };
    assert_eq!(person("B054"), person("B058"));
    let manifest = folder.json("found/manifest.json");
    let notes: Vec<&str> = manifest["notes"].as_array().unwrap().iter().filter_map(|note| note.as_str()).collect();
    let told = notes.iter().find(|note| note.contains("were not put together")).unwrap();
    assert!(told.contains("B054 and B058 (log10 LR 6.57, probability 0.9"), "{told}");
    let groups = folder.table("found/groups.csv");
    let apart: Vec<_> = groups.iter().filter(|row| !row["kept_apart"].is_empty()).collect();
    assert!(
        apart.iter().any(|row| row["samples"] == "B054;B058" && row["kept_apart"] == "may be close relatives"),
        "{apart:?}"
    );
    assert_eq!((manifest["samples_of_one_person"]["groups"].as_u64(), groups.len()), (Some(6), 6 + apart.len()));
    let together = notes.iter().filter(|note| note.contains("are samples of one person by their DNA"));
    assert!(together.clone().count() == 6 && together.clone().all(|note| !note.contains("B054")), "{notes:?}");
}

/// Two bodies with two loci, alike at both: one person (log10 LR 4.6), or siblings. Who they are is summed over both by hand.
#[test]
fn bodies_that_may_be_one_person_are_weighed_as_one_and_as_two() {
    let folder = Folder::new();
    let rows = "D3S1358,14,0.05\nD3S1358,15,0.05\nD3S1358,16,0.9\nTH01,6,0.05\nTH01,7,0.05\nTH01,8,0.9\n";
    folder.write("f.csv", format!("locus,allele,frequency\n{rows}"));
    let bodies = "B1,,14/15,6/7\nB2,,14/15,6/7\nB3,,16/16,8/8\n";
    folder.write("remains.csv", format!("sample_id,sex,D3S1358,TH01\n{bodies}"));
    folder.write("relatives.csv", "sample_id,D3S1358,TH01\nFATHER,14/14,6/6\n");
    folder.write(
        "pedigrees.csv",
        "family_id,person_id,father_id,mother_id,sex,missing\nF,MP,FATHER,,,yes\nF,FATHER,,,M,no\n",
    );
    let settings =
        "[population]\ntables = [\"f.csv\"]\ntheta = 0\nminimum_frequency = 0.001\n[mutation]\nmodel = \"none\"\n";
    let run = |prior: &str, options: &str| {
        folder.write("s.toml", format!("{settings}[prior]\n{prior}\n"));
        folder.succeed(&format!(
            "identify --remains remains.csv --relatives relatives.csv --pedigrees pedigrees.csv --config s.toml --force {options} --out out"
        ));
        let pair = folder.table("out/groups.csv").into_iter().find(|row| row["samples"] == "B1;B2").unwrap();
        let stated: Vec<f64> = ["B1", "B2"].iter().map(|body| probability(&folder, body, "MP")).collect();
        assert_close(stated[0], stated[1], 1e-12, "the two show the same");
        (pair, stated[0])
    };
    // by locus: one person 1/(2pq), full siblings (1 + p + q + 2pq)/(8pq), parent and child (p + q)/(4pq), child of the father 1/(2p)
    let (p, q) = (0.05_f64, 0.05_f64);
    let squared = |lr: f64| lr * lr;
    let [one, siblings, parent, child] =
        [1.0 / (2.0 * p * q), (1.0 + p + q + 2.0 * p * q) / (8.0 * p * q), (p + q) / (4.0 * p * q), 1.0 / (2.0 * p)]
            .map(squared);
    for (expected, relatives) in [(0.1, 0.1), (0.6, 0.2)] {
        let (rho, sigma) = (expected / 2.0, relatives / 2.0);
        let odds = rho * one / (1.0 - rho - 2.0 * sigma + sigma * (siblings + parent)) / 0.5;
        let total = odds * (1.0 + child) + 1.0 + 2.0 * child;
        let (pair, stated) = run(&format!("one_person = {expected}\nrelatives = {{ full_sibling = {relatives} }}"), "");
        assert_eq!((number(&pair, "log10_lr") * 100.0).round(), (one.log10() * 100.0).round());
        assert_close(number(&pair, "probability"), odds * (1.0 + child) / total, 1e-3, "four digits are written");
        assert_close(stated, (odds * child + child) / total, 1e-9, "one of two, or both");
        let best = &folder.table("out/assignments.csv")[0];
        assert_eq!([&best["B1"], &best["B2"], &best["B3"]], ["MP", "MP", "*"]);
        assert_close(number(best, "posterior"), odds * child / total, 1e-9, "the likeliest assignment");
        let sum: f64 = folder.table("out/assignments.csv").iter().map(|row| number(row, "posterior")).sum();
        assert_close(sum, 1.0, 1e-9, "each assignment once");
    }
    for (prior, options) in
        [("one_person = 0", ""), ("one_person = 0.1", "--keep-samples-apart"), ("assignments = \"flat\"", "")]
    {
        let (pair, stated) = run(prior, options);
        assert_eq!(pair["probability"], "");
        assert_close(stated, child / (1.0 + 2.0 * child), 1e-9, "two people");
    }
}

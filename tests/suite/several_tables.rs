//! Several frequency tables, and which alleles get the minimum frequency: values by hand.

use crate::match_support::{Folder, Row};
use std::fs;

const LOCAL: &str = "locus,allele,frequency,n_people\nTH01,6,0.5,1000\nTH01,7,0.3,1000\nTH01,8,0.2,1000\n\
                     vWA,15,0.25,1000\nvWA,16,0.75,1000\n";
/// Of the same name, without vWA, with D3S1358.
const OTHER: &str = "locus,allele,frequency,n_people\nTH01,6,0.4,1000\nTH01,7,0.4,1000\nTH01,8,0.2,1000\n\
                     D3S1358,14,0.1,1000\nD3S1358,15,0.9,1000\n";
const TABLES: &str = "--frequencies a/local.csv --frequencies b/local.csv --config s.toml";

fn folder(fallback: &str) -> Folder {
    let folder = Folder::new();
    for (name, table) in [("a", LOCAL), ("b", OTHER)] {
        fs::create_dir(folder.path(name)).unwrap();
        folder.write(&format!("{name}/local.csv"), table);
    }
    let settings = format!("population = {{ theta = 0, fallback = \"{fallback}\" }}\nmutation.model = \"none\"\n");
    folder.write("s.toml", settings);
    folder.write("c.csv", "sample_id,TH01,vWA,D3S1358\nc,6/7,15/15,14/15\n");
    folder.write("p.csv", "sample_id,sex,TH01,vWA,D3S1358\nf,M,6/6,15/16,14/14\nm,F,7/7,15/15,15/15\n");
    folder
}

fn near(row: &Row, column: &str, lr: f64) {
    let found: f64 = row[column].parse().unwrap();
    assert!((found - lr.log10()).abs() < 1e-9, "{column}: {found}, expected {}", lr.log10());
}

/// LR by locus of the father alone: TH01 1/(2 p6) = 1 and 1.25; vWA 1/(2 p15) = 2; D3S1358 1/(2 p14) = 5. Of the couple: TH01
/// 1/(2 p6 p7) = 1/0.3 and 1/0.32, vWA 1/(2 p15²) = 8, D3S1358 1/(2 p14 p15) = 1/0.18.
#[test]
fn each_table_is_scored_on_its_own_loci() {
    let couple = |th01: f64, vwa: f64, d3: f64| vwa * d3 / th01;
    for (fallback, local, other, of_couple, note) in [
        (
            "first",
            10.0,
            12.5,
            couple(0.32, 8.0, 1.0 / 0.18),
            "local has no frequencies for D3S1358: those of local_2 are used there",
        ),
        ("none", 2.0, 6.25, couple(0.32, 1.0, 1.0 / 0.18), "local_2 has no frequencies for vWA: left out of its LR"),
    ] {
        let folder = folder(fallback);
        folder.succeed(&format!("match --children c.csv --candidates p.csv --out out --lr-interval {TABLES}"));
        let rows = folder.table("out/matches.csv");
        let father = rows.iter().find(|row| row["candidate_id"] == "f").unwrap();
        near(father, "log10_lr_local", local);
        near(father, "log10_lr_local_2", other);
        near(father, "log10_lr", local.min(other));
        assert_eq!(father["loci_compared"], "3");
        let number = |column: &str| father[column].parse::<f64>().unwrap();
        assert!(number("log10_lr_low") < number("log10_lr") && number("log10_lr") < number("log10_lr_high"));
        near(&folder.table("out/couples.csv")[0], "log10_lr", of_couple);
        let notes = folder.json("out/manifest.json")["notes"].to_string();
        assert!(notes.contains(note), "{notes}");
        let explained = folder.succeed(&format!(
            "explain --children c.csv --candidates p.csv --child c --candidate f --format json {TABLES}"
        ));
        let explained: serde_json::Value = serde_json::from_str(&explained).unwrap();
        assert_eq!(explained["population"], "local");
        let total = explained["total_log10_lr"][0].as_f64().unwrap();
        assert!((total - local.log10()).abs() < 1e-9, "{total}");
    }
}

#[test]
fn a_family_is_scored_by_each_table_on_its_own_loci() {
    for (fallback, lr) in [("first", 10.0), ("none", 2.0)] {
        let folder = folder(fallback);
        folder.write("f.csv", "family_id,person_id,father_id,mother_id,sex,missing\n1,x,f,,U,yes\n1,f,,,M,no\n");
        folder.write("p.csv", "sample_id,sex,TH01,vWA,D3S1358\nf,M,6/6,15/16,14/14\n");
        folder.succeed(&format!("identify --remains c.csv --relatives p.csv --pedigrees f.csv --out out {TABLES}"));
        let row = &folder.table("out/pairwise.csv")[0];
        near(row, "log10_lr", lr);
        assert_eq!(row["loci_compared"], "3");
    }
}

/// One of 200 alleles: p = 0.005, below 5/200 = 0.025; LR of a homozygous parent 1/(2p).
#[test]
fn an_allele_seen_once_counts_no_more_than_one_never_seen() {
    for (applies_to, seen_once) in [("all", 20.0), ("unseen", 100.0)] {
        let folder = Folder::new();
        folder.write("t.csv", "locus,allele,count\nTH01,6,1\nTH01,7,199\n");
        let settings = "mutation.model = \"none\"\npopulation = { theta = 0, minimum_applies_to = \"";
        folder.write("s.toml", format!("{settings}{applies_to}\" }}\n"));
        folder.write("c.csv", "sample_id,TH01\nonce,6/7\nnever,5/7\n");
        folder.write("p.csv", "sample_id,sex,TH01\np_once,M,6/6\np_never,M,5/5\n");
        folder.succeed("match --children c.csv --candidates p.csv --frequencies t.csv --config s.toml --out out");
        let rows = folder.table("out/matches.csv");
        let row = |child: &str| rows.iter().find(|row| row["child_id"] == child).unwrap();
        near(row("never"), "log10_lr", 20.0);
        near(row("once"), "log10_lr", seen_once);
    }
}

#[test]
fn the_minimum_has_its_effect_in_power() {
    let folder = Folder::new();
    let mean = |settings: &str| {
        folder.write("s.toml", settings);
        let power =
            folder.succeed("power --loci TH01,vWA --frequencies nist1036:cauc --config s.toml --format json --draws 0");
        let power: serde_json::Value = serde_json::from_str(&power).unwrap();
        let truths = power["truths"].as_array().unwrap();
        truths.iter().find(|truth| truth["truth"] == "parent").unwrap()["mean"].as_f64().unwrap()
    };
    let counted = mean("population.minimum_applies_to = \"unseen\"\n");
    assert!((mean("population.minimum_frequency = 0.05\n") - counted).abs() > 0.01);
    let (_, _, errors) = folder.run("power --loci TH01 --draws 0");
    assert!(errors.contains("none were chosen"), "{errors}");
}

/// A minimum is for the LR: fathers and children are drawn with the frequencies that were counted.
#[test]
fn a_minimum_does_not_change_who_is_drawn_in_power() {
    let (counted, raised) = ([0.01_f64, 0.29, 0.7], [0.1_f64, 0.29, 0.7]);
    let folder = Folder::new();
    let rows = ["6", "7", "8"].iter().zip(counted).map(|(allele, p)| format!("TH01,{allele},{p},500\n"));
    folder.write("f.csv", format!("locus,allele,frequency,n_people\n{}", rows.collect::<String>()));
    let settings = "[population]\ntheta = 0.0\nminimum_frequency = 0.1\n[mutation]\nmodel = \"none\"\n";
    folder.write("s.toml", settings);
    let power = folder.succeed("power --frequencies f.csv --config s.toml --format json --draws 0");
    let power: serde_json::Value = serde_json::from_str(&power).unwrap();
    let truths = power["truths"].as_array().unwrap();
    let mean = truths.iter().find(|truth| truth["truth"] == "parent").unwrap()["mean"].as_f64().unwrap();
    // father and child share one allele by descent, and each has another
    let mut expected = 0.0;
    for shared in 0..3 {
        for of_child in 0..3 {
            for of_father in 0..3 {
                let passes =
                    |allele: usize| [shared, of_father].iter().filter(|&&one| one == allele).count() as f64 / 2.0;
                let of = |allele: usize| passes(allele) / raised[allele];
                let lr = (of(shared) + of(of_child)) / 2.0;
                expected += counted[shared] * counted[of_child] * counted[of_father] * lr.log10();
            }
        }
    }
    assert!((mean - expected).abs() < 1e-9, "{mean} {expected}");
}

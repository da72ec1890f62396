//! Alleles that their locus cannot have, and alleles that no table lists: never used without a word.

use super::match_support::{Folder, number};
use serde_json::Value;
use std::{collections::HashMap, fs};

const HEADER: &str = "Sample Name,Sex,D3S1358,vWA,TH01,FGA,D5S818,D22S1045";
const CHILD: &str = "K1,F,\"15,18\",\"16,17\",\"6,9.3\",\"99,99\",\"99,99\",\"11,15\"";
const MEN: [&str; 3] = [
    "M1,M,\"15,17\",\"17,19\",\"6,8\",\"99,99\",\"99,99\",\"11,16\"",
    "M3,M,\"15,17\",\"17,19\",\"6,8\",\"22,24\",\"11,12\",\"11,16\"",
    "M4,M,\"15,17\",\"17,19\",\"6,8\",\"22.4,24\",\"11,12.7\",\"11.3,16\"",
];
/// No mutation and no coancestry, so that likelihood ratios have closed forms.
const PLAIN: &str = "[population]\ntheta = 0.0\nminimum_frequency = 0.001\n[mutation]\nmodel = \"none\"\n";

fn case() -> Folder {
    let folder = Folder::new();
    folder.write("child.csv", format!("{HEADER}\n{CHILD}\n"));
    folder.write("men.csv", format!("{HEADER}\n{}\n", MEN.join("\n")));
    folder.write("s.toml", PLAIN);
    folder
}

/// Exit code, and what is said on standard output and error.
fn said_by(folder: &Folder, arguments: &str) -> (i32, String) {
    let (code, output, errors) = folder.run(arguments);
    (code, output + &errors)
}

/// Each man's log10 LR and number of loci, and what was said.
fn matched(folder: &Folder, more: &str) -> (HashMap<String, (f64, String)>, String) {
    let arguments = "match --children child.csv --candidates men.csv --config s.toml --frequencies nist1036:cauc \
                     --min-log10-lr none --out out --force";
    let (code, said) = said_by(folder, &format!("{arguments} {more}"));
    assert_eq!(code, 0, "{said}");
    let rows = folder.table("out/matches.csv").into_iter();
    let scores =
        rows.map(|row| (row["candidate_id"].clone(), (number(&row, "log10_lr"), row["loci_compared"].clone())));
    (scores.collect(), said)
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn codes_are_missing_calls_that_are_listed_by_sample() {
    let case = case();
    let (scores, said) = matched(&case, "");
    // By hand over the four typed loci, theta 0, no mutation: log10 of the product of
    // (t(c1) f(c2) + t(c2) f(c1)) / (2 f(c1) f(c2)), t the share that the man passes on.
    for man in ["M1", "M3"] {
        let (score, loci) = &scores[man];
        assert!((score - 0.184_9).abs() < 5e-5, "{man}: {score}");
        assert_eq!(loci, "4");
    }
    // M4 lacks D22S1045 too: his 11.3 cannot be in repeats of three bases.
    assert_eq!(scores["M4"].1, "3");
    assert!(scores["M4"].0.is_finite());
    let rejected = read(&case, "out/rejected.csv");
    for row in [
        "child.csv,2,FGA,K1,FGA,99,",
        "child.csv,2,D5S818,K1,D5S818,99,",
        "men.csv,2,FGA,M1,FGA,99,",
        "men.csv,4,D5S818,M4,D5S818,\"11,12.7\",",
        "men.csv,4,D22S1045,M4,D22S1045,\"11.3,16\",",
    ] {
        assert!(rejected.contains(row), "{row}\n{rejected}");
    }
    assert_eq!(rejected.lines().count(), 8, "{rejected}");
    assert!(
        said.contains("alleles that cannot be meant, read as missing (--accept-implausible uses them): "),
        "{said}"
    );
    // 22.4 of FGA has four spare bases: it is listed, and no allele of the case.
    let manifest: Value = serde_json::from_str(&read(&case, "out/manifest.json")).unwrap();
    assert_eq!(manifest["unseen_alleles"], serde_json::json!([]));
    assert_eq!(manifest["added_alleles"], serde_json::json!([]));
}

#[test]
fn they_are_used_where_somebody_accepts_them_and_told_by_sample() {
    let case = case();
    let (scores, said) = matched(&case, "--accept-implausible");
    assert_eq!(scores["M1"].1, "6");
    assert_eq!(read(&case, "out/rejected.csv").lines().count(), 1);
    let manifest: Value = serde_json::from_str(&read(&case, "out/manifest.json")).unwrap();
    let unseen = manifest["unseen_alleles"].as_array().unwrap();
    let who = |locus: &str, allele: &str| {
        let found = unseen.iter().find(|entry| entry["locus"] == locus && entry["allele"] == allele).unwrap();
        found["sample_ids"].clone()
    };
    assert_eq!(who("FGA", "99"), serde_json::json!(["K1", "M1"]));
    assert_eq!(who("D22S1045", "11.3"), serde_json::json!(["M4"]));
    assert!(said.contains("D22S1045 11.3 (M4)"), "{said}");
    assert_eq!(manifest["reading"]["accept_implausible"], true);
}

#[test]
fn check_lists_them_and_who_shows_an_allele_that_the_table_lacks() {
    let case = case();
    case.write("rare.csv", format!("{HEADER}\nR,F,\"15,18\",\"16,17\",\"6,5.3\",\"22,24\",\"11,12\",\"11,15\"\n"));
    let (code, said) = said_by(&case, "check --candidates men.csv rare.csv --frequencies nist1036:cauc");
    assert_eq!(code, 1);
    for line in [
        "men.csv, line 4, column `D5S818` (sample M4): `11,12.7`: allele `12.7` cannot be meant at this locus (its repeats have 4 bases",
        "men.csv, line 2, column `FGA` (sample M1): `99`: allele `99` cannot be meant at this locus (the alleles known there go from 12.2 to 51.2)",
        "TH01 5.3, not in nist1036:cauc: R",
        "5  implausible allele",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    let (_, without_table) = said_by(&case, "check men.csv");
    assert!(
        without_table.contains("5  implausible allele") && !without_table.contains("not in nist"),
        "{without_table}"
    );
    let (code, said) = said_by(&case, "check men.csv --strict");
    assert!(code == 2 && said.contains("cannot be meant"), "{said}");
}

#[test]
fn snps_coded_with_numbers_are_no_letters() {
    let case = case();
    case.write("f.csv", "Allele,rs1490413,rs876724,TH01\nA,0.445,,\nG,0.555,,\nC,,0.3,\nT,,0.7,\n6,,,0.5\n9.3,,,0.5\n");
    case.write("c.csv", "sample_id,rs1490413,rs876724,TH01\nC,\"1,2\",\"C,T\",\"6,9.3\"\n");
    case.write("m.csv", "sample_id,sex,rs1490413,rs876724,TH01\nM,M,\"1,1\",\"C,C\",\"6,6\"\n");
    let arguments =
        "match --children c.csv --candidates m.csv --config s.toml --frequencies f.csv --min-log10-lr none --out out";
    let (code, said) = said_by(&case, arguments);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("coded otherwise than in the frequency table, read as missing: rs1490413 1;"), "{said}");
    assert!(read(&case, "out/rejected.csv").contains("but the frequency table has letters at this locus"));
    // rs876724: M passes C on, so (1 · 0.7) / (2 · 0.3 · 0.7); TH01: (1 · 0.5) / (2 · 0.5 · 0.5).
    let expected = (0.7_f64 / 0.42).log10() + (0.5_f64 / 0.5).log10();
    let row = read(&case, "out/matches.csv").lines().nth(1).unwrap().to_owned();
    let score: f64 = row.split(',').nth(6).unwrap().parse().unwrap();
    assert!((score - expected).abs() < 1e-9, "{row}");
}

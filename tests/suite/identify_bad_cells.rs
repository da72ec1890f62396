//! `filia identify`: a cell that a marker file cannot explain costs that cell, and nothing else.

use super::identify::{assert_close, identify, number, only_log10_lr, rows, set_in_markers, small_case};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// Changes the first locus, TH01.
fn set_in_first_locus(folder: &TempDir, extra: &Value) {
    let path = folder.path().join("markers.json");
    let mut markers: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    markers["loci"][0].as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    fs::write(path, markers.to_string()).unwrap();
}

/// `file:line column value` of each entry.
fn rejected(folder: &TempDir) -> Vec<String> {
    let place = |row: std::collections::HashMap<String, String>| {
        format!("{}:{} {} {}", row["file"], row["line"], row["column"], row["value"])
    };
    rows(folder.path(), "rejected.csv").into_iter().map(place).collect()
}

fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

const PEDIGREE: &str = "1,C,F,G,M,yes\n1,F,,,M,no\n1,G,,,F,no\n";

/// A run with this cell at TH01 of the body equals one without it, and lists it.
fn body_cell_goes(locus: &Value, cell: &str, reason: &str) {
    let relatives = "F,M,10,\"10,12\"\nG,F,\"10,11\",\"11,13\"\n";
    let with = small_case(&format!("B,M,\"{cell}\",\"10,11\"\nD,M,11,\"12,13\"\n"), relatives, PEDIGREE);
    let without = small_case("B,M,,\"10,11\"\nD,M,11,\"12,13\"\n", relatives, PEDIGREE);
    for folder in [&with, &without] {
        set_in_first_locus(folder, locus);
    }
    let output = identify(with.path(), &[]).success();
    identify(without.path(), &[]).success();
    assert!(stderr(&output).contains("1 cell or row was read and not used: see rejected.csv"));
    assert_eq!(rejected(&with), [format!("pm.csv:2 TH01 {cell}")]);
    let listed = &rows(with.path(), "rejected.csv")[0]["reason"];
    assert!(listed.contains(reason), "{listed}");
    for table in ["pairwise.csv", "posterior.csv", "assignments.csv"] {
        assert_eq!(rows(with.path(), table), rows(without.path(), table), "{table}");
    }
    assert!(rows(with.path(), "pairwise.csv").iter().all(|row| number(row, "log10_lr").is_finite()));
    let strict = identify(with.path(), &["--strict", "--force"]).code(2);
    assert!(stderr(&strict).contains("pm.csv, line 2, column `TH01` (sample B)"), "{}", stderr(&strict));
}

#[test]
fn a_mans_two_x_alleles() {
    body_cell_goes(&json!({"chromosome": "x"}), "10,11", "one X chromosome");
}

#[test]
fn an_allele_that_matrices_have_no_row_for() {
    let matrix =
        json!([[0.97, 0.01, 0.01, 0.01], [0.01, 0.97, 0.01, 0.01], [0.01, 0.01, 0.97, 0.01], [0.01, 0.01, 0.01, 0.97]]);
    let mutation = json!({"model": "custom", "female": {"matrix": matrix}, "male": {"matrix": matrix}});
    body_cell_goes(&json!({"mutation": mutation}), "10,22", "allele `22` is not in the marker file");
}

#[test]
fn an_allele_that_the_mutation_model_refuses() {
    let parameters = json!({"rate": 0.01, "range": 0.1});
    let dawid = json!({"mutation": {"model": "dawid", "female": parameters, "male": parameters}});
    body_cell_goes(&dawid, "9,11", "allele `9` is not in the marker file");
}

/// A typed relative's cell goes, not the locus of the whole family; the pedigree says who is a man.
#[test]
fn a_male_relatives_two_x_alleles() {
    let body = "B,M,10,\n";
    let case = |father: &str| small_case(body, &format!("{father}\nG,F,\"10,11\",\n"), PEDIGREE);
    for father in ["F,M,\"10,11\",", "F,,\"10,11\","] {
        let folder = case(father);
        set_in_markers(&folder, &json!({"chromosome": "x"}));
        let output = identify(folder.path(), &[]).success();
        assert_eq!(rejected(&folder), ["am.csv:2 TH01 10,11"]);
        assert!(!stderr(&output).contains("not used: TH01"), "{}", stderr(&output));
        assert_close(only_log10_lr(&folder), 5_f64.log10(), "1 / (2p) from the mother");
    }
}

/// Under dawid the distance of two alleles is that of their places in the list: one that the file does not list has
/// the place of its number.
#[test]
fn an_unlisted_allele_has_the_place_of_its_number() {
    let parameters = json!({"rate": 1e-6, "range": 0.1});
    let mutation = json!({"model": "dawid", "female": parameters, "male": parameters});
    let relatives = "G,F,\"10,12\",\n";
    let run = |alleles: Value, frequencies: Value| {
        let folder = small_case("B,M,\"9,13\",\n", relatives, "1,C,,G,M,yes\n1,G,,,F,no\n");
        set_in_first_locus(&folder, &json!({"alleles": alleles, "frequencies": frequencies, "mutation": mutation}));
        identify(folder.path(), &[]).success();
        only_log10_lr(&folder)
    };
    let unlisted = run(json!(["10", "11", "12", "13"]), json!([0.1, 0.2, 0.3, 0.4]));
    let listed = run(json!(["9", "10", "11", "12", "13"]), json!([0.001, 0.1, 0.2, 0.3, 0.4]));
    assert_close(unlisted, listed, "9 before 10");
}

/// A body and a relative of one number are two people.
#[test]
fn an_id_among_remains_and_among_relatives_is_two_people() {
    let folder =
        small_case("B,M,\"10,11\",\nG,F,\"10,13\",\n", "G,F,\"10,12\",\n", "1,C,F,G,M,yes\n1,F,,,M,no\n1,G,,,F,no\n");
    identify(folder.path(), &[]).success();
    let pairs: Vec<_> = rows(folder.path(), "pairwise.csv").iter().map(|row| row["victim_id"].clone()).collect();
    assert_eq!(pairs, ["B"], "G is a woman; C is missing");
    assert_eq!(rejected(&folder), [""; 0]);
}

/// Where rows that differ leave nobody, the message says which and why.
#[test]
fn a_relative_whose_rows_differ_is_named() {
    let relatives = "G,F,\"10,12\",\"11,13\"\nG,F,\"10,11\",\"12,12\"\n";
    let folder = small_case("B,M,\"10,11\",\n", relatives, "1,C,F,G,M,yes\n1,F,,,M,no\n1,G,,,F,no\n");
    let message = stderr(&identify(folder.path(), &[]).code(2));
    assert!(message.contains("am.csv, line 2 (sample G): this id has several rows that differ"), "{message}");
    assert!(message.contains("TH01 (10,12; 10,11)"), "{message}");
}

#[test]
fn no_relatives_at_all_is_said_so() {
    let folder = small_case("B,M,\"10,11\",\n", "", PEDIGREE);
    let message = stderr(&identify(folder.path(), &[]).code(2));
    assert!(message.contains("am.csv: no profile in it (a header line and nothing below)"), "{message}");
}

#[test]
fn an_allele_0_of_a_marker_file_is_refused() {
    let folder = small_case("B,M,\"1,1\",\n", "G,F,\"1,2\",\n", PEDIGREE);
    set_in_first_locus(&folder, &json!({"alleles": ["0", "1", "2"], "frequencies": [0.2, 0.3, 0.5]}));
    let message = stderr(&identify(folder.path(), &[]).code(2));
    assert!(
        message.contains("markers.json") && message.contains("allele `0`: in a profile 0 means no result"),
        "{message}"
    );
}

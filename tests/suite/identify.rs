//! `filia identify` through the built binary: data sets of the R package dvir with its results, and small cases.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Runs on the four files `pm.csv`, `am.csv`, `ped.csv`, `markers.json` of a folder; results in its `out`.
pub(super) fn identify(folder: &Path, extra: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("filia").unwrap();
    command.current_dir(folder).args(["identify", "--remains", "pm.csv", "--relatives", "am.csv"]);
    command.args(["--pedigrees", "ped.csv", "--markers", "markers.json", "--out", "out"]).args(extra);
    command.assert()
}

pub(super) fn rows(folder: &Path, name: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join("out").join(name)).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

pub(super) fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn assert_close(found: f64, expected: f64, what: &str) {
    let close = found == expected || (found - expected).abs() <= 1e-9 * expected.abs();
    assert!(close, "{what}: found {found}, expected {expected}");
}

/// Writes one of dvir's data sets as the four files.
fn write_case(case: &Value, folder: &Path) {
    let loci: Vec<&str> = case["markers"].as_array().unwrap().iter().map(|marker| text(&marker["name"])).collect();
    let profile = |id: &str, sex: &str, genotypes: &Value| {
        let cells = loci.iter().map(|locus| {
            let alleles: Vec<&str> = genotypes[locus].as_array().into_iter().flatten().map(text).collect();
            format!("\"{}\"", alleles.join(","))
        });
        format!("{id},{sex},{}\n", cells.collect::<Vec<_>>().join(","))
    };
    let mut remains = format!("sample_id,sex,{}\n", loci.join(","));
    let mut relatives = remains.clone();
    let mut pedigrees = "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned();
    for body in case["pm"].as_array().unwrap() {
        remains += &profile(text(&body["id"]), text(&body["sex"]), &body["genotypes"]);
    }
    let missing: Vec<&str> = case["missing"].as_array().unwrap().iter().map(text).collect();
    for family in case["am"].as_array().unwrap() {
        for person in family["individuals"].as_array().unwrap() {
            let [id, father, mother, sex] = ["id", "father", "mother", "sex"].map(|key| text(&person[key]));
            let is_missing = if missing.contains(&id) { "yes" } else { "no" };
            writeln!(pedigrees, "{},{id},{father},{mother},{sex},{is_missing}", text(&family["family"])).unwrap();
            if !family["genotypes"][id].is_null() {
                relatives += &profile(id, sex, &family["genotypes"][id]);
            }
        }
    }
    fs::write(folder.join("pm.csv"), remains).unwrap();
    fs::write(folder.join("am.csv"), relatives).unwrap();
    fs::write(folder.join("ped.csv"), pedigrees).unwrap();
    fs::write(folder.join("markers.json"), json!({ "loci": case["markers"] }).to_string()).unwrap();
}

/// Pairwise LRs against what dvir gives; the case, and the folder of the run.
fn compare_pairs_with_dvir(name: &str) -> (Value, TempDir) {
    let path = format!("{}/tests/data/dvi/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let case: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let folder = TempDir::new().unwrap();
    write_case(&case, folder.path());
    fs::write(folder.path().join("flat.toml"), "[prior]\nassignments = \"flat\"\n").unwrap();
    identify(folder.path(), &["--assignments", "1000", "--config", "flat.toml"]).success();

    let pairs: HashMap<_, _> = rows(folder.path(), "pairwise.csv")
        .into_iter()
        .map(|row| ((row["victim_id"].clone(), row["missing_id"].clone()), number(&row, "log10_lr")))
        .collect();
    let pairwise = &case["pairwise"];
    for (victim, ratios) in pairwise["victims"].as_array().unwrap().iter().zip(pairwise["LR"].as_array().unwrap()) {
        for (missing, ratio) in pairwise["missing"].as_array().unwrap().iter().zip(ratios.as_array().unwrap()) {
            let found = pairs.get(&(text(victim).to_owned(), text(missing).to_owned()));
            match ratio.as_f64() {
                None => assert_eq!(found, None, "{victim} {missing} differ in sex"),
                Some(ratio) => {
                    assert_close(10_f64.powf(found.copied().unwrap()), ratio, &format!("{victim} {missing}"))
                }
            }
        }
    }
    (case, folder)
}

/// Pairwise LRs, base likelihood, every assignment and all marginals against what dvir gives.
fn compare_with_dvir(name: &str) {
    let (case, folder) = compare_pairs_with_dvir(name);
    let joint = &case["joint_full"];
    let victims: Vec<&str> = joint["victims"].as_array().unwrap().iter().map(text).collect();
    let listed = rows(folder.path(), "assignments.csv");
    assert_eq!(listed.len() as u64, joint["n_assignments"].as_u64().unwrap());
    for expected in joint["assignments"].as_array().unwrap() {
        let is_same =
            |row: &&HashMap<_, _>| victims.iter().all(|&victim| row[victim] == text(&expected["assignment"][victim]));
        let found = listed.iter().find(is_same).unwrap();
        assert_close(
            number(found, "log_likelihood"),
            expected["loglik"].as_f64().unwrap_or(f64::NEG_INFINITY),
            "likelihood",
        );
        assert_close(10_f64.powf(number(found, "log10_lr")), expected["LR"].as_f64().unwrap(), "joint LR");
        assert_close(number(found, "posterior"), expected["posterior"].as_f64().unwrap(), "posterior");
    }

    let posterior: HashMap<_, _> = rows(folder.path(), "posterior.csv")
        .into_iter()
        .map(|row| ((row["victim_id"].clone(), row["missing_id"].clone()), number(&row, "probability")))
        .collect();
    let columns: Vec<&str> = joint["Bmarginal"]["columns"].as_array().unwrap().iter().map(text).collect();
    for (victim, probabilities) in joint["Bmarginal"]["rows"].as_object().unwrap() {
        for (&column, probability) in columns.iter().zip(probabilities.as_array().unwrap()) {
            let found = posterior.get(&(victim.clone(), column.to_owned())).copied().unwrap_or(0.0);
            let expected = probability.as_f64().unwrap();
            // dvir's own "none" is 1 minus the others: absolute, not relative
            assert!((found - expected).abs() < 1e-9, "{victim} {column}: found {found}, expected {expected}");
        }
    }
}

#[test]
fn dvir_example1() {
    compare_with_dvir("example1");
}

#[test]
fn dvir_example2() {
    compare_with_dvir("example2");
}

#[test]
fn dvir_mother_and_daughter_both_missing() {
    compare_with_dvir("KETPchap481");
}

#[test]
fn dvir_symmetric_siblings() {
    compare_with_dvir("symmetricSibs");
}

/// Mutations at up to 15 loci, LRs down to 1e-123. Four loci have frequencies that sum to 1 less 3e-11 to 6e-11, and LRs that
/// are ratios of conditional probabilities divide by the sum, dvir's do not: a few parts in 1e10 are left between the two.
#[test]
fn dvir_exclusions_with_mutation() {
    compare_pairs_with_dvir("exclusionExample");
}

/// Two families with default settings, theta above 0: the missing son of A, the missing sister of B, a stranger.
#[test]
fn two_families_with_theta() {
    let folder = TempDir::new().unwrap();
    for name in ["pm.csv", "am.csv", "ped.csv"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/identify").join(name);
        fs::copy(from, folder.path().join(name)).unwrap();
    }
    let mut command = Command::cargo_bin("filia").unwrap();
    command.current_dir(folder.path()).args(["identify", "--remains", "pm.csv", "--relatives", "am.csv"]);
    command.args(["--pedigrees", "ped.csv", "--frequencies", "nist1036:cauc", "--out", "out"]).assert().success();
    let assignments = rows(folder.path(), "assignments.csv");
    let best = ["PM-07", "PM-12", "PM-19"].map(|victim| assignments[0][victim].as_str());
    assert_eq!(best, ["son-A", "sister-B", "*"]);
}

/// One locus (p = .1, .2, .3, .4), no mutation; the files as given.
pub(super) fn small_case(remains: &str, relatives: &str, pedigrees: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    let locus =
        |name: &str| json!({"name": name, "alleles": ["10", "11", "12", "13"], "frequencies": [0.1, 0.2, 0.3, 0.4]});
    write("markers.json", json!({"loci": [locus("TH01"), locus("FGA")]}).to_string());
    write("pm.csv", format!("sample_id,sex,TH01,FGA\n{remains}"));
    write("am.csv", format!("sample_id,sex,TH01,FGA\n{relatives}"));
    write("ped.csv", format!("family_id,person_id,father_id,mother_id,sex,missing\n{pedigrees}"));
    folder
}

/// The father A/A of a missing child: the exclusion probability is (1 − p)² a locus; the expected log10 LR is
/// Σ P(g | father) log10 LR, with LR 1/p for A/A and 1/(2p) for A/x.
#[test]
fn power_of_a_father_in_closed_form() {
    let folder = small_case("B,M,\"10,11\",\n", "F,M,\"10,10\",\n", "1,C,F,,M,yes\n1,F,,,M,no\n");
    identify(folder.path(), &[]).success();
    let families = rows(folder.path(), "families.csv");
    assert_close(number(&families[0], "exclusion_probability"), 0.81, "exclusion");
    let expected = 0.1 * (1.0_f64 / 0.1).log10() + 0.9 * (1.0_f64 / 0.2).log10();
    assert_close(number(&families[0], "expected_log10_lr"), expected, "expected log10 LR");
    let pairs = rows(folder.path(), "pairwise.csv");
    assert_close(number(&pairs[0], "log10_lr"), 5_f64.log10(), "LR of 10,11");
    assert_eq!(pairs[0]["loci_compared"], "1");
}

/// Two halves of one body: neither is enough alone; together they have one profile.
#[test]
fn samples_of_one_body_are_put_together() {
    let folder = small_case(
        "B1,M,\"10,10\",\"10,11\"\nB2,M,\"10,10\",\nB3,F,\"12,13\",\"12,13\"\n",
        "F,M,\"10,10\",\"11,11\"\n",
        "1,C,F,,M,yes\n1,F,,,M,no\n",
    );
    identify(folder.path(), &["--merge-remains", "--merge-min-log10-lr", "1.5"]).success();
    let groups = rows(folder.path(), "groups.csv");
    assert_eq!((groups.len(), groups[0]["samples"].as_str(), groups[0]["FGA"].as_str()), (1, "B1;B2", "10,11"));
    assert_close(number(&groups[0], "log10_lr"), 2.0, "identity LR 1/p²");
    let pairs = rows(folder.path(), "pairwise.csv");
    assert_eq!(pairs.len(), 1);
    assert_close(number(&pairs[0], "log10_lr"), 2.0 - 2.0 * 2_f64.log10(), "10 · 2.5");
}

/// Three full siblings and their mother; one of the "siblings" is somebody else.
#[test]
fn a_wrong_relative_is_named_before_any_match() {
    let folder = small_case(
        "B,M,\"10,11\",\"10,11\"\n",
        "G,F,\"10,10\",\"10,10\"\nS1,M,\"10,11\",\"10,12\"\nS2,M,\"10,12\",\"10,12\"\nX,M,\"12,13\",\"11,13\"\n",
        "1,C,F,G,M,yes\n1,S1,F,G,M,no\n1,S2,F,G,M,no\n1,X,F,G,M,no\n1,G,,,F,no\n",
    );
    let output = identify(folder.path(), &[]).success();
    let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(message.starts_with("warning: family 1: its members contradict each other"), "{message}");
    assert!(message.contains("most likely at fault: X"), "{message}");
    let contradictions = rows(folder.path(), "contradictions.csv");
    assert_eq!(contradictions[0]["person_id"], "X");
    assert_eq!(contradictions[0]["inconsistent_loci"], "FGA;TH01");
    assert_eq!(contradictions[0]["inconsistent_loci_without"], "");
}

/// Siblings without an allele in common: one such pair is 4² times less likely than strangers and no reason to doubt; one who
/// differs from six siblings of one genotype is.
#[test]
fn a_place_that_is_only_a_little_less_likely_than_a_strangers_is_not_doubted() {
    const SIBLINGS: [&str; 6] = ["S1", "S2", "S3", "S4", "S5", "S6"];
    let sibling = |id: &str| format!("1,{id},F,G,M,no\n");
    let parents = "1,F,,,M,no\n1,G,,,F,no\n1,C,F,G,M,yes\n";
    let pedigrees = format!("{parents}{}{}", sibling("S"), sibling("X"));
    let relatives = "S,M,\"10,10\",\"10,10\"\nX,M,\"12,12\",\"12,12\"\n";
    let folder = small_case("B,M,\"10,11\",\"10,11\"\n", relatives, &pedigrees);
    let output = identify(folder.path(), &[]).success();
    assert!(!String::from_utf8_lossy(&output.get_output().stderr).contains("contradict"));
    assert!(rows(folder.path(), "contradictions.csv").is_empty());
    let six = SIBLINGS.map(|id| format!("{id},M,\"10,10\",\"10,10\"\n")).concat();
    let pedigrees = format!("{parents}{}{}", SIBLINGS.map(sibling).concat(), sibling("X"));
    let relatives = format!("{six}X,M,\"13,13\",\"13,13\"\n");
    let folder = small_case("B,M,\"10,11\",\"10,11\"\n", &relatives, &pedigrees);
    identify(folder.path(), &[]).success();
    let contradictions = rows(folder.path(), "contradictions.csv");
    assert_eq!((contradictions[0]["person_id"].as_str(), contradictions[0]["inconsistent_loci"].as_str()), ("X", ""));
    assert!(number(&contradictions[0], "log10_lr_of_stated_place") < -2.0);
}

#[test]
fn results_do_not_depend_on_threads_or_the_order_of_rows() {
    let one = small_case(
        "B2,M,\"10,12\",\"11,12\"\nB1,M,\"10,11\",\"10,11\"\n",
        "F,M,\"10,10\",\"11,11\"\nG,F,\"10,12\",\"12,12\"\n",
        "1,C,F,,M,yes\n1,F,,,M,no\n2,D,,G,M,yes\n2,G,,,F,no\n",
    );
    let other = small_case(
        "B1,M,\"10,11\",\"10,11\"\nB2,M,\"10,12\",\"11,12\"\n",
        "G,F,\"10,12\",\"12,12\"\nF,M,\"10,10\",\"11,11\"\n",
        "2,G,,,F,no\n2,D,,G,M,yes\n1,F,,,M,no\n1,C,F,,M,yes\n",
    );
    identify(one.path(), &["--threads", "1"]).success();
    identify(other.path(), &["--threads", "2"]).success();
    for name in ["pairwise.csv", "assignments.csv", "posterior.csv", "families.csv", "contradictions.csv"] {
        let read = |folder: &TempDir| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
        assert_eq!(read(&one), read(&other), "{name}");
    }
}

#[test]
fn unusable_input_is_one_message_and_exit_code_2() {
    let remains = "B,M,\"10,11\",\n";
    for (relatives, pedigrees, expected) in [
        ("F,M,\"10,10\",\n", "1,C,F,,M,no\n", "there is nobody to look for"),
        ("F,M,\"10,10\",\n", "1,C,G,,M,yes\n", "person_id must be the sample_id"),
        ("C,M,\"10,10\",\n", "1,C,G,,M,yes\n1,G,,,M,no\n", "`C` of family `1` is missing, but has a profile"),
        ("F,M,\"10,10\",\n", "1,C,F,,M,yes\n1,F,C,,M,no\n", "the parents form a cycle"),
    ] {
        let folder = small_case(remains, relatives, pedigrees);
        let output = identify(folder.path(), &[]).code(2);
        let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
        assert!(message.contains(expected), "{message}");
        assert!(!folder.path().join("out").exists());
    }
}

/// Adds these keys to every locus of a small case.
pub(super) fn set_in_markers(folder: &TempDir, extra: &Value) {
    let path = folder.path().join("markers.json");
    let mut markers: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    for locus in markers["loci"].as_array_mut().unwrap() {
        locus.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    }
    fs::write(path, markers.to_string()).unwrap();
}

pub(super) fn only_log10_lr(folder: &TempDir) -> f64 {
    let pairs = rows(folder.path(), "pairwise.csv");
    assert_eq!(pairs.len(), 1);
    number(&pairs[0], "log10_lr")
}

/// A son has his X from the mother: LR ½ / p; a daughter one from the father for certain: LR 1 / (2p).
#[test]
fn x_chromosomal_loci_of_sons_and_daughters() {
    for (body, relative, pedigree) in [
        ("B,M,10,\n", "G,F,\"10,11\",\n", "1,C,,G,M,yes\n1,G,,,F,no\n"),
        ("B,F,\"10,11\",\n", "F,M,10,\n", "1,C,F,,F,yes\n1,F,,,M,no\n"),
    ] {
        let folder = small_case(body, relative, pedigree);
        set_in_markers(&folder, &json!({"chromosome": "x"}));
        identify(folder.path(), &[]).success();
        assert_close(only_log10_lr(&folder), 5_f64.log10(), pedigree);
    }
}

/// A father's X says nothing of his son.
#[test]
fn a_fathers_x_says_nothing_of_a_son() {
    let folder = small_case("B,M,10,\n", "F,M,12,\n", "1,C,F,,M,yes\n1,F,,,M,no\n");
    set_in_markers(&folder, &json!({"chromosome": "x"}));
    identify(folder.path(), &[]).success();
    assert!(only_log10_lr(&folder).abs() < 1e-12);
}

/// All homozygous for one allele of frequency p. With cₙ = (nθ + (1 − θ)p) / (1 + (n − 1)θ), the probability of one more copy
/// after n copies: the father of a missing child gives LR c₂ / (c₂ c₃); a sibling with both parents untyped
/// ¼ + ½ / c₃ + ¼ / (c₂ c₃).
#[test]
fn theta_of_a_parent_and_of_a_sibling_in_closed_form() {
    let (theta, p) = (0.03, 0.1);
    let next = |n: f64| (n * theta + (1.0 - theta) * p) / (1.0 + (n - 1.0) * theta);
    let sibling = 0.25 + 0.5 / next(3.0) + 0.25 / (next(2.0) * next(3.0));
    for (pedigree, expected) in [
        ("1,C,R,,M,yes\n1,R,,,M,no\n", 1.0 / next(3.0)),
        ("1,C,F,G,M,yes\n1,R,F,G,M,no\n1,F,,,M,no\n1,G,,,F,no\n", sibling),
    ] {
        let folder = small_case("B,M,\"10,10\",\n", "R,M,\"10,10\",\n", pedigree);
        set_in_markers(&folder, &json!({"theta": theta}));
        identify(folder.path(), &[]).success();
        assert_close(only_log10_lr(&folder), expected.log10(), pedigree);
    }
}

/// Third cousins share an allele by descent with probability 1/64; both 10/10: 63/64 + 1/64 / c₃, with cₙ as above.
#[test]
fn theta_of_third_cousins_in_closed_form() {
    let mut pedigree = "1,X,,,M,no\n1,Y,,,F,no\n1,A1,X,Y,M,no\n1,B1,X,Y,M,no\n".to_owned();
    for (side, last, missing) in [("A", "C", "yes"), ("B", "R", "no")] {
        let line = [&format!("{side}1"), &format!("{side}2"), &format!("{side}3"), last];
        for (generation, pair) in line.windows(2).enumerate() {
            let missing = if generation == 2 { missing } else { "no" };
            writeln!(pedigree, "1,{0},{1},{0}mother,M,{missing}\n1,{0}mother,,,F,no", pair[1], pair[0]).unwrap();
        }
    }
    let folder = small_case("B,M,\"10,10\",\n", "R,M,\"10,10\",\n", &pedigree);
    for theta in [0.0, 0.01] {
        set_in_markers(&folder, &json!({"theta": theta}));
        identify(folder.path(), &["--force"]).success();
        let third: f64 = (3.0 * theta + (1.0 - theta) * 0.1) / (1.0 + 2.0 * theta);
        assert_close(only_log10_lr(&folder), (63.0 / 64.0 + 1.0 / 64.0 / third).log10(), "third cousins");
    }
}

/// Twelve typed siblings of the missing man, and four generations of untyped ancestors.
#[test]
fn theta_beyond_the_limit_is_refused_and_theta_0_is_not() {
    let mut pedigree = "1,C,1F,1M,M,yes\n".to_owned();
    let mut relatives = String::new();
    for sibling in 0..12 {
        writeln!(pedigree, "1,S{sibling},1F,1M,M,no").unwrap();
        writeln!(relatives, "S{sibling},M,\"10,1{}\",", 1 + sibling % 2).unwrap();
    }
    for ancestor in 1..8 {
        let parents = |at: usize| format!("{0}F,{0}M", 2 * ancestor + at);
        writeln!(pedigree, "1,{ancestor}F,{},M,no\n1,{ancestor}M,{},F,no", parents(0), parents(1)).unwrap();
    }
    let folder = small_case("B,M,\"10,11\",\n", &relatives, &pedigree);
    set_in_markers(&folder, &json!({"theta": 0.01}));
    let output = identify(folder.path(), &[]).code(2);
    let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(message.contains("family 1: theta is above 0, and the founder alleles of its untyped people"), "{message}");
    assert!(message.contains("set theta = 0"), "{message}");
    assert!(!folder.path().join("out").exists());
    set_in_markers(&folder, &json!({"theta": 0.0}));
    identify(folder.path(), &[]).success();
}

/// A body that shows 10 alone, each allele lost with d = 0.2: (p(1 − d²) + (1 − p) d(1 − d)) / (p²(1 − d²) + 2p(1 − p) d(1 − d))
/// with a father 10,10.
#[test]
fn drop_out_of_the_profile_in_closed_form() {
    let folder = small_case("", "F,M,\"10,10\",\n", "1,C,F,,M,yes\n1,F,,,M,no\n");
    fs::write(folder.path().join("pm.csv"), "sample_id,sex,drop_out,TH01,FGA\nB,M,0.2,10,\n").unwrap();
    identify(folder.path(), &[]).success();
    assert_close(only_log10_lr(&folder), (0.24_f64 / 0.0384).log10(), "drop-out");
}

#[test]
fn a_relative_of_another_sex_than_the_pedigree_says_is_noted() {
    let folder = small_case("B,M,\"10,11\",\n", "G,M,\"10,10\",\n", "1,C,,G,M,yes\n1,G,,,F,no\n");
    let output = identify(folder.path(), &[]).success();
    let message = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    let expected = "family 1, line 3 of the pedigrees: G is female there, but the profile is male: a swapped sample?";
    assert!(message.contains(expected), "{message}");
    assert_close(only_log10_lr(&folder), 5_f64.log10(), "the pedigree is believed");
}

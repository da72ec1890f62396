//! The prior of `filia identify` by body, and the posterior by family.

use super::identify::{assert_close, identify, number, rows, set_in_markers, small_case};
use serde_json::json;
use std::fs;
use tempfile::TempDir;

fn posterior(folder: &TempDir, table: &str, victim: &str, of: &str) -> f64 {
    let column = if table == "posterior.csv" { "missing_id" } else { "family_id" };
    let rows = rows(folder.path(), table);
    let row = rows.iter().find(|row| row["victim_id"] == victim && row[column] == of);
    row.map_or(0.0, |row| number(row, "probability"))
}

fn with_prior(folder: &TempDir, prior: &str) {
    fs::write(folder.path().join("prior.toml"), format!("[prior]\n{prior}\n")).unwrap();
    identify(folder.path(), &["--config", "prior.toml", "--force"]).success();
}

/// A father 10,10 and a body 10,11: LR 5 (p = 0.1 halved). Odds 5 times the prior odds.
#[test]
fn one_body_and_one_person_in_closed_form() {
    let folder = small_case("B,M,\"10,11\",\n", "F,M,\"10,10\",\n", "1,C,F,,M,yes\n1,F,,,M,no\n");
    for (prior, odds) in [
        ("identified = 0.5", 1.0),
        ("identified = 0.2", 0.25),
        ("assignments = \"flat\"", 1.0),
        ("identified = 0", 0.0),
    ] {
        with_prior(&folder, prior);
        assert_close(posterior(&folder, "posterior.csv", "B", "C"), 5.0 * odds / (1.0 + 5.0 * odds), prior);
        assert_close(posterior(&folder, "posterior.csv", "B", "*"), 1.0 / (1.0 + 5.0 * odds), prior);
        let best = rows(folder.path(), "assignments.csv");
        let named = best.iter().find(|row| row["B"] == "C");
        assert!(named.is_none_or(|row| (number(row, "log10_lr") - 5_f64.log10()).abs() < 1e-12), "{best:?}");
        assert_eq!(named.is_some(), odds > 0.0);
    }
    fs::write(folder.path().join("prior.toml"), "[prior]\nidentified = 1.0\n").unwrap();
    identify(folder.path(), &["--config", "prior.toml", "--force"]).code(2);
}

/// A woman's body that shares no locus with any relative: LR 1 to the last bit, and the prior share of the two persons whom
/// she can be; the men have none. With a flat prior she would be nobody with 1/3.
#[test]
fn a_body_without_an_informative_locus_keeps_its_prior() {
    let relatives = "G1,F,\"10,11\",\nG2,F,\"11,12\",\nG3,F,\"12,12\",\n";
    let family = |id: u32, sex: &str| format!("{id},C{id},F{id},G{id},{sex},yes\n{id},G{id},,,F,no\n");
    let pedigrees = [family(1, "F"), family(2, "M"), family(3, "")].concat();
    let folder = small_case("B,F,,\"10,11\"\n", relatives, &pedigrees);
    let rate = json!({"rate": 0.01});
    set_in_markers(&folder, &json!({"mutation": {"model": "equal", "female": rate, "male": rate}}));
    with_prior(&folder, "identified = 0.3");
    let pairs = rows(folder.path(), "pairwise.csv");
    assert!(pairs.len() == 2 && pairs.iter().all(|row| row["log10_lr"] == "0"), "{pairs:?}");
    for (person, expected) in [("*", 0.7), ("C1", 0.15), ("C2", 0.0), ("C3", 0.15)] {
        assert_close(posterior(&folder, "posterior.csv", "B", person), expected, person);
    }
}

/// Two brothers are missing, two bodies are there: both are of the family for certain, and which is which cannot be told.
#[test]
fn brothers_are_sure_as_a_family_and_not_as_persons() {
    let folder = small_case(
        "V1,M,\"10,11\",\"10,12\"\nV2,M,\"10,12\",\"10,11\"\nV3,M,\"12,13\",\"11,13\"\n",
        "F,M,\"10,10\",\"10,10\"\n",
        "A,M1,F,W,M,yes\nA,M2,F,W,M,yes\nA,F,,,M,no\n",
    );
    set_in_markers(&folder, &json!({"frequencies": [0.0001, 0.2999, 0.3, 0.4]}));
    let output = identify(folder.path(), &[]).success();
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(message.contains("which is which cannot be told"), "{message}");
    assert!(message.contains(": both V1, V2 of family A"), "{message}");
    for victim in ["V1", "V2"] {
        let persons = ["M1", "M2"].map(|person| posterior(&folder, "posterior.csv", victim, person));
        assert_close(persons[0], persons[1], victim);
        assert_close(posterior(&folder, "family_posterior.csv", victim, "A"), persons[0] + persons[1], victim);
        assert!(persons[0] + persons[1] > 0.99);
        let sum = posterior(&folder, "family_posterior.csv", victim, "*") + persons[0] + persons[1];
        assert_close(sum, 1.0, victim);
    }
    assert_close(posterior(&folder, "family_posterior.csv", "V3", "*"), 1.0, "V3");
}

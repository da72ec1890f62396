//! `filia simulate`, `filia power` and `filia diff` through the built binary.

use assert_cmd::Command;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

fn filia(arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("filia").unwrap().args(arguments).output().unwrap()
}

fn succeed(arguments: &[&str]) -> String {
    let output = filia(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn the_demonstration_case_is_made_anew_byte_for_byte_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    for threads in ["1", "3"] {
        let out = folder.path().join(threads);
        succeed(&["simulate", "demo", "--threads", threads, "--out", out.to_str().unwrap()]);
        for name in ["children", "corpses", "detainees", "truth", "people", "relations", "events"] {
            let name = format!("{name}.csv");
            assert_eq!(fs::read(out.join(&name)).unwrap(), fs::read(kept.join(&name)).unwrap(), "{name}");
        }
    }
}

#[test]
fn the_demonstration_case_has_what_it_is_meant_to_show() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let truth = rows(&data.join("truth.csv"));
    let count = |father: bool, mother: bool| {
        truth
            .iter()
            .filter(|row| row["father_id"].is_empty() != father && row["mother_id"].is_empty() != mother)
            .count()
    };
    assert_eq!(truth.len(), 60);
    assert!(count(true, true) >= 20 && count(true, false) >= 5 && count(false, true) >= 2 && count(false, false) >= 10);
    let relations = rows(&data.join("relations.csv"));
    let related = |name: &str| relations.iter().filter(|row| row["relationship"] == name).count();
    assert!(related("identity") >= 3 && related("full-sibling") >= 10 && related("avuncular") >= 10);
    let events = rows(&data.join("events.csv"));
    let one_step = events.iter().filter(|row| {
        let repeats = |column: &str| row[column].parse::<f64>().unwrap();
        (repeats("from") - repeats("to")).abs() == 1.0 && row["sample_id"].starts_with('K')
    });
    assert!(one_step.count() >= 3);
    let detainees = rows(&data.join("detainees.csv"));
    let of_sex = |sex: &str| detainees.iter().filter(|row| row["sex"] == sex).count();
    assert_eq!((of_sex("male"), of_sex("female"), rows(&data.join("corpses.csv")).len()), (80, 22, 120));
}

#[test]
fn a_disaster_case_writes_pedigrees_that_name_the_relatives_samples() {
    let folder = tempfile::tempdir().unwrap();
    let shape = folder.path().join("case.toml");
    fs::write(
        &shape,
        r#"
        loci = ["TH01", "vWA"]
        [roles.relative]
        typing_error = 0.5
        [[families]]
        count = 2
        people = [
            { id = "GF", samples = ["relative"] },
            { id = "GM" },
            { id = "V", father = "GF", mother = "GM", sex = "male", samples = ["corpse"], missing = true },
        ]
        "#,
    )
    .unwrap();
    let out = folder.path().join("out");
    succeed(&["simulate", shape.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let pedigrees = rows(&out.join("pedigrees.csv"));
    let missing: Vec<_> = pedigrees.iter().filter(|row| row["missing"] == "yes").collect();
    assert_eq!(missing.len(), 2);
    for person in missing {
        assert!(person["father_id"].starts_with("RE-"));
        let samples = rows(&out.join("people.csv"));
        assert!(
            samples.iter().any(|row| row["person_id"] == person["person_id"] && row["sample_id"].starts_with("CO-"))
        );
    }
    let events = rows(&out.join("events.csv"));
    assert!(events.iter().any(|row| row["kind"] == "typing error" && row["sample_id"].starts_with("RE-")));
}

/// The bundled disaster: most victims who have relatives get their own name, and nobody another's for certain.
#[test]
fn the_bundled_disaster_is_solved() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let shape = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/cases/disaster.toml");
    succeed(&["simulate", shape.to_str().unwrap(), "--out", &path("case")]);
    let [corpses, relatives, pedigrees] =
        ["corpses", "relatives", "pedigrees"].map(|name| path(&format!("case/{name}.csv")));
    let inputs = ["identify", "--remains", &corpses, "--relatives", &relatives, "--pedigrees", &pedigrees];
    succeed(&[&inputs[..], &["--merge-remains", "--no-progress", "--out", &path("out")]].concat());
    let people: HashMap<String, String> = rows(Path::new(&path("case/people.csv")))
        .into_iter()
        .map(|row| (row["sample_id"].clone(), row["person_id"].clone()))
        .collect();
    let certain: Vec<_> = rows(Path::new(&path("out/posterior.csv")))
        .into_iter()
        .filter(|row| row["missing_id"] != "*" && row["probability"].parse::<f64>().unwrap() >= 0.999)
        .collect();
    assert!(certain.len() >= 24, "{}", certain.len());
    for row in certain {
        assert_eq!(people[&row["victim_id"]], row["missing_id"], "{row:?}");
    }
}

#[test]
fn a_case_that_cannot_be_is_refused_with_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let shape = folder.path().join("case.toml");
    fs::write(&shape, "loci = ['XYZ']\nfamilies = [{ people = [{ id = 'C', samples = ['child'] }] }]").unwrap();
    let out = folder.path().join("out");
    let output = filia(&["simulate", shape.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!out.exists());
}

#[test]
fn two_runs_are_compared_with_exit_codes_for_a_regression_check() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, log10_lr: &str| {
        let run = folder.path().join(name);
        fs::create_dir(&run).unwrap();
        fs::write(run.join("matches.csv"), format!("child_id,candidate_id,log10_lr\nK1,D1,{log10_lr}\n")).unwrap();
        run.to_str().unwrap().to_owned()
    };
    let (old, same, other) = (run("old", "5.0"), run("same", "5.0000001"), run("other", "4.0"));
    assert_eq!(filia(&["diff", &old, &same]).status.code(), Some(0));
    let output = filia(&["diff", &old, &other, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"column\": \"log10_lr\""));
    assert_eq!(filia(&["diff", &old, &other, "--tolerance", "1.5"]).status.code(), Some(0));
    assert_eq!(filia(&["diff", &old, "nowhere"]).status.code(), Some(2));
    for (run, theta) in [(&old, 0.01), (&same, 0.03)] {
        let manifest =
            serde_json::json!({"settings": {"population": {"theta": theta}}, "timings": {"scan_seconds": theta}});
        fs::write(Path::new(run).join("manifest.json"), manifest.to_string()).unwrap();
    }
    let output = filia(&["diff", &old, &same]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "setting population.theta: 0.01 -> 0.03\n");
}

#[test]
fn power_answers_in_every_format() {
    let arguments = ["power", "--loci", "TH01,vWA,FGA", "--candidates", "10", "--draws", "2000"];
    let table = succeed(&arguments);
    assert!(table.contains("comes before all 10 unrelated candidates"), "{table}");
    // However many thresholds there are, each has its column, and no line is wider than a terminal.
    let thresholds = "-100.125,-2,0,1,2,3,4,5,6,7,8.25,9.875,100";
    let wide = succeed(&[&arguments[..], &["--thresholds", thresholds]].concat());
    for threshold in thresholds.split(',') {
        assert_eq!(wide.matches(&format!("P(≥ {threshold})")).count(), 1, "{wide}");
    }
    let too_wide = table.lines().chain(wide.lines()).find(|line| line.chars().count() > 80);
    assert_eq!(too_wide, None);
    let json: serde_json::Value =
        serde_json::from_str(&succeed(&[&arguments[..], &["--format", "json"]].concat())).unwrap();
    assert_eq!(json["truths"].as_array().unwrap().len(), 7);
    assert!(succeed(&[&arguments[..], &["--format", "csv"]].concat()).starts_with("tested,truth,threshold"));
    let refused = filia(&["power", "--loci", "TH01", "--remove-loci", "FGA"]);
    assert_eq!(refused.status.code(), Some(2));
}

//! `filia calibrate` through the built binary, and the samples it makes against the files that `filia simulate` writes.

use assert_cmd::Command;
use filia::io::profiles::{ProfileSource, ReadOptions, read_panel};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel};
use filia::profile::DropOutByRole;
use filia::report::SyntheticTables;
use filia::report::table::{Csv, Exporter};
use filia::simulate::{CasePanel, SyntheticCase};
use std::fs;
use std::path::Path;

const SHAPE: &str = r#"
    loci = ["TH01", "vWA", "FGA", "D3S1358", "D8S1179", "D18S51"]
    [roles.corpse]
    age_span = 5
    sex_known = 0.5
    sites = ["here", "there"]
    quality = [{ share = 0.5 }, { share = 0.5, drop_out = 0.2, drop_in = 0.1 }]
    [[families]]
    count = 6
    people = [
        { id = "F", samples = ["detainee"], born = [1970, 1980] },
        { id = "M", samples = ["corpse"], born = [1970, 1980] },
        { id = "C", father = "F", mother = "M", samples = ["child"], born = [2010, 2015] },
    ]
    [[families]]
    count = 6
    people = [
        { id = "M", samples = ["relative"] },
        { id = "C", mother = "M", samples = ["child"], names = ["mother"] },
    ]
"#;

fn filia(arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("filia").unwrap().args(arguments).output().unwrap()
}

fn case_file(folder: &Path) -> String {
    let path = folder.join("case.toml");
    fs::write(&path, SHAPE).unwrap();
    path.to_str().unwrap().to_owned()
}

/// One locus of ten alleles, with microvariants; what matters is that labels and calls survive.
fn models(loci: &[String]) -> Vec<LocusModel> {
    let definition = |name: &String| LocusDefinition {
        name: name.clone(),
        chromosome: Chromosome::Autosomal,
        alleles: ["6", "7", "8", "9", "9.3", "10", "11", "12", "13", "14.2"].map(str::to_owned).to_vec(),
        frequencies: vec![0.1; 10],
        mutation: None,
        theta: 0.0,
        silent_frequency: 0.0,
    };
    loci.iter().map(|name| LocusModel::new(definition(name)).unwrap()).collect()
}

#[test]
fn samples_in_memory_are_those_that_are_read_from_the_files() {
    let shape = filia::io::case_shape::parse_case_shape("case", SHAPE).unwrap();
    let models = models(&shape.loci);
    let case = SyntheticCase::new(shape, &models, 5).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for table in SyntheticTables::new(&case, &models).tables() {
        let mut file = fs::File::create(folder.path().join(format!("{}.csv", table.name))).unwrap();
        Csv.export(&table, &mut file).unwrap();
    }
    let drop_out = DropOutByRole { child: 0.05, ..DropOutByRole::default() };
    let names = ["children.csv", "corpses.csv", "detainees.csv", "relatives.csv"];
    let sources = names.map(|name| ProfileSource { path: folder.path().join(name), default_role: None });
    let options = ReadOptions { drop_out: drop_out.into(), ..ReadOptions::default() };
    let read = read_panel(&sources, &options).unwrap().panel;
    let made = CasePanel::new(std::slice::from_ref(&case), &models, drop_out.into()).unwrap().panel;
    assert_eq!((made.len(), read.len()), (30, 30));
    for sample in made.indices() {
        let mut of_file = read.sample(sample);
        of_file.family_id = None;
        assert_eq!(made.sample(sample), of_file);
        for (locus, name) in made.loci().iter().enumerate() {
            let there = read.locus_position(name).unwrap();
            assert_eq!(made.observation(sample, locus), read.observation(sample, there), "{name}");
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_file(folder.path());
    let run = |threads: &str| {
        let out = folder.path().join(threads);
        let arguments = ["calibrate", &case, "--cases", "2", "--threads", threads, "--out", out.to_str().unwrap()];
        let output = filia(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let files = ["scenarios.csv", "reliability.csv", "recall.csv", "confusion.csv"];
        let manifest: serde_json::Value =
            serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
        assert_eq!((&manifest["counts"]["children"], &manifest["command"]), (&24.into(), &"calibrate".into()));
        let inputs = manifest["inputs"].as_array().unwrap();
        let other = inputs.iter().find(|input| input["role"] == "other frequencies").unwrap();
        assert_eq!(other["path"], "nist1036:afam");
        (output.stdout, files.map(|name| fs::read(out.join(name)).unwrap()))
    };
    let once = run("1");
    let text = String::from_utf8(once.0.clone()).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("0.500 for fathers and 1.000 for mothers; the settings say 0.5"), "{text}");
    assert!(
        ["baseline", "prior of settings", "other population", "other theta"].iter().all(|name| text.contains(name))
    );
    assert_eq!(once, run("3"));
}

#[test]
fn everything_is_in_the_json() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_file(folder.path());
    let output = filia(&["calibrate", &case, "--cases", "2", "--vary", "none", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let only = &json["scenarios"][0];
    assert_eq!(json["scenarios"].as_array().unwrap().len(), 1);
    // 12 children: 12 fathers in question, 6 of them listed; 6 mothers in question (the others are known), all listed
    assert_eq!((&only["in_list"]["father"], &only["in_list"]["mother"]), (&0.5.into(), &1.0.into()));
    assert_eq!((&only["children"], &only["candidates"]), (&24.into(), &24.into()));
    assert_eq!(only["recall"]["reported"]["trials"], 24);
    let pairs = only["confusion"].as_array().unwrap().iter().map(|row| row["pairs"].as_u64().unwrap());
    assert_eq!(pairs.sum::<u64>(), 2 * 12 * 12);
}

/// Two fathers, of each a son whose body was found in two parts and a daughter who was not found; and the body of somebody else.
const BODIES: &str = r#"
    loci = [
        "CSF1PO", "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D1S1656", "D21S11", "D3S1358", "D5S818",
        "D7S820", "FGA", "TH01", "vWA",
    ]
    settings.prior.identified = 0.9
    [[families]]
    count = 2
    people = [
        { id = "F", samples = ["relative"] }, { id = "M" },
        { id = "V", sex = "male", father = "F", mother = "M", samples = ["corpse", "corpse"], missing = true },
        { id = "W", sex = "female", father = "F", mother = "M", missing = true },
    ]
    [[families]]
    people = [{ id = "P", samples = ["corpse"] }]
"#;

#[test]
fn bodies_are_set_against_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bodies.toml");
    fs::write(&path, BODIES).unwrap();
    let case = path.to_str().unwrap();
    let run = |threads: &str| {
        let out = folder.path().join(threads);
        let out = out.to_str().unwrap();
        let vary = ["--cases", "3", "--vary", "prior", "--threads", threads, "--out", out];
        let output = filia(&[&["calibrate", case, "--of", "identify"], &vary[..]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let tables = ["scenarios.csv", "reliability.csv", "recall.csv", "tippett.csv"];
        (String::from_utf8(output.stdout).unwrap(), tables.map(|name| fs::read(Path::new(out).join(name)).unwrap()))
    };
    let once = run("1");
    assert_eq!(once, run("2"));
    let words = once.0.split_whitespace().collect::<Vec<_>>().join(" ");
    // the samples of one body are put together
    assert!(
        words.contains("each of 3 bodies and 4 missing persons at 15 loci, identified as `filia identify` does"),
        "{words}"
    );
    assert!(words.contains("the simulated share, 0.667, is expected before the DNA; the settings say 0.9."), "{words}");
    assert!(words.contains("Of 6 missing persons whose bodies are there"), "{words}");
    let scenarios = String::from_utf8(once.1[0].clone()).unwrap();
    assert_eq!(scenarios.matches("body is the missing person").count(), 2, "{scenarios}");
    let output = filia(&["calibrate", "demo", "--of", "identify"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("bodies (corpses) and relatives"), "{errors}");
    let output = filia(&["calibrate", case, "--of", "identify", "--trap", "all"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && errors.contains("--trap: traps are for children and candidates"), "{errors}");
}

#[test]
fn an_actual_case_is_taken_as_a_pattern() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
    let file = |name: &str| data.join(name).to_str().unwrap().to_owned();
    let (children, detainees) = (file("children.csv"), file("detainees.csv"));
    let output = filia(&[
        "calibrate",
        "--children",
        &children,
        "--candidates",
        &detainees,
        "--cases",
        "1",
        "--vary",
        "none",
        "--format",
        "json",
    ]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let only = &json["scenarios"][0];
    assert_eq!((&only["children"], &only["candidates"]), (&60.into(), &102.into()));
    // half of the fathers, as the prior of the settings says; there are not women enough for half of the mothers
    assert_eq!((&only["in_list"]["father"], &only["in_list"]["mother"]), (&0.5.into(), &(22.0 / 60.0).into()));
}

#[test]
fn what_cannot_be_calibrated_is_refused_with_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_file(folder.path());
    let out = folder.path().join("out");
    let childless = folder.path().join("childless.toml");
    fs::write(&childless, "loci = ['TH01']\nfamilies = [{ people = [{ id = 'P', samples = ['corpse'] }] }]").unwrap();
    for (arguments, message) in [
        (vec![case.as_str(), "--relationship", "full-sibling"], "expected parent"),
        (vec![childless.to_str().unwrap()], "0 children and 1 candidates"),
        (vec![case.as_str(), "--other-frequencies", "nowhere.csv"], "nowhere.csv"),
        (vec!["nowhere.toml"], "nowhere.toml"),
        (vec![case.as_str(), "--cases", "0"], "--cases"),
        (vec![], "CASE.toml"),
    ] {
        let output = filia(&[&["calibrate", "--out", out.to_str().unwrap()], &arguments[..]].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(message), "{error}");
        assert!(!out.exists());
    }
}

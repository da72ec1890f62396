//! Inputs are read once: pipes are as good as files, and the manifest's checksums are of the bytes that were analysed.

use assert_cmd::Command;
use filia::io::{
    profiles::{ProfileSource, ReadOptions, read_panel},
    source::Fingerprint,
};
use sha2::{Digest, Sha256};
use std::{fs, path::Path};

const CHILDREN: &str = "sample_id,D3S1358,vWA,TH01\nc1,\"15,16\",\"17,18\",\"6,9.3\"\nc2,\"15,15\",\"16,18\",\"7,8\"\n";
const ADULTS: &str = "sample_id,sex,role,D3S1358,vWA,TH01\na1,M,corpse,\"15,17\",\"17,19\",\"6,7\"\na2,F,detainee,\"14,16\",\"18,18\",\"9.3,9.3\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("children.csv"), CHILDREN).unwrap();
    fs::write(folder.path().join("adults.csv"), ADULTS).unwrap();
    folder
}

fn filia(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let mut command = Command::cargo_bin("filia").unwrap();
    let output = command.current_dir(folder).args(arguments).write_stdin(input).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    errors
}

fn inputs(folder: &Path, run: &str) -> serde_json::Value {
    let manifest = fs::read(folder.join(run).join("manifest.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&manifest).unwrap()["inputs"].clone()
}

#[cfg(unix)]
#[test]
fn a_pipe_gives_the_results_and_checksums_of_the_file() {
    let folder = folder();
    let place = folder.path();
    filia(place, &["pack", "children.csv", "--out", "children.parquet"], b"");
    let settings = b"[population]\ntheta = 0.02\n";
    fs::write(place.join("s.toml"), settings).unwrap();
    let markers =
        br#"{"loci": [{"name": "TH01", "alleles": ["6", "7", "8", "9.3"], "frequencies": [0.3, 0.2, 0.2, 0.3]}]}"#;
    fs::write(place.join("m.json"), markers).unwrap();
    let packed = fs::read(place.join("children.parquet")).unwrap();
    let cases: [(&str, &str, &[u8], &[&str]); 4] = [
        ("--children", "children.csv", CHILDREN.as_bytes(), &["--candidates", "adults.csv"]),
        ("--children", "children.parquet", &packed, &["--candidates", "adults.csv"]),
        ("--config", "s.toml", settings, &["--children", "children.csv", "--candidates", "adults.csv"]),
        ("--markers", "m.json", markers, &["--children", "children.csv", "--candidates", "adults.csv"]),
    ];
    for (at, (option, file, bytes, others)) in cases.into_iter().enumerate() {
        let run = |path: &str, out: &str, input: &[u8]| {
            let errors = filia(place, &[&["match", option, path, "--out", out][..], others].concat(), input);
            (errors, fs::read_to_string(place.join(out).join("matches.csv")).unwrap())
        };
        let (from_file, from_pipe) = (format!("file{at}"), format!("pipe{at}"));
        let (_, expected) = run(file, &from_file, b"");
        let (_, found) = run("/dev/stdin", &from_pipe, bytes);
        assert!(expected.lines().count() > 1, "{file}: {expected}");
        assert_eq!(found, expected, "{file}");
        let listed = inputs(place, &from_pipe);
        let listed = listed.as_array().unwrap().iter().find(|input| input["path"] == "/dev/stdin").unwrap();
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (listed["bytes"].as_u64(), listed["sha256"].as_str()),
            (Some(bytes.len() as u64), Some(&sha256[..]))
        );
        let as_named = inputs(place, &from_file).to_string().replace(file, "/dev/stdin");
        assert_eq!(inputs(place, &from_pipe).to_string(), as_named);
    }
}

#[test]
fn what_changes_after_the_reading_does_not_change_the_checksum() {
    let folder = folder();
    let path = folder.path().join("children.csv");
    let options = ReadOptions::default();
    let read = read_panel(&[ProfileSource { path: path.clone(), default_role: None }], &options).unwrap();
    fs::write(&path, "another text").unwrap();
    assert_eq!(read.panel.len(), 2);
    assert_eq!(options.inputs.fingerprint(&path), Some(Fingerprint::of(CHILDREN.as_bytes())));
}

#[test]
fn a_file_under_two_names_is_read_once_and_listed_under_both() {
    let folder = folder();
    let names = ["children.csv", "./children.csv"];
    filia(
        folder.path(),
        &["match", "--children", names[0], "--candidates", names[1], "--candidates", "adults.csv", "--out", "r"],
        b"",
    );
    let listed = inputs(folder.path(), "r");
    let sha =
        |name: &str| listed.as_array().unwrap().iter().find(|input| input["path"] == name).unwrap()["sha256"].clone();
    assert_eq!(sha(names[0]), sha(names[1]));
}

#[test]
fn a_population_of_a_table_is_an_input_by_its_file() {
    let folder = folder();
    let table = "population,locus,allele,frequency\nA,TH01,6,0.4\nA,TH01,9.3,0.6\nB,TH01,6,0.5\nB,TH01,9.3,0.5\n";
    fs::write(folder.path().join("f.csv"), table).unwrap();
    let arguments =
        ["match", "--children", "children.csv", "--candidates", "adults.csv", "--frequencies", "f.csv:A", "--out", "r"];
    filia(folder.path(), &arguments, b"");
    let listed = inputs(folder.path(), "r");
    assert!(listed.as_array().unwrap().iter().any(|input| input["path"] == "f.csv" && input["role"] == "frequencies"));
}

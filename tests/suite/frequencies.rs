//! `filia frequencies` through the built binary.

use assert_cmd::Command;
use std::{fs, path::Path};
use tempfile::TempDir;

fn filia(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("filia").unwrap().arg("frequencies").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn list_names_every_bundled_table() {
    let (code, stdout, stderr) = filia(&["list"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines[0], "name,population,people,loci,source");
    assert_eq!(
        lines[3],
        "nist1036:cauc,Caucasian American,361,29,\"Steffen et al. 2017, doi:10.1016/j.fsigen.2017.08.011\""
    );
    assert_eq!(lines.len(), 5);
}

#[test]
fn show_prints_one_locus_in_any_spelling() {
    let (code, stdout, _) = filia(&["show", "NIST1036:cauc", "--locus", "tho1"]);
    assert_eq!(code, 0);
    assert!(stdout.starts_with("locus,allele,frequency,count,n_alleles\nTH01,5,"), "{stdout}");
    assert!(stdout.lines().skip(1).all(|line| line.starts_with("TH01,") && line.ends_with(",722")));
    let (code, _, stderr) = filia(&["show", "nist1036:cauc", "--locus", "D99S9"]);
    assert_eq!(code, 2);
    assert!(stderr.starts_with("filia: nist1036:cauc has no locus D99S9; it has "), "{stderr}");
}

#[test]
fn convert_there_and_back_gives_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let (_, shown, _) = filia(&["show", "nist1036:afam"]);
    let (_, wide, _) = filia(&["convert", "nist1036:afam", "--to", "wide"]);
    let wide = file(&folder, "wide.csv", &wide);
    let (code, long, notes) = filia(&["convert", &wide, "--to", "long"]);
    assert_eq!((code, long), (0, shown));
    assert!(notes.contains("N is read as people"), "{notes}");
}

#[test]
fn estimate_counts_by_hand() {
    let folder = TempDir::new().unwrap();
    let profiles = file(
        &folder,
        "profiles.csv",
        "sample_id,population,TH01,TPOX\na,X,\"6,9.3\",\"8,8\"\nb,Y,\"6,6\",\nc,X,\"9.3,9.3\",\"8,11\"\n",
    );
    let (code, stdout, stderr) = filia(&["estimate", &profiles]);
    assert_eq!(code, 0);
    assert_eq!(
        stdout,
        "locus,allele,frequency,count,n_alleles\nTH01,6,0.5,3,6\nTH01,9.3,0.5,3,6\nTPOX,8,0.75,3,4\nTPOX,11,0.25,1,4\n"
    );
    assert!(stderr.contains("TH01: 3 people, 2 alleles, heterozygosity 0.3333 observed, 0.6000 expected"), "{stderr}");

    let (_, wide, _) = filia(&["estimate", &profiles, "--layout", "wide"]);
    assert_eq!(wide, "Allele,TH01,TPOX\n6,0.5,\n8,,0.75\n9.3,0.5,\n11,,0.25\nN,3,2\n");

    let (_, apart, _) = filia(&["estimate", &profiles, "--by-population"]);
    let apart = file(&folder, "apart.csv", &apart);
    let (code, stdout, _) = filia(&["show", &format!("{apart}:Y")]);
    assert_eq!((code, stdout.as_str()), (0, "locus,allele,frequency,count,n_alleles\nTH01,6,1,2,2\n"));

    let (code, _, stderr) = filia(&["estimate", &profiles, "--by-population", "--layout", "wide"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("--by-population needs --layout long"), "{stderr}");
}

#[test]
fn what_cannot_be_used_is_one_message_and_exit_code_2() {
    let folder = TempDir::new().unwrap();
    let negative = file(&folder, "negative.csv", "locus,allele,frequency\nTH01,6,-0.5\n");
    let sum = file(&folder, "sum.csv", "Allele,TH01\n6,0.5\n7,0.2\n");
    let empty = file(&folder, "empty.csv", "");
    for (table, message) in [
        (negative.as_str(), "line 2, column 3 (frequency): found `-0.5`, expected a frequency between 0 and 1"),
        (sum.as_str(), "line 1: found frequencies of TH01 that sum to 0.7000, expected a sum within 0.05 of 1"),
        (empty.as_str(), "is empty: expected a frequency table"),
        ("nist1036:xyz", "no frequency table `nist1036:xyz`: neither a file nor a bundled table"),
    ] {
        let (code, stdout, stderr) = filia(&["show", table]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains(message) && stderr.lines().count() == 1, "{stderr}");
        assert!(!Path::new(table).exists() || stderr.contains(table), "{stderr}");
    }
}

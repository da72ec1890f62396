//! What a table means is decided from all of its rows: here what decides comes after the first mebibyte. What contradicts a decision is
//! listed, never guessed.

use super::match_support::Folder;
use super::reading_cells::{call, listed, read};

/// Rows of more than a mebibyte, made by this; the ids are `r0`, `r1` …
fn many(row: impl Fn(&str) -> String) -> String {
    let mut rows = String::new();
    let mut number = 0;
    while rows.len() <= 1 << 20 {
        rows += &row(&format!("r{number}"));
        number += 1;
    }
    rows
}

fn with_rest(header: &str, rows: String, rest: &[&str]) -> String {
    format!("{header}\n{rows}{}\n", rest.join("\n"))
}

#[test]
fn a_second_kit_that_begins_late_is_a_typing() {
    let rows = many(|id| format!("{id},\"16,17\",\"6,7\",\n"));
    let rest =
        ["a,\"16,17\",7,\"16,17\"", "b,\"16,17\",7,\"16,18\"", "c,\"16,17\",7,16", "d,,7,\"16,18\"", "e,16,7,16"];
    let found = read(with_rest("id,vWA,TH01,vWA", rows, &rest));
    let calls = ["a", "b", "c", "d", "e"].map(|id| call(&found, id, "vWA"));
    assert_eq!(calls, ["16,17", "-", "-", "16,18", "16"]);
    assert_eq!(listed(&found), ["b vWA: conflicting columns", "c vWA: conflicting columns"]);
}

#[test]
fn single_alleles_that_come_late_are_two_alleles() {
    let rows = many(|id| format!("{id},16,\"6,7\",\n"));
    let rest = ["a,16,7,18", "b,15,7,17", "c,14,7,19", "d,14,7,"];
    let found = read(with_rest("id,vWA,TH01,vWA", rows, &rest));
    assert_eq!(["a", "b", "c", "d"].map(|id| call(&found, id, "vWA")), ["16,18", "15,17", "14,19", "14"]);
    assert_eq!(listed(&found), [""; 0]);
}

#[test]
fn a_decimal_point_that_comes_late_leaves_commas_between_alleles() {
    let rows = many(|id| format!("{id};15,17;7\n"));
    let header = "id;D3S1358;TH01";
    let ends = ["a;15;9,3", "b;15;6,7", "c;15;6,9.3"];
    let points = read(with_rest(header, rows.clone(), &ends));
    assert_eq!(["a", "b", "c"].map(|id| call(&points, id, "TH01")), ["-", "6,7", "6,9.3"]);
    assert_eq!(listed(&points), ["a TH01: ambiguous comma"]);
    let commas = read(with_rest(header, rows, &ends[..2]));
    assert_eq!(["a", "b"].map(|id| call(&commas, id, "TH01")), ["9.3", "6,7"]);
    assert!(commas.notes.iter().any(|note| note.contains("a comma stands between alleles")), "{:?}", commas.notes);
    let long = format!("id;Marker;Genotype\n{}a;TH01;9,3\nb;TH01;6,9.3\n", many(|id| format!("{id};D3S1358;15,17\n")));
    let long = read(long);
    assert_eq!(["a", "b"].map(|id| call(&long, id, "TH01")), ["-", "6,9.3"]);
}

#[test]
fn men_who_come_late_tell_what_m_is() {
    let rows = many(|id| format!("{id},M,6\n"));
    let sexes = |rest: &[&str]| {
        let found = read(with_rest("id,Sexo,TH01", rows.clone(), rest));
        let sex = |id: &str| found.panel.sex(found.panel.find(id).unwrap()).as_str();
        (sex("r0").to_owned(), sex("z").to_owned(), found.rejected.len())
    };
    assert_eq!(sexes(&["z,H,6"]), ("female".into(), "male".into(), 0));
    assert_eq!(sexes(&["z,F,6"]), ("male".into(), "female".into(), 0));
    // Letters of women and men were seen, and then one of another language.
    let decided = format!("id,Sexo,TH01\na,H,6\n{rows}z,F,6\n");
    let found = read(decided);
    assert_eq!(listed(&found), ["z : unknown sex"]);
    assert_eq!(found.panel.sex(found.panel.find("r0").unwrap()).as_str(), "female");
}

#[test]
fn a_typing_among_columns_of_one_allele_is_listed() {
    let rows = many(|id| format!("{id},16,17\n"));
    let rest = ["a,16/18,16", "b,16/18,16/18", "c,16/18,", "d,17,18", "e,17,N/A"];
    let found = read(with_rest("id,vWA_1,vWA_2", rows, &rest));
    assert_eq!(["a", "b", "c", "d", "e"].map(|id| call(&found, id, "vWA")), ["-", "16,18", "16,18", "17,18", "17"]);
    assert_eq!(listed(&found), ["a vWA: conflicting columns"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_as_good_as_a_file() {
    let folder = Folder::new();
    let rows = many(|id| format!("{id};15,17;7\n"));
    let text = with_rest("id;D3S1358;TH01", rows, &["a;15;9,3", "b;15;6,9.3"]);
    folder.write("p.csv", &text);
    let (code, of_file, _) = folder.run("check p.csv");
    assert!(of_file.contains("`9,3`: the commas of `9,3` can stand"), "{of_file}");
    let mut command = folder.command("check /dev/stdin");
    let output = command.write_stdin(text).output().unwrap();
    let of_pipe = String::from_utf8(output.stdout).unwrap().replace("/dev/stdin", "p.csv");
    assert_eq!((output.status.code(), of_pipe), (Some(code), of_file));
}

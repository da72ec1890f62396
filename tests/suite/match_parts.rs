//! Parts of a search, put together: not one byte of the results depends on how many there are.

use super::match_support::Folder;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;

const LOCI: [&str; 8] = ["D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D18S51", "TH01"];
const COMMAND: &str = "match --children children.csv --candidates adults.csv --threads 2";

fn row(id: &str, role: &str, sex: &str, years: &str, parents: [&str; 2], calls: &[[u32; 2]]) -> String {
    let cells: Vec<_> = calls.iter().map(|call| format!("\"{},{}\"", call[0], call[1])).collect();
    format!("{id},{role},{sex},{years},{},{},{}\n", parents[0], parents[1], cells.join(","))
}

/// So many adults in random order, some of them twice or three times, some of unknown sex; children of pairs of them, one of them
/// twice, some with a known parent; cells that cannot be used.
fn case_of(adults: usize) -> Folder {
    let mut random = ChaCha8Rng::seed_from_u64(adults as u64);
    let allele = |random: &mut ChaCha8Rng| random.random_range(8..16);
    let calls: Vec<Vec<[u32; 2]>> =
        (0..adults).map(|_| LOCI.iter().map(|_| [allele(&mut random), allele(&mut random)]).collect()).collect();
    let sex = |at: usize| ["female", "male", "", "female", "male", "male"][at % 6];
    let year = |at: usize| (1950 + at % 60).to_string();
    let id = |at: usize| format!("A{at:03}");
    let adult = |at: usize| row(&id(at), "detainee", sex(at), &year(at), ["", ""], &calls[at]);
    let mut rows: Vec<String> = (0..adults).map(adult).collect();
    let again = |name: &str, at: usize, sex: &str, loci: usize| {
        let partly: Vec<_> = calls[at].iter().take(loci).copied().collect();
        row(name, "corpse", sex, &year(at), ["", ""], &partly).replace('\n', &",".repeat(LOCI.len() - loci)) + "\n"
    };
    rows.push(again("B000", 0, "", 8));
    rows.push(again("B001", 1 % adults, "male", 7));
    rows.push(again("Z001", 1 % adults, "", 8));
    rows.push(again("Z002", 2 % adults, "male", 8));
    rows.push(again("Z004", 4 % adults, "female", 8));
    rows.push(format!("X1,corpse,male,,,,{}\n", "OL,".repeat(7) + "7"));
    rows.shuffle(&mut random);
    let mut children: Vec<String> = Vec::new();
    for number in 0..9 {
        let (mother, father) = (6 * number % adults, (6 * number + 1) % adults);
        let own: Vec<_> = calls[mother].iter().zip(&calls[father]).map(|(one, other)| [one[0], other[1]]).collect();
        let known = match number {
            3 => [id(mother), String::new()],
            4 => [String::new(), id(father)],
            5 => [id(mother), id(father)],
            _ => [String::new(), String::new()],
        };
        let known = known.each_ref().map(String::as_str);
        children.push(row(&format!("C{number}"), "child", "", "2012", known, &own));
        if number == 2 {
            children.push(row("C2-again", "child", "", "2012", ["", ""], &own));
        }
    }
    let header = format!("sample_id,role,sex,birth_year,mother_id,father_id,{}\n", LOCI.join(","));
    let folder = Folder::new();
    folder.write("children.csv", header.clone() + &children.concat());
    folder.write("adults.csv", header + &rows.concat());
    folder.write(
        "ages.toml",
        "[children]\nexclude_impossible_ages = true\n[population]\ntheta = 0.02\n[search]\ntop = 3\n",
    );
    folder
}

/// The manifest without the times.
fn manifest(folder: &Folder, out: &str) -> serde_json::Value {
    let mut manifest = folder.json(&format!("{out}/manifest.json"));
    assert!(manifest.as_object_mut().unwrap().remove("timings").is_some());
    manifest
}

/// Does all parts and puts them together, the last one first.
fn merged(folder: &Folder, command: &str, parts: usize, out: &str) {
    let file = |number: usize| format!("{out}-{number}.part");
    for number in 1..=parts {
        folder.succeed(&format!("{command} --part {number}/{parts} --partial {}", file(number)));
    }
    let files: Vec<String> = (1..=parts).rev().map(file).collect();
    folder.succeed(&format!("merge {} --out {out} --threads 1", files.join(" ")));
}

/// Asserts that the results of so many parts of a search are those of one run.
fn assert_same(folder: &Folder, options: &str, counts: &[usize]) {
    assert_same_results(folder, &format!("{COMMAND} {options}"), counts);
    assert!(folder.table("whole/matches.csv").len() >= 2, "{options}");
}

/// Asserts that the results of so many parts of this command are those of one run.
pub(super) fn assert_same_results(folder: &Folder, command: &str, counts: &[usize]) {
    folder.succeed(&format!("{command} --out whole"));
    for &parts in counts {
        let out = format!("of{parts}");
        merged(folder, command, parts, &out);
        assert_same_folder(folder, &out, command);
    }
}

/// Asserts that the results in a folder are those of one run in `whole`.
pub(super) fn assert_same_folder(folder: &Folder, out: &str, what: &str) {
    let (whole, tables) = (folder.tables("whole"), folder.tables(out));
    for (name, bytes) in &whole {
        assert!(*bytes == tables[name], "{what}: {name} in {out}");
    }
    assert_eq!(whole.len(), tables.len());
    assert_eq!(manifest(folder, "whole"), manifest(folder, out), "{what}: {out}");
}

#[test]
fn any_number_of_parts_gives_the_same_bytes() {
    let folder = case_of(150);
    assert_same(&folder, "", &[1, 2, 3, 7]);
    assert!(folder.tables("whole")["couples.csv"].len() > 500);
    assert!(folder.table("whole/direct_matches.csv").len() >= 7);
    assert!(folder.table("whole/rejected.csv").len() >= 7);
}

#[test]
fn more_parts_than_candidates_are_as_good() {
    let folder = case_of(4);
    assert_same(&folder, "--min-log10-lr=-30 --candidates-include-children", &[25]);
}

#[test]
fn every_option_gives_the_same_bytes() {
    for options in [
        "--expected-false-leads --lr-interval --interval-draws 1000",
        "--rank-by lower --interval-draws 1000 --top 4",
        "--min-log10-lr none --top 3",
        "--min-log10-lr none --top 500",
        "--frequencies nist1036:cauc --frequencies nist1036:afam --min-log10-lr 1",
        "--candidates-include-children --config ages.toml",
        "--config ages.toml --min-log10-lr none",
    ] {
        assert_same(&case_of(150), options, &[3]);
    }
}

#[test]
fn every_relationship_gives_the_same_bytes() {
    for relationship in ["identity", "full-sibling", "half-sibling", "grandparent", "avuncular"] {
        let options = format!("--relationship {relationship} --candidates-include-children --min-log10-lr=-3");
        assert_same(&case_of(60), &options, &[2]);
    }
}

#[test]
fn a_limit_of_memory_goes_with_parts() {
    let folder = case_of(150);
    folder.succeed(&format!("{COMMAND} --out whole"));
    for number in 1..=2 {
        folder.succeed(&format!("{COMMAND} --part {number}/2 --partial {number}.part --max-memory 300MiB"));
    }
    folder.succeed("merge 1.part 2.part --out merged --max-memory 300MiB --format csv,json");
    assert!(folder.tables("whole") == folder.tables("merged"));
    assert!(folder.path("merged/matches.json").exists());
    assert!(folder.json("merged/manifest.json")["memory"]["limit_bytes"].is_u64());
}

/// Parts put together by twos and threes, of which some are put together once more: no order changes a byte.
#[test]
fn parts_of_parts_give_the_same_bytes() {
    for options in ["", "--min-log10-lr none --top 3 --frequencies nist1036:cauc --frequencies nist1036:asian"] {
        let folder = case_of(150);
        let command = format!("{COMMAND} {options}");
        folder.succeed(&format!("{command} --out whole"));
        for number in 1..=7 {
            folder.succeed(&format!("{command} --part {number}/7 --partial {number}.part"));
        }
        let merge = |files: &str, partial: &str| folder.succeed(&format!("merge {files} --partial {partial}"));
        merge("7.part 2.part", "a.part");
        merge("3.part 6.part 4.part", "b.part");
        merge("b.part 1.part", "c.part");
        folder.fail("merge a.part c.part --out out", &["part 5 of 7 is missing"]);
        folder.fail("merge a.part b.part c.part --partial d.part", &["part 3/7 stands twice: ", "b.part", "c.part"]);
        folder.succeed("merge c.part 5.part a.part --out of-parts");
        assert_same_folder(&folder, "of-parts", options);
        merge("5.part c.part a.part", "all.part");
        merge("6.part 5.part 4.part 3.part 2.part 1.part 7.part", "at-once.part");
        assert!(fs::read(folder.path("all.part")).unwrap() == fs::read(folder.path("at-once.part")).unwrap());
        folder.succeed("merge all.part --out of-one");
        assert_same_folder(&folder, "of-one", options);
    }
}

#[test]
fn putting_parts_together_needs_no_inputs_and_replaces_nothing_unasked() {
    let folder = case_of(12);
    for number in 1..=2 {
        folder.succeed(&format!("{COMMAND} --part {number}/2 --partial {number}.part"));
    }
    fs::remove_file(folder.path("adults.csv")).unwrap();
    folder.succeed("merge 1.part 2.part --partial both.part");
    folder.fail("merge 1.part 2.part --partial both.part", &["--partial both.part: the file exists", "--force"]);
    folder.fail("merge 1.part 2.part --partial 2.part --force", &["--partial 2.part", "one of those that are read"]);
    folder.succeed("merge 1.part 2.part --partial both.part --force");
    folder.fail("merge both.part --out out", &["candidates `adults.csv` is needed"]);
    for (option, named) in
        [("--out out", "--out"), ("--format json", "--format"), ("--max-memory 1GiB", "--max-memory")]
    {
        folder.fail(&format!("merge 1.part 2.part --partial x {option}"), &["--partial", named]);
    }
    folder.fail("merge 1.part 2.part", &["--out"]);
    assert!(!folder.path("x").exists() && !folder.path("out").exists());
}

#[test]
fn parts_that_are_not_all_of_one_run_are_refused() {
    let folder = case_of(30);
    let part = |options: &str, part: &str, file: &str| {
        folder.succeed(&format!("{COMMAND} {options} --part {part} --partial {file}"));
    };
    part("", "1/3", "1.part");
    part("", "2/3", "2.part");
    part("", "3/3", "3.part");
    folder.fail("merge 1.part 3.part --out out", &["part 2 of 3 is missing", "give all 3 files"]);
    folder.fail("merge 3.part --out out", &["each of parts 1, 2 of 3 is missing"]);
    folder.fail("merge 1.part 2.part 3.part 2.part --out out", &["part 2/3 stands twice: 2.part and 2.part"]);
    part("", "3/4", "four.part");
    folder.fail("merge 1.part 2.part four.part --out out", &["1.part and four.part", "part 1/3 and part 3/4"]);
    part("--top 7", "3/3", "top.part");
    folder.fail("merge 1.part 2.part top.part --out out", &["different runs: setting search.top: 10 and 7"]);
}

#[test]
fn parts_of_other_inputs_are_refused() {
    let folder = case_of(30);
    for number in 1..=2 {
        folder.succeed(&format!("{COMMAND} --part {number}/2 --partial {number}.part"));
    }
    let adults = fs::read_to_string(folder.path("adults.csv")).unwrap();
    folder.write("adults.csv", adults.replacen("male", "female", 1));
    folder.fail("merge 1.part 2.part --out out", &["candidates `adults.csv` has changed since", "SHA-256"]);
    folder.succeed(&format!("{COMMAND} --part 2/2 --partial changed.part"));
    folder.fail("merge 1.part changed.part --out out", &["different runs: candidates `adults.csv` (SHA-256"]);
    folder.succeed(&format!("{COMMAND} --candidates-include-children --part 1/2 --partial c.part"));
    folder.fail(
        "merge changed.part c.part --out out",
        &["different runs: reading.candidates_include_children: false and true"],
    );
    fs::remove_file(folder.path("adults.csv")).unwrap();
    folder.fail("merge 1.part 2.part --out out", &["candidates `adults.csv` is needed"]);
    folder.write("adults.csv", adults);
    folder.succeed("merge 1.part 2.part --out out");
    folder.fail("merge 1.part 2.part --out out", &["out", "not empty"]);
    folder.succeed("merge 1.part 2.part --out out --force");
}

#[test]
fn the_settings_file_is_an_input_too() {
    let folder = case_of(30);
    for number in 1..=2 {
        folder.succeed(&format!("{COMMAND} --config ages.toml --part {number}/2 --partial {number}.part"));
    }
    folder.write("ages.toml", "[search]\ntop = 4\n");
    folder.fail("merge 1.part 2.part --out out", &["settings `ages.toml` has changed since"]);
    fs::remove_file(folder.path("ages.toml")).unwrap();
    folder.fail("merge 1.part 2.part --out out", &["settings `ages.toml` is needed"]);
}

#[test]
fn what_is_no_part_is_refused() {
    let folder = case_of(30);
    folder.write("empty", "");
    folder.write("latin.csv", b"sample_id;vWA\r\nJos\xe9;14,15\r\n");
    folder.write("other", "filia part 9\nmore");
    for (file, parts) in [
        ("empty", "found another file, expected a part: what `filia match` or"),
        ("latin.csv", "latin.csv: found another file"),
        (".", "another file"),
        ("nowhere", "nowhere: "),
        ("other", "in a layout of another version of filia"),
    ] {
        folder.fail(&format!("merge {file} --out out"), &[parts]);
    }
    assert!(!folder.path("out").exists());
}

#[test]
fn a_damaged_part_is_told_whatever_the_byte() {
    let folder = case_of(12);
    folder.succeed(&format!("{COMMAND} --part 1/1 --partial whole.part"));
    let whole = fs::read(folder.path("whole.part")).unwrap();
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        folder.write("damaged.part", &bytes);
        folder.fail("merge damaged.part --out out", &["damaged.part: "]);
    }
    for length in [20, whole.len() / 2, whole.len() - 1] {
        folder.write("damaged.part", &whole[..length]);
        folder.fail("merge damaged.part --out out", &["damaged.part: "]);
    }
}

#[test]
fn a_part_of_another_version_is_refused() {
    use sha2::{Digest, Sha256};
    let folder = case_of(12);
    folder.succeed(&format!("{COMMAND} --part 1/1 --partial own.part"));
    let mut bytes = fs::read(folder.path("own.part")).unwrap();
    let own = env!("CARGO_PKG_VERSION").as_bytes();
    let at = bytes.windows(own.len()).position(|window| window == own).unwrap();
    bytes[at] = b'9';
    let checksum = Sha256::digest(&bytes[45..]);
    bytes[13..45].copy_from_slice(&checksum);
    folder.write("other.part", &bytes);
    folder.fail("merge other.part --out out", &["other.part: done by filia 9", "with one version"]);
}

#[test]
fn a_part_replaces_nothing_unasked() {
    let folder = case_of(12);
    folder.write("there.part", "mine");
    let command = format!("{COMMAND} --part 1/2 --partial");
    folder.fail(&format!("{command} there.part"), &["--partial there.part: the file exists", "--force"]);
    assert_eq!(fs::read(folder.path("there.part")).unwrap(), b"mine");
    folder.fail(&format!("{command} adults.csv --force"), &["one of those that are read"]);
    folder.fail(&format!("{command} nowhere/x.part"), &["nowhere/x.part"]);
    folder.succeed(&format!("{command} there.part --force"));
    assert!(fs::read(folder.path("there.part")).unwrap().starts_with(b"filia part 1\n"));
    let before = fs::read(folder.path("there.part")).unwrap();
    folder.succeed(&format!("{command} there.part --force --no-progress"));
    assert_eq!(before, fs::read(folder.path("there.part")).unwrap(), "the same bytes each time");
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let folder = case_of(12);
    for part in ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", "99999999999999999999/3"] {
        folder.fail(&format!("{COMMAND} --part={part} --partial x"), &["--part", "such as 3/16"]);
    }
    folder.fail(&format!("{COMMAND} --part 1/2"), &["--partial"]);
    folder.fail(&format!("{COMMAND} --partial x --out out"), &["--partial", "--out"]);
    folder.fail(&format!("{COMMAND} --part 1/2 --partial x --out out"), &["--out"]);
    folder.fail(&format!("{COMMAND} --part 1/2 --partial x --format json"), &["--format"]);
    folder.fail(COMMAND, &["--out"]);
    folder.fail("merge --out out", &["FILE"]);
    folder.succeed(&format!("{COMMAND} --part 18446744073709551615/18446744073709551615 --partial last.part"));
    folder.fail("merge last.part --out out", &["is missing"]);
    assert!(!folder.path("out").exists() && !folder.path("x").exists());
}

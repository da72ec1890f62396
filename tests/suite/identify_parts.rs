//! Parts of an identification, put together: not one byte of the results depends on how many there are.

use super::match_parts::{assert_same_folder, assert_same_results};
use super::match_support::Folder;
use super::reading_familias::DVI;
use std::fs;

const COMMAND: &str =
    "identify --remains case/corpses.csv --relatives case/relatives.csv --pedigrees case/pedigrees.csv --threads 2";

/// Bodies in two parts, brothers who are both missing, a person whose half sibling is at home, and people whom nobody looks for.
const SHAPE: &str = r#"
seed = 3
loci = ["D10S1248", "D2S441", "D1S1656", "D12S391", "vWA", "D3S1358", "D8S1179", "D18S51", "TH01", "FGA"]

[[linkage]]
loci = ["D12S391", "vWA"]
rho = 0.117

[roles.corpse]
sex_known = 0.8
quality = [{ share = 0.6 }, { share = 0.4, locus_failure = 0.3, drop_out = 0.05 }]

[roles.relative]
typing_error = 0.02

[[families]]
count = 3
people = [
    { id = "F", samples = ["relative"] },
    { id = "M", samples = ["relative"] },
    { id = "V", father = "F", mother = "M", samples = ["corpse", "corpse"], missing = true },
]

[[families]]
count = 3
people = [
    { id = "F" },
    { id = "M", samples = ["relative"] },
    { id = "S", father = "F", mother = "M", samples = ["relative"] },
    { id = "V1", father = "F", mother = "M", samples = ["corpse"], missing = true },
    { id = "V2", father = "F", mother = "M", samples = ["corpse"], missing = true },
]

[[families]]
count = 1
people = [
    { id = "M" }, { id = "F1" }, { id = "F2" },
    { id = "V", father = "F1", mother = "M", samples = ["corpse"], missing = true },
    { id = "H", father = "F2", mother = "M", samples = ["relative"] },
]

[[families]]
count = 6
people = [{ id = "V", samples = ["corpse"] }]
"#;

fn case() -> Folder {
    let folder = Folder::new();
    folder.write("shape.toml", SHAPE);
    folder.succeed("simulate shape.toml --out case");
    folder
}

#[test]
fn any_number_of_parts_gives_the_same_bytes() {
    let folder = case();
    assert_same_results(&folder, COMMAND, &[1, 2, 3, 5]);
    assert!(!folder.table("whole/groups.csv").is_empty());
    assert!(folder.table("whole/pairwise.csv").len() > 50);
    let two_tables = format!("{COMMAND} --frequencies nist1036:cauc --frequencies nist1036:afam --force");
    assert_same_results(&case(), &two_tables, &[1, 2, 3, 5]);
}

#[test]
fn more_parts_than_families_are_as_good() {
    assert_same_results(&case(), COMMAND, &[11]);
}

#[test]
fn every_option_gives_the_same_bytes() {
    for (settings, options) in [
        ("[linkage]\nuse = true\n", "--assignments 3"),
        (
            "[linkage]\nuse = true\n[population]\ntheta = 0.02\n",
            "--frequencies nist1036:hisp --frequencies nist1036:cauc",
        ),
        ("[population]\ntheta = 0\n", "--keep-samples-apart --assignments 0"),
        ("", "--merge-min-log10-lr 4 --min-log10-lr=-2"),
        ("[prior]\nassignments = \"flat\"\n", "--accept-implausible"),
        ("[prior]\nidentified = 0.2\none_person = 0.3\n", "--merge-min-log10-lr 9"),
        ("[prior]\nidentified = 0.2\none_person = 0.3\n[observation]\ndrop_out = 0.02\ndrop_in = 0.01\n", ""),
    ] {
        let folder = case();
        folder.write("s.toml", settings);
        assert_same_results(&folder, &format!("{COMMAND} --config s.toml {options}"), &[3]);
    }
}

/// Six families of two missing brothers each, all of them any of forty bodies: more assignments than can be gone through.
#[test]
fn a_sampled_answer_is_the_same_sample() {
    let folder = Folder::new();
    let body = |at: usize| format!("B{at:02},M,{}/{}\n", 14 + at % 5, 14 + at / 5 % 5);
    folder.write("pm.csv", format!("sample_id,sex,D3S1358\n{}", (0..40).map(body).collect::<String>()));
    let mother = |family: usize| format!("M{family},F,15/{}\n", 15 + family % 3);
    folder.write("am.csv", format!("sample_id,sex,D3S1358\n{}", (0..6).map(mother).collect::<String>()));
    let family = |family: usize| {
        let son = |at: usize| format!("{family},C{family}-{at},F{family},M{family},M,yes\n");
        format!("{family},F{family},,,M,no\n{family},M{family},,,F,no\n{}{}", son(1), son(2))
    };
    let families: String = (0..6).map(family).collect();
    folder.write("ped.csv", format!("family_id,person_id,father_id,mother_id,sex,missing\n{families}"));
    folder.write("s.toml", "[population]\ntheta = 0\n");
    let command = "identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --config s.toml";
    assert_same_results(&folder, command, &[2]);
    assert_eq!(folder.json("whole/manifest.json")["joint"]["method"], "sampled");
}

#[test]
fn a_project_of_familias_is_done_in_parts_too() {
    let folder = Folder::new();
    folder.write("case.fam", DVI);
    assert_same_results(&folder, "identify case.fam", &[2]);
}

#[test]
fn parts_of_parts_give_the_same_bytes() {
    let folder = case();
    folder.succeed(&format!("{COMMAND} --out whole"));
    for number in 1..=5 {
        folder.succeed(&format!("{COMMAND} --part {number}/5 --partial {number}.part"));
    }
    folder.succeed("merge 4.part 2.part --partial a.part");
    folder.succeed("merge a.part 5.part 1.part --partial b.part");
    folder.fail("merge b.part --out out", &["part 3 of 5 is missing"]);
    folder.succeed("merge b.part 3.part --out of-parts");
    assert_same_folder(&folder, "of-parts", "");
}

#[test]
fn parts_that_are_not_all_of_one_run_are_refused() {
    let folder = case();
    let part = |options: &str, part: &str, file: &str| {
        folder.succeed(&format!("{COMMAND} {options} --part {part} --partial {file}"));
    };
    part("", "1/2", "1.part");
    part("", "2/2", "2.part");
    folder.fail("merge 2.part --out out", &["part 1 of 2 is missing", "give all 2 files"]);
    folder.fail("merge 1.part 2.part 2.part --out out", &["part 2/2 stands twice: 2.part and 2.part"]);
    for (options, what) in [
        ("--assignments 7", "assignments: 100 and 7"),
        ("--keep-samples-apart", "samples_of_one_person.keep_samples_apart: false and true"),
        ("--merge-min-log10-lr 5", "samples_of_one_person.min_log10_lr: null and 5.0"),
        ("--min-log10-lr 1", "setting search.min_log10_lr: \"none\" and 1.0"),
        ("--accept-implausible", "reading.accept_implausible: false and true"),
    ] {
        part(options, "2/2", "other.part --force");
        folder.fail("merge 1.part other.part --out out", &["1.part and other.part are parts of different runs", what]);
    }
    folder.fail("merge 1.part 2.part --out out --max-memory 1GiB", &["--max-memory: 1.part is a part of `identify`"]);
    let relatives = fs::read_to_string(folder.path("case/relatives.csv")).unwrap();
    folder.write("children.csv", relatives.replace("relative", "child"));
    folder.succeed("match --children children.csv --candidates case/corpses.csv --part 2/2 --partial search.part");
    for goal in ["--out out", "--partial both.part"] {
        let command = format!("merge 1.part search.part {goal}");
        folder.fail(&command, &["1.part and search.part are parts of different runs: `identify` and `match`"]);
    }
    assert!(!folder.path("out").exists() && !folder.path("both.part").exists());
}

#[test]
fn parts_of_other_inputs_are_refused() {
    let folder = case();
    for number in 1..=2 {
        folder.succeed(&format!("{COMMAND} --part {number}/2 --partial {number}.part"));
    }
    let corpses = fs::read_to_string(folder.path("case/corpses.csv")).unwrap();
    folder.write("case/corpses.csv", corpses.replacen("female", "", 1));
    folder.fail("merge 1.part 2.part --out out", &["remains `case/corpses.csv` has changed since", "SHA-256"]);
    folder.succeed(&format!("{COMMAND} --part 2/2 --partial changed.part"));
    folder.fail("merge 1.part changed.part --out out", &["different runs: remains `case/corpses.csv` (SHA-256"]);
    fs::remove_file(folder.path("case/corpses.csv")).unwrap();
    folder.fail("merge 1.part 2.part --out out", &["remains `case/corpses.csv` is needed"]);
    folder.write("case/corpses.csv", corpses);
    folder.succeed("merge 1.part 2.part --out out");
    folder.fail("merge 1.part 2.part --out out", &["out", "not empty"]);
}

/// A part that says of itself that more bodies were compared than it has scores for; its checksum is right.
#[test]
fn a_part_that_does_not_fit_its_case_is_refused() {
    use sha2::{Digest, Sha256};
    let folder = case();
    folder.succeed(&format!("{COMMAND} --part 1/1 --partial own.part"));
    let mut bytes = fs::read(folder.path("own.part")).unwrap();
    let key = b"\x66bodies";
    let at = bytes.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    // CBOR: a number below 24 is a byte, one below 256 stands after the byte 0x18
    let number = if bytes[at] == 0x18 { at + 1 } else { at };
    bytes[number] ^= 1;
    let checksum = Sha256::digest(&bytes[45..]);
    bytes[13..45].copy_from_slice(&checksum);
    folder.write("other.part", &bytes);
    folder.fail("merge other.part --out out", &["other.part: what it holds does not fit its inputs"]);
    folder.succeed("merge own.part --out out");
}

#[test]
fn a_part_replaces_nothing_unasked_and_goes_to_no_folder() {
    let folder = case();
    folder.write("there.part", "mine");
    let command = format!("{COMMAND} --part 1/2 --partial");
    folder.fail(&format!("{command} there.part"), &["--partial there.part: the file exists", "--force"]);
    folder.fail(&format!("{command} case/corpses.csv --force"), &["one of those that are read"]);
    folder.fail(&format!("{command} x.part --out out"), &["--out"]);
    folder.fail(&format!("{COMMAND} --part 3/2 --partial x.part"), &["--part", "such as 3/16"]);
    folder.fail(COMMAND, &["--out"]);
    folder.succeed(&format!("{command} there.part --force"));
    let before = fs::read(folder.path("there.part")).unwrap();
    folder.succeed(&format!("{command} there.part --force --threads 1").replacen("--threads 2", "", 1));
    assert!(before == fs::read(folder.path("there.part")).unwrap(), "the same bytes on any number of threads");
}

//! How a run behaves: the same bytes on any number of threads and in any order of the rows; a result folder whole or not at all.

use super::match_support::Folder;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const LOCI: &str = "D3S1358,vWA,TH01,FGA,TPOX,CSF1PO,D18S51,D21S11,D8S1179,D7S820,D13S317,D16S539";
const MATCH: &str = "match --children children.csv --candidates candidates.csv";
const RESULTS: [&str; 9] = [
    "couples.csv",
    "direct_matches.csv",
    "families.csv",
    "manifest.json",
    "matches.csv",
    "rejected.csv",
    "report.html",
    "sibships.csv",
    "status.csv",
];

/// Rows of profiles with common alleles; every third child is made from two of the candidates.
fn rows(children: usize, candidates: usize) -> (Vec<String>, Vec<String>) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let loci = LOCI.split(',').count();
    let adults: Vec<Vec<[u8; 2]>> = (0..candidates)
        .map(|_| (0..loci).map(|_| [random.random_range(10..18), random.random_range(10..18)]).collect())
        .collect();
    let cells = |genotypes: &[[u8; 2]]| genotypes.iter().map(|[a, b]| format!("{a}/{b}")).collect::<Vec<_>>().join(",");
    let child = |(at, random): (usize, &mut ChaCha8Rng)| {
        let (father, mother) = (&adults[at % candidates], &adults[(at + 1) % candidates]);
        let mut draw = |pair: [u8; 2]| pair[random.random_range(0..2)];
        let genotypes: Vec<_> = father.iter().zip(mother).map(|(his, hers)| [draw(*his), draw(*hers)]).collect();
        format!("c{at},,{}", cells(&genotypes))
    };
    let children = (0..children).map(|at| child((at, &mut random))).collect();
    let sexes = ["M", "F", ""];
    let adults =
        adults.iter().enumerate().map(|(at, adult)| format!("a{at},{},{}", sexes[at * at % 3 % 2], cells(adult)));
    (children, adults.collect())
}

fn write(folder: &Folder, name: &str, rows: &[String]) {
    folder.write(name, format!("sample_id,sex,{LOCI}\n{}\n", rows.join("\n")));
}

fn small_case() -> Folder {
    let folder = Folder::new();
    let (children, candidates) = rows(12, 40);
    write(&folder, "children.csv", &children);
    write(&folder, "candidates.csv", &candidates);
    folder
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_in_any_order() {
    let folder = small_case();
    folder.succeed(&format!("{MATCH} --out one --threads 1"));
    let expected = folder.tables("one");
    assert!(expected["matches.csv"].len() > 1000 && expected["couples.csv"].len() > 200);
    let (mut children, mut candidates) = rows(12, 40);
    let mut random = ChaCha8Rng::seed_from_u64(2);
    for threads in [2, 5] {
        children.shuffle(&mut random);
        candidates.shuffle(&mut random);
        write(&folder, "children.csv", &children);
        write(&folder, "candidates.csv", &candidates);
        folder.succeed(&format!("{MATCH} --out out{threads} --threads {threads}"));
        assert_eq!(folder.tables(&format!("out{threads}")), expected, "{threads} threads");
    }
}

#[test]
fn only_timings_differ_between_two_manifests() {
    let folder = small_case();
    let run = || {
        folder.succeed(&format!("{MATCH} --out out --force"));
        let mut manifest = folder.json("out/manifest.json");
        let timings = manifest["timings"].take();
        for part in ["read_seconds", "plan_seconds", "scan_seconds", "write_seconds"] {
            assert!(timings[part].as_f64().is_some(), "{part}");
        }
        manifest
    };
    let manifest = run();
    assert_eq!(manifest, run());
    let (male, female) =
        (manifest["counts"]["candidates"].as_u64().unwrap(), manifest["counts"]["children"].as_u64().unwrap());
    assert_eq!((male, female), (40, 12));
    assert!(manifest["pairs"].as_u64().unwrap() <= 40 * 12);
    for input in manifest["inputs"].as_array().unwrap().iter().filter(|input| input["role"] != "frequencies") {
        let content = fs::read(folder.path(input["path"].as_str().unwrap())).unwrap();
        let digest: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(input["sha256"], digest);
        assert_eq!(input["bytes"], content.len());
    }
}

#[test]
fn results_are_their_owners_alone() {
    let folder = small_case();
    folder.succeed(&format!("{MATCH} --out out"));
    for name in RESULTS {
        let mode = fs::metadata(folder.path("out").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_folder_with_something_in_it_is_replaced_only_when_told_so() {
    let folder = small_case();
    fs::create_dir(folder.path("out")).unwrap();
    folder.succeed(&format!("{MATCH} --out out"));
    folder.write("out/extra.txt", "mine");
    folder.fail(&format!("{MATCH} --out out"), &["out exists and is not empty", "--force"]);
    assert_eq!(fs::read(folder.path("out/extra.txt")).unwrap(), b"mine");
    folder.write("out/matches.csv", "old");
    folder.succeed(&format!("{MATCH} --out out --force"));
    assert_eq!(fs::read(folder.path("out/extra.txt")).unwrap(), b"mine");
    assert_ne!(fs::read(folder.path("out/matches.csv")).unwrap(), b"old");
    fs::remove_file(folder.path("out/extra.txt")).unwrap();
    assert_eq!(names(&folder, "out"), RESULTS);
}

#[test]
fn a_folder_with_the_run_s_own_input_is_never_replaced() {
    let folder = small_case();
    folder.fail(&format!("{MATCH} --out . --force"), &["is not replaced: it holds children.csv, which this run reads"]);
    folder.succeed(&format!("{MATCH} --out out"));
    fs::rename(folder.path("children.csv"), folder.path("out/matches.csv")).unwrap();
    let match_ = MATCH.replace("children.csv", "out/matches.csv");
    folder.fail(&format!("{match_} --out out --force"), &["out/matches.csv, which this run reads"]);
    assert!(folder.path("out/matches.csv").exists());
}

#[test]
fn the_demonstration_s_profiles_are_their_owner_s_alone() {
    let folder = Folder::new();
    folder.succeed("demo --out demo");
    let mode = |name: &str| fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("demo"), 0o700);
    for name in ["children.csv", "corpses.csv", "detainees.csv"] {
        assert_eq!(mode(&format!("demo/{name}")), 0o600, "{name}");
    }
    folder.succeed("demo --out demo --force");
    folder.write("demo/children.csv", "mine");
    folder.fail("demo --out demo --force", &["children.csv", "another file of this name is there"]);
}

#[test]
fn a_run_that_fails_leaves_the_old_results() {
    let folder = small_case();
    folder.succeed(&format!("{MATCH} --out out"));
    let before = folder.tables("out");
    folder.write("candidates.csv", "sample_id\n");
    folder.fail(&format!("{MATCH} --out out --force"), &["candidates.csv"]);
    assert_eq!(folder.tables("out"), before);
    folder.fail(&format!("{MATCH} --out new"), &["candidates.csv"]);
    assert_eq!(names(&folder, "."), ["candidates.csv", "children.csv", "out"]);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = small_case();
    folder.write("file", "");
    folder.fail(&format!("{MATCH} --out file"), &["file is a file"]);
    folder.fail(&format!("{MATCH} --out file/out"), &["file"]);
    fs::create_dir(folder.path("closed")).unwrap();
    fs::set_permissions(folder.path("closed"), fs::Permissions::from_mode(0o500)).unwrap();
    let is_refused = fs::write(folder.path("closed/probe"), "").is_err(); // not where the tests run as root
    if is_refused {
        folder.fail(&format!("{MATCH} --out closed/out"), &["closed"]);
    }
    fs::set_permissions(folder.path("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

fn names(folder: &Folder, of: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.path(of)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Starts a run that takes a while.
fn start(folder: &Folder) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("filia"));
    command.current_dir(folder.path(".")).args(MATCH.split(' ')).args(["--out", "out", "--min-log10-lr", "-2"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn large_case() -> Folder {
    let folder = Folder::new();
    let (children, candidates) = rows(150, 3000);
    write(&folder, "children.csv", &children);
    write(&folder, "candidates.csv", &candidates);
    folder
}

/// Nothing, or everything; a hidden folder may be left behind by a killed run.
fn is_whole_or_absent(folder: &Folder) -> bool {
    let visible: Vec<_> = names(folder, ".").into_iter().filter(|name| !name.starts_with('.')).collect();
    match visible.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["candidates.csv", "children.csv"] => true,
        ["candidates.csv", "children.csv", "out"] => {
            names(folder, "out") == RESULTS && folder.json("out/manifest.json")["counts"]["children"] == 150
        }
        _ => false,
    }
}

#[test]
fn killed_at_any_moment_there_is_no_folder_or_a_whole_one() {
    let folder = large_case();
    for milliseconds in [1, 5, 20, 60, 150, 400, 900] {
        let mut run = start(&folder);
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = run.kill();
        run.wait().unwrap();
        assert!(is_whole_or_absent(&folder), "{milliseconds} ms: {:?}", names(&folder, "."));
        let _ = fs::remove_dir_all(folder.path("out"));
    }
    let (children, candidates) = rows(3, 10);
    write(&folder, "children.csv", &children);
    write(&folder, "candidates.csv", &candidates);
    folder.succeed(&format!("{MATCH} --out out"));
    assert_eq!(names(&folder, "."), ["candidates.csv", "children.csv", "out"], "what killed runs left is cleared away");
}

#[test]
fn an_interrupted_run_says_so_and_leaves_nothing() {
    let folder = large_case();
    let mut interrupted = 0;
    for milliseconds in [100, 200, 400] {
        let run = start(&folder);
        std::thread::sleep(Duration::from_millis(milliseconds));
        Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
        let output = run.wait_with_output().unwrap();
        assert!(is_whole_or_absent(&folder));
        let errors = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => fs::remove_dir_all(folder.path("out")).unwrap(),
            Some(130) => {
                assert_eq!(errors, "filia: interrupted\n");
                assert_eq!(names(&folder, "."), ["candidates.csv", "children.csv"]);
                interrupted += 1;
            }
            None => {} // the signal came before the run listened
            other => panic!("{other:?} {errors}"),
        }
    }
    assert!(interrupted > 0);
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_written_harmless() {
    let folder = Folder::new();
    let (children, candidates) = rows(1, 2);
    let disarm = |rows: &[String], id: &str| rows.iter().map(|row| format!("{id}{row}")).collect::<Vec<_>>();
    write(&folder, "children.csv", &disarm(&children, "=1+"));
    write(&folder, "candidates.csv", &disarm(&candidates, "@SUM(A1)"));
    folder.succeed(&format!("{MATCH} --min-log10-lr none --out out"));
    for (name, content) in folder.tables("out") {
        let text = String::from_utf8(content).unwrap();
        let risky = text
            .lines()
            .flat_map(|line| line.split(','))
            .find(|cell| cell.trim_matches('"').starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err());
        assert_eq!(risky, None, "{name}");
    }
    assert!(folder.table("out/matches.csv").iter().all(|row| row["child_id"].starts_with("'=1+c")));
}

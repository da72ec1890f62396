//! A limit of memory changes how the work is cut, and not one byte of the tables.

use super::match_support::Folder;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LOCI: [&str; 8] = ["D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D18S51", "TH01"];
const ADULTS: usize = 48_000;
const CHILDREN: usize = 20;
const COMMAND: &str = "match --children children.csv --candidates adults.csv --threads 2";

/// Adults in random order, some of them twice; children of pairs of them.
fn case() -> Folder {
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let allele = |random: &mut ChaCha8Rng| [8, 9, 10, 11, 12, 13, 14, 15, 16][random.random_range(0..9)];
    let adults: Vec<Vec<[u32; 2]>> =
        (0..ADULTS).map(|_| LOCI.iter().map(|_| [allele(&mut random), allele(&mut random)]).collect()).collect();
    let row = |id: String, role: &str, sex: &str, calls: &[[u32; 2]]| {
        let cells: Vec<_> = calls.iter().map(|call| format!("\"{},{}\"", call[0], call[1])).collect();
        format!("{id},{role},{sex},{}\n", cells.join(","))
    };
    let adult_row = |at: usize| {
        let sex =
            ["female", "male", "male", "female", "female", "male", ""][if at.is_multiple_of(501) { 6 } else { at % 6 }];
        row(format!("D{at:06}"), "detainee", sex, &adults[at])
    };
    let mut rows: Vec<String> = (0..ADULTS).map(adult_row).collect();
    rows.extend([5, 600, 40_000].map(|at| rows[at].clone()));
    rows.push(row("D000017".into(), "detainee", "male", &adults[18]));
    rows.shuffle(&mut random);
    let children = (0..CHILDREN).map(|number| {
        let (mother, father) = (&adults[number * 600], &adults[number * 600 + 1]);
        let calls: Vec<_> = mother.iter().zip(father).map(|(mother, father)| [mother[0], father[1]]).collect();
        row(format!("C{number:03}"), "child", "", &calls)
    });
    let header = format!("sample_id,role,sex,{}\n", LOCI.join(","));
    let folder = Folder::new();
    folder.write("children.csv", header.clone() + &children.collect::<String>());
    folder.write("adults.csv", header + &rows.concat());
    folder
}

#[test]
fn the_least_memory_gives_the_same_bytes() {
    let folder = case();
    let error =
        folder.fail(&format!("{COMMAND} --out none --max-memory 1MB"), &["--max-memory: found 1.0 MiB, expected"]);
    let least = error.split("at least ").nth(1).and_then(|rest| rest.split(" MiB").next()).unwrap();
    folder.succeed(&format!("{COMMAND} --out whole"));
    folder.succeed(&format!("{COMMAND} --out tiled --max-memory {least}MiB"));
    let memory = &folder.json("tiled/manifest.json")["memory"];
    assert_eq!(memory["on_disk"], true);
    for sex in ["male", "female"] {
        assert!(memory["scans"][sex]["candidate_tiles"].as_u64().unwrap() >= 2, "{memory}");
    }
    assert!(folder.json("whole/manifest.json").get("memory").is_none());
    let (whole, tiled) = (folder.tables("whole"), folder.tables("tiled"));
    assert!(
        whole["matches.csv"].len() > 1000 && whole["couples.csv"].len() > 1000 && whole["rejected.csv"].len() > 200
    );
    assert!(whole == tiled, "the tables differ");
    assert_eq!(
        std::fs::read_dir(folder.path("")).unwrap().count(),
        4,
        "nothing but the inputs and the results is left"
    );
}

#[test]
fn a_size_has_a_unit() {
    let folder = Folder::new();
    for wrong in ["12", "GiB", "-1GB", "nanMB", "2XB"] {
        folder.fail(&format!("{COMMAND} --out out --max-memory={wrong}"), &["--max-memory", "such as 2GiB or 800MB"]);
    }
}

/// Peak of the resident memory of a run, in bytes.
#[cfg(target_os = "linux")]
pub fn peak_of(folder: &Folder, arguments: &str) -> u64 {
    use std::process::{Command, Stdio};
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("filia"));
    let command = command.current_dir(folder.path("")).args(arguments.split_whitespace());
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = 0;
    while run.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0);
        peak = peak.max(kibibytes << 10);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(run.wait().unwrap().code(), Some(0));
    peak
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_rejected_keeps_within_the_limit_too() {
    let folder = Folder::new();
    let header = format!("sample_id,role,sex,{}\n", LOCI.join(","));
    folder.write("children.csv", format!("{header}c,child,F{}\n", ",12/13".repeat(LOCI.len())));
    let row = |at: usize| format!("a{at:06},corpse,M,6/7{}\n", ",OL".repeat(LOCI.len() - 1));
    folder.write("adults.csv", header + &(0..60_000).map(row).collect::<String>());
    let run = |out: &str, more: &str| {
        let command =
            format!("match --children children.csv --candidates adults.csv --top 1 --no-progress --out {out} {more}");
        peak_of(&folder, &command)
    };
    let limit: u64 = 160 << 20;
    let whole = run("whole", "--threads 1");
    let limited = run("limited", "--threads 2 --max-memory 160MiB");
    // 420,000 entries of some 250 bytes; without a limit 64 MiB of them stay.
    assert!(limited < limit && whole < limit + (128 << 20), "{limited} and {whole} bytes");
    let rejected = |out: &str| std::fs::read(folder.path(&format!("{out}/rejected.csv"))).unwrap();
    assert!(rejected("whole") == rejected("limited"));
    let text = String::from_utf8(rejected("whole")).unwrap();
    let lines: Vec<u64> = text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert!(lines.len() == 420_000 && lines.is_sorted());
}

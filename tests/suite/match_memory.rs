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
    let allele = |random: &mut ChaCha8Rng| [6, 7, 8, 9, 10, 11, 12, 13, 14][random.random_range(0..9)];
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

//! The joint answer of `filia identify` where it has many assignments.

use super::identify::{identify, number, rows};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use tempfile::TempDir;

/// Writes a case of families with so many missing brothers each, a typed mother and a typed brother; at each of the loci
/// everything can mutate to everything.
fn write_case(families: u32, missing: u32, bodies: u32, loci: u32) -> TempDir {
    let mut random = 7_u32;
    let mut genotypes = |id: &str, sex: &str| {
        let mut row = format!("{id},{sex}");
        for _ in 0..loci {
            let mut allele = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                10 + (random >> 16) % 5
            };
            write!(row, ",{}/{}", allele(), allele()).unwrap();
        }
        row + "\n"
    };
    let names: Vec<String> = (0..loci).map(|locus| format!("L{locus}")).collect();
    let header = format!("sample_id,sex,{}\n", names.join(","));
    let mut relatives = header.clone();
    let mut pedigrees = "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned();
    for family in 0..families {
        relatives += &genotypes(&format!("G{family}"), "F");
        relatives += &genotypes(&format!("S{family}"), "M");
        writeln!(pedigrees, "{family},F{family},,,M,no\n{family},G{family},,,F,no").unwrap();
        writeln!(pedigrees, "{family},S{family},F{family},G{family},M,no").unwrap();
        for brother in 0..missing {
            writeln!(pedigrees, "{family},B{family}-{brother},F{family},G{family},M,yes").unwrap();
        }
    }
    let remains = (0..bodies).fold(header, |all, body| all + &genotypes(&format!("V{body}"), "M"));
    let rate = |rate: f64| json!({"rate": rate});
    let locus = |name: &String| {
        json!({
            "name": name, "alleles": ["10", "11", "12", "13", "14"], "frequencies": [0.1, 0.15, 0.2, 0.25, 0.3],
            "mutation": {"model": "equal", "female": rate(0.001), "male": rate(0.002)}
        })
    };
    let markers = json!({"loci": names.iter().map(locus).collect::<Vec<_>>()}).to_string();
    let folder = TempDir::new().unwrap();
    let files = [("pm.csv", remains), ("am.csv", relatives), ("ped.csv", pedigrees), ("markers.json", markers)];
    files.into_iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

fn joint(folder: &TempDir) -> Value {
    let manifest = fs::read_to_string(folder.path().join("out/manifest.json")).unwrap();
    serde_json::from_str::<Value>(&manifest).unwrap()["joint"].clone()
}

/// Five brothers missing and nine bodies, any of which can be any of them: 36,046 assignments, and no other.
#[test]
fn every_assignment_of_one_family_counts() {
    let folder = write_case(1, 5, 9, 2);
    let output = identify(folder.path(), &["--assignments", "100000"]).success();
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(!message.contains("leaves out"), "{message}");
    let joint = joint(&folder);
    assert_eq!(joint["is_exact"], true);
    assert_eq!((joint["placements_left_out"].as_u64(), joint["posterior_lost_at_most"].as_f64()), (Some(0), Some(0.0)));
    let assignments = rows(folder.path(), "assignments.csv");
    assert_eq!(assignments.len(), 36_046);
    let total: f64 = assignments.iter().map(|row| number(row, "posterior")).sum();
    assert!((total - 1.0).abs() < 1e-9, "{total}");
    let mut sums: HashMap<(String, String), f64> = HashMap::new();
    for row in &assignments {
        for victim in row.keys().filter(|column| column.starts_with('V')) {
            *sums.entry((victim.clone(), row[victim].clone())).or_default() += number(row, "posterior");
        }
    }
    let posterior = rows(folder.path(), "posterior.csv");
    assert_eq!(posterior.len(), sums.len());
    for row in &posterior {
        let sum = sums[&(row["victim_id"].clone(), row["missing_id"].clone())];
        assert!((number(row, "probability") - sum).abs() < 1e-9, "{row:?} {sum}");
    }
}

/// Six families of two missing brothers each, all of them any of forty bodies: more sets of bodies than can be gone through,
/// and one locus tells hardly anybody apart.
#[test]
fn an_answer_out_of_reach_is_sampled_and_says_so() {
    let folder = write_case(6, 2, 40, 1);
    let output = identify(folder.path(), &[]).success();
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let joint = joint(&folder);
    assert_eq!((joint["is_exact"].as_bool(), joint["method"].as_str()), (Some(false), Some("sampled")));
    assert!(joint["greatest_standard_error"].as_f64() < Some(0.01), "{joint}");
    assert!(message.contains("the joint answer is sampled"), "{message}");
    let posterior = rows(folder.path(), "posterior.csv");
    let mut sums: HashMap<&str, f64> = HashMap::new();
    for row in &posterior {
        assert_eq!(row["method"], "sampled");
        assert!(number(row, "standard_error") < 0.01);
        *sums.entry(&row["victim_id"]).or_default() += number(row, "probability");
    }
    assert!(sums.len() == 40 && sums.values().all(|sum| (sum - 1.0).abs() < 1e-4), "{sums:?}");
    let assignments = rows(folder.path(), "assignments.csv");
    assert_eq!((assignments.len(), assignments[0]["posterior"].as_str()), (1, ""));
}

//! `--expected-false-leads` and `filia power --case` against the sum over every genotype that a stranger can have.

use super::match_support::{Folder, assert_close, number};

const LOCI: [&str; 3] = ["TH01", "vWA", "TPOX"];
const FREQUENCIES: [&[f64]; 3] = [&[0.1, 0.2, 0.3, 0.4], &[0.5, 0.3, 0.2], &[0.7, 0.25, 0.05]];
const CHILD: [[usize; 2]; 3] = [[0, 1], [1, 1], [0, 2]];
/// Males: what each has at each locus; empty: not typed.
const MEN: [[&str; 3]; 6] = [
    ["10/12", "11/12", "10/11"],
    ["10", "11", "12"],
    ["11/13", "", "10"],
    ["", "11", ""],
    ["", "10/11", "10/12"],
    ["", "", ""],
];
const RUN: &str = "match --children c.csv --candidates a.csv --frequencies f.csv --config s.toml --min-log10-lr none";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("s.toml", "[population]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n");
    let rows = LOCI.iter().zip(FREQUENCIES).flat_map(|(locus, frequencies)| {
        frequencies.iter().enumerate().map(move |(at, p)| format!("{locus},{},{p},200\n", at + 10))
    });
    folder.write("f.csv", format!("locus,allele,frequency,n_people\n{}", rows.collect::<String>()));
    let header = format!("sample_id,sex,{}", LOCI.join(","));
    let child = CHILD.map(|[one, other]| format!("{}/{}", one + 10, other + 10)).join(",");
    folder.write("c.csv", format!("{header}\nC,,{child}\n"));
    let men: Vec<_> = MEN.iter().enumerate().map(|(at, cells)| format!("m{at},M,{}", cells.join(","))).collect();
    folder.write("a.csv", format!("{header}\n{}\nw,F,10,11,10\n", men.join("\n")));
    folder
}

/// Every (log10 LR, probability) of a stranger at one locus: an alleged parent with genotype ij of a child ab passes a or b on.
fn stranger(locus: usize) -> Vec<(f64, f64)> {
    let (p, [a, b]) = (FREQUENCIES[locus], CHILD[locus]);
    let mut found = Vec::new();
    for i in 0..p.len() {
        for j in 0..p.len() {
            let passes = |allele: usize| 0.5 * f64::from(u8::from(i == allele) + u8::from(j == allele));
            let child = if a == b { passes(a) * p[a] } else { passes(a) * p[b] + passes(b) * p[a] };
            let random = if a == b { p[a] * p[a] } else { 2.0 * p[a] * p[b] };
            found.push(((child / random).log10(), p[i] * p[j]));
        }
    }
    found
}

/// P(a stranger typed at these loci scores at least this).
fn at_least(typed: &[bool], threshold: f64) -> f64 {
    let mut sums = vec![(0.0, 1.0)];
    for (locus, _) in typed.iter().enumerate().filter(|(_, typed)| **typed) {
        sums =
            sums.iter().flat_map(|sum| stranger(locus).into_iter().map(move |s| (sum.0 + s.0, sum.1 * s.1))).collect();
    }
    sums.iter().filter(|sum| sum.0 >= threshold).map(|sum| sum.1).sum()
}

fn expected(threshold: f64) -> f64 {
    MEN.iter().map(|cells| at_least(&cells.map(|cell| !cell.is_empty()), threshold)).sum()
}

#[test]
fn expected_false_leads_are_the_sum_over_all_genotypes() {
    let folder = folder();
    folder.succeed(&format!("{RUN} --expected-false-leads --out out"));
    let rows = folder.table("out/matches.csv");
    assert_eq!(rows.len(), 7);
    for row in &rows {
        let (log10_lr, found) = (number(row, "log10_lr"), number(row, "expected_false_leads"));
        let list = |threshold| match row["candidate_sex"].as_str() {
            "female" => at_least(&[true; 3], threshold),
            _ => expected(threshold),
        };
        // rounding up can count what scores up to 0.05 less
        let (least, most) = (list(log10_lr - 1e-9), list(log10_lr - 0.05));
        assert!(found >= least - 1e-9 && found <= most + 1e-9, "{row:?}: {least} {found} {most}");
    }
    folder.succeed(&format!("{RUN} --out plain"));
    assert!(!folder.table("plain/matches.csv")[0].contains_key("expected_false_leads"));
}

#[test]
fn power_of_a_case_does_the_run_again() {
    let folder = folder();
    folder.succeed(&format!("{RUN} --expected-false-leads --out out"));
    let output = folder.succeed("power --case out --thresholds=-1,0.5,1.2 --format csv");
    let mut reader = csv::Reader::from_reader(output.as_bytes());
    let rows: Vec<super::match_support::Row> = reader.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 6);
    for row in rows.iter().filter(|row| row["candidate_sex"] == "male") {
        let threshold = number(row, "threshold");
        let within = |found: f64, value: &dyn Fn(f64) -> f64| {
            let (least, most) = (value(threshold - 1e-9), value(threshold - 0.05));
            assert!(found >= least - 1e-9 && found <= most + 1e-9, "{threshold}: {least} {found} {most}");
        };
        assert_eq!(row["candidates"], "6");
        within(number(row, "expected_false_leads"), &expected);
        within(number(row, "stranger"), &|threshold| at_least(&[true; 3], threshold));
        let none = |threshold: f64| -> f64 {
            MEN.iter().map(|cells| 1.0 - at_least(&cells.map(|cell| !cell.is_empty()), threshold)).product()
        };
        within(1.0 - number(row, "none"), &|threshold| 1.0 - none(threshold));
        // a true father without mutation never scores minus infinity
        assert!(number(row, "relative") > number(row, "stranger"));
    }
    let json: serde_json::Value = serde_json::from_str(&folder.succeed("power --case out --format json")).unwrap();
    let of_one = json["lists"][0]["threshold_of_one"].as_f64().unwrap();
    assert!(expected(of_one) <= 1.0 && expected(of_one - 0.01 - 0.05) > 1.0, "{of_one}");
    assert!(folder.succeed("power --case out").contains("expected false leads over all children"));
}

#[test]
fn a_case_whose_files_changed_or_moved_is_refused() {
    let folder = folder();
    folder.succeed(&format!("{RUN} --out out"));
    folder.fail("power --case nowhere", &["nowhere/manifest.json", "match"]);
    folder.fail("power --case out --loci TH01", &["--case", "--loci"]);
    folder.write("a.csv", "sample_id,sex,TH01,vWA,TPOX\nm0,M,10/12,11/12,10/11\n");
    folder.fail("power --case out", &["candidates `a.csv` has changed", "do the run again"]);
    std::fs::remove_file(folder.path("a.csv")).unwrap();
    folder.fail("power --case out", &["candidates `a.csv`", "where the run was done"]);
    folder.write("out/manifest.json", "{}");
    folder.fail("power --case out", &["expected a run's manifest"]);
}

#[test]
fn a_manifest_with_a_key_that_no_run_writes_is_refused() {
    let folder = folder();
    folder.succeed(&format!("{RUN} --out out"));
    let mut manifest = folder.json("out/manifest.json");
    manifest["reeding"] = manifest["reading"].take();
    folder.write("out/manifest.json", manifest.to_string());
    let parts = ["manifest.json", "unknown key `reeding`: did you mean `reading`?"];
    folder.fail("power --case out", &parts);
    folder.fail("diff out out", &parts);
    // Another version may write other keys.
    manifest["version"] = "9.9.9".into();
    folder.write("out/manifest.json", manifest.to_string());
    folder.succeed("diff out out");
}

#[test]
fn the_manifest_says_how_profiles_were_read() {
    let folder = folder();
    folder.succeed(&format!("{RUN} --id-column sample_id --candidates-include-children --out out"));
    let reading = &folder.json("out/manifest.json")["reading"];
    assert_eq!(reading["candidates_include_children"], true);
    assert_eq!(reading["id_column"], "sample_id");
    assert_eq!(reading["strict"], false);
    // the child is its own only other candidate of unknown sex, and never compared with itself
    let json: serde_json::Value = serde_json::from_str(&folder.succeed("power --case out --format json")).unwrap();
    let unknown = json["lists"].as_array().unwrap().iter().find(|list| list["candidate_sex"] == "unknown").unwrap();
    assert_eq!(unknown["candidates"], 0);
    assert_close(unknown["thresholds"][0]["none"].as_f64().unwrap(), 1.0, 0.0, "nobody");
}

/// With theta a stranger's alleles depend on those of mother and child: child 10/11 of a mother 10/10 leaves three drawn
/// alleles, 10, 10 and 11, and the next two come from the urn of Balding & Nichols. Every genotype is a candidate.
#[test]
fn strangers_are_drawn_from_what_mother_and_child_leave() {
    let (theta, p) = (0.03, FREQUENCIES[0]);
    let folder = Folder::new();
    folder.write("s.toml", format!("[population]\ntheta = {theta}\n[mutation]\nmodel = \"none\"\n"));
    let rows = p.iter().enumerate().map(|(at, p)| format!("TH01,{},{p},200\n", at + 10));
    folder.write("f.csv", format!("locus,allele,frequency,n_people\n{}", rows.collect::<String>()));
    folder.write("c.csv", "sample_id,mother_id,TH01\nC,mother,10/11\n");
    let genotypes: Vec<[usize; 2]> = (0..4).flat_map(|i| (i..4).map(move |j| [i, j])).collect();
    let men = genotypes.iter().map(|[i, j]| format!("m{i}{j},M,{}/{}\n", i + 10, j + 10)).collect::<String>();
    folder.write("a.csv", format!("sample_id,sex,TH01\nmother,F,10/10\n{men}"));
    folder.succeed(&format!("{RUN} --expected-false-leads --top 20 --out out"));
    let rows = folder.table("out/matches.csv");
    assert_eq!(rows.len(), 10);
    let probability = |[i, j]: [usize; 2]| {
        let drawn = [2.0, 1.0, 0.0, 0.0];
        let next = |allele: usize, more: f64, drawn_so_far: f64| {
            ((drawn[allele] + more) * theta + (1.0 - theta) * p[allele]) / (1.0 + (drawn_so_far - 1.0) * theta)
        };
        let ways = if i == j { 1.0 } else { 2.0 };
        ways * next(i, 0.0, 3.0) * next(j, f64::from(u8::from(i == j)), 4.0)
    };
    let score = |[i, j]: [usize; 2]| {
        let row = rows.iter().find(|row| row["candidate_id"] == format!("m{i}{j}")).unwrap();
        (number(row, "log10_lr"), number(row, "expected_false_leads"))
    };
    for &man in &genotypes {
        let (log10_lr, found) = score(man);
        let as_high = genotypes.iter().filter(|&&other| score(other).0 >= log10_lr - 1e-9);
        let expected: f64 = 10.0 * as_high.map(|&other| probability(other)).sum::<f64>();
        assert_close(found, expected, 1e-9, &format!("{man:?}"));
    }
}

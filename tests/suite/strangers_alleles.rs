//! A pair is scored with the alleles of the table and its own: whoever else is in the files changes nothing.

use super::match_support::{Folder, Row, number};
use std::collections::BTreeMap;

const HEADER: &str = "sample_id,sex,D3S1358,vWA,TH01,FGA,D18S51\n";
const CHILDREN: &str = "c1,F,15/16,17/18,6/9.3,21/23,12/15\nc2,M,14/17.1,16/17,7/8,22/24,14/16\n";
const ADULTS: &str = "\
man,M,15/17,17/19,6/7,21/24,12/14
mutated,M,15/17,17/19,6/7,22/24,13/16
rare,M,17.1/18,16/18,8/9,22/25,13/14
other,M,17.1/18.1,16/18,8/9,22/25,13/14
woman,F,16/18,18/20,9.3/10,23/25,15/17
";
/// Alleles that the table does not list, at every locus.
const STRANGERS: &str = "\
s1,M,10/19.2,10/23.1,3.3/12.1,15.1/33.1,8.1/29
s2,F,11/20.1,10.2/24,4.1/12.2,15.3/34.2,8.3/28.1
";

/// By child and candidate, what `matches.csv` says of the pair; by child, father and mother the log10 LR of couples.
fn numbers(folder: &Folder) -> BTreeMap<String, Vec<String>> {
    let of_pair = |row: Row| {
        let columns = ["log10_lr", "log10_lr_low", "log10_lr_high", "best_relationship", "best_relationship_log10_lr"];
        let key = format!("{} {}", row["child_id"], row["candidate_id"]);
        (key, columns.iter().map(|&column| row.get(column).cloned().unwrap_or_default()).collect())
    };
    let mut numbers: BTreeMap<String, Vec<String>> = folder.table("out/matches.csv").into_iter().map(of_pair).collect();
    if folder.path("out/couples.csv").exists() {
        for row in folder.table("out/couples.csv") {
            let key = format!("{} {} {}", row["child_id"], row["father_id"], row["mother_id"]);
            numbers.insert(key, vec![row["log10_lr"].clone()]);
        }
    }
    numbers.retain(|key, _| !key.contains(" s"));
    numbers
}

#[test]
fn a_stranger_changes_nobody_elses_numbers() {
    let common = "--min-log10-lr none --top 100 --accept-implausible --force --out out";
    for model in ["stepwise", "equal", "proportional", "one-step", "dawid"] {
        for more in ["theta = 0.0", "theta = 0.02", "theta = 0.01\nrenormalise = true"] {
            let folder = Folder::new();
            folder.write("s.toml", format!("[population]\n{more}\n[mutation]\nmodel = \"{model}\"\n"));
            folder.write("c.csv", format!("{HEADER}{CHILDREN}"));
            folder.write("few.csv", format!("{HEADER}{ADULTS}"));
            folder.write("many.csv", format!("{HEADER}{ADULTS}{STRANGERS}"));
            for options in ["--lr-interval --interval-draws 1000", "--relationship full-sibling"] {
                let run = |adults: &str| {
                    let files = format!("--children c.csv --candidates {adults}");
                    folder.succeed(&format!("match {files} --config s.toml {options} {common}"));
                    numbers(&folder)
                };
                let (few, many) = (run("few.csv"), run("many.csv"));
                assert!(few.len() >= 10, "{few:?}");
                assert_eq!(few, many, "{model} {more} {options}");
            }
        }
    }
}

/// With equal rates a mutation goes to each other allele of the locus alike: the LR of a pair that mutated tells how many there are.
#[test]
fn the_alleles_of_a_pair_are_the_tables_and_its_own() {
    let folder = Folder::new();
    folder.write("f.csv", "locus,allele,frequency,n_people\nTH01,6,0.25,500\nTH01,7,0.25,500\nTH01,8,0.5,500\n");
    let settings = "[population]\ntheta = 0.0\nminimum_frequency = 0.01\n[mutation]\nmodel = \"equal\"\n\
                    rates = { female = 0.004, male = 0.004 }\n";
    folder.write("s.toml", settings);
    folder.write("c.csv", "sample_id,sex,TH01\nc,F,6\n");
    folder.write("a.csv", "sample_id,sex,TH01\nown,M,7\nrare,M,9\nstranger,M,10/11\n");
    folder.succeed(
        "match --children c.csv --candidates a.csv --frequencies f.csv --config s.toml --min-log10-lr none --out out",
    );
    let rows = folder.table("out/matches.csv");
    let log10_lr = |id: &str| number(rows.iter().find(|row| row["candidate_id"] == id).unwrap(), "log10_lr");
    // P(child 6 | father 7) / P(6): of the three alleles of the table two are others, with 9 three
    let expected = |others: f64| (0.004 / others / 0.25_f64).log10();
    assert!((log10_lr("own") - expected(2.0)).abs() < 1e-9, "{}", log10_lr("own"));
    assert!((log10_lr("rare") - expected(3.0)).abs() < 1e-9, "{}", log10_lr("rare"));
    assert!((log10_lr("stranger") - expected(4.0)).abs() < 1e-9, "{}", log10_lr("stranger"));
}

/// What a stranger of the list would score does not depend on the alleles that others of it show, nor on how far a minimum raises
/// frequencies: it is drawn from the frequencies that were counted.
#[test]
fn false_leads_are_of_people_with_the_tables_alleles() {
    let folder = Folder::new();
    let frequencies = [("6", 0.01), ("7", 0.29), ("8", 0.7)];
    let rows: String = frequencies.iter().map(|(allele, p)| format!("TH01,{allele},{p},500\n")).collect();
    folder.write("f.csv", format!("locus,allele,frequency,n_people\n{rows}"));
    let settings = "[population]\ntheta = 0.0\nminimum_frequency = 0.1\n[mutation]\nmodel = \"none\"\n";
    folder.write("s.toml", settings);
    folder.write("c.csv", "sample_id,sex,TH01\nc,F,6/7\n");
    let leads = |more: &str| {
        folder.write("a.csv", format!("sample_id,sex,TH01\nm,M,6/8\nx,M,8/8\n{more}"));
        let options = "--min-log10-lr none --expected-false-leads --accept-implausible --force --out out";
        folder.succeed(&format!(
            "match --children c.csv --candidates a.csv --frequencies f.csv --config s.toml {options}"
        ));
        let rows = folder.table("out/matches.csv");
        number(rows.iter().find(|row| row["candidate_id"] == "m").unwrap(), "expected_false_leads")
    };
    // two men; whoever shows the 6 scores at least as high as one with a 6 and an 8
    let with_a_6 = 1.0 - 0.99_f64.powi(2);
    let found = leads("");
    assert!((found - 2.0 * with_a_6).abs() < 1e-9, "{found} {}", 2.0 * with_a_6);
    let with_strange_woman = leads("w,F,3/15\n");
    assert_eq!(found, with_strange_woman);
}

/// A sample without a sex is of the sex that another sample of the person tells, as in the search, and the person counts once.
#[test]
fn false_leads_count_persons_and_go_by_their_sex() {
    let folder = Folder::new();
    let header = "sample_id,sex,D3S1358,vWA,TH01,FGA,D18S51,D8S1179,D21S11,D5S818,D13S317,D7S820,D16S539,TPOX,CSF1PO";
    let whole = "15/17,17/19,6/7,21/24,12/14,10/13,28/30,11/12,8/11,8/10,9/12,8/11,10/12";
    let child = "15/16,17/18,6/9.3,21/23,12/15,13/14,29/30,11/13,11/12,10/11,11/12,8/9,11/12";
    let other = "16/18,16/18,8/9,22/25,13/14,12/14,29/31,12/13,9/12,9/11,10/11,9/11,11/12";
    folder.write("c.csv", format!("{header}\nc1,F,{child}\n"));
    let leads = |more: &str| {
        folder.write("a.csv", format!("{header}\nman,M,{whole}\n{more}other,M,{other}\n"));
        let options = "--min-log10-lr none --expected-false-leads --force --out out";
        folder.succeed(&format!("match --children c.csv --candidates a.csv {options}"));
        let of = |row: super::match_support::Row| (row["candidate_id"].clone(), number(&row, "expected_false_leads"));
        folder.table("out/matches.csv").into_iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let (alone, with_bone) = (leads(""), leads(&format!("bone,,{whole}\n")));
    assert_eq!((alone.len(), with_bone.len()), (2, 3));
    assert_eq!(with_bone["bone"], with_bone["man"]);
    assert!(alone.iter().all(|(id, expected)| with_bone[id] == *expected), "{alone:?} {with_bone:?}");
}

//! Couples of candidates who show the same, nothing at all for example, are scored once and counted as often as they are.

use super::match_support::{Folder, assert_close, number};

const CHILD: &str = "sample_id,sex,D3S1358,vWA,TH01\nc,F,14/16,16/18,6/7\n";

/// Half a thousand million couples: P(both), P(one) and P(neither) with half of the prior in the list, each candidate alike.
#[test]
fn candidates_without_a_usable_call_have_lr_1_and_take_no_time() {
    const EACH: usize = 20_000;
    let folder = Folder::new();
    folder.write("c.csv", CHILD);
    // nothing, three alleles, and a locus that no table has
    let empty = [",,,", ",,,9", "14/15/16,,,", "-,ND,6/7/8,9/10"];
    let row = |at: usize| format!("n{at:05},{},{}\n", ["M", "F"][at % 2], empty[at / 2 % empty.len()]);
    let typed = "father,M,14/15,16/17,6/9.3,\nmother,F,16/17,14/18,7/8,\n";
    let rows: String = (0..2 * EACH).map(row).collect();
    folder.write("a.csv", format!("sample_id,sex,D3S1358,vWA,TH01,X99\n{rows}{typed}"));
    folder.write("s.toml", "[prior.relatives]\nfull_sibling = 0.0\nsecond_degree = 0.0\nfirst_cousin = 0.0\n");
    folder.succeed("match --children c.csv --candidates a.csv --config s.toml --top 5 --out out");
    let couples = folder.table("out/couples.csv");
    let names: Vec<_> = couples.iter().map(|row| [row["father_id"].as_str(), row["mother_id"].as_str()]).collect();
    let with_father = ["n00001", "n00003", "n00005", "n00007"].map(|mother| ["father", mother]);
    assert_eq!(names, [&[["father", "mother"]][..], &with_father].concat());
    let [both, his, hers] =
        ["log10_lr", "log10_lr_father", "log10_lr_mother"].map(|column| 10_f64.powf(number(&couples[0], column)));
    let people = EACH as f64 + 1.0;
    let others = EACH as f64;
    let mean = (his + others) / people;
    let mean_of_women = (hers + others) / people;
    let of_couples = (both + (his + hers) * others + others * others) / (people * people);
    let evidence = 1.0 + mean + mean_of_women + of_couples;
    assert_close(number(&couples[0], "posterior"), both / (people * people) / evidence, 1e-18, "both");
    for row in &couples[1..] {
        assert_close(number(row, "log10_lr"), his.log10(), 1e-11, "with nobody typed");
        assert_eq!(row["log10_lr_mother"], "0");
        assert_close(number(row, "posterior"), his / (people * people) / evidence, 1e-18, "with nobody typed");
    }
}

/// Somebody of unknown sex is on both sides, and no couple with itself.
#[test]
fn nobody_is_a_couple_with_itself() {
    let folder = Folder::new();
    folder.write("c.csv", CHILD);
    let alike = |id: &str, sex: &str| format!("{id},{sex},14/15,16/17,\n");
    let people = [("m1", "M"), ("u1", ""), ("f1", "F"), ("u2", ""), ("m2", "M")];
    let rows: String = people.iter().map(|(id, sex)| alike(id, sex)).collect();
    folder.write("a.csv", format!("sample_id,sex,D3S1358,vWA,TH01\n{rows}e1,,,,\ne2,M,,,\n"));
    folder.succeed("match --children c.csv --candidates a.csv --min-log10-lr none --top 1000 --out out");
    let couples = folder.table("out/couples.csv");
    // men and of unknown sex: 6, women and of unknown sex: 4, of whom 3 are the same
    assert_eq!(couples.len(), 6 * 4 - 3);
    assert!(couples.iter().all(|row| row["father_id"] != row["mother_id"]));
    let ranks: Vec<_> = couples.iter().map(|row| row["rank"].clone()).collect();
    assert_eq!(ranks, (1..=couples.len()).map(|rank| rank.to_string()).collect::<Vec<_>>());
    let of_alike =
        couples.iter().filter(|row| !row["father_id"].starts_with('e') && !row["mother_id"].starts_with('e'));
    let names: Vec<_> = of_alike.map(|row| format!("{}+{}", row["father_id"], row["mother_id"])).collect();
    assert_eq!(names, ["m1+f1", "m1+u1", "m1+u2", "m2+f1", "m2+u1", "m2+u2", "u1+f1", "u1+u2", "u2+f1", "u2+u1"]);
}

#[test]
fn one_sex_alone_makes_no_couple() {
    let folder = Folder::new();
    folder.write("c.csv", CHILD);
    folder.write("a.csv", "sample_id,sex,D3S1358,vWA,TH01\nm1,M,14/15,16/17,6\nm2,M,14/16,16/18,7\n");
    folder.succeed("match --children c.csv --candidates a.csv --out out");
    assert_eq!(folder.table("out/couples.csv").len(), 0);
    assert_eq!(folder.table("out/matches.csv").len(), 2);
}

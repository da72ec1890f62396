//! `close_candidate`: whoever competes for the same place and comes within 2 log10 units is told, also where it was cut.

use super::match_support::{Folder, Row, number};

const HEADER: &str = "sample_id,sex,D3S1358,vWA,TH01,FGA,D18S51\n";
const CHILD: &str = "c,F,15/16,17/18,6/9.3,21/23,12/15\n";
/// All five loci fit the child as a parent; three of them fit.
const FITS: &str = "15/17,17/19,6/7,21/24,12/14";
const DIFFERS: &str = "15/17,17/19,6/7,19/24,13/14";

fn run(adults: &[(&str, &str, &str)], options: &str) -> Vec<Row> {
    let folder = Folder::new();
    folder.write("c.csv", format!("{HEADER}{CHILD}"));
    let rows: String = adults.iter().map(|(id, sex, calls)| format!("{id},{sex},{calls}\n")).collect();
    folder.write("a.csv", format!("{HEADER}{rows}"));
    folder.succeed(&format!("match --children c.csv --candidates a.csv {options} --out out"));
    folder.table("out/matches.csv")
}

/// The candidates in the order of their ranks, each with whether it has the flag.
fn flagged(rows: &[Row]) -> Vec<(&str, bool)> {
    rows.iter()
        .map(|row| (row["candidate_id"].as_str(), row["flags"].split(';').any(|flag| flag == "close_candidate")))
        .collect()
}

#[test]
fn a_man_and_somebody_of_unknown_sex() {
    let rows = run(&[("man", "M", FITS), ("unknown", "", "15/18,17/20,6/8,21/25,12/13")], "");
    assert_eq!(flagged(&rows), [("man", true), ("unknown", true)]);
    let rows = run(&[("man", "M", FITS), ("woman", "F", "15/18,17/20,6/8,21/25,12/13")], "");
    assert!(rows.len() == 2 && flagged(&rows).iter().all(|(_, flagged)| !flagged), "a father and a mother");
    let rows = run(
        &[("man", "M", FITS), ("woman", "F", "15/18,17/20,6/8,21/25,12/13")],
        "--relationship full-sibling --min-log10-lr none",
    );
    assert!(flagged(&rows).iter().all(|(_, flagged)| *flagged), "siblings of either sex are one list");
}

#[test]
fn a_tie_at_the_cut_of_the_list() {
    let rows = run(&[("a", "M", FITS), ("b", "M", "15/18,17/20,6/8,21/25,12/13")], "--top 1");
    assert_eq!(flagged(&rows), [("a", true)]);
    let rows = run(&[("a", "M", FITS), ("u", "", "15/18,17/20,6/8,21/25,12/13")], "--top 1");
    assert_eq!(rows.len(), 1);
    assert!(flagged(&rows)[0].1);
    let rows = run(&[("a", "M", FITS), ("z", "M", DIFFERS)], "--top 1");
    assert_eq!(flagged(&rows), [("a", false)]);
}

/// Whoever is under the threshold by less than 2 units is looked for; who is further below is not told.
#[test]
fn a_tie_at_the_threshold() {
    // a homozygous father is twice as likely to have given his allele
    const BETTER: &str = "15/15,17/19,6/7,21/24,12/14";
    let (best, other) = (("a", "M", BETTER), ("z", "M", DIFFERS));
    for second in [("b", "M", FITS), ("u", "", FITS)] {
        let all = run(&[best, second, other], "--min-log10-lr none");
        let score = |id: &str| number(all.iter().find(|row| row["candidate_id"] == id).unwrap(), "log10_lr");
        assert!(score(second.0) < 0.5 && 0.5 < score("a") && score(second.0) > score("a") - 2.0);
        assert!(score("z") < score("a") - 2.0);
        let rows = run(&[best, second, other], "--min-log10-lr 0.5");
        assert_eq!(flagged(&rows), [("a", true)], "{second:?} is below the threshold");
        assert_eq!(rows[0]["posterior"], all[0]["posterior"], "the second look changes no number");
        let alone = run(&[best, other], "--min-log10-lr 0.5");
        assert_eq!(flagged(&alone), [("a", false)]);
    }
    let woman = run(&[best, ("w", "F", FITS)], "--min-log10-lr 0.5");
    assert_eq!(flagged(&woman), [("a", false)], "a mother is no other father");
}

/// A second sample of the man himself is nobody else.
#[test]
fn a_second_sample_is_not_another_candidate() {
    let folder = Folder::new();
    let loci = "D3S1358,vWA,TH01,FGA,D18S51,D8S1179,D21S11,D13S317,D16S539,D2S1338";
    let man = "15/17,17/19,6/7,21/24,12/14,10/13,28/30,8/11,9/12,17/23";
    folder.write("c.csv", format!("sample_id,{loci}\nc,15/16,17/18,6/9.3,21/23,12/15,13/14,28/31,8/12,9/11,17/20\n"));
    folder.write("a.csv", format!("sample_id,sex,{loci}\na,M,{man}\nb,M,{man}\n"));
    for top in [1, 2] {
        folder.succeed(&format!("match --children c.csv --candidates a.csv --top {top} --out out{top}"));
        let rows = folder.table(&format!("out{top}/matches.csv"));
        assert_eq!(rows.len(), top);
        assert!(
            rows.iter().all(|row| row["flags"].contains("same_person") && !row["flags"].contains("close_candidate"))
        );
    }
}

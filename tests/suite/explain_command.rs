//! `filia explain`: the numbers of `filia match`, locus by locus.

use super::match_support::{Folder, assert_close, number};

const CHILDREN: &str = "sample_id,mother_id,D3S1358,vWA,TH01,FGA\nc,m,15/16,17/18,6/9.3,20/22\nd,,15,17,6,\n";
const ADULTS: &str =
    "sample_id,sex,D3S1358,vWA,TH01,FGA\nm,F,15/17,17,6/7,20\nf,M,16,18/19,9.3/10,23\ng,M,14,15,8,24\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("c.csv", CHILDREN);
    folder.write("a.csv", ADULTS);
    folder.write("none.toml", "[mutation]\nmodel = \"none\"\n");
    folder
}

#[test]
fn the_loci_add_up_to_what_match_reports() {
    let folder = folder();
    folder.succeed("match --children c.csv --candidates a.csv --min-log10-lr none --out out");
    for row in folder.table("out/matches.csv") {
        let pair = format!("--child {} --candidate {}", row["child_id"], row["candidate_id"]);
        let text = folder.succeed(&format!("explain --children c.csv --candidates a.csv {pair} --format json"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_close(json["total_log10_lr"][0].as_f64().unwrap(), number(&row, "log10_lr"), 1e-9, &pair);
        let loci = json["loci"].as_array().unwrap();
        let sum: f64 = loci.iter().map(|locus| locus["log10_lr"][0].as_f64().unwrap()).sum();
        assert_close(sum, number(&row, "log10_lr"), 1e-9, &pair);
        assert_close(loci[3]["running_log10_lr"].as_f64().unwrap(), sum, 1e-9, &pair);
        let inconsistent = loci.iter().filter(|locus| locus["inconsistent"] == true).count();
        assert_eq!(inconsistent.to_string(), row["loci_inconsistent"], "{pair}");
        assert_eq!(json["best_relationship"], row["best_relationship"].as_str());
        assert_eq!(json["known_parent"].as_str(), (row["child_id"] == "c").then_some("m"));
        // the other candidates are not looked at
        let flags = row["flags"].split(';').filter(|flag| !flag.is_empty() && *flag != "close_candidate");
        assert_eq!(json["flags"].as_array().unwrap().len(), flags.count());
    }
}

#[test]
fn what_is_impossible_is_minus_infinity_and_not_null() {
    let folder = folder();
    let text = folder.succeed(
        "explain --children c.csv --candidates a.csv --config none.toml --child c --candidate g --format json",
    );
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["total_log10_lr"][0], "-inf");
    assert_eq!(json["loci"][0]["log10_lr"][0], "-inf");
    assert_eq!(json["loci"][3]["running_log10_lr"], "-inf");
}

#[test]
fn the_text_fits_a_terminal() {
    let text = folder().succeed("explain --children c.csv --candidates a.csv --child c --candidate f");
    assert!(text.starts_with("f as parent of c: log10 LR "), "{text}");
    assert!(text.contains("m is taken as the child's known parent"), "{text}");
    assert!(text.contains("inconsistent, 1 step\n") || text.contains("inconsistent, 1 step "), "{text}");
    assert!(text.lines().all(|line| line.trim_end().chars().count() <= 80), "{text}");
}

#[test]
fn who_is_not_there_is_named() {
    let folder = folder();
    let explain = "explain --children c.csv --candidates a.csv";
    folder.fail(&format!("{explain} --child nobody --candidate f"), &["no sample `nobody` among the 5"]);
    folder.fail(&format!("{explain} --child c --candidate nobody"), &["no sample `nobody`"]);
    folder.fail(&format!("{explain} --child f --candidate m"), &["`f` is not among the children"]);
}

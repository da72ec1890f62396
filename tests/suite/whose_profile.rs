//! Whose profile it is: sexes and roles that contradict themselves, stated parents who cannot be meant.
//!
//! All loci have ten alleles of frequency 0.1, without theta and mutation. Child and candidate who share one of two different
//! alleles have LR 1/(4 · 0.1) = 2.5 at a locus: log10 0.397940.

use super::match_support::{Folder, Row, assert_close, number};

/// log10 2.5.
pub const SHARES_ONE: f64 = 0.397_940_008_672_037_6;

const LOCI: [&str; 4] = ["D3S1358", "vWA", "TH01", "FGA"];

/// A folder with frequencies and settings.
pub fn folder() -> Folder {
    let folder = Folder::new();
    let mut table = "locus,allele,frequency\n".to_owned();
    for locus in LOCI {
        (10..20).for_each(|allele| table += &format!("{locus},{allele},0.1\n"));
    }
    folder.write("f.csv", table);
    folder.write("s.toml", settings(""));
    folder
}

/// The settings, with more lines.
fn settings(more: &str) -> String {
    format!("[population]\ntables = [\"f.csv\"]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n{more}")
}

pub const MATCH: &str =
    "match --children c.csv --candidates a.csv --config s.toml --min-log10-lr none --out out --force";

/// The row of this child and this candidate.
fn row(folder: &Folder, child: &str, candidate: &str) -> Row {
    let is_it = |row: &Row| row["child_id"] == child && row["candidate_id"] == candidate;
    folder.table("out/matches.csv").into_iter().find(is_it).unwrap_or_else(|| panic!("no {child} with {candidate}"))
}

fn log10_lr(folder: &Folder, child: &str, candidate: &str) -> f64 {
    number(&row(folder, child, candidate), "log10_lr")
}

#[test]
fn a_mother_who_is_a_man_and_a_father_who_is_a_woman_are_not_used() {
    let folder = folder();
    folder.write(
        "c.csv",
        "id,sex,mother_id,father_id,D3S1358,vWA\nk1,F,man,,14/16,14/16\nk2,F,,woman,14/16,14/16\nk3,F,nosex,,14/16,14/16\n",
    );
    folder.write("a.csv", "id,sex,D3S1358,vWA\nwoman,F,14/15,14/15\nman,M,16/17,16/17\nnosex,,14/19,14/19\n");
    let (_, _, errors) = folder.run(MATCH);
    for child in ["k1", "k2"] {
        assert_close(log10_lr(&folder, child, "woman"), 2.0 * SHARES_ONE, 1e-9, child);
        assert_close(log10_lr(&folder, child, "man"), 2.0 * SHARES_ONE, 1e-9, child);
    }
    // One of unknown sex is a mother as stated: of k3 only the father is asked, who gave 16.
    assert_close(log10_lr(&folder, "k3", "man"), 2.0 * 5.0_f64.log10(), 1e-9, "k3");
    assert!(errors.contains("k1: the mother it names, man, is male: searched without mother"), "{errors}");
    assert!(errors.contains("k2: the father it names, woman, is female: searched without father"), "{errors}");
    let rejected = folder.table("out/rejected.csv");
    let found: Vec<_> = rejected.iter().map(|row| [&row["sample_id"], &row["column"], &row["value"]]).collect();
    assert_eq!(found, [["k1", "mother_id", "man"], ["k2", "father_id", "woman"]]);
    folder.fail(&format!("{MATCH} --strict"), &["c.csv, line 2", "mother_id", "`man`", "not of that sex"]);
    let explained =
        folder.succeed("explain --children c.csv --candidates a.csv --config s.toml --child k1 --candidate woman");
    assert!(explained.contains("log10 LR 0.7959") && !explained.contains("known parent"), "{explained}");
}

#[test]
fn one_person_is_not_both_parents() {
    let folder = folder();
    folder.write("c.csv", "id,mother_id,father_id,D3S1358\nk,p,p,14/16\n");
    folder.write("a.csv", "id,D3S1358\np,14/15\nq,16/17\n");
    let (_, _, errors) = folder.run(MATCH);
    assert_close(log10_lr(&folder, "k", "q"), SHARES_ONE, 1e-9, "without either");
    assert!(errors.contains("k: the mother it names, p, is named as both parents"), "{errors}");
    assert_eq!(folder.table("out/rejected.csv").len(), 2);
}

#[test]
fn where_sex_and_amelogenin_contradict_each_other_neither_is_believed() {
    let folder = folder();
    folder.write("c.csv", "id,mother_id,AMEL,D3S1358\nk,a1,X,14/16\nl,,X,14/16\n");
    folder.write("a.csv", "id,sex,AMEL,D3S1358\na1,M,X,14/15\na2,F,\"X,Y\",16/17\na3,M,\"X,Y\",16/18\n");
    let (_, _, errors) = folder.run(MATCH);
    // a1 is a mother as stated, since nobody knows that she is a man: the child's 16 is its father's.
    assert_close(log10_lr(&folder, "k", "a3"), 5.0_f64.log10(), 1e-9, "k's father");
    let conflicting = row(&folder, "l", "a2");
    assert_eq!(conflicting["candidate_sex"], "unknown");
    assert!(conflicting["flags"].contains("sex_conflict"), "{}", conflicting["flags"]);
    assert!(!row(&folder, "l", "a3")["flags"].contains("sex_conflict"));
    assert!(
        errors.contains(
            "amelogenin contradict each other, or several rows of one sample do (a1, a2): neither is believed"
        ),
        "{errors}"
    );
    let rejected = folder.table("out/rejected.csv");
    assert!(rejected.len() == 2 && rejected[0]["reason"].contains("neither is believed"), "{rejected:?}");

    folder.succeed("pack a.csv --out a.parquet");
    let before = folder.tables("out");
    folder.succeed(&MATCH.replace("a.csv", "a.parquet"));
    assert!(before == folder.tables("out"), "packed or not");
}

/// A woman's sex column and a man's amelogenin: the body is compared with the missing man all the same.
#[test]
fn a_body_of_contradictory_sex_is_compared_with_men_and_women() {
    let folder = folder();
    folder.write("pm.csv", "id,sex,AMEL,D3S1358\nb,F,\"X,Y\",14/16\n");
    folder.write("am.csv", "id,sex,D3S1358\ns,F,14/15\n");
    folder.write("p.csv", "family_id,person_id,father_id,mother_id,sex,missing\nf,m,,s,M,yes\nf,s,,,F,no\n");
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees p.csv --config s.toml --out out");
    assert_close(number(&folder.table("out/pairwise.csv")[0], "log10_lr"), SHARES_ONE, 1e-9, "son of s");
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(notes.contains("(b): neither is believed"), "{notes}");
}

#[test]
fn who_has_no_role_drops_out_all_the_same() {
    let folder = folder();
    folder.write("c.csv", "id,D3S1358,vWA\nk,14/16,14/16\n");
    folder.write(
        "a.csv",
        "id,role,sex,D3S1358,vWA\ncorpse,corpse,M,15,14/15\n,,,,\nnone,,M,15,14/15\nodd,suspect,M,15,14/15\n",
    );
    let run = |drop_out: &str| {
        folder.write("s.toml", settings(&format!("[observation]\ndrop_out = {drop_out}\n")));
        let (code, _, errors) = folder.run(MATCH);
        assert_eq!(code, 0, "{errors}");
        (["corpse", "none", "odd"].map(|candidate| log10_lr(&folder, "k", candidate)), errors)
    };
    let (by_role, errors) = run("{ corpse = 0.1, detainee = 0.05 }");
    assert!(by_role[0].is_finite(), "a lone 15 may hide the child's allele");
    assert_eq!([by_role[1], by_role[2]], [by_role[0]; 2]);
    let without =
        "no role is known of 2 of the samples: drop-out 0.1 is used for them, the larger of corpse and detainee";
    assert!(errors.contains(without), "{errors}");
    assert!(errors.contains("are none of corpse, detainee, child and relative (`suspect`; 1 in all)"), "{errors}");

    let (with_default, errors) = run("{ corpse = 0.1, default = 0.0 }");
    assert_eq!(with_default[1], f64::NEG_INFINITY);
    assert!(errors.contains("drop-out 0 is used for them, `default` of observation.drop_out"), "{errors}");

    let (for_all, errors) = run("0.1");
    assert_eq!(for_all, [for_all[0]; 3]);
    assert!(!errors.contains("no role is known"), "{errors}");
    assert_eq!(folder.json("out/manifest.json")["settings"]["observation"]["drop_out"], 0.1);

    let (nobody, errors) = run("{ child = 0.0 }");
    assert_eq!(nobody, [f64::NEG_INFINITY; 3]);
    assert!(!errors.contains("no role is known"), "{errors}");
}

#[test]
fn a_column_without_effect_is_named() {
    let folder = folder();
    folder.write("c.csv", "id,D3S1358\nk,14/16\n");
    folder.write("a.csv", "id,population,D3S1358\na,Basque,14/15\n");
    let (_, _, errors) = folder.run(MATCH);
    assert!(errors.contains("the column `population` has no effect"), "{errors}");
    folder.write("a.csv", "id,population,D3S1358\na,,14/15\n");
    let (_, _, errors) = folder.run(MATCH);
    assert!(!errors.contains("population"), "{errors}");
}

//! Ids that stand in several rows: what agrees is merged, what contradicts itself is set aside, and lists that were numbered
//! each on its own lose nobody.
//!
//! Alleles have frequency 0.1 each, without theta and mutation: who shares one of two different alleles with the child has LR
//! 1/(4 · 0.1) = 2.5 at a locus, log10 0.397940.

use super::match_support::{Folder, Row, assert_close, number};
use super::whose_profile::{MATCH, SHARES_ONE, folder};

fn row(folder: &Folder, child: &str, candidate: &str) -> Row {
    let is_it = |row: &Row| row["child_id"] == child && row["candidate_id"] == candidate;
    folder.table("out/matches.csv").into_iter().find(is_it).unwrap_or_else(|| panic!("no {child} with {candidate}"))
}

/// log10 LR over so many loci that each share one allele.
fn assert_shares(folder: &Folder, child: &str, candidate: &str, loci: usize) {
    let found = row(folder, child, candidate);
    assert_close(number(&found, "log10_lr"), loci as f64 * SHARES_ONE, 1e-9, candidate);
    assert_eq!(found["loci_compared"], loci.to_string(), "{candidate}");
}

fn rejected(folder: &Folder) -> Vec<String> {
    let line =
        |row: &Row| format!("{}:{} {} {} {}", row["file"], row["line"], row["sample_id"], row["column"], row["value"]);
    folder.table("out/rejected.csv").iter().map(line).collect()
}

/// The child shares 14 with 14/15 at every locus.
const CHILD: &str = "id,sex,D3S1358,vWA,TH01,FGA\nk,F,14/16,14/16,14/16,14/16\n";

#[test]
fn two_kits_of_one_person_are_one_sample_whatever_the_layout() {
    let folder = folder();
    folder.write("c.csv", CHILD);
    folder.write("kit1.csv", "id,sex,D3S1358,vWA,TH01\nd,M,14/15,14/15,\n");
    folder.write("kit2.csv", "id,site,vWA,TH01,FGA\nd,north,14/15,14/15,14/15\n");
    folder.write("rows.csv", "id,sex,D3S1358,vWA,TH01,FGA\nd,M,14/15,14/15,,\nd,,,14/15,14/15,14/15\n");
    folder.write(
        "long.csv",
        "id,sex,Marker,Allele 1,Allele 2\nd,M,D3S1358,14,15\nd,,vWA,,\nd,,vWA,14,15\nd,,TH01,14,15\nd,,TH01,,\nd,,FGA,14,15\n",
    );
    folder.succeed("pack kit1.csv kit2.csv --out both.parquet");
    folder.succeed("pack kit2.csv --out kit2.parquet");
    for (files, note) in [
        ("kit1.csv --candidates kit2.csv", true),
        ("kit2.csv --candidates kit1.csv", true),
        ("kit1.csv --candidates kit2.parquet", true),
        ("rows.csv", true),
        ("both.parquet", true),
        ("long.csv", false),
    ] {
        let (code, _, errors) = folder.run(&MATCH.replace("a.csv", files));
        assert_eq!(code, 0, "{errors}");
        assert_shares(&folder, "k", "d", 4);
        assert_eq!(row(&folder, "k", "d")["candidate_sex"], "male", "{files}");
        assert_eq!(rejected(&folder), [""; 0], "{files}");
        assert_eq!(errors.contains("2 rows were merged into 1 sample (d)"), note, "{files}: {errors}");
    }
}

#[test]
fn a_locus_and_a_column_that_contradict_themselves_are_set_aside_alone() {
    let folder = folder();
    folder.write("c.csv", CHILD);
    let wide = "id,sex,site,D3S1358,vWA,TH01,FGA\nd,M,north,14/15,14/15,14/15,14\nd,M,south,14/15,14/15,14/15,14/15\n";
    folder.write("a.csv", wide);
    folder.succeed(MATCH);
    assert_shares(&folder, "k", "d", 3);
    let expected = ["a.csv:2 d FGA 14", "a.csv:2 d site north", "a.csv:3 d FGA 14,15", "a.csv:3 d site south"];
    let mut listed = rejected(&folder);
    listed.sort();
    assert_eq!(listed, expected);
    let reasons: Vec<String> = folder.table("out/rejected.csv").iter().map(|row| row["reason"].clone()).collect();
    assert!(reasons[0].contains("(`14,15` in line 3): the locus is read as missing"), "{reasons:?}");
    assert!(reasons[1].contains("(`south` in line 3): the column is read as empty"), "{reasons:?}");

    let cell =
        |line: usize, locus: &str, allele: u32| format!("d,M,{},{locus},14,{allele}\n", ["north", "south"][line]);
    let mut long = "id,sex,site,Marker,Allele 1,Allele 2\n".to_owned();
    for locus in ["D3S1358", "vWA", "TH01"] {
        long += &(cell(0, locus, 15) + &cell(1, locus, 15));
    }
    long += &(cell(0, "FGA", 14) + &cell(1, "FGA", 15));
    folder.write("a.csv", long);
    folder.succeed(MATCH);
    assert_shares(&folder, "k", "d", 3);
    let listed = folder.table("out/rejected.csv");
    let contradictions = listed.iter().filter(|row| row["reason"].starts_with("several rows of this sample"));
    assert_eq!(contradictions.count(), 3);

    // Two rows that differ at most loci are not of one person.
    folder.write("a.csv", wide.replace("14/15,14/15,14/15,14\n", "16/17,16/17,14/15,14\n"));
    folder.fail(
        MATCH,
        &[
            "no candidate",
            "a.csv, line 2 (sample d)",
            "several rows that differ",
            "vWA (16,17; 14,15)",
            "all rows there",
        ],
    );
    let long = "id,Marker,Allele 1,Allele 2\nd,vWA,14,15\nd,FGA,14,15\nd,vWA,16,17\nd,FGA,16,17\ne,vWA,14,15\n";
    folder.write("a.csv", long);
    folder.succeed(MATCH);
    assert_eq!(folder.table("out/matches.csv").len(), 1, "e alone");
    assert!(rejected(&folder).contains(&"a.csv:2 d  ".to_owned()), "{:?}", rejected(&folder));
}

#[test]
fn rows_that_disagree_about_the_sex_leave_it_unknown() {
    let folder = folder();
    folder.write("c.csv", CHILD);
    folder.write("a.csv", "id,sex,D3S1358,vWA\nd,M,14/15,14/15\nd,F,14/15,14/15\n");
    folder.succeed(MATCH);
    let found = row(&folder, "k", "d");
    assert_eq!(found["candidate_sex"], "unknown");
    assert!(found["flags"].contains("sex_conflict"), "{}", found["flags"]);
    assert_eq!(rejected(&folder), ["a.csv:2 d sex male", "a.csv:3 d sex female"]);
}

/// Children 1, 2; corpses 1, 2; detainees 1, 3: six people.
fn numbered() -> Folder {
    let folder = folder();
    folder.write("c.csv", "id,sex,D3S1358,vWA,TH01,FGA\n1,F,14/16,14/16,14/16,14/16\n2,F,18/19,18/19,18/19,18/19\n");
    folder.write(
        "corpses.csv",
        "id,sex,D3S1358,vWA,TH01,FGA\n1,F,14/15,14/15,14/15,14/15\n2,M,18/17,18/17,18/17,18/17\n",
    );
    folder.write(
        "detainees.csv",
        "id,sex,D3S1358,vWA,TH01,FGA\n1,M,16/12,16/12,16/12,16/12\n3,F,10/11,10/11,10/11,10/11\n",
    );
    folder
}

const NUMBERED: &str = "match --children c.csv --candidates corpses.csv --candidates detainees.csv --config s.toml \
                        --min-log10-lr none --out out --force";

#[test]
fn lists_numbered_from_1_lose_nobody() {
    let folder = numbered();
    let (code, _, errors) = folder.run(NUMBERED);
    assert_eq!(code, 0, "{errors}");
    assert_shares(&folder, "c:1", "corpses:1", 4);
    assert_shares(&folder, "c:1", "detainees:1", 4);
    assert_shares(&folder, "c:2", "corpses:2", 4);
    assert_eq!(row(&folder, "c:2", "3")["log10_lr"], "-inf");
    assert_eq!((folder.table("out/matches.csv").len(), rejected(&folder).len()), (8, 0));
    assert!(errors.contains("2 ids are those of different people in different lists"), "{errors}");

    // Nothing depends on the order of the rows or of the files.
    let before = folder.tables("out");
    folder.write(
        "corpses.csv",
        "id,sex,D3S1358,vWA,TH01,FGA\n2,M,18/17,18/17,18/17,18/17\n1,F,14/15,14/15,14/15,14/15\n",
    );
    folder
        .succeed(&NUMBERED.replace("corpses.csv --candidates detainees.csv", "detainees.csv --candidates corpses.csv"));
    assert!(before == folder.tables("out"));
    folder.succeed("pack corpses.csv detainees.csv --out adults.parquet");
    folder.succeed(&NUMBERED.replace("corpses.csv --candidates detainees.csv", "adults.parquet"));
    assert!(before == folder.tables("out"), "packed");
}

#[test]
fn explain_takes_the_list_s_own_id_and_the_full_name() {
    let folder = numbered();
    let explain =
        NUMBERED.replace("match", "explain").replace(" --out out --force", "").replace("--min-log10-lr none", "");
    let asked = format!("{explain} --child 1 --candidate corpses:1 --format json");
    let shown: serde_json::Value = serde_json::from_str(&folder.succeed(&asked)).unwrap();
    assert_eq!((&shown["child"], &shown["candidate"]), (&"c:1".into(), &"corpses:1".into()));
    folder.succeed(&format!("{explain} --child 2 --candidate 2"));
    folder.fail(
        &format!("{explain} --child 1 --candidate 1"),
        &["`1` is the id of several people", "corpses:1, detainees:1"],
    );
}

#[test]
fn a_named_mother_is_looked_for_in_all_lists() {
    let folder = numbered();
    let children =
        |mother: &str| format!("id,sex,mother_id,D3S1358,vWA,TH01,FGA\n1,F,{mother},14/16,14/16,14/16,14/16\n");
    folder.write("c.csv", children("1"));
    let (_, _, errors) = folder.run(NUMBERED);
    assert!(
        errors.contains("the mother it names, 1, is the id of several people (corpses:1, detainees:1;"),
        "{errors}"
    );
    assert_eq!(rejected(&folder), ["c.csv:2 1 mother_id 1"]);
    folder.write("c.csv", children("corpses:1"));
    folder.succeed(NUMBERED);
    // The mother gave 14: the father's 16 has frequency 0.1, and detainee 1 passes it on with probability 1/2.
    assert_close(number(&row(&folder, "c:1", "detainees:1"), "log10_lr"), 4.0 * 5.0_f64.log10(), 1e-9, "father");
    assert_eq!(rejected(&folder), [""; 0]);
}

#[test]
fn roles_of_one_file_tell_people_apart() {
    let folder = folder();
    let all = "id,role,sex,D3S1358,vWA\n1,child,F,14/16,14/16\n1,corpse,M,14/15,14/15\n2,detainee,M,16/12,16/12\n";
    let long = "id,role,sex,Marker,Allele 1,Allele 2\n1,child,F,D3S1358,14,16\n1,corpse,M,D3S1358,14,15\n1,child,F,vWA,14,16\n\
                1,corpse,M,vWA,14,15\n2,detainee,M,D3S1358,16,12\n2,detainee,M,vWA,16,12\n";
    for text in [all, long] {
        folder.write("all.csv", text);
        folder.succeed(&MATCH.replace("c.csv", "all.csv").replace("a.csv", "all.csv"));
        assert_shares(&folder, "child:1", "corpse:1", 2);
        assert_shares(&folder, "child:1", "2", 2);
        assert_eq!(folder.table("out/matches.csv").len(), 2);
    }
}

#[test]
fn one_profile_in_both_lists_is_one_child() {
    let folder = folder();
    folder.write("c.csv", CHILD);
    folder.write("a.csv", "id,sex,D3S1358,vWA,TH01,FGA\nk,F,14/16,14/16,14/16,14/16\nd,M,14/15,14/15,14/15,14/15\n");
    let (_, _, errors) = folder.run(MATCH);
    assert!(errors.contains("1 id stands in both lists with the same profile (k): one person, a child"), "{errors}");
    let pairs: Vec<_> = folder.table("out/matches.csv").iter().map(|row| row["candidate_id"].clone()).collect();
    assert_eq!(pairs, ["d"]);
    // Said to be a detainee there, it is both, under two names.
    folder.write("a.csv", "id,role,sex,D3S1358,vWA,TH01,FGA\nk,detainee,F,14/16,14/16,14/16,14/16\n");
    folder.succeed(MATCH);
    let pairs = folder.table("out/matches.csv");
    assert_eq!((pairs.len(), pairs[0]["child_id"].as_str(), pairs[0]["candidate_id"].as_str()), (1, "c:k", "a:k"));
}

#[test]
fn remains_and_relatives_have_numbers_of_their_own() {
    let folder = folder();
    folder.write("pm.csv", "id,sex,D3S1358,vWA\n1,F,14/16,14/16\n2,M,14/16,14/16\n");
    folder.write("am.csv", "id,sex,D3S1358,vWA\n1,F,14/15,14/15\n");
    folder.write("p.csv", "family_id,person_id,father_id,mother_id,sex,missing\nf,2,,1,F,yes\nf,1,,,F,no\n");
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees p.csv --config s.toml --out out");
    let pairs = folder.table("out/pairwise.csv");
    assert_eq!((pairs.len(), pairs[0]["victim_id"].as_str()), (1, "1"));
    assert_close(number(&pairs[0], "log10_lr"), 2.0 * SHARES_ONE, 1e-9, "daughter of 1");
}

#[test]
fn who_is_missing_and_why() {
    let folder = folder();
    folder.write("c.csv", "id,role,D3S1358\nk,corpse,14/16\nl,detainee,14/16\n");
    folder.write("a.csv", "id,D3S1358\nd,14/15\n");
    folder.fail(MATCH, &["no child among", "the samples there are 1 of role corpse, 1 of role detainee"]);
}

#[test]
fn ids_that_look_alike_are_noted() {
    let folder = folder();
    folder.write("c.csv", CHILD);
    folder.write("a.csv", "id,D3S1358\nD042,14/15\nd042,16/17\n\u{ff24}043,14/15\nD043,14/18\n");
    let (_, _, errors) = folder.run(MATCH);
    assert!(errors.contains("D042 and d042"), "{errors}");
    assert!(errors.contains("D043 and \u{ff24}043"), "{errors}");
    assert_eq!(folder.table("out/matches.csv").len(), 4);
}

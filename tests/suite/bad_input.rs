//! Input that cannot be used: exit code 2 and one clear message, or a line in `rejected.csv`; never a crash, never silence.

use super::match_support::Folder;
use serde_json::json;

const CHILDREN: &str = "sample_id,D3S1358,vWA,TH01\nc1,15/16,17/18,6/9.3\nc2,14/15,16/17,7/8\n";
const ADULTS: &str = "sample_id,sex,D3S1358,vWA,TH01\na1,M,15/17,17,6/7\na2,F,16,18/19,9.3/10\n";
const MATCH: &str = "match --children c.csv --candidates a.csv --out out";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("c.csv", CHILDREN);
    folder.write("a.csv", ADULTS);
    folder
}

/// The case with another candidates' file is refused with a message that has all these parts, and nothing is written.
fn refuse_adults(content: impl AsRef<[u8]>, parts: &[&str]) {
    let folder = folder();
    folder.write("a.csv", content);
    folder.fail(MATCH, parts);
    assert!(!folder.path("out").exists());
}

#[test]
fn files_that_are_no_profiles() {
    let folder = folder();
    folder.fail("match --children c.csv --candidates missing.csv --out out", &["missing.csv", "No such file"]);
    folder.fail("match --children . --candidates a.csv --out out", &["cannot be read"]);
    refuse_adults("", &["a.csv: the file is empty"]);
    refuse_adults("sample_id,sex,vWA\n", &["a.csv: no profile in it"]);
    refuse_adults("vWA,TH01\n17,6\n", &["a.csv, line 1: no column with the sample ids", "--id-column"]);
    refuse_adults("sample_id,colour\na,red\n", &["a.csv, line 1: no locus recognised", "`colour`"]);
    refuse_adults(b"PK\x03\x04rest", &["a.csv", "spreadsheet"]);
    refuse_adults(b"a\0b", &["a.csv", "binary"]);
}

#[test]
fn nobody_to_compare() {
    let folder = folder();
    folder.write("c.csv", "sample_id,role,vWA\nc1,corpse,17/18\n");
    folder.fail(MATCH, &["no child among the samples of --children", "role `child`"]);
    folder.write("c.csv", CHILDREN);
    folder.write("a.csv", "sample_id,role,vWA\na1,child,17/18\n");
    folder.fail(MATCH, &["no candidate among the samples of --candidates", "--candidates-include-children"]);
}

#[test]
fn ids_that_stand_twice() {
    let folder = folder();
    folder.write("a.csv", format!("{ADULTS}a1,M,15/17,17,6/7\n"));
    folder.succeed(&format!("{MATCH} --min-log10-lr none"));
    let rejected = folder.table("out/rejected.csv");
    assert_eq!((rejected.len(), rejected[0]["line"].as_str()), (1, "4"));
    assert!(rejected[0]["reason"].contains("repeats the row of this id in line 2"));
    assert_eq!(folder.table("out/matches.csv").len(), 4);

    folder.write("a.csv", format!("{ADULTS}a1,M,15/17,17/18,6/8\n"));
    folder.succeed(&format!("{MATCH} --min-log10-lr none --force"));
    let rejected = folder.table("out/rejected.csv");
    assert_eq!(rejected.iter().map(|row| row["line"].as_str()).collect::<Vec<_>>(), ["2", "4"]);
    assert!(rejected[0]["reason"].contains("(also line 4): vWA (17; 17,18), TH01 (6,7; 6,8); all of them"));
    assert_eq!(folder.table("out/matches.csv").len(), 2, "only a2 is left");
    folder.fail(&format!("{MATCH} --force --strict"), &["a.csv, line 2", "a1", "several rows that differ"]);
}

#[test]
fn cells_that_say_nothing_usable() {
    let folder = folder();
    folder.write(
        "a.csv",
        "sample_id,sex,D3S1358,vWA,TH01\na1,M,15/17,OL,abc\na2,Q,16,<8,11/12/13\nshort,M,16\n,M,16,17,6\n",
    );
    folder.succeed(&format!("{MATCH} --min-log10-lr none"));
    let rejected = folder.table("out/rejected.csv");
    let listed: Vec<_> =
        rejected.iter().map(|row| format!("{} {} {}", row["line"], row["column"], row["value"])).collect();
    assert_eq!(listed, ["2 vWA OL", "2 TH01 abc", "3 sex Q", "3 vWA <8", "3 TH01 11/12/13", "4  ", "5 sample_id "]);
    assert_eq!(folder.table("out/matches.csv").len(), 4);
}

#[test]
fn frequencies_that_cannot_be() {
    for (content, parts) in [
        ("locus,allele,frequency\nvWA,17,-0.1\nvWA,18,1.1\n", &["f.csv, line 2", "-0.1"][..]),
        ("locus,allele,frequency\nvWA,17,0.5\nvWA,18,0.9\n", &["f.csv", "vWA", "1.4"]),
        ("locus,allele,frequency\nvWA,17,0.2\nvWA,18,0.3\n", &["f.csv", "vWA", "0.5"]),
        ("locus,allele,frequency\nvWA,17,abc\n", &["f.csv, line 2", "abc"]),
        ("locus,allele,frequency\nvWA,x17,1\n", &["f.csv, line 2", "x17"]),
        ("locus,allele,frequency\n", &["f.csv"]),
        ("", &["f.csv"]),
        ("locus,allele,frequency\nSE33,17,0.5\nSE33,18,0.5\n", &["none of the 3 loci of the profiles has frequencies"]),
    ] {
        let folder = folder();
        folder.write("f.csv", content);
        folder.fail(&format!("{MATCH} --frequencies f.csv"), parts);
        assert!(!folder.path("out").exists());
    }
    folder().fail(
        &format!("{MATCH} --frequencies nist1036:caucasian"),
        &["nist1036:caucasian", "did you mean `nist1036:cauc`?"],
    );
    folder().fail(&format!("{MATCH} --frequencies f.csv"), &["f.csv", "neither a file nor a bundled table"]);
}

#[test]
fn settings_that_cannot_be() {
    for (content, parts) in [
        ("[search]\ntpo = 3\n", &["s.toml, line 2", "tpo", "`top`"][..]),
        ("[serach]\ntop = 3\n", &["s.toml, line 1", "serach", "`search`"]),
        ("[population]\nthetta = 0.1\n", &["thetta", "`theta`"]),
        ("[search]\ntop = \"ten\"\n", &["s.toml, line 2, column 7", "ten", "whole number"]),
        ("[search]\ntop = 0\n", &["search.top", "found 0"]),
        ("[population]\ntheta = 1.5\n", &["population.theta", "1.5"]),
        ("[mutation]\nmodel = \"stepwize\"\n", &["s.toml, line 2", "stepwize", "stepwise"]),
        ("[mutation]\nmodel = \"custom\"\n", &["custom", "marker file"]),
        ("[mutation]\nrates = \"no.csv\"\n", &["no.csv"]),
        ("[search\n", &["s.toml, line 1"]),
    ] {
        let folder = folder();
        folder.write("s.toml", content);
        folder.fail(&format!("{MATCH} --config s.toml"), parts);
        assert!(!folder.path("out").exists());
    }
    folder().fail(&format!("{MATCH} --config no.toml"), &["no.toml"]);
}

#[test]
fn arguments_that_cannot_be() {
    let folder = folder();
    for (argument, parts) in [
        ("--threads 0", &["--threads", "from 1 to 1024"][..]),
        ("--threads many", &["--threads", "many"]),
        ("--top 0", &["top", "at least 1"]),
        ("--top -1", &["-1"]),
        ("--min-log10-lr abc", &["--min-log10-lr", "abc", "`none`"]),
        ("--min-log10-lr nan", &["--min-log10-lr", "nan"]),
        ("--relationship cousin", &["--relationship", "cousin"]),
        ("--relationship unrelated", &["relationship", "unrelated"]),
        ("--wibble", &["--wibble"]),
        ("--frequencies nist1036:cauc --markers m.json", &["cannot be used with"]),
    ] {
        folder.fail(&format!("{MATCH} {argument}"), parts);
    }
    folder.fail("match --children c.csv --out out", &["--candidates"]);
    folder.fail("match --children c.csv --candidates a.csv", &["--out"]);
    folder.fail(&format!("{MATCH} --id-column Probe"), &["no column `Probe`"]);
    assert!(!folder.path("out").exists());
}

/// 9.26 is not 9.3.
#[test]
fn labels_that_would_have_to_be_rounded() {
    let folder = folder();
    folder.write("a.csv", format!("{ADULTS}a3,F,15/17,17,6/9.26\na4,F,15/17,17,6.0/9.3000000000000007\n"));
    folder.succeed(&format!("{MATCH} --min-log10-lr none"));
    let rejected = folder.table("out/rejected.csv");
    assert_eq!(rejected.len(), 1);
    assert_eq!((rejected[0]["line"].as_str(), rejected[0]["locus"].as_str()), ("4", "TH01"));
    assert!(rejected[0]["value"].contains("9.26"), "{rejected:?}");
}

#[test]
fn marker_files_that_cannot_be() {
    let locus = |change: fn(&mut serde_json::Value)| {
        let mut locus = json!({"name": "vWA", "alleles": ["17", "18"], "frequencies": [0.5, 0.5], "mutation": null});
        change(&mut locus);
        json!({ "loci": [locus] }).to_string()
    };
    for (content, parts) in [
        ("{".to_owned(), &["m.json", "no JSON"][..]),
        ("{}".to_owned(), &["m.json", "loci"]),
        ("{\"loci\": [],\n\"loci\": []}".to_owned(), &["m.json", "the key `loci` stands twice", "line 2"]),
        (locus(|locus| locus["frequencies"] = json!([0.5, 0.4, 0.1])), &["m.json", "vWA", "2 alleles"]),
        (locus(|locus| locus["frequencies"] = json!([1.5, -0.5])), &["m.json", "vWA"]),
        (locus(|locus| locus["frequencies"] = json!([0.5, 0.1])), &["m.json", "vWA", "0.6"]),
        (locus(|locus| locus["frequencies"] = json!(["a", 0.1])), &["m.json"]),
        (locus(|locus| locus["alleles"] = json!(["17", "17"])), &["m.json", "17"]),
        (locus(|locus| locus["theta"] = json!(2)), &["m.json", "theta", "2"]),
        (locus(|locus| locus["chromosome"] = json!("y")), &["m.json", "`y`"]),
        (locus(|locus| locus["mutation"] = json!({"model": "odd"})), &["m.json", "odd"]),
        (
            locus(|locus| {
                let rows = json!({"matrix": [[0.9, 0.2], [0.1, 0.9]]});
                locus["mutation"] = json!({"model": "custom", "female": rows, "male": rows});
            }),
            &["m.json", "vWA", "row"],
        ),
    ] {
        let folder = folder();
        folder.write("m.json", content);
        folder.fail(&format!("{MATCH} --markers m.json"), parts);
        assert!(!folder.path("out").exists());
    }
    folder().fail(&format!("{MATCH} --markers no.json"), &["no.json", "No such file"]);
}

#[test]
fn a_case_whose_parents_form_a_cycle() {
    let folder = Folder::new();
    let person = |id: &str, father: Option<&str>| json!({"id": id, "father": father, "mother": null, "sex": "male"});
    let case = json!({
        "id": "cycle",
        "loci": [{"name": "L", "alleles": ["1", "2"], "frequencies": [0.5, 0.5]}],
        "hypotheses": [{"name": "H1", "individuals": [person("A", Some("B")), person("B", Some("A"))]}],
        "genotypes": {"A": {"L": ["1", "2"]}}
    });
    folder.write("case.json", case.to_string());
    let (code, output, errors) = folder.run("lr case.json");
    assert_eq!((code, output.as_str()), (2, ""));
    assert!(errors.contains("case.json") && errors.contains("cycle") && errors.lines().count() == 1, "{errors}");
}

#[test]
fn one_file_for_children_and_candidates() {
    let folder = Folder::new();
    let all =
        "sample_id,role,sex,D3S1358,vWA,TH01\nc,child,,15/16,17/18,6/9.3\na,corpse,M,15,17,6\nb,detainee,F,16,18,9.3\n";
    folder.write("all.csv", all);
    folder.succeed("match --children all.csv --candidates all.csv --min-log10-lr none --out out");
    let pairs: Vec<_> = folder
        .table("out/matches.csv")
        .iter()
        .map(|row| format!("{}-{}", row["child_id"], row["candidate_id"]))
        .collect();
    assert_eq!(pairs.len(), 2);
    assert!(pairs.iter().all(|pair| pair.starts_with("c-")), "{pairs:?}");
    assert_eq!(folder.table("out/rejected.csv").len(), 0);
}

#[test]
fn a_messy_export_is_read_and_told_of() {
    let folder = folder();
    let latin = b"\"Sample Name\";Geschlecht;sex;site;D3S1358 1;D3S1358 2;vwa_1;vwa_2;THO1;THO1;Bemerkung\r\n\
        a1;x;m;K\xf6ln;15;17;17;;6;7;\xfcber\r\n\
        a2;x;F;M\xfcnchen;16;16,0;18;19;9,3;10;\r\n\
        \r\n\
        a3;x;F;;OL;16;0;0;9,3;;\r\n";
    folder.write("a.csv", latin);
    folder.succeed(&format!("{MATCH} --min-log10-lr none"));
    let messy = folder.table("out/matches.csv");
    let rejected = folder.table("out/rejected.csv");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert_eq!((rejected[0]["line"].as_str(), rejected[0]["value"].as_str()), ("5", "OL,16"));
    folder.write("a.csv", format!("{ADULTS}a3,F,,,9.3\n"));
    folder.succeed(&format!("{MATCH} --min-log10-lr none --force"));
    assert_eq!(folder.table("out/matches.csv"), messy, "the same as the tidy file");
}

#[test]
fn parents_who_are_named_but_not_there_are_told_of() {
    let folder = folder();
    folder.write("c.csv", "sample_id,mother_id,D3S1358,vWA,TH01\nc1,nobody,15/16,17/18,6/9.3\n");
    let (code, _, errors) = folder.run(MATCH);
    assert_eq!(code, 0);
    assert!(errors.contains("c1: the mother it names, nobody, is not among the profiles"), "{errors}");
    assert!(folder.json("out/manifest.json")["notes"].to_string().contains("nobody"));
}

#[test]
fn alleles_that_nobody_has() {
    let folder = folder();
    folder.write(
        "a.csv",
        "sample_id,sex,D3S1358,vWA,TH01\na1,M,1517,17,6/7\na2,F,6.25,18/19,9.3000000000000007/10\na3,F,\"16,NA\",18/19,-1\n",
    );
    folder.succeed(&format!("{MATCH} --min-log10-lr none"));
    let rejected = folder.table("out/rejected.csv");
    let listed: Vec<_> = rejected.iter().map(|row| format!("{} {}", row["column"], row["value"])).collect();
    assert_eq!(listed, ["D3S1358 1517", "D3S1358 6.25", "D3S1358 16,NA", "TH01 -1"]);
    assert!(rejected[0]["reason"].contains("from 1 to 99.9"), "{}", rejected[0]["reason"]);
    assert_eq!(folder.json("out/manifest.json")["added_alleles"], json!([]), "no model has an allele 1517");

    folder.write("f.csv", "locus,allele,frequency\nvWA,17,0.5\nvWA,1718,0.5\n");
    folder.fail(&format!("{MATCH} --force --frequencies f.csv"), &["f.csv, line 3", "1718", "from 1 to 99.9"]);
    let locus = json!({ "name": "vWA", "alleles": ["17", "1718"], "frequencies": [0.5, 0.5] });
    folder.write("m.json", json!({ "loci": [locus] }).to_string());
    folder.fail(&format!("{MATCH} --force --markers m.json"), &["m.json", "1718", "from 1 to 99.9"]);
}

#[test]
fn the_help_lists_the_relationships_that_are_looked_for() {
    let help = folder().succeed("match --help");
    assert!(help.contains("avuncular") && help.contains("half-sibling"));
    assert!(!help.contains("first-cousin") && !help.contains("unrelated:"), "{help}");
}

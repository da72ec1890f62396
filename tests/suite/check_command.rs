//! `filia check` through the built binary: messages and exit codes.

use super::match_support::Folder;
use std::fs;

fn check(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    folder.run_list(&[&["check"], arguments].concat())
}

const EIGHT: &str = "D3S1358,vWA,TH01,FGA,TPOX,CSF1PO,D18S51,D21S11";
const TYPED: &str = "15/16,17/18,6/7,20/21,8/9,10/11,12/13,28/29";

#[test]
fn a_clean_file_is_clean() {
    let folder = Folder::new();
    folder.write("good.csv", format!("sample_id,{EIGHT}\na,{TYPED}\nb,{TYPED}\n"));
    let (code, output, errors) = check(&folder, &["good.csv"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(output.contains("good.csv: 2 rows, 2 samples, 8 loci"), "{output}");
    assert!(output.contains("0  problems in all"), "{output}");
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 1, "nothing is written");
}

#[test]
fn files_that_cannot_be_used_end_with_one_message() {
    let folder = Folder::new();
    folder.write("empty.csv", "");
    folder.write("blank.csv", "\n \n");
    folder.write("header.csv", "sample_id,vWA\n");
    folder.write("no_id.csv", "vWA,TH01\n17,6\n");
    folder.write("no_locus.csv", "sample_id,colour\na,red\n");
    folder.write("book.xlsx", b"PK\x03\x04rest");
    folder.write("binary.csv", b"a\0b");
    folder.write("all_bad.csv", "sample_id,vWA\n,17\n");
    for (name, message) in [
        ("missing.csv", "missing.csv: cannot be read"),
        ("empty.csv", "empty.csv: the file is empty"),
        ("blank.csv", "blank.csv: the file is empty"),
        ("header.csv", "header.csv: no profile in it (a header line and nothing below)"),
        ("no_id.csv", "no_id.csv, line 1: no column with the sample ids (found `vWA`, `TH01`; expected sample_id"),
        ("no_locus.csv", "no_locus.csv, line 1: no locus recognised (found `sample_id`, `colour`; expected"),
        ("book.xlsx", "book.xlsx: this is a zip archive and no spreadsheet (xlsx, ods) that can be read ("),
        ("binary.csv", "binary.csv: this is a binary file, not text"),
        ("all_bad.csv", "all_bad.csv, line 2, column `sample_id`: no sample id"),
        (".", "cannot be read"),
    ] {
        let (code, output, errors) = check(&folder, &[name]);
        assert_eq!((code, output.as_str()), (2, ""), "{name}");
        assert!(errors.contains(message), "{name}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
    let (code, _, errors) = check(&folder, &["no_id.csv", "--id-column", "Probe"]);
    assert_eq!(code, 2);
    assert!(errors.contains("no column `Probe` (--id-column); found `vWA`, `TH01`"), "{errors}");
    assert_eq!(check(&folder, &[]).0, 2);
}

#[test]
fn strict_stops_at_the_first_thing_left_out() {
    let folder = Folder::new();
    folder.write("a.csv", format!("sample_id,{EIGHT}\na,{TYPED}\nb,OL,{}\n", &TYPED[6..]));
    assert_eq!(check(&folder, &["a.csv"]).0, 1);
    let (code, _, errors) = check(&folder, &["a.csv", "--strict"]);
    assert_eq!(code, 2);
    assert!(errors.contains("a.csv, line 3, column `D3S1358` (sample b): `OL`"), "{errors}");
}

#[test]
fn unquoted_pairs_in_a_comma_file_are_explained() {
    let folder = Folder::new();
    folder.write("a.csv", format!("sample_id,{EIGHT}\na,{TYPED}\nb,{}\n", TYPED.replace('/', ",")));
    let (code, output, _) = check(&folder, &["a.csv"]);
    assert_eq!(code, 1);
    assert!(output.contains("a.csv, line 3 (sample b): row of 17 cells, the header has 9: row left out"), "{output}");
    assert!(output.contains("put cells with a comma in quotes"), "{output}");
}

#[test]
fn contradictions_between_samples_are_problems() {
    let folder = Folder::new();
    let children = format!(
        "id,birth_year,mother_id,father_id,{EIGHT}\n\
         c1,2010,m,,{TYPED}\n\
         c2,2010,f,nobody,{TYPED}\n\
         c3,1940,,,{TYPED}\n\
         c4,2001,,young,{TYPED}\n"
    );
    folder.write("children.csv", children);
    let adults = format!(
        "id,sex,birth_year,{EIGHT},SE33\n\
         m,F,1980,{TYPED},20\n\
         f,M,1950,{TYPED},20\n\
         young,M,2001,{TYPED},20\n\
         few,M,1970,15,,,,,,,,\n"
    );
    folder.write("adults.csv", adults);
    let arguments = ["--children", "children.csv", "--candidates", "adults.csv", "--format", "csv"];
    let (code, output, _) = check(&folder, &arguments);
    assert_eq!(code, 1);
    let expected = [
        "children.csv,,,,SE33,SE33,only in adults.csv",
        "children.csv,3,mother_id,c2,,f,the stated mother is not of that sex: the statement is not used",
        "children.csv,3,father_id,c2,,nobody,the stated father is not among the samples",
        "children.csv,4,birth_year,c3,,1940,born before every candidate whose year of birth is known",
        "children.csv,5,father_id,c4,,young,the stated father was not born before the child",
        "adults.csv,5,,few,,,only 1 locus typed",
    ];
    assert_eq!(output.lines().skip(1).collect::<Vec<_>>(), expected);
    let (_, json, _) = check(&folder, &[&arguments[..4], &["--format", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["problems"].as_array().unwrap().len(), expected.len());
    assert_eq!(json["counts"]["child older than its parent"], 2);
}

#[test]
fn loci_without_frequencies_are_problems() {
    let folder = Folder::new();
    folder.write("a.csv", format!("id,{EIGHT},L9,D1S1677\na,{TYPED},5,14\n"));
    let mut frequencies = String::from("locus,allele,frequency\n");
    for locus in EIGHT.split(',').chain(["L9"]) {
        frequencies += &format!("{locus},10,0.5\n{locus},11,0.5\n");
    }
    folder.write("frequencies.csv", frequencies);
    let (code, output, errors) = check(&folder, &["a.csv", "--frequencies", "frequencies.csv", "--format", "csv"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    let problems: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(problems, ["a.csv,,,,D1S1677,D1S1677,no allele frequencies: the locus is not used"]);
    let (code, _, errors) = check(&folder, &["a.csv", "--config", "none.toml"]);
    assert_eq!(code, 2);
    assert!(errors.contains("none.toml"), "{errors}");
}

#[test]
fn named_parents_with_another_profile_and_roles_that_do_not_fit_are_problems() {
    let folder = Folder::new();
    let other = TYPED.replace("15/16", "12/13").replace("6/7", "8/9");
    folder.write(
        "children.csv",
        format!("id,role,sex,mother_id,{EIGHT}\nc,child,,m,{TYPED}\nd,,,d,{TYPED}\ncorpse,corpse,,,{TYPED}\n"),
    );
    folder.write("adults.csv", format!("id,role,sex,{EIGHT}\nm,,F,{other}\ne,child,,{TYPED}\nd,child,,{TYPED}\n"));
    let arguments = ["--children", "children.csv", "--candidates", "adults.csv", "--format", "csv"];
    let (code, output, _) = check(&folder, &arguments);
    assert_eq!(code, 1);
    let expected = [
        "children.csv,2,mother_id,c,,m,\"shares no allele with the stated mother at 2 of 8 loci: a mutation where it is one, else perhaps a carer or a swapped sample\"",
        "children.csv,3,mother_id,d,,d,names itself as its mother: not used",
        "children.csv,4,role,corpse,,corpse,role corpse among the children: not used (candidates belong in --candidates)",
        "adults.csv,3,role,e,,child,a child among the candidates: not used (--candidates-include-children makes children candidates)",
    ];
    assert_eq!(output.lines().skip(1).collect::<Vec<_>>(), expected);
    folder.write("own.csv", format!("id,mother_id,{EIGHT}\nd,d,{TYPED}\n"));
    let (_, output, _) = check(&folder, &["own.csv", "--format", "csv"]);
    assert_eq!(
        output.lines().skip(1).collect::<Vec<_>>(),
        ["own.csv,2,mother_id,d,,d,names itself as its mother: not used"]
    );
}

#[test]
fn loci_that_a_marker_file_lacks_are_problems() {
    let folder = Folder::new();
    folder.write("a.csv", format!("id,{EIGHT},L9\na,{TYPED},5\n"));
    let locus = |name: &str| format!(r#"{{"name": "{name}", "alleles": ["5"], "frequencies": [1]}}"#);
    let loci: Vec<_> = EIGHT.split(',').skip(1).chain(["L9"]).map(locus).collect();
    folder.write("m.json", format!(r#"{{"loci": [{}]}}"#, loci.join(",")));
    let (code, output, errors) = check(&folder, &["a.csv", "--markers", "m.json", "--format", "csv"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    let problems: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(problems, ["a.csv,,,,D3S1358,D3S1358,no allele frequencies: the locus is not used"]);
    assert_eq!(check(&folder, &["a.csv", "--markers", "none.json"]).0, 2);
}

#[test]
fn files_that_are_no_profiles_are_told_what_they_are() {
    let folder = Folder::new();
    let rates = "locus,female,male\nTH01,0.0001,0.0002\ndefault,0.001,0.002\n";
    let pedigree = "family_id,person_id,father_id,mother_id,sex,missing\nF,FA,,,M,yes\nF,C,FA,,M,\n";
    for (name, content, message) in [
        (
            "f.csv",
            "locus,allele,frequency\nTH01,6,0.4\nTH01,9.3,0.6\n",
            "f.csv is a frequency table that can be used (loci: 1), no profiles",
        ),
        (
            "w.csv",
            "Allele,TH01,vWA\n6,0.4,\n9.3,0.6,\n17,,1\n",
            "w.csv is a frequency table that can be used (loci: 2), no profiles",
        ),
        ("r.csv", rates, "r.csv is a table of mutation rates that can be used"),
        (
            "l.csv",
            "locus_a,locus_b,recombination\nvWA,D12S391,0.1\n",
            "l.csv is a table of recombination fractions that can be used",
        ),
        (
            "p.csv",
            pedigree,
            "p.csv is a pedigree file that can be used (families: 1), no profiles: give it to `filia identify --pedigrees`",
        ),
        (
            "q.csv",
            &pedigree.replace("FA,,,M", "FA,,,often"),
            "q.csv is a pedigree file, no profiles, and cannot be used: ",
        ),
        (
            "s.toml",
            "[population]\ntheta = 0.02\n",
            "s.toml is a settings file, no profiles; it can be used: `filia check --config s.toml PROFILES.csv`",
        ),
        ("t.toml", "[population]\nthetta = 0.02\n", "t.toml is a settings file, no profiles, and cannot be used: "),
        ("m.json", "{\"loci\": [{}]}", "m.json is a marker file, no profiles, and cannot be used: "),
        ("c.json", "{\"hypotheses\": []}", "c.json is a case file, no profiles, and cannot be used: "),
        ("x.json", "[1]", "x.json is JSON, no profiles"),
    ] {
        folder.write(name, content);
        let (code, output, errors) = check(&folder, &[name]);
        assert_eq!((code, output.as_str()), (2, ""), "{name}");
        assert!(errors.starts_with(&format!("filia: {message}")) && errors.lines().count() == 1, "{name}: {errors}");
    }
}

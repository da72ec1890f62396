//! `filia convert`: round trips between the formats that are read and written, and what each cannot hold.

use super::identify::rows;
use super::match_support::Folder;

/// Every role, a relative, a sample that shows nothing, an allele alone, letters at a locus that nobody knows.
const PROFILES: &str = "sample_id,role,sex,birth_year_min,birth_year_max,site,family_id,mother_id,population,drop_out,D3S1358,TH01,vWA\n\
    B1,corpse,male,,,ditch,,,,0.05,\"15,16\",9.3,\"17,18\"\n\
    C1,child,,2012,2014,,F1,M1,Norse,,\"15,17\",\"6,9.3\",\n\
    D1,detainee,female,,1985,,,,,,16,\"6,7\",\"16,17\"\n\
    E1,detainee,,,,,,,,,,,\n\
    M1,relative,female,,,,F1,,,,\"15,17\",6,17\n";

const MARKERS: &str = r#"{"loci": [
  {"name": "D3S1358", "alleles": ["15", "16", "17"], "frequencies": [0.25, 0.25, 0.5], "theta": 0.02,
   "mutation": {"model": "stepwise", "female": {"rate": 0.001, "rate2": 1e-6, "range": 0.1}, "male": {"rate": 0.004, "rate2": 1e-6, "range": 0.1}}},
  {"name": "TH01", "alleles": ["6", "7", "9.3"], "frequencies": [0.3, 0.2, 0.4], "silent_frequency": 0.1, "theta": 0.02},
  {"name": "vWA", "alleles": ["16", "17", "18"], "frequencies": [0.2, 0.5, 0.3], "theta": 0.02,
   "mutation": {"model": "proportional", "female": {"rate": 0.001}, "male": {"rate": 0.003}}}]}"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("a.csv", PROFILES);
    folder.write("markers.json", MARKERS);
    folder
}

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn what_tables_and_packs_hold_comes_back_as_it_was() {
    let folder = folder();
    for format in ["csv", "long", "packed"] {
        folder.succeed(&format!("convert a.csv --to {format} --out there --force --strict"));
        folder.succeed("convert there --to csv --out back.csv --force --strict");
        assert_eq!(text(&folder, "back.csv"), PROFILES, "{format}");
    }
    folder.succeed("convert a.csv --to long --out long.csv --force");
    assert!(text(&folder, "long.csv").starts_with(
        "sample_id,role,sex,birth_year_min,birth_year_max,site,family_id,mother_id,population,drop_out,marker,allele_1,allele_2\n\
         B1,corpse,male,,,ditch,,,,0.05,D3S1358,15,16\nB1,corpse,male,,,ditch,,,,0.05,TH01,9.3,\n"
    ));
}

#[test]
fn import_files_hold_calls_and_most_roles() {
    let folder = folder();
    let (code, _, errors) = folder.run("convert a.csv --to cmf --out a.xml");
    assert_eq!(code, 0, "{errors}");
    for line in [
        "not held: sample `E1`: no locus shows anything; it is left out, as a SPECIMEN has a LOCUS at least",
        "not held: sample `M1`: a relative is written as `Other`: the categories say which relative",
        "not held: sex: not written (3 samples have one)",
        "not held: birth_year: not written (2 samples have one)",
        "not held: site: not written (1 samples have one)",
        "not held: drop_out: not written (1 samples have one)",
        "not held: laboratory, user and times: placeholders are written",
        "5 samples, 3 loci in a.xml",
    ] {
        assert!(errors.lines().any(|found| found.starts_with(line)), "{line}\n{errors}");
    }
    assert_eq!(folder.run("convert a.csv --to cmf --out a.xml --force --strict").0, 1);
    let written = text(&folder, "a.xml");
    let specimen = "  <SPECIMEN>\n    <SPECIMENID>D1</SPECIMENID>\n    <SPECIMENCATEGORY>Arrestee</SPECIMENCATEGORY>\n    <LOCUS>\n      \
                    <LOCUSNAME>D3S1358</LOCUSNAME>\n      <READINGBY>filia</READINGBY>\n      \
                    <READINGDATETIME>2000-01-01T00:00:00</READINGDATETIME>\n      <ALLELE>\n        <ALLELEVALUE>16</ALLELEVALUE>\n      </ALLELE>\n    </LOCUS>\n";
    assert!(written.contains(specimen), "{written}");
    folder.succeed("convert a.xml --to csv --out back.csv");
    assert_eq!(
        text(&folder, "back.csv"),
        "sample_id,role,D3S1358,TH01,vWA\nB1,corpse,\"15,16\",9.3,\"17,18\"\nC1,child,\"15,17\",\"6,9.3\",\nD1,detainee,16,\"6,7\",\"16,17\"\n\
         M1,,\"15,17\",6,17\n"
    );
}

#[test]
fn ids_that_are_too_long_are_refused() {
    let folder = Folder::new();
    folder.write("a.csv", "sample_id,TH01\nABCDEFGHIJKLMNOPQRSTUVWX,6\nABCDEFGHIJKLMNOPQRSTUVWXY,6\n");
    let parts = ["out.xml: sample `ABCDEFGHIJKLMNOPQRSTUVWXY`: found 25 letters, expected at most 24 in a SPECIMENID"];
    folder.fail("convert a.csv --to cmf --out out.xml", &parts);
    assert!(!folder.path("out.xml").exists());
    folder.write("a.csv", "sample_id,TH01\n<&>,6\n");
    folder.succeed("convert a.csv --to cmf --out out.xml");
    assert!(text(&folder, "out.xml").contains("<SPECIMENID>&lt;&amp;&gt;</SPECIMENID>"));
    folder.succeed("convert out.xml --to csv --out back.csv");
    assert_eq!(text(&folder, "back.csv"), "sample_id,TH01\n<&>,6\n");
}

#[test]
fn projects_hold_profiles_frequencies_and_models() {
    let folder = folder();
    let (code, _, errors) = folder.run("convert a.csv --to fam --markers markers.json --out a.fam");
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("not held: role: not written (5 samples have one)"), "{errors}");
    assert!(errors.contains("not held: sample `C1`: of unknown sex; female is written"), "{errors}");
    let (code, _, errors) = folder.run("convert a.fam --to csv --out back.csv --strict");
    assert_eq!(code, 1);
    assert!(
        errors.contains("not held: a.fam: only its profiles are taken, not its 3 loci with frequencies"),
        "{errors}"
    );
    assert_eq!(
        text(&folder, "back.csv"),
        "sample_id,sex,D3S1358,TH01,vWA\nB1,male,\"15,16\",9.3,\"17,18\"\nC1,female,\"15,17\",\"6,9.3\",\nD1,female,16,\"6,7\",\"16,17\"\n\
         M1,female,\"15,17\",6,17\n"
    );
    // The models are the same: so is the answer, whichever of the two files has them.
    let case = "match --children a.csv --candidates a.csv --relationship parent --min-log10-lr none";
    folder.succeed(&format!("{case} --markers markers.json --out one"));
    folder.succeed(&format!("{case} --markers a.fam --out two"));
    assert_eq!(folder.tables("one")["matches.csv"], folder.tables("two")["matches.csv"]);
}

#[test]
fn a_case_of_four_files_is_one_project_with_the_same_answer() {
    let folder = folder();
    folder.write("pm.csv", "sample_id,role,sex,D3S1358,TH01,vWA\nB1,corpse,male,\"15,16\",9.3,\"17,18\"\nB2,corpse,female,\"16,17\",\"6,7\",\"16,17\"\n");
    folder.write("am.csv", "sample_id,role,sex,D3S1358,TH01,vWA\nM1,relative,female,\"15,17\",\"6,9.3\",17\nS1,relative,male,\"15,16\",6,\"17,18\"\nX1,relative,male,15,6,17\n");
    folder.write(
        "ped.csv",
        "family_id,person_id,father_id,mother_id,sex,missing\nF1,P1,,M1,male,yes\nF1,M1,,,female,no\nF2,S1,D2,E2,male,no\nF2,T2,D2,E2,female,yes\n",
    );
    let (code, _, errors) =
        folder.run("convert pm.csv am.csv --to fam --pedigrees ped.csv --markers markers.json --out case.fam");
    assert_eq!(code, 0, "{errors}");
    for line in [
        "not held: sample `X1`: not written: neither a corpse by its role nor in a family",
        "not held: family `F1`: `P1` is written as `Missing P1`",
        "not held: family `F2`: `T2` is written as `Missing T2`",
    ] {
        assert!(errors.contains(line), "{line}\n{errors}");
    }
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --markers markers.json --out one");
    folder.succeed("identify case.fam --out out");
    let of_files = folder.table("one/pairwise.csv");
    let of_project = rows(&folder.path(""), "pairwise.csv");
    assert_eq!(of_files.len(), 2);
    for row in of_files {
        let id = format!("Missing {}", row["missing_id"]);
        let same = of_project
            .iter()
            .find(|other| other["missing_id"] == id && other["victim_id"] == row["victim_id"])
            .unwrap();
        assert_eq!(same["log10_lr"], row["log10_lr"], "{row:?}");
    }
}

#[test]
fn nothing_is_replaced_unasked() {
    let folder = folder();
    folder.fail("convert a.csv --to csv --out a.csv", &["--out a.csv: the file exists (replace it with --force)"]);
    folder.fail("convert a.csv --to csv --out a.csv --force", &["--out a.csv: the file is one of those that are read"]);
    folder.fail(
        "convert a.csv --to cmf --pedigrees a.csv --out b.xml",
        &["--pedigrees: only a Familias project holds families"],
    );
}

//! Files of linkage programs (`.ped`, PLINK `.fam`) as pedigrees and profiles, and STRidER's XML as a frequency table.

use super::identify::{assert_close, number};
use super::match_support::Folder;

/// Two families with the ids 1 to 3; the third of the first, and the father of the second, are looked for (status 2).
pub const PED: &str = "A 1 0 0 1 1 6 7 15 15\nA 2 0 0 2 1 9.3 9.3 16 16\nA 3 1 2 1 2 0 0 0 0\nB 1 0 . 1 2 0 0 0 0\nB 2 0 0 2 -9 6 6 0 0\nB 3 1 2 2 1 6 7 16 17\n";
const MAP: &str = "11 TH01 0 1\n3 D3S1358 0 2\n";

pub const STRIDER: &str = r#"<?xml version="1.0"?>
<frequencies>
 <marker><name>TH01</name><alleles>6, 7, 9.3</alleles>
  <origin name="ALL" n="500"><frequency allele="6">0.4</frequency><frequency allele="7">0.25</frequency><frequency allele="9.3">0.35</frequency></origin>
  <origin name="AUSTRIA" n="222">
   <frequency allele="6">0.5</frequency>
   <frequency allele="9.3">0.5</frequency>
  </origin>
 </marker>
</frequencies>
"#;

#[test]
fn genotypes_are_profiles_with_the_loci_of_the_map() {
    let folder = Folder::new();
    folder.write("x.ped", PED);
    folder.fail("check x.ped", &["x.ped, line 1: a pedigree file with genotypes: its loci are named in a file"]);
    folder.write("x.map", MAP);
    folder.succeed("convert x.ped --to csv --out x.csv --strict");
    let expected = "sample_id,sex,family_id,mother_id,D3S1358,TH01\nA/1,male,A,,15,\"6,7\"\nA/2,female,A,,16,9.3\nB/2,female,B,,,6\n\
                    B/3,female,B,B/2,\"16,17\",\"6,7\"\n";
    assert_eq!(std::fs::read_to_string(folder.path("x.csv")).unwrap(), expected);
    let (_, _, errors) = folder.run("convert x.ped --to csv --out x.csv --force");
    assert!(errors.contains("2 people without a genotype are no samples"), "{errors}");
    folder.write("x.map", "11 TH01 0 1\n");
    folder.fail("check x.ped", &["x.ped, line 1: found 4 fields behind the status, expected 2 for the 1 loci"]);
    folder.write("x.map", format!("{MAP}23 rs1 0 3\n"));
    folder.write("x.ped", "A 1 0 0 1 1 6/7 15/15 A/G\n");
    folder.succeed("convert x.ped --to csv --out x.csv --force");
    assert_eq!(
        std::fs::read_to_string(folder.path("x.csv")).unwrap(),
        "sample_id,sex,family_id,D3S1358,TH01\n1,male,A,15,\"6,7\"\n"
    );
}

/// Who is looked for has status 2. A/3 is a child of A/1 and A/2: body 6,9.3 at TH01 has probability 1/2 as their child, and
/// 2 × 0.5 × 0.5 as anybody (frequencies 0.5, 0.5 of AUSTRIA; 7 is not seen there).
#[test]
fn pedigrees_of_linkage_programs_are_families() {
    let folder = Folder::new();
    folder.write("x.fam", "A 1 0 0 1 1\nA 2 0 0 2 1\nA 3 1 2 1 2\n");
    folder.write("m.json", r#"{"loci": [{"name": "TH01", "alleles": ["6", "9.3"], "frequencies": [0.5, 0.5]}]}"#);
    folder.write("am.csv", "sample_id,TH01\n1,6\n2,\"6,9.3\"\n");
    folder.write("pm.csv", "sample_id,sex,TH01\nB,male,\"6,9.3\"\n");
    let (code, _, errors) =
        folder.run("identify --remains pm.csv --relatives am.csv --pedigrees x.fam --markers m.json --out out");
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("those with status 2 are looked for: `3`"), "{errors}");
    let row = &folder.table("out/pairwise.csv")[0];
    assert_eq!((row["victim_id"].as_str(), row["missing_id"].as_str()), ("B", "3"));
    assert_close(10_f64.powf(number(row, "log10_lr")), 0.5 / 0.5, "child of both");
    folder.write("x.fam", "A 1 0 0 1 1\nA 2 0 0 2 1\nA 3 1 2 1 1\n");
    let command = "identify --remains pm.csv --relatives am.csv --pedigrees x.fam --markers m.json --out out --force";
    folder.fail(command, &["x.fam: there is nobody to look for: expected status 2 (the sixth field), or an id that begins with `Missing`"]);
    folder.write("x.fam", "A 1 0 0 1 1\nA 2 0 0 2 1\nA 3 2 1 1 2\n");
    folder.fail(command, &["x.fam, line 1: family `A`: "]);
    folder.write("x.fam", "A 1 0 0 1 1\nA 2 0 0 2 1\nA Missing1 1 2 1 1\n");
    folder.succeed(command);
}

#[test]
fn a_population_of_strider_is_a_table() {
    let folder = Folder::new();
    folder.write("s.xml", STRIDER);
    let table = folder.succeed("frequencies show s.xml:AUSTRIA");
    assert_eq!(table, "locus,allele,frequency,count,n_alleles\nTH01,6,0.5,222,444\nTH01,9.3,0.5,222,444\n");
    folder.fail("frequencies show s.xml", &["found 2 populations (ALL, AUSTRIA)", "s.xml:ALL"]);
    folder.write("s.xml", STRIDER.replace(">0.25<", ">0,x<"));
    folder.fail("frequencies show s.xml:ALL", &["s.xml, line 4"]);
    folder.write("s.xml", &STRIDER[..STRIDER.len() - 20]);
    folder.fail("frequencies show s.xml:AUSTRIA", &["s.xml, line "]);
}

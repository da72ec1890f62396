//! Projects of Familias (`.fam`): dvir's data sets as such files with dvir's likelihood ratios, hand-made projects, refusals.

use super::identify::{assert_close, number, rows};
use super::match_support::Folder;
use super::reading_cells::{call, listed, read};
use serde_json::Value;
use std::fmt::Write;

/// Two persons and an untyped mother at one locus, one more person at two; frequencies 0.2, 0.3, 0.5.
pub const PATERNITY: &str = include_str!("../data/familias/paternity.fam");

/// A family with two missing persons, two bodies, and what Familias adds below.
pub const DVI: &str = include_str!("../data/familias/dvi.fam");

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The lines of a person; `depth` brackets around the heading.
fn person(number: usize, depth: usize, name: &str, sex: &str, genotypes: &Value) -> String {
    let heading = |depth: usize, title: &str| format!("{}{title}{}\n", "[".repeat(depth), "]".repeat(depth));
    let gender = if sex == "male" { "Male" } else { "Female" };
    let mut lines = heading(depth, &format!("Person {number} "));
    let typed: Vec<_> = genotypes.as_object().into_iter().flatten().collect();
    write!(lines, "Name= {name}\nGender= {gender}\n{}nSystems= {}\n", heading(depth + 1, "DNA data"), typed.len())
        .unwrap();
    for (locus, alleles) in typed {
        let labels: Vec<&str> = list(alleles).map(text).collect();
        writeln!(lines, "SystemName= {locus}\nAllele1= {}\nAllele2= {}", labels[0], labels[labels.len() - 1]).unwrap();
    }
    lines
}

/// The database of a project.
fn database(markers: &Value) -> String {
    let mut lines =
        format!("#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0 )\n{}\n#TRUE#\n\"test\"\n", list(markers).count());
    for marker in list(markers) {
        let mutation = |sex: &str, key: &str| marker["mutation"][sex][key].as_f64().unwrap_or(0.0);
        let code = match text(&marker["mutation"]["model"]) {
            "" | "equal" => 0,
            "proportional" => 1,
            "stepwise" => 4,
            other => panic!("{other}"),
        };
        let count = list(&marker["alleles"]).count();
        writeln!(lines, "\"{}\"", text(&marker["name"])).unwrap();
        let both = |key: &str| format!("{}\n{}\n", mutation("female", key), mutation("male", key));
        write!(lines, "{}{code}\n{code}\n{count}\n{}{}#FALSE#\n0\n", both("rate"), both("range"), both("rate2"))
            .unwrap();
        writeln!(lines, "{count}\t(DatabaseSize = 1000 , Dropout probability = 0 , Minor allele frequency = 0 )")
            .unwrap();
        for (allele, frequency) in list(&marker["alleles"]).zip(list(&marker["frequencies"])) {
            writeln!(lines, "\"{}\"\n{frequency}", text(allele)).unwrap();
        }
    }
    lines
}

/// One of dvir's data sets as a project; the missing persons are called `Missing M1`.
fn project(case: &Value) -> String {
    let missing: Vec<&str> = list(&case["missing"]).map(text).collect();
    let called = |id: &str| if missing.contains(&id) { format!("Missing {id}") } else { id.to_owned() };
    let mut lines = "\"Output from Familias, version 3.3\"\n\"DO NOT EDIT!\"\n3.3 (DVI)\n\"\"\n0\n\"Known relations\"\n0\n0\n0\n0\n".to_owned();
    lines += &database(&case["markers"]);
    write!(lines, "\n[DVI]\n[[Unidentified persons]]\nnPersons= {}\n", list(&case["pm"]).count()).unwrap();
    for (at, body) in list(&case["pm"]).enumerate() {
        lines += &person(at + 1, 3, text(&body["id"]), text(&body["sex"]), &body["genotypes"]);
    }
    write!(lines, "[[Reference Families]]\nnFamilies= {}\n", list(&case["am"]).count()).unwrap();
    for (at, family) in list(&case["am"]).enumerate() {
        let people: Vec<&Value> = list(&family["individuals"]).collect();
        let (name, count) = (text(&family["family"]), people.len());
        write!(lines, "[[[Family {} ]]]\nName= {name}\n[[[[Persons]]]]\nnPersons= {count}\n", at + 1).unwrap();
        for (at, individual) in people.iter().enumerate() {
            let id = text(&individual["id"]);
            lines += &person(at + 1, 5, &called(id), text(&individual["sex"]), &family["genotypes"][id]);
        }
        lines += "[[[[Pedigrees]]]]\nnPedigrees= 2\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= 0\n";
        let mut relations = Vec::new();
        for individual in people {
            for key in ["father", "mother"] {
                if let Some(parent) = individual[key].as_str() {
                    relations.push(format!("Parent= {}\nChild= {}\n", called(parent), called(text(&individual["id"]))));
                }
            }
        }
        write!(lines, "[[[[[Pedigree 2]]]]]\nName= all\nnRelations= {}\n{}", relations.len(), relations.concat())
            .unwrap();
    }
    lines
        + "[Prior]\nUseList= Yes\nSize= 3\n[Advanced]\n[[Direct/Identity]]\nDropin= 0\nDropout= 0\nError= 0\n[[Other]]\nNumberOfDecimals= 10\n"
}

/// Pairwise LRs of a project against what dvir gives.
fn compare_with_dvir(name: &str) {
    let path = format!("{}/tests/data/dvi/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let case: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let folder = Folder::new();
    folder.write("case.fam", project(&case));
    folder.succeed("identify case.fam --out out");
    let pairs = rows(&folder.path(""), "pairwise.csv");
    let pairwise = &case["pairwise"];
    let mut compared = 0;
    for (victim, ratios) in list(&pairwise["victims"]).zip(list(&pairwise["LR"])) {
        for (missing, ratio) in list(&pairwise["missing"]).zip(list(ratios)) {
            let id = format!("Missing {}", text(missing));
            let found = pairs.iter().find(|row| row["victim_id"] == text(victim) && row["missing_id"] == id);
            match ratio.as_f64() {
                None => assert!(found.is_none(), "{victim} {missing} differ in sex"),
                Some(ratio) => {
                    assert_close(
                        10_f64.powf(number(found.unwrap(), "log10_lr")),
                        ratio,
                        &format!("{victim} {missing}"),
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 2);
}

#[test]
fn projects_give_the_likelihood_ratios_of_the_cases_that_they_hold() {
    for name in ["example1", "example2", "KETPchap481", "symmetricSibs", "exclusionExample", "planecrash"] {
        compare_with_dvir(name);
    }
}

/// Child 15,16, man 15,15; stepwise, fathers 0.1, range 0.5: 15 stays with 0.9 and becomes 16 with 0.05. The mother is not typed
/// and left out: the other allele is drawn from the population. (0.9 × 0.5 + 0.05 × 0.3) / (2 × 0.3 × 0.5) = 1.55. At the other
/// locus, with silent alleles (0.1), only the child is typed.
#[test]
fn pedigrees_of_a_project_are_hypotheses() {
    let folder = Folder::new();
    folder.write("case.fam", PATERNITY);
    let (code, output, errors) = folder.run("lr case.fam");
    assert_eq!(code, 0, "{errors}");
    let answer: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(answer["id"], "case");
    let log10_lr = answer["log10_lr"]["D3S1358"].as_f64().unwrap();
    assert!((10_f64.powf(log10_lr) - 1.55).abs() < 1e-12, "{log10_lr}");
    assert!(answer["log10_lr"]["L2"].as_f64().unwrap().abs() < 1e-12, "{answer}");
    // One allele seen: 0.6² + 2 × 0.6 × 0.1.
    let likelihood = answer["log_likelihood"]["unrelated"]["L2"].as_f64().unwrap().exp();
    assert!((likelihood - 0.48).abs() < 1e-12, "{likelihood}");
    assert!(errors.contains("line 14: the year of birth of `Man` is not used: 1970"), "{errors}");
    assert!(errors.contains("line 77: locus `L2`: the minor allele frequency 0.01 is not used"), "{errors}");
}

#[test]
fn persons_and_sections_are_samples_with_roles() {
    let found = read(PATERNITY);
    let ids: Vec<&str> = found.panel.indices().map(|sample| found.panel.id(sample)).collect();
    assert_eq!(ids, ["Child", "Man"]);
    assert_eq!((call(&found, "Child", "D3S1358"), call(&found, "Man", "D3S1358")), ("15,16".into(), "15".into()));
    assert_eq!(call(&found, "Child", "L2"), "A");
    assert_eq!(found.panel.sex(found.panel.find("Man").unwrap()).as_str(), "male");
    let notes = found.notes.join("\n");
    assert!(notes.contains("people without DNA data are no samples: `Mother`"), "{notes}");
    assert!(
        found.files[0].format.starts_with("Familias project, version 3.3.1 (begins with"),
        "{}",
        found.files[0].format
    );

    let found = read(DVI);
    let role = |id: &str| found.panel.role(found.panel.find(id).unwrap()).map(|role| role.as_str());
    assert_eq!((role("V1"), role("F1/Anna"), role("F2/Anna")), (Some("corpse"), Some("relative"), Some("relative")));
    assert_eq!(listed(&found), ["V2 TH01: off-ladder allele"]);
}

#[test]
fn a_project_is_a_frequency_table_and_a_marker_file() {
    let folder = Folder::new();
    folder.write("case.fam", PATERNITY);
    let table = folder.succeed("frequencies show case.fam");
    for row in ["D3S1358,14,0.2,400,2000", "D3S1358,16,0.5,1000,2000", "L2,A,0.6,1200,2000"] {
        assert!(table.contains(row), "{row}\n{table}");
    }
    let (_, _, errors) = folder.run("frequencies show case.fam");
    assert!(errors.contains("DatabaseSize is read as the number of people"), "{errors}");
    folder.write("c.csv", "sample_id,D3S1358\nc,\"15,16\"\n");
    folder.write("m.csv", "sample_id,sex,D3S1358\nm,M,15\n");
    folder.succeed("match --children c.csv --candidates m.csv --markers case.fam --min-log10-lr none --out out");
    assert_close(10_f64.powf(number(&folder.table("out/matches.csv")[0], "log10_lr")), 1.55, "with --markers");
}

/// Names that two families share are told apart; the sex of `Missing person` follows from the other parent; remains without an
/// allele are listed. V1 is 6,9.3; Anna of F1 6,6 and Missing person's child: LR 1/(2 × 0.4) × 1 … by hand below.
#[test]
fn names_that_families_share_are_told_apart() {
    let folder = Folder::new();
    folder.write("case.fam", DVI);
    let (code, _, errors) = folder.run("identify case.fam --out out");
    assert_eq!(code, 0, "{errors}");
    for part in
        ["`Anna`, `Missing person`", "line 117: `UseList= Yes` is not used", "line 122: `Dropout= 0.05` is not used"]
    {
        assert!(errors.contains(part), "{part}\n{errors}");
    }
    let pairs = rows(&folder.path(""), "pairwise.csv");
    let of = |victim: &str, missing: &str| {
        let row = pairs.iter().find(|row| row["victim_id"] == victim && row["missing_id"] == missing).unwrap();
        10_f64.powf(number(row, "log10_lr"))
    };
    // Frequencies 6: 0.4, 9.3: 0.6. Body 6,9.3 as the father of Anna (6,6): passes on 6 with 1/2 where anybody does with 0.4.
    assert_close(of("V1", "F1/Missing person"), 0.5 / 0.4, "father");
    // As the father of Anna (6,9.3) of F2: (0.6 + 0.4) / 2 over 2 × 0.4 × 0.6.
    assert_close(of("V1", "F2/Missing person"), 0.5 / 0.48, "father of the other");
    assert!(
        folder.json("out/manifest.json")["inputs"].as_array().unwrap().iter().all(|input| input["sha256"]
            .as_str()
            .unwrap()
            .len()
            == 64)
    );
}

#[test]
fn what_cannot_be_computed_is_refused_with_its_line() {
    let folder = Folder::new();
    let refusals = [
        ("\"Known relations\"", "\"Known\"", "line 33: found `Known`, expected \"Known relations\""),
        ("#FALSE# (#Databases: 1", "#TRUE# (#Databases: 1", "line 54: the file holds computed probabilities"),
        ("#Databases: 1", "#Databases: 2", "line 54: found 2 databases, expected 1"),
        (
            "0.1\n4\n4\n3\n",
            "0.1\n7\n4\n3\n",
            "line 61: found `7`, expected the number of a mutation model, from 0 to 4",
        ),
        ("0.1\n4\n4\n3\n", "0.1\n4\n3\n3\n", "line 62: mutation model 3 (stepwise, made stationary) is not computed"),
        (
            "0.1\n4\n4\n3\n",
            "0.1\n4\n0\n3\n",
            "line 62: locus `D3S1358`: one mutation model for mothers and another for fathers",
        ),
        ("\"15\"\n0.3\n", "\"15\"\n0.8\n", "line 58: locus `D3S1358`: the frequencies sum to 1.5, expected about 1"),
        ("\"15\"\n0.3\n", "\"15\"\n0,3\n", "line 74: found `0,3`, expected the frequency of an allele"),
        ("\n0\n2\n1\n2\n1\n\"unrelated\"", "\n0 (Direct)\n2\n1\n2\n1\n\"unrelated\"", "line 43: a direct relation"),
    ];
    for (from, to, message) in refusals {
        assert!(PATERNITY.contains(from), "{from}");
        folder.write("case.fam", PATERNITY.replacen(from, to, 1));
        folder.fail("lr case.fam", &["case.fam: ", message]);
    }
    folder.write("case.fam", &PATERNITY[..PATERNITY.find("\"L2\"").unwrap()]);
    folder.fail("check case.fam", &["case.fam: the file ends after line", "expected the name of a locus"]);
    folder.write("case.fam", DVI.replace("nPersons= 2\n[[[Person 1 ]]]", "nPersons= 3\n[[[Person 1 ]]]"));
    folder.fail("identify case.fam --out out", &["says `nPersons= 3`, but has 2"]);
    folder.write("case.fam", DVI.replace("Missing", "Looked for"));
    folder.fail("identify case.fam --out out", &["nobody of its families is looked for"]);
    folder.write("case.fam", PATERNITY);
    folder.fail("identify case.fam --out out", &["there is no section [DVI] in it"]);
    folder.fail("identify case.fam --frequencies nist1036:cauc --out out", &["cannot be used with"]);
}

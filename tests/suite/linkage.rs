//! `[linkage]`: `filia identify` scores linked loci together, as `filia lr` does with `linkage` in the case file.

use super::match_support::{Folder, number};
use serde_json::{Value, json};
use std::collections::HashMap;

const IDENTIFY: &str =
    "identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --markers markers.json --config s.toml --out out";

const LOCI: [&str; 3] = ["TH01", "FGA", "vWA"];

/// Three loci of four alleles whose frequencies sum to more than 1, with stepwise mutation.
fn markers(theta: f64) -> Value {
    let rate = |rate: f64| json!({"rate": rate, "rate2": 1e-6, "range": 0.1});
    let locus = |name: &&str| {
        json!({
            "name": name, "chromosome": "autosomal", "alleles": ["10", "11", "12", "13"],
            "frequencies": [0.2, 0.3, 0.4, 0.1004], "theta": theta, "silent_frequency": 0.0,
            "mutation": {"model": "stepwise", "female": rate(0.0005), "male": rate(0.002)},
        })
    };
    json!({ "loci": LOCI.iter().map(locus).collect::<Vec<_>>() })
}

type Profiles<'a> = [(&'a str, [&'a str; 3])];

fn text_of(profiles: &Profiles<'_>) -> String {
    let row = |(id, cells): &(&str, [&str; 3])| format!("{id},\"{}\"\n", cells.join("\",\""));
    let rows: String = profiles.iter().map(row).collect();
    format!("sample_id,{}\n{rows}", LOCI.join(","))
}

fn genotype(cells: [&str; 3]) -> Value {
    let cell = |cell: &str| json!(cell.split(',').filter(|allele| !allele.is_empty()).collect::<Vec<_>>());
    LOCI.iter()
        .zip(cells)
        .map(|(locus, text)| ((*locus).to_owned(), cell(text)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A family as `(person, father, mother)`, parents first; empty: none listed.
type Pedigree<'a> = [(&'a str, &'a str, &'a str)];

struct Case<'a> {
    pedigree: &'a Pedigree<'a>,
    missing: &'a [&'a str],
    relatives: &'a Profiles<'a>,
    bodies: &'a Profiles<'a>,
    theta: f64,
    /// In the settings, and in the case files.
    linkage: (&'a str, Value),
}

impl Case<'_> {
    fn identify(&self) -> Folder {
        let folder = Folder::new();
        folder.write("pm.csv", text_of(self.bodies));
        folder.write("am.csv", text_of(self.relatives));
        let mut pedigree = "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned();
        for (person, father, mother) in self.pedigree {
            let missing = if self.missing.contains(person) { "yes" } else { "no" };
            pedigree += &format!("1,{person},{father},{mother},{},{missing}\n", self.sex(person));
        }
        folder.write("ped.csv", pedigree);
        folder.write("markers.json", markers(self.theta).to_string());
        folder.write("s.toml", self.linkage.0);
        folder.succeed(IDENTIFY);
        folder
    }

    fn sex(&self, person: &str) -> &str {
        if self.pedigree.iter().any(|(_, _, mother)| *mother == person) { "F" } else { "M" }
    }

    /// The likelihoods of `filia lr`: the bodies are these persons, against: they are strangers.
    fn lr(&self, identities: &[(&str, &str)]) -> Value {
        let person = |id: &str, father: &str, mother: &str| {
            let mut individual = json!({"id": id, "sex": self.sex(id)});
            for (key, parent) in [("father", father), ("mother", mother)] {
                if !parent.is_empty() {
                    individual[key] = json!(parent);
                }
            }
            individual
        };
        let named = |id: &str| match identities.iter().find(|(_, missing)| *missing == id) {
            Some((body, _)) => (*body).to_owned(),
            None => id.to_owned(),
        };
        let family: Vec<Value> = self.pedigree.iter().map(|(id, father, mother)| person(id, father, mother)).collect();
        let renamed = self.pedigree.iter().map(|(id, father, mother)| {
            let mut individual = person(&named(id), &named(father), &named(mother));
            individual["sex"] = json!(self.sex(id));
            individual
        });
        let renamed: Vec<Value> = renamed.collect();
        let strangers = identities.iter().map(|(body, _)| person(body, "", ""));
        let apart: Vec<Value> = family.into_iter().chain(strangers).collect();
        let mut genotypes: HashMap<String, Value> =
            self.relatives.iter().map(|(id, cells)| ((*id).to_owned(), genotype(*cells))).collect();
        for (body, _) in identities {
            let (_, cells) = self.bodies.iter().find(|(id, _)| id == body).unwrap();
            genotypes.insert((*body).to_owned(), genotype(*cells));
        }
        let case = json!({
            "id": "case", "loci": markers(self.theta)["loci"], "genotypes": genotypes, "linkage": self.linkage.1,
            "hypotheses": [{"name": "H1", "individuals": renamed}, {"name": "H2", "individuals": apart}],
        });
        let folder = Folder::new();
        folder.write("case.json", case.to_string());
        serde_json::from_str(&folder.succeed("lr case.json")).unwrap()
    }
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found}, expected {expected}");
}

/// A sibling and a paternal uncle of the missing man, whose parents are untyped.
const UNCLE: &Pedigree<'_> =
    &[("X", "", ""), ("Y", "", ""), ("F", "X", "Y"), ("U", "X", "Y"), ("G", "", ""), ("S", "F", "G"), ("C", "F", "G")];

const RELATIVES: &Profiles<'_> = &[("S", ["10,12", "11,11", "10,13"]), ("U", ["10,11", "11,13", ""])];

const BODIES: &Profiles<'_> = &[
    ("B1", ["10,12", "11,11", "10,13"]),
    ("B2", ["11,12", "10,13", "13"]),
    ("B3", ["", "11,13", "11,12"]),
    ("B4", ["10,10", "", ""]),
];

fn pair() -> (&'static str, Value) {
    let settings = "[linkage]\nuse = true\npairs = [{ loci = [\"fga\", \"TH01\"], rho = 0.08 }]\n";
    (settings, json!([{"loci": ["TH01", "FGA"], "rho": 0.08}]))
}

#[test]
fn pairs_of_loci_score_as_lr_does() {
    for theta in [0.0, 0.03] {
        let case =
            Case { pedigree: UNCLE, missing: &["C"], relatives: RELATIVES, bodies: BODIES, theta, linkage: pair() };
        let folder = case.identify();
        let pairs = folder.table("out/pairwise.csv");
        assert_eq!(pairs.len(), 4);
        for row in pairs {
            let expected = case.lr(&[(&row["victim_id"], "C")]);
            let log10_lr = expected["log10_lr"]["total"].as_f64().unwrap();
            assert_close(number(&row, "log10_lr"), log10_lr, &format!("{} theta {theta}", row["victim_id"]));
        }
        let manifest = folder.json("out/manifest.json").to_string();
        let note = "linked loci were taken together: ";
        assert!(manifest.contains(note) && manifest.contains("(recombination 0.08)"), "{manifest}");
    }
}

#[test]
fn a_group_of_three_loci_scores_as_lr_does() {
    let settings = "[linkage]\nuse = true\npairs = [{ loci = [\"FGA\", \"TH01\"], rho = 0.08 }, { loci = [\"FGA\", \"vWA\"], rho = 0.2 }]\n";
    let linkage = (settings, json!([{"loci": ["TH01", "FGA", "vWA"], "rho": [0.08, 0.2]}]));
    let case = Case { pedigree: UNCLE, missing: &["C"], relatives: RELATIVES, bodies: BODIES, theta: 0.0, linkage };
    for row in case.identify().table("out/pairwise.csv") {
        let expected = case.lr(&[(&row["victim_id"], "C")]);
        assert_close(number(&row, "log10_lr"), expected["log10_lr"]["total"].as_f64().unwrap(), &row["victim_id"]);
    }
}

/// Three loci in a row with theta: what a father says is quick, an uncle's family is refused before anything is computed.
#[test]
fn three_linked_loci_with_theta_are_within_the_cost_or_refused() {
    let settings = "[linkage]\nuse = true\npairs = [{ loci = [\"FGA\", \"TH01\"], rho = 0.08 }, { loci = [\"FGA\", \"vWA\"], rho = 0.2 }]\n";
    let linkage = (settings, json!([{"loci": ["TH01", "FGA", "vWA"], "rho": [0.08, 0.2]}]));
    let half: &Pedigree<'_> = &[("F", "", ""), ("S", "F", ""), ("C", "F", "")];
    let case = |pedigree, relatives, theta| Case {
        pedigree,
        missing: &["C"],
        relatives,
        bodies: &BODIES[..2],
        theta,
        linkage: linkage.clone(),
    };
    let quick = case(half, &RELATIVES[..1], 0.03);
    for row in quick.identify().table("out/pairwise.csv") {
        let expected = quick.lr(&[(&row["victim_id"], "C")]);
        assert_close(number(&row, "log10_lr"), expected["log10_lr"]["total"].as_f64().unwrap(), &row["victim_id"]);
    }
    let folder = case(UNCLE, RELATIVES, 0.0).identify();
    folder.write("markers.json", markers(0.03).to_string());
    folder.fail(&IDENTIFY.replace("out out", "out refused"), &["family 1: theta is above 0", "two loci in a row"]);
    assert!(!folder.path("refused").exists());
}

/// Two missing brothers: each assignment of two bodies against `filia lr`.
#[test]
fn joint_answers_take_linked_loci_together() {
    let pedigree: &Pedigree<'_> = &[("F", "", ""), ("G", "", ""), ("S", "F", "G"), ("C", "F", "G"), ("D", "F", "G")];
    let case = Case {
        pedigree,
        missing: &["C", "D"],
        relatives: &RELATIVES[..1],
        bodies: &BODIES[..2],
        theta: 0.0,
        linkage: pair(),
    };
    let assignments = case.identify().table("out/assignments.csv");
    assert_eq!(assignments.len(), 7);
    for row in assignments {
        let identities: Vec<(&str, &str)> =
            ["B1", "B2"].into_iter().filter(|&body| row[body] != "*").map(|body| (body, row[body].as_str())).collect();
        if identities.is_empty() {
            continue;
        }
        let expected = case.lr(&identities)["log10_lr"]["total"].as_f64().unwrap();
        assert_close(number(&row, "log10_lr"), expected, &format!("{identities:?}"));
    }
}

/// One typed parent: linkage changes nothing; a typed sibling: it changes what has calls at both loci.
#[test]
fn linkage_changes_nothing_where_no_phase_is_known() {
    let pedigree: &Pedigree<'_> = &[("F", "", ""), ("G", "", ""), ("S", "F", "G"), ("C", "F", "G")];
    for (typed, matters) in [("F", false), ("S", true)] {
        let relatives = [(typed, RELATIVES[0].1)];
        let case =
            |linkage| Case { pedigree, missing: &["C"], relatives: &relatives, bodies: BODIES, theta: 0.0, linkage };
        let (apart, together) = (case(("", json!([]))).identify(), case(pair()).identify());
        for (one, other) in apart.table("out/pairwise.csv").iter().zip(together.table("out/pairwise.csv")) {
            let difference = (number(one, "log10_lr") - number(&other, "log10_lr")).abs();
            let can_differ = one["victim_id"] == "B1" || one["victim_id"] == "B2";
            assert_eq!(difference > 1e-6, matters && can_differ, "{typed} {}", one["victim_id"]);
        }
    }
}

#[test]
fn pairs_that_do_not_line_up_are_refused() {
    let settings = "[linkage]\nuse = true\npairs = [{ loci = [\"FGA\", \"TH01\"], rho = 0.1 }, { loci = [\"TH01\", \"FGA\"], rho = 0.1 }]\n";
    let folder = Folder::new();
    folder.write("pm.csv", text_of(BODIES));
    folder.write("am.csv", text_of(RELATIVES));
    folder.write("ped.csv", "family_id,person_id,father_id,mother_id,sex,missing\n1,C,S,,M,yes\n");
    folder.write("s.toml", settings);
    let message = folder.fail(&IDENTIFY.replace("--markers markers.json ", ""), &[]);
    assert!(
        message.contains("TH01 and FGA are listed as linked twice") || message.contains("FGA and TH01"),
        "{message}"
    );
    assert!(!folder.path("out").exists());
}

/// Without `[linkage]` both commands say which linked loci they took as independent; `match` says so with it too.
#[test]
fn linked_loci_taken_as_independent_are_named() {
    let folder = Folder::new();
    folder.write("a.csv", "sample_id,vWA,D12S391\nS,\"14,17\",\"18,20\"\n");
    folder.write("b.csv", "sample_id,vWA,D12S391\nB,\"14,16\",\"18,21\"\n");
    folder.write("ped.csv", "family_id,person_id,father_id,mother_id,sex,missing\n1,S,F,G,M,no\n1,C,F,G,M,yes\n");
    folder.write("on.toml", "[linkage]\nuse = true\n");
    let run = |arguments: &str| {
        let (code, _, errors) = folder.run(&format!("{arguments} --out out --force"));
        assert_eq!(code, 0, "{errors}");
        errors
    };
    let pair = "vWA-D12S391 (recombination 0.117)";
    let identify = "identify --remains b.csv --relatives a.csv --pedigrees ped.csv";
    let message = run(identify);
    assert!(message.contains("taken as independent") && message.contains(pair), "{message}");
    assert!(message.contains("matters for 1 of 1 families"), "{message}");
    let message = run(&format!("{identify} --config on.toml"));
    assert!(message.contains("taken together") && !message.contains("as independent"), "{message}");
    for (relationship, of) in
        [("parent", "rival relationships"), ("full-sibling", "full-sibling and rival relationships")]
    {
        let message =
            run(&format!("match --children a.csv --candidates b.csv --config on.toml --relationship {relationship}"));
        assert!(message.contains(pair) && message.contains(&format!("matters for scores of {of}")), "{message}");
    }
}

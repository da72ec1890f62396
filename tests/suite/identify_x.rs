//! `filia identify` at X-chromosomal loci where one of the two sexes is not known, against whole pedigrees.

use super::identify::{assert_close, identify, number, only_log10_lr, rows, set_in_markers, small_case};
use filia::inheritance::observation::{AlleleIndex, Evidence, Seen};
use filia::inheritance::pedigree::{Individual, Pedigree};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel, ln_likelihood};
use filia::profile::Sex;
use serde_json::json;
use std::f64::consts::LN_10;

const FREQUENCIES: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

fn model(theta: f64) -> LocusModel {
    LocusModel::new(LocusDefinition {
        name: "TH01".to_owned(),
        chromosome: Chromosome::X,
        alleles: ["10", "11", "12", "13"].map(str::to_owned).to_vec(),
        frequencies: FREQUENCIES.to_vec(),
        mutation: None,
        theta,
        silent_frequency: 0.0,
    })
    .unwrap()
}

fn piece(person: usize, alleles: &[u16]) -> Evidence {
    let seen = match *alleles {
        [one] => Seen::One(AlleleIndex(one - 10)),
        [one, other] => Seen::pair(AlleleIndex(one - 10), AlleleIndex(other - 10)),
        _ => Seen::Nothing,
    };
    Evidence { person, seen, drop_out: 0.0, drop_in: 0.0 }
}

/// Mother 10,11 and a daughter 10,12 at home; two children of unknown sex are missing. A son shows an X of the mother, a
/// daughter one of hers and the father's.
#[test]
fn a_missing_person_of_unknown_sex_has_the_sex_of_the_body() {
    for theta in [0.0, 0.03] {
        let bodies: [(&str, &str, Sex, &[u16]); 3] =
            [("B1", "F", Sex::Female, &[11, 12]), ("B2", "M", Sex::Male, &[11]), ("B3", "", Sex::Unknown, &[10])];
        let quoted = |alleles: &[u16]| alleles.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
        let remains: String =
            bodies.iter().map(|(id, sex, _, alleles)| format!("{id},{sex},\"{}\",\n", quoted(alleles))).collect();
        let family = "1,F,,,M,no\n1,G,,,F,no\n1,S,F,G,F,no\n1,C1,F,G,,yes\n1,C2,F,G,,yes\n";
        let folder = small_case(&remains, "G,F,\"10,11\",\nS,F,\"10,12\",\n", family);
        set_in_markers(&folder, &json!({"chromosome": "x", "theta": theta}));
        identify(folder.path(), &["--assignments", "1000"]).success();

        let model = model(theta);
        let family = |sexes: [Sex; 2]| {
            let mut people = vec![Individual::founder("F", Sex::Male), Individual::founder("G", Sex::Female)];
            people.push(Individual::child("S", Sex::Female, Some(0), Some(1)));
            people.extend(sexes.map(|sex| Individual::child("C", sex, Some(0), Some(1))));
            people.iter_mut().enumerate().for_each(|(at, person)| person.id = at.to_string());
            people
        };
        let ln = |people: Vec<Individual>, evidence: &[Evidence]| {
            *ln_likelihood(&model, &Pedigree::new(people).unwrap(), evidence).unwrap()
        };
        let relatives = [piece(1, &[10, 11]), piece(2, &[10, 12])];
        let ln_family = ln(family([Sex::Male; 2]), &relatives);
        let listed = rows(folder.path(), "assignments.csv");
        assert_eq!(listed.len(), 13);
        for row in &listed {
            let (mut sexes, mut evidence, mut ln_strangers) = ([Sex::Unknown; 2], relatives.to_vec(), 0.0);
            for (id, _, sex, alleles) in bodies {
                let child = match row[id].as_str() {
                    "C1" => 0,
                    "C2" => 1,
                    _ => continue,
                };
                if sex == Sex::Unknown {
                    continue; // where neither sex is known the X says nothing
                }
                sexes[child] = sex;
                evidence.push(piece(3 + child, alleles));
                let mut apart = family([Sex::Male; 2]);
                apart.push(Individual::founder("stranger", sex));
                ln_strangers += ln(apart, &[&relatives[..], &[piece(5, alleles)]].concat()) - ln_family;
            }
            let expected = ln(family(sexes), &evidence) - ln_family - ln_strangers;
            assert_close(number(row, "log10_lr"), expected / LN_10, &format!("{row:?}"));
        }
        for row in rows(folder.path(), "pairwise.csv") {
            assert_eq!(row["loci_compared"], if row["victim_id"] == "B3" { "0" } else { "1" });
        }
    }
}

/// A missing son is a man whatever the body's file says: LR ½ / p. Two alleles are no son's.
#[test]
fn a_body_of_unknown_sex_is_asked_as_of_the_missing_persons_sex() {
    for (shown, expected) in [("10", 5_f64.log10()), ("\"10,11\"", f64::NEG_INFINITY)] {
        let folder = small_case(&format!("B,,{shown},\n"), "G,F,\"10,11\",\n", "1,C,,G,M,yes\n1,G,,,F,no\n");
        set_in_markers(&folder, &json!({"chromosome": "x"}));
        identify(folder.path(), &[]).success();
        assert_close(only_log10_lr(&folder), expected, shown);
    }
}

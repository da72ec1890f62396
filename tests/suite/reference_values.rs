//! Answers of independent programs: pedprobr, pedmut, Familias and dvir.

use filia::inheritance::mutation::{MutationAlleles, MutationModel, MutationParameters};
use filia::inheritance::observation::{Evidence, Seen};
use filia::inheritance::pedigree::{Individual, Pedigree};
use filia::io::case_expected::{compare, needs_unlinked};
use filia::io::case_file::read_case;
use filia::io::json::JsonNode;
use filia::io::marker_file::read_loci;
use filia::likelihood::{LocusModel, genotype_table, ln_likelihood};
use filia::profile::Sex;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn data(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

#[test]
fn whole_cases_agree() {
    let mut compared = 0;
    for path in data("vectors") {
        let file = read_case(&std::fs::read(&path).unwrap()).unwrap();
        let expected = file.expected.unwrap();
        let answer = file.case.answer().unwrap();
        let unlinked = needs_unlinked(&expected).then(|| file.case.unlinked().answer().unwrap());
        let comparison = compare(&expected, &answer, unlinked.as_ref(), 1e-9).unwrap();
        assert!(comparison.differences.is_empty(), "{}: {}", path.display(), comparison.differences[0]);
        compared += comparison.compared;
    }
    assert!(compared > 1_500, "{compared}");
}

fn check_matrix(case: &Value, silent_frequency: f64) {
    let (mut labels, mut frequencies) = (texts(&case["alleles"]), numbers(&case["frequencies"]));
    if silent_frequency > 0.0 {
        labels.pop();
        frequencies.pop();
    }
    let model: MutationModel = serde_json::from_value(case["model"].clone()).unwrap();
    let parameters = MutationParameters {
        rate: case["rate"].as_f64().unwrap_or(0.0),
        rate2: case["rate2"].as_f64().unwrap_or(0.0),
        range: case["range"].as_f64().unwrap_or(0.0),
        matrix: None,
    };
    let alleles = MutationAlleles { labels: &labels, frequencies: &frequencies, silent_frequency };
    let found = model.matrix(&parameters, alleles).unwrap();
    let expected: Vec<f64> = case["matrix"].as_array().unwrap().iter().flat_map(numbers).collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() <= 1e-14, "{case}: {found} {expected}");
    }
}

#[test]
fn mutation_matrices_agree() {
    let cases = read_json(&data("mutation")[0]);
    for case in cases["pedmut"].as_array().unwrap() {
        check_matrix(case, 0.0);
    }
    for case in cases["familias_silent"].as_array().unwrap() {
        check_matrix(case, *numbers(&case["frequencies"]).last().unwrap());
    }
}

/// A sample's call at a locus.
fn seen(genotypes: &Value, model: &LocusModel) -> Seen {
    match &genotypes[model.name()] {
        Value::Null => Seen::Nothing,
        call => {
            let alleles: Vec<_> = texts(call).iter().map(|label| model.label_index(label).unwrap()).collect();
            Seen::pair(alleles[0], *alleles.last().unwrap())
        }
    }
}

fn family(value: &Value) -> Pedigree {
    let people = value["individuals"].as_array().unwrap();
    let position = |id: &Value| people.iter().position(|person| person["id"] == *id);
    let individual = |person: &Value| {
        let sex = serde_json::from_value::<Sex>(person["sex"].clone()).unwrap();
        let parent = |key: &str| if person[key].is_null() { None } else { position(&person[key]) };
        Individual::child(person["id"].as_str().unwrap(), sex, parent("father"), parent("mother"))
    };
    Pedigree::new(people.iter().map(individual).collect()).unwrap()
}

fn evidence(family_value: &Value, pedigree: &Pedigree, model: &LocusModel) -> Vec<Evidence> {
    let typed = family_value["genotypes"].as_object().unwrap();
    typed
        .iter()
        .map(|(id, genotypes)| Evidence::certain(pedigree.position(id).unwrap(), seen(genotypes, model)))
        .collect()
}

fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{what}: found {found:e}, expected {expected:e}");
}

/// Every victim against every missing person: one genotype table for each family, missing person and marker.
#[test]
fn victims_against_missing_persons_agree() {
    for path in data("dvi") {
        let case = read_json(&path);
        let markers = Value::Object([("loci".to_owned(), case["markers"].clone())].into_iter().collect());
        let models = read_loci(&JsonNode::root(&markers)).unwrap();
        let victims = case["pm"].as_array().unwrap();
        let alone = Pedigree::new(vec![Individual::founder("victim", Sex::Unknown)]).unwrap();
        let ln_victim = |victim: &Value, model: &LocusModel| {
            ln_likelihood(model, &alone, &[Evidence::certain(0, seen(&victim["genotypes"], model))]).unwrap().0
        };
        for victim in victims {
            let id = victim["id"].as_str().unwrap();
            let found: f64 = models.iter().map(|model| ln_victim(victim, model)).sum();
            assert_near(found, number(&case["base"]["loglik_pm"][id]), id);
        }
        for value in case["am"].as_array().unwrap() {
            let pedigree = family(value);
            let name = value["family"].as_str().unwrap();
            let found: f64 = models
                .iter()
                .map(|model| ln_likelihood(model, &pedigree, &evidence(value, &pedigree, model)).unwrap().0)
                .sum();
            assert_near(found, number(&case["base"]["loglik_am"][name]), name);
            for (column, missing) in texts(&case["pairwise"]["missing"]).iter().enumerate() {
                let Some(person) = pedigree.position(missing) else { continue };
                let table =
                    |model| genotype_table(model, &pedigree, &evidence(value, &pedigree, model), person).unwrap();
                let tables: Vec<_> = models.iter().map(table).collect();
                for (row, victim) in victims.iter().enumerate() {
                    let expected = &case["pairwise"]["LR"][row][column];
                    if expected.is_null() {
                        continue;
                    }
                    let ln_ratio = |(model, table): (&LocusModel, &filia::likelihood::GenotypeTable)| {
                        table.ln_probability_of(seen(&victim["genotypes"], model), 0.0, 0.0)
                            - table.ln_probability_of(Seen::Nothing, 0.0, 0.0)
                            - ln_victim(victim, model)
                    };
                    let found: f64 = models.iter().zip(&tables).map(ln_ratio).sum();
                    assert_near(
                        found.exp(),
                        number(expected),
                        &format!("{} {missing} {}", path.display(), victim["id"]),
                    );
                }
            }
        }
    }
}

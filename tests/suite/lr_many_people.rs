//! `filia lr` where the likelihood is too small for an f64: many people, rare alleles.

use assert_cmd::Command;
use serde_json::{Value, json};

/// One hypothesis on people (id, father, mother) of whom some are typed, at `loci` that are all alike: alleles 8 and 9.
struct Question {
    frequency: f64,
    theta: f64,
    mutation: Value,
    people: Vec<Value>,
    genotypes: serde_json::Map<String, Value>,
}

impl Question {
    fn new(frequency: f64) -> Self {
        Self { frequency, theta: 0.0, mutation: Value::Null, people: Vec::new(), genotypes: serde_json::Map::new() }
    }

    /// Adds a person with this genotype.
    fn add(&mut self, id: &str, parents: Option<(&str, &str)>, genotype: [&str; 2]) {
        let (father, mother) = parents.unzip();
        self.people.push(json!({"id": id, "father": father, "mother": mother}));
        self.genotypes.insert(id.to_owned(), json!({"L": genotype, "K": genotype}));
    }

    /// The value of ln L, `None` where it is impossible.
    fn ln_likelihood(&self, recombination: Option<f64>) -> Option<f64> {
        let names = if recombination.is_some() { vec!["L", "K"] } else { vec!["L"] };
        let locus = |name: &&str| {
            json!({"name": name, "alleles": ["8", "9"], "frequencies": [self.frequency, 1.0 - self.frequency],
                   "mutation": self.mutation, "theta": self.theta})
        };
        let mut genotypes = self.genotypes.clone();
        for calls in genotypes.values_mut().filter(|_| recombination.is_none()) {
            calls.as_object_mut().unwrap().remove("K");
        }
        let mut case = json!({
            "id": "many",
            "loci": names.iter().map(locus).collect::<Vec<_>>(),
            "hypotheses": [{"name": "H1", "individuals": self.people}],
            "genotypes": genotypes,
        });
        if let Some(rho) = recombination {
            case["linkage"] = json!([{"loci": ["L", "K"], "rho": rho}]);
        }
        let run =
            Command::cargo_bin("filia").unwrap().args(["lr", "-"]).write_stdin(case.to_string()).output().unwrap();
        assert_eq!(String::from_utf8(run.stderr).unwrap(), "");
        let answer: Value = serde_json::from_slice(&run.stdout).unwrap();
        answer["log_likelihood"]["H1"]["total"].as_f64()
    }
}

fn assert_near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() <= 1e-12 * expected.abs()), "{found:?} {expected}");
}

/// Unrelated people who are all 8/8.
fn homozygotes(people: usize, frequency: f64) -> Question {
    let mut question = Question::new(frequency);
    (0..people).for_each(|at| question.add(&format!("Q{at}"), None, ["8", "8"]));
    question
}

#[test]
fn unrelated_homozygotes() {
    for (people, frequency) in [(1, 1e-200), (2, 1e-320), (32, 1e-5), (33, 1e-5), (170, 0.1), (300, 0.1)] {
        let expected = 2.0 * people as f64 * f64::ln(frequency);
        assert_near(homozygotes(people, frequency).ln_likelihood(None), expected);
    }
    let mut question = homozygotes(170, 0.1);
    question.add("C", Some(("Q0", "Q1")), ["8", "9"]);
    assert_eq!(question.ln_likelihood(None), None);
}

#[test]
fn mutations_that_are_all_but_impossible() {
    let mut question = homozygotes(2, 0.5);
    let rate = json!({"rate": 1e-200});
    question.mutation = json!({"model": "equal", "female": rate, "male": rate});
    question.add("C", Some(("Q0", "Q1")), ["9", "9"]);
    assert_near(question.ln_likelihood(None), 4.0 * 0.5_f64.ln() + 2.0 * 1e-200_f64.ln());
}

/// A man who is 8/9, his 45 wives and their 45 children, all 8/8.
#[test]
fn half_siblings_alone_and_at_linked_loci() {
    let (families, p, rho) = (45, 1e-5_f64, 0.1_f64);
    let mut question = Question::new(p);
    question.add("F", None, ["8", "9"]);
    for family in 0..families {
        let (wife, child) = (format!("M{family}"), format!("C{family}"));
        question.add(&wife, None, ["8", "8"]);
        question.add(&child, Some(("F", &wife)), ["8", "8"]);
    }
    let families = f64::from(families);
    let founders = (2.0 * p * (1.0 - p)).ln() + families * 2.0 * p.ln();
    assert_near(question.ln_likelihood(None), founders + families * 0.5_f64.ln());
    // both alleles 8 of the man are on one chromosome, or they are not
    let coupled = 0.5_f64.ln() + families * ((1.0 - rho) / 2.0).ln();
    let meioses = coupled + (rho / (1.0 - rho)).powf(families).ln_1p();
    assert_near(question.ln_likelihood(Some(rho)), 2.0 * founders + meioses);
}

/// The urn's draws one after the other.
#[test]
fn unrelated_people_with_theta() {
    for (people, p, theta) in [(400, 0.1, 0.01), (300, 0.1, 0.9), (2, 1e-320, 1e-6)] {
        let mut question = homozygotes(people, p);
        question.theta = theta;
        (0..people).for_each(|at| question.add(&format!("R{at}"), None, ["9", "9"]));
        let draws = |frequency: f64| -> f64 {
            // the smallest f64 are not precise enough to be multiplied by 1 − theta
            (0..2 * people)
                .map(|drawn| (frequency + drawn as f64 * theta / (1.0 - theta)).ln() + (1.0 - theta).ln())
                .sum()
        };
        let denominators: f64 = (0..4 * people).map(|drawn| (1.0 + (drawn as f64 - 1.0) * theta).ln()).sum();
        assert_near(question.ln_likelihood(None), draws(p) + draws(1.0 - p) - denominators);
    }
}

/// Twelve children 8,9 of one untyped father: 8 is passed on, and 9 is another founder allele, or the other way round.
#[test]
fn half_siblings_with_theta() {
    const CHILDREN: i32 = 12;
    let (p, theta) = (0.3, 0.02);
    let mut question = Question::new(p);
    question.theta = theta;
    question.people.push(json!({"id": "F", "father": null, "mother": null}));
    for child in 0..CHILDREN {
        question.add(&format!("C{child}"), None, ["8", "9"]);
        question.people[child as usize + 1]["father"] = json!("F");
    }
    // so many alleles 8 and 9 in this order; the order does not matter
    let urn = |eights: i32, nines: i32| -> f64 {
        let draws = |number: i32, frequency: f64| -> f64 {
            (0..number).map(|drawn| f64::from(drawn) * theta + (1.0 - theta) * frequency).product()
        };
        let all = (0..eights + nines).map(|drawn| 1.0 + f64::from(drawn - 1) * theta).product::<f64>();
        draws(eights, p) * draws(nines, 1.0 - p) / all
    };
    let ways = |eights: i32| (0..eights).map(|at| f64::from(CHILDREN - at) / f64::from(at + 1)).product::<f64>();
    let heterozygous: f64 = (0..=CHILDREN).map(|eights| ways(eights) * urn(1 + eights, 1 + CHILDREN - eights)).sum();
    let expected = urn(2, CHILDREN) + urn(CHILDREN, 2) + 2.0 * heterozygous / 2_f64.powi(CHILDREN);
    assert_near(question.ln_likelihood(None), expected.ln());
}

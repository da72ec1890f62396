//! Likelihood ratios worked out by hand, or printed in the literature.

use filia::inheritance::mutation::{MutationDefinition, MutationModel, MutationParameters};
use filia::inheritance::relationship::{KnownParent, Relationship};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel, score_row};
use filia::profile::{Allele, Call, Observation, Sex};

fn locus(alleles: &[&str], frequencies: &[f64]) -> LocusDefinition {
    LocusDefinition {
        name: "L".to_owned(),
        chromosome: Chromosome::Autosomal,
        alleles: alleles.iter().map(|&label| label.to_owned()).collect(),
        frequencies: frequencies.to_vec(),
        mutation: None,
        theta: 0.0,
        silent_frequency: 0.0,
    }
}

fn four_alleles(theta: f64) -> LocusDefinition {
    LocusDefinition { theta, ..locus(&["A", "B", "C", "D"], &[0.1, 0.2, 0.3, 0.4]) }
}

fn call(text: &str) -> Observation {
    let alleles: Vec<Allele> = text.split(',').map(|label| label.parse().unwrap()).collect();
    Observation { call: Call::from_alleles(&alleles), drop_out: 0.0 }
}

fn model(definition: LocusDefinition) -> LocusModel {
    LocusModel::new(definition).unwrap()
}

/// The likelihood ratio against "unrelated", the candidate male.
fn ratio(model: &LocusModel, relationship: Relationship, child: &str, known: Option<&str>, candidate: &str) -> f64 {
    let parent = known.map(|_| KnownParent::Mother);
    let hypothesis = |relationship: Relationship| relationship.hypothesis(Sex::Female, Sex::Male, parent).unwrap();
    let (h1, h2) = (hypothesis(relationship), hypothesis(Relationship::Unrelated));
    let row = score_row(model, &h1, &h2, call(child), known.map(call), 0.0, &[call(candidate)]).unwrap();
    10_f64.powf(row[0])
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "found {found}, expected {expected}");
}

/// Balding & Nichols 1994, doi 10.1016/0379-0738(94)90222-4; equal to Familias.
#[test]
fn parents_with_theta() {
    for theta in [0.0, 0.01, 0.03, 0.2] {
        let model = model(four_alleles(theta));
        let draws = |of_it: f64, p: f64| of_it * theta + (1.0 - theta) * p;
        let duo = |child, candidate| ratio(&model, Relationship::Parent, child, None, candidate);
        assert_near(duo("B,C", "A,B"), (1.0 + 2.0 * theta) / (4.0 * draws(1.0, 0.2)));
        assert_near(duo("B", "B"), (1.0 + 2.0 * theta) / draws(3.0, 0.2));
        let (a, b) = (draws(1.0, 0.1), draws(1.0, 0.2));
        assert_near(duo("A,B", "A,B"), (1.0 + 2.0 * theta) * (a + b) / (4.0 * a * b));
        let trio = ratio(&model, Relationship::Parent, "B,C", Some("C,D"), "A,B");
        assert_near(trio, (1.0 + 3.0 * theta) / (2.0 * draws(1.0, 0.2)));
        let trio = ratio(&model, Relationship::Parent, "B", Some("B"), "B");
        assert_near(trio, (1.0 + 3.0 * theta) / draws(4.0, 0.2));
    }
    assert_near(
        (ratio(&model(four_alleles(0.03)), Relationship::Parent, "B,C", None, "A,B") * 1e9).round(),
        1183035714.0,
    );
}

#[test]
fn relatives_without_mutation() {
    let model = model(four_alleles(0.0));
    let cases = [
        ("A,B", "A,B", 8.375, 2.375, 1.6875),
        ("A", "A", 30.25, 5.5, 3.25),
        ("A,B", "A,C", 1.5, 1.75, 1.375),
        ("A,B", "C,D", 0.25, 0.5, 0.75),
    ];
    for (child, candidate, full, half, cousin) in cases {
        let of = |relationship| ratio(&model, relationship, child, None, candidate);
        assert_near(of(Relationship::FullSibling), full);
        for second_degree in [Relationship::HalfSibling, Relationship::Grandparent, Relationship::Avuncular] {
            assert_near(of(second_degree), half);
        }
        assert_near(of(Relationship::FirstCousin), cousin);
        assert_near(of(Relationship::Unrelated), 1.0);
    }
    let identity = |child, candidate| ratio(&model, Relationship::Identity, child, None, candidate);
    assert_near(identity("A,B", "A,B"), 1.0 / (2.0 * 0.1 * 0.2));
    assert_near(identity("C", "C"), 1.0 / 0.09);
    assert_eq!(identity("A,B", "A,C"), 0.0);
}

fn with_rate(definition: LocusDefinition, model: MutationModel, parameters: MutationParameters) -> LocusDefinition {
    let mutation = Some(MutationDefinition { model, female: parameters.clone(), male: parameters });
    LocusDefinition { mutation, ..definition }
}

/// A duo AA, BB at rate 0.001 (equal, proportional: as in Familias), and a stepwise one by hand.
#[test]
fn parents_with_mutation() {
    let rate = |rate| MutationParameters { rate, ..Default::default() };
    let equal = model(with_rate(four_alleles(0.0), MutationModel::Equal, rate(0.001)));
    assert_near(ratio(&equal, Relationship::Parent, "B", None, "A"), 0.001 / 3.0 / 0.2);
    let proportional = model(with_rate(four_alleles(0.0), MutationModel::Proportional, rate(0.001)));
    assert_near(ratio(&proportional, Relationship::Parent, "B", None, "A"), 0.001 / 0.7);
    let alleles = ["12", "13", "14", "14.2", "15"];
    let stepwise = MutationParameters { rate: 0.002, rate2: 1e-6, range: 0.1, matrix: None };
    let definition = locus(&alleles, &[0.1, 0.2, 0.3, 0.1, 0.3]);
    let stepwise = model(with_rate(definition, MutationModel::Stepwise, stepwise));
    // the child's other allele is drawn from the population: M(12, 13) p15 + M(12, 15) p13 over 2 p13 p15
    let step = |steps: i32| 0.002 * 0.1_f64.powi(steps) / (0.1 + 0.01 + 0.001);
    let expected = (step(1) * 0.3 + step(3) * 0.2) / (2.0 * 0.2 * 0.3);
    assert_near(ratio(&stepwise, Relationship::Parent, "13,15", None, "12"), expected);
}

/// Genotyping error e: a call is right with 1 − e, else that of a stranger. Of A and B with frequencies p and q, a duo is parent and
/// child where both calls are right, and two strangers otherwise: LR = (1 − e)² LR without error + 1 − (1 − e)².
#[test]
fn parents_with_genotyping_error() {
    let (p, q, e): (f64, f64, f64) = (0.3, 0.7, 0.01);
    let definition = locus(&["A", "B"], &[p, q]);
    let rate = MutationParameters { rate: e, ..Default::default() };
    let model = model(with_rate(definition, MutationModel::GenotypingError, rate));
    let both_right = (1.0 - e) * (1.0 - e);
    let calls = [
        ("A", "B", 0.0),
        ("A", "A", 1.0 / p),
        ("A", "A,B", 0.5 / p),
        ("A,B", "A", 0.5 / p),
        ("A,B", "A,B", 0.25 / (p * q)),
    ];
    for (child, candidate, without) in calls {
        let found = ratio(&model, Relationship::Parent, child, None, candidate);
        assert_near(found, both_right * without + 1.0 - both_right);
    }
    // one person twice: the same mixture
    let identity = |child, candidate| ratio(&model, Relationship::Identity, child, None, candidate);
    assert_near(identity("A", "B"), 1.0 - both_right);
    assert_near(identity("A", "A"), both_right / (p * p) + 1.0 - both_right);
}

/// Drop-out: the child shows B alone and may have lost an allele; by hand for a father AB.
#[test]
fn a_child_that_may_have_lost_an_allele() {
    let model = model(four_alleles(0.0));
    let d = 0.1;
    let child = Observation { drop_out: d, ..call("B") };
    let hypothesis = |of: Relationship| of.hypothesis(Sex::Male, Sex::Male, None).unwrap();
    let (h1, h2) = (hypothesis(Relationship::Parent), hypothesis(Relationship::Unrelated));
    let found = score_row(&model, &h1, &h2, child, None, 0.0, &[call("A,B"), call("A,C"), call("A,A")]).unwrap();
    let (p, both, one) = (0.2, 1.0 - d * d, d * (1.0 - d));
    let alone = p * p * both + 2.0 * p * (1.0 - p) * one;
    let with_b = p * both + (1.0 - p) * one;
    let without_b = p * one;
    let expected = [(0.5 * with_b + 0.5 * without_b) / alone, without_b / alone, without_b / alone];
    for (found, expected) in found.iter().zip(expected) {
        assert_near(10_f64.powf(*found), expected);
    }
}

#[test]
fn what_says_nothing_scores_nothing_and_what_cannot_be_scores_minus_infinity() {
    let model = model(four_alleles(0.0));
    let hypothesis = |of: Relationship| of.hypothesis(Sex::Male, Sex::Unknown, None).unwrap();
    let (h1, h2) = (hypothesis(Relationship::Parent), hypothesis(Relationship::Unrelated));
    let missing = Observation { call: Call::Missing, drop_out: 0.0 };
    let aside = Observation { call: Call::SetAside, drop_out: 0.0 };
    let row = |child, candidates: &[Observation]| score_row(&model, &h1, &h2, child, None, 0.0, candidates).unwrap();
    assert_eq!(row(call("A,B"), &[missing, aside, call("C,D")]), [0.0, 0.0, f64::NEG_INFINITY]);
    assert_eq!(row(missing, &[call("C,D")]), [0.0]);
    let unlisted = score_row(&model, &h1, &h2, call("A,B"), None, 0.0, &[call("A,17")]).unwrap_err();
    assert_eq!(unlisted.to_string(), "allele `17` is not among the alleles of L");
    let second_mother = Relationship::Parent.hypothesis(Sex::Male, Sex::Female, Some(KnownParent::Mother));
    assert!(second_mother.unwrap_err().to_string().starts_with("the candidate is female"));
}

/// The X: a father passes his allele to a daughter, and nothing to a son.
#[test]
fn fathers_on_the_x() {
    let model = model(LocusDefinition { chromosome: Chromosome::X, ..four_alleles(0.0) });
    let found = |child_sex, child: &str| {
        let hypothesis = |of: Relationship| of.hypothesis(child_sex, Sex::Male, None).unwrap();
        let (h1, h2) = (hypothesis(Relationship::Parent), hypothesis(Relationship::Unrelated));
        10_f64.powf(score_row(&model, &h1, &h2, call(child), None, 0.0, &[call("B")]).unwrap()[0])
    };
    assert_near(found(Sex::Female, "A,B"), 1.0 / (2.0 * 0.2));
    assert_near(found(Sex::Female, "B"), 1.0 / 0.2);
    assert_near(found(Sex::Male, "A"), 1.0);
    let unknown = Relationship::Parent.hypothesis(Sex::Unknown, Sex::Male, None).unwrap();
    let refused = score_row(&model, &unknown, &unknown, call("A"), None, 0.0, &[call("B")]).unwrap_err();
    assert!(refused.to_string().contains("sex of `child` is unknown"), "{refused}");
}

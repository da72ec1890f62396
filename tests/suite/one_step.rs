//! The one-step model with microvariants: whole repeats up and down, with every bundled table.

use assert_cmd::Command;
use filia::inheritance::{MutationAlleles, MutationModel, MutationParameters};
use filia::io::frequency_file::load_table;
use filia::population::bundled::BUNDLED_TABLES;
use serde_json::{Value, json};

const RATE: f64 = 0.002;

#[test]
fn every_bundled_table_can_be_used() {
    let parameters = MutationParameters { rate: RATE, ..MutationParameters::default() };
    for bundled in BUNDLED_TABLES {
        for locus in &load_table(bundled.name, &filia::io::source::Inputs::default()).unwrap().loci {
            let labels: Vec<String> = locus.frequencies.iter().map(|(allele, _)| allele.to_string()).collect();
            let frequencies: Vec<f64> = locus.frequencies.iter().map(|(_, frequency)| *frequency).collect();
            let alleles = MutationAlleles { labels: &labels, frequencies: &frequencies, silent_frequency: 0.0 };
            let matrix = MutationModel::OneStep.matrix(&parameters, alleles).unwrap();
            for (from, row) in matrix.chunks(labels.len()).enumerate() {
                let repeats = |at: usize| locus.frequencies[at].0.tenths().unwrap();
                let is_neighbour = |to: &usize| repeats(from).abs_diff(repeats(*to)) == 10;
                let neighbours = (0..labels.len()).filter(is_neighbour).count();
                let stays = if neighbours == 0 { 1.0 } else { 1.0 - RATE };
                assert!((row[from] - stays).abs() < 1e-15, "{}, {}: {}", bundled.name, locus.locus, labels[from]);
                for to in (0..labels.len()).filter(|to| *to != from) {
                    let expected = if is_neighbour(&to) { RATE / neighbours as f64 } else { 0.0 };
                    assert!((row[to] - expected).abs() < 1e-18, "{}: {} to {}", locus.locus, labels[from], labels[to]);
                }
            }
        }
    }
}

/// log10 LR of a father with `father` twice against a stranger, for a child who has `child` twice: P(child | father) / p(child).
fn log10_lr(father: &str, child: &str) -> Value {
    let parameters = json!({"rate": RATE});
    let case = json!({
        "id": "duo",
        "loci": [{"name": "L", "alleles": ["8.3", "9", "9.3", "10.3", "12"], "frequencies": [0.1, 0.2, 0.3, 0.15, 0.25],
                  "mutation": {"model": "one-step", "female": parameters, "male": parameters}}],
        "hypotheses": [
            {"name": "H1", "individuals": [{"id": "F", "sex": "male"}, {"id": "C", "sex": "male", "father": "F"}]},
            {"name": "H2", "individuals": [{"id": "F", "sex": "male"}, {"id": "C", "sex": "male"}]}],
        "genotypes": {"F": {"L": [father, father]}, "C": {"L": [child, child]}}
    });
    let output = Command::cargo_bin("filia").unwrap().args(["lr", "-"]).write_stdin(case.to_string()).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["log10_lr"]["L"].clone()
}

#[test]
fn microvariants_by_hand() {
    for (father, child, lr) in [
        ("9.3", "10.3", RATE / 2.0 / 0.15), // two neighbours share the rate
        ("10.3", "9.3", RATE / 0.3),        // the end of the ladder: one neighbour gets all of it
        ("9.3", "9.3", (1.0 - RATE) / 0.3),
        ("12", "12", 1.0 / 0.25), // no neighbour: it stays
        ("9", "9", 1.0 / 0.2),
    ] {
        let found = log10_lr(father, child).as_f64().unwrap();
        assert!((found - lr.log10()).abs() < 1e-12, "{father} to {child}: {found}, expected {}", lr.log10());
    }
    for (father, child) in [("9", "9.3"), ("8.3", "10.3"), ("12", "10.3")] {
        assert_eq!(log10_lr(father, child), "-inf", "{father} to {child}");
    }
}

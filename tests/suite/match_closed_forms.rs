//! Formulas with theta that books print, through the binary: `filia lr` and `filia match` with a marker file.

use super::match_support::{Folder, assert_close, number};
use serde_json::{Value, json};

const THETAS: [f64; 3] = [0.0, 0.01, 0.03];

/// p = 0.1, 0.2, 0.3, 0.4 for 10, 20, 30, 40: the alleles A, B, C, D of the formulas.
fn markers(theta: f64) -> Value {
    json!({"loci": [{
        "name": "D3S1358", "chromosome": "autosomal", "alleles": ["10", "20", "30", "40"],
        "frequencies": [0.1, 0.2, 0.3, 0.4], "mutation": null, "theta": theta, "silent_frequency": 0.0
    }]})
}

struct Example {
    father: [&'static str; 2],
    child: [&'static str; 2],
    mother: Option<[&'static str; 2]>,
    /// At the three values of theta, as Familias has them.
    ratios: [f64; 3],
}

const EXAMPLES: [Example; 5] = [
    Example { father: ["10", "20"], child: ["20", "30"], mother: None, ratios: [1.25, 1.225_961_538, 1.183_035_714] },
    Example { father: ["20", "20"], child: ["20", "20"], mother: None, ratios: [5.0, 4.473_684_211, 3.732_394_366] },
    Example { father: ["10", "20"], child: ["10", "20"], mother: None, ratios: [3.75, 3.565_411_080, 3.269_649_888] },
    Example {
        father: ["10", "20"],
        child: ["20", "30"],
        mother: Some(["30", "40"]),
        ratios: [2.5, 2.475_961_538, 2.433_035_714],
    },
    Example {
        father: ["20", "20"],
        child: ["20", "20"],
        mother: Some(["20", "20"]),
        ratios: [5.0, 4.327_731_092, 3.471_337_580],
    },
];

#[test]
fn match_with_a_marker_file() {
    for (example, (theta, ratio)) in
        EXAMPLES.iter().flat_map(|one| THETAS.iter().zip(one.ratios).map(move |pair| (one, pair)))
    {
        let folder = Folder::new();
        folder.write("markers.json", markers(*theta).to_string());
        let cell = |alleles: [&str; 2]| alleles.join("/");
        folder.write(
            "c.csv",
            format!("sample_id,mother_id,D3S1358\nC,{},{}\n", example.mother.map_or("", |_| "M"), cell(example.child)),
        );
        let mother = example.mother.map(|mother| format!("M,F,{}\n", cell(mother))).unwrap_or_default();
        folder.write("a.csv", format!("sample_id,sex,D3S1358\nF,M,{}\n{mother}", cell(example.father)));
        folder
            .succeed("match --children c.csv --candidates a.csv --markers markers.json --min-log10-lr none --out out");
        let rows = folder.table("out/matches.csv");
        let row = rows.iter().find(|row| row["candidate_id"] == "F").unwrap();
        assert_close(10_f64.powf(number(row, "log10_lr")), ratio, 1e-9, &format!("theta {theta}"));
    }
}

#[test]
fn lr_with_case_files() {
    for (example, (theta, ratio)) in
        EXAMPLES.iter().flat_map(|one| THETAS.iter().zip(one.ratios).map(move |pair| (one, pair)))
    {
        let mother = example.mother.map(|_| "M");
        let hypothesis = |name: &str, father: Value| {
            let mut people = vec![
                json!({"id": "C", "father": father, "mother": mother, "sex": "female"}),
                json!({"id": "F", "father": null, "mother": null, "sex": "male"}),
            ];
            people.extend(mother.map(|id| json!({"id": id, "father": null, "mother": null, "sex": "female"})));
            json!({"name": name, "individuals": people})
        };
        let mut case = markers(*theta);
        case["id"] = json!("duo");
        case["hypotheses"] = json!([hypothesis("H1", json!("F")), hypothesis("H2", Value::Null)]);
        case["genotypes"] = json!({"C": {"D3S1358": example.child}, "F": {"D3S1358": example.father}});
        if let Some(alleles) = example.mother {
            case["genotypes"]["M"] = json!({"D3S1358": alleles});
        }
        let folder = Folder::new();
        folder.write("case.json", case.to_string());
        let answer: Value = serde_json::from_str(&folder.succeed("lr case.json")).unwrap();
        let log10_lr = answer["log10_lr"]["total"].as_f64().unwrap();
        assert_close(10_f64.powf(log10_lr), ratio, 1e-9, &format!("theta {theta}"));
    }
}

/// Asked for samples of the child itself, `match` ranks them: 1/2pq where both alleles differ, 1/p² where they are one.
#[test]
fn identity_as_the_relationship_that_is_tested() {
    let folder = Folder::new();
    folder.write("markers.json", markers(0.0).to_string());
    folder.write("c.csv", "sample_id,D3S1358\nhet,10/20\nhom,30\n");
    folder.write("a.csv", "sample_id,D3S1358\na,20/10\nb,30/30\nc,30/40\n");
    folder.succeed(
        "match --children c.csv --candidates a.csv --markers markers.json --relationship identity --min-log10-lr 0 --out out",
    );
    let rows = folder.table("out/matches.csv");
    let found: Vec<_> = rows.iter().map(|row| (row["child_id"].as_str(), row["candidate_id"].as_str())).collect();
    assert_eq!(found, [("het", "a"), ("hom", "b")]);
    for (row, ratio) in rows.iter().zip([1.0 / (2.0 * 0.1 * 0.2), 1.0 / (0.3 * 0.3)]) {
        assert_close(10_f64.powf(number(row, "log10_lr")), ratio, 1e-9, "identity");
        assert_eq!((row["relationship"].as_str(), row["best_relationship"].as_str()), ("identity", "identity"));
    }
}

//! Keys and columns that nobody knows, numbers that nobody can mean: refused, with the place and the remedy.

use super::match_support::Folder;
use serde_json::{Value, json};

/// Files in a folder of their own.
fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    files.iter().for_each(|(name, text)| folder.write(name, text));
    folder
}

/// A man 1/1 and a child 1/2 at one locus with frequencies .1, .2, .7: LR 1 / (2 × .1) at theta 0.
fn duo() -> Value {
    json!({
        "id": "duo",
        "loci": [{"name": "L", "chromosome": "autosomal", "alleles": ["1", "2", "3"], "frequencies": [0.1, 0.2, 0.7],
                  "mutation": {"model": "stepwise", "female": {"rate": 0, "range": 0.1, "rate2": 0},
                               "male": {"rate": 0, "range": 0.1, "rate2": 0}},
                  "theta": 0.03, "silent_frequency": 0}],
        "hypotheses": [
            {"name": "H1", "individuals": [{"id": "F", "sex": "male"}, {"id": "C", "sex": "female", "father": "F"}]},
            {"name": "H2", "individuals": [{"id": "F", "sex": "male"}, {"id": "C", "sex": "female"}]}],
        "genotypes": {"F": {"L": ["1", "1"]}, "C": {"L": ["1", "2"]}},
        "linkage": []
    })
}

/// What `filia lr` says of the case after `from` has become `to` in its text.
fn lr(from: &str, to: &str) -> (i32, String, String) {
    let text = duo().to_string();
    assert!(text.contains(from), "{from}");
    let folder = folder(&[("case.json", &text.replace(from, to))]);
    folder.run("lr case.json")
}

#[test]
fn a_key_of_a_case_file_that_nobody_knows_is_refused() {
    for (from, to, place, meant) in [
        ("\"theta\"", "\"Theta\"", "loci[0]", "theta"),
        ("\"theta\"", "\"kinship\"", "loci[0]", "theta"),
        ("\"silent_frequency\"", "\"silent\"", "loci[0]", "silent_frequency"),
        ("\"mutation\"", "\"mutation_model\"", "loci[0]", "mutation"),
        ("\"rate2\"", "\"rate_2\"", "loci[0].mutation.female", "rate2"),
        ("\"father\"", "\"Father\"", "hypotheses[0].individuals[1]", "father"),
        ("\"linkage\"", "\"Linkage\"", "the top level", "linkage"),
    ] {
        let (code, output, errors) = lr(from, to);
        let key = to.trim_matches('"');
        assert_eq!((code, output.as_str()), (2, ""), "{to}");
        let expected = format!("case.json: at `{place}`: unknown key `{key}`: did you mean `{meant}`?");
        assert!(errors.contains(&expected), "{errors}");
    }
    let (code, _, errors) = lr("\"sex\":\"male\"", "\"sex\":\"male\",\"founder_inbreeding\":1");
    assert!(code == 2 && errors.contains("unknown key `founder_inbreeding`"), "{errors}");
}

#[test]
fn keys_for_people_are_let_be() {
    for key in ["description", "reference", "comment", "source", "x_twin_of"] {
        let (code, output, errors) = lr("\"id\":\"C\"", &format!("\"id\":\"C\",\"{key}\":[1]"));
        assert_eq!((code, errors.as_str()), (0, ""));
        let answer: Value = serde_json::from_str(&output).unwrap();
        // (1 + 2 θ) / (2 (2 θ + (1 − θ) p)) with θ = .03, p = .1
        let expected = (1.06_f64 / (2.0 * (0.06 + 0.097))).log10();
        assert!((answer["log10_lr"]["L"].as_f64().unwrap() - expected).abs() < 1e-12, "{output}");
    }
}

#[test]
fn what_is_expected_must_be_something_that_is_compared() {
    let mut case = duo();
    case["expected"] = json!({"log10_LR": {"total": 7}});
    let folder = folder(&[("case.json", &case.to_string())]);
    let (code, _, errors) = folder.run("lr --verify case.json");
    assert!(code == 2 && errors.contains("unknown key `log10_LR`: did you mean `log10_lr`?"), "{errors}");
    assert_eq!(folder.run("lr case.json").0, 0);
}

/// A child and a man who share one allele at one locus.
const PROFILES: [(&str, &str); 2] =
    [("c.csv", "sample_id,sex,L\nC,female,\"11,12\"\n"), ("f.csv", "sample_id,sex,L\nF,male,\"11,11\"\n")];

/// A run of `match` with this marker file of one locus, with `change` made: exit code, messages, notes of the manifest.
fn match_with_markers(change: impl Fn(&mut Value)) -> (i32, String, Vec<String>) {
    let rates = json!({"rate": 0.002, "range": 0.1, "rate2": 0});
    let mut locus = json!({"name": "L", "alleles": ["11", "12", "13"], "frequencies": [0.1, 0.2, 0.7],
                           "mutation": {"model": "stepwise", "female": rates, "male": rates}});
    change(&mut locus);
    let loci = if locus.is_array() { locus } else { json!([locus]) };
    let folder = folder(&PROFILES);
    folder.write("m.json", json!({ "loci": loci }).to_string());
    let (code, _, errors) = folder.run("match --children c.csv --candidates f.csv --markers m.json --out out");
    let manifest = std::fs::read(folder.path("out/manifest.json")).unwrap_or(b"{}".to_vec());
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let notes = manifest["notes"].as_array().into_iter().flatten();
    (code, errors, notes.map(|note| note.as_str().unwrap().to_owned()).collect())
}

#[test]
fn a_marker_file_means_what_it_says() {
    for (change, expected) in [
        (json!({"tehta": 0.5}), "m.json: at `loci[0]`: unknown key `tehta`: did you mean `theta`?"),
        (json!({"alleles": ["11", "11.0", "13"]}), "the labels `11` and `11.0` are one allele"),
        (json!({"alleles": ["11", "", "13"]}), "an allele has an empty label"),
        (json!({"alleles": ["A", "a", "13"]}), "the labels `A` and `a` are one allele"),
        (json!({"name": " "}), "at `loci[0].name`: found an empty text, expected the name of a locus"),
    ] {
        let (code, errors, _) = match_with_markers(|locus| {
            change.as_object().unwrap().iter().for_each(|(key, value)| locus[key] = value.clone());
        });
        assert!(code == 2 && errors.contains(expected), "{errors}");
    }
    let (code, errors, _) = match_with_markers(|locus| {
        let named = |name: &str| {
            let mut locus = locus.clone();
            locus["name"] = name.into();
            locus
        };
        *locus = json!([named("TH01"), named("THO1")]);
    });
    assert!(code == 2 && errors.contains("the locus `THO1` is listed twice: `TH01` is another name of it"), "{errors}");
    let (code, errors, _) = match_with_markers(|locus| locus["mutation"]["male"]["range"] = 10.into());
    assert!(code == 2 && errors.contains("found 10, expected a number above 0, at most 1"), "{errors}");
}

#[test]
fn a_high_rate_of_a_marker_file_is_noted() {
    let unusual =
        |notes: &[String]| notes.iter().any(|note| note.starts_with("mutation rates above 0.02 at L (female"));
    let (code, errors, notes) = match_with_markers(|locus| locus["mutation"]["female"]["rate"] = 0.17.into());
    assert!(code == 0 && unusual(&notes), "{errors} {notes:?}");
    let (code, _, notes) = match_with_markers(|_| {});
    assert!(code == 0 && !unusual(&notes), "{notes:?}");
}

/// A run of `match` with one table, one rates file (where there is one) and these settings.
fn match_with_settings(rates: Option<&str>, settings: &str) -> (i32, String, Vec<String>) {
    let folder = folder(&PROFILES);
    folder.write("t.csv", "locus,allele,frequency,n_people\nL,11,0.1,100\nL,12,0.2,100\nL,13,0.7,100\n");
    folder.write("s.toml", settings);
    folder.write("r.csv", rates.unwrap_or_default());
    let (code, _, errors) =
        folder.run("match --children c.csv --candidates f.csv --frequencies t.csv --config s.toml --out out");
    let manifest = std::fs::read(folder.path("out/manifest.json")).unwrap_or(b"{}".to_vec());
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let notes = manifest["notes"].as_array().into_iter().flatten();
    (code, errors, notes.map(|note| note.as_str().unwrap().to_owned()).collect())
}

#[test]
fn mutation_rates_in_percent_are_refused() {
    let percent = "as a fraction of meioses (rates in percent are to be divided by 100: 0.17 % is 0.0017)";
    let from_file = "[mutation]\nrates = \"r.csv\"\n";
    let (code, errors, _) = match_with_settings(Some("locus;female;male\nL;0,03;0,17\n"), from_file);
    assert!(code == 2 && errors.contains("r.csv, line 2, column 3 (male): found `0,17`"), "{errors}");
    assert!(errors.contains(percent), "{errors}");
    for settings in [
        "[mutation]\nrates = { female = 0.03, male = 0.17 }\n",
        "[mutation]\nrate2 = 0.1\n",
        "[mutation]\nrange = 1.5\n",
    ] {
        let (code, errors, _) = match_with_settings(None, settings);
        assert!(code == 2 && errors.contains("s.toml, line 2"), "{errors}");
    }
    let (code, errors, notes) = match_with_settings(Some("locus;female;male\nL;0,001;0,03\n"), from_file);
    assert_eq!(code, 0, "{errors}");
    assert!(notes.iter().any(|note| note.starts_with("mutation rates above 0.02 at L (female 0.001, male 0.03)")));
}

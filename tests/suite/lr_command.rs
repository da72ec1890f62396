//! `filia lr` through the built binary: answers, comparison, messages, exit codes.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

fn filia(arguments: &[&str]) -> (i32, String, String) {
    run(arguments, "")
}

fn run(arguments: &[&str], input: &str) -> (i32, String, String) {
    let output = Command::cargo_bin("filia").unwrap().args(arguments).write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn vector(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/data/vectors", name].iter().collect();
    path.to_str().unwrap().to_owned()
}

/// A duo at one locus, A .1, B .2, C .3, D .4: mother A,B, child B,C: LR 1.25.
fn duo() -> Value {
    json!({
        "id": "duo",
        "note": "let be",
        "loci": [{"name": "L1", "chromosome": "autosomal", "alleles": ["A", "B", "C", "D"],
                  "frequencies": [0.1, 0.2, 0.3, 0.4], "mutation": null, "theta": 0, "silent_frequency": 0}],
        "hypotheses": [
            {"name": "H1", "individuals": [{"id": "M", "father": null, "mother": null, "sex": "female"},
                                           {"id": "C", "father": null, "mother": "M", "sex": "male"}]},
            {"name": "H2", "individuals": [{"id": "M", "father": null, "mother": null, "sex": "female"},
                                           {"id": "C", "father": null, "mother": null, "sex": "male"}]}],
        "genotypes": {"M": {"L1": ["A", "B"]}, "C": {"L1": ["B", "C"]}}
    })
}

fn answer(case: &Value) -> Value {
    let (code, output, errors) = run(&["lr", "-"], &case.to_string());
    assert_eq!((code, errors.as_str()), (0, ""));
    serde_json::from_str(&output).unwrap()
}

/// The message for a case that cannot be used.
fn complaint(change: impl Fn(&mut Value)) -> String {
    let mut case = duo();
    change(&mut case);
    let (code, output, errors) = run(&["lr", "-"], &case.to_string());
    assert_eq!((code, output.as_str()), (2, ""), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    errors
}

#[test]
fn one_line_with_likelihoods_and_ratios() {
    let found = answer(&duo());
    assert_eq!(found["id"], "duo");
    let lr = found["log10_lr"]["total"].as_f64().unwrap();
    assert!((10_f64.powf(lr) - 1.25).abs() < 1e-12);
    assert_eq!(found["log10_lr"]["L1"], found["log10_lr"]["total"]);
    let h1 = found["log_likelihood"]["H1"]["L1"].as_f64().unwrap();
    assert!((h1.exp() - 2.0 * 0.1 * 0.2 * 0.5 * 0.3).abs() < 1e-15);
}

#[test]
fn an_impossible_case_is_null_and_minus_infinity() {
    let mut case = duo();
    case["genotypes"]["C"]["L1"] = json!(["C", "D"]);
    let found = answer(&case);
    assert_eq!(found["log_likelihood"]["H1"]["L1"], Value::Null);
    assert_eq!(found["log_likelihood"]["H1"]["total"], Value::Null);
    assert_eq!(found["log10_lr"]["total"], "-inf");
    case["expected"] = json!({"log_likelihood": {"H1": {"L1": null}}, "log10_lr": {"L1": "-inf", "total": "-inf"}});
    assert_eq!(run(&["lr", "--verify", "-"], &case.to_string()).0, 0);
}

#[test]
fn more_hypotheses_are_keyed_by_name() {
    let mut case = duo();
    let mut third = case["hypotheses"][1].clone();
    third["name"] = json!("H3");
    case["hypotheses"].as_array_mut().unwrap().push(third);
    let found = answer(&case);
    assert_eq!(found["log10_lr"]["H2"], found["log10_lr"]["H3"]);
    assert!(found["log10_lr"]["H3"]["total"].is_number());
}

#[test]
fn three_linked_loci_have_one_value() {
    let mut case = duo();
    let locus = case["loci"][0].clone();
    for name in ["L2", "L3"] {
        let mut copy = locus.clone();
        copy["name"] = json!(name);
        case["loci"].as_array_mut().unwrap().push(copy);
        case["genotypes"]["M"][name] = json!(["A", "B"]);
        case["genotypes"]["C"][name] = json!(["B", "C"]);
    }
    case["linkage"] = json!([{"loci": ["L1", "L2", "L3"], "rho": [0.1, 0.2]}]);
    let found = answer(&case);
    let value = found["log_likelihood"]["H1"]["L1+L2+L3"].as_f64().unwrap();
    // the phase of the mother is unknown, so the haplotype that was passed on is one of eight: 1/2 for all B
    // together, in a quarter of her phases at (1 - r)(1 - r) / 2 and so on: linkage does not alter a duo
    assert!((value.exp() - (2.0_f64 * 0.1 * 0.2 * 0.5 * 0.3).powi(3)).abs() < 1e-18);
    case["linkage"] = json!([{"loci": ["L1", "L2", "L3"], "rho": 0.1}]);
    let (code, _, errors) = run(&["lr", "-"], &case.to_string());
    assert_eq!(code, 2);
    assert!(errors.contains("at `linkage[0].rho`: found 1 recombination fractions for 3 loci, expected 2"), "{errors}");
}

#[test]
fn verify_finds_what_differs() {
    let path = vector("f-duo-mother-silent0.005-002.json");
    assert_eq!(filia(&["lr", "--verify", &path]).0, 0);
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("changed.json");
    let mut case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let locus = case["loci"][0]["name"].as_str().unwrap().to_owned();
    let value = case["expected"]["log_likelihood"]["H2"][&locus].as_f64().unwrap();
    case["expected"]["log_likelihood"]["H2"][&locus] = json!(value * (1.0 + 1e-8));
    std::fs::write(&changed, case.to_string()).unwrap();
    let changed = changed.to_str().unwrap();
    let (code, output, errors) = filia(&["lr", "--verify", changed, &path]);
    assert_eq!((code, output.lines().count(), errors.lines().count()), (1, 2, 1));
    assert!(errors.contains(&format!("changed.json: expected.log_likelihood.H2.{locus}: expected")), "{errors}");
    assert_eq!(filia(&["lr", "--verify", "--tolerance", "1e-6", changed]).0, 0);
    assert_eq!(filia(&["lr", changed]).0, 0);
    case["expected"]["likelihood_ratio"]["total_log10"] = json!(1.0);
    std::fs::write(changed, case.to_string()).unwrap();
    assert_eq!(filia(&["lr", "--verify", "--tolerance", "1e-6", changed]).0, 1);
    let (code, _, errors) = run(&["lr", "--verify", "-"], &duo().to_string());
    assert_eq!((code, errors.as_str()), (1, "filia: standard input: it has no `expected` to verify\n"));
}

/// What `--verify` says of these expected values.
fn verify(case: &Value, expected: Value, tolerance: &str) -> (i32, String) {
    let mut case = case.clone();
    case["expected"] = expected;
    let (code, output, errors) = run(&["lr", "--verify", "--tolerance", tolerance, "-"], &case.to_string());
    assert_eq!(output.lines().count(), 1);
    (code, errors)
}

/// The mother lacks what the child has: impossible under H1; or under both, where H2 is as H1.
fn impossible(under_both: bool) -> Value {
    let mut case = duo();
    case["genotypes"]["C"]["L1"] = json!(["C", "D"]);
    if under_both {
        case["hypotheses"][1]["individuals"] = case["hypotheses"][0]["individuals"].clone();
    }
    case
}

#[test]
fn what_is_impossible_is_met_by_nothing_else() {
    let met = |case: &Value, expected: Value| verify(case, expected, "1e-9").0 == 0;
    for block in [json!({"L1": "-inf"}), json!({"total": "-inf"})] {
        assert!(met(&impossible(false), json!({"log10_lr": block.clone()})));
        assert!(!met(&duo(), json!({"log10_lr": block})));
    }
    for block in [json!({"L1": null}), json!({"total": null}), json!({"L1": "-inf"})] {
        assert!(met(&impossible(false), json!({"log_likelihood": {"H1": block.clone()}})));
        assert!(!met(&duo(), json!({"log_likelihood": {"H1": block}})));
    }
    for block in [json!({"L1": 0}), json!({"total": 0.0}), json!({"total_log10": null})] {
        assert!(met(&impossible(false), json!({"likelihood_ratio": block.clone()})));
        assert!(!met(&duo(), json!({"likelihood_ratio": block})));
    }
    assert!(!met(&impossible(false), json!({"log_likelihood": {"H1": {"L1": -1e300}}})));
    assert!(!met(&impossible(false), json!({"log10_lr": {"L1": -1e300}})));
    assert!(!met(&impossible(false), json!({"log10_lr": {"L1": "inf"}})));
    assert!(!met(&impossible(false), json!({"likelihood_ratio": {"L1": 1e-300}})));
    let mut other_way = impossible(false);
    other_way["hypotheses"].as_array_mut().unwrap().reverse();
    assert!(met(&other_way, json!({"log10_lr": {"L1": "inf"}, "likelihood_ratio": {"total": "inf"}})));
    assert!(!met(&duo(), json!({"log10_lr": {"L1": "inf"}})));
}

/// A likelihood ratio of 1e-13 or 1e-400 is not 0.
#[test]
fn small_ratios_are_not_taken_for_zero() {
    for rate in [1e-13, 1e-200] {
        let mut case = impossible(false);
        let identity_but = |row: usize| (0..4).map(|at| if at == row { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let mut matrix: Vec<Vec<f64>> = (0..4).map(identity_but).collect();
        matrix[0][2] = rate;
        let sexes = json!({"model": "custom", "female": {"matrix": matrix}, "male": {"matrix": matrix}});
        case["loci"][0]["mutation"] = sexes;
        for name in ["L2", "L3"] {
            let mut copy = case["loci"][0].clone();
            copy["name"] = json!(name);
            case["loci"].as_array_mut().unwrap().push(copy);
            case["genotypes"]["M"][name] = case["genotypes"]["M"]["L1"].clone();
            case["genotypes"]["C"][name] = case["genotypes"]["C"]["L1"].clone();
        }
        for expected in [json!({"L1": 0}), json!({"total": 0}), json!({"total_log10": null})] {
            assert_eq!(verify(&case, json!({"likelihood_ratio": expected}), "1e-9").0, 1, "{rate}");
        }
    }
}

#[test]
fn the_tolerance_is_relative_to_what_is_expected() {
    let case = duo();
    let found = answer(&case);
    let ln = found["log_likelihood"]["H1"]["L1"].as_f64().unwrap();
    let expected = |factor: f64| json!({"log_likelihood": {"H1": {"L1": ln * factor}}});
    assert_eq!(verify(&case, expected(1.0), "0").0, 0);
    assert_eq!(verify(&case, expected(1.0 + 1e-14), "0").0, 1);
    assert_eq!(verify(&case, expected(1.0 + 0.9e-6), "1e-6").0, 0);
    assert_eq!(verify(&case, expected(1.0 + 1.1e-6), "1e-6").0, 1);
    assert_eq!(verify(&case, json!({"likelihood_ratio": {"L1": 1.25 + 1e-12}}), "1e-14").0, 1);
    // one and the same hypothesis twice: a ratio of 1, the logarithm 0 but for rounding
    let mut same = duo();
    same["hypotheses"][1]["individuals"] = same["hypotheses"][0]["individuals"].clone();
    let near = |value: f64| json!({"log10_lr": {"L1": value, "total": value}});
    assert_eq!(verify(&same, near(0.0), "0").0, 0);
    assert_eq!(verify(&same, near(1e-13), "1e-9").0, 0);
    assert_eq!(verify(&same, near(1e-13), "0").0, 1);
    assert_eq!(verify(&same, near(1e-11), "1e-9").0, 1);
}

#[test]
fn two_impossible_hypotheses_have_no_ratio() {
    let both = impossible(true);
    let found = answer(&both);
    assert_eq!(found["log10_lr"], json!({"L1": null, "total": null}));
    let own = json!({"log_likelihood": found["log_likelihood"], "log10_lr": found["log10_lr"]});
    assert_eq!(verify(&both, own, "0"), (0, String::new()));
    assert_eq!(verify(&both, json!({"likelihood_ratio": {"total": null, "total_log10": null}}), "0").0, 0);
    let (code, errors) = verify(&both, json!({"log10_lr": {"L1": "-inf"}}), "1e-9");
    let undefined = "null (undefined: both hypotheses are impossible)";
    let message = format!("filia: standard input: expected.log10_lr.L1: expected -inf, found {undefined}\n");
    assert_eq!((code, errors), (1, message));
    let (code, errors) = verify(&impossible(false), json!({"log10_lr": {"L1": null}}), "1e-9");
    let message = format!("filia: standard input: expected.log10_lr.L1: expected {undefined}, found -inf\n");
    assert_eq!((code, errors), (1, message));
}

#[test]
fn one_bad_case_does_not_sink_the_others() {
    let good = vector("a-duo-clean-equal-042.json");
    let (code, output, errors) = filia(&["lr", &good, "no/such/case.json", &good]);
    assert_eq!((code, output.lines().count(), errors.lines().count()), (2, 2, 1));
    assert!(errors.starts_with("filia: no/such/case.json: cannot read it: "), "{errors}");
    let (code, _, errors) = run(&["lr", "-"], "{");
    assert_eq!(code, 2);
    assert!(errors.starts_with("filia: standard input: it is no JSON: "), "{errors}");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text = duo().to_string();
    let twice = |key: &str| {
        let at = text.find(&format!("\"{key}\":")).unwrap();
        let repeated = format!("{}\n\"{key}\":null,{}", &text[..at], &text[at..]);
        let (code, output, errors) = run(&["lr", "-"], &repeated);
        assert_eq!((code, output.as_str()), (2, ""), "{errors}");
        let message = format!("filia: standard input: the key `{key}` stands twice in one object at line 2 column ");
        assert!(errors.starts_with(&message), "{errors}");
    };
    ["id", "M", "genotypes", "frequencies"].into_iter().for_each(twice);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.json");
    std::fs::write(&path, text.replace("\"genotypes\":{", "\"genotypes\":{\n\"C\":{\"L1\":[\"A\",\"A\"]},\n")).unwrap();
    let (code, _, errors) = filia(&["lr", path.to_str().unwrap()]);
    assert!(code == 2 && errors.contains("case.json: the key `C` stands twice in one object at line 3 "), "{errors}");
}

#[test]
fn a_byte_order_mark_is_let_be() {
    assert_eq!(run(&["lr", "-"], &format!("\u{feff}{}", duo())), run(&["lr", "-"], &duo().to_string()));
}

#[test]
fn a_failure_that_is_not_the_last_is_told_once_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.json");
    std::fs::write(&path, "{").unwrap();
    let path = path.to_str().unwrap();
    let (code, _, errors) = filia(&["lr", path, path]);
    let message = format!("filia: {path}: it is no JSON: EOF while parsing an object at line 1 column 1\n");
    assert_eq!((code, errors), (2, message.repeat(2)));
}

#[test]
fn linked_loci_have_a_key_of_their_own() {
    let mut case = duo();
    for name in ["L2", "L1+L2"] {
        let mut copy = case["loci"][0].clone();
        copy["name"] = json!(name);
        case["loci"].as_array_mut().unwrap().push(copy);
    }
    assert!(answer(&case)["log10_lr"]["L1+L2"].is_number());
    case["linkage"] = json!([{"loci": ["L1", "L2"], "rho": 0.1}]);
    let (code, output, errors) = run(&["lr", "-"], &case.to_string());
    assert_eq!((code, output.as_str()), (2, ""));
    assert!(errors.contains("at `loci`: `L1+L2` would be the key of two values"), "{errors}");
}

/// The duo with repeat numbers, 9.3 for A, and this label for C's allele B (15).
fn with_label(label: Value) -> Value {
    let mut case = duo();
    case["loci"][0]["alleles"] = json!(["9.3", "15", "16", "17"]);
    case["genotypes"] = json!({"M": {"L1": ["9.3", "15"]}, "C": {"L1": [label, "16"]}});
    case
}

#[test]
fn labels_that_are_rounded_to_another_allele_are_refused() {
    for label in [json!("9.26"), json!(9.26), json!("9.34"), json!("15.04"), json!(14.99)] {
        let (code, output, errors) = run(&["lr", "-"], &with_label(label.clone()).to_string());
        assert_eq!((code, output.as_str()), (2, ""));
        let label = label.as_str().map_or_else(|| label.to_string(), str::to_owned);
        let message = format!("at `genotypes.C.L1[0]`: allele `{label}` is not among the alleles of L1");
        assert!(errors.contains(&message), "{errors}");
    }
    for label in [json!("15"), json!(15), json!("15.0"), json!(15.0), json!("15.000000000000002"), json!("14.99999")] {
        assert_eq!(answer(&with_label(label)), answer(&with_label(json!("15"))));
    }
    for label in [json!(9.3), json!("9,3"), json!("9.30"), json!("9.3000000000000007"), json!("9.2999999999999998")] {
        assert_eq!(answer(&with_label(label)), answer(&with_label(json!("9.3"))));
    }
}

/// As `filia lr … | head -1` does.
#[test]
fn a_closed_pipe_ends_the_run_without_a_word() {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_filia"))
        .args(["lr", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = command.unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(duo().to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(141), String::new()));
}

type Change<'a> = &'a dyn Fn(&mut Value);

#[test]
fn each_contradiction_has_its_message() {
    let cases: [(Change, &str); 17] = [
        (
            &|case| case["hypotheses"][0]["individuals"][0]["mother"] = json!("C"),
            "at `hypotheses[0].individuals`: the parents form a cycle: `M` is an ancestor of `M`",
        ),
        (
            &|case| case["hypotheses"][0]["individuals"][1]["father"] = json!("X"),
            "at `hypotheses[0].individuals[1].father`: `X` is not among the individuals",
        ),
        (
            &|case| case["genotypes"]["Z"] = json!({}),
            "at `genotypes.Z`: `Z` has a genotype, but is not listed under hypothesis `H1`",
        ),
        (
            &|case| case["genotypes"]["C"]["L1"] = json!(["B", "E"]),
            "at `genotypes.C.L1[1]`: allele `E` is not among the alleles of L1",
        ),
        (
            &|case| case["loci"][0]["frequencies"] = json!([0.1, -0.2, 0.3, 0.8]),
            "at `loci[0]`: locus `L1`: the frequency of allele `B` is -0.2, expected a number from 0 to 1",
        ),
        (
            &|case| case["loci"][0]["frequencies"] = json!([0.1, 0.2, 0.3, 0.3]),
            "at `loci[0]`: locus `L1`: the frequencies sum to 0.9",
        ),
        (
            &|case| {
                case["loci"][0]["frequencies"] = json!([0, 0, 0, 0]);
                case["loci"][0]["silent_frequency"] = json!(0.995);
            },
            "at `loci[0]`: locus `L1`: all its alleles have frequency 0",
        ),
        (&|case| case["loci"][0]["silent_frequency"] = json!(0.1), "expected about 0.9 (1 minus the silent frequency)"),
        (
            &|case| case["linkage"] = json!([{"loci": ["L1", "L9"], "rho": 0.1}]),
            "at `linkage[0].loci[1]`: the locus `L9` is not among the loci",
        ),
        (&|case| case["hypotheses"][0]["individuals"][1]["id"] = json!("M"), "the id `M` names two individuals"),
        (
            &|case| {
                let locus = case["loci"][0].as_object_mut().unwrap();
                let frequencies = locus.remove("frequencies").unwrap();
                locus.insert("frequences".to_owned(), frequencies);
            },
            "at `loci[0]`: the key `frequencies` is missing (found `frequences`)",
        ),
        (&|case| case["loci"] = json!("L1"), "at `loci`: found the text \"L1\", expected an array"),
        (
            &|case| case["loci"][0]["mutation"] = json!({"model": "stepwize"}),
            "at `loci[0].mutation.model`: found \"stepwize\", expected none, equal, proportional, one-step",
        ),
        (
            &|case| {
                let rates = json!({"rate": 0.001, "rate2": 0, "range": 0.1});
                case["loci"][0]["mutation"] = json!({"model": "stepwise", "female": rates, "male": rates});
            },
            "allele `A` is no repeat number, which the stepwise model needs",
        ),
        (
            &|case| {
                let matrix = json!({"matrix": [[1, 0], [0, 1]]});
                case["loci"][0]["mutation"] = json!({"model": "custom", "female": matrix, "male": matrix});
            },
            "the mutation matrix must have 4 rows of 4 numbers, but it has 2 rows",
        ),
        (
            &|case| {
                case["loci"][0]["chromosome"] = json!("x");
                case["genotypes"]["C"]["L1"] = json!(["B", "C"]);
            },
            "at `genotypes.C.L1`: found two different alleles, expected one: a male has one X chromosome",
        ),
        (&|case| case["loci"][0]["name"] = json!("total"), "no locus can be called `total`"),
    ];
    for (change, expected) in cases {
        let found = complaint(change);
        assert!(found.starts_with("filia: standard input: ") && found.contains(expected), "{found}expected {expected}");
    }
}

#[test]
fn questions_beyond_the_limits_are_refused_at_once() {
    let mut people: Vec<Value> = Vec::new();
    let mut genotypes = serde_json::Map::new();
    let call = json!({"L1": ["A", "B"]});
    for family in 0..12 {
        let id = |who: &str| format!("{who}{family}");
        people.push(json!({"id": id("F"), "father": null, "mother": null, "sex": "male"}));
        people.push(json!({"id": id("M"), "father": null, "mother": null, "sex": "female"}));
        for child in ["C", "D", "E", "G", "H", "I"] {
            people.push(json!({"id": id(child), "father": id("F"), "mother": id("M"), "sex": "male"}));
            genotypes.insert(id(child), call.clone());
        }
    }
    let found = complaint(|case| {
        case["loci"][0]["theta"] = json!(0.01);
        case["hypotheses"] = json!([{"name": "H1", "individuals": people}]);
        case["genotypes"] = Value::Object(genotypes.clone());
    });
    assert!(found.contains("hypothesis `H1`, L1: theta is above 0 and 48 founder alleles matter"), "{found}");
}

//! `filia match` with a marker file: X-chromosomal loci, custom mutation matrices, alleles that the file does not list.

use super::match_support::{Folder, assert_close, number};
use filia::inheritance::{Evidence, Individual, Pedigree, Seen};
use filia::io::{marker_file::read_marker_file, source::Inputs};
use filia::likelihood::ln_likelihood;
use filia::profile::Sex;
use serde_json::{Value, json};

fn x_locus(theta: f64) -> Value {
    let matrix = json!([[0.998, 0.001, 0.001], [0.002, 0.996, 0.002], [0.0, 0.003, 0.997]]);
    json!({
        "name": "DXS10103", "chromosome": "x", "alleles": ["16", "17", "19"], "frequencies": [0.2, 0.3, 0.5],
        "mutation": {"model": "custom", "female": {"matrix": matrix}, "male": {"matrix": matrix}}, "theta": theta
    })
}

fn autosomal() -> Value {
    json!({"name": "D3S1358", "alleles": ["14", "15.0", "16"], "frequencies": [0.2, 0.3, 0.5], "mutation": null})
}

const RUN: &str = "match --children c.csv --candidates a.csv --markers m.json --min-log10-lr none --top 100 --out out";

/// log10 LR of one X locus for a parent of this sex; a male's call has one allele.
fn x_log10_lr(folder: &Folder, child: (Sex, &[&str]), parent: (Sex, &[&str])) -> f64 {
    let markers = read_marker_file(&folder.path("m.json"), &Inputs::default()).unwrap();
    let definition = markers.loci.into_iter().find(|marker| marker.name == "DXS10103").unwrap();
    let model = filia::likelihood::LocusModel::new(definition).unwrap();
    let seen = |alleles: &[&str]| {
        let index = |label: &str| model.label_index(label).unwrap();
        match alleles {
            [one] => Seen::One(index(one)),
            [one, other] => Seen::pair(index(one), index(other)),
            _ => Seen::Nothing,
        }
    };
    let likelihood = |father, mother| {
        let people = vec![Individual::child("C", child.0, father, mother), Individual::founder("P", parent.0)];
        let evidence = [Evidence::certain(0, seen(child.1)), Evidence::certain(1, seen(parent.1))];
        ln_likelihood(&model, &Pedigree::new(people).unwrap(), &evidence).unwrap().exp()
    };
    let related = match parent.0 {
        Sex::Male => likelihood(Some(1), None),
        _ => likelihood(None, Some(1)),
    };
    (related / likelihood(None, None)).log10()
}

#[test]
fn a_byte_order_mark_is_let_be() {
    let folder = Folder::new();
    folder.write("m.json", format!("\u{feff}{}", json!({"loci": [autosomal()]})));
    assert_eq!(read_marker_file(&folder.path("m.json"), &Inputs::default()).unwrap().loci.len(), 1);
}

#[test]
fn sons_and_daughters_on_the_x_chromosome() {
    for theta in [0.0, 0.02] {
        let folder = Folder::new();
        folder.write("m.json", json!({"loci": [x_locus(theta)]}).to_string());
        folder.write("c.csv", "sample_id,sex,DXS10103\nson,M,16\ndaughter,F,16/19\nchild,,16/19\n");
        folder.write("a.csv", "sample_id,sex,DXS10103\nm,M,16\nn,M,17\nf,F,16/17\ng,F,17/19\nu,,16/17\n");
        folder.succeed(RUN);
        let rows = folder.table("out/matches.csv");
        assert_eq!(rows.len(), 3 * 5);
        let son = (Sex::Male, &["16"][..]);
        let daughter = (Sex::Female, &["16", "19"][..]);
        let parents = [
            ("m", Sex::Male, &["16"][..]),
            ("n", Sex::Male, &["17"]),
            ("f", Sex::Female, &["16", "17"]),
            ("g", Sex::Female, &["17", "19"]),
        ];
        let reported = |child: &str, candidate: &str| {
            number(
                rows.iter().find(|row| row["child_id"] == child && row["candidate_id"] == candidate).unwrap(),
                "log10_lr",
            )
        };
        for (id, sex, alleles) in parents {
            for (name, child) in [("son", son), ("daughter", daughter)] {
                let expected = x_log10_lr(&folder, child, (sex, alleles));
                assert_close(reported(name, id), expected, 1e-9, &format!("{id} of {name}, theta {theta}"));
            }
            assert_eq!(reported("child", id), 0.0, "a child of unknown sex has no say on the X chromosome");
        }
        assert_eq!(reported("son", "m"), 0.0, "a father gives his son no X chromosome");
        assert!(["son", "daughter", "child"].iter().all(|child| reported(child, "u") == 0.0));
        for row in &rows {
            let sexes_are_known = row["child_id"] != "child" && row["candidate_id"] != "u";
            assert_eq!(row["loci_compared"], if sexes_are_known { "1" } else { "0" }, "{row:?}");
        }
        let notes = folder.json("out/manifest.json")["notes"].to_string();
        assert!(notes.contains("2 samples of unknown sex: X-chromosomal loci say nothing about them"), "{notes}");
    }
}

#[test]
fn a_mans_two_x_alleles_are_taken_out_and_listed() {
    let folder = Folder::new();
    folder.write("m.json", json!({"loci": [x_locus(0.0), autosomal()]}).to_string());
    folder.write("c.csv", "sample_id,sex,DXS10103,D3S1358\nson,M,16/17,14/15\n");
    folder.write("a.csv", "sample_id,sex,DXS10103,D3S1358\nf,F,16/17,15\nm,M,17/19,14\n");
    folder.succeed(RUN);
    let rejected = folder.table("out/rejected.csv");
    let listed: Vec<_> =
        rejected.iter().map(|row| format!("{} {} {}", row["sample_id"], row["locus"], row["value"])).collect();
    assert_eq!(listed, ["son DXS10103 16,17", "m DXS10103 17,19"]);
    assert!(rejected[0]["reason"].contains("one X chromosome"));
    assert!(folder.table("out/matches.csv").iter().all(|row| row["loci_compared"] == "1"));
    folder.fail(&format!("{RUN} --strict --force"), &["c.csv, line 2", "son", "16,17", "one X chromosome"]);
}

#[test]
fn an_allele_without_a_row_in_the_matrix_is_taken_out_and_listed() {
    let folder = Folder::new();
    folder.write("m.json", json!({"loci": [x_locus(0.0), autosomal()]}).to_string());
    folder.write("c.csv", "sample_id,sex,DXS10103,D3S1358\nc,F,16/18,14/15\nd,F,16,14\n");
    folder.write("a.csv", "sample_id,sex,DXS10103,D3S1358\nf,F,16/17,15\ng,F,18,14\n");
    let output = folder.succeed(RUN);
    assert_eq!(output, "");
    let rejected = folder.table("out/rejected.csv");
    let listed: Vec<_> = rejected
        .iter()
        .map(|row| format!("{}:{} {} {}", row["file"], row["line"], row["locus"], row["value"]))
        .collect();
    assert_eq!(listed, ["c.csv:2 DXS10103 16,18", "a.csv:3 DXS10103 18"]);
    assert!(rejected[0]["reason"].contains("allele `18` is not in the marker file"));
    let rows = folder.table("out/matches.csv");
    let of_c = rows.iter().find(|row| row["child_id"] == "c" && row["candidate_id"] == "f").unwrap();
    assert_eq!(of_c["loci_compared"], "1");
    assert_close(number(of_c, "log10_lr"), (1.0_f64 / 0.6).log10(), 1e-10, "D3S1358 alone: 1 / (2 p)");
}

#[test]
fn other_unlisted_alleles_get_the_rare_frequency() {
    let folder = Folder::new();
    folder.write("m.json", json!({"loci": [autosomal()]}).to_string());
    folder.write("c.csv", "sample_id,sex,D3S1358\nc,F,15/17.3\n");
    folder.write("a.csv", "sample_id,sex,D3S1358\nf,F,17.3/16\n");
    folder.succeed(RUN);
    let added = folder.json("out/manifest.json")["added_alleles"].clone();
    assert_eq!(added, json!([{"table": "m.json", "locus": "D3S1358", "allele": "17.3", "frequency": 0.001}]));
    let rows = folder.table("out/matches.csv");
    assert_close(number(&rows[0], "log10_lr"), 250_f64.log10(), 1e-10, "1 / (4 p)");
}

#[test]
fn an_allele_listed_with_frequency_zero_counts_as_unseen() {
    let folder = Folder::new();
    let mut locus = autosomal();
    locus["frequencies"] = json!([0.0, 0.5, 0.5]);
    folder.write("m.json", json!({"loci": [locus]}).to_string());
    folder.write("c.csv", "sample_id,sex,D3S1358\nc,F,14/15\n");
    folder.write("a.csv", "sample_id,sex,D3S1358\nf,F,14/16\n");
    folder.succeed(RUN);
    assert_close(number(&folder.table("out/matches.csv")[0], "log10_lr"), 250_f64.log10(), 1e-10, "1 / (4 p)");
}

#[test]
fn what_the_marker_file_says_is_not_taken_from_the_settings() {
    let folder = Folder::new();
    folder.write("m.json", json!({"loci": [autosomal()]}).to_string());
    folder.write("c.csv", "sample_id,sex,D3S1358\nc,F,15/16\n");
    folder.write("a.csv", "sample_id,sex,D3S1358\nf,F,15/16\n");
    folder.succeed(RUN);
    let settings = folder.json("out/manifest.json")["settings"].clone();
    assert_eq!(settings["population"], json!({"minimum_frequency": "5/2N"}));
    assert_eq!(settings["mutation"], Value::Null);
    assert!(settings["observation"].get("silent_frequency").is_none() && settings["observation"]["drop_in"] == 0.0);
    folder.succeed("power --case out");
    for (line, key) in [
        ("[population]\ntheta = 0.03\n", "population.theta"),
        ("[mutation]\nmodel = \"none\"\n", "mutation"),
        ("[observation]\nsilent_frequency = 0.001\n", "observation.silent_frequency"),
    ] {
        folder.write("s.toml", line);
        folder.succeed(&format!("{RUN} --force --config s.toml"));
        let notes = folder.json("out/manifest.json")["notes"].to_string();
        assert!(notes.contains(&format!("`{key}` has no effect: the marker file says it")), "{notes}");
        assert!(notes.contains("s.toml, line"), "{notes}");
    }
    folder.write("s.toml", "[population]\nminimum_frequency = 0.01\n[search]\ntop = 3\n");
    folder.succeed(&format!("{RUN} --force --config s.toml"));
    assert!(!folder.json("out/manifest.json")["notes"].to_string().contains("has no effect"));
}

//! A setting has its effect, or the run says that it has none; the manifest holds only what had one.

use super::match_support::Folder;

const REMAINS: &str =
    "sample_id,sex,D3S1358,vWA,TH01,FGA,D18S51\nV1,M,15/16,17/18,6/9.3,21/22,12/15\nV2,M,14/17,14/16,7/8,20/24,13/17\n";
const RELATIVES: &str = "sample_id,sex,D3S1358,vWA,TH01,FGA,D18S51\nF1,M,15/17,17/17,6/7,21/23,12/12\n";
const PEDIGREES: &str = "family_id,person_id,father_id,mother_id,sex,missing\nA,F1,,,M,no\nA,M1,F1,,M,yes\n";
const IDENTIFY: &str =
    "identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --no-progress --out out --force";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("pm.csv", REMAINS);
    folder.write("am.csv", RELATIVES);
    folder.write("ped.csv", PEDIGREES);
    folder
}

fn notes(folder: &Folder) -> Vec<String> {
    let notes = folder.json("out/manifest.json")["notes"].clone();
    notes.as_array().unwrap().iter().filter_map(|note| note.as_str()).map(str::to_owned).collect()
}

#[test]
fn identify_says_what_it_has_no_use_for_and_leaves_it_out_of_the_manifest() {
    let folder = folder();
    let settings =
        "[prior]\nin_list = 0.001\n[search]\ntop = 1\nrelationship = \"full-sibling\"\n[interval]\nreport = true\n";
    folder.write("s.toml", settings);
    folder.succeed(&format!("{IDENTIFY} --config s.toml"));
    let notes = notes(&folder);
    for (line, key) in [(2, "prior.in_list"), (4, "search.top"), (5, "search.relationship"), (6, "interval")] {
        let found = notes.iter().any(|note| {
            note.starts_with(&format!("s.toml, line {line}")) && note.contains(&format!("`{key}` has no effect"))
        });
        assert!(found, "{key}: {notes:?}");
    }
    let settings = folder.json("out/manifest.json")["settings"].clone();
    assert!(settings["prior"].get("in_list").is_none() && settings["search"].get("top").is_none(), "{settings}");
    assert!(settings.get("interval").is_none() && settings.get("children").is_none(), "{settings}");
    assert_eq!(settings["search"]["min_log10_lr"], "none");
    // What nobody states is not told of.
    folder.succeed(IDENTIFY);
    assert!(!self::notes(&folder).iter().any(|note| note.contains("no effect")));
}

#[test]
fn identify_takes_its_threshold_from_the_settings_too() {
    let folder = folder();
    let pairs = |more: &str| {
        folder.succeed(&format!("{IDENTIFY} {more}"));
        folder.table("out/pairwise.csv").len()
    };
    assert_eq!(pairs(""), 2);
    folder.write("s.toml", "[search]\nmin_log10_lr = 0.5\n");
    assert_eq!(pairs("--config s.toml"), 1);
    assert_eq!(folder.json("out/manifest.json")["settings"]["search"]["min_log10_lr"], 0.5);
    assert_eq!(pairs("--config s.toml --min-log10-lr none"), 2);
    assert_eq!(pairs("--min-log10-lr 0.5"), 1);
}

#[test]
fn power_takes_relationship_and_drop_out_from_the_settings() {
    let folder = Folder::new();
    let power =
        |more: &str| folder.succeed(&format!("power --loci TH01 --truths parent --draws 0 --format csv {more}"));
    let plain = power("");
    for (settings, flags) in [
        ("[observation]\ndrop_out = 0.2\n", "--drop-out 0.2 --child-drop-out 0.2"),
        (
            "[observation]\ndrop_out = { child = 0.1, corpse = 0.3, detainee = 0.05 }\n",
            "--drop-out 0.3 --child-drop-out 0.1",
        ),
        ("[search]\nrelationship = \"full-sibling\"\n", "--relationship full-sibling"),
    ] {
        folder.write("s.toml", settings);
        let by_settings = power("--config s.toml");
        assert_eq!(by_settings, power(flags), "{settings}");
        assert_ne!(by_settings, plain, "{settings}");
    }
    assert_eq!(power("--config s.toml --relationship parent"), plain);
    folder.write("s.toml", "[search]\ntop = 3\n");
    let (code, _, errors) = folder.run("power --loci TH01 --draws 0 --config s.toml");
    assert!(
        code == 0 && errors.contains("s.toml, line 2, column 7: `search.top` has no effect: `power` does not use it"),
        "{errors}"
    );
}

#[test]
fn match_says_what_another_setting_makes_meaningless() {
    let folder = folder();
    folder.write(
        "s.toml",
        "[mutation]\nmodel = \"equal\"\nrange = 0.2\n[interval]\ndraws = 3000\n[linkage]\nuse = true\n",
    );
    folder.succeed("match --children pm.csv --candidates am.csv --config s.toml --out out");
    let notes = notes(&folder);
    for (key, why) in [
        ("mutation.range", "`mutation.model` is neither stepwise nor dawid"),
        ("interval.draws", "no interval is asked for"),
        ("linkage", "`match` does not use it"),
    ] {
        assert!(notes.iter().any(|note| note.contains(&format!("`{key}` has no effect: {why}"))), "{key}: {notes:?}");
    }
    let settings = folder.json("out/manifest.json")["settings"].clone();
    assert_eq!(settings["mutation"], serde_json::json!({"model": "equal", "rates": "bundled"}));
    folder.succeed("power --case out");
}

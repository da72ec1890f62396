//! `filia blind`: two folders that share nothing but the files that are handed over.

#[allow(dead_code)] // as far as it is needed here
#[path = "suite/match_support.rs"]
mod match_support;

use filia::blind::{Agreement, Codebook, People};
use filia::prelude::*;
use filia::run::Reading;
use filia_blind::{Side, clear_hits};
use match_support::Folder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The demonstration case.
fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo").join(name)
}

/// An agreement about so many people.
fn agreement(rule: &str, least_loci: u32, [children, adults]: [usize; 2], rest: &str) -> String {
    format!(
        "[blind]\ncase = \"test\"\n{rule}\nleast_loci = {least_loci}\nchildren = {children}\nadults = {adults}\n{rest}\n\
         [population]\ntables = [\"nist1036:cauc\"]\n[observation]\ndrop_out = {{ corpse = 0.05 }}\n"
    )
}

/// The pairs of ids that the same integers give in the clear.
fn in_the_clear(agreement: &str, children: &[PathBuf], adults: &[PathBuf]) -> BTreeSet<(String, String)> {
    let codebook = Codebook::new(Agreement::parse("agreement.toml", agreement).unwrap()).unwrap();
    let read = |side, files| People::read(&codebook, side, files, &Reading::default()).unwrap();
    let (children, adults) = (read(Side::Children, children), read(Side::Adults, adults));
    let hits = clear_hits(&codebook.terms, &children.children(&codebook), &adults.adults(&codebook).unwrap());
    let ids = |(child, adult): (usize, usize)| (children.entered[child].id.clone(), adults.entered[adult].id.clone());
    hits.into_iter().map(ids).collect()
}

/// The adults' side's files.
const ADULTS: &str = "--profiles corpses.csv --profiles detainees.csv";

/// Both sides' folders.
struct Sides {
    children: Folder,
    adults: Folder,
}

impl Sides {
    fn new(agreement: &str) -> Self {
        let sides = Self { children: Folder::new(), adults: Folder::new() };
        for side in [&sides.children, &sides.adults] {
            side.write("agreement.toml", agreement);
        }
        sides
    }

    /// What one side tells, once it has done its step.
    fn step(side: &Folder, arguments: &str) -> String {
        let (code, _, errors) = side.run(&format!("blind {arguments} --folder ."));
        assert_eq!(code, 0, "{arguments}\n{errors}");
        errors
    }

    fn agree(&self) {
        Self::step(&self.children, "agree --side children --profiles children.csv");
        Self::step(&self.adults, &format!("agree --side adults {ADULTS}"));
        hand(&self.children, &self.adults, "children.key");
        hand(&self.adults, &self.children, "adults.key");
    }

    /// Runs the exchange whole; the hits by the sides' own ids.
    fn run(&self) -> BTreeSet<(String, String)> {
        self.agree();
        Self::step(&self.children, "ballots --profiles children.csv");
        hand(&self.children, &self.adults, "ballots");
        Self::step(&self.adults, &format!("answer {ADULTS}"));
        hand(&self.adults, &self.children, "answer");
        let told = Self::step(&self.children, "open");
        assert!(told.contains("hand to the other side: blinded, children.commitment"), "{told}");
        hand(&self.children, &self.adults, "blinded");
        Self::step(&self.adults, "open");
        hand(&self.children, &self.adults, "children.commitment");
        hand(&self.adults, &self.children, "adults.commitment");
        assert!(!self.adults.path("adults.shares").exists() && !self.children.path("children.shares").exists());
        let told = Self::step(&self.children, "open");
        assert!(told.contains("then wait for: adults.shares"), "{told}");
        Self::step(&self.adults, "open");
        hand(&self.children, &self.adults, "children.shares");
        hand(&self.adults, &self.children, "adults.shares");
        assert!(Self::step(&self.children, "open").contains("see hits.csv"));
        assert!(Self::step(&self.adults, "open").contains("see hits.csv"));
        self.hits()
    }

    fn hits(&self) -> BTreeSet<(String, String)> {
        let names = |side: &Folder| -> BTreeMap<String, String> {
            let rows = side.table("pseudonyms.secret").into_iter();
            rows.map(|row| (row["pseudonym"].clone(), row["sample_id"].clone())).collect()
        };
        let (children, adults) = (names(&self.children), names(&self.adults));
        assert_eq!(self.children.table("hits.csv"), self.adults.table("hits.csv"));
        let hits = self.children.table("hits.csv").into_iter();
        hits.map(|row| (children[&row["child"]].clone(), adults[&row["adult"]].clone())).collect()
    }
}

/// Copies one file from a side to the other.
fn hand(from: &Folder, to: &Folder, name: &str) {
    fs::copy(from.path(name), to.path(name)).unwrap();
}

/// The lines of a table that begin with one of these ids, below its header.
fn rows_of(path: &Path, is_wanted: impl Fn(&str) -> bool) -> String {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let wanted = lines.filter(|line| is_wanted(line.split(',').next().unwrap()));
    [header].into_iter().chain(wanted).fold(String::new(), |text, line| text + line + "\n")
}

/// Three children with both parents, corpses with drop-out and missing loci among them, and who else there is.
fn small_case(rule: &str) -> Sides {
    let loci =
        "pool_below = 0.06\nloci = [\"D3S1358\", \"vWA\", \"TH01\", \"D8S1179\", \"D16S539\", \"D2S441\", \"FGA\"]";
    let sides = Sides::new(&agreement(rule, 1, [3, 9], loci));
    sides.children.write("children.csv", rows_of(&demo("children.csv"), |id| ["K001", "K003", "K004"].contains(&id)));
    let adults = ["D061", "P026", "P035", "D047", "D062", "P036", "P001", "D090", "P117"];
    let [corpses, detainees] =
        ["corpses.csv", "detainees.csv"].map(|name| rows_of(&demo(name), |id| adults.contains(&id)));
    sides.adults.write("corpses.csv", corpses);
    sides.adults.write("detainees.csv", detainees);
    sides
}

const LR: &str = "rule = \"lr\"\nthreshold = 0.5";

fn clear_of(sides: &Sides) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(sides.children.path("agreement.toml")).unwrap();
    in_the_clear(
        &text,
        &[sides.children.path("children.csv")],
        &["corpses.csv", "detainees.csv"].map(|name| sides.adults.path(name)),
    )
}

#[test]
fn both_rules_open_what_the_same_integers_give_in_the_clear() {
    for rule in [LR, "rule = \"exclusions\"\nmost_inconsistent = 1"] {
        let sides = small_case(rule);
        let hits = sides.run();
        assert_eq!(hits, clear_of(&sides), "{rule}");
        assert!(hits.contains(&("K001".to_owned(), "D061".to_owned())), "{hits:?}");
        assert!(hits.len() < 27, "{hits:?}");
        audit(&sides);
    }
}

/// A third party that has both sides' files, seeds and profiles makes the very bytes again.
fn audit(sides: &Sides) {
    let third = Folder::new();
    Sides::step(&sides.children, "audit --disclose");
    Sides::step(&sides.adults, "audit --disclose");
    for name in [
        "agreement.toml",
        "children.key",
        "adults.key",
        "ballots",
        "answer",
        "blinded",
        "children.seed",
        "children.csv",
    ] {
        hand(&sides.children, &third, name);
    }
    hand(&sides.adults, &third, "adults.seed");
    hand(&sides.adults, &third, "corpses.csv");
    hand(&sides.adults, &third, "detainees.csv");
    let told = Sides::step(&third, "audit --side children --profiles children.csv");
    assert!(told.contains("ballots, blinded: the same bytes"), "{told}");
    assert!(Sides::step(&third, &format!("audit --side adults {ADULTS}")).contains("answer: the same bytes"));
    let other = third.run("blind audit --folder . --side adults --profiles children.csv");
    assert!(other.2.contains("found 3 adults, the agreement says 9"), "{}", other.2);
}

#[test]
fn steps_are_refused_with_the_reason() {
    let sides = small_case(LR);
    let refused = |side: &Folder, arguments: &str, why: &str| {
        let (code, _, errors) = side.run(&format!("blind {arguments} --folder ."));
        assert!(code == 2 && errors.contains(why), "{arguments}: {errors}\nexpected: {why}");
    };
    refused(&sides.children, "ballots --profiles children.csv", "expected the file children.secret or adults.secret");
    refused(&sides.adults, "agree --side adults --profiles absent.csv", "absent.csv");
    sides.agree();
    refused(&sides.children, "agree --side children --profiles children.csv", "it is there already");
    refused(
        &sides.adults,
        "ballots --profiles corpses.csv",
        "this is the adults side's folder; `ballots` is the children side's step",
    );
    // another child than the one that was sealed
    sides.children.write("others.csv", rows_of(&demo("children.csv"), |id| ["K001", "K003", "K005"].contains(&id)));
    refused(
        &sides.children,
        "ballots --profiles others.csv",
        "not those that the children side sealed in its key file",
    );
    sides.children.write("fewer.csv", rows_of(&demo("children.csv"), |id| ["K001", "K003"].contains(&id)));
    refused(&sides.children, "ballots --profiles fewer.csv", "found 2 children, the agreement says 3");
    Sides::step(&sides.children, "ballots --profiles children.csv");
    refused(&sides.children, "ballots --profiles children.csv", "it is there already");
    let ballots = fs::read(sides.children.path("ballots")).unwrap();
    sides.adults.write("ballots", &ballots[..ballots.len() / 2]);
    refused(&sides.adults, &format!("answer {ADULTS}"), "ballots: its body has");
    // ballots of another exchange under the same agreement
    let other = small_case(LR);
    other.agree();
    Sides::step(&other.children, "ballots --profiles children.csv");
    hand(&other.children, &sides.adults, "ballots");
    refused(&sides.adults, &format!("answer {ADULTS}"), "ballots: it belongs to another agreement or other keys");
    // another agreement than the one that the keys were made for
    let text = fs::read_to_string(sides.adults.path("agreement.toml")).unwrap();
    sides.adults.write("agreement.toml", text.replace("0.05", "0.06"));
    refused(&sides.adults, &format!("answer {ADULTS}"), "it belongs to another agreement");
    sides.adults.write("agreement.toml", text.replace("[blind]", "[blinds]"));
    refused(&sides.adults, "open", "found no section [blind]");
}

#[cfg(unix)]
#[test]
fn every_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let sides = small_case(LR);
    sides.agree();
    Sides::step(&sides.children, "ballots --profiles children.csv");
    for name in ["children.secret", "children.key", "pseudonyms.secret", "ballots"] {
        let mode = fs::metadata(sides.children.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let names = fs::read_dir(sides.children.path("")).unwrap().count();
    assert_eq!(
        names,
        "agreement children.csv children.secret children.key adults.key pseudonyms ballots".split(' ').count()
    );
}

/// Without mutation and theta a man with one allele of a heterozygous child scores 1/(4p), one with both 1/(4p) + 1/(4q), a homozygote
/// 1/(2p), another −∞; in quarters of log10, to the nearest.
#[test]
fn rows_are_rounded_likelihood_ratios() {
    let text = "[blind]\ncase = \"x\"\nrule = \"lr\"\nthreshold = 0.25\nleast_loci = 1\nchildren = 1\nadults = 5\npool_below = 0.0\n\
                loci = [\"D3S1358\"]\nlowest_of_locus = -7.5\n[population]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n";
    let codebook = Codebook::new(Agreement::parse("a.toml", text).unwrap()).unwrap();
    let folder = Folder::new();
    folder.write("children.csv", "sample_id,D3S1358\nC,\"15,17\"\n");
    folder.write("adults.csv", "sample_id,D3S1358\n1,\"14,15\"\n2,\"15,17\"\n3,15\n4,\"14,16\"\n5,\"17,18\"\n");
    let read = |side, name| People::read(&codebook, side, &[folder.path(name)], &Reading::default()).unwrap();
    let child = read(Side::Children, "children.csv").children(&codebook)[0].classes[0].unwrap() as usize;
    let adults = read(Side::Adults, "adults.csv").adults(&codebook).unwrap();
    let found: Vec<i32> =
        adults.adults.iter().map(|adult| adults.rows[0][adult.rows[0].unwrap() as usize][child]).collect();
    let table = &Statistics::bundled("nist1036:cauc").unwrap().tables[0];
    let frequency = |allele: &str| table.locus(&LocusName::new("D3S1358")).unwrap().frequency(allele.parse().unwrap());
    let (p, q) = (frequency("15"), frequency("17"));
    let quarters = |lr: f64| (lr.log10() * 4.0).round() as i32;
    let expected = [1.0 / (4.0 * p), 1.0 / (4.0 * p) + 1.0 / (4.0 * q), 1.0 / (2.0 * p)].map(quarters);
    assert_eq!(found, [expected[0], expected[1], expected[2], -30, quarters(1.0 / (4.0 * q))]);
}

/// Children and adults of the demonstration with at least 8 loci of the codebook.
const DEMO_WITH_8_LOCI: [usize; 2] = [60, 209];

/// The agreement of the demonstration, which was simulated without coancestry: everybody is entered.
fn demo_agreement() -> String {
    let text = agreement("rule = \"lr\"\nthreshold = 2.0", 1, [60, 222], "");
    text.replace("[population]", "[population]\ntheta = 0.0")
}

fn demo_adults() -> [PathBuf; 2] {
    [demo("corpses.csv"), demo("detainees.csv")]
}

/// Child and parent of the demonstration, as far as both were sampled; a parent with two samples is two pairs.
fn true_pairs() -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(demo("relations.csv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let parents = rows.filter(|row| row[2] == "parent" && row[0].starts_with('K') && !row[1].starts_with('K'));
    parents.map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

#[test]
fn the_demonstration_finds_its_parents() {
    let hits = in_the_clear(&demo_agreement(), &[demo("children.csv")], &demo_adults());
    let parents = true_pairs();
    let found = hits.intersection(&parents).count();
    println!("{found} of {} parents, {} others", parents.len(), hits.difference(&parents).count());
    assert!(
        found >= 83 && hits.difference(&parents).count() <= 10,
        "{found} of {} parents, {} hits",
        parents.len(),
        hits.len()
    );
}

/// The demonstration through the whole exchange, against the clear.
fn compare_demonstration(agreement: &str) {
    let sides = Sides::new(agreement);
    fs::copy(demo("children.csv"), sides.children.path("children.csv")).unwrap();
    for (name, from) in ["corpses.csv", "detainees.csv"].into_iter().zip(demo_adults()) {
        fs::copy(from, sides.adults.path(name)).unwrap();
    }
    let started = std::time::Instant::now();
    let hits = sides.run();
    println!("{:.0} s in all, {} hits", started.elapsed().as_secs_f64(), hits.len());
    for name in ["ballots", "answer", "blinded", "children.shares"] {
        println!("{name}: {:.1} MB", fs::metadata(sides.children.path(name)).unwrap().len() as f64 / 1e6);
    }
    assert_eq!(hits, in_the_clear(agreement, &[demo("children.csv")], &demo_adults()));
}

#[test]
fn the_demonstration_by_exclusions_equals_the_clear_one() {
    compare_demonstration(&agreement("rule = \"exclusions\"\nmost_inconsistent = 1", 8, DEMO_WITH_8_LOCI, ""));
}

/// `--ignored --nocapture` prints what it takes.
#[test]
#[ignore = "takes minutes"]
fn the_demonstration_by_lr_equals_the_clear_one() {
    compare_demonstration(&demo_agreement());
}

//! The library does what the commands do: the same tables from the same files, and whoever watches may stop it.

use crate::match_support::Folder;
use filia::io::case_shape::parse_case_shape;
use filia::io::source::Inputs;
use filia::matching::MatchError;
use filia::prelude::*;
use filia::profile::DropOut;
use filia::report::table::Digits;
use filia::run::{PowerInput, power};
use filia::simulate::CasePanel;
use std::path::Path;

const DEMO: [(&str, &str); 3] = [
    ("children.csv", include_str!("../../data/demo/children.csv")),
    ("corpses.csv", include_str!("../../data/demo/corpses.csv")),
    ("detainees.csv", include_str!("../../data/demo/detainees.csv")),
];

/// Families that miss a son, and bodies of whom some are theirs.
const FAMILIES: &str = r#"
    seed = 5
    loci = ["D3S1358", "vWA", "FGA", "D8S1179", "D21S11", "D18S51", "TH01", "D16S539", "Penta E", "SE33"]
    settings.population.tables = ["nist1036:cauc"]
    [[families]]
    count = 4
    people = [
        { id = "F", samples = ["relative"] },
        { id = "M", samples = ["relative"] },
        { id = "S", father = "F", mother = "M", sex = "male", samples = ["corpse"], missing = true },
    ]
    [[families]]
    count = 3
    people = [{ id = "X", samples = ["corpse"] }]
"#;

fn demo() -> Folder {
    let folder = Folder::new();
    DEMO.iter().for_each(|(name, text)| folder.write(name, text));
    folder
}

fn demo_input(folder: &Folder) -> MatchInput {
    MatchInput::new([folder.path("children.csv")], ["corpses.csv", "detainees.csv"].map(|name| folder.path(name)))
}

/// The files of a folder in a command line, whole paths.
fn named(folder: &Folder, options: &[(&str, &str)]) -> String {
    let one = |(option, name): &(&str, &str)| format!("--{option} {}", folder.path(name).display());
    options.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn profiles_in_memory_are_scored_one_by_one_as_in_a_search() {
    let inputs = Inputs::default();
    let [children, _, detainees] = DEMO.map(|(name, text)| {
        inputs.set(Path::new(&format!("<{name}>")), text.as_bytes());
        format!("<{name}>")
    });
    let mut settings = Settings::default();
    (settings.search.min_log10_lr, settings.search.top) = (None, 1000);
    let input = MatchInput { inputs, ..MatchInput::new([children], [detainees]) };
    let case = MatchCase::read_watched(input, settings, &NoProgress).unwrap();
    let log10_lrs = case.log10_lrs(&NoProgress).unwrap();
    let found = case.search().unwrap();
    let tables = case.with_tables(&found, |tables| tables.iter().map(|table| table.name).collect::<Vec<_>>());
    assert_eq!((tables[0], tables[tables.len() - 1]), ("matches", "rejected"));
    assert!(found.parents.candidacies.len() > 1000);
    for best in &found.parents.candidacies {
        let child = case.roster.children.iter().position(|child| child.sample == best.child).unwrap();
        let candidate = case.roster.candidates.iter().position(|&candidate| candidate == best.candidate).unwrap();
        let shown = Digits::Significant.rounded(best.log10_lr);
        assert_eq!(log10_lrs[child][candidate].to_bits(), shown.to_bits());
    }
}

#[test]
fn what_a_panel_cannot_be_asked_is_refused() {
    let statistics = Statistics::bundled("nist1036:cauc").unwrap();
    for (input, message) in [
        (
            PowerInput { drop_out: Some(1.0), ..Default::default() },
            "--drop-out 1: expected a probability from 0 to below 1",
        ),
        (PowerInput { children: 0, ..Default::default() }, "--children 0: expected a whole number of at least 1"),
        (
            PowerInput { remove_loci: vec!["L".into()], ..Default::default() },
            "--remove-loci L: the panel does not have it",
        ),
    ] {
        assert_eq!(power(&input, statistics.clone()).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_case_in_the_library_gives_the_tables_of_the_binary() {
    let folder = demo();
    let files = [("children", "children.csv"), ("candidates", "corpses.csv"), ("candidates", "detainees.csv")];
    folder.succeed(&format!("match {} --top 3 --out by_binary --no-progress", named(&folder, &files)));
    let mut settings = Settings::default();
    settings.search.top = 3;
    let output = Output::new(folder.path("by_library"));
    let (case, found) = match_into(&output, demo_input(&folder), settings.clone(), &NoProgress).unwrap();
    let tables = folder.tables("by_library");
    assert_eq!(
        tables.keys().collect::<Vec<_>>(),
        [
            "couples.csv",
            "direct_matches.csv",
            "families.csv",
            "matches.csv",
            "rejected.csv",
            "sibships.csv",
            "status.csv"
        ]
    );
    assert!(tables == folder.tables("by_binary"));
    let input = demo_input(&folder);
    let alone = MatchCase::read(input.children, input.candidates, &settings).unwrap().search().unwrap();
    let pairs = |found: &Found| -> Vec<_> {
        found.parents.candidacies.iter().map(|one| (one.child, one.candidate, one.log10_lr, one.posterior)).collect()
    };
    assert!(pairs(&alone) == pairs(&found) && found.parents.candidacies.len() > 60);
    let best = &found.parents.candidacies[0];
    let (child, candidate) = (case.panel().id(best.child), case.panel().id(best.candidate));
    assert!((case.explain(child, candidate).unwrap().total_log10_lr[0] - best.log10_lr).abs() < 1e-9);
    assert_eq!(
        case.explain(child, "nobody").unwrap_err().to_string(),
        "no sample `nobody` among the 282 that were read"
    );
}

#[test]
fn an_identification_in_the_library_gives_the_tables_of_the_binary() {
    let folder = Folder::new();
    let shape = parse_case_shape("families", FAMILIES).unwrap();
    simulate_into(&Output::new(folder.path("case")), SimulateInput::new("families", shape)).unwrap();
    folder.write("families.toml", FAMILIES);
    folder.succeed("simulate families.toml --out by_command");
    assert!(folder.tables("case") == folder.tables("by_command"));
    let file = |name: &str| folder.path("case").join(name);
    let input = IdentifyInput::new([file("corpses.csv")], [file("relatives.csv")], file("pedigrees.csv"));
    let mut settings = Settings::default();
    settings.search.min_log10_lr = None;
    let output = Output::new(folder.path("by_library"));
    let (case, answer) = identify_into(&output, input, settings, &NoProgress).unwrap();
    assert_eq!((answer.bodies.len(), answer.found.missing.len()), (7, 4));
    assert!(case.messages(&answer).unwrap().warnings.is_empty());
    let files =
        [("remains", "case/corpses.csv"), ("relatives", "case/relatives.csv"), ("pedigrees", "case/pedigrees.csv")];
    folder.succeed(&format!("identify {} --out by_binary --no-progress", named(&folder, &files)));
    assert!(folder.tables("by_library") == folder.tables("by_binary"));
    let again = identify_into(&output, case.input, case.statistics.settings, &NoProgress).unwrap_err();
    assert!(again.to_string().contains("exists and is not empty"), "{again}");
}

/// Stops what it watches.
struct Impatient;

impl Progress for Impatient {
    fn advance(&self, _done: u64) {}
    fn cancelled(&self) -> bool {
        true
    }
}

#[test]
fn whoever_watches_may_stop_a_search_and_nothing_is_left_of_it() {
    let folder = demo();
    let output = Output::new(folder.path("results"));
    let stopped = match_into(&output, demo_input(&folder), Settings::default(), &Impatient).unwrap_err();
    assert!(matches!(stopped, RunError::Match(MatchError::Cancelled)), "{stopped}");
    assert!(!folder.path("results").exists());
    let folders = std::fs::read_dir(folder.path("")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), 0);
}

/// What a pair scores is what a search of the two finds; what cannot be scored is refused by name.
#[test]
fn a_pair_written_by_hand_scores_what_a_search_of_the_two_finds() {
    let folder = Folder::new();
    folder.write("child.csv", "sample_id,sex,D3S1358,vWA,TH01\nC,female,\"15,17\",\"16,18\",\"6,9.3\"\n");
    folder.write("man.csv", "sample_id,sex,D3S1358,vWA,TH01\nM,male,\"14,15\",\"16,17\",9.3\n");
    let settings = Settings::default();
    let case = MatchCase::read([folder.path("child.csv")], [folder.path("man.csv")], &settings).unwrap();
    let found = case.search().unwrap();
    let statistics = Statistics::from_settings(&settings).unwrap();
    let loci = |texts: [&'static str; 3]| ["D3S1358", "VWA", "THO1"].into_iter().zip(texts);
    let child = PersonProfile::new("C", loci(["17/15", "16,18", "9.3,6"])).unwrap().of_sex(Sex::Female);
    let man = PersonProfile::new("M", loci(["14,15", "16,17", "9.3"])).unwrap().of_sex(Sex::Male);
    let pair = Pair::new(&statistics, &child, &man).unwrap();
    let log10_lr = pair.log10_lr(Relationship::Parent).unwrap();
    assert!(log10_lr > 0.0 && log10_lr == found.parents.candidacies[0].log10_lr);
    assert_eq!(pair.explain(Relationship::Parent).unwrap().total_log10_lr[0], log10_lr);
    assert_eq!(pair.log10_lr(Relationship::Unrelated).unwrap(), 0.0);
    let refused = [
        PersonProfile::new("C", [("vWA", "16,x1")]).unwrap_err().to_string(),
        PersonProfile::new("C", [("vWA", "16"), ("VWA", "17")]).unwrap_err().to_string(),
        Pair::new(&statistics, &child, &child).unwrap_err().to_string(),
        Statistics::bundled("nist1036:cauk").unwrap_err().to_string(),
    ];
    let expected = ["C, vWA: `x1` is no allele", "found the locus vWA twice", "C", "did you mean `nist1036:cauc`?"];
    for (refused, expected) in refused.iter().zip(expected) {
        assert!(refused.contains(expected), "{refused}");
    }
}

/// Fathers of a simulated case score higher than other men.
#[test]
fn simulated_pairs_are_scored() {
    let shape = parse_case_shape("families", &FAMILIES.replace("\"corpse\"", "\"child\"")).unwrap();
    let statistics = Statistics::from_settings(&shape.settings).unwrap();
    let (case, models) = SimulateInput::new("families", shape).make().unwrap();
    let panel = CasePanel::new(std::slice::from_ref(&case), &models, DropOut::default()).unwrap().panel;
    let scorer = Scorer::new(&statistics, panel).unwrap();
    let child = scorer.panel.indices().find(|&sample| scorer.panel.role(sample) == Some(Role::Child)).unwrap();
    let mut scores: Vec<f64> = (scorer.panel.indices())
        .filter(|&sample| scorer.panel.role(sample) == Some(Role::Relative))
        .map(|sample| scorer.log10_lr(Relationship::Parent, child, sample).unwrap())
        .collect();
    scores.sort_by(f64::total_cmp);
    assert!(scores.len() == 8 && scores[0] < 0.0, "{scores:?}");
}

//! Whole calibrations against what must come of them, and what a shared panel changes (nothing).

use super::*;
use crate::inference::InList;
use crate::io::case_shape::parse_case_shape;
use crate::io::frequency_file::load_table;
use crate::io::source::Inputs;
use crate::matching::{Case, search};
use crate::profile::{LocusName, Role, Sex};
use crate::search::NoProgress;
use crate::settings::{RelativesPrior, Settings};
use crate::simulate::{CasePanel, CaseShape, SyntheticCase, Trap};
use crate::statistics::Statistics;
use truth::KnownCase;

/// Eight loci leave doubt. A third of the fathers and half of the mothers are in the list, independently of each other as the prior
/// has it; nobody else is related.
const PARENTS_OR_STRANGERS: &str = r#"
    loci = ["TH01", "vWA", "FGA", "D3S1358", "D8S1179", "D18S51", "D21S11", "TPOX"]
    settings.population.theta = 0.0
    [roles.corpse]
    quality = [{ share = 0.5 }, { share = 0.5, drop_out = 0.1, locus_failure = 0.3 }]
    [[families]]
    count = 10
    people = [
        { id = "F", samples = ["detainee"] }, { id = "M", samples = ["corpse"] },
        { id = "C", father = "F", mother = "M", samples = ["child"] },
    ]
    [[families]]
    count = 10
    people = [
        { id = "F", samples = ["detainee"] }, { id = "M" }, { id = "C", father = "F", mother = "M", samples = ["child"] },
    ]
    [[families]]
    count = 20
    people = [
        { id = "F" }, { id = "M", samples = ["corpse"] }, { id = "C", father = "F", mother = "M", samples = ["child"] },
    ]
    [[families]]
    count = 20
    people = [{ id = "C", samples = ["child"] }]
    [[families]]
    count = 20
    people = [{ id = "P", sex = "male", samples = ["detainee"] }]
    [[families]]
    count = 20
    people = [{ id = "P", sex = "female", samples = ["corpse"] }]
"#;

fn shape(text: &str) -> CaseShape {
    parse_case_shape("case", text).unwrap()
}

fn statistics(settings: Settings) -> Statistics {
    Statistics::from_settings(&settings).unwrap()
}

fn plan(text: &str, cases: u64) -> CasePlan {
    let shape = shape(text);
    let loci = shape.loci.iter().map(|name| LocusName::new(name)).collect();
    CasePlan { shape, loci, cases, seed: 7 }
}

fn run(plan: &CasePlan, prior: ScenarioPrior, world: &Statistics, analysed: &Statistics) -> ScenarioResult {
    run_trap(plan, prior, None, world, analysed)
}

fn run_trap(
    plan: &CasePlan,
    prior: ScenarioPrior,
    trap: Option<Trap>,
    world: &Statistics,
    analysed: &Statistics,
) -> ScenarioResult {
    let (world, analysed) = (world.clone(), analysed.clone());
    let scenario = Scenario { name: String::new(), prior, trap, world, analysed, about: String::new() };
    run_scenario(plan, &scenario, &NoProgress).unwrap()
}

fn outside(result: &ScenarioResult) -> usize {
    result.of_candidates.inconsistent().count() + result.of_none.inconsistent().count()
}

/// Where model and prior are those of the simulation, what is stated comes true as often as it says; where either is not, not.
#[test]
fn posteriors_come_true_where_model_and_prior_are_right_and_only_there() {
    let case_plan = plan(PARENTS_OR_STRANGERS, 40);
    let mut settings = case_plan.shape.settings.clone();
    settings.prior.in_list = 0.9;
    let right = statistics(settings);
    let results =
        [ScenarioPrior::Simulated, ScenarioPrior::Settings].map(|prior| run(&case_plan, prior, &right, &right));
    let [matched, wrong_prior] = &results;
    let in_list = InList { father: 20.0 / 60.0, mother: 0.5 };
    let Subjects::Parents { children: 2400, in_list: prior, relatives: RelativesPrior::NONE, .. } = matched.subjects
    else {
        panic!("{:?}", matched.subjects)
    };
    assert_eq!(prior, in_list);
    assert_eq!(matched.of_none.statements, 2 * 2400);
    for reliability in [&matched.of_candidates, &matched.of_none] {
        let outside: Vec<_> = reliability.inconsistent().collect();
        assert!(outside.is_empty(), "{outside:?}");
        let filled = reliability.bins.iter().filter(|bin| bin.held.trials >= 20).count();
        assert!(filled >= 6, "{reliability:?}");
        assert!((reliability.brier.unwrap() / reliability.expected_brier.unwrap() - 1.0).abs() < 0.05);
    }
    assert_eq!(outside(matched), 0);
    assert!(outside(wrong_prior) >= 2);
    assert!(wrong_prior.of_candidates.brier > matched.of_candidates.brier);

    let fewer = CasePlan { cases: 15, ..case_plan };
    let other = right.with_table("nist1036:afam", load_table("nist1036:afam", &Inputs::default()).unwrap()).unwrap();
    for world in [right.with_theta(0.2), other] {
        let wrong = run(&fewer, ScenarioPrior::Simulated, &world, &right);
        assert!(outside(&wrong) >= 5);
        assert!(wrong.of_candidates.brier.unwrap() > 1.05 * wrong.of_candidates.expected_brier.unwrap());
    }
}

/// Fifteen loci, half of the adults degraded; the father of every other child is in the list.
const RELATIVES: &str = r#"
    loci = [
        "CSF1PO", "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D1S1656", "D21S11", "D3S1358", "D5S818",
        "D7S820", "FGA", "TH01", "vWA",
    ]
    settings.population.theta = 0.0
    [roles.detainee]
    quality = [{ share = 0.5 }, { share = 0.5, drop_out = 0.2, locus_failure = 0.3 }]
    [[families]]
    count = 5
    people = [
        { id = "F", samples = ["detainee"] }, { id = "M" }, { id = "C", father = "F", mother = "M", samples = ["child"] },
    ]
    [[families]]
    count = 5
    people = [{ id = "F" }, { id = "M" }, { id = "C", father = "F", mother = "M", samples = ["child"] }]
    [[families]]
    count = 30
    people = [{ id = "S", samples = ["detainee"] }]
"#;

/// In every trap posteriors come true where the prior is that of the simulation; with the prior of the settings few of those
/// that are all but certain are wrong. "Parent or stranger" alone is wrong where siblings are about.
#[test]
fn posteriors_come_true_in_every_trap() {
    let case_plan = plan(RELATIVES, 60);
    let statistics = statistics(case_plan.shape.settings.clone());
    for trap in Trap::ALL {
        let of = |prior| run_trap(&case_plan, prior, Some(trap), &statistics, &statistics);
        let matched = of(ScenarioPrior::Simulated);
        assert_eq!(outside(&matched), 0, "{trap:?}: {matched:?}");
        let wrong =
            of(ScenarioPrior::Settings).recall.thresholds.iter().find(|row| row.posterior >= 0.99).unwrap().wrong;
        let most = clopper_pearson(wrong.successes, wrong.trials, CONFIDENCE).0;
        assert!(most < 0.05, "{trap:?}: {wrong:?}");
    }
    let mut alone = statistics.clone();
    alone.settings.prior.relatives = RelativesPrior::NONE;
    let wrong = run_trap(&case_plan, ScenarioPrior::Settings, Some(Trap::ChildsSibling), &statistics, &alone);
    assert!(outside(&wrong) > 2, "{wrong:?}");
}

/// What a case comes to does not depend on the cases that share its panel.
#[test]
fn cases_that_share_a_panel_are_searched_as_each_alone() {
    let mut shape = shape(include_str!("../../data/demo/case.toml"));
    shape.families.iter_mut().for_each(|family| family.count = family.count.min(2));
    let statistics = statistics(shape.settings.clone());
    let loci: Vec<_> = shape.loci.iter().map(|name| LocusName::new(name)).collect();
    let world = statistics.world(&loci).unwrap();
    let cases: Vec<_> = (0..2).map(|seed| SyntheticCase::new(shape.clone(), &world, seed).unwrap()).collect();
    let found = |cases: &[SyntheticCase]| {
        let samples = CasePanel::new(cases, &world, statistics.settings.observation.drop_out).unwrap();
        let models = statistics.case_models(&samples.panel).unwrap();
        let case = Case::new(&samples.panel, &models, &statistics.settings);
        let id = |sample| samples.panel.id(sample).rsplit('/').next().unwrap().to_owned();
        let of_case = |known: &KnownCase<'_>| {
            let found = search(&case, &known.roster, &NoProgress).unwrap();
            let parents = found.parents.candidacies.iter();
            let parents = parents.map(|one| (vec![id(one.child), id(one.candidate)], one.log10_lr, one.posterior));
            let couples = found.couples.iter();
            let couples =
                couples.map(|one| (vec![id(one.child), id(one.father), id(one.mother)], one.log10_lr, one.posterior));
            parents.chain(couples).collect::<Vec<_>>()
        };
        KnownCase::all(cases, &samples).iter().map(of_case).collect::<Vec<_>>()
    };
    let together = found(&cases);
    let alone = [found(&cases[..1]), found(&cases[1..])].concat();
    for (together, alone) in together.iter().zip(&alone) {
        assert!(together.len() > 50 && together.len() == alone.len());
        for ((ids, log10_lr, posterior), (alone_ids, alone_log10_lr, alone_posterior)) in together.iter().zip(alone) {
            assert_eq!(ids, alone_ids);
            assert!((log10_lr - alone_log10_lr).abs() < 1e-9, "{ids:?}");
            // the sum over all candidates is rounded in the order of the codes, which the panel decides
            assert!((posterior - alone_posterior).abs() <= 1e-5 * alone_posterior, "{ids:?}");
        }
    }
}

#[test]
fn truth_of_the_demonstration_case_is_counted_by_pair() {
    let shape = shape(include_str!("../../data/demo/case.toml"));
    let statistics = statistics(shape.settings.clone());
    let loci: Vec<_> = shape.loci.iter().map(|name| LocusName::new(name)).collect();
    let world = statistics.world(&loci).unwrap();
    let cases = [SyntheticCase::new(shape, &world, 14).unwrap()];
    let samples = CasePanel::new(&cases, &world, statistics.settings.observation.drop_out).unwrap();
    let known = &KnownCase::all(&cases, &samples)[0];
    let pairs = known.pairs();
    // data/demo/relations.csv: 85 pairs of a child and a parent, 13 of a child and its father's brother, 2 with a grandmother
    let relations = include_str!("../../data/demo/relations.csv");
    for (truth, name) in [
        (Truth::Parent, "parent"),
        (Truth::Kin(crate::inheritance::Relationship::Avuncular), "avuncular"),
        (Truth::Kin(crate::inheritance::Relationship::Grandparent), "grandparent"),
    ] {
        let of_child =
            |line: &&str| line.ends_with(&format!(",{name}")) && line.split(',').any(|id| id.starts_with('K'));
        assert_eq!(pairs[&truth], relations.lines().filter(of_child).count() as u64, "{name}");
    }
    assert_eq!(pairs.values().sum::<u64>(), 60 * 222);
}

/// The demonstration case taken as an actual one.
#[test]
fn a_shape_made_from_profiles_has_their_numbers() {
    let source = shape(include_str!("../../data/demo/case.toml"));
    let statistics = statistics(source.settings.clone());
    let loci: Vec<_> = source.loci.iter().map(|name| LocusName::new(name)).collect();
    let world = statistics.world(&loci).unwrap();
    let cases = [SyntheticCase::new(source, &world, 14).unwrap()];
    let samples = CasePanel::new(&cases, &world, statistics.settings.observation.drop_out).unwrap();
    let roster = &KnownCase::all(&cases, &samples)[0].roster;
    let positions: Vec<_> = (0..loci.len()).collect();
    let like = shape_like(&samples.panel, roster, &positions, &statistics.settings).unwrap();
    like.check().unwrap();

    let count = |role: Role, sex: Option<Sex>| -> u64 {
        let people = |family: &crate::simulate::FamilyShape| {
            let sampled = |person: &&crate::simulate::PersonShape| person.samples.contains(&role);
            let of_sex = |person: &&crate::simulate::PersonShape| sex.is_none_or(|sex| person.sex == sex);
            family.count * family.people.iter().filter(sampled).filter(of_sex).count() as u64
        };
        like.families.iter().map(people).sum()
    };
    assert_eq!((count(Role::Child, None), count(Role::Corpse, None)), (60, 120));
    assert_eq!((count(Role::Detainee, Some(Sex::Male)), count(Role::Detainee, Some(Sex::Female))), (80, 22));
    let again = [SyntheticCase::new(like.clone(), &world, 1).unwrap()];
    let remade = CasePanel::new(&again, &world, statistics.settings.observation.drop_out).unwrap();
    assert_eq!(remade.panel.len(), samples.panel.len());
    let listed = |place| {
        let known = &KnownCase::all(&again, &remade)[0];
        known.roster.children.iter().filter(|child| known.is_listed(child.sample, place)).count()
    };
    assert_eq!((listed(Sex::Male), listed(Sex::Female)), (30, 30));
    let typed = |panel: &crate::profile::Panel| {
        let corpses = panel.indices().filter(|&sample| panel.role(sample) == Some(Role::Corpse));
        corpses.map(|sample| panel.typed_loci(sample)).sum::<usize>() as f64 / 120.0
    };
    assert!((typed(&remade.panel) - typed(&samples.panel)).abs() < 1.5);
    assert!(like.roles[&Role::Corpse].sex_known < 1.0);
}

/// Fathers at home; half of the sons and daughters they miss are among the bodies, with bodies of nobody who is missed.
const BODIES: &str = r#"
    loci = ["CSF1PO", "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "TH01"]
    [roles.corpse]
    sex_known = 0.8
    quality = [{ share = 0.5 }, { share = 0.5, drop_out = 0.2, locus_failure = 0.4 }]
    [[families]]
    count = 4
    people = [
        { id = "F", samples = ["relative"] }, { id = "M" },
        { id = "V", father = "F", mother = "M", samples = ["corpse"], missing = true },
    ]
    [[families]]
    count = 4
    people = [
        { id = "F", samples = ["relative"] }, { id = "M" }, { id = "V", father = "F", mother = "M", missing = true },
    ]
    [[families]]
    count = 6
    people = [{ id = "P", samples = ["corpse"] }]
"#;

#[test]
fn identities_come_true_where_the_prior_is_right_and_only_there() {
    let plan = plan(BODIES, 150);
    let mut settings = plan.shape.settings.clone();
    settings.prior.identified = 0.95;
    let right = statistics(settings);
    let run = |prior| {
        let (name, about) = (String::new(), String::new());
        let scenario = Scenario { name, prior, trap: None, world: right.clone(), analysed: right.clone(), about };
        run_identities(&plan, &scenario, &NoProgress).unwrap()
    };
    let [matched, wrong] = [ScenarioPrior::Simulated, ScenarioPrior::Settings].map(run);
    let Subjects::Identities { bodies: 1500, missing: 1200, identified, simulated_identified, .. } = matched.subjects
    else {
        panic!("{:?}", matched.subjects)
    };
    assert_eq!(simulated_identified, 0.4);
    assert!((0.4..0.6).contains(&identified), "nobody has two bodies: {identified}");
    assert_eq!((matched.of_none.statements, matched.recall.reported.trials), (1500, 600));
    assert!(outside(&matched) == 0, "{matched:?}");
    let filled = |reliability: &Reliability| reliability.bins.iter().filter(|bin| bin.held.trials >= 20).count();
    assert!(filled(&matched.of_candidates) >= 6 && filled(&matched.of_none) >= 4, "{matched:?}");
    assert!(matched.llr.cllr.unwrap() < 0.6 && matched.llr.parents == 600, "{:?}", matched.llr.cllr);
    assert!(outside(&wrong) >= 3, "{wrong:?}");
    assert!(wrong.of_none.brier > matched.of_none.brier);
}

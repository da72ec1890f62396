//! Every line of `matches.csv` of small random cases against likelihoods of pedigrees written down by hand.

use super::match_cases::{PLAIN, RandomCase, Shape};
use super::match_hypotheses::{Answer, DEFAULT, Prior, answer, lowest};
use super::match_oracle::{Cell, Known, Oracle, Person, Statistics, log10_lr};
use super::match_support::{Folder, Row, SEARCH, assert_close, number};
use filia::inheritance::MutationModel;
use filia::profile::{Allele, Sex};
use filia::settings::RatesSource;
use std::collections::BTreeSet;

const LOCI: [&str; 5] = ["D3S1358", "vWA", "TH01", "FGA", "Penta D"];
const RIVALS: [&str; 5] = ["identity", "full-sibling", "half-sibling", "first-cousin", "unrelated"];
fn statistics(model: MutationModel, theta: f64) -> Statistics {
    Statistics::plain(model, theta, RatesSource::Bundled)
}

fn pair(female: f64, male: f64) -> RatesSource {
    RatesSource::Pair { female, male }
}

#[test]
fn stepwise_mutation_and_theta() {
    check(1, PLAIN, &statistics(MutationModel::Stepwise, 0.01));
}

#[test]
fn no_mutation_and_silent_alleles() {
    check(2, Shape { mutated: 0.1, ..PLAIN }, &Statistics { silent: 0.02, ..statistics(MutationModel::None, 0.0) });
}

#[test]
fn several_tables_and_drop_out_by_role_and_row() {
    let statistics = Statistics {
        tables: vec!["nist1036:cauc", "nist1036:afam", "nist1036:hisp"],
        rates: pair(0.001, 0.004),
        drop_out: [0.2, 0.0, 0.1],
        ..statistics(MutationModel::Equal, 0.03)
    };
    check(3, Shape { own_drop_out: true, ..PLAIN }, &statistics);
}

#[test]
fn drop_in_and_drop_out() {
    let statistics = Statistics {
        drop_in: 0.03,
        drop_out: [0.3, 0.1, 0.0],
        silent: 0.01,
        rates: pair(0.002, 0.005),
        ..statistics(MutationModel::Stepwise, 0.0)
    };
    check(4, Shape { own_drop_out: true, ..PLAIN }, &statistics);
}

#[test]
fn known_mothers_and_fathers() {
    let shape = Shape { families: 4, strangers: 4, known_parents: true, ..PLAIN };
    check(5, shape, &statistics(MutationModel::Stepwise, 0.01));
    check(6, Shape { mutated: 0.15, ..shape }, &statistics(MutationModel::None, 0.03));
}

#[test]
fn candidates_of_unknown_sex() {
    let shape = Shape { unknown_sexes: true, strangers: 5, ..PLAIN };
    check(7, shape, &Statistics { rates: pair(0.001, 0.02), ..statistics(MutationModel::Stepwise, 0.01) });
    let shape = Shape { known_parents: true, families: 4, ..shape };
    check(8, shape, &Statistics { rates: pair(0.001, 0.02), ..statistics(MutationModel::Proportional, 0.0) });
}

#[test]
fn other_priors() {
    let shape = Shape { unknown_sexes: true, strangers: 5, ..PLAIN };
    let statistics = statistics(MutationModel::Stepwise, 0.01);
    check_with(31, shape, &statistics, Prior { in_list: 0.8, male: 0.9, relatives: [0.0; 3] });
    check_with(32, shape, &statistics, Prior { in_list: 0.2, male: 0.3, relatives: [2.0, 1.0, 0.0] });
    // more relatives than there are candidates: one of ten is a stranger all the same
    check_with(33, PLAIN, &statistics, Prior { relatives: [20.0, 10.0, 30.0], ..DEFAULT });
}

/// Runs the case with the prior of the settings, and checks every line.
fn check(seed: u64, shape: Shape, statistics: &Statistics) {
    check_with(seed, shape, statistics, DEFAULT);
}

fn check_with(seed: u64, shape: Shape, statistics: &Statistics, prior: Prior) {
    let case = RandomCase::new(seed, shape, statistics, &LOCI);
    let folder = Folder::new();
    case.write(&folder, statistics);
    folder.write("settings.toml", statistics.toml() + &prior.toml());
    folder.succeed(SEARCH);
    assert!(folder.table("out/direct_matches.csv").is_empty());
    assert!(folder.table("out/rejected.csv").is_empty());
    let rows = folder.table("out/matches.csv");
    let oracle = Oracle::new(statistics, &case.loci);
    let mut lines = 0;
    for child in &case.children {
        let of_child: Vec<_> = rows.iter().filter(|row| row["child_id"] == child.id).collect();
        let asked: Vec<_> =
            case.candidates.iter().filter_map(|other| Some((other, asked(&case, child, other)?))).collect();
        assert_eq!(of_child.len(), asked.len(), "{}", child.id);
        check_order(&of_child);
        let answer = answer(&case, &oracle, child, prior);
        for &(other, known) in &asked {
            let score = log10_lr(&oracle, "parent", child, other, known).0;
            let row = of_child.iter().find(|row| row["candidate_id"] == other.id).unwrap();
            let pair = Pair { case: &case, oracle: &oracle, child, other, known, score };
            pair.check(row);
            check_posteriors(&answer, statistics, row);
            lines += 1;
        }
    }
    assert_eq!(lines, rows.len());
}

/// What the row states against the sum over all hypotheses.
fn check_posteriors(answer: &Answer, statistics: &Statistics, row: &Row) {
    let id = &row["candidate_id"];
    let (parent, other) = (&answer.parent[id], &answer.other[id]);
    let name = format!("posterior of {id} for {}", row["child_id"]);
    assert_close(number(row, "posterior"), lowest(parent), 1e-9, &name);
    assert_close(number(row, "posterior_at_most"), lowest(parent), 1e-8, &name);
    for (table, &right) in statistics.tables.iter().zip(parent).filter(|_| parent.len() > 1) {
        assert_close(number(row, &format!("posterior_{table}")), right, 1e-9, &name);
    }
    let highest = (0..other.len()).max_by(|&left, &right| other[left].total_cmp(&other[right])).unwrap();
    assert_close(number(row, "posterior_other"), other[highest], 1e-9, &name);
    assert_eq!(row["other_relationship"], answer.kind[id][highest], "{name}");
}

/// The known parent under whom the candidate is asked about; nothing where that parent is not in question.
fn asked<'a>(case: &'a RandomCase, child: &Person, candidate: &Person) -> Option<Known<'a>> {
    let mother = child.mother.as_ref().map(|id| case.person(id));
    let father = child.father.as_ref().map(|id| case.person(id));
    let known = match (mother, father, candidate.sex) {
        (None, None, _) => Known::Nobody,
        (Some(mother), _, Sex::Male | Sex::Unknown) => Known::Mother(mother),
        (_, Some(father), Sex::Female | Sex::Unknown) => Known::Father(father),
        _ => return None,
    };
    (known.person().is_none_or(|known| known.id != candidate.id)).then_some(known)
}

fn check_order(rows: &[&Row]) {
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(row["rank"], (at + 1).to_string());
    }
    for two in rows.windows(2) {
        let (first, second) = (number(two[0], "log10_lr"), number(two[1], "log10_lr"));
        assert!(first > second || (first == second && two[0]["candidate_id"] < two[1]["candidate_id"]));
    }
}

struct Pair<'a> {
    case: &'a RandomCase,
    oracle: &'a Oracle<'a>,
    child: &'a Person,
    other: &'a Person,
    known: Known<'a>,
    score: f64,
}

impl Pair<'_> {
    fn check(&self, row: &Row) {
        let Self { child, other, known, .. } = *self;
        let name = format!("{} as parent of {} ({known:?})", other.id, child.id);
        let (lowest, by_table) = log10_lr(self.oracle, "parent", child, other, known);
        assert_close(number(row, "log10_lr"), lowest, 1e-9, &name);
        for (table, log10_lr) in self.oracle.statistics.tables.iter().zip(&by_table).filter(|_| by_table.len() > 1) {
            assert_close(number(row, &format!("log10_lr_{table}")), *log10_lr, 1e-9, &name);
        }
        self.check_best(row, &name);
        let compared = child.cells.iter().zip(&other.cells).filter(|(one, other)| !one.is_empty() && !other.is_empty());
        assert_eq!(row["loci_compared"], compared.count().to_string(), "{name}");
        let inconsistent = self.inconsistent();
        assert_eq!(row["loci_inconsistent"], inconsistent.len().to_string(), "{name}");
        let listed = row["inconsistent_loci"].split(';').filter(|locus| !locus.is_empty()).map(str::to_owned);
        assert_eq!(listed.collect::<BTreeSet<_>>(), inconsistent, "{name}");
        assert_eq!(row["candidate_role"], other.role);
        assert_eq!(row["relationship"], "parent");
    }

    fn check_best(&self, row: &Row, name: &str) {
        let score = |rival| log10_lr(self.oracle, rival, self.child, self.other, self.known).0;
        let mut best = ("parent", self.score);
        for rival in RIVALS {
            let rival = (rival, if rival == "unrelated" { 0.0 } else { score(rival) });
            if rival.1 > best.1 {
                best = rival;
            }
        }
        assert_eq!(row["best_relationship"], best.0, "{name}: {best:?} {row:?}");
        assert_close(number(row, "best_relationship_log10_lr"), best.1, 1e-9, &format!("{} ({name})", best.0));
    }

    /// The loci that cannot be without a mutation, by looking at genotypes alone.
    fn inconsistent(&self) -> BTreeSet<String> {
        let impossible = |locus: usize| {
            let genotypes = |person: &Person| genotypes(self.oracle.statistics, self.case, person, locus);
            let (child, candidate) = (genotypes(self.child), genotypes(self.other));
            let known = self.known.person().map(genotypes);
            let fits = |known: Option<&Vec<Genotype>>| {
                let from =
                    |parent: &[Genotype], allele| parent.iter().any(|&(one, other)| one == allele || other == allele);
                let way = |(one, other)| from(&candidate, one) && known.is_none_or(|known| from(known, other));
                child.iter().any(|&(one, other)| way((one, other)) || way((other, one)))
            };
            let known_alone_fits = known.as_ref().is_none_or(|known| {
                let alleles: BTreeSet<_> = known.iter().flat_map(|&(one, other)| [one, other]).collect();
                child.iter().any(|(one, other)| alleles.contains(one) || alleles.contains(other))
            });
            !fits(if known_alone_fits { known.as_ref() } else { None })
        };
        let both = |locus: &usize| !self.child.cells[*locus].is_empty() && !self.other.cells[*locus].is_empty();
        let loci = (0..self.child.cells.len()).filter(both).filter(|&locus| impossible(locus));
        loci.map(|locus| self.case.loci[locus].to_string()).collect()
    }
}

/// Two alleles, `None` for the silent one.
type Genotype = (Option<Allele>, Option<Allele>);

/// The genotypes that can have given a person's result.
fn genotypes(statistics: &Statistics, case: &RandomCase, person: &Person, locus: usize) -> Vec<Genotype> {
    let seen = &person.cells[locus];
    let table =
        filia::io::frequency_file::load_table(statistics.tables[0], &filia::io::source::Inputs::default()).unwrap();
    let known = table.locus(&case.loci[locus]).unwrap().frequencies.iter().map(|entry| entry.0);
    let mut alleles: BTreeSet<Option<Allele>> = known.map(Some).collect();
    alleles.extend(case.people().iter().flat_map(|person| person.cells[locus].iter().copied().map(Some)));
    if statistics.silent > 0.0 {
        alleles.insert(None);
    }
    let drops_out = statistics.drop_out_of(person) > 0.0;
    let shows = |one: Option<Allele>, other: Option<Allele>| {
        let visible: BTreeSet<Allele> = one.into_iter().chain(other).collect();
        let seen: BTreeSet<Allele> = seen.iter().copied().collect();
        let unexplained = seen.difference(&visible).count();
        let lost = visible.difference(&seen).count();
        unexplained <= usize::from(statistics.drop_in > 0.0) && (lost == 0 || drops_out)
    };
    let every = || alleles.iter().copied();
    let pairs = every().flat_map(|one| every().map(move |other| (one, other)));
    pairs.filter(|&(one, other)| seen.is_empty() || shows(one, other)).collect::<Vec<Genotype>>()
}

/// Nothing of this suite is about empty results.
#[test]
fn the_random_cases_have_something_of_everything() {
    let statistics = statistics(MutationModel::None, 0.0);
    let case = RandomCase::new(6, Shape { families: 12, mutated: 0.15, ..PLAIN }, &statistics, &LOCI);
    let cells: Vec<&Cell> = case.people().into_iter().flat_map(|person| &person.cells).collect();
    for alleles in 0..=2 {
        assert!(cells.iter().filter(|cell| cell.len() == alleles).count() >= 5, "{alleles}");
    }
}

#[test]
fn whoever_is_left_out_by_role_or_as_a_repetition_is_listed() {
    let folder = Folder::new();
    folder.write(
        "c.csv",
        "sample_id,role,sex,mother_id,vWA,TH01\nc,child,F,m,17/18,6/7\nm,relative,F,,17,6\nx,detainee,M,,17,7\n",
    );
    folder.write("a.csv", "sample_id,role,sex,vWA,TH01\na,detainee,M,18,7/8\nk,child,F,17,6\n");
    folder.write("b.csv", "sample_id,role,sex,vWA,TH01\na,detainee,M,18,7/8\n");
    let files = "--children c.csv --candidates a.csv --candidates b.csv";
    folder.succeed(&format!("match {files} --min-log10-lr none --out out"));
    let rejected = folder.table("out/rejected.csv");
    let listed: Vec<_> = rejected
        .iter()
        .map(|row| format!("{}:{} {} {}", row["file"], row["line"], row["sample_id"], row["reason"]))
        .collect();
    assert_eq!(
        listed,
        [
            "c.csv:4 x role detainee among the children: not used (candidates belong in --candidates)",
            "a.csv:3 k a child among the candidates: not used (--candidates-include-children makes children candidates)",
            "b.csv:2 a repeats the row of this id in a.csv line 2: one sample, read once",
        ]
    );
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(
        notes.contains(
            "not used because of their role: 1 child among the candidates, 1 other sample among the children"
        ),
        "{notes}"
    );
    folder.succeed(&format!("match {files} --candidates-include-children --min-log10-lr none --force --out out"));
    assert!(folder.table("out/rejected.csv").iter().all(|row| row["sample_id"] != "k"));
}

#[test]
fn a_named_parent_whom_the_profiles_contradict_is_named() {
    let folder = Folder::new();
    folder.write(
        "c.csv",
        "sample_id,sex,mother_id,vWA,TH01,FGA\nc,F,wrong,17/18,6/7,20/21\nd,F,right,17/18,6/7,20/21\ne,F,e,17/18,6/7,20/21\n",
    );
    folder.write("a.csv", "sample_id,sex,vWA,TH01,FGA\nwrong,F,14,9.3,24/25\nright,F,17,6,20\na,M,18,7,21\n");
    let (code, _, errors) = folder.run("match --children c.csv --candidates a.csv --out out");
    assert_eq!(code, 0);
    let notes = folder.json("out/manifest.json")["notes"].as_array().unwrap().clone();
    let about = |text: &str| notes.iter().filter_map(|note| note.as_str()).find(|note| note.starts_with(text));
    let note = about("c: ").unwrap();
    assert!(note.contains("contradict the mother it names, wrong: inconsistent at 3 of 3 loci"), "{note}");
    assert!(errors.contains(note), "{errors}");
    assert_eq!(about("d: "), None);
    assert_eq!(about("e: "), Some("e: the mother it names, e, is itself: searched without mother"));
}

#[test]
fn pairs_left_out_by_age_are_counted() {
    let folder = Folder::new();
    folder.write("s.toml", "[children]\nexclude_impossible_ages = true\n");
    folder.write("c.csv", "sample_id,sex,birth_year,vWA\nc,F,2010,17/18\nd,F,2005,17/18\n");
    folder.write("a.csv", "sample_id,sex,birth_year,vWA\nf,F,1996,17\ng,F,2004,17\nm,M,2001,18\nn,M,,18\n");
    folder.succeed("match --children c.csv --candidates a.csv --config s.toml --min-log10-lr none --out out");
    assert_eq!(folder.table("out/matches.csv").len(), 8 - 5);
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(
        notes.contains("5 pairs were not compared, in which the candidate was under 12 at the child's birth"),
        "{notes}"
    );
}

#[test]
fn a_run_says_that_nobody_chose_its_frequencies() {
    let folder = Folder::new();
    folder.write("c.csv", "sample_id,TH01\nC,6/9.3\n");
    folder.write("a.csv", "sample_id,sex,TH01\nM,M,6/8\n");
    folder.write("s.toml", "[population]\ntables = [\"nist1036:cauc\"]\n");
    let said = |extra: &str, out: &str| {
        let arguments = format!("match --children c.csv --candidates a.csv {extra} --out {out}");
        let output = folder.command(&arguments).output().unwrap();
        let notes = folder.json(&format!("{out}/manifest.json"))["notes"].to_string();
        [String::from_utf8(output.stderr).unwrap(), notes].map(|text| text.contains("because none were chosen"))
    };
    assert_eq!(said("", "nothing"), [true, true]);
    assert_eq!(said("--frequencies nist1036:cauc", "flag"), [false, false]);
    assert_eq!(said("--config s.toml", "settings"), [false, false]);
}

//! What lies between two people is the same at every locus: every relationship, known parent and sex, on autosomes and on the X
//! chromosome, against likelihoods of pedigrees that are written down here one by one.

use super::match_support::{Folder, Row, assert_close, number};
use filia::inheritance::{AlleleIndex, Evidence, Individual, Pedigree, Seen};
use filia::likelihood::{Chromosome, LocusDefinition, LocusModel, ln_likelihood};
use filia::profile::Sex;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::fmt::Write;

const SEXES: [Sex; 3] = [Sex::Female, Sex::Male, Sex::Unknown];
const RELATIONSHIPS: [&str; 6] = ["parent", "full-sibling", "half-sibling", "grandparent", "avuncular", "identity"];
const ALLELES: [&str; 4] = ["10", "11", "12", "13"];

/// Positions of alleles at each locus.
type Profile = Vec<Vec<u16>>;

struct Person {
    id: String,
    sex: Sex,
    shown: Profile,
    mother: Option<usize>,
    father: Option<usize>,
}

/// Children, candidates, and the children's typed parents.
struct Family {
    models: Vec<LocusModel>,
    children: Vec<Person>,
    candidates: Vec<Person>,
    parents: Vec<Person>,
}

type Tree = Vec<Individual>;

fn models(with_x: bool) -> Vec<LocusModel> {
    let locus = |at: usize| {
        let is_x = with_x && at >= 2;
        let shift = at as f64 / 50.0;
        let rates = |rate: f64| json!({"rate": rate, "rate2": 0.0, "range": 0.1});
        let definition = json!({
            "name": if is_x { ["DXS8378", "HPRTB"][at - 2] } else { ["TH01", "vWA", "FGA", "TPOX"][at] },
            "chromosome": if is_x { "x" } else { "autosomal" },
            "alleles": ALLELES, "frequencies": [0.1 + shift, 0.2, 0.3, 0.4 - shift],
            "mutation": {"model": "equal", "female": rates(0.004), "male": rates(0.03 + shift)}, "theta": 0.02,
        });
        LocusModel::new(serde_json::from_value::<LocusDefinition>(definition).unwrap()).unwrap()
    };
    (0..4).map(locus).collect()
}

impl Family {
    /// A child of each sex with each choice of known parents, and two candidates of each sex; everybody drawn at random.
    fn new(with_x: bool, seed: u64) -> Self {
        let models = models(with_x);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut person = |id: String, sex: Sex| {
            let cell = |model: &LocusModel| {
                let haploid = model.chromosome() == Chromosome::X && sex == Sex::Male;
                let mut alleles: Vec<u16> =
                    (0..if haploid { 1 } else { 2 }).map(|_| random.random_range(0..4)).collect();
                alleles.sort_unstable();
                alleles.dedup();
                alleles
            };
            let shown = models.iter().map(cell).collect();
            Person { id, sex, shown, mother: None, father: None }
        };
        let (mut children, mut parents, mut candidates) = (Vec::new(), Vec::new(), Vec::new());
        for sex in SEXES {
            for known in 0..4 {
                let mut child = person(format!("C{}", children.len()), sex);
                if known & 1 == 1 {
                    child.mother = Some(parents.len());
                    parents.push(person(format!("P{}", parents.len()), Sex::Female));
                }
                if known & 2 == 2 {
                    child.father = Some(parents.len());
                    parents.push(person(format!("P{}", parents.len()), Sex::Male));
                }
                children.push(child);
            }
            candidates.extend((0..2).map(|_| person(String::new(), sex)));
        }
        candidates.iter_mut().enumerate().for_each(|(at, candidate)| candidate.id = format!("A{at}"));
        Self { models, children, candidates, parents }
    }

    fn write(&self, folder: &Folder) {
        let header: String = self.models.iter().map(|model| format!(",{}", model.name())).collect();
        let parent = |at: Option<usize>| at.map_or("", |at| &self.parents[at].id);
        let row = |person: &Person, role: &str| {
            let sex = ["F", "M", ""][SEXES.iter().position(|&sex| sex == person.sex).unwrap()];
            let mut row = format!("{},{role},{sex},{},{}", person.id, parent(person.mother), parent(person.father));
            for cell in &person.shown {
                let alleles: Vec<_> = cell.iter().map(|&allele| ALLELES[usize::from(allele)]).collect();
                let _ = write!(row, ",{}", alleles.join("/"));
            }
            row + "\n"
        };
        let table = |rows: String| format!("sample_id,role,sex,mother_id,father_id{header}\n{rows}");
        let children = self.children.iter().map(|child| row(child, "child"));
        let parents = self.parents.iter().map(|parent| row(parent, "relative"));
        folder.write("c.csv", table(children.chain(parents).collect()));
        folder.write("a.csv", table(self.candidates.iter().map(|candidate| row(candidate, "detainee")).collect()));
        let loci: Vec<_> = self.models.iter().map(LocusModel::definition).collect();
        folder.write("m.json", json!({ "loci": loci }).to_string());
    }

    /// The known parent that a question rests on and its sex; nothing where the question is not asked.
    fn known(&self, child: &Person, relationship: &str, candidate: Sex) -> Option<Option<&Person>> {
        let [mother, father] = [child.mother, child.father].map(|at| at.map(|at| &self.parents[at]));
        match (relationship, candidate, mother, father) {
            (_, _, None, None) => Some(None),
            ("parent", Sex::Female, _, father) => father.map(Some),
            ("parent", Sex::Male, mother, _) => mother.map(Some),
            (_, _, mother, father) => Some(mother.or(father)),
        }
    }

    /// log10 LR against unrelated; nothing where the candidate cannot be that.
    fn log10_lr(&self, relationship: &str, child: &Person, candidate: &Person, known: Option<&Person>) -> Option<f64> {
        let sex = match (relationship, candidate.sex, known.map(|known| known.sex)) {
            ("parent", Sex::Unknown, Some(known)) => opposite(known),
            ("parent", sex, Some(known)) if sex == known => return None,
            (_, sex, _) => sex,
        };
        let same_person = relationship == "identity";
        let knows_sexes = child.sex != Sex::Unknown && sex != Sex::Unknown && (!same_person || child.sex == sex);
        let strangers = tree(child.sex, sex, known.map(|known| known.sex));
        let ways = ways(relationship, child.sex, sex, known.map(|known| known.sex));
        let likelihood = |locus: usize, tree: &Tree, of_candidate: usize| {
            let seen = |person: usize, of: &Person| {
                let index = |allele: u16| AlleleIndex(allele);
                let seen = match of.shown[locus][..] {
                    [one] => Seen::One(index(one)),
                    [one, other] => Seen::Two(index(one), index(other)),
                    _ => Seen::Nothing,
                };
                Evidence { person, seen, drop_out: 0.0, drop_in: 0.0 }
            };
            let mut evidence = vec![seen(0, child), seen(of_candidate, candidate)];
            evidence.extend(known.map(|known| seen(2, known)));
            let pedigree = Pedigree::new(tree.clone()).unwrap();
            // the engine refuses two alleles on a man's X
            ln_likelihood(&self.models[locus], &pedigree, &evidence).map_or(0.0, |ln| ln.exp())
        };
        let product = |way: &Tree| -> f64 {
            let loci =
                (0..self.models.len()).filter(|&at| knows_sexes || self.models[at].chromosome() != Chromosome::X);
            loci.map(|at| {
                let against = likelihood(at, &strangers, 1);
                // what nobody can show says nothing
                if against == 0.0 { 1.0 } else { likelihood(at, way, usize::from(!same_person)) / against }
            })
            .product()
        };
        Some((ways.iter().map(product).sum::<f64>() / ways.len() as f64).log10())
    }
}

fn opposite(sex: Sex) -> Sex {
    if sex == Sex::Male { Sex::Female } else { Sex::Male }
}

/// Child, candidate and known parent, child and candidate unrelated.
fn tree(child: Sex, candidate: Sex, known: Option<Sex>) -> Tree {
    let mut tree = vec![Individual::founder("C", child), Individual::founder("X", candidate)];
    tree.push(Individual::founder("K", known.unwrap_or(Sex::Female)));
    if let Some(sex) = known {
        set_parent(&mut tree, 0, 2, sex);
    }
    tree
}

fn set_parent(tree: &mut Tree, person: usize, parent: usize, sex: Sex) {
    if sex == Sex::Male { tree[person].father = Some(parent) } else { tree[person].mother = Some(parent) }
}

fn add(tree: &mut Tree, sex: Sex) -> usize {
    tree.push(Individual::founder(&format!("u{}", tree.len()), sex));
    tree.len() - 1
}

fn add_parents(tree: &mut Tree, people: &[usize]) {
    for sex in [Sex::Male, Sex::Female] {
        let listed = if sex == Sex::Male { tree[people[0]].father } else { tree[people[0]].mother };
        let parent = listed.unwrap_or_else(|| add(tree, sex));
        people.iter().for_each(|&person| set_parent(tree, person, parent, sex));
    }
}

/// Every way in which the candidate can be that, all as likely.
fn ways(relationship: &str, child: Sex, candidate: Sex, known: Option<Sex>) -> Vec<Tree> {
    let both = [Sex::Female, Sex::Male];
    let sides: Vec<Sex> = both.into_iter().filter(|&side| known != Some(side)).collect();
    let base = || tree(child, candidate, known);
    let of_side = |side: Sex, other: Sex| {
        let mut tree = base();
        match relationship {
            "half-sibling" => {
                let parent = add(&mut tree, side);
                set_parent(&mut tree, 0, parent, side);
                set_parent(&mut tree, 1, parent, side);
            }
            "grandparent" => {
                let parent = add(&mut tree, side);
                set_parent(&mut tree, 0, parent, side);
                set_parent(&mut tree, parent, 1, other);
            }
            "avuncular" => {
                let parent = add(&mut tree, side);
                set_parent(&mut tree, 0, parent, side);
                add_parents(&mut tree, &[parent, 1]);
            }
            "first-cousin" => {
                let (near, far) = (add(&mut tree, side), add(&mut tree, other));
                set_parent(&mut tree, 0, near, side);
                set_parent(&mut tree, 1, far, other);
                add_parents(&mut tree, &[near, far]);
            }
            other => panic!("{other}"),
        }
        tree
    };
    let is_possible = |sex: &Sex| candidate == Sex::Unknown || candidate == *sex;
    match relationship {
        "identity" => vec![base()],
        "full-sibling" => {
            let mut tree = base();
            add_parents(&mut tree, &[0, 1]);
            vec![tree]
        }
        "parent" => {
            let parent = |side: Sex| {
                let mut tree = base();
                set_parent(&mut tree, 0, 1, side);
                tree
            };
            sides.into_iter().filter(is_possible).map(parent).collect()
        }
        "grandparent" => {
            let others = || both.into_iter().filter(is_possible);
            sides
                .iter()
                .flat_map(|&side| others().map(move |other| (side, other)))
                .map(|(a, b)| of_side(a, b))
                .collect()
        }
        "first-cousin" => sides.iter().flat_map(|&side| both.map(|other| of_side(side, other))).collect(),
        _ => sides.iter().map(|&side| of_side(side, side)).collect(),
    }
}

/// The best-supported of the relationships that a pair is compared with, and how far ahead of the next it is.
fn best(family: &Family, tested: (&str, f64), child: &Person, candidate: &Person, known: Option<&Person>) -> Best {
    let second_degree = |name: &str| ["half-sibling", "grandparent", "avuncular"].contains(&name);
    let rivals = ["identity", "parent", "full-sibling", "half-sibling", "first-cousin"];
    let is_rival = |name: &&str| *name != tested.0 && !(second_degree(name) && second_degree(tested.0));
    let scored = rivals.into_iter().filter(is_rival);
    let scored = scored.filter_map(|name| Some((name, family.log10_lr(name, child, candidate, known)?)));
    let mut all: Vec<(&str, f64)> = scored.chain([("unrelated", 0.0)]).collect();
    all.push((tested.0, tested.1));
    all.sort_by(|left, right| right.1.total_cmp(&left.1));
    Best { name: all[0].0.to_owned(), log10_lr: all[0].1, ahead: all[0].1 - all[1].1 }
}

struct Best {
    name: String,
    log10_lr: f64,
    ahead: f64,
}

fn check(with_x: bool, seed: u64) {
    let family = Family::new(with_x, seed);
    let folder = Folder::new();
    family.write(&folder);
    for relationship in RELATIONSHIPS {
        folder.succeed(&format!(
            "match --children c.csv --candidates a.csv --markers m.json --relationship {relationship} --min-log10-lr none \
             --top 100 --force --out out"
        ));
        let rows = folder.table("out/matches.csv");
        let mut asked = 0;
        for child in &family.children {
            for candidate in &family.candidates {
                let Some(known) = family.known(child, relationship, candidate.sex) else { continue };
                asked += 1;
                let what = format!("{relationship} x={with_x} {} {} {:?}", child.id, candidate.id, candidate.sex);
                let is_row = |row: &&Row| row["child_id"] == child.id && row["candidate_id"] == candidate.id;
                let row = rows.iter().find(is_row).unwrap_or_else(|| panic!("{what}: not reported"));
                let expected = family.log10_lr(relationship, child, candidate, known).expect(&what);
                assert_close(number(row, "log10_lr"), expected, 1e-9, &what);
                let best = best(&family, (relationship, expected), child, candidate, known);
                assert_close(number(row, "best_relationship_log10_lr"), best.log10_lr, 1e-9, &what);
                assert!(best.ahead < 1e-9 || row["best_relationship"] == best.name, "{what}: {row:?}");
            }
        }
        assert_eq!(rows.len(), asked, "{relationship}");
    }
}

#[test]
fn every_relationship_known_parent_and_sex_on_autosomes() {
    check(false, 1);
}

#[test]
fn every_relationship_known_parent_and_sex_on_the_x_chromosome() {
    check(true, 2);
    check(true, 3);
}

/// Half-sisters who share 10 at three loci and are homozygous at a fourth: through the father (half of these are
/// 2.5, 2.5, 2.5, 5), through the mother (1.75, 1.75, 1.75, 3). The mean of the products, not the product of the means.
const X_TABLE: &str = "locus,allele,frequency,n_people\n";

fn sisters() -> Folder {
    let folder = Folder::new();
    let loci = ["DXS8378", "DXS7132", "HPRTB", "DXS10101"];
    let alleles = [("10", 0.1), ("11", 0.2), ("12", 0.3), ("13", 0.4)];
    let of_locus = |locus: &str| -> String {
        alleles.iter().map(|(allele, p)| format!("{locus},{allele},{p},100000000\n")).collect()
    };
    folder.write("f.csv", X_TABLE.to_owned() + &loci.iter().map(|locus| of_locus(locus)).collect::<String>());
    folder.write("s.toml", "[population]\ntheta = 0\n[mutation]\nmodel = \"none\"\n");
    let header = format!("sample_id,sex,{}\n", loci.join(","));
    folder.write("c.csv", format!("{header}K1,F,10/11,10/11,10/11,10/10\n"));
    folder.write("a.csv", format!("{header}A1,F,10/12,10/13,10/12,10/12\n"));
    folder
}

const SISTERS: &str = "--children c.csv --candidates a.csv --frequencies f.csv --config s.toml";

fn mean_of_products() -> f64 {
    ((2.5_f64.powi(3) * 5.0 + 1.75_f64.powi(3) * 3.0) / 2.0).log10()
}

#[test]
fn half_sisters_are_of_one_father_or_of_one_mother_at_all_loci() {
    let folder = sisters();
    assert_close(mean_of_products(), 1.673035, 1e-6, "by hand");
    for relationship in ["half-sibling", "grandparent"] {
        folder.succeed(&format!("match {SISTERS} --relationship {relationship} --lr-interval --force --out out"));
        let row = &folder.table("out/matches.csv")[0];
        assert_close(number(row, "log10_lr"), mean_of_products(), 1e-9, relationship);
        // with a hundred million people typed the frequencies are certain
        for end in ["log10_lr_low", "log10_lr_high"] {
            assert_close(number(row, end), mean_of_products(), 2e-3, end);
        }
    }
}

#[test]
fn what_explain_shows_adds_up() {
    let folder = sisters();
    let explained = folder
        .succeed(&format!("explain {SISTERS} --relationship half-sibling --child K1 --candidate A1 --format json"));
    let explained: serde_json::Value = serde_json::from_str(&explained).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    assert_close(number(&explained["total_log10_lr"][0]), mean_of_products(), 1e-9, "total");
    let loci = explained["loci"].as_array().unwrap();
    let sum = |of: &dyn Fn(&serde_json::Value) -> f64| loci.iter().map(of).sum::<f64>();
    assert_close(sum(&|locus| number(&locus["log10_lr"][0])), mean_of_products(), 1e-9, "what each locus adds");
    let lines = explained["lines"].as_array().unwrap();
    let of_half_sisters: Vec<_> = lines.iter().filter(|line| line["relationship"] == "half-sibling").collect();
    let expected = [("of one mother", 1.75_f64.powi(3) * 3.0), ("of one father", 2.5_f64.powi(3) * 5.0)];
    for (line, (name, ratio)) in of_half_sisters.iter().zip(expected) {
        assert_eq!((line["line"].as_str().unwrap(), number(&line["weight"])), (name, 0.5));
        assert_close(number(&line["total_log10_lr"]), ratio.log10(), 1e-9, name);
        let at = lines.iter().position(|other| other == *line).unwrap();
        assert_close(sum(&|locus| number(&locus["log10_lr_by_line"][at])), ratio.log10(), 1e-9, name);
    }
    let text = folder.succeed(&format!("explain {SISTERS} --relationship half-sibling --child K1 --candidate A1"));
    assert!(text.contains("of one father") && text.lines().all(|line| line.trim_end().len() <= 80), "{text}");
}

/// Every call that an unrelated woman can show at the four loci, with its probability, and her score: the expected number is no
/// less than the true one, and no more than both bounds allow.
#[test]
fn false_leads_of_a_mean_of_products_are_bounded_from_above() {
    let folder = sisters();
    folder.succeed(&format!("match {SISTERS} --relationship half-sibling --expected-false-leads --out out"));
    let row = &folder.table("out/matches.csv")[0];
    let (found, threshold) = (number(row, "expected_false_leads"), number(row, "log10_lr"));
    let p = [0.1, 0.2, 0.3, 0.4];
    // P(woman shows a, b | a sister of one father, or of one mother) / P(she shows it), the child being (x, y)
    let ratios = |child: [usize; 2]| {
        let mut all = Vec::new();
        for a in 0..4 {
            for b in a..4 {
                let chance = if a == b { p[a] * p[a] } else { 2.0 * p[a] * p[b] };
                let with = |allele: usize| {
                    let share = f64::from(u8::from(a == allele)) + f64::from(u8::from(b == allele));
                    share / 2.0 / p[allele]
                };
                let father = (with(child[0]) + with(child[1])) / 2.0;
                all.push((chance, father, 0.5 + 0.5 * father));
            }
        }
        all
    };
    let mut sums = vec![(1.0, 1.0, 1.0)];
    for child in [[0, 1], [0, 1], [0, 1], [0, 0]] {
        let of_locus = ratios(child);
        sums = sums.iter().flat_map(|s| of_locus.iter().map(move |r| (s.0 * r.0, s.1 * r.1, s.2 * r.2))).collect();
    }
    let expected = |least: f64| -> f64 {
        sums.iter().filter(|sum| f64::midpoint(sum.1, sum.2).log10() >= least - 1e-9).map(|sum| sum.0).sum()
    };
    assert!(found >= expected(threshold) * (1.0 - 1e-9), "{found} {}", expected(threshold));
    let most = 2.0 * expected(threshold - 2_f64.log10() - 0.05);
    assert!(found <= most, "{found} {most}");
}

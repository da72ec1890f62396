//! A body and a family are compared with the alleles of the table and their own: whoever else is in the files changes nothing.

use super::match_support::{Folder, Row, number};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HEADER: &str = "sample_id,sex,D3S1358,vWA,D12S391,TH01,HPRTB\n";
/// Of the brothers' family the mother shows an allele that the table does not list.
const RELATIVES: &str = "\
G,F,15/16,17/18,18/19,6/9.2,10/11
S,F,15/17,17/19,19/20,6/7,10/12
P,M,16/18,16/17,17/20,8/9.3,11
";
const BODIES: &str = "\
B1,M,16/17,18/19,18/20,7/9.2,11
B2,M,15/17.1,17/19,19/20,6/7,10
B3,F,16/17,16/18,17/18,9.3/8,11/12
B4,M,15/18,18/20.2,18/22.1,9.2/7,10.1
";
const PEDIGREES: &str = "family_id,person_id,father_id,mother_id,sex,missing\n\
1,F,,,M,no\n1,G,,,F,no\n1,S,F,G,F,no\n1,C1,F,G,M,yes\n1,C2,F,G,M,yes\n2,P,,,M,no\n2,D,P,,F,yes\n";
/// Strangers' alleles: at every locus some that the table does not list.
const STRANGE_BODIES: &str = "Z1,M,10/19.2,10/23.1,14.1/26,3.3/12.1,7\nZ2,F,11/20.1,10.2/24,15/25.1,4.1/12.2,8.1/14\n";
const STRANGE_RELATIVES: &str = "ZM,F,12.3/21,11/22.2,16.2/24.1,5.1/11.3,6/14.1\n";
const STRANGE_FAMILY: &str = "3,ZF,,,M,no\n3,ZM,,,F,no\n3,ZC,ZF,ZM,M,yes\n3,ZD,ZF,ZM,F,yes\n";

fn frequencies() -> String {
    let loci: [(&str, [&str; 4]); 5] = [
        ("D3S1358", ["15", "16", "17", "18"]),
        ("vWA", ["16", "17", "18", "19"]),
        ("D12S391", ["17", "18", "19", "20"]),
        ("TH01", ["6", "7", "8", "9.3"]),
        ("HPRTB", ["10", "11", "12", "13"]),
    ];
    let row = |locus: &str, allele: &str, frequency: f64| format!("{locus},{allele},{frequency},400\n");
    let rows = loci.iter().flat_map(|(locus, alleles)| {
        alleles.iter().zip([0.1, 0.2, 0.3, 0.4]).map(move |(allele, frequency)| row(locus, allele, frequency))
    });
    format!("locus,allele,frequency,n_people\n{}", rows.collect::<String>())
}

/// What the run says of everybody but the strangers: rows as they are, and of each assignment without strangers its log10 LR.
#[derive(PartialEq, Debug)]
struct Said {
    rows: BTreeSet<String>,
    log10_lrs: BTreeMap<Vec<String>, f64>,
}

fn said(folder: &Folder) -> Said {
    let is_stranger = |text: &str| text.starts_with('Z') || text == "3";
    let mut rows = BTreeSet::new();
    for name in ["pairwise.csv", "families.csv", "contradictions.csv"] {
        for row in folder.table(&format!("out/{name}")) {
            let about_strangers =
                ["victim_id", "family_id"].iter().any(|id| row.get(*id).is_some_and(|id| is_stranger(id)));
            if !about_strangers {
                let cells: BTreeMap<_, _> = row.into_iter().collect();
                rows.insert(format!("{name}: {cells:?}"));
            }
        }
    }
    let of_assignment = |row: Row| {
        let bodies = ["B1", "B2", "B3", "B4"].map(|body| row[body].clone());
        let strangers = ["Z1", "Z2"].iter().filter_map(|body| row.get(*body));
        let is_without = strangers.chain(&bodies).all(|identity| !is_stranger(identity))
            && ["Z1", "Z2"].iter().all(|body| row.get(*body).is_none_or(|identity| identity == "*"));
        is_without.then(|| (bodies.to_vec(), number(&row, "log10_lr")))
    };
    let log10_lrs = folder.table("out/assignments.csv").into_iter().filter_map(of_assignment).collect();
    Said { rows, log10_lrs }
}

#[test]
fn a_stranger_changes_nobody_elses_numbers() {
    let common = "--accept-implausible --keep-samples-apart --assignments 100000 --force --out out";
    for model in ["stepwise", "equal", "proportional", "one-step", "dawid"] {
        for more in [
            "theta = 0.0\n[linkage]\nuse = true",
            "theta = 0.02",
            "theta = 0.01\nrenormalise = true",
            "theta = 0.0\n[observation]\ndrop_out = 0.05\nsilent_frequency = 0.01",
        ] {
            let folder = Folder::new();
            folder.write("f.csv", frequencies());
            folder.write("s.toml", format!("[mutation]\nmodel = \"{model}\"\n[population]\n{more}\n"));
            let run = |strange: [&str; 3]| {
                folder.write("pm.csv", format!("{HEADER}{BODIES}{}", strange[0]));
                folder.write("am.csv", format!("{HEADER}{RELATIVES}{}", strange[1]));
                folder.write("ped.csv", format!("{PEDIGREES}{}", strange[2]));
                let files = "--remains pm.csv --relatives am.csv --pedigrees ped.csv --frequencies f.csv";
                folder.succeed(&format!("identify {files} --config s.toml {common}"));
                said(&folder)
            };
            let few = run(["", "", ""]);
            assert!(few.rows.len() >= 9 && few.log10_lrs.len() > 10, "{few:?}");
            for strange in [
                [STRANGE_BODIES, "", ""],
                ["", STRANGE_RELATIVES, STRANGE_FAMILY],
                [STRANGE_BODIES, STRANGE_RELATIVES, STRANGE_FAMILY],
            ] {
                let many = run(strange);
                assert_eq!(few.rows, many.rows, "{model} {more}");
                assert_eq!(few.log10_lrs.len(), many.log10_lrs.len(), "{model} {more}");
                for (identities, log10_lr) in &few.log10_lrs {
                    let found = many.log10_lrs[identities];
                    let is_same = found == *log10_lr || (found - log10_lr).abs() <= 1e-9 * log10_lr.abs().max(1.0);
                    assert!(is_same, "{model} {more} {identities:?}: {log10_lr} {found}");
                }
            }
        }
    }
}

const LOCI: [&str; 3] = ["TH01", "FGA", "vWA"];
const LISTED: [(&str, f64); 4] = [("10", 0.2), ("11", 0.3), ("12", 0.4), ("13", 0.1)];
/// 5/(2N) for 500 people.
const UNSEEN: f64 = 0.005;

type Profiles<'a> = [(&'a str, [&'a str; 3])];

const TYPED: &Profiles<'_> = &[("G", ["10/12", "11", "11/13"]), ("S", ["10/12", "9/11", "10/13"])];
const FOUND: &Profiles<'_> =
    &[("B1", ["10/12", "11", "10/13"]), ("B2", ["11/14", "9/13", "13"]), ("B3", ["12/15", "11/13", "11/14"])];
/// Two brothers, and the son of one.
const FAMILY: [(&str, &str, &str); 6] =
    [("F", "", ""), ("G", "", ""), ("S", "F", "G"), ("C1", "F", "G"), ("C2", "F", "G"), ("K", "C1", "")];

/// How the run is set up.
struct Setting {
    model: &'static str,
    theta: f64,
    renormalise: bool,
    linkage: Option<f64>,
}

impl Setting {
    fn locus(&self, name: &str, at: usize, shown: &[[&str; 3]]) -> Value {
        let mut alleles: BTreeMap<u32, f64> = LISTED.iter().map(|(label, p)| (label.parse().unwrap(), *p)).collect();
        for label in shown.iter().flat_map(|cells| cells[at].split('/')) {
            alleles.entry(label.parse().unwrap()).or_insert(UNSEEN);
        }
        let total: f64 = if self.renormalise { alleles.values().sum() } else { 1.0 };
        let rate = |rate: f64| json!({"rate": rate, "rate2": 1e-6, "range": 0.1});
        json!({
            "name": name, "theta": self.theta, "silent_frequency": 0.0,
            "alleles": alleles.keys().map(u32::to_string).collect::<Vec<_>>(),
            "frequencies": alleles.values().map(|p| p / total).collect::<Vec<_>>(),
            "mutation": {"model": self.model, "female": rate(0.002), "male": rate(0.006)},
        })
    }

    /// ln P by `filia lr`: what these people show who are these members of the family, or strangers (by their own id), the loci having
    /// the alleles of the table and those that `alphabet` shows.
    fn ln(&self, folder: &Folder, family: bool, shown: &[(&str, [&str; 3])], alphabet: &[[&str; 3]]) -> f64 {
        let person = |id: &str, father: &str, mother: &str| {
            let mut person = json!({"id": id, "sex": if id == "G" || id == "S" { "F" } else { "M" }});
            [("father", father), ("mother", mother)]
                .into_iter()
                .filter(|(_, parent)| !parent.is_empty())
                .for_each(|(key, parent)| person[key] = json!(parent));
            person
        };
        let members = FAMILY.iter().filter(|_| family);
        let mut people: Vec<Value> = members.map(|(id, father, mother)| person(id, father, mother)).collect();
        let strangers = shown.iter().filter(|(id, _)| !family || FAMILY.iter().all(|member| member.0 != *id));
        people.extend(strangers.map(|(id, _)| person(id, "", "")));
        let genotypes: BTreeMap<_, _> = shown
            .iter()
            .map(|(id, cells)| {
                let of_locus = |cell: &str| {
                    let alleles: Vec<&str> = cell.split('/').collect();
                    json!([alleles[0], alleles[alleles.len() - 1]])
                };
                let loci = LOCI.iter().zip(cells).map(|(locus, cell)| (*locus, of_locus(cell)));
                (*id, loci.collect::<BTreeMap<_, _>>())
            })
            .collect();
        let loci: Vec<Value> = LOCI.iter().enumerate().map(|(at, name)| self.locus(name, at, alphabet)).collect();
        let linkage = self.linkage.map(|rho| json!([{"loci": ["TH01", "FGA"], "rho": rho}]));
        let mut case = json!({"id": "case", "loci": loci, "genotypes": genotypes,
            "hypotheses": [{"name": "H1", "individuals": people}]});
        if let Some(linkage) = linkage {
            case["linkage"] = linkage;
        }
        folder.write("case.json", case.to_string());
        let answer: Value = serde_json::from_str(&folder.succeed("lr case.json")).unwrap();
        answer["log_likelihood"]["H1"]["total"].as_f64().unwrap()
    }

    /// ln of P(E, S) / (P(E) Π P(b | E, stranger)), all with the alleles of the table, E and S.
    fn ln_lr(&self, folder: &Folder, placed: &[(&str, &str)]) -> f64 {
        let cells = |body: &str| FOUND.iter().find(|(id, _)| *id == body).unwrap().1;
        let typed: Vec<_> = TYPED.to_vec();
        let alphabet: Vec<_> =
            typed.iter().map(|(_, cells)| *cells).chain(placed.iter().map(|(body, _)| cells(body))).collect();
        let ln = |more: &[(&str, [&str; 3])]| self.ln(folder, true, &[&typed[..], more].concat(), &alphabet);
        let ln_family = ln(&[]);
        let together: Vec<_> = placed.iter().map(|(body, member)| (*member, cells(body))).collect();
        let strangers: f64 = placed.iter().map(|(body, _)| ln(&[(body, cells(body))]) - ln_family).sum();
        ln(&together) - ln_family - strangers
    }

    fn identify(&self, folder: &Folder) {
        let Self { model, theta, renormalise, linkage } = self;
        let rows = LOCI.iter().flat_map(|locus| LISTED.iter().map(move |(a, p)| format!("{locus},{a},{p},500\n")));
        folder.write("f.csv", format!("locus,allele,frequency,n_people\n{}", rows.collect::<String>()));
        let linked = linkage.map_or_else(String::new, |rho| {
            format!("[linkage]\nuse = true\npairs = [{{ loci = [\"TH01\", \"FGA\"], rho = {rho} }}]\n")
        });
        folder.write(
            "s.toml",
            format!(
                "[population]\ntheta = {theta}\nrenormalise = {renormalise}\n[mutation]\nmodel = \"{model}\"\n\
                 rates = {{ female = 0.002, male = 0.006 }}\n{linked}"
            ),
        );
        let profiles = |profiles: &Profiles<'_>, sex: &str| {
            let rows = profiles.iter().map(|(id, cells)| format!("{id},{sex},{}\n", cells.join(",")));
            format!("sample_id,sex,{}\n{}", LOCI.join(","), rows.collect::<String>())
        };
        folder.write("pm.csv", profiles(FOUND, "M"));
        folder.write("am.csv", profiles(TYPED, "F"));
        let member = |(id, father, mother): &(&str, &str, &str)| {
            let sex = if ["G", "S"].contains(id) { "F" } else { "M" };
            let missing = if ["C1", "C2", "K"].contains(id) { "yes" } else { "no" };
            format!("1,{id},{father},{mother},{sex},{missing}\n")
        };
        let family: String = FAMILY.iter().map(member).collect();
        folder.write("ped.csv", format!("family_id,person_id,father_id,mother_id,sex,missing\n{family}"));
        let files = "--remains pm.csv --relatives am.csv --pedigrees ped.csv --frequencies f.csv --config s.toml";
        folder.succeed(&format!(
            "identify {files} --accept-implausible --keep-samples-apart --assignments 1000 --out out"
        ));
    }
}

#[test]
fn pairs_and_placements_are_as_lr_has_them_with_the_same_alleles() {
    let setting = |model, theta, renormalise, linkage| Setting { model, theta, renormalise, linkage };
    for setting in [
        setting("equal", 0.0, false, None),
        setting("stepwise", 0.02, false, None),
        setting("proportional", 0.0, true, None),
        setting("dawid", 0.0, false, Some(0.08)),
    ] {
        let folder = Folder::new();
        setting.identify(&folder);
        let close = |found: f64, expected: f64, what: &str| {
            let is_close = (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            assert!(is_close, "{} {what}: {found}, expected {expected}", setting.model);
        };
        let log10_e = std::f64::consts::LOG10_E;
        let pairs = folder.table("out/pairwise.csv");
        assert_eq!(pairs.len(), 9);
        for row in &pairs {
            let pair = (&row["victim_id"][..], &row["missing_id"][..]);
            close(number(row, "log10_lr"), setting.ln_lr(&folder, &[pair]) * log10_e, &format!("{pair:?}"));
        }
        let typed: Vec<_> = TYPED.iter().map(|(_, cells)| *cells).collect();
        let ln_bodies: f64 =
            FOUND.iter().map(|&(id, cells)| setting.ln(&folder, false, &[(id, cells)], &[cells])).sum();
        let ln_null = setting.ln(&folder, true, TYPED, &typed) + ln_bodies;
        let assignments = folder.table("out/assignments.csv");
        assert_eq!(assignments.len(), 34);
        for row in &assignments {
            let bodies = FOUND.iter().map(|(body, _)| (*body, &row[*body][..]));
            let placed: Vec<_> = bodies.filter(|(_, member)| *member != "*").collect();
            let ln_lr = setting.ln_lr(&folder, &placed);
            close(number(row, "log10_lr"), ln_lr * log10_e, &format!("{placed:?}"));
            close(number(row, "log_likelihood"), ln_null + ln_lr, &format!("ln {placed:?}"));
        }
    }
}

//! Panels of many biallelic loci, with wrong calls, from end to end.

use super::match_support::{Folder, assert_close, number};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;

const LOCI: usize = 120;
const FAMILIES: usize = 3;
const STRANGERS: usize = 20;
const RUN: &str = "match --children c.csv --candidates a.csv --frequencies f.csv --config s.toml --out out";
const SETTINGS: &str = "[mutation]\nmodel = \"genotyping-error\"\nrates = 0.01\n";

/// Two alleles, 0 and 1, at each locus.
type Genotype = Vec<[usize; 2]>;

fn frequency(locus: usize) -> f64 {
    0.2 + 0.3 * (locus % 5) as f64 / 4.0
}

fn founder(random: &mut ChaCha8Rng) -> Genotype {
    let mut allele = |locus| usize::from(random.random::<f64>() >= frequency(locus));
    (0..LOCI).map(|locus| [allele(locus), allele(locus)]).collect()
}

fn row(id: &str, sex: &str, genotype: &Genotype) -> String {
    let cells = genotype.iter().map(|[one, other]| format!("{}/{}", b"AG"[*one] as char, b"AG"[*other] as char));
    format!("{id},{sex},{}\n", cells.collect::<Vec<_>>().join(","))
}

/// Fathers F0 …, mothers M0 … and their children C0 …, strangers S0 …. Each child's first homozygous call is read as the other homozygote.
fn folder() -> Folder {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let names: Vec<_> = (0..LOCI).map(|locus| format!("rs{}", 1000 + locus)).collect();
    let header = format!("sample_id,sex,{}\n", names.join(","));
    let (mut children, mut adults) = (header.clone(), header);
    for family in 0..FAMILIES {
        let parents = [founder(&mut random), founder(&mut random)];
        let mut pass_on = |parent: usize, locus: usize| parents[parent][locus][random.random_range(0..2)];
        let mut child: Genotype = (0..LOCI).map(|locus| [pass_on(0, locus), pass_on(1, locus)]).collect();
        let fixed = |locus: &usize| (0..2).all(|parent| parents[parent][*locus] == [child[*locus][0]; 2]);
        let misread = (0..LOCI).find(fixed).expect("a locus where all three are homozygous alike");
        child[misread] = child[misread].map(|allele| 1 - allele);
        children += &row(&format!("C{family}"), "F", &child);
        adults += &row(&format!("F{family}"), "M", &parents[0]);
        adults += &row(&format!("M{family}"), "F", &parents[1]);
    }
    (0..STRANGERS).for_each(|at| adults += &row(&format!("S{at}"), ["M", "F"][at % 2], &founder(&mut random)));
    let mut table = "locus,allele,frequency,n_people\n".to_owned();
    for (locus, name) in names.iter().enumerate() {
        let p = frequency(locus);
        writeln!(table, "{name},A,{p},500\n{name},G,{},500", 1.0 - p).unwrap();
    }
    let folder = Folder::new();
    for (name, content) in [("c.csv", children), ("a.csv", adults), ("f.csv", table), ("s.toml", SETTINGS.to_owned())] {
        folder.write(name, content);
    }
    folder
}

#[test]
fn parents_are_found_although_a_call_is_wrong() {
    let folder = folder();
    folder.succeed(RUN);
    let rows = folder.table("out/matches.csv");
    let couples = folder.table("out/couples.csv");
    for family in 0..FAMILIES {
        let child = format!("C{family}");
        let best: Vec<_> = rows.iter().filter(|row| row["child_id"] == child).take(2).collect();
        let mut ids: Vec<_> = best.iter().map(|row| row["candidate_id"].clone()).collect();
        ids.sort();
        assert_eq!(ids, [format!("F{family}"), format!("M{family}")]);
        for row in best {
            assert_eq!(row["loci_inconsistent"], "1");
            assert!(number(row, "posterior") > 0.999, "{child}");
            let explain =
                "explain --children c.csv --candidates a.csv --frequencies f.csv --config s.toml --format json";
            let text = folder.succeed(&format!("{explain} --child {child} --candidate {}", row["candidate_id"]));
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_close(json["total_log10_lr"][0].as_f64().unwrap(), number(row, "log10_lr"), 1e-9, &child);
        }
        let couple = couples.iter().find(|row| row["child_id"] == child).unwrap();
        assert_eq!([&couple["father_id"], &couple["mother_id"]], [&format!("F{family}"), &format!("M{family}")]);
    }
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(notes.contains("120 loci are multiplied as independent"), "{notes}");
}

/// The weight of the couple is 10^600 and more, beyond what a number holds; yet each of the two is certain, as both are together.
#[test]
fn the_posteriors_of_many_loci_stay_numbers() {
    const LOCI: usize = 4000;
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let people: Vec<Genotype> =
        (0..6).map(|_| (0..LOCI).map(|_| [0; 2].map(|_: usize| random.random_range(0..2))).collect()).collect();
    let child: Genotype = (0..LOCI).map(|locus| [people[0][locus][0], people[1][locus][1]]).collect();
    let names: Vec<_> = (0..LOCI).map(|locus| format!("rs{locus}")).collect();
    let header = format!("sample_id,sex,{}\n", names.join(","));
    let adults = people.iter().enumerate().map(|(at, person)| row(&format!("A{at}"), ["M", "F"][at % 2], person));
    let table = names.iter().map(|name| format!("{name},A,.5,500\n{name},G,.5,500\n")).collect::<String>();
    let folder = Folder::new();
    folder.write("c.csv", format!("{header}{}", row("C", "F", &child)));
    folder.write("a.csv", format!("{header}{}", adults.collect::<String>()));
    folder.write("f.csv", format!("locus,allele,frequency,n_people\n{table}"));
    folder.write("s.toml", SETTINGS);
    folder.succeed(RUN);
    let couple = &folder.table("out/couples.csv")[0];
    assert_eq!([&couple["father_id"], &couple["mother_id"]], ["A0", "A1"]);
    assert!(number(couple, "log10_lr") > 600.0 && number(couple, "posterior") > 0.999, "{couple:?}");
    let rows = folder.table("out/matches.csv");
    for row in rows.iter().filter(|row| ["A0", "A1"].contains(&row["candidate_id"].as_str())) {
        assert!(number(row, "posterior") > 0.999, "{row:?}");
    }
}

#[test]
fn without_errors_a_wrong_call_excludes_the_parents() {
    let folder = folder();
    folder.write("s.toml", "[mutation]\nmodel = \"none\"\n");
    folder.succeed(RUN);
    assert!(folder.table("out/matches.csv").is_empty());
}

#[test]
fn rates_by_locus_are_those_of_the_file() {
    let folder = folder();
    folder.succeed(RUN);
    folder.write("rates.csv", "locus,rate\ndefault,0.01\n");
    folder.write("s.toml", SETTINGS.replace("0.01", "\"rates.csv\""));
    folder.succeed(&format!("{RUN}2"));
    assert_eq!(folder.table("out/matches.csv"), folder.table("out2/matches.csv"));
}

#[test]
fn rates_that_cannot_be_those_of_an_error_are_refused() {
    let folder = folder();
    folder.write("s.toml", SETTINGS.replace("0.01", "\"bundled\""));
    folder.fail(RUN, &["mutation.rates", "a number or a file", "the bundled rates are those of mutation at STRs"]);
    folder.write("s.toml", SETTINGS.replace("0.01", "{ female = 0.01, male = 0.02 }"));
    folder.fail(RUN, &["the rates of the genotyping error are 0.01 and 0.02", "the same rate twice"]);
    folder.write("s.toml", "[mutation]\nmodel = \"stepwise\"\n");
    folder.fail(RUN, &["is no repeat number", "equal, proportional and genotyping-error take any alleles"]);
}

/// Nothing names the loci but the cells: those of a wide table, in one column and in two, and of a long one.
#[test]
fn a_check_without_frequencies_says_what_the_file_is() {
    let folder = folder();
    let (code, text, errors) = folder.run("check c.csv");
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(
        text.contains("c.csv: 3 rows, 3 samples, 120 loci; wide table (header in line 1: ids in `sample_id`, 120 loci"),
        "{text}"
    );
    let note = "note: c.csv: none of its 120 loci (rs1000, rs1001, rs1002, rs1003, rs1004, rs1005, rs1006, rs1007, rs1008, rs1009 and 110 more) is \
                known by name, and no built-in table has them: name their frequencies with --frequencies FILE, or a marker file with --markers FILE";
    assert!(text.contains(note), "{text}");
    folder.write("two.csv", "sample_id,age,rs1_1,rs1_2,rs2\na,30,A,G,CT\nb,41,A,A,C\n");
    assert!(folder.run("check two.csv").1.contains("two.csv: 2 rows, 2 samples, 2 loci; wide table"));
    folder.write("long.csv", "sample_id,marker,allele_1,allele_2\na,rs1,A,G\na,rs2,C,\nb,rs1,G,G\n");
    assert!(folder.run("check long.csv").1.contains("long.csv: 3 rows, 2 samples, 2 loci; long table"));
    let (_, text, _) = folder.run("check c.csv --frequencies f.csv");
    assert!(!text.contains("known by name"), "{text}");
    folder.fail(
        "match --children c.csv --candidates a.csv --out out",
        &["c.csv, line 1: no locus recognised", "loci named in a frequency or marker file"],
    );
}

#[test]
fn no_note_lists_every_locus() {
    let folder = folder();
    folder.write("rates.csv", "locus,rate\nrs1000,0.01\ndefault,0.01\n");
    folder.write("s.toml", SETTINGS.replace("0.01", "\"rates.csv\""));
    folder.write("g.csv", "locus,allele,frequency\nrs1000,A,.5\nrs1000,G,.5\n");
    folder.succeed(&format!("{RUN} --frequencies g.csv"));
    let manifest = folder.json("out/manifest.json");
    let notes: Vec<&str> = manifest["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    let begins = |start: &str| notes.iter().any(|note| note.starts_with(start));
    assert!(
        begins(
            "no mutation rates of their own for rs1001, rs1002, rs1003, rs1004, rs1005, rs1006, rs1007, rs1008, rs1009, rs1010 and 109 more"
        ),
        "{notes:?}"
    );
    assert!(begins("g has no frequencies for rs1001"), "{notes:?}");
    assert!(notes.iter().all(|note| note.len() < 500), "{notes:?}");
}

/// Mother A,B and child B,C, B .2: LR 1.25 without errors, .99² · 1.25 + 1 − .99² with an error of .01.
#[test]
fn a_case_file_takes_the_model() {
    let rate = serde_json::json!({"rate": 0.01});
    let people = |mother: serde_json::Value| {
        serde_json::json!([{"id": "M", "father": null, "mother": null, "sex": "female"},
                           {"id": "C", "father": null, "mother": mother, "sex": "male"}])
    };
    let case = serde_json::json!({
        "id": "duo",
        "loci": [{"name": "L1", "chromosome": "autosomal", "alleles": ["A", "B", "C", "D"], "frequencies": [0.1, 0.2, 0.3, 0.4],
                  "mutation": {"model": "genotyping-error", "female": rate, "male": rate}, "theta": 0, "silent_frequency": 0}],
        "hypotheses": [{"name": "H1", "individuals": people("M".into())},
                       {"name": "H2", "individuals": people(serde_json::Value::Null)}],
        "genotypes": {"M": {"L1": ["A", "B"]}, "C": {"L1": ["B", "C"]}}
    });
    let folder = Folder::new();
    folder.write("case.json", case.to_string());
    let answer: serde_json::Value = serde_json::from_str(&folder.succeed("lr case.json")).unwrap();
    let expected = 0.9801_f64 * 1.25 + 0.0199;
    assert_close(answer["log10_lr"]["total"].as_f64().unwrap(), expected.log10(), 1e-12, "duo");
}

//! The court report on one body and on one family of an identification.

use crate::court_report::{SECTIONS, page, section, text};
use crate::match_support::{Folder, Row, assert_close, number};
use std::fmt::Write;
use std::fs;

const SMALL: [(&str, &str); 3] = [
    ("pm.csv", include_str!("../data/identify/pm.csv")),
    ("am.csv", include_str!("../data/identify/am.csv")),
    ("ped.csv", include_str!("../data/identify/ped.csv")),
];

const FILES: &str = "--remains pm.csv --relatives am.csv --pedigrees ped.csv";

/// Three bodies, two families that miss one person each.
fn small() -> Folder {
    let folder = Folder::new();
    SMALL.iter().for_each(|(name, text)| folder.write(name, text));
    folder.succeed(&format!("identify {FILES} --out out"));
    folder
}

const LOCI: [&str; 10] =
    ["D3S1358", "vWA", "D16S539", "TH01", "D21S11", "FGA", "D18S51", "D8S1179", "D5S818", "CSF1PO"];

/// A family of a mother, a father who is not typed, and so many children, all of whose genotypes follow from a seed.
struct Siblings {
    random: u32,
    parents: [Vec<[u32; 2]>; 2],
}

impl Siblings {
    fn new(random: u32) -> Self {
        let mut siblings = Self { random, parents: [Vec::new(), Vec::new()] };
        siblings.parents = [siblings.stranger(), siblings.stranger()];
        siblings
    }

    fn below(&mut self, number: u32) -> u32 {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.random >> 16) % number
    }

    fn stranger(&mut self) -> Vec<[u32; 2]> {
        (0..LOCI.len()).map(|locus| [self.allele(locus), self.allele(locus)]).collect()
    }

    /// Alleles that the bundled tables list at every locus.
    fn allele(&mut self, locus: usize) -> u32 {
        [14, 15, 9, 6, 28, 20, 12, 10, 10, 10][locus] + self.below(4)
    }

    fn child(&mut self) -> Vec<[u32; 2]> {
        let parents = self.parents.clone();
        let of = |own: &mut Self, parent: &[[u32; 2]], locus: usize| parent[locus][own.below(2) as usize];
        (0..LOCI.len()).map(|locus| [of(self, &parents[0], locus), of(self, &parents[1], locus)]).collect()
    }
}

fn row(id: &str, sex: &str, genotype: &[[u32; 2]]) -> String {
    let calls = genotype.iter().map(|[one, other]| format!("{one}/{other}"));
    format!("\"{id}\",{sex},{}\n", calls.collect::<Vec<_>>().join(","))
}

/// A family of twelve typed relatives that misses a brother and a sister, both among the bodies, one of these in two samples; and a
/// stranger.
fn large(family: &str, brother: &str) -> Folder {
    let mut siblings = Siblings::new(7);
    let header = format!("sample_id,sex,{}\n", LOCI.join(","));
    let mut relatives = header.clone() + &row("mother", "F", &siblings.parents[1].clone());
    let mut pedigrees = format!(
        "family_id,person_id,father_id,mother_id,sex,missing\n{family},{brother},father,mother,M,yes\n\
         {family},lost-sister,father,mother,F,yes\n"
    );
    for at in 0..11 {
        let genotype = siblings.child();
        relatives += &row(&format!("sister-of-the-missing-{at}"), "F", &genotype);
        writeln!(pedigrees, "{family},sister-of-the-missing-{at},father,mother,F,no").unwrap();
    }
    let (him, her, stranger) = (siblings.child(), siblings.child(), siblings.stranger());
    let remains = [row("B1", "M", &him), row("B1-femur", "M", &him), row("B2", "F", &her), row("B3", "M", &stranger)];
    let folder = Folder::new();
    folder.write("pm.csv", header + &remains.concat());
    folder.write("am.csv", relatives);
    folder.write("ped.csv", pedigrees);
    folder.write("s.toml", "[population]\ntheta = 0\n");
    folder.succeed(&format!("identify {FILES} --config s.toml --out out"));
    folder
}

fn pair(folder: &Folder, body: &str, missing: &str) -> Row {
    let is_pair = |row: &Row| row["victim_id"] == body && row["missing_id"] == missing;
    folder.table("out/pairwise.csv").into_iter().find(is_pair).unwrap()
}

fn said(page: &str, name: &str) -> String {
    text(&format!("<body>{}", section(page, name)))
}

#[test]
fn a_body_has_every_section_and_what_the_tables_say() {
    let folder = small();
    folder.succeed("report out --body PM-07");
    let page = page(&folder, "out/court-PM-07.html");
    for (at, name) in SECTIONS.iter().enumerate() {
        assert!(section(&page, name).contains(&format!("<span class=\"number\">{}.</span>", at + 1)), "{name}");
    }
    let found = pair(&folder, "PM-07", "son-A");
    let log10_lr = format!("(log10 LR {:.2})", number(&found, "log10_lr"));
    let result = said(&page, "result");
    assert!(result.contains("if PM-07 is the body of son-A of family A than if") && result.contains(&log10_lr));
    let posterior = folder.table("out/posterior.csv");
    let probability = posterior.iter().find(|row| row["victim_id"] == "PM-07" && row["missing_id"] == "son-A").unwrap();
    let probability = format!("{:.4}", number(probability, "probability"));
    assert!(result.contains(&format!("the identity of PM-07 “probable”: son-A with probability {probability}")));
    let genotypes = said(&page, "genotypes");
    assert!(genotypes.contains("the combined LR is the one in the tables of the run"));
    assert!(
        genotypes.contains("D16S539 11,12 11 11,12") && genotypes.contains("mother-A") && !genotypes.contains("-B")
    );
    let items = said(&page, "items");
    for words in ["PM-07 Body male pm.csv, line 2", "mother-A Relative female am.csv, line 2", "families ped.csv"] {
        assert!(items.contains(words), "{words}: {items}");
    }
    assert_eq!(section(&page, "items").matches(">unchanged<").count(), 4);
    let prior = said(&page, "prior");
    assert!(prior.contains("took 0.5 as the prior probability that a body") && prior.contains(&probability));
    assert_eq!(["0.1 ", "0.5 ", "0.9 "].map(|prior_shown| prior.matches(prior_shown).count()), [1, 2, 1]);
    assert!(said(&page, "comparisons").contains("3 bodies with 2 missing persons of 2 families"));
    assert!(said(&page, "left-out").contains("6 loci have a result in the body and in at least one relative."));
    for file in ["pairwise.csv", "posterior.csv", "assignments.csv", "manifest.json", "groups.csv"] {
        assert!(said(&page, "software").contains(file), "{file}");
    }
    folder.succeed("report out --body PM-07 --out again.html");
    assert!(page == self::page(&folder, "again.html"), "the same bytes");
}

#[test]
fn the_pedigrees_show_the_typed_the_missing_and_the_dead() {
    let folder = small();
    folder.succeed("report out --body PM-07");
    let page = page(&folder, "out/court-PM-07.html");
    let drawn: Vec<&str> = section(&page, "propositions").split("<svg").skip(1).collect();
    assert_eq!(drawn.len(), 2);
    let of = |drawing: &str, id: &str| {
        let person = drawing.split("<g class=\"").skip(1).find(|person| person.contains(&format!(">{id}</text>")))?;
        Some((person.split('"').next().unwrap().to_owned(), person.contains("<line")))
    };
    let is = |class: &str, dead: bool| Some((class.to_owned(), dead));
    assert_eq!([of(drawn[0], "PM-07"), of(drawn[0], "son-A")], [is("typed", true), None]);
    assert_eq!([of(drawn[1], "PM-07"), of(drawn[1], "son-A")], [is("typed", true), is("unknown", false)]);
    for drawing in drawn {
        assert_eq!([of(drawing, "mother-A"), of(drawing, "father-A")], [is("typed", false), is("untyped", false)]);
    }
}

#[test]
fn another_theta_is_what_a_run_with_it_says() {
    let folder = small();
    folder.succeed("report out --body PM-12");
    let sensitivity = said(&page(&folder, "out/court-PM-12.html"), "uncertainty");
    for theta in ["0", "0.03", "0.05"] {
        folder.write("s.toml", format!("[population]\ntheta = {theta}\n"));
        folder.succeed(&format!("identify {FILES} --config s.toml --out out --force"));
        let shown = format!("{theta} {:.2}", number(&pair(&folder, "PM-12", "sister-B"), "log10_lr"));
        assert!(sensitivity.contains(&shown.replace('-', "−")), "{shown}: {sensitivity}");
    }
}

#[test]
fn a_body_that_is_nobody_of_the_lists() {
    let folder = small();
    folder.succeed("report out --body PM-19");
    let report = page(&folder, "out/court-PM-19.html");
    assert!(
        said(&report, "result").contains("the identity of PM-19 “none in the lists”."),
        "{}",
        said(&report, "result")
    );
    assert!(said(&report, "result").contains("more probable if PM-19 is the body of somebody who is not related"));
    assert!(said(&report, "left-out").contains("is possible under the first proposition only by mutation"));
    folder.succeed("report out --body PM-07 --missing sister-B --out other.html");
    assert!(said(&page(&folder, "other.html"), "result").contains("if PM-07 is the body of sister-B of family B"));
    // nobody of the body's sex is missing
    folder.write("ped.csv", SMALL[2].1.replace("M,yes", "M,no"));
    folder.succeed(&format!("identify {FILES} --out out --force"));
    folder.succeed("report out --body PM-07");
    let none = page(&folder, "out/court-PM-07.html");
    assert!(said(&none, "result").contains("compared PM-07 with no missing person whom it could be."));
    folder.succeed("report out --family B");
    assert!(said(&page(&folder, "out/court-family-B.html"), "result").contains("PM-12 is the body of sister-B"));
    folder.fail("report out --family A", &["`A` is not in the tables of out"]);
}

#[test]
fn a_family_of_twelve_relatives_has_each_of_its_missing_and_both_at_once() {
    let folder = large("The family of the 'Aïn", "lost-brother");
    folder.succeed("report out --body B1-femur");
    let body = page(&folder, "out/court-B1-femur.html");
    assert!(text(&body).contains("Body B1") && said(&body, "items").contains("taken as one body: B1, B1-femur."));
    let name = file(&folder, "court-family-", "--family", "The family of the 'Aïn");
    let report = page(&folder, &name);
    let result = said(&report, "result");
    for (body, missing) in [("B1", "lost-brother"), ("B2", "lost-sister")] {
        let log10_lr = number(&pair(&folder, body, missing), "log10_lr");
        assert!(result.contains(&format!("if {body} is the body of {missing} of family The family of the 'Aïn")));
        assert!(result.contains(&format!("(log10 LR {log10_lr:.2})")), "{result}");
    }
    let best = &folder.table("out/assignments.csv")[0];
    assert_eq!((best["B1"].as_str(), best["B2"].as_str()), ("lost-brother", "lost-sister"));
    let together = format!("Combined LR of all of this at once: {}", ratio_of(number(best, "log10_lr")));
    assert!(result.contains(&together), "{together}: {result}");
    assert!(section(&report, "propositions").contains("<figure class=\"wide\">"), "one below the other");
    // the genotypes of all relatives, at most six in a table
    let genotypes = section(&report, "genotypes");
    let widest =
        genotypes.split("<thead>").skip(1).map(|table| table.split("</thead>").next().unwrap().matches("<th ").count());
    assert!(widest.max().unwrap() <= 7);
    assert!((0..11).all(|at| genotypes.contains(&format!("sister-of-the-missing-{at}"))));
    assert!(said(&report, "others").contains("B3 lost-brother"), "{}", said(&report, "others"));
}

/// A log10 LR of at least 6 as the report has it.
fn ratio_of(log10_lr: f64) -> String {
    format!("{:.2} × 10", 10_f64.powf(log10_lr - log10_lr.floor()))
}

/// Makes a report on somebody whose id has blanks; the name of its file.
fn file(folder: &Folder, begins: &str, flag: &str, id: &str) -> String {
    let mut command = folder.command("report out");
    command.args([flag, id]).assert().success();
    let files = fs::read_dir(folder.path("out")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    format!("out/{}", files.into_iter().find(|name| name.starts_with(begins)).unwrap())
}

#[test]
fn linked_loci_stand_in_one_row_and_several_tables_side_by_side() {
    let folder = large("F", "lost-brother");
    folder.write(
        "s.toml",
        "[population]\ntheta = 0\ntables = [\"nist1036:cauc\", \"nist1036:asian\"]\n[linkage]\nuse = true\n",
    );
    folder.succeed(&format!("identify {FILES} --config s.toml --out out --force"));
    folder.succeed("report out --body B2");
    let report = page(&folder, "out/court-B2.html");
    let genotypes = said(&report, "genotypes");
    assert!(genotypes.contains("CSF1PO + D5S818") || genotypes.contains("D5S818 + CSF1PO"), "{genotypes}");
    assert!(genotypes.contains("the combined LR is the one in the tables of the run"));
    assert!(said(&report, "basis").contains("linked loci are taken together"));
    let lowest = number(&pair(&folder, "B2", "lost-sister"), "log10_lr");
    let sensitivity = said(&report, "uncertainty");
    let of_run = sensitivity.split("0 (in this report)").nth(1).unwrap();
    let by_table: Vec<f64> = of_run.split_whitespace().take(2).map(|number| number.parse().unwrap()).collect();
    assert_close(by_table[0].min(by_table[1]), lowest, 0.005, "the lowest");
}

#[test]
fn ids_that_would_be_code_are_text_in_a_family() {
    let folder = large("<b>F</b>", "left\u{200f}right");
    for language in ["en", "fr", "ar"] {
        for flags in ["--family <b>F</b>", "--body B1"] {
            folder.succeed(&format!("report out {flags} --language {language} --out c.html"));
            let report = page(&folder, "c.html");
            assert!(!report.contains("<b>F") && !report.contains('\u{200f}'), "{language}");
            assert!(text(&report).contains("<b>F</b>") && text(&report).contains("left\\u{200f}right"));
        }
    }
}

#[test]
fn french_and_arabic_say_who_the_dead_are() {
    let folder = small();
    for (language, words) in [("fr", "est le corps de"), ("ar", "هو جثمان")] {
        folder.succeed(&format!("report out --family A --language {language}"));
        let page = page(&folder, &format!("out/court-family-A-{language}.html"));
        assert!(page.contains(&format!("<bdi dir=\"ltr\">PM-07</bdi> {words} <bdi dir=\"ltr\">son-A</bdi>")));
        let parts = page.split_once("<main>").unwrap().1.split("<bdi dir=\"ltr\">").enumerate();
        let own: String =
            parts.map(|(at, part)| if at == 0 { part } else { part.split_once("</bdi>").unwrap().1 }).collect();
        let own = text(&format!("<body>{own}"));
        for english in [" the ", " of ", " and ", "body", "-body", "missing"] {
            assert!(!own.contains(english), "{language}: `{english}` in {own}");
        }
    }
}

#[test]
fn inputs_that_changed_and_ids_that_are_not_there() {
    let folder = small();
    folder.fail("report out --body X", &["`X` is not in the tables of out"]);
    folder.fail("report out --body PM-07 --missing X", &["`X` is not in the tables of out"]);
    folder.fail("report out --child PM-07", &["manifest of `identify`, expected that of `match`"]);
    folder.fail("report out --body PM-07 --family A", &["--family"]);
    folder.fail("report out --body PM-07 --candidate X", &["--candidate"]);
    folder.fail("report out --missing son-A", &["--body"]);
    folder.write("am.csv", SMALL[1].1.replace("mother-A", "mother-C"));
    let (code, _, errors) = folder.run("report out --body PM-07");
    assert!(code == 0 && errors.contains("the run's relatives `am.csv` has changed"), "{errors}");
    let changed = page(&folder, "out/court-PM-07.html");
    assert!(SECTIONS.iter().all(|name| !section(&changed, name).is_empty()));
    assert!(said(&changed, "items").contains("changed") && said(&changed, "genotypes").contains("Combined LR: 963"));
    assert!(said(&changed, "result").contains("could not be read again"));
    folder.succeed("report out --family A");
    fs::remove_file(folder.path("out/posterior.csv")).unwrap();
    folder.fail("report out --body PM-07", &["no table as CSV"]);
}

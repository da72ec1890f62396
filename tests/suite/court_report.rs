//! The court report: its sections, its formulas worked out anew, and that it is text whatever ids are called.

use crate::match_support::{Folder, assert_close, number};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

const DEMO: [(&str, &str); 3] = [
    ("children.csv", include_str!("../../data/demo/children.csv")),
    ("corpses.csv", include_str!("../../data/demo/corpses.csv")),
    ("detainees.csv", include_str!("../../data/demo/detainees.csv")),
];

const PEOPLE: &str = "--children children.csv --candidates corpses.csv --candidates detainees.csv";

fn demo() -> Folder {
    let folder = Folder::new();
    DEMO.iter().for_each(|(name, text)| folder.write(name, text));
    folder.succeed(&format!("match {PEOPLE} --out out"));
    folder
}

pub fn page(folder: &Folder, file: &str) -> String {
    fs::read_to_string(folder.path(file)).unwrap()
}

/// The page without its elements: what a reader reads.
pub fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut text = String::new();
    for (at, part) in body.split('<').enumerate() {
        let is_cell_end = part.starts_with("/td") || part.starts_with("/th");
        text.push_str(if is_cell_end { " " } else { "" });
        text.push_str(if at == 0 { part } else { part.split_once('>').unwrap().1 });
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// What stands between the start of a section and the next.
pub fn section<'p>(page: &'p str, name: &str) -> &'p str {
    let rest = page.split_once(&format!("<section id=\"{name}\"")).unwrap_or_else(|| panic!("no section {name}")).1;
    rest.split("</section>").next().unwrap()
}

pub const SECTIONS: [&str; 13] = [
    "asked",
    "items",
    "propositions",
    "genotypes",
    "basis",
    "left-out",
    "uncertainty",
    "prior",
    "comparisons",
    "others",
    "verbal",
    "limits",
    "software",
];

#[test]
fn thirteen_sections_say_what_the_tables_say() {
    let folder = demo();
    folder.succeed("report out --child K029");
    let page = page(&folder, "out/court-K029.html");
    for (at, name) in SECTIONS.iter().enumerate() {
        assert!(section(&page, name).contains(&format!("<span class=\"number\">{}.</span>", at + 1)), "{name}");
    }
    assert!(
        page.contains("default-src 'none'")
            && !page.contains("<script")
            && !page.contains(" src=")
            && !page.contains("url(")
    );
    let matches = folder.table("out/matches.csv");
    let status = folder.table("out/status.csv").into_iter().find(|row| row["child_id"] == "K029").unwrap();
    let result = text(&format!("<body>{}", section(&page, "result")));
    for (place, word) in [("father_id", "father"), ("mother_id", "mother")] {
        let candidate = &status[place];
        assert!(result.contains(&format!("if {candidate} is the {word} of K029")), "{result}");
        let row = matches.iter().find(|row| row["child_id"] == "K029" && row["candidate_id"] == *candidate).unwrap();
        assert!(result.contains(&format!("(log10 LR {:.2})", number(row, "log10_lr"))), "{result}");
    }
    assert!(result.contains("more than 0.9999") && !result.contains("100 %"));
    let couples = folder.table("out/couples.csv");
    let couple = couples.iter().find(|row| row["child_id"] == "K029" && row["rank"] == "1").unwrap();
    let combined = text(&format!("<body>{}", section(&page, "genotypes")));
    assert!(combined.contains(&format!("(log10 LR {:.2})", number(couple, "log10_lr"))), "the couple");
    assert_eq!(combined.matches("the combined LR is the one in the tables of the run").count(), 2);
    for input in folder.json("out/manifest.json")["inputs"].as_array().unwrap() {
        assert!(section(&page, "items").contains(input["sha256"].as_str().unwrap()));
    }
    assert_eq!(section(&page, "items").matches("unchanged").count(), 4);
    assert_eq!(section(&page, "asked").matches("class=\"blank\"").count(), 7, "lines for a pen");
    assert_eq!(section(&page, "propositions").matches("<svg").count(), 4);
    let digits = |text: &str| text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap();
    assert!(digits(&text(&format!("<body>{}", section(&page, "others")))) <= 4, "numbers for people");
    folder.succeed("report out --child K029 --out again.html");
    assert!(page == self::page(&folder, "again.html"), "the same bytes");
}

/// The value of `1 × (2 + 3) / 4`: the usual order, from left to right.
fn evaluate(text: &str) -> f64 {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut tokens = spaced.split_whitespace().peekable();
    let value = sum(&mut tokens);
    assert_eq!(tokens.next(), None, "{text}");
    value
}

type Tokens<'t> = std::iter::Peekable<std::str::SplitWhitespace<'t>>;

fn sum(tokens: &mut Tokens<'_>) -> f64 {
    let mut value = product(tokens);
    while tokens.next_if_eq(&"+").is_some() {
        value += product(tokens);
    }
    value
}

fn product(tokens: &mut Tokens<'_>) -> f64 {
    let mut value = factor(tokens);
    loop {
        match tokens.peek() {
            Some(&"×") => {
                tokens.next();
                value *= factor(tokens);
            }
            Some(&"/") => {
                tokens.next();
                value /= factor(tokens);
            }
            _ => return value,
        }
    }
}

fn factor(tokens: &mut Tokens<'_>) -> f64 {
    match tokens.next().unwrap() {
        "(" => {
            let value = sum(tokens);
            assert_eq!(tokens.next(), Some(")"));
            value
        }
        number => number.replace('\u{202f}', "").parse().unwrap_or_else(|_| panic!("{number}")),
    }
}

/// The formulas of a page by locus: each with what stands in it worked out, and the LR that it states.
fn formulas(page: &str) -> BTreeMap<String, (f64, f64)> {
    let mut formulas = BTreeMap::new();
    for formula in page.split("<p class=\"formula\" dir=\"ltr\">").skip(1) {
        let lines: Vec<String> =
            formula.split("</p>").next().unwrap().split("</span>").map(|line| text(&format!("<body>{line}"))).collect();
        let Some((locus, _)) = lines[0].split_once(": LR = ") else { continue };
        let (expression, stated) = lines[1].strip_prefix("LR = ").unwrap().rsplit_once(" = ").unwrap();
        formulas.insert(locus.to_owned(), (evaluate(expression), evaluate(stated)));
        for part in lines[2].split("; ").filter(|part| part.matches(" = ").count() == 2) {
            let mut sides = part.split(" = ").skip(1).map(evaluate);
            assert_close(sides.next().unwrap(), sides.next().unwrap(), 1e-4, part);
        }
    }
    formulas
}

#[test]
fn every_formula_worked_out_is_the_lr_of_its_locus() {
    let folder = demo();
    let settings = [
        "",
        "mutation.model = \"none\"\npopulation.theta = 0",
        "mutation.model = \"none\"",
        "mutation.model = \"equal\"",
    ];
    for settings in settings {
        folder.write("s.toml", settings);
        let flags = " --config s.toml";
        folder.succeed(&format!("match {PEOPLE}{flags} --out run --force"));
        folder.succeed("report run --child K029 --candidate D077 --out c.html");
        let formulas = formulas(&page(&folder, "c.html"));
        let explained: Value = serde_json::from_str(
            &folder.succeed(&format!("explain {PEOPLE}{flags} --child K029 --candidate D077 --format json")),
        )
        .unwrap();
        let loci = explained["loci"].as_array().unwrap();
        assert_eq!((formulas.len(), loci.len()), (24, 24), "{settings}");
        for locus in loci {
            let ratio = 10_f64.powf(locus["log10_lr"][0].as_f64().unwrap());
            let (worked_out, stated) = formulas[locus["locus"].as_str().unwrap()];
            assert_close(worked_out, ratio, ratio * 1e-3, &format!("{settings}: {locus}"));
            assert_close(stated, ratio, ratio * 1e-3, &format!("{settings}: {locus}"));
        }
    }
}

/// Father 10,20; child 20,30; with and without the mother 30,40: what books print (Balding & Nichols 1994).
#[test]
fn formulas_are_those_of_the_books() {
    for (theta, mother) in [(0.0, ""), (0.03, ""), (0.0, "M"), (0.03, "M")] {
        let markers = json!({"loci": [{
            "name": "D3S1358", "chromosome": "autosomal", "alleles": ["10", "20", "30", "40"],
            "frequencies": [0.1, 0.2, 0.3, 0.4], "mutation": null, "theta": theta, "silent_frequency": 0.0
        }]});
        let folder = Folder::new();
        folder.write("markers.json", markers.to_string());
        folder.write("c.csv", format!("sample_id,mother_id,D3S1358\nC,{mother},20/30\n"));
        folder.write("a.csv", "sample_id,sex,D3S1358\nF,M,10/20\nM,F,30/40\n");
        folder
            .succeed("match --children c.csv --candidates a.csv --markers markers.json --min-log10-lr none --out out");
        folder.succeed("report out --child C --candidate F --out c.html");
        let page = page(&folder, "c.html");
        let drawn = theta + (1.0 - theta) * 0.2;
        let expected = match mother {
            "" => (1.0 + 2.0 * theta) / (4.0 * drawn),
            _ => (1.0 + 3.0 * theta) / (2.0 * drawn),
        };
        let (worked_out, stated) = formulas(&page)["D3S1358"];
        assert_close(worked_out, expected, 1e-3, &format!("{theta}, {mother}"));
        assert_close(stated, expected, 1e-3, &format!("{theta}, {mother}"));
        assert_eq!(text(&page).contains("Under both, M is the other parent of C."), mother == "M");
    }
}

const HOSTILE: [&str; 2] = ["<script>alert(1)</script>", "left\u{200f}right"];

#[test]
fn ids_that_would_be_code_are_text() {
    let folder = Folder::new();
    let loci = "D3S1358,vWA,TH01,FGA,TPOX,CSF1PO,D18S51";
    let rows = HOSTILE.map(|id| format!("{id},male,15/17,16/17,6/9.3,21/23,8/11,10/12,13/15\n"));
    folder.write("children.csv", format!("sample_id,sex,{loci}\n{}", rows.concat()));
    let rows = HOSTILE.map(|id| format!("{id}-father,male,15/18,16/18,6/7,21/24,8/9,10/11,13/16\n"));
    folder.write("men.csv", format!("sample_id,sex,{loci}\n{}", rows.concat()));
    folder.succeed("match --children children.csv --candidates men.csv --out out");
    for id in HOSTILE {
        for language in ["en", "ar"] {
            folder.succeed(&format!("report out --child {id} --language {language} --out c.html"));
            let page = page(&folder, "c.html");
            assert!(!page.contains("<script") && !page.contains('\u{200f}'));
            let shown = id.replace('\u{200f}', "\\u{200f}");
            assert!(text(&page).contains(&shown) && text(&page).contains("-father"), "{language}: {shown}");
        }
        folder.succeed(&format!("report out --child {id}"));
    }
    let mut written: Vec<String> = fs::read_dir(folder.path("out"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("court-"))
        .collect();
    written.sort_unstable();
    assert!(written[0].starts_with("court-_script_alert_1___script_-") && written[1].starts_with("court-left_right-"));
}

#[test]
fn inputs_that_changed_since_are_said_and_all_else_is_shown() {
    let folder = demo();
    folder.write("children.csv", format!("{}X999,,male\n", DEMO[0].1));
    let (code, _, errors) = folder.run("report out --child K029 --case none.toml");
    assert!(code == 2 && errors.contains("cannot read none.toml"), "{errors}");
    let (code, _, errors) = folder.run("report out --child K029");
    assert!(
        code == 0 && errors.contains("genotypes cannot be shown: the run's children `children.csv` has changed"),
        "{errors}"
    );
    let changed = page(&folder, "out/court-K029.html");
    assert!(text(&changed).contains("could not be read again") && section(&changed, "items").contains(">changed<"));
    assert!(SECTIONS.iter().all(|name| !section(&changed, name).is_empty()) && !changed.contains("class=\"formula\""));
    assert!(text(&changed).contains("D077 is the father of K029"));
    fs::remove_file(folder.path("children.csv")).unwrap();
    folder.succeed("report out --child K029");
    assert!(section(&page(&folder, "out/court-K029.html"), "items").contains(">not there<"));
}

#[test]
fn what_the_case_file_says_stands_in_the_report() {
    let folder = demo();
    folder.write(
        "case.toml",
        "reference = \"2026/<114>\"\nasked_by = \"Court of First Instance\"\n[items.K029]\ncustody_id = \"E-7\"\n\
         collected = 2026-03-01\n[items.Nobody]\nkit = \"x\"\n",
    );
    folder.succeed("report out --child K029 --case case.toml");
    let page = page(&folder, "out/court-K029.html");
    let asked = text(&format!("<body>{}", section(&page, "asked")));
    assert!(asked.contains("2026/<114>") && asked.contains("Court of First Instance"));
    assert_eq!(section(&page, "asked").matches("class=\"blank\"").count(), 5);
    let items = text(&format!("<body>{}", section(&page, "items")));
    assert!(items.contains("E-7") && items.contains("2026-03-01") && items.contains("does not rest on: Nobody"));
    folder.write("case.toml", b"reference = \"1\"\nauthor = \"Caf\xe9\"\n");
    folder.fail("report out --child K029 --case case.toml", &["case.toml, line 2: found letters that are not UTF-8"]);
    folder.write("case.toml", "\nlabratory = \"x\"\n");
    folder.fail(
        "report out --child K029 --case case.toml",
        &["case.toml, line 2: unknown key `labratory`: did you mean `laboratory`?"],
    );
}

#[test]
fn what_cannot_be_reported_is_refused_and_nobody_found_is_said() {
    let folder = demo();
    folder.fail("report out --child K999", &["`K999` is not in the tables of out"]);
    folder.fail("report out --child K029 --candidate X1", &["`X1` is not in the tables of out"]);
    folder.fail("report out --child K029 --xlsx", &["--xlsx"]);
    folder.fail("report out --pdf", &["--child"]);
    if !cfg!(feature = "pdf") {
        folder.fail("report out --child K029 --pdf", &["--pdf", "cargo build --release --features pdf"]);
    }
    folder.fail("report out --child K029 --language de", &["de"]);
    folder.fail("report . --child K029", &["manifest.json"]);
    folder.succeed("report out --child K029 --candidate D001 --out other.html");
    assert!(
        text(&page(&folder, "other.html")).contains("if D001 is the father of K029"),
        "a candidate whom the run does not report"
    );
    folder.succeed(&format!("match {PEOPLE} --min-log10-lr 30 --out none"));
    folder.succeed("report none --child K002");
    assert!(text(&page(&folder, "none/court-K002.html")).contains("The run reports no candidate for K002."));
    folder.succeed(&format!("match {PEOPLE} --relationship full-sibling --out siblings"));
    let best = &folder.table("siblings/matches.csv")[0];
    folder.succeed(&format!("report siblings --child {} --out s.html", best["child_id"]));
    let said = text(&page(&folder, "s.html"));
    assert!(said.contains("have both parents in common") && said.contains("No locus has an LR in closed form here"));
}

#[test]
fn french_and_arabic_say_it_in_their_own_words() {
    let folder = demo();
    for (language, direction, words) in [("fr", "ltr", "est le père de"), ("ar", "rtl", "هو والد")] {
        folder.succeed(&format!("report out --child K029 --language {language}"));
        let page = page(&folder, &format!("out/court-K029-{language}.html"));
        assert!(page.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")));
        assert!(page.contains(&format!("<bdi dir=\"ltr\">D077</bdi> {words} <bdi dir=\"ltr\">K029</bdi>")));
        assert!(page.contains("<bdi dir=\"ltr\">9,10</bdi>") && !page.contains("text-align: justify"));
        // what is no data and no drawing is in the language
        let own: String = page
            .split_once("<main>")
            .unwrap()
            .1
            .split("<bdi dir=\"ltr\">")
            .enumerate()
            .map(|(at, part)| if at == 0 { part } else { part.split_once("</bdi>").unwrap().1 })
            .collect();
        let own = text(&format!("<body>{own}"));
        for english in [" the ", " of ", " and ", "child", "number-", "result-"] {
            assert!(!own.contains(english), "{language}: `{english}` in {own}");
        }
    }
}

//! The page and the workbook that people read: what stands in them is what the tables say, whatever samples are called.

use crate::match_support::{Folder, Row, number};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;

const DEMO: [(&str, &str); 3] = [
    ("children.csv", include_str!("../../data/demo/children.csv")),
    ("corpses.csv", include_str!("../../data/demo/corpses.csv")),
    ("detainees.csv", include_str!("../../data/demo/detainees.csv")),
];

pub const MATCH: &str =
    "match --children children.csv --candidates corpses.csv --candidates detainees.csv --no-progress";

pub fn demo() -> Folder {
    let folder = Folder::new();
    DEMO.iter().for_each(|(name, text)| folder.write(name, text));
    folder
}

fn page(folder: &Folder, out: &str) -> String {
    fs::read_to_string(folder.path(out).join("report.html")).unwrap()
}

/// What the page embeds.
pub fn data(page: &str) -> Value {
    let rest = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap().1;
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// The number on the card of this word; 0 where there is none.
fn card(page: &str, word: &str) -> usize {
    let mark = format!("<li class=\"card\" data-status=\"{word}\"><span class=\"number\">");
    page.split_once(&mark).map_or(0, |(_, rest)| rest.split('<').next().unwrap().parse().unwrap())
}

fn id<'d>(data: &'d Value, person: &Value) -> &'d str {
    data["people"][person.as_u64().unwrap() as usize][0].as_str().unwrap()
}

const WORDS: [&str; 7] =
    ["established", "probable", "disputed", "stated", "undecidable", "none in the lists", "not asked"];

#[test]
fn the_page_says_what_the_tables_say() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out out"));
    let page = page(&folder, "out");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in folder.table("out/status.csv") {
        let surer =
            WORDS.iter().find(|word| [&row["father_status"], &row["mother_status"]].contains(&&word.to_string()));
        *counts.entry(surer.unwrap()).or_default() += 1;
    }
    assert!(counts["established"] > 20 && counts["none in the lists"] > 5, "{counts:?}");
    WORDS.iter().for_each(|word| assert_eq!(card(&page, word), counts.get(word).copied().unwrap_or(0), "{word}"));
    let data = data(&page);
    let (pairs, matches) = (data["pairs"].as_array().unwrap(), folder.table("out/matches.csv"));
    assert_eq!((pairs.len(), data["subjects"].as_array().unwrap().len()), (matches.len(), 60));
    pairs.iter().zip(&matches).for_each(|(pair, row)| check_pair(&data, pair, row));
    let (couples, rows) = (data["couples"].as_array().unwrap(), folder.table("out/couples.csv"));
    assert_eq!(couples.len(), rows.len());
    for (couple, row) in couples.iter().zip(&rows) {
        let ids = [0, 1, 2].map(|at| id(&data, &couple[at]));
        assert_eq!(ids, ["child_id", "father_id", "mother_id"].map(|column| row[column].as_str()));
    }
}

/// The line of what strangers would give against what `power` says of all children; of ten of them it is that within a half.
#[test]
fn strangers_stand_beside_the_run_and_the_dead_are_known() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --min-log10-lr 1 --out out"));
    let page = page(&folder, "out");
    assert_eq!(page.matches("stroke=\"#040404\" stroke-width").count(), 1, "one line, in one chart");
    let after = |before: &str| {
        let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no `{before}`"));
        rest.split(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let from = after("(computed from 10 of the 60 children). From log10 LR ");
    let (expected, listed) = (after("on chance alone would give "), after("pairs; the run lists "));
    let matches = folder.table("out/matches.csv");
    assert_eq!(matches.iter().filter(|row| number(row, "log10_lr") >= from).count() as f64, listed);
    let power = folder.succeed(&format!("power --case out --thresholds {from} --format csv"));
    let mut power = csv::Reader::from_reader(power.as_bytes());
    let rows = power.deserialize().map(|row| row.unwrap()).collect::<Vec<Row>>();
    let all: f64 = rows.iter().map(|row| number(row, "expected_false_leads")).sum();
    assert!(expected < 1.0 && expected > all / 2.0 && expected < all * 2.0, "{expected} of ten, {all} of all");
    let data = data(&page);
    for row in &matches {
        let person = data["people"].as_array().unwrap().iter().find(|one| one[0] == row["candidate_id"].as_str());
        let part = if row["candidate_role"] == "corpse" { "corpse" } else { "candidate" };
        assert_eq!(person.unwrap()[2], part, "{row:?}");
    }
}

/// A pair of the page against its row; the loci against the sum, and against the profiles as they were written.
fn check_pair(data: &Value, pair: &Value, row: &Row) {
    let (child, candidate) = (id(data, &pair[0]), id(data, &pair[1]));
    assert_eq!((child, candidate), (row["child_id"].as_str(), row["candidate_id"].as_str()));
    assert!((pair[3].as_f64().unwrap() - number(row, "log10_lr")).abs() <= 0.005 + 1e-9, "{row:?}");
    assert!((pair[4].as_f64().unwrap() - number(row, "posterior")).abs() <= 1e-6, "{row:?}");
    let loci: Vec<f64> = pair[9][0].as_str().unwrap().split(' ').map(|text| text.parse().unwrap()).collect();
    assert_eq!(loci.len(), data["loci"].as_array().unwrap().len());
    let sum: f64 = loci.iter().sum();
    assert!((sum - number(row, "log10_lr")).abs() <= 0.005 * loci.len() as f64 + 1e-9, "{sum}: {row:?}");
    let inconsistent: Vec<&str> = pair[9][1]
        .as_array()
        .unwrap()
        .iter()
        .map(|locus| data["loci"][locus[0].as_u64().unwrap() as usize].as_str().unwrap())
        .collect();
    assert_eq!(inconsistent.join(";"), row["inconsistent_loci"]);
    let typed = |person: &Value| -> Vec<bool> {
        let calls = data["people"][person.as_u64().unwrap() as usize][3].as_str().unwrap();
        calls.split('|').map(|call| call != "-" && call != "(3+)").collect()
    };
    let both = typed(&pair[0]).iter().zip(typed(&pair[1])).filter(|(one, other)| **one && *other).count();
    assert_eq!(both.to_string(), row["loci_compared"], "{row:?}");
}

#[test]
fn the_same_run_gives_the_same_page_and_so_does_its_folder() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --threads 1 --out one"));
    folder.succeed(&format!("{MATCH} --threads 3 --out two"));
    let (code, _, errors) = folder.run(&format!("{MATCH} --format parquet --out packed"));
    assert_eq!(code, 0, "{errors}");
    let expected = page(&folder, "one");
    assert!(page(&folder, "two") == expected && page(&folder, "packed") == expected);
    fs::remove_file(folder.path("one/report.html")).unwrap();
    assert_eq!(folder.run("diff one two").0, 0, "a page is no table");
    folder.succeed("report one");
    assert!(page(&folder, "one") == expected);
    folder.fail("report packed", &["packed: no table as CSV"]);
    folder.fail("report .", &["manifest.json"]);
}

const HOSTILE: [&str; 3] = ["<script>alert(1)</script>", "=cmd()", "left\u{200f}right"];

fn hostile_case() -> Folder {
    let folder = Folder::new();
    let loci = "D3S1358,vWA,TH01,FGA,TPOX,CSF1PO,D18S51";
    let calls = "15/17,16/17,6/9.3,21/23,8/11,10/12,13/15";
    let rows = HOSTILE.map(|id| format!("\"{id}\",male,{calls}\n"));
    folder.write("children.csv", format!("sample_id,sex,{loci}\n{}", rows.concat()));
    let calls = "15/18,16/18,6/7,21/24,8/9,10/11,13/16";
    let rows = HOSTILE.map(|id| format!("\"{id}-father\",male,{calls}\n"));
    folder.write("men.csv", format!("sample_id,sex,{loci}\n{}bad,male,\"<b>x</b>\",,,,,,\n", rows.concat()));
    folder.succeed("match --children children.csv --candidates men.csv --out out");
    folder
}

#[test]
fn ids_that_would_be_code_are_text() {
    let folder = hostile_case();
    let page = page(&folder, "out");
    assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (2, 2));
    assert!(!page.contains("<b>x</b>") && page.contains("&#60;b&#62;x&#60;/b&#62;"), "the rejected cell is shown");
    assert!(!page.contains('\u{200f}'), "marks of direction are shown as text");
    let data = data(&page);
    let names: Vec<&str> = data["subjects"].as_array().unwrap().iter().map(|child| id(&data, &child[0])).collect();
    let mut expected = [HOSTILE[0], HOSTILE[1], "left\\u{200f}right"];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert!(!data["pairs"].as_array().unwrap().is_empty(), "their fathers are found");
    assert!(page.contains("default-src 'none'"), "the page can make no request");
    assert!(!page.contains(" src=") && !page.contains("<link") && !page.contains("@import") && !page.contains("url("));
}

/// The sheets of the workbook in a folder by name, as cells.
fn sheets(folder: &Folder, out: &str) -> BTreeMap<String, Vec<Vec<Data>>> {
    sheets_of(folder, &format!("{out}/report.xlsx"))
}

/// The sheets of a workbook by name, as cells.
pub fn sheets_of(folder: &Folder, file: &str) -> BTreeMap<String, Vec<Vec<Data>>> {
    let bytes = fs::read(folder.path(file)).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    let formulas = names.iter().map(|name| book.worksheet_formula(name).unwrap().used_cells().count());
    assert_eq!(formulas.sum::<usize>(), 0, "no cell is a formula");
    let rows =
        |name: &String, book: &mut Xlsx<_>| book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect();
    names.iter().map(|name| (name.clone(), rows(name, &mut book))).collect()
}

/// Every cell of a sheet against the table: text as text, numbers as numbers, nothing where there is nothing.
pub fn check_sheet(sheet: &[Vec<Data>], folder: &Folder, table: &str, texts: &[&str]) {
    let mut reader = csv::Reader::from_path(folder.path(table)).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(sheet.len(), rows.len() + 1, "{table}");
    assert_eq!(sheet[0].iter().map(ToString::to_string).collect::<Vec<_>>(), header);
    for (cells, row) in sheet[1..].iter().zip(&rows) {
        for ((cell, written), column) in cells.iter().zip(row).zip(&header) {
            let is_same = match cell {
                Data::Empty => written.is_empty(),
                Data::Float(number) => written.parse() == Ok(*number) && !texts.contains(&column.as_str()),
                Data::String(text) => written == text || written == format!("'{text}"),
                other => panic!("{table}, {column}: {other:?}"),
            };
            assert!(is_same, "{table}, {column}: {cell:?} and `{written}`");
            let is_number = written.parse::<f64>().is_ok_and(f64::is_finite) && !texts.contains(&column.as_str());
            assert!(!is_number || matches!(cell, Data::Float(_)), "{table}, {column}: {cell:?} is no number");
        }
    }
}

pub const TEXTS: [&str; 9] = [
    "child_id",
    "candidate_id",
    "father_id",
    "mother_id",
    "sample_a",
    "sample_b",
    "sample_id",
    "value",
    "inconsistent_loci",
];

#[test]
fn the_workbook_holds_the_tables() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out out"));
    folder.succeed("report out --xlsx");
    let first = fs::read(folder.path("out/report.xlsx")).unwrap();
    let sheets = sheets(&folder, "out");
    let tables = [
        ("Status", "status"),
        ("Matches", "matches"),
        ("Couples", "couples"),
        ("One person", "direct_matches"),
        ("Rejected", "rejected"),
    ];
    tables.iter().for_each(|(name, table)| check_sheet(&sheets[*name], &folder, &format!("out/{table}.csv"), &TEXTS));
    let pairs = folder.table("out/matches.csv").len();
    assert_eq!(sheets["Loci"].len(), pairs * 24 + 1);
    let sum: f64 = sheets["Loci"][1..=24]
        .iter()
        .map(|row| match row[6] {
            Data::Float(number) => number,
            _ => f64::NAN,
        })
        .sum();
    assert!((sum - number(&folder.table("out/matches.csv")[0], "log10_lr")).abs() < 1e-9);
    assert!(sheets["Settings"].iter().any(|row| row[0] == Data::String("population.theta".into())));
    assert!(
        sheets["Summary"].iter().any(|row| row[0] == Data::String("children".into()) && row[1] == Data::Float(60.0))
    );
    folder.succeed("report out --xlsx");
    assert!(fs::read(folder.path("out/report.xlsx")).unwrap() == first, "the same bytes");
}

#[test]
fn ids_that_would_be_formulas_are_text_in_the_workbook() {
    let folder = hostile_case();
    folder.succeed("report out --xlsx");
    let sheets = sheets(&folder, "out");
    check_sheet(&sheets["Matches"], &folder, "out/matches.csv", &TEXTS);
    assert!(sheets["Matches"].len() > 1);
    let ids: Vec<&Data> = sheets["Status"][1..].iter().map(|row| &row[0]).collect();
    HOSTILE.iter().for_each(|id| assert!(ids.contains(&&Data::String((*id).to_owned())), "{id}: {ids:?}"));
}

#[test]
fn an_older_run_without_some_columns_is_shown_and_what_is_missing_said() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out out"));
    let mut reader = csv::Reader::from_path(folder.path("out/matches.csv")).unwrap();
    let gone = ["posterior_other", "other_relationship", "log10_lr_against_best_rival", "posterior_at_most"];
    let kept: Vec<usize> = reader
        .headers()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(_, name)| !gone.contains(name))
        .map(|(at, _)| at)
        .collect();
    let mut older = csv::Writer::from_writer(Vec::new());
    let header = reader.headers().unwrap().clone();
    for row in std::iter::once(header).chain(reader.records().map(Result::unwrap)) {
        older.write_record(kept.iter().map(|&at| &row[at])).unwrap();
    }
    folder.write("out/matches.csv", older.into_inner().unwrap());
    fs::remove_file(folder.path("out/status.csv")).unwrap();
    folder.succeed("report out");
    let page = page(&folder, "out");
    for part in ["the column posterior_other of matches", "the table status", "blank"] {
        assert!(page.contains(part), "{part}");
    }
    let data = data(&page);
    let with_candidates = folder
        .table("out/matches.csv")
        .iter()
        .map(|row| row["child_id"].clone())
        .collect::<std::collections::BTreeSet<_>>();
    assert_eq!(data["subjects"].as_array().unwrap().len(), with_candidates.len());
    assert_eq!((&data["pairs"][0][5][0], &data["places"]), (&Value::Null, &serde_json::json!([])));
}

#[test]
fn profiles_that_changed_since_are_not_shown_and_all_else_is() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out out"));
    let before = data(&page(&folder, "out"));
    let changed = format!("{}X999,,male\n", DEMO[0].1);
    folder.write("children.csv", changed);
    let (code, _, errors) = folder.run("report out");
    assert!(
        code == 0 && errors.contains("genotypes cannot be shown: the run's children `children.csv` has changed since"),
        "{errors}"
    );
    let said = page(&folder, "out");
    assert!(said.contains("Genotypes cannot be shown: the run&#39;s children `children.csv` has changed since"));
    let after = data(&said);
    assert_eq!(
        (&after["loci"], after["pairs"].as_array().unwrap().len()),
        (&serde_json::json!([]), before["pairs"].as_array().unwrap().len())
    );
    assert!(after["people"].as_array().unwrap().iter().all(|person| person[3] == ""));
    fs::remove_file(folder.path("children.csv")).unwrap();
    folder.succeed("report out");
    assert!(page(&folder, "out").contains("Genotypes cannot be shown"));
    folder.succeed("report out --xlsx");
    assert_eq!(sheets(&folder, "out")["Loci"].len(), 1);
}

#[test]
fn other_relationships_have_a_page_too() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --relationship full-sibling --out out"));
    let said = page(&folder, "out");
    let matches = folder.table("out/matches.csv");
    let children: std::collections::BTreeSet<&String> = matches.iter().map(|row| &row["child_id"]).collect();
    assert!(folder.table("out/status.csv").is_empty() && !children.is_empty());
    assert!(
        said.contains(&format!("<span class=\"number\">{}</span>", children.len())) && said.contains("of 60 children")
    );
    let data = data(&said);
    assert_eq!(
        (&data["relationship"], data["pairs"].as_array().unwrap().len()),
        (&"full-sibling".into(), matches.len())
    );
    data["pairs"].as_array().unwrap().iter().zip(&matches).for_each(|(pair, row)| check_pair(&data, pair, row));
    folder.succeed("report out");
    assert!(page(&folder, "out") == said);
}

#[test]
fn an_identification_has_a_page_with_bodies_families_and_whole_answers() {
    let folder = Folder::new();
    for name in ["am.csv", "pm.csv", "ped.csv"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/identify").join(name);
        folder.write(name, fs::read(path).unwrap());
    }
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --out out");
    let said = page(&folder, "out");
    let data = data(&said);
    let posterior = folder.table("out/posterior.csv");
    let mut bodies: Vec<&str> = posterior.iter().map(|row| row["victim_id"].as_str()).collect();
    bodies.dedup();
    let shown: Vec<&str> = data["subjects"].as_array().unwrap().iter().map(|body| id(&data, &body[0])).collect();
    assert_eq!(shown, bodies);
    let named: Vec<_> = posterior.iter().filter(|row| row["missing_id"] != "*").collect();
    let pairs = data["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), named.len());
    for (pair, row) in pairs.iter().zip(&named) {
        assert_eq!((id(&data, &pair[0]), id(&data, &pair[1])), (row["victim_id"].as_str(), row["missing_id"].as_str()));
        assert!((pair[4].as_f64().unwrap() - number(row, "probability")).abs() <= 1e-6);
    }
    let sure = |row: &&&Row| number(row, "probability") >= 0.999;
    assert_eq!(card(&said, "established"), named.iter().filter(sure).count());
    let families = data["families"].as_array().unwrap();
    let listed = folder.table("out/families.csv");
    assert_eq!(
        families.len(),
        listed.iter().map(|row| &row["family_id"]).collect::<std::collections::BTreeSet<_>>().len()
    );
    let pedigree = folder.table("ped.csv");
    for family in families {
        let members = pedigree.iter().filter(|row| row["family_id"] == family[0].as_str().unwrap()).count();
        assert_eq!(family[6][2].as_array().unwrap().len(), members, "everybody is drawn");
    }
    let best = &folder.table("out/assignments.csv")[0];
    for pair in data["answers"][0][3].as_array().unwrap() {
        assert_eq!(best[id(&data, &pair[0])], id(&data, &pair[1]));
    }
    assert!(said.contains("if everybody were a stranger to everybody, with full profiles. From log10 LR 0 on"));
    folder.succeed("report out");
    assert!(page(&folder, "out") == said);
    folder.succeed("report out --xlsx");
    let sheets = sheets(&folder, "out");
    check_sheet(&sheets["Posterior"], &folder, "out/posterior.csv", &TEXTS);
    check_sheet(&sheets["Families"], &folder, "out/families.csv", &TEXTS);
}

#[test]
fn the_summary_is_short_and_without_colour_where_nobody_sees_it() {
    let folder = demo();
    let (code, output, errors) = folder.run(&format!("{MATCH} --out out"));
    assert_eq!((code, output.as_str()), (0, ""), "{errors}");
    assert!(!errors.contains('\u{1b}'), "{errors:?}");
    let lines: Vec<&str> = errors.lines().filter(|line| !line.starts_with("note: ")).collect();
    assert!(lines.len() <= 20 && lines.iter().all(|line| line.chars().count() <= 80), "{errors}");
    let page = page(&folder, "out");
    let established = lines.iter().find(|line| line.contains("established")).unwrap();
    assert_eq!(established.split_whitespace().next().unwrap(), card(&page, "established").to_string());
    assert!(lines.last().unwrap().contains("report.html"), "{errors}");
    let shown = folder.succeed("demo --out kept");
    assert!(shown.trim_end().ends_with("kept/results/report.html") && folder.path("kept/results/report.html").exists());
}

//! One table, three formats: what is read back from Parquet and from JSON is what stands in the CSV.

use crate::match_support::Folder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use std::fs::{self, File};
use std::path::Path;

const DEMO: [(&str, &str); 3] = [
    ("children.csv", include_str!("../../data/demo/children.csv")),
    ("corpses.csv", include_str!("../../data/demo/corpses.csv")),
    ("detainees.csv", include_str!("../../data/demo/detainees.csv")),
];

const MATCH: &str = "match --children children.csv --candidates corpses.csv --candidates detainees.csv --no-progress";

/// Families that miss a son, two samples of one body, a role with typing errors, and bodies of nobody's.
const CASE: &str = r#"
    seed = 5
    loci = ["D3S1358", "vWA", "FGA", "D8S1179", "D21S11", "D18S51", "TH01", "D16S539", "Penta E", "SE33"]
    settings.population.tables = ["nist1036:cauc"]
    [roles.corpse]
    sites = ["=hill"]
    quality = [{ share = 0.5 }, { share = 0.5, drop_out = 0.1, locus_failure = 0.2 }]
    [roles.relative]
    typing_error = 0.01
    [[families]]
    count = 4
    people = [
        { id = "F", born = [1960, 1970], samples = ["relative"] },
        { id = "M", samples = ["relative"] },
        { id = "S", father = "F", mother = "M", sex = "male", samples = ["corpse", "corpse"], missing = true },
    ]
    [[families]]
    count = 20
    people = [{ id = "F" }, { id = "M" }, { id = "X", father = "F", mother = "M", samples = ["corpse"] }]
"#;

fn demo() -> Folder {
    let folder = Folder::new();
    DEMO.iter().for_each(|(name, text)| folder.write(name, text));
    folder
}

/// The header and the rows of a CSV file.
fn read_csv(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (header, rows)
}

/// The text that CSV shows for a text, which no spreadsheet is to run.
fn shown(text: &str) -> String {
    let is_risky = text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    if is_risky { format!("'{text}") } else { text.to_owned() }
}

fn check_parquet(path: &Path, header: &[String], rows: &[Vec<String>]) -> Vec<&'static str> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let mut kinds = vec!["nothing"; header.len()];
    let mut read = 0;
    for (row, cells) in reader.get_row_iter(None).unwrap().zip(rows) {
        let row = row.unwrap();
        let names: Vec<&String> = row.get_column_iter().map(|(name, _)| name).collect();
        assert_eq!(names, header.iter().collect::<Vec<_>>(), "{}", path.display());
        for (at, (_, field)) in row.get_column_iter().enumerate() {
            let cell = &cells[at];
            let (kind, is_same) = match field {
                Field::Null => ("nothing", cell.is_empty()),
                Field::Str(text) => ("text", shown(text) == *cell),
                Field::Long(number) => ("integer", number.to_string() == *cell),
                Field::Double(number) => ("real", cell.parse() == Ok(*number)),
                Field::Bool(flag) => ("flag", (if *flag { "yes" } else { "no" }) == cell),
                other => panic!("{}: {other}", path.display()),
            };
            assert!(is_same, "{}, {}: {field} and `{cell}`", path.display(), header[at]);
            if kind != "nothing" {
                kinds[at] = kind;
            }
        }
        read += 1;
    }
    assert_eq!((read, reader.metadata().file_metadata().num_rows()), (rows.len(), rows.len() as i64));
    kinds
}

fn check_json(path: &Path, header: &[String], rows: &[Vec<String>]) {
    let objects: Vec<serde_json::Map<String, Value>> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!(objects.len(), rows.len(), "{}", path.display());
    for (object, cells) in objects.iter().zip(rows) {
        assert_eq!(object.keys().collect::<Vec<_>>(), header.iter().collect::<Vec<_>>());
        for ((name, value), cell) in object.iter().zip(cells) {
            let is_same = match value {
                Value::Null => cell.is_empty(),
                Value::String(text) => shown(text) == *cell,
                Value::Bool(flag) => (if *flag { "yes" } else { "no" }) == cell,
                Value::Number(number) => cell.parse() == Ok(number.as_f64().unwrap()),
                other => panic!("{}: {other}", path.display()),
            };
            assert!(is_same, "{}, {name}: {value} and `{cell}`", path.display());
        }
    }
}

/// Compares every table of a folder; the types of the columns of one of them.
fn check_folder(folder: &Folder, out: &str, looked_at: &str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let tables = folder.tables(out);
    for name in tables.keys() {
        let path = |ending: &str| folder.path(out).join(name).with_extension(ending);
        let (header, rows) = read_csv(&path("csv"));
        let kinds = check_parquet(&path("parquet"), &header, &rows);
        check_json(&path("json"), &header, &rows);
        if name == looked_at {
            assert!(!rows.is_empty());
            found = header.into_iter().zip(kinds).collect();
        }
    }
    let files = fs::read_dir(folder.path(out)).unwrap().count();
    let beside = 1 + usize::from(folder.path(out).join("report.html").exists());
    assert_eq!(files, 3 * tables.len() + beside, "with the manifest, and the page where there is one");
    found
}

#[test]
fn the_tables_of_match_are_the_same_in_every_format() {
    let folder = demo();
    let several = "--frequencies nist1036:cauc --frequencies nist1036:afam --lr-interval --interval-draws 1000 --expected-false-leads";
    folder.succeed(&format!("{MATCH} {several} --threads 1 --format csv,parquet,json,csv --out one"));
    let kinds = check_folder(&folder, "one", "matches.csv");
    let kind = |name: &str| kinds.iter().find(|(column, _)| column == name).unwrap().1;
    for (column, expected) in [
        ("child_id", "text"),
        ("rank", "integer"),
        ("log10_lr", "real"),
        ("posterior", "real"),
        ("loci_compared", "integer"),
        ("log10_lr_nist1036:afam", "real"),
        ("log10_lr_low", "real"),
        ("expected_false_leads", "real"),
        ("flags", "text"),
    ] {
        assert_eq!(kind(column), expected, "{column}");
    }
    let (code, _, errors) = folder.run(&format!("{MATCH} {several} --threads 2 --format parquet,json --out two"));
    assert_eq!(code, 0, "{errors}");
    for name in ["matches", "couples", "status", "direct_matches", "rejected"] {
        for ending in ["parquet", "json"] {
            let read = |out: &str| fs::read(folder.path(out).join(name).with_extension(ending)).unwrap();
            assert!(read("one") == read("two"), "{name}.{ending} on one thread and on two");
        }
    }
    folder.fail("diff one two", &["two holds no table as CSV, but as parquet", "--format csv,parquet"]);
    folder.succeed(&format!("{MATCH} {several} --format csv --force --out two"));
    assert!(folder.tables("one") == folder.tables("two"));
    assert!(!folder.path("two/matches.parquet").exists(), "what is replaced goes in every format");
    folder.succeed("diff one two");
    folder.fail(&format!("{MATCH} --format csv,xlsx --out three"), &["'xlsx'", "csv, parquet, json"]);
    assert!(!folder.path("three").exists());
}

#[test]
fn the_tables_of_the_other_commands_are_the_same_in_every_format() {
    let folder = Folder::new();
    folder.write("case.toml", CASE);
    folder.succeed("simulate case.toml --format csv,parquet,json --out case");
    let kinds = check_folder(&folder, "case", "corpses.csv");
    assert!(
        kinds.contains(&("drop_out".to_owned(), "real")) && kinds.contains(&("vWA".to_owned(), "text")),
        "{kinds:?}"
    );
    assert!(fs::read_to_string(folder.path("case/corpses.csv")).unwrap().contains("'=hill"));
    assert!(fs::read_to_string(folder.path("case/corpses.json")).unwrap().contains("\"=hill\""));
    let pedigrees = check_folder(&folder, "case", "pedigrees.csv");
    assert!(pedigrees.contains(&("missing".to_owned(), "flag")), "{pedigrees:?}");
    let inputs = "--remains case/corpses.csv --relatives case/relatives.csv --pedigrees case/pedigrees.csv";
    folder.succeed(&format!("identify {inputs} --format parquet,json,csv --no-progress --out identified"));
    let posterior = check_folder(&folder, "identified", "posterior.csv");
    assert!(posterior.contains(&("probability".to_owned(), "real")), "{posterior:?}");
    assert!(check_folder(&folder, "identified", "groups.csv").contains(&("samples".to_owned(), "text")));
    let cases = "calibrate demo --cases 1 --vary none --no-progress --out calibrated --tables csv,parquet,json";
    folder.succeed(cases);
    let reliability = check_folder(&folder, "calibrated", "reliability.csv");
    assert!(reliability.contains(&("true".to_owned(), "integer")), "{reliability:?}");
}

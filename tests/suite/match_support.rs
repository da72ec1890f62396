//! A folder for the files of a test, the built binary run in it, and its tables read back.

use assert_cmd::Command;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

/// One row of a result table, by column.
pub type Row = HashMap<String, String>;

/// Every pair of a search with settings of its own.
pub const SEARCH: &str = "match --children children.csv --candidates candidates.csv --config settings.toml --min-log10-lr none --top 1000 --out out";

/// A fresh folder that is removed at the end.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The binary with these arguments (separated by blanks), in this folder.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::cargo_bin("filia").unwrap();
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command
    }

    /// Exit code, standard output and standard error.
    pub fn run(&self, arguments: &str) -> (i32, String, String) {
        self.run_list(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    /// The same with arguments that may hold blanks.
    pub fn run_list(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command("").args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Runs and expects exit code 0; standard output.
    pub fn succeed(&self, arguments: &str) -> String {
        let (code, output, errors) = self.run(arguments);
        assert_eq!(code, 0, "{arguments}\n{errors}");
        if arguments.starts_with("match ") {
            let out = arguments.split(" --out ").nth(1).and_then(|rest| rest.split(' ').next());
            out.into_iter().for_each(|out| self.posteriors_agree(out));
        }
        output
    }

    /// The tables of one run do not contradict each other: the couples of a person sum to no more than the person; all fathers
    /// (each person once), and nobody, sum to 1 in the case, or to less where some are not listed; mothers likewise.
    fn posteriors_agree(&self, out: &str) {
        let [matches, couples, direct] =
            ["matches", "couples", "direct_matches"].map(|name| self.table(&format!("{out}/{name}.csv")));
        let mut of_persons: BTreeMap<(String, String), f64> = BTreeMap::new();
        for row in &couples {
            for place in ["father_id", "mother_id"] {
                *of_persons.entry((row["child_id"].clone(), row[place].clone())).or_default() +=
                    number(row, "posterior");
            }
        }
        for row in &matches {
            let couples =
                of_persons.get(&(row["child_id"].clone(), row["candidate_id"].clone())).copied().unwrap_or(0.0);
            assert!(couples <= number(row, "posterior") + 1e-9, "{couples} of couples: {row:?}");
            let all = number(row, "posterior") + number(row, "posterior_other");
            assert!(all <= 1.0 + 1e-9, "{row:?}");
            let most = number(row, "posterior_at_most");
            assert!(number(row, "posterior") <= most + 1e-12 && most <= 1.0, "{row:?}");
        }
        let second_samples: Vec<&str> = direct.iter().map(|row| row["sample_b"].as_str()).collect();
        for status in self.table(&format!("{out}/status.csv")) {
            for (place, sex) in [("father", "male"), ("mother", "female")] {
                let listed = matches.iter().filter(|row| {
                    let is_once = !second_samples.contains(&row["candidate_id"].as_str());
                    row["child_id"] == status["child_id"] && row["candidate_sex"] == sex && is_once
                });
                // status rests on the case's posterior where that is exact beside the limit of what is established
                let stated = |row: &Row| match row["posterior_case"].parse::<f64>() {
                    Ok(of_case) if number(row, "posterior_case_error") <= 1e-4 => of_case,
                    _ => number(row, "posterior"),
                };
                let sum: f64 = listed.map(stated).sum();
                let none = status[&format!("{place}_none")].parse::<f64>().unwrap_or(0.0);
                assert!(sum + none <= 1.0 + 1e-9, "{place}s {sum}, none {none}: {status:?}");
            }
        }
    }

    /// Runs and expects exit code 2 with nothing but one short message, which contains every one of `parts`.
    pub fn fail(&self, arguments: &str, parts: &[&str]) -> String {
        let (code, output, errors) = self.run(arguments);
        assert_eq!((code, output.as_str()), (2, ""), "{arguments}\n{errors}");
        for part in parts {
            assert!(errors.contains(part), "{arguments}: expected `{part}` in\n{errors}");
        }
        assert!(!errors.contains("panicked"), "{errors}");
        assert!(errors.lines().count() <= 6 && errors.len() < 600, "too long:\n{errors}");
        errors
    }

    pub fn table(&self, path: &str) -> Vec<Row> {
        read_table(&self.path(path))
    }

    pub fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.path(path)).unwrap()).unwrap()
    }

    /// The bytes of every CSV file of a result folder, by name.
    pub fn tables(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let tables = files.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
        tables.map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(&path).unwrap())).collect()
    }
}

/// A CSV file, row by row.
pub fn read_table(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// A number in a table.
pub fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {}", row[column]))
}

/// Equal to so many units, infinities included.
pub fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let same = found == expected || (found - expected).abs() <= tolerance;
    assert!(same, "{what}: found {found}, expected {expected}");
}

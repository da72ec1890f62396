//! Full and closed outputs, text that a terminal would obey, quotes without an end, numbers and places that cannot be meant.

use super::match_support::Folder;
use assert_cmd::Command;
use std::fs;
use std::path::Path;

const CHILDREN: &str = "sample_id,D3S1358,vWA,TH01\nc1,15/16,17/18,6/9.3\n";
const ADULTS: &str = "sample_id,sex,role,D3S1358,vWA,TH01\na1,M,corpse,15/17,17/19,6/7\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("c.csv"), CHILDREN).unwrap();
    fs::write(folder.path().join("a.csv"), ADULTS).unwrap();
    folder
}

/// Exit code and standard error.
fn filia(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("filia").unwrap().current_dir(folder).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn full_and_closed_outputs_leave_the_results() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let run = |arguments: &[&str], output: Stdio, errors: Stdio| {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("filia"));
        let command = command.current_dir(folder.path()).args(arguments).stdout(output).stderr(errors);
        command.spawn().unwrap().wait_with_output().unwrap()
    };
    let matched = |out: &'static str| ["match", "--children", "c.csv", "--candidates", "a.csv", "--out", out];
    for (out, errors) in [("full", full()), ("closed", closed())] {
        assert_eq!(run(&matched(out), Stdio::null(), errors).status.code(), Some(0), "{out}");
        assert!(folder.path().join(out).join("matches.csv").exists());
    }
    for arguments in [&["check", "c.csv"][..], &["frequencies", "list"], &["frequencies", "show", "nist1036:cauc"]] {
        for (output, code) in [(full(), 2), (closed(), 141)] {
            let done = run(arguments, output, Stdio::piped());
            let errors = String::from_utf8(done.stderr).unwrap();
            assert_eq!(done.status.code(), Some(code), "{arguments:?} {errors}");
            assert!(errors.lines().count() <= 1 && !errors.contains("panicked"), "{errors}");
        }
        assert_eq!(run(arguments, full(), full()).status.code(), Some(2));
    }
    assert_eq!(run(&["match", "--no-such-flag"], full(), full()).status.code(), Some(2));
}

#[test]
fn nothing_that_a_terminal_would_obey_reaches_it() {
    let folder = folder();
    let adults =
        "sample_id,sex,vWA,\u{1b}[31mred\n\"\u{1b}]0;title\u{7}x\",M,abc,1\n\"y\nfilia: all is well\",F,\u{202e}17,2\n";
    fs::write(folder.path().join("a.csv"), adults).unwrap();
    let strange = "no\u{1b}[2Jsuch\nfile.csv";
    for arguments in [
        &["match", "--children", "c.csv", "--candidates", "a.csv", "--out", "out"][..],
        &["match", "--children", "c.csv", "--candidates", "a.csv", "--strict", "--out", "strict"],
        &["match", "--children", strange, "--candidates", "a.csv", "--out", "none"],
        &["check", "a.csv"],
        &[
            "explain",
            "--children",
            "c.csv",
            "--candidates",
            "a.csv",
            "--child",
            "c1",
            "--candidate",
            "y\nfilia: all is well",
        ],
        &["check", "--\u{1b}[31m"],
        &["match", "--relationship", "\u{1b}[31m\nfilia: all is well"],
        &["match", "--relationship=\u{1b}[31m"],
    ] {
        let output = Command::cargo_bin("filia").unwrap().current_dir(folder.path()).args(arguments).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let obeyed = text.chars().find(|letter| (letter.is_control() && *letter != '\n') || *letter == '\u{202e}');
        assert_eq!(obeyed, None, "{arguments:?}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("filia: all is well")), "{arguments:?}: {text}");
    }
    let rejected = fs::read_to_string(folder.path().join("out/rejected.csv")).unwrap();
    assert!(rejected.contains("\u{1b}]0;title\u{7}x"), "tables hold data as they are: {rejected:?}");
}

#[test]
fn a_quote_without_an_end_is_told_with_its_line() {
    let folder = folder();
    let row = |at: usize| format!("b{at},M,15/17,17/19,6/7\n");
    let rows = |range: std::ops::Range<usize>| range.map(row).collect::<String>();
    // In a cell that is closed by the last row's quote; in one that nothing closes; with one row in between, where the
    // cells that are left would be those of another.
    for (swallowed, lines, used) in [
        (format!("{}s,M,\"15/17,17/19,6/7\n{}\"last\",M,15/17,17/19,6/7\n", row(0), rows(1..2000)), (3, 2003), 1),
        (format!("{}s,M,\"15/17,17/19,6/7\n{}", row(0), rows(1..30)), (3, 32), 1),
        (format!("{}s,M,\"15/17,17/19,6/7\nt,M,\"15/17,17/19,6/7\n{}", row(0), rows(1..3)), (3, 4), 3),
    ] {
        fs::write(folder.path().join("a.csv"), format!("sample_id,sex,D3S1358,vWA,TH01\n{swallowed}")).unwrap();
        let run = |more: &[&str]| {
            filia(
                folder.path(),
                &[&["match", "--children", "c.csv", "--candidates", "a.csv", "--out", "out", "--force"][..], more]
                    .concat(),
            )
        };
        let (code, errors) = run(&[]);
        let (first, last) = lines;
        let told = format!("note: a.csv, line {first}: a quote that is not closed swallows the rows to line {last}");
        assert!(code == 0 && errors.contains(&told), "{errors}");
        assert!(errors.contains(&format!("1 child, {used} candidate")), "{errors}");
        let (code, errors) = run(&["--strict"]);
        assert!(code == 2 && errors.contains(&format!("a.csv, line {first}")), "{errors}");
    }
    // A remark of several lines is none.
    let remark =
        "sample_id,sex,D3S1358,vWA,TH01,remark\na1,M,15/17,17/19,6/7,\"found, with\nothers, at\nthe north gate\"\n";
    fs::write(folder.path().join("a.csv"), remark).unwrap();
    let (code, errors) =
        filia(folder.path(), &["match", "--children", "c.csv", "--candidates", "a.csv", "--out", "remark", "--strict"]);
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn numbers_that_cannot_be_meant_are_refused() {
    let folder = folder();
    let identify = ["identify", "--remains", "a.csv", "--relatives", "a.csv", "--pedigrees", "a.csv", "--out", "o"];
    let matched = ["match", "--children", "c.csv", "--candidates", "a.csv", "--out", "o"];
    for (command, arguments) in [
        (&identify[..], &["--merge-remains", "--merge-min-log10-lr", "nan"][..]),
        (&identify, &["--merge-remains", "--merge-min-log10-lr=-inf"]),
        (&identify, &["--assignments", "18446744073709551615"]),
        (&identify, &["--min-log10-lr", "nan"]),
        (&matched, &["--min-log10-lr", "inf"]),
        (&matched, &["--top", "0"]),
        (&matched, &["--top=-1"]),
        (&matched, &["--threads", "1025"]),
        (&matched, &["--threads", "0"]),
        (&matched, &["--interval-draws", "18446744073709551615"]),
        (&matched, &["--max-memory", "nanGB"]),
        (&["power"], &["--draws", "18446744073709551615"]),
        (&["power"], &["--thresholds", "nan"]),
        (&["power"], &["--rates", "nan"]),
        (&["power"], &["--drop-out", "nan"]),
        (&["calibrate", "demo"], &["--mutation-factor", "inf"]),
        (&["calibrate", "demo"], &["--other-theta", "nan"]),
        (&["diff", "o", "o"], &["--tolerance", "nan"]),
        (&["lr", "c.json"], &["--tolerance=-1"]),
    ] {
        let (code, errors) = filia(folder.path(), &[command, arguments].concat());
        let named = arguments.iter().rev().find_map(|argument| argument.strip_prefix("--")).unwrap();
        let named = named.split('=').next().unwrap().replace("interval-draws", "draws");
        assert!(code == 2 && !errors.contains("panicked"), "{arguments:?}: {errors}");
        assert!(errors.contains(named.as_str()), "{arguments:?}: {errors}");
    }
    assert!(!folder.path().join("o").exists());
    let most = ["--top", "18446744073709551615"];
    let (code, errors) = filia(folder.path(), &[&matched[..], &most].concat());
    assert_eq!(code, 0, "{errors}");
}

#[test]
fn a_case_that_cannot_be_counted_is_refused() {
    let folder = folder();
    let family =
        |count: &str| format!("[[families]]\ncount = {count}\npeople = [{{ id = \"C\", samples = [\"child\"] }}]\n");
    for counts in
        [&["18446744073709551615", "3"][..], &["9223372036854775807", "9223372036854775807", "4"], &["1000000000001"]]
    {
        let text: String = counts.iter().map(|count| family(count)).collect();
        fs::write(folder.path().join("case.toml"), text).unwrap();
        let (code, errors) = filia(folder.path(), &["simulate", "case.toml", "--out", "o"]);
        assert_eq!(code, 2, "{errors}");
        assert!(errors.starts_with("filia: case.toml") && errors.lines().count() == 1, "{errors}");
        assert!(!folder.path().join("o").exists());
    }
}

#[test]
fn simulated_cells_are_harmless_like_all_others() {
    let folder = folder();
    let case = "[[families]]\npeople = [{ id = \"=F\", samples = [\"corpse\"] }, { id = \"C\", father = \"=F\", samples = [\"child\"] }]\n\
                [roles.corpse]\nid_prefix = \"=HYPERLINK(1)\"\n";
    fs::write(folder.path().join("case.toml"), case).unwrap();
    let (code, errors) = filia(folder.path(), &["simulate", "case.toml", "--out", "o"]);
    assert_eq!(code, 0, "{errors}");
    for entry in fs::read_dir(folder.path().join("o")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let risky = text.split(['\n', ',']).find(|cell| cell.starts_with('='));
        assert!(path.extension().unwrap() == "json" || risky.is_none(), "{}: {risky:?}", path.display());
    }
    assert!(fs::read_to_string(folder.path().join("o/truth.csv")).unwrap().contains("'=HYPERLINK"));
}

#[test]
fn the_manifest_of_a_case_is_checked_before_it_is_believed() {
    let folder = folder();
    let (code, errors) = filia(folder.path(), &["match", "--children", "c.csv", "--candidates", "a.csv", "--out", "o"]);
    assert_eq!(code, 0, "{errors}");
    let manifest = folder.path().join("o/manifest.json");
    let mut value: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    value["settings"]["population"]["theta"] = 7.5.into();
    fs::write(&manifest, value.to_string()).unwrap();
    let (code, errors) = filia(folder.path(), &["power", "--case", "o"]);
    assert!(code == 2 && errors.contains("setting `population.theta`: found 7.5"), "{errors}");
}

#[cfg(unix)]
#[test]
fn a_link_that_points_nowhere_is_refused_before_the_work() {
    let folder = folder();
    std::os::unix::fs::symlink(folder.path().join("nowhere/at/all"), folder.path().join("link")).unwrap();
    for arguments in [
        &["match", "--children", "none.csv", "--candidates", "none.csv", "--out", "link"][..],
        &["pack", "none.csv", "--out", "link"],
        &["simulate", "demo", "--out", "link"],
        &["demo", "--out", "link"],
    ] {
        let (code, errors) = filia(folder.path(), arguments);
        assert!(code == 2 && errors.contains("points nowhere") && errors.contains("link"), "{arguments:?}: {errors}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[cfg(unix)]
#[test]
fn pack_leaves_nothing_when_it_is_killed() {
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let row = |at: usize| format!("s{at},15/16,17/18\n");
    let rows: String = (0..200_000).map(row).collect();
    fs::write(folder.path("many.csv"), format!("sample_id,D3S1358,vWA\n{rows}")).unwrap();
    for wait in [20, 100, 300, 700] {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("filia"));
        let command = command.current_dir(folder.path("")).args(["pack", "many.csv", "--out", "p.parquet"]);
        let mut run = command.stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = run.kill();
        run.wait().unwrap();
        let names =
            fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let names: Vec<_> = names.filter(|name| name != "p.parquet").collect();
        assert_eq!(names, ["many.csv"]);
    }
}

#[test]
fn rows_of_one_id_and_thousands_of_files_take_time_in_proportion() {
    let folder = folder();
    let mut rows = String::from("sample_id,D3S1358,vWA,TH01\n");
    (0..40_000).for_each(|at| rows.push_str(&format!("x,{}/15,17/18,6/7\n", 10 + at % 9)));
    rows.push_str("y,15/16,17/18,6/7\n");
    fs::write(folder.path().join("one_id.csv"), rows).unwrap();
    let files: Vec<String> = (0..3000).map(|at| format!("f{at}.csv")).collect();
    for (at, name) in files.iter().enumerate() {
        let text = format!("sample_id,D3S1358,vWA,X{}\ns{at},15/16,17/18,\nshared,15/17,17/19,\n", at % 3);
        fs::write(folder.path().join(name), text).unwrap();
    }
    let began = std::time::Instant::now();
    let (code, errors) = filia(folder.path(), &["frequencies", "estimate", "one_id.csv"]);
    assert!(code == 0 && errors.contains("40000 cells or rows were not used"), "{errors}");
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let (code, errors) = filia(folder.path(), &[&["frequencies", "estimate"][..], &names].concat());
    assert!(code == 0 && errors.contains("2999 cells or rows were not used"), "{errors}");
    // What grows with the square takes minutes in the first case.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let longest = errors.lines().map(str::len).max().unwrap();
    assert!(longest < 500, "a note names a few files, not thousands: {longest} bytes");
}

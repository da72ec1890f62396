//! Result folders: what is refused, what is replaced, what is left behind.

use super::*;
use std::io::Write;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn force() -> Option<Replaceable> {
    const TABLES: &[TableKind] = &[TableKind { name: "a", key: &[] }, TableKind { name: "b", key: &[] }];
    Some(Replaceable { tables: TABLES, inputs: Vec::new() })
}

fn write(out: &Path, force: Option<Replaceable>, name: &str) -> Result<PathBuf> {
    let folder = RunFolder::create(out, force)?;
    folder.create_file(name)?.write_all(b"data").unwrap();
    folder.create_file(MANIFEST)?.write_all(br#"{"version": "0.1.0", "command": "match"}"#).unwrap();
    folder.commit()
}

#[test]
fn nothing_is_there_before_the_end_and_all_after() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let folder = RunFolder::create(&out, None).unwrap();
    folder.create_file("a.csv").unwrap();
    assert!(!out.exists());
    folder.commit().unwrap();
    assert_eq!(names(place.path()), ["out"]);
    assert_eq!(names(&out), ["a.csv"]);
}

#[test]
fn dropped_it_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = RunFolder::create(&place.path().join("out"), None).unwrap();
    folder.create_file("a.csv").unwrap();
    drop(folder);
    assert!(names(place.path()).is_empty());
}

#[test]
fn an_empty_folder_is_used_and_a_full_one_refused() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    fs::create_dir(&out).unwrap();
    write(&out, None, "a.csv").unwrap();
    let message = write(&out, None, "b.csv").unwrap_err().to_string();
    assert!(message.ends_with("out exists and is not empty: choose another folder, or replace it with --force"));
    assert_eq!(
        (names(place.path()), names(&out)),
        (vec!["out".to_owned()], vec!["a.csv".to_owned(), MANIFEST.to_owned()])
    );
}

#[test]
fn force_replaces_the_whole_folder() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    write(&out, None, "a.csv").unwrap();
    write(&out, force(), "b.csv").unwrap();
    assert_eq!(
        (names(place.path()), names(&out)),
        (vec!["out".to_owned()], vec!["b.csv".to_owned(), MANIFEST.to_owned()])
    );
}

#[test]
fn force_dropped_keeps_the_old_folder() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    write(&out, None, "a.csv").unwrap();
    drop(RunFolder::create(&out, force()).unwrap());
    assert_eq!(
        (names(place.path()), names(&out)),
        (vec!["out".to_owned()], vec!["a.csv".to_owned(), MANIFEST.to_owned()])
    );
}

#[test]
fn what_is_no_result_folder_is_never_replaced() {
    let place = tempfile::tempdir().unwrap();
    let home = place.path().join("home");
    fs::create_dir_all(home.join("documents")).unwrap();
    let message = RunFolder::create(&home, force()).unwrap_err().to_string();
    assert!(message.contains("holds folders (documents)"), "{message}");
    fs::write(place.path().join("file"), "x").unwrap();
    let message = RunFolder::create(&place.path().join("file"), force()).unwrap_err().to_string();
    assert!(message.contains("is a file"), "{message}");
    assert!(matches!(RunFolder::create(Path::new("/"), force()), Err(RunFolderError::NoName { .. })));
}

#[test]
fn nothing_but_results_is_ever_replaced() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    write(&out, None, "a.csv").unwrap();
    fs::write(out.join("notes.txt"), "mine").unwrap();
    write(&out, force(), "b.csv").unwrap();
    assert_eq!(names(&out), ["b.csv", MANIFEST, "notes.txt"]);
    assert_eq!(fs::read(out.join("notes.txt")).unwrap(), b"mine");
    let force = Some(Replaceable { inputs: vec![out.join("b.csv")], ..force().unwrap() });
    let message = RunFolder::create(&out, force).unwrap_err().to_string();
    assert!(message.contains("b.csv, which this run reads"), "{message}");
    assert_eq!(names(&out), ["b.csv", MANIFEST, "notes.txt"]);
}

#[test]
fn left_overs_of_killed_runs_go_and_living_runs_stay() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    fs::create_dir(place.path().join(".out.filia-killed")).unwrap();
    fs::create_dir(place.path().join(".other.filia-killed")).unwrap();
    let living = RunFolder::create(&out, None).unwrap();
    living.create_file("first.csv").unwrap();
    write(&out, None, "second.csv").unwrap();
    assert_eq!(names(&out), [MANIFEST, "second.csv"]);
    assert!(matches!(living.commit(), Err(RunFolderError::NotEmpty { .. })));
    assert_eq!(names(place.path()), [".other.filia-killed", "out"]);
}

#[test]
fn a_folder_set_aside_by_a_killed_run_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    write(&out, None, "a.csv").unwrap();
    fs::rename(&out, set_aside_path(&out)).unwrap();
    assert!(matches!(RunFolder::create(&out, None), Err(RunFolderError::NotEmpty { .. })));
    assert_eq!(
        (names(place.path()), names(&out)),
        (vec!["out".to_owned()], vec!["a.csv".to_owned(), MANIFEST.to_owned()])
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    write(&out, None, "a.csv").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&out), mode(&out.join("a.csv"))), (0o700, 0o600));
}

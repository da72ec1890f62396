//! A run that is interrupted leaves nothing behind, whatever it was doing.
#![cfg(unix)]

use super::match_support::Folder;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// Far longer than any of these runs takes to end.
const SAFETY: Duration = Duration::from_secs(60);

/// A run of the binary; it does not outlive its test.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Run {
    /// Sends a signal; the exit code with which the run ends.
    fn end_by(mut self, signal: &str) -> Option<i32> {
        let sent = Command::new("kill").args([format!("-{signal}"), self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut status = None;
        wait_until("the run has not ended", || {
            status = self.0.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

/// The binary, started in this folder.
fn start(folder: &Folder, arguments: &str) -> Run {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("filia"));
    command.current_dir(folder.path("")).args(arguments.split_whitespace());
    Run(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < SAFETY, "{what}");
        sleep(Duration::from_millis(2));
    }
}

/// Whether a result folder of this name is in the making.
fn is_in_the_making(folder: &Folder, name: &str) -> bool {
    names(folder).iter().any(|entry| entry.starts_with(name) && entry != name)
}

fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path("")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A named pipe: whoever opens it to read waits for a writer that never comes.
fn pipe(folder: &Folder, name: &str) -> PathBuf {
    let path = folder.path(name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// Children and adults with random calls at eight loci.
fn profiles(prefix: &str, role: &str, count: usize) -> String {
    const LOCI: [&str; 8] = ["D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D18S51", "TH01"];
    let mut text = format!("sample_id,role,sex,{}\n", LOCI.join(","));
    let mut state = 12_345_u32;
    let mut draw = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        6 + (state >> 16) % 9
    };
    for number in 0..count {
        let _ = write!(text, "{prefix}{number},{role},{}", ["female", "male"][number % 2]);
        for _ in LOCI {
            let _ = write!(text, ",\"{},{}\"", draw(), draw());
        }
        text.push('\n');
    }
    text
}

fn case() -> Folder {
    let folder = Folder::new();
    folder.write("children.csv", profiles("C", "child", 60));
    folder.write("adults.csv", profiles("D", "detainee", 3000));
    folder
}

/// Every couple is wanted: minutes of work.
const ENDLESS: &str =
    "match --children children.csv --candidates adults.csv --out out --min-log10-lr none --top 4000000";

#[test]
fn interrupted_at_any_moment_nothing_is_left() {
    let folder = case();
    for (round, delay) in [0, 3, 10, 30, 60, 100, 200, 400].into_iter().enumerate() {
        let run = start(&folder, ENDLESS);
        wait_until("no folder in the making", || is_in_the_making(&folder, ".out"));
        sleep(Duration::from_millis(delay));
        assert_eq!(run.end_by(["INT", "TERM"][round % 2]), Some(130), "after {delay} ms");
        assert_eq!(names(&folder), ["adults.csv", "children.csv"], "after {delay} ms");
    }
}

/// Gives rows to whoever reads a pipe, and then no more.
struct Feeder {
    begun: Receiver<()>,
    until: Sender<()>,
    thread: JoinHandle<()>,
}

impl Feeder {
    fn start(pipe: PathBuf, text: String) -> Self {
        let (told, begun) = channel();
        let (until, ended) = channel();
        let thread = spawn(move || {
            // Opens once the other end is open.
            let mut writer = std::fs::OpenOptions::new().write(true).open(pipe).unwrap();
            let _ = told.send(());
            // A reader that was ended takes no more.
            let _ = writer.write_all(text.as_bytes());
            let _ = ended.recv();
        });
        Self { begun, until, thread }
    }

    /// Closes the pipe: nothing of it is left for the next reader.
    fn end(self) {
        drop(self.until);
        self.thread.join().unwrap();
    }
}

#[test]
fn interrupted_while_it_reads() {
    let folder = case();
    pipe(&folder, "pipe.csv");
    let commands = [
        "match --children children.csv --candidates pipe.csv --out out",
        "match --children children.csv --candidates pipe.csv --out out --max-memory 4GiB",
        "identify --remains adults.csv --relatives children.csv --pedigrees pipe.csv --out out",
        "identify --remains pipe.csv --relatives children.csv --pedigrees families.csv --out out",
        "calibrate --children children.csv --candidates pipe.csv --out out",
        "pack adults.csv pipe.csv --out panel.parquet",
        "check pipe.csv",
    ];
    folder.write("families.csv", families(1));
    for command in commands {
        let run = start(&folder, command);
        let feeder = Feeder::start(folder.path("pipe.csv"), profiles("D", "detainee", 2000));
        feeder.begun.recv_timeout(SAFETY).unwrap();
        assert_eq!(run.end_by("INT"), Some(130), "{command}");
        feeder.end();
        assert_eq!(names(&folder), ["adults.csv", "children.csv", "families.csv", "pipe.csv"], "{command}");
    }
}

/// Families of three missing brothers each, with a typed sister or brother.
fn families(count: usize) -> String {
    let family = |at: usize| {
        let child = |id: &str, sex: &str, missing: &str| format!("{at},{id}{at},F{at},M{at},{sex},{missing}\n");
        let brothers: String = ["X", "Y", "Z"].map(|id| child(id, "male", "yes")).concat();
        format!("{at},F{at},,,male,\n{at},M{at},,,female,\n") + &child("C", ["female", "male"][at % 2], "") + &brothers
    };
    "family_id,person_id,father_id,mother_id,sex,missing\n".to_owned() + &(0..count).map(family).collect::<String>()
}

#[test]
fn interrupted_while_it_identifies() {
    let folder = Folder::new();
    // With theta above 0 the joint answer of each family alone takes some ten seconds.
    folder.write("families.csv", families(40));
    folder.write("relatives.csv", profiles("C", "relative", 40));
    folder.write("remains.csv", profiles("R", "corpse", 400));
    let run =
        start(&folder, "identify --remains remains.csv --relatives relatives.csv --pedigrees families.csv --out out");
    wait_until("no folder in the making", || is_in_the_making(&folder, ".out"));
    sleep(Duration::from_millis(300));
    assert_eq!(run.end_by("INT"), Some(130));
    assert_eq!(names(&folder), ["families.csv", "relatives.csv", "remains.csv"]);
}

#[test]
fn interrupted_while_it_calibrates() {
    let folder = Folder::new();
    for delay in [0, 50, 300] {
        let run = start(&folder, "calibrate demo --cases 1000000 --out out");
        wait_until("no folder in the making", || is_in_the_making(&folder, ".out"));
        sleep(Duration::from_millis(delay));
        assert_eq!(run.end_by("INT"), Some(130), "after {delay} ms");
        assert_eq!(names(&folder), [""; 0], "after {delay} ms");
    }
}

#[test]
fn interrupted_while_it_packs() {
    let folder = Folder::new();
    folder.write("adults.csv", profiles("D", "detainee", 60_000));
    for delay in [0, 5, 20] {
        let run = start(&folder, "pack adults.csv --out panel.parquet --force");
        wait_until("nothing is packed", || names(&folder).len() > 1);
        sleep(Duration::from_millis(delay));
        // The file appears at the end of the run: too late for the signal, or not at all.
        match run.end_by("INT") {
            Some(130) => {}
            Some(0) => assert!(folder.path("panel.parquet").exists(), "after {delay} ms"),
            other => panic!("exit code {other:?} after {delay} ms"),
        }
        assert!(names(&folder).iter().all(|name| ["adults.csv", "panel.parquet"].contains(&&name[..])));
        let _ = std::fs::remove_file(folder.path("panel.parquet"));
    }
}

#[test]
fn interrupted_while_it_writes_old_results_stay() {
    let folder = Folder::new();
    let couples = "[[families]]\ncount = 3000000\npeople = [{ id = \"P\", samples = [\"child\"] }]\n";
    folder.write("case.toml", couples);
    std::fs::create_dir(folder.path("out")).unwrap();
    folder.write("out/children.csv", "old");
    folder.write("out/manifest.json", r#"{"version": "0.1.0", "command": "simulate"}"#);
    let run = start(&folder, "simulate case.toml --out out --force");
    let written = || {
        let mut entries = std::fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().path());
        entries.any(|path| path.join("children.csv").metadata().is_ok_and(|file| file.len() > 100_000))
    };
    wait_until("nothing is written", written);
    assert_eq!(run.end_by("INT"), Some(130));
    assert_eq!(names(&folder), ["case.toml", "out"]);
    assert_eq!(std::fs::read(folder.path("out/children.csv")).unwrap(), b"old");
}

#[test]
fn interrupted_without_any_file() {
    let folder = Folder::new();
    let run = start(&folder, "power --draws 1000000000");
    // Nothing shows from outside that the run is under way; before it listens the signal itself ends it.
    sleep(Duration::from_millis(300));
    assert_eq!(run.end_by("INT"), Some(130));
}

//! `filia pack`: the packed panel stands in place of the files that it was made from.

use assert_cmd::Command;
use filia::{
    io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    profile::{DropOutByRole, Role},
};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

const CHILDREN: &str = "\
sample_id,sex,birth_year_min,site,family_id,mother_id,drop_out,D3S1358,vWA,TH01,FGA,Amelogenin
c1,F,2015,north,f1,m1,,\"15,16\",\"17,18\",\"6,9.3\",\"20,21\",X
c2,,,,,,0.05,\"15,15\",OL,\"7,8,9\",abc,\"X,Y\"
c3,F,,,,,,\"14,16\",17,6,\"21,22\",\"X,Y\"
c3,F,,,,,,\"14,16\",17,6,\"21,22\",\"X,Y\"
c4,M,,,,,,\"14,16\",17,6,\"21,22\",
c4,M,,,,,,\"14,17\",17,6,\"21,22\",
,M,,,,,,\"14,17\",17,6,\"21,22\",
";

const ADULTS: &str = "\
Sample Name;role;sex;birth_year;population;D3S1358;vWA;TH01;D18S51;ignored
m1;detainee;F;1980;here;15/17;17/19;9.3/7;12/13;x
d2;corpse;M;1975;;15/16;18/18;6/6;-;y
d3;;M;;;14/15;17/20;6/8;14/15;z
c1;;;;;15/16;17/18;6/9.3;;
";

struct Folder(tempfile::TempDir);

impl Folder {
    /// A folder with the two files above.
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::write(folder.path("children.csv"), CHILDREN).unwrap();
        fs::write(folder.path("adults.csv"), ADULTS).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Exit code, standard output and standard error of `filia` with these arguments, in this folder.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::cargo_bin("filia").unwrap();
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn pack(&self, files: &[&str], out: &str) {
        let (code, _, errors) = self.run(&[&["pack"], files, &["--out", out]].concat());
        assert_eq!(code, 0, "{errors}");
    }

    fn read(&self, names: &[&str], roles: &[Option<Role>]) -> ReadProfiles {
        let drop_out_by_role = DropOutByRole { corpse: 0.2, child: 0.1, ..DropOutByRole::default() };
        let options = ReadOptions { drop_out: drop_out_by_role.into(), ..ReadOptions::default() };
        let source = |(name, &default_role): (&&str, _)| ProfileSource { path: self.path(name), default_role };
        read_panel(&names.iter().zip(roles).map(source).collect::<Vec<_>>(), &options).unwrap()
    }
}

/// Everything of the profiles but the names of the files.
fn describe(profiles: &ReadProfiles) -> String {
    let panel = &profiles.panel;
    let mut text = format!("{:?}\n", panel.loci());
    for sample in panel.indices() {
        let seen =
            (0..panel.loci().len()).map(|locus| (panel.profile(sample).code(locus), panel.observation(sample, locus)));
        let seen: Vec<_> = seen.collect();
        let line = profiles.origins.line(sample);
        let _ = writeln!(text, "{line} {:?} {seen:?}", panel.sample(sample));
    }
    for rejected in &profiles.rejected.to_vec().unwrap() {
        let (column, locus) = (&rejected.column, &rejected.locus);
        let _ = writeln!(text, "{} {column} {locus:?} {} {}", rejected.line, rejected.value, rejected.reason);
    }
    text
}

#[test]
fn a_packed_panel_reads_like_its_files() {
    let folder = Folder::new();
    folder.pack(&["children.csv"], "children.parquet");
    folder.pack(&["children.csv", "adults.csv"], "both.parquet");
    folder.pack(&["both.parquet"], "again.parquet");
    let child = Some(Role::Child);
    let (plain, packed) = (["children.csv", "adults.csv"], ["children.parquet", "adults.csv"]);
    // a packed file calls its sources as they were named when it was packed: here without the folder
    let here = format!("{}/", folder.0.path().display());
    let describe = |profiles: &ReadProfiles| describe(profiles).replace(&here, "");
    assert_eq!(describe(&folder.read(&plain, &[child, None])), describe(&folder.read(&packed, &[child, None])));
    let both = describe(&folder.read(&plain, &[None, None]));
    assert_eq!(both, describe(&folder.read(&["both.parquet"], &[None])));
    assert_eq!(both, describe(&folder.read(&["again.parquet"], &[None])));
    assert!(both.contains("off-ladder"), "{both}");
}

#[test]
fn runs_on_packed_panels_write_the_same_tables() {
    let folder = Folder::new();
    folder.pack(&["children.csv"], "c.parquet");
    folder.pack(&["adults.csv"], "a.parquet");
    for (out, children, candidates) in [("plain", "children.csv", "adults.csv"), ("packed", "c.parquet", "a.parquet")] {
        let inputs = ["--children", children, "--candidates", candidates, "--min-log10-lr", "none"];
        let (code, _, errors) = folder.run(&[&["match"], &inputs[..], &["--out", out]].concat());
        assert_eq!(code, 0, "{errors}");
    }
    for table in ["matches.csv", "couples.csv", "direct_matches.csv", "rejected.csv"] {
        let read = |run: &str| fs::read_to_string(folder.path(run).join(table)).unwrap();
        assert_eq!(read("plain"), read("packed"), "{table}");
    }
    let problems = |file: &str| folder.run(&["check", file, "--format", "csv"]);
    assert_eq!(problems("children.csv"), problems("c.parquet"));
}

#[test]
fn what_is_at_the_place_is_replaced_only_when_asked() {
    let folder = Folder::new();
    folder.pack(&["adults.csv"], "a.parquet");
    let (code, _, errors) = folder.run(&["pack", "adults.csv", "--out", "a.parquet"]);
    assert_eq!((code, errors.as_str()), (2, "filia: --out a.parquet: the file exists (replace it with --force)\n"));
    assert_eq!(folder.run(&["pack", "adults.csv", "--out", "a.parquet", "--force"]).0, 0);
    assert_eq!(folder.run(&["pack", "adults.csv", "--out", "nowhere/a.parquet"]).0, 2);
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 3, "nothing is left behind");
}

#[cfg(unix)]
#[test]
fn a_packed_panel_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.pack(&["adults.csv"], "a.parquet");
    assert_eq!(fs::metadata(folder.path("a.parquet")).unwrap().permissions().mode() & 0o777, 0o600);
}

fn refusal(path: &Path) -> String {
    let source = ProfileSource { path: path.to_owned(), default_role: None };
    read_panel(&[source], &ReadOptions::default()).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_damaged_file_is_refused_wherever_the_damage_is() {
    let folder = Folder::new();
    folder.pack(&["adults.csv"], "a.parquet");
    let whole = fs::read(folder.path("a.parquet")).unwrap();
    let damaged = folder.path("damaged.parquet");
    for at in (4..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&damaged, &bytes).unwrap();
        assert!(refusal(&damaged).contains("damaged.parquet: "), "byte {at}");
        fs::write(&damaged, &whole[..at]).unwrap();
        assert!(refusal(&damaged).contains("cut short"), "{at} bytes");
    }
    let (code, _, errors) = folder.run(&["check", "damaged.parquet"]);
    let expected = "filia: damaged.parquet: the packed panel is damaged or cut short (its checksum is not that of its \
                    content): copy it again, or pack the profiles again\n";
    assert_eq!((code, errors.as_str()), (2, expected));
}

/// Where the checksum of a packed panel stands, and what it is of.
const CHECKSUM: std::ops::Range<usize> = 16..48;

/// The bytes with the checksum that they should have.
fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = Sha256::digest(&bytes[CHECKSUM.end..]);
    bytes[CHECKSUM].copy_from_slice(&sum);
    bytes
}

/// Says another version of the layout (one digit), and returns the one that was said.
fn set_version(bytes: &mut [u8], version: u8) -> u8 {
    const KEY: &[u8] = b"\"version\":";
    let at = bytes.windows(KEY.len()).position(|window| window == KEY).unwrap() + KEY.len();
    let at = at + usize::from(bytes[at] == b' ');
    std::mem::replace(&mut bytes[at], version)
}

#[test]
fn damage_with_a_right_checksum_is_refused_without_a_panic() {
    let folder = Folder::new();
    folder.pack(&["adults.csv"], "a.parquet");
    let version = set_version(&mut fs::read(folder.path("a.parquet")).unwrap(), b'0');
    for name in ["byte229_0", "byte417_2", "byte997_0", "column_of_negative_length", "dictionary_at_a_negative_place"] {
        let path = format!("{}/tests/data/packs/{name}.parquet", env!("CARGO_MANIFEST_DIR"));
        let mut bytes = fs::read(path).unwrap();
        set_version(&mut bytes, version);
        fs::write(folder.path("damaged.parquet"), seal(bytes)).unwrap();
        let mut check = Command::cargo_bin("filia").unwrap();
        let output = check.current_dir(folder.path("")).args(["check", "damaged.parquet"]).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.lines().count() == 1 && errors.contains("the packed panel is damaged"), "{errors}");
    }
}

#[test]
fn any_byte_may_be_wrong_under_a_right_checksum() {
    let folder = Folder::new();
    folder.pack(&["adults.csv"], "a.parquet");
    let whole = fs::read(folder.path("a.parquet")).unwrap();
    let damaged = folder.path("damaged.parquet");
    let source = [ProfileSource { path: damaged.clone(), default_role: None }];
    let mut refused = 0;
    for at in (CHECKSUM.end..whole.len()).step_by(3) {
        for wrong in [0x00, 0x7F, 0xFF] {
            let mut bytes = whole.clone();
            bytes[at] = wrong;
            fs::write(&damaged, seal(bytes)).unwrap();
            // Some bytes say nothing (names, padding): what may not happen is a panic, or memory without end.
            refused += u32::from(read_panel(&source, &ReadOptions::default()).is_err());
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn parquet_of_others_is_refused() {
    let folder = Folder::new();
    fs::write(folder.path("other.parquet"), [&b"PAR1"[..], &[7; 100], b"PAR1"].concat()).unwrap();
    assert!(refusal(&folder.path("other.parquet")).contains("no panel that `filia pack` wrote"));
}

#[test]
fn too_many_drop_out_probabilities_end_with_the_remedy() {
    let folder = Folder::new();
    let mut text = String::from("sample_id,drop_out,vWA\n");
    for row in 0..66_000 {
        let _ = writeln!(text, "s{row},0.{row:05}1,17");
    }
    fs::write(folder.path("many.csv"), text).unwrap();
    let (code, _, errors) = folder.run(&["check", "many.csv"]);
    assert_eq!(code, 2);
    assert!(errors.contains("many.csv: vWA: more than 65,536 distinct observations"), "{errors}");
    assert!(errors.contains("round the drop_out column, to 2 decimals for example"), "{errors}");
}

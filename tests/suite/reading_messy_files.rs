//! Files as laboratories send them: each row of `tests/data/profiles` is there for one kind of trouble.

use filia::{
    io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    profile::{BirthYears, DropOutByRole, LocusName, Panel, Role, Sex},
};
use std::path::{Path, PathBuf};

fn source(name: &str) -> ProfileSource {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/profiles").join(name);
    ProfileSource { path, default_role: None }
}

fn read(name: &str) -> ReadProfiles {
    read_panel(&[source(name)], &ReadOptions::default()).unwrap()
}

fn call(panel: &Panel, id: &str, locus: &str) -> String {
    let locus = panel.locus_position(&LocusName::new(locus)).unwrap();
    panel.observation(panel.find(id).unwrap(), locus).call.to_string()
}

fn ids(panel: &Panel) -> Vec<&str> {
    panel.indices().map(|sample| panel.id(sample)).collect()
}

#[test]
fn a_messy_table_gives_what_is_good_in_it() {
    let read = read("messy.csv");
    let panel = &read.panel;
    assert_eq!(ids(panel), ["C-01", "C-02", "C-03", "D-01", "D-02", "D-03", "D-04"]);
    for (id, locus, expected) in [
        ("C-01", "D3S1358", "15,16"),
        ("C-01", "TH01", "9.3"),
        ("C-02", "D3S1358", "15,16"),
        ("C-02", "vWA", "17,18"),
        ("C-02", "Penta E", "-"),
        ("C-03", "vWA", "-"),
        ("C-03", "TH01", "-"),
        ("C-03", "Penta E", "(3+)"),
        ("D-02", "Penta E", "-"),
        ("D-04", "D3S1358", "-"),
        ("D-04", "vWA", "17,18"),
    ] {
        assert_eq!(call(panel, id, locus), expected, "{id} {locus}");
    }
    let sample = |id: &str| panel.find(id).unwrap();
    assert_eq!(panel.sex(sample("C-03")), Sex::Unknown, "neither the column nor amelogenin is believed");
    assert!(panel.sex_conflict(sample("C-03")) && panel.sex_conflicts().len() == 1);
    assert_eq!(panel.sex(sample("D-03")), Sex::Male, "amelogenin tells where the column is empty");
    assert_eq!(panel.role(sample("C-02")), Some(Role::Child));
    assert_eq!(panel.birth_years(sample("D-01")), Some(BirthYears { earliest: 1987, latest: 1987 }));
    assert_eq!(panel.loci().len(), 4, "no amelogenin, no Y-chromosomal locus");
}

#[test]
fn what_is_left_out_is_listed_in_the_order_of_the_file() {
    let read = read("messy.csv");
    let rejected = read.rejected.to_vec().unwrap();
    let listed: Vec<(u64, &str, &str, &str)> =
        rejected.iter().map(|entry| (entry.line, &*entry.column, entry.value.as_str(), entry.reason.kind())).collect();
    assert_eq!(
        listed,
        [
            (6, "AMEL", "X,X", "sex contradicts amelogenin"),
            (6, "VWA", "OL", "off-ladder allele"),
            (6, "THO1", "6,OL", "off-ladder allele"),
            (6, "Penta_E", "7,8,9", "three or more alleles"),
            (7, "Sample Name", "", "no sample id"),
            (9, "Role", "prisoner", "unknown role"),
            (9, "Gender", "often", "unknown sex"),
            (9, "Year of birth", "long ago", "unusable birth year"),
            (9, "D3-S1358", "15,x", "not an allele"),
            (9, "VWA", "<8", "off-ladder allele"),
            (9, "THO1", "6,?", "off-ladder allele"),
            (11, "", "", "repeated row"),
            (12, "D3S1358", "15,16", "conflicting rows"),
            (13, "D3S1358", "15,17", "conflicting rows"),
            (14, "", "", "wrong number of cells"),
            (16, "", "", "wrong number of cells"),
        ]
    );
    assert!(read.notes.iter().any(|note| note.contains("DYS391")), "{:?}", read.notes);
    assert!(read.notes.iter().any(|note| note.contains("remarks")), "{:?}", read.notes);
}

#[test]
fn latin_1_semicolons_and_decimal_commas() {
    let read = read("latin1_semicolon.csv");
    assert_eq!(ids(&read.panel), ["Müller", "Renée"]);
    assert_eq!(read.panel.site(read.panel.find("Müller").unwrap()), Some("Köln"));
    assert_eq!(call(&read.panel, "Müller", "D3S1358"), "15,16");
    assert_eq!(call(&read.panel, "Müller", "TH01"), "9.3");
    assert_eq!(call(&read.panel, "Renée", "TH01"), "6,9.3");
    assert_eq!(read.rejected.to_vec().unwrap(), []);
}

#[test]
fn second_headers_blank_and_decimal_commas() {
    let read = read("two_columns_decimal_comma.txt");
    assert_eq!(call(&read.panel, "A", "TH01"), "6,9.3");
    assert_eq!(call(&read.panel, "A", "D3S1358"), "15");
    assert_eq!(call(&read.panel, "A", "SE33"), "25.2,30.2");
    assert_eq!(call(&read.panel, "B", "TH01"), "9.3");
    assert_eq!(call(&read.panel, "B", "SE33"), "-");
    assert_eq!(read.rejected.to_vec().unwrap(), []);
}

#[test]
fn a_genotype_table_with_off_ladder_peaks() {
    let read = read("genotype_table.txt");
    let panel = &read.panel;
    assert_eq!(call(panel, "POS1", "D3S1358"), "15,16");
    assert_eq!(call(panel, "POS1", "vWA"), "17");
    assert_eq!(call(panel, "POS1", "TH01"), "-", "two rows that differ");
    assert_eq!(call(panel, "POS2", "D3S1358"), "-");
    assert_eq!(call(panel, "POS2", "vWA"), "(3+)");
    assert_eq!(panel.sex(panel.find("POS1").unwrap()), Sex::Male);
    assert_eq!(panel.sex(panel.find("POS2").unwrap()), Sex::Female);
    let rejected = read.rejected.to_vec().unwrap();
    let listed: Vec<(u64, &str)> = rejected.iter().map(|entry| (entry.line, entry.reason.kind())).collect();
    assert_eq!(
        listed,
        [
            (3, "conflicting rows"),
            (4, "off-ladder allele"),
            (8, "off-ladder allele"),
            (9, "three or more alleles"),
            (11, "unknown locus"),
            (12, "conflicting rows"),
        ]
    );
}

#[test]
fn carriage_returns_and_utf_16() {
    let returns = read("carriage_returns.txt");
    assert_eq!(call(&returns.panel, "ref 1", "TH01"), "9.3,10");
    assert_eq!(call(&returns.panel, "ref 2", "TH01"), "6");
    assert_eq!(returns.origins.line(returns.panel.find("ref 2").unwrap()), 4);
    assert_eq!(call(&read("utf16.csv").panel, "Zoë", "D3S1358"), "15,16");
}

#[test]
fn a_file_named_twice_is_read_once() {
    let twice = [
        ProfileSource { default_role: Some(Role::Child), ..source("messy.csv") },
        source("utf16.csv"),
        source("messy.csv"),
    ];
    let read = read_panel(&twice, &ReadOptions::default()).unwrap();
    assert_eq!(read.files.len(), 2);
    let sample = read.panel.find("C-01").unwrap();
    assert_eq!(read.origins.sources(sample), [0, 2]);
    assert!(read.came_from_any(read.panel.find("Zoë").unwrap(), &(1..2)));
    assert_eq!(read.panel.role(read.panel.find("D-02").unwrap()), None, "the two options do not agree");
}

#[test]
fn default_roles_and_drop_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "id,role,drop_out,vWA\na,,,17\nb,corpse,,17\nc,corpse,0.25,17\nd,corpse,2,17\n").unwrap();
    let sources = [ProfileSource { path, default_role: Some(Role::Child) }];
    let drop_out_by_role = DropOutByRole { corpse: 0.1, ..DropOutByRole::default() };
    let read =
        read_panel(&sources, &ReadOptions { drop_out: drop_out_by_role.into(), ..ReadOptions::default() }).unwrap();
    let seen: Vec<f64> = read.panel.indices().map(|sample| read.panel.observation(sample, 0).drop_out).collect();
    assert_eq!(seen, [0.0, 0.1, 0.25, 0.1]);
    assert_eq!(read.panel.role(read.panel.find("a").unwrap()), Some(Role::Child));
    assert_eq!(read.rejected.len(), 1);
}

#[test]
fn unquoted_pairs_cannot_hide_in_empty_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    // Each row ends with a comma more than the header; in rows b and c a pair is not quoted, and empty cells follow.
    std::fs::write(&path, "id,vWA,TH01,remark\na,\"17,18\",6,,\nb,17,18,6,,\nc,\"17,18\",6,7,,\n").unwrap();
    let read = read_panel(&[ProfileSource { path, default_role: None }], &ReadOptions::default()).unwrap();
    assert_eq!(ids(&read.panel), ["a"]);
    assert_eq!(read.rejected.to_vec().unwrap().iter().map(|entry| entry.line).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn loci_named_elsewhere_are_loci() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("a.csv");
    std::fs::write(&path, "id,L1_1,L1_2,snp7,colour\na,5,6,A/G,red\n").unwrap();
    let extra_loci = vec![LocusName::new("L1"), LocusName::new("SNP-7")];
    let sources = [ProfileSource { path, default_role: None }];
    let read = read_panel(&sources, &ReadOptions { extra_loci, ..ReadOptions::default() }).unwrap();
    assert_eq!(call(&read.panel, "a", "l1"), "5,6");
    assert_eq!(call(&read.panel, "a", "snp7"), "A,G");
    assert_eq!(read.notes.len(), 1);
}

fn read_text(text: impl AsRef<[u8]>) -> ReadProfiles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    read_panel(&[ProfileSource { path, default_role: None }], &ReadOptions::default()).unwrap()
}

fn listed(read: &ReadProfiles) -> Vec<String> {
    let line = |entry: &filia::io::problems::Rejected| {
        format!("{} {} {} {}", entry.line, entry.sample_id, entry.value, entry.reason.kind())
    };
    read.rejected.to_vec().unwrap().iter().map(line).collect()
}

#[test]
fn third_alleles_are_seen_in_every_layout() {
    for text in ["id,TH01,,,vWA,,\na,6,8,9.3,17,18,\n", "id,TH01_1,TH01_2,TH01_3,vWA_1,vWA_2\na,6,8,9.3,17,18\n"] {
        let read = read_text(text);
        assert_eq!(call(&read.panel, "a", "TH01"), "(3+)");
        assert_eq!(call(&read.panel, "a", "vWA"), "17,18");
        assert_eq!(listed(&read), ["2 a 6,8,9.3 three or more alleles"]);
    }
}

#[test]
fn text_below_blank_headers_is_noted() {
    let read = read_text(",id,TH01,,vWA,FGA\n0,a,6/7,what,17/18,20\n");
    assert!(read.notes[0].ends_with("columns without a header are not used: column 1, 4"), "{:?}", read.notes);
    assert_eq!(read_text(",id,TH01\n,a,6\n").notes, [""; 0]);
}

#[test]
fn long_tables_name_their_y_loci_and_contradicting_sex_tests() {
    let read = read_text(
        "id,Marker,Allele 1,Allele 2\na,AMEL,X,X\na,vWA,17,18\na,DYS391,10,\nb,AMEL,X,\nb,vWA,17,18\nb,Yindel,2,\nb,AMEL,X,Y\n",
    );
    assert!(read.notes[0].ends_with("kept out of the product of loci: DYS391, Yindel"), "{:?}", read.notes);
    assert_eq!(read.panel.sex(read.panel.find("a").unwrap()), Sex::Female);
    assert_eq!(read.panel.sex(read.panel.find("b").unwrap()), Sex::Unknown);
    assert_eq!(listed(&read), ["5 b  conflicting rows", "8 b  conflicting rows"]);
}

#[test]
fn the_first_of_conflicting_long_rows_shows_what_it_had() {
    let read = read_text("id,Marker,Allele 1,Allele 2\na,vWA,17,18\na,vWA,17,19\n");
    assert_eq!(listed(&read), ["2 a 17,18 conflicting rows", "3 a 17,19 conflicting rows"]);
}

#[test]
fn ids_that_cannot_be_cost_their_row() {
    let long = "x".repeat(70_000);
    let start = format!("{}…", "x".repeat(60));
    for (header, cells) in [("id,vWA", "17/18"), ("id,Marker,Allele 1", "vWA,17")] {
        let rows = ["a", &long, "b\0", "c"].map(|id| format!("{id},{cells}\n")).concat();
        let read = read_text(format!("{header}\n{rows}"));
        assert_eq!(ids(&read.panel), ["a", "c"]);
        assert_eq!(listed(&read), [format!("3 {start}  unusable sample id"), "4 b  unusable sample id".to_owned()]);
    }
    let read = read_text("id,vWA,TH01\na,17\0,6\n");
    assert_eq!((call(&read.panel, "a", "vWA"), call(&read.panel, "a", "TH01")), ("-".into(), "6".into()));
}

//! Workbooks (xlsx, ods) as profiles, frequency tables and pedigrees. The xlsx files are written here; `kit.ods` was made by hand.

use super::match_support::Folder;
use super::reading_cells::{call, listed};
use filia::io::{
    frequency_file::load_table,
    pedigree_file::read_pedigrees,
    profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    source::Inputs,
};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use std::path::Path;

fn row(sheet: &mut Worksheet, at: u32, cells: &[&str]) {
    for (column, cell) in (0_u16..).zip(cells) {
        match (cell.parse::<f64>(), *cell) {
            (_, "") => {}
            (Ok(number), _) => drop(sheet.write_number(at, column, number).unwrap()),
            (_, "date") => {
                let format = Format::new().set_num_format("dd/mm/yyyy");
                sheet.write_number_with_format(at, column, 45360.0, &format).unwrap();
            }
            (_, "error") => drop(sheet.write_formula(at, column, Formula::new("=NA()").set_result("#N/A")).unwrap()),
            (_, text) => drop(sheet.write_string(at, column, text).unwrap()),
        }
    }
}

/// A laboratory's workbook: a title, two kits, numbers as Excel holds them, an error, a date, a comment row.
pub fn kits() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Kit A").unwrap();
    row(sheet, 0, &["Mass grave 7"]);
    let header = ["Sample Name", "Sex", "Birth year", "Penta D_1", "Penta D_2", "TH01 (kit A)", "TH01_PP16"];
    row(sheet, 2, &header);
    row(sheet, 3, &["a", "F", "date", "2.2000000000000002", "9", "6,9.3", "6/9.3"]);
    row(sheet, 4, &["# typed again in May"]);
    row(sheet, 5, &["1001", "M", "1987", "12", "error", "9.3", "7/9.3"]);
    row(sheet, 6, &["c", "", "", "date", "9", "6,7", ""]);
    row(sheet, 7, &["d", "", "", "OL", "9", "9.300000000000001", ""]);
    let sheet = workbook.add_worksheet().set_name("Kit B").unwrap();
    row(sheet, 0, &["id", "vWA"]);
    row(sheet, 1, &["a", "16/17"]);
    workbook.save_to_buffer().unwrap()
}

fn read(folder: &Folder, name: &str) -> ReadProfiles {
    let source = ProfileSource { path: folder.path(name), default_role: None };
    read_panel(&[source], &ReadOptions::default()).unwrap()
}

#[test]
fn the_first_sheet_is_read_cell_by_cell_as_the_program_shows_it() {
    let folder = Folder::new();
    folder.write("kits.xlsx", kits());
    let found = read(&folder, "kits.xlsx");
    let ids: Vec<&str> = found.panel.indices().map(|sample| found.panel.id(sample)).collect();
    assert_eq!(ids, ["1001", "a", "c", "d"]);
    for (id, penta, th01) in [("a", "2.2,9", "6,9.3"), ("1001", "12", "-"), ("c", "-", "6,7"), ("d", "-", "9.3")] {
        assert_eq!(["Penta D", "TH01"].map(|locus| call(&found, id, locus)), [penta, th01], "{id}");
    }
    let born = |id: &str| found.panel.birth_years(found.panel.find(id).unwrap()).unwrap().earliest;
    assert_eq!((born("a"), born("1001")), (2024, 1987));
    assert_eq!(
        listed(&found),
        [
            " : comment row",
            "1001 TH01: conflicting columns",
            "c Penta D: date in place of alleles",
            "d Penta D: off-ladder allele"
        ]
    );
    let messages: Vec<String> = found.rejected.to_vec().unwrap().iter().map(ToString::to_string).collect();
    let file = folder.path("kits.xlsx").display().to_string();
    let expected =
        format!("{file}, sheet \"Kit A\", cell D7, column `Penta D_1` (sample c): `2024-03-09,9`: a spreadsheet");
    assert!(messages[2].starts_with(&expected), "{}", messages[2]);
    assert!(messages[0].contains("sheet \"Kit A\", line 5: `# typed again in May`: a comment"), "{}", messages[0]);
    assert!(found.notes.iter().any(|note| note.contains("sheet `Kit A` is read, others are not")), "{:?}", found.notes);
    assert!(found.files[0].format.starts_with("sheet of a workbook (xlsx): wide table (header in line 3"));
}

#[test]
fn a_sheet_can_be_named_and_its_file_is_in_the_manifest() {
    let folder = Folder::new();
    folder.write("kits.xlsx", kits());
    folder.write("c.csv", "id,vWA\nk,16/18\n");
    let mut command = folder.command("match --children c.csv --min-log10-lr none --out out --candidates");
    let output = command.arg("kits.xlsx:kit b").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(folder.table("out/matches.csv")[0]["candidate_id"], "a");
    let inputs = folder.json("out/manifest.json")["inputs"].clone();
    let workbook = inputs.as_array().unwrap().iter().find(|input| input["role"] == "candidates").unwrap().clone();
    assert_eq!((&workbook["path"], &workbook["bytes"]), (&"kits.xlsx:kit b".into(), &kits_length(&folder).into()));
    folder.fail("check kits.xlsx:Kit_C", &["kits.xlsx: no sheet `Kit_C`; found Kit A, Kit B"]);
    folder.fail("check c.csv:Kit_C", &["c.csv: ", "no workbook, so it has no sheet `Kit_C`"]);
    folder.write("x.xlsx", "PK\u{3}\u{4} and nothing more");
    folder.fail("check x.xlsx", &["x.xlsx: this is a zip archive and no spreadsheet"]);
}

fn kits_length(folder: &Folder) -> u64 {
    folder.path("kits.xlsx").metadata().unwrap().len()
}

#[cfg(unix)]
#[test]
fn a_workbook_may_come_through_a_pipe() {
    let folder = Folder::new();
    folder.write("kits.xlsx", kits());
    let (code, of_file, _) = folder.run("check kits.xlsx");
    let output = folder.command("check /dev/stdin").write_stdin(kits()).output().unwrap();
    let of_pipe = String::from_utf8(output.stdout).unwrap().replace("/dev/stdin", "kits.xlsx");
    assert_eq!((output.status.code(), of_pipe), (Some(code), of_file));
}

#[test]
fn an_open_document_is_read_like_a_workbook() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/profiles/kit.ods");
    let found = read_panel(&[ProfileSource { path, default_role: None }], &ReadOptions::default()).unwrap();
    let calls = |id: &str| ["D3S1358", "TH01"].map(|locus| call(&found, id, locus));
    assert_eq!(calls("a"), ["15,16", "6,9.3"]);
    assert_eq!(calls("b"), ["15", "-"]);
    assert_eq!(calls("c"), ["15,17", "9.3"]);
    let messages: Vec<String> = found.rejected.to_vec().unwrap().iter().map(ToString::to_string).collect();
    assert!(
        messages.len() == 1 && messages[0].contains("kit.ods, sheet \"Kit A\", cell D5, column `TH01_1`"),
        "{messages:?}"
    );
}

#[test]
fn frequency_tables_and_pedigrees_come_from_sheets_too() {
    let folder = Folder::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("People").unwrap();
    row(sheet, 0, &["family_id", "person_id", "father_id", "mother_id", "sex", "missing", "comment"]);
    row(sheet, 1, &["F1", "MP", "FA", "", "male", "yes"]);
    row(sheet, 2, &["F1", "FA", "", "", "male", "no", "typed"]);
    row(sheet, 3, &["F1", "X", "", "", "often", "no"]);
    let sheet = workbook.add_worksheet().set_name("Frequencies").unwrap();
    row(sheet, 0, &["Allele", "TH01", "vWA"]);
    row(sheet, 1, &["6", "0.25", ""]);
    row(sheet, 2, &["9.3000000000000007", "0.75", "-0.5"]);
    row(sheet, 3, &["17", "", "1"]);
    let sheet = workbook.add_worksheet().set_name("Good").unwrap();
    row(sheet, 0, &["Allele", "TH01"]);
    row(sheet, 1, &["6", "0.25"]);
    row(sheet, 2, &["9.3000000000000007", "0.75"]);
    workbook.save(folder.path("case.xlsx")).unwrap();
    let inputs = Inputs::default();
    let path = folder.path("case.xlsx").display().to_string();
    let table = load_table(&format!("{path}:Good"), &inputs).unwrap();
    let alleles: Vec<String> = table.loci[0].frequencies.iter().map(|entry| entry.0.to_string()).collect();
    assert_eq!((table.name.as_str(), alleles), ("case:Good", vec!["6".to_owned(), "9.3".to_owned()]));
    let message = load_table(&format!("{path}:Frequencies"), &inputs).unwrap_err().to_string();
    let expected = format!("{path}, sheet \"Frequencies\", cell C3 (vWA): found `-0.5`, expected a frequency");
    assert!(message.starts_with(&expected), "{message}");
    let message = read_pedigrees(&folder.path("case.xlsx"), &inputs).unwrap_err().to_string();
    assert_eq!(
        message,
        format!("{path}, sheet \"People\", line 4: column sex: found `often`, expected female, male or unknown")
    );
}

#[test]
fn of_a_sequencer_s_report_the_genotypes_are_read_and_not_the_evidence() {
    let folder = Folder::new();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Autosomal STRs").unwrap();
    row(sheet, 0, &["P1 Autosomal STR Report"]);
    row(sheet, 2, &["Sample", "P1"]);
    row(sheet, 3, &["Genotype Summary", "", "", "Locus", "Allele Name", "Typed Allele?", "Reads"]);
    row(sheet, 4, &["Loci Typed", "2 / 2", "", "D1S1656", "10", "No", "14"]);
    row(sheet, 5, &["Locus", "Genotype", "QC Indicators", "D1S1656", "11", "No", "260"]);
    row(sheet, 6, &["TPOX", "11,11", "", "D1S1656", "12", "Yes", "2382"]);
    row(sheet, 7, &["D1S1656", "12,13", "", "TPOX", "11", "No", "227"]);
    workbook.save(folder.path("report.xlsx")).unwrap();
    folder.succeed("convert report.xlsx --to csv --out report.csv --strict");
    let written = std::fs::read_to_string(folder.path("report.csv")).unwrap();
    assert_eq!(written, "sample_id,D1S1656,TPOX\nP1,\"12,13\",11\n");
}

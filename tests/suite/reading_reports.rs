//! Reports of the ForenSeq Universal Analysis Software in both layouts, and CKMRsim's long table.

use super::match_support::Folder;
use super::reading_cells::{call, listed, read};
use filia::io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel};
use rust_xlsxwriter::Workbook;

/// Three people; two loci.
pub const COPIES: &str = "Indiv,Locus,gene_copy,Allele\nf1,TH01,1,6\nf1,TH01,2,9.3\nf1,snp7,1,A\nf1,snp7,2,G\nf2,TH01,1,7\nf2,TH01,2,7\nf2,snp7,1,NA\nf2,snp7,2,NA\n\
                 f3,TH01,1,6\nf3,TH01,2,7\nf3,TH01,3,8\nf3,snp7,1,x1\n";

/// A report in the older layout.
const OLD: &[&[&str]] = &[
    &["P7 Autosomal STR Report"],
    &[],
    &["Sample", "P7"],
    &["Gender", "XY"],
    &["Single Source", "Fail"],
    &["Locus", "Genotype", "QC Indicators"],
    &["Amelogenin", "X,Y"],
    &["TPOX", "11,11"],
    &["PentaE", "7,14"],
    &["TH01", "INC", "Stutter"],
    &["FGA", "20,23,25"],
    &[],
    &["Coverage Information"],
    &["Locus", "Allele Name", "Typed Allele?", "Reads"],
    &["TPOX", "10", "No", "59"],
];

/// That report as a workbook.
pub fn report() -> Vec<u8> {
    workbook(OLD)
}

/// A workbook with these rows in its first sheet, and a second one.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Autosomal STRs").unwrap();
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(at as u32, column as u16, *cell).unwrap();
        }
    }
    workbook.add_worksheet().set_name("Settings").unwrap();
    workbook.save_to_buffer().unwrap()
}

fn read_workbook(rows: &[&[&str]]) -> ReadProfiles {
    let folder = Folder::new();
    folder.write("uas.xlsx", workbook(rows));
    let source = ProfileSource { path: folder.path("uas.xlsx"), default_role: None };
    read_panel(&[source], &ReadOptions::default()).unwrap()
}

#[test]
fn reports_of_both_layouts_are_one_sample() {
    let new: &[&[&str]] = &[
        &["P7 Autosomal STR Report"],
        &["Sample", "P7"],
        &["Biological Sex", "XY"],
        &["Contributor Status", "Single-Source"],
        &["Autosomal STR Genotype Summary", "", "", "", "Locus", "Allele Name", "Typed Allele?"],
        &["Locus", "Genotype", "QC Indicators", "", "TPOX", "10", "No"],
        &["TPOX", "11,11", "", "", "TPOX", "11", "Yes"],
        &["PentaE", "7,14", "", "", "FGA", "20", "Yes"],
        &["TH01", "INC"],
        &["FGA", "20,23,25"],
        &["", "", "", "", "FGA", "23", "Yes"],
    ];
    for rows in [OLD, new] {
        let found = read_workbook(rows);
        assert_eq!(found.panel.len(), 1);
        let calls = ["TPOX", "Penta E", "TH01", "FGA"].map(|locus| call(&found, "P7", locus));
        assert_eq!(calls, ["11", "7,14", "-", "(3+)"]);
        assert_eq!(found.panel.sex(found.panel.find("P7").unwrap()).as_str(), "male");
        assert_eq!(listed(&found), ["P7 FGA: three or more alleles"]);
        assert!(found.files[0].format.starts_with("ForenSeq UAS report"), "{}", found.files[0].format);
        let is_warned = found.notes.iter().any(|note| note.contains("the report says `Single Source`: Fail"));
        assert_eq!(is_warned, rows.len() == OLD.len(), "{:?}", found.notes);
    }
}

#[test]
fn copies_of_a_gene_are_the_alleles_of_a_person() {
    for text in [COPIES.to_owned(), COPIES.replace(',', "\t")] {
        let found = read(text);
        let calls = |id: &str| ["TH01", "snp7"].map(|locus| call(&found, id, locus));
        assert_eq!((calls("f1"), calls("f2")), (["6,9.3".into(), "A,G".into()], ["7".into(), "-".into()]));
        assert_eq!(calls("f3"), ["(3+)", "-"]);
        assert_eq!(listed(&found), ["f3 TH01: three or more alleles", "f3 snp7: not an allele"]);
        assert!(found.files[0].format.contains("header Indiv, Locus, gene_copy, Allele"));
    }
}

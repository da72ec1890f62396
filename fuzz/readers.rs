//! Every reader of files, as a function of bytes: whatever the bytes are, it ends soon, with an answer or an error. The
//! targets of cargo-fuzz and the loop in `tests/suite/fuzz_readers.rs` call the same functions.

use filia::{
    io::{
        case_file::read_case,
        case_shape::parse_case_shape,
        familias::{case::case, parse_project},
        frequency_file::parse_table,
        marker_file::{parse_markers, read_marker_file},
        pedigree_file::{parse_pedigrees, read_pedigrees},
        profiles::{ProfileSource, ReadOptions, read_panel},
        rates_file::load_rates,
        recombination::load_recombination,
        settings_file::read_settings,
        source::Inputs,
        table_file::TextTable,
    },
    profile::LocusName,
    report::Manifest,
    settings::{LinkedPairs, RatesSource},
    simulate::CaseLayout,
};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The name of the bytes.
const NAME: &str = "no/such/folder/fuzzed";

fn inputs(bytes: &[u8]) -> Inputs {
    let inputs = Inputs::default();
    inputs.set(Path::new(NAME), bytes);
    inputs
}

/// Tables of profiles, wide and long, with the strict reading too.
pub fn profiles(bytes: &[u8]) {
    for strict in [false, true] {
        let options = ReadOptions { strict, inputs: inputs(bytes), ..ReadOptions::default() };
        let read = read_panel(&[ProfileSource { path: NAME.into(), default_role: None }], &options);
        if let Ok(read) = read {
            read.rejected.iter().flatten().for_each(|entry| drop(entry.to_string()));
        }
    }
}

/// Workbooks: as profiles, frequency tables and pedigrees.
pub fn workbooks(bytes: &[u8]) {
    profiles(bytes);
    let inputs = inputs(bytes);
    let _ = read_pedigrees(Path::new(NAME), &inputs);
    let _ = TextTable::read(Path::new(NAME), "a table", &inputs);
}

/// CODIS import files, whatever stands behind the beginning by which they are told.
pub fn cmf(bytes: &[u8]) {
    profiles(bytes);
    profiles(&[b"<CODISImportFile>", bytes].concat());
}

/// Familias projects: as profiles, pedigrees, markers and cases.
pub fn familias(bytes: &[u8]) {
    let bytes = &[b"\"Output from Familias, version 3.3\"\n", bytes].concat()[..];
    profiles(bytes);
    let inputs = inputs(bytes);
    let _ = read_pedigrees(Path::new(NAME), &inputs);
    let _ = read_marker_file(Path::new(NAME), &inputs);
    if let Ok(project) = parse_project(bytes) {
        let _ = case(&project, "fuzzed");
    }
}

/// VCF files, whatever stands behind the version.
pub fn vcf(bytes: &[u8]) {
    profiles(&[b"##fileformat=VCFv4.2\n", bytes].concat());
}

/// The three files of PLINK: each of them in turn, the others being good.
pub fn plink(bytes: &[u8]) {
    let good = [
        (NAME, &b"\x6c\x1b\x01\xe4\x1b\x00"[..]),
        ("no/such/folder/fuzzed.bim", b"1 rs1 0 5 A G\n1 rs2 0 9 C T\n23 rs3 0 9 C T\n"),
        ("no/such/folder/fuzzed.fam", b"F a 0 0 1 -9\nF b a 0 2 -9\nG c 0 0 0 -9\nG a 0 0 0 -9\n"),
    ];
    for fuzzed in 0..good.len() {
        let inputs = Inputs::default();
        for (at, (name, contents)) in good.iter().enumerate() {
            let magic: &[u8] = if at == 0 { &contents[..3] } else { &[] };
            let contents = if at == fuzzed { [magic, bytes].concat() } else { contents.to_vec() };
            inputs.set(Path::new(name), &contents);
        }
        let options = ReadOptions { inputs, ..ReadOptions::default() };
        let _ = read_panel(&[ProfileSource { path: NAME.into(), default_role: None }], &options);
    }
}

/// Packed panels, whose checksum is made right: damage that it does not tell.
pub fn packs(bytes: &[u8]) {
    const CHECKSUM: std::ops::Range<usize> = 16..48;
    let mut bytes = bytes.to_vec();
    if bytes.len() > CHECKSUM.end {
        bytes[..CHECKSUM.start].copy_from_slice(b"PAR1filia panel\n");
        let sum = Sha256::digest(&bytes[CHECKSUM.end..]);
        bytes[CHECKSUM].copy_from_slice(&sum);
    }
    profiles(&bytes);
}

/// Tables of allele frequencies.
pub fn frequencies(bytes: &[u8]) {
    let _ = parse_table(NAME, &String::from_utf8_lossy(bytes));
}

/// Tables of mutation rates.
pub fn rates(bytes: &[u8]) {
    let _ = load_rates(&RatesSource::File(NAME.to_owned()), &inputs(bytes));
}

/// Tables of recombination fractions.
pub fn recombination(bytes: &[u8]) {
    let loci = ["vWA", "D12S391"].map(LocusName::new);
    let _ = load_recombination(&LinkedPairs::File(NAME.to_owned()), &loci, &inputs(bytes));
}

/// Settings.
pub fn settings(bytes: &[u8]) {
    let _ = read_settings(Path::new(NAME), &inputs(bytes));
}

/// Marker files.
pub fn markers(bytes: &[u8]) {
    let _ = parse_markers(bytes);
}

/// Case files.
pub fn cases(bytes: &[u8]) {
    let _ = read_case(bytes);
}

/// Pedigree files.
pub fn pedigrees(bytes: &[u8]) {
    let _ = parse_pedigrees(Path::new(NAME), bytes);
}

/// Descriptions of synthetic cases, and who would be where in them.
pub fn shapes(bytes: &[u8]) {
    if let Ok(shape) = parse_case_shape(NAME, &String::from_utf8_lossy(bytes)) {
        let _ = CaseLayout::new(&shape, 1);
    }
}

/// Manifests.
pub fn manifests(bytes: &[u8]) {
    let _ = Manifest::read(bytes);
}

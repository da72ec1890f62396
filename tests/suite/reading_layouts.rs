//! One and the same random panel written in every layout is read back the same, whatever the order of its rows and the
//! number of threads.

use filia::{
    io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    profile::{Allele, Call, Panel},
};
use proptest::prelude::*;
use std::fs;

const LOCI: [&str; 4] = ["D3S1358", "TH01", "vWA", "Penta E"];

/// Alleles of each sample at each locus: none, one or two, in tenths.
type Profiles = Vec<[Vec<u16>; 4]>;

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// One cell a locus, alleles separated by this.
    OneCell(&'static str),
    /// Two cells a locus, headers made by these endings.
    TwoCells(&'static str, &'static str),
    /// One row a sample and locus.
    Long,
}

const SHAPES: [Shape; 8] = [
    Shape::OneCell(","),
    Shape::OneCell("/"),
    Shape::OneCell("-"),
    Shape::OneCell(" "),
    Shape::TwoCells("_1", "_2"),
    Shape::TwoCells(" 1", " 2"),
    Shape::TwoCells("", ""),
    Shape::Long,
];

fn label(tenths: u16) -> String {
    Allele::from_tenths(tenths).unwrap().to_string()
}

fn quote(cell: &str, separator: char) -> String {
    if cell.contains(separator) { format!("\"{cell}\"") } else { cell.to_owned() }
}

/// The lines of the table: header and rows.
fn write(profiles: &Profiles, shape: Shape, separator: char) -> (String, Vec<String>) {
    let join = |cells: Vec<String>| {
        cells.iter().map(|cell| quote(cell, separator)).collect::<Vec<_>>().join(&separator.to_string())
    };
    let mut header = vec!["sample_id".to_owned()];
    let mut rows = Vec::new();
    match shape {
        Shape::OneCell(_) => header.extend(LOCI.map(str::to_owned)),
        Shape::TwoCells(first, second) => {
            header.extend(LOCI.iter().flat_map(|locus| [format!("{locus}{first}"), format!("{locus}{second}")]));
        }
        Shape::Long => header.extend(["Marker", "Allele 1", "Allele 2"].map(str::to_owned)),
    }
    for (number, loci) in profiles.iter().enumerate() {
        let id = format!("S{number}");
        let mut row = vec![id.clone()];
        for (locus, alleles) in LOCI.iter().zip(loci) {
            let labels: Vec<String> = alleles.iter().map(|&tenths| label(tenths)).collect();
            let pair = [labels.first().cloned().unwrap_or_default(), labels.get(1).cloned().unwrap_or_default()];
            match shape {
                Shape::OneCell(between) => row.push(labels.join(between)),
                Shape::TwoCells(..) => row.extend(pair),
                Shape::Long => rows.push(join([vec![id.clone(), (*locus).to_owned()], pair.to_vec()].concat())),
            }
        }
        if !matches!(shape, Shape::Long) {
            rows.push(join(row));
        }
    }
    (join(header), rows)
}

fn read(text: &str) -> ReadProfiles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.csv");
    fs::write(&path, text).unwrap();
    read_panel(&[ProfileSource { path, default_role: None }], &ReadOptions::default()).unwrap()
}

/// Everything that can be seen of a panel, codes included.
fn describe(panel: &Panel) -> Vec<(String, Vec<String>, Vec<u16>)> {
    let loci = 0..panel.loci().len();
    let describe = |sample| {
        let calls =
            loci.clone().map(|locus| format!("{} {}", panel.loci()[locus], panel.observation(sample, locus).call));
        let codes = loci.clone().map(|locus| panel.profile(sample).code(locus));
        (panel.id(sample).to_owned(), calls.collect(), codes.collect())
    };
    panel.indices().map(describe).collect()
}

fn alleles() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec((5_u16..30, 0_u16..4).prop_map(|(whole, part)| whole * 10 + part), 0..=2)
}

fn profiles() -> impl Strategy<Value = Profiles> {
    prop::collection::vec([alleles(), alleles(), alleles(), alleles()], 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_layout_reads_back_the_same(
        profiles in profiles(),
        separator in prop::sample::select(vec![',', ';', '\t']),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        turn in 0_usize..40,
    ) {
        for shape in SHAPES {
            let (header, mut rows) = write(&profiles, shape, separator);
            // In a file without commas between its cells, decimal points stay points; only the pair's sign varies.
            let text = format!("{header}{line_end}{}{line_end}", rows.join(line_end));
            let panel = read(&text).panel;
            prop_assert_eq!(panel.len(), profiles.len());
            for (number, loci) in profiles.iter().enumerate() {
                let sample = panel.find(&format!("S{number}")).unwrap();
                for (locus, tenths) in LOCI.iter().zip(loci) {
                    let position = panel.locus_position(&filia::profile::LocusName::new(locus)).unwrap();
                    let alleles: Vec<Allele> = tenths.iter().map(|&tenths| Allele::from_tenths(tenths).unwrap()).collect();
                    prop_assert_eq!(panel.observation(sample, position).call, Call::from_alleles(&alleles), "{:?}", shape);
                }
            }
            let turn = turn % rows.len();
            rows.rotate_left(turn);
            rows.reverse();
            let turned = read(&format!("{header}{line_end}{}", rows.join(line_end))).panel;
            prop_assert_eq!(describe(&panel), describe(&turned));
        }
    }
}

#[test]
fn one_thread_and_many_give_the_same_panel() {
    // Several chunks of 2 MiB, with quoted line ends and blank lines in between.
    let mut text = String::from("sample_id,remark,D3S1358,TH01,vWA,Penta E\n");
    for row in 0..90_000_u32 {
        let mixed = row.wrapping_mul(2_654_435_761) >> 8;
        let cell = |shift: u32| format!("\"{},{}\"", 5 + (mixed >> shift) % 12, 5 + (mixed >> (shift + 2)) % 12);
        let remark = if row % 7 == 0 { "\"a\n\"\"b\"\", c\n\n\"" } else { "" };
        let blank = if row % 11 == 0 { "\n" } else { "" };
        let (first, second, third) = (cell(0), cell(5), cell(10));
        let last = if row % 1000 == 0 { "OL" } else { "7" };
        text += &format!(
            "P{},{remark},{first},{second},{third},{last}\n{blank}",
            u64::from(mixed % 1_000_000) + 1_000_000 * u64::from(row)
        );
    }
    let results: Vec<ReadProfiles> = [1, 4]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| read(&text))
        })
        .into();
    assert_eq!(results[0].panel.len(), 90_000);
    assert!(describe(&results[0].panel) == describe(&results[1].panel));
    let lines = |read: &ReadProfiles| {
        read.rejected.to_vec().unwrap().iter().map(|entry| (entry.line, entry.sample_id.clone())).collect::<Vec<_>>()
    };
    assert_eq!(lines(&results[0]), lines(&results[1]));
    assert_eq!(results[0].rejected.len(), 90);
    let last = &results[0].rejected.to_vec().unwrap()[89];
    let line = text.lines().position(|line| line.starts_with(&format!("{},", last.sample_id))).unwrap() + 1;
    assert_eq!(last.line, line as u64);
}

//! Reading profiles: profiles a second of a wide table (one column a locus) and of long ones (one row a sample and locus, the
//! rows of a sample together or those of a locus), with 24 loci of 16 alleles each.
//!
//! `cargo bench --bench reading`; with `RAYON_NUM_THREADS=1` for one core.

use criterion::{Criterion, Throughput, criterion_main};
use filia::io::profiles::{ProfileSource, ReadOptions, read_panel};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{fmt::Write as _, fs, hint::black_box};

const LOCI: [&str; 24] = [
    "D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D21S11", "D18S51", "D2S441", "D19S433", "TH01", "FGA",
    "D22S1045", "D5S818", "D13S317", "D7S820", "SE33", "D10S1248", "D1S1656", "D12S391", "D2S1338", "Penta D",
    "Penta E", "D6S1043",
];
const PROFILES: usize = 100_000;

fn wide_table() -> String {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut text = format!("sample_id,sex,{}\n", LOCI.join(","));
    for row in 0..PROFILES {
        let _ = write!(text, "P{row:07},{}", ["F", "M"][row % 2]);
        for _ in LOCI {
            let _ = write!(text, ",\"{},{}\"", random.random_range(10..26), random.random_range(10..26));
        }
        text.push('\n');
    }
    text
}

fn long_table(by_locus: bool) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut rows: Vec<(usize, usize)> =
        (0..PROFILES).flat_map(|row| (0..LOCI.len()).map(move |at| (row, at))).collect();
    if by_locus {
        rows.sort_unstable_by_key(|&(row, at)| (at, row));
    }
    let mut text = String::from("Sample Name,Sex,Marker,Allele 1,Allele 2\n");
    for (row, locus) in rows {
        let alleles = [random.random_range(10..26), random.random_range(10..26)];
        let sex = ["F", "M"][row % 2];
        let _ = writeln!(text, "P{row:07},{sex},{},{},{}", LOCI[locus], alleles[0], alleles[1]);
    }
    text
}

fn read_tables(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut group = criterion.benchmark_group("reading");
    group.throughput(Throughput::Elements(PROFILES as u64)).sample_size(10);
    let tables = [
        ("wide, 24 loci", wide_table()),
        ("long, 24 loci, by sample", long_table(false)),
        ("long, 24 loci, by locus", long_table(true)),
    ];
    for (name, table) in tables {
        let path = folder.path().join("profiles.csv");
        fs::write(&path, table).expect("a writable temporary folder");
        let sources = [ProfileSource { path, default_role: None }];
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(read_panel(&sources, &ReadOptions::default()).expect("a good file").panel.len()));
        });
    }
    group.finish();
}

/// All benches of this file.
fn benches() {
    read_tables(&mut Criterion::default().configure_from_args());
}

criterion_main!(benches);

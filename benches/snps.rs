//! Panels of SNPs from end to end: a VCF file and a PLINK binary read, 1,000 loci of 300 samples and 50 loci of
//! 100,000; and of the first the whole of `match` (that of the second takes minutes: 50 loci leave too many couples possible). Alleles have frequencies from 0.2 to 0.5; of the children both parents are in the list.
//!
//! `cargo bench --bench snps`. Sizes and times: `benches/README.md`.
#![allow(missing_docs)] // criterion's macros make public functions

use criterion::{Criterion, Throughput, criterion_main};
use filia::inheritance::MutationModel;
use filia::io::profiles::{ProfileSource, ReadOptions, read_panel};
use filia::prelude::*;
use filia::settings::RatesSource;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{fmt::Write as _, fs, hint::black_box, path::Path};

/// Wrong calls, of all calls.
const ERROR: f64 = 0.001;

struct Case {
    loci: usize,
    children: usize,
    adults: usize,
    is_searched: bool,
}

const CASES: [Case; 2] = [
    Case { loci: 1000, children: 20, adults: 280, is_searched: true },
    Case { loci: 50, children: 100, adults: 99_900, is_searched: false },
];

/// Two alleles, 0 and 1, at each locus.
type Genotype = Vec<[u8; 2]>;

fn frequency(locus: usize) -> f64 {
    0.2 + 0.3 * (locus % 5) as f64 / 4.0
}

/// The children, and the adults: fathers and mothers in turn, then strangers.
fn people(case: &Case) -> [Vec<Genotype>; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut allele = |locus| u8::from(random.random::<f64>() >= frequency(locus));
    let mut founder = || -> Genotype { (0..case.loci).map(|locus| [allele(locus), allele(locus)]).collect() };
    let adults: Vec<Genotype> = (0..case.adults).map(|_| founder()).collect();
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let mut child = |at: usize| -> Genotype {
        let parents = &adults[2 * at..2 * at + 2];
        let mut passed = |parent: usize, locus: usize| parents[parent][locus][random.random_range(0..2)];
        (0..case.loci).map(|locus| [passed(0, locus), passed(1, locus)]).collect()
    };
    let children = (0..case.children).map(&mut child).collect();
    [children, adults]
}

fn vcf(loci: usize, prefix: &str, people: &[Genotype]) -> String {
    let mut text = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT".to_owned();
    for at in 0..people.len() {
        let _ = write!(text, "\t{prefix}{at}");
    }
    for locus in 0..loci {
        let _ = write!(text, "\n1\t{locus}\trs{locus}\tA\tG\t.\tPASS\t.\tGT");
        for person in people {
            let _ = write!(text, "\t{}/{}", person[locus][0], person[locus][1]);
        }
    }
    text + "\n"
}

/// The `.bed`, `.bim` and `.fam` files; who stands at an even place is a man.
fn plink(loci: usize, prefix: &str, people: &[Genotype]) -> [(&'static str, Vec<u8>); 3] {
    let mut bed = vec![0x6c, 0x1b, 0x01];
    for locus in 0..loci {
        let code = |person: &Genotype| [0, 2, 3][usize::from(person[locus][0] + person[locus][1])];
        let pack = |four: &[Genotype]| four.iter().rev().fold(0, |byte, person| byte << 2 | code(person));
        bed.extend(people.chunks(4).map(pack));
    }
    let bim: String = (0..loci).map(|locus| format!("1 rs{locus} 0 {locus} A G\n")).collect();
    let fam: String = (0..people.len()).map(|at| format!("{prefix} {prefix}{at} 0 0 {} -9\n", 1 + at % 2)).collect();
    [("bed", bed), ("bim", bim.into_bytes()), ("fam", fam.into_bytes())]
}

fn table(loci: usize) -> String {
    let rows = (0..loci).map(|locus| {
        let p = frequency(locus);
        format!("rs{locus},A,{p},500\nrs{locus},G,{},500\n", 1.0 - p)
    });
    "locus,allele,frequency,n_people\n".to_owned() + &rows.collect::<String>()
}

/// Writes `c` (children) and `a` (adults) as VCF and for PLINK, and `f.csv`.
fn write(folder: &Path, case: &Case) {
    let put = |name: String, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a writable temporary folder");
    for (prefix, people) in ["c", "a"].into_iter().zip(people(case)) {
        put(format!("{prefix}.vcf"), vcf(case.loci, prefix, &people).as_bytes());
        plink(case.loci, prefix, &people).iter().for_each(|(ending, bytes)| put(format!("{prefix}.{ending}"), bytes));
    }
    put("f.csv".to_owned(), table(case.loci).as_bytes());
}

fn bench_case(criterion: &mut Criterion, case: &Case) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), case);
    let samples = case.children + case.adults;
    let mut group = criterion.benchmark_group(format!("{} loci of {samples} samples", case.loci));
    group.sample_size(10).throughput(Throughput::Elements((case.loci * samples) as u64));
    for ending in ["vcf", "bed"] {
        let source =
            |name: &str| ProfileSource { path: folder.path().join(name).with_extension(ending), default_role: None };
        let sources = [source("c"), source("a")];
        group.bench_function(format!("reading .{ending}"), |bencher| {
            bencher.iter(|| black_box(read_panel(&sources, &ReadOptions::default()).expect("good files").panel.len()));
        });
    }
    if case.is_searched {
        group.bench_function("match", |bencher| bencher.iter(|| search(folder.path())));
    }
    group.finish();
}

/// The number of candidates reported.
fn search(folder: &Path) -> usize {
    let mut settings = Settings::default();
    settings.population.tables = vec![folder.join("f.csv").display().to_string()];
    settings.mutation.model = MutationModel::GenotypingError;
    settings.mutation.rates = RatesSource::Pair { female: ERROR, male: ERROR };
    let [children, adults] = ["c.bed", "a.bed"].map(|name| folder.join(name));
    let read = MatchCase::read([children], [adults], &settings).expect("good files");
    read.search().expect("a search").parents.candidacies.len()
}

/// All benches of this file.
fn benches() {
    let mut criterion = Criterion::default().configure_from_args();
    CASES.iter().for_each(|case| bench_case(&mut criterion, case));
}

criterion_main!(benches);

//! Every reader on bytes that were good before something happened to them: no panic, no memory or time without end.
//!
//! A few thousand inputs by default, from one seed; `FILIA_FUZZ_SECONDS=60` goes on for so long, from another seed each time.
//! An input that fails is kept in the temporary folder, and its path is in the message.

#[path = "../../fuzz/readers.rs"]
mod readers;

use super::match_support::Folder;
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use std::{
    panic::catch_unwind,
    time::{Duration, Instant, SystemTime},
};

/// Inputs of each reader, without a time.
const INPUTS: usize = 300;
/// Far more than any of these inputs takes.
const LONGEST: Duration = Duration::from_secs(20);
/// Bytes of the longest seed: the beginnings of files are where readers decide what they are.
const LONGEST_SEED: usize = 6000;

type Reader = (&'static str, fn(&[u8]), Vec<Vec<u8>>);

/// What readers look for, and what numbers can be.
const WORDS: [&[u8]; 40] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"sep=;\n",
    b"/",
    b"-",
    b"0",
    b"-1",
    b"1e308",
    b"1e999",
    b"-1e-320",
    b"nan",
    b"inf",
    b"9223372036854775807",
    b"18446744073709551615",
    b"-9223372036854775808",
    b"4294967296",
    b"65536",
    b"0.5",
    b"9.3",
    b"OL",
    b"null",
    b"true",
    b"[[",
    b"{}",
    b"{\"a\":",
    b"=1+1",
    b"\\u0000",
    b"sample_id",
    b"TH01",
    "\u{202e}\u{1b}[2J".as_bytes(),
];

fn readers() -> Vec<Reader> {
    let file = |name: &str| {
        let mut bytes = std::fs::read(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        bytes.truncate(LONGEST_SEED);
        bytes
    };
    let whole = |name: &str| std::fs::read(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let text = |text: &str| text.as_bytes().to_vec();
    let below = |text: &str| text.split_once('\n').map_or(Vec::new(), |(_, rest)| rest.as_bytes().to_vec());
    let profiles = [
        "messy.csv",
        "genotype_table.txt",
        "latin1_semicolon.csv",
        "utf16.csv",
        "carriage_returns.txt",
        "two_columns_decimal_comma.txt",
    ];
    let mut profiles: Vec<_> = profiles.iter().map(|name| file(&format!("tests/data/profiles/{name}"))).collect();
    profiles.push(file("data/demo/children.csv"));
    profiles.push(text(super::reading_reports::COPIES));
    let case = "tests/data/vectors/a-duo-clean-stepwise-all-sexspec-048.json";
    let settings = "[population]\ntables = [\"nist1036:cauc\"]\ntheta = 0.01\nminimum_frequency = \"5/2N\"\n[mutation]\nmodel = \"stepwise\"\n\
                    rates = { female = 0.0005, male = 0.002 }\n[observation]\ndrop_out = { corpse = 0.1 }\n[linkage]\nuse = true\n\
                    pairs = [{ loci = [\"A\", \"B\"], rho = 0.1 }]\n[search]\nmin_log10_lr = \"none\"\ntop = 3\n";
    let wide = "Allele,TH01,vWA\n6,0.2,\n7,0.3,0.1\n9.3,0.5,0.9\nN,100,100\n";
    let familias = "TH01\n6\t0.4\n9.3\t0.6\n\nvWA\n17\t1\n";
    let (manifest, pack) = results();
    vec![
        ("profiles", readers::profiles, profiles),
        ("cmf", readers::cmf, vec![text(super::reading_cmf::CMF)]),
        (
            "plink",
            readers::plink,
            vec![b"\xe4\x1b\x00".to_vec(), text(super::reading_variants::BIM), text(super::reading_variants::FAM)],
        ),
        ("vcf", readers::vcf, vec![below(super::reading_variants::VCF)]),
        (
            "familias",
            readers::familias,
            vec![below(super::reading_familias::PATERNITY), below(super::reading_familias::DVI)],
        ),
        ("packs", readers::packs, vec![pack]),
        (
            "workbooks",
            readers::workbooks,
            vec![
                super::reading_workbooks::kits(),
                super::reading_reports::report(),
                whole("tests/data/profiles/kit.ods"),
            ],
        ),
        (
            "frequencies",
            readers::frequencies,
            vec![
                file("data/frequencies/nist1036_cauc.csv"),
                text(wide),
                text(familias),
                text(super::reading_linkage::STRIDER),
            ],
        ),
        ("rates", readers::rates, vec![text("locus;female;male\nTH01;0,0001;0,0002\ndefault;0,001;0,003\n")]),
        ("recombination", readers::recombination, vec![file("data/recombination.csv")]),
        ("settings", readers::settings, vec![text(settings)]),
        ("markers", readers::markers, vec![whole(case)]),
        ("cases", readers::cases, vec![whole(case), whole("tests/data/vectors/d-loop-sibmating-step-018.json")]),
        (
            "pedigrees",
            readers::pedigrees,
            vec![whole("tests/data/identify/ped.csv"), text(super::reading_linkage::PED)],
        ),
        ("shapes", readers::shapes, vec![whole("data/demo/case.toml")]),
        ("manifests", readers::manifests, vec![manifest]),
    ]
}

/// A manifest and a packed panel.
fn results() -> (Vec<u8>, Vec<u8>) {
    let folder = Folder::new();
    folder.write("c.csv", "sample_id,sex,D3S1358,vWA\nc,F,15/16,17\nd,M,14/18,OL\ne,,,16/17\n");
    folder.succeed(
        "match --children c.csv --candidates c.csv --candidates-include-children --min-log10-lr none --out out",
    );
    folder.succeed("pack c.csv --out p.parquet");
    (std::fs::read(folder.path("out/manifest.json")).unwrap(), std::fs::read(folder.path("p.parquet")).unwrap())
}

/// Does something to the bytes.
fn damage(bytes: &mut Vec<u8>, other: &[u8], random: &mut ChaCha8Rng) {
    let at = |length: usize, random: &mut ChaCha8Rng| random.random_range(0..=length);
    for _ in 0..random.random_range(1..=4) {
        let start = at(bytes.len(), random);
        let end = (start + 1 + at(1 << random.random_range(0..10), random)).min(bytes.len());
        match random.random_range(0..8) {
            0 if start < bytes.len() => bytes[start] ^= 1 << random.random_range(0..8),
            1 if start < bytes.len() => bytes[start] = random.random(),
            2 if start < end => drop(bytes.drain(start..end)),
            3 if start < end => {
                let again: Vec<u8> = bytes[start..end].repeat(random.random_range(1..=3));
                drop(bytes.splice(start..start, again));
            }
            4 => {
                let word = WORDS.choose(random).copied().unwrap_or_default();
                let word = word.repeat(if random.random_range(0..20) == 0 { 2000 } else { 1 });
                drop(bytes.splice(start..start, word));
            }
            // A number becomes another.
            5 => {
                let is_number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
                let Some(first) = bytes[start..].iter().position(is_number).map(|offset| start + offset) else {
                    continue;
                };
                let length = bytes[first..].iter().take_while(|byte| is_number(byte)).count();
                let word = WORDS[13..29].choose(random).copied().unwrap_or_default();
                drop(bytes.splice(first..first + length, word.iter().copied()));
            }
            6 => {
                let from = at(other.len(), random);
                let to = (from + at(300, random)).min(other.len());
                drop(bytes.splice(start..start, other[from..to].iter().copied()));
            }
            _ => bytes.truncate(start),
        }
    }
}

#[test]
fn readers_answer_or_refuse_whatever_the_bytes_are() {
    let seconds = std::env::var("FILIA_FUZZ_SECONDS").ok().map(|seconds| seconds.parse::<u64>().unwrap());
    let seed = seconds.map_or(1, |_| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let readers = readers();
    let each = seconds.map(|seconds| Duration::from_secs(seconds) / readers.len() as u32);
    for (name, read, seeds) in &readers {
        let started = Instant::now();
        let mut inputs = 0;
        while each.map_or(inputs < INPUTS, |each| started.elapsed() < each) {
            let mut bytes = seeds[inputs % seeds.len()].clone();
            if inputs >= seeds.len() {
                let other = seeds.choose(&mut random).map_or(&[][..], Vec::as_slice);
                damage(&mut bytes, other, &mut random);
            }
            inputs += 1;
            let began = Instant::now();
            let outcome = catch_unwind(|| read(&bytes));
            let fault = match outcome {
                Err(_) => "panics",
                Ok(()) if began.elapsed() > LONGEST => "takes too long",
                Ok(()) => continue,
            };
            let kept = std::env::temp_dir().join(format!("filia-fuzz-{name}-{seed}-{inputs}"));
            std::fs::write(&kept, &bytes).unwrap();
            panic!("{name} {fault} on input {inputs} of seed {seed}: {}", kept.display());
        }
    }
}

//! A long table of several chunks, with everything that rows of one sample can do to each other, against a plain reading
//! row by row.

use filia::{
    io::{
        problems::Reason,
        profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel, read_panel_watched},
    },
    profile::{LocusName, Sex},
    progress::{Progress, Stage},
};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Mutex,
};

const LOCI: [&str; 6] = ["D3S1358", "vWA", "TH01", "FGA", "SE33", "TPOX"];
const SAMPLES: u32 = 40_000;

/// One row of the table.
#[derive(Clone)]
struct Row {
    id: u32,
    marker: &'static str,
    alleles: [u32; 2],
    sex: &'static str,
}

/// Rows of all samples in random order: some twice, some with other alleles, another sex, or a marker that is none.
fn rows() -> Vec<Row> {
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let mut rows = Vec::new();
    for id in 0..SAMPLES {
        let sex = ["F", "M"][id as usize % 2];
        for marker in LOCI {
            let first = random.random_range(6..20);
            let row = Row { id, marker, alleles: [first, first + random.random_range(0..4)], sex };
            match random.random_range(0..400) {
                0 | 1 => rows.push(Row { alleles: [row.alleles[1], row.alleles[0]], ..row.clone() }),
                2 => rows.push(Row { alleles: [first, first + 9], ..row.clone() }),
                3 => rows.push(Row { marker: ["Foo", "Bar"][id as usize % 2], ..row.clone() }),
                4 => rows.push(Row { marker: "Amelogenin", alleles: [88, 89], ..row.clone() }),
                5 if id % 3 == 0 => rows.push(Row { sex: "", ..row.clone() }),
                5 => rows.push(Row { sex: ["M", "F"][id as usize % 2], ..row.clone() }),
                _ => {}
            }
            rows.push(row);
        }
    }
    rows.shuffle(&mut random);
    rows
}

fn text(rows: &[Row]) -> String {
    let cell = |allele: u32| match allele {
        88 => "X".to_owned(),
        89 => "Y".to_owned(),
        allele => allele.to_string(),
    };
    let line = |row: &Row| {
        let Row { id, marker, alleles, sex } = row;
        format!("P{id:06},{sex},{marker},{},{}\n", cell(alleles[0]), cell(alleles[1]))
    };
    "Sample Name,Sex,Marker,Allele 1,Allele 2\n".to_owned() + &rows.iter().map(line).collect::<String>()
}

/// What reading row by row finds: the calls by sample and locus, and the lines of everything that is not used.
#[derive(Default, PartialEq, Debug)]
struct Found {
    calls: BTreeMap<(u32, &'static str), [u32; 2]>,
    samples: BTreeSet<u32>,
    rejected: BTreeSet<(u64, &'static str)>,
}

fn read_plainly(rows: &[Row]) -> Found {
    let mut found = Found::default();
    let mut first: BTreeMap<(u32, &str), (u64, [u32; 2])> = BTreeMap::new();
    let mut stated: BTreeMap<u32, &str> = BTreeMap::new();
    let (mut first_line, mut shown, mut unknown) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    let (mut conflicting, mut contradicted) = (BTreeSet::new(), BTreeSet::new());
    let mut agreeing: BTreeMap<u32, usize> = BTreeMap::new();
    for (row, line) in rows.iter().zip(2_u64..) {
        first_line.entry(row.id).or_insert(line);
        let known = stated.entry(row.id).or_insert("");
        match (*known, row.sex) {
            ("", sex) => *known = sex,
            (before, sex) if before != sex && !sex.is_empty() && contradicted.insert(row.id) => {
                found.rejected.insert((line, "conflicting rows"));
            }
            _ => {}
        }
        let mut alleles = row.alleles;
        alleles.sort_unstable();
        match row.marker {
            "Foo" | "Bar" => {
                if unknown.insert(row.marker) {
                    found.rejected.insert((line, "unknown locus"));
                }
            }
            "Amelogenin" => {
                shown.insert(row.id);
            }
            marker => match first.get(&(row.id, marker)) {
                None => {
                    first.insert((row.id, marker), (line, alleles));
                }
                Some(before) if before.1 == alleles => {
                    found.rejected.insert((line, "repeated row"));
                    *agreeing.entry(row.id).or_default() += 1;
                }
                Some(_) => {
                    conflicting.insert((row.id, marker));
                    found.rejected.insert((line, "conflicting rows"));
                }
            },
        }
    }
    // More than one contradiction, and more than one in four: not of one person.
    let is_nobody = |id: &u32| {
        let loci = conflicting.iter().filter(|(of, _)| of == id).count();
        let differing = loci + usize::from(contradicted.contains(id));
        differing > 1 && 3 * differing > agreeing.get(id).copied().unwrap_or(0)
    };
    let nobodies = first_line.iter().filter(|(id, _)| is_nobody(id));
    found.rejected.extend(nobodies.map(|(_, &line)| (line, "conflicting rows")));
    found.samples = first_line.keys().copied().filter(|id| !is_nobody(id)).collect();
    for &id in found.samples.intersection(&shown) {
        if stated[&id] == "F" && !contradicted.contains(&id) {
            found.rejected.insert((first_line[&id], "sex contradicts amelogenin"));
        }
    }
    for ((id, marker), (line, alleles)) in first {
        match (found.samples.contains(&id), conflicting.contains(&(id, marker))) {
            (true, true) => {
                found.rejected.insert((line, "conflicting rows"));
            }
            (true, false) => {
                found.calls.insert((id, marker), alleles);
            }
            (false, _) => {}
        }
    }
    found
}

fn read(path: &Path, threads: usize) -> ReadProfiles {
    let sources = [ProfileSource { path: path.to_owned(), default_role: None }];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| read_panel(&sources, &ReadOptions::default()).unwrap())
}

/// Counts what each stage is said to have done.
#[derive(Default)]
struct Count(Mutex<Vec<(Stage, u64)>>);

impl Progress for Count {
    fn begin(&self, stage: Stage) {
        self.0.lock().unwrap().push((stage, 0));
    }

    fn advance(&self, done: u64) {
        self.0.lock().unwrap().last_mut().unwrap().1 += done;
    }

    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn whoever_watches_is_told_of_every_byte() {
    let folder = tempfile::tempdir().unwrap();
    let latin = text(&rows()[..30_000]);
    let utf_16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(latin.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        ProfileSource { path, default_role: None }
    };
    let sources = [write("latin.csv", latin.as_bytes()), write("utf_16.csv", &utf_16)];
    let count = Count::default();
    read_panel_watched(&sources, &ReadOptions::default(), &count).unwrap();
    let stages = count.0.into_inner().unwrap();
    let bytes = (latin.len() + utf_16.len()) as u64;
    assert_eq!(stages[0], (Stage { name: "reading profiles", unit: "bytes", total: Some(bytes) }, bytes));
    assert_eq!(stages[1..], [(Stage::uncounted("putting profiles in order"), 0)]);
}

fn describe(read: &ReadProfiles) -> Found {
    let mut found = Found::default();
    let panel = &read.panel;
    for sample in panel.indices() {
        let id: u32 = panel.id(sample)[1..].parse().unwrap();
        found.samples.insert(id);
        // Whoever's amelogenin contradicts the column is of unknown sex.
        let contradicted = panel.sex_conflicts().any(|other| other == sample);
        let stated = [Sex::Female, Sex::Male][id as usize % 2];
        assert_eq!(panel.sex(sample), if contradicted { Sex::Unknown } else { stated });
        for marker in LOCI {
            let locus = panel.locus_position(&LocusName::new(marker)).unwrap();
            let alleles: Vec<u32> = panel
                .observation(sample, locus)
                .call
                .alleles()
                .map(|allele| allele.to_string().parse().unwrap())
                .collect();
            if let (Some(&first), Some(&last)) = (alleles.first(), alleles.last()) {
                found.calls.insert((id, marker), [first, last]);
            }
        }
    }
    found.rejected = read.rejected.to_vec().unwrap().iter().map(|entry| (entry.line, entry.reason.kind())).collect();
    found
}

#[test]
fn rows_of_a_sample_in_any_chunk() {
    let rows = rows();
    let text = text(&rows);
    assert!(text.len() > 4 << 20, "several chunks of 2 MiB");
    let expected = read_plainly(&rows);
    let kinds: BTreeSet<_> = expected.rejected.iter().map(|entry| entry.1).collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.csv");
    std::fs::write(&path, text).unwrap();
    let reads = [1, 4].map(|threads| read(&path, threads));
    assert!(describe(&reads[0]) == expected, "not what the rows say");
    assert!(
        reads[0].rejected.to_vec().unwrap() == reads[1].rejected.to_vec().unwrap() && describe(&reads[1]) == expected,
        "threads show"
    );
    assert!(reads[0].rejected.to_vec().unwrap().is_sorted_by_key(|entry| entry.line));
    // Each repeated row names the line of the first one with its sample and locus.
    let line = |at: u64| &rows[at as usize - 2];
    let rejected = reads[0].rejected.to_vec().unwrap();
    let repeated = rejected.iter().filter_map(|entry| match entry.reason {
        Reason::RepeatedLocus(first) => Some((line(entry.line), line(first))),
        _ => None,
    });
    assert!(repeated.map(|(row, first)| assert_eq!((row.id, row.marker), (first.id, first.marker))).count() > 1000);
}

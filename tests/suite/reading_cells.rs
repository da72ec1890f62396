//! What cells and headers of a profile file mean, by the calls that come out of small files.

use filia::{
    io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    population::estimate,
    profile::LocusName,
};
use std::fs;

pub fn read_with(text: impl AsRef<[u8]>, options: &ReadOptions) -> ReadProfiles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.csv");
    fs::write(&path, text).unwrap();
    read_panel(&[ProfileSource { path, default_role: None }], options).unwrap()
}

pub fn read(text: impl AsRef<[u8]>) -> ReadProfiles {
    read_with(text, &ReadOptions::default())
}

/// The call of a sample at a locus.
pub fn call(read: &ReadProfiles, id: &str, locus: &str) -> String {
    let locus = read.panel.locus_position(&LocusName::new(locus)).unwrap();
    read.panel.observation(read.panel.find(id).unwrap(), locus).call.to_string()
}

/// Sample, locus and kind of everything that was listed.
pub fn listed(read: &ReadProfiles) -> Vec<String> {
    let line = |entry: &filia::io::problems::Rejected| {
        let locus = entry.locus.as_ref().map_or("", LocusName::as_str);
        format!("{} {locus}: {}", entry.sample_id, entry.reason.kind())
    };
    read.rejected.to_vec().unwrap().iter().map(line).collect()
}

#[test]
fn half_a_genotype_in_two_cells_is_half_a_genotype_in_one() {
    let two = read("id,TH01_1,TH01_2\nzero,9.3,0\ncode,-9,9.3\nnd,9.3,ND\nblank,9.3,\nna,NA,9.3\nboth,0,0\n");
    let one = read("id,TH01\nzero,\"9.3,0\"\ncode,\"-9,9.3\"\nnd,\"9.3,ND\"\nblank,9.3\nna,9.3\nboth,0\n");
    for (id, expected) in [("zero", "-"), ("code", "-"), ("nd", "-"), ("blank", "9.3"), ("na", "9.3"), ("both", "-")] {
        assert_eq!((call(&two, id, "TH01"), call(&one, id, "TH01")), (expected.into(), expected.into()), "{id}");
    }
    let half = ["zero", "code", "nd"].map(|id| format!("{id} TH01: allele not determined"));
    assert_eq!((listed(&two), listed(&one)), (half.to_vec(), half.to_vec()));
    // Two people with one allele each are four copies; the halves are nobody's.
    let counted = &estimate(&two.panel, false)[0].loci[0];
    assert_eq!((counted.people, counted.counts.clone()), (2, vec![("9.3".parse().unwrap(), 4)]));
}

#[test]
fn signs_of_word_processors_and_two_letters() {
    let found = read(
        "id,TH01,vWA,D3S1358\na,[6\u{2013}9.3],16\u{a0}/\u{2009}17,１５，１６\nb,\"(09, 9.30)\",16|17,13.0-14.0\n",
    );
    for (id, locus, expected) in [
        ("a", "TH01", "6,9.3"),
        ("a", "vWA", "16,17"),
        ("a", "D3S1358", "15,16"),
        ("b", "TH01", "9,9.3"),
        ("b", "vWA", "16,17"),
        ("b", "D3S1358", "13,14"),
    ] {
        assert_eq!(call(&found, id, locus), expected, "{id} {locus}");
    }
    assert_eq!(listed(&found), [""; 0]);
    let options = ReadOptions { extra_loci: vec![LocusName::new("rs7")], ..ReadOptions::default() };
    let snp = read_with("id,rs7\na,AG\nb,GG\nc,-NB\nd,A/G\ne,NN\n", &options);
    assert_eq!(["a", "b", "c", "d", "e"].map(|id| call(&snp, id, "rs7")), ["A,G", "G", "-", "A,G", "-"]);
}

#[test]
fn utf_16_without_a_mark_is_read() {
    let text = "id\tTH01\nZoë\t6/9.3\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(call(&read(bytes), "Zoë", "TH01"), "6,9.3");
    }
}

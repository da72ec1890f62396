//! What cells and headers of a profile file mean, by the calls that come out of small files.

use filia::{
    io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel},
    population::estimate,
    profile::LocusName,
};
use std::fs;

fn read_with(text: &str, options: &ReadOptions) -> ReadProfiles {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.csv");
    fs::write(&path, text).unwrap();
    read_panel(&[ProfileSource { path, default_role: None }], options).unwrap()
}

fn read(text: &str) -> ReadProfiles {
    read_with(text, &ReadOptions::default())
}

/// The call of a sample at a locus.
fn call(read: &ReadProfiles, id: &str, locus: &str) -> String {
    let locus = read.panel.locus_position(&LocusName::new(locus)).unwrap();
    read.panel.observation(read.panel.find(id).unwrap(), locus).call.to_string()
}

/// Sample, locus and kind of everything that was listed.
fn listed(read: &ReadProfiles) -> Vec<String> {
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

//! Layouts, messages, and the bundled tables against their published sums.

use super::*;
use crate::profile::{Allele, LocusName};

fn table(text: &str) -> FrequencyTable {
    parse_table("f.csv", text).unwrap()
}

fn message(text: &str) -> String {
    parse_table("f.csv", text).unwrap_err().to_string()
}

fn frequency(table: &FrequencyTable, locus: &str, allele: &str) -> f64 {
    table.locus(&LocusName::new(locus)).unwrap().frequency(allele.parse::<Allele>().unwrap())
}

#[test]
fn one_table_in_every_layout() {
    for text in [
        "locus,allele,frequency\nTH01,6,0.25\nTH01,9.3,0.75\nTPOX,8,1\n",
        "Marker;Allele;Freq\nTPOX;8;1\nTH01;9,3;0,75\nTH01;6;0,25\nTH01;7;0\n",
        "Allele,TH01,TPOX\n6,0.25,\n8,,1\n9.3,.75,0\n",
        "Allele\tTH01\tTPOX\n9,3\t0,75\t\n8\t\t1\n6\t0,25\t\n",
        "TH01\n6\t0.25\n9.3\t0.75\n\nTPOX\n8\t1\n",
    ] {
        let table = table(text);
        assert_eq!(table.loci.len(), 2, "{text}");
        assert_eq!(frequency(&table, "TH01", "6"), 0.25);
        assert_eq!(frequency(&table, "TH01", "9.3"), 0.75);
        assert_eq!(frequency(&table, "TPOX", "8"), 1.0);
        assert_eq!(frequency(&table, "TH01", "8"), 0.0);
        assert!(table.notes.iter().any(|note| note.contains("unseen alleles get 0.001")), "{:?}", table.notes);
    }
}

#[test]
fn the_number_counted_in_every_spelling() {
    let people = |text: &str| table(text).loci[0].people;
    assert_eq!(people("locus,allele,frequency,n_people\nTH01,6,1,50\n"), Some(50.0));
    assert_eq!(people("locus,allele,frequency,count,n_alleles\nTH01,6,1,100,100\n"), Some(50.0));
    assert_eq!(people("locus,allele,count\nTH01,6,25\nTH01,7,75\n"), Some(50.0));
    assert_eq!(people("locus,allele,frequency,N\nTH01,6,1,50\n"), Some(50.0));
    assert_eq!(people("Allele,TH01\n6,1\nN,50\n"), Some(50.0));
    assert_eq!(people("Allele,TH01\n6,1\n2N,100\n"), Some(50.0));
    assert_eq!(people("Allele,TH01\n6,1\n"), None);
}

#[test]
fn a_bare_n_is_noted() {
    for text in ["Allele,TH01\n6,1\nN,50\n", "locus,allele,frequency,N\nTH01,6,1,50\n"] {
        assert!(table(text).notes[0].starts_with("f.csv: N is read as people"));
    }
}

#[test]
fn sums_near_one_are_noted_and_far_from_one_refused() {
    assert_eq!(
        table("locus,allele,frequency,n_people\nTH01,6,0.98,9\n").notes,
        ["f.csv: the frequencies of TH01 sum to 0.9800, used as given"]
    );
    assert_eq!(
        message("locus,allele,frequency\nTH01,6,0.5\nTH01,7,0.4\n"),
        "f.csv, line 2: found frequencies of TH01 that sum to 0.9000, expected a sum within 0.05 of 1"
    );
}

#[test]
fn messages_name_the_place() {
    for (text, expected) in [
        (
            "locus,allele,frequency\nTH01,6,-0.1\n",
            "f.csv, line 2, column 3 (frequency): found `-0.1`, expected a frequency between 0 and 1",
        ),
        ("Allele,TH01\n6,1.2\n", "f.csv, line 2, column 2 (TH01): found `1.2`, expected a frequency between 0 and 1"),
        ("Allele,TH01\n6,many\n", "f.csv, line 2, column 2 (TH01): found `many`, expected a frequency between 0 and 1"),
        (
            "locus,allele,frequency\nTH01,OL,0.1\n",
            "f.csv, line 2, column 2 (allele): found `OL`, expected an allele: a repeat number from 1 to 99.9 \
             with at most one decimal, such as 13 or 9.3, or a single letter",
        ),
        (
            "locus,allele,frequency\nTH01,6,0.5\nTH01,6.0,0.5\n",
            "f.csv, line 3: found allele 6 of TH01 for the second time (first on line 2), expected each allele of \
             a locus once",
        ),
        (
            "Allele,TH01,TH01\n6,1,1\n",
            "f.csv, line 1: found locus `TH01` for the second time (as TH01), expected each locus once",
        ),
        (
            "locus,allele,frequency,n_people\nTH01,6,0.5,10\nTH01,7,0.5,11\n",
            "f.csv, line 3, column 4 (n_people): found `11`, expected the same number in every row of the locus",
        ),
        ("locus,allele,frequency\n", "f.csv, line 1: found no locus with a frequency, expected at least one"),
        ("Allele,TH01\n6,0\n", "f.csv, line 1: found no locus with a frequency, expected at least one"),
    ] {
        assert_eq!(message(text), expected, "{text}");
    }
    assert!(message("").starts_with("f.csv is empty: expected a frequency table"));
    assert!(message("locus,allele,share\nTH01,6,1\n").starts_with("f.csv, line 1: found no column `frequency`"));
    assert!(message("one\n").starts_with("f.csv, line 1: found no locus in the header"));
}

#[test]
fn a_range_of_alleles_is_noted_and_counts_towards_the_sum() {
    let table = table("Allele,TH01\n<5,0.1\n6,0.9\n2N,20\n");
    assert_eq!(table.loci[0].frequencies.len(), 1);
    assert_eq!(table.notes, ["f.csv: `<5` at TH01 is a range, not an allele: not used"]);
}

#[test]
fn a_file_of_several_populations_needs_one_named() {
    let text = "population,locus,allele,frequency\nA,TH01,6,1\nB,TH01,7,1\n";
    assert_eq!(
        message(text),
        "f.csv, line 3, column 1 (population): found `B`, expected one population; name one as f.csv:B"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.csv");
    std::fs::write(&path, text).unwrap();
    let name = format!("{}:b", path.display());
    assert_eq!(frequency(&load_table(&name, &Inputs::default()).unwrap(), "TH01", "7"), 1.0);
    let wrong = load_table(&format!("{}:C", path.display()), &Inputs::default()).unwrap_err().to_string();
    assert!(wrong.contains("no population `C`"), "{wrong}");
}

#[test]
fn bundled_tables_are_whole() {
    for bundled in bundled::BUNDLED_TABLES {
        let table = load_table(&bundled.name.to_uppercase(), &Inputs::default()).unwrap();
        assert_eq!((table.name.as_str(), table.loci.len()), (bundled.name, 29));
        assert!(table.notes.is_empty());
        for locus in &table.loci {
            assert!((locus.total() - 1.0).abs() < 1e-12);
            // One person lacks a call at Penta D, one at TPOX.
            let people = locus.people.unwrap();
            assert!(people == f64::from(bundled.people) || people == f64::from(bundled.people) - 1.0);
        }
    }
}

#[test]
fn published_frequencies_to_the_last_digit() {
    let table = load_table("nist1036:cauc", &Inputs::default()).unwrap();
    // The digits of the published table, read as text so that none is lost in the source.
    for (allele, digits) in
        [("8", "0.0055401662049861496"), ("10", "0.22022160664819945"), ("11", "0.30886426592797783")]
    {
        assert_eq!(frequency(&table, "CSF1PO", allele), digits.parse::<f64>().unwrap());
    }
}

#[test]
fn an_unknown_name_lists_the_bundled_ones() {
    let message = load_table("nist1036:cau", &Inputs::default()).unwrap_err().to_string();
    assert_eq!(
        message,
        "no frequency table `nist1036:cau`: neither a file nor a bundled table (nist1036:afam, nist1036:asian, \
         nist1036:cauc, nist1036:hisp); did you mean `nist1036:cauc`?"
    );
}

fn written(table: &FrequencyTable, layout: Layout) -> String {
    let mut bytes = Vec::new();
    write_table(&[(None, table.clone())], layout, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_written_is_read_back_equal() {
    for bundled in bundled::BUNDLED_TABLES {
        let table = load_table(bundled.name, &Inputs::default()).unwrap();
        let wide = parse_table("w", &written(&table, Layout::Wide)).unwrap();
        let long = parse_table("l", &written(&wide, Layout::Long)).unwrap();
        assert_eq!(wide.loci, table.loci);
        assert_eq!(long.loci, table.loci);
    }
}

#[test]
fn layouts_as_they_are_written() {
    let table = table("locus,allele,frequency,n_people\nTH01,9.3,0.75,2\nTH01,6,0.25,2\nTPOX,8,1,\n");
    assert_eq!(written(&table, Layout::Wide), "Allele,TH01,TPOX\n6,0.25,\n8,,1\n9.3,0.75,\nN,2,\n");
    assert_eq!(
        written(&table, Layout::Long),
        "locus,allele,frequency,count,n_alleles\nTH01,6,0.25,1,4\nTH01,9.3,0.75,3,4\nTPOX,8,1,,\n"
    );
}

#[test]
fn the_sex_test_and_the_y_chromosome_are_left_out() {
    let wide = "Allele,TH01,AMEL,DYS391,Yindel\n6,0.5,,,\n7,0.5,,,\n10,,,1,\n1,,,,1\n\"X,X\",,0.5,,\n\"X,Y\",,0.5,,\n";
    let long = "locus,allele,frequency\nTH01,6,0.5\nAMEL,\"X,X\",1\nTH01,7,0.5\nYindel,1,1\nDYS391,10,1\n";
    for text in [wide, long] {
        let table = parse_table("t.csv", text).unwrap();
        assert_eq!(table.loci.len(), 1);
        let note = "t.csv: no factors in the product of loci, so not used: Amelogenin, DYS391, Yindel";
        assert_eq!(table.notes[0], note);
    }
}

#[test]
fn counts_beside_frequencies_tell_how_many_were_counted() {
    let table = parse_table("t.csv", "locus,allele,frequency,count\nTH01,6,0.25,50\nTH01,7,0.75,150\n").unwrap();
    assert_eq!((table.loci[0].people, table.notes.len()), (Some(100.0), 0));
}

#[test]
fn as_many_alleles_as_people_is_a_contradiction() {
    let text = "locus,allele,frequency,n_alleles,n_people\nTH01,6,0.5,200,200\nTH01,7,0.5,200,200\n";
    let table = parse_table("t.csv", text).unwrap();
    assert_eq!(table.loci[0].people, Some(100.0));
    let note = "t.csv: n_alleles and n_people contradict each other (200 alleles, 200 people at TH01, perhaps elsewhere): \
                n_alleles is used";
    assert_eq!(table.notes, [note]);
    assert_eq!(parse_table("t.csv", &text.replace("200,200", "200,100")).unwrap().notes, [""; 0]);
}

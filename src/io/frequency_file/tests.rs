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
        (
            "Allele,TH01\n6,1.2\n",
            "f.csv, line 2, column 2 (TH01): found `1.2`, expected a frequency between 0 and 1 (per cent are to be divided by \
             100; counts go into the long layout, in a column `count`)",
        ),
        (
            "Allele,TH01\n6,24 %\n",
            "f.csv, line 2, column 2 (TH01): found `24 %`, expected a frequency between 0 and 1 (per cent are to be divided by 100)",
        ),
        ("Allele,TH01\n6,many\n", "f.csv, line 2, column 2 (TH01): found `many`, expected a frequency between 0 and 1"),
        (
            "locus,allele,frequency\nTH01,OL,0.1\n",
            "f.csv, line 2, column 2 (allele): found `OL`, expected an allele: a repeat number from 1 to 99.9 \
             with at most one decimal, such as 13 or 9.3, a single letter, or up to 15 bases",
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
    assert_eq!(table.notes, ["f.csv: `<5` at TH01 stands for alleles that it does not name: not used"]);
}

#[test]
fn a_file_of_several_populations_needs_one_named() {
    let text = "population,locus,allele,frequency\nA,TH01,6,1\nB,TH01,7,1\n";
    assert_eq!(message(text), "f.csv, line 1: found 2 populations (A, B), expected one of them: name it, as f.csv:A");
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
fn numbers_counted_that_contradict_each_other_are_refused() {
    for (text, found) in [
        (
            "locus,allele,frequency,n_alleles,n_people\nTH01,6,0.5,200,200\nTH01,7,0.5,200,200\n",
            "found 200 alleles and 200 people counted at TH01, expected two alleles a person (400)",
        ),
        (
            "locus,allele,count,n_people\nTH01,6,50,100\nTH01,7,50,100\n",
            "found counts of TH01 that stand for 100 alleles beside 100 people, expected two alleles a person (200)",
        ),
        (
            "locus,allele,count,n_alleles\nTH01,6,50,200\nTH01,7,50,200\n",
            "found counts of TH01 that stand for 100 alleles beside 200 alleles, expected counts that sum to the number of alleles",
        ),
        (
            "locus,allele,frequency,count,N\nTH01,6,0.25,50,300\nTH01,7,0.75,150,300\n",
            "found counts of TH01 that stand for 200 alleles beside N = 300, expected N alleles (300), or two a person (600)",
        ),
    ] {
        assert_eq!(message(text), format!("f.csv, line 2: {found}"), "{text}");
    }
    // One allele of unknown length was left out of the counts.
    let table = table("locus,allele,frequency,n_alleles,n_people\nTH01,6,0.5,199,100\nTH01,7,0.5,199,100\n");
    assert_eq!(table.loci[0].people, Some(99.5));
    assert!(table.notes[0].contains("n_alleles is used"), "{:?}", table.notes);
    // Of the X chromosome men have one copy.
    let x = "locus,allele,count,n_people\nDXS8378,10,75,100\nDXS8378,11,75,100\n";
    assert_eq!(parse_table("f.csv", x).unwrap().loci[0].people, Some(75.0));
}

#[test]
fn counts_tell_what_a_bare_n_counts() {
    for (n, note) in [(100, None), (200, Some("N is read as alleles"))] {
        let text = format!("locus,allele,count,N\nTH01,6,50,{n}\nTH01,7,150,{n}\n");
        let table = table(&text);
        assert_eq!(table.loci[0].people, Some(100.0));
        assert_eq!(table.notes.iter().any(|said| note.is_some_and(|note| said.contains(note))), note.is_some());
    }
    assert_eq!(table("Allele,TH01\n6,1\nN,50\nn,100\n").loci[0].people, Some(50.0));
    assert!(message("Allele,TH01\n6,1\nN,50\nn,70\n").contains("two numbers N at TH01, 50 and 70"));
}

fn notes(table: &FrequencyTable) -> String {
    table.notes.join("\n")
}

const STRIDER: &str = "TH01\nAllele,\"Entire Database\",Europe,GERMANY\n,1000,700,300\n6,0.23,0.24,0.25\n9.3,0.32,0.33,0.31\n\
                       7,0.45,0.43,0.44\n\nVWA\nAllele,\"Entire Database\",Europe\n,1000,700\n16,0.4,0.3\n17,0.6,0.7\n";

fn population(text: &str, wanted: Option<&str>) -> Result<FrequencyTable, String> {
    read_table(TextTable::parse("f.csv", text, EXPECTED).unwrap(), wanted).map_err(|error| error.to_string())
}

#[test]
fn a_population_of_strider_is_named() {
    let europe = population(STRIDER, Some("europe")).unwrap();
    assert_eq!((frequency(&europe, "TH01", "7"), frequency(&europe, "vWA", "17")), (0.43, 0.7));
    assert_eq!(europe.loci.iter().map(|locus| locus.people).collect::<Vec<_>>(), [Some(700.0); 2]);
    let germany = population(STRIDER, Some("Germany")).unwrap();
    assert_eq!((germany.loci.len(), frequency(&germany, "TH01", "9.3")), (1, 0.31));
    assert!(notes(&germany).contains("no allele was seen at these loci, so not used: vWA"), "{:?}", germany.notes);
    assert_eq!(
        population(STRIDER, None).unwrap_err(),
        "f.csv, line 2: found 3 populations (Entire Database, Europe, GERMANY), expected one of them: name it, as \
         f.csv:Entire Database"
    );
    assert_eq!(
        population(STRIDER, Some("Europa")).unwrap_err(),
        "f.csv, line 2: found no population `Europa`, expected one of Entire Database, Europe, GERMANY (did you mean `Europe`?)"
    );
    let alone =
        table("TH01\nAllele,Europe\n,700\n6,0.24\n7,0.43\n9.3,0.33\n\nVWA\nAllele,Europe\n,700\n16,0.4\n17,0.6\n");
    assert_eq!((alone.loci.len(), alone.loci[1].people), (2, Some(700.0)));
}

#[test]
fn several_populations_in_one_file_in_every_layout() {
    for text in [
        ",TH01,TH01,FGA,FGA\nAllele,302 Cau,258 AA,302 Cau,258 AA\n6,0.25,0.5,,\n9.3,0.75,0.5,,\n21,,,0.4,0.5\n22,,,0.6,0.5\n",
        "Table 1,,,,\nAllele,TH01,,FGA,\n,Cau (302),AA (258),Cau (302),AA (258)\n6,0.25,0.5,NA,-\n9.3,0.75,0.5,NA,-\n21,,,0.4,0.5\n22,,,0.6,0.5\n",
        ",302 Cau,,258 AA,\nAllele,TH01,FGA,TH01,FGA\n6,0.25,,0.5,\n9.3,0.75,,0.5,\n21,,0.4,,0.5\n22,,0.6,,0.5\n",
        "Database\tN\tAllele\tTH01\tFGA\nCau\t302\t6\t0.25\t\nCau\t302\t9.3\t0.75\t\nCau\t302\t21\t\t0.4\nCau\t302\t22\t\t0.6\nAA\t258\t6\t0.5\t\n\
         AA\t258\t9.3\t0.5\t\nAA\t258\t21\t\t0.5\nAA\t258\t22\t\t0.5\n",
        "Marker;Allele;LUS;302 Cau;258 AA\nTH01;6;6;0,25;0,5\nTH01;9,3;6;0,75;0,5\nFGA;21;13;0,4;0,5\nFGA;22;14;0,6;0,5\nFGA;98;NA;0;0\n",
        "STR;population;N;freq_6;freq_9.3;freq_21;freq_22;Hobs;Fst\nTH01;Cau;302;0.25;0.75;0;0;0.7;-\nFGA;Cau;302;;;0.4;0.6;0.8;-\n\
         TH01;AA;258;0.5;0.5;;;;\nFGA;AA;258;;;0.5;0.5;;\nSE33;AA;0;;;;;;\n",
        "population,locus,allele,frequency,n_people\nCau,TH01,6,0.25,302\nCau,TH01,9.3,0.75,302\nAA,TH01,6,0.5,258\nAA,TH01,9.3,0.5,258\n\
         Cau,FGA,21,0.4,302\nCau,FGA,22,0.6,302\nAA,FGA,21,0.5,258\nAA,FGA,22,0.5,258\n",
    ] {
        let cau = population(text, Some("cau")).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!((frequency(&cau, "TH01", "9.3"), frequency(&cau, "FGA", "21")), (0.75, 0.4), "{text}");
        assert_eq!(cau.loci.iter().map(|locus| locus.people).collect::<Vec<_>>(), [Some(302.0); 2], "{text}");
        let aa = population(text, Some("AA")).unwrap();
        assert_eq!((frequency(&aa, "TH01", "6"), aa.loci[0].people), (0.5, Some(258.0)), "{text}");
        let refused = population(text, None).unwrap_err();
        assert!(refused.contains("2 populations (") && refused.contains("name it, as f.csv:Cau"), "{refused}");
    }
}

#[test]
fn rows_about_whole_loci_are_told_from_alleles() {
    let text = "Frequencies, Spain\n\nSTR;TH01;FGA\nN;97;97\nAllele;;\n6.0;0,2500;NA\n9.3;0,7400;-\n21;;0,4\n22;;0,6\nRest;0,01;0\n\
                Hobs;0.78;0.75\nPI;0.1;n.a.\nTotal;1;1\nHWE;0.3;0.6\n";
    let table = table(text);
    assert_eq!((frequency(&table, "TH01", "6"), frequency(&table, "FGA", "22")), (0.25, 0.6));
    assert_eq!(table.loci.iter().map(|locus| locus.people).collect::<Vec<_>>(), [Some(97.0); 2]);
    assert_eq!(
        table.notes,
        [
            "f.csv: `Rest` at TH01 stands for alleles that it does not name: not used",
            "f.csv: N is read as people (where it counts alleles, call it n_alleles: 5/(2N) is then twice as large)",
            "f.csv: no alleles, so not read: HWE, Hobs, PI, Total",
        ]
    );
}

#[test]
fn labels_that_a_spreadsheet_spoilt_are_explained() {
    for (label, remedy) in [
        ("06. Mrz", "a spreadsheet made a date of it"),
        ("15.Feb", "a spreadsheet made a date of it"),
        ("07.07.2002", "a spreadsheet made a date of it"),
        ("7/7.2", "give each of them a row of its own"),
    ] {
        let refused = message(&format!("Allele,TH01\n9.3,0.5\n{label},0.5\n"));
        assert!(refused.contains("f.csv, line 3, column 1 (Allele)") && refused.contains(remedy), "{refused}");
    }
}

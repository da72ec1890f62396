//! A locus that stands twice in the header: two typings, or two alleles; and commas that are decimal or stand between alleles.

use super::reading_cells::{call, listed, read};

#[test]
fn two_typings_of_a_locus_are_compared_sample_by_sample() {
    let text = "Sample Name,D3S1358,vWA,TH01,D3S1358,FGA\n\
                differ,\"15,15\",\"16,18\",9.3,\"17,17\",\"20,22\"\n\
                agree,\"15,16\",\"16,18\",9.3,\"16,15\",\"20,22\"\n\
                dropped,\"15,16\",\"16,18\",9.3,\"15,15\",\"20,22\"\n\
                single,15,\"16,18\",9.3,17,\"20,22\"\n\
                first,\"15,16\",\"16,18\",9.3,,\"20,22\"\n\
                second,NA,\"16,18\",9.3,\"15,16\",\"20,22\"\n\
                ladder,\"15,OL\",\"16,18\",9.3,\"15,16\",\"20,22\"\n\
                neither,,\"16,18\",9.3,,\"20,22\"\n";
    for text in [text.to_owned(), text.replace("TH01,D3S1358", "TH01,D3S1358.1")] {
        let found = read(&text);
        for (id, expected) in [
            ("differ", "-"),
            ("agree", "15,16"),
            ("dropped", "-"),
            ("single", "-"),
            ("first", "15,16"),
            ("second", "15,16"),
            ("ladder", "15,16"),
            ("neither", "-"),
        ] {
            assert_eq!(call(&found, id, "D3S1358"), expected, "{id}");
            assert_eq!(call(&found, id, "vWA"), "16,18", "{id}");
        }
        let conflicts = ["differ", "dropped", "single"].map(|id| format!("{id} D3S1358: conflicting columns"));
        let ladder = ["ladder D3S1358: off-ladder allele".to_owned()];
        assert_eq!(listed(&found), [&conflicts[..], &ladder[..]].concat());
        let rejected = found.rejected.to_vec().unwrap();
        assert_eq!(rejected[0].value, "15,15 | 17,17");
        assert!(
            found.notes.iter().any(|note| note.ends_with("compared, sample by sample: D3S1358")),
            "{:?}",
            found.notes
        );
    }
}

#[test]
fn two_columns_a_kit() {
    let text = "id,D3S1358_1,D3S1358_2,vWA_1,vWA_2,D3S1358_1,D3S1358_2\na,15,16,17,18,16,15\nb,15,16,17,,15,17\nc,,,17,17,15,\n";
    for text in [
        text.to_owned(),
        text.replace("_1", "").replace("_2", ""),
        text.replace("_1", "").replace("D3S1358_2", "").replace("vWA_2", ""),
    ] {
        let found = read(&text);
        let calls = ["a", "b", "c"].map(|id| call(&found, id, "D3S1358"));
        assert_eq!(calls, ["15,16", "-", "15"], "{text}");
        assert_eq!(listed(&found), ["b D3S1358: conflicting columns"], "{text}");
        assert_eq!(found.rejected.to_vec().unwrap()[0].value, "15,16 | 15,17");
    }
}

#[test]
fn the_name_twice_is_two_alleles_where_cells_hold_one() {
    for header in
        ["id,vWA,vWA,TH01,TH01", "id,vWA,TH01,vWA,TH01", "id,vWA_1,TH01_1,vWA_2,TH01_2", "id,vWA,vWA.1,TH01,TH01.1"]
    {
        let blocks = header.starts_with("id,vWA,TH01") || header.contains("vWA_1,TH01");
        let row = |id: &str, vwa: [&str; 2], th01: [&str; 2]| match blocks {
            true => format!("{id},{},{},{},{}\n", vwa[0], th01[0], vwa[1], th01[1]),
            false => format!("{id},{},{},{},{}\n", vwa[0], vwa[1], th01[0], th01[1]),
        };
        let rows = row("a", ["16", "18"], ["9.3", "6"]) + &row("b", ["17", "17"], ["7", ""]);
        let found = read(format!("{header}\n{rows}"));
        assert_eq!(["a", "b"].map(|id| call(&found, id, "vWA")), ["16,18", "17"], "{header}");
        assert_eq!(["a", "b"].map(|id| call(&found, id, "TH01")), ["6,9.3", "7"], "{header}");
        assert_eq!(listed(&found), [""; 0]);
    }
}

#[test]
fn typings_or_alleles_that_nobody_can_tell_are_listed() {
    let few = read("id,vWA,TH01,vWA\na,16,\"6,7\",18\nb,17,\"6,7\",17\n");
    assert_eq!(["a", "b"].map(|id| call(&few, id, "vWA")), ["-", "17"]);
    assert_eq!(listed(&few), ["a vWA: conflicting columns"]);
    assert!(few.rejected.to_vec().unwrap()[0].reason.to_string().contains("cannot be told"));
    // Three rows of two typings that contradict each other, all homozygous: nobody has them.
    let many = read("id,vWA,TH01,vWA\na,16,\"6,7\",18\nb,17,\"6,7\",18\nc,16,\"6,7\",19\n");
    assert_eq!(["a", "b", "c"].map(|id| call(&many, id, "vWA")), ["16,18", "17,18", "16,19"]);
}

#[test]
fn amelogenin_of_two_kits_and_in_columns_for_x_and_y() {
    let sex = |text: &str, id: &str| {
        let found = read(text);
        found.panel.sex(found.panel.find(id).unwrap()).as_str().to_owned()
    };
    let kits = "id,AMEL,vWA,AMEL\na,\"X,Y\",16,\"X,Y\"\nb,\"X,X\",16,\"X,Y\"\nc,,16,\"X,X\"\n";
    assert_eq!(["a", "b", "c"].map(|id| sex(kits, id)), ["male", "unknown", "female"]);
    assert_eq!(listed(&read(kits)), ["b Amelogenin: conflicting columns"]);
    let columns = "id,AMELX,AMELY,vWA\na,X,Y,16\nb,X,,16\n";
    assert_eq!(["a", "b"].map(|id| sex(columns, id)), ["male", "female"]);
    assert_eq!(sex("id,AMELX,vWA\na,X,16\n", "a"), "unknown");
}

#[test]
fn in_a_long_table_a_row_without_result_contradicts_nothing() {
    let text =
        "id,Marker,Allele 1,Allele 2\na,vWA,,\na,vWA,16,18\na,TH01,6,7\na,TH01,,\na,FGA,20,21\na,FGA,,\na,FGA,20,22\n";
    let found = read(text);
    assert_eq!(["vWA", "TH01", "FGA"].map(|locus| call(&found, "a", locus)), ["16,18", "6,7", "-"]);
    assert_eq!(listed(&found), ["a FGA: conflicting rows"; 2]);
}

#[test]
fn decimal_commas_are_read_by_what_the_locus_shows() {
    let text = "Sample Name;D3S1358;TH01;D21S11;Penta D\n\
                A1;15,17;6,9,3;30,31,2;2,2,9\n\
                A2;15,17;9,3;31,2;2,2\n\
                A3;15,17;9,30;31,2,32,2;2,2,3,2\n\
                A4;15,17;9,3,10;31,2;9,12\n";
    for text in [text.to_owned(), text.replace(';', "\t")] {
        let found = read(&text);
        for (id, th01, d21, penta) in [
            ("A1", "6,9.3", "30,31.2", "2.2,9"),
            ("A2", "9.3", "31.2", "2.2"),
            ("A3", "-", "31.2,32.2", "2.2,3.2"),
            ("A4", "9.3,10", "31.2", "9,12"),
        ] {
            assert_eq!(["TH01", "D21S11", "Penta D"].map(|locus| call(&found, id, locus)), [th01, d21, penta], "{id}");
        }
        assert_eq!(listed(&found), ["A3 TH01: ambiguous comma"]);
    }
}

#[test]
fn points_in_the_file_leave_commas_between_alleles() {
    let found = read("id;TH01;D3S1358\na;6,9.3;15,16\nb;7,8;15\nc;9,3;15\n");
    assert_eq!(["a", "b", "c"].map(|id| call(&found, id, "TH01")), ["6,9.3", "7,8", "-"]);
    assert_eq!(listed(&found), ["c TH01: ambiguous comma"]);
    let long = read("id;Marker;Genotype\na;TH01;6,9,3\nb;TH01;9,3\na;D3S1358;15,16\n");
    assert_eq!(["a", "b"].map(|id| call(&long, id, "TH01")), ["6,9.3", "9.3"]);
}

#[test]
fn kits_behind_the_names_of_loci_are_typings() {
    for (first, second) in
        [("D3S1358", "D3S1358 (kit B)"), ("D3S1358", "D3S1358_PPF6C"), ("D3S1358.GlobalFiler", "D3S1358.NGM SElect")]
    {
        let text = format!(
            "id,{first},vWA,{second}\na,\"15,16\",17,\"16,15\"\nb,\"15,16\",17,\"15,17\"\nc,,17,\"15,17\"\nd,15,17,16\n"
        );
        let found = read(&text);
        let calls = ["a", "b", "c", "d"].map(|id| call(&found, id, "D3S1358"));
        assert_eq!(calls, ["15,16", "-", "15,17", "-"], "{second}");
        assert_eq!(listed(&found), ["b D3S1358: conflicting columns", "d D3S1358: conflicting columns"], "{second}");
        assert!(found.notes.iter().any(|note| note.ends_with("sample by sample: D3S1358")), "{:?}", found.notes);
    }
    let columns = read("id,vWA_1_GF,vWA_2_GF,vWA_1_PP16,vWA_2_PP16\na,16,17,17,16\nb,16,17,16,18\nc,16,,,\n");
    assert_eq!(["a", "b", "c"].map(|id| call(&columns, id, "vWA")), ["16,17", "-", "16"]);
    let long = read("id,Marker,Allele 1,Allele 2\na,vWA_GF,16,17\na,vWA_PP16,16,18\nb,vWA_GF,16,17\n");
    assert_eq!(["a", "b"].map(|id| call(&long, id, "vWA")), ["-", "16,17"]);
    let heights = read("id,vWA,vWA_height,TH01 RFU\na,16,1200,300\n");
    assert_eq!((call(&heights, "a", "vWA"), listed(&heights)), ("16".to_owned(), vec![]));
    assert!(
        heights.notes.iter().any(|note| note.ends_with("(kit NAME)`): vWA_height, TH01 RFU")),
        "{:?}",
        heights.notes
    );
}

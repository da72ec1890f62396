//! What stands above and in the header: titles, comments, id columns and long tables in several languages, short locus names.

use super::reading_cells::{call, listed, read, read_with};
use filia::io::profiles::{ProfileError, ProfileSource, ReadOptions, read_panel};

fn refuse(text: &str, options: &ReadOptions) -> ProfileError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("profiles.csv");
    std::fs::write(&path, text).unwrap();
    read_panel(&[ProfileSource { path, default_role: None }], options).unwrap_err()
}

#[test]
fn titles_and_comments_above_the_header_are_passed_over() {
    for above in [
        "Mass grave 7; list of 3 May\n",
        "# exported 2024\n# by hand\n",
        "Kit: PowerPlex 21\n\n",
        ";;;\nProfiles\n,,,\n",
        "Kit \"PP16\n",
        "\n\n",
    ] {
        let found = read(format!("{above}id,TH01,vWA\na,\"6,9.3\",\"16,17\"\n"));
        assert_eq!((call(&found, "a", "TH01"), found.panel.len()), ("6,9.3".into(), 1), "{above}");
        assert_eq!(listed(&found), [""; 0], "{above}");
        let line = above.matches('\n').count() as u64 + 2;
        assert_eq!(found.origins.line(found.panel.find("a").unwrap()), line);
    }
    let noted = read("Kit: PowerPlex 21\n# more\nid,TH01\na,6\n").notes;
    assert!(noted.iter().any(|note| note.ends_with("2 lines above the header: not used")), "{noted:?}");
    // A header that begins with the sign of a comment is a header.
    assert_eq!(call(&read("#sample_id\tTH01\na\t6\n"), "a", "TH01"), "6");
    let message = refuse("# a comment\ncolour,size\nred,3\n", &ReadOptions::default()).to_string();
    assert!(message.contains("line 2: no column with the sample ids (found `colour`, `size`"), "{message}");
}

#[test]
fn id_columns_in_the_field_s_words() {
    for word in [
        "ind",
        "sample",
        "Individual",
        "Sample ID",
        "Specimen",
        "Indivíduo",
        "Individuo",
        "Nr",
        "Probe",
        "échantillon",
        "Muestra",
        "Amostra",
        "Campione",
        "Indivi\u{301}duo",
        "Sample No.",
        "Subject ID",
    ] {
        assert_eq!(call(&read(format!("{word};TH01\na;6/7\n")), "a", "TH01"), "6,7", "{word}");
    }
    // A number of the row is an id only where nothing else is.
    assert_eq!(call(&read("Nr,Sample,TH01\n1,a,6\n"), "a", "TH01"), "6");
}

#[test]
fn long_tables_in_other_languages() {
    for header in [
        "Indivíduo\tLócus\tAlelo 1\tAlelo 2",
        "Individuo\tMarcador\tAlelo 1\tAlelo 2",
        "Échantillon\tMarqueur\tAllèle 1\tAllèle 2",
        "Probe\tGenort\tAllel 1\tAllel 2",
        "Sample Name\tMarker\tAllele Call 1\tAllele Call 2",
    ] {
        for text in [header.to_owned(), header.replace('\t', ";")] {
            let separator = if text.contains(';') { ";" } else { "\t" };
            let row = ["P1", "TH01", "6", "9,3"].join(separator);
            assert_eq!(call(&read(format!("{text}\n{row}\n")), "P1", "TH01"), "6,9.3", "{header}");
        }
    }
    assert_eq!(call(&read("Sample Name,Locus,Genotype\nP1,D3S1358,\"15,17\"\n"), "P1", "D3S1358"), "15,17");
}

#[test]
fn columns_of_long_tables_can_be_named() {
    let text = "kto,gdzie,pierwszy,drugi\nP1,D3S1358,15,17\nP1,TH01,6,\n";
    let options = ReadOptions {
        id_column: Some("kto".into()),
        marker_column: Some("gdzie".into()),
        allele_columns: vec!["pierwszy".into(), "drugi".into()],
        ..ReadOptions::default()
    };
    let found = read_with(text, &options);
    assert_eq!(["D3S1358", "TH01"].map(|locus| call(&found, "P1", locus)), ["15,17", "6"]);
    let message = refuse(text, &ReadOptions { marker_column: Some("wo".into()), ..options }).to_string();
    assert!(message.contains("line 1: no column `wo` (--marker-column); found `kto`"), "{message}");
}

#[test]
fn short_locus_names_where_they_are_unambiguous() {
    let wide = read("id,D3,D21,D2,D12\na,\"15,16\",\"29,31.2\",\"17,20\",\"18,19\"\n");
    assert_eq!(["D3S1358", "D21S11"].map(|locus| call(&wide, "a", locus)), ["15,16", "29,31.2"]);
    assert_eq!(wide.panel.loci().len(), 2);
    assert!(wide.notes.iter().any(|note| note.ends_with("write the whole name: D2, D12")), "{:?}", wide.notes);
    let long = read("id,Marker,Allele 1,Allele 2\na,D3,15,16\na,D12,18,19\n");
    assert_eq!(call(&long, "a", "D3S1358"), "15,16");
    assert_eq!(listed(&long), ["a : unknown locus"]);
}

#[test]
fn the_header_once_more_is_no_sample() {
    let wide = read("id,TH01,vWA\na,6,17\nid,TH01,vWA\nb,7,18\n");
    assert_eq!((wide.panel.len(), listed(&wide)), (2, vec![" : repeated header".to_owned()]));
    let long = read("id,Marker,Allele 1\na,TH01,6\nid,Marker,Allele 1\nb,TH01,7\n");
    assert_eq!((long.panel.len(), listed(&long)), (2, vec![" : repeated header".to_owned()]));
}

#[test]
fn m_is_a_woman_where_men_are_hombres() {
    let sexes = |text: &str| {
        let found = read(text);
        let of = |id: &str| found.panel.sex(found.panel.find(id).unwrap()).as_str();
        (["a", "b"].map(of).to_vec().join(" "), found.rejected.len())
    };
    for (cells, expected, listed) in [
        (["H", "M"], "male female", 0),
        (["V", "M"], "male female", 0),
        (["M", "F"], "male female", 0),
        (["M", "W"], "male female", 0),
        (["H", "F"], "male female", 0),
        (["H", "V"], "unknown unknown", 2),
        (["hombre", "Mujer"], "male female", 0),
    ] {
        let text = format!("id;Sexo;TH01\na;{};6\nb;{};6\n", cells[0], cells[1]);
        assert_eq!(sexes(&text), (expected.to_owned(), listed), "{cells:?}");
    }
    let (three, listed) = sexes("id,sexe,TH01\na,H,6\nb,F,6\nc,M,6\n");
    assert_eq!((three.as_str(), listed), ("male female", 1));
}

#[test]
fn a_header_over_two_rows() {
    for text in [
        ",,D3S1358,,vWA,\nSample,Sex,Allele 1,Allele 2,Allele 1,Allele 2\na,F,15,16,17,18\nb,M,15,,17,\n",
        ";;D3S1358;D3S1358;vWA;vWA\nSample;Sex;1;2;1;2\na;F;15;16;17;18\nb;M;15;;17;\n",
        "Grave 7\n,,D3S1358,,vWA,\n\"Sample\nName\",Sex,a,b,a,b\na,F,15,16,17,18\nb,M,15,,17,\n",
    ] {
        let found = read(text);
        let calls = |id| ["D3S1358", "vWA"].map(|locus| call(&found, id, locus));
        assert_eq!((calls("a"), calls("b")), (["15,16", "17,18"].map(str::to_owned), ["15", "17"].map(str::to_owned)));
        assert_eq!((found.panel.len(), listed(&found)), (2, vec![]), "{text}");
        let place = text.find("\na,").or(text.find("\na;")).unwrap();
        assert_eq!(found.origins.line(found.panel.find("a").unwrap()), text[..=place].matches('\n').count() as u64 + 1);
        assert!(found.notes.iter().any(|note| note.ends_with("the header stands in two rows")), "{:?}", found.notes);
    }
    // A kit's line above a whole header is a title: the columns are typings.
    let kits = read(",Kit A,,Kit B,\nSample,D3S1358,vWA,D3S1358,vWA\na,\"15,16\",17,\"15,17\",17\n");
    assert_eq!(["D3S1358", "vWA"].map(|locus| call(&kits, "a", locus)), ["-", "17"]);
}

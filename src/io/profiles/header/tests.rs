use super::*;

fn classify(header: &str) -> Result<FileColumns, HeaderFault> {
    HeaderNames::default().classify(header.split(',').map(str::to_owned).collect())
}

fn loci(header: &str) -> Vec<(String, Vec<usize>)> {
    match classify(header).unwrap().layout {
        TableLayout::Wide { loci, .. } => {
            let places = |columns: Vec<LocusColumn>| columns.into_iter().map(|column| column.at).collect();
            loci.into_iter().map(|locus| (locus.locus.to_string(), places(locus.columns))).collect()
        }
        TableLayout::Long { .. } => panic!("long"),
    }
}

#[test]
fn two_columns_a_locus_in_every_spelling() {
    for header in [
        "id,vWA_1,vWA_2,TH01_1,TH01_2",
        "id,vWA 1,vWA 2,THO1 1,THO1 2",
        "id,vWA,vWA,TH01,TH01",
        "id,vWA,,TH01,",
        "id,VWA.a,VWA.b,TH01-1,TH01-2",
        "id,vWA (1),vWA (2),TH01 Allele 1,TH01 Allele 2",
        "id,vWA1,vWA2,TH011,TH012",
    ] {
        assert_eq!(loci(header), [("vWA".into(), vec![1, 2]), ("TH01".into(), vec![3, 4])], "{header}");
    }
    assert_eq!(loci("id,D3S13581,D3S13582"), [("D3S1358".into(), vec![1, 2])]);
    assert_eq!(loci("id,Penta D_1,Penta D_2,Penta E"), [("Penta D".into(), vec![1, 2]), ("Penta E".into(), vec![3])]);
    assert_eq!(loci("id,vWA_1,vWA_2,vWA_3,TH01"), [("vWA".into(), vec![1, 2, 3]), ("TH01".into(), vec![4])]);
    assert_eq!(loci("id,vWA,,,TH01,"), [("vWA".into(), vec![1, 2, 3]), ("TH01".into(), vec![4, 5])]);
    assert_eq!(loci("id,vWA,,TH01,,,"), [("vWA".into(), vec![1, 2]), ("TH01".into(), vec![3, 4])]);
    assert_eq!(loci("id,vWA,TH01,,"), [("vWA".into(), vec![1]), ("TH01".into(), vec![2])]);
}

#[test]
fn kits_behind_loci_are_typings_and_other_words_are_not() {
    for header in [
        "id,D3S1358,vWA,D3S1358_PPF6C",
        "id,D3S1358 (kit A),vWA,D3S1358 (kit B)",
        "id,D3S1358.GlobalFiler,vWA,D3S1358 [PowerPlex 21]",
    ] {
        assert_eq!(loci(header), [("D3S1358".into(), vec![1, 3]), ("vWA".into(), vec![2])], "{header}");
    }
    for header in ["id,vWA_1_GF,vWA_2_GF", "id,vWA_GF_1,vWA_GF_2", "id,vWA (kit B) a,vWA (kit B) b", "id,vWA_GF,"] {
        assert_eq!(loci(header), [("vWA".into(), vec![1, 2])], "{header}");
    }
    let columns = classify("id,vWA,vWA_height,FGA RFU,remark,TH01-x").unwrap();
    let begun = HeaderNames::default().begun_with_locus(&columns.ignored).join(" ");
    assert_eq!(begun, "vWA_height FGA RFU TH01-x");
    assert_eq!(HeaderNames::default().locus_of_marker("TH01_PP16"), Some(LocusName::new("TH01")));
}

#[test]
fn other_columns_are_told_apart() {
    let columns = classify("Nr,Sample Name,Sex,AMEL,DYS391,D3S1358,comment,Yindel").unwrap();
    assert_eq!((columns.id, columns.metadata.clone()), (1, vec![(2, Field::Sex)]));
    assert_eq!(columns.ignored, ["Nr", "comment"]);
    assert_eq!(columns.y_loci, ["DYS391", "Yindel"]);
    assert_eq!(classify(",id,vWA,TH01,,FGA,SE33,").unwrap().nameless, [0, 4]);
    assert!(matches!(columns.layout, TableLayout::Wide { amelogenin: Some(_), .. }));
}

#[test]
fn genotype_tables_are_long() {
    for header in [
        "Sample File,Sample Name,Panel,Marker,Dye,Allele 1,Allele 2,Size 1",
        "SampleName,Marker,Dye,X,P,Allele.1,Allele.2",
        "Amostra,Marcador,Dye,Genótipo,P,Alelo 1,Alelo 2",
        "Échantillon,Marqueur,Dye,X,P,Allèle 1,Allèle 2",
        "Probe,Genort,Dye,X,P,Allel 1,Allel 2",
    ] {
        let columns = classify(header).unwrap();
        assert!(matches!(columns.layout, TableLayout::Long { ref alleles, .. } if *alleles == [5, 6]), "{header}");
    }
}

#[test]
fn short_names_and_amelogenin_in_two_columns() {
    assert_eq!(loci("ind,D3,D21S,D2"), [("D3S1358".into(), vec![1]), ("D21S11".into(), vec![2])]);
    assert_eq!(loci("ind,D3_1,D3_2"), [("D3S1358".into(), vec![1, 2])]);
    let columns = classify("ind,D3,D2,D12_1,D12_2,AMELX,AMELY").unwrap();
    assert_eq!(HeaderNames::default().ambiguous_names(&columns.ignored), ["D2", "D12"]);
    assert!(matches!(columns.layout, TableLayout::Wide { amelogenin: Some(ref both), .. } if both.columns.len() == 2));
    assert_eq!(classify("ind,D3,AMELX").unwrap().ignored, ["AMELX"], "a man shows X there too");
}

#[test]
fn named_columns_are_found_or_said_to_be_missing() {
    let names = HeaderNames {
        id_column: Some("kto".into()),
        marker_column: Some("gdzie".into()),
        allele_columns: vec!["pierwszy".into(), "drugi".into()],
        ..HeaderNames::default()
    };
    let header = |text: &str| names.classify(text.split(',').map(str::to_owned).collect());
    let layout = TableLayout::Long { marker: 1, alleles: vec![3, 2] };
    assert_eq!(header("Kto,gdzie,drugi,pierwszy").unwrap().layout, layout);
    let missing = HeaderFault::NamedColumnMissing("drugi".into(), "--allele-column");
    assert_eq!(header("kto,gdzie,pierwszy"), Err(missing));
}

#[test]
fn a_header_without_id_or_locus_is_refused() {
    assert_eq!(classify("vWA,TH01"), Err(HeaderFault::NoIdColumn));
    assert_eq!(classify("vWA,Yes,No,17"), Err(HeaderFault::NoIdColumn), "a row of a report");
    assert_eq!(classify("Locus,Genotype,No"), Err(HeaderFault::NoIdColumn), "a row of a report");
    assert_eq!(classify("TPOX,11,vWA,No"), Err(HeaderFault::NoIdColumn), "another");
    assert!(["No,vWA,TH01", "No.,vWA", "No,Marker,Allele 1"].iter().all(|header| classify(header).is_ok()));
    assert_eq!(classify("id,colour"), Err(HeaderFault::NoLocus));
}

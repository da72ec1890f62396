//! CODIS import files: roles from categories, homozygotes, off-ladder values, namespaces, damaged files.

use super::match_support::Folder;
use super::reading_cells::{call, listed, read};

/// Three specimens, made by hand in the shape that the specification gives.
pub const CMF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CODISImportFile xmlns="urn:CODISImportFile-schema">
  <HEADERVERSION>3.2</HEADERVERSION>
  <MESSAGETYPE>Import</MESSAGETYPE>
  <SPECIMEN SOURCEID="Yes" PARTIAL="true">
    <SPECIMENID>BODY &lt;1&#62;</SPECIMENID>
    <SPECIMENCATEGORY>Unidentified Person</SPECIMENCATEGORY>
    <LOCUS KIT="PowerPlex 16">
      <LOCUSNAME>THO1</LOCUSNAME>
      <READINGBY>X</READINGBY>
      <ALLELE ALLELEREQUIRED="true"><ALLELEVALUE>6</ALLELEVALUE></ALLELE>
      <ALLELE><ALLELEVALUE>9.3</ALLELEVALUE></ALLELE>
    </LOCUS>
    <LOCUS><LOCUSNAME>vWA</LOCUSNAME><ALLELE><ALLELEVALUE>17</ALLELEVALUE></ALLELE></LOCUS>
    <LOCUS>
      <LOCUSNAME>FGA</LOCUSNAME>
      <ALLELE><ALLELEVALUE>&lt;18</ALLELEVALUE></ALLELE>
      <ALLELE><ALLELEVALUE>22</ALLELEVALUE></ALLELE>
    </LOCUS>
    <LOCUS><LOCUSNAME>Amelogenin</LOCUSNAME><ALLELE><ALLELEVALUE>X</ALLELEVALUE></ALLELE><ALLELE><ALLELEVALUE>Y</ALLELEVALUE></ALLELE></LOCUS>
    <LOCUS><LOCUSNAME>DYS391</LOCUSNAME><ALLELE><ALLELEVALUE>10</ALLELEVALUE></ALLELE></LOCUS>
  </SPECIMEN>
  <c:SPECIMEN xmlns:c="urn:other">
    <c:SPECIMENID><![CDATA[MOTHER]]></c:SPECIMENID>
    <c:SPECIMENCATEGORY>Biological Mother</c:SPECIMENCATEGORY>
    <c:LOCUS><c:LOCUSNAME>TP0X</c:LOCUSNAME><c:ALLELE><c:ALLELEVALUE>8</c:ALLELEVALUE></c:ALLELE></c:LOCUS>
    <c:LOCUS><c:LOCUSNAME>TH01</c:LOCUSNAME><c:ALLELE><c:ALLELEVALUE>6</c:ALLELEVALUE></c:ALLELE></c:LOCUS>
    <c:LOCUS><c:LOCUSNAME>TH01</c:LOCUSNAME><c:ALLELE><c:ALLELEVALUE>7</c:ALLELEVALUE></c:ALLELE></c:LOCUS>
    <c:LOCUS><c:LOCUSNAME>Foo</c:LOCUSNAME><c:ALLELE><c:ALLELEVALUE>7</c:ALLELEVALUE></c:ALLELE></c:LOCUS>
  </c:SPECIMEN>
  <SPECIMEN><SPECIMENID/><SPECIMENCATEGORY>Other</SPECIMENCATEGORY></SPECIMEN>
</CODISImportFile>
"#;

#[test]
fn specimens_are_samples_with_the_roles_of_their_categories() {
    let found = read(CMF);
    let ids: Vec<&str> = found.panel.indices().map(|sample| found.panel.id(sample)).collect();
    assert_eq!(ids, ["BODY <1>", "MOTHER"]);
    let calls = |id: &str| ["TH01", "vWA", "FGA", "TPOX"].map(|locus| call(&found, id, locus));
    assert_eq!(calls("BODY <1>"), ["6,9.3", "17", "-", "-"]);
    assert_eq!(calls("MOTHER"), ["-", "-", "-", "8"]);
    let role = |id: &str| found.panel.role(found.panel.find(id).unwrap()).unwrap().as_str();
    assert_eq!((role("BODY <1>"), role("MOTHER")), ("corpse", "relative"));
    assert_eq!(found.panel.sex(found.panel.find("BODY <1>").unwrap()).as_str(), "male");
    assert_eq!(
        listed(&found),
        [
            "BODY <1> FGA: off-ladder allele",
            "MOTHER TH01: conflicting columns",
            "MOTHER : unknown locus",
            " : no sample id"
        ]
    );
    let rejected = found.rejected.to_vec().unwrap();
    assert_eq!(rejected.iter().map(|entry| entry.line).collect::<Vec<_>>(), [15, 27, 29, 31]);
    let notes = found.notes.join("\n");
    for part in [
        "Biological Mother (1): relative; Other (1): no role; Unidentified Person (1): corpse",
        "kept out of the product of loci: DYS391",
        "read over: ALLELE ALLELEREQUIRED, HEADERVERSION, LOCUS KIT, MESSAGETYPE, READINGBY, SPECIMEN PARTIAL, ",
    ] {
        assert!(notes.contains(part), "{part}\n{notes}");
    }
    assert_eq!(found.files[0].format, "CODIS import file (XML, root `CODISImportFile`)");
}

#[test]
fn the_root_may_be_that_of_rapid_instruments_and_begin_with_a_mark() {
    let text = format!("\u{feff}{}", CMF.replace("CODISImportFile", "RapidImportFile").replace('\n', "\r\n"));
    assert_eq!(call(&read(text), "BODY <1>", "TH01"), "6,9.3");
}

#[test]
fn damaged_files_are_refused_with_their_line() {
    let folder = Folder::new();
    folder.write("a.xml", &CMF[..CMF.find("<LOCUS><LOCUSNAME>vWA").unwrap()]);
    folder.fail("check a.xml", &["a.xml, line 14: ", "the file ends before `</SPECIMEN>`"]);
    folder.write("a.xml", CMF.replace("</READINGBY>", "</READINGBI>"));
    folder.fail("check a.xml", &["a.xml, line 10: "]);
    folder.write("a.xml", CMF.replace("&lt;18", "&bomb;18"));
    folder.fail("check a.xml", &["a.xml, line 17: an entity that XML does not know: `&bomb;`"]);
    folder.write("a.xml", "<CODISImportFile></CODISImportFile>");
    folder.fail("check a.xml", &["a.xml: no profile in it"]);
}

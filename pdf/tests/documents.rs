//! Whole documents: that they are what they say they are, whatever stands in them.

use filia_pdf::{Attachment, Block, Column, Document, Figure, PdfError, Section, Table, Text, pdf};

/// Texts that a program could take for something else than text.
const HOSTILE: [&str; 8] = [
    "#import \"x\": *",
    "#panic()",
    "<script>alert(1)</script>",
    "*bold* _soft_ $x$ @ref `raw` \\ // /* = - +",
    "left\u{200f}right\u{202e}",
    "\u{0}\u{7}\n\t",
    "母\u{e000}\u{10ffff}",
    "{page} of {pages}",
];

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"60\" viewBox=\"0 0 80 60\">\
    <rect x=\"20\" y=\"5\" width=\"34\" height=\"34\" fill=\"#b9c6d4\"/>\
    <text x=\"37\" y=\"55\" font-family=\"Noto Sans\" font-size=\"13\" text-anchor=\"middle\">K1 母</text></svg>";

/// A document with every kind of block, all of it saying this.
fn document(language: &str, said: &str) -> Document {
    let text = || Text::new(&format!("{said} \u{2066}{said}\u{2069} {said}"));
    let data = || Text::new(&format!("\u{2066}{said}\u{2069}"));
    let column = |is_number| Column { heading: text(), is_number };
    let table = |total| Table {
        caption: text(),
        columns: vec![column(false), column(true)],
        rows: vec![vec![data(), data()]; 60],
        total,
    };
    let blocks = vec![
        Block::Heading(text()),
        Block::Paragraph(text()),
        Block::Notice(text()),
        Block::List(vec![text(), data()]),
        Block::Fields(vec![(text(), Some(data())), (text(), None)]),
        Block::Table(table(None)),
        Block::Table(table(Some(vec![text(), data()]))),
        Block::Figures(vec![Figure { caption: text(), is_wide: false, svg: SVG.to_owned() }; 2]),
        Block::Formula(vec![data(), data()]),
    ];
    let section = Section { heading: text(), blocks };
    Document {
        language: language.to_owned(),
        is_right_to_left: language == "ar",
        title: text(),
        subtitle: data(),
        footer: Text::new("Page \u{2066}{page}\u{2069} of \u{2066}{pages}\u{2069}"),
        sections: vec![section.clone(), section],
        attachments: vec![file("manifest.json", b"{}"), file("matches.csv", b"child_id\nK1\n")],
        attachments_are: Text::new("File of the run"),
        date: 1_796_036_739,
        identifier: "one".to_owned(),
        creator: "filia".to_owned(),
    }
}

fn file(name: &str, bytes: &[u8]) -> Attachment {
    Attachment { name: name.to_owned(), bytes: bytes.to_owned() }
}

/// Whether these letters stand in the bytes.
fn holds(bytes: &[u8], letters: &str) -> bool {
    bytes.windows(letters.len()).any(|window| window == letters.as_bytes())
}

#[test]
fn every_language_is_tagged_archival_and_the_same_again() {
    let said = [("en", "Child K1"), ("fr", "L’enfant « K1 » été"), ("ar", "الطفل طِفْلٌ (9,10) مرشَّحًا")];
    for (language, said) in said {
        let bytes = pdf(&document(language, said)).unwrap();
        assert!(bytes.starts_with(b"%PDF-1."), "{language}");
        for part in [
            "<pdfaid:part>3</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
            "/StructTreeRoot",
            "/MarkInfo",
            "/AFRelationship",
            "2026-11-30T11:05:39",
        ] {
            assert!(holds(&bytes, part), "{language}: {part}");
        }
        assert!(holds(&bytes, &format!("/Lang({language})")), "{language}");
        assert!(bytes == pdf(&document(language, said)).unwrap(), "{language}");
    }
}

#[test]
fn what_looks_like_code_is_text() {
    for said in HOSTILE {
        for language in ["en", "ar"] {
            let bytes = pdf(&document(language, said)).unwrap_or_else(|error| panic!("{said:?}: {error}"));
            assert!(holds(&bytes, "(matches.csv)") && holds(&bytes, "(manifest.json)"), "{said:?}");
        }
    }
}

#[test]
fn what_cannot_be_is_said() {
    let mut twice = document("en", "x");
    twice.attachments.push(file("matches.csv", b""));
    assert!(matches!(pdf(&twice), Err(PdfError::Typesetting(message)) if message.contains("twice")));
    let outside = Document { attachments: vec![file("../x", b"")], ..document("en", "x") };
    assert!(matches!(pdf(&outside), Err(PdfError::Typesetting(_))));
    let never = Document { date: u64::MAX, ..document("en", "x") };
    assert!(matches!(pdf(&never), Err(PdfError::Date(u64::MAX))));
}

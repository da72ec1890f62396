//! The court report as PDF, through the built binary. (What a reader finds in it is looked at by `tests/pdf/run`, with poppler.)

use crate::match_support::Folder;
use std::fs;

const HOSTILE: [&str; 3] = ["<script>", "#import(\"x\")", "left\u{200f}right母"];

/// Two children with what could be taken for code as ids, each with a man who can be the father.
fn case() -> Folder {
    let folder = Folder::new();
    let loci = "D3S1358,vWA,TH01,FGA,TPOX,CSF1PO,D18S51";
    let rows = |part: &str, calls: &str| -> String {
        let row = |id: &str| format!("\"{}{part}\",male,{calls}\n", id.replace('"', "\"\""));
        format!("sample_id,sex,{loci}\n{}", HOSTILE.map(row).concat())
    };
    folder.write("children.csv", rows("", "15/17,16/17,6/9.3,21/23,8/11,10/12,13/15"));
    folder.write("men.csv", rows("-father", "15/18,16/18,6/7,21/24,8/9,10/11,13/16"));
    folder.succeed("match --children children.csv --candidates men.csv --out out");
    folder
}

fn holds(bytes: &[u8], letters: &str) -> bool {
    bytes.windows(letters.len()).any(|window| window == letters.as_bytes())
}

#[test]
fn a_report_is_archival_holds_its_evidence_and_is_the_same_again() {
    let folder = case();
    for (id, shown) in HOSTILE.iter().zip(["&lt;script&gt;", "#import(", "left\\u{200f}right\\u{6bcd}"]) {
        for language in ["en", "fr", "ar"] {
            let report = |name: &str| {
                folder.succeed(&format!("report out --child {id} --language {language} --pdf --out {name}"));
                fs::read(folder.path(name)).unwrap()
            };
            let bytes = report("c.pdf");
            assert!(bytes.starts_with(b"%PDF-1.7"), "{id}, {language}");
            let parts =
                ["<pdfaid:part>3<", "/StructTreeRoot", "(manifest.json)", "(matches.csv)", "(status.csv)", shown];
            for part in parts {
                assert!(holds(&bytes, part), "{id}, {language}: {part}");
            }
            assert!(bytes == report("again.pdf"), "{id}, {language}");
        }
    }
    folder.succeed("report out --child <script> --pdf");
    assert!(fs::read_dir(folder.path("out")).unwrap().any(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.starts_with("court-_script_-") && name.ends_with(".pdf")
    }));
}

#[test]
fn a_run_that_does_not_say_when_it_ended_has_the_date_of_its_manifest() {
    let folder = case();
    let mut manifest = folder.json("out/manifest.json");
    assert!(manifest["timings"].as_object_mut().unwrap().remove("ended_at").unwrap().is_u64());
    folder.write("out/manifest.json", manifest.to_string());
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().append(true).open(folder.path("out/manifest.json")).unwrap().set_modified(written).unwrap();
    folder.succeed("report out --child <script> --pdf --out c.pdf");
    assert!(holds(&fs::read(folder.path("c.pdf")).unwrap(), "2001-09-09T01:46:40"));
}

#[test]
fn bodies_and_families_are_archival_too() {
    let folder = Folder::new();
    for (name, text) in [
        ("pm.csv", include_str!("../data/identify/pm.csv").replace("PM-07", "<script>")),
        ("am.csv", include_str!("../data/identify/am.csv").to_owned()),
        ("ped.csv", include_str!("../data/identify/ped.csv").to_owned()),
    ] {
        folder.write(name, text);
    }
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --out out");
    for subject in ["--body <script>", "--family A"] {
        for language in ["en", "fr", "ar"] {
            folder.succeed(&format!("report out {subject} --language {language} --pdf --out c.pdf"));
            let bytes = fs::read(folder.path("c.pdf")).unwrap();
            let parts = ["<pdfaid:part>3<", "(manifest.json)", "(pairwise.csv)", "(posterior.csv)", "(groups.csv)"];
            for part in parts {
                assert!(holds(&bytes, part), "{subject}, {language}: {part}");
            }
        }
    }
    folder.succeed("report out --family A --pdf");
    assert!(folder.path("out/court-family-A.pdf").exists());
}

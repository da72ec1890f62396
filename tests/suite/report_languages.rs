//! The page and the workbook in French and in Arabic: all that they say is in the language, and the tables are as they are.

use crate::match_support::Folder;
use crate::report_page::{MATCH, TEXTS, check_sheet, data, demo, sheets_of};
use calamine::Data;
use filia::report::messages::{END, START};
use std::collections::BTreeSet;
use std::fs;

/// What a page says before its script runs: the text of its elements and of the attributes that are read aloud, without what is data
/// or is said to be English.
fn said(page: &str) -> BTreeSet<String> {
    let mut rest = page.split_once("<body>").unwrap().1;
    let mut said = BTreeSet::new();
    while let Some((text, after)) = rest.split_once('<') {
        said.insert(without_data(text));
        let (tag, after) = after.split_once('>').unwrap();
        for name in ["aria-label=\"", "placeholder=\""] {
            said.extend(tag.split_once(name).map(|(_, value)| without_data(value.split('"').next().unwrap())));
        }
        let name = tag.split(' ').next().unwrap();
        let is_data = ["script", "bdi"].contains(&name) || tag.contains("lang=\"en\"");
        let end = format!("</{name}>");
        rest = if is_data { after.split_once(&end).unwrap().1 } else { after };
    }
    said.retain(|text| text.chars().any(char::is_alphabetic));
    said
}

/// A text without what stands between marks of direction.
fn without_data(text: &str) -> String {
    let parts = text.split(START).map(|part| part.split_once(END).map_or(part, |(_, rest)| rest));
    parts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A search and an identification, each with its page in English.
fn runs() -> Folder {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out found"));
    for name in ["am.csv", "pm.csv", "ped.csv"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/identify").join(name);
        folder.write(name, fs::read(path).unwrap());
    }
    folder.succeed("identify --remains pm.csv --relatives am.csv --pedigrees ped.csv --out identified");
    folder
}

/// Texts of the page that are the same in English and in French.
const ALIKE: [&str; 5] = ["Locus", "SHA-256", "contradictions", "couples", "probable"];

#[test]
fn a_page_says_all_in_its_language() {
    let folder = runs();
    for out in ["found", "identified"] {
        let page = |language: &str, file: &str| {
            folder.succeed(&format!("report {out} --language {language}"));
            fs::read_to_string(folder.path(out).join(file)).unwrap()
        };
        let [english, french, arabic] = [("en", "report.html"), ("fr", "report-fr.html"), ("ar", "report-ar.html")]
            .map(|(code, file)| page(code, file));
        assert!(english.starts_with("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">"));
        assert!(french.starts_with("<!DOCTYPE html>\n<html lang=\"fr\" dir=\"ltr\">"));
        assert!(arabic.starts_with("<!DOCTYPE html>\n<html lang=\"ar\" dir=\"rtl\">"));
        assert!(!english.contains([START, END]) && !french.contains([START, END]), "marks only where they are needed");
        let english = said(&english);
        assert!(english.len() > 60, "{english:?}");
        let same: Vec<String> = said(&french).intersection(&english).cloned().collect();
        assert!(same.iter().all(|text| ALIKE.contains(&text.as_str()) || text.starts_with("filia ")), "{same:?}");
        for text in said(&arabic) {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            let foreign = words.filter(|word| !word.bytes().all(|letter| letter.is_ascii_digit()));
            let unknown: Vec<&str> = foreign.filter(|word| !["log10", "LR", "filia", "SHA"].contains(word)).collect();
            assert!(unknown.is_empty(), "{unknown:?} in `{text}`");
        }
    }
}

#[test]
fn a_page_holds_the_same_run_in_every_language() {
    let folder = runs();
    for out in ["found", "identified"] {
        let run = |language: &str| {
            folder.succeed(&format!("report {out} --language {language} --out page.html"));
            let mut data = data(&fs::read_to_string(folder.path("page.html")).unwrap());
            let of_language = ["texts", "places"].map(|key| data.as_object_mut().unwrap().remove(key).unwrap());
            (data, of_language)
        };
        let [english, french, arabic] = ["en", "fr", "ar"].map(run);
        assert!(english.0 == french.0 && english.0 == arabic.0);
        assert!(english.1 != french.1 && english.1 != arabic.1);
    }
}

#[test]
fn samples_that_were_kept_apart_say_why_in_the_language() {
    let folder = runs();
    let reason = "may be identical twins: A1 and A2 of family A";
    folder.write(
        "identified/groups.csv",
        format!("victim_id,samples,log10_lr,contradictory_loci,kept_apart\nPM-01,PM-01;PM-02,20,,{reason}\n"),
    );
    let group = |language: &str| {
        folder.succeed(&format!("report identified --language {language} --out page.html"));
        data(&fs::read_to_string(folder.path("page.html")).unwrap())["groups"][0][3].as_str().unwrap().to_owned()
    };
    assert_eq!(group("en"), reason);
    let arabic = group("ar");
    assert!(["A1", "A2", "A"].iter().all(|id| arabic.contains(&format!("{START}{id}{END}"))), "{arabic}");
    assert!(!arabic.contains("twins"), "{arabic}");
}

#[test]
fn a_workbook_has_sheets_in_its_language_that_equal_the_tables() {
    let folder = runs();
    folder.succeed("report found --xlsx --language ar");
    folder.succeed("report identified --xlsx --language fr --out elsewhere.xlsx");
    let arabic = sheets_of(&folder, "found/report-ar.xlsx");
    for (sheet, table) in
        [("الحالة", "status"), ("المرشَّحون", "matches"), ("أزواج الوالدين", "couples"), ("المرفوض", "rejected")]
    {
        check_sheet(&arabic[sheet], &folder, &format!("found/{table}.csv"), &TEXTS);
    }
    let has = |sheet: &[Vec<Data>], name: &str, number: f64| {
        sheet.iter().any(|row| row[0] == Data::String(name.into()) && row[1] == Data::Float(number))
    };
    assert!(has(&arabic["الخلاصة"], "الأطفال", 60.0));
    let french = sheets_of(&folder, "elsewhere.xlsx");
    check_sheet(&french["A posteriori"], &folder, "identified/posterior.csv", &TEXTS);
    assert!(has(&french["Résumé"], "familles", 2.0), "{:?}", french["Résumé"]);
    for sheets in [&arabic, &french] {
        let texts = sheets
            .values()
            .flatten()
            .flatten()
            .filter_map(|cell| if let Data::String(text) = cell { Some(text) } else { None });
        assert_eq!(
            texts.filter(|text| text.contains([START, END])).count(),
            0,
            "no marks of direction in a spreadsheet"
        );
    }
}

#[test]
fn a_later_run_leaves_no_page_of_an_earlier_one() {
    let folder = demo();
    folder.succeed(&format!("{MATCH} --out out"));
    folder.succeed("report out --language ar");
    folder.succeed("report out --language fr --xlsx");
    folder.succeed("report out --language fr --out out/kept.html");
    folder.succeed(&format!("{MATCH} --out out --force"));
    let is_there = |file: &str| folder.path("out").join(file).exists();
    assert!(is_there("report.html") && is_there("kept.html"));
    assert!(!is_there("report-ar.html") && !is_there("report-fr.xlsx"));
}

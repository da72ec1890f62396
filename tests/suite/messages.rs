//! The texts of the court report, the page and the workbook: every language says the same, with the same values, and nothing else.

use crate::report_page;
use filia::report::messages::{Language, Messages, Value};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What a message holds: its variables, and the plurals that it tells apart.
#[derive(Default, PartialEq, Eq, Debug)]
struct Holds {
    variables: BTreeSet<String>,
    plurals: BTreeSet<String>,
}

impl Holds {
    fn add(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => {
                    let invisible = |letter: char| ('\u{200e}'..='\u{200f}').contains(&letter) || letter == '\u{202f}';
                    assert!(!value.contains(invisible), "{value:?}");
                }
                PatternElement::Placeable { expression } => self.add_expression(expression),
            }
        }
    }

    fn add_expression(&mut self, expression: &Expression<&str>) {
        let (selector, variants) = match expression {
            Expression::Inline(inline) => (inline, &[][..]),
            Expression::Select { selector, variants } => (selector, &variants[..]),
        };
        let InlineExpression::VariableReference { id } = selector else { panic!("no variable: {selector:?}") };
        self.variables.insert(id.name.to_owned());
        for variant in variants {
            let VariantKey::Identifier { name } = &variant.key else { panic!("no plural: {variant:?}") };
            self.plurals.insert((*name).to_owned());
            self.add(&variant.value);
        }
    }
}

fn messages(language: Language) -> BTreeMap<String, Holds> {
    let mut messages = BTreeMap::new();
    for source in language.sources() {
        let resource = parse(source).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.code()));
        for entry in &resource.body {
            let Entry::Message(message) = entry else {
                assert!(matches!(entry, Entry::GroupComment(_)), "{}: {entry:?}", language.code());
                continue;
            };
            let mut holds = Holds::default();
            holds.add(message.value.as_ref().unwrap());
            assert!(messages.insert(message.id.name.to_owned(), holds).is_none(), "{} twice", message.id.name);
        }
    }
    let keys: BTreeSet<&str> = Messages::of(language).keys().collect();
    assert_eq!(keys, messages.keys().map(String::as_str).collect());
    messages
}

#[test]
fn no_language_lacks_a_message_or_a_value() {
    let english = messages(Language::English);
    for language in [Language::French, Language::Arabic] {
        let other = messages(language);
        assert_eq!(other.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{}", language.code());
        for (key, holds) in &other {
            assert_eq!(holds.variables, english[key].variables, "{}, {key}", language.code());
            assert_eq!(holds.plurals.is_empty(), english[key].plurals.is_empty(), "{}, {key}", language.code());
        }
    }
    let plurals = |language: Language, expected: &[&str]| {
        for (key, holds) in messages(language).iter().filter(|(_, holds)| !holds.plurals.is_empty()) {
            assert_eq!(holds.plurals, expected.iter().map(|&name| name.to_owned()).collect(), "{key}");
        }
    };
    plurals(Language::English, &["one", "other"]);
    plurals(Language::French, &["one", "other"]);
    plurals(Language::Arabic, &["zero", "one", "two", "few", "many", "other"]);
}

/// The text of every file of these kinds in a folder and in those below it.
fn text_of(folder: &Path, endings: &[&str]) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            text += &text_of(&entry, endings);
        } else if endings.iter().any(|ending| entry.extension().is_some_and(|own| own == *ending)) {
            text += &fs::read_to_string(entry).unwrap();
        }
    }
    text
}

const SCRIPT: &str = include_str!("../../templates/report.js");

#[test]
fn every_message_is_used_and_every_key_is_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = text_of(&root.join("src/report"), &["rs"]) + &text_of(&root.join("templates"), &["html", "js"]);
    let english = messages(Language::English);
    let user = |key: &str| if key.starts_with("script-") { SCRIPT } else { source.as_str() };
    let unused: Vec<_> = english.keys().filter(|key| !user(key).contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "{unused:?}");
    for call in ["say(\"", "tell(\"", "limit(\"", "field(\"", "named(\"", "parts(\"", "counted(\"", "with_samples(\""] {
        for rest in source.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            let is_letter = key.len() == 1 && key.chars().all(|letter| letter.is_ascii_uppercase() || letter == 'q');
            assert!(is_letter || english.contains_key(key), "{call}{key}");
        }
    }
}

/// What stands in quotation marks in the first argument of each call of the script that says something.
fn said_by_script() -> BTreeSet<&'static str> {
    let calls = ["say(", "parts("].into_iter().flat_map(|call| SCRIPT.split(call).skip(1));
    let arguments = calls.map(|rest| rest.split([',', ')']).next().unwrap());
    let answers = arguments.map(|argument| argument.split_once('?').map_or(argument, |(_, answers)| answers));
    answers.flat_map(|answers| answers.split('"').skip(1).step_by(2)).collect()
}

#[test]
fn the_page_gives_its_script_every_text_that_it_says() {
    let folder = report_page::demo();
    folder.succeed(&format!("{} --out out", report_page::MATCH));
    for language in Language::ALL {
        folder.succeed(&format!("report out --language {} --out page.html", language.code()));
        let data = report_page::data(&fs::read_to_string(folder.path("page.html")).unwrap());
        let given: BTreeSet<&str> = data["texts"]["messages"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(given, said_by_script());
        assert_eq!(data["texts"]["language"], language.code());
    }
}

/// What is the same in English and in French.
const ALIKE: [&str; 11] = [
    "file-sha256-now",
    "item-kit",
    "locus",
    "page-kind-identify",
    "raised-locus",
    "status-probable",
    "theta",
    "total-contradictions",
    "total-couples",
    "workbook-couples",
    "workbook-file-is",
];

#[test]
fn nothing_is_left_in_english() {
    let said = |language| {
        let messages = Messages::of(language);
        messages.keys().map(|key| (key, messages.form(key, 2))).collect::<BTreeMap<_, _>>()
    };
    let english = said(Language::English);
    let [french, arabic] = [Language::French, Language::Arabic].map(said);
    let has_words = |text: &str| !without_values(text).is_empty();
    let same = french.iter().filter(|(key, text)| has_words(text) && english[*key] == **text).map(|(key, _)| *key);
    assert_eq!(same.collect::<Vec<_>>(), ALIKE);
    let latin = arabic.iter().filter(|(_, text)| !without_values(text).is_empty() && text.is_ascii());
    assert_eq!(latin.map(|(key, _)| *key).collect::<Vec<_>>(), ["log-lr", "scale-lr", "workbook-file-is"]);
}

/// The letters of a message without what is put into it.
fn without_values(text: &str) -> String {
    let parts = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.flat_map(str::chars).filter(|letter| letter.is_alphabetic()).collect()
}

#[test]
fn plurals_are_those_of_the_language() {
    let said = |language, count| Messages::of(language).tell("compared", &[("count", Value::Count(count))]);
    assert!(
        said(Language::English, 1).contains("candidate who") && said(Language::English, 2).contains("candidates who")
    );
    assert!(said(Language::French, 0).contains("candidat pouvant") && said(Language::French, 2).contains("candidats"));
    let arabic = [0, 1, 2, 3, 11, 100].map(|count| said(Language::Arabic, count));
    assert!(arabic.iter().enumerate().all(|(at, text)| !arabic[at + 1..].contains(text)), "{arabic:?}");
    for (count, like) in [(103, 3), (110, 3), (111, 11), (222, 11), (1_099, 11), (101, 100), (102, 100), (200, 100)] {
        let [one, other] = [count, like].map(|count| said(Language::Arabic, count));
        assert_eq!(without_values(&one), without_values(&other), "{count} as {like}");
        assert!(one.contains(&count.to_string()), "{one}");
    }
    assert!(arabic[3].contains("\u{2066}3\u{2069} مرشَّحين") && arabic[4].contains("\u{2066}11\u{2069} مرشَّحًا"));
}

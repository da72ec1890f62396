//! The texts of the court report: every language says the same, with the same values, and nothing else.

use filia::report::court::{Language, Messages, Value};
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
    let resource = parse(language.source()).unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.code()));
    let mut messages = BTreeMap::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else {
            assert!(matches!(entry, Entry::GroupComment(_)), "{}: {entry:?}", language.code());
            continue;
        };
        let mut holds = Holds::default();
        holds.add(message.value.as_ref().unwrap());
        assert!(messages.insert(message.id.name.to_owned(), holds).is_none(), "{} twice", message.id.name);
    }
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

#[test]
fn every_message_is_used_and_every_key_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/court");
    let source: String =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let english = messages(Language::English);
    let unused: Vec<_> = english.keys().filter(|key| !source.contains(&format!("\"{key}\""))).collect();
    assert!(unused.is_empty(), "{unused:?}");
    for call in ["say(\"", "tell(\"", "limit(\"", "field(\"", "named(\""] {
        for rest in source.split(call).skip(1) {
            let key = rest.split('"').next().unwrap();
            let is_letter = key.len() == 1 && key.chars().all(|letter| letter.is_ascii_uppercase() || letter == 'q');
            assert!(is_letter || english.contains_key(key), "{call}{key}");
        }
    }
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
    assert!(arabic[3].contains("\u{2066}3\u{2069} مرشَّحين") && arabic[4].contains("\u{2066}11\u{2069} مرشَّحًا"));
}

//! The texts of what people read in one language (Fluent, `locales/*/*.ftl`), with what stands in them: those of the court report, and
//! those of the page and the workbook, which share what is the same.
//!
//! Ids, genotypes and numbers keep the order of Latin text in every language: they stand between two marks of direction
//! ([`START`], [`END`]), which each way of showing turns into its own, or takes out ([`unmarked`]). Nothing else can hold the marks: ids
//! are shown [`printable`](crate::report::printable()).

use crate::report::printable;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::borrow::Cow;
use unic_langid::LanguageIdentifier;

/// Here begins text from left to right (LEFT-TO-RIGHT ISOLATE).
pub const START: char = '\u{2066}';

/// Here it ends (POP DIRECTIONAL ISOLATE).
pub const END: char = '\u{2069}';

/// The languages of what people read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
    /// Arabic.
    Arabic,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::Arabic];

    /// Its code, as in `lang="fr"`.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Arabic => "ar",
        }
    }

    /// Whether it is written from right to left.
    pub fn is_right_to_left(self) -> bool {
        self == Self::Arabic
    }

    /// For the rules of plurals.
    fn identifier(self) -> LanguageIdentifier {
        self.code().parse().unwrap_or_default()
    }

    /// `rtl` or `ltr`, as in `dir="rtl"`.
    pub fn direction(self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }

    /// Its messages as they are written: those of the court report, those of the page and the workbook.
    pub fn sources(self) -> [&'static str; 2] {
        match self {
            Self::English => [include_str!("../../locales/en/court.ftl"), include_str!("../../locales/en/page.ftl")],
            Self::French => [include_str!("../../locales/fr/court.ftl"), include_str!("../../locales/fr/page.ftl")],
            Self::Arabic => [include_str!("../../locales/ar/court.ftl"), include_str!("../../locales/ar/page.ftl")],
        }
    }
}

/// What stands in a message.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// An id, a genotype, a number, a path: from left to right in every language.
    Data(String),
    /// Words of the language, such as another message.
    Words(String),
    /// How many there are, which decides between one and many; at most one in a message.
    Count(u64),
}

/// The messages of one language; a message that it lacks is said in English.
pub struct Messages {
    language: Language,
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl Messages {
    /// Those of this language.
    pub fn of(language: Language) -> Self {
        let mut languages = vec![language, Language::English];
        languages.dedup();
        Self { language, bundles: languages.into_iter().map(bundle).collect() }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The key of every message of the language, file by file.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.language.sources().into_iter().flat_map(str::lines);
        lines.filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase())).filter_map(|line| {
            let (key, _) = line.split_once(" =")?;
            Some(key)
        })
    }

    /// A message as it is where so many are counted, with `{$name}` in place of each value.
    pub fn form(&self, key: &str, count: u64) -> String {
        self.with(key, &[("count", Value::Count(count))]).replace(COUNTED, "{$count}")
    }

    /// A message without anything in it.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A message with these values, and `{$name}` where one is not given; the key itself where no language has it.
    pub fn tell(&self, key: &str, values: &[(&str, Value)]) -> String {
        let count =
            values.iter().find_map(|(_, value)| if let Value::Count(count) = value { Some(count) } else { None });
        let text = self.with(key, values);
        match count {
            Some(count) => text.replace(COUNTED, &ltr(&count.to_string())),
            None => text,
        }
    }

    /// The same with [`COUNTED`] in place of what is counted.
    fn with(&self, key: &str, values: &[(&str, Value)]) -> String {
        let arguments: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, argument(value))).collect();
        let find = |bundle: &FluentBundle<FluentResource>| {
            let message = bundle.get_message(key)?;
            let text = bundle.format_pattern(message.value()?, Some(&arguments), &mut Vec::new());
            Some(text.into_owned())
        };
        self.bundles.iter().find_map(find).unwrap_or_else(|| key.to_owned())
    }
}

/// Stands in a message for what is counted until it is put in; no text that is shown can hold it.
const COUNTED: char = '\u{1}';

/// A number with the same plural form in every language: forms depend on the last two digits, but `intl_pluralrules` looks at them only
/// up to 99 (its rules of Arabic lack the remainder).
fn with_same_plural(count: u64) -> u64 {
    match count % 100 {
        last @ 3.. => last,
        _ => count,
    }
}

/// Text that keeps its order from left to right, with what would be invisible in it shown.
pub fn ltr(text: &str) -> String {
    format!("{START}{}{END}", printable(text))
}

/// A text without its marks: where letters go from left to right anyway, or where marks are of no use.
pub fn unmarked(text: &str) -> String {
    text.replace([START, END], "")
}

fn argument(value: &Value) -> FluentValue<'static> {
    match value {
        Value::Data(text) => FluentValue::String(Cow::Owned(ltr(text))),
        Value::Words(words) => FluentValue::String(Cow::Owned(words.clone())),
        Value::Count(count) => FluentValue::Number(FluentNumber::from(with_same_plural(*count))),
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec![language.identifier()]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(_) => Some(COUNTED.to_string()),
        _ => None,
    }));
    for source in language.sources() {
        // A message that is written wrongly is left out, and said in English; the tests let none pass.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

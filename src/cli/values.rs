//! Values of arguments: choices of the library by name, each with what it means; numbers within bounds.

use crate::inheritance::Relationship;
use crate::io::frequency_file::Layout;
use crate::io::result_tables::Format;
use crate::report::messages::Language;
use crate::settings::RankBy;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// The name of a choice, what it means (nothing, where the name says it), and the choice.
pub type NamedChoice<T> = (&'static str, &'static str, T);

/// By what candidates are ranked.
pub const RANK_BY: &[NamedChoice<RankBy>] = &[
    ("estimate", "The log10 likelihood ratio", RankBy::Estimate),
    ("lower", "The lower end of its interval", RankBy::Lower),
];

/// The languages of reports.
pub const LANGUAGES: &[NamedChoice<Language>] =
    &[("en", "English", Language::English), ("fr", "French", Language::French), ("ar", "Arabic", Language::Arabic)];

/// The layouts of a frequency table.
pub const LAYOUTS: &[NamedChoice<Layout>] = &[
    ("long", "One row a locus and allele", Layout::Long),
    ("wide", "Alleles in rows, loci in columns, people in a row `N`", Layout::Wide),
];

/// The formats of the tables of a folder.
pub const TABLE_FORMATS: &[NamedChoice<Format>] = &[
    ("csv", "Text for people, spreadsheets and `filia diff`", Format::Csv),
    ("parquet", "Typed columns", Format::Parquet),
    ("json", "An array with an object for each row", Format::Json),
];

/// One of these choices.
pub fn one_of<T: Copy + Send + Sync + 'static>(choices: &'static [NamedChoice<T>]) -> impl TypedValueParser<Value = T> {
    let values = choices.iter().map(|(name, meaning, _)| match *meaning {
        "" => PossibleValue::new(name),
        meaning => PossibleValue::new(name).help(meaning),
    });
    let chosen = |name: String| choices.iter().find(|choice| choice.0 == name).map(|choice| choice.2).ok_or("unknown");
    PossibleValuesParser::new(values).try_map(chosen)
}

/// Any relationship.
pub fn relationship() -> impl TypedValueParser<Value = Relationship> {
    of_relationships(|_| true)
}

/// The relationships that can be looked for.
pub fn searched_relationship() -> impl TypedValueParser<Value = Relationship> {
    of_relationships(Relationship::is_searched)
}

fn of_relationships(is_offered: fn(Relationship) -> bool) -> impl TypedValueParser<Value = Relationship> {
    let offered = Relationship::ALL.into_iter().filter(move |&one| is_offered(one));
    let values = offered.map(|one| PossibleValue::new(one.name()).help(one.about()));
    PossibleValuesParser::new(values).try_map(|name| Relationship::from_name(&name).ok_or("expected a relationship"))
}

/// A number that may stand there, else what is expected.
pub fn number(
    may_stand: fn(f64) -> bool,
    expected: &'static str,
) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| text.parse().ok().filter(|&number| may_stand(number)).ok_or_else(|| format!("expected {expected}"))
}

/// A finite number.
pub fn finite() -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    number(f64::is_finite, "a finite number, such as 6 or -2.5")
}

/// How far two numbers may be apart.
pub fn tolerance(expected: &'static str) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    number(|tolerance| tolerance >= 0.0 && tolerance.is_finite(), expected)
}

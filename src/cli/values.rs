//! Choices of the library as values of arguments: names, and what each means.

use crate::inheritance::Relationship;
use crate::io::frequency_file::Layout;
use crate::report::court::Language;
use crate::settings::RankBy;
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

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

/// [`RankBy`] as an argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RankByArgument {
    /// The log10 likelihood ratio
    Estimate,
    /// The lower end of its interval
    Lower,
}

impl From<RankByArgument> for RankBy {
    fn from(argument: RankByArgument) -> Self {
        match argument {
            RankByArgument::Estimate => Self::Estimate,
            RankByArgument::Lower => Self::Lower,
        }
    }
}

/// [`Language`] as an argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LanguageArgument {
    /// English
    En,
    /// French
    Fr,
    /// Arabic
    Ar,
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::En => Self::English,
            LanguageArgument::Fr => Self::French,
            LanguageArgument::Ar => Self::Arabic,
        }
    }
}

/// [`Layout`] as an argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LayoutArgument {
    /// One row a locus and allele
    Long,
    /// Alleles in rows, loci in columns, people in a row `N`
    Wide,
}

impl From<LayoutArgument> for Layout {
    fn from(argument: LayoutArgument) -> Self {
        match argument {
            LayoutArgument::Long => Self::Long,
            LayoutArgument::Wide => Self::Wide,
        }
    }
}

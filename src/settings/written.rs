//! How settings are written where a value can be one of several things.

use super::RatesSource;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// A number, or this word in its place: a module for serde's `with`.
macro_rules! word_or_number {
    ($module:ident, $word:literal) => {
        pub(super) mod $module {
            use super::WordOrNumber;
            use serde::{Deserializer, Serializer};

            pub(crate) fn serialize<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
                WordOrNumber($word).write(*number, serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
                deserializer.deserialize_any(WordOrNumber($word))
            }
        }
    };
}

word_or_number!(none_or_number, "none");
word_or_number!(by_children_or_number, "by_children");

/// A number, or nothing, which this word says.
struct WordOrNumber(&'static str);

impl WordOrNumber {
    fn write<S: Serializer>(&self, number: Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.serialize_f64(number),
            None => serializer.serialize_str(self.0),
        }
    }
}

impl de::Visitor<'_> for WordOrNumber {
    type Value = Option<f64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a number, or \"{}\"", self.0)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<f64>, E> {
        Ok(Some(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<f64>, E> {
        Ok(Some(number as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<f64>, E> {
        match text == self.0 {
            true => Ok(None),
            false => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}

/// `"bundled"`, a path, one number for both sexes, or a table `{ female, male }`.
impl Serialize for RatesSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bundled => serializer.serialize_str("bundled"),
            Self::File(path) => serializer.serialize_str(path),
            &Self::Pair { female, male } => RatePair { female, male }.serialize(serializer),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RatePair {
    female: f64,
    male: f64,
}

impl<'de> Deserialize<'de> for RatesSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RatesVisitor)
    }
}

struct RatesVisitor;

impl<'de> de::Visitor<'de> for RatesVisitor {
    type Value = RatesSource;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"bundled\", a file name, a number, or { female = number, male = number }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RatesSource, E> {
        Ok(match text {
            "bundled" => RatesSource::Bundled,
            path => RatesSource::File(path.to_owned()),
        })
    }

    fn visit_f64<E: de::Error>(self, rate: f64) -> Result<RatesSource, E> {
        Ok(RatesSource::Pair { female: rate, male: rate })
    }

    fn visit_i64<E: de::Error>(self, rate: i64) -> Result<RatesSource, E> {
        self.visit_f64(rate as f64)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<RatesSource, A::Error> {
        let RatePair { female, male } = RatePair::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(RatesSource::Pair { female, male })
    }
}

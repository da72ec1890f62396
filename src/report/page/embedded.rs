//! The data of the page as JSON in a script tag: compact, and with nothing in it that ends the tag.

use super::genotypes::Genotypes;
use crate::report::printable;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// A number with so many decimals; null where there is none, the text `-inf` for minus infinity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rounded(Option<f64>);

impl Rounded {
    /// No number.
    pub const NONE: Self = Self(None);

    /// A log10 LR, to two decimals.
    pub fn log10_lr(number: Option<f64>) -> Self {
        Self(number.map(|number| (number * 100.0).round() / 100.0 + 0.0))
    }

    /// A probability, to six decimals; what is neither 0 nor 1 stays so.
    pub fn probability(number: Option<f64>) -> Self {
        let least = 1e-6;
        let inside = |number: f64| ((number / least).round() * least).clamp(least, 1.0 - least);
        let rounded = |number: f64| if number <= 0.0 || number >= 1.0 { number } else { inside(number) };
        Self(number.map(|number| format!("{:.6}", rounded(number)).parse().unwrap_or(number)))
    }
}

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_none(),
            Some(number) if !number.is_finite() => serializer.collect_str(&number),
            Some(number) if number.fract() == 0.0 => serializer.serialize_i64(number as i64),
            Some(number) => serializer.serialize_f64(number),
        }
    }
}

/// A person of the page: id, sex, what the person is here (`child`, `candidate`, `corpse` for a candidate
/// who is remains, `body`, `missing`, `relative`), calls joined by `|`.
pub type PersonData = (String, String, &'static str, String);

/// Everybody on the page, each once, by number.
#[derive(Debug, Default)]
pub struct People<'r> {
    numbers: BTreeMap<&'r str, usize>,
    /// In the order in which they came.
    pub listed: Vec<PersonData>,
}

impl<'r> People<'r> {
    /// The number of a person, who is added where they are not there yet.
    pub fn number(&mut self, id: &'r str, sex: &str, part: &'static str, genotypes: Option<&Genotypes>) -> usize {
        if let Some(&number) = self.numbers.get(id) {
            return number;
        }
        let typing = genotypes.and_then(|genotypes| genotypes.typings.get(id));
        let sex = if sex.is_empty() { typing.map_or("unknown", |typing| typing.sex) } else { sex };
        let calls = typing.map(|typing| typing.calls.join("|")).unwrap_or_default();
        self.listed.push((printable(id).into_owned(), sex.to_owned(), part, calls));
        self.numbers.insert(id, self.listed.len() - 1);
        self.listed.len() - 1
    }

    /// The number of a person who is there.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }
}

/// JSON that can stand in a script tag: `<`, `>` and `&` as escapes, and the two line ends that are none in JSON.
pub fn script_json(data: &impl Serialize) -> String {
    let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_script() {
        assert_eq!(script_json(&"</script>&\u{2028}"), r#""\u003c/script\u003e\u0026\u2028""#);
    }

    #[test]
    fn numbers_are_short_and_say_no_more_than_they_may() {
        let numbers = [Some(12.0), Some(-0.001), Some(1.0 / 3.0), None, Some(f64::NEG_INFINITY)].map(Rounded::log10_lr);
        assert_eq!(script_json(&numbers), r#"[12,0,0.33,null,"-inf"]"#);
        let probabilities = [1.0, 0.999_999_9, 1e-12, 0.0].map(|number| Rounded::probability(Some(number)));
        assert_eq!(script_json(&probabilities), "[1,0.999999,0.000001,0]".replace("0.000001", "1e-6"));
    }
}

//! Numbers as they are written in tables.

use crate::inference::as_shown;

/// With how many digits the numbers of a column are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Digits {
    /// As [`significant`].
    Significant,
    /// As [`significant`], but 15: for numbers whose power is compared in turn, such as a log10 LR of −120.
    Precise,
    /// So many that what is read back is the number itself, without an exponent.
    All,
    /// So many, with an exponent.
    Exponent,
}

impl Digits {
    /// The number that is shown.
    pub fn rounded(self, number: f64) -> f64 {
        match self {
            Self::Significant => as_shown(number) + 0.0,
            Self::Precise => round_15(number) + 0.0,
            Self::All | Self::Exponent => number,
        }
    }

    /// The text of a number that was rounded so.
    pub fn text(self, rounded: f64) -> String {
        match self {
            Self::Significant | Self::Precise => shown(rounded),
            Self::All => rounded.to_string(),
            Self::Exponent => format!("{rounded:e}"),
        }
    }
}

/// A rounded number: plain between 10^-4 and 10^15, with an exponent elsewhere.
fn shown(rounded: f64) -> String {
    if rounded == 0.0 {
        return "0".to_owned();
    }
    let plain = !rounded.is_finite() || (1e-4..1e15).contains(&rounded.abs());
    if plain { rounded.to_string() } else { format!("{rounded:e}") }
}

/// A number with at most 12 significant digits: plain between 10^-4 and 10^15, with an exponent elsewhere; `-inf` for
/// minus infinity. The same bytes on every machine, and read back by every spreadsheet and statistics program.
pub fn significant(number: f64) -> String {
    shown(as_shown(number))
}

fn round_15(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}

/// A probability for people: four decimals, and no more certainty than these can say.
pub fn probability_in_words(probability: f64) -> String {
    match probability {
        1.0 => "1".to_owned(),
        0.0 => "0".to_owned(),
        above if above > 0.9999 => "more than 0.9999".to_owned(),
        below if below < 0.0001 => "less than 0.0001".to_owned(),
        between => format!("{between:.4}"),
    }
}

/// So many of something: `1 child`, `2 children`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{Digits, probability_in_words, significant};

    #[test]
    fn probabilities_say_no_more_than_four_decimals() {
        let written = [1.0, 0.99991, 0.9999, 0.5, 0.0001, 2e-5, 0.0].map(probability_in_words);
        assert_eq!(written, ["1", "more than 0.9999", "0.9999", "0.5000", "0.0001", "less than 0.0001", "0"]);
    }

    #[test]
    fn twelve_digits_and_no_more() {
        let written = [0.0, 1.0, 2.0 / 3.0, -1234.5, 1e-7 / 3.0, f64::NEG_INFINITY, 0.1 + 0.2].map(significant);
        assert_eq!(written, ["0", "1", "0.666666666667", "-1234.5", "3.33333333333e-8", "-inf", "0.3"]);
    }

    #[test]
    fn fifteen_digits_where_they_matter() {
        let written = [0.0, -0.0, -120.716_123_456_789, 1.0 / 3e7, f64::NEG_INFINITY];
        let written = written.map(|number| Digits::Precise.text(Digits::Precise.rounded(number)));
        assert_eq!(written, ["0", "0", "-120.716123456789", "3.33333333333333e-8", "-inf"]);
    }
}

//! Allele labels: repeat numbers with at most one decimal (`13`, `9.3`), or one letter (`A`, `C`, `G`, `T`).

use std::{fmt, str::FromStr};

/// One allele label in two bytes.
///
/// A repeat number is held in tenths (`9.3` is 93); a letter (single nucleotide polymorphisms, insertions and deletions)
/// is held above all numbers. The order is: numbers by size, then letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Allele(u16);

const LETTER: u16 = 0x8000;

/// No short tandem repeat in forensic use has an allele this long: the longest in the bundled tables and in STRBase
/// (Ruitberg et al. 2001, doi:10.1093/nar/29.1.320) are alleles of FGA, at 51.2. What is longer is two alleles without
/// their separator (`13,14` become `1314` in a spreadsheet), or no allele.
const LONGEST_TENTHS: u16 = 999;

/// Nothing is shorter than one repeat; 0 is how some panels of two-state markers call one of the two.
const SHORTEST_TENTHS: u16 = 10;

/// What is expected of an allele, for messages.
pub const EXPECTED_ALLELE: &str =
    "a repeat number from 1 to 99.9 with at most one decimal, such as 13 or 9.3, or a single letter";

/// A text that is no allele label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no allele: expected {EXPECTED_ALLELE}")]
pub struct AlleleError(pub String);

impl Allele {
    /// The allele with this number of tenths of a repeat, if any allele can be that long.
    pub fn from_tenths(tenths: u16) -> Option<Self> {
        matches!(tenths, 0 | SHORTEST_TENTHS..=LONGEST_TENTHS).then_some(Self(tenths))
    }

    /// Tenths of a repeat, for a numeric label; `None` for a letter.
    pub fn tenths(self) -> Option<u16> {
        (self.0 < LETTER).then_some(self.0)
    }

    /// The repeat number, for a numeric label; `None` for a letter.
    pub fn repeats(self) -> Option<f64> {
        self.tenths().map(|tenths| f64::from(tenths) / 10.0)
    }
}

impl FromStr for Allele {
    type Err = AlleleError;

    /// Reads `13`, `13.0`, `9.3`, `9,3` (decimal comma), or one ASCII letter (upper-cased).
    ///
    /// A tenth of a repeat that no binary number hits exactly (`2.2000000000000002` for 2.2: a spreadsheet's spelling) is
    /// that tenth; other decimals beyond the first are no allele's.
    fn from_str(text: &str) -> Result<Self, AlleleError> {
        let text = text.trim();
        let bytes = text.as_bytes();
        if let [letter] = bytes
            && letter.is_ascii_alphabetic()
        {
            return Ok(Self(LETTER | u16::from(letter.to_ascii_uppercase())));
        }
        parse_tenths(bytes).and_then(Self::from_tenths).ok_or_else(|| AlleleError(text.to_owned()))
    }
}

/// Digits, then optionally a point or comma and decimals.
fn parse_tenths(bytes: &[u8]) -> Option<u16> {
    let (whole, decimals) = match bytes.iter().position(|&byte| byte == b'.' || byte == b',') {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &b"0"[..]),
    };
    let all_digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    if !all_digits(whole) || !all_digits(decimals) || whole.len() > 4 {
        return None;
    }
    let round_up = match &decimals[1..] {
        rest if rest.iter().all(|&digit| digit == b'0') => 0,
        // Single precision leaves four good decimals of the numbers that alleles have.
        [b'0', b'0', b'0', ..] => 0,
        [b'9', b'9', b'9', ..] => 1,
        _ => return None,
    };
    let whole = whole.iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    u16::try_from(whole * 10 + u32::from(decimals[0] - b'0') + round_up).ok()
}

impl fmt::Display for Allele {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tenths() {
            None => write!(formatter, "{}", char::from((self.0 & 0xff) as u8)),
            Some(tenths) if tenths % 10 == 0 => write!(formatter, "{}", tenths / 10),
            Some(tenths) => write!(formatter, "{}.{}", tenths / 10, tenths % 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_and_print_the_same() {
        for (text, printed) in [
            ("13", "13"),
            ("9.3", "9.3"),
            ("9,3", "9.3"),
            ("14.0", "14"),
            ("a", "A"),
            ("2.2000000000000002", "2.2"),
            ("15.299999", "15.3"),
            ("9.30", "9.3"),
            ("13.00000001", "13"),
            ("9.99999", "10"),
            ("13.999999999999998", "14"),
            ("99.9", "99.9"),
        ] {
            assert_eq!(text.parse::<Allele>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_allele_is_refused() {
        for text in [
            "", "OL", "<8", "-1", "13.", ".3", "1e3", "99999", "9..3", "nan", "1314", "100", "6.25", "13.14", "0.5",
            "0.9", "9.26", "9.34", "9.299", "13.05",
        ] {
            assert!(text.parse::<Allele>().is_err(), "{text}");
        }
    }
}

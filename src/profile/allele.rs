//! Allele labels: repeat numbers with at most one decimal (`13`, `9.3`), one letter (`A`, `C`, `G`, `T`), or several bases (`ACT`).

use std::{fmt, str::FromStr};

/// One allele label in four bytes.
///
/// A repeat number is held in tenths (`9.3` is 93); a letter (single nucleotide polymorphisms, insertions and deletions)
/// is held above all numbers, several bases (microhaplotypes, short insertions) above all letters. The order is: numbers by size, then
/// letters, then bases by their number and the alphabet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Allele(u32);

const LETTER: u32 = 1 << 15;
/// Below this bit a 1 stands before the bases, of two bits each.
const BASES: u32 = 1 << 31;
/// Those that have room there.
const MOST_BASES: usize = 15;
const BASE_LETTERS: &[u8; 4] = b"ACGT";

/// What an allele label is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AlleleKind {
    /// A repeat number.
    Number,
    /// One letter.
    Letter,
    /// Several bases.
    Bases,
}

/// No short tandem repeat in forensic use has an allele this long: the longest in the bundled tables and in STRBase
/// (Ruitberg et al. 2001, doi:10.1093/nar/29.1.320) are alleles of FGA, at 51.2. What is longer is two alleles without
/// their separator (`13,14` become `1314` in a spreadsheet), or no allele.
const LONGEST_TENTHS: u16 = 999;

/// Nothing is shorter than one repeat; 0 is how some panels of two-state markers call one of the two.
const SHORTEST_TENTHS: u16 = 10;

/// What is expected of an allele, for messages.
pub const EXPECTED_ALLELE: &str =
    "a repeat number from 1 to 99.9 with at most one decimal, such as 13 or 9.3, a single letter, or up to 15 bases";

/// A text that is no allele label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no allele: expected {EXPECTED_ALLELE}")]
pub struct AlleleError(pub String);

impl Allele {
    /// The allele with this number of tenths of a repeat, if any allele can be that long.
    pub fn from_tenths(tenths: u16) -> Option<Self> {
        matches!(tenths, 0 | SHORTEST_TENTHS..=LONGEST_TENTHS).then_some(Self(tenths.into()))
    }

    /// Tenths of a repeat, for a numeric label; `None` for others.
    pub fn tenths(self) -> Option<u16> {
        (self.0 < LETTER).then_some(self.0 as u16)
    }

    /// What the label is.
    pub fn kind(self) -> AlleleKind {
        match self.0 {
            ..LETTER => AlleleKind::Number,
            LETTER..BASES => AlleleKind::Letter,
            BASES.. => AlleleKind::Bases,
        }
    }
}

impl FromStr for Allele {
    type Err = AlleleError;

    /// Reads `13`, `13.0`, `9.3`, `9,3` (decimal comma), one ASCII letter, or up to 15 bases (both upper-cased).
    ///
    /// A tenth of a repeat that no binary number hits exactly (`2.2000000000000002` for 2.2: a spreadsheet's spelling) is
    /// that tenth; other decimals beyond the first are no allele's.
    fn from_str(text: &str) -> Result<Self, AlleleError> {
        let text = text.trim();
        let bytes = text.as_bytes();
        if let [letter] = bytes
            && letter.is_ascii_alphabetic()
        {
            return Ok(Self(LETTER | u32::from(letter.to_ascii_uppercase())));
        }
        let number = parse_tenths(bytes).and_then(Self::from_tenths);
        number.or_else(|| parse_bases(bytes)).ok_or_else(|| AlleleError(text.to_owned()))
    }
}

/// From 2 to 15 bases.
fn parse_bases(bytes: &[u8]) -> Option<Allele> {
    if !(2..=MOST_BASES).contains(&bytes.len()) {
        return None;
    }
    let place = |byte: &u8| BASE_LETTERS.iter().position(|base| *base == byte.to_ascii_uppercase());
    let packed = bytes.iter().try_fold(1, |packed, byte| Some(packed << 2 | place(byte)? as u32))?;
    Some(Allele(BASES | packed))
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
        match (self.kind(), self.0) {
            (AlleleKind::Number, tenths) if tenths % 10 == 0 => write!(formatter, "{}", tenths / 10),
            (AlleleKind::Number, tenths) => write!(formatter, "{}.{}", tenths / 10, tenths % 10),
            (AlleleKind::Letter, letter) => write!(formatter, "{}", char::from((letter & 0xff) as u8)),
            (AlleleKind::Bases, packed) => {
                let packed = packed & !BASES;
                let count = packed.ilog2() / 2;
                let base = |at: u32| char::from(BASE_LETTERS[(packed >> (2 * at) & 3) as usize]);
                formatter.write_str(&(0..count).rev().map(base).collect::<String>())
            }
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
            ("act", "ACT"),
            ("AA", "AA"),
            ("TGCATGCATGCATGC", "TGCATGCATGCATGC"),
        ] {
            assert_eq!(text.parse::<Allele>().unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_allele_is_refused() {
        for text in [
            "",
            "OL",
            "<8",
            "-1",
            "13.",
            ".3",
            "1e3",
            "99999",
            "9..3",
            "nan",
            "1314",
            "100",
            "6.25",
            "13.14",
            "0.5",
            "0.9",
            "9.26",
            "9.34",
            "9.299",
            "13.05",
            "ACN",
            "ACGTACGTACGTACGT",
        ] {
            assert!(text.parse::<Allele>().is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_letters_and_bases_stand_in_this_order() {
        let alleles = ["9.3", "99.9", "A", "T", "AA", "AC", "TT", "AAA"].map(|text| text.parse::<Allele>().unwrap());
        assert!(alleles.is_sorted());
        assert_eq!(
            alleles[3..5].iter().map(|allele| allele.kind()).collect::<Vec<_>>(),
            [AlleleKind::Letter, AlleleKind::Bases]
        );
    }
}

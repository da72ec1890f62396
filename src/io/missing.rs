//! The words for "nobody" and "no allele": one list for every reader, so that a sign that means nothing in one column is no
//! person, sex or allele in another.

/// What a text that names nothing says about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// Nothing stands there: an empty cell, or a sign that programs export for one. Beside an allele in the next cell: no
    /// second allele was reported.
    Blank,
    /// It was looked for and not found out. Beside an allele: half a genotype.
    NotDetermined,
}

/// Longest word of the list, in bytes.
const LONGEST: usize = 16;

/// What this text says if it is a word for "nobody" or "no allele" (surrounding blanks and case do not matter); `None` where it
/// says something else.
///
/// A number that stands for nothing (0, -9) is a code that somebody chose: [`Missing::NotDetermined`].
#[inline]
pub fn missing(text: &str) -> Option<Missing> {
    let text = text.trim().as_bytes();
    if text.len() > LONGEST {
        return None;
    }
    let mut folded = [0_u8; LONGEST];
    folded[..text.len()].copy_from_slice(text);
    folded[..text.len()].make_ascii_lowercase();
    match &folded[..text.len()] {
        b"" | b"-" | b"--" | b"---" | b"." | b"na" | b"n/a" | b"n.a." | b"#n/a" | b"nan" | b"null" | b"none"
        | b"nil" | b"<na>" => Some(Missing::Blank),
        b"0" | b"0.0" | b"-9" | b"-9.0" | b"-99" | b"-999" | b"?" | b"??" | b"nd" | b"n/d" | b"n.d." | b"nr"
        | b"n/r" | b"n.r." | b"nt" | b"n/t" | b"inc" | b"inconclusive" | b"unk" | b"unknown" | b"undetermined"
        | b"not determined" | b"not known" | b"not tested" | b"not typed" | b"no result" | b"no call" | b"missing"
        | b"unbekannt" | b"desconocido" | b"desconocida" | b"desconhecido" | b"desconhecida" | b"inconnu"
        | b"inconnue" => Some(Missing::NotDetermined),
        _ => None,
    }
}

/// Whether this text is a word for "nobody" or "no allele".
///
/// ```
/// use filia::io::missing::is_missing;
/// assert!(["", "0", "-9", ".", "NA", "n/a", "None", "Unknown", "?", "INC"].into_iter().all(is_missing));
/// assert!(!is_missing("MUM"));
/// ```
#[inline]
pub fn is_missing(text: &str) -> bool {
    missing(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_codes_are_told_apart() {
        for text in ["", "  ", "-", "NA", "N/A", "nan", "None", "."] {
            assert_eq!(missing(text), Some(Missing::Blank), "{text}");
        }
        for text in ["0", "-9", " ? ", "ND", "nr", "INC", "Unknown", "not determined"] {
            assert_eq!(missing(text), Some(Missing::NotDetermined), "{text}");
        }
        for text in ["1", "9", "OL", "Nadia", "00", "not determined so far", "M", "F", "X"] {
            assert_eq!(missing(text), None, "{text}");
        }
    }
}

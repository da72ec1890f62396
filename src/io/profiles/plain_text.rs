//! Cells as word processors and spreadsheets leave them: blanks of every width, signs nobody sees, dashes, full-width digits, brackets.

use std::borrow::Cow;

/// The cell without surrounding blanks and brackets, its signs as a keyboard has them.
pub fn plain_text(cell: &str) -> Cow<'_, str> {
    if cell.is_ascii() {
        return Cow::Borrowed(strip_brackets(cell.trim()));
    }
    let plain: String = cell.chars().filter(|&symbol| !is_unseen(symbol)).map(keyboard_sign).collect();
    Cow::Owned(strip_brackets(plain.trim()).to_owned())
}

/// `13,14` from `[13,14]`, `(13,14)`, `{13,14}`.
fn strip_brackets(text: &str) -> &str {
    let pairs = [('[', ']'), ('(', ')'), ('{', '}')];
    let inner = |&(open, close): &(char, char)| text.strip_prefix(open)?.strip_suffix(close);
    pairs.iter().find_map(inner).map_or(text, str::trim)
}

/// Zero-width signs, direction marks, soft hyphens, the byte order mark.
fn is_unseen(symbol: char) -> bool {
    matches!(symbol, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn keyboard_sign(symbol: char) -> char {
    match symbol {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{b7}' | '\u{2219}' => '.',
        '\u{201a}' | '\u{3001}' => ',',
        // The full-width forms stand in the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(symbol as u32 - 0xff01 + u32::from(b'!')).unwrap_or(symbol),
        blank if blank.is_whitespace() => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_become_those_of_a_keyboard() {
        for (cell, plain) in [
            (" 13 ", "13"),
            ("\u{feff}13\u{a0}", "13"),
            ("１３．２", "13.2"),
            ("9\u{b7}3", "9.3"),
            ("[ 13,14 ]", "13,14"),
            ("9\u{b3}", "9\u{b3}"),
            ("[]", ""),
            ("(13", "(13"),
        ] {
            assert_eq!(plain_text(cell), plain, "{cell}");
        }
    }
}

//! Text of inputs on a terminal: what would move the cursor, ring the bell, or turn the order of the letters is shown as its
//! number.

use std::{borrow::Cow, fmt::Write};

/// The text with control characters, line separators and invisible marks (of direction, of width zero) shown as escapes:
/// `\n`, `\t`, `\u{202e}`. Tables for programs hold data as they are; this is for people.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_unprintable(letter) {
            let _ = write!(shown, "{}", letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Control characters (C0, C1), the line and paragraph separators, the marks of UAX #9 (bidirectional text), spaces of width
/// zero, and the tag characters. (The two joiners, which some scripts need, are left alone.)
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        for (text, shown) in [
            ("Müller 5′ 母", "Müller 5′ 母"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("a\nfilia: all is well\r\t", "a\\nfilia: all is well\\r\\t"),
            ("\u{202e}left\u{200f}", "\\u{202e}left\\u{200f}"),
            ("\u{85}\u{9b}31m\u{2028}", "\\u{85}\\u{9b}31m\\u{2028}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}

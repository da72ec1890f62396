//! The fonts that are carried here (`fonts/`, under the Open Font License), and which letters they have.

use std::fmt::Write;
use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::text::Font;

const FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Bold.ttf"),
    include_bytes!("../fonts/NotoSansMath-Regular.ttf"),
];

/// The fonts.
pub static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| FILES.iter().flat_map(|file| Font::iter(Bytes::new(*file))).collect());

/// The text with each letter that no font has as its number.
pub fn with_glyphs(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if has_glyph(letter) {
            shown.push(letter);
        } else {
            let _ = write!(shown, "{}", letter.escape_unicode());
        }
    }
    shown
}

/// Whether a font has the letter. Control characters and letters of the private areas have no meaning, and PDF/A forbids them; marks of
/// direction would turn what follows.
fn has_glyph(letter: char) -> bool {
    let is_private = matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    let turns = matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let has = |font: &Font| font.info().coverage.contains(letter.into());
    letter == '\n' || !(letter.is_control() || is_private || turns) && FONTS.iter().any(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_is_read_and_other_letters_are_numbers() {
        assert_eq!(FONTS.len(), FILES.len());
        assert_eq!(with_glyphs("Müller −∞ ≥ 10⁻⁶ طفل"), "Müller −∞ ≥ 10⁻⁶ طفل");
        assert_eq!(with_glyphs("母\u{e000}\u{7}\u{202e}"), "\\u{6bcd}\\u{e000}\\u{7}\\u{202e}");
    }
}

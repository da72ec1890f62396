//! What single letters in a sex column stand for. `M` is a man in most languages, and a woman (mujer, mulher) where men are `H` (hombre,
//! homem) or `V` (varón); only the column as a whole can tell.

use super::metadata::Field;
use crate::io::delimited::decode;
use std::collections::BTreeSet;

/// The single letters of a sex column.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SexLetters(BTreeSet<char>);

impl SexLetters {
    /// Takes note of one cell.
    pub fn look_at(&mut self, cell: &[u8]) {
        let cell = decode(cell);
        let mut symbols = cell.trim().chars().flat_map(char::to_uppercase);
        if let (Some(letter), None) = (symbols.next(), symbols.next()) {
            self.0.insert(letter);
        }
    }

    /// Adds what other rows show.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether no row to come can change what the letters mean without contradicting those that are known: women and men have
    /// letters that belong together.
    pub fn are_decided(&self) -> bool {
        let has = |letter: char| self.0.contains(&letter);
        let of_women = has('F') || has('W');
        let of_men = has('H') || has('V');
        has('M') && of_women != of_men
    }

    /// What the column holds.
    pub fn field(&self) -> Field {
        field_of(&self.0)
    }
}

fn field_of(letters: &BTreeSet<char>) -> Field {
    let has = |letter: char| letters.contains(&letter);
    let is_woman_named = has('F') || has('W');
    match (has('H'), has('V')) {
        // Hombre and varón, or varón and hembra: nobody can tell.
        (true, true) | (false, false) => Field::Sex,
        _ if has('M') && !is_woman_named => Field::SexMujer,
        _ if has('M') => Field::SexUnclearM,
        (true, false) if is_woman_named => Field::SexUnclearM,
        _ => Field::Sex,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_tells_what_m_is() {
        for (letters, field) in [
            ("FM", Field::Sex),
            ("MW", Field::Sex),
            ("HM", Field::SexMujer),
            ("VM", Field::SexMujer),
            ("HF", Field::SexUnclearM),
            ("HFM", Field::SexUnclearM),
            ("HV", Field::Sex),
            ("H", Field::Sex),
            ("M", Field::Sex),
        ] {
            assert_eq!(field_of(&letters.chars().collect()), field, "{letters}");
        }
    }

    #[test]
    fn letters_of_women_and_men_decide() {
        for (letters, decided) in [("FM", true), ("HM", true), ("WM", true), ("M", false), ("F", false), ("HFM", false)]
        {
            assert_eq!(SexLetters(letters.chars().collect()).are_decided(), decided, "{letters}");
        }
    }
}

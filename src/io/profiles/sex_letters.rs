//! What single letters in a sex column stand for. `M` is a man in most languages, and a woman (mujer, mulher) where men are `H` (hombre,
//! homem) or `V` (varón); only the column as a whole can tell.

use super::metadata::Field;
use crate::io::delimited::{Chunk, decode};
use std::collections::BTreeSet;

/// The meaning of the letters in a sex column, from the first rows of the file.
pub fn sex_field(rows: &Chunk, column: usize) -> Field {
    let mut letters = BTreeSet::new();
    let mut records = rows.records();
    let mut record = records.record();
    while records.read(&mut record).is_some() {
        let cell = decode(record.cell(column));
        let mut symbols = cell.trim().chars().flat_map(char::to_uppercase);
        if let (Some(letter), None) = (symbols.next(), symbols.next()) {
            letters.insert(letter);
        }
    }
    field_of(&letters)
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
}

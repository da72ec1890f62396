//! Dates that a spreadsheet made of alleles (9.3 becomes 9 March).

/// Beginnings of the names of months in English, German, Spanish, Portuguese and French.
const MONTHS: [&str; 24] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mrz", "mär", "mai", "okt",
    "dez", "ene", "abr", "ago", "dic", "fev", "fév", "avr",
];

/// `6. Mrz`, `15.Feb`, `Mar-06`, `07.07.2002`, `2002-07-07`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '-', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |part: &&str| {
        let lower = part.to_lowercase();
        MONTHS.iter().any(|month| lower.starts_with(month))
    };
    let numbers = parts.iter().filter(|part| is_number(part)).count();
    let months = parts.iter().filter(|part| is_month(part)).count();
    let has_year = parts.iter().any(|part| is_number(part) && part.len() == 4);
    match (parts.len(), numbers, months) {
        (2, 1, 1) | (3, 2, 1) => true,
        // Three alleles may stand so too.
        (3, 3, 0) => has_year,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_alleles() {
        for date in ["6. Mrz", "15.Feb", "Mar-06", "07.07.2002", "2002-07-07", "9-Mar-2024"] {
            assert!(is_date(date), "{date}");
        }
        for other in ["9.3", "13-14", "13/14/15", "X Y", "", "OL", "13 14", "A G"] {
            assert!(!is_date(other), "{other}");
        }
    }
}

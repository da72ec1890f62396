//! One locus cell: which alleles it reports.

use super::{
    commas::{Comma, LocusShows, split_at_commas},
    plain_text::plain_text,
};
use crate::{
    io::{
        dates::is_date,
        missing::{Missing, is_missing, missing},
        problems::Reason,
    },
    profile::{Allele, AlleleKind, Call, Sex},
};
use std::sync::Arc;

/// How the cells of one locus are read.
#[derive(Clone, PartialEq, Debug)]
pub struct CellRules {
    /// What a comma means.
    pub comma: Comma,
    /// Whether an allele can be a letter (single nucleotide polymorphisms; never at a repeat locus).
    pub letters: bool,
    /// What the locus can show, where a comma leaves it open.
    pub shows: Arc<LocusShows>,
}

/// A call, and what was not used of the cells that it came from.
#[derive(Clone, PartialEq, Debug)]
pub struct CellReading {
    /// The alleles reported.
    pub call: Call,
    /// What is wrong, and in which of the cells (0-based).
    pub problem: Option<(usize, Reason)>,
}

/// What one allele's text says.
enum Token {
    Nothing,
    Allele(Allele),
    OffLadder,
    NotAnAllele,
}

/// Reads the cells that together hold one locus of one sample: one cell with all alleles, or one cell an allele.
///
/// An allele that is off-ladder, or said to be missing, makes the locus missing (the other one alone would look like a
/// homozygote), unless two good alleles stand beside it; a text that is no allele makes it missing in any case. A cell of its
/// own that is blank, or holds the sign of an export for a blank (`NA`), says nothing: the allele in the other cell is the
/// only one reported. One that holds a code for a missing allele (`0`, `-9`, `ND`) makes half a genotype of the other. Two bases
/// (`AG`) in the only filled cell are two alleles, beside another one they are one.
pub fn read_cells<'a>(cells: impl IntoIterator<Item = &'a str>, rules: &CellRules) -> CellReading {
    let mut alleles = Vec::with_capacity(2);
    let (mut peaks, mut undetermined, mut off_ladder) = (0, None, None);
    let cells: Vec<&str> = cells.into_iter().collect();
    let is_alone = cells.iter().filter(|cell| !is_missing(cell)).count() == 1;
    for (at, cell) in cells.into_iter().enumerate() {
        let cell = plain_text(cell);
        if is_date(&cell) {
            return CellReading { call: Call::Missing, problem: Some((at, Reason::IsDate)) };
        }
        let Some(texts) = split_alleles(&cell, rules.comma, &rules.shows) else {
            let problem = Some((at, Reason::AmbiguousComma(cell.into_owned())));
            return CellReading { call: Call::Missing, problem };
        };
        let pair = (rules.letters && is_alone).then(|| split_letters(&cell)).flatten();
        for text in pair.unwrap_or(texts) {
            match read_token(&text, rules.letters) {
                Token::Nothing => undetermined = undetermined.or(Some((at, text))),
                Token::Allele(allele) => {
                    peaks += 1;
                    if !alleles.contains(&allele) {
                        alleles.push(allele);
                    }
                }
                Token::OffLadder => off_ladder = off_ladder.or(Some((at, text))),
                Token::NotAnAllele => {
                    return CellReading { call: Call::Missing, problem: Some((at, Reason::NotAnAllele(text))) };
                }
            }
        }
    }
    if let (1, None, Some((at, text))) = (peaks, &off_ladder, undetermined) {
        return CellReading { call: Call::Missing, problem: Some((at, Reason::OneAlleleMissing(text))) };
    }
    let problem = match (alleles.len(), off_ladder) {
        (3.., _) => Some((0, Reason::TooManyAlleles(alleles.len()))),
        (_, None) => None,
        (2, Some((at, text))) => Some((at, Reason::OffLadderLeftOut(text))),
        (_, Some((at, text))) => {
            return CellReading { call: Call::Missing, problem: Some((at, Reason::OffLadder(text))) };
        }
    };
    CellReading { call: Call::from_alleles(&alleles), problem }
}

/// The sex that the amelogenin cells show: X alone is female, X and Y or Y alone male.
///
/// # Errors
/// A text that is neither X nor Y; X beside a peak that is off-ladder or not determined, which may have been Y.
pub fn read_amelogenin<'a>(cells: impl IntoIterator<Item = &'a str>) -> Result<Sex, (usize, Reason)> {
    let (mut sex, mut peaks, mut undetermined) = (Sex::Unknown, 0, None);
    for (at, cell) in cells.into_iter().enumerate() {
        let cell = plain_text(cell);
        for text in split_alleles(&cell, Comma::BetweenAlleles, &LocusShows::default()).unwrap_or_default() {
            if is_off_ladder(&text) {
                undetermined = Some((at, Reason::OffLadder(text)));
            } else if is_missing(&text) {
                undetermined = undetermined.or(Some((at, Reason::OneAlleleMissing(text))));
            } else if !text.chars().all(|letter| matches!(letter, 'X' | 'x' | 'Y' | 'y')) {
                return Err((at, Reason::NotAnAllele(text)));
            } else {
                peaks += text.len();
                sex = if sex == Sex::Male || text.contains(['Y', 'y']) { Sex::Male } else { Sex::Female };
            }
        }
    }
    match undetermined {
        Some(problem) if sex == Sex::Female && peaks == 1 => Err(problem),
        _ => Ok(sex),
    }
}

/// The texts in a cell that each say something of one allele; `None` where commas leave it open. A comma is decimal where another
/// sign separates the alleles (`9,3/10`).
fn split_alleles(cell: &str, comma: Comma, shows: &LocusShows) -> Option<Vec<String>> {
    match missing(cell) {
        Some(Missing::Blank) => return Some(Vec::new()),
        Some(Missing::NotDetermined) => return Some(vec![cell.to_owned()]),
        None => {}
    }
    let separates = |symbol: char| matches!(symbol, '/' | ';' | '|') || symbol.is_whitespace();
    let tight = tighten_commas(cell);
    let other_separator = tight.contains(separates) || has_hyphen_between(&tight);
    if !other_separator && comma != Comma::Decimal && tight.contains(',') {
        return split_at_commas(&tight, comma, shows);
    }
    let mut texts: Vec<String> = Vec::with_capacity(2);
    for part in tight.split(separates).filter(|part| !part.is_empty()) {
        if is_missing(part) || part.starts_with('-') {
            texts.push(part.to_owned());
        } else {
            texts.extend(part.split('-').map(|text| if text.is_empty() { "-" } else { text }.to_owned()));
        }
    }
    Some(texts)
}

/// Two bases without a sign between them (`AG`).
fn split_letters(cell: &str) -> Option<Vec<String>> {
    let is_pair = cell.len() == 2 && cell.is_ascii() && [&cell[..1], &cell[1..]].into_iter().all(is_base);
    is_pair.then(|| vec![cell[..1].to_owned(), cell[1..].to_owned()])
}

/// Whether a hyphen stands between two alleles (`13-14`, not `-9` or `13,-`).
fn has_hyphen_between(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.windows(3).any(|three| three[1] == b'-' && three[0] != b',' && three[2] != b',')
}

/// The cell without blanks beside its commas.
fn tighten_commas(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.contains(',') && cell.contains(char::is_whitespace) {
        cell.split(',').map(str::trim).collect::<Vec<_>>().join(",").into()
    } else {
        cell.into()
    }
}

fn read_token(text: &str, letters: bool) -> Token {
    if is_off_ladder(text) {
        return Token::OffLadder;
    }
    if is_missing(text) || is_not_determined(text) {
        return Token::Nothing;
    }
    match text.parse::<Allele>() {
        Ok(allele) if allele.tenths() == Some(0) => Token::Nothing,
        Ok(allele) if allele.kind() == AlleleKind::Number => Token::Allele(allele),
        Ok(allele) if letters && (allele.kind() == AlleleKind::Bases || is_base(text)) => Token::Allele(allele),
        _ => Token::NotAnAllele,
    }
}

/// Signs of genotyping programs for an allele that was not determined, which may be a person's initials elsewhere.
fn is_not_determined(text: &str) -> bool {
    matches!(text.to_ascii_uppercase().as_str(), "NB" | "-NB" | "N.B." | "NN")
}

/// A nucleotide, or an insertion or deletion.
fn is_base(text: &str) -> bool {
    matches!(text, "A" | "C" | "G" | "T" | "I" | "D" | "a" | "c" | "g" | "t" | "i" | "d")
}

/// Peaks off the ladder (`OL`, `<8`, `>20`, `12>`, `12.X`) and the wildcards of databases (`?`, `*`, `F`, `R`).
fn is_off_ladder(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    matches!(upper.as_str(), "OL" | "OL?" | "?" | "??" | "*" | "F" | "R" | "OMR" | "OOR" | "<" | ">")
        || upper.strip_prefix(['<', '>']).is_some_and(is_number)
        || upper.strip_suffix(['<', '>', '?']).is_some_and(is_number)
        || upper.strip_suffix(".X").is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(comma: Comma, letters: bool) -> CellRules {
        CellRules { comma, letters, shows: Arc::default() }
    }

    fn call(cells: &[&str], comma: Comma) -> String {
        read_cells(cells.iter().copied(), &rules(comma, false)).call.to_string()
    }

    #[test]
    fn one_cell_in_every_spelling() {
        for (cell, expected) in [
            ("13,14", "13,14"),
            ("14/13", "13,14"),
            ("13-14", "13,14"),
            (" 13 ; 14 ", "13,14"),
            ("13|14", "13,14"),
            ("13, 14", "13,14"),
            ("13 14", "13,14"),
            ("13,13", "13"),
            ("13", "13"),
            ("13.0,14.0", "13,14"),
            ("9,3/10", "9.3,10"),
            ("9.3,10", "9.3,10"),
            ("", "-"),
            ("-", "-"),
            ("nd", "-"),
            ("0,0", "-"),
            ("-9", "-"),
            ("13,", "13"),
            ("13,13,0", "13"),
            ("[13,14]", "13,14"),
            ("(13/14)", "13,14"),
            ("09,9.30", "9,9.3"),
            ("\u{a0}13\u{2009},\u{202f}14\u{200b}", "13,14"),
            ("１３，１４", "13,14"),
            ("13\u{2013}14", "13,14"),
            ("-NB", "-"),
            ("13,14,-", "13,14"),
        ] {
            assert_eq!(call(&[cell], Comma::BetweenAlleles), expected, "{cell}");
        }
    }

    #[test]
    fn one_allele_beside_one_said_to_be_missing_is_no_homozygote() {
        let one_cell = [
            &["13,NA"][..],
            &["13,NB"],
            &["13-NB"],
            &["13,INC"],
            &["13,0"],
            &["0,13"],
            &["13,-"],
            &["13-"],
            &["NR/13"],
        ];
        let two_cells = [&["13", "0"][..], &["13", "-9"], &["0", "13"], &["13", "ND"], &["unknown", "13", ""]];
        for cells in one_cell.into_iter().chain(two_cells) {
            let reading = read_cells(cells.iter().copied(), &rules(Comma::BetweenAlleles, false));
            assert_eq!(reading.call, Call::Missing, "{cells:?}");
            assert_eq!(reading.problem.map(|problem| problem.1.kind()), Some("allele not determined"), "{cells:?}");
        }
    }

    #[test]
    fn one_cell_an_allele() {
        assert_eq!(call(&["9,3", "10"], Comma::Decimal), "9.3,10");
        for blank in ["", "NA", "-", "n/a", "None", "."] {
            assert_eq!(call(&["13", blank], Comma::Decimal), "13");
            assert_eq!(call(&[blank, "13", ""], Comma::Decimal), "13");
        }
        assert_eq!(call(&["0", "0"], Comma::Decimal), "-");
        assert_eq!(call(&["", "13", "14", ""], Comma::Decimal), "13,14");
    }

    #[test]
    fn bases_without_a_sign_between_them() {
        for (cell, expected) in [
            ("AG", "A,G"),
            ("GA", "A,G"),
            ("cc", "C"),
            ("A/G", "A,G"),
            ("A", "A"),
            ("ID", "D,I"),
            ("NN", "-"),
            ("00", "-"),
        ] {
            assert_eq!(read_cells([cell], &rules(Comma::BetweenAlleles, true)).call.to_string(), expected, "{cell}");
        }
        for (cells, expected) in [
            (&["AG", "AC"][..], "AC,AG"),
            (&["AG", "AG"], "AG"),
            (&["AG", ""], "A,G"),
            (&["", "AG"], "A,G"),
            (&["ACT/ACG"], "ACG,ACT"),
            (&["AG/AG"], "AG"),
            (&["ACT"], "ACT"),
        ] {
            let reading = read_cells(cells.iter().copied(), &rules(Comma::BetweenAlleles, true));
            assert_eq!(reading.call.to_string(), expected, "{cells:?}");
        }
        assert_eq!(call(&["AG"], Comma::BetweenAlleles), "-", "no repeat locus has letters");
    }

    #[test]
    fn what_is_not_used_is_said() {
        for (cell, expected, reason) in [
            ("OL", "-", "off-ladder allele"),
            ("13,OL", "-", "off-ladder allele"),
            ("13,13,OL", "-", "off-ladder allele"),
            ("13,?", "-", "off-ladder allele"),
            ("<8", "-", "off-ladder allele"),
            ("12.X", "-", "off-ladder allele"),
            ("13,F", "-", "off-ladder allele"),
            ("OL,13,14", "13,14", "off-ladder allele"),
            ("12,13,14", "(3+)", "three or more alleles"),
            ("13,abc", "-", "not an allele"),
            ("A", "-", "not an allele"),
            ("1314", "-", "not an allele"),
            ("13.14", "-", "not an allele"),
            ("09-Mar", "-", "date in place of alleles"),
            ("2024-03-09", "-", "date in place of alleles"),
            ("6.25,7", "-", "not an allele"),
            ("0.5", "-", "not an allele"),
            ("-1", "-", "not an allele"),
            ("13,-1", "-", "not an allele"),
        ] {
            let reading = read_cells([cell], &rules(Comma::BetweenAlleles, false));
            assert_eq!(reading.call.to_string(), expected, "{cell}");
            assert_eq!(reading.problem.map(|problem| problem.1.kind()), Some(reason), "{cell}");
        }
    }

    #[test]
    fn amelogenin_tells_the_sex() {
        for (cells, sex) in [
            (&["X"][..], Sex::Female),
            (&["X,X"], Sex::Female),
            (&["X,Y"], Sex::Male),
            (&["XY"], Sex::Male),
            (&["OL", "x", "y"], Sex::Male),
            (&["Y"], Sex::Male),
            (&["X", "NA"], Sex::Female),
            (&["X", "X", "0"], Sex::Female),
            (&["0,Y"], Sex::Male),
            (&["0", "0"], Sex::Unknown),
            (&["OL"], Sex::Unknown),
            (&["-"], Sex::Unknown),
        ] {
            assert_eq!(read_amelogenin(cells.iter().copied()), Ok(sex), "{cells:?}");
        }
        for cells in [&["X,0"][..], &["X", "-9"], &["OL", "X"]] {
            assert!(read_amelogenin(cells.iter().copied()).is_err(), "{cells:?}: the other peak may be Y");
        }
        assert!(read_amelogenin(["13"]).is_err());
    }
}

//! Pedigree files of linkage programs: LINKAGE and PLINK `.ped`, PLINK `.fam`. No header, blanks between fields: family, person, father,
//! mother, sex (1 male, 2 female), then a status, then the alleles of each locus. `0`, `-9` and `.` are nobody and nothing.

use super::missing::is_missing;
use super::table_file::decode;
use crate::profile::Sex;
use std::collections::{HashMap, HashSet};

/// Fields before the status.
const FIELDS: usize = 5;
/// Lines by which such a file is told.
const LINES: usize = 5;
/// From so many bytes on a file may go on behind them.
const CUT: usize = 1 << 12;

/// One person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PedRow {
    /// 1-based line.
    pub line: u64,
    /// Family, person, father, mother and sex. Ids that several families have got the family's in front (`F1/2`).
    pub fields: [String; FIELDS],
    /// What follows: the status and alleles.
    pub rest: Vec<String>,
}

impl PedRow {
    /// The sex that the fifth field states.
    pub fn sex(&self) -> Sex {
        match self.fields[4].as_str() {
            "1" => Sex::Male,
            "2" => Sex::Female,
            _ => Sex::Unknown,
        }
    }

    /// Whether a parent is stated.
    pub fn states_parent(&self) -> bool {
        self.fields[2..4].iter().any(|parent| !is_missing(parent))
    }

    /// Whether the id got the family's in front.
    pub fn is_told_apart(&self) -> bool {
        let [family, id, ..] = &self.fields;
        id.strip_prefix(family.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Whether a file that begins with these bytes is one, and how many fields its first line has, as far as it goes. The last line may
/// be cut off where the bytes are no whole file.
pub fn linkage_fields(start: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(start);
    let is_cut = start.len() >= CUT;
    let mut first = None;
    for line in text.split_inclusive(['\n', '\r']).filter(|line| is_row(line)).take(LINES) {
        let fields = line.split_whitespace().count();
        match first {
            None if is_person(line) => first = Some(fields),
            Some(count) if is_person(line) && fields == count => {}
            Some(_) if is_cut && !line.ends_with(['\n', '\r']) => {}
            _ => return None,
        }
    }
    first
}

/// Whether a line begins with the five fields of a person, the last of them a sex. Where tabs separate them no field has a blank,
/// which tells a header such as `vWA 1` apart.
fn is_person(line: &str) -> bool {
    let has_blank = line.contains('\t') && line.split('\t').take(FIELDS).any(|field| field.trim().contains(' '));
    let sex = line.split_whitespace().nth(FIELDS - 1);
    !has_blank && !line.contains([',', ';']) && sex.is_some_and(|sex| matches!(sex, "0" | "1" | "2" | "-9"))
}

/// Whether a line is neither blank nor a comment.
fn is_row(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#')
}

/// The rows of a file.
///
/// # Errors
/// A row with fewer fields than the sex: its line and how many there are.
pub fn read_rows(bytes: &[u8]) -> Result<Vec<PedRow>, (u64, usize)> {
    let text = decode(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| is_row(line)) {
        let mut fields = line.split_whitespace().map(str::to_owned);
        let first: Vec<String> = fields.by_ref().take(FIELDS).collect();
        let (line, found) = (at as u64 + 1, first.len());
        let fields_of_person = first.try_into().map_err(|_| (line, found))?;
        rows.push(PedRow { line, fields: fields_of_person, rest: fields.collect() });
    }
    tell_apart(&mut rows);
    Ok(rows)
}

/// Puts the family in front of ids that several families have.
fn tell_apart(rows: &mut [PedRow]) {
    let mut family_of: HashMap<String, String> = HashMap::new();
    let mut shared: HashSet<String> = HashSet::new();
    for PedRow { fields: [family, id, father, mother, _], .. } in rows.iter() {
        for name in [id, father, mother] {
            let first = family_of.entry(name.clone()).or_insert_with(|| family.clone());
            if first != family && !is_missing(name) {
                shared.insert(name.clone());
            }
        }
    }
    for PedRow { fields: [family, id, father, mother, _], .. } in rows {
        for name in [id, father, mother].into_iter().filter(|name| shared.contains(*name)) {
            *name = format!("{family}/{name}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_by_the_sex_in_the_fifth_field() {
        assert_eq!(linkage_fields(b"1 2 0 0 1 2\n1 3 2 0 2 -9\n"), Some(6));
        assert_eq!(linkage_fields(b"# a comment\nF\tA\t0\t0\t2\t0\tA A\n"), Some(8));
        assert_eq!(linkage_fields(format!("1 2 0 0 1 2{}", " 1 2".repeat(2000)).as_bytes()), Some(4006));
        for other in [
            "family_id,person_id,father_id,mother_id,sex,missing\n",
            "1 2 0 0 F 1\n",
            "1 2 0 0 1 2\n1 3 2 0 2\n",
            "id TH01 vWA\n",
            "id\tvWA 1\tvWA 2\tTH01\n",
            "Sample Name\tMarker\tAllele 1\n",
            "",
        ] {
            assert_eq!(linkage_fields(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn ids_of_several_families_are_told_apart() {
        let rows = read_rows(b"A 1 0 0 1\nA 2 1 0 2\nB 1 0 0 1\n\nB x 1 0 0 9\n").unwrap();
        let ids: Vec<_> = rows.iter().map(|row| [row.fields[1].as_str(), &row.fields[2]]).collect();
        assert_eq!(ids, [["A/1", "0"], ["2", "A/1"], ["B/1", "0"], ["x", "B/1"]]);
        assert_eq!((rows[3].line, rows[3].rest.as_slice()), (5, &["9".to_owned()][..]));
        assert_eq!(read_rows(b"A 1 0 0 1\nA 2\n"), Err((2, 2)));
    }
}

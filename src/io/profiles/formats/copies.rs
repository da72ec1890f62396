//! The long table of CKMRsim: `Indiv, Locus, gene_copy, Allele`, one row for each copy of a gene.

use super::{
    Gathered, ProfileError, ProfileFile, ProfileReader,
    specimens::{FieldNames, Specimen, SpecimenLocus, Specimens},
};
use crate::{
    io::{
        source::Input,
        table_file::{TextRow, TextTable},
    },
    profile::Sample,
};
use std::{collections::HashMap, io::Read};

/// Reads such a table.
pub(super) struct CopiesReader;

const HEADERS: [&str; 4] = ["Indiv", "Locus", "gene_copy", "Allele"];
const FIELDS: FieldNames = FieldNames { id: HEADERS[0], locus: HEADERS[1], allele: HEADERS[3] };

impl ProfileReader for CopiesReader {
    fn sniff(&self, start: &[u8]) -> bool {
        let start = String::from_utf8_lossy(start);
        let first = start.lines().next().unwrap_or_default();
        let cells: Vec<&str> = first.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"')).collect();
        HEADERS.iter().all(|header| cells.iter().any(|cell| cell.eq_ignore_ascii_case(header)))
    }

    fn read(&self, mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|cause| file.unreadable(cause))?;
        let table = TextTable::from_bytes(&file.name, &bytes, "a table Indiv, Locus, gene_copy, Allele")?;
        let header = &table.rows[0];
        let place = |name: &str| {
            let missing = || format!("no column `{name}`, expected {}", HEADERS.join(", "));
            let found = header.cells.iter().position(|cell| cell.eq_ignore_ascii_case(name));
            found.ok_or_else(|| ProfileError::Line { file: file.name.clone(), line: header.line, cause: missing() })
        };
        let places = [place(HEADERS[0])?, place(HEADERS[1])?, place(HEADERS[3])?];
        let people = gather(&table.rows[1..], places);
        let rejects = into.rejects_of_next_file();
        let mut specimens = Specimens::new(file, FIELDS, &rejects)
            .declaring(people.iter().flat_map(|person| person.loci.iter().map(|locus| locus.name.as_str())));
        for person in people {
            specimens.take(person).map_err(|cause| ProfileError::Panel { file: file.name.clone(), cause })?;
        }
        specimens.finish_into(
            into,
            format!("long table with a row for each copy of a gene (header {})", HEADERS.join(", ")),
        )?;
        file.progress.advance(file.bytes().unwrap_or(0));
        Ok(())
    }
}

/// The people in the order in which they come first, each locus with the alleles of all its rows.
fn gather(rows: &[TextRow], [indiv, locus, allele]: [usize; 3]) -> Vec<Specimen> {
    let mut people: Vec<Specimen> = Vec::new();
    let mut by_id: HashMap<&str, (usize, HashMap<&str, usize>)> = HashMap::new();
    for row in rows {
        let (id, name) = (row.cell(indiv), row.cell(locus));
        let (at, loci) = by_id.entry(id).or_insert_with(|| {
            let sample = Sample { id: id.to_owned(), ..Sample::default() };
            people.push(Specimen { line: row.line, sample, loci: Vec::new() });
            (people.len() - 1, HashMap::new())
        });
        let of_person = &mut people[*at].loci;
        let place = *loci.entry(name).or_insert_with(|| {
            of_person.push(SpecimenLocus { line: row.line, name: name.to_owned(), alleles: Vec::new() });
            of_person.len() - 1
        });
        of_person[place].alleles.push(row.cell(allele).to_owned());
    }
    people
}

//! Genotypes in pedigree files of linkage programs (`.ped`). The loci are named in a file of the same name beside it: `.map` (PLINK:
//! chromosome, name, …) or `.dat` (Merlin: `A status`, `M name`).

use super::{
    Gathered, ProfileError, ProfileFile, ProfileReader,
    by_locus::is_autosomal,
    specimens::{FieldNames, Specimen, SpecimenLocus, Specimens},
};
use crate::{
    io::{
        linkage_file::{PedRow, linkage_fields, read_rows},
        missing::is_missing,
        source::Input,
    },
    name_some::{LOCI_NAMED, name_some},
    profile::Sample,
};
use std::{collections::HashSet, io::Read};

/// Reads a `.ped` file with genotypes.
pub(super) struct LinkageReader;

const FIELDS: FieldNames = FieldNames { id: "person", locus: "locus", allele: "alleles" };
/// Fields of a row before the alleles: five and the status.
const BEFORE: usize = 6;

impl ProfileReader for LinkageReader {
    fn sniff(&self, start: &[u8]) -> bool {
        linkage_fields(start).is_some_and(|fields| fields > BEFORE)
    }

    fn read(&self, mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|cause| file.unreadable(cause))?;
        let at = |line: u64, cause: String| ProfileError::Line { file: file.name.clone(), line, cause };
        let rows = read_rows(&bytes)
            .map_err(|(line, found)| at(line, format!("found {found} fields, expected at least 5")))?;
        let loci = Loci::beside(file).ok_or_else(|| {
            at(1, "a pedigree file with genotypes: its loci are named in a file of the same name that ends in .map or .dat, which is not beside it".to_owned())
        })?;
        let typed: HashSet<&str> = rows.iter().filter(|row| is_typed(row)).map(|row| row.fields[1].as_str()).collect();
        let rejects = into.rejects_of_next_file();
        let mut specimens =
            Specimens::new(file, FIELDS, &rejects).declaring(loci.names.iter().map(|(name, _)| name.as_str()));
        for row in rows.iter().filter(|row| is_typed(row)) {
            let genotypes = loci.genotypes(row).map_err(|cause| at(row.line, cause))?;
            let specimen = Specimen { line: row.line, sample: sample(row, &typed), loci: genotypes };
            specimens.take(specimen).map_err(|cause| ProfileError::Panel { file: file.name.clone(), cause })?;
        }
        into.note_all(loci.note(&file.name));
        let untyped = rows.len() - rows.iter().filter(|row| is_typed(row)).count();
        into.note_all(
            (untyped > 0).then(|| format!("{}: {untyped} people without a genotype are no samples", file.name)),
        );
        specimens.finish_into(
            into,
            "pedigree file of a linkage program with genotypes (no header, the fifth field is 0, 1 or 2)".to_owned(),
        )?;
        file.progress.advance(file.bytes().unwrap_or(0));
        Ok(())
    }
}

/// Whether any allele was determined.
fn is_typed(row: &PedRow) -> bool {
    let is_nothing = |field: &String| field.split('/').all(is_missing);
    !row.rest.iter().skip(BEFORE - row.fields.len()).all(is_nothing)
}

/// Everything of a person but the calls; parents count where they are typed.
fn sample(row: &PedRow, typed: &HashSet<&str>) -> Sample {
    let [family, id, father, mother, _] = row.fields.clone();
    let parent = |id: String| typed.contains(id.as_str()).then_some(id);
    let (father_id, mother_id) = (parent(father), parent(mother));
    Sample { id, sex: row.sex(), family_id: Some(family), father_id, mother_id, ..Sample::default() }
}

/// The loci of a `.ped` file in their order, each with whether it is used.
struct Loci {
    names: Vec<(String, bool)>,
}

impl Loci {
    /// Those of the file beside a `.ped` file.
    fn beside(file: &ProfileFile<'_>) -> Option<Self> {
        let read = |ending: &str| file.options.inputs.read(&file.path.with_extension(ending)).ok();
        let of_map = read("map").map(|bytes| Self::of_map(&String::from_utf8_lossy(&bytes)));
        of_map
            .or_else(|| Some(Self::of_dat(&String::from_utf8_lossy(&read("dat")?))))
            .filter(|loci| !loci.names.is_empty())
    }

    /// Chromosome and name in each line; a header says `MARKER`.
    fn of_map(text: &str) -> Self {
        let locus = |line: &str| {
            let mut fields = line.split_whitespace();
            let (chromosome, name) = (fields.next()?, fields.next()?);
            let is_locus = !chromosome.starts_with('#') && !name.eq_ignore_ascii_case("marker");
            is_locus.then(|| (name.to_owned(), is_autosomal(chromosome)))
        };
        Self { names: text.lines().filter_map(locus).collect() }
    }

    /// `M name` in each line; others name no locus.
    fn of_dat(text: &str) -> Self {
        let name = |line: &str| {
            let mut fields = line.split_whitespace();
            (fields.next()? == "M").then(|| fields.next()).flatten().map(|name| (name.to_owned(), true))
        };
        Self { names: text.lines().filter_map(name).collect() }
    }

    /// The genotypes of a row: two fields a locus, or one such as `12/14`.
    fn genotypes(&self, row: &PedRow) -> Result<Vec<SpecimenLocus>, String> {
        let fields = row.rest.get(BEFORE - row.fields.len()..).unwrap_or_default();
        let each = match fields.len() {
            found if found == 2 * self.names.len() => 2,
            found if found == self.names.len() => 1,
            found => {
                let loci = self.names.len();
                return Err(format!(
                    "found {found} fields behind the status, expected {} for the {loci} loci beside the file",
                    2 * loci
                ));
            }
        };
        let used = self.names.iter().zip(fields.chunks(each)).filter(|((_, is_used), _)| *is_used);
        let locus = |((name, _), cells): (&(String, bool), &[String])| {
            let alleles = cells.iter().flat_map(|cell| cell.split('/')).map(str::to_owned);
            SpecimenLocus { line: row.line, name: name.clone(), alleles: alleles.collect() }
        };
        Ok(used.map(locus).collect())
    }

    /// A sentence on loci that are not used.
    fn note(&self, file: &str) -> Option<String> {
        let left_out = self.names.iter().filter(|(_, is_used)| !is_used).map(|(name, _)| name.as_str());
        let list = name_some(left_out, LOCI_NAMED);
        (!list.is_empty()).then(|| format!("{file}: loci that the map places on X, Y or MT are not used: {list}"))
    }
}

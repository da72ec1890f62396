//! Genotypes as PLINK 1 packs them (`.bed`): two bits a person, locus by locus. People and loci are named in text files of the same name
//! beside it, `.fam` and `.bim`.
//!
//! Format: Chang et al. 2015, doi:10.1186/s13742-015-0047-8, and the description of PLINK 1 binaries in the manual of PLINK 1.9.

use super::{
    super::notes::IDS_NAMED,
    Gathered, ProfileError, ProfileFile, ProfileReader,
    by_locus::{ByLocus, LocusRecord, RecordGenotype, locus_name, unusable_id},
};
use crate::{
    io::{
        linkage_file::{PedRow, read_rows},
        problems::Reason,
        source::Input,
        table_file::decode,
    },
    name_some::name_some,
    profile::{Allele, EXPECTED_ALLELE, PanelError, Sample},
    progress::WatchedReader,
};
use std::{
    io::{self, BufReader, Read},
    path::Path,
    sync::Arc,
};

/// Reads a `.bed` file.
pub(super) struct PlinkReader;

const MAGIC: [u8; 2] = [0x6c, 0x1b];
/// The third byte where loci follow one another.
const BY_LOCUS: u8 = 1;
const HEAD: usize = 3;
const PEOPLE_IN_BYTE: usize = 4;

impl ProfileReader for PlinkReader {
    fn sniff(&self, start: &[u8]) -> bool {
        start.starts_with(&MAGIC)
    }

    fn read(&self, input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let unusable = |cause: String| ProfileError::Unusable { file: file.name.clone(), cause };
        let people = read_people(file)?;
        let loci = read_loci(file)?;
        let samples: Vec<Sample> = people.iter().map(sample).collect();
        if let Some((id, reason)) = unusable_id(&samples) {
            return Err(unusable(format!(
                "`{id}` as the id of a person in {}: {}",
                beside(file, "fam"),
                reason.kind()
            )));
        }
        let rejects = into.rejects_of_next_file();
        let mut genotypes = ByLocus::new(file, "alleles", &rejects, samples);
        let mut packed = Packed::new(WatchedReader::new(input, file.progress), people.len());
        let counts = [people.len(), loci.len()];
        let in_bed = |fault: Fault| unusable(fault.told(file, counts));
        packed.read_head().map_err(in_bed)?;
        for locus in loci {
            let bytes = packed.next_locus().map_err(in_bed)?;
            take(locus, bytes, people.len(), &mut genotypes)
                .map_err(|cause| ProfileError::Panel { file: file.name.clone(), cause })?;
        }
        packed.finish().map_err(in_bed)?;
        into.note_all(notes(file, &people));
        let format =
            format!("PLINK 1 binary (begins with 6c 1b 01), with {} and {}", beside(file, "bim"), beside(file, "fam"));
        let lines: Vec<u32> = people.iter().map(|row| row.line as u32).collect();
        genotypes.finish_into(into, format, &lines)
    }
}

/// The file with this ending beside a `.bed` file, as the user would name it.
fn beside(file: &ProfileFile<'_>, ending: &str) -> String {
    file.path.with_extension(ending).display().to_string()
}

/// The name and the content of the file with this ending.
fn read_beside(file: &ProfileFile<'_>, ending: &str) -> Result<(String, Arc<[u8]>), ProfileError> {
    let name = beside(file, ending);
    match file.options.inputs.read(Path::new(&name)) {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let cause = format!("{name} is not beside it (genotypes of PLINK are three files: .bed, .bim and .fam)");
            Err(ProfileError::Unusable { file: file.name.clone(), cause })
        }
        Err(cause) => Err(ProfileError::Unreadable { file: name, cause: cause.into() }),
    }
}

fn read_people(file: &ProfileFile<'_>) -> Result<Vec<PedRow>, ProfileError> {
    let (name, bytes) = read_beside(file, "fam")?;
    read_rows(&bytes).map_err(|(line, found)| ProfileError::Line {
        file: name,
        line,
        cause: format!("found {found} fields, expected at least 5 (family, person, father, mother, sex)"),
    })
}

/// A row of the `.bim` file.
struct BimRow {
    record: LocusRecord,
    /// The alleles as they stand there, where one of them is none.
    unusable: Option<String>,
}

fn read_loci(file: &ProfileFile<'_>) -> Result<Vec<BimRow>, ProfileError> {
    const FIELDS: &str = "6 (chromosome, name, position in morgans, position in bases, two alleles)";
    let (name, bytes) = read_beside(file, "bim")?;
    let text = decode(&bytes);
    let rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, text): (usize, &str)| {
        let line = at as u64 + 1;
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[chromosome, id, _, position, first, second] = &fields[..] else {
            let cause = format!("found {} fields, expected {FIELDS}", fields.len());
            return Err(ProfileError::Line { file: name.clone(), line, cause });
        };
        let by_place = format!("{chromosome}:{position}");
        let spellings = if id == "." { [by_place.as_str(); 2] } else { [id, by_place.as_str()] };
        let alleles = [first, second].map(allele);
        let unusable = alleles.iter().any(Result::is_err).then(|| format!("{first},{second}"));
        let alleles = alleles.into_iter().map(Result::unwrap_or_default).collect();
        let name = locus_name(file, &spellings);
        Ok(BimRow { record: LocusRecord { line, chromosome: chromosome.to_owned(), name, alleles }, unusable })
    };
    rows.map(row).collect()
}

/// An allele of the `.bim` file; `0` is none.
fn allele(text: &str) -> Result<Option<Allele>, ()> {
    if text == "0" { Ok(None) } else { text.parse().map(Some).map_err(|_| ()) }
}

fn sample(row: &PedRow) -> Sample {
    let [family, id, ..] = row.fields.clone();
    Sample { id, sex: row.sex(), family_id: Some(family).filter(|family| family != "0"), ..Sample::default() }
}

/// Takes a locus with its genotypes.
fn take(locus: BimRow, bytes: &[u8], people: usize, genotypes: &mut ByLocus<'_>) -> Result<(), PanelError> {
    if let Some(value) = locus.unusable {
        let why = format!("no allele (expected {EXPECTED_ALLELE}; 0 is none)");
        return genotypes.refuse(locus.record.line, "alleles", value, Reason::UnusableRecord(why.into()));
    }
    let of_person = |person: usize| match bytes[person / PEOPLE_IN_BYTE] >> (2 * (person % PEOPLE_IN_BYTE)) & 3 {
        0 => RecordGenotype::Of([0, 0]),
        1 => RecordGenotype::Missing,
        2 => RecordGenotype::Of([0, 1]),
        _ => RecordGenotype::Of([1, 1]),
    };
    genotypes.take(locus.record, (0..people).map(of_person))
}

/// Sentences on what the `.fam` file says beside ids and sexes.
fn notes(file: &ProfileFile<'_>, people: &[PedRow]) -> Vec<String> {
    let (name, fam) = (&file.name, beside(file, "fam"));
    let told_apart: Vec<&str> =
        people.iter().filter(|row| row.is_told_apart()).map(|row| row.fields[1].as_str()).collect();
    let apart = (!told_apart.is_empty()).then(|| {
        format!(
            "{name}: ids that several families have got the family's in front: {}",
            name_some(told_apart, IDS_NAMED)
        )
    });
    let count = |has: &dyn Fn(&&PedRow) -> bool| Some(people.iter().filter(has).count()).filter(|count| *count > 0);
    let parents = count(&|row| row.states_parent()).map(|count| {
        format!("{name}: parents of {count} of the people in {fam} are not used: they are no genotypes (`--pedigrees {fam}` takes them)")
    });
    let has_phenotype =
        |row: &&PedRow| row.rest.first().is_some_and(|value| !matches!(value.as_str(), "0" | "-9" | "NA"));
    let phenotypes =
        count(&has_phenotype).map(|count| format!("{name}: phenotypes of {count} of the people in {fam} are not used"));
    [apart, parents, phenotypes].into_iter().flatten().collect()
}

/// What is wrong with a `.bed` file.
enum Fault {
    Io(io::Error),
    /// It is none that is read: its third byte.
    ByPerson,
    /// It ends after so many bytes.
    Short(usize),
    Long,
}

impl Fault {
    fn told(self, file: &ProfileFile<'_>, counts: [usize; 2]) -> String {
        let [people, loci] = counts;
        let found = match self {
            Self::Io(error) => return format!("cannot be read: {error}"),
            Self::ByPerson => {
                return "genotypes person by person, expected locus by locus: `plink --make-bed` writes them locus by locus"
                    .to_owned();
            }
            Self::Short(bytes) => format!("{bytes} bytes"),
            Self::Long => format!("more than {} bytes", length(counts)),
        };
        format!(
            "found {found}, expected {} for {people} people ({}) and {loci} loci ({}): the three files do not belong together",
            length(counts),
            beside(file, "fam"),
            beside(file, "bim"),
        )
    }
}

/// Bytes of a file with so many people and loci.
fn length([people, loci]: [usize; 2]) -> usize {
    HEAD + loci * people.div_ceil(PEOPLE_IN_BYTE)
}

/// A `.bed` file, locus by locus.
struct Packed<R> {
    reader: BufReader<R>,
    locus: Vec<u8>,
    read: usize,
}

impl<R: Read> Packed<R> {
    fn new(reader: R, people: usize) -> Self {
        let locus = vec![0; people.div_ceil(PEOPLE_IN_BYTE)];
        Self { reader: BufReader::with_capacity(1 << 18, reader), locus, read: 0 }
    }

    /// Fills the buffer from the file.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Fault> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.reader.read(&mut buffer[filled..]).map_err(Fault::Io)? {
                0 => return Err(Fault::Short(self.read + filled)),
                bytes => filled += bytes,
            }
        }
        self.read += filled;
        Ok(())
    }

    fn read_head(&mut self) -> Result<(), Fault> {
        let mut head = [0; HEAD];
        self.fill(&mut head)?;
        if head[HEAD - 1] == BY_LOCUS { Ok(()) } else { Err(Fault::ByPerson) }
    }

    /// The genotypes of the next locus.
    fn next_locus(&mut self) -> Result<&[u8], Fault> {
        let mut locus = std::mem::take(&mut self.locus);
        let filled = self.fill(&mut locus);
        self.locus = locus;
        filled.map(|()| &self.locus[..])
    }

    /// Makes sure that nothing follows.
    fn finish(mut self) -> Result<(), Fault> {
        let mut more = [0];
        if self.reader.read(&mut more).map_err(Fault::Io)? == 0 { Ok(()) } else { Err(Fault::Long) }
    }
}

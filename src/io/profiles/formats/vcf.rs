//! VCF files (Variant Call Format, versions 4.x), plain or packed with gzip: samples are columns, each record is a locus with the alleles
//! REF and ALT, and `GT` has the numbers of two of them.
//!
//! The text is delimited by tabs and read record by record. What STR callers write is refused: their lengths in bases or repeats of the
//! reference are not the alleles of the kits.

use super::{
    Gathered, ProfileError, ProfileFile, ProfileReader,
    by_locus::{ByLocus, LocusRecord, RecordGenotype, locus_name, unusable_id},
};
use crate::{
    io::{problems::Reason, source::Input},
    profile::{Allele, PanelError, Sample},
    progress::WatchedReader,
};
use csv::ByteRecord;
use flate2::read::MultiGzDecoder;
use std::{borrow::Cow, io::Read};

/// Reads a VCF file.
pub(super) struct VcfReader;

const GZIP: &[u8] = &[0x1f, 0x8b];
const VERSION: &str = "##fileformat=VCF";
/// The columns before the samples.
const FIXED: [&str; 9] = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"];
/// Programs that call short tandem repeats, as `##source` and `##command` name them.
const STR_CALLERS: [&str; 9] =
    ["hipstr", "gangstr", "expansionhunter", "lobstr", "advntr", "longtr", "trgt", "strling", "popstr"];
/// What they write in INFO: the unit, its length, the motifs, the id of the repeat.
const STR_INFO: [&str; 4] = ["RU", "PERIOD", "MOTIFS", "REPID"];
const STR_REMEDY: &str = "its lengths are counted from the reference and are not the alleles of the kits; name the alleles as the kits do, \
                          and give them as a table (Sample, Marker, Allele 1, Allele 2)";

impl ProfileReader for VcfReader {
    fn sniff(&self, start: &[u8]) -> bool {
        start.starts_with(GZIP) || is_vcf(start)
    }

    fn read(&self, mut input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let is_packed = input.peek(GZIP.len()).map_err(|cause| file.unreadable(cause))?.starts_with(GZIP);
        let input = WatchedReader::new(input, file.progress);
        let mut lines = match is_packed {
            true => VcfLines::new(Box::new(MultiGzDecoder::new(input))),
            false => VcfLines::new(Box::new(input)),
        };
        let in_line = |(line, cause): (u64, String)| ProfileError::Line { file: file.name.clone(), line, cause };
        let in_panel = |cause| ProfileError::Panel { file: file.name.clone(), cause };
        let head = Head::read(&mut lines, is_packed).map_err(in_line)?;
        let rejects = into.rejects_of_next_file();
        let mut loci = ByLocus::new(file, "GT", &rejects, head.samples.clone());
        while let Some(record) = lines.next().map_err(in_line)? {
            take(record, &head, file, &mut loci).map_err(in_panel)?;
        }
        let packed = if is_packed { ", packed with gzip" } else { "" };
        let format = format!("VCF {} (begins with {VERSION}{packed})", head.version);
        loci.finish_into(into, format, &vec![head.line as u32; head.samples.len()])
    }
}

/// Whether a text begins as VCF files do.
fn is_vcf(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&start[..start.len().min(64)]);
    let text = text.trim_start_matches('\u{feff}');
    text.starts_with(VERSION) || text.starts_with("#CHROM\tPOS\t")
}

/// The lines of a file, cut at tabs.
struct VcfLines<'r> {
    reader: csv::Reader<Box<dyn Read + 'r>>,
    record: ByteRecord,
}

/// One line.
#[derive(Clone, Copy)]
struct VcfLine<'l> {
    number: u64,
    cells: &'l ByteRecord,
}

impl<'r> VcfLines<'r> {
    fn new(text: Box<dyn Read + 'r>) -> Self {
        let reader = csv::ReaderBuilder::new()
            .delimiter(b'\t')
            .quoting(false)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(1 << 18)
            .from_reader(text);
        Self { reader, record: ByteRecord::new() }
    }

    /// The next line that is not blank; `None` at the end.
    fn next(&mut self) -> Result<Option<VcfLine<'_>>, (u64, String)> {
        let next = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let number = self.record.position().map_or(next, csv::Position::line);
                Ok(Some(VcfLine { number, cells: &self.record }))
            }
            Err(error) => Err((next, format!("cannot be read further: {error}"))),
        }
    }
}

impl<'l> VcfLine<'l> {
    fn cell(self, at: usize) -> Cow<'l, str> {
        String::from_utf8_lossy(self.cells.get(at).unwrap_or_default())
    }
}

/// What stands above the records.
struct Head {
    version: String,
    samples: Vec<Sample>,
    /// The line with the ids of the samples.
    line: u64,
}

impl Head {
    fn read(lines: &mut VcfLines<'_>, is_packed: bool) -> Result<Self, (u64, String)> {
        let mut version = String::new();
        let mut last = 0;
        while let Some(line) = lines.next()? {
            last = line.number;
            let first = line.cell(0);
            let first = first.trim_start_matches('\u{feff}');
            if let Some(found) = first.strip_prefix(VERSION) {
                version = found.trim_start_matches('v').to_owned();
            } else if let Some(meta) = first.strip_prefix("##") {
                refuse_str_caller(meta).map_err(|cause| (line.number, cause))?;
            } else if first == FIXED[0] {
                let samples = samples(line).map_err(|cause| (line.number, cause))?;
                return Ok(Self { version, samples, line: line.number });
            } else {
                break;
            }
        }
        let expected = "expected a line that begins with #CHROM and names the samples".to_owned();
        let other = "packed with gzip, and no VCF file in it: unpack it first".to_owned();
        Err((last, if is_packed && version.is_empty() { other } else { expected }))
    }
}

/// Refuses what the programs that call short tandem repeats write.
fn refuse_str_caller(meta: &str) -> Result<(), String> {
    let lower = meta.to_ascii_lowercase();
    let names_program = lower.starts_with("source") || lower.starts_with("command");
    let is_of = |caller: &&&str| lower.starts_with(**caller) || names_program && lower.contains(**caller);
    match STR_CALLERS.iter().find(is_of) {
        Some(caller) => Err(format!("`##{meta}`: a VCF file of an STR caller ({caller}): {STR_REMEDY}")),
        None => Ok(()),
    }
}

/// The samples that the line above the records names.
fn samples(line: VcfLine<'_>) -> Result<Vec<Sample>, String> {
    let wrong = FIXED.iter().enumerate().find(|(at, name)| line.cell(*at) != **name);
    if let Some((at, name)) = wrong {
        let lacks_genotypes = at + 1 == FIXED.len() && line.cells.len() <= at;
        return Err(match lacks_genotypes {
            true => "a VCF file without genotypes: expected FORMAT and a column for each sample behind INFO".to_owned(),
            false => format!("found `{}` as column {}, expected {name}", line.cell(at), at + 1),
        });
    }
    let ids = (FIXED.len()..line.cells.len()).map(|at| line.cell(at).trim().to_owned());
    let samples: Vec<Sample> = ids.map(|id| Sample { id, ..Sample::default() }).collect();
    match unusable_id(&samples) {
        Some((id, reason)) => Err(format!("`{id}` as the name of a sample: {}", reason.kind())),
        None if samples.is_empty() => Err("no sample behind FORMAT".to_owned()),
        None => Ok(samples),
    }
}

/// Takes a record, unless something is wrong with it.
fn take(line: VcfLine<'_>, head: &Head, file: &ProfileFile<'_>, loci: &mut ByLocus<'_>) -> Result<(), PanelError> {
    let [chromosome, position, ids, reference, other, _, filter, info, format] =
        std::array::from_fn::<_, 9, _>(|at| line.cell(at));
    let expected = FIXED.len() + head.samples.len();
    if line.cells.len() != expected {
        let reason = Reason::CellCount { found: line.cells.len(), expected, commas: false, last_line: None };
        return loci.refuse(line.number, "", String::new(), reason);
    }
    if !matches!(&*filter, "PASS" | ".") {
        loci.pass_over(line.number, format!("with FILTER {filter}"));
        return Ok(());
    }
    let key = |field: &str| field.split('=').next().unwrap_or_default().to_owned();
    if let Some(of_str) = info.split(';').map(key).find(|key| STR_INFO.contains(&key.as_str())) {
        let why = format!("`{of_str}` tells a repeat as an STR caller counts it: {STR_REMEDY}");
        return loci.refuse(line.number, "INFO", info.into_owned(), Reason::UnusableRecord(why.into()));
    }
    let alleles = match alleles(&reference, &other) {
        Ok(alleles) => alleles,
        Err((column, value, why)) => {
            return loci.refuse(line.number, column, value, Reason::UnusableRecord(why.into()));
        }
    };
    let Some(place) = format.split(':').position(|key| key == "GT") else {
        loci.pass_over(line.number, "without GT in FORMAT".to_owned());
        return Ok(());
    };
    let by_place = format!("{chromosome}:{position}");
    let ids = ids.split(';').filter(|id| !matches!(*id, "" | "."));
    let name = locus_name(file, &ids.chain([by_place.as_str()]).collect::<Vec<_>>());
    let count = alleles.len();
    let cells = line.cells.iter().skip(FIXED.len());
    let record = LocusRecord { line: line.number, chromosome: chromosome.into_owned(), name, alleles };
    loci.take(record, cells.map(|cell| genotype(cell, place, count)))
}

/// The alleles of a record by their numbers.
///
/// # Errors
/// One that is no short text of bases: its column, what it is, and what is wrong.
fn alleles(reference: &str, other: &str) -> Result<Vec<Option<Allele>>, (&'static str, String, &'static str)> {
    let others = other.split(',').filter(|allele| *allele != ".").map(|allele| ("ALT", allele));
    let each = std::iter::once(("REF", reference)).chain(others);
    each.map(|(column, text)| {
        let allele = is_bases(text).then(|| text.parse::<Allele>().ok()).flatten();
        let refuse = || (column, text.to_owned(), why_unusable(text));
        allele.map(Some).ok_or_else(refuse)
    })
    .collect()
}

fn is_bases(text: &str) -> bool {
    text.bytes().all(|base| matches!(base.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T'))
}

/// Why an allele cannot be used.
fn why_unusable(text: &str) -> &'static str {
    match text {
        "*" => "the allele is missing because of a deletion that another record holds",
        _ if text.starts_with('<') => "a symbol in place of an allele (expected its bases)",
        _ if text.contains(['[', ']']) || text.starts_with('.') || text.ends_with('.') => {
            "a breakend of a rearrangement"
        }
        _ if is_bases(text) && !text.is_empty() => "an allele of more than 15 bases",
        _ => "no allele (expected bases A, C, G, T)",
    }
}

/// What a sample's cell says, whose field of this position (0-based) is the genotype.
fn genotype(cell: &[u8], place: usize, alleles: usize) -> RecordGenotype<'_> {
    let text = cell.split(|&byte| byte == b':').nth(place).unwrap_or(b".");
    let shown = text.strip_prefix(b"/").or_else(|| text.strip_prefix(b"|")).unwrap_or(text);
    let mut parts = shown.split(|&byte| matches!(byte, b'/' | b'|'));
    let mut part = || parts.next().map(|part| number(part, alleles));
    let value = || String::from_utf8_lossy(text);
    match (part(), part(), part()) {
        (Some(VcfAllele::None), None | Some(VcfAllele::None), None) => RecordGenotype::Missing,
        (Some(VcfAllele::Of(first)), Some(VcfAllele::Of(second)), None) => RecordGenotype::Of([first, second]),
        (Some(VcfAllele::Of(_)), Some(VcfAllele::None), None)
        | (Some(VcfAllele::None), Some(VcfAllele::Of(_)), None) => {
            RecordGenotype::NotUsed(value(), Reason::OneAlleleMissing(".".to_owned()))
        }
        _ => RecordGenotype::NotUsed(value(), Reason::NotAGenotype(alleles)),
    }
}

/// What stands for one allele.
enum VcfAllele {
    None,
    Of(usize),
    Wrong,
}

fn number(text: &[u8], alleles: usize) -> VcfAllele {
    match text {
        b"" | b"." => VcfAllele::None,
        [digit @ b'0'..=b'9'] if usize::from(digit - b'0') < alleles => VcfAllele::Of(usize::from(digit - b'0')),
        _ if !text.iter().all(u8::is_ascii_digit) => VcfAllele::Wrong,
        _ => {
            let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            number.filter(|&number| number < alleles).map_or(VcfAllele::Wrong, VcfAllele::Of)
        }
    }
}

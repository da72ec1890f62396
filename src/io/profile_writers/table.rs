//! Tables of profiles: wide (one row a sample) and long (one row a sample and locus), with every column that any sample fills.

use super::{ProfileWriteError, ProfileWriter};
use crate::io::safe_csv::{SafeCsvWriter, harmless};
use crate::profile::{AlleleKind, Call, Panel, Sample, SampleIndex, Sex};
use std::io::Write;

/// Writes wide tables.
pub struct WideWriter;

/// Writes long tables.
pub struct LongWriter;

/// A column beside the loci: its header, and what a sample has there.
type WrittenColumn = (&'static str, fn(&Sample) -> String);

/// In their order.
const COLUMNS: [WrittenColumn; 10] = [
    ("role", |sample| sample.role.map_or("", |role| role.as_str()).to_owned()),
    ("sex", |sample| if sample.sex == Sex::Unknown { String::new() } else { sample.sex.to_string() }),
    ("birth_year_min", |sample| year(sample, |years| years.earliest)),
    ("birth_year_max", |sample| year(sample, |years| years.latest)),
    ("site", |sample| sample.site.clone().unwrap_or_default()),
    ("family_id", |sample| sample.family_id.clone().unwrap_or_default()),
    ("mother_id", |sample| sample.mother_id.clone().unwrap_or_default()),
    ("father_id", |sample| sample.father_id.clone().unwrap_or_default()),
    ("population", |sample| sample.population.clone().unwrap_or_default()),
    ("drop_out", |sample| sample.drop_out.map(|drop_out| drop_out.to_string()).unwrap_or_default()),
];

/// A year of birth, nothing where that end is open.
fn year(sample: &Sample, end: fn(&crate::profile::BirthYears) -> i16) -> String {
    let year = sample.birth_years.as_ref().map(end);
    year.filter(|&year| year != i16::MIN && year != i16::MAX).map(|year| year.to_string()).unwrap_or_default()
}

/// The columns that any sample fills.
fn filled(panel: &Panel) -> Vec<WrittenColumn> {
    let is_filled = |(_, cell): &WrittenColumn| panel.indices().any(|sample| !cell(&panel.sample(sample)).is_empty());
    COLUMNS.into_iter().filter(is_filled).collect()
}

/// The id and the other cells of a sample.
fn cells(panel: &Panel, sample: SampleIndex, columns: &[WrittenColumn]) -> Vec<String> {
    let known = panel.sample(sample);
    let others = columns.iter().map(|(_, cell)| cell(&known));
    std::iter::once(panel.full_id(sample).into_owned()).chain(others).collect()
}

/// The call as a cell. Two bases alone in a cell would be two alleles.
fn shown(call: Call) -> String {
    match call {
        Call::One(bases) if bases.kind() == AlleleKind::Bases => format!("{bases},{bases}"),
        call if call.is_informative() => call.to_string(),
        _ => String::new(),
    }
}

/// Sentences on cells that a spreadsheet would run as a formula.
fn disarmed(cells: &[String]) -> impl Iterator<Item = String> + '_ {
    let changed = |cell: &&String| harmless(cell) != cell.as_str();
    cells
        .iter()
        .filter(changed)
        .map(|cell| format!("`{cell}` is written as `{}`: a spreadsheet would run it as a formula", harmless(cell)))
}

/// Writes rows below their headers: each begins with what is known of its sample.
fn write_rows<R: IntoIterator<Item = Vec<String>>>(
    panel: &Panel,
    target: &mut dyn Write,
    headers: &[&str],
    rows_of: impl Fn(SampleIndex) -> R,
) -> Result<Vec<String>, ProfileWriteError> {
    let columns = filled(panel);
    let mut lost = Vec::new();
    let mut writer = SafeCsvWriter::new(target);
    let known = std::iter::once("sample_id").chain(columns.iter().map(|(name, _)| *name));
    writer.write_row(known.chain(headers.iter().copied()))?;
    for sample in panel.indices() {
        let cells = cells(panel, sample, &columns);
        lost.extend(disarmed(&cells));
        for row in rows_of(sample) {
            writer.write_row(cells.iter().cloned().chain(row))?;
        }
    }
    writer.finish()?;
    Ok(lost)
}

impl ProfileWriter for WideWriter {
    fn write(&self, panel: &Panel, target: &mut dyn Write) -> Result<Vec<String>, ProfileWriteError> {
        let loci: Vec<&str> = panel.loci().iter().map(|locus| locus.as_str()).collect();
        let call = |sample, locus| shown(panel.observation(sample, locus).call);
        write_rows(panel, target, &loci, |sample| [(0..loci.len()).map(|locus| call(sample, locus)).collect()])
    }
}

impl ProfileWriter for LongWriter {
    fn write(&self, panel: &Panel, target: &mut dyn Write) -> Result<Vec<String>, ProfileWriteError> {
        write_rows(panel, target, &["marker", "allele_1", "allele_2"], |sample| {
            panel.loci().iter().enumerate().map(move |(locus, name)| {
                let mut alleles = panel.observation(sample, locus).call.alleles().map(|allele| allele.to_string());
                let [first, second] = [alleles.next(), alleles.next()].map(Option::unwrap_or_default);
                vec![name.as_str().to_owned(), first, second]
            })
        })
    }
}

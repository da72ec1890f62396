//! Wide tables: one row a sample. Chunks of rows are parsed in parallel, each with its own dictionaries.

use super::{
    ReadOptions,
    cell::{CellReading, CellRules, read_amelogenin, read_cells},
    cell_cache::{CellCache, cell_key},
    combine::{ReadTyping, combine_calls, combine_sexes},
    commas::{Comma, Commas},
    header::FileColumns,
    metadata::{Field, Metadata},
    rejects::RejectsOfFile,
    typings::{LocusTypings, holds_two},
};
use crate::{
    io::{
        delimited::{Chunk, Record, decode},
        missing::is_missing,
        problems::{Reason, Rejected},
    },
    profile::{Call, Code, LocusName, Observation, PanelBuilder, PanelError, Role, Sample, Sex},
};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// Samples read from a part of a file, in the order of the file.
#[derive(Default)]
pub struct PartialProfiles {
    /// The samples.
    pub builder: PanelBuilder,
    /// The line of each sample's row.
    pub lines: Vec<u32>,
    /// Rows read, those left out too.
    pub rows: u64,
}

/// What all chunks of a file share.
pub struct FileContext<'a> {
    /// The file's name as the user gave it.
    pub file: Arc<str>,
    /// Whether it is a sheet of a workbook, whose cells have names.
    pub is_sheet: bool,
    /// What the columns are.
    pub columns: &'a FileColumns,
    /// Its columns without a header.
    pub nameless: &'a NamelessColumns,
    /// The headers, for reports.
    pub headers: Vec<Arc<str>>,
    /// What commas mean in the locus cells.
    pub commas: Commas,
    /// Whether the cells are separated by commas.
    pub comma_separated: bool,
    /// What stands between cells.
    pub separator: u8,
    /// The most cells that a row can have; longer rows are left out even where the cells beyond are empty.
    pub widest: usize,
    /// The role of samples that state none.
    pub default_role: Option<Role>,
    /// The caller's settings.
    pub options: &'a ReadOptions,
    /// Where what is not used goes.
    pub rejects: &'a RejectsOfFile,
}

/// Columns without a header, and in which of them something was found.
pub struct NamelessColumns(Vec<(usize, AtomicBool)>);

impl NamelessColumns {
    /// Nothing found yet in these columns (0-based).
    pub fn new(columns: &[usize]) -> Self {
        Self(columns.iter().map(|&at| (at, AtomicBool::new(false))).collect())
    }

    /// Takes note of what a row has there.
    pub fn look_at(&self, record: &Record<'_>) {
        for (at, found) in &self.0 {
            if !found.load(Ordering::Relaxed) && !record.cell(*at).trim_ascii().is_empty() {
                found.store(true, Ordering::Relaxed);
            }
        }
    }

    /// A sentence on those that hold something.
    pub fn note(&self, file: &str) -> Option<String> {
        let filled = self.0.iter().filter(|(_, found)| found.load(Ordering::Relaxed));
        let places: Vec<_> = filled.map(|(at, _)| (at + 1).to_string()).collect();
        let list = places.join(", ");
        (!list.is_empty()).then(|| format!("{file}: columns without a header are not used: column {list}"))
    }
}

impl FileContext<'_> {
    /// One line about something that was not used; `column` is `None` where the whole row is at fault.
    pub fn reject(&self, line: u64, column: Option<usize>, sample_id: &str, value: String, reason: Reason) -> Rejected {
        let sheet_column = column.filter(|_| self.is_sheet).and_then(|at| u32::try_from(at).ok());
        let column = column.and_then(|at| self.headers.get(at).cloned()).unwrap_or_else(|| Arc::from(""));
        let (file, sample_id) = (self.file.clone(), sample_id.to_owned());
        Rejected { file, line, column, sheet_column, sample_id, locus: None, value, reason }
    }

    /// How the cells of this locus are read, where so many of them hold one call: a cell of its own for each allele needs no comma
    /// between alleles.
    pub fn rules(&self, locus: &LocusName, cells: usize) -> CellRules {
        let comma = if cells > 1 { Comma::Decimal } else { self.commas.in_one_cell };
        CellRules { comma, letters: !locus.is_known(), shows: self.commas.shows(locus) }
    }

    /// Whether the row is the header once more, as where files were put one below the other.
    fn is_header(&self, record: &Record<'_>) -> bool {
        let id = self.columns.id;
        let is_same = |at: usize| decode(record.cell(at)).trim() == &*self.headers[at];
        record.cell(id).len() >= self.headers[id].len() && is_same(id) && (0..self.headers.len()).all(is_same)
    }

    /// What the row is instead of one of a sample with cells where they are used (up to `last_used`).
    pub fn fault_of_row(&self, record: &Record<'_>, line: u64, next_line: u64, last_used: usize) -> Option<Rejected> {
        if let Some(comment) = comment(record) {
            return Some(self.reject(line, None, "", comment, Reason::CommentRow));
        }
        let lines = self.check_lines(record, line, next_line);
        if let Err(reason) = lines.and_then(|()| self.check_cell_count(record, line, last_used)) {
            let id = shown_id(decode(record.cell(self.columns.id)).trim());
            return Some(self.reject(line, None, &id, String::new(), reason));
        }
        self.is_header(record).then(|| self.reject(line, None, "", String::new(), Reason::RepeatedHeader))
    }

    /// Whether the row has a cell for each column that is used, and nothing beyond the last header.
    fn check_cell_count(&self, record: &Record<'_>, line: u64, last_used: usize) -> Result<(), Reason> {
        let is_blank = |cell: &[u8]| cell.trim_ascii().is_empty();
        let expected = self.headers.iter().rposition(|header| !header.is_empty()).map_or(0, |at| at + 1);
        let expected = expected.max(last_used + 1);
        let nothing_beyond = record.iter().skip(expected).all(is_blank);
        if record.cell_count() > last_used && record.cell_count() <= self.widest && nothing_beyond {
            return Ok(());
        }
        let line_ends = record.inner_line_feeds();
        let last_line = (line_ends > 0).then_some(line + line_ends);
        // A row as long as the header can only have content below its empty headers.
        let expected = if record.cell_count() == self.headers.len() { expected } else { self.headers.len() };
        Err(Reason::CellCount { found: record.cell_count(), expected, commas: self.comma_separated, last_line })
    }

    /// Whether a cell of this row, which ends before `next_line`, goes over several lines that look like rows of their own:
    /// then somebody forgot a quote, and cells of other rows stand in this one. More than a few lines are taken for
    /// that whatever they look like.
    fn check_lines(&self, record: &Record<'_>, line: u64, next_line: u64) -> Result<(), Reason> {
        const MOST_LINES: u64 = 10;
        if next_line <= line + 1 || record.inner_line_feeds() == 0 {
            return Ok(());
        }
        let separators = |text: &[u8]| text.iter().filter(|&&byte| byte == self.separator).count();
        let is_row = |before: usize, text: &[u8]| before + separators(text) + 1 == self.headers.len();
        let holds_rows = |(at, cell): (usize, &[u8])| {
            let mut lines = cell.split(|&byte| byte == b'\n').enumerate();
            let last = lines.clone().count() - 1;
            last > 0 && lines.any(|(number, text)| number < last && is_row(if number == 0 { at } else { 0 }, text))
        };
        let is_long = next_line - line > MOST_LINES;
        let swallowed = self.headers.len() > 2 && record.iter().enumerate().any(holds_rows);
        if is_long || swallowed { Err(Reason::SwallowedRows(next_line - 1)) } else { Ok(()) }
    }

    /// Probability that an allele of this sample drops out: its own, else its role's.
    pub fn drop_out(&self, sample: &Sample) -> f64 {
        let role = sample.role.or(self.default_role);
        sample.drop_out.unwrap_or_else(|| self.options.drop_out.of(role))
    }
}

/// Gives a sample for which a sex may be recorded the one that amelogenin shows. Where the two contradict each other,
/// neither is believed.
///
/// # Errors
/// That contradiction; the sample is then of unknown sex.
pub fn settle_sex(sample: &mut Sample, shown: Sex) -> Result<(), Reason> {
    match (sample.sex, shown) {
        _ if sample.sex_conflict => {}
        (Sex::Unknown, shown) => sample.sex = shown,
        (_, Sex::Unknown) => {}
        (recorded, shown) if recorded == shown => {}
        (recorded, shown) => {
            (sample.sex, sample.sex_conflict) = (Sex::Unknown, true);
            return Err(Reason::SexContradicted { recorded: recorded.as_str().into(), shown: shown.as_str().into() });
        }
    }
    Ok(())
}

/// Reads the chunks of one wide table.
pub struct WideReader<'a> {
    context: FileContext<'a>,
    loci: &'a [LocusTypings],
    amelogenin: Option<&'a LocusTypings>,
    last_used: usize,
    /// Those that are not reading a chunk now.
    workers: Mutex<Vec<Worker>>,
}

/// What reads one chunk after the other, and remembers the cells that it has met.
struct Worker {
    /// The dictionaries of all chunks so far, and the samples of this one.
    builder: PanelBuilder,
    /// The drop-out probabilities met, and for each of them the caches of all loci.
    caches: Vec<(f64, Vec<CellCache>)>,
    metadata: Metadata,
    codes: Vec<Code>,
}

/// The most drop-out probabilities for which cells are remembered; with more, the caches start anew.
const MOST_DROP_OUTS: usize = 64;

impl Worker {
    fn new(loci: &[LocusTypings]) -> Self {
        let builder = PanelBuilder::new(loci.iter().map(|columns| columns.locus.clone()).collect());
        Self { builder, caches: Vec::new(), metadata: Metadata::default(), codes: Vec::with_capacity(loci.len()) }
    }

    /// The position of the caches for this drop-out probability.
    fn find_caches(&mut self, drop_out: f64) -> usize {
        if let Some(at) = self.caches.iter().position(|caches| caches.0 == drop_out) {
            return at;
        }
        if self.caches.len() == MOST_DROP_OUTS {
            self.caches.clear();
        }
        self.caches.push((drop_out, vec![CellCache::default(); self.builder.loci().len()]));
        self.caches.len() - 1
    }
}

impl<'a> WideReader<'a> {
    /// A reader for these columns.
    pub fn new(context: FileContext<'a>, loci: &'a [LocusTypings], amelogenin: Option<&'a LocusTypings>) -> Self {
        let locus_columns = loci.iter().chain(amelogenin).flat_map(|locus| locus.columns.iter().copied());
        let metadata_columns = context.columns.metadata.iter().map(|column| column.0);
        let last_used = locus_columns.chain(metadata_columns).fold(context.columns.id, usize::max);
        Self { context, loci, amelogenin, last_used, workers: Mutex::default() }
    }

    /// Reads the rows of a chunk.
    ///
    /// # Errors
    /// More distinct observations or id text than a panel can hold.
    pub fn read_chunk(&self, chunk: &Chunk) -> Result<PartialProfiles, PanelError> {
        let idle = self.workers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = idle.unwrap_or_else(|| Worker::new(self.loci));
        let mut profiles = PartialProfiles::default();
        let (mut rejected, mut taken) = (Vec::new(), 0);
        let mut records = chunk.records();
        let mut record = records.record();
        while let Some(line) = records.read(&mut record) {
            if record.is_blank() {
                continue;
            }
            profiles.rows += 1;
            if let Some(unusable) = self.context.fault_of_row(&record, line, records.next_line(), self.last_used) {
                rejected.push(unusable);
                self.context.rejects.take(&mut rejected, &mut taken, false)?;
                continue;
            }
            self.context.nameless.look_at(&record);
            self.read_row(&record, line, &mut worker, &mut profiles, &mut rejected)?;
            self.context.rejects.take(&mut rejected, &mut taken, false)?;
        }
        self.context.rejects.take(&mut rejected, &mut taken, true)?;
        profiles.builder = worker.builder.take_samples();
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(profiles)
    }

    fn read_row(
        &self,
        record: &Record<'_>,
        line: u64,
        worker: &mut Worker,
        profiles: &mut PartialProfiles,
        rejected: &mut Vec<Rejected>,
    ) -> Result<(), PanelError> {
        let columns = self.context.columns;
        let metadata = &mut worker.metadata;
        metadata.clear();
        metadata.sample.id.push_str(decode(record.cell(columns.id)).trim());
        if let Err(reason) = check_id(&metadata.sample.id) {
            let shown = shown_id(&metadata.sample.id);
            rejected.push(self.context.reject(line, Some(columns.id), &shown, String::new(), reason));
            return Ok(());
        }
        for &(at, field) in &columns.metadata {
            self.read_metadata(record, line, at, field, metadata, rejected);
        }
        if let Some(amelogenin) = self.amelogenin {
            self.read_sex(record, line, amelogenin, metadata, rejected);
        }
        let drop_out = self.context.drop_out(&metadata.sample);
        let caches = worker.find_caches(drop_out);
        let Worker { builder, caches: all_caches, metadata, codes } = worker;
        codes.clear();
        for (locus, cache) in all_caches[caches].1.iter_mut().enumerate() {
            let key = cell_key(record, &self.loci[locus].columns);
            if let Some(code) = key.and_then(|key| cache.get(key)) {
                codes.push(code);
                continue;
            }
            let reading = self.read_locus(record, locus);
            let code = builder.encode(locus, Observation { call: reading.call, drop_out })?;
            codes.push(code);
            match (reading.problem, key) {
                (Some(problem), _) => {
                    let id = &metadata.sample.id;
                    rejected.push(self.reject_locus(record, line, &self.loci[locus], id, problem));
                }
                (None, Some(key)) => cache.insert(key, code),
                (None, None) => {}
            }
        }
        builder.push_coded(&metadata.sample, codes)?;
        profiles.lines.push(line as u32);
        Ok(())
    }

    fn read_locus(&self, record: &Record<'_>, locus: usize) -> CellReading {
        let locus = &self.loci[locus];
        let rules = |cells: usize| self.context.rules(&locus.locus, cells);
        let read = |cells: &[&str]| match pair_beside_another(cells) {
            Some(at) => CellReading { call: Call::Missing, problem: Some((at, Reason::TypingsUndecided)) },
            None => read_cells(cells.iter().copied(), &rules(cells.len())),
        };
        combine_calls(read_typings(record, locus, read), locus.undecided)
    }

    fn read_metadata(
        &self,
        record: &Record<'_>,
        line: u64,
        at: usize,
        field: Field,
        metadata: &mut Metadata,
        rejected: &mut Vec<Rejected>,
    ) {
        if let Err(reason) = metadata.take(field, record.cell(at)) {
            let value = decode(record.cell(at)).trim().to_owned();
            rejected.push(self.context.reject(line, Some(at), &metadata.sample.id, value, reason));
        }
    }

    fn read_sex(
        &self,
        record: &Record<'_>,
        line: u64,
        amelogenin: &LocusTypings,
        metadata: &mut Metadata,
        rejected: &mut Vec<Rejected>,
    ) {
        let shown = combine_sexes(read_typings(record, amelogenin, |cells| read_amelogenin(cells.iter().copied())));
        let sample = &mut metadata.sample;
        let settled = shown.and_then(|shown| settle_sex(sample, shown).map_err(|reason| (0, reason)));
        if let Err(problem) = settled {
            rejected.push(self.reject_locus(record, line, amelogenin, &metadata.sample.id, problem));
        }
    }

    fn reject_locus(
        &self,
        record: &Record<'_>,
        line: u64,
        locus: &LocusTypings,
        sample_id: &str,
        (cell, reason): (usize, Reason),
    ) -> Rejected {
        let cells_of = |columns: &[usize]| {
            let cells = columns.iter().map(|&at| decode(record.cell(at)).trim().to_owned());
            cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(",")
        };
        let typings = locus.columns_by_typing().map(cells_of).filter(|cells| !cells.is_empty());
        let value = typings.collect::<Vec<_>>().join(" | ");
        let at = locus.columns.get(cell).or(locus.columns.first()).copied();
        let rejected = self.context.reject(line, at, sample_id, value, reason);
        Rejected { locus: Some(locus.locus.clone()), ..rejected }
    }
}

/// The text of a row that is a comment: nothing but a cell that begins with `#`.
fn comment(record: &Record<'_>) -> Option<String> {
    let mut filled = record.iter().map(<[u8]>::trim_ascii).filter(|cell| !cell.is_empty());
    let first = filled.next().filter(|cell| cell.starts_with(b"#"))?;
    filled.next().is_none().then(|| decode(first).trim().to_owned())
}

/// Of cells that hold one allele each, the first that holds two beside a cell that says something else: they look like two typings,
/// which other rows of the file do not.
fn pair_beside_another(cells: &[&str]) -> Option<usize> {
    let is_pair = |cell: &&str| !is_missing(cell) && holds_two(cell);
    let pair = cells.iter().position(is_pair).filter(|_| cells.len() > 1)?;
    let differs = |cell: &&str| !is_missing(cell) && cell.trim() != cells[pair].trim();
    cells.iter().any(differs).then_some(pair)
}

/// What the cells of each typing say.
fn read_typings<T>(record: &Record<'_>, locus: &LocusTypings, read: impl Fn(&[&str]) -> T) -> Vec<ReadTyping<T>> {
    let of_typing = |columns: &[usize]| {
        let cells: Vec<_> = columns.iter().map(|&at| decode(record.cell(at))).collect();
        read(&cells.iter().map(|cell| &**cell).collect::<Vec<_>>())
    };
    let firsts = locus.typings.iter().map(|typing| typing.start);
    let readings = locus.columns_by_typing().map(of_typing);
    firsts.zip(readings).map(|(first, reading)| ReadTyping { first, reading }).collect()
}

/// Bytes of the longest id.
const LONGEST_ID: usize = u16::MAX as usize;

/// Whether a sample can have this id.
pub fn check_id(id: &str) -> Result<(), Reason> {
    match id.len() {
        0 => Err(Reason::EmptyId),
        LONGEST_ID.. => Err(Reason::UnusableId),
        _ if id.as_bytes().contains(&0) => Err(Reason::UnusableId),
        _ => Ok(()),
    }
}

/// An id for reports, of which only the beginning where no id is so long.
pub fn shown_id(id: &str) -> String {
    const SHOWN: usize = 60;
    let start: String = id.chars().take(SHOWN).filter(|&symbol| symbol != '\0').collect();
    if id.chars().nth(SHOWN).is_some() { format!("{start}…") } else { start }
}

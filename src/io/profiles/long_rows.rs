//! The rows of one chunk of a long table. Nothing here depends on the rows before the chunk, so that chunks are read in
//! parallel; [`super::long`] puts them together.

use super::{
    cell::{read_amelogenin, read_cells},
    cell_cache::{CellCache, cell_key},
    header::HeaderNames,
    metadata::{Field, Metadata},
    wide::{FileContext, check_id, shown_id},
};
use crate::{
    io::{
        delimited::{Chunk, Record, decode},
        problems::{Reason, Rejected},
    },
    profile::{Call, Code, LocusKind, LocusName, PanelError, Sex},
};
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

/// What the columns of a long table are, and how its rows are read.
pub struct LongTable<'a> {
    context: FileContext<'a>,
    names: &'a HeaderNames,
    marker: usize,
    alleles: &'a [usize],
    last_used: usize,
}

/// What the rows of a chunk say.
#[derive(Default)]
pub struct LongRows {
    /// The ids of the runs, one after the other.
    ids: String,
    /// Rows that follow each other with the same id and the same metadata, in the order of the file.
    pub runs: Vec<SampleRun>,
    /// The calls of all runs, in the order of their rows.
    pub calls: Vec<RowCall>,
    /// What the runs state beside the calls, each thing once.
    pub stated: Vec<Stated>,
    /// In the order of their first rows.
    pub loci: Vec<ChunkLocus>,
    /// Y-chromosomal loci of the marker column.
    pub y_loci: BTreeSet<LocusName>,
    /// The texts of the marker column that name nothing known, and the first row of each.
    pub unknown_markers: Vec<(Vec<u8>, Rejected)>,
    /// Rows read, those left out too.
    pub rows: u64,
}

impl LongRows {
    /// The id of a run.
    pub fn id(&self, run: &SampleRun) -> &str {
        &self.ids[run.id.clone()]
    }
}

/// Rows of one sample that follow each other and state the same beside the calls.
pub struct SampleRun {
    /// Where the id stands among the ids.
    id: Range<usize>,
    /// The line of the first row.
    pub line: u64,
    /// Position in [`LongRows::stated`]; `None` in tables without columns for it.
    pub stated: Option<usize>,
    /// The sex that amelogenin shows.
    pub shown: ShownSex,
    /// Positions in [`LongRows::calls`].
    pub calls: Range<usize>,
}

/// What cells beside the calls state.
#[derive(Default)]
pub struct Stated {
    /// What could be used.
    pub metadata: Metadata,
    /// What could not: column, cell and reason.
    pub problems: Vec<(usize, String, Reason)>,
}

/// The call of one row.
#[derive(Clone, Copy)]
pub struct RowCall {
    /// The row's line.
    pub line: u64,
    /// Position in [`LongRows::loci`].
    pub locus: u32,
    /// Position in [`ChunkLocus::readings`].
    pub reading: u32,
}

/// One locus of a chunk.
pub struct ChunkLocus {
    /// The locus.
    pub name: LocusName,
    /// What its cells say.
    pub readings: Vec<RowReading>,
}

/// The allele cells of a row.
pub struct RowReading {
    /// The alleles reported.
    pub call: Call,
    /// The cells, for reports.
    pub value: String,
}

#[derive(Clone, Copy)]
enum Marker {
    Locus(usize),
    Amelogenin,
    /// Y-chromosomal or unknown: not used.
    NotUsed,
}

impl<'a> LongTable<'a> {
    /// A table of these columns.
    pub fn new(context: FileContext<'a>, names: &'a HeaderNames, marker: usize, alleles: &'a [usize]) -> Self {
        // Exports leave out the empty cells at the end of a row: without any allele cell it says that none was found.
        let last_used = context.columns.id.max(marker);
        Self { context, names, marker, alleles, last_used }
    }

    /// What all chunks of the file share.
    pub fn context(&self) -> &FileContext<'a> {
        &self.context
    }

    /// The column named where no single allele is at fault.
    pub fn first_allele(&self) -> Option<usize> {
        self.alleles.first().copied()
    }

    /// Reads the rows of a chunk.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn read_chunk(&self, chunk: &Chunk) -> Result<LongRows, PanelError> {
        let mut reader = ChunkReader {
            table: self,
            found: LongRows::default(),
            rejected: Vec::new(),
            last_id: Vec::new(),
            last_stated: Vec::new(),
            stated: HashMap::new(),
            markers: HashMap::new(),
            by_name: HashMap::new(),
            caches: Vec::new(),
        };
        let mut taken = 0;
        let mut records = chunk.records();
        let mut record = records.record();
        while let Some(line) = records.read(&mut record) {
            reader.read(&record, line, records.next_line());
            self.context.rejects.take(&mut reader.rejected, &mut taken, false)?;
        }
        self.context.rejects.take(&mut reader.rejected, &mut taken, true)?;
        Ok(reader.found)
    }

    fn allele_cells(&self, record: &Record<'_>) -> Vec<String> {
        let cells = self.alleles.iter().filter_map(|&at| record.get(at));
        cells.map(|cell| decode(cell).trim().to_owned()).collect()
    }
}

/// Reads one chunk.
struct ChunkReader<'t> {
    table: &'t LongTable<'t>,
    found: LongRows,
    /// What is not used whatever other rows say.
    rejected: Vec<Rejected>,
    /// The id cell of the last run, as it stands.
    last_id: Vec<u8>,
    /// Its metadata cells, each with its length before it.
    last_stated: Vec<u8>,
    /// The positions of what such cells state.
    stated: HashMap<Vec<u8>, usize>,
    /// What each text of the marker column means.
    markers: HashMap<Vec<u8>, Marker>,
    /// The positions of the loci.
    by_name: HashMap<LocusName, usize>,
    /// For each locus the positions of its readings, by the cells that they came from.
    caches: Vec<CellCache>,
}

impl ChunkReader<'_> {
    fn read(&mut self, record: &Record<'_>, line: u64, next_line: u64) {
        if record.is_blank() {
            return;
        }
        self.found.rows += 1;
        let context = &self.table.context;
        if let Some(unusable) = context.fault_of_row(record, line, next_line, self.table.last_used) {
            self.rejected.push(unusable);
            return;
        }
        context.nameless.look_at(record);
        if !self.continues_run(record)
            && let Err(reason) = self.begin_run(record, line)
        {
            let (column, id) = (Some(context.columns.id), shown_id(decode(record.cell(context.columns.id)).trim()));
            self.rejected.push(context.reject(line, column, &id, String::new(), reason));
            return;
        }
        match self.find_marker(record, line) {
            Marker::NotUsed => {}
            Marker::Amelogenin => self.read_sex(record, line),
            Marker::Locus(locus) => self.read_locus(record, line, locus),
        }
    }

    /// Whether this row has the id and the metadata of the one before.
    fn continues_run(&self, record: &Record<'_>) -> bool {
        let columns = self.table.context.columns;
        let mut stated = self.last_stated.as_slice();
        let is_same = |&(at, _): &(usize, Field)| {
            let cell = record.cell(at);
            let rest = stated.strip_prefix(&cell.len().to_ne_bytes()).and_then(|rest| rest.strip_prefix(cell));
            rest.map(|rest| stated = rest).is_some()
        };
        !self.found.runs.is_empty() && self.last_id == record.cell(columns.id) && columns.metadata.iter().all(is_same)
    }

    /// Begins a run with this row, unless it has no id that can be used.
    fn begin_run(&mut self, record: &Record<'_>, line: u64) -> Result<(), Reason> {
        let columns = self.table.context.columns;
        let cell = record.cell(columns.id);
        let id = decode(cell);
        let id = id.trim();
        check_id(id)?;
        self.last_id.clear();
        self.last_id.extend_from_slice(cell);
        self.last_stated.clear();
        for &(at, _) in &columns.metadata {
            self.last_stated.extend_from_slice(&record.cell(at).len().to_ne_bytes());
            self.last_stated.extend_from_slice(record.cell(at));
        }
        let stated = (!columns.metadata.is_empty()).then(|| self.find_stated(record));
        let (start, calls) = (self.found.ids.len(), self.found.calls.len());
        self.found.ids.push_str(id);
        let (id, calls) = (start..self.found.ids.len(), calls..calls);
        self.found.runs.push(SampleRun { id, line, stated, shown: ShownSex::default(), calls });
        Ok(())
    }

    /// The position of what the row states beside the call.
    fn find_stated(&mut self, record: &Record<'_>) -> usize {
        if let Some(&known) = self.stated.get(&self.last_stated) {
            return known;
        }
        let mut stated = Stated::default();
        for &(at, field) in &self.table.context.columns.metadata {
            let cell = record.cell(at);
            if let Err(reason) = stated.metadata.take(field, cell) {
                stated.problems.push((at, decode(cell).trim().to_owned(), reason));
            }
        }
        self.found.stated.push(stated);
        self.stated.insert(self.last_stated.clone(), self.found.stated.len() - 1);
        self.found.stated.len() - 1
    }

    /// The id of the row's run.
    fn id(&self) -> &str {
        self.found.runs.last().map_or("", |run| self.found.id(run))
    }

    /// What the row's marker is.
    fn find_marker(&mut self, record: &Record<'_>, line: u64) -> Marker {
        let cell = record.cell(self.table.marker);
        if let Some(&marker) = self.markers.get(cell) {
            return marker;
        }
        let text = decode(cell).trim().to_owned();
        let name = self.table.names.locus_of_marker(&text);
        let marker = match (name.as_ref().and_then(LocusName::chromosome), name) {
            (Some(LocusKind::Amelogenin), _) => Marker::Amelogenin,
            (Some(LocusKind::Y), Some(name)) => {
                self.found.y_loci.insert(name);
                Marker::NotUsed
            }
            (_, Some(name)) => Marker::Locus(self.find_locus(name)),
            (_, None) => {
                let (column, reason) = (Some(self.table.marker), Reason::UnknownLocus);
                let rejected = self.table.context.reject(line, column, self.id(), text, reason);
                self.found.unknown_markers.push((cell.to_vec(), rejected));
                Marker::NotUsed
            }
        };
        self.markers.insert(cell.to_vec(), marker);
        marker
    }

    fn find_locus(&mut self, name: LocusName) -> usize {
        if let Some(&at) = self.by_name.get(&name) {
            return at;
        }
        self.by_name.insert(name.clone(), self.found.loci.len());
        self.found.loci.push(ChunkLocus { name, readings: Vec::new() });
        self.caches.push(CellCache::default());
        self.caches.len() - 1
    }

    fn read_sex(&mut self, record: &Record<'_>, line: u64) {
        let cells = self.table.allele_cells(record);
        match (read_amelogenin(cells.iter().map(String::as_str)), self.found.runs.last_mut()) {
            (Ok(sex), Some(run)) => run.shown.join(ShownSex { sex, line, differing: 0 }),
            (Ok(_), None) => {}
            (Err(problem), _) => self.reject_locus(line, LocusName::new("Amelogenin"), &cells, problem),
        }
    }

    fn read_locus(&mut self, record: &Record<'_>, line: u64, locus: usize) {
        // A row shorter than the header is read each time: its cells are not those of a whole one.
        let is_whole = self.table.alleles.iter().all(|&at| at < record.cell_count());
        let key = cell_key(record, self.table.alleles).filter(|_| is_whole);
        let known = key.and_then(|key| self.caches[locus].get(key)).map(usize::from);
        let reading = known.unwrap_or_else(|| {
            let (reading, is_sound) = self.read_alleles(record, line, locus);
            if let (true, Some(key), Ok(position)) = (is_sound, key, Code::try_from(reading)) {
                self.caches[locus].insert(key, position);
            }
            reading
        });
        self.found.calls.push(RowCall { line, locus: locus as u32, reading: reading as u32 });
        if let Some(run) = self.found.runs.last_mut() {
            run.calls.end = self.found.calls.len();
        }
    }

    /// The position of a new reading, and whether nothing of it was left out.
    fn read_alleles(&mut self, record: &Record<'_>, line: u64, locus: usize) -> (usize, bool) {
        let cells = self.table.allele_cells(record);
        let name = &self.found.loci[locus].name;
        let reading =
            read_cells(cells.iter().map(String::as_str), &self.table.context.rules(name, self.table.alleles.len()));
        let is_sound = reading.problem.is_none();
        if let Some(problem) = reading.problem {
            self.reject_locus(line, name.clone(), &cells, problem);
        }
        let readings = &mut self.found.loci[locus].readings;
        readings.push(RowReading { call: reading.call, value: filled(&cells) });
        (readings.len() - 1, is_sound)
    }

    fn reject_locus(&mut self, line: u64, locus: LocusName, cells: &[String], (cell, reason): (usize, Reason)) {
        let column = self.table.alleles.get(cell).copied();
        let rejected = self.table.context.reject(line, column, self.id(), filled(cells), reason);
        self.rejected.push(Rejected { locus: Some(locus), ..rejected });
    }
}

/// The cells with something in them, for reports.
fn filled(cells: &[String]) -> String {
    cells.iter().filter(|cell| !cell.is_empty()).map(String::as_str).collect::<Vec<_>>().join(",")
}

/// The sex that the amelogenin rows of one sample show.
#[derive(Clone, Copy, Default)]
pub struct ShownSex {
    /// The first row's.
    pub sex: Sex,
    /// Line of that row.
    pub line: u64,
    /// Line of the first row that shows another sex; 0: none.
    pub differing: u64,
}

impl ShownSex {
    /// Takes in what later rows show.
    pub fn join(&mut self, later: Self) {
        if self.sex == Sex::Unknown {
            *self = later;
        } else if self.differing == 0 && later.sex != Sex::Unknown {
            self.differing = if later.sex == self.sex { later.differing } else { later.line };
        }
    }
}

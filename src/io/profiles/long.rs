//! Long tables: one row a sample and locus, as genotyping programs export them. The rows of a sample may stand anywhere.
//!
//! Chunks are read in parallel ([`super::long_rows`]) and put together here in the order of the file: a sample's first row
//! at a locus counts, later ones repeat or contradict it. Takes 8 bytes a sample and locus until the end.

use super::{
    long_rows::{LongRows, LongTable, RowCall, RowsOfLocus, ShownSex},
    metadata::Metadata,
    wide::PartialProfiles,
};
use crate::{
    io::problems::{Reason, Rejected},
    profile::{Call, Code, Dictionary, LocusName, MISSING, Observation, PanelBuilder, PanelError, Sample},
};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The samples of one long table.
pub struct LongSamples<'a> {
    table: &'a LongTable<'a>,
    y_loci: BTreeSet<LocusName>,
    unknown_markers: HashSet<Vec<u8>>,
    loci: Vec<LongLocus>,
    samples: Vec<LongSample>,
    by_id: HashMap<Box<str>, u32>,
    /// The sample of the last run.
    last: usize,
    /// Samples and loci with rows that differ.
    conflicting: BTreeSet<(u32, usize)>,
    rows: u64,
}

struct LongSample {
    id: Box<str>,
    line: u32,
    /// The line that contradicts the sample's earlier rows.
    contradicted: Option<u32>,
    shown: ShownSex,
    /// What its rows state beside the calls, where there are columns for it.
    metadata: Option<Box<Metadata>>,
}

struct LongLocus {
    name: LocusName,
    /// The distinct calls, and their positions.
    calls: Vec<Call>,
    positions: HashMap<Call, u32>,
    /// For each sample the first row; the last samples may be lacking.
    first_rows: Vec<FirstRow>,
}

/// The first row of one sample at one locus.
#[derive(Clone, Copy, Default)]
struct FirstRow {
    /// 1-based; 0: no row.
    line: u32,
    /// Position of its call in [`LongLocus::calls`].
    call: u32,
}

impl LongLocus {
    /// The position of each reading's call among the distinct calls.
    fn positions_of(&mut self, of_chunk: &RowsOfLocus) -> Vec<u32> {
        let position = |call: Call| {
            *self.positions.entry(call).or_insert_with(|| {
                self.calls.push(call);
                self.calls.len() as u32 - 1
            })
        };
        of_chunk.readings.iter().map(|reading| reading.call).map(position).collect()
    }

    fn first_row(&mut self, sample: usize) -> &mut FirstRow {
        if sample >= self.first_rows.len() {
            self.first_rows.resize(sample + 1, FirstRow::default());
        }
        &mut self.first_rows[sample]
    }

    /// The dictionary, and the code of each kept sample; `kept` and `drop_outs` go together.
    ///
    /// # Errors
    /// The position in `kept` of the sample whose observation is one too many.
    fn encode(self, kept: &[u32], drop_outs: &[f64]) -> Result<(Dictionary, Vec<Code>), (usize, PanelError)> {
        let mut dictionary = Dictionary::default();
        // The code that a call had last, and the drop-out probability it had it with.
        let mut last: Vec<Option<(f64, Code)>> = vec![None; self.calls.len()];
        let mut codes = Vec::with_capacity(kept.len());
        for (at, (&sample, &drop_out)) in kept.iter().zip(drop_outs).enumerate() {
            let first = self.first_rows.get(sample as usize).filter(|row| row.line > 0);
            let code = match first.map(|row| row.call as usize) {
                None => MISSING,
                Some(position) => match last[position].filter(|known| known.0 == drop_out) {
                    Some((_, code)) => code,
                    None => {
                        let seen = Observation { call: self.calls[position], drop_out };
                        let code = dictionary.encode(seen).ok_or_else(|| (at, dictionary.too_many(&self.name)))?;
                        last[position] = Some((drop_out, code));
                        code
                    }
                },
            };
            codes.push(code);
        }
        Ok((dictionary, codes))
    }
}

impl<'a> LongSamples<'a> {
    /// None yet.
    pub fn new(table: &'a LongTable<'a>) -> Self {
        Self {
            table,
            y_loci: BTreeSet::new(),
            unknown_markers: HashSet::new(),
            loci: Vec::new(),
            samples: Vec::new(),
            by_id: HashMap::new(),
            last: 0,
            conflicting: BTreeSet::new(),
            rows: 0,
        }
    }

    /// Takes in the rows of a chunk; chunks come in the order of the file.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn take(&mut self, rows: LongRows) -> Result<(), PanelError> {
        self.rows += rows.rows;
        let rejects = self.table.context().rejects;
        let loci: Vec<usize> = rows.loci.iter().map(|locus| self.find_locus(&locus.name)).collect();
        let calls: Vec<Vec<u32>> =
            loci.iter().zip(&rows.loci).map(|(&at, locus)| self.loci[at].positions_of(locus)).collect();
        let calls = ChunkCalls { of_chunk: &rows.loci, loci, calls };
        for run in &rows.runs {
            let (at, is_new) = self.find_sample(rows.id(run), run.line);
            if let Some(stated) = run.stated.map(|stated| &rows.stated[stated]) {
                for (column, value, reason) in stated.problems.iter().filter(|_| is_new).cloned() {
                    rejects.push(self.table.context().reject(run.line, Some(column), rows.id(run), value, reason))?;
                }
                self.take_stated(at, run.line, &stated.metadata);
            }
            self.samples[at].shown.join(run.shown);
            let calls_of_run = &rows.calls[run.calls.clone()];
            for &call in calls_of_run {
                if let Some(rejected) = self.take_call(at, call, &calls) {
                    rejects.push(rejected)?;
                }
            }
        }
        self.y_loci.extend(rows.y_loci);
        for (text, first_row) in rows.unknown_markers {
            if self.unknown_markers.insert(text) {
                rejects.push(first_row)?;
            }
        }
        Ok(())
    }

    fn find_locus(&mut self, name: &LocusName) -> usize {
        if let Some(at) = self.loci.iter().position(|locus| locus.name == *name) {
            return at;
        }
        let (calls, positions, first_rows) = (Vec::new(), HashMap::new(), Vec::new());
        self.loci.push(LongLocus { name: name.clone(), calls, positions, first_rows });
        self.loci.len() - 1
    }

    /// The sample's position, and whether this is its first row.
    fn find_sample(&mut self, id: &str, line: u64) -> (usize, bool) {
        // Tables in the order of the loci list the same samples in the same order again and again.
        let next = self.samples.get(self.last + 1).filter(|sample| *sample.id == *id).map(|_| self.last + 1);
        if let Some(known) = next.or_else(|| self.by_id.get(id).map(|&known| known as usize)) {
            self.last = known;
            return (known, false);
        }
        let at = self.samples.len();
        self.last = at;
        self.by_id.insert(id.into(), at as u32);
        let (contradicted, shown, metadata) = (None, ShownSex::default(), None);
        self.samples.push(LongSample { id: id.into(), line: line as u32, contradicted, shown, metadata });
        (at, true)
    }

    fn take_stated(&mut self, at: usize, line: u64, metadata: &Metadata) {
        let sample = &mut self.samples[at];
        match &mut sample.metadata {
            None => sample.metadata = Some(Box::new(metadata.clone())),
            Some(before) if **before == *metadata => {}
            Some(before) => {
                if !before.merge(metadata.clone()) {
                    sample.contradicted = sample.contradicted.or(Some(line as u32));
                }
            }
        }
    }

    /// Takes in one row's call; what is wrong with it beside the rows before.
    fn take_call(&mut self, at: usize, row: RowCall, calls: &ChunkCalls<'_>) -> Option<Rejected> {
        let (of_chunk, reading) = (row.locus as usize, row.reading as usize);
        let (locus, call) = (calls.loci[of_chunk], calls.calls[of_chunk][reading]);
        let first = self.loci[locus].first_row(at);
        if first.line == 0 {
            *first = FirstRow { line: row.line as u32, call };
            return None;
        }
        let reason = if first.call == call {
            Reason::RepeatedLocus(u64::from(first.line))
        } else {
            self.conflicting.insert((at as u32, locus));
            Reason::ConflictingLocus
        };
        let value = calls.of_chunk[of_chunk].readings[reading].value.clone();
        Some(self.reject_locus(at, row.line, locus, value, reason))
    }

    fn reject(&self, sample: &LongSample, line: u32, reason: Reason) -> Rejected {
        self.table.context().reject(u64::from(line), None, &sample.id, String::new(), reason)
    }

    fn reject_locus(&self, at: usize, line: u64, locus: usize, value: String, reason: Reason) -> Rejected {
        let (context, column) = (self.table.context(), self.table.first_allele());
        let rejected = context.reject(line, column, &self.samples[at].id, value, reason);
        Rejected { locus: Some(self.loci[locus].name.clone()), ..rejected }
    }

    /// The Y-chromosomal loci of the marker column.
    pub fn y_loci(&self) -> Vec<String> {
        self.y_loci.iter().map(LocusName::to_string).collect()
    }

    /// All samples, in the order of their first rows.
    ///
    /// # Errors
    /// More distinct observations or id text than a panel can hold.
    pub fn finish(mut self) -> Result<PartialProfiles, PanelError> {
        self.by_id = HashMap::new();
        let mut builder = PanelBuilder::new(self.loci.iter().map(|locus| locus.name.clone()).collect());
        let (mut kept, mut lines, mut drop_outs) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..self.samples.len() {
            if let Some(sample) = self.settle(at)? {
                drop_outs.push(self.table.context().drop_out(&sample));
                builder.push_sample(&sample)?;
                kept.push(at as u32);
                lines.push(self.samples[at].line);
            }
        }
        self.samples = Vec::new();
        let loci = std::mem::take(&mut self.loci);
        let coded: Vec<_> = loci.into_par_iter().map(|locus| locus.encode(&kept, &drop_outs)).collect();
        // Of several full dictionaries the one that the first sample fills, whatever thread finds it first.
        if let Some((_, full)) = coded.iter().filter_map(|coded| coded.as_ref().err()).min_by_key(|full| full.0) {
            return Err(full.clone());
        }
        builder.set_columns(coded.into_iter().flatten().collect());
        Ok(PartialProfiles { builder, lines, rows: self.rows })
    }

    /// The sample with everything that its rows say beside the calls; `None` where they contradict each other. Loci whose
    /// rows differ become missing.
    fn settle(&mut self, at: usize) -> Result<Option<Sample>, PanelError> {
        let rejects = self.table.context().rejects;
        let sample = &mut self.samples[at];
        let mut settled = sample.metadata.take().unwrap_or_default().sample;
        settled.id.clear();
        settled.id.push_str(&sample.id);
        let sample = &self.samples[at];
        if let Some(line) = sample.contradicted {
            for (line, other) in [(sample.line, line), (line, sample.line)] {
                rejects.push(self.reject(sample, line, Reason::ConflictingRows(format!("line {other}"))))?;
            }
            return Ok(None);
        }
        let problems = self.settle_sex(sample, &mut settled);
        problems.into_iter().try_for_each(|problem| rejects.push(problem))?;
        let differing: Vec<_> = self.conflicting.range((at as u32, 0)..(at as u32 + 1, 0)).copied().collect();
        for (_, locus) in differing {
            let first = std::mem::take(self.loci[locus].first_row(at));
            let line = u64::from(first.line);
            let value = self.loci[locus].calls[first.call as usize].to_string();
            rejects.push(self.reject_locus(at, line, locus, value, Reason::ConflictingLocus))?;
        }
        Ok(Some(settled))
    }

    /// Settles the sex of a sample for which one may be recorded; what is wrong with it.
    fn settle_sex(&self, sample: &LongSample, settled: &mut Sample) -> Vec<Rejected> {
        let amelogenin = |line: u64, reason| {
            let locus = Some(LocusName::new("Amelogenin"));
            Rejected { locus, ..self.reject(sample, line as u32, reason) }
        };
        let shown = sample.shown;
        if shown.differing > 0 {
            let lines = [shown.line, shown.differing];
            return lines.map(|line| amelogenin(line, Reason::ConflictingLocus)).to_vec();
        }
        let contradiction = self.table.context().settle_sex(settled, shown.sex).err();
        contradiction.map(|reason| amelogenin(u64::from(sample.line), reason)).into_iter().collect()
    }
}

/// The calls of a chunk, and what they are in the whole table.
struct ChunkCalls<'a> {
    of_chunk: &'a [RowsOfLocus],
    /// For each locus of the chunk its position in the table.
    loci: Vec<usize>,
    /// For each locus and reading of the chunk the position of the call.
    calls: Vec<Vec<u32>>,
}

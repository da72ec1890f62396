//! Long tables: one row a sample and locus, as genotyping programs export them. The rows of a sample may stand anywhere.
//!
//! Chunks are read in parallel ([`super::long_rows`]) and put together here in the order of the file: a sample's first row
//! at a locus counts, later ones repeat or contradict it. Takes 8 bytes a sample and locus until the end.

use super::{
    long_rows::{ChunkLocus, LongRows, LongTable, RowCall, ShownSex},
    merging::{LocusAgreement, Stated},
    wide::{PartialProfiles, settle_sex},
};
use crate::{
    io::problems::{Reason, Rejected},
    profile::{Call, Code, Dictionary, LocusName, MISSING, Observation, PanelBuilder, PanelError, Role, Sample},
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The samples of one long table.
pub struct LongSamples<'a> {
    table: &'a LongTable<'a>,
    y_loci: BTreeSet<LocusName>,
    unknown_markers: HashSet<Vec<u8>>,
    loci: Vec<LongLocus>,
    /// The positions of the loci.
    by_name: HashMap<LocusName, usize>,
    samples: Vec<LongSample>,
    /// By id and role: rows of one id with two roles are two people's.
    by_id: HashMap<Box<str>, u32>,
    /// The sample of the last run.
    last: usize,
    /// Samples and loci with rows that differ, and the first row that does.
    conflicting: BTreeMap<(u32, usize), FirstRow>,
    rows: u64,
}

struct LongSample {
    id: Box<str>,
    role: Option<Role>,
    line: u32,
    /// Rows that repeat an earlier call.
    agreeing: u32,
    shown: ShownSex,
    /// What its rows state beside the calls, where there are columns for it.
    stated: Option<Box<Stated>>,
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
    fn positions_of(&mut self, of_chunk: &ChunkLocus) -> Vec<u32> {
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
            by_name: HashMap::new(),
            samples: Vec::new(),
            by_id: HashMap::new(),
            last: 0,
            conflicting: BTreeMap::new(),
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
            let stated = run.stated.map(|stated| &rows.stated[stated]);
            let role = stated.and_then(|stated| stated.metadata.sample.role);
            let (at, is_new) = self.find_sample(rows.id(run), role, run.line);
            if let Some(stated) = stated {
                for (column, value, reason) in stated.problems.iter().filter(|_| is_new).cloned() {
                    rejects.push(self.table.context().reject(run.line, Some(column), rows.id(run), value, reason))?;
                }
                self.take_stated(at, run.line, &stated.metadata.sample)?;
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
        if let Some(&at) = self.by_name.get(name) {
            return at;
        }
        self.by_name.insert(name.clone(), self.loci.len());
        let (calls, positions, first_rows) = (Vec::new(), HashMap::new(), Vec::new());
        self.loci.push(LongLocus { name: name.clone(), calls, positions, first_rows });
        self.loci.len() - 1
    }

    /// The sample's position, and whether this is its first row.
    fn find_sample(&mut self, id: &str, role: Option<Role>, line: u64) -> (usize, bool) {
        // Tables in the order of the loci list the same samples in the same order again and again.
        let is_it = |sample: &&LongSample| *sample.id == *id && sample.role == role;
        let next = self.samples.get(self.last + 1).filter(is_it).map(|_| self.last + 1);
        // No id has a NUL.
        let key = role.map(|role| format!("{id}\0{role}"));
        let key = key.as_deref().unwrap_or(id);
        if let Some(known) = next.or_else(|| self.by_id.get(key).map(|&known| known as usize)) {
            self.last = known;
            return (known, false);
        }
        let at = self.samples.len();
        self.last = at;
        self.by_id.insert(key.into(), at as u32);
        let (agreeing, shown, stated) = (0, ShownSex::default(), None);
        self.samples.push(LongSample { id: id.into(), role, line: line as u32, agreeing, shown, stated });
        (at, true)
    }

    fn take_stated(&mut self, at: usize, line: u64, stated: &Sample) -> Result<(), PanelError> {
        let sample = &mut self.samples[at];
        let first_line = sample.line;
        let differences = match &mut sample.stated {
            None => {
                sample.stated = Some(Box::new(Stated::of(stated.clone())));
                return Ok(());
            }
            Some(before) if before.sample == *stated => return Ok(()),
            Some(before) => before.merge(stated),
        };
        let context = self.table.context();
        differences.into_iter().try_for_each(|difference| {
            let reason = Reason::ConflictingColumn(format!("`{}` from line {first_line} on", difference.before));
            let rejected = context.reject(line, None, &self.samples[at].id, difference.now, reason);
            context.rejects.push(Rejected { column: difference.column.into(), ..rejected })
        })
    }

    /// Takes in one row's call; what is wrong with it beside the rows before. Where one of two rows says nothing the other counts.
    fn take_call(&mut self, at: usize, row: RowCall, calls: &ChunkCalls<'_>) -> Option<Rejected> {
        let (of_chunk, reading) = (row.locus as usize, row.reading as usize);
        let (locus, call) = (calls.loci[of_chunk], calls.calls[of_chunk][reading]);
        let new = FirstRow { line: row.line as u32, call };
        let first = *self.loci[locus].first_row(at);
        let says_nothing = |row: FirstRow| self.loci[locus].calls[row.call as usize] == Call::Missing;
        if first.line == 0 || (first.call != call && says_nothing(first)) {
            *self.loci[locus].first_row(at) = new;
            return None;
        }
        let reason = if first.call == call {
            self.samples[at].agreeing += u32::from(!says_nothing(first));
            Reason::RepeatedLocus(u64::from(first.line))
        } else if says_nothing(new) {
            return None;
        } else {
            self.conflicting.entry((at as u32, locus)).or_insert(new);
            Reason::ConflictingLocus(self.describe(locus, first))
        };
        let value = calls.of_chunk[of_chunk].readings[reading].value.clone();
        Some(self.reject_locus(at, row.line, locus, value, reason))
    }

    /// What a row says, and where.
    fn describe(&self, locus: usize, row: FirstRow) -> String {
        format!("`{}` in line {}", self.loci[locus].calls[row.call as usize], row.line)
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

    /// The sample with everything that its rows say beside the calls; `None` where they differ too much to be of one person.
    /// Loci whose rows differ become missing.
    fn settle(&mut self, at: usize) -> Result<Option<Sample>, PanelError> {
        let rejects = self.table.context().rejects;
        let sample = &mut self.samples[at];
        let stated = sample.stated.take().unwrap_or_default();
        let range = (at as u32, 0)..(at as u32 + 1, 0);
        let differing: Vec<(usize, FirstRow)> =
            self.conflicting.range(range).map(|(&(_, locus), &row)| (locus, row)).collect();
        let tally = LocusAgreement {
            agreeing: self.samples[at].agreeing as usize,
            differing: differing.len() + stated.telling_differences(),
        };
        if tally.is_nobody() {
            self.reject_sample(at, &stated, &differing)?;
            return Ok(None);
        }
        let mut settled = stated.sample;
        settled.id.clear();
        settled.id.push_str(&self.samples[at].id);
        let problems = self.settle_sex(&self.samples[at], &mut settled);
        problems.into_iter().try_for_each(|problem| rejects.push(problem))?;
        for (locus, other) in differing {
            let first = std::mem::take(self.loci[locus].first_row(at));
            let line = u64::from(first.line);
            let value = self.loci[locus].calls[first.call as usize].to_string();
            let reason = Reason::ConflictingLocus(self.describe(locus, other));
            rejects.push(self.reject_locus(at, line, locus, value, reason))?;
        }
        Ok(Some(settled))
    }

    /// Lists a sample whose rows differ too much, with the loci and columns; what each row says is listed already.
    fn reject_sample(&self, at: usize, stated: &Stated, differing: &[(usize, FirstRow)]) -> Result<(), PanelError> {
        let sample = &self.samples[at];
        let loci = differing.iter().map(|&(locus, _)| self.loci[locus].name.as_str());
        let names: Vec<&str> = loci.chain(stated.differing.iter().copied()).collect();
        let lines: BTreeSet<u32> = differing.iter().map(|(_, row)| row.line).collect();
        let others = lines.first().map_or_else(|| "later ones".to_owned(), |line| format!("line {line}"));
        let reason = Reason::ConflictingRows { others, differing: names.join(", ") };
        self.table.context().rejects.push(self.reject(sample, sample.line, reason))
    }

    /// Settles the sex of a sample for which one may be recorded; what is wrong with it.
    fn settle_sex(&self, sample: &LongSample, settled: &mut Sample) -> Vec<Rejected> {
        let amelogenin = |line: u64, reason| {
            let locus = Some(LocusName::new("Amelogenin"));
            Rejected { locus, ..self.reject(sample, line as u32, reason) }
        };
        let shown = sample.shown;
        if shown.differing > 0 {
            let lines = [(shown.line, shown.differing), (shown.differing, shown.line)];
            let other = |line: u64| Reason::ConflictingLocus(format!("another sex in line {line}"));
            return lines.map(|(line, of)| amelogenin(line, other(of))).to_vec();
        }
        let contradiction = settle_sex(settled, shown.sex).err();
        contradiction.map(|reason| amelogenin(u64::from(sample.line), reason)).into_iter().collect()
    }
}

/// The calls of a chunk, and what they are in the whole table.
struct ChunkCalls<'a> {
    of_chunk: &'a [ChunkLocus],
    /// For each locus of the chunk its position in the table.
    loci: Vec<usize>,
    /// For each locus and reading of the chunk the position of the call.
    calls: Vec<Vec<u32>>,
}

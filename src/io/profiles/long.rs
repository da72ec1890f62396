//! Long tables: one row a sample and locus, as genotyping programs export them. The rows of a sample may stand anywhere.

use super::{
    cell::{read_amelogenin, read_cells},
    header::{Columns, HeaderNames},
    metadata::Metadata,
    wide::{FileContext, PartialProfiles},
};
use crate::{
    io::{
        delimited::{Chunk, Record, decode},
        problems::{Reason, Rejected},
    },
    profile::{Call, Chromosome, LocusName, MISSING, Observation, PanelBuilder, PanelError, Sex},
};
use std::collections::{BTreeSet, HashMap, hash_map::Entry};

/// Gathers the rows of one long table.
pub struct LongReader<'a> {
    context: FileContext<'a>,
    names: &'a HeaderNames,
    marker: usize,
    alleles: &'a [usize],
    last_used: usize,
    /// What each text of the marker column means, and the first line of it.
    markers: HashMap<Vec<u8>, Marker>,
    loci: Vec<LocusName>,
    samples: Vec<LongSample>,
    by_id: HashMap<String, usize>,
    rejected: Vec<Rejected>,
    rows: u64,
}

#[derive(Clone, Copy)]
enum Marker {
    Locus(usize),
    Amelogenin,
    /// Y-chromosomal or unknown: not used.
    NotUsed,
}

struct LongSample {
    line: u64,
    metadata: Metadata,
    /// The line that contradicts the sample's earlier rows.
    contradicted: Option<u64>,
    shown_sex: Sex,
    calls: HashMap<usize, LongCall>,
}

struct LongCall {
    line: u64,
    call: Call,
    conflicting: bool,
}

impl<'a> LongReader<'a> {
    /// A reader for these columns.
    pub fn new(context: FileContext<'a>, names: &'a HeaderNames, marker: usize, alleles: &'a [usize]) -> Self {
        let last_used = context.columns.id.max(marker).max(alleles.first().copied().unwrap_or(0));
        let (markers, by_id) = (HashMap::new(), HashMap::new());
        let (loci, samples, rejected) = (Vec::new(), Vec::new(), Vec::new());
        Self { context, names, marker, alleles, last_used, markers, loci, samples, by_id, rejected, rows: 0 }
    }

    /// Takes in the rows of a chunk; chunks come in the order of the file.
    pub fn read_chunk(&mut self, chunk: &Chunk) {
        let mut records = chunk.records();
        let mut record = records.record();
        while let Some(line) = records.read(&mut record) {
            if record.is_blank() {
                continue;
            }
            self.rows += 1;
            let id = decode(record.get(self.context.columns.id).unwrap_or_default()).trim().to_owned();
            if let Err(reason) = self.context.check_cell_count(&record, line, self.last_used) {
                self.rejected.push(self.context.reject(line, None, &id, String::new(), reason));
            } else if id.is_empty() {
                let column = Some(self.context.columns.id);
                self.rejected.push(self.context.reject(line, column, "", String::new(), Reason::EmptyId));
            } else {
                self.read_row(&record, line, id);
            }
        }
    }

    fn read_row(&mut self, record: &Record<'_>, line: u64, id: String) {
        let sample = self.find_sample(record, line, &id);
        match self.find_marker(record, line, &id) {
            Marker::NotUsed => {}
            Marker::Amelogenin => self.read_sex(record, line, sample, &id),
            Marker::Locus(locus) => self.read_locus(record, line, sample, locus, &id),
        }
    }

    /// The sample of this row, with the row's metadata taken in.
    fn find_sample(&mut self, record: &Record<'_>, line: u64, id: &str) -> usize {
        let known = self.by_id.get(id).copied();
        let columns: &Columns = self.context.columns;
        if let (Some(at), true) = (known, columns.metadata.is_empty()) {
            return at;
        }
        let mut metadata = Metadata::default();
        metadata.sample.id.push_str(id);
        for &(at, field) in &columns.metadata {
            let cell = record.get(at).unwrap_or_default();
            if let Err(reason) = metadata.take(field, cell)
                && known.is_none()
            {
                let value = decode(cell).trim().to_owned();
                self.rejected.push(self.context.reject(line, Some(at), id, value, reason));
            }
        }
        match known {
            Some(at) => {
                let sample = &mut self.samples[at];
                if !sample.metadata.merge(metadata) {
                    sample.contradicted = sample.contradicted.or(Some(line));
                }
                at
            }
            None => {
                let (shown_sex, calls) = (Sex::Unknown, HashMap::new());
                self.samples.push(LongSample { line, metadata, contradicted: None, shown_sex, calls });
                self.by_id.insert(id.to_owned(), self.samples.len() - 1);
                self.samples.len() - 1
            }
        }
    }

    /// What the row's marker is; an unknown one is reported at its first row.
    fn find_marker(&mut self, record: &Record<'_>, line: u64, id: &str) -> Marker {
        if let Some(&marker) = self.markers.get(record.cell(self.marker)) {
            return marker;
        }
        let text = decode(record.cell(self.marker)).trim().to_owned();
        let name = LocusName::new(&text);
        let marker = match name.chromosome() {
            Some(Chromosome::Amelogenin) => Marker::Amelogenin,
            Some(Chromosome::Y) => Marker::NotUsed,
            _ if self.names.is_locus(&name) => {
                let at = self.loci.iter().position(|locus| *locus == name).unwrap_or_else(|| {
                    self.loci.push(name);
                    self.loci.len() - 1
                });
                Marker::Locus(at)
            }
            _ => {
                self.rejected.push(self.context.reject(line, Some(self.marker), id, text, Reason::UnknownLocus));
                Marker::NotUsed
            }
        };
        self.markers.insert(record.cell(self.marker).to_vec(), marker);
        marker
    }

    fn read_sex(&mut self, record: &Record<'_>, line: u64, sample: usize, id: &str) {
        let cells = self.allele_cells(record);
        match read_amelogenin(cells.iter().map(String::as_str)) {
            // Two rows that differ: a Y once seen stays.
            Ok(shown) if self.samples[sample].shown_sex != Sex::Male && shown != Sex::Unknown => {
                self.samples[sample].shown_sex = shown;
            }
            Ok(_) => {}
            Err(problem) => self.reject_locus(record, line, id, LocusName::new("Amelogenin"), problem),
        }
    }

    fn read_locus(&mut self, record: &Record<'_>, line: u64, sample: usize, locus: usize, id: &str) {
        let cells = self.allele_cells(record);
        let reading = read_cells(cells.iter().map(String::as_str), self.context.rules(&self.loci[locus]));
        if let Some(problem) = reading.problem {
            self.reject_locus(record, line, id, self.loci[locus].clone(), problem);
        }
        let call = reading.call;
        let problem = match self.samples[sample].calls.entry(locus) {
            Entry::Vacant(vacant) => {
                vacant.insert(LongCall { line, call, conflicting: false });
                return;
            }
            Entry::Occupied(mut before) if before.get().call == call => Reason::RepeatedLocus(before.get_mut().line),
            Entry::Occupied(mut before) => {
                before.get_mut().conflicting = true;
                Reason::ConflictingLocus
            }
        };
        self.reject_locus(record, line, id, self.loci[locus].clone(), (0, problem));
    }

    fn allele_cells(&self, record: &Record<'_>) -> Vec<String> {
        let cells = self.alleles.iter().filter_map(|&at| record.get(at));
        cells.map(|cell| decode(cell).trim().to_owned()).collect()
    }

    fn reject_locus(
        &mut self,
        record: &Record<'_>,
        line: u64,
        id: &str,
        locus: LocusName,
        (cell, reason): (usize, Reason),
    ) {
        let mut cells = self.allele_cells(record);
        cells.retain(|cell| !cell.is_empty());
        let rejected = self.context.reject(line, self.alleles.get(cell).copied(), id, cells.join(","), reason);
        self.rejected.push(Rejected { locus: Some(locus), ..rejected });
    }

    /// All samples, in the order of their first rows.
    ///
    /// # Errors
    /// More distinct observations or id text than a panel can hold.
    pub fn finish(mut self) -> Result<PartialProfiles, PanelError> {
        let mut builder = PanelBuilder::new(self.loci.clone());
        let mut lines = Vec::new();
        for mut sample in std::mem::take(&mut self.samples) {
            let id = sample.metadata.sample.id.clone();
            if let Some(line) = sample.contradicted {
                let others = Reason::ConflictingRows(format!("line {line}"));
                self.rejected.push(self.context.reject(sample.line, None, &id, String::new(), others));
                let others = Reason::ConflictingRows(format!("line {}", sample.line));
                self.rejected.push(self.context.reject(line, None, &id, String::new(), others));
                continue;
            }
            match self.context.settle_sex(sample.metadata.sample.sex, sample.shown_sex) {
                Ok(sex) => sample.metadata.sample.sex = sex,
                Err(reason) => {
                    let rejected = self.context.reject(sample.line, None, &id, String::new(), reason);
                    self.rejected.push(Rejected { locus: Some(LocusName::new("Amelogenin")), ..rejected });
                }
            }
            let codes = self.encode(&sample, &mut builder, &id)?;
            builder.push_coded(&sample.metadata.sample, &codes)?;
            lines.push(sample.line as u32);
        }
        Ok(PartialProfiles { builder, lines, rejected: self.rejected, rows: self.rows })
    }

    fn encode(&mut self, sample: &LongSample, builder: &mut PanelBuilder, id: &str) -> Result<Vec<u16>, PanelError> {
        let drop_out = self.context.drop_out(&sample.metadata.sample);
        let mut codes = vec![MISSING; self.loci.len()];
        for locus in sample.calls.keys().copied().collect::<BTreeSet<_>>() {
            let seen = &sample.calls[&locus];
            if seen.conflicting {
                let column = self.alleles.first().copied();
                let rejected = self.context.reject(seen.line, column, id, String::new(), Reason::ConflictingLocus);
                self.rejected.push(Rejected { locus: Some(self.loci[locus].clone()), ..rejected });
            } else {
                codes[locus] = builder.encode(locus, Observation { call: seen.call, drop_out })?;
            }
        }
        Ok(codes)
    }
}

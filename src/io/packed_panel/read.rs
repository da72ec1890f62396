//! Reads a packed panel.

use super::{
    BATCH, CHECKSUM, CHECKSUM_AT, CONTENT_AT, DROP_OUT, Description, KEY, NUMBER_COLUMNS, PARQUET, PackedError,
    SAMPLE_COLUMNS, SET_ASIDE, SEX_CONFLICT, TAG, TEXT_COLUMNS, VERSION,
    pages::{CheckedPages, Content, check_groups},
};
use crate::{
    io::{
        problems::Rejected,
        profiles::{CellCache, text_key},
        source::{Input, Spooled},
        unwinding::caught,
    },
    profile::{
        Allele, BirthYears, Call, Code, Dictionary, LocusName, MISSING, Observation, PanelBuilder, PanelError, Role,
        Sample, Sex,
    },
};
use parquet::{
    column::reader::{ColumnReaderImpl, get_column_reader, get_typed_column_reader},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type},
    errors::ParquetError,
    file::{
        reader::{FileReader, RowGroupReader},
        serialized_reader::SerializedFileReader,
    },
};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc};

/// A packed panel whose checksum was found right.
pub struct PackedFile {
    content: Arc<Spooled>,
    columns: PackedColumns,
    description: Description,
}

/// The samples of a packed panel, file after file as they were packed.
pub struct PackedProfiles {
    /// The samples.
    pub builder: PanelBuilder,
    /// The line that each sample stood at.
    pub lines: Vec<u32>,
    /// The files that were packed.
    pub files: Vec<OriginalFile>,
    /// What was read and not used then.
    pub rejected: Vec<Rejected>,
    /// The notes of that reading.
    pub notes: Vec<String>,
    /// The version of filia that packed it.
    pub filia: String,
}

/// One of the files that were packed.
pub struct OriginalFile {
    /// Its name as it was given then.
    pub name: String,
    /// Rows with something in them.
    pub rows: u64,
    /// The samples in the packed panel.
    pub samples: usize,
    /// The loci.
    pub loci: Vec<LocusName>,
}

/// What stops the reading of a packed panel.
pub enum UnpackError {
    /// The file.
    File(PackedError),
    /// The panel is full.
    Panel(PanelError),
}

impl From<PackedError> for UnpackError {
    fn from(error: PackedError) -> Self {
        Self::File(error)
    }
}

impl From<ParquetError> for UnpackError {
    fn from(error: ParquetError) -> Self {
        Self::File(damaged(error))
    }
}

impl From<PanelError> for UnpackError {
    fn from(error: PanelError) -> Self {
        Self::Panel(error)
    }
}

fn damaged(what: impl ToString) -> PackedError {
    PackedError::Damaged(what.to_string())
}

/// What Parquet's reader makes of the file; a panic of it is damage too.
fn unpacking<T>(work: impl FnOnce() -> Result<T, UnpackError>) -> Result<T, UnpackError> {
    caught(work).unwrap_or_else(|panic| Err(damaged(panic).into()))
}

/// Opens a packed panel and makes sure that it is whole.
///
/// # Errors
/// A file that cannot be read, that somebody else wrote, or that is not as it was written.
pub fn open_packed(input: Input) -> Result<PackedFile, UnpackError> {
    let (mut start, mut hash) = (Vec::with_capacity(CONTENT_AT), Sha256::new());
    let content = input.spool(|bytes| {
        let (head, rest) = bytes.split_at(bytes.len().min(CONTENT_AT - start.len()));
        start.extend_from_slice(head);
        hash.update(rest);
    });
    let content = Arc::new(content.map_err(PackedError::Io)?);
    if start.len() < CONTENT_AT || !start.starts_with(PARQUET) || start[PARQUET.len()..CHECKSUM_AT] != *TAG {
        return Err(PackedError::NotPacked.into());
    }
    if hash.finalize()[..] != start[CHECKSUM_AT..CHECKSUM_AT + CHECKSUM] {
        return Err(damaged("its checksum is not that of its content").into());
    }
    let (columns, description) = unpacking(|| {
        let columns = PackedColumns::open(Content(content.clone()))?;
        let description = columns.description()?;
        Ok((columns, description))
    })?;
    Ok(PackedFile { content, columns, description })
}

impl PackedFile {
    /// Reads all samples, loci in parallel; `drop_out` gives the probability that an allele of a sample drops out.
    ///
    /// # Errors
    /// Content that no panel has; more than a panel can hold.
    pub fn read(self, drop_out: impl Fn(&Sample) -> f64) -> Result<PackedProfiles, UnpackError> {
        let columns = self.columns;
        let names = unpacking(|| columns.locus_names())?;
        let mut samples = Samples::new(&self.description, names.clone());
        unpacking(|| columns.read_samples(&mut samples, drop_out))?;
        let coded = (0..names.len())
            .into_par_iter()
            .map(|locus| unpacking(|| columns.read_locus(locus, &names[locus], &samples.drop_outs)));
        let coded = coded.collect::<Result<Vec<_>, UnpackError>>()?;
        self.content.check_unchanged().map_err(PackedError::Io)?;
        let Samples { mut builder, lines, counts, .. } = samples;
        builder.set_columns(coded);
        let files = self.description.files.into_iter().zip(counts).map(|(file, samples)| OriginalFile {
            name: file.name,
            rows: file.rows,
            samples,
            loci: file.loci.iter().map(|locus| LocusName::new(locus)).collect(),
        });
        Ok(PackedProfiles {
            builder,
            lines,
            files: files.collect(),
            rejected: self.description.rejected.into_iter().map(Into::into).collect(),
            notes: self.description.notes,
            filia: self.description.filia,
        })
    }
}

/// The samples read so far.
struct Samples {
    builder: PanelBuilder,
    lines: Vec<u32>,
    /// Runs of samples with one drop-out probability: the end (exclusive) of each, and the probability.
    drop_outs: Vec<(usize, f64)>,
    /// Names of the packed files, and the samples of each.
    files: HashMap<String, usize>,
    counts: Vec<usize>,
}

impl Samples {
    fn new(description: &Description, loci: Vec<LocusName>) -> Self {
        let files = description.files.iter().enumerate().map(|(at, file)| (file.name.clone(), at)).collect();
        let counts = vec![0; description.files.len()];
        Self { builder: PanelBuilder::new(loci), lines: Vec::new(), drop_outs: Vec::new(), files, counts }
    }

    fn push(&mut self, sample: &Sample, file: &str, line: u32, drop_out: f64) -> Result<(), UnpackError> {
        let at = *self.files.get(file).ok_or_else(|| damaged(format!("a sample of an unknown file {file}")))?;
        if self.counts[at + 1..].iter().any(|&count| count > 0) {
            return Err(damaged("the files are not in their order").into());
        }
        self.counts[at] += 1;
        self.builder.push_sample(sample)?;
        self.lines.push(line);
        match self.drop_outs.last_mut() {
            Some((end, same)) if *same == drop_out => *end += 1,
            _ => self.drop_outs.push((self.builder.len(), drop_out)),
        }
        Ok(())
    }
}

/// The columns of a packed panel.
struct PackedColumns(SerializedFileReader<Content>);

impl PackedColumns {
    fn open(content: Content) -> Result<Self, UnpackError> {
        let length = content.0.length();
        let reader = SerializedFileReader::new(content)?;
        let metadata = reader.metadata();
        check_groups(metadata.row_groups(), metadata.file_metadata().schema_descr().num_columns(), length)?;
        Ok(Self(reader))
    }

    /// The JSON part.
    fn description(&self) -> Result<Description, PackedError> {
        let entries = self.0.metadata().file_metadata().key_value_metadata();
        let text = entries.into_iter().flatten().find(|entry| entry.key == KEY);
        let text = text.and_then(|entry| entry.value.as_deref()).ok_or_else(|| damaged(format!("no key {KEY}")))?;
        let version = serde_json::from_str::<serde_json::Value>(text).map_err(damaged)?["version"].as_u64();
        match version {
            Some(version) if version == u64::from(VERSION) => serde_json::from_str(text).map_err(damaged),
            other => Err(PackedError::OtherVersion(other.unwrap_or_default() as u32)),
        }
    }

    /// The loci, after a check of the columns before them.
    fn locus_names(&self) -> Result<Vec<LocusName>, UnpackError> {
        let columns = self.0.metadata().file_metadata().schema_descr().columns();
        let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
        match names.split_at_checked(SAMPLE_COLUMNS.len()) {
            Some((before, loci)) if before == SAMPLE_COLUMNS => {
                Ok(loci.iter().map(|name| LocusName::new(name)).collect())
            }
            _ => Err(damaged(format!("unexpected columns {}", names.join(", "))).into()),
        }
    }

    fn groups(&self) -> impl Iterator<Item = Result<Box<dyn RowGroupReader + '_>, ParquetError>> {
        (0..self.0.num_row_groups()).map(|group| self.0.get_row_group(group))
    }

    fn read_samples(&self, samples: &mut Samples, drop_out: impl Fn(&Sample) -> f64) -> Result<(), UnpackError> {
        for group in self.groups() {
            let group = group?;
            let mut texts = (0..TEXT_COLUMNS).map(|at| ColumnValues::<ByteArrayType>::new(&*group, at));
            let mut texts = texts.by_ref().collect::<Result<Vec<_>, _>>()?;
            let numbers = (TEXT_COLUMNS..DROP_OUT).map(|at| ColumnValues::<Int32Type>::new(&*group, at));
            let mut numbers = numbers.collect::<Result<Vec<_>, _>>()?;
            let mut drop_outs = ColumnValues::<DoubleType>::new(&*group, DROP_OUT)?;
            loop {
                let texts = texts.iter_mut().map(ColumnValues::next_batch).collect::<Result<Vec<_>, _>>()?;
                let numbers = numbers.iter_mut().map(ColumnValues::next_batch).collect::<Result<Vec<_>, _>>()?;
                let stated = drop_outs.next_batch()?;
                if texts.iter().map(Vec::len).chain(numbers.iter().map(Vec::len)).any(|rows| rows != stated.len()) {
                    return Err(damaged("columns of different lengths").into());
                }
                if stated.is_empty() {
                    break;
                }
                for (row, &stated) in stated.iter().enumerate() {
                    let text: [Option<&ByteArray>; TEXT_COLUMNS] = std::array::from_fn(|at| texts[at][row].as_ref());
                    let number: [Option<i32>; NUMBER_COLUMNS] = std::array::from_fn(|at| numbers[at][row]);
                    let (sample, file) = sample(text, number, stated)?;
                    let line = number[2].unwrap_or_default().cast_unsigned();
                    let drop_out = drop_out(&sample);
                    samples.push(&sample, &file, line, drop_out)?;
                }
            }
        }
        Ok(())
    }

    /// The dictionary and the codes of one locus (0-based).
    fn read_locus(
        &self,
        locus: usize,
        name: &LocusName,
        drop_outs: &[(usize, f64)],
    ) -> Result<(Dictionary, Vec<Code>), UnpackError> {
        let samples = drop_outs.last().map_or(0, |run| run.0);
        let mut dictionary = Dictionary::default();
        let mut codes: Vec<Code> = Vec::with_capacity(samples);
        let mut runs = drop_outs.iter();
        let mut run = (0, 0.0);
        let mut known = CellCache::default();
        for group in self.groups() {
            let mut values = ColumnValues::<ByteArrayType>::new(&*group?, SAMPLE_COLUMNS.len() + locus)?;
            loop {
                let batch = values.next_batch()?;
                if batch.is_empty() {
                    break;
                }
                for label in batch {
                    if codes.len() >= run.0 {
                        run = *runs.next().ok_or_else(|| damaged("columns of different lengths"))?;
                        known = CellCache::default();
                    }
                    let Some(label) = label else {
                        codes.push(MISSING);
                        continue;
                    };
                    let key = text_key(label.data());
                    if let Some(code) = key.and_then(|key| known.get(key)) {
                        codes.push(code);
                        continue;
                    }
                    let observation = Observation { call: read_call(text(&label)?)?, drop_out: run.1 };
                    let code = dictionary.encode(observation).ok_or_else(|| dictionary.too_many(name))?;
                    if let Some(key) = key {
                        known.insert(key, code);
                    }
                    codes.push(code);
                }
            }
        }
        if codes.len() == samples {
            Ok((dictionary, codes))
        } else {
            Err(damaged("columns of different lengths").into())
        }
    }
}

/// The values of one column of a row group, one batch after the other.
struct ColumnValues<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
    present: Vec<i16>,
}

impl<T: DataType> ColumnValues<T> {
    fn new(group: &dyn RowGroupReader, column: usize) -> Result<Self, UnpackError> {
        let descriptor = group.metadata().schema_descr().column(column);
        if descriptor.physical_type() != T::get_physical_type() || descriptor.max_def_level() != 1 {
            return Err(damaged(format!("column {} is not as it is written", descriptor.name())).into());
        }
        let pages = CheckedPages::new(group.get_column_page_reader(column)?, group.metadata().num_rows());
        let reader = get_typed_column_reader(get_column_reader(descriptor, Box::new(pages)));
        Ok(Self { reader, values: Vec::new(), present: Vec::new() })
    }

    /// The next rows, none after the last one.
    fn next_batch(&mut self) -> Result<Vec<Option<T::T>>, ParquetError> {
        self.values.clear();
        self.present.clear();
        self.reader.read_records(BATCH, Some(&mut self.present), None, &mut self.values)?;
        let mut values = self.values.drain(..);
        Ok(self.present.iter().map(|&present| if present == 1 { values.next() } else { None }).collect())
    }
}

fn text(value: &ByteArray) -> Result<&str, UnpackError> {
    std::str::from_utf8(value.data()).map_err(|error| damaged(error).into())
}

/// A sample and the file that it came from, of its texts and numbers in the order of [`SAMPLE_COLUMNS`].
fn sample(
    texts: [Option<&ByteArray>; TEXT_COLUMNS],
    [earliest, latest, _]: [Option<i32>; NUMBER_COLUMNS],
    drop_out: Option<f64>,
) -> Result<(Sample, String), UnpackError> {
    let read = |at: usize| texts[at].map(|value| text(value).map(str::to_owned)).transpose();
    let needed = |at: usize| {
        let missing = || UnpackError::File(damaged(format!("a row without {}", SAMPLE_COLUMNS[at])));
        read(at)?.ok_or_else(missing)
    };
    let role = |text: String| Role::from_text(&text).ok_or_else(|| damaged(format!("the role {text}")));
    let year = |year: Option<i32>, open: i16| match year {
        Some(year) => i16::try_from(year).map_err(damaged),
        None => Ok(open),
    };
    let years = BirthYears { earliest: year(earliest, i16::MIN)?, latest: year(latest, i16::MAX)? };
    if drop_out.is_some_and(|drop_out| !(0.0..1.0).contains(&drop_out)) {
        return Err(damaged("a drop-out probability outside [0, 1)").into());
    }
    let sex = needed(2)?;
    let sample = Sample {
        id: needed(0)?,
        role: read(1)?.map(role).transpose()?,
        sex: match sex.as_str() {
            "female" => Sex::Female,
            "male" => Sex::Male,
            _ => Sex::Unknown,
        },
        sex_conflict: sex == SEX_CONFLICT,
        birth_years: (earliest.is_some() || latest.is_some()).then_some(years),
        site: read(3)?,
        family_id: read(4)?,
        mother_id: read(5)?,
        father_id: read(6)?,
        population: read(7)?,
        drop_out,
    };
    Ok((sample, needed(8)?))
}

fn read_call(label: &str) -> Result<Call, PackedError> {
    if label == SET_ASIDE {
        return Ok(Call::SetAside);
    }
    let alleles: Vec<Allele> = label.split(',').map(str::parse).collect::<Result<_, _>>().map_err(damaged)?;
    Ok(Call::from_alleles(&alleles))
}

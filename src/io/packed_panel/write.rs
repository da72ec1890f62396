//! Writes a packed panel.

use super::{
    BATCH, CHECKSUM, CHECKSUM_AT, CONTENT_AT, Description, FileDescription, KEY, PackedError, SAMPLE_COLUMNS,
    SET_ASIDE, SEX_CONFLICT, TAG, TEXT_COLUMNS, VERSION,
};
use crate::{
    io::{profiles::ReadProfiles, whole_file::WholeFile},
    profile::{Call, Role, SampleIndex},
};
use parquet::{
    basic::{ConvertedType, Encoding, Repetition, Type as PhysicalType},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::{ColumnPath, Type, TypePtr},
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

/// The most rows in a row group.
const GROUP_ROWS: usize = 1 << 20;

type ColumnGroup<'a> = SerializedRowGroupWriter<'a, File>;

impl From<ParquetError> for PackedError {
    fn from(error: ParquetError) -> Self {
        Self::Writer(error)
    }
}

/// Writes the profiles to this file, which was begun at this path and appears there whole or not at all, readable by its
/// owner only. What is at that place is replaced.
///
/// # Errors
/// What the file system or the Parquet writer refuses.
pub fn write_packed(profiles: &ReadProfiles, target: WholeFile, path: &Path) -> Result<(), PackedError> {
    let mut writer = SerializedFileWriter::new(target.handle()?, schema(profiles)?, properties(profiles))?;
    writer.write_all(TAG)?;
    writer.write_all(&[0; CHECKSUM])?;
    let mut rows: Vec<SampleIndex> = profiles.panel.indices().collect();
    rows.sort_by_key(|&sample| profiles.origins.file(sample));
    let labels = labels(profiles);
    for rows in rows.chunk_by(|&left, &right| profiles.origins.file(left) == profiles.origins.file(right)) {
        for rows in rows.chunks(GROUP_ROWS) {
            let mut group = writer.next_row_group()?;
            write_samples(&mut group, profiles, rows)?;
            for (locus, labels) in labels.iter().enumerate() {
                let label =
                    |sample: SampleIndex| labels[usize::from(profiles.panel.profile(sample).code(locus))].clone();
                write_column::<ByteArrayType>(&mut group, rows, label)?;
            }
            group.close()?;
        }
    }
    let description = serde_json::to_string(&describe(profiles)?).map_err(io::Error::from)?;
    writer.append_key_value_metadata(KeyValue::new(KEY.to_owned(), description));
    seal(writer.into_inner()?)?;
    Ok(target.put(path)?)
}

/// Writes the checksum of the content into its place.
fn seal(mut file: File) -> io::Result<()> {
    file.seek(SeekFrom::Start(CONTENT_AT as u64))?;
    let checksum = checksum(&mut file)?;
    file.seek(SeekFrom::Start(CHECKSUM_AT as u64))?;
    file.write_all(&checksum)
}

/// SHA-256 of the rest of the file.
fn checksum(file: &mut File) -> io::Result<[u8; CHECKSUM]> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn describe(profiles: &ReadProfiles) -> io::Result<Description> {
    let files = profiles.files.iter().map(|file| FileDescription {
        name: file.name.clone(),
        rows: file.rows,
        loci: file.loci.iter().map(|locus| locus.as_str().to_owned()).collect(),
    });
    let rejected = profiles.rejected.iter().map(|entry| entry.map(|entry| (&*entry).into()));
    Ok(Description {
        version: VERSION,
        filia: env!("CARGO_PKG_VERSION").to_owned(),
        files: files.collect(),
        notes: profiles.notes.clone(),
        rejected: rejected.collect::<io::Result<_>>()?,
    })
}

fn schema(profiles: &ReadProfiles) -> Result<TypePtr, ParquetError> {
    let text = |name: &str| {
        let column = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY);
        column.with_converted_type(ConvertedType::UTF8).with_repetition(Repetition::OPTIONAL).build()
    };
    let number = |name: &str| {
        let physical = if name == "drop_out" { PhysicalType::DOUBLE } else { PhysicalType::INT32 };
        Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL).build()
    };
    let (texts, numbers) = SAMPLE_COLUMNS.split_at(TEXT_COLUMNS);
    let loci = profiles.panel.loci().iter().map(|locus| text(locus.as_str()));
    let columns = texts.iter().map(|name| text(name)).chain(numbers.iter().map(|name| number(name))).chain(loci);
    let columns = columns.map(|column| column.map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(Type::group_type_builder("filia_panel").with_fields(columns).build()?))
}

fn properties(profiles: &ReadProfiles) -> Arc<WriterProperties> {
    // Sorted ids share their beginnings; every other text is one of a few.
    let id = ColumnPath::from(SAMPLE_COLUMNS[0]);
    let line = ColumnPath::from("line");
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("filia {}", env!("CARGO_PKG_VERSION")))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_dictionary_enabled(id.clone(), false)
        .set_column_encoding(id, Encoding::DELTA_BYTE_ARRAY)
        .set_column_dictionary_enabled(line.clone(), false)
        .set_column_encoding(line, Encoding::DELTA_BINARY_PACKED);
    for locus in profiles.panel.loci() {
        let column = ColumnPath::from(vec![locus.as_str().to_owned()]);
        properties = properties.set_column_dictionary_page_size_limit(column, 16 << 20);
    }
    Arc::new(properties.build())
}

/// For each locus the text of each code; none where the call is missing.
fn labels(profiles: &ReadProfiles) -> Vec<Vec<Option<ByteArray>>> {
    let label = |call: Call| match call {
        Call::Missing => None,
        Call::SetAside => Some(ByteArray::from(SET_ASIDE)),
        call => Some(ByteArray::from(call.to_string().into_bytes())),
    };
    let dictionary = |locus| profiles.panel.dictionary(locus).observations().iter().map(|seen| label(seen.call));
    (0..profiles.panel.loci().len()).map(|locus| dictionary(locus).collect()).collect()
}

/// Writes the columns of [`SAMPLE_COLUMNS`], in their order.
fn write_samples(
    group: &mut ColumnGroup<'_>,
    profiles: &ReadProfiles,
    rows: &[SampleIndex],
) -> Result<(), ParquetError> {
    type TextOf = for<'a> fn(&'a ReadProfiles, SampleIndex) -> Option<&'a str>;
    let texts: [TextOf; TEXT_COLUMNS] = [
        |profiles, sample| Some(profiles.panel.id(sample)),
        |profiles, sample| profiles.panel.role(sample).map(Role::as_str),
        |profiles, sample| match profiles.panel.sex_conflict(sample) {
            true => Some(SEX_CONFLICT),
            false => Some(profiles.panel.sex(sample).as_str()),
        },
        |profiles, sample| profiles.panel.site(sample),
        |profiles, sample| profiles.panel.family_id(sample),
        |profiles, sample| profiles.panel.mother_id(sample),
        |profiles, sample| profiles.panel.father_id(sample),
        |profiles, sample| profiles.panel.population(sample),
        |profiles, sample| Some(profiles.file(sample)),
    ];
    for text in texts {
        write_column::<ByteArrayType>(group, rows, |sample| text(profiles, sample).map(ByteArray::from))?;
    }
    let years = |sample| profiles.panel.birth_years(sample);
    let closed = |year: i16| (year != i16::MIN && year != i16::MAX).then_some(i32::from(year));
    write_column::<Int32Type>(group, rows, |sample| closed(years(sample)?.earliest))?;
    write_column::<Int32Type>(group, rows, |sample| closed(years(sample)?.latest))?;
    write_column::<Int32Type>(group, rows, |sample| Some((profiles.origins.line(sample) as u32).cast_signed()))?;
    write_column::<DoubleType>(group, rows, |sample| profiles.panel.drop_out(sample))
}

/// Writes the next column of a row group.
fn write_column<T: DataType>(
    group: &mut ColumnGroup<'_>,
    rows: &[SampleIndex],
    value: impl Fn(SampleIndex) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the schema has".to_owned()));
    };
    let (mut values, mut present) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    for batch in rows.chunks(BATCH) {
        values.clear();
        present.clear();
        for &sample in batch {
            let value = value(sample);
            present.push(i16::from(value.is_some()));
            values.extend(value);
        }
        column.typed::<T>().write_batch(&values, Some(&present), None)?;
    }
    column.close()
}

//! Tables as Parquet: text, 64-bit integers, doubles and booleans, each column optional; a row group for every 65,536 rows or so.

use super::{Batch, Column, ColumnKind, ExportError, Exporter, Table, Values};
use ::parquet::basic::{ConvertedType, Repetition, Type as PhysicalType};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::Type;
use std::io::Write;
use std::sync::Arc;

/// Writes Parquet.
#[derive(Clone, Copy, Debug)]
pub struct Parquet;

impl Exporter for Parquet {
    fn export(&self, table: &Table<'_>, target: &mut (dyn Write + Send)) -> Result<(), ExportError> {
        let columns = table.columns.iter().map(|column| field(column).map(Arc::new));
        let columns = columns.collect::<Result<Vec<_>, ParquetError>>()?;
        let schema = Type::group_type_builder(table.name).with_fields(columns).build()?;
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(target, Arc::new(schema), properties)?;
        for batches in table.batches() {
            let batches = batches?;
            let mut group = writer.next_row_group()?;
            (0..table.columns.len()).try_for_each(|column| write_column(&mut group, &batches, column))?;
            group.close()?;
        }
        writer.close()?;
        Ok(())
    }
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let physical = match column.kind {
        ColumnKind::Text => PhysicalType::BYTE_ARRAY,
        ColumnKind::Integer => PhysicalType::INT64,
        ColumnKind::Real(_) => PhysicalType::DOUBLE,
        ColumnKind::Flag => PhysicalType::BOOLEAN,
    };
    let field = Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
    match column.kind {
        ColumnKind::Text => field.with_converted_type(ConvertedType::UTF8).build(),
        _ => field.build(),
    }
}

/// Writes the next column of a row group: the values of all these batches.
fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    batches: &[Batch],
    column: usize,
) -> Result<(), ParquetError> {
    let values = || batches.iter().map(|batch| &batch.columns[column]);
    macro_rules! write_as {
        ($variant:ident, $kind:ty, $value:expr) => {
            write_values::<$kind, W>(
                group,
                values().flat_map(|values| match values {
                    Values::$variant(values) => values.iter().map(|value| value.as_ref().map($value)).collect(),
                    _ => Vec::new(),
                }),
            )
        };
    }
    match values().next() {
        None => Ok(()),
        Some(Values::Text(_)) => write_as!(Text, ByteArrayType, |text: &String| ByteArray::from(text.as_str())),
        Some(Values::Integer(_)) => write_as!(Integer, Int64Type, |&number| number),
        Some(Values::Real(_)) => write_as!(Real, DoubleType, |&number| number),
        Some(Values::Flag(_)) => write_as!(Flag, BoolType, |&flag| flag),
    }
}

fn write_values<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let mut there = Vec::new();
    let mut levels = Vec::new();
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    column.typed::<T>().write_batch(&there, Some(&levels), None)?;
    column.close()
}

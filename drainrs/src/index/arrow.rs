//! Arrow's interprocess format (feature `arrow`): what pandas, polars and Spark read without parsing text.

use std::sync::Arc;

use arrow_array::builder::{
    FixedSizeListBuilder, Float32Builder, ListBuilder, MapBuilder, MapFieldNames, StringBuilder,
    TimestampNanosecondBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use super::row::IndexRow;
use crate::error::{Error, ErrorKind};

/// The most rows of a batch, and the most bytes of them: Arrow's offsets have 32 bits.
const MAX_BATCH_ROWS: usize = 8_192;
const MAX_BATCH_BYTES: usize = 256 << 20;

/// Which of the two layouts of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ArrowLayout {
    /// With a footer, for random access: a file, also known as Feather 2.
    #[default]
    File,
    /// From front to back, for a pipe or a socket.
    Stream,
}

/// Appends rows in Arrow's interprocess format, in batches of 8,192.
///
/// | column | type |
/// |---|---|
/// | `service`, `id`, `template`, `severity` | `Utf8`; `id` as sixteen hexadecimal digits |
/// | `template_id` | `UInt64`, may be null |
/// | `first_seen`, `last_seen` | `Timestamp(Nanosecond, "UTC")`, may be null |
/// | `hits` | `UInt64` |
/// | `labels` | `Map<Utf8, Utf8>` |
/// | `examples` | `List<Utf8>` |
/// | `vector` | `FixedSizeList<Float32>[n]` if all vectors have `n` numbers, else `List<Float32>`; may be null |
///
/// Cost: linear in the bytes; the batch at hand is held twice.
///
/// # Errors
///
/// Those of [`IndexRow::check`], at `rows[3]`; nothing is appended then.
pub fn write_arrow(rows: &[IndexRow], layout: ArrowLayout, out: &mut Vec<u8>) -> Result<(), Error> {
    for (at, row) in rows.iter().enumerate() {
        row.check().map_err(|error| Error::new(error.kind(), format!("rows[{at}]"), error.to_string()))?;
    }
    let schema = schema(dimensions(rows));
    let mut written = Vec::new();
    write(rows, &schema, layout, &mut written)
        .map_err(|cause| Error::new(ErrorKind::Config, "rows", format!("Arrow refuses them: {cause}")))?;
    out.append(&mut written);
    Ok(())
}

fn write(rows: &[IndexRow], schema: &SchemaRef, layout: ArrowLayout, out: &mut Vec<u8>) -> Result<(), ArrowError> {
    match layout {
        ArrowLayout::File => {
            let mut writer = FileWriter::try_new(out, schema)?;
            batches(rows, MAX_BATCH_BYTES).try_for_each(|rows| writer.write(&batch(rows, schema)?))?;
            writer.finish()
        }
        ArrowLayout::Stream => {
            let mut writer = StreamWriter::try_new(out, schema)?;
            batches(rows, MAX_BATCH_BYTES).try_for_each(|rows| writer.write(&batch(rows, schema)?))?;
            writer.finish()
        }
    }
}

fn batches(mut rest: &[IndexRow], max_bytes: usize) -> impl Iterator<Item = &[IndexRow]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = rest.iter().take(MAX_BATCH_ROWS).take_while(|row| {
            bytes += row.bytes();
            bytes <= max_bytes
        });
        // One row always fits: it was checked.
        let (rows, behind) = rest.split_at_checked(fits.count().max(1))?;
        rest = behind;
        Some(rows)
    })
}

/// The numbers that all vectors have, if they have as many.
fn dimensions(rows: &[IndexRow]) -> Option<i32> {
    let mut lengths = rows.iter().filter_map(|row| row.vector.as_ref()).map(Vec::len);
    let first = lengths.next()?;
    lengths.all(|length| length == first).then(|| i32::try_from(first).ok()).flatten()
}

fn item(of: DataType) -> Arc<Field> {
    Arc::new(Field::new("item", of, false))
}

fn label_names() -> MapFieldNames {
    MapFieldNames { entry: "entries".to_owned(), key: "key".to_owned(), value: "value".to_owned() }
}

fn schema(dimensions: Option<i32>) -> SchemaRef {
    let time = || DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
    let entries = vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Utf8, false)];
    let labels = DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries.into()), false)), false);
    let vector = match dimensions {
        Some(dimensions) => DataType::FixedSizeList(item(DataType::Float32), dimensions),
        None => DataType::List(item(DataType::Float32)),
    };
    Arc::new(Schema::new(vec![
        Field::new("service", DataType::Utf8, false),
        Field::new("id", DataType::Utf8, false),
        Field::new("template", DataType::Utf8, false),
        Field::new("template_id", DataType::UInt64, true),
        Field::new("first_seen", time(), true),
        Field::new("last_seen", time(), true),
        Field::new("hits", DataType::UInt64, false),
        Field::new("severity", DataType::Utf8, false),
        Field::new("labels", labels, false),
        Field::new("examples", DataType::List(item(DataType::Utf8)), false),
        Field::new("vector", vector, true),
    ]))
}

fn texts<'a>(rows: &'a [IndexRow], of: impl Fn(&'a IndexRow) -> &'a str) -> ArrayRef {
    let mut builder = StringBuilder::new();
    rows.iter().for_each(|row| builder.append_value(of(row)));
    Arc::new(builder.finish())
}

fn times(rows: &[IndexRow], of: impl Fn(&IndexRow) -> Option<crate::time::Timestamp>) -> ArrayRef {
    let mut builder = TimestampNanosecondBuilder::new().with_timezone("UTC");
    rows.iter().for_each(|row| builder.append_option(of(row).map(crate::time::Timestamp::as_nanos)));
    Arc::new(builder.finish())
}

fn numbers(rows: &[IndexRow], of: impl Fn(&IndexRow) -> Option<u64>) -> ArrayRef {
    let mut builder = UInt64Builder::new();
    rows.iter().for_each(|row| builder.append_option(of(row)));
    Arc::new(builder.finish())
}

fn labels(rows: &[IndexRow]) -> Result<ArrayRef, ArrowError> {
    let mut builder = MapBuilder::new(Some(label_names()), StringBuilder::new(), StringBuilder::new())
        .with_values_field(Field::new("value", DataType::Utf8, false));
    for row in rows {
        for (name, value) in &row.labels {
            builder.keys().append_value(name);
            builder.values().append_value(value);
        }
        builder.append(true)?;
    }
    Ok(Arc::new(builder.finish()))
}

fn examples(rows: &[IndexRow]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new()).with_field(item(DataType::Utf8));
    for row in rows {
        row.examples.iter().for_each(|example| builder.values().append_value(example));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

fn vectors(rows: &[IndexRow], dimensions: Option<i32>) -> ArrayRef {
    let vectors = rows.iter().map(|row| row.vector.as_deref());
    match dimensions {
        Some(dimensions) => {
            let mut builder =
                FixedSizeListBuilder::new(Float32Builder::new(), dimensions).with_field(item(DataType::Float32));
            for vector in vectors {
                // A list that is null takes room all the same.
                match vector {
                    Some(vector) => builder.values().append_slice(vector),
                    None => (0..dimensions).for_each(|_| builder.values().append_value(0.0)),
                }
                builder.append(vector.is_some());
            }
            Arc::new(builder.finish())
        }
        None => {
            let mut builder = ListBuilder::new(Float32Builder::new()).with_field(item(DataType::Float32));
            for vector in vectors {
                builder.values().append_slice(vector.unwrap_or_default());
                builder.append(vector.is_some());
            }
            Arc::new(builder.finish())
        }
    }
}

fn batch(rows: &[IndexRow], schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let dimensions = match schema.field_with_name("vector")?.data_type() {
        DataType::FixedSizeList(_, dimensions) => Some(*dimensions),
        _ => None,
    };
    let mut id = StringBuilder::new();
    rows.iter().for_each(|row| id.append_value(row.id.to_string()));
    RecordBatch::try_new(
        Arc::clone(schema),
        vec![
            texts(rows, |row| &row.service),
            Arc::new(id.finish()),
            texts(rows, |row| &row.template),
            numbers(rows, |row| row.template_id.map(|id| id.0)),
            times(rows, |row| row.first_seen),
            times(rows, |row| row.last_seen),
            numbers(rows, |row| Some(row.hits)),
            texts(rows, |row| row.severity.name()),
            labels(rows)?,
            examples(rows),
            vectors(rows, dimensions),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ContentId;
    use arrow_ipc::reader::{FileReader, StreamReader};

    fn rows(count: u64, vector: impl Fn(u64) -> Option<Vec<f32>>) -> Vec<IndexRow> {
        (0..count)
            .map(|id| {
                let mut row = IndexRow::new("s", ContentId(id), format!("template\0{id}"));
                row.vector = vector(id);
                row.examples = (0..id % 3).map(|n| n.to_string()).collect();
                row.labels = (0..id % 2).map(|n| (n.to_string(), "x".to_owned())).collect();
                row
            })
            .collect()
    }

    #[test]
    fn both_layouts_hold_all_rows_in_batches() {
        let rows = rows(10_000, |id| (id % 2 == 0).then(|| vec![id as f32; 4]));
        let (mut file, mut stream) = (b"x".to_vec(), Vec::new());
        write_arrow(&rows, ArrowLayout::File, &mut file).unwrap();
        write_arrow(&rows, ArrowLayout::Stream, &mut stream).unwrap();
        let file = FileReader::try_new(std::io::Cursor::new(file.split_off(1)), None).unwrap();
        let stream = StreamReader::try_new(std::io::Cursor::new(stream), None).unwrap();
        assert_eq!(file.schema(), stream.schema());
        let sizes = |batches: Vec<RecordBatch>| batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>();
        let (file, stream): (Vec<_>, Vec<_>) =
            (file.map(Result::unwrap).collect(), stream.map(Result::unwrap).collect());
        assert_eq!(file, stream);
        assert_eq!(sizes(file), [MAX_BATCH_ROWS, 10_000 - MAX_BATCH_ROWS]);
    }

    #[test]
    fn vectors_of_two_lengths_are_plain_lists_and_none_at_all_too() {
        let fixed = |rows: &[IndexRow]| dimensions(rows);
        assert_eq!(fixed(&rows(4, |_| Some(vec![0.0; 3]))), Some(3));
        assert_eq!(fixed(&rows(4, |id| Some(vec![0.0; 1 + id as usize]))), None);
        assert_eq!(fixed(&rows(4, |_| None)), None);
        for rows in [rows(4, |id| Some(vec![0.0; 1 + id as usize])), rows(4, |_| None), Vec::new()] {
            write_arrow(&rows, ArrowLayout::File, &mut Vec::new()).unwrap();
        }
    }

    #[test]
    fn a_row_that_is_refused_is_named_and_nothing_is_written() {
        let rows = rows(3, |id| (id == 2).then(|| vec![f32::NAN]));
        let mut out = Vec::new();
        let error = write_arrow(&rows, ArrowLayout::File, &mut out).unwrap_err();
        assert_eq!(error.to_string(), "rows[2]: vector: its number 0 is NaN; it must be finite");
        assert!(out.is_empty());
    }

    #[test]
    fn batches_end_where_their_bytes_do() {
        let rows = [(); 5].map(|()| IndexRow::new("", ContentId(1), "a".repeat(100)));
        let sizes = |max: usize| batches(&rows, max).map(<[IndexRow]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(250), [2, 2, 1]);
        assert_eq!(sizes(50), [1; 5], "never none");
    }
}

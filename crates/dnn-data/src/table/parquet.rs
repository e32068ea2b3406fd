//! Parquet: tables whose columns have names and types, by the crate `parquet`.
//!
//! The file is held as it is stored, and its rows are unpacked a page at a time. Numbers of every type are numbers; texts,
//! dates, times, `true` and `false` are categories; an empty place is a missing value. Lists and other values within values are
//! refused. What is stored without compression, by Snappy, gzip or LZ4, can be read.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ::parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::FileReader;
use ::parquet::file::serialized_reader::SerializedFileReader;
use ::parquet::record::Field;
use ::parquet::record::reader::RowIter;
use ::parquet::schema::types::Type;
use bytes::Bytes;

use super::records::{Record, Rows};
use super::values::Kind;
use crate::{Error, Result};

/// The rows of a file, from its first.
pub(super) struct Parquet {
    path: PathBuf,
    rows: RowIter<'static>,
    /// Rows read, the last included.
    read: u64,
    text: Vec<u8>,
}

impl Parquet {
    /// Looks into the bytes of a file: its rows, and each column's name and kind.
    pub(super) fn open(path: &Path, bytes: Vec<u8>) -> Result<(Self, Vec<(String, Kind)>)> {
        let open = || {
            let file = SerializedFileReader::new(Bytes::from(bytes))?;
            let schema = file.metadata().file_metadata().schema_descr().root_schema_ptr();
            Ok((RowIter::from_file_into(Box::new(file)), schema))
        };
        let (rows, schema) = calmly(open).map_err(|fault| refused(path, format!("a fault ({fault})")))?;
        let column = |column: &Type| match is_plain(column) {
            true => Ok((column.name().to_owned(), kind(column))),
            false => Err(refused(path, format!("lists or columns in the column {:?}", column.name()))),
        };
        let columns = schema.get_fields().iter().map(|field| column(field)).collect::<Result<_>>()?;
        Ok((Self { path: path.into(), rows, read: 0, text: Vec::new() }, columns))
    }
}

impl Rows for Parquet {
    fn read(&mut self, record: &mut Record) -> Result<bool> {
        record.clear();
        self.read += 1;
        record.line = self.read;
        let Self { rows, text, .. } = self;
        let read = calmly(|| {
            let Some(row) = rows.next().transpose()? else { return Ok(false) };
            for (name, field) in row.get_column_iter() {
                text.clear();
                let no_text = || ParquetError::General(format!("bytes that are no text in column {name:?}"));
                write_field(field, text).ok_or_else(no_text)?;
                record.push(text);
            }
            Ok(true)
        });
        read.map_err(|fault| Error::Place {
            path: self.path.clone(),
            place: format!("row {}", self.read),
            found: format!("a fault ({fault})"),
            expected: "a row of numbers and texts is due".into(),
            remedy: "write the file anew, compressed by Snappy or not at all, or convert it to CSV",
        })
    }
}

fn refused(path: &Path, found: String) -> Error {
    Error::Format {
        path: path.into(),
        found,
        expected: "a Parquet file of plain columns".into(),
        remedy: "write it anew, or convert it to CSV",
    }
}

/// What `action` gives; a fault in place of a panic, which a damaged file must not lead to.
fn calmly<R>(action: impl FnOnce() -> Result<R, ParquetError>) -> Result<R, ParquetError> {
    catch_unwind(AssertUnwindSafe(action))
        .unwrap_or_else(|_| Err(ParquetError::General("it is damaged".into())))
}

fn is_plain(column: &Type) -> bool {
    let info = column.get_basic_info();
    column.is_primitive() && !(info.has_repetition() && info.repetition() == Repetition::REPEATED)
}

fn kind(column: &Type) -> Kind {
    use ConvertedType::{DATE, DECIMAL, TIME_MICROS, TIME_MILLIS, TIMESTAMP_MICROS, TIMESTAMP_MILLIS};
    use LogicalType::{Date, Decimal, Float16, Time, Timestamp};
    let info = column.get_basic_info();
    let (converted, logical) = (info.converted_type(), info.logical_type_ref());
    let times = [DATE, TIME_MILLIS, TIME_MICROS, TIMESTAMP_MILLIS, TIMESTAMP_MICROS];
    let is_time =
        times.contains(&converted) || matches!(logical, Some(Date | Time { .. } | Timestamp { .. }));
    let is_number = converted == DECIMAL || matches!(logical, Some(Decimal { .. } | Float16));
    match column.get_physical_type() {
        Physical::INT32 | Physical::INT64 | Physical::FLOAT | Physical::DOUBLE if !is_time => Kind::Numbers,
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY if is_number => Kind::Numbers,
        _ => Kind::Categories,
    }
}

/// Writes a value as text tables have it; `None` for bytes that are no text.
fn write_field(field: &Field, text: &mut Vec<u8>) -> Option<()> {
    match field {
        Field::Null => Ok(()),
        Field::Str(value) => text.write_all(value.as_bytes()),
        Field::Bytes(value) => text.write_all(str::from_utf8(value.data()).ok()?.as_bytes()),
        Field::Float(value) => write!(text, "{value}"),
        Field::Double(value) => write!(text, "{value}"),
        other => write!(text, "{other}"),
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use std::panic;

    use crate::source::tests::file;
    use crate::table::{self, Column, Kind, Options, Table};

    /// Written by pyarrow, compressed by Snappy and by Zstandard.
    const FLOWERS: &[u8] = include_bytes!("../../tests/parquet/flowers.parquet");
    const ZSTD: &[u8] = include_bytes!("../../tests/parquet/zstd.parquet");
    const LISTS: &[u8] = include_bytes!("../../tests/parquet/lists.parquet");

    fn read(bytes: &[u8]) -> crate::Result<Table> {
        let (_folder, path) = file(bytes);
        table::read(path, &Options::default())
    }

    #[test]
    fn columns_have_the_types_of_the_file() {
        let table = read(FLOWERS).unwrap();
        assert_eq!(table.rows(), 40);
        let kinds: Vec<_> =
            table.names().iter().zip(table.columns()).map(|(n, c)| (&n[..], c.kind())).collect();
        let (numbers, categories) = (Kind::Numbers, Kind::Categories);
        assert_eq!(
            kinds,
            [
                ("width", numbers),
                ("count", numbers),
                ("price", numbers),
                ("half", numbers),
                ("wild", categories),
                ("colour", categories),
                ("seen", categories),
                ("code", categories),
            ]
        );
        let Column::Numbers(width) = &table.columns()[0] else { panic!("numbers") };
        assert_eq!((width[0], width[1]), (0.1, 1.1));
        let missing = |column: usize| (0..40).filter(|&row| table.columns()[column].is_missing(row)).count();
        assert_eq!((missing(0), missing(1), missing(5)), (0, 8, 4));
        let Column::Categories { names, .. } = &table.columns()[5] else { panic!("texts") };
        assert_eq!(names, &["rouge", "blå", "赤"]);
        let Column::Numbers(price) = &table.columns()[2] else { panic!("numbers") };
        assert_eq!(price[3], 3.25);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let message = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(message(LISTS).contains("lists or columns in the column \"points\""), "{}", message(LISTS));
        let zstd = message(ZSTD);
        assert!(zstd.contains("row 1") && zstd.to_lowercase().contains("zstd"), "{zstd}");
        assert!(message(&FLOWERS[..FLOWERS.len() - 9]).contains("a fault ("));
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let (mut refused, mut read_all) = (0, 0);
        for place in 0..FLOWERS.len() {
            let mut bytes = FLOWERS.to_vec();
            bytes[place] ^= [0x01, 0x80, 0xff][place % 3];
            match read(&bytes) {
                Ok(_) => read_all += 1,
                Err(_) => refused += 1,
            }
        }
        panic::set_hook(hook);
        assert!(refused > read_all / 10, "{refused} refused, {read_all} read");
    }
}

//! One value of a raw row, as a program has it before it is in any table.

use std::borrow::Cow;

use crate::field::{Field, parse};

/// One value of a row: what a field of a table is, without a file around it. A text means what it would mean in a CSV file:
/// `"5.1"` is a number where one is expected, and `""`, `"NA"` or `"?"` is a missing value.
///
/// ```
/// use dnn_data::RawValue;
///
/// let row: [RawValue; 4] = [5.1.into(), "red".into(), true.into(), None::<f64>.into()];
/// assert_eq!(row[3], RawValue::Missing);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RawValue<'a> {
    /// None.
    #[default]
    Missing,
    /// A number; NaN counts as missing.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
}

/// A value as a column takes it.
pub(super) enum Cell<T> {
    Value(T),
    Missing,
    /// Neither: what was found, in words.
    Other(String),
}

impl RawValue<'_> {
    /// As a column of numbers takes it.
    pub(super) fn number(&self) -> Cell<f64> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Number(number) if number.is_nan() => Cell::Missing,
            Self::Number(number) if number.is_finite() => Cell::Value(*number),
            Self::Number(number) => Cell::Other(number.to_string()),
            Self::Text(text) => match parse(text.trim_matches(' ').as_bytes()) {
                Field::Number(number) => Cell::Value(number),
                Field::Missing => Cell::Missing,
                Field::Text => Cell::Other(crate::table::quoted(text)),
            },
        }
    }

    /// A number that must be there; else what was found, in words.
    pub(crate) fn finite(&self) -> Result<f64, String> {
        match self.number() {
            Cell::Value(number) => Ok(number),
            Cell::Missing => Err("no value".into()),
            Cell::Other(found) => Err(found),
        }
    }

    /// As a column of categories takes it.
    pub(super) fn text(&self) -> Cell<Cow<'_, str>> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Number(number) if number.is_nan() => Cell::Missing,
            // −0 is 0, as in a table.
            Self::Number(number) => Cell::Value((number + 0.0).to_string().into()),
            Self::Text(text) => match text.trim_matches(' ') {
                text if crate::field::missing(text.as_bytes()) => Cell::Missing,
                text => Cell::Value(text.into()),
            },
        }
    }
}

impl<'a> From<&'a str> for RawValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for RawValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for RawValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for RawValue<'_> {
    /// The text `true` or `false`, as JSON lines have it.
    fn from(value: bool) -> Self {
        Self::Text(if value { "true" } else { "false" }.into())
    }
}

/// From numbers, rounded to the nearest f64 beyond 2⁵³, as a file's field is.
macro_rules! from_numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for RawValue<'_> {
            fn from(number: $kind) -> Self {
                Self::Number(number as f64)
            }
        }
    )*};
}
from_numbers!(f64, f32, i8, i16, i32, i64, u8, u16, u32, u64, usize);

impl<'a, V: Into<RawValue<'a>>> From<Option<V>> for RawValue<'a> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

//! What one field of a text file holds: a number, nothing, or text.

/// A field, once its quotes and the spaces around it are gone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Field {
    /// A finite number.
    Number(f64),
    /// One of [`MISSING`], or empty.
    Missing,
    /// Anything else.
    Text,
}

/// Beside the empty field, what stands for a missing value, in any case.
const MISSING: [&str; 6] = ["na", "n/a", "nan", "null", "none", "?"];

/// Tells what `field` holds. A number is written as `-12`, `.5` or `1.5e-3`; infinite ones, and those with anything
/// around them, are text.
pub(crate) fn parse(field: &[u8]) -> Field {
    match fast_float2::parse::<f64, _>(field) {
        Ok(number) if number.is_finite() => Field::Number(number),
        _ if missing(field) => Field::Missing,
        _ => Field::Text,
    }
}

/// Whether `field` stands for a missing value.
pub(crate) fn missing(field: &[u8]) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_missing_values_and_text_are_told_apart() {
        for (field, number) in [("0", 0.0), ("-12.5", -12.5), ("+3", 3.0), (".5", 0.5), ("1e-3", 1e-3)] {
            assert_eq!(parse(field.as_bytes()), Field::Number(number));
        }
        for field in ["", "NA", "na", "NaN", "N/A", "null", "NULL", "None", "?"] {
            assert_eq!(parse(field.as_bytes()), Field::Missing, "{field}");
        }
        for field in ["inf", "-infinity", "1e999", "1,5", "12 kg", "0x10", "-", "??", "1 000"] {
            assert_eq!(parse(field.as_bytes()), Field::Text, "{field}");
        }
    }
}

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
    if let Some(number) = short_decimal(field) {
        return Field::Number(number);
    }
    match fast_float2::parse::<f64, _>(field) {
        Ok(number) if number.is_finite() => Field::Number(number),
        _ if missing(field) => Field::Missing,
        _ => Field::Text,
    }
}

/// A number of at most 15 digits without an exponent, as most are: digits and power of ten are then exact in f64, and so their
/// quotient is rounded once, that is, correctly (W. D. Clinger, PLDI 1990).
fn short_decimal(field: &[u8]) -> Option<f64> {
    let (negative, digits) = match field.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, field),
    };
    if digits.len() > 16 {
        return None;
    }
    let (mut whole, mut point) = (0_u64, None);
    for (place, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = 10 * whole + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(place),
            _ => return None,
        }
    }
    let places = point.map_or(0, |place| digits.len() - 1 - place);
    let count = digits.len() - usize::from(point.is_some());
    let power = POWERS.get(places).filter(|_| (1..=15).contains(&count))?;
    let number = whole as f64 / power;
    Some(if negative { -number } else { number })
}

/// Powers of ten, all exact.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Whether `field` stands for a missing value.
pub(crate) fn missing(field: &[u8]) -> bool {
    field.is_empty() || MISSING.iter().any(|word| field.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_numbers_are_the_nearest_there_are() {
        for text in
            ["-0", "00.10", "3.", ".5", "-1.2345678", "999999999999999", "0.1", "123456789012345.6", "5e-324"]
        {
            let Field::Number(number) = parse(text.as_bytes()) else { panic!("{text}") };
            assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
        for text in ["-", ".", "", "1.2.3", "--1", "1-"] {
            assert!(!matches!(parse(text.as_bytes()), Field::Number(_)), "{text}");
        }
    }

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

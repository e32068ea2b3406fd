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
/// quotient is rounded once, that is, correctly (W. D. Clinger, PLDI 1990). All digits are looked at together, as the bytes of
/// one integer, and nothing branches on them.
fn short_decimal(field: &[u8]) -> Option<f64> {
    let negative = usize::from(field.first() == Some(&b'-'));
    let text = &field[negative..];
    let mut digits = right_aligned(text)?;
    let (mut count, mut places) = (text.len(), 0);
    let points = digits ^ (0x2e * EACH);
    let points = points.wrapping_sub(EACH) & !points & (0x80 * EACH);
    if points != 0 {
        places = points.trailing_zeros() as usize / 8;
        count -= 1;
        // What stands before the point moves to its place.
        let behind = (1 << (8 * places)) - 1;
        digits = (digits >> 8 & !behind) | (digits & behind) | (0x30 << 120);
    }
    let power = POWERS.get(places).filter(|_| (1..=15).contains(&count))?;
    let number = whole(digits)? as f64 / power;
    Some(f64::from_bits(number.to_bits() | (negative as u64) << 63))
}

/// Times a byte: that byte in each of 16 places.
const EACH: u128 = u128::from_ne_bytes([1; 16]);

/// Up to 16 bytes, the last of them lowest, with `'0'` in the places before the first.
fn right_aligned(text: &[u8]) -> Option<u128> {
    let length = text.len();
    // Where the first bytes and the last overlap, they are the same.
    let bytes = match length {
        16 => return text.try_into().ok().map(u128::from_be_bytes),
        8..16 => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            u128::from(u64::from_be_bytes(*first)) << (8 * (length - 8))
                | u128::from(u64::from_be_bytes(*last))
        }
        4..8 => {
            let (first, last) = (text.first_chunk()?, text.last_chunk()?);
            u128::from(u32::from_be_bytes(*first)) << (8 * (length - 4))
                | u128::from(u32::from_be_bytes(*last))
        }
        1..4 => text.iter().fold(0, |bytes, &byte| bytes << 8 | u128::from(byte)),
        _ => return None,
    };
    Some(bytes | (0x30 * EACH) << (8 * length))
}

/// The number that 16 digits are, if they are digits.
fn whole(text: u128) -> Option<u64> {
    let digits = text ^ (0x30 * EACH);
    // A digit is now 0 to 9: six more do not reach the upper half of its byte.
    if (digits | digits.wrapping_add(6 * EACH)) & (0xf0 * EACH) != 0 {
        return None;
    }
    let eight = |digits: u64| {
        let pairs = (digits >> 8 & 0x00ff_00ff_00ff_00ff) * 10 + (digits & 0x00ff_00ff_00ff_00ff);
        let fours = (pairs >> 16 & 0x0000_ffff_0000_ffff) * 100 + (pairs & 0x0000_ffff_0000_ffff);
        (fours >> 32) * 10_000 + (fours & 0xffff_ffff)
    };
    Some(eight((digits >> 64) as u64) * 100_000_000 + eight(digits as u64))
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
    use dnn_core::random::{Key, Purpose, Stream};

    #[test]
    fn short_and_long_numbers_are_the_nearest_there_are() {
        for text in [
            "-0",
            "00.10",
            "3.",
            ".5",
            "7",
            "42",
            "-1.2345678",
            "12.5",
            "123456.7",
            "12345678",
            "999999999999999",
            "99999999999999.9",
            "-.999999999999999",
            "0.1",
            "0000000000000001",
            "123456789012345.6",
            "5e-324",
        ] {
            let Field::Number(number) = parse(text.as_bytes()) else { panic!("{text}") };
            assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
        for text in [
            "-",
            ".",
            "",
            "1.2.3",
            "--1",
            "1-",
            "1:5",
            "12/34567",
            "1234567890x",
            "1.2345.67",
            "\u{ff11}234567",
        ] {
            assert!(!matches!(parse(text.as_bytes()), Field::Number(_)), "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_number_is_read_as_the_standard_library_reads_it() {
        let mut draws = Stream::new(Key::new(1, Purpose::Data));
        for _ in 0..200_000 {
            let text: String =
                (0..1 + draws.below(18)).map(|_| char::from(b"00123456789..-"[draws.below(14)])).collect();
            let expected = text.parse::<f64>().map(f64::to_bits).ok();
            let Field::Number(number) = parse(text.as_bytes()) else {
                assert!(expected.is_none(), "{text}");
                continue;
            };
            assert_eq!(Some(number.to_bits()), expected, "{text}");
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

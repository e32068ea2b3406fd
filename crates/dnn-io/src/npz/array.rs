//! One array of an NPZ file, in the NPY format, versions 1 to 3.
//!
//! The format: NumPy, "NEP 1 — A simple file format for NumPy arrays".

use dnn_core::Real;

use crate::modules::transposed;
use crate::numbers::{self, Float};

const MAGIC: &[u8] = b"\x93NUMPY";
/// Data begin at a multiple of this.
const ALIGN: usize = 64;
/// Bytes before the header's text in version 1.
const START: usize = 10;

/// An array as it was found.
pub(super) struct Array<T> {
    pub(super) shape: Vec<usize>,
    /// Row by row; none if they are no numbers that `T` holds.
    pub(super) values: Option<Vec<T>>,
    /// What the header calls its type.
    pub(super) kind: String,
}

/// The bytes of an array, its `values` row by row.
pub(super) fn write<T: Real>(shape: &[usize], values: &[T]) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(|size| format!("{size},")).collect();
    let (bytes, sizes) = (T::BYTES, sizes.join(" "));
    let header = format!("{{'descr': '<f{bytes}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let length = (START + header.len() + 1).next_multiple_of(ALIGN) - START;
    let mut array = [MAGIC, &[1, 0], &(length as u16).to_le_bytes()].concat();
    array.extend(header.as_bytes());
    array.resize(START + length - 1, b' ');
    array.push(b'\n');
    array.extend(numbers::write(values));
    array
}

/// The array of these bytes, or what was found wrong.
pub(super) fn read<T: Real>(bytes: &[u8]) -> Result<Array<T>, &'static str> {
    let (header, data) = split(bytes).ok_or("no array")?;
    let kind = between(header, "'descr': '", "'").unwrap_or("structured");
    let shape = between(header, "'shape': (", ")").ok_or("an array without a shape")?;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    let shape: Vec<usize> = sizes.map(str::parse).collect::<Result<_, _>>().map_err(|_| "a damaged shape")?;
    let fortran = match between(header, "'fortran_order': ", ",") {
        Some("False") => false,
        Some("True") => true,
        _ => return Err("an array without an order"),
    };
    let float = match kind {
        "<f2" => Some(Float::F16),
        "<f4" => Some(Float::F32),
        "<f8" => Some(Float::F64),
        _ => None,
    };
    // Other types, and orders of more axes than a network's tensors have, matter only if that array is needed.
    let Some(float) = float.filter(|_| !fortran || shape.len() <= 2) else {
        let kind = if fortran { format!("{kind} in Fortran's order") } else { kind.into() };
        return Ok(Array { shape, values: None, kind });
    };
    let length = shape.iter().try_fold(float.bytes(), |bytes, &size| bytes.checked_mul(size));
    if length != Some(data.len()) {
        return Err("fewer or more numbers than the shape has");
    }
    let mut values = float.read(data);
    if let (true, &[rows, columns], Some(columnwise)) = (fortran, &shape[..], &values) {
        values = Some(transposed(columnwise, (rows, columns)));
    }
    Ok(Array { shape, values, kind: kind.into() })
}

/// The header's text, and what follows it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = match rest {
        [1, 0, a, b, rest @ ..] => (u32::from_le_bytes([*a, *b, 0, 0]), rest),
        [2 | 3, 0, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]), rest),
        _ => return None,
    };
    let (header, data) = rest.split_at_checked(length as usize)?;
    Some((std::str::from_utf8(header).ok()?, data))
}

/// What stands between `start` and the `end` after it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An array with this header, as version 2.
    fn array(header: &str, data: &[u8]) -> Vec<u8> {
        [MAGIC, &[2, 0], &(header.len() as u32).to_le_bytes(), header.as_bytes(), data].concat()
    }

    fn header(kind: &str, order: &str, shape: &str) -> String {
        format!("{{'descr': {kind}, 'fortran_order': {order}, 'shape': {shape}, }}")
    }

    #[test]
    fn arrays_of_any_number_of_axes_come_back() {
        for shape in [&[2, 3][..], &[6], &[], &[0, 5], &[1, 2, 3]] {
            let values: Vec<f64> = (0..shape.iter().product()).map(|value| value as f64).collect();
            let bytes = write(shape, &values);
            assert_eq!((bytes.len() - values.len() * 8) % ALIGN, 0);
            let array = read::<f64>(&bytes).unwrap();
            assert_eq!((&array.shape[..], array.values), (shape, Some(values)));
        }
    }

    #[test]
    fn columns_are_turned_to_rows() {
        let data = numbers::write(&[11.0_f32, 21.0, 12.0, 22.0]);
        let array = read::<f32>(&array(&header("'<f4'", "True", "(2, 2)"), &data)).unwrap();
        assert_eq!(array.values.unwrap(), [11.0, 12.0, 21.0, 22.0]);
    }

    #[test]
    fn other_types_are_kept_by_name() {
        for (kind, name) in [("'<i8'", "<i8"), ("'>f4'", ">f4"), ("[('a', '<f4')]", "structured")] {
            let array = read::<f32>(&array(&header(kind, "False", "(1,)"), &[0; 8])).unwrap();
            assert_eq!((array.values, array.kind.as_str()), (None, name));
        }
    }

    #[test]
    fn hostile_headers_are_refused() {
        for shape in ["(99999999999999999999,)", "(4294967296, 4294967296)", "(-1,)", "(3,)", "(1"] {
            assert!(read::<f32>(&array(&header("'<f4'", "False", shape), &[0; 4])).is_err(), "{shape}");
        }
        assert!(read::<f32>(&array(&header("'<f4'", "Maybe", "(1,)"), &[0; 4])).is_err());
        assert!(read::<f32>(b"\x93NUMPY\x02\0\xff\xff\xff\xff").is_err());
        assert!(read::<f32>(&array(&"(".repeat(60_000), &[])).is_err());
    }
}

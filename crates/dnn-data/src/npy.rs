//! NPY files, as `numpy.save` writes them, plain or gzipped: arrays of numbers with any number of axes.
//!
//! The first axis counts the examples. Each is flattened in C order (its last axis fastest), whichever order the file
//! uses. The header is read once by us, to choose the type and check the length before anything is allocated, and once
//! by `ndarray-npy`, which does the rest.

use std::path::Path;

use dnn_core::Real;
use ndarray::ArrayD;
use ndarray_npy::{ReadNpyError, ReadNpyExt, ReadableElement, npy::header::Header};
use num_traits::ToPrimitive;

use crate::examples::length;
use crate::source::Source;
use crate::{Dataset, Error, Examples, Result};

const WHAT: &str = "an NPY file";

/// A header longer than this is taken for damage; NumPy's own are below 200 bytes.
const LONGEST_HEADER: usize = 1 << 16;

/// The parser of the header recurses at each bracket, so a hostile one could exhaust the stack; NumPy writes two pairs.
const MOST_BRACKETS: usize = 16;

/// Reads examples of type `u1`, `u2`, `u4`, `u8`, `i1`, `i2`, `i4`, `i8`, `f4`, `f8` or `b1`, of either byte order.
///
/// An array of shape `(m, …)` gives `(features, m)` and the shape `[…]`; whatever `T` cannot hold is rounded to the
/// nearest.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Read`]; [`Error::Format`] for another kind of file, another type, or no axis;
/// [`Error::Truncated`], [`Error::Trailing`] and [`Error::TooLarge`] if header and data do not fit.
pub fn read<T: Real>(path: impl AsRef<Path>) -> Result<Examples<T>> {
    read_source(Source::open(WHAT, path.as_ref())?)
}

/// [`read`] from what `reader` gives, which messages call `name`.
///
/// # Errors
/// As [`read`].
pub fn read_from<T: Real>(
    name: impl AsRef<Path>,
    reader: impl std::io::Read + Send + 'static,
) -> Result<Examples<T>> {
    read_source(Source::new(name.as_ref(), Box::new(reader))?)
}

/// Reads examples from a file that is open.
pub(crate) fn read_source<T: Real>(mut source: Source) -> Result<Examples<T>> {
    let path = &source.path().to_path_buf();
    let mut bytes = Vec::new();
    let header = header(&mut source, path, &mut bytes)?;
    let descriptor = header.type_descriptor.to_string();
    let kind = descriptor.trim_matches('\'').trim_start_matches(['<', '>', '|', '=']);
    let (size, decode) = decoder::<T>(kind).ok_or_else(|| Error::Format {
        path: path.into(),
        found: format!("elements of type {descriptor}"),
        expected: "a real number of a size from u1 to f8".into(),
        remedy: "convert it, for instance with `array.astype('f4')`",
    })?;
    let count = length(&header.shape)
        .ok_or_else(|| Error::TooLarge { path: path.into(), shape: header.shape.clone() })?;
    source.read_rest(count * size, &mut bytes)?;
    Examples::new(path, &header.shape, decode(&bytes).map_err(|error| damaged(path, error.to_string()))?)
}

/// Reads class numbers: one axis of whole numbers, of any type.
///
/// # Errors
/// As [`read`]; [`Error::Label`] for a value that is no class number, [`Error::Count`] if a label is more than a number.
pub fn read_labels(path: impl AsRef<Path>) -> Result<Vec<usize>> {
    read::<f64>(path)?.into_labels()
}

/// Reads a file of examples and the file of their labels; classes are named by their numbers.
///
/// # Errors
/// As [`read`] and [`read_labels`]; [`Error::Count`] if one has more entries than the other.
pub fn read_dataset<T: Real>(examples: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Dataset<T>> {
    Dataset::numbered(read(examples)?, read_labels(labels)?)
}

/// Reads the header alone into `bytes`, and what it says.
fn header(source: &mut Source, path: &Path, bytes: &mut Vec<u8>) -> Result<Header> {
    source.read(8, bytes)?;
    // Version 1 has 2 bytes for the size of the rest of the header, later ones have 4.
    let size_bytes = match bytes[..] {
        [0x93, b'N', b'U', b'M', b'P', b'Y', version @ 1..=3, 0] => {
            if version == 1 {
                2
            } else {
                4
            }
        }
        _ => return Err(damaged(path, format!("the first bytes {bytes:02x?}"))),
    };
    source.read(size_bytes, bytes)?;
    let size = bytes[8..].iter().rev().fold(0, |size, &byte| size << 8 | usize::from(byte));
    if size > LONGEST_HEADER {
        return Err(damaged(path, format!("a header of {size} bytes or more")));
    }
    source.read(size, bytes)?;
    let brackets = bytes.iter().filter(|byte| b"([{".contains(byte)).count();
    if brackets > MOST_BRACKETS {
        return Err(damaged(path, format!("a header with {brackets} brackets")));
    }
    let header =
        Header::from_reader(&mut bytes.as_slice()).map_err(|error| damaged(path, error.to_string()))?;
    match header.shape.len() {
        0 => Err(damaged(path, "a single number".into())),
        _ => Ok(header),
    }
}

fn damaged(path: &Path, found: String) -> Error {
    Error::Format {
        path: path.into(),
        found,
        expected: "an NPY array with at least one axis".into(),
        remedy: "save it again with `numpy.save`",
    }
}

/// From a whole file to its values, each example in C order.
type Decode<T> = fn(&[u8]) -> Result<Vec<T>, ReadNpyError>;

/// Bytes of an element of type `kind`, and how to read a file of them.
fn decoder<T: Real>(kind: &str) -> Option<(usize, Decode<T>)> {
    Some(match kind {
        "u1" => (1, decode::<u8, T> as Decode<T>),
        "u2" => (2, decode::<u16, T>),
        "u4" => (4, decode::<u32, T>),
        "u8" => (8, decode::<u64, T>),
        "i1" => (1, decode::<i8, T>),
        "i2" => (2, decode::<i16, T>),
        "i4" => (4, decode::<i32, T>),
        "i8" => (8, decode::<i64, T>),
        "f4" => (4, decode::<f32, T>),
        "f8" => (8, decode::<f64, T>),
        "b1" => (1, decode_bools),
        _ => return None,
    })
}

fn decode<A: ReadableElement + ToPrimitive + Copy, T: Real>(bytes: &[u8]) -> Result<Vec<T>, ReadNpyError> {
    let array = ArrayD::<A>::read_npy(bytes)?;
    Ok(array.iter().map(|&value| T::from(value).unwrap_or_else(T::nan)).collect())
}

fn decode_bools<T: Real>(bytes: &[u8]) -> Result<Vec<T>, ReadNpyError> {
    let array = ArrayD::<bool>::read_npy(bytes)?;
    Ok(array.iter().map(|&value| if value { T::one() } else { T::zero() }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{file, gzip};
    use ndarray::{Array, Array3, ArrayBase, Data, Dimension, ShapeBuilder, array};
    use ndarray_npy::{WritableElement, WriteNpyExt};

    fn npy<A: WritableElement, S: Data<Elem = A>, D: Dimension>(array: &ArrayBase<S, D>) -> Vec<u8> {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).unwrap();
        bytes
    }

    fn read_bytes<T: Real>(bytes: &[u8]) -> Result<Examples<T>> {
        let (_folder, path) = file(bytes);
        read(path)
    }

    #[test]
    fn examples_are_flattened_in_c_order_from_either_order() {
        let c = Array3::from_shape_fn((2, 3, 2), |(example, row, column)| {
            (example * 100 + row * 10 + column) as f32
        });
        let mut fortran = Array3::zeros((2, 3, 2).f());
        fortran.assign(&c);
        assert_ne!(npy(&c), npy(&fortran));
        for bytes in [npy(&c), npy(&fortran), gzip(&npy(&c))] {
            let examples = read_bytes::<f64>(&bytes).unwrap();
            let stored = examples.values.t();
            let expected = [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121].map(f64::from);
            assert_eq!((stored.as_slice().unwrap(), &examples.shape[..]), (&expected[..], &[3, 2][..]));
        }
    }

    #[test]
    fn every_real_type_is_read() {
        let values = |bytes: Vec<u8>| read_bytes::<f32>(&bytes).unwrap().values.into_raw_vec_and_offset().0;
        assert_eq!(values(npy(&array![0_u8, 255])), [0.0, 255.0]);
        assert_eq!(values(npy(&array![-7_i32, 70_000])), [-7.0, 70_000.0]);
        assert_eq!(values(npy(&array![-7_i64, 1 << 40])), [-7.0, (1_u64 << 40) as f32]);
        assert_eq!(values(npy(&array![0.1_f32, f32::INFINITY])), [0.1, f32::INFINITY]);
        assert_eq!(values(npy(&array![0.1_f64, 1e300])), [0.1, f32::INFINITY]);
        assert_eq!(values(npy(&array![true, false])), [1.0, 0.0]);
        assert_eq!(values(npy(&array![-1_i8, 5])), values(npy(&array![-1_i16, 5])));
    }

    #[test]
    fn the_other_byte_order_is_read() {
        let mut bytes = npy(&array![1.0_f32]);
        let (place, end) = (bytes.iter().position(|&byte| byte == b'<').unwrap(), bytes.len());
        bytes[place] = b'>';
        bytes[end - 4..].reverse();
        assert_eq!(read_bytes::<f32>(&bytes).unwrap().values, array![[1.0]]);
    }

    #[test]
    fn types_that_are_no_real_numbers_are_refused_by_name() {
        let mut bytes = npy(&array![1.0_f32]);
        let place = bytes.windows(3).position(|three| three == b"<f4").unwrap();
        bytes[place..place + 3].copy_from_slice(b"<U1");
        let message = read_bytes::<f32>(&bytes).unwrap_err().to_string();
        assert!(message.contains("has elements of type '<U1'"), "{message}");
    }

    #[test]
    fn a_file_that_does_not_fit_its_header_is_refused() {
        let bytes = npy(&array![[1_i64, 2], [3, 4]]);
        let end = bytes.len();
        assert!(matches!(
            read_bytes::<f32>(&bytes[..end - 1]),
            Err(Error::Truncated { found: 31, expected: 32, .. })
        ));
        assert!(matches!(read_bytes::<f32>(&[&bytes[..], b"x"].concat()), Err(Error::Trailing { .. })));
        for cut in [0, 5, 9, 10, 11, 60] {
            assert!(matches!(read_bytes::<f32>(&bytes[..cut]), Err(Error::Format { .. })), "{cut}");
        }
        assert!(matches!(read_bytes::<f32>(&npy(&Array::from_elem((), 1.0_f32))), Err(Error::Format { .. })));
    }

    #[test]
    fn a_hostile_header_neither_fills_memory_nor_the_stack() {
        let file = |header: &str, version: u8| {
            let size = (header.len() as u32).to_le_bytes();
            let size = if version == 1 { &size[..2] } else { &size[..] };
            [b"\x93NUMPY", &[version, 0][..], size, header.as_bytes()].concat()
        };
        let shape = |shape: &str| {
            file(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}\n"), 2)
        };
        assert!(matches!(read_bytes::<f32>(&shape("99999999999,")), Err(Error::Truncated { found: 0, .. })));
        assert!(matches!(read_bytes::<f32>(&shape("4294967296, 4294967296")), Err(Error::TooLarge { .. })));
        assert!(matches!(read_bytes::<f32>(&shape("99999999999999999999,")), Err(Error::Format { .. })));
        assert!(matches!(read_bytes::<f32>(&file(&"(".repeat(60_000), 1)), Err(Error::Format { .. })));
        assert!(matches!(read_bytes::<f32>(b"\x93NUMPY\x02\0\xff\xff\xff\xff"), Err(Error::Format { .. })));
        assert_eq!(read_bytes::<f32>(&shape("0, 3")).unwrap().values.dim(), (3, 0));
    }

    #[test]
    fn labels_belong_to_their_examples() {
        let (_x_folder, x) = file(&npy(&array![[1.0_f64, 2.0], [3.0, 4.0]]));
        let (_y_folder, y) = file(&npy(&array![1_i64, 0]));
        assert_eq!(read_dataset::<f32>(&x, &y).unwrap().labels(), [1, 0]);
        assert!(read_labels(&x).is_err());
        let (_negative_folder, negative) = file(&npy(&array![-1_i64, 0]));
        assert!(matches!(read_labels(&negative), Err(Error::Label { position: 0, .. })));
    }
}

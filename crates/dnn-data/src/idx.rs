//! IDX files, plain or gzipped: the format of MNIST and its relatives (<http://yann.lecun.com/exdb/mnist>, "The IDX file
//! format").
//!
//! A big-endian header (two zero bytes, the type of the elements, the number of axes, the size of each as u32), then the
//! elements, big-endian, the last axis fastest. The first axis counts the examples. So the elements of an image file are
//! already stored example by example, and no number moves.

use std::path::Path;

use dnn_core::Real;

use crate::examples::length;
use crate::source::Source;
use crate::{Dataset, Error, Examples, Result};

const WHAT: &str = "an IDX file";

/// Type of the elements, by its code in the header.
#[derive(Debug, Clone, Copy)]
enum Element {
    U8 = 0x08,
    I8 = 0x09,
    I16 = 0x0b,
    I32 = 0x0c,
    F32 = 0x0d,
    F64 = 0x0e,
}

/// Reads examples: an image file of `m` pictures gives `(pixels, m)` and the shape `[height, width]`.
///
/// Values stay as they are stored, 0 to 255 in most files; whatever `T` cannot hold is rounded to the nearest.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Read`]; [`Error::Format`] for another kind of file, [`Error::Truncated`],
/// [`Error::Trailing`] and [`Error::TooLarge`] if header and data do not fit.
pub fn read<T: Real>(path: impl AsRef<Path>) -> Result<Examples<T>> {
    let path = path.as_ref();
    let mut source = Source::open(WHAT, path)?;
    let (element, shape) = header(&mut source, path)?;
    let too_large = || Error::TooLarge { path: path.into(), shape: shape.clone() };
    let count = length(&shape).ok_or_else(too_large)?;
    let mut bytes = Vec::new();
    source.read_rest(count * element.bytes(), &mut bytes)?;
    Examples::new(path, &shape, element.decode(&bytes))
}

/// Reads class numbers.
///
/// # Errors
/// As [`read`]; [`Error::Label`] for a value that is no class number, [`Error::Count`] if a label is more than a number.
fn read_labels(path: impl AsRef<Path>) -> Result<Vec<usize>> {
    read::<f64>(path)?.into_labels()
}

/// Reads a file of examples and the file of their labels; classes are named by their numbers.
///
/// # Errors
/// As [`read`]; [`Error::Label`] for a label that is no class number; [`Error::Count`] if one has more entries than the other.
pub fn read_dataset<T: Real>(examples: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Dataset<T>> {
    Dataset::numbered(read(examples)?, read_labels(labels)?)
}

/// Type of the elements and size of each axis.
fn header(source: &mut Source, path: &Path) -> Result<(Element, Vec<usize>)> {
    let mut bytes = Vec::new();
    source.read(4, &mut bytes)?;
    let (element, axes) = match bytes[..] {
        [0, 0, code, axes] if axes > 0 && Element::of(code).is_some() => (Element::of(code), axes),
        _ => (None, 0),
    };
    let element = element.ok_or_else(|| Error::Format {
        path: path.into(),
        found: format!("the first bytes {bytes:02x?}"),
        expected: "an IDX header [00, 00, type 08 to 0e, number of axes]".into(),
        remedy: "give an IDX file, plain or gzipped",
    })?;
    let expected = 4 * usize::from(axes);
    let mut sizes = Vec::new();
    let found = source.read(expected, &mut sizes)?;
    if found < expected {
        return Err(Error::Truncated { path: path.into(), found, expected });
    }
    let (sizes, _) = sizes.as_chunks();
    Ok((element, sizes.iter().map(|&size| u32::from_be_bytes(size) as usize).collect()))
}

impl Element {
    fn of(code: u8) -> Option<Self> {
        use Element::*;
        [U8, I8, I16, I32, F32, F64].into_iter().find(|&element| element as u8 == code)
    }

    fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn decode<T: Real>(self, bytes: &[u8]) -> Vec<T> {
        match self {
            Self::U8 => each(bytes, |[byte]| byte.into()),
            Self::I8 => each(bytes, |bytes| i8::from_be_bytes(bytes).into()),
            Self::I16 => each(bytes, |bytes| i16::from_be_bytes(bytes).into()),
            Self::I32 => each(bytes, |bytes| i32::from_be_bytes(bytes).into()),
            Self::F32 => each(bytes, |bytes| f32::from_be_bytes(bytes).into()),
            Self::F64 => each(bytes, f64::from_be_bytes),
        }
    }
}

/// One number from each `N` bytes.
fn each<T: Real, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|&bytes| T::of(number(bytes))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::{file, gzip};
    use ndarray::array;

    fn idx(code: u8, shape: &[u32], data: &[u8]) -> Vec<u8> {
        let sizes = shape.iter().flat_map(|size| size.to_be_bytes());
        [0, 0, code, shape.len() as u8].into_iter().chain(sizes).chain(data.iter().copied()).collect()
    }

    fn read_bytes(bytes: &[u8]) -> Result<Examples<f32>> {
        let (_folder, path) = file(bytes);
        read(path)
    }

    #[test]
    fn pictures_become_columns_plain_and_gzipped() {
        let stored = idx(8, &[2, 1, 3], &[1, 2, 3, 4, 5, 255]);
        for bytes in [stored.clone(), gzip(&stored), [gzip(&stored[..9]), gzip(&stored[9..])].concat()] {
            let examples = read_bytes(&bytes).unwrap();
            assert_eq!(examples.values, array![[1.0, 4.0], [2.0, 5.0], [3.0, 255.0]]);
            assert!(examples.values.t().is_standard_layout());
            assert_eq!(examples.shape, [1, 3]);
        }
    }

    #[test]
    fn every_type_of_element_is_read() {
        let two = |code, data: &[u8]| {
            read_bytes(&idx(code, &[2], data)).unwrap().values.into_raw_vec_and_offset().0
        };
        assert_eq!(two(0x08, &[0, 255]), [0.0, 255.0]);
        assert_eq!(two(0x09, &[127, 255]), [127.0, -1.0]);
        assert_eq!(two(0x0b, &[1, 0, 255, 254]), [256.0, -2.0]);
        assert_eq!(two(0x0c, &[0, 1, 0, 0, 255, 255, 255, 253]), [65536.0, -3.0]);
        assert_eq!(two(0x0d, &[1.5_f32.to_be_bytes(), (-0.1_f32).to_be_bytes()].concat()), [1.5, -0.1]);
        assert_eq!(
            two(0x0e, &[1.5_f64.to_be_bytes(), 1e300_f64.to_be_bytes()].concat()),
            [1.5, f32::INFINITY]
        );
    }

    #[test]
    fn another_kind_of_file_is_named_as_such() {
        for bytes in [&b"\x89PNG\r\n"[..], b"", b"\0\0", &[0, 0, 0x0a, 1], &[0, 0, 8, 0], &[1, 0, 8, 1]] {
            let message = read_bytes(bytes).unwrap_err().to_string();
            assert!(message.contains("data\" has the first bytes ["), "{message}");
        }
    }

    #[test]
    fn a_header_that_does_not_fit_its_data_is_refused() {
        assert!(matches!(read_bytes(&idx(8, &[3, 1], &[1, 2])), Err(Error::Truncated { found: 2, .. })));
        assert!(matches!(read_bytes(&idx(8, &[1], &[1, 2])), Err(Error::Trailing { expected: 1, .. })));
        assert!(matches!(read_bytes(&idx(8, &[1, 2], &[])[..9]), Err(Error::Truncated { found: 5, .. })));
    }

    #[test]
    fn a_header_that_announces_more_than_memory_is_refused_without_asking_for_it() {
        let huge = u32::MAX;
        assert!(matches!(read_bytes(&idx(8, &[huge, huge, huge], &[1])), Err(Error::TooLarge { .. })));
        assert!(matches!(read_bytes(&idx(8, &[0, huge, huge, huge], &[])), Err(Error::TooLarge { .. })));
        let announced = gzip(&idx(0x0e, &[1 << 20, 1 << 20, 1 << 12], &[0; 100]));
        assert!(matches!(read_bytes(&announced), Err(Error::Truncated { found: 100, .. })));
        assert_eq!(read_bytes(&idx(8, &[0, 28, 28], &[])).unwrap().values.dim(), (784, 0));
    }

    #[test]
    fn labels_belong_to_their_examples() {
        let (_x_folder, x) = file(&idx(8, &[3, 1, 1], &[7, 8, 9]));
        let (_y_folder, y) = file(&idx(8, &[3], &[2, 0, 2]));
        let dataset = read_dataset::<f64>(&x, &y).unwrap();
        assert_eq!((dataset.labels(), dataset.classes().len()), (&[2, 0, 2][..], 3));
        let (_short_folder, short) = file(&idx(8, &[2], &[2, 0]));
        assert!(matches!(read_dataset::<f32>(&x, &short), Err(Error::Count { found: 2, .. })));
    }
}

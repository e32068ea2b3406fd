//! Numbers as the files of other programs keep them, the lowest byte first: halves, singles and doubles.

use dnn_core::Real;

/// A type of floating-point numbers in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Float {
    /// IEEE 754 binary16.
    F16,
    /// The upper half of a single.
    BF16,
    F32,
    F64,
}

impl Float {
    /// The type that a network of `T` is written in.
    pub(crate) fn of<T: Real>() -> Self {
        if T::BYTES == f32::BYTES { Self::F32 } else { Self::F64 }
    }

    /// Bytes of a number.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::BF16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// The numbers of these bytes, each the nearest that `T` has. `None` if one is finite, but too large for `T`.
    pub(crate) fn read<T: Real>(self, bytes: &[u8]) -> Option<Vec<T>> {
        let read = match self {
            Self::F16 => |bytes: &[u8]| half(u16::from_le_bytes([bytes[0], bytes[1]])),
            Self::BF16 => |bytes: &[u8]| f32::from_le_bytes([0, 0, bytes[0], bytes[1]]).wide(),
            Self::F32 => |bytes: &[u8]| f32::read(bytes).wide(),
            Self::F64 => |bytes: &[u8]| f64::read(bytes),
        };
        let nearest = |wide: f64| Some(T::of(wide)).filter(|value| value.is_finite() || !wide.is_finite());
        bytes.chunks_exact(self.bytes()).map(|bytes| nearest(read(bytes))).collect()
    }
}

/// The bytes of `values`.
pub(crate) fn write<T: Real>(values: &[T]) -> Vec<u8> {
    let mut bytes = vec![0; values.len() * T::BYTES];
    bytes.chunks_exact_mut(T::BYTES).zip(values).for_each(|(bytes, value)| value.write(bytes));
    bytes
}

/// The number of these 16 bits: sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let size = match i32::from(bits >> 10 & 0x1f) {
        0 => fraction * 2.0_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction) * 2.0_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_have_the_values_of_ieee_754() {
        let known = [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2.0_f64.powi(-24)),
            (0x03ff, 1023.0 * 2.0_f64.powi(-24)),
            (0x0400, 2.0_f64.powi(-14)),
            (0x3555, 1365.0 / 4096.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ];
        for (bits, value) in known {
            assert_eq!(half(bits), value, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn every_type_is_read_and_the_networks_own_is_written() {
        assert_eq!(Float::BF16.read::<f32>(&[0x80, 0x3f, 0x20, 0xc0]).unwrap(), [1.0, -2.5]);
        assert_eq!(Float::F16.read::<f64>(&[0x00, 0x3c]).unwrap(), [1.0]);
        let values = [0.1_f32, -3.0, f32::MAX, f32::INFINITY];
        assert_eq!(Float::of::<f32>().read::<f32>(&write(&values)).unwrap(), values);
        let values = [0.1_f64, 1e300];
        assert_eq!(Float::of::<f64>().read::<f64>(&write(&values)).unwrap(), values);
        assert_eq!(Float::F64.read::<f32>(&write(&values[..1])).unwrap(), [0.1]);
        assert_eq!(Float::F64.read::<f32>(&write(&values)), None, "1e300 is no f32");
    }
}

//! A preprocessing as bytes, for a section of a checkpoint that its container does not look into.
//!
//! All little-endian: `"DNPP"`, version u16 (1), number of steps u16, features u64, then the steps. A step is its kind u8
//! and: 1 (standardise) or 2 (range): `features` offsets f64, then `features` divisors f64; 3 (factor): f64; 4 (ranks):
//! nothing. Whatever follows the last step is an error.

use super::Preprocessing;
use super::step::{Shift, Step};
use crate::Result;
use crate::bytes::Reader;

const WHAT: &str = "preprocessing";
const MAGIC: [u8; 4] = *b"DNPP";
const VERSION: u16 = 1;

impl Preprocessing {
    /// Everything there is to know, as bytes; [`Preprocessing::from_bytes`] makes the same of them, to the bit.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        // `fit` and `from_bytes` see to it that there are no more.
        bytes.extend((self.steps.len() as u16).to_le_bytes());
        bytes.extend((self.features as u64).to_le_bytes());
        self.steps.iter().for_each(|step| write(step, &mut bytes));
        bytes
    }

    /// The preprocessing that [`Preprocessing::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`crate::Error::Bytes`] for bytes it did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::open(WHAT, bytes, MAGIC, VERSION)?;
        let steps = u16::from_le_bytes(reader.array("number of steps")?);
        let features = u64::from_le_bytes(reader.array("number of features")?);
        let features = usize::try_from(features).map_err(|_| {
            reader.wrong(format!("{features} features"), "this machine cannot address as many")
        })?;
        let steps = (0..steps).map(|_| read(features, &mut reader)).collect::<Result<_>>()?;
        reader.end("step")?;
        Ok(Self { features, steps })
    }
}

fn write(step: &Step, bytes: &mut Vec<u8>) {
    match step {
        Step::Shift { kind, offsets, divisors } => {
            bytes.push(if *kind == Shift::Standardise { 1 } else { 2 });
            bytes.extend(offsets.iter().chain(divisors).flat_map(|number| number.to_le_bytes()));
        }
        Step::Factor(factor) => {
            bytes.push(3);
            bytes.extend(factor.to_le_bytes());
        }
        Step::Ranks => bytes.push(4),
    }
}

fn read(features: usize, reader: &mut Reader<'_>) -> Result<Step> {
    let [kind] = reader.array("kind of a step")?;
    Ok(match kind {
        1 | 2 => Step::Shift {
            kind: if kind == 1 { Shift::Standardise } else { Shift::Range },
            offsets: reader.numbers(features, "offset", |_| true)?,
            divisors: reader.numbers(features, "divisor", |divisor| divisor > 0.0)?,
        },
        3 => Step::Factor(reader.numbers(1, "factor", |factor| factor != 0.0)?[0]),
        4 => Step::Ranks,
        _ => return Err(reader.wrong(format!("a step of kind {kind}"), "1 to 4 are known")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Scaling;
    use super::*;
    use crate::Error;
    use ndarray::Array2;

    fn data() -> Array2<f32> {
        Array2::from_shape_fn((7, 30), |(i, j)| ((i * 37 + j * 11) % 23) as f32 * 0.37)
    }

    fn fitted() -> Preprocessing {
        let chain = [Scaling::Range, Scaling::Factor(0.1), Scaling::Ranks, Scaling::Standardise];
        Preprocessing::fit(&chain, data().view()).unwrap()
    }

    #[test]
    fn a_restored_preprocessing_gives_the_same_bits() {
        let restored = Preprocessing::from_bytes(&fitted().to_bytes()).unwrap();
        let bits = |scaling: &Preprocessing| scaling.applied(data().view()).unwrap().mapv(f32::to_bits);
        assert_eq!(bits(&restored), bits(&fitted()));
        assert_eq!((&restored, restored.to_bytes()), (&fitted(), fitted().to_bytes()));
        assert_eq!(fitted().to_bytes().len(), 16 + 2 * (1 + 7 * 16) + 9 + 1);
    }

    #[test]
    fn every_cut_and_every_addition_is_noticed() {
        let bytes = fitted().to_bytes();
        for end in 0..bytes.len() {
            assert!(matches!(Preprocessing::from_bytes(&bytes[..end]), Err(Error::Bytes { .. })), "{end}");
        }
        assert!(Preprocessing::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn malformed_fields_are_named() {
        let refused = |place: usize, with: &[u8]| {
            let mut bytes = fitted().to_bytes();
            bytes[place..place + with.len()].copy_from_slice(with);
            Preprocessing::from_bytes(&bytes).unwrap_err().to_string()
        };
        assert!(refused(0, b"PK").contains("the first bytes [50, 4b"));
        assert!(refused(4, &[2]).contains("has version 2, but this program reads version 1"));
        assert!(refused(8, &[255; 8]).contains("where its offset should be"));
        assert!(refused(16, &[9]).contains("a step of kind 9"));
        assert!(refused(17, &f64::NAN.to_le_bytes()).contains("NaN as offset"));
        assert!(refused(17 + 56, &0.0_f64.to_le_bytes()).contains("0 as divisor"));
    }
}

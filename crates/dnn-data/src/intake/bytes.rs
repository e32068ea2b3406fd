//! An intake as bytes, for a section of a checkpoint that its container does not look into.
//!
//! All little-endian: `"DNIN"`, version u16 (1), kind u8. Kind 0 (rows of a table): a recipe's bytes. Else, after the settings
//! of 1 (arrays): none, 2 (pictures): colours u8 (0 grey, 1 RGB), 3 (recordings): rate, frame, hop, bands, frames u32 and
//! length u8 (0 cut, 1 spread): number of sides u32, each u32; number of classes u32, each its bytes' count u32 and UTF-8, or
//! 0 and mean and deviation f64 of numbers; then a preprocessing's bytes.

use super::{Intake, Raw, Values};
use crate::bytes::{Reader, push_count, push_text};
use crate::examples::length;
use crate::folder::Colour;
use crate::recipe::Target;
#[cfg(feature = "sound")]
use crate::sound::{Length, Mel};
use crate::{Kind, Preprocessing, Recipe, Result};

const WHAT: &str = "intake";
const MAGIC: [u8; 4] = *b"DNIN";
const VERSION: u16 = 1;

impl Intake {
    /// Everything there is to know, as bytes; [`Intake::from_bytes`] makes the same of them, to the bit.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        match self {
            Self::Rows(recipe) => {
                bytes.push(0);
                bytes.extend(recipe.to_bytes());
            }
            Self::Values(values) => write(values, &mut bytes),
        }
        bytes
    }

    /// The intake that [`Intake::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`crate::Error::Bytes`] for bytes it did not write, and for recordings where the feature `sound` is off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::open(WHAT, bytes, MAGIC, VERSION)?;
        let raw = match reader.array("kind")? {
            [0] => return Recipe::from_bytes(reader.rest()).map(Self::Rows),
            [1] => Raw::Arrays,
            [2] => Raw::Pictures(if reader.flag("colours")? { Colour::Rgb } else { Colour::Grey }),
            [3] => read_sounds(&mut reader)?,
            [kind] => return Err(reader.wrong(format!("kind {kind}"), "0 to 3 are known")),
        };
        let sides = reader.count("number of sides")?;
        let shape = (0..sides).map(|_| reader.count("side")).collect::<Result<Vec<_>>>()?;
        let target = read_target(&mut reader)?;
        let scaling = Preprocessing::from_bytes(reader.rest())?;
        if length(&shape) != Some(scaling.features()) {
            let found = format!("the shape {shape:?} of {} features", scaling.features());
            return Err(Reader::new(WHAT, &[]).wrong(found, "they must fit"));
        }
        Ok(Self::Values(Values { raw, shape, scaling, target }))
    }
}

fn write(values: &Values, bytes: &mut Vec<u8>) {
    match values.raw {
        Raw::Arrays => bytes.push(1),
        Raw::Pictures(colour) => bytes.extend([2, u8::from(colour == Colour::Rgb)]),
        #[cfg(feature = "sound")]
        Raw::Sounds(mel) => {
            bytes.push(3);
            let sizes = [mel.rate as usize, mel.frame, mel.hop, mel.bands, mel.frames];
            sizes.into_iter().for_each(|size| push_count(size, bytes));
            bytes.push(u8::from(mel.length == Length::Spread));
        }
    }
    push_count(values.shape.len(), bytes);
    values.shape.iter().for_each(|&side| push_count(side, bytes));
    match &values.target {
        Target::Classes { names, .. } => {
            push_count(names.len(), bytes);
            names.iter().for_each(|name| push_text(name, bytes));
        }
        Target::Number { mean, deviation } => {
            push_count(0, bytes);
            bytes.extend([mean, deviation].into_iter().flat_map(|number| number.to_le_bytes()));
        }
    }
    bytes.extend(values.scaling.to_bytes());
}

fn read_target(reader: &mut Reader<'_>) -> Result<Target> {
    match reader.count("number of classes")? {
        0 => {
            let mean = reader.number("mean", |_| true)?;
            Ok(Target::Number { mean, deviation: reader.number("deviation", |number| number > 0.0)? })
        }
        1 => Err(reader.wrong("1 class".into(), "there are two at least")),
        classes => {
            let names = (0..classes).map(|_| reader.text("name of a class")).collect::<Result<_>>()?;
            Ok(Target::Classes { names, kind: Kind::Categories })
        }
    }
}

#[cfg(feature = "sound")]
fn read_sounds(reader: &mut Reader<'_>) -> Result<Raw> {
    let mut size = || reader.count("mel setting");
    let (rate, frame, hop, bands, frames) = (size()? as u32, size()?, size()?, size()?, size()?);
    let length = if reader.flag("length")? { Length::Spread } else { Length::Cut };
    let mel = Mel { rate, frame, hop, bands, frames, length };
    match mel.check() {
        Ok(()) => Ok(Raw::Sounds(mel)),
        Err(_) => Err(reader.wrong(format!("{mel:?}"), "each setting has a range")),
    }
}

#[cfg(not(feature = "sound"))]
fn read_sounds(reader: &mut Reader<'_>) -> Result<Raw> {
    Err(reader.wrong("recordings".into(), "this program was built without the feature `sound` of dnn-data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dataset, Error, Examples, Scaling};

    /// Pictures of 8 × 8 pixels that differ.
    fn pictures() -> Dataset<f32> {
        let values = ndarray::Array2::from_shape_fn((64, 10), |(pixel, m)| (pixel * (m + 3) % 17) as f32);
        let classes = vec!["other".into(), "face".into()];
        let labels = (0..10).map(|m| m % 2).collect();
        Dataset::new(Examples { values, shape: vec![8, 8] }, labels, classes).unwrap()
    }

    fn numbers() -> Intake {
        let (examples, labels, _) = pictures().into_parts();
        let numbers: Vec<f64> = labels.iter().map(|&label| 0.5 * label as f64).collect();
        Intake::learn_numbers(&examples, &numbers, Raw::Arrays, &[Scaling::Range]).unwrap()
    }

    fn intakes() -> Vec<Intake> {
        let dataset = pictures();
        let learn = |raw| Intake::learn(&dataset, raw, &[Scaling::Range]).unwrap();
        let (_folder, path) = crate::source::tests::file(b"x,y\n1,a\n2,b\n3,a\n");
        let table = crate::table::read(path, &Default::default()).unwrap();
        vec![
            learn(Raw::Arrays),
            learn(Raw::Pictures(Colour::Rgb)),
            numbers(),
            #[cfg(feature = "sound")]
            learn(Raw::Sounds(Mel::at(8000))),
            Intake::Rows(Recipe::learn(&table, "y", &Default::default()).unwrap()),
        ]
    }

    #[test]
    fn a_restored_intake_is_the_same() {
        for intake in intakes() {
            let restored = Intake::from_bytes(&intake.to_bytes()).unwrap();
            assert_eq!((&restored, restored.to_bytes()), (&intake, intake.to_bytes()));
        }
    }

    #[test]
    fn no_damage_panics_and_every_cut_is_noticed() {
        for intake in intakes() {
            let bytes = intake.to_bytes();
            for end in 0..bytes.len() {
                assert!(matches!(Intake::from_bytes(&bytes[..end]), Err(Error::Bytes { .. })), "{end}");
            }
            assert!(Intake::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
            for place in 0..bytes.len().min(200) {
                for value in [0, 1, 255] {
                    let mut damaged = bytes.clone();
                    damaged[place] = value;
                    let _ = Intake::from_bytes(&damaged).map(|intake| intake.features());
                }
            }
        }
    }
}

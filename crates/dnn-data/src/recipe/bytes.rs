//! A recipe as bytes, for a section of a checkpoint that its container does not look into.
//!
//! All little-endian; a text is its bytes' count u32 and UTF-8. `"DNRC"`, version u16 (1), header u8, unknown u8 (0 zeros,
//! 1 refuse), number of columns u32, place of the target u32, then the columns: name, kind u8, and
//! for 1 (number): mean f64, deviation f64, indicator u8; 2 (categories): count u32, names, missing u8; 3 to 6: nothing
//! (target, ignored, empty, constant). Then the target: kind u8 and for 1 (texts) or 2 (whole numbers and other): count u32
//! and names; 3 (number): mean f64, deviation f64.

use super::columns::{Features, Input, Unused};
use super::{Recipe, Target, Unknown};
use crate::bytes::{Reader, push_count, push_text};
use crate::{Kind, Result};

const WHAT: &str = "recipe";
const MAGIC: [u8; 4] = *b"DNRC";
const VERSION: u16 = 1;
/// Why a column is unused, by its kind less 3.
const UNUSED: [Unused; 4] = [Unused::Target, Unused::Ignored, Unused::Empty, Unused::Constant];

impl Recipe {
    /// Everything there is to know, as bytes; [`Recipe::from_bytes`] makes the same of them, to the bit.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([u8::from(self.header), u8::from(self.unknown == Unknown::Refuse)]);
        push_count(self.inputs.len(), &mut bytes);
        push_count(self.place, &mut bytes);
        self.inputs.iter().for_each(|input| write_input(input, &mut bytes));
        write_target(&self.target, &mut bytes);
        bytes
    }

    /// The recipe that [`Recipe::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`crate::Error::Bytes`] for bytes it did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::open(WHAT, bytes, MAGIC, VERSION)?;
        let header = reader.flag("header")?;
        let unknown = if reader.flag("policy")? { Unknown::Refuse } else { Unknown::Zeros };
        let count = reader.count("number of columns")?;
        let place = reader.count("place of the target")?;
        let inputs = (0..count).map(|_| read_input(&mut reader)).collect::<Result<Vec<_>>>()?;
        let target = read_target(&mut reader)?;
        let is_target = |input: &Input| input.features == Features::Unused(Unused::Target);
        if !inputs.get(place).is_some_and(is_target) {
            return Err(reader.wrong(format!("column {place} as target"), "that column is another"));
        }
        reader.end("field")?;
        Ok(Self { inputs, place, target, unknown, header })
    }
}

fn write_input(input: &Input, bytes: &mut Vec<u8>) {
    push_text(&input.name, bytes);
    match &input.features {
        Features::Number { mean, deviation, indicator } => {
            bytes.push(1);
            bytes.extend([mean, deviation].into_iter().flat_map(|number| number.to_le_bytes()));
            bytes.push(u8::from(*indicator));
        }
        Features::Categories { names, missing } => {
            bytes.push(2);
            write_names(names, bytes);
            bytes.push(u8::from(*missing));
        }
        Features::Unused(why) => {
            let place = UNUSED.iter().position(|unused| unused == why).unwrap_or(0);
            bytes.push(3 + place as u8);
        }
    }
}

fn read_input(reader: &mut Reader<'_>) -> Result<Input> {
    let name = reader.text("name of a column")?;
    let features = match reader.array("kind of a column")? {
        [1] => Features::Number {
            mean: reader.number("mean", |_| true)?,
            deviation: reader.number("deviation", |deviation| deviation > 0.0)?,
            indicator: reader.flag("indicator")?,
        },
        [2] => Features::Categories {
            names: read_names(reader)?,
            missing: reader.flag("category of missing values")?,
        },
        [kind @ 3..=6] => Features::Unused(UNUSED[usize::from(kind - 3)]),
        [kind] => return Err(reader.wrong(format!("a column of kind {kind}"), "1 to 6 are known")),
    };
    Ok(Input { name, features })
}

fn write_target(target: &Target, bytes: &mut Vec<u8>) {
    match target {
        Target::Classes { names, kind } => {
            bytes.push(if *kind == Kind::Categories { 1 } else { 2 });
            write_names(names, bytes);
        }
        Target::Number { mean, deviation } => {
            bytes.push(3);
            bytes.extend([mean, deviation].into_iter().flat_map(|number| number.to_le_bytes()));
        }
    }
}

fn read_target(reader: &mut Reader<'_>) -> Result<Target> {
    let [kind] = reader.array("kind of target")?;
    match kind {
        1 | 2 => {
            let names = read_names(reader)?;
            let kind = if kind == 1 { Kind::Categories } else { Kind::Numbers };
            match names.len() {
                0 | 1 => Err(reader.wrong(format!("{} classes", names.len()), "there are two at least")),
                _ => Ok(Target::Classes { names, kind }),
            }
        }
        3 => Ok(Target::Number {
            mean: reader.number("mean", |_| true)?,
            deviation: reader.number("deviation", |deviation| deviation > 0.0)?,
        }),
        _ => Err(reader.wrong(format!("a target of kind {kind}"), "1 to 3 are known")),
    }
}

fn write_names(names: &[String], bytes: &mut Vec<u8>) {
    push_count(names.len(), bytes);
    names.iter().for_each(|name| push_text(name, bytes));
}

fn read_names(reader: &mut Reader<'_>) -> Result<Vec<String>> {
    let count = reader.count("number of names")?;
    (0..count).map(|_| reader.text("name")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{learn, table};
    use super::*;
    use crate::Error;

    fn recipes() -> [Recipe; 3] {
        ["kind", "price", "rooms"].map(|target| learn(&table(), target))
    }

    #[test]
    fn a_restored_recipe_is_the_same() {
        for recipe in recipes() {
            let restored = Recipe::from_bytes(&recipe.to_bytes()).unwrap();
            assert_eq!((&restored, restored.to_bytes()), (&recipe, recipe.to_bytes()));
        }
    }

    #[test]
    fn no_damage_panics_and_every_cut_is_noticed() {
        let table = table();
        for recipe in recipes() {
            let bytes = recipe.to_bytes();
            for end in 0..bytes.len() {
                assert!(matches!(Recipe::from_bytes(&bytes[..end]), Err(Error::Bytes { .. })), "{end}");
            }
            assert!(Recipe::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
            for place in 0..bytes.len() {
                for value in [0, 1, 4, 7, 255] {
                    let mut damaged = bytes.clone();
                    damaged[place] = value;
                    // Whatever is still a recipe can be used.
                    if let Ok(recipe) = Recipe::from_bytes(&damaged) {
                        let _ =
                            recipe.inputs::<f32>(&table).map(|x| assert_eq!(x.nrows(), recipe.features()));
                        let _ = recipe.targets::<f32>(&table);
                    }
                }
            }
        }
    }

    #[test]
    fn malformed_fields_are_named() {
        let refused = |place: usize, with: &[u8]| {
            let mut bytes = recipes()[0].to_bytes();
            bytes[place..place + with.len()].copy_from_slice(with);
            Recipe::from_bytes(&bytes).unwrap_err().to_string()
        };
        assert!(refused(0, b"PK").starts_with("the stored recipe has the first bytes [50, 4b"));
        assert!(refused(4, &[9]).contains("has version 9, but this program reads version 1"));
        assert!(refused(6, &[2]).contains("has 2 as header, but it is 0 or 1"));
        assert!(refused(12, &[0]).contains("has column 0 as target"));
        assert!(refused(8, &[255; 4]).contains("bytes where its"));
    }
}

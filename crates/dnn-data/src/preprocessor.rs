//! What a network takes in, of whatever kind its training data was: one value that is stored beside the network, turns raw
//! data into examples, and outputs into predictions.
//!
//! How rows of tables are encoded is the matter of [`TableEncoder`]; here are examples of a fixed shape, and what is common to
//! both.

use std::path::Path;

use dnn_core::Real;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::encoding::{Moments, RawValue, TableEncoder, Target};
use crate::examples::{columns, length};
use crate::folder::{self, Colour};
use crate::scaling::{Scaler, Scaling};
#[cfg(feature = "sound")]
use crate::sound::{self, Mel};
use crate::stored::{Check, checked};
use crate::{DataFormat, Dataset, Error, Examples, Kind, Result, idx, npy};

/// What is needed to give raw data to a network, and to understand its outputs.
///
/// ```
/// use dnn_data::{InputKind, Preprocessor, Scaling, folder::Colour};
/// use dnn_synthetic::faces;
///
/// let pictures = faces::generate::<f32>(50, 19, 7)?;
/// let kind = InputKind::Pictures(Colour::Grey);
/// let preprocessor = Preprocessor::fit(&pictures, kind, &[Scaling::Standardise])?;
/// // checkpoint.set_section("dnn-data/preprocessor", &preprocessor)? keeps it in a file beside the network.
/// assert_eq!((preprocessor.features(), preprocessor.target().classes()), (361, Some(pictures.classes())));
/// // preprocessor.transform_file::<f32>("holiday.png")? is what the network is given.
/// # Ok::<(), dnn_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Preprocessor {
    /// Rows of a table.
    Table(TableEncoder),
    /// Examples of a fixed shape.
    Array(ArrayEncoder),
}

/// What was learnt about examples of a fixed shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ArrayEncoder {
    kind: InputKind,
    shape: Vec<usize>,
    scaler: Scaler,
    target: Target,
}

/// What examples of a fixed shape are made of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum InputKind {
    /// Arrays in NPY, NPZ or IDX files.
    Arrays,
    /// Pictures.
    Pictures(Colour),
    /// Recordings.
    #[cfg(feature = "sound")]
    Sounds(Mel),
}

impl Preprocessor {
    /// Learns the scaling `chain`, the shape and the classes of a training set that was read from raw data of this kind.
    ///
    /// # Errors
    /// As [`Scaler::fit`]; [`Error::Count`] for fewer than two classes, [`Error::Setting`] for mel settings outside their range.
    pub fn fit<T: Real>(dataset: &Dataset<T>, kind: InputKind, chain: &[Scaling]) -> Result<Self> {
        let target = class_target(dataset.classes())?;
        ArrayEncoder::fit(dataset.raw(), target, kind, chain).map(Self::Array)
    }

    /// The same for a training set of which numbers are predicted.
    ///
    /// # Errors
    /// As [`Preprocessor::fit`]; [`Error::Count`] if there is not one number for each example, or all are equal or not finite.
    pub fn fit_numbers<T: Real>(
        examples: &Examples<T>,
        numbers: &[f64],
        kind: InputKind,
        chain: &[Scaling],
    ) -> Result<Self> {
        let (found, expected) = (numbers.len(), examples.values.ncols());
        if found != expected {
            return Err(Error::Count {
                name: "the numbers to predict",
                unit: "entries",
                found,
                expected: expected.to_string(),
                remedy: "give one number for each example",
            });
        }
        ArrayEncoder::fit(examples, number_target(numbers)?, kind, chain).map(Self::Array)
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        match self {
            Self::Table(encoder) => encoder.features(),
            Self::Array(encoder) => encoder.scaler.features(),
        }
    }

    /// What is predicted.
    pub fn target(&self) -> &Target {
        match self {
            Self::Table(encoder) => encoder.target(),
            Self::Array(encoder) => &encoder.target,
        }
    }

    /// Units of the network's output.
    pub fn outputs(&self) -> usize {
        self.target().outputs()
    }

    /// Reads raw data into examples for the network, `(features, m)`: a table, an NPY or IDX file, a picture, a WAV file, or a
    /// folder of them, with sub-folders or without.
    ///
    /// # Errors
    /// As the reader of such data; [`Error::Format`] for examples of another shape than in training.
    pub fn transform_file<T: Real>(&self, path: impl AsRef<Path>) -> Result<Array2<T>> {
        let path = path.as_ref();
        let encoder = match self {
            Self::Table(encoder) => return encoder.transform(&encoder.read_table(path, None)?),
            Self::Array(encoder) => encoder,
        };
        let examples = match encoder.kind {
            InputKind::Arrays => read_array(path)?,
            InputKind::Pictures(colour) => folder::read_pictures(path, colour)?,
            #[cfg(feature = "sound")]
            InputKind::Sounds(mel) => sound::read_features(path, mel)?,
        };
        encoder.transform(path, examples)
    }

    /// Examples for the network of some that were read already; `path` is what messages call them.
    ///
    /// # Errors
    /// [`Error::Format`] for examples of another shape than in training, and for rows of a table, which are read by their
    /// columns.
    pub fn transform<T: Real>(&self, path: impl AsRef<Path>, examples: Examples<T>) -> Result<Array2<T>> {
        match self {
            Self::Array(encoder) => encoder.transform(path.as_ref(), examples),
            Self::Table(_) => Err(Error::Format {
                path: path.as_ref().into(),
                found: "an array".into(),
                expected: "a table with the columns of the training data".into(),
                remedy: "give rows of a table",
            }),
        }
    }

    /// Rows of raw values as examples, `(features, m)`, without a file or a table in between: the values of the training data's
    /// columns in their order, with the target or without; or the numbers of an example of a fixed shape. A row is taken or refused
    /// for what it is, whatever other rows are beside it.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("flowers.csv");
    /// # std::fs::write(&path, "width,colour,kind\n1,red,a\n,blue,b\n3,red,b\n")?;
    /// # let table = dnn_data::table::read(&path, &Default::default())?;
    /// use dnn_data::{Preprocessor, TableEncoder};
    ///
    /// let preprocessor = Preprocessor::Table(TableEncoder::fit(&table, "kind", &Default::default())?);
    /// let x = preprocessor.transform_rows::<f32, _, _>(&[["3", "red"], ["", "blue"]])?;
    /// let same = preprocessor.transform_records::<f32, _, _, _>(&[
    ///     [("colour", "red"), ("width", "3")],
    ///     [("colour", "blue"), ("width", "?")],
    /// ])?;
    /// assert_eq!(x, same);
    /// let refused = preprocessor.transform_rows::<f32, _, _>(&[["3", "red"], ["wide", "red"]]).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "row 2, column \"width\", has \"wide\", but a number is expected: correct it, or give none"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Row`], as [`TableEncoder::transform_rows`].
    pub fn transform_rows<'v, T, R, V>(&self, rows: &[R]) -> Result<Array2<T>>
    where
        T: Real,
        R: AsRef<[V]>,
        V: Clone + Into<RawValue<'v>>,
    {
        match self {
            Self::Table(encoder) => encoder.transform_rows(rows),
            Self::Array(encoder) => encoder.transform_rows(rows),
        }
    }

    /// The same where each value stands beside the name of its column.
    ///
    /// # Errors
    /// [`Error::Row`], as [`TableEncoder::transform_records`], and for examples of a fixed shape, whose values have no names.
    pub fn transform_records<'v, T, R, N, V>(&self, records: &[R]) -> Result<Array2<T>>
    where
        T: Real,
        R: AsRef<[(N, V)]>,
        N: AsRef<str>,
        V: Clone + Into<RawValue<'v>>,
    {
        match self {
            Self::Table(encoder) => encoder.transform_records(records),
            Self::Array(encoder) => Err(Error::Row {
                place: "row 1".into(),
                found: "names of columns".into(),
                expected: format!("examples of shape {:?} have none", encoder.shape),
                remedy: "give their numbers in order",
            }),
        }
    }

    /// One example of what a file holds: the bytes of a picture, a WAV file, or an NPY file. `name` is what messages call it.
    ///
    /// # Errors
    /// As the reader of such data; [`Error::Format`] for another shape than in training, and for rows of a table.
    pub fn transform_bytes<T: Real>(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<Array2<T>> {
        let name = name.as_ref();
        let Self::Array(encoder) = self else {
            return Err(Error::Format {
                path: name.into(),
                found: "the bytes of a file".into(),
                expected: "rows of values".into(),
                remedy: "give the rows of the table",
            });
        };
        let examples = match encoder.kind {
            InputKind::Arrays => npy::read_from(name, std::io::Cursor::new(bytes.to_vec()))?,
            InputKind::Pictures(colour) => folder::decode(name, bytes, colour)?,
            #[cfg(feature = "sound")]
            InputKind::Sounds(mel) => {
                let recording = sound::decode(name, bytes)?;
                let values = sound::Spectrum::new(mel)?.features(&recording);
                let values = values.into_iter().map(|value| T::of(value.into())).collect();
                Examples::new(name, &[1, mel.frames, mel.bands], values)?
            }
        };
        encoder.transform(name, examples)
    }
}

impl ArrayEncoder {
    /// Learns the scaling `chain` and the shape of training examples of this kind, for which `target` is predicted.
    pub(crate) fn fit<T: Real>(
        examples: &Examples<T>,
        target: Target,
        kind: InputKind,
        chain: &[Scaling],
    ) -> Result<Self> {
        #[cfg(feature = "sound")]
        if let InputKind::Sounds(mel) = kind {
            mel.check()?;
        }
        let scaler = Scaler::fit(chain, examples.values.view())?;
        Ok(Self { kind, shape: examples.shape.clone(), scaler, target })
    }

    /// What the raw data are.
    pub fn kind(&self) -> InputKind {
        self.kind
    }

    /// Sides of an example, as the files have it: height and width of a picture.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How examples are scaled.
    pub fn scaler(&self) -> &Scaler {
        &self.scaler
    }

    fn transform<T: Real>(&self, path: &Path, examples: Examples<T>) -> Result<Array2<T>> {
        if examples.shape != self.shape {
            return Err(Error::Format {
                path: path.into(),
                found: format!("examples of shape {:?}", examples.shape),
                expected: format!("the shape {:?} of the training data", self.shape),
                remedy: "bring them to that size",
            });
        }
        let mut values = examples.values;
        self.scaler.transform_in_place(values.view_mut())?;
        Ok(values)
    }

    fn transform_rows<'v, T, R, V>(&self, rows: &[R]) -> Result<Array2<T>>
    where
        T: Real,
        R: AsRef<[V]>,
        V: Clone + Into<RawValue<'v>>,
    {
        let features = self.scaler.features();
        let mut values = Vec::new();
        for (row, numbers) in rows.iter().map(AsRef::as_ref).enumerate() {
            if numbers.len() != features {
                return Err(Error::Row {
                    place: format!("row {}", row + 1),
                    found: format!("{} values", numbers.len()),
                    expected: format!("{features} are expected, of shape {:?}", self.shape),
                    remedy: "give all numbers of an example, the last axis fastest",
                });
            }
            for (place, value) in numbers.iter().enumerate() {
                let value: RawValue<'_> = value.clone().into();
                values.push(T::of(value.finite().map_err(|found| Error::Row {
                    place: format!("row {}, value {}", row + 1, place + 1),
                    found,
                    expected: "a number is expected".into(),
                    remedy: "correct it, or leave the row out",
                })?));
            }
        }
        let mut values = columns(features, rows.len(), values);
        self.scaler.transform_in_place(values.view_mut())?;
        Ok(values)
    }
}

/// A target of these classes.
pub(crate) fn class_target(names: &[String]) -> Result<Target> {
    match names.len() {
        0 | 1 => Err(Error::Count {
            name: "the training data",
            unit: "classes",
            found: names.len(),
            expected: "at least 2".into(),
            remedy: "add examples of another class",
        }),
        _ => Ok(Target::Classes { names: names.to_vec(), kind: Kind::Categories }),
    }
}

/// A target of such numbers.
pub(crate) fn number_target(numbers: &[f64]) -> Result<Target> {
    let mut moments = Moments::default();
    numbers.iter().for_each(|&number| moments.add(number));
    let (mean, deviation) = (moments.mean(), moments.deviation());
    match moments.are_finite() && deviation > 0.0 {
        true => Ok(Target::Number { mean, deviation }),
        false => Err(Error::Count {
            name: "the numbers to predict",
            unit: "entries",
            found: numbers.len(),
            expected: "finite ones that vary".into(),
            remedy: "give numbers that differ",
        }),
    }
}

/// The array in an NPY or IDX file.
pub(crate) fn read_array<T: Real>(path: &Path) -> Result<Examples<T>> {
    match DataFormat::of(path)? {
        DataFormat::Npy => npy::read(path),
        _ => idx::read(path),
    }
}

checked!(ArrayEncoder);

impl Check for ArrayEncoder {
    fn check(&self) -> Result<(), String> {
        #[cfg(feature = "sound")]
        if let InputKind::Sounds(mel) = self.kind {
            mel.check().map_err(|error| error.to_string())?;
        }
        match length(&self.shape) == Some(self.scaler.features()) {
            true => Ok(()),
            false => Err(format!("the shape {:?} of {} features", self.shape, self.scaler.features())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Labels;

    fn pictures() -> (tempfile::TempDir, Dataset<f32>) {
        let folder = tempfile::tempdir().unwrap();
        for (place, label) in [0_usize, 0, 1, 1, 1].into_iter().enumerate() {
            let path = folder.path().join(format!("{}/{place}.png", ["cat", "dog"][label]));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let pixel = |x: u32, y: u32| [(40 * x + 90 * y + 13 * place as u32) as u8].into();
            image::GrayImage::from_fn(3, 2, pixel).save(path).unwrap();
        }
        let dataset = folder::read(folder.path(), Colour::Grey).unwrap();
        (folder, dataset)
    }

    fn learn(dataset: &Dataset<f32>) -> Preprocessor {
        Preprocessor::fit(dataset, InputKind::Pictures(Colour::Grey), &[Scaling::Standardise]).unwrap()
    }

    #[test]
    fn raw_pictures_become_the_examples_of_training() {
        let (folder, dataset) = pictures();
        let stored = serde_json::to_string(&learn(&dataset)).unwrap();
        let preprocessor: Preprocessor = serde_json::from_str(&stored).unwrap();
        assert_eq!(preprocessor, learn(&dataset));
        let scaling = Scaler::fit(&[Scaling::Standardise], dataset.examples()).unwrap();
        let x = scaling.transform(dataset.examples()).unwrap();
        assert_eq!(preprocessor.transform_file::<f32>(folder.path()).unwrap(), x);
        let labelled = preprocessor.read_labelled(folder.path(), &mut Default::default()).unwrap();
        assert_eq!((labelled.x, labelled.labels), (x.clone(), Labels::Classes(vec![0, 0, 1, 1, 1])));
        let dogs = preprocessor.transform_file::<f32>(folder.path().join("dog")).unwrap();
        assert_eq!(dogs, x.select(ndarray::Axis(1), &[2, 3, 4]));
        let one = preprocessor.transform_file::<f32>(folder.path().join("dog/4.png")).unwrap();
        assert_eq!(one.column(0), x.column(4));
    }

    #[test]
    fn other_sizes_and_other_classes_are_refused() {
        let (folder, dataset) = pictures();
        let preprocessor = learn(&dataset);
        let path = folder.path().join("dog/4.png");
        image::GrayImage::new(4, 2).save(&path).unwrap();
        let message = preprocessor.transform_file::<f32>(&path).unwrap_err().to_string();
        assert!(
            message.contains("has examples of shape [2, 4], but the shape [2, 3] of the training"),
            "{message}"
        );
        std::fs::remove_file(path).unwrap();
        std::fs::rename(folder.path().join("dog"), folder.path().join("cow")).unwrap();
        let message =
            preprocessor.read_labelled(folder.path(), &mut Default::default()).unwrap_err().to_string();
        assert!(message.contains("has a class \"cow\", but one of [\"cat\", \"dog\"] is"), "{message}");
        let examples = dataset.into_parts().0;
        let one = Dataset::new(examples, vec![0; 5], vec!["cat".into()]).unwrap();
        assert!(Preprocessor::fit(&one, InputKind::Arrays, &[]).is_err());
    }

    #[test]
    fn a_stored_preprocessor_whose_parts_do_not_go_together_is_refused() {
        let refused = |raw, pointer: &str, with: usize| {
            let (_folder, dataset) = pictures();
            let mut stored = serde_json::to_value(Preprocessor::fit(&dataset, raw, &[]).unwrap()).unwrap();
            *stored.pointer_mut(pointer).unwrap() = with.into();
            serde_json::from_value::<Preprocessor>(stored).unwrap_err().to_string()
        };
        for with in [3, usize::MAX] {
            let message = refused(InputKind::Arrays, "/Array/shape/0", with);
            assert_eq!(message, format!("the shape [{with}, 3] of 6 features"));
        }
        #[cfg(feature = "sound")]
        assert!(
            refused(InputKind::Sounds(Mel::at(8000)), "/Array/kind/Sounds/hop", 0)
                .contains("must be 1 to 65536")
        );
    }
}

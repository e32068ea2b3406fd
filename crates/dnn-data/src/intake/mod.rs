//! What a network takes in, of whatever kind its training data was: one value that is stored beside the network and turns
//! raw data into examples.
//!
//! Rows of tables are the matter of [`Recipe`]; here are examples of a fixed shape, and what is common to both.

use std::path::Path;

use dnn_core::Real;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::examples::length;
use crate::folder::{self, Colour};
use crate::recipe::{Moments, Target};
#[cfg(feature = "sound")]
use crate::sound::{self, Mel};
use crate::stored::{Check, checked};
use crate::{Dataset, Error, Examples, Kind, Preprocessing, Recipe, Result, Scaling, idx, npy};

/// What is needed to give raw data to a network, and to understand its outputs.
///
/// ```
/// use dnn_data::{Intake, Raw, Scaling, folder::Colour};
/// use dnn_synthetic::faces;
///
/// let pictures = faces::generate::<f32>(50, 19, 7)?;
/// let intake = Intake::learn(&pictures, Raw::Pictures(Colour::Grey), &[Scaling::Standardise])?;
/// // checkpoint.set_section("dnn-data/intake", &intake)? keeps it in a file beside the network.
/// assert_eq!((intake.features(), intake.target().classes()), (361, Some(pictures.classes())));
/// // intake.examples::<f32>("holiday.png")? is what the network is given.
/// # Ok::<(), dnn_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Intake {
    /// Rows of a table.
    Rows(Recipe),
    /// Examples of a fixed shape.
    Values(Values),
}

/// What was learnt about examples of a fixed shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Values {
    raw: Raw,
    shape: Vec<usize>,
    scaling: Preprocessing,
    target: Target,
}

/// What the raw data are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Raw {
    /// Arrays in NPY or IDX files.
    Arrays,
    /// Pictures.
    Pictures(Colour),
    /// Recordings.
    #[cfg(feature = "sound")]
    Sounds(Mel),
}

impl Intake {
    /// Learns the scaling `chain`, the shape, and the mean and deviation of the numbers that go with the `examples` of a
    /// training set.
    ///
    /// # Errors
    /// As [`Preprocessing::fit`]; [`Error::Count`] if there is not one number for each example, or all are equal or not
    /// finite.
    pub fn learn_numbers<T: Real>(
        examples: &Examples<T>,
        numbers: &[f64],
        raw: Raw,
        chain: &[Scaling],
    ) -> Result<Self> {
        let (found, expected) = (numbers.len(), examples.values.ncols());
        let wrong = |found, expected, remedy| {
            Err(Error::Count { name: "the numbers to predict", unit: "entries", found, expected, remedy })
        };
        if found != expected {
            return wrong(found, expected.to_string(), "give one number for each example");
        }
        let mut moments = Moments::default();
        numbers.iter().for_each(|&number| moments.add(number));
        let (mean, deviation) = (moments.mean(), moments.deviation());
        if !(moments.are_finite() && deviation > 0.0) {
            return wrong(found, "finite ones that vary".into(), "give numbers that differ");
        }
        Ok(Self::Values(Values {
            raw,
            shape: examples.shape.clone(),
            scaling: Preprocessing::fit(chain, examples.values.view())?,
            target: Target::Number { mean, deviation },
        }))
    }

    /// Learns the scaling `chain`, the shape and the classes of a training set that was read from `raw` data.
    ///
    /// # Errors
    /// As [`Preprocessing::fit`]; [`Error::Count`] for fewer than two classes, [`Error::Setting`] for mel settings outside
    /// their range.
    pub fn learn<T: Real>(dataset: &Dataset<T>, raw: Raw, chain: &[Scaling]) -> Result<Self> {
        #[cfg(feature = "sound")]
        if let Raw::Sounds(mel) = raw {
            mel.check()?;
        }
        let names = dataset.classes().to_vec();
        if names.len() < 2 {
            return Err(Error::Count {
                name: "the training data",
                unit: "classes",
                found: names.len(),
                expected: "at least 2".into(),
                remedy: "add examples of another class",
            });
        }
        Ok(Self::Values(Values {
            raw,
            shape: dataset.shape().to_vec(),
            scaling: Preprocessing::fit(chain, dataset.examples())?,
            target: Target::Classes { names, kind: Kind::Categories },
        }))
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        match self {
            Self::Rows(recipe) => recipe.features(),
            Self::Values(values) => values.scaling.features(),
        }
    }

    /// What is predicted.
    pub fn target(&self) -> &Target {
        match self {
            Self::Rows(recipe) => recipe.target(),
            Self::Values(values) => &values.target,
        }
    }

    /// Reads raw data into examples for the network, `(features, m)`: a table, an NPY or IDX file, a picture, a WAV file, or a
    /// folder of them, with sub-folders or without.
    ///
    /// # Errors
    /// As the reader of such data; [`Error::Format`] for examples of another shape than in training.
    pub fn examples<T: Real>(&self, path: impl AsRef<Path>) -> Result<Array2<T>> {
        let path = path.as_ref();
        match self {
            Self::Rows(recipe) => recipe.inputs(&recipe.read_table(path, None)?),
            Self::Values(values) => values.scaled(path, values.read(path)?),
        }
    }

    /// Examples for the network of some that were read already; `path` is what messages call them.
    ///
    /// # Errors
    /// [`Error::Format`] for examples of another shape than in training, and for rows of a table, which are read by their
    /// columns.
    pub fn prepared<T: Real>(&self, path: impl AsRef<Path>, examples: Examples<T>) -> Result<Array2<T>> {
        match self {
            Self::Values(values) => values.scaled(path.as_ref(), examples),
            Self::Rows(_) => Err(Error::Format {
                path: path.as_ref().into(),
                found: "an array".into(),
                expected: "a table with the columns of the training data".into(),
                remedy: "give rows of a table",
            }),
        }
    }

    /// Reads a table with its target, or a folder with a sub-folder for each class: examples as [`Intake::examples`], and
    /// the class number of each, as in training.
    ///
    /// # Errors
    /// As [`Intake::examples`]; [`Error::Format`] for a class that was not there in training, and for files that tell none.
    pub fn labelled<T: Real>(&self, path: impl AsRef<Path>) -> Result<(Array2<T>, Vec<usize>)> {
        let path = path.as_ref();
        match self {
            Self::Rows(recipe) => {
                let table = recipe.read_table(path, None)?;
                Ok((recipe.inputs(&table)?, recipe.labels(&table)?))
            }
            Self::Values(values) => {
                let (examples, labels, classes) = values.dataset(path)?.into_parts();
                let labels = labels.into_iter().map(|label| values.class(path, &classes[label]));
                let labels = labels.collect::<Result<_>>()?;
                Ok((values.scaled(path, examples)?, labels))
            }
        }
    }
}

impl Values {
    /// What the raw data are.
    pub fn raw(&self) -> Raw {
        self.raw
    }

    /// Sides of an example, as the files have it: height and width of a picture.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How examples are scaled.
    pub fn scaling(&self) -> &Preprocessing {
        &self.scaling
    }

    fn read<T: Real>(&self, path: &Path) -> Result<Examples<T>> {
        match self.raw {
            Raw::Arrays if is_npy(path) => npy::read(path),
            Raw::Arrays => idx::read(path),
            Raw::Pictures(colour) => folder::read_pictures(path, colour),
            #[cfg(feature = "sound")]
            Raw::Sounds(mel) => sound::read_features(path, mel),
        }
    }

    fn dataset<T: Real>(&self, path: &Path) -> Result<Dataset<T>> {
        match self.raw {
            Raw::Arrays => Err(Error::Format {
                path: path.into(),
                found: "no classes".into(),
                expected: "a table, or a folder with a sub-folder for each class,".into(),
                remedy: "read the file of labels beside it",
            }),
            Raw::Pictures(colour) => folder::read(path, colour),
            #[cfg(feature = "sound")]
            Raw::Sounds(mel) => sound::read_folder(path, &sound::Options::default())?.dataset(mel),
        }
    }

    fn scaled<T: Real>(&self, path: &Path, examples: Examples<T>) -> Result<Array2<T>> {
        if examples.shape != self.shape {
            return Err(Error::Format {
                path: path.into(),
                found: format!("examples of shape {:?}", examples.shape),
                expected: format!("the shape {:?} of the training data", self.shape),
                remedy: "bring them to that size",
            });
        }
        let mut values = examples.values;
        self.scaling.apply(values.view_mut())?;
        Ok(values)
    }

    /// The number of the class called `name` in training.
    fn class(&self, path: &Path, name: &str) -> Result<usize> {
        let names = self.target.classes().unwrap_or_default();
        names.iter().position(|known| known == name).ok_or_else(|| Error::Format {
            path: path.into(),
            found: format!("a class {name:?}"),
            expected: format!("one of {names:?}"),
            remedy: "rename it, or train again with it",
        })
    }
}

checked!(Values);

impl Check for Values {
    fn check(&self) -> Result<(), String> {
        #[cfg(feature = "sound")]
        if let Raw::Sounds(mel) = self.raw {
            mel.check().map_err(|error| error.to_string())?;
        }
        match length(&self.shape) == Some(self.scaling.features()) {
            true => Ok(()),
            false => Err(format!("the shape {:?} of {} features", self.shape, self.scaling.features())),
        }
    }
}

/// Whether a file is called `.npy` or `.npy.gz`; anything else is told by its content.
fn is_npy(path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    name.ends_with(".npy") || name.ends_with(".npy.gz")
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn learn(dataset: &Dataset<f32>) -> Intake {
        Intake::learn(dataset, Raw::Pictures(Colour::Grey), &[Scaling::Standardise]).unwrap()
    }

    #[test]
    fn raw_pictures_become_the_examples_of_training() {
        let (folder, dataset) = pictures();
        let stored = serde_json::to_string(&learn(&dataset)).unwrap();
        let intake: Intake = serde_json::from_str(&stored).unwrap();
        assert_eq!(intake, learn(&dataset));
        let scaling = Preprocessing::fit(&[Scaling::Standardise], dataset.examples()).unwrap();
        let x = scaling.applied(dataset.examples()).unwrap();
        assert_eq!(intake.examples::<f32>(folder.path()).unwrap(), x);
        assert_eq!(intake.labelled::<f32>(folder.path()).unwrap(), (x.clone(), vec![0, 0, 1, 1, 1]));
        let dogs = intake.examples::<f32>(folder.path().join("dog")).unwrap();
        assert_eq!(dogs, x.select(ndarray::Axis(1), &[2, 3, 4]));
        let one = intake.examples::<f32>(folder.path().join("dog/4.png")).unwrap();
        assert_eq!(one.column(0), x.column(4));
    }

    #[test]
    fn other_sizes_and_other_classes_are_refused() {
        let (folder, dataset) = pictures();
        let intake = learn(&dataset);
        let path = folder.path().join("dog/4.png");
        image::GrayImage::new(4, 2).save(&path).unwrap();
        let message = intake.examples::<f32>(&path).unwrap_err().to_string();
        assert!(
            message.contains("has examples of shape [2, 4], but the shape [2, 3] of the training"),
            "{message}"
        );
        std::fs::remove_file(path).unwrap();
        std::fs::rename(folder.path().join("dog"), folder.path().join("cow")).unwrap();
        let message = intake.labelled::<f32>(folder.path()).unwrap_err().to_string();
        assert!(message.contains("has a class \"cow\", but one of [\"cat\", \"dog\"] is"), "{message}");
        let examples = dataset.into_parts().0;
        let one = Dataset::new(examples, vec![0; 5], vec!["cat".into()]).unwrap();
        assert!(Intake::learn(&one, Raw::Arrays, &[]).is_err());
    }

    #[test]
    fn a_stored_intake_whose_parts_do_not_go_together_is_refused() {
        let refused = |raw, pointer: &str, with: usize| {
            let (_folder, dataset) = pictures();
            let mut stored = serde_json::to_value(Intake::learn(&dataset, raw, &[]).unwrap()).unwrap();
            *stored.pointer_mut(pointer).unwrap() = with.into();
            serde_json::from_value::<Intake>(stored).unwrap_err().to_string()
        };
        for with in [3, usize::MAX] {
            let message = refused(Raw::Arrays, "/Values/shape/0", with);
            assert_eq!(message, format!("the shape [{with}, 3] of 6 features"));
        }
        #[cfg(feature = "sound")]
        assert!(
            refused(Raw::Sounds(Mel::at(8000)), "/Values/raw/Sounds/hop", 0).contains("must be 1 to 65536")
        );
    }
}

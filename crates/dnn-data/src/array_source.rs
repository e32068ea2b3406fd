//! Examples of a fixed shape to train on: pictures, recordings, and arrays with labels beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::dataset::LabelledSet;
use crate::encoding::{Labels, Task};
use crate::format::DataFormat;
#[cfg(feature = "npz")]
use crate::npz;
use crate::preprocessor::{ArrayEncoder, InputKind, Preprocessor, class_target, number_target, read_array};
use crate::settings::{DataSettings, ScalingSetting};
#[cfg(feature = "sound")]
use crate::sound;
use crate::subset::{Codes, Facts, Subset};
use crate::{Error, Examples, Result, folder, select};

/// Examples of a fixed shape, with their labels.
pub(crate) struct ArraySource {
    path: PathBuf,
    kind: InputKind,
    examples: Examples<f32>,
    labels: Labels,
    /// The names of the classes, if classes are predicted.
    classes: Vec<String>,
    /// The file of each example, or none.
    files: Vec<PathBuf>,
    /// Codes of classes and groups, or none.
    class_codes: Vec<u32>,
    group_codes: Vec<u32>,
    subsets: Vec<Subset>,
}

impl ArraySource {
    /// Reads data of this format; `test` asks for the test part of a file that has one.
    #[cfg_attr(not(feature = "npz"), allow(unused_variables))]
    pub(crate) fn read(
        path: &Path,
        format: &DataFormat,
        settings: &mut DataSettings,
        test: bool,
    ) -> Result<Self> {
        let mut files = Vec::new();
        #[cfg_attr(not(feature = "sound"), allow(unused_mut))]
        let mut groups: Vec<String> = Vec::new();
        let (examples, labels, classes, kind) = match format {
            #[cfg(feature = "npz")]
            DataFormat::Npz => {
                let (x, y) = array_names(path, settings, test)?;
                let (labels, classes) = labels_of(single(path, npz::read(path, &y)?)?, settings.task, false)?;
                (npz::read(path, &x)?, labels, classes, InputKind::Arrays)
            }
            DataFormat::Npy | DataFormat::Idx => {
                let file = labels_beside(path, settings.labels.as_deref())?;
                let numbers = single(&file, read_array(&file)?)?;
                let (labels, classes) = labels_of(numbers, settings.task, *format == DataFormat::Idx)?;
                (read_array(path)?, labels, classes, InputKind::Arrays)
            }
            DataFormat::Pictures => {
                let colour = settings.colour.map_or_else(|| folder::colour(path), Ok)?;
                settings.colour = Some(colour);
                let (examples, labels, classes) = folder::read(path, colour)?.into_parts();
                files = folder::files(path)?;
                (examples, Labels::Classes(labels), classes, InputKind::Pictures(colour))
            }
            #[cfg(feature = "sound")]
            DataFormat::Sounds => {
                let sounds = sound::read_folder(path, &settings.sound_options()?)?;
                let mel = *settings.sound.get_or_insert_with(|| sounds.mel());
                let (examples, labels, classes) = sounds.dataset(mel)?.into_parts();
                (files, groups) = (sounds.paths, sounds.groups);
                (examples, Labels::Classes(labels), classes, InputKind::Sounds(mel))
            }
            _ => {
                return Err(Error::Format {
                    path: path.into(),
                    found: format!("data of the kind {format:?}"),
                    expected: "data that this program reads".into(),
                    remedy: "give data of the kind that the model was trained on, or build with the feature npz or sound",
                });
            }
        };
        let (found, expected) = (labels.count(), examples.values.ncols());
        if found != expected {
            return Err(Error::Format {
                path: path.into(),
                found: format!("{expected} examples beside {found} labels"),
                expected: "a label for each example".into(),
                remedy: "give labels and examples of the same part",
            });
        }
        let class_codes = match &labels {
            Labels::Classes(labels) => labels.iter().map(|&label| label as u32).collect(),
            Labels::Numbers(_) => Vec::new(),
        };
        let (path, group_codes, subsets) = (path.into(), Codes::of(groups), Vec::new());
        Ok(Self { path, kind, examples, labels, classes, files, class_codes, group_codes, subsets })
    }

    /// Whether classes or numbers are predicted.
    pub(crate) fn task(&self) -> Task {
        if matches!(self.labels, Labels::Classes(_)) { Task::Classes } else { Task::Number }
    }

    /// What decides the subset of each example.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let some = |codes| Some(codes).filter(|codes: &&[u32]| !codes.is_empty());
        Facts {
            count: self.labels.count(),
            classes: some(&self.class_codes),
            groups: some(&self.group_codes),
            named: None,
        }
    }

    /// Takes the subset of each example.
    pub(crate) fn divide(&mut self, subsets: Vec<Subset>) {
        self.subsets = subsets;
    }

    /// The encoder of the examples to train on.
    pub(crate) fn fit(&self, settings: &mut DataSettings) -> Result<ArrayEncoder> {
        let usual = match self.kind {
            // So that the light does not matter, as in the example `faces`.
            InputKind::Pictures(_) => ScalingSetting::Ranks,
            _ if self.is_bytes() => ScalingSetting::Bytes,
            _ => ScalingSetting::Standardise,
        };
        let chain = settings.scaling.get_or_insert(usual).chain();
        let rows = self.rows(Subset::Train);
        let target = match self.labels.select(&rows) {
            Labels::Classes(_) => class_target(&self.classes)?,
            Labels::Numbers(numbers) => number_target(&numbers)?,
        };
        ArrayEncoder::fit(&self.examples(&rows)?, target, self.kind, &chain)
    }

    /// The examples of a subset, if it has any.
    pub(crate) fn labelled(
        &self,
        preprocessor: &Preprocessor,
        subset: Subset,
    ) -> Result<Option<LabelledSet>> {
        let rows = self.rows(subset);
        if rows.is_empty() {
            return Ok(None);
        }
        let labels = match self.labels.select(&rows) {
            Labels::Classes(labels) => Labels::Classes(self.known(preprocessor, labels)?),
            numbers => numbers,
        };
        let name = |&row: &usize| match self.files.get(row) {
            Some(file) => file.display().to_string(),
            None => format!("example {}", row + 1),
        };
        Ok(Some(LabelledSet {
            x: preprocessor.transform(&self.path, self.examples(&rows)?)?,
            y: preprocessor.target().transform(&labels)?,
            labels,
            names: rows.iter().map(name).collect(),
            table: None,
        }))
    }

    /// Class numbers of this data as those of the training data.
    fn known(&self, preprocessor: &Preprocessor, labels: Vec<usize>) -> Result<Vec<usize>> {
        let known = preprocessor.target().classes().unwrap_or_default();
        let places = self.classes.iter().map(|name| known.iter().position(|known| known == name));
        let places: Vec<Option<usize>> = places.collect();
        let label = |label: usize| {
            places[label].ok_or_else(|| Error::Format {
                path: self.path.clone(),
                found: format!("a class {:?}", self.classes[label]),
                expected: format!("one of {known:?}"),
                remedy: "rename it, or train again with it",
            })
        };
        labels.into_iter().map(label).collect()
    }

    fn rows(&self, subset: Subset) -> Vec<usize> {
        (0..self.subsets.len()).filter(|&row| self.subsets[row] == subset).collect()
    }

    fn examples(&self, rows: &[usize]) -> Result<Examples<f32>> {
        let values = select(self.examples.values.view(), rows)?;
        Ok(Examples { values, shape: self.examples.shape.clone() })
    }

    /// Whether the values are those of pixels.
    fn is_bytes(&self) -> bool {
        let mut values = self.examples.values.iter();
        self.kind == InputKind::Arrays
            && self.examples.shape.len() > 1
            && values.all(|value| (0.0..=255.0).contains(value) && value.fract() == 0.0)
    }
}

/// Names that arrays of examples go by in NPZ files, and those of the labels beside them.
#[cfg(feature = "npz")]
const PAIRS: [(&str, &str); 7] = [
    ("x", "y"),
    ("X", "y"),
    ("X", "Y"),
    ("x_train", "y_train"),
    ("X_train", "y_train"),
    ("data", "target"),
    ("images", "labels"),
];

/// The names of the arrays of examples and labels in the NPZ file at `path`; `test` asks for those of a test part.
#[cfg(feature = "npz")]
fn array_names(path: &Path, settings: &DataSettings, test: bool) -> Result<(String, String)> {
    let (examples, labels) = (settings.examples.as_deref(), settings.target.as_deref());
    if let (Some(examples), Some(labels)) = (examples, labels) {
        return Ok((examples.into(), labels.into()));
    }
    let known = npz::names(path)?;
    let part = |name: &str| if test { name.replace("train", "test") } else { name.to_owned() };
    let chosen = |(x, y): &(&str, &str)| {
        (examples.map_or_else(|| part(x), String::from), labels.map_or_else(|| part(y), String::from))
    };
    PAIRS.iter().map(chosen).find(|(x, y)| known.contains(x) && known.contains(y)).ok_or_else(|| {
        Error::Format {
            path: path.into(),
            found: format!("the arrays {known:?}"),
            expected: "a pair such as x and y".into(),
            remedy: "name the examples as data.examples, and what is predicted as data.target",
        }
    })
}

/// Whether the NPZ file at `path` also has a test part.
pub(crate) fn has_test(path: &Path, format: &DataFormat) -> bool {
    #[cfg(feature = "npz")]
    if *format == DataFormat::Npz {
        return npz::names(path).is_ok_and(|names| names.iter().any(|name| name.to_lowercase() == "x_test"));
    }
    let _ = (path, format);
    false
}

/// One number for each example.
fn single(path: &Path, read: Examples<f64>) -> Result<Vec<f64>> {
    match read.values.nrows() {
        1 => Ok(read.values.into_raw_vec_and_offset().0),
        more => Err(Error::Format {
            path: path.into(),
            found: format!("{more} numbers to predict for each example"),
            expected: "1".into(),
            remedy: "give one column",
        }),
    }
}

/// The file of labels beside one of pictures: `train-labels-idx1-ubyte.gz` beside `train-images-idx3-ubyte.gz`.
fn labels_beside(path: &Path, labels: Option<&Path>) -> Result<PathBuf> {
    if let Some(labels) = labels {
        return Ok(labels.into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let other = name.replace("images", "labels").replace("idx3", "idx1").replace("x_", "y_");
    let beside = path.with_file_name(&other);
    match other != name && beside.is_file() {
        true => Ok(beside),
        false => Err(Error::NoLabels { path: path.into() }),
    }
}

/// What `numbers` are, by the task, and the names of classes; `are_classes` if the file is one of labels.
fn labels_of(numbers: Vec<f64>, task: Option<Task>, are_classes: bool) -> Result<(Labels, Vec<String>)> {
    // −0 is no class of its own.
    let numbers: Vec<f64> = numbers.into_iter().map(|number| number + 0.0).collect();
    let mut different: Vec<f64> = numbers.clone();
    different.sort_by(f64::total_cmp);
    different.dedup();
    let whole = different.iter().all(|number| number.fract() == 0.0);
    let few = are_classes || Task::takes_for_classes(different.len(), numbers.len());
    match task.unwrap_or_default() {
        Task::Classes => {}
        Task::Auto if whole && few => {}
        _ => return Ok((Labels::Numbers(numbers), Vec::new())),
    }
    if let Some(example) = numbers.iter().position(|number| !number.is_finite()) {
        return Err(Error::Row {
            place: format!("example {}", example + 1),
            found: format!("the class {}", numbers[example]),
            expected: "classes are finite numbers".into(),
            remedy: "remove the example",
        });
    }
    let place: BTreeMap<u64, usize> =
        different.iter().enumerate().map(|(place, number)| (number.to_bits(), place)).collect();
    let labels = numbers.iter().map(|number| place[&number.to_bits()]).collect();
    Ok((Labels::Classes(labels), different.iter().map(f64::to_string).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_one_class_and_what_is_no_number_is_none() {
        let found = labels_of(vec![0.0, -0.0, 1.0, 1.0], None, false).unwrap();
        assert_eq!(found, (Labels::Classes(vec![0, 0, 1, 1]), vec!["0".into(), "1".into()]));
        let error = labels_of(vec![0.0, f64::NAN, 1.0], Some(Task::Classes), false).unwrap_err().to_string();
        assert!(error.starts_with("example 2, has the class NaN, but"), "{error}");
    }
}

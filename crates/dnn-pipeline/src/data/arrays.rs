//! Arrays and the answers beside them: NPZ, NPY and IDX files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dnn_data::recipe::Task;
use dnn_data::{Examples, Form, idx, npy, npz};

use super::values::Answers;
use crate::{Error, Result};

/// Names that arrays of examples go by in NPZ files, and those of the answers beside them.
const PAIRS: [(&str, &str); 7] = [
    ("x", "y"),
    ("X", "y"),
    ("X", "Y"),
    ("x_train", "y_train"),
    ("X_train", "y_train"),
    ("data", "target"),
    ("images", "labels"),
];

/// The names of the arrays of examples and answers in the NPZ file at `path`; `test` asks for those of a test part.
///
/// # Errors
/// [`Error::Data`] if the file has no such arrays.
pub(super) fn names(
    path: &Path,
    examples: Option<&str>,
    answers: Option<&str>,
    test: bool,
) -> Result<(String, String)> {
    let known = npz::names(path)?;
    let has = |name: &str| known.iter().any(|known| known == name);
    let part = |name: &str| if test { name.replace("train", "test") } else { name.to_owned() };
    if let (Some(examples), Some(answers)) = (examples, answers) {
        return Ok((examples.into(), answers.into()));
    }
    let pairs = PAIRS.iter().map(|(x, y)| (part(x), part(y)));
    let chosen =
        |(x, y): (String, String)| (examples.map_or(x, String::from), answers.map_or(y, String::from));
    pairs.map(chosen).find(|(x, y)| has(x) && has(y)).ok_or_else(|| {
        Error::Data(
            format!(
                "{path:?} has the arrays {known:?}, expected x and y: name the examples by --set data.examples=NAME and what is to be predicted by --target NAME"
            )
            .into(),
        )
    })
}

/// Whether the NPZ file at `path` also has a test part.
pub(super) fn has_test(path: &Path) -> bool {
    npz::names(path).is_ok_and(|names| names.iter().any(|name| name.to_lowercase() == "x_test"))
}

/// The examples of an NPY or IDX file.
///
/// # Errors
/// As the reader of such files.
pub(super) fn examples(path: &Path) -> Result<Examples<f32>> {
    Ok(match Form::of(path)? {
        Form::Npy => npy::read(path)?,
        _ => idx::read(path)?,
    })
}

/// The numbers of a file of labels.
///
/// # Errors
/// As the reader of such files; [`Error::Data`] if it has more than one number for each example.
pub(super) fn numbers(path: &Path) -> Result<Vec<f64>> {
    let read: Examples<f64> = match Form::of(path)? {
        Form::Npy => npy::read(path)?,
        _ => idx::read(path)?,
    };
    single(path, read)
}

/// One number for each example.
pub(super) fn single(path: &Path, read: Examples<f64>) -> Result<Vec<f64>> {
    match read.values.nrows() {
        1 => Ok(read.values.into_raw_vec_and_offset().0),
        more => Err(Error::Data(
            format!("{path:?} has {more} numbers to predict for each example, expected 1: give one column")
                .into(),
        )),
    }
}

/// The file of labels beside one of pictures: `train-labels-idx1-ubyte.gz` beside `train-images-idx3-ubyte.gz`.
///
/// # Errors
/// [`Error::Usage`] if there is none.
pub(super) fn labels_beside(path: &Path, labels: Option<&Path>) -> Result<PathBuf> {
    if let Some(labels) = labels {
        return Ok(labels.into());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let other = name.replace("images", "labels").replace("idx3", "idx1").replace("x_", "y_");
    let beside = path.with_file_name(&other);
    match other != name && beside.is_file() {
        true => Ok(beside),
        false => Err(Error::Usage(
            format!(
                "found no labels beside {}, expected a file called like train-labels beside train-images: name it by --set data.labels=FILE",
                path.display()
            )
            .into(),
        )),
    }
}

/// What `numbers` are, by the task.
///
/// # Errors
/// [`Error::Data`] for classes that are no numbers.
pub(super) fn answers(numbers: Vec<f64>, task: Option<Task>, labels: bool) -> Result<Answers> {
    // −0 is no class of its own.
    let numbers: Vec<f64> = numbers.into_iter().map(|number| number + 0.0).collect();
    let mut different: Vec<f64> = numbers.clone();
    different.sort_by(f64::total_cmp);
    different.dedup();
    let whole = different.iter().all(|number| number.fract() == 0.0);
    let few = labels || Task::takes_for_classes(different.len(), numbers.len());
    match task.unwrap_or_default() {
        Task::Classes => {}
        Task::Auto if whole && few => {}
        _ => return Ok(Answers::Numbers(numbers)),
    }
    if let Some(example) = numbers.iter().position(|number| !number.is_finite()) {
        let (found, example) = (numbers[example], example + 1);
        return Err(Error::Data(
            format!("the class of example {example} is {found}, but must be finite: remove the example")
                .into(),
        ));
    }
    let place: BTreeMap<u64, usize> =
        different.iter().enumerate().map(|(place, number)| (number.to_bits(), place)).collect();
    Ok(Answers::Classes {
        labels: numbers.iter().map(|number| place[&number.to_bits()]).collect(),
        names: different.iter().map(f64::to_string).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_one_class_and_what_is_no_number_is_none() {
        let found = answers(vec![0.0, -0.0, 1.0, 1.0], None, false).unwrap();
        let expected = Answers::Classes { labels: vec![0, 0, 1, 1], names: vec!["0".into(), "1".into()] };
        assert_eq!(found, expected);
        let error = answers(vec![0.0, f64::NAN, 1.0], Some(Task::Classes), false).unwrap_err().to_string();
        assert!(error.contains("the class of example 2 is NaN"), "{error}");
    }
}

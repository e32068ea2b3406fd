//! Data with answers beside the training data: given to validate or to test on, or to measure a model by.

use std::path::{Path, PathBuf};

use dnn_data::{Form, Intake};

use super::{Part, Source, rows};
use crate::config::Data;
use crate::{Error, Result};

/// Data that was given beside that to train on.
pub struct Given {
    pub(super) path: PathBuf,
    pub(super) labels: Option<PathBuf>,
    /// Whether it is the test part of a file of arrays.
    pub(super) part: bool,
}

impl Given {
    /// The examples, made by what was learnt from the training data.
    ///
    /// # Errors
    /// As [`labelled`].
    pub(super) fn read(&self, intake: &Intake, data: &Data) -> Result<Part> {
        let mut data = Data { labels: self.labels.clone(), ..data.clone() };
        labelled_part(intake, &self.path, &mut data, self.part)
    }
}

/// The validation data that `data` names, if it names any.
///
/// # Errors
/// As [`labelled`].
pub(super) fn validation(intake: &Intake, data: &Data) -> Result<Option<Part>> {
    let given =
        |path: &PathBuf| Given { path: path.clone(), labels: data.validation_labels.clone(), part: false };
    data.validation_data.as_ref().map(|path| given(path).read(intake, data)).transpose()
}

/// Examples with what should come out, from data of the kind that `intake` was learnt from.
///
/// # Errors
/// [`Error::Data`] for what cannot be read, or does not fit to the training data.
pub fn labelled(intake: &Intake, path: &Path, data: &mut Data) -> Result<Part> {
    let Form::Parts { train, test } = Form::of(path)? else {
        return labelled_part(intake, path, data, false);
    };
    labelled_part(intake, &test.unwrap_or(train), data, false)
}

fn labelled_part(intake: &Intake, path: &Path, data: &mut Data, test: bool) -> Result<Part> {
    let part = any_part(intake, path, data, test)?;
    match part.count() {
        0 => Err(Error::Data(format!("{path:?} has no example, expected 1 or more: give other data").into())),
        _ => Ok(part),
    }
}

fn any_part(intake: &Intake, path: &Path, data: &mut Data, test: bool) -> Result<Part> {
    if let Intake::Rows(recipe) = intake {
        return rows::part(recipe, recipe.read_table(path, rows::delimiter(data)?)?);
    }
    let mut form = Form::of(path)?;
    let mut path = path.to_path_buf();
    if let Form::Parts { train, test } = form {
        path = test.unwrap_or(train);
        form = Form::of(&path)?;
    }
    Source::read(&path, form, data, test)?.part(intake, None)
}

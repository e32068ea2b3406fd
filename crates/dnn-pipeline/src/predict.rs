//! Raw data in, predictions out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use dnn_core::Compute;
use dnn_data::{Encoding, InputKind, Preprocessor, RawValue, TableEncoder};
use ndarray::{Array2, ArrayView2};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::model::Model;
use crate::{Error, Result};

/// What a model says of one example. As JSON it is what `dnn predict --json` prints: `{"prediction": "a", "probabilities":
/// {"a": 0.9, "b": 0.1}}`, `{"prediction": 7.5}` or `{"outputs": [0.5]}`.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// One of some classes.
    Class {
        /// The number of the most probable one.
        label: usize,
        /// The names of all.
        classes: Arc<[String]>,
        /// The probability of each, in that order.
        probabilities: Vec<f64>,
    },
    /// A number, in the units of the training data.
    Number(f64),
    /// What the network gives, of a model that does not say what it means.
    Outputs(Vec<f32>),
}

impl Prediction {
    /// The name of the most probable class; empty where no classes are predicted.
    pub fn label(&self) -> &str {
        match self {
            Self::Class { label, classes, .. } => &classes[*label],
            _ => "",
        }
    }

    /// The probability of that class; NaN where no classes are predicted.
    pub fn probability(&self) -> f64 {
        match self {
            Self::Class { label, probabilities, .. } => probabilities[*label],
            _ => f64::NAN,
        }
    }

    /// Each class with its probability; none where no classes are predicted.
    pub fn probabilities(&self) -> impl Iterator<Item = (&str, f64)> {
        let (classes, probabilities): (&[String], &[f64]) = match self {
            Self::Class { classes, probabilities, .. } => (classes, probabilities),
            _ => (&[], &[]),
        };
        classes.iter().map(String::as_str).zip(probabilities.iter().copied())
    }

    /// The number; NaN where none is predicted.
    pub fn number(&self) -> f64 {
        if let Self::Number(number) = self { *number } else { f64::NAN }
    }
}

impl Serialize for Prediction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Class { .. } => {
                map.serialize_entry("prediction", self.label())?;
                map.serialize_entry("probabilities", &self.probabilities().collect::<BTreeMap<_, _>>())?;
            }
            Self::Number(number) => map.serialize_entry("prediction", number)?,
            Self::Outputs(outputs) => map.serialize_entry("outputs", outputs)?,
        }
        map.end()
    }
}

/// Something that a model needs of each example.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Input {
    /// The column of a table; else `"x"`.
    pub name: String,
    /// What may be given for it.
    pub accepts: Accepts,
}

/// What may be given for an input.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepts {
    /// A number, or none where it is missing.
    Number,
    /// A text, or none: these occurred in training.
    Category(Vec<String>),
    /// Numbers of this shape.
    Array(Vec<usize>),
    /// A picture of this height and width.
    Picture(Vec<usize>),
    /// A recording.
    Recording,
}

impl Model {
    /// What the model needs of each example: a column of a table each, or one input of a fixed shape.
    pub fn inputs(&self) -> Vec<Input> {
        let one = |accepts| vec![Input { name: "x".into(), accepts }];
        match self.preprocessor() {
            Ok(Preprocessor::Table(encoder)) => {
                let column = |(name, encoding): (&str, &Encoding)| Input {
                    name: name.into(),
                    accepts: match encoding {
                        Encoding::Categories { names, .. } => Accepts::Category(names.clone()),
                        _ => Accepts::Number,
                    },
                };
                used(encoder).map(column).collect()
            }
            Ok(Preprocessor::Array(encoder)) => one(match encoder.kind() {
                InputKind::Pictures(_) => Accepts::Picture(encoder.shape().to_vec()),
                InputKind::Sounds(_) => Accepts::Recording,
                _ => Accepts::Array(encoder.shape().to_vec()),
            }),
            Err(_) => one(Accepts::Array(vec![self.network.inputs()])),
        }
    }

    /// Predictions of rows of raw values, on the calling thread: of a table the values of [`inputs`](Self::inputs), or of all
    /// its columns with or without the target, in their order; else all numbers of each example. A row is taken or refused for
    /// what it is, whatever other rows are beside it.
    ///
    /// # Errors
    /// [`Error::Data`] with the row, and what is wrong with it.
    pub fn predict_rows<'v, R, V>(&self, rows: &[R]) -> Result<Vec<Prediction>>
    where
        R: AsRef<[V]>,
        V: Clone + Into<RawValue<'v>>,
    {
        let x = match self.preprocessor() {
            Ok(Preprocessor::Table(encoder)) => {
                let names: Vec<&str> = used(encoder).map(|(name, _)| name).collect();
                let only_inputs = names.len() + 1 < encoder.columns().len()
                    && rows.iter().all(|row| row.as_ref().len() == names.len());
                if !only_inputs {
                    encoder.transform_rows(rows)?
                } else {
                    let named = |row: &R| names.iter().copied().zip(row.as_ref().iter().cloned()).collect();
                    encoder.transform_records(&rows.iter().map(named).collect::<Vec<Vec<(&str, V)>>>())?
                }
            }
            Ok(preprocessor) => preprocessor.transform_rows(rows)?,
            Err(_) => self.numbers(rows)?,
        };
        self.predictions(x.view())
    }

    /// The same where each value stands beside the name of its column, in any order; other columns may be there too.
    ///
    /// # Errors
    /// [`Error::Data`] with the row, and what is wrong with it.
    pub fn predict_records<'v, R, N, V>(&self, records: &[R]) -> Result<Vec<Prediction>>
    where
        R: AsRef<[(N, V)]>,
        N: AsRef<str>,
        V: Clone + Into<RawValue<'v>>,
    {
        self.predictions(self.preprocessor()?.transform_records(records)?.view())
    }

    /// Predictions of JSON values: an object with the columns' names, or an array of values in order, for each row.
    ///
    /// # Errors
    /// As [`Model::predict_rows`]; [`Error::Data`] for a value that is neither.
    pub fn predict_json(&self, rows: &[Value]) -> Result<Vec<Prediction>> {
        let mut predictions = Vec::with_capacity(rows.len());
        for (row, value) in rows.iter().enumerate() {
            predictions.extend(match value {
                Value::Object(fields) => {
                    let named = fields.iter().map(|(name, value)| Ok((name.as_str(), raw(row, value)?)));
                    self.predict_records(&[named.collect::<Result<Vec<_>>>()?])
                }
                Value::Array(values) => {
                    let values = values.iter().map(|value| raw(row, value));
                    self.predict_rows(&[values.collect::<Result<Vec<_>>>()?])
                }
                other => Err(no_row(row, other)),
            }?);
        }
        Ok(predictions)
    }

    /// Predictions of the rows of a table in a file, whose columns are found by their names.
    ///
    /// # Errors
    /// [`Error::Data`] for a file that cannot be read, or does not fit.
    pub fn predict_table(&self, path: impl AsRef<Path>) -> Result<Vec<Prediction>> {
        self.predict_file(path)
    }

    /// Predictions of what a file or folder holds: a table, arrays, pictures or recordings.
    ///
    /// # Errors
    /// [`Error::Data`] for what cannot be read, or does not fit.
    pub fn predict_file(&self, path: impl AsRef<Path>) -> Result<Vec<Prediction>> {
        self.predictions(self.preprocessor()?.transform_file(path)?.view())
    }

    /// The prediction of a picture, a recording or an array in NPY that is in memory, as a service receives it; `name` is what
    /// messages call it.
    ///
    /// # Errors
    /// [`Error::Data`] for what cannot be read, or does not fit.
    pub fn predict_bytes(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<Vec<Prediction>> {
        self.predictions(self.preprocessor()?.transform_bytes(name, bytes)?.view())
    }

    /// What the network says of examples `(features, m)` that the preprocessor made.
    fn predictions(&self, x: ArrayView2<'_, f32>) -> Result<Vec<Prediction>> {
        let a = self.outputs(Compute::serial(&*self.backend), x)?;
        let Ok(preprocessor) = self.preprocessor() else {
            return Ok(a.columns().into_iter().map(|column| Prediction::Outputs(column.to_vec())).collect());
        };
        let target = preprocessor.target();
        if self.classes.is_empty() {
            return Ok(target.numbers(a.view()).into_iter().map(Prediction::Number).collect());
        }
        let class = |(label, outputs): (usize, ndarray::ArrayView1<'_, f32>)| Prediction::Class {
            label,
            classes: Arc::clone(&self.classes),
            probabilities: match outputs.len() {
                1 => vec![f64::from(1.0 - outputs[0]), outputs[0].into()],
                _ => outputs.iter().map(|&probability| probability.into()).collect(),
            },
        };
        Ok(target.labels(a.view()).into_iter().zip(a.columns()).map(class).collect())
    }

    /// Rows of numbers for a network that says nothing else of its data.
    fn numbers<'v, R, V>(&self, rows: &[R]) -> Result<Array2<f32>>
    where
        R: AsRef<[V]>,
        V: Clone + Into<RawValue<'v>>,
    {
        let inputs = self.network.inputs();
        let mut x = Array2::zeros((rows.len(), inputs));
        for (row, values) in rows.iter().map(AsRef::as_ref).enumerate() {
            let fault = |found: String| {
                Error::Data(
                    format!("row {} has {found}, expected {inputs} numbers: correct it", row + 1).into(),
                )
            };
            if values.len() != inputs {
                return Err(fault(format!("{} values", values.len())));
            }
            for (place, value) in values.iter().enumerate() {
                let number = match value.clone().into() {
                    RawValue::Number(number) => Ok(number),
                    RawValue::Text(text) => text.trim().parse().map_err(|_| fault(format!("{text:?}"))),
                    RawValue::Missing => Err(fault("no value in one place".into())),
                }?;
                match number.is_finite() {
                    true => x[[row, place]] = number as f32,
                    false => return Err(fault(number.to_string())),
                }
            }
        }
        Ok(x.reversed_axes())
    }
}

/// The columns that something is predicted from.
fn used(encoder: &TableEncoder) -> impl Iterator<Item = (&str, &Encoding)> {
    let columns = encoder.columns().iter();
    columns
        .filter(|column| column.encoding.count() > 0)
        .map(|column| (column.name.as_str(), &column.encoding))
}

/// A JSON value as a row has it.
fn raw(row: usize, value: &Value) -> Result<RawValue<'_>> {
    match value {
        Value::Null => Ok(RawValue::Missing),
        Value::Bool(value) => Ok((*value).into()),
        Value::Number(number) => Ok(RawValue::Number(number.as_f64().unwrap_or(f64::INFINITY))),
        Value::String(text) => Ok(text.as_str().into()),
        other => Err(no_row(row, other)),
    }
}

fn no_row(row: usize, found: &Value) -> Error {
    let row = row + 1;
    Error::Data(
        format!(
            "row {row} has {found}, expected numbers, texts, true, false or null in an object or an array: correct it"
        )
        .into(),
    )
}

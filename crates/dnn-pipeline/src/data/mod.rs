//! Raw data into examples for a network: read (`source.rs`), part of it held out (`divide.rs`), and what is learnt from the
//! rest applied to all.

mod arrays;
mod divide;
mod given;
mod roles;
mod rows;
mod source;
mod stream;
mod values;

use dnn_core::column_major;
use dnn_data::recipe::Target;
use dnn_data::{Intake, Table, binary, one_hot};
use ndarray::{Array2, ArrayView2};

use crate::config::Data;
use crate::{Error, Result};

pub use given::labelled;
pub use rows::delimiter;
pub use source::Source;
pub use stream::Stream;

/// What to train on, what is held out, and what was learnt.
pub struct Prepared {
    pub intake: Intake,
    pub train: Part,
    pub validation: Option<Part>,
    pub test: Option<Part>,
    /// The table that `train` is only a sample of, if it is not held in memory.
    pub stream: Option<Stream>,
}

impl Prepared {
    /// How many examples are trained on.
    pub fn count(&self) -> usize {
        self.stream.as_ref().map_or(self.train.count(), |stream| stream.count)
    }
}

/// Examples with what should come out.
#[derive(Debug, Clone)]
pub struct Part {
    /// `(features, m)`
    pub x: Array2<f32>,
    /// `(outputs, m)`
    pub y: Array2<f32>,
    pub truth: Truth,
    /// Where each comes from: its line, its file, its number.
    pub names: Vec<String>,
    /// The rows it was made of, if it was a table.
    pub table: Option<Table>,
}

/// What should come out, in the words of the data.
#[derive(Debug, Clone, PartialEq)]
pub enum Truth {
    /// Class numbers.
    Classes(Vec<usize>),
    /// Numbers as they stand in the data.
    Numbers(Vec<f64>),
}

impl Part {
    /// How many examples there are.
    pub fn count(&self) -> usize {
        self.x.ncols()
    }

    /// The examples and what should come out, as a trainer takes them.
    pub fn examples(&self) -> dnn_train::Examples<'_, f32> {
        dnn_train::Examples::new(self.x.view(), self.y.view())
    }
}

impl Truth {
    /// What the network should give: `(outputs, m)`.
    ///
    /// # Errors
    /// [`Error::Data`] for class numbers that `target` has not.
    fn outputs(&self, target: &Target) -> Result<Array2<f32>> {
        match (self, target) {
            (Self::Classes(labels), _) if target.outputs() == 1 => Ok(binary(labels)?),
            (Self::Classes(labels), _) => Ok(one_hot(labels, target.outputs())?),
            (Self::Numbers(numbers), &Target::Number { mean, deviation }) => {
                let scaled: Vec<f32> = numbers.iter().map(|y| ((y - mean) / deviation) as f32).collect();
                let row = ArrayView2::from_shape((1, scaled.len()), &scaled);
                Ok(column_major(&row.expect("one number for each example")))
            }
            (Self::Numbers(_), _) => Err(Error::Data("found numbers, expected classes".into())),
        }
    }
}

/// Reads everything that `data` names, holds some out, and learns from the rest. Fills in what `data` leaves open.
///
/// # Errors
/// [`Error::Usage`] if no data or no target is named; [`Error::Configuration`] for data to validate on and a share besides;
/// [`Error::Data`] for what cannot be read or used.
pub fn prepare(data: &mut Data, seed: u64) -> Result<Prepared> {
    if data.validation_data.is_some() {
        data.validation.get_or_insert(0.0);
    }
    refuse_both(data)?;
    refuse_pipe(data)?;
    if stream::is_wanted(data)? {
        return stream::prepare(data, seed);
    }
    let (source, given_test) = Source::open(data)?;
    data.task = Some(source.task(data)?);
    let rows = divide::divide(&source, data, given_test.is_some(), seed)?;
    let intake = source.learn(&rows.train, data)?;
    let some = |rows: &[usize]| match rows.is_empty() {
        true => Ok(None),
        false => source.part(&intake, Some(rows)).map(Some),
    };
    let validation = given::validation(&intake, data)?.or(some(&rows.validation)?);
    let given_test = given_test.map(|given| given.read(&intake, data)).transpose()?;
    let test = given_test.or(some(&rows.test)?);
    let whole = rows.train.len() == source.count();
    let train = source.part(&intake, (!whole).then_some(&rows.train))?;
    Ok(Prepared { intake, train, validation, test, stream: None })
}

/// Refuses shares beside what says otherwise which examples are held out.
fn refuse_both(data: &Data) -> Result<()> {
    let (given, column) = (data.validation_data.is_some(), data.split_column.is_some());
    let both = [
        ("validation", data.validation.filter(|_| given), "validation_data"),
        ("validation", data.validation.filter(|_| column), "split_column"),
        ("test_share", data.test_share.filter(|_| column), "split_column"),
    ];
    match both.into_iter().find(|(_, share, _)| share.is_some_and(|share| share != 0.0)) {
        Some((name, share, other)) => Err(Error::Configuration(
            format!("data.{name} is {} beside data.{other}: leave one of them out", share.unwrap_or(0.0))
                .into(),
        )),
        None => Ok(()),
    }
}

/// Refuses what can be read only once, since training data is looked at before it is read.
fn refuse_pipe(data: &Data) -> Result<()> {
    match data.train.as_deref().filter(|path| path.exists() && !path.is_file() && !path.is_dir()) {
        None => Ok(()),
        Some(path) => Err(Error::Data(
            format!(
                "{path:?} is a pipe or a device, but training data is read more than once: save it as a file"
            )
            .into(),
        )),
    }
}

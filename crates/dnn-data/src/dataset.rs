//! Examples with their labels and the names of the classes, checked once to fit each other.
//!
//! Plain data: nothing here reads a file or draws a number.

use dnn_core::{Real, column_major};
use ndarray::{Array2, ArrayView2, Axis, concatenate};

use crate::examples::{CLASSES, Examples, check_indices, length};
use crate::targets::check_labels;
use crate::{Error, Labels, Result, Table, mirrored, select, split_stratified, targets};

/// `m` examples as columns, each with a class number, and a name for each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<T> {
    examples: Examples<T>,
    labels: Vec<usize>,
    classes: Vec<String>,
}

impl<T: Real> Dataset<T> {
    /// Examples `(features, m)` of `m` labels; an example not stored column by column is copied so.
    ///
    /// # Errors
    /// [`Error::Count`] if there is not one label for each example, or the shape is not that of an example;
    /// [`Error::Label`] for a label without a class.
    pub fn new(examples: Examples<T>, labels: Vec<usize>, classes: Vec<String>) -> Result<Self> {
        let (features, count) = examples.values.dim();
        if labels.len() != count {
            return Err(Error::Count {
                name: "the list of labels",
                unit: "entries",
                found: labels.len(),
                expected: count.to_string(),
                remedy: "give one label for each example; do both files come from the same part?",
            });
        }
        let expected = length(&examples.shape);
        if expected != Some(features) {
            return Err(Error::Count {
                name: "an example",
                unit: "features",
                found: features,
                expected: format!("{} (its shape is {:?})", expected.unwrap_or(usize::MAX), examples.shape),
                remedy: "give the shape that one example had before it was flattened",
            });
        }
        check_labels(&labels, classes.len())?;
        let stored = examples.values.t().is_standard_layout();
        let values = if stored { examples.values } else { column_major(&examples.values.view()) };
        Ok(Self { examples: Examples { values, ..examples }, labels, classes })
    }

    /// The same with classes named by their numbers: `"0"`, `"1"`, … up to the largest label.
    ///
    /// # Errors
    /// As [`Dataset::new`]; [`Error::Label`] for a label of 2²⁰ or more.
    pub fn numbered(examples: Examples<T>, labels: Vec<usize>) -> Result<Self> {
        check_labels(&labels, CLASSES)?;
        let classes = labels.iter().max().map_or(0, |&largest| largest + 1);
        Self::new(examples, labels, (0..classes).map(|class| class.to_string()).collect())
    }

    /// The examples, `(features, m)`, stored column by column.
    pub fn examples(&self) -> ArrayView2<'_, T> {
        self.examples.values.view()
    }

    /// The class numbers, one for each example.
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The names of the classes, by number.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Shape of one example before it was flattened, as `[height, width]` or `[height, width, 3]`.
    pub fn shape(&self) -> &[usize] {
        &self.examples.shape
    }

    /// The examples with the shape of one.
    pub(crate) fn raw(&self) -> &Examples<T> {
        &self.examples
    }

    /// Features of an example.
    pub fn features(&self) -> usize {
        self.examples.values.nrows()
    }

    /// How many examples there are.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// The parts it was made of, without a copy.
    pub fn into_parts(self) -> (Examples<T>, Vec<usize>, Vec<String>) {
        (self.examples, self.labels, self.classes)
    }

    /// The examples that `indices` names, in that order; repeats are allowed, and all classes keep their numbers.
    ///
    /// # Errors
    /// [`Error::Count`] for an index beyond the last example.
    pub fn select(&self, indices: &[usize]) -> Result<Self> {
        check_indices(indices, self.count())?;
        let values = select(self.examples(), indices)?;
        Ok(Self {
            examples: Examples { values, shape: self.examples.shape.clone() },
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
            classes: self.classes.clone(),
        })
    }

    /// A part to train on, and `fraction` of every class held out, drawn from `seed` ([`crate::split_stratified`]).
    ///
    /// # Errors
    /// [`Error::Setting`] unless `0 ≤ fraction < 1`.
    pub fn split_stratified(&self, fraction: f64, seed: u64) -> Result<(Self, Self)> {
        let split = split_stratified(&self.labels, fraction, seed)?;
        Ok((self.select(&split.train)?, self.select(&split.held_out)?))
    }

    /// Targets `(classes, m)` for softmax ([`crate::one_hot`]).
    ///
    /// # Errors
    /// [`Error::Setting`] if these are more numbers than this machine can address.
    pub fn one_hot<U: Real>(&self) -> Result<Array2<U>> {
        targets::one_hot(&self.labels, self.classes.len())
    }

    /// Targets `(1, m)` for one sigmoid: 1 for class 1 ([`crate::binary`]).
    ///
    /// # Errors
    /// [`Error::Label`] if there is an example of a third class.
    pub fn binary<U: Real>(&self) -> Result<Array2<U>> {
        targets::binary(&self.labels)
    }

    /// These pictures, then each once more as in a mirror, with the same labels ([`crate::mirrored`]).
    ///
    /// # Errors
    /// [`Error::Count`] if an example is no picture, that is, its shape has not two or three sides.
    pub fn with_mirrored(&self) -> Result<Self> {
        let &[height, width, ..] = self.shape() else {
            return Err(Error::Count {
                name: "the shape of an example",
                unit: "sides",
                found: self.shape().len(),
                expected: "2 (grey) or 3 (colour)".into(),
                remedy: "mirror only pictures",
            });
        };
        let mirror = mirrored(self.examples(), width, height)?;
        let both = concatenate(Axis(0), &[self.examples().t(), mirror.t()]).expect("equal rows");
        Ok(Self {
            examples: Examples { values: both.reversed_axes(), shape: self.examples.shape.clone() },
            labels: self.labels.repeat(2),
            classes: self.classes.clone(),
        })
    }
}

/// Examples as a network takes them, with what should come out.
#[derive(Debug, Clone)]
pub struct LabelledSet {
    /// `(features, m)`, stored column by column.
    pub x: Array2<f32>,
    /// `(outputs, m)`, stored column by column.
    pub y: Array2<f32>,
    /// The same in the words of the data.
    pub labels: Labels,
    /// Where each comes from: its line, its file, its number.
    pub names: Vec<String>,
    /// The rows they were made of, if it was a table.
    pub table: Option<Table>,
}

impl LabelledSet {
    /// How many examples there are.
    pub fn count(&self) -> usize {
        self.x.ncols()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn small() -> Dataset<f32> {
        let values = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let classes = vec!["no".into(), "yes".into()];
        Dataset::new(Examples { values, shape: vec![1, 2] }, vec![0, 1, 1], classes).unwrap()
    }

    #[test]
    fn examples_are_stored_column_by_column_whatever_was_given() {
        assert_eq!(small().examples().t().as_slice().unwrap(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        let both = small().with_mirrored().unwrap();
        assert_eq!(both.examples().t().as_slice().unwrap()[6..], [4.0, 1.0, 5.0, 2.0, 6.0, 3.0]);
        assert_eq!(both.labels(), [0, 1, 1, 0, 1, 1]);
    }

    #[test]
    fn a_selection_keeps_labels_beside_their_examples() {
        let chosen = small().select(&[2, 0]).unwrap();
        assert_eq!((chosen.examples()[[0, 0]], chosen.labels()), (3.0, &[1, 0][..]));
        assert_eq!(chosen.classes(), small().classes());
        assert!(small().select(&[3]).is_err());
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let (examples, labels, classes) = small().into_parts();
        let new = |labels: &[usize]| Dataset::new(examples.clone(), labels.to_vec(), classes.clone());
        assert!(new(&labels).is_ok());
        let message = new(&[0, 1]).unwrap_err().to_string();
        assert!(message.starts_with("the list of labels has 2 entries, but 3 entries"), "{message}");
        assert!(matches!(new(&[0, 1, 2]), Err(Error::Label { position: 2, .. })));
        let shape = Examples { shape: vec![3], ..examples };
        assert!(matches!(Dataset::numbered(shape, labels), Err(Error::Count { .. })));
    }

    #[test]
    fn classes_without_names_are_numbered() {
        let (examples, labels, _) = small().into_parts();
        assert_eq!(Dataset::numbered(examples, labels).unwrap().classes(), ["0", "1"]);
    }
}

//! Examples beside their targets, as a run takes them, and the checks they pass once before its first step.
//!
//! Where they come from is not here: see `dnn-data`.

use dnn_core::{Network, Real};
use ndarray::ArrayView2;

use crate::cost::{AnyCost, Targets};
use crate::{Error, Result};

/// Examples and what the network should give for them.
///
/// ```
/// use dnn_train::Examples;
/// use ndarray::array;
///
/// let x = dnn_core::column_major(&array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]].view());
/// let y = array![[0.0, 1.0, 1.0, 0.0]];
/// let examples = Examples::new(x.view(), y.view()).weighted(&[1.0, 1.0, 1.0, 0.2]);   // the last one is in doubt
/// assert_eq!((examples.count(), examples.weights.map(<[f64]>::len)), (4, Some(4)));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Examples<'a, T> {
    /// `(n[0], m)`, stored column by column.
    pub x: ArrayView2<'a, T>,
    /// `(n[L], m)`, stored column by column.
    pub y: ArrayView2<'a, T>,
    /// The sample weights, m numbers of 0 or more; `None` if all examples count alike.
    pub weights: Option<&'a [f64]>,
}

impl<'a, T: Real> Examples<'a, T> {
    /// Examples `x: (n[0], m)` with targets `y: (n[L], m)`, both stored column by column; a run checks that they are.
    pub fn new(x: ArrayView2<'a, T>, y: ArrayView2<'a, T>) -> Self {
        Self { x, y, weights: None }
    }

    /// The same examples with these weights, one for each; only their ratios count.
    #[must_use]
    pub fn weighted(self, weights: &'a [f64]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// How many there are, m.
    pub fn count(&self) -> usize {
        self.x.ncols()
    }

    /// The same for a shorter time.
    pub(crate) fn reborrow<'b>(self) -> Examples<'b, T>
    where
        'a: 'b,
    {
        Examples { x: self.x.reborrow(), y: self.y.reborrow(), weights: self.weights }
    }

    /// Whether `network` can take them and `cost` has a meaning for them; messages call them `name`.
    pub(crate) fn check(&self, name: &'static str, network: &Network, cost: &dyn AnyCost) -> Result<()> {
        let Self { x, y, .. } = self;
        let wrong = |expected, remedy| {
            let (rows, columns) = y.dim();
            Err(Error::Examples { found: format!("{name} is {rows} × {columns}"), expected, remedy })
        };
        if y.nrows() != network.outputs() {
            let units = network.outputs();
            return wrong(
                format!("the network's last layer has {units} unit{}", if units == 1 { "" } else { "s" }),
                "give y one row for each unit of the last layer; class numbers become rows by one-hot coding",
            );
        }
        if y.ncols() != x.ncols() {
            return wrong(format!("x has {} columns", x.ncols()), "give x and y one column for each example");
        }
        if x.nrows() != network.inputs() {
            return Err(Error::Core(dnn_core::Error::Shape {
                name: "x",
                found_rows: x.nrows(),
                found_columns: x.ncols(),
                expected: format!("the network takes {} features, one example a column", network.inputs()),
                remedy: format!("pass a matrix of {} rows", network.inputs()),
            }));
        }
        for (name, matrix) in [("x", x), ("y", y)] {
            if !matrix.t().is_standard_layout() {
                return Err(Error::Core(dnn_core::Error::Order { name }));
            }
        }
        self.check_weights(name)?;
        self.check_targets(name, cost)
    }

    fn check_weights(&self, name: &'static str) -> Result<()> {
        let Some(weights) = self.weights else { return Ok(()) };
        if weights.len() != self.count() {
            let found = format!("{} for {} examples", weights.len(), self.count());
            return Err(weights_error(name, &found, "one for each example", "give as many as x has columns"));
        }
        let wrong = |weight: &f64| !(weight.is_finite() && *weight >= 0.0);
        let Some(at) = weights.iter().position(wrong) else { return Ok(()) };
        let found = format!("{} for example {}", weights[at], at + 1);
        let remedy = "give 0 to an example that shall not count";
        Err(weights_error(name, &found, "finite numbers of 0 or more", remedy))
    }

    fn check_targets(&self, name: &'static str, cost: &dyn AnyCost) -> Result<()> {
        let kind = cost.targets();
        let (expected, remedy) = match kind {
            Targets::Finite => ("finite numbers", "look for missing values in the targets"),
            Targets::Counts => ("numbers of 0 or more", "give counts, or another cost"),
            Targets::Probabilities => ("numbers from 0 to 1", "code yes as 1 and no as 0"),
            Targets::Distributions => {
                ("columns of numbers from 0 to 1 with sum 1", "code classes as one-hot columns")
            }
        };
        let good = |column: &[f64]| match kind {
            Targets::Finite => column.iter().all(|y| y.is_finite()),
            Targets::Counts => column.iter().all(|y| y.is_finite() && *y >= 0.0),
            Targets::Probabilities => column.iter().all(|y| (0.0..=1.0).contains(y)),
            // Rounding of n f32 numbers around 1.
            Targets::Distributions => {
                column.iter().all(|y| (0.0..=1.0).contains(y))
                    && (column.iter().sum::<f64>() - 1.0).abs() < 1e-4
            }
        };
        let mut column = Vec::with_capacity(self.y.nrows());
        for (index, example) in self.y.columns().into_iter().enumerate() {
            column.clear();
            column.extend(example.iter().map(|y| y.wide()));
            if !good(&column) {
                let found = format!("{name} of example {} is {column:?}", index + 1);
                let expected = format!("{} takes {expected}", cost.name());
                return Err(Error::Examples { found, expected, remedy });
            }
        }
        Ok(())
    }
}

/// The error of weights beside the targets `name` that mean nothing.
pub(crate) fn weights_error(name: &str, found: &str, expected: &str, remedy: &'static str) -> Error {
    let found = format!("the weights beside {name} are {found}");
    Error::Examples { found, expected: format!("must be {expected}"), remedy }
}

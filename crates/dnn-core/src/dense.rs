//! The dense layer: `Z = W A[l-1] + b`, `A = g(Z)`.
//!
//! Its parameters are W, column by column, then b, then those of the activation. W has no padding.
//! Backwards: `dZ = dA * g'(Z)`, `dW = 1/m dZ A[l-1]ᵀ`, `db = 1/m Σ dZ`, `dA[l-1] = Wᵀ dZ`.

use std::ops::Range;
use std::sync::Arc;

use crate::activation::{AnyActivation, Identity, IntoActivation, Saved};
use crate::buffer::share_blocks;
use crate::layer::{AnyLayer, Batch, Block, Kind, Layer, LayerSpecification, Part};
use crate::matrix::{Matrix, MatrixMut};
use crate::product::{Product, Products};
use crate::{Pool, Real, widest};

/// Entries of W in one block of the gradient: small enough to share a layer, large enough for a full-speed product.
const GRADIENT_BLOCK: usize = 1 << 16;
/// Entries of W from which on its gradient has two blocks at least, or else one thread would have nearly the whole step of a
/// small network.
const WORTH_CUTTING: usize = 1 << 13;
/// Entries of W from which on a single example is shared: reading them takes longer than handing rows to another thread.
const WORTH_SHARING: usize = 1 << 16;
/// The fewest rows that one task computes of a single example. More than two tasks share none: the rows of a column of W
/// would be too few to be read at the pace of memory.
const FEWEST_ROWS: usize = 128;

/// A dense layer of `units` over `inputs`, with its activation.
#[derive(Debug, Clone)]
pub struct Dense {
    inputs: usize,
    units: usize,
    activation: Arc<dyn AnyActivation>,
}

impl Dense {
    /// `inputs` = n\[l-1\] features in, `units` = n\[l\] out. Sizes are checked when the network is built.
    pub fn new(inputs: usize, units: usize, activation: impl IntoActivation) -> Self {
        Self { inputs, units, activation: activation.into_activation() }
    }

    fn weights(&self) -> usize {
        self.inputs * self.units
    }

    fn slopes(&self) -> usize {
        f64::half(&*self.activation).parameter_count(self.units)
    }

    /// W, b and the activation's parameters.
    fn split<'a, T>(&self, parameters: &'a [T]) -> (Matrix<'a, T>, &'a [T], &'a [T]) {
        let (w, rest) = parameters.split_at(self.weights());
        let (b, slopes) = rest.split_at(self.units);
        (Matrix::new(w, self.units, self.inputs), b, slopes)
    }

    /// The rest of the forward pass, `A = g(Z + b)`, in place.
    fn activate<T: Real>(&self, parameters: &[T], cache: &mut [T], y: &mut [T]) {
        let (_, b, slopes) = self.split(parameters);
        add_to_columns(b, y);
        if self.keeps_scores() {
            cache.copy_from_slice(y);
        }
        T::half(&*self.activation).forward(self.units, slopes, y);
    }

    fn keeps_scores(&self) -> bool {
        f64::half(&*self.activation).saved() == Saved::Input
    }
}

impl<T: Real> Layer<T> for Dense {
    fn forward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
    ) {
        let (w, _, _) = self.split(parameters);
        products.compute(job(w, x, MatrixMut::new(y, self.units, x.columns())));
        self.activate(parameters, cache, y);
    }

    fn forward_alone(
        &self,
        products: &dyn Products<T>,
        pool: &dyn Pool,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
    ) {
        if self.weights() < WORTH_SHARING || pool.threads() == 1 || !products.rows_stand_alone() {
            return self.forward(products, parameters, x, cache, y);
        }
        let (w, _, _) = self.split(parameters);
        let rows = self.units.div_ceil(2).max(FEWEST_ROWS);
        share_blocks(pool, y, rows, &|rows, y| {
            products.compute(job(w.rows_range(rows.clone()), x, MatrixMut::new(y, rows.len(), 1)));
        });
        self.activate(parameters, cache, y);
    }

    fn backward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        block: Block<'_, T>,
        dx: Option<&mut [T]>,
    ) {
        let Block { x, cache, y, dy, sums } = block;
        let (w, _, slopes) = self.split(parameters);
        let activation = T::half(&*self.activation);
        let saved = if self.keeps_scores() { cache } else { y };
        let (db, slope_sums) = sums.split_at_mut(self.units);
        slope_sums.fill(T::zero());
        activation.parameter_gradient(self.units, slopes, saved, dy, slope_sums);
        // dZ[l] = dA[l] * g'(Z[l]): dnn::guide::forward_and_backward
        activation.backward(self.units, slopes, saved, dy);
        // db[l] = 1/m Σ dZ[l]: dnn::guide::forward_and_backward; 1/m in `gradient`
        sum_columns(dy, db);
        if let Some(dx) = dx {
            // dA[l-1] = W[l]ᵀ dZ[l]: dnn::guide::forward_and_backward
            let dz = Matrix::new(dy, self.units, x.columns());
            products.compute(job(w.t(), dz, MatrixMut::new(dx, self.inputs, x.columns())));
        }
    }

    fn gradient(
        &self,
        products: &dyn Products<T>,
        batch: Batch<'_, T>,
        range: Range<usize>,
        gradient: &mut [T],
    ) {
        if range.start < self.weights() {
            let columns = range.start / self.units..range.end / self.units;
            let x = batch.x.rows_range(columns.clone());
            let dw = MatrixMut::new(gradient, self.units, columns.len());
            // dW[l] = 1/m dZ[l] A[l-1]ᵀ: dnn::guide::forward_and_backward
            products.compute(job(batch.dy, x.t(), dw).scaled(batch.scale));
        } else {
            // db[l] = 1/m Σ dZ[l]: dnn::guide::forward_and_backward
            sum_columns(batch.sums, gradient);
            gradient.iter_mut().for_each(|sum| *sum *= batch.scale);
        }
    }
}

impl AnyLayer for Dense {
    fn inputs(&self) -> usize {
        self.inputs
    }

    fn outputs(&self) -> usize {
        self.units
    }

    fn parts(&self) -> Vec<Part> {
        let (weights, slopes) = (self.weights(), self.slopes());
        let part = |name, kind, start, shape: (usize, usize), value| Part {
            name,
            kind,
            range: start..start + shape.0 * shape.1,
            shape,
            start: value,
        };
        let mut parts = vec![
            part("weight", Kind::Weight, 0, (self.units, self.inputs), 0.0),
            part("bias", Kind::Bias, weights, (self.units, 1), 0.0),
        ];
        if slopes > 0 {
            let start = self.activation.starting_parameter();
            parts.push(part("slope", Kind::Slope, weights + self.units, (slopes, 1), start));
        }
        parts
    }

    fn cache_rows(&self) -> usize {
        if self.keeps_scores() { self.units } else { 0 }
    }

    fn sum_count(&self) -> usize {
        self.units + self.slopes()
    }

    fn parameter_blocks(&self) -> Vec<Range<usize>> {
        let fewest = if self.weights() < WORTH_CUTTING { 1 } else { 2 };
        let pieces = self.weights().div_ceil(GRADIENT_BLOCK).max(fewest).min(self.inputs);
        let cut = |piece: usize| piece * self.inputs / pieces * self.units;
        let tail = self.weights()..self.weights() + self.sum_count();
        (0..pieces).map(|piece| cut(piece)..cut(piece + 1)).chain([tail]).collect()
    }

    fn activation(&self) -> Option<&dyn AnyActivation> {
        Some(&*self.activation)
    }

    fn without_activation(&self) -> Option<Arc<dyn AnyLayer>> {
        (self.slopes() == 0)
            .then(|| Arc::new(Self::new(self.inputs, self.units, Identity)) as Arc<dyn AnyLayer>)
    }

    fn specification(&self) -> LayerSpecification {
        LayerSpecification {
            kind: "dense".into(),
            inputs: self.inputs,
            outputs: self.units,
            activation: Some(self.activation.config()),
            constants: Default::default(),
        }
    }
}

/// A product of operands that the network's build has proved to fit.
fn job<'a, T: Real>(a: Matrix<'a, T>, b: Matrix<'a, T>, c: MatrixMut<'a, T>) -> Product<'a, T> {
    Product::new(a, b, c).expect("sizes were checked when the network was built")
}

/// `Z ← Z + b`: adds `b` to every column of `z`.
fn add_to_columns<T: Real>(b: &[T], z: &mut [T]) {
    widest(
        #[inline(always)]
        || {
            for z in z.chunks_exact_mut(b.len()) {
                z.iter_mut().zip(b).for_each(|(z, &b)| *z += b);
            }
        },
    );
}

/// Sums the columns of `matrix`, in order, into `sum`.
fn sum_columns<T: Real>(matrix: &[T], sum: &mut [T]) {
    widest(
        #[inline(always)]
        || {
            sum.fill(T::zero());
            for column in matrix.chunks_exact(sum.len()) {
                sum.iter_mut().zip(column).for_each(|(sum, &value)| *sum += value);
            }
        },
    );
}

//! What a layer is: numbers in, numbers out, and where its parameters stand in the flat vector.
//!
//! A layer works on a block of columns at a time. Its backward pass comes in two halves, as the step needs it: from dA
//! to dA[l-1] for a block of columns, and, when all blocks are done, the gradient of a block of parameters. A layer
//! holds no numbers itself.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::activation::AnyActivation;
use crate::matrix::Matrix;
use crate::product::Products;
use crate::random::{Key, Stream};
use crate::{Both, NamedConfig, Pool, Real};

/// What a part of a layer's parameters is: decay spares all but weights, initialisation treats each in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Weights between units: `(n[l], n[l-1])`.
    Weight,
    /// A shift for each unit: `(n[l], 1)`.
    Bias,
    /// A factor for each unit.
    Gain,
    /// Trained parameters of an activation.
    Slope,
}

/// A named part of a layer's parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name within the layer: `"weight"`, `"bias"`.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Where it stands: within the layer's parameters, or, from [`crate::Network::parts`], within the network's.
    pub range: Range<usize>,
    /// Rows and columns, stored column by column.
    pub shape: (usize, usize),
    /// The value it starts from where initialisation draws none.
    pub start: f64,
}

/// A layer in one precision.
///
/// All blocks are column-major with one example a column. Buffers come in with garbage in them, NaN included.
///
/// A complete layer of one's own, which multiplies by two:
/// ```
/// use dnn_core::{AnyLayer, Layer, LayerSpecification, Matrix, Naive, Network, Compute, Part, Products, Real};
/// use ndarray::array;
/// use std::ops::Range;
///
/// struct Double(usize);
///
/// impl<T: Real> Layer<T> for Double {
///     fn forward(&self, _: &dyn Products<T>, _: &[T], x: Matrix<'_, T>, _cache: &mut [T], y: &mut [T]) {
///         y.iter_mut().zip(x.values()).for_each(|(y, &x)| *y = x + x);
///     }
///     fn backward(&self, _: &dyn Products<T>, _: &[T], block: dnn_core::Block<'_, T>, dx: Option<&mut [T]>) {
///         if let Some(dx) = dx {
///             dx.iter_mut().zip(&*block.dy).for_each(|(dx, &dy)| *dx = dy + dy);
///         }
///     }
///     fn gradient(&self, _: &dyn Products<T>, _: dnn_core::Batch<'_, T>, _: Range<usize>, _: &mut [T]) {}
/// }
///
/// impl AnyLayer for Double {
///     fn inputs(&self) -> usize { self.0 }
///     fn outputs(&self) -> usize { self.0 }
///     fn parts(&self) -> Vec<Part> { vec![] }
///     fn specification(&self) -> LayerSpecification {
///         LayerSpecification { kind: "my-crate/double".into(), inputs: self.0, outputs: self.0,
///             activation: None, constants: Default::default() }
///     }
/// }
///
/// let network = Network::builder(2).layer(Double(2)).build()?;
/// let y = network.predict(Compute::serial(&Naive), &[], array![[1.0], [3.0]].view())?;
/// assert_eq!(y, array![[2.0], [6.0]]);
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub trait Layer<T>: Send + Sync {
    /// `y = layer(x)` for a block. `x: (inputs, m)`, `y: (outputs, m)`; `cache: (cache_rows, m)` receives what
    /// backward needs besides x and y.
    fn forward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
    );

    /// [`forward`](Self::forward) of a single example outside training, for layers large enough to share it among the
    /// threads of `pool`; others leave it as it is. The bits are those of `forward`.
    fn forward_alone(
        &self,
        products: &dyn Products<T>,
        _pool: &dyn Pool,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
    ) {
        self.forward(products, parameters, x, cache, y);
    }

    /// [`forward`](Self::forward) in training, for layers that draw random numbers there; others leave it as it is.
    fn forward_training(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        x: Matrix<'_, T>,
        cache: &mut [T],
        y: &mut [T],
        _draws: Draws,
    ) {
        self.forward(products, parameters, x, cache, y);
    }

    /// One block's way back: turns `block.dy` from dA into what [`gradient`](Self::gradient) reads (dZ), writes this
    /// block's share of the sums over columns to `block.sums`, and dA[l-1] to `dx: (inputs, m)` if that is wanted.
    fn backward(
        &self,
        products: &dyn Products<T>,
        parameters: &[T],
        block: Block<'_, T>,
        dx: Option<&mut [T]>,
    );

    /// The gradient of the parameters `range`, one of [`AnyLayer::parameter_blocks`], averaged over the whole batch.
    fn gradient(
        &self,
        products: &dyn Products<T>,
        batch: Batch<'_, T>,
        range: Range<usize>,
        gradient: &mut [T],
    );
}

/// Where a layer's random numbers for a block of columns come from, in a step of training.
#[derive(Debug, Clone, Copy)]
pub struct Draws {
    pub(crate) key: Key,
    /// The block's first column's place in the batch.
    pub(crate) first: usize,
}

impl Draws {
    /// The stream of this block, if each example takes `each` draws: the draws of an example follow from its place in the
    /// batch, so no cut into blocks can change them.
    pub fn stream(self, each: usize) -> Stream {
        let mut stream = Stream::new(self.key);
        stream.seek(self.first as u64 * each as u64);
        stream
    }
}

/// A block of columns on its way back through a layer.
#[derive(Debug)]
pub struct Block<'a, T> {
    /// What went in, `(inputs, m)`.
    pub x: Matrix<'a, T>,
    /// What forward kept, `(cache_rows, m)`.
    pub cache: &'a [T],
    /// What came out, `(outputs, m)`.
    pub y: &'a [T],
    /// The gradient, `(outputs, m)`: dA in, dZ out.
    pub dy: &'a mut [T],
    /// Where this block's sums over columns go: [`AnyLayer::sum_count`] numbers.
    pub sums: &'a mut [T],
}

/// The whole batch behind a layer's gradient.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a, T> {
    /// What went in, `(inputs, m)`.
    pub x: Matrix<'a, T>,
    /// What [`Layer::backward`] left in `dy`, `(outputs, m)`.
    pub dy: Matrix<'a, T>,
    /// The sums over columns of all blocks, in block order: `(sum_count, blocks)`.
    pub sums: &'a [T],
    /// The factor of the average, 1/m.
    pub scale: T,
}

/// A layer in both precisions, with its shape and what a file keeps of it.
pub trait AnyLayer: Layer<f32> + Layer<f64> {
    /// Features of an example that goes in, n[l-1].
    fn inputs(&self) -> usize;

    /// Units, `n[l]`: features of what comes out.
    fn outputs(&self) -> usize;

    /// Its parameters, part by part, without gaps.
    fn parts(&self) -> Vec<Part>;

    /// Whether it draws random numbers in training, so that the cost of the same parameters differs from step to step.
    fn draws(&self) -> bool {
        false
    }

    /// Numbers for each example that forward keeps besides x and y.
    fn cache_rows(&self) -> usize {
        0
    }

    /// Numbers that are summed over the columns of a block on the way back.
    fn sum_count(&self) -> usize {
        0
    }

    /// How the parameters are cut for the gradient, by shape alone, without gaps.
    fn parameter_blocks(&self) -> Vec<Range<usize>> {
        let end = self.parts().last().map_or(0, |part| part.range.end);
        if end == 0 { Vec::new() } else { std::iter::once(0..end).collect() }
    }

    /// Its activation, if the last thing it does is to apply one.
    fn activation(&self) -> Option<&dyn AnyActivation> {
        None
    }

    /// The same layer without its activation, if that leaves its parameters as they are.
    fn without_activation(&self) -> Option<std::sync::Arc<dyn AnyLayer>> {
        None
    }

    /// What a file keeps of it.
    fn specification(&self) -> LayerSpecification;
}

impl<'a> Both for dyn AnyLayer + 'a {
    type Half<T: Real> = dyn Layer<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

impl fmt::Debug for dyn AnyLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.specification().fmt(f)
    }
}

/// A layer as plain data: enough to make it again with a [`crate::Registry`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerSpecification {
    /// `"dense"`, or `"crate/name"` for a plug-in.
    pub kind: String,
    /// Features in.
    pub inputs: usize,
    /// Features out.
    pub outputs: usize,
    /// Its activation, if it has one.
    #[serde(default)]
    pub activation: Option<NamedConfig>,
    /// Its other constants, by name.
    #[serde(default)]
    pub constants: BTreeMap<String, f64>,
}

impl LayerSpecification {
    /// The values of all constants of the layer, from their names and the values that are taken where none is given.
    ///
    /// # Errors
    /// [`crate::Error::Constants`] for each that is unknown or not finite.
    pub fn constants<const N: usize>(&self, known: [(&str, f64); N]) -> crate::Result<[f64; N]> {
        let names = known.map(|(name, _)| name);
        let given = self
            .constants
            .iter()
            .filter(|(name, value)| !(names.contains(&name.as_str()) && value.is_finite()));
        let faults: Vec<String> = given
            .map(|(name, value)| {
                format!(
                    "has a constant {name} of {value}, but takes finite values for {names:?} only: correct it"
                )
            })
            .collect();
        if !faults.is_empty() {
            return Err(crate::Error::constants("layer", &self.kind, faults));
        }
        Ok(known.map(|(name, usual)| self.constants.get(name).copied().unwrap_or(usual)))
    }

    /// The size of a layer that gives as many numbers as it takes.
    ///
    /// # Errors
    /// [`crate::Error::Constants`] if it is to give another number.
    pub fn same_size(&self) -> crate::Result<usize> {
        if self.inputs == self.outputs {
            return Ok(self.inputs);
        }
        let found = format!(
            "has {} inputs and {} outputs, but gives as many numbers as it takes",
            self.inputs, self.outputs
        );
        Err(crate::Error::constants("layer", &self.kind, vec![found]))
    }
}

/// The course's table of shapes for layer l of a batch of m, each as (rows, columns).
///
/// | | | |
/// |---|---|---|
/// | `W[l]`, `dW[l]` | (n\[l\], n\[l-1\]) | [`weight`](Self::weight) |
/// | `b[l]`, `db[l]` | (n\[l\], 1) | [`bias`](Self::bias) |
/// | `Z[l]`, `A[l]`, `dZ[l]`, `dA[l]` | (n\[l\], m) | [`output`](Self::output) |
/// | `A[l-1]`, `dA[l-1]` | (n\[l-1\], m) | [`input`](Self::input) |
///
/// ```
/// use dnn_core::Shapes;
///
/// let shapes = Shapes::new(3, 5, 100);
/// assert_eq!((shapes.weight, shapes.bias), ((5, 3), (5, 1)));
/// assert_eq!((shapes.input, shapes.output), ((3, 100), (5, 100)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shapes {
    /// W and dW.
    pub weight: (usize, usize),
    /// b and db.
    pub bias: (usize, usize),
    /// A[l-1] and dA[l-1].
    pub input: (usize, usize),
    /// Z, A, dZ and dA.
    pub output: (usize, usize),
}

impl Shapes {
    /// For `inputs` = n\[l-1\], `units` = n\[l\], and `m` examples.
    pub fn new(inputs: usize, units: usize, m: usize) -> Self {
        Self { weight: (units, inputs), bias: (units, 1), input: (inputs, m), output: (units, m) }
    }
}

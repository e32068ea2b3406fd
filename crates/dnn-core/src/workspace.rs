//! Every buffer of a step, allocated once for a batch size.
//!
//! What a workspace holds before a pass is garbage: nothing reads a number that the same pass has not written. Forward
//! keeps A of every layer, and Z only where an activation's derivative needs it. The first layer's input gradient has
//! no buffer unless it is asked for.

use ndarray::{ArrayView2, ShapeBuilder};

use crate::buffer::Buffer;
use crate::network::LIMIT;
use crate::random::Key;
use crate::{Error, Network, Real, Result};

/// Entries of the largest W from which blocks are made wide: such a W is read again for every block.
const LARGE_WEIGHTS: usize = 1 << 20;

impl Network {
    /// Every buffer of a step with up to `batch` examples, allocated once.
    ///
    /// # Errors
    /// [`Error::EmptyBatch`] if `batch` is 0, [`Error::TooLarge`] if the buffers cannot be addressed.
    pub fn workspace<T: Real>(&self, batch: usize) -> Result<Workspace<T>> {
        Workspace::new(self, batch)
    }

    /// Bytes that [`workspace`](Self::workspace) takes, as [`Workspace::bytes`] says, without taking them.
    ///
    /// # Errors
    /// As for [`workspace`](Self::workspace).
    pub fn workspace_bytes<T: Real>(&self, batch: usize) -> Result<usize> {
        bytes::<T>(self, batch)
    }
}

/// The buffers of a step for one network and up to a number of examples.
pub struct Workspace<T> {
    pub(crate) layers: Vec<LayerSpace<T>>,
    /// dA\[0\], empty unless asked for.
    pub(crate) input_gradient: Buffer<T>,
    /// The gradient of all parameters.
    pub(crate) gradient: Buffer<T>,
    /// Cost of each block.
    pub(crate) costs: Buffer<f64>,
    /// Columns in a block; cut by shape alone.
    pub(crate) width: usize,
    /// Examples of the last forward pass.
    pub(crate) examples: usize,
    /// Where layers draw from in training.
    pub(crate) key: Option<Key>,
    capacity: usize,
}

/// The buffers of one layer.
pub(crate) struct LayerSpace<T> {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) cache_rows: usize,
    pub(crate) sum_count: usize,
    /// What the layer keeps for its way back: `(cache_rows, m)`.
    pub(crate) cache: Buffer<T>,
    /// A\[l\]: `(outputs, m)`.
    pub(crate) y: Buffer<T>,
    /// dA\[l\], then dZ\[l\]: `(outputs, m)`.
    pub(crate) dy: Buffer<T>,
    /// Sums over columns: `(sum_count, blocks)`.
    pub(crate) sums: Buffer<T>,
}

impl<T: Real> Workspace<T> {
    pub(crate) fn new(network: &Network, batch: usize) -> Result<Self> {
        check_batch(network, batch)?;
        let width = block_width(network, batch);
        let blocks = batch.div_ceil(width);
        let layers = network.layers().iter().map(|layer| LayerSpace {
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            cache_rows: layer.cache_rows(),
            sum_count: layer.sum_count(),
            cache: Buffer::new(layer.cache_rows() * batch, T::zero()),
            y: Buffer::new(layer.outputs() * batch, T::zero()),
            dy: Buffer::new(layer.outputs() * batch, T::zero()),
            sums: Buffer::new(layer.sum_count() * blocks, T::zero()),
        });
        Ok(Self {
            layers: layers.collect(),
            input_gradient: Buffer::new(0, T::zero()),
            gradient: Buffer::new(network.parameter_count(), T::zero()),
            costs: Buffer::new(blocks, 0.0),
            width,
            examples: 0,
            key: None,
            capacity: batch,
        })
    }

    /// Asks every later backward pass for dA\[0\], the gradient of the examples themselves.
    #[must_use]
    pub fn with_input_gradient(mut self) -> Self {
        self.input_gradient = Buffer::new(self.layers[0].inputs * self.capacity, T::zero());
        self
    }

    /// Makes the next passes those of training, in which layers such as [`crate::Dropout`] draw from `key`, each from its
    /// own layer of it; `None`, as at first, for passes without randomness.
    pub fn draw_from(&mut self, key: Option<Key>) {
        self.key = key;
    }

    /// The most examples it holds.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Columns of the blocks that a batch is cut into, by the shapes of the network alone.
    pub fn block_columns(&self) -> usize {
        self.width
    }

    /// Bytes of all buffers together.
    pub fn bytes(&self) -> usize {
        let layer =
            |space: &LayerSpace<T>| space.cache.len() + space.y.len() + space.dy.len() + space.sums.len();
        let numbers =
            self.layers.iter().map(layer).sum::<usize>() + self.input_gradient.len() + self.gradient.len();
        numbers * size_of::<T>() + self.costs.len() * size_of::<f64>()
    }

    /// A\[l\] of the last forward pass, `(n[l], m)`, for `layer` from 1.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn output(&self, layer: usize) -> ArrayView2<'_, T> {
        let space = &self.layers[layer - 1];
        view(&space.y, space.outputs, self.examples)
    }

    /// dZ\[l\] of the last backward pass, `(n[l], m)`, for `layer` from 1.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn delta(&self, layer: usize) -> ArrayView2<'_, T> {
        let space = &self.layers[layer - 1];
        view(&space.dy, space.outputs, self.examples)
    }

    /// dA\[0\] of the last backward pass, `(n[0], m)`, if it was [asked for](Self::with_input_gradient).
    pub fn input_gradient(&self) -> Option<ArrayView2<'_, T>> {
        (self.input_gradient.len() > 0)
            .then(|| view(&self.input_gradient, self.layers[0].inputs, self.examples))
    }

    /// The gradient that the last [`Network::step`] computed, in the order of the parameters.
    pub fn gradient(&self) -> &[T] {
        self.gradient.values(self.gradient.len())
    }

    /// Overwrites every buffer, which must change no later result: tests fill it with NaN.
    pub fn fill(&mut self, value: T) {
        for space in &mut self.layers {
            for buffer in [&mut space.cache, &mut space.y, &mut space.dy, &mut space.sums] {
                buffer.fill(value);
            }
        }
        self.input_gradient.fill(value);
        self.gradient.fill(value);
        self.costs.fill(value.wide());
    }

    /// Whether it was made for networks of this shape.
    pub(crate) fn fits(&self, network: &Network) -> bool {
        let same = |space: &LayerSpace<T>, layer: &dyn crate::AnyLayer| {
            space.inputs == layer.inputs()
                && space.outputs == layer.outputs()
                && space.cache_rows == layer.cache_rows()
                && space.sum_count == layer.sum_count()
        };
        self.gradient.len() == network.parameter_count()
            && self.layers.len() == network.layers().len()
            && self.layers.iter().zip(network.layers()).all(|(space, layer)| same(space, &**layer))
    }

    pub(crate) fn blocks(&self) -> usize {
        self.examples.div_ceil(self.width)
    }
}

/// Bytes that the workspace of `network` for `batch` examples takes, as [`Workspace::bytes`], without making it.
fn bytes<T: Real>(network: &Network, batch: usize) -> Result<usize> {
    check_batch(network, batch)?;
    let blocks = batch.div_ceil(block_width(network, batch));
    let numbers = network.layers().iter().fold(network.parameter_count(), |numbers, layer| {
        let rows = layer.cache_rows() + 2 * layer.outputs();
        numbers.saturating_add(rows.saturating_mul(batch)).saturating_add(layer.sum_count() * blocks)
    });
    Ok(numbers.saturating_mul(size_of::<T>()).saturating_add(blocks * size_of::<f64>()))
}

/// Refuses a batch of nothing, and one whose buffers cannot be addressed.
fn check_batch(network: &Network, batch: usize) -> Result<()> {
    if batch == 0 {
        return Err(Error::EmptyBatch);
    }
    let widest = network.layers().iter().map(|layer| layer.outputs() + layer.cache_rows()).max();
    let widest = widest.unwrap_or(0).max(network.inputs());
    if i32::try_from(batch).is_err() || widest.checked_mul(batch).is_none_or(|numbers| numbers > LIMIT) {
        return Err(Error::TooLarge {
            what: "a workspace",
            limit: LIMIT.min(i32::MAX as usize),
            detail: format!("a batch of {batch} examples, {widest} numbers each"),
        });
    }
    Ok(())
}

fn view<T: Real>(buffer: &Buffer<T>, rows: usize, columns: usize) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((rows, columns).f(), buffer.values(rows * columns))
        .expect("rows × columns numbers")
}

/// Columns in a block: wide where W is so large that reading it again for every block would cost, else narrow enough to
/// stay in the cache between layers. In eights, as the products' kernels are, and even.
fn block_width(network: &Network, batch: usize) -> usize {
    let largest = network.parts().iter().map(|placed| placed.part.range.len()).max().unwrap_or(0);
    let width = if largest > LARGE_WEIGHTS { 256 } else { 64 };
    batch.div_ceil(batch.div_ceil(width)).next_multiple_of(8).min(batch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Relu, Sigmoid};

    #[test]
    fn blocks_are_even_and_cover_the_batch() {
        let network = Network::builder(4).dense(3, Relu).dense(1, Sigmoid).build().unwrap();
        for (batch, width) in [(1, 1), (32, 32), (64, 64), (65, 40), (128, 64), (209, 56)] {
            assert_eq!(block_width(&network, batch), width, "batch {batch}");
        }
    }

    #[test]
    fn nothing_is_kept_that_nobody_reads() {
        let network = Network::builder(4).dense(3, Relu).dense(1, Sigmoid).build().unwrap();
        let workspace = network.workspace::<f32>(10).unwrap();
        let (a_and_dz, sums, gradient) = ((3 + 1) * 10 * 2, 3 + 1, network.parameter_count());
        assert_eq!(workspace.bytes(), (a_and_dz + sums + gradient) * 4 + 8);
        assert!(workspace.input_gradient().is_none());
    }

    #[test]
    fn the_bytes_are_known_before_a_workspace_is_made() {
        let network = Network::builder(4).dense(3, Relu).layer_normalisation().dropout(0.5);
        let network = network.dense(1, Sigmoid).build().unwrap();
        for batch in [1, 32, 209] {
            let made = network.workspace::<f64>(batch).unwrap().bytes();
            assert_eq!(network.workspace_bytes::<f64>(batch).unwrap(), made, "batch {batch}");
        }
        assert!(network.workspace_bytes::<f32>(1 << 30).unwrap() > 1 << 33);
        assert_eq!(network.workspace_bytes::<f32>(0), Err(Error::EmptyBatch));
    }

    #[test]
    fn a_batch_of_nothing_is_refused() {
        let network = Network::builder(4).dense(1, Sigmoid).build().unwrap();
        assert_eq!(network.workspace::<f32>(0).err(), Some(Error::EmptyBatch));
        assert!(matches!(network.workspace::<f32>(1 << 40), Err(Error::TooLarge { .. })));
    }
}

//! Which examples a step sees.
//!
//! All at once, in slices as they stand, or in a new random order each epoch. The order depends on the seed and the
//! epoch alone, or on the step where a chunk begins; the last batch is as short as it comes.

use std::ops::Range;

use dnn_core::Real;
use dnn_core::random::{Key, Purpose, Stream};
use ndarray::{ArrayView2, Axis, ShapeBuilder};

use crate::Examples;

/// The batches of an epoch, and the buffers a shuffled batch is gathered in.
#[derive(Debug)]
pub(crate) struct Batches<T> {
    size: usize,
    /// Examples of an epoch.
    count: usize,
    seed: Option<u64>,
    order: Vec<usize>,
    x: Vec<T>,
    y: Vec<T>,
    weights: Vec<f64>,
}

impl<T: Real> Batches<T> {
    /// Batches of `size` out of `count` examples; shuffled by `seed` if it is given and `size` leaves a choice.
    pub(crate) fn new(count: usize, size: usize, seed: Option<u64>) -> Self {
        let order = (0..count).collect();
        Self { size, count, seed, order, x: Vec::new(), y: Vec::new(), weights: Vec::new() }
    }

    /// Puts the examples in the order of `epoch`, from 0, whatever came before.
    pub(crate) fn begin_epoch(&mut self, epoch: u64) {
        self.arrange(self.count, |key| key.epoch(epoch));
    }

    /// Puts `count` examples of a chunk that begins at `step` in order.
    pub(crate) fn begin_chunk(&mut self, count: usize, step: u64) {
        // Layer 1 keeps these streams apart from those of epochs.
        self.arrange(count, |key| key.step(step).layer(1));
    }

    fn arrange(&mut self, count: usize, key: impl Fn(Key) -> Key) {
        self.order.clear();
        self.order.extend(0..count);
        if let Some(seed) = self.shuffles() {
            Stream::new(key(Key::new(seed, Purpose::Shuffle))).shuffle(&mut self.order);
        }
    }

    /// The seed, if the order is drawn.
    fn shuffles(&self) -> Option<u64> {
        self.seed.filter(|_| self.size < self.order.len())
    }

    /// Batch number `step` of the epoch, from 0.
    pub(crate) fn batch<'a>(&'a mut self, step: usize, of: Examples<'a, T>) -> Examples<'a, T> {
        let range = step * self.size..((step + 1) * self.size).min(self.order.len());
        if self.shuffles().is_none() {
            return slice(of, range);
        }
        let examples = &self.order[range];
        let weights = of.weights.map(|weights| {
            self.weights.clear();
            self.weights.extend(examples.iter().map(|&example| weights[example]));
            &*self.weights
        });
        let (x, y) = (gather(of.x, examples, &mut self.x), gather(of.y, examples, &mut self.y));
        Examples { x, y, weights }
    }
}

/// The examples of `range`, where they stand.
pub(crate) fn slice<'a, T: Real>(of: Examples<'a, T>, range: Range<usize>) -> Examples<'a, T> {
    let columns =
        |matrix: ArrayView2<'a, T>| matrix.split_at(Axis(1), range.end).0.split_at(Axis(1), range.start).1;
    let (x, y) = (columns(of.x), columns(of.y));
    Examples { x, y, weights: of.weights.map(|weights| &weights[range]) }
}

/// Copies the columns `examples` of `matrix` into `buffer`, which grows once and is then reused.
fn gather<'a, T: Real>(
    matrix: ArrayView2<'_, T>,
    examples: &[usize],
    buffer: &'a mut Vec<T>,
) -> ArrayView2<'a, T> {
    let rows = matrix.nrows();
    let values = matrix.reversed_axes();
    let values = values.as_slice().expect("the trainer checked that examples are contiguous");
    buffer.clear();
    for &example in examples {
        buffer.extend_from_slice(&values[example * rows..(example + 1) * rows]);
    }
    ArrayView2::from_shape((rows, examples.len()).f(), buffer).expect("rows × examples numbers were copied")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::column_major;
    use ndarray::Array2;

    fn seen(size: usize, seed: Option<u64>, epoch: u64) -> Vec<Vec<f32>> {
        let x = column_major(
            &Array2::from_shape_fn((2, 10), |(row, example)| (10 * row + example) as f32).view(),
        );
        let weights: Vec<f64> = (0..10).map(f64::from).collect();
        let mut batches = Batches::new(10, size, seed);
        batches.begin_epoch(epoch);
        let seen = |step| {
            let all = Examples::new(x.view(), x.view()).weighted(&weights);
            let Examples { x, y, weights } = batches.batch(step, all);
            assert_eq!(x, y);
            assert!(x.row(0).iter().zip(weights.unwrap()).all(|(&x, &weight)| f64::from(x) == weight));
            x.row(0).to_vec()
        };
        (0..10_usize.div_ceil(size)).map(seen).collect()
    }

    #[test]
    fn every_epoch_sees_every_example_once_and_ends_in_a_short_batch() {
        for seed in [None, Some(3)] {
            let batches = seen(4, seed, 0);
            assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
            let mut all = batches.concat();
            all.sort_by(f32::total_cmp);
            assert_eq!(all, (0..10).map(|example| example as f32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_order_depends_on_seed_and_epoch_alone() {
        assert_eq!(seen(4, Some(3), 1), seen(4, Some(3), 1));
        assert_ne!(seen(4, Some(3), 1), seen(4, Some(3), 2));
        assert_ne!(seen(4, Some(3), 1), seen(4, Some(4), 1));
        assert_eq!(seen(3, Some(3), 1).concat(), seen(4, Some(3), 1).concat());
    }
}

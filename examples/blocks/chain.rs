//! The blocks in a row: one iteration of gradient descent, all it passes on kept to be looked at.

use dnn::prelude::*;
use ndarray::{Array1, Array2, ShapeBuilder};

use crate::block::{Cache, G, Gradients, Layer, cost, first_gradient};

/// All layers and what one iteration made of them. `caches` and `gradients` are those of layers 1, 2, …
pub(crate) struct Chain {
    pub(crate) layers: Vec<Layer>,
    pub(crate) caches: Vec<Cache>,
    pub(crate) gradients: Vec<Gradients>,
    /// A\[L\], and the cost.
    pub(crate) output: Array2<f64>,
    pub(crate) cost: f64,
    /// dA\[L\].
    pub(crate) first: Array2<f64>,
}

impl Chain {
    /// Goes forward and back once with the parameters of `network`, on `x: (n[0], m)` and `y: (1, m)`.
    pub(crate) fn run(network: &Network, parameters: &[f64], x: &Array2<f64>, y: &Array2<f64>) -> Self {
        let layers = layers(network, parameters);
        let (mut a, mut caches) = (x.clone(), Vec::new());
        for layer in &layers {
            let (next, cache) = layer.forward(a);
            caches.push(cache);
            a = next;
        }
        let first = first_gradient(&a, y);
        let (mut da, mut gradients) = (first.clone(), Vec::new());
        for (layer, cache) in layers.iter().zip(&caches).rev() {
            let back = layer.backward(&da, cache);
            da = back.before.clone();
            gradients.push(back);
        }
        gradients.reverse();
        Self { cost: cost(&a, y), layers, caches, gradients, output: a, first }
    }

    /// The same layers after `W := W − α dW`, `b := b − α db`, as a flat vector.
    pub(crate) fn updated(mut self, rate: f64) -> Vec<f64> {
        let layers = self.layers.iter_mut().zip(&self.gradients);
        let flat = layers.flat_map(|(layer, gradients)| {
            layer.update(rate, gradients);
            // Column by column: the rows of the transpose.
            layer.w.t().iter().chain(&layer.b).copied().collect::<Vec<_>>()
        });
        flat.collect()
    }

    /// n\[0\]-n\[1\]-…
    pub(crate) fn sizes(&self) -> String {
        let sizes = std::iter::once(self.layers[0].w.ncols()).chain(self.layers.iter().map(|l| l.w.nrows()));
        sizes.map(|size| size.to_string()).collect::<Vec<_>>().join("-")
    }

    pub(crate) fn examples(&self) -> usize {
        self.output.ncols()
    }
}

/// W and b of each layer, read from the flat vector.
fn layers(network: &Network, parameters: &[f64]) -> Vec<Layer> {
    let layer = |(index, layer): (usize, &std::sync::Arc<dyn dnn::core::AnyLayer>)| {
        let shape = (layer.outputs(), layer.inputs());
        let (w, b) = parameters[network.layer_range(index + 1)].split_at(shape.0 * shape.1);
        let w = Array2::from_shape_vec(shape.f(), w.to_vec()).expect("W has n[l] · n[l-1] numbers");
        let last = index + 1 == network.layers().len();
        Layer { w, b: Array1::from(b.to_vec()), g: if last { G::Sigmoid } else { G::Relu } }
    };
    network.layers().iter().enumerate().map(layer).collect()
}

/// A shape as the course writes it.
pub(crate) fn shape((rows, columns): (usize, usize)) -> String {
    format!("({rows}, {columns})")
}

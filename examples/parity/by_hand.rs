//! Networks whose weights are set by a person and not by training.

use dnn::prelude::*;

use crate::support::Failure;

/// A network with the parameters that were set for it.
pub(crate) struct ByHand<T> {
    pub(crate) network: Network,
    pub(crate) parameters: Vec<T>,
}

/// W `(units, inputs)`, column by column, and b of one layer.
pub(crate) struct Given {
    units: usize,
    w: Vec<f64>,
    b: Vec<f64>,
}

impl Given {
    /// The layer whose weight from `input` to `unit` is `w(unit, input)`, with `b(unit)` added.
    pub(crate) fn new(
        units: usize,
        inputs: usize,
        w: impl Fn(usize, usize) -> f64,
        b: impl Fn(usize) -> f64,
    ) -> Self {
        let w = (0..units * inputs).map(|at| w(at % units, at / units)).collect();
        Self { units, w, b: (0..units).map(b).collect() }
    }
}

impl<T: Real> ByHand<T> {
    /// ReLU layers over `inputs` features, and a last layer that only adds up.
    pub(crate) fn new(inputs: usize, hidden: Vec<Given>, last: Given) -> Result<Self, Failure> {
        let builder =
            hidden.iter().fold(Network::builder(inputs), |builder, layer| builder.dense(layer.units, Relu));
        let network = builder.dense(last.units, Identity).build()?;
        // A dense layer's parameters are W, then b.
        let numbers = hidden.into_iter().chain([last]).flat_map(|layer| layer.w.into_iter().chain(layer.b));
        Ok(Self { network, parameters: numbers.map(T::of).collect() })
    }

    /// Units between the inputs and the last layer.
    pub(crate) fn hidden_units(&self) -> usize {
        self.hidden_layers().map(|layer| layer.outputs()).sum()
    }

    /// The layers between the inputs and the last layer.
    pub(crate) fn hidden_layers(&self) -> impl Iterator<Item = &dyn dnn::core::AnyLayer> {
        let layers = self.network.layers();
        layers[..layers.len() - 1].iter().map(|layer| &**layer)
    }
}

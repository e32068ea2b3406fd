//! A trained net, and what each of its layers gives.

use dnn::prelude::*;
use dnn::train::{AdamW, Cosine};
use ndarray::{Array2, ArrayView2};

use crate::support::Failure;

/// Units of the hidden layers.
pub(crate) const HIDDEN: [usize; 4] = [128, 128, 64, 32];

/// A network with its parameters.
pub(crate) struct Net {
    pub(crate) network: Network,
    pub(crate) parameters: Vec<f32>,
}

/// `inputs` pixels, these hidden layers, and one output for yes or no, or one for each class.
pub(crate) fn network(inputs: usize, hidden: &[usize], outputs: usize) -> Result<Network, Failure> {
    let builder = hidden.iter().fold(Network::builder(inputs), |builder, &units| builder.dense(units, Relu));
    let network = if outputs == 1 { builder.dense(1, Sigmoid) } else { builder.dense(outputs, Softmax) };
    Ok(network.build()?)
}

/// Settings under which weights fade at this rate unless the task keeps them up.
pub(crate) fn settings(seed: u64, epochs: u64, weight_decay: f64) -> Settings {
    Settings {
        batch: Some(64),
        learning_rate: Some(0.002),
        epochs: Some(epochs),
        seed: Some(seed),
        optimizer: Some(AdamW { weight_decay, ..AdamW::default() }.into()),
        schedule: Some(Cosine::default().into()),
        ..Settings::default()
    }
}

impl Net {
    /// Trains `network` on `x` and `y`.
    pub(crate) fn train(
        network: Network,
        (x, y): (ArrayView2<'_, f32>, ArrayView2<'_, f32>),
        settings: &Settings,
        compute: Compute<'_>,
    ) -> Result<Self, Failure> {
        let mut trainer = Trainer::<f32>::new(&network, settings.plan(&network, x.ncols())?, compute)?;
        trainer.run(x, y, &mut [])?;
        let parameters = trainer.parameters().to_vec();
        Ok(Self { network, parameters })
    }

    /// The same network as it was before training from seed 0.
    pub(crate) fn untrained(&self) -> Self {
        let parameters = Initialisation::draw(None, &self.network, 0);
        Self { network: self.network.clone(), parameters }
    }

    /// How many layers there are.
    pub(crate) fn depth(&self) -> usize {
        self.network.layers().len()
    }

    /// The first `layers` layers.
    pub(crate) fn below(&self, layers: usize) -> Result<Self, Failure> {
        let network = Network::new(self.network.layers()[..layers].to_vec())?;
        let parameters = self.parameters[..network.parameter_count()].to_vec();
        Ok(Self { network, parameters })
    }

    /// The same up to the scores Z of layer number `layer`, from 1: what its units respond with before ReLU cuts it.
    pub(crate) fn scores(&self, layer: usize) -> Result<Self, Failure> {
        let below = self.below(layer)?;
        let network = below.network.scores().ok_or("the layer's activation cannot be left out")?;
        Ok(Self { network, parameters: below.parameters })
    }

    /// What the last layer gives for `x`: `(units, m)`.
    pub(crate) fn outputs(
        &self,
        x: ArrayView2<'_, f32>,
        compute: Compute<'_>,
    ) -> Result<Array2<f32>, Failure> {
        Ok(self.network.predict(compute, &self.parameters, x)?)
    }
}

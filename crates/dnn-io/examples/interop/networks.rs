//! One network for each built-in activation and one of every kind of layer, with parameters that every platform makes alike.

use dnn_core::{NamedConfig, Network, Real, Registry, Relu, Softmax, Tanh};

const SIZES: [usize; 4] = [5, 7, 4, 3];

/// The names of all networks: those of the activations, and `"layers"`.
pub(crate) fn names(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.names("activation").chain(["layers"])
}

/// A network with the activation `name` in every layer, or one of every kind of layer.
pub(crate) fn network(registry: &Registry, name: &str) -> dnn_core::Result<Network> {
    if name == "layers" {
        let builder = Network::builder(SIZES[0]).layer_normalisation().dense(7, Tanh).dropout(0.3);
        return builder.dense(4, Relu).layer_normalisation().dense(3, Softmax).dropout(0.2).build();
    }
    let activation = match name {
        "leaky_relu" => NamedConfig::from(name).with("slope", 0.1),
        "elu" => NamedConfig::from(name).with("alpha", 0.7),
        _ => NamedConfig::from(name),
    };
    let activation = registry.activation(&activation)?;
    let builder = Network::builder(SIZES[0]);
    SIZES[1..].iter().fold(builder, |builder, &units| builder.dense(units, activation.clone())).build()
}

/// Its parameters, spread over −½ to ½.
pub(crate) fn parameters<T: Real>(network: &Network) -> Vec<T> {
    (0..network.parameter_count()).map(|place| T::of(0.5 * spread(place * 37 + 11))).collect()
}

/// A number from −1 to 1.
pub(crate) fn spread(place: usize) -> f64 {
    (place % 101) as f64 / 50.0 - 1.0
}

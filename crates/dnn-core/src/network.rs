//! The structure of a network: its layers, and where their parameters stand in the flat vector. No numbers.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::activation::{AnyActivation, IntoActivation};
use crate::layer::{AnyLayer, LayerSpecification, Part};
use crate::{Dense, Dropout, Error, LayerNormalisation, Real, Result};

/// Layers in order, every dimension checked when built.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Relu, Sigmoid};
/// use ndarray::Array2;
///
/// let network = Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu).dense(1, Sigmoid).build()?;
/// assert_eq!(network.to_string(), "3-5-5-3-1, relu inside, sigmoid last");
/// assert_eq!(network.parameter_count(), (3 + 1) * 5 + (5 + 1) * 5 + (5 + 1) * 3 + (3 + 1));
///
/// let parameters = network.starting_parameters::<f32>();            // all zero: no bias to either side
/// let a = network.predict(Compute::serial(&Naive), &parameters, Array2::zeros((3, 2)).view())?;
/// assert_eq!(a, ndarray::array![[0.5, 0.5]]);
/// # Ok::<(), dnn_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Network {
    layers: Vec<Arc<dyn AnyLayer>>,
    /// Where each layer's parameters stand.
    ranges: Vec<Range<usize>>,
    /// The gradient's tasks, largest first: so the last to finish is a small one.
    gradient_tasks: Vec<GradientTask>,
}

/// One block of one layer's gradient.
#[derive(Debug, Clone)]
pub(crate) struct GradientTask {
    pub(crate) layer: usize,
    /// Within the layer's parameters.
    pub(crate) range: Range<usize>,
}

/// A part of one layer's parameters, and its place in the network's.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkPart {
    /// Number of the layer, from 1.
    pub layer: usize,
    /// The part; its range lies within the network's parameters.
    pub part: Part,
}

impl Network {
    /// Starts a network that takes `inputs` = n\[0\] features.
    pub fn builder(inputs: usize) -> Builder {
        Builder { inputs, outputs: inputs, layers: Vec::new(), fault: None }
    }

    /// A network of `layers`, each fed by the one before.
    ///
    /// # Errors
    /// [`Error::NoLayers`], [`Error::LayerInput`], [`Error::EmptyLayer`], [`Error::TooLarge`], and [`Error::Parts`] if a
    /// layer's account of its own parameters has gaps.
    pub fn new(layers: Vec<Arc<dyn AnyLayer>>) -> Result<Self> {
        let inputs = layers.first().ok_or(Error::NoLayers)?.inputs();
        Builder { inputs, outputs: inputs, layers, fault: None }.build()
    }

    /// Parameters that a network of `layers` would have. Takes no memory for them, as [`new`](Self::new) does to cut their
    /// gradient: for layers that a file names and that may be of any size.
    ///
    /// # Errors
    /// As for [`new`](Self::new), but for blocks with gaps.
    pub fn count(layers: &[Arc<dyn AnyLayer>]) -> Result<usize> {
        let inputs = layers.first().ok_or(Error::NoLayers)?.inputs();
        Ok(ranges(inputs, layers)?.last().map_or(0, |range| range.end))
    }

    /// The layers, in order.
    pub fn layers(&self) -> &[Arc<dyn AnyLayer>] {
        &self.layers
    }

    /// Features of an example, n\[0\].
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// Units of the last layer, n\[L\].
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// Parameters of all layers together.
    pub fn parameter_count(&self) -> usize {
        self.ranges[self.ranges.len() - 1].end
    }

    /// Where the parameters of layer number `layer`, from 1, stand.
    ///
    /// # Panics
    /// If there is no such layer.
    pub fn layer_range(&self, layer: usize) -> Range<usize> {
        self.ranges[layer - 1].clone()
    }

    /// All parts of all layers, in the order of the flat vector.
    pub fn parts(&self) -> Vec<NetworkPart> {
        let placed = self.layers.iter().zip(&self.ranges).enumerate();
        placed
            .flat_map(|(index, (layer, place))| {
                layer.parts().into_iter().map(move |part| {
                    let range = place.start + part.range.start..place.start + part.range.end;
                    NetworkPart { layer: index + 1, part: Part { range, ..part } }
                })
            })
            .collect()
    }

    /// A flat vector of parameters, each part at the value it starts from; weights at zero.
    pub fn starting_parameters<T: Real>(&self) -> Vec<T> {
        let mut parameters = vec![T::zero(); self.parameter_count()];
        for NetworkPart { part, .. } in self.parts() {
            parameters[part.range].fill(T::of(part.start));
        }
        parameters
    }

    /// The same network up to the last layer's scores Z\[L\], for a cost that applies the link itself. The parameters are
    /// the same. `None` if the last layer has no activation that can be left out.
    pub fn scores(&self) -> Option<Self> {
        let (last, before) = self.layers.split_last()?;
        let scores = last.without_activation()?;
        Some(Self { layers: before.iter().cloned().chain([scores]).collect(), ..self.clone() })
    }

    /// The name of the last layer's activation, if it has one.
    pub fn last_activation(&self) -> Option<&str> {
        self.layers.last()?.activation().map(|activation| activation.name())
    }

    /// The layers as plain data, as files keep them.
    pub fn specification(&self) -> Vec<LayerSpecification> {
        self.layers.iter().map(|layer| layer.specification()).collect()
    }

    pub(crate) fn gradient_tasks(&self) -> &[GradientTask] {
        &self.gradient_tasks
    }

    /// Multiplications and additions of one step for each example, about: 6 for each parameter.
    pub(crate) fn step_operations(&self) -> usize {
        6 * self.parameter_count()
    }
}

/// Puts a network together, layer by layer.
#[derive(Debug, Clone)]
pub struct Builder {
    inputs: usize,
    outputs: usize,
    layers: Vec<Arc<dyn AnyLayer>>,
    /// The first layer that could not be made.
    fault: Option<Error>,
}

impl Builder {
    /// A dense layer of `units` over whatever comes before.
    #[must_use]
    pub fn dense(self, units: usize, activation: impl IntoActivation) -> Self {
        let inputs = self.outputs;
        self.layer(Dense::new(inputs, units, activation))
    }

    /// [`Dropout`] of whatever comes before, with probability `rate`, from 0 to below 1; [`build`](Self::build) refuses
    /// another.
    #[must_use]
    pub fn dropout(mut self, rate: f64) -> Self {
        match Dropout::new(self.outputs, rate) {
            Ok(layer) => self.layer(layer),
            Err(error) => {
                self.fault.get_or_insert(error);
                self
            }
        }
    }

    /// [`LayerNormalisation`] of whatever comes before.
    #[must_use]
    pub fn layer_normalisation(self) -> Self {
        let units = self.outputs;
        self.layer(LayerNormalisation::new(units))
    }

    /// A dense layer of each of `units`, one over the other; normalised if `normalised`, and with dropout behind it unless
    /// `dropout` is 0.
    #[must_use]
    pub fn hidden(
        self,
        units: &[usize],
        activation: &Arc<dyn AnyActivation>,
        normalised: bool,
        dropout: f64,
    ) -> Self {
        units.iter().fold(self, |builder, &units| {
            let dense = builder.dense(units, Arc::clone(activation));
            let dense = if normalised { dense.layer_normalisation() } else { dense };
            if dropout == 0.0 { dense } else { dense.dropout(dropout) }
        })
    }

    /// Any layer; its inputs are checked by [`build`](Self::build).
    #[must_use]
    pub fn layer(mut self, layer: impl AnyLayer + 'static) -> Self {
        self.outputs = layer.outputs();
        self.layers.push(Arc::new(layer));
        self
    }

    /// The network, if all dimensions agree.
    ///
    /// # Errors
    /// As for [`Network::new`].
    pub fn build(self) -> Result<Network> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let ranges = ranges(self.inputs, &self.layers)?;
        for (index, layer) in self.layers.iter().enumerate() {
            check_blocks(index + 1, &**layer, ranges[index].len())?;
        }
        let blocks = self.layers.iter().enumerate().flat_map(|(layer, made)| {
            made.parameter_blocks().into_iter().map(move |range| GradientTask { layer, range })
        });
        let mut gradient_tasks: Vec<_> = blocks.collect();
        gradient_tasks.sort_by_key(|task| std::cmp::Reverse(task.range.len()));
        Ok(Network { layers: self.layers, ranges, gradient_tasks })
    }
}

/// Where each layer's parameters stand, if all dimensions agree.
fn ranges(inputs: usize, layers: &[Arc<dyn AnyLayer>]) -> Result<Vec<Range<usize>>> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(layers.len());
    let (mut giver, mut found) = ("the input".to_owned(), inputs);
    for (index, layer) in layers.iter().enumerate() {
        let number = index + 1;
        check_size(number, &**layer)?;
        if layer.inputs() != found {
            return Err(Error::LayerInput { layer: number, giver, found, expected: layer.inputs() });
        }
        let count = check_parts(number, &**layer)?;
        let start = ranges.last().map_or(0, |range| range.end);
        let end = start.checked_add(count).filter(|&end| end <= MOST_PARAMETERS).ok_or_else(|| {
            Error::TooLarge {
                what: "the network",
                limit: MOST_PARAMETERS,
                detail: format!("the parameters up to layer {number}"),
            }
        })?;
        ranges.push(start..end);
        (giver, found) = (format!("layer {number}"), layer.outputs());
    }
    if ranges.is_empty() { Err(Error::NoLayers) } else { Ok(ranges) }
}

/// No vector of numbers may be longer: its bytes must be addressable.
pub(crate) const LIMIT: usize = isize::MAX as usize / size_of::<f64>();

/// Parameters of the largest network, a tebibyte in f32: beyond that the list of its blocks alone would fill a memory.
const MOST_PARAMETERS: usize = if (LIMIT as u64) < 1 << 38 { LIMIT } else { (1_u64 << 38) as usize };

/// Refuses a layer without inputs or units, or with more than can be counted.
fn check_size(number: usize, layer: &dyn AnyLayer) -> Result<()> {
    let (inputs, units) = (layer.inputs(), layer.outputs());
    if inputs == 0 || units == 0 {
        return Err(Error::EmptyLayer { layer: number, inputs, units });
    }
    let widest = inputs.max(units);
    if i32::try_from(widest).is_err() || inputs.checked_mul(units).is_none_or(|weights| weights > LIMIT) {
        return Err(Error::TooLarge {
            what: "one dimension of a layer",
            limit: i32::MAX as usize,
            detail: format!("layer {number}, {units} units over {inputs} inputs"),
        });
    }
    Ok(())
}

/// Counts a layer's parameters.
fn check_parts(number: usize, layer: &dyn AnyLayer) -> Result<usize> {
    tiled(layer.parts().into_iter().map(|part| part.range)).ok_or_else(|| wrong_parts(number, layer))
}

/// A layer's blocks are written by several threads at once: they must not overlap, and hold all its `parameters`.
fn check_blocks(number: usize, layer: &dyn AnyLayer, parameters: usize) -> Result<()> {
    let blocks = tiled(layer.parameter_blocks().into_iter());
    if blocks == Some(parameters) { Ok(()) } else { Err(wrong_parts(number, layer)) }
}

fn wrong_parts(number: usize, layer: &dyn AnyLayer) -> Error {
    Error::Parts { layer: number, kind: layer.specification().kind }
}

/// Where `ranges` end, if they follow each other from 0 without a gap.
fn tiled(mut ranges: impl Iterator<Item = Range<usize>>) -> Option<usize> {
    ranges.try_fold(0, |end, range| (range.start == end && range.end >= end).then_some(range.end))
}

/// `3-5-5-1, relu inside, sigmoid last`; runs of equal layers as `(64×20)`.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inputs())?;
        // Those that keep the size have no part in the chain of sizes.
        let (shaping, others): (Vec<_>, Vec<_>) = self
            .layers
            .iter()
            .partition(|layer| layer.activation().is_some() || layer.inputs() != layer.outputs());
        for run in shaping.chunk_by(|a, b| a.outputs() == b.outputs()) {
            match run.len() {
                1..=3 => run.iter().try_for_each(|layer| write!(f, "-{}", layer.outputs()))?,
                long => write!(f, "-({}×{long})", run[0].outputs())?,
            }
        }
        let name = |layer: &&Arc<dyn AnyLayer>| match layer.activation() {
            Some(activation) => activation.name().to_owned(),
            None => layer.specification().kind,
        };
        let names: Vec<String> = shaping.iter().map(name).collect();
        match names.split_last() {
            None => {}
            Some((last, [])) => write!(f, ", {last}")?,
            Some((last, [first, rest @ ..])) if rest.iter().all(|name| name == first) => {
                write!(f, ", {first} inside, {last} last")?;
            }
            _ => write!(f, ", {}", names.join("-"))?,
        }
        let mut kinds: Vec<String> = others.iter().map(name).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() { Ok(()) } else { write!(f, ", with {}", kinds.join(" and ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Relu, Sigmoid, Tanh};

    fn message(network: Result<Network>) -> String {
        network.unwrap_err().to_string()
    }

    #[test]
    fn a_network_prints_its_sizes_and_what_keeps_them_apart() {
        let print = |network: Result<Network>| network.unwrap().to_string();
        let plain = Network::builder(4).dense(64, Relu).dense(32, Relu).dense(1, Sigmoid);
        assert_eq!(print(plain.build()), "4-64-32-1, relu inside, sigmoid last");
        let dropped = Network::builder(4).dropout(0.1).dense(64, Relu).layer_normalisation().dropout(0.2);
        assert_eq!(
            print(dropped.dense(64, Tanh).dense(1, Sigmoid).build()),
            "4-64-64-1, relu-tanh-sigmoid, with dropout and layer_normalisation"
        );
        assert_eq!(print(Network::builder(4).dropout(0.1).build()), "4, with dropout");
    }

    #[test]
    fn a_wrong_layer_size_says_which_layer_and_what_to_do() {
        let network =
            Network::builder(100).layer(Dense::new(100, 32, Relu)).layer(Dense::new(64, 10, Relu)).build();
        assert_eq!(
            message(network),
            "layer 2 takes 64 features, but layer 1 gives 32: make layer 2's input 32"
        );
        let network = Network::builder(100).layer(Dense::new(99, 32, Relu)).build();
        assert_eq!(
            message(network),
            "layer 1 takes 99 features, but the input gives 100: make layer 1's input 100"
        );
    }

    #[test]
    fn empty_and_endless_networks_are_refused() {
        assert_eq!(Network::builder(3).build().unwrap_err(), Error::NoLayers);
        assert_eq!(Network::new(vec![]).unwrap_err(), Error::NoLayers);
        assert!(
            message(Network::builder(3).dense(0, Relu).build())
                .starts_with("layer 1 has 3 inputs and 0 units")
        );
        assert!(message(Network::builder(0).dense(1, Relu).build()).starts_with("layer 1 has 0 inputs"));
        let endless = Network::builder(1 << 40).dense(1 << 40, Relu).build();
        assert!(matches!(endless, Err(Error::TooLarge { .. })));
    }

    #[test]
    fn the_flat_vector_has_no_gaps() {
        let network = Network::builder(3).dense(5, Tanh).dense(2, Sigmoid).build().unwrap();
        let parts = network.parts();
        let names: Vec<_> =
            parts.iter().map(|part| (part.layer, part.part.name, part.part.range.clone())).collect();
        assert_eq!(
            names,
            [(1, "weight", 0..15), (1, "bias", 15..20), (2, "weight", 20..30), (2, "bias", 30..32)]
        );
        assert_eq!(parts[0].part.shape, crate::Shapes::new(3, 5, 1).weight);
        assert_eq!(network.parameter_count(), 32);
    }

    #[test]
    fn networks_print_as_people_write_them() {
        let print = |build: Builder| build.build().unwrap().to_string();
        assert_eq!(print(Network::builder(4).dense(1, Sigmoid)), "4-1, sigmoid");
        assert_eq!(
            print(Network::builder(4).dense(3, Relu).dense(2, Tanh).dense(1, Sigmoid)),
            "4-3-2-1, relu-tanh-sigmoid"
        );
        let deep = (0..20).fold(Network::builder(64), |builder, _| builder.dense(64, Relu));
        assert_eq!(print(deep.dense(10, Sigmoid)), "64-(64×20)-10, relu inside, sigmoid last");
    }
}

//! A state dict: the named tensors of another program's network, and how they become ours.
//!
//! Knows no file format. Tensors are put in natural order (2 before 10), modules are told apart by what stands before the
//! last dot, and the modules that have tensors are taken one after the other, whatever they are called.

use std::sync::Arc;

use dnn_core::{AnyActivation, LayerSpecification, Network, Real, Registry};

use crate::modules::{self, Module, Slot, natural, transposed};
use crate::{Error, Result};

/// The tensors of a file, by name, in PyTorch's layout: the weight of a dense layer is (outputs, inputs), row by row.
///
/// # The map
///
/// Each layer is a module of an `nn.Sequential`, counted from 0, and its activation the next one; the identity is none.
///
/// | of layer l | written as | shape | in PyTorch |
/// |---|---|---|---|
/// | W | `N.weight` | (n\[l\], n\[l-1\]) | `nn.Linear` |
/// | b | `N.bias` | (n\[l\]) | `nn.Linear` |
/// | the parameters of its activation | `(N+1).weight` | (n\[l\]) | the activation's module |
/// | gains and biases of layer normalisation | `N.weight`, `N.bias` | (n\[l\]) | `nn.LayerNorm` |
/// | nothing of dropout, which takes its place all the same | | | `nn.Dropout` |
///
/// So 2-3-1 with relu inside and sigmoid last is `nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1),
/// nn.Sigmoid())`, with `0.weight`, `0.bias`, `2.weight`, `2.bias`. The layer of a plug-in keeps its own names for its
/// parts.
///
/// On the way in the modules may have any names: `fc1.weight`, `module.layers.0.weight`. They are taken in natural order
/// of their names; [`in_order`](Self::in_order) says another one, and leaves out what does not belong to the network.
/// Numbers of 16, 32 or 64 bits become the nearest that `T` has.
///
/// ```
/// use dnn_core::{IntoActivation, Network, Relu, Sigmoid};
/// use dnn_io::safetensors;
///
/// # let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// # let bytes = safetensors::to_bytes(&network, &network.starting_parameters::<f32>())?;
/// let dict = safetensors::from_bytes::<f32>(&bytes)?;
///
/// // either into a network that is known,
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let parameters = dict.parameters(&network)?;
///
/// // or into one made of the shapes, its activations named, since a state dict has none
/// let network = dict.network(&[Relu.into_activation(), Sigmoid.into_activation()])?;
/// assert_eq!(dict.parameters(&network)?, parameters);
/// # Ok::<(), dnn_io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StateDict<T> {
    /// What errors call the file.
    file: String,
    /// In order, those of a module side by side.
    tensors: Vec<Found<T>>,
    description: Option<String>,
}

/// A tensor that a network is written as, and the part of its parameters that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorName {
    /// Its name in the file.
    pub name: String,
    /// Its shape there.
    pub shape: Vec<usize>,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// What the layer calls the part.
    pub part: &'static str,
}

/// The tensors of `network` by the map of [`StateDict`], in order.
///
/// ```
/// use dnn_core::{Network, Relu, Sigmoid};
///
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let names = dnn_io::tensor_names(&network);
/// assert_eq!((&names[2].name[..], &names[2].shape[..]), ("2.weight", &[1, 3][..]));
/// assert_eq!((names[2].layer, names[2].part), (2, "weight"));
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub fn tensor_names(network: &Network) -> Vec<TensorName> {
    let named = |module: Module| {
        let name = |slot: &Slot| TensorName {
            name: module.path(slot),
            shape: slot.shape.clone(),
            layer: module.layer,
            part: slot.part.name,
        };
        module.slots.iter().map(name).collect::<Vec<_>>()
    };
    modules::modules(network).into_iter().flat_map(named).collect()
}

/// A tensor as it was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found<T> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// Row by row; none if they are no numbers that `T` holds.
    pub(crate) values: Option<Vec<T>>,
    /// What the file calls its type.
    pub(crate) kind: String,
}

impl<T> Found<T> {
    /// The name's two halves: of the module, and of the tensor within it.
    fn names(&self) -> (&str, &str) {
        self.name.rsplit_once('.').unwrap_or(("", &self.name))
    }

    fn module(&self) -> &str {
        self.names().0
    }

    fn is_matrix(&self) -> bool {
        self.names().1 == "weight" && self.shape.len() == 2
    }
}

impl<T: Real> StateDict<T> {
    pub(crate) fn new(file: &str, mut tensors: Vec<Found<T>>, description: Option<String>) -> Self {
        tensors.sort_by(|a, b| {
            natural(a.module(), b.module()).then_with(|| a.module().cmp(b.module())).then(a.name.cmp(&b.name))
        });
        Self { file: file.into(), tensors, description }
    }

    /// The names of the tensors, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.iter().map(|tensor| tensor.name.as_str())
    }

    /// The shape of the tensor of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.iter().find(|tensor| tensor.name == name).map(|tensor| &tensor.shape[..])
    }

    /// Only the tensors of `modules`, in this order: `["encoder", "hidden", "head"]`.
    ///
    /// # Errors
    /// [`Error::Foreign`] with the modules there are, if one has no tensor or stands twice.
    pub fn in_order(&self, modules: &[&str]) -> Result<Self> {
        let mut tensors = Vec::new();
        for (index, &name) in modules.iter().enumerate() {
            let before = tensors.len();
            tensors.extend(self.tensors.iter().filter(|tensor| tensor.module() == name).cloned());
            if tensors.len() == before || modules[..index].contains(&name) {
                return Err(self.refuse(
                    format!("the modules {}", self.module_names()),
                    format!("module \"{name}\", once"),
                    "name each module once, as it stands before the last dot of its tensors",
                ));
            }
        }
        Ok(Self { tensors, ..self.clone() })
    }

    /// A network of the shapes found: each matrix is a dense layer's weight, with the next of `activations`; a weight and a
    /// bias of one axis are layer normalisation, with the usual epsilon of 1e-5. Dropout leaves no trace, and matters only
    /// in training.
    ///
    /// # Errors
    /// [`Error::Foreign`] if there are more or fewer activations than matrices, if the matrices do not chain, or if
    /// anything else is there that such a network does not have.
    pub fn network(&self, activations: &[Arc<dyn AnyActivation>]) -> Result<Network> {
        self.check_matrices(activations.len())?;
        let mut activations = activations.iter();
        let mut builder = None;
        for tensors in self.modules() {
            let Some(weight) = tensors.iter().find(|tensor| tensor.names().1 == "weight") else { continue };
            // A shape without numbers is only a claim, which a network would believe.
            self.numbers(weight)?;
            let before =
                builder.unwrap_or_else(|| Network::builder(weight.shape.last().copied().unwrap_or(0)));
            builder = Some(match (&weight.shape[..], tensors.len(), activations.as_slice()) {
                ([units, _], _, [activation, ..]) => {
                    activations.next();
                    before.dense(*units, activation.clone())
                }
                ([_], 2, _) => before.layer_normalisation(),
                _ => before,
            });
        }
        let network = builder.unwrap_or_else(|| Network::builder(0)).build()?;
        self.matched(&network)?;
        Ok(network)
    }

    /// Refuses more or fewer matrices than `count`, and such as do not follow each other.
    fn check_matrices(&self, count: usize) -> Result<()> {
        let matrices: Vec<_> = self.tensors.iter().filter(|tensor| tensor.is_matrix()).collect();
        if matrices.len() != count || count == 0 {
            let names: Vec<_> = matrices.iter().map(|matrix| matrix.name.as_str()).collect();
            return Err(self.refuse(
                format!("{} matrices called weight ({})", matrices.len(), names.join(", ")),
                format!("{count}, one for each activation"),
                "name one activation for each layer, the identity where there is none",
            ));
        }
        let unchained = matrices.windows(2).find(|pair| pair[0].shape[0] != pair[1].shape[1]);
        let Some([before, after]) = unchained else { return Ok(()) };
        let found =
            format!("{} of shape {:?} after {} of {:?}", after.name, after.shape, before.name, before.shape);
        let expected = format!("{} inputs, the second number of its shape", before.shape[0]);
        Err(self.refuse(found, expected, "name the modules in the order of the layers with `in_order`"))
    }

    /// The network that the file describes: those of our own writing do, with names and constants of activations.
    ///
    /// # Errors
    /// [`Error::Foreign`] if it describes none; [`Error::Core`] if it names what `registry` does not hold.
    pub fn described_network(&self, registry: &Registry) -> Result<Network> {
        let refuse = |found: String| {
            self.refuse(
                found,
                format!("metadata \"{}\", as dnn writes them", modules::DESCRIPTION),
                "call `network` with the activations, or `parameters` with the network",
            )
        };
        let text = self.description.as_ref().ok_or_else(|| refuse("no description of a network".into()))?;
        let layers: Vec<LayerSpecification> = serde_json::from_str(text)
            .map_err(|error| refuse(format!("a description that cannot be read ({error})")))?;
        // Before such a network is built: even its list of blocks could fill the memory.
        let numbers: usize = self.tensors.iter().flat_map(|tensor| &tensor.values).map(Vec::len).sum();
        let fits = |layer: &LayerSpecification| {
            let weights = layer.inputs.checked_mul(layer.outputs);
            layer.kind != "dense" || weights.is_some_and(|weights| weights <= numbers)
        };
        if let Some(layer) = layers.iter().find(|layer| !fits(layer)) {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            return Err(refuse(format!(
                "a layer of {outputs} units over {inputs} inputs in {numbers} numbers"
            )));
        }
        Ok(registry.network(&layers)?)
    }

    /// The parameters of `network`, filled from the tensors in order.
    ///
    /// # Errors
    /// [`Error::Foreign`] with the first tensor that is missing, too many, of another shape or type, or too large for `T`.
    pub fn parameters(&self, network: &Network) -> Result<Vec<T>> {
        let matched = self.matched(network)?;
        let mut parameters = network.starting_parameters();
        for (slot, values) in matched {
            let (rows, columns) = slot.part.shape;
            parameters[slot.part.range].copy_from_slice(&transposed(values, (columns, rows)));
        }
        Ok(parameters)
    }

    /// The numbers of each of the network's tensors.
    fn matched(&self, network: &Network) -> Result<Vec<(Slot, &[T])>> {
        let expected = modules::modules(network);
        let found: Vec<&[Found<T>]> = self.modules().collect();
        if found.len() != expected.len() {
            let names: Vec<_> = expected.iter().map(|module| format!("\"{}\"", module.name)).collect();
            return Err(self.refuse(
                format!("{} modules with tensors: {}", found.len(), self.module_names()),
                format!("{} for {network}, as {}", expected.len(), names.join(", ")),
                "pass the network it was saved from, or name the modules that belong to it with `in_order`",
            ));
        }
        let mut matched = Vec::new();
        for (module, tensors) in expected.into_iter().zip(found) {
            self.check_extra(&module, tensors)?;
            for slot in module.slots {
                matched.push(self.filled(module.layer, slot, tensors)?);
            }
        }
        Ok(matched)
    }

    /// The numbers of `slot` among the tensors of its module.
    fn filled<'a>(&self, layer: usize, slot: Slot, tensors: &'a [Found<T>]) -> Result<(Slot, &'a [T])> {
        let module = tensors[0].module();
        let expected = |name: &str| format!("{name} of shape {:?} for layer {layer}", slot.shape);
        let Some(tensor) = tensors.iter().find(|tensor| tensor.names().1 == slot.name) else {
            let whole = if module.is_empty() { slot.name.into() } else { format!("{module}.{}", slot.name) };
            let names: Vec<_> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
            let remedy = match slot.name {
                "bias" => {
                    "a module made with bias=False computes the same with a bias of zeros: add one under this name"
                }
                _ => "save the whole state dict of the same network",
            };
            return Err(self.refuse(format!("only {}", names.join(", ")), expected(&whole), remedy));
        };
        if tensor.shape != slot.shape {
            let turned = tensor.shape.iter().rev().eq(&slot.shape);
            let remedy = if turned {
                "transpose it: PyTorch keeps a weight as (outputs, inputs)"
            } else {
                "pass the network it was saved from, or the order of its modules to `in_order`"
            };
            let found = format!("{} of shape {:?}", tensor.name, tensor.shape);
            return Err(self.refuse(found, expected("one"), remedy));
        }
        Ok((slot, self.numbers(tensor)?))
    }

    fn numbers<'a>(&self, tensor: &'a Found<T>) -> Result<&'a [T]> {
        tensor.values.as_deref().ok_or_else(|| {
            self.refuse(
                format!("{} of type {}", tensor.name, tensor.kind),
                format!("floating-point numbers that {} holds", T::NAME),
                "save it as floating-point numbers, or load a `StateDict::<f64>` if they are too large",
            )
        })
    }

    fn check_extra(&self, module: &Module, tensors: &[Found<T>]) -> Result<()> {
        let known = |tensor: &&Found<T>| module.slots.iter().any(|slot| slot.name == tensor.names().1);
        let Some(extra) = tensors.iter().find(|tensor| !known(tensor)) else { return Ok(()) };
        let names: Vec<_> = module.slots.iter().map(|slot| slot.name).collect();
        let remedy = match extra.names().1 {
            "running_mean" | "running_var" | "num_batches_tracked" => {
                "fold the batch normalisation into the linear module before it"
            }
            _ => "pass the network it was saved from, or name the modules that belong to it with `in_order`",
        };
        let expected = format!("only {} for layer {}", names.join(" and "), module.layer);
        Err(self.refuse(format!("a tensor {}", extra.name), expected, remedy))
    }

    /// The tensors of each module.
    fn modules(&self) -> impl Iterator<Item = &[Found<T>]> {
        self.tensors.chunk_by(|a, b| a.module() == b.module())
    }

    fn module_names(&self) -> String {
        let names: Vec<_> = self.modules().map(|tensors| format!("\"{}\"", tensors[0].module())).collect();
        if names.is_empty() { "none".into() } else { names.join(", ") }
    }

    fn refuse(&self, found: String, expected: String, remedy: &str) -> Error {
        Error::Foreign { file: self.file.clone(), found, expected, remedy: remedy.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{IntoActivation, Relu, Sigmoid};

    /// A state dict of ones, of these names and shapes.
    fn dict(tensors: &[(&str, &[usize])]) -> StateDict<f32> {
        let found = tensors.iter().map(|&(name, shape)| Found {
            name: name.into(),
            shape: shape.into(),
            values: Some(vec![1.0; shape.iter().product()]),
            kind: "F32".into(),
        });
        StateDict::new("model.safetensors", found.collect(), None)
    }

    fn network() -> Network {
        Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build().unwrap()
    }

    fn refusal(tensors: &[(&str, &[usize])]) -> String {
        dict(tensors).parameters(&network()).unwrap_err().to_string()
    }

    #[test]
    fn modules_are_taken_in_natural_order_whatever_they_are_called() {
        let mut names =
            ["layers.10.weight", "layers.2.bias", "layers.2.weight", "layers.02.x", "fc.w", "weight"];
        let sorted =
            ["weight", "fc.w", "layers.02.x", "layers.2.bias", "layers.2.weight", "layers.10.weight"];
        for _ in 0..names.len() {
            names.rotate_left(1);
            let tensors: Vec<(&str, &[usize])> = names.iter().map(|&name| (name, &[][..])).collect();
            assert_eq!(dict(&tensors).names().collect::<Vec<_>>(), sorted);
        }
        for prefix in ["", "module.", "fc", "model.layers.", "äß"] {
            let name = |number: usize, part: &str| format!("{prefix}{number}.{part}");
            let names = [name(2, "weight"), name(2, "bias"), name(10, "weight"), name(10, "bias")];
            let shapes = [&[3, 2][..], &[3], &[1, 3], &[1]];
            let tensors: Vec<_> = names.iter().map(String::as_str).zip(shapes).collect();
            assert_eq!(dict(&tensors).parameters(&network()).unwrap(), [1.0; 13], "{prefix}");
        }
    }

    #[test]
    fn names_that_do_not_say_the_order_are_given_one() {
        let found = dict(&[
            ("input.weight", &[3, 2]),
            ("input.bias", &[3]),
            ("hidden.weight", &[1, 3]),
            ("hidden.bias", &[1]),
            ("embedding.weight", &[50, 2]),
        ]);
        let activations = [Relu.into_activation(), Sigmoid.into_activation()];
        let message =
            found.in_order(&["hidden", "input"]).unwrap().network(&activations).unwrap_err().to_string();
        assert!(message.contains("input.weight of shape [3, 2] after hidden.weight of [1, 3]"), "{message}");
        let ordered = found.in_order(&["input", "hidden"]).unwrap();
        assert_eq!(ordered.network(&activations).unwrap().to_string(), "2-3-1, relu inside, sigmoid last");
        for wrong in [&["input", "head"][..], &["input", "input"]] {
            let message = found.in_order(wrong).unwrap_err().to_string();
            assert!(message.contains("found the modules \"embedding\", \"hidden\", \"input\""), "{message}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_what_to_do() {
        let fitting: [(&str, &[usize]); 4] =
            [("fc1.weight", &[3, 2]), ("fc1.bias", &[3]), ("fc2.weight", &[1, 3]), ("fc2.bias", &[1])];
        assert!(dict(&fitting).parameters(&network()).is_ok());
        let with = |place: usize, tensor: (&'static str, &'static [usize])| {
            let mut tensors = fitting;
            tensors[place] = tensor;
            refusal(&tensors)
        };
        let expected = "model.safetensors: found only fc1.weight, expected fc1.bias of shape [3] for layer 1: a module made \
                        with bias=False computes the same with a bias of zeros: add one under this name";
        assert_eq!(refusal(&[fitting[0], fitting[2], fitting[3]]), expected);
        let message = with(0, ("fc1.weight", &[2, 3]));
        assert!(
            message.contains(
                "fc1.weight of shape [2, 3], expected one of shape [3, 2] for layer 1: transpose it"
            )
        );
        let message = with(2, ("fc2.weight", &[1, 4]));
        assert!(
            message.contains("fc2.weight of shape [1, 4], expected one of shape [1, 3] for layer 2"),
            "{message}"
        );
        let message = with(1, ("fc1.running_mean", &[3]));
        assert!(message.contains("a tensor fc1.running_mean, expected only weight and bias"), "{message}");
        assert!(
            message.ends_with("fold the batch normalisation into the linear module before it"),
            "{message}"
        );
        let message = refusal(&fitting[..2]);
        assert!(message.contains("found 1 modules with tensors: \"fc1\", expected 2 for 2-3-1"), "{message}");
        assert!(refusal(&[]).contains("found 0 modules with tensors: none"));
    }

    #[test]
    fn layer_normalisation_is_told_from_a_slope_by_its_bias() {
        let found = dict(&[
            ("0.weight", &[3, 2]),
            ("0.bias", &[3]),
            ("2.weight", &[3]),
            ("2.bias", &[3]),
            ("5.weight", &[1, 3]),
            ("5.bias", &[1]),
        ]);
        let activations = [Relu.into_activation(), Sigmoid.into_activation()];
        let network = found.network(&activations).unwrap();
        assert_eq!(network.to_string(), "2-3-1, relu inside, sigmoid last, with layer_normalisation");
        let other = Network::builder(2).dense(3, Relu).layer_normalisation().dropout(0.5).dense(1, Sigmoid);
        assert_eq!(found.parameters(&other.build().unwrap()).unwrap(), [1.0; 19]);
        let first = found.in_order(&["2", "5"]).unwrap().network(&activations[1..]).unwrap();
        assert_eq!(first.to_string(), "3-1, sigmoid, with layer_normalisation");
        let wrong = dict(&[("0.weight", &[3, 2]), ("0.bias", &[3]), ("1.weight", &[4]), ("1.bias", &[4])]);
        let message = wrong.network(&activations[..1]).unwrap_err().to_string();
        assert!(
            message.contains("1.weight of shape [4], expected one of shape [3] for layer 2"),
            "{message}"
        );
    }

    #[test]
    fn whole_numbers_are_refused_only_where_they_are_needed() {
        let mut found = dict(&[("0.weight", &[1, 2]), ("0.bias", &[1]), ("steps", &[])]);
        found.tensors[0].values = None;
        found.tensors[0].kind = "I64".into();
        let network = Network::builder(2).dense(1, Sigmoid).build().unwrap();
        assert_eq!(found.in_order(&["0"]).unwrap().parameters(&network).unwrap(), [1.0; 3]);
        found.tensors[2].values = None;
        let message = found.in_order(&["0"]).unwrap().parameters(&network).unwrap_err().to_string();
        assert!(message.contains("found 0.weight of type F32, expected floating"), "{message}");
        found.tensors[2].shape = vec![30_000, 2_000_000_000];
        let message = found.network(&[Sigmoid.into_activation()]).unwrap_err().to_string();
        assert!(message.contains("found 0.weight of type F32, expected floating"), "{message}");
    }

    #[test]
    fn a_network_needs_an_activation_for_each_matrix() {
        let found = dict(&[("0.weight", &[3, 2]), ("0.bias", &[3]), ("2.weight", &[1, 3]), ("2.bias", &[1])]);
        let message = found.network(&[Relu.into_activation()]).unwrap_err().to_string();
        assert!(
            message.contains("found 2 matrices called weight (0.weight, 2.weight), expected 1, one for each"),
            "{message}"
        );
        let message = found.described_network(&Registry::builtin()).unwrap_err().to_string();
        assert!(message.contains("found no description of a network"), "{message}");
        let message =
            dict(&[("0.kernel", &[3, 2])]).network(&[Relu.into_activation()]).unwrap_err().to_string();
        assert!(message.contains("found 0 matrices called weight ()"), "{message}");
        let empty = dict(&[("0.weight", &[0, 2]), ("0.bias", &[0])]);
        assert!(matches!(empty.network(&[Relu.into_activation()]), Err(Error::Core(_))));
    }

    #[test]
    fn weights_are_turned_from_rows_to_columns() {
        let mut found = dict(&[("0.weight", &[2, 3]), ("0.bias", &[2])]);
        found.tensors[1].values = Some(vec![11.0, 12.0, 13.0, 21.0, 22.0, 23.0]);
        let network = Network::builder(3).dense(2, Relu).build().unwrap();
        assert_eq!(found.parameters(&network).unwrap(), [11.0, 21.0, 12.0, 22.0, 13.0, 23.0, 1.0, 1.0]);
    }
}

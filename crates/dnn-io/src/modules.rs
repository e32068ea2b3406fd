//! Which of PyTorch's tensors holds which part of a network: the one map that safetensors, NPZ and ONNX share; and the order
//! of modules by their names, as people give them.
//!
//! Every layer stands for one module of an `nn.Sequential`, counted from 0, and its activation for the next one, unless it
//! is the identity. So a new kind of layer needs no line here.

use std::cmp::Ordering;

use dnn_core::{AnyLayer, Kind, Network, Part, Real};

use crate::{Error, Result};

/// A module of PyTorch's that has parameters.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its place in the `nn.Sequential`.
    pub(crate) name: String,
    /// Number of the layer it belongs to, from 1.
    pub(crate) layer: usize,
    pub(crate) slots: Vec<Slot>,
}

/// A tensor of a module, and the part of the network that it holds.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Its name within the module.
    pub(crate) name: &'static str,
    /// (outputs, inputs) of a weight, and one axis for all else.
    pub(crate) shape: Vec<usize>,
    pub(crate) part: Part,
}

/// A tensor that is to be written.
#[derive(Debug)]
pub(crate) struct Tensor<T> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    /// Row by row.
    pub(crate) values: Vec<T>,
}

impl Module {
    /// The whole name of a tensor.
    pub(crate) fn path(&self, slot: &Slot) -> String {
        format!("{}.{}", self.name, slot.name)
    }
}

/// The name under which our own safetensors and ONNX files carry what [`describe`] gives.
pub(crate) const DESCRIPTION: &str = "dnn.network";

/// The layers of `network` as one line of JSON.
pub(crate) fn describe(network: &Network) -> String {
    serde_json::to_string(&network.specification()).expect("texts and numbers can always be written")
}

/// The modules of `network` that have parameters, in order.
pub(crate) fn modules(network: &Network) -> Vec<Module> {
    let mut parts = network.parts();
    let mut modules = Vec::new();
    let mut place = 0;
    for (index, layer) in network.layers().iter().enumerate() {
        let number = index + 1;
        let after = parts.iter().position(|part| part.layer != number).unwrap_or(parts.len());
        let own: Vec<Part> = parts.drain(..after).map(|part| part.part).collect();
        let (slopes, own): (Vec<_>, Vec<_>) = own.into_iter().partition(|part| of_activation(&**layer, part));
        for parts in [own, slopes].into_iter().take(places(&**layer)) {
            let slots = parts.into_iter().map(|part| slot(&**layer, part)).collect();
            modules.push(Module { name: place.to_string(), layer: number, slots });
            place += 1;
        }
    }
    modules.retain(|module| !module.slots.is_empty());
    modules
}

/// The tensors of `network`, as PyTorch keeps them.
///
/// # Errors
/// [`Error::Unsavable`] if `parameters` are more or fewer than the network has.
pub(crate) fn tensors<T: Real>(network: &Network, parameters: &[T]) -> Result<Vec<Tensor<T>>> {
    if parameters.len() != network.parameter_count() {
        return Err(Error::Unsavable {
            what: "the number of parameters",
            found: parameters.len().to_string(),
            expected: format!("{} for {network}", network.parameter_count()),
        });
    }
    let modules = modules(network);
    let placed = modules.iter().flat_map(|module| module.slots.iter().map(move |slot| (module, slot)));
    Ok(placed
        .map(|(module, slot)| Tensor {
            name: module.path(slot),
            shape: slot.shape.clone(),
            values: transposed(&parameters[slot.part.range.clone()], slot.part.shape),
        })
        .collect())
}

/// From columns to rows: the `rows × columns` numbers that stand column by column, row by row. With the two swapped it
/// goes back.
pub(crate) fn transposed<T: Copy>(values: &[T], (rows, columns): (usize, usize)) -> Vec<T> {
    (0..rows).flat_map(|row| (0..columns).map(move |column| values[column * rows + row])).collect()
}

/// Modules that a layer stands for.
fn places(layer: &dyn AnyLayer) -> usize {
    match layer.activation() {
        Some(activation) if activation.name() != "identity" => 2,
        _ => 1,
    }
}

fn of_activation(layer: &dyn AnyLayer, part: &Part) -> bool {
    part.kind == Kind::Slope && places(layer) == 2
}

/// PyTorch calls gains and slopes "weight"; the layer of a plug-in keeps its own names.
fn slot(layer: &dyn AnyLayer, part: Part) -> Slot {
    let plug_in = layer.specification().kind.contains('/');
    let name = match part.kind {
        Kind::Gain if !plug_in => "weight",
        Kind::Slope if of_activation(layer, &part) => "weight",
        _ => part.name,
    };
    let (rows, columns) = part.shape;
    let shape = if part.kind == Kind::Weight { vec![rows, columns] } else { vec![rows * columns] };
    Slot { name, shape, part }
}

/// Compares names as people order them, runs of digits by their number: `fc2` before `fc10`.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    pieces(a).cmp(pieces(b))
}

/// A run of digits, by its length and then its digits, or a run of anything else.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    Number(usize, &'a str),
    Text(&'a str),
}

fn pieces(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let runs = name.as_bytes().chunk_by(move |a, b| digit(a) == digit(b));
    let mut start = 0;
    runs.map(move |run| {
        let text = &name[start..start + run.len()];
        start += run.len();
        if run[0].is_ascii_digit() {
            let digits = text.trim_start_matches('0');
            Piece::Number(digits.len(), digits)
        } else {
            Piece::Text(text)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_core::{Activation, AnyActivation, Configured, Identity, Relu, Saved};
    use std::sync::Arc;

    /// A slope for each unit, on both sides of 0.
    struct Scaled;

    impl<T: Real> Activation<T> for Scaled {
        fn saved(&self) -> Saved {
            Saved::Input
        }

        fn parameter_count(&self, units: usize) -> usize {
            units
        }

        fn forward(&self, units: usize, slopes: &[T], z: &mut [T]) {
            z.chunks_exact_mut(units).for_each(|z| z.iter_mut().zip(slopes).for_each(|(z, &s)| *z *= s));
        }

        fn backward(&self, units: usize, slopes: &[T], _z: &[T], delta: &mut [T]) {
            Activation::<T>::forward(self, units, slopes, delta);
        }
    }

    impl Configured for Scaled {
        fn name(&self) -> &str {
            "test/scaled"
        }
    }

    impl AnyActivation for Scaled {}

    #[test]
    fn layers_and_activations_are_counted_as_in_a_sequential() {
        let scaled: Arc<dyn AnyActivation> = Arc::new(Scaled);
        let network = Network::builder(2).dense(3, Relu).dense(4, scaled).dense(4, Identity).dense(1, Relu);
        let network = network.build().unwrap();
        let names: Vec<_> = modules(&network)
            .iter()
            .flat_map(|module| {
                module.slots.iter().map(|slot| (module.layer, module.path(slot), slot.shape.clone()))
            })
            .collect();
        let expected = [
            (1, "0.weight", vec![3, 2]),
            (1, "0.bias", vec![3]),
            (2, "2.weight", vec![4, 3]),
            (2, "2.bias", vec![4]),
            (2, "3.weight", vec![4]),
            (3, "4.weight", vec![4, 4]),
            (3, "4.bias", vec![4]),
            (4, "5.weight", vec![1, 4]),
            (4, "5.bias", vec![1]),
        ];
        assert_eq!(names, expected.map(|(layer, name, shape)| (layer, name.to_owned(), shape)));
    }

    #[test]
    fn a_weight_is_turned_from_columns_to_rows_and_back() {
        let columns = [11, 21, 12, 22, 13, 23];
        let rows = transposed(&columns, (2, 3));
        assert_eq!(rows, [11, 12, 13, 21, 22, 23]);
        assert_eq!(transposed(&rows, (3, 2)), columns);
    }

    #[test]
    fn digits_are_compared_as_numbers_however_long() {
        let sorted =
            ["", "1", "2", "10", "a", "a1", "a1b", "a2", "a10", "a18446744073709551616", "b", "ä3", "ä20"];
        for pair in sorted.windows(2) {
            assert_eq!(natural(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(natural(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(natural("a007", "a7"), Ordering::Equal);
    }
}

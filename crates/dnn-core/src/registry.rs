//! Names to makers: what turns the plain data of a file into layers and activations.
//!
//! A registry is a value that the application owns. A file can only name what it holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::activation::{
    AnyActivation, Elementwise, Elu, Gelu, Identity, IntoActivation, LeakyRelu, Relu, Selu, Sigmoid, Silu,
    Softmax, Softplus, Tanh,
};
use crate::layer::{AnyLayer, LayerSpecification};
use crate::{Dense, Dropout, Error, LayerNormalisation, NamedConfig, Network, Result};

type ActivationMaker = Box<dyn Fn(&NamedConfig) -> Result<Arc<dyn AnyActivation>> + Send + Sync>;
type LayerMaker = Box<dyn Fn(&LayerSpecification, &Registry) -> Result<Arc<dyn AnyLayer>> + Send + Sync>;

/// The activations and layers a program knows by name.
///
/// ```
/// use dnn_core::{Elementwise, NamedConfig, Real, Registry, Saved};
///
/// #[derive(Clone, Default)]
/// struct Cube;
///
/// impl Elementwise for Cube {
///     const NAME: &'static str = "my-crate/cube";
///     const SAVED: Saved = Saved::Input;
///     fn f<T: Real>(&self, z: T) -> T { z * z * z }
///     fn df<T: Real>(&self, z: T) -> T { T::of(3.0) * z * z }
/// }
///
/// let mut registry = Registry::builtin();
/// registry.add_elementwise(Cube)?;
/// assert_eq!(registry.activation(&NamedConfig::from("my-crate/cube"))?.name(), "my-crate/cube");
/// assert!(registry.activation(&NamedConfig::from("cubed")).unwrap_err().to_string().starts_with("unknown activation \"cubed\"; known are elu, "));
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub struct Registry {
    activations: BTreeMap<String, ActivationMaker>,
    layers: BTreeMap<String, LayerMaker>,
}

impl Registry {
    /// Everything this crate has.
    pub fn builtin() -> Self {
        let mut registry = Self { activations: BTreeMap::new(), layers: BTreeMap::new() };
        registry.add_builtin().expect("built-in names differ");
        registry
    }

    fn add_builtin(&mut self) -> Result<()> {
        self.add_elementwise(Identity)?;
        self.add_elementwise(Sigmoid)?;
        self.add_elementwise(Tanh)?;
        self.add_elementwise(Relu)?;
        self.add_elementwise(Selu)?;
        self.add_elementwise(Gelu)?;
        self.add_elementwise(Silu)?;
        self.add_elementwise(Softplus)?;
        self.add_activation(LeakyRelu::NAME, |found| {
            let [slope] = constants(found, ["slope"])?;
            Ok(LeakyRelu { slope }.into_activation())
        })?;
        self.add_activation(Elu::NAME, |found| {
            let [alpha] = constants(found, ["alpha"])?;
            Ok(Elu { alpha }.into_activation())
        })?;
        self.add_activation("softmax", |found| {
            constants(found, [])?;
            Ok(Softmax.into_activation())
        })?;
        self.add_layer("dense", |found, registry| {
            let activation = match &found.activation {
                Some(activation) => registry.activation(activation)?,
                None => Identity.into_activation(),
            };
            Ok(Arc::new(Dense::new(found.inputs, found.outputs, activation)))
        })?;
        self.add_layer("dropout", |found, _| {
            let [rate] = layer_constants(found, ["rate"])?;
            Ok(Arc::new(Dropout::new(same_size(found)?, rate)?))
        })?;
        self.add_layer("layer_normalisation", |found, _| {
            let [epsilon] = layer_constants(found, ["epsilon"])?;
            Ok(Arc::new(LayerNormalisation::new(same_size(found)?).with_epsilon(epsilon)?))
        })
    }

    /// Adds an activation without constants, in its short form.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the name is taken.
    pub fn add_elementwise<E: Elementwise + Clone>(&mut self, activation: E) -> Result<()> {
        self.add_activation(E::NAME, move |found| {
            constants(found, [])?;
            Ok(activation.clone().into_activation())
        })
    }

    /// Adds an activation by the function that makes it of its constants; see [`constants`].
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the name is taken.
    pub fn add_activation(
        &mut self,
        name: &str,
        make: impl Fn(&NamedConfig) -> Result<Arc<dyn AnyActivation>> + Send + Sync + 'static,
    ) -> Result<()> {
        match self.activations.insert(name.into(), Box::new(make)) {
            None => Ok(()),
            Some(_) => Err(Error::Duplicate { kind: "activation", name: name.into() }),
        }
    }

    /// Adds a kind of layer by the function that makes it.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the name is taken.
    pub fn add_layer(
        &mut self,
        kind: &str,
        make: impl Fn(&LayerSpecification, &Self) -> Result<Arc<dyn AnyLayer>> + Send + Sync + 'static,
    ) -> Result<()> {
        match self.layers.insert(kind.into(), Box::new(make)) {
            None => Ok(()),
            Some(_) => Err(Error::Duplicate { kind: "layer", name: kind.into() }),
        }
    }

    /// The activation of this name and these constants.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the known names, or what its maker finds wrong.
    pub fn activation(&self, found: &NamedConfig) -> Result<Arc<dyn AnyActivation>> {
        let make = self.activations.get(&found.name);
        make.ok_or_else(|| unknown("activation", &found.name, &self.activations))?(found)
    }

    /// The layer of this description.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the known kinds, or what its maker finds wrong.
    pub fn layer(&self, found: &LayerSpecification) -> Result<Arc<dyn AnyLayer>> {
        let make = self.layers.get(&found.kind);
        make.ok_or_else(|| unknown("layer", &found.kind, &self.layers))?(found, self)
    }

    /// The network of these layers.
    ///
    /// # Errors
    /// As for [`layer`](Self::layer) and [`Network::new`].
    pub fn network(&self, layers: &[LayerSpecification]) -> Result<Network> {
        Network::new(layers.iter().map(|layer| self.layer(layer)).collect::<Result<_>>()?)
    }

    /// The names of all activations, sorted.
    pub fn activation_names(&self) -> impl Iterator<Item = &str> {
        self.activations.keys().map(String::as_str)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (activations, layers) = (self.activations.keys(), self.layers.keys());
        f.debug_struct("Registry")
            .field("activations", &activations.collect::<Vec<_>>())
            .field("layers", &layers.collect::<Vec<_>>())
            .finish()
    }
}

/// The constants `names` of an activation, all of them finite, and no others.
///
/// # Errors
/// [`Error::Settings`] if one is missing, not finite, or not asked for.
pub fn constants<const N: usize>(found: &NamedConfig, names: [&str; N]) -> Result<[f64; N]> {
    named_constants("activation", &found.name, &found.constants, names)
}

/// The constants `names` of a layer, all of them finite, and no others.
///
/// # Errors
/// As for [`constants`].
pub fn layer_constants<const N: usize>(found: &LayerSpecification, names: [&str; N]) -> Result<[f64; N]> {
    named_constants("layer", &found.kind, &found.constants, names)
}

fn named_constants<const N: usize>(
    kind: &'static str,
    plug_in: &str,
    constants: &BTreeMap<String, f64>,
    names: [&str; N],
) -> Result<[f64; N]> {
    let refuse = || Error::Settings {
        kind,
        name: plug_in.into(),
        found: format!("{constants:?}"),
        expected: format!("takes finite values for {names:?} and nothing else"),
    };
    if constants.len() != N {
        return Err(refuse());
    }
    let mut values = [0.0; N];
    for (value, name) in values.iter_mut().zip(names) {
        *value = constants.get(name).copied().filter(|value| value.is_finite()).ok_or_else(refuse)?;
    }
    Ok(values)
}

/// The size of a layer that gives as many numbers as it takes.
fn same_size(found: &LayerSpecification) -> Result<usize> {
    if found.inputs == found.outputs {
        return Ok(found.inputs);
    }
    Err(Error::Settings {
        kind: "layer",
        name: found.kind.clone(),
        found: format!("{} inputs and {} outputs", found.inputs, found.outputs),
        expected: "gives as many numbers as it takes".into(),
    })
}

fn unknown<V>(kind: &'static str, found: &str, known: &BTreeMap<String, V>) -> Error {
    let known = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    Error::Unknown { kind, found: found.into(), known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_survives_the_way_through_plain_data() {
        let network = Network::builder(3)
            .dense(4, LeakyRelu { slope: 0.2 })
            .layer_normalisation()
            .dense(4, Elu { alpha: 0.5 })
            .dropout(0.5)
            .dense(2, Softmax)
            .build()
            .unwrap();
        let again = Registry::builtin().network(&network.specification()).unwrap();
        assert_eq!(again.specification(), network.specification());
    }

    #[test]
    fn wrong_constants_are_refused() {
        let registry = Registry::builtin();
        let make = |settings: &[(&str, f64)]| {
            let settings = settings.iter().map(|&(name, value)| (name.into(), value)).collect();
            registry.activation(&NamedConfig { name: "leaky_relu".into(), constants: settings })
        };
        assert!(make(&[("slope", 0.1)]).is_ok());
        for wrong in [&[][..], &[("slope", f64::NAN)], &[("alpha", 0.1)], &[("slope", 0.1), ("alpha", 0.1)]] {
            assert!(matches!(make(wrong), Err(Error::Settings { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_stands_for_one_plug_in() {
        let refused = Registry::builtin().add_elementwise(Relu).unwrap_err();
        assert_eq!(refused, Error::Duplicate { kind: "activation", name: "relu".into() });
    }
}

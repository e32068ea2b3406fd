//! Names to makers: what turns the plain data of settings and files into layers, activations, costs and the like.
//!
//! A registry is a value that the application owns; nothing is registered globally. Settings and files can only name what
//! it holds. This crate brings layers and activations; `dnn_train::registry` has costs, metrics, optimizers and schedules
//! besides, in the same value.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::activation::{
    AnyActivation, Elu, Gelu, Identity, IntoActivation, LeakyRelu, Relu, Selu, Sigmoid, Silu, Softmax,
    Softplus, Tanh,
};
use crate::layer::{AnyLayer, LayerSpecification};
use crate::named::{Configured, Named};
use crate::{Dense, Dropout, Error, LayerNormalisation, NamedConfig, Network, Result};

/// What a registry holds by name: `dyn AnyActivation`, and in `dnn-train` costs, metrics, optimizers and schedules.
pub trait Family: Configured + Send + Sync + 'static {
    /// How messages call one of it: `"activation"`.
    const KIND: &'static str;
}

impl Family for dyn AnyActivation {
    const KIND: &'static str = "activation";
}

type Maker<F> = Box<dyn Fn(&NamedConfig) -> Result<Arc<F>> + Send + Sync>;
type LayerMaker = Box<dyn Fn(&LayerSpecification, &Registry) -> Result<Arc<dyn AnyLayer>> + Send + Sync>;
const LAYER: &str = "layer";

/// What a program knows by name.
///
/// ```
/// use dnn_core::{Elementwise, IntoActivation, Named, NamedConfig, Real, Registry, Saved};
///
/// #[derive(Clone, Default)]
/// struct Cube;
///
/// impl Named for Cube {
///     const NAME: &'static str = "my-crate/cube";
/// }
///
/// impl Elementwise for Cube {
///     const SAVED: Saved = Saved::Input;
///     fn f<T: Real>(&self, z: T) -> T { z * z * z }
///     fn df<T: Real>(&self, z: T) -> T { T::of(3.0) * z * z }
/// }
///
/// let mut registry = Registry::builtin();
/// registry.add(Cube::into_activation)?;
/// assert_eq!(registry.activation(&"my-crate/cube".into())?.name(), "my-crate/cube");
/// assert_eq!(registry.activation(&"elu".into())?.config(), NamedConfig::from("elu").with("alpha", 1.0));
/// let unknown = registry.activation(&"sigmiod".into()).unwrap_err().to_string();
/// assert!(unknown.starts_with("unknown activation \"sigmiod\"; known are elu, "));
/// assert!(unknown.ends_with(": take \"sigmoid\" if that is meant, or register the plug-in that brings \"sigmiod\""));
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub struct Registry {
    /// A [`Maker`], or a [`LayerMaker`], by kind and name.
    makers: BTreeMap<(&'static str, String), Box<dyn Any + Send + Sync>>,
}

impl Registry {
    /// The layers and activations of this crate: enough for a model that is only used.
    pub fn builtin() -> Self {
        let mut registry = Self { makers: BTreeMap::new() };
        registry.add_builtin().expect("built-in names differ");
        registry
    }

    /// The list of what is built in.
    fn add_builtin(&mut self) -> Result<()> {
        self.add(Identity::into_activation)?;
        self.add(Sigmoid::into_activation)?;
        self.add(Tanh::into_activation)?;
        self.add(Relu::into_activation)?;
        self.add(LeakyRelu::into_activation)?;
        self.add(Elu::into_activation)?;
        self.add(Selu::into_activation)?;
        self.add(Gelu::into_activation)?;
        self.add(Silu::into_activation)?;
        self.add(Softplus::into_activation)?;
        self.add(Softmax::into_activation)?;
        self.add_layer("dense", |found, registry| {
            found.constants([])?;
            let activation = match &found.activation {
                Some(activation) => registry.activation(activation)?,
                None => Identity.into_activation(),
            };
            Ok(Arc::new(Dense::new(found.inputs, found.outputs, activation)))
        })?;
        self.add_layer("dropout", |found, _| {
            let [rate] = found.constants([("rate", 0.5)])?;
            Ok(Arc::new(Dropout::new(found.same_size()?, rate)?))
        })?;
        self.add_layer("layer_normalisation", |found, _| {
            let [epsilon] = found.constants([("epsilon", 1e-5)])?;
            Ok(Arc::new(LayerNormalisation::new(found.same_size()?).with_epsilon(epsilon)?))
        })
    }

    /// Adds what is [`Named`], by the function that shares it as one of its family: `Relu::into_activation`.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if the name is taken.
    pub fn add<N: Named, F: Family + ?Sized>(
        &mut self,
        share: impl Fn(N) -> Arc<F> + Send + Sync + 'static,
    ) -> Result<()> {
        self.add_maker(N::NAME, move |config| Ok(share(N::from_config(F::KIND, config)?)))
    }

    /// Adds what has a name only as the program runs, by the function that makes it of its constants.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn add_maker<F: Family + ?Sized>(
        &mut self,
        name: &str,
        make: impl Fn(&NamedConfig) -> Result<Arc<F>> + Send + Sync + 'static,
    ) -> Result<()> {
        let make: Maker<F> = Box::new(make);
        self.insert(F::KIND, name, Box::new(make))
    }

    /// Adds a kind of layer by the function that makes it.
    ///
    /// # Errors
    /// As for [`add`](Self::add).
    pub fn add_layer(
        &mut self,
        kind: &str,
        make: impl Fn(&LayerSpecification, &Self) -> Result<Arc<dyn AnyLayer>> + Send + Sync + 'static,
    ) -> Result<()> {
        let make: LayerMaker = Box::new(make);
        self.insert(LAYER, kind, Box::new(make))
    }

    fn insert(&mut self, kind: &'static str, name: &str, maker: Box<dyn Any + Send + Sync>) -> Result<()> {
        let key = (kind, name.to_owned());
        if self.makers.contains_key(&key) {
            return Err(Error::Duplicate { kind, name: name.into() });
        }
        self.makers.insert(key, maker);
        Ok(())
    }

    fn find<M: 'static>(&self, kind: &'static str, name: &str) -> Result<&M> {
        let maker = self.makers.get(&(kind, name.to_owned()));
        maker
            .and_then(|maker| maker.downcast_ref())
            .ok_or_else(|| Error::unknown(kind, name, &self.names(kind).collect::<Vec<_>>()))
    }

    /// What `config` names, with its constants: `registry.make::<dyn AnyActivation>(&"relu".into())`.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the known names, [`Error::Constants`] with every fault.
    pub fn make<F: Family + ?Sized>(&self, config: &NamedConfig) -> Result<Arc<F>> {
        self.find::<Maker<F>>(F::KIND, &config.name)?(config)
    }

    /// The activation of this name and these constants.
    ///
    /// # Errors
    /// As for [`make`](Self::make).
    pub fn activation(&self, config: &NamedConfig) -> Result<Arc<dyn AnyActivation>> {
        self.make(config)
    }

    /// The layer of this description.
    ///
    /// # Errors
    /// As for [`make`](Self::make).
    pub fn layer(&self, found: &LayerSpecification) -> Result<Arc<dyn AnyLayer>> {
        self.find::<LayerMaker>(LAYER, &found.kind)?(found, self)
    }

    /// The network of these layers.
    ///
    /// # Errors
    /// As for [`layer`](Self::layer) and [`Network::new`].
    pub fn network(&self, layers: &[LayerSpecification]) -> Result<Network> {
        Network::new(layers.iter().map(|layer| self.layer(layer)).collect::<Result<_>>()?)
    }

    /// The names of a kind (`"activation"`, `"layer"`, `"cost"`), sorted.
    pub fn names(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.makers.keys().filter(move |(found, _)| *found == kind).map(|(_, name)| name.as_str())
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.makers.keys()).finish()
    }
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
        let named = || NamedConfig::from("leaky_relu");
        assert!(registry.activation(&named().with("slope", 0.1)).is_ok());
        assert_eq!(registry.activation(&named()).unwrap().config(), named().with("slope", 0.01));
        for wrong in [
            named().with("slope", f64::NAN),
            named().with("alpha", 0.1),
            named().with("slope", 0.1).with("alpha", 0.1),
        ] {
            assert!(matches!(registry.activation(&wrong), Err(Error::Constants { .. })), "{wrong:?}");
        }
        let faults =
            registry.activation(&named().with("slop", 1.0).with("slope", f64::NAN)).unwrap_err().to_string();
        assert_eq!(
            faults,
            "activation leaky_relu: has a constant slop, but takes slope: correct the name, or leave it out; slope is NaN, but must be finite: 0.01 is usual"
        );
    }

    #[test]
    fn a_name_stands_for_one_plug_in() {
        let refused = Registry::builtin().add(Relu::into_activation).unwrap_err();
        assert_eq!(refused, Error::Duplicate { kind: "activation", name: "relu".into() });
    }
}

//! Everything the workspace has by name: layers and activations, costs, metrics, optimizers and schedules.

use dnn_core::{Registry, Result};

use crate::{cost, metrics, optimizer, schedule};

/// Everything this workspace has by name, to add one's own to.
///
/// A cost and an optimizer of one's own, chosen by settings:
/// ```
/// use dnn_core::{Constant, Identity, Named, Network, Real, State};
/// use dnn_train::{AnyCost, AnyOptimizer, Cost, Link, Optimizer, Settings, Step, Targets};
///
/// /// `Σ |r|^power`, r = z − y.
/// #[derive(Clone)]
/// struct Power { power: f64 }
///
/// impl Default for Power {
///     fn default() -> Self { Self { power: 4.0 } }
/// }
///
/// impl Named for Power {
///     const NAME: &'static str = "my-crate/power";
///     fn constants(&mut self) -> Vec<Constant<'_>> { vec![Constant::new("power", &mut self.power, 1.0..)] }
/// }
///
/// impl<T: Real> Cost<T> for Power {
///     fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
///         let rest = || z.iter().zip(y).map(|(z, y)| z.wide() - y.wide());
///         if let Some(dz) = dz {
///             let slope = |r: f64| T::of(self.power * r.abs().powf(self.power - 1.0).copysign(r));
///             dz.iter_mut().zip(rest()).for_each(|(dz, r)| *dz = slope(r));
///         }
///         rest().map(|r| r.abs().powf(self.power)).sum()
///     }
/// }
///
/// impl AnyCost for Power {
///     fn link(&self) -> Link { Link::Identity }
///     fn targets(&self) -> Targets { Targets::Finite }
/// }
///
/// #[derive(Clone, Default)]
/// struct Signs;
///
/// impl Named for Signs {
///     const NAME: &'static str = "my-crate/signs";
/// }
///
/// impl<T: Real> Optimizer<T> for Signs {
///     fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
///         parameters.iter_mut().zip(gradient).for_each(|(p, g)| *p -= T::of(step.rate) * g.signum());
///     }
/// }
///
/// impl AnyOptimizer for Signs {
///     fn state_vectors(&self) -> usize { 0 }
/// }
///
/// let mut registry = dnn_train::registry();
/// registry.add(Power::into_cost)?;
/// registry.add(Signs::into_optimizer)?;
///
/// let network = Network::builder(1).dense(1, Identity).build()?;
/// let settings = r#"{ "cost": { "name": "my-crate/power", "power": 3 }, "optimizer": "my-crate/signs" }"#;
/// let settings: Settings = serde_json::from_str(settings)?;
/// assert_eq!(settings.plan_with(&registry, &network, 9)?.cost().name(), "my-crate/power");
/// let unknown = settings.plan(&network, 9).unwrap_err().to_string();
/// assert!(unknown.contains("unknown cost \"my-crate/power\"; known are binary_cross_entropy, "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn registry() -> Registry {
    fn add_builtin(registry: &mut Registry) -> Result<()> {
        cost::add_builtin(registry)?;
        metrics::add_builtin(registry)?;
        optimizer::add_builtin(registry)?;
        schedule::add_builtin(registry)
    }
    let mut registry = Registry::builtin();
    add_builtin(&mut registry).expect("built-in names differ");
    registry
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AnyCost, Huber, Method, Metric, Momentum, Schedule};
    use dnn_core::NamedConfig;

    #[test]
    fn everything_has_the_name_it_is_chosen_by() {
        let registry = registry();
        for name in registry.names("cost") {
            assert_eq!(registry.make::<dyn AnyCost>(&name.into()).unwrap().name(), name);
        }
        for name in registry.names("optimizer") {
            let made = registry.make::<Method>(&name.into()).unwrap();
            assert_eq!(
                registry.make::<Method>(&dnn_core::Configured::config(&*made)).unwrap().usual_rate(),
                made.usual_rate()
            );
        }
        for name in registry.names("schedule") {
            assert_eq!(registry.make::<dyn Schedule>(&name.into()).unwrap().name(), name);
        }
    }

    #[test]
    fn a_typed_builder_is_the_choice_of_its_name() {
        let momentum = NamedConfig::from(Momentum { momentum: 0.5 });
        assert_eq!(momentum, NamedConfig::from("momentum").with("momentum", 0.5));
        let text = serde_json::to_string(&momentum).unwrap();
        assert_eq!(text, r#"{"name":"momentum","momentum":0.5}"#);
        assert_eq!(serde_json::from_str::<NamedConfig>(&text).unwrap(), momentum);
    }

    #[test]
    fn a_name_stands_for_one_plug_in() {
        let mut registry = registry();
        assert!(registry.add(Huber::into_cost).unwrap_err().to_string().contains("huber"));
        let huber = registry.make::<dyn AnyCost>(&NamedConfig::from("huber").with("delta", 2.0)).unwrap();
        assert_eq!(huber.config(), NamedConfig::from("huber").with("delta", 2.0));
    }

    #[test]
    fn unknown_names_and_wrong_constants_are_refused_in_words() {
        let registry = registry();
        let message = |config: NamedConfig| registry.make::<dyn AnyCost>(&config).unwrap_err().to_string();
        let unknown = message("hubert".into());
        assert!(
            unknown.starts_with("unknown cost \"hubert\"; known are binary_cross_entropy, "),
            "{unknown}"
        );
        assert!(unknown.contains("take \"huber\" if that is meant"), "{unknown}");
        let zero = message(NamedConfig::from("huber").with("delta", 0.0));
        assert_eq!(zero, "cost huber: delta is 0, but must be a number above 0: 1 is usual");
        let constant = message(NamedConfig::from("poisson").with("delta", 1.0));
        assert!(
            constant.starts_with("cost poisson: has a constant delta, but takes no constant"),
            "{constant}"
        );
        for wrong in [
            NamedConfig::from("binary_cross_entropy").with("smoothing", 1.0),
            NamedConfig::from("binary_focal").with("gamma", -1.0),
            NamedConfig::from("softmax_focal").with("gamma", f64::NAN),
            NamedConfig::from("multi_margin").with("margin", 0.0),
        ] {
            assert!(registry.make::<dyn AnyCost>(&wrong).is_err(), "{wrong:?}");
        }
        let error = registry.make::<dyn Metric>(&"acuracy".into()).unwrap_err().to_string();
        assert!(error.contains("known are accuracy, "));
    }
}

//! Names to makers: costs, metrics and optimizers that settings can choose, as `dnn_core::Registry` has layers and
//! activations.
//!
//! A catalogue is a value that the application owns; nothing is registered globally. Settings can only name what it holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::choice::constants;
use crate::cost::{
    AnyCost, BinaryCrossEntropy, BinaryFocal, Hinge, Huber, MeanAbsoluteError, MeanSquaredError, MultiMargin,
    Poisson, SoftmaxCrossEntropy, SoftmaxFocal,
};
use crate::optimizer::OPTIMIZERS;
use crate::{AnyOptimizer, Error, Metric, NamedConfig, Result, metrics};

type Maker<P> = Box<dyn Fn(&NamedConfig) -> Result<Arc<P>> + Send + Sync>;

/// The costs, metrics and optimizers a program knows by name.
///
/// A cost and an optimizer of one's own, chosen by settings:
/// ```
/// use dnn_core::{Identity, Network, Real, State};
/// use dnn_train::{
///     AnyCost, AnyOptimizer, Catalogue, Cost, Link, Optimizer, Settings, Step, Targets, constants,
/// };
/// use std::sync::Arc;
///
/// /// `Σ |r|^power`, r = z − y.
/// struct Power(f64);
///
/// impl<T: Real> Cost<T> for Power {
///     fn cost(&self, _units: usize, z: &[T], y: &[T], dz: Option<&mut [T]>) -> f64 {
///         let rest = || z.iter().zip(y).map(|(z, y)| z.wide() - y.wide());
///         if let Some(dz) = dz {
///             let slope = |r: f64| T::of(self.0 * r.abs().powf(self.0 - 1.0).copysign(r));
///             dz.iter_mut().zip(rest()).for_each(|(dz, r)| *dz = slope(r));
///         }
///         rest().map(|r| r.abs().powf(self.0)).sum()
///     }
/// }
///
/// impl AnyCost for Power {
///     fn name(&self) -> &str { "my-crate/power" }
///     fn link(&self) -> Link { Link::Identity }
///     fn targets(&self) -> Targets { Targets::Finite }
/// }
///
/// struct Signs;
///
/// impl<T: Real> Optimizer<T> for Signs {
///     fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
///         parameters.iter_mut().zip(gradient).for_each(|(p, g)| *p -= T::of(step.rate) * g.signum());
///     }
/// }
///
/// impl AnyOptimizer for Signs {
///     fn name(&self) -> &str { "my-crate/signs" }
///     fn state_vectors(&self) -> usize { 0 }
/// }
///
/// let mut catalogue = Catalogue::builtin();
/// catalogue.add_cost("my-crate/power", |choice| {
///     let [power] = constants(choice, "cost", [("power", 4.0)])?;
///     Ok(Arc::new(Power(power)))
/// })?;
/// catalogue.add_optimizer("my-crate/signs", |choice| {
///     constants(choice, "optimizer", [])?;
///     Ok(Arc::new(Signs))
/// })?;
///
/// let network = Network::builder(1).dense(1, Identity).build()?;
/// let settings = r#"{ "cost": { "name": "my-crate/power", "power": 3 }, "optimizer": "my-crate/signs" }"#;
/// let settings: Settings = serde_json::from_str(settings)?;
/// assert_eq!(settings.plan_with(&catalogue, &network, 9)?.cost().name(), "my-crate/power");
/// let unknown = settings.plan(&network, 9).unwrap_err().to_string();
/// assert!(unknown.contains("cost is \"my-crate/power\", but known are binary_cross_entropy, "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Catalogue {
    costs: BTreeMap<String, Maker<dyn AnyCost>>,
    metrics: BTreeMap<String, Maker<dyn Metric>>,
    optimizers: BTreeMap<String, Maker<dyn AnyOptimizer>>,
}

impl Catalogue {
    /// Everything this crate has. Its optimizers are choices of [`crate::OptimizerSettings`] and need no maker.
    pub fn builtin() -> Self {
        let mut catalogue =
            Self { costs: BTreeMap::new(), metrics: BTreeMap::new(), optimizers: BTreeMap::new() };
        catalogue.add_builtin_costs().expect("built-in names differ");
        metrics::add_builtin(&mut catalogue).expect("built-in names differ");
        catalogue
    }

    fn add_builtin_costs(&mut self) -> Result<()> {
        self.add_cost("binary_cross_entropy", |choice| Ok(Arc::new(BinaryCrossEntropy::choose(choice)?)))?;
        self.add_cost("softmax_cross_entropy", |choice| Ok(Arc::new(SoftmaxCrossEntropy::choose(choice)?)))?;
        self.add_cost("binary_focal", |choice| Ok(Arc::new(BinaryFocal::choose(choice)?)))?;
        self.add_cost("softmax_focal", |choice| Ok(Arc::new(SoftmaxFocal::choose(choice)?)))?;
        self.add_cost("huber", |choice| Ok(Arc::new(Huber::choose(choice)?)))?;
        self.add_cost("multi_margin", |choice| Ok(Arc::new(MultiMargin::choose(choice)?)))?;
        self.add_plain_cost("hinge", Hinge)?;
        self.add_plain_cost("mean_absolute_error", MeanAbsoluteError)?;
        self.add_plain_cost("mean_squared_error", MeanSquaredError)?;
        self.add_plain_cost("poisson", Poisson)
    }

    /// Adds a cost without constants.
    fn add_plain_cost(&mut self, name: &str, cost: impl AnyCost + Copy + 'static) -> Result<()> {
        self.add_cost(name, move |choice| {
            constants(choice, "cost", [])?;
            Ok(Arc::new(cost))
        })
    }

    /// Adds a cost by the function that makes it of its constants; see [`crate::constants`].
    ///
    /// # Errors
    /// [`dnn_core::Error::Duplicate`] if the name is taken.
    pub fn add_cost(
        &mut self,
        name: &str,
        make: impl Fn(&NamedConfig) -> Result<Arc<dyn AnyCost>> + Send + Sync + 'static,
    ) -> Result<()> {
        add("cost", &mut self.costs, name, Box::new(make))
    }

    /// Adds a metric by the function that makes it.
    ///
    /// # Errors
    /// As for [`add_cost`](Self::add_cost).
    pub fn add_metric(
        &mut self,
        name: &str,
        make: impl Fn(&NamedConfig) -> Result<Arc<dyn Metric>> + Send + Sync + 'static,
    ) -> Result<()> {
        add("metric", &mut self.metrics, name, Box::new(make))
    }

    /// Adds an optimizer by the function that makes it.
    ///
    /// # Errors
    /// As for [`add_cost`](Self::add_cost).
    pub fn add_optimizer(
        &mut self,
        name: &str,
        make: impl Fn(&NamedConfig) -> Result<Arc<dyn AnyOptimizer>> + Send + Sync + 'static,
    ) -> Result<()> {
        if OPTIMIZERS.contains(&name) {
            return Err(duplicate("optimizer", name));
        }
        add("optimizer", &mut self.optimizers, name, Box::new(make))
    }

    /// The cost of this choice.
    ///
    /// # Errors
    /// [`Error::Settings`] with the known names, or with what its maker finds wrong.
    pub fn cost(&self, choice: &NamedConfig) -> Result<Arc<dyn AnyCost>> {
        make("cost", &self.costs, self.cost_names(), choice)
    }

    /// The metric of this choice.
    ///
    /// # Errors
    /// As for [`cost`](Self::cost).
    pub fn metric(&self, choice: &NamedConfig) -> Result<Arc<dyn Metric>> {
        make("metric", &self.metrics, self.metric_names(), choice)
    }

    /// The optimizer of this choice, which is not a built-in one.
    ///
    /// # Errors
    /// As for [`cost`](Self::cost).
    pub fn optimizer(&self, choice: &NamedConfig) -> Result<Arc<dyn AnyOptimizer>> {
        make("optimizer", &self.optimizers, self.optimizer_names(), choice)
    }

    /// The names of all costs, sorted.
    pub fn cost_names(&self) -> impl Iterator<Item = &str> {
        self.costs.keys().map(String::as_str)
    }

    /// The names of all metrics, sorted.
    pub fn metric_names(&self) -> impl Iterator<Item = &str> {
        self.metrics.keys().map(String::as_str)
    }

    /// The names of all optimizers: the built-in ones, then the others, sorted.
    pub fn optimizer_names(&self) -> impl Iterator<Item = &str> {
        OPTIMIZERS.into_iter().chain(self.optimizers.keys().map(String::as_str))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalogue")
            .field("costs", &self.cost_names().collect::<Vec<_>>())
            .field("metrics", &self.metric_names().collect::<Vec<_>>())
            .field("optimizers", &self.optimizer_names().collect::<Vec<_>>())
            .finish()
    }
}

fn add<P: ?Sized>(
    kind: &'static str,
    makers: &mut BTreeMap<String, Maker<P>>,
    name: &str,
    make: Maker<P>,
) -> Result<()> {
    if makers.contains_key(name) {
        return Err(duplicate(kind, name));
    }
    makers.insert(name.into(), make);
    Ok(())
}

fn duplicate(kind: &'static str, name: &str) -> Error {
    Error::Core(dnn_core::Error::Duplicate { kind, name: name.into() })
}

fn make<'a, P: ?Sized>(
    kind: &str,
    makers: &BTreeMap<String, Maker<P>>,
    known: impl Iterator<Item = &'a str>,
    choice: &NamedConfig,
) -> Result<Arc<P>> {
    let Some(make) = makers.get(&choice.name) else {
        let known = known.collect::<Vec<_>>().join(", ");
        return Err(Error::Settings(vec![format!(
            "{kind} is \"{}\", but known are {known}: choose one of these, or add its plug-in to the catalogue",
            choice.name
        )]));
    };
    make(choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cost_has_the_name_it_is_chosen_by() {
        let catalogue = Catalogue::builtin();
        for name in catalogue.cost_names() {
            assert_eq!(catalogue.cost(&NamedConfig::from(name)).unwrap().name(), name);
        }
    }

    #[test]
    fn a_name_stands_for_one_plug_in() {
        let mut catalogue = Catalogue::builtin();
        let refused = catalogue.add_cost("huber", |choice| Ok(Arc::new(Huber::choose(choice)?)));
        assert!(refused.unwrap_err().to_string().contains("huber"));
        assert!(catalogue.add_optimizer("adam", |_| Ok(Arc::new(crate::GradientDescent))).is_err());
        assert_eq!(catalogue.cost(&NamedConfig::from("huber").with("delta", 2.0)).unwrap().name(), "huber");
    }

    #[test]
    fn unknown_names_and_wrong_constants_are_refused_in_words() {
        let catalogue = Catalogue::builtin();
        let message = |choice: NamedConfig| catalogue.cost(&choice).unwrap_err().to_string();
        let unknown = message(NamedConfig::from("hubert"));
        assert!(unknown.contains("cost is \"hubert\", but known are binary_cross_entropy, "), "{unknown}");
        assert!(
            message(NamedConfig::from("huber").with("delta", 0.0))
                .contains("delta is 0, but must be a number above 0")
        );
        let constant = message(NamedConfig::from("poisson").with("delta", 1.0));
        assert!(constant.contains("cost poisson has a constant delta, but takes no constant"), "{constant}");
        for wrong in [
            NamedConfig::from("binary_cross_entropy").with("smoothing", 1.0),
            NamedConfig::from("binary_focal").with("gamma", -1.0),
            NamedConfig::from("softmax_focal").with("gamma", f64::NAN),
            NamedConfig::from("multi_margin").with("margin", 0.0),
        ] {
            assert!(catalogue.cost(&wrong).is_err(), "{wrong:?}");
        }
        assert!(
            catalogue
                .metric(&NamedConfig::from("acuracy"))
                .unwrap_err()
                .to_string()
                .contains("known are accuracy, ")
        );
    }
}

//! Hyper-parameters: what a person sets, and the plan that comes of it.
//!
//! [`Settings`] are all optional and may be wrong; a [`Plan`] is complete and cannot be. All faults are listed together.

use std::sync::Arc;

use dnn_core::{NamedConfig, Network, Registry};
use serde::{Deserialize, Serialize};

use crate::clipping::Clipping;
use crate::cost::{AnyCost, Link};
use crate::early_stopping::EarlyStopping;
use crate::initialisation::{Initialisation, Start};
use crate::optimizer::{GradientDescent, Method};
use crate::penalty::Penalty;
use crate::schedule::{ConstantRate, LearningRate, Schedule};
use crate::{ClassWeights, Error, Metric, Result};

/// The hyper-parameters of a run; what is left out takes the default named here.
///
/// ```
/// use dnn_core::{Network, Relu, Sigmoid};
/// use dnn_train::Settings;
///
/// let network = Network::builder(2).dense(3, Relu).dense(1, Sigmoid).build()?;
/// let plan = Settings { epochs: Some(20), batch: Some(64), ..Settings::default() }.plan(&network, 100)?;
/// assert_eq!((plan.steps_per_epoch(), plan.steps()), (2, 40));
///
/// let faults = Settings { batch: Some(0), learning_rate: Some(-1.0), ..Settings::default() }.plan(&network, 100);
/// assert_eq!(faults.unwrap_err().to_string(), "some settings cannot be followed:\n\
///     - batch is 0, but a step needs at least 1 example: set 1 or more, or leave it out for all examples at once\n\
///     - learning_rate is -1, but must be a number above 0: 0.1 is a usual start");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Examples in a step; all of them.
    pub batch: Option<usize>,
    /// Length of a step along the gradient, or the highest if a schedule changes it; 0.1, or 0.01 for AdaGrad and RMSProp
    /// and 0.001 for Adam and AdamW.
    pub learning_rate: Option<f64>,
    /// How often every example is seen; 100, unless `steps` is given.
    pub epochs: Option<u64>,
    /// How many steps are taken, instead of `epochs`.
    pub steps: Option<u64>,
    /// Whether each epoch has an order of its own; yes.
    pub shuffle: Option<bool>,
    /// What all random numbers depend on; 0.
    pub seed: Option<u64>,
    /// The cost; the one that belongs to the network's last activation.
    pub cost: Option<NamedConfig>,
    /// How weights start; as suits each layer's activation.
    pub initialisation: Option<Initialisation>,
    /// How the weights of each layer start, for the layers that have weights, in order; instead of `initialisation`.
    pub layer_initialisation: Option<Vec<Initialisation>>,
    /// How the gradient changes parameters; gradient descent.
    pub optimizer: Option<NamedConfig>,
    /// How the learning rate changes over the run; not at all.
    pub schedule: Option<NamedConfig>,
    /// Epochs in which the learning rate first rises to the schedule's, fractions of one included; 0.
    pub warm_up_epochs: Option<f64>,
    /// What the size of weights costs; nothing.
    pub penalty: Option<Penalty>,
    /// How large the gradient may be; as large as it comes.
    pub clipping: Option<Clipping>,
    /// How much the examples of each class count; all the same.
    pub class_weights: Option<ClassWeights>,
    /// Steps between two evaluations of the validation examples; an epoch.
    pub validate_every: Option<u64>,
    /// What is measured of the validation examples beside their cost; nothing.
    pub metrics: Option<Vec<NamedConfig>>,
    /// When the run ends before its last step; never.
    pub early_stopping: Option<EarlyStopping>,
}

/// A run that can be carried out.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) examples: usize,
    pub(crate) validate_every: u64,
    pub(crate) metrics: Vec<Arc<dyn Metric>>,
    /// The metric that early stopping watches instead of the validation cost.
    pub(crate) watched: Option<usize>,
    pub(crate) early_stopping: Option<EarlyStopping>,
    pub(crate) batch: usize,
    pub(crate) schedule: LearningRate,
    pub(crate) steps: u64,
    pub(crate) shuffle: bool,
    pub(crate) seed: u64,
    pub(crate) cost: Arc<dyn AnyCost>,
    pub(crate) initialisation: Start,
    pub(crate) method: Method,
    pub(crate) penalty: Penalty,
    pub(crate) clipping: Option<Clipping>,
    pub(crate) class_weights: Option<ClassWeights>,
}

impl Settings {
    /// Completes and checks the settings for training `network` on `examples` examples.
    ///
    /// # Errors
    /// [`Error::Settings`] with every fault there is.
    pub fn plan(&self, network: &Network, examples: usize) -> Result<Plan> {
        self.plan_with(&crate::registry(), network, examples)
    }

    /// [`plan`](Self::plan) with what a registry of one's own holds: costs, metrics, optimizers and schedules.
    ///
    /// # Errors
    /// As for [`plan`](Self::plan).
    pub fn plan_with(&self, registry: &Registry, network: &Network, examples: usize) -> Result<Plan> {
        let mut faults = Vec::new();
        if examples == 0 {
            faults.push(
                "there are 0 examples, but training needs at least 1: check where the data comes from".into(),
            );
        }
        let batch = self.batch.unwrap_or(examples).min(examples);
        if self.batch == Some(0) {
            faults.push(
                "batch is 0, but a step needs at least 1 example: set 1 or more, or leave it out for all examples at once"
                    .into(),
            );
        }
        let optimizer = self.optimizer.clone().unwrap_or_else(|| GradientDescent.into());
        let method = registry.make::<Method>(&optimizer);
        let usual_rate = || method.as_ref().map_or(0.1, |method| method.usual_rate());
        let learning_rate = self.learning_rate.unwrap_or_else(usual_rate);
        if !(learning_rate.is_finite() && learning_rate > 0.0) {
            faults.push(format!(
                "learning_rate is {learning_rate}, but must be a number above 0: 0.1 is a usual start"
            ));
        }
        let steps_per_epoch = examples.div_ceil(batch.max(1)) as u64;
        let steps = match (self.steps, self.epochs) {
            (Some(_), Some(_)) => {
                faults.push(
                    "both steps and epochs are set, but one follows from the other: leave one out".into(),
                );
                None
            }
            (Some(steps), None) => Some(steps),
            (None, epochs) => epochs.unwrap_or(100).checked_mul(steps_per_epoch),
        };
        let steps = steps.unwrap_or(0);
        if steps == 0 && faults.is_empty() {
            faults.push(
                "the run would take no step, or too many to count: set epochs or steps to 1 or more".into(),
            );
        }
        let schedule = self.schedule.clone().unwrap_or_else(|| ConstantRate.into());
        let schedule = registry.make::<dyn Schedule>(&schedule);
        let penalty = self.penalty.unwrap_or_default();
        faults.extend(penalty.faults());
        faults.extend(self.clipping.and_then(Clipping::faults));
        faults.extend(self.early_stopping.iter().flat_map(EarlyStopping::faults));
        if self.validate_every == Some(0) {
            faults
                .push("validate_every is 0, but must be 1 step or more: leave it out for each epoch".into());
        }
        let warm_up = self.warm_up_epochs.unwrap_or(0.0);
        if !(warm_up.is_finite() && warm_up >= 0.0) {
            faults.push(format!("warm_up_epochs is {warm_up}, but must be 0 or more: leave it out for none"));
        }
        if let Ok(Method::Lbfgs(_)) = method.as_deref() {
            faults.extend(self.lbfgs_faults(network, examples));
        }
        if self.initialisation.is_some() && self.layer_initialisation.is_some() {
            faults.push("both initialisation and layer_initialisation are set: leave one out".into());
        }
        let initialisation =
            self.layer_initialisation.clone().map_or(Start::All(self.initialisation), Start::Each);
        faults.extend(initialisation.faults(network));
        let mut known = |error| match error {
            Error::Settings(found) => faults.extend(found),
            Error::Core(dnn_core::Error::Constants { kind, name, faults: found }) => {
                faults.extend(found.into_iter().map(|fault| format!("{kind} {name}: {fault}")));
            }
            other => faults.push(other.to_string()),
        };
        let cost = choose_cost(self.cost.as_ref(), registry, network).map_err(&mut known);
        let method = method.map_err(|error| known(error.into()));
        let schedule = schedule.map_err(|error| known(error.into()));
        let metrics = self.metrics.iter().flatten().map(|config| registry.make::<dyn Metric>(config));
        let metrics: Vec<Arc<dyn Metric>> =
            metrics.filter_map(|made| made.map_err(|error| known(error.into())).ok()).collect();
        let watched = self.watched(&metrics).map_err(|fault| faults.push(fault)).unwrap_or_default();
        if let (Ok(cost), Some(classes)) = (&cost, &self.class_weights) {
            faults.extend(classes.faults(cost.name(), cost.targets(), network.outputs()));
        }
        match (cost, method, schedule) {
            (Ok(cost), Ok(method), Ok(schedule)) if faults.is_empty() => Ok(Plan {
                examples,
                validate_every: self.validate_every.unwrap_or(steps_per_epoch),
                metrics,
                watched,
                early_stopping: self.early_stopping.clone(),
                batch,
                schedule: LearningRate::new(learning_rate, schedule, warm_up, steps, steps_per_epoch),
                steps,
                shuffle: self.shuffle.unwrap_or(true),
                seed: self.seed.unwrap_or(0),
                cost,
                initialisation,
                method: Method::clone(&method),
                penalty,
                clipping: self.clipping,
                class_weights: self.class_weights.clone(),
            }),
            _ => Err(Error::Settings(faults)),
        }
    }

    /// Which of `metrics` early stopping watches, if it is not the validation cost.
    fn watched(&self, metrics: &[Arc<dyn Metric>]) -> std::result::Result<Option<usize>, String> {
        let Some(name) = self.early_stopping.as_ref().and_then(|early| early.watch.as_ref()) else {
            return Ok(None);
        };
        let known: Vec<&str> = metrics.iter().map(|metric| metric.name()).collect();
        known.iter().position(|known| known == name).map(Some).ok_or_else(|| {
            let known = if known.is_empty() { "nothing".into() } else { known.join(", ") };
            format!("early_stopping watches {name}, but metrics has {known}: add {name} to metrics, or leave watch out")
        })
    }

    /// What does not go together with L-BFGS.
    fn lbfgs_faults(&self, network: &Network, examples: usize) -> Vec<String> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, found: String, why: &str| {
            if wrong {
                faults.push(format!("{found} is set beside optimizer lbfgs, {why}"));
            }
        };
        if let Some(batch) = self.batch.filter(|&batch| batch > 0) {
            let why = "which needs the cost of all examples at each step: leave batch out";
            refuse(batch < examples, format!("batch {batch} of {examples} examples"), why);
        }
        let length = "which finds the length of each step itself: leave it out";
        refuse(self.learning_rate.is_some(), "learning_rate".into(), length);
        let varies = self.schedule.as_ref().is_some_and(|schedule| *schedule != ConstantRate.into());
        refuse(varies, "a schedule".into(), length);
        refuse(self.warm_up_epochs.is_some_and(|epochs| epochs > 0.0), "warm_up_epochs".into(), length);
        let whole = "which needs the gradient as it is: leave it out";
        refuse(self.clipping.is_some(), "clipping".into(), whole);
        let draws = network.layers().iter().position(|layer| layer.draws());
        let fixed = "which needs the same cost at each step: take another optimizer, or leave the layer out";
        refuse(draws.is_some(), format!("layer {}'s dropout", draws.unwrap_or(0) + 1), fixed);
        let smooth = "which needs a cost without kinks: take l2, or another optimizer";
        refuse(self.penalty.is_some_and(|penalty| penalty.l1 > 0.0), "penalty l1".into(), smooth);
        faults
    }
}

/// The cost of this choice, or the one that belongs to the network's last activation; a pair that does not go together is
/// refused in words.
fn choose_cost(
    choice: Option<&NamedConfig>,
    registry: &Registry,
    network: &Network,
) -> Result<Arc<dyn AnyCost>> {
    let last = network.last_activation().unwrap_or("identity");
    let Some(choice) = choice else {
        let usual = match last {
            "sigmoid" => "binary_cross_entropy",
            "softmax" => "softmax_cross_entropy",
            _ => "mean_squared_error",
        };
        return Ok(registry.make(&usual.into())?);
    };
    let cost = registry.make::<dyn AnyCost>(choice)?;
    match cost.link() {
        Link::Identity => Ok(cost),
        link if link.name() == last => Ok(cost),
        link => Err(Error::Settings(vec![format!(
            "cost {} needs a network that ends in {}, but this one ends in {last}: change the last activation or the cost",
            choice.name,
            link.name()
        )])),
    }
}

impl Plan {
    /// Checks that nothing needs validation examples, where there are none.
    ///
    /// # Errors
    /// [`Error::Settings`] if early stopping or the schedule looks at their cost.
    pub fn check_unvalidated(&self) -> Result<()> {
        let watch = match self.early_stopping {
            Some(_) => "early_stopping",
            None if self.schedule.needs_validation() => "schedule reduce_on_plateau",
            None => return Ok(()),
        };
        Err(Error::Settings(vec![format!(
            "{watch} looks at the validation cost, but there are no validation examples: pass some, or hold out a share of the examples"
        )]))
    }

    /// Steps in an epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.examples.div_ceil(self.batch) as u64
    }

    /// Steps of the whole run.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Examples that are trained on.
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// Examples in a step.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Vectors as long as the parameters that a run keeps beside them: the optimizer's, and the best so far where it may
    /// stop early.
    pub fn state_vectors(&self) -> usize {
        self.method.state_vectors() + self.early_stopping.iter().count()
    }

    /// The cost.
    pub fn cost(&self) -> &dyn AnyCost {
        &*self.cost
    }

    /// The same plan with a cost of one's own, whose link the network is trusted to end in.
    #[must_use]
    pub fn with_cost(self, cost: Arc<dyn AnyCost>) -> Self {
        Self { cost, ..self }
    }

    /// What is measured of the validation examples beside their cost.
    pub fn metrics(&self) -> &[Arc<dyn Metric>] {
        &self.metrics
    }

    /// The learning rate of each step.
    pub fn schedule(&self) -> &LearningRate {
        &self.schedule
    }

    /// The same plan with an optimizer of one's own.
    #[must_use]
    pub fn with_optimizer(self, optimizer: Arc<Method>) -> Self {
        Self { method: Method::clone(&optimizer), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Exponential, Lbfgs, Momentum};
    use dnn_core::{Relu, Sigmoid};

    fn network() -> Network {
        Network::builder(4).dense(3, Relu).dense(1, Sigmoid).build().unwrap()
    }

    #[test]
    fn the_cost_follows_from_the_last_activation() {
        assert_eq!(Settings::default().plan(&network(), 9).unwrap().cost().name(), "binary_cross_entropy");
        let regression = Network::builder(4).dense(1, dnn_core::Identity).build().unwrap();
        assert_eq!(Settings::default().plan(&regression, 9).unwrap().cost().name(), "mean_squared_error");
    }

    #[test]
    fn a_pair_that_does_not_go_together_is_refused_in_words() {
        let settings = Settings { cost: Some("softmax_cross_entropy".into()), ..Settings::default() };
        assert_eq!(
            settings.plan(&network(), 9).unwrap_err().to_string(),
            "one setting cannot be followed:\n- cost softmax_cross_entropy needs a network that ends in softmax, but this one ends in sigmoid: change the last activation or the cost"
        );
    }

    #[test]
    fn a_batch_larger_than_the_data_is_all_of_it() {
        let plan =
            Settings { batch: Some(64), epochs: Some(3), ..Settings::default() }.plan(&network(), 9).unwrap();
        assert_eq!((plan.batch(), plan.steps()), (9, 3));
    }

    #[test]
    fn faults_are_listed_together() {
        let settings = Settings {
            learning_rate: Some(f64::NAN),
            steps: Some(1),
            epochs: Some(1),
            cost: Some("mse".into()),
            optimizer: Some(Momentum { momentum: 1.5 }.into()),
            schedule: Some(Exponential { factor: 0.0 }.into()),
            warm_up_epochs: Some(-1.0),
            penalty: Some(Penalty { l1: -1.0, l2: f64::NAN }),
            clipping: Some(Clipping::Norm(0.0)),
            initialisation: Some(Initialisation::Normal { scale: -1.0 }),
            validate_every: Some(0),
            early_stopping: Some(EarlyStopping {
                patience: 0,
                minimum_improvement: -1.0,
                watch: Some("accuracy".into()),
            }),
            metrics: Some(vec!["acuracy".into()]),
            ..Settings::default()
        };
        let Err(Error::Settings(faults)) = settings.plan(&network(), 0) else { panic!("must be refused") };
        assert_eq!(faults.len(), 16, "{faults:#?}");
    }

    #[test]
    fn lbfgs_is_refused_beside_what_it_cannot_follow() {
        let lbfgs = Some(NamedConfig::from(Lbfgs::default()));
        let settings = Settings { optimizer: lbfgs.clone(), batch: Some(4), ..Settings::default() };
        assert_eq!(
            settings.plan(&network(), 9).unwrap_err().to_string(),
            "one setting cannot be followed:\n- batch 4 of 9 examples is set beside optimizer lbfgs, which needs the cost of all examples at each step: leave batch out"
        );
        let settings = Settings {
            learning_rate: Some(0.1),
            warm_up_epochs: Some(1.0),
            clipping: Some(Clipping::GlobalNorm(1.0)),
            penalty: Some(Penalty { l1: 0.1, l2: 0.1 }),
            schedule: Some(Exponential::default().into()),
            ..settings
        };
        let Err(Error::Settings(faults)) = settings.plan(&network(), 9) else { panic!("must be refused") };
        assert_eq!(faults.len(), 6, "{faults:#?}");
        assert!(
            Settings { optimizer: lbfgs, batch: Some(9), ..Settings::default() }.plan(&network(), 9).is_ok()
        );
    }
}

//! The trainer: a plan, its numbers, and how far it is. The loop is in `training_loop.rs`, a step in `step.rs`.

use std::sync::Arc;

use dnn_core::{AnyLayer, BackendIdentity, Compute, Network, Real, Workspace};

use crate::cost::Link;
use crate::early_stopping::Best;
use crate::measures::{Measures, folded};
use crate::optimizer::{Method, Search};
use crate::run_state::{Numbers, RunState, TrainerState};
use crate::step::Batches;
use crate::update::Segments;
use crate::{Error, Plan, Result};

/// A network in training: its plan, its numbers, and how far it is.
///
/// ```
/// use dnn_core::{Compute, Naive, Network, Sigmoid, Tanh};
/// use dnn_train::{Settings, Trainer};
/// use ndarray::array;
///
/// // Exclusive or: one example a column.
/// let x = dnn_core::column_major(&array![[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]].view());
/// let y = array![[0.0, 1.0, 1.0, 0.0]];
/// let network = Network::builder(2).dense(4, Tanh).dense(1, Sigmoid).build()?;
/// let settings = Settings { learning_rate: Some(1.0), epochs: Some(2000), ..Settings::default() };
///
/// let compute = Compute::serial(&Naive);
/// let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 4)?, compute)?;
/// let summary = trainer.run(x.view(), y.view(), &mut [])?;
/// assert!(summary.cost < 0.01);
///
/// let a = network.predict(compute, trainer.parameters(), x.view())?;
/// assert!(a.iter().zip(&y).all(|(a, y)| (a - y).abs() < 0.05));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Trainer<'a, T> {
    pub(crate) plan: Plan,
    pub(crate) title: String,
    /// The network whose last activation is folded into the cost.
    pub(crate) network: Network,
    pub(crate) compute: Compute<'a>,
    pub(crate) parameters: Vec<T>,
    pub(crate) optimizer_state: Vec<T>,
    /// The parameters of the best evaluation; empty without early stopping.
    pub(crate) best: Vec<T>,
    pub(crate) workspace: Workspace<T>,
    pub(crate) batches: Batches<T>,
    pub(crate) segments: Segments,
    pub(crate) measures: Measures<T>,
    /// The buffers of L-BFGS, if that is the optimizer.
    pub(crate) search: Option<Search<T>>,
    pub(crate) state: TrainerState,
}

impl<'a, T: Real> Trainer<'a, T> {
    /// Draws the starting parameters and allocates every buffer of a step.
    ///
    /// # Errors
    /// [`Error::Core`] if the buffers cannot be addressed; [`Error::Settings`] if the cost's link cannot be folded in.
    pub fn new(network: &Network, plan: Plan, compute: Compute<'a>) -> Result<Self> {
        let trained = match plan.cost.link() {
            Link::Identity => network.clone(),
            link => network.scores().filter(|_| network.last_activation() == Some(link.name())).ok_or_else(
                || {
                    let (cost, link) = (plan.cost.name(), link.name());
                    Error::Settings(vec![format!(
                        "cost {cost} needs a network that ends in {link}: change one of the two"
                    )])
                },
            )?,
        };
        let parameters = plan.initialisation.draw(network, plan.seed);
        let last = folded(&plan, network);
        Self::at(parameters, network.to_string(), (trained, last), plan, compute)
    }

    /// A trainer at these parameters, with nothing remembered, of a network and the last layer that is folded into the cost.
    fn at(
        parameters: Vec<T>,
        title: String,
        (network, last): (Network, Option<Arc<dyn AnyLayer>>),
        plan: Plan,
        compute: Compute<'a>,
    ) -> Result<Self> {
        let vectors = |count| vec![T::zero(); count * parameters.len()];
        Ok(Self {
            title,
            optimizer_state: vectors(plan.method.state_vectors()),
            best: vectors(plan.early_stopping.iter().count()),
            search: search(&plan, parameters.len()),
            segments: Segments::new(&network),
            measures: Measures::new(&plan, last),
            workspace: network.workspace(plan.batch)?,
            batches: Batches::new(plan.batch, plan.shuffle.then_some(plan.seed)),
            network,
            parameters,
            plan,
            compute,
            state: TrainerState::default(),
        })
    }

    /// The same plan from the same parameters on other buffers, with nothing remembered: what is tried on it leaves this
    /// trainer as it is.
    ///
    /// # Errors
    /// [`Error::Core`] if the buffers cannot be addressed.
    pub(crate) fn fork(&self) -> Result<Self> {
        let Self { title, network, measures, parameters, plan, compute, .. } = self;
        let network = (network.clone(), measures.last.clone());
        Self::at(parameters.clone(), title.clone(), network, plan.clone(), *compute)
    }

    /// Goes on where another run of the same plan stood: the two together end in the same bytes as one that was never
    /// stopped.
    ///
    /// # Errors
    /// [`Error::Precision`] if its numbers are of the other precision; [`dnn_core::Error::Length`] if parameters, state or
    /// best parameters are not as long as this trainer's.
    pub fn resume(&mut self, run: RunState<'_>) -> Result<()> {
        let parameters = numbers("the parameters", run.parameters)?;
        let optimizer_state = numbers("the optimizer's state", run.optimizer_state)?;
        let remedy = "pass that of a run with the same network and optimizer";
        check_length("the optimizer's state", optimizer_state.len(), self.optimizer_state.len(), remedy)?;
        let best = run.best.map_or(Ok(&[][..]), |best| numbers("the best parameters", best))?;
        let keeps_best = !self.best.is_empty() && run.best.is_some() && run.state.best.validation;
        if keeps_best {
            let remedy = "pass those that the run had when it was saved";
            check_length("the best parameters", best.len(), self.best.len(), remedy)?;
        }
        self.start_from(parameters)?;
        self.optimizer_state.copy_from_slice(optimizer_state);
        if keeps_best {
            self.best.copy_from_slice(best);
        }
        self.state = *run.state;
        if !keeps_best && self.best_parameters().is_some() {
            // That run did not stop early, and kept none.
            self.state.best = Best::START;
        }
        Ok(())
    }

    /// Replaces the starting parameters.
    ///
    /// # Errors
    /// [`dnn_core::Error::Length`] if there are more or fewer than the network has.
    pub fn start_from(&mut self, parameters: &[T]) -> Result<()> {
        let remedy = "pass those of a network of the same layers";
        check_length("the starting parameters", parameters.len(), self.parameters.len(), remedy)?;
        self.parameters.copy_from_slice(parameters);
        Ok(())
    }

    /// The parameters as they are now, in the order of the network's parts.
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// What the optimizer keeps between steps: vectors as long as the parameters, one after another.
    pub fn optimizer_state(&self) -> &[T] {
        &self.optimizer_state
    }

    /// The parameters of the best evaluation so far, where the plan stops early.
    pub fn best_parameters(&self) -> Option<&[T]> {
        (!self.best.is_empty() && self.state.best.validation).then_some(&self.best[..])
    }

    /// What else the run remembers.
    pub fn state(&self) -> TrainerState {
        self.state
    }

    /// The run as it stands: all that [`resume`](Self::resume) needs.
    pub fn run_state(&self) -> RunState<'_> {
        RunState {
            parameters: Numbers::of(&self.parameters),
            optimizer_state: Numbers::of(&self.optimizer_state),
            best: self.best_parameters().map(Numbers::of),
            state: &self.state,
            ..RunState::default()
        }
    }

    /// What computes its products.
    pub fn backend(&self) -> BackendIdentity {
        self.compute.backend.identity()
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The epoch of the next step, from 0, and the steps of it that were taken.
    pub(crate) fn place(&self) -> (u64, u64) {
        let steps_per_epoch = self.plan.steps_per_epoch();
        (self.state.step / steps_per_epoch, self.state.step % steps_per_epoch)
    }

    /// The buffers of the step; tests overwrite them to show that nothing stale is read.
    pub fn workspace_mut(&mut self) -> &mut Workspace<T> {
        &mut self.workspace
    }
}

/// The buffers of L-BFGS, if the plan needs them.
fn search<T: Real>(plan: &Plan, parameters: usize) -> Option<Search<T>> {
    match plan.method {
        Method::Lbfgs(lbfgs) => Some(Search::new(lbfgs, parameters)),
        Method::Blocks(_) => None,
    }
}

/// The numbers, if they are of precision `T`.
fn numbers<'a, T: Real>(name: &'static str, numbers: Numbers<'a>) -> Result<&'a [T]> {
    let (found, expected) = (numbers.precision(), T::NAME);
    numbers.get().ok_or(Error::Precision { name, found, expected })
}

fn check_length(name: &'static str, found: usize, expected: usize, remedy: &'static str) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Core(dnn_core::Error::Length { name, found, expected, remedy }))
}

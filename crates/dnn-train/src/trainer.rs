//! The loop: batches, steps, events.

use std::time::Instant;

use dnn_core::{Compute, Network, Real, Workspace};
use ndarray::ArrayView2;

use crate::batches::Batches;
use crate::cost::{Cost, Link, Targets};
use crate::event::{Event, Flow, Observer};
use crate::optimizer::Optimizer;
use crate::{Error, Initialisation, Plan, Result};

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
    plan: Plan,
    title: String,
    /// The network whose last activation is folded into the cost.
    network: Network,
    compute: Compute<'a>,
    parameters: Vec<T>,
    state: Vec<T>,
    workspace: Workspace<T>,
    batches: Batches<T>,
    step: u64,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Steps taken, all runs of this trainer together.
    pub step: u64,
    /// Cost of the last step's batch, before its update.
    pub cost: f64,
    /// Time of this run.
    pub seconds: f64,
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
        let parameters = Initialisation::draw(plan.initialisation, network, plan.seed);
        Ok(Self {
            title: network.to_string(),
            state: vec![T::zero(); plan.optimizer.state_vectors() * parameters.len()],
            workspace: trained.workspace(plan.batch)?,
            batches: Batches::new(plan.examples, plan.batch, plan.shuffle.then_some(plan.seed)),
            network: trained,
            parameters,
            plan,
            compute,
            step: 0,
        })
    }

    /// Replaces the starting parameters.
    ///
    /// # Errors
    /// [`dnn_core::Error::Length`] if there are more or fewer than the network has.
    pub fn start_from(&mut self, parameters: &[T]) -> Result<()> {
        if parameters.len() != self.parameters.len() {
            return Err(Error::Core(dnn_core::Error::Length {
                name: "the starting parameters",
                found: parameters.len(),
                expected: self.parameters.len(),
                remedy: "pass those of a network of the same layers",
            }));
        }
        self.parameters.copy_from_slice(parameters);
        Ok(())
    }

    /// The parameters as they are now, in the order of the network's parts.
    pub fn parameters(&self) -> &[T] {
        &self.parameters
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u64 {
        self.step
    }

    /// The buffers of the step; tests overwrite them to show that nothing stale is read.
    pub fn workspace_mut(&mut self) -> &mut Workspace<T> {
        &mut self.workspace
    }

    /// Takes the plan's remaining steps. `x: (n[0], examples)`, `y: (n[L], examples)`, both stored column by column.
    ///
    /// # Errors
    /// [`Error::Targets`], [`Error::TargetValue`] and [`Error::Core`] before the first step; [`Error::NotFinite`] and
    /// [`Error::Observer`] at a step. The parameters are then those before that step, or after it for an observer's.
    pub fn run(
        &mut self,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.check(x, y)?;
        let start = Instant::now();
        let (steps, steps_per_epoch) = (self.plan.steps, self.plan.steps_per_epoch());
        let mut flow =
            self.notify(observers, &Event::Started { network: &self.title, steps, steps_per_epoch })?;
        let mut last = f64::NAN;
        let (mut epoch_cost, mut epoch_examples) = (0.0, 0);
        while self.step < steps && flow == Flow::Continue {
            let (epoch, within) = (self.step / steps_per_epoch, self.step % steps_per_epoch);
            if within == 0 || epoch_examples == 0 {
                self.batches.begin_epoch(epoch);
                (epoch_cost, epoch_examples) = (0.0, 0);
            }
            let (cost, examples) = self.take_step(within as usize, x, y)?;
            last = cost;
            epoch_cost += cost * examples as f64;
            epoch_examples += examples;
            flow = self.notify(observers, &Event::Step { step: self.step, cost })?;
            if within + 1 == steps_per_epoch {
                let cost = epoch_cost / epoch_examples as f64;
                let seen =
                    self.notify(observers, &Event::Epoch { epoch: epoch + 1, step: self.step, cost })?;
                flow = if seen == Flow::Stop { seen } else { flow };
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        self.notify(observers, &Event::Finished { step: self.step, cost: last, seconds })?;
        Ok(Summary { step: self.step, cost: last, seconds })
    }

    /// One step on batch number `within` of the epoch: its mean cost and its size.
    fn take_step(
        &mut self,
        within: usize,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
    ) -> Result<(f64, usize)> {
        let Self { plan, network, compute, parameters, state, workspace, batches, step, .. } = self;
        let (cost, optimizer): (&dyn Cost<T>, &dyn Optimizer<T>) =
            (T::half(&*plan.cost), T::half(&*plan.optimizer));
        let (x, y) = batches.batch(within, x, y);
        let (units, number, rate) = (network.outputs(), *step + 1, plan.learning_rate);
        let targets = y.reversed_axes();
        let targets = targets.as_slice().expect("batches keep examples contiguous");
        let mean = network.step(
            *compute,
            parameters,
            state,
            x,
            workspace,
            &|columns, z, dz| {
                cost.cost(units, z, &targets[columns.start * units..columns.end * units], Some(dz))
            },
            &|parameters, gradient, state| optimizer.step(number, rate, parameters, gradient, state),
        )?;
        if !mean.is_finite() {
            let tensor = first_not_finite(network, parameters, x, targets, workspace);
            let remedy = match tensor.as_str() {
                EXAMPLES | TARGETS => "look for missing values in the data".into(),
                _ => format!("lower the learning rate (now {rate}), or scale the data"),
            };
            let epoch = *step / plan.steps_per_epoch() + 1;
            return Err(Error::NotFinite { cost: mean, step: number, epoch, tensor, remedy });
        }
        *step = number;
        Ok((mean, x.ncols()))
    }

    fn notify(&self, observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
        let mut flow = Flow::Continue;
        for observer in observers {
            let answer =
                observer.notify(event).map_err(|source| Error::Observer { step: self.step, source })?;
            flow = if answer == Flow::Stop { Flow::Stop } else { flow };
        }
        Ok(flow)
    }

    /// Checks x and y once for the whole run.
    fn check(&self, x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<()> {
        let wrong = |expected, remedy| {
            Err(Error::Targets { found_rows: y.nrows(), found_columns: y.ncols(), expected, remedy })
        };
        if y.nrows() != self.network.outputs() {
            let units = self.network.outputs();
            return wrong(
                format!("the network's last layer has {units} unit{}", if units == 1 { "" } else { "s" }),
                "give y one row for each unit of the last layer; class numbers become rows by one-hot coding",
            );
        }
        if y.ncols() != x.ncols() || x.ncols() != self.plan.examples {
            return wrong(
                format!("x has {} columns and the plan {} examples", x.ncols(), self.plan.examples),
                "give x and y one column for each example, and make the plan for as many",
            );
        }
        if x.nrows() != self.network.inputs() {
            return Err(Error::Core(dnn_core::Error::Shape {
                name: "x",
                found_rows: x.nrows(),
                found_columns: x.ncols(),
                expected: format!(
                    "the network takes {} features, one example a column",
                    self.network.inputs()
                ),
                remedy: format!("pass a matrix of {} rows", self.network.inputs()),
            }));
        }
        for (name, matrix) in [("x", x), ("y", y)] {
            if !matrix.t().is_standard_layout() {
                return Err(Error::Core(dnn_core::Error::Order { name }));
            }
        }
        self.check_targets(y)
    }

    fn check_targets(&self, y: ArrayView2<'_, T>) -> Result<()> {
        let kind = self.plan.cost.targets();
        let (expected, remedy) = match kind {
            Targets::Finite => ("finite numbers", "look for missing values in the targets"),
            Targets::Probabilities => ("numbers from 0 to 1", "code yes as 1 and no as 0"),
            Targets::Distributions => {
                ("columns of numbers from 0 to 1 with sum 1", "code classes as one-hot columns")
            }
        };
        let good = |column: &[f64]| match kind {
            Targets::Finite => column.iter().all(|y| y.is_finite()),
            Targets::Probabilities => column.iter().all(|y| (0.0..=1.0).contains(y)),
            // Rounding of n f32 numbers around 1.
            Targets::Distributions => {
                column.iter().all(|y| (0.0..=1.0).contains(y))
                    && (column.iter().sum::<f64>() - 1.0).abs() < 1e-4
            }
        };
        let mut column = Vec::with_capacity(y.nrows());
        for (index, example) in y.columns().into_iter().enumerate() {
            column.clear();
            column.extend(example.iter().map(|y| y.wide()));
            if !good(&column) {
                let (example, found) = (index + 1, format!("{column:?}"));
                return Err(Error::TargetValue {
                    example,
                    found,
                    cost: self.plan.cost.name().into(),
                    expected,
                    remedy,
                });
            }
        }
        Ok(())
    }
}

const EXAMPLES: &str = "the examples x";
const TARGETS: &str = "the targets y";

/// The first tensor that is not finite, in the order of the forward pass.
fn first_not_finite<T: Real>(
    network: &Network,
    parameters: &[T],
    x: ArrayView2<'_, T>,
    y: &[T],
    workspace: &Workspace<T>,
) -> String {
    let bad = |values: &[T]| values.iter().any(|value| !value.is_finite());
    let bad_view = |view: ArrayView2<'_, T>| view.iter().any(|value| !value.is_finite());
    if bad_view(x) {
        return EXAMPLES.into();
    }
    if bad(y) {
        return TARGETS.into();
    }
    for placed in network.parts() {
        if bad(&parameters[placed.part.range.clone()]) {
            return format!("layer {}'s {}", placed.layer, placed.part.name);
        }
        let last_part = placed.part.range.end == network.layer_range(placed.layer).end;
        if last_part && bad_view(workspace.output(placed.layer)) {
            return format!("layer {}'s output", placed.layer);
        }
    }
    "the cost itself".into()
}

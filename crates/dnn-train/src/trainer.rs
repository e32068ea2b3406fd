//! The loop: batches, steps, events.

use std::time::Instant;

use dnn_core::random::{Key, Purpose};
use dnn_core::{Compute, Network, Real, Workspace};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::batches::Batches;
use crate::cost::{Cost, Link, Targets};
use crate::descent::{Descended, Descent};
use crate::event::{Event, Flow, Observer};
use crate::optimizer::{Method, Search};
use crate::schedule::Plateau;
use crate::update::{Segments, Update};
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
    segments: Segments,
    /// The buffers of L-BFGS, if that is the optimizer.
    search: Option<Search<T>>,
    memory: Memory,
}

/// What a run remembers from step to step besides its parameters and the optimizer's state: plain data, for a run to be
/// resumed with by [`Trainer::resume`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// Steps taken.
    pub step: u64,
    /// Cost of the epoch's examples so far, summed.
    pub epoch_cost: f64,
    /// The epoch's examples so far.
    pub epoch_examples: u64,
    /// What a schedule that looks at costs remembers.
    pub plateau: Plateau,
    /// Pairs that L-BFGS has kept in all.
    pub pairs: u64,
}

impl Memory {
    /// Counts a step, the first of its epoch or a later one.
    fn count(&mut self, step: u64, first: bool, cost: f64, examples: usize) {
        if first {
            (self.epoch_cost, self.epoch_examples) = (0.0, 0);
        }
        self.step = step;
        self.epoch_cost += cost * examples as f64;
        self.epoch_examples += examples as u64;
    }
}

/// What came of a step.
struct Taken {
    /// Mean cost of the batch before the update, the penalty included.
    cost: f64,
    /// Whether there is nothing left to gain, so that no step was taken.
    arrived: bool,
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
            state: vec![T::zero(); plan.method.state_vectors() * parameters.len()],
            search: search(&plan, parameters.len()),
            segments: Segments::new(&trained),
            workspace: trained.workspace(plan.batch)?,
            batches: Batches::new(plan.examples, plan.batch, plan.shuffle.then_some(plan.seed)),
            network: trained,
            parameters,
            plan,
            compute,
            memory: Memory::default(),
        })
    }

    /// The same plan from the same parameters on other buffers, with nothing remembered: what is tried on it leaves this
    /// trainer as it is.
    ///
    /// # Errors
    /// [`Error::Core`] if the buffers cannot be addressed.
    pub(crate) fn fork(&self) -> Result<Self> {
        let Self { plan, network, parameters, .. } = self;
        Ok(Self {
            title: self.title.clone(),
            state: vec![T::zero(); self.state.len()],
            search: search(plan, parameters.len()),
            segments: Segments::new(network),
            workspace: network.workspace(plan.batch)?,
            batches: Batches::new(plan.examples, plan.batch, plan.shuffle.then_some(plan.seed)),
            network: network.clone(),
            parameters: parameters.clone(),
            plan: plan.clone(),
            compute: self.compute,
            memory: Memory::default(),
        })
    }

    /// Goes on where another run of the same plan stopped, with its parameters, the optimizer's state and what else it
    /// remembered: the two together end in the same bytes as one that was never stopped.
    ///
    /// # Errors
    /// [`dnn_core::Error::Length`] if parameters or state are not as long as this trainer's.
    pub fn resume(&mut self, parameters: &[T], optimizer_state: &[T], memory: Memory) -> Result<()> {
        if optimizer_state.len() != self.state.len() {
            return Err(Error::Core(dnn_core::Error::Length {
                name: "the optimizer's state",
                found: optimizer_state.len(),
                expected: self.state.len(),
                remedy: "pass that of a run with the same network and optimizer",
            }));
        }
        self.start_from(parameters)?;
        self.state.copy_from_slice(optimizer_state);
        self.memory = memory;
        Ok(())
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

    /// What the optimizer keeps between steps: vectors as long as the parameters, one after another.
    pub fn optimizer_state(&self) -> &[T] {
        &self.state
    }

    /// What else the run remembers.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u64 {
        self.memory.step
    }

    /// The buffers of the step; tests overwrite them to show that nothing stale is read.
    pub fn workspace_mut(&mut self) -> &mut Workspace<T> {
        &mut self.workspace
    }

    /// Takes the plan's remaining steps, or fewer if L-BFGS finds no lower cost. `x: (n[0], examples)`, `y: (n[L],
    /// examples)`, both stored column by column.
    ///
    /// # Errors
    /// [`Error::Targets`], [`Error::TargetValue`] and [`Error::Core`] before the first step; [`Error::NotFinite`],
    /// [`Error::GradientNotFinite`] and [`Error::Observer`] at a step. The parameters are then those before that step, or
    /// after it for an observer's.
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
        if let Some(search) = &mut self.search {
            search.forget();
        }
        let mut begun = false;
        while self.memory.step < steps && flow == Flow::Continue {
            let (epoch, within) = (self.memory.step / steps_per_epoch, self.memory.step % steps_per_epoch);
            if within == 0 || !begun {
                self.batches.begin_epoch(epoch);
                begun = true;
            }
            let rate = self.plan.schedule.rate(self.memory.step, &self.memory.plateau);
            let Taken { cost, arrived } = self.take_step(within, rate, x, y)?;
            last = cost;
            if arrived {
                break;
            }
            let step = self.memory.step;
            if within + 1 == steps_per_epoch {
                let mean = self.memory.epoch_cost / self.memory.epoch_examples as f64;
                self.plan.schedule.epoch_ended(step - 1, mean, &mut self.memory.plateau);
            }
            flow = self.notify(observers, &Event::Step { step, cost })?;
            if within + 1 == steps_per_epoch {
                let cost = self.memory.epoch_cost / self.memory.epoch_examples as f64;
                let seen = self.notify(observers, &Event::Epoch { epoch: epoch + 1, step, cost })?;
                flow = if seen == Flow::Stop { seen } else { flow };
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        self.notify(observers, &Event::Finished { step: self.memory.step, cost: last, seconds })?;
        Ok(Summary { step: self.memory.step, cost: last, seconds })
    }

    /// One step on batch number `within` of the epoch.
    fn take_step(
        &mut self,
        within: u64,
        rate: f64,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
    ) -> Result<Taken> {
        let Self { plan, network, compute, parameters, state, workspace, batches, memory, search, .. } = self;
        let cost: &dyn Cost<T> = T::half(&*plan.cost);
        let (x, y) = batches.batch(within as usize, x, y);
        let (units, number) = (network.outputs(), memory.step + 1);
        workspace.draw_from(Some(Key::new(plan.seed, Purpose::Dropout).step(memory.step)));
        let targets = y.reversed_axes();
        let targets = targets.as_slice().expect("batches keep examples contiguous");
        let block_cost = |columns: std::ops::Range<usize>, z: &[T], dz: &mut [T]| {
            cost.cost(units, z, &targets[columns.start * units..columns.end * units], Some(dz))
        };
        let segments = &self.segments;
        let update = Update { segments, penalty: plan.penalty, clipping: plan.clipping };
        let descent = Descent { network, compute: *compute, x, cost: &block_cost, update };
        let descended = match (&plan.method, search) {
            (Method::Lbfgs(lbfgs), Some(search)) => {
                descent.by_search(*lbfgs, &mut memory.pairs, search, parameters, state, workspace)?
            }
            (Method::Blocks(optimizer), _) => {
                descent.by_blocks(T::half(&**optimizer), (number, rate), parameters, state, workspace)?
            }
            (Method::Lbfgs(_), None) => unreachable!("a plan with L-BFGS has its buffers"),
        };
        let epoch = || (number - 1) / plan.steps_per_epoch() + 1;
        let slower = || match plan.method {
            Method::Blocks(_) => format!("lower the learning rate (now {rate}), or scale the data"),
            Method::Lbfgs(_) => "scale the data, or start from smaller parameters".into(),
        };
        let (cost, arrived) = match descended {
            Descended::Moved(cost) => (cost, false),
            Descended::Arrived(cost) => (cost, true),
            Descended::CostNotFinite(cost) => {
                let tensor = first_not_finite(network, parameters, x, targets, workspace);
                let remedy = match tensor.as_str() {
                    EXAMPLES | TARGETS => "look for missing values in the data".into(),
                    _ => slower(),
                };
                return Err(Error::NotFinite { cost, step: number, epoch: epoch(), tensor, remedy });
            }
            Descended::GradientNotFinite(part) => {
                let (tensor, remedy) = (part_name(network, part), slower());
                return Err(Error::GradientNotFinite { step: number, epoch: epoch(), tensor, remedy });
            }
        };
        let examples = x.ncols();
        if !arrived {
            memory.count(number, within == 0, cost, examples);
        }
        Ok(Taken { cost, arrived })
    }

    /// One step at this rate on the next batch, whatever the plan's schedule and length: the cost.
    pub(crate) fn try_step(&mut self, rate: f64, x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<f64> {
        let steps_per_epoch = self.plan.steps_per_epoch();
        let (epoch, within) = (self.memory.step / steps_per_epoch, self.memory.step % steps_per_epoch);
        if within == 0 {
            self.batches.begin_epoch(epoch);
        }
        Ok(self.take_step(within, rate, x, y)?.cost)
    }

    fn notify(&self, observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
        let mut flow = Flow::Continue;
        for observer in observers {
            let answer = observer
                .notify(event)
                .map_err(|source| Error::Observer { step: self.memory.step, source })?;
            flow = if answer == Flow::Stop { Flow::Stop } else { flow };
        }
        Ok(flow)
    }

    /// Checks x and y once for the whole run.
    pub(crate) fn check(&self, x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<()> {
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

/// The buffers of L-BFGS, if the plan needs them.
fn search<T: Real>(plan: &Plan, parameters: usize) -> Option<Search<T>> {
    match plan.method {
        Method::Lbfgs(lbfgs) => Some(Search::new(lbfgs, parameters)),
        Method::Blocks(_) => None,
    }
}

/// What messages call part number `part` of the network.
fn part_name(network: &Network, part: usize) -> String {
    network
        .parts()
        .get(part)
        .map_or_else(String::new, |placed| format!("layer {}'s {}", placed.layer, placed.part.name))
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

//! The loop: epochs, chunks, steps, evaluations, events.
//!
//! Examples come in chunks: in memory all of them are one, which is the whole epoch; or they are read anew, chunk after
//! chunk, in each epoch; or one chunk is fed. How a step changes the parameters is in `step.rs`.

use std::ops::Range;
use std::time::Instant;

use dnn_core::Real;
use dnn_core::random::{Key, Purpose};
use ndarray::{Array2, ArrayView2};

use crate::checks::VALIDATION;
use crate::cost::Cost;
use crate::event::{Event, Flow, Observer};
use crate::not_finite::{first_not_finite, part_name};
use crate::optimizer::Method;
use crate::step::{Batch, StepOutcome};
use crate::trainer::Trainer;
use crate::update::Update;
use crate::weights::weighted_cost;
use crate::{Error, Examples, ObserverError as ChunkError, Result, RunState};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Steps taken, all runs of this trainer together.
    pub step: u64,
    /// Cost of the last step's batch, before its update.
    pub cost: f64,
    /// Time of this run.
    pub seconds: f64,
    /// Why it ended.
    pub ended: Ended,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// It took all the plan's steps.
    Complete,
    /// L-BFGS found no lower cost.
    Converged,
    /// The validation examples gained nothing more.
    Early,
    /// An observer stopped it: it keeps the parameters that it has, and can be resumed.
    ByObserver,
}

/// Examples that the loop takes together.
trait Chunk<T> {
    /// Whether it is the whole epoch, checked and weighed before: then each step is told, and a run goes on at any. A part is
    /// checked and weighed when it comes; its last step is told, and a run goes on there.
    const WHOLE: bool;

    fn examples(&self) -> Examples<'_, T>;
}

impl<T: Real> Chunk<T> for Examples<'_, T> {
    const WHOLE: bool = true;

    fn examples(&self) -> Examples<'_, T> {
        self.reborrow()
    }
}

impl<T: Real> Chunk<T> for (Array2<T>, Array2<T>) {
    const WHOLE: bool = false;

    fn examples(&self) -> Examples<'_, T> {
        Examples::new(self.0.view(), self.1.view())
    }
}

/// What came of a chunk.
struct Passed {
    /// Cost of the last step's batch, and the mean over the examples of all steps.
    last: f64,
    mean: f64,
    steps: u64,
    /// Whether L-BFGS found no lower cost.
    converged: bool,
    flow: Flow,
}

impl<T: Real> Trainer<'_, T> {
    /// [`train`](Self::train) on `x: (n[0], m)` and `y: (n[L], m)`, both stored column by column, without validation
    /// examples.
    ///
    /// # Errors
    /// As for [`train`](Self::train).
    pub fn run(
        &mut self,
        x: ArrayView2<'_, T>,
        y: ArrayView2<'_, T>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.train(Examples::new(x, y), None, observers)
    }

    /// Takes the plan's remaining steps, or fewer if it stops early or L-BFGS finds no lower cost. After each epoch, or as
    /// often as the plan says, it evaluates the `validation` examples.
    ///
    /// An example's weight w is its own times that of its class. A batch of m examples has the cost `1/m Σ (w / w̄) c`, w̄
    /// the mean weight of *all* training examples: so an epoch's cost is `Σ w c / Σ w`. Where all examples are one batch
    /// this is PyTorch's weighted mean; PyTorch divides each smaller batch by its own `Σ w`. Validation examples have
    /// weights of their own, and the mean of these.
    ///
    /// # Errors
    /// [`Error::Examples`], [`Error::Core`] and [`Error::Settings`], if the plan does not go together with the validation
    /// examples, before the first step; [`Error::NotFinite`] and [`Error::Observer`] at a step. The parameters are then those
    /// before that step, or after it if an observer or the validation examples ended the run.
    pub fn train(
        &mut self,
        training: Examples<'_, T>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        self.check(training)?;
        self.check_validation(validation)?;
        let weights = training.relative_weights("y", self.plan.class_weights.as_ref())?;
        let training = Examples { weights: weights.as_deref(), ..training };
        self.run_epochs(|_| Ok(std::iter::once(Ok(training))), validation, observers)
    }

    /// [`train`](Self::train) on examples that are had anew in each epoch: `chunks` gives those of an epoch, from 0, as
    /// `x: (n[0], m)` and `y: (n[L], m)`, both stored column by column. All chunks of an epoch together have as many examples as
    /// the plan, and each but the last has a whole number of batches.
    ///
    /// Within a chunk an order is drawn unless the plan does not shuffle, and weights are relative to the mean of the chunk.
    /// Validation examples are evaluated after a chunk in which that was due. Observers hear of the last step of each chunk
    /// alone, with the mean cost of the chunk's examples, for there a run can go on: one that is stopped, and resumed on the
    /// same chunks, ends in the same bytes.
    ///
    /// ```
    /// use dnn_core::{Compute, Naive, Network, Sigmoid, Tanh, column_major};
    /// use dnn_train::{Settings, Trainer};
    /// use ndarray::Array2;
    ///
    /// let network = Network::builder(2).dense(4, Tanh).dense(1, Sigmoid).build()?;
    /// let settings = Settings { batch: Some(8), epochs: Some(3), ..Settings::default() };
    /// let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 40)?, Compute::serial(&Naive))?;
    ///
    /// let read = |chunk: usize| {
    ///     let x = Array2::from_shape_fn((2, [16, 16, 8][chunk]), |(row, i)| ((3 * chunk + row + i) % 7) as f64 / 7.0);
    ///     let y = Array2::from_shape_fn((1, x.ncols()), |(_, i)| f64::from(u8::from(x[[0, i]] > x[[1, i]])));
    ///     Ok((column_major(&x.view()), y))                            // or an error, which ends the run
    /// };
    /// let summary = trainer.train_chunks(|_epoch| Ok((0..3).map(read)), None, &mut [])?;
    /// assert_eq!(summary.step, 15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Settings`] if the plan uses L-BFGS; [`Error::Chunk`] for a chunk that could not be had or
    /// has another number of examples than it should; else as for [`train`](Self::train).
    pub fn train_chunks<C>(
        &mut self,
        chunks: impl FnMut(u64) -> Result<C, ChunkError>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary>
    where
        C: Iterator<Item = Result<(Array2<T>, Array2<T>), ChunkError>>,
    {
        self.check_chunks(false)?;
        self.check_validation(validation)?;
        self.run_epochs(chunks, validation, observers)
    }

    /// Takes one pass over a chunk of examples, of any number, in batches of the plan's size: steps, the optimizer's state
    /// and the schedule go on from chunk to chunk, and so does a run that was saved between two. An order is drawn for each
    /// chunk unless the plan does not shuffle, and weights are relative to the mean of the chunk.
    ///
    /// The plan's steps do not end it; from the last of them on the learning rate stays. To a schedule that looks at costs a
    /// chunk is an epoch. Observers hear of each step and nothing else; one that stops ends the chunk. To evaluate validation
    /// examples, call [`evaluate`](Self::evaluate) between chunks; or see [`train_chunks`](Self::train_chunks), where the
    /// chunks come again in each epoch.
    ///
    /// # Errors
    /// [`Error::Settings`] if the plan uses L-BFGS, or anything that needs validation examples; else as for [`train`](Self::train).
    pub fn feed(&mut self, chunk: Examples<'_, T>, observers: &mut [&mut dyn Observer]) -> Result<Summary> {
        self.check_chunks(true)?;
        let weights = self.open_chunk(chunk)?;
        let chunk = Examples { weights: weights.as_deref(), ..chunk };
        let start = Instant::now();
        let steps = self.steps_of(chunk.count());
        let end = self.state.step + steps;
        let passed = self.take_chunk(chunk, 0, (self.place(), true), |trainer, cost| {
            let step = trainer.state.step;
            if step == end {
                let mean = trainer.state.mean_cost();
                trainer.plan.schedule.see(step - 1, mean, false, &mut trainer.state.plateau);
            }
            trainer.notify(observers, &Event::Step { step, cost, run: trainer.run_state() })
        })?;
        let ended = if passed.flow == Flow::Stop { Ended::ByObserver } else { Ended::Complete };
        let (step, seconds) = (self.state.step, start.elapsed().as_secs_f64());
        Ok(Summary { step, cost: passed.last, seconds, ended })
    }

    /// The loop over epochs and their chunks, which `chunks` gives; everything was checked but chunks that are parts.
    fn run_epochs<C: Chunk<T>, I: Iterator<Item = Result<C, ChunkError>>>(
        &mut self,
        mut chunks: impl FnMut(u64) -> Result<I, ChunkError>,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Summary> {
        let classes = self.plan.class_weights.as_ref();
        let weights =
            validation.map(|held| held.relative_weights(VALIDATION, classes)).transpose()?.flatten();
        let validation = validation.map(|examples| Examples { weights: weights.as_deref(), ..examples });
        let start = Instant::now();
        let (steps, steps_per_epoch) = (self.plan.steps, self.plan.steps_per_epoch());
        let started = Event::Started { network: &self.title, steps, steps_per_epoch };
        let (mut flow, mut cost, mut converged) = (self.notify(observers, &started)?, f64::NAN, false);
        if let Some(search) = &mut self.search {
            search.forget();
        }
        while flow == Flow::Continue && !converged && self.is_over().is_none() {
            let (epoch, done) = self.place();
            let mut seen = 0;
            for chunk in chunks(epoch).map_err(|source| self.no_chunk(source))? {
                let chunk = chunk.map_err(|source| self.no_chunk(source))?;
                let (first, examples) = (seen, chunk.examples());
                seen += examples.count();
                // Those that the run saw before it was saved.
                if self.steps_of(seen) <= done {
                    continue;
                }
                let (from, weights) = match C::WHOLE {
                    true => (done, None),
                    false => {
                        self.check_chunk(first, seen)?;
                        (0, self.open_chunk(examples)?)
                    }
                };
                let examples = Examples { weights: weights.as_deref().or(examples.weights), ..examples };
                let place = (epoch, self.steps_of(first));
                let passed = self.take_chunk(examples, from, (place, first == 0), |trainer, cost| {
                    let flow = match C::WHOLE {
                        true => trainer.after_steps(1, cost, validation, observers)?,
                        false => Flow::Continue,
                    };
                    Ok(if trainer.is_over().is_some() { Flow::Stop } else { flow })
                })?;
                (flow, converged) = (passed.flow, passed.converged);
                cost = if C::WHOLE { passed.last } else { passed.mean };
                if !C::WHOLE {
                    flow = self.after_steps(passed.steps, cost, validation, observers)?;
                }
                if flow == Flow::Stop || converged || self.is_over().is_some() {
                    break;
                }
            }
            if flow == Flow::Continue && !converged && self.is_over().is_none() {
                self.check_epoch(seen)?;
            }
        }
        let ended = if converged { Ended::Converged } else { self.is_over().unwrap_or(Ended::ByObserver) };
        if ended != Ended::ByObserver && self.best_parameters().is_some() {
            self.parameters.copy_from_slice(&self.best);
        }
        let (step, seconds) = (self.state.step, start.elapsed().as_secs_f64());
        self.notify(observers, &Event::Finished { step, cost, seconds, run: self.run_state() })?;
        Ok(Summary { step, cost, seconds, ended })
    }

    /// Takes the steps of a chunk from number `from` on, as long as `after` lets it go on. The chunk begins at `place`, an
    /// epoch and a step of it, and may open the epoch whose mean cost is remembered.
    fn take_chunk(
        &mut self,
        chunk: Examples<'_, T>,
        from: u64,
        (place, opens): ((u64, u64), bool),
        mut after: impl FnMut(&mut Self, f64) -> Result<Flow>,
    ) -> Result<Passed> {
        self.batches.arrange(chunk.count(), place);
        let mut passed =
            Passed { last: f64::NAN, mean: 0.0, steps: 0, converged: false, flow: Flow::Continue };
        let mut examples = 0;
        for within in from..self.steps_of(chunk.count()) {
            let (outcome, count) = self.take_step(within, opens && within == 0, self.rate(), chunk)?;
            passed.last = outcome.cost();
            if let StepOutcome::Converged(_) = outcome {
                passed.converged = true;
                break;
            }
            passed.mean += passed.last * count as f64;
            (passed.steps, examples) = (passed.steps + 1, examples + count);
            passed.flow = after(self, passed.last)?;
            if passed.flow == Flow::Stop {
                break;
            }
        }
        passed.mean /= examples as f64;
        Ok(passed)
    }

    /// One step on batch number `within` of `examples`, the first of an epoch or a later one: its outcome, one of the first
    /// two, and how many examples it had. The weights of the examples are relative to their mean.
    pub(crate) fn take_step(
        &mut self,
        within: u64,
        first: bool,
        rate: f64,
        examples: Examples<'_, T>,
    ) -> Result<(StepOutcome, usize)> {
        let Self {
            plan,
            network,
            compute,
            parameters,
            optimizer_state,
            workspace,
            batches,
            state,
            search,
            ..
        } = self;
        let cost: &dyn Cost<T> = T::half(&*plan.cost);
        let Examples { x, y, weights } = batches.batch(within as usize, examples.reborrow());
        let (units, number) = (network.outputs(), state.step + 1);
        workspace.draw_from(Some(Key::new(plan.seed, Purpose::Dropout).step(state.step)));
        let targets = y.reversed_axes();
        let targets = targets.as_slice().expect("batches keep examples contiguous");
        let block_cost = |columns: Range<usize>, z: &[T], dz: &mut [T]| {
            let y = &targets[columns.start * units..columns.end * units];
            weighted_cost(cost, units, (z, y), weights.map(|weights| &weights[columns]), Some(dz))
        };
        let update = Update { segments: &self.segments, penalty: plan.penalty, clipping: plan.clipping };
        let batch = Batch { network, compute: *compute, x, cost: &block_cost, update };
        let outcome = match (&plan.method, search) {
            (Method::Lbfgs(lbfgs), Some(search)) => {
                let pairs = &mut state.pairs;
                batch.step_by_search(*lbfgs, pairs, search, parameters, optimizer_state, workspace)?
            }
            (Method::Blocks(optimizer), _) => {
                let optimizer = T::half(&**optimizer);
                batch.step_by_blocks(optimizer, (number, rate), parameters, optimizer_state, workspace)?
            }
            (Method::Lbfgs(_), None) => unreachable!("a plan with L-BFGS has its buffers"),
        };
        let slower = || match plan.method {
            Method::Blocks(_) => format!("lower the learning rate (now {rate}), or scale the data"),
            Method::Lbfgs(_) => "scale the data, or start from smaller parameters".into(),
        };
        match outcome {
            StepOutcome::Moved(cost) => state.count(number, first, cost, x.ncols()),
            StepOutcome::Converged(_) => {}
            StepOutcome::CostNotFinite(_) | StepOutcome::GradientNotFinite(_) => {
                let (what, (tensor, remedy)) = match outcome {
                    StepOutcome::GradientNotFinite(part) => {
                        ("gradient became infinite or NaN".into(), (part_name(network, part), slower()))
                    }
                    _ => (
                        format!("cost became {}", outcome.cost()),
                        first_not_finite(network, parameters, x, targets, workspace, slower),
                    ),
                };
                let epoch = (number - 1) / plan.steps_per_epoch() + 1;
                let found = format!("the {what} at step {number} (epoch {epoch})");
                return Err(Error::NotFinite { found, validation: false, step: number, tensor, remedy });
            }
        }
        Ok((outcome, x.ncols()))
    }

    /// Why no further step is taken, if none is.
    fn is_over(&self) -> Option<Ended> {
        let early = self.plan.early_stopping.as_ref();
        match &self.state {
            state if early.is_some_and(|early| early.is_over(&state.best)) => Some(Ended::Early),
            state if state.step >= self.plan.steps => Some(Ended::Complete),
            _ => None,
        }
    }

    /// What follows some steps of one epoch: everything is remembered before anything is told, so that a run can be saved at
    /// any event.
    fn after_steps(
        &mut self,
        steps: u64,
        cost: f64,
        validation: Option<Examples<'_, T>>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<Flow> {
        let (step, steps_per_epoch) = (self.state.step, self.plan.steps_per_epoch());
        let epoch_ends = step.is_multiple_of(steps_per_epoch);
        let epoch_cost = self.state.mean_cost();
        if epoch_ends {
            self.plan.schedule.see(step - 1, epoch_cost, false, &mut self.state.plateau);
        }
        let due = step % self.plan.validate_every < steps || step == self.plan.steps;
        let validated = match validation {
            Some(examples) if due => Some(self.validate(examples)?),
            _ => None,
        };
        let ended = epoch_ends.then_some(epoch_cost);
        if let (Some(cost), None) = (ended, validated) {
            self.note_best(cost, false);
        }
        let run = RunState { epoch_cost: ended, validation_cost: validated, ..self.run_state() };
        let mut flow = self.notify(observers, &Event::Step { step, cost, run })?;
        if epoch_ends {
            let event = Event::Epoch { epoch: step / steps_per_epoch, step, cost: epoch_cost, run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        if let Some(cost) = validated {
            let epoch = step as f64 / steps_per_epoch as f64;
            let event = Event::Validation { epoch, step, cost, metrics: self.metrics(), run };
            flow = flow.and(self.notify(observers, &event)?);
        }
        Ok(flow)
    }

    fn notify(&self, observers: &mut [&mut dyn Observer], event: &Event<'_>) -> Result<Flow> {
        let mut flow = Flow::Continue;
        for observer in observers {
            let answer =
                observer.notify(event).map_err(|source| Error::Observer { step: self.state.step, source })?;
            flow = flow.and(answer);
        }
        Ok(flow)
    }

    /// Checks a chunk: how much each of its examples counts beside their mean, unless all count alike.
    fn open_chunk(&self, chunk: Examples<'_, T>) -> Result<Option<Vec<f64>>> {
        chunk.check("y", &self.network, &*self.plan.cost)?;
        chunk.relative_weights("y", self.plan.class_weights.as_ref())
    }

    /// Steps that a chunk of so many examples takes.
    fn steps_of(&self, examples: usize) -> u64 {
        examples.div_ceil(self.plan.batch) as u64
    }

    /// The learning rate of the next step.
    fn rate(&self) -> f64 {
        let planned = self.state.step.min(self.plan.steps - 1);
        self.plan.schedule.rate(planned, &self.state.plateau)
    }
}

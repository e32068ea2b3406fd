//! What a schedule is, and the learning rate of each step that comes of one.

use std::fmt;
use std::sync::Arc;

use dnn_core::{Configured, Family};
use serde::{Deserialize, Serialize};

/// What [`ReduceOnPlateau`](super::ReduceOnPlateau) remembers from epoch to epoch: plain data, for a run to be resumed with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plateau {
    /// The best mean cost of an epoch so far.
    pub best: Option<f64>,
    /// Epochs in a row that were no better.
    #[serde(deserialize_with = "crate::run_state::count")]
    pub bad_epochs: u64,
    /// Epochs to come in which none counts as bad.
    pub cooldown: u64,
    /// What the rate is multiplied by now.
    pub factor: f64,
}

impl Plateau {
    /// Before the first epoch.
    pub const START: Self = Self { best: None, bad_epochs: 0, cooldown: 0, factor: 1.0 };
}

impl Default for Plateau {
    fn default() -> Self {
        Self::START
    }
}

/// Where a run is, as a schedule sees it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Steps since the schedule began.
    pub step: f64,
    /// Steps of the whole schedule.
    pub steps: f64,
    /// Steps in an epoch.
    pub steps_per_epoch: f64,
}

impl Clock {
    /// Epochs since the schedule began.
    pub fn epochs(self) -> f64 {
        self.step / self.steps_per_epoch
    }
}

/// How the learning rate changes over a run.
///
/// ```
/// use dnn_core::{Constant, Named};
/// use dnn_train::{Clock, Plateau, Schedule, registry};
///
/// /// The rate falls to its `last` share along a line.
/// #[derive(Clone)]
/// struct Line { last: f64 }
///
/// impl Default for Line {
///     fn default() -> Self { Self { last: 0.1 } }
/// }
///
/// impl Named for Line {
///     const NAME: &'static str = "my-crate/line";
///     fn constants(&mut self) -> Vec<Constant<'_>> { vec![Constant::new("last", &mut self.last, 0.0..=1.0)] }
/// }
///
/// impl Schedule for Line {
///     fn factor(&self, clock: Clock, _: &Plateau) -> f64 { 1.0 - (1.0 - self.last) * clock.step / clock.steps }
/// }
///
/// let mut registry = registry();
/// registry.add(Line::into_schedule)?;
/// let line = registry.make::<dyn Schedule>(&"my-crate/line".into())?;
/// assert_eq!(line.factor(Clock { step: 50.0, steps: 100.0, steps_per_epoch: 10.0 }, &Plateau::default()), 0.55);
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub trait Schedule: Configured + Send + Sync {
    /// What the learning rate is multiplied by in a step. `plateau` is what [`see`](Self::see) has kept.
    fn factor(&self, clock: Clock, plateau: &Plateau) -> f64;

    /// Takes note of the mean cost of an epoch, or of the `validation` examples.
    fn see(&self, cost: f64, validation: bool, plateau: &mut Plateau) {
        let _ = (cost, validation, plateau);
    }

    /// Whether it needs the validation cost.
    fn needs_validation(&self) -> bool {
        false
    }

    /// The schedule as a registry shares it.
    fn into_schedule(self) -> Arc<dyn Schedule>
    where
        Self: Sized + 'static,
    {
        Arc::new(self)
    }
}

impl Family for dyn Schedule {
    const KIND: &'static str = "schedule";
}

impl fmt::Debug for dyn Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.config().fmt(f)
    }
}

/// The learning rate of every step of a run.
///
/// ```
/// use dnn_train::{Cosine, LearningRate, Plateau, Schedule};
///
/// // 2 epochs of 4 steps to warm up, then 8 epochs along half a cosine.
/// let schedule = LearningRate::new(0.5, Cosine::default().into_schedule(), 2.0, 40, 4);
/// let rate = |step| schedule.rate(step, &Plateau::default());
/// assert_eq!(rate(0), 0.5 / 8.0);
/// assert_eq!((rate(7), rate(8)), (0.5, 0.5));
/// assert!((rate(24) - 0.25).abs() < 1e-15);
/// ```
#[derive(Debug, Clone)]
pub struct LearningRate {
    learning_rate: f64,
    schedule: Arc<dyn Schedule>,
    warm_up: u64,
    steps: u64,
    steps_per_epoch: u64,
}

impl LearningRate {
    /// The schedule of a run of `steps` steps, which warms up for the first `warm_up_epochs`.
    pub fn new(
        learning_rate: f64,
        schedule: Arc<dyn Schedule>,
        warm_up_epochs: f64,
        steps: u64,
        steps_per_epoch: u64,
    ) -> Self {
        let warm_up = (warm_up_epochs * steps_per_epoch as f64).round() as u64;
        Self { learning_rate, schedule, warm_up, steps, steps_per_epoch }
    }

    /// The rate of step number `step`, from 0.
    pub fn rate(&self, step: u64, plateau: &Plateau) -> f64 {
        if step < self.warm_up {
            return self.learning_rate * ((step + 1) as f64 / self.warm_up as f64);
        }
        let clock = Clock {
            step: (step - self.warm_up) as f64,
            steps: self.steps.saturating_sub(self.warm_up) as f64,
            steps_per_epoch: self.steps_per_epoch as f64,
        };
        self.learning_rate * self.schedule.factor(clock, plateau)
    }

    /// Tells the schedule, after step number `step`, from 0, the mean cost of the epoch that it ended, or that of the
    /// `validation` examples.
    pub(crate) fn see(&self, step: u64, cost: f64, validation: bool, plateau: &mut Plateau) {
        if step >= self.warm_up {
            self.schedule.see(cost, validation, plateau);
        }
    }

    /// Whether it needs the validation cost.
    pub(crate) fn needs_validation(&self) -> bool {
        self.schedule.needs_validation()
    }
}

//! A run as it stands between two steps: what observers may save, and what a trainer goes on from.

use dnn_core::{Both, Real};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::early_stopping::Best;
use crate::schedule::Plateau;

/// All that a run needs to go on, or to be saved: views, in whichever precision it computes. Making one allocates nothing.
///
/// ```
/// use dnn_train::{TrainerState, Numbers, RunState};
///
/// let (parameters, state) = ([0.5_f32, -0.25], TrainerState { step: 3, ..TrainerState::default() });
/// let run = RunState { parameters: Numbers::of(&parameters), state: &state, ..RunState::default() };
/// assert_eq!(run.parameters.get::<f32>(), Some(&parameters[..]));
/// assert_eq!(run.parameters.get::<f64>(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunState<'a> {
    /// In the order of the network's parts.
    pub parameters: Numbers<'a>,
    /// What the optimizer keeps between steps: vectors as long as the parameters, one after another.
    pub optimizer_state: Numbers<'a>,
    /// The best parameters so far, if the plan stops early and has evaluated any.
    pub best: Option<Numbers<'a>>,
    /// What else the run remembers; its `best` says after which step the parameters were the best.
    pub state: &'a TrainerState,
    /// Mean cost over the epoch's batches, at a step that ends one: that of the [`Event::Epoch`](crate::Event) to come.
    pub epoch_cost: Option<f64>,
    /// Mean cost over the validation examples, at a step after which they were evaluated: that of the
    /// [`Event::Validation`](crate::Event) to come.
    pub validation_cost: Option<f64>,
}

/// What a run remembers from step to step besides vectors of numbers: plain data.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TrainerState {
    /// Steps taken.
    #[serde(deserialize_with = "count")]
    pub step: u64,
    /// Cost of the epoch's examples so far, summed.
    pub epoch_cost: f64,
    /// The epoch's examples so far.
    #[serde(deserialize_with = "count")]
    pub epoch_examples: u64,
    /// What a schedule that looks at costs remembers.
    pub plateau: Plateau,
    /// Pairs that L-BFGS has kept in all.
    #[serde(deserialize_with = "count")]
    pub pairs: u64,
    /// Which parameters are the best.
    pub best: Best,
}

impl TrainerState {
    /// What a run remembers before its first step.
    pub const START: Self = Self {
        step: 0,
        epoch_cost: 0.0,
        epoch_examples: 0,
        plateau: Plateau::START,
        pairs: 0,
        best: Best::START,
    };

    /// Counts a step, the first of its epoch or a later one.
    pub(crate) fn count(&mut self, step: u64, first: bool, cost: f64, examples: usize) {
        if first {
            (self.epoch_cost, self.epoch_examples) = (0.0, 0);
        }
        self.step = step;
        self.epoch_cost += cost * examples as f64;
        self.epoch_examples += examples as u64;
    }

    /// Mean cost over the epoch's examples so far, each before the update of its batch.
    pub(crate) fn mean_cost(&self) -> f64 {
        self.epoch_cost / self.epoch_examples as f64
    }
}

/// A count that can go on: one read from a damaged file must not overflow.
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match u64::deserialize(deserializer)? {
        count if count <= 1 << 63 => Ok(count),
        count => Err(D::Error::custom(format!("a count of {count}, where 2^63 is the most"))),
    }
}

impl RunState<'_> {
    /// Whether the parameters of now are the best so far.
    pub fn is_best(&self) -> bool {
        self.state.best.value.is_some() && self.state.best.step == self.state.step
    }
}

/// No numbers, and the state of a run that has not begun.
impl Default for RunState<'_> {
    fn default() -> Self {
        let none = Numbers::F32(&[]);
        Self {
            parameters: none,
            optimizer_state: none,
            best: None,
            state: &TrainerState::START,
            epoch_cost: None,
            validation_cost: None,
        }
    }
}

/// Numbers of either precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Numbers<'a> {
    /// Of a run in f32.
    F32(&'a [f32]),
    /// Of a run in f64.
    F64(&'a [f64]),
}

impl<'a> Numbers<'a> {
    /// These numbers, whichever precision `T` is.
    pub fn of<T: Real>(numbers: &'a [T]) -> Self {
        (T::half(&Precision).wrap)(numbers)
    }

    /// The numbers, if they are of precision `T`.
    pub fn get<T: Real>(self) -> Option<&'a [T]> {
        (T::half(&Precision).unwrap)(self)
    }

    /// `"f32"` or `"f64"`.
    pub fn precision(self) -> &'static str {
        match self {
            Self::F32(_) => f32::NAME,
            Self::F64(_) => f64::NAME,
        }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Self::F32(numbers) => numbers.len(),
            Self::F64(numbers) => numbers.len(),
        }
    }
}

/// Knows both precisions, so that generic code can ask for its own.
struct Precision;

struct Wrap<T: 'static> {
    wrap: fn(&[T]) -> Numbers<'_>,
    unwrap: fn(Numbers<'_>) -> Option<&[T]>,
}

impl Both for Precision {
    type Half<T: Real> = Wrap<T>;

    fn f32(&self) -> &Wrap<f32> {
        &Wrap {
            wrap: |numbers| Numbers::F32(numbers),
            unwrap: |numbers| if let Numbers::F32(numbers) = numbers { Some(numbers) } else { None },
        }
    }

    fn f64(&self) -> &Wrap<f64> {
        &Wrap {
            wrap: |numbers| Numbers::F64(numbers),
            unwrap: |numbers| if let Numbers::F64(numbers) = numbers { Some(numbers) } else { None },
        }
    }
}

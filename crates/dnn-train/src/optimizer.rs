//! Optimizers: how a gradient changes parameters.
//!
//! An optimizer is pure and works on any block of the flat vector; the step number and the state come from outside, so
//! that a resumed run needs nothing else.

use std::fmt;
use std::sync::Arc;

use dnn_core::{Both, Real, State, widest};
use serde::{Deserialize, Serialize};

/// An optimizer in one precision.
pub trait Optimizer<T>: Send + Sync {
    /// One step for a block of parameters. `step` counts from 1; `rate` is the learning rate of this step.
    fn step(&self, step: u64, rate: f64, parameters: &mut [T], gradient: &[T], state: State<'_, T>);
}

/// An optimizer in both precisions.
pub trait AnyOptimizer: Optimizer<f32> + Optimizer<f64> {
    /// Its name: `"gradient_descent"`, or `"crate/name"` for a plug-in.
    fn name(&self) -> &str;

    /// How many vectors as long as the parameters it keeps between steps, starting from zero.
    fn state_vectors(&self) -> usize;
}

impl<'a> Both for dyn AnyOptimizer + 'a {
    type Half<T: Real> = dyn Optimizer<T> + 'a;

    fn f32(&self) -> &Self::Half<f32> {
        self
    }

    fn f64(&self) -> &Self::Half<f64> {
        self
    }
}

impl fmt::Debug for dyn AnyOptimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `p ← p − rate · g`
#[derive(Debug, Clone, Copy, Default)]
pub struct GradientDescent;

impl<T: Real> Optimizer<T> for GradientDescent {
    fn step(&self, _step: u64, rate: f64, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
        let rate = T::of(rate);
        widest(
            #[inline(always)]
            || parameters.iter_mut().zip(gradient).for_each(|(p, &g)| *p -= rate * g),
        );
    }
}

impl AnyOptimizer for GradientDescent {
    fn name(&self) -> &str {
        "gradient_descent"
    }

    fn state_vectors(&self) -> usize {
        0
    }
}

/// `v ← momentum · v + g`, `p ← p − rate · v` (B. T. Polyak, 1964, in the form PyTorch uses)
#[derive(Debug, Clone, Copy)]
pub struct Momentum {
    /// How much of the last direction is kept, from 0 to below 1.
    pub momentum: f64,
}

impl<T: Real> Optimizer<T> for Momentum {
    fn step(&self, _step: u64, rate: f64, parameters: &mut [T], gradient: &[T], mut state: State<'_, T>) {
        let (rate, momentum) = (T::of(rate), T::of(self.momentum));
        let [velocity] = state.vectors();
        widest(
            #[inline(always)]
            || {
                for ((p, v), &g) in parameters.iter_mut().zip(velocity).zip(gradient) {
                    *v = momentum * *v + g;
                    *p -= rate * *v;
                }
            },
        );
    }
}

impl AnyOptimizer for Momentum {
    fn name(&self) -> &str {
        "momentum"
    }

    fn state_vectors(&self) -> usize {
        1
    }
}

/// The choice of an optimizer, as settings name it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum OptimizerSettings {
    /// [`GradientDescent`]
    #[default]
    GradientDescent,
    /// [`Momentum`]
    Momentum {
        /// How much of the last direction is kept, from 0 to below 1.
        momentum: f64,
    },
}

impl OptimizerSettings {
    pub(crate) fn faults(self) -> Option<String> {
        match self {
            Self::Momentum { momentum } if !(0.0..1.0).contains(&momentum) => {
                Some(format!("momentum is {momentum}, but must be from 0 to below 1: 0.9 is usual"))
            }
            _ => None,
        }
    }

    pub(crate) fn make(self) -> Arc<dyn AnyOptimizer> {
        match self {
            Self::GradientDescent => Arc::new(GradientDescent),
            Self::Momentum { momentum } => Arc::new(Momentum { momentum }),
        }
    }
}

//! Optimizers: how a gradient changes parameters.
//!
//! An optimizer is pure and works on any range of the flat vector; the step number and the state come from outside, so
//! that a resumed run needs nothing else. Each is one loop over its range, in which no number depends on its neighbours:
//! so no cut and no thread can change a bit. Formulas and default constants are those of PyTorch's `torch.optim`.
//!
//! Letters: parameters `p`, their gradient `g`, the learning rate `rate`. [`Lbfgs`] works by another rule: it sees the
//! whole vector and asks for the cost at places of its own choice.

mod adagrad;
mod adam;
mod gradient_descent;
mod lbfgs;
mod line_search;
mod momentum;
mod rmsprop;
mod settings;

use std::fmt;

use dnn_core::{Both, Kind, Real, State};

pub use adagrad::AdaGrad;
pub use adam::{Adam, AdamW};
pub use gradient_descent::GradientDescent;
pub use lbfgs::Lbfgs;
pub(crate) use lbfgs::{Outcome, Search};
pub use momentum::{Momentum, Nesterov};
pub use rmsprop::RmsProp;
pub use settings::OptimizerSettings;
pub(crate) use settings::{Method, OPTIMIZERS};

/// What a step tells an optimizer about a block of parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Number of the step, from 1.
    pub number: u64,
    /// The learning rate of this step.
    pub rate: f64,
    /// What the parameters are: weights may decay, all others are spared.
    pub kind: Kind,
}

/// An optimizer in one precision.
pub trait Optimizer<T>: Send + Sync {
    /// One step for a block of parameters, all of one kind. `gradient` is as long as `parameters`, and so is the block of
    /// each vector of `state`.
    fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], state: State<'_, T>);
}

/// An optimizer in both precisions.
///
/// A complete one of one's own, which only looks at signs (M. Riedmiller and H. Braun, 1993, without its adaptation):
/// ```
/// use dnn_core::{Naive, Compute, Identity, Network, Real, State};
/// use dnn_train::{AnyOptimizer, Optimizer, Settings, Step, Trainer};
/// use ndarray::array;
/// use std::sync::Arc;
///
/// struct Signs;
///
/// impl<T: Real> Optimizer<T> for Signs {
///     fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
///         let rate = T::of(step.rate);
///         parameters.iter_mut().zip(gradient).for_each(|(p, g)| *p -= rate * g.signum());
///     }
/// }
///
/// impl AnyOptimizer for Signs {
///     fn name(&self) -> &str { "my-crate/signs" }
///     fn state_vectors(&self) -> usize { 0 }
/// }
///
/// let network = Network::builder(1).dense(1, Identity).build()?;
/// let settings = Settings { learning_rate: Some(0.25), steps: Some(1), ..Settings::default() };
/// let plan = settings.plan(&network, 1)?.with_optimizer(Arc::new(Signs));
/// let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive))?;
/// trainer.start_from(&[2.0, 0.0])?;
/// trainer.run(array![[1.0]].view(), array![[9.0]].view(), &mut [])?;     // a = 2, too small
/// assert_eq!(trainer.parameters(), [2.25, 0.25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

/// The fault of a constant that must be from 0 to below 1.
pub(crate) fn share_fault(name: &str, value: f64, usual: f64) -> Option<String> {
    (!(0.0..1.0).contains(&value))
        .then(|| format!("{name} is {value}, but must be from 0 to below 1: {usual} is usual"))
}

/// The fault of a constant that must be a number above 0.
pub(crate) fn positive_fault(name: &str, value: f64, usual: f64) -> Option<String> {
    (!(value.is_finite() && value > 0.0))
        .then(|| format!("{name} is {value}, but must be a number above 0: {usual:e} is usual"))
}

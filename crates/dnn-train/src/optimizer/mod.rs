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
mod rmsprop;
mod traits;

use dnn_core::{Registry, Result};

pub use adagrad::AdaGrad;
pub use adam::{Adam, AdamW};
pub use gradient_descent::{GradientDescent, Momentum, Nesterov};
pub use lbfgs::Lbfgs;
pub(crate) use lbfgs::{Outcome, Search};
pub use rmsprop::RmsProp;
pub use traits::{AnyOptimizer, Method, Optimizer, Step};

/// The list of built-in optimizers.
pub(crate) fn add_builtin(registry: &mut Registry) -> Result<()> {
    registry.add(GradientDescent::into_optimizer)?;
    registry.add(Momentum::into_optimizer)?;
    registry.add(Nesterov::into_optimizer)?;
    registry.add(AdaGrad::into_optimizer)?;
    registry.add(RmsProp::into_optimizer)?;
    registry.add(Adam::into_optimizer)?;
    registry.add(AdamW::into_optimizer)?;
    registry.add(Lbfgs::into_optimizer)
}

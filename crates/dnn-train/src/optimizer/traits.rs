//! What an optimizer is: a rule for a block of parameters, or a search over all of them.

use std::fmt;
use std::sync::Arc;

use dnn_core::{Both, Configured, Family, Kind, NamedConfig, Real, State};

use super::lbfgs::Lbfgs;

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
/// use dnn_core::{Compute, Identity, Naive, Named, Network, Real, State};
/// use dnn_train::{AnyOptimizer, Optimizer, Settings, Step, Trainer};
/// use ndarray::array;
///
/// #[derive(Clone, Default)]
/// struct Signs;
///
/// impl Named for Signs {
///     const NAME: &'static str = "my-crate/signs";
/// }
///
/// impl<T: Real> Optimizer<T> for Signs {
///     fn step(&self, step: Step, parameters: &mut [T], gradient: &[T], _state: State<'_, T>) {
///         let rate = T::of(step.rate);
///         parameters.iter_mut().zip(gradient).for_each(|(p, g)| *p -= rate * g.signum());
///     }
/// }
///
/// impl AnyOptimizer for Signs {
///     fn state_vectors(&self) -> usize { 0 }
/// }
///
/// let network = Network::builder(1).dense(1, Identity).build()?;
/// let settings = Settings { learning_rate: Some(0.25), steps: Some(1), ..Settings::default() };
/// let plan = settings.plan(&network, 1)?.with_optimizer(Signs.into_optimizer());
/// let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&Naive))?;
/// trainer.start_from(&[2.0, 0.0])?;
/// trainer.run(array![[1.0]].view(), array![[9.0]].view(), &mut [])?;     // a = 2, too small
/// assert_eq!(trainer.parameters(), [2.25, 0.25]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait AnyOptimizer: Optimizer<f32> + Optimizer<f64> + Configured {
    /// How many vectors as long as the parameters it keeps between steps, starting from zero.
    fn state_vectors(&self) -> usize;

    /// The learning rate that it usually starts with.
    fn usual_rate(&self) -> f64 {
        0.1
    }

    /// The optimizer as a registry shares it.
    fn into_optimizer(self) -> Arc<Method>
    where
        Self: Sized + 'static,
    {
        Arc::new(Method::Blocks(Arc::new(self)))
    }
}

/// An optimizer at work: what a registry holds by the name of one.
#[derive(Debug, Clone)]
pub enum Method {
    /// Block by block, from the gradient of a batch.
    Blocks(Arc<dyn AnyOptimizer>),
    /// Over the whole vector, with the cost of all examples at places of its own choice.
    Lbfgs(Lbfgs),
}

impl Method {
    /// Vectors as long as the parameters that are kept between steps.
    pub(crate) fn state_vectors(&self) -> usize {
        match self {
            Self::Blocks(optimizer) => optimizer.state_vectors(),
            Self::Lbfgs(lbfgs) => lbfgs.state_vectors(),
        }
    }

    /// The learning rate that it usually starts with: PyTorch's defaults, but for those of 0.1, which have none there.
    pub(crate) fn usual_rate(&self) -> f64 {
        match self {
            Self::Blocks(optimizer) => optimizer.usual_rate(),
            Self::Lbfgs(_) => 1.0,
        }
    }
}

impl Lbfgs {
    /// The optimizer as a registry shares it.
    pub fn into_optimizer(self) -> Arc<Method> {
        Arc::new(Method::Lbfgs(self))
    }
}

impl Family for Method {
    const KIND: &'static str = "optimizer";
}

impl Configured for Method {
    fn name(&self) -> &str {
        match self {
            Self::Blocks(optimizer) => optimizer.name(),
            Self::Lbfgs(lbfgs) => lbfgs.name(),
        }
    }

    fn config(&self) -> NamedConfig {
        match self {
            Self::Blocks(optimizer) => optimizer.config(),
            Self::Lbfgs(lbfgs) => lbfgs.config(),
        }
    }
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

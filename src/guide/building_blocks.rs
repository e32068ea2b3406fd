//! Building blocks: one layer's two blocks, and what they hand to each other.
//!
//! A layer is a forward and a backward block, and a net a chain of them there and back:
//!
//! | block | takes | keeps | gives |
//! |---|---|---|---|
//! | forward, l = 1 … L | `A[l-1]` | `A[l-1]`, `Z[l]`, the cache | `A[l]` |
//! | backward, l = L … 1 | `dA[l]`, the cache, `W[l]` | | `dA[l-1]`, `dW[l]`, `db[l]` |
//!
//! Between them stands the cost, which makes `dA[L]` of `A[L]` and Y; behind them the update, [`Optimizer`](crate::train::Optimizer).
//! In `dnn` the blocks are [`Layer::forward`](crate::core::Layer::forward), and
//! [`Layer::backward`](crate::core::Layer::backward) with [`Layer::gradient`](crate::core::Layer::gradient); the chain is
//! [`Network::forward`](crate::core::Network::forward) and [`Network::backward`](crate::core::Network::backward), with both
//! and the update in one, [`Network::step`](crate::core::Network::step). The caches lie in a
//! [`Workspace`](crate::core::Workspace), made once: `A[l]` of every layer, and `Z[l]` only where the derivative is not to be
//! had from `A[l]` ([`Saved`](crate::core::Saved)). `dA[0]` goes to nobody, and is not computed unless asked for.
//!
//! One iteration of gradient descent is once along the chain and back, and then
//! - `W[l] := W[l] − α dW[l]`
//! - `b[l] := b[l] − α db[l]`
//!
//! in [`GradientDescent`](crate::train::GradientDescent#method.step), for both at once. The example `blocks` prints and draws
//! the chain with all its shapes.
//!
//! ```
//! use dnn::core::column_major;
//! use dnn::prelude::*;
//! use ndarray::{Array2, ShapeBuilder, array};
//!
//! let builder = Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu);
//! let network = builder.dense(1, Sigmoid).build()?;
//! let mut parameters = Initialisation::draw::<f64>(Some(Initialisation::He), &network, 3);
//! let x = Array2::from_shape_fn((3, 4).f(), |(i, j)| (1.0 + (i + 3 * j) as f64).sin());
//! let y = array![[0.0, 1.0, 0.0, 1.0]];
//! let (compute, rate) = (Compute::serial(&PureRust), 0.1);
//!
//! // The same iteration by the loop that does all of it.
//! let settings = Settings { learning_rate: Some(rate), steps: Some(1), ..Settings::default() };
//! let mut trainer = Trainer::<f64>::new(&network, settings.plan(&network, 4)?, compute)?;
//! trainer.start_from(&parameters)?;
//! trainer.run(x.view(), y.view(), &mut [])?;
//!
//! let (mut caches, mut gradient) = (network.workspace(4)?, vec![0.0; parameters.len()]);
//! let a = network.forward(compute, &parameters, x.view(), &mut caches)?.to_owned();
//! let da = column_major(&(-(&y / &a) + (1.0 - &y) / (1.0 - &a)).view());
//! network.backward(compute, &parameters, x.view(), &mut caches, da.view(), &mut gradient)?;
//! for l in (1..=4).rev() {
//!     assert_eq!(caches.output(l).dim(), caches.delta(l).dim());  // A[l] and dZ[l]
//! }
//! for placed in network.parts() {                                 // W[1], b[1], W[2], …
//!     let (p, dp) = (&mut parameters[placed.part.range.clone()], &gradient[placed.part.range]);
//!                                                                 // W[l] := W[l] − α dW[l], or
//!                                                                 // b[l] := b[l] − α db[l]
//!     p.iter_mut().zip(dp).for_each(|(p, dp)| *p -= rate * dp);
//! }
//! assert!(parameters.iter().zip(trainer.parameters()).all(|(p, found)| (p - found).abs() < 1e-14));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

//! Parameters and hyper-parameters: what training finds, and what it is told.
//!
//! Parameters are `W[1]`, `b[1]`, …, `W[L]`, `b[L]`; training finds them. Hyper-parameters are all that decides what it finds:
//! the learning rate α, the number of iterations, L, the hidden units `n[l]`, the choice of g; and later momentum, the size of
//! a batch, penalties. In `dnn` they are [`Settings`](crate::train::Settings) and the
//! [`Builder`](crate::core::Builder) of the network.
//! - `P = Σ n[l] (n[l-1] + 1)` parameters, summed over the layers
//!
//! ```
//! use dnn::prelude::*;
//!
//! let builder = Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu);
//! let network = builder.dense(1, Sigmoid).build()?;
//! let sizes = [3, 5, 5, 3, 1];
//! let count: usize = sizes.windows(2).map(|n| n[1] * (n[0] + 1)).sum();  // P = Σ n[l] (n[l-1] + 1)
//! assert_eq!(network.parameter_count(), count);
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Idea, code, experiment
//!
//! Nobody knows the best values beforehand, and they change with the data and with the machine. So: an idea, try it, look at
//! the cost against the iteration, and again. A learning rate that is too small hardly moves; one that is too large diverges.
//! Trying can be left to [`search`](crate::search): at random first, then in a smaller part around the best. The example
//! `hyperparameters` does both, in pictures.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::{Array2, ShapeBuilder};
//!
//! let network = Network::builder(2).dense(4, Tanh).dense(1, Identity).build()?;
//! let x = Array2::from_shape_fn((2, 40).f(), |(i, j)| ((7 * i + 3 * j) as f64).sin());
//! let y = Array2::from_shape_fn((1, 40).f(), |(_, j)| x[[0, j]] * x[[1, j]]);
//! let cost = |rate: f64| {
//!     let settings = Settings { learning_rate: Some(rate), steps: Some(200), ..Settings::default() };
//!     let plan = settings.plan(&network, 40).unwrap();
//!     let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
//!     trainer.run(x.view(), y.view(), &mut []).map_or(f64::INFINITY, |run| run.cost)
//! };
//! let (tiny, fair, huge) = (cost(1e-4), cost(0.1), cost(100.0));
//! assert!(fair < tiny && tiny < huge, "{tiny} {fair} {huge}");
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Where notes slip
//!
//! "The learning rate of 0.01 did not work, so it was changed to 0.01": nothing was changed, and the same seed and settings
//! give the same bytes again. Meant is another value, often ten times as much or as little.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::array;
//!
//! let network = Network::builder(1).dense(3, Tanh).dense(1, Sigmoid).build()?;
//! let (x, y) = (array![[-2.0, -1.0, 1.0, 2.0]], array![[1.0, 0.0, 0.0, 1.0]]);
//! let trained = |rate: f64| {
//!     let settings = Settings { learning_rate: Some(rate), steps: Some(50), ..Settings::default() };
//!     let plan = settings.plan(&network, 4).unwrap();
//!     let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&PureRust)).unwrap();
//!     trainer.run(x.view(), y.view(), &mut []).unwrap();
//!     trainer.parameters().to_vec()
//! };
//! assert_eq!(trained(0.01), trained(0.01));  // 0.01 changed to 0.01
//! assert_ne!(trained(0.01), trained(0.001));
//! # Ok::<(), dnn::core::Error>(())
//! ```

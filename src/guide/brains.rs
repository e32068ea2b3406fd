//! Brains: what a net has to do with a brain. Not much.
//!
//! "It is like the brain" is short and sticks, and that is its use: a loose analogy. A neuron takes in signals from others,
//! and sends one on if they come to enough; a logistic unit weighs numbers, adds them up, and gives more the larger the sum:
//! - `a = σ(wᵀ x + b)`
//!
//! There it ends. A neuron is a living cell that fires in time, and what one does is still being found out. A unit is a
//! sum and a curve, and a net is a function of its input that was fitted to examples. What such functions are
//! good at, pictures, speech, text, they are good at because they are flexible, because there is data, and because gradient
//! descent finds useful weights.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::array;
//!
//! let (w, b) = (array![1.5, -2.0, 0.5], -0.25);
//! let unit = Network::builder(3).dense(1, Sigmoid).build()?;
//! for x in [array![0.0, 0.0, 0.0], array![2.0, 0.0, 1.0], array![0.0, 3.0, 0.0]] {
//!     let sum: f64 = w.dot(&x) + b;
//!     let a = 1.0 / (1.0 + (-sum).exp());  // a = σ(wᵀ x + b)
//!     let (compute, column) = (Compute::serial(&PureRust), x.to_shape((3, 1))?);
//!     let found = unit.predict(compute, &[1.5, -2.0, 0.5, b], column.view())?;
//!     assert!((found[[0, 0]] - a).abs() < 1e-15);
//!     assert_eq!(a > 0.5, sum > 0.0);      // "fires", if it comes to enough
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Learning
//!
//! Whether a brain does anything like the way back is an open question. One thing speaks against it: what goes back through
//! a layer goes through the very weights that led forward, turned around:
//! - `dA[0] = W[1]ᵀ dZ[1]`
//!
//! A synapse leads one way, and no way is known in which the cell before it could read the weights behind it.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::array;
//!
//! let network = Network::builder(3).dense(2, Identity).build()?;
//! let w = array![[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]];
//! let (x, dz) = (array![[1.0], [1.0], [1.0]], array![[1.0], [-1.0]]);
//! let parameters = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 0.0];
//! let compute = Compute::serial(&PureRust);
//! let mut space = network.workspace(1)?.with_input_gradient();
//! network.forward(compute, &parameters, x.view(), &mut space)?;
//! network.backward(compute, &parameters, x.view(), &mut space, dz.view(), &mut [0.0; 8])?;
//! assert_eq!(space.input_gradient(), Some(w.t().dot(&dz).view()));  // dA[0] = W[1]ᵀ dZ[1]
//! # Ok::<(), dnn::core::Error>(())
//! ```

//! Dimensions: every shape, and how to find a mistake by it.
//!
//! Going through the shapes on paper finds most mistakes before a number is computed. For layer l and a batch of m:
//!
//! | | shape | why |
//! |---|---|---|
//! | `W[l]`, `dW[l]` | `(n[l], n[l-1])` | a row for each unit, a column for each number it sees |
//! | `b[l]`, `db[l]` | `(n[l], 1)` | one for each unit |
//! | `Z[l]`, `A[l]`, `dZ[l]`, `dA[l]` | `(n[l], m)` | a column for each example |
//! | `A[l-1]`, `dA[l-1]` | `(n[l-1], m)` | what the layer before gives |
//!
//! A derivative has the shape of what it is the derivative by. For one example m is 1, and nothing else changes.
//! [`Shapes`](crate::core::Shapes) is this table. The course's net for it is 2-3-5-4-2-1, `L = 5`:
//!
//! ```
//! use dnn::core::Shapes;
//! use dnn::prelude::*;
//! use ndarray::Array2;
//!
//! let builder = Network::builder(2).dense(3, Relu).dense(5, Relu).dense(4, Relu).dense(2, Relu);
//! let network = builder.dense(1, Sigmoid).build()?;
//! assert_eq!(network.layers().len(), 5);  // L = 5
//! let (m, mut workspace) = (10, network.workspace::<f64>(10)?);
//! let (compute, parameters) = (Compute::serial(&PureRust), vec![0.1; network.parameter_count()]);
//! network.forward(compute, &parameters, Array2::zeros((m, 2)).t(), &mut workspace)?;
//!
//! let weights = [(3, 2), (5, 3), (4, 5), (2, 4), (1, 2)];
//! for (l, layer) in (1..).zip(network.layers()) {
//!     let shapes = Shapes::new(layer.inputs(), layer.outputs(), m);
//!     assert_eq!(shapes.weight, weights[l - 1]);
//!     let parts = layer.parts();
//!     assert_eq!((parts[0].shape, parts[1].shape), (shapes.weight, shapes.bias));
//!     assert_eq!(workspace.output(l).dim(), shapes.output);
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # When they do not fit
//!
//! `dnn` checks every shape once, at the edge, and says what it found, what it expected and what to do. Nothing is broadcast
//! but b.
//!
//! ```
//! use dnn::core::Dense;
//! use dnn::prelude::*;
//! use ndarray::Array2;
//! use std::sync::Arc;
//!
//! let (first, second) = (Dense::new(2, 3, Relu), Dense::new(5, 1, Sigmoid));
//! let wrong = Network::new(vec![Arc::new(first), Arc::new(second)]);
//! assert_eq!(
//!     wrong.unwrap_err().to_string(),
//!     "layer 2 takes 5 features, but layer 1 gives 3: make layer 2's input 3"
//! );
//!
//! let network = Network::builder(2).dense(1, Sigmoid).build()?;
//! let examples_as_rows = Array2::<f64>::zeros((10, 2));  // (m, n[0]) where (n[0], m) is meant
//! let wrong = network.predict(Compute::serial(&PureRust), &[0.0; 3], examples_as_rows.view());
//! assert_eq!(
//!     wrong.unwrap_err().to_string(),
//!     "x is 10 × 2, but the network takes 2 features, one example a column: pass a matrix of 2 rows"
//! );
//! # Ok::<(), dnn::core::Error>(())
//! ```

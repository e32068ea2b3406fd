//! Forward: from X to Ŷ, layer by layer.
//!
//! For one example, a column, with `a[0] = x`:
//! - `z[l] = W[l] a[l-1] + b[l]`
//! - `a[l] = g[l](z[l])`
//!
//! For all m at once, side by side, with `A[0] = X`; b is added to every column:
//! - `Z[l] = W[l] A[l-1] + b[l]`, in [`Dense`](crate::core::Dense#method.forward)
//! - `A[l] = g[l](Z[l])`, in [`Pointwise`](crate::core::Pointwise#method.forward)
//!
//! `A[L]` is the answer Ŷ. There is no loop over the examples left, but the one over the layers stays, since each needs the
//! one before: [`Network::forward`](crate::core::Network::forward) and
//! [`Network::predict`](crate::core::Network::predict). The example `vectorize` times both ways.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, ShapeBuilder};
//!
//! let builder = Network::builder(3).dense(5, Relu).dense(5, Relu).dense(3, Relu);
//! let network = builder.dense(1, Sigmoid).build()?;
//! let parameters = Initialisation::draw::<f64>(Some(Initialisation::He), &network, 1);
//! let x = Array2::from_shape_fn((3, 6).f(), |(i, j)| (1.0 + (i + 3 * j) as f64).sin());
//! // W and b of layer l, and its activation.
//! let layer = |l: usize| {
//!     let (inputs, units) = (network.layers()[l - 1].inputs(), network.layers()[l - 1].outputs());
//!     let (w, b) = parameters[network.layer_range(l)].split_at(units * inputs);
//!     let g = move |z: f64| if l < 4 { z.max(0.0) } else { 1.0 / (1.0 + (-z).exp()) };
//!     (ArrayView2::from_shape((units, inputs).f(), w).unwrap(), ArrayView1::from(b), g)
//! };
//!
//! let mut all = x.clone();                           // A[0] = X
//! for l in 1..=4 {
//!     let (w, b, g) = layer(l);
//!     let z = w.dot(&all) + b.insert_axis(Axis(1));  // Z[l] = W[l] A[l-1] + b[l]
//!     all = z.mapv(g);                               // A[l] = g[l](Z[l])
//! }
//! let found = network.predict(Compute::serial(&PureRust), &parameters, x.view())?;
//! assert!((&found - &all).iter().all(|apart| apart.abs() < 1e-14));
//!
//! for (x, answer) in x.columns().into_iter().zip(all.columns()) {
//!     let mut a: Array1<f64> = x.to_owned();         // a[0] = x
//!     for l in 1..=4 {
//!         let (w, b, g) = layer(l);
//!         let z = w.dot(&a) + b;                     // z[l] = W[l] a[l-1] + b[l]
//!         a = z.mapv(g);                             // a[l] = g[l](z[l])
//!     }
//!     assert!((a[0] - answer[0]).abs() < 1e-14);
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Where notes slip
//!
//! Some write `Z[3] = W[3] Z[2] + b[3]`. It is `Z[3] = W[3] A[2] + b[3]`: a layer sees what the one before gives, not its
//! scores. The difference is all: without g between them, layers are one single matrix, however many there are:
//! - `W[3] (W[2] (W[1] X)) = (W[3] W[2] W[1]) X`
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::{Array2, array};
//!
//! let w1 = array![[1.0, -1.0], [0.5, 2.0]];
//! let (w2, w3) = (array![[-1.0, -1.0], [2.0, 0.5]], array![[1.0, 3.0]]);
//! let x = array![[1.0, -2.0], [0.5, 1.0]];
//! let relu = |z: &Array2<f64>| z.mapv(|z| z.max(0.0));
//!
//! let z2 = w2.dot(&relu(&w1.dot(&x)));
//! let right = w3.dot(&relu(&z2));  // Z[3] = W[3] A[2] + b[3], b at 0
//! let slip = w3.dot(&z2);          // not Z[3] = W[3] Z[2] + b[3]
//! assert_ne!(slip, right);
//!
//! let network = Network::builder(2).dense(2, Relu).dense(2, Relu).dense(1, Identity).build()?;
//! let mut parameters = vec![0.0; network.parameter_count()];
//! for (l, w) in [(1, &w1), (2, &w2), (3, &w3)] {
//!     let layer = &mut parameters[network.layer_range(l)];
//!     layer.iter_mut().zip(w.t()).for_each(|(p, &w)| *p = w);
//! }
//! assert_eq!(network.predict(Compute::serial(&PureRust), &parameters, x.view())?, right);
//!
//! let one = w3.dot(&w2).dot(&w1);
//! assert_eq!(w3.dot(&w2.dot(&w1.dot(&x))), one.dot(&x));  // W[3] (W[2] (W[1] X)) = (W[3] W[2] W[1]) X
//! # Ok::<(), dnn::core::Error>(())
//! ```

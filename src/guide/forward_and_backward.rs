//! Forward and backward: the four equations, and where `dnn` computes each.
//!
//! Backwards, the block of layer l takes `dA[l]` and gives, in this order,
//! - `dZ[l] = dA[l] * g'(Z[l])`, in [`Pointwise`](crate::core::Pointwise#method.backward), which
//!   [`Dense::backward`](crate::core::Dense#method.backward) calls
//! - `dW[l] = 1/m dZ[l] A[l-1]ᵀ`, in [`Dense::gradient`](crate::core::Dense#method.gradient)
//! - `db[l] = 1/m Σ dZ[l]`, summed over the columns in [`Dense::backward`](crate::core::Dense#method.backward), divided in
//!   [`Dense::gradient`](crate::core::Dense#method.gradient)
//! - `dA[l-1] = W[l]ᵀ dZ[l]`, in [`Dense::backward`](crate::core::Dense#method.backward)
//!
//! and the first it takes is the derivative of the cost, for a sigmoid at the end and `J = −1/m Σ (y ln a + (1 − y) ln(1 − a))`
//! - `dA[L] = −(Y/A[L]) + (1 − Y)/(1 − A[L])`, in
//!   [`explicit_binary_gradient`](crate::train::explicit_binary_gradient)
//! - `dZ[L] = A[L] − Y`, the same with the first equation folded in, as
//!   [`BinaryCrossEntropy`](crate::train::BinaryCrossEntropy#method.cost) has it: it divides by nothing
//!
//! The source of each, one click behind its link, names this page where it computes the equation. Whether all are right is
//! asked of the definition: move one parameter a little to either side, and see what the cost does.
//!
//! ```
//! use dnn::core::column_major;
//! use dnn::prelude::*;
//! use ndarray::{Array2, ArrayView2, Axis, ShapeBuilder, array};
//!
//! let network = Network::builder(3).dense(4, Tanh).dense(2, Tanh).dense(1, Sigmoid).build()?;
//! let parameters = Initialisation::draw::<f64>(None, &network, 5);
//! let x = Array2::from_shape_fn((3, 5).f(), |(i, j)| (1.0 + (i + 3 * j) as f64).sin());
//! let y = array![[0.0, 1.0, 1.0, 0.0, 1.0]];
//! let (compute, m) = (Compute::serial(&PureRust), 5.0);
//!
//! let mut space = network.workspace(5)?.with_input_gradient();
//! let mut gradient = vec![0.0; parameters.len()];
//! let a = network.forward(compute, &parameters, x.view(), &mut space)?.to_owned();
//! // dA[L] = −(Y/A[L]) + (1 − Y)/(1 − A[L])
//! let mut da = column_major(&(-(&y / &a) + (1.0 - &y) / (1.0 - &a)).view());
//! network.backward(compute, &parameters, x.view(), &mut space, da.view(), &mut gradient)?;
//! let close = |found: ArrayView2<f64>, by_hand: &Array2<f64>| {
//!     (&found - by_hand).iter().all(|apart| apart.abs() < 1e-14)
//! };
//! assert!(close(space.delta(3), &(&a - &y)));                  // dZ[L] = A[L] − Y
//!
//! for l in (1..=3).rev() {
//!     let layer = &network.layers()[l - 1];
//!     let before = if l == 1 { x.view() } else { space.output(l - 1) };  // A[l-1]
//!     let shape = (layer.outputs(), layer.inputs());
//!     let (w, _) = parameters[network.layer_range(l)].split_at(shape.0 * shape.1);
//!     let w = ArrayView2::from_shape(shape.f(), w)?;
//!                                                              // g'(Z[l])
//!     let slope = space.output(l).mapv(|a| if l == 3 { a * (1.0 - a) } else { 1.0 - a * a });
//!
//!     let dz = &da * slope;                                    // dZ[l] = dA[l] * g'(Z[l])
//!     let dw = dz.dot(&before.t()) / m;                        // dW[l] = 1/m dZ[l] A[l-1]ᵀ
//!     let db = dz.sum_axis(Axis(1)).insert_axis(Axis(1)) / m;  // db[l] = 1/m Σ dZ[l]
//!     da = w.t().dot(&dz);                                     // dA[l-1] = W[l]ᵀ dZ[l]
//!
//!     let (found_dw, found_db) = gradient[network.layer_range(l)].split_at(dw.len());
//!     assert!(close(space.delta(l), &dz));
//!     assert!(close(ArrayView2::from_shape(shape.f(), found_dw)?, &dw));
//!     assert!(close(ArrayView2::from_shape((shape.0, 1), found_db)?, &db));
//! }
//! assert!(close(space.input_gradient().ok_or("dA[0] was asked for")?, &da));
//!
//! // J = −1/m Σ (y ln a + (1 − y) ln(1 − a))
//! let cost = |parameters: &[f64]| {
//!     let a = network.predict(compute, parameters, x.view()).unwrap();
//!     -a.iter().zip(&y).map(|(a, y)| y * a.ln() + (1.0 - y) * (1.0 - a).ln()).sum::<f64>() / m
//! };
//! for at in 0..parameters.len() {
//!     let moved = |h: f64| {
//!         let mut moved = parameters.clone();
//!         moved[at] += h;
//!         cost(&moved)
//!     };
//!     let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
//!     assert!((gradient[at] - slope).abs() < 1e-8);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # One example
//!
//! With a single column the 1/m and the sum are gone, and all else stays:
//! - `dz[l] = da[l] * g'(z[l])`
//! - `dW[l] = dz[l] a[l-1]ᵀ`
//! - `db[l] = dz[l]`
//! - `da[l-1] = W[l]ᵀ dz[l]`
//!
//! The last and the first together lead from dz to dz: `dz[l-1] = W[l]ᵀ dz[l] * g'(z[l-1])`. Written out in loops, each number
//! of `dW[l]` is one of `dz[l]` times one of `a[l-1]`.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::array;
//!
//! let network = Network::builder(3).dense(2, Tanh).dense(2, Tanh).build()?;
//! let parameters = [0.5, -1.0, 0.2, 0.8, -0.3, 0.4, 0.1, -0.2, 0.7, -0.6, 0.9, 0.3, 0.0, 0.5];
//! let w2 = [[0.7, 0.9], [-0.6, 0.3]];
//! let (x, da) = (array![[1.0], [-0.5], [2.0]], array![[1.0], [-2.0]]);
//! let compute = Compute::serial(&PureRust);
//! let (mut space, mut gradient) = (network.workspace(1)?, [0.0; 14]);
//! network.forward(compute, &parameters, x.view(), &mut space)?;
//! network.backward(compute, &parameters, x.view(), &mut space, da.view(), &mut gradient)?;
//! let (a1, a2) = (space.output(1), space.output(2));
//! let near = |found: f64, by_hand: f64| assert!((found - by_hand).abs() < 1e-15);
//!
//! let mut dz2 = [0.0; 2];
//! for i in 0..2 {
//!     dz2[i] = da[[i, 0]] * (1.0 - a2[[i, 0]] * a2[[i, 0]]);  // dz[l] = da[l] * g'(z[l])
//!     for j in 0..2 {
//!         near(gradient[8 + i + 2 * j], dz2[i] * a1[[j, 0]]);  // dW[l] = dz[l] a[l-1]ᵀ
//!     }
//!     near(gradient[12 + i], dz2[i]);                   // db[l] = dz[l]
//! }
//! for j in 0..2 {
//!     let da1: f64 = (0..2).map(|i| w2[i][j] * dz2[i]).sum();  // da[l-1] = W[l]ᵀ dz[l]
//!     let dz1 = da1 * (1.0 - a1[[j, 0]] * a1[[j, 0]]);  // dz[l-1] = W[l]ᵀ dz[l] * g'(z[l-1])
//!     near(space.delta(1)[[j, 0]], dz1);
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Where notes slip
//!
//! `dW = dz a`, without the transpose: a column times a column is no product at all, and where it seems to be one, entry by
//! entry, it is no matrix of W's shape. It is `dW = dz aᵀ`. And in `dA[L]` of all examples a minus gets lost, `dA[L] = (Y/A[L]) + …`,
//! or `(a − y)` stands for `(1 − y)`. Each of the two is told from the right one by the cost itself, moved a little.
//!
//! ```
//! use dnn::train::explicit_binary_gradient;
//! use ndarray::array;
//!
//! let (dz, a) = (array![[1.0], [-2.0]], array![[3.0], [0.5]]);
//! let dw = dz.dot(&a.t());                             // dW = dz aᵀ
//! assert_eq!(dw, array![[3.0, 0.5], [-6.0, -1.0]]);
//! assert_ne!(dz.ncols(), a.nrows());                   // not dW = dz a: there is no such product
//! assert_ne!((&dz * &a).dim(), dw.dim());              // nor is it one entry by entry
//!
//! let (a, y) = ([0.8_f64, 0.3], [1.0, 0.0]);
//! let loss = |a: f64, y: f64| -(y * a.ln() + (1.0 - y) * (1.0 - a).ln());
//! let mut da = [0.0; 2];
//! explicit_binary_gradient(&a, &y, &mut da);
//! for i in 0..2 {
//!     let (a, y) = (a[i], y[i]);
//!     let slope = (loss(a + 1e-6, y) - loss(a - 1e-6, y)) / 2e-6;
//!     let is_slope = |da: f64| (da - slope).abs() < 1e-8;
//!     assert!(is_slope(da[i]) && is_slope(-(y / a) + (1.0 - y) / (1.0 - a)));
//!     let lost_minus = y / a + (1.0 - y) / (1.0 - a);  // not dA[L] = (Y/A[L]) + …
//!     assert_eq!(is_slope(lost_minus), y == 0.0);      // wrong as soon as y is not 0
//!     let wrong_letter = -(y / a) + (a - y) / (1.0 - a);  // not (a − y)
//!     assert!(!is_slope(wrong_letter));                // wrong for every y
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```

//! Review: logistic regression, and one hidden layer.
//!
//! All that follows is this page with more layers.
//!
//! # Logistic regression
//!
//! One unit. x is one example, a column of `n[0]` numbers; w holds as many weights; b is one number more. The answer a is how
//! likely y is to be 1, and the loss ℒ how wrong that was:
//! - `z = wᵀ x + b`
//! - `a = σ(z)`, [`Sigmoid`](crate::core::Sigmoid), with `σ(z) = 1 / (1 + e⁻ᶻ)`
//! - `ℒ(a, y) = −(y ln a + (1 − y) ln(1 − a))`, [`BinaryCrossEntropy`](crate::train::BinaryCrossEntropy)
//!
//! In `dnn` it is a net of one layer of one unit: `W[1]` is its one row wᵀ.
//!
//! ```
//! use dnn::prelude::*;
//! use dnn::train::{BinaryCrossEntropy, Cost};
//! use ndarray::{Axis, array};
//!
//! let (w, b) = (array![0.5, -1.0], 0.25);
//! let (x, y) = (array![2.0, 0.5], 1.0_f64);
//!
//! let z: f64 = w.dot(&x) + b;          // z = wᵀ x + b
//! let a = 1.0 / (1.0 + (-z).exp());    // a = σ(z), σ(z) = 1 / (1 + e⁻ᶻ)
//! let loss = -(y * a.ln() + (1.0 - y) * (1.0 - a).ln());  // ℒ(a, y) = −(y ln a + (1 − y) ln(1 − a))
//!
//! let network = Network::builder(2).dense(1, Sigmoid).build()?;
//! let parameters = [0.5, -1.0, 0.25];  // W, then b
//! let x = x.insert_axis(Axis(1));
//! let found = network.predict(Compute::serial(&PureRust), &parameters, x.view())?;
//! assert!((found[[0, 0]] - a).abs() < 1e-15);
//! // `dnn` takes the loss from z: no logarithm meets a rounded 0.
//! assert!((BinaryCrossEntropy::default().cost(1, &[z], &[y], None) - loss).abs() < 1e-15);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Gradient descent
//!
//! The cost J is the mean of the losses. With X `(n[0], m)` and Y `(1, m)`, one row of weights w, the learning rate α:
//! - `J = 1/m Σ ℒ(a, y)`
//! - `dZ = A − Y`: the derivative of the loss by z is as short as this because the sigmoid's cancels
//! - `dw = 1/m dZ Xᵀ`
//! - `db = 1/m Σ dZ`
//! - `w := w − α dw` and `b := b − α db`, [`GradientDescent`](crate::train::GradientDescent)
//!
//! ```
//! use dnn::core::column_major;
//! use dnn::prelude::*;
//! use ndarray::{Array2, array};
//!
//! let x = column_major(&array![[0.5, -1.0, 2.0, 0.1], [1.5, 0.3, -0.7, -2.0]].view());
//! let y = array![[1.0, 0.0, 1.0, 0.0]];
//! let (m, rate) = (4.0, 0.5);
//!
//! let (mut w, mut b) = (Array2::<f64>::zeros((1, 2)), 0.0);
//! for _ in 0..10 {
//!     let a = (w.dot(&x) + b).mapv(|z| 1.0 / (1.0 + (-z).exp()));
//!     let dz = &a - &y;                // dZ = A − Y
//!     let dw = dz.dot(&x.t()) / m;     // dw = 1/m dZ Xᵀ
//!     let db = dz.sum() / m;           // db = 1/m Σ dZ
//!     w.scaled_add(-rate, &dw);        // w := w − α dw
//!     b -= rate * db;                  // b := b − α db
//! }
//! let a = (w.dot(&x) + b).mapv(|z| 1.0 / (1.0 + (-z).exp()));
//! let losses = a.iter().zip(&y).map(|(a, y)| -(y * a.ln() + (1.0 - y) * (1.0 - a).ln()));
//! let cost = losses.sum::<f64>() / m;  // J = 1/m Σ ℒ(a, y)
//!
//! let network = Network::builder(2).dense(1, Sigmoid).build()?;
//! let settings = Settings { learning_rate: Some(rate), steps: Some(10), ..Settings::default() };
//! let plan = settings.plan(&network, 4)?;
//! let mut trainer = Trainer::<f64>::new(&network, plan, Compute::serial(&PureRust))?;
//! trainer.start_from(&[0.0; 3])?;
//! trainer.run(x.view(), y.view(), &mut [])?;
//! let by_hand = [w[[0, 0]], w[[0, 1]], b];
//! assert!(trainer.parameters().iter().zip(by_hand).all(|(found, p)| (found - p).abs() < 1e-14));
//! assert!(cost < 2_f64.ln());          // less than at w = 0, where a is ½
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # One hidden layer
//!
//! The same twice. The first layer's units see x, the second's see what those give:
//! - `Z[1] = W[1] X + b[1]`
//! - `A[1] = tanh(Z[1])`, [`Tanh`](crate::core::Tanh)
//! - `Z[2] = W[2] A[1] + b[2]`
//! - `A[2] = σ(Z[2])`
//!
//! W must not start at zero, as logistic regression may: units that start alike get the same gradient and stay alike, which
//! the example `symmetry` shows to the last bit.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::array;
//!
//! let (w1, b1) = (array![[0.5, -1.0], [2.0, 0.3], [-0.4, 0.8]], array![[0.1], [-0.2], [0.0]]);
//! let (w2, b2) = (array![[1.5, -0.5, 0.7]], array![[0.3]]);
//! let x = array![[1.0, 0.2], [-0.5, 0.9]];
//!
//! let z1 = w1.dot(&x) + &b1;                         // Z[1] = W[1] X + b[1]
//! let a1 = z1.mapv(f64::tanh);                       // A[1] = tanh(Z[1])
//! let z2 = w2.dot(&a1) + &b2;                        // Z[2] = W[2] A[1] + b[2]
//! let a2 = z2.mapv(|z| 1.0 / (1.0 + f64::exp(-z)));  // A[2] = σ(Z[2])
//!
//! let network = Network::builder(2).dense(3, Tanh).dense(1, Sigmoid).build()?;
//! // Layer after layer, W column by column, then b.
//! let numbers = w1.t().into_iter().chain(&b1).chain(w2.t()).chain(&b2);
//! let parameters: Vec<f64> = numbers.copied().collect();
//! let found = network.predict(Compute::serial(&PureRust), &parameters, x.view())?;
//! assert!((found - a2).iter().all(|apart| apart.abs() < 1e-15));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

//! Circuits: what depth saves, for gates and for units.
//!
//! The lecture's example is the parity of n bits, 1 if an odd number of them is 1: their exclusive or. A tree of exclusive
//! ors takes about log₂ n layers and, two units for each, about 2n units. With AND and OR gates in one hidden layer, every
//! odd pattern needs a gate of its own, `2ⁿ⁻¹` of them, for any gate that looks away from a bit accepts patterns of both
//! parities.
//! - `a xor b = relu(a + b) − 2 relu(a + b − 1)`
//!
//! So much is true of AND and OR gates. Of ReLU units it is not: n of them in one hidden layer do it, for a saw of the sum s of
//! the bits, up at odd and down at even s. The gap that holds for ReLU nets too is that of [`why_deep`](super::why_deep).
//! - `saw(s) = relu(s) − 2 relu(s − 1) + 2 relu(s − 2) − …`
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::Array2;
//!
//! let relu = |x: f64| x.max(0.0);
//! // a xor b = relu(a + b) − 2 relu(a + b − 1)
//! let xor = |a: f64, b: f64| relu(a + b) - 2.0 * relu(a + b - 1.0);
//! let n = 8;
//! let bit = |(bit, pattern): (usize, usize)| (pattern >> bit & 1) as f64;
//! let x = Array2::from_shape_fn((n, 1 << n), bit);
//! let parity = |pattern: usize| f64::from(pattern.count_ones() % 2);
//!
//! // The tree: log₂ n rounds, n − 1 exclusive ors.
//! for (pattern, bits) in x.columns().into_iter().enumerate() {
//!     let (mut left, mut layers, mut units) = (bits.to_vec(), 0, 0);
//!     while left.len() > 1 {
//!         units += left.len();
//!         layers += 1;
//!         left = left.chunks(2).map(|pair| xor(pair[0], pair[1])).collect();
//!     }
//!     assert_eq!((left[0], layers, units), (parity(pattern), 3, 2 * (n - 1)));
//! }
//!
//! // The saw: every unit of the hidden layer adds up all bits; W column by column, then b.
//! let network = Network::builder(n).dense(n, Relu).dense(1, Identity).build()?;
//! let mut parameters = vec![1.0; n * n];
//! parameters.extend((0..n).map(|unit| -(unit as f64)));
//! // saw(s) = relu(s) − 2 relu(s − 1) + 2 relu(s − 2) − …
//! parameters.extend((0..n).map(|unit| if unit == 0 { 1.0 } else { [2.0, -2.0][unit % 2] }));
//! parameters.push(0.0);
//! let y = network.predict(Compute::serial(&PureRust), &parameters, x.view())?;
//! assert!(y.iter().enumerate().all(|(pattern, &y)| y == parity(pattern)));
//! # Ok::<(), dnn::core::Error>(())
//! ```
//!
//! # Where notes slip
//!
//! Some say that without depth "the number of hidden layers grows" exponentially. There is one hidden layer, and stays one:
//! what grows is the number of its *units*.
//!
//! ```
//! use dnn::prelude::*;
//!
//! for n in 2..=10 {
//!  // An AND for each pattern of odd weight; the OR of all is the last unit.
//!     let ands = (0..1_usize << n).filter(|pattern| pattern.count_ones() % 2 == 1).count();
//!     let network = Network::builder(n).dense(ands, Relu).dense(1, Identity).build()?;
//!     assert_eq!(network.layers().len() - 1, 1);  // hidden layers
//!     assert_eq!(network.layers()[0].outputs(), 1 << (n - 1));  // hidden units, 2ⁿ⁻¹
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```

//! Why deep: what a deep net makes of little things.
//!
//! In a net that is shown faces, units of the first layer answer to edges; those of the next put edges together to parts,
//! an eye, a nose; and later ones put parts together to faces. With sound it is changes of pitch, then phonemes, then
//! words. Each layer says what it sees in the words of the one before, and all of them may use what one has found: that is
//! what a single layer, which must say everything in pixels, cannot do. The examples `faces` and `depth` draw what units see.
//!
//! That is a picture, not a proof. How much depth helps is found by trying: begin with logistic regression, then a hidden
//! layer, then more, as with any [hyper-parameter](super::hyperparameters). On the README's faces a hidden layer helps a lot,
//! and two more hardly.
//!
//! # A case that can be counted
//!
//! The tent map goes up from 0 to 1 and down again. Two ReLU units compute it, and composed with itself it folds its input
//! once more each time:
//! - `t(x) = 2 relu(x) − 4 relu(x − ½)`
//! - `tₖ(x) = t(tₖ₋₁(x))`: k layers, 2k hidden units, and `2ᵏ` straight pieces
//!
//! One hidden layer of h ReLU units has at most `h + 1` pieces, since each bends the line at one place. So what takes 2k units
//! in depth takes at least `2ᵏ − 1` in one layer. The example `parity` builds both, exact, to k = 10.
//!
//! ```
//! use dnn::prelude::*;
//! use ndarray::Array2;
//!
//! let relu = |x: f64| x.max(0.0);
//! let tent = |x: f64| 2.0 * relu(x) - 4.0 * relu(x - 0.5);  // t(x) = 2 relu(x) − 4 relu(x − ½)
//!
//! for k in 1..=10 {
//!     let hidden = (0..k).fold(Network::builder(1), |builder, _| builder.dense(2, Relu));
//!     let deep = hidden.dense(1, Identity).build()?;
//!     let hidden_units: usize = deep.layers()[..k].iter().map(|layer| layer.outputs()).sum();
//!     assert_eq!(hidden_units, 2 * k);
//!  // W column by column, then b: the first layer sees x, each later one the tent of it so far.
//!     let mut parameters = vec![1.0, 1.0, 0.0, -0.5];
//!     (1..k).for_each(|_| parameters.extend([2.0, 2.0, -4.0, -4.0, 0.0, -0.5]));
//!     parameters.extend([2.0, -4.0, 0.0]);
//!
//!     let places = 4 << k;
//!     let x = Array2::from_shape_fn((1, places + 1), |(_, at)| at as f64 / places as f64);
//!     let y = deep.predict(Compute::serial(&PureRust), &parameters, x.view())?;
//!     let composed = x.mapv(|x| (0..k).fold(x, |x, _| tent(x)));  // tₖ(x) = t(tₖ₋₁(x))
//!     assert_eq!(y, composed);
//!
//!     let slopes: Vec<f64> = y.iter().zip(y.iter().skip(1)).map(|(from, to)| to - from).collect();
//!     let pieces = 1 + slopes.windows(2).filter(|two| two[0] != two[1]).count();
//!     assert_eq!(pieces, 1 << k);
//! }
//! # Ok::<(), dnn::core::Error>(())
//! ```

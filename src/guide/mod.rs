//! The course on deep L-layer networks, section by section: each formula beside the lines that compute it.
//!
//! 1. [`review`]: logistic regression, and one hidden layer.
//! 2. [`deep_network`]: what L counts, and the letters.
//! 3. [`forward`]: from X to Ŷ, layer by layer.
//! 4. [`dimensions`]: every shape, and how to find a mistake by it.
//! 5. [`why_deep`]: what a deep net makes of little things.
//! 6. [`circuits`]: what depth saves, for gates and for units.
//! 7. [`building_blocks`]: one layer's two blocks, and what they hand to each other.
//! 8. [`forward_and_backward`]: the four equations, and where `dnn` computes each.
//! 9. [`hyperparameters`]: what training finds, and what it is told.
//! 10. [`brains`]: what a net has to do with a brain.
//!
//! Every block of code here is compiled and run with the tests, and each that computes by hand ends by asking whether `dnn`
//! computes the same. The examples `blocks`, `parity`, `symmetry`, `vectorize` and `hyperparameters` show the same in
//! pictures.
//!
//! # Letters
//!
//! Examples are columns. l is the number of a layer, from 1 to L; `n[l]` are its units, `n[0]` the features of an example, m
//! the examples. `W[l]` and `b[l]` are what layer l has learnt, `Z[l]` its scores, `A[l]` what it gives, and `A[0]` is X. d
//! before a letter is the derivative of the cost: `dZ[l]` has the shape of `Z[l]`. `*` goes entry by entry; two matrices side
//! by side are their product, and ᵀ is a transpose.
//!
//! # Where notes of this lecture slip
//!
//! Each is put right, with a line of code that shows it:
//! - `W[3] Z[2]` for `W[3] A[2]`: [`forward`](forward#where-notes-slip)
//! - `dz a` without the transpose: [`forward_and_backward`](forward_and_backward#where-notes-slip)
//! - a lost minus, and `(a − y)` for `(1 − y)`, in `dA[L]`: [`forward_and_backward`](forward_and_backward#where-notes-slip)
//! - L called the number of hidden layers: [`deep_network`](deep_network#where-notes-slip)
//! - "20 hidden layers" where 20 hidden units are meant: [`deep_network`](deep_network#where-notes-slip)
//! - "the number of hidden layers grows" where that of units does: [`circuits`](circuits#where-notes-slip)
//! - a learning rate of 0.01 changed to 0.01: [`hyperparameters`](hyperparameters#where-notes-slip)

pub mod brains;
pub mod building_blocks;
pub mod circuits;
pub mod deep_network;
pub mod dimensions;
pub mod forward;
pub mod forward_and_backward;
pub mod hyperparameters;
pub mod review;
pub mod why_deep;

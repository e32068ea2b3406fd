//! Data sets that are drawn on the spot: [`faces`] and [`voices`], for demonstrations and tests where no data are at hand.
//!
//! ```
//! // 19 × 19 grey pictures, half of them of something else.
//! let pictures = dnn_synthetic::faces::generate::<f32>(200, 19, 7)?;
//! let (train, test) = pictures.split_stratified(0.25, 7)?;
//! assert_eq!((train.count(), test.count()), (150, 50));
//! # Ok::<(), dnn_data::Error>(())
//! ```
#![forbid(unsafe_code)]

/// The program of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod faces;
pub mod voices;

use dnn_core::random::Stream;

/// The product of `sizes`, if this machine can address as many numbers of 8 bytes.
fn length(sizes: &[usize]) -> Option<usize> {
    let product = sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size))?;
    (product <= isize::MAX as usize / 8).then_some(product)
}

/// A number from `low..high`.
fn between(stream: &mut Stream, low: f64, high: f64) -> f64 {
    low + (high - low) * stream.uniform()
}

/// True once in `1 / probability` times.
fn chance(stream: &mut Stream, probability: f64) -> bool {
    stream.uniform() < probability
}

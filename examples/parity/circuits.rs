//! n-bit parity, 1 if an odd number of bits is 1, in three circuits of ReLU units.
//!
//! All weights are small whole numbers and all bits 0 or 1, so f32 has no rounding anywhere.

use dnn::prelude::*;
use ndarray::{Array2, ShapeBuilder};

use crate::by_hand::{ByHand, Given};
use crate::support::Failure;

/// Inputs that are tried together.
const BATCH: usize = 4096;

/// Exclusive ors in a tree, each `a xor b = relu(a + b) − 2 relu(a + b − 1)`, two units; a bit without a partner passes
/// through one. A layer has as many units as bits come to it, and hands on half as many.
pub(crate) fn tree(bits: usize) -> Result<ByHand<f32>, Failure> {
    let (mut hidden, mut units) = (Vec::new(), bits);
    // How bit `bit` is read off the units of the layer before: the first layer's inputs are the bits themselves.
    let mut read: fn(usize, usize) -> f64 = |bit, input| f64::from(u8::from(bit == input));
    let mut left = bits;
    while left > 1 {
        let (bits, from) = (left, read);
        // Units 2k and 2k + 1 both see bits 2k and 2k + 1, of which the last may be missing.
        let sees = |unit: usize| (unit / 2 * 2..unit / 2 * 2 + 2).filter(move |&bit| bit < bits);
        let w = |unit, input| sees(unit).map(|bit| from(bit, input)).sum();
        hidden.push(Given::new(bits, units, w, |unit| -((unit % 2) as f64)));
        read = |bit, input| if input / 2 == bit { [1.0, -2.0][input % 2] } else { 0.0 };
        (units, left) = (bits, bits.div_ceil(2));
    }
    ByHand::new(bits, hidden, Given::new(1, units, |_, input| read(0, input), |_| 0.0))
}

/// Units of each hidden layer of [`tree`]: n, then half as many, rounded up, and so on to 2.
pub(crate) fn tree_layers(bits: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(bits), |&bits| Some(bits.div_ceil(2))).take_while(|&bits| bits > 1)
}

/// One AND of all bits or their opposites for each input of odd weight, and an OR of these, which is their sum since no two
/// are 1 at once.
///
/// With fewer bits an AND would accept inputs of both parities; so one layer of ANDs cannot do with fewer units.
pub(crate) fn ands(bits: usize) -> Result<ByHand<f32>, Failure> {
    let odd: Vec<usize> = (0..1 << bits).filter(|pattern| is_odd(*pattern)).collect();
    let w = |unit: usize, input: usize| if odd[unit] >> input & 1 == 1 { 1.0 } else { -1.0 };
    // The sum over the input is the pattern's weight where both agree, and less everywhere else.
    let b = |unit: usize| 1.0 - f64::from(odd[unit].count_ones());
    ByHand::new(bits, vec![Given::new(odd.len(), bits, w, b)], Given::new(1, odd.len(), |_, _| 1.0, |_| 0.0))
}

/// The saw of the sum s of the bits, up at odd s and down at even ones: `relu(s) − 2 relu(s − 1) + 2 relu(s − 2) − …`.
pub(crate) fn saw(bits: usize) -> Result<ByHand<f32>, Failure> {
    let teeth = Given::new(bits, bits, |_, _| 1.0, |unit| -(unit as f64));
    let slopes = |_, unit: usize| match unit {
        0 => 1.0,
        _ if unit % 2 == 1 => -2.0,
        _ => 2.0,
    };
    ByHand::new(bits, vec![teeth], Given::new(1, bits, slopes, |_| 0.0))
}

/// How many of all 2ⁿ inputs `circuit` gives another number for than their parity.
pub(crate) fn wrong(circuit: &ByHand<f32>, compute: Compute<'_>) -> Result<usize, Failure> {
    let bits = circuit.network.inputs();
    let mut wrong = 0;
    for first in (0..1_usize << bits).step_by(BATCH) {
        let patterns = first..(first + BATCH).min(1 << bits);
        let x = inputs(bits, patterns.clone());
        let a = circuit.network.predict(compute, &circuit.parameters, x.view())?;
        wrong += patterns.zip(&a).filter(|&(pattern, &a)| a != f32::from(u8::from(is_odd(pattern)))).count();
    }
    Ok(wrong)
}

/// The bits of each number in `patterns`, one number a column.
pub(crate) fn inputs(bits: usize, patterns: std::ops::Range<usize>) -> Array2<f32> {
    let bit = |(bit, column): (usize, usize)| ((patterns.start + column) >> bit & 1) as f32;
    Array2::from_shape_fn((bits, patterns.len()).f(), bit)
}

pub(crate) fn is_odd(pattern: usize) -> bool {
    pattern.count_ones() % 2 == 1
}

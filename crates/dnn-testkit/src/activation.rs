//! One suite for every activation, built in or of a plug-in: [`check_activation`].
//!
//! Backward is compared with central differences of forward, in f64: for a column `z` and any dA, dZ must be the gradient
//! of `Σ dA · g(z)`, which holds for activations that look at a whole column too. f32 is compared with f64, and blocks with
//! their columns one by one.

use dnn_core::random::{Key, Purpose, Stream};
use dnn_core::{Activation, AnyActivation, Real, Saved};

use crate::gradient::distance;

/// Units of a layer, and columns of a block: none, one, and more than the numbers in a register.
const UNITS: [usize; 4] = [1, 3, 8, 17];
const COLUMNS: [usize; 5] = [0, 1, 2, 7, 33];
/// Scores keep this far from every multiple of ¼, where a kink may be: farther than differences reach.
const KINK: f64 = 1e-2;
/// How large scores are.
const REACH: f64 = 6.0;
/// The relative distance to central differences that is still right.
const BOUND: f64 = 1e-8;

/// Checks that `activation`
/// - has the derivative of its function, by z and by each trained parameter, which is added to what is there,
/// - computes the same in f32 as in f64, but for rounding,
/// - treats every column alike in blocks of any width, bit by bit,
/// - lets NaN through, and no further than its own column.
///
/// Its kinks, if it has any, must lie at multiples of ¼.
///
/// # Panics
/// If it does not.
pub fn check_activation(activation: &dyn AnyActivation) {
    let name = activation.name();
    assert!(!name.is_empty(), "an activation without a name: a file could not say which it was");
    let finite = activation.config().constants.values().all(|value| value.is_finite());
    assert!(
        finite && activation.starting_parameter().is_finite(),
        "{name} has a constant that is not finite"
    );
    for units in UNITS {
        has_the_derivative_of_its_function(activation, units);
        computes_the_same_in_both_precisions(activation, units);
        for columns in COLUMNS {
            treats_every_column_alike::<f32>(activation, units, columns);
            treats_every_column_alike::<f64>(activation, units, columns);
        }
        lets_nan_through::<f32>(activation, units);
        lets_nan_through::<f64>(activation, units);
    }
}

/// A block on its way through an activation in one precision.
struct Block<T> {
    parameters: Vec<T>,
    z: Vec<T>,
    da: Vec<T>,
}

/// What an activation makes of a block.
#[derive(Debug, PartialEq)]
struct Passed<T> {
    a: Vec<T>,
    dz: Vec<T>,
    gradient: Vec<T>,
}

impl<T: Real> Block<T> {
    /// Scores away from kinks, any dA, and parameters near where they start; the same numbers for both precisions.
    fn draw(activation: &dyn AnyActivation, units: usize, columns: usize) -> Self {
        let mut stream = Stream::new(Key::new(units as u64, Purpose::Data).epoch(columns as u64));
        let count = T::half(activation).parameter_count(units);
        let start = activation.starting_parameter();
        // Through f32, so that both precisions have the same numbers.
        let narrow = |value: f64| T::of(f64::from(value as f32));
        let parameters = (0..count).map(|_| narrow(start + 0.1 * stream.normal())).collect();
        let mut score = || loop {
            let z = REACH * (2.0 * stream.uniform() - 1.0);
            if (4.0 * z - (4.0 * z).round()).abs() > 4.0 * KINK {
                return narrow(z);
            }
        };
        let z = (0..units * columns).map(|_| score()).collect();
        let da = (0..units * columns).map(|_| narrow(stream.normal())).collect();
        Self { parameters, z, da }
    }

    fn pass(&self, activation: &dyn AnyActivation, units: usize) -> Passed<T> {
        let half = T::half(activation);
        let (mut a, mut dz) = (self.z.clone(), self.da.clone());
        half.forward(units, &self.parameters, &mut a);
        let saved = if half.saved() == Saved::Input { &self.z } else { &a };
        let mut gradient = vec![T::zero(); self.parameters.len()];
        half.parameter_gradient(units, &self.parameters, saved, &self.da, &mut gradient);
        half.backward(units, &self.parameters, saved, &mut dz);
        Passed { a, dz, gradient }
    }

    /// Column `at` alone.
    fn column(&self, units: usize, at: usize) -> Self {
        let of = |block: &[T]| block[at * units..(at + 1) * units].to_vec();
        Self { parameters: self.parameters.clone(), z: of(&self.z), da: of(&self.da) }
    }
}

fn has_the_derivative_of_its_function(activation: &dyn AnyActivation, units: usize) {
    let half: &dyn Activation<f64> = f64::half(activation);
    let block = Block::<f64>::draw(activation, units, 5);
    let Passed { dz, gradient, .. } = block.pass(activation, units);
    let value = |parameters: &[f64], z: &[f64]| {
        let mut a = z.to_vec();
        half.forward(units, parameters, &mut a);
        a.iter().zip(&block.da).map(|(a, da)| a * da).sum()
    };
    let name = activation.name();
    let apart = distance(&block.z, &dz, 0..dz.len(), |z| value(&block.parameters, z));
    assert!(apart < BOUND, "{name}, {units} units: dZ is {apart:e} away from central differences");
    let apart =
        distance(&block.parameters, &gradient, 0..gradient.len(), |parameters| value(parameters, &block.z));
    assert!(
        apart < BOUND,
        "{name}, {units} units: its parameters' gradient is {apart:e} away from central differences"
    );

    let saved = if half.saved() == Saved::Input { block.z.clone() } else { block.pass(activation, units).a };
    let mut twice = gradient.clone();
    half.parameter_gradient(units, &block.parameters, &saved, &block.da, &mut twice);
    let added =
        twice.iter().zip(&gradient).all(|(twice, once)| (twice - 2.0 * once).abs() <= 1e-12 * once.abs());
    assert!(added, "{name}, {units} units: its parameters' gradient is not added to what was there");
}

fn computes_the_same_in_both_precisions(activation: &dyn AnyActivation, units: usize) {
    let (narrow, wide) = (f32::half(activation), f64::half(activation));
    let name = activation.name();
    let same = narrow.saved() == wide.saved() && narrow.parameter_count(units) == wide.parameter_count(units);
    assert!(same, "{name} keeps other things in f32 than in f64");
    let found = Block::<f32>::draw(activation, units, 33).pass(activation, units);
    let expected = Block::<f64>::draw(activation, units, 33).pass(activation, units);
    // A few operations on numbers up to the size of z, or sums over a block.
    let compare = |what: &str, found: &[f32], expected: &[f64], terms: usize| {
        for (found, expected) in found.iter().zip(expected) {
            let tolerance = (16 * terms) as f64 * f64::from(f32::EPSILON) * (REACH + expected.abs());
            assert!(
                (f64::from(*found) - expected).abs() <= tolerance,
                "{name}, {units} units: {what} is {found} in f32, but {expected} in f64"
            );
        }
    };
    compare("a", &found.a, &expected.a, 1);
    compare("dZ", &found.dz, &expected.dz, units);
    compare("its parameters' gradient", &found.gradient, &expected.gradient, 33 * units);
}

fn treats_every_column_alike<T: Real>(activation: &dyn AnyActivation, units: usize, columns: usize) {
    let block = Block::<T>::draw(activation, units, columns);
    let all = block.pass(activation, units);
    for at in 0..columns {
        let alone = block.column(units, at).pass(activation, units);
        let of = |numbers: &[T]| numbers[at * units..(at + 1) * units].to_vec();
        assert!(
            (of(&all.a), of(&all.dz)) == (alone.a, alone.dz),
            "{}, {units} units, {}: column {at} of {columns} differs from the same column alone",
            activation.name(),
            T::NAME
        );
    }
}

fn lets_nan_through<T: Real>(activation: &dyn AnyActivation, units: usize) {
    let mut block = Block::<T>::draw(activation, units, 3);
    let whole = block.pass(activation, units).a;
    let hurt = units + units / 2;
    block.z[hurt] = T::nan();
    let a = block.pass(activation, units).a;
    let name = activation.name();
    assert!(
        a[hurt].is_nan(),
        "{name}, {}: NaN becomes {}, so a broken cost would be hidden",
        T::NAME,
        a[hurt]
    );
    let others = (0..units).chain(2 * units..3 * units);
    assert!(
        others.into_iter().all(|at| a[at] == whole[at]),
        "{name}, {}: NaN reaches other columns",
        T::NAME
    );
}

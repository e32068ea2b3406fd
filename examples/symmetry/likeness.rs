//! How alike the units of a layer are.

use dnn::prelude::*;

/// Weights and bias of each unit of layer number `layer`, from 1.
pub(crate) fn units(network: &Network, parameters: &[f32], layer: usize) -> Vec<Vec<f32>> {
    let units = network.layers()[layer - 1].outputs();
    // W column by column, then b: a unit's numbers are `units` apart.
    let numbers = &parameters[network.layer_range(layer)];
    (0..units).map(|unit| numbers.iter().copied().skip(unit).step_by(units).collect()).collect()
}

/// Whether all have the same numbers, to the last bit.
pub(crate) fn all_same(units: &[Vec<f32>]) -> bool {
    let bits = |unit: &Vec<f32>| unit.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    units.windows(2).all(|two| bits(&two[0]) == bits(&two[1]))
}

/// The mean absolute cosine between the weights of each two units; units of no length are alike.
pub(crate) fn mean_cosine(units: &[Vec<f32>]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let weights: Vec<&[f32]> = units.iter().map(|unit| &unit[..unit.len() - 1]).collect();
    let cosine = |a: &[f32], b: &[f32]| {
        let lengths = (dot(a, a) * dot(b, b)).sqrt();
        if lengths == 0.0 { 1.0 } else { dot(a, b).abs() / lengths }
    };
    let pairs = (0..weights.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let cosines: Vec<f64> = pairs.map(|(i, j)| cosine(weights[i], weights[j])).collect();
    cosines.iter().sum::<f64>() / cosines.len() as f64
}

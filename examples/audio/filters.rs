//! What the first layer of a net on waveforms listens to: each row of W is a filter, with a spectrum of its own.

use std::f64::consts::TAU;

use crate::waveform::FRAME;

/// One unit's weights, and which frequencies they let through.
pub(crate) struct Filter {
    pub(crate) unit: usize,
    /// The weights, in the order of the samples.
    pub(crate) weights: Vec<f32>,
    /// `|DFT|²` from 0 to half of the rate.
    pub(crate) power: Vec<f64>,
    /// The frequency in hertz below which half of the power lies.
    pub(crate) centre: f64,
    /// Width in hertz of the narrowest band with half of the power.
    pub(crate) width: f64,
}

/// The filters in `weights: (units, FRAME)`, stored column by column, those of low frequencies first.
pub(crate) fn filters(weights: &[f32], rate: u32) -> Vec<Filter> {
    let units = weights.len() / FRAME;
    let turns: Vec<(f64, f64)> = (0..FRAME).map(|k| (TAU * k as f64 / FRAME as f64).sin_cos()).collect();
    let hertz = f64::from(rate) / FRAME as f64;
    let filter = |unit: usize| {
        let weights: Vec<f32> = weights.iter().copied().skip(unit).step_by(units).collect();
        let power: Vec<f64> = (0..=FRAME / 2).map(|bin| power(&weights, bin, &turns)).collect();
        let half = 0.5 * power.iter().sum::<f64>();
        let (centre, width) = (hertz * centre(&power, half), hertz * width(&power, half));
        Filter { unit, weights, power, centre, width }
    };
    let mut filters: Vec<Filter> = (0..units).map(filter).collect();
    filters.sort_by(|a, b| a.centre.total_cmp(&b.centre));
    filters
}

/// The width in the middle of all filters'.
pub(crate) fn median_width(filters: &[Filter]) -> f64 {
    let mut widths: Vec<f64> = filters.iter().map(|filter| filter.width).collect();
    widths.sort_by(f64::total_cmp);
    widths[widths.len() / 2]
}

/// `|Σ w[n] e^(−2πikn/N)|²` for k = `bin`.
fn power(weights: &[f32], bin: usize, turns: &[(f64, f64)]) -> f64 {
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, &weight) in weights.iter().enumerate() {
        let (s, c) = turns[bin * n % FRAME];
        (sine, cosine) = (sine + f64::from(weight) * s, cosine + f64::from(weight) * c);
    }
    sine * sine + cosine * cosine
}

/// Bins up to which `half` of the power lies.
fn centre(power: &[f64], half: f64) -> f64 {
    let mut below = 0.0;
    let reached = power.iter().position(|power| {
        below += power;
        below >= half
    });
    reached.unwrap_or(0) as f64
}

/// Bins of the narrowest band with `half` of the power.
fn width(power: &[f64], half: f64) -> f64 {
    let (mut first, mut inside, mut narrowest) = (0, 0.0, power.len());
    for (last, &added) in power.iter().enumerate() {
        inside += added;
        while inside - power[first] >= half {
            inside -= power[first];
            first += 1;
        }
        if inside >= half {
            narrowest = narrowest.min(last - first + 1);
        }
    }
    narrowest as f64
}

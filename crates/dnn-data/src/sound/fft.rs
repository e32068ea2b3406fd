//! The discrete Fourier transform of a frame whose length is a power of two (J. W. Cooley and J. W. Tukey, Mathematics of
//! Computation 19, 1965), radix 2.
//!
//! Written here: frames are short, and a crate for transforms of every length takes longer to compile than all recordings
//! take to transform.

use std::f64::consts::PI;

/// A transform of `size` samples with its tables.
pub(super) struct Fft {
    /// `e^(−2πik/size)` for k below half of `size`.
    turns: Vec<[f32; 2]>,
    /// The values while they are transformed, as real and imaginary parts.
    values: Vec<[f32; 2]>,
}

impl Fft {
    /// Prepares for frames of up to `size` samples, a power of two, and 2 at least.
    pub(super) fn new(size: usize) -> Self {
        let turn = |k: usize| {
            let angle = -2.0 * PI * k as f64 / size as f64;
            [angle.cos() as f32, angle.sin() as f32]
        };
        Self { turns: (0..size / 2).map(turn).collect(), values: vec![[0.0; 2]; size] }
    }

    /// `|Σ x[n] e^(−2πikn/size)|²` for k from 0 to `size / 2`, where x is `frame`, and 0 after its end.
    pub(super) fn power(&mut self, frame: impl Iterator<Item = f32>) -> impl Iterator<Item = f32> {
        let size = self.values.len();
        self.values.fill([0.0; 2]);
        let bits = size.trailing_zeros();
        for (place, sample) in frame.take(size).enumerate() {
            // The order that leaves the results in theirs: with the bits of each place turned round.
            let place = place.reverse_bits() >> (usize::BITS - bits);
            self.values[place][0] = sample;
        }
        let mut half = 1;
        while half < size {
            for block in self.values.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (place, (low, high)) in low.iter_mut().zip(high).enumerate() {
                    let [c, s] = self.turns[place * (size / 2 / half)];
                    let turned = [high[0] * c - high[1] * s, high[0] * s + high[1] * c];
                    *high = [low[0] - turned[0], low[1] - turned[1]];
                    *low = [low[0] + turned[0], low[1] + turned[1]];
                }
            }
            half *= 2;
        }
        self.values[..=size / 2].iter().map(|[real, imaginary]| real * real + imaginary * imaginary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_sum_that_defines_them() {
        for size in [2, 4, 64, 512] {
            let frame: Vec<f32> = (0..size - size / 3).map(|n| (n * n % 17) as f32 - 8.0).collect();
            let found: Vec<f32> = Fft::new(size).power(frame.iter().copied()).collect();
            assert_eq!(found.len(), size / 2 + 1);
            for (k, found) in found.into_iter().enumerate() {
                let angle = |n: usize| -2.0 * PI * (k * n % size) as f64 / size as f64;
                let sum = |part: fn(f64) -> f64| -> f64 {
                    frame.iter().enumerate().map(|(n, &x)| f64::from(x) * part(angle(n))).sum()
                };
                let expected = sum(f64::cos).powi(2) + sum(f64::sin).powi(2);
                // Each of log₂ N stages rounds once, relative to the frame's whole power, at most 64 N².
                let tolerance = 64.0 * (size * size) as f64 * 10.0 * f64::from(f32::EPSILON);
                assert!((f64::from(found) - expected).abs() < tolerance, "{size} {k}: {found} {expected}");
            }
        }
    }
}

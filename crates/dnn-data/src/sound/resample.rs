//! Another number of samples a second, by a windowed sinc (J. O. Smith, "Digital Audio Resampling", ccrma.stanford.edu/~jos).
//!
//! `y(t) = Σ x[k] h(t − k)` at the times of the new samples, with `h` an ideal low-pass under a Hann window. Its cut-off lies
//! below half the lower of the two rates, so that what cannot be represented is taken away and not folded back.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side.
const CROSSINGS: f64 = 32.0;
/// Cut-off, as a part of half the lower rate; the window's slope needs the rest.
const CUTOFF: f64 = 0.95;

/// `samples` of `from` a second as samples of `to` a second, both at least 1: `⌈n · to / from⌉` of them.
///
/// # Panics
/// If a rate is 0.
pub(super) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples.to_vec();
    }
    let shared = gcd(from.into(), to.into());
    let (from, to) = (u64::from(from) / shared, u64::from(to) / shared);
    let count = (samples.len() as u64 * to).div_ceil(from);
    let cutoff = CUTOFF * (to as f64 / from as f64).min(1.0);
    let reach = (CROSSINGS / cutoff).ceil() as i64;
    // The new samples fall on `to` different places between the old ones, so there are as many sets of weights.
    let mut weights: Vec<Option<Vec<f32>>> = vec![None; to.min(count) as usize];
    let sample = |new: u64| {
        let (whole, part) = ((new * from / to) as i64, new * from % to);
        let place = (new % to) as usize;
        let weights = weights[place].get_or_insert_with(|| kernel(part as f64 / to as f64, cutoff, reach));
        let first = whole - reach + 1;
        let skipped = first.min(0).unsigned_abs() as usize;
        let start = first.max(0) as usize;
        let inside = samples.iter().skip(start).zip(weights.iter().skip(skipped));
        inside.map(|(x, h)| x * h).sum()
    };
    (0..count).map(sample).collect()
}

/// Weights of the `2 · reach` old samples around a new one that lies `part` after one of them. Their sum is 1, so that a
/// constant stays what it is.
fn kernel(part: f64, cutoff: f64, reach: i64) -> Vec<f32> {
    let h = |k: i64| {
        let t = k as f64 - part;
        let window = 0.5 + 0.5 * (PI * t / reach as f64).cos();
        let sinc = if t == 0.0 { 1.0 } else { (PI * cutoff * t).sin() / (PI * cutoff * t) };
        if t.abs() < reach as f64 { cutoff * sinc * window } else { 0.0 }
    };
    let weights: Vec<f64> = (1 - reach..=reach).map(h).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32, count: usize) -> Vec<f32> {
        (0..count).map(|n| (2.0 * PI * hertz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    /// The largest distance away from the ends, where samples are missing.
    fn distance(found: &[f32], expected: &[f32]) -> f32 {
        let inner = found.iter().zip(expected).skip(200).take(found.len() - 400);
        inner.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_stays_what_it_is() {
        for (from, to) in [(44_100, 16_000), (8_000, 16_000), (48_000, 44_100), (16_000, 8_000)] {
            let found = resample(&tone(1000.0, from, from as usize), from, to);
            assert_eq!(found.len(), to as usize);
            let distance = distance(&found, &tone(1000.0, to, to as usize));
            assert!(distance < 1e-3, "{from} {to}: {distance}");
        }
    }

    #[test]
    fn what_the_new_rate_cannot_hold_is_taken_away() {
        // 5 kHz would be folded back to 3 kHz at 8 kHz.
        let found = resample(&tone(5000.0, 16_000, 16_000), 16_000, 8_000);
        let distance = distance(&found, &vec![0.0; 8000]);
        assert!(distance < 1e-3, "{distance}");
    }

    #[test]
    fn lengths_are_rounded_up_and_one_rate_changes_nothing() {
        assert_eq!(resample(&[0.5], 44_100, 8_000).len(), 1);
        assert_eq!(resample(&[0.5; 3], 2, 3).len(), 5);
        assert_eq!(resample(&[], 2, 3), [0.0; 0]);
        assert_eq!(resample(&[0.1, 0.2], 8_000, 8_000), [0.1, 0.2]);
        assert!(resample(&[1.0; 300], 7, 5)[100..110].iter().all(|sample| (sample - 1.0).abs() < 1e-6));
    }
}

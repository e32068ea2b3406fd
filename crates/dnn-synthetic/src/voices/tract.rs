//! The vocal tract as resonators in a row, one for each formant (D. H. Klatt, "Software for a cascade/parallel formant
//! synthesizer", Journal of the Acoustical Society of America 67, 1980, eq. 1–2).

use std::f64::consts::PI;

/// Resonators through which a sound goes one after another.
pub(super) struct Tract {
    rate: f64,
    resonators: [Resonator; 3],
}

/// `y[n] = A x[n] + B y[n−1] + C y[n−2]`, 1 at 0 Hz.
#[derive(Debug, Clone, Copy, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    /// y\[n−1\] and y\[n−2\].
    last: [f64; 2],
}

impl Tract {
    /// For `rate` samples a second, at rest.
    pub(super) fn new(rate: u32) -> Self {
        Self { rate: rate.into(), resonators: [Resonator::default(); 3] }
    }

    /// Moves the formants, in hertz; `bandwidth` is that of the lowest, and higher ones are wider.
    pub(super) fn shape(&mut self, formants: [f64; 3], bandwidth: f64) {
        for (number, (resonator, formant)) in self.resonators.iter_mut().zip(formants).enumerate() {
            // Beyond half the rate there is no tone to strengthen.
            let turn = 2.0 * PI * formant.min(0.47 * self.rate) / self.rate;
            let radius = (-PI * bandwidth * (1.0 + 0.4 * number as f64) / self.rate).exp();
            (resonator.b, resonator.c) = (2.0 * radius * turn.cos(), -radius * radius);
            resonator.a = 1.0 - resonator.b - resonator.c;
        }
    }

    /// The next sample, for the next one of what excites the tract.
    pub(super) fn next(&mut self, excitation: f64) -> f64 {
        self.resonators.iter_mut().fold(excitation, |x, resonator| {
            let [before, earlier] = resonator.last;
            let y = resonator.a * x + resonator.b * before + resonator.c * earlier;
            resonator.last = [y, before];
            y
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loudness of a tone after the tract has settled.
    fn gain(hertz: f64) -> f64 {
        let mut tract = Tract::new(8000);
        tract.shape([700.0, 1200.0, 2500.0], 60.0);
        let tone = (0..8000).map(|n| (2.0 * PI * hertz * f64::from(n) / 8000.0).sin());
        tone.map(|x| tract.next(x)).skip(4000).fold(0.0, |most, y| most.max(y.abs()))
    }

    #[test]
    fn tones_at_the_formants_are_the_loudest() {
        for [low, formant, high] in [[550.0, 700.0, 900.0], [950.0, 1200.0, 1500.0], [2200.0, 2500.0, 2800.0]]
        {
            assert!(gain(formant) > 1.5 * gain(low).max(gain(high)), "{formant}");
        }
    }

    #[test]
    fn a_constant_stays_what_it_is() {
        let mut tract = Tract::new(8000);
        tract.shape([300.0, 2000.0, 9000.0], 80.0);
        let last = (0..8000).map(|_| tract.next(0.5)).last().unwrap();
        assert!((last - 0.5).abs() < 1e-9, "{last}");
    }
}

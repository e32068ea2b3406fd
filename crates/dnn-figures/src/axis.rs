//! One axis of a chart: which values it spans, where its ticks stand and how they read.
//!
//! A logarithmic axis is a linear one of the decimal logarithms, so the charts know one kind only.

use crate::number::{decimals, label};
use crate::{Error, Result};

/// Ticks wanted on an axis; what is found lies between about half and twice as many.
const TICKS: f64 = 6.0;

/// What an axis spans, in places: the values themselves, or their decimal logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) logarithmic: bool,
}

/// How an axis treats the ends of its data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ends {
    /// It ends where the data end, or at a tick close behind, but starts at 0 if they start near it.
    Tight,
    /// It starts and ends at ticks, and at 0 if the data start near it.
    Ticks,
    /// It starts (or ends) at 0, for bars, and ends at a tick.
    Zero,
}

/// A tick: its place, and what stands beside it.
pub(crate) type Tick = (f64, String);

impl Axis {
    /// The axis for `values`, of which only those with a place count; 0 to 1 (or 0.1 to 1) if none has one.
    pub(crate) fn around(values: impl Iterator<Item = f64>, logarithmic: bool, ends: Ends) -> Self {
        let places = values.filter_map(|value| place(value, logarithmic));
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        match (low <= high, logarithmic) {
            (false, true) => Self { low: -1.0, high: 0.0, logarithmic },
            (false, false) => Self { low: 0.0, high: 1.0, logarithmic },
            (true, true) => {
                let margin = if ends == Ends::Tight { 0.0 } else { (0.04 * (high - low)).max(0.02) };
                Self { low: low - margin, high: (high + margin).max(low + 1e-9), logarithmic }
            }
            (true, false) => Self::linear(low, high, ends),
        }
    }

    fn linear(low: f64, high: f64, ends: Ends) -> Self {
        // Numbers near the largest would overflow in the differences below.
        let (low, high) = (low.clamp(-1e300, 1e300), high.clamp(-1e300, 1e300));
        let from_zero = ends == Ends::Zero || (low > 0.0 && low < 0.5 * high);
        let low = if from_zero { low.min(0.0) } else { low };
        let high = if ends == Ends::Zero { high.max(0.0) } else { high };
        let flat = high - low <= 1e-12 * low.abs().max(high.abs());
        let margin = if !flat {
            0.0
        } else if low == 0.0 {
            1.0
        } else {
            0.1 * low.abs()
        };
        let (low, high) = (if from_zero { low } else { low - margin }, high + margin);
        let width = tick_width(low, high);
        match ends {
            Ends::Tight => {
                // A run of 2500 steps, averaged in tens, has its last point at 2495.
                let tick = (high / width).ceil() * width;
                let high = if tick - high < 0.02 * (high - low) { tick } else { high };
                Self { low, high, logarithmic: false }
            }
            Ends::Ticks | Ends::Zero => Self {
                low: (low / width + 1e-9).floor() * width,
                high: (high / width - 1e-9).ceil() * width,
                logarithmic: false,
            },
        }
    }

    /// The axis from value `low` to value `high`.
    ///
    /// # Errors
    /// If they are no range, or the axis is logarithmic and they are not positive.
    pub(crate) fn fixed(low: f64, high: f64, logarithmic: bool) -> Result<Self> {
        let expected = match (low.is_finite() && high.is_finite() && low < high, logarithmic) {
            (false, _) => "it must run from a finite number to a larger one",
            (true, true) if low <= 0.0 => "a logarithmic axis must start above 0",
            _ if logarithmic => return Ok(Self { low: low.log10(), high: high.log10(), logarithmic }),
            _ => return Ok(Self { low, high, logarithmic }),
        };
        Err(Error::Range { low, high, expected })
    }

    /// The place of `value`; none if it is not finite, or not positive on a logarithmic axis.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        place(value, self.logarithmic)
    }

    /// The ticks, lowest first; a logarithmic axis has them at 1, 2 and 5, at the powers of 10, or at every few of these.
    pub(crate) fn ticks(&self) -> Vec<Tick> {
        let decades = self.high - self.low;
        let values = match self.logarithmic {
            false => multiples(self.low, self.high, tick_width(self.low, self.high)),
            true if decades < 0.7 => {
                let (low, high) = (10_f64.powf(self.low), 10_f64.powf(self.high));
                multiples(low, high, tick_width(low, high))
            }
            true => self.decade_ticks(decades),
        };
        let decimals = if self.logarithmic { None } else { decimals(&values) };
        let (low, high) = (self.low - 1e-9 * decades, self.high + 1e-9 * decades);
        let inside = |place: &f64| (low..=high).contains(place);
        let tick = |value| Some((self.place(value).filter(inside)?, label(value, decimals)));
        values.into_iter().filter_map(tick).collect()
    }

    fn decade_ticks(&self, decades: f64) -> Vec<f64> {
        let every = (decades / (1.5 * TICKS)).ceil().max(1.0);
        let parts: &[f64] = if decades < 3.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let first = (self.low / every).floor() * every;
        let count = ((self.high - first) / every).floor() as usize + 1;
        let powers = (0..count).map(|i| 10_f64.powf(first + i as f64 * every));
        powers.flat_map(|power| parts.iter().map(move |part| part * power)).collect()
    }
}

fn place(value: f64, logarithmic: bool) -> Option<f64> {
    let place = if logarithmic { value.log10() } else { value };
    place.is_finite().then_some(place)
}

/// 1, 2 or 5 times a power of 10, so that about [`TICKS`] fit between `low` and `high`.
fn tick_width(low: f64, high: f64) -> f64 {
    let raw = (high - low) / TICKS;
    let power = 10_f64.powf(raw.log10().floor());
    let part = [1.0, 2.0, 5.0].into_iter().find(|part| part * power >= 0.999 * raw).unwrap_or(10.0);
    part * power
}

/// The multiples of `width` from `low` to `high`.
fn multiples(low: f64, high: f64, width: f64) -> Vec<f64> {
    let first = (low / width - 1e-6).ceil();
    let count = ((high / width + 1e-6).floor() - first).clamp(-1.0, 4.0 * TICKS) as isize + 1;
    (0..count).map(|i| (first + i as f64) * width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], logarithmic: bool, ends: Ends) -> Vec<String> {
        let axis = Axis::around(values.iter().copied(), logarithmic, ends);
        axis.ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn a_cost_starts_at_zero_and_ends_at_a_tick() {
        assert_eq!(labels(&[0.03, 0.69], false, Ends::Ticks), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
    }

    #[test]
    fn steps_end_where_the_run_ends() {
        let axis = Axis::around([1.0, 2009.0].into_iter(), false, Ends::Tight);
        assert_eq!((axis.low, axis.high), (0.0, 2009.0));
        assert_eq!(labels(&[1.0, 2009.0], false, Ends::Tight), ["0", "500", "1000", "1500", "2000"]);
        assert_eq!(Axis::around([5.5, 1995.5].into_iter(), false, Ends::Tight).high, 2000.0);
    }

    #[test]
    fn a_logarithmic_axis_has_ticks_at_any_width() {
        assert_eq!(labels(&[0.1, 0.9], true, Ends::Ticks), ["0.1", "0.2", "0.5"]);
        assert_eq!(labels(&[1e-5, 2.0], true, Ends::Ticks), ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"]);
        assert!(labels(&[0.31, 0.33], true, Ends::Ticks).len() >= 3);
        assert!((4..=12).contains(&labels(&[1e-300, 1e300], true, Ends::Ticks).len()));
    }

    #[test]
    fn any_data_make_an_axis() {
        let odd = [f64::NAN, f64::INFINITY, -1.0, 0.0, 5.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 1e-320];
        for (&first, &second) in odd.iter().flat_map(|a| odd.iter().map(move |b| (a, b))) {
            for (logarithmic, ends) in
                [false, true].into_iter().flat_map(|l| [Ends::Tight, Ends::Ticks, Ends::Zero].map(|e| (l, e)))
            {
                let axis = Axis::around([first, second].into_iter(), logarithmic, ends);
                assert!(
                    axis.low < axis.high && (axis.high - axis.low).is_finite(),
                    "{first} {second} {axis:?}"
                );
                assert!(axis.ticks().len() <= 30);
            }
        }
    }
}

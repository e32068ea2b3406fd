//! How values are distributed: the weights of each layer, the scores of each class.

use std::path::Path;

use crate::Result;
use crate::line_chart::LineChart;

/// Bins where nothing else is asked for.
const BINS: usize = 40;

/// A histogram of one or several sets of values over common bins, written as SVG; each set is an outline.
///
/// The height is the share of the set's values in a bin, so sets of different sizes compare. Values that are not finite
/// are left out of it, and counted in the legend.
///
/// ```
/// let svg = dnn_figures::Histogram::new("Weights", "weight").values("layer 1", [0.1, -0.2, 0.0, 0.3]).svg()?;
/// assert!(svg.contains("layer 1, 4 values"));
/// # Ok::<(), dnn_figures::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Histogram {
    title: String,
    axis: String,
    bins: usize,
    sets: Vec<(String, Vec<f64>)>,
}

impl Histogram {
    /// A histogram without values; `axis` says what they are, with the unit.
    pub fn new(title: impl Into<String>, axis: impl Into<String>) -> Self {
        Self { title: title.into(), axis: axis.into(), bins: BINS, sets: Vec::new() }
    }

    /// Another number of bins; 0 counts as 1.
    pub fn bins(mut self, bins: usize) -> Self {
        self.bins = bins.max(1);
        self
    }

    /// One more set of values.
    pub fn values<T: Into<f64>>(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Self {
        self.sets.push((name.into(), values.into_iter().map(Into::into).collect()));
        self
    }

    /// The histogram as text.
    ///
    /// # Errors
    /// If it cannot be drawn.
    pub fn svg(&self) -> Result<String> {
        self.chart().svg()
    }

    /// Writes the histogram to `path`, as SVG.
    ///
    /// # Errors
    /// As [`Histogram::svg`], and if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        self.chart().write(path)
    }

    fn chart(&self) -> LineChart {
        let finite = || self.sets.iter().flat_map(|set| &set.1).copied().filter(|value| value.is_finite());
        let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
        let chart = LineChart::new(&self.title).axes(&self.axis, "share of the values");
        self.sets.iter().fold(chart, |chart, (name, values)| {
            let counts = self.counts(values, low, high);
            let (kept, all) = (counts.iter().sum::<u64>(), values.len());
            let name = match all as u64 - kept {
                0 => format!("{name}, {all} values"),
                odd => format!("{name}, {all} values, {odd} not finite"),
            };
            chart.line(name, outline(&counts, low, high))
        })
    }

    /// Values in each bin from `low` to `high`.
    fn counts(&self, values: &[f64], low: f64, high: f64) -> Vec<u64> {
        let mut counts = vec![0; self.bins];
        for value in values.iter().filter(|value| value.is_finite()) {
            // By halves, so that the range itself may not overflow.
            let share = (0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low);
            counts[((share * self.bins as f64) as usize).min(self.bins - 1)] += 1;
        }
        counts
    }
}

/// The outline of the bins, from 0 to 0.
fn outline(counts: &[u64], low: f64, high: f64) -> Vec<(f64, f64)> {
    let all = counts.iter().sum::<u64>().max(1) as f64;
    let edge = |i: usize| {
        let share = i as f64 / counts.len() as f64;
        (1.0 - share) * low + share * high
    };
    let tops = counts.iter().enumerate().flat_map(|(i, &count)| {
        let share = count as f64 / all;
        [(edge(i), share), (edge(i + 1), share)]
    });
    std::iter::once((low, 0.0)).chain(tops).chain(std::iter::once((high, 0.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    #[test]
    fn every_finite_value_is_in_one_bin() {
        let histogram = Histogram::new("", "").bins(4);
        assert_eq!(histogram.counts(&[0.0, 0.24, 0.25, 0.9, 1.0, f64::NAN], 0.0, 1.0), [2, 1, 0, 2]);
    }

    #[test]
    fn the_outline_follows_the_bins() {
        let expected = [(0.0, 0.0), (0.0, 0.25), (1.0, 0.25), (1.0, 0.75), (2.0, 0.75), (2.0, 0.0)];
        assert_eq!(outline(&[1, 3], 0.0, 2.0), expected);
    }

    #[test]
    fn any_values_are_drawn() {
        for values in [vec![], vec![f64::NAN], vec![3.0], vec![f64::MIN, f64::MAX]] {
            assert_well_formed(&Histogram::new("any", "value").values("set", values).svg().unwrap());
        }
    }
}

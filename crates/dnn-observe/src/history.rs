//! What a run cost, kept for a figure: [`Curve`] thins a long row of numbers as it grows, [`History`] fills one from a
//! run. How a figure is drawn is not here; see `dnn-figures`.

use dnn_figures::LineChart;
use dnn_train::{Event, Flow, Observer, ObserverError};

/// Points a curve keeps where nothing else is asked for: more than a figure has pixels.
const POINTS: usize = 2000;

/// A row of (x, y) of any length, kept in a bounded number of points.
///
/// When it is full, neighbours are averaged and each point stands for twice as many values from then on, so all memory
/// is taken at the start. A value that is not finite makes its point so, and leaves a gap in a figure.
///
/// ```
/// let mut curve = dnn_observe::Curve::new(2);
/// (0..4).for_each(|i| curve.push(f64::from(i), 10.0 * f64::from(i)));
/// assert_eq!(curve.points(), [(0.5, 5.0), (2.5, 25.0)]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    points: Vec<(f64, f64)>,
    limit: usize,
    /// Values a point stands for.
    stride: u64,
    /// Sums of the values that have no point yet, and how many they are.
    pending: (f64, f64, u64),
}

impl Curve {
    /// An empty curve of at most `limit` points, a last one for the values left over not counted; at least 2, and even.
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(2).next_multiple_of(2);
        Self { points: Vec::with_capacity(limit), limit, stride: 1, pending: (0.0, 0.0, 0) }
    }

    /// Adds one value; allocates nothing.
    pub fn push(&mut self, x: f64, y: f64) {
        if self.points.len() == self.limit {
            self.halve();
        }
        let (sum_x, sum_y, count) = self.pending;
        self.pending = (sum_x + x, sum_y + y, count + 1);
        if self.pending.2 == self.stride {
            self.points.extend(self.rest());
            self.pending = (0.0, 0.0, 0);
        }
    }

    /// The points so far; the last may stand for fewer values than the others.
    pub fn points(&self) -> Vec<(f64, f64)> {
        self.points.iter().copied().chain(self.rest()).collect()
    }

    fn rest(&self) -> Option<(f64, f64)> {
        let (x, y, count) = self.pending;
        (count > 0).then(|| (x / count as f64, y / count as f64))
    }

    fn halve(&mut self) {
        for i in 0..self.limit / 2 {
            let ((x0, y0), (x1, y1)) = (self.points[2 * i], self.points[2 * i + 1]);
            self.points[i] = (0.5 * (x0 + x1), 0.5 * (y0 + y1));
        }
        self.points.truncate(self.limit / 2);
        self.stride *= 2;
    }
}

impl Default for Curve {
    fn default() -> Self {
        Self::new(POINTS)
    }
}

/// Records the cost of a run, for each step, each epoch and each look at the validation examples. A new run starts it afresh.
///
/// ```
/// use dnn_observe::History;
/// use dnn_train::{Event, Observer, RunState};
///
/// let mut history = History::default();
/// history.notify(&Event::Step { step: 1, cost: 0.7, run: RunState::default() })?;
/// assert_eq!(history.steps(), [(1.0, 0.7)]);
/// # Ok::<(), dnn_train::ObserverError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    network: String,
    steps: Curve,
    epochs: Vec<(f64, f64)>,
    validation: Vec<(f64, f64)>,
    seconds: Option<f64>,
}

impl History {
    /// An empty history of at most `limit` points for the steps; every epoch is kept.
    pub fn new(limit: usize) -> Self {
        Self { steps: Curve::new(limit), ..Self::default() }
    }

    /// The network, as the run printed it; empty before the start.
    pub fn network(&self) -> &str {
        &self.network
    }

    /// (step, mean cost of its batch), thinned by averaging.
    pub fn steps(&self) -> Vec<(f64, f64)> {
        self.steps.points()
    }

    /// (epoch, mean cost over its batches).
    pub fn epochs(&self) -> &[(f64, f64)] {
        &self.epochs
    }

    /// (epoch, cost of the validation examples), fractions of an epoch included.
    pub fn validation(&self) -> &[(f64, f64)] {
        &self.validation
    }

    /// The mean cost of each epoch beside that of the validation examples, if there were any.
    pub fn chart(&self) -> LineChart {
        let chart = LineChart::new("Cost").subtitle(self.network()).axes("epoch", "cost");
        let chart = chart.line("training", self.epochs.iter().copied());
        match self.validation[..] {
            [] => chart,
            _ => chart.line("validation", self.validation.iter().copied()),
        }
    }

    /// Time the run took, once it is over.
    pub fn seconds(&self) -> Option<f64> {
        self.seconds
    }
}

impl Observer for History {
    fn notify(&mut self, event: &Event<'_>) -> Result<Flow, ObserverError> {
        match *event {
            Event::Started { network, .. } => {
                *self = Self { network: network.to_owned(), ..Self::new(self.steps.limit) };
            }
            Event::Step { step, cost, .. } => self.steps.push(step as f64, cost),
            Event::Epoch { epoch, cost, .. } => self.epochs.push((epoch as f64, cost)),
            Event::Validation { epoch, cost, .. } => self.validation.push((epoch, cost)),
            Event::Finished { seconds, .. } => self.seconds = Some(seconds),
            _ => {}
        }
        Ok(Flow::Continue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnn_train::RunState;

    #[test]
    fn a_short_run_is_kept_as_it_was() {
        let mut curve = Curve::new(10);
        let values: Vec<(f64, f64)> = (0..10).map(|i| (f64::from(i), f64::from(i * i))).collect();
        values.iter().for_each(|&(x, y)| curve.push(x, y));
        assert_eq!(curve.points(), values);
    }

    #[test]
    fn each_point_of_a_long_run_is_the_mean_of_its_values() {
        for count in [11_u32, 97, 1000] {
            let mut curve = Curve::new(10);
            (0..count).for_each(|i| curve.push(f64::from(i), 3.0 * f64::from(i) + 1.0));
            let points = curve.points();
            assert!((6..=11).contains(&points.len()), "{count} values in {} points", points.len());
            // Means of whole numbers below 2¹⁰ over powers of two are exact, but for the rest's.
            for (i, &(x, y)) in points.iter().enumerate() {
                let first = i as u64 * curve.stride;
                let last = (first + curve.stride).min(u64::from(count)) - 1;
                assert!((x - 0.5 * (first + last) as f64).abs() < 1e-9);
                assert!((y - (3.0 * x + 1.0)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_cost_that_is_not_finite_spoils_its_own_point_only() {
        let mut curve = Curve::new(4);
        [1.0, f64::NAN, 3.0, 4.0, 5.0].iter().for_each(|&y| curve.push(0.0, y));
        let finite: Vec<bool> = curve.points().iter().map(|point| point.1.is_finite()).collect();
        assert_eq!(finite, [false, true, true]);
    }

    #[test]
    fn a_new_run_starts_afresh_with_the_same_limit() {
        let mut history = History::new(4);
        for _ in 0..2 {
            history.notify(&Event::Started { network: "2-1", steps: 2, steps_per_epoch: 1 }).unwrap();
            let run = RunState::default();
            history.notify(&Event::Step { step: 1, cost: 0.5, run }).unwrap();
            history.notify(&Event::Epoch { epoch: 1, step: 1, cost: 0.25, run }).unwrap();
            history
                .notify(&Event::Validation { epoch: 1.0, step: 1, cost: 0.75, metrics: &[], run })
                .unwrap();
            history.notify(&Event::Finished { step: 1, cost: 0.5, seconds: 2.0, run }).unwrap();
        }
        assert_eq!((history.network(), history.seconds()), ("2-1", Some(2.0)));
        assert_eq!((history.steps(), history.epochs()), (vec![(1.0, 0.5)], &[(1.0, 0.25)][..]));
        assert_eq!(history.validation(), [(1.0, 0.75)]);
        let svg = history.chart().svg().unwrap();
        assert!(svg.contains("training") && svg.contains("validation"), "{svg}");
        assert!(!History::default().chart().svg().unwrap().contains("validation"));
        assert_eq!(history.steps.limit, 4);
    }
}

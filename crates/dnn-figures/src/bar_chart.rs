//! Means and their spread by category: the accuracy of each net over its seeds.

use std::path::Path;

use crate::axis::{Axis, Ends};
use crate::canvas::{BLACK, COLOURS, Canvas, Font, MARGIN, Stroke};
use crate::colour::hexadecimal;
use crate::number::label;
use crate::panel::{Panel, Words};
use crate::{Result, text};

/// Width of a chart, and height of a category in it, in points.
const WIDTH: f64 = 720.0;
const ROW: f64 = 30.0;
/// Height of what stands below the bars.
const AXIS: f64 = 56.0;

/// A chart of level bars, written as SVG: one for each category, as long as the mean of its values, with a whisker of one
/// standard deviation to each side and a dot for each value.
///
/// Bars start at 0. Where that hides the differences, [`BarChart::dots`] shows the mean as a mark on an axis of its own
/// range. Values that are not finite are left out, and the number left out is not hidden: it stands behind the mean.
///
/// ```
/// use dnn_figures::BarChart;
///
/// let svg = BarChart::new("Accuracy").axis("share of test examples").bar("two layers", [0.72, 0.70]).svg();
/// assert!(svg.contains("0.710 ± 0.014"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct BarChart {
    words: Words,
    dots: bool,
    categories: Vec<(String, Vec<f64>)>,
}

impl BarChart {
    /// A chart without bars.
    pub fn new(title: impl Into<String>) -> Self {
        Self { words: Words::titled(title), ..Self::default() }
    }

    /// A line below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.words.subtitle = subtitle.into();
        self
    }

    /// What the bars measure, with its unit.
    pub fn axis(mut self, axis: impl Into<String>) -> Self {
        self.words.x = axis.into();
        self
    }

    /// Marks instead of bars, on an axis that need not start at 0.
    pub fn dots(mut self) -> Self {
        self.dots = true;
        self
    }

    /// One more category, below the others.
    pub fn bar(mut self, name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        self.categories.push((name.into(), values.into_iter().collect()));
        self
    }

    /// The chart as text.
    pub fn svg(&self) -> String {
        let spreads: Vec<Spread> = self.categories.iter().map(|(_, values)| Spread::of(values)).collect();
        let ends = if self.dots { Ends::Ticks } else { Ends::Zero };
        let x = Axis::around(spreads.iter().flat_map(Spread::extent), false, ends);
        let mut canvas = Canvas::default();
        let panel = self.panel(x, self.words.head(&mut canvas, WIDTH), &spreads);
        panel.draw_grid(&mut canvas, false);
        panel.draw_x(&mut canvas, &self.words.x);
        for (i, ((name, _), spread)) in self.categories.iter().zip(&spreads).enumerate() {
            let y = panel.top + ROW * (i as f64 + 0.5);
            let name = text::cut(name, Font::LABEL.size, panel.left - MARGIN - 8.0);
            canvas.text((panel.left - 8.0, y), &name, Font::LABEL.end());
            canvas.text((panel.right + 14.0, y), &spread.words(), Font::LABEL);
            self.draw_row(&mut canvas, &panel, y, spread);
        }
        canvas.line(&[(panel.left, panel.top), (panel.left, panel.bottom)], Stroke::AXIS);
        canvas.finish((WIDTH, panel.bottom + AXIS), &self.words.title)
    }

    /// Writes the chart to `path`, as SVG.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::error::write(path.as_ref(), &self.svg())
    }

    /// The panel between the names and the numbers.
    fn panel(&self, x: Axis, top: f64, spreads: &[Spread]) -> Panel {
        let widest = |widths: &mut dyn Iterator<Item = f64>| widths.fold(0.0, f64::max);
        let size = Font::LABEL.size;
        let names = widest(&mut self.categories.iter().map(|(name, _)| text::width(name, size)));
        let numbers = widest(&mut spreads.iter().map(|spread| text::width(&spread.words(), size)));
        let left = MARGIN + names.clamp(20.0, 0.4 * WIDTH) + 8.0;
        let bottom = top + ROW * self.categories.len() as f64;
        Panel { left, top, right: WIDTH - MARGIN - numbers - 14.0, bottom, x, y: x }
    }

    fn draw_row(&self, canvas: &mut Canvas, panel: &Panel, y: f64, spread: &Spread) {
        let along = |value: f64| panel.at(value, panel.y.low).map(|point| point.0);
        let whisker =
            [spread.mean, spread.mean - spread.deviation, spread.mean + spread.deviation].map(along);
        let [Some(mean), Some(low), Some(high)] = whisker else { return };
        if !self.dots {
            let zero = along(0.0).unwrap_or(panel.left);
            let bar = ((zero - mean).abs(), 18.0);
            canvas.rectangle((zero.min(mean), y - 9.0), bar, &hexadecimal(COLOURS[5]));
        }
        // Dots below the whisker, so that neither hides the other.
        let (dots, middle, stroke) = (y + 5.5, y - 3.0, Stroke::solid(BLACK, 1.3));
        for x in spread.values.iter().filter_map(|&value| along(value)) {
            canvas.dot((x, dots), 2.0, if self.dots { COLOURS[5] } else { BLACK });
        }
        if spread.deviation > 0.0 {
            canvas.line(&[(low, middle), (high, middle)], stroke);
            [low, high].iter().for_each(|&x| canvas.line(&[(x, middle - 4.0), (x, middle + 4.0)], stroke));
        }
        if self.dots {
            canvas.dot((mean, middle), 4.2, COLOURS[0]);
        }
    }
}

/// What the values of a category come to.
struct Spread {
    values: Vec<f64>,
    mean: f64,
    /// Standard deviation, by n − 1; 0 for a single value.
    deviation: f64,
    left_out: usize,
}

impl Spread {
    fn of(all: &[f64]) -> Self {
        let values: Vec<f64> = all.iter().copied().filter(|value| value.is_finite()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let deviation = if n > 1.0 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
        Self { left_out: all.len() - values.len(), values, mean, deviation }
    }

    /// Everything the row shows.
    fn extent(&self) -> impl Iterator<Item = f64> {
        let whisker = [self.mean - self.deviation, self.mean + self.deviation];
        self.values.iter().copied().chain(whisker)
    }

    /// The mean and its spread with two digits of the latter: `0.953 ± 0.014`.
    fn words(&self) -> String {
        let left_out = match self.left_out {
            0 => String::new(),
            n => format!(" ({n} not finite)"),
        };
        // Two digits of the spread, where neither number gets long by it.
        let digits = (1.0 - self.deviation.log10().floor()).max(0.0);
        let (mean, deviation) = if self.mean.abs() < 1e6 && self.deviation < 1e6 && digits <= 6.0 {
            let digits = digits as usize;
            (format!("{:.digits$}", self.mean).replace('-', "−"), format!("{:.digits$}", self.deviation))
        } else {
            (label(self.mean, None), label(self.deviation, None))
        };
        let numbers = match (self.values.len(), self.deviation > 0.0) {
            (0, _) => "—".to_owned(),
            (1, _) | (_, false) => label(self.mean, None),
            _ => format!("{mean} ± {deviation}"),
        };
        numbers + &left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    #[test]
    fn a_bar_says_its_mean_and_its_spread() {
        let words = |values: &[f64]| Spread::of(values).words();
        assert_eq!(words(&[0.70, 0.72, 0.74]), "0.720 ± 0.020");
        assert_eq!(words(&[812.0, 900.0]), "856 ± 62");
        assert_eq!(words(&[1e9, 3e9]), "2·10⁹ ± 1.41·10⁹");
        assert_eq!(words(&[0.7]), "0.7");
        assert_eq!(words(&[0.7, f64::NAN]), "0.7 (1 not finite)");
        assert_eq!(words(&[]), "—");
    }

    #[test]
    fn any_values_are_drawn() {
        for values in [vec![], vec![f64::NAN], vec![0.0, 0.0], vec![-1.0, 2.0], vec![f64::MAX, f64::MIN]] {
            let chart = BarChart::new("<any>").axis("a & b").bar("one <two>", values).bar("three", [1.0]);
            for svg in [chart.svg(), chart.dots().svg()] {
                assert_well_formed(&svg);
                assert!(svg.contains("one &lt;two&gt;") && svg.contains("a &amp; b"));
                assert!(!svg.contains("NaN"));
            }
        }
        assert_well_formed(&BarChart::new("").svg());
    }
}

//! Lines over a common axis: the cost of a run, or of several settings with several seeds each.

use std::path::Path;

use crate::Result;
use crate::axis::{Axis, Ends};
use crate::canvas::{COLOURS, Canvas, Point, Stroke};
use crate::panel::{Entry, Panel, Words, legend};
use crate::runs::{self, Run, stretches};

/// Width and height of a chart, in points.
const SIZE: Point = (720.0, 440.0);
/// Height left to the panel and its axis, however long the legend.
const LEAST: f64 = 300.0;

/// A chart of lines, written as SVG.
///
/// Values that are not finite leave a gap, and so do values that are not positive on a logarithmic axis. An axis starts
/// at 0 where the data start near it; the legend stands above the lines, never on them.
///
/// ```
/// use dnn_figures::LineChart;
///
/// let svg = LineChart::new("Cost of training")
///     .axes("step", "cost")
///     .logarithmic()
///     .line("plain", [(1.0, 0.7), (2.0, 0.5), (3.0, f64::NAN)])
///     .runs("momentum", [vec![(1.0, 0.7), (2.0, 0.2)], vec![(1.0, 0.6), (2.0, 0.1)]])
///     .svg()?;
/// assert!(svg.contains("momentum (mean of 2)"));
/// # Ok::<(), dnn_figures::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct LineChart {
    words: Words,
    logarithmic: bool,
    range: Option<(f64, f64)>,
    series: Vec<Series>,
}

#[derive(Debug, Clone, PartialEq)]
struct Series {
    name: String,
    runs: Vec<Run>,
    mean: Run,
}

impl LineChart {
    /// A chart without lines.
    pub fn new(title: impl Into<String>) -> Self {
        Self { words: Words::titled(title), ..Self::default() }
    }

    /// A line below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.words.subtitle = subtitle.into();
        self
    }

    /// What the axes show, with their units.
    pub fn axes(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        (self.words.x, self.words.y) = (x.into(), y.into());
        self
    }

    /// A logarithmic upright axis.
    pub fn logarithmic(mut self) -> Self {
        self.logarithmic = true;
        self
    }

    /// An upright axis from `low` to `high`, whatever the data; lines end at its ends.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    /// One line through (x, y).
    pub fn line(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.runs(name, [points.into_iter().collect()])
    }

    /// Several runs of one series, drawn thin, and their mean, drawn bold as far as all of them reach.
    pub fn runs(mut self, name: impl Into<String>, runs: impl IntoIterator<Item = Run>) -> Self {
        let runs: Vec<Run> = runs.into_iter().collect();
        let mean = if runs.len() > 1 { runs::mean(&runs) } else { Run::new() };
        self.series.push(Series { name: name.into(), runs, mean });
        self
    }

    /// The chart as text.
    ///
    /// # Errors
    /// [`crate::Error::Range`] for a range that no axis can show.
    pub fn svg(&self) -> Result<String> {
        let points = || self.series.iter().flat_map(|series| series.runs.iter().flatten());
        let x = Axis::around(points().map(|point| point.0), false, Ends::Tight);
        let y = match self.range {
            Some((low, high)) => Axis::fixed(low, high, self.logarithmic)?,
            None => Axis::around(points().map(|point| point.1), self.logarithmic, Ends::Ticks),
        };
        let mut canvas = Canvas::default();
        let top = self.words.head(&mut canvas, SIZE.0);
        let top = legend(&mut canvas, &self.entries(y), top, SIZE.0) + 6.0;
        let size = (SIZE.0, SIZE.1.max(top + LEAST));
        let panel = Panel::beside_axes(&self.words, x, y, top, size);
        panel.draw_grid(&mut canvas, true);
        panel.draw_x(&mut canvas, &self.words.x);
        panel.draw_y(&mut canvas, &self.words.y);
        // Lines along an edge are drawn whole.
        let (left, top) = (panel.left - 3.0, panel.top - 3.0);
        let within = (panel.right + 3.0 - left, panel.bottom + 3.0 - top);
        canvas.clipped((left, top), within, |canvas| self.draw_lines(canvas, &panel));
        Ok(canvas.finish(size, &self.words.title))
    }

    /// Writes the chart to `path`, as SVG.
    ///
    /// # Errors
    /// As [`LineChart::svg`], and if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::error::write(path.as_ref(), &self.svg()?)
    }

    fn entries(&self, y: Axis) -> Vec<Entry> {
        let entry = |(i, series): (usize, &Series)| {
            let (thin, bold) = strokes(i, series.runs.len());
            let shown = series.runs.iter().flatten().any(|point| y.place(point.1).is_some());
            match series.runs.len() {
                _ if !shown => Entry { name: format!("{} (no data)", series.name), strokes: vec![bold] },
                1 => Entry { name: series.name.clone(), strokes: vec![bold] },
                n => Entry { name: format!("{} (mean of {n})", series.name), strokes: vec![thin, bold] },
            }
        };
        self.series.iter().enumerate().map(entry).collect()
    }

    fn draw_lines(&self, canvas: &mut Canvas, panel: &Panel) {
        // All thin lines first, so that no mean hides behind another series' runs.
        for (i, series) in self.series.iter().enumerate().filter(|(_, series)| series.runs.len() > 1) {
            series.runs.iter().for_each(|run| draw_line(canvas, panel, run, strokes(i, 2).0));
        }
        for (i, series) in self.series.iter().enumerate() {
            let line = if series.runs.len() == 1 { &series.runs[0] } else { &series.mean };
            draw_line(canvas, panel, line, strokes(i, series.runs.len()).1);
        }
    }
}

/// The thin and the bold stroke of series `i`; dashed once the colours are used up.
fn strokes(i: usize, runs: usize) -> (Stroke, Stroke) {
    let colour = COLOURS[i % COLOURS.len()];
    let dashed = i / COLOURS.len() % 2 == 1;
    let thin = Stroke { opacity: 0.35, ..Stroke::solid(colour, 0.8) };
    (thin, Stroke { dashed, ..Stroke::solid(colour, if runs > 1 { 2.4 } else { 1.6 }) })
}

/// One line, in as many stretches as its gaps leave; a point alone is a dot.
fn draw_line(canvas: &mut Canvas, panel: &Panel, run: &[(f64, f64)], stroke: Stroke) {
    for stretch in stretches(run.iter().map(|&(x, y)| panel.at(x, y))) {
        match stretch[..] {
            [point] => canvas.dot(point, stroke.width + 0.6, stroke.colour),
            _ => canvas.line(&stretch, stroke),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    #[test]
    fn a_chart_is_well_formed_and_holds_its_words() {
        let chart = LineChart::new("Cost & time <1>").subtitle("five seeds").axes("step", "cost \u{1}");
        let svg = chart.line("a \"b\"", [(1.0, 0.5), (2.0, 0.25)]).svg().unwrap();
        assert_well_formed(&svg);
        for words in ["Cost &amp; time &lt;1&gt;", "five seeds", "step", "a &quot;b&quot;", "0.25"] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
        assert!(svg.contains(r##"fill="#ffffff""##), "a white sheet");
        assert!(!svg.contains('\u{1}'));
    }

    #[test]
    fn a_chart_of_nothing_or_of_no_finite_value_is_drawn() {
        let odd =
            [(f64::NAN, 1.0), (1.0, f64::INFINITY), (2.0, f64::NEG_INFINITY), (3.0, -1.0), (4.0, f64::MAX)];
        for chart in [
            LineChart::new(""),
            LineChart::new("empty").line("nothing", []).runs("no run", []),
            LineChart::new("odd").line("odd", odd).runs("odd twice", [odd.to_vec(), odd.to_vec()]),
            LineChart::new("one").line("dot", [(1.0, 1.0)]).logarithmic(),
            LineChart::new("odd").line("odd", odd).logarithmic().range(0.1, 1.0),
        ] {
            let svg = chart.svg().unwrap();
            assert_well_formed(&svg);
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
        }
    }

    #[test]
    fn a_range_that_is_none_is_refused_in_words() {
        let message =
            |low, high| LineChart::new("").logarithmic().range(low, high).svg().unwrap_err().to_string();
        assert!(message(1.0, 1.0).contains("a finite number to a larger one"));
        assert!(message(0.0, 1.0).contains("must start above 0"));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let error = LineChart::new("").write("/nowhere/at/all.svg").unwrap_err().to_string();
        assert!(error.contains("/nowhere/at/all.svg"), "{error}");
    }
}

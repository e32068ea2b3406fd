//! Which class was taken for which.

use std::path::Path;

use crate::canvas::{Canvas, Font, GREY, MARGIN, Point, Stroke};
use crate::colour::{SHARE, hexadecimal, on_scale};
use crate::panel::Words;
use crate::text::{cut, width};
use crate::{Error, Result};

/// The confusion matrix of a classifier, written as SVG: a row for each true class, a column for each predicted one.
///
/// A cell says its count and is as dark as its share of the row, so that rare classes can be read too.
///
/// ```
/// let matrix = dnn_figures::ConfusionMatrix::new("Test set", ["cat", "dog"], &[8, 2, 1, 9])?;
/// assert!(matrix.svg().contains("predicted"));
/// # Ok::<(), dnn_figures::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConfusionMatrix {
    words: Words,
    classes: Vec<String>,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// `counts[i · classes + j]`: examples of class i taken for class j.
    ///
    /// # Errors
    /// If `counts` is not a square of as many rows as classes.
    pub fn new(
        title: impl Into<String>,
        classes: impl IntoIterator<Item = impl Into<String>>,
        counts: &[u64],
    ) -> Result<Self> {
        let classes: Vec<String> = classes.into_iter().map(Into::into).collect();
        if classes.len() * classes.len() != counts.len() {
            return Err(Error::Counts { classes: classes.len(), found: counts.len() });
        }
        Ok(Self { words: Words::titled(title), classes, counts: counts.to_vec() })
    }

    /// A line below the title.
    #[must_use]
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.words.subtitle = subtitle.into();
        self
    }

    /// The matrix as text.
    pub fn svg(&self) -> String {
        let size = Font::LABEL.size;
        let widest = self.classes.iter().map(|name| width(name, size)).fold(0.0, f64::max).min(180.0);
        let most = self.counts.iter().max().map_or(0.0, |count| width(&count.to_string(), size));
        let cell = (most + 12.0).max(34.0);
        let (side, left) = (cell * self.classes.len() as f64, MARGIN + 22.0 + widest + 8.0);
        let wide = (left + side + MARGIN).max(340.0);
        let mut canvas = Canvas::default();
        let top = self.head(&mut canvas, wide) + 24.0;
        // Names over the columns stand upright as soon as one is wider than its column.
        let upright = widest + 4.0 > cell;
        let cells = top + if upright { widest + 6.0 } else { 20.0 };
        let grey = Font::LABEL.colour(GREY).middle();
        canvas.text(((left + 0.5 * side).max(left + 30.0), top - 12.0), "predicted", grey);
        canvas.upwards((MARGIN + 8.0, cells + 0.5 * side), "true", grey);
        for (i, name) in self.classes.iter().enumerate() {
            let (name, along) = (cut(name, size, 180.0), (i as f64 + 0.5) * cell);
            canvas.text((left - 8.0, cells + along), &name, Font::LABEL.end());
            if upright {
                canvas.upwards((left + along, cells - 6.0), &name, Font::LABEL);
            } else {
                canvas.text((left + along, cells - 10.0), &name, Font::LABEL.middle());
            }
        }
        self.cells(&mut canvas, (left, cells), cell);
        canvas.finish((wide, cells + side + MARGIN), &self.words.title)
    }

    /// Writes the matrix to `path`, as SVG.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::error::write(path.as_ref(), &self.svg())
    }

    fn head(&self, canvas: &mut Canvas, wide: f64) -> f64 {
        let all: u64 = self.counts.iter().sum();
        let right: u64 = self.counts.iter().step_by(self.classes.len() + 1).sum();
        let share = if all > 0 { 100.0 * right as f64 / all as f64 } else { 0.0 };
        let summary = format!("{right} of {all} right ({share:.1} %); shade: share of the row");
        let lines = [self.words.subtitle.as_str(), &summary].join("\n");
        Words { subtitle: lines, ..self.words.clone() }.head(canvas, wide)
    }

    fn cells(&self, canvas: &mut Canvas, (left, top): Point, cell: f64) {
        let n = self.classes.len();
        for (i, row) in self.counts.chunks(n.max(1)).enumerate() {
            let all = row.iter().sum::<u64>().max(1) as f64;
            for (j, &count) in row.iter().enumerate() {
                let (x, y) = (left + j as f64 * cell, top + i as f64 * cell);
                let share = count as f64 / all;
                canvas.rectangle((x, y), (cell, cell), &hexadecimal(on_scale(&SHARE, share)));
                let ink = match count {
                    0 => [0xa0; 3],
                    _ if share > 0.6 => [0xff; 3],
                    _ => [0x20; 3],
                };
                let at = (x + 0.5 * cell, y + 0.5 * cell);
                canvas.text(at, &count.to_string(), Font::LABEL.middle().colour(ink));
            }
        }
        canvas.outline((left, top), (cell * n as f64, cell * n as f64), Stroke::FRAME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    #[test]
    fn a_matrix_names_its_classes_and_counts_what_is_right() {
        let matrix = ConfusionMatrix::new("a & b", ["<cat>", "dog"], &[8, 2, 1, 9]).unwrap();
        let svg = matrix.subtitle("unseen").svg();
        assert_well_formed(&svg);
        for words in ["a &amp; b", "&lt;cat&gt;", "17 of 20 right (85.0 %)", "unseen"] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
    }

    #[test]
    fn counts_that_make_no_square_are_refused_in_words() {
        let error = ConfusionMatrix::new("", ["cat", "dog"], &[1, 2, 3]).unwrap_err().to_string();
        assert!(error.contains("of 2 classes has 3 counts"), "{error}");
    }

    #[test]
    fn a_matrix_of_no_class_or_no_example_is_drawn() {
        assert_well_formed(&ConfusionMatrix::new("", [""; 0], &[]).unwrap().svg());
        assert_well_formed(&ConfusionMatrix::new("", ["only one"], &[0]).unwrap().svg());
    }
}

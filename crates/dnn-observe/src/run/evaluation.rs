//! A trained network looked at closely: what it confuses, how its numbers are distributed, what it gets most wrong.

use dnn_figures::Picture;
use serde::{Deserialize, Serialize};

use super::ScoreCurve;
use crate::Result;

/// Bins of a histogram.
const BINS: usize = 40;
/// Pixels that the shorter side of a stored picture has at least: small ones are enlarged, and stay sharp in any viewer.
const SIDE: usize = 64;

/// `evaluation.json`: what a report shows of one run beyond its curves. Every part may be missing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evaluation {
    /// The examples it was made on: `test`, `validation`.
    pub split: String,
    /// Names of the classes; none for a regression.
    pub classes: Vec<String>,
    /// How often class i was taken for class j: row by row, as many rows as classes.
    pub confusion: Vec<u64>,
    /// ROC and precision-recall, a curve for each class, or one for a yes or no.
    pub curves: Vec<ScoreCurve>,
    /// Truth and prediction of a regression, thinned.
    pub predictions: Vec<[f64; 2]>,
    /// Weights and biases by layer.
    pub weights: Vec<ValueHistogram>,
    /// What the units of each layer give.
    pub activations: Vec<ValueHistogram>,
    /// First-layer pictures, mel filters.
    pub galleries: Vec<Gallery>,
    /// The examples it gets most wrong, the worst first.
    pub worst: Vec<Example>,
}

/// How values are distributed, by equal bins.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ValueHistogram {
    /// Whose values.
    pub name: String,
    /// The lowest and the highest of the finite values.
    pub range: [f64; 2],
    /// Values in each bin from the lowest to the highest.
    pub counts: Vec<u64>,
    /// Values that are not finite.
    pub not_finite: u64,
}

impl ValueHistogram {
    /// Counts `values` in 40 bins.
    ///
    /// ```
    /// let histogram = dnn_observe::ValueHistogram::new("layer 1, weights", [0.0_f32, 0.5, 1.0, f32::NAN]);
    /// assert_eq!((histogram.counts.iter().sum::<u64>(), histogram.not_finite), (3, 1));
    /// ```
    pub fn new<T: Copy + Into<f64>>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = T, IntoIter: Clone>,
    ) -> Self {
        let values = values.into_iter().map(Into::into);
        let finite = values.clone().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let range = if low <= high { [low, high] } else { [0.0, 0.0] };
        let (counts, not_finite) = count(values, range, BINS);
        Self { name: name.into(), range, counts, not_finite }
    }
}

/// Values in each of `bins` equal bins over `range`, and how many are not finite.
pub(crate) fn count(values: impl Iterator<Item = f64>, range: [f64; 2], bins: usize) -> (Vec<u64>, u64) {
    let (mut counts, mut not_finite) = (vec![0; bins], 0);
    // By halves, so that the range itself may not overflow.
    let (low, width) = (0.5 * range[0], 0.5 * range[1] - 0.5 * range[0]);
    for value in values {
        let share = if width > 0.0 { (0.5 * value - low) / width } else { 0.5 };
        match value.is_finite() {
            true => counts[((share * bins as f64) as usize).min(bins - 1)] += 1,
            false => not_finite += 1,
        }
    }
    (counts, not_finite)
}

/// Captioned pictures under a title.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Gallery {
    /// What they show.
    pub title: String,
    /// How to read them.
    pub note: String,
    /// The pictures.
    pub tiles: Vec<Tile>,
}

/// A picture and what is said of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tile {
    /// What is said of it.
    pub caption: String,
    /// The picture, as a `data:` address.
    pub picture: String,
}

impl Gallery {
    /// A gallery without pictures.
    pub fn new(title: impl Into<String>, note: impl Into<String>) -> Self {
        Self { title: title.into(), note: note.into(), tiles: Vec::new() }
    }

    /// One more picture; a signed one is full at its own largest magnitude.
    ///
    /// # Errors
    /// [`crate::Error::Figure`] if it cannot be encoded.
    pub fn tile(mut self, picture: &Picture, caption: impl Into<String>) -> Result<Self> {
        self.tiles.push(Tile { caption: caption.into(), picture: picture.data_url(SIDE)? });
        Ok(self)
    }
}

/// An example, and what the network made of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Example {
    /// Which one: its row or file.
    pub name: String,
    /// Its class or value.
    pub truth: String,
    /// What the network says.
    pub found: String,
    /// What it cost: how wrong that is.
    pub cost: f64,
    /// The example as a picture, as a `data:` address; empty where it is none.
    pub picture: String,
    /// Its features by name, where it is a row of a table.
    pub features: Vec<(String, String)>,
}

impl Example {
    /// The same example with a picture of it.
    ///
    /// # Errors
    /// [`crate::Error::Figure`] if it cannot be encoded.
    pub fn picture(self, picture: &Picture) -> Result<Self> {
        Ok(Self { picture: picture.data_url(SIDE)?, ..self })
    }
}

impl Evaluation {
    /// A classifier's evaluation on `split`: what it confuses. `found` and `truth` are class numbers of the same examples.
    ///
    /// # Errors
    /// [`crate::Error::Train`] if there are no examples, not as many found as true ones, or a class without a name.
    pub fn of_classes(
        split: impl Into<String>,
        classes: impl IntoIterator<Item = impl Into<String>>,
        found: &[usize],
        truth: &[usize],
    ) -> Result<Self> {
        let classes: Vec<String> = classes.into_iter().map(Into::into).collect();
        let confusion = dnn_train::metrics::confusion_matrix(found, truth, classes.len())?;
        let confusion = confusion.into_iter().collect();
        Ok(Self { split: split.into(), classes, confusion, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_counted_once() {
        for (values, counted) in [
            (vec![1.0, 2.0, f64::INFINITY], (2, 1)),
            (vec![3.0; 5], (5, 0)),
            (vec![f64::MIN, f64::MAX], (2, 0)),
            (vec![], (0, 0)),
        ] {
            let histogram = ValueHistogram::new("", values);
            assert_eq!((histogram.counts.iter().sum::<u64>(), histogram.not_finite), counted);
            assert!(histogram.range[0].is_finite() && histogram.range[1].is_finite());
        }
    }

    #[test]
    fn an_evaluation_reads_back_as_it_was_and_with_parts_missing() {
        let evaluation = Evaluation::of_classes("test", ["cat", "dog"], &[0, 1, 1], &[0, 0, 1]).unwrap();
        assert_eq!(evaluation.confusion, [1, 1, 0, 1]);
        let text = serde_json::to_string(&evaluation).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&text).unwrap(), evaluation);
        assert_eq!(serde_json::from_str::<Evaluation>("{}").unwrap(), Evaluation::default());
    }

    #[test]
    fn a_gallery_holds_its_pictures() {
        let picture = Picture::signed(&[0.5, -0.5], 2, 1).unwrap();
        let gallery = Gallery::new("First layer", "").tile(&picture, "unit 1").unwrap();
        assert!(gallery.tiles[0].picture.starts_with("data:image/png;base64,"));
    }
}

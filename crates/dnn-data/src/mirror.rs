//! Pictures as seen in a mirror: twice the training data for whatever has no left and right, faces for one.

use ndarray::{Array2, ArrayView2};

use crate::examples::columns;
use crate::{Error, Result};

/// `images: (height · width · channels, m)`, rows of pixels from the top, with left and right exchanged; the result is
/// stored column by column.
///
/// ```
/// let picture = ndarray::array![[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]];
/// let mirror = dnn_data::mirrored(picture.view(), 3, 2)?;
/// assert_eq!(mirror, ndarray::array![[3.0], [2.0], [1.0], [6.0], [5.0], [4.0]]);
/// # Ok::<(), dnn_data::Error>(())
/// ```
///
/// # Errors
/// [`Error::Count`] if the features are not a multiple of `width · height`.
pub fn mirrored<T: Copy>(images: ArrayView2<'_, T>, width: usize, height: usize) -> Result<Array2<T>> {
    let (features, count) = images.dim();
    let pixels = width.saturating_mul(height);
    if pixels == 0 || features % pixels != 0 {
        return Err(Error::Count {
            name: "a picture",
            unit: "features",
            found: features,
            expected: format!("a multiple of {width} × {height}"),
            remedy: "give the width and height the pictures have",
        });
    }
    let channels = features / pixels;
    let source = |feature: usize| {
        let (row, column) = (feature / (width * channels), feature / channels % width);
        (row * width + (width - 1 - column)) * channels + feature % channels
    };
    let values =
        images.columns().into_iter().flat_map(|picture| (0..features).map(move |i| picture[source(i)]));
    Ok(columns(features, count, values.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn a_mirror_of_a_mirror_is_the_picture() {
        let pictures = Array2::from_shape_fn((24, 3), |(i, j)| i * 3 + j);
        let twice = mirrored(mirrored(pictures.view(), 4, 2).unwrap().view(), 4, 2).unwrap();
        assert_eq!(twice, pictures);
    }

    #[test]
    fn colours_stay_in_order() {
        let picture = array![[1], [2], [3], [4], [5], [6]];
        assert_eq!(mirrored(picture.view(), 2, 1).unwrap(), array![[4], [5], [6], [1], [2], [3]]);
    }

    #[test]
    fn a_size_that_does_not_fit_is_refused() {
        assert!(mirrored(array![[1], [2], [3]].view(), 2, 1).is_err());
        assert!(mirrored(array![[1]].view(), 0, 1).is_err());
    }
}

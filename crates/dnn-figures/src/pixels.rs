//! One picture: its values, what they mean, and the PNG they become. Where it stands is the grid's concern.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, RgbImage};

use crate::colour::{self, NOT_FINITE, Rgb};
use crate::{Error, Result};

/// Pixels a picture may have: 2²⁶, more than any tile shows.
const LIMIT: usize = 1 << 26;

/// A picture of numbers, top row first, the channels of a pixel side by side.
///
/// Values that are not finite are green, a colour no scale here has.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    values: Vec<f64>,
    width: usize,
    height: usize,
    meaning: Meaning,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Meaning {
    /// Black at the first, white at the second.
    Grey(f64, f64),
    Rgb,
    /// Blue, white at 0, red.
    Signed,
}

impl Picture {
    /// Shades of grey, 0 black and 1 white; what is beyond is cut. `width · height` values.
    ///
    /// # Errors
    /// If the number of values is another one, or there is none.
    pub fn grey<T: Copy + Into<f64>>(values: &[T], width: usize, height: usize) -> Result<Self> {
        Self::new(values, width, height, Meaning::Grey(0.0, 1.0))
    }

    /// Shades of grey, the lowest finite value black and the highest white.
    ///
    /// # Errors
    /// As [`Picture::grey`].
    pub fn stretched<T: Copy + Into<f64>>(values: &[T], width: usize, height: usize) -> Result<Self> {
        let finite = values.iter().map(|&value| value.into()).filter(|value: &f64| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        Self::new(values, width, height, Meaning::Grey(low, high))
    }

    /// Colours, 0 dark and 1 full; what is beyond is cut. `3 · width · height` values: red, green, blue of each pixel.
    ///
    /// # Errors
    /// As [`Picture::grey`].
    pub fn rgb<T: Copy + Into<f64>>(values: &[T], width: usize, height: usize) -> Result<Self> {
        Self::new(values, width, height, Meaning::Rgb)
    }

    /// Signed numbers such as weights: blue below 0, white at 0, red above. `width · height` values.
    ///
    /// # Errors
    /// As [`Picture::grey`].
    pub fn signed<T: Copy + Into<f64>>(values: &[T], width: usize, height: usize) -> Result<Self> {
        Self::new(values, width, height, Meaning::Signed)
    }

    fn new<T: Copy + Into<f64>>(values: &[T], width: usize, height: usize, meaning: Meaning) -> Result<Self> {
        let channels = if meaning == Meaning::Rgb { 3 } else { 1 };
        let pixels = width.checked_mul(height).filter(|pixels| (1..=LIMIT).contains(pixels));
        let fault = |expected| Error::Pixels { width, height, channels, found: values.len(), expected };
        match pixels.map(|pixels| channels * pixels) {
            None => Err(fault(format!("between 1 and {LIMIT} pixels"))),
            Some(expected) if expected != values.len() => Err(fault(expected.to_string())),
            Some(_) => {
                let values = values.iter().map(|&value| value.into()).collect();
                Ok(Self { values, width, height, meaning })
            }
        }
    }

    /// Width and height, in pixels.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The largest magnitude of a signed picture's finite values; none for other pictures.
    pub(crate) fn magnitude(&self) -> Option<f64> {
        let finite = self.values.iter().filter(|value| value.is_finite());
        (self.meaning == Meaning::Signed).then(|| finite.fold(0.0, |most, value| value.abs().max(most)))
    }

    /// The colour of pixel `i`, signed values being full at ±`range`.
    fn colour(&self, i: usize, range: f64) -> Rgb {
        let value = self.values[i * if self.meaning == Meaning::Rgb { 3 } else { 1 }];
        match self.meaning {
            Meaning::Signed => colour::signed(value, range),
            Meaning::Grey(..) if !value.is_finite() => NOT_FINITE,
            Meaning::Grey(low, high) if low < high => {
                // By halves, so that the range itself may not overflow.
                [colour::level((0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low)); 3]
            }
            Meaning::Grey(..) => [128; 3],
            Meaning::Rgb if self.values[3 * i..3 * i + 3].iter().any(|value| !value.is_finite()) => {
                NOT_FINITE
            }
            Meaning::Rgb => std::array::from_fn(|channel| colour::level(self.values[3 * i + channel])),
        }
    }

    /// The picture as a `data:` address of a PNG, enlarged pixel by pixel until its shorter side has at least `side`
    /// pixels; a signed one is full at its own largest magnitude.
    ///
    /// # Errors
    /// If it cannot be encoded.
    pub fn data_url(&self, side: usize) -> Result<String> {
        let zoom = side.div_ceil(self.width.min(self.height)).max(1);
        self.png(zoom, self.magnitude().unwrap_or(1.0))
    }

    /// The picture as a `data:` address of a PNG, each pixel drawn as `zoom` × `zoom`.
    pub(crate) fn png(&self, zoom: usize, range: f64) -> Result<String> {
        let colours: Vec<Rgb> = (0..self.width * self.height).map(|i| self.colour(i, range)).collect();
        let [width, height] = [self.width, self.height].map(|pixels| pixels.saturating_mul(zoom));
        let fault = |detail: String| Error::Encode { width, height, detail };
        let side = |pixels: usize| u32::try_from(pixels).map_err(|error| fault(error.to_string()));
        let picture = RgbImage::from_fn(side(width)?, side(height)?, |x, y| {
            image::Rgb(colours[y as usize / zoom * self.width + x as usize / zoom])
        });
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| fault(error.to_string()))?;
        Ok(format!("data:image/png;base64,{}", STANDARD.encode(bytes.into_inner())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a viewer reads back.
    fn decoded(picture: &Picture, zoom: usize, range: f64) -> RgbImage {
        let address = picture.png(zoom, range).unwrap();
        let bytes = STANDARD.decode(address.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        image::load_from_memory(&bytes).unwrap().to_rgb8()
    }

    #[test]
    fn each_pixel_becomes_a_square_of_its_colour() {
        let picture = Picture::grey(&[0.0_f32, 1.0, f32::NAN, 2.0, -1.0, 0.5], 3, 2).unwrap();
        let image = decoded(&picture, 4, 1.0);
        assert_eq!(image.dimensions(), (12, 8));
        let expected = [[0; 3], [255; 3], NOT_FINITE, [255; 3], [0; 3], [128; 3]];
        for (x, y, pixel) in image.enumerate_pixels() {
            assert_eq!(pixel.0, expected[(y / 4 * 3 + x / 4) as usize], "at {x}, {y}");
        }
    }

    #[test]
    fn colours_and_stretched_shades_are_read_in_order() {
        let picture = Picture::rgb(&[1.0, 0.0, 0.0, 0.0, 0.0, 1.0], 1, 2).unwrap();
        assert_eq!(decoded(&picture, 1, 1.0).into_raw(), [255, 0, 0, 0, 0, 255]);
        let picture = Picture::stretched(&[f64::MIN, f64::MAX, 0.0], 3, 1).unwrap();
        assert_eq!(decoded(&picture, 1, 1.0).get_pixel(2, 0).0, [128; 3]);
        assert_eq!(decoded(&Picture::stretched(&[7_u8], 1, 1).unwrap(), 1, 1.0).into_raw(), [128; 3]);
    }

    #[test]
    fn a_wrong_number_of_values_is_refused_in_words() {
        let error = Picture::rgb(&[0.5; 4], 2, 2).unwrap_err().to_string();
        assert!(error.contains("has 4 values, but needs 12"), "{error}");
        for (width, height) in [(0, 0), (usize::MAX, 2), (usize::MAX, usize::MAX)] {
            assert!(Picture::grey(&[0.5; 0], width, height).is_err());
        }
    }
}

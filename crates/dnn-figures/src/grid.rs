//! Pictures in rows and columns, each with its caption, in sections with headings.

use std::path::Path;

use crate::Result;
use crate::canvas::{BLACK, Canvas, Font, MARGIN, Stroke};
use crate::colour::SIGNED;
use crate::number::short;
use crate::panel::Words;
use crate::pixels::Picture;
use crate::text::{self, wrap};

/// Space between two tiles.
const GAP: f64 = 10.0;
/// Distance of two lines of a caption.
const LINE: f64 = 14.0;
/// Distance of two lines of the legend, and length of its bar.
const LEGEND_LINE: f64 = 15.0;
const BAR: f64 = 120.0;
/// Columns and side of a tile (in points) where nothing else is asked for.
const COLUMNS: usize = 8;
const TILE: f64 = 96.0;

/// Captioned pictures in rows and columns, written as one SVG with the pictures inside.
///
/// Each picture fills its tile; small ones are enlarged pixel by pixel and stay sharp in any viewer. All signed pictures share one range, the
/// largest magnitude among them, and a legend says it; see [`PictureGrid::each_own_range`].
///
/// ```
/// use dnn_figures::{Picture, PictureGrid};
///
/// let svg = PictureGrid::new("First layer")
///     .subtitle("each unit's weights, as the picture it looks for")
///     .columns(2)
///     .section("layer 1")
///     .tile(Picture::signed(&[0.5, -0.25, 0.0, 0.1], 2, 2)?, "unit 1")
///     .tile(Picture::signed(&[0.1, 0.2, -0.3, 0.0], 2, 2)?, "unit 2")
///     .svg()?;
/// assert!(svg.contains("unit 2") && svg.contains("0.5"));
/// # Ok::<(), dnn_figures::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PictureGrid {
    words: Words,
    columns: usize,
    tile: f64,
    own_range: bool,
    scale: String,
    sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Section {
    heading: String,
    tiles: Vec<(Picture, String)>,
}

impl PictureGrid {
    /// A grid without pictures, of 8 columns of tiles 96 points wide.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            words: Words::titled(title),
            columns: COLUMNS,
            tile: TILE,
            own_range: false,
            scale: "weight".to_owned(),
            sections: vec![Section::default()],
        }
    }

    /// Lines below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.words.subtitle = subtitle.into();
        self
    }

    /// Another number of columns; 0 counts as 1.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns.max(1);
        self
    }

    /// Another side of a tile, 16 to 1024 points.
    pub fn tile_points(mut self, points: usize) -> Self {
        self.tile = points.clamp(16, 1024) as f64;
        self
    }

    /// What signed values are, with their unit; `weight` if nothing is said.
    pub fn scale_name(mut self, name: impl Into<String>) -> Self {
        self.scale = name.into();
        self
    }

    /// Each signed picture in its own range, so that faint ones can be seen; the legend says so.
    pub fn each_own_range(mut self) -> Self {
        self.own_range = true;
        self
    }

    /// Tiles that follow stand in new rows under `heading`.
    pub fn section(mut self, heading: impl Into<String>) -> Self {
        self.sections.push(Section { heading: heading.into(), tiles: Vec::new() });
        self
    }

    /// One more picture; its caption is broken into lines as wide as the tile.
    pub fn tile(mut self, picture: Picture, caption: impl Into<String>) -> Self {
        if let Some(section) = self.sections.last_mut() {
            section.tiles.push((picture, caption.into()));
        }
        self
    }

    /// The grid as text.
    ///
    /// # Errors
    /// If a picture cannot be encoded.
    pub fn svg(&self) -> Result<String> {
        let mut canvas = Canvas::default();
        let mut y = self.words.head(&mut canvas, self.width()) + 2.0;
        for section in &self.sections {
            if !section.heading.is_empty() {
                for line in wrap(&section.heading, Font::HEADING.size, self.width() - 2.0 * MARGIN) {
                    canvas.text((MARGIN, y + 12.0), &line, Font::HEADING);
                    y += 19.0;
                }
                y += 7.0;
            }
            for row in section.tiles.chunks(self.columns) {
                y = self.row(&mut canvas, row, y)?;
            }
        }
        y = self.legend(&mut canvas, y);
        Ok(canvas.finish((self.width(), y + MARGIN - GAP), &self.words.title))
    }

    /// Writes the grid to `path`, as SVG.
    ///
    /// # Errors
    /// As [`PictureGrid::svg`], and if the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::error::write(path.as_ref(), &self.svg()?)
    }

    /// As wide as the fullest row, and wide enough to read a title.
    fn width(&self) -> f64 {
        let fullest = self.sections.iter().map(|section| section.tiles.len()).max().unwrap_or(0);
        let columns = fullest.min(self.columns) as f64;
        (columns * (self.tile + GAP) - GAP + 2.0 * MARGIN).max(320.0)
    }

    /// One row of tiles; gives the height it ends at.
    fn row(&self, canvas: &mut Canvas, row: &[(Picture, String)], y: f64) -> Result<f64> {
        let height = row.iter().map(|(picture, _)| self.shown(picture).1).fold(0.0, f64::max);
        let mut lines = 0;
        for (column, (picture, caption)) in row.iter().enumerate() {
            let (wide, high) = self.shown(picture);
            let left = MARGIN + column as f64 * (self.tile + GAP);
            let at = (left + 0.5 * (self.tile - wide), y + 0.5 * (height - high));
            // Two dots of the file for a point, for fine screens and for edges between whole points.
            let zoom = (2.0 * wide / picture.size().0 as f64).ceil();
            let range = if self.own_range { picture.magnitude() } else { self.range() };
            let address = picture.png(zoom as usize, range.unwrap_or(1.0))?;
            canvas.image(at, (wide, high), zoom > 1.0, &address);
            canvas.outline(at, (wide, high), Stroke::FRAME);
            let caption = wrap(caption, Font::CAPTION.size, self.tile + 0.6 * GAP);
            for (i, line) in caption.iter().enumerate() {
                let at = (left + 0.5 * self.tile, y + height + LINE * (i as f64 + 0.75));
                canvas.text(at, line, Font::CAPTION.middle());
            }
            lines = lines.max(caption.len());
        }
        Ok(y + height + LINE * lines as f64 + GAP)
    }

    /// Width and height a picture is shown with: its longer side fills the tile.
    fn shown(&self, picture: &Picture) -> (f64, f64) {
        let (width, height) = (picture.size().0 as f64, picture.size().1 as f64);
        let zoom = self.tile / width.max(height);
        (zoom * width, zoom * height)
    }

    /// The largest magnitude of all signed pictures.
    fn range(&self) -> Option<f64> {
        let pictures = self.sections.iter().flat_map(|section| &section.tiles);
        pictures.filter_map(|(picture, _)| picture.magnitude()).reduce(f64::max)
    }

    /// What the colours of signed pictures mean, if there is one; gives the height it ends at.
    fn legend(&self, canvas: &mut Canvas, y: f64) -> f64 {
        let (name, most) = match self.range() {
            None => return y,
            Some(_) if self.own_range => (format!("{} (of each tile)", self.scale), "largest".to_owned()),
            Some(range) => (self.scale.clone(), short(range)),
        };
        let (low, high) = (format!("−{most}"), format!("+{most}"));
        let (font, mut top) = (Font::CAPTION, y + 4.0);
        for line in wrap(&name, font.size, self.width() - 2.0 * MARGIN) {
            canvas.text((MARGIN, top + 6.0), &line, font.colour(BLACK));
            top += LEGEND_LINE;
        }
        let left = MARGIN + text::width(&low, font.size) + 6.0;
        canvas.scale((left, top), (BAR, 12.0), &SIGNED);
        canvas.text((left - 6.0, top + 6.0), &low, font.end());
        canvas.text((left + 0.5 * BAR, top + 20.0), "0", font.middle());
        canvas.text((left + BAR + 6.0, top + 6.0), &high, font);
        top + 38.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    fn grey() -> Picture {
        Picture::grey(&[0.0, 0.5, 1.0, 0.25], 2, 2).unwrap()
    }

    #[test]
    fn a_grid_is_well_formed_and_its_words_are_escaped() {
        let grid = PictureGrid::new("a < b").subtitle("\"c\" & d").section("layer <2>");
        let svg = grid.tile(grey(), "unit & <one>").tile(grey(), "").svg().unwrap();
        assert_well_formed(&svg);
        for words in ["a &lt; b", "&quot;c&quot; &amp; d", "layer &lt;2&gt;", "unit &amp;", "&lt;one&gt;"] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
        assert_eq!(svg.matches("data:image/png;base64,").count(), 2);
        assert!(svg.contains("image-rendering:pixelated") && svg.contains(r##"fill="#ffffff""##));
        assert!(!svg.contains("linearGradient"), "grey pictures need no legend");
    }

    #[test]
    fn signed_pictures_share_the_largest_range_and_say_it() {
        let signed = |most: f32| Picture::signed(&[most, -0.125], 2, 1).unwrap();
        let grid = PictureGrid::new("").tile(signed(0.5), "").tile(signed(f32::NAN), "");
        let svg = grid.svg().unwrap();
        assert_well_formed(&svg);
        assert!(svg.contains("−0.5<") && svg.contains("+0.5<") && svg.contains("weight"));
        let svg = grid.each_own_range().svg().unwrap();
        assert!(svg.contains("+largest") && svg.contains("of each tile"));
    }

    #[test]
    fn the_longer_side_of_a_picture_fills_its_tile() {
        let grid = PictureGrid::new("");
        let shown = |width: usize, height: usize| {
            grid.shown(&Picture::grey(&vec![0.5; width * height], width, height).unwrap())
        };
        assert_eq!(shown(28, 28), (96.0, 96.0));
        assert_eq!(shown(10, 20), (48.0, 96.0));
        assert_eq!(shown(192, 96), (96.0, 48.0));
    }

    #[test]
    fn a_grid_of_nothing_is_drawn() {
        assert_well_formed(&PictureGrid::new("").columns(0).section("").svg().unwrap());
    }
}

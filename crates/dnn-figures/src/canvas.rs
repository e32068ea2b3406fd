//! The sheet a chart is drawn on: lines, rectangles, dots and text at places in points, from the upper left corner.
//!
//! The drawing library knows whole pixels only, so the sheet is drawn [`FINE`] times as large and shown smaller.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::{Error, Result, text};

/// Pixels of the drawing library in a point.
const FINE: f64 = 8.0;

pub(crate) const WHITE: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(crate) const BLACK: RGBColor = RGBColor(0x20, 0x20, 0x20);
pub(crate) const GREY: RGBColor = RGBColor(0x60, 0x60, 0x60);
pub(crate) const PALE: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);

/// Colours that all kinds of colour sight tell apart, less the yellow that white swallows (M. Okabe and K. Ito, "Color
/// Universal Design", 2008).
pub(crate) const COLOURS: [RGBColor; 7] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x00, 0x00, 0x00),
];

/// A place on the sheet: points from the left, points from above.
pub(crate) type Point = (f64, f64);

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) colour: RGBColor,
    pub(crate) opacity: f64,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

impl Stroke {
    pub(crate) fn solid(colour: RGBColor, width: f64) -> Self {
        Self { colour, opacity: 1.0, width, dashed: false }
    }
}

/// Where a text's place is: at its start, its middle or its end; vertically always its middle.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
    /// Its middle, and it reads upwards.
    Upwards,
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Font {
    pub(crate) size: f64,
    pub(crate) colour: RGBColor,
    pub(crate) bold: bool,
}

impl Font {
    pub(crate) const TITLE: Self = Self { size: 17.0, colour: BLACK, bold: true };
    pub(crate) const LABEL: Self = Self { size: 13.0, colour: BLACK, bold: false };
    pub(crate) const SMALL: Self = Self { size: 12.0, colour: GREY, bold: false };
}

/// A white sheet.
pub(crate) struct Canvas<'a>(DrawingArea<SVGBackend<'a>, Shift>);

/// Draws a figure of `width` × `height` points, named `title` for those who cannot see it.
pub(crate) fn figure(
    (width, height): (f64, f64),
    title: &str,
    draw: impl FnOnce(&Canvas<'_>) -> Result<()>,
) -> Result<String> {
    let mut svg = String::new();
    let (fine_width, fine_height) = ((FINE * width) as u32, (FINE * height) as u32);
    {
        let backend = SVGBackend::with_string(&mut svg, (fine_width, fine_height));
        let canvas = Canvas(backend.into_drawing_area());
        canvas.0.fill(&WHITE).map_err(Error::draw)?;
        draw(&canvas)?;
        canvas.0.present().map_err(Error::draw)?;
    }
    let head_end = svg.find('>').map_or(0, |end| end + 1);
    let head = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {fine_width} {fine_height}" role="img" stroke-linejoin="round"><title>{}</title>"#,
        text::escape(title)
    );
    svg.replace_range(..head_end, &head);
    Ok(svg)
}

/// How far down `draw` comes on a sheet of `width`: a figure is made as tall as its head needs.
pub(crate) fn measure(width: f64, draw: impl FnOnce(&Canvas<'_>) -> Result<f64>) -> Result<f64> {
    let mut end = 0.0;
    figure((width, 1.0), "", |canvas| draw(canvas).map(|y| end = y))?;
    Ok(end)
}

fn fine((x, y): Point) -> (i32, i32) {
    ((FINE * x).round() as i32, (FINE * y).round() as i32)
}

impl Canvas<'_> {
    /// A line through `points`; none, if there is but one.
    pub(crate) fn line(&self, points: &[Point], stroke: Stroke) -> Result<()> {
        if points.len() < 2 {
            return Ok(());
        }
        let style = ShapeStyle {
            color: stroke.colour.mix(stroke.opacity),
            filled: false,
            stroke_width: (FINE * stroke.width).round() as u32,
        };
        let points = points.iter().copied().map(fine);
        if stroke.dashed {
            let (dash, gap) = (6.0 * FINE, 3.0 * FINE);
            self.0.draw(&DashedPathElement::new(points, dash, gap, style)).map_err(Error::draw)
        } else {
            self.0.draw(&PathElement::new(points.collect::<Vec<_>>(), style)).map_err(Error::draw)
        }
    }

    /// A filled rectangle between two corners.
    pub(crate) fn rectangle(&self, from: Point, to: Point, colour: RGBColor) -> Result<()> {
        self.0.draw(&Rectangle::new([fine(from), fine(to)], colour.filled())).map_err(Error::draw)
    }

    /// A dot.
    pub(crate) fn dot(&self, centre: Point, radius: f64, colour: RGBColor) -> Result<()> {
        self.0.draw(&Circle::new(fine(centre), (FINE * radius) as i32, colour.filled())).map_err(Error::draw)
    }

    /// One line of text.
    pub(crate) fn text(&self, at: Point, text: &str, font: Font, anchor: Anchor) -> Result<()> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle | Anchor::Upwards => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
        // The library divides by 1.24 what it writes into the file.
        let described = FontDesc::new(FontFamily::SansSerif, FINE * 1.24 * font.size, style);
        let described = match anchor {
            Anchor::Upwards => described.transform(FontTransform::Rotate270),
            _ => described,
        };
        // Centred by the height of small letters, so that a baseline is the same with and without capitals.
        let style = described.color(&font.colour).pos(Pos::new(horizontal, VPos::Center));
        // The library escapes the rest.
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.0.draw(&Text::new(text, fine(at), style)).map_err(Error::draw)
    }
}

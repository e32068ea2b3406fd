//! The sheet every figure is drawn on: SVG, part by part, at places in points from the upper left corner.

use std::fmt::{Arguments, Write};

use crate::colour::{Rgb, hexadecimal};
use crate::text::escape;

/// Space between the edge of the figure and what stands in it.
pub(crate) const MARGIN: f64 = 16.0;

pub(crate) const BLACK: Rgb = [0x20; 3];
pub(crate) const GREY: Rgb = [0x60; 3];
pub(crate) const PALE: Rgb = [0xe4; 3];

/// Colours that all kinds of colour sight tell apart, less the yellow that white swallows (M. Okabe and K. Ito, "Color
/// Universal Design", 2008).
pub(crate) const COLOURS: [Rgb; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x00, 0x00, 0x00],
];

/// A place on the sheet, or a size: points to the right, points down.
pub(crate) type Point = (f64, f64);

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) colour: Rgb,
    pub(crate) opacity: f64,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

impl Stroke {
    pub(crate) const AXIS: Self = Self::solid(BLACK, 1.0);
    pub(crate) const FRAME: Self = Self::solid([0xb0; 3], 0.8);

    pub(crate) const fn solid(colour: Rgb, width: f64) -> Self {
        Self { colour, opacity: 1.0, width, dashed: false }
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Font {
    pub(crate) size: f64,
    pub(crate) colour: Rgb,
    pub(crate) bold: bool,
    /// What of the text is at its place: `start`, `middle` or `end`.
    pub(crate) anchor: &'static str,
}

impl Font {
    pub(crate) const TITLE: Self = Self { size: 17.0, bold: true, ..Self::LABEL };
    pub(crate) const HEADING: Self = Self { size: 14.0, ..Self::TITLE };
    pub(crate) const LABEL: Self = Self { size: 13.0, colour: BLACK, bold: false, anchor: "start" };
    pub(crate) const SMALL: Self = Self { size: 12.0, colour: GREY, ..Self::LABEL };
    pub(crate) const CAPTION: Self = Self { size: 11.0, ..Self::SMALL };

    pub(crate) fn middle(self) -> Self {
        Self { anchor: "middle", ..self }
    }

    pub(crate) fn end(self) -> Self {
        Self { anchor: "end", ..self }
    }

    pub(crate) fn colour(self, colour: Rgb) -> Self {
        Self { colour, ..self }
    }
}

/// The parts of a figure, in the order they are drawn.
#[derive(Debug, Default)]
pub(crate) struct Canvas(String);

impl Canvas {
    /// A line through `points`; none, if there is but one.
    pub(crate) fn line(&mut self, points: &[Point], stroke: Stroke) {
        if points.len() < 2 {
            return;
        }
        let Stroke { colour, opacity, width, dashed } = stroke;
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        let opacity = if opacity < 1.0 { format!(r#" opacity="{opacity}""#) } else { String::new() };
        let dashes = if dashed { r#" stroke-dasharray="6 3""# } else { "" };
        self.push(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="{width}"{opacity}{dashes}/>"#,
            points.join(" "),
            hexadecimal(colour)
        ));
    }

    /// A filled rectangle from its upper left corner; `fill` as SVG writes it.
    pub(crate) fn rectangle(&mut self, (x, y): Point, (width, height): Point, fill: &str) {
        self.push(format_args!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}"/>"#
        ));
    }

    /// The outline of a rectangle from its upper left corner.
    pub(crate) fn outline(&mut self, at: Point, size: Point, stroke: Stroke) {
        let (colour, width) = (hexadecimal(stroke.colour), stroke.width);
        self.rectangle(at, size, &format!(r#"none" stroke="{colour}" stroke-width="{width}"#));
    }

    /// A dot.
    pub(crate) fn dot(&mut self, (x, y): Point, radius: f64, colour: Rgb) {
        let fill = hexadecimal(colour);
        self.push(format_args!(r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" fill="{fill}"/>"#));
    }

    /// One line of text, its small letters centred at the height of its place.
    pub(crate) fn text(&mut self, at: Point, text: &str, font: Font) {
        self.turned_text(at, text, font, "");
    }

    /// The same, but read upwards.
    pub(crate) fn upwards(&mut self, at: Point, text: &str, font: Font) {
        self.turned_text(at, text, font, &format!(r#" transform="rotate(-90 {:.2} {:.2})""#, at.0, at.1));
    }

    fn turned_text(&mut self, (x, y): Point, text: &str, font: Font, turn: &str) {
        let Font { size, colour, bold, anchor } = font;
        let weight = if bold { r#" font-weight="bold""# } else { "" };
        // Half the height of an x: about that of most sans-serif fonts.
        let base = y + 0.27 * size;
        self.push(format_args!(
            r#"<text x="{x:.2}" y="{base:.2}" font-size="{size}" fill="{}" text-anchor="{anchor}"{weight}{turn}>{}</text>"#,
            hexadecimal(colour),
            escape(text)
        ));
    }

    /// An embedded picture; one that is enlarged keeps its pixels sharp.
    pub(crate) fn image(&mut self, (x, y): Point, (width, height): Point, enlarged: bool, address: &str) {
        let rendering = if enlarged { r#" style="image-rendering:pixelated""# } else { "" };
        self.push(format_args!(
            r#"<image x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" preserveAspectRatio="none"{rendering} href="{address}"/>"#
        ));
    }

    /// A bar of the colours `scale`, from left to right.
    pub(crate) fn scale(&mut self, at: Point, size: Point, scale: &[Rgb]) {
        self.push(format_args!(r#"<defs><linearGradient id="scale">"#));
        for (i, &colour) in scale.iter().enumerate() {
            let place = i as f64 / (scale.len() - 1) as f64;
            self.push(format_args!(r#"<stop offset="{place:.4}" stop-color="{}"/>"#, hexadecimal(colour)));
        }
        self.push(format_args!("</linearGradient></defs>"));
        self.rectangle(at, size, "url(#scale)");
        self.outline(at, size, Stroke::FRAME);
    }

    /// What `draw` draws, as far as it lies in a rectangle. An inner `svg` clips without a name that could stand twice in a
    /// page of several figures.
    pub(crate) fn clipped(&mut self, (x, y): Point, (width, height): Point, draw: impl FnOnce(&mut Self)) {
        let place = format!(r#"x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}""#);
        self.push(format_args!(r#"<svg {place} viewBox="{x:.2} {y:.2} {width:.2} {height:.2}">"#));
        draw(self);
        self.push(format_args!("</svg>"));
    }

    /// The finished SVG on a white sheet, named `title` for those who cannot see it.
    pub(crate) fn finish(self, (width, height): Point, title: &str) -> String {
        let (width, height) = (width.ceil(), height.ceil());
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" stroke-linejoin="round">
<title>{}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{}</svg>
"##,
            escape(title),
            self.0
        )
    }

    fn push(&mut self, part: Arguments<'_>) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{part}");
    }
}

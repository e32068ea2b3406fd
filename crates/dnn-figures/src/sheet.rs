//! The SVG of pictures, written part by part: white sheet, text, rectangles, embedded images.
//!
//! The drawing library of the charts embeds no images as a viewer needs them, so this is written by hand.

use std::fmt::Write;

use crate::colour::{Rgb, hexadecimal};
use crate::text::escape;

/// Space between the edge of the figure and what stands in it.
pub(crate) const MARGIN: f64 = 16.0;

pub(crate) const BLACK: Rgb = [0x20; 3];
pub(crate) const GREY: Rgb = [0x60; 3];

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) colour: Rgb,
    pub(crate) bold: bool,
    /// `start`, `middle` or `end`.
    pub(crate) anchor: &'static str,
}

impl Type {
    pub(crate) const TITLE: Self = Self { size: 17.0, colour: BLACK, bold: true, anchor: "start" };
    pub(crate) const HEADING: Self = Self { size: 14.0, ..Self::TITLE };
    pub(crate) const PLAIN: Self = Self { size: 13.0, colour: BLACK, bold: false, anchor: "start" };
    pub(crate) const SMALL: Self = Self { size: 11.0, colour: GREY, bold: false, anchor: "start" };

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
pub(crate) struct Sheet(String);

impl Sheet {
    /// A text whose base line is at `y`.
    pub(crate) fn text(&mut self, x: f64, y: f64, text: &str, style: Type) {
        let weight = if style.bold { r#" font-weight="bold""# } else { "" };
        self.push(format_args!(
            r#"<text x="{x:.2}" y="{y:.2}" font-size="{}" fill="{}" text-anchor="{}"{weight}>{}</text>"#,
            style.size,
            hexadecimal(style.colour),
            style.anchor,
            escape(text)
        ));
    }

    /// A text that reads upwards, anchored at `x`, `y`.
    pub(crate) fn upwards(&mut self, x: f64, y: f64, text: &str, style: Type) {
        self.push(format_args!(r#"<g transform="rotate(-90 {x:.2} {y:.2})">"#));
        self.text(x, y, text, style);
        self.push(format_args!("</g>"));
    }

    /// A filled rectangle; `fill` as SVG writes it.
    pub(crate) fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str) {
        self.push(format_args!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{fill}"/>"#
        ));
    }

    /// A thin frame.
    pub(crate) fn frame(&mut self, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.push(format_args!(
            r##"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="none" stroke="#b0b0b0" stroke-width="0.8"/>"##
        ));
    }

    /// An embedded picture; one that is enlarged keeps its pixels sharp.
    pub(crate) fn image(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        sharp: bool,
        address: &str,
    ) {
        let rendering = if sharp { r#" style="image-rendering:pixelated""# } else { "" };
        self.push(format_args!(
            r#"<image x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" preserveAspectRatio="none"{rendering} href="{address}"/>"#
        ));
    }

    /// A bar of the colours `scale`, from left to right.
    pub(crate) fn scale(&mut self, at: (f64, f64), size: (f64, f64), scale: &[Rgb]) {
        self.push(format_args!(r#"<defs><linearGradient id="scale">"#));
        for (i, &colour) in scale.iter().enumerate() {
            let place = i as f64 / (scale.len() - 1) as f64;
            self.push(format_args!(r#"<stop offset="{place:.4}" stop-color="{}"/>"#, hexadecimal(colour)));
        }
        self.push(format_args!("</linearGradient></defs>"));
        self.rectangle(at, size, "url(#scale)");
        self.frame(at, size);
    }

    /// The finished SVG of `width` × `height` points, on white, named `title` for those who cannot see it.
    pub(crate) fn finish(self, (width, height): (f64, f64), title: &str) -> String {
        let (width, height) = (width.ceil(), height.ceil());
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif">
<title>{}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{}</svg>
"##,
            escape(title),
            self.0
        )
    }

    fn push(&mut self, part: std::fmt::Arguments<'_>) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{part}");
    }
}

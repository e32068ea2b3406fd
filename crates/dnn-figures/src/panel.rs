//! What charts share: the head (title, sub-title, legend) and the framed panel with its two axes.

use crate::axis::Axis;
use crate::canvas::{Canvas, Font, GREY, MARGIN, PALE, Point, Stroke};
use crate::text;

/// The texts of a figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) x: String,
    pub(crate) y: String,
}

/// One entry of the legend; several strokes lie over one another.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) strokes: Vec<Stroke>,
}

impl Words {
    pub(crate) fn titled(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Writes title and sub-title; gives the height they end at.
    pub(crate) fn head(&self, canvas: &mut Canvas, width: f64) -> f64 {
        let mut y = MARGIN;
        let parts = [(&self.title, Font::TITLE, 1.08), (&self.subtitle, Font::LABEL.colour(GREY), 1.0)];
        for (part, font, bold) in parts {
            for line in text::wrap(part, bold * font.size, width - 2.0 * MARGIN) {
                canvas.text((MARGIN, y + 0.6 * font.size), &line, font);
                y += 1.3 * font.size;
            }
        }
        y + 6.0
    }
}

/// Writes the legend in rows from `y` down; gives the height it ends at.
pub(crate) fn legend(canvas: &mut Canvas, entries: &[Entry], y: f64, width: f64) -> f64 {
    const SWATCH: f64 = 24.0;
    let font = Font::LABEL;
    let (mut at, mut end) = ((MARGIN, y + 8.0), y);
    for entry in entries.iter().filter(|entry| !entry.name.is_empty()) {
        let name = text::cut(&entry.name, font.size, width - 2.0 * MARGIN - SWATCH - 6.0);
        let wide = SWATCH + 6.0 + text::width(&name, font.size);
        if at.0 > MARGIN && at.0 + wide > width - MARGIN {
            at = (MARGIN, at.1 + 1.5 * font.size);
        }
        for &stroke in &entry.strokes {
            canvas.line(&[at, (at.0 + SWATCH, at.1)], stroke);
        }
        canvas.text((at.0 + SWATCH + 6.0, at.1), &name, font);
        at.0 += wide + 14.0;
        end = at.1 + 16.0;
    }
    end
}

/// The framed part of a chart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
}

impl Panel {
    /// The panel that leaves room for both axes, between `top` and the figure's lower and right edge.
    pub(crate) fn beside_axes(words: &Words, x: Axis, y: Axis, top: f64, (width, height): Point) -> Self {
        let widest = |axis: Axis| {
            let widths = axis.ticks().into_iter().map(|(_, label)| text::width(&label, Font::SMALL.size));
            widths.fold(0.0, f64::max)
        };
        let title = |title: &str| if title.is_empty() { 0.0 } else { 22.0 };
        let (left, bottom) =
            (MARGIN + title(&words.y) + widest(y) + 8.0, height - MARGIN - title(&words.x) - 20.0);
        Self { left, top, right: width - MARGIN.max(0.5 * widest(x) + 4.0), bottom, x, y }
    }

    /// Where a value of each axis stands; none, if one has no place.
    pub(crate) fn at(&self, x: f64, y: f64) -> Option<Point> {
        // What lies far outside is not seen, and must be a number that viewers can read.
        let near = |place: f64| place.clamp(-1e5, 1e5);
        Some((near(self.along_x(self.x.place(x)?)), near(self.along_y(self.y.place(y)?))))
    }

    fn along_x(&self, place: f64) -> f64 {
        self.left + (place - self.x.low) / (self.x.high - self.x.low) * (self.right - self.left)
    }

    fn along_y(&self, place: f64) -> f64 {
        self.bottom - (place - self.y.low) / (self.y.high - self.y.low) * (self.bottom - self.top)
    }

    /// Draws the grid, below everything else.
    pub(crate) fn draw_grid(&self, canvas: &mut Canvas, levels: bool) {
        let pale = Stroke::solid(PALE, 0.8);
        for x in self.x.ticks().into_iter().map(|(place, _)| self.along_x(place)) {
            canvas.line(&[(x, self.top), (x, self.bottom)], pale);
        }
        for y in self.y.ticks().into_iter().filter(|_| levels).map(|(place, _)| self.along_y(place)) {
            canvas.line(&[(self.left, y), (self.right, y)], pale);
        }
    }

    /// Draws the horizontal axis with its ticks.
    pub(crate) fn draw_x(&self, canvas: &mut Canvas, title: &str) {
        let mut free = f64::NEG_INFINITY;
        for (place, label) in self.x.ticks() {
            let (x, half) = (self.along_x(place), 0.5 * text::width(&label, Font::SMALL.size));
            canvas.line(&[(x, self.bottom), (x, self.bottom + 4.0)], Stroke::AXIS);
            if x - half > free {
                canvas.text((x, self.bottom + 13.0), &label, Font::SMALL.middle());
                free = x + half + 6.0;
            }
        }
        let (middle, wide) = (0.5 * (self.left + self.right), self.right - self.left);
        let title = text::cut(title, Font::LABEL.size, wide);
        canvas.line(&[(self.left, self.bottom), (self.right, self.bottom)], Stroke::AXIS);
        canvas.text((middle, self.bottom + 34.0), &title, Font::LABEL.middle());
    }

    /// Draws the upright axis with its ticks.
    pub(crate) fn draw_y(&self, canvas: &mut Canvas, title: &str) {
        for (place, label) in self.y.ticks() {
            let y = self.along_y(place);
            canvas.line(&[(self.left - 4.0, y), (self.left, y)], Stroke::AXIS);
            canvas.text((self.left - 7.0, y), &label, Font::SMALL.end());
        }
        let (middle, tall) = (0.5 * (self.top + self.bottom), self.bottom - self.top);
        let title = text::cut(title, Font::LABEL.size, tall);
        canvas.line(&[(self.left, self.top), (self.left, self.bottom)], Stroke::AXIS);
        canvas.upwards((MARGIN + 6.0, middle), &title, Font::LABEL.middle());
    }
}

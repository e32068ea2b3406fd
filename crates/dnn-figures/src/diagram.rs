//! Blocks and arrows: what passes what to whom.

use std::path::Path;

use crate::canvas::{COLOURS, Canvas, Font, MARGIN, Point, Stroke};
use crate::panel::{Entry, Words, legend};
use crate::{Result, text};

/// Height of a line of text in a block, and space around the text, in points.
const LINE: f64 = 17.0;
const PADDING: f64 = 9.0;
/// Space between rows, and between columns besides what the words on an arrow need.
const ROW_GAP: f64 = 34.0;
const COLUMN_GAP: f64 = 26.0;
/// Length of an arrow's head.
const HEAD: f64 = 7.0;

/// Column and row of a block, from the upper left.
type Cell = (usize, usize);

/// A diagram of blocks in columns and rows, with arrows between them, written as SVG.
///
/// Columns are as wide as their widest block and rows as high as their highest, so arrows between neighbours in a row or a
/// column cross no block.
///
/// ```
/// use dnn_figures::Diagram;
///
/// let svg = Diagram::new("One layer")
///     .group("forward")
///     .block((0, 0), "A[l-1]")
///     .block((1, 0), "Z = W A + b\nA = g(Z)")
///     .arrow((0, 0), (1, 0), "(5, 4)")
///     .svg();
/// assert!(svg.contains("A = g(Z)"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Diagram {
    words: Words,
    groups: Vec<String>,
    blocks: Vec<Block>,
    arrows: Vec<Arrow>,
}

#[derive(Debug, Clone, PartialEq)]
struct Block {
    cell: Cell,
    group: usize,
    lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Arrow {
    from: Cell,
    to: Cell,
    group: usize,
    label: String,
}

impl Diagram {
    /// A diagram without blocks.
    pub fn new(title: impl Into<String>) -> Self {
        Self { words: Words::titled(title), ..Self::default() }
    }

    /// A line below the title.
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.words.subtitle = subtitle.into();
        self
    }

    /// Starts a group: what follows has its colour, and the legend its name.
    pub fn group(mut self, name: impl Into<String>) -> Self {
        self.groups.push(name.into());
        self
    }

    /// A block in column and row `cell`, with lines of text.
    pub fn block(mut self, cell: (usize, usize), text: impl AsRef<str>) -> Self {
        let lines = text.as_ref().lines().map(str::to_owned).collect();
        self.blocks.push(Block { cell, group: self.last_group(), lines });
        self
    }

    /// An arrow from the block in one cell to that in another, with a few words on it; none where a block is missing.
    pub fn arrow(mut self, from: (usize, usize), to: (usize, usize), label: impl Into<String>) -> Self {
        let group = self.last_group();
        self.arrows.push(Arrow { from, to, group, label: label.into() });
        self
    }

    /// The diagram as text.
    pub fn svg(&self) -> String {
        let (mut canvas, columns) = (Canvas::default(), self.columns());
        let width = end(&columns).max(480.0) + MARGIN;
        let top = self.words.head(&mut canvas, width);
        let rows = self.rows(legend(&mut canvas, &self.entries(), top, width) + 6.0);
        let frame = |block: &Block| block.frame(columns[block.cell.0], rows[block.cell.1]);
        self.blocks.iter().for_each(|block| frame(block).draw(&mut canvas, block));
        let at = |cell: Cell| self.blocks.iter().find(|block| block.cell == cell).map(frame);
        for arrow in &self.arrows {
            if let (Some(from), Some(to)) = (at(arrow.from), at(arrow.to)) {
                draw_arrow(&mut canvas, arrow, from, to);
            }
        }
        canvas.finish((width, end(&rows) + MARGIN), &self.words.title)
    }

    /// Writes the diagram to `path`, as SVG.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::error::write(path.as_ref(), &self.svg())
    }

    fn last_group(&self) -> usize {
        self.groups.len().saturating_sub(1)
    }

    fn entries(&self) -> Vec<Entry> {
        let named = self.groups.iter().enumerate();
        named.map(|(i, name)| Entry { name: name.clone(), strokes: vec![stroke(i)] }).collect()
    }

    /// Where each column starts and ends, from the left.
    fn columns(&self) -> Vec<(f64, f64)> {
        let gap = |column: usize| {
            let labels = self.arrows.iter().filter(|arrow| arrow.from.1 == arrow.to.1);
            let here = labels.filter(|arrow| arrow.from.0.min(arrow.to.0) == column);
            COLUMN_GAP + here.map(|arrow| text::width(&arrow.label, Font::SMALL.size)).fold(0.0, f64::max)
        };
        self.spans(MARGIN, |block| (block.cell.0, block.size().0), gap)
    }

    /// Where each row starts and ends, from `top` down.
    fn rows(&self, top: f64) -> Vec<(f64, f64)> {
        self.spans(top, |block| (block.cell.1, block.size().1), |_| ROW_GAP)
    }

    /// Spans one after another from `start`, each as long as its longest block and `gap` from the next; `of` says in which
    /// span a block is, and how long it is.
    fn spans(
        &self,
        start: f64,
        of: impl Fn(&Block) -> (usize, f64),
        gap: impl Fn(usize) -> f64,
    ) -> Vec<(f64, f64)> {
        let blocks = || self.blocks.iter().map(&of);
        let mut at = start;
        let span = |i| {
            let longest = blocks().filter(|block| block.0 == i).fold(0.0, |most, block| block.1.max(most));
            let span = (at, at + longest);
            at = span.1 + gap(i);
            span
        };
        (0..blocks().map(|block| block.0 + 1).max().unwrap_or(0)).map(span).collect()
    }
}

fn end(spans: &[(f64, f64)]) -> f64 {
    spans.last().map_or(0.0, |span| span.1)
}

fn stroke(group: usize) -> Stroke {
    Stroke::solid(COLOURS[group % COLOURS.len()], 1.4)
}

impl Block {
    /// Width and height that its text needs.
    fn size(&self) -> Point {
        let widths = self.lines.iter().map(|line| text::width(line, Font::LABEL.size));
        (widths.fold(0.0, f64::max) + 2.0 * PADDING, self.lines.len() as f64 * LINE + 2.0 * PADDING)
    }

    /// Its rectangle, in the middle of its column and row.
    fn frame(&self, column: (f64, f64), row: (f64, f64)) -> Frame {
        let (width, height) = self.size();
        let middle = (0.5 * (column.0 + column.1), 0.5 * (row.0 + row.1));
        Frame { middle, half: (0.5 * width, 0.5 * height) }
    }
}

/// The rectangle of a block: its middle, and half of its width and height.
#[derive(Debug, Clone, Copy)]
struct Frame {
    middle: Point,
    half: Point,
}

impl Frame {
    fn draw(self, canvas: &mut Canvas, block: &Block) {
        let Self { middle, half } = self;
        let corner = (middle.0 - half.0, middle.1 - half.1);
        canvas.outline(corner, (2.0 * half.0, 2.0 * half.1), stroke(block.group));
        for (i, line) in block.lines.iter().enumerate() {
            let at = (middle.0, corner.1 + PADDING + (i as f64 + 0.5) * LINE);
            canvas.text(at, line, Font::LABEL.middle());
        }
    }

    /// Where an arrow to `other` leaves: a side for a block of the same row, else top or bottom.
    fn edge(self, other: Self, same_row: bool) -> Point {
        let Self { middle: (x, y), half } = self;
        match same_row {
            true => (x + half.0.copysign(other.middle.0 - x), y),
            false => (x, y + half.1.copysign(other.middle.1 - y)),
        }
    }
}

/// A straight arrow, its words above it, or to its right if it does not lie level.
fn draw_arrow(canvas: &mut Canvas, arrow: &Arrow, from: Frame, to: Frame) {
    let level = arrow.from.1 == arrow.to.1;
    let (start, end) = (from.edge(to, level), to.edge(from, level));
    let stroke = stroke(arrow.group);
    canvas.line(&[start, end], stroke);
    let (dx, dy) = (end.0 - start.0, end.1 - start.1);
    let length = dx.hypot(dy).max(1e-9);
    let back = |side: f64| {
        let (along, across) = (HEAD / length, side * 0.5 * HEAD / length);
        (end.0 - along * dx + across * dy, end.1 - along * dy - across * dx)
    };
    canvas.line(&[back(1.0), end, back(-1.0)], stroke);
    let middle = (0.5 * (start.0 + end.0), 0.5 * (start.1 + end.1));
    match level {
        true => canvas.text((middle.0, middle.1 - 9.0), &arrow.label, Font::SMALL.middle()),
        false => canvas.text((middle.0 + 7.0, middle.1), &arrow.label, Font::SMALL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::assert_well_formed;

    #[test]
    fn a_diagram_is_well_formed_and_holds_its_words() {
        let svg = Diagram::new("A & B")
            .subtitle("<two>")
            .group("forward")
            .block((0, 0), "A[0]")
            .block((2, 1), "Z = W A\n+ b")
            .arrow((0, 0), (2, 1), "down")
            .group("backward")
            .arrow((2, 1), (0, 0), "up & left")
            .svg();
        assert_well_formed(&svg);
        for words in ["A &amp; B", "&lt;two&gt;", "A[0]", "Z = W A", "+ b", "up &amp; left", "backward"] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
    }

    #[test]
    fn arrows_to_blocks_that_are_missing_are_left_out() {
        let svg = Diagram::new("").arrow((0, 0), (7, 7), "nowhere").svg();
        assert_well_formed(&svg);
        assert!(!svg.contains("nowhere"));
    }

    #[test]
    fn neighbours_lie_apart_by_the_words_between_them() {
        let diagram = Diagram::new("").block((0, 0), "a").block((1, 0), "b");
        let apart = |diagram: &Diagram| {
            let columns = diagram.columns();
            columns[1].0 - columns[0].1
        };
        let labelled = diagram.clone().arrow((1, 0), (0, 0), "dA[3] (3, 128)");
        assert!((apart(&diagram) - COLUMN_GAP).abs() < 1e-9);
        assert!(apart(&labelled) > COLUMN_GAP + 60.0);
    }
}

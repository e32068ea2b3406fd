//! Blocks and arrows: what passes what to whom.

use std::fmt::Write;

/// Space between the edge of the diagram and what stands in it, in points.
const MARGIN: f64 = 16.0;
/// Sizes of letters: title, text, and the words on arrows. All letters are as wide as 0.61 of their size.
const TITLE: f64 = 17.0;
const TEXT: f64 = 13.0;
const SMALL: f64 = 12.0;
/// Colours that all kinds of colour sight tell apart (M. Okabe and K. Ito, "Color Universal Design", 2008).
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];
/// Height of a line of text in a block, and space around the text, in points.
const LINE: f64 = 17.0;
const PADDING: f64 = 9.0;
/// Space between rows, and between columns besides what the words on an arrow need.
const ROW_GAP: f64 = 34.0;
const COLUMN_GAP: f64 = 26.0;
/// Length of an arrow's head.
const HEAD: f64 = 7.0;

/// A place on the sheet, or a size: points to the right, points down.
type Point = (f64, f64);

/// Column and row of a block, from the upper left.
type Cell = (usize, usize);

/// A diagram of blocks in columns and rows, with arrows between them, written as SVG.
///
/// Columns are as wide as their widest block and rows as high as their highest, so arrows between neighbours in a row or a
/// column cross no block.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub(crate) struct Diagram {
    title: String,
    subtitle: String,
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
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A line below the title.
    pub(crate) fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = subtitle.into();
        self
    }

    /// Starts a group: what follows has its colour, and the legend its name.
    pub(crate) fn group(mut self, name: impl Into<String>) -> Self {
        self.groups.push(name.into());
        self
    }

    /// A block in column and row `cell`, with lines of text.
    pub(crate) fn block(mut self, cell: (usize, usize), text: impl AsRef<str>) -> Self {
        let lines = text.as_ref().lines().map(str::to_owned).collect();
        self.blocks.push(Block { cell, group: self.last_group(), lines });
        self
    }

    /// An arrow from the block in one cell to that in another, with a few words on it; none where a block is missing.
    pub(crate) fn arrow(
        mut self,
        from: (usize, usize),
        to: (usize, usize),
        label: impl Into<String>,
    ) -> Self {
        let group = self.last_group();
        self.arrows.push(Arrow { from, to, group, label: label.into() });
        self
    }

    /// The diagram as SVG.
    pub(crate) fn svg(&self) -> String {
        let (mut canvas, columns) = (Canvas::default(), self.columns());
        let words = text_width(&self.subtitle, TEXT).max(text_width(&self.title, TITLE)) + MARGIN;
        let width = end(&columns).max(words).max(480.0) + MARGIN;
        canvas.text((MARGIN, 26.0), &self.title, TITLE, "start");
        canvas.text((MARGIN, 48.0), &self.subtitle, TEXT, "start");
        let mut at = MARGIN;
        for (i, group) in self.groups.iter().enumerate() {
            canvas.line(&[(at, 70.0), (at + 24.0, 70.0)], colour(i));
            canvas.text((at + 30.0, 70.0), group, TEXT, "start");
            at += 44.0 + text_width(group, TEXT);
        }
        let (width, rows) = (width.max(at), self.rows(92.0));
        let frame = |block: &Block| block.frame(columns[block.cell.0], rows[block.cell.1]);
        self.blocks.iter().for_each(|block| frame(block).draw(&mut canvas, block));
        let at = |cell: Cell| self.blocks.iter().find(|block| block.cell == cell).map(frame);
        for arrow in &self.arrows {
            if let (Some(from), Some(to)) = (at(arrow.from), at(arrow.to)) {
                draw_arrow(&mut canvas, arrow, from, to);
            }
        }
        canvas.finish((width, end(&rows).max(92.0) + MARGIN), &self.title)
    }

    fn last_group(&self) -> usize {
        self.groups.len().saturating_sub(1)
    }

    /// Where each column starts and ends, from the left.
    fn columns(&self) -> Vec<(f64, f64)> {
        let gap = |column: usize| {
            let labels = self.arrows.iter().filter(|arrow| arrow.from.1 == arrow.to.1);
            let here = labels.filter(|arrow| arrow.from.0.min(arrow.to.0) == column);
            COLUMN_GAP + here.map(|arrow| text_width(&arrow.label, SMALL)).fold(0.0, f64::max)
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

fn colour(group: usize) -> &'static str {
    COLOURS[group % COLOURS.len()]
}

fn text_width(text: &str, size: f64) -> f64 {
    0.61 * size * text.chars().count() as f64
}

/// Escapes `text` for SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The parts drawn so far.
#[derive(Default)]
struct Canvas(String);

impl Canvas {
    fn line(&mut self, points: &[Point], colour: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        self.push(&format!(
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="1.4"/>"#,
            points.join(" ")
        ));
    }

    /// One line of text, its small letters centred at the height of its place.
    fn text(&mut self, (x, y): Point, text: &str, size: f64, anchor: &str) {
        let (y, text) = (y + 0.27 * size, escape(text));
        self.push(&format!(
            r#"<text x="{x:.2}" y="{y:.2}" font-size="{size}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    fn finish(self, (width, height): Point, title: &str) -> String {
        let (width, height, title, parts) = (width.ceil(), height.ceil(), escape(title), self.0);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="monospace">
<title>{title}</title>
<rect width="{width}" height="{height}" fill="#ffffff"/>
{parts}</svg>
"##
        )
    }

    fn push(&mut self, part: &str) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{part}");
    }
}

impl Block {
    /// Width and height that its text needs.
    fn size(&self) -> Point {
        let widths = self.lines.iter().map(|line| text_width(line, TEXT));
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
        let (left, top, right, bottom) = (corner.0, corner.1, middle.0 + half.0, middle.1 + half.1);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
        canvas.line(&corners, colour(block.group));
        for (i, line) in block.lines.iter().enumerate() {
            let at = (middle.0, corner.1 + PADDING + (i as f64 + 0.5) * LINE);
            canvas.text(at, line, TEXT, "middle");
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
    let colour = colour(arrow.group);
    canvas.line(&[start, end], colour);
    let (dx, dy) = (end.0 - start.0, end.1 - start.1);
    let length = dx.hypot(dy).max(1e-9);
    let back = |side: f64| {
        let (along, across) = (HEAD / length, side * 0.5 * HEAD / length);
        (end.0 - along * dx + across * dy, end.1 - along * dy - across * dx)
    };
    canvas.line(&[back(1.0), end, back(-1.0)], colour);
    let middle = (0.5 * (start.0 + end.0), 0.5 * (start.1 + end.1));
    match level {
        true => canvas.text((middle.0, middle.1 - 9.0), &arrow.label, SMALL, "middle"),
        false => canvas.text((middle.0 + 7.0, middle.1), &arrow.label, SMALL, "start"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A check, for tests: every element is closed in order, and nothing outside a tag looks like one.
    fn assert_well_formed(svg: &str) {
        let (mut open, mut rest) = (Vec::new(), svg);
        while let Some((before, after)) = rest.split_once('<') {
            assert!(!before.contains('>'), "stray '>' in {before:?}");
            for entity in before.split('&').skip(1) {
                assert!(
                    entity.split(';').next().is_some_and(|name| name.len() <= 5),
                    "bare '&' before {entity:?}"
                );
            }
            let (tag, next) = after.split_once('>').expect("a tag that ends");
            assert_eq!(tag.matches('"').count() % 2, 0, "quotes in {tag}");
            let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed.trim())),
                None if tag.ends_with('/') || tag.starts_with(['?', '!']) => {}
                None => open.push(name),
            }
            rest = next;
        }
        assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} left open, {rest:?} behind them");
    }

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

//! What is behind the marks of a scene: a tone, and a texture about it. Places and tones are those of the scene.

use dnn_core::random::Stream;

use super::between;

/// What the marks lie on.
pub(super) struct Ground {
    pub(super) tone: f64,
    /// How far the texture goes from the tone.
    pub(super) depth: f64,
    pub(super) texture: Texture,
}

/// A pattern with values from −1 to 1.
pub(super) enum Texture {
    /// Random values on a square grid of this many cells a side, smoothly joined.
    Noise { cells: usize, values: Vec<f64> },
    /// Waves in a direction: `sin(u x + v y + phase)`.
    Stripes { u: f64, v: f64, phase: f64 },
}

impl Ground {
    /// The tone at a place in the picture.
    pub(super) fn tone(&self, x: f64, y: f64) -> f64 {
        self.tone + self.depth * self.texture.at(x, y)
    }
}

impl Texture {
    pub(super) fn noise(stream: &mut Stream, cells: usize) -> Self {
        let values = (0..(cells + 1) * (cells + 1)).map(|_| between(stream, -1.0, 1.0)).collect();
        Self::Noise { cells, values }
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        match self {
            Self::Stripes { u, v, phase } => (u * x + v * y + phase).sin(),
            Self::Noise { cells, values } => {
                let (column, right) = cell(x, *cells);
                let (row, down) = cell(y, *cells);
                let corner = |row: usize, column: usize| values[row * (cells + 1) + column];
                let top = mix(corner(row, column), corner(row, column + 1), right);
                let bottom = mix(corner(row + 1, column), corner(row + 1, column + 1), right);
                mix(top, bottom, down)
            }
        }
    }
}

/// The cell of a grid over −1..1 that `x` falls into, and how far along it lies, eased at both ends.
fn cell(x: f64, cells: usize) -> (usize, f64) {
    let along = ((x + 1.0) / 2.0).clamp(0.0, 1.0) * cells as f64;
    let cell = (along as usize).min(cells - 1);
    (cell, smooth(along - cell as f64))
}

fn mix(a: f64, b: f64, part: f64) -> f64 {
    a + (b - a) * part
}

/// From 0 to 1 without a corner: `3t² − 2t³` within 0..1.
pub(super) fn smooth(t: f64) -> f64 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

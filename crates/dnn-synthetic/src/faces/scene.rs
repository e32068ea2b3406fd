//! A picture as soft marks on a ground, and how it becomes pixels.
//!
//! Places are in picture units: `x` to the right and `y` downwards, both from −1 to 1. Tones run from 0 (black) to 1.

use dnn_core::random::Stream;

use crate::{between, chance};

/// What is to be drawn.
pub(super) struct Scene {
    /// What the marks lie on.
    pub(super) ground: Ground,
    /// Drawn in this order.
    pub(super) marks: Vec<Mark>,
    /// Where the drawing stands in the picture.
    pub(super) pose: Pose,
    /// How the tones are taken.
    pub(super) camera: Camera,
}

/// A soft ellipse, which may be bent, of one tone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) centre: (f64, f64),
    pub(super) radii: (f64, f64),
    /// Turn in radians.
    pub(super) angle: f64,
    /// How far the middle is pushed down against the ends, in units of y.
    pub(super) bend: f64,
    pub(super) tone: f64,
    /// 1 covers what is below, 0 leaves it.
    pub(super) opacity: f64,
    /// Width of the edge, as a part of the radius.
    pub(super) softness: f64,
}

/// Where and how large the drawing stands in the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    pub(super) shift: (f64, f64),
    pub(super) scale: (f64, f64),
    pub(super) angle: f64,
}

/// How the tones are taken.
pub(super) struct Camera {
    /// Change of brightness towards the right and the bottom, as a part of it.
    pub(super) light: (f64, f64),
    pub(super) brightness: f64,
    pub(super) contrast: f64,
    /// Negative pictures exchange black and white.
    pub(super) negative: bool,
    /// Reach of the blur in pixels.
    pub(super) blur: f64,
    /// Standard deviation of the noise, in tones.
    pub(super) noise: f64,
}

impl Scene {
    /// `side · side` grey values in whole numbers from 0 to 255, rows from the top.
    pub(super) fn pixels<'a>(
        &'a self,
        side: usize,
        stream: &'a mut Stream,
    ) -> impl Iterator<Item = f64> + 'a {
        let drawing = Drawing {
            scene: self,
            turn: Turn::by(-self.pose.angle),
            marks: self.marks.iter().map(Placed::new).collect(),
        };
        (0..side * side).map(move |pixel| {
            let tone = self.camera.negate(drawing.averaged(pixel % side, pixel / side, side));
            let seen = tone + self.camera.noise * stream.normal();
            (255.0 * seen).clamp(0.0, 255.0).round()
        })
    }
}

/// A scene with everything worked out that is needed for every pixel.
struct Drawing<'a> {
    scene: &'a Scene,
    turn: Turn,
    marks: Vec<Placed<'a>>,
}

/// A mark with its turn back to upright, and the square of a distance beyond which it leaves nothing.
struct Placed<'a> {
    mark: &'a Mark,
    turn: Turn,
    reach_squared: f64,
}

impl Drawing<'_> {
    /// The mean of nine points in and around a pixel.
    fn averaged(&self, column: usize, row: usize, side: usize) -> f64 {
        let reach = self.scene.camera.blur / 2.0;
        let place = |cell: usize, offset: f64| 2.0 * (cell as f64 + 0.5 + offset * reach) / side as f64 - 1.0;
        let offsets = [-1.0, 0.0, 1.0];
        let points = offsets.iter().flat_map(|dy| offsets.iter().map(move |dx| (dx, dy)));
        points.map(|(dx, dy)| self.tone(place(column, *dx), place(row, *dy))).sum::<f64>() / 9.0
    }

    fn tone(&self, x: f64, y: f64) -> f64 {
        let Scene { ground, pose, camera, .. } = self.scene;
        let (u, v) = self.turn.of(x - pose.shift.0, y - pose.shift.1);
        let (u, v) = (u / pose.scale.0, v / pose.scale.1);
        let painted = self.marks.iter().fold(ground.tone(x, y), |below, mark| mark.over(below, u, v));
        camera.taken(painted, x, y)
    }
}

impl Mark {
    /// A mark that covers what is below it, upright and with a moderately soft edge.
    pub(super) fn new(centre: (f64, f64), radii: (f64, f64), tone: f64) -> Self {
        Self { centre, radii, angle: 0.0, bend: 0.0, tone, opacity: 1.0, softness: 0.4 }
    }
}

impl<'a> Placed<'a> {
    fn new(mark: &'a Mark) -> Self {
        let outside = 1.0 + mark.softness / 2.0;
        let (along, across) = (outside * mark.radii.0, outside * mark.radii.1 + mark.bend.abs());
        Self { mark, turn: Turn::by(-mark.angle), reach_squared: along * along + across * across }
    }

    /// The tone at a point, given the one below.
    fn over(&self, below: f64, x: f64, y: f64) -> f64 {
        let mark = self.mark;
        let (x, y) = (x - mark.centre.0, y - mark.centre.1);
        if x * x + y * y > self.reach_squared {
            return below;
        }
        let (x, y) = self.turn.of(x, y);
        let along = x / mark.radii.0;
        let across = (y - mark.bend * (0.5 - along * along).max(-1.0)) / mark.radii.1;
        let distance = (along * along + across * across).sqrt();
        let inside = smooth((1.0 - distance) / mark.softness + 0.5);
        below + (mark.tone - below) * mark.opacity * inside
    }
}

impl Pose {
    pub(super) const STRAIGHT: Self = Self { shift: (0.0, 0.0), scale: (1.0, 1.0), angle: 0.0 };
}

impl Camera {
    /// Light, exposure, sharpness and noise as they come.
    pub(super) fn random(stream: &mut Stream) -> Self {
        let strong = if chance(stream, 0.3) { 0.5 } else { 0.2 };
        Self {
            light: (strong * between(stream, -1.0, 1.0), 0.6 * strong * between(stream, -1.0, 1.0)),
            brightness: between(stream, 0.38, 0.62),
            contrast: between(stream, 0.55, 1.25),
            negative: false,
            blur: between(stream, 0.7, 1.6),
            noise: between(stream, 0.004, 0.03),
        }
    }

    fn taken(&self, tone: f64, x: f64, y: f64) -> f64 {
        let lit = tone * (1.0 + self.light.0 * x + self.light.1 * y);
        self.brightness + self.contrast * (lit - 0.5)
    }

    fn negate(&self, tone: f64) -> f64 {
        if self.negative { 1.0 - tone } else { tone }
    }
}

/// Sine and cosine of a turn.
#[derive(Debug, Clone, Copy)]
struct Turn(f64, f64);

impl Turn {
    fn by(angle: f64) -> Self {
        let (sine, cosine) = angle.sin_cos();
        Self(sine, cosine)
    }

    fn of(self, x: f64, y: f64) -> (f64, f64) {
        (x * self.1 - y * self.0, x * self.0 + y * self.1)
    }
}

/// What the marks lie on: a tone, and a texture about it.
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

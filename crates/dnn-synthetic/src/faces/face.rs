//! A face: its parts as marks, each drawn about its own centre, so that [`super::other`] can misplace them.
//!
//! Numbers here are proportions of a face that fills the picture from the brows to the chin, set by eye.

use dnn_core::random::Stream;

use super::scene::{Camera, Ground, Mark, Pose, Scene, Texture};
use crate::{between, chance};

/// The parts of a face, in the order they are drawn.
pub(super) struct Face {
    /// Hair, head, cheeks, beard: whatever has its place by the outline.
    pub(super) head: Vec<Mark>,
    /// Left eye, right eye, nose and mouth, each with its centre.
    pub(super) parts: [Part; 4],
    /// What lies over the parts: glasses, or nothing.
    pub(super) over: Vec<Mark>,
}

/// Marks that belong together; their centres are relative to that of the part.
pub(super) struct Part {
    pub(super) centre: (f64, f64),
    pub(super) marks: Vec<Mark>,
}

/// A face as it is to be found.
pub(super) fn scene(stream: &mut Stream) -> Scene {
    let face = Face::random(stream);
    picture(&face, stream)
}

/// One picture of a face: before some ground, in some pose and light.
pub(super) fn picture(face: &Face, stream: &mut Stream) -> Scene {
    let ground = ground(stream);
    Scene { ground, marks: face.marks(), pose: pose(stream), camera: Camera::random(stream) }
}

/// What faces stand before: any tone, rather smooth.
pub(super) fn ground(stream: &mut Stream) -> Ground {
    let cells = 1 + stream.below(4);
    Ground {
        tone: between(stream, 0.1, 0.9),
        depth: between(stream, 0.0, 0.25),
        texture: Texture::noise(stream, cells),
    }
}

/// How faces stand in the picture: nearly straight, nearly in the middle.
pub(super) fn pose(stream: &mut Stream) -> Pose {
    let scale = between(stream, 0.86, 1.14);
    Pose {
        shift: (0.1 * stream.normal(), 0.1 * stream.normal()),
        scale: (scale * between(stream, 0.92, 1.08), scale),
        angle: 0.13 * stream.normal(),
    }
}

impl Face {
    pub(super) fn random(stream: &mut Stream) -> Self {
        let skin = between(stream, 0.42, 0.85);
        // Turning the head moves what stands out of it.
        let turn = 0.09 * stream.normal();
        let eye_height = between(stream, -0.36, -0.24);
        let eye_distance = between(stream, 0.37, 0.46);
        let mouth_height = between(stream, 0.48, 0.6);
        let look = Look::random(stream, skin);
        let glasses =
            if chance(stream, 0.15) { glasses(stream, turn, eye_height, eye_distance) } else { vec![] };
        Self {
            head: head(stream, skin, turn, mouth_height),
            parts: [
                Part { centre: (turn - eye_distance, eye_height), marks: look.eye(-1.0) },
                Part { centre: (turn + eye_distance, eye_height), marks: look.eye(1.0) },
                Part { centre: (1.6 * turn, 0.08), marks: nose(stream, skin, turn) },
                Part { centre: (1.2 * turn, mouth_height), marks: mouth(stream, skin) },
            ],
            over: glasses,
        }
    }

    /// All marks, in the order they are drawn.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let parts = self.parts.iter().flat_map(Part::placed);
        self.head.iter().copied().chain(parts).chain(self.over.iter().copied()).collect()
    }
}

impl Part {
    fn placed(&self) -> impl Iterator<Item = Mark> + '_ {
        let (x, y) = self.centre;
        self.marks.iter().map(move |mark| Mark { centre: (mark.centre.0 + x, mark.centre.1 + y), ..*mark })
    }
}

/// Hair, the oval of the head, light on forehead and cheeks, and maybe a beard.
fn head(stream: &mut Stream, skin: f64, turn: f64, mouth_height: f64) -> Vec<Mark> {
    let (width, height) = (between(stream, 0.84, 1.0), between(stream, 1.08, 1.25));
    let hair = between(stream, 0.05, 0.6_f64.min(skin));
    let soft =
        |centre, radii, tone, opacity| Mark { opacity, softness: 1.4, ..Mark::new(centre, radii, tone) };
    let mut marks = vec![
        Mark::new((0.0, -0.28), (width * between(stream, 1.05, 1.25), height * 1.05), hair),
        Mark { softness: 0.15, ..Mark::new((0.0, between(stream, 0.0, 0.12)), (width, height), 0.85 * skin) },
        soft((turn, 0.0), (0.9 * width, height), 1.04 * skin, 0.9),
        soft((turn, -0.72), (0.6, 0.28), 1.12 * skin, 0.6),
        soft((turn - 0.46, 0.16), (0.3, 0.3), 1.14 * skin, 0.6),
        soft((turn + 0.46, 0.16), (0.3, 0.3), 1.14 * skin, 0.6),
        soft((turn, 0.86), (0.34, 0.16), 1.08 * skin, 0.5),
    ];
    if chance(stream, 0.45) {
        marks.push(Mark::new((between(stream, -0.4, 0.4), -1.1), (1.1, between(stream, 0.2, 0.45)), hair));
    }
    if chance(stream, 0.2) {
        let opacity = between(stream, 0.3, 0.75);
        marks.push(soft((turn, mouth_height - 0.18), (0.36, 0.13), hair, opacity));
        if chance(stream, 0.6) {
            marks.push(soft((turn, 0.88), (0.7, 0.42), hair, opacity));
        }
    }
    marks
}

/// What both eyes have in common.
struct Look {
    skin: f64,
    socket: f64,
    brow: f64,
    brow_height: f64,
    brow_angle: f64,
    brow_thickness: f64,
    open: f64,
    iris: f64,
    gaze: f64,
}

impl Look {
    fn random(stream: &mut Stream, skin: f64) -> Self {
        Self {
            skin,
            socket: between(stream, 0.45, 0.75) * skin,
            brow: between(stream, 0.15, 0.6) * skin,
            brow_height: between(stream, -0.31, -0.22),
            brow_angle: between(stream, -0.2, 0.2),
            brow_thickness: between(stream, 0.04, 0.085),
            open: if chance(stream, 0.1) { 0.02 } else { between(stream, 0.06, 0.11) },
            iris: between(stream, 0.03, 0.25),
            gaze: between(stream, -0.06, 0.06),
        }
    }

    /// Socket, white, iris, lid and brow; `outwards` is −1 for the left eye and 1 for the right.
    fn eye(&self, outwards: f64) -> Vec<Mark> {
        let white = (1.15 * self.skin).min(0.95);
        vec![
            Mark {
                opacity: 0.85,
                softness: 1.2,
                ..Mark::new((-0.05 * outwards, -0.07), (0.34, 0.25), self.socket)
            },
            Mark { opacity: 0.9, ..Mark::new((0.0, 0.0), (0.17, self.open), white) },
            Mark::new((self.gaze, 0.0), (0.1, self.open + 0.025), self.iris),
            Mark { bend: -0.04, ..Mark::new((0.0, -self.open - 0.01), (0.2, 0.035), 0.4 * self.skin) },
            Mark {
                angle: outwards * self.brow_angle,
                bend: -0.06,
                ..Mark::new((0.02 * outwards, self.brow_height), (0.26, self.brow_thickness), self.brow)
            },
        ]
    }
}

/// A lit ridge, a shaded side, and the shadow and nostrils below.
fn nose(stream: &mut Stream, skin: f64, turn: f64) -> Vec<Mark> {
    let width = between(stream, 0.13, 0.2);
    let tip = between(stream, 0.1, 0.18);
    let shaded = if chance(stream, 0.5) { -1.0 } else { 1.0 };
    let dark = between(stream, 0.35, 0.6) * skin;
    let soft =
        |centre, radii, tone, opacity| Mark { opacity, softness: 1.2, ..Mark::new(centre, radii, tone) };
    vec![
        soft((shaded * 0.15 - turn, -0.1), (0.12, 0.38), 0.7 * skin, between(stream, 0.2, 0.8)),
        soft((0.0, -0.12), (0.09, 0.4), 1.18 * skin, 0.75),
        soft((0.0, tip - 0.02), (width, 0.12), 1.15 * skin, 0.7),
        soft((0.0, tip + 0.11), (1.5 * width, 0.1), 0.68 * skin, 0.8),
        soft((-0.6 * width, tip + 0.08), (0.06, 0.05), dark, 0.9),
        soft((0.6 * width, tip + 0.08), (0.06, 0.05), dark, 0.9),
    ]
}

/// Lips, the line between them or what an open mouth shows, and the shadow below.
fn mouth(stream: &mut Stream, skin: f64) -> Vec<Mark> {
    let width = between(stream, 0.24, 0.4);
    let bend = between(stream, -0.05, 0.12);
    let lip = between(stream, 0.6, 0.82) * skin;
    let bent = |mark: Mark| Mark { bend, ..mark };
    let mut marks = vec![
        bent(Mark { softness: 0.8, ..Mark::new((0.0, 0.0), (width, between(stream, 0.08, 0.13)), lip) }),
        bent(Mark { opacity: 0.9, ..Mark::new((0.0, -0.01), (1.05 * width, 0.035), 0.35 * skin) }),
    ];
    if chance(stream, 0.25) {
        let teeth = chance(stream, 0.6);
        let tone = if teeth { (1.2 * skin).min(0.95) } else { 0.2 * skin };
        marks.push(bent(Mark::new((0.0, 0.01), (0.75 * width, between(stream, 0.05, 0.1)), tone)));
    }
    let shadow = Mark::new((0.0, 0.2), (0.8 * width, 0.07), 0.8 * skin);
    marks.push(Mark { opacity: 0.6, softness: 1.2, ..shadow });
    marks
}

/// Two rims and a bridge, or two dark glasses.
fn glasses(stream: &mut Stream, turn: f64, eye_height: f64, eye_distance: f64) -> Vec<Mark> {
    let dark = chance(stream, 0.3);
    let rim = between(stream, 0.05, 0.25);
    let bar = |x: f64, y: f64, radii| Mark::new((turn + x, eye_height + y), radii, rim);
    let mut marks = vec![bar(0.0, -0.02, (0.14, 0.03))];
    for x in [-eye_distance, eye_distance] {
        match dark {
            true => marks.push(bar(x, 0.02, (0.3, 0.2))),
            false => marks.extend([bar(x, -0.14, (0.28, 0.03)), bar(x, 0.19, (0.24, 0.03))]),
        }
    }
    marks
}

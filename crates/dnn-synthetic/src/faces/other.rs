//! What is no face: patterns that never come near one, and faces with one thing wrong.

use std::f64::consts::{PI, TAU};

use dnn_core::random::Stream;

use super::face::{self, Face};
use super::scene::{Camera, Ground, Mark, Pose, Scene, Texture};
use crate::{between, chance};

/// One of the kinds below, each as often as the others.
pub(super) fn scene(stream: &mut Stream) -> Scene {
    let kinds = [texture, stripes, bars, blobs, turned, negative, scrambled, bare, cut, rearranged];
    kinds[stream.below(kinds.len())](stream)
}

fn plain(stream: &mut Stream, ground: Ground, marks: Vec<Mark>) -> Scene {
    Scene { ground, marks, pose: Pose::STRAIGHT, camera: Camera::random(stream) }
}

/// Clouds, or something finer.
fn texture(stream: &mut Stream) -> Scene {
    let cells = 2 + stream.below(9);
    let ground = Ground {
        tone: between(stream, 0.3, 0.7),
        depth: between(stream, 0.2, 0.7),
        texture: Texture::noise(stream, cells),
    };
    let speckles = stream.below(12);
    let marks = (0..speckles).map(|_| mark(stream, 0.05, 0.2)).collect();
    plain(stream, ground, marks)
}

/// Waves of any direction, from half a wave to the finest that pixels show, with some blobs.
fn stripes(stream: &mut Stream) -> Scene {
    let (frequency, angle) = (between(stream, 1.0, 14.0), between(stream, 0.0, PI));
    let (u, v) = (frequency * angle.cos(), frequency * angle.sin());
    let phase = between(stream, 0.0, TAU);
    let ground = Ground {
        tone: between(stream, 0.3, 0.7),
        depth: between(stream, 0.1, 0.5),
        texture: Texture::Stripes { u, v, phase },
    };
    let count = stream.below(4);
    let marks = (0..count).map(|_| mark(stream, 0.1, 0.5)).collect();
    plain(stream, ground, marks)
}

/// Straight edges, as of walls and windows.
fn bars(stream: &mut Stream) -> Scene {
    let (ground, turn) = (face::ground(stream), between(stream, 0.0, PI));
    let count = 1 + stream.below(6);
    let bar = |stream: &mut Stream| {
        let square = if chance(stream, 0.5) { PI / 2.0 } else { 0.0 };
        Mark {
            angle: turn + square + 0.05 * stream.normal(),
            radii: (between(stream, 1.0, 30.0), between(stream, 0.05, 0.8)),
            softness: 0.1,
            ..mark(stream, 0.1, 1.0)
        }
    };
    let marks = (0..count).map(|_| bar(stream)).collect();
    plain(stream, ground, marks)
}

/// Spots of all sizes.
fn blobs(stream: &mut Stream) -> Scene {
    let ground = face::ground(stream);
    let count = 3 + stream.below(10);
    let marks = (0..count).map(|_| mark(stream, 0.08, 0.9)).collect();
    plain(stream, ground, marks)
}

/// A face that stands on its head, or lies on its side.
fn turned(stream: &mut Stream) -> Scene {
    let mut scene = face::scene(stream);
    scene.pose.angle += [PI / 2.0, PI, PI, -PI / 2.0][stream.below(4)];
    scene
}

/// A face as on a film.
fn negative(stream: &mut Stream) -> Scene {
    let mut scene = face::scene(stream);
    scene.camera.negative = true;
    scene
}

/// A head with its parts at places of chance.
fn scrambled(stream: &mut Stream) -> Scene {
    let mut face = Face::random(stream);
    for part in &mut face.parts {
        part.centre = (between(stream, -0.6, 0.6), between(stream, -0.6, 0.7));
    }
    around(stream, face)
}

/// A head with its parts exchanged, so that the dark places are about where a face has them.
fn rearranged(stream: &mut Stream) -> Scene {
    let mut face = Face::random(stream);
    let centres = face.parts.each_ref().map(|part| part.centre);
    let order =
        [[2, 3, 0, 1], [3, 2, 1, 0], [0, 3, 2, 1], [3, 1, 2, 0], [2, 1, 0, 3], [0, 2, 1, 3]][stream.below(6)];
    for (part, place) in face.parts.iter_mut().zip(order) {
        part.centre = centres[place];
    }
    around(stream, face)
}

/// A head that lacks some of its parts.
fn bare(stream: &mut Stream) -> Scene {
    let mut face = Face::random(stream);
    let kept = stream.below(face.parts.len());
    let missing = (0..face.parts.len()).filter(|&part| part != kept);
    let mut missing: Vec<usize> = missing.collect();
    missing.truncate(2 + stream.below(2));
    missing.into_iter().for_each(|part| face.parts[part].marks.clear());
    around(stream, face)
}

/// A piece of a face, or a face that is out of the picture by half.
fn cut(stream: &mut Stream) -> Scene {
    let mut scene = face::scene(stream);
    let near = chance(stream, 0.5);
    let scale = if near { between(stream, 1.8, 3.0) } else { between(stream, 0.8, 1.2) };
    let direction = between(stream, 0.0, TAU);
    let distance = between(stream, 0.55, 1.1) * scale.min(1.4);
    scene.pose.scale = (scale, scale);
    scene.pose.shift = (distance * direction.cos(), distance * direction.sin());
    scene
}

/// A face with parts misplaced, but light, pose and ground as of a real one.
fn around(stream: &mut Stream, face: Face) -> Scene {
    let ground = face::ground(stream);
    let over = Vec::new();
    Scene {
        ground,
        marks: Face { over, ..face }.marks(),
        pose: face::pose(stream),
        camera: Camera::random(stream),
    }
}

/// A mark of any tone and place, with radii from `low` to `high`.
fn mark(stream: &mut Stream, low: f64, high: f64) -> Mark {
    Mark {
        centre: (between(stream, -1.1, 1.1), between(stream, -1.1, 1.1)),
        radii: (between(stream, low, high), between(stream, low, high)),
        angle: between(stream, 0.0, PI),
        bend: 0.0,
        tone: between(stream, 0.0, 1.0),
        opacity: between(stream, 0.5, 1.0),
        softness: between(stream, 0.1, 1.2),
    }
}

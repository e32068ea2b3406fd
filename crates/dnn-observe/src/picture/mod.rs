//! Pictures of numbers: images, weights and counts as squares of colour.

mod colour;
mod confusion;
mod grid;
mod legend;
mod pixels;
mod sheet;

pub use confusion::ConfusionMatrix;
pub use grid::PictureGrid;
pub use pixels::Picture;

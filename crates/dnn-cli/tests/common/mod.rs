//! What several tests of the program share.

use dnn_core::{Elementwise, Real, Saved};

/// An activation that no program of the tests has.
#[derive(Clone)]
pub(crate) struct Cube;

impl Elementwise for Cube {
    const NAME: &'static str = "elsewhere/cube";
    const SAVED: Saved = Saved::Input;
    fn f<T: Real>(&self, z: T) -> T {
        z * z * z
    }
    fn df<T: Real>(&self, z: T) -> T {
        T::of(3.0) * z * z
    }
}

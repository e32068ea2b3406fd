//! What several tests of the program share.

use dnn_core::{Elementwise, Named, Real, Saved};

/// An activation that no program of the tests has.
#[derive(Clone, Default)]
pub(crate) struct Cube;

impl Named for Cube {
    const NAME: &'static str = "elsewhere/cube";
}

impl Elementwise for Cube {
    const SAVED: Saved = Saved::Input;
    fn f<T: Real>(&self, z: T) -> T {
        z * z * z
    }
    fn df<T: Real>(&self, z: T) -> T {
        T::of(3.0) * z * z
    }
}

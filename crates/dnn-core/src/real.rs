//! The two number types a network computes in.
//!
//! [`Real`] is sealed: a third type would need kernels in every back end. It also picks the half of an object that
//! serves its precision, so that one trait object (an activation, a layer, a back end) serves both.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{AddAssign, DivAssign, MulAssign, SubAssign};

use num_traits::Float;

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`.
pub trait Real:
    sealed::Sealed
    + Float
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Default
    + Debug
    + Display
    + Send
    + Sync
    + 'static
{
    /// `"f32"` or `"f64"`.
    const NAME: &'static str;

    /// Bytes of a number.
    const BYTES: usize;

    /// Writes its bytes, the lowest first.
    ///
    /// # Panics
    /// If `bytes` are not [`BYTES`](Self::BYTES).
    fn write(self, bytes: &mut [u8]);

    /// The number of these bytes, the lowest first.
    ///
    /// # Panics
    /// If `bytes` are not [`BYTES`](Self::BYTES).
    fn read(bytes: &[u8]) -> Self;

    /// The nearest value to `value`.
    fn of(value: f64) -> Self;

    /// This value, exactly.
    fn wide(self) -> f64;

    /// The error function, `2/√π ∫₀ˣ exp(−t²) dt`.
    fn erf(self) -> Self;

    /// The half of `both` that serves this precision.
    fn half<B: Both + ?Sized>(both: &B) -> &B::Half<Self>;
}

/// A trait object that serves both precisions, as [`crate::AnyActivation`] does by being an `Activation<f32>` and an
/// `Activation<f64>`: what [`Real::half`] picks from.
///
/// ```
/// use dnn_core::{Activation, AnyActivation, IntoActivation, Real, Tanh};
///
/// fn apply<T: Real>(activation: &dyn AnyActivation, z: &mut [T]) {
///     let half: &dyn Activation<T> = T::half(activation);
///     half.forward(z.len(), &[], z);
/// }
///
/// let (mut z, tanh) = ([0.5_f32], Tanh.into_activation());
/// apply(&*tanh, &mut z);
/// assert_eq!(z, [0.5_f32.tanh()]);
/// ```
pub trait Both {
    /// Its trait in one precision, as an object.
    type Half<T: Real>: ?Sized;

    /// The half for f32.
    fn f32(&self) -> &Self::Half<f32>;

    /// The half for f64.
    fn f64(&self) -> &Self::Half<f64>;
}

impl Real for f32 {
    const NAME: &'static str = "f32";
    const BYTES: usize = size_of::<Self>();

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        Self::from_le_bytes(bytes.try_into().expect("as many bytes as a number has"))
    }

    fn of(value: f64) -> Self {
        value as f32
    }

    fn wide(self) -> f64 {
        self.into()
    }

    fn erf(self) -> Self {
        libm::erff(self)
    }

    fn half<B: Both + ?Sized>(both: &B) -> &B::Half<Self> {
        both.f32()
    }
}

impl Real for f64 {
    const NAME: &'static str = "f64";
    const BYTES: usize = size_of::<Self>();

    fn write(self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        Self::from_le_bytes(bytes.try_into().expect("as many bytes as a number has"))
    }

    fn of(value: f64) -> Self {
        value
    }

    fn wide(self) -> f64 {
        self
    }

    fn erf(self) -> Self {
        libm::erf(self)
    }

    fn half<B: Both + ?Sized>(both: &B) -> &B::Half<Self> {
        both.f64()
    }
}

/// Runs `action`, compiled for the widest registers of this processor: a plain loop over slices inside of it becomes
/// vector code, so that a program built for every processor still uses this one.
///
/// Costs one comparison. Only what is inlined into `action` is compiled so.
///
/// ```
/// let (mut y, x) = (vec![1.0_f32; 100], vec![2.0; 100]);
/// dnn_core::widest(|| y.iter_mut().zip(&x).for_each(|(y, x)| *y += x));
/// assert_eq!(y, vec![3.0; 100]);
/// ```
#[inline(always)]
pub fn widest<R>(action: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(action)
}

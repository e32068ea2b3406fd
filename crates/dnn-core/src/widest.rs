//! Loops in the widest instructions the processor has, chosen when they run.

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

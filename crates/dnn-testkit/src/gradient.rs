//! Central differences: the gradient as the definition has it, in f64.

/// `‖g − ĝ‖ / (‖g‖ + ‖ĝ‖)` of the gradient `g` of `cost` at `parameters` and its central differences ĝ, for the parameters
/// `range`. The differences are of fourth order, `(8 (c(h) − c(−h)) − (c(2h) − c(−2h))) / 12h` at h = 1e-3: a hundred times less
/// rounding than plain ones at 1e-5, which drown the small gradients of deep sigmoid nets. A tensor whose gradient is zero on both sides has distance 0.
pub fn distance(
    parameters: &[f64],
    gradient: &[f64],
    range: std::ops::Range<usize>,
    mut cost: impl FnMut(&[f64]) -> f64,
) -> f64 {
    const STEP: f64 = 1e-3;
    let mut moved = parameters.to_vec();
    let (mut apart, mut found, mut expected) = (0.0, 0.0, 0.0);
    for at in range {
        let mut at_offset = |offset: f64| {
            moved[at] = parameters[at] + offset;
            cost(&moved)
        };
        let near = at_offset(STEP) - at_offset(-STEP);
        let far = at_offset(2.0 * STEP) - at_offset(-2.0 * STEP);
        let slope = (8.0 * near - far) / (12.0 * STEP);
        moved[at] = parameters[at];
        apart += (gradient[at] - slope).powi(2);
        found += gradient[at].powi(2);
        expected += slope.powi(2);
    }
    let length = f64::sqrt(found) + f64::sqrt(expected);
    // Rounding of the cost alone gives differences of about ε / h for a gradient of zero.
    if length < 1e-9 { 0.0 } else { apart.sqrt() / length }
}

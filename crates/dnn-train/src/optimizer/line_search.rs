//! A line search for the strong Wolfe conditions.
//!
//! J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd edition, algorithms 3.5 and 3.6: a step that is too long is
//! bracketed, and the bracket shrinks by cubic interpolation. `cost` and `slope` are those along the line.
//!
//! Costs are compared only as far as their rounding allows (W. W. Hager and H. Zhang, SIAM J. Optim. 16, 2005, for the
//! same end): near a minimum the slope still tells what the cost no longer can.

/// Share of the first slope by which the cost must fall.
const DECREASE: f64 = 1e-4;
/// Share of the first slope that may be left.
const CURVATURE: f64 = 0.9;
/// How much longer the next trial is while nothing bounds it.
const GROWTH: f64 = 4.0;

/// A place on the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) length: f64,
    pub(super) cost: f64,
    pub(super) slope: f64,
}

/// Looks for a length from `start`, whose slope is below 0, trying `length` first. `noise` is the rounding of a cost.
/// `evaluate` gives cost and slope of a length, not finite where it is too long. `Ok` if the last place evaluated is the
/// one to take; else the best place there is, which may be the start.
pub(super) fn search<E>(
    start: Place,
    mut length: f64,
    noise: f64,
    evaluations: usize,
    evaluate: &mut dyn FnMut(f64) -> Result<(f64, f64), E>,
) -> Result<Result<Place, Place>, E> {
    let (mut low, mut high) = (start, None::<Place>);
    for _ in 0..evaluations {
        let (cost, slope) = evaluate(length)?;
        let place = Place { length, cost, slope };
        let finite = cost.is_finite() && slope.is_finite();
        let falls = cost <= start.cost + DECREASE * length * start.slope + noise;
        if !(finite && falls && cost <= low.cost + noise) {
            high = Some(place);
        } else if slope.abs() <= -CURVATURE * start.slope {
            return Ok(Ok(place));
        } else {
            let turned = match high {
                Some(high) => slope * (high.length - low.length) >= 0.0,
                None => slope >= 0.0,
            };
            if turned {
                high = Some(low);
            }
            low = place;
        }
        length = match high {
            Some(high) => between(low, high),
            None => GROWTH * length,
        };
        if !length.is_finite() || length == low.length {
            break;
        }
    }
    Ok(Err(low))
}

/// The minimum of the cubic through both places (Nocedal and Wright, eq. 3.59), but not near either end.
fn between(low: Place, high: Place) -> f64 {
    let width = high.length - low.length;
    let middle = low.length + 0.5 * width;
    let a = low.slope + high.slope - 3.0 * (high.cost - low.cost) / width;
    let root = (a * a - low.slope * high.slope).sqrt().copysign(width);
    let cubic = high.length - width * (high.slope + root - a) / (high.slope - low.slope + 2.0 * root);
    let share = (cubic - low.length) / width;
    if (0.1..=0.9).contains(&share) { cubic } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(first: f64, line: impl Fn(f64) -> (f64, f64)) -> f64 {
        let (cost, slope) = line(0.0);
        let start = Place { length: 0.0, cost, slope };
        search::<()>(start, first, 1e-15, 40, &mut |length| Ok(line(length))).unwrap().unwrap().length
    }

    #[test]
    fn the_strong_wolfe_conditions_hold_wherever_the_search_begins() {
        // A quartic with its minimum at 3, and a line that is infinite beyond 2.
        let quartic = |t: f64| ((t - 3.0).powi(4), 4.0 * (t - 3.0).powi(3));
        let wall = |t: f64| {
            if t < 2.0 {
                (t - (2.0 - t).ln() * 0.1 - 3.0 * t, -2.0 + 0.1 / (2.0 - t))
            } else {
                (f64::INFINITY, f64::NAN)
            }
        };
        for first in [1e-6, 0.1, 1.0, 30.0, 1e6] {
            for line in [&quartic as &dyn Fn(f64) -> (f64, f64), &wall] {
                let ((cost, slope), (found, left)) = (line(0.0), line(length(first, line)));
                assert!(
                    found < cost && left.abs() <= CURVATURE * slope.abs(),
                    "from {first}: {found}, {left}"
                );
            }
        }
    }
}

//! The points of a line: several runs of one thing, their mean, and the gaps between points.

/// A row of (x, y).
pub(crate) type Run = Vec<(f64, f64)>;

/// The points of `run` that are finite, by rising x.
fn finite(run: &[(f64, f64)]) -> Run {
    let mut run: Run = run.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    run.sort_by(|a, b| a.0.total_cmp(&b.0));
    run
}

/// The arithmetic mean of `runs` at every x that one of them has and all of them cover, straight lines between their
/// points; empty if there is no such x.
pub(crate) fn mean(runs: &[Run]) -> Run {
    let runs: Vec<Run> = runs.iter().map(|run| finite(run)).collect();
    let ends = runs.iter().map(|run| Some((run.first()?.0, run.last()?.0))).collect::<Option<Vec<_>>>();
    let Some(ends) = ends else { return Run::new() };
    let start = ends.iter().fold(f64::NEG_INFINITY, |start, end| start.max(end.0));
    let end = ends.iter().fold(f64::INFINITY, |last, end| last.min(end.1));
    let mut places: Vec<f64> = runs.iter().flatten().map(|point| point.0).collect();
    places.retain(|x| (start..=end).contains(x));
    places.sort_by(f64::total_cmp);
    places.dedup();
    let count = runs.len() as f64;
    places.into_iter().map(|x| (x, runs.iter().map(|run| at(run, x)).sum::<f64>() / count)).collect()
}

/// `run` at `x`, which it covers.
fn at(run: &[(f64, f64)], x: f64) -> f64 {
    let after = run.partition_point(|point| point.0 < x).min(run.len() - 1);
    let ((x0, y0), (x1, y1)) = (run[after.saturating_sub(1)], run[after]);
    if x1 > x0 { y0 + (y1 - y0) * (x - x0) / (x1 - x0) } else { y1 }
}

/// The stretches of `points` without a missing one between them.
pub(crate) fn stretches<T: Copy>(points: impl IntoIterator<Item = Option<T>>) -> Vec<Vec<T>> {
    let mut stretches = vec![Vec::new()];
    for point in points {
        match (point, stretches.last_mut()) {
            (Some(point), Some(stretch)) => stretch.push(point),
            (None, Some(stretch)) if !stretch.is_empty() => stretches.push(Vec::new()),
            _ => {}
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_point_breaks_the_line() {
        let points = [None, Some(1), Some(2), None, None, Some(3), None];
        assert_eq!(stretches(points), [vec![1, 2], vec![3]]);
        assert!(stretches::<u8>([None]).is_empty());
    }

    #[test]
    fn the_mean_of_runs_at_the_same_steps_is_taken_step_by_step() {
        let runs = vec![vec![(1.0, 2.0), (2.0, 4.0)], vec![(1.0, 4.0), (2.0, 8.0)]];
        assert_eq!(mean(&runs), [(1.0, 3.0), (2.0, 6.0)]);
    }

    #[test]
    fn the_mean_of_runs_at_other_steps_lies_between_their_points_and_ends_with_the_first() {
        let runs = vec![vec![(0.0, 0.0), (4.0, 4.0)], vec![(1.0, 1.0), (2.0, 2.0), (3.0, f64::NAN)]];
        assert_eq!(mean(&runs), [(1.0, 1.0), (2.0, 2.0)]);
        assert!(mean(&[vec![], vec![(0.0, 1.0)]]).is_empty());
        assert!(mean(&[]).is_empty());
    }
}

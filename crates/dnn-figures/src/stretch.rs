//! Where a line is drawn and where it is not: its gaps, and the ends of the panel.

use crate::canvas::Point;

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

/// The parts of a line with `top` ≤ y ≤ `bottom`, cut where it crosses them.
pub(crate) fn between(points: &[Point], top: f64, bottom: f64) -> Vec<Vec<Point>> {
    let within = |point: &Point| (top - 1e-6..=bottom + 1e-6).contains(&point.1);
    let mut cut: Vec<Option<Point>> =
        points.first().map(|first| Some(*first).filter(within)).into_iter().collect();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let crossing = |edge: f64| {
            let t = (edge - a.1) / (b.1 - a.1);
            (t > 0.0 && t < 1.0).then_some((t, (a.0 + t * (b.0 - a.0), edge)))
        };
        let mut crossings: Vec<_> = [top, bottom].into_iter().filter_map(crossing).collect();
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        cut.extend(crossings.into_iter().map(|(_, point)| Some(point)));
        cut.push(Some(b).filter(within));
    }
    stretches(cut)
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
    fn a_line_is_cut_where_it_leaves_the_panel() {
        let parts = between(&[(0.0, 15.0), (1.0, 25.0), (2.0, 5.0), (3.0, 15.0)], 10.0, 20.0);
        let expected = [
            vec![(0.0, 15.0), (0.5, 20.0)],
            vec![(1.25, 20.0), (1.75, 10.0)],
            vec![(2.5, 10.0), (3.0, 15.0)],
        ];
        assert_eq!(parts, expected);
    }
}

//! L-BFGS: the curvature of the last steps makes the direction of the next, for small problems and all examples at once.
//!
//! J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 (two loops) and 7.5. Letters as
//! there: steps `s = x' − x`, changes of the gradient `y = g' − g`.
//!
//! Between steps it keeps the last pairs (s, y), `history` vectors of each one after another, and how many there were:
//! a run that is resumed with these, at the same parameters, goes on with the same bits. Sums are taken on the calling
//! thread in one order; only the cost and its gradient are computed on several threads.

use dnn_core::{Constant, Named, Real};

use super::line_search::{Place, search};
use crate::vector::{add, dot, scale};

/// L-BFGS with a line search for the strong Wolfe conditions (D. C. Liu and J. Nocedal, 1989).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lbfgs {
    /// Steps whose curvature is remembered, 1 or more; 10.
    pub history: usize,
    /// Costs that one step may compute, 1 or more; 25.
    pub evaluations: usize,
    /// The run ends when no number of the gradient is larger; 1e-7.
    pub tolerance: f64,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Self { history: 10, evaluations: 25, tolerance: 1e-7 }
    }
}

/// Computes the cost at some parameters and writes its gradient. Where the cost is not finite, the gradient is not read.
pub(crate) type Evaluate<'a, T, E> = dyn FnMut(&[T], &mut [T]) -> Result<f64, E> + 'a;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Outcome {
    /// At other parameters. The cost is that before.
    Moved(f64),
    /// Nowhere lower: the gradient is within the tolerance, or rounding hides what is left. The cost.
    Converged(f64),
    /// The cost, or the gradient, at the parameters is not finite.
    NotFinite(f64),
}

/// The buffers of a search, allocated once. None of it is needed to resume a run.
#[derive(Debug)]
pub(crate) struct Search<T> {
    /// Cost at the parameters, if it and the gradient are known.
    cost: Option<f64>,
    gradient: Vec<T>,
    direction: Vec<T>,
    trial: Vec<T>,
    trial_gradient: Vec<T>,
    /// Factors of the first loop, for the second.
    factors: Vec<f64>,
}

impl<T: Real> Search<T> {
    pub(crate) fn new(lbfgs: Lbfgs, parameters: usize) -> Self {
        let vector = || vec![T::zero(); parameters];
        Self {
            cost: None,
            gradient: vector(),
            direction: vector(),
            trial: vector(),
            trial_gradient: vector(),
            factors: vec![0.0; lbfgs.history],
        }
    }

    /// Forgets what was computed: the parameters, or the examples, are others now.
    pub(crate) fn forget(&mut self) {
        self.cost = None;
    }
}

impl Named for Lbfgs {
    const NAME: &'static str = "lbfgs";

    fn constants(&mut self) -> Vec<Constant<'_>> {
        vec![
            Constant::new("history", &mut self.history, 1.0..),
            Constant::new("evaluations", &mut self.evaluations, 1.0..),
            Constant::new("tolerance", &mut self.tolerance, 0.0..),
        ]
    }
}

impl Lbfgs {
    pub(crate) fn state_vectors(self) -> usize {
        2 * self.history
    }

    /// One step from `parameters`. `state` holds the pairs, `pairs` counts those of the whole run.
    pub(crate) fn step<T: Real, E>(
        self,
        parameters: &mut [T],
        state: &mut [T],
        pairs: &mut u64,
        space: &mut Search<T>,
        evaluate: &mut Evaluate<'_, T, E>,
    ) -> Result<Outcome, E> {
        let cost = match space.cost {
            Some(cost) => cost,
            None => evaluate(parameters, &mut space.gradient)?,
        };
        let squares = if cost.is_finite() { dot(&space.gradient, &space.gradient) } else { f64::NAN };
        if !squares.is_finite() {
            return Ok(Outcome::NotFinite(cost));
        }
        space.cost = Some(cost);
        let largest = space.gradient.iter().fold(T::zero(), |largest, g| largest.max(g.abs()));
        if largest.wide() <= self.tolerance {
            return Ok(Outcome::Converged(cost));
        }
        if self.move_along(cost, parameters, state, pairs, space, evaluate)? {
            return Ok(Outcome::Moved(cost));
        }
        // The curvature may be wrong where rounding rules: once more, straight down.
        if *pairs > 0 {
            *pairs = 0;
            if self.move_along(cost, parameters, state, pairs, space, evaluate)? {
                return Ok(Outcome::Moved(cost));
            }
        }
        Ok(Outcome::Converged(cost))
    }

    /// Searches along the direction of the pairs, and moves there if the cost is lower.
    fn move_along<T: Real, E>(
        self,
        cost: f64,
        parameters: &mut [T],
        state: &mut [T],
        pairs: &mut u64,
        space: &mut Search<T>,
        evaluate: &mut Evaluate<'_, T, E>,
    ) -> Result<bool, E> {
        self.direction(state, *pairs, space);
        let Search { gradient, direction, trial, trial_gradient, .. } = space;
        let slope = dot(gradient, direction);
        if slope.is_nan() || slope >= 0.0 {
            return Ok(false);
        }
        // Without curvature a whole gradient may be far too long.
        let magnitude: f64 = gradient.iter().map(|g| g.wide().abs()).sum();
        let first = if *pairs == 0 { (1.0 / magnitude).min(1.0) } else { 1.0 };
        let mut at = |length: f64| {
            trial.copy_from_slice(parameters);
            add(trial, length, direction);
            let cost = evaluate(trial, trial_gradient)?;
            Ok((cost, if cost.is_finite() { dot(trial_gradient, direction) } else { f64::NAN }))
        };
        let noise = 8.0 * T::epsilon().wide() * cost.abs();
        let start = Place { length: 0.0, cost, slope };
        let found = match search(start, first, noise, self.evaluations, &mut at)? {
            Ok(place) => place,
            Err(best) if best.length > 0.0 && best.cost < cost => {
                at(best.length)?;
                best
            }
            Err(_) => return Ok(false),
        };
        self.remember(parameters, state, pairs, space);
        parameters.copy_from_slice(&space.trial);
        std::mem::swap(&mut space.gradient, &mut space.trial_gradient);
        space.cost = Some(found.cost);
        Ok(true)
    }

    /// `direction ← −H g`, H the inverse curvature of the pairs.
    fn direction<T: Real>(self, state: &[T], pairs: u64, space: &mut Search<T>) {
        let Search { gradient, direction, factors, .. } = space;
        let n = gradient.len();
        let (steps, changes) = state.split_at(self.history * n);
        let pair = |number: u64| {
            let slot = (number % self.history as u64) as usize;
            (&steps[slot * n..(slot + 1) * n], &changes[slot * n..(slot + 1) * n], slot)
        };
        direction.iter_mut().zip(&*gradient).for_each(|(d, &g)| *d = -g);
        let kept = pairs.saturating_sub(self.history as u64)..pairs;
        for number in kept.clone().rev() {
            let (s, y, slot) = pair(number);
            factors[slot] = dot(s, direction) / dot(s, y);
            add(direction, -factors[slot], y);
        }
        if let Some(newest) = kept.clone().next_back() {
            let (s, y, _) = pair(newest);
            scale(direction, dot(s, y) / dot(y, y));
        }
        for number in kept {
            let (s, y, slot) = pair(number);
            let along = dot(y, direction) / dot(s, y);
            add(direction, factors[slot] - along, s);
        }
    }

    /// Keeps the pair of this step, unless its curvature drowns in rounding (as in L-BFGS-B 3.0). Turns `direction` into
    /// s and `gradient` into y: both are over.
    fn remember<T: Real>(self, parameters: &[T], state: &mut [T], pairs: &mut u64, space: &mut Search<T>) {
        let (s, y) = (&mut space.direction, &mut space.gradient);
        s.iter_mut().zip(space.trial.iter().zip(parameters)).for_each(|(s, (&to, &from))| *s = to - from);
        y.iter_mut().zip(&space.trial_gradient).for_each(|(y, &to)| *y = to - *y);
        if dot(s, y) > T::epsilon().wide() * dot(y, y) {
            let n = parameters.len();
            let slot = (*pairs % self.history as u64) as usize;
            let (steps, changes) = state.split_at_mut(self.history * n);
            steps[slot * n..(slot + 1) * n].copy_from_slice(s);
            changes[slot * n..(slot + 1) * n].copy_from_slice(y);
            *pairs += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// H. H. Rosenbrock's valley, 1960, with its minimum at (1, 1).
    fn valley(x: &[f64], gradient: &mut [f64]) -> Result<f64, Infallible> {
        let across = x[1] - x[0] * x[0];
        gradient.copy_from_slice(&[-400.0 * x[0] * across - 2.0 * (1.0 - x[0]), 200.0 * across]);
        Ok(100.0 * across * across + (1.0 - x[0]).powi(2))
    }

    #[test]
    fn it_follows_rosenbrocks_valley_to_the_end() {
        let lbfgs = Lbfgs { tolerance: 1e-12, ..Lbfgs::default() };
        let (mut x, mut state, mut pairs) = ([-1.2, 1.0], vec![0.0; 2 * lbfgs.state_vectors()], 0);
        let mut space = Search::new(lbfgs, 2);
        let mut steps = 0;
        let outcome = loop {
            steps += 1;
            match lbfgs.step(&mut x, &mut state, &mut pairs, &mut space, &mut valley).unwrap() {
                Outcome::Moved(_) if steps < 100 => {}
                other => break other,
            }
        };
        assert!(matches!(outcome, Outcome::Converged(_)) && steps < 60, "{outcome:?} after {steps} steps");
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-10), "{x:?}");
    }

    #[test]
    fn a_history_of_one_is_enough_to_arrive() {
        let lbfgs = Lbfgs { history: 1, ..Lbfgs::default() };
        let (mut x, mut state, mut pairs) = ([-1.2, 1.0], vec![0.0; 2 * lbfgs.state_vectors()], 0);
        let mut space = Search::new(lbfgs, 2);
        for _ in 0..200 {
            lbfgs.step(&mut x, &mut state, &mut pairs, &mut space, &mut valley).unwrap();
        }
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-5), "{x:?}");
    }
}

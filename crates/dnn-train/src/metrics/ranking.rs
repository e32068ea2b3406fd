//! What the curves over a threshold have in common: examples from the highest score down, equal scores together.

use super::weighing::{Weighing, check_pairs};
use crate::{Error, Result};

/// How much is taken as positive at one threshold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// Examples scoring at least this are taken.
    pub(super) threshold: f64,
    /// Weight of the positives among them.
    pub(super) hits: f64,
    /// Weight of the negatives among them.
    pub(super) alarms: f64,
}

/// From the strictest threshold on, which takes the highest score alone, to the lowest, which takes all.
pub(super) fn ranking(
    metric: &'static str,
    scores: &[f64],
    truth: &[bool],
    weights: Option<&[f64]>,
) -> Result<Vec<Taken>> {
    check_pairs(metric, scores.len(), truth.len())?;
    let weighing = Weighing::new(metric, weights, truth.len())?;
    if let Some(at) = scores.iter().position(|score| score.is_nan()) {
        return Err(Error::Metric {
            metric,
            found: format!("a score of NaN at example {}", at + 1),
            expected: "numbers",
            remedy: "look at what the network gives",
        });
    }
    // What weighs nothing makes no point.
    let mut order: Vec<usize> = (0..scores.len()).filter(|&example| weighing.of(example) > 0.0).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let (mut hits, mut alarms) = (0.0, 0.0);
    let taken = order.chunk_by(|&a, &b| scores[a] == scores[b]).map(|equal| {
        for &example in equal {
            *(if truth[example] { &mut hits } else { &mut alarms }) += weighing.of(example);
        }
        Taken { threshold: scores[equal[0]], hits, alarms }
    });
    Ok(taken.collect())
}

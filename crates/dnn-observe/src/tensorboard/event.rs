//! Events as TensorBoard reads them: the version that opens a file, a number, a histogram.

use super::protobuf::Message;
use crate::run::count;

/// Buckets of a histogram, as many as TensorBoard shows.
const BUCKETS: usize = 30;

/// The event that opens a file.
pub(super) fn version(time: f64) -> Vec<u8> {
    Message::default().double(1, time).bytes(3, b"brain.Event:2").0
}

/// A number at a step.
pub(super) fn scalar(time: f64, step: u64, tag: &str, value: f64) -> Vec<u8> {
    summary(time, step, Message::default().bytes(1, tag.as_bytes()).single(2, value as f32))
}

/// The finite values among `values` at a step.
pub(super) fn histogram(
    time: f64,
    step: u64,
    tag: &str,
    values: impl Iterator<Item = f64> + Clone,
) -> Vec<u8> {
    let values = values.filter(|value| value.is_finite());
    let fold = |start: f64, f: fn(f64, f64) -> f64| values.clone().fold(start, f);
    let (low, high) = (fold(f64::INFINITY, f64::min), fold(f64::NEG_INFINITY, f64::max));
    let range = if low <= high { [low, high] } else { [0.0, 0.0] };
    let (counts, _) = count(values.clone(), range, BUCKETS);
    let limit = |i: usize| {
        let share = (i + 1) as f64 / BUCKETS as f64;
        if range[0] < range[1] { (1.0 - share) * range[0] + share * range[1] } else { range[0] + share - 0.5 }
    };
    let histogram = Message::default()
        .double(1, range[0])
        .double(2, range[1])
        .double(3, counts.iter().sum::<u64>() as f64)
        .double(4, values.clone().sum())
        .double(5, values.clone().map(|value| value * value).sum())
        .doubles(6, (0..BUCKETS).map(limit))
        .doubles(7, counts.iter().map(|&count| count as f64));
    summary(time, step, Message::default().bytes(1, tag.as_bytes()).bytes(5, &histogram.0))
}

fn summary(time: f64, step: u64, value: Message) -> Vec<u8> {
    let summary = Message::default().bytes(1, &value.0);
    Message::default().double(1, time).integer(2, step).bytes(5, &summary.0).0
}

//! Events as TensorBoard reads them: the version that opens a file, a number, a histogram; and the frame around each. Fields
//! have the numbers of `event.proto` and `summary.proto`.

use dnn_io::protobuf::Message;

use crate::run::count;

/// Buckets of a histogram, as many as TensorBoard shows.
const BUCKETS: usize = 30;

/// The event that opens a file.
pub(super) fn version(time: f64) -> Message {
    Message::default().double(1, time).bytes(3, "brain.Event:2")
}

/// A number at a step.
pub(super) fn scalar(time: f64, step: u64, tag: &str, value: f64) -> Message {
    summary(time, step, Message::default().bytes(1, tag).single(2, value as f32))
}

/// The finite values among `values` at a step.
pub(super) fn histogram(
    time: f64,
    step: u64,
    tag: &str,
    values: impl Iterator<Item = f64> + Clone,
) -> Message {
    let packed =
        |values: &mut dyn Iterator<Item = f64>| values.flat_map(f64::to_le_bytes).collect::<Vec<_>>();
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
        .bytes(6, packed(&mut (0..BUCKETS).map(limit)))
        .bytes(7, packed(&mut counts.iter().map(|&count| count as f64)));
    summary(time, step, Message::default().bytes(1, tag).bytes(5, histogram))
}

fn summary(time: f64, step: u64, value: Message) -> Message {
    Message::default().double(1, time).number(2, step).bytes(5, Message::default().bytes(1, value))
}

/// The bytes of one record: its length and content, each with a masked CRC32C (TensorFlow documentation, "TFRecord").
pub(super) fn framed(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(content.len() + 16);
    record.extend(length);
    record.extend(masked(&length).to_le_bytes());
    record.extend(content);
    record.extend(masked(content).to_le_bytes());
    record
}

/// A CRC that stays one where it is itself part of what is summed.
fn masked(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_framed_by_its_sums() {
        // CRC32C of "123456789" is 0xe3069283 (RFC 3720, B.4 lists others; this one is the usual check value).
        assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283);
        let record = framed(b"123456789");
        assert_eq!(record[..8], [9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!((&record[12..21], record.len()), (&b"123456789"[..], 25));
        // ((sum >> 15) | (sum << 17)) + 0xa282ead8, by hand.
        assert_eq!(record[21..], 0xc78a_b0e5_u32.to_le_bytes());
    }
}

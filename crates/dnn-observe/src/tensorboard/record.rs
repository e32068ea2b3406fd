//! The frame of a record: its length and content, each with a masked CRC32C (TensorFlow documentation, "TFRecord").

/// The bytes of one record.
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

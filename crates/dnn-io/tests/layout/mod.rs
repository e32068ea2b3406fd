//! Where things stand in a file, as FORMAT.md says; written down again here, so that a test does not believe the crate.

use sha2::{Digest, Sha256};

/// Bytes before the table.
pub(crate) const FIXED: usize = 32;
/// Bytes of a table entry.
pub(crate) const ENTRY: usize = 56;
/// Bytes of the hash at the end.
pub(crate) const HASH: usize = 32;

/// Where the header of a file of `sections` ends.
pub(crate) fn header(sections: usize) -> usize {
    FIXED + sections * ENTRY + 4
}

/// Where the section of table entry number `entry` stands.
pub(crate) fn section(file: &[u8], entry: usize) -> std::ops::Range<usize> {
    let numbers = &file[FIXED + entry * ENTRY + 32..][..16];
    let [offset, length] =
        [0, 8].map(|at| u64::from_le_bytes(numbers[at..at + 8].try_into().unwrap()) as usize);
    offset..offset + length
}

/// The file with its header's checksum and its hash made anew, as a program with a fault would write it.
pub(crate) fn sealed(mut file: Vec<u8>, header: usize) -> Vec<u8> {
    let checksum = crc32c::crc32c(&file[..header - 4]);
    file[header - 4..header].copy_from_slice(&checksum.to_le_bytes());
    let end = file.len() - HASH;
    let hash = Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&hash);
    file
}

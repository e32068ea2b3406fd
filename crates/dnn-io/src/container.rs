//! The container: named sections of bytes behind a header, with checksums. FORMAT.md is its law.
//!
//! Knows nothing of networks. Reading trusts no number of the file before its checksum has matched, and copies nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use dnn_core::Real;
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The first bytes: not text, and broken by every conversion of line ends.
pub(crate) const MAGIC: [u8; 8] = *b"\x89DNN\r\n\x1a\n";
/// The newest version this program writes and reads.
pub(crate) const VERSION: u32 = 1;
/// Metadata in bincode 2, fixed-size little-endian integers.
const CODEC: u32 = 1;
/// Bytes before the table.
const FIXED: usize = 32;
/// Bytes of a table entry.
const ENTRY: usize = 56;
/// Bytes of a section's name, zero-padded.
pub(crate) const NAME: usize = 32;
/// Sections a file may have.
pub(crate) const SECTIONS: usize = 256;
/// Sections begin at multiples of this, so that tensors can be mapped.
const ALIGN: usize = 64;
/// Bytes of the whole file's SHA-256.
const HASH: usize = 32;

/// What a section holds.
pub(crate) enum Content<'a, T> {
    Bytes(&'a [u8]),
    /// Numbers as raw bytes, the lowest first.
    Numbers(&'a [T]),
}

impl<T: Real> Content<'_, T> {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Numbers(numbers) => numbers.len() * T::BYTES,
        }
    }

    fn write(&self, place: &mut [u8]) {
        match self {
            Self::Bytes(bytes) => place.copy_from_slice(bytes),
            Self::Numbers(numbers) => {
                let places = place.chunks_exact_mut(T::BYTES);
                places.zip(*numbers).for_each(|(place, number)| number.write(place));
            }
        }
    }
}

/// The bytes of a file of these sections.
pub(crate) fn encode<T: Real>(sections: &BTreeMap<&str, Content<'_, T>>) -> Result<Vec<u8>> {
    if sections.len() > SECTIONS {
        let (found, expected) = (sections.len().to_string(), format!("{SECTIONS} or fewer"));
        return Err(Error::Unsavable { what: "the number of sections", found, expected });
    }
    let header = header_bytes(sections.len());
    let end = sections.values().fold(header, |end, content| end.next_multiple_of(ALIGN) + content.len());
    // One buffer, filled in place: a checkpoint is as large as its network.
    let mut file = vec![0; end + HASH];
    file[..8].copy_from_slice(&MAGIC);
    file[8..12].copy_from_slice(&VERSION.to_le_bytes());
    file[12..16].copy_from_slice(&CODEC.to_le_bytes());
    file[16..24].copy_from_slice(&((end + HASH) as u64).to_le_bytes());
    file[24..28].copy_from_slice(&(sections.len() as u32).to_le_bytes());
    let mut offset = header;
    for (index, (name, content)) in sections.iter().enumerate() {
        offset = offset.next_multiple_of(ALIGN);
        let range = offset..offset + content.len();
        content.write(&mut file[range.clone()]);
        let checksum = crc32c::crc32c(&file[range]);
        let entry = &mut file[FIXED + index * ENTRY..][..ENTRY];
        entry[..name.len()].copy_from_slice(name.as_bytes());
        entry[32..40].copy_from_slice(&(offset as u64).to_le_bytes());
        entry[40..48].copy_from_slice(&(content.len() as u64).to_le_bytes());
        entry[48..52].copy_from_slice(&checksum.to_le_bytes());
        offset += content.len();
    }
    let checksum = crc32c::crc32c(&file[..header - 4]);
    file[header - 4..header].copy_from_slice(&checksum.to_le_bytes());
    let hash = Sha256::digest(&file[..end]);
    file[end..].copy_from_slice(&hash);
    Ok(file)
}

/// A section of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name: `"dnn/parameters"`, `"dnn-train/memory"`.
    pub name: String,
    /// Where it stands in the file.
    pub bytes: Range<usize>,
    /// CRC32C of these bytes, which they match.
    pub checksum: u32,
}

/// The sections of a file's bytes, sorted by name.
pub(crate) fn decode(file: &[u8]) -> Result<Vec<Section>> {
    let header = check_header(file)?;
    let count = number(&file[24..28]) as usize;
    let mut sections: Vec<Section> = Vec::with_capacity(count);
    let mut end = header;
    for entry in file[FIXED..FIXED + count * ENTRY].chunks_exact(ENTRY) {
        let name = section_name(&entry[..NAME])?;
        let part = format!("section {name:?}");
        let (offset, length) = (number(&entry[32..40]) as usize, number(&entry[40..48]) as usize);
        let expected = end.next_multiple_of(ALIGN);
        let last = file.len() - HASH;
        if offset != expected || offset > last || length > last - offset {
            let found = format!("claims {length} bytes from byte {offset}");
            return Err(Error::invalid(&part, found, format!("a start at {expected} and an end by {last}")));
        }
        if file[end..offset].iter().any(|&byte| byte != 0) {
            return Err(Error::Corrupt { part: format!("the gap before {part}") });
        }
        if number(&entry[52..56]) != 0 {
            return Err(Error::invalid(&part, "has padding that is not zero", "zeros"));
        }
        end = offset + length;
        let (bytes, checksum) = (offset..end, number(&entry[48..52]) as u32);
        if crc32c::crc32c(&file[bytes.clone()]) != checksum {
            return Err(Error::Corrupt { part });
        }
        if sections.last().is_some_and(|last| *last.name >= *name) {
            return Err(Error::invalid(&part, "stands in the wrong place", "names in order, each once"));
        }
        sections.push(Section { name: name.into(), bytes, checksum });
    }
    if end != file.len() - HASH {
        return Err(Error::invalid(
            "the table",
            format!("ends at byte {end}"),
            format!("{}", file.len() - HASH),
        ));
    }
    if Sha256::digest(&file[..end])[..] != file[end..] {
        return Err(Error::Corrupt { part: "the whole file".into() });
    }
    Ok(sections)
}

/// The bytes of the section `name` of a file.
pub(crate) fn find<'a>(file: &'a [u8], sections: &[Section], name: &str) -> Result<&'a [u8]> {
    let section = sections.iter().find(|section| section.name == name);
    let section =
        section.ok_or_else(|| Error::invalid("the table", format!("lacks section {name:?}"), "it"))?;
    Ok(&file[section.bytes.clone()])
}

/// Checks all that comes before the sections, in the order that gives the most telling error. Returns where it ends.
fn check_header(file: &[u8]) -> Result<usize> {
    let start = &file[..file.len().min(MAGIC.len())];
    if !MAGIC.starts_with(start) || start.is_empty() {
        return Err(Error::NotACheckpoint { found: format!("{:?}", String::from_utf8_lossy(start)) });
    }
    if file.len() < FIXED {
        return Err(Error::Length { found: file.len() as u64, expected: header_bytes(0) as u64 });
    }
    let version = number(&file[8..12]) as u32;
    if version > VERSION {
        return Err(Error::TooNew { found: version, known: VERSION });
    }
    let (length, count) = (number(&file[16..24]), number(&file[24..28]) as usize);
    let header = header_bytes(count.min(SECTIONS));
    if length != file.len() as u64 {
        return Err(Error::Length { found: file.len() as u64, expected: length });
    }
    if count > SECTIONS || file.len() < header + HASH {
        return Err(Error::Corrupt { part: "the header".into() });
    }
    if crc32c::crc32c(&file[..header - 4]) != number(&file[header - 4..header]) as u32 {
        return Err(Error::Corrupt { part: "the header".into() });
    }
    if version == 0 || number(&file[28..32]) != 0 {
        return Err(Error::invalid(
            "the header",
            "has a version or padding of another kind",
            "version 1 and zeros",
        ));
    }
    match number(&file[12..16]) as u32 {
        CODEC => Ok(header),
        found => Err(Error::Codec { found }),
    }
}

fn header_bytes(sections: usize) -> usize {
    FIXED + sections * ENTRY + 4
}

/// The number of up to eight bytes, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn section_name(padded: &[u8]) -> Result<&str> {
    let length = padded.iter().position(|&byte| byte == 0).unwrap_or(NAME);
    let (name, padding) = padded.split_at(length);
    match std::str::from_utf8(name) {
        Ok(name) if !name.is_empty() && padding.iter().all(|&byte| byte == 0) => Ok(name),
        _ => Err(Error::invalid("the table", "has a damaged name", "UTF-8, zero-padded")),
    }
}

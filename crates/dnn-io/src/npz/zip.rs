//! The part of the zip format that NPZ files use: entries stored or deflated, none encrypted, below 4 GiB.
//!
//! Written here, since crates for zip archives bring several others, and this needs only `flate2`, which the workspace has.
//! The format: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", sections 4.3.7, 4.3.12 and 4.3.16.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Bytes of each of these headers before their names.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
/// Needed to extract: version 2.0.
const VERSION: u16 = 20;
/// 1 January 1980, the first day there is: the same bytes at any time.
const DATE: u16 = 1 << 5 | 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The archive of these entries, stored. `None` if they are too large for it.
pub(super) fn write(entries: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in entries {
        let offset = u32::try_from(archive.len()).ok()?;
        let common = common(name, bytes)?;
        archive.extend(LOCAL);
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(bytes);
        directory.extend(CENTRAL);
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(entries.len()).ok()?.to_le_bytes();
    let offset = u32::try_from(archive.len()).ok()?.to_le_bytes();
    let length = u32::try_from(directory.len()).ok()?.to_le_bytes();
    archive.extend(directory);
    archive.extend(END);
    archive.extend([0; 4]);
    archive.extend([count, count].concat());
    archive.extend([length, offset].concat());
    archive.extend([0; 2]);
    Some(archive)
}

/// What both headers of an entry say.
fn common(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(bytes.len()).ok()?;
    let short = [VERSION, 0, STORED, 0, DATE].map(u16::to_le_bytes).concat();
    let long = [checksum(bytes), length, length].map(u32::to_le_bytes).concat();
    let name = u16::try_from(name.len()).ok()?;
    Some([short, long, [name, 0].map(u16::to_le_bytes).concat()].concat())
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut checksum = Crc::new();
    checksum.update(bytes);
    checksum.sum()
}

/// The entries of an archive, by name, or what was found wrong.
pub(super) fn read(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let end = end(archive).ok_or("no directory of a zip archive")?;
    let (count, mut at) = (short(archive, end + 10), long(archive, end + 16));
    if at == u32::MAX as usize || count == usize::from(u16::MAX) {
        return Err("a zip archive above 4 GiB".into());
    }
    let mut entries = BTreeMap::new();
    let mut taken = 0;
    for _ in 0..count {
        let header = archive.get(at..at + CENTRAL_BYTES).filter(|header| header.starts_with(&CENTRAL));
        let header = header.ok_or("a zip archive with a damaged directory")?;
        let lengths = [28, 30, 32].map(|field| short(header, field));
        let name = archive.get(at + CENTRAL_BYTES..).and_then(|rest| rest.get(..lengths[0]));
        let name = name.and_then(|name| std::str::from_utf8(name).ok());
        let name = name.ok_or("a zip archive with a name that is none")?;
        // Entries that share their bytes could make a small file fill the memory.
        taken += long(header, 20);
        if taken > archive.len() {
            return Err("a zip archive with entries that overlap".into());
        }
        let bytes = entry(archive, header).map_err(|found| format!("{found} in {name}"))?;
        if entries.insert(name.to_owned(), bytes).is_some() {
            return Err(format!("two entries {name}"));
        }
        at += CENTRAL_BYTES + lengths.iter().sum::<usize>();
    }
    if at != end {
        return Err("a zip archive with a damaged directory".into());
    }
    Ok(entries)
}

/// Where the last header begins: only a comment may follow, of the length it names.
fn end(archive: &[u8]) -> Option<usize> {
    let last = archive.len().checked_sub(END_BYTES)?;
    let fits = |&at: &usize| {
        archive[at..].starts_with(&END) && at + END_BYTES + short(archive, at + 20) == archive.len()
    };
    (last.saturating_sub(usize::from(u16::MAX))..=last).rev().find(fits)
}

/// The bytes of the entry that `header`, of the directory, tells of.
fn entry(archive: &[u8], header: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (flags, method) = (short(header, 8), short(header, 10) as u16);
    let [packed, length, at] = [20, 24, 42].map(|field| long(header, field));
    if flags & 1 != 0 {
        return Err("an encrypted entry");
    }
    let local = archive.get(at..).filter(|local| local.len() >= LOCAL_BYTES && local.starts_with(&LOCAL));
    let local = local.ok_or("a damaged header")?;
    let names = short(local, 26) + short(local, 28);
    let packed = local[LOCAL_BYTES..].get(names..).and_then(|rest| rest.get(..packed));
    let packed = packed.ok_or("an entry that is cut short")?;
    let bytes = match method {
        STORED => packed.to_vec(),
        DEFLATED => {
            let mut bytes = Vec::new();
            let read = DeflateDecoder::new(packed).take(length as u64 + 1).read_to_end(&mut bytes);
            read.map_err(|_| "damaged compression")?;
            bytes
        }
        _ => return Err("a compression other than numpy's"),
    };
    if bytes.len() != length || checksum(&bytes) as usize != long(header, 16) {
        return Err("other bits than were written");
    }
    Ok(bytes)
}

/// The number of two bytes.
fn short(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) | usize::from(bytes[at + 1]) << 8
}

/// The number of four bytes.
fn long(bytes: &[u8], at: usize) -> usize {
    short(bytes, at) | short(bytes, at + 2) << 16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of `count` entries of 1000 bytes, all called `a0.npy` with `same`.
    fn archive(count: usize, same: bool) -> Vec<u8> {
        let name = |entry: usize| format!("a{}.npy", if same { 0 } else { entry });
        write(&(0..count).map(|entry| (name(entry), vec![7; 1000])).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn entries_that_stand_twice_or_overlap_are_refused() {
        assert_eq!(read(&archive(3, false)).unwrap().len(), 3);
        assert_eq!(read(&archive(2, true)).unwrap_err(), "two entries a0.npy");
        let first = archive(1, false);
        let directory = first.len() - END_BYTES - CENTRAL_BYTES - "a0.npy".len();
        let mut many = first[..directory].to_vec();
        for entry in 0..4 {
            many.extend(&first[directory..first.len() - END_BYTES]);
            let digit = many.len() - "0.npy".len();
            many[digit] = b'0' + entry;
        }
        let length = (many.len() - directory) as u32;
        many.extend(END);
        many.extend([0, 0, 0, 0, 4, 0, 4, 0]);
        many.extend(length.to_le_bytes());
        many.extend((directory as u32).to_le_bytes());
        many.extend([0; 2]);
        assert_eq!(read(&many).unwrap_err(), "a zip archive with entries that overlap");
    }

    #[test]
    fn an_archive_may_end_with_a_comment() {
        let mut commented = archive(1, false);
        let end = commented.len();
        commented[end - 2] = 5;
        commented.extend(b"notes");
        assert_eq!(read(&commented), read(&archive(1, false)));
    }
}

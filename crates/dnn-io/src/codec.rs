//! The codec of every section that is not raw numbers: plain data with serde, written by bincode 2 with fixed-size
//! little-endian integers. FORMAT.md states the bytes.
//!
//! A file may claim any length. A text or a byte string longer than the bytes that are left is refused before memory is taken
//! for it; for lists, serde takes 1 MiB at most for entries that are claimed but not there.

use bincode::config;
use bincode::de::read::Reader;
use bincode::de::{Decode, Decoder, DecoderImpl};
use bincode::error::DecodeError;
use bincode::serde::Compat;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Adds the bytes of `value` to `bytes`, or says why it cannot be written.
pub(crate) fn append(bytes: &mut Vec<u8>, value: &impl Serialize) -> Result<(), String> {
    let written = bincode::serde::encode_into_std_write(value, bytes, config::legacy());
    written.map(drop).map_err(|error| error.to_string())
}

/// The value that `bytes` are, all of them, or what was found.
pub(crate) fn decode<V: DeserializeOwned>(bytes: &[u8]) -> Result<V, String> {
    let mut rest = bytes;
    let value = take(&mut rest, bytes.len())?;
    end(bytes, rest)?;
    Ok(value)
}

/// The value at the start of `bytes`, which has `limit` bytes at most. What follows it is left.
pub(crate) fn take<V: DeserializeOwned>(bytes: &mut &[u8], limit: usize) -> Result<V, String> {
    // bincode's limit is a constant. Once all but `limit` of it is claimed, it is the limit wanted.
    const MOST: usize = usize::MAX;
    let mut decoder = DecoderImpl::new(Rest(bytes), config::legacy().with_limit::<MOST>(), ());
    let claimed = decoder.claim_bytes_read(MOST - limit.min(bytes.len()));
    let decoded = claimed.and_then(|()| Compat::<V>::decode(&mut decoder));
    let Compat(value) = decoded.map_err(|error| match error {
        DecodeError::LimitExceeded if limit < bytes.len() => {
            format!("cannot be decoded (it claims more than the {limit} bytes it may have)")
        }
        DecodeError::LimitExceeded => "cannot be decoded (it claims more than it has)".into(),
        DecodeError::OtherString(error) => format!("cannot be decoded ({error})"),
        error => format!("cannot be decoded ({error})"),
    })?;
    *bytes = decoder.reader().0;
    Ok(value)
}

/// Nothing may follow the last value of `bytes`.
pub(crate) fn end(bytes: &[u8], rest: &[u8]) -> Result<(), String> {
    match rest.len() {
        0 => Ok(()),
        more => Err(format!("has {} bytes, of which the last {more} mean nothing", bytes.len())),
    }
}

/// The bytes that are not read yet.
struct Rest<'a>(&'a [u8]);

impl Reader for Rest<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), DecodeError> {
        let (read, rest) = self.0.split_at_checked(bytes.len()).ok_or(DecodeError::LimitExceeded)?;
        bytes.copy_from_slice(read);
        self.0 = rest;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type Nested = (String, Vec<Vec<String>>, BTreeMap<String, Option<f64>>, bool);

    fn nested() -> Nested {
        let lists = vec![vec!["a".into(), String::new()], vec![], vec!["ü".into()]];
        let map = [("x".into(), Some(0.1)), ("y".into(), None)].into();
        ("text".into(), lists, map, true)
    }

    fn encode(value: &impl Serialize) -> Vec<u8> {
        let mut bytes = Vec::new();
        append(&mut bytes, value).unwrap();
        bytes
    }

    #[test]
    fn a_value_is_restored_and_every_cut_and_addition_is_noticed() {
        let bytes = encode(&nested());
        assert_eq!(decode::<Nested>(&bytes).unwrap(), nested());
        for end in 0..bytes.len() {
            let error = decode::<Nested>(&bytes[..end]).unwrap_err();
            assert!(error.contains("claims more than it has"), "{end}: {error}");
        }
        let longer = [&bytes[..], &[0]].concat();
        let error = decode::<Nested>(&longer).unwrap_err();
        assert_eq!(error, format!("has {} bytes, of which the last 1 mean nothing", longer.len()));
        let mut rest = &longer[..];
        assert_eq!(take::<Nested>(&mut rest, longer.len()).unwrap(), nested());
        assert_eq!(rest, [0]);
    }

    #[test]
    fn what_is_longer_than_the_limit_is_refused_though_it_is_there() {
        let bytes = encode(&nested());
        assert!(take::<Nested>(&mut &bytes[..], bytes.len()).is_ok());
        let error = take::<Nested>(&mut &bytes[..], bytes.len() - 1).unwrap_err();
        let expected = format!("it claims more than the {} bytes it may have", bytes.len() - 1);
        assert!(error.contains(&expected), "{error}");
    }

    #[test]
    fn what_is_no_value_is_said_in_words() {
        let mut bytes = encode(&nested());
        *bytes.last_mut().unwrap() = 2;
        let error = decode::<Nested>(&bytes).unwrap_err();
        assert_eq!(error, "cannot be decoded (InvalidBooleanValue(2))");
        let error = decode::<std::num::NonZeroU8>(&[0]).unwrap_err();
        assert_eq!(error, "cannot be decoded (invalid value: integer `0`, expected a nonzero u8)");
    }
}

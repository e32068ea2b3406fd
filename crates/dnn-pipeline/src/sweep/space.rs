//! A range of values as a person writes it: `log:1e-4..1e-1`, `8..64`, `64,128,256`.

use dnn_search::Dimension;
use serde_json::Value;

use crate::{Error, Result};

/// What a range may look like, for messages.
const FORMS: &str =
    "A..B (numbers from A to B), log:A..B (every ratio equally likely), or A,B,C (one of these)";

/// The dimension that `text` means.
///
/// # Errors
/// What was found and what was expected, in words.
pub(super) fn dimension(text: &str) -> Result<Dimension, String> {
    let (log, range) = match text.trim().strip_prefix("log:") {
        Some(range) => (true, range),
        None => (false, text.trim()),
    };
    let Some((low, high)) = range.split_once("..") else {
        return match log {
            true => Err(format!("found {text:?}, expected log:A..B")),
            false => choice(range),
        };
    };
    let ends = (low.trim(), high.trim());
    let whole = |text: &str| text.parse::<i64>().ok();
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match (whole(ends.0), whole(ends.1), number(ends.0), number(ends.1)) {
        (Some(low), Some(high), ..) if log => Ok(Dimension::LogInteger(low, high)),
        (Some(low), Some(high), ..) => Ok(Dimension::Integer(low, high)),
        (_, _, Some(low), Some(high)) if log => Ok(Dimension::LogUniform(low, high)),
        (_, _, Some(low), Some(high)) => Ok(Dimension::Uniform(low, high)),
        _ => Err(format!("found {text:?}, expected {FORMS}")),
    }
}

/// One of the values between the commas; brackets and quotes keep a comma inside.
fn choice(text: &str) -> Result<Dimension, String> {
    let values = pieces(text).into_iter().map(value);
    let mut values: Vec<Value> = values.collect();
    // A list of lists, as the file has it, is the values themselves.
    if let [Value::Array(lists)] = &values[..]
        && lists.iter().all(Value::is_array)
        && !lists.is_empty()
    {
        values = lists.clone();
    }
    match values.iter().any(|value| value == "") {
        true => Err(format!("found {text:?}, expected {FORMS}")),
        false => Ok(Dimension::Choice(values)),
    }
}

/// `text` cut at the commas that stand outside of brackets and quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut pieces) = (0_i32, false, 0, Vec::new());
    for (place, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                pieces.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// A number, true or false, a list or a table if it reads as one; else a text.
fn value(text: &str) -> Value {
    let text = text.trim();
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.into()))
}

/// The ranges of `KEY=VALUES`, as `[sweep.space]` holds them.
///
/// # Errors
/// [`Error::Usage`] for one that is not so written.
pub fn ranges(ranges: &[String]) -> Result<toml::Table> {
    let mut table = toml::Table::new();
    for text in ranges {
        let fault = |fault: String| Error::Usage(format!("--space {text}: {fault}").into());
        let (key, range) = text.split_once('=').ok_or_else(|| {
            fault("expected KEY=VALUES, such as learning_rate=log:1e-4..1e-1: add the values".into())
        })?;
        dimension(range).map_err(fault)?;
        let before = table.insert(key.trim().into(), range.trim().into());
        if before.is_some() {
            return Err(fault(format!("{} has values already: name all of them at once", key.trim())));
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        for (text, expected) in [
            ("log:1e-4..1e-1", Dimension::LogUniform(1e-4, 1e-1)),
            ("0..0.5", Dimension::Uniform(0.0, 0.5)),
            ("8..64", Dimension::Integer(8, 64)),
            ("log:8..512", Dimension::LogInteger(8, 512)),
            ("64, 128,256", Dimension::choice([64, 128, 256])),
            ("relu,tanh", Dimension::choice(["relu", "tanh"])),
            ("[64],[64,64]", Dimension::Choice(vec![json!([64]), json!([64, 64])])),
            (
                "adam,{\"name\":\"momentum\",\"momentum\":0.9}",
                Dimension::Choice(vec![json!("adam"), json!({"name": "momentum", "momentum": 0.9})]),
            ),
        ] {
            assert_eq!(dimension(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused_in_words() {
        for text in ["log:3", "a..b", "1..", "", "1,,2", "0..inf"] {
            assert!(dimension(text).unwrap_err().starts_with("found "), "{text}");
        }
        let message = |texts: &[&str]| {
            ranges(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()).unwrap_err().to_string()
        };
        assert!(message(&["rate"]).starts_with("--space rate: expected KEY=VALUES"));
        assert!(message(&["rate=1..3", "rate=1..4"]).contains("rate has values already"));
    }
}

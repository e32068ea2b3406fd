//! What the names of files say, by a pattern such as `{digit}_{speaker}_{index}.wav`.

use crate::{Error, Result};

/// A pattern: texts between names in braces.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    /// What stands before the first name.
    start: String,
    /// Each name, and the text that ends it.
    parts: Vec<(String, String)>,
}

impl Names {
    /// Parses a pattern. It may leave out `.wav`.
    ///
    /// ```
    /// let names = dnn_data::sound::Names::parse("{digit}_{speaker}_{index}.wav")?;
    /// assert_eq!(names.read("7_theo_31.wav"), Some(vec!["7", "theo", "31"]));
    /// assert_eq!(names.read("README.md"), None);
    /// # Ok::<(), dnn_data::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Setting`] for a pattern without a name, with two names side by side, or with a brace that has no partner.
    pub fn parse(pattern: &str) -> Result<Self> {
        let wrong = || Error::Setting {
            name: "the pattern of file names",
            found: format!("{pattern:?}"),
            expected: "must have names in braces with text between them, as {digit}_{speaker}",
        };
        let (start, mut rest) = stem(pattern).split_once('{').ok_or_else(wrong)?;
        let mut parts = Vec::new();
        loop {
            let (name, after) = rest.split_once('}').ok_or_else(wrong)?;
            let (text, next) = after.split_once('{').map_or((after, None), |(text, next)| (text, Some(next)));
            let broken = name.is_empty() || name.contains('{') || start.contains('}') || text.contains('}');
            if broken || next.is_some() && text.is_empty() {
                return Err(wrong());
            }
            parts.push((name.to_owned(), text.to_owned()));
            match next {
                Some(next) => rest = next,
                None => return Ok(Self { start: start.into(), parts }),
            }
        }
    }

    /// The place of `name` in what [`Names::read`] gives.
    ///
    /// # Errors
    /// [`Error::Setting`] if the pattern has no such name.
    pub fn position(&self, name: &str) -> Result<usize> {
        self.parts.iter().position(|(part, _)| part == name).ok_or_else(|| Error::Setting {
            name: "the part of file names asked for",
            found: format!("{name:?}"),
            expected: "must be one of the names in braces of the pattern",
        })
    }

    /// What a file's name has in place of each name of the pattern, if it fits: as little as possible, but not nothing.
    pub fn read<'a>(&self, file: &'a str) -> Option<Vec<&'a str>> {
        let mut rest = stem(file).strip_prefix(self.start.as_str())?;
        let mut found = Vec::with_capacity(self.parts.len());
        for (place, (_, text)) in self.parts.iter().enumerate() {
            let (value, after) = match place + 1 == self.parts.len() {
                true => (rest.strip_suffix(text.as_str())?, ""),
                false => rest.split_once(text.as_str())?,
            };
            found.push(Some(value).filter(|value| !value.is_empty())?);
            rest = after;
        }
        Some(found)
    }
}

/// A name without `.wav`.
fn stem(name: &str) -> &str {
    let cut = name.len().saturating_sub(4);
    match name.get(cut..) {
        Some(end) if end.eq_ignore_ascii_case(".wav") => &name[..cut],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_the_text_after_them_begins() {
        let read = |pattern: &str, file: &'static str| Names::parse(pattern).unwrap().read(file);
        assert_eq!(read("{class}-{rest}", "a-b-c.WAV"), Some(vec!["a", "b-c"]));
        assert_eq!(read("rec {n} of {word} end.wav", "rec 3 of yes end.wav"), Some(vec!["3", "yes"]));
        for other in ["rec 3 of yes.wav", "3 of yes end.wav", "rec  of yes end.wav", "é"] {
            assert_eq!(read("rec {n} of {word} end.wav", other), None, "{other}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_refused() {
        for pattern in ["", "digits.wav", "{a}{b}", "{a", "a}_{b}", "{}_{b}", "{{a}}", "{a}_}"] {
            assert!(matches!(Names::parse(pattern), Err(Error::Setting { .. })), "{pattern}");
        }
        let names = Names::parse("{digit}_{speaker}").unwrap();
        assert_eq!(names.position("speaker").unwrap(), 1);
        assert!(names.position("spaeker").is_err());
    }
}

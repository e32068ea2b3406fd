//! Text in figures: how wide it will be, how it is broken, and how it is kept from being read as SVG.
//!
//! A figure does not know the font it will be shown with, so widths are estimates, on the wide side.

/// Escapes `text` for SVG; characters XML does not allow become U+FFFD.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Estimated width of `text` in a sans-serif font of `size`, in the unit of `size`.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(character_width).sum::<f64>()
}

/// Widths in em, those of DejaVu Sans rounded up: it is among the widest in use.
fn character_width(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' | ' ' | '.' | ',' | ':' | ';' | '!' | 'I' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '=' | '+' | '−' | '±' | '→' => 0.95,
        'A'..='Z' => 0.74,
        '⁰'..='₎' | '¹' | '²' | '³' => 0.42,
        '\u{1100}'.. => 1.0,
        _ => 0.64,
    }
}

/// Breaks `text` at spaces into lines no wider than `limit`; a longer word is cut and ends in `…`.
pub(crate) fn wrap(text: &str, size: f64, limit: f64) -> Vec<String> {
    text.lines().flat_map(|line| wrap_line(line, size, limit)).collect()
}

fn wrap_line(text: &str, size: f64, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(" ", size) + width(word, size) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, size, limit)),
        }
    }
    lines
}

/// `text`, or as much of it as fits `limit` with `…` behind it.
pub(crate) fn cut(text: &str, size: f64, limit: f64) -> String {
    if width(text, size) <= limit {
        return text.to_owned();
    }
    let mut room = limit - width("…", size);
    let fits = |character: &char| {
        room -= size * character_width(*character);
        room >= 0.0
    };
    text.chars().take_while(fits).chain(std::iter::once('…')).collect()
}

/// A check, for tests: every element is closed in order, and nothing outside a tag looks like one.
#[cfg(test)]
pub(crate) fn assert_well_formed(svg: &str) {
    let (mut open, mut rest) = (Vec::new(), svg);
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>'), "stray '>' in {before:?}");
        for entity in before.split('&').skip(1) {
            assert!(
                entity.split(';').next().is_some_and(|name| name.len() <= 5),
                "bare '&' before {entity:?}"
            );
        }
        let (tag, next) = after.split_once('>').expect("a tag that ends");
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in {tag}");
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed.trim())),
            None if tag.ends_with('/') || tag.starts_with(['?', '!']) => {}
            None => open.push(name),
        }
        rest = next;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} left open, {rest:?} behind them");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_read_as_svg() {
        assert_eq!(escape("<a & \"b\">\u{1}"), "&lt;a &amp; &quot;b&quot;&gt;\u{fffd}");
    }

    #[test]
    fn lines_keep_to_the_width() {
        let lines = wrap("the unit that is excited most by Pneumonoultramicroscopic", 10.0, 80.0);
        assert!(lines.iter().all(|line| width(line, 10.0) <= 80.0), "{lines:?}");
        assert!(lines.len() > 3 && lines.last().is_some_and(|line| line.ends_with('…')), "{lines:?}");
        assert!(wrap("", 10.0, 80.0).is_empty());
        assert_eq!(wrap("two\nlines", 10.0, 800.0), ["two", "lines"]);
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn the_check_finds_an_open_element() {
        assert_well_formed("<svg><g></svg>");
    }
}

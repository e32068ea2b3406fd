//! Names in the order people give them: `fc2` before `fc10`.

use std::cmp::Ordering;

/// Compares names as people order them: runs of digits by their number.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    pieces(a).cmp(pieces(b))
}

/// A run of digits, by its length and then its digits, or a run of anything else.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    Number(usize, &'a str),
    Text(&'a str),
}

fn pieces(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let runs = name.as_bytes().chunk_by(move |a, b| digit(a) == digit(b));
    let mut start = 0;
    runs.map(move |run| {
        let text = &name[start..start + run.len()];
        start += run.len();
        if run[0].is_ascii_digit() {
            let digits = text.trim_start_matches('0');
            Piece::Number(digits.len(), digits)
        } else {
            Piece::Text(text)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_compared_as_numbers_however_long() {
        let sorted =
            ["", "1", "2", "10", "a", "a1", "a1b", "a2", "a10", "a18446744073709551616", "b", "ä3", "ä20"];
        for pair in sorted.windows(2) {
            assert_eq!(natural(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(natural(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(natural("a007", "a7"), Ordering::Equal);
    }
}

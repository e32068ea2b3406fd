//! Text in columns, for people who read a terminal.

/// `rows` with each column as wide as its widest entry, two spaces between; a column of numbers stands to the right.
/// The first row is the heading.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let column = |place: usize| rows.iter().filter_map(move |row| row.get(place));
    let widths: Vec<usize> = (0..columns)
        .map(|place| column(place).map(|entry| entry.chars().count()).max().unwrap_or(0))
        .collect();
    let right: Vec<bool> =
        (0..columns).map(|place| column(place).skip(1).all(|entry| is_number(entry))).collect();
    let line = |row: &Vec<String>| {
        let entry = |(place, entry): (usize, &String)| match (right[place], widths[place]) {
            (true, width) => format!("{entry:>width$}"),
            (false, width) => format!("{entry:<width$}"),
        };
        let entries: Vec<String> = row.iter().enumerate().map(entry).collect();
        format!("  {}\n", entries.join("  ")).replace(" \n", "\n")
    };
    let trimmed = |row| format!("{}\n", line(row).trim_end());
    rows.iter().map(trimmed).collect()
}

fn is_number(entry: &str) -> bool {
    entry.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && entry.chars().all(|digit| digit.is_ascii_digit() || ['.', '-', 'e', '%', ' '].contains(&digit))
}

/// `1 234 567`: digits in threes.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(" ")
}

/// `1.2 MiB`, in the unit that leaves one to four digits before the point.
pub(crate) fn size(bytes: usize) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    let steps = (1..).take_while(|&power| bytes >> (10 * power) > 0).take(units.len()).count();
    match steps {
        0 => format!("{bytes} bytes"),
        steps => format!("{:.1} {}", bytes as f64 / 1024_f64.powi(steps as i32), units[steps - 1]),
    }
}

/// `names`, no more than `most` of them, and how many more there are.
pub(crate) fn listed(names: &[String], most: usize) -> String {
    match names.len() {
        count if count > most => format!("{}, … ({} more)", names[..most].join(", "), count - most),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_words_to_the_left() {
        let rows = [["name", "units"], ["a", "10"], ["long", "9"]].map(|row| row.map(String::from).to_vec());
        assert_eq!(table(&rows), "  name  units\n  a        10\n  long      9\n");
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn counts_and_sizes_are_read_at_a_glance() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!([17, 1024, 1_572_864].map(size), ["17 bytes", "1.0 KiB", "1.5 MiB"]);
        assert!(size(usize::MAX).ends_with(" PiB"));
        assert_eq!(listed(&["a", "b", "c"].map(String::from), 2), "a, b, … (1 more)");
    }
}

//! How a number reads in a figure: as one would write it by hand, in few signs.

/// Fewest decimals that tell all `values` exactly, if few are enough.
pub(crate) fn decimals(values: &[f64]) -> Option<usize> {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let exact = |decimals: usize, value: f64| {
        let rounded = format!("{value:.decimals$}").parse::<f64>().unwrap_or(f64::NAN);
        (rounded - value).abs() <= 1e-9 * largest
    };
    let plain = (1e-4..1e6).contains(&largest);
    (0..6).find(|&decimals| plain && values.iter().all(|&value| exact(decimals, value)))
}

/// `value` as one would write it by hand, in few signs: `0.05`, `2000`, `10⁻⁷`, `2·10⁶`.
pub fn short(value: f64) -> String {
    label(value, None)
}

/// `value` with `decimals`, or as short as it can be said: `0.05`, `2000`, `10⁻⁷`, `2·10⁶`.
pub(crate) fn label(value: f64, decimals: Option<usize>) -> String {
    let text = match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None if value == 0.0 => "0".to_owned(),
        None if (1e-3..1e5).contains(&value.abs()) => significant(value),
        None => scientific(value),
    };
    text.replace('-', "−")
}

/// Four significant digits, without trailing zeros.
fn significant(value: f64) -> String {
    let decimals = (3 - value.abs().log10().floor() as i32).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn scientific(value: f64) -> String {
    let text = format!("{value:.2e}");
    let Some((factor, exponent)) = text.split_once('e') else { return text };
    let factor = factor.trim_end_matches('0').trim_end_matches('.');
    let raised = exponent.chars().map(|c| match c.to_digit(10) {
        Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
        None => '⁻',
    });
    let power: String = "10".chars().chain(raised).collect();
    match factor {
        "1" => power,
        "-1" => format!("-{power}"),
        factor => format!("{factor}·{power}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_one_would_write_them() {
        let texts = [0.05, 2000.0, -0.25, 1e-7, 2.5e6, 0.0, 123.456].map(|value| label(value, None));
        assert_eq!(texts, ["0.05", "2000", "−0.25", "10⁻⁷", "2.5·10⁶", "0", "123.5"]);
    }

    #[test]
    fn ticks_share_the_decimals_they_need() {
        assert_eq!(decimals(&[0.0, 0.25, 0.5]), Some(2));
        assert_eq!(decimals(&[1000.0, 2000.0]), Some(0));
        assert_eq!(decimals(&[0.0, 1e9]), None);
    }
}

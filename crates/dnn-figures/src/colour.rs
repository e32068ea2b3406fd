//! Numbers as colours, told apart by all kinds of colour sight.

/// Red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// A value that is not finite: a green that neither scale has.
pub(crate) const NOT_FINITE: Rgb = [0x00, 0x9e, 0x73];

/// The scale of signed values, −1 to 1 in even steps (C. A. Brewer's RdBu, with white for 0).
pub(crate) const SIGNED: [Rgb; 7] = [
    [0x21, 0x66, 0xac],
    [0x67, 0xa9, 0xcf],
    [0xd1, 0xe5, 0xf0],
    [0xff, 0xff, 0xff],
    [0xfd, 0xdb, 0xc7],
    [0xef, 0x8a, 0x62],
    [0xb2, 0x18, 0x2b],
];

/// The scale of shares, 0 to 1 in even steps (C. A. Brewer's Blues, from white).
pub(crate) const SHARE: [Rgb; 4] =
    [[0xff, 0xff, 0xff], [0xc6, 0xdb, 0xef], [0x6b, 0xae, 0xd6], [0x08, 0x45, 0x94]];

/// The colour at `place`, 0 to 1, on a scale of even steps; beyond its ends the end.
pub(crate) fn on_scale(scale: &[Rgb], place: f64) -> Rgb {
    if !place.is_finite() {
        return NOT_FINITE;
    }
    let place = place.clamp(0.0, 1.0) * (scale.len() - 1) as f64;
    let step = (place as usize).min(scale.len() - 2);
    let part = place - step as f64;
    std::array::from_fn(|i| {
        let (from, to) = (f64::from(scale[step][i]), f64::from(scale[step + 1][i]));
        (from + part * (to - from)).round() as u8
    })
}

/// Blue below 0, white at 0, red above, full at ±`range`.
pub(crate) fn signed(value: f64, range: f64) -> Rgb {
    let share = if value == 0.0 { 0.0 } else { value / range };
    on_scale(&SIGNED, 0.5 + 0.5 * share)
}

/// 0 is black, 1 is full.
pub(crate) fn level(value: f64) -> u8 {
    (255.0 * value.clamp(0.0, 1.0)).round() as u8
}

/// A colour as SVG writes it.
pub(crate) fn hexadecimal([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_and_the_ends_are_full() {
        assert_eq!(signed(0.0, 2.0), [255; 3]);
        assert_eq!(signed(0.0, 0.0), [255; 3]);
        assert_eq!((signed(-2.0, 2.0), signed(9.0, 2.0)), (SIGNED[0], SIGNED[6]));
        assert_eq!(hexadecimal(signed(2.0, 2.0)), "#b2182b");
    }

    #[test]
    fn what_is_not_finite_has_a_colour_of_its_own() {
        assert_eq!(signed(f64::NAN, 1.0), NOT_FINITE);
        assert!(!SIGNED.contains(&NOT_FINITE));
    }
}

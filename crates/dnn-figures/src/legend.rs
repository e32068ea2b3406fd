//! What the colours of signed pictures mean.

use crate::colour::SIGNED;
use crate::number::label;
use crate::sheet::{BLACK, MARGIN, Sheet, Type};
use crate::text::{width, wrap};

/// Distance of two lines of the name.
const LINE: f64 = 15.0;
/// Length of the bar.
const LONG: f64 = 120.0;

/// Draws the bar of a scale called `name`, from −`range` to `range`, or of each tile's own range if there is none in
/// common, at `y` on a sheet of width `wide`; gives the height it ends at.
pub(crate) fn legend(sheet: &mut Sheet, y: f64, wide: f64, name: &str, range: Option<f64>) -> f64 {
    let (most, name) = match range {
        Some(range) => (label(range, None), name.to_owned()),
        None => ("largest".to_owned(), format!("{name} (of each tile)")),
    };
    let (low, high) = (format!("−{most}"), format!("+{most}"));
    let (style, mut top) = (Type::SMALL, y + 4.0);
    for line in wrap(&name, style.size, wide - 2.0 * MARGIN) {
        sheet.text(MARGIN, top + 9.0, &line, style.colour(BLACK));
        top += LINE;
    }
    let left = MARGIN + width(&low, style.size) + 6.0;
    sheet.scale((left, top), (LONG, 12.0), &SIGNED);
    sheet.text(left - 6.0, top + 10.0, &low, style.end());
    sheet.text(left + 0.5 * LONG, top + 24.0, "0", style.middle());
    sheet.text(left + LONG + 6.0, top + 10.0, &high, style);
    top + 38.0
}

//! Which tensor a number that is not finite came from: what a run that ends for it says.

use dnn_core::{Network, Real, Workspace};
use ndarray::ArrayView2;

const EXAMPLES: &str = "the examples x";
const TARGETS: &str = "the targets y";

/// The first tensor of a pass that is not finite, in the order of the forward pass, and what to do: look at the data, or
/// else `slower`.
pub(crate) fn first_not_finite<T: Real>(
    network: &Network,
    parameters: &[T],
    x: ArrayView2<'_, T>,
    y: &[T],
    workspace: &Workspace<T>,
    slower: impl Fn() -> String,
) -> (String, String) {
    let bad = |values: &[T]| values.iter().any(|value| !value.is_finite());
    let bad_view = |view: ArrayView2<'_, T>| view.iter().any(|value| !value.is_finite());
    let data = [(bad_view(x), EXAMPLES), (bad(y), TARGETS)];
    if let Some((_, name)) = data.into_iter().find(|data| data.0) {
        return (name.into(), "look for missing values in the data".into());
    }
    for (number, placed) in network.parts().iter().enumerate() {
        if bad(&parameters[placed.part.range.clone()]) {
            return (part_name(network, number), slower());
        }
        let last_part = placed.part.range.end == network.layer_range(placed.layer).end;
        if last_part && bad_view(workspace.output(placed.layer)) {
            return (format!("layer {}'s output", placed.layer), slower());
        }
    }
    ("the cost itself".into(), slower())
}

/// What messages call part number `part` of the network.
pub(crate) fn part_name(network: &Network, part: usize) -> String {
    network
        .parts()
        .get(part)
        .map_or_else(String::new, |placed| format!("layer {}'s {}", placed.layer, placed.part.name))
}

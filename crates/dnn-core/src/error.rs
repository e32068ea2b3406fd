//! The one error of this crate: every variant says what was found, what was expected and what to do.

use thiserror::Error;

/// What went wrong in `dnn-core`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A constant of a layer is out of its range.
    #[error("{name} is {found}, expected {expected}: {remedy}")]
    Constant {
        /// Which constant.
        name: &'static str,
        /// Its value.
        found: String,
        /// Its range.
        expected: &'static str,
        /// What to do.
        remedy: &'static str,
    },

    /// Two layers, or a layer and its neighbour's width, do not fit.
    #[error(
        "layer {layer} takes {expected} features, but {giver} gives {found}: make layer {layer}'s input {found}"
    )]
    LayerInput {
        /// Number of the layer, from 1.
        layer: usize,
        /// Who feeds it: `"the input"` or `"layer 1"`.
        giver: String,
        /// Features it is given.
        found: usize,
        /// Features it was built for.
        expected: usize,
    },

    /// A layer has no inputs or no units.
    #[error(
        "layer {layer} has {inputs} inputs and {units} units, but needs at least one of each: give both a size of 1 or more"
    )]
    EmptyLayer {
        /// Number of the layer, from 1.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Its units.
        units: usize,
    },

    /// A network without layers.
    #[error(
        "the network has no layer, but needs at least one: add one, for instance with `.dense(1, Sigmoid)`"
    )]
    NoLayers,

    /// A layer of a plug-in whose parts and blocks do not add up.
    #[error(
        "layer {layer} (\"{kind}\") describes its parameters with gaps or overlaps, but parts and blocks must each cover them once, in order: correct that layer's `parts` and `parameter_blocks`"
    )]
    Parts {
        /// Number of the layer, from 1.
        layer: usize,
        /// Its kind.
        kind: String,
    },

    /// More numbers than this machine can address.
    #[error(
        "{what} needs more than {limit} numbers, found while computing {detail}: make the layers or the batch smaller"
    )]
    TooLarge {
        /// What would be too large.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// The product that overflowed.
        detail: String,
    },

    /// A matrix of the wrong shape was passed.
    #[error("{name} is {found_rows} × {found_columns}, but {expected}: {remedy}")]
    Shape {
        /// Which matrix, as the formula calls it.
        name: &'static str,
        /// Rows found.
        found_rows: usize,
        /// Columns found.
        found_columns: usize,
        /// What was expected, in words.
        expected: String,
        /// What to do.
        remedy: String,
    },

    /// A vector of the wrong length was passed.
    #[error("{name} has {found} numbers, but {expected} are expected: {remedy}")]
    Length {
        /// Which vector.
        name: &'static str,
        /// Numbers found.
        found: usize,
        /// Numbers expected.
        expected: usize,
        /// What to do.
        remedy: &'static str,
    },

    /// A matrix of examples that is not stored column by column.
    #[error(
        "{name} is not stored column by column, but an example must be contiguous: pass `dnn_core::column_major(&{name})`"
    )]
    Order {
        /// Which matrix.
        name: &'static str,
    },

    /// A batch without examples, or a workspace for none.
    #[error(
        "the batch has 0 examples, but needs at least 1: give a batch size of 1 or more, or no batch size for all examples at once"
    )]
    EmptyBatch,

    /// A name the registry does not hold.
    #[error(
        "unknown {kind} \"{found}\"; known are {known}: {}register the plug-in that brings \"{found}\"",
        .nearest.as_ref().map(|nearest| format!("take \"{nearest}\" if that is meant, or ")).unwrap_or_default()
    )]
    Unknown {
        /// `"activation"`, `"layer"`, `"cost"`.
        kind: &'static str,
        /// The name asked for.
        found: String,
        /// The names the registry holds, comma-separated.
        known: String,
        /// The known name that it may be a slip of.
        nearest: Option<String>,
    },

    /// Constants that are unknown or out of range.
    #[error("{kind} {name}: {}", .faults.join("; "))]
    Constants {
        /// `"activation"`, `"layer"`, `"cost"`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// What is wrong with each, and what to do.
        faults: Vec<String>,
    },

    /// Two plug-ins of the same name.
    #[error(
        "{kind} \"{name}\" is registered already, but a name stands for one: rename one of the two, as `crate/name`"
    )]
    Duplicate {
        /// `"activation"`, `"layer"`, `"cost"`.
        kind: &'static str,
        /// The name.
        name: String,
    },
}

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The constants of the `kind` of this name have these faults.
    pub fn constants(kind: &'static str, name: &str, faults: Vec<String>) -> Self {
        Self::Constants { kind, name: name.into(), faults }
    }

    /// No `kind` of the name `found` is among the `known`.
    pub(crate) fn unknown(kind: &'static str, found: &str, known: &[&str]) -> Self {
        let nearest = known.iter().map(|name| (strsim::levenshtein(found, name), *name)).min();
        let nearest = nearest.filter(|&(distance, name)| 3 * distance <= name.chars().count());
        let nearest = nearest.map(|(_, name)| name.to_owned());
        Self::Unknown { kind, found: found.into(), known: known.join(", "), nearest }
    }
}

//! How good predictions are. All sums are in f64, and nothing is broadcast.
//!
//! Every function takes `weights` last: how much each example counts, one number of 0 or more for each, or `None` where
//! all count alike. Outputs `a` and targets `y` are `(n[L], m)`, one example a column. Values are scikit-learn's, which a
//! test compares.

mod accuracy;
mod calibration;
mod curves;
mod metric;
mod numbers;
mod per_class;
mod weighing;

pub use accuracy::{accuracy, classes, top_k_accuracy};
pub use calibration::{ReliabilityBin, confidences, expected_calibration_error, reliability};
pub use curves::{
    PrecisionRecallPoint, RocPoint, average_precision, detection_rate, precision_recall, roc, roc_auc,
};
pub(crate) use metric::add_builtin;
pub use metric::{Metric, builtin};
pub use numbers::{log_loss, mae, r2, rmse};
pub use per_class::{ClassScores, average_of_classes, confusion_matrix, per_class};

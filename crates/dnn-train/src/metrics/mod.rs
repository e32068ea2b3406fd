//! How good predictions are. All sums are in f64, and nothing is broadcast.
//!
//! Every function takes `weights` last: how much each example counts, one number of 0 or more for each, or `None` where
//! all count alike. Outputs `a` and targets `y` are `(n[L], m)`, one example a column. Values are scikit-learn's, which a
//! test compares.

mod accuracy;
mod calibration;
mod confusion;
mod log_loss;
mod metric;
mod numbers;
mod per_class;
mod precision_recall;
mod ranking;
mod roc;
mod weighing;

pub use accuracy::{accuracy, classes, top_k_accuracy};
pub use calibration::{ReliabilityBin, confidences, expected_calibration_error, reliability};
pub use confusion::confusion_matrix;
pub use log_loss::log_loss;
pub(crate) use metric::add_builtin;
pub use metric::{Metric, builtin};
pub use numbers::{mae, r2, rmse};
pub use per_class::{ClassScores, average_of_classes, per_class, weighted_average_of_classes};
pub use precision_recall::{PrecisionRecallPoint, average_precision, precision_recall};
pub use roc::{RocPoint, detection_rate, roc, roc_auc};

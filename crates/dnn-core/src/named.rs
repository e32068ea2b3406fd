//! What can be chosen by name: its constants, the values they usually have, and the values they may have.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use crate::{Error, NamedConfig, Result};

/// Something with a name and constants, which a [`crate::Registry`] makes of a [`NamedConfig`].
///
/// [`Default`] has the constants that are taken where none are given.
///
/// ```
/// use dnn_core::{Constant, Named, NamedConfig};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Huber { delta: f64 }
///
/// impl Default for Huber {
///     fn default() -> Self { Self { delta: 1.0 } }
/// }
///
/// impl Named for Huber {
///     const NAME: &'static str = "huber";
///     fn constants(&mut self) -> Vec<Constant<'_>> {
///         vec![Constant::new("delta", &mut self.delta, Constant::POSITIVE)]
///     }
/// }
///
/// assert_eq!(Huber::from_config("cost", &NamedConfig::from("huber"))?, Huber { delta: 1.0 });
/// assert_eq!(NamedConfig::from(Huber { delta: 0.5 }), NamedConfig::from("huber").with("delta", 0.5));
/// let wrong = Huber::from_config("cost", &NamedConfig::from("huber").with("delta", -1.0)).unwrap_err().to_string();
/// assert_eq!(wrong, "cost huber: delta is -1, but must be a number above 0: 1 is usual");
/// # Ok::<(), dnn_core::Error>(())
/// ```
pub trait Named: Default + Clone + Send + Sync + 'static {
    /// Its name: `"crate/name"` for a plug-in.
    const NAME: &'static str;

    /// Its constants.
    fn constants(&mut self) -> Vec<Constant<'_>> {
        Vec::new()
    }

    /// The `kind` (`"cost"`) with the constants of `config`, and its usual ones where none are given.
    ///
    /// # Errors
    /// [`Error::Constants`] for all that are unknown or out of range.
    fn from_config(kind: &'static str, config: &NamedConfig) -> Result<Self> {
        let (mut made, mut usual) = (Self::default(), Self::default());
        let (mut constants, usual) = (made.constants(), usual.constants());
        let takes = || usual.iter().map(|constant| constant.name).collect::<Vec<_>>().join(", ");
        let mut faults = Vec::new();
        for (name, &value) in &config.constants {
            let Some(at) = usual.iter().position(|constant| constant.name == name) else {
                let takes = if usual.is_empty() { "no constant".into() } else { takes() };
                faults.push(format!(
                    "has a constant {name}, but takes {takes}: correct the name, or leave it out"
                ));
                continue;
            };
            if !constants[at].set(value) {
                let (range, usual) = (&constants[at], &usual[at]);
                faults.push(format!("{name} is {value}, but must be {range}: {usual:?} is usual"));
            }
        }
        drop(constants);
        if faults.is_empty() { Ok(made) } else { Err(Error::constants(kind, Self::NAME, faults)) }
    }
}

/// A thing as plain data: of all that is [`Named`], and of what names itself as it runs.
pub trait Configured {
    /// Its name: `"adam"`, or `"crate/name"` for a plug-in.
    fn name(&self) -> &str;

    /// Its name and all its constants.
    fn config(&self) -> NamedConfig {
        self.name().into()
    }
}

impl<N: Named> Configured for N {
    fn name(&self) -> &str {
        N::NAME
    }

    fn config(&self) -> NamedConfig {
        let mut read = self.clone();
        let constants = read.constants();
        let given =
            constants.iter().filter_map(|constant| Some((constant.name.into(), constant.value.get()?)));
        NamedConfig { name: N::NAME.into(), constants: given.collect() }
    }
}

impl<N: Named> From<N> for NamedConfig {
    fn from(named: N) -> Self {
        named.config()
    }
}

/// A constant of something [`Named`], and the values it may have.
pub struct Constant<'a> {
    name: &'static str,
    value: &'a mut dyn ConstantValue,
    range: (Bound<f64>, Bound<f64>),
}

impl<'a> Constant<'a> {
    /// Finite numbers above 0.
    pub const POSITIVE: (Bound<f64>, Bound<f64>) = (Bound::Excluded(0.0), Bound::Unbounded);
    /// Above 0 and up to 1.
    pub const SHARE: (Bound<f64>, Bound<f64>) = (Bound::Excluded(0.0), Bound::Included(1.0));

    /// Kept in `value`, and from `range`: `0.0..1.0`, `1.0..`, or `..` for every finite number.
    pub fn new(name: &'static str, value: &'a mut impl ConstantValue, range: impl RangeBounds<f64>) -> Self {
        Self { name, value, range: (range.start_bound().cloned(), range.end_bound().cloned()) }
    }

    /// Takes a value, if it may have it.
    fn set(&mut self, value: f64) -> bool {
        value.is_finite() && self.range.contains(&value) && self.value.set(value)
    }
}

/// The values it may have, in words.
impl fmt::Display for Constant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.value.is_whole() { "a whole number, " } else { "" })?;
        match self.range {
            (Bound::Included(from), Bound::Excluded(below)) => write!(f, "from {from} to below {below}"),
            (Bound::Included(from), Bound::Included(to)) => write!(f, "from {from} to {to}"),
            (Bound::Included(from), Bound::Unbounded) => write!(f, "{from} or more"),
            (Bound::Excluded(above), Bound::Unbounded) => write!(f, "a number above {above}"),
            (Bound::Excluded(above), Bound::Included(to)) => write!(f, "above {above} and up to {to}"),
            (Bound::Unbounded, Bound::Unbounded) => f.write_str("finite"),
            range => write!(f, "within {range:?}"),
        }
    }
}

/// Its value.
impl fmt::Debug for Constant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.get() {
            Some(value) if value != 0.0 && value.abs() < 1e-3 => write!(f, "{value:e}"),
            Some(value) => write!(f, "{value}"),
            None => f.write_str("none"),
        }
    }
}

/// What a constant can be: a number, a count, a switch (0 or 1), or a number that may be left out.
pub trait ConstantValue {
    /// Its value, if it has one.
    fn get(&self) -> Option<f64>;

    /// Takes a value, if it can have it.
    fn set(&mut self, value: f64) -> bool;

    /// Whether it is a whole number.
    fn is_whole(&self) -> bool {
        true
    }
}

impl ConstantValue for f64 {
    fn get(&self) -> Option<f64> {
        Some(*self)
    }

    fn set(&mut self, value: f64) -> bool {
        *self = value;
        true
    }

    fn is_whole(&self) -> bool {
        false
    }
}

impl ConstantValue for Option<f64> {
    fn get(&self) -> Option<f64> {
        *self
    }

    fn set(&mut self, value: f64) -> bool {
        *self = Some(value);
        true
    }

    fn is_whole(&self) -> bool {
        false
    }
}

impl ConstantValue for usize {
    fn get(&self) -> Option<f64> {
        Some(*self as f64)
    }

    fn set(&mut self, value: f64) -> bool {
        *self = value as Self;
        *self as f64 == value
    }
}

impl ConstantValue for bool {
    fn get(&self) -> Option<f64> {
        Some(f64::from(u8::from(*self)))
    }

    fn set(&mut self, value: f64) -> bool {
        *self = value == 1.0;
        *self || value == 0.0
    }
}

//! What a checkpoint keeps beside a network: plain data by serde, checked when it is read back. A file may be damaged, or made
//! to do harm; a value that was read is as good as one that was fitted.

/// A type whose fields may be read with values that do not go together.
pub(crate) trait Check {
    /// What was found and what was expected, if this cannot be used.
    fn check(&self) -> Result<(), String>;
}

/// For a type with `#[serde(remote = "Self")]`, which derives functions of its own instead of serde's traits: the traits by
/// these functions, with the check.
macro_rules! checked {
    ($kind:ty) => {
        impl serde::Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let read = Self::deserialize(deserializer)?;
                crate::stored::Check::check(&read).map_err(serde::de::Error::custom)?;
                Ok(read)
            }
        }
    };
}
pub(crate) use checked;

/// That every one of `numbers` is finite and `valid`.
pub(crate) fn check_numbers<'a>(
    what: &str,
    numbers: impl IntoIterator<Item = &'a f64>,
    valid: impl Fn(f64) -> bool,
) -> Result<(), String> {
    let mut numbers = numbers.into_iter();
    match numbers.find(|&&number| !number.is_finite() || !valid(number)) {
        None => Ok(()),
        Some(number) => Err(format!("{number} as {what}, which no fit gives")),
    }
}

/// That a mean and a deviation are such.
pub(crate) fn check_moments(mean: &f64, deviation: &f64) -> Result<(), String> {
    check_numbers("mean", [mean], |_| true)?;
    check_numbers("deviation", [deviation], |deviation| deviation > 0.0)
}

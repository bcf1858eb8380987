//! Exact numbers in JSON: written and read as text, never as binary floats.

use gradebook_domain::{Exact, Percentage, Points, Rounded, Weight};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A decimal that is written exactly as it is, as a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64)]
pub(crate) struct Number(String);

impl Number {
    /// The number as it is written everywhere.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The text of a JSON number, exactly as it was sent; `None` for any other JSON value.
    pub(crate) fn read(raw: &RawValue) -> Option<&str> {
        let text = raw.get();
        text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            .then_some(text)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl From<Points> for Number {
    fn from(points: Points) -> Self {
        Self(points.to_string())
    }
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        Self(count.to_string())
    }
}

impl From<Weight> for Number {
    fn from(weight: Weight) -> Self {
        Self(weight.to_string())
    }
}

impl From<Rounded> for Number {
    fn from(rounded: Rounded) -> Self {
        Self(rounded.to_string())
    }
}

impl From<&Exact> for Number {
    fn from(exact: &Exact) -> Self {
        exact.rounded().into()
    }
}

impl From<&Percentage> for Number {
    fn from(percentage: &Percentage) -> Self {
        percentage.rounded().into()
    }
}

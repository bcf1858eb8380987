//! The stable names of closed sets: what the database, URLs and JSON call each variant.

/// A text that is not one of the names of the set `expected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not the name of {expected}")]
pub struct UnknownName {
    /// The set that was asked for, in words: "a score status".
    pub expected: &'static str,
}

/// Gives an enum `ALL`, `as_str`, `Display` and an exact (case-sensitive) `FromStr`.
macro_rules! names {
    ($name:ident, $expected:literal, { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, as stored and as sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::names::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::names::UnknownName { expected: $expected }),
                }
            }
        }
    };
}

pub(crate) use names;

//! What a parameter holds.

use bstr::BString;

/// What a parameter holds.
pub(super) enum Items {
    Unset,
    Scalar(BString),
    /// `$@` and `$*`.
    List(Vec<BString>),
}

impl Items {
    pub(super) fn is_set(&self, colon: bool) -> bool {
        match self {
            Self::Unset => false,
            Self::Scalar(text) => !(colon && text.is_empty()),
            Self::List(items) => match items.as_slice() {
                [] => false,
                [only] => !(colon && only.is_empty()),
                _ => true,
            },
        }
    }

    pub(super) fn map(self, change: impl Fn(&[u8]) -> BString) -> Self {
        match self {
            Self::Unset => Self::Unset,
            Self::Scalar(text) => Self::Scalar(change(&text)),
            Self::List(items) => Self::List(items.iter().map(|item| change(item)).collect()),
        }
    }
}

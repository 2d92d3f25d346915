//! The language of what is said to a person: English, or Chinese where the
//! user's locale asks for it. What is said of plans has both texts where it is made
//! ([`Language::choose`]); errors, hints and help are translated where they are shown
//! ([`Language::translated`]).

mod catalogue;

use std::borrow::Cow;

/// A language that llmsh speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The language of messages by the environment: the first of `LC_ALL`,
    /// `LC_MESSAGES` and `LANG` that is set and not empty (XBD 8.2).
    pub fn of_locale<'a>(variable: impl Fn(&str) -> Option<&'a [u8]>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()));
        match locale {
            Some(name) if name.starts_with(b"zh") => Self::Chinese,
            _ => Self::English,
        }
    }

    /// The language of this process's environment.
    #[must_use]
    pub fn of_environment() -> Self {
        let variables: Vec<(&str, Vec<u8>)> = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?.into_encoded_bytes())))
            .collect();
        Self::of_locale(|wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_slice())
        })
    }

    /// An English text in this language, as the catalogue has it; itself where it has not.
    #[must_use]
    pub fn translated(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::English => Cow::Borrowed(text),
            Self::Chinese => catalogue::chinese(text),
        }
    }

    /// The text of this language.
    #[must_use]
    pub fn choose<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

/// An English text in the language of this process's environment ([`Language::translated`]).
#[must_use]
pub fn told(text: &str) -> String {
    Language::of_environment().translated(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(variables: &'a [(&'a str, &'a str)]) -> Language {
        Language::of_locale(|wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_bytes())
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")]), Language::Chinese);
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), Language::English);
        assert_eq!(with(&[("LANG", "en_US"), ("LC_MESSAGES", "zh_TW")]), Language::Chinese);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "zh_CN")]), Language::Chinese);
        assert_eq!(with(&[]), Language::English);
    }
}

//! Paths as text that keeps every byte: what the journal stores and what the
//! trash specification wants. A path need not be UTF-8, and both JSON and
//! `.trashinfo` files must be.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use serde::{Deserialize, Deserializer, Serializer};

/// What stands for itself: the unreserved characters of a URL, and the slash.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path with every byte but ASCII letters, digits and `/-._~` as `%XX`.
#[must_use]
pub fn encode(path: &Path) -> String {
    percent_encode(path.as_os_str().as_bytes(), ENCODED).to_string()
}

/// What [`encode`] made the text of. A `%` that begins no such triple stands for
/// itself, as other programs write it.
#[must_use]
pub fn decode(text: &str) -> PathBuf {
    PathBuf::from(OsString::from_vec(percent_decode_str(text).collect()))
}

/// For `#[serde(with = "path_text")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(path))
}

/// For `#[serde(with = "path_text")]`.
///
/// # Errors
/// When there is no text.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    String::deserialize(deserializer).map(|text| decode(&text))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_are_no_utf8_become_ascii() {
        let path = Path::new(OsStr::from_bytes(b"/a b/\xff%\n"));
        assert_eq!(encode(path), "/a%20b/%FF%25%0A");
        assert_eq!(decode("/a%20b/%FF%25%0a"), path);
    }

    #[test]
    fn a_percent_sign_of_another_program_stays() {
        assert_eq!(decode("/100%/x"), Path::new("/100%/x"));
    }

    proptest! {
        #[test]
        fn every_path_comes_back(bytes: Vec<u8>) {
            let path = PathBuf::from(OsString::from_vec(bytes));
            prop_assert_eq!(decode(&encode(&path)), path);
        }
    }
}

//! Extended regular expressions of the C library (XBD 9.4, regcomp): what `=~` of bash
//! means, longest leftmost match and locale included.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::ops::Range;

use nix::libc;

/// A compiled expression.
pub struct Regex {
    inner: libc::regex_t,
    /// How many groups there are, the whole match among them.
    groups: usize,
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Regex").field("groups", &self.groups).finish_non_exhaustive()
    }
}

impl Regex {
    /// Compiles an expression; `fold`: case makes no difference.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(expression: &[u8], fold: bool) -> Result<Self, String> {
        let text = CString::new(expression).map_err(|_| "NUL in a regular expression")?;
        let mut inner = MaybeUninit::<libc::regex_t>::zeroed();
        let flags = libc::REG_EXTENDED | if fold { libc::REG_ICASE } else { 0 };
        // SAFETY: `text` is a C string, and `inner` is room for the result, which is
        // initialised where the call succeeds.
        let error = unsafe { libc::regcomp(inner.as_mut_ptr(), text.as_ptr(), flags) };
        if error != 0 {
            return Err(format!("{}: not a valid regular expression", expression.escape_ascii()));
        }
        let groups = count_groups(expression) + 1;
        // SAFETY: the call has succeeded.
        Ok(Self { inner: unsafe { inner.assume_init() }, groups })
    }

    /// Where it matches first, and where each group of it does; nothing where it does not.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<Vec<Option<Range<usize>>>> {
        // A text with a NUL in it cannot be a shell's value.
        let text = CString::new(text).ok()?;
        let none = libc::regmatch_t { rm_so: -1, rm_eo: -1 };
        let mut places = vec![none; self.groups];
        // SAFETY: the expression is compiled, the text is a C string, and there is room
        // for as many places as are named.
        let result = unsafe {
            libc::regexec(&self.inner, text.as_ptr(), places.len(), places.as_mut_ptr(), 0)
        };
        if result != 0 {
            return None;
        }
        let range = |place: &libc::regmatch_t| {
            let start = usize::try_from(place.rm_so).ok()?;
            Some(start..usize::try_from(place.rm_eo).ok()?)
        };
        Some(places.iter().map(range).collect())
    }
}

/// How many parentheses of an expression begin a group: neither quoted nor in brackets.
fn count_groups(expression: &[u8]) -> usize {
    let (mut groups, mut at) = (0, 0);
    while let Some(byte) = expression.get(at) {
        match byte {
            b'\\' => at += 1,
            b'(' => groups += 1,
            b'[' => {
                // A bracket at the start of a set is one of its characters.
                at += 1;
                if expression.get(at) == Some(&b'^') {
                    at += 1;
                }
                if expression.get(at) == Some(&b']') {
                    at += 1;
                }
                while let Some(inner) = expression.get(at).filter(|byte| **byte != b']') {
                    let class = expression.get(at + 1).filter(|next| b".:=".contains(next));
                    if let (b'[', Some(kind)) = (inner, class) {
                        let ends = |place: &usize| {
                            expression.get(*place) == Some(kind)
                                && expression.get(place + 1) == Some(&b']')
                        };
                        at = (at + 2..expression.len()).find(ends).map_or(at, |end| end + 1);
                    }
                    at += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    groups
}

impl Drop for Regex {
    fn drop(&mut self) {
        // SAFETY: it was compiled, and is freed once.
        unsafe { libc::regfree(&mut self.inner) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_leftmost_match_is_found() {
        let regex = Regex::new(b"(a|ab)(c|bcd)(d*)", false).unwrap();
        let found = regex.find(b"xabcd").unwrap();
        assert_eq!(found, [Some(1..5), Some(1..2), Some(2..5), Some(5..5)]);
        assert_eq!(regex.find(b"x"), None);
        assert_eq!(count_groups(b"a(b)\\(c[(]d[[:alpha:](](e(f))"), 3);
        assert!(Regex::new(b"A+", true).unwrap().find(b"xaa").is_some());
        assert!(Regex::new(b"(", false).is_err());
    }
}

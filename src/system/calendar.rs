//! Times of day as people read them.

use nix::libc;

/// A moment in seconds since 1970 as `2026-01-31T23:59:58` in the local time
/// zone; the moment itself where the system cannot say.
#[must_use]
pub fn local(seconds: i64) -> String {
    // SAFETY: all fields are numbers or a pointer that is never read here.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to values that live for the whole call.
    let result = unsafe { libc::localtime_r(&raw const seconds, &raw mut parts) };
    if result.is_null() {
        return seconds.to_string();
    }
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_has_the_form_of_iso_8601() {
        let text = super::local(1_000_000_000);
        assert!(text.starts_with("2001-09-0") && text.len() == 19, "{text}");
    }
}

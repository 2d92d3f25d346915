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

/// The time of now, as `strftime(3)` writes it, in the local time zone.
#[must_use]
pub fn now(format: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    written(format, now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX)))
}

/// A time, in seconds since 1970, as `strftime(3)` writes it in the local time zone; an
/// empty text where it has no date.
#[must_use]
pub fn written(format: &str, seconds: i64) -> String {
    let Ok(format) = std::ffi::CString::new(format) else { return String::new() };
    let mut parts = std::mem::MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are valid for the call, which initialises `parts` or fails.
    if unsafe { libc::localtime_r(&raw const seconds, parts.as_mut_ptr()) }.is_null() {
        return String::new();
    }
    let mut buffer = vec![0_u8; 64 + format.as_bytes().len() * 16];
    // SAFETY: the buffer is as long as is said, the format is a C string, and `parts` was
    // initialised.
    let length = unsafe {
        libc::strftime(buffer.as_mut_ptr().cast(), buffer.len(), format.as_ptr(), parts.as_ptr())
    };
    buffer.truncate(length);
    String::from_utf8_lossy(&buffer).into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_has_the_form_of_iso_8601() {
        let text = super::local(1_000_000_000);
        assert!(text.starts_with("2001-09-0") && text.len() == 19, "{text}");
    }
}

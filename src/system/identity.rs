//! Who this process acts as.

/// The user whose rights this process has: what decides whether a file is the
/// person's own.
#[must_use]
pub fn effective_user() -> u32 {
    nix::unistd::geteuid().as_raw()
}

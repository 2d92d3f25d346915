//! The clock by which file systems stamp what changes.

use nix::libc;

use super::node::Timestamp;

/// The moment that a change made from now on is stamped with, or an earlier one,
/// but later than the stamp of any change made before. File systems look at a
/// clock that ticks a few hundred times a second, or at the exact one; this waits
/// until the one that ticks has passed what the exact one says now.
#[must_use]
pub fn boundary() -> Timestamp {
    let before = read(libc::CLOCK_REALTIME);
    loop {
        let now = read(libc::CLOCK_REALTIME_COARSE);
        if now > before {
            return now;
        }
        std::thread::sleep(std::time::Duration::from_micros(500));
    }
}

fn read(clock: libc::clockid_t) -> Timestamp {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for the write; both clocks exist since Linux 2.6.32.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    Timestamp { seconds: time.tv_sec, nanoseconds: time.tv_nsec }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn changes_before_and_after_are_told_apart() {
        let stamp = |file: &tempfile::NamedTempFile| {
            let metadata = file.as_file().metadata().unwrap();
            Timestamp { seconds: metadata.ctime(), nanoseconds: metadata.ctime_nsec() }
        };
        for _ in 0..20 {
            let before = tempfile::NamedTempFile::new().unwrap();
            let boundary = boundary();
            let after = tempfile::NamedTempFile::new().unwrap();
            assert!(stamp(&before) < boundary);
            assert!(stamp(&after) >= boundary);
        }
    }
}

//! What is in the file system and no ordinary file: writing there does something
//! else than to keep bytes.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use crate::escape::visible;
use crate::language::Language;
use crate::plan::effect::{Deed, Effects};

/// What of the effects reaches devices, pipes, sockets or the kernel's settings.
pub(super) fn among(effects: &Effects) -> Option<&Path> {
    effects.writes().find(|path| is_special(path))
}

/// Directories of which nobody knows all that is in them.
const WIDE: [&str; 12] = [
    "/", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/opt", "/root", "/sbin", "/usr",
    "/var",
];

/// What of the effects is everything in a directory that is not the person's: a
/// plan that may change any of it is not understood.
pub(super) fn wide(effects: &Effects) -> Option<&Path> {
    effects.paths(Deed::Within).find(|path| WIDE.iter().any(|wide| *path == Path::new(wide)))
}

/// Why a plan that reaches everything there is not understood.
pub(super) fn too_wide(path: &Path, language: Language) -> String {
    let path = visible(path.as_os_str().as_encoded_bytes());
    match language {
        Language::English => format!("it may change anything in {path}"),
        Language::Chinese => format!("它可能更改 {path} 中的任何内容"),
    }
}

/// Why more may happen there.
pub(super) fn reason(path: &Path, language: Language) -> String {
    let path = visible(path.as_os_str().as_encoded_bytes());
    language.choose(format!("{path} is not a regular file"), format!("{path} 不是普通文件"))
}

fn is_special(path: &Path) -> bool {
    // Shared memory is an ordinary file system (shm_overview(7)).
    let of_the_kernel = ["/dev", "/proc", "/sys"].iter().any(|place| path.starts_with(place))
        && !path.starts_with("/dev/shm");
    of_the_kernel
        || path.symlink_metadata().is_ok_and(|metadata| {
            let kind = metadata.file_type();
            kind.is_block_device() || kind.is_char_device() || kind.is_fifo() || kind.is_socket()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_settings_of_the_kernel_are_no_files() {
        for path in ["/dev/sda", "/dev/null", "/proc/sys/vm/swappiness", "/sys/power/state"] {
            assert!(is_special(Path::new(path)), "{path}");
        }
        for path in ["/dev/shm/x", "/etc/passwd", "/device", "/tmp"] {
            assert!(!is_special(Path::new(path)), "{path}");
        }
    }
}

//! Mounted file systems.

use std::path::PathBuf;

/// Where file systems are mounted (`/proc/self/mountinfo`, proc(5)); nothing
/// where the kernel does not say.
#[must_use]
pub fn points() -> Vec<PathBuf> {
    table().into_iter().map(|mounted| mounted.point).collect()
}

/// A file system that is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// Where.
    pub point: PathBuf,
    /// The type of file system, such as `ext4`.
    pub kind: String,
}

/// What is mounted, in the order of the kernel; nothing where it does not say.
#[must_use]
pub fn table() -> Vec<Mounted> {
    let text = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(mounted).collect()
}

fn mounted(line: &[u8]) -> Option<Mounted> {
    let point = point(line)?;
    let mut fields = line.split(|byte| *byte == b' ').skip_while(|field| *field != b"-");
    let kind = String::from_utf8_lossy(fields.nth(1)?).into_owned();
    Some(Mounted { point, kind })
}

fn point(line: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let field = line.split(|byte| *byte == b' ').nth(4)?;
    Some(PathBuf::from(std::ffi::OsString::from_vec(unescaped(field))))
}

/// Blanks and backslashes are written as three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) if *first == b'\\' => {
                result.push(byte);
                rest = &after[3..];
            }
            _ => {
                result.push(*first);
                rest = after;
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_in_names_are_understood() {
        let line = b"36 35 98:0 / /media/my\\040disk rw,noatime - ext4 /dev/sda1 rw";
        assert_eq!(point(line), Some(PathBuf::from("/media/my disk")));
        assert_eq!(mounted(line).map(|mounted| mounted.kind).as_deref(), Some("ext4"));
        assert!(points().contains(&PathBuf::from("/")));
    }
}

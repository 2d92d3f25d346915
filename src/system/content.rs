//! Copies of the content of files: blocks are shared where the file system can
//! do it, holes stay holes, and the kernel moves the rest.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use nix::errno::Errno;
use nix::unistd::{Whence, lseek};

use super::disk;

/// Makes the empty file `to` a copy of `from`, and says how long it is.
///
/// # Errors
/// What reading and writing say; a full disk among it.
pub fn copy(from: &File, to: &File) -> io::Result<u64> {
    let length = from.metadata()?.len();
    // Files of the kernel have no length, and content all the same.
    if length == 0 {
        return write_over(from, to);
    }
    if disk::share_blocks(from, to).is_ok() {
        return Ok(length);
    }
    let mut at = 0;
    while at < length {
        let Some((start, end)) = next_data(from, at, length)? else { break };
        copy_range(from, to, start, end)?;
        at = end;
    }
    to.set_len(length)?;
    Ok(length)
}

/// Replaces the content of `to`, byte by byte where it stands, and says how long
/// it is now. The file becomes shorter only when all is written.
///
/// # Errors
/// What reading and writing say; a full disk among it.
pub fn write_over(mut from: &File, mut to: &File) -> io::Result<u64> {
    from.seek(SeekFrom::Start(0))?;
    to.seek(SeekFrom::Start(0))?;
    let length = io::copy(&mut from, &mut to)?;
    to.set_len(length)?;
    Ok(length)
}

/// The next part from `at` that is no hole.
fn next_data(file: &File, at: u64, length: u64) -> io::Result<Option<(u64, u64)>> {
    let offset = i64::try_from(at).map_err(io::Error::other)?;
    match lseek(file, offset, Whence::SeekData) {
        Ok(start) => {
            let end = lseek(file, start, Whence::SeekHole)?;
            Ok(Some((start.unsigned_abs(), end.unsigned_abs().min(length))))
        }
        Err(Errno::ENXIO) => Ok(None),
        // The file system does not know of holes.
        Err(_) => Ok(Some((at, length))),
    }
}

/// The standard library lets the kernel copy from file to file where it can.
fn copy_range(mut from: &File, mut to: &File, start: u64, end: u64) -> io::Result<()> {
    from.seek(SeekFrom::Start(start))?;
    to.seek(SeekFrom::Start(start))?;
    io::copy(&mut from.take(end.saturating_sub(start)), &mut to)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileExt, MetadataExt};

    use super::*;

    #[test]
    fn holes_stay_holes() {
        let (from, to) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        from.write_all_at(b"begin", 0).unwrap();
        from.write_all_at(b"end", 8 << 20).unwrap();
        from.set_len(16 << 20).unwrap();
        assert_eq!(copy(&from, &to).unwrap(), 16 << 20);
        let mut word = [0; 5];
        to.read_exact_at(&mut word, 0).unwrap();
        assert_eq!(&word, b"begin");
        to.read_exact_at(&mut word[..3], 8 << 20).unwrap();
        assert_eq!(&word[..3], b"end");
        let metadata = to.metadata().unwrap();
        assert_eq!(metadata.len(), 16 << 20);
        assert!(metadata.blocks() * 512 < 1 << 20, "{} blocks", metadata.blocks());
    }

    #[test]
    fn shorter_content_leaves_nothing_of_the_longer() {
        let (from, to) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        from.write_all_at(b"short", 0).unwrap();
        to.write_all_at(b"much longer", 0).unwrap();
        assert_eq!(write_over(&from, &to).unwrap(), 5);
        assert_eq!(to.metadata().unwrap().len(), 5);
    }

    #[test]
    fn files_of_the_kernel_have_content_without_length() {
        let to = tempfile::tempfile().unwrap();
        assert!(copy(&File::open("/proc/self/status").unwrap(), &to).unwrap() > 0);
    }
}

//! File descriptors by number, as redirections use them (XCU 2.7).
//!
//! A shell rearranges descriptors 0 to 9 for other programs, so ownership in
//! Rust's sense does not fit: whoever opens a number here closes it. Everything
//! that llmsh opens for itself lies at [`PRIVATE`] or above and is closed on
//! exec.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::libc;

/// The number of a file descriptor.
pub type Descriptor = i32;

/// Standard input.
pub const STDIN: Descriptor = 0;
/// Standard output.
pub const STDOUT: Descriptor = 1;
/// Standard error.
pub const STDERR: Descriptor = 2;
/// The lowest number of the shell's own descriptors; scripts may name those
/// below.
pub const PRIVATE: Descriptor = 10;

/// How a redirection opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// `<`
    Read,
    /// `>`: create or empty.
    Truncate,
    /// `>` under `set -C`: create; an existing regular file is an error.
    Create,
    /// `>>`
    Append,
    /// `<>`
    ReadWrite,
}

/// Opens a file with mode 0666 less the umask; the descriptor is inherited by
/// programs that are executed.
///
/// # Errors
/// What `open(2)` says.
pub fn open(path: &[u8], mode: OpenMode) -> Result<Descriptor, Errno> {
    let path = CString::new(path).map_err(|_| Errno::ENOENT)?;
    let flags = match mode {
        OpenMode::Read => libc::O_RDONLY,
        OpenMode::Truncate => libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC,
        OpenMode::Create => libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL,
        OpenMode::Append => libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND,
        OpenMode::ReadWrite => libc::O_RDWR | libc::O_CREAT,
    };
    loop {
        // SAFETY: `path` is a valid C string for the whole call.
        let result = unsafe { libc::open(path.as_ptr(), flags, 0o666) };
        match Errno::result(result) {
            Err(Errno::EINTR) => {}
            other => return other,
        }
    }
}

/// Opens an existing file for writing without emptying it, for `set -C` on
/// files that are not regular.
///
/// # Errors
/// What `open(2)` says.
pub fn open_existing(path: &Path) -> Result<Descriptor, Errno> {
    let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::ENOENT)?;
    // SAFETY: `path` is a valid C string for the whole call.
    Errno::result(unsafe { libc::open(path.as_ptr(), libc::O_WRONLY) })
}

/// Opens a file for the shell itself: read only, private number, closed on
/// exec.
///
/// # Errors
/// What `open(2)` says.
pub fn open_private(path: &[u8]) -> Result<Descriptor, Errno> {
    let descriptor = open(path, OpenMode::Read)?;
    let private = duplicate_private(descriptor);
    close(descriptor);
    private
}

/// Duplicates `from` to a private number, closed on exec.
///
/// # Errors
/// `EBADF` when `from` is not open.
pub fn duplicate_private(from: Descriptor) -> Result<Descriptor, Errno> {
    // SAFETY: fcntl with integer arguments touches no memory.
    Errno::result(unsafe { libc::fcntl(from, libc::F_DUPFD_CLOEXEC, PRIVATE) })
}

/// Duplicates `from` to a number that scripts do not choose themselves and that programs
/// inherit.
///
/// # Errors
/// `EBADF` when `from` is not open.
pub fn duplicate_above(from: Descriptor) -> Result<Descriptor, Errno> {
    // SAFETY: fcntl with integer arguments touches no memory.
    Errno::result(unsafe { libc::fcntl(from, libc::F_DUPFD, PRIVATE) })
}

/// Makes `to` name what `from` names; `to` is inherited by programs.
///
/// # Errors
/// `EBADF` when `from` is not open.
pub fn duplicate_to(from: Descriptor, to: Descriptor) -> Result<(), Errno> {
    loop {
        // SAFETY: dup2 touches no memory.
        match Errno::result(unsafe { libc::dup2(from, to) }) {
            Ok(_) => return Ok(()),
            Err(Errno::EINTR | Errno::EBUSY) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Moves `from` to the number `to`.
///
/// # Errors
/// `EBADF` when `from` is not open.
pub fn move_to(from: Descriptor, to: Descriptor) -> Result<(), Errno> {
    if from == to {
        return set_close_on_exec(to, false);
    }
    duplicate_to(from, to)?;
    close(from);
    Ok(())
}

/// A file without a name, for reading and writing; private, closed on exec.
///
/// # Errors
/// What `memfd_create(2)` says.
pub fn unnamed() -> Result<Descriptor, Errno> {
    // SAFETY: the name is a C string.
    let file = unsafe { libc::memfd_create(c"llmsh".as_ptr(), libc::MFD_CLOEXEC) };
    let file = Errno::result(file)?;
    let private = duplicate_private(file);
    close(file);
    private
}

/// Whether something can be read within a time, the end of input included.
#[must_use]
pub fn is_ready(descriptor: Descriptor, within: std::time::Duration) -> bool {
    let mut polled = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
    // Rounded up, so that it is not looked at again and again for nothing.
    let timeout = i32::try_from(within.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: one structure is passed, and lives for the whole call.
    unsafe { libc::poll(&raw mut polled, 1, timeout) > 0 }
}

/// Goes back to the start of a file.
pub fn rewind(descriptor: Descriptor) {
    // SAFETY: lseek touches no memory.
    unsafe { libc::lseek(descriptor, 0, libc::SEEK_SET) };
}

/// Closes a descriptor; one that is not open is no error.
pub fn close(descriptor: Descriptor) {
    // SAFETY: close touches no memory.
    unsafe { libc::close(descriptor) };
}

/// Whether the number is open.
#[must_use]
pub fn is_open(descriptor: Descriptor) -> bool {
    // SAFETY: fcntl with integer arguments touches no memory.
    unsafe { libc::fcntl(descriptor, libc::F_GETFD) >= 0 }
}

/// The access mode of an open descriptor: may it be read, may it be written.
///
/// # Errors
/// `EBADF` when it is not open.
pub fn access_mode(descriptor: Descriptor) -> Result<(bool, bool), Errno> {
    // SAFETY: fcntl with integer arguments touches no memory.
    let flags = Errno::result(unsafe { libc::fcntl(descriptor, libc::F_GETFL) })?;
    Ok(match flags & libc::O_ACCMODE {
        libc::O_RDONLY => (true, false),
        libc::O_WRONLY => (false, true),
        _ => (true, true),
    })
}

/// Sets or clears close-on-exec.
///
/// # Errors
/// `EBADF` when it is not open.
pub fn set_close_on_exec(descriptor: Descriptor, on: bool) -> Result<(), Errno> {
    let flags = if on { libc::FD_CLOEXEC } else { 0 };
    // SAFETY: fcntl with integer arguments touches no memory.
    Errno::result(unsafe { libc::fcntl(descriptor, libc::F_SETFD, flags) }).map(drop)
}

/// Clears `O_NONBLOCK`: a program that shared the terminal may have left it set.
pub fn make_blocking(descriptor: Descriptor) {
    // SAFETY: fcntl with integer arguments touches no memory.
    unsafe {
        let flags = libc::fcntl(descriptor, libc::F_GETFL);
        if flags >= 0 && flags & libc::O_NONBLOCK != 0 {
            libc::fcntl(descriptor, libc::F_SETFL, flags & !libc::O_NONBLOCK);
        }
    }
}

/// A pipe's two ends, closed on exec and at private numbers, so that a
/// redirection in a child cannot collide with them: (read, write).
///
/// # Errors
/// `EMFILE` and what else `pipe2(2)` says.
pub fn pipe() -> Result<(Descriptor, Descriptor), Errno> {
    let mut ends = [0; 2];
    // SAFETY: `ends` has room for the two numbers.
    Errno::result(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    let mut private = [0; 2];
    for (index, end) in ends.into_iter().enumerate() {
        if end >= PRIVATE {
            private[index] = end;
            continue;
        }
        let moved = duplicate_private(end);
        close(end);
        match moved {
            Ok(number) => private[index] = number,
            Err(error) => {
                close(if index == 0 { ends[1] } else { private[0] });
                return Err(error);
            }
        }
    }
    Ok((private[0], private[1]))
}

/// A descriptor from which `content` can be read: a here-document's body. It
/// lies in memory, never on the disk.
///
/// # Errors
/// `ENOMEM`, `EMFILE`.
pub fn with_content(content: &[u8]) -> Result<Descriptor, Errno> {
    // What fits a pipe's smallest capacity (PIPE_BUF, XBD limits.h) cannot block.
    if content.len() <= 4096 {
        let (read, write) = pipe()?;
        let written = write_all(write, content);
        close(write);
        return written.map(|()| read);
    }
    // SAFETY: the name is a valid C string.
    let file =
        Errno::result(unsafe { libc::memfd_create(c"here-document".as_ptr(), libc::MFD_CLOEXEC) })?;
    // SAFETY: lseek touches no memory.
    let result = write_all(file, content)
        .and_then(|()| Errno::result(unsafe { libc::lseek(file, 0, libc::SEEK_SET) }));
    match result {
        Ok(_) => Ok(file),
        Err(error) => {
            close(file);
            Err(error)
        }
    }
}

/// Reads once.
///
/// # Errors
/// What `read(2)` says, `EINTR` included: the caller looks at signals first.
pub fn read(descriptor: Descriptor, buffer: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: `buffer` is valid for writes of its length.
    let count = unsafe { libc::read(descriptor, buffer.as_mut_ptr().cast(), buffer.len()) };
    Errno::result(count).map(|count| usize::try_from(count).unwrap_or(0))
}

/// Writes all of `bytes`.
///
/// # Errors
/// What `write(2)` says, except `EINTR`, after which it goes on.
pub fn write_all(descriptor: Descriptor, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        // SAFETY: `bytes` is valid for reads of its length.
        let count = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        match Errno::result(count) {
            Ok(count) => bytes = &bytes[usize::try_from(count).unwrap_or(0)..],
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Moves the read offset by `offset` bytes from where it is; false when the
/// file cannot seek.
#[must_use]
pub fn seek_relative(descriptor: Descriptor, offset: i64) -> bool {
    // SAFETY: lseek touches no memory.
    unsafe { libc::lseek(descriptor, offset, libc::SEEK_CUR) >= 0 }
}
/// So far numbers are looked at, for what a library has opened.
const LAST_LOOKED_AT: Descriptor = 255;

/// Runs `open`, which calls a library that opens descriptors and keeps them: they get
/// numbers that scripts do not use, and no program inherits them.
pub fn opened_privately<T>(open: impl FnOnce() -> T) -> T {
    let before: Vec<Descriptor> = (0..=LAST_LOOKED_AT).filter(|number| is_open(*number)).collect();
    // What is taken cannot be given out.
    let mut fillers = Vec::new();
    while let Ok(filler) = self::open(b"/dev/null", OpenMode::Read) {
        fillers.push(filler);
        if filler >= PRIVATE {
            break;
        }
    }
    let opened = open();
    fillers.iter().for_each(|filler| close(*filler));
    for number in (PRIVATE..=LAST_LOOKED_AT).filter(|number| is_open(*number)) {
        if !before.contains(&number) {
            // It is open, so this cannot fail.
            let _ = set_close_on_exec(number, true);
        }
    }
    opened
}

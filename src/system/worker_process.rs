//! Starting a process that belongs to nobody: no parent that must wait for it,
//! no terminal, none of the shell's descriptors.

use std::ffi::{CString, OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::libc;

/// The descriptor by which the new process tells that it could not execute.
const REPORT: i32 = 3;

/// Starts `program` detached: in a session of its own that it does not lead (so
/// no terminal's Ctrl-C, Ctrl-Z or hang-up reaches it and it can acquire none),
/// adopted by init, in `/`, with `/dev/null` as its three standard descriptors and
/// no other, default signal dispositions, and only `environment`.
///
/// Returns when the program has begun, without waiting for it to do anything.
///
/// # Errors
/// What `fork(2)`, `pipe(2)` or `execve(2)` say.
pub fn spawn_detached(
    program: &Path,
    arguments: &[OsString],
    environment: &[(OsString, OsString)],
) -> io::Result<()> {
    // Everything that allocates is done before the fork.
    let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| io::Error::from(Errno::EINVAL));
    let program_text = text(program.as_os_str().as_bytes())?;
    let mut words = vec![text(b"llmsh")?];
    for argument in arguments {
        words.push(text(argument.as_bytes())?);
    }
    let mut variables = Vec::new();
    for (name, value) in environment {
        let pair: Vec<&[u8]> = vec![name.as_bytes(), OsStr::new("=").as_bytes(), value.as_bytes()];
        variables.push(text(&pair.concat())?);
    }
    let pointers = |strings: &[CString]| -> Vec<*const libc::c_char> {
        strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (argv, envp) = (pointers(&words), pointers(&variables));
    let (report_read, report_write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC)?;
    let report = std::os::fd::AsRawFd::as_raw_fd(&report_write);

    // SAFETY: between this fork and exec the child calls async-signal-safe
    // functions only and allocates nothing, so it is sound even if the caller
    // has threads.
    let child = Errno::result(unsafe { libc::fork() })?;
    if child == 0 {
        // SAFETY: this is the child; the pointers are valid until exec.
        unsafe { become_detached(report, &program_text, &argv, &envp) }
    }
    drop(report_write);
    // The child ends at once; its own child is the one that stays.
    // SAFETY: no status is asked for.
    let wait = || Errno::result(unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) });
    // ECHILD: SIGCHLD is ignored, so the kernel has waited already.
    while wait() == Err(Errno::EINTR) {}
    let mut number = [0_u8; 4];
    let mut report_read = std::fs::File::from(report_read);
    match io::Read::read(&mut report_read, &mut number)? {
        4 => Err(Errno::from_raw(i32::from_ne_bytes(number)).into()),
        _ => Ok(()),
    }
}

/// Makes standard error write to a file.
///
/// # Errors
/// What `dup2(2)` says.
pub fn redirect_standard_error(file: &std::fs::File) -> io::Result<()> {
    Ok(nix::unistd::dup2_stderr(file)?)
}

/// The way from the first fork to exec.
///
/// # Safety
/// Call it in a child just forked, with null-terminated arrays of valid strings.
unsafe fn become_detached(
    report: i32,
    program: &CString,
    argv: &[*const libc::c_char],
    envp: &[*const libc::c_char],
) -> ! {
    // SAFETY: async-signal-safe calls on valid memory only.
    unsafe {
        libc::setsid();
        match libc::fork() {
            0 => {}
            -1 => fail(report),
            _ => libc::_exit(0),
        }
        for signal in 1..65 {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut none: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        libc::umask(0o077);
        if libc::chdir(c"/".as_ptr()) != 0 {
            fail(report);
        }
        // The report goes above the standard descriptors first, so that opening
        // them cannot overwrite it.
        let high = libc::fcntl(report, libc::F_DUPFD_CLOEXEC, 10);
        if high < 0 {
            fail(report);
        }
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        if null < 0 {
            fail(high);
        }
        for standard in 0..3 {
            if libc::dup2(null, standard) < 0 {
                fail(high);
            }
        }
        if libc::dup3(high, REPORT, libc::O_CLOEXEC) < 0 {
            fail(high);
        }
        close_from(REPORT + 1);
        libc::execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr());
        fail(REPORT)
    }
}

/// Closes every descriptor from `first` on.
///
/// # Safety
/// Nothing that owns such a descriptor may be used afterwards.
unsafe fn close_from(first: i32) {
    // SAFETY: closing descriptors touches no memory.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, i32::MAX, 0) == 0 {
            return;
        }
        // Kernels before 5.9.
        let limit = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 65_536);
        for descriptor in first..i32::try_from(limit).unwrap_or(65_536) {
            libc::close(descriptor);
        }
    }
}

/// Tells the parent the current error and ends.
///
/// # Safety
/// For the child only: it does not return.
unsafe fn fail(report: i32) -> ! {
    let number = Errno::last_raw().to_ne_bytes();
    // SAFETY: `number` is valid for the read.
    unsafe {
        libc::write(report, number.as_ptr().cast(), number.len());
        libc::_exit(127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_exist_is_an_error() {
        let error = spawn_detached(Path::new("/nonexistent/program"), &[], &[]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn the_process_has_no_terminal_and_only_what_it_was_given() {
        let directory = tempfile::tempdir().unwrap();
        let fifo = directory.path().join("answer");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let script =
            "{ echo $PPID; env -u PWD -u SHLVL -u _ -u OLDPWD; pwd; ls /proc/self/fd; } >\"$0\"";
        spawn_detached(
            Path::new("/bin/sh"),
            &["-c".into(), script.into(), fifo.clone().into()],
            &[("LLMSH_TEST".into(), "1".into()), ("PATH".into(), "/usr/bin:/bin".into())],
        )
        .unwrap();
        let answer = std::fs::read_to_string(&fifo).unwrap();
        let mut lines = answer.lines();
        let parent: u32 = lines.next().unwrap().parse().unwrap();
        assert_ne!(parent, std::process::id());
        let mut rest: Vec<&str> = lines.collect();
        rest.sort_unstable();
        // Descriptor 3 is the one with which `ls` reads the directory.
        assert_eq!(rest, ["/", "0", "1", "2", "3", "LLMSH_TEST=1", "PATH=/usr/bin:/bin"]);
    }
}

//! A program on a terminal of its own, which this process plays.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty;

/// A program and the other side of its terminal.
#[derive(Debug)]
pub struct PseudoTerminal {
    master: File,
    child: Child,
}

impl PseudoTerminal {
    /// Starts a program as the leader of a session on a new terminal.
    ///
    /// # Errors
    /// There is no terminal to be had, or the program cannot be started.
    pub fn start(mut command: Command) -> io::Result<Self> {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = pty::posix_openpt(flags)?;
        pty::grantpt(&master)?;
        pty::unlockpt(&master)?;
        let path = pty::ptsname_r(&master)?;
        let slave = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).custom_flags(libc::O_NOCTTY).open(&path)
        };
        command.stdin(slave()?).stdout(slave()?).stderr(slave()?);
        // SAFETY: between fork and exec only two system calls are made.
        unsafe {
            command.pre_exec(|| {
                Errno::result(libc::setsid())?;
                Errno::result(libc::ioctl(libc::STDIN_FILENO, libc::TIOCSCTTY, 0))?;
                Ok(())
            });
        }
        let child = command.spawn()?;
        Ok(Self { master: OwnedFd::from(master).into(), child })
    }

    /// Types a text.
    ///
    /// # Errors
    /// The program has gone.
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.master.write_all(text.as_bytes())
    }

    /// What the program writes next; nothing where it writes nothing for so long.
    ///
    /// # Errors
    /// Nobody has the terminal open any more.
    pub fn read(&mut self, patience: Duration) -> io::Result<Vec<u8>> {
        let patience = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
        let mut polled = [PollFd::new(self.master.as_fd(), PollFlags::POLLIN)];
        if poll(&mut polled, patience)? == 0 {
            return Ok(Vec::new());
        }
        let mut buffer = [0; 65_536];
        let length = self.master.read(&mut buffer)?;
        Ok(buffer[..length].to_vec())
    }

    /// Reads what the program writes until it ends, for so long at most; what it wrote, and
    /// how it ended: `None` where it had not, and was killed.
    ///
    /// # Errors
    /// What waiting for it says.
    pub fn finish(mut self, patience: Duration) -> io::Result<(Vec<u8>, Option<ExitStatus>)> {
        const SLICE: Duration = Duration::from_millis(100);
        let end = Instant::now() + patience;
        let mut written = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.read(left.min(SLICE)) {
                Ok(bytes) if !bytes.is_empty() => written.extend(bytes),
                read => {
                    if let Some(status) = self.child.try_wait()? {
                        return Ok((written, Some(status)));
                    }
                    // It ends soon where nobody has the terminal open any more.
                    if read.is_err() {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
            }
            if left.is_zero() {
                return Ok((written, None));
            }
        }
    }
}

impl Drop for PseudoTerminal {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_a_terminal_and_is_ended_when_it_does_not_end() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read line; [ -t 0 ] && echo \"got $line\"; exit 3"]);
        let mut terminal = PseudoTerminal::start(command).unwrap();
        terminal.write("text\n").unwrap();
        let (written, status) = terminal.finish(Duration::from_secs(30)).unwrap();
        assert!(String::from_utf8_lossy(&written).contains("got text"));
        assert_eq!(status.and_then(|status| status.code()), Some(3));
        let mut command = Command::new("/bin/sleep");
        command.arg("1000");
        let (_, status) =
            PseudoTerminal::start(command).unwrap().finish(Duration::from_millis(50)).unwrap();
        assert_eq!(status, None);
    }
}

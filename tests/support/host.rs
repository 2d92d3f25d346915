//! A machine with a user whose login shell is llmsh, or another one.
//!
//! The user is one of a copy of `/etc/passwd` that is mounted over the real one in a mount
//! name space of its own, in which sshd serves one connection on its standard input
//! (`sshd -i`): no port, no account, nothing that stays.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::{LLMSH, Place, Terminal};

/// The user's name.
pub(crate) const USER: &str = "llmsh-test";
/// The number of the user and of its group.
pub(crate) const NUMBER: u32 = 54_321;

/// The machine.
pub(crate) struct Host {
    root: TempDir,
    place: Place,
}

impl Host {
    /// A machine with a user whose login shell is llmsh; `None` where only root could make it.
    pub(crate) fn new() -> Option<Self> {
        if !nix::unistd::Uid::effective().is_root() {
            return None;
        }
        let root = tempfile::tempdir().expect("it can be made");
        let host = Self { root, place: Place::new() };
        fs::set_permissions(host.root.path(), Permissions::from_mode(0o755)).expect("it is ours");
        fs::create_dir_all(host.path("home")).expect("it is ours");
        fs::copy(LLMSH, host.path("llmsh")).expect("it can be copied");
        for key in ["host", "key"] {
            let mut command = Command::new("ssh-keygen");
            command.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(host.path(key));
            assert!(command.status().expect("ssh is installed").success());
        }
        let (path, home) = (host.root.path().display(), host.path("home"));
        host.set_user(&home, &host.path("llmsh"));
        fs::write(host.path("prepare"), "").expect("ours");
        fs::write(
            host.path("config"),
            format!(
                "HostKey {path}/host\nAuthorizedKeysFile {path}/key.pub\n\
                 UsePAM no\nStrictModes no\nPasswordAuthentication no\nPidFile none\n\
                 Subsystem sftp /usr/lib/openssh/sftp-server\n"
            ),
        )
        .expect("ours");
        host.script("inside", "exec \"$@\"");
        host.script(
            "sshd",
            "mkdir -p /run/sshd\nexec /usr/sbin/sshd -i -f \"$PLACE/config\" 2>>\"$PLACE/log\"",
        );
        host.script(
            "ssh",
            &format!(
                "exec /usr/bin/ssh -F none -i \"$PLACE/key\" -o StrictHostKeyChecking=no \
                 -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
                 -o ProxyCommand=\"$PLACE/sshd\" -o User={USER} \"$@\""
            ),
        );
        chown(&home, Some(NUMBER), Some(NUMBER)).expect("root may");
        Some(host)
    }

    /// From now on this is the user's home, and this the login shell.
    pub(crate) fn set_user(&self, home: &Path, shell: &Path) {
        let users = fs::read_to_string("/etc/passwd").expect("it is there");
        let (home, shell) = (home.display(), shell.display());
        let user = format!("{USER}:*:{NUMBER}:{NUMBER}::{home}:{shell}\n");
        fs::write(self.path("passwd"), users + &user).expect("ours");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A program that runs with the user in `/etc/passwd`, unless it only is a client.
    fn script(&self, name: &str, text: &str) {
        let place = self.root.path().display();
        let body = if name == "ssh" {
            format!("#!/bin/sh\nPLACE={place}\n{text}\n")
        } else {
            format!(
                "#!/bin/sh\nif [ -z \"$INSIDE\" ]; then INSIDE=1 exec unshare -m \"$0\" \"$@\"; fi\n\
                 unset INSIDE\nPLACE={place}\nmount --bind $PLACE/passwd /etc/passwd\n\
                 . $PLACE/prepare\n{text}\n"
            )
        };
        fs::write(self.path(name), body).expect("ours");
        fs::set_permissions(self.path(name), Permissions::from_mode(0o755)).expect("ours");
    }

    /// Runs a client with something on its standard input.
    pub(crate) fn run(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let program = if matches!(program, "ssh" | "inside") {
            self.path(program)
        } else {
            PathBuf::from(program)
        };
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(self.root.path())
            .env("GIT_SSH_COMMAND", self.path("ssh"))
            .env("RSYNC_RSH", self.path("ssh"))
            .env("HOME", self.place.directory("home"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it is installed");
        let mut stdin = child.stdin.take().expect("it is a pipe");
        // A program that wants none may have ended.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }

    /// The same, which must print nothing but this and end with this status.
    #[track_caller]
    pub(crate) fn prints(
        &self,
        program: &str,
        arguments: &[&str],
        input: &str,
        status: i32,
        output: &str,
    ) {
        let ended = self.run(program, arguments, input);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(
            (ended.status.code(), text(&ended.stdout), text(&ended.stderr)),
            (Some(status), output.to_owned(), String::new()),
            "{program} {arguments:?}"
        );
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below")).expect("ours");
        fs::write(&path, text).expect("ours");
        if name.starts_with("home/") {
            let mut command = Command::new("chown");
            command.args(["-R", &format!("{NUMBER}:{NUMBER}")]).arg(self.path("home"));
            assert!(command.status().expect("it is there").success());
        }
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A terminal on which the user has logged in.
    pub(crate) fn log_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Terminal {
        let all: Vec<&str> = ["-tt"].into_iter().chain(arguments.iter().copied()).collect();
        let ssh = self.path("ssh").display().to_string();
        Terminal::start_with(&self.place, &ssh, all, (24, 80), environment)
    }
}

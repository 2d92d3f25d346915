//! Nobody is locked out: ssh, scp, sftp, rsync, git, `su -`, cron and `-c`, each without a
//! model, with a configuration that is no configuration, with a full disk, without a home
//! and with a llmsh that panics at its start. The same commands run once with `/bin/sh` as
//! the login shell and once with llmsh; status, standard output, standard error and the
//! files that come of it are the same bytes.
//!
//! Only root can make such a [`Host`]; the tests show nothing for other users.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::host::{Host, NUMBER, USER};
use support::tree::tree;

/// What llmsh says when it panics at its start, before it becomes `/bin/sh`.
const PANIC: &str = "llmsh: internal error: the fault \"start\" was asked for";
const CONSEQUENCE: &str = "llmsh: this is /bin/sh; please report this";

/// Commands whose errors, if any, are those of programs: standard error is compared, too.
const COMMANDS: &[&str] = &[
    // What is not the shell's own: its level, which bash counts as well, and where it is.
    "pwd; umask; ulimit -n; [ -t 0 ] || echo no terminal; ls /proc/self/fd | wc -l;
     grep '^SigBlk' /proc/self/status;
     env | sed '/^SHLVL=/d; /^_=/d; /^SHELL=/d; /^SSH_/d; /^LLMSH_FAULT=/d' | sort",
    "trap 'echo trapped' EXIT; f() { return 9; }; cat; echo end >&2; f",
    "kill -KILL $$",
    "seq 20000 | (while read -r x; do :; done; echo \"$x\"); printf '\\000\\377\\n';
     ls /no/such/file; set -e; false; echo not reached",
    "cd @there && umask 077 && echo text >made && ln -s made link;
     x=$(cat <<'_'\na 'b' \"c\"\n_\n); echo \"$x\" | tr a-z A-Z; (exit 5) & wait $!",
];

/// Commands that a shell itself complains of: of standard error, only whether there is
/// something is compared. With which status a redirection and `${x?}` fail, POSIX leaves open.
const COMPLAINTS: &[&str] = &[
    "no-such-program",
    "if; then",
    "echo a >/no/such/file || echo failed; (echo ${unset?message}) || echo failed;
     echo text >~/a-file && cat ~/a-file || echo failed",
];

/// The statuses with which all of these end.
const STATUSES: [i32; 8] = [0, 9, 137, 1, 5, 127, 2, 0];
/// Which of them kills its shell.
const KILLED: usize = 2;

/// What stands on standard input of the commands: no text, on purpose.
const INPUT: &str = "first\r\n\u{1}\u{7f} last, without an end";

struct Condition {
    name: &'static str,
    /// Whether the user's home is there.
    home: bool,
    /// What happens in the name space before anything else; HOME is the user's home.
    prepare: String,
    /// Whether llmsh fails.
    panics: bool,
}

/// What one run left.
#[derive(Debug, PartialEq)]
struct Outcome {
    what: String,
    status: Option<i32>,
    output: Vec<u8>,
    errors: Vec<u8>,
}

/// A host on which one shell is compared with the other.
struct Matrix {
    host: Host,
    home: PathBuf,
    /// Whether a file can be made in the home.
    writable: bool,
    panics: bool,
    /// How often llmsh has failed.
    told: std::cell::Cell<usize>,
}

impl Matrix {
    fn new(condition: &Condition) -> Option<Self> {
        let host = Host::new()?;
        let home = host.path(if condition.home { "home" } else { "nowhere" });
        let prepare = condition.prepare.replace("HOME", &home.display().to_string());
        fs::write(host.path("prepare"), prepare).expect("ours");
        if condition.panics {
            let config = host.read("config") + "SetEnv LLMSH_FAULT=start\n";
            fs::write(host.path("config"), config).expect("ours");
        }
        let writable = condition.home && !condition.prepare.contains("mount");
        Some(Self { host, home, writable, panics: condition.panics, told: 0.into() })
    }

    /// A directory that anybody may write, made anew.
    fn there(&self) -> PathBuf {
        let there = self.host.path("there");
        if there.exists() {
            fs::remove_dir_all(&there).expect("root may");
        }
        fs::create_dir(&there).expect("ours");
        fs::set_permissions(&there, Permissions::from_mode(0o777)).expect("ours");
        there
    }

    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Outcome {
        let ended = self.host.run(program, arguments, input);
        let mut errors = ended.stderr;
        if self.panics {
            let text = String::from_utf8(errors).expect("the tests write text to it");
            let lines = || text.split_inclusive('\n');
            let is_told = |line: &&str| line.starts_with(PANIC);
            let failures = lines().filter(is_told).count();
            let consequences = lines().filter(|line| line.trim_end() == CONSEQUENCE).count();
            assert_eq!(failures, consequences, "{text}");
            self.told.set(self.told.get() + failures);
            let own = |line: &&str| !is_told(line) && line.trim_end() != CONSEQUENCE;
            errors = lines().filter(own).collect::<String>().into_bytes();
        }
        let what = format!("{program} {arguments:?}");
        Outcome { what, status: ended.status.code(), output: ended.stdout, errors }
    }

    /// Each of the commands, in a way that takes the text of one.
    fn commands(&self, run: impl Fn(&str) -> Outcome) -> Vec<Outcome> {
        let there = self.host.path("there").display().to_string();
        let mut outcomes: Vec<Outcome> =
            COMMANDS.iter().map(|command| run(&command.replace("@there", &there))).collect();
        for command in COMPLAINTS {
            let mut outcome = run(command);
            if command.contains("~/a-file") {
                // The condition is what it says.
                let text = String::from_utf8_lossy(&outcome.output);
                assert_eq!(text.contains("text\n"), self.writable, "{text}");
            }
            let whether = if outcome.errors.is_empty() { "nothing" } else { "something" };
            outcome.errors = whether.into();
            outcomes.push(outcome);
        }
        // Two shells that cannot be reached at all are the same, too. How the end by
        // SIGKILL is told is the way's own affair.
        let statuses = outcomes.iter().map(|outcome| outcome.status);
        let seen: Vec<_> = statuses.enumerate().filter(|(at, _)| *at != KILLED).collect();
        let expected = STATUSES.iter().copied().map(Some).enumerate();
        assert_eq!(seen, expected.filter(|(at, _)| *at != KILLED).collect::<Vec<_>>());
        outcomes
    }

    /// Runs one way with both shells.
    #[track_caller]
    fn compare(&self, name: &str, way: impl Fn(&Self, &Path) -> Vec<Outcome>) {
        let with = |shell: &Path| {
            self.host.set_user(&self.home, shell);
            let there = self.there();
            let outcomes = way(self, shell);
            let files: Vec<_> = tree(&there)
                .into_iter()
                .map(|(path, node)| (path, node.mode, node.owner, node.content))
                .filter(|(path, ..)| !path.to_string_lossy().contains("/.git/"))
                .collect();
            (outcomes, files)
        };
        let (expected, files) = with(Path::new("/bin/sh"));
        let told = self.told.get();
        let own = self.host.path("llmsh");
        let (seen, own_files) = with(&own);
        assert_eq!(seen.len(), expected.len());
        for (seen, expected) in seen.iter().zip(&expected) {
            let show = |outcome: &Outcome| {
                let text = |bytes: &[u8]| {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    // The one thing that is said of the shell on purpose.
                    text.replace(&own.display().to_string(), "/bin/sh")
                };
                (outcome.status, text(&outcome.output), text(&outcome.errors))
            };
            assert_eq!(show(seen), show(expected), "{name}: {}", expected.what);
        }
        let seen: Vec<&PathBuf> = own_files.iter().map(|(path, ..)| path).collect();
        let expected: Vec<&PathBuf> = files.iter().map(|(path, ..)| path).collect();
        assert_eq!(seen, expected, "{name}");
        for (own, expected) in own_files.iter().zip(&files) {
            assert!(own == expected, "{name}: {} is not the same file", expected.0.display());
        }
        assert!(!self.panics || self.told.get() > told, "{name}: llmsh has not failed");
    }
}

/// The words of a command line, of which one is the command's text.
fn words<'a>(before: &[&'a str], text: &'a str) -> Vec<&'a str> {
    before.iter().copied().chain([text]).collect()
}

fn ssh(matrix: &Matrix, _: &Path) -> Vec<Outcome> {
    let mut outcomes = matrix.commands(|text| matrix.run("ssh", &["x", text], INPUT));
    // A login shell that reads its commands, without a terminal.
    let script = "echo \"$HOME\"\numask\nls /no/such/file\n(exit 4)";
    outcomes.push(matrix.run("ssh", &["x"], script));
    outcomes
}

/// What two programs at the two ends say has no order.
fn sorted(mut outcome: Outcome) -> Outcome {
    let mut lines: Vec<&[u8]> = outcome.errors.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    outcome.errors = lines.concat();
    outcome
}

fn copies(matrix: &Matrix, _: &Path) -> Vec<Outcome> {
    let (host, there) = (&matrix.host, matrix.host.path("there").display().to_string());
    let text: String = (0..20_000).map(|number| format!("line {number} 二\n")).collect();
    host.write("here/a b.txt", &text);
    let ssh = host.path("ssh").display().to_string();
    let (to, from) = (format!("x:{there}/scp"), format!("{there}/back"));
    let mut outcomes = Vec::new();
    // With -O the other side is a command of the shell.
    for options in [&["-q", "-O", "-S"][..], &["-q", "-S"]] {
        let scp = |from: &str, to: &str| {
            let all: Vec<&str> = options.iter().copied().chain([ssh.as_str(), from, to]).collect();
            matrix.run("scp", &all, "")
        };
        outcomes.extend([scp("here/a b.txt", &to), scp(&to, &from)]);
        outcomes.push(scp(&format!("x:{there}/none"), &from));
        assert_eq!(host.read("there/back"), text);
    }
    let batch = format!("put \"here/a b.txt\" {there}/sftp\nget {there}/sftp {there}/got\n");
    outcomes.push(matrix.run("sftp", &["-q", "-S", &ssh, "-b", "-", "x"], &batch));
    outcomes.push(matrix.run("rsync", &["-rp", "here/", &format!("x:{there}/rsync")], ""));
    outcomes.push(matrix.run("rsync", &["-rp", &format!("x:{there}/rsync/"), "there/again"], ""));
    let statuses: Vec<_> = outcomes.iter().map(|outcome| outcome.status).collect();
    assert_eq!(statuses, [0, 0, 1, 0, 0, 1, 0, 0, 0].map(Some));
    outcomes.into_iter().map(sorted).collect()
}

fn git(matrix: &Matrix, _: &Path) -> Vec<Outcome> {
    let there = matrix.host.path("there").display().to_string();
    // Names, times and places that are the same in every run.
    let script = format!(
        "export GIT_AUTHOR_DATE=2001-01-01T00:00:00Z GIT_COMMITTER_DATE=2001-01-01T00:00:00Z\n\
         g() {{ git -c user.name=a -c user.email=a@b -c init.defaultBranch=main \"$@\"; }}\n\
         cd {there} && g init -q work && cd work && echo one >file && g add file\n\
         g commit -qm one && g push -q 'x:{there}/a repository' HEAD:main || exit 1\n\
         cd .. && g clone -qb main 'x:{there}/a repository' other && cat other/file || exit 2\n\
         cd other && g rev-parse HEAD && g ls-remote origin"
    );
    let create = format!("git init -q --bare '{there}/a repository'");
    let created = matrix.run("ssh", &["x", &create], "");
    let used = sorted(matrix.run("sh", &["-c", &script], ""));
    assert_eq!((created.status, used.status), (Some(0), Some(0)), "{used:?}");
    vec![created, used]
}

fn su(matrix: &Matrix, _: &Path) -> Vec<Outcome> {
    let su = ["su", "-w", "LLMSH_FAULT", "-", USER];
    let mut outcomes = matrix.commands(|text| {
        let before: Vec<&str> = su.into_iter().chain(["-c"]).collect();
        matrix.run("inside", &words(&before, text), INPUT)
    });
    outcomes.push(matrix.run("inside", &su, "echo \"$HOME\" \"$LOGNAME\"\nexit 6\n"));
    outcomes
}

/// As the user, with the shell given by its path, which is what cron and programs do.
fn direct(matrix: &Matrix, shell: &Path, empty: bool) -> Vec<Outcome> {
    let user = NUMBER.to_string();
    let (home, shell) = (format!("HOME={}", matrix.home.display()), shell.display().to_string());
    let mut before = vec!["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups", "env"];
    before.extend(if empty { &["-i", "PATH=/usr/bin:/bin", "LOGNAME=a"][..] } else { &[] });
    if matrix.panics {
        before.push("LLMSH_FAULT=start");
    }
    if matrix.home.exists() {
        before.push(&home);
    } else if !empty {
        before.extend(["-u", "HOME"]);
    }
    before.extend([&shell, "-c"]);
    matrix.commands(|text| matrix.run("inside", &words(&before, text), INPUT))
}

fn compare(condition: &Condition, write: impl Fn(&Host)) {
    let Some(matrix) = Matrix::new(condition) else { return };
    write(&matrix.host);
    let name = |way: &str| format!("{way}, {}", condition.name);
    matrix.compare(&name("ssh"), ssh);
    matrix.compare(&name("scp, sftp and rsync"), copies);
    matrix.compare(&name("git"), git);
    matrix.compare(&name("su -"), su);
    matrix.compare(&name("cron"), |matrix, shell| direct(matrix, shell, true));
    matrix.compare(&name("-c"), |matrix, shell| direct(matrix, shell, false));
}

#[test]
fn without_a_model_every_way_in_is_as_with_sh() {
    let condition =
        Condition { name: "no model", home: true, prepare: String::new(), panics: false };
    compare(&condition, |_| {});
}

#[test]
fn with_a_bad_configuration_every_way_in_is_as_with_sh() {
    let condition =
        Condition { name: "bad configuration", home: true, prepare: String::new(), panics: false };
    compare(&condition, |host| {
        for file in ["config.toml", "rc", "policy.toml", "prompts/library.toml"] {
            host.write(&format!("home/.config/llmsh/{file}"), "nonsense ( = [\n\u{1}");
        }
        // A state that is no directory.
        host.write("home/.local/state/llmsh", "");
    });
}

#[test]
fn with_a_full_disk_every_way_in_is_as_with_sh() {
    let prepare = format!(
        "mount -t tmpfs -o size=64k,mode=755,uid={NUMBER},gid={NUMBER} full HOME\n\
         cat /dev/zero >HOME/fill 2>/dev/null\n"
    );
    compare(&Condition { name: "full disk", home: true, prepare, panics: false }, |_| {});
}

#[test]
fn without_a_home_every_way_in_is_as_with_sh() {
    compare(
        &Condition { name: "no home", home: false, prepare: String::new(), panics: false },
        |_| {},
    );
}

#[test]
fn when_llmsh_panics_every_way_in_is_as_with_sh() {
    let prepare = "export LLMSH_FAULT=start".to_owned();
    compare(&Condition { name: "panic", home: true, prepare, panics: true }, |_| {});
}

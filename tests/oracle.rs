//! What is said of a plan against what its text does. Each text is run by `dash` in a
//! room where nothing counts; the kernel's overlay says what changed, and knows nothing
//! of how the plan was judged. Every change must have been stated, and a plan that
//! "only reads" changes nothing.
//!
//! `make test` takes every tenth text, `make soak` all of them.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use bstr::BString;
use llmsh::plan::compile::{self, CompileError};
use llmsh::plan::effect::{Act, Deed, Effects};
use llmsh::plan::{Plan, Step};
use llmsh::preview::{Entry, Preview, Request, preview};
use llmsh::shell::Shell;
use support::amount;

const CORPORA: [&str; 3] = [
    include_str!("corpus/adversarial.txt"),
    include_str!("corpus/dangerous.txt"),
    include_str!("corpus/benign.txt"),
];

/// What could reach beyond the room if that failed, or would only wait.
const LEFT_OUT: &[&str] = &[
    "sudo",
    "su",
    "doas",
    "pkexec",
    "mkfs",
    "shutdown",
    "reboot",
    "poweroff",
    "halt",
    "kill",
    "pkill",
    "killall",
    "systemctl",
    "service",
    "mount",
    "umount",
    "apt",
    "apt-get",
    "dpkg",
    "docker",
    "fdisk",
    "insmod",
    "modprobe",
    "sysctl",
    "crontab",
    "at",
    "passwd",
    "useradd",
    "chroot",
    "nsenter",
    "unshare",
    "vim",
    "vi",
    "nano",
    "less",
    "more",
    "man",
    "top",
    "htop",
    "watch",
    "ssh",
    "scp",
    "ping",
    "curl",
    "wget",
    "nc",
    "npm",
    "pip",
    "cargo",
    "rustc",
];

/// What the room holds: it has no network, and no process but its own.
const HELD: &[&str] = &[
    "kill", "pkill", "killall", "ssh", "scp", "ping", "curl", "wget", "nc", "mount", "umount",
    "chroot", "unshare",
];

/// The texts of the corpora without what could reach beyond the room or would only wait,
/// but for `held`.
fn texts(held: &[&str]) -> Vec<&'static str> {
    let words =
        |text: &'static str| text.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c)));
    let is_left_out = |word: &str| LEFT_OUT.contains(&word) && !held.contains(&word);
    CORPORA
        .into_iter()
        .flat_map(str::lines)
        .filter(|line| !line.is_empty() && !line.starts_with("# "))
        .filter(|line| !words(line).any(is_left_out))
        .collect()
}

/// A home with a directory to work in, in which the texts of the corpora find something.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { root: tempfile::tempdir().expect("a directory can be made") };
        let work = place.work();
        for directory in ["sub/deep", "old", "build", "docs", "src", "logs", "a dir"] {
            fs::create_dir_all(work.join(directory)).expect("it can be made");
        }
        for name in [
            "a.txt",
            "b.txt",
            "c.txt",
            "file",
            "list",
            "x",
            "v",
            "notes.md",
            "data.csv",
            "app.log",
            "sub/deep.txt",
            "sub/deep/er.txt",
            "old/x",
            "build/out.o",
            "src/main.c",
            "logs/a.log",
            "a dir/file",
            ".X-delete",
            "-of.txt",
            "f.txt",
        ] {
            fs::write(work.join(name), "alpha\nbeta\n").expect("it can be written");
        }
        symlink("a.txt", work.join("link")).expect("it can be made");
        symlink("sub", work.join("dirlink")).expect("it can be made");
        place
    }

    fn home(&self) -> PathBuf {
        self.root.path().canonicalize().expect("it is there")
    }

    fn work(&self) -> PathBuf {
        self.home().join("work")
    }

    fn plan(&self, text: &str) -> Result<Plan, CompileError> {
        let home = self.home().into_os_string().into_encoded_bytes();
        let variables = [("PATH", BString::from("/usr/bin:/bin")), ("HOME", BString::from(home))];
        let variables = variables.into_iter().map(|(name, value)| (BString::from(name), value));
        let mut shell = Shell::new("dash", variables);
        shell.stand_in(self.work().into_os_string().into_encoded_bytes());
        compile::compile("", text.as_bytes(), &mut shell)
    }

    /// What the text changes; with what it says, its system calls if they are traced.
    fn run(&self, text: &str, traced: bool) -> Preview {
        let (home, work) = (self.home(), self.work());
        let request = Request {
            memory: 4 << 30,
            directory: &work,
            touched: std::slice::from_ref(&home),
            scratch: &[std::env::temp_dir().join("llmsh-oracle")],
            time: Duration::from_secs(5),
            bytes: 16 << 20,
            interrupted: &|| false,
        };
        let dash = || {
            let mut command = Command::new(if traced { STRACE } else { "/bin/dash" });
            if traced {
                command.args(["-f", "-qq", "-e", TRACED, "/bin/dash"]);
            }
            command.args(["-c", text]).current_dir(&work).env_clear();
            command.env("PATH", "/usr/bin:/bin").env("HOME", &home).env("PWD", &work);
            command.stdin(Stdio::null());
            command.status().map_or(99, |status| status.code().unwrap_or(98))
        };
        preview(&request, dash).expect("this kernel has previews")
    }
}

const STRACE: &str = "/usr/bin/strace";
/// The system calls that do something to what is no file (syscalls(2)).
const TRACED: &str = "trace=connect,sendto,kill,tkill,tgkill,pidfd_send_signal,mount,umount2,\
                      reboot,sethostname,settimeofday,clock_settime,setpriority,\
                      sched_setscheduler,init_module,finit_module,swapon,swapoff";

/// What a line of strace's is about; nothing where it is about nothing that others see.
fn reach(line: &str) -> Option<&'static str> {
    let call = line.trim_start_matches(|c: char| c != ']').trim_start_matches("] ");
    let call = if call.is_empty() { line } else { call };
    let (name, arguments) = call.split_once('(')?;
    match name {
        // Looking a name up asks the kernel for a way to it, to this machine as well.
        "connect" | "sendto" => (arguments.contains("sa_family=AF_INET")
            && !arguments.contains("\"::1\"")
            && !arguments.contains("\"127."))
        .then_some("network"),
        "kill" | "tkill" | "tgkill" | "pidfd_send_signal" => {
            // Signal 0 only asks, shells take the terminal back by SIGTTIN, Go wakes its own
            // threads by SIGURG, and rsync ends its own helper by SIGUSR2.
            let harmless =
                ["SIGTTIN", "SIGURG", "SIGUSR2"].iter().any(|name| arguments.contains(name));
            (arguments.contains("SIG") && !harmless).then_some("signals")
        }
        // Of itself, for what it is going to run.
        "setpriority" | "sched_setscheduler" if arguments.contains("PRIO_PROCESS, 0") => None,
        "setpriority" | "sched_setscheduler" => Some("processes"),
        "mount" | "umount2" | "swapon" | "swapoff" => Some("mounts"),
        "reboot" | "sethostname" | "settimeofday" | "clock_settime" | "init_module"
        | "finit_module" => Some("machine"),
        _ => None,
    }
}

/// Whether a step says that it reaches that far.
fn says(reach: &str, effects: &Effects) -> bool {
    effects.acts().any(|act| match act {
        Act::Unknown(_) | Act::Privilege => true,
        Act::Network => reach == "network",
        Act::Signals(_) => reach == "signals",
        Act::Alters(thing) | Act::Loses(thing) => {
            reach == thing.name() || reach == "signals" && thing.name() == "processes"
        }
        _ => false,
    })
}

#[test]
fn what_reaches_beyond_files_was_stated() {
    if !Path::new(STRACE).exists() {
        eprintln!("strace is not installed: nothing was compared");
        return;
    }
    let place = Place::new();
    let texts = texts(HELD);
    let mut wrong = BTreeSet::new();
    let (mut ran, mut reached) = (0, 0);
    for text in texts.iter().step_by(every(&texts)) {
        let Ok(plan) = place.plan(text) else { continue };
        let told = place.run(text, true).output.all();
        ran += 1;
        for reach in String::from_utf8_lossy(&told).lines().filter_map(reach) {
            reached += 1;
            if !plan.steps.iter().any(|step| says(reach, &step.effects)) {
                wrong.insert(format!("{text}: {reach}"));
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran * 2 > texts.len() / every(&texts) && reached > 0, "{ran} ran, {reached} reached");
}

/// Whether a step says that something may happen to this path.
fn is_stated(path: &Path, effects: &Effects) -> bool {
    effects.acts().any(|act| match act {
        Act::To(Deed::Reads, _) => false,
        // A directory that is made on the way to what is created.
        Act::To(Deed::Creates, stated) => path.starts_with(stated) || stated.starts_with(path),
        Act::To(_, stated) => path.starts_with(stated),
        Act::Unknown(_) | Act::Privilege | Act::DeletesUnlisted => true,
        Act::Alters(thing) => thing.name() == "users" && holds_users(path),
        _ => false,
    })
}

/// Whether a file is one of those by which there are users: what changes these says that users
/// change, and not how. `passwd-` is the one of before.
fn holds_users(path: &Path) -> bool {
    ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"].iter().any(|name| {
        path.strip_prefix("/etc")
            .is_ok_and(|file| file == Path::new(name) || file == Path::new(&format!("{name}-")))
    })
}

fn unstated<'a>(plan: &Plan, preview: &'a Preview) -> Vec<&'a Entry> {
    let stated =
        |entry: &&Entry| plan.steps.iter().any(|step: &Step| is_stated(&entry.path, &step.effects));
    preview.difference.entries.iter().filter(|entry| !stated(entry)).collect()
}

/// All texts, or each tenth.
fn every(texts: &[&str]) -> usize {
    let all = u32::try_from(texts.len()).expect("they are few");
    texts.len() / (amount(all) as usize).max(1)
}

#[test]
fn nothing_happens_that_was_not_stated() {
    let place = Place::new();
    let texts = texts(&[]);
    let every = every(&texts);
    let mut wrong = BTreeSet::new();
    let (mut ran, mut changed) = (0, 0);
    for text in texts.iter().step_by(every) {
        let Ok(plan) = place.plan(text) else { continue };
        let preview = place.run(text, false);
        ran += 1;
        changed += usize::from(!preview.difference.entries.is_empty());
        for entry in unstated(&plan, &preview) {
            let path = entry.path.strip_prefix(place.home()).unwrap_or(&entry.path);
            wrong.insert(format!("{text}\n    {}: {:?}", path.display(), entry.what));
        }
    }
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
    // An oracle that sees nothing would agree with everything.
    assert!(ran * 2 > texts.len() / every && changed * 8 > ran, "{ran} ran, {changed} changed");
}

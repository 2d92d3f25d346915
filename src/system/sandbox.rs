//! Giving up what a process does not need, for good: files (Landlock), the
//! network and new programs (seccomp, Landlock), memory, and being looked into.
//!
//! Threads inherit all of it, but only those made afterwards: call [`confine`]
//! while the process has one.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetStatus,
};
use nix::libc;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};

/// What the process keeps.
#[derive(Clone, Debug, Default)]
pub struct Confinement {
    /// Files and directories to read.
    pub read: Vec<PathBuf>,
    /// Directories in which files may be made, changed and removed.
    pub write: Vec<PathBuf>,
    /// Address space in bytes.
    pub memory: Option<u64>,
    /// GPU drivers are needed: devices can be used, and libraries and what
    /// describes the machine can be read.
    pub devices: bool,
}

/// Confines the process. Returns one sentence for each protection: what is active
/// now, or what is not and why. A kernel that lacks one of them does not stop the
/// caller; whoever reads the sentences decides what that means.
#[must_use]
pub fn confine(keep: &Confinement) -> Vec<String> {
    let mut report = Vec::new();
    let mut add = |what: &str, result: Result<String, String>| {
        report.push(match result {
            Ok(detail) if detail.is_empty() => format!("{what}: active"),
            Ok(detail) => format!("{what}: active ({detail})"),
            Err(reason) => format!("{what}: NOT active: {reason}"),
        });
    };
    let plain = |error: std::io::Error| error.to_string();
    let number = |error: nix::errno::Errno| error.desc().to_owned();
    // Before the process becomes undumpable: then its own files in /proc belong to
    // root.
    add("first to be ended when memory runs out", raise_oom_score().map_err(plain));
    add("memory limit", limit_memory(keep.memory).map_err(number));
    add(
        "no core dump, not traceable",
        nix::sys::prctl::set_dumpable(false).map(|()| String::new()).map_err(number),
    );
    add(
        "no new privileges",
        nix::sys::prctl::set_no_new_privs().map(|()| String::new()).map_err(number),
    );
    add("files (Landlock)", restrict_files(keep));
    add("no network, no new programs (seccomp)", restrict_calls());
    report
}

fn raise_oom_score() -> std::io::Result<String> {
    std::fs::write("/proc/self/oom_score_adj", "500")?;
    Ok(String::new())
}

fn limit_memory(bytes: Option<u64>) -> Result<String, nix::errno::Errno> {
    let Some(bytes) = bytes else { return Ok("none, for the GPU driver".into()) };
    let (_, hard) = getrlimit(Resource::RLIMIT_AS)?;
    let limit = bytes.min(hard);
    setrlimit(Resource::RLIMIT_AS, limit, limit)?;
    Ok(format!("{} MiB", limit >> 20))
}

fn restrict_files(keep: &Confinement) -> Result<String, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    // What later kernels know is asked for, too; what this one does not know is
    // left out.
    let abi = ABI::V6;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::from_read(abi)
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeSock
        | AccessFs::RemoveFile;
    let mut rules: Vec<(PathBuf, landlock::BitFlags<AccessFs>)> = Vec::new();
    rules.extend(keep.read.iter().map(|path| (path.clone(), read)));
    rules.extend(keep.write.iter().map(|path| (path.clone(), write & !AccessFs::Execute)));
    // The number of processors, for the thread pool.
    rules.push(("/sys/devices/system/cpu".into(), read));
    if keep.devices {
        for path in ["/proc", "/sys", "/usr", "/lib", "/lib64", "/etc", "/opt"] {
            rules.push((path.into(), AccessFs::from_read(abi)));
        }
        rules.push(("/dev".into(), AccessFs::from_file(abi) | AccessFs::ReadDir));
    }
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(abi)))
        .and_then(|ruleset| ruleset.scope(landlock::Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .map_err(|error| text(&error))?;
    for (path, access) in rules {
        let Ok(descriptor) = PathFd::new(&path) else { continue };
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(abi) };
        ruleset =
            ruleset.add_rule(PathBeneath::new(descriptor, access)).map_err(|error| text(&error))?;
    }
    let status = ruleset.restrict_self().map_err(|error| text(&error))?;
    match status.ruleset {
        RulesetStatus::FullyEnforced => Ok(String::new()),
        RulesetStatus::PartiallyEnforced => Ok("as far as this kernel knows it".into()),
        RulesetStatus::NotEnforced => Err("this kernel has no Landlock".into()),
    }
}

/// System calls that inference has no use for and an intruder has.
const DENIED: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_io_uring_setup,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_pidfd_send_signal,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
];

fn restrict_calls() -> Result<String, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let rules = DENIED.iter().map(|&call| (call, Vec::new())).collect();
    let architecture = std::env::consts::ARCH.try_into().map_err(|error| format!("{error:?}"))?;
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, denied, architecture)
        .map_err(|error| text(&error))?;
    let program: BpfProgram = filter.try_into().map_err(|error| format!("{error:?}"))?;
    seccompiler::apply_filter(&program).map_err(|error| text(&error))?;
    Ok(String::new())
}

//! What the room's processes give up before the work begins, and can never get
//! back.

use std::path::PathBuf;

use landlock::{
    ABI, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr,
};
use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::{Forbidden, Room, Stage};

/// How many processes there may be, where the kernel counts them by room.
const PROCESSES: u64 = 4096;

/// What root may do to files, and to its own identity; in numbers of
/// `capabilities(7)`: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, KILL,
/// SETGID, SETUID.
const KEPT: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// System calls that reach past the name spaces: keys are the user's everywhere,
/// and io_uring makes calls that no filter sees.
const DENIED: &[libc::c_long] = &[
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_open_tree,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_setns,
    libc::SYS_open_by_handle_at,
];

/// Calls of the x32 interface have this bit in their number.
const X32: libc::c_long = 0x4000_0000;

pub(super) fn confine(room: &Room) -> Result<(), Forbidden> {
    let failed = |error| Forbidden { stage: Stage::Confinement, error };
    limit(Resource::RLIMIT_CORE, 0).map_err(failed)?;
    limit(Resource::RLIMIT_NPROC, PROCESSES).map_err(failed)?;
    limit(Resource::RLIMIT_FSIZE, room.file_bytes).map_err(failed)?;
    // What programs only reserve does not count here.
    limit(Resource::RLIMIT_DATA, room.memory_bytes).map_err(failed)?;
    nix::sys::prctl::set_no_new_privs().map_err(failed)?;
    // The second line behind the mounts, and the only one before named pipes and
    // devices, which can be written on a read-only mount. A kernel without
    // Landlock leaves pipes open.
    restrict_writing(room).map_err(|_| failed(Errno::EACCES))?;
    drop_capabilities().map_err(failed)?;
    restrict_calls().map_err(|_| failed(Errno::EINVAL))
}

fn limit(resource: Resource, most: u64) -> Result<(), Errno> {
    let (_, hard) = getrlimit(resource)?;
    let most = most.min(hard);
    setrlimit(resource, most, most)
}

fn restrict_writing(room: &Room) -> Result<(), landlock::RulesetError> {
    // What is known of later versions concerns no writing.
    let write = AccessFs::from_write(ABI::V5);
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(write)?
        .create()?;
    let devices = [PathBuf::from("/dev")];
    for path in room.layers.iter().map(|layer| &layer.lower).chain(&devices) {
        if let Ok(descriptor) = PathFd::new(path) {
            ruleset = ruleset.add_rule(PathBeneath::new(descriptor, write))?;
        }
    }
    ruleset.restrict_self().map(drop)
}

#[repr(C)]
struct Header {
    version: u32,
    process: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// `_LINUX_CAPABILITY_VERSION_3`, with two words a set.
const VERSION: u32 = 0x2008_0522;

fn drop_capabilities() -> Result<(), Errno> {
    let root = nix::unistd::Uid::effective().is_root();
    let kept = if root { KEPT.iter().fold(0, |set, number| set | 1 << number) } else { 0 };
    for number in 0..64 {
        if kept & 1_u64 << number != 0 {
            continue;
        }
        // SAFETY: the call touches no memory.
        let result = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, number, 0, 0, 0) };
        match Errno::result(result) {
            Ok(_) => {}
            // It is the last that this kernel knows.
            Err(Errno::EINVAL) => break,
            Err(error) => return Err(error),
        }
    }
    // SAFETY: the call touches no memory. Kernels without ambient sets have none
    // to clear.
    unsafe { libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) };
    let header = Header { version: VERSION, process: 0 };
    let low = u32::try_from(kept & u64::from(u32::MAX)).unwrap_or(0);
    let words = [Data { effective: low, permitted: low, inheritable: 0 }, Data::default()];
    // SAFETY: both structures are what this version of the call reads.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw const header, words.as_ptr()) })
        .map(drop)
}

/// Why a filter cannot be made; the libraries' reasons say nothing to a person.
struct NoFilter;

fn restrict_calls() -> Result<(), NoFilter> {
    // Sockets of the internet lead nowhere in a network without interfaces. Any
    // other could reach a daemon, or the host of a virtual machine.
    let harmless = [libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];
    let other = |family: libc::c_int| {
        let family = u64::from(family.unsigned_abs());
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
            .map_err(|_| NoFilter)
    };
    let conditions = harmless.into_iter().map(other).collect::<Result<Vec<_>, _>>()?;
    let rule = SeccompRule::new(conditions).map_err(|_| NoFilter)?;
    let sockets =
        vec![(libc::SYS_socket, vec![rule.clone()]), (X32 | libc::SYS_socket, vec![rule])];
    apply(sockets, libc::EAFNOSUPPORT)?;
    let denied =
        DENIED.iter().flat_map(|call| [(*call, Vec::new()), (X32 | call, Vec::new())]).collect();
    apply(denied, libc::EPERM)
}

fn apply(rules: Vec<(i64, Vec<SeccompRule>)>, error: libc::c_int) -> Result<(), NoFilter> {
    let architecture = std::env::consts::ARCH.try_into().map_err(|_| NoFilter)?;
    let action = SeccompAction::Errno(error.unsigned_abs());
    let rules = rules.into_iter().collect();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, action, architecture)
        .map_err(|_| NoFilter)?;
    let program: BpfProgram = filter.try_into().map_err(|_| NoFilter)?;
    seccompiler::apply_filter(&program).map_err(|_| NoFilter)
}

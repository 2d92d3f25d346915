//! Limits and usage: umask, `ulimit`, `times`.

use nix::errno::Errno;
use nix::libc;

/// Reads the file mode creation mask. There is no call that only reads it.
#[must_use]
pub fn umask() -> u32 {
    // The call that reads it sets it: a file that another thread makes meanwhile would get
    // another mode. Where the kernel tells it (proc(5)), nothing is set.
    let told = std::fs::read_to_string("/proc/self/status").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("Umask:"))?;
        u32::from_str_radix(line.trim(), 8).ok()
    });
    told.unwrap_or_else(|| {
        // SAFETY: umask touches no memory.
        unsafe {
            let mask = libc::umask(0o077);
            libc::umask(mask);
            mask
        }
    })
}

/// Sets the file mode creation mask.
pub fn set_umask(mask: u32) {
    // SAFETY: umask touches no memory.
    unsafe { libc::umask(mask & 0o777) };
}

/// Processor time in seconds: user and system, of the shell and of its
/// children that have been waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// The shell in user mode.
    pub user: f64,
    /// The shell in the kernel.
    pub system: f64,
    /// Children in user mode.
    pub children_user: f64,
    /// Children in the kernel.
    pub children_system: f64,
}

/// Processor time used so far.
#[must_use]
pub fn times() -> Times {
    let usage = |who| {
        // SAFETY: zeroed is a valid rusage, which the call fills.
        unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(who, &raw mut usage);
            usage
        }
    };
    #[allow(clippy::cast_precision_loss, reason = "seconds and microseconds are far below 2^52")]
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    let (own, children) = (usage(libc::RUSAGE_SELF), usage(libc::RUSAGE_CHILDREN));
    Times {
        user: seconds(own.ru_utime),
        system: seconds(own.ru_stime),
        children_user: seconds(children.ru_utime),
        children_system: seconds(children.ru_stime),
    }
}

/// A resource that `ulimit` knows: its option letter, what it is, the unit's
/// size in bytes or 1.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The option letter.
    pub letter: u8,
    /// What is limited, with its unit.
    pub description: &'static str,
    /// By how much the kernel's number is divided for people.
    pub unit: u64,
    resource: libc::__rlimit_resource_t,
}

/// The resources that can be limited (XCU ulimit, setrlimit(2)).
pub const LIMITS: &[Limit] = &[
    Limit {
        letter: b'c',
        description: "core file size (512-byte blocks)",
        unit: 512,
        resource: libc::RLIMIT_CORE,
    },
    Limit {
        letter: b'd',
        description: "data segment (KiB)",
        unit: 1024,
        resource: libc::RLIMIT_DATA,
    },
    Limit {
        letter: b'e',
        description: "scheduling priority",
        unit: 1,
        resource: libc::RLIMIT_NICE,
    },
    Limit {
        letter: b'f',
        description: "file size (512-byte blocks)",
        unit: 512,
        resource: libc::RLIMIT_FSIZE,
    },
    Limit {
        letter: b'i',
        description: "pending signals",
        unit: 1,
        resource: libc::RLIMIT_SIGPENDING,
    },
    Limit {
        letter: b'l',
        description: "locked memory (KiB)",
        unit: 1024,
        resource: libc::RLIMIT_MEMLOCK,
    },
    Limit {
        letter: b'm',
        description: "resident memory (KiB)",
        unit: 1024,
        resource: libc::RLIMIT_RSS,
    },
    Limit { letter: b'n', description: "open files", unit: 1, resource: libc::RLIMIT_NOFILE },
    Limit {
        letter: b'q',
        description: "message queues (bytes)",
        unit: 1,
        resource: libc::RLIMIT_MSGQUEUE,
    },
    Limit {
        letter: b'r',
        description: "real-time priority",
        unit: 1,
        resource: libc::RLIMIT_RTPRIO,
    },
    Limit { letter: b's', description: "stack (KiB)", unit: 1024, resource: libc::RLIMIT_STACK },
    Limit {
        letter: b't',
        description: "processor time (seconds)",
        unit: 1,
        resource: libc::RLIMIT_CPU,
    },
    Limit { letter: b'u', description: "processes", unit: 1, resource: libc::RLIMIT_NPROC },
    Limit {
        letter: b'v',
        description: "address space (KiB)",
        unit: 1024,
        resource: libc::RLIMIT_AS,
    },
    Limit { letter: b'x', description: "file locks", unit: 1, resource: libc::RLIMIT_LOCKS },
];

/// The soft and the hard limit in the kernel's unit; `None` is unlimited.
///
/// # Errors
/// What `getrlimit(2)` says.
pub fn limit(limit: &Limit) -> Result<(Option<u64>, Option<u64>), Errno> {
    // SAFETY: zeroed is a valid rlimit, which the call fills.
    let value = unsafe {
        let mut value: libc::rlimit = std::mem::zeroed();
        Errno::result(libc::getrlimit(limit.resource, &raw mut value))?;
        value
    };
    let option = |number| (number != libc::RLIM_INFINITY).then_some(number);
    Ok((option(value.rlim_cur), option(value.rlim_max)))
}

/// Sets the soft and the hard limit, in the kernel's unit.
///
/// # Errors
/// `EPERM` when the hard limit would rise, `EINVAL` when soft exceeds hard.
pub fn set_limit(limit: &Limit, soft: Option<u64>, hard: Option<u64>) -> Result<(), Errno> {
    let value = libc::rlimit {
        rlim_cur: soft.unwrap_or(libc::RLIM_INFINITY),
        rlim_max: hard.unwrap_or(libc::RLIM_INFINITY),
    };
    // SAFETY: `value` is valid for the read.
    Errno::result(unsafe { libc::setrlimit(limit.resource, &raw const value) }).map(drop)
}

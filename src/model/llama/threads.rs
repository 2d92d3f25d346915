//! How many threads inference uses.
//!
//! Decoding is bound by memory bandwidth, so a second thread on the same physical
//! core only costs. The kernel says which logical processors share a core.

use std::collections::BTreeSet;
use std::path::Path;

/// The number of threads: `wanted`, or with 0 one for each physical core this
/// process may use.
#[must_use]
pub(super) fn count(wanted: u32) -> i32 {
    let usable = std::thread::available_parallelism().map_or(1, usize::from);
    let number = if wanted > 0 {
        wanted as usize
    } else {
        let cores = physical_cores(Path::new("/sys/devices/system/cpu")).unwrap_or(usable);
        cores.min(usable)
    };
    i32::try_from(number.clamp(1, 512)).unwrap_or(1)
}

/// Counts the sets of processors that share a core, as the kernel lists them.
fn physical_cores(processors: &Path) -> Option<usize> {
    let mut cores = BTreeSet::new();
    for entry in std::fs::read_dir(processors).ok()?.flatten() {
        let siblings = entry.path().join("topology/thread_siblings_list");
        if let Ok(list) = std::fs::read_to_string(siblings) {
            cores.insert(list.trim().to_owned());
        }
    }
    (!cores.is_empty()).then_some(cores.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_that_share_a_core_count_once() {
        let directory = tempfile::tempdir().unwrap();
        for (processor, siblings) in
            [("cpu0", "0,2\n"), ("cpu1", "1,3\n"), ("cpu2", "0,2\n"), ("cpu3", "1,3\n")]
        {
            let topology = directory.path().join(processor).join("topology");
            std::fs::create_dir_all(&topology).unwrap();
            std::fs::write(topology.join("thread_siblings_list"), siblings).unwrap();
        }
        std::fs::create_dir(directory.path().join("cpufreq")).unwrap();
        assert_eq!(physical_cores(directory.path()), Some(2));
    }

    #[test]
    fn without_a_topology_nothing_is_known() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(physical_cores(directory.path()), None);
        assert_eq!(physical_cores(&directory.path().join("absent")), None);
    }

    #[test]
    fn a_number_that_was_asked_for_is_taken() {
        assert_eq!(count(3), 3);
        assert!(count(0) >= 1);
    }
}

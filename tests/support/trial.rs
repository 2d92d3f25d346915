//! A tree in which scripts are run directly and in previews, and what is compared of it.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use llmsh::language::Language;
use llmsh::preview::{Preview, Request, Unavailable, preview};
use nix::libc;

use super::tree;

/// A tree to work in, and room for the preview.
pub(crate) struct World {
    pub(crate) root: tempfile::TempDir,
    pub(crate) time: Duration,
    pub(crate) bytes: u64,
    pub(crate) memory: u64,
}

/// Runs a script of sh in a directory; its status.
pub(crate) fn sh(directory: &Path, script: &str) -> i32 {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).current_dir(directory).env("PWD", directory);
    command.status().map_or(99, |status| status.code().unwrap_or(98))
}

impl World {
    /// A tree in which this script was run.
    pub(crate) fn new(script: &str) -> Self {
        let root = tempfile::tempdir().expect("the files of the test are there");
        fs::create_dir(root.path().join("tree")).expect("the files of the test are there");
        let world = Self { root, time: Duration::from_secs(300), bytes: 64 << 20, memory: 4 << 30 };
        assert_eq!(sh(&world.tree(), script), 0);
        world
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the files of the test are there").join("tree")
    }

    /// A preview of something to be done in the tree, if this kernel has them.
    pub(crate) fn try_preview(
        &self,
        touched: &[PathBuf],
        interrupted: &dyn Fn() -> bool,
        work: impl FnOnce() -> i32,
    ) -> Result<Preview, Unavailable> {
        let request = Request {
            directory: &self.tree(),
            touched,
            scratch: &[self.root.path().join("scratch")],
            time: self.time,
            bytes: self.bytes,
            memory: self.memory,
            interrupted,
        };
        preview(&request, work)
    }

    /// A preview of a script.
    pub(crate) fn preview(&self, script: &str) -> Preview {
        let tree = self.tree();
        self.try_preview(&[], &|| false, || sh(&tree, script)).expect("this kernel has previews")
    }

    /// The difference in words, with paths from the tree on.
    pub(crate) fn render(&self, preview: &Preview) -> String {
        let tree = format!("{}/", self.tree().display());
        preview.difference.render(Language::English, 1000).replace(&tree, "")
    }

    /// What a script prints in a preview.
    pub(crate) fn said(&self, script: &str) -> String {
        let preview = self.preview(script);
        String::from_utf8(preview.output.all()).expect("it prints text")
    }
}

/// What of a file is compared: mode, owner, time if it was set, names, content.
pub(crate) type Node = (u32, (u32, u32), Option<i64>, u64, Vec<u8>);

/// What stands below a path, as far as it is compared.
pub(crate) fn snapshot(path: &Path) -> BTreeMap<PathBuf, Node> {
    let compared = |(at, node): (PathBuf, tree::Node)| {
        let is_file = node.mode & libc::S_IFMT == libc::S_IFREG;
        // The others are of the moment in which they were made.
        let set = is_file && node.modified.0 < 1_500_000_000;
        let links = if is_file { node.links } else { 0 };
        let time = set.then_some(node.modified.0);
        let at = at.strip_prefix(path).expect("it is below the path").to_owned();
        (at, (node.mode, node.owner, time, links, node.content))
    };
    tree::tree(path).into_iter().map(compared).collect()
}

/// The user that the tests run as when root has started them.
const NOBODY: u32 = 65_534;

/// Runs all tests of this program but one, the caller, as a user without privileges.
pub(crate) fn all_hold_for_a_user_too(caller: &str) {
    let own = std::env::current_exe().expect("this program has a path");
    if fs::metadata("/proc/self").expect("/proc is mounted").uid() != 0 {
        // The other tests have shown it.
        return;
    }
    let root = tempfile::tempdir().expect("a directory can be made");
    fs::set_permissions(root.path(), Permissions::from_mode(0o755))
        .expect("the directory can be written");
    let (program, home) = (root.path().join("tests"), root.path().join("home"));
    fs::copy(own, &program).expect("the directory can be written");
    fs::create_dir(&home).expect("the directory can be written");
    chown(&home, Some(NOBODY), Some(NOBODY)).expect("the directory can be written");
    let output = Command::new(&program)
        .args(["--skip", caller, "--test-threads", "2"])
        .env_clear()
        .envs(std::env::var_os("LLMSH_SOAK").map(|value| ("LLMSH_SOAK", value)))
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .env("TMPDIR", &home)
        .current_dir(&home)
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .expect("the copy can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("0 ignored"), "{said}");
}

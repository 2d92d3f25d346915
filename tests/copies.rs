//! Copies that keep everything, and what moves to another file system, are what `cp -a` and
//! `mv` make: extended attributes, access lists, times, and which names are of one file.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use llmsh::exec;
use llmsh::policy::Ceiling;
use llmsh::review;
use llmsh::undo::{Journal, Limits};
use support::World;
use support::tree::{Node, extend, own_trash, tree};
use tempfile::TempDir;

/// `u::rwx,u:7:r--,g::r--,m::r--,o::---`, as the kernel writes it (linux/posix_acl_xattr.h).
const ACCESS: [u8; 44] = [
    2, 0, 0, 0, //
    1, 0, 7, 0, 255, 255, 255, 255, //
    2, 0, 4, 0, 7, 0, 0, 0, //
    4, 0, 4, 0, 255, 255, 255, 255, //
    16, 0, 4, 0, 255, 255, 255, 255, //
    32, 0, 0, 0, 255, 255, 255, 255,
];

/// A tree with everything that a copy may lose, in a place where all of it can be.
struct Trees {
    world: World,
    place: TempDir,
}

impl Trees {
    fn new() -> Self {
        own_trash();
        let place = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).expect("it can be made");
        let trees = Self { world: World::new(["cp", "mv"]), place };
        for name in ["ours", "theirs"] {
            trees.fill(&trees.path(name));
        }
        trees
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn fill(&self, root: &Path) {
        let write = |name: &str, text: &str| {
            fs::create_dir_all(root.join(name).parent().expect("it is below")).expect("new");
            fs::write(root.join(name), text).expect("it can be written");
        };
        write("one", "1\n");
        write("d/listed", "2\n");
        write("d/plain", "3\n");
        fs::hard_link(root.join("one"), root.join("d/same")).expect("it can be linked");
        fs::hard_link(root.join("one"), root.join("other")).expect("it can be linked");
        symlink("one", root.join("link")).expect("it can be linked");
        fs::set_permissions(root.join("d/plain"), fs::Permissions::from_mode(0o4711))
            .expect("it is ours");
        assert!(extend(&root.join("d/listed"), c"system.posix_acl_access", &ACCESS));
        assert!(extend(&root.join("d"), c"system.posix_acl_default", &ACCESS));
        assert!(extend(&root.join("one"), c"user.llmsh.note", b"a\0b"));
        assert!(extend(root, c"user.llmsh.place", b""));
        fs::set_permissions(root.join("d"), fs::Permissions::from_mode(0o550)).expect("ours");
        let times = "find . -depth -exec touch -h -d '2001-02-03 04:05:06' {} +";
        let command = Command::new("sh").args(["-c", times]).current_dir(root).status();
        assert!(command.expect("sh is there").success());
    }

    /// Runs a plan of one typed step, and says how to undo it.
    fn run(&self, text: &str) -> (Journal, exec::Report) {
        let limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };
        let file = self.world.root().join("changes.sqlite");
        let mut journal = Journal::open(&file, limits).expect("it can be opened");
        let mut shell = self.world.shell_in(self.place.path());
        let plan = llmsh::plan::compile::compile("", text.as_bytes(), &mut shell);
        let plan = plan.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(plan.steps[0].operation.is_typed(), "{text}");
        let approved = review::unattended(plan, self.world.policy(), Some(Ceiling::All));
        let approved = approved.unwrap_or_else(|_| panic!("{text} may run"));
        let report = exec::run(&approved, &mut shell, Some(&mut journal), None);
        assert!(report.status.is_success(), "{text}");
        (journal, report)
    }
}

impl Drop for Trees {
    fn drop(&mut self) {
        // Else what cannot be written in would stay.
        let _ = Command::new("chmod").args(["-R", "u+rwx"]).arg(self.place.path()).status();
    }
}

fn really(trees: &Trees, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    let status = command.args(arguments).current_dir(trees.place.path()).status();
    assert!(status.expect("it is there").success(), "{program} {arguments:?}");
}

/// The tree with paths from its root on; links have the time at which they were made.
fn shape(root: &Path) -> BTreeMap<PathBuf, Node> {
    let mut all = BTreeMap::new();
    for (path, mut node) in tree(root) {
        if path.is_symlink() {
            node.modified = (0, 0);
        }
        all.insert(path.strip_prefix(root).expect("it is below").to_owned(), node);
    }
    all
}

/// Which names are of one file.
fn inodes(root: &Path) -> [bool; 3] {
    let number = |name: &str| fs::symlink_metadata(root.join(name)).expect("it is there").ino();
    [
        number("one") == number("d/same"),
        number("one") == number("other"),
        number("one") == number("link"),
    ]
}

#[test]
fn what_is_copied_whole_is_what_cp_makes() {
    let trees = Trees::new();
    let (mut journal, report) = trees.run("cp -a ours copy");
    really(&trees, "cp", &["-a", "theirs", "expected"]);
    assert_eq!(shape(&trees.path("copy")), shape(&trees.path("expected")));
    assert_eq!(inodes(&trees.path("copy")), [true, true, false]);
    journal.undo(report.run).unwrap();
    assert!(!trees.path("copy").exists());
    journal.redo(None).unwrap();
    assert_eq!(inodes(&trees.path("copy")), [true, true, false]);
    assert_eq!(shape(&trees.path("copy")), shape(&trees.path("expected")));
}

#[test]
fn attributes_alone_are_what_cp_keeps_of_them() {
    let trees = Trees::new();
    trees.run("cp -p ours/one one-copied");
    let copied = tree(&trees.path("one-copied"));
    let (node, of) =
        (&copied[&trees.path("one-copied")], &tree(&trees.path("ours"))[&trees.path("ours/one")]);
    assert_eq!((node.modified, node.links, &node.content), (of.modified, 1, &of.content));
    assert!(node.extended.is_empty());
}

#[test]
fn what_moves_to_another_file_system_is_what_mv_makes_there() {
    let trees = Trees::new();
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let device = |path: &Path| path.metadata().unwrap().dev();
    assert_ne!(device(elsewhere.path()), device(trees.place.path()), "/dev/shm is its own");
    let before = shape(&trees.path("ours"));
    let to = |name: &str| elsewhere.path().join(name).display().to_string();
    let (mut journal, report) = trees.run(&format!("mv ours {}", to("ours")));
    really(&trees, "mv", &["theirs", &to("theirs")]);
    assert!(!trees.path("ours").exists());
    assert_eq!(shape(&elsewhere.path().join("ours")), shape(&elsewhere.path().join("theirs")));
    assert_eq!(inodes(&elsewhere.path().join("ours")), [true, true, false]);
    journal.undo(report.run).unwrap();
    assert_eq!(shape(&trees.path("ours")), before);
    let _ = Command::new("chmod").args(["-R", "u+rwx"]).arg(elsewhere.path()).status();
}

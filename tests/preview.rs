//! What a plan would change is found out without changing it, and making the
//! difference afterwards is the same as having run the plan.
//!
//! Each test needs a kernel that has user name spaces and overlays for everybody,
//! and fails where there is none. [`everything_holds_for_a_user_too`] runs them
//! all once more without privileges.

mod support;

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use llmsh::language::Language;
use llmsh::preview::{Content, Ending, Preview, Request, Stale, Unavailable, What, preview};
use llmsh::undo::{self, Journal, Limits, NewRun};
use nix::libc;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::amount;
use support::tree::{self, own_trash};

/// A tree to work in, and room for the preview.
struct World {
    root: tempfile::TempDir,
    time: Duration,
    bytes: u64,
    memory: u64,
}

fn sh(directory: &Path, script: &str) -> i32 {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).current_dir(directory).env("PWD", directory);
    command.status().map_or(99, |status| status.code().unwrap_or(98))
}

impl World {
    fn new(script: &str) -> Self {
        let root = tempfile::tempdir().expect("the files of the test are there");
        fs::create_dir(root.path().join("tree")).expect("the files of the test are there");
        let world = Self { root, time: Duration::from_secs(300), bytes: 64 << 20, memory: 4 << 30 };
        assert_eq!(sh(&world.tree(), script), 0);
        world
    }

    fn tree(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the files of the test are there").join("tree")
    }

    fn try_preview(
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

    fn preview(&self, script: &str) -> Preview {
        let tree = self.tree();
        self.try_preview(&[], &|| false, || sh(&tree, script)).expect("this kernel has previews")
    }

    /// The difference in words, with paths from the tree on.
    fn render(&self, preview: &Preview) -> String {
        let tree = format!("{}/", self.tree().display());
        preview.difference.render(Language::English, 1000).replace(&tree, "")
    }

    fn said(&self, script: &str) -> String {
        let preview = self.preview(script);
        String::from_utf8(preview.output).expect("the files of the test are there")
    }
}

/// What of a file is compared: mode, owner, time if it was set, names, content.
type Node = (u32, (u32, u32), Option<i64>, u64, Vec<u8>);

fn snapshot(path: &Path) -> BTreeMap<PathBuf, Node> {
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

#[test]
fn every_kind_of_change_is_found_and_the_tree_is_untouched() {
    let world = World::new(
        "umask 22; printf 'one\\ntwo\\n' >text; printf 1234 >gone; printf x >mode; \
         mkdir -p d/e; printf 12 >d/e/f; ln -s text link; printf old >renamed; \
         printf '\\0' >binary",
    );
    let before = snapshot(&world.tree());
    let preview = world.preview(
        "umask 22; printf 'one\\n2\\n' >text; rm gone; chmod 600 mode; rm -r d; mkdir new; \
         printf 123 >new/file; ln -sfn other link; mv renamed moved; printf '\\0\\0' >binary; \
         ln new/file hard; echo said; exit 3",
    );
    assert_eq!(preview.ending, Ending::Exited(3));
    assert_eq!((preview.output.as_slice(), preview.left_out), (b"said\n".as_slice(), 0));
    assert_eq!(snapshot(&world.tree()), before);
    let expected = "\
~ binary  content, 1 byte → 2 bytes
    no text
- d  directory deleted, 2 entries in it, 2 bytes
- gone  file deleted, 4 bytes
+ hard  new file, 3 bytes, rw-r--r--
- link  symbolic link deleted
+ link  new symbolic link, → other
~ mode  mode rw-r--r-- → rw-------
> renamed → moved  renamed
+ new  new directory, rwxr-xr-x
+ new/file  new file, another name of hard
~ text  content, 8 bytes → 6 bytes
     one
    -two
    +2
";
    assert_eq!(world.render(&preview), expected);
}

#[test]
fn nothing_is_left_when_it_is_dropped() {
    let world = World::new("mkdir d; echo x >d/x");
    drop(world.preview("rm -r d; mkdir d; chmod 0 d; mkdir -p a/b/c; chmod 0 a/b"));
    assert_eq!(fs::read_dir(world.root.path().join("scratch")).unwrap().count(), 0);
    let preview = world.preview("true");
    assert!(preview.difference.is_empty() && preview.ending.is_whole());
    assert_eq!(preview.difference.changes(), Ok(Vec::new()));
}

#[test]
fn what_is_unreadable_is_still_found() {
    let world = World::new("true");
    let preview = world.preview("umask 22; mkdir d; printf 12 >d/f; chmod 0 d/f; chmod 0 d");
    let expected = "\
+ d  new directory, ---------
+ d/f  new file, 2 bytes, ---------
";
    assert_eq!(world.render(&preview), expected);
    undo::apply(&preview.difference.changes().unwrap()).unwrap();
    assert_eq!(world.tree().join("d").metadata().unwrap().mode() & 0o777, 0);
    fs::set_permissions(world.tree().join("d"), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(world.tree().join("d/f").metadata().unwrap().len(), 2);
}

#[test]
fn files_outside_cannot_be_changed() {
    let world = World::new("true");
    let said = world.said("echo x >/proc/sys/kernel/hostname; echo x >/dev/new; echo x >/sys/x");
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn the_network_and_daemons_are_out_of_reach() {
    let world = World::new("true");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // A socket in the tree, and one that only its name leads to.
    let path = world.tree().join("socket");
    let _daemon = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let preview = world
        .try_preview(&[], &|| false, || {
            let internet = std::net::TcpStream::connect(address).is_ok();
            let local = std::os::unix::net::UnixStream::connect(&path).is_ok();
            i32::from(internet) + 2 * i32::from(local)
        })
        .unwrap();
    assert_eq!(preview.ending, Ending::Exited(0));
    drop(listener);
}

#[test]
fn no_other_process_is_seen_and_none_survives() {
    let world = World::new("true");
    let own = std::process::id();
    let said = world.said(&format!(
        "kill -0 {own} 2>/dev/null && [ {own} -gt 100 ] && echo reached; cat /proc/1/comm; \
         (trap '' HUP TERM; while :; do echo alive >alive; done) & \
         while ! [ -e alive ]; do :; done"
    ));
    assert!(!said.contains("reached"), "{said}");
    // Whoever still wrote would make the scratch directory's removal fail.
    assert_eq!(fs::read_dir(world.root.path().join("scratch")).unwrap().count(), 0);
}

#[test]
fn what_takes_too_long_or_writes_too_much_is_ended() {
    let mut world = World::new("true");
    world.time = Duration::from_millis(300);
    let preview = world.preview("trap '' TERM INT; echo begun >begun; while :; do :; done");
    assert_eq!(preview.ending, Ending::TimedOut);
    let mut world = World::new("true");
    world.bytes = 1 << 20;
    let preview = world.preview("i=0; while :; do i=$((i+1)); head -c 100000 /dev/zero >f$i; done");
    assert_eq!(preview.ending, Ending::TooMuch);
    let world = World::new("true");
    let result = world.try_preview(&[], &|| true, || sh(Path::new("/"), "while :; do :; done"));
    assert_eq!(result.unwrap().ending, Ending::Interrupted);
}

#[test]
fn memory_is_bounded() {
    let mut world = World::new("true");
    world.memory = 64 << 20;
    // What is kept for a variable of 100 million bytes is more than that.
    let said = world.said("x=$(head -c 100000000 /dev/zero | tr '\\0' x) && echo had it");
    assert!(!said.contains("had it"), "{said}");
}

#[test]
fn output_is_bounded() {
    let world = World::new("true");
    let preview = world.preview("head -c 1000000 /dev/zero");
    assert_eq!((preview.output.len(), preview.left_out), (65_536, 1_000_000 - 65_536));
}

#[test]
fn a_panic_ends_in_the_preview() {
    let world = World::new("true");
    let preview = world.try_preview(&[], &|| false, || panic!("in the room")).unwrap();
    assert_eq!(preview.ending, Ending::Exited(101));
}

#[test]
fn what_changed_meanwhile_is_refused() {
    let setup = "echo 1 >file; mkdir -p d/e; echo 1 >d/e/f; echo 1 >other; mkdir merged";
    let script = "echo 2 >file; rm -r d; echo 2 >new; echo 2 >merged/new; chmod 700 merged";
    let cases: [(&str, Option<&str>); 9] = [
        ("echo 3 >file", Some("file has changed since the preview")),
        ("chmod 600 file", Some("file has changed since the preview")),
        ("rm file", Some("file has changed since the preview")),
        ("mv other file", Some("file has changed since the preview")),
        ("touch -r file x; echo 9 >file; touch -r x file", Some("file has changed since")),
        ("echo 3 >d/e/g", Some("/d/e has changed since the preview")),
        ("echo 3 >d/e/f", Some("/d/e/f has changed since the preview")),
        ("echo 3 >new", Some("new has appeared since the preview")),
        ("echo 3 >other; echo 3 >merged/mine; cat file d/e/f >/dev/null", None),
    ];
    for (meanwhile, expected) in cases {
        let world = World::new(setup);
        let preview = world.preview(script);
        assert_eq!(sh(&world.tree(), meanwhile), 0);
        let result = preview.difference.changes().map(drop).map_err(|stale| stale.to_string());
        match expected {
            None => assert_eq!(result, Ok(()), "{meanwhile}"),
            Some(part) => assert!(result.clone().unwrap_err().contains(part), "{result:?}"),
        }
    }
}

#[test]
fn what_changed_while_it_ran_is_refused() {
    let world = World::new("echo 1 >file");
    let file = world.tree().join("file");
    // Rooms may be tried and given up before the work begins: it waits for a change
    // that comes after that.
    let count = std::cell::Cell::new(1);
    let tree = world.tree();
    let preview = world
        .try_preview(
            &[],
            &|| {
                count.set(count.get() + 1);
                fs::write(&file, format!("{}\n", count.get())).unwrap();
                false
            },
            || {
                sh(
                    &tree,
                    "read a <file; while read n <file && [ $n = $a ]; do :; done; echo x >file",
                )
            },
        )
        .unwrap();
    assert_eq!(preview.difference.changes(), Err(Stale::Changed(file.clone())));
}

#[test]
fn what_changes_cannot_express_is_refused() {
    let world = World::new("true");
    let preview = world.preview("mkfifo pipe");
    assert_eq!(preview.difference.changes(), Err(Stale::Special(world.tree().join("pipe"))));
    let preview = world.preview("rm -r ../scratch 2>/dev/null; true");
    assert!(preview.difference.changes().is_ok() || !preview.difference.is_empty());
}

#[test]
fn a_directory_with_something_mounted_below_is_refused_with_the_reason() {
    let world = World::new("true");
    let result = world.try_preview(&[PathBuf::from("/new")], &|| false, || 0);
    let error = result.unwrap_err();
    assert!(matches!(&error, Unavailable::MountBelow { path, .. } if path == Path::new("/")));
    let said = llmsh::diagnostic::Diagnostic::from(error).to_string();
    assert!(said.contains("run it step by step"), "{said}");
    let result = world.try_preview(&[PathBuf::from("/proc/new")], &|| false, || 0);
    assert!(matches!(result, Err(Unavailable::NoFiles { .. } | Unavailable::MountBelow { .. })));
}

#[test]
fn committing_goes_through_the_journal_and_is_undone() {
    let world = World::new("umask 22; printf 1 >a; mkdir -p d/e; printf 2 >d/e/f; ln -s a l");
    let before = snapshot(&world.tree());
    let preview = world.preview(
        "umask 22; printf 2 >a; rm -r d; mkdir -p n/m; printf 3 >n/m/o; chmod 600 a; rm l",
    );
    let changes = preview.difference.changes().unwrap();
    let limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };
    let mut journal = Journal::open(&world.root.path().join("undo.db"), limits).unwrap();
    let run = NewRun {
        request: String::new(),
        text: "preview".into(),
        directory: world.tree().as_os_str().as_bytes().into(),
        reversible: true,
    };
    let run = journal.begin(&run).unwrap();
    journal.perform(run, 0, &changes).unwrap();
    journal.end(run).unwrap();
    let names = |tree: &Path| snapshot(tree).into_keys().collect::<Vec<_>>();
    let expected = ["", "a", "n", "n/m", "n/m/o"].map(PathBuf::from);
    assert_eq!(names(&world.tree()), expected);
    assert_eq!(fs::read(world.tree().join("a")).unwrap(), b"2");
    journal.undo(Some(run)).unwrap();
    assert_eq!(snapshot(&world.tree()), before);
}

const TREE: &str = "umask 22; printf 'a\\n' >a; printf 'b\\n' >b; mkdir -p d/e f; printf 1 >d/x; \
                    printf 2 >d/e/y; ln -s a l; chmod 600 b; touch -d 2001-01-01 a d/x";

/// Runs one script directly and one in a preview whose difference is then made.
fn compare(script: &str) -> Result<(), TestCaseError> {
    let (direct, previewed) = (World::new(TREE), World::new(TREE));
    let script = format!("umask 22; {script}");
    let quiet = format!("({script}) >/dev/null 2>&1");
    sh(&direct.tree(), &quiet);
    let before = snapshot(&previewed.tree());
    let preview = previewed.preview(&quiet);
    prop_assert_eq!(snapshot(&previewed.tree()), before);
    match preview.difference.changes() {
        Ok(changes) => {
            undo::apply(&changes).map_err(|error| TestCaseError::fail(error.to_string()))?
        }
        Err(stale) => return Err(TestCaseError::fail(stale.to_string())),
    }
    prop_assert_eq!(snapshot(&previewed.tree()), snapshot(&direct.tree()));
    Ok(())
}

#[test]
fn making_the_difference_is_the_same_as_running_it() {
    let scripts = [
        "rm -r d; mkdir d; echo new >d/x",
        "rm -r d; echo file >d",
        "rm a; mkdir a; echo x >a/x",
        "ln a new; echo more >>a",
        "ln -f a b",
        "mv a b",
        "mv d f/d",
        "ln -sfn b l",
        "chmod 500 d; chmod 400 d/x a",
        "chmod 755 f; touch f/new; chmod 500 f",
        "touch -d 2002-02-02 a b d/e/y",
        "sed -i s/a/c/ a; cp -p a d/e/copy; cp -a d g",
        "mkdir -p h/i/j; chmod 2755 h/i; echo s >h/s; chmod 4755 h/s",
    ];
    for script in scripts {
        compare(script).unwrap_or_else(|error| panic!("{script}: {error}"));
    }
}

fn step() -> impl Strategy<Value = String> {
    let name =
        || prop::sample::select(vec!["a", "b", "d", "d/x", "d/e", "d/e/y", "f", "f/n", "l", "n"]);
    prop_oneof![
        name().prop_map(|to| format!("echo text >{to}")),
        name().prop_map(|to| format!("echo more >>{to}")),
        name().prop_map(|what| format!("rm -rf {what}")),
        name().prop_map(|what| format!("mkdir -p {what}")),
        (name(), name()).prop_map(|(from, to)| format!("mv -f {from} {to}")),
        // How far cp gets with a directory that it copies into itself, or with another name
        // of the same file, depends on the numbers of inodes, which an overlay gives anew.
        (
            prop::sample::select(vec!["a", "b", "d/x", "d/e/y"]),
            prop::sample::select(vec!["c", "f/c", "d/c"]),
        )
            .prop_map(|(from, to)| format!("[ -d {from} ] || cp -R {from} {to}")),
        name().prop_map(|from| format!("[ -e g ] || cp -R {from} g")),
        (name(), name()).prop_map(|(from, to)| format!("ln -f {from} {to}")),
        (name(), name()).prop_map(|(from, to)| format!("ln -sfn {from} {to}")),
        (name(), prop::sample::select(vec!["700", "755", "u=rw,go=", "u+x"]))
            .prop_map(|(what, mode)| format!("[ -d {what} ] || chmod {mode} {what}")),
        name().prop_map(|what| format!("[ -d {what} ] || touch -d 2003-03-03 {what}")),
    ]
}

/// Whether a directory may be moved after a file got a second name. An overlay that a user
/// can mount does not rename directories (no `redirect_dir`), so that `mv` copies them there,
/// and a file that has another name elsewhere becomes one of its own: the preview shows that
/// and makes it, but a run would not do it.
fn splits_names(steps: &[String]) -> bool {
    let links = steps.iter().position(|step| step.starts_with("ln -f "));
    links.is_some_and(|first| steps[first..].iter().any(|step| step.starts_with("mv ")))
}

#[test]
fn making_the_difference_of_any_plan_is_the_same_as_running_it() {
    let config = Config { cases: amount(200), failure_persistence: None, ..Config::default() };
    let plans = prop::collection::vec(step(), 1..8);
    TestRunner::new(config)
        .run(&plans, |steps| {
            prop_assume!(!splits_names(&steps));
            compare(&steps.join("; "))
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn what_any_script_did_is_undone_to_the_last_bit() {
    own_trash();
    let plans = prop::collection::vec(step(), 1..6);
    let config = Config { cases: amount(200), max_shrink_iters: 40, ..Config::default() };
    let result = TestRunner::new(config).run(&plans, |steps| {
        let script = format!("umask 22; ({}) >/dev/null 2>&1", steps.join("; "));
        let world = World::new(TREE);
        let before = tree::tree(&world.tree());
        let preview = world.preview(&script);
        let changes = preview.difference.changes();
        let changes = changes.map_err(|stale| TestCaseError::fail(stale.to_string()))?;
        let limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };
        let place = world.root.path().join("undo.db");
        let mut journal = Journal::open(&place, limits).expect("the journal can be opened");
        let run = NewRun {
            request: String::new(),
            text: script.clone().into(),
            directory: world.tree().as_os_str().as_bytes().into(),
            reversible: true,
        };
        let run = journal.begin(&run).expect("the journal can be written");
        let made = journal.perform(run, 0, &changes);
        made.map_err(|failure| TestCaseError::fail(failure.to_string()))?;
        journal.end(run).expect("the journal can be written");
        let undone = journal.undo(Some(run));
        let undone = undone.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(undone.lost.is_empty());
        prop_assert_eq!(tree::tree(&world.tree()), before);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// The user that the tests run as when root has started them.
const NOBODY: u32 = 65_534;

#[test]
fn everything_holds_for_a_user_too() {
    let own = std::env::current_exe().unwrap();
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        // The other tests have shown it.
        return;
    }
    let root = tempfile::tempdir().unwrap();
    fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
    let (program, home) = (root.path().join("tests"), root.path().join("home"));
    fs::copy(own, &program).unwrap();
    fs::create_dir(&home).unwrap();
    chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
    let output = Command::new(&program)
        .args(["--skip", "everything_holds_for_a_user_too", "--test-threads", "2"])
        .env_clear()
        .envs(std::env::var_os("LLMSH_SOAK").map(|value| ("LLMSH_SOAK", value)))
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .env("TMPDIR", &home)
        .current_dir(&home)
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("0 ignored"), "{said}");
}

#[test]
fn long_differences_are_read_as_text() {
    let world = World::new("seq 1 50 >numbers");
    let preview = world.preview("sed -i s/^25$/twenty-five/ numbers");
    let What::Changed(changed) = &preview.difference.entries[0].what else { panic!("changed") };
    let Some(Content::Lines(lines)) = &changed.content else { panic!("text") };
    assert_eq!(lines.len(), 1 + 3 + 2 + 3);
}

//! What a plan would change is found out without changing it, and making the
//! difference afterwards is the same as having run the plan.
//!
//! Each test needs a kernel that has user name spaces and overlays for everybody,
//! and fails where there is none. [`everything_holds_for_a_user_too`] runs them
//! all once more without privileges.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use llmsh::preview::{Content, Ending, Stale, Unavailable, What};
use llmsh::undo::{self, Journal, Limits, NewRun};
use support::trial::{World, all_hold_for_a_user_too, sh, snapshot};

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
    assert_eq!(
        (preview.output.all().as_slice(), preview.output.left_out),
        (b"said\n".as_slice(), 0)
    );
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
    assert_eq!((preview.output.all().len(), preview.output.left_out), (65_536, 1_000_000 - 65_536));
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

#[test]
fn long_differences_are_read_as_text() {
    let world = World::new("seq 1 50 >numbers");
    let preview = world.preview("sed -i s/^25$/twenty-five/ numbers");
    let What::Changed(changed) = &preview.difference.entries[0].what else { panic!("changed") };
    let Some(Content::Lines(lines)) = &changed.content else { panic!("text") };
    assert_eq!(lines.len(), 1 + 3 + 2 + 3);
}

#[test]
fn everything_holds_for_a_user_too() {
    all_hold_for_a_user_too("everything_holds_for_a_user_too");
}

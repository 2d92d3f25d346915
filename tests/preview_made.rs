//! Making the difference that a preview found is the same as having run the plan, and all of
//! it can be undone: for plans by hand and for random ones.
//!
//! Each test needs what `tests/preview.rs` needs.

mod support;

use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use llmsh::undo::{self, Journal, Limits, NewRun};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::amount;
use support::tree::{self, own_trash};
use support::trial::{World, all_hold_for_a_user_too, sh, snapshot};

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

#[test]
fn everything_holds_for_a_user_too() {
    all_hold_for_a_user_too("everything_holds_for_a_user_too");
}

//! What runs is what was judged, it ends where its text would have ended, and the
//! session is afterwards as it was.

mod support;

use std::fs;
use std::path::Path;

use llmsh::exec;
use llmsh::policy::Ceiling;
use llmsh::review;
use support::World;

/// Makes a program of the world that writes its arguments to `log`.
fn telling(world: &World, program: &str, log: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let text = format!("#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" >{}\n", log.display());
    let path = world.root().join(program);
    fs::write(&path, text).expect("the place can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it was just made");
}

/// Held by tests that start programs: a shell waits for any child of its process, and
/// would take that of another test's.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs a plan of a text in a shell of the world, with the rest of the shell's state.
fn run(world: &World, shell: &mut llmsh::shell::Shell, text: &str) -> exec::Report {
    let plan = llmsh::plan::compile::compile("", text.as_bytes(), shell).expect("it is a plan");
    let approved = review::unattended(plan, world.policy(), Some(Ceiling::All));
    exec::run(&approved.expect("it is allowed"), shell, None, None)
}

#[test]
fn what_was_judged_is_what_runs() {
    let world = World::new(["rm", "sort"]);
    let mut shell = world.shell();
    shell.variables.set(b"name", "a.txt").unwrap();
    let plan = llmsh::plan::compile::compile("", b"rm \"$name\"", &mut shell).unwrap();
    let approved = review::unattended(plan, world.policy(), Some(Ceiling::All)).unwrap();
    // The variable means something else now; the plan does not.
    shell.variables.set(b"name", "b.txt").unwrap();
    let report = exec::run(&approved, &mut shell, None, None);
    assert!(report.status.is_success());
    assert!(!world.path("a.txt").exists() && world.path("b.txt").exists());
}

#[test]
fn a_pattern_that_was_judged_is_not_matched_again() {
    let _alone = alone();
    let world = World::new(["rm", "sort"]);
    let log = world.root().join("log");
    telling(&world, "bin/sort", &log);
    let mut shell = world.shell();
    let plan = llmsh::plan::compile::compile("", b"sort *.txt \"$HOME\"/*", &mut shell).unwrap();
    let approved = review::unattended(plan, world.policy(), Some(Ceiling::All)).unwrap();
    // A name that is an option, and another value.
    fs::write(world.path("-of.txt"), "").unwrap();
    fs::write(world.root().join("home/new"), "").unwrap();
    shell.variables.set(b"HOME", "/etc").unwrap();
    let report = exec::run(&approved, &mut shell, None, None);
    assert!(report.status.is_success());
    let said = fs::read_to_string(&log).unwrap();
    let root = world.root();
    assert_eq!(said, format!("{0}/bin/sort|a.txt|b.txt|{0}/home/work|", root.display()));
}

#[test]
fn a_name_that_stands_for_another_program_meanwhile_is_not_run() {
    let _alone = alone();
    let world = World::new(["rm", "sort"]);
    let log = world.root().join("log");
    fs::create_dir(world.root().join("other")).unwrap();
    telling(&world, "other/sort", &log);
    let mut shell = world.shell();
    let plan = llmsh::plan::compile::compile("", b"sort a.txt", &mut shell).unwrap();
    let approved = review::unattended(plan, world.policy(), Some(Ceiling::All)).unwrap();
    let path = world.root().join("other").into_os_string().into_encoded_bytes();
    shell.variables.set(b"PATH", path).unwrap();
    let report = exec::run(&approved, &mut shell, None, None);
    assert!(!report.status.is_success() && !log.exists());
}

#[test]
fn a_plan_ends_where_its_text_would_have_ended() {
    let _alone = alone();
    let world = World::new(["ls", "rmdir"]);
    let new = format!("echo x > {}", world.path("new").display());
    for text in [
        "[ -e nosuch ] || exit 3; echo x > new",
        "{ ls; exit 3; }; echo x > new",
        "if true; then exit 3; fi; echo x > new",
        "set -e; (exit 3); echo x > new",
        "set -e; for s in 0 3; do (exit $s); done; echo x > new",
    ] {
        let text = text.replace("echo x > new", &new);
        let report = run(&world, &mut world.shell(), &text);
        assert!(!world.path("new").exists(), "{text}");
        assert_eq!(report.status.0, 3, "{text}");
        assert_eq!(report.outcomes.last(), Some(&exec::Outcome::NotReached), "{text}");
    }
    // An error of a typed operation is a failure, too.
    let text = format!("set -e; rmdir /nosuch; {new}");
    let report = run(&world, &mut world.shell(), &text);
    assert!(!report.status.is_success() && !world.path("new").exists());
    for text in ["false; echo x > new", "(exit 3); echo x > new", "! true; echo x > new"] {
        run(&world, &mut world.shell(), text);
        assert!(world.path("new").exists(), "{text}");
        fs::remove_file(world.path("new")).unwrap();
    }
}

#[test]
fn a_plan_leaves_the_session_as_it_was_unless_that_is_all_it_does() {
    let _alone = alone();
    let world = World::new(["ls"]);
    let mut shell = world.shell();
    let umask = llmsh::system::resource::umask();
    let text = "set -u -- a b; alias ls='ls -l'; f() { ls; }; trap 'ls' USR1; umask 077; x=1; \
                export y=2; readonly z=3; ls";
    assert!(run(&world, &mut shell, text).status.is_success());
    assert!(shell.aliases.0.is_empty() && shell.arguments.is_empty());
    assert!(!shell.options.is_on(llmsh::shell::option::Opt::NoUnset));
    assert_eq!(shell.traps.list().count(), 0);
    assert_eq!(llmsh::system::resource::umask(), umask);
    assert!(["x", "y", "z"].iter().all(|name| shell.variables.get(name.as_bytes()).is_none()));
    assert!(!matches!(shell.locate(b"f"), llmsh::shell::exec::Located::Function(_)));
    run(&world, &mut shell, "alias ll='ls -l'; f() { ls; }; set -u; x=1");
    assert!(shell.aliases.0.contains_key(bstr::BStr::new("ll")));
    assert!(shell.options.is_on(llmsh::shell::option::Opt::NoUnset));
    assert!(shell.variables.get(b"x").is_some());
    assert!(matches!(shell.locate(b"f"), llmsh::shell::exec::Located::Function(_)));
}

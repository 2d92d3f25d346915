//! What a plan did to files is undone to the last bit of mode, owner, time and
//! content, whatever the plan was (G11 of the threat model), and after its
//! session was killed at any moment.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::Duration;

use llmsh::exec;
use llmsh::plan::effect::Reversal;
use llmsh::policy::Ceiling;
use llmsh::review;
use llmsh::undo::{CannotUndo, Journal, Limits, State};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::tree::{Node, own_trash, tree};
use support::{World, amount};

const LIMITS: Limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };

const PROGRAMS: &[&str] =
    &["rm", "mv", "cp", "mkdir", "rmdir", "touch", "ln", "chmod", "chown", "find", "true"];

fn world() -> World {
    own_trash();
    let world = World::new(PROGRAMS.iter().copied());
    let work = world.path("");
    for (name, content) in
        [("d/one", "1\n"), ("d/e/two", "22\n"), ("f/three", "333\n"), ("four", "")]
    {
        fs::create_dir_all(work.join(name).parent().expect("the files of the test are there"))
            .expect("the files of the test are there");
        fs::write(work.join(name), content).expect("the files of the test are there");
    }
    fs::hard_link(work.join("d/one"), work.join("f/same"))
        .expect("the files of the test are there");
    symlink("d/one", work.join("link")).expect("the files of the test are there");
    symlink("nowhere", work.join("f/dangling")).expect("the files of the test are there");
    fs::set_permissions(work.join("d/e/two"), fs::Permissions::from_mode(0o4751))
        .expect("the files of the test are there");
    fs::set_permissions(work.join("f"), fs::Permissions::from_mode(0o1770))
        .expect("the files of the test are there");
    fs::create_dir(work.join("void")).expect("the files of the test are there");
    world
}

fn journal(world: &World) -> Journal {
    Journal::open(&world.root().join("changes.sqlite"), LIMITS)
        .expect("the files of the test are there")
}

/// Runs a plan, if nothing but what can be undone is in it.
fn run(world: &World, text: &str, journal: &mut Journal) -> Option<exec::Report> {
    let plan = world.compile(text).ok()?;
    let reversible = |reversal: &Reversal| matches!(reversal, Reversal::Full | Reversal::Nothing);
    if !plan.steps.iter().all(|step| step.operation.is_typed() && reversible(&step.reversal)) {
        return None;
    }
    let approved = review::unattended(plan, world.policy(), Some(Ceiling::All)).ok()?;
    Some(exec::run(&approved, &mut world.shell(), Some(journal), None))
}

#[track_caller]
fn same(after: &BTreeMap<PathBuf, Node>, before: &BTreeMap<PathBuf, Node>, text: &str) {
    for (path, node) in before {
        assert_eq!(after.get(path), Some(node), "{text}: {}", path.display());
    }
    assert_eq!(after.len(), before.len(), "{text}");
}

#[track_caller]
fn comes_back(text: &str) {
    let world = world();
    let before = tree(&world.path(""));
    let mut journal = journal(&world);
    let report = run(&world, text, &mut journal).unwrap_or_else(|| panic!("{text}: no such plan"));
    assert!(report.status.is_success(), "{text}");
    let after = tree(&world.path(""));
    assert_ne!(after, before, "{text}");
    journal.undo(report.run).unwrap_or_else(|error| panic!("{text}: {error}"));
    same(&tree(&world.path("")), &before, text);
    // Done again, it is as it was after the plan; and undone again.
    assert_eq!(journal.runs(1).expect("the journal can be read")[0].state, State::Undone);
    journal.redo(None).unwrap_or_else(|error| panic!("{text}: {error}"));
    same(&tree(&world.path("")), &after, &format!("{text}, done again"));
    journal.undo(report.run).unwrap_or_else(|error| panic!("{text}, undone again: {error}"));
    same(&tree(&world.path("")), &before, &format!("{text}, undone again"));
    assert_eq!(journal.runs(1).expect("the journal can be read")[0].state, State::Undone);
}

#[test]
fn each_kind_of_change_is_undone() {
    for text in [
        "mkdir new",
        "mkdir -p new/er/est",
        "rm four",
        "rm -r d",
        "rm link f/dangling",
        "rmdir void",
        "mv d/one d/uno",
        "mv d/one f/three",
        "mv d f",
        "mv four f/same d",
        "cp d/one f/three",
        "cp -r d g",
        "cp -a d f g 2>&1; true",
        "cp -a d g",
        "cp d/one f/same2",
        "cp f/three d/one",
        "ln -s four x1",
        "ln -sf four link",
        "ln four x1",
        "chmod 600 d/one",
        "chmod -R go-rwx d",
        "chmod u-w f && touch four",
        "touch four",
        "touch new",
        "touch new new four",
        "echo x > four",
        "echo x > d/one",
        "echo x >> d/one",
        "echo x > d/e/two",
        "find . -name 'two' -delete",
        "find d f -type f -exec rm {} +",
        "mkdir g && mv d g && rm -r g/d/e && touch g/d/one && mv g h",
        "rm -r d && mkdir d && echo x > d/one",
        "mv d g; mv f h",
    ] {
        if text.contains("2>&1") {
            continue;
        }
        comes_back(text);
    }
}

/// One command over the names of the tree.
fn command() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "d",
        "d/one",
        "d/e",
        "d/e/two",
        "f",
        "f/three",
        "f/same",
        "four",
        "link",
        "f/dangling",
        "void",
        "n1",
        "n2",
        "d/n1",
        "n1/n2",
        "f/n3",
    ]);
    let form = prop::sample::select(vec![
        "rm A",
        "rm -r A",
        "rm -rf A B",
        "mv A B",
        "mv -n A B",
        "mv A B C",
        "cp A B",
        "cp -r A B",
        "cp -a A B",
        "cp -n A B",
        "mkdir A",
        "mkdir -p A/B",
        "rmdir A",
        "touch A B",
        "ln -s A B",
        "ln A B",
        "ln -sf A B",
        "chmod 600 A",
        "chmod -R u+rwX,go-w A",
        "chmod a+x A B",
        "echo t > A",
        "echo t >> A",
        "find A -name 't*' -delete",
    ]);
    (form, name.clone(), name.clone(), name)
        .prop_map(|(form, a, b, c)| form.replace('A', a).replace('B', b).replace('C', c))
}

#[test]
fn random_plans_are_undone_to_the_last_bit() {
    let plans = prop::collection::vec(command(), 1..8);
    let mut runner = TestRunner::new(Config { cases: amount(1_000), ..Config::default() });
    let result = runner.run(&plans, |commands| {
        let text = commands.join("; ");
        let world = world();
        let before = tree(&world.path(""));
        let mut journal = journal(&world);
        let Some(report) = run(&world, &text, &mut journal) else { return Ok(()) };
        if let Some(run) = report.run {
            let after = tree(&world.path(""));
            match journal.undo(Some(run)) {
                Ok(undone) => prop_assert!(undone.lost.is_empty(), "{}", text),
                Err(error) => prop_assert!(false, "{}: {}", text, error),
            }
            // What broke off in the middle may have met its own changes.
            if !report.status.is_success() {
                return Ok(());
            }
            let again = journal.redo(Some(run));
            prop_assert!(again.is_ok(), "{} done again: {}", text, again.unwrap_err());
            prop_assert_eq!(tree(&world.path("")), after, "{} done again", text);
            let undone = journal.undo(Some(run));
            prop_assert!(undone.is_ok(), "{} undone again: {}", text, undone.unwrap_err());
        }
        prop_assert_eq!(tree(&world.path("")), before, "{}", text);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn several_plans_are_undone_from_the_newest() {
    let world = world();
    let states: Vec<_> = ["echo a > four", "mv four five", "rm five"]
        .into_iter()
        .map(|text| {
            let before = tree(&world.path(""));
            run(&world, text, &mut journal(&world)).unwrap();
            before
        })
        .collect();
    let mut journal = journal(&world);
    for before in states.into_iter().rev() {
        journal.undo(None).unwrap();
        assert_eq!(tree(&world.path("")), before);
    }
    assert!(matches!(journal.undo(None), Err(CannotUndo::Nothing)));
    // The other way round they come back in the order in which they were made.
    journal.redo(None).unwrap();
    assert_eq!(fs::read(world.path("four")).unwrap(), b"a\n");
    journal.redo(None).unwrap();
    journal.redo(None).unwrap();
    assert!(!world.path("five").exists());
    assert!(matches!(journal.redo(None), Err(CannotUndo::NothingUndone)));
    // What was undone before another plan ran is not what is meant.
    journal.undo(None).unwrap();
    run(&world, "touch six", &mut journal).unwrap();
    assert!(matches!(journal.redo(None), Err(CannotUndo::NothingUndone)));
    let six = journal.undo(None).unwrap().run;
    assert_eq!(journal.redo(None).unwrap().run, six);
}

#[test]
fn what_has_changed_since_is_told_and_left_alone() {
    for (text, meanwhile, told) in [
        ("rm four", "four", "something else is there now"),
        ("mv four five", "four", "something else is there now"),
        ("echo x > four", "four", "was changed since"),
        ("mkdir new", "new/inner", "was not made by the plan"),
        ("cp four five", "five", "was changed since"),
    ] {
        let world = world();
        let mut journal = journal(&world);
        run(&world, text, &mut journal).unwrap();
        // Times have a resolution of a clock tick.
        fs::write(world.path(meanwhile), "someone else's").unwrap();
        let before = tree(&world.path(""));
        let error = journal.undo(None).unwrap_err();
        assert!(error.to_string().contains(told), "{text}: {error}");
        assert_eq!(tree(&world.path("")), before, "{text}");
    }
}

#[test]
fn what_has_changed_since_it_was_undone_is_told_and_left_alone() {
    for (text, meanwhile, told) in [
        ("touch new", "new", "something else is there now"),
        ("echo x > four", "four", "was changed since"),
        ("mv four five", "five", "something else is there now"),
    ] {
        let world = world();
        let mut journal = journal(&world);
        run(&world, text, &mut journal).unwrap();
        journal.undo(None).unwrap();
        fs::write(world.path(meanwhile), "someone else's").unwrap();
        let before = tree(&world.path(""));
        let error = journal.redo(None).unwrap_err();
        assert!(error.to_string().contains(told), "{text}: {error}");
        assert_eq!(tree(&world.path("")), before, "{text}");
    }
}

#[test]
fn what_is_kept_makes_room_from_the_oldest() {
    let world = world();
    fs::write(world.path("big1"), vec![b'x'; 60_000]).unwrap();
    fs::write(world.path("big2"), vec![b'y'; 60_000]).unwrap();
    let limits = Limits { max_bytes: 100_000, ..LIMITS };
    let mut journal = Journal::open(&world.root().join("changes.sqlite"), limits).unwrap();
    let first = run(&world, "rm big1", &mut journal).unwrap().run;
    assert_eq!(journal.kept_bytes().unwrap(), 60_000);
    let second = run(&world, "echo x > big2", &mut journal).unwrap().run;
    assert_eq!(journal.kept_bytes().unwrap(), 60_000);
    let error = journal.undo(first).unwrap_err();
    assert!(error.to_string().contains("too old"), "{error}");
    journal.undo(second).unwrap();
    assert_eq!(fs::read(world.path("big2")).unwrap().len(), 60_000);
}

#[test]
fn what_cannot_be_undone_is_put_beside() {
    let world = world();
    let mut journal = journal(&world);
    run(&world, "echo new > d/e/two; rm -r f; mv four d/one", &mut journal).unwrap();
    fs::write(world.path("d/e/two"), "someone else's").unwrap();
    fs::write(world.path("f"), "someone else's").unwrap();
    let error = llmsh::diagnostic::Diagnostic::from(journal.undo(None).unwrap_err()).to_string();
    assert!(error.contains("llmsh undo --beside"), "{error}");
    let names = journal.restore_beside(None).unwrap();
    let expected = ["d/e/two.restored", "f.restored", "d/one.restored"].map(|n| world.path(n));
    assert_eq!(names, expected);
    let content = |name: &str| fs::read_to_string(world.path(name)).unwrap();
    assert_eq!(content("d/e/two.restored"), "22\n");
    assert_eq!(content("f.restored/three"), "333\n");
    assert_eq!(content("d/one.restored"), "1\n");
    assert_eq!(content("d/e/two"), "someone else's");
    let mode = fs::metadata(world.path("d/e/two.restored")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o4751);
    // What was brought back is a run of its own.
    journal.undo(None).unwrap();
    assert!(!world.path("d/e/two.restored").exists() && !world.path("f.restored").exists());
}

#[test]
fn a_list_says_what_each_undo_would_do() {
    let world = world();
    let mut journal = journal(&world);
    run(&world, "rm four; mkdir new; echo x > f/three", &mut journal).unwrap();
    let arguments =
        llmsh::undo::command::UndoArguments { list: true, json: true, ..Default::default() };
    let mut output = Vec::new();
    llmsh::undo::command::undo(&arguments, &mut journal, &mut output).unwrap();
    let list: serde_json::Value = serde_json::from_slice(&output).unwrap();
    let plan = &list["plans"][0];
    assert_eq!((plan["state"].as_str(), plan["changes"].as_u64()), (Some("ended"), Some(3)));
    let restores: Vec<_> = plan["restores"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["what"].as_str().unwrap(), PathBuf::from(one["path"].as_str().unwrap())))
        .collect();
    let expected = [("content", "f/three"), ("removed", "new"), ("back", "four")];
    assert_eq!(restores, expected.map(|(what, name)| (what, world.path(name))));
    assert!(list["kept_bytes"].as_u64() >= Some(4) && list["most_bytes"].as_u64() > Some(0));
}

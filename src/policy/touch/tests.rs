//! How far effects reach, and when a directory counts as emptied.

use super::*;
use crate::plan::effect::Effects;
use crate::plan::operation::Clobber;
use crate::policy::example_compiler;

/// A home directory with two files.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { root: tempfile::tempdir().expect("there is room") };
        for name in ["a", "b"] {
            std::fs::write(world.path(name), "").expect("the directory is the test's");
        }
        world
    }

    fn home(&self) -> PathBuf {
        self.root.path().canonicalize().expect("the directory is there")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    fn places(&self) -> Places {
        Places::new(Some(&self.home()), &[])
    }

    /// `chmod` of both files, the effects being these.
    fn step(&self, options: &str, deeds: &[Deed]) -> Step {
        let (a, b) = (self.path("a"), self.path("b"));
        let line = format!("chmod {options} 600 {} {}", a.display(), b.display());
        let mut plan = example_compiler(&self.places())(&line).expect("chmod is there");
        let mut step = plan.steps.remove(0);
        step.effects = Effects::default();
        for deed in deeds {
            step.effects.merge(Effects::to(*deed, [a.clone(), b.clone()]));
        }
        step
    }

    fn touches(&self, step: &Step) -> Vec<Touch> {
        touches(step, &self.places(), &Names::default()).expect("its paths are absolute")
    }

    /// How far the change of the first file reaches, and whether the home counts as changed.
    fn changed(&self, step: &Step) -> (Reach, bool) {
        let touches = self.touches(step);
        let on = |path: &Path| {
            let found = touches.iter().find(|touch| {
                touch.effect == Effect::Changes && touch.places.iter().any(|place| place == path)
            });
            found.map(|touch| touch.reach)
        };
        (on(&self.path("a")).expect("it changes"), on(&self.home()).is_some())
    }
}

#[test]
fn a_change_reaches_a_tree_by_its_operation_or_by_its_effects() {
    let world = World::new();
    // What the operation does counts, whether or not its effects say so.
    assert_eq!(world.changed(&world.step("-R", &[Deed::Changes])), (Reach::Tree, true));
    let mut program = world.step("", &[Deed::Changes, Deed::Within]);
    program.operation = Operation::Run;
    assert_eq!(world.changed(&program), (Reach::Tree, true));
    assert_eq!(world.changed(&world.step("", &[Deed::Changes])), (Reach::One, false));
}

#[test]
fn what_is_too_much_to_look_at_counts_as_gone() {
    let world = World::new();
    let empty = world.path("empty");
    std::fs::create_dir(&empty).unwrap();
    // The last of the list is looked at first.
    let stays_behind = |directories: usize| {
        let mut paths = vec![empty.clone(); directories];
        paths.insert(0, world.path("a"));
        stays(paths, &BTreeSet::new())
    };
    assert!(stays_behind(0) && stays_behind(1));
    assert!(stays_behind(19_999));
    assert!(!stays_behind(20_000));
}

#[test]
fn what_goes_does_not_stay_and_neither_does_an_empty_directory() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    let stays_of = |names: &[&str], gone: &[&str]| {
        let paths = |names: &[&str]| names.iter().map(|name| world.path(name)).collect::<Vec<_>>();
        stays(paths(names), &paths(gone).into_iter().collect())
    };
    assert!(stays_of(&["a", "d"], &[]));
    assert!(!stays_of(&["a", "d"], &["a"]));
    std::fs::write(world.path("d/e"), "").unwrap();
    assert!(stays_of(&["a", "d"], &["a"]));
    assert!(!stays_of(&["a", "d"], &["a", "d/e"]));
}

#[test]
fn what_is_lost_is_deleted_whatever_it_is() {
    let lost = Touch { lost: true, ..Touch::nowhere(Effect::Signals, Reach::Some) };
    assert_eq!(lost.words(), "deletes signals");
    assert!(lost.is(Effect::Deletes) && lost.is(Effect::Signals) && !lost.is(Effect::Changes));
    let unlisted = Touch::nowhere(Effect::Changes, Reach::Some);
    assert_eq!(unlisted.words(), "changes what is not listed");
    assert!(unlisted.is(Effect::Changes) && !unlisted.is(Effect::Deletes));
    assert_eq!(Touch::nowhere(Effect::Network, Reach::One).words(), "network");
}

#[test]
fn a_file_that_moves_has_nothing_below_it_and_a_directory_has() {
    let world = World::new();
    std::fs::create_dir(world.path("d")).unwrap();
    for (name, reach) in [("a", Reach::One), ("d", Reach::Tree), ("not yet there", Reach::Tree)] {
        let mut step = world.step("", &[]);
        step.operation = Operation::Run;
        step.effects = Effects::to(Deed::Moves, [world.path(name)]);
        assert_eq!(world.touches(&step)[0].reach, reach, "{name}");
    }
}

#[test]
fn only_operations_of_our_own_leave_what_a_link_leads_to_alone() {
    let world = World::new();
    std::os::unix::fs::symlink("a", world.path("link")).unwrap();
    let places = |operation: Operation, deed: Deed| {
        let mut step = world.step("", &[]);
        step.operation = operation;
        step.effects = Effects::to(deed, [world.path("link")]);
        world.touches(&step)[0].places.clone()
    };
    let both = [world.path("link"), world.path("a")];
    assert_eq!(places(Operation::Run, Deed::Changes), both);
    assert_eq!(places(Operation::Run, Deed::Reads), both);
    let moved = || Operation::Move { pairs: Vec::new(), clobber: Clobber::Refuse };
    assert_eq!(places(moved(), Deed::Moves), both[..1]);
    // What it reads it reads through the link.
    assert_eq!(places(moved(), Deed::Reads), both);
}

#[test]
fn a_symbolic_link_is_read_from_where_it_lies() {
    let link = |target: &str, path: &str, symbolic: bool| {
        let mut names = Names::default();
        names.take_over(&Operation::Link {
            target: target.into(),
            path: path.into(),
            symbolic,
            clobber: Clobber::Refuse,
        });
        names.0
    };
    for (target, symbolic, leads_to) in [
        ("x", true, "/nonexistent/d/x"),
        ("../x", true, "/nonexistent/x"),
        ("/nonexistent/y", true, "/nonexistent/y"),
        ("/nonexistent/y", false, "/nonexistent/y"),
    ] {
        let expected = (PathBuf::from("/nonexistent/d/link"), PathBuf::from(leads_to));
        assert_eq!(link(target, "/nonexistent/d/link", symbolic), [expected], "{target}");
    }
}

//! How far effects reach, and when a directory counts as emptied.

use super::*;
use crate::plan::effect::Effects;
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

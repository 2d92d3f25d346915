use std::fs;

use tempfile::TempDir;

use super::*;
use crate::plan::compile::compile;
use crate::shell::Shell;

/// Compiles in a directory that lives as long as this.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            fs::write(directory.path().join(name), name).unwrap();
        }
        fs::create_dir(directory.path().join("sub")).unwrap();
        Self(directory)
    }

    fn plan(&self, text: &str) -> Plan {
        let environment =
            [("PATH", "/usr/bin:/bin")].map(|(name, value)| (name.into(), value.into()));
        let mut shell = Shell::new("llmsh", environment.into_iter());
        shell.directory = Some(self.0.path().to_str().unwrap().into());
        compile("request", text.as_bytes(), &mut shell).unwrap()
    }

    /// The arranged text, once it is certain that it compiles to those steps.
    fn text(&self, plan: &Plan, arrangement: &Arrangement) -> Result<String, Fixed> {
        let text = arrangement.text(plan, None)?.to_string();
        let again = self.plan(&text);
        let kept: Vec<&Step> = arrangement.kept().map(|step| &plan.steps[step]).collect();
        assert_eq!(again.steps.len(), kept.len(), "{text}");
        for (new, old) in again.steps.iter().zip(&kept) {
            assert_eq!((&new.command, &new.operation), (&old.command, &old.operation), "{text}");
            for need in &old.needs {
                let place = kept.iter().position(|step| step.id == need.step).unwrap() + 1;
                assert!(reaches(&again, new.id, place), "{text}: {} and {place}", new.id);
            }
        }
        Ok(text)
    }
}

/// Whether a step needs another, if only through others.
fn reaches(plan: &Plan, step: usize, other: usize) -> bool {
    plan.steps[step - 1]
        .needs
        .iter()
        .any(|need| need.step == other || reaches(plan, need.step, other))
}

fn off(plan: &Plan, steps: &[usize]) -> Arrangement {
    let mut arrangement = Arrangement::of(plan);
    for step in steps {
        arrangement.toggle(plan, *step);
    }
    arrangement
}

#[test]
fn steps_that_depend_on_one_fall_with_it() {
    let plan = Place::new().plan("mkdir new; cp a new/; echo hello; rm b && rm c");
    assert_eq!(without(&plan, 0), BTreeSet::from([0, 1]));
    assert_eq!(without(&plan, 1), BTreeSet::from([1]));
    assert_eq!(without(&plan, 3), BTreeSet::from([3, 4]));
}

#[test]
fn what_is_switched_on_brings_what_it_needs() {
    let plan = Place::new().plan("mkdir new; cp a new/; rm b");
    let mut arrangement = off(&plan, &[0]);
    assert_eq!(arrangement.kept().collect::<Vec<_>>(), [2]);
    assert_eq!(arrangement.toggle(&plan, 1), BTreeSet::from([0]));
    assert!(arrangement.is_original());
}

#[test]
fn a_removal_never_slips_out_of_its_directory() {
    let place = Place::new();
    let plan = place.plan("cd sub; rm -f a");
    assert_eq!(without(&plan, 0), BTreeSet::from([0, 1]));
    let moved = Arrangement::of(&plan).moved(&plan, 1, Direction::Up);
    assert_eq!(moved, Err(Fixed::Environment));
    let plan = place.plan("x=a; rm $x; rm b");
    assert_eq!(without(&plan, 0), BTreeSet::from([0, 1]));
}

#[test]
fn the_rest_of_a_plan_is_written_with_its_conditions() {
    let place = Place::new();
    let plan = place.plan("rm a; mkdir new && cp b new && rm c; echo done");
    assert_eq!(
        place.text(&plan, &off(&plan, &[0])),
        Ok("mkdir new && cp b new && rm c\necho done".to_owned())
    );
    assert_eq!(
        place.text(&plan, &off(&plan, &[3])),
        Ok("rm a\nmkdir new && cp b new\necho done".to_owned())
    );
    assert_eq!(place.text(&plan, &off(&plan, &[0, 1, 4])), Err(Fixed::Nothing));
}

#[test]
fn every_form_of_condition_compiles_to_itself() {
    let place = Place::new();
    for text in [
        "rm a && { rm b; rm c; }",
        "{ rm a && rm b; rm c; } && echo x",
        "rm a && { rm b; rm c; } && echo x",
        "{ rm a || rm b; } && rm c",
        "rm a && { sort b & } && rm c",
        "cat <<E && rm a\ntext\nE",
        "rm a && cat <<E\ntext\nE",
        "for f in a b; do rm $f && echo $f; done && rm c",
        "rm a && if rm b; then\nrm c\nfi && echo x",
        "! rm a && rm b",
    ] {
        let plan = place.plan(text);
        assert!(place.text(&plan, &Arrangement::of(&plan)).is_ok(), "{text}");
    }
}

#[test]
fn steps_move_where_nothing_ties_them() {
    let place = Place::new();
    let plan = place.plan("rm a; rm b && rm c; mkdir new");
    let arrangement = Arrangement::of(&plan);
    let moved = arrangement.moved(&plan, 0, Direction::Down).unwrap();
    assert_eq!(moved.order(), [1, 2, 0, 3]);
    assert_eq!(place.text(&plan, &moved), Ok("rm b && rm c\nrm a\nmkdir new".to_owned()));
    assert_eq!(moved.moved(&plan, 0, Direction::Up), Ok(arrangement.clone()));
    assert_eq!(arrangement.moved(&plan, 2, Direction::Up), Err(Fixed::Chain));
    assert_eq!(arrangement.moved(&plan, 0, Direction::Up), Err(Fixed::End));
    assert_eq!(arrangement.moved(&plan, 3, Direction::Down), Err(Fixed::End));
    let plan = place.plan("mkdir new; cp a new/");
    let moved = Arrangement::of(&plan).moved(&plan, 0, Direction::Down);
    assert_eq!(moved, Err(Fixed::Needed));
}

#[test]
fn a_step_that_uses_the_variable_of_a_loop_stays() {
    let place = Place::new();
    let plan = place.plan("for f in a b; do sort $f > sub/$f; done; rm c");
    assert_eq!(off(&plan, &[2]).text(&plan, None), Err(Fixed::Loop));
    let plan = place.plan("for f in a b; do rm $f; done; rm c");
    assert_eq!(place.text(&plan, &off(&plan, &[1])), Ok("rm a\nrm c".to_owned()));
}

#[test]
fn one_command_is_replaced() {
    let place = Place::new();
    let plan = place.plan("rm a && rm b; rm c");
    let text = Arrangement::of(&plan).text(&plan, Some((0, b"echo x || rm b"))).unwrap();
    assert_eq!(text, "{\necho x || rm b\n} && rm b\nrm c");
}

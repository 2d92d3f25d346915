//! Of which steps and of which single effects a rule speaks.

use super::*;
use crate::policy::example_compiler;
use crate::policy::raw::RawFile;
use crate::policy::touch::{Names, touches};

fn places() -> Places {
    Places::new(Some(Path::new("/nonexistent/home")), &[])
}

/// A rule with these further lines.
fn rule(lines: &str) -> Rule {
    let text =
        format!("[[rule]]\nname = \"mine\"\ndecision = \"allow\"\nreason = \"r\"\n{lines}\n");
    let file: RawFile = toml::from_str(&text).expect("the test writes TOML");
    file.rule[0].resolve(Source::User, &places()).expect("the test writes a rule")
}

/// The last step of a command line.
fn step(line: &str) -> Step {
    let mut plan =
        example_compiler(&places())(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    plan.steps.pop().expect("a plan has steps")
}

fn speaks(rule: &Rule, step: &Step) -> bool {
    let places = places();
    let touches = touches(step, &places, &Names::default()).expect("its paths are absolute");
    rule.applies(step, &touches, &places)
}

#[test]
fn a_rule_about_single_effects_does_not_speak_of_a_step_without_any() {
    for (lines, spoken_of) in [
        ("effect = \"creates\"", "touch /nonexistent/x"),
        ("path = \"/nonexistent/**\"", "touch /nonexistent/x"),
        ("recursive = true", "rm -r /nonexistent/x"),
        ("itself = true", "touch /nonexistent/x"),
        ("unlisted = true", "ls | xargs rm"),
    ] {
        let rule = rule(lines);
        assert!(speaks(&rule, &step(spoken_of)), "{lines}: {spoken_of}");
        assert!(!speaks(&rule, &step("true")), "{lines}");
        let met = rule.met_by(&[on(Effect::Signals, &[], Reach::One)], &places()).len();
        assert_eq!(met, usize::from(lines == "itself = true"), "{lines}");
    }
    assert!(speaks(&rule(""), &step("true")));
    assert!(rule("").met_by(&[on(Effect::Reads, &["/a"], Reach::One)], &places()).is_empty());
}

fn on(effect: Effect, places: &[&str], reach: Reach) -> Touch {
    Touch { effect, lost: false, places: places.iter().map(Into::into).collect(), reach }
}

#[test]
fn a_rule_that_loosens_covers_what_it_names_and_nothing_else() {
    use Effect::{Creates, Deletes, Network, Privilege, Reads, Unknown};
    for (lines, touch, covered) in [
        // What is not known, and the rights of others, are covered by name alone.
        ("", on(Network, &[], Reach::One), true),
        ("", on(Reads, &["/a"], Reach::One), true),
        ("", on(Unknown, &[], Reach::One), false),
        ("", on(Privilege, &[], Reach::One), false),
        ("effect = \"privilege\"", on(Privilege, &[], Reach::One), true),
        ("effect = \"reads\"", on(Creates, &["/a"], Reach::One), false),
        // Where places are given, so is what has none.
        ("path = \"/a/**\"", on(Reads, &["/a/x"], Reach::One), true),
        ("path = \"/a/**\"", on(Reads, &["/b"], Reach::One), false),
        ("path = \"/a/**\"", on(Reads, &["/a/x", "/b"], Reach::One), false),
        ("path = \"/a/**\"", on(Network, &[], Reach::One), false),
        ("path = \"/a/**\"\neffect = \"network\"", on(Network, &[], Reach::One), true),
        // A tree lies in a place only with all that is in it.
        ("path = \"/a/*\"", on(Deletes, &["/a/x"], Reach::One), true),
        ("path = \"/a/*\"", on(Deletes, &["/a/x"], Reach::Tree), false),
        ("path = \"/a/**\"", on(Deletes, &["/a/x"], Reach::Tree), true),
        ("path = \"class:home\"", on(Deletes, &["/nonexistent/home"], Reach::Tree), false),
        ("recursive = true", on(Deletes, &["/a"], Reach::One), false),
        ("recursive = true", on(Deletes, &["/a"], Reach::Tree), true),
        ("itself = true", on(Deletes, &["/a"], Reach::Some), false),
        ("itself = true", on(Deletes, &["/a"], Reach::Tree), true),
        ("unlisted = true", on(Deletes, &["/a"], Reach::Some), false),
        ("unlisted = true", on(Deletes, &[], Reach::One), false),
        ("unlisted = true", on(Deletes, &[], Reach::Some), true),
    ] {
        let conditions = rule(lines).conditions;
        assert_eq!(conditions.cover_touch(&touch, &places()), covered, "{lines}: {touch:?}");
    }
}

#[test]
fn a_step_is_allowed_by_the_names_of_programs_only_where_these_are_all_that_it_starts() {
    let allows = rule("program = \"ls\"\noverrides = \"confirm-reading\"");
    for (line, allowed) in [
        ("ls", true),
        ("/bin/ls", true),
        ("ls | ls", true),
        ("{ ls; }", true),
        // It starts no program, or not only this one.
        ("true", false),
        ("true | ls", false),
        ("ls | cat", false),
    ] {
        assert_eq!(speaks(&allows, &step(line)), allowed, "{line}");
    }
    // A function of the name of a program is not that program.
    let mut function = step("ls");
    function.programs = vec!["rm".into()];
    assert!(!starts_only_programs(&function));
    let removes = rule("program = \"rm\"\noverrides = \"confirm-reading\"");
    assert!(!speaks(&removes, &function));
    function.programs.clear();
    assert!(!speaks(&allows, &function));
}

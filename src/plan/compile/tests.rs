//! Tests of the compiler: what a text becomes in a directory with known files.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::plan::effect::{Act, Deed, Risk};

/// A directory with two texts, a PDF, a directory with a file, and a link.
fn directory() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("a.txt"), "alpha\n").unwrap();
    fs::write(path("b.txt"), "beta\n").unwrap();
    fs::write(path("r.pdf"), "pdf\n").unwrap();
    fs::create_dir(path("sub")).unwrap();
    fs::write(path("sub/deep.txt"), "deep\n").unwrap();
    std::os::unix::fs::symlink("a.txt", path("link")).unwrap();
    directory
}

fn shell(directory: &Path) -> Shell {
    // The home directory that is protected is the one of the process.
    let home = std::env::var("HOME").unwrap();
    let environment = [("PATH", "/usr/bin:/bin"), ("HOME", home.as_str())];
    let bytes = |(name, value): (&str, &str)| (BString::from(name), BString::from(value));
    let mut shell = Shell::new("llmsh", environment.map(bytes).into_iter());
    shell.directory = Some(directory.to_str().unwrap().into());
    shell
}

fn compiled(text: &str) -> Result<Plan, CompileError> {
    let directory = directory();
    compile("request", text.as_bytes(), &mut shell(directory.path()))
}

/// The steps as one line each: operation, risk, what they need, command.
fn steps(text: &str) -> Vec<String> {
    let plan = compiled(text).unwrap();
    let line = |step: &Step| {
        let needs: Vec<String> = step.needs.iter().map(|need| need.step.to_string()).collect();
        let (name, risk) = (step.operation.name(), step.effects.risk().name());
        format!("{name} {risk} [{}] {}", needs.join(","), step.command)
    };
    plan.steps.iter().map(line).collect()
}

fn greatest_risk(plan: &Plan) -> Risk {
    plan.steps.iter().map(|step| step.effects.risk()).max().unwrap()
}

fn risk(text: &str) -> Risk {
    greatest_risk(&compiled(text).unwrap())
}

#[test]
fn a_new_directory_and_a_move_into_it_are_two_typed_steps() {
    for text in ["mkdir reports && mv *.txt reports/", "mkdir -p reports\nmv *.txt reports"] {
        let lines = steps(text);
        assert!(lines[0].starts_with("make_directory write []"), "{lines:?}");
        assert!(lines[1].starts_with("move write [1]"), "{lines:?}");
        let Operation::Move { pairs, .. } = &compiled(text).unwrap().steps[1].operation.clone()
        else {
            panic!("{lines:?}")
        };
        let names: Vec<_> = pairs
            .iter()
            .map(|(from, to)| (from.file_name().unwrap(), to.iter().rev().nth(1).unwrap()))
            .collect();
        assert_eq!(
            names,
            [("a.txt".as_ref(), "reports".as_ref()), ("b.txt".as_ref(), "reports".as_ref())]
        );
    }
}

#[test]
fn each_kind_of_change_is_typed() {
    for (text, expected) in [
        ("cd sub", "change_directory write [] cd sub"),
        ("x=1", "set_variable write [] x=1"),
        ("export x=1", "set_variable write [] export x=1"),
        ("mkdir new", "make_directory write [] mkdir new"),
        ("rm a.txt", "remove delete [] rm a.txt"),
        ("rmdir sub", "remove delete [] rmdir sub"),
        ("rm -rf sub", "remove delete [] rm -rf sub"),
        ("mv a.txt c.txt", "move write [] mv a.txt c.txt"),
        ("cp a.txt c.txt", "copy write [] cp a.txt c.txt"),
        ("cp -r sub sub2", "copy write [] cp -r sub sub2"),
        ("ln -s a.txt l", "link write [] ln -s a.txt l"),
        ("chmod u+x a.txt", "change_mode write [] chmod u+x a.txt"),
        ("touch new", "write_file write [] touch new"),
        ("echo hi >new", "write_file write [] echo hi >new"),
        ("printf '%s\\n' x >>a.txt", "write_file write [] printf '%s\\n' x >>a.txt"),
        ("kill -9 4242", "send_signal write [] kill -9 4242"),
        ("ls -l | wc -l", "run read [] ls -l | wc -l"),
        ("if true; then ls; fi", "compound read [] if true; then ls; fi"),
    ] {
        assert_eq!(steps(text), [expected], "{text}");
    }
}

#[test]
fn what_is_not_understood_stays_a_command_with_unknown_effects() {
    for text in [
        "mv --exchange a.txt b.txt",
        "cp --backup a.txt c.txt",
        "rm --one-file-system -r sub",
        "mkdir --context=x new",
        "ls --no-such-option",
        "find . -regex x -delete",
        "find . -exec rm {} +",
        "ls | xargs rm",
        "env rm a.txt",
        "nohup rm a.txt",
        "eval 'rm a.txt'",
        "sh -c 'rm a.txt'",
        "./script",
        "awk '{ system(\"rm a.txt\") }' a.txt",
        "rm $(ls)",
        "f() { rm a.txt; }; f",
        "PATH=. ls",
    ] {
        if let Err(CompileError::Missing(names)) = compiled(text) {
            // A machine without the program cannot plan with it.
            assert!(
                ["git", "./script"].iter().any(|name| names.contains(&(*name).into())),
                "{text}"
            );
            continue;
        }
        let risk = risk(text);
        assert!(risk >= Risk::Unknown, "{text}: {risk:?}");
    }
}

#[test]
fn privileges_are_seen_through_wrappers() {
    for text in
        ["sudo ls", "sudo -u x rm a.txt", "ls; su", "if true; then sudo ls; fi", "echo $(sudo ls)"]
    {
        match compiled(text) {
            Ok(plan) => assert_eq!(greatest_risk(&plan), Risk::Privilege, "{text}"),
            Err(CompileError::Missing(names)) => assert!(names.contains(&"sudo".into()), "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
    }
}

#[test]
fn reading_is_reading() {
    for text in [
        "ls -la",
        "du -sh * | sort -h | tail -n 5",
        "find . -type f -name '*.txt' -size +1k",
        "grep -rn alpha .",
        "wc -l *.txt",
        "cat a.txt b.txt",
        "echo hello",
        "df -h",
        "ps aux",
        "awk '{ print $1 }' a.txt",
        "sed -n 1,2p a.txt",
        "ls > /dev/null",
        "ls 2>/dev/null",
        "for f in *.txt; do wc -l \"$f\"; done",
    ] {
        assert_eq!(risk(text), Risk::Read, "{text}: {:?}", steps(text));
    }
}

#[test]
fn what_is_known_only_later_is_one_word_and_may_be_any() {
    for (text, expected) in [
        ("while read -r line; do echo \"$line\"; done < a.txt", Risk::Write),
        ("while read -r f; do wc -l \"$f\"; done < a.txt", Risk::Write),
        ("while read -r f; do rm -- \"$f\"; done < a.txt", Risk::Delete),
        ("ls | while read -r f; do touch -- \"x $f\"; done", Risk::Unknown),
        // What holds a value may be evaluated.
        ("while read -r f; do echo \"${!f}\"; done < a.txt", Risk::Unknown),
        ("while read -r n; do echo \"$((n))\"; done < a.txt", Risk::Unknown),
        ("while read -r n; do (( n > 1 )) && echo x; done < a.txt", Risk::Unknown),
        ("while read -r n; do echo \"${a[n]}\"; done < a.txt", Risk::Unknown),
        ("while read -r n; do echo \"${a:n}\"; done < a.txt", Risk::Unknown),
        ("while read -r n; do declare -i m=n; done < a.txt", Risk::Unknown),
        ("while read -r 'a[n]'; do echo x; done < a.txt", Risk::Unknown),
        ("while read -r o; do printf \"$o\" PATH /tmp; done < a.txt", Risk::Unknown),
        ("while read -r p; do split -- a.txt \"$p\"; done < a.txt", Risk::Unknown),
        ("while read -r f; do find . -exec touch -- \"$f\" \\;; done < a.txt", Risk::Unknown),
        ("while read -r f; do curl -d -- \"$f\" x.org; done < a.txt", Risk::Unknown),
        // It may be an option, or several words, or a command.
        ("while read -r f; do rm \"$f\"; done < a.txt", Risk::Delete),
        ("while read -r f; do touch -- $f; done < a.txt", Risk::Unknown),
        ("while read -ra f; do touch -- \"${f[@]}\"; done < a.txt", Risk::Unknown),
        ("while read -r f; do \"$f\"; done < a.txt", Risk::Unknown),
        ("while read -r f; do sh -c \"$f\"; done < a.txt", Risk::Unknown),
        ("while read -r f; do eval \"$f\"; done < a.txt", Risk::Unknown),
        ("while read -r f; do cd \"$f\" && ls; done < a.txt", Risk::Unknown),
        ("while read -r f; do sed \"$f\" a.txt; done < a.txt", Risk::Unknown),
        ("while read -r PATH; do ls; done < a.txt", Risk::Unknown),
        ("while read -r f; do echo x > \"$f\"; done < a.txt", Risk::Unknown),
    ] {
        assert_eq!(risk(text), expected, "{text}");
    }
    // What a loop set is not known behind it.
    let text = "f=a.txt; while read -r f; do :; done < b.txt; rm -- \"$f\"";
    let plan = compiled(text).unwrap();
    let last = plan.steps.last().unwrap();
    assert!(
        !last
            .effects
            .any(|act| matches!(act, Act::To(Deed::Deletes, path) if path.ends_with("a.txt")))
    );
    assert_eq!(greatest_risk(&plan), Risk::Delete);
}

#[test]
fn redirections_are_effects() {
    let plan = compiled("ls > list; sort < a.txt >> b.txt").unwrap();
    let effects = |step: usize| plan.steps[step].effects.clone();
    assert!(effects(0).paths(Deed::Creates).any(|path| path.ends_with("list")));
    assert!(effects(1).paths(Deed::Changes).any(|path| path.ends_with("b.txt")));
    assert!(effects(1).paths(Deed::Reads).any(|path| path.ends_with("a.txt")));
}

#[test]
fn a_directory_and_a_variable_hold_for_the_steps_after_them() {
    let plan = compiled("cd sub && name=deep && rm \"$name.txt\"").unwrap();
    let Operation::Remove { paths, .. } = &plan.steps[2].operation else { panic!() };
    assert!(paths[0].ends_with("sub/deep.txt"), "{paths:?}");
    let needs: Vec<usize> = plan.steps[2].needs.iter().map(|need| need.step).collect();
    // Step 2 needs step 1.
    assert_eq!(needs, [2]);
}

#[test]
fn nothing_is_typed_after_a_step_that_may_have_moved_the_shell() {
    for text in [
        "cd -; rm a.txt",
        "cd -; rm \"$PWD/a.txt\"",
        "eval 'cd sub'; rm a.txt",
        "if cd sub; then :; fi; rm a.txt",
        "read x < a.txt; rm \"$x\"",
        ". ./a.txt; rm a.txt",
        "cd - && echo x > a.txt",
    ] {
        let plan = compiled(text).unwrap();
        let last = plan.steps.last().unwrap();
        assert!(!last.operation.is_typed(), "{text}: {last:?}");
        assert!(
            last.effects.why_unknown().is_some() && last.effects.writes().next().is_none(),
            "{text}: {last:?}"
        );
        assert_eq!(last.needs.iter().map(|need| need.step).collect::<Vec<_>>(), [1], "{text}");
    }
}

#[test]
fn independent_steps_do_not_need_each_other() {
    assert_eq!(
        steps("rm a.txt; mkdir new; cp b.txt c.txt"),
        [
            "remove delete [] rm a.txt",
            "make_directory write [] mkdir new",
            "copy write [] cp b.txt c.txt",
        ]
    );
    assert_eq!(
        steps("cp a.txt c.txt; rm a.txt; cat c.txt"),
        ["copy write [] cp a.txt c.txt", "remove delete [1] rm a.txt", "run read [1] cat c.txt"]
    );
}

#[test]
fn loops_over_known_words_are_unrolled() {
    assert_eq!(
        steps("for f in *.txt; do mv -- \"$f\" \"${f%.txt}.md\"; done"),
        ["move write [] mv -- a.txt a.md", "move write [] mv -- b.txt b.md"]
    );
    // Each round is shown with what it will really do.
    assert_eq!(steps("for n in 1 2; do mkdir d$n && touch d$n/f; done").len(), 4);
    // What cannot be known beforehand stays whole.
    for text in ["for f in $(ls); do rm \"$f\"; done", "while read f; do rm \"$f\"; done < a.txt"] {
        let lines = steps(text);
        assert!(lines.len() == 1 && lines[0].starts_with("compound delete"), "{lines:?}");
    }
}

#[test]
fn a_pattern_sees_what_earlier_steps_change() {
    // The new file matches, so the names are not those of now.
    let plan = compiled("touch c.txt; rm *.txt").unwrap();
    assert_eq!(plan.steps[1].operation, Operation::Run);
    assert!(plan.steps[1].effects.why_unknown().is_some());
    let plan = compiled("touch c.md; rm *.txt").unwrap();
    assert!(plan.steps[1].operation.is_typed());
}

#[test]
fn a_pattern_without_a_match_is_told() {
    for text in ["cat *.nope", "rm -f *.nope", "cat *.nope | wc -l"] {
        let plan = compiled(text).unwrap();
        assert_eq!(plan.steps[0].warnings, ["*.nope matches nothing here"], "{text}");
    }
}

#[test]
fn what_is_overwritten_is_told() {
    for text in ["echo x > a.txt", "mv b.txt a.txt", "cp b.txt a.txt"] {
        let plan = compiled(text).unwrap();
        assert!(plan.steps[0].warnings.iter().any(|warning| warning.contains("a.txt")), "{text}");
    }
}

#[test]
fn or_and_background_stay_whole() {
    for text in ["rm a.txt || echo no", "rm a.txt &"] {
        let lines = steps(text);
        assert!(lines.len() == 1 && lines[0].starts_with("compound"), "{lines:?}");
        assert!(risk(text) >= Risk::Unknown, "{text}");
    }
}

#[test]
fn what_is_no_plan_says_why() {
    assert_eq!(compiled("  # only a comment\n"), Err(CompileError::Empty));
    let missing = compiled("frobnicate-the-disk --now; ls | no-such-filter").unwrap_err();
    assert_eq!(
        missing,
        CompileError::Missing(vec!["frobnicate-the-disk".into(), "no-such-filter".into()])
    );
    assert!(missing.feedback().contains("frobnicate-the-disk"));
    for text in ["Sure! Here is the command (in bash):", "if true; then", "echo 'unclosed", "ls )"]
    {
        let error = compiled(text).unwrap_err();
        assert!(
            matches!(error, CompileError::Syntax(_) | CompileError::Missing(_)),
            "{text}: {error:?}"
        );
    }
    let unsupported = compiled("echo ${x!y}").unwrap_err();
    assert!(unsupported.feedback().contains("POSIX"), "{}", unsupported.feedback());
    let long = format!("echo {}", "x".repeat(70_000));
    assert!(matches!(compiled(&long), Err(CompileError::TooLarge(_))));
    let many = "ls\n".repeat(600);
    assert!(matches!(compiled(&many), Err(CompileError::TooLarge(_))));
}

#[test]
fn names_are_shown_without_what_a_terminal_obeys() {
    let directory = directory();
    fs::write(directory.path().join("evil\u{1b}[2J\n.log"), "").unwrap();
    let plan = compile("request", b"rm *.log", &mut shell(directory.path())).unwrap();
    let shown = &plan.steps[0].explanation;
    assert!(!shown.contains(['\u{1b}', '\n']) && shown.contains("\\x1b"), "{shown}");
}

//! How assistants that run commands were bypassed: each way that the threat model
//! lists is a test of its name here (`docs/security.md`).

mod support;

use std::fs;
use std::path::Path;

use llmsh::exec;
use llmsh::plan::Step;
use llmsh::plan::compile::CompileError;
use llmsh::plan::effect::{Deed, Risk};
use llmsh::policy::approval::{self, Approvals};
use llmsh::policy::{Ceiling, Decision};
use llmsh::review::text::{self, Style};
use llmsh::review::{self, ApprovedPlan};
use support::{Place, Run, World};

const PROGRAMS: &[&str] = &[
    "ls", "cat", "rm", "mv", "cp", "mkdir", "touch", "sort", "sed", "xargs", "rg", "git", "man",
    "sh", "find", "curl", "awk", "tar", "env", "sudo", "frob", "less", "typeset",
];

/// What a step deletes.
fn deleted(step: &Step) -> Vec<&Path> {
    step.effects.paths(Deed::Deletes).collect()
}

fn world() -> World {
    World::new(PROGRAMS.iter().copied())
}

fn risk(world: &World, text: &str) -> Risk {
    let plan = world.plan(text);
    plan.steps.iter().map(|step| step.effects.risk()).max().expect("a plan has steps")
}

fn approved(world: &World, text: &str) -> ApprovedPlan {
    review::unattended(world.plan(text), world.policy(), Some(Ceiling::All))
        .unwrap_or_else(|(_, reason)| panic!("{text}: {reason}"))
}

#[test]
fn every_command_of_a_list_is_judged_and_not_only_the_first() {
    let world = world();
    for text in [
        "ls && rm -r sub",
        "ls; rm -r sub",
        "ls | cat; ls || rm -r sub",
        "ls & rm -r sub",
        "if ls; then rm -r sub; fi",
        "while ls; do rm -r sub; done",
        "for name in a b; do rm -r \"sub/$name\"; done",
        "case a in a) rm -r sub ;; esac",
        "{ ls; rm -r sub; }",
        "(ls; rm -r sub)",
        "ls \"$(rm -r sub)\"",
        "ls `rm -r sub`",
        "cat <<END\n$(rm -r sub)\nEND",
        "name=$(rm -r sub)",
        "ls ${name:-$(rm -r sub)}",
        "! ls | rm -r sub",
    ] {
        assert!(risk(&world, text) >= Risk::Delete, "{text}: {:?}", risk(&world, text));
    }
}

#[test]
fn a_plan_too_large_to_judge_is_refused_and_not_asked_about() {
    let world = world();
    let many = "touch a\n".repeat(501);
    assert!(matches!(world.compile(&many), Err(CompileError::TooLarge(_))));
    let long = format!("ls {}", "a".repeat(70_000));
    assert!(matches!(world.compile(&long), Err(CompileError::TooLarge(_))));
    let nested = "( ".repeat(5_000) + "ls" + &" )".repeat(5_000);
    assert!(world.compile(&nested).is_err());
}

/// Programs that read, with options that make them run or write something.
fn reading_program(texts: &[&str]) {
    let world = world();
    for text in texts {
        assert!(risk(&world, text) >= Risk::Unknown, "{text}: {:?}", risk(&world, text));
    }
}

#[test]
fn man_html_starts_a_browser() {
    reading_program(&["man --html=x ls", "man -Hx ls", "man --htm=x ls", "man -P x ls"]);
}

#[test]
fn sort_compress_program_runs_one() {
    reading_program(&[
        "sort --compress-program=x a.txt",
        "sort --compress-program x a.txt",
        "sort --compress-prog=x a.txt",
        "sort --compress=x a.txt",
    ]);
}

#[test]
fn sed_scripts_run_and_write() {
    reading_program(&[
        "sed e a.txt",
        "sed '1e rm -r sub' a.txt",
        "sed 's/x/y/e' a.txt",
        "sed 'w out' a.txt",
        "sed -n 's/x/y/w out' a.txt",
        "sed -f script a.txt",
        "sed --expr=e a.txt",
    ]);
}

#[test]
fn xargs_runs_what_it_is_told() {
    reading_program(
        &["ls | xargs", "ls | xargs sh -c", "ls | xargs rm", "ls | xargs -I{} sh -c {}"][1..],
    );
}

#[test]
fn rg_pre_runs_a_program() {
    reading_program(&[
        "rg --pre x y",
        "rg --pre=x y",
        "rg --hostname-bin=x y",
        "rg --search-zip y",
    ]);
}

#[test]
fn git_upload_pack_and_its_abbreviations_run_a_program() {
    reading_program(&[
        "git fetch --upload-pack=x",
        "git fetch --upload-pack x origin",
        "git fetch --upload-pa=x",
        "git fetch --upl=x",
        "git ls-remote --upload-pack=x .",
        "git ls-remote --up=x .",
        "git clone -u x . y",
        "git push --receive-pack=x",
        "git push --exec=x",
        "git archive --remote=. --exec=x HEAD",
    ]);
}

#[test]
fn git_diff_output_writes() {
    let world = world();
    for text in
        ["git diff --output=x", "git diff --output x", "git log --output=x", "git diff --outp=x"]
    {
        assert!(risk(&world, text) > Risk::Read, "{text}");
    }
}

#[test]
fn git_configuration_on_the_command_line_runs_programs() {
    reading_program(&[
        "git -c core.fsmonitor=x status",
        "git -c core.pager=x log",
        "git --config-env=core.pager=x log",
        "git --exec-path=. log",
        "git diff --ext-diff",
        "git log --textconv",
        "git grep -Ox y",
        "git grep --open-files-in-pager=x y",
    ]);
}

#[test]
fn a_repository_with_core_fsmonitor_runs_a_program_in_git_status() {
    let world = world();
    for (key, value) in
        [("fsmonitor", "./x"), ("sshCommand", "./x"), ("hooksPath", "hooks"), ("pager", "./x")]
    {
        fs::create_dir_all(world.path(".git")).unwrap();
        fs::write(world.path(".git/config"), format!("[core]\n\t{key} = {value}\n")).unwrap();
        assert!(risk(&world, "git status") >= Risk::Unknown, "{key}");
    }
    fs::write(world.path(".git/config"), "[core]\n\tbare = false\n").unwrap();
    assert_eq!(risk(&world, "git status"), Risk::Read);
}

#[test]
fn export_alias_typeset_and_cd_change_what_later_steps_mean() {
    let world = world();
    for text in [
        "export PATH=.; ls",
        "PATH=.; ls",
        "export LD_PRELOAD=./x.so; ls",
        "alias ls=rm; ls a.txt",
        "typeset PATH=.; ls",
        "IFS=/; ls",
        "trap 'rm -r sub' EXIT",
        "ls() { rm -r sub; }; ls",
        "set -- rm; \"$@\" a.txt",
        ". ./env.sh; ls",
        "eval ls",
    ] {
        assert!(risk(&world, text) >= Risk::Unknown, "{text}: {:?}", risk(&world, text));
    }
    let plan = world.plan("cd sub && rm deep.txt");
    assert_eq!(deleted(&plan.steps[1]), [world.path("sub/deep.txt")]);
    let plan = world.plan("name=a.txt; rm \"$name\"");
    assert_eq!(deleted(&plan.steps[1]), [world.path("a.txt")]);
}

#[test]
fn a_plan_does_not_choose_the_directory_that_is_approved() {
    let world = world();
    let here = world.path("");
    let database = world.root().join("approvals.sqlite");
    let mut approvals = Approvals::open(&database).unwrap();
    let plan = world.plan("touch new");
    let offer =
        approval::offer(&plan, &world.judge(&plan), &here, world.policy().places()).unwrap();
    approvals.remember(&offer, 1).unwrap();
    let mut allows = |text: &str| {
        let plan = world.plan(text);
        let verdict = world.judge(&plan);
        approvals.allows(&plan, &verdict, &here, world.policy().places(), 2).unwrap()
    };
    assert!(allows("touch other"));
    // Going elsewhere takes no right with it.
    assert!(!allows("cd / && touch new"));
    assert!(!allows("cd .. && touch new"));
    assert!(!allows("touch ../new"));
}

#[test]
fn a_plan_cannot_change_the_rules() {
    let world = world();
    for text in [
        "echo x >> ~/.config/llmsh/policy.toml",
        "mkdir -p ~/.config/llmsh/programs",
        "rm -r ~/.config/llmsh",
        "mv a.txt ~/.config/llmsh/policy.toml",
        "cp a.txt ~/.config/llmsh/../llmsh/config.toml",
        "cp a.txt /etc/llmsh/policy.toml",
    ] {
        let plan = world.plan(text);
        assert_eq!(world.judge(&plan).decision, Decision::Forbid, "{text}");
    }
}

#[test]
fn nothing_is_read_from_the_working_directory() {
    let place = Place::new();
    let table = "[[program]]\nnames = [\"frob\"]\nabout = [\"look\", \"看\"]\n\
                 operands = \"text*\"\nexamples = [\"frob x => nothing\"]\n";
    let rules = "[[rule]]\nname = \"all\"\ndecision = \"allow\"\noverrides = \
                 [\"confirm-changes\", \"confirm-reading\"]\nreason = \"x\"\nrisk = [\"write\"]\n";
    for (name, text) in [
        ("programs/frob.toml", table),
        ("policy.toml", rules),
        ("llmsh/policy.toml", rules),
        (".llmsh.toml", "[review]\nplain = true\n"),
        ("config.toml", "nonsense"),
        (".env", "PATH=."),
        ("prompts/system.txt", "nonsense"),
    ] {
        place.write(name, text);
    }
    let finished = Run::new(&place).args(["policy", "explain", "touch x"]).finish();
    assert_eq!(finished.status, 0);
    assert!(finished.stdout.contains("confirm-changes"), "{}", finished.stdout);
    let listed = Run::new(&place).args(["policy", "list"]).finish();
    assert!(!listed.stdout.contains("\n  all "), "{}", listed.stdout);
    assert!(finished.stderr.is_empty() && listed.stderr.is_empty(), "{}", finished.stderr);
}

#[test]
fn the_target_of_a_link_is_shown_judged_and_pinned() {
    let world = world();
    let target = world.root().join("home/secret");
    fs::write(&target, "x").unwrap();
    std::os::unix::fs::symlink(&target, world.path("harmless.txt")).unwrap();
    std::os::unix::fs::symlink("..", world.path("up")).unwrap();
    for text in [
        "echo x > harmless.txt",
        "cp a.txt harmless.txt",
        "touch harmless.txt",
        "echo x > up/secret",
    ] {
        let plan = world.plan(text);
        let step = &plan.steps[0];
        let changed: Vec<_> = step.effects.paths(Deed::Changes).collect();
        assert_eq!(changed, [&target], "{text}");
        assert!(step.pins.iter().any(|pin| pin.path == target && pin.target.is_some()), "{text}");
        let shown = text::render(&plan, Style { width: 200, colour: false });
        assert!(shown.contains(target.to_str().unwrap()), "{shown}");
    }
    std::os::unix::fs::symlink("/etc/passwd", world.path("notes.txt")).unwrap();
    let plan = world.plan("echo x >> notes.txt");
    assert_eq!(world.judge(&plan).decision, Decision::Forbid);
    // Deleting a link deletes the link.
    let plan = world.plan("rm notes.txt");
    assert_eq!(deleted(&plan.steps[0]), [world.path("notes.txt")]);
}

#[test]
fn escape_sequences_and_characters_without_width_are_shown_and_hide_nothing() {
    let world = world();
    for hidden in [
        "\u{1b}[2K",
        "\u{1b}]0;x\u{7}",
        "\r",
        "\u{8}\u{8}\u{8}",
        "\u{200b}",
        "\u{202e}",
        "\u{2066}",
        "\u{feff}",
        "\u{e0041}",
        "\u{85}",
        "\u{2028}",
        "\u{9b}2K",
    ] {
        let name = format!("safe{hidden}evil");
        fs::write(world.path(&name), "").unwrap();
        let shown = text::render(
            &world.plan(&format!("rm 'safe{hidden}evil'")),
            Style { width: 80, colour: false },
        );
        assert!(shown.contains("evil") && shown.contains("safe"), "{shown:?}");
        let bad: Vec<char> = hidden.chars().filter(|c| !c.is_ascii_graphic()).collect();
        assert!(!shown.contains(bad.as_slice()), "{hidden:?}: {shown:?}");
    }
}

#[test]
fn what_is_deleted_is_shown_expanded_absolute_and_counted() {
    let world = world();
    let plan = world.plan("rm -rf sub 'file' *.txt");
    let step = &plan.steps[0];
    assert_eq!(deleted(step), ["sub", "file", "a.txt", "b.txt"].map(|name| world.path(name)));
    let extent = step.extent.unwrap();
    assert_eq!((extent.files, extent.directories, extent.bytes), (4, 1, 24));
    let shown = text::render(&plan, Style { width: 200, colour: false });
    for name in ["sub", "file", "a.txt"] {
        assert!(shown.contains(world.path(name).to_str().unwrap()), "{shown}");
    }
    // A stray space: the home is not one of the tests.
    for text in [
        "rm -rf tests/ a.txt ~/",
        "rm -rf sub / a.txt",
        "rm -rf \"$HOME\"/ x",
        "rm -rf sub/ *.txt ~",
    ] {
        let plan = world.plan(text);
        assert_eq!(world.judge(&plan).decision, Decision::Forbid, "{text}");
    }
}

#[test]
fn moves_after_a_directory_that_was_not_made_overwrite_nothing() {
    let world = world();
    fs::write(world.path("a.txt"), "first").unwrap();
    fs::write(world.path("b.txt"), "second").unwrap();
    for text in
        ["mkdir out && mv a.txt out && mv b.txt out", "mkdir out; mv a.txt out; mv b.txt out"]
    {
        let approved = approved(&world, text);
        // Meanwhile somebody makes a file of that name.
        fs::write(world.path("out"), "third").unwrap();
        let report = exec::run(&approved, &mut world.shell(), None, None);
        assert!(!report.status.is_success());
        for (name, content) in [("a.txt", "first"), ("b.txt", "second"), ("out", "third")] {
            assert_eq!(fs::read_to_string(world.path(name)).unwrap(), content, "{text}");
        }
        fs::remove_file(world.path("out")).unwrap();
    }
}

#[test]
fn an_approval_is_of_an_operation_and_a_class_of_path_and_never_of_privilege_or_loss() {
    let world = world();
    let here = world.path("");
    let offer = |text: &str| {
        let plan = world.plan(text);
        approval::offer(&plan, &world.judge(&plan), &here, world.policy().places())
    };
    let words =
        offer("mv a.txt c.txt").unwrap().scopes[0].words(llmsh::language::Language::English);
    assert!(
        words.contains("move") && words.contains(here.to_str().unwrap().trim_end_matches('/')),
        "{words}"
    );
    for text in [
        "sudo ls",
        "ls | xargs rm",
        "curl -O https://example.org/x",
        "frob a.txt",
        "rm -rf ~/.ssh",
        "mv a.txt sub && sudo ls",
    ] {
        assert_eq!(offer(text), None, "{text}");
    }
}

#[test]
fn what_changed_between_the_answer_and_the_step_stops_it() {
    let world = world();
    fs::create_dir(world.root().join("home/precious")).unwrap();
    fs::write(world.root().join("home/precious/deep.txt"), "x").unwrap();
    let approved = approved(&world, "rm sub/deep.txt");
    fs::rename(world.path("sub"), world.path("old")).unwrap();
    std::os::unix::fs::symlink(world.root().join("home/precious"), world.path("sub")).unwrap();
    let report = exec::run(&approved, &mut world.shell(), None, None);
    assert!(!report.status.is_success());
    assert!(world.root().join("home/precious/deep.txt").exists());
    assert!(world.path("old/deep.txt").exists());
}

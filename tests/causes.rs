//! The causes by which a plan was judged too low, each with small inputs: what is said
//! of a plan must hold for what runs.

mod support;

use llmsh::plan::Step;
use llmsh::plan::effect::{Act, Deed, Risk};
use llmsh::policy::Decision;
use support::World;

const PROGRAMS: &[&str] = &[
    "ls", "cat", "rm", "mv", "cp", "mkdir", "touch", "sort", "sed", "xargs", "git", "sh", "find",
    "awk", "env", "nice", "timeout", "sudo", "crontab", "grep", "less", "tee", "head", "true",
    "chmod", "dd", "nohup", "setsid", "time", "ionice", "stdbuf", "watch", "evil.sh", "diff", "wc",
];

fn world() -> World {
    World::new(PROGRAMS.iter().copied())
}

/// The greatest risk of the plan; a text that is no plan cannot do any harm.
fn risk(world: &World, text: &str) -> Risk {
    match world.compile(text) {
        Ok(plan) => plan.steps.iter().map(|step| step.effects.risk()).max().unwrap_or(Risk::Read),
        Err(_) => Risk::Privilege,
    }
}

#[track_caller]
fn at_least(least: Risk, texts: &[&str]) {
    let world = world();
    let low: Vec<String> = texts
        .iter()
        .filter_map(|text| {
            let risk = risk(&world, text);
            (risk < least).then(|| format!("{text}: {risk:?}"))
        })
        .collect();
    assert!(low.is_empty(), "{}", low.join("\n"));
}

#[test]
fn a_value_that_an_earlier_part_changes_is_not_known() {
    at_least(
        Risk::Unknown,
        &[
            "for PATH in .; do ls; done",
            "for x in rm; do true; done; ${x:-cat} file",
            "case ${x:=rm} in *) ;; esac; ${x:-cat} file",
            "true & ${!:+rm} ${!:-cat} file",
            "for IFS in X; do true; done; for v in .X-delete; do find $v; done",
            "cat <<E\n${x:=rm}\nE\n${x:-cat} file",
            "true $((x=1)); ${x:+rm} file",
            "cat <a.txt 2>&${x:=1}; ${x:+rm} file",
            "case a in ${x:=rm}) ;; esac; ${x:-cat} file",
            "for v in ${x:=rm}; do true; done; ${x:-cat} file",
            "true ${x:=rm}; ${x:-cat} file",
            "x=rm; y=$x; $y file",
            "read x <list; ${x:-cat} file",
            "set -- rm; ${1:-cat} file",
            "getopts r: x -rrm; $OPTARG file",
            "f() { x=rm; }; f; ${x:-cat} file",
            "if true; then x=rm; fi; ${x:-cat} file",
            "while x=rm; do break; done; ${x:-cat} file",
            "! x=rm; ${x:-cat} file",
            "cd sub && ${PWD:+rm} deep.txt",
            "cd sub; ${OLDPWD:+rm} deep.txt",
            "ls nosuch; ${?#0} && true; case $? in 0) ;; *) rm file;; esac",
        ],
    );
}

#[test]
fn names_that_change_what_other_names_mean_make_the_rest_unknown() {
    at_least(
        Risk::Unknown,
        &[
            "export LD_PRELOAD=./x.so; ls",
            "LD_PRELOAD=./x.so ls",
            "LD_LIBRARY_PATH=. ls",
            "LD_AUDIT=./x.so ls",
            "PATH=.; ls",
            "PATH=.:$PATH; ls",
            "PATH=. ls",
            "export PATH=.; ls",
            "readonly PATH=.; ls",
            "PS4='$(touch x)'; set -x; ls",
            "GIT_EXTERNAL_DIFF=./x git diff",
            "export GIT_SSH_COMMAND=./x; git fetch",
            "GIT_DIR=. git status",
            "LESSOPEN='|./x %s' less file",
            "export LESSOPEN='|./x %s'; less file",
            "PAGER=./x git log",
            "EDITOR=./x git commit",
            "BASH_ENV=./x sh -c ls",
            "ENV=./x sh -c ls",
            "IFS=x; ls",
            "PYTHONSTARTUP=./x ls; PYTHONPATH=. env ls",
            "alias cat='rm -f'; cat file",
            "ls() { rm file; }; ls",
            "trap 'rm file' EXIT",
            "trap 'rm file' INT; ls",
            "hash -p ./x ls; ls",
            "unset PATH; ls",
            "HOME=/; cd; ls",
            "CDPATH=/; cd sub",
            "TZDIR=. ls; LOCPATH=. ls; NLSPATH=. ls",
            "GCONV_PATH=. ls",
            "RIPGREP_CONFIG_PATH=x ls",
            "env LD_PRELOAD=./x.so ls",
            "env PATH=. ls",
            "env -S 'rm file'",
        ],
    );
}

#[test]
fn programs_in_arguments_are_read_and_not_searched() {
    at_least(
        Risk::Write,
        &[
            "awk '/\"/{system(\"rm file\")}' a.txt",
            "awk '{print /{/ > \"f\"}' a.txt",
            "awk '1 &&\nsystem(\"rm file\")' a.txt",
            "awk '/[\"]/{print | \"sh\"}' a.txt",
            "awk '{ \"date\" | getline x }' a.txt",
            "awk 'BEGIN{printf \"x\" >> \"f\"}'",
            "awk '{print > $1}' a.txt",
            "awk -f x a.txt",
            "awk -v 'x=1' -f x a.txt",
            "awk '@load \"filefuncs\"; {print}' a.txt",
            "awk -i inplace '{print}' a.txt",
            "awk '{close(\"x\"); fflush(); system(\"\")}' a.txt",
            "awk '{ f = \"system\"; @f(\"rm file\") }' a.txt",
            "sed 'w f' a.txt",
            "sed -n '1e touch x' a.txt",
            "sed 's/a/b/e' a.txt",
            "sed 's/a/b/w f' a.txt",
            "sed -i s/a/b/ a.txt",
            "find . -fprintf f '%p'",
            "find . -exec touch {} +",
            "find . -ok rm {} ';'",
            "xargs rm <list",
            "sh -c 'rm file'",
            "sh evil.sh",
            "crontab x",
            "crontab -",
            "crontab <x",
            "echo x | crontab",
            "crontab -r",
            "crontab -e",
            "git -c core.pager=./x log",
            "git -c alias.x='!touch f' x",
            "sort -o a.txt b.txt",
            "sort --compress-program=./x a.txt",
            "tee f <a.txt",
        ],
    );
}

#[test]
fn privilege_is_seen_behind_every_wrapper() {
    at_least(
        Risk::Privilege,
        &[
            "sudo ls",
            "env sudo ls",
            "env X=1 sudo ls",
            "nice sudo ls",
            "nice -n 5 sudo ls",
            "timeout 5 sudo ls",
            "xargs sudo ls <list",
            "xargs -n1 sudo rm <list",
            "command sudo ls",
            "find . -exec sudo ls {} +",
            "find . -exec env nice sudo ls {} ';'",
            "nohup sudo ls",
            "setsid sudo ls",
            "stdbuf -o0 sudo ls",
            "ionice -c3 sudo ls",
            "exec sudo ls",
            "sh -c 'sudo ls'",
            "env sh -c 'nice sudo ls'",
            "if true; then sudo ls; fi",
            "ls | sudo tee /x",
            "x=sudo; $x ls",
            "for s in sudo; do $s ls; done",
        ],
    );
}

#[test]
fn what_destroys_a_home_or_the_system_is_refused_however_it_is_spelled() {
    let world = world();
    // Where a home has one entry, all of it is not told from that one.
    for name in ["notes", ".profile", "docs"] {
        std::fs::write(world.root().join("home").join(name), "").expect("it can be written");
    }
    let mut wrong = Vec::new();
    for text in [
        "rm -rf ~ 2>/dev/null",
        "rm -rf ~/*",
        "rm -rf ~/.* ~/*",
        "cd; rm -rf *",
        "cd ~ && rm -rf -- *",
        "find / -delete",
        "find ~ -delete",
        "find ~ -exec rm -rf {} +",
        "mv -t /tmp ~",
        "mv ~ /tmp",
        "rm -rf /",
        "rm -rf //",
        "rm -rf /.",
        "rm -rf /usr/../etc",
        "rm -rf \"$HOME\"",
        "rm -rf ${HOME:?}",
        "d=~; rm -rf $d",
        "for d in ~; do rm -rf \"$d\"; done",
        "for d in /; do rm -rf \"$d\"*; done",
        "chmod -R 777 /",
        "chmod -R 000 ~",
    ] {
        let plan = world.plan(text);
        let decision = world.judge(&plan).decision;
        if decision != Decision::Forbid {
            wrong.push(format!("{text}: {decision:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What is not known, but may be one of these, is not run by a plain yes.
    at_least(
        Risk::Unknown,
        &["for d in ~; do :; done; rm -rf \"${d:-x}/\"*", "rm -rf \"$(cat list)\"", "rm -rf $x/*"],
    );
}

#[test]
fn a_word_that_only_looks_forbidden_is_harmless() {
    let world = world();
    for text in ["grep rm /etc", "echo rm -rf /", "echo rm /", "grep -r 'rm -rf /' .", "ls /"] {
        assert_eq!(risk(&world, text), Risk::Read, "{text}");
    }
}

#[test]
fn what_earlier_steps_do_to_files_is_known_to_later_ones() {
    let world = world();
    for text in [
        "for f in a.txt b.txt file; do mv \"$f\" all; done",
        "mv a.txt new; mv b.txt new",
        "cp a.txt new; cp b.txt new",
        "echo x >new; echo y >new",
    ] {
        let plan = world.plan(text);
        let said: String =
            plan.steps.iter().flat_map(|step| step.warnings.clone()).collect::<Vec<_>>().join("\n");
        let lost = plan.steps.iter().any(|step| {
            step.effects.any(|act| {
                matches!(act, Act::To(Deed::Changes | Deed::Deletes, _) | Act::Unknown(_))
            })
        });
        assert!(lost || !said.is_empty(), "{text}: {plan:#?}");
    }
}

#[test]
fn a_text_with_nul_is_no_plan() {
    let world = world();
    for text in ["ls\0 -la", "ls -la #\0\nrm file", "\0"] {
        assert!(world.compile(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_step_that_is_printed_and_compiled_again_is_the_same_step() {
    let texts = [
        include_str!("corpus/adversarial.txt"),
        include_str!("corpus/dangerous.txt"),
        include_str!("corpus/benign.txt"),
    ];
    let world = world();
    let (mut compared, mut wrong) = (0, Vec::new());
    for text in texts.iter().flat_map(|corpus| corpus.lines()) {
        let Ok(plan) = world.compile(text) else { continue };
        let [step] = plan.steps.as_slice() else { continue };
        let command = step.command.to_string();
        let same = world.compile(&command).is_ok_and(|again| match again.steps.as_slice() {
            [other] => {
                (&other.operation, &other.effects, &other.command)
                    == (&step.operation, &step.effects, &step.command)
            }
            _ => false,
        });
        compared += 1;
        if !same {
            wrong.push(format!("{text}\n    {command}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 200, "{compared}");
}

#[test]
fn runs_of_blanks_and_blanks_that_only_look_like_one_are_shown_for_what_they_are() {
    let world = world();
    let shown = |text: &str| {
        let plan = world.plan(text);
        let style = llmsh::review::text::Style { width: 200, colour: false };
        let shown = llmsh::review::text::render(&plan, style);
        shown.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(shown("ls    -l  \t  sub"), " 1  ls -l sub");
    assert_eq!(shown("ls a\u{a0}b"), r" 1  ls a\u{a0}b");
    assert_eq!(shown("ls a\u{3000}b"), r" 1  ls a\u{3000}b");
}

#[test]
fn forms_of_bash_that_set_or_read_otherwise_are_not_known() {
    let world = world();
    let is_unknown = |step: &Step| step.effects.any(|act| matches!(act, Act::Unknown(_)));
    let known = |texts: &[&str], last: bool| -> Vec<String> {
        let known = |text: &&str| match world.compile(text) {
            Ok(plan) if last => !plan.steps.last().is_some_and(is_unknown),
            Ok(plan) => !plan.steps.iter().any(is_unknown),
            Err(_) => false,
        };
        texts.iter().copied().filter(|text| known(text)).map(str::to_owned).collect()
    };
    let last = known(
        &[
            // Values that are made when they are asked for.
            "rm f$RANDOM",
            "rm f$SECONDS f$EPOCHSECONDS",
            "rm $((RANDOM))",
            "n=RANDOM; rm ${!n}",
            "ls x; rm f$_",
            "true | false; rm f${PIPESTATUS[1]}",
            "RANDOM=5; rm f$RANDOM",
            "for RANDOM in a b; do rm f$RANDOM; done",
            "pushd sub; rm ${DIRSTACK[0]}/deep.txt",
            // Names that are values.
            "x=rm; n=x; read x <list; rm f${!n}",
            "x=1; y=x; read x <list; rm f$((y))",
            // Elements.
            "a=(cat rm); a=cat; rm f${a[1]}",
            "a=(cat rm); for a in cat; do rm f${a[1]}; done",
            "a=cat; a[1]=rm; rm f${a[1]}",
            "a=cat; a+=(rm); rm f${#a[@]}",
            // Builtins that set what they name.
            "x=cat; printf -v x rm; rm f$x",
            "x=cat; printf -vx rm; rm f$x",
            "x=cat; true & wait -n -p x; rm f$x",
            "x=cat; mapfile x <list; rm f$x",
            "MAPFILE=cat; mapfile <list; rm f$MAPFILE",
            "REPLY=cat; read <list; rm f$REPLY",
            "x=cat; declare x+=rm; rm f$x",
            "x=cat; declare x[0]=rm; rm f$x",
            "x=cat; export $(cat list)=rm; rm f$x",
            "x=cat; declare -n n=x; n=rm; rm f$x",
            "x=cat; $(echo export) x=rm; rm f$x",
            "declare -u x; x=rm; rm f$x",
            "typeset -i x; x=rm; rm $x",
            "let x=1; rm f$x",
            "x=cat; ((x=1)); rm f$x",
            "[[ abc =~ b ]]; rm f${BASH_REMATCH}",
            "coproc x { ls; }; rm ${x[0]}",
            "exec {x}<file; rm f$x",
            // Where it is.
            "cd sub; rm ~+/deep.txt",
            "cd sub; cd -; rm ~-/deep.txt",
            "cd $(cat list); rm deep.txt",
            "pushd sub; rm deep.txt",
        ],
        true,
    );
    assert!(last.is_empty(), "{}", last.join("\n"));
    let any = known(
        &[
            // What changes what names mean.
            "export PATH+=:.; ls",
            "declare PATH[0]=.; ls",
            "printf -v PATH .; ls",
            "read PATH <list; ls",
            "true & wait -n -p PATH; ls",
            "mapfile -t PATH <list; ls",
            "for PS4 in x; do ls; done",
            "GLOBIGNORE=a*; rm *",
            "declare -n ls=PATH; ls=.; ls",
            "complete -C ./evil.sh git",
            "complete -F f git",
            "compgen -C ./evil.sh",
            "compgen -W '$(rm file)'",
            "mapfile -C ./evil.sh -c 1 <list",
            "mapfile -tC ./evil.sh <list",
            "enable -n ls; ls",
            "enable -f ./x.so x",
            "hash -r -p ./evil.sh ls; ls",
            "shopt -s nullglob; rm *.zzz",
            "shopt -s expand_aliases; ls",
            "source evil.sh",
            "builtin eval rm file",
            "command eval rm file",
            "trap 'rm file' DEBUG",
        ],
        false,
    );
    assert!(any.is_empty(), "{}", any.join("\n"));
    at_least(
        Risk::Delete,
        &[
            "diff <(ls) <(rm file)",
            "ls >(rm file)",
            "coproc rm file",
            "[[ -n $(rm file) ]]",
            "echo ${x:$(rm file)}",
        ],
    );
    at_least(
        Risk::Write,
        &["ls >&new", "ls &>new", "ls &>>new", "ls >&$HOME/new", "x=new; ls >&$x", "echo a >&new"],
    );
    for text in [
        "ls 2>&1",
        "ls >&2",
        "ls >&70000",
        "ls >&${x:-2}",
        "ls 3>&1- >&-",
        "ls ${PWD@Q} ~",
        "echo $UID",
    ] {
        assert_eq!(risk(&world, text), Risk::Read, "{text}");
    }
}

#[test]
fn a_prompt_in_a_word_is_not_expanded_before_the_plan_runs() {
    let world = world();
    let marker = world.root().join("marker");
    let text = format!("x='$(: >{})'; echo ${{x@P}}", marker.display());
    assert_eq!(risk(&world, &text), Risk::Unknown, "{text}");
    assert!(!marker.exists());
}

#[test]
fn what_is_read_only_keeps_its_value() {
    at_least(
        Risk::Unknown,
        &[
            "readonly x=rm\nx=cat\n$x file",
            "readonly x=rm; x=cat eval '$x file'",
            "readonly x=rm; for x in cat; do $x file; done; $x file",
            "readonly x=rm; x=cat true; $x file",
            "declare -r x=rm; for x in cat; do true; done; $x file",
        ],
    );
}

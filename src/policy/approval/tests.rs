//! What may be approved for good, and where it holds.

use std::fs;

use super::*;
use crate::language::Language;
use crate::plan::compile;
use crate::policy::rule::Conditions;
use crate::policy::{Policy, Reason, Rule, Source};
use crate::shell::Shell;

/// A home with a directory to work in.
struct World {
    root: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let world = Self { root };
        for directory in ["work/sub", "work/.git", "work/.hidden", "other", ".ssh"] {
            fs::create_dir_all(world.path(directory)).unwrap();
        }
        for file in ["work/a", "work/b", "work/sub/c", "work/.hidden/d", "other/e", ".profile"] {
            fs::write(world.path(file), "x\n").unwrap();
        }
        world
    }

    fn home(&self) -> PathBuf {
        self.root.path().canonicalize().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    fn policy(&self) -> Policy {
        Policy::embedded(Places::new(Some(&self.home()), &[]))
    }

    fn plan(&self, line: &str) -> Plan {
        self.plan_in("work", line)
    }

    fn plan_in(&self, here: &str, line: &str) -> Plan {
        let home = self.home().display().to_string();
        let environment = [("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()), ("HOME", home)];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        let mut shell = Shell::new("llmsh", environment.into_iter());
        shell.stand_in(self.path(here).to_str().unwrap());
        compile::compile("", line.as_bytes(), &mut shell)
            .unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    /// What could be remembered: each action with its risk and its directory from the home on.
    fn offered(&self, line: &str) -> Option<Vec<String>> {
        self.offered_in("work", line)
    }

    fn offered_in(&self, here: &str, line: &str) -> Option<Vec<String>> {
        let (plan, policy) = (self.plan_in(here, line), self.policy());
        let offer = offer(&plan, &policy.judge(&plan), &self.path(here), policy.places())?;
        let words = |scope: &Scope| {
            let below = scope.directory.strip_prefix(self.home()).unwrap().display().to_string();
            format!("{} ({}) in {below}", scope.action, scope.risk)
        };
        Some(offer.scopes.iter().map(words).collect())
    }
}

#[test]
fn what_may_be_approved_names_its_action_and_its_directory() {
    let world = World::new();
    for (line, offered) in [
        ("cp a b", "copy (write) in work"),
        ("cp 'a' \"b\"", "copy (write) in work"),
        ("mv a sub/", "move (write) in work"),
        ("mkdir new", "make_directory (write) in work"),
        ("cd sub", "change_directory (write) in work"),
        // What goes to the trash can be had back.
        ("rm a", "remove (delete) in work"),
        ("chmod 600 a", "change_mode (write) in work"),
        ("ls", "run ls (read) in work"),
        ("sort a", "run sort (read) in work"),
        ("sort 'a' \"b\"", "run sort (read) in work"),
        ("sort a | uniq -c", "run sort | uniq (read) in work"),
        ("git status", "run git status (read) in work"),
        ("git stash list", "run git stash list (read) in work"),
        ("git add a", "run git add (write) in work"),
        ("git add -A a", "run git add (write) in work"),
        ("cp ~/other/e ~/other/f", "copy (write) in other"),
    ] {
        assert_eq!(world.offered(line), Some(vec![offered.to_owned()]), "{line}");
    }
    assert_eq!(
        world.offered("cp a b; sort b; cp b sub/"),
        Some(vec!["copy (write) in work".to_owned(), "run sort (read) in work".to_owned()])
    );
}

#[test]
fn what_may_not_be_approved_is_never_offered() {
    let world = World::new();
    for line in [
        // More than an approval may give.
        "su -c ls",
        "kill -9 1",
        "systemctl --user restart a",
        "rm $(cat a)",
        "find . -name '*.x' -delete",
        // What is deleted by a program cannot be had back.
        "unlink a",
        "git rm a",
        // What a name stands for, or what is run by it, is not said by the name.
        "x=1",
        "export PATH=/tmp",
        "ln a hard",
        "LC_ALL=C sort a",
        "xargs sort <a",
        "env sort a",
        "sort \"$(cat a)\"",
        "sort <<X\n$(cat a)\nX",
        // The session is another one afterwards.
        "sort a | read x",
        "sort <<X\n${x:=a}\nX",
        "sort <<X\n$((x=1))\nX",
        "sort <<< ${x:=a}",
        // Others may do more than before.
        "chmod 4755 a",
        "chmod 777 a",
        "chmod u+s a",
        "chmod o+w a",
        "chmod a=rw a",
        "cd -P sub",
        "true | { sort; }",
        "if true; then sort a; fi",
        "sort a && sort b || sort a",
        // Places that programs believe, that are not the person's, or that are too large.
        "cp a .hidden/new",
        "cp a .git/hooks",
        "cp a ~/.profile",
        "cp a ~/new",
        "cp a /tmp/x",
        "cat ~/.ssh/id_rsa",
        "sort /etc/hosts",
        "cp -r ~/work ~/other/",
    ] {
        assert_eq!(world.offered(line), None, "{line}");
    }
}

#[test]
fn an_approval_is_offered_where_the_person_is_unless_that_is_hidden_or_too_large() {
    let world = World::new();
    let above = world.home().parent().unwrap().display().to_string();
    for (here, offered) in [
        ("work", Some("run ls (read) in work")),
        ("work/sub", Some("run ls (read) in work/sub")),
        ("work/.hidden", None),
        (".ssh", None),
        ("", None),
        (above.as_str(), None),
        ("/", None),
        ("/usr/share", None),
    ] {
        let offered = offered.map(|offered| vec![offered.to_owned()]);
        assert_eq!(world.offered_in(here, "ls"), offered, "{here}");
    }
}

#[test]
fn an_approval_holds_for_its_action_its_risk_and_its_directory_alone() {
    let world = World::new();
    let mut approvals = Approvals::open(&world.path("approvals.sqlite")).unwrap();
    let policy = world.policy();
    let here = world.path("work");
    let allows = |approvals: &mut Approvals, line: &str, here: &Path| {
        let plan = world.plan(line);
        approvals.allows(&plan, &policy.judge(&plan), here, policy.places(), 7).unwrap()
    };
    assert!(!allows(&mut approvals, "cp a b", &here));
    let plan = world.plan("cp a b");
    let offered = offer(&plan, &policy.judge(&plan), &here, policy.places()).unwrap();
    approvals.remember(&offered, 5).unwrap();
    approvals.remember(&offered, 6).unwrap();
    assert_eq!(approvals.list().unwrap().len(), 1);
    assert_eq!(approvals.list().unwrap()[0].used, None);
    assert!(allows(&mut approvals, "cp b sub/new", &here));
    assert_eq!(approvals.list().unwrap()[0].used.as_deref(), Some("1970-01-01"));
    for other in [
        "mv a c",
        "rm a",
        "cp a ~/other/x",
        "cp a .hidden/x",
        "cp a b; mv b c",
        "cp a b; cp a ~/other/x",
        "cp -r ~/work ~/work",
    ] {
        assert!(!allows(&mut approvals, other, &here), "{other}");
    }
    // A plan that needs no question by itself is none of an approval's.
    assert!(approvals.revoke(1).unwrap() && !approvals.revoke(1).unwrap());
    assert!(!allows(&mut approvals, "cp b sub/new", &here));
}

#[test]
fn an_approval_does_not_answer_for_another_rule_nor_where_rules_are_broken() {
    let world = World::new();
    let here = world.path("work");
    let own = Rule {
        name: "mine".to_owned(),
        source: Source::User,
        decision: Decision::Confirm,
        reason: Reason::same("I want to be asked"),
        conditions: Conditions { operations: vec!["copy".to_owned()], ..Conditions::default() },
        overrides: Vec::new(),
    };
    let policy = |own: Option<&Rule>, damaged: bool| {
        let embedded = world.policy();
        let rules = embedded.rules().iter().chain(own).cloned().collect();
        Policy::new(rules, embedded.places().clone(), damaged)
    };
    let sound = policy(None, false);
    let plan = world.plan("cp a b");
    let offered = offer(&plan, &sound.judge(&plan), &here, sound.places()).unwrap();
    let mut approvals = Approvals::open(&world.path("approvals.sqlite")).unwrap();
    approvals.remember(&offered, 5).unwrap();
    for (policy, answers) in
        [(sound, true), (policy(Some(&own), false), false), (policy(None, true), false)]
    {
        let verdict = policy.judge(&plan);
        let shown = format!("{:?}", verdict.steps[0].because);
        assert_eq!(offer(&plan, &verdict, &here, policy.places()).is_some(), answers, "{shown}");
        let allowed = approvals.allows(&plan, &verdict, &here, policy.places(), 7).unwrap();
        assert_eq!(allowed, answers, "{shown}");
    }
}

#[test]
fn what_changes_the_session_is_not_approved_by_the_name_of_a_program() {
    use crate::plan::effect::Act;
    let world = World::new();
    let mut step = world.plan("sort a").steps.remove(0);
    assert_eq!(scope::action(&step), Some(("run sort".to_owned(), "read")));
    step.effects.push(Act::Environment);
    assert_eq!(scope::action(&step), None);
}

#[test]
fn an_approval_says_in_words_what_it_is_about() {
    let scope = |action: &str, risk: &str| Scope {
        action: action.to_owned(),
        risk: risk.to_owned(),
        directory: "/home/ann/work".into(),
    };
    for (scope, english, chinese) in [
        (scope("copy", "write"), "copy, inside /home/ann/work", "在 /home/ann/work 中：复制"),
        (
            scope("run git add", "write"),
            "run git add (changing files), inside /home/ann/work",
            "在 /home/ann/work 中：run git add（可修改文件）",
        ),
        (
            scope("run sort", "read"),
            "run sort (reading only), inside /home/ann/work",
            "在 /home/ann/work 中：run sort（只读）",
        ),
    ] {
        assert_eq!(scope.words(Language::English), english);
        assert_eq!(scope.words(Language::Chinese), chinese);
    }
}

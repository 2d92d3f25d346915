//! The embedded rules do what their examples say; files of rules are checked,
//! refused with a reason, and never make anything less strict.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::policy::place::Class;
use crate::policy::{Decision, example_compiler};
use crate::system::identity::effective_user;

fn places() -> Places {
    Places::new(Some(Path::new("/nonexistent/home")), &[])
}

fn parse_text(text: &str) -> Result<Vec<Rule>, String> {
    let places = places();
    let known = embedded_rules(&places);
    parse(Path::new("p.toml"), text, Source::User, &known, &places, &mut example_compiler(&places))
        .map_err(|error| error.to_string())
}

/// A rule with these further lines.
fn rule(lines: &str) -> String {
    format!("[[rule]]\nname = \"mine\"\ndecision = \"forbid\"\nreason = \"r\"\n{lines}\n")
}

#[test]
fn every_embedded_rule_does_what_its_examples_say() {
    let places = places();
    let file: RawFile = toml::from_str(DEFAULT).unwrap();
    let mut compile = example_compiler(&places);
    let mut names = Vec::new();
    for raw in &file.rule {
        let rule = raw.resolve(Source::Embedded, &places).unwrap();
        assert_eq!(check_examples(&rule, raw, &places, &mut compile), Ok(()), "{}", rule.name);
        assert!(!raw.not_match.0.is_empty(), "{}", rule.name);
        assert!(!rule.loosens() && !names.contains(&rule.name), "{}", rule.name);
        assert_ne!(rule.reason.english, rule.reason.chinese, "{}", rule.name);
        names.push(rule.name);
    }
    assert_eq!(
        names,
        [
            "forbid-root",
            "forbid-home",
            "forbid-system-directories",
            "forbid-shared-directories",
            "forbid-opening-up",
            "forbid-block-devices",
            "forbid-boot-chain",
            "forbid-shell-files",
            "forbid-exhaustion",
            "type-privilege",
            "type-lost-trees",
            "type-lost-much",
            "type-unseen",
            "type-secrets",
            "type-modes",
            "type-machine",
            "confirm-secrets",
            "confirm-changes",
            "confirm-reading",
        ]
    );
    let policy = Policy::embedded(places);
    for rule in policy.rules() {
        let expected = match rule.name.split('-').next().unwrap() {
            "forbid" => Decision::Forbid,
            "type" => Decision::ConfirmByTyping,
            _ => Decision::Confirm,
        };
        assert_eq!(rule.decision, expected, "{}", rule.name);
        assert_eq!(rule.source, Source::Embedded);
    }
    assert!(!policy.is_damaged());
}

#[test]
fn a_rule_is_read_with_all_its_keys() {
    let rules = parse_text(
        r#"
        [[rule]]
        name = "no-push_2"
        decision = "confirm_by_typing"
        reason = ["pushing", "推送"]
        operation = "remove"
        program = ["git", "git-*"]
        effect = ["deletes", "network", "packages", "language-packages", "environment"]
        path = ["/a/**", "~/b", "class:boot"]
        recursive = true
        itself = true
        risk = ["delete", "privilege"]
        reversal = "no"
        larger_than = { files = 7 }
        overrides = ["confirm-changes"]
        "#,
    )
    .unwrap();
    let [rule] = rules.as_slice() else { panic!("{rules:?}") };
    assert_eq!((rule.name.as_str(), rule.source), ("no-push_2", Source::User));
    assert_eq!(rule.decision, Decision::ConfirmByTyping);
    assert_eq!((rule.reason.english.as_str(), rule.reason.chinese.as_str()), ("pushing", "推送"));
    let conditions = &rule.conditions;
    assert_eq!(conditions.operations, ["remove"]);
    let program = |name: &str| conditions.programs.iter().any(|one| one.matches(name.as_bytes()));
    assert!(program("git") && program("git-lfs") && !program("gitk"));
    let effects: Vec<String> =
        conditions.effects.iter().map(|effect| format!("{effect:?}")).collect();
    assert_eq!(
        effects,
        ["Deletes", "Network", "Thing(Packages)", "Thing(Environment)", "Environment"]
    );
    assert_eq!(conditions.places.len(), 3);
    assert_eq!(conditions.places[2], crate::policy::rule::Place::Class(Class::Boot));
    assert!(conditions.recursive && conditions.itself);
    let risks: Vec<&str> = conditions.risks.iter().map(|risk| risk.name()).collect();
    assert_eq!(risks, ["delete", "privilege"]);
    assert_eq!(conditions.reversals, ["no"]);
    let limit = conditions.larger_than.unwrap();
    assert_eq!((limit.files, limit.bytes), (Some(7), None));
    assert!(rule.loosens());
    assert_eq!(rule.overrides, ["confirm-changes"]);
    let plain = parse_text(&rule_text("reason = \"r\"")).unwrap();
    assert_eq!(plain[0].reason, crate::policy::Reason::same("r"));
    assert!(!plain[0].conditions.recursive && !plain[0].conditions.itself && !plain[0].loosens());
}

fn rule_text(reason: &str) -> String {
    format!("[[rule]]\nname = \"mine\"\ndecision = \"allow\"\n{reason}\n")
}

#[test]
fn what_is_wrong_with_a_rule_is_said() {
    for (lines, expected) in [
        ("effect = \"explodes\"", "there is no effect \"explodes\""),
        ("operation = [\"remove\", \"erase\"]", "there is no operation \"erase\""),
        ("risk = \"deletes\"", "there is no risk \"deletes\""),
        ("reversal = \"never\"", "there is no reversal \"never\""),
        ("program = \"/bin/rm\"", "there is no program \"/bin/rm\""),
        ("program = \"\"", "there is no program \"\""),
        ("path = \"class:moon\"", "there is no class \"moon\""),
        ("path = \"a/b\"", "the path \"a/b\" cannot be used: it must begin with / or ~/"),
        ("overrides = \"forbid-moon\"", "there is no rule \"forbid-moon\" to override"),
        ("overrides = \"mine\"", "there is no rule \"mine\" to override"),
        (
            "program = \"ls\"\nmatch = [\"ls\", \"cat /etc/passwd\"]",
            "it does not speak of 'cat /etc/passwd', which it has under match",
        ),
        (
            "program = \"ls\"\nnot_match = \"cat /etc/passwd; ls\"",
            "it speaks of 'cat /etc/passwd; ls', which it has under not_match",
        ),
        ("match = \"if\"", "its example 'if' is not a plan: "),
    ] {
        let error = parse_text(&rule(lines)).unwrap_err();
        let expected = format!("p.toml is not used: rule \"mine\": {expected}");
        assert!(error.starts_with(&expected), "{lines}: {error}");
    }
    let twice = rule("") + &rule("");
    assert_eq!(
        parse_text(&twice).unwrap_err(),
        "p.toml is not used: rule \"mine\": there is another rule of this name"
    );
    let taken = rule("").replace("mine", "forbid-root");
    assert!(parse_text(&taken).unwrap_err().ends_with("there is another rule of this name"));
    for name in ["", "a b", "a\\u001b[2J"] {
        let error = parse_text(&rule("").replace("mine", name)).unwrap_err();
        assert!(error.ends_with("its name must be made of letters, digits, - and _"), "{error}");
        assert!(!error.contains('\x1b'), "{error}");
    }
    for (text, place) in [
        ("x = 1", "p.toml:1:1: "),
        ("[[rule]]\nname = \"a\"\ncolour = 1", "p.toml:3:1: "),
        ("[[rule]]\nname = ", "p.toml:2:8: "),
        ("[[rule]]\nname = \"a\"\ndecision = \"maybe\"\nreason = \"r\"", "p.toml:3:12: "),
    ] {
        let error = parse_text(text).unwrap_err();
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
fn an_example_whose_program_is_not_there_is_passed_over() {
    let text = rule("program = \"no-such-program\"\nmatch = \"no-such-program x\"");
    assert_eq!(parse_text(&text).unwrap().len(), 1);
}

/// A directory with files of rules for the system and the person.
struct Machine {
    root: TempDir,
}

impl Machine {
    fn new(system: Option<&str>, user: Option<&str>) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in [("system", system), ("user", user)] {
            fs::create_dir(root.path().join(name)).unwrap();
            if let Some(text) = text {
                fs::write(root.path().join(name).join("policy.toml"), text).unwrap();
            }
        }
        Self { root }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name).join("policy.toml")
    }

    fn load(&self, owner: u32) -> (Policy, Vec<String>) {
        let places = places();
        let mut compile = example_compiler(&places);
        let files = Files {
            system: self.file("system"),
            system_owner: owner,
            user: self.file("user"),
            user_owner: owner,
        };
        let (policy, notices) = load(&files, places, &mut compile);
        (policy, notices.into_iter().map(|notice| notice.message).collect())
    }

    fn decide(&self, line: &str) -> Decision {
        let (policy, _) = self.load(effective_user());
        let plan = example_compiler(policy.places())(line).unwrap();
        policy.judge(&plan).decision
    }
}

const ALLOW_READING: &str = "[[rule]]\nname = \"allow-reading\"\ndecision = \"allow\"\n\
     reason = \"I read a lot\"\neffect = \"reads\"\noverrides = \"confirm-reading\"\n\
     match = \"ls\"\nnot_match = \"rm x\"\n";

#[test]
fn the_files_of_the_system_and_the_person_add_to_the_embedded_rules() {
    let machine =
        Machine::new(Some(&rule("").replace("mine", "theirs")), Some(&rule("program = \"ls\"")));
    let (policy, notices) = machine.load(effective_user());
    assert!(notices.is_empty() && !policy.is_damaged());
    let added: Vec<(&str, Source)> = policy
        .rules()
        .iter()
        .filter(|rule| rule.source != Source::Embedded)
        .map(|rule| (rule.name.as_str(), rule.source))
        .collect();
    assert_eq!(added, [("theirs", Source::System), ("mine", Source::User)]);
    let (policy, notices) = Machine::new(None, None).load(effective_user());
    assert!(notices.is_empty() && !policy.is_damaged());
    assert_eq!(policy.rules().len(), 19);
}

#[test]
fn only_the_persons_own_file_loosens_and_only_by_name() {
    let user = Machine::new(None, Some(ALLOW_READING));
    assert_eq!(user.decide("ls"), Decision::Allow);
    assert_eq!(user.decide("touch /tmp/x"), Decision::Confirm);
    let system = Machine::new(Some(ALLOW_READING), None);
    let (policy, notices) = system.load(effective_user());
    assert!(policy.is_damaged());
    assert!(
        notices[0].ends_with("only a rule of the person's own file may override another"),
        "{notices:?}"
    );
    assert_eq!(system.decide("ls"), Decision::Confirm);
    // Without naming what it overrides, a rule loosens nothing.
    let unnamed = ALLOW_READING.replace("overrides = \"confirm-reading\"\n", "");
    assert_eq!(Machine::new(None, Some(&unnamed)).decide("ls"), Decision::Confirm);
    // A rule of the system stays.
    let theirs = rule("program = \"ls\"").replace("mine", "theirs");
    let mine = ALLOW_READING.replace("confirm-reading", "theirs");
    let both = Machine::new(Some(&theirs), Some(&mine));
    let (_, notices) = both.load(effective_user());
    assert!(notices[0].ends_with("\"theirs\" is a rule of the system: it stays"), "{notices:?}");
    assert_eq!(both.decide("ls"), Decision::Forbid);
}

#[test]
fn a_file_is_checked_as_the_persons_own_which_may_override() {
    let places = places();
    let machine = Machine::new(None, Some(ALLOW_READING));
    let count = |name: &str| {
        check(&machine.file(name), effective_user(), &places, &mut example_compiler(&places))
            .map_err(|error| error.to_string())
    };
    assert_eq!(count("user"), Ok(Some(1)));
    assert_eq!(count("system"), Ok(None));
}

#[test]
fn what_is_allowed_in_a_tree_is_allowed_for_trees_in_it_and_for_no_larger_one() {
    let user = Machine::new(
        None,
        Some(
            "[[rule]]\nname = \"scratch\"\ndecision = \"allow\"\nreason = \"mine\"\n\
             effect = [\"reads\", \"creates\", \"changes\", \"moves\", \"deletes\"]\n\
             path = [\"/nonexistent/scratch/**\"]\n\
             overrides = [\"confirm-reading\", \"confirm-changes\"]\n\
             match = \"rm -rf /nonexistent/scratch/x\"\n\
             not_match = \"rm -rf /nonexistent\"\n",
        ),
    );
    let (_, notices) = user.load(effective_user());
    assert!(notices.is_empty(), "{notices:?}");
    assert_eq!(user.decide("rm -rf /nonexistent/scratch/x"), Decision::Allow);
    let copy = "cp -r /nonexistent/scratch/x /nonexistent/scratch/y";
    assert_eq!(user.decide(copy), Decision::Allow);
    for more in ["rm -rf /nonexistent", "rm -rf /nonexistent/scratch/x /nonexistent/other"] {
        assert!(user.decide(more) > Decision::Allow, "{more}");
    }
}

#[test]
fn a_rule_about_effects_or_places_alone_is_about_nothing_else() {
    let creates = Machine::new(None, Some(&rule("effect = \"creates\"")));
    assert_eq!(creates.decide("touch /nonexistent/x"), Decision::Forbid);
    assert_eq!(creates.decide("ls"), Decision::Confirm);
    let there = Machine::new(None, Some(&rule("path = \"/nonexistent/**\"")));
    assert_eq!(there.decide("cat /nonexistent/x"), Decision::Forbid);
    assert_eq!(there.decide("cat /none/x"), Decision::Confirm);
}

#[test]
fn a_program_is_allowed_by_its_name_and_not_for_what_nobody_knows() {
    let allow = |program: &str| {
        format!(
            "[[rule]]\nname = \"mine\"\ndecision = \"allow\"\nreason = \"r\"\n\
             program = \"{program}\"\noverrides = [\"confirm-reading\", \"confirm-changes\"]\n"
        )
    };
    let lists = Machine::new(None, Some(&allow("ls")));
    for line in ["ls", "/bin/ls", "ls -l / | ls"] {
        assert_eq!(lists.decide(line), Decision::Allow, "{line}");
    }
    for line in ["cat x", "ls | cat", "ls() { rm x; }; ls"] {
        assert!(lists.decide(line) > Decision::Allow, "{line}");
    }
    let makes = Machine::new(None, Some(&allow("make")));
    assert!(makes.decide("make") > Decision::Allow);
}

#[test]
fn a_broken_file_makes_everything_that_changes_something_stricter() {
    for (system, user) in [(Some("x"), None), (None, Some("x")), (Some("x"), Some(ALLOW_READING))] {
        let machine = Machine::new(system, user);
        let (policy, notices) = machine.load(effective_user());
        assert!(policy.is_damaged() && notices.len() == 1, "{notices:?}");
        // Nor is anything unasked that another file allows.
        assert_eq!(machine.decide("ls"), Decision::Confirm);
        assert_eq!(machine.decide("touch /tmp/x"), Decision::ConfirmByTyping);
        assert_eq!(machine.decide("rm -rf /"), Decision::Forbid);
    }
    assert_eq!(Machine::new(Some("x"), Some("y")).load(effective_user()).1.len(), 2);
}

#[test]
fn a_matrix_of_owners_and_modes() {
    let forbids_ls = rule("program = \"ls\"");
    for (file_mode, directory_mode, used) in [
        (0o600, 0o700, true),
        (0o644, 0o755, true),
        (0o400, 0o500, true),
        (0o664, 0o755, false),
        (0o646, 0o755, false),
        (0o666, 0o755, false),
        (0o644, 0o775, false),
        (0o644, 0o757, false),
        (0o644, 0o777, false),
    ] {
        for name in ["system", "user"] {
            let machine = Machine::new(
                (name == "system").then_some(forbids_ls.as_str()),
                (name == "user").then_some(forbids_ls.as_str()),
            );
            let file = machine.file(name);
            fs::set_permissions(&file, Permissions::from_mode(file_mode)).unwrap();
            let directory = file.parent().unwrap();
            fs::set_permissions(directory, Permissions::from_mode(directory_mode)).unwrap();
            let (policy, notices) = machine.load(effective_user());
            let shown = format!("{name} {file_mode:o} {directory_mode:o}: {notices:?}");
            assert_eq!(policy.is_damaged(), !used, "{shown}");
            assert_eq!(notices.len(), usize::from(!used), "{shown}");
            assert_eq!(policy.rules().len(), 19 + usize::from(used), "{shown}");
        }
    }
}

#[test]
fn a_file_of_another_user_is_not_used() {
    let machine = Machine::new(None, Some(&rule("program = \"ls\"")));
    // Everybody accepts a file of root's, so it is given to somebody else.
    let file = machine.file("user");
    if effective_user() == 0 {
        std::os::unix::fs::chown(&file, Some(4242), None).unwrap();
    }
    let stranger = if effective_user() == 0 { 0 } else { effective_user() + 1 };
    let (policy, notices) = machine.load(stranger);
    assert!(policy.is_damaged(), "{notices:?}");
    assert!(notices[0].contains("it belongs to user"), "{notices:?}");
}

#[test]
fn a_link_is_not_used_whatever_it_names() {
    let machine = Machine::new(None, None);
    let elsewhere = machine.root.path().join("elsewhere.toml");
    fs::write(&elsewhere, rule("program = \"ls\"")).unwrap();
    symlink(&elsewhere, machine.file("user")).unwrap();
    let (policy, notices) = machine.load(effective_user());
    assert!(policy.is_damaged() && policy.rules().len() == 19);
    assert!(notices[0].ends_with("is not used: it is a symbolic link"), "{notices:?}");
    // Nor one that names nothing.
    fs::remove_file(&elsewhere).unwrap();
    assert!(machine.load(effective_user()).0.is_damaged());
}

#[test]
fn each_error_says_what_to_do() {
    let hint = |error: PolicyError| Diagnostic::from(error).hint.unwrap();
    assert_eq!(hint(PolicyError::Link("/p".into())), "replace '/p' by a file");
    let rule = PolicyError::Rule { path: "/p".into(), rule: "r".into(), what: "w".into() };
    assert_eq!(
        hint(rule),
        "mend it, then: llmsh policy check '/p'; until then, changes ask for a typed word"
    );
    let file = read_trusted(Path::new("/"), 0).unwrap_err();
    assert_eq!(hint(file.into()), "move '/' away");
}

#[test]
fn the_files_are_where_the_documentation_says() {
    let files = Files::of(&Directories::below(Path::new("/r")), 7);
    assert_eq!(files.system, Path::new("/etc/llmsh/policy.toml"));
    assert_eq!(files.user, Path::new("/r/config/policy.toml"));
    assert_eq!((files.system_owner, files.user_owner), (0, 7));
}

//! `llmsh policy`: what it says about rules, commands, approvals and files of rules, in both
//! languages.

mod support;

use std::path::PathBuf;

use llmsh::policy::approval::{Approvals, FILE_NAME, Offer, Scope};
use serde_json::Value;
use support::{Finished, Place, Run};

const CHINESE: (&str, &str) = ("LC_ALL", "zh_CN.UTF-8");

fn policy(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["policy"]).args(arguments).finish()
}

fn policy_in_chinese(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).env(CHINESE.0, CHINESE.1).args(["policy"]).args(arguments).finish()
}

/// Remembers two approvals, of which only the second was used.
fn approve(place: &Place) {
    let mut approvals = Approvals::open(&database(place)).expect("the test can write it");
    for (action, risk) in [("copy", "write"), ("run git add", "write")] {
        let directory = place.work();
        let scope = Scope { action: action.to_owned(), risk: risk.to_owned(), directory };
        approvals
            .remember(&Offer { scopes: vec![scope] }, 1_700_000_000)
            .expect("the test can write it");
    }
    let connection = rusqlite::Connection::open(database(place)).expect("the test can write it");
    connection
        .execute("UPDATE approval SET used = 1750000000 WHERE id = 2", [])
        .expect("the test can write it");
}

fn database(place: &Place) -> PathBuf {
    let directory = place.directory("data").join("llmsh");
    std::fs::create_dir_all(&directory).expect("the test can write it");
    directory.join(FILE_NAME)
}

#[test]
fn rules_are_listed_from_the_strictest_on_and_approvals_with_their_use() {
    let place = Place::new();
    let listed = policy(&place, &["list"]).succeeded().stdout;
    assert_eq!(policy(&place, &[]).succeeded().stdout, listed);
    let at = |text: &str| listed.find(text).unwrap_or_else(|| panic!("{text}: {listed}"));
    assert!(at("refused:") < at("  forbid-root (llmsh): it would remove"));
    assert!(at("  forbid-root") < at("asked with a word to type:\n  type-privilege"));
    assert!(at("  type-privilege") < at("\nasked:\n  confirm-secrets"));
    assert!(listed.ends_with("approvals: none\n") && !listed.contains("not asked:"), "{listed}");
    // Listing has made no database.
    assert!(!database(&place).exists());
    let chinese = policy_in_chinese(&place, &["list"]).succeeded().stdout;
    assert!(chinese.starts_with("拒绝：\n  forbid-root"), "{chinese}");
    assert!(chinese.ends_with("已记住的许可：无\n"), "{chinese}");

    approve(&place);
    let work = place.work();
    let work = work.display();
    let listed = policy(&place, &["list"]).succeeded().stdout;
    let (_, approvals) = listed.split_once("approvals:\n").expect("they are listed");
    let lines: Vec<&str> = approvals.lines().collect();
    assert_eq!(lines.len(), 2, "{approvals}");
    assert!(lines[0].starts_with(&format!("  1  copy, inside {work} (given ")), "{approvals}");
    assert!(lines[0].ends_with("(given 2023-11-14, never used)"), "{approvals}");
    assert!(lines[1].starts_with("  2  run git add (changing files), inside "), "{approvals}");
    assert!(lines[1].ends_with("(given 2023-11-14, used 2025-06-15)"), "{approvals}");
    let chinese = policy_in_chinese(&place, &["list"]).succeeded().stdout;
    assert!(chinese.contains("（2023-11-14 许可，从未使用）\n"), "{chinese}");
    assert!(chinese.contains("（2023-11-14 许可，上次使用 2025-06-15）\n"), "{chinese}");
}

#[test]
fn approvals_are_taken_back_by_number_or_all() {
    let place = Place::new();
    approve(&place);
    let refused = policy(&place, &["revoke", "9"]);
    refused.expect(
        1,
        "",
        "llmsh: there is no approval 9\nllmsh: \"llmsh policy\" shows the numbers\n",
    );
    assert_eq!(policy(&place, &["revoke", "1"]).succeeded().stdout, "1 taken back\n");
    assert_eq!(policy(&place, &["revoke", "1"]).status, 1);
    let listed = policy(&place, &[]).succeeded().stdout;
    assert!(
        listed.contains("  2  run git add (changing files), inside ") && !listed.contains("  1  "),
        "{listed}"
    );
    // Under the other name as well.
    assert_eq!(policy(&place, &["forget", "all"]).succeeded().stdout, "1 taken back\n");
    assert!(policy(&place, &[]).succeeded().stdout.ends_with("approvals: none\n"));
    assert_eq!(policy(&place, &["revoke", "all"]).succeeded().stdout, "0 taken back\n");
    approve(&place);
    assert_eq!(policy_in_chinese(&place, &["revoke", "all"]).stdout, "已收回 2 项\n");
    let unclear = policy(&place, &["revoke", "some"]);
    assert_eq!(unclear.status, 2);
    assert!(unclear.stderr.contains("a number or \"all\" is needed"), "{}", unclear.stderr);
}

#[test]
fn a_file_of_rules_is_checked() {
    let place = Place::new();
    let rule = "[[rule]]\nname = \"no-git\"\ndecision = \"forbid\"\n\
                program = \"git\"\nreason = \"not here\"\nmatch = [\"git add .\"]\n";
    place.write("good.toml", rule);
    place.write("bad.toml", rule.replace("git add .", "ls"));
    let good = policy(&place, &["check", "good.toml"]);
    good.expect(0, "good.toml: 1 rule, in order\n", "");
    place.write("two.toml", rule.to_owned() + &rule.replace("no-git", "no-git-2"));
    let two = policy(&place, &["check", "two.toml"]);
    two.expect(0, "two.toml: 2 rules, all in order\n", "");
    let good = policy_in_chinese(&place, &["check", "good.toml"]);
    good.expect(0, "good.toml：1 条规则，均无问题\n", "");
    let bad = policy(&place, &["check", "bad.toml"]);
    assert_eq!((bad.status, &*bad.stdout), (1, ""));
    assert!(bad.stderr.contains("no-git") && bad.stderr.contains("ls"), "{}", bad.stderr);
    policy(&place, &["check", "none.toml"]).expect(
        1,
        "",
        "llmsh: there is no file none.toml\n\
         llmsh: docs/policy.md shows what a file of rules looks like\n",
    );
}

#[test]
fn what_would_be_decided_is_explained_step_by_step() {
    let place = Place::new();
    place.write("a", "");
    let said = policy(&place, &["explain", "ls; rm -rf /usr; cp a b"]).succeeded().stdout;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "decision: refused",
            "  1  ls",
            "     asks",
            "       confirm: you say yes before anything runs (confirm-reading, llmsh)",
        ]
    );
    assert!(said.contains("\n  2  rm -rf /usr\n     refused\n       forbid: it would"), "{said}");
    assert!(said.contains("(forbid-system-directories, llmsh)\n         deletes /usr\n"), "{said}");
    assert!(said.contains("\n  3  cp a b\n     asks\n       confirm: it does more"), "{said}");
    assert!(!said.contains("override") && said.ends_with("(confirm-changes, llmsh)\n"), "{said}");

    let chinese = policy_in_chinese(&place, &["explain", "rm -rf /usr"]).succeeded().stdout;
    assert!(chinese.starts_with("决定：拒绝\n  1  rm -rf /usr\n     拒绝\n       forbid："));
    assert!(chinese.contains("（forbid-system-directories，llmsh 自带）\n         "), "{chinese}");

    // What is not installed here is judged all the same.
    let absent = policy(&place, &["explain", "sudo no-such-program"]).succeeded().stdout;
    assert!(absent.contains("(type-privilege, llmsh)"), "{absent}");

    let none = policy(&place, &["explain", "ls ("]);
    assert!(none.status != 0 && none.stdout.is_empty(), "{}", none.stdout);
    assert!(none.stderr.starts_with("llmsh: no plan could be made: "), "{}", none.stderr);
}

#[test]
fn more_effects_than_are_shown_are_counted() {
    let place = Place::new();
    let home = place.directory("home");
    let names: Vec<String> =
        (0..6).map(|number| format!("{}/.ssh/id_{number}", home.display())).collect();
    std::fs::create_dir_all(home.join(".ssh")).unwrap();
    for name in &names {
        std::fs::write(name, "").unwrap();
    }
    let told = |count: usize| {
        let text = format!("rm {}", names[..count].join(" "));
        let said = policy(&place, &["explain", &text]).succeeded().stdout;
        let chinese = policy_in_chinese(&place, &["explain", &text]).succeeded().stdout;
        (said, chinese)
    };
    let (four, _) = told(4);
    assert!(four.contains("id_3\n") && !four.contains(" more\n"), "{four}");
    let (six, chinese) = told(6);
    assert!(six.contains("id_3 and 2 more\n"), "{six}");
    assert!(chinese.contains(" 等，另有 2 项\n"), "{chinese}");
}

#[test]
fn rules_of_ones_own_say_what_they_override() {
    let place = Place::new();
    let rules = "[[rule]]\nname = \"ls-runs\"\ndecision = \"allow\"\n\
                 overrides = [\"confirm-reading\"]\nreason = \"it only lists\"\n\
                 program = \"ls\"\nmatch = [\"ls\"]\n";
    let file = place.directory("config").join("llmsh/policy.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, rules).unwrap();
    let said = policy(&place, &["explain", "ls"]).succeeded().stdout;
    assert!(said.starts_with("decision: runs without asking\n"), "{said}");
    assert!(said.contains("allow: it only lists (ls-runs, you"), "{said}");
    assert!(said.contains("\n       your rules override: confirm-reading\n"), "{said}");
    let listed = policy(&place, &["list"]).succeeded().stdout;
    assert!(listed.contains("\nnot asked:\n  ls-runs (you"), "{listed}");
    let json = policy(&place, &["explain", "--json", "ls"]).succeeded().stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["decision"], "allow");
    assert_eq!(json["steps"][0]["overridden"][0], "confirm-reading");
    assert_eq!(json["steps"][0]["because"][0]["rule"], "ls-runs");
}

#[test]
fn programs_read_the_same_as_json() {
    let place = Place::new();
    let json = policy(&place, &["explain", "--json", "ls; rm -rf /usr"]).succeeded().stdout;
    assert!(json.ends_with("}\n") && json.lines().count() == 1, "{json}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["decision"], "forbid");
    let steps = json["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    let told = |step: &Value| {
        ["operation", "command", "risk", "decision"]
            .map(|key| step[key].as_str().unwrap().to_owned())
    };
    assert_eq!(told(&steps[0]), ["run", "ls", "read", "confirm"]);
    assert_eq!(told(&steps[1]), ["remove", "rm -rf /usr", "forbidden", "forbid"]);
    let because = &steps[1]["because"][0];
    assert_eq!(because["source"], "llmsh");
    assert_eq!(because["effects"][0], "deletes /usr");
    let chinese = policy_in_chinese(&place, &["explain", "--json", "ls"]).succeeded().stdout;
    assert!(!chinese.is_ascii(), "{chinese}");
}

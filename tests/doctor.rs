//! `llmsh doctor`: what is there, what is not as it should be, and nothing secret.

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use support::{Place, Run};

fn line<'a>(report: &'a str, name: &str) -> &'a str {
    report
        .lines()
        .find(|line| line.trim_start_matches(['!', ' ']).starts_with(name))
        .unwrap_or_else(|| panic!("no line on {name} in:\n{report}"))
}

#[test]
fn everything_that_is_needed_is_looked_at() {
    let place = Place::new();
    let ended = Run::new(&place).args(["doctor"]).finish();
    let report = &ended.stdout;
    for name in [
        "llmsh",
        "system",
        "terminal",
        "locale",
        "configuration",
        "config",
        "data",
        "state",
        "cache",
        "model",
        "worker",
        "preview",
        "cgroup",
        "kept",
    ] {
        line(report, name);
    }
    // No model is there, which is a problem, and what to do is said.
    assert_eq!(ended.status, 1, "{report}");
    assert!(line(report, "model").starts_with('!'), "{report}");
    assert!(report.contains("llmsh model pull"), "{report}");
    assert!(line(report, "terminal").contains("a file or a pipe"), "{report}");
    assert!(line(report, "worker").contains("not running"), "{report}");
    // The home directory is nobody's business.
    let home = place.directory("home").display().to_string();
    assert!(!report.contains(&format!("{home}/")), "{report}");
    assert!(
        report.lines().all(|line| line.starts_with("  ") || line.starts_with("! ")),
        "{report}"
    );
}

#[test]
fn what_is_not_as_it_should_be_stands_out() {
    let place = Place::new();
    place.configure("[undo]\nkeep = \"2 G\"\n");
    let data = place.directory("data").join("llmsh");
    fs::create_dir_all(&data).unwrap();
    fs::set_permissions(&data, Permissions::from_mode(0o777)).unwrap();
    let ended = Run::new(&place)
        .env("LANG", "token=ghp_0123456789abcdef0123456789abcdef0123")
        .env("LC_ALL", "")
        .args(["doctor"])
        .finish();
    let report = &ended.stdout;
    assert_eq!(ended.status, 1);
    assert!(line(report, "configuration").contains("config.toml:2:8"), "{report}");
    assert!(line(report, "configuration").contains("as in \"2 GiB\""), "{report}");
    assert!(line(report, "data").starts_with("! "), "{report}");
    assert!(report.contains("chmod go-w"), "{report}");
    assert!(line(report, "locale").starts_with("! "), "{report}");
    assert!(!report.contains("0123456789abcdef"), "{report}");
}

#[test]
fn it_speaks_chinese_too() {
    let place = Place::new();
    let ended = Run::new(&place).env("LC_ALL", "zh_CN.UTF-8").args(["doctor"]).finish();
    assert!(line(&ended.stdout, "区域设置").contains("中文"), "{}", ended.stdout);
}

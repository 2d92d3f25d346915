//! `llmsh history import`: what bash, zsh, fish and atuin remember.

mod support;

use std::fs;

use support::{Finished, LLMSH, PROMPT, Place, Run, Terminal};

fn import(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["history", "import"]).args(arguments).finish()
}

fn remembered(place: &Place) -> Vec<String> {
    let none: [&str; 0] = [];
    let mut terminal =
        Terminal::start_with(place, LLMSH, none, (50, 200), &[("PS1", PROMPT), ("NO_COLOR", "1")]);
    terminal.wait_for_prompt();
    let lines = terminal.run_line("history");
    let text = |line: &str| line.trim_start().split_once("  ").map(|(_, text)| text.to_owned());
    let mut lines: Vec<String> = lines.lines().filter_map(text).collect();
    assert_eq!(lines.pop().as_deref(), Some("history"));
    lines
}

#[test]
fn lines_are_added_once_in_the_order_of_their_times_without_secrets() {
    let place = Place::new();
    let home = place.directory("home");
    let data = place.directory("data");
    fs::write(
        home.join(".bash_history"),
        "#300\necho third\n#100\necho first\n#100\n secret\n#101\ncurl -u a:b https://x\n",
    )
    .unwrap();
    import(&place, &["bash"]).expect(
        0,
        "3 lines were added; 1 were there already, or are not kept\n",
        "",
    );
    import(&place, &["bash"]).expect(
        0,
        "0 lines were added; 4 were there already, or are not kept\n",
        "",
    );
    fs::write(home.join("zsh"), ": 200:0;echo second\n").unwrap();
    let file = home.join("zsh").display().to_string();
    assert!(import(&place, &["zsh", &file]).succeeded().stdout.starts_with("1 lines"));
    fs::create_dir_all(data.join("fish")).unwrap();
    fs::write(data.join("fish/fish_history"), "- cmd: echo fourth\n  when: 400\n").unwrap();
    assert!(import(&place, &["fish"]).succeeded().stdout.starts_with("1 lines"));
    fs::create_dir_all(data.join("atuin")).unwrap();
    let database = rusqlite::Connection::open(data.join("atuin/history.db")).unwrap();
    database
        .execute_batch(
            "CREATE TABLE history (id TEXT PRIMARY KEY, timestamp INTEGER NOT NULL,
                 duration INTEGER NOT NULL, exit INTEGER NOT NULL, command TEXT NOT NULL,
                 cwd TEXT NOT NULL, session TEXT NOT NULL, hostname TEXT NOT NULL,
                 deleted_at INTEGER);
             INSERT INTO history VALUES ('a', 500000000000, 5, 1, 'echo fifth', '/x', 's', 'h', NULL),
                 ('b', 600000000000, 5, 0, 'gone', '/x', 's', 'h', 7);",
        )
        .unwrap();
    drop(database);
    assert!(import(&place, &["atuin"]).succeeded().stdout.starts_with("1 lines"));

    let lines = remembered(&place);
    let echoed: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| line.starts_with("echo")).collect();
    assert_eq!(echoed, ["echo first", "echo second", "echo third", "echo fourth", "echo fifth"]);
    assert!(!lines.iter().any(|line| line.contains("secret") || line.contains("a:b")), "{lines:?}");
}

#[test]
fn a_file_that_is_not_there_or_no_database_is_told() {
    let place = Place::new();
    let none = import(&place, &["bash"]);
    assert!(none.status == 1 && none.stderr.contains(".bash_history: "), "{}", none.stderr);
    assert!(none.stderr.contains("history import bash FILE"), "{}", none.stderr);
    place.write("text", "no database\n");
    let wrong = import(&place, &["atuin", "text"]);
    assert!(wrong.status == 1 && wrong.stderr.contains("no database of atuin"), "{}", wrong.stderr);
    assert_eq!(import(&place, &["csh"]).status, 2);
}

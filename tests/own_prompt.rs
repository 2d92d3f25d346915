//! The prompt of the shell's own, and what the terminal is told beside it.

mod support;

use support::{LLMSH, PROMPT, Place, Terminal};

#[test]
fn the_terminal_is_told_where_things_are() {
    let place = Place::new();
    place.write("a b/x", "");
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start_with(&place, LLMSH, none, (24, 80), &[]);
    terminal.wait_for_prompt();
    terminal.run_line("cd 'a b'");
    terminal.run_line("false");
    terminal.run_line("echo \u{6f22}\u{5b57}");
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    let directory = format!("{}/a%20b\x07", place.work().display());
    for told in [
        "\x1b]7;file://",
        &directory,
        "\x1b]0;false\x07\x1b]133;C\x07",
        "\x1b]133;D;1\x07",
        "\x1b]0;echo \u{6f22}\u{5b57}\x07",
        "\x1b[K\x1b]133;A\x07",
        &format!("{PROMPT}\x1b]133;B\x07"),
    ] {
        assert!(raw.contains(told), "{told:?} in {raw:?}");
    }
    place.configure("[prompt]\nmarks = false\ntitle = false\n");
    let mut terminal = Terminal::shell(&place, (24, 80));
    terminal.wait_for_prompt();
    terminal.run_line("false");
    assert!(!String::from_utf8_lossy(terminal.raw()).contains("\x1b]"));
}

#[test]
fn the_prompt_of_its_own_says_what_one_should_know() {
    let place = Place::new();
    place.write(".git/HEAD", "ref: refs/heads/topic\n");
    let none: [&str; 0] = [];
    let start = |environment: &[(&str, &str)]| {
        let mut all = vec![("PS1", "$ "), ("NO_COLOR", "1")];
        all.extend(environment);
        Terminal::start_with(&place, LLMSH, none, (24, 80), &all)
    };
    let waits = |terminal: &mut Terminal, prompt: &str| {
        terminal.wait_until(prompt, |terminal| {
            let line = terminal.before_cursor();
            line.trim_end_matches(['$', '#', ' ']) == prompt
        });
    };
    let mut terminal = start(&[("VIRTUAL_ENV", "/x/venv"), ("SSH_CONNECTION", "")]);
    waits(&mut terminal, "(venv) work topic");
    terminal.keys("false\r");
    waits(&mut terminal, "(venv) work topic [1]");
    terminal.keys("sleep 30 &\r");
    waits(&mut terminal, "(venv) work topic 1&");
    terminal.keys("kill %1; cd /\r");
    terminal.wait_for("(venv) / ");
    // What is changed and under way in a repository is said, too.
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments);
        let output = command.current_dir(place.work()).env("HOME", place.work()).output();
        assert!(output.unwrap().status.success(), "{arguments:?}");
    };
    std::fs::remove_file(place.work().join(".git/HEAD")).unwrap();
    place.write("a", "1\n");
    git(&["init", "-qb", "topic"]);
    git(&["add", "a"]);
    git(&["commit", "-qm", "a"]);
    place.write("a", "1\n2\n");
    place.write(".git/MERGE_HEAD", "");
    let mut terminal = start(&[]);
    waits(&mut terminal, "work topic merge *1");
    place.write("a", "1\n");
    git(&["add", "a"]);
    std::fs::remove_file(place.work().join(".git/MERGE_HEAD")).unwrap();
    terminal.keys("\r");
    waits(&mut terminal, "work topic");
    // Each part can be switched off, and a PS1 of one's own takes the place of all.
    place.configure("[prompt]\ngit = false\nenvironment = false\nstatus = false\n");
    let mut terminal = start(&[("VIRTUAL_ENV", "/x/venv")]);
    waits(&mut terminal, "work");
    terminal.keys("false\r");
    waits(&mut terminal, "work");
    terminal.keys("PS1='mine> '\r");
    waits(&mut terminal, "mine>");
}

#[test]
fn of_a_line_that_was_entered_only_the_sign_stays_where_that_is_wanted() {
    let place = Place::new();
    place.configure("[prompt]\ntransient = true\n");
    let none: [&str; 0] = [];
    for size in [(24, 80), (24, 20)] {
        let mut terminal =
            Terminal::start_with(&place, LLMSH, none, size, &[("NO_COLOR", "1"), ("PS1", "$ ")]);
        let sign = if nix::unistd::Uid::effective().is_root() { "#" } else { "$" };
        let prompt = format!("work {sign} ");
        terminal.wait_until("a prompt", |terminal| terminal.before_cursor() == prompt);
        terminal.keys("echo 一二三四五六七八九十 and more\r");
        terminal.wait_until("the next prompt", |terminal| {
            let screen = terminal.screen().replace('\n', "");
            let line = format!("{sign} echo 一二三四五六七八九十 and more");
            terminal.before_cursor() == prompt
                && screen.replace(' ', "").starts_with(&line.replace(' ', ""))
        });
        assert_eq!(terminal.screen().matches("work").count(), 1, "{}", terminal.screen());
        // The directory is a link to itself.
        let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
        let path = place.work().canonicalize().unwrap();
        assert!(raw.contains("\x1b]8;;file://") && raw.contains(path.to_str().unwrap()), "{raw:?}");
        terminal.send(b"exit\r");
        terminal.finish();
    }
}

//! What a person sees while typing: completion, suggestions, colours; typed with pauses on
//! a terminal of its own.

mod support;

use std::time::Duration;

use support::{LLMSH, PROMPT, Place, Terminal};

fn shell_with(place: &Place, environment: &[(&str, &str)]) -> Terminal {
    let none: [&str; 0] = [];
    let mut all = vec![("PS1", PROMPT)];
    all.extend(environment);
    let mut terminal = Terminal::start_with(place, LLMSH, none, (24, 80), &all);
    terminal.wait_for_prompt();
    terminal
}

fn shell(place: &Place) -> Terminal {
    shell_with(place, &[("NO_COLOR", "1")])
}

/// Types as a person does: a key, a pause, a key.
fn keys(terminal: &mut Terminal, text: &str) {
    for character in text.chars() {
        terminal.send(character.to_string().as_bytes());
        std::thread::sleep(Duration::from_millis(10));
    }
}

const RIGHT: &[u8] = b"\x1b[C";
const ALT_RIGHT: &[u8] = b"\x1b[1;3C";

#[track_caller]
fn line_is(terminal: &mut Terminal, line: &str) {
    terminal.wait_until(line, |terminal| {
        terminal.before_cursor().trim_end() == format!("{PROMPT}{line}").trim_end()
    });
}

#[test]
fn tab_completes_commands_options_subcommands_and_variables() {
    let place = Place::new();
    let mut terminal = shell_with(&place, &[("NO_COLOR", "1"), ("VERY_OWN", "mine")]);
    for (typed, completed) in [
        ("whoa", "whoami"),
        ("ls --group-d", "ls --group-directories-first"),
        ("git checko", "git checkout"),
        ("echo $VERY_O", "echo $VERY_OWN"),
        ("cd ~roo", "cd ~root/"),
        ("sudo --preserve-e", "sudo --preserve-env="),
    ] {
        keys(&mut terminal, typed);
        keys(&mut terminal, "\t");
        line_is(&mut terminal, completed);
        terminal.control('u');
        line_is(&mut terminal, "");
    }
}

#[test]
fn several_are_listed_with_what_they_mean() {
    let place = Place::new();
    let mut terminal = shell(&place);
    keys(&mut terminal, "ls --si\t");
    terminal.wait_for("--size");
    terminal.wait_for("--si ");
    let screen = terminal.screen();
    let size = screen.lines().find(|line| line.starts_with("--size")).expect("it is listed");
    assert!(size.len() > 15, "{screen}");
    line_is(&mut terminal, "ls --si");
    // Files in one directory, as many as fit in a line.
    terminal.control('u');
    for name in ["alpha-1", "alpha-2", "alpha-3"] {
        place.write(name, "");
    }
    keys(&mut terminal, "cat al\t");
    terminal.wait_until("the files", |terminal| {
        terminal.screen().lines().any(|line| line.contains("alpha-1") && line.contains("alpha-3"))
    });
    line_is(&mut terminal, "cat alpha-");
}

#[test]
fn options_speak_chinese_where_the_person_does() {
    let place = Place::new();
    let mut terminal = shell_with(&place, &[("NO_COLOR", "1"), ("LC_ALL", "zh_CN.UTF-8")]);
    keys(&mut terminal, "ls --si\t");
    terminal.wait_until("Chinese", |terminal| {
        let screen = terminal.screen();
        screen.lines().any(|line| line.starts_with("--size") && !line.is_ascii())
    });
}

#[test]
fn a_line_of_the_past_is_suggested_and_taken_whole_or_by_words() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("echo one two three");
    terminal.run_line("echo-is-none");
    keys(&mut terminal, "echo o");
    terminal.wait_for(&format!("{PROMPT}echo one two three"));
    line_is(&mut terminal, "echo o");
    terminal.send(ALT_RIGHT);
    line_is(&mut terminal, "echo one");
    terminal.send(ALT_RIGHT);
    line_is(&mut terminal, "echo one two");
    terminal.send(RIGHT);
    line_is(&mut terminal, "echo one two three");
    terminal.send(b"\r");
    terminal.wait_for_prompt();
    // What failed is not suggested before what did not.
    keys(&mut terminal, "echo");
    terminal.wait_for(&format!("{PROMPT}echo one two three"));
    // What is not taken is no part of the line.
    keys(&mut terminal, " x\r");
    terminal.wait_for("\nx\n");
}

#[test]
fn suggestions_are_those_of_the_directory_and_of_earlier_sessions() {
    let place = Place::new();
    place.write("here/a", "");
    let mut terminal = shell(&place);
    terminal.run_line("cat here/a; true first");
    terminal.run_line("cd here");
    terminal.run_line("cat a; true second");
    terminal.start_line("exit");
    terminal.finish();
    let mut terminal = shell(&place);
    keys(&mut terminal, "cat ");
    terminal.wait_for("cat here/a; true first");
    terminal.control('u');
    terminal.run_line("cd here");
    keys(&mut terminal, "cat ");
    terminal.wait_for("cat a; true second");
}

#[test]
fn colours_say_what_is_wrong_before_enter() {
    let place = Place::new();
    place.write("full", "something");
    let mut terminal = shell_with(&place, &[]);
    let seen = |terminal: &Terminal, bytes: &str| {
        terminal.raw().windows(bytes.len()).any(|window| window == bytes.as_bytes())
    };
    for (typed, painted) in [
        ("lsss", "\x1b[31mlsss"),
        ("cat full", "\x1b[4mfull"),
        ("ls >full", "\x1b[1;35mfull"),
        ("echo 'open", "\x1b[33m'open"),
    ] {
        keys(&mut terminal, typed);
        terminal.wait_until(typed, |terminal| seen(terminal, painted));
        terminal.control('u');
        line_is(&mut terminal, "");
    }
    // And not at all where nobody wants colours.
    let mut terminal = shell(&place);
    keys(&mut terminal, "lsss");
    line_is(&mut terminal, "lsss");
    assert!(!seen(&terminal, "\x1b[31m"));
}

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

const RIGHT: &[u8] = b"\x1b[C";
const ALT_RIGHT: &[u8] = b"\x1b[1;3C";

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
        terminal.keys(typed);
        terminal.keys("\t");
        terminal.line_is(completed);
        terminal.control('u');
        terminal.line_is("");
    }
}

#[test]
fn installed_scripts_know_what_no_table_does() {
    let place = Place::new();
    place.write("bin/smbclient", "#!/bin/sh\necho '  -l, --log-basename=NAME  name'\n");
    use std::os::unix::fs::PermissionsExt;
    let program = place.work().join("bin/smbclient");
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut terminal = shell(&place);
    terminal.run_line("PATH=$PWD/bin:$PATH");
    terminal.keys("smbclient --log-base\t");
    terminal.line_is("smbclient --log-basename=");
    terminal.control('u');
    // Nothing of theirs is in the person's shell.
    assert_eq!(terminal.run_line("declare -F | grep -c _completion"), "0");
}

#[test]
fn several_are_listed_with_what_they_mean() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.keys("ls --si\t");
    terminal.wait_for("--size");
    terminal.wait_for("--si ");
    let screen = terminal.screen();
    let size = screen.lines().find(|line| line.starts_with("--size")).expect("it is listed");
    assert!(size.len() > 15, "{screen}");
    terminal.line_is("ls --si");
    // Files in one directory, as many as fit in a line.
    terminal.control('u');
    for name in ["alpha-1", "alpha-2", "alpha-3"] {
        place.write(name, "");
    }
    terminal.keys("cat al\t");
    terminal.wait_until("the files", |terminal| {
        terminal.screen().lines().any(|line| line.contains("alpha-1") && line.contains("alpha-3"))
    });
    terminal.line_is("cat alpha-");
}

#[test]
fn options_speak_chinese_where_the_person_does() {
    let place = Place::new();
    let mut terminal = shell_with(&place, &[("NO_COLOR", "1"), ("LC_ALL", "zh_CN.UTF-8")]);
    terminal.keys("ls --si\t");
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
    terminal.keys("echo o");
    terminal.wait_for(&format!("{PROMPT}echo one two three"));
    terminal.line_is("echo o");
    terminal.send(ALT_RIGHT);
    terminal.line_is("echo one");
    terminal.send(ALT_RIGHT);
    terminal.line_is("echo one two");
    terminal.send(RIGHT);
    terminal.line_is("echo one two three");
    terminal.send(b"\r");
    terminal.wait_for_prompt();
    // What failed is not suggested before what did not.
    terminal.keys("echo");
    terminal.wait_for(&format!("{PROMPT}echo one two three"));
    // What is not taken is no part of the line.
    terminal.keys(" x\r");
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
    terminal.keys("cat ");
    terminal.wait_for("cat here/a; true first");
    terminal.control('u');
    terminal.run_line("cd here");
    terminal.keys("cat ");
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
        terminal.keys(typed);
        terminal.wait_until(typed, |terminal| seen(terminal, painted));
        terminal.control('u');
        terminal.line_is("");
    }
    // And not at all where nobody wants colours.
    let mut terminal = shell(&place);
    terminal.keys("lsss");
    terminal.line_is("lsss");
    assert!(!seen(&terminal, "\x1b[31m"));
}

#[test]
fn lines_of_before_are_meant_by_signs() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("echo one two");
    for (typed, told) in [
        ("!!", "echo one two\none two"),
        ("echo again !$", "echo again two\nagain two"),
        ("^again^once", "echo once two\nonce two"),
        ("!echo:s/two/three/", "echo once three\nonce three"),
        ("echo 'wow!!'", "wow!!"),
        ("!none", "llmsh: !none: event not found"),
        ("!!:p", "echo 'wow!!'"),
    ] {
        assert_eq!(terminal.run_line(typed), told, "{typed}");
    }
    // What it became is what is remembered.
    terminal.send(b"\x1b[A");
    terminal.line_is("echo 'wow!!'");
    terminal.control('u');
    terminal.run_line("set +H");
    assert_eq!(terminal.run_line("echo !!"), "!!");
}

#[test]
fn history_is_listed_run_again_and_forgotten() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("echo first");
    terminal.run_line("echo second");
    assert_eq!(terminal.run_line("history 2"), "    2  echo second\n    3  history 2");
    assert_eq!(terminal.run_line("fc -ln echo | tr '\\t' ' '"), " echo second\n history 2");
    assert_eq!(terminal.run_line("fc -s sec=thi 2"), "echo thiond\nthiond");
    assert_eq!(terminal.run_line("fc -l -1 | tr '\\t' ' '"), "5 echo thiond");
    assert_eq!(terminal.run_line("FCEDIT='sed -i s/first/edited/' fc 1"), "echo edited\nedited");
    assert_eq!(
        terminal.run_line("fc -e false 1"),
        "llmsh: fc: false: it failed, and nothing was run"
    );
    terminal.run_line(" echo secret");
    assert!(!terminal.run_line("history 3").contains("secret"));
    terminal.run_line("history -d 1");
    assert_eq!(terminal.run_line("history 99").lines().next(), Some("    1  echo second"));
    assert!(terminal.run_line("history -d 99").contains("out of range"));
    terminal.run_line("history -c");
    assert_eq!(terminal.run_line("history"), "    1  history");
    terminal.start_line("exit");
    terminal.finish();
    // What was forgotten is not there for the next session either.
    let mut terminal = shell(&place);
    let lines = terminal.run_line("history");
    assert!(!lines.contains("second") && lines.contains("exit"), "{lines}");
}

#[test]
fn what_was_forgotten_is_neither_suggested_nor_stepped_to() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("echo kept");
    terminal.run_line("echo forgotten");
    terminal.run_line("history -d 2");
    terminal.keys("echo ");
    terminal.wait_for(&format!("{PROMPT}echo kept"));
    terminal.control('u');
    // Over "history -d 2".
    terminal.send(b"\x1b[A");
    terminal.line_is("history -d 2");
    terminal.send(b"\x1b[A");
    terminal.line_is("echo kept");
    terminal.control('u');
    terminal.run_line("history -c");
    terminal.keys("echo ");
    terminal.line_is("echo ");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!terminal.screen().ends_with("kept"), "{}", terminal.screen());
    terminal.control('u');
    terminal.send(b"\x1b[A");
    std::thread::sleep(Duration::from_millis(100));
    terminal.line_is("");
}

#[test]
fn lines_of_all_sessions_are_found_taken_and_forgotten_in_a_list() {
    let place = Place::new();
    let mut other = shell(&place);
    other.run_line("echo from another session");
    let mut terminal = shell(&place);
    terminal.run_line("echo one");
    terminal.run_line("false # one");
    terminal.run_line("echo two");
    let control_r = |terminal: &mut Terminal| terminal.send(b"\x12");
    terminal.keys("echo");
    control_r(&mut terminal);
    terminal.wait_for("3 | [Tab] everywhere");
    terminal.wait_for("search> echo");
    terminal.keys(" sess\r");
    terminal.line_is("echo from another session");
    assert!(!terminal.screen().contains("search>"), "{}", terminal.screen());
    terminal.control('u');
    terminal.line_is("");
    // Escape leaves what was typed; filters are of one list.
    terminal.keys("one");
    control_r(&mut terminal);
    terminal.wait_for("2 | [Tab]");
    terminal.send(b"\t\t\x1bs\x1bs");
    terminal.wait_for("1 | [Tab] this session | [Alt-S] failed");
    terminal.wait_for("> false # one");
    // Forgotten, it is nowhere.
    terminal.send(b"\x1b[3~");
    terminal.wait_for("0 | [Tab]");
    std::thread::sleep(Duration::from_millis(100));
    terminal.send(b"\x1b");
    terminal.line_is("one");
    terminal.control('u');
    assert!(!terminal.run_line("history").contains("false"));
    control_r(&mut terminal);
    terminal.wait_for("search>");
    terminal.keys("fals");
    terminal.wait_for("0 | [Tab]");
    terminal.control('c');
    terminal.line_is("");
    assert_eq!(terminal.run_line("echo on"), "on");
}

#[test]
fn vi_and_emacs_keys_are_switched() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("set -o vi");
    terminal.keys("xecho vi");
    terminal.send(b"\x1b");
    std::thread::sleep(Duration::from_millis(700));
    terminal.keys("0x");
    terminal.line_is("");
    terminal.send(b"\r");
    terminal.wait_for("\nvi\n");
    terminal.run_line("set -o emacs");
    terminal.keys("cho emacs");
    terminal.control('a');
    terminal.keys("e\r");
    terminal.wait_for("\nemacs\n");
}

#[test]
fn the_last_word_of_before_is_put_in_and_the_line_goes_to_an_editor() {
    let place = Place::new();
    let mut terminal = shell_with(&place, &[("NO_COLOR", "1"), ("VISUAL", "sed -i s/three/four/")]);
    terminal.run_line("echo one two");
    terminal.run_line("echo 'a b'");
    terminal.keys("echo ");
    terminal.send(b"\x1b.");
    terminal.line_is("echo 'a b'");
    terminal.keys(" three");
    terminal.send(b"\x18\x05");
    terminal.wait_for("\na b four\n");
    terminal.wait_for_prompt();
}

#[test]
fn the_rc_file_is_read_unless_others_can_write_it() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.configure("[shell]\nbashrc = true\n");
    let rc = place.directory("config").join("llmsh/rc");
    fs::write(&rc, "alias xyzzyx='echo from rc'\nif broken\n").unwrap();
    fs::write(place.directory("home").join(".bashrc"), "bash_says() { echo from bashrc; }\n")
        .unwrap();
    let mut terminal = shell(&place);
    assert_eq!(terminal.run_line("xyzzyx"), "from rc");
    assert_eq!(terminal.run_line("bash_says"), "from bashrc");
    assert!(terminal.screen().contains("syntax error"), "{}", terminal.screen());
    // Options that it sets are those of the session.
    fs::write(&rc, "set +H\n").unwrap();
    let mut terminal = shell(&place);
    assert_eq!(terminal.run_line("echo !!"), "!!");
    fs::set_permissions(&rc, Permissions::from_mode(0o666)).unwrap();
    let mut terminal = shell(&place);
    assert!(terminal.screen().contains("rc"), "{}", terminal.screen());
    assert!(terminal.run_line("xyzzyx").contains("not found"));
}

#[test]
fn an_unfinished_command_says_so_until_it_ends() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.keys("for x in a b; do\r");
    terminal.wait_for("unfinished");
    terminal.keys("echo loop $x\r");
    terminal.keys("done");
    terminal.wait_until("no sign", |terminal| !terminal.screen().contains("unfinished"));
    terminal.keys("\r");
    terminal.wait_for("loop a\nloop b");
}

#[test]
fn a_request_is_completed_with_what_it_may_name() {
    let place = Place::new();
    for name in ["deep/er/annual report.txt", "deep/er/other.txt", "zebra/x"] {
        place.write(name, "");
    }
    let mut terminal = shell(&place);
    for (typed, completed) in [
        ("please delete the annu", "please delete the \"deep/er/annual report.txt\""),
        ("请把oth", "请把deep/er/other.txt"),
        ("? what is in zeb", "? what is in zebra/"),
        ("show me files owned by roo", "show me files owned by root"),
        ("cat dee", "cat deep/"),
    ] {
        terminal.keys(typed);
        terminal.keys("\t");
        terminal.wait_until(completed, |terminal| {
            terminal.before_cursor().trim_end() == format!("{PROMPT}{completed}")
        });
        terminal.control('u');
        terminal.line_is("");
    }
}

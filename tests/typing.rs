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
fn installed_scripts_know_what_no_table_does() {
    let place = Place::new();
    place.write("bin/smbclient", "#!/bin/sh\necho '  -l, --log-basename=NAME  name'\n");
    use std::os::unix::fs::PermissionsExt;
    let program = place.work().join("bin/smbclient");
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut terminal = shell(&place);
    terminal.run_line("PATH=$PWD/bin:$PATH");
    keys(&mut terminal, "smbclient --log-base\t");
    line_is(&mut terminal, "smbclient --log-basename=");
    terminal.control('u');
    // Nothing of theirs is in the person's shell.
    assert_eq!(terminal.run_line("declare -F | grep -c _completion"), "0");
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
    line_is(&mut terminal, "echo 'wow!!'");
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
    keys(&mut terminal, "echo ");
    terminal.wait_for(&format!("{PROMPT}echo kept"));
    terminal.control('u');
    // Over "history -d 2".
    terminal.send(b"\x1b[A");
    line_is(&mut terminal, "history -d 2");
    terminal.send(b"\x1b[A");
    line_is(&mut terminal, "echo kept");
    terminal.control('u');
    terminal.run_line("history -c");
    keys(&mut terminal, "echo ");
    line_is(&mut terminal, "echo ");
    std::thread::sleep(Duration::from_millis(100));
    assert!(!terminal.screen().ends_with("kept"), "{}", terminal.screen());
    terminal.control('u');
    terminal.send(b"\x1b[A");
    std::thread::sleep(Duration::from_millis(100));
    line_is(&mut terminal, "");
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
    keys(&mut terminal, "echo");
    control_r(&mut terminal);
    terminal.wait_for("3 | [Tab] everywhere");
    terminal.wait_for("search> echo");
    keys(&mut terminal, " sess\r");
    line_is(&mut terminal, "echo from another session");
    assert!(!terminal.screen().contains("search>"), "{}", terminal.screen());
    terminal.control('u');
    line_is(&mut terminal, "");
    // Escape leaves what was typed; filters are of one list.
    keys(&mut terminal, "one");
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
    line_is(&mut terminal, "one");
    terminal.control('u');
    assert!(!terminal.run_line("history").contains("false"));
    control_r(&mut terminal);
    terminal.wait_for("search>");
    keys(&mut terminal, "fals");
    terminal.wait_for("0 | [Tab]");
    terminal.control('c');
    line_is(&mut terminal, "");
    assert_eq!(terminal.run_line("echo on"), "on");
}

#[test]
fn vi_and_emacs_keys_are_switched() {
    let place = Place::new();
    let mut terminal = shell(&place);
    terminal.run_line("set -o vi");
    keys(&mut terminal, "xecho vi");
    terminal.send(b"\x1b");
    std::thread::sleep(Duration::from_millis(700));
    keys(&mut terminal, "0x");
    line_is(&mut terminal, "");
    terminal.send(b"\r");
    terminal.wait_for("\nvi\n");
    terminal.run_line("set -o emacs");
    keys(&mut terminal, "cho emacs");
    terminal.control('a');
    keys(&mut terminal, "e\r");
    terminal.wait_for("\nemacs\n");
}

#[test]
fn the_last_word_of_before_is_put_in_and_the_line_goes_to_an_editor() {
    let place = Place::new();
    let mut terminal = shell_with(&place, &[("NO_COLOR", "1"), ("VISUAL", "sed -i s/three/four/")]);
    terminal.run_line("echo one two");
    terminal.run_line("echo 'a b'");
    keys(&mut terminal, "echo ");
    terminal.send(b"\x1b.");
    line_is(&mut terminal, "echo 'a b'");
    keys(&mut terminal, " three");
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
    keys(&mut terminal, "for x in a b; do\r");
    terminal.wait_for("unfinished");
    keys(&mut terminal, "echo loop $x\r");
    keys(&mut terminal, "done");
    terminal.wait_until("no sign", |terminal| !terminal.screen().contains("unfinished"));
    keys(&mut terminal, "\r");
    terminal.wait_for("loop a\nloop b");
}

#[test]
fn the_terminal_is_told_where_things_are() {
    let place = Place::new();
    place.write("a b/x", "");
    let mut terminal = shell_with(&place, &[]);
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
    let mut terminal = shell(&place);
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
    keys(&mut terminal, "false\r");
    waits(&mut terminal, "(venv) work topic [1]");
    keys(&mut terminal, "sleep 30 &\r");
    waits(&mut terminal, "(venv) work topic 1&");
    keys(&mut terminal, "kill %1; cd /\r");
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
    keys(&mut terminal, "\r");
    waits(&mut terminal, "work topic");
    // Each part can be switched off, and a PS1 of one's own takes the place of all.
    place.configure("[prompt]\ngit = false\nenvironment = false\nstatus = false\n");
    let mut terminal = start(&[("VIRTUAL_ENV", "/x/venv")]);
    waits(&mut terminal, "work");
    keys(&mut terminal, "false\r");
    waits(&mut terminal, "work");
    keys(&mut terminal, "PS1='mine> '\r");
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
        keys(&mut terminal, "echo 一二三四五六七八九十 and more\r");
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
        keys(&mut terminal, typed);
        keys(&mut terminal, "\t");
        terminal.wait_until(completed, |terminal| {
            terminal.before_cursor().trim_end() == format!("{PROMPT}{completed}")
        });
        terminal.control('u');
        line_is(&mut terminal, "");
    }
}

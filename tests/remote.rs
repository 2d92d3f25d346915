//! llmsh as the login shell of a user of a real sshd, and as what else starts `$SHELL` finds
//! it: `su`, cron, make, vim, tmux, and TRAMP's dialogue.
//!
//! Only root can make such a [`Host`]; the tests show nothing for other users.

mod support;

use std::fs;
use std::path::Path;

use support::Terminal;
use support::host::{Host, USER};

#[test]
fn commands_over_ssh_are_silent_and_end_as_they_ended() {
    let Some(host) = Host::new() else { return };
    let home = host.path("home").display().to_string();
    for (command, status, output) in [
        ("echo $0 $-; pwd", 0, format!("llmsh Bc\n{home}\n")),
        ("exit 3", 3, String::new()),
        ("kill -TERM $$", 143, String::new()),
        ("no-such-program 2>/dev/null", 127, String::new()),
        ("cat; echo", 0, "input\n".to_owned()),
        ("[ -t 0 ] || echo no terminal", 0, "no terminal\n".to_owned()),
    ] {
        let ended = host.run("ssh", &["x", command], "input");
        let code = ended.status.code().unwrap_or(255);
        // A signal of the shell is told to the client as such.
        assert!(code == status || status == 143 && code == 255, "{command}: {code}");
        assert_eq!(String::from_utf8_lossy(&ended.stdout), output, "{command}");
        assert!(ended.stderr.is_empty(), "{command}: {}", String::from_utf8_lossy(&ended.stderr));
    }
    // A script on standard input, by a login shell without a terminal.
    host.prints("ssh", &["x"], "echo \"$0\"; exit 4\n", 4, "-llmsh\n");
    // A sentence is no command here either: nothing is planned, asked or shown as a screen.
    let ended = host.run("ssh", &["x", "frobnicate all the things"], "");
    assert!(ended.stdout.is_empty() && !ended.status.success());
}

#[test]
fn nothing_is_said_whatever_the_users_files_are_like() {
    let Some(host) = Host::new() else { return };
    host.write("home/.config/llmsh/config.toml", "nonsense = [\n");
    host.write("home/.config/llmsh/rc", "foo (\n");
    host.write("home/.config/llmsh/policy.toml", "x\n");
    host.prints("ssh", &["x", "echo fine"], "", 0, "fine\n");
    // Interactive, each of them is told of, and the shell works.
    let mut terminal = host.log_in(&["x"], &[("TERM", "xterm")]);
    terminal.wait_for("config.toml:1:");
    terminal.wait_for("rc: line 1: syntax error");
    terminal.wait_until("a prompt", |terminal| terminal.before_cursor().ends_with("$ "));
    terminal.send(b"echo works; exit 5\r");
    terminal.wait_for("\nworks");
    assert_eq!(terminal.finish().code(), Some(5));
}

#[test]
fn files_are_copied_by_scp_sftp_and_rsync() {
    let Some(host) = Host::new() else { return };
    let text: String = (0..20_000).map(|number| format!("line {number} 二\n")).collect();
    host.write("here/a b.txt", &text);
    let ssh = host.path("ssh").display().to_string();
    // Both protocols of scp: with -O the other side is a command of the shell.
    for old in [&["-O"][..], &[]] {
        let all = |from: &str, to: &str| -> Vec<String> {
            let options = ["-q", "-S", &ssh].into_iter().chain(old.iter().copied());
            options.chain([from, to]).map(str::to_owned).collect()
        };
        for (from, to) in [("here/a b.txt", "x:there.txt"), ("x:there.txt", "back.txt")] {
            let arguments = all(from, to);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            host.prints("scp", &arguments, "", 0, "");
        }
        assert_eq!(host.read("back.txt"), text);
        fs::remove_file(host.path("back.txt")).unwrap();
        fs::remove_file(host.path("home/there.txt")).unwrap();
    }
    let batch = "put \"here/a b.txt\" by-sftp\nget by-sftp back.txt\n";
    let ended = host.run("sftp", &["-q", "-S", &ssh, "-b", "-", "x"], batch);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(host.read("back.txt"), text);
    host.prints("rsync", &["-a", "here/", "x:copied"], "", 0, "");
    assert_eq!(host.read("home/copied/a b.txt"), text);
    host.prints("rsync", &["-a", "x:copied/", "again"], "", 0, "");
    assert_eq!(host.read("again/a b.txt"), text);
}

#[test]
fn git_pushes_and_pulls() {
    let Some(host) = Host::new() else { return };
    let git = |arguments: &[&str]| {
        let own = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
        let all: Vec<&str> = own.into_iter().chain(arguments.iter().copied()).collect();
        let ended = host.run("git", &all, "");
        assert!(
            ended.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&ended.stderr)
        );
    };
    host.prints("ssh", &["x", "git init -q --bare 'a repository'"], "", 0, "");
    git(&["init", "-q", "work"]);
    host.write("work/file", "one\n");
    git(&["-C", "work", "add", "file"]);
    git(&["-C", "work", "commit", "-qm", "one"]);
    git(&["-C", "work", "push", "-q", "x:a repository", "HEAD:main"]);
    git(&["clone", "-qb", "main", "x:a repository", "other"]);
    assert_eq!(host.read("other/file"), "one\n");
    host.write("work/file", "two\n");
    git(&["-C", "work", "commit", "-qam", "two"]);
    git(&["-C", "work", "push", "-q", "x:a repository", "HEAD:main"]);
    git(&["-C", "other", "pull", "-q"]);
    assert_eq!(host.read("other/file"), "two\n");
}

#[test]
fn a_login_is_a_shell_with_jobs_on_a_terminal() {
    let Some(host) = Host::new() else { return };
    host.write("home/.profile", "FROM_PROFILE=yes\n");
    let mut terminal = host.log_in(&["x"], &[("TERM", "xterm")]);
    let prompt = |terminal: &mut Terminal| {
        terminal.wait_until("a prompt", |terminal| terminal.before_cursor().ends_with("$ "));
    };
    prompt(&mut terminal);
    terminal.send(b"echo $FROM_PROFILE ${0#-}\r");
    terminal.wait_for("\nyes llmsh\n");
    prompt(&mut terminal);
    terminal.send(b"sleep 100\r");
    terminal.wait_for("sleep 100");
    std::thread::sleep(std::time::Duration::from_millis(300));
    terminal.control('z');
    terminal.wait_for("Stopped");
    prompt(&mut terminal);
    terminal.send(b"kill %1; fg; exit 6\r");
    assert_eq!(terminal.finish().code(), Some(6));
}

#[test]
fn tramp_finds_the_prompt_that_it_looks_for() {
    let Some(host) = Host::new() else { return };
    let mut terminal = host.log_in(&["x"], &[("TERM", "dumb")]);
    // tramp-shell-prompt-pattern: a line that ends in $, #, % or > and a blank.
    terminal.wait_until("a prompt", |terminal| terminal.before_cursor().ends_with("$ "));
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    assert!(!raw.contains('\u{1b}'), "{raw:?}");
    terminal.send(
        b"exec env TERM='dumb' INSIDE_EMACS='28,tramp:2.5' ENV='' HISTFILE=~/.tramp_history \
          PROMPT_COMMAND='' PS1='///#$ ' PS2='' PS3='' /bin/sh -i\r",
    );
    terminal.wait_until("its own", |terminal| terminal.before_cursor().ends_with("///#$ "));
    terminal.send(b"(cd ~/ && echo tramp_exit_status $?)\r");
    terminal.wait_for("tramp_exit_status 0");
    terminal.send(b"exit\r");
    terminal.finish();
}

#[test]
fn su_cron_and_make_find_a_shell() {
    let Some(host) = Host::new() else { return };
    let home = host.path("home").display().to_string();
    let shell = host.path("llmsh").display().to_string();
    host.prints("inside", &["su", "-", USER, "-c", "pwd; echo $0; exit 7"], "", 7, &{
        format!("{home}\n-llmsh\n")
    });
    host.prints("inside", &["su", USER, "-c", "echo \"$HOME\"", "-s", &shell], "", 0, &{
        format!("{home}\n")
    });
    // cron(8): the command and what stands behind % as its input, with little environment.
    let cron = ["-i", &format!("HOME={home}"), "PATH=/usr/bin:/bin", "LOGNAME=a", &shell, "-c"];
    let arguments: Vec<&str> = cron.into_iter().chain(["cat && echo done"]).collect();
    host.prints("env", &arguments, "mail\n", 0, "mail\ndone\n");
    host.write(
        "Makefile",
        "all:\n\t@for x in a b; do echo $$x; done | sort -r\n\t@set -e; false || echo c\n\t-@exit 3\n",
    );
    let ended = host.run("make", &["-s", &format!("SHELL={shell}")], "");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(ended.stdout, b"b\na\nc\n");
}

#[test]
fn vim_and_tmux_run_it() {
    let Some(host) = Host::new() else { return };
    let shell = host.path("llmsh").display().to_string();
    host.write("lines", "b\na\n");
    let set = format!("set shell={shell}");
    // A filter, and a command with redirections of vim's own.
    let arguments = [
        "-u",
        "NONE",
        "-es",
        "-c",
        &set,
        "-c",
        "%!sort",
        "-c",
        "$r !echo from; exit 0",
        "-c",
        "wq",
        "lines",
    ];
    let ended = host.run("vim", &arguments, "");
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(host.read("lines"), "a\nb\nfrom\n");

    let socket = host.path("tmux").display().to_string();
    let tmux = |arguments: &[&str]| {
        let all: Vec<&str> = ["-S", &socket].into_iter().chain(arguments.iter().copied()).collect();
        host.run("tmux", &all, "")
    };
    let started = host.run(
        "env",
        &[
            &format!("SHELL={shell}"),
            "tmux",
            "-S",
            &socket,
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "80",
            "-y",
            "24",
        ],
        "",
    );
    assert!(started.status.success(), "{started:?}");
    tmux(&["send-keys", "echo \"in ${0#-}\"", "Enter"]);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let mut seen = String::new();
    while !seen.contains("\nin llmsh") && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(50));
        seen = String::from_utf8_lossy(&tmux(&["capture-pane", "-p"]).stdout).into_owned();
    }
    tmux(&["kill-server"]);
    assert!(seen.contains("\nin llmsh") || seen.contains("\nin -llmsh"), "{seen}");
    assert!(Path::new(&shell).exists());
}

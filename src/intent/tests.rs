use super::*;

/// The commands of the cases below.
const COMMANDS: &[&str] = &[
    "ls", "cd", "make", "find", "sort", "kill", "who", "time", "git", "cat", "grep", "tar", "echo",
    "show", "if", "for", "while", "test", "mv", "cp", "rm", "chmod", "ps", "df", "du", "head",
    "tail", "which", "what", "ssh", "cargo", "python3", "vim", "sudo", "apt", "export", "type",
    "read", "sleep", "man", "file", "list", "open", "sed", "awk", "touch", "mkdir",
];

fn read(line: &str) -> &'static str {
    match classify(line, &|word| {
        COMMANDS.contains(&word) && word != "show" && word != "list" && word != "open"
    }) {
        Intent::Empty => "empty",
        Intent::Command => "command",
        Intent::Request(_) => "request",
        Intent::Unsure(_) => "unsure",
    }
}

#[test]
fn commands_are_commands() {
    for line in [
        "ls",
        "ls -la",
        "cd /tmp",
        "make install",
        "make -j4 all",
        "find . -name '*.pdf'",
        "find . -type f -size +1M",
        "sort -u file",
        "sort names.txt",
        "kill 1234",
        "kill -9 %1",
        "who",
        "time make",
        "git status",
        "git commit -m 'fix the parser for a'",
        "cat a b",
        "grep -rn todo src",
        "tar xzf a.tar.gz",
        "echo hello",
        "if true; then echo a; fi",
        "for i in a b; do echo $i; done",
        "mv a b",
        "cp -r a b",
        "rm -rf build",
        "chmod +x run.sh",
        "ps aux | grep ssh",
        "df -h",
        "du -sh *",
        "./run.sh now",
        "~/bin/x",
        "x=1",
        "FOO=bar make",
        "ssh host uptime",
        "cargo test",
        "python3 -m http.server",
        "vim notes.txt",
        "sudo apt update",
        "export PATH=$PATH:/x",
        "misspelt",
        "gti status",
        "sleep 5 &",
        "man ls",
        "file x",
        "(cd /tmp; ls)",
        "{ echo a; }",
        "! true",
        "$EDITOR x",
        "mkdir -p a/b",
        "touch a",
        "sed -n 5p file",
        "docker ps",
        "foo --bar baz",
        "echo $HOME",
        "test -f x",
        "which python3",
        "head -5 x",
    ] {
        assert_eq!(read(line), "command", "{line}");
    }
}

#[test]
fn sentences_are_requests() {
    for line in [
        "show me the five largest files",
        "list all files modified today",
        "how much disk space is left",
        "delete all empty directories",
        "please compress this folder",
        "rename every jpeg to jpg",
        "count the lines in all python files",
        "what is my ip address?",
        "create a directory called reports",
        "move every pdf here into it",
        "查找大文件",
        "把所有 png 移到 images",
        "显示磁盘使用情况",
        "列出最近修改的文件",
        "compress the logs and move them to archive",
        "? ls",
        "？ 列出文件",
        "show the running processes",
        "open the newest file",
    ] {
        let reading = read(line);
        assert!(
            reading == "request" || line.starts_with("what") && reading == "unsure",
            "{line}: {reading}"
        );
    }
}

#[test]
fn sentences_that_begin_with_a_command_are_unsure() {
    for line in [
        "make a directory called reports and move every pdf here into it",
        "find all pdfs here",
        "kill the process on port 8080",
        "sort the files by size",
        "who is using the most memory",
        "find 所有大文件",
        "make it executable for all users",
    ] {
        assert_eq!(read(line), "unsure", "{line}");
    }
}

#[test]
fn a_command_that_goes_on_in_another_line_is_one() {
    assert_eq!(read("if true\nthen echo all of the files in this directory"), "command");
    assert_eq!(read("f() {\necho all of the files in this directory"), "command");
    assert_eq!(read("f () { echo all of the files in this directory"), "command");
    assert_eq!(read("please show me\nall of the files"), "request");
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(read("   "), "empty");
    assert_eq!(read("# a comment"), "empty");
}

#[test]
fn the_mark_is_not_part_of_the_request() {
    assert_eq!(classify("？  列出文件", &|_| true), Intent::Request("列出文件".into()));
    assert_eq!(classify("  ?ls", &|_| true), Intent::Request("ls".into()));
}

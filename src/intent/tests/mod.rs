mod grammar;
mod held;
mod training;

use serde::Deserialize;

use super::*;

/// The commands of the cases.
const COMMANDS: &str = "
! [ apt awk bg cargo case cat cd chmod chown code cowsay cp curl cut df do docker done du
echo env export expr ffmpeg fg file find for free gcc git go grep head help history host htop
id if in install ip jobs join kill last less ln ls make man mkdir mount mv nano nginx node
npm passwd ping pip printf ps pwd python3 read rm rsync say sed set sleep sort split ssh
stat sudo systemctl tail tar tee test then time top touch tr type uniq until uptime vim
wait wc wget which while who xargs {
";

fn is_command(word: &str) -> bool {
    COMMANDS.split_whitespace().any(|command| command == word)
}

/// The files of the cases that are there.
const FILES: &[&str] =
    &["the", "notes", "old", "files", "and", "images", "最新的日志里有什么", "脚本/运行.sh"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    empty: Vec<String>,
    command: Vec<String>,
    request: Vec<String>,
    unsure: Vec<String>,
}

fn cases() -> Cases {
    toml::from_str(include_str!("../cases.toml")).expect("the cases are TOML")
}

fn read_among(line: &str, files: &[&str]) -> &'static str {
    match classify(line, &is_command, &|path| files.contains(&path)) {
        Intent::Empty => "empty",
        Intent::Command => "command",
        Intent::Request(_) => "request",
        Intent::Unsure { .. } => "unsure",
    }
}

fn read(line: &str) -> &'static str {
    read_among(line, &["脚本/运行.sh"])
}

#[test]
fn lines_are_what_the_table_says() {
    let cases = cases();
    let table = [
        ("empty", cases.empty),
        ("command", cases.command),
        ("request", cases.request),
        ("unsure", cases.unsure),
    ];
    let total: usize = table.iter().map(|(_, lines)| lines.len()).sum();
    assert!(total >= 150, "{total} cases");
    let mut wrong = Vec::new();
    for (expected, lines) in &table {
        for line in lines {
            let reading = read(line);
            if reading != *expected {
                wrong.push(format!("{line}: {reading}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {total}: {wrong:#?}", wrong.len());
}

#[test]
fn operands_that_exist_are_names() {
    for line in [
        "cat the notes",
        "rm the old files and images",
        "cat 最新的日志里有什么",
        "./tool 最新的日志里有什么",
    ] {
        assert_eq!((read(line), read_among(line, FILES)), ("unsure", "command"), "{line}");
    }
}

#[test]
fn only_lines_that_could_be_sentences_make_it_look_at_files() {
    for line in ["ls -la", "make install", "cat 文档/a", "show me files", "./run.sh all", "x=1"] {
        let looked = std::cell::Cell::new(false);
        let exists = |_: &str| looked.replace(true);
        assert_ne!(classify(line, &is_command, &exists), Intent::Empty);
        assert!(!looked.get(), "{line}");
    }
}

#[test]
fn a_program_whose_name_asks_makes_a_question_unsure() {
    let read = |line| classify(line, &|word| word == "what", &|_| false);
    let text = "what is using port 8080";
    let likelier = Reading::Request;
    assert_eq!(read(text), Intent::Unsure { text: text.into(), likelier });
    assert_eq!(read("what ./a.out"), Intent::Command);
}

#[test]
fn a_command_that_goes_on_in_another_line_is_one() {
    assert_eq!(read("if true\nthen echo all of the files in this directory"), "command");
    assert_eq!(read("f() {\necho all of the files in this directory"), "command");
    assert_eq!(read("f () { echo all of the files in this directory"), "command");
    assert_eq!(read("please show me\nall of the files"), "request");
}

#[test]
fn the_mark_is_not_part_of_the_request() {
    let read = |line| classify(line, &|_| true, &|_| true);
    assert_eq!(read("？  列出文件"), Intent::Request("列出文件".into()));
    assert_eq!(read("  ?ls"), Intent::Request("ls".into()));
}

#[test]
fn a_line_whose_command_was_not_found_can_read_like_a_sentence() {
    for line in [
        "plaese show me files",
        "plaese list containers",
        "lits my files",
        "lits files",
        "whats my ip",
        "shwo disk usage",
        "delte logs",
        "delete foo.txt",
        "open notes.txt",
        "hlep me",
        "fnid all pdfs",
        "reboot this machine now",
        "查找大文件",
        "查看/etc/hosts",
        "docker 启动所有容器",
        "ehco 怎么退出",
    ] {
        assert!(reads_like_a_sentence(line), "{line}");
    }
}

#[test]
fn a_misspelt_command_does_not_read_like_a_sentence() {
    for line in [
        "",
        "misspelt",
        "gti status",
        "gti add all",
        "docekr ps",
        "ehco 你好",
        "lits -l my files",
        "shwo me the files | wc",
        "nosuchprogram --all of the files",
        "pyhton a.py",
        "./missing.sh all of the files",
        "/opt/工具/启动 文档",
        "$UNSET all of the files",
        "show > all of the files",
    ] {
        assert!(!reads_like_a_sentence(line), "{line}");
    }
}

#[test]
#[ignore = "it shows what the lines of LLMSH_LINES are worth"]
fn lines_are_worth() {
    for text in std::env::var("LLMSH_LINES").unwrap_or_default().lines() {
        let Rule::Weigh(line, kind) = settle(text, &is_command, &|_| false) else {
            println!("{text}: settled");
            continue;
        };
        println!("{text}: {kind:?} {}", model::odds(&line, kind, &|_| false));
        features::see(&line, kind, &|_| false, &mut |group, name, count| {
            println!("  {group:?} {name}: {count} × {}", model::worth(group, name, kind));
        });
    }
}

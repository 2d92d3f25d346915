//! Requests that the real model answers: from the words to the effects on disk
//! or the output. The model is the catalogue's default, fetched by `make model`.
//!
//! Each case has a directory of its own with the same files in it. What must be
//! true afterwards is a script for `sh`, run there with the output in `$OUT`.
//! Decoding is greedy, so an answer does not change from run to run.
#![cfg(feature = "llama")]

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use llmsh::preference::{Outcome, Preferences};
use serde_json::Value;
use support::{Finished, Place, Run};

/// What every case finds in its directory.
const FILES: &str = r#"
    mkdir -p src logs sub/empty
    echo 'fn main() { println!("hello world"); }' >src/main.rs
    printf 'banana\napple\ncherry\napple\n' >fruits.txt
    printf 'error: one\nok\nerror: two\n' >logs/app.log
    printf 'a,b,c\n1,2,3\n' >data.csv
    touch photo1.JPG photo2.JPG old.tmp x.tmp report1.pdf report2.pdf
    head -c 300000 /dev/zero >big.bin
    echo 'echo hi' >run.sh
    chmod 644 run.sh
"#;

/// One worker answers all cases. It ends by itself when it is idle.
static SHELL: LazyLock<Place> = LazyLock::new(|| {
    let place = Place::new();
    place.configure("[model]\nidle_exit_seconds = 20\n");
    place
});

/// A request in a directory of its own.
fn ask(place: &Place, options: &[&str], request: &str) -> Finished {
    Run::new(&SHELL)
        .with_real_models(&SHELL)
        .args(["ask"])
        .args(options)
        .args([request])
        .within(&place.work())
        .finish()
}

fn script(directory: &Path, text: &str, out: &str) -> Output {
    Command::new("sh")
        .args(["-euc", text])
        .current_dir(directory)
        .env("OUT", out.trim_end())
        .output()
        .expect("sh can be started")
}

/// Asks, lets the plan run, and checks.
fn check(request: &str, expected: &str) {
    let place = Place::new();
    let made = script(&place.work(), FILES, "");
    assert!(made.status.success(), "{made:?}");
    let Finished { status, stdout, stderr } = ask(&place, &["--yes=all"], request);
    assert_eq!(status, 0, "{request}\n{stderr}");
    let checked = script(&place.work(), expected, &stdout);
    assert!(checked.status.success(), "{request}: not so: {expected}\n{stderr}{stdout}");
}

#[test]
fn an_edit_changes_the_next_answer() {
    let place = Place::new();
    let text = || {
        let planned = ask(&place, &["--dry-run", "--json"], "list everything by size here");
        let plan: Value = serde_json::from_str(&planned.stdout).expect("it is JSON");
        plan["text"].as_str().unwrap_or_default().to_owned()
    };
    let edited = "ls -1S --group-directories-first";
    let before = text();
    assert_ne!(before, edited);
    let database = SHELL.directory("data").join("llmsh/preferences.sqlite");
    let mut preferences = Preferences::open(&database).expect("it can be made");
    let request = "list everything here by size";
    preferences.record(request, &before, edited, "/tmp", Outcome::Edited, true).expect("SQL");
    assert_eq!(text(), edited);
    preferences.forget_all().expect("SQL");
    assert_eq!(text(), before);
}

/// Cases become tests of their own, so that each says its name when it fails.
macro_rules! requests {
    ($($name:ident: $request:literal => $expected:literal;)+) => {
        $(#[test]
        fn $name() {
            check($request, $expected);
        })+
    };
}

requests! {
    moves_pdfs: "make a directory called reports and move every pdf here into it"
        => "test -f reports/report1.pdf; test -f reports/report2.pdf; ! test -e report1.pdf";
    copies_into_a_new_directory: "create a directory called backup and copy fruits.txt into it"
        => "cmp fruits.txt backup/fruits.txt";
    renames_extensions: "rename every .JPG file to .jpg"
        => "test -f photo1.jpg; test -f photo2.jpg; ! test -e photo1.JPG";
    deletes_by_extension: "delete all files ending in .tmp"
        => "! test -e old.tmp; ! test -e x.tmp; test -f fruits.txt";
    counts_lines: "count the lines in fruits.txt" => r#"case $OUT in *4*) ;; *) exit 1; esac"#;
    sorts_without_repetition: "show the unique lines of fruits.txt sorted"
        => r#"test "$OUT" = "$(sort -u fruits.txt)""#;
    makes_executable: "make run.sh executable" => "test -x run.sh; ! test -x fruits.txt";
    packs_a_directory: "compress the logs directory into logs.tar.gz"
        => "tar -tzf logs.tar.gz | grep -q app.log";
    finds_by_content: "find all files that contain the word error"
        => r#"case $OUT in *logs/app.log*) ;; *) exit 1; esac"#;
    shows_a_column: "show the second column of data.csv"
        => r#"case $OUT in *2*) ;; *) exit 1; esac; case $OUT in *3*) exit 1; esac"#;
    replaces_text: "replace apple with orange in fruits.txt"
        => "! grep -q apple fruits.txt; grep -q orange fruits.txt; grep -q banana fruits.txt";
    creates_an_empty_file: "create an empty file called notes.md"
        => "test -f notes.md; ! test -s notes.md";
    counts_files: "how many files are in this directory and below"
        => r#"case $OUT in *12*) ;; *) exit 1; esac"#;
    filters_lines: "show lines with error in logs/app.log"
        => r#"test "$OUT" = "$(grep error logs/app.log)""#;
    links: "create a symbolic link called fruit to fruits.txt"
        => "test -L fruit; cmp fruit fruits.txt";
    finds_by_size: "show files larger than 100 kilobytes"
        => r#"case $OUT in *big.bin*) ;; *) exit 1; esac; case $OUT in *fruits*) exit 1; esac"#;
    appends: "append the line grape to fruits.txt"
        => r#"test "$(tail -n 1 fruits.txt)" = grape; test "$(wc -l <fruits.txt)" -eq 5"#;
    removes_a_directory: "remove the empty directory sub/empty"
        => "! test -e sub/empty; test -d sub";
    shows_the_beginning: "show the first two lines of fruits.txt"
        => r#"test "$OUT" = "$(head -n 2 fruits.txt)""#;
    lists_in_chinese: "列出所有 txt 文件"
        => r#"case $OUT in *fruits.txt*) ;; *) exit 1; esac; case $OUT in *big*) exit 1; esac"#;
    counts_in_chinese: "统计 fruits.txt 有多少行"
        => r#"case $OUT in *4*) ;; *) exit 1; esac"#;
    copies_in_chinese: "把 fruits.txt 复制到 src 目录" => "cmp fruits.txt src/fruits.txt";
    deletes_in_chinese: "删除所有 tmp 文件"
        => "! test -e old.tmp; ! test -e x.tmp; test -f fruits.txt";
    measures_in_chinese: "显示磁盘使用情况" => r#"case $OUT in *%*) ;; *) exit 1; esac"#;
    moves_in_chinese: "把所有 pdf 移到 reports 目录"
        => "test -f reports/report1.pdf; test -f reports/report2.pdf";
}

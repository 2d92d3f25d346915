//! Requests that the real model answers: from the words to the effects on disk
//! or the output. The model is the catalogue's default, fetched by `make model`.
//!
//! Each case has a directory of its own with the same files in it. What must be
//! true afterwards is a script for `sh`, run there with the output in `$OUT`.
//! Decoding is greedy, so an answer does not change from run to run.
#![cfg(feature = "llama")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use support::LLMSH;
use tempfile::TempDir;

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

/// One worker answers all cases: it has its own runtime directory, and the
/// person's models and saved states. It ends by itself when it is idle.
static HOME: LazyLock<TempDir> = LazyLock::new(|| {
    let home = tempfile::tempdir().expect("the system lends a temporary directory");
    let config = home.path().join("config/llmsh");
    fs::create_dir_all(&config).expect("a new directory can be filled");
    fs::write(config.join("config.toml"), "[model]\nidle_exit_seconds = 20\n")
        .expect("a new directory can be filled");
    home
});

/// The directory that a variable names, or its default under the home directory.
fn user_directory(variable: &str, default: &str) -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").expect("tests have a home directory"));
    std::env::var_os(variable).map_or_else(|| home().join(default), PathBuf::from)
}

fn llmsh(directory: &Path, arguments: &[&str]) -> Output {
    let home = HOME.path();
    Command::new(LLMSH)
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_RUNTIME_DIR", home)
        .env("XDG_DATA_HOME", user_directory("XDG_DATA_HOME", ".local/share"))
        .env("XDG_CACHE_HOME", user_directory("XDG_CACHE_HOME", ".cache"))
        .output()
        .expect("llmsh can be started")
}

fn script(directory: &Path, text: &str, out: &[u8]) -> Output {
    Command::new("sh")
        .args(["-euc", text])
        .current_dir(directory)
        .env("OUT", String::from_utf8_lossy(out).trim_end())
        .output()
        .expect("sh can be started")
}

/// Asks, lets the plan run, and checks.
fn check(request: &str, expected: &str) {
    let directory = tempfile::tempdir().expect("the system lends a temporary directory");
    let made = script(directory.path(), FILES, b"");
    assert!(made.status.success(), "{made:?}");
    let answered = llmsh(directory.path(), &["ask", "--yes=all", request]);
    let plan = String::from_utf8_lossy(&answered.stderr);
    assert!(answered.status.success(), "{request}: {}\n{plan}", answered.status);
    let checked = script(directory.path(), expected, &answered.stdout);
    assert!(
        checked.status.success(),
        "{request}: not so: {expected}\n{plan}{}",
        String::from_utf8_lossy(&answered.stdout)
    );
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

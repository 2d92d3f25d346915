//! The catalogue beside the source: what is said in English has its Chinese.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

#[test]
fn texts_and_forms_are_translated_and_what_is_put_in_as_well() {
    for (english, expected) in [
        ("no model is selected", "没有选定模型"),
        ("the model x y is not installed", "尚未安装模型 x y"),
        ("llmsh -c true ended with exit status: 1", "llmsh -c true 的结束状态是 exit status: 1"),
        ("/a cannot be read: interrupted", "无法读取 /a：已中断"),
        ("no plan could be made: there is no program foo", "无法制定计划：没有程序 foo"),
        (
            "/usr/bin/chsh -s /bin/bash sets one, if /etc/shells lists it",
            "/usr/bin/chsh -s /bin/bash 可以设定一个，前提是 /etc/shells 列出了它",
        ),
        ("nobody has said this", "nobody has said this"),
        // Names and words of others stay as they are.
        ("interrupted: command not found", "interrupted：未找到命令"),
        ("cd: no match: x: no such directory", "cd: no match: x：没有那个目录"),
        ("there is no file /tmp/a: not found", "没有文件 /tmp/a: not found"),
        ("error: nobody knows", "error: nobody knows"),
        ("", ""),
    ] {
        assert_eq!(chinese(english), expected);
    }
}

#[test]
fn every_form_has_as_many_places_in_both_languages() {
    for text in FILES {
        let texts: HashMap<String, String> = toml::from_str(text).unwrap();
        for (english, chinese) in texts {
            let places = english.matches('{').count();
            assert_eq!(chinese.matches('{').count(), places, "{english}");
            assert!(!chinese.is_ascii(), "{chinese}");
        }
    }
}

/// The files of the source, without tests.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the source is there") {
        let path = entry.expect("the source is there").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // What measures speaks to who works on llmsh.
        if path.is_dir() && name != "tests" && name != "eval" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The texts between quotation marks right behind a mark of the source.
fn behind(source: &str, mark: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (at, _) in source.match_indices(mark) {
        let rest = source[at + mark.len()..].trim_start();
        let rest = rest.trim_start_matches('&');
        let (is_form, rest) = match rest.strip_prefix("format!(") {
            Some(inner) => (true, inner.trim_start()),
            None => (mark == "#[error(", rest),
        };
        let Some(rest) = rest.strip_prefix('"') else { continue };
        let mut text = String::new();
        let mut characters = rest.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => match characters.next() {
                    Some('n') => text.push('\n'),
                    // The text goes on in the next line.
                    Some('\n') => {
                        while characters.next_if(|next| next.is_whitespace()).is_some() {}
                    }
                    Some(other) => text.push(other),
                    None => {}
                },
                '{' if is_form && characters.next_if_eq(&'{').is_none() => {
                    while characters.next_if(|next| *next != '}').is_some() {}
                    characters.next();
                    text.push_str("{}");
                }
                other => text.push(other),
            }
        }
        texts.push(text);
    }
    texts
}

/// What is the same in every language: names, and what has a text from elsewhere only.
fn is_of_no_language(text: &str) -> bool {
    let letters = text.replace("{}", "").chars().filter(|c| c.is_alphabetic()).count();
    // What ends the shell is told to nobody.
    letters == 0 || text == "exit" || text.starts_with("llmsh ") && !text.contains(" ended ")
}

fn missing(marks: &[&str], within: &str) -> BTreeSet<String> {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root.join(within), &mut files);
    let mut missing = BTreeSet::new();
    for file in files {
        let source = fs::read_to_string(&file).expect("the source is text");
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for mark in marks {
            let said = behind(source, mark).into_iter();
            let said = said.filter(|text| !is_of_no_language(text));
            missing.extend(said.filter(|text| {
                chinese(&text.replace("{}", "\u{1}")) == text.replace("{}", "\u{1}")
            }));
        }
    }
    missing
}

#[test]
fn every_error_and_hint_has_its_chinese() {
    let marks =
        ["#[error(", "Diagnostic::new(", ".hint(", "hint: ", "hint = ", "fix: ", "advice: "];
    let missing = missing(&marks, "");
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn what_the_engine_says_has_its_chinese() {
    let marks = [".report(", "SyntaxError::new(", "SyntaxError::incomplete(", "unexpected("];
    let missing = missing(&marks, "shell");
    assert!(missing.is_empty(), "{missing:#?}");
    for (english, expected) in [
        ("cd: /x: no such directory", "cd: /x：没有那个目录"),
        ("syntax error: \")\" unexpected", "语法错误：意外的 \")\""),
        (
            "syntax error: end of input unexpected (expecting a command)",
            "语法错误：意外的 输入结束（应为 命令）",
        ),
        ("/none: No such file or directory", "/none：没有那个文件或目录"),
        ("x=a: b: integer expected", "x=a: b：需要整数"),
    ] {
        assert_eq!(chinese(english), expected);
    }
}

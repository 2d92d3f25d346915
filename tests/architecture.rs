//! What `docs/architecture.md` calls invariants, as far as the text of the
//! sources can show it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crate's source files with their text, comments and tests included.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories = vec![PathBuf::from("src")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("the sources can be read") {
            let path = entry.expect("the sources can be read").path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path, text));
            }
        }
    }
    found
}

/// The code of a file, without comments: what the compiler sees of a name.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

/// Whether the line has `name` as a word: `unix::` does not name `nix::`.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
    })
}

fn is_in(path: &Path, places: &[&str]) -> bool {
    places.iter().any(|place| path.starts_with(place))
}

#[test]
fn each_library_is_named_in_one_place() {
    let owners: [(&str, &[&str]); 6] = [
        ("nix::", &["src/system"]),
        ("libc::", &["src/system"]),
        ("llama_cpp_2", &["src/model/llama", "src/model/llama.rs"]),
        (
            "rusqlite",
            &[
                "src/database.rs",
                "src/history",
                "src/policy/approval",
                "src/preference",
                "src/undo",
            ],
        ),
        ("rustyline", &["src/history/editor.rs", "src/session/editor.rs"]),
        ("ureq", &["src/model/download", "src/model/download.rs"]),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (name, places) in owners {
            if !is_in(&path, places) && code(&text).any(|line| names(line, name)) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let page = fs::read_to_string("src/lib.rs").expect("the sources can be read");
    let order: Vec<&str> =
        code(&page).filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 15, "{order:?}");
    let place = |name: &str| order.iter().position(|module| *module == name);
    let mut wrong = BTreeSet::new();
    for (path, text) in sources() {
        let inside = path.strip_prefix("src").expect("all of them are there");
        let Some(first) = inside.iter().next().and_then(|part| part.to_str()) else { continue };
        let module = first.strip_suffix(".rs").unwrap_or(first);
        let Some(own) = place(module) else { continue };
        for line in code(&text) {
            for rest in line.split("crate::").skip(1) {
                let used: String =
                    rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if place(&used).is_some_and(|used| used > own) {
                    wrong.insert(format!("{module} uses {used}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_short() {
    let long: Vec<_> = sources()
        .into_iter()
        // A table is read entry by entry.
        .filter(|(path, text)| {
            let is_table = path.extension().is_some_and(|extension| extension == "toml");
            text.lines().count() > if is_table { 800 } else { 500 }
        })
        .map(|(path, _)| path)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

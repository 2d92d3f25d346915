//! What `docs/architecture.md` calls invariants, as far as the text of the
//! sources can show it.

use std::collections::{BTreeMap, BTreeSet};
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
        ("rustyline", &["src/history/editor.rs", "src/session/editor", "src/session/editor.rs"]),
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

/// The path of a source file as a module: `shell::exec::spawn`.
fn module(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix("src").expect("all of them are there").with_extension("");
    let mut parts: Vec<String> =
        inside.iter().map(|part| part.to_str().expect("names are text").to_owned()).collect();
    parts.pop_if(|last| last == "mod");
    parts
}

/// The code of a file without its comments and its test module.
fn production(text: &str) -> String {
    let code = code(text).collect::<Vec<_>>().join("\n");
    match code.find("#[cfg(test)]\nmod tests {") {
        Some(tests) => code[..tests].to_owned(),
        None => code,
    }
}

/// Every path that a `use` names, its braces opened: `a::{b, c::{d}}` is `a::b` and
/// `a::c::d`.
fn opened(path: &str) -> Vec<String> {
    let path = path.trim();
    let Some(open) = path.find('{') else {
        return vec![path.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let close = path.rfind('}').expect("what is opened is closed");
    let (mut parts, mut depth, mut part) = (Vec::new(), 0, String::new());
    for character in path[open + 1..close].chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(character);
    }
    parts.push(part);
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| opened(&format!("{}{}", &path[..open], part.trim()))).collect()
}

/// The modules that a file uses, each by the longest path that is one.
fn uses(own: &[String], text: &str, modules: &BTreeSet<Vec<String>>) -> BTreeSet<Vec<String>> {
    let mut paths = Vec::new();
    for statement in text.split(';') {
        let mut lines = statement.lines().skip_while(|line| {
            !["use ", "pub use ", "pub(crate) use ", "pub(super) use "]
                .iter()
                .any(|begin| line.starts_with(begin))
        });
        if let Some(first) = lines.next() {
            let path = first.split_once("use ").map_or("", |(_, path)| path);
            let rest: Vec<&str> = std::iter::once(path).chain(lines).collect();
            paths.extend(opened(&rest.join(" ")));
        }
        let inline = statement.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        paths.extend(inline.filter(|path| path.contains("::")).map(str::to_owned));
    }
    let resolve = |path: &String| {
        let mut parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        let mut base = own.to_vec();
        match parts[0].as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                while parts.first().is_some_and(|part| part == "super") {
                    parts.remove(0);
                    base.pop()?;
                }
                parts.insert(0, String::new());
            }
            _ => return None,
        }
        base.extend(parts.drain(1..));
        while !base.is_empty() && !modules.contains(&base) {
            base.pop();
        }
        (!base.is_empty() && base != own).then_some(base)
    };
    paths.iter().filter_map(resolve).collect()
}

/// Every file's module with those that it uses.
fn graph() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let sources: Vec<_> =
        sources().into_iter().filter(|(path, _)| path.extension() == Some("rs".as_ref())).collect();
    let modules: BTreeSet<_> = sources.iter().map(|(path, _)| module(path)).collect();
    sources
        .iter()
        .map(|(path, text)| (module(path), text))
        .filter(|(own, _)| !own.iter().any(|part| part == "tests"))
        .map(|(own, text)| {
            let used = uses(&own, &production(text), &modules);
            (own, used)
        })
        .collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let page = fs::read_to_string("src/lib.rs").expect("the sources can be read");
    let order: Vec<&str> =
        code(&page).filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 15, "{order:?}");
    let place = |name: &str| order.iter().position(|module| *module == name);
    let mut wrong = BTreeSet::new();
    for (own, used) in graph() {
        let Some(from) = place(&own[0]) else { continue };
        for other in used {
            if place(&other[0]).is_some_and(|to| to > from) {
                wrong.insert(format!("{} uses {}", own.join("::"), other.join("::")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A module's own file names its parts, to declare them and to hand out what they
/// have; that is no arrow. Every other use is one.
#[test]
fn files_of_a_module_do_not_use_each_other_in_a_circle() {
    let graph = graph();
    let arrows: BTreeMap<_, Vec<_>> = graph
        .iter()
        .map(|(own, used)| {
            let arrows = used.iter().filter(|other| !other.starts_with(own)).collect();
            (own, arrows)
        })
        .collect();
    let reaches = |from: &Vec<String>| {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![from];
        while let Some(next) = waiting.pop() {
            for other in arrows.get(next).into_iter().flatten() {
                if seen.insert(*other) {
                    waiting.push(other);
                }
            }
        }
        seen
    };
    let circular: Vec<String> =
        graph.keys().filter(|own| reaches(own).contains(own)).map(|own| own.join("::")).collect();
    assert!(circular.is_empty(), "{circular:#?}");
}

#[test]
fn only_the_module_of_programs_names_programs() {
    const PROGRAMS: [&str; 18] = [
        "rm", "mv", "cp", "mkdir", "rmdir", "chmod", "chown", "dd", "sudo", "doas", "awk", "sed",
        "find", "xargs", "git", "tar", "nice", "timeout",
    ];
    // What the model is told of this machine, words that people begin a request with, and
    // what a measurement looks into archives with.
    let about_language =
        ["src/context", "src/eval", "src/intent", "src/program", "src/shell/builtin"];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let is_test = path.components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            part == "tests" || part == "tests.rs"
        });
        if is_test || is_in(&path, &about_language) {
            continue;
        }
        let body = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for program in PROGRAMS {
            let quoted = format!("\"{program}\"");
            if code(body).any(|line| line.contains(&quoted)) {
                wrong.push(format!("{} names {program}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_arrows_of_a_file_are_read_whole() {
    assert_eq!(
        opened("crate::{a, b::{self, c as d}}"),
        ["crate::a", "crate::b::self", "crate::b::c"]
    );
    let modules = [vec!["a"], vec!["a", "b"], vec!["c"]]
        .into_iter()
        .map(|parts| parts.into_iter().map(str::to_owned).collect())
        .collect();
    let text = "use super::{X, b::Y};\nfn f() { crate::c::g(); self::h() }";
    let used = uses(&["a".to_owned(), "d".to_owned()], text, &modules);
    let names: Vec<String> = used.iter().map(|parts| parts.join("::")).collect();
    assert_eq!(names, ["a", "a::b", "c"]);
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

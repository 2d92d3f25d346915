//! What a shell text does in a fixture: what it prints, and the tree after it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::system::namespace::{self, Layer, Room, Stream};

/// How long a text may run.
const TIME: Duration = Duration::from_secs(10);

/// How much is read of what it prints and of the tree, in bytes.
const MOST: usize = 4 << 20;

/// The largest file that it may write, in bytes.
const FILE: u64 = 64 << 20;

/// The most memory of a process, in bytes.
const MEMORY: u64 = 2 << 30;

/// Extensions of archives: these are the same when they have the same members, whatever
/// the times in them.
const ARCHIVES: [&str; 8] =
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zip", ".gz", ".xz"];

/// What a text did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// Standard output, a line each.
    pub(super) printed: Vec<String>,
    /// What is below the fixture's root, outside of git's own directories.
    pub(super) tree: BTreeMap<String, String>,
    /// What the check printed.
    pub(super) checked: String,
}

/// Runs a shell text in a fixture, aside: the fixture stays as it is.
///
/// # Errors
/// There can be no room for it.
pub(super) fn of(
    text: &str,
    check: Option<&str>,
    root: &Path,
    directory: &str,
    scratch: &Path,
) -> Result<Outcome, String> {
    let layer = Layer {
        lower: root.to_owned(),
        upper: scratch.join("upper"),
        work: scratch.join("work"),
        needed: true,
    };
    let told = |error: std::io::Error| format!("{}: {error}", scratch.display());
    let _ = fs::remove_dir_all(scratch);
    for path in [&layer.upper, &layer.work] {
        fs::create_dir_all(path).map_err(told)?;
    }
    let place = root.join(directory);
    let room = Room {
        layers: vec![layer],
        directory: place.clone(),
        output: MOST,
        file_bytes: FILE,
        memory_bytes: MEMORY,
    };
    let until = Instant::now() + TIME;
    let finished = namespace::run(&room, &mut || Instant::now() < until, || {
        let outcome = inside(text, check, root, &place);
        let written = serde_json::to_string(&outcome).unwrap_or_default();
        i32::from(std::io::stdout().write_all(written.as_bytes()).is_err())
    })
    .map_err(|reason| format!("no scratch run is possible: {reason:?}"))?;
    let _ = fs::remove_dir_all(scratch);
    // What ran too long printed nothing and changed nothing that counts.
    Ok(serde_json::from_slice(&finished.output.of(Stream::Output)).unwrap_or_default())
}

/// Runs a text and gives what it printed.
pub(super) fn run(text: &str, root: &Path, place: &Path) -> String {
    Command::new("/proc/self/exe")
        .args(["--posix", "-c", text])
        .current_dir(place)
        .env("HOME", root)
        .env("LC_ALL", "C.UTF-8")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

/// Runs the text in the room and looks at what there is then.
fn inside(text: &str, check: Option<&str>, root: &Path, place: &Path) -> Outcome {
    let printed = lines(&run(text, root, place), root);
    let checked = check.map(|check| run(check, root, place)).unwrap_or_default();
    let mut tree = BTreeMap::new();
    look(root, "", &mut tree);
    Outcome { printed, tree, checked }
}

/// What was printed, without what says nothing: empty lines, the root, `./`, sums of
/// `ls`.
fn lines(printed: &str, root: &Path) -> Vec<String> {
    let root = format!("{}/", root.display());
    printed
        .lines()
        .map(|line| line.replace(&root, ""))
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty() && !is_total(line))
        .collect()
}

fn is_total(line: &str) -> bool {
    line.strip_prefix("total ").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn look(root: &Path, path: &str, tree: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(root.join(path)) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let place = root.join(&path);
        let Ok(metadata) = place.symlink_metadata() else { continue };
        if metadata.is_dir() {
            tree.insert(path.clone(), "directory".to_owned());
            if name != ".git" {
                look(root, &path, tree);
            }
        } else if metadata.is_symlink() {
            let target = fs::read_link(&place).unwrap_or_default();
            tree.insert(
                path,
                format!("link to {}", target.display())
                    .replace(&format!("{}/", root.display()), ""),
            );
        } else {
            let execute =
                if metadata.permissions().mode() & 0o100 != 0 { " executable" } else { "" };
            let text = if ARCHIVES.iter().any(|end| name.ends_with(end)) {
                members(&place)
            } else {
                content(&place)
            };
            tree.insert(path, format!("file{execute} {text}"));
        }
    }
}

fn content(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    Sha256::digest(&bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The names in an archive, sorted; of what is none, the content.
fn members(path: &Path) -> String {
    let list = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(path).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let listed = list("tar", &["-tf"])
        .or_else(|| list("unzip", &["-Z1"]))
        .or_else(|| list("gzip", &["-dc"]))
        .or_else(|| list("xz", &["-dc"]));
    let Some(listed) = listed else { return content(path) };
    let mut names: Vec<&str> = listed
        .lines()
        .map(|name| name.trim_start_matches("./"))
        // That a directory is a member of its own says nothing.
        .filter(|name| !name.is_empty() && !name.ends_with('/'))
        .collect();
    names.sort_unstable();
    names.join("|")
}

/// Whether all contents that were there are still there, under whatever names.
pub(super) fn keeps(outcome: &Outcome, before: &Outcome) -> bool {
    let count =
        |outcome: &Outcome, text: &String| outcome.tree.values().filter(|own| *own == text).count();
    before
        .tree
        .values()
        .filter(|text| text.starts_with("file"))
        .all(|text| count(outcome, text) >= count(before, text))
}

/// Whether an outcome is as good as one that is right.
pub(super) fn is_right(outcome: &Outcome, right: &Outcome, ordered: bool) -> bool {
    outcome.tree == right.tree
        && outcome.checked.trim() == right.checked.trim()
        && (right.printed.is_empty() || prints(&outcome.printed, &right.printed, ordered))
}

/// Whether each line that is right has a line of its own that says at least as much.
fn prints(printed: &[String], right: &[String], ordered: bool) -> bool {
    if printed.len() != right.len() {
        return false;
    }
    if ordered {
        return printed.iter().zip(right).all(|(line, right)| says(line, right));
    }
    let mut left: Vec<&String> = printed.iter().collect();
    // The longest first: what says much is not used up by what says little.
    let mut wanted: Vec<&String> = right.iter().collect();
    wanted.sort_by_key(|line| std::cmp::Reverse(line.len()));
    wanted.into_iter().all(|right| {
        let exact = left.iter().position(|line| *line == right);
        match exact.or_else(|| left.iter().position(|line| says(line, right))) {
            Some(index) => {
                left.swap_remove(index);
                true
            }
            None => false,
        }
    })
}

/// Whether a line has all words of one that is right.
fn says(line: &str, right: &str) -> bool {
    let words = |line: &str| -> Vec<String> {
        line.split(|character: char| character.is_whitespace() || character == ':')
            .map(|word| word.trim_start_matches("./").trim_end_matches('/').to_owned())
            .filter(|word| !word.is_empty())
            .collect()
    };
    let has = words(line);
    words(right)
        .iter()
        .all(|word| has.iter().any(|own| own == word || own.ends_with(&format!("/{word}"))))
}

/// Makes a fixture in a new directory.
///
/// # Errors
/// Its script fails.
pub(super) fn fixture(script: &str, root: &PathBuf) -> Result<(), String> {
    fs::create_dir_all(root).map_err(|error| error.to_string())?;
    let output = Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(root)
        .env("HOME", root)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn lines_of(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn lines_may_say_more_but_not_less_or_other() {
        for (printed, right, ordered, expected) in [
            (vec!["12 people.csv"], vec!["12"], false, true),
            (vec!["112 people.csv"], vec!["12"], false, false),
            (vec!["b", "a"], vec!["a", "b"], false, true),
            (vec!["b", "a"], vec!["a", "b"], true, false),
            (vec!["a", "b", "c"], vec!["a", "b"], false, false),
            (vec!["3:ERROR x", "1:ERROR"], vec!["ERROR", "ERROR x"], false, true),
            (vec!["logs/app.log"], vec!["app.log"], false, true),
            (vec!["a b"], vec!["a", "b"], false, false),
        ] {
            let judged = prints(&lines_of(&printed), &lines_of(&right), ordered);
            assert_eq!(judged, expected, "{printed:?} {right:?}");
        }
    }

    #[test]
    fn what_says_nothing_is_not_compared() {
        let root = Path::new("/tmp/x");
        assert_eq!(lines("total 8\n\n  /tmp/x/a   b\n", root), ["a b"]);
    }

    #[test]
    fn the_tree_is_names_kinds_contents_and_members() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("d/.git/objects")).unwrap();
        fs::write(at("d/f"), "x").unwrap();
        symlink("f", at("d/l")).unwrap();
        let run = |arguments: &[&str]| {
            assert!(
                Command::new("tar")
                    .current_dir(root.path())
                    .args(arguments)
                    .status()
                    .unwrap()
                    .success()
            );
        };
        run(&["-czf", "one.tar.gz", "d/f"]);
        run(&["-cf", "two.tar", "./d/f"]);
        let mut tree = BTreeMap::new();
        look(root.path(), "", &mut tree);
        assert!(!tree.contains_key("d/.git/objects"));
        assert_eq!(tree["d/l"], "link to f");
        assert_eq!(tree["one.tar.gz"], tree["two.tar"]);
        assert!(tree["d/f"].starts_with("file "));
    }
}

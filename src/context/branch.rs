//! The git branch, read from the files of the repository: `git` itself runs
//! what a repository's settings tell it to.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::spoken::Spoken;

/// The most branches that are read, and the longest file of them, in bytes.
const MOST_NAMES: usize = 2_000;
const MAX_PACKED: u64 = 1024 * 1024;

/// English words that speak of git.
const WORDS: [&str; 20] = [
    "git",
    "branch",
    "branches",
    "commit",
    "commits",
    "committed",
    "merge",
    "rebase",
    "push",
    "pull",
    "checkout",
    "uncommitted",
    "staged",
    "unstaged",
    "stash",
    "repo",
    "repository",
    "diff",
    "tag",
    "stage",
];

/// Chinese words that do.
const CHINESE: [&str; 10] =
    ["分支", "提交", "合并到", "推送", "暂存", "仓库", "改动", "改了", "上一版", "版本库"];

/// Whether the request is about git.
pub(super) fn concerns(spoken: &Spoken<'_>) -> bool {
    WORDS.iter().chain(&CHINESE).any(|word| spoken.says(word))
}

/// The branch that is checked out at `directory`, or the commit's first
/// characters where none is.
pub(super) fn of(directory: &Path) -> Option<String> {
    let head = read(&work_tree(directory)?.1.join("HEAD"))?;
    let head = head.trim();
    match head.strip_prefix("ref: refs/heads/") {
        Some(branch) => Some(branch.to_owned()),
        None => head.get(..8).map(str::to_owned),
    }
}

/// What is under way there, by the files that git keeps for so long (git-status(1)).
pub(super) fn under_way(directory: &Path) -> Option<&'static str> {
    let (_, git) = work_tree(directory)?;
    [
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("BISECT_LOG", "bisect"),
    ]
    .into_iter()
    .find(|(file, _)| git.join(file).exists())
    .map(|(_, what)| what)
}

/// The top of the work tree that `directory` is in, and where git keeps what it knows.
pub(super) fn work_tree(directory: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = directory.ancestors().find(|parent| parent.join(".git").exists())?;
    Some((top.to_path_buf(), git_directory(top.join(".git"))?))
}

/// The branches of the repository that `directory` is in, each once.
pub(super) fn names(directory: &Path) -> Vec<String> {
    references(directory, &["heads"])
}

/// The names of references of these kinds (`heads`, `tags`, `remotes`) in the repository
/// that `directory` is in, each once.
pub(super) fn references(directory: &Path, kinds: &[&str]) -> Vec<String> {
    let Some((_, own)) = work_tree(directory) else { return Vec::new() };
    // A work tree of its own has its branches where the repository is.
    let git = match read(&own.join("commondir")) {
        Some(common) => own.join(common.trim()),
        None => own,
    };
    let mut names = Vec::new();
    for kind in kinds {
        loose(&git.join("refs").join(kind), "", &mut names);
    }
    let packed = fs::metadata(git.join("packed-refs")).is_ok_and(|file| file.len() < MAX_PACKED);
    let text = packed.then(|| fs::read_to_string(git.join("packed-refs")).ok()).flatten();
    for line in text.iter().flat_map(|text| text.lines()) {
        let Some((_, name)) = line.split_once(" refs/") else { continue };
        let Some((kind, name)) = name.split_once('/') else { continue };
        if kinds.contains(&kind) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Adds the branches that have a file of their own.
fn loose(place: &Path, before: &str, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(place) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if names.len() >= MOST_NAMES {
            return;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                loose(&entry.path(), &format!("{before}{name}/"), names);
            }
            Ok(kind) if kind.is_file() => names.push(format!("{before}{name}")),
            _ => {}
        }
    }
}

/// In a work tree of its own, `.git` is a file that names the directory.
fn git_directory(entry: PathBuf) -> Option<PathBuf> {
    if entry.is_dir() {
        return Some(entry);
    }
    let text = read(&entry)?;
    let target = Path::new(text.trim().strip_prefix("gitdir: ")?).to_path_buf();
    Some(entry.parent()?.join(target))
}

/// A short regular file as text; the repository may be anybody's.
fn read(path: &Path) -> Option<String> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(1024).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_is_found_from_below_and_from_a_work_tree() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("main/.git/worktrees/other")).unwrap();
        fs::create_dir_all(root.join("main/src/deep")).unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        fs::write(root.join("main/.git/HEAD"), "ref: refs/heads/feature/x\n").unwrap();
        fs::write(root.join("main/.git/worktrees/other/HEAD"), "0123456789abcdef\n").unwrap();
        fs::write(root.join("other/.git"), "gitdir: ../main/.git/worktrees/other\n").unwrap();
        assert_eq!(of(&root.join("main/src/deep")).as_deref(), Some("feature/x"));
        assert_eq!(of(&root.join("other")).as_deref(), Some("01234567"));
    }

    #[test]
    fn a_damaged_repository_has_no_branch() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(".git/HEAD")).unwrap();
        assert_eq!(of(root.path()), None);
        fs::remove_dir_all(root.path().join(".git")).unwrap();
        fs::write(root.path().join(".git"), "nonsense").unwrap();
        assert_eq!(of(root.path()), None);
    }
}

use std::fs;
use std::path::Path;

use bstr::BString;

use super::*;
use crate::plan::compile;
use crate::shell::Shell;

fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    for name in
        ["a.tmp", "sub/b.tmp", "sub/deep/c.TMP", "keep.txt", "old/one.tmp", "with space.tmp"]
    {
        let path = place.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
    }
    fs::create_dir(place.path().join("void")).unwrap();
    std::os::unix::fs::symlink("/etc", place.path().join("link.tmp")).unwrap();
    place
}

/// What a line removes, below the place, or the name of what it is instead.
fn removed(place: &Path, line: &str) -> Vec<String> {
    let path = std::env::var("PATH").unwrap();
    let variables = [("PATH", path.as_str()), ("HOME", "/nonexistent")];
    let bytes = |(name, value): (&str, &str)| (BString::from(name), BString::from(value));
    let mut shell = Shell::new("llmsh", variables.map(bytes).into_iter());
    shell.change_directory(place.to_str().unwrap().as_bytes(), false).unwrap();
    let plan = compile::compile("", line.as_bytes(), &mut shell).unwrap();
    assert_eq!(plan.steps.len(), 1);
    match &plan.steps[0].operation {
        Operation::Remove { paths, .. } => {
            let place = place.canonicalize().unwrap();
            let name = |path: &PathBuf| path.strip_prefix(&place).unwrap().display().to_string();
            paths.iter().map(name).collect()
        }
        other => vec![other.name().to_owned()],
    }
}

#[test]
fn what_is_found_is_listed_by_name() {
    let place = place();
    for (line, names) in [
        ("find . -name '*.tmp' -delete", "a.tmp link.tmp old/one.tmp sub/b.tmp with space.tmp"),
        ("find . -type f -name '*.tmp' -delete", "a.tmp old/one.tmp sub/b.tmp with space.tmp"),
        ("find . -maxdepth 1 -name 'a*' -delete", "a.tmp"),
        ("find sub -iname '*.tmp' -exec rm {} +", "sub/b.tmp sub/deep/c.TMP"),
        ("find sub -iname '*.tmp' -exec rm -f {} \\;", "sub/b.tmp sub/deep/c.TMP"),
        ("find . -name sub -exec rm -rf {} +", "sub"),
        ("find . -type d -empty -delete", "void"),
        ("find old sub -delete", "old sub"),
        ("find . -name 'o*.tmp' -print0 | xargs -0 rm", "old/one.tmp"),
        ("find . -name 'o*.tmp' | xargs rm -f", "old/one.tmp"),
        ("find . -type f ! -name '*.tmp' ! -name '*.TMP' -delete", "keep.txt"),
        ("find . \\( -name 'a.*' -o -name 'k*' \\) -type f -delete", "a.tmp keep.txt"),
        ("find . -path './sub/*' -type f -delete", "sub/b.tmp sub/deep/c.TMP"),
        ("find . -type f -size 1k -name 'a*' -delete", "a.tmp"),
        ("find . -type f -mmin -5 -name 'a*' -delete", "a.tmp"),
    ] {
        assert_eq!(removed(place.path(), line).join(" "), names, "{line}");
    }
}

#[test]
fn what_would_not_be_the_same_is_left_to_the_program() {
    let place = place();
    for line in [
        // xargs would take the name apart.
        "find . -name '*.tmp' | xargs rm",
        "find . -name '*.tmp' -print0 | xargs rm",
        // A directory that is not empty.
        "find . -name sub -delete",
        "find . -name sub -exec rm {} +",
        "find . -name '*.tmp' -exec shred {} +",
        "find . -name '*.tmp' -exec rm {} + -print",
        "find . -delete -name '*.tmp'",
        "find . -newer a.tmp -delete",
        "find -L . -name '*.tmp' -delete",
        "find . -regex '.*tmp' -delete",
        "find . -name '*.tmp' | xargs -I{} rm {}",
        "find absent -delete",
        // Nothing is found now.
        "find . -type f -size -1k -delete",
        "find . -type f -mtime +1 -delete",
    ] {
        let found = removed(place.path(), line);
        assert!(found == ["run"] || found == ["compound"], "{line}: {found:?}");
    }
}

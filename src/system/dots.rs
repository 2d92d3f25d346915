//! Paths without `.` and `..`.

use std::path::{Component, Path, PathBuf};

/// Takes `.` and `..` out of an absolute path; behind a link, `..` leads out of what the
/// link names, as in the kernel (path_resolution(7)).
#[must_use]
pub fn without_dots(path: &Path) -> PathBuf {
    let mut result = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::ParentDir => {
                if let Ok(real) = result.canonicalize() {
                    result = real;
                }
                result.pop();
            }
            Component::Normal(name) => result.push(name),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_lead_out_of_what_a_link_names() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a/b", root.join("link")).unwrap();
        assert_eq!(without_dots(&root.join("link/../x/./y")), root.join("a/x/y"));
        assert_eq!(without_dots(&root.join("none/../x")), root.join("x"));
        assert_eq!(without_dots(Path::new("/../..")), Path::new("/"));
    }
}

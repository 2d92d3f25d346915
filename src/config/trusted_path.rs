//! Who could change what a path names: everybody who may write to a directory
//! that leads to it, or who owns a link on the way.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use super::error::{ConfigError, Distrust, Kind};

/// The write bits of group and others.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// In a sticky directory only the owner of an entry can replace it.
const STICKY: u32 = 0o1000;

/// The most links on one path, as on Linux.
const MOST_LINKS: usize = 40;

/// Follows `path` as the kernel does and judges each directory and link that it
/// leads through, the root included. Returns where it ends: a path without
/// links, which only `user` and root can make to mean something else.
///
/// Every step belongs to `user` or root, so what stands in a sticky directory
/// does as well, and nobody else can replace it there.
pub(super) fn resolve(path: &Path, user: u32) -> Result<PathBuf, ConfigError> {
    let unreadable = |error| ConfigError::Unreadable { path: path.to_path_buf(), error };
    let absolute = std::path::absolute(path).map_err(unreadable)?;
    let mut ahead: VecDeque<Step> = steps(&absolute).collect();
    let mut here = PathBuf::new();
    let mut links = 0;
    while let Some(step) = ahead.pop_front() {
        match step {
            Step::Root => here = PathBuf::from("/"),
            Step::Up => {
                here.pop();
                continue;
            }
            Step::Into(name) => here.push(name),
        }
        let metadata = fs::symlink_metadata(&here).map_err(unreadable)?;
        if metadata.is_symlink() {
            judge(path, &here, Kind::Link, &metadata, user)?;
            links += 1;
            if links > MOST_LINKS {
                return Err(unreadable(io::Error::other("too many symbolic links")));
            }
            let target = fs::read_link(&here).map_err(unreadable)?;
            here.pop();
            for step in steps(&target).collect::<Vec<_>>().into_iter().rev() {
                ahead.push_front(step);
            }
        } else if metadata.is_dir() {
            judge(path, &here, Kind::Directory, &metadata, user)?;
        } else if !ahead.is_empty() {
            return Err(unreadable(io::ErrorKind::NotADirectory.into()));
        }
    }
    Ok(here)
}

/// A step on the way that a path describes.
enum Step {
    Root,
    Up,
    Into(OsString),
}

fn steps(path: &Path) -> impl Iterator<Item = Step> {
    path.components().filter_map(|component| match component {
        Component::RootDir => Some(Step::Root),
        Component::ParentDir => Some(Step::Up),
        Component::Normal(name) => Some(Step::Into(name.to_owned())),
        Component::CurDir | Component::Prefix(_) => None,
    })
}

/// Refuses what is at `place` if somebody else than `user` and root owns it or
/// may write to it; `path` is the file that is wanted.
pub(super) fn judge(
    path: &Path,
    place: &Path,
    kind: Kind,
    metadata: &Metadata,
    user: u32,
) -> Result<(), ConfigError> {
    let refuse = |why| {
        Err(ConfigError::Untrusted {
            path: path.to_path_buf(),
            place: place.to_path_buf(),
            kind,
            why,
        })
    };
    let (owner, mode) = (metadata.uid(), metadata.mode());
    if owner != user && owner != 0 {
        return refuse(Distrust::Owner { owner });
    }
    // A link's own mode says nothing, and Linux has all bits set.
    let guarded = kind == Kind::Link || kind == Kind::Directory && mode & STICKY != 0;
    if mode & WRITABLE_BY_OTHERS != 0 && !guarded {
        return refuse(Distrust::Mode { mode: mode & 0o777 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, lchown, symlink};

    use super::*;
    use crate::system::identity::effective_user;

    /// The outcome for `path` below `root`: where it leads, or what is refused,
    /// with the root left out.
    fn outcome(root: &Path, path: &str) -> String {
        let root = root.canonicalize().unwrap();
        let text = match resolve(&root.join(path), effective_user()) {
            Ok(real) => real.display().to_string(),
            Err(error) => error.to_string(),
        };
        text.replace(&format!("{}/", root.display()), "")
    }

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for directory in ["home/config/llmsh", "dotfiles/deep"] {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        fs::write(root.path().join("home/config/llmsh/c.toml"), "").unwrap();
        fs::write(root.path().join("dotfiles/deep/c.toml"), "").unwrap();
        root
    }

    #[test]
    fn each_directory_up_to_the_root_counts() {
        for (directory, mode, expected) in [
            ("home", 0o755, "home/config/llmsh/c.toml"),
            ("home", 0o1777, "home/config/llmsh/c.toml"),
            (
                "home",
                0o777,
                "home/config/llmsh/c.toml is not used: others may write to the directory home \
                 (mode 777)",
            ),
            (
                "home/config",
                0o775,
                "home/config/llmsh/c.toml is not used: others may write to the directory \
                 home/config (mode 775)",
            ),
        ] {
            let root = tree();
            chmod(&root.path().join(directory), mode);
            assert_eq!(outcome(root.path(), "home/config/llmsh/c.toml"), expected);
        }
    }

    #[test]
    fn each_directory_that_a_link_leads_through_counts() {
        for target in ["../../../dotfiles/deep/c.toml", "ABSOLUTE/dotfiles/deep/c.toml"] {
            let root = tree();
            let link = root.path().join("home/config/llmsh/linked.toml");
            symlink(target.replace("ABSOLUTE", root.path().to_str().unwrap()), link).unwrap();
            let path = "home/config/llmsh/linked.toml";
            assert_eq!(outcome(root.path(), path), "dotfiles/deep/c.toml");
            chmod(&root.path().join("dotfiles"), 0o777);
            assert_eq!(
                outcome(root.path(), path),
                "home/config/llmsh/linked.toml is not used: others may write to the directory \
                 dotfiles (mode 777)"
            );
        }
    }

    #[test]
    fn a_linked_directory_leads_through_its_target() {
        let root = tree();
        symlink("../dotfiles/deep", root.path().join("home/linked")).unwrap();
        assert_eq!(outcome(root.path(), "home/linked/c.toml"), "dotfiles/deep/c.toml");
        // Up from a link is up from its target.
        assert_eq!(outcome(root.path(), "home/linked/../deep/c.toml"), "dotfiles/deep/c.toml");
        chmod(&root.path().join("home"), 0o777);
        assert_eq!(
            outcome(root.path(), "home/linked/c.toml"),
            "home/linked/c.toml is not used: others may write to the directory home (mode 777)"
        );
    }

    #[test]
    fn a_link_or_directory_of_another_user_is_refused() {
        let root = tree();
        symlink("config", root.path().join("linked")).unwrap();
        for (name, kind, expected) in [
            ("linked", Kind::Link, "c is not used: the link x belongs to user "),
            ("home", Kind::Directory, "c is not used: the directory x belongs to user "),
        ] {
            let place = root.path().join(name);
            // Only root can give something away; for others it is enough to
            // judge for another user.
            let (owner, user) = match effective_user() {
                0 => (4711, 0),
                own => (own, own + 1),
            };
            if user == 0 {
                lchown(&place, Some(owner), None).unwrap();
            }
            let metadata = fs::symlink_metadata(&place).unwrap();
            let judged = judge(Path::new("c"), Path::new("x"), kind, &metadata, user);
            assert_eq!(judged.unwrap_err().to_string(), format!("{expected}{owner}"));
            judge(Path::new("c"), Path::new("x"), kind, &metadata, owner).unwrap();
        }
    }

    #[test]
    fn links_in_a_circle_end() {
        let root = tree();
        symlink("b", root.path().join("a")).unwrap();
        symlink("a", root.path().join("b")).unwrap();
        assert_eq!(outcome(root.path(), "a"), "a cannot be read: too many symbolic links");
    }
}

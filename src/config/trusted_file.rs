//! Reading files that may change what llmsh does: only those that nobody else
//! could have written.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::error::{ConfigError, Distrust, Kind};
use super::trusted_path::{judge, resolve};
use crate::system::socket::OPEN_NO_FOLLOW;

/// The size from which a file is no configuration any more.
const LIMIT: u64 = 1 << 20;

/// The text of `path`, or nothing when there is no such file.
///
/// A symbolic link is followed, as people keep their settings in a repository;
/// what is judged is the file at its end, and every directory and link on the
/// way there, from the root on. `user` is the one who may own them; root may
/// too, as it can write everything anyway.
///
/// # Errors
/// When somebody else could have written the file or put it there, and when it
/// is not readable as UTF-8 text.
pub fn read_trusted(path: &Path, user: u32) -> Result<Option<String>, ConfigError> {
    let unreadable = |error| ConfigError::Unreadable { path: path.to_path_buf(), error };
    let refused = |why| ConfigError::Untrusted {
        path: path.to_path_buf(),
        place: path.to_path_buf(),
        kind: Kind::File,
        why,
    };
    // Opening a named pipe would wait for its writer, so look before.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(refused(Distrust::NotAFile)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    }
    let real = resolve(path, user)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OPEN_NO_FOLLOW)
        .open(real)
        .map_err(unreadable)?;
    // Judge what was opened, not what the path named before.
    let metadata = file.metadata().map_err(unreadable)?;
    judge(path, path, Kind::File, &metadata, user)?;
    if metadata.len() > LIMIT {
        return Err(refused(Distrust::TooLarge));
    }
    let mut bytes = Vec::new();
    file.take(LIMIT).read_to_end(&mut bytes).map_err(unreadable)?;
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let before = String::from_utf8_lossy(&bytes[..good]);
        text_error(path, &before, good, "this is not UTF-8 text".to_owned())
    })
}

/// An error at the byte `offset` of `text`, which is the text of `path`.
#[must_use]
pub fn text_error(path: &Path, text: &str, offset: usize, message: String) -> ConfigError {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    ConfigError::Text {
        path: path.to_path_buf(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;
    use crate::system::identity::effective_user;

    /// The outcome for a file and a directory of these modes, as one word.
    fn outcome(file_mode: u32, directory_mode: u32, user: u32) -> String {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("llmsh");
        let path = directory.join("config.toml");
        fs::create_dir(&directory).unwrap();
        fs::write(&path, "text").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(file_mode)).unwrap();
        fs::set_permissions(&directory, Permissions::from_mode(directory_mode)).unwrap();
        match read_trusted(&path, user) {
            Ok(Some(text)) => text,
            Ok(None) => "absent".to_owned(),
            Err(error) => error.to_string().replace(&format!("{}/", root.path().display()), ""),
        }
    }

    #[test]
    fn a_matrix_of_modes() {
        let user = effective_user();
        for (file_mode, directory_mode, expected) in [
            (0o600, 0o700, "text"),
            (0o644, 0o755, "text"),
            (0o444, 0o555, "text"),
            (0o644, 0o1777, "text"),
            (0o664, 0o755, "llmsh/config.toml is not used: others may write to it (mode 664)"),
            (0o646, 0o755, "llmsh/config.toml is not used: others may write to it (mode 646)"),
            (0o666, 0o755, "llmsh/config.toml is not used: others may write to it (mode 666)"),
            (
                0o600,
                0o775,
                "llmsh/config.toml is not used: others may write to the directory llmsh (mode 775)",
            ),
            (
                0o600,
                0o777,
                "llmsh/config.toml is not used: others may write to the directory llmsh (mode 777)",
            ),
        ] {
            assert_eq!(
                outcome(file_mode, directory_mode, user),
                expected,
                "{file_mode:o} {directory_mode:o}"
            );
        }
    }

    #[test]
    fn a_file_of_another_user_is_refused() {
        // The tests may run as root, whose files everybody accepts.
        let metadata = fs::metadata("/proc/self").unwrap();
        let owner = metadata.uid();
        let expected =
            if owner == 0 { "text".to_owned() } else { format!(" belongs to user {owner}") };
        let outcome = outcome(0o600, 0o700, owner + 1);
        assert!(outcome.ends_with(&expected), "{outcome}");
    }

    #[test]
    fn a_link_through_a_directory_that_others_may_write_is_refused_with_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let (own, open) = (root.path().join("own"), root.path().join("open"));
        fs::create_dir(&own).unwrap();
        fs::create_dir_all(open.join("below")).unwrap();
        fs::write(open.join("below/config.toml"), "text").unwrap();
        let link = own.join("config.toml");
        std::os::unix::fs::symlink(open.join("below/config.toml"), &link).unwrap();
        assert_eq!(read_trusted(&link, effective_user()).unwrap().as_deref(), Some("text"));
        fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        let error = read_trusted(&link, effective_user()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{} is not used: others may write to the directory {} (mode 777)",
                link.display(),
                open.display()
            )
        );
        assert_eq!(
            error.hint(),
            format!("see that nobody has changed the file, then: chmod go-w '{}'", open.display())
        );
    }

    #[test]
    fn what_is_no_file_is_refused_and_what_is_absent_is_absent() {
        let root = tempfile::tempdir().unwrap();
        let user = effective_user();
        assert!(matches!(
            read_trusted(root.path(), user),
            Err(ConfigError::Untrusted { why: Distrust::NotAFile, .. })
        ));
        assert!(read_trusted(&root.path().join("none"), user).unwrap().is_none());
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_place() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("c");
        fs::write(&path, b"a = 1\nb = \"\xff\"\n").unwrap();
        let error = read_trusted(&path, effective_user()).unwrap_err().to_string();
        assert!(error.ends_with("c:2:6: this is not UTF-8 text"), "{error}");
    }

    #[test]
    fn a_column_counts_characters() {
        let error = text_error(Path::new("c"), "x\n名字 = 1", "x\n名字 ".len(), "no".to_owned());
        assert_eq!(error.to_string(), "c:2:4: no");
    }
}

//! Opening a database of this user: private, durable, shared by sessions.
//! [`crate::history`] and [`crate::preference`] have one each.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::diagnostic::Diagnostic;
use crate::system::descriptor::opened_privately;

/// How long one session waits while another writes, where nobody waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its directory could not be made or opened.
    #[error("{} cannot be opened: {error}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is a symbolic link or no regular file.
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    /// A newer llmsh wrote the file.
    #[error("{} was written by a newer llmsh (version {found})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: usize,
    },
    /// SQLite could not do it.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

impl StoreError {
    /// Whether another session has the database just now: later it may work.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        ))
    }

    fn hint(&self) -> String {
        let code = match self {
            Self::Database(error) => error.sqlite_error_code(),
            _ => None,
        };
        match (self, code) {
            (_, Some(ErrorCode::DiskFull)) => "make room on the disk".to_owned(),
            (_, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) => {
                "the file is damaged: move it away to begin a new one".to_owned()
            }
            (_, Some(ErrorCode::ReadOnly)) => "check the permissions of the file".to_owned(),
            (_, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) => {
                "another session keeps it busy: try again".to_owned()
            }
            (Self::Newer { .. }, _) => "use the newer llmsh".to_owned(),
            (Self::NotAFile(path), _) => format!("move '{}' away", path.display()),
            _ => "check the permissions of its directory".to_owned(),
        }
    }
}

impl From<StoreError> for Diagnostic {
    fn from(error: StoreError) -> Self {
        let hint = error.hint();
        Self::new(error.to_string()).hint(hint)
    }
}

/// Opens the database at `path`, makes it with its directory if it is not
/// there, and brings it to the newest version: `migrations` are the steps, in
/// order, and their number is the version. Everything waits for another session's
/// writing at most for `patience`.
pub(crate) fn open(
    path: &Path,
    migrations: &[&str],
    patience: Duration,
) -> Result<Connection, StoreError> {
    // A script that takes a number for itself must not take the database's.
    opened_privately(|| open_here(path, migrations, patience))
}

fn open_here(
    path: &Path,
    migrations: &[&str],
    patience: Duration,
) -> Result<Connection, StoreError> {
    let path = private_file(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(patience)?;
    use_write_ahead_log(&connection, patience)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
    migrate(&mut connection, &path, migrations)?;
    Ok(connection)
}

/// Writes everything into the database itself and empties the log, so that
/// deleted text is gone from both. Another session that reads right now keeps
/// its view; the log is then emptied by the next checkpoint.
pub(crate) fn forget_log(connection: &Connection) -> Result<(), StoreError> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

/// Makes sure that the file is there, a regular file, and the user's alone.
/// SQLite gives its log the same mode.
fn private_file(path: &Path) -> Result<PathBuf, StoreError> {
    let failed = |error| StoreError::Open { path: path.to_path_buf(), error };
    let directory = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
    // A home directory may well be behind a link; the file itself may not.
    let name = path.file_name().ok_or_else(|| StoreError::NotAFile(path.to_path_buf()))?;
    let path = directory.canonicalize().map_err(failed)?.join(name);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let metadata = fs::symlink_metadata(&path).map_err(failed)?;
            if !metadata.is_file() {
                return Err(StoreError::NotAFile(path));
            }
            if metadata.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed)?;
            }
        }
        Err(error) => return Err(failed(error)),
    }
    Ok(path)
}

/// Changing the journal mode needs the file alone for a moment, and SQLite does
/// not wait for that by itself.
fn use_write_ahead_log(connection: &Connection, patience: Duration) -> Result<(), StoreError> {
    let deadline = Instant::now() + patience;
    loop {
        let result: Result<String, _> =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match result {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < deadline =>
            {
                thread::sleep(Duration::from_millis(2));
            }
            result => return result.map(|_| ()).map_err(StoreError::from),
        }
    }
}

fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &[&str],
) -> Result<(), StoreError> {
    let version = |connection: &Connection| -> Result<usize, StoreError> {
        Ok(connection
            .query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))?
            .try_into()
            .unwrap_or(usize::MAX))
    };
    if version(connection)? == migrations.len() {
        return Ok(());
    }
    // Another session may do the same: the lock comes first, then the look.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let Some(missing) = migrations.get(found..) else {
        return Err(StoreError::Newer { path: path.to_path_buf(), found });
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(
        None,
        "user_version",
        u32::try_from(migrations.len()).unwrap_or(u32::MAX),
    )?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER)";
    const SECOND: &str = "ALTER TABLE a ADD COLUMN y INTEGER";

    #[test]
    fn a_new_file_is_private_and_its_log_too() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("deep/er/x.db");
        let connection = open(&path, &[FIRST], PATIENCE).unwrap();
        connection.execute("INSERT INTO a VALUES (1)", []).unwrap();
        for name in ["x.db", "x.db-wal", "x.db-shm"] {
            let metadata = fs::metadata(root.path().join("deep/er").join(name)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
        }
        let directory = fs::metadata(root.path().join("deep/er")).unwrap();
        assert_eq!(directory.permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_that_others_may_read_is_closed_to_them() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("x.db");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        open(&path, &[FIRST], PATIENCE).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn commits_are_durable_and_deletions_overwrite() {
        let root = tempfile::tempdir().unwrap();
        let connection = open(&root.path().join("x.db"), &[FIRST], PATIENCE).unwrap();
        let pragma = |name: &str| -> String {
            connection
                .query_row(&format!("PRAGMA {name}"), [], |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                })
                .map(|value| format!("{value:?}"))
                .unwrap()
        };
        assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
        assert_eq!(pragma("synchronous"), "Integer(2)");
        assert_eq!(pragma("secure_delete"), "Integer(1)");
    }

    #[test]
    fn migrations_run_once_and_in_order() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("x.db");
        open(&path, &[FIRST], PATIENCE).unwrap().execute("INSERT INTO a VALUES (7)", []).unwrap();
        for _ in 0..2 {
            let connection = open(&path, &[FIRST, SECOND], PATIENCE).unwrap();
            let row: (i64, Option<i64>) = connection
                .query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap();
            assert_eq!(row, (7, None));
        }
    }

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("x.db");
        open(&path, &[FIRST, SECOND], PATIENCE).unwrap();
        let error = open(&path, &[FIRST], PATIENCE).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, .. }), "{error}");
    }

    #[test]
    fn a_link_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("x.db");
        std::os::unix::fs::symlink(root.path().join("elsewhere"), &path).unwrap();
        assert!(matches!(open(&path, &[FIRST], PATIENCE), Err(StoreError::NotAFile(_))));
        assert!(!root.path().join("elsewhere").exists());
    }
}

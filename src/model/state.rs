//! Saved sequence states: what the model made of a fixed prefix, kept as a file so
//! that it is evaluated once in the life of the model and not once in the life of
//! a worker.
//!
//! llama.cpp reads such a state without much suspicion, so nothing reaches it that
//! this module has not recognised: the file is the user's own, was written for
//! this model, this prefix and this build of llama.cpp, and is complete (SHA-256).
//! Anything else is removed, and the prefix evaluated again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::system::socket;

const MAGIC: &[u8; 12] = b"llmsh state\n";
const VERSION: u32 = 1;
/// Magic, version, three keys, token count, payload length, payload hash.
const HEADER: usize = 12 + 4 + 3 * 32 + 4 + 8 + 32;
/// A state above this size is not kept: reading it would cost more than it saves.
const MAX_PAYLOAD: u64 = 1 << 30;
/// How many states are kept: those used last.
const KEPT: usize = 4;

/// What a state belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateKey {
    model: [u8; 32],
    prefix: [u8; 32],
    build: [u8; 32],
    tokens: u32,
}

impl StateKey {
    /// The key of a prefix, by the model's SHA-256, the prefix's tokens, and what
    /// identifies the program that evaluates them.
    #[must_use]
    pub fn new(model_sha256: &str, prefix: &[i32], build: &str) -> Self {
        let mut tokens = Sha256::new();
        for token in prefix {
            tokens.update(token.to_le_bytes());
        }
        Self {
            model: Sha256::digest(model_sha256).into(),
            prefix: tokens.finalize().into(),
            build: Sha256::digest(build).into(),
            tokens: u32::try_from(prefix.len()).unwrap_or(u32::MAX),
        }
    }

    fn file_name(&self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!(
            "{}-{}-{}.state",
            hex(&self.model[..8]),
            hex(&self.prefix[..8]),
            hex(&self.build[..4])
        )
    }

    fn header(&self, payload: &[u8]) -> Vec<u8> {
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(VERSION.to_le_bytes());
        header.extend(self.model);
        header.extend(self.prefix);
        header.extend(self.build);
        header.extend(self.tokens.to_le_bytes());
        header.extend((payload.len() as u64).to_le_bytes());
        header.extend(Sha256::digest(payload));
        header
    }
}

/// A directory of saved states.
#[derive(Clone, Debug)]
pub struct StateStore {
    directory: PathBuf,
}

impl StateStore {
    /// The store in a directory that exists and is the user's own.
    #[must_use]
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The saved state, if there is one that can be trusted. A file that cannot is
    /// removed.
    #[must_use]
    pub fn load(&self, key: &StateKey) -> Option<Vec<u8>> {
        let path = self.directory.join(key.file_name());
        match read(&path, key) {
            Ok(payload) => Some(payload),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => {
                self.discard(key);
                None
            }
        }
    }

    /// Removes a state, because llama.cpp would not have it either.
    pub fn discard(&self, key: &StateKey) {
        let _ = std::fs::remove_file(self.directory.join(key.file_name()));
    }

    /// Saves a state and removes those that were not used for longest.
    ///
    /// # Errors
    /// The file cannot be written; nothing half-written stays.
    pub fn save(&self, key: &StateKey, payload: &[u8]) -> io::Result<()> {
        if payload.len() as u64 > MAX_PAYLOAD {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the state is too large"));
        }
        let temporary = self.directory.join(format!("saving-{}", std::process::id()));
        let _ = std::fs::remove_file(&temporary);
        let written = write(&temporary, &key.header(payload), payload)
            .and_then(|()| std::fs::rename(&temporary, self.directory.join(key.file_name())));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        self.remove_old();
        written
    }

    fn remove_old(&self) {
        let Ok(entries) = std::fs::read_dir(&self.directory) else { return };
        let mut states: Vec<(SystemTime, PathBuf)> = entries
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "state"))
            .filter_map(|path| {
                let used = std::fs::symlink_metadata(&path).and_then(|data| data.modified());
                used.ok().map(|used| (used, path))
            })
            .collect();
        states.sort();
        for (_, path) in states.iter().rev().skip(KEPT) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn write(path: &Path, header: &[u8], payload: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(socket::OPEN_NO_FOLLOW)
        .open(path)?;
    // Not flushed to the disk: a file that a power cut shortens is recognised.
    file.write_all(header)?;
    file.write_all(payload)
}

fn read(path: &Path, key: &StateKey) -> io::Result<Vec<u8>> {
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    // For writing, because using a state makes it young.
    let mut file: File = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(socket::OPEN_NO_FOLLOW)
        .open(path)?;
    let data = file.metadata()?;
    if !data.is_file() || data.uid() != socket::own_user() || data.mode() & 0o022 != 0 {
        return Err(wrong("not a file that only this user can write"));
    }
    let length = data.len().checked_sub(HEADER as u64).ok_or_else(|| wrong("too short"))?;
    if length > MAX_PAYLOAD {
        return Err(wrong("too large"));
    }
    let mut header = [0; HEADER];
    file.read_exact(&mut header)?;
    let mut payload = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    Read::by_ref(&mut file).take(length).read_to_end(&mut payload)?;
    // The header that this payload has to have, hash included.
    if key.header(&payload) != header {
        return Err(wrong("damaged, or of another model, prefix or version"));
    }
    let _ = file.set_modified(SystemTime::now());
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    const PAYLOAD: &[u8] = b"what the model made of the prefix";

    fn key(prefix: &[i32]) -> StateKey {
        StateKey::new("abc", prefix, "llama 1")
    }

    fn store() -> (tempfile::TempDir, StateStore, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let store = StateStore::new(directory.path().to_owned());
        store.save(&key(&[1, 2]), PAYLOAD).unwrap();
        let path = directory.path().join(key(&[1, 2]).file_name());
        (directory, store, path)
    }

    /// The state is not given, and its file is gone.
    fn is_discarded(store: &StateStore, path: &Path) {
        assert_eq!(store.load(&key(&[1, 2])), None);
        assert!(std::fs::symlink_metadata(path).is_err());
    }

    #[test]
    fn a_saved_state_is_loaded_and_private() {
        let (_directory, store, path) = store();
        assert_eq!(store.load(&key(&[1, 2])).as_deref(), Some(PAYLOAD));
        assert_eq!(std::fs::metadata(path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn states_of_other_prefixes_models_and_builds_are_not_taken() {
        let (_directory, store, _) = store();
        assert_eq!(store.load(&key(&[1, 2, 3])), None);
        assert_eq!(store.load(&StateKey::new("abd", &[1, 2], "llama 1")), None);
        assert_eq!(store.load(&StateKey::new("abc", &[1, 2], "llama 2")), None);
        assert_eq!(store.load(&key(&[1, 2])).as_deref(), Some(PAYLOAD));
    }

    #[test]
    fn a_foreign_state_under_the_right_name_is_discarded() {
        let (_directory, store, path) = store();
        let other = StateKey::new("abd", &[1, 2], "llama 1");
        let bytes = [other.header(PAYLOAD), PAYLOAD.to_vec()].concat();
        std::fs::write(&path, bytes).unwrap();
        is_discarded(&store, &path);
    }

    #[test]
    fn a_state_cut_short_at_any_place_is_discarded() {
        let (_directory, store, path) = store();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            store.save(&key(&[1, 2]), PAYLOAD).unwrap();
            std::fs::write(&path, &whole[..length]).unwrap();
            is_discarded(&store, &path);
        }
    }

    #[test]
    fn a_state_with_any_bit_flipped_is_discarded() {
        let (_directory, store, path) = store();
        let whole = std::fs::read(&path).unwrap();
        for position in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[position] ^= 1 << (position % 8);
            store.save(&key(&[1, 2]), PAYLOAD).unwrap();
            std::fs::write(&path, damaged).unwrap();
            is_discarded(&store, &path);
        }
    }

    #[test]
    fn a_state_that_others_can_write_is_discarded() {
        let (_directory, store, path) = store();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o622)).unwrap();
        is_discarded(&store, &path);
    }

    #[test]
    fn a_link_is_discarded_and_what_it_points_to_stays() {
        let (directory, store, path) = store();
        let target = directory.path().join("target");
        std::fs::rename(&path, &target).unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        is_discarded(&store, &path);
        assert!(target.exists());
    }

    #[test]
    fn a_huge_file_is_discarded_without_being_read() {
        let (_directory, store, path) = store();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(2 << 40).unwrap_or_else(|_| file.set_len(2 << 30).unwrap());
        is_discarded(&store, &path);
    }

    #[test]
    fn the_four_states_used_last_are_kept() {
        let (directory, store, path) = store();
        let past = |seconds| SystemTime::now() - Duration::from_secs(seconds);
        for prefix in 0..3 {
            store.save(&key(&[prefix]), PAYLOAD).unwrap();
            let file = File::open(directory.path().join(key(&[prefix]).file_name())).unwrap();
            file.set_modified(past(300 - u64::try_from(prefix).unwrap())).unwrap();
        }
        File::open(&path).unwrap().set_modified(past(1000)).unwrap();
        // Using the oldest makes it the youngest.
        store.load(&key(&[1, 2])).unwrap();
        store.save(&key(&[9]), PAYLOAD).unwrap();
        assert_eq!(store.load(&key(&[0])), None);
        for prefix in [&[1][..], &[2], &[9], &[1, 2]] {
            assert!(store.load(&key(prefix)).is_some(), "{prefix:?}");
        }
    }
}

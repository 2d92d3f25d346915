//! What a plan knows about the world between its steps: the directory and
//! variables as earlier steps will have left them, and how certain that is.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use bstr::BString;

use crate::plan::effect::Effects;
use crate::plan::operation::Operation;
use crate::shell::Shell;
use crate::shell::syntax::{Word, WordPart};

/// The world as a step will find it.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    directory: PathBuf,
    /// Where steps that are not understood may have gone.
    supposed: PathBuf,
    assigned: Vec<(BString, BString)>,
    bindings: Vec<(BString, BString)>,
    /// Paths that earlier steps bring into being or take away.
    touched: Vec<PathBuf>,
    /// An earlier step may have changed anything: names cannot be expanded now.
    uncertain: bool,
    /// An earlier step may have changed the directory or variables of the shell
    /// in a way that is not known: no word means what it would mean now.
    adrift: bool,
}

/// Why a word's value is not known before the plan runs.
pub(super) type Unknown = String;

impl Scope {
    pub(super) fn new(shell: &Shell) -> Self {
        let directory = shell.directory().map_or_else(
            || std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            |bytes| PathBuf::from(std::ffi::OsStr::from_bytes(bytes)),
        );
        Self {
            supposed: directory.clone(),
            directory,
            assigned: Vec::new(),
            bindings: Vec::new(),
            touched: Vec::new(),
            uncertain: false,
            adrift: false,
        }
    }

    /// The directory of the guesses.
    pub(super) fn supposed(&self) -> &Path {
        &self.supposed
    }

    /// Takes over the suppositions of a judgement.
    pub(super) fn suppose_directory(&mut self, directory: PathBuf) {
        self.supposed = directory;
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Why words do not mean what they would mean now.
    pub(super) fn adrift(&self) -> Option<&'static str> {
        self.adrift.then_some("an earlier step may change the directory or variables")
    }

    pub(super) fn bindings(&self) -> &[(BString, BString)] {
        &self.bindings
    }

    /// Binds a loop's variable.
    pub(super) fn bind(&mut self, name: &BString, value: BString) {
        self.bindings.retain(|(bound, _)| bound != name);
        self.bindings.push((name.clone(), value));
    }

    pub(super) fn restore_bindings(&mut self, bindings: Vec<(BString, BString)>) {
        self.bindings = bindings;
    }

    /// Expands words as they will be when the step runs.
    pub(super) fn expand(
        &self,
        words: &[Word],
        shell: &mut Shell,
    ) -> Result<Vec<BString>, Unknown> {
        if let Some(reason) = self.adrift() {
            return Err(reason.to_owned());
        }
        if self.uncertain && words.iter().any(has_pattern) {
            return Err("an earlier step may change which names match".to_owned());
        }
        let mut assigned = self.assigned.clone();
        assigned.extend(self.bindings.iter().cloned());
        let expanded = shell
            .expand_statically(words, &self.directory, &assigned)
            .map_err(|error| error.to_string())?;
        if words.iter().any(has_pattern)
            && self.touched.iter().any(|path| self.may_match(path, words, shell))
        {
            return Err("an earlier step changes which names match".to_owned());
        }
        Ok(expanded)
    }

    /// The words as they would be now, those that cannot be known left out: good
    /// enough to refuse a command, not to allow one.
    pub(super) fn guess(&self, words: &[Word], shell: &mut Shell) -> Vec<BString> {
        let mut assigned = self.assigned.clone();
        assigned.extend(self.bindings.iter().cloned());
        let expand = |word| {
            let word = std::slice::from_ref(word);
            shell.expand_statically(word, &self.supposed, &assigned).unwrap_or_default()
        };
        words.iter().flat_map(expand).collect()
    }

    /// Supposes that a command of these words runs where it stands: later guesses
    /// are made in the directory it would go to.
    pub(super) fn suppose(&mut self, words: &[BString]) {
        match words {
            [name, directory] if name == "cd" => {
                let path = std::ffi::OsStr::from_bytes(directory);
                self.supposed = normal(&self.supposed.join(path));
            }
            [name] if name == "cd" => {
                if let Some(home) = std::env::var_os("HOME") {
                    self.supposed = PathBuf::from(home);
                }
            }
            _ => {}
        }
    }

    /// Whether a pattern among the words could match the path, which an earlier
    /// step makes or takes away.
    fn may_match(&self, path: &Path, words: &[Word], shell: &mut Shell) -> bool {
        let Some(name) = path.file_name() else { return true };
        words.iter().filter(|word| has_pattern(word)).any(|word| {
            match shell.pattern_of(word, &self.assigned) {
                Some((directory, pattern)) => {
                    self.absolute(&directory) == *path.parent().unwrap_or(Path::new("/"))
                        && pattern.matches(name.as_bytes())
                }
                None => true,
            }
        })
    }

    /// A path as seen from the step's directory, `.` and `..` resolved.
    pub(super) fn absolute(&self, path: &[u8]) -> PathBuf {
        let joined = self.directory.join(std::ffi::OsStr::from_bytes(path));
        normal(&joined)
    }

    /// Whether the path exists when the step runs, as far as that is known.
    pub(super) fn is_directory(&self, path: &Path) -> bool {
        path.is_dir() || self.touched.iter().any(|made| made == path)
    }

    /// Whether an earlier step may make the path.
    pub(super) fn may_exist(&self, path: &Path) -> bool {
        self.uncertain || self.touched.iter().any(|made| made == path || path.starts_with(made))
    }

    /// Takes a step's effects into account for those that follow.
    pub(super) fn advance(&mut self, operation: &Operation, effects: &Effects) {
        match operation {
            Operation::ChangeDirectory { directory } => {
                self.directory.clone_from(directory);
                self.supposed.clone_from(directory);
            }
            Operation::SetVariable { name, value, .. } => {
                self.assigned.push((name.clone(), value.clone()))
            }
            _ => {
                self.touched.extend(effects.creates.iter().chain(&effects.deletes).cloned());
                self.uncertain |=
                    effects.unknown.is_some() || effects.privilege || effects.environment;
                self.adrift |= effects.environment;
            }
        }
    }
}

/// Resolves `.` and `..` textually, then the links of the parent directories
/// that exist, as the kernel will.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::from("/");
    for component in path.components() {
        match component {
            Component::ParentDir => {
                // `..` of a link leads out of what it names.
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

/// Whether a word has an unquoted pattern character of its own.
fn has_pattern(word: &Word) -> bool {
    word.parts.iter().any(|part| match part {
        WordPart::Literal(text) => text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[')),
        WordPart::Parameter(_) => true,
        _ => false,
    })
}

//! What a plan knows about the world between its steps: the directory and
//! variables as earlier steps will have left them, and how certain that is.

use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use crate::plan::effect::{Act, Deed, Effects};
use crate::plan::operation::Operation;
use crate::shell::builtin::{self, Meaning};
use crate::shell::syntax::{SimpleCommand, Word, WordPart};
use crate::shell::{Shell, print};
use crate::system::dots::without_dots;

/// The world as a step will find it.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    directory: PathBuf,
    assigned: Vec<(BString, BString)>,
    bindings: Vec<(BString, BString)>,
    /// Paths that earlier steps bring into being or take away.
    touched: Vec<PathBuf>,
    /// Paths that earlier steps change.
    altered: Vec<PathBuf>,
    /// Directories in which earlier steps may change anything.
    within: Vec<PathBuf>,
    /// Directories that earlier steps make.
    made: Vec<PathBuf>,
    /// Files that earlier steps make and that are still there.
    present: Vec<PathBuf>,
    /// An earlier step may have changed anything: names cannot be expanded now.
    uncertain: bool,
    /// An earlier step may have changed the directory or variables of the shell
    /// in a way that is not known: no word means what it would mean now.
    adrift: bool,
    /// Variables whose values are known only when the step runs.
    volatile: Volatile,
    /// What is not known is taken for what it seems to be.
    supposing: bool,
}

/// Variables that the commands of a step set themselves.
#[derive(Clone, Debug)]
pub(super) enum Volatile {
    /// These.
    Names(Vec<BString>),
    /// Any, positional parameters among them.
    All,
}

impl Default for Volatile {
    fn default() -> Self {
        Self::Names(Vec::new())
    }
}

impl Volatile {
    /// These and those.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Names(mut names), Self::Names(more)) => {
                names.extend(more);
                Self::Names(names)
            }
            _ => Self::All,
        }
    }

    /// The variable has a value that is known.
    fn remove(&mut self, name: &BString) {
        if let Self::Names(names) = self {
            names.retain(|other| other != name);
        }
    }

    /// Whether a word's value depends on one of them. A name in quoted text
    /// counts, too: better unknown than wrong.
    fn concerns(&self, word: &Word) -> bool {
        let text = print::word_text(word);
        if !text.iter().any(|byte| matches!(byte, b'$' | b'`')) {
            return false;
        }
        match self {
            Self::All => true,
            Self::Names(names) => text
                .split(|byte| !is_name_byte(*byte))
                .any(|token| names.iter().any(|name| name.as_slice() == token)),
        }
    }
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
            directory,
            assigned: Vec::new(),
            bindings: Vec::new(),
            touched: Vec::new(),
            altered: Vec::new(),
            within: Vec::new(),
            made: Vec::new(),
            present: Vec::new(),
            uncertain: false,
            adrift: false,
            volatile: Volatile::Names(Vec::new()),
            supposing: false,
        }
    }

    /// The same world where what is not known is taken for what it seems to be, and
    /// unknown steps do nothing: good enough to refuse a command, not to allow one.
    pub(super) fn supposing(&self) -> Self {
        let certain = Self { uncertain: false, adrift: false, ..self.clone() };
        Self { supposing: true, volatile: Volatile::default(), ..certain }
    }

    /// Whether this is a world of suppositions.
    pub(super) fn is_supposing(&self) -> bool {
        self.supposing
    }

    /// The same world for commands that set these variables themselves.
    pub(super) fn with_volatile(&self, volatile: Volatile) -> Self {
        let mut scope = self.clone();
        scope.forget(volatile);
        scope
    }

    /// From now on these variables have values that are not known.
    pub(super) fn forget(&mut self, volatile: Volatile) {
        if !self.supposing {
            self.volatile = std::mem::take(&mut self.volatile).and(volatile);
        }
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
        self.volatile.remove(name);
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
        if self.supposing {
            return Ok(self.guess(words, shell));
        }
        if let Some(reason) = self.adrift() {
            return Err(reason.to_owned());
        }
        if self.uncertain && words.iter().any(has_pattern) {
            return Err("an earlier step may change which names match".to_owned());
        }
        if words.iter().any(|word| self.volatile.concerns(word)) {
            return Err("a variable's value is known only when it runs".to_owned());
        }
        let mut assigned = self.assigned.clone();
        assigned.extend(self.bindings.iter().cloned());
        // Of an array that an earlier step made, an assignment changes one element only.
        if words.iter().any(|word| assigned.iter().any(|(name, _)| has_element(word, name))) {
            return Err("an element of an array is known only when it runs".to_owned());
        }
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

    /// The words as they would be now; those that cannot be known are left out, and
    /// so is what is empty only because a variable is.
    fn guess(&self, words: &[Word], shell: &mut Shell) -> Vec<BString> {
        let mut assigned = self.assigned.clone();
        assigned.extend(self.bindings.iter().cloned());
        let expand = |word: &Word| {
            let one = std::slice::from_ref(word);
            let mut fields =
                shell.expand_statically(one, &self.directory, &assigned).unwrap_or_default();
            if print::word_text(word).iter().any(|byte| matches!(byte, b'$' | b'`')) {
                fields.retain(|field| !field.is_empty());
            }
            fields
        };
        words.iter().flat_map(expand).collect()
    }

    /// Supposes that a command runs where it stands: where it goes, and what it sets,
    /// holds for what comes after it.
    pub(super) fn suppose(&mut self, simple: &SimpleCommand, shell: &mut Shell) {
        let words = self.guess(&simple.words, shell);
        let builtin = words.first().and_then(|name| builtin::find(name));
        match builtin.map(|builtin| builtin.meaning) {
            None if words.is_empty() => {
                for assignment in &simple.assignments {
                    let Some(word) = assignment.plain() else {
                        self.forget(Volatile::Names(vec![assignment.name.clone()]));
                        continue;
                    };
                    let value = self.guess(std::slice::from_ref(word), shell);
                    self.assigned.push((assignment.name.clone(), bstr::join(" ", value).into()));
                }
            }
            Some(Meaning::Variables) => {
                for word in &words[1..] {
                    if let Some((name, value)) = word.split_once_str("=") {
                        self.assigned.push((name.into(), value.into()));
                    }
                }
            }
            // Where a word is not known at all, nobody knows where it goes.
            Some(Meaning::Directory) if words.len() == simple.words.len() && words[0] == "cd" => {
                match &words[1..] {
                    [directory] if directory != "-" => self.directory = self.logical(directory),
                    [] => {
                        if let Some(home) = shell.variables.get(b"HOME") {
                            self.directory = self.logical(home);
                        }
                    }
                    _ => {}
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
                    let directory = self.absolute(&directory);
                    // What is made anew may hold anything, also by way of a link.
                    directory.starts_with(path)
                        || path.parent() == Some(&directory) && pattern.matches(name.as_bytes())
                }
                None => true,
            }
        })
    }

    /// A path as seen from the step's directory: `.`, `..` and the links of its
    /// parents resolved. What the last component names is not looked at.
    pub(super) fn absolute(&self, path: &[u8]) -> PathBuf {
        real(&self.directory.join(std::ffi::OsStr::from_bytes(path)))
    }

    /// A directory to go to, by the name that a shell shows: links stay.
    pub(super) fn logical(&self, path: &[u8]) -> PathBuf {
        without_dots(&self.directory.join(std::ffi::OsStr::from_bytes(path)))
    }

    /// Whether a directory is there when the step runs; `None` where that is not
    /// known.
    pub(super) fn is_directory(&self, path: &Path) -> Option<bool> {
        if !self.uncertain && self.made.last().is_some() {
            // What is made and then moved or deleted is not there any more.
            let later = self.altered.iter().chain(&self.touched);
            let made = self.made.iter().any(|made| made == path);
            if made && later.filter(|other| *other == path).count() <= 1 {
                return Some(true);
            }
        }
        if self.may_differ(path) { None } else { Some(path.is_dir()) }
    }

    /// Whether an earlier step may make the path.
    pub(super) fn may_exist(&self, path: &Path) -> bool {
        self.uncertain || self.touched.iter().any(|made| made == path || path.starts_with(made))
    }

    /// Whether an earlier step makes the file, which is still there.
    pub(super) fn is_made(&self, path: &PathBuf) -> bool {
        self.present.contains(path)
    }

    /// Whether an earlier step may put something else there.
    pub(super) fn may_differ(&self, path: &Path) -> bool {
        let mut earlier = self.touched.iter().chain(&self.altered);
        self.uncertain
            || earlier.any(|other| path.starts_with(other))
            || self.within.iter().any(|other| path.starts_with(other) && path != other)
    }

    /// Whether an earlier step may change what is below the path.
    pub(super) fn changes_below(&self, path: &Path) -> bool {
        let mut earlier = self.touched.iter().chain(&self.altered).chain(&self.within);
        earlier.any(|other| other.starts_with(path))
    }

    /// Takes a step's effects into account for those that follow.
    pub(super) fn advance(&mut self, operation: &Operation, effects: &Effects, drifts: bool) {
        match operation {
            Operation::ChangeDirectory { directory } => {
                let old = std::mem::replace(&mut self.directory, directory.clone());
                for (name, path) in [("OLDPWD", old), ("PWD", directory.clone())] {
                    let value = path.into_os_string().into_encoded_bytes();
                    self.assigned.push((name.into(), value.into()));
                }
            }
            Operation::SetVariable { name, value, .. } => {
                self.volatile.remove(name);
                self.assigned.push((name.clone(), value.clone()))
            }
            _ => {
                let paths = |deed| effects.paths(deed).map(Path::to_owned);
                self.touched.extend(paths(Deed::Creates).chain(paths(Deed::Deletes)));
                self.altered.extend(paths(Deed::Changes).chain(paths(Deed::Moves)));
                self.within.extend(paths(Deed::Within));
                let gone: HashSet<PathBuf> =
                    paths(Deed::Deletes).chain(paths(Deed::Moves)).collect();
                self.present.retain(|path| !gone.contains(path));
                self.present.extend(paths(Deed::Creates));
                if let Operation::MakeDirectory { paths: named, .. } = operation {
                    self.made.extend(named.iter().cloned().chain(paths(Deed::Creates)));
                }
                if self.supposing {
                    return;
                }
                self.uncertain |=
                    drifts || effects.any(|act| matches!(act, Act::Unknown(_) | Act::Privilege));
                self.adrift |= drifts;
            }
        }
    }
}

/// The path without `.`, `..` and links in its parents, as far as these exist.
pub(super) fn real(path: &Path) -> PathBuf {
    let path = without_dots(path);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return path };
    let mut missing = vec![name.to_owned()];
    let mut there = parent;
    loop {
        if let Ok(found) = there.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        match (there.parent(), there.file_name()) {
            (Some(above), Some(name)) => {
                missing.push(name.to_owned());
                there = above;
            }
            _ => return path,
        }
    }
}

/// Whether the text of a word may have an element of the array.
fn has_element(word: &Word, name: &[u8]) -> bool {
    let text = print::word_text(word);
    let element = [name, b"["].concat();
    text.contains(&b'$')
        && text.find_iter(&element).any(|at| {
            let before = at.checked_sub(1).map(|before| text[before]);
            // `$x[ab]` is a variable and a pattern.
            before.is_some_and(|byte| byte != b'$' && !is_name_byte(byte))
        })
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a word has an unquoted pattern character of its own.
fn has_pattern(word: &Word) -> bool {
    word.parts.iter().any(|part| match part {
        WordPart::Literal(text) => {
            text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{' | b'('))
        }
        WordPart::Parameter(_) => true,
        _ => false,
    })
}

//! The file commands of coreutils, with the options that are understood.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::lower::{Lowered, absolute_all};
use super::scope::Scope;
use crate::escape;
use crate::plan::effect::Effects;
use crate::plan::operation::{Clobber, Content, Mode, ModeClause, Operation, RemoveDepth};
use crate::system::identity;

/// A path as it is shown.
pub(super) fn show(path: &Path) -> String {
    escape::visible(path.as_os_str().as_encoded_bytes())
}

/// Options that were given, each understood, and the operands.
struct Arguments<'a> {
    options: Vec<u8>,
    operands: Vec<&'a BString>,
}

impl<'a> Arguments<'a> {
    /// Separates options from operands as GNU programs do. `long` maps whole
    /// long options to letters; an abbreviation is not understood.
    fn parse(words: &'a [BString], letters: &[u8], long: &[(&str, u8)]) -> Option<Self> {
        let mut parsed = Self { options: Vec::new(), operands: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                parsed.operands.extend(words);
                break;
            }
            if word.starts_with(b"--") {
                parsed.options.push(long.iter().find(|(name, _)| word == name)?.1);
            } else if word.starts_with(b"-") && word.len() > 1 {
                for letter in &word[1..] {
                    parsed.options.push(*letters.iter().find(|known| *known == letter)?);
                }
            } else {
                parsed.operands.push(word);
            }
        }
        // An empty operand is an error that the program itself explains best.
        (!parsed.operands.is_empty() && parsed.operands.iter().all(|word| !word.is_empty()))
            .then_some(parsed)
    }

    fn has(&self, letters: &[u8]) -> bool {
        self.options.iter().any(|option| letters.contains(option))
    }
}

pub(super) fn make_directory(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let arguments = Arguments::parse(words, b"p", &[("--parents", b'p')])?;
    let paths = absolute_all(&arguments.operands, scope);
    let parents = arguments.has(b"p");
    let mut lowered = Lowered::new(
        Operation::MakeDirectory { paths: paths.clone(), parents },
        Effects {
            creates: paths.iter().filter(|path| !path.exists()).cloned().collect(),
            ..Effects::default()
        },
    );
    if !parents {
        for path in paths.iter().filter(|path| path.symlink_metadata().is_ok()) {
            lowered.warnings.push(format!("{} exists already", show(path)));
        }
    }
    // The step writes even where nothing is missing; it is no mere reading.
    if lowered.effects.creates.is_empty() {
        lowered.effects.changes = paths;
    }
    Some(lowered)
}

pub(super) fn remove(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let long = [("--recursive", b'r'), ("--force", b'f')];
    let arguments = Arguments::parse(words, b"rRf", &long)?;
    let recursive = arguments.has(b"rR");
    let force = arguments.has(b"f");
    let paths = absolute_all(&arguments.operands, scope);
    // `.` and `..` are refused by rm itself.
    let dots = |word: &&BString| {
        matches!(
            word.rsplit(|byte| *byte == b'/').find(|part| !part.is_empty()),
            Some(b"." | b"..")
        )
    };
    if arguments.operands.iter().any(dots) {
        return None;
    }
    if !recursive
        && paths.iter().any(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()))
    {
        return None;
    }
    let mut lowered = Lowered::new(
        Operation::Remove {
            paths: paths.clone(),
            depth: if recursive { RemoveDepth::Recursive } else { RemoveDepth::Files },
            force,
        },
        Effects { deletes: paths.clone(), ..Effects::default() },
    );
    if !force {
        lowered.warnings.extend(absent(&paths, scope));
    }
    Some(lowered)
}

pub(super) fn remove_directory(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let arguments = Arguments::parse(words, b"", &[])?;
    let paths = absolute_all(&arguments.operands, scope);
    let mut lowered = Lowered::new(
        Operation::Remove {
            paths: paths.clone(),
            depth: RemoveDepth::EmptyDirectories,
            force: false,
        },
        Effects { deletes: paths.clone(), ..Effects::default() },
    );
    lowered.warnings.extend(absent(&paths, scope));
    Some(lowered)
}

pub(super) fn rename(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let long = [("--force", b'f'), ("--no-clobber", b'n')];
    let arguments = Arguments::parse(words, b"fn", &long)?;
    let pairs = pairs(&arguments.operands, scope)?;
    // Onto a directory mv has rules of its own; so has a move into itself.
    if pairs.iter().any(|(from, to)| to.is_dir() || to.starts_with(from)) {
        return None;
    }
    let clobber = clobber(&arguments);
    let mut effects = written(&pairs, clobber);
    effects.moves.extend(pairs.iter().map(|(from, _)| from.clone()));
    let mut lowered = Lowered::new(Operation::Move { pairs: pairs.clone(), clobber }, effects);
    warn_about_pairs(&mut lowered, &pairs, clobber, scope);
    Some(lowered)
}

pub(super) fn copy(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let long =
        [("--recursive", b'r'), ("--archive", b'a'), ("--force", b'f'), ("--no-clobber", b'n')];
    let arguments = Arguments::parse(words, b"rRafnp", &long)?;
    let recursive = arguments.has(b"rRa");
    let pairs = pairs(&arguments.operands, scope)?;
    // Directories without -r, and onto existing directories, follow cp's rules.
    if pairs
        .iter()
        .any(|(from, to)| (from.is_dir() && !recursive) || to.is_dir() || to.starts_with(from))
    {
        return None;
    }
    let clobber = clobber(&arguments);
    let mut effects = written(&pairs, clobber);
    effects.reads = pairs.iter().map(|(from, _)| from.clone()).collect();
    let operation = Operation::Copy {
        pairs: pairs.clone(),
        recursive,
        preserve: arguments.has(b"ap"),
        clobber,
    };
    let mut lowered = Lowered::new(operation, effects);
    warn_about_pairs(&mut lowered, &pairs, clobber, scope);
    Some(lowered)
}

pub(super) fn link(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let long = [("--symbolic", b's'), ("--force", b'f')];
    let arguments = Arguments::parse(words, b"sf", &long)?;
    let [target, name] = arguments.operands.as_slice() else { return None };
    let symbolic = arguments.has(b"s");
    let mut path = scope.absolute(name);
    if scope.is_directory(&path) {
        path.push(Path::new(&bytes_to_os(target)).file_name()?);
    }
    if path.is_dir() {
        return None;
    }
    let clobber = if arguments.has(b"f") { Clobber::Replace } else { Clobber::Refuse };
    let target = if symbolic { PathBuf::from(bytes_to_os(target)) } else { scope.absolute(target) };
    let exists = path.symlink_metadata().is_ok();
    let mut effects = Effects::default();
    if exists {
        effects.changes.push(path.clone())
    } else {
        effects.creates.push(path.clone())
    }
    let mut lowered =
        Lowered::new(Operation::Link { target, path: path.clone(), symbolic, clobber }, effects);
    if exists && clobber == Clobber::Refuse {
        lowered.warnings.push(format!("{} exists already", show(&path)));
    }
    Some(lowered)
}

fn bytes_to_os(bytes: &[u8]) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

pub(super) fn change_mode(words: &[BString], scope: &Scope) -> Option<Lowered> {
    // A mode such as `-x` looks like an option, so it is left to chmod.
    let arguments = Arguments::parse(words, b"R", &[("--recursive", b'R')])?;
    let (mode, operands) = arguments.operands.split_first()?;
    let mode = parse_mode(mode)?;
    let paths = absolute_all(operands, scope);
    if paths.is_empty() {
        return None;
    }
    let effects = Effects { changes: paths.clone(), ..Effects::default() };
    let operation =
        Operation::ChangeMode { paths: paths.clone(), mode, recursive: arguments.has(b"R") };
    let mut lowered = Lowered::new(operation, effects);
    lowered.warnings.extend(absent(&paths, scope));
    Some(lowered)
}

/// Reads the mode operand of chmod (XCU chmod, EXTENDED DESCRIPTION), without
/// the rarer forms.
pub(super) fn parse_mode(text: &[u8]) -> Option<Mode> {
    if text.first()?.is_ascii_digit() {
        let number = u32::from_str_radix(text.to_str().ok()?, 8).ok()?;
        return (number <= 0o7777 && text.len() <= 4).then_some(Mode::Absolute(number));
    }
    let mut clauses = Vec::new();
    for clause in text.split(|byte| *byte == b',') {
        let end = clause.iter().position(|byte| !b"ugoa".contains(byte))?;
        let (who, rest) = clause.split_at(end);
        let classes = who.iter().fold(0, |classes, letter| {
            classes
                | match letter {
                    b'u' => 0o4700,
                    b'g' => 0o2070,
                    b'o' => 0o1007,
                    _ => 0o7777,
                }
        });
        let (&operator, permissions) = rest.split_first()?;
        if !b"+-=".contains(&operator) {
            return None;
        }
        let mut bits = 0;
        let mut conditional_execute = false;
        for letter in permissions {
            match letter {
                b'r' => bits |= 0o444,
                b'w' => bits |= 0o222,
                b'x' => bits |= 0o111,
                b'X' => conditional_execute = true,
                _ => return None,
            }
        }
        clauses.push(ModeClause {
            classes: if who.is_empty() { 0o7777 } else { classes },
            masked: who.is_empty(),
            operator,
            bits,
            conditional_execute,
        });
    }
    Some(Mode::Symbolic(clauses))
}

pub(super) fn change_owner(group_only: bool, words: &[BString], scope: &Scope) -> Option<Lowered> {
    let arguments = Arguments::parse(words, b"R", &[("--recursive", b'R')])?;
    let (owner, operands) = arguments.operands.split_first()?;
    let owner = owner.to_str().ok()?;
    let (user, group) = if group_only {
        (None, Some(identity::group_id(owner)?))
    } else {
        match owner.split_once(':') {
            Some((user, group)) if !group.is_empty() => {
                let user = if user.is_empty() { None } else { Some(identity::user_id(user)?) };
                (user, Some(identity::group_id(group)?))
            }
            // `user:` means the user's login group; chown knows it.
            Some(_) => return None,
            None => (Some(identity::user_id(owner)?), None),
        }
    };
    let paths = absolute_all(operands, scope);
    if paths.is_empty() {
        return None;
    }
    let effects = Effects { changes: paths.clone(), ..Effects::default() };
    let operation = Operation::ChangeOwner {
        paths: paths.clone(),
        user,
        group,
        recursive: arguments.has(b"R"),
    };
    let mut lowered = Lowered::new(operation, effects);
    lowered.warnings.extend(absent(&paths, scope));
    Some(lowered)
}

pub(super) fn touch(words: &[BString], scope: &Scope) -> Option<Lowered> {
    let arguments = Arguments::parse(words, b"", &[])?;
    if arguments.operands.iter().any(|word| *word == "-") {
        return None;
    }
    let paths = absolute_all(&arguments.operands, scope);
    let (changes, creates) = paths.iter().cloned().partition(|path: &PathBuf| path.exists());
    let effects = Effects { changes, creates, ..Effects::default() };
    Some(Lowered::new(Operation::WriteFile { paths, content: Content::Touch }, effects))
}

/// Each source with the path it gets: the last operand is a directory that is
/// there or that an earlier step makes, or the new name of the only source.
fn pairs(operands: &[&BString], scope: &Scope) -> Option<Vec<(PathBuf, PathBuf)>> {
    let (last, sources) = operands.split_last()?;
    if sources.is_empty() {
        return None;
    }
    let destination = scope.absolute(last);
    if !scope.is_directory(&destination) {
        let [source] = sources else { return None };
        // A trailing slash asks for a directory that is not there.
        return (!last.ends_with(b"/")).then(|| vec![(scope.absolute(source), destination)]);
    }
    let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
    for source in sources {
        let from = scope.absolute(source);
        let to = destination.join(from.file_name()?);
        // Two sources of the same name would overwrite each other.
        if pairs.iter().any(|(_, other)| *other == to) {
            return None;
        }
        pairs.push((from, to));
    }
    Some(pairs)
}

fn clobber(arguments: &Arguments<'_>) -> Clobber {
    // The last of -f and -n counts.
    match arguments.options.iter().rev().find(|option| matches!(option, b'f' | b'n')) {
        Some(b'n') => Clobber::Keep,
        _ => Clobber::Replace,
    }
}

fn written(pairs: &[(PathBuf, PathBuf)], clobber: Clobber) -> Effects {
    let mut effects = Effects::default();
    for (_, to) in pairs {
        if to.symlink_metadata().is_err() {
            effects.creates.push(to.clone());
        } else if clobber == Clobber::Replace {
            effects.changes.push(to.clone());
        }
    }
    effects
}

fn warn_about_pairs(
    lowered: &mut Lowered,
    pairs: &[(PathBuf, PathBuf)],
    clobber: Clobber,
    scope: &Scope,
) {
    let sources: Vec<PathBuf> = pairs.iter().map(|(from, _)| from.clone()).collect();
    lowered.warnings.extend(absent(&sources, scope));
    for (_, to) in pairs {
        if to.symlink_metadata().is_ok() {
            lowered.warnings.push(match clobber {
                Clobber::Replace => format!("{} exists and will be replaced", show(to)),
                Clobber::Keep | Clobber::Refuse => format!("{} exists and is left alone", show(to)),
            });
        }
    }
}

/// Warnings for paths that are not there and that no earlier step makes.
fn absent(paths: &[PathBuf], scope: &Scope) -> Vec<String> {
    paths
        .iter()
        .filter(|path| path.symlink_metadata().is_err() && !scope.may_exist(path))
        .map(|path| format!("{} does not exist", show(path)))
        .collect()
}

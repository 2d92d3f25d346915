//! From what a command line says ([`Fact`]) to what that means here: paths
//! resolved, existing files told from new ones.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use crate::escape::visible;
use crate::language::Language;
use crate::plan::effect::{Act, Deed, Effects};
use crate::program::fact::LATER;
use crate::program::{Fact, Thing, Understanding, Verb};

/// Where names that are known only when a command runs will lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Later {
    /// Below these directories: what `find` finds.
    Below(Vec<PathBuf>),
    /// Anywhere: what `xargs` reads.
    Anywhere,
}

/// The effects of what a command does by itself, without the commands that it
/// runs in turn.
pub(super) fn effects(
    understanding: &Understanding,
    scope: &Scope,
    later: &Later,
    language: Language,
) -> Effects {
    let mut effects = Effects::default();
    let sources: Vec<&BString> = understanding
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::File(Verb::Read | Verb::Move, path) => Some(path),
            _ => None,
        })
        .collect();
    for fact in &understanding.facts {
        match fact {
            Fact::File(verb, path) if path.contains(&LATER) => {
                unlisted(*verb, later, language, &mut effects);
            }
            Fact::File(verb @ (Verb::Into | Verb::NewName), path) => {
                let place = Place { path, replaced: *verb == Verb::NewName };
                into_place(&place, &sources, scope, later, language, &mut effects);
            }
            Fact::File(verb, path) => file(*verb, path, scope, &mut effects),
            Fact::Network => effects.push(Act::Network),
            Fact::Privilege => effects.push(Act::Privilege),
            Fact::Signals(process) => {
                match process.to_str().ok().and_then(|text| text.parse::<i32>().ok()) {
                    Some(number) if number > 0 => effects.push(Act::Signals(number)),
                    _ => effects.push(Act::Alters(Thing::Processes)),
                }
            }
            Fact::Changes(thing) => effects.push(Act::Alters(*thing)),
            Fact::Deletes(thing) => effects.push(Act::Loses(*thing)),
            Fact::Unknown(reason) => effects.merge(Effects::unknown(reason.clone())),
            Fact::Runs(_) | Fact::Shell(_) => {}
        }
    }
    effects
}

/// What is done with names that are not known yet.
fn unlisted(verb: Verb, later: &Later, language: Language, effects: &mut Effects) {
    if matches!(verb, Verb::Delete | Verb::DeleteTree | Verb::DeleteWithin) {
        effects.push(Act::DeletesUnlisted);
    }
    if verb == Verb::Read {
        return;
    }
    match later {
        Later::Below(directories) => {
            effects.merge(Effects::to(Deed::Within, directories.iter().cloned()))
        }
        Later::Anywhere => {
            if matches!(verb, Verb::Change | Verb::ChangeTree) {
                effects.push(Act::ChangesUnlisted);
            }
            let reason = language
                .choose("to which files is known only when it runs", "运行时才知道涉及哪些文件");
            effects.push(Act::Unknown(reason.to_owned()));
        }
    }
}

/// Names that may be read and written without any worry.
pub(super) fn is_harmless_device(path: &[u8]) -> bool {
    matches!(path, b"/dev/null" | b"/dev/tty" | b"/dev/stdin" | b"/dev/stdout" | b"/dev/stderr")
}

fn file(verb: Verb, written: &BString, scope: &Scope, effects: &mut Effects) {
    if is_harmless_device(written) && matches!(verb, Verb::Read | Verb::Write | Verb::Append) {
        return;
    }
    let path = scope.absolute(written);
    match verb {
        Verb::Read => effects.push(Act::To(Deed::Reads, path)),
        Verb::Write | Verb::Append => write(path, effects),
        Verb::Create | Verb::Into | Verb::NewName => effects.push(Act::To(Deed::Creates, path)),
        Verb::Rewrite => replace(path, effects),
        Verb::Change => effects.push(Act::To(Deed::Changes, followed(&path))),
        Verb::ChangeTree => {
            effects.push(Act::To(Deed::Changes, path.clone()));
            effects.push(Act::To(Deed::Within, path));
        }
        Verb::Move => effects.push(Act::To(Deed::Moves, path)),
        Verb::Delete | Verb::DeleteTree => effects.push(Act::To(Deed::Deletes, path)),
        Verb::Within => effects.push(Act::To(Deed::Within, path)),
        Verb::DeleteWithin => {
            effects.push(Act::DeletesUnlisted);
            effects.push(Act::To(Deed::Within, path));
        }
    }
}

/// A file is written: through a link, what the link names is.
pub(super) fn write(path: PathBuf, effects: &mut Effects) {
    let path = followed(&path);
    if path.symlink_metadata().is_ok() {
        effects.push(Act::To(Deed::Changes, path));
    } else {
        effects.push(Act::To(Deed::Creates, path));
    }
}

/// A name gets a new file: a link is replaced, and what it names is left alone.
fn replace(path: PathBuf, effects: &mut Effects) {
    if path.symlink_metadata().is_ok() {
        effects.push(Act::To(Deed::Changes, path));
    } else {
        effects.push(Act::To(Deed::Creates, path));
    }
}

/// What the last component names, where it is a link; also where that is not
/// there yet.
pub(super) fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // As many links as the kernel follows (path_resolution(7)).
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = super::scope::real(&path.parent().unwrap_or(Path::new("/")).join(target));
    }
    path
}

/// Links among what is written through: each with what it names.
pub(super) fn links(
    effects: &Effects,
    scope: &Scope,
    understanding: &Understanding,
) -> Vec<(PathBuf, PathBuf)> {
    understanding
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::File(Verb::Write | Verb::Append | Verb::Change, path)
                if !path.contains(&LATER) =>
            {
                let path = scope.absolute(path);
                let target = followed(&path);
                (target != path && effects.writes().any(|written| written == target))
                    .then_some((path, target))
            }
            _ => None,
        })
        .collect()
}

/// Where things go.
struct Place<'a> {
    path: &'a BString,
    /// A file that has the name is replaced, not written through.
    replaced: bool,
}

/// The destination of a copy or move: a directory that gets the sources, or the
/// new name of the only one.
fn into_place(
    destination: &Place<'_>,
    sources: &[&BString],
    scope: &Scope,
    later: &Later,
    language: Language,
    effects: &mut Effects,
) {
    let write = if destination.replaced { replace } else { write };
    let place = scope.absolute(destination.path);
    match scope.is_directory(&place) {
        Some(true) => {}
        Some(false) => return write(place, effects),
        None => {
            effects.push(Act::To(Deed::Within, place.clone()));
            return write(place, effects);
        }
    }
    for source in sources {
        if source.contains(&LATER) {
            match later {
                Later::Below(_) => effects.push(Act::To(Deed::Within, place.clone())),
                Later::Anywhere => unlisted(Verb::Into, later, language, effects),
            }
            continue;
        }
        match scope.absolute(source).file_name() {
            Some(name) => {
                let target = place.join(name);
                if scope.is_directory(&target) == Some(true) {
                    effects.push(Act::To(Deed::Within, target));
                } else {
                    write(target, effects);
                }
            }
            None => effects.push(Act::To(Deed::Within, place.clone())),
        }
    }
}

/// What a person is told about a link that is written through.
pub(super) fn link_warning(link: &Path, target: &Path, language: Language) -> String {
    let show = |path: &Path| visible(path.as_os_str().as_encoded_bytes());
    match language {
        Language::English => format!("{} is a link to {}", show(link), show(target)),
        Language::Chinese => format!("{} 是指向 {} 的链接", show(link), show(target)),
    }
}

//! What a step touches, one thing at a time, in the form that conditions of
//! rules speak of: the kind of effect, the place with its links resolved, and
//! how far below the place it reaches.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::glob::{resolve_name, resolve_target};
use super::place::Places;
use crate::plan::Step;
use crate::plan::effect::{Effects, Thing};
use crate::plan::operation::{Operation, RemoveDepth};

/// A kind of effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something is read.
    Reads,
    /// Something comes into being.
    Creates,
    /// What is there changes.
    Changes,
    /// Something goes away.
    Deletes,
    /// Something gets another name.
    Moves,
    /// Files come into being or change in a directory; which is not known.
    Within,
    /// The network is used.
    Network,
    /// Privileges are asked for.
    Privilege,
    /// Processes get a signal.
    Signals,
    /// The directory or variables of the session change.
    Environment,
    /// More may happen than can be told.
    Unknown,
    /// Something that is no file changes or goes away.
    Thing(Thing),
}

/// The name in rules of what [`Thing`] calls `environment`, which is an effect of
/// its own here.
const LANGUAGE_PACKAGES: &str = "language-packages";

impl Effect {
    const NAMES: [(Self, &'static str); 11] = [
        (Self::Reads, "reads"),
        (Self::Creates, "creates"),
        (Self::Changes, "changes"),
        (Self::Deletes, "deletes"),
        (Self::Moves, "moves"),
        (Self::Within, "within"),
        (Self::Network, "network"),
        (Self::Privilege, "privilege"),
        (Self::Signals, "signals"),
        (Self::Environment, "environment"),
        (Self::Unknown, "unknown"),
    ];

    /// The effect of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        if name == LANGUAGE_PACKAGES {
            return Some(Self::Thing(Thing::Environment));
        }
        let known = Self::NAMES.iter().find(|row| row.1 == name).map(|row| row.0);
        known.or_else(|| Thing::of_name(name).map(Self::Thing))
    }
}

/// How far an effect reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only the place itself.
    One,
    /// The place with all that is in it.
    Tree,
    /// Some of what is in it; what is not known before.
    Some,
}

/// One thing that a step touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Touch {
    pub(super) effect: Effect,
    /// What is lost is no file: `deletes` speaks of it, too.
    pub(super) lost: bool,
    /// The place by its name and by what its links lead to; empty for what has no
    /// place.
    pub(super) places: Vec<PathBuf>,
    pub(super) reach: Reach,
}

impl Touch {
    fn nowhere(effect: Effect, reach: Reach) -> Self {
        Self { effect, lost: false, places: Vec::new(), reach }
    }

    /// Whether a rule that names the effect speaks of this.
    pub(super) fn is(&self, effect: Effect) -> bool {
        self.effect == effect || self.lost && effect == Effect::Deletes
    }
}

/// A path from which nothing can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotAbsolute(pub(super) PathBuf);

/// Names that earlier steps of the plan make for what is there already: each with
/// what it names.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<(PathBuf, PathBuf)>);

/// As many links as the kernel follows (path_resolution(7)).
const MOST_LINKS: usize = 40;

impl Names {
    /// Takes over what a step names anew.
    pub(super) fn advance(&mut self, step: &Step) {
        match &step.operation {
            Operation::Link { target, path, symbolic, .. } => {
                let name = resolve_name(path);
                // A symbolic link is read from where it lies.
                let target = match name.parent() {
                    Some(parent) if *symbolic => parent.join(target),
                    _ => target.clone(),
                };
                self.0.push((name, resolve_name(&target)));
            }
            Operation::Move { pairs, .. } => {
                let moved = pairs.iter().map(|(from, to)| (resolve_name(to), resolve_name(from)));
                self.0.extend(moved);
            }
            _ => {}
        }
    }

    /// What the path will name by way of these.
    fn follow(&self, path: &Path) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let through = self.0.iter().rev().find_map(|(name, target)| {
                let rest = path.strip_prefix(name).ok()?;
                Some(resolve_name(&target.join(rest)))
            });
            match through.filter(|path| !found.contains(path)) {
                Some(next) => path = next,
                None => break,
            }
            found.push(path.clone());
        }
        found
    }
}

/// What a step touches, `names` being what the steps before it have made.
pub(super) fn touches(
    step: &Step,
    places: &Places,
    names: &Names,
) -> Result<Vec<Touch>, NotAbsolute> {
    let effects = &step.effects;
    if let Some(path) = effects
        .reads
        .iter()
        .map(PathBuf::as_path)
        .chain(effects.writes())
        .find(|path| !path.is_absolute() || path.as_os_str().as_bytes().contains(&0))
    {
        return Err(NotAbsolute(path.to_owned()));
    }
    let mut touches = Vec::new();
    let by_name = operates_on_names(&step.operation);
    let mut add = |effect, paths: &[PathBuf], reach: &dyn Fn(&Path) -> Reach| {
        touches.extend(paths.iter().map(|path| Touch {
            effect,
            lost: false,
            places: views(path, by_name && effect != Effect::Reads, names),
            reach: reach(path),
        }));
    };
    add(Effect::Reads, &effects.reads, &|_| Reach::One);
    add(Effect::Creates, &effects.creates, &|_| Reach::One);
    add(Effect::Changes, &effects.changes, &|path| {
        let tree = changes_trees(&step.operation) || effects.within.iter().any(|top| top == path);
        if tree { Reach::Tree } else { Reach::One }
    });
    let deep = !matches!(
        step.operation,
        Operation::Remove { depth: RemoveDepth::Files | RemoveDepth::EmptyDirectories, .. }
    );
    let tree = |path: &Path| if deep && may_hold_more(path) { Reach::Tree } else { Reach::One };
    add(Effect::Moves, &effects.moves, &tree);
    add(Effect::Deletes, &effects.deletes, &tree);
    add(Effect::Deletes, &emptied(&effects.deletes, places), &|_| Reach::Some);
    if changes_trees(&step.operation) {
        add(Effect::Changes, &emptied(&effects.changes, places), &|_| Reach::Some);
    }
    add(Effect::Within, &effects.within, &|_| Reach::Some);
    if effects.deletes_unlisted {
        add(Effect::Deletes, &effects.within, &|_| Reach::Some);
        if effects.within.is_empty() {
            // Names that are read from directories are names of what is in them.
            let listed: Vec<PathBuf> =
                effects.reads.iter().filter(|path| path.is_dir()).cloned().collect();
            add(Effect::Deletes, &listed, &|_| Reach::Some);
            touches.push(Touch::nowhere(Effect::Deletes, Reach::Some));
        }
    }
    placeless(effects, &mut touches);
    Ok(touches)
}

/// What has no place in the file system.
fn placeless(effects: &Effects, touches: &mut Vec<Touch>) {
    for thing in &effects.things {
        touches.push(Touch::nowhere(Effect::Thing(*thing), Reach::One));
    }
    for thing in &effects.lost_things {
        // What is lost of a repository can mostly be found again.
        let reach = if thing.is_outside() { Reach::Some } else { Reach::One };
        touches.push(Touch { lost: true, ..Touch::nowhere(Effect::Thing(*thing), reach) });
    }
    let flags = [
        (Effect::Network, effects.network),
        (Effect::Privilege, effects.privilege),
        (Effect::Signals, !effects.signals.is_empty()),
        (Effect::Environment, effects.environment),
        (Effect::Unknown, effects.unknown.is_some()),
    ];
    for (effect, _) in flags.into_iter().filter(|(_, set)| *set) {
        touches.push(Touch::nowhere(effect, Reach::One));
    }
}

/// The path by its name and, unless the operation is known to leave links alone,
/// by what it leads to.
fn views(path: &Path, by_name: bool, names: &Names) -> Vec<PathBuf> {
    let mut views = vec![resolve_name(path)];
    if !by_name {
        views.push(resolve_target(path));
        views.dedup();
    }
    let later: Vec<PathBuf> = views.iter().flat_map(|view| names.follow(view)).collect();
    views.extend(later);
    views
}

/// Whether system calls of llmsh's own carry it out that do not follow a link in
/// the last component.
fn operates_on_names(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Remove { .. }
            | Operation::Move { .. }
            | Operation::Link { .. }
            | Operation::MakeDirectory { .. }
    )
}

fn changes_trees(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::ChangeMode { recursive: true, .. }
            | Operation::ChangeOwner { recursive: true, .. }
    )
}

/// Whether the path is a directory, or not there yet: an earlier step may make
/// it one.
fn may_hold_more(path: &Path) -> bool {
    path.symlink_metadata().map_or(true, |metadata| metadata.is_dir())
}

/// How many entries are looked at to find one that stays. What is not looked at is
/// taken to go, too: a step that is about so many is refused rather than believed.
const MOST_ENTRIES: usize = 20_000;

/// Directories that nobody wants to be emptied and of which all that is visible, or
/// all that is hidden, is among the paths, by itself or file by file: `rm -rf ~/*`,
/// `find ~ -type f -delete`.
fn emptied(paths: &[PathBuf], places: &Places) -> Vec<PathBuf> {
    let names: BTreeSet<PathBuf> = paths.iter().map(|path| resolve_name(path)).collect();
    let mut above: BTreeSet<&Path> = BTreeSet::new();
    for path in &names {
        for directory in path.ancestors().skip(1) {
            // What is above this one is there already.
            if !above.insert(directory) {
                break;
            }
        }
    }
    above
        .into_iter()
        .filter(|directory| places.is_kept(directory) && loses_all(directory, &names))
        .map(Path::to_owned)
        .collect()
}

fn loses_all(directory: &Path, gone: &BTreeSet<PathBuf>) -> bool {
    let Ok(entries) = directory.read_dir() else { return false };
    let names: Vec<OsString> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.file_name())).collect();
    let (hidden, visible): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| name.as_bytes().starts_with(b"."));
    [hidden, visible].iter().any(|names| {
        // The only thing in a directory may well be meant by itself.
        names.len() > 1 && !stays(names.iter().map(|name| directory.join(name)).collect(), gone)
    })
}

/// Whether one of the paths, or something below one, is not among what goes. A
/// directory with nothing left in it does not count.
fn stays(paths: Vec<PathBuf>, gone: &BTreeSet<PathBuf>) -> bool {
    let mut waiting = paths;
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        if gone.contains(&path) {
            continue;
        }
        seen += 1;
        if seen > MOST_ENTRIES {
            return false;
        }
        if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return true;
        }
        let Ok(entries) = path.read_dir() else { return true };
        waiting.extend(entries.filter_map(|entry| entry.ok().map(|entry| entry.path())));
    }
    false
}

//! What a step touches, one thing at a time, in the form that conditions of
//! rules speak of: the kind of effect, the place with its links resolved, and
//! how far below the place it reaches.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::glob::{resolve_name, resolve_target};
use super::place::Places;
use crate::escape::visible;
use crate::plan::Step;
use crate::plan::effect::{self, Act, Deed};
use crate::plan::operation::{Operation, RemoveDepth};
use crate::program::Thing;

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
    /// Processes are started without end.
    Exhausts,
    /// More may happen than can be told.
    Unknown,
    /// Something that is no file changes or goes away.
    Thing(Thing),
}

/// The name in rules of what [`Thing`] calls `environment`, which is an effect of
/// its own here.
const LANGUAGE_PACKAGES: &str = "language-packages";

impl Effect {
    const NAMES: [(Self, &'static str); 12] = [
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
        (Self::Exhausts, "exhausts"),
        (Self::Unknown, "unknown"),
    ];

    /// The name in rules.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Thing(Thing::Environment) => LANGUAGE_PACKAGES,
            Self::Thing(thing) => thing.name(),
            other => Self::NAMES.iter().find(|row| row.0 == other).map_or("", |row| row.1),
        }
    }

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

    /// What it is, as rules say it, and where.
    pub(super) fn words(&self) -> String {
        let effect = self.effect.name();
        match self.places.first() {
            Some(place) => format!("{effect} {}", visible(place.as_os_str().as_bytes())),
            None if self.reach == Reach::Some && !self.lost => {
                format!("{effect} what is not listed")
            }
            None if self.lost => format!("deletes {effect}"),
            None => effect.to_owned(),
        }
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
        for operation in std::iter::once(&step.operation).chain(&step.suspected) {
            self.take_over(operation);
        }
    }

    fn take_over(&mut self, operation: &Operation) {
        match operation {
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
    let written = |effect: &effect::Effect| match &effect.act {
        Act::To(_, path) => Some(path.clone()),
        _ => None,
    };
    if let Some(path) = step
        .effects
        .iter()
        .filter_map(written)
        .find(|path| !path.is_absolute() || path.as_os_str().as_bytes().contains(&0))
    {
        return Err(NotAbsolute(path));
    }
    let toucher = Toucher { step, names };
    // A suspicion counts like a fact: nothing is allowed because it may be wrong.
    let mut touches: Vec<Touch> =
        step.effects.iter().flat_map(|effect| toucher.touches(&effect.act)).collect();
    touches.extend(toucher.emptied(places));
    Ok(touches)
}

/// From the effects of a step to what they touch.
struct Toucher<'a> {
    step: &'a Step,
    names: &'a Names,
}

impl Toucher<'_> {
    /// What one effect touches. Whoever adds an effect has to say here what rules
    /// can say of it.
    fn touches(&self, act: &Act) -> Vec<Touch> {
        let nowhere = |effect, reach| vec![Touch::nowhere(effect, reach)];
        match act {
            Act::To(deed, path) => vec![self.on_path(*deed, path)],
            Act::ChangesUnlisted => nowhere(Effect::Changes, Reach::Some),
            Act::DeletesUnlisted => self.unlisted(),
            Act::Alters(thing) => nowhere(Effect::Thing(*thing), Reach::One),
            Act::Loses(thing) => {
                // What is lost of a repository can mostly be found again.
                let reach = if thing.is_outside() { Reach::Some } else { Reach::One };
                vec![Touch { lost: true, ..Touch::nowhere(Effect::Thing(*thing), reach) }]
            }
            Act::Network => nowhere(Effect::Network, Reach::One),
            Act::Privilege => nowhere(Effect::Privilege, Reach::One),
            Act::Signals(_) => nowhere(Effect::Signals, Reach::One),
            Act::Environment => nowhere(Effect::Environment, Reach::One),
            Act::Exhausts => nowhere(Effect::Exhausts, Reach::One),
            Act::Unknown(_) => nowhere(Effect::Unknown, Reach::One),
        }
    }

    /// The paths to which this is done, or may be.
    fn paths(&self, deed: Deed) -> impl Iterator<Item = &Path> {
        self.step.effects.iter().filter_map(move |effect| match &effect.act {
            Act::To(own, path) if *own == deed => Some(path.as_path()),
            _ => None,
        })
    }

    fn on_path(&self, deed: Deed, path: &Path) -> Touch {
        let operation = &self.step.operation;
        let in_tree = |path: &Path| {
            changes_trees(operation) || self.paths(Deed::Within).any(|within| within == path)
        };
        let files_only = matches!(
            operation,
            Operation::Remove { depth: RemoveDepth::Files | RemoveDepth::EmptyDirectories, .. }
        );
        let (effect, reach) = match deed {
            Deed::Reads => (Effect::Reads, Reach::One),
            Deed::Creates => (Effect::Creates, Reach::One),
            Deed::Changes if in_tree(path) => (Effect::Changes, Reach::Tree),
            Deed::Changes => (Effect::Changes, Reach::One),
            Deed::Moves | Deed::Deletes => {
                let tree = !files_only && may_hold_more(path);
                let effect = if deed == Deed::Moves { Effect::Moves } else { Effect::Deletes };
                (effect, if tree { Reach::Tree } else { Reach::One })
            }
            Deed::Within => (Effect::Within, Reach::Some),
        };
        let by_name = operates_on_names(operation) && deed != Deed::Reads;
        Touch { effect, lost: false, places: views(path, by_name, self.names), reach }
    }

    /// What goes away without being in the list lies in the directories in which
    /// something changes; else anywhere, names of what is in a directory that is read
    /// among it.
    fn unlisted(&self) -> Vec<Touch> {
        let places: Vec<&Path> = self.paths(Deed::Within).collect();
        let touch = |path: &Path| Touch {
            effect: Effect::Deletes,
            lost: false,
            places: views(path, operates_on_names(&self.step.operation), self.names),
            reach: Reach::Some,
        };
        if !places.is_empty() {
            return places.into_iter().map(touch).collect();
        }
        let listed = self.paths(Deed::Reads).filter(|path| path.is_dir());
        listed.map(touch).chain([Touch::nowhere(Effect::Deletes, Reach::Some)]).collect()
    }

    /// Directories of which all goes, or changes, file by file.
    fn emptied(&self, places: &Places) -> Vec<Touch> {
        let deleted: Vec<&Path> = self.paths(Deed::Deletes).collect();
        let trees: BTreeSet<&Path> = self.paths(Deed::Within).collect();
        let changed: Vec<&Path> = self
            .paths(Deed::Changes)
            .filter(|path| changes_trees(&self.step.operation) || trees.contains(path))
            .collect();
        let touches = [(Effect::Deletes, deleted), (Effect::Changes, changed)];
        let touches = touches.into_iter().flat_map(|(effect, paths)| {
            emptied(&paths, places).into_iter().map(move |path| (effect, path))
        });
        let by_name = operates_on_names(&self.step.operation);
        touches
            .map(|(effect, path)| Touch {
                effect,
                lost: false,
                places: views(&path, by_name, self.names),
                reach: Reach::Some,
            })
            .collect()
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
fn emptied(paths: &[&Path], places: &Places) -> Vec<PathBuf> {
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

#[cfg(test)]
mod tests;

//! The file commands of coreutils as typed operations. What their options mean
//! is in the tables; here is which of them the operations cover.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::facts::{followed, link_warning};
use super::lowered::Lowered;
use super::mode::parse_mode;
use super::scope::Scope;
use super::word::show;
use crate::language::Language;
use crate::plan::effect::{Act, Deed, Effects};
use crate::plan::operation::{Clobber, Content, Operation, Preserve, RemoveDepth};
use crate::program::{Lowers, Understanding};
use crate::system::identity;

/// A file command that was understood.
pub(super) struct Files<'a> {
    pub(super) understanding: &'a Understanding,
    pub(super) scope: &'a Scope,
    pub(super) language: Language,
}

impl Files<'_> {
    /// The operation, where system calls do exactly what the command would.
    pub(super) fn lower(&self, operation: Lowers) -> Option<Lowered> {
        let options: &[&str] = match operation {
            Lowers::MakeDirectory => &["--parents"],
            Lowers::Remove => &["--recursive", "--force"],
            Lowers::RemoveDirectory | Lowers::Touch => &[],
            Lowers::Move => {
                &["--force", "--no-clobber", "--target-directory", "--no-target-directory"]
            }
            Lowers::Copy => &[
                "--recursive",
                "--archive",
                "--force",
                "--no-clobber",
                "-p",
                "--target-directory",
                "--no-target-directory",
            ],
            Lowers::Link => &["--symbolic", "--force"],
            Lowers::ChangeMode | Lowers::ChangeOwner | Lowers::ChangeGroup => &["--recursive"],
            Lowers::Search | Lowers::HandOver => return None,
        };
        // An empty operand is an error that the program itself explains best.
        if !self.understanding.has_only(options)
            || self.operands().iter().any(|operand| operand.is_empty())
        {
            return None;
        }
        match operation {
            Lowers::MakeDirectory => self.make_directory(),
            Lowers::Remove => self.remove(),
            Lowers::RemoveDirectory => self.remove_directory(),
            Lowers::Move => self.rename(),
            Lowers::Copy => self.copy(),
            Lowers::Link => self.link(),
            Lowers::ChangeMode => self.change_mode(),
            Lowers::ChangeOwner => self.change_owner(false),
            Lowers::ChangeGroup => self.change_owner(true),
            Lowers::Touch => self.touch(),
            Lowers::Search | Lowers::HandOver => None,
        }
    }

    fn operands(&self) -> &[BString] {
        &self.understanding.operands
    }

    fn has(&self, option: &str) -> bool {
        self.understanding.has(option)
    }

    fn say(&self, path: &Path, english: &str, chinese: &str) -> String {
        format!("{} {}", show(path), self.language.choose(english, chinese))
    }

    fn absolute_all(&self, operands: &[BString]) -> Vec<PathBuf> {
        operands.iter().map(|operand| self.scope.absolute(operand)).collect()
    }

    fn make_directory(&self) -> Option<Lowered> {
        let paths = self.absolute_all(self.operands());
        let parents = self.has("--parents");
        let mut creates: Vec<PathBuf> =
            paths.iter().filter(|path| !path.exists()).cloned().collect();
        if parents {
            for path in &paths {
                let above = path.ancestors().skip(1).take_while(|above| !above.exists());
                creates.extend(above.map(Path::to_path_buf));
            }
            creates.sort();
            creates.dedup();
        }
        // The step writes even where nothing is missing; it is no mere reading.
        let effects = if creates.is_empty() {
            Effects::to(Deed::Changes, paths.iter().cloned())
        } else {
            Effects::to(Deed::Creates, creates)
        };
        let mut lowered =
            Lowered::new(Operation::MakeDirectory { paths: paths.clone(), parents }, effects);
        if !parents {
            for path in paths.iter().filter(|path| path.symlink_metadata().is_ok()) {
                lowered.warnings.push(self.say(path, "exists already", "已存在"));
            }
        }
        Some(lowered)
    }

    fn remove(&self) -> Option<Lowered> {
        let recursive = self.has("--recursive");
        let force = self.has("--force");
        let paths = self.absolute_all(self.operands());
        // `.` and `..` are refused by rm itself.
        let dots = |word: &BString| {
            matches!(
                word.rsplit(|byte| *byte == b'/').find(|part| !part.is_empty()),
                Some(b"." | b"..")
            )
        };
        let is_directory =
            |path: &PathBuf| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        if self.operands().iter().any(dots) || !recursive && paths.iter().any(is_directory) {
            return None;
        }
        let depth = if recursive { RemoveDepth::Recursive } else { RemoveDepth::Files };
        let mut lowered = Lowered::new(
            Operation::Remove { paths: paths.clone(), depth, force },
            Effects::to(Deed::Deletes, paths.iter().cloned()),
        );
        if !force {
            lowered.warnings.extend(self.absent(&paths));
        }
        Some(lowered)
    }

    fn remove_directory(&self) -> Option<Lowered> {
        let paths = self.absolute_all(self.operands());
        let depth = RemoveDepth::EmptyDirectories;
        let mut lowered = Lowered::new(
            Operation::Remove { paths: paths.clone(), depth, force: false },
            Effects::to(Deed::Deletes, paths.iter().cloned()),
        );
        lowered.warnings.extend(self.absent(&paths));
        Some(lowered)
    }

    fn rename(&self) -> Option<Lowered> {
        let pairs = self.pairs()?;
        // Onto a directory mv has rules of its own; so has a move into itself.
        if pairs.iter().any(|(from, to)| to.is_dir() || to.starts_with(from)) {
            return None;
        }
        let clobber = self.clobber();
        let mut effects = written(&pairs, clobber);
        effects.merge(Effects::to(Deed::Moves, pairs.iter().map(|(from, _)| from.clone())));
        let mut lowered = Lowered::new(Operation::Move { pairs: pairs.clone(), clobber }, effects);
        self.warn_about_pairs(&mut lowered, &pairs, clobber);
        Some(lowered)
    }

    fn copy(&self) -> Option<Lowered> {
        let recursive = self.has("--recursive") || self.has("--archive");
        let mut pairs = self.pairs()?;
        // Directories without -r, and onto existing directories, follow cp's rules.
        if pairs
            .iter()
            .any(|(from, to)| (from.is_dir() && !recursive) || to.is_dir() || to.starts_with(from))
        {
            return None;
        }
        let mut links = Vec::new();
        for (from, to) in &mut pairs {
            // Only whole trees are copied with their links as links.
            if !recursive {
                *from = followed(from);
            }
            // A copy onto a link goes through it.
            let target = followed(to);
            if target != *to {
                // cp does not write through a link to nothing.
                if !target.exists() {
                    return None;
                }
                links.push(link_warning(to, &target, self.language));
                *to = target;
            }
        }
        let clobber = self.clobber();
        let mut effects = written(&pairs, clobber);
        effects.merge(Effects::to(Deed::Reads, pairs.iter().map(|(from, _)| from.clone())));
        let preserve = if self.has("--archive") {
            Preserve::Everything
        } else if self.has("-p") {
            Preserve::Attributes
        } else {
            Preserve::Mode
        };
        let operation = Operation::Copy { pairs: pairs.clone(), recursive, preserve, clobber };
        let mut lowered = Lowered::new(operation, effects);
        lowered.warnings = links;
        self.warn_about_pairs(&mut lowered, &pairs, clobber);
        Some(lowered)
    }

    fn link(&self) -> Option<Lowered> {
        let [target, name] = self.operands() else { return None };
        let symbolic = self.has("--symbolic");
        let mut path = self.scope.absolute(name);
        if self.scope.is_directory(&path)? {
            path.push(Path::new(&os(target)).file_name()?);
        }
        if path.is_dir() {
            return None;
        }
        let clobber = if self.has("--force") { Clobber::Replace } else { Clobber::Refuse };
        let target = if symbolic { PathBuf::from(os(target)) } else { self.scope.absolute(target) };
        let exists = path.symlink_metadata().is_ok();
        let deed = if exists { Deed::Changes } else { Deed::Creates };
        let effects = Effects::to(deed, [path.clone()]);
        let operation = Operation::Link { target, path: path.clone(), symbolic, clobber };
        let mut lowered = Lowered::new(operation, effects);
        if exists && clobber == Clobber::Refuse {
            lowered.warnings.push(self.say(&path, "exists already", "已存在"));
        }
        Some(lowered)
    }

    fn change_mode(&self) -> Option<Lowered> {
        let (mode, operands) = self.operands().split_first()?;
        let mode = parse_mode(mode)?;
        let recursive = self.has("--recursive");
        let (paths, warnings) = self.existing(operands, recursive)?;
        let effects = changed(&paths, recursive);
        let operation = Operation::ChangeMode { paths, mode, recursive };
        Some(Lowered { operation, effects, warnings })
    }

    fn change_owner(&self, group_only: bool) -> Option<Lowered> {
        let (owner, operands) = self.operands().split_first()?;
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
        let recursive = self.has("--recursive");
        let (paths, warnings) = self.existing(operands, recursive)?;
        let effects = changed(&paths, recursive);
        let operation = Operation::ChangeOwner { paths, user, group, recursive };
        Some(Lowered { operation, effects, warnings })
    }

    /// Files whose attributes change: links given by name are followed, as chmod
    /// and chown do, except that `-R` of a link is left to them.
    fn existing(
        &self,
        operands: &[BString],
        recursive: bool,
    ) -> Option<(Vec<PathBuf>, Vec<String>)> {
        let named = self.absolute_all(operands);
        let mut warnings = self.absent(&named);
        let mut paths = Vec::with_capacity(named.len());
        for path in named {
            let target = followed(&path);
            if target != path {
                if recursive {
                    return None;
                }
                warnings.push(link_warning(&path, &target, self.language));
            }
            paths.push(target);
        }
        (!paths.is_empty()).then_some((paths, warnings))
    }

    fn touch(&self) -> Option<Lowered> {
        if self.operands().is_empty() || self.operands().iter().any(|word| word == "-") {
            return None;
        }
        let mut warnings = Vec::new();
        let mut paths = Vec::new();
        for path in self.absolute_all(self.operands()) {
            let target = followed(&path);
            if target != path {
                warnings.push(link_warning(&path, &target, self.language));
            }
            paths.push(target);
        }
        let deed = |path: &PathBuf| if path.exists() { Deed::Changes } else { Deed::Creates };
        let acts: Vec<Act> = paths.iter().map(|path| Act::To(deed(path), path.clone())).collect();
        let effects = acts.into();
        let operation = Operation::WriteFile { paths, content: Content::Touch };
        Some(Lowered { operation, effects, warnings })
    }

    /// Each source with the path it gets: the last operand is a directory that is
    /// there or that an earlier step makes, or the new name of the only source.
    fn pairs(&self) -> Option<Vec<(PathBuf, PathBuf)>> {
        let given =
            self.understanding.options.iter().find(|(name, _)| name == "--target-directory");
        let (last, sources) = match given {
            Some((_, Some(directory))) => (directory, self.operands()),
            _ => self.operands().split_last()?,
        };
        if sources.is_empty() {
            return None;
        }
        let destination = self.scope.absolute(last);
        let into = self.scope.is_directory(&destination)?;
        if given.is_some() && !into || self.has("--no-target-directory") && into {
            return None;
        }
        if !into {
            let [source] = sources else { return None };
            // A trailing slash asks for a directory that is not there.
            return (!last.ends_with(b"/"))
                .then(|| vec![(self.scope.absolute(source), destination)]);
        }
        let mut pairs: Vec<(PathBuf, PathBuf)> = Vec::new();
        // What a link to a directory names is where things go.
        let destination = destination.canonicalize().unwrap_or(destination);
        for source in sources {
            let from = self.scope.absolute(source);
            let to = destination.join(from.file_name()?);
            // Two sources of the same name would overwrite each other.
            if pairs.iter().any(|(_, other)| *other == to) {
                return None;
            }
            pairs.push((from, to));
        }
        Some(pairs)
    }

    fn clobber(&self) -> Clobber {
        // The last of -f and -n counts.
        let last = self.understanding.options.iter().rev();
        match last
            .map(|(name, _)| name.as_str())
            .find(|name| matches!(*name, "--force" | "--no-clobber"))
        {
            Some("--no-clobber") => Clobber::Keep,
            _ => Clobber::Replace,
        }
    }

    fn warn_about_pairs(
        &self,
        lowered: &mut Lowered,
        pairs: &[(PathBuf, PathBuf)],
        clobber: Clobber,
    ) {
        let sources: Vec<PathBuf> = pairs.iter().map(|(from, _)| from.clone()).collect();
        lowered.warnings.extend(self.absent(&sources));
        for (_, to) in pairs {
            if to.symlink_metadata().is_ok() {
                lowered.warnings.push(match clobber {
                    Clobber::Replace => {
                        self.say(to, "exists and will be replaced", "已存在，将被替换")
                    }
                    Clobber::Keep | Clobber::Refuse => {
                        self.say(to, "exists and is left alone", "已存在，保持不变")
                    }
                });
            }
        }
    }

    /// Warnings for paths that are not there and that no earlier step makes.
    fn absent(&self, paths: &[PathBuf]) -> Vec<String> {
        paths
            .iter()
            .filter(|path| path.symlink_metadata().is_err() && !self.scope.may_exist(path))
            .map(|path| self.say(path, "does not exist", "不存在"))
            .collect()
    }
}

fn os(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

fn changed(paths: &[PathBuf], recursive: bool) -> Effects {
    let mut effects = Effects::to(Deed::Changes, paths.iter().cloned());
    if recursive {
        effects.merge(Effects::to(Deed::Within, paths.iter().cloned()));
    }
    effects
}

fn written(pairs: &[(PathBuf, PathBuf)], clobber: Clobber) -> Effects {
    let mut effects = Effects::default();
    for (_, to) in pairs {
        if to.symlink_metadata().is_err() {
            effects.push(Act::To(Deed::Creates, to.clone()));
        } else if clobber == Clobber::Replace {
            effects.push(Act::To(Deed::Changes, to.clone()));
        }
    }
    effects
}

//! Names in an answer, bound to what the request mentions.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::word::{Flat, written};
use super::{Held, Mend, Use};
use crate::context::Context;
use crate::context::mention::{Found, Mention, Target};
use crate::context::names::{is_the_same, joined};
use crate::shell::pattern::{Pattern, PatternText, Reading};

/// The most words that are one name.
const LONGEST: usize = 6;

/// What names can be bound to.
pub(super) struct Names<'a> {
    pub(super) context: &'a Context,
    pub(super) directory: &'a Path,
    pub(super) made: &'a HashSet<PathBuf>,
}

impl Names<'_> {
    /// Whether a name is there, or will be.
    pub(super) fn is_there(&self, name: &str) -> bool {
        let path = self.directory.join(name.trim_end_matches('/'));
        path.symlink_metadata().is_ok()
            || self.made.iter().any(|made| path == *made || path.starts_with(made))
    }

    /// Words that the person has written themselves, and not as a mention.
    fn is_said(&self, name: &str) -> bool {
        let request = &self.context.original;
        request.match_indices(name).any(|(at, _)| {
            let span = at..at + name.len();
            let outside = |mention: &Mention| {
                span.end <= mention.span.start || mention.span.end <= span.start
            };
            let edge = |character: Option<char>| {
                !character.is_some_and(|character| {
                    character.is_ascii_alphanumeric() || "_-./".contains(character)
                })
            };
            self.context.mentions.iter().all(outside)
                && edge(request[..span.start].chars().next_back())
                && edge(request[span.end..].chars().next())
        })
    }

    fn paths(&self) -> impl Iterator<Item = (&Found, &str)> {
        let earlier = self.context.earlier.iter().map(|found| (found, ""));
        let own = self.context.mentions.iter().filter_map(|mention| match &mention.target {
            Target::Path(found) => {
                let said = self.context.original.get(mention.span.clone()).unwrap_or_default();
                Some((found, said))
            }
            _ => None,
        });
        own.chain(earlier)
    }

    /// Whether a path is one that is mentioned.
    pub(super) fn is_mentioned(&self, name: &str) -> bool {
        self.paths().any(|(found, _)| found.path == name)
    }

    /// The first words that are, together, one name that is mentioned: how many, and
    /// the name.
    pub(super) fn joined(
        &self,
        flats: &[Option<Flat>],
        uses: &[Option<Use>],
        makes: bool,
    ) -> Option<(usize, String)> {
        let plain = |flat: &Flat| {
            !flat.is_quoted
                && !flat.has_tilde
                && !joined(flat.text.split('/').next().unwrap_or_default()).is_empty()
        };
        let most = flats.len().min(LONGEST);
        for count in (2..=most).rev() {
            let words: Option<Vec<&Flat>> = flats[..count].iter().map(Option::as_ref).collect();
            let Some(words) = words.filter(|words| words.iter().all(|flat| plain(flat))) else {
                continue;
            };
            // The name that a directory gets is none of the words: the first one tells.
            let are_names =
                uses[0].is_some() && words[1..].iter().all(|flat| !flat.text.starts_with('-'));
            let leading = &words[..count - 1];
            if !are_names || leading.iter().any(|flat| flat.has_pattern) {
                continue;
            }
            let mentioned = |flat: &&Flat| self.paths().any(|(found, _)| found.path == flat.text);
            if words.iter().all(|flat| !flat.has_pattern && self.is_there(&flat.text))
                && words.iter().any(mentioned)
            {
                continue;
            }
            let last = words[count - 1];
            let together: Vec<&str> = words.iter().map(|flat| flat.text.as_str()).collect();
            let together = together.join(" ");
            for (found, _) in self.paths() {
                if let Some(below) = below(&together, found, false)
                    && (below.is_empty() || found.is_directory)
                    && found.path.contains(|c: char| !c.is_alphanumeric())
                {
                    return Some((count, written(&found.path, below, last.has_pattern)));
                }
            }
            // The name of something new that the person wrote with blanks in it.
            if makes && self.context.original.contains(&together) && !last.has_pattern {
                return Some((count, written(&together, "", false)));
            }
        }
        None
    }

    /// The word for what is meant by one that names nothing.
    pub(super) fn bound(&self, flat: &Flat, used: Use) -> Option<String> {
        let name = flat.text.strip_prefix("./").unwrap_or(&flat.text);
        // "The desktop" is the one here, where one is here and none at home.
        if let Some(below) = name.strip_prefix("~/").filter(|_| !flat.has_pattern) {
            let below = below.trim_end_matches('/');
            let here = self.paths().any(|(found, _)| found.is_directory && found.path == below);
            let home = directories::BaseDirs::new()?;
            if here && !home.home_dir().join(below).exists() {
                return Some(written(below, "", false) + "/");
            }
        }
        let bare = name.trim_end_matches('/');
        let head = bare.split('/').next().unwrap_or_default();
        let whole = !bare.contains(['*', '?', '[']) && self.is_there(bare);
        // A sibling of what is mentioned, which nobody has mentioned, is it: `report.txt`
        // for " report.txt".
        let is_sibling = |found: &Found| {
            let base = found.path.rsplit('/').next().unwrap_or(&found.path);
            base != bare && found.path != bare && joined(base) == joined(bare)
        };
        let mentioned = self.paths().any(|(found, _)| found.path == bare);
        let confused = whole && !mentioned && self.paths().any(|(found, _)| is_sibling(found));
        if bare.is_empty()
            || whole && !confused
            || bare.starts_with('/')
            || flat.has_pattern && (!bare.contains('/') || self.is_there(head))
            || used == Use::New && self.is_said(bare)
            || self.is_said(name)
        {
            return None;
        }
        let mut best: Option<(usize, &Found, &str)> = None;
        for (found, said) in self.paths() {
            let said = !said.is_empty() && said == bare;
            let base = |path: &str| joined(path.rsplit('/').next().unwrap_or(path));
            // The name is right, and the directory before it was made up.
            let misplaced =
                bare.contains('/') && !found.is_directory && base(bare) == base(&found.path);
            let below = if said || misplaced { Some("") } else { below(bare, found, true) };
            if let Some(below) = below
                && (below.is_empty() || found.is_directory)
                && best.is_none_or(|(length, ..)| below.len() < length)
                && (used == Use::Existing || found.is_directory)
            {
                best = Some((below.len(), found, below));
            }
        }
        let (_, found, below) = best?;
        Some(written(&found.path, below, flat.has_pattern))
    }
}

/// A text in which a mentioned name stands bare, or in double quotes, although the shell
/// would make something else of its characters (`$(date).log`, `what?.md`, `--help`):
/// the same with the name quoted. Nothing where there is no such name.
pub(super) fn taken_literally(text: &[u8], context: &Context) -> Option<Held> {
    let text = std::str::from_utf8(text).ok()?;
    for found in context.found() {
        for path in [found.path.as_str(), found.path.rsplit('/').next().unwrap_or_default()] {
            let word = written(path, "", false);
            // Two letters with a dash before them are an option more often than a name.
            if word == path || path.len() < 3 || text.contains(&word) {
                continue;
            }
            let doubled = format!("\"{path}\"");
            let at = match text.find(&doubled) {
                Some(at) if path.contains(['$', '`', '\\']) => Some((at, doubled.len())),
                Some(_) => None,
                None => bare(text, path).map(|at| (at, path.len())),
            };
            let Some((at, length)) = at else { continue };
            let own = text[at..at + length].to_owned();
            let new = format!("{}{word}{}", &text[..at], &text[at + length..]);
            return Some(Held { text: new.into(), mends: vec![Mend { from: own, to: word }] });
        }
    }
    None
}

/// Where a name stands in a text outside of any quotation, as a word or the end of one.
fn bare(text: &str, name: &str) -> Option<usize> {
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let before = &text[..*at];
        let after = text[at + name.len()..].chars().next();
        let begins = before.is_empty() || before.ends_with([' ', '\n', '<', '>', '=', '/', '(']);
        let ends = after.is_none_or(|next| " \n;|&)/".contains(next));
        let quoted = before.matches('\'').count() % 2 == 1 || before.matches('"').count() % 2 == 1;
        begins && ends && !quoted
    })
}

/// A text that is no shell with the names in it that are mentioned and need quotation
/// marks; nothing where there is no such name.
pub(super) fn quoted_anew(text: &[u8], context: &Context) -> Option<Held> {
    let text = std::str::from_utf8(text).ok()?;
    for found in context.found() {
        let word = written(&found.path, "", false);
        if word == found.path {
            continue;
        }
        let base = found.path.rsplit('/').next().unwrap_or(&found.path);
        let wanted = [joined(&found.path), joined(base)];
        let starts = text.match_indices(' ').map(|(at, _)| at + 1);
        for start in starts {
            // The longest first: the extension is a part of the name.
            let ends = text[start..]
                .char_indices()
                .map(|(at, _)| start + at)
                .chain([text.len()])
                .filter(|end| {
                    *end == text.len() || text[*end..].starts_with([' ', '\n', ';', '|', '>', ')'])
                });
            for end in ends.collect::<Vec<_>>().into_iter().rev() {
                let written_so = &text[start..end];
                if wanted.contains(&joined(written_so)) {
                    let new = format!("{}{word}{}", &text[..start], &text[end..]);
                    let mend = Mend { from: written_so.to_owned(), to: word };
                    return Some(Held { text: new.into(), mends: vec![mend] });
                }
            }
        }
    }
    None
}

impl Names<'_> {
    /// A pattern that matches nothing here, with the directories before it in which
    /// files of the kind are that the request speaks of; `target` is where they go.
    pub(super) fn spread(&self, flat: &Flat, target: Option<&str>) -> Option<String> {
        let extension = flat.text.strip_prefix('*').filter(|rest| rest.starts_with('.'))?;
        if !flat.has_pattern || self.has_files("", extension) {
            return None;
        }
        let target = target.unwrap_or_default().trim_end_matches('/');
        let (extensions, places) =
            self.context.mentions.iter().find_map(|mention| match &mention.target {
                Target::Kind { extensions, places, count } if *count > 0 => {
                    Some((extensions, places))
                }
                _ => None,
            })?;
        let mut words = Vec::new();
        for place in places.iter().filter(|place| *place != target && !place.is_empty()) {
            for own in extensions.iter().filter(|own| own.eq_ignore_ascii_case(extension)) {
                if self.has_files(place, own) {
                    words.push(written(place, &format!("*{own}"), true));
                }
            }
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// A pattern that matches nothing only because names have its extension in another case:
    /// the same with theirs.
    pub(super) fn in_their_case(&self, flat: &Flat) -> Option<String> {
        let (place, pattern) = flat.text.rsplit_once('/').unwrap_or(("", &flat.text));
        let (stem, extension) = pattern.rsplit_once('.')?;
        let is_plain = extension.len() > 1 && extension.chars().all(char::is_alphanumeric);
        let place_is_plain = !place.contains(['*', '?', '[']) && !flat.has_tilde;
        if !flat.has_pattern || !is_plain || !place_is_plain || !stem.contains(['*', '?', '[']) {
            return None;
        }
        let names: Vec<String> = std::fs::read_dir(self.directory.join(place))
            .ok()?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        let of = |extension: &str| {
            let text = format!("{stem}.{extension}");
            Pattern::new(&PatternText::unquoted(text.as_bytes()), Reading::default())
        };
        let own = of(extension);
        if names.iter().any(|name| own.matches(name.as_bytes())) {
            return None;
        }
        let others: BTreeSet<&str> = names
            .iter()
            .filter_map(|name| Some((name, name.rsplit_once('.')?.1)))
            .filter(|(name, other)| {
                other.eq_ignore_ascii_case(extension) && of(other).matches(name.as_bytes())
            })
            .map(|(_, other)| other)
            .collect();
        let with = |other: &&str| match place {
            "" => format!("{stem}.{other}"),
            place => written(place, &format!("{stem}.{other}"), true),
        };
        (!others.is_empty()).then(|| others.iter().map(with).collect::<Vec<_>>().join(" "))
    }

    /// A pattern in quotes where a file of that name would be needed, which is not there,
    /// while there are files that it matches.
    pub(super) fn unquoted(&self, flat: &Flat) -> Option<String> {
        let extension = flat.text.strip_prefix("*.").filter(|_| flat.is_quoted)?;
        let is_kind = !extension.is_empty() && extension.chars().all(char::is_alphanumeric);
        let matches = self.has_files("", &flat.text[1..]) && !self.is_there(&flat.text);
        (is_kind && matches).then(|| flat.text.clone())
    }

    /// A pattern for files of a kind in a directory that is mentioned and has none of them:
    /// all that is in it, unless the request speaks of the kind.
    pub(super) fn widened(&self, flat: &Flat) -> Option<String> {
        let (place, pattern) = flat.text.rsplit_once('/')?;
        let extension = pattern.strip_prefix("*.")?;
        let is_meant = self.paths().any(|(found, _)| found.is_directory && found.path == place);
        let is_kind = extension.chars().all(char::is_alphanumeric);
        let said = self.context.original.to_lowercase().contains(&extension.to_lowercase())
            || self.context.mentions.iter().any(|one| matches!(one.target, Target::Kind { .. }));
        let none = !self.has_files(place, &format!(".{extension}"));
        (flat.has_pattern && is_meant && is_kind && !said && none && self.has_files(place, ""))
            .then(|| written(place, "*", true))
    }

    fn has_files(&self, place: &str, extension: &str) -> bool {
        let Ok(entries) = std::fs::read_dir(self.directory.join(place)) else { return false };
        entries.flatten().any(|entry| {
            entry.file_name().to_str().is_some_and(|name| {
                name.ends_with(extension) && name.len() > extension.len() && !name.starts_with('.')
            })
        })
    }
}

/// What a name has below a path that it means, which is nothing where it is the path
/// itself: `old_backup/a` means `a` below `old backup`.
fn below<'n>(name: &'n str, found: &Found, nearly: bool) -> Option<&'n str> {
    let parts: Vec<&str> = found.path.split('/').collect();
    let own: Vec<&str> = name.split('/').collect();
    for count in (1..=own.len().min(parts.len())).rev() {
        let tail = &parts[parts.len() - count..];
        let same = own[..count].iter().zip(tail).enumerate().all(|(index, (own, part))| {
            let is_file = index + 1 == count && !found.is_directory;
            is_the_same(own, part, is_file, nearly)
        });
        if same && !joined(own[0]).is_empty() {
            let length: usize = own[..count].iter().map(|part| part.len() + 1).sum();
            return Some(name.get(length..).unwrap_or_default());
        }
    }
    None
}

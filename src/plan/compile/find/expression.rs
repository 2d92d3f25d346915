//! The part of `find`'s language (XCU find, and the GNU tests that everybody
//! uses) that is evaluated before anything runs.

use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::SystemTime;

use bstr::{BString, ByteSlice};

use crate::shell::pattern::{Encoding, Pattern, PatternText};

/// A whole command line.
#[derive(Debug)]
pub(super) struct Search {
    /// Where it looks, as written.
    pub(super) starts: Vec<BString>,
    pub(super) min_depth: usize,
    pub(super) max_depth: usize,
    test: Test,
    pub(super) action: Action,
}

/// What is done with what is found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Names are written, each with a null byte after it or a newline.
    Print {
        terminated: bool,
    },
    Delete,
    /// The words of a command, `{}` among them.
    Exec(Vec<BString>),
}

#[derive(Debug)]
enum Test {
    Always,
    Name(Pattern),
    /// The pattern is in lower case.
    NameInAnyCase(Pattern),
    Path(Pattern),
    Kind(u8),
    Empty,
    /// In blocks of so many bytes, rounded up.
    Size(Comparison, u64),
    /// Changed so many seconds before this moment, in units of so many, rounded
    /// down.
    Age(Comparison, u64, SystemTime),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Less(u64),
    Equal(u64),
    More(u64),
}

impl Comparison {
    fn parse(text: &[u8]) -> Option<Self> {
        let (make, digits): (fn(u64) -> Self, &[u8]) = match text.first()? {
            b'+' => (Self::More, &text[1..]),
            b'-' => (Self::Less, &text[1..]),
            _ => (Self::Equal, text),
        };
        Some(make(digits.to_str().ok()?.parse().ok()?))
    }

    fn holds(self, value: u64) -> bool {
        match self {
            Self::Less(limit) => value < limit,
            Self::Equal(limit) => value == limit,
            Self::More(limit) => value > limit,
        }
    }
}

impl Search {
    /// Reads the words after `find`; nothing where one of them is not understood.
    pub(super) fn parse(words: &[BString], encoding: Encoding) -> Option<Self> {
        let is_start = |word: &&BString| {
            !word.starts_with(b"-") && !matches!(word.as_slice(), b"(" | b"!" | b"")
        };
        let count = words.iter().take_while(is_start).count();
        let mut starts = words[..count].to_vec();
        if starts.is_empty() {
            starts.push(".".into());
        }
        let (expression, action) = split_action(&words[count..])?;
        let mut parser = Parser {
            words: expression,
            encoding,
            min_depth: 0,
            max_depth: usize::MAX,
            now: SystemTime::now(),
        };
        let test = if expression.is_empty() { Test::Always } else { parser.or()? };
        if !parser.words.is_empty() {
            return None;
        }
        let Parser { min_depth, max_depth, .. } = parser;
        Some(Self { starts, min_depth, max_depth, test, action })
    }

    /// Whether what is found depends on what else is deleted.
    pub(super) fn looks_for_empty(&self) -> bool {
        self.test.looks_for_empty()
    }

    /// Whether a file is found: `path` is its name as `find` would write it.
    pub(super) fn finds(&self, path: &[u8], real: &Path, metadata: &Metadata) -> Option<bool> {
        self.test.holds(path, real, metadata)
    }
}

/// The action, which must stand last and alone.
fn split_action(words: &[BString]) -> Option<(&[BString], Action)> {
    let (last, before) = match words.split_last() {
        None => return Some((words, Action::Print { terminated: false })),
        Some(parts) => parts,
    };
    match last.as_slice() {
        b"-delete" => Some((before, Action::Delete)),
        b"-print" => Some((before, Action::Print { terminated: false })),
        b"-print0" => Some((before, Action::Print { terminated: true })),
        b";" | b"+" => {
            let start = before.iter().position(|word| word == "-exec")?;
            let command = before[start + 1..].to_vec();
            // Only one `{}`, and no second command.
            let marks = command.iter().filter(|word| word.contains_str("{}")).count();
            (marks == 1 && !command.contains(&";".into()))
                .then(|| (&before[..start], Action::Exec(command)))
        }
        _ => Some((words, Action::Print { terminated: false })),
    }
}

struct Parser<'a> {
    words: &'a [BString],
    encoding: Encoding,
    min_depth: usize,
    max_depth: usize,
    now: SystemTime,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.as_slice())
    }

    fn peek(&self) -> Option<&'a [u8]> {
        self.words.first().map(|word| word.as_slice())
    }

    fn or(&mut self) -> Option<Test> {
        let mut left = self.and()?;
        while matches!(self.peek(), Some(b"-o" | b"-or")) {
            self.next();
            left = Test::Or(Box::new(left), Box::new(self.and()?));
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Test> {
        let mut left = self.not()?;
        loop {
            match self.peek() {
                None | Some(b")" | b"-o" | b"-or") => return Some(left),
                Some(b"-a" | b"-and") => {
                    self.next();
                }
                Some(_) => {}
            }
            left = Test::And(Box::new(left), Box::new(self.not()?));
        }
    }

    fn not(&mut self) -> Option<Test> {
        match self.next()? {
            b"!" | b"-not" => Some(Test::Not(Box::new(self.not()?))),
            b"(" => {
                let inner = self.or()?;
                (self.next()? == b")").then_some(inner)
            }
            word => self.test(word),
        }
    }

    fn test(&mut self, word: &[u8]) -> Option<Test> {
        Some(match word {
            b"-maxdepth" => {
                self.max_depth = self.number()?;
                Test::Always
            }
            b"-mindepth" => {
                self.min_depth = self.number()?;
                Test::Always
            }
            b"-true" | b"-depth" => Test::Always,
            b"-name" => Test::Name(self.pattern(false)?),
            b"-iname" => Test::NameInAnyCase(self.pattern(true)?),
            b"-path" | b"-wholename" => Test::Path(self.pattern(false)?),
            b"-empty" => Test::Empty,
            b"-type" => match self.next()? {
                [kind @ (b'f' | b'd' | b'l' | b'p' | b's' | b'b' | b'c')] => Test::Kind(*kind),
                _ => return None,
            },
            b"-size" => {
                let text = self.next()?;
                let (digits, unit) = match text.last()? {
                    b'c' => (&text[..text.len() - 1], 1),
                    b'w' => (&text[..text.len() - 1], 2),
                    b'b' => (&text[..text.len() - 1], 512),
                    b'k' => (&text[..text.len() - 1], 1 << 10),
                    b'M' => (&text[..text.len() - 1], 1 << 20),
                    b'G' => (&text[..text.len() - 1], 1 << 30),
                    _ => (text, 512),
                };
                Test::Size(Comparison::parse(digits)?, unit)
            }
            b"-mtime" => Test::Age(Comparison::parse(self.next()?)?, 24 * 60 * 60, self.now),
            // Minutes are not rounded.
            b"-mmin" => match Comparison::parse(self.next()?)? {
                Comparison::Less(count) => {
                    Test::Age(Comparison::Less(count.checked_mul(60)?), 1, self.now)
                }
                Comparison::More(count) => {
                    Test::Age(Comparison::More(count.checked_mul(60)?), 1, self.now)
                }
                Comparison::Equal(_) => return None,
            },
            _ => return None,
        })
    }

    fn number(&mut self) -> Option<usize> {
        self.next()?.to_str().ok()?.parse().ok()
    }

    fn pattern(&mut self, lower: bool) -> Option<Pattern> {
        let text = self.next()?;
        let text = if lower { text.to_lowercase() } else { text.to_vec() };
        Some(Pattern::new(&PatternText::unquoted(&text), self.encoding))
    }
}

impl Test {
    fn looks_for_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Not(inner) => inner.looks_for_empty(),
            Self::And(left, right) | Self::Or(left, right) => {
                left.looks_for_empty() || right.looks_for_empty()
            }
            _ => false,
        }
    }

    /// Nothing where the file system does not say.
    fn holds(&self, path: &[u8], real: &Path, metadata: &Metadata) -> Option<bool> {
        let name = || {
            let name = path.trim_end_with(|character| character == '/');
            name.rsplit(|byte| *byte == b'/').next().unwrap_or(name)
        };
        Some(match self {
            Self::Always => true,
            Self::Name(pattern) => pattern.matches(name()),
            Self::NameInAnyCase(pattern) => pattern.matches(&name().to_lowercase()),
            Self::Path(pattern) => pattern.matches(path),
            Self::Kind(kind) => is_of(*kind, metadata),
            Self::Empty if metadata.is_dir() => std::fs::read_dir(real).ok()?.next().is_none(),
            Self::Empty => metadata.is_file() && metadata.size() == 0,
            Self::Size(comparison, unit) => comparison.holds(metadata.size().div_ceil(*unit)),
            Self::Age(comparison, unit, now) => {
                let age = now.duration_since(metadata.modified().ok()?);
                comparison.holds(age.map_or(0, |age| age.as_secs() / unit))
            }
            Self::Not(inner) => !inner.holds(path, real, metadata)?,
            Self::And(left, right) => {
                left.holds(path, real, metadata)? && right.holds(path, real, metadata)?
            }
            Self::Or(left, right) => {
                left.holds(path, real, metadata)? || right.holds(path, real, metadata)?
            }
        })
    }
}

fn is_of(kind: u8, metadata: &Metadata) -> bool {
    let file_type = metadata.file_type();
    match kind {
        b'f' => file_type.is_file(),
        b'd' => file_type.is_dir(),
        b'l' => file_type.is_symlink(),
        b'p' => file_type.is_fifo(),
        b's' => file_type.is_socket(),
        b'b' => file_type.is_block_device(),
        _ => file_type.is_char_device(),
    }
}

/// A name as `find` writes it.
pub(super) fn written(start: &[u8], below: &Path) -> Vec<u8> {
    let below = below.as_os_str().as_bytes();
    if below.is_empty() {
        return start.to_vec();
    }
    let slash: &[u8] = if start.ends_with(b"/") { b"" } else { b"/" };
    [start, slash, below].concat()
}

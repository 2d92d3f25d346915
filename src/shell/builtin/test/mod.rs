//! `test` and `[` (POSIX.1-2024).
//!
//! Up to four arguments the number of arguments decides what they mean, as POSIX
//! demands; a string is never mistaken for an operator. Beyond that they are
//! read as an expression with `(`, `)`, `!`, `-a` and `-o`, which POSIX no longer
//! describes and scripts still use. All parts of an expression are evaluated.
//!
//! Extensions, as in bash: `==`, `-k`, `-O`, `-G`.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use bstr::BString;

use super::number::parse_integer;
use crate::system::file_access::{self, Access};
use crate::system::terminal;

#[cfg(test)]
mod tests;

/// What `test` asks about files and descriptors.
pub trait TestHost {
    /// The status of a file; of a symbolic link itself unless `follow`. `None`
    /// where it cannot be had.
    fn metadata(&self, path: &Path, follow: bool) -> Option<Metadata>;

    /// Whether the shell may use the file.
    fn accessible(&self, path: &Path, access: Access) -> bool;

    /// Whether the descriptor is a terminal.
    fn is_terminal(&self, descriptor: i32) -> bool;

    /// The effective user and group.
    fn effective_owner(&self) -> (u32, u32);
}

/// The process itself, with its working directory and descriptors.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessHost;

impl TestHost for ProcessHost {
    fn metadata(&self, path: &Path, follow: bool) -> Option<Metadata> {
        if follow { fs::metadata(path) } else { fs::symlink_metadata(path) }.ok()
    }

    fn accessible(&self, path: &Path, access: Access) -> bool {
        file_access::accessible(path, access)
    }

    fn is_terminal(&self, descriptor: i32) -> bool {
        terminal::is_terminal(descriptor)
    }

    fn effective_owner(&self) -> (u32, u32) {
        file_access::effective_owner()
    }
}

/// Evaluates the arguments of `test`, or of `[` if `bracket`; the command name is
/// not among them. True is status 0, false is 1.
///
/// # Errors
/// Arguments that are no expression. The message begins with the command's
/// name; the status is 2.
pub fn evaluate(arguments: &[BString], bracket: bool, host: &dyn TestHost) -> Result<bool, String> {
    let name = if bracket { "[" } else { "test" };
    let arguments = match arguments.split_last() {
        _ if !bracket => arguments,
        Some((last, rest)) if last == "]" => rest,
        _ => return Err("[: missing ]".into()),
    };
    let mut expression = Expression { arguments, position: 0, depth: 0, host };
    expression.by_count(arguments).map_err(|message| format!("{name}: {message}"))
}

/// Evaluates one operator with one operand, as `[[` has them.
///
/// # Errors
/// What is wrong with the operand.
pub(crate) fn unary(
    operator: &BString,
    operand: &BString,
    host: &dyn TestHost,
) -> Result<bool, String> {
    Expression { arguments: &[], position: 0, depth: 0, host }.unary(operator, operand)
}

/// Evaluates one operator between two operands, as `[[` has them.
///
/// # Errors
/// What is wrong with an operand.
pub(crate) fn binary(
    left: &BString,
    operator: &BString,
    right: &BString,
    host: &dyn TestHost,
) -> Result<bool, String> {
    Expression { arguments: &[], position: 0, depth: 0, host }.binary(left, operator, right)
}

/// The deepest nesting of brackets.
const DEPTH_LIMIT: usize = 200;

struct Expression<'a> {
    arguments: &'a [BString],
    /// The next argument, where they are read as an expression.
    position: usize,
    depth: usize,
    host: &'a dyn TestHost,
}

impl<'a> Expression<'a> {
    fn by_count(&mut self, arguments: &'a [BString]) -> Result<bool, String> {
        match arguments {
            [] => Ok(false),
            [string] => Ok(!string.is_empty()),
            [not, string] if not == "!" => Ok(string.is_empty()),
            [operator, operand] if is_unary(operator) => self.unary(operator, operand),
            [operator, _] => Err(format!("{operator}: unary operator expected")),
            [left, operator, right] if is_binary(operator) => self.binary(left, operator, right),
            [left, operator, right] if operator == "-a" => {
                Ok(!left.is_empty() && !right.is_empty())
            }
            [left, operator, right] if operator == "-o" => {
                Ok(!left.is_empty() || !right.is_empty())
            }
            [not, rest @ ..] if not == "!" && rest.len() <= 3 => Ok(!self.by_count(rest)?),
            [open, inner @ .., close] if open == "(" && close == ")" && inner.len() <= 2 => {
                self.by_count(inner)
            }
            [_, operator, _] => Err(format!("{operator}: binary operator expected")),
            _ => {
                let value = self.or()?;
                match self.arguments.get(self.position) {
                    Some(extra) => Err(format!("{extra}: unexpected argument")),
                    None => Ok(value),
                }
            }
        }
    }

    fn accept(&mut self, text: &str) -> bool {
        let found = self.arguments.get(self.position).is_some_and(|argument| argument == text);
        self.position += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<bool, String> {
        let mut value = self.and()?;
        while self.accept("-o") {
            value |= self.and()?;
        }
        Ok(value)
    }

    fn and(&mut self) -> Result<bool, String> {
        let mut value = self.term()?;
        while self.accept("-a") {
            value &= self.term()?;
        }
        Ok(value)
    }

    fn term(&mut self) -> Result<bool, String> {
        let mut negated = false;
        loop {
            match &self.arguments[self.position..] {
                [] => return Err("argument expected".into()),
                [not, _, ..] if not == "!" => {
                    self.position += 1;
                    negated = !negated;
                }
                [left, operator, right, ..] if is_binary(operator) => {
                    self.position += 3;
                    return Ok(self.binary(left, operator, right)? != negated);
                }
                [open, _, ..] if open == "(" => return Ok(self.group()? != negated),
                [operator, operand, ..] if is_unary(operator) => {
                    self.position += 2;
                    return Ok(self.unary(operator, operand)? != negated);
                }
                [string, ..] => {
                    self.position += 1;
                    return Ok(string.is_empty() == negated);
                }
            }
        }
    }

    fn group(&mut self) -> Result<bool, String> {
        if self.depth == DEPTH_LIMIT {
            return Err("too many brackets inside each other".into());
        }
        self.depth += 1;
        self.position += 1;
        let value = self.or()?;
        self.depth -= 1;
        if self.accept(")") { Ok(value) } else { Err("')' expected".into()) }
    }

    fn unary(&self, operator: &BString, operand: &BString) -> Result<bool, String> {
        let path = Path::new(OsStr::from_bytes(operand));
        let status = |follow| self.host.metadata(path, follow);
        let has = |check: fn(&Metadata) -> bool| status(true).is_some_and(|file| check(&file));
        Ok(match operator.get(1) {
            Some(b'n') => !operand.is_empty(),
            Some(b'z') => operand.is_empty(),
            Some(b'e') => status(true).is_some(),
            Some(b'N') => {
                has(|file| (file.mtime(), file.mtime_nsec()) > (file.atime(), file.atime_nsec()))
            }
            Some(b'f') => has(|file| file.is_file()),
            Some(b'd') => has(|file| file.is_dir()),
            Some(b'b') => has(|file| file.file_type().is_block_device()),
            Some(b'c') => has(|file| file.file_type().is_char_device()),
            Some(b'p') => has(|file| file.file_type().is_fifo()),
            Some(b'S') => has(|file| file.file_type().is_socket()),
            Some(b's') => has(|file| file.size() > 0),
            Some(b'u') => has(|file| file.mode() & 0o4000 != 0),
            Some(b'g') => has(|file| file.mode() & 0o2000 != 0),
            Some(b'k') => has(|file| file.mode() & 0o1000 != 0),
            Some(b'h' | b'L') => status(false).is_some_and(|file| file.is_symlink()),
            Some(b'r') => self.host.accessible(path, Access::Read),
            Some(b'w') => self.host.accessible(path, Access::Write),
            Some(b'x') => self.host.accessible(path, Access::Execute),
            Some(b'O') => {
                status(true).is_some_and(|file| file.uid() == self.host.effective_owner().0)
            }
            Some(b'G') => {
                status(true).is_some_and(|file| file.gid() == self.host.effective_owner().1)
            }
            // `-t`: a number that cannot be a descriptor is no terminal.
            _ => i32::try_from(integer(operand)?)
                .is_ok_and(|descriptor| self.host.is_terminal(descriptor)),
        })
    }

    fn binary(&self, left: &BString, operator: &BString, right: &BString) -> Result<bool, String> {
        let files = || {
            let status =
                |file: &BString| self.host.metadata(Path::new(OsStr::from_bytes(file)), true);
            (status(left), status(right))
        };
        let operator: &[u8] = operator;
        Ok(match operator {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"<" => left < right,
            b">" => left > right,
            b"-nt" => newer(&files()),
            b"-ot" => {
                let (left, right) = files();
                newer(&(right, left))
            }
            b"-ef" => matches!(files(), (Some(left), Some(right))
                if (left.dev(), left.ino()) == (right.dev(), right.ino())),
            comparison => {
                let order = integer(left)?.cmp(&integer(right)?);
                match comparison {
                    b"-eq" => order == Ordering::Equal,
                    b"-ne" => order != Ordering::Equal,
                    b"-lt" => order == Ordering::Less,
                    b"-le" => order != Ordering::Greater,
                    b"-gt" => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }
            }
        })
    }
}

/// Whether the first file was changed later; a file that is not there is older
/// than any other.
fn newer(files: &(Option<Metadata>, Option<Metadata>)) -> bool {
    let time = |file: &Metadata| (file.mtime(), file.mtime_nsec());
    match files {
        (Some(left), Some(right)) => time(left) > time(right),
        (left, _) => left.is_some(),
    }
}

fn integer(argument: &BString) -> Result<i64, String> {
    parse_integer(argument).map_err(|error| format!("{argument}: {error}"))
}

fn is_unary(operator: &[u8]) -> bool {
    matches!(operator, [b'-', letter] if b"bcdefgGhkLnOprSstuwxz".contains(letter))
}

/// Primaries with two operands, without `-a` and `-o`.
fn is_binary(operator: &[u8]) -> bool {
    matches!(
        operator,
        b"=" | b"=="
            | b"!="
            | b"<"
            | b">"
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
            | b"-nt"
            | b"-ot"
            | b"-ef"
    )
}

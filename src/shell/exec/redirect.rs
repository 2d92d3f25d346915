//! Redirections (XCU 2.7): expanded first, then applied, and undone where the
//! shell itself goes on.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use crate::shell::Shell;
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option::Opt;
use crate::shell::syntax::{Redirect, RedirectKind};
use crate::system::descriptor::{self, Descriptor, OpenMode};
use crate::system::{Errno, message};

/// A redirection whose operand has been expanded.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    target: Descriptor,
    source: Source,
    /// The variable that gets the number of the descriptor (`{name}>`).
    variable: Option<BString>,
}

#[derive(Clone, Debug)]
enum Source {
    File(BString, OpenMode),
    Descriptor(Descriptor, bool),
    /// `5>&6-`: the source is closed afterwards.
    Moved(Descriptor, bool),
    /// `>&file`: standard output and standard error.
    Both(BString, OpenMode),
    Close,
    Content(BString),
    /// An operand that is not one word.
    Ambiguous(BString),
    /// An operand of `<&` or `>&` that is neither a number nor `-`.
    Bad(BString),
}

/// Descriptors as they were before redirections; restored by
/// [`Saved::restore`].
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Saved(Vec<(Descriptor, Option<Descriptor>)>);

impl Saved {
    /// Puts every descriptor back.
    pub(crate) fn restore(mut self) {
        self.put_back();
    }

    fn put_back(&mut self) {
        for (target, copy) in std::mem::take(&mut self.0).into_iter().rev() {
            match copy {
                Some(copy) => {
                    // `copy` is open, so this can only fail with EBADF for a
                    // target out of range, which was never redirected.
                    let _ = descriptor::duplicate_to(copy, target);
                    descriptor::close(copy);
                }
                None => descriptor::close(target),
            }
        }
    }

    /// Makes the redirections permanent, as `exec` does.
    pub(crate) fn keep(mut self) {
        for (_, copy) in std::mem::take(&mut self.0) {
            if let Some(copy) = copy {
                descriptor::close(copy);
            }
        }
    }
}

/// A failure within the command must not leave the shell with its descriptors.
impl Drop for Saved {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Shell {
    /// Expands the operands.
    pub(crate) fn prepare_redirects(
        &mut self,
        redirects: &[Redirect],
    ) -> Result<Vec<Prepared>, ExpandError> {
        if redirects.is_empty() {
            return Ok(Vec::new());
        }
        redirects.iter().map(|redirect| self.prepare(redirect)).collect()
    }

    fn prepare(&mut self, redirect: &Redirect) -> Result<Prepared, ExpandError> {
        match self.expanded(redirect) {
            // The redirection fails, and the script goes on (bash).
            Err(ExpandError::Ambiguous(text)) => {
                let source = Source::Ambiguous(text);
                Ok(Prepared { target: redirect.descriptor.unwrap_or(0), source, variable: None })
            }
            other => other,
        }
    }

    fn expanded(&mut self, redirect: &Redirect) -> Result<Prepared, ExpandError> {
        let clobber = !self.options.is_on(Opt::NoClobber);
        let mut expander = Expander::new(self);
        let (standard, source) = match &redirect.kind {
            RedirectKind::Read(word) => {
                (0, Source::File(expander.file_name(word)?, OpenMode::Read))
            }
            RedirectKind::Write(word) => {
                let mode = if clobber { OpenMode::Truncate } else { OpenMode::Create };
                (1, Source::File(expander.file_name(word)?, mode))
            }
            RedirectKind::Clobber(word) => {
                (1, Source::File(expander.file_name(word)?, OpenMode::Truncate))
            }
            RedirectKind::Append(word) => {
                (1, Source::File(expander.file_name(word)?, OpenMode::Append))
            }
            RedirectKind::ReadWrite(word) => {
                (0, Source::File(expander.file_name(word)?, OpenMode::ReadWrite))
            }
            RedirectKind::DuplicateInput(word) => (0, duplicate(expander.single(word)?, false)),
            RedirectKind::DuplicateOutput(word) => (1, duplicate(expander.single(word)?, true)),
            RedirectKind::HereString(word) => {
                let mut content = expander.single(word)?;
                content.push(b'\n');
                (0, Source::Content(content))
            }
            RedirectKind::HereDocument(document) => {
                let body = if document.quoted {
                    expander.single(document.body())?
                } else {
                    expander.document(document.body())?
                };
                (0, Source::Content(body))
            }
        };
        // `>&file` of bash: both outputs.
        if let (Source::Bad(operand), RedirectKind::DuplicateOutput(_), None, None) =
            (&source, &redirect.kind, redirect.descriptor, &redirect.variable)
            && !self.posix
            && !is_descriptor(operand)
        {
            let mode = if clobber { OpenMode::Truncate } else { OpenMode::Create };
            let source = Source::Both(operand.clone(), mode);
            return Ok(Prepared { target: 1, source, variable: None });
        }
        let target = match &redirect.variable {
            Some(name) if matches!(source, Source::Close) => self.number_in(name),
            Some(_) => descriptor::PRIVATE,
            None => redirect.descriptor.unwrap_or(standard),
        };
        let variable = redirect.variable.clone().filter(|_| !matches!(source, Source::Close));
        Ok(Prepared { target, source, variable })
    }

    /// The descriptor that a variable holds; one that cannot be, where it holds none.
    fn number_in(&self, name: &[u8]) -> Descriptor {
        let value = self.variables.get(name).and_then(|text| text.to_str().ok()?.parse().ok());
        value.unwrap_or(-1)
    }

    /// Applies redirections in this process and says what was there before.
    /// After an error everything is as before and the error has been reported.
    pub(crate) fn apply_redirects(&mut self, prepared: &[Prepared]) -> Result<Saved, ()> {
        let mut saved = Saved::default();
        for redirect in prepared {
            if redirect.variable.is_some() {
                // It stays open when the command is over, as in bash.
                if let Err(text) = self.apply_to_variable(redirect) {
                    self.report(text);
                    saved.restore();
                    return Err(());
                }
                continue;
            }
            for also in redirect.also() {
                let copy = descriptor::duplicate_private(also).ok();
                saved.0.push((also, copy));
            }
            // A copy is private, so that no program inherits it.
            let copy = descriptor::duplicate_private(redirect.target).ok();
            saved.0.push((redirect.target, copy));
            if let Err(text) = apply(redirect) {
                // The message goes where the redirections so far send it.
                self.report(text);
                saved.restore();
                return Err(());
            }
        }
        Ok(saved)
    }

    /// Applies redirections in a process that ends afterwards; the error has
    /// been reported.
    pub(crate) fn apply_redirects_for_good(&mut self, prepared: &[Prepared]) -> Result<(), ()> {
        for redirect in prepared {
            let applied = match redirect.variable {
                Some(_) => self.apply_to_variable(redirect),
                None => apply(redirect),
            };
            if let Err(text) = applied {
                self.report(text);
                return Err(());
            }
        }
        Ok(())
    }

    /// `{name}>file`: a number that nobody uses, kept in the variable.
    fn apply_to_variable(&mut self, redirect: &Prepared) -> Result<(), Vec<u8>> {
        let Some(name) = &redirect.variable else { return Ok(()) };
        let said = |error: Errno| [name.as_slice(), b": ", message(error).as_bytes()].concat();
        // By way of a number of the shell's own.
        let step = descriptor::duplicate_private(descriptor::STDERR)
            .or_else(|_| descriptor::open_private(b"/dev/null"))
            .map_err(said)?;
        apply(&Prepared { target: step, source: redirect.source.clone(), variable: None })?;
        let number = descriptor::duplicate_above(step).map_err(said)?;
        descriptor::close(step);
        self.assign(name, number.to_string().into()).map_err(|error| error.to_string().into_bytes())
    }
}

impl Prepared {
    /// Descriptors that change beside the target.
    fn also(&self) -> Vec<Descriptor> {
        match self.source {
            Source::Both(..) => vec![descriptor::STDERR],
            Source::Moved(source, _) if source != self.target => vec![source],
            _ => Vec::new(),
        }
    }
}

/// Whether the operand of `>&` is a descriptor: to use, to move (`2-`), or to close (`-`).
pub(crate) fn is_descriptor(operand: &[u8]) -> bool {
    operand.strip_suffix(b"-").unwrap_or(operand).iter().all(u8::is_ascii_digit)
}

fn duplicate(operand: BString, output: bool) -> Source {
    if operand == "-" {
        return Source::Close;
    }
    let number = |text: &[u8]| text.to_str().ok().and_then(|text| text.parse::<u16>().ok());
    if let Some(number) = operand.strip_suffix(b"-").and_then(number) {
        return Source::Moved(i32::from(number), output);
    }
    match number(&operand) {
        Some(number) => Source::Descriptor(i32::from(number), output),
        None => Source::Bad(operand),
    }
}

fn apply(redirect: &Prepared) -> Result<(), Vec<u8>> {
    let target = redirect.target;
    let describe = |name: &[u8], error: Errno| [name, b": ", message(error).as_bytes()].concat();
    let opened = match &redirect.source {
        Source::File(path, mode) => open(path, *mode).map_err(|error| {
            if error == Errno::EEXIST && *mode == OpenMode::Create {
                [path.as_slice(), b": cannot overwrite existing file (set -C is on; >| overwrites)"]
                    .concat()
            } else {
                describe(path, error)
            }
        })?,
        Source::Both(path, mode) => {
            let file =
                Prepared { target, source: Source::File(path.clone(), *mode), variable: None };
            apply(&file)?;
            return descriptor::duplicate_to(target, descriptor::STDERR)
                .map_err(|error| describe(path, error));
        }
        Source::Moved(source, output) => {
            let copied = Source::Descriptor(*source, *output);
            apply(&Prepared { target, source: copied, variable: None })?;
            if *source != target {
                descriptor::close(*source);
            }
            return Ok(());
        }
        Source::Descriptor(source, output) => {
            let name = source.to_string();
            // Private descriptors are the shell's own and do not exist for scripts.
            let (readable, writable) = descriptor::access_mode(*source)
                .map_err(|error| describe(name.as_bytes(), error))?;
            if (*output && !writable) || (!*output && !readable) {
                return Err(describe(name.as_bytes(), Errno::EBADF));
            }
            return if *source == target {
                Ok(())
            } else {
                descriptor::duplicate_to(*source, target)
                    .map_err(|error| describe(name.as_bytes(), error))
            };
        }
        Source::Close => {
            descriptor::close(target);
            return Ok(());
        }
        Source::Content(content) => {
            descriptor::with_content(content).map_err(|error| describe(b"here-document", error))?
        }
        Source::Ambiguous(operand) => {
            return Err([operand.as_slice(), b": ambiguous redirect"].concat());
        }
        Source::Bad(operand) => {
            return Err([operand.as_slice(), b": not a file descriptor"].concat());
        }
    };
    descriptor::move_to(opened, target)
        .map_err(|error| describe(target.to_string().as_bytes(), error))
}

/// Opens the file of a redirection; under `set -C` files that are not regular
/// may be written (XCU 2.7.2).
fn open(path: &BString, mode: OpenMode) -> Result<Descriptor, Errno> {
    match descriptor::open(path, mode) {
        Err(Errno::EEXIST) if mode == OpenMode::Create => {
            let file = Path::new(std::ffi::OsStr::from_bytes(path));
            if file.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                descriptor::open_existing(file)
            } else {
                Err(Errno::EEXIST)
            }
        }
        other => other,
    }
}

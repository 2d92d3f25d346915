//! Word expansion (XCU 2.6): tilde, parameter, command substitution,
//! arithmetic, field splitting, pathname expansion, quote removal, in one walk
//! over a word's parts.
//!
//! The same walk serves the executor and the plan compiler. The compiler asks
//! for [`Purity::Static`]: then whatever would have an effect or depend on
//! running something is an error instead, so that a path shown to a person is
//! the path that will be used.

mod field;
mod parameter;

use std::path::Path;
use std::time::{Duration, Instant};

use bstr::{BStr, BString, ByteSlice};

use self::field::Fields;
use super::Shell;
use super::arithmetic::{self, ArithmeticError};
use super::glob;
use super::option::Opt;
use super::pattern::{Encoding, Pattern, PatternText};
use super::syntax::{ArithmeticExpansion, CommandSubstitution, Word, WordPart};
use super::variable::{ReadOnly, Variable};

/// Why a word could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// `${x?}` or an unset parameter under `set -u`.
    #[error("{name}: {message}")]
    Parameter {
        /// The parameter.
        name: BString,
        /// What is wrong with it.
        message: BString,
    },
    /// An assignment to a read-only variable.
    #[error(transparent)]
    ReadOnly(#[from] ReadOnly),
    /// An arithmetic expression.
    #[error("arithmetic: {0}")]
    Arithmetic(#[from] ArithmeticError),
    /// A process or a pipe could not be made.
    #[error("{0}")]
    System(String),
    /// A form of other shells.
    #[error("{0}")]
    Unsupported(BString),
    /// SIGINT came while names were looked for.
    #[error("interrupted")]
    Interrupted,
    /// There is no room on the stack for another level.
    #[error("the word is nested too deeply for the stack")]
    Nested,
    /// Only for [`Purity::Static`]: the value is known only when it runs.
    #[error("{0} is known only when it runs")]
    NotStatic(&'static str),
}

/// How many entries of directories a pattern of a plan may look at.
const MOST_ENTRIES: usize = 100_000;

/// How long a pattern of a plan may search.
const LONGEST_SEARCH: Duration = Duration::from_millis(500);

/// Whether an expansion may have effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purity {
    /// It may: the expansion of a command that runs now.
    Effects,
    /// It must not: the expansion is only shown.
    Static,
}

/// Expands words with a shell's state.
pub(crate) struct Expander<'a> {
    shell: &'a mut Shell,
    purity: Purity,
    /// Where relative patterns are looked up; `None`: the process's directory.
    directory: Option<&'a Path>,
}

impl<'a> Expander<'a> {
    /// An expander for commands that run now.
    pub(crate) fn new(shell: &'a mut Shell) -> Self {
        Self { shell, purity: Purity::Effects, directory: None }
    }

    /// An expander that has no effects, as if `directory` were the working
    /// directory.
    pub(crate) fn fixed(shell: &'a mut Shell, directory: &'a Path) -> Self {
        Self { shell, purity: Purity::Static, directory: Some(directory) }
    }

    /// Expands a word to any number of fields, which are added to `output`.
    pub(crate) fn fields(
        &mut self,
        word: &Word,
        output: &mut Vec<BString>,
    ) -> Result<(), ExpandError> {
        // The commonest word is one literal without anything special.
        if let [WordPart::Literal(text)] = word.parts.as_slice()
            && !text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
        {
            output.push(text.clone());
            return Ok(());
        }
        let mut fields = Fields::splitting(self.separators());
        self.parts(&word.parts, Context::default(), &mut fields)?;
        let no_glob = self.shell.options.is_on(Opt::NoGlob);
        for field in fields.finish() {
            if field.has_pattern
                && !no_glob
                && let Some(names) = self.names(&field.pattern())?
            {
                output.extend(names);
            } else {
                output.push(field.text.into());
            }
        }
        Ok(())
    }

    /// The names that a pattern matches.
    fn names(&self, pattern: &PatternText) -> Result<Option<Vec<BString>>, ExpandError> {
        let (limit, given_up) = match self.purity {
            Purity::Effects => (glob::Limit::Interrupt, ExpandError::Interrupted),
            Purity::Static => (
                glob::Limit::Bounded {
                    entries: MOST_ENTRIES,
                    until: Instant::now() + LONGEST_SEARCH,
                },
                ExpandError::NotStatic("which of so many names a pattern matches"),
            ),
        };
        glob::expand(pattern, self.directory, self.shell.encoding(), limit).map_err(|_| given_up)
    }

    /// Expands a word to one string, without splitting and pathname expansion:
    /// values of assignments, operands of redirections, the subject of `case`.
    pub(crate) fn single(&mut self, word: &Word) -> Result<BString, ExpandError> {
        if let [WordPart::Literal(text)] = word.parts.as_slice() {
            return Ok(text.clone());
        }
        self.text_of(&word.parts, Context::default())
    }

    /// Expands a word to a pattern in which quoted characters are not special.
    pub(crate) fn pattern(&mut self, word: &Word) -> Result<Pattern, ExpandError> {
        let mut fields = Fields::single();
        self.parts(&word.parts, Context::default(), &mut fields)?;
        Ok(Pattern::new(&fields.into_single().pattern(), self.shell.encoding()))
    }

    /// Expands a here-document's body: as if in double quotes.
    pub(crate) fn document(&mut self, body: &Word) -> Result<BString, ExpandError> {
        self.text_of(&body.parts, Context { quoted: true, operand: false })
    }

    fn text_of(&mut self, parts: &[WordPart], context: Context) -> Result<BString, ExpandError> {
        let mut fields = Fields::single();
        self.parts(parts, context, &mut fields)?;
        Ok(fields.into_single().text.into())
    }

    fn separators(&self) -> BString {
        self.shell.variables.get(b"IFS").map_or_else(|| BString::from(" \t\n"), BStr::to_owned)
    }

    fn parts(
        &mut self,
        parts: &[WordPart],
        context: Context,
        fields: &mut Fields,
    ) -> Result<(), ExpandError> {
        // Words nest within words, and a recursion may have used most of the stack.
        if self.shell.stack.is_very_low() {
            return Err(ExpandError::Nested);
        }
        parts.iter().try_for_each(|part| self.part(part, context, fields))
    }

    fn part(
        &mut self,
        part: &WordPart,
        context: Context,
        fields: &mut Fields,
    ) -> Result<(), ExpandError> {
        match part {
            WordPart::Literal(text) if context.quoted => fields.quoted(text),
            // The operand of `${x-…}` is a result of an expansion, so it splits.
            WordPart::Literal(text) if context.operand => fields.result(text),
            WordPart::Literal(text) => fields.literal(text),
            WordPart::Escaped(byte) => fields.quoted(&[*byte]),
            WordPart::SingleQuoted(text) | WordPart::DollarSingleQuoted(text) => {
                fields.quoted(text)
            }
            WordPart::DoubleQuoted(parts) => {
                if parts.is_empty() {
                    fields.quoted(b"");
                }
                self.parts(parts, Context { quoted: true, ..context }, fields)?;
            }
            WordPart::Tilde(name) => match self.shell.home_of(name) {
                Some(home) => fields.quoted(&home),
                None => fields.literal(&[b"~", name.as_slice()].concat()),
            },
            WordPart::Parameter(expansion) => self.parameter(expansion, context, fields)?,
            WordPart::CommandSubstitution(substitution) => {
                let output = self.command_substitution(substitution)?;
                if context.quoted { fields.quoted(&output) } else { fields.result(&output) }
            }
            WordPart::Unsupported(form) => {
                return Err(ExpandError::Unsupported(form.form.clone()));
            }
            WordPart::Arithmetic(expansion) => {
                let value = self.arithmetic(expansion)?.to_string();
                if context.quoted {
                    fields.quoted(value.as_bytes())
                } else {
                    fields.result(value.as_bytes())
                }
            }
        }
        Ok(())
    }

    fn command_substitution(
        &mut self,
        substitution: &CommandSubstitution,
    ) -> Result<BString, ExpandError> {
        if self.purity == Purity::Static {
            return Err(ExpandError::NotStatic("the output of a command"));
        }
        let mut output = self
            .shell
            .substitute(&substitution.body)
            .map_err(|error| ExpandError::System(format!("command substitution: {error}")))?;
        // Shells cannot keep NUL in a variable (XCU 2.6.3 leaves it unspecified).
        output.retain(|byte| *byte != 0);
        let end = output.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
        output.truncate(end);
        Ok(output)
    }

    fn arithmetic(&mut self, expansion: &ArithmeticExpansion) -> Result<i64, ExpandError> {
        let text = match expansion.parts.as_slice() {
            [WordPart::Literal(text)] => text.clone(),
            parts => self.text_of(parts, Context { quoted: true, operand: false })?,
        };
        let expression = arithmetic::parse(&text)?;
        if self.purity == Purity::Static && expression.assigns() {
            return Err(ExpandError::NotStatic("an assignment in an expression"));
        }
        Ok(arithmetic::evaluate(&expression, &mut Numbers { expander: self })?)
    }
}

/// How a part is read.
#[derive(Clone, Copy, Debug, Default)]
struct Context {
    /// Within double quotes.
    quoted: bool,
    /// Within the operand of a parameter expansion.
    operand: bool,
}

/// The variables as arithmetic sees them.
struct Numbers<'b, 'a> {
    expander: &'b mut Expander<'a>,
}

impl arithmetic::Variables for Numbers<'_, '_> {
    fn get(&self, name: &[u8]) -> Result<Option<BString>, ArithmeticError> {
        let shell = &*self.expander.shell;
        match shell.variable_value(name) {
            Some(value) => Ok(Some(value.into_owned())),
            None if shell.options.is_on(Opt::NoUnset) => Err(ArithmeticError::Unset(name.into())),
            None => Ok(None),
        }
    }

    fn set(&mut self, name: &[u8], value: i64) -> Result<(), ArithmeticError> {
        self.expander
            .shell
            .assign(name, value.to_string().into())
            .map_err(|error| ArithmeticError::ReadOnly(error.0))
    }

    fn integer(&self, name: &[u8]) -> Option<i64> {
        arithmetic::constant(self.expander.shell.variables.get(name)?)
    }
}

impl Shell {
    /// Expands words without any effect, as if in `directory` and with
    /// `assigned` set: what a plan shows is what will be used.
    ///
    /// # Errors
    /// [`ExpandError::NotStatic`] where the value is known only when it runs,
    /// and the errors of the expansions themselves.
    pub fn expand_statically(
        &mut self,
        words: &[Word],
        directory: &Path,
        assigned: &[(BString, BString)],
    ) -> Result<Vec<BString>, ExpandError> {
        self.variables.push_scope(false);
        let mut output = Vec::new();
        let result = (|| {
            for (name, value) in assigned {
                self.variables.set_temporary(name, value.clone())?;
            }
            let mut expander = Expander::fixed(self, directory);
            words.iter().try_for_each(|word| expander.fields(word, &mut output))
        })();
        self.variables.pop_scope();
        result.map(|()| output)
    }

    /// The directory part and the last component of a word as a pattern; `None`
    /// where the value is not known or the directory is a pattern itself.
    pub(crate) fn pattern_of(
        &mut self,
        word: &Word,
        assigned: &[(BString, BString)],
    ) -> Option<(BString, Pattern)> {
        self.variables.push_scope(false);
        for (name, value) in assigned {
            // A read-only variable keeps its value, as it will when it runs.
            let _ = self.variables.set_temporary(name, value.clone());
        }
        let mut fields = Fields::single();
        let mut expander = Expander { shell: self, purity: Purity::Static, directory: None };
        let result = expander.parts(&word.parts, Context::default(), &mut fields);
        self.variables.pop_scope();
        result.ok()?;
        let pattern = fields.into_single().pattern();
        let text: &[u8] = pattern.as_bstr();
        let (directory, name) = match text.rfind_byte(b'/') {
            Some(slash) => (&text[..=slash], &text[slash + 1..]),
            None => (&b""[..], text),
        };
        if PatternText::unquoted(directory).has_special() {
            return None;
        }
        let plain = directory.replace("\\", "");
        Some((plain.into(), Pattern::new(&PatternText::unquoted(name), self.encoding())))
    }

    /// Assigns a variable as the shell language does: under `set -a` it is
    /// exported, too.
    pub(crate) fn assign(&mut self, name: &[u8], value: BString) -> Result<(), ReadOnly> {
        self.variables.set(name, value)?;
        if self.options.is_on(Opt::AllExport) {
            self.variables.mark(name).exported = true;
        }
        if name == b"OPTIND" {
            self.getopts_offset = 0;
        }
        Ok(())
    }

    /// How bytes make characters, by the locale.
    pub(crate) fn encoding(&self) -> Encoding {
        if self.utf8 { Encoding::Utf8 } else { Encoding::Bytes }
    }

    /// The home directory a tilde stands for: `HOME`, or a user's.
    fn home_of(&self, name: &[u8]) -> Option<BString> {
        if !name.is_empty() {
            return crate::system::identity::home_of(name).map(BString::from);
        }
        match self.variables.variable(b"HOME") {
            Some(Variable { value: Some(home), .. }) => Some(home.clone()),
            _ => None,
        }
    }
}

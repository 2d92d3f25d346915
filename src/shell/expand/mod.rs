//! Word expansion (XCU 2.6): tilde, parameter, command substitution,
//! arithmetic, field splitting, pathname expansion, quote removal, in one walk
//! over a word's parts.
//!
//! The same walk serves the executor and the plan compiler. The compiler asks
//! for [`Purity::Static`]: then whatever would have an effect or depend on
//! running something is an error instead, so that a path shown to a person is
//! the path that will be used.

pub(crate) mod brace;
mod element;
mod error;
mod field;
mod items;
mod number;
mod parameter;
mod transform;

use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

use bstr::{BStr, BString, ByteSlice};

pub use self::error::ExpandError;
use self::field::Fields;
use super::Shell;
use super::glob;
use super::option::Opt;
use super::pattern::{Encoding, Pattern, PatternText, Reading};
use super::print;
use super::shopt::Shopt;
use super::syntax::{
    CommandSubstitution, Modifier, Parameter, ParameterExpansion, SubstitutionKind, Word, WordPart,
};

/// The first value of `IFS`.
const USUAL_SEPARATORS: &[u8] = b" \t\n";

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
    /// No commands are run: the text came out of a variable.
    refuses_commands: bool,
}

impl<'a> Expander<'a> {
    /// An expander for commands that run now.
    pub(crate) fn new(shell: &'a mut Shell) -> Self {
        Self { shell, purity: Purity::Effects, directory: None, refuses_commands: false }
    }

    /// Expands a word to any number of fields, which are added to `output`.
    pub(crate) fn fields(
        &mut self,
        word: &Word,
        output: &mut Vec<BString>,
    ) -> Result<(), ExpandError> {
        // The commonest word is one literal without anything special.
        if let [WordPart::Literal(text)] = word.parts.as_slice()
            && !text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{' | b'('))
        {
            output.push(text.clone());
            return Ok(());
        }
        // Next, a variable within quotes.
        if let [WordPart::DoubleQuoted(inner)] = word.parts.as_slice()
            && let [WordPart::Parameter(expansion)] = inner.as_slice()
            && let Some(value) = self.plain_value(expansion)
        {
            output.push(value.to_owned());
            return Ok(());
        }
        if self.shell.options.is_on(Opt::BraceExpand) && brace::has_braces(word) {
            let words = brace::expand(word).ok_or_else(|| ExpandError::Parameter {
                name: print::word_text(word),
                message: "brace expansion: too many words".into(),
            })?;
            return words.iter().try_for_each(|word| self.split_fields(word, output));
        }
        self.split_fields(word, output)
    }

    /// The value of `$name`, where it is stored as one text.
    fn plain_value(&self, expansion: &ParameterExpansion) -> Option<&BStr> {
        match (&expansion.parameter, &expansion.modifier) {
            (Parameter::Variable(name), Modifier::None)
                if !expansion.indirect && !self.shell.variables.has_references() =>
            {
                self.shell.variables.get(name)
            }
            _ => None,
        }
    }

    /// The fields of a word whose braces have been expanded.
    fn split_fields(&mut self, word: &Word, output: &mut Vec<BString>) -> Result<(), ExpandError> {
        let mut fields = Fields::splitting(self.separators());
        self.parts(&word.parts, Context::default(), &mut fields)?;
        let no_glob = self.shell.options.is_on(Opt::NoGlob);
        for field in fields.finish() {
            if field.has_pattern && !no_glob {
                match self.names(&field.pattern())? {
                    Names::Are(names) => output.extend(names),
                    Names::Stay => output.push(field.text.into()),
                    Names::Go => {}
                }
            } else {
                output.push(field.text.into());
            }
        }
        Ok(())
    }

    /// The names that a pattern matches.
    fn names(&mut self, pattern: &PatternText) -> Result<Names, ExpandError> {
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
        let shopts = self.shell.shopts;
        let ignored = self.shell.variables.get(b"GLOBIGNORE").filter(|list| !list.is_empty());
        let ignored = ignored.map(|list| list.to_owned());
        let how = glob::How {
            reading: Reading { fold: shopts.is_on(Shopt::NoCaseGlob), ..self.reading() },
            hidden: shopts.is_on(Shopt::DotGlob) || ignored.is_some(),
            deep: shopts.is_on(Shopt::GlobStar),
        };
        if !how.is_special(pattern.as_bstr()) {
            return Ok(Names::Stay);
        }
        let mut found = glob::expand(pattern, self.directory, how, limit).map_err(|_| given_up)?;
        if let (Some(list), Some(names)) = (ignored, &mut found) {
            let patterns: Vec<Pattern> = list
                .split_str(":")
                .map(|text| Pattern::new(&PatternText::unquoted(text), how.reading))
                .collect();
            names.retain(|name| !patterns.iter().any(|pattern| pattern.matches(name)));
        }
        Ok(match found.filter(|names| !names.is_empty()) {
            Some(names) => Names::Are(names),
            None if shopts.is_on(Shopt::FailGlob) => {
                let text = pattern.as_bstr().to_owned();
                return Err(ExpandError::NoMatch(text));
            }
            None if shopts.is_on(Shopt::NullGlob) => Names::Go,
            None => Names::Stay,
        })
    }

    /// How patterns are read, but for case.
    fn reading(&self) -> Reading {
        Reading {
            encoding: self.shell.encoding(),
            groups: self.shell.shopts.is_on(Shopt::ExtGlob),
            fold: false,
        }
    }

    /// Expands a word to one string, without splitting and pathname expansion:
    /// values of assignments, operands of redirections, the subject of `case`.
    pub(crate) fn single(&mut self, word: &Word) -> Result<BString, ExpandError> {
        if let [WordPart::Literal(text)] = word.parts.as_slice() {
            return Ok(text.clone());
        }
        self.text_of(&word.parts, Context::default())
    }

    /// Expands the operand of a redirection: in bash it is one field, or an error.
    pub(crate) fn file_name(&mut self, word: &Word) -> Result<BString, ExpandError> {
        if self.shell.posix || matches!(word.parts.as_slice(), [WordPart::SingleQuoted(_)]) {
            return self.single(word);
        }
        let mut fields = Vec::new();
        self.fields(word, &mut fields)?;
        match <[BString; 1]>::try_from(fields) {
            Ok([field]) => Ok(field),
            Err(_) => Err(ExpandError::Ambiguous(print::word_text(word))),
        }
    }

    /// Expands a word to a pattern in which quoted characters are not special.
    pub(crate) fn pattern(&mut self, word: &Word) -> Result<Pattern, ExpandError> {
        let reading = self.reading();
        self.pattern_read(word, reading)
    }

    /// The pattern of a `case` or a `[[`; `groups`: they are special in any case.
    pub(crate) fn matching_pattern(
        &mut self,
        word: &Word,
        groups: bool,
    ) -> Result<Pattern, ExpandError> {
        let fold = self.shell.shopts.is_on(Shopt::NoCaseMatch);
        let reading = self.reading();
        self.pattern_read(word, Reading { fold, groups: reading.groups || groups, ..reading })
    }

    fn pattern_read(&mut self, word: &Word, reading: Reading) -> Result<Pattern, ExpandError> {
        let mut fields = Fields::single();
        self.parts(&word.parts, Context::default(), &mut fields)?;
        Ok(Pattern::new(&fields.into_single().pattern(), reading))
    }

    /// Expands the regular expression of `=~`: what is quoted in it means itself.
    pub(crate) fn expression(&mut self, word: &Word) -> Result<BString, ExpandError> {
        let mut fields = Fields::single();
        self.parts(&word.parts, Context::default(), &mut fields)?;
        Ok(fields.into_single().expression())
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

    /// Where fields are split; the usual separators cost no copy.
    fn separators(&self) -> Cow<'static, [u8]> {
        match self.shell.variables.get(b"IFS") {
            Some(own) if own != USUAL_SEPARATORS => Cow::Owned(own.to_vec()),
            _ => Cow::Borrowed(USUAL_SEPARATORS),
        }
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
                let begun = (!self.shell.posix).then(|| fields.begin_quotes());
                self.parts(parts, Context { quoted: true, ..context }, fields)?;
                if begun.is_some_and(|begun| !begun) {
                    fields.end_quotes();
                }
            }
            WordPart::Tilde(name) if self.purity == Purity::Static && is_place(name) => {
                return Err(ExpandError::NotStatic("where the shell is then"));
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
            WordPart::ProcessSubstitution(substitution) => {
                if self.purity == Purity::Static || self.refuses_commands {
                    return Err(ExpandError::NotStatic("the name of a pipe"));
                }
                let name = self.shell.substitute_process(substitution).map_err(|error| {
                    ExpandError::System(format!("process substitution: {error}"))
                })?;
                fields.quoted(&name);
            }
            WordPart::Key(key) => {
                fields.literal(b"[");
                self.parts(&key.parts, context, fields)?;
                fields.literal(b"]");
            }
            WordPart::Array(_) => {
                return Err(ExpandError::Unsupported("a list is no value of a word".into()));
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
        if self.purity == Purity::Static || self.refuses_commands {
            return Err(ExpandError::NotStatic("the output of a command"));
        }
        let mut output = self.shell.substitute(substitution)?;
        if substitution.kind == SubstitutionKind::Reply {
            return Ok(output);
        }
        // Shells cannot keep NUL in a variable (XCU 2.6.3 leaves it unspecified).
        output.retain(|byte| *byte != 0);
        let end = output.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
        output.truncate(end);
        Ok(output)
    }
}

/// Whether a tilde-prefix stands for a place of the shell: `~+`, `~-`.
fn is_place(name: &[u8]) -> bool {
    matches!(name, b"+" | b"-")
}

/// What becomes of a pattern.
enum Names {
    /// These names.
    Are(Vec<BString>),
    /// The word stays as it is written.
    Stay,
    /// Nothing.
    Go,
}

/// How a part is read.
#[derive(Clone, Copy, Debug, Default)]
struct Context {
    /// Within double quotes.
    quoted: bool,
    /// Within the operand of a parameter expansion.
    operand: bool,
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
        let mut output = Vec::new();
        self.statically(words, Some(directory), assigned, |expander| {
            words.iter().try_for_each(|word| expander.fields(word, &mut output))
        })?;
        Ok(output)
    }

    /// Has words expanded without any effect.
    fn statically(
        &mut self,
        words: &[Word],
        directory: Option<&Path>,
        assigned: &[(BString, BString)],
        expand: impl FnOnce(&mut Expander<'_>) -> Result<(), ExpandError>,
    ) -> Result<(), ExpandError> {
        // Where there are references, what a name means may change with any other.
        if self.variables.any_reference()
            && words.iter().any(|word| print::word_text(word).contains(&b'$'))
        {
            return Err(ExpandError::NotStatic("what a reference stands for"));
        }
        self.sources.fleeting.set(false);
        self.variables.push_scope(false);
        let result = (|| {
            for (name, value) in assigned {
                self.variables.set_temporary(name, value.clone())?;
            }
            expand(&mut Expander {
                shell: self,
                purity: Purity::Static,
                directory,
                refuses_commands: true,
            })
        })();
        self.variables.pop_scope();
        if self.sources.fleeting.get() {
            return Err(ExpandError::NotStatic("a value that changes by itself"));
        }
        result
    }

    /// The directory part and the last component of a word as a pattern; `None`
    /// where the value is not known or the directory is a pattern itself.
    pub(crate) fn pattern_of(
        &mut self,
        word: &Word,
        assigned: &[(BString, BString)],
    ) -> Option<(BString, Pattern)> {
        let mut fields = Fields::single();
        self.statically(std::slice::from_ref(word), None, assigned, |expander| {
            expander.parts(&word.parts, Context::default(), &mut fields)
        })
        .ok()?;
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

    /// How bytes make characters, by the locale.
    pub(crate) fn encoding(&self) -> Encoding {
        if self.utf8 { Encoding::Utf8 } else { Encoding::Bytes }
    }

    /// The home directory a tilde stands for: `HOME`, or a user's.
    fn home_of(&self, name: &[u8]) -> Option<BString> {
        match name {
            b"+" if !self.posix => return self.directory.clone(),
            b"-" if !self.posix => {
                return self.variables.get(b"OLDPWD").map(|path| path.to_owned());
            }
            _ => {}
        }
        if !name.is_empty() {
            return crate::system::identity::home_of(name).map(BString::from);
        }
        self.variables.get(b"HOME").map(|home| home.to_owned())
    }
}
